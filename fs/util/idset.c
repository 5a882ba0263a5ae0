/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of entries of a catalog. */
#include <errno.h>
#include <string.h>

#include <licensefs/idset.h>

#include "fs/util/chunk.h"

_Static_assert(LIC_IDSET_PART == LIC_CHUNK && LIC_IDSET_PART_BYTES == LIC_CHUNK_BYTES,
	       "parts are chunks");

void lic_idset_release(struct lic_idset *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->part[i].bits);
	free(s->part);
	*s = (struct lic_idset)LIC_IDSET_INIT;
}

/* Index of the first part whose number is not smaller. */
static size_t place(const struct lic_idset *s, int64_t number)
{
	size_t low = 0, high = s->n;

	/* ids come in ascending order mostly */
	if (high && s->part[high - 1].number < number)
		return high;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->part[mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static uint8_t *find(const struct lic_idset *s, int64_t number)
{
	size_t i = place(s, number);

	return i < s->n && s->part[i].number == number ? s->part[i].bits : NULL;
}

static uint8_t *make(struct lic_idset *s, int64_t number)
{
	size_t i = place(s, number);
	uint8_t *bits;

	if (i < s->n && s->part[i].number == number)
		return s->part[i].bits;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 4;
		struct lic_idset_part *grown = reallocarray(s->part, cap, sizeof(*grown));

		if (!grown)
			return NULL;
		s->part = grown;
		s->cap = cap;
	}
	bits = calloc(1, LIC_CHUNK_BYTES);
	if (!bits)
		return NULL;
	memmove(&s->part[i + 1], &s->part[i], (s->n - i) * sizeof(*s->part));
	s->part[i] = (struct lic_idset_part){ number, bits };
	s->n++;
	return bits;
}

int lic_idset_add(struct lic_idset *s, int64_t id)
{
	unsigned bit = (unsigned)id & (LIC_CHUNK - 1);
	uint8_t *bits;

	if (id <= 0 || id >= LIC_IDSET_MAX)
		return -EINVAL;
	bits = make(s, id >> LIC_CHUNK_BITS);
	if (!bits)
		return -ENOMEM;
	if (lic_chunk_has(bits, id))
		return 0;
	bits[bit / 8] |= (uint8_t)(1u << bit % 8);
	s->count++;
	return 1;
}

bool lic_idset_has(const struct lic_idset *s, int64_t id)
{
	const uint8_t *bits = id > 0 ? find(s, id >> LIC_CHUNK_BITS) : NULL;

	return bits && lic_chunk_has(bits, id);
}

const uint8_t *lic_idset_bits(const struct lic_idset *s, int64_t number)
{
	return find(s, number);
}

int lic_idset_add_part(struct lic_idset *s, int64_t number, const uint8_t bits[LIC_CHUNK_BYTES])
{
	uint8_t *mine;

	if (number < 0 || number >= LIC_IDSET_MAX >> LIC_CHUNK_BITS || (number == 0 && bits[0] & 1))
		return -EINVAL;
	mine = make(s, number);
	if (!mine)
		return -ENOMEM;
	s->count -= lic_chunk_count(mine, LIC_CHUNK);
	for (size_t i = 0; i < LIC_CHUNK_BYTES; i++)
		mine[i] |= bits[i];
	s->count += lic_chunk_count(mine, LIC_CHUNK);
	return 0;
}

void lic_idset_remove_part(struct lic_idset *s, int64_t number, const uint8_t bits[LIC_CHUNK_BYTES])
{
	uint8_t *mine = find(s, number);

	if (!mine)
		return;
	s->count -= lic_chunk_count(mine, LIC_CHUNK);
	for (size_t i = 0; i < LIC_CHUNK_BYTES; i++)
		mine[i] &= (uint8_t)~bits[i];
	s->count += lic_chunk_count(mine, LIC_CHUNK);
}

int lic_idset_join(struct lic_idset *s, const struct lic_idset *other)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < other->n; i++)
		r = lic_idset_add_part(s, other->part[i].number, other->part[i].bits);
	return r;
}

void lic_idset_subtract(struct lic_idset *s, const struct lic_idset *other)
{
	for (size_t i = 0; i < other->n; i++)
		lic_idset_remove_part(s, other->part[i].number, other->part[i].bits);
}

/* The first bit that is set at or behind `from`, LIC_CHUNK where there is none. */
static unsigned first_bit(const uint8_t *bits, unsigned from)
{
	for (unsigned i = from; i < LIC_CHUNK; i = (i / 8 + 1) * 8) {
		unsigned left = (unsigned)bits[i / 8] >> i % 8;

		if (left)
			return i + (unsigned)__builtin_ctz(left);
	}
	return LIC_CHUNK;
}

int64_t lic_idset_next(const struct lic_idset *s, int64_t after)
{
	int64_t from = after < 0 ? 0 : after + 1;

	for (size_t i = place(s, from >> LIC_CHUNK_BITS); i < s->n; i++) {
		int64_t base = s->part[i].number << LIC_CHUNK_BITS;
		unsigned bit =
			first_bit(s->part[i].bits, base < from ? (unsigned)(from - base) : 0);

		if (bit < LIC_CHUNK)
			return base + bit;
	}
	return 0;
}
