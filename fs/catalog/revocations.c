/* SPDX-License-Identifier: Apache-2.0 */
/* Telling of revocations, and of which of them match an image. */
#include <errno.h>

#include "fs/catalog/revoked.h"

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for revocations");
}

/* --- telling ------------------------------------------------------------------------------ */

static int from_row(struct lic_query *q, struct lic_revocation *ret, struct lic_error *err)
{
	*ret = (struct lic_revocation){
		.number = lic_query_int(q, 0),
		.kind = (enum lic_selector_kind)lic_query_int(q, 1),
		.text = lic_query_bytes(q, 2),
		.reason = lic_query_text(q, 3),
		.requester = lic_query_text(q, 4),
		.who = lic_query_text(q, 5),
		.at = lic_query_int(q, 6),
		.erased = lic_query_int(q, 7) != 0,
		.born = lic_query_int(q, 8),
		.died = lic_query_int(q, 9),
		.ended_at = lic_query_int(q, 10),
		.ended_who = lic_query_text(q, 11),
		.ended_why = lic_query_text(q, 12),
		.by_likeness = lic_query_int(q, 13) != 0,
	};
	if (!ret->reason || !ret->requester || !ret->who ||
	    sqlite3_errcode(q->cat->db) == SQLITE_NOMEM)
		return no_memory(err);
	return 0;
}

int lic_catalog_revocations(struct lic_catalog *cat,
			    int (*fn)(void *ctx, const struct lic_revocation *r), void *ctx,
			    struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_REVOCATIONS, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_revocation revocation;

		r = from_row(&q, &revocation, err);
		if (r == 0)
			r = fn(ctx, &revocation);
		if (r != 0)
			return r;
	}
	return r;
}

static int tell_hit(struct lic_catalog *cat, const struct lic_revoked_hit *hit,
		    int (*fn)(void *ctx, const struct lic_revocation *r, enum lic_selector_kind by),
		    void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_revocation revocation;
	int r = lic_query(&q, cat, LIC_STMT_REVOCATION, err, "i", hit->revocation);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r == 0)
		return lic_catalog_damaged(cat, err, "there is no revocation %lld in force",
					   (long long)hit->revocation);
	if (r > 0)
		r = from_row(&q, &revocation, err);
	return r < 0 ? r : fn(ctx, &revocation, (enum lic_selector_kind)hit->by);
}

int lic_catalog_revoked_by(struct lic_catalog *cat, int64_t entry,
			   int (*fn)(void *ctx, const struct lic_revocation *r,
				     enum lic_selector_kind by),
			   void *ctx, struct lic_error *err)
{
	_cleanup_(lic_hits_release) struct lic_hits hits = { 0 };
	bool own = sqlite3_get_autocommit(cat->db);
	int r = own ? lic_catalog_exec(cat, "BEGIN", err) : 0;

	if (r < 0)
		return r;
	r = lic_revoked_of(cat, entry, &hits, err);
	for (size_t i = 0; r == 0 && i < hits.n; i++)
		r = tell_hit(cat, &hits.item[i], fn, ctx, err);
	if (own && !sqlite3_get_autocommit(cat->db) && lic_catalog_exec(cat, "END", NULL) < 0 &&
	    r == 0)
		r = lic_error_set(err, EIO, "cannot end reading revocations");
	return r;
}

int lic_catalog_revokes(struct lic_catalog *cat, const struct lic_entry *e,
			const struct lic_claims *claims, bool *ret, struct lic_error *err)
{
	_cleanup_(lic_joined_release) struct lic_joined joined = LIC_JOINED_INIT;
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(64u << 20);
	_cleanup_(lic_hits_release) struct lic_hits hits = { 0 };
	struct lic_selector_subject s = { .hash = &e->hash,
					  .digests = &e->digests,
					  .claim = claims->item,
					  .n_claims = claims->n };
	struct lic_subject subject = { .hash = &e->hash,
				       .digests = &e->digests,
				       .claim = claims->item,
				       .n_claims = claims->n };
	const struct lic_revoked *rv = NULL;
	int r = lic_revoked_get(cat, &rv, err);

	*ret = false;
	if (r < 0 || !rv->any)
		return r;
	r = lic_catalog_entry_path(cat, e->parent, &path, err);
	if (r < 0)
		return r;
	if (path.len)
		lic_buf_addc(&path, '/');
	lic_buf_add(&path, e->name.p, e->name.n);
	if (lic_buf_failed(&path))
		return lic_error_set(err, ENAMETOOLONG, "a path is too long to be looked at");
	s.path = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&path), path.len };
	subject.path = s.path;
	r = lic_joined_find(cat, &subject, &joined, err);
	if (r == 0)
		r = lic_revoked_find(cat, &s, &joined, &hits, err);
	*ret = hits.n > 0 || hits.damage;
	return r;
}
