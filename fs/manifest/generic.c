/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of no known format: by --map, where the operator says what the columns hold; without it
 * only where one column clearly names the file and another one clearly the license.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/manifest/guess.h"
#include "fs/manifest/readers.h"

/* What --map may say. */
static const struct {
	const char *what;
	enum lic_key_kind key;
	enum lic_role role;
} whats[] = {
	{ "license", LIC_KEY_NONE, LIC_ROLE_LICENSE },
	{ "rights", LIC_KEY_NONE, LIC_ROLE_COPYRIGHT },
	{ "creator", LIC_KEY_NONE, LIC_ROLE_CREATOR },
	{ "credit", LIC_KEY_NONE, LIC_ROLE_CREATOR },
	{ "title", LIC_KEY_NONE, LIC_ROLE_TITLE },
	{ "source", LIC_KEY_NONE, LIC_ROLE_SOURCE_URL },
	{ "path", LIC_KEY_PATH, LIC_ROLE_NONE },
	{ "name", LIC_KEY_TAIL, LIC_ROLE_NONE },
	{ "stem", LIC_KEY_STEM, LIC_ROLE_NONE },
	{ "id", LIC_KEY_ID, LIC_ROLE_NONE },
	{ "url", LIC_KEY_URL, LIC_ROLE_NONE },
	{ "md5", LIC_KEY_MD5, LIC_ROLE_NONE },
	{ "sha256", LIC_KEY_SHA256, LIC_ROLE_NONE },
	{ "xxh3", LIC_KEY_XXH3, LIC_ROLE_NONE },
};

/* Columns that clearly name the file, the most telling first. */
static const char *const file_columns[] = { "path", "file_name", "filename", "image", "file" };

struct mapping {
	struct lic_manifest_reading *m;
	struct lic_table_columns columns;
	size_t place[LIC_TABLE_COLUMNS_MAX];
	size_t numbers; /* columns that are named by number */
	size_t keys;
	struct lic_arena texts; /* names of columns */
	struct lic_error *err;
};

static const char *file_column(const struct lic_peek *k)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(file_columns); i++)
		if (lic_table_has(k, file_columns[i]))
			return file_columns[i];
	return NULL;
}

static int bid(const struct lic_peek *k)
{
	if (k->mapped)
		return lic_table_is(k) ? 9 : 0;
	return lic_table_is(k) && file_column(k) && lic_table_has_rights(k) ? 5 : 0;
}

static int bid_csv(const struct lic_peek *k)
{
	return k->first != '{' && k->separator != '\t' ? bid(k) : 0;
}

static int bid_tsv(const struct lic_peek *k)
{
	return k->first != '{' && k->separator == '\t' ? bid(k) : 0;
}

static int bid_jsonl(const struct lic_peek *k)
{
	return k->first == '{' ? bid(k) : 0;
}

static int too_many(struct mapping *p)
{
	return lic_error_set(p->err, EINVAL, "more columns in --map than a table may have");
}

/* --- names of columns --------------------------------------------------------------------- */

static int no_column(struct mapping *p, const char *name)
{
	const struct lic_peek *k = &p->m->peek;
	const struct lic_bytes *names = k->first == '{' ? k->key : k->field;
	size_t n = k->first == '{' ? k->n_keys : k->n_fields;
	char text[64][64];
	const char *list[64], *near;

	if (n > LIC_ARRAY_SIZE(text))
		n = LIC_ARRAY_SIZE(text);
	for (size_t i = 0; i < n; i++) {
		snprintf(text[i], sizeof(text[i]), "%.*s", (int)(names[i].n < 63 ? names[i].n : 63),
			 (const char *)names[i].p);
		list[i] = lic_utf8_valid(text[i], strlen(text[i])) ? text[i] : NULL;
	}
	near = lic_text_nearest(name, strlen(name), list, n);
	return lic_error_set(p->err, EINVAL, "'%s' has no column '%s' that --map names%s%s%s",
			     p->m->name, name, near ? "; did you mean '" : "", near ? near : "",
			     near ? "'?" : "");
}

/* The number of a column from 1, 0 where that is none. */
static size_t number_of(const char *column)
{
	char *end;
	unsigned long n;

	if (*column < '0' || *column > '9')
		return 0;
	n = strtoul(column, &end, 10);
	return *end || n > LIC_FIELDS_MAX ? 0 : n;
}

static int find_place(struct mapping *p, const struct lic_manifest_map *map, size_t i)
{
	const struct lic_peek *k = &p->m->peek;
	size_t n = number_of(map->column);

	if (lic_table_has(k, map->column))
		return 0;
	if (!n || k->first == '{')
		return no_column(p, map->column);
	if (n > k->n_fields)
		return lic_error_set(p->err, EINVAL,
				     "'%s' has %zu columns, and none of the number %s that --map "
				     "names",
				     p->m->name, k->n_fields, map->column);
	p->place[i] = n - 1;
	p->columns.c[i].name = map->what;
	p->columns.c[i].needed = false;
	p->numbers++;
	return 0;
}

