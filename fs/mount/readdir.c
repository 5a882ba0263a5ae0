/* SPDX-License-Identifier: Apache-2.0 */
/* Listings: every name with its type and number, resumable at any offset. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "fs/mount/control.h"
#include "fs/mount/docs.h"
#include "fs/mount/listing.h"
#include "fs/mount/pinned.h"
#include "fs/mount/worker.h"

/* Longer replies are not asked for; a listing larger than this takes several. */
#define LISTING_MAX (1u << 20)
#define FULL 1

bool lic_listing_add(struct lic_listing *l, const char *name, const struct fuse_entry_param *e,
		     off_t off)
{
	size_t room = l->size - l->used, n;

	if (l->plus)
		n = fuse_add_direntry_plus(l->req, l->buf + l->used, room, name, e, off);
	else
		n = fuse_add_direntry(l->req, l->buf + l->used, room, name, &e->attr, off);
	if (n > room)
		return false;
	l->used += n;
	return true;
}

static bool add_number(struct lic_listing *l, const char *name, uint64_t ino, off_t off)
{
	struct fuse_entry_param e = { .attr = { .st_ino = ino, .st_mode = S_IFDIR } };

	return lic_listing_add(l, name, &e, off);
}

struct walk {
	struct lic_listing *l;
	struct lic_worker *w;
	const struct lic_known_view *v;
};

/* Attributes of a document are offered where they are known or soon found out; else the kernel
 * looks it up when it is asked for them. */
static int list_document(struct walk *walk, const struct lic_entry *e, const char *name,
			 struct fuse_entry_param *param)
{
	struct lic_listing *l = walk->l;
	struct lic_session *s = walk->w->s;
	uint64_t *node = reallocarray(l->node, l->n_nodes + 1, sizeof(*node));

	if (!node)
		return -ENOMEM;
	l->node = node;
	if (lic_docs_param(walk->w, walk->v, e, &l->budget, param) < 0)
		param->ino = 0;
	if (!lic_listing_add(l, name, param, LIC_OFF_FIRST + e->id)) {
		if (param->ino)
			lic_docs_forget(s, param->ino, 1);
		return FULL;
	}
	if (param->ino)
		l->node[l->n_nodes++] = param->ino;
	return 0;
}

static int list_entry(void *ctx, const struct lic_entry *e)
{
	struct walk *walk = ctx;
	struct fuse_entry_param param;
	struct lic_entry mine = *e;
	char name[NAME_MAX + 1];
	bool shown;
	int r;

	if (e->name.n > NAME_MAX)
		return -EIO;
	memcpy(name, e->name.p, e->name.n);
	name[e->name.n] = '\0';
	mine.name.p = (const uint8_t *)name;
	lic_attr_param(walk->w->s, &mine, walk->v->number, &param);
	r = lic_worker_child_shown(walk->w, walk->v, &mine, &shown);
	if (r < 0 || !shown)
		return r;
	if (walk->l->plus && mine.kind == LIC_KIND_DOCUMENT)
		return list_document(walk, &mine, name, &param);
	if (!lic_listing_add(walk->l, name, &param, LIC_OFF_FIRST + mine.id))
		return FULL;
	if (walk->l->plus)
		lic_worker_remember(walk->w, &mine);
	return 0;
}

static int list_member(void *ctx, const struct lic_pinned *p)
{
	struct walk *walk = ctx;
	struct fuse_entry_param param;
	const char *name = (const char *)p->e.name.p;

	lic_pinned_param(walk->w, walk->v, p, &param);
	if (walk->l->plus && p->e.kind == LIC_KIND_DOCUMENT)
		return list_document(walk, &p->e, name, &param);
	if (!lic_listing_add(walk->l, name, &param, LIC_OFF_FIRST + p->e.id))
		return FULL;
	if (walk->l->plus)
		lic_pinned_remember(walk->w, p);
	return 0;
}

static int list_dir(struct lic_worker *w, struct lic_inode dir, off_t off, struct lic_listing *l)
{
	const struct lic_known_view *v = lic_views_by_number(&w->s->views, dir.view);
	struct walk walk = { l, w, v };
	int64_t after = off >= LIC_OFF_FIRST ? off - LIC_OFF_FIRST : 0;
	int r;

	if (v && v->snapshot)
		r = lic_pinned_list(w, v, dir.id, after, list_member, &walk);
	else
		r = lic_catalog_list(w->cat, dir.id, after, list_entry, &walk, NULL);
	return r == FULL ? 0 : r;
}

/* Number of the directory above; of the root itself for the root. */
static uint64_t parent_of(struct lic_worker *w, struct lic_inode dir, const struct lic_entry *e)
{
	if (dir.type == LIC_INODE_DIR && dir.id != LIC_STORE_ROOT)
		return lic_inode_dir(dir.view, e->parent, w->s->single);
	return w->s->single ? LIC_INO_ROOT : lic_control_parent(w->s, dir);
}

static int list(struct lic_session *s, fuse_ino_t ino, off_t off, struct lic_listing *l)
{
	struct lic_inode dir = lic_inode_decode(ino, s->single);
	struct lic_worker *w = lic_worker_get(s);
	struct lic_entry e = { 0 };
	int r;

	if (!w)
		return -EIO;
	if (dir.type == LIC_INODE_FILE || dir.type == LIC_INODE_NODE)
		return -ENOTDIR;
	if (dir.type == LIC_INODE_DIR)
		lic_worker_note(w, ino);
	if (lic_worker_refresh(w) < 0)
		return -EIO;
	if (dir.type == LIC_INODE_DIR) {
		r = lic_worker_load(w, dir, &e);
		if (r < 0)
			return r;
	}
	if (off < LIC_OFF_DOT && !add_number(l, ".", ino, LIC_OFF_DOT))
		return 0;
	if (off < LIC_OFF_DOTDOT && !add_number(l, "..", parent_of(w, dir, &e), LIC_OFF_DOTDOT))
		return 0;
	if (dir.type == LIC_INODE_DIR)
		return list_dir(w, dir, off, l);
	return lic_control_list(w, dir, off, l);
}

static void reply_listing(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, bool plus)
{
	struct lic_listing l = { .req = req, .plus = plus, .budget = LIC_DOCS_LISTING };
	bool told = false;
	int r;

	l.size = size < LISTING_MAX ? size : LISTING_MAX;
	l.buf = malloc(l.size);
	if (!l.buf) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	r = list(lic_session_of(req), ino, off, &l);
	if (r < 0)
		fuse_reply_err(req, lic_mount_errno(r));
	else
		told = fuse_reply_buf(req, l.buf, l.used) == 0;
	for (size_t i = 0; !told && i < l.n_nodes; i++)
		lic_docs_forget(lic_session_of(req), l.node[i], 1);
	free(l.node);
	free(l.buf);
}

void lic_mount_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		       struct fuse_file_info *fi)
{
	(void)fi;
	reply_listing(req, ino, size, off, false);
}

void lic_mount_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
			   struct fuse_file_info *fi)
{
	(void)fi;
	reply_listing(req, ino, size, off, true);
}

void lic_mount_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)ino;
	/* once answered so, the kernel opens directories itself and caches their listings */
	if (lic_session_of(req)->no_opendir) {
		fuse_reply_err(req, ENOSYS);
		return;
	}
	fi->keep_cache = 1;
	fi->cache_readdir = 1;
	fuse_reply_open(req, fi);
}
