/* SPDX-License-Identifier: Apache-2.0 */
/* Averages rows of pixels into cells, exactly: pixels on an edge count for both sides. */
#include <errno.h>
#include <string.h>

#include <licensefs/likeness.h>

#include "fs/likeness/canvas.h"
#include "fs/util/io.h"

size_t lic_bytes_next(struct lic_bytes_in *in, void *buf, size_t n)
{
	ssize_t r;

	if (in->error || in->at >= in->size)
		return 0;
	if (n > in->size - in->at)
		n = (size_t)(in->size - in->at);
	r = lic_pread_full(in->fd, buf, n, in->base + in->at);
	if (r < 0) {
		in->error = (int)r;
		return 0;
	}
	in->at += (uint64_t)r;
	return (size_t)r;
}

int lic_bytes_all(struct lic_bytes_in *in, size_t max, uint8_t **ret, struct lic_error *err)
{
	_cleanup_(lic_freep) uint8_t *p = NULL;

	if (in->size > max)
		return lic_error_set(err, EFBIG, "more than %zu bytes", max);
	p = malloc((size_t)in->size + 1);
	if (!p)
		return lic_error_set(err, ENOMEM, "out of memory");
	in->at = 0;
	if (lic_bytes_next(in, p, (size_t)in->size) != in->size)
		return lic_error_set(err, EBADMSG, "the file is shorter than when it was judged");
	*ret = LIC_TAKE(p);
	return 0;
}

static uint32_t cells_of(uint32_t pixels, uint32_t most)
{
	return pixels < most ? pixels : most;
}

/* Of a picture in its own shape: `side` for the longer side. */
static uint32_t shaped(uint32_t pixels, uint32_t longer, uint32_t side)
{
	uint64_t n = longer <= side ? pixels : ((uint64_t)pixels * side + longer / 2) / longer;

	return n ? (uint32_t)n : 1;
}

int lic_canvas_begin(struct lic_canvas *c, uint64_t w, uint64_t h, struct lic_error *err)
{
	uint32_t longer;

	lic_canvas_release(c);
	if (!w || !h)
		return lic_error_set(err, EBADMSG, "a picture without pixels");
	if (w > LIC_LIKENESS_PIXELS_MAX || h > LIC_LIKENESS_PIXELS_MAX / w)
		return lic_error_set(err, EFBIG, "more than %u pixels", LIC_LIKENESS_PIXELS_MAX);
	c->w = (uint32_t)w;
	c->h = (uint32_t)h;
	longer = c->w > c->h ? c->w : c->h;
	c->cols = c->colour ? shaped(c->w, longer, LIC_THUMBNAIL_SIDE)
			    : cells_of(c->w, LIC_CANVAS_SIDE);
	c->rows = c->colour ? shaped(c->h, longer, LIC_THUMBNAIL_SIDE)
			    : cells_of(c->h, LIC_CANVAS_SIDE);
	c->cell = calloc((size_t)c->cols * c->rows * lic_canvas_depth(c), sizeof(*c->cell));
	c->row = calloc(c->cols * lic_canvas_depth(c), sizeof(*c->row));
	if (!c->cell || !c->row)
		return lic_error_set(err, ENOMEM, "out of memory");
	return 0;
}

/* A pixel is `cols` long and a cell `w`: all lengths are whole numbers. One of the `depth` numbers
 * of each. */
static void average_row(struct lic_canvas *c, const uint8_t *pixel, float *cell, size_t depth)
{
	uint32_t left = c->cols; /* of the pixel */
	float scale = 1.0f / (float)c->w;

	for (uint32_t i = 0; i < c->cols; i++) {
		uint64_t sum = 0;

		for (uint32_t room = c->w, take; room; room -= take, left -= take) {
			if (!left) {
				pixel += depth;
				left = c->cols;
			}
			take = left < room ? left : room;
			sum += (uint64_t)take * *pixel;
		}
		cell[i * depth] = (float)sum * scale;
	}
}

static void add_row(struct lic_canvas *c, uint32_t row, float weight)
{
	const size_t n = c->cols * lic_canvas_depth(c);
	float *cell = c->cell + (size_t)row * n;

	for (size_t i = 0; i < n; i++)
		cell[i] += weight * c->row[i];
}

void lic_canvas_row(struct lic_canvas *c, const uint8_t *pixels)
{
	const size_t depth = lic_canvas_depth(c);
	uint64_t from = (uint64_t)c->y * c->rows, to = from + c->rows;
	uint32_t first = (uint32_t)(from / c->h);
	uint64_t edge = ((uint64_t)first + 1) * c->h;
	float scale = 1.0f / (float)c->h;

	if (c->y >= c->h)
		return;
	for (size_t i = 0; i < depth; i++)
		average_row(c, pixels + i, c->row + i, depth);
	if (to <= edge) {
		add_row(c, first, (float)(to - from) * scale);
	} else {
		add_row(c, first, (float)(edge - from) * scale);
		add_row(c, first + 1, (float)(to - edge) * scale);
	}
	c->y++;
}

uint8_t *lic_canvas_sheet(const struct lic_canvas *c, uint64_t w, uint64_t h)
{
	const size_t most = LIC_DECODER_MEMORY / lic_canvas_depth(c);
	uint8_t *p;
	size_t n;

	if (!w || !h || w > most || h > most / w)
		return NULL;
	n = (size_t)(w * h) * lic_canvas_depth(c);
	p = malloc(n);
	if (p)
		memset(p, 255, n);
	return p;
}

void lic_canvas_put(struct lic_canvas *c, const uint8_t *sheet)
{
	for (uint32_t y = 0; y < c->h; y++)
		lic_canvas_row(c, sheet + (size_t)y * c->w * lic_canvas_depth(c));
}

void lic_canvas_release(struct lic_canvas *c)
{
	free(c->cell);
	free(c->row);
	*c = (struct lic_canvas){ .colour = c->colour };
}

static void bright_row(uint8_t *ret, const uint8_t *p, size_t n, unsigned channels)
{
	for (size_t i = 0; i < n; i++, p += channels) {
		unsigned v = channels < 3 ? p[0] : lic_bright(p[0], p[1], p[2]);

		ret[i] = channels % 2 ? (uint8_t)v : lic_over_white(v, p[channels - 1]);
	}
}

static void colour_row(uint8_t *ret, const uint8_t *p, size_t n, unsigned channels)
{
	for (size_t i = 0; i < n; i++, p += channels, ret += 3)
		for (unsigned k = 0; k < 3; k++) {
			unsigned v = channels < 3 ? p[0] : p[k];

			ret[k] = channels % 2 ? (uint8_t)v : lic_over_white(v, p[channels - 1]);
		}
}

void lic_canvas_pixels(const struct lic_canvas *c, uint8_t *ret, const uint8_t *p, size_t n,
		       unsigned channels)
{
	if (c->colour)
		colour_row(ret, p, n, channels);
	else
		bright_row(ret, p, n, channels);
}
