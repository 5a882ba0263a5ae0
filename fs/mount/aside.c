/* SPDX-License-Identifier: Apache-2.0 */
/* A mount namespace without the dead mount. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <licensefs/mount.h>

#include "fs/mount/aside.h"
#include "fs/mount/table.h"
#include "fs/mount/underneath.h"
#include "fs/util/io.h"

#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH 0x00000200
#endif
#define OWN_NAMESPACE "/proc/self/ns/mnt"

/* Where the process came from: namespace and root directory; -1: it is there. */
static int home = -1, home_root = -1;

bool lic_aside_is_dead(const char *mountpoint)
{
	struct statx st;

	return lic_table_find(mountpoint, NULL) == LIC_MOUNTED_LICENSEFS &&
	       statx(AT_FDCWD, mountpoint, AT_STATX_FORCE_SYNC | AT_NO_AUTOMOUNT, STATX_MODE, &st) <
		       0 &&
	       (errno == ENOTCONN || errno == ECONNABORTED);
}

/* What is unmounted at home goes here too; what is unmounted here stays there. */
static int drop_dead(const char *mountpoint)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return -errno;
	while (lic_aside_is_dead(mountpoint))
		if (umount2(mountpoint, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
			return -errno;
	return 0;
}

static void stay_home(void)
{
	lic_closep(&home);
	lic_closep(&home_root);
}

int lic_aside_bury(const char *mountpoint, struct lic_error *err)
{
	/* its supervisor may be about it too */
	while (lic_aside_is_dead(mountpoint))
		if (lic_table_detach(mountpoint, true, err) < 0 && lic_aside_is_dead(mountpoint))
			return lic_error_prefix(err, "the mount there is dead");
	return 0;
}

int lic_aside_go(const char *mountpoint, struct lic_error *err)
{
	int r;

	if (home >= 0)
		return 0;
	home = open(OWN_NAMESPACE, O_RDONLY | O_CLOEXEC);
	home_root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (home < 0 || home_root < 0 || unshare(CLONE_NEWNS) < 0) {
		r = -errno;
		stay_home();
	} else {
		r = drop_dead(mountpoint);
		/* where not even that works, this process is lost */
		if (r < 0 && lic_aside_return(err) < 0)
			return -EIO;
	}
	return r < 0 ? lic_error_sys(err, -r, "cannot look below the dead mount on '%s'",
				     mountpoint)
		     : 0;
}

int lic_aside_return(struct lic_error *err)
{
	if (home < 0)
		return 0;
	/* the namespace with all that is mounted in it lasts as long as somebody has it open: the
	 * descriptors of the store and the catalog lead into it */
	if (open(OWN_NAMESPACE, O_RDONLY | O_CLOEXEC) < 0 || setns(home, CLONE_NEWNS) < 0 ||
	    fchdir(home_root) < 0 || chroot(".") < 0)
		return lic_error_sys(err, errno, "cannot return to where the dead mount is");
	stay_home();
	return 0;
}

static bool is_topmost(const char *mountpoint, int tree)
{
	struct lic_mount_identity own, top;
	int fd = lic_mount_open_root(mountpoint, &top);
	bool is = fd >= 0 && lic_mount_identify(tree, &own) == 0 &&
		  lic_mount_identity_equal(&own, &top);

	lic_closep(&fd);
	return is;
}

/* Takes what is dead from above the mount, which is not asked: nobody answers for it yet. */
static int unveil(const char *mountpoint, int tree, struct lic_error *err)
{
	while (!is_topmost(mountpoint, tree) && lic_aside_is_dead(mountpoint))
		if (lic_table_detach(mountpoint, true, err) < 0)
			return lic_error_prefix(err, "the mount there is dead");
	return 0;
}

int lic_aside_bring(const char *mountpoint, struct lic_error *err)
{
	_cleanup_(lic_closep) int tree = -1;
	int r;

	if (home < 0)
		return 0;
	/* only a copy that is mounted nowhere may go to another namespace */
	tree = open_tree(AT_FDCWD, mountpoint, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0 || umount2(mountpoint, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return lic_error_sys(err, errno, "cannot bring the mount to '%s'", mountpoint);
	r = lic_aside_return(err);
	if (r < 0)
		return r;
	if (move_mount(tree, "", AT_FDCWD, mountpoint,
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH) == 0)
		return unveil(mountpoint, tree, err);
	r = lic_aside_bury(mountpoint, err);
	if (r == 0 && move_mount(tree, "", AT_FDCWD, mountpoint, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		r = lic_error_sys(err, errno, "cannot bring the mount to '%s'", mountpoint);
	return r;
}
