/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes: what stat and statfs say. */
#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "fs/mount/control.h"
#include "fs/mount/docs.h"
#include "fs/mount/pinned.h"
#include "fs/mount/worker.h"

#define WRITE_BITS 0222u
#define BLOCK 4096

int lic_mount_errno(int r)
{
	switch (-r) {
	case ENOENT:
	case ENOTDIR:
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case EACCES:
	case EINTR:
	case ESTALE:
	case EROFS:
	case EISDIR:
	case ENODATA:
	case ERANGE:
	case ENAMETOOLONG:
		return -r;
	default:
		return EIO; /* whatever failed inside: the caller sees that it failed */
	}
}

static struct timespec to_timespec(int64_t ns)
{
	struct timespec t = { ns / 1000000000, ns % 1000000000 };

	if (t.tv_nsec < 0) {
		t.tv_nsec += 1000000000;
		t.tv_sec--;
	}
	return t;
}

void lic_attr_entry(const struct lic_session *s, const struct lic_entry *e, int64_t view,
		    struct stat *ret)
{
	const bool dir = e->kind == LIC_KIND_DIR;

	memset(ret, 0, sizeof(*ret));
	ret->st_ino = dir || e->kind == LIC_KIND_DOCUMENT ? lic_inode_dir(view, e->id, s->single)
							  : (uint64_t)e->id;
	ret->st_mode = (dir ? S_IFDIR : S_IFREG) | (e->st.mode & 07777 & ~WRITE_BITS);
	/* 2 or more would make cp, rsync, tar and du merge the images of several views */
	ret->st_nlink = 1;
	ret->st_uid = e->st.uid;
	ret->st_gid = e->st.gid;
	ret->st_size = (off_t)e->st.size;
	ret->st_blocks = (blkcnt_t)((e->st.size + 511) / 512);
	ret->st_blksize = BLOCK;
	ret->st_mtim = to_timespec(e->st.mtime);
	ret->st_ctim = to_timespec(e->st.ctime);
	ret->st_atim = ret->st_mtim;
	if (s->caller)
		lic_caller_attr(s->caller, ret);
}

void lic_attr_param(struct lic_session *s, const struct lic_entry *e, int64_t view,
		    struct fuse_entry_param *ret)
{
	memset(ret, 0, sizeof(*ret));
	lic_attr_entry(s, e, view, &ret->attr);
	ret->ino = ret->attr.st_ino;
	ret->generation = lic_kick_generation(&s->kick, ret->ino);
	ret->attr_timeout = ret->entry_timeout = lic_session_timeout(s);
}

static int get_document(struct lic_worker *w, fuse_ino_t node, struct stat *ret)
{
	const struct lic_known_view *v;
	struct lic_doc_ref ref;
	struct lic_entry e;
	int r = lic_docs_open(w, node, false, &e, &v, &ref);

	if (r < 0)
		return r;
	lic_docs_attr(w->s, &e, v->number, &ref, ret);
	lic_docs_put(w->s, &ref);
	return 0;
}

static int get_attr(struct lic_session *s, fuse_ino_t ino, struct stat *ret, double *ret_timeout)
{
	struct lic_worker *w = lic_worker_get(s);
	struct lic_inode n = lic_inode_decode(ino, s->single);
	struct lic_entry e;
	int r;

	if (!w)
		return -EIO;
	if (lic_worker_refresh(w) < 0)
		return -EIO;
	*ret_timeout = lic_session_timeout(s);
	if (n.type == LIC_INODE_ROOT || n.type == LIC_INODE_MADE)
		return lic_control_attr(w, n, ret, ret_timeout);
	if (n.type == LIC_INODE_NODE)
		return get_document(w, ino, ret);
	r = lic_worker_load(w, n, &e);
	if (n.type == LIC_INODE_FILE && lic_views_pinned(&s->views)) {
		if (r == 0)
			r = lic_pinned_attr(w, n.id, &e.st);
		else if (r == -ENOENT)
			r = lic_pinned_load(w, n.id, &e);
	}
	/* what shows nothing any more can be asked about itself */
	if (r == -ENOENT && ino == LIC_INO_ROOT)
		r = lic_catalog_by_id(w->cat, LIC_STORE_ROOT, &e, NULL);
	if (r == 0)
		lic_attr_entry(s, &e, n.view, ret);
	return r;
}

void lic_mount_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct stat st;
	double timeout;
	int r;

	(void)fi;
	if (ino == LIC_INO_ROOT && lic_kick_asks(lic_session_of(req), req)) {
		lic_kick_attr(&st);
		fuse_reply_attr(req, &st, 0);
		return;
	}
	r = get_attr(lic_session_of(req), ino, &st, &timeout);
	if (r < 0)
		fuse_reply_err(req, lic_mount_errno(r == -ENOENT ? -ESTALE : r));
	else
		fuse_reply_attr(req, &st, timeout);
}

void lic_mount_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct statvfs st;

	(void)ino;
	if (fstatvfs(lic_session_of(req)->root, &st) < 0) {
		fuse_reply_err(req, EIO);
		return;
	}
	st.f_flag |= ST_RDONLY;
	fuse_reply_statfs(req, &st);
}
