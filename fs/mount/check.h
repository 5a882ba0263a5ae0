/* SPDX-License-Identifier: Apache-2.0 */
/* What can be known to be wrong before mounting, said with the remedy. */
#ifndef LICENSEFS_MOUNT_CHECK_H
#define LICENSEFS_MOUNT_CHECK_H

#include "fs/mount/session.h"

/* Options that contradict each other. */
int lic_check_options(const struct lic_mount_options *o, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Those beside snapshot=. */
int lic_check_snapshot(const struct lic_mount_options *o, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Is FUSE there, and may this user use it so? */
int lic_check_fuse(const struct lic_mount_options *o, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Checks the mount point and finds its canonical path (malloc'ed). Where a dead mount of licensefs
 * is, this process does not see it any more after (aside.h). `store` is canonical. */
int lic_check_mountpoint(const char *path, const char *store, char **ret, struct lic_error *err)
	_nonnull_(1, 2, 3) _must_check_;

#endif
