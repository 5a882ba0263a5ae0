/* SPDX-License-Identifier: Apache-2.0 */
/* Erasing rows of manifests: those about erased images alone, and those that a revocation which
 * erases matches by what they say. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/erase.h"
#include "fs/catalog/rowcodec.h"

#define BATCH 1024	     /* rows of LIC_STMT_ROWS_FROM */
#define MATCHES 4096	     /* rows of LIC_STMT_MATCH_ERASED */
#define IMAGES_AT_ONCE 16384 /* whose keys are held in memory */

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory to erase rows of manifests");
}

struct ids {
	int64_t *item;
	size_t n, cap;
};

static void ids_release(struct ids *l)
{
	free(l->item);
}

static int ids_add(struct ids *l, int64_t id, struct lic_error *err)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		int64_t *p = reallocarray(l->item, cap, sizeof(*p));

		if (!p)
			return no_memory(err);
		l->item = p;
		l->cap = cap;
	}
	l->item[l->n++] = id;
	return 0;
}

/* --- one row ------------------------------------------------------------------------------ */

/* `revocation`: the one that its words matched, 0: none. */
static int erase_row(struct lic_txn *txn, int64_t row, struct lic_bytes keys,
		     struct lic_bytes claims, int64_t revocation, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf k = LIC_BUF_INIT(2 * LIC_ROW_MAX);
	_cleanup_(lic_buf_release) struct lic_buf c = LIC_BUF_INIT(4096);
	int r = lic_row_erase(keys, claims, revocation, &k, &c);

	if (r < 0)
		return no_memory(err);
	r = lic_erase_due(txn, err);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_ROW_ERASE, err, "ibb", row,
				  (const void *)lic_buf_str(&k), k.len,
				  (const void *)lic_buf_str(&c), c.len);
	return r;
}

/* Unless it is about an image that is not erased, or was erased before. */
static int erase_alone(struct lic_txn *txn, int64_t row, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	_cleanup_(lic_buf_release) struct lic_buf keys = LIC_BUF_INIT(2 * LIC_ROW_MAX);
	_cleanup_(lic_buf_release) struct lic_buf claims = LIC_BUF_INIT(2 * LIC_ROW_MAX);
	struct lic_row_head head;
	struct lic_bytes k, c;
	int r = lic_query(&q, txn->cat, LIC_STMT_MATCH_UNERASED, err, "i", row);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r != 0)
		return r < 0 ? r : 0;
	lic_query_end(&q);
	r = lic_query(&q, txn->cat, LIC_STMT_ROW, err, "i", row);
	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r;
	k = lic_query_bytes(&q, 1);
	c = lic_query_bytes(&q, 2);
	if (lic_row_head(c, &head) == 0 && head.erased)
		return 0;
	lic_buf_add(&keys, k.p, k.n);
	lic_buf_add(&claims, c.p, c.n);
	lic_query_end(&q);
	if (lic_buf_failed(&keys) || lic_buf_failed(&claims))
		return no_memory(err);
	k = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&keys), keys.len };
	c = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&claims), claims.len };
	return erase_row(txn, row, k, c, 0, err);
}

/* --- rows that find images that were noted -------------------------------------------------- */

static int erase_rows_of(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	_cleanup_(ids_release) struct ids rows = { 0 };
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_MATCHES_OF, err, "i", entry);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = ids_add(&rows, lic_query_int(&q, 0), err);
		if (r < 0)
			return r;
	}
	lic_query_end(&q);
	for (size_t i = 0; r == 0 && i < rows.n; i++)
		r = erase_alone(txn, rows.item[i], err);
	return r;
}

/* --- rows that name one path ---------------------------------------------------------------- */

/* The only path that a pattern matches, below the root of its manifest; false where there may be
 * more: such a row is about a place, and restricts what comes there. */
static bool names_one(const struct lic_pattern *p, struct lic_buf *out)
{
	for (size_t i = 0; i < p->text.n; i++) {
		uint8_t c = p->text.p[i];

		if (c == '*' || c == '?')
			return false;
		if (p->kind == LIC_KEY_RULE && c == '\\' && ++i < p->text.n)
			c = p->text.p[i];
		lic_buf_addc(out, (char)c);
	}
	return p->kind != LIC_KEY_ALL && p->text.n && p->text.p[p->text.n - 1] != '/';
}

