/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hard links to images of the store.
 *
 * A link changes the file's ctime, by which mounts know what was judged. So the bytes are read once
 * it is there, and the catalog gets the new time in the same breath: some files at once, with the
 * catalog held, so that no mount can mark them as changed in between.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/history/export_files.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

#define AT_ONCE 32
#define BYTES_AT_ONCE (32u << 20) /* no takedown should wait for long */

struct link {
	struct lic_served f;
	struct lic_entry e; /* without its name */
	size_t placed;	    /* the place that it will have among those placed */
	char *path;
};

struct lic_export_links {
	struct link item[AT_ONCE];
	size_t n;
	uint64_t bytes;
};

static int refuse(struct lic_export *x, int code, const char *path)
{
	switch (code) {
	case EXDEV:
		return lic_error_set(x->err, EXDEV,
				     "'%s' is on another filesystem than the store, where no hard "
				     "link can lead; say --link reflink or --link copy",
				     x->q->output);
	case EPERM:
		return lic_error_set(
			x->err, EPERM,
			"hard links to files of '%s' are not permitted: the filesystem "
			"has none, or the files are another user's; say --link copy",
			x->q->store);
	case EMLINK:
		return lic_error_set(x->err, EMLINK,
				     "'%s' has too many hard links; say --link copy", path);
	default:
		return lic_site_error(&x->files->site, code, path, x->err);
	}
}

int lic_export_hard_check(struct lic_export *x)
{
	struct stat store, here;

	if (fstat(x->reader.root, &store) != 0 || fstat(x->files->site.tree, &here) != 0)
		return lic_site_error(&x->files->site, errno, NULL, x->err);
	return store.st_dev == here.st_dev ? 0 : refuse(x, EXDEV, "");
}

static bool is_judged(const struct stat *st, const struct lic_stat *e)
{
	return (uint64_t)st->st_size == e->size && lic_timespec_ns(st->st_mtim) == e->mtime &&
	       st->st_ino == e->ino;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_ino == b->st_ino &&
	       lic_timespec_ns(a->st_mtim) == lic_timespec_ns(b->st_mtim) &&
	       lic_timespec_ns(a->st_ctim) == lic_timespec_ns(b->st_ctim);
}

/* Its names have changed: are its bytes those that were judged? Then the catalog gets the time that
 * it has now: 1; else 0. */
static int touch(struct lic_export *x, struct lic_txn *txn, const struct lic_entry *e, int fd)
{
	const int64_t judged = lic_now_ns();
	struct lic_stat now = e->st;
	struct stat before, after;
	uint8_t sum[16];
	int r;

	if (fstat(fd, &before) != 0 || !is_judged(&before, &e->st) ||
	    !lic_export_sum(x, fd, 0, e->st.size, sum) ||
	    memcmp(sum, e->hash.b, sizeof(sum)) != 0 || fstat(fd, &after) != 0 ||
	    !is_same(&before, &after))
		return 0;
	now.ctime = lic_timespec_ns(after.st_ctim);
	r = lic_catalog_touch(txn, e->id, &now, judged, x->err);
	return r == -ENOENT ? 0 : r < 0 ? r : 1;
}

/* 0 also where it turned out to be something else. */
static int make_link(struct lic_export *x, struct lic_txn *txn, struct link *l)
{
	struct stat st;
	char self[64];
	int r = 0;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", l->f.fd);
	if (fstat(l->f.fd, &st) == 0 && is_judged(&st, &l->e.st) && st.st_nlink == 1 &&
	    lic_timespec_ns(st.st_ctim) == l->e.st.ctime) {
		if (linkat(AT_FDCWD, self, x->files->site.tree, l->path, AT_SYMLINK_FOLLOW) != 0)
			return refuse(x, errno, l->path);
		x->files->placed[l->placed].linked = true;
		r = touch(x, txn, &l->e, l->f.fd);
		x->result->linked += r == 1;
	}
	/* not what it was: holds() will say so of no state that there is */
	if (r == 0)
		x->files->placed[l->placed].state = UINT64_MAX;
	return r < 0 ? r : 0;
}

static void close_links(struct lic_export *x)
{
	struct lic_export_links *links = x->files->links;

	for (size_t i = 0; i < links->n; i++) {
		(void)x->q->serving->done(x->q->serving, &links->item[i].f);
		free(links->item[i].path);
	}
	links->n = 0;
	links->bytes = 0;
}

