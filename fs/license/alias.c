/* SPDX-License-Identifier: Apache-2.0 */
/* Looks strings up in the table of aliases. */
#include "fs/license/alias.h"
#include "fs/license/tables.h"

#define KEY_MAX 128 /* longer than any key of the table */

static int compare(const char *key, size_t n, const char *row)
{
	size_t rn = strlen(row);
	int c = memcmp(key, row, n < rn ? n : rn);

	return c ? c : (n > rn) - (n < rn);
}

const struct lic_license *lic_alias_find_exact(enum lic_context context, const char *key, size_t n)
{
	size_t lo = 0, hi = lic_alias_count;

	if (n && !key)
		return NULL;
	while (lo < hi) { /* the first row with this key */
		size_t mid = lo + (hi - lo) / 2;

		if (compare(key, n, lic_alias_table[mid].key) > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < lic_alias_count && !compare(key, n, lic_alias_table[lo].key); lo++)
		if (lic_alias_table[lo].context == context)
			return lic_alias_table[lo].license;
	return NULL;
}

static const struct lic_license *find(enum lic_context context, const char *key, size_t n)
{
	const struct lic_license *l = lic_alias_find_exact(context, key, n);

	return l || context == LIC_CONTEXT_ANY ? l : lic_alias_find_exact(LIC_CONTEXT_ANY, key, n);
}

static bool skip(const char **s, size_t *n, const char *prefix)
{
	size_t k = strlen(prefix);

	if (*n < k || memcmp(*s, prefix, k))
		return false;
	*s += k;
	*n -= k;
	return true;
}

static const struct lic_license *find_url(enum lic_context context, const char *s, size_t n)
{
	const char *end;

	skip(&s, &n, "www.");
	end = memchr(s, '?', n);
	if (end)
		n = (size_t)(end - s);
	end = memchr(s, '#', n);
	if (end)
		n = (size_t)(end - s);
	if (n && s[n - 1] == '/')
		n--;
	return n ? find(context, s, n) : NULL;
}

/* With each `from` and each `also` replaced. */
static const struct lic_license *find_replaced(enum lic_context context, const char *s, size_t n,
					       char from, char also, char to)
{
	char key[KEY_MAX];

	if (n > sizeof(key))
		return NULL;
	for (size_t i = 0; i < n; i++)
		key[i] = s[i] == from || s[i] == also ? to : s[i];
	return find(context, key, n);
}

const struct lic_license *lic_alias_find(enum lic_context context, const char *s, size_t n)
{
	const struct lic_license *l;
	const char *path = s;
	size_t rest = n;

	if (skip(&path, &rest, "https://") || skip(&path, &rest, "http://") ||
	    skip(&path, &rest, "//"))
		return find_url(context, path, rest);
	l = find_replaced(context, s, n, '_', '_', '-');
	if (!l && memchr(s, '/', n))
		l = find_url(context, s, n);
	/* Codes are written with hyphens, names with spaces; either way round means the same. */
	if (!l)
		l = find_replaced(context, s, n, '_', '-', ' ');
	if (!l)
		l = find_replaced(context, s, n, ' ', ' ', '-');
	return l;
}
