/* SPDX-License-Identifier: Apache-2.0 */
/* The directory in which an export is made. */
#include "fs/history/site.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/history/outside.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

#define LOCK "lock"
#define TREE LIC_SITE_TREE
#define PAST LIC_SITE_PAST
#define TRASH "trash"
#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

int lic_site_error(const struct lic_site *p, int code, const char *path, struct lic_error *err)
{
	struct lic_buf b = LIC_BUF_INIT(1u << 20);
	int r;

	lic_text_quote(&b, p->output, strlen(p->output));
	if (path && *path) {
		lic_buf_adds(&b, ": ");
		lic_text_quote(&b, path, strlen(path));
	}
	r = lic_error_sys(err, code, "cannot write %s", lic_buf_str(&b));
	lic_buf_release(&b);
	return r;
}

/* --- removing -------------------------------------------------------------------------------- */

/* Calls `fn` for each name in a directory. */
static int each_name(int at, const char *name, int (*fn)(void *ctx, int dir, const char *name),
		     void *ctx)
{
	int fd = openat(at, name, DIRECTORY), r = 0;
	const struct dirent *e;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d) {
		r = -errno;
		lic_closep(&fd);
		return r;
	}
	while (r == 0 && (errno = 0, e = readdir(d))) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = fn(ctx, fd, e->d_name);
	}
	if (r == 0 && errno)
		r = -errno;
	closedir(d);
	return r;
}

struct trash {
	int top;	 /* where directories are moved to, so that no path becomes long */
	uint64_t serial; /* of the next one */
	bool found;
};

static int throw(void *ctx, int dir, const char *name)
{
	struct trash *t = ctx;
	struct stat st;
	char to[32];

	t->found = true;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISDIR(st.st_mode)) {
		/* Its other name is the store's: that file would be taken for changed. */
		if (st.st_nlink > 1)
			return -EMLINK;
		return unlinkat(dir, name, 0) == 0 || errno == ENOENT ? 0 : -errno;
	}
	do
		snprintf(to, sizeof(to), "%" PRIu64, t->serial++);
	while (renameat(dir, name, t->top, to) != 0 && (errno == EEXIST || errno == ENOTEMPTY));
	return 0;
}

static int empty(void *ctx, int dir, const char *name)
{
	struct trash *t = ctx;
	int r = each_name(dir, name, throw, t);

	t->found = true;
	if (r == -ENOTDIR)
		return throw(ctx, dir, name);
	if (r < 0)
		return r;
	return unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOTEMPTY || errno == EEXIST
		       ? 0
		       : -errno;
}

/* Becomes what is removed, unless something else is that already. */
static int doom(const struct lic_site *p, const char *name)
{
	return renameat(p->dir, name, p->dir, TRASH) == 0 || errno == ENOENT ||
			       errno == ENOTEMPTY || errno == EEXIST
		       ? 0
		       : -errno;
}

/* Removes TREE and PAST, whatever is in them, without needing room on a full disk. */
static int clear(const struct lic_site *p)
{
	struct trash t = { .top = -1 };
	int r = ftruncate(p->lock, 0) == 0 ? 0 : -errno;

	if (r == 0)
		r = doom(p, TREE);
	if (r == 0)
		r = doom(p, PAST);
	if (r < 0)
		return r;
	t.top = openat(p->dir, TRASH, DIRECTORY);
	if (t.top < 0)
		return errno == ENOENT ? 0 : -errno;
	(void)fchmod(t.top, 0700);
	r = throw(&t, p->dir, TREE);
	if (r == 0)
		r = throw(&t, p->dir, PAST);
	do {
		t.found = false;
		if (r == 0)
			r = each_name(p->dir, TRASH, empty, &t);
	} while (r == 0 && t.found);
	if (r == 0 && unlinkat(p->dir, TRASH, AT_REMOVEDIR) != 0)
		r = -errno;
	lic_closep(&t.top);
	return r;
}

/* --- where ----------------------------------------------------------------------------------- */

