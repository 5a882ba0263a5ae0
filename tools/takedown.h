/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a revocation, or the end of one, does to images, views and documents.
 *
 * Life cycle: takedown_image() for each image while the transaction runs, takedown_look() once,
 * then printing, takedown_release().
 *
 * What is revoked is in no view, so an image's views before a revocation, and after the end of one,
 * say all. They are worked out from its rights then, for each distinct rights once; views that ask
 * about path, creator, source or collection are asked about each image.
 */
#ifndef LICENSEFS_TOOLS_TAKEDOWN_H
#define LICENSEFS_TOOLS_TAKEDOWN_H

#include <licensefs/catalog_revoke.h>

#include "image.h"
#include "output.h"
#include "selectors.h"
#include "touched.h"
#include "views.h"

struct taken_image {
	int64_t id, before, after; /* numbers of rights */
	bool copy;		   /* matched by its bytes alone */
	uint8_t *views;		   /* a bit for each view that showed it, or shows it now */
	bool shown;		   /* by one at least */
};

struct takedown {
	struct lic_catalog *cat;   /* of the transaction */
	bool undone;		   /* a revocation has ended */
	bool dry;		   /* it is not done */
	struct taken_image *image; /* n of them, in id order */
	size_t n, cap, stride;	   /* of views, bytes */
	struct views views;
	int64_t *moved;		    /* images that left each view, or came into it */
	int64_t shown, changed;	    /* images */
	int64_t copies, waiting;    /* of them: the same bytes; hidden until they are compared */
	int64_t still;		    /* revoked by something else as well, or again */
	struct entry_ids documents; /* that change */
	struct touched touched;	    /* snapshots and jobs that have some of them */
	struct lic_arena arena;
};

/* Notes an image that is concerned: for struct lic_revoke_hooks. `ctx` is a struct takedown. */
void takedown_image(void *ctx, int64_t entry, int64_t before, int64_t after) _nonnull_all_;
/* Works out the rest. `cat` knows what the images stated before a revocation: the catalog as it was
 * where that is erased, else as it is; after the end of one, as it is. `by` is NULL but for a
 * revocation: what it was asked for. */
int takedown_look(struct takedown *t, struct lic_catalog *cat, const struct selectors *by,
		  struct lic_error *err) _nonnull_(1, 2) _must_check_;
void takedown_release(struct takedown *t) _nonnull_all_;

/* Images that look like one that was taken down and are not taken down themselves. */
struct look_alikes {
	bool kept;	 /* the catalog knows likenesses at all */
	int64_t images;	 /* found */
	int64_t nearest; /* the one that is most alike, and which it is like */
	int64_t nearest_to;
	unsigned distance;
	bool partly; /* there were too many to compare them all */
};
int look_alikes_find(struct look_alikes *l, const struct takedown *t, struct lic_catalog *cat,
		     struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

/* "5 images, 3 of them shown by some view before", without an end. */
void takedown_print_count(const struct takedown *t) _nonnull_all_;
/* Tables on stdout: of all images or the first few, of views, of documents. */
int takedown_print_images(const struct takedown *t, struct lic_catalog *cat, bool all,
			  struct lic_error *err) _nonnull_(1, 2) _must_check_;
void takedown_print_views(const struct takedown *t) _nonnull_all_;
int takedown_print_documents(const struct takedown *t, struct lic_catalog *cat,
			     struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* The keys matched, changed, shown, same_bytes, waiting, views, images, documents, snapshots, jobs.
 */
int takedown_json(const struct takedown *t, struct lic_catalog *cat, struct lic_json *j,
		  struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

#endif
