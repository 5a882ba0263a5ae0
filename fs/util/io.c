/* SPDX-License-Identifier: Apache-2.0 */
/* openat2(2) below a root, whole reads, and whose mount a file lies on. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fs/util/io.h"

static int open_once(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC | O_NOFOLLOW),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	/* EAGAIN: a rename elsewhere raced with the walk; the kernel asks to retry */
	for (int i = 0; i < 8; i++) {
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd >= 0 ? (int)fd : -errno;
}

/* Opens the longest leading part of *path that fits into PATH_MAX, and moves *path behind it. */
static int open_prefix(int root, const char **path)
{
	char part[PATH_MAX];
	size_t n = sizeof(part) - 1;

	while (n && (*path)[n] != '/')
		n--;
	if (!n)
		return -ENAMETOOLONG;
	memcpy(part, *path, n);
	part[n] = '\0';
	*path += n + 1;
	return open_once(root, part, O_PATH | O_DIRECTORY);
}

int lic_open_beneath(int root, const char *path, int flags)
{
	_cleanup_(lic_closep) int dir = -1;

	while (strlen(path) >= PATH_MAX) {
		int fd = open_prefix(dir >= 0 ? dir : root, &path);

		lic_closep(&dir);
		if (fd < 0)
			return fd;
		dir = fd;
	}
	if (!(flags & O_PATH))
		flags |= O_NOCTTY | O_NONBLOCK;
	return open_once(dir >= 0 ? dir : root, path, flags);
}

bool lic_is_own_mount(int fd)
{
	static const char type[] = " - " LIC_FSTYPE " ";
	unsigned long long id;
	struct statx x;
	bool own = false;
	char *line = NULL;
	size_t cap = 0;
	FILE *f;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &x) < 0 || !(x.stx_mask & STATX_MNT_ID))
		return false;
	f = fopen("/proc/self/mountinfo", "re");
	while (f && getline(&line, &cap, f) > 0) {
		if (sscanf(line, "%llu ", &id) == 1 && id == x.stx_mnt_id)
			own = strstr(line, type) != NULL;
	}
	free(line);
	if (f)
		fclose(f);
	return own;
}

ssize_t lic_pread_full(int fd, void *buf, size_t n, uint64_t off)
{
	size_t done = 0;

	while (done < n) {
		ssize_t r = pread(fd, (char *)buf + done, n - done, (off_t)(off + done));

		if (r < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (r == 0)
			break;
		done += (size_t)r;
	}
	return (ssize_t)done;
}

int64_t lic_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return lic_timespec_ns(t);
}

int64_t lic_monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return lic_timespec_ns(t);
}

int64_t lic_monotonic_ms(void)
{
	return lic_monotonic_ns() / 1000000;
}

void lic_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}
