/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mounting again where a dead mount lies, without ever uncovering what it covers: the process goes
 * to a mount namespace of its own in which the dead mount is not, looks at the store and gets ready
 * there, and returns only to put the new mount in the place of the dead one. Only root can; others
 * uncover it for as long.
 *
 * Process-wide, as a namespace is. Only while there is one thread.
 */
#ifndef LICENSEFS_MOUNT_ASIDE_H
#define LICENSEFS_MOUNT_ASIDE_H

#include <stdbool.h>

#include <licensefs/error.h>

/* Is a mount of licensefs on a path (canonical) that nobody serves? Never believes a cache. */
bool lic_aside_is_dead(const char *mountpoint) _nonnull_all_;
/* Leaves the dead mount behind. -EPERM where this process may not. */
int lic_aside_go(const char *mountpoint, struct lic_error *err) _nonnull_(1) _must_check_;
/* Back to where the process came from; nothing if it never left. The working directory is "/" then.
 */
int lic_aside_return(struct lic_error *err) _must_check_;
/* The same with what is mounted on `mountpoint` here, which takes the place of the dead mount; at
 * once where the kernel can (Linux 6.5). */
int lic_aside_bring(const char *mountpoint, struct lic_error *err) _nonnull_(1) _must_check_;
/* Detaches the dead mounts of licensefs on a path, if there are any. */
int lic_aside_bury(const char *mountpoint, struct lic_error *err) _nonnull_(1) _must_check_;

#endif
