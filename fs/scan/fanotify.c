/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listens by fanotify: one mark for the whole filesystem that the store is on, for root.
 *
 * An event names the directory by its handle, and the name in it. The handle is asked for its path,
 * once for all events of a directory that come together; what does not lie below the store is
 * dropped. A directory that is gone by then has been told of by the one above it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fanotify.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <unistd.h>

#include "fs/scan/listen.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

#define CHANGES                                                                                    \
	(FAN_CREATE | FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO | FAN_CLOSE_WRITE | FAN_ATTRIB)
#define BUFFER (256u * 1024)
#define PLACES 64 /* directories whose paths are remembered */

/* Where the directory of a handle lies. */
struct place {
	uint8_t handle[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	size_t n; /* 0: free */
	bool outside;
	struct lic_buf path;
};

struct fanotify {
	struct lic_listener *l;
	int root;	    /* of the store, while it is needed */
	char top[PATH_MAX]; /* its path, as the kernel says it */
	size_t top_n;
	struct place place[PLACES];
	char buffer[BUFFER] __attribute__((aligned(8)));
};

/* --- places ------------------------------------------------------------------------------- */

static void forget_places(struct fanotify *x)
{
	for (size_t i = 0; i < PLACES; i++)
		x->place[i].n = 0;
}

static int path_of(int fd, char *path, size_t size)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, size);
	if (n < 0)
		return -errno;
	if ((size_t)n == size)
		return -ENAMETOOLONG;
	path[n] = '\0';
	return 0;
}

