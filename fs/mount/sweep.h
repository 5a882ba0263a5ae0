/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweeper: makes the kernel drop the bytes of many files that no view shows any more, beside
 * the follower, which must not wait for that: names go first, this is for those who have a file
 * open. The follower names files, or none: after a view that was defined anew, rights that ended, a
 * feed that does not reach back, all of the store has to be looked at. Named ones come first.
 */
#ifndef LICENSEFS_MOUNT_SWEEP_H
#define LICENSEFS_MOUNT_SWEEP_H

#include "fs/mount/forget.h"

/* Opens what the sweeper needs; call before mounting. */
int lic_sweeper_new(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
int lic_sweeper_start(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
enum lic_sweep { LIC_SWEEP_NONE, LIC_SWEEP_HIDDEN, LIC_SWEEP_ATTRIBUTES };

/* Takes over files whose bytes are to be forgotten where no view shows them; they are looked up
 * after this call. Where some are missing (failed) all of the store is swept. */
void lic_sweeper_add(struct lic_session *s, struct lic_ids *files) _nonnull_all_;
/* The same for all files of a directory. */
void lic_sweeper_add_dir(struct lic_session *s, int64_t dir) _nonnull_all_;
/* The follower is done with a generation: the mount says so (lic_session.followed) at once, or,
 * where there is something to sweep, when that has ended. A sweep of all that is asked for begins
 * after this call; one that is under way begins again then. */
void lic_sweeper_pass(struct lic_session *s, int64_t generation,
		      enum lic_sweep sweep) _nonnull_all_;
/* What kept the mount from saying so may be over. */
void lic_sweeper_publish(struct lic_session *s) _nonnull_all_;
/* Ends the thread, in the middle of a sweep too. */
void lic_sweeper_stop(struct lic_session *s) _nonnull_all_;
void lic_sweeper_free(struct lic_session *s) _nonnull_all_;

#endif
