/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots that have images, and jobs that could see them: for what is found, taken down, or comes
 * back. */
#ifndef LICENSEFS_TOOLS_TOUCHED_H
#define LICENSEFS_TOOLS_TOUCHED_H

#include <licensefs/json.h>

#include "selectors.h"

struct touched_item {
	char *name;
	struct entry_ids seen, opened; /* which of the images; of a snapshot its members */
	bool partly; /* the job runs, or its ledger is not complete: it may be more */
};
struct touched {
	struct touched_item *snapshot, *job; /* by name; in the order in which they began */
	size_t n_snapshots, n_jobs;
	struct entry_ids asked; /* the images that were given */
};

/* Those that have one of these images, or one that has ended and had the same bytes. `by` is what
 * was asked for, or NULL: bytes may be named of which no image is live. */
int touched_find(struct touched *t, struct lic_catalog *cat, const int64_t *image, size_t n,
		 const struct selectors *by, struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Leaves out the images that were given and are not in `found`, and then what has none. */
void touched_narrow(struct touched *t, const struct entry_ids *found) _nonnull_all_;
/* How many images that were not given, but have ended, any of them has. */
int64_t touched_ended(const struct touched *t) _nonnull_all_;
void touched_release(struct touched *t) _nonnull_all_;
/* A line for snapshots and one for jobs, behind an empty one; nothing where there are none. */
void touched_print(const struct touched *t) _nonnull_all_;
/* The keys snapshots and jobs, with their images. */
void touched_json(const struct touched *t, struct lic_json *j) _nonnull_all_;
/* The same of the images that have ended alone. */
void touched_json_ended(const struct touched *t, struct lic_json *j) _nonnull_all_;
/* The same of one image. */
void touched_json_of(const struct touched *t, int64_t image, struct lic_json *j) _nonnull_all_;

#endif
