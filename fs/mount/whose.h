/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which process a request is of. The kernel names a thread. What that belongs to is read from /proc
 * while the request waits for its answer, so that the thread is there, and once a second, so that
 * neither a number that was given to another thread nor another program in the same process goes
 * unnoticed for longer. In between an answer is a look into the worker's own table.
 */
#ifndef LICENSEFS_MOUNT_WHOSE_H
#define LICENSEFS_MOUNT_WHOSE_H

#include <licensefs/ledger.h>

#include "fs/mount/worker.h"

struct lic_whose;
struct lic_whose *lic_whose_new(void) _must_check_; /* NULL out of memory */
void lic_whose_free(struct lic_whose *t);	    /* NULL is allowed */

/* The number in a ledger of the process of a thread, which is told if it is new; 0 where it is not
 * known: a thread of another process id namespace. `uid` is that of the request. `second` is
 * another one each second. */
int64_t lic_whose_process(struct lic_whose *t, struct lic_ledger *l, struct lic_worker *w,
			  pid_t thread, uid_t uid, unsigned second) _nonnull_all_;

/* When a process started, in clock ticks since boot; 0 where that is not known. */
int64_t lic_whose_start(pid_t pid);

#endif
