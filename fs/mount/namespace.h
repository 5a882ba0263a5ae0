/* SPDX-License-Identifier: Apache-2.0 */
/* User and mount namespaces of a process's own. */
#ifndef LICENSEFS_MOUNT_NAMESPACE_H
#define LICENSEFS_MOUNT_NAMESPACE_H

#include <licensefs/error.h>

/*
 * Enters a new user and mount namespace, in which every user and group that the caller's knows is
 * the same as before if the caller is root there, else the caller alone. What is mounted outside
 * afterwards does not come in. What was mounted before cannot be unmounted, moved, or looked under
 * by who enters a second one from there. One thread. Forks.
 */
int lic_namespace_enter(struct lic_error *err) _must_check_;

#endif
