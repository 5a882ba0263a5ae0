/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples of WebDataset: what an image is called there, and what belongs to it.
 *
 * A sample is what has one key, the path up to the first dot of its last component. So the key of
 * an image is its path without extension, with all that would end it earlier escaped, and no two
 * images have the same.
 */
#ifndef LICENSEFS_HISTORY_EXPORT_SAMPLE_H
#define LICENSEFS_HISTORY_EXPORT_SAMPLE_H

#include "fs/history/export.h"

/* A companion of one image. */
struct lic_sample_part {
	int64_t image, companion;
	uint64_t size;
	bool told; /* that it is left out */
};

struct lic_samples {
	struct lic_sample_part *part; /* n of them, by image, then by companion */
	size_t n, cap;
	int64_t *owned; /* the n companions, ascending */
	uint64_t *key;	/* open addressing: digests of keys that were given */
	size_t n_keys, cap_keys;
};

/* Finds the companions of all images of the snapshot. Release it, also after a failure. */
int lic_samples_find(struct lic_samples *s, struct lic_export *x) _nonnull_all_ _must_check_;
void lic_samples_release(struct lic_samples *s) _nonnull_all_;
/* All keys may be given again. */
void lic_samples_restart(struct lic_samples *s) _nonnull_all_;
bool lic_samples_owns(const struct lic_samples *s, int64_t companion) _nonnull_all_;
/* Those of an image: *ret_n of them. */
const struct lic_sample_part *lic_samples_of(const struct lic_samples *s, int64_t image,
					     size_t *ret_n) _nonnull_all_;
/* Sets *key to that of an image, which no other one gets, with a dot behind it; -ENOMEM. */
int lic_samples_key(struct lic_samples *s, const struct lic_then *t,
		    struct lic_buf *key) _nonnull_all_ _must_check_;
/* Appends the extension of an image, and of a companion: `image` and `path` are paths. */
void lic_sample_extension(struct lic_buf *out, const struct lic_then *t) _nonnull_all_;
void lic_sample_companion(struct lic_buf *out, const struct lic_bytes *image,
			  const struct lic_then *t) _nonnull_all_;

#endif
