/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One state of a view of a document, made from the catalog alone: which of its images the view
 * shows, and hence which pieces of the file make it up, how long it is, and since when it is so.
 *
 * Invariants
 * - [I11] What cannot be asked, contradicts itself, or is in doubt is an error, and the document is
 *   not there then.
 * - All of a state is read in one state of the catalog.
 * - Times depend on the catalog alone, so that they are the same after a remount: those of the file
 *   until something that the view shows came or went after the document was first bound; then
 *   those of the newest such change.
 */
#ifndef LICENSEFS_MOUNT_BUILT_H
#define LICENSEFS_MOUNT_BUILT_H

#include <licensefs/document.h>

#include "fs/mount/worker.h"

struct lic_built {
	struct lic_ranges *ranges; /* owned; NULL: to be made again */
	uint8_t digest[16];	   /* of equal ones all bytes are equal */
	uint64_t size;
	int64_t mtime, ctime; /* nanoseconds */
	/* What it rests on. */
	const struct lic_definition *definition;
	int64_t generation; /* of the catalog, up to which it is known to hold */
	int64_t first, touched;
	int64_t until; /* seconds: when rights of an image that is shown end; 0: never */
	bool loose;    /* of a snapshot, with images that the catalog no longer tells it of */
	size_t stale;  /* how many images were known to be stale */
	/* The newest change: generation, and when it was, in seconds; 0: none. */
	int64_t changed, changed_at;
};

/*
 * Makes the state in which a live document is now; `before` (NULL is allowed) is an older one of
 * the same view, which saves looking at history again. With *budget (see LIC_DOCS_LISTING) it is
 * not made if it costs more than that: -EAGAIN; else that is taken off. -ENOENT where it is no
 * document any more, -EBADMSG where the catalog contradicts itself.
 */
int lic_built_make(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
		   const struct lic_built *before, int64_t *budget, struct lic_built *ret)
	_nonnull_(1, 2, 6) _must_check_;
void lic_built_release(struct lic_built *b);

/* Is nothing known that may have changed since, without asking for more than the worker knows? */
bool lic_built_is_fresh(struct lic_worker *w, const struct lic_known_view *v,
			const struct lic_built *b) _nonnull_all_;
/* Asks: 1 with `generation` and `stale` brought up to date, 0 where it must be made anew, or an
 * error. */
int lic_built_confirm(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
		      struct lic_built *b) _nonnull_all_ _must_check_;

#endif
