/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of TIFF directories that hold metadata of another standard. */
#ifndef LICENSEFS_EVIDENCE_BLOCKS_H
#define LICENSEFS_EVIDENCE_BLOCKS_H

#include "fs/evidence/ifd.h"
#include "fs/evidence/reader.h"

#define LIC_BLOCKS_MAX 8

/* Those of one directory: XMP, IPTC, image resources, C2PA and EXIF of Hasselblad. */
struct lic_blocks {
	struct lic_ifd_entry item[LIC_BLOCKS_MAX];
	unsigned n;
	bool overflow; /* there were more */
};

/* Remembers the entry if it is such a block. */
void lic_blocks_collect(struct lic_blocks *b, const struct lic_ifd_entry *e) _nonnull_all_;
/* Adds the claims of what was collected. */
void lic_blocks_read(struct lic_reading *r, struct lic_tiff *t,
		     const struct lic_blocks *b) _nonnull_all_;

#endif
