/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The storm: a writer revokes and restores images at random while readers look at them in every
 * way. Each image has a word in shared memory: a number that grows with each change, and whether
 * it must be hidden, must be there, or may be either. What a reader has seen counts if the word was
 * the same before and after.
 */
#ifndef LICENSEFS_TESTS_STORM_H
#define LICENSEFS_TESTS_STORM_H

#include "tests/live/live.h"

enum state { EITHER = 0, THERE = 1, HIDDEN = 2 };

struct image {
	char path[96];	/* below the store; of a member its archive's, a slash, and its name */
	int member;	/* offset of a member's name in `path`; 0: a file */
	bool companion; /* PATH.txt comes and goes with it */
	unsigned char *bytes;
	size_t size;
};

/* What readers can do. */
enum op {
	OP_STAT,
	OP_READ,
	OP_LIST,
	OP_MMAP,
	OP_XATTR,
	OP_HELD,
	OP_DOCUMENT,
	OP_ARCHIVE,
	OP_COMPANION,
	OP_COUNT,
};

struct shared {
	_Atomic bool over;
	_Atomic uint64_t done[OP_COUNT], checked[OP_COUNT], retries, failures;
	char failure[8][512]; /* the first ones */
	_Atomic uint64_t word[];
};

struct storm {
	const char *store;
	char **mount; /* of all views */
	int mounts;
	bool passes; /* of the first of them */
	struct image *image;
	int n;
	struct shared *shared;
};

static inline uint64_t word_of(const struct storm *s, int i)
{
	return atomic_load(&s->shared->word[i]);
}
static inline enum state state_of(uint64_t word)
{
	return (enum state)(word & 3);
}

/* Runs until it is over; `seed` makes its choices. */
void read_in_storm(struct storm *s, unsigned seed);

#endif
