/* SPDX-License-Identifier: Apache-2.0 */
/* The directory that a mount lies over: what would show if the mount went away. */
#ifndef LICENSEFS_MOUNT_UNDERNEATH_H
#define LICENSEFS_MOUNT_UNDERNEATH_H

#include <stdbool.h>
#include <stdint.h>

#include <licensefs/error.h>

/* Which mount is meant, whatever is mounted at its place later. */
struct lic_mount_identity {
	unsigned major, minor; /* of the filesystem; used again when that is gone */
	uint64_t id;	       /* in the mount table; used again too */
	uint64_t unique;       /* never used again; 0: the kernel has none (before Linux 6.8) */
};
static inline bool lic_mount_identity_equal(const struct lic_mount_identity *a,
					    const struct lic_mount_identity *b)
{
	return a->major == b->major && a->minor == b->minor && a->id == b->id &&
	       a->unique == b->unique;
}

/* Which mount a descriptor (O_PATH will do) lies on; asks nothing of who serves it. */
int lic_mount_identify(int fd, struct lic_mount_identity *ret) _nonnull_all_;
/* Opens the root of what is mounted on `path`, topmost, asking nothing of who serves it: a
 * descriptor (O_PATH) or a negative errno. */
int lic_mount_open_root(const char *path, struct lic_mount_identity *ret) _nonnull_all_;

/* Opens the directory itself, before the mount; -1 where it cannot be read, or where files would
 * come to light there: it is not empty, or it is the store's root or lies in the store. `store`
 * is a descriptor of the store's root. */
int lic_underneath_open(const char *mountpoint, int store) _nonnull_(1);
/* Is it empty now, seen past what is mounted on it? */
bool lic_underneath_is_empty(int fd);

#endif
