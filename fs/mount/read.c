/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes. With mode=cached the kernel opens files itself: every READ that reaches the mount opens
 * the store's file, and checks it before and after. With mode=checked OPEN checks, and the open
 * file keeps a descriptor of its own: it goes on with the judged bytes when its name goes to
 * another file, as on any filesystem.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include <licensefs/catalog_revoke.h>

#include "fs/mount/backed.h"
#include "fs/mount/control.h"
#include "fs/mount/docs.h"
#include "fs/mount/record.h"

struct handle {
	struct lic_opened *opened; /* mode=passthrough: shared by all who read it so; else NULL */
	struct lic_entry e;
	char name[NAME_MAX + 1]; /* of e */
	struct lic_backing backing;
};

/* What stands for an open file: a handle, or what the kernel reads by itself, which no READ asks
 * for. */
#define PASSED 1u

static struct lic_opened *opened_of(const struct fuse_file_info *fi)
{
	return fi->fh & PASSED ? (struct lic_opened *)(uintptr_t)(fi->fh & ~(uint64_t)PASSED)
			       : NULL;
}

/* An open document keeps its file and no more: every READ asks for its state. */
static struct handle *handle_of(const struct fuse_file_info *fi)
{
	return fi && fi->fh && !opened_of(fi) ? (struct handle *)(uintptr_t)fi->fh : NULL;
}

/* Bytes of the reply: all that the file has there, up to `size`. */
static size_t reply_size(uint64_t file_size, size_t size, off_t off)
{
	uint64_t left = off >= 0 && (uint64_t)off < file_size ? file_size - (uint64_t)off : 0;

	return left < size ? (size_t)left : size;
}

/* The entry to open; of a document only where `ino` is its present state. */
static int load(struct lic_worker *w, fuse_ino_t ino, struct lic_entry *ret)
{
	struct lic_inode n = lic_inode_decode(ino, w->s->single);
	const struct lic_known_view *v;
	struct lic_doc_ref ref;
	int r;

	if (n.type != LIC_INODE_NODE)
		return lic_worker_load(w, n, ret);
	r = lic_docs_open(w, ino, false, ret, &v, &ref);
	if (r == 0)
		lic_docs_put(w->s, &ref);
	return r;
}

static int open_handle(struct lic_session *s, fuse_ino_t ino, struct handle **ret)
{
	struct lic_worker *w = lic_worker_get(s);
	struct handle *h;
	int r;

	if (!w)
		return -EIO;
	if (lic_worker_refresh(w) < 0)
		return -EIO;
	h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	r = load(w, ino, &h->e);
	if (r == 0) {
		memcpy(h->name, h->e.name.p, h->e.name.n);
		h->e.name.p = (const uint8_t *)h->name;
		r = lic_backing_open(w, &h->e, &h->backing);
	}
	if (r < 0) {
		free(h);
		return r;
	}
	*ret = h;
	return 0;
}

static void close_handle(struct lic_session *s, struct handle *h)
{
	if (!h)
		return;
	if (h->opened)
		lic_backed_put(s, h->opened);
	lic_backing_close(&h->backing);
	free(h);
}

static void forget_open(struct lic_session *s, const struct fuse_file_info *fi)
{
	if (opened_of(fi))
		lic_backed_put(s, opened_of(fi));
	else
		close_handle(s, handle_of(fi));
}

/* What a thread makes for an open file another one uses. The kernel passes it on, which orders the
 * two, but is nothing that C knows of. */
static void hand_over(struct lic_session *s)
{
	atomic_fetch_add_explicit(&s->handed, 1, memory_order_release);
}

static void take_over(struct lic_session *s)
{
	(void)atomic_load_explicit(&s->handed, memory_order_acquire);
}

/* With mode=passthrough: the kernel is given the file, or *ret_h reads it. */
static int open_passed(struct lic_session *s, fuse_ino_t ino, struct fuse_file_info *fi,
		       struct handle **ret_h)
{
	struct lic_worker *w = lic_worker_get(s);
	struct lic_opened *o;
	int r = w ? lic_backed_open(w, ino, &o) : -EIO;

	if (r < 0)
		return r;
#if FUSE_VERSION >= FUSE_MAKE_VERSION(3, 17)
	if (o->id) {
		fi->backing_id = o->id;
		fi->fh = (uintptr_t)o | PASSED;
		return 0;
	}
#else
	(void)fi;
#endif
	r = open_handle(s, ino, ret_h);
	if (r < 0)
		lic_backed_put(s, o);
	else
		(*ret_h)->opened = o;
	return r;
}

