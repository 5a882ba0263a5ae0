/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going into the background without losing what there is to say: the daemon's notices, its failure
 * and its readiness travel to the waiting parent through a pipe.
 */
#ifndef LICENSEFS_MOUNT_DAEMON_H
#define LICENSEFS_MOUNT_DAEMON_H

#include <licensefs/mount.h>

#include "fs/mount/elsewhere.h"

struct lic_daemon {
	int fd;	  /* -1: in the foreground, or the parent has been told */
	int link; /* where the parent hands the mount over; -1: the daemon makes it */
	void (*notice)(void *ctx, const char *line); /* of the foreground */
	void *ctx;
};

#define LIC_DAEMON_INIT                                                                            \
	{                                                                                          \
		-1, -1, NULL, NULL                                                                 \
	}

/* Forks. In the child returns 0 with *ret filled; in the parent 1 when the child is ready, or a
 * negative errno with the child's message. `e` NULL: the child makes the mount; else it is a child
 * of the caller no more, and keeps none of its descriptors but 0, 1 and 2. */
int lic_daemon_fork(const struct lic_mount_options *o, const struct lic_elsewhere *e,
		    struct lic_daemon *ret, struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Has the parent make the mount, and takes it, with the link. */
int lic_daemon_take(struct lic_daemon *d, struct lic_handover *ret) _nonnull_all_ _must_check_;
/* Passes a line on, to whoever listens still; a lic_mount_options.notice. */
void lic_daemon_notice(void *daemon, const char *line) _nonnull_all_;
/* The child failed. */
void lic_daemon_fail(struct lic_daemon *d, const struct lic_error *err) _nonnull_all_;
/* The mount serves: lets go of the terminal and the working directory. False if the parent is
 * gone, and with it whoever wanted the mount. */
bool lic_daemon_ready(struct lic_daemon *d) _nonnull_all_ _must_check_;

#endif
