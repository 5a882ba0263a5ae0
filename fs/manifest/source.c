/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a manifest as a window that moves forward, gzip undone. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/evidence/inflate.h"
#include "fs/manifest/source.h"
#include "fs/util/io.h"

#define WINDOW_FIRST (512u << 10)
#define PACKED_MAX (128u << 10)

static int no_memory(const struct lic_source *s, struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory to read '%s'", s->name);
}

static bool is_gzip(const uint8_t *p, size_t n)
{
	return n >= 3 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8;
}

void lic_source_release(struct lic_source *s)
{
	lic_gunzip_free(s->gunzip);
	free(s->packed);
	free(s->p);
	*s = (struct lic_source){ .fd = -1 };
}

int lic_source_rewind(struct lic_source *s, struct lic_error *err)
{
	s->at = s->end = s->packed_at = s->packed_end = 0;
	s->offset = s->raw = 0;
	s->eof = false;
	s->p[0] = 0;
	if (!s->gunzip)
		return 0;
	lic_gunzip_free(s->gunzip);
	s->gunzip = lic_gunzip_new();
	return s->gunzip ? 0 : no_memory(s, err);
}

/* Who is confined may not ask for a file's type, and was given a regular one; but a file knows
 * where it ends. */
static int size_of(int fd, uint64_t *ret, bool *ret_regular)
{
	struct stat st;
	off_t end;

	*ret_regular = true;
	if (fstat(fd, &st) == 0) {
		*ret_regular = S_ISREG(st.st_mode);
		*ret = (uint64_t)st.st_size;
		return 0;
	}
	if (errno != EPERM)
		return -errno;
	end = lseek(fd, 0, SEEK_END);
	*ret = (uint64_t)end;
	return end < 0 ? -errno : 0;
}

int lic_source_open(struct lic_source *s, int fd, const char *name,
		    const struct lic_manifest_options *o, struct lic_error *err)
{
	uint8_t magic[3];
	bool regular;
	ssize_t n;
	int r;

	*s = (struct lic_source){ .fd = fd, .name = name, .o = o, .cap = WINDOW_FIRST };
	r = size_of(fd, &s->total, &regular);
	if (r < 0)
		return lic_error_sys(err, -r, "cannot stat '%s'", name);
	if (!regular)
		return lic_error_set(err, EINVAL,
				     "'%s' is no regular file; a manifest is read more than once, "
				     "so save it to a file first",
				     name);
	n = lic_pread_full(fd, magic, sizeof(magic), 0);
	if (n < 0)
		return lic_error_sys(err, (int)-n, "cannot read '%s'", name);
	s->p = malloc(s->cap + LIC_WINDOW_SLACK);
	if (!s->p)
		return no_memory(s, err);
	if (is_gzip(magic, (size_t)n)) {
		s->packed = malloc(PACKED_MAX);
		s->gunzip = lic_gunzip_new();
		if (!s->packed || !s->gunzip)
			return no_memory(s, err);
	}
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return lic_source_rewind(s, err);
}

/* Bytes of the file as they are; 0 at its end. */
static long read_raw(struct lic_source *s, uint8_t *p, size_t n, struct lic_error *err)
{
	ssize_t got = lic_pread_full(s->fd, p, n, s->raw);

	if (got < 0)
		return lic_error_sys(err, (int)-got, "cannot read '%s'", s->name);
	s->raw += (uint64_t)got;
	if (s->o->progress)
		s->o->progress(s->o->ctx, s->raw, s->total > s->raw ? s->total : s->raw);
	return got;
}

static int broken(const struct lic_source *s, const char *what, struct lic_error *err)
{
	return lic_error_set(err, EBADMSG,
			     "'%s' %s behind byte %llu of what it holds; fetch the file again",
			     s->name, what, (unsigned long long)(s->offset + s->end));
}

static long read_packed(struct lic_source *s, uint8_t *p, size_t n, struct lic_error *err)
{
	for (;;) {
		size_t taken;
		long got;

		if (s->packed_at == s->packed_end) {
			got = read_raw(s, s->packed, PACKED_MAX, err);
			if (got < 0)
				return got;
			if (got == 0)
				return lic_gunzip_ended(s->gunzip)
					       ? 0
					       : broken(s, "is gzip that ends in the middle", err);
			s->packed_at = 0;
			s->packed_end = (size_t)got;
		}
		got = lic_gunzip(s->gunzip, s->packed + s->packed_at, s->packed_end - s->packed_at,
				 &taken, p, n);
		s->packed_at += taken;
		if (got < 0)
			return broken(s, "is gzip that is broken", err);
		if (got > 0)
			return got;
	}
}

/* Room behind `end`: what was taken goes, else the window grows. */
static int make_room(struct lic_source *s, struct lic_error *err)
{
	uint8_t *p;

	if (s->at > s->cap / 2 || (s->at && s->end == s->cap)) {
		memmove(s->p, s->p + s->at, s->end - s->at);
		s->offset += s->at;
		s->end -= s->at;
		s->at = 0;
	}
	if (s->end < s->cap)
		return 0;
	if (s->cap >= LIC_WINDOW_MAX)
		return -EOVERFLOW;
	p = realloc(s->p, s->cap * 2 + LIC_WINDOW_SLACK);
	if (!p)
		return no_memory(s, err);
	s->p = p;
	s->cap *= 2;
	return 0;
}

int lic_source_more(struct lic_source *s, struct lic_error *err)
{
	int r;
	long n;

	if (s->eof)
		return 0;
	if (s->o->stop && *s->o->stop)
		return lic_error_set(err, EINTR, "interrupted; nothing was changed");
	r = make_room(s, err);
	if (r < 0)
		return r;
	n = s->gunzip ? read_packed(s, s->p + s->end, s->cap - s->end, err)
		      : read_raw(s, s->p + s->end, s->cap - s->end, err);
	if (n < 0)
		return (int)n;
	s->end += (size_t)n;
	s->p[s->end] = 0;
	s->eof = n == 0;
	return n > 0;
}

int lic_source_seek(struct lic_source *s, uint64_t offset, struct lic_error *err)
{
	int r = lic_source_rewind(s, err);

	if (r < 0)
		return r;
	if (!s->gunzip) {
		s->offset = s->raw = offset;
		return 0;
	}
	while (s->offset + s->end < offset) {
		s->at = s->end;
		r = lic_source_more(s, err);
		if (r < 0)
			return r;
		if (r == 0)
			return broken(s, "has become shorter: it ends", err);
	}
	s->at = (size_t)(offset - s->offset);
	return 0;
}
