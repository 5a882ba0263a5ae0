/* SPDX-License-Identifier: Apache-2.0 */
/* Which parts of a picture are looked at, and the signs of their waves. fs/likeness/README.md says
 * why so. */
#include <endian.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "fs/likeness/print.h"

#define PI 3.14159265358979323846
/* Grey levels: a wave that is weaker may be anything in the next copy. */
#define WAVE_FLOOR 0.05f
/* Waves that must be stronger. */
#define WAVES_LEAST 128u
/* The share of the picture that they must come from: one edge in a corner looks like any other. */
#define SPREAD_LEAST 0.08f
/* Places on a side where that is looked at: two to the finest wave. */
#define PLACES (2 * LIC_WAVES)
/* Cells on a side, without which the finest wave is not seen. */
#define CELLS_LEAST 32.0
/* Grey levels by which a border of one colour may stray. */
#define BORDER_STRAY 4.0f
/* Sides that differ less than by a fiftieth are as good as equal. */
#define SQUARE_ENOUGH 0.98

/* A part of a canvas, in cells. */
struct part {
	double left, right, top, bottom;
};

/* What every cell contributes to every wave along one axis. */
struct weights {
	float of[LIC_CANVAS_SIDE][LIC_WAVES];
};

/* The integral of cos(pi u t) over the share of the part that a cell covers: the picture is taken
 * for what its pixels are, squares of one brightness, so that it does not matter how many. */
static void weigh(struct weights *w, uint32_t cells, double from, double to)
{
	double length = to - from;

	for (uint32_t i = 0; i < cells; i++) {
		double a = fmin(fmax((i - from) / length, 0), 1);
		double b = fmin(fmax((i + 1 - from) / length, 0), 1);

		for (unsigned u = 1; u <= LIC_WAVES; u++)
			w->of[i][u - 1] =
				b > a ? (float)(2 * (sin(PI * u * b) - sin(PI * u * a)) / (PI * u))
				      : 0;
	}
}

struct waves {
	float of[LIC_WAVES][LIC_WAVES]; /* [v - 1][u - 1], in grey levels */
};

struct work {
	struct weights across, down;
	struct waves waves;
	float at[PLACES][LIC_WAVES]; /* every wave at every place */
};

static void fill_places(struct work *w)
{
	for (unsigned i = 0; i < PLACES; i++)
		for (unsigned u = 1; u <= LIC_WAVES; u++)
			w->at[i][u - 1] = (float)cos(PI * u * (i + 0.5) / PLACES);
}

static void transform(const struct lic_canvas *c, const struct part *p, struct work *w)
{
	memset(&w->waves, 0, sizeof(w->waves));
	weigh(&w->across, c->cols, p->left, p->right);
	weigh(&w->down, c->rows, p->top, p->bottom);
	for (uint32_t y = 0; y < c->rows; y++) {
		const float *cell = c->cell + (size_t)y * c->cols;
		float sum[LIC_WAVES] = { 0 };

		if (y + 1 <= p->top || y >= p->bottom)
			continue;
		for (uint32_t x = 0; x < c->cols; x++)
			for (unsigned u = 0; u < LIC_WAVES; u++)
				sum[u] += cell[x] * w->across.of[x][u];
		for (unsigned v = 0; v < LIC_WAVES; v++)
			for (unsigned u = 0; u < LIC_WAVES; u++)
				w->waves.of[v][u] += w->down.of[y][v] * sum[u];
	}
}

/* Of which share of the picture the waves are: near 0 where one place has them all, a third where
 * they are everywhere, as of noise (the participation ratio of their energy). */
static float spread(const struct work *w)
{
	float square = 0, fourth = 0;

	for (unsigned y = 0; y < PLACES; y++) {
		float row[LIC_WAVES] = { 0 };

		for (unsigned v = 0; v < LIC_WAVES; v++)
			for (unsigned u = 0; u < LIC_WAVES; u++)
				row[u] += w->waves.of[v][u] * w->at[y][v];
		for (unsigned x = 0; x < PLACES; x++) {
			float value = 0;

			for (unsigned u = 0; u < LIC_WAVES; u++)
				value += row[u] * w->at[x][u];
			value *= value;
			square += value;
			fourth += value * value;
		}
	}
	return fourth > 0 ? square * square / (fourth * PLACES * PLACES) : 0;
}

