/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hugging Face imagefolder: metadata.csv and metadata.jsonl. file_name and every *_file_name is a
 * path from the directory of the file; all other columns are free, so that rights are looked for
 * by well-known names.
 */
#include <errno.h>
#include <string.h>

#include "fs/manifest/guess.h"
#include "fs/manifest/readers.h"

static bool is_file_name(struct lic_bytes f)
{
	static const char end[] = "_file_name";
	const size_t n = sizeof(end) - 1;

	if (f.n == n - 1)
		return memcmp(f.p, end + 1, n - 1) == 0;
	return f.n > n && memcmp(f.p + f.n - n, end, n) == 0;
}

/* Columns of a table, keys of a record. */
static const struct lic_bytes *names(const struct lic_peek *k, size_t *ret_n)
{
	*ret_n = k->first == '{' ? k->n_keys : k->n_fields;
	return k->first == '{' ? k->key : k->field;
}

static bool has_file_name(const struct lic_peek *k)
{
	size_t n;
	const struct lic_bytes *name = names(k, &n);

	for (size_t i = 0; i < n; i++)
		if (is_file_name(name[i]))
			return true;
	return false;
}

static int bid(const struct lic_peek *k)
{
	if (strncasecmp(k->name, "metadata.", 9) != 0 || !has_file_name(k))
		return 0;
	return k->first != '{' || lic_table_is(k) ? 70 : 0;
}

static int add_file_names(struct lic_manifest_reading *m, struct lic_arena *texts,
			  struct lic_table_columns *columns, struct lic_error *err)
{
	size_t n, added = 0;
	const struct lic_bytes *name = names(&m->peek, &n);

	for (size_t i = 0; i < n; i++) {
		bool repeated = false;
		struct lic_table_column c = { NULL, LIC_KEY_PATH, LIC_ROLE_NONE, LIC_CONTEXT_ANY,
					      false };

		/* the keys of the next records may have been peeked at, too */
		for (size_t k = 0; k < columns->n; k++)
			repeated |= lic_field_is(&name[i], columns->c[k].name);
		if (repeated || !is_file_name(name[i]))
			continue;
		c.name = lic_arena_dup(texts, name[i].p, name[i].n);
		if (!c.name)
			return lic_error_set(err, ENOMEM, "out of memory to read '%s'", m->name);
		if (++added > LIC_ROW_KEYS_MAX || !lic_table_columns_add(columns, c))
			return lic_error_set(err, EBADMSG, "'%s': more than %d columns of files",
					     m->name, LIC_ROW_KEYS_MAX);
	}
	if (!added)
		return lic_error_set(err, EBADMSG,
				     "'%s', line 1: no column is named 'file_name', nor does the "
				     "name of any end in '_file_name'",
				     m->name);
	return 0;
}

static int read_hf(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_table_format like = { .quotes = true };
	_cleanup_(lic_arena_release) struct lic_arena texts = LIC_ARENA_INIT(LIC_PEEK_MAX * 2);
	struct lic_table_columns columns = { .n = 0 };
	int r = add_file_names(m, &texts, &columns, err);

	if (r < 0)
		return r;
	if (!lic_table_columns_add_rights(&columns, &m->peek, &texts))
		return lic_error_set(err, EBADMSG, "'%s': too many columns of files or rights",
				     m->name);
	if (!lic_table_has_rights(&m->peek))
		lic_manifest_warn(m, "no column is named 'license', 'rights' or the like: the rows "
				     "state no rights");
	return lic_table_read_columns(m, &columns, &like, err);
}

const struct lic_manifest_reader lic_manifest_hf = {
	.format = { "hf-imagefolder", "Hugging Face metadata.csv and metadata.jsonl" },
	.bid = bid,
	.read = read_hf,
};