static int open_as_served(struct lic_session *s, fuse_ino_t ino, struct fuse_file_info *fi,
			  struct handle **ret_h)
{
	const enum lic_inode_type type = lic_inode_decode(ino, s->single).type;

	if (type == LIC_INODE_FILE && s->backed)
		return open_passed(s, ino, fi, ret_h);
	/* a kernel without ENOSYS for OPEN gets open files without a handle: READ checks */
	if ((type == LIC_INODE_FILE || type == LIC_INODE_NODE) && s->mode != LIC_MODE_CACHED)
		return open_handle(s, ino, ret_h);
	return 0;
}

/* With mode=cached it is what is read that tells. What the mount makes itself is nobody's. */
static void record_open(fuse_req_t req, fuse_ino_t ino, const struct handle *h)
{
	struct lic_session *s = lic_session_of(req);
	struct lic_inode n = lic_inode_decode(ino, s->single);

	if (!s->recorder || s->mode == LIC_MODE_CACHED)
		return;
	if (n.type == LIC_INODE_FILE)
		lic_recorder_open(s, req, n.id);
	else if (n.type == LIC_INODE_NODE && h)
		lic_recorder_open(s, req, h->e.id);
}

void lic_mount_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct lic_session *s = lic_session_of(req);
	struct handle *h = NULL;
	int r;

	if ((fi->flags & O_ACCMODE) != O_RDONLY || fi->flags & O_TRUNC) {
		fuse_reply_err(req, EROFS);
		return;
	}
	if (s->no_open) {
		fuse_reply_err(req, ENOSYS);
		return;
	}
	r = open_as_served(s, ino, fi, &h);
	if (r < 0) {
		fuse_reply_err(req, lic_mount_errno(r == -ENOENT ? -ESTALE : r));
		return;
	}
	record_open(req, ino, h);
	fi->noflush = 1;
	if (!fi->fh) {
		fi->fh = (uintptr_t)h;
		fi->keep_cache = 1; /* a number stands for the same bytes for ever [I3] */
	}
	hand_over(s);
	if (fuse_reply_open(req, fi) != 0)
		forget_open(s, fi);
}

void lic_mount_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct lic_session *s = lic_session_of(req);

	(void)ino;
	take_over(s);
	forget_open(s, fi);
	fuse_reply_err(req, 0);
}

/* mode=cached: nothing was opened before. Fills the worker's buffer. */
static int read_cached(struct lic_worker *w, fuse_ino_t ino, size_t size, off_t off, size_t *ret_n)
{
	struct lic_backing b;
	struct lic_entry e;
	unsigned char *buf;
	int r = lic_worker_load(w, lic_inode_decode(ino, w->s->single), &e);
	if (r < 0)
		return r == -ENOENT ? -ESTALE : r;
	*ret_n = reply_size(e.st.size, size, off);
	if (!*ret_n)
		return 0;
	lic_worker_let_go(w); /* the store may take its time */
	r = lic_backing_open(w, &e, &b);
	if (r < 0)
		return r;
	buf = lic_worker_buffer(w, *ret_n);
	r = buf ? lic_backing_read(w->s, &b, buf, *ret_n, (uint64_t)off) : -ENOMEM;
	if (r == 0 && !lic_backing_unchanged(&b))
		r = -ESTALE;
	lic_backing_close(&b);
	if (r == -ESTALE)
		lic_stale_add(&w->s->stale, &e);
	if (r == 0)
		lic_recorder_read(w->s, e.id);
	return r;
}

/* The row of an open image has ended: its name has gone, or to another file. What was opened stays
 * readable under the rights that it was opened under, as long as nobody takes down its bytes. */
static int ended_permitted(struct lic_worker *w, const struct handle *h)
{
	const struct lic_rights *rights;
	bool revoked = true;
	int64_t last;
	int r;

	if (h->e.kind != LIC_KIND_IMAGE)
		return 0;
	/* before the catalog is asked: no row of the feed will name it again */
	lic_listed_add(&w->s->ended, (uint64_t)h->e.id);
	r = lic_catalog_bytes_revoked(w->cat, &h->e.hash, &revoked, NULL);
	if (r == 0)
		r = lic_catalog_last_rights(w->cat, h->e.id, &last, NULL);
	if (r < 0)
		return r == -ENOENT ? -EACCES : r;
	rights = lic_catalog_rights(w->cat, last, NULL);
	if (!rights)
		return -EIO;
	if (revoked || rights->status == LIC_STATUS_REVOKED)
		return -EACCES;
	if (rights->status == LIC_STATUS_STALE)
		return 0;
	if (last != h->e.rights || (rights->until && rights->until <= time(NULL)))
		return -EACCES;
	return 0;
}

