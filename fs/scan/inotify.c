/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listens by inotify: a watch for each directory of the store.
 *
 * A directory is watched before it is listed, so that what comes into it is either in the list or
 * told. One that came from elsewhere is watched anew with all below it, which the scan walks whole
 * afterwards. The kernel gives an inode that is watched already its number again: so a directory
 * that has moved takes its node along, and all below with it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "fs/scan/internal.h"
#include "fs/scan/listen.h"
#include "fs/util/io.h"

#define CHANGES (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB)
#define FLAGS (IN_ONLYDIR | IN_EXCL_UNLINK)
#define BUFFER (64u * 1024)

struct node {
	int wd;
	struct node *up; /* of the root NULL */
	struct node *child, *next, **at;
	struct node *chain; /* in its hash slot */
	char *name;
};

/* A directory that has moved to somewhere, as long as nobody has said where to. */
struct moved {
	uint32_t cookie;
	struct node *up;
	char *name;
};

struct inotify {
	struct lic_listener *l;
	struct lic_error *err;
	int root; /* of the store, while it is needed */
	struct node **slot;
	size_t cap, n;
	struct node *top;
	struct node **list; /* nodes whose directories are to be listed */
	size_t n_list, list_cap;
	struct moved *moved;
	size_t n_moved, moved_cap;
	bool denied; /* some directory could not be watched, and perhaps can be later */
};

static int no_memory(struct inotify *x)
{
	return lic_error_set(x->err, ENOMEM, "out of memory for watches");
}

/* --- nodes -------------------------------------------------------------------------------- */

static struct node **slot_of(const struct inotify *x, int wd)
{
	return &x->slot[((unsigned)wd * 2654435761u) & (x->cap - 1)];
}

static struct node *find(const struct inotify *x, int wd)
{
	struct node *n = x->cap ? *slot_of(x, wd) : NULL;

	while (n && n->wd != wd)
		n = n->chain;
	return n;
}

static bool grow_slots(struct inotify *x)
{
	const size_t old = x->cap;
	struct node **slots = x->slot;

	if (x->n < x->cap)
		return true;
	x->slot = calloc(old ? old * 2 : 256, sizeof(struct node *));
	if (!x->slot) {
		x->slot = slots;
		return false;
	}
	x->cap = old ? old * 2 : 256;
	for (size_t i = 0; i < old; i++) {
		for (struct node *n = slots[i], *next; n; n = next) {
			struct node **to = slot_of(x, n->wd);

			next = n->chain;
			n->chain = *to;
			*to = n;
		}
	}
	free(slots);
	return true;
}

static void detach(struct node *n)
{
	if (!n->up)
		return;
	*n->at = n->next;
	if (n->next)
		n->next->at = n->at;
	n->up = NULL;
}

static void attach(struct node *n, struct node *up)
{
	n->up = up;
	if (!up)
		return;
	n->next = up->child;
	if (n->next)
		n->next->at = &n->next;
	n->at = &up->child;
	up->child = n;
}

static void free_node(struct inotify *x, struct node *n)
{
	struct node **p = slot_of(x, n->wd);

	detach(n);
	while (*p != n)
		p = &(*p)->chain;
	*p = n->chain;
	x->n--;
	if (n == x->top)
		x->top = NULL;
	free(n->name);
	free(n);
}

/* It and all below it are watched no more. */
static void forget(struct inotify *x, struct node *top)
{
	struct node *n = top;

	for (;;) {
		struct node *up;

		while (n->child)
			n = n->child;
		up = n == top ? NULL : n->up;
		inotify_rm_watch(x->l->fd, n->wd);
		free_node(x, n);
		if (!up)
			return;
		n = up;
	}
}

