/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling the kernel to forget. Call only from threads that serve no request, holding no lock that
 * a request needs: the kernel waits for lookups in flight. What the kernel does not know is no
 * failure, so nothing here returns one.
 */
#ifndef LICENSEFS_MOUNT_NOTIFY_H
#define LICENSEFS_MOUNT_NOTIFY_H

#include "fs/mount/session.h"

/* A name in a directory of the store, in every view that is known: positive and negative lookups,
 * then the directory's listing. Like all that follows for a view, nothing is done where the kernel
 * knows nothing of the directory. */
void lic_notify_entry(struct lic_session *s, int64_t dir, const char *name, size_t n) _nonnull_all_;
/* The same for one view, without the listing; `expire`: the entry may still be there, keep what
 * stands below it. */
void lic_notify_view_entry(struct lic_session *s, const struct lic_known_view *v, int64_t dir,
			   const char *name, size_t n, bool expire) _nonnull_all_;
/* May the kernel know names of the directory in that view? */
bool lic_notify_knows(struct lic_session *s, const struct lic_known_view *v,
		      int64_t dir) _nonnull_all_;
/* The listing and attributes of a directory. */
void lic_notify_listing(struct lic_session *s, const struct lic_known_view *v,
			int64_t dir) _nonnull_all_;
void lic_notify_listing_at(struct lic_session *s, uint64_t ino) _nonnull_all_;
/* Attributes of a directory, whether anything in it is known or not. */
void lic_notify_dir(struct lic_session *s, const struct lic_known_view *v,
		    int64_t dir) _nonnull_all_;
/* Attributes of a file; with `data` its cached pages too, and who has it open gets errors. */
void lic_notify_file(struct lic_session *s, int64_t id, bool data) _nonnull_all_;
/* Attributes and cached pages of a state of a document (docs.h). */
void lic_notify_node(struct lic_session *s, uint64_t node) _nonnull_all_;
/* A view's name where the mount lists it. */
void lic_notify_made_entry(struct lic_session *s, const struct lic_known_view *v) _nonnull_all_;
/* What the mount itself makes: the root of all views, by-license, the control tree. */
void lic_notify_made(struct lic_session *s) _nonnull_all_;
/* A notification by a descriptor alone, where there is no session (any more). */
bool lic_notify_raw(int fuse, const void *message, size_t n) _nonnull_all_;
/* Newer kernels know it, older headers do not. */
#define LIC_NOTIFY_INC_EPOCH 8
/* Every lookup of the whole mount; false where the kernel cannot do that, or where it would break
 * an overlay that lies above the mount. */
bool lic_notify_epoch(struct lic_session *s) _nonnull_all_ _must_check_;

#endif
