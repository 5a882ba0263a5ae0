/* SPDX-License-Identifier: Apache-2.0 */
/* Averages rows of brightness into cells, exactly: pixels on an edge count for both sides. */
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

static uint32_t cells_of(uint32_t pixels)
{
	return pixels < LIC_CANVAS_SIDE ? pixels : LIC_CANVAS_SIDE;
}

int lic_canvas_begin(struct lic_canvas *c, uint64_t w, uint64_t h, struct lic_error *err)
{
	lic_canvas_release(c);
	if (!w || !h)
		return lic_error_set(err, EBADMSG, "a picture without pixels");
	if (w > LIC_LIKENESS_PIXELS_MAX || h > LIC_LIKENESS_PIXELS_MAX / w)
		return lic_error_set(err, EFBIG, "more than %u pixels", LIC_LIKENESS_PIXELS_MAX);
	c->w = (uint32_t)w;
	c->h = (uint32_t)h;
	c->cols = cells_of(c->w);
	c->rows = cells_of(c->h);
	c->cell = calloc((size_t)c->cols * c->rows, sizeof(*c->cell));
	c->row = calloc(c->cols, sizeof(*c->row));
	if (!c->cell || !c->row)
		return lic_error_set(err, ENOMEM, "out of memory");
	return 0;
}

/* A pixel is `cols` long and a cell `w`: all lengths are whole numbers. */
static void average_row(struct lic_canvas *c, const uint8_t *bright)
{
	uint32_t left = c->cols; /* of the pixel */
	float scale = 1.0f / (float)c->w;

	for (uint32_t i = 0; i < c->cols; i++) {
		uint64_t sum = 0;

		for (uint32_t room = c->w, take; room; room -= take, left -= take) {
			if (!left) {
				bright++;
				left = c->cols;
			}
			take = left < room ? left : room;
			sum += (uint64_t)take * *bright;
		}
		c->row[i] = (float)sum * scale;
	}
}

static void add_row(struct lic_canvas *c, uint32_t row, float weight)
{
	float *cell = c->cell + (size_t)row * c->cols;

	for (uint32_t i = 0; i < c->cols; i++)
		cell[i] += weight * c->row[i];
}

void lic_canvas_row(struct lic_canvas *c, const uint8_t *bright)
{
	uint64_t from = (uint64_t)c->y * c->rows, to = from + c->rows;
	uint32_t first = (uint32_t)(from / c->h);
	uint64_t edge = ((uint64_t)first + 1) * c->h;
	float scale = 1.0f / (float)c->h;

	if (c->y >= c->h)
		return;
	average_row(c, bright);
	if (to <= edge) {
		add_row(c, first, (float)(to - from) * scale);
	} else {
		add_row(c, first, (float)(edge - from) * scale);
		add_row(c, first + 1, (float)(to - edge) * scale);
	}
	c->y++;
}

uint8_t *lic_canvas_sheet(uint64_t w, uint64_t h)
{
	uint8_t *p;

	if (!w || !h || w > LIC_DECODER_MEMORY || h > LIC_DECODER_MEMORY / w)
		return NULL;
	p = malloc((size_t)(w * h));
	if (p)
		memset(p, 255, (size_t)(w * h));
	return p;
}

void lic_canvas_put(struct lic_canvas *c, const uint8_t *sheet)
{
	for (uint32_t y = 0; y < c->h; y++)
		lic_canvas_row(c, sheet + (size_t)y * c->w);
}

void lic_canvas_release(struct lic_canvas *c)
{
	free(c->cell);
	free(c->row);
	*c = (struct lic_canvas){ 0 };
}

void lic_bright_row(uint8_t *ret, const uint8_t *p, size_t n, unsigned channels)
{
	for (size_t i = 0; i < n; i++, p += channels) {
		unsigned v = channels < 3 ? p[0] : lic_bright(p[0], p[1], p[2]);

		ret[i] = channels % 2 ? (uint8_t)v : lic_over_white(v, p[channels - 1]);
	}
}
