/* SPDX-License-Identifier: Apache-2.0 */
/* How a process ended that is no child of this one. */
#ifndef LICENSEFS_MOUNT_OUTCOME_H
#define LICENSEFS_MOUNT_OUTCOME_H

#include <licensefs/ledger.h>
#include <sys/types.h>

/*
 * Of a process that its pidfd says has ended: `started` as lic_whose_start() found it. The kernel
 * tells by the pidfd when its parent has asked for it (Linux 6.15), and in /proc until then; where
 * neither can be had it is UNKNOWN. Sets *ret_status unless that.
 */
enum lic_ledger_outcome lic_outcome_of(int pidfd, pid_t pid, int64_t started,
				       int *ret_status) _nonnull_all_;

#endif
