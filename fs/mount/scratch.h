/* SPDX-License-Identifier: Apache-2.0 */
/* An overlay above a view, for programs that write beside their data. */
#ifndef LICENSEFS_MOUNT_SCRATCH_H
#define LICENSEFS_MOUNT_SCRATCH_H

#include <licensefs/error.h>

/* Mounts it over `view` (O_PATH descriptor of what is mounted on the path `store`). What is written
 * lands in DIR/upper; DIR/work is the kernel's. Both are made. */
int lic_scratch_mount(const char *dir, const char *store, int view, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

#endif
