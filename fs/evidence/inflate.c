/* SPDX-License-Identifier: Apache-2.0 */
/* zlib, with a ceiling on what comes out. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#include "fs/evidence/inflate.h"

#define PIECE_MAX (1u << 20) /* of one call */

static int run(z_stream *z, struct lic_buf *out)
{
	unsigned char piece[8192];

	for (;;) {
		int r;

		z->next_out = piece;
		z->avail_out = sizeof(piece);
		r = inflate(z, Z_NO_FLUSH);
		lic_buf_add(out, piece, sizeof(piece) - z->avail_out);
		if (lic_buf_failed(out))
			return -E2BIG;
		if (r == Z_STREAM_END)
			return 0;
		if (r == Z_MEM_ERROR)
			return -ENOMEM;
		/* Z_BUF_ERROR: no input is left and the stream has not ended */
		if (r != Z_OK)
			return -EBADMSG;
	}
}

int lic_inflate(const uint8_t *p, size_t n, struct lic_buf *out)
{
	z_stream z = { 0 };
	int r;

	if (n > UINT_MAX)
		return -E2BIG;
	z.next_in = p;
	z.avail_in = (unsigned)n;
	if (inflateInit(&z) != Z_OK)
		return -ENOMEM;
	r = run(&z, out);
	inflateEnd(&z);
	return r;
}

struct lic_gunzip {
	z_stream z;
	bool ended;    /* a member has ended, and no other has begun */
	bool finished; /* what follows is no member */
	bool broken;   /* what came before was still handed out */
};

struct lic_gunzip *lic_gunzip_new(void)
{
	struct lic_gunzip *g = calloc(1, sizeof(*g));

	/* 16: a gzip header and its checksum */
	if (g && inflateInit2(&g->z, MAX_WBITS + 16) != Z_OK) {
		free(g);
		return NULL;
	}
	return g;
}

void lic_gunzip_free(struct lic_gunzip *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	free(g);
}

/* Behind a member: does another one follow? */
static bool next_member(struct lic_gunzip *g, const uint8_t *p, size_t n)
{
	if (!n)
		return false;
	g->finished = p[0] != 0x1f || inflateReset(&g->z) != Z_OK;
	g->ended = g->finished;
	return !g->finished;
}

long lic_gunzip(struct lic_gunzip *g, const uint8_t *p, size_t n, size_t *ret_taken, uint8_t *out,
		size_t cap)
{
	int r;

	*ret_taken = n;
	if (g->broken)
		return -EBADMSG;
	if (g->finished || (g->ended && !next_member(g, p, n)))
		return 0;
	n = n > PIECE_MAX ? PIECE_MAX : n;
	cap = cap > PIECE_MAX ? PIECE_MAX : cap;
	g->z.next_in = p;
	g->z.avail_in = (unsigned)n;
	g->z.next_out = out;
	g->z.avail_out = (unsigned)cap;
	r = inflate(&g->z, Z_NO_FLUSH);
	*ret_taken = n - g->z.avail_in;
	g->ended = r == Z_STREAM_END;
	g->broken = r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR;
	return g->broken && g->z.avail_out == cap ? -EBADMSG : (long)(cap - g->z.avail_out);
}

bool lic_gunzip_ended(const struct lic_gunzip *g)
{
	return g->ended;
}

uint32_t lic_crc32(const uint8_t *p, size_t n)
{
	return (uint32_t)crc32_z(0, p, n);
}
