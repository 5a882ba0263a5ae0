/* SPDX-License-Identifier: Apache-2.0 */
/* [I7] Judging: claims and the decisions in force, resolved to interned rights. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/catalog/revoked.h"

/* Answers remembered within one transaction; beyond, the memory starts anew. */
#define MEMO_MAX 8192
/* More than any list of claims may take, so that a copy is damaged only where memory is out. */
#define COPY_MEMORY (256u << 20)

static void forget(struct lic_judge *j)
{
	for (size_t i = 0; i < j->n_answers; i++)
		lic_credit_release(&j->answer[i].credit);
	j->n_answers = 0;
	lic_map_clear(&j->memo);
}

void lic_judge_reset(struct lic_judge *j)
{
	forget(j);
	lic_force_reset(&j->force);
}

void lic_judge_release(struct lic_judge *j)
{
	lic_judge_reset(j);
	free(j->answer);
	lic_force_release(&j->force);
	lic_map_release(&j->memo);
}

/* --- judging ------------------------------------------------------------------------------ */

/* The path of a file, in txn->path; the directory's part is kept between files of one. */
static int path_of(struct lic_txn *txn, int64_t dir, const struct lic_bytes *name,
		   struct lic_bytes *ret, struct lic_error *err)
{
	if (txn->path_dir != dir) {
		int r;

		lic_buf_reset(&txn->path);
		txn->path_dir = 0;
		r = lic_catalog_entry_path(txn->cat, dir, &txn->path, err);
		if (r < 0)
			return r;
		if (txn->path.len)
			lic_buf_addc(&txn->path, '/');
		txn->path_dir = dir;
		txn->path_len = txn->path.len;
	}
	lic_buf_truncate(&txn->path, txn->path_len);
	lic_buf_add(&txn->path, name->p, name->n);
	if (lic_buf_failed(&txn->path)) {
		txn->path_dir = 0;
		return lic_error_set(err, ENAMETOOLONG, "a path is too long to be judged");
	}
	*ret = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&txn->path), txn->path.len };
	return 0;
}

/* Finds the decisions about the file, in txn->judge.force. */
static int find_decisions(struct lic_txn *txn, const struct lic_entry *e, struct lic_error *err)
{
	struct lic_force *f = &txn->judge.force;
	struct lic_place place = {
		.name = e->name, .parent = e->parent, .hash = e->hash, .joined = &txn->joined
	};
	int r = lic_force_load(f, txn->cat, txn->judge.policy.now, err);

	if (r < 0 || !f->n)
		return r;
	r = path_of(txn, e->parent, &e->name, &place.path, err);
	return r < 0 ? r : lic_force_find(f, txn->cat, &place, err);
}

/* What the answer depends on, beside policy and facts, which are the same for the transaction. */
static void digest_of(struct lic_txn *txn, const struct lic_claims *claims,
		      const struct lic_claim_ref *ref, unsigned twins, int64_t ret[2])
{
	struct lic_hasher *h = txn->cat->hasher;
	const struct lic_hits *hits = &txn->hits;
	int64_t head[4] = { (int64_t)claims->n, (int64_t)claims->format, (int64_t)twins,
			    hits->n ? 1 + hits->erased : 0 };
	uint8_t d[16];

	lic_hasher_reset(h);
	lic_hasher_add(h, head, sizeof(head));
	if (claims->n)
		lic_hasher_add(h, ref, claims->n * sizeof(*ref));
	lic_force_digest(&txn->judge.force, h);
	lic_joined_digest(&txn->joined, h);
	lic_hasher_add(h, claims->damage ? "damaged" : "", claims->damage ? 7 : 0);
	if (hits->damage)
		lic_hasher_add(h, hits->damage, strlen(hits->damage));
	lic_hasher_get(h, d);
	memcpy(ret, d, sizeof(d));
}

/* What is left of rights that permit nothing any more; all but the status is for display. */
static struct lic_rights withhold(const struct lic_rights *of, enum lic_status status, bool bare)
{
	struct lic_rights r;

	lic_rights_init(&r, status);
	if (bare)
		return r;
	memcpy(r.license, of->license, sizeof(r.license));
	memcpy(r.territory, of->territory, sizeof(r.territory));
	r.reservations = of->reservations;
	r.ai_origin = of->ai_origin;
	memcpy(r.release, of->release, sizeof(r.release));
	return r;
}

int lic_judge_withhold(struct lic_txn *txn, int64_t of, enum lic_status status, bool stale,
		       int64_t *ret, struct lic_error *err)
{
	const struct lic_rights *old = lic_catalog_rights(txn->cat, of, err);
	struct lic_rights r;

	if (!old)
		return err && err->code ? -err->code : -EIO;
	r = withhold(old, status, false);
	if (stale && status == LIC_STATUS_REVOKED)
		r.until = LIC_UNTIL_STALE;
	return lic_rights_intern(txn, &r, ret, err);
}

static int resolve(struct lic_txn *txn, const struct lic_claims *claims, unsigned twins,
		   struct lic_verdict *ret, struct lic_error *err)
{
	_cleanup_(lic_claims_release) struct lic_claims all = LIC_CLAIMS_INIT;
	_cleanup_(lic_credit_release) struct lic_credit credit = { 0 };
	const struct lic_joined *joined = &txn->joined;
	const struct lic_hits *hits = &txn->hits;
	bool damaged = claims->damage || joined->damage || hits->damage;
	struct lic_rights rights;
	int64_t until = 0;
	int r = 0;

