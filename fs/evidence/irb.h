/* SPDX-License-Identifier: Apache-2.0 */
/* Photoshop image resource blocks, and blocks whose kind only their bytes tell. */
#ifndef LICENSEFS_EVIDENCE_IRB_H
#define LICENSEFS_EVIDENCE_IRB_H

#include "fs/evidence/reader.h"

/* Adds the claims of a list of 8BIM resources: IPTC, EXIF, XMP, copyright flag and URL. */
void lic_irb_read(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_all_;
/* The same for n bytes of the file, which are there; what is no rights field may be larger than
 * any block. */
void lic_irb_read_at(struct lic_reading *r, uint64_t off, uint64_t n) _nonnull_all_;
/* Do these bytes begin like a resource? Pure. */
bool lic_irb_magic(const uint8_t *p, size_t n) _nonnull_all_;
/* Offset behind the last whole resource, from the one that begins at `at`: n where the bytes end
 * with a resource. Pure. */
size_t lic_irb_whole(const uint8_t *p, size_t n, size_t at) _nonnull_all_ _must_check_;

/* Reads a block as what it looks like: EXIF, XMP, IPTC or image resources, with or without the
 * signature of a JPEG segment; an empty block says nothing. False where it looks like none of
 * them. */
bool lic_profile_read(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_all_ _must_check_;

#endif
