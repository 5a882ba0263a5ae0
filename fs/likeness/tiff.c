/* SPDX-License-Identifier: Apache-2.0 */
/* TIFF, strip by strip; of several pictures the first: the one door to libtiff. */
#include <errno.h>
#include <string.h>
#include <sys/types.h>

#include <tiffio.h>

#include <licensefs/likeness.h>

#include "fs/likeness/canvas.h"

/* Of one strip or row of tiles, decoded, at four bytes a pixel. */
#define STRIP_MAX (LIC_DECODER_MEMORY / 2)

struct decoding {
	struct lic_bytes_in *in;
	struct lic_canvas *canvas;
	struct lic_error *err;
};

static tsize_t on_read(thandle_t handle, tdata_t buf, tsize_t n)
{
	return n > 0 ? (tsize_t)lic_bytes_next((struct lic_bytes_in *)handle, buf, (size_t)n) : 0;
}

static tsize_t on_write(thandle_t handle _unused_, tdata_t buf _unused_, tsize_t n _unused_)
{
	return -1;
}

static toff_t on_seek(thandle_t handle, toff_t to, int whence)
{
	struct lic_bytes_in *in = (struct lic_bytes_in *)handle;

	in->at = whence == SEEK_SET ? to : whence == SEEK_CUR ? in->at + to : in->size + to;
	return in->at;
}

static int on_close(thandle_t handle _unused_)
{
	return 0;
}

static toff_t on_size(thandle_t handle)
{
	return ((struct lic_bytes_in *)handle)->size;
}

/* 1: nobody else is told. */
static int be_silent(TIFF *tiff _unused_, void *ctx _unused_, const char *module _unused_,
		     const char *format _unused_, va_list args _unused_)
{
	return 1;
}

static TIFF *open_tiff(struct lic_bytes_in *in)
{
	TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
	TIFF *tiff = NULL;

	if (!options)
		return NULL;
	TIFFOpenOptionsSetErrorHandlerExtR(options, be_silent, NULL);
	TIFFOpenOptionsSetWarningHandlerExtR(options, be_silent, NULL);
	TIFFOpenOptionsSetMaxSingleMemAlloc(options, LIC_DECODER_MEMORY);
	/* "m": it is not mapped; "O": tables of strips are read as far as they are needed */
	tiff = TIFFClientOpenExt("", "rmO", in, on_read, on_write, on_seek, on_close, on_size, NULL,
				 NULL, options);
	TIFFOpenOptionsFree(options);
	return tiff;
}

/* Rows that are decoded together: of a strip, or of a row of tiles. */
static uint32_t rows_together(TIFF *tiff, uint32_t h)
{
	uint32_t rows = 0;

	if (TIFFIsTiled(tiff))
		(void)TIFFGetField(tiff, TIFFTAG_TILELENGTH, &rows);
	else
		(void)TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
	return rows && rows < h ? rows : h;
}

/* libtiff has multiplied colours with alpha. */
static unsigned on_white(uint32_t v, uint32_t alpha)
{
	return v + (255 - alpha) < 255 ? v + (255 - alpha) : 255;
}

static void put_rows(struct lic_canvas *c, const uint32_t *from, uint32_t rows, uint8_t *pixel)
{
	const size_t depth = lic_canvas_depth(c);

	for (uint32_t y = 0; y < rows; y++, from += c->w) {
		for (uint32_t x = 0; x < c->w; x++) {
			uint32_t p = from[x], a = TIFFGetA(p);

			lic_canvas_pixel(c, pixel + x * depth, on_white(TIFFGetR(p), a),
					 on_white(TIFFGetG(p), a), on_white(TIFFGetB(p), a));
		}
		lic_canvas_row(c, pixel);
	}
}

static int read_rows(struct decoding *d, TIFFRGBAImage *image, uint32_t rows)
{
	_cleanup_(lic_freep) uint32_t *pixel = malloc((size_t)image->width * rows * 4);
	_cleanup_(lic_freep) uint8_t *line =
		malloc((size_t)image->width * lic_canvas_depth(d->canvas));

	if (!pixel || !line)
		return lic_error_set(d->err, ENOMEM, "out of memory");
	/* as they stand in the file: other orders would turn every strip by itself */
	image->req_orientation = image->orientation;
	for (uint32_t y = 0; y < image->height; y += rows) {
		uint32_t n = image->height - y < rows ? image->height - y : rows;

		memset(pixel, 255, (size_t)image->width * n * 4);
		image->row_offset = (int)y;
		image->col_offset = 0;
		if (!TIFFRGBAImageGet(image, pixel, image->width, n))
			return lic_error_set(d->err, EBADMSG, "a TIFF that stops");
		put_rows(d->canvas, pixel, n, line);
	}
	return 0;
}

static int decode(struct decoding *d, TIFF *tiff)
{
	char why[1024] = "";
	TIFFRGBAImage image;
	uint32_t w = 0, h = 0, rows;
	int r;

	if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &w) ||
	    !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &h))
		return lic_error_set(d->err, EBADMSG, "a TIFF without pixels");
	r = lic_canvas_begin(d->canvas, w, h, d->err);
	if (r < 0)
		return r;
	rows = rows_together(tiff, h);
	if ((uint64_t)w * rows * 4 > STRIP_MAX)
		return lic_error_set(d->err, EFBIG,
				     "a TIFF whose strips are too large to be held in memory");
	/* 1: stop where it cannot be decoded */
	if (!TIFFRGBAImageOK(tiff, why) || !TIFFRGBAImageBegin(&image, tiff, 1, why))
		return lic_error_set(d->err, EBADMSG, "a TIFF that cannot be decoded");
	r = read_rows(d, &image, rows);
	TIFFRGBAImageEnd(&image);
	return r;
}

int lic_decode_tiff(struct lic_bytes_in *in, struct lic_canvas *c, struct lic_error *err)
{
	struct decoding d = { .in = in, .canvas = c, .err = err };
	TIFF *tiff = open_tiff(in);
	int r;

	if (!tiff)
		return lic_error_set(err, EBADMSG, "a TIFF that cannot be opened");
	r = decode(&d, tiff);
	TIFFClose(tiff);
	return r;
}
