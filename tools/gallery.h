/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small pictures of a few images of every license, for pages: only of images that are clear and
 * that some named view shows when they are written, and whose bytes are the judged ones.
 */
#ifndef LICENSEFS_TOOLS_GALLERY_H
#define LICENSEFS_TOOLS_GALLERY_H

#include <licensefs/scan.h>

#include "page.h"
#include "sample.h"
#include "views.h"

#define GALLERY_EACH_MAX 24
#define GALLERY_EACH "6" /* of every license, where nobody says */
#define GALLERY_GROUPS_MAX 16u

struct gallery {
	struct lic_catalog *cat;
	struct lic_pictures *pictures;
	const struct sample *sample;
	const struct views *views;
	const struct lic_own_licenses *own;
	int64_t shown, failed; /* pictures, and those that could not be made */
	int64_t *written;      /* images of the pictures, `shown` of them */
};

/* Writes the sections' inside, of nothing written before. What cannot be decoded is left out. */
int gallery_write(struct gallery *g, struct page *p, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* May all that was written still be shown? For the moment before a page gets its name. */
int gallery_stands(struct gallery *g, bool *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
void gallery_release(struct gallery *g) _nonnull_all_;

#endif