int lic_export_hard_flush(struct lic_export *x)
{
	struct lic_export_links *links = x->files->links;
	struct lic_txn *txn;
	int r, committed;

	if (!links || !links->n)
		return 0;
	r = lic_catalog_begin(x->q->writer, "export", &txn, x->err);
	if (r < 0) {
		close_links(x);
		return r;
	}
	for (size_t i = 0; r == 0 && i < links->n; i++)
		r = make_link(x, txn, &links->item[i]);
	close_links(x);
	/* also after a failure: of those that were made the times have changed */
	committed = lic_catalog_commit(txn, r < 0 ? NULL : x->err);
	return r < 0 ? r : committed;
}

int lic_export_hard(struct lic_export *x, const struct lic_then *t, struct lic_served *f,
		    const char *path)
{
	struct lic_export_links *links = x->files->links;
	struct link l = { *f, t->m.e, x->files->n, strdup(path) };
	int r = l.path ? 0 : lic_export_no_memory(x);

	if (!links)
		links = x->files->links = calloc(1, sizeof(*links));
	if (!links)
		r = lic_export_no_memory(x);
	else if (r == 0 && (links->n == AT_ONCE || links->bytes >= BYTES_AT_ONCE))
		r = lic_export_hard_flush(x);
	if (r < 0) {
		free(l.path);
		(void)x->q->serving->done(x->q->serving, f);
		return r;
	}
	l.e.name = (struct lic_bytes){ NULL, 0 };
	links->item[links->n++] = l;
	links->bytes += f->size;
	return 1;
}

/* --- and away again --------------------------------------------------------------------------- */

static int unlink_one(struct lic_export *x, struct lic_txn *txn, struct lic_export_placed *p,
		      const char *path)
{
	_cleanup_(lic_closep) int fd = lic_open_beneath(x->reader.root, path, O_RDONLY);
	struct lic_snapshot_entry m;
	struct stat st;
	int r = lic_snapshot_by_id(x->s, p->id, &m, x->err);
	bool known = r == 0 && fd >= 0 && fstat(fd, &st) == 0 && is_judged(&st, &m.e.st) &&
		     lic_timespec_ns(st.st_ctim) == m.e.st.ctime;

	r = lic_site_unlink(&x->files->site, path, x->err);
	if (r < 0)
		return r;
	p->linked = false;
	r = known ? touch(x, txn, &m.e, fd) : 0;
	return r < 0 ? r : 0;
}

int lic_export_hard_unlink(struct lic_export *x, struct lic_export_placed *p, const char *path)
{
	struct lic_txn *txn;
	int r = lic_catalog_begin(x->q->writer, "export", &txn, x->err), committed;

	if (r < 0)
		return r;
	r = unlink_one(x, txn, p, path);
	committed = lic_catalog_commit(txn, x->err);
	return r < 0 ? r : committed;
}

/* Some of those from *i on. */
static int unlink_some(struct lic_export *x, size_t *i)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	struct lic_export_files *f = x->files;
	struct lic_txn *txn;
	int r = lic_catalog_begin(x->q->writer, "export", &txn, NULL);

	if (r < 0)
		return r;
	for (unsigned n = 0; r == 0 && *i < f->n && n < AT_ONCE; ++*i) {
		if (!f->placed[*i].linked)
			continue;
		lic_buf_reset(&path);
		r = lic_snapshot_path(x->s, f->placed[*i].id, &path, NULL);
		if (r == 0)
			r = unlink_one(x, txn, &f->placed[*i], lic_buf_str(&path));
		n++;
	}
	lic_buf_release(&path);
	return lic_catalog_commit(txn, NULL) < 0 ? -EIO : r;
}

/* It failed, or was interrupted: that is what is to be told, and not what comes of it. */
static void unlink_all(struct lic_export *x)
{
	struct lic_error *told = x->err, own = LIC_ERROR_INIT;
	struct lic_export_files *f = x->files;
	size_t i = 0;

	x->err = &own;
	while (i < f->n && unlink_some(x, &i) == 0)
		;
	for (i = 0; i < f->n; i++)
		x->result->stuck += f->placed[i].linked;
	x->err = told;
}

void lic_export_hard_end(struct lic_export *x)
{
	if (x->files->links)
		close_links(x);
	if (x->files->links && !x->files->done)
		unlink_all(x);
	free(x->files->links);
	x->files->links = NULL;
}
