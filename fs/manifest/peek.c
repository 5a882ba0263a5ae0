/* SPDX-License-Identifier: Apache-2.0 */
/* The beginning of a manifest, as formats want to see it before they bid. */
#include <string.h>

#include "fs/manifest/reader.h"

bool lic_peek_column(const struct lic_peek *k, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < k->n_fields; i++)
		if (k->field[i].n == n && strncasecmp((const char *)k->field[i].p, name, n) == 0)
			return true;
	return false;
}

bool lic_peek_key(const struct lic_peek *k, const char *name)
{
	for (size_t i = 0; i < k->n_keys; i++)
		if (lic_field_is(&k->key[i], name))
			return true;
	return false;
}

bool lic_peek_has(const struct lic_peek *k, const char *text)
{
	return memmem(k->p, k->n, text, strlen(text)) != NULL;
}

/* --- JSON --------------------------------------------------------------------------------- */

/* Behind the string that begins at `at`; n where it does not end. */
static size_t string_end(const uint8_t *p, size_t n, size_t at)
{
	for (at++; at < n; at++) {
		if (p[at] == '\\')
			at++;
		else if (p[at] == '"')
			return at + 1;
	}
	return n;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t blanks_end(const uint8_t *p, size_t n, size_t at)
{
	while (at < n && is_blank(p[at]))
		at++;
	return at;
}

static void add_key(struct lic_peek *k, struct lic_bytes key)
{
	for (size_t i = 0; i < k->n_keys; i++)
		if (k->key[i].n == key.n && memcmp(k->key[i].p, key.p, key.n) == 0)
			return;
	if (k->n_keys < LIC_ARRAY_SIZE(k->key))
		k->key[k->n_keys++] = key;
}

/* Keys of the outermost object, or of the objects of an outermost array. */
static void peek_json(struct lic_peek *k, size_t at)
{
	const unsigned want = k->first == '[' ? 2 : 1;
	unsigned depth = 0, ended = 0;

	while (at < k->n) {
		uint8_t c = k->p[at];

		if (c == '"') {
			size_t end = string_end(k->p, k->n, at), next = blanks_end(k->p, k->n, end);

			if (depth == want && next < k->n && k->p[next] == ':')
				add_key(k, (struct lic_bytes){ k->p + at + 1, end - at - 2 });
			at = end;
			continue;
		}
		if (c == '{' || c == '[') {
			k->lines = k->lines || (depth == 0 && ended);
			depth++;
		} else if ((c == '}' || c == ']') && depth) {
			depth--;
			ended += depth == 0;
		}
		at++;
	}
}

/* --- tables ------------------------------------------------------------------------------- */

/* Length of the first line; ends of lines in quotes do not count. */
static size_t first_line(const uint8_t *p, size_t n)
{
	bool quoted = false;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '"')
			quoted = !quoted;
		else if (p[i] == '\n' && !quoted)
			return i;
	}
	return n;
}

static size_t count_separators(const uint8_t *p, size_t n, char separator)
{
	bool quoted = false;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '"')
			quoted = !quoted;
		count += p[i] == (uint8_t)separator && !quoted;
	}
	return count;
}

static void add_field(struct lic_peek *k, const uint8_t *p, size_t n)
{
	while (n && is_blank(p[n - 1]))
		n--;
	while (n && is_blank(*p)) {
		p++;
		n--;
	}
	if (n >= 2 && p[0] == '"' && p[n - 1] == '"') {
		k->quotes = true;
		p++;
		n -= 2;
	}
	if (k->n_fields < LIC_FIELDS_MAX)
		k->field[k->n_fields++] = (struct lic_bytes){ p, n };
}

static void peek_table(struct lic_peek *k, size_t at)
{
	static const char separators[] = "\t,;|";
	const uint8_t *p = k->p + at;
	size_t n = first_line(p, k->n - at), most = 0, from = 0;
	bool quoted = false;

	if (!n || memchr(p, 0, n))
		return;
	k->separator = ',';
	for (const char *s = separators; *s; s++) {
		size_t count = count_separators(p, n, *s);

		if (count > most) {
			most = count;
			k->separator = *s;
		}
	}
	for (size_t i = 0; i <= n; i++) {
		if (i < n && p[i] == '"')
			quoted = !quoted;
		if (i == n || (p[i] == (uint8_t)k->separator && !quoted)) {
			add_field(k, p + from, i - from);
			from = i + 1;
		}
	}
}

void lic_peek_fill(struct lic_peek *k, const uint8_t *p, size_t n, bool whole, const char *name)
{
	size_t at = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	*k = (struct lic_peek){ .p = p, .n = n, .whole = whole, .name = name };
	at = blanks_end(p, n, at);
	if (at == n)
		return;
	k->first = p[at];
	if (k->first == '{' || k->first == '[')
		peek_json(k, at);
	else
		peek_table(k, at);
}