/* May an open file still be read? Not if its rights were taken since. A row that is stale is about
 * the file that has the name now, not about the bytes that were opened. */
static int still_permitted(struct lic_worker *w, const struct handle *h)
{
	const struct lic_rights *rights;
	struct lic_entry e;
	bool shown;
	int r = lic_catalog_by_id(w->cat, h->e.id, &e, NULL);

	if (r == -ENOENT)
		return ended_permitted(w, h);
	if (r < 0)
		return r;
	if (e.kind == LIC_KIND_IMAGE) {
		rights = lic_catalog_rights(w->cat, e.rights, NULL);
		if (!rights)
			return -EIO;
		if (rights->status == LIC_STATUS_REVOKED)
			return -EACCES;
		if (rights->status == LIC_STATUS_STALE)
			return 0;
	}
	if (lic_stale_has(&w->s->stale, lic_stale_mark(&e)))
		return 0;
	r = lic_worker_shown(w, &e, &shown);
	if (r < 0)
		return r;
	return shown ? 0 : -EACCES;
}

static int read_handle(struct lic_worker *w, struct handle *h, size_t size, off_t off,
		       size_t *ret_n)
{
	unsigned char *buf;
	int r = still_permitted(w, h);

	if (r < 0)
		return r;
	*ret_n = reply_size((uint64_t)h->backing.st.st_size, size, off);
	if (!*ret_n)
		return 0;
	lic_worker_let_go(w);
	buf = lic_worker_buffer(w, *ret_n);
	if (!buf)
		return -ENOMEM;
	r = lic_backing_read(w->s, &h->backing, buf, *ret_n, (uint64_t)off);
	if (r == 0 && !lic_backing_unchanged(&h->backing))
		r = -ESTALE;
	if (r == -ESTALE)
		lic_stale_add(&w->s->stale, &h->e);
	return r;
}

/* Reads pieces from an open file that is that of the entry. */
static int read_pieces(struct lic_worker *w, const struct lic_entry *e,
		       const struct lic_backing *backing, const struct lic_doc_ref *ref, size_t n,
		       off_t off)
{
	unsigned char *buf = lic_worker_buffer(w, n);
	int r = buf ? lic_docs_read(w, backing, ref->ranges, buf, n, (uint64_t)off) : -ENOMEM;

	if (r == 0 && !lic_backing_unchanged(backing))
		r = -ESTALE;
	if (r == -ESTALE)
		lic_stale_add(&w->s->stale, e);
	return r;
}

/* A document, with or without an open file. A READ of a state that is over fails: what it would be
 * answered with does not belong to what was read before. */
static int read_document(struct lic_worker *w, fuse_ino_t ino, struct handle *h, size_t size,
			 off_t off, size_t *ret_n)
{
	const struct lic_known_view *v;
	struct lic_backing backing;
	struct lic_doc_ref ref;
	struct lic_entry e;
	int r = lic_docs_open(w, ino, true, &e, &v, &ref);

	if (r < 0)
		return r == -ENOENT ? -ESTALE : r;
	*ret_n = reply_size(ref.size, size, off);
	if (*ret_n && h) {
		r = read_pieces(w, &e, &h->backing, &ref, *ret_n, off);
	} else if (*ret_n) {
		r = lic_backing_open(w, &e, &backing);
		if (r == 0) {
			r = read_pieces(w, &e, &backing, &ref, *ret_n, off);
			lic_backing_close(&backing);
			if (r == 0)
				lic_recorder_read(w->s, e.id);
		}
	}
	lic_docs_put(w->s, &ref);
	return r;
}

void lic_mount_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
		    struct fuse_file_info *fi)
{
	struct lic_session *s = lic_session_of(req);
	struct lic_worker *w = lic_worker_get(s);
	struct handle *h = handle_of(fi);
	size_t n = 0;
	int r;

	take_over(s);
	if (!w) {
		fuse_reply_err(req, EIO);
		return;
	}
	if (lic_inode_decode(ino, s->single).type == LIC_INODE_MADE) {
		lic_control_read(req, ino, size, off);
		return;
	}
	if (lic_worker_refresh(w) < 0)
		r = -EIO;
	else if (lic_inode_decode(ino, s->single).type == LIC_INODE_NODE)
		r = read_document(w, ino, h, size, off, &n);
	else
		r = h ? read_handle(w, h, size, off, &n) : read_cached(w, ino, size, off, &n);
	hand_over(s); /* RELEASE comes after this, maybe to another thread */
	if (r < 0)
		fuse_reply_err(req, lic_mount_errno(r));
	else
		fuse_reply_buf(req, (const char *)w->buf, n);
}