/* Is what lies there an image that is erased? 1, 0 or an error. */
static int is_erased_at(struct lic_txn *txn, const struct lic_buf *path, struct lic_error *err)
{
	struct lic_entry e;
	int r = lic_catalog_by_path(txn->cat, lic_buf_str(path), path->len, &e, err);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return e.kind == LIC_KIND_IMAGE ? lic_claims_erased(txn->cat, e.id, err) : 0;
}

static int erase_named(struct lic_txn *txn, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(64u << 20);
	const struct lic_joins *joins = NULL;
	int r = lic_joins_get(txn->cat, &joins, err);

	for (size_t i = 0; r == 0 && i < joins->n_patterns; i++) {
		const struct lic_pattern *p = &joins->pattern[i];
		const struct lic_source *s = lic_joins_source(joins, p->row);

		lic_buf_reset(&path);
		if (!s)
			continue;
		lic_buf_add(&path, s->root.p, s->root.n);
		if (s->root.n)
			lic_buf_addc(&path, '/');
		if (!names_one(p, &path))
			continue;
		if (lic_buf_failed(&path))
			return no_memory(err);
		r = is_erased_at(txn, &path, err);
		if (r > 0)
			r = erase_alone(txn, p->row, err);
	}
	return r;
}

/* --- rows whose words match ------------------------------------------------------------------ */

struct words {
	struct lic_catalog *cat;
	struct lic_hits hits;
	int64_t revocation;
	struct lic_error *err;
};

/* 1 where a revocation that erases matches. */
static int ask(void *ctx, const struct lic_selector_subject *s, unsigned kinds _unused_)
{
	struct words *w = ctx;
	int r = lic_revoked_find(w->cat, s, NULL, &w->hits, w->err);

	for (size_t i = 0; r == 0 && i < w->hits.n; i++) {
		if (w->hits.item[i].sealed) {
			w->revocation = w->hits.item[i].revocation;
			return 1;
		}
	}
	return r;
}

/* The number of a revocation that erases and matches the row; 0: none. */
static int match_row(struct words *w, struct lic_bytes keys, struct lic_bytes claims, int64_t *ret)
{
	struct lic_row_head head;
	int r;

	*ret = 0;
	if (lic_row_head(claims, &head) == 0 && head.erased)
		return 0;
	r = lic_row_subjects(keys, claims, ~0u, ask, w);
	if (r > 0)
		*ret = w->revocation;
	return r < 0 ? r : 0;
}

/* A row that is to be erased; its blobs are in an arena. */
struct victim {
	int64_t row, revocation;
	struct lic_bytes keys, claims;
};

/* Looks at a row: 1 where it is to be erased. */
typedef int (*judge_fn)(void *ctx, struct victim *v);

struct sweep {
	struct lic_txn *txn;
	judge_fn fn;
	void *ctx;
	struct lic_arena arena;
	struct victim victim[BATCH];
	size_t n;
	struct lic_error *err;
};

static int take(struct sweep *s, struct lic_query *q)
{
	struct victim v = { lic_query_int(q, 0), 0, lic_query_bytes(q, 1), lic_query_bytes(q, 2) };
	int r = s->fn(s->ctx, &v);

	if (r <= 0)
		return r;
	v.keys.p = (uint8_t *)lic_arena_dup(&s->arena, v.keys.p, v.keys.n);
	v.claims.p = (uint8_t *)lic_arena_dup(&s->arena, v.claims.p, v.claims.n);
	if (!v.keys.p || !v.claims.p)
		return no_memory(s->err);
	s->victim[s->n++] = v;
	return 0;
}

/* One batch, from row *at on; *at is `end` after the last. */
static int sweep_batch(struct sweep *s, int64_t *at, int64_t end)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	size_t seen = 0;
	int r = lic_query(&q, s->txn->cat, LIC_STMT_ROWS_FROM, s->err, "ii", *at, end);

	s->n = 0;
	lic_arena_reset(&s->arena);
	while (r >= 0 && seen < BATCH && (r = lic_query_step(&q, s->err)) > 0) {
		*at = lic_query_int(&q, 0) + 1;
		seen++;
		r = take(s, &q);
	}
	lic_query_end(&q);
	if (seen < BATCH)
		*at = end;
	for (size_t i = 0; r >= 0 && i < s->n; i++)
		r = erase_row(s->txn, s->victim[i].row, s->victim[i].keys, s->victim[i].claims,
			      s->victim[i].revocation, s->err);
	return r < 0 ? r : 0;
}

