/* SPDX-License-Identifier: Apache-2.0 */
/* In how many bits two prints differ, in all eight ways in which a picture may be turned. */
#include <endian.h>
#include <string.h>

#include <licensefs/likeness.h>

#include "fs/likeness/print.h"

#define WORDS (LIC_PRINT_BYTES / 8)

struct words {
	uint64_t w[WORDS];
};

static inline struct words load(const struct lic_print *p)
{
	struct words r;

	memcpy(r.w, p->b, sizeof(r.w));
	for (unsigned i = 0; i < WORDS; i++)
		r.w[i] = le64toh(r.w[i]);
	return r;
}

/* Bits (i, j) and (j, i) of 8 times 8 change places (Warren, Hacker's Delight, 7-3). */
static inline uint64_t transposed(uint64_t x)
{
	uint64_t t = (x ^ (x >> 7)) & UINT64_C(0x00aa00aa00aa00aa);

	x ^= t ^ (t << 7);
	t = (x ^ (x >> 14)) & UINT64_C(0x0000cccc0000cccc);
	x ^= t ^ (t << 14);
	t = (x ^ (x >> 28)) & UINT64_C(0x00000000f0f0f0f0);
	return x ^ t ^ (t << 28);
}

static inline struct words turned(struct words p)
{
	return (struct words){ { transposed(p.w[0]), transposed(p.w[2]), transposed(p.w[1]),
				 transposed(p.w[3]) } };
}

static inline unsigned lesser(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Upright, mirrored, upside down and both: the waves of one parity differ in n bits, or, turned
 * over, in 64 - n. */
static inline __attribute__((always_inline)) unsigned nearest(struct words a, struct words b)
{
	unsigned n[WORDS], least;

	for (unsigned i = 0; i < WORDS; i++)
		n[i] = (unsigned)__builtin_popcountll(a.w[i] ^ b.w[i]);
	least = n[0] + n[1] + n[2] + n[3];
	least = lesser(least, n[0] + (64 - n[1]) + n[2] + (64 - n[3]));
	least = lesser(least, n[0] + n[1] + (64 - n[2]) + (64 - n[3]));
	return lesser(least, n[0] + (64 - n[1]) + (64 - n[2]) + n[3]);
}

static inline __attribute__((always_inline)) unsigned distance(const struct lic_likeness *a,
							       const struct lic_likeness *b)
{
	unsigned least = LIC_LIKENESS_FAR;

	for (uint32_t k = 0; k < b->n; k++) {
		struct words q = load(&b->print[k]), r = turned(q);

		for (uint32_t i = 0; i < a->n; i++) {
			struct words p = load(&a->print[i]);

			least = lesser(least, lesser(nearest(p, q), nearest(p, r)));
		}
	}
	return least;
}

#ifdef __x86_64__
/* Every processor of the last fifteen years counts bits, but compilers may not rely on it. */
__attribute__((target("popcnt"))) static unsigned distance_popcnt(const struct lic_likeness *a,
								  const struct lic_likeness *b)
{
	return distance(a, b);
}

unsigned lic_likeness_distance(const struct lic_likeness *a, const struct lic_likeness *b)
{
	return __builtin_cpu_supports("popcnt") ? distance_popcnt(a, b) : distance(a, b);
}
#else
unsigned lic_likeness_distance(const struct lic_likeness *a, const struct lic_likeness *b)
{
	return distance(a, b);
}
#endif
