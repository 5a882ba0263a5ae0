/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories whose listing the kernel may have cached: those listed since it was last told to
 * forget everything. Forgetting everything costs as much as was listed, and not a notification for
 * each directory of the store in each view, behind which the next takedown would have to wait.
 *
 * Thread-safe. A listing is noted before the catalog is asked, so that one which is noted too late
 * to be taken knows of the change that the set was taken for.
 */
#ifndef LICENSEFS_MOUNT_LISTED_H
#define LICENSEFS_MOUNT_LISTED_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <licensefs/macros.h>

#define LIC_LISTED_MAX (1u << 20)

struct lic_listed {
	pthread_mutex_t lock; /* protects everything below */
	uint64_t *ino;	      /* open addressing, 0: empty */
	size_t n, cap;
	bool many; /* more than were noted */
};

int lic_listed_init(struct lic_listed *l) _nonnull_all_ _must_check_;
void lic_listed_release(struct lic_listed *l) _nonnull_all_;
void lic_listed_add(struct lic_listed *l, uint64_t ino) _nonnull_all_;
/* Empties the set. True with what was in it (free *ret; 0 stands for nothing); false where that is
 * not known: any directory may have been listed. */
bool lic_listed_take(struct lic_listed *l, uint64_t **ret,
		     size_t *ret_n) _nonnull_all_ _must_check_;

#endif
