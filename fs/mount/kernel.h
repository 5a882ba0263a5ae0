/* SPDX-License-Identifier: Apache-2.0 */
/* What changes the kernel for everybody, taken from a mount namespace of one's own. */
#ifndef LICENSEFS_MOUNT_KERNEL_H
#define LICENSEFS_MOUNT_KERNEL_H

#include "fs/mount/aliases.h"

/* For root; nothing for others, who may not write there. Every mount of a filesystem that steers
 * the kernel (sysfs, cgroup, binfmt_misc, tracefs, ...) becomes read-only, wherever it is, and of
 * every proc what is not about processes. -EPERM where one stays writable. */
int lic_kernel_lock(const struct lic_aliases *a, struct lic_error *err) _nonnull_(1) _must_check_;

#endif
