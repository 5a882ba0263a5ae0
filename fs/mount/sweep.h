/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweeper: makes the kernel drop the bytes of every file that no view shows any more, after a
 * change that names no file: a view that was defined anew, rights that ended, a feed that does not
 * reach back. That takes a time that grows with the store, in which the follower must not wait; the
 * names are gone already, this is for those who have a file open.
 */
#ifndef LICENSEFS_MOUNT_SWEEP_H
#define LICENSEFS_MOUNT_SWEEP_H

#include "fs/mount/session.h"

/* Opens what the sweeper needs; call before mounting. */
int lic_sweeper_new(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
int lic_sweeper_start(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
/* The follower is done with a generation: the mount says so (lic_session.followed) at once, or,
 * where a sweep is asked for or under way, when that has ended. One that is asked for begins after
 * this call; one that is under way begins again then. */
void lic_sweeper_pass(struct lic_session *s, int64_t generation, bool sweep) _nonnull_all_;
/* Ends the thread, in the middle of a sweep too. */
void lic_sweeper_stop(struct lic_session *s) _nonnull_all_;
void lic_sweeper_free(struct lic_session *s) _nonnull_all_;

#endif
