/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's mount table, as far as licensefs needs it. */
#ifndef LICENSEFS_MOUNT_TABLE_H
#define LICENSEFS_MOUNT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <licensefs/error.h>

/* One mount; strings are unescaped but for those that `options` escapes itself. */
struct lic_table_row {
	uint64_t id, parent; /* the mount that it is mounted on */
	char *device;	     /* "MAJOR:MINOR" of the filesystem */
	char *root;	     /* what of the filesystem it shows */
	char *mountpoint, *type, *source;
	char *options; /* of the filesystem; NULL for none */
	bool readonly; /* the mount, if not the filesystem */
};
/* All of this mount namespace, those that lie below before those on them. Ends with the first
 * result of `fn` that is not 0, and returns it. */
int lic_table_each(int (*fn)(void *ctx, const struct lic_table_row *row), void *ctx,
		   struct lic_error *err) _nonnull_(1);

/* What is mounted on a path, topmost. */
enum lic_mounted { LIC_MOUNTED_NOTHING, LIC_MOUNTED_OTHER, LIC_MOUNTED_LICENSEFS };

/* `path` is absolute and canonical. On LICENSEFS, *ret_store (if not NULL) is malloc'ed. */
enum lic_mounted lic_table_find(const char *path, char **ret_store) _nonnull_(1);
/* Every place in this mount namespace where all of a filesystem is mounted; ends with the first
 * result of `fn` that is not 0, and returns it. */
int lic_table_paths(unsigned major, unsigned minor, int (*fn)(void *ctx, const char *path),
		    void *ctx) _nonnull_(3);
/* Is anything mounted on a mount, by its id in the table, or below its root? So too where the table
 * cannot be read. */
bool lic_table_has_mounts_on(uint64_t id);
/* Does an overlay in this mount namespace have a layer on the mount at `path`, or may it? True
 * where that cannot be found out. */
bool lic_table_under_overlay(const char *path) _nonnull_all_;
/* Canonical absolute path (malloc'ed) of a path whose last component may be a dead mount; NULL with
 * errno. */
char *lic_table_canonical(const char *path) _nonnull_all_;
/* How LIC_MOUNT_XATTR names a catalog, by its file. */
void lic_table_catalog(const struct stat *st, char *ret, size_t n) _nonnull_all_;
/* Unmounts: umount2(2) as root, else fusermount3. -EBUSY where it is in use and not `lazy`. */
int lic_table_detach(const char *path, bool lazy, struct lic_error *err) _nonnull_(1) _must_check_;

#endif
