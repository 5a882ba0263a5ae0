/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of makers: which jobs made what is in the store. */
#include <errno.h>
#include <string.h>

#include <licensefs/catalog_job.h>
#include <licensefs/catalog_maker.h>

#include "fs/catalog/txn.h"

/* The present row of LIC_STMT_MAKERS; strings point into it. */
static int from_row(struct lic_query *q, struct lic_maker *ret, struct lic_error *err)
{
	struct lic_bytes digest = lic_query_bytes(q, 4);
	struct lic_maker m = {
		.number = lic_query_int(q, 0),
		.job = lic_query_text(q, 1),
		.store = lic_query_text(q, 2),
		.summary = lic_query_text(q, 3),
		.at = lic_query_int(q, 5),
		.who = lic_query_text(q, 6),
		.born = lic_query_int(q, 7),
		.died = lic_query_int(q, 8),
		.ended_at = lic_query_int(q, 9),
		.ended_who = lic_query_text(q, 10),
		.complete = lic_query_int(q, 11) == 1,
	};

	if (!m.job || !m.store || !m.summary || !m.who ||
	    sqlite3_errcode(q->cat->db) == SQLITE_NOMEM)
		return lic_error_set(err, ENOMEM, "out of memory for the makers of the store");
	if (digest.n != sizeof(m.members) + sizeof(m.ledger) || m.born < 1 || m.died < 0)
		return lic_catalog_damaged(q->cat, err, "maker %lld cannot be read",
					   (long long)m.number);
	memcpy(m.members, digest.p, sizeof(m.members));
	memcpy(m.ledger, digest.p + sizeof(m.members), sizeof(m.ledger));
	*ret = m;
	return 0;
}

int lic_catalog_makers(struct lic_catalog *cat, int (*fn)(void *ctx, const struct lic_maker *m),
		       void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_MAKERS, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_maker m;

		r = from_row(&q, &m, err);
		if (r == 0)
			r = fn(ctx, &m);
		if (r != 0)
			return r;
	}
	return r;
}

static int summary_is_whole(struct lic_catalog *cat, int64_t number, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_MAKER_WHOLE, err, "i", number);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	if (r == 0 || lic_query_int(&q, 0) != 1)
		return lic_catalog_damaged(cat, err, "the summary of maker %lld cannot be read",
					   (long long)number);
	return 0;
}

int lic_catalog_maker_licenses(struct lic_catalog *cat, int64_t number,
			       int (*fn)(void *ctx, const struct lic_maker_license *l), void *ctx,
			       struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = summary_is_whole(cat, number, err);

	if (r == 0)
		r = lic_query(&q, cat, LIC_STMT_MAKER_LICENSES, err, "i", number);
	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		const struct lic_maker_license l = {
			.license = lic_query_text(&q, 0),
			.images = lic_query_int(&q, 1),
			.bytes = lic_query_int(&q, 2),
			.opened = lic_query_int(&q, 3),
		};

		r = fn(ctx, &l);
		if (r != 0)
			return r;
	}
	return r;
}

/* What is in force of the job of another record. */
struct former {
	const struct lic_maker *m;
	int64_t number; /* 0: none */
	bool same;	/* it says the same */
	bool found;
};

static int find_former(void *ctx, const struct lic_maker *m)
{
	struct former *x = ctx;

	if (m->died || memcmp(m->members, x->m->members, sizeof(m->members)) != 0)
		return 0;
	x->number = m->number;
	x->same = strcmp(m->job, x->m->job) == 0 && strcmp(m->store, x->m->store) == 0 &&
		  strcmp(m->summary, x->m->summary) == 0 &&
		  memcmp(m->ledger, x->m->ledger, sizeof(m->ledger)) == 0;
	return 0;
}

static int find_number(void *ctx, const struct lic_maker *m)
{
	struct former *x = ctx;

	x->found = x->found || (!m->died && m->number == x->number);
	return 0;
}

static int end(struct lic_txn *txn, int64_t number, const char *who, struct lic_error *err)
{
	txn->changed = txn->dirty = txn->durable = txn->views_changed = true;
	return lic_query_run(txn->cat, LIC_STMT_MAKER_END, err, "iiit", number, txn->generation,
			     txn->at, who);
}

static int add(struct lic_txn *txn, struct lic_maker *m, struct lic_error *err)
{
	uint8_t digest[sizeof(m->members) + sizeof(m->ledger)];
	int r;

	memcpy(digest, m->members, sizeof(m->members));
	memcpy(digest + sizeof(m->members), m->ledger, sizeof(m->ledger));
	txn->changed = txn->dirty = txn->durable = txn->views_changed = true;
	r = lic_query_run(txn->cat, LIC_STMT_MAKER_ADD, err, "tttbiti", m->job, m->store,
			  m->summary, (const void *)digest, sizeof(digest), txn->at, m->who,
			  txn->generation);
	if (r < 0)
		return r;
	m->number = sqlite3_last_insert_rowid(txn->cat->db);
	m->at = txn->at;
	m->born = txn->generation;
	return 0;
}

int lic_catalog_maker_set(struct lic_txn *txn, struct lic_maker *m, bool *ret_changed,
			  struct lic_error *err)
{
	struct former x = { .m = m };
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	if (!lic_job_name_valid(m->job))
		return lic_error_set(err, EINVAL, "the job that made the store has no valid name");
	if (strlen(m->summary) > LIC_MAKER_SUMMARY_MAX)
		return lic_error_set(err, EINVAL, "the summary of the job is longer than %u bytes",
				     LIC_MAKER_SUMMARY_MAX);
	r = lic_catalog_makers(txn->cat, find_former, &x, err);
	if (r == 0 && x.number && !x.same)
		r = end(txn, x.number, m->who, err);
	if (r == 0 && !x.same)
		r = add(txn, m, err);
	if (r == 0 && ret_changed)
		*ret_changed = !x.same;
	return lic_txn_fail(txn, r);
}

int lic_catalog_maker_end(struct lic_txn *txn, int64_t number, const char *who,
			  struct lic_error *err)
{
	struct former x = { .number = number };
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = lic_catalog_makers(txn->cat, find_number, &x, err);
	if (r == 0 && !x.found)
		return -ENOENT;
	return r < 0 ? r : lic_txn_fail(txn, end(txn, number, who, err));
}
