/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded decompression: the one door to zlib. */
#ifndef LICENSEFS_EVIDENCE_INFLATE_H
#define LICENSEFS_EVIDENCE_INFLATE_H

#include <licensefs/buffer.h>

/* Appends what a zlib stream holds. 0; -EBADMSG where it is broken or cut off; -E2BIG where it
 * holds more than `out` may; -ENOMEM. */
int lic_inflate(const uint8_t *p, size_t n, struct lic_buf *out) _nonnull_all_ _must_check_;

/* CRC-32 of PNG (ISO 3309). */
uint32_t lic_crc32(const uint8_t *p, size_t n) _nonnull_all_;

#endif
