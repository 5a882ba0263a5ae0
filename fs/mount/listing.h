/* SPDX-License-Identifier: Apache-2.0 */
/* The reply to one READDIR, being filled. */
#ifndef LICENSEFS_MOUNT_LISTING_H
#define LICENSEFS_MOUNT_LISTING_H

#include "fs/mount/session.h"

/* Offsets: 1 behind ".", 2 behind "..", then LIC_OFF_FIRST + what the directory counts by, which
 * is the id of an entry or the number of a view. */
#define LIC_OFF_DOT 1
#define LIC_OFF_DOTDOT 2
#define LIC_OFF_FIRST 3

struct lic_listing {
	fuse_req_t req;
	char *buf;
	size_t size, used;
	bool plus;
	int64_t budget; /* see lic_docs_param() */
	uint64_t *node; /* n_nodes of documents that the reply tells of; owned */
	size_t n_nodes;
};

/* Adds a name that `off` stands behind; false where it did not fit. With `plus`, `e` is what a
 * lookup would answer (its ino 0: attributes not offered); else only its attr.st_ino and the type
 * in attr.st_mode are read. */
bool lic_listing_add(struct lic_listing *l, const char *name, const struct fuse_entry_param *e,
		     off_t off) _nonnull_all_ _must_check_;

#endif
