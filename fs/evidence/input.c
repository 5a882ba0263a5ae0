/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a file: once and whole where it is small, in pieces and by window where it is large. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/evidence/input.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

#define PIECE (1u << 20)

static int read_whole(struct lic_input *in)
{
	size_t want = (size_t)in->size;
	ssize_t n;

	/* one byte even for an empty file, so that NULL always means failure */
	in->owned = malloc(want + 1);
	if (!in->owned)
		return -ENOMEM;
	n = lic_pread_full(in->fd, in->owned, want, in->base);
	if (n < 0)
		return (int)n;
	in->is_short = (size_t)n < want;
	in->size = (uint64_t)n;
	in->all = in->owned;
	return 0;
}

static int hash_pieces(struct lic_input *in, struct lic_hasher *h, uint8_t *piece)
{
	uint64_t at = 0;

	while (at < in->size) {
		uint64_t left = in->size - at;
		size_t want = left < PIECE ? (size_t)left : PIECE;
		ssize_t n = lic_pread_full(in->fd, piece, want, in->base + at);

		if (n < 0)
			return (int)n;
		lic_hasher_add(h, piece, (size_t)n);
		at += (uint64_t)n;
		if ((size_t)n < want) {
			in->is_short = true;
			in->size = at;
		}
	}
	return 0;
}

static int hash_large(struct lic_input *in, uint8_t *ret_hash)
{
	struct lic_hasher *h = lic_hasher_new();
	uint8_t *piece = malloc(PIECE);
	int r = -ENOMEM;

	if (h && piece) {
		lic_hasher_reset(h);
		r = hash_pieces(in, h, piece);
		if (r == 0)
			lic_hasher_get(h, ret_hash);
	}
	free(piece);
	lic_hasher_free(h);
	return r;
}

int lic_input_open(struct lic_input *in, int fd, uint64_t base, uint64_t size)
{
	*in = (struct lic_input){ .fd = fd, .base = base, .size = size };
	if (size <= LIC_INPUT_WHOLE)
		in->error = read_whole(in);
	return in->error;
}

int lic_input_settle(struct lic_input *in, uint8_t ret_hash[16])
{
	if (in->error)
		return in->error;
	if (in->all && ret_hash)
		lic_hash128(in->all, (size_t)in->size, ret_hash);
	else if (ret_hash)
		in->error = hash_large(in, ret_hash);
	else if (!in->all)
		(void)!lic_input_peek(in, in->size - 1, 1);
	return in->error;
}

void lic_input_of(struct lic_input *in, const void *p, size_t n)
{
	*in = (struct lic_input){ .fd = -1, .size = n, .all = p };
}

void lic_input_release(struct lic_input *in)
{
	free(in->owned);
	free(in->window);
	*in = (struct lic_input){ .fd = -1 };
}

static bool inside(const struct lic_input *in, uint64_t off, size_t n)
{
	return off <= in->size && n <= in->size - off && in->error == 0;
}

/* Whoever shortens a large file while it is read is found out here. */
static int read_range(struct lic_input *in, uint8_t *to, size_t n, uint64_t off)
{
	ssize_t got = lic_pread_full(in->fd, to, n, in->base + off);

	if (got < 0) {
		in->error = (int)got;
		return in->error;
	}
	if ((size_t)got == n)
		return 0;
	in->is_short = true;
	in->size = off + (uint64_t)got;
	return -ERANGE;
}

const uint8_t *lic_input_peek(struct lic_input *in, uint64_t off, size_t n)
{
	size_t fill;

	if (n > LIC_INPUT_WINDOW || !inside(in, off, n))
		return NULL;
	if (in->all)
		return in->all + off;
	if (in->window && off >= in->window_at && off - in->window_at <= in->window_n &&
	    n <= in->window_n - (off - in->window_at))
		return in->window + (off - in->window_at);
	if (!in->window)
		in->window = malloc(LIC_INPUT_WINDOW);
	if (!in->window) {
		in->error = -ENOMEM;
		return NULL;
	}
	fill = in->size - off < LIC_INPUT_WINDOW ? (size_t)(in->size - off) : LIC_INPUT_WINDOW;
	in->window_n = 0;
	if (read_range(in, in->window, fill, off) < 0)
		return NULL;
	in->window_at = off;
	in->window_n = fill;
	return in->window;
}

int lic_input_block(struct lic_input *in, uint64_t off, size_t n, struct lic_block *ret)
{
	uint8_t *p;
	int r;

	if (in->error)
		return in->error;
	if (!inside(in, off, n))
		return -ERANGE;
	if (in->all) {
		*ret = (struct lic_block){ .p = in->all + off, .n = n };
		return 0;
	}
	p = malloc(n + 1);
	if (!p)
		return -ENOMEM;
	r = read_range(in, p, n, off);
	if (r < 0) {
		free(p);
		return r;
	}
	*ret = (struct lic_block){ .p = p, .n = n, .owned = p };
	return 0;
}

void lic_block_release(struct lic_block *b)
{
	free(b->owned);
	*b = (struct lic_block){ 0 };
}
