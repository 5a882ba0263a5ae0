/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG inside other files: raw formats keep their metadata in the one that shows the picture. */
#ifndef LICENSEFS_EVIDENCE_JPEG_H
#define LICENSEFS_EVIDENCE_JPEG_H

#include "fs/evidence/reader.h"

/* Do these bytes begin like a JPEG? Pure. */
bool lic_jpeg_magic(const uint8_t *p, size_t n) _nonnull_all_;

/* Adds the claims of the JPEG of n bytes at `off`, as if they were the file's own; damage where it
 * is cut off, or is none. */
void lic_jpeg_read_at(struct lic_reading *r, uint64_t off, uint64_t n) _nonnull_all_;

#endif
