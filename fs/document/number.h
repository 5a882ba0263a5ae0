/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of the index: seven bits a byte, from the lowest. */
#ifndef LICENSEFS_DOCUMENT_NUMBER_H
#define LICENSEFS_DOCUMENT_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIC_NUMBER_MAX 10 /* bytes of one */

static inline size_t lic_number_put(uint8_t *p, uint64_t v)
{
	size_t n = 0;

	while (v >= 0x80) {
		p[n++] = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	p[n++] = (uint8_t)v;
	return n;
}

/* False where no whole number of at most 64 bits stands at *p. */
static inline bool lic_number_get(const uint8_t **p, const uint8_t *end, uint64_t *ret)
{
	const uint8_t *q = *p;
	uint64_t v = 0;

	for (unsigned shift = 0; q < end && shift < 64; shift += 7) {
		const uint8_t b = *q++;

		if (shift == 63 && b > 1)
			return false;
		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80)) {
			*p = q;
			*ret = v;
			return true;
		}
	}
	return false;
}

/* Differences: small ones of either sign are small numbers. */
static inline uint64_t lic_zigzag(uint64_t from, uint64_t to)
{
	uint64_t d = to - from;

	return d << 1 ^ (d >> 63 ? UINT64_MAX : 0);
}

static inline uint64_t lic_unzigzag(uint64_t from, uint64_t z)
{
	return from + (z >> 1 ^ (z & 1 ? UINT64_MAX : 0));
}

#endif
