/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeping the ledger of a job (-o job=) [I15].
 *
 * Whoever answers an OPEN, or where the kernel opens by itself a READ, says so before the answer.
 * One thread writes that once a second, and what became visible or hidden, which it finds out by
 * itself from the change feed when the follower has told the kernel; after what no row of the feed
 * tells it looks at everything. What was opened and is not among what could be seen is added to it.
 *
 * What cannot be written never stops serving; the mount says so of itself.
 */
#ifndef LICENSEFS_MOUNT_RECORD_H
#define LICENSEFS_MOUNT_RECORD_H

#include "fs/mount/worker.h"

/* Makes the ledger, or opens the one to go on with; before mounting, the views are open. Does
 * nothing where no job is asked for, as all of these. */
int lic_recorder_new(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
/* The mount is about to serve: writes that, and starts the thread. */
int lic_recorder_start(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
/* Nobody serves any more: writes what is left, and that it has ended. */
void lic_recorder_stop(struct lic_session *s) _nonnull_all_;
void lic_recorder_free(struct lic_session *s) _nonnull_all_;

/* An entry was opened, by the process of a request that waits for its answer. */
void lic_recorder_open(struct lic_session *s, fuse_req_t req, int64_t entry) _nonnull_all_;
/* It was read, and the kernel opens by itself. */
void lic_recorder_read(struct lic_session *s, int64_t entry) _nonnull_all_;
/* The follower is done with a batch; `all`: anything may be visible or hidden that the feed does
 * not name. */
void lic_recorder_follow(struct lic_session *s, bool all) _nonnull_all_;
/* What does not work, in words; nothing if all does. Thread-safe. */
void lic_recorder_trouble(struct lic_session *s, struct lic_buf *ret) _nonnull_all_;

#endif
