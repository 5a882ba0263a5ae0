/* SPDX-License-Identifier: Apache-2.0 */
/* Covering other ways to the store with the view, or with nothing. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/mount/aliases.h"
#include "fs/util/io.h"

static int cover_by(int source, int target)
{
	char from[64], to[64];

	snprintf(from, sizeof(from), "/proc/self/fd/%d", source);
	snprintf(to, sizeof(to), "/proc/self/fd/%d", target);
	return mount(from, to, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

static int cover_by_nothing(int target, bool dir)
{
	char to[64];

	snprintf(to, sizeof(to), "/proc/self/fd/%d", target);
	if (dir)
		return mount("licensefs", to, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
			     "mode=555,size=4k,nr_inodes=2") < 0
			       ? -errno
			       : 0;
	return mount("/dev/null", to, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

static int cover(const struct lic_alias *alias, int view)
{
	_cleanup_(lic_closep) int target = lic_open_exactly(alias->path);
	_cleanup_(lic_closep) int same = -1, after = -1;
	struct stat st, shown;
	int r;

	/* something else lies over it, or nobody can get there */
	if (target < 0 || lic_mount_number(target) != alias->mount)
		return target == -ENOMEM || target == -EMFILE ? target : 0;
	if (alias->nothing) {
		/* it may not answer us */
		r = cover_by_nothing(target, true);
		if (r == -ENOTDIR)
			r = cover_by_nothing(target, false);
		return r;
	}
	if (fstat(target, &st) < 0)
		return -errno;
	same = openat(view, *alias->relative ? alias->relative : ".",
		      O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (same >= 0 && fstat(same, &shown) == 0 &&
	    S_ISDIR(st.st_mode) == S_ISDIR(shown.st_mode) && !S_ISLNK(shown.st_mode))
		r = cover_by(same, target);
	else
		r = cover_by_nothing(target, S_ISDIR(st.st_mode));
	if (r < 0)
		return r;
	after = lic_open_exactly(alias->path);
	return after >= 0 && lic_mount_number(after) != alias->mount ? 0 : -EBUSY;
}

int lic_aliases_cover(const struct lic_aliases *a, int view, struct lic_error *err)
{
	for (size_t i = 0; i < a->n; i++) {
		int r = cover(&a->item[i], view);

		if (r < 0)
			return lic_error_sys(err, -r,
					     "the store is at '%s', too, and that cannot be "
					     "covered; unmount it there",
					     a->item[i].path);
	}
	return 0;
}
