/* SPDX-License-Identifier: Apache-2.0 */
/* From one member of a tar archive to the next. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fs/document/index.h"
#include "fs/document/tar.h"
#include "fs/util/io.h"

#define WINDOW (128u << 10)
#define NEAR (16u << 10)       /* what is read where headers lie close together */
#define FAR 2048u	       /* and where they do not: a header, perhaps with others before it */
#define AHEAD (4u << 20)       /* bytes that the kernel is asked for ahead of time */
#define AHEAD_GAP (512u << 10) /* between headers, up to which that is worth it */
#define REST (64u << 10)
#define TYPE_AT 156
#define SIZE_AT 124
#define SIZE_N 12
#define SPARSE_MORE_AT 482
#define SPARSE_LAST_AT 504

/* What headers before that of a member say of it. */
struct extended {
	bool any, has_long_name, has_long_link, has_pax;
	struct lic_tar_pax pax;
};

int lic_tar_open(struct lic_tar *t, int fd, uint64_t size, bool readahead)
{
	*t = (struct lic_tar){ .fd = fd, .size = size, .readahead = readahead };
	t->long_name.max = t->pax.max = LIC_TAR_EXTENDED_MAX;
	t->name.max = LIC_TAR_EXTENDED_MAX;
	t->window = malloc(WINDOW);
	return t->window ? 0 : -ENOMEM;
}

void lic_tar_release(struct lic_tar *t)
{
	free(t->window);
	t->window = NULL;
	lic_buf_release(&t->long_name);
	lic_buf_release(&t->name);
	lic_buf_release(&t->pax);
}

static int fail(struct lic_tar *t, uint64_t at, const char *problem)
{
	t->problem = problem;
	t->problem_at = at;
	return -EBADMSG;
}

/* --- bytes ----------------------------------------------------------------------------------- */

static int read_at(struct lic_tar *t, void *to, size_t n, uint64_t at)
{
	ssize_t got = lic_pread_full(t->fd, to, n, at);

	if (got < 0)
		return (int)got;
	return (size_t)got == n ? 0 : -ESTALE;
}

/* Headers far apart are each a page that the kernel would fetch by itself, one after the other. */
static void look_ahead(struct lic_tar *t, uint64_t at)
{
	if (!t->readahead || at - t->last > AHEAD_GAP || at + AHEAD / 2 < t->ahead)
		return;
	if (t->ahead < at)
		t->ahead = at;
	if (t->ahead < t->size)
		posix_fadvise(t->fd, (off_t)t->ahead, AHEAD, POSIX_FADV_WILLNEED);
	t->ahead += AHEAD;
}

/* The block at `at`, which is inside of the file; valid until the next call. */
static int block_at(struct lic_tar *t, uint64_t at, const uint8_t **ret)
{
	const uint64_t end = t->window_at + t->window_n;
	uint64_t want = FAR;
	int r;

	if (at >= t->window_at && at + LIC_TAR_BLOCK <= end) {
		*ret = t->window + (at - t->window_at);
		return 0;
	}
	look_ahead(t, at);
	if (at >= t->window_at && at - t->window_at < t->window_n + NEAR)
		want = t->window_n * 2 < WINDOW ? t->window_n * 2 : WINDOW;
	if (want < FAR)
		want = FAR;
	if (want > t->size - at)
		want = t->size - at;
	t->window_n = 0;
	r = read_at(t, t->window, (size_t)want, at);
	if (r < 0)
		return r;
	t->window_at = at;
	t->window_n = (size_t)want;
	*ret = t->window;
	return 0;
}

static int fill(struct lic_tar *t, struct lic_buf *b, uint64_t at, uint64_t n)
{
	lic_buf_reset(b);
	if (!lic_buf_reserve(b, (size_t)n + 1))
		return -ENOMEM;
	b->len = (size_t)n;
	b->data[n] = '\0';
	return read_at(t, b->data, (size_t)n, at);
}

/* --- the end --------------------------------------------------------------------------------- */

/* What programs do not read must hold nothing that they could read in another way. */
static int check_end(struct lic_tar *t)
{
	_cleanup_(lic_freep) uint8_t *p = malloc(REST);

	if (!p)
		return -ENOMEM;
	if (t->size - t->at > LIC_TAR_END_MAX)
		return fail(t, t->at, "more zeros than any archive ends with");
	for (uint64_t at = t->at; at < t->size;) {
		const size_t n = t->size - at < REST ? (size_t)(t->size - at) : REST;
		int r = read_at(t, p, n, at);

		if (r < 0)
			return r;
		if (!lic_tar_is_zero(p, n))
			return fail(t, at,
				    "something follows behind the end of the archive, "
				    "perhaps another one; keep one archive a file");
		at += n;
	}
	t->at = t->size;
	return 0;
}

