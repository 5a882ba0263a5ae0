/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to rows that are live: other rights, the end, other images of a companion. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/erase.h"
#include "fs/catalog/likeness.h"

/* --- rights ------------------------------------------------------------------------------- */

int lic_entry_set_rights(struct lic_txn *txn, const struct lic_entry *e, int64_t rights,
			 struct lic_error *err)
{
	struct lic_catalog *cat = txn->cat;
	int r = 0;

	if (txn->watch && !lic_map_find(txn->watch, e->id, 0)) {
		int64_t *before = lic_map_at(txn->watch, e->id, 0);

		if (!before)
			return lic_error_set(err, ENOMEM, "out of memory for changed images");
		*before = e->rights;
	}
	/* Rights that this transaction gave held never, and need no interval */
	if (e->since < txn->generation)
		r = lic_query_run(cat, LIC_STMT_PAST_ADD, err, "iiii", e->id, e->since,
				  txn->generation, e->rights);
	if (r == 0)
		r = lic_query_run(cat, LIC_STMT_ENTRY_RIGHTS, err, "iii", e->id, rights,
				  txn->generation);
	if (r == 0)
		r = lic_counts_add(txn, e->parent, e->rights, -1, err);
	if (r == 0)
		r = lic_counts_add(txn, e->parent, rights, 1, err);
	if (r == 0)
		r = lic_feed_add(txn, e->parent, e->id, &e->name, err);
	return r < 0 ? r : lic_feed_companions(txn, e->id, err);
}

/* What becomes of a stale file: it is revoked as well, or stale and nothing else. */
static int rights_of_stale(struct lic_txn *txn, const struct lic_rights *old, int64_t verdict,
			   int64_t *ret, struct lic_error *err)
{
	if (txn->hits.n)
		return lic_judge_withhold(txn, verdict, LIC_STATUS_REVOKED, true, ret, err);
	if (old->status == LIC_STATUS_STALE)
		return 0;
	return lic_judge_withhold(txn, verdict, LIC_STATUS_STALE, true, ret, err);
}

/* What follows from a verdict beside the rights. `erased`: what the image states is not known; its
 * opt-outs stay what they were, and which rows found it. */
static int note_verdict(struct lic_txn *txn, const struct lic_entry *e, const struct lic_verdict *v,
			bool erased, struct lic_error *err)
{
	bool changed;
	int r = 0;

	if (txn->joining)
		r = lic_matches_store(txn, &txn->joined, e,
				      v->erased || erased ? LIC_MATCHES_KEEP : LIC_MATCHES_ALL,
				      &changed, err);
	if (r == 0 && !erased)
		r = lic_twins_note(txn, e->id, &e->hash, v->reserve, err);
	if (r == 0 && v->erased && !erased)
		r = lic_erase_note(txn, e->id, err);
	if (r == 0 && !v->erased && erased)
		r = lic_erase_wake(txn, e->id, err);
	return r < 0 || v->erased ? r : lic_erase_heal(txn, err);
}

/* The stored claims are not about the bytes of a stale file: only reading helps, as it does where
 * they were erased. But what stands beside it goes on being said, and what revokes it goes on
 * doing so. */
static int rejudge(struct lic_txn *txn, const struct lic_entry *e, const struct lic_rights *old,
		   bool *ret_changed, struct lic_error *err)
{
	int erased = lic_claims_erased(txn->cat, e->id, err);
	int64_t rights;
	_cleanup_(lic_claims_release) struct lic_claims claims = LIC_CLAIMS_INIT;
	_cleanup_(lic_freep) struct lic_claim_ref *ref = NULL;
	struct lic_entry known = *e;
	struct lic_verdict v;
	bool stale;
	int r = erased < 0 ? erased : lic_claims_load(txn->cat, e->id, &claims, &ref, err);

	if (r == 0)
		r = lic_digests_fill(txn->cat, e->id, &known.digests, err);
	if (r == 0)
		r = lic_judge(txn, &claims, ref, &known, &v, err);
	if (r == 0)
		r = note_verdict(txn, e, &v, erased, err);
	if (r < 0)
		return r;
	stale = lic_rights_is_stale(old) || (erased && !v.erased);
	rights = stale ? e->rights : v.rights;
	if (stale)
		r = rights_of_stale(txn, old, v.rights, &rights, err);
	else
		r = lic_credit_store(txn, e, false, &v.credit, err);
	if (r == 0 && rights != e->rights) {
		r = lic_entry_set_rights(txn, e, rights, err);
		*ret_changed = true;
	}
	return r;
}

/* A live image with a name of its own, since other calls take the catalog's. */
static int image_by_id(struct lic_txn *txn, int64_t id, uint8_t name[NAME_MAX],
		       struct lic_entry *ret, struct lic_error *err)
{
	int r = lic_catalog_by_id(txn->cat, id, ret, err);