static int path_of(struct inotify *x, const struct node *n, struct lic_buf *ret)
{
	const struct node *chain[PATH_MAX];
	size_t depth = 0;

	lic_buf_reset(ret);
	for (; n->up; n = n->up) {
		if (depth == PATH_MAX)
			return -ENAMETOOLONG;
		chain[depth++] = n;
	}
	while (depth--) {
		if (ret->len)
			lic_buf_addc(ret, '/');
		lic_buf_adds(ret, chain[depth]->name);
	}
	return lic_buf_failed(ret) ? no_memory(x) : 0;
}

/* --- watching ----------------------------------------------------------------------------- */

static bool is_inside(const struct node *n, const struct node *of)
{
	while (n && n != of)
		n = n->up;
	return n != NULL;
}

static struct node *make_node(struct inotify *x, int wd)
{
	struct node *n = grow_slots(x) ? calloc(1, sizeof(*n)) : NULL;
	struct node **slot;

	if (!n)
		return NULL;
	slot = slot_of(x, wd);
	n->wd = wd;
	n->chain = *slot;
	*slot = n;
	x->n++;
	return n;
}

/* The watch of a directory found there: a new one, or one that it has had elsewhere. */
static int place(struct inotify *x, int wd, struct node *up, const char *name, struct node **ret)
{
	struct node *n = find(x, wd);
	char *copy;

	/* where the tree changes below our hands more will be told */
	if (n && up && is_inside(up, n))
		return 0;
	copy = strdup(name);
	if (copy && !n)
		n = make_node(x, wd);
	if (!copy || !n) {
		free(copy);
		return no_memory(x);
	}
	free(n->name);
	n->name = copy;
	detach(n);
	attach(n, up);
	*ret = n;
	return 0;
}

static void warn_limit(struct inotify *x)
{
	struct lic_buf line = LIC_BUF_INIT(1024);

	if (x->l->lost)
		return;
	x->l->lost = true;
	lic_buf_addf(&line,
		     "no more than %zu directories can be watched: everything is scanned now and "
		     "then; raise the limit with 'sysctl fs.inotify.max_user_watches=1048576', or "
		     "run as root",
		     x->n);
	if (x->l->warn)
		x->l->warn(x->l->ctx, lic_buf_str(&line));
	lic_buf_release(&line);
}

/* Watches the directory at a path, if it is one of the store; *ret NULL where it is not. */
static int watch(struct inotify *x, struct node *up, const char *name, const char *path,
		 struct node **ret)
{
	_cleanup_(lic_closep) int fd =
		lic_open_beneath(x->root, path[0] ? path : ".", O_PATH | O_DIRECTORY);
	struct lic_item it = { 0 };
	char link[64];
	int wd;

	*ret = NULL;
	if (fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM)
		return lic_error_sys(x->err, -fd, "cannot open a directory of the store");
	if (fd < 0 || (up && (lic_walk_stat(fd, "", &it) < 0 || it.kind != LIC_KIND_DIR)))
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	wd = inotify_add_watch(x->l->fd, link, CHANGES | IN_MODIFY | FLAGS);
	if (wd < 0 && errno == ENOSPC) {
		warn_limit(x);
		return 0;
	}
	if (wd < 0) {
		x->denied |= errno == EACCES;
		return errno == ENOMEM ? no_memory(x) : 0;
	}
	return place(x, wd, up, name, ret);
}

static int push(struct inotify *x, struct node *n)
{
	if (x->n_list == x->list_cap) {
		const size_t cap = x->list_cap ? x->list_cap * 2 : 256;
		void *p = reallocarray(x->list, cap, sizeof(struct node *));

		if (!p)
			return no_memory(x);
		x->list = p;
		x->list_cap = cap;
	}
	x->list[x->n_list++] = n;
	return 0;
}

