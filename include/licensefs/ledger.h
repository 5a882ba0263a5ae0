/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger of a job: an append-only file that its mount writes while it serves. It says what
 * became visible or hidden since the job began, and what was opened, by process. docs/formats.md
 * has the format.
 *
 * [I15] What a ledger that has ended and is complete says was opened, and what it says could be
 * seen beside the members of the job, is never less than what was served.
 *
 * - Every record commits to all before it by a chain of SHA-256. Behind a record that does not
 * chain nothing is believed.
 * - A record is there whole or not at all: what was cut short at the end is ignored, and cut off by
 *   whoever goes on.
 * - "Opened" means opened: nothing here knows what a process did with what it read.
 * - Entries are images, documents, companions and whatever else can be opened; the catalog knows
 *   which.
 */
#ifndef LICENSEFS_LEDGER_H
#define LICENSEFS_LEDGER_H

#include <licensefs/buffer.h>
#include <licensefs/error.h>
#include <licensefs/idset.h>

#define LIC_LEDGER_TEXT_MAX 4096u     /* bytes of a text in a record; longer ones are cut */
#define LIC_LEDGER_MEMORY (16u << 20) /* that a writer takes to know what was opened before */
#define LIC_LEDGER_ALIVE 60 /* seconds: at least so often a mount that serves writes something */
#define LIC_LEDGER_PENDING_MAX (1u << 19) /* first openings that wait to be written */

/* Appends the path of the ledger of a job: beside the catalog, by its number. `catalog` is
 * lic_catalog_path(). */
void lic_ledger_path(const char *catalog, int64_t job, struct lic_buf *out) _nonnull_all_;

/* --- what it says ----------------------------------------------------------------------------- */

/* Times are nanoseconds since the epoch. Texts may have any bytes but NUL, and are "" where not
 * known. */

/* Serving begins; a mount that goes on with a job begins again. */
struct lic_ledger_begin {
	int64_t at, generation; /* of the catalog, whose state is served from here on */
	int64_t job;
	int64_t pid; /* of the daemon */
	/* Of `run`: process id of the command and when it started, as in struct lic_ledger_process;
	 * 0 of a mount. While the ledger runs and that process is gone the end is about to come. */
	int64_t command, started;
	const char *mode, *mountpoint, *version;
	uint8_t members[32]; /* digest of the members of the job */
};

struct lic_ledger_process {
	int64_t number;	   /* in this ledger, from 1 on; a process may have several after another */
	int64_t pid, ppid; /* as the daemon sees them */
	int64_t started;   /* clock ticks since boot (proc(5), starttime) */
	int64_t uid;
	const char *comm, *exe;
};

/* Some of what a process opened for the first time since the last record about it. An entry may be
 * told several times. */
struct lic_ledger_opened {
	int64_t at;	 /* of writing: they were opened in the seconds before */
	int64_t process; /* 0: it is not known which */
	int64_t opens; /* of any entries by this process since the last record; 0 but for the first
			* part of a record */
	int64_t part;  /* of a set of ids (idset.h) */
	const uint8_t *bits; /* LIC_IDSET_PART_BYTES; all 0 where it opened nothing new */
};

/* Some of what became visible or hidden. */
struct lic_ledger_sight {
	int64_t at, generation;
	bool shown; /* else hidden */
	int64_t part;
	const uint8_t *bits;
};

/* What could not be written. */
struct lic_ledger_lost {
	int64_t at;
	int code;	   /* errno value of the first failure */
	int64_t opens;	   /* first openings that are not in the ledger */
	int64_t processes; /* that are not told: what they opened counts as of process 0 */
	int64_t sights;	   /* records about what became visible or hidden */
};

enum lic_ledger_why {
	LIC_LEDGER_UNMOUNTED = 1,
	LIC_LEDGER_COMMAND_ENDED,
	LIC_LEDGER_CATALOG_LOST,
};
/* "unmounted", "command ended", ...; "unknown" for what is none. */
const char *lic_ledger_why_name(enum lic_ledger_why why) _const_;

struct lic_ledger_end {
	int64_t at, generation;
	enum lic_ledger_why why;
};

enum lic_ledger_outcome {
	LIC_OUTCOME_UNKNOWN,
	LIC_OUTCOME_EXITED,
	LIC_OUTCOME_KILLED,
	LIC_OUTCOME_NOT_BEGUN, /* no process of it ever ran */
};
/* "unknown", "exited", ... */
const char *lic_ledger_outcome_name(enum lic_ledger_outcome outcome) _const_;

/* How the command of `run` ended. */
struct lic_ledger_command {
	int64_t at; /* it was noticed */
	enum lic_ledger_outcome outcome;
	int status; /* exit status, number of the signal, or errno value why it did not begin */
};

/* --- reading ---------------------------------------------------------------------------------- */

/* Calls are in the order of the records. NULL: not asked for. What is neither 0 nor -EBADMSG
 * stops reading and is returned. Pointers are valid during the call. */
struct lic_ledger_visitor {
	int (*begin)(void *ctx, const struct lic_ledger_begin *b);
	int (*process)(void *ctx, const struct lic_ledger_process *p);
	int (*opened)(void *ctx, const struct lic_ledger_opened *o);
	int (*sight)(void *ctx, const struct lic_ledger_sight *s);
	int (*lost)(void *ctx, const struct lic_ledger_lost *l);
	int (*end)(void *ctx, const struct lic_ledger_end *e);
};

