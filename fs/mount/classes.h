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
/* Views that empty the same directories, which are told in one line. */
struct lic_emptiers {
	struct lic_buf views, what;
	size_t n;
};

/* Finds which directories a view empties, and says so of those before where theirs were others;
 * with LIC_CLASSES_FAIL that is an error (-EPERM). */
int lic_classes_check(struct lic_worker *w, const struct lic_known_view *v, struct lic_emptiers *e,
		      struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Says through the session's notice what is not said yet, and releases it. */
void lic_classes_say(const struct lic_session *s, struct lic_emptiers *e) _nonnull_all_;

#endif