static int split(struct lic_site *p, const char *output, struct lic_error *err)
{
	_cleanup_(lic_freep) char *path = strdup(output);
	size_t n = strlen(output);
	const char *base;
	char *slash;

	p->output = strdup(output);
	if (!path || !p->output)
		return lic_error_sys(err, ENOMEM, "cannot write '%s'", output);
	while (n > 1 && path[n - 1] == '/')
		path[--n] = 0;
	slash = strrchr(path, '/');
	base = slash ? slash + 1 : path;
	if (!*base || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return lic_error_set(err, EINVAL, "'%s' is no name for a new directory", output);
	if (strlen(base) > NAME_MAX)
		return lic_site_error(p, ENAMETOOLONG, NULL, err);
	memcpy(p->name, base, strlen(base) + 1);
	snprintf(p->own, sizeof(p->own), ".licensefs-export-%016" PRIx64,
		 lic_hash64(p->name, strlen(p->name)));
	if (slash)
		slash[slash == path] = 0;
	p->parent = open(slash ? path : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (p->parent < 0 && errno == ENOENT)
		return lic_error_set(err, ENOENT, "cannot write '%s': there is no directory '%s'",
				     output, path);
	return p->parent < 0 ? lic_site_error(p, errno, NULL, err) : 0;
}

static int check(struct lic_site *p, const char *store, struct lic_error *err)
{
	struct stat st;
	int r = lic_outside_check(p->parent, store, p->output, err);

	if (r < 0)
		return r;
	if (fstatat(p->parent, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return lic_error_set(err, EEXIST,
				     "'%s' exists already; remove it, or choose another name",
				     p->output);
	return errno == ENOENT ? 0 : lic_site_error(p, errno, NULL, err);
}

/* --- the lock -------------------------------------------------------------------------------- */

static int is_foreign(_unused_ void *ctx, _unused_ int dir, const char *name)
{
	return strcmp(name, LOCK) != 0 && strcmp(name, TREE) != 0 && strcmp(name, PAST) != 0 &&
	       strcmp(name, TRASH) != 0;
}

/* Is `own` still the directory that is open? Another export may have finished with it. */
static bool is_current(const struct lic_site *p)
{
	struct stat a, b;

	return fstat(p->dir, &a) == 0 && fstatat(p->parent, p->own, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* 1: it was locked; 0: to be tried again. *exposed: others could look into it and write there. */
static int lock(struct lic_site *p, bool *exposed, struct lic_error *err)
{
	struct stat st;
	int r;

	if (mkdirat(p->parent, p->own, 0700) != 0 && errno != EEXIST)
		return lic_site_error(p, errno, NULL, err);
	p->dir = openat(p->parent, p->own, DIRECTORY);
	if (p->dir < 0)
		return errno == ENOENT ? 0 : lic_site_error(p, errno, NULL, err);
	/* a umask may have taken more than it should, and somebody else less */
	if (fstat(p->dir, &st) != 0 || st.st_uid != geteuid() || fchmod(p->dir, 0700) != 0)
		return lic_error_set(err, EBUSY,
				     "somebody else began an export to '%s'; choose another name",
				     p->output);
	*exposed = (st.st_mode & 077) != 0;
	r = each_name(p->parent, p->own, is_foreign, NULL);
	if (r > 0)
		return lic_error_set(err, EEXIST,
				     "'%s' beside '%s' is not what an export has left; remove it",
				     p->own, p->output);
	p->lock = openat(p->dir, LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (p->lock < 0)
		return errno == ENOENT ? 0 : lic_site_error(p, errno, NULL, err);
	if (flock(p->lock, LOCK_EX | LOCK_NB) != 0)
		return lic_error_set(err, EBUSY, "another export to '%s' is running", p->output);
	return is_current(p);
}

static void forget_all(struct lic_site *p)
{
	while (p->n_past)
		lic_closep(&p->past[--p->n_past]);
}

/* With what was left, if that is of the same key; else without. */
static int begin(struct lic_site *p, const char *key, bool same)
{
	int r = 0;

	p->mask = umask(077);
	umask(p->mask);
	if (same)
		r = lic_site_go_on(p);
	if (!same || r == -E2BIG) {
		forget_all(p);
		r = clear(p);
	}
	if (r == 0 && mkdirat(p->dir, TREE, 0777) != 0)
		r = -errno;
	return r < 0 ? r : lic_site_begin(p, key);
}

int lic_site_open(struct lic_site *p, const char *output, const char *store, const char *key,
		  struct lic_error *err)
{
	bool exposed = false;
	int r = split(p, output, err);

	if (r == 0)
		r = check(p, store, err);
	if (r < 0)
		return r;
	while ((r = lock(p, &exposed, err)) == 0) {
		lic_closep(&p->lock);
		lic_closep(&p->dir);
	}
	if (r < 0)
		return r;
	p->made = true;
	r = begin(p, key, !exposed && lic_site_is_same(p, key));
	if (r == -EMLINK)
		return lic_error_set(
			err, EMLINK,
			"an export to '%s' that was killed has left hard links to files "
			"of the store in '%s' beside it: remove that, and scan the store",
			p->output, p->own);
	if (r < 0)
		return lic_site_error(p, -r, NULL, err);
	p->tree = openat(p->dir, TREE, DIRECTORY);
	return p->tree < 0 ? lic_site_error(p, errno, NULL, err) : 0;
}

void lic_site_release(struct lic_site *p)
{
	lic_closep(&p->tree);
	forget_all(p);
	/* the lock goes last: whoever waits for it finds that the directory is another one */
	if (p->made && !(p->keep && p->goes_on) && clear(p) == 0 && unlinkat(p->dir, LOCK, 0) == 0)
		(void)unlinkat(p->parent, p->own, AT_REMOVEDIR);
	lic_closep(&p->lock);
	lic_closep(&p->dir);
	lic_closep(&p->parent);
	free(p->output);
	*p = (struct lic_site)LIC_SITE_INIT;
}

/* --- what is in it --------------------------------------------------------------------------- */

int lic_site_dir(struct lic_site *p, const char *path, mode_t mode, struct lic_error *err)
{
	return mkdirat(p->tree, path, (mode & 0777) | S_IRWXU) == 0
		       ? 0
		       : lic_site_error(p, errno, path, err);
}

int lic_site_create(struct lic_site *p, const char *path, mode_t mode, struct lic_error *err)
{
	int fd = openat(p->tree, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			(mode & 0777) | S_IRUSR | S_IWUSR);

	return fd >= 0 ? fd : lic_site_error(p, errno, path, err);
}

int lic_site_write(struct lic_site *p, const char *path, int fd, const void *buf, size_t n,
		   struct lic_error *err)
{
	for (const char *at = buf; n;) {
		ssize_t k = write(fd, at, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return lic_site_error(p, k < 0 ? errno : EIO, path, err);
		at += k;
		n -= (size_t)k;
	}
	return 0;
}

int lic_site_put(struct lic_site *p, const char *path, const void *buf, size_t n,
		 struct lic_error *err)
{
	int fd = openat(p->tree, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	int r;

	if (fd < 0)
		return lic_site_error(p, errno, path, err);
	r = n ? lic_site_write(p, path, fd, buf, n, err) : 0;
	if (close(fd) != 0 && r == 0)
		r = lic_site_error(p, errno, path, err);
	return r;
}

bool lic_site_has(struct lic_site *p, const char *path)
{
	return faccessat(p->tree, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int lic_site_unlink(struct lic_site *p, const char *path, struct lic_error *err)
{
	return unlinkat(p->tree, path, 0) == 0 || errno == ENOENT
		       ? 0
		       : lic_site_error(p, errno, path, err);
}

int lic_site_time(struct lic_site *p, const char *path, int64_t mtime, struct lic_error *err)
{
	int64_t s = mtime / 1000000000, ns = mtime % 1000000000;
	struct timespec t[2] = { { .tv_nsec = UTIME_OMIT },
				 { s - (ns < 0), ns < 0 ? ns + 1000000000 : ns } };

	return utimensat(p->tree, *path ? path : ".", t, AT_SYMLINK_NOFOLLOW) == 0
		       ? 0
		       : lic_site_error(p, errno, path, err);
}

/* --- its name -------------------------------------------------------------------------------- */

static int rename_new(int from, const char *name, int to, const char *new_name)
{
	struct stat st;

	if (renameat2(from, name, to, new_name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* a filesystem that cannot promise it */
	if (fstatat(to, new_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return -EEXIST;
	return renameat(from, name, to, new_name) == 0 ? 0 : -errno;
}

int lic_site_sync(struct lic_site *p, struct lic_error *err)
{
	return syncfs(p->tree) == 0 ? 0 : lic_site_error(p, errno, NULL, err);
}

/* Is what has the name the tree that was made? */
static bool is_tree(const struct lic_site *p, int at, const char *name)
{
	struct stat a, b;

	return fstat(p->tree, &a) == 0 && fstatat(at, name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int not_ours(const struct lic_site *p, struct lic_error *err)
{
	return lic_error_set(err, ESTALE, "somebody else has changed '%s' while it was made",
			     p->output);
}

int lic_site_finish(struct lic_site *p, struct lic_error *err)
{
	_cleanup_(lic_closep) int parent = -1;
	int r;

	if (!is_tree(p, p->dir, TREE))
		return not_ours(p, err);
	r = rename_new(p->dir, TREE, p->parent, p->name);
	if (r < 0)
		return lic_site_error(p, -r, NULL, err);
	/* that the name lasts, too */
	parent = openat(p->parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent >= 0)
		(void)fsync(parent);
	return 0;
}

int lic_site_back(struct lic_site *p, struct lic_error *err)
{
	int r;

	if (!is_tree(p, p->parent, p->name))
		return not_ours(p, err);
	r = rename_new(p->parent, p->name, p->dir, TREE);
	if (r < 0)
		return lic_site_error(p, -r, NULL, err);
	return is_tree(p, p->dir, TREE) ? 0 : not_ours(p, err);
}
