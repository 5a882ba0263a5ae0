/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that the kernel reads by itself (mode=passthrough, uring): which are open, and which were
 * and are kept ready.
 *
 * Invariants
 * - Of one inode the kernel takes one backing file at a time. So all who have a number open share
 *   one struct lic_opened, whose backing id lives until the last of them has released it. One that
 *   cannot serve any more (it was taken down, or the row is about another file now) leaves the
 *   table, the number's generation is raised, and who opens next gets another inode and another id.
 * - A file is either read by the kernel or through READ for all who have it open: the kernel
 *   refuses both at once. Where it will not take the file (another filesystem stacked below, ids
 *   used up) `id` is 0 and every opener reads through the mount.
 * - Every opening is checked like the first: the row must be shown now, its path must lead to the
 *   file behind the id, and that file be the judged one, change time included [I9].
 *
 * Against takedowns [I8]: lic_backed_open() enters itself first and asks the catalog second; the
 * follower looks at the table after the commit. So either the follower sees the opener, or the
 * opener the commit. If the follower sees it, the opener finds itself gone and refuses; or it has
 * answered, and then the kernel is told that the inode is bad: it looks inodes up by number, and
 * one that is being opened is there, so it does not matter whether it has seen the answer yet.
 */
#ifndef LICENSEFS_MOUNT_BACKED_H
#define LICENSEFS_MOUNT_BACKED_H

#include "fs/mount/backing.h"
#include "fs/mount/forget.h"

/* Kept ready at most: the kernel holds an open file for each, some 1 KiB; this process none. */
#define LIC_BACKED_MAX 65536u
#define LIC_BACKED_KEEP_NS (INT64_C(240) * 1000000000)

struct lic_opened {
	struct lic_opened *next;	  /* of its bucket */
	struct lic_opened *newer, *older; /* where nobody has it open */
	uint64_t ino;
	int64_t dir; /* 0: not known yet */
	dev_t dev;   /* the file */
	ino_t node;
	int32_t id;	/* 0: the kernel does not take it */
	int64_t put_at; /* where nobody has it open: since when, by lic_monotonic_ns() */
	unsigned refs;
	bool busy; /* somebody opens it */
	bool gone; /* no further opener may share it */
	bool out;  /* it was taken out of the hands of who has it open */
	bool told; /* and the kernel knows */
};

/* May this process hand files over to the kernel? Asks it; the session must be connected. */
bool lic_backed_permitted(const struct lic_session *s) _nonnull_all_;
int lic_backed_new(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
void lic_backed_free(struct lic_session *s) _nonnull_all_;

/* Opens, or shares what is open. -ENOENT where it is not shown; -ESTALE where the file is not the
 * judged one, or the kernel has to look the name up again, which it does by itself. */
int lic_backed_open(struct lic_worker *w, uint64_t ino,
		    struct lic_opened **ret) _nonnull_all_ _must_check_;
/* Released, or never told to the kernel. */
void lic_backed_put(struct lic_session *s, struct lic_opened *o) _nonnull_all_;

/* The following are for the follower, the sweeper and the marker; they do nothing where there is no
 * table. */

/* Raises the generations of what is open and no longer shown, of a batch; before its names are
 * forgotten, so that none of them stays with the former. Adds them to `files`, for
 * lic_forget_bytes(). */
void lic_backed_doom(struct lic_worker *w, const struct lic_batch *b,
		     struct lic_ids *files) _nonnull_all_;
/* A file that is not shown any more: who has it open gets errors, nothing of it is kept. */
void lic_backed_forget(struct lic_session *s, uint64_t ino) _nonnull_all_;
/* The same for all that are open or kept and not shown, or for `every` one. */
void lic_backed_sweep(struct lic_worker *w, bool every) _nonnull_all_;
/* Tells the kernel where it could not be told before, or a request found out that it has to be;
 * true where that has ended it. */
bool lic_backed_retry(struct lic_session *s) _nonnull_all_;
/* Lets go some of what nobody has opened for LIC_BACKED_KEEP_NS: were it removed from the store
 * since, its space is freed. Looks at all in about a minute, when called often. */
void lic_backed_tidy(struct lic_session *s) _nonnull_all_;
/* How many files of which the kernel has not been told; and of those taken down that somebody still
 * has open. */
size_t lic_backed_untold(const struct lic_session *s) _nonnull_all_;
size_t lic_backed_out(const struct lic_session *s) _nonnull_all_;

#endif