	all.arena.max = COPY_MEMORY;
	if (twins || joined->n || joined->damage || hits->damage || txn->judge.force.n_hits) {
		for (size_t i = 0; i < claims->n; i++)
			lic_claims_add(&all, &claims->item[i]);
		all.next_packet = claims->next_packet;
		all.format = claims->format;
		if (claims->damage)
			all.damage = claims->damage;
		r = lic_joined_claims(joined, &all, err);
		ret->reserve =
			joined->reserve | lic_rights_reserved_beside(&all, &txn->judge.policy);
		lic_twins_claim(&all, twins);
		if (r == 0)
			r = lic_force_claims(&txn->judge.force, &all, &until, err);
		if (r < 0)
			return r;
		if (hits->damage)
			all.damage = hits->damage;
		claims = &all;
	} else {
		ret->reserve = lic_rights_reserved_beside(claims, &txn->judge.policy);
	}
	lic_rights_resolve(claims, &txn->judge.policy, &rights, &credit, NULL);
	/* Resolving cannot fail but says "unreadable" without memory; that is no verdict to keep */
	if (rights.status == LIC_STATUS_UNREADABLE && !damaged)
		return lic_error_set(err, ENOMEM, "out of memory for a verdict");
	/* What rests on a decision that ends is hidden from then on, until it is judged again */
	if (until && (!rights.until || until < rights.until))
		rights.until = until;
	/* [I12] Whatever was found: nothing of it permits */
	if (hits->n)
		rights = withhold(&rights, LIC_STATUS_REVOKED, hits->erased);
	ret->erased = hits->erased;
	r = lic_rights_intern(txn, &rights, &ret->rights, err);
	if (r == 0 && !hits->erased) {
		ret->credit = credit;
		credit = (struct lic_credit){ 0 };
	}
	return r;
}

static int remember(struct lic_judge *j, const int64_t key[2], const struct lic_verdict *v,
		    struct lic_error *err)
{
	int64_t *place;

	if (!j->answer) {
		j->answer = calloc(MEMO_MAX, sizeof(*j->answer));
		if (!j->answer)
			return lic_error_set(err, ENOMEM, "out of memory for verdicts");
	}
	place = lic_map_at(&j->memo, key[0], key[1]);
	if (!place)
		return lic_error_set(err, ENOMEM, "out of memory for verdicts");
	*place = (int64_t)j->n_answers;
	j->answer[j->n_answers++] = *v;
	return 0;
}

/* Finds the rows of manifests about the file, into txn->joined. */
static int find_rows(struct lic_txn *txn, const struct lic_claims *claims,
		     const struct lic_entry *e, struct lic_error *err)
{
	struct lic_subject s = { .entry = e->id,
				 .hash = &e->hash,
				 .digests = &e->digests,
				 .claim = claims->item,
				 .n_claims = claims->n };
	const struct lic_joins *joins = NULL;
	int r = lic_joins_get(txn->cat, &joins, err);

	if (r == 0 && joins->n)
		r = path_of(txn, e->parent, &e->name, &s.path, err);
	return r < 0 ? r : lic_joined_find(txn->cat, &s, &txn->joined, err);
}

/* [I12] Finds the revocations that match, into txn->hits, and lets them match these bytes for good.
 */
static int find_revocations(struct lic_txn *txn, const struct lic_claims *claims,
			    const struct lic_entry *e, struct lic_error *err)
{
	struct lic_selector_subject s = { .hash = &e->hash,
					  .digests = &e->digests,
					  .claim = claims->item,
					  .n_claims = claims->n };
	const struct lic_revoked *rv = NULL;
	struct lic_hits *h = &txn->hits;
	int r = lic_revoked_get(txn->cat, &rv, err);

	h->n = 0;
	h->erased = false;
	h->damage = NULL;
	if (r < 0 || !rv->any)
		return r;
	r = path_of(txn, e->parent, &e->name, &s.path, err);
	if (r == 0)
		r = lic_revoked_find(txn->cat, &s, &txn->joined, h, err);
	for (size_t i = 0; r == 0 && i < h->n; i++) {
		const struct lic_revoked_hit *x = &h->item[i];

		if (!x->sticks)
			r = lic_revoked_stick(txn, x->revocation, x->sealed, &e->hash, e->id, err);
		if (r == 0 && txn->matched && x->revocation == txn->revocation && e->id &&
		    !lic_map_at(txn->matched, e->id, 0))
			r = lic_error_set(err, ENOMEM, "out of memory for revocations");
	}
	return r;
}

int lic_judge(struct lic_txn *txn, const struct lic_claims *claims, const struct lic_claim_ref *ref,
	      const struct lic_entry *e, struct lic_verdict *ret, struct lic_error *err)
{
	struct lic_judge *j = &txn->judge;
	struct lic_verdict v = { 0 };
	int64_t key[2], *place;
	unsigned twins = 0;
	int r = find_rows(txn, claims, e, err);

	if (r == 0)
		r = find_decisions(txn, e, err);
	if (r == 0)
		r = lic_twins_reserve(txn->cat, &e->hash, &twins, err);
	if (r == 0)
		r = find_revocations(txn, claims, e, err);
	if (r < 0)
		return r;
	digest_of(txn, claims, ref, twins, key);
	place = lic_map_find(&j->memo, key[0], key[1]);
	if (place) {
		*ret = j->answer[*place];
		return 0;
	}
	r = resolve(txn, claims, twins, &v, err);
	if (r < 0)
		return r;
	if (j->n_answers == MEMO_MAX)
		forget(j);
	r = remember(j, key, &v, err);
	if (r < 0) {
		lic_credit_release(&v.credit);
		return r;
	}
	*ret = v;
	return 0;
}
