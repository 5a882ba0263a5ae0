/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for the daemon of a mount that is unmounted: what it writes last, such as the end of a
 * ledger, is to be there when the command that unmounts it returns.
 */
#ifndef LICENSEFS_MOUNT_LEAVE_H
#define LICENSEFS_MOUNT_LEAVE_H

#include <stdbool.h>

#include <licensefs/macros.h>

/* A pidfd of the daemon that serves a mount of licensefs, -1 where it does not say who it is in a
 * moment. *ret_stuck: who asked is in the mount and cannot leave it, since the daemon is stopped or
 * does not get on. Forks. */
int lic_leave_whom(const char *mountpoint, bool *ret_stuck) _nonnull_all_;
/* Waits some seconds at most; -1 waits for nothing. */
void lic_leave_wait(int daemon);

#endif
