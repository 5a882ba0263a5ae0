/* SPDX-License-Identifier: Apache-2.0 */
/* Judging what an import is about: a walk below its root, and below that of what it supersedes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/catalog/import.h"
#include "fs/catalog/rowcodec.h"

#define PROGRESS_EVERY 1024

struct ids {
	int64_t *item;
	size_t n, cap;
};

struct walk {
	struct lic_import *imp;
	const struct lic_import_hooks *hooks;
	struct ids dirs, images; /* to be listed; of the directory at hand, all of them */
	struct lic_buf path;	 /* of the directory at hand */
	int64_t skip;		 /* directory that was walked before; 0: none */
	int64_t done, total;
	struct lic_error *err;
};

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory to judge an import");
}

static int ids_add(struct ids *l, int64_t id)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		void *p = reallocarray(l->item, cap, sizeof(*l->item));

		if (!p)
			return -ENOMEM;
		l->item = p;
		l->cap = cap;
	}
	l->item[l->n++] = id;
	return 0;
}

/* --- is it concerned? --------------------------------------------------------------------- */

static bool patterns_match(const struct lic_joins *joins, const struct lic_source *s,
			   struct lic_bytes path)
{
	for (size_t i = s->pattern; i < s->pattern + s->n_patterns; i++) {
		if (lic_pattern_matches(&joins->pattern[i], path))
			return true;
	}
	return false;
}

/* The path below the root of a source; false where it lies elsewhere. */
static bool below(const struct lic_source *s, struct lic_bytes path, struct lic_bytes *ret)
{
	size_t n = s->root.n;

	*ret = path;
	if (!n)
		return true;
	if (path.n <= n || path.p[n] != '/' || memcmp(path.p, s->root.p, n) != 0)
		return false;
	*ret = (struct lic_bytes){ path.p + n + 1, path.n - n - 1 };
	return true;
}

static int may_be_key(void *ctx, enum lic_key_kind kind, struct lic_bytes normal)
{
	struct lic_import *imp = ctx;
	int64_t hash = lic_row_hash(kind, normal, &imp->keys.text);

	if (lic_buf_failed(&imp->keys.text))
		return -ENOMEM;
	return lic_keys_may_have(&imp->keys, hash);
}

/* Does the new manifest find the image by an address? Its claims and all rows must say. */
static int found_by_address(struct walk *w, const struct lic_entry *e, struct lic_bytes path)
{
	_cleanup_(lic_claims_release) struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_import *imp = w->imp;
	struct lic_subject s = {
		.entry = e->id, .path = path, .hash = &e->hash, .digests = &e->digests
	};
	int r = lic_claims_load(imp->txn->cat, e->id, &claims, NULL, w->err);

	if (r < 0)
		return r;
	s.claim = claims.item;
	s.n_claims = claims.n;
	r = lic_joined_find(imp->txn->cat, &s, &imp->joined, w->err);
	if (r == 0 && imp->joined.damage)
		return 1;
	for (size_t i = 0; r == 0 && i < imp->joined.n; i++) {
		if (imp->joined.item[i].source->number == imp->number)
			return 1;
	}
	return r;
}

/* Does one find the image that was in force, if only for what restricts, before this began? */
static int found_by(struct walk *w, const struct lic_joins *joins, const struct lic_source *s,
		    const struct lic_entry *e, struct lic_bytes path)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	const struct lic_rights *rights;
	struct lic_bytes rest;
	int r;

	if (!s || !below(s, path, &rest))
		return 0;
	if (patterns_match(joins, s, rest))
		return 1;
	/* A key that too many rows had may have hidden it, which no match tells */
	rights = lic_catalog_rights(w->imp->txn->cat, e->rights, w->err);
	if (!rights)
		return w->err && w->err->code ? -w->err->code : -EIO;
	if (rights->status == LIC_STATUS_UNREADABLE)
		return 1;
	r = lic_query(&q, w->imp->txn->cat, LIC_STMT_MATCHES_OF, w->err, "i", e->id);
	while (r >= 0 && (r = lic_query_step(&q, w->err)) > 0) {
		int64_t row = lic_query_int(&q, 0);

		if (row >= s->first && row - s->first < s->rows)
			return 1;
	}
	return r;
}

