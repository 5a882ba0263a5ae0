/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few images of every group, chosen the same way each time, from all over the store: those whose
 * numbers, scrambled, are the least.
 */
#ifndef LICENSEFS_TOOLS_SAMPLE_H
#define LICENSEFS_TOOLS_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include <licensefs/macros.h>

#define SAMPLE_GROUPS_MAX 256u
/* Images that are kept for each one that is wanted: not all can be decoded. */
#define SAMPLE_SPARE 4u

struct sample_group {
	char *key;
	int64_t *id; /* n of them, the ones to try first */
	size_t n;
	int64_t images; /* in the group */
};

struct sample {
	size_t each;		    /* wanted of every group; 0: nothing is kept */
	struct sample_group *group; /* n of them, by images once it is sorted */
	size_t n, last;
};

void sample_add(struct sample *s, const char *key, int64_t id) _nonnull_all_;
/* Most images first. */
void sample_sort(struct sample *s) _nonnull_all_;
void sample_release(struct sample *s) _nonnull_all_;

#endif
