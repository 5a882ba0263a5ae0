/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking files out of the hands of those who have them open, where the kernel reads them without
 * asking (mode=passthrough, uring).
 *
 * A kernel that is told of a number with another generation takes the number for one that was given
 * out again: what it knew under the former is bad, and read(2), fstat(2) and opening it fail. So
 * the number's generation is raised, for every answer from then on, and the kernel told at once:
 * this process looks up a name of its own in its mount, which nobody else can know or use, and
 * which is answered with the number. [I8]
 *
 * The mount's root is opened for that moment, by its path or another one that the mount table has,
 * and only if it is the mount's: a descriptor that is kept would make unmounting fail. A mount that
 * cannot be reached (something is mounted on it) is told as soon as it can be, and has not followed
 * before.
 *
 * What the kernel does not ask about itself before it hands over to the store's file is out of
 * reach: what is mapped, and mmap(2), sendfile(2) and splice(2) of a descriptor from before.
 */
#ifndef LICENSEFS_MOUNT_KICK_H
#define LICENSEFS_MOUNT_KICK_H

#include <fuse_lowlevel.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <licensefs/error.h>

#include "fs/mount/underneath.h"

struct lic_session;

#define LIC_KICK_NAME 64

struct lic_kick {
	struct lic_mount_identity identity; /* of the mount, set when it is there */
	pthread_rwlock_t lock;		    /* protects ino, raised, cap */
	uint64_t *ino;			    /* open addressing, 0: empty */
	uint32_t *raised;		    /* how often, by slot */
	size_t cap;
	_Atomic size_t n;
	_Atomic uint32_t all;	  /* how often all were */
	pthread_mutex_t one;	  /* held by who looks up */
	_Atomic int who;	  /* the thread, 0: nobody */
	_Atomic uint64_t target;  /* the number that is looked up */
	char name[LIC_KICK_NAME]; /* reserved */
};

int lic_kick_init(struct lic_kick *k) _nonnull_all_ _must_check_;
void lic_kick_release(struct lic_kick *k) _nonnull_all_;
/* What a number is to be answered with; 1 for those that were never raised. */
uint64_t lic_kick_generation(struct lic_kick *k, uint64_t ino) _nonnull_all_;
void lic_kick_raise(struct lic_kick *k, uint64_t ino) _nonnull_all_;
/* Tells the kernel of the number's generation. Like everything in notify.h not for threads that
 * serve requests. False where the mount cannot be reached. */
bool lic_kick_tell(struct lic_session *s, uint64_t ino) _nonnull_all_ _must_check_;
/* Is it this process that asks, to tell the kernel? It gets through to its name whatever others are
 * answered: after a mount has lost its catalog, or shows nothing more. */
bool lic_kick_asks(const struct lic_session *s, fuse_req_t req);
/* Of the root, for that. */
void lic_kick_attr(struct stat *ret) _nonnull_all_;
/* Is it the name that only this process can look up? Then the answer. */
bool lic_kick_answer(struct lic_session *s, fuse_req_t req, const char *name,
		     struct fuse_entry_param *ret);

#endif
