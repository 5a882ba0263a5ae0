/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule files: manifests that a scan finds in the store.
 *
 * A scan finds them one after the other, and what one grants another that it has not come to may
 * take back. So those that are new to images that are there already are *coming* first (`dir` is
 * negative): they restrict and grant nothing, and what they take the place of holds on; all of them
 * are settled together, when the scan has seen everything.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/catalog/import.h"
#include "fs/catalog/rowcodec.h"

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for rules");
}

struct rule {
	int64_t number; /* in force; 0: none */
	bool same;	/* with the digest that was asked for */
};

static int find_rule(struct lic_catalog *cat, int64_t dir, const char *file,
		     const uint8_t digest[16], struct rule *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_MANIFEST_RULE, err, "it", dir, file);
	struct lic_bytes d;

	*ret = (struct rule){ 0 };
	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r;
	d = lic_query_bytes(&q, 5);
	ret->number = lic_query_int(&q, 0);
	ret->same = d.n == 16 && memcmp(d.p, digest, 16) == 0;
	return 0;
}

static int digest_rows(const struct lic_row *rows, size_t n, uint8_t ret[16], struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf keys = LIC_BUF_INIT(2 * LIC_ROW_MAX);
	_cleanup_(lic_buf_release) struct lic_buf claims = LIC_BUF_INIT(2 * LIC_ROW_MAX);
	struct lic_hasher *h = lic_hasher_new();
	int r = h ? 0 : no_memory(err);

	if (h)
		lic_hasher_reset(h);
	for (size_t i = 0; r == 0 && i < n; i++) {
		uint64_t head[3];

		lic_buf_reset(&keys);
		lic_buf_reset(&claims);
		r = lic_row_encode(&rows[i], &keys, &claims, err);
		head[0] = rows[i].line;
		head[1] = keys.len;
		head[2] = claims.len;
		lic_hasher_add(h, head, sizeof(head));
		lic_hasher_add(h, lic_buf_str(&keys), keys.len);
		lic_hasher_add(h, lic_buf_str(&claims), claims.len);
	}
	if (h)
		lic_hasher_get(h, ret);
	lic_hasher_free(h);
	return r;
}

/* The manifest of a rule file; its strings are in the buffers. */
static int describe_rule(struct lic_txn *txn, int64_t dir, const char *file, struct lic_buf *root,
			 struct lic_buf *shown, struct lic_manifest *ret, struct lic_error *err)
{
	struct lic_txn_dir *d = NULL;
	int r = lic_txn_dir(txn, dir, &d, err);

	if (r == 0 && (!d->live || d->archive))
		r = lic_error_set(err, ENOENT, "entry %lld is no live directory", (long long)dir);
	if (r == 0)
		r = lic_catalog_entry_path(txn->cat, dir, root, err);
	if (r < 0)
		return r;
	lic_text_show(shown, lic_buf_str(root), root->len);
	if (root->len)
		lic_buf_addc(shown, '/');
	lic_text_show(shown, file, strlen(file));
	if (lic_buf_failed(shown))
		return no_memory(err);
	*ret = (struct lic_manifest){
		.kind = LIC_MANIFEST_RULE,
		.collection = lic_buf_str(shown),
		.file = file,
		.format = "",
		.root = { (const uint8_t *)lic_buf_str(root), root->len },
		.who = "",
	};
	return 0;
}

static int replace_rules(struct lic_txn *txn, const struct lic_import_plan *plan,
			 const struct lic_row *rows, size_t n, const uint8_t digest[16],
			 struct lic_error *err)
{
	struct lic_import_result result = { 0 };
	struct lic_import *imp = NULL;
	int r = lic_import_begin(txn, plan, &imp, err);

	if (r < 0)
		return r;
	memcpy(imp->digest, digest, 16);
	imp->digest_n = 16;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = lic_import_row(imp, &rows[i], err);
	if (r < 0) {
		lic_import_abort(imp);
		return r;
	}
	return lic_import_finish(imp, NULL, &result, err);
}

static int add_count(void *ctx, int64_t rights _unused_, int64_t count, int64_t emptied _unused_)
{
	*(int64_t *)ctx += count;
	return 0;
}

/* Is there nothing yet that it could be about? Then what comes is judged by it. */
static int is_empty(struct lic_catalog *cat, int64_t dir, bool *ret, struct lic_error *err)
{
	int64_t images = 0;
	int r = lic_catalog_dir_rights(cat, dir, add_count, &images, err);

	*ret = r == 0 && images == 0;
	return r;
}

/* What of a rule file is in force, and what is coming. */
struct state {
	struct rule now, coming;
};

static int find_state(struct lic_catalog *cat, int64_t dir, const char *file,
		      const uint8_t digest[16], struct state *ret, struct lic_error *err)
{
	int r = find_rule(cat, dir, file, digest, &ret->now, err);

	return r < 0 ? r : find_rule(cat, -dir, file, digest, &ret->coming, err);
}