static int found_by_new(struct walk *w, const struct lic_entry *e, struct lic_bytes path)
{
	const struct lic_source *s = w->imp->source;
	struct lic_key_subject subject = { .xxh3 = &e->hash };
	unsigned kinds = s ? s->kinds & ~(LIC_PATTERNS | 1u << LIC_KEY_URL) : 0;
	int r = 0;

	if (e->digests.has & LIC_DIGEST_MD5)
		subject.md5 = e->digests.md5;
	if (e->digests.has & LIC_DIGEST_SHA256)
		subject.sha256 = e->digests.sha256;
	if (w->imp->settled)
		return found_by(w, w->imp->txn->cat->joins, s, e, path);
	if (!s || !below(s, path, &subject.path))
		return 0;
	if (patterns_match(w->imp->txn->cat->joins, s, subject.path) ||
	    lic_digests_of_kinds(kinds) & ~e->digests.has)
		return 1;
	if (kinds)
		r = lic_key_candidates(&subject, kinds, may_be_key, w->imp);
	if (r == -ENOMEM)
		return no_memory(w->err);
	if (r == 0 && s->kinds & 1u << LIC_KEY_URL)
		r = found_by_address(w, e, path);
	return r;
}

/* --- one image ---------------------------------------------------------------------------- */

/* Counts what the new manifest has found; true where a pattern is among it. */
static int count_found(struct walk *w, bool *ret_pattern)
{
	struct lic_import *imp = w->imp;
	const struct lic_joined *j = &imp->txn->joined;
	bool found = false;

	for (size_t i = 0; i < j->n; i++) {
		const struct lic_join *x = &j->item[i];

		if (x->source->number != imp->number)
			continue;
		found = true;
		if (x->keyed)
			continue;
		*ret_pattern = true;
		if (!lic_map_at(&imp->found, x->row, 0))
			return no_memory(w->err);
	}
	imp->images += found;
	return 0;
}

static int judge_image(struct walk *w, int64_t id)
{
	struct lic_txn *txn = w->imp->txn;
	struct lic_bytes path;
	uint8_t name[NAME_MAX];
	struct lic_entry e;
	size_t len = w->path.len;
	bool by_old, pattern;
	int r = lic_catalog_by_id(txn->cat, id, &e, w->err);

	if (r < 0)
		return r;
	memcpy(name, e.name.p, e.name.n);
	e.name.p = name;
	r = lic_digests_fill(txn->cat, id, &e.digests, w->err);
	if (r < 0)
		return r;
	lic_buf_add(&w->path, name, e.name.n);
	if (lic_buf_failed(&w->path))
		return no_memory(w->err);
	path = (struct lic_bytes){ (const uint8_t *)w->path.data, w->path.len };
	r = found_by(w, w->imp->before, w->imp->old, &e, path);
	by_old = r > 0;
	if (r == 0)
		r = found_by_new(w, &e, path);
	lic_buf_truncate(&w->path, len);
	if (r <= 0)
		return r;
	r = lic_catalog_rejudge(txn, id, NULL, w->err);
	pattern = by_old && w->imp->old->n_patterns;
	if (r == 0 && w->imp->number)
		r = count_found(w, &pattern);
	else
		w->imp->images += by_old;
	/* Which collections it is in has no row of its own where patterns say so */
	if (r == 0 && pattern)
		r = lic_feed_add(txn, e.parent, e.id, &e.name, w->err);
	if (r == 0 && pattern)
		r = lic_feed_companions(txn, e.id, w->err);
	return r;
}

/* --- the walk ----------------------------------------------------------------------------- */