	if (r == -ENOENT || (r == 0 && ret->kind != LIC_KIND_IMAGE))
		return lic_error_set(err, ENOENT, "entry %lld is no live image", (long long)id);
	if (r < 0)
		return r;
	memcpy(name, ret->name.p, ret->name.n);
	ret->name.p = name;
	return 0;
}

int lic_catalog_rejudge(struct lic_txn *txn, int64_t id, bool *ret_changed, struct lic_error *err)
{
	const struct lic_rights *rights;
	uint8_t name[NAME_MAX];
	struct lic_entry e;
	bool changed = false;
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	r = image_by_id(txn, id, name, &e, err);
	if (r == 0) {
		rights = lic_catalog_rights(txn->cat, e.rights, err);
		if (!rights)
			r = err && err->code ? -err->code : -EIO;
		else
			r = rejudge(txn, &e, rights, &changed, err);
	}
	if (r == 0 && ret_changed)
		*ret_changed = changed;
	return lic_txn_fail(txn, r);
}

int lic_rejudge_all(struct lic_txn *txn, int64_t *ret_changed, struct lic_error *err)
{
	int64_t last = 0, changed = 0;

	for (;;) {
		_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
		int64_t id[4096];
		size_t n = 0;
		int r = lic_query(&q, txn->cat, LIC_STMT_ENTRY_IMAGES_AFTER, err, "i", last);

		while (r >= 0 && (r = lic_query_step(&q, err)) > 0 && n < LIC_ARRAY_SIZE(id))
			id[n++] = lic_query_int(&q, 0);
		lic_query_end(&q);
		for (size_t i = 0; r == 0 && i < n; i++) {
			bool differs = false;

			r = lic_catalog_rejudge(txn, id[i], &differs, err);
			changed += differs;
		}
		if (r < 0)
			return r;
		if (!n)
			break;
		last = id[n - 1];
	}
	*ret_changed = changed;
	return 0;
}

/* [I12] What is revoked stays so; that it is stale counts when it is restored. Rights that cannot
 * be read must not keep a file from being hidden. */
static int stale_rights(struct lic_txn *txn, const struct lic_entry *e, int64_t *ret,
			struct lic_error *err)
{
	const struct lic_rights *old = lic_catalog_rights(txn->cat, e->rights, NULL);
	enum lic_status status = LIC_STATUS_STALE;
	struct lic_rights rights;

	*ret = e->rights;
	if (!old) {
		lic_rights_init(&rights, status);
		return lic_rights_intern(txn, &rights, ret, err);
	}
	if (lic_rights_is_stale(old))
		return 0;
	if (old->status == LIC_STATUS_REVOKED)
		status = LIC_STATUS_REVOKED;
	return lic_judge_withhold(txn, e->rights, status, true, ret, err);
}

int lic_catalog_mark_stale(struct lic_txn *txn, int64_t id, struct lic_error *err)
{
	uint8_t name[NAME_MAX];
	struct lic_entry e;
	int64_t number;
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	r = image_by_id(txn, id, name, &e, err);
	if (r == 0)
		r = stale_rights(txn, &e, &number, err);
	if (r == 0 && number != e.rights)
		r = lic_entry_set_rights(txn, &e, number, err);
	return lic_txn_fail(txn, r);
}

/* --- the end ------------------------------------------------------------------------------ */

struct ending {
	struct lic_txn *txn;
	struct lic_error *err;
	int64_t *dir; /* directories whose contents end too */
	size_t n, cap;
};

/* Decisions on a file that ends may go to others with the same bytes. */
static int note_moves(struct ending *x, const struct lic_entry *e)
{
	struct lic_force *f = &x->txn->judge.force;
	bool moves = false;
	int r = lic_force_load(f, x->txn->cat, x->txn->judge.policy.now, x->err);

	if (r == 0)
		r = lic_force_moves(f, x->txn->cat, &e->hash, true, &moves, x->err);
	return r < 0 || !moves ? r : lic_twins_again(x->txn, &e->hash, x->err);
}

/* Counts, feed and subdirectories of an entry that ends; the row itself is ended by the caller. */
static int end_one(void *ctx, const struct lic_entry *e)
{
	struct ending *x = ctx;
	int r = 0;

	if (e->kind == LIC_KIND_DIR || e->kind == LIC_KIND_DOCUMENT) {
		if (x->n == x->cap) {
			size_t cap = x->cap ? x->cap * 2 : 64;
			void *p = reallocarray(x->dir, cap, sizeof(*x->dir));

			if (!p)
				return lic_error_set(x->err, ENOMEM, "out of memory for a tree");
			x->dir = p;
			x->cap = cap;
		}
		x->dir[x->n++] = e->id;
	}
	if (e->kind != LIC_KIND_IMAGE)
		r = lic_document_forget(x->txn, e->id, x->err);
	if (e->kind == LIC_KIND_IMAGE) {
		x->txn->images = true;
		r = lic_counts_add(x->txn, e->parent, e->rights, -1, x->err);
		if (r == 0)
			r = lic_feed_companions(x->txn, e->id, x->err);
		if (r == 0)
			r = lic_twins_note(x->txn, e->id, &e->hash, 0, x->err);
		if (r == 0)
			r = lic_likeness_end(x->txn, e->id, x->err);
		if (r == 0)
			r = note_moves(x, e);
		if (r == 0)
			r = lic_matches_end(x->txn, e, x->err);
	}
	return r < 0 ? r : lic_feed_end(x->txn, e->parent, e->id, &e->name, x->err);
}

