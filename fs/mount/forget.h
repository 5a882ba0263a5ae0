/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel has to forget after changes. Names first, then listings, then bytes: a name that
 * is gone cannot be opened while the rest is done. Nothing is invalidated while a statement of the
 * catalog is open. Only for the follower and the sweeper.
 */
#ifndef LICENSEFS_MOUNT_FORGET_H
#define LICENSEFS_MOUNT_FORGET_H

#include "fs/mount/worker.h"

/* Changed files of which the bytes are forgotten at once; the sweeper takes more. */
#define LIC_FORGET_AT_ONCE 256u
/* Names take some 5 us each, and who reads others notices nothing; after this time forgetting
 * everything has to do, though the next lookup then waits until the kernel has let go of all that
 * it knew. */
#define LIC_FORGET_NS 800000000

struct lic_changed {
	struct lic_changed *next;
	int64_t dir, entry;
	size_t n;
	char name[]; /* NUL-terminated */
};

struct lic_ids {
	int64_t *id; /* owned */
	size_t n, cap;
	bool failed; /* out of memory: some are missing */
};
void lic_ids_add(struct lic_ids *l, int64_t id) _nonnull_all_;
void lic_ids_release(struct lic_ids *l) _nonnull_all_;
/* Ascending. */
void lic_ids_sort(struct lic_ids *l) _nonnull_all_;
/* Of sorted ones. */
bool lic_ids_has(const struct lic_ids *l, int64_t id) _nonnull_all_;

/* What the change feed told. */
struct lic_batch {
	struct lic_arena arena;
	struct lic_changed *first, **last; /* what changed */
	struct lic_ids dirs;		   /* and directories in which many did */
	bool unknown;			   /* something changed that is not in here */
	int64_t generation;		   /* of the newest change */
};
/* False where forgetting everything has to follow: names that nobody knows have ended, or it takes
 * too long. Bytes of hidden files are the sweeper's then, or forgotten. */
bool lic_forget_changes(struct lic_worker *w, const struct lic_batch *b) _nonnull_all_ _must_check_;
/* Every name and listing. */
void lic_forget_all(struct lic_worker *w) _nonnull_all_;
/* The bytes of those files that no view shows any more. */
void lic_forget_bytes(struct lic_worker *w, const struct lic_ids *files) _nonnull_all_;
/* The same for all files of a directory, and the attributes of the others; false where the catalog
 * could not be read. */
bool lic_forget_dir_bytes(struct lic_worker *w, int64_t dir) _nonnull_all_ _must_check_;
/* The bytes of those that are read though their rows have ended: the feed says no more of them. */
void lic_forget_ended(struct lic_session *s) _nonnull_all_;
/* The bytes of the states of these documents, or of all where NULL, that are over. Sorts. */
void lic_forget_documents(struct lic_worker *w, struct lic_ids *files) _nonnull_(1);
/* The bytes of all live files that no view shows, or of every one; with `attributes` those of the
 * others. O(files of directories that were ever looked into); no statement stays open for longer
 * than a directory takes. Between directories the former asks `go_on`, and ends where that says so:
 * false, as also, after a pause, where something could not be read. */
bool lic_forget_hidden_bytes(struct lic_worker *w, bool attributes, bool (*go_on)(void *ctx),
			     void *ctx) _nonnull_(1, 3);
void lic_forget_all_bytes(struct lic_worker *w) _nonnull_all_;

#endif
