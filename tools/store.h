/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The STORE operand: its directory, its catalog, and the paths below it that people name.
 */
#ifndef LICENSEFS_TOOLS_STORE_H
#define LICENSEFS_TOOLS_STORE_H

#include <stdbool.h>

#include <licensefs/catalog.h>

struct store {
	char *path;		 /* absolute, without symbolic links */
	const char *catalog;	 /* --catalog, or LICENSEFS_CATALOG, or NULL; not owned */
	struct lic_catalog *cat; /* NULL until store_open() */
};

/* Resolves the directory; `catalog` is --catalog or NULL. */
int store_init(struct store *s, const char *given, const char *catalog, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* -EINVAL where the directory lies in a mount of licensefs: `err` names the store. */
int store_refuse_mount(const struct store *s, struct lic_error *err) _nonnull_(1) _must_check_;
/* Opens the catalog, for writing too if `write`. */
int store_open(struct store *s, bool write, struct lic_error *err) _nonnull_(1) _must_check_;
void store_release(struct store *s) _nonnull_all_;

/*
 * Appends the path relative to the store of what a person named: a path relative to the store, or
 * an absolute one below the store or below one of its mounts (MNT/VIEW/path where the mount shows
 * all views). The last component is taken as it is, a symbolic link or glob too, and need not
 * exist. Slashes at the end and "." are dropped; "" is the store. -EINVAL where the path leaves
 * the store.
 */
int store_resolve(const struct store *s, const char *given, struct lic_buf *out,
		  struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* People complete paths against the working directory: says which path of the store `given` would
 * be there, if any. For a path that finds nothing. */
void store_hint(const struct store *s, const char *given) _nonnull_all_;
/* The nearest thing above the path `path[0..*n)` of the store that the catalog knows: 0 with its
 * entry and, in *n, how much of the path leads there; -ENOENT where there is none. */
int store_above(const struct store *s, const char *path, size_t *n, struct lic_entry *ret,
		struct lic_error *err) _nonnull_(1, 2, 3, 4) _must_check_;

#endif
