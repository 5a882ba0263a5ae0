/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Snapshots in a mount: what a view is to live rows, for members.
 *
 * A snapshot is a known view (views.h) whose directories are looked up, listed and described from
 * the rows of then. Its files have the numbers that they have in every view; what is still there as
 * it was is opened and read as ever, by lic_worker_load(). What is not is listed with what it had
 * then, and fails with ESTALE when it is opened or read [I9]. Of such names the kernel may believe
 * nothing for any time: no row of the feed would name them when their bytes are revoked.
 */
#ifndef LICENSEFS_MOUNT_PINNED_H
#define LICENSEFS_MOUNT_PINNED_H

#include "fs/mount/worker.h"

struct lic_pinned {
	struct lic_entry e;  /* its name is the worker's, until its next load */
	struct lic_stat now; /* of the row, where `e` has what it had then */
	bool whole;	     /* or name and attributes alone */
	bool live;	     /* so is its row */
};

/* Makes what lic_worker_filter() keeps of a snapshot; -ENOENT where it has ended. */
int lic_worker_pin(struct lic_worker *w, const struct lic_known_view *v,
		   struct lic_filter **ret) _nonnull_all_ _must_check_;

/* Of a view for which lic_known_view.snapshot is set. All return 0 or a negative errno; -ENOENT
 * where nothing is shown. */
int lic_pinned_by_id(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
		     struct lic_pinned *ret) _nonnull_all_ _must_check_;
int lic_pinned_by_name(struct lic_worker *w, const struct lic_known_view *v, int64_t dir,
		       const char *name, struct lic_pinned *ret) _nonnull_all_ _must_check_;
/* What a directory shows, in byte order of names, after the entry `after`; non-zero stops and is
 * returned. */
typedef int (*lic_pinned_fn)(void *ctx, const struct lic_pinned *p);
int lic_pinned_list(struct lic_worker *w, const struct lic_known_view *v, int64_t dir,
		    int64_t after, lic_pinned_fn fn, void *ctx) _nonnull_(1, 2, 5) _must_check_;
/* What a lookup answers for it, if it is no document. */
void lic_pinned_param(struct lic_worker *w, const struct lic_known_view *v,
		      const struct lic_pinned *p, struct fuse_entry_param *ret) _nonnull_all_;

/* lic_worker_remember() */
void lic_pinned_remember(struct lic_worker *w, const struct lic_pinned *p) _nonnull_all_;

/* lic_worker_child_shown() and lic_worker_dir_shown(): may a live entry be read there, is it a
 * directory of the snapshot? */
int lic_pinned_reads(struct lic_worker *w, const struct lic_known_view *v,
		     const struct lic_entry *e, bool *ret) _nonnull_all_ _must_check_;
int lic_pinned_dir_shown(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
			 bool *ret) _nonnull_all_ _must_check_;
/* Has it a directory of that name, which stays whatever becomes of it? */
bool lic_pinned_is_dir(struct lic_worker *w, const struct lic_known_view *v, int64_t parent,
		       const char *name, size_t n) _nonnull_all_;
/* A file that no view has for reading, by its number: as some snapshot that is known shows it. */
int lic_pinned_load(struct lic_worker *w, int64_t id,
		    struct lic_entry *ret) _nonnull_all_ _must_check_;
/* In a mount of one snapshot files look as they did then, too; in others their number is shared
 * with views, which know but one state of them. */
int lic_pinned_attr(struct lic_worker *w, int64_t id,
		    struct lic_stat *ret) _nonnull_all_ _must_check_;
/* Number of the rights to tell of: in a mount of one snapshot those of then. */
int lic_pinned_rights(struct lic_worker *w, const struct lic_entry *e,
		      int64_t *ret) _nonnull_all_ _must_check_;

/* Where there is another newest revocation than *known, the listings of snapshots are forgotten,
 * and the states of documents that are over: rows that have ended are in no feed. Only for the
 * follower. */
int lic_pinned_follow(struct lic_worker *w, int64_t *known) _nonnull_all_ _must_check_;

#endif
