/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a mount that nobody serves any more. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "fs/mount/bury.h"
#include "fs/mount/notify.h"
#include "fs/mount/table.h"
#include "fs/util/io.h"

/* While the kernel keeps the connection its filesystem exists, and no other has its number. */
static bool is_connected(int fuse)
{
	struct pollfd p = { fuse, POLLIN, 0 };

	return poll(&p, 1, 0) >= 0 && !(p.revents & (POLLERR | POLLNVAL));
}

/* The root of the mount, if it is the topmost at its place; or -1. */
static int find_mount(const struct lic_grave *g)
{
	struct lic_mount_identity at;
	int fd = lic_mount_open_root(g->mountpoint, &at);

	if (fd >= 0 && lic_mount_identity_equal(&at, &g->identity) &&
	    (at.unique || is_connected(g->fuse)))
		return fd;
	lic_closep(&fd);
	return -1;
}

/* Every name, then what is cached of the root, to which no name leads. */
static void forget(int fuse)
{
	const struct {
		struct fuse_out_header head;
		struct fuse_notify_inval_inode_out body;
	} root = { { sizeof(root), FUSE_NOTIFY_INVAL_INODE, 0 }, { FUSE_ROOT_ID, 0, 0 } };
	const struct fuse_out_header epoch = { sizeof(epoch), LIC_NOTIFY_INC_EPOCH, 0 };

	/* a kernel that does not know the former was told nothing for long (LIC_TIMEOUT_BRIEF) */
	lic_notify_raw(fuse, &epoch, sizeof(epoch));
	lic_notify_raw(fuse, &root, sizeof(root));
}

/* Ends requests in flight. Closing the connection would, but a thread of the daemon that the kernel
 * cannot kill because it waits for one of them keeps it open. False where it cannot be done so. */
static bool abort_connection(const struct lic_grave *g)
{
	char path[64];
	bool done;
	int fd;

	snprintf(path, sizeof(path), "/sys/fs/fuse/connections/%u/abort", g->identity.minor);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	done = fd >= 0 && write(fd, "1", 1) == 1;
	lic_closep(&fd);
	return done;
}

/* The descriptor names this mount and no other, whatever happens at the path meanwhile. */
static void detach(const struct lic_grave *g, const char *root)
{
	if (umount2(root, MNT_FORCE | MNT_DETACH) == 0 || (errno != EPERM && errno != EACCES))
		return;
	if (lic_table_detach(g->mountpoint, true, NULL) < 0)
		return;
}

void lic_bury(struct lic_grave *g)
{
	_cleanup_(lic_closep) int fd = -1;
	char root[64];

	if (g->fuse < 0)
		return;
	fd = g->elsewhere ? -1 : find_mount(g);
	forget(g->fuse);
	if (g->elsewhere && is_connected(g->fuse))
		(void)abort_connection(g);
	if (fd >= 0) {
		snprintf(root, sizeof(root), "/proc/self/fd/%d", fd);
		/* the descriptor keeps the mount, and so the number, busy */
		if (!abort_connection(g))
			umount2(root, MNT_FORCE);
		if (g->underneath >= 0 && lic_underneath_is_empty(g->underneath) &&
		    !lic_table_has_mounts_on(g->identity.id))
			detach(g, root);
	}
	lic_closep(&g->fuse);
	lic_closep(&g->underneath);
}