/* False where there is too little in it. */
static bool print_of(const struct work *work, struct lic_print *ret)
{
	const struct waves *w = &work->waves;
	uint64_t words[LIC_PRINT_BYTES / 8] = { 0 };
	unsigned strong = 0;

	for (unsigned v = 0; v < LIC_WAVES; v++) {
		for (unsigned u = 0; u < LIC_WAVES; u++) {
			unsigned word = (u % 2 == 0) + 2 * (v % 2 == 0);

			strong += fabsf(w->of[v][u]) > WAVE_FLOOR;
			if (w->of[v][u] > 0)
				words[word] |= UINT64_C(1) << (u / 2 + 8 * (v / 2));
		}
	}
	for (unsigned i = 0; i < LIC_ARRAY_SIZE(words); i++)
		words[i] = htole64(words[i]);
	memcpy(ret->b, words, sizeof(ret->b));
	return strong >= WAVES_LEAST && spread(work) >= SPREAD_LEAST;
}

/* Adds its print where it tells anything, and is another than those that are there. */
static void add_print(const struct lic_canvas *c, const struct part *p, struct work *w,
		      struct lic_likeness *l)
{
	struct lic_print *next = &l->print[l->n];

	if (p->right - p->left < CELLS_LEAST || p->bottom - p->top < CELLS_LEAST)
		return;
	transform(c, p, w);
	if (!print_of(w, next))
		return;
	for (uint32_t i = 0; i < l->n; i++)
		if (memcmp(&l->print[i], next, sizeof(*next)) == 0)
			return;
	l->n++;
}

/* Is a line of cells of one colour? `step` leads from cell to cell. */
static bool is_plain(const float *cell, size_t step, uint32_t n)
{
	float least = cell[0], most = cell[0];

	for (uint32_t i = 1; i < n; i++) {
		least = fminf(least, cell[i * step]);
		most = fmaxf(most, cell[i * step]);
	}
	return most - least <= BORDER_STRAY;
}

/* How many of n lines, `next` apart, continue the plain colour of the first one. */
static uint32_t plain_lines(const float *cell, ptrdiff_t next, uint32_t n, size_t step,
			    uint32_t length)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		const float *line = cell + (ptrdiff_t)i * next;

		if (!is_plain(line, step, length) || fabsf(line[0] - cell[0]) > BORDER_STRAY)
			break;
	}
	return i;
}

/* What is inside of its borders; above and below first, as bars of films are. */
static struct part inside(const struct lic_canvas *c)
{
	ptrdiff_t cols = c->cols;
	const float *last = c->cell + (ptrdiff_t)(c->rows - 1) * cols;
	uint32_t top = plain_lines(c->cell, cols, c->rows, 1, c->cols), bottom, left, right;
	const float *first;

	if (top == c->rows)
		return (struct part){ 0 };
	bottom = plain_lines(last, -cols, c->rows - top, 1, c->cols);
	first = c->cell + (ptrdiff_t)top * cols;
	left = plain_lines(first, 1, c->cols, (size_t)cols, c->rows - top - bottom);
	if (left == c->cols)
		return (struct part){ 0 };
	right = plain_lines(first + cols - 1, -1, c->cols - left, (size_t)cols,
			    c->rows - top - bottom);
	return (struct part){ left, c->cols - right, top, c->rows - bottom };
}

/* The square in the middle, measured in pixels; false where the part is one. */
static bool square_of(const struct lic_canvas *c, const struct part *p, struct part *ret)
{
	double wide = (double)c->w / c->cols, high = (double)c->h / c->rows;
	double w = (p->right - p->left) * wide, h = (p->bottom - p->top) * high;
	double side = fmin(w, h);

	*ret = *p;
	ret->left += (w - side) / 2 / wide;
	ret->right -= (w - side) / 2 / wide;
	ret->top += (h - side) / 2 / high;
	ret->bottom -= (h - side) / 2 / high;
	return side < SQUARE_ENOUGH * fmax(w, h);
}

int lic_canvas_prints(const struct lic_canvas *c, struct lic_likeness *ret, struct lic_error *err)
{
	_cleanup_(lic_freep) struct work *w = malloc(sizeof(*w));
	struct part whole = { 0, c->cols, 0, c->rows }, inner, square;
	struct lic_likeness l = { 0 };

	if (!w)
		return lic_error_set(err, ENOMEM, "out of memory");
	if (!c->h || c->y != c->h)
		return lic_error_set(err, EBADMSG, "a picture that ends before its last row");
	fill_places(w);
	inner = inside(c);
	add_print(c, &whole, w, &l);
	if (memcmp(&inner, &whole, sizeof(inner)) != 0)
		add_print(c, &inner, w, &l);
	if (square_of(c, &inner, &square))
		add_print(c, &square, w, &l);
	if (!l.n)
		return lic_error_set(err, ENODATA,
				     "there is too little in the picture to tell it from others");
	*ret = l;
	return 0;
}
