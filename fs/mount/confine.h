/* SPDX-License-Identifier: Apache-2.0 */
/* What else could lead to the store, taken from a mount namespace of one's own. */
#ifndef LICENSEFS_MOUNT_CONFINE_H
#define LICENSEFS_MOUNT_CONFINE_H

#include "fs/mount/aliases.h"

/* Covers disks and other raw devices in /dev that the process may open, and lets devices work
 * nowhere else. */
int lic_confine_devices(const struct lic_aliases *a, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Is it a disk, or a device that leads to disks or memory? */
bool lic_confine_is_raw(const struct stat *st) _nonnull_all_;
/* Covers a catalog that is not to be read, the files beside it with SQLite's suffixes, and the
 * ledgers of its jobs; nothing where it is not there. */
int lic_confine_catalog(const char *path, struct lic_error *err) _nonnull_(1) _must_check_;
/* From now on this process and its children can neither make snapshots of a filesystem (btrfs,
 * bcachefs), in which the store would be uncovered, nor type into a terminal, where a shell outside
 * would take it for its user's words. Needs CAP_SYS_ADMIN in the user namespace. */
int lic_confine_calls(struct lic_error *err) _must_check_;

#endif
