/* SPDX-License-Identifier: Apache-2.0 */
/* The structure of TIFF: a header and directories of entries, classic and BigTIFF. */
#ifndef LICENSEFS_EVIDENCE_IFD_H
#define LICENSEFS_EVIDENCE_IFD_H

#include "fs/evidence/input.h"

struct lic_tiff {
	struct lic_input *in; /* offsets count from its first byte */
	uint64_t first;	      /* offset of the first directory */
	bool big;	      /* big-endian */
	bool wide;	      /* BigTIFF: 64-bit offsets */
};

struct lic_ifd_entry {
	unsigned tag, type;
	uint64_t count;
	uint64_t bytes; /* of the value; may exceed the input */
	uint64_t at;	/* where the value stands */
};

/* Do these bytes begin like a TIFF? Pure. */
bool lic_tiff_magic(const uint8_t *p, size_t n) _nonnull_all_;
/* False where the header is not one; that of a raw file may bear another magic number. */
bool lic_tiff_open(struct lic_tiff *t, struct lic_input *in) _nonnull_all_ _must_check_;

/* False ends the walk. */
typedef bool (*lic_ifd_fn)(void *ctx, struct lic_tiff *t, const struct lic_ifd_entry *e);

/* Where the link to the next directory is missing: common in EXIF blocks, and says there that there
 * is none. */
#define LIC_IFD_NO_LINK UINT64_MAX

/* Calls `fn` for every entry of the directory at `off`. False where the directory is cut off,
 * cannot be read or was not walked to its end; *ret_next (0: the last) is set in any case. */
bool lic_ifd_walk(struct lic_tiff *t, uint64_t off, lic_ifd_fn fn, void *ctx, uint64_t *ret_next)
	_nonnull_(1, 3, 5) _must_check_;

/* The i-th number of an integer value, false where it cannot be read. */
bool lic_ifd_number(struct lic_tiff *t, const struct lic_ifd_entry *e, uint64_t i,
		    uint64_t *ret) _nonnull_all_ _must_check_;

#endif
