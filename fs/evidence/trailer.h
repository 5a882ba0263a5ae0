/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata that programs append behind the end of an image. */
#ifndef LICENSEFS_EVIDENCE_TRAILER_H
#define LICENSEFS_EVIDENCE_TRAILER_H

#include "fs/evidence/reader.h"

/* Adds the claims of all trailers at the end of the file: AFCP, FotoStation, Canon VRD, MIE. What
 * ends like a trailer and cannot be read is damage; anything else behind an image is not metadata.
 */
void lic_trailers_read(struct lic_reading *r) _nonnull_all_;

/* Reads the MIE groups in a block as part of the image. */
void lic_mie_read(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_all_;

#endif