static int list_entry(void *ctx, const struct lic_entry *e)
{
	struct walk *w = ctx;

	if (e->kind == LIC_KIND_DIR || e->kind == LIC_KIND_DOCUMENT)
		return e->id == w->skip ? 0 : ids_add(&w->dirs, e->id);
	return e->kind == LIC_KIND_IMAGE ? ids_add(&w->images, e->id) : 0;
}

static int walk_dir(struct walk *w, int64_t dir)
{
	struct lic_catalog *cat = w->imp->txn->cat;
	int r;

	lic_buf_reset(&w->path);
	w->images.n = 0;
	r = lic_catalog_entry_path(cat, dir, &w->path, w->err);
	if (r < 0)
		return r;
	if (w->path.len)
		lic_buf_addc(&w->path, '/');
	r = lic_catalog_list(cat, dir, 0, list_entry, w, w->err);
	if (r == -ENOMEM)
		return no_memory(w->err);
	for (size_t i = 0; r == 0 && i < w->images.n; i++) {
		r = judge_image(w, w->images.item[i]);
		if (w->hooks && w->hooks->progress && ++w->done % PROGRESS_EVERY == 0)
			w->hooks->progress(w->hooks->ctx, w->done, w->total);
	}
	return r;
}

static int walk_below(struct walk *w, int64_t dir)
{
	int r = ids_add(&w->dirs, dir) < 0 ? no_memory(w->err) : 0;

	while (r == 0 && w->dirs.n)
		r = walk_dir(w, w->dirs.item[--w->dirs.n]);
	return r;
}

/* The live directory that is the root of a source; 0: none. */
static int root_dir(struct walk *w, const struct lic_source *s, int64_t *ret)
{
	struct lic_entry e;
	int r = s ? lic_catalog_by_path(w->imp->txn->cat, s->root.p, s->root.n, &e, w->err)
		  : -ENOENT;

	*ret = r == 0 && e.kind == LIC_KIND_DIR ? e.id : 0;
	return r == -ENOENT ? 0 : r;
}

static int add_count(void *ctx, int64_t rights _unused_, int64_t count, int64_t emptied _unused_)
{
	*(int64_t *)ctx += count;
	return 0;
}

static int walk_roots(struct walk *w)
{
	const struct lic_source *new = w->imp->source, *old = w->imp->old;
	int64_t new_dir = 0, old_dir = 0;
	struct lic_bytes rest;
	int r = root_dir(w, new, &new_dir);

	if (r == 0)
		r = root_dir(w, old, &old_dir);
	/* Each directory once */
	if (new_dir && old_dir && (new_dir == old_dir || below(new, old->root, &rest)))
		old_dir = 0;
	if (r == 0 && w->hooks && w->hooks->progress && (new_dir || old_dir))
		r = lic_catalog_dir_rights(w->imp->txn->cat, new_dir ? new_dir : old_dir, add_count,
					   &w->total, w->err);
	if (r == 0 && new_dir)
		r = walk_below(w, new_dir);
	w->skip = new_dir;
	if (r == 0 && old_dir)
		r = walk_below(w, old_dir);
	return r;
}

/* --- what came of it ---------------------------------------------------------------------- */

static int tell_ambiguous(struct lic_import *imp, const struct lic_import_hooks *hooks, int64_t row,
			  struct lic_error *err);

static int count_rows(struct lic_import *imp, const struct lic_source *s,
		      const struct lic_import_hooks *hooks, struct lic_import_result *ret,
		      struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, imp->txn->cat, LIC_STMT_MATCHED_ROWS, err, "ii", s->first,
			  s->first + s->rows);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		int64_t row = lic_query_int(&q, 0);
		int64_t *seen = lic_map_find(&imp->found, row, 0);

		if (seen)
			*seen = 1;
		ret->matched++;
		if (lic_query_int(&q, 1) < 2 || !lic_query_int(&q, 2))
			continue;
		ret->ambiguous++;
		if (hooks && hooks->ambiguous)
			r = tell_ambiguous(imp, hooks, row, err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < imp->found.n; i++)
		ret->matched += !imp->found.item[i].value;
	return r;
}

