/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of entries, a bit an entry, packed in parts of 8,192 ids. */
#ifndef LICENSEFS_UTIL_CHUNK_H
#define LICENSEFS_UTIL_CHUNK_H

#include <licensefs/buffer.h>

#define LIC_CHUNK_BITS 13
#define LIC_CHUNK (1 << LIC_CHUNK_BITS) /* ids in a part */
#define LIC_CHUNK_BYTES (LIC_CHUNK / 8)

/* Appends the shorter one of the bitmap and the list of what is in it. */
void lic_chunk_pack(const uint8_t bits[LIC_CHUNK_BYTES], struct lic_buf *out) _nonnull_all_;
/* -EBADMSG for what lic_chunk_pack() does not write. */
int lic_chunk_unpack(const void *p, size_t n, uint8_t ret[LIC_CHUNK_BYTES])
	_nonnull_(3) _must_check_;
static inline bool lic_chunk_has(const uint8_t *bits, int64_t id)
{
	unsigned i = (unsigned)id & (LIC_CHUNK - 1);

	return bits[i / 8] >> i % 8 & 1;
}
/* Bits that are set among the first n. */
unsigned lic_chunk_count(const uint8_t *bits, unsigned n) _nonnull_all_ _pure_;

#endif
