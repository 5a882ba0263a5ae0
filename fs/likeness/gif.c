/* SPDX-License-Identifier: Apache-2.0 */
/* GIF, its first frame on a white screen: the one door to giflib. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <gif_lib.h>

#include "fs/likeness/canvas.h"

#define RECORDS_MAX 4096 /* extensions before the first frame */

struct decoding {
	GifFileType *gif;
	struct lic_canvas *canvas;
	struct lic_error *err;
	uint8_t pixel[256][3]; /* of the colours, as the canvas wants them */
	uint8_t *line;
	uint8_t *sheet;
};

static void decoding_release(struct decoding *d)
{
	if (d->gif)
		DGifCloseFile(d->gif, NULL);
	free(d->line);
	free(d->sheet);
}

static int on_read(GifFileType *gif, GifByteType *buf, int n)
{
	return n > 0 ? (int)lic_bytes_next(gif->UserData, buf, (size_t)n) : 0;
}

static int broken(struct decoding *d)
{
	return lic_error_set(d->err, EBADMSG, "a GIF without a whole picture");
}

/* Colours that it does not have are black, the transparent one is white. */
static void take_colours(struct decoding *d, int transparent)
{
	const ColorMapObject *map =
		d->gif->Image.ColorMap ? d->gif->Image.ColorMap : d->gif->SColorMap;

	memset(d->pixel, 0, sizeof(d->pixel));
	for (int i = 0; map && i < map->ColorCount && i < 256; i++)
		lic_canvas_pixel(d->canvas, d->pixel[i], map->Colors[i].Red, map->Colors[i].Green,
				 map->Colors[i].Blue);
	if (transparent >= 0 && transparent < 256)
		memset(d->pixel[transparent], 255, sizeof(d->pixel[transparent]));
}

static int read_extension(struct decoding *d, int *transparent)
{
	GraphicsControlBlock control;
	GifByteType *block = NULL;
	int code = 0;

	if (DGifGetExtension(d->gif, &code, &block) != GIF_OK)
		return broken(d);
	if (code == GRAPHICS_EXT_FUNC_CODE && block && block[0] == 4 &&
	    DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
		*transparent = control.TransparentColor;
	while (block)
		if (DGifGetExtensionNext(d->gif, &block) != GIF_OK)
			return broken(d);
	return 0;
}

/* Goes to the first frame. */
static int find_frame(struct decoding *d)
{
	int transparent = NO_TRANSPARENT_COLOR;

	for (unsigned i = 0; i < RECORDS_MAX; i++) {
		GifRecordType type = UNDEFINED_RECORD_TYPE;

		if (DGifGetRecordType(d->gif, &type) != GIF_OK)
			return broken(d);
		if (type == EXTENSION_RECORD_TYPE) {
			int r = read_extension(d, &transparent);

			if (r < 0)
				return r;
			continue;
		}
		if (type != IMAGE_DESC_RECORD_TYPE || DGifGetImageDesc(d->gif) != GIF_OK)
			return broken(d);
		take_colours(d, transparent);
		return 0;
	}
	return broken(d);
}

static int read_lines(struct decoding *d, uint64_t w, int from, int step)
{
	const GifImageDesc *image = &d->gif->Image;
	const size_t depth = lic_canvas_depth(d->canvas);

	for (int y = from; y < image->Height; y += step) {
		uint8_t *to =
			d->sheet +
			(((uint64_t)image->Top + (uint64_t)y) * w + (uint64_t)image->Left) * depth;

		if (DGifGetLine(d->gif, d->line, image->Width) != GIF_OK)
			return broken(d);
		for (int x = 0; x < image->Width; x++)
			memcpy(to + (size_t)x * depth, d->pixel[d->line[x]], depth);
	}
	return 0;
}

static int read_frame(struct decoding *d, uint64_t w)
{
	static const int pass[][2] = { { 0, 8 }, { 4, 8 }, { 2, 4 }, { 1, 2 } };
	int r = 0;

	if (!d->gif->Image.Interlace)
		return read_lines(d, w, 0, 1);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(pass) && r == 0; i++)
		r = read_lines(d, w, pass[i][0], pass[i][1]);
	return r;
}

static int decode(struct decoding *d)
{
	const GifImageDesc *image = &d->gif->Image;
	uint64_t w, h;
	int r = find_frame(d);

	if (r < 0)
		return r;
	if (image->Left < 0 || image->Top < 0 || image->Width <= 0 || image->Height <= 0)
		return broken(d);
	/* browsers make the screen as large as its first frame needs */
	w = (uint64_t)image->Left + (uint64_t)image->Width;
	h = (uint64_t)image->Top + (uint64_t)image->Height;
	if (d->gif->SWidth > 0 && w < (uint64_t)d->gif->SWidth)
		w = (uint64_t)d->gif->SWidth;
	if (d->gif->SHeight > 0 && h < (uint64_t)d->gif->SHeight)
		h = (uint64_t)d->gif->SHeight;
	r = lic_canvas_begin(d->canvas, w, h, d->err);
	if (r < 0)
		return r;
	d->sheet = lic_canvas_sheet(d->canvas, w, h);
	d->line = malloc((size_t)image->Width);
	if (!d->sheet || !d->line)
		return lic_error_set(d->err, EFBIG, "a GIF too large to be held in memory");
	r = read_frame(d, w);
	if (r == 0)
		lic_canvas_put(d->canvas, d->sheet);
	return r;
}

int lic_decode_gif(struct lic_bytes_in *in, struct lic_canvas *c, struct lic_error *err)
{
	_cleanup_(decoding_release) struct decoding d = { .canvas = c, .err = err };
	int why = 0;

	d.gif = DGifOpen(in, on_read, &why);
	if (!d.gif)
		return lic_error_set(err, EBADMSG, "a GIF that cannot be opened");
	return decode(&d);
}
