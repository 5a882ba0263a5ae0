/* SPDX-License-Identifier: Apache-2.0 */
/* Mounting the overlay. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/mount/scratch.h"
#include "fs/util/io.h"

static int make(int dir, const char *name, struct lic_error *err)
{
	int fd;

	if (mkdirat(dir, name, 0777) < 0 && errno != EEXIST)
		return lic_error_sys(err, errno, "cannot make '%s' in the scratch directory", name);
	fd = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? lic_error_sys(err, errno, "cannot use '%s' of the scratch directory", name)
		      : fd;
}

int lic_scratch_mount(const char *dir, const char *store, int view, struct lic_error *err)
{
	_cleanup_(lic_closep) int base = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_(lic_closep) int upper = -1, work = -1;
	char options[256];

	if (base < 0)
		return lic_error_sys(err, errno, "cannot use the scratch directory '%s'", dir);
	upper = make(base, "upper", err);
	if (upper < 0)
		return upper;
	work = make(base, "work", err);
	if (work < 0)
		return work;
	/* by descriptors: names may hold what the options use to separate them */
	snprintf(options, sizeof(options),
		 "lowerdir=/proc/self/fd/%d,upperdir=/proc/self/fd/%d,workdir=/proc/self/fd/%d,"
		 "userxattr,xino=on",
		 view, upper, work);
	if (mount("licensefs-scratch", store, "overlay", MS_NOSUID | MS_NODEV, options) == 0)
		return 0;
	if (errno == EINVAL || errno == EOPNOTSUPP || errno == ENODEV)
		return lic_error_sys(err, errno,
				     "the scratch directory '%s' cannot lie above the view; choose "
				     "one on a local filesystem with user extended attributes "
				     "(ext4, xfs, btrfs, tmpfs since Linux 6.6), not on an overlay",
				     dir);
	return lic_error_sys(err, errno, "cannot lay the scratch directory '%s' above the view",
			     dir);
}
