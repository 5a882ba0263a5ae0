/* SPDX-License-Identifier: Apache-2.0 */
/* Importing manifests and rule files: beginning, staging rows, ending. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/import.h"
#include "fs/catalog/rowcodec.h"

#define NAME_MAX_BYTES 1024 /* of a collection */

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for an import");
}

void lic_import_abort(struct lic_import *imp)
{
	if (!imp)
		return;
	lic_keys_release(&imp->keys);
	lic_buf_release(&imp->key_blob);
	lic_buf_release(&imp->claim_blob);
	lic_joins_free(imp->before);
	lic_joined_release(&imp->joined);
	lic_map_release(&imp->watch);
	lic_map_release(&imp->found);
	lic_arena_release(&imp->arena);
	imp->txn->watch = NULL;
	free(imp);
}

/* --- what it supersedes ------------------------------------------------------------------- */

int lic_manifest_end(struct lic_txn *txn, const struct lic_source *s, struct lic_error *err)
{
	int r = lic_query_run(txn->cat, LIC_STMT_MANIFEST_END, err, "ii", s->number,
			      txn->generation);

	txn->changed = txn->dirty = txn->joining = true;
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_MATCH_FORGET, err, "ii", s->first,
				  s->first + s->rows);
	return r < 0 ? r : lic_keys_drop(txn, s, err);
}

/* Takes what was in force before, and ends what is superseded. */
static int end_old(struct lic_import *imp, int64_t old, struct lic_error *err)
{
	const struct lic_joins *joins = NULL;
	struct lic_catalog *cat = imp->txn->cat;
	int r = lic_joins_get(cat, &joins, err);

	if (r < 0 || !old)
		return r;
	imp->before = cat->joins;
	cat->joins = NULL;
	for (size_t i = 0; i < imp->before->n; i++) {
		if (imp->before->source[i].number == old)
			imp->old = &imp->before->source[i];
	}
	if (!imp->old)
		return lic_catalog_damaged(cat, err, "manifest %lld is in force and is not",
					   (long long)old);
	return lic_manifest_end(imp->txn, imp->old, err);
}

/* --- what is new -------------------------------------------------------------------------- */

/* The first row's number: one that no manifest has had, so that rows of one are in one range. */
static int first_row(struct lic_catalog *cat, int64_t *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_ROW_LAST, err, "");

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	*ret = lic_query_int(&q, 0) + 1;
	return 0;
}

static int add_manifest(struct lic_import *imp, const struct lic_import_plan *plan,
			struct lic_error *err)
{
	const struct lic_manifest *m = plan->m;
	struct lic_txn *txn = imp->txn;
	int r = first_row(txn->cat, &imp->keys.first, err);

	if (r < 0)
		return r;
	imp->keys.next = imp->keys.first;
	imp->root.n = m->root.n;
	imp->root.p = (uint8_t *)lic_arena_dup(&imp->arena, m->root.p, m->root.n);
	if (!imp->root.p)
		return no_memory(err);
	r = lic_query_run(txn->cat, LIC_STMT_MANIFEST_ADD, err, "itttibitiii", (int64_t)m->kind,
			  m->collection, m->file, m->format, plan->dir, (const void *)m->root.p,
			  m->root.n, (int64_t)m->grant, m->who, txn->at, imp->keys.first,
			  txn->generation);
	if (r < 0)
		return r;
	imp->number = imp->keys.manifest = sqlite3_last_insert_rowid(txn->cat->db);
	txn->changed = txn->dirty = txn->joining = txn->imported = true;
	return 0;
}

int lic_import_begin(struct lic_txn *txn, const struct lic_import_plan *plan,
		     struct lic_import **ret, struct lic_error *err)
{
	struct lic_import *imp = calloc(1, sizeof(*imp));
	int r;

	if (!imp)
		return lic_txn_fail(txn, no_memory(err));
	imp->txn = txn;
	imp->arena = (struct lic_arena)LIC_ARENA_INIT(1u << 20);
	imp->keys = (struct lic_keys){ .txn = txn, .text = LIC_BUF_INIT(8 * LIC_KEY_TEXT_MAX) };
	imp->key_blob = (struct lic_buf)LIC_BUF_INIT(2 * LIC_ROW_MAX);
	imp->claim_blob = (struct lic_buf)LIC_BUF_INIT(2 * LIC_ROW_MAX);
	imp->joined = (struct lic_joined)LIC_JOINED_INIT;
	r = end_old(imp, plan->old, err);
	if (r == 0 && plan->m)
		r = add_manifest(imp, plan, err);
	if (r < 0) {
		lic_import_abort(imp);
		return lic_txn_fail(txn, r);
	}
	*ret = imp;
	return 0;
}

/* --- imports ------------------------------------------------------------------------------ */

static bool is_name(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return false;
	}
	return n && n <= NAME_MAX_BYTES && lic_utf8_valid(s, n);
}

/* The root as the catalog writes it. */
static int find_root(struct lic_txn *txn, struct lic_bytes root, struct lic_buf *ret,
		     struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf shown = LIC_BUF_INIT(1u << 20);
	struct lic_entry e;
	int r = lic_catalog_by_path(txn->cat, root.p, root.n, &e, err);

	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0 && e.kind == LIC_KIND_DIR)
		return lic_catalog_entry_path(txn->cat, e.id, ret, err);
	lic_text_show(&shown, root.p, root.n);
	return lic_error_set(err, EINVAL,
			     "'%s' is no directory that a scan has seen; run scan, or "
			     "name another with --root",
			     lic_buf_str(&shown));
}