/* Erases those of the rows first..end-1 of which `fn` says so. */
static int sweep_rows(struct lic_txn *txn, int64_t first, int64_t end, judge_fn fn, void *ctx,
		      struct lic_error *err)
{
	struct sweep *s = calloc(1, sizeof(*s));
	int r = 0;

	if (!s)
		return no_memory(err);
	*s = (struct sweep){
		.txn = txn, .fn = fn, .ctx = ctx, .arena = LIC_ARENA_INIT(256u << 20), .err = err
	};
	while (r == 0 && first < end)
		r = sweep_batch(s, &first, end);
	lic_arena_release(&s->arena);
	free(s);
	return r;
}

static int is_matched(void *ctx, struct victim *v)
{
	int r = match_row(ctx, v->keys, v->claims, &v->revocation);

	return r < 0 ? r : v->revocation != 0;
}

/* --- manifests that came --------------------------------------------------------------------- */

/* Those of them that find erased images, in batches. */
static int erase_matching(struct lic_txn *txn, int64_t first, int64_t end, struct lic_error *err)
{
	for (;;) {
		_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
		int64_t row[MATCHES];
		size_t n = 0;
		int r = lic_query(&q, txn->cat, LIC_STMT_MATCH_ERASED, err, "ii", first, end);

		while (r >= 0 && (r = lic_query_step(&q, err)) > 0 && n < MATCHES)
			row[n++] = lic_query_int(&q, 0);
		lic_query_end(&q);
		for (size_t i = 0; r >= 0 && i < n; i++)
			r = erase_alone(txn, row[i], err);
		if (r < 0 || n < MATCHES)
			return r < 0 ? r : 0;
		first = row[n - 1] + 1;
	}
}

static int erase_new(struct lic_txn *txn, struct lic_error *err)
{
	struct words w = { .cat = txn->cat, .err = err };
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_MANIFESTS_BORN, err, "i", txn->generation);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		int64_t first = lic_query_int(&q, 0), end = first + lic_query_int(&q, 1);

		r = sweep_rows(txn, first, end, is_matched, &w, err);
		if (r == 0)
			r = erase_matching(txn, first, end, err);
		if (r < 0)
			break;
	}
	lic_hits_release(&w.hits);
	return r;
}

int lic_erase_rows(struct lic_txn *txn, struct lic_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < txn->erase.n; i++)
		r = erase_rows_of(txn, txn->erase.item[i].a, err);
	for (size_t i = 0; r == 0 && i < txn->left.n; i++) {
		int64_t row = txn->left.item[i].a;

		r = erase_matching(txn, row, row + 1, err);
	}
	if (r == 0 && txn->imported)
		r = erase_new(txn, err);
	return r < 0 ? r : erase_named(txn, err);
}

int lic_erase_heal(struct lic_txn *txn, struct lic_error *err)
{
	const struct lic_joined *j = &txn->joined;
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->n; i++) {
		if (!j->item[i].erased || j->item[i].source->kind != LIC_MANIFEST_RULE)
			continue;
		txn->dirty = true;
		r = lic_query_run(txn->cat, LIC_STMT_MANIFEST_UNSETTLE, err, "i",
				  j->item[i].source->number);
	}
	return r;
}

/* --- imports that have ended ----------------------------------------------------------------- */

struct ended {
	struct lic_txn *txn;
	struct words words;
	struct lic_map keys; /* hashes of those under which rows about noted images would lie */
	unsigned kinds;
	struct lic_buf text, normal;
	struct lic_error *err;
};

static int want(void *ctx, enum lic_key_kind kind, struct lic_bytes normal)
{
	struct ended *x = ctx;
	int64_t hash = lic_row_hash(kind, normal, &x->text);

	return lic_buf_failed(&x->text) || !lic_map_at(&x->keys, hash, 0) ? -ENOMEM : 0;
}