enum lic_ledger_state {
	LIC_LEDGER_NEVER_BEGAN, /* no file, or nothing in it */
	LIC_LEDGER_RUNNING,	/* a daemon has it open */
	LIC_LEDGER_ENDED,
	LIC_LEDGER_BROKEN_OFF, /* the daemon was killed: its last second or so is missing */
	LIC_LEDGER_DAMAGED,    /* it was changed: nothing behind the last good record counts */
};
/* "never began", "running", "ended", "broken off", "damaged". */
const char *lic_ledger_state_name(enum lic_ledger_state state) _const_;

struct lic_ledger_summary {
	enum lic_ledger_state state;
	bool complete;			   /* nothing is missing up to `last`; what a daemon that
					    * runs has not written since is not told yet */
	int64_t begins;			   /* how often it was begun */
	int64_t first, last;		   /* times of the first record and of the last one */
	int64_t generation;		   /* that the last record which names one does */
	enum lic_ledger_why why;	   /* it ended last; 0: not told */
	struct lic_ledger_command command; /* outcome 0: not told */
	int64_t processes, opens, lost;	   /* opens: of all, first or not; lost: openings */
	int64_t bytes;			   /* of good records */
	int64_t torn;			   /* bytes behind them */
	uint8_t digest[32];		   /* commits to all good records */
};

/*
 * Reads a ledger from its beginning. A damaged one is no error: what was good has been visited by
 * then, and *ret says so. Holds up nobody who writes it. Costs one pass over the file, and 1 MiB.
 */
int lic_ledger_read(const char *path, const struct lic_ledger_visitor *v, void *ctx,
		    struct lic_ledger_summary *ret, struct lic_error *err)
	_nonnull_(1, 2, 4) _must_check_;
/* Does a daemon have it open? */
bool lic_ledger_runs(const char *path) _nonnull_all_;

/* --- writing ---------------------------------------------------------------------------------- */

/*
 * A ledger that is open for writing, by one process at a time. What is said of it waits in memory
 * until lic_ledger_flush(); what cannot be written stays there and is tried again, up to
 * LIC_LEDGER_PENDING_MAX first openings and as many bytes of other records as LIC_LEDGER_MEMORY:
 * beyond, it is counted as lost, and told by a record as soon as there is room.
 *
 * Any thread may call lic_ledger_process(), lic_ledger_opened() and lic_ledger_sight(), which touch
 * no file. The rest is for one thread at a time.
 */
struct lic_ledger;

/* Makes a new one, and the directory that it lies in. -EEXIST where there is one. */
int lic_ledger_create(const char *path, struct lic_ledger **ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Goes on with one that was ended or broken off; -EBUSY while it is written, -EBADMSG for a damaged
 * one, -ENOENT. */
int lic_ledger_continue(const char *path, struct lic_ledger **ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Gives a ledger that is in the way another name, PATH.of-another-catalog-NANOSECONDS: the catalog
 * was made anew, or put back. -EBUSY while it is written. */
int lic_ledger_put_aside(const char *path, struct lic_error *err) _nonnull_(1) _must_check_;
/* Forgets what was not written, and closes it; NULL is allowed. */
void lic_ledger_close(struct lic_ledger *l);

/* Writes it at once, to the disk. */
int lic_ledger_begin(struct lic_ledger *l, const struct lic_ledger_begin *b, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Number of a process; `number` in *p is not read. 0: there is no room to tell. */
int64_t lic_ledger_process(struct lic_ledger *l, const struct lic_ledger_process *p) _nonnull_all_;
/* A process (0: not known) has opened an entry. Some 50 ns; true if that is new, or may be. `once`:
 * it counts as an opening only then. */
bool lic_ledger_opened(struct lic_ledger *l, int64_t process, int64_t entry,
		       bool once) _nonnull_all_;
void lic_ledger_sight(struct lic_ledger *l, int64_t generation, const struct lic_idset *shown,
		      const struct lic_idset *hidden) _nonnull_all_;
/* What became visible or hidden could not be found out: counts as a lost record. */
void lic_ledger_miss(struct lic_ledger *l, int code) _nonnull_all_;
/* Writes what was said, with `sync` to the disk. Fails as long as something waits. */
int lic_ledger_flush(struct lic_ledger *l, bool sync, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Waits up to `ms` milliseconds, less where so much was said that it should be written, or
 * lic_ledger_wake() is called. */
void lic_ledger_wait(struct lic_ledger *l, int ms) _nonnull_all_;
void lic_ledger_wake(struct lic_ledger *l) _nonnull_all_;
/* How the command ended, after all that was said. */
int lic_ledger_command(struct lic_ledger *l, const struct lic_ledger_command *c,
		       struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Says that nothing else happened, where nothing was written for `quiet` nanoseconds. */
void lic_ledger_alive(struct lic_ledger *l, int64_t generation, int64_t quiet) _nonnull_all_;
/* Writes what was said and why there is nothing more, to the disk: nobody says anything any more.
 * Where something cannot be written the ledger stays broken off. */
int lic_ledger_end(struct lic_ledger *l, int64_t generation, enum lic_ledger_why why,
		   struct lic_error *err) _nonnull_(1) _must_check_;

#endif