/* --- headers --------------------------------------------------------------------------------- */

/* 1 and a header; 0 at the end. */
static int next_header(struct lic_tar *t, const uint8_t **ret)
{
	int r;

	if (t->at == t->size)
		return 0;
	if (t->size - t->at < LIC_TAR_BLOCK)
		return check_end(t);
	r = block_at(t, t->at, ret);
	if (r < 0)
		return r;
	if (lic_tar_is_header(*ret)) {
		t->last = t->at;
		return 1;
	}
	if (lic_tar_is_zero(*ret, LIC_TAR_BLOCK))
		return check_end(t);
	return fail(t, t->at, "no header where one must be");
}

/* Bytes of a member that begin at `at`: where what follows them begins. */
static int end_of(struct lic_tar *t, uint64_t header, uint64_t at, uint64_t n, uint64_t *ret)
{
	const uint64_t left = t->size - at;

	if (n > left || left - n < (LIC_TAR_BLOCK - n % LIC_TAR_BLOCK) % LIC_TAR_BLOCK)
		return fail(t, header, "the file ends within this member");
	*ret = at + n + (LIC_TAR_BLOCK - n % LIC_TAR_BLOCK) % LIC_TAR_BLOCK;
	return 0;
}

/* Takes the bytes of an extended header into a buffer and goes behind it. */
static int take_body(struct lic_tar *t, uint64_t n, struct lic_buf *b)
{
	const uint64_t header = t->at;
	uint64_t end = header;
	int r;

	if (n > LIC_TAR_EXTENDED_MAX - 1)
		return fail(t, header, "an extended header of more than 1 MiB");
	r = end_of(t, header, header + LIC_TAR_BLOCK, n, &end);
	if (r == 0)
		r = fill(t, b, header + LIC_TAR_BLOCK, n);
	t->at = end;
	return r;
}

static int take_long(struct lic_tar *t, uint64_t n, struct lic_buf *b, bool *seen)
{
	const uint64_t header = t->at;
	int r;

	if (*seen)
		return fail(t, header, "two long names of one member");
	*seen = true;
	r = take_body(t, n, b);
	if (r == 0)
		b->len = strnlen(lic_buf_str(b), b->len);
	return r;
}

static int take_pax(struct lic_tar *t, uint64_t n, struct extended *x)
{
	const uint64_t header = t->at;
	const char *problem;
	int r;

	if (x->has_pax)
		return fail(t, header, "two extended headers of one member");
	x->has_pax = true;
	r = take_body(t, n, &t->pax);
	if (r < 0)
		return r;
	problem = lic_tar_pax_read((const uint8_t *)t->pax.data, t->pax.len, &x->pax);
	return problem ? fail(t, header, problem) : 0;
}

/* Says something of all members that follow: what it may say must not change what they are. */
static int take_global(struct lic_tar *t, uint64_t n, struct lic_tar_member *ret)
{
	const uint64_t header = t->at;
	struct extended x = { 0 };
	int r = take_pax(t, n, &x);

	if (r < 0)
		return r;
	if (x.pax.path.p || x.pax.has_linkpath || x.pax.has_size || x.pax.sparse)
		return fail(t, header, "a global header that names or measures members");
	if (x.pax.names_image)
		return fail(t, header, "a global header that names an image");
	*ret = (struct lic_tar_member){ .start = header,
					.end = t->at,
					.kind = x.pax.names_stem ? LIC_TAR_OTHER : LIC_TAR_PLAIN };
	return 1;
}

/* --- members --------------------------------------------------------------------------------- */

/* Name into `name`; `dir`: it can only be that of a directory. */
static int take_name(struct lic_tar *t, const uint8_t *block, const struct extended *x,
		     struct lic_tar_member *ret, bool *dir)
{
	struct lic_buf *raw = &t->long_name;

	if (x->pax.path.p && x->has_long_name)
		return fail(t, t->at, "two names of one member");
	if (!x->has_long_name)
		lic_buf_reset(raw);
	if (x->pax.path.p)
		lic_buf_add(raw, x->pax.path.p, x->pax.path.n);
	else if (!x->has_long_name)
		lic_tar_header_name(block, raw);
	lic_buf_reset(&t->name);
	ret->has_name = lic_tar_clean_name(lic_buf_str(raw), raw->len, &t->name, dir);
	if (lic_buf_failed(raw) || lic_buf_failed(&t->name))
		return -ENOMEM;
	ret->name = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&t->name), t->name.len };
	return 0;
}