static int open_root(struct fanotify *x)
{
	int r;

	if (x->root >= 0)
		return 0;
	x->root = open(x->l->store, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (x->root < 0)
		return -errno;
	r = path_of(x->root, x->top, sizeof(x->top));
	x->top_n = r < 0 || strcmp(x->top, "/") == 0 ? 0 : strlen(x->top);
	if (r < 0)
		lic_closep(&x->root);
	return r;
}

/* Negative errno where nobody can tell; -ESTALE: it is gone. */
static int resolve(struct fanotify *x, struct file_handle *h, struct place *p)
{
	char path[PATH_MAX];
	int r = open_root(x), fd;

	if (r < 0)
		return r;
	fd = open_by_handle_at(x->root, h, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = path_of(fd, path, sizeof(path));
	close(fd);
	if (r < 0)
		return r;
	lic_buf_reset(&p->path);
	p->outside = strncmp(path, x->top, x->top_n) != 0 ||
		     (path[x->top_n] != '/' && path[x->top_n] != '\0');
	if (!p->outside && path[x->top_n])
		lic_buf_adds(&p->path, path + x->top_n + 1);
	return lic_buf_failed(&p->path) ? -ENOMEM : 0;
}

/* NULL: it is of no directory of the store. */
static const struct lic_buf *find(struct fanotify *x, struct file_handle *h)
{
	const size_t n = sizeof(*h) + h->handle_bytes;
	struct place *p = &x->place[lic_hash64(h, n) % PLACES];
	int r;

	if (n > sizeof(p->handle))
		return NULL;
	if (p->n != n || memcmp(p->handle, h, n) != 0) {
		p->n = 0;
		r = resolve(x, h, p);
		if (r == -ESTALE || r == -ENOENT)
			return NULL;
		if (r < 0) {
			lic_heard_all(x->l->soon);
			return NULL;
		}
		memcpy(p->handle, h, n);
		p->n = n;
	}
	return p->outside ||
			       strncmp(lic_buf_str(&p->path), LIC_CATALOG_DIR "/",
				       strlen(LIC_CATALOG_DIR "/")) == 0 ||
			       strcmp(lic_buf_str(&p->path), LIC_CATALOG_DIR) == 0
		       ? NULL
		       : &p->path;
}

/* --- events ------------------------------------------------------------------------------- */

static unsigned heard_of(uint64_t mask)
{
	unsigned what = 0;

	if (mask & CHANGES)
		what |= LIC_HEARD_CHANGE;
	if (mask & FAN_MODIFY)
		what |= LIC_HEARD_WRITE;
	if (mask & FAN_ONDIR && mask & (FAN_CREATE | FAN_MOVED_TO))
		what |= LIC_HEARD_DIR;
	if (mask & FAN_ONDIR && mask & FAN_ATTRIB)
		what |= LIC_HEARD_SELF;
	return what;
}

/* What happened to the directory itself concerns its row, which the one above lists. */
static void hear_self(struct fanotify *x, const struct lic_buf *path, uint64_t mask)
{
	const char *slash = strrchr(lic_buf_str(path), '/');

	if (!(mask & CHANGES))
		return;
	lic_heard_add(x->l->soon, lic_buf_str(path), path->len, false);
	lic_heard_add(x->l->soon, lic_buf_str(path),
		      slash ? (size_t)(slash - lic_buf_str(path)) : 0, false);
}

static void hear(struct fanotify *x, uint64_t mask, struct fanotify_event_info_fid *fid)
{
	struct file_handle *h = (struct file_handle *)fid->handle;
	const char *name = (const char *)h->f_handle + h->handle_bytes;
	const struct lic_buf *path;

	if (mask & FAN_ONDIR && mask & (FAN_MOVED_FROM | FAN_MOVED_TO))
		forget_places(x); /* and all below it has other paths now */
	path = find(x, h);
	if (!path)
		return;
	if (fid->hdr.info_type != FAN_EVENT_INFO_TYPE_DFID_NAME || strcmp(name, ".") == 0)
		hear_self(x, path, mask);
	else
		lic_listener_hear(x->l, path, name, heard_of(mask));
}

/* The kernel aligns events to four bytes, and its struct to eight: `e` is a copy. */
static void take(struct fanotify *x, const struct fanotify_event_metadata *e, const char *event)
{
	const char *p = event + e->metadata_len, *end = event + e->event_len;

	if (e->fd >= 0)
		close(e->fd);
	if (e->mask & FAN_Q_OVERFLOW) {
		lic_heard_all(x->l->soon);
		return;
	}
	while (p + sizeof(struct fanotify_event_info_header) <= end) {
		const struct fanotify_event_info_header *h = (const void *)p;

		if (h->len < sizeof(*h) || h->len > end - p)
			return;
		if (h->info_type == FAN_EVENT_INFO_TYPE_DFID_NAME ||
		    h->info_type == FAN_EVENT_INFO_TYPE_DFID)
			hear(x, e->mask, (struct fanotify_event_info_fid *)(uintptr_t)p);
		p += h->len;
	}
}

static void take_all(struct fanotify *x, size_t n)
{
	struct fanotify_event_metadata e;

	for (size_t at = 0; n - at >= sizeof(e); at += e.event_len) {
		memcpy(&e, x->buffer + at, sizeof(e));
		if (e.event_len < sizeof(e) || e.event_len > n - at)
			return;
		take(x, &e, x->buffer + at);
	}
}

static int read_events(struct lic_listener *l, struct lic_error *err)
{
	struct fanotify *x = l->own;
	ssize_t n = 1;

	forget_places(x);
	while (n > 0) {
		n = read(l->fd, x->buffer, sizeof(x->buffer));
		if (n < 0 && errno == EINTR) {
			n = 1;
			continue;
		}
		if (n < 0 && errno != EAGAIN) {
			lic_closep(&x->root);
			return lic_error_sys(err, errno, "cannot hear what happens in '%s'",
					     l->store);
		}
		if (n > 0)
			take_all(x, (size_t)n);
	}
	lic_closep(&x->root);
	return 0;
}

static void close_fanotify(struct lic_listener *l)
{
	struct fanotify *x = l->own;

	lic_closep(&l->fd);
	if (!x)
		return;
	lic_closep(&x->root);
	for (size_t i = 0; i < PLACES; i++)
		lic_buf_release(&x->place[i].path);
	free(x);
	l->own = NULL;
}

/* Do handles lead back to directories here? Not on every filesystem, nor in every container. */
static int try_handles(struct fanotify *x)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .h = { .handle_bytes = MAX_HANDLE_SZ } };
	struct place p = { .path = LIC_BUF_INIT(PATH_MAX) };
	int mount, r = open_root(x);

	if (r == 0 && name_to_handle_at(x->root, "", &u.h, &mount, AT_EMPTY_PATH) < 0)
		r = -errno;
	if (r == 0)
		r = resolve(x, &u.h, &p);
	if (r == 0 && (p.outside || p.path.len))
		r = -EXDEV;
	lic_buf_release(&p.path);
	lic_closep(&x->root);
	return r;
}

static int open_fanotify(struct lic_listener *l, struct lic_error *err)
{
	struct fanotify *x = calloc(1, sizeof(*x));
	int r;

	if (!x)
		return lic_error_set(err, ENOMEM, "out of memory for fanotify");
	l->own = x;
	x->l = l;
	x->root = -1;
	for (size_t i = 0; i < PLACES; i++)
		x->place[i].path = (struct lic_buf)LIC_BUF_INIT(PATH_MAX);
	l->fd = fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_DFID_NAME | FAN_CLOEXEC | FAN_NONBLOCK,
			      O_RDONLY | O_CLOEXEC);
	if (l->fd < 0)
		return lic_error_sys(err, errno, "cannot listen by fanotify");
	if (fanotify_mark(l->fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM,
			  CHANGES | FAN_MODIFY | FAN_ONDIR, AT_FDCWD, l->store) < 0)
		return lic_error_sys(err, errno, "cannot listen by fanotify to '%s'", l->store);
	r = try_handles(x);
	return r < 0 ? lic_error_sys(err, -r, "cannot listen by fanotify to '%s'", l->store) : 0;
}

const struct lic_listening lic_fanotify = { "fanotify", open_fanotify, read_events,
					    close_fanotify };
