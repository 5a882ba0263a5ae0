/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of manifests as they are stored: docs/formats.md, "Rows".
 *
 * Whatever is read is checked: a blob that is cut, too long, of another version or with a number
 * that this code does not know is -EUCLEAN as a whole, never fewer keys or claims.
 */
#ifndef LICENSEFS_CATALOG_ROWCODEC_H
#define LICENSEFS_CATALOG_ROWCODEC_H

#include <licensefs/manifest.h>

/* What can be said of the claims without taking them apart. */
struct lic_row_head {
	const char *damage; /* in the blob; NULL: the row could be read whole */
	unsigned reserve;   /* LIC_RESERVE_* that some claim reserves */
	bool urls;	    /* some claim has the role SOURCE_URL */
	size_t n;	    /* claims */
	bool erased;	    /* it was, and says no more than that */
	int64_t revocation; /* erased: the one that its words matched, hence the images that it
			     * finds; 0: none */
};

/* Appends the two blobs of a row. -EINVAL for a row that no manifest may have, -EFBIG beyond
 * LIC_ROW_MAX, -ENOMEM. */
int lic_row_encode(const struct lic_row *row, struct lic_buf *keys, struct lic_buf *claims,
		   struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

/* Appends what is left of a row that is erased: patterns, what it reserves, and the revocation that
 * its words matched (0: none); it cannot be read then, and hides what it finds. -ENOMEM. */
int lic_row_erase(struct lic_bytes keys, struct lic_bytes claims, int64_t revocation,
		  struct lic_buf *ret_keys, struct lic_buf *ret_claims)
	_nonnull_(4, 5) _must_check_;

/* Calls `fn` for each key, in the order of the row; text points into the blob. 0, what `fn`
 * returned if that is not 0, or -EUCLEAN; keys before the fault were handed over. */
int lic_row_keys(struct lic_bytes blob, int (*fn)(void *ctx, const struct lic_key *key), void *ctx)
	_nonnull_(2) _must_check_;

/* Reads the head alone; -EUCLEAN. */
int lic_row_head(struct lic_bytes blob, struct lic_row_head *ret) _nonnull_(2) _must_check_;
/* Calls `fn` for each claim, as lic_row_keys(); strings point into the blob, `ref` is 0. */
int lic_row_claims(struct lic_bytes blob, int (*fn)(void *ctx, const struct lic_claim *c),
		   void *ctx) _nonnull_(2) _must_check_;

#endif
