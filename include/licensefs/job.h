/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people do with jobs: beginning one, going on in it, removing it, and telling what it could
 * see and what it opened. What a job is: catalog_job.h.
 */
#ifndef LICENSEFS_JOB_H
#define LICENSEFS_JOB_H

#include <licensefs/catalog_job.h>
#include <licensefs/ledger.h>
#include <licensefs/view.h>

/* --- beginning ------------------------------------------------------------------------------ */

struct lic_job_request {
	const char *name;
	enum lic_job_how how;
	const char *view;     /* as lic_view_by_name() takes it; or NULL */
	const char *where;    /* an expression; where view is NULL; or NULL */
	const char *snapshot; /* a snapshot; where both are NULL */
	const char *basis;    /* with `where`; NULL: none */
	enum lic_classes classes;
	const char *who;	/* login name */
	char *const *argv;	/* RUN: the command, ends with NULL; else NULL */
	const char *mountpoint; /* absolute */
};

struct lic_job_begun {
	int64_t number;	    /* of the job */
	int64_t generation; /* whose state it saw first: its ledger tells what came since */
	int64_t images;	    /* that it could see then */
	bool goes_on;	    /* it was there already, and its ledger goes on */
};

/*
 * Makes the row of a job and its snapshot of what the view, or what is left of the snapshot, shows
 * now, in one transaction: whoever else looks sees all of it or nothing. The ledger is the business
 * of whoever serves the job. A mount that has ended is gone on with: -EEXIST where a job of that
 * name is in force and runs, is or was of another kind, or saw another view. One that never began
 * gives way. Other errors as lic_view_by_name(), lic_view_by_expr(), lic_snapshot_open() and
 * lic_snapshot_make(). The generation that is *ret's holds nothing but the job.
 */
