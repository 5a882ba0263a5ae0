/* SPDX-License-Identifier: Apache-2.0 */
/* A file of an exported tree: a link, a clone or a copy of what is served. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/history/export_files.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

int lic_export_link_find(const char *name, enum lic_export_link *ret)
{
	static const char *const word[] = {
		[LIC_LINK_HARD] = "hard", [LIC_LINK_REFLINK] = "reflink", [LIC_LINK_COPY] = "copy"
	};

	for (unsigned i = LIC_LINK_HARD; i < LIC_ARRAY_SIZE(word); i++) {
		if (strcmp(word[i], name) == 0) {
			*ret = (enum lic_export_link)i;
			return 0;
		}
	}
	return -EINVAL;
}

struct target {
	const char *path;
	int fd;
};

static int put(struct lic_export *x, void *ctx, const void *p, size_t n)
{
	const struct target *t = ctx;

	return lic_site_write(&x->files->site, t->path, t->fd, p, n, x->err);
}

/* Errors of a filesystem, or of two, that have no clones. */
static bool says_no_clones(int code)
{
	return code == EOPNOTSUPP || code == EXDEV || code == EINVAL || code == ENOTTY ||
	       code == ENOSYS || code == ETXTBSY;
}

/* 1: it was cloned; 0: it cannot be, and is to be copied. */
static int try_clone(struct lic_export *x, const struct lic_served *f, const struct target *t)
{
	const bool must = x->q->link == LIC_LINK_REFLINK;

	if (x->q->link == LIC_LINK_COPY || x->q->link == LIC_LINK_HARD || x->files->no_clones ||
	    !f->whole || !f->size)
		return 0;
	if (ioctl(t->fd, FICLONE, f->fd) == 0)
		return 1;
	if (!says_no_clones(errno))
		return lic_site_error(&x->files->site, errno, t->path, x->err);
	x->files->no_clones = !must;
	return must ? lic_error_set(x->err, EOPNOTSUPP,
				    "files of '%s' cannot share blocks with '%s': that needs one "
				    "filesystem that can, such as btrfs or XFS; say --link copy",
				    x->q->store, x->q->output)
		    : 0;
}

/* Is this file of the tree what was judged? It cannot change any more, as the source may. 1, 0. */
static int check_made(struct lic_export *x, const struct lic_then *t, int fd, uint64_t size)
{
	uint8_t sum[16];
	struct stat st;

	if (fstat(fd, &st) != 0 || (uint64_t)st.st_size != size)
		return 0;
	if (t->m.e.kind != LIC_KIND_IMAGE)
		return 1;
	return lic_export_sum(x, fd, 0, size, sum) && memcmp(sum, t->m.e.hash.b, sizeof(sum)) == 0;
}

/* What an interrupted export has left is taken where it is what would be made now: of images their
 * bytes tell, of all else nothing does. 1, open; 0: it is to be made. */
static int take_over(struct lic_export *x, const struct lic_then *t, const struct lic_served *f,
		     struct target *to)
{
	struct lic_site *site = &x->files->site;
	struct stat st;

	if (t->m.e.kind != LIC_KIND_IMAGE || !f->whole) {
		lic_site_forget(site, to->path);
		return 0;
	}
	to->fd = lic_site_take(site, to->path, f->mode);
	if (to->fd < 0)
		return 0;
	if (fstat(to->fd, &st) == 0 && lic_timespec_ns(st.st_mtim) == f->mtime &&
	    check_made(x, t, to->fd, f->size)) {
		x->result->taken_over++;
		return 1;
	}
	lic_closep(&to->fd);
	return lic_site_unlink(site, to->path, x->err);
}

/* 1, 0 where it is not what was judged, or an error: with the bytes in place, but open. */
static int fill(struct lic_export *x, const struct lic_then *t, struct lic_served *f,
		struct target *to)
{
	int r = take_over(x, t, f, to);

	if (r != 0)
		return r;
	to->fd = lic_site_create(&x->files->site, to->path, f->mode, x->err);
	if (to->fd < 0)
		return to->fd;
	r = try_clone(x, f, to);
	if (r == 1) {
		r = check_made(x, t, to->fd, f->size);
		x->result->cloned += r == 1;
		return r;
	}
	if (r == 0)
		r = lic_export_bytes(x, t, f, put, to);
	x->result->copied += r == 1;
	return r;
}

static int settle(struct lic_export *x, struct target *to, int64_t mtime)
{
	int code = close(to->fd) != 0 ? errno : 0; /* a full disk may be told of here */

	to->fd = -1;
	return code ? lic_site_error(&x->files->site, code, to->path, x->err)
		    : lic_site_time(&x->files->site, to->path, mtime, x->err);
}

/* A link gives the file another ctime. Of an image the bytes tell that it is the same all the same;
 * and where it has other names, these are other rows, which would be taken for changed. */
static bool may_link(const struct lic_then *t, const struct lic_served *f)
{
	struct stat st;

	return t->m.e.kind == LIC_KIND_IMAGE && f->whole && fstat(f->fd, &st) == 0 &&
	       st.st_nlink == 1;
}

int lic_export_dir(struct lic_export *x, const struct lic_then *t)
{
	int r;

	if (!t->path.n)
		return 1;
	/* files in it could not be opened by any path that a program can give */
	if (t->path.n >= PATH_MAX)
		return 0;
	r = lic_site_dir(&x->files->site, (const char *)t->path.p, (mode_t)t->m.e.st.mode, x->err);
	return r < 0 ? r : 1;
}

int lic_export_unplace(struct lic_export *x, struct lic_export_placed *p, const char *path)
{
	return p->linked ? lic_export_hard_unlink(x, p, path)
			 : lic_site_unlink(&x->files->site, path, x->err);
}

int lic_export_place(struct lic_export *x, const struct lic_then *t, const char *path,
		     uint64_t *ret_state)
{
	struct target to = { path, -1 };
	struct lic_served f;
	int r, done;

	if (strlen(path) >= PATH_MAX)
		return lic_export_leave(x, t, LIC_LEFT_CHANGED);
	r = lic_export_open(x, t, &f);
	if (r <= 0)
		return r;
	*ret_state = f.state;
	if (x->q->link == LIC_LINK_HARD && may_link(t, &f))
		return lic_export_hard(x, t, &f, path);
	r = fill(x, t, &f, &to);
	done = x->q->serving->done(x->q->serving, &f);
	if (r == 1 && done < 0)
		r = 0;
	if (r == 1) {
		r = settle(x, &to, f.mtime);
		return r < 0 ? r : 1;
	}
	lic_closep(&to.fd);
	if (r == 0)
		r = lic_site_unlink(&x->files->site, path, x->err);
	return r < 0 ? r : lic_export_leave(x, t, LIC_LEFT_CHANGED);
}
