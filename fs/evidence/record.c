/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON document as a flat list of its scalars. */
#include <stdio.h>
#include <string.h>

#include "fs/evidence/shape.h"

#define PATH_MAX_BYTES 1024 /* of a longer path nobody asks for the rest */
#define FIRST 64

void lic_record_release(struct lic_record *d)
{
	if (!d)
		return;
	lic_arena_release(&d->arena);
	*d = (struct lic_record)LIC_RECORD_INIT;
}

void lic_record_reset(struct lic_record *d)
{
	lic_arena_reset(&d->arena);
	d->item = NULL;
	d->n = d->cap = 0;
	d->failed = false;
	memset(d->index, 0, sizeof(d->index));
}

static bool grow(struct lic_record *d)
{
	size_t cap = d->cap ? d->cap * 2 : FIRST;
	struct lic_member *item;

	if (d->n < d->cap)
		return true;
	item = lic_arena_alloc(&d->arena, cap * sizeof(*item));
	if (!item)
		return false;
	if (d->n)
		memcpy(item, d->item, d->n * sizeof(*item));
	d->item = item;
	d->cap = cap;
	return true;
}

static void add(struct lic_record *d, const char *path, size_t path_n, const void *value, size_t n)
{
	struct lic_member m = { { NULL, path_n }, { NULL, n } };

	if (m.value.n > LIC_RECORD_VALUE_MAX)
		m.value.n = LIC_RECORD_VALUE_MAX;
	m.path.p = (const uint8_t *)lic_arena_dup(&d->arena, path, path_n);
	m.value.p = (const uint8_t *)lic_arena_dup(&d->arena, n ? value : "", m.value.n);
	if (!m.path.p || !m.value.p || !grow(d)) {
		d->failed = true;
		return;
	}
	d->item[d->n++] = m;
}

void lic_record_add(struct lic_record *d, const char *path, const void *value, size_t n)
{
	add(d, path, strlen(path), value, n);
}

/* --- walking -------------------------------------------------------------------------------- */

/* Which item of its array stands at `at`; not one of an array: 0. */
static unsigned count_item(struct lic_record *d, const struct lic_nested_path *at)
{
	if (!at->n || at->key[at->n - 1].p)
		return 0;
	return d->index[at->n]++;
}

static void on_open(void *ctx, const struct lic_nested_path *at)
{
	struct lic_record *d = ctx;

	count_item(d, at);
	d->index[at->n + 1] = 0;
	d->before[at->n] = d->n;
}

/* Items of outer arrays were counted when they were opened: the number at hand is one less. */
static size_t write_path(const struct lic_record *d, const struct lic_nested_path *at,
			 char path[PATH_MAX_BYTES])
{
	size_t n = 0;

	for (unsigned i = 0; i < at->n; i++) {
		const struct lic_bytes *key = &at->key[i];
		int k;

		if (key->p)
			k = snprintf(path + n, PATH_MAX_BYTES - n, "%s%.*s", n ? "." : "",
				     key->n < PATH_MAX_BYTES ? (int)key->n : PATH_MAX_BYTES,
				     (const char *)key->p);
		else
			k = snprintf(path + n, PATH_MAX_BYTES - n, "[%u]", d->index[i + 1] - 1);
		if (k < 0 || (size_t)k >= PATH_MAX_BYTES - n)
			return PATH_MAX_BYTES - 1;
		n += (size_t)k;
	}
	return n;
}

static bool is_far(const struct lic_record *d, const struct lic_nested_path *at)
{
	for (unsigned i = 0; i < at->n; i++)
		if (!at->key[i].p && d->index[i + 1] > LIC_RECORD_ITEMS_MAX)
			return true;
	return false;
}

static void on_value(void *ctx, const struct lic_nested_path *at, const uint8_t *p, size_t n)
{
	struct lic_record *d = ctx;
	char path[PATH_MAX_BYTES];

	count_item(d, at);
	if (!is_far(d, at))
		add(d, path, write_path(d, at, path), p, n);
}

/* What is empty says something by being there. */
static void on_close(void *ctx, const struct lic_nested_path *at)
{
	struct lic_record *d = ctx;
	char path[PATH_MAX_BYTES];

	if (at->n && d->n == d->before[at->n] && !d->index[at->n + 1] && !is_far(d, at))
		add(d, path, write_path(d, at, path), "", 0);
}

const struct lic_nested_handler lic_record_handler = { on_open, on_close, on_value };

/* --- JSON ----------------------------------------------------------------------------------- */

/* The words that Python's json writes where JSON has none; outside of strings nothing else has
 * their letters. */
static size_t python_word(const uint8_t *p, size_t n)
{
	static const char *const words[] = { "-Infinity", "Infinity", "NaN" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(words); i++) {
		size_t w = strlen(words[i]);

		if (n >= w && memcmp(p, words[i], w) == 0)
			return w;
	}
	return 0;
}

/* A copy with zeros for those words, NULL where there are none, or no memory for it. */
static uint8_t *without_python_words(const uint8_t *p, size_t n)
{
	uint8_t *copy = NULL;
	bool in_string = false;

	for (size_t i = 0; i < n; i++) {
		size_t w;

		if (in_string && p[i] == '\\')
			i++;
		else if (p[i] == '"')
			in_string = !in_string;
		if (in_string || i >= n || !(w = python_word(p + i, n - i)))
			continue;
		if (!copy) {
			copy = malloc(n);
			if (!copy)
				return NULL;
			memcpy(copy, p, n);
		}
		/* "0.0" and "0.0000000" are as long as the words are */
		memset(copy + i, '0', w);
		copy[i + 1] = '.';
		i += w - 1;
	}
	return copy;
}

bool lic_record_parse(struct lic_record *d, const uint8_t *p, size_t n)
{
	uint8_t *copy;
	bool ok;

	lic_record_reset(d);
	if (!n || n > LIC_RECORD_DOCUMENT_MAX)
		return false;
	copy = without_python_words(p, n);
	ok = lic_json_walk(copy ? copy : p, n, &lic_record_handler, d);
	free(copy);
	return ok && !d->failed;
}

/* --- asking --------------------------------------------------------------------------------- */

/* The rest of a path behind `at` and `name`; NULL where it begins otherwise. */
static const char *behind(const struct lic_member *m, const char *at, const char *name)
{
	const char *path = (const char *)m->path.p;
	size_t a = strlen(at), n = strlen(name);

	if (m->path.n < a + n || memcmp(path, at, a) != 0)
		return NULL;
	path += a;
	if (a && n && *path++ != '.')
		return NULL;
	return strncmp(path, name, n) == 0 ? path + n : NULL;
}

const struct lic_member *lic_record_find(const struct lic_record *d, const char *at,
					 const char *name)
{
	size_t a = strlen(at), n = strlen(name), dot = a && n;

	for (size_t i = 0; i < d->n; i++) {
		const struct lic_bytes *path = &d->item[i].path;

		if (path->n == a + dot + n && memcmp(path->p + a + dot, name, n) == 0 &&
		    memcmp(path->p, at, a) == 0 && (!dot || path->p[a] == '.'))
			return &d->item[i];
	}
	return NULL;
}

const char *lic_record_text(const struct lic_record *d, const char *at, const char *name)
{
	const struct lic_member *m = lic_record_find(d, at, name);

	return m ? (const char *)m->value.p : "";
}

bool lic_record_has(const struct lic_record *d, const char *at, const char *name)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *rest = behind(&d->item[i], at, name);

		if (rest && (!*rest || *rest == '.' || *rest == '['))
			return true;
	}
	return false;
}
