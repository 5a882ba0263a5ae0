/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which mode serves a mount: what was asked for, or the fastest that can be had.
 *
 * Three steps, since what can be had comes out bit by bit: lic_tier_plan() before the session
 * (who we are, what libfuse is), lic_tier_negotiate() while the kernel says what it offers, and
 * lic_tier_settle() once it has agreed, before any other request is answered.
 */
#ifndef LICENSEFS_MOUNT_TIER_H
#define LICENSEFS_MOUNT_TIER_H

#include "fs/mount/session.h"

/* Fails where a mode was asked for that cannot be had. Sets `uring`. */
int lic_tier_plan(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
/* Threads that libfuse starts beside those it is told to: each needs a worker. */
unsigned lic_tier_extra_threads(const struct lic_session *s) _nonnull_all_;
/* The -o options for libfuse: "" or ",...". */
const char *lic_tier_options(const struct lic_session *s) _nonnull_all_;
/* Called by INIT. */
void lic_tier_negotiate(struct lic_session *s, struct fuse_conn_info *conn) _nonnull_all_;
/* Sets the mode that runs, and says which. */
int lic_tier_settle(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;

/* For INIT: a capability where the kernel has it, or not even there. */
void lic_want(struct fuse_conn_info *conn, uint64_t flag) _nonnull_all_;
void lic_refuse(struct fuse_conn_info *conn, uint64_t flag) _nonnull_all_;

#endif
