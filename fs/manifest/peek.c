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

/* Behind the field in quotes that begins at `at`; `at` where the quote does not end before a
 * separator or the end of the line, and so is a part of the text. */
static size_t quoted_end(const uint8_t *p, size_t n, size_t at, char separator)
{
	for (size_t i = at + 1; i < n; i++) {
		if (p[i] != '"')
			continue;
		if (i + 1 < n && p[i + 1] == '"') {
			i++;
			continue;
		}
		if (i + 1 == n || p[i + 1] == (uint8_t)separator || p[i + 1] == '\n' ||
		    p[i + 1] == '\r')
			return i + 1;
		break;
	}
	return at;
}

static struct lic_bytes trimmed(struct lic_bytes f)
{
	while (f.n && is_blank(f.p[f.n - 1]))
		f.n--;
	while (f.n && is_blank(*f.p)) {
		f.p++;
		f.n--;
	}
	return f;
}

/* Splits the first row; the number of its fields. */
static size_t split_row(struct lic_peek *k, size_t at, char separator)
{
	const uint8_t *p = k->p;

	k->separator = separator;
	k->n_fields = 0;
	k->quotes = false;
	for (;;) {
		size_t from = at,
		       end = at < k->n && p[at] == '"' ? quoted_end(p, k->n, at, separator) : at;
		struct lic_bytes f = { p + from + 1, end > from ? end - from - 2 : 0 };

		k->quotes = k->quotes || end > from;
		for (at = end; at < k->n && p[at] != (uint8_t)separator && p[at] != '\n';)
			at++;
		if (end == from)
			f = trimmed((struct lic_bytes){ p + from, at - from });
		if (k->n_fields < LIC_FIELDS_MAX)
			k->field[k->n_fields++] = f;
		if (at >= k->n || p[at] == '\n')
			return k->n_fields;
		at++;
	}
}

static void peek_table(struct lic_peek *k, size_t at)
{
	static const char separators[] = "\t,;|";
	const uint8_t *line = memchr(k->p + at, '\n', k->n - at);
	char best = ',';
	size_t most = 1;

	if (memchr(k->p + at, 0, line ? (size_t)(line - k->p) - at : k->n - at))
		return;
	for (const char *s = separators; *s; s++) {
		size_t n = split_row(k, at, *s);

		if (n > most) {
			most = n;
			best = *s;
		}
	}
	split_row(k, at, best);
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
