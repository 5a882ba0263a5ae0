/* SPDX-License-Identifier: Apache-2.0 */
/* Opening, comparing and reading files of the store. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fs/mount/backing.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

#ifndef RWF_DONTCACHE
#define RWF_DONTCACHE 0x00000080
#endif

/* Fingerprints of rows whose young time stamps were made up for by comparing the bytes. A lost one
 * costs another comparison. */
#define VERIFIED_SLOTS 4096u
static _Atomic uint64_t verified[VERIFIED_SLOTS];

#define HASH_STEP (128u * 1024)

static bool is_judged(const struct lic_stat *judged, const struct stat *st)
{
	return S_ISREG(st->st_mode) && (uint64_t)st->st_size == judged->size &&
	       lic_timespec_ns(st->st_mtim) == judged->mtime &&
	       lic_timespec_ns(st->st_ctim) == judged->ctime && st->st_ino == judged->ino;
}

static int hash_file(struct lic_worker *w, const struct lic_backing *b, uint8_t ret[16])
{
	unsigned char *buf = lic_worker_buffer(w, HASH_STEP);
	struct lic_hasher *h = lic_hasher_new();
	uint64_t size = (uint64_t)b->st.st_size;
	int r = h && buf ? 0 : -ENOMEM;

	for (uint64_t off = 0; r == 0 && off < size;) {
		size_t n = size - off < HASH_STEP ? (size_t)(size - off) : HASH_STEP;

		r = lic_backing_read(w->s, b, buf, n, off);
		if (r == 0)
			lic_hasher_add(h, buf, n);
		off += n;
	}
	if (r == 0)
		lic_hasher_get(h, ret);
	lic_hasher_free(h);
	return r;
}

static int64_t stamp_of(const struct lic_entry *e)
{
	return e->st.mtime > e->st.ctime ? e->st.mtime : e->st.ctime;
}

/* A change within the grain of the time stamp would leave it as it was: then only the bytes tell.
 */
static bool is_young(const struct lic_entry *e)
{
	const uint64_t mark = lic_stale_mark(e);

	return e->kind == LIC_KIND_IMAGE && e->judged - stamp_of(e) < LIC_RACY_NS &&
	       atomic_load(&verified[mark % VERIFIED_SLOTS]) != mark;
}

/* What is compared while the stamp is still young has to be compared again. */
static int check_young(struct lic_worker *w, const struct lic_entry *e, const struct lic_backing *b)
{
	const uint64_t mark = lic_stale_mark(e);
	const int64_t now = lic_now_ns();
	uint8_t sum[16];
	int r;

	if (!is_young(e))
		return 0;
	lic_worker_let_go(w);
	r = hash_file(w, b, sum);
	if (r < 0)
		return r;
	if (memcmp(sum, e->hash.b, sizeof(sum)) != 0 || !lic_backing_unchanged(b))
		return -ESTALE;
	if (now - stamp_of(e) >= LIC_RACY_NS)
		atomic_store(&verified[mark % VERIFIED_SLOTS], mark);
	return 0;
}

/* Below the store's root; the worker's, until it asks for the next one. */
static int path_of(struct lic_worker *w, const struct lic_entry *e, const char **ret)
{
	const char *dir;
	int r = lic_worker_dir_path(w, e->parent, &dir);

	if (r < 0)
		return r;
	lic_buf_reset(&w->file);
	lic_buf_adds(&w->file, dir);
	lic_buf_adds(&w->file, *dir ? "/" : "");
	lic_buf_add(&w->file, e->name.p, e->name.n);
	if (lic_buf_failed(&w->file))
		return -ENOMEM;
	*ret = lic_buf_str(&w->file);
	return 0;
}

/* Errors that say that there is no such file any more, rather than that it cannot be opened. */
static bool says_gone(int r)
{
	return r == -ENOENT || r == -ENOTDIR || r == -ELOOP || r == -EXDEV || r == -ENXIO ||
	       r == -ENODEV || r == -EISDIR;
}

bool lic_backing_is(struct lic_worker *w, const struct lic_entry *e, dev_t dev, ino_t node)
{
	struct lic_backing b = { .fd = -1 };
	const char *path;

	return path_of(w, e, &path) == 0 &&
	       fstatat(w->s->root, path, &b.st, AT_SYMLINK_NOFOLLOW) == 0 && b.st.st_dev == dev &&
	       b.st.st_ino == node && is_judged(&e->st, &b.st) && !is_young(e);
}

static int open_checked(struct lic_worker *w, const struct lic_entry *e, struct lic_backing *b)
{
	const char *path;
	int r = path_of(w, e, &path);

	if (r < 0)
		return r;
	b->fd = lic_open_beneath(w->s->root, path, O_RDONLY);
	if (b->fd < 0)
		return says_gone(b->fd) ? -ESTALE : b->fd;
	if (b->fd >= w->s->fd_limit)
		return -EMFILE; /* the last descriptors are the mount's own */
	if (fstat(b->fd, &b->st) < 0)
		return -errno;
	if (!is_judged(&e->st, &b->st))
		return -ESTALE;
	return check_young(w, e, b);
}

int lic_backing_open(struct lic_worker *w, const struct lic_entry *e, struct lic_backing *ret)
{
	struct lic_backing b = { .fd = -1 };
	int r = open_checked(w, e, &b);

	if (r == 0) {
		*ret = b;
		return 0;
	}
	lic_closep(&b.fd);
	if (r == -ESTALE)
		lic_stale_add(&w->s->stale, e);
	return r;
}

void lic_backing_close(struct lic_backing *b)
{
	lic_closep(&b->fd);
}

/* One read that leaves nothing in the page cache: the mount's own cache holds the bytes. */
static ssize_t read_some(struct lic_session *s, int fd, const struct iovec *v, int n, uint64_t off)
{
	ssize_t r;

	if (!atomic_load_explicit(&s->no_dontcache, memory_order_relaxed)) {
		r = preadv2(fd, v, n, (off_t)off, RWF_DONTCACHE);
		if (r >= 0 || (errno != EOPNOTSUPP && errno != EINVAL && errno != ENOSYS))
			return r;
		atomic_store(&s->no_dontcache, true);
	}
	return preadv(fd, v, n, (off_t)off);
}

int lic_backing_readv(struct lic_session *s, const struct lic_backing *b, struct iovec *v, int n,
		      uint64_t off)
{
	while (n) {
		ssize_t r = read_some(s, b->fd, v, n, off);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			return -ESTALE; /* shorter than judged: never a short reply */
		off += (uint64_t)r;
		for (; n && (size_t)r >= v->iov_len; n--, v++)
			r -= (ssize_t)v->iov_len;
		if (r) {
			v->iov_base = (char *)v->iov_base + r;
			v->iov_len -= (size_t)r;
		}
	}
	return 0;
}

int lic_backing_read(struct lic_session *s, const struct lic_backing *b, void *buf, size_t n,
		     uint64_t off)
{
	struct iovec v = { buf, n };

	return n ? lic_backing_readv(s, b, &v, 1, off) : 0;
}

bool lic_backing_unchanged(const struct lic_backing *b)
{
	struct stat now;

	if (fstat(b->fd, &now) < 0)
		return false;
	return now.st_ino == b->st.st_ino && now.st_size == b->st.st_size &&
	       lic_timespec_ns(now.st_mtim) == lic_timespec_ns(b->st.st_mtim) &&
	       (lic_timespec_ns(now.st_ctim) == lic_timespec_ns(b->st.st_ctim) ||
		now.st_nlink < b->st.st_nlink);
}
