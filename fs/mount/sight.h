/* SPDX-License-Identifier: Apache-2.0 */
/* What a mount of one view shows, as a set of entries: of all of it, or of what has changed. For
 * the thread that keeps a ledger (record.h). */
#ifndef LICENSEFS_MOUNT_SIGHT_H
#define LICENSEFS_MOUNT_SIGHT_H

#include <licensefs/idset.h>

#include "fs/mount/worker.h"

/* Does the mount show an entry, whatever it is? What has no live row is not shown. */
int lic_sight_shows(struct lic_worker *w, int64_t entry, bool *ret) _nonnull_all_ _must_check_;
/* Adds a directory or document with everything shown in it and below. No statement stays open for
 * longer than a directory takes. About 2 us an entry. */
int lic_sight_below(struct lic_worker *w, int64_t top,
		    struct lic_idset *ret) _nonnull_all_ _must_check_;
struct lic_sight_first {
	int64_t entry, generation;
};
struct lic_sight_news {
	struct lic_idset shown, hidden; /* measured by what was seen before */
	/* Visible for a moment in between, or maybe: hidden now, and not seen before. */
	struct lic_idset passed;
	/* Of `shown` and `passed` those that were visible in a generation before the one looked at,
	 * with the first of these: n_first of them, owned. */
	struct lic_sight_first *first;
	size_t n_first, cap_first;
	/* In: a commit came during the look before this one, so that what that found need not have
	 * been so in the generation that it gave. */
	bool torn;
	bool all;     /* in: everything is looked at anyway; out: it has to be */
	bool unknown; /* what was visible for a moment cannot be said */
};
void lic_sight_news_release(struct lic_sight_news *n) _nonnull_all_;
/* What became visible or hidden after a generation, by the change feed. *generation becomes the one
 * up to which that is so. With `all` only `passed` is found: every entry that the feed names may
 * have been visible as the view was then. */
int lic_sight_news(struct lic_worker *w, const struct lic_idset *seen, int64_t *generation,
		   struct lic_sight_news *news) _nonnull_all_ _must_check_;

#endif