static int want_image(struct ended *x, int64_t entry, struct lic_bytes root)
{
	_cleanup_(lic_image_release) struct lic_image image = LIC_IMAGE_INIT;
	struct lic_key_subject subject = { .claims = &image.claims };
	int r = lic_image_load(x->txn->cat, entry, x->kinds, &image, x->err);
	const struct lic_digests *known = &image.entry.digests;
	size_t skip = root.n ? root.n + 1 : 0;

	if (r <= 0)
		return r;
	if (image.path.len <= skip || (skip && (memcmp(image.path.data, root.p, root.n) != 0 ||
						image.path.data[root.n] != '/')))
		return 0;
	subject.path = (struct lic_bytes){ image.subject.path.p + skip, image.path.len - skip };
	subject.xxh3 = &image.entry.hash;
	subject.md5 = known->has & LIC_DIGEST_MD5 ? known->md5 : NULL;
	subject.sha256 = known->has & LIC_DIGEST_SHA256 ? known->sha256 : NULL;
	r = lic_key_candidates(&subject, x->kinds & ~LIC_PATTERNS, want, x);
	return r < 0 ? no_memory(x->err) : 0;
}

/* 1 where the key is one of those wanted. */
static int is_wanted(void *ctx, const struct lic_key *key)
{
	struct ended *x = ctx;
	int64_t hash;

	if (1u << key->kind & LIC_PATTERNS)
		return 0;
	lic_buf_reset(&x->normal);
	if (!lic_key_normal(key->kind, key->text, &x->normal))
		return lic_buf_failed(&x->normal) ? -ENOMEM : 0;
	hash = lic_row_hash(
		key->kind,
		(struct lic_bytes){ (const uint8_t *)lic_buf_str(&x->normal), x->normal.len },
		&x->text);
	return lic_buf_failed(&x->text) ? -ENOMEM : lic_map_find(&x->keys, hash, 0) != NULL;
}

static int is_about(void *ctx, struct victim *v)
{
	struct lic_row_head head;
	struct ended *x = ctx;
	int r;

	if (lic_row_head(v->claims, &head) == 0 && head.erased)
		return 0;
	r = lic_row_keys(v->keys, is_wanted, x);
	return r == -ENOMEM ? no_memory(x->err) : r > 0;
}

/* What it said is history, so that a row which may have been about others, too, is no loss. */
static int erase_ended_import(struct ended *x, int64_t first, int64_t end, struct lic_bytes root)
{
	const struct lic_map *noted = &x->txn->erase;
	int r = 0;

	for (size_t i = 0; r == 0 && i < noted->n;) {
		lic_map_clear(&x->keys);
		for (size_t k = 0; r == 0 && k < IMAGES_AT_ONCE && i < noted->n; k++)
			r = want_image(x, noted->item[i++].a, root);
		if (r == 0 && x->keys.n)
			r = sweep_rows(x->txn, first, end, is_about, x, x->err);
	}
	return r;
}

static int each_ended_import(struct ended *x)
{
	int64_t number = 0;

	for (;;) {
		_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
		int r = lic_query(&q, x->txn->cat, LIC_STMT_MANIFESTS_ENDED, x->err, "i", number);

		if (r == 0)
			r = lic_query_step(&q, x->err);
		if (r <= 0)
			return r;
		number = lic_query_int(&q, 0);
		x->kinds = (unsigned)lic_query_int(&q, 3);
		r = erase_ended_import(x, lic_query_int(&q, 1),
				       lic_query_int(&q, 1) + lic_query_int(&q, 2),
				       lic_query_bytes(&q, 4));
		if (r < 0)
			return r;
	}
}

int lic_erase_past_rows(struct lic_txn *txn, struct lic_error *err)
{
	struct ended x = { .txn = txn,
			   .words = { .cat = txn->cat, .err = err },
			   .text = LIC_BUF_INIT(8 * LIC_KEY_TEXT_MAX),
			   .normal = LIC_BUF_INIT(8 * LIC_KEY_TEXT_MAX),
			   .err = err };
	int r = sweep_rows(txn, 1, INT64_MAX, is_matched, &x.words, err);

	if (r == 0 && txn->erase.n)
		r = each_ended_import(&x);
	lic_hits_release(&x.words.hits);
	lic_map_release(&x.keys);
	lic_buf_release(&x.text);
	lic_buf_release(&x.normal);
	return r;
}
