/* SPDX-License-Identifier: Apache-2.0 */
/* PBM, PGM and PPM, as bytes and as numbers in text. */
#include <errno.h>
#include <string.h>

#include <licensefs/likeness.h>

#include "fs/likeness/canvas.h"

#define PIECE 65536
#define NUMBER_MAX (1u << 30)

struct pnm {
	struct lic_bytes_in *in;
	size_t at, n; /* in the piece */
	char kind;    /* '1' to '6' */
	uint32_t w, h, most;
	uint8_t piece[PIECE];
};

/* -1 at the end. */
static int next_byte(struct pnm *p)
{
	if (p->at == p->n) {
		p->n = lic_bytes_next(p->in, p->piece, sizeof(p->piece));
		p->at = 0;
		if (!p->n)
			return -1;
	}
	return p->piece[p->at++];
}

static bool is_blank(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The first byte that is neither blank nor of a comment. */
static int next_mark(struct pnm *p)
{
	int c = next_byte(p);

	while (is_blank(c) || c == '#') {
		bool is_comment = c == '#';

		do
			c = next_byte(p);
		while (is_comment && c >= 0 && c != '\n');
	}
	return c;
}

/* A number and the byte behind it. */
static bool next_number(struct pnm *p, uint32_t *ret)
{
	int c = next_mark(p);
	uint32_t v = 0;

	if (c < '0' || c > '9')
		return false;
	for (; c >= '0' && c <= '9'; c = next_byte(p)) {
		v = v * 10 + (uint32_t)(c - '0');
		if (v > NUMBER_MAX)
			return false;
	}
	*ret = v;
	return true;
}

static bool read_head(struct pnm *p)
{
	if (next_byte(p) != 'P')
		return false;
	p->kind = (char)next_byte(p);
	p->most = 1;
	if (p->kind < '1' || p->kind > '6' || !next_number(p, &p->w) || !next_number(p, &p->h))
		return false;
	if (p->kind == '1' || p->kind == '4')
		return true;
	return next_number(p, &p->most) && p->most > 0 && p->most < 65536;
}

static bool next_sample(struct pnm *p, unsigned *ret)
{
	uint32_t v = 0;
	int c = 0;

	if (p->kind == '1') { /* digits may touch */
		c = next_mark(p);
		v = c == '0'; /* 1 is black */
		if (c != '0' && c != '1')
			return false;
	} else if (p->kind < '4') {
		if (!next_number(p, &v))
			return false;
	} else {
		c = next_byte(p);
		v = (uint32_t)c;
		if (c >= 0 && p->most > 255) {
			c = next_byte(p);
			v = v << 8 | (uint32_t)c;
		}
	}
	*ret = v < p->most ? v * 255 / p->most : 255;
	return c >= 0;
}

static bool read_line(struct pnm *p, const struct lic_canvas *canvas, uint8_t *pixel)
{
	const size_t depth = lic_canvas_depth(canvas);
	int c = 0;

	for (uint32_t x = 0; x < p->w; x++, pixel += depth) {
		unsigned v[3];

		if (p->kind == '4') {
			if (x % 8 == 0)
				c = next_byte(p);
			memset(pixel, c >> (7 - x % 8) & 1 ? 0 : 255, depth);
			if (c < 0)
				return false;
			continue;
		}
		for (unsigned i = 0; i < (p->kind % 3 ? 1 : 3); i++)
			if (!next_sample(p, &v[i]))
				return false;
		if (p->kind % 3)
			memset(pixel, (int)v[0], depth);
		else
			lic_canvas_pixel(canvas, pixel, v[0], v[1], v[2]);
	}
	return true;
}

int lic_decode_pnm(struct lic_bytes_in *in, struct lic_canvas *c, struct lic_error *err)
{
	_cleanup_(lic_freep) struct pnm *p = calloc(1, sizeof(*p));
	_cleanup_(lic_freep) uint8_t *pixel = NULL;
	int r;

	if (!p)
		return lic_error_set(err, ENOMEM, "out of memory");
	p->in = in;
	if (!read_head(p))
		return lic_error_set(err, EBADMSG, "a PNM of a kind that is not read");
	r = lic_canvas_begin(c, p->w, p->h, err);
	if (r < 0)
		return r;
	pixel = malloc((size_t)p->w * lic_canvas_depth(c));
	if (!pixel)
		return lic_error_set(err, ENOMEM, "out of memory");
	for (uint32_t y = 0; y < p->h; y++) {
		if (!read_line(p, c, pixel))
			return lic_error_set(err, EBADMSG, "a PNM that stops");
		lic_canvas_row(c, pixel);
	}
	return 0;
}