int lic_job_begin(struct lic_catalog *cat, const struct lic_job_request *request,
		  struct lic_job_begun *ret, struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Takes back what lic_job_begin() did, where nothing was served: of one that goes on nothing. */
int lic_job_cancel(struct lic_catalog *cat, const struct lic_job_begun *begun,
		   struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Ends jobs, all or none: their rows, digests and counts stay, members and ledgers go. -ENOENT
 * where none of a name is in force; -EBUSY while one runs. */
int lic_job_rm(struct lic_catalog *cat, char *const *name, size_t n, const char *who,
	       struct lic_error *err)
	_nonnull_(1, 2, 4) _must_check_;

/* --- one job -------------------------------------------------------------------------------- */

/* What a program is for, by its name: so that those that look at every file for reasons of their
 * own can be told from the job. Anybody can call a program anything. */
enum lic_opener {
	LIC_OPENER_JOB, /* every other one; under `run` all are */
	LIC_OPENER_THUMBNAILER,
	LIC_OPENER_INDEXER,
	LIC_OPENER_SCANNER, /* for viruses and the like */
	LIC_OPENER_BACKUP,
	LIC_OPENER_UNKNOWN, /* nobody knows which program it was */
	LIC_OPENER_COUNT
};
/* "job", "thumbnailer", ... */
const char *lic_opener_name(enum lic_opener o) _const_;
/* By the name of a program: the last component of `exe`, or `comm` where that is "". */
enum lic_opener lic_opener_of(const char *exe, const char *comm) _nonnull_all_ _pure_;

/* What was opened by one process, or by all processes of one program and user. */
struct lic_job_process {
	int64_t number;	   /* in the ledger; of a program 0 */
	int64_t pid, ppid; /* as the daemon saw them; of a program 0 */
	int64_t uid;	   /* -1: not known */
	const char *comm;  /* bytes that the process chose */
	const char *exe;   /* path of the program, "" where not known */
	enum lic_opener kind;
	size_t program;	   /* place among the programs */
	int64_t processes; /* of a program: how many; else 1 */
	int64_t opens;	   /* of any files, again and again */
	bool whole;	   /* `opened` is all; false where that would take too much memory */
	struct lic_idset opened;
};
#define LIC_JOB_PROCESSES_MAX 65536u /* told of; the rest counts with their programs */
#define LIC_JOB_PROGRAMS_MAX 1024u   /* the last one takes what is left over: comm "" */

/* One time that it was served. */
struct lic_job_serving {
	int64_t begin, end; /* seconds since the epoch; `end` 0 where that is not told */
	int64_t generation; /* it began with */
	int64_t until;	    /* generation that it ended with; 0 where that is not told */
	const char *mode, *mountpoint, *version;
	enum lic_ledger_why why; /* 0 where not told */
};
#define LIC_JOB_SERVINGS_MAX 4096u

/* What became visible or hidden in one generation. */
struct lic_job_change {
	int64_t at; /* seconds since the epoch */
	int64_t generation;
	int64_t shown, hidden; /* entries */
};
#define LIC_JOB_CHANGES_MAX 65536u /* the last one takes what is left over */

/* A job in force with all that its ledger says. Belongs to the thread of its connection, which
 * must outlive it. */
struct lic_job;

/* -ENOENT where none of that name is in force; `err` names the nearest. A ledger that cannot be
 * read is no error: lic_job_trouble(). Costs one pass over the ledger; the memory is that of the
 * sets (idset.h). */
int lic_job_open(struct lic_catalog *cat, const char *name, struct lic_job **ret,
		 struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
void lic_job_close(struct lic_job *job); /* NULL is allowed */
/* All of these are owned by the job. */
const struct lic_job_info *lic_job_info(const struct lic_job *job) _nonnull_all_;
struct lic_catalog *lic_job_catalog(struct lic_job *job) _nonnull_all_;
/* What it could see when it began. */
struct lic_snapshot *lic_job_snapshot(struct lic_job *job) _nonnull_all_;
const struct lic_ledger_summary *lic_job_ledger(const struct lic_job *job) _nonnull_all_;
/* A sentence about what is missing in the ledger, NULL where nothing is: belongs in the first
 * lines of whatever tells of the job. */
const char *lic_job_trouble(const struct lic_job *job) _nonnull_all_;
/* The ledger could not be read at all: nothing is known of its state. */
bool lic_job_unreadable(const struct lic_job *job) _nonnull_all_;
/* False where serving files does not show who opened them, or when again (docs/mount modes without
 * OPEN): then "opened" is "read", and no process is known. */
bool lic_job_knows_processes(const struct lic_job *job) _nonnull_all_;
/* Entries: what was opened (a part of what it could see at any time, and complete for files;
 * whether an image in an archive was is lic_job_has_opened()), what was hidden while it ran. */
const struct lic_idset *lic_job_opened(const struct lic_job *job) _nonnull_all_;
const struct lic_idset *lic_job_withdrawn(const struct lic_job *job) _nonnull_all_;
/* Was the entry opened, or the archive that is its parent? */
bool lic_job_has_opened(const struct lic_job *job, int64_t entry, int64_t parent) _nonnull_all_;
size_t lic_job_processes(const struct lic_job *job,
			 const struct lic_job_process **ret) _nonnull_all_;
size_t lic_job_programs(const struct lic_job *job,
			const struct lic_job_process **ret) _nonnull_all_;
size_t lic_job_servings(const struct lic_job *job,
			const struct lic_job_serving **ret) _nonnull_all_;
size_t lic_job_changes(const struct lic_job *job, const struct lic_job_change **ret) _nonnull_all_;

/* Something that it could see, or an image of the store that it could not. */
struct lic_job_item {
	const struct lic_then *t;    /* as it was when it could first be seen; of what is excluded
				      * when the job began */
	bool at_start;		     /* it could be seen from the start on */
	bool opened;		     /* it, or the archive that it is in */
	bool withdrawn;		     /* hidden while the job ran */
	bool erased;		     /* must not be named */
	bool but_for;		     /* excluded: the view would show it if it reserved nothing */
	enum lic_member_state state; /* what has become of it */
};
typedef int (*lic_job_fn)(void *ctx, const struct lic_job_item *i);

/* Everything that the job could see but directories, in the order of ids: from the start on, then
 * what came later, by generations. Non-zero stops and is returned. `now` in seconds since the
 * epoch. */
int lic_job_each(struct lic_job *job, int64_t now, lic_job_fn fn, void *ctx, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;
/* Images that were in the store when the job began and that it could never see, with a phrase why
 * not, that groups them. */
int lic_job_each_excluded(struct lic_job *job, int64_t now,
			  int (*fn)(void *ctx, const struct lic_job_item *i, const char *why),
			  void *ctx, struct lic_error *err) _nonnull_(1, 3) _must_check_;

/* Which jobs in force could see entries, and opened them: calls `fn` once for each pair, job by job
 * in the order of their numbers. Reads every ledger. Non-zero stops and is returned. `partly`: the
 * job runs, or something is missing in its ledger; it may have opened what is told as not opened.
 */
typedef int (*lic_job_touch_fn)(void *ctx, const struct lic_job_info *job, int64_t entry,
				bool opened, bool partly);
int lic_job_touches(struct lic_catalog *cat, const int64_t *entry, size_t n, lic_job_touch_fn fn,
		    void *ctx, struct lic_error *err) _nonnull_(1, 4) _must_check_;

#endif
