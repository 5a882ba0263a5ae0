/* SPDX-License-Identifier: Apache-2.0 */
/* Which images of a store look like a picture that somebody has. */
#ifndef LICENSEFS_TOOLS_LIKES_H
#define LICENSEFS_TOOLS_LIKES_H

#include "selectors.h"

struct like_match {
	int64_t id;
	unsigned distance;
	bool bytes; /* the file itself */
	size_t example;
};

struct likes {
	const struct selectors *examples;
	struct like_match *item; /* n of them: the nearest first, an image once */
	size_t n, cap;
	bool kept;		      /* the catalog knows likenesses at all */
	int64_t waiting, known, none; /* images by their likeness */
};

/* Finds the bytes and what looks like any of the examples. About 0.4 us an image and example. */
int likes_find(struct likes *l, struct lic_catalog *cat, const struct selectors *examples,
	       struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
void likes_release(struct likes *l) _nonnull_all_;
/* What the answer is worth, to stderr: the threshold, what was not compared and why. `limits`: and
 * how often unrelated pictures are that near. */
void likes_say(const struct likes *l, bool limits) _nonnull_all_;
/* How many images no picture can be compared with, and how many there are. */
int likes_count_none(struct lic_catalog *cat, int64_t *ret_none, int64_t *ret_images,
		     struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Says how many images no picture can be compared with, where there are any: they are only "found"
 * (or what else is done) by their bytes. */
void likes_say_none(int64_t none, int64_t images, const char *what) _nonnull_all_;

#endif
