/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store's side of a file: opened below the store's root, and only if it is what was judged
 * [I9].
 */
#ifndef LICENSEFS_MOUNT_BACKING_H
#define LICENSEFS_MOUNT_BACKING_H

#include <sys/uio.h>

#include "fs/mount/worker.h"

/* An open file of the store, as it was when its identity was checked. */
struct lic_backing {
	int fd;
	struct stat st;
};

/*
 * Opens the file behind an entry that lic_worker_load() found visible and compares it with the
 * catalog's row; where the time stamps are too young to prove anything, its bytes too. A file that
 * differs, or is not there, is marked stale: -ESTALE. -EMFILE, -ENFILE, -EACCES, -EIO, -ENOMEM as
 * they are.
 */
int lic_backing_open(struct lic_worker *w, const struct lic_entry *e,
		     struct lic_backing *ret) _nonnull_all_ _must_check_;
/* Is it still this file that the entry's path leads to, and the judged one? Without opening it;
 * also false where only lic_backing_open() can tell. */
bool lic_backing_is(struct lic_worker *w, const struct lic_entry *e, dev_t dev,
		    ino_t node) _nonnull_all_ _must_check_;
void lic_backing_close(struct lic_backing *b) _nonnull_all_;
/* Reads exactly n bytes into `buf`: 0, -ESTALE where the file ends before, or another error. */
int lic_backing_read(struct lic_session *s, const struct lic_backing *b, void *buf, size_t n,
		     uint64_t off) _nonnull_all_ _must_check_;
/* The same into n buffers, one behind the other in the file; they are changed. At most IOV_MAX. */
int lic_backing_readv(struct lic_session *s, const struct lic_backing *b, struct iovec *v, int n,
		      uint64_t off) _nonnull_all_ _must_check_;
/* Is the open file still what it was? One whose name went to another file, or was removed, is. */
bool lic_backing_unchanged(const struct lic_backing *b) _nonnull_all_;

#endif
