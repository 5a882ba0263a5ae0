/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one thread needs to answer requests: a catalog connection, a filter for each view, and two
 * small caches. All connections are opened before the mount is ready, so that neither a lack of
 * descriptors nor a mount over the store itself can break a lookup later.
 *
 * The one place that decides visibility for requests [I1] [I8]: an entry is visible in a view if
 * the filter shows it and every directory above it, and neither it nor an image that it belongs to
 * is known to be stale.
 */
#ifndef LICENSEFS_MOUNT_WORKER_H
#define LICENSEFS_MOUNT_WORKER_H

#include <limits.h>

#include "fs/mount/recent.h"
#include "fs/mount/session.h"

#define LIC_SHOWN_SLOTS 1024u
#define LIC_PATH_SLOTS 1024u
#define LIC_NOTED_SLOTS 64u
#define LIC_WHOSE_SLOTS 64u

struct lic_filter_slot {
	const struct lic_definition *definition; /* what `filter` was made from */
	struct lic_filter *filter;
};

struct lic_worker {
	struct lic_session *s;
	struct lic_worker *next;
	struct lic_worker *other; /* of those that serve requests */
	pthread_mutex_t use;	  /* held while a request is served, or the state let go */
	bool inside;		  /* a request is served, and may stay in one state */
	unsigned idle;		  /* looks of the follower since the last request */
	struct lic_catalog *cat;
	struct lic_filter_slot *filter; /* by index of the view */
	int64_t version;		/* of the catalog that `shown` belongs to */
	uint64_t epoch;			/* of the session that `shown` belongs to */
	struct lic_recent_when when; /* what is read; state 0: nothing holds beyond this request */
	int64_t generation;	     /* lic_worker_generation(); 0: not asked for */
	struct {
		int64_t view, id;
		bool shown;
	} shown[LIC_SHOWN_SLOTS]; /* directories with all that is above them */
	struct {
		int64_t id; /* a directory's path never changes while it lives */
		char *path;
	} path[LIC_PATH_SLOTS];
	uint64_t noted[LIC_NOTED_SLOTS], noted_takes; /* directories in the session's set */
	struct {
		pid_t thread; /* that asked, 0: free */
		unsigned second;
		int64_t process;
	} whose[LIC_WHOSE_SLOTS]; /* see whose.h */
	char name[NAME_MAX + 1];  /* of the entry loaded last */
	struct lic_buf file;	  /* path of the file that is opened */
	unsigned char *buf;	  /* of READ */
	size_t buf_size;
};

/* Opens `n` workers and makes the first their owner's: they serve the session's threads. */
int lic_workers_open(struct lic_session *s, unsigned n, struct lic_error *err)
	_nonnull_(1) _must_check_;
void lic_workers_close(struct lic_session *s) _nonnull_all_;
/* The calling thread's worker; NULL if all are taken, which no request thread will see, and as soon
 * as the session has lost its catalog. */
struct lic_worker *lic_worker_get(struct lic_session *s) _nonnull_all_;

/* A request begins: NULL as lic_worker_get(). Until it ends lic_worker_refresh() keeps the state of
 * the catalog that it finds, and so does the next request, if nobody commits between them. */
struct lic_worker *lic_worker_enter(struct lic_session *s) _nonnull_all_;
void lic_worker_leave(struct lic_worker *w); /* NULL is allowed */
/* For what takes its time, or waits for other threads: goes on without a state of its own. */
void lic_worker_let_go(struct lic_worker *w) _nonnull_all_;
/* Lets go what threads that have nothing to do keep of states that are no longer the newest, and
 * after a second of all: what stops later holds up no writer. The follower's. */
void lic_workers_let_go(struct lic_session *s) _nonnull_all_;

int lic_worker_new(struct lic_session *s, struct lic_worker **ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
void lic_worker_free(struct lic_worker *w);

/* All return 0 or a negative errno; on failure nothing is shown. `e->name` does not survive. */

/* The filter of a view; -ENOENT if the view is gone. */
int lic_worker_filter(struct lic_worker *w, const struct lic_known_view *v,
		      struct lic_filter **ret) _nonnull_all_ _must_check_;
/* Is a directory visible in a view, with all above it? */
int lic_worker_dir_shown(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
			 bool *ret) _nonnull_all_ _must_check_;
/* Is a live entry visible in a view, given that its directory is? */
int lic_worker_child_shown(struct lic_worker *w, const struct lic_known_view *v,
			   const struct lic_entry *e, bool *ret) _nonnull_all_ _must_check_;
/* Is a live entry visible in some view that this mount knows? */
int lic_worker_shown(struct lic_worker *w, const struct lic_entry *e,
		     bool *ret) _nonnull_all_ _must_check_;
/* Drops cached answers if the catalog or the session changed; called first in every request. -EIO
 * where a former state of the catalog could not be left: the request must fail. */
int lic_worker_refresh(struct lic_worker *w) _nonnull_all_ _must_check_;
/* A directory is looked into, by its inode number: the kernel may learn names of it. Called before
 * lic_worker_refresh(). */
void lic_worker_note(struct lic_worker *w, uint64_t dir) _nonnull_all_;
/* A generation that is as new as the newest before the request began, or newer; negative errno. */
int64_t lic_worker_generation(struct lic_worker *w) _nonnull_all_;

/* Reads the entry behind a number of type LIC_INODE_DIR or LIC_INODE_FILE and checks that it is
 * visible: -ENOENT if not. A file's name is valid until the next load. */
int lic_worker_load(struct lic_worker *w, struct lic_inode n,
		    struct lic_entry *ret) _nonnull_all_ _must_check_;
/* The same for a document in a view. */
int lic_worker_load_document(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
			     struct lic_entry *ret) _nonnull_all_ _must_check_;
/* Path of a directory relative to the store; owned by the worker, valid until the next call. */
int lic_worker_dir_path(struct lic_worker *w, int64_t id,
			const char **ret) _nonnull_all_ _must_check_;
/* Of an entry that was found shown, with all that is above it: openings that follow need not ask.
 * Its name must not be lent by the catalog, which has been asked since. */
void lic_worker_remember(struct lic_worker *w, const struct lic_entry *e) _nonnull_all_;
/* At least n bytes, which need not survive another call; NULL out of memory. */
unsigned char *lic_worker_buffer(struct lic_worker *w, size_t n) _nonnull_all_;

#endif