static int end_children(struct ending *x, int64_t dir)
{
	int r = lic_catalog_list(x->txn->cat, dir, 0, end_one, x, x->err);

	return r < 0 ? r
		     : lic_query_run(x->txn->cat, LIC_STMT_ENTRY_END_CHILDREN, x->err, "ii", dir,
				     x->txn->generation);
}

static int end_contents(struct ending *x, int64_t dir)
{
	struct lic_txn *txn = x->txn;
	struct lic_txn_dir *d = NULL;
	int r = end_children(x, dir);

	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_DIR_RIGHTS_END, x->err, "i", dir);
	if (r == 0)
		r = lic_rules_end(txn, dir, x->err);
	if (r == 0)
		r = lic_txn_dir(txn, dir, &d, x->err);
	if (r == 0)
		d->live = false;
	return r;
}

int lic_catalog_end(struct lic_txn *txn, int64_t id, struct lic_error *err)
{
	struct ending x = { .txn = txn, .err = err };
	struct lic_entry e;
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	if (id == LIC_CATALOG_ROOT)
		return lic_error_set(err, EINVAL, "the root of the store cannot end");
	r = lic_catalog_by_id(txn->cat, id, &e, err);
	if (r == -ENOENT)
		return lic_error_set(err, ENOENT, "entry %lld is not live", (long long)id);
	if (r == 0)
		r = end_one(&x, &e);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_ENTRY_END, err, "ii", id, txn->generation);
	while (r == 0 && x.n)
		r = end_contents(&x, x.dir[--x.n]);
	free(x.dir);
	return lic_txn_fail(txn, r);
}

int lic_contents_end(struct lic_txn *txn, int64_t archive, struct lic_error *err)
{
	struct ending x = { .txn = txn, .err = err };
	struct lic_txn_dir *d = NULL;
	int r = end_children(&x, archive);

	free(x.dir);
	if (r == 0)
		r = lic_txn_dir(txn, archive, &d, err);
	/* It may become one again: its counts go when they are known */
	if (r == 0)
		d->gone = true;
	return r;
}

/* --- companions --------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Is the companion bound to exactly these (sorted, distinct) images? 1, 0 or an error. */
static int bound_to(struct lic_catalog *cat, int64_t companion, const int64_t *image, size_t n,
		    struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_COMPANION_IMAGES, err, "i", companion);
	size_t i;

	for (i = 0; r >= 0 && (r = lic_query_step(&q, err)) > 0; i++) {
		if (i >= n || lic_query_int(&q, 0) != image[i])
			return 0;
	}
	return r < 0 ? r : i == n;
}

static int rebind(struct lic_txn *txn, const struct lic_entry *e, const int64_t *image, size_t n,
		  struct lic_error *err)
{
	int r = bound_to(txn->cat, e->id, image, n, err);

	if (r != 0)
		return r < 0 ? r : 0;
	r = lic_query_run(txn->cat, LIC_STMT_COMPANION_DROP, err, "i", e->id);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = lic_query_run(txn->cat, LIC_STMT_COMPANION_ADD, err, "ii", e->id, image[i]);
	return r < 0 ? r : lic_feed_add(txn, e->parent, e->id, &e->name, err);
}

int lic_catalog_bind(struct lic_txn *txn, int64_t companion, const int64_t *images, size_t n,
		     struct lic_error *err)
{
	_cleanup_(lic_freep) int64_t *sorted = calloc(n ? n : 1, sizeof(*sorted));
	struct lic_entry e;
	size_t m = 0;
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	if (!sorted)
		return lic_txn_fail(txn, lic_error_set(err, ENOMEM, "out of memory to bind"));
	if (n)
		memcpy(sorted, images, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_number);
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (i && sorted[i] == sorted[i - 1])
			continue;
		sorted[m++] = sorted[i];
		r = lic_catalog_by_id(txn->cat, sorted[i], &e, err);
		if (r == -ENOENT || (r == 0 && e.kind != LIC_KIND_IMAGE))
			r = lic_error_set(err, EINVAL,
					  "a companion cannot belong to entry %lld, "
					  "which is no live image",
					  (long long)sorted[i]);
	}
	if (r == 0)
		r = lic_catalog_by_id(txn->cat, companion, &e, err);
	if (r == -ENOENT || (r == 0 && e.kind != LIC_KIND_COMPANION))
		r = lic_error_set(err, EINVAL, "entry %lld is no live companion",
				  (long long)companion);
	if (r == 0)
		r = rebind(txn, &e, sorted, m, err);
	return lic_txn_fail(txn, r);
}
