/* SPDX-License-Identifier: Apache-2.0 */
/* EXIF: the rights fields of a TIFF directory, decoded by libexif. */
#ifndef LICENSEFS_EVIDENCE_EXIF_H
#define LICENSEFS_EVIDENCE_EXIF_H

#include "fs/evidence/ifd.h"
#include "fs/evidence/reader.h"

#define LIC_EXIF_ENTRIES_MAX 32
#define LIC_EXIF_IFD 0x8769u /* entry that points to the Exif directory */

/* Entries of one image that the field table asks for. */
struct lic_exif {
	struct lic_ifd_entry item[LIC_EXIF_ENTRIES_MAX];
	unsigned n;
	bool overflow; /* there were more */
};

/* Remembers the entry if it is a rights field. */
void lic_exif_collect(struct lic_exif *x, const struct lic_ifd_entry *e) _nonnull_all_;
/* Adds the claims of what was collected, as one packet. */
void lic_exif_decode(struct lic_reading *r, struct lic_tiff *t,
		     const struct lic_exif *x) _nonnull_all_;

/* Reads an EXIF block, with or without "Exif\0\0" before its TIFF header. IFD1, which describes
 * the thumbnail, is not read. */
void lic_exif_read(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_all_;
/* The same, with every field through libexif: what that makes of it is what counts. */
void lic_exif_read_any(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_all_;

#endif
