/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing a file with what was judged: by stat, and by its bytes. */
#include "fs/history/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fs/util/digest.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

#define PIECE (1u << 20)

int lic_file_reader_init(struct lic_file_reader *f, const char *store, struct lic_error *err)
{
	*f = (struct lic_file_reader){ .root = -1 };
	f->root = open(store, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (f->root < 0)
		return lic_error_sys(err, errno, "cannot open the store '%s'", store);
	f->buf = malloc(PIECE);
	f->xxh3 = lic_hasher_new();
	f->sha256 = lic_digester_new(false, true);
	if (!f->buf || !f->xxh3 || !f->sha256)
		return lic_error_set(err, ENOMEM, "out of memory to read files");
	return 0;
}

void lic_file_reader_release(struct lic_file_reader *f)
{
	lic_closep(&f->root);
	free(f->buf);
	lic_hasher_free(f->xxh3);
	lic_digester_free(f->sha256);
}

static bool same_identity(const struct stat *st, const struct lic_stat *e)
{
	return (uint64_t)st->st_size == e->size && lic_timespec_ns(st->st_mtim) == e->mtime &&
	       lic_timespec_ns(st->st_ctim) == e->ctime && st->st_ino == e->ino;
}

/* 0, a stop, or -EIO with l->code: to the end of the file, whatever its size. */
static int read_all(struct lic_file_reader *f, struct lic_file_look *l, int fd, uint8_t xxh3[16])
{
	uint8_t none[16];
	uint64_t at = 0;
	int r = 0;

	lic_hasher_reset(f->xxh3);
	while (r == 0) {
		ssize_t n = lic_pread_full(fd, f->buf, PIECE, at);

		if (n < 0) {
			l->code = (int)-n;
			l->state = LIC_FILE_UNREAD;
			return 0;
		}
		if (n == 0)
			break;
		lic_hasher_add(f->xxh3, f->buf, (size_t)n);
		if (l->sum)
			lic_digester_add(f->sha256, f->buf, (size_t)n);
		at += (uint64_t)n;
		if (f->read)
			r = f->read(f->ctx, (uint64_t)n);
		if (at > l->e->st.size)
			break; /* it grows */
	}
	lic_hasher_get(f->xxh3, xxh3);
	if (l->sum)
		lic_digester_get(f->sha256, none, l->sha256);
	l->was_read = true;
	if (at != l->e->st.size)
		l->state = LIC_FILE_OTHER;
	return r;
}

/* Reads it, and says whether it held still. */
static int compare_bytes(struct lic_file_reader *f, struct lic_file_look *l, int fd,
			 const struct stat *before)
{
	uint8_t xxh3[16];
	struct stat after;
	int r;

	l->state = LIC_FILE_SAME;
	r = read_all(f, l, fd, xxh3);
	if (r != 0 || l->state != LIC_FILE_SAME)
		return r;
	if (fstat(fd, &after) != 0 || after.st_size != before->st_size ||
	    lic_timespec_ns(after.st_mtim) != lic_timespec_ns(before->st_mtim) ||
	    lic_timespec_ns(after.st_ctim) != lic_timespec_ns(before->st_ctim))
		l->state = LIC_FILE_MOVING;
	else if (l->e->kind == LIC_KIND_IMAGE && memcmp(xxh3, l->e->hash.b, sizeof(xxh3)) != 0)
		l->state = LIC_FILE_OTHER;
	return 0;
}

int lic_file_look(struct lic_file_reader *f, struct lic_file_look *l)
{
	_cleanup_(lic_closep) int fd = -1;
	bool image = l->e->kind == LIC_KIND_IMAGE, same;
	struct stat st;

	l->was_read = false;
	l->code = 0;
	fd = lic_open_beneath(f->root, l->path, O_RDONLY);
	if (fd < 0) {
		l->code = -fd;
		l->state = fd == -ENOENT || fd == -ENOTDIR ? LIC_FILE_GONE
			   : fd == -ELOOP || fd == -EXDEV  ? LIC_FILE_DIFFERS
							   : LIC_FILE_UNREAD;
		return 0;
	}
	if (fstat(fd, &st) != 0) {
		l->code = errno;
		l->state = LIC_FILE_UNREAD;
		return 0;
	}
	same = S_ISREG(st.st_mode) && same_identity(&st, &l->e->st);
	l->state = same ? LIC_FILE_SAME : LIC_FILE_DIFFERS;
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != l->e->st.size)
		return 0;
	/* of other files the times are all that is known, unless their sum is */
	if (same ? l->content : image || l->sum)
		return compare_bytes(f, l, fd, &st);
	return 0;
}