struct first_key {
	struct lic_key key;
	bool found;
};

static int take_key(void *ctx, const struct lic_key *key)
{
	struct first_key *x = ctx;

	if (!lic_key_is_ambiguous(key->kind))
		return 0;
	x->key = *key;
	x->found = true;
	return 1;
}

static int two_paths(struct lic_catalog *cat, int64_t row, struct lic_buf path[2],
		     struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_MATCH_IMAGES, err, "i", row);

	for (int i = 0; i < 2 && r >= 0 && (r = lic_query_step(&q, err)) > 0; i++) {
		r = lic_catalog_entry_path(cat, lic_query_int(&q, 0), &path[i], err);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : 0;
}

static int tell_ambiguous(struct lic_import *imp, const struct lic_import_hooks *hooks, int64_t row,
			  struct lic_error *err)
{
	struct lic_buf path[2] = { LIC_BUF_INIT(64u << 20), LIC_BUF_INIT(64u << 20) };
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct first_key x = { 0 };
	int r = two_paths(imp->txn->cat, row, path, err);

	if (r == 0)
		r = lic_query(&q, imp->txn->cat, LIC_STMT_ROWS_OF, err, "ii", row, row + 1);
	if (r == 0)
		r = lic_query_step(&q, err);
	if (r > 0 && lic_row_keys(lic_query_bytes(&q, 2), take_key, &x) >= 0 && x.found)
		hooks->ambiguous(hooks->ctx, (uint64_t)lic_query_int(&q, 1), x.key.kind, x.key.text,
				 lic_buf_str(&path[0]), lic_buf_str(&path[1]));
	lic_buf_release(&path[0]);
	lic_buf_release(&path[1]);
	return r < 0 ? r : 0;
}

static int by_entry(const void *a, const void *b)
{
	const struct lic_map_item *x = a, *y = b;

	return x->a < y->a ? -1 : x->a > y->a;
}

/* The map is of no further use: its items are sorted in place. */
static int tell_changed(struct lic_import *imp, const struct lic_import_hooks *hooks,
			struct lic_import_result *ret, struct lic_error *err)
{
	struct lic_map *m = &imp->watch;
	int r = 0;

	if (m->n)
		qsort(m->item, m->n, sizeof(*m->item), by_entry);
	for (size_t i = 0; r == 0 && i < m->n; i++) {
		struct lic_entry e;

		r = lic_catalog_by_id(imp->txn->cat, m->item[i].a, &e, err);
		if (r < 0 || e.rights == m->item[i].value)
			continue;
		ret->changed++;
		if (hooks && hooks->changed)
			hooks->changed(hooks->ctx, e.id, m->item[i].value, e.rights);
	}
	return r;
}

int lic_import_judge(struct lic_import *imp, const struct lic_import_hooks *hooks,
		     struct lic_import_result *ret, struct lic_error *err)
{
	struct walk w = { .imp = imp, .hooks = hooks, .path = LIC_BUF_INIT(64u << 20), .err = err };
	struct lic_txn *txn = imp->txn;
	int r = 0;

	/* What ends is counted while its matches are there */
	if (!imp->number && imp->old)
		r = count_rows(imp, imp->old, NULL, ret, err);
	txn->watch = &imp->watch;
	if (r == 0)
		r = walk_roots(&w);
	if (r == 0)
		r = lic_matches_flush(txn, err);
	if (r == 0)
		r = lic_twins_flush(txn, err);
	txn->watch = NULL;
	ret->images = imp->images;
	if (r == 0 && imp->source)
		r = count_rows(imp, imp->source, hooks, ret, err);
	if (r == 0)
		r = tell_changed(imp, hooks, ret, err);
	free(w.dirs.item);
	free(w.images.item);
	lic_buf_release(&w.path);
	return r;
}
