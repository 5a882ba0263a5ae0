/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of requests. The kernel refuses writes on a read-only mount by itself; these refuse
 * them too, should someone remount it writable. What is not in the table is answered ENOSYS, which
 * the kernel remembers: FLUSH, FSYNC, ACCESS, LSEEK, IOCTL.
 */
#include <errno.h>
#include <time.h>

#include "fs/mount/tier.h"
#include "fs/mount/worker.h"

static void refuse_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set,
			   struct fuse_file_info *fi)
{
	(void)ino, (void)attr, (void)to_set, (void)fi;
	fuse_reply_err(req, EROFS);
}

static void refuse_mknod(fuse_req_t req, fuse_ino_t dir, const char *name, mode_t mode, dev_t dev)
{
	(void)dir, (void)name, (void)mode, (void)dev;
	fuse_reply_err(req, EROFS);
}

static void refuse_mkdir(fuse_req_t req, fuse_ino_t dir, const char *name, mode_t mode)
{
	(void)dir, (void)name, (void)mode;
	fuse_reply_err(req, EROFS);
}

static void refuse_remove(fuse_req_t req, fuse_ino_t dir, const char *name)
{
	(void)dir, (void)name;
	fuse_reply_err(req, EROFS);
}

static void refuse_symlink(fuse_req_t req, const char *target, fuse_ino_t dir, const char *name)
{
	(void)target, (void)dir, (void)name;
	fuse_reply_err(req, EROFS);
}

static void refuse_rename(fuse_req_t req, fuse_ino_t dir, const char *name, fuse_ino_t to_dir,
			  const char *to_name, unsigned flags)
{
	(void)dir, (void)name, (void)to_dir, (void)to_name, (void)flags;
	fuse_reply_err(req, EROFS);
}

static void refuse_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t dir, const char *name)
{
	(void)ino, (void)dir, (void)name;
	fuse_reply_err(req, EROFS);
}

static void refuse_create(fuse_req_t req, fuse_ino_t dir, const char *name, mode_t mode,
			  struct fuse_file_info *fi)
{
	(void)dir, (void)name, (void)mode, (void)fi;
	fuse_reply_err(req, EROFS);
}

static void refuse_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t n, off_t off,
			 struct fuse_file_info *fi)
{
	(void)ino, (void)buf, (void)n, (void)off, (void)fi;
	fuse_reply_err(req, EROFS);
}

static void refuse_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value,
			    size_t n, int flags)
{
	(void)ino, (void)name, (void)value, (void)n, (void)flags;
	fuse_reply_err(req, EROFS);
}

static void refuse_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	(void)ino, (void)name;
	fuse_reply_err(req, EROFS);
}

static void refuse_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t off, off_t n,
			     struct fuse_file_info *fi)
{
	(void)ino, (void)mode, (void)off, (void)n, (void)fi;
	fuse_reply_err(req, EROFS);
}

/* --- what needs the catalog: all else is answered without a worker ---------------------------- */

/* Where requests come before the kernel was asked what it can do, and the ledger has begun: over
 * io_uring. */
static void wait_until_settled(const struct lic_session *s)
{
	const struct timespec moment = { 0, 1000000 };

	while (!atomic_load_explicit(&s->settled, memory_order_acquire))
		nanosleep(&moment, NULL);
}

/* Documents take their time, and their threads wait for each other. */
static struct lic_worker *enter(fuse_req_t req, fuse_ino_t ino)
{
	struct lic_session *s = lic_session_of(req);
	struct lic_worker *w;

	wait_until_settled(s);
	w = lic_worker_enter(s);
	if (w && lic_inode_decode(ino, s->single).type == LIC_INODE_NODE)
		lic_worker_let_go(w);
	return w;
}

static void lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct lic_worker *w = enter(req, parent);

	lic_mount_lookup(req, parent, name);
	lic_worker_leave(w);
}

static void getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct lic_worker *w = enter(req, ino);

	lic_mount_getattr(req, ino, fi);
	lic_worker_leave(w);
}

static void readdir(fuse_req_t req, fuse_ino_t ino, size_t n, off_t off, struct fuse_file_info *fi)
{
	struct lic_worker *w = enter(req, ino);

	lic_mount_readdir(req, ino, n, off, fi);
	lic_worker_leave(w);
}

static void readdirplus(fuse_req_t req, fuse_ino_t ino, size_t n, off_t off,
			struct fuse_file_info *fi)
{
	struct lic_worker *w = enter(req, ino);

	lic_mount_readdirplus(req, ino, n, off, fi);
	lic_worker_leave(w);
}

static void open_file(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct lic_worker *w = enter(req, ino);

	lic_mount_open(req, ino, fi);
	lic_worker_leave(w);
}

static void read_file(fuse_req_t req, fuse_ino_t ino, size_t n, off_t off,
		      struct fuse_file_info *fi)
{
	struct lic_worker *w = enter(req, ino);

	lic_mount_read(req, ino, n, off, fi);
	lic_worker_leave(w);
}

static void get_xattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t n)
{
	struct lic_worker *w = enter(req, ino);

	lic_mount_getxattr(req, ino, name, n);
	lic_worker_leave(w);
}

static void list_xattr(fuse_req_t req, fuse_ino_t ino, size_t n)
{
	struct lic_worker *w = enter(req, ino);

	lic_mount_listxattr(req, ino, n);
	lic_worker_leave(w);
}

/* What makes reading fast, as measured: docs/decisions. */
static void init(void *userdata, struct fuse_conn_info *conn)
{
	struct lic_session *s = userdata;

	lic_want(conn, FUSE_CAP_PARALLEL_DIROPS);
	lic_want(conn, FUSE_CAP_READDIRPLUS);
	lic_want(conn, FUSE_CAP_EXPLICIT_INVAL_DATA);
	lic_refuse(conn, FUSE_CAP_READDIRPLUS_AUTO);
	lic_refuse(conn, FUSE_CAP_AUTO_INVAL_DATA);
	lic_refuse(conn, FUSE_CAP_SPLICE_READ);
	lic_refuse(conn, FUSE_CAP_SPLICE_WRITE);
	lic_refuse(conn, FUSE_CAP_SPLICE_MOVE);
	lic_tier_negotiate(s, conn);
	conn->max_background = 64;
	conn->congestion_threshold = 48;
#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 17)
	conn->no_interrupt = 1;
#endif
}

const struct fuse_lowlevel_ops lic_mount_ops = {
	.init = init,
	.lookup = lookup,
	.forget = lic_mount_forget,
	.forget_multi = lic_mount_forget_multi,
	.getattr = getattr,
	.statfs = lic_mount_statfs,
	.opendir = lic_mount_opendir,
	.readdir = readdir,
	.readdirplus = readdirplus,
	.open = open_file,
	.read = read_file,
	.release = lic_mount_release,
	.getxattr = get_xattr,
	.listxattr = list_xattr,
	.setattr = refuse_setattr,
	.mknod = refuse_mknod,
	.mkdir = refuse_mkdir,
	.unlink = refuse_remove,
	.rmdir = refuse_remove,
	.symlink = refuse_symlink,
	.rename = refuse_rename,
	.link = refuse_link,
	.create = refuse_create,
	.write = refuse_write,
	.setxattr = refuse_setxattr,
	.removexattr = refuse_removexattr,
	.fallocate = refuse_fallocate,
};
