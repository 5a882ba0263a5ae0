/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a mount: a kernel that cannot move the epoch of a mount (FAULT_EPOCH), a system
 * that can start no further process after so many (FAULT_FORKS). Preloaded into a writer: a disk
 * that is full after so many bytes of the write-ahead log (FAULT_SPACE). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define INC_EPOCH 8

static int is_epoch(const void *p, size_t n)
{
	int32_t error;

	if (n != 16 || !getenv("FAULT_EPOCH"))
		return 0;
	memcpy(&error, (const char *)p + 4, sizeof(error));
	return error == INC_EPOCH;
}

ssize_t write(int fd, const void *p, size_t n)
{
	ssize_t (*next)(int, const void *, size_t) =
		(ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");

	if (!is_epoch(p, n))
		return next(fd, p, n);
	errno = EINVAL;
	return -1;
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
	ssize_t (*next)(int, const struct iovec *, int) =
		(ssize_t(*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");

	if (n != 1 || !is_epoch(v->iov_base, v->iov_len))
		return next(fd, v, n);
	errno = EINVAL;
	return -1;
}

pid_t fork(void)
{
	static int forks;
	pid_t (*next)(void) = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");
	const char *limit = getenv("FAULT_FORKS");

	if (!limit || forks++ < atoi(limit))
		return next();
	errno = EAGAIN;
	return -1;
}

static int is_log(int fd)
{
	char path[64], name[4096];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, name, sizeof(name));
	return n > 4 && memcmp(name + n - 4, "-wal", 4) == 0;
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t off)
{
	static long long written;
	ssize_t (*next)(int, const void *, size_t, off64_t) =
		(ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
	const char *space = getenv("FAULT_SPACE");

	if (space && is_log(fd)) {
		written += (long long)n;
		if (written > atoll(space)) {
			errno = ENOSPC;
			return -1;
		}
	}
	return next(fd, p, n, off);
}
