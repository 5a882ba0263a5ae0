/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories that were looked into since the kernel was last told to forget everything: only of
 * these can it remember names, or a listing. So forgetting costs as much as was looked at, and not
 * a notification for each directory of the store in each view, behind which the next takedown would
 * have to wait.
 *
 * Thread-safe. A directory is noted before the catalog is asked, so that one which is noted too
 * late to be found knows of the change that the set was asked for.
 */
#ifndef LICENSEFS_MOUNT_LISTED_H
#define LICENSEFS_MOUNT_LISTED_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <licensefs/macros.h>

#define LIC_LISTED_MAX (1u << 20)

struct lic_listed {
	_Atomic uint64_t takes; /* how often it was emptied */
	pthread_mutex_t lock;	/* protects everything below */
	uint64_t *ino;		/* open addressing, 0: empty */
	size_t n, cap;
	bool many; /* more than were noted */
};

int lic_listed_init(struct lic_listed *l) _nonnull_all_ _must_check_;
void lic_listed_release(struct lic_listed *l) _nonnull_all_;
void lic_listed_add(struct lic_listed *l, uint64_t ino) _nonnull_all_;
/* Is it in the set, or may be? */
bool lic_listed_has(struct lic_listed *l, uint64_t ino) _nonnull_all_;
/* What was added before this was another number may be no longer in the set. */
static inline uint64_t lic_listed_takes(struct lic_listed *l)
{
	return atomic_load_explicit(&l->takes, memory_order_acquire);
}
/* Empties the set. True with what was in it (free *ret; 0 stands for nothing); false where that is
 * not known: any directory may have been listed. */
bool lic_listed_take(struct lic_listed *l, uint64_t **ret,
		     size_t *ret_n) _nonnull_all_ _must_check_;
/* Copies what is in the set to *ret, without order (free it); false where that is not known. */
bool lic_listed_copy(struct lic_listed *l, uint64_t **ret,
		     size_t *ret_n) _nonnull_all_ _must_check_;

/* Any directory may have been looked into. */
void lic_listed_fill(struct lic_listed *l) _nonnull_all_;

/* Where a number is in an open-addressed set of numbers other than 0, or the empty slot where it
 * belongs. `cap` is a power of two, and some slot is empty. */
static inline size_t lic_number_slot(const uint64_t *set, size_t cap, uint64_t number)
{
	size_t i = (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (cap - 1);

	while (set[i] && set[i] != number)
		i = (i + 1) & (cap - 1);
	return i;
}

#endif