/* Headers that say where the holes of a sparse file are, between its header and its bytes. */
static int skip_sparse(struct lic_tar *t, const uint8_t *block, uint64_t *at)
{
	bool more = block[SPARSE_MORE_AT];
	int r;

	while (more) {
		if (t->size - *at < LIC_TAR_BLOCK)
			return fail(t, t->at, "the file ends within this member");
		r = block_at(t, *at, &block);
		if (r < 0)
			return r;
		more = block[SPARSE_LAST_AT];
		*at += LIC_TAR_BLOCK;
	}
	return 0;
}

/* Kind of a member, from its type; and whether it has bytes. NULL, or what is wrong. */
static const char *judge_type(uint8_t type, bool dir, uint64_t *n, const struct extended *x,
			      struct lic_tar_member *ret)
{
	static const char bytes[] = "bytes of a member that has none";

	ret->kind = LIC_TAR_OTHER;
	switch (type) {
	case '\0':
	case '0':
	case '7':
		if (!dir && !x->pax.sparse)
			ret->kind = LIC_TAR_FILE;
		else if (dir && type == '\0' && *n == 0)
			ret->kind = LIC_TAR_DIR;
		/* some take it for a directory, and do not look for its bytes */
		return dir && type == '\0' && *n ? bytes : NULL;
	case '1': /* some write the size of the file that it is a link to */
		if (x->pax.has_size && *n)
			return bytes;
		*n = 0;
		return NULL;
	case '5':
		ret->kind = LIC_TAR_DIR;
		return *n ? bytes : NULL;
	case '2':
	case '3':
	case '4':
	case '6':
		return *n ? bytes : NULL;
	case 'V':
		if (ret->start == 0 && *n == 0 && !x->any && ret->has_name &&
		    !lic_image_mention(ret->name.p, ret->name.n, 0) &&
		    !lic_tar_names_stem(ret->name.p, ret->name.n))
			ret->kind = LIC_TAR_PLAIN;
		return NULL;
	case 'M':
		return "part of an archive of several volumes";
	case 'N':
		return "names in a form that is no longer in use";
	default:
		return NULL;
	}
}

static int take_member(struct lic_tar *t, const uint8_t *block, uint64_t n,
		       const struct extended *x, struct lic_tar_member *ret)
{
	const uint64_t header = t->at;
	const uint8_t type = block[TYPE_AT];
	const char *problem;
	bool dir;
	int r = take_name(t, block, x, ret, &dir);

	if (r < 0)
		return r;
	if (x->pax.has_size)
		n = x->pax.size;
	problem = judge_type(type, dir, &n, x, ret);
	if (problem)
		return fail(t, header, problem);
	ret->at = header + LIC_TAR_BLOCK;
	ret->n = n;
	if (type == 'S')
		r = skip_sparse(t, block, &ret->at);
	if (r == 0)
		r = end_of(t, header, ret->at, n, &ret->end);
	if (r < 0)
		return r;
	t->at = ret->end;
	return 1;
}

/* One header: 1 where it completes what *ret is about, 0 where it goes before others. */
static int take(struct lic_tar *t, const uint8_t *block, struct extended *x,
		struct lic_tar_member *ret)
{
	uint64_t n;

	if (!lic_tar_number(block + SIZE_AT, SIZE_N, &n))
		return fail(t, t->at, "a size that is no number");
	switch (block[TYPE_AT]) {
	case 'L':
		x->any = true;
		return take_long(t, n, &t->long_name, &x->has_long_name);
	case 'K':
		x->any = true;
		return take_long(t, n, &t->name, &x->has_long_link);
	case 'x':
	case 'X':
		x->any = true;
		return take_pax(t, n, x);
	case 'g':
		if (x->any)
			return fail(t, t->at, "a global header between those of a member");
		return take_global(t, n, ret);
	default:
		return take_member(t, block, n, x, ret);
	}
}

int lic_tar_next(struct lic_tar *t, struct lic_tar_member *ret)
{
	struct lic_tar_member m = { .start = t->at };
	struct extended x = { 0 };
	int r = 0;

	if (t->at < t->size && t->headers++ == LIC_TAR_MEMBERS_MAX)
		return fail(t, t->at, "more than 4194304 members; split the archive");
	while (r == 0) {
		const uint8_t *block;

		r = next_header(t, &block);
		if (r <= 0)
			break;
		r = take(t, block, &x, &m);
	}
	if (r == 0 && x.any)
		return fail(t, m.start, "headers of a member that does not follow");
	if (r > 0)
		*ret = m;
	return r;
}

int lic_tar_peek(struct lic_tar *t, const struct lic_tar_member *m, const uint8_t **ret,
		 size_t *ret_n)
{
	/* padding makes a block of it */
	*ret_n = m->n < LIC_TAR_BLOCK ? (size_t)m->n : LIC_TAR_BLOCK;
	*ret = t->window;
	return *ret_n ? block_at(t, m->at, ret) : 0;
}
