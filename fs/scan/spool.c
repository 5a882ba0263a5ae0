/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces that wait for the catalog. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fs/scan/spool.h"
#include "fs/util/io.h"

#define HELD_MAX (1u << 20) /* bytes in memory */

struct head {
	uint32_t part, n;
};

void lic_spool_init(struct lic_spool *s)
{
	*s = (struct lic_spool){
		.held = LIC_BUF_INIT(HELD_MAX + LIC_INDEX_PIECE_MAX + sizeof(struct head)), .fd = -1
	};
}

void lic_spool_release(struct lic_spool *s)
{
	lic_buf_release(&s->held);
	lic_closep(&s->fd);
}

void lic_spool_reset(struct lic_spool *s)
{
	lic_spool_release(s);
	lic_spool_init(s);
}

/* Gone with its descriptor, however the process ends. */
static int open_nameless(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char path[4096];

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd < 0 ? -errno : fd;
	if ((size_t)snprintf(path, sizeof(path), "%s/index-XXXXXX", dir) >= sizeof(path))
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	unlink(path);
	return fd;
}

static int write_out(struct lic_spool *s, const char *dir)
{
	size_t at = 0;

	if (s->fd < 0)
		s->fd = open_nameless(dir);
	if (s->fd < 0) {
		int r = s->fd;

		s->fd = -1;
		return r;
	}
	while (at < s->held.len) {
		ssize_t n = pwrite(s->fd, s->held.data + at, s->held.len - at,
				   (off_t)(s->written + at));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		at += (size_t)n;
	}
	s->written += at;
	lic_buf_truncate(&s->held, 0);
	return 0;
}

int lic_spool_add(struct lic_spool *s, const char *dir, enum lic_document_part part,
		  const uint8_t *p, size_t n, struct lic_error *err)
{
	const struct head h = { part, (uint32_t)n };
	int r;

	lic_buf_add(&s->held, &h, sizeof(h));
	lic_buf_add(&s->held, p, n);
	if (lic_buf_failed(&s->held))
		return lic_error_set(err, ENOMEM, "out of memory for an index");
	if (s->held.len < HELD_MAX)
		return 0;
	r = write_out(s, dir);
	return r < 0 ? lic_error_sys(err, -r, "cannot keep an index in '%s'", dir) : 0;
}

/* --- reading ------------------------------------------------------------------------------ */

typedef int (*piece_fn)(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n);

static int each_held(const struct lic_spool *s, piece_fn fn, void *ctx)
{
	const uint8_t *p = (const uint8_t *)s->held.data;
	int r = 0;

	for (size_t at = 0; r == 0 && at < s->held.len;) {
		struct head h;

		memcpy(&h, p + at, sizeof(h));
		at += sizeof(h);
		r = fn(ctx, (enum lic_document_part)h.part, p + at, h.n);
		at += h.n;
	}
	return r;
}

static bool read_all(const struct lic_spool *s, void *p, size_t n, uint64_t at)
{
	return lic_pread_full(s->fd, p, n, at) == (ssize_t)n;
}

static int each_written(const struct lic_spool *s, piece_fn fn, void *ctx, struct lic_error *err)
{
	_cleanup_(lic_freep) uint8_t *piece = s->written ? malloc(LIC_INDEX_PIECE_MAX) : NULL;
	int r = 0;

	if (s->written && !piece)
		return lic_error_set(err, ENOMEM, "out of memory for an index");
	for (uint64_t at = 0; r == 0 && at < s->written;) {
		struct head h;

		if (!read_all(s, &h, sizeof(h), at) || h.n > LIC_INDEX_PIECE_MAX ||
		    !read_all(s, piece, h.n, at + sizeof(h)))
			return lic_error_set(err, EIO, "cannot read an index back");
		r = fn(ctx, (enum lic_document_part)h.part, piece, h.n);
		at += sizeof(h) + h.n;
	}
	return r;
}

int lic_spool_each(const struct lic_spool *s,
		   int (*fn)(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n),
		   void *ctx, struct lic_error *err)
{
	int r = each_written(s, fn, ctx, err);

	return r == 0 ? each_held(s, fn, ctx) : r;
}
