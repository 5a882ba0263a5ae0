/* SPDX-License-Identifier: Apache-2.0 */
/* From a canvas with colours to a small picture that stands upright. */
#include <string.h>

#include "fs/likeness/canvas.h"
#include "fs/util/cursor.h"

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3
#define ENTRIES_MAX 512u

/* Which cell lies at (x, y) once it is turned: EXIF 3.0 4.6.5.1.6. */
static void cell_at(const struct lic_canvas *c, uint32_t x, uint32_t y, uint32_t *ret_x,
		    uint32_t *ret_y)
{
	const bool sideways = c->turn >= 5;
	const bool flip_x = c->turn == 2 || c->turn == 3 || c->turn == 7 || c->turn == 8;
	const bool flip_y = c->turn == 3 || c->turn == 4 || c->turn == 6 || c->turn == 7;
	uint32_t across = sideways ? y : x, down = sideways ? x : y;

	*ret_x = flip_x ? c->cols - 1 - across : across;
	*ret_y = flip_y ? c->rows - 1 - down : down;
}

void lic_canvas_thumbnail(const struct lic_canvas *c, struct lic_thumbnail *ret)
{
	const bool sideways = c->turn >= 5;
	uint8_t *to = ret->rgb;

	memset(ret, 0, sizeof(*ret));
	ret->w = sideways ? c->rows : c->cols;
	ret->h = sideways ? c->cols : c->rows;
	for (uint32_t y = 0; y < ret->h; y++)
		for (uint32_t x = 0; x < ret->w; x++) {
			const float *cell;
			uint32_t cx, cy;

			cell_at(c, x, y, &cx, &cy);
			cell = c->cell + 3 * ((size_t)cy * c->cols + cx);
			for (int k = 0; k < 3; k++)
				*to++ = (uint8_t)(cell[k] < 0	  ? 0
						  : cell[k] > 254 ? 255
								  : cell[k] + 0.5f);
		}
}

uint8_t lic_exif_turn(const uint8_t *p, size_t n)
{
	bool big;
	uint64_t at, count;

	if (n < 8 || (memcmp(p, "II*", 4) != 0 && memcmp(p, "MM\0*", 4) != 0))
		return 0;
	big = *p == 'M';
	at = lic_load(p + 4, 4, big);
	if (at > n - 2)
		return 0;
	count = lic_load(p + at, 2, big);
	for (at += 2; count && count <= ENTRIES_MAX && at + 12 <= n; count--, at += 12) {
		uint64_t turn = lic_load(p + at + 8, 2, big);

		if (lic_load(p + at, 2, big) != TAG_ORIENTATION)
			continue;
		return lic_load(p + at + 2, 2, big) == TYPE_SHORT && turn >= 1 && turn <= 8
			       ? (uint8_t)turn
			       : 0;
	}
	return 0;
}

static void release_canvas(struct lic_canvas *c)
{
	lic_canvas_release(c);
}

int lic_thumbnail_read(int fd, uint64_t at, uint64_t size, enum lic_format format,
		       struct lic_thumbnail *ret, struct lic_error *err)
{
	_cleanup_(release_canvas) struct lic_canvas canvas = { .colour = true };
	struct lic_bytes_in in = { .fd = fd, .base = at, .size = size };
	int r = lic_picture_decode(&in, format, &canvas, err);

	if (r < 0)
		return r;
	lic_canvas_thumbnail(&canvas, ret);
	return 0;
}
