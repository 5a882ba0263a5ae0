/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of entries, a bit an entry, packed in parts of 8,192 ids. */
#include <errno.h>
#include <string.h>

#include "fs/util/chunk.h"

unsigned lic_chunk_count(const uint8_t *bits, unsigned n)
{
	unsigned count = 0;

	for (unsigned i = 0; i < n / 8; i++)
		count += (unsigned)__builtin_popcount(bits[i]);
	if (n % 8)
		count += (unsigned)__builtin_popcount(bits[n / 8] & ((1u << n % 8) - 1));
	return count;
}

/* A list has fewer bytes than a bitmap, which tells them apart. */
void lic_chunk_pack(const uint8_t bits[LIC_CHUNK_BYTES], struct lic_buf *out)
{
	uint8_t list[LIC_CHUNK_BYTES];
	size_t n = 0;
	int last = -1;

	for (int i = 0; i < LIC_CHUNK && n < LIC_CHUNK_BYTES - 2; i++) {
		unsigned step = (unsigned)(i - last - 1);

		if (!lic_chunk_has(bits, i))
			continue;
		if (step >= 128)
			list[n++] = (uint8_t)(step & 127) | 128;
		list[n++] = (uint8_t)(step >= 128 ? step >> 7 : step);
		last = i;
	}
	if (n < LIC_CHUNK_BYTES - 2)
		lic_buf_add(out, list, n);
	else
		lic_buf_add(out, bits, LIC_CHUNK_BYTES);
}

int lic_chunk_unpack(const void *p, size_t n, uint8_t ret[LIC_CHUNK_BYTES])
{
	const uint8_t *b = p, *end = n ? b + n : b;
	unsigned at = 0;

	if (n == LIC_CHUNK_BYTES) {
		memcpy(ret, p, n);
		return 0;
	}
	if (n > LIC_CHUNK_BYTES)
		return -EBADMSG;
	memset(ret, 0, LIC_CHUNK_BYTES);
	while (b < end) {
		unsigned step = *b++;

		if (step >= 128) {
			if (b == end || *b >= 128 || *b == 0)
				return -EBADMSG;
			step = (step & 127) | (unsigned)*b++ << 7;
		}
		at += step;
		if (at >= LIC_CHUNK)
			return -EBADMSG;
		ret[at / 8] |= (uint8_t)(1u << at % 8);
		at++;
	}
	return 0;
}