static int watch_below(struct inotify *x, struct node *up, const struct lic_buf *dir,
		       const char *name)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(64u << 20);
	struct node *n;
	int r;

	if (!dir->len && strcmp(name, LIC_CATALOG_DIR) == 0)
		return 0;
	lic_buf_add(&path, lic_buf_str(dir), dir->len);
	if (dir->len)
		lic_buf_addc(&path, '/');
	lic_buf_adds(&path, name);
	if (lic_buf_failed(&path))
		return no_memory(x);
	r = watch(x, up, name, lic_buf_str(&path), &n);
	return r == 0 && n ? push(x, n) : r;
}

static int list_one(struct inotify *x, struct node *n)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(64u << 20);
	int r = path_of(x, n, &path), fd;
	struct dirent *e;
	DIR *dir;

	if (r < 0)
		return r == -ENAMETOOLONG ? 0 : r;
	fd = lic_open_beneath(x->root, path.len ? lic_buf_str(&path) : ".", O_RDONLY | O_DIRECTORY);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		x->denied |= fd == -EACCES;
		lic_closep(&fd);
		return 0; /* gone again, or it cannot be scanned either */
	}
	while (r == 0 && (e = readdir(dir)))
		if ((e->d_type == DT_DIR || e->d_type == DT_UNKNOWN) &&
		    strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = watch_below(x, n, &path, e->d_name);
	closedir(dir);
	return r;
}

static int open_root(struct inotify *x)
{
	if (x->root < 0)
		x->root = open(x->l->store, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return x->root < 0 ? lic_error_sys(x->err, errno, "cannot open the store '%s'", x->l->store)
			   : 0;
}

/* All below the nodes in the list. */
static int list_all(struct inotify *x)
{
	int r = 0;

	while (r == 0 && x->n_list)
		r = list_one(x, x->list[--x->n_list]);
	x->n_list = 0;
	return r;
}

/* From the root on: what is watched stays so. */
static int watch_all(struct inotify *x)
{
	struct node *top;
	int r = open_root(x);

	if (r == 0)
		r = watch(x, NULL, "", "", &top);
	if (r == 0 && !top && !x->l->lost)
		r = lic_error_set(x->err, ENOENT, "cannot watch the store '%s'", x->l->store);
	if (r < 0 || !top)
		return r;
	x->top = top;
	r = push(x, top);
	return r == 0 ? list_all(x) : r;
}

/* --- events ------------------------------------------------------------------------------- */

static void gone(struct inotify *x, struct node *n)
{
	for (size_t i = 0; i < x->n_moved; i++)
		if (is_inside(x->moved[i].up, n))
			x->moved[i].up = NULL;
	forget(x, n);
}

/* Those of whom nobody has said where to have left the store. */
static void forget_moved(struct inotify *x)
{
	for (size_t i = 0; i < x->n_moved; i++) {
		const struct moved *m = &x->moved[i];
		struct node *n = m->up ? m->up->child : NULL;

		while (n && strcmp(n->name, m->name) != 0)
			n = n->next;
		if (n)
			gone(x, n);
		free(m->name);
	}
	x->n_moved = 0;
}

static void moved_to(struct inotify *x, uint32_t cookie)
{
	for (size_t i = 0; i < x->n_moved; i++) {
		if (x->moved[i].cookie != cookie)
			continue;
		free(x->moved[i].name);
		x->moved[i--] = x->moved[--x->n_moved];
	}
}

static int moved_from(struct inotify *x, struct node *up, const struct inotify_event *e)
{
	char *name = strdup(e->name);

	if (name && x->n_moved == x->moved_cap) {
		const size_t cap = x->moved_cap ? x->moved_cap * 2 : 16;
		void *p = reallocarray(x->moved, cap, sizeof(*x->moved));

		if (p) {
			x->moved = p;
			x->moved_cap = cap;
		}
	}
	if (!name || x->n_moved == x->moved_cap) {
		free(name);
		return no_memory(x);
	}
	x->moved[x->n_moved++] = (struct moved){ e->cookie, up, name };
	return 0;
}

static unsigned heard_of(const struct inotify_event *e, bool is_dir)
{
	unsigned what = 0;

	if (e->mask & CHANGES)
		what |= LIC_HEARD_CHANGE;
	if (e->mask & IN_MODIFY)
		what |= LIC_HEARD_WRITE;
	if (is_dir && e->mask & (IN_CREATE | IN_MOVED_TO))
		what |= LIC_HEARD_DIR;
	if (is_dir && e->mask & IN_ATTRIB)
		what |= LIC_HEARD_SELF;
	return what;
}

static int hear(struct inotify *x, struct node *n, const struct inotify_event *e)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(64u << 20);
	const bool is_dir = e->mask & IN_ISDIR && e->len;
	int r = path_of(x, n, &path);

	if (r == -ENAMETOOLONG) {
		lic_heard_all(x->l->soon);
		return 0;
	}
	if (r < 0)
		return r;
	lic_listener_hear(x->l, &path, e->len ? e->name : "", heard_of(e, is_dir));
	if (is_dir && e->mask & IN_MOVED_TO)
		moved_to(x, e->cookie);
	if (is_dir && e->mask & IN_MOVED_FROM)
		return moved_from(x, n, e);
	if (!is_dir || !(e->mask & (IN_CREATE | IN_MOVED_TO) || (e->mask & IN_ATTRIB && x->denied)))
		return 0;
	r = open_root(x);
	if (r == 0)
		r = watch_below(x, n, &path, e->name);
	return r == 0 ? list_all(x) : r;
}

