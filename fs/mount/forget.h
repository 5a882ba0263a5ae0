/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel has to forget after changes. Names first, then listings, then bytes: a name that
 * is gone cannot be opened while the rest is done. Nothing is invalidated while a statement of the
 * catalog is open. Only for the follower and the sweeper.
 */
#ifndef LICENSEFS_MOUNT_FORGET_H
#define LICENSEFS_MOUNT_FORGET_H

#include "fs/mount/worker.h"

#define LIC_FORGET_MANY 2000u /* beyond, forgetting everything is cheaper */

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

/* Each change by itself. */
void lic_forget_each(struct lic_worker *w, const struct lic_changed *first) _nonnull_(1);
/* Every name and listing. */
void lic_forget_all(struct lic_worker *w) _nonnull_all_;
/* The bytes of those files that no view shows any more. */
void lic_forget_bytes(struct lic_worker *w, const struct lic_ids *files) _nonnull_all_;
/* The bytes of the states of these documents, or of all where NULL, that are over. Sorts. */
void lic_forget_documents(struct lic_worker *w, struct lic_ids *files) _nonnull_(1);
/* The bytes of all live files that no view shows, and of every one. O(files); no statement stays
 * open for longer than a directory takes. The former ends early when *stop is set. */
void lic_forget_hidden_bytes(struct lic_worker *w, const _Atomic bool *stop) _nonnull_all_;
void lic_forget_all_bytes(struct lic_worker *w) _nonnull_all_;

#endif
