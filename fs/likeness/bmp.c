/* SPDX-License-Identifier: Apache-2.0 */
/* BMP, all that is not compressed. */
#include <errno.h>
#include <string.h>

#include <licensefs/likeness.h>

#include "fs/likeness/canvas.h"
#include "fs/util/cursor.h"

#define FILE_HEAD 14
#define HEAD 124 /* of the longest, without masks behind a short one */
#define HEAD_LEAST 40
#define LINE_MAX_BYTES (32u << 20)

enum { BI_RGB = 0, BI_BITFIELDS = 3, BI_ALPHABITFIELDS = 6 };

struct bmp {
	uint32_t w, h;
	unsigned bits;
	uint32_t mask[3];      /* red, green, blue of 16 and 32 bits */
	uint8_t pixel[256][3]; /* of the colours of 1, 4 and 8 bits, as the canvas wants them */
	const struct lic_canvas *canvas;
};

/* The value under the mask, 0 to 255. */
static unsigned under(uint32_t v, uint32_t mask)
{
	uint64_t most;

	if (!mask)
		return 0;
	most = mask >> __builtin_ctz(mask);
	return (unsigned)((uint64_t)((v & mask) >> __builtin_ctz(mask)) * 255 / most);
}

static void take_line(const struct bmp *b, const uint8_t *line, uint8_t *ret)
{
	const size_t depth = lic_canvas_depth(b->canvas);

	for (uint32_t x = 0; x < b->w; x++, ret += depth) {
		if (b->bits == 24) {
			lic_canvas_pixel(b->canvas, ret, line[3 * x + 2], line[3 * x + 1],
					 line[3 * x]);
		} else if (b->bits >= 16) {
			size_t n = b->bits / 8;
			uint32_t v = (uint32_t)lic_load(line + n * x, n, false);

			lic_canvas_pixel(b->canvas, ret, under(v, b->mask[0]), under(v, b->mask[1]),
					 under(v, b->mask[2]));
		} else {
			unsigned each = 8 / b->bits, shift = 8 - b->bits * (1 + x % each);

			memcpy(ret, b->pixel[line[x / each] >> shift & ((1u << b->bits) - 1)],
			       depth);
		}
	}
}

static int take_colours(struct lic_bytes_in *in, struct bmp *b, uint32_t used)
{
	uint8_t colour[256 * 4];
	size_t n = 1u << b->bits;

	if (used && used < n)
		n = used;
	if (lic_bytes_next(in, colour, n * 4) != n * 4)
		return -EBADMSG;
	for (size_t i = 0; i < n; i++)
		lic_canvas_pixel(b->canvas, b->pixel[i], colour[4 * i + 2], colour[4 * i + 1],
				 colour[4 * i]);
	return 0;
}

static bool is_known(const struct bmp *b, uint32_t compression)
{
	switch (b->bits) {
	case 1:
	case 4:
	case 8:
	case 24:
		return compression == BI_RGB;
	case 16:
	case 32:
		return compression == BI_RGB || compression == BI_BITFIELDS ||
		       compression == BI_ALPHABITFIELDS;
	}
	return false;
}

/* Reads what stands before the pixels. */
static int read_head(struct lic_bytes_in *in, struct bmp *b, uint64_t *ret_pixels)
{
	uint8_t p[FILE_HEAD + HEAD] = { 0 };
	uint32_t head, compression;
	int32_t h;

	if (lic_bytes_next(in, p, sizeof(p)) < FILE_HEAD + HEAD_LEAST || memcmp(p, "BM", 2) != 0)
		return -EBADMSG;
	*ret_pixels = lic_load(p + 10, 4, false);
	head = (uint32_t)lic_load(p + 14, 4, false);
	h = (int32_t)lic_load(p + 22, 4, false);
	b->w = (uint32_t)lic_load(p + 18, 4, false);
	b->h = h < 0 ? -(uint32_t)h : (uint32_t)h;
	b->bits = (unsigned)lic_load(p + 28, 2, false);
	compression = (uint32_t)lic_load(p + 30, 4, false);
	if (head < HEAD_LEAST || !is_known(b, compression))
		return -EBADMSG;
	in->at = FILE_HEAD + (uint64_t)head;
	if (b->bits <= 8)
		return take_colours(in, b, (uint32_t)lic_load(p + 46, 4, false));
	for (unsigned i = 0; i < 3; i++)
		b->mask[i] = compression != BI_RGB ? (uint32_t)lic_load(p + 54 + 4 * i, 4, false)
			     : b->bits == 16	   ? 0x1fu << (10 - 5 * i)
						   : 0xffu << (16 - 8 * i);
	return 0;
}

/* Lines stand upside down, mostly; that makes no difference (print.h). */
int lic_decode_bmp(struct lic_bytes_in *in, struct lic_canvas *c, struct lic_error *err)
{
	_cleanup_(lic_freep) uint8_t *line = NULL, *pixel = NULL;
	struct bmp b = { .canvas = c };
	size_t n;
	int r;

	if (read_head(in, &b, &in->at) < 0)
		return lic_error_set(err, EBADMSG, "a BMP of a kind that is not read");
	r = lic_canvas_begin(c, b.w, b.h, err);
	if (r < 0)
		return r;
	n = ((size_t)b.w * b.bits + 31) / 32 * 4;
	if (n > LINE_MAX_BYTES)
		return lic_error_set(err, EFBIG, "a BMP that is too wide");
	line = malloc(n);
	pixel = malloc((size_t)b.w * lic_canvas_depth(c));
	if (!line || !pixel)
		return lic_error_set(err, ENOMEM, "out of memory");
	for (uint32_t y = 0; y < b.h; y++) {
		if (lic_bytes_next(in, line, n) != n)
			return lic_error_set(err, EBADMSG, "a BMP that stops");
		take_line(&b, line, pixel);
		lic_canvas_row(c, pixel);
	}
	return 0;
}