static int take(struct inotify *x, const struct inotify_event *e)
{
	struct node *n = find(x, e->wd);

	if (e->mask & IN_Q_OVERFLOW) {
		/* directories that nobody has told of are not watched, either */
		lic_heard_all(x->l->soon);
		return watch_all(x);
	}
	if (n && e->mask & IN_IGNORED) {
		gone(x, n);
		return 0;
	}
	return n && e->mask & (CHANGES | IN_MODIFY) ? hear(x, n, e) : 0;
}

static int read_events(struct lic_listener *l, struct lic_error *err)
{
	struct inotify *x = l->own;
	char buffer[BUFFER] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = 1;
	int r = 0;

	x->err = err;
	while (r == 0 && n > 0) {
		n = read(l->fd, buffer, sizeof(buffer));
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0 && errno != EAGAIN)
			r = lic_error_sys(err, errno, "cannot hear what happens in '%s'", l->store);
		else if (n > 0)
			for (const char *p = buffer; r == 0 && p < buffer + n;) {
				const struct inotify_event *e = (const void *)p;

				r = take(x, e);
				p += sizeof(*e) + e->len;
			}
	}
	forget_moved(x);
	lic_closep(&x->root);
	return r;
}

static void close_inotify(struct lic_listener *l)
{
	struct inotify *x = l->own;

	lic_closep(&l->fd);
	if (!x)
		return;
	forget_moved(x);
	for (size_t i = 0; i < x->cap; i++) {
		for (struct node *n = x->slot[i], *next; n; n = next) {
			next = n->chain;
			free(n->name);
			free(n);
		}
	}
	lic_closep(&x->root);
	free(x->slot);
	free(x->list);
	free(x->moved);
	free(x);
	l->own = NULL;
}

static int open_inotify(struct lic_listener *l, struct lic_error *err)
{
	struct inotify *x = calloc(1, sizeof(*x));
	int r;

	if (!x)
		return lic_error_set(err, ENOMEM, "out of memory for watches");
	x->l = l;
	x->err = err;
	x->root = -1;
	l->own = x;
	l->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (l->fd < 0)
		return lic_error_sys(err, errno, "cannot listen by inotify%s",
				     errno == EMFILE ? " (see fs.inotify.max_user_instances)" : "");
	r = watch_all(x);
	lic_closep(&x->root);
	return r;
}

const struct lic_listening lic_inotify = { "inotify", open_inotify, read_events, close_inotify };
