/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where else in this mount namespace the store, or a part of it, comes to light.
 *
 * A part is a directory or file of a filesystem. The store is one, and so is what is mounted below
 * it. What an overlay or a FUSE filesystem makes of a layer is a part of that filesystem, and the
 * other way round; a network filesystem that is mounted twice is one. Every mount that shows a
 * part, what is above it, or what is below, is an alias, under whatever path.
 */
#ifndef LICENSEFS_MOUNT_ALIASES_H
#define LICENSEFS_MOUNT_ALIASES_H

#include <stdint.h>

#include "fs/mount/table.h"

struct lic_alias {
	char *path;	/* where it is, absolute */
	char *relative; /* what it is: a path in the store, "" the store itself */
	uint64_t mount; /* id of the mount that shows it there */
	bool nothing;	/* to be covered with nothing */
};

struct lic_aliases {
	struct lic_alias *item;
	size_t n;
	/* The mount table it was found in. */
	struct lic_table_row *row;
	size_t n_rows;
};

/* `store` is canonical and nothing of licensefs lies over it yet. Its own path is no alias, nor is
 * what is below it. -ENOTSUP where a mount does not tell what it shows. */
int lic_aliases_find(struct lic_aliases *a, const char *store, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
void lic_aliases_release(struct lic_aliases *a);
/* Covers them: with what the directory `view` (O_PATH) has under the same name, or with nothing.
 * The view lies over the store already. */
int lic_aliases_cover(const struct lic_aliases *a, int view, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* O_PATH; through no symbolic link. -errno. */
int lic_open_exactly(const char *path) _nonnull_all_;
/* The id in the mount table of the mount that a descriptor is on; 0 where that is not known. */
uint64_t lic_mount_number(int fd);
/* Is an absolute path the store's, an alias', or below? */
bool lic_aliases_has(const struct lic_aliases *a, const char *store,
		     const char *path) _nonnull_all_;
/* Is a path another one, or below it? "/" has all. Both are canonical. */
bool lic_path_under(const char *path, const char *dir) _nonnull_all_;

#endif
