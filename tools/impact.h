/* SPDX-License-Identifier: Apache-2.0 */
/* How many images a change brings into each view and takes out of it. */
#ifndef LICENSEFS_TOOLS_IMPACT_H
#define LICENSEFS_TOOLS_IMPACT_H

#include "views.h"

struct impact {
	struct views before;
	int64_t *image; /* ids of the images that the pattern matches */
	uint8_t *shown; /* a bit for each view, `stride` bytes an image */
	size_t n, stride;
	int64_t *in, *out; /* one a view */
	int64_t unseen;	   /* matched images that no view shows in the end */
	int64_t conflicts; /* those of them that are in conflict */
	size_t idle;	   /* decisions that match no image, and the first of them */
	size_t first_idle;
};

/* Notes which views show the images that the decisions match; O(images of the store) for patterns.
 * Not to be called inside a transaction. */
int impact_before(struct impact *m, struct lic_catalog *cat, const struct lic_decision *d,
		  size_t n_decisions, struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Compares; call it after the commit. */
int impact_after(struct impact *m, struct lic_catalog *cat, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
void impact_release(struct impact *m) _nonnull_all_;

#endif
