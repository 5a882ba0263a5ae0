/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded decompression: the one door to zlib. */
#ifndef LICENSEFS_EVIDENCE_INFLATE_H
#define LICENSEFS_EVIDENCE_INFLATE_H

#include <licensefs/buffer.h>

/* Appends what a zlib stream holds. 0; -EBADMSG where it is broken or cut off; -E2BIG where it
 * holds more than `out` may; -ENOMEM. */
int lic_inflate(const uint8_t *p, size_t n, struct lic_buf *out) _nonnull_all_ _must_check_;

/* A gzip file (RFC 1952) as a stream; NULL when out of memory. */
struct lic_gunzip;
struct lic_gunzip *lic_gunzip_new(void) _must_check_;
void lic_gunzip_free(struct lic_gunzip *g);
/*
 * Takes what it can of the n bytes at `p` (*ret_taken) and writes up to `cap` bytes to `out`.
 * How many were written; 0 where more input is needed or the file has ended; -EBADMSG where it is
 * broken. Members follow each other; what comes behind the last is no member and is ignored.
 */
long lic_gunzip(struct lic_gunzip *g, const uint8_t *p, size_t n, size_t *ret_taken, uint8_t *out,
		size_t cap) _nonnull_(1, 4, 5) _must_check_;
/* Is it between two members, so that the file may end here? */
bool lic_gunzip_ended(const struct lic_gunzip *g) _nonnull_all_;

/* CRC-32 of PNG (ISO 3309). */
uint32_t lic_crc32(const uint8_t *p, size_t n) _nonnull_all_;

#endif
