/* SPDX-License-Identifier: Apache-2.0 */
/* The index of a JPEG that holds several images (CIPA DC-007, "MPO"). */
#ifndef LICENSEFS_EVIDENCE_MPF_H
#define LICENSEFS_EVIDENCE_MPF_H

#include "fs/evidence/reader.h"

#define LIC_MPF_SIGNATURE "MPF"

/*
 * Calls `fn` with the place of every image but the first and large thumbnails; p is the index,
 * which stands at `off` in the file. Damage where the index cannot be read or an image is not in
 * the file.
 */
void lic_mpf_read(struct lic_reading *r, const uint8_t *p, size_t n, uint64_t off,
		  void (*fn)(struct lic_reading *r, uint64_t off, uint64_t n)) _nonnull_all_;

#endif
