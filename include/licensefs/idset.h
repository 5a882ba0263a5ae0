/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of entries of a catalog: a bit an entry, in parts of 8,192 ids, where there are any.
 *
 * Invariants: ids are positive and below 2^48. Parts without any id may be there; they count as
 * nothing. A set of n ids that lie close together takes n / 8 bytes, one of ids that lie far from
 * each other 1 KiB for each.
 *
 * One thread at a time; several may read.
 */
#ifndef LICENSEFS_IDSET_H
#define LICENSEFS_IDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <licensefs/macros.h>

#define LIC_IDSET_PART 8192	  /* ids in a part; ids of part n begin with n * LIC_IDSET_PART */
#define LIC_IDSET_PART_BYTES 1024 /* bit i of a part is bit i % 8 of its byte i / 8 */
#define LIC_IDSET_MAX (INT64_C(1) << 48)

struct lic_idset_part {
	int64_t number;
	uint8_t *bits; /* LIC_IDSET_PART_BYTES of them */
};

struct lic_idset {
	struct lic_idset_part *part; /* owned, by ascending numbers */
	size_t n, cap;
	int64_t count; /* of ids */
};

/* Initialiser of an empty set. */
#define LIC_IDSET_INIT                                                                             \
	{                                                                                          \
		NULL, 0, 0, 0                                                                      \
	}

/* Frees what it has; it is empty after. */
void lic_idset_release(struct lic_idset *s);
/* 1: added; 0: was in it; -EINVAL for no valid id, -ENOMEM. O(log parts). */
int lic_idset_add(struct lic_idset *s, int64_t id) _nonnull_all_;
bool lic_idset_has(const struct lic_idset *s, int64_t id) _nonnull_all_ _pure_;
static inline int64_t lic_idset_count(const struct lic_idset *s)
{
	return s->count;
}

/* The bits of a part: all that are set in `bits` are added, or taken away. -EINVAL, -ENOMEM. */
int lic_idset_add_part(struct lic_idset *s, int64_t number,
		       const uint8_t bits[LIC_IDSET_PART_BYTES]) _nonnull_all_ _must_check_;
void lic_idset_remove_part(struct lic_idset *s, int64_t number,
			   const uint8_t bits[LIC_IDSET_PART_BYTES]) _nonnull_all_;
/* Those that are set, until the set changes; NULL where the part is not there. */
const uint8_t *lic_idset_bits(const struct lic_idset *s, int64_t number) _nonnull_all_ _pure_;

/* Adds all of another set, takes all of it away. */
int lic_idset_join(struct lic_idset *s, const struct lic_idset *other) _nonnull_all_ _must_check_;
void lic_idset_subtract(struct lic_idset *s, const struct lic_idset *other) _nonnull_all_;

/* The smallest id that is greater than `after` (0: of all); 0 where there is none. Going through a
 * set this way costs O(ids + parts * log parts). */
int64_t lic_idset_next(const struct lic_idset *s, int64_t after) _nonnull_all_ _pure_;

#endif
