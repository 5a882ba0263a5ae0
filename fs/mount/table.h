/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's mount table, as far as licensefs needs it. */
#ifndef LICENSEFS_MOUNT_TABLE_H
#define LICENSEFS_MOUNT_TABLE_H

#include <licensefs/error.h>

#define LIC_FSTYPE "fuse.licensefs"

/* What is mounted on a path, topmost. */
enum lic_mounted { LIC_MOUNTED_NOTHING, LIC_MOUNTED_OTHER, LIC_MOUNTED_LICENSEFS };

/* `path` is absolute and canonical. On LICENSEFS, *ret_store (if not NULL) is malloc'ed. */
enum lic_mounted lic_table_find(const char *path, char **ret_store) _nonnull_(1);
/* Canonical absolute path (malloc'ed) of a path whose last component may be a dead mount; NULL with
 * errno. */
char *lic_table_canonical(const char *path) _nonnull_all_;
/* Detaches what is mounted: umount2(2) as root, else fusermount3. 0 or a negative errno. */
int lic_table_detach(const char *path, bool lazy) _nonnull_all_ _must_check_;

#endif
