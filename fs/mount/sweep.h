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
/* Asks for a sweep that begins after this call; one that is under way begins again. */
void lic_sweeper_ask(struct lic_session *s) _nonnull_all_;
/* Ends the thread, in the middle of a sweep too. */
void lic_sweeper_stop(struct lic_session *s) _nonnull_all_;
void lic_sweeper_free(struct lic_session *s) _nonnull_all_;

#endif
