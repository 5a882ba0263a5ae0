/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors that a process got from whoever started it. */
#ifndef LICENSEFS_MOUNT_INHERITED_H
#define LICENSEFS_MOUNT_INHERITED_H

#include <licensefs/mount.h>

#include "fs/mount/aliases.h"

/*
 * Closes those from 3 on by which the store could be reached: directories (which lead to where the
 * store is not covered), files of the store, block devices, and what hides what it has (io_uring,
 * processes, namespaces, O_PATH). Pipes, sockets, terminals, other devices and other files stay.
 * Says so through o->notice. -EPERM where 0, 1 or 2 is such a one.
 */
int lic_inherited_close(const struct lic_mount_options *o, const struct lic_aliases *a,
			const char *store, struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

#endif
