/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a mount of all views makes itself: its root with a directory for each view, by-license/,
 * and the control tree MNT/.licensefs, which is reached by name and never listed.
 *
 *   .licensefs/README
 *   .licensefs/views/NAME/classes.tsv      class map of the view (docs: "class indices")
 *   .licensefs/views/NAME/expression       what the view asks for
 *   .licensefs/views/by-license/ID/...     the same for the views of by-license/
 *   .licensefs/snapshots/NAME/             what the snapshot shows
 *
 * A text is made when its name is looked up and gets a number of its own (the serial), so that a
 * reader never sees two versions mixed; the last LIC_TEXTS versions can be read.
 */
#ifndef LICENSEFS_MOUNT_CONTROL_H
#define LICENSEFS_MOUNT_CONTROL_H

#include "fs/mount/session.h"

#define LIC_TEXTS 64u
#define LIC_TEXT_MAX (64u << 20) /* bytes of one text */

struct lic_worker;
struct lic_listing;

int lic_control_new(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
void lic_control_free(struct lic_control *c);

/* For LIC_INODE_ROOT and LIC_INODE_MADE. All return 0 or a negative errno. */
int lic_control_attr(struct lic_worker *w, struct lic_inode n, struct stat *ret,
		     double *ret_timeout) _nonnull_all_ _must_check_;
int lic_control_lookup(struct lic_worker *w, struct lic_inode dir, const char *name,
		       struct fuse_entry_param *ret) _nonnull_all_ _must_check_;
/* Adds every name after offset `off` but "." and "..". */
int lic_control_list(struct lic_worker *w, struct lic_inode dir, off_t off,
		     struct lic_listing *l) _nonnull_all_ _must_check_;
/* Number of the directory above one of these, or above the root of a view. */
uint64_t lic_control_parent(struct lic_session *s, struct lic_inode n) _nonnull_all_;
/* Replies with a part of a text. */
void lic_control_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off);

#endif
