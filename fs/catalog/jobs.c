/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of jobs: listing, making, ending; and what jobs could see when they began. */
#include <errno.h>
#include <string.h>

#include <licensefs/catalog_job.h>

#include "fs/catalog/nearest.h"
#include "fs/catalog/snapshot.h"

bool lic_job_name_valid(const char *name)
{
	return lic_snapshot_name_valid(name) && !strchr(name, ':');
}

const char *lic_job_how_name(enum lic_job_how how)
{
	return how == LIC_JOB_MOUNT ? "mount" : how == LIC_JOB_RUN ? "run" : "unknown";
}

static int from_row(struct lic_query *q, struct lic_job_info *ret, struct lic_error *err)
{
	int64_t how = lic_query_int(q, 2);
	struct lic_job_info j = {
		.number = lic_query_int(q, 0),
		.name = lic_query_text(q, 1),
		.how = (enum lic_job_how)how,
		.command = lic_query_bytes(q, 3),
		.mountpoint = lic_query_bytes(q, 4),
		.pinned = lic_query_int(q, 5),
		.who = lic_query_text(q, 6),
		.at = lic_query_int(q, 7),
		.born = lic_query_int(q, 8),
		.died = lic_query_int(q, 9),
		.ended_at = lic_query_int(q, 10),
		.ended_who = lic_query_text(q, 11),
	};

	if (!j.name || !j.who || sqlite3_errcode(q->cat->db) == SQLITE_NOMEM)
		return lic_error_set(err, ENOMEM, "out of memory for jobs");
	if (j.number < 1 || j.born < 1 || j.died < 0 ||
	    (how != LIC_JOB_MOUNT && how != LIC_JOB_RUN))
		return lic_catalog_damaged(q->cat, err, "job %lld cannot be read",
					   (long long)j.number);
	*ret = j;
	return 0;
}

int lic_catalog_jobs(struct lic_catalog *cat, int (*fn)(void *ctx, const struct lic_job_info *j),
		     void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_JOBS, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_job_info j;

		r = from_row(&q, &j, err);
		if (r == 0)
			r = fn(ctx, &j);
		if (r != 0)
			return r;
	}
	return r;
}

/* --- one of them -------------------------------------------------------------------------- */

static int look(void *ctx, const struct lic_job_info *j)
{
	if (!j->died)
		lic_nearest_look(ctx, j->name);
	return 0;
}

static int not_found(struct lic_catalog *cat, const char *name, struct lic_error *err)
{
	struct lic_nearest x = LIC_NEAREST_INIT(name);
	int r = lic_catalog_jobs(cat, look, &x, err);

	return r < 0 ? r
		     : lic_nearest_error(&x, "job", "'job list' names those that are there",
					 "there is none; 'run --job' and 'mount -o job=' begin one",
					 err);
}

int lic_catalog_job(struct lic_catalog *cat, const char *name,
		    int (*fn)(void *ctx, const struct lic_job_info *j), void *ctx,
		    struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_job_info j;
	int r = lic_query(&q, cat, LIC_STMT_JOB, err, "t", name);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r < 0 ? r : not_found(cat, name, err);
	r = from_row(&q, &j, err);
	return r < 0 ? r : fn(ctx, &j);
}

int lic_snapshot_of_job(struct lic_catalog *cat, int64_t job, struct lic_snapshot **ret,
			struct lic_error *err)
{
	int r = job > 0 ? lic_snapshot_by_number(cat, -job, ret, err) : -ENOENT;

	return r == -ENOENT ? lic_error_set(err, ENOENT, "no job of number %lld", (long long)job)
			    : r;
}

int lic_catalog_newest_entry(struct lic_catalog *cat, int64_t *ret, struct lic_error *err)
{
	*ret = 0;
	return lic_catalog_number(cat, "SELECT max(id) FROM entry", 1, ret, err);
}

/* --- making ------------------------------------------------------------------------------- */

static int taken(void *ctx, const struct lic_job_info *j)
{
	const int64_t *replaces = ctx;

	return j->number != *replaces;
}

static int check(struct lic_txn *txn, const char *name, int64_t replaces, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf shown = LIC_BUF_INIT(8192);
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	if (!lic_txn_is_fresh(txn))
		return lic_error_set(err, EBUSY, "a job needs a transaction of its own");
	lic_text_show(&shown, name, strlen(name));
	if (!lic_job_name_valid(name))
		return lic_error_set(
			err, EINVAL,
			"'%s' is no name for a job; use up to %u bytes without slashes, "
			"colons and control characters, not beginning with a dot or blank",
			lic_buf_str(&shown), LIC_SNAPSHOT_NAME_MAX);
	r = lic_catalog_job(txn->cat, name, taken, &replaces, NULL);
	if (r > 0)
		return lic_error_set(err, EEXIST,
				     "there is a job '%s' already; take another name, or "
				     "'job rm' it",
				     lic_buf_str(&shown));
	if (r < 0 && r != -ENOENT)
		return lic_error_set(err, -r, "cannot read the catalog's jobs");
	return 0;
}

static int drop(struct lic_txn *txn, int64_t number, struct lic_error *err)
{
	int r = lic_snapshot_empty(txn, -number, err);

	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_SNAPSHOT_DROP, err, "i", -number);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_JOB_DROP, err, "i", number);
	return r;
}

static int add(struct lic_txn *txn, struct lic_job_info *j, struct lic_error *err)
{
	int r = lic_query_run(
		txn->cat, LIC_STMT_JOB_ADD, err, "tibbitii", j->name, (int64_t)j->how,
		(const void *)(j->command.p ? j->command.p : (const uint8_t *)""), j->command.n,
		(const void *)(j->mountpoint.p ? j->mountpoint.p : (const uint8_t *)""),
		j->mountpoint.n, j->pinned, j->who, txn->at, txn->generation);

	j->number = sqlite3_last_insert_rowid(txn->cat->db);
	j->at = txn->at;
	j->born = txn->generation;
	j->died = j->ended_at = 0;
	j->ended_who = NULL;
	return r;
}

int lic_job_make(struct lic_txn *txn, struct lic_job_info *job, struct lic_snapshot_info *info,
		 int64_t replaces, lic_then_fn keep, void *ctx, struct lic_error *err)
{
	int64_t missing;
	int r = check(txn, job->name, replaces, err);

	if (r < 0)
		return r;
	txn->changed = txn->dirty = txn->durable = true;
	if (replaces)
		r = drop(txn, replaces, err);
	if (r == 0)
		r = add(txn, job, err);
	if (r < 0)
		return lic_txn_fail(txn, r);
	info->number = -job->number;
	info->name = job->name;
	info->who = job->who;
	info->sha256 = false;
	return lic_snapshot_fill(txn, info, keep, ctx, &missing, err);
}

int lic_job_drop(struct lic_txn *txn, int64_t number, struct lic_error *err)
{
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	txn->changed = txn->dirty = true;
	return lic_txn_fail(txn, drop(txn, number, err));
}

int lic_job_end(struct lic_txn *txn, int64_t number, const char *who, struct lic_error *err)
{
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	r = lic_query_run(txn->cat, LIC_STMT_JOB_END, err, "iiit", number, txn->generation, txn->at,
			  who);
	return r < 0 ? lic_txn_fail(txn, r) : lic_snapshot_end(txn, -number, who, err);
}
