/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots that have images which a revocation hides in them, or its end shows again. */
#ifndef LICENSEFS_TOOLS_TOUCHED_H
#define LICENSEFS_TOOLS_TOUCHED_H

#include <licensefs/json.h>

#include "selectors.h"

struct touched_snapshot {
	char *name;
	int64_t images;
};
struct touched {
	struct touched_snapshot *item; /* n of them, by name; those with images alone */
	size_t n;
};

/* Members that are one of these images, or have ended and had the same bytes. `by` is what was
 * asked for, or NULL: bytes may be named of which no image is live. */
int touched_find(struct touched *t, struct lic_catalog *cat, const int64_t *image, size_t n,
		 const struct selectors *by, struct lic_error *err) _nonnull_(1, 2) _must_check_;
void touched_release(struct touched *t) _nonnull_all_;
/* One line; nothing where there are none. */
void touched_print(const struct touched *t) _nonnull_all_;
/* The key snapshots. */
void touched_json(const struct touched *t, struct lic_json *j) _nonnull_all_;

#endif