static int put_rules(struct lic_txn *txn, int64_t dir, const char *file, int64_t old,
		     const struct lic_row *rows, size_t n, const uint8_t digest[16],
		     struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf root = LIC_BUF_INIT(64u << 20);
	_cleanup_(lic_buf_release) struct lic_buf shown = LIC_BUF_INIT(256u << 20);
	struct lic_import_plan plan = { .dir = dir, .old = old };
	struct lic_manifest m;
	int r = 0;

	if (n) {
		r = describe_rule(txn, llabs(dir), file, &root, &shown, &m, err);
		plan.m = &m;
	}
	return r < 0 ? r : replace_rules(txn, &plan, rows, n, digest, err);
}

int lic_catalog_put_rules(struct lic_txn *txn, int64_t dir, const char *file,
			  const struct lic_row *rows, size_t n, struct lic_error *err)
{
	struct state s = { { 0 }, { 0 } };
	uint8_t digest[16];
	bool empty = false;
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = digest_rows(rows, n, digest, err);
	if (r == 0)
		r = find_state(txn->cat, dir, file, digest, &s, err);
	if (r == 0)
		r = is_empty(txn->cat, dir, &empty, err);
	if (r < 0)
		return lic_txn_fail(txn, r);
	if (s.coming.number ? s.coming.same && n : s.now.same && n)
		return 0;
	if (!n && !s.now.number && !s.coming.number)
		return 0;
	if (empty && !s.coming.number)
		return lic_txn_fail(txn,
				    put_rules(txn, dir, file, s.now.number, rows, n, digest, err));
	/* that it is gone is settled, too */
	if (!n)
		return 0;
	return lic_txn_fail(txn, put_rules(txn, -dir, file, s.coming.number, rows, n, digest, err));
}

/* Ends what was in force, and what was coming is in force in its place. */
static int settle(struct lic_txn *txn, const struct lic_source *old, int64_t coming,
		  struct lic_error *err)
{
	struct lic_import_plan plan = { .old = old ? old->number : 0 };
	struct lic_import_result result = { 0 };
	struct lic_import *imp = NULL;
	int r = lic_import_begin(txn, &plan, &imp, err);

	if (r < 0)
		return r;
	if (coming)
		r = lic_query_run(txn->cat, LIC_STMT_MANIFEST_SETTLE, err, "i", coming);
	if (r < 0) {
		lic_import_abort(imp);
		return r;
	}
	txn->changed = txn->dirty = txn->joining = true;
	imp->settled = coming;
	return lic_import_finish(imp, NULL, &result, err);
}

static const struct lic_source *find_source(const struct lic_joins *j, int64_t dir,
					    const char *file, bool coming)
{
	for (size_t i = 0; i < j->n; i++) {
		const struct lic_source *s = &j->source[i];

		if (s->kind == LIC_MANIFEST_RULE && s->dir == dir && s->coming == coming &&
		    strcmp(s->file, file) == 0)
			return s;
	}
	return NULL;
}

static int settle_coming(struct lic_txn *txn, struct lic_error *err)
{
	const struct lic_joins *joins = NULL;

	for (;;) {
		const struct lic_source *s = NULL;
		int r = lic_joins_get(txn->cat, &joins, err);

		for (size_t i = 0; r == 0 && i < joins->n && !s; i++)
			s = joins->source[i].coming ? &joins->source[i] : NULL;
		if (r < 0 || !s)
			return r;
		r = settle(txn, find_source(joins, s->dir, s->file, false), s->number, err);
		if (r < 0)
			return r;
	}
}

int lic_catalog_settle_rules(struct lic_txn *txn, const struct lic_rule_file *gone, size_t n,
			     struct lic_error *err)
{
	const struct lic_joins *joins = NULL;
	int r = lic_txn_usable(txn, err);

	for (size_t i = 0; r == 0 && i < 2 * n; i++) {
		const struct lic_rule_file *file = &gone[i / 2];
		const struct lic_source *s;

		r = lic_joins_get(txn->cat, &joins, err);
		s = r == 0 ? find_source(joins, file->dir, file->file, i % 2 == 0) : NULL;
		if (s)
			r = settle(txn, s, 0, err);
	}
	if (r == 0)
		r = settle_coming(txn, err);
	return lic_txn_fail(txn, r);
}

int lic_catalog_rules_coming(struct lic_catalog *cat,
			     int (*fn)(void *ctx, int64_t dir, const char *file), void *ctx,
			     struct lic_error *err)
{
	const struct lic_joins *joins = NULL;
	int r = lic_joins_get(cat, &joins, err);

	for (size_t i = 0; r == 0 && i < joins->n; i++)
		if (joins->source[i].coming)
			r = fn(ctx, joins->source[i].dir, joins->source[i].file);
	return r;
}

int lic_rules_end(struct lic_txn *txn, int64_t dir, struct lic_error *err)
{
	const struct lic_joins *joins = NULL;
	int r = lic_joins_get(txn->cat, &joins, err);
	bool any = false;

	for (size_t i = 0; r == 0 && i < joins->n; i++) {
		if (joins->source[i].kind != LIC_MANIFEST_RULE || joins->source[i].dir != dir)
			continue;
		r = lic_manifest_end(txn, &joins->source[i], err);
		any = true;
	}
	if (any)
		lic_joins_forget(txn->cat);
	return r;
}
