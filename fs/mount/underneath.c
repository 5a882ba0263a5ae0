/* SPDX-License-Identifier: Apache-2.0 */
/* Looking below a mount. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fs/mount/underneath.h"
#include "fs/util/io.h"

#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000u
#endif

/* Nothing is wanted but what the kernel knows: a dead server cannot be asked. */
int lic_mount_identify(int fd, struct lic_mount_identity *ret)
{
	const int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT;
	struct statx st, unique;

	if (statx(fd, "", flags, STATX_MNT_ID, &st) < 0 ||
	    statx(fd, "", flags, STATX_MNT_ID_UNIQUE, &unique) < 0)
		return -errno;
	ret->major = st.stx_dev_major;
	ret->minor = st.stx_dev_minor;
	ret->id = st.stx_mask & STATX_MNT_ID ? st.stx_mnt_id : 0;
	ret->unique = unique.stx_mask & STATX_MNT_ID_UNIQUE ? unique.stx_mnt_id : 0;
	return 0;
}

int lic_mount_open_root(const char *path, struct lic_mount_identity *ret)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = lic_mount_identify(fd, ret);
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

bool lic_underneath_is_empty(int fd)
{
	/* "." does not climb onto what is mounted here */
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *e;
	bool empty = true;
	DIR *d = own >= 0 ? fdopendir(own) : NULL;

	if (!d) {
		lic_closep(&own);
		return false;
	}
	errno = 0;
	while (empty && (e = readdir(d)))
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	empty = empty && errno == 0;
	closedir(d);
	return empty;
}

struct place {
	dev_t dev;
	ino_t ino;
	uint64_t mount;
};

static bool find_place(int fd, struct place *ret)
{
	struct statx st;

	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &st) < 0)
		return false;
	ret->dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	ret->ino = st.stx_ino;
	ret->mount = st.stx_mask & STATX_MNT_ID ? st.stx_mnt_id : 0;
	return true;
}

static bool same(const struct place *a, const struct place *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

/* Is a directory the store's root, or may it lie below it? */
static bool in_store(int fd, int store)
{
	_cleanup_(lic_closep) int dir = openat(fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct place root, at, up;

	if (!find_place(dir, &at) || !find_place(store, &root))
		return true;
	/* the same filesystem mounted twice: the one may show a part of the other */
	if (at.dev == root.dev && at.mount != root.mount)
		return true;
	for (;;) {
		int next = openat(dir, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

		lic_closep(&dir);
		dir = next;
		if (same(&at, &root) || !find_place(dir, &up))
			return true;
		if (same(&up, &at))
			return false;
		at = up;
	}
}

int lic_underneath_open(const char *mountpoint, int store)
{
	int fd = open(mountpoint, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || (!in_store(fd, store) && lic_underneath_is_empty(fd)))
		return fd;
	close(fd);
	return -1;
}
