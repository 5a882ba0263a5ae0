/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs: uses of one view or snapshot of which is kept what they could see and what they opened.
 * Part of catalog.h, whose invariants hold here.
 *
 * A job is a row, a snapshot of its own with what it could see when it began (catalog_snapshot.h,
 * [I14]), and a ledger beside the catalog with what came since (ledger.h). The snapshot of job N
 * has the number -N: it is pinned, checked and erased from as any other, but has no name among
 * those that people make.
 */
#ifndef LICENSEFS_CATALOG_JOB_H
#define LICENSEFS_CATALOG_JOB_H

#include <licensefs/catalog_snapshot.h>

/* As a name of a snapshot, and without colons. */
bool lic_job_name_valid(const char *name) _nonnull_all_;

/* Stored: never renumber. */
enum lic_job_how {
	LIC_JOB_MOUNT = 1,
	LIC_JOB_RUN = 2,
};
/* "mount", "run"; "unknown" for what is none. */
const char *lic_job_how_name(enum lic_job_how how) _const_;

#define LIC_JOB_COMMAND_MAX 65536u /* bytes kept of a command */

struct lic_job_info {
	int64_t number;	  /* never reused */
	const char *name; /* of one job in force at most */
	enum lic_job_how how;
	struct lic_bytes command;    /* words, each ended by NUL; RUN */
	struct lic_bytes mountpoint; /* absolute; of RUN the store */
	int64_t pinned;		     /* number of the snapshot that it was run on; 0: of none */
	const char *who;	     /* login name of the one who began it */
	int64_t at;		     /* seconds since the epoch */
	int64_t born, died;	     /* generations; died 0 while in force. The job saw the state of
				      * `born` first */
	int64_t ended_at;      /* seconds since the epoch, 0 while in force: when it was removed */
	const char *ended_who; /* NULL while in force */
};

/* Jobs in the order of their numbers, removed ones included. Strings live during the callback;
 * non-zero stops and is returned. */
int lic_catalog_jobs(struct lic_catalog *cat, int (*fn)(void *ctx, const struct lic_job_info *j),
		     void *ctx, struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Calls `fn` for the job in force of that name; its result is returned. -ENOENT where there is
 * none; `err` names the nearest. */
int lic_catalog_job(struct lic_catalog *cat, const char *name,
		    int (*fn)(void *ctx, const struct lic_job_info *j), void *ctx,
		    struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* What a job in force could see when it began. -ENOENT where there is none of that number. */
int lic_snapshot_of_job(struct lic_catalog *cat, int64_t job, struct lic_snapshot **ret,
			struct lic_error *err) _nonnull_(1, 3) _must_check_;

/* The greatest id that an entry ever had. */
int lic_catalog_newest_entry(struct lic_catalog *cat, int64_t *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/*
 * Makes the row of a job and its snapshot, as lic_snapshot_make() does and under its conditions. Of
 * *job name, how, command, mountpoint, pinned and who are read; number, at, born, died, ended_at
 * and ended_who are set. Of *info view, expr, basis and classes are read. `replaces` is the number
 * of a job in force that is taken away first, as lic_job_drop() does; 0: none. -EEXIST where
 * another one of that name is in force.
 */
int lic_job_make(struct lic_txn *txn, struct lic_job_info *job, struct lic_snapshot_info *info,
		 int64_t replaces, lic_then_fn keep, void *ctx, struct lic_error *err)
	_nonnull_(1, 2, 3, 5) _must_check_;
/* Takes away all traces of a job that never began; its number stays used. */
int lic_job_drop(struct lic_txn *txn, int64_t number, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Ends one: the row, the digest and the counts stay, the members are deleted. */
int lic_job_end(struct lic_txn *txn, int64_t number, const char *who, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;

#endif
