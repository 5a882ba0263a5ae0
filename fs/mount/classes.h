/* SPDX-License-Identifier: Apache-2.0 */
/* Class maps, and the warnings about directories that a view empties. */
#ifndef LICENSEFS_MOUNT_CLASSES_H
#define LICENSEFS_MOUNT_CLASSES_H

#include "fs/mount/worker.h"

/* Appends the class map of a view: a header line, then for each class directory its index in the
 * store, its path, its index in the view ("-" if it is not shown) and the number of images shown,
 * separated by tabs. Control characters, tabs and backslashes of paths are written \xHH. */
int lic_classes_text(struct lic_catalog *cat, struct lic_filter *f, struct lic_buf *out,
		     struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Writes the class map to a file, whole or not at all. */
int lic_classes_write(struct lic_worker *w, const struct lic_known_view *v, const char *path,
		      struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Finds which directories each of n views empties, and says so through the session's notice; with
 * LIC_CLASSES_FAIL that is an error (-EPERM). A mount begins with this: stores of very many
 * directories are searched only where it may fail, and the notice says so. */
int lic_classes_check(struct lic_worker *w, const struct lic_known_view *const *view, size_t n,
		      struct lic_error *err) _nonnull_(1, 2) _must_check_;

#endif
