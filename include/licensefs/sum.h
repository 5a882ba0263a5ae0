/* SPDX-License-Identifier: Apache-2.0 */
/* Sums of numbers that others chose: sizes of files, and what stands in a ledger. */
#ifndef LICENSEFS_SUM_H
#define LICENSEFS_SUM_H

#include <stdint.h>

/* Adds n; what is too much stays the greatest there is. */
static inline void lic_sum_add(int64_t *sum, int64_t n)
{
	if (__builtin_add_overflow(*sum, n, sum))
		*sum = INT64_MAX;
}
/* A size of stat, which has no sign. */
static inline void lic_sum_size(int64_t *sum, uint64_t size)
{
	lic_sum_add(sum, size > INT64_MAX ? INT64_MAX : (int64_t)size);
}

#endif