static int add_map(struct mapping *p, const struct lic_manifest_map *map)
{
	const char *names[LIC_ARRAY_SIZE(whats)];
	size_t w = 0;
	const char *near;

	while (w < LIC_ARRAY_SIZE(whats) && strcmp(whats[w].what, map->what) != 0)
		w++;
	if (w == LIC_ARRAY_SIZE(whats)) {
		for (size_t i = 0; i < LIC_ARRAY_SIZE(whats); i++)
			names[i] = whats[i].what;
		near = lic_text_nearest(map->what, strlen(map->what), names, LIC_ARRAY_SIZE(whats));
		return lic_error_set(p->err, EINVAL,
				     "--map knows no '%s'%s%s%s: license, rights, creator, credit, "
				     "title, source; path, name, stem, id, url, md5, sha256, xxh3",
				     map->what, near ? "; did you mean '" : "", near ? near : "",
				     near ? "'?" : "");
	}
	if (!lic_table_columns_add(&p->columns, (struct lic_table_column){
							map->column, whats[w].key, whats[w].role,
							LIC_CONTEXT_ANY, p->m->peek.first != '{' }))
		return too_many(p);
	p->keys += whats[w].key != LIC_KEY_NONE;
	return find_place(p, map, p->columns.n - 1);
}

static int read_map(struct mapping *p)
{
	const struct lic_manifest_options *o = p->m->o;
	int r = 0;

	for (size_t i = 0; r == 0 && i < o->n_map; i++)
		r = add_map(p, &o->map[i]);
	if (r < 0)
		return r;
	if (p->numbers && p->numbers != p->columns.n)
		return lic_error_set(p->err, EINVAL,
				     "--map names some columns and numbers others; number all of "
				     "them where '%s' has no header",
				     p->m->name);
	if (p->keys > LIC_ROW_KEYS_MAX)
		return too_many(p);
	if (!p->keys)
		return lic_error_set(p->err, EINVAL,
				     "--map says of no column which image a row is about; add "
				     "path=COLUMN, or name, stem, id, url, md5, sha256 or xxh3");
	return 0;
}

/* A name may stand for any place below the root; two images of that name take nothing. */
static int guess(struct mapping *p)
{
	const struct lic_peek *k = &p->m->peek;
	const char *file = file_column(k);
	struct lic_table_column c = { file, LIC_KEY_TAIL, LIC_ROLE_NONE, LIC_CONTEXT_ANY, true };

	if (!file || !lic_table_has_rights(k))
		return lic_error_set(p->err, EINVAL,
				     "no column of '%s' is clearly the file and another one the "
				     "license; name them by --map path=COLUMN,license=COLUMN",
				     p->m->name);
	if (strcmp(file, "path") == 0)
		c.key = LIC_KEY_PATH;
	if (!lic_table_columns_add(&p->columns, c) ||
	    !lic_table_columns_add_rights(&p->columns, k, &p->texts))
		return lic_error_set(p->err, EBADMSG, "'%s': too many columns of rights",
				     p->m->name);
	lic_manifest_warn(p->m,
			  "the column '%s' is taken for the file; name it by --map if it is "
			  "not",
			  file);
	return 0;
}

static int read_generic(struct lic_manifest_reading *m, char separator, struct lic_error *err)
{
	struct lic_table_format like = { .separator = separator, .quotes = true };
	struct mapping p = { .m = m, .texts = LIC_ARENA_INIT(LIC_PEEK_MAX * 2), .err = err };
	int r = m->o->n_map ? read_map(&p) : guess(&p);

	if (separator == '\t')
		like.quotes = m->peek.quotes;
	if (p.numbers) {
		like.place = p.place;
		like.n_fields = m->peek.n_fields;
	}
	if (r == 0)
		r = lic_table_read_columns(m, &p.columns, &like, err);
	lic_arena_release(&p.texts);
	return r;
}

static int read_csv(struct lic_manifest_reading *m, struct lic_error *err)
{
	return read_generic(m, 0, err);
}

static int read_tsv(struct lic_manifest_reading *m, struct lic_error *err)
{
	return read_generic(m, '\t', err);
}

const struct lic_manifest_reader lic_manifest_csv = {
	.format = { "csv", "any CSV, by --map or by clear names of columns" },
	.bid = bid_csv,
	.read = read_csv,
	.maps = true,
};

const struct lic_manifest_reader lic_manifest_tsv = {
	.format = { "tsv", "any table with tabs, the same" },
	.bid = bid_tsv,
	.read = read_tsv,
	.maps = true,
};

const struct lic_manifest_reader lic_manifest_jsonl = {
	.format = { "jsonl", "any JSON Lines, the same" },
	.bid = bid_jsonl,
	.read = read_csv,
	.maps = true,
};
