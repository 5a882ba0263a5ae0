/* SPDX-License-Identifier: Apache-2.0 */
/* Name to number. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "fs/mount/control.h"
#include "fs/mount/docs.h"
#include "fs/mount/pinned.h"
#include "fs/mount/worker.h"

static int lookup_member(struct lic_worker *w, const struct lic_known_view *v, int64_t dir,
			 const char *name, struct fuse_entry_param *ret)
{
	struct lic_pinned p;
	bool shown;
	int r = lic_worker_dir_shown(w, v, dir, &shown);

	if (r == 0 && !shown)
		r = -ENOENT;
	if (r == 0)
		r = lic_pinned_by_name(w, v, dir, name, &p);
	if (r == 0 && p.e.kind == LIC_KIND_DOCUMENT)
		return lic_docs_param(w, v, &p.e, NULL, ret);
	if (r == 0) {
		lic_pinned_param(w, v, &p, ret);
		lic_pinned_remember(w, &p);
	}
	return r;
}

static int lookup_entry(struct lic_worker *w, struct lic_inode dir, const char *name,
			struct fuse_entry_param *ret)
{
	const struct lic_known_view *v = lic_views_by_number(&w->s->views, dir.view);
	struct lic_entry e;
	bool shown;
	int r;

	if (!v)
		return -ENOENT;
	if (v->snapshot)
		return lookup_member(w, v, dir.id, name, ret);
	r = lic_worker_dir_shown(w, v, dir.id, &shown);
	if (r == 0 && !shown)
		r = -ENOENT;
	if (r == 0)
		r = lic_catalog_by_name(w->cat, dir.id, name, strlen(name), &e, NULL);
	e.name = (struct lic_bytes){ (const uint8_t *)name, strlen(name) }; /* not lent any more */
	if (r == 0)
		r = lic_worker_child_shown(w, v, &e, &shown);
	if (r == 0 && !shown)
		r = -ENOENT;
	if (r == 0 && e.kind == LIC_KIND_DOCUMENT)
		return lic_docs_param(w, v, &e, NULL, ret);
	if (r == 0) {
		lic_attr_param(w->s, &e, dir.view, ret);
		lic_worker_remember(w, &e);
	}
	return r;
}

static int lookup(struct lic_session *s, fuse_ino_t parent, const char *name,
		  struct fuse_entry_param *ret)
{
	struct lic_inode dir = lic_inode_decode(parent, s->single);
	struct lic_worker *w = lic_worker_get(s);

	if (!w)
		return -EIO;
	if (strlen(name) > NAME_MAX)
		return -ENAMETOOLONG;
	if (dir.type == LIC_INODE_DIR)
		lic_worker_note(w, parent);
	if (lic_worker_refresh(w) < 0)
		return -EIO;
	switch (dir.type) {
	case LIC_INODE_ROOT:
	case LIC_INODE_MADE:
		return lic_control_lookup(w, dir, name, ret);
	case LIC_INODE_DIR:
		return lookup_entry(w, dir, name, ret);
	case LIC_INODE_FILE:
	case LIC_INODE_NODE:
		return -ENOTDIR;
	default:
		return -ESTALE;
	}
}

/* Only of states of documents is it remembered that the kernel knows them. */
static void forget(struct lic_session *s, fuse_ino_t ino, uint64_t n)
{
	if (lic_inode_decode(ino, s->single).type == LIC_INODE_NODE)
		lic_docs_forget(s, ino, n);
}

void lic_mount_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct lic_session *s = lic_session_of(req);
	struct fuse_entry_param e = { 0 };
	int r;

	if (parent == LIC_INO_ROOT && lic_kick_answer(s, req, name, &e)) {
		fuse_reply_entry(req, &e);
		return;
	}
	r = lookup(s, parent, name, &e);

	if (r == -ENOENT && lic_inode_decode(parent, s->single).type == LIC_INODE_DIR) {
		/* the kernel remembers that there is no such name, until the follower says more */
		memset(&e, 0, sizeof(e));
		e.entry_timeout = lic_session_timeout(s);
		fuse_reply_entry(req, &e);
	} else if (r < 0) {
		fuse_reply_err(req, lic_mount_errno(r));
	} else if (fuse_reply_entry(req, &e) != 0) {
		forget(s, e.ino, 1);
	}
}

void lic_mount_forget(fuse_req_t req, fuse_ino_t ino, uint64_t n)
{
	forget(lic_session_of(req), ino, n);
	fuse_reply_none(req);
}

void lic_mount_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets)
{
	for (size_t i = 0; i < count; i++)
		forget(lic_session_of(req), forgets[i].ino, forgets[i].nlookup);
	fuse_reply_none(req);
}
