/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The follower: the thread that notices commits to the catalog and makes the kernel forget.
 *
 * It wakes when the catalog's directory reports a write, and every 50 ms in any case; reads the
 * change feed; and only then, with no statement open and no lock held, invalidates. A feed that no
 * longer reaches back, or more than LIC_FORGET_MANY changes, make it forget everything; so do views
 * that are defined anew and rights that end, which no row of the feed tells. As long as the catalog
 * cannot be read, the kernel is told to cache nothing; where it was removed, replaced, put back to
 * an older state, or migrated by a newer licensefs, it is told nothing at all.
 */
#ifndef LICENSEFS_MOUNT_FOLLOW_H
#define LICENSEFS_MOUNT_FOLLOW_H

#include "fs/mount/session.h"

#define LIC_FOLLOW_POLL_MS 50

/* Opens what the follower needs; call before mounting. */
int lic_follower_new(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
int lic_follower_start(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
/* Ends the thread; the session must still be serving, or be disconnected already. */
void lic_follower_stop(struct lic_session *s) _nonnull_all_;
void lic_follower_free(struct lic_session *s) _nonnull_all_;

#endif
