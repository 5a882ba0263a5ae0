/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded decompression: the one door to brotli. */
#ifndef LICENSEFS_EVIDENCE_BROTLI_H
#define LICENSEFS_EVIDENCE_BROTLI_H

#include <licensefs/buffer.h>

/* Appends what a brotli stream (RFC 7932) holds. 0; -EBADMSG where it is broken or cut off; -E2BIG
 * where it holds more than `out` may; -ENOMEM. */
int lic_unbrotli(const uint8_t *p, size_t n, struct lic_buf *out) _nonnull_all_ _must_check_;

#endif
