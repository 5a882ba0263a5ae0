/* SPDX-License-Identifier: Apache-2.0 */
/* Opening below a root without ever leaving it, reading whole ranges, asking where a file lies. */
#ifndef LICENSEFS_UTIL_IO_H
#define LICENSEFS_UTIL_IO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <licensefs/macros.h>

/* Opens `path` (relative, NUL-terminated) below the directory `root`: no symbolic link is followed,
 * the result is below root, O_CLOEXEC|O_NOFOLLOW|O_NOCTTY are added. A FIFO or device is never
 * waited for (O_NONBLOCK). Returns a descriptor or a negative errno; -EXDEV and -ELOOP mean that
 * the path would have left the root. Thread-safe. Without openat2(2), -ENOSYS. */
int lic_open_beneath(int root, const char *path, int flags) _nonnull_(2) _must_check_;

/* Reads exactly n bytes unless the file ends first; repeats after EINTR and short reads. Returns
 * the bytes read or a negative errno. */
ssize_t lic_pread_full(int fd, void *buf, size_t n, uint64_t off) _must_check_;

#define LIC_FSTYPE "fuse.licensefs" /* in the kernel's mount table */
/* Does a descriptor (O_PATH will do) lie on a mount of licensefs? */
bool lic_is_own_mount(int fd) _must_check_;

static inline int64_t lic_timespec_ns(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Wall clock in nanoseconds since the epoch. */
int64_t lic_now_ns(void);
/* By a clock that nobody sets. */
int64_t lic_monotonic_ns(void);
int64_t lic_monotonic_ms(void);

/* Closes a descriptor held in a variable: `_cleanup_(lic_closep) int fd = -1`. */
void lic_closep(int *fd);

#endif