/* Number of the import in force of that collection, or of that number; 0: none. */
static int find_import(struct lic_catalog *cat, const char *collection, int64_t number,
		       int64_t *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_MANIFEST_IMPORT, err, "ti", collection, number);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	*ret = r > 0 ? lic_query_int(&q, 0) : 0;
	return 0;
}

int lic_catalog_import(struct lic_txn *txn, struct lic_manifest *m, struct lic_import **ret,
		       struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf root = LIC_BUF_INIT(64u << 20);
	struct lic_manifest made = *m;
	struct lic_import_plan plan = { .m = &made };
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	if (!m->collection || !is_name(m->collection))
		return lic_error_set(err, EINVAL,
				     "a collection needs a name of 1 to %d bytes of UTF-8 without "
				     "control characters; give one with --collection NAME",
				     NAME_MAX_BYTES);
	r = find_root(txn, m->root, &root, err);
	if (r == 0)
		r = find_import(txn->cat, m->collection, 0, &plan.old, err);
	if (r < 0)
		return r;
	made.kind = LIC_MANIFEST_IMPORT;
	made.root = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&root), root.len };
	made.file = m->file ? m->file : "";
	made.format = m->format ? m->format : "";
	made.who = m->who ? m->who : "";
	r = lic_import_begin(txn, &plan, ret, err);
	if (r < 0)
		return r;
	txn->durable = true;
	m->kind = LIC_MANIFEST_IMPORT;
	m->number = (*ret)->number;
	m->at = txn->at;
	m->rows = 0;
	m->born = txn->generation;
	m->died = 0;
	return 0;
}

int lic_import_row(struct lic_import *imp, const struct lic_row *row, struct lic_error *err)
{
	int64_t number = imp->keys.next;
	int r = lic_txn_usable(imp->txn, err);

	if (r < 0)
		return r;
	lic_buf_reset(&imp->key_blob);
	lic_buf_reset(&imp->claim_blob);
	r = lic_row_encode(row, &imp->key_blob, &imp->claim_blob, err);
	if (r == 0)
		r = lic_query_run(imp->txn->cat, LIC_STMT_ROW_ADD, err, "iibb", number,
				  (int64_t)row->line, (const void *)imp->key_blob.data,
				  imp->key_blob.len, (const void *)imp->claim_blob.data,
				  imp->claim_blob.len);
	if (r == 0)
		r = lic_keys_add(&imp->keys, number, row->key, row->n_keys, err);
	return lic_txn_fail(imp->txn, r);
}

static int finish(struct lic_import *imp, const struct lic_import_hooks *hooks,
		  struct lic_import_result *ret, struct lic_error *err)
{
	const struct lic_joins *joins = NULL;
	struct lic_keys *k = &imp->keys;
	int r = lic_txn_usable(imp->txn, err);

	if (r == 0 && imp->number) {
		r = lic_keys_flush(k, err);
		if (r == 0)
			r = lic_keys_thin(k, err);
		if (r == 0)
			r = lic_query_run(imp->txn->cat, LIC_STMT_MANIFEST_FILL, err, "iiib",
					  imp->number, k->next - k->first, (int64_t)k->kinds,
					  (const void *)imp->digest, imp->digest_n);
	}
	if (imp->old || imp->settled)
		lic_joins_forget(imp->txn->cat);
	else if (r == 0)
		r = lic_joins_append(imp->txn->cat, imp->number, err);
	if (r == 0)
		r = lic_joins_get(imp->txn->cat, &joins, err);
	for (size_t i = 0; r == 0 && (imp->number || imp->settled) && i < joins->n; i++) {
		if (joins->source[i].number == (imp->number ? imp->number : imp->settled))
			imp->source = &joins->source[i];
	}
	return r < 0 ? r : lic_import_judge(imp, hooks, ret, err);
}

int lic_import_finish(struct lic_import *imp, const struct lic_import_hooks *hooks,
		      struct lic_import_result *ret, struct lic_error *err)
{
	struct lic_import_result result = { .rows = imp->keys.next - imp->keys.first,
					    .superseded = imp->old ? imp->old->number : 0 };
	struct lic_txn *txn = imp->txn;
	int r = finish(imp, hooks, &result, err);

	lic_import_abort(imp);
	if (r == 0)
		*ret = result;
	return lic_txn_fail(txn, r);
}

int lic_catalog_unimport(struct lic_txn *txn, int64_t number, const struct lic_import_hooks *hooks,
			 struct lic_import_result *ret, struct lic_error *err)
{
	struct lic_import_plan plan = { 0 };
	struct lic_import_result result = { 0 };
	struct lic_import *imp = NULL;
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = find_import(txn->cat, NULL, number, &plan.old, err);
	if (r < 0)
		return r;
	if (!plan.old)
		return lic_error_set(err, ENOENT, "import %lld is not in force; see import --list",
				     (long long)number);
	r = lic_import_begin(txn, &plan, &imp, err);
	if (r < 0)
		return r;
	txn->durable = true;
	result.rows = imp->old->rows;
	r = finish(imp, hooks, &result, err);
	lic_import_abort(imp);
	if (r == 0)
		*ret = result;
	return lic_txn_fail(txn, r);
}
