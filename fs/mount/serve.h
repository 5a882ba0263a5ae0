/* SPDX-License-Identifier: Apache-2.0 */
/* The FUSE session: mounted, served, unmounted. */
#ifndef LICENSEFS_MOUNT_SERVE_H
#define LICENSEFS_MOUNT_SERVE_H

#include "fs/mount/daemon.h"
#include "fs/mount/session.h"

/* Mounts, says so through `d` once the kernel has been answered, and serves with at most n threads
 * until unmounted or told to end by SIGTERM, SIGINT or SIGHUP. */
int lic_serve(struct lic_session *s, unsigned n, struct lic_daemon *d, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;

#endif
