/* SPDX-License-Identifier: Apache-2.0 */
/* PNG, row by row: the one door to libpng. */
#include <errno.h>
#include <setjmp.h>
#include <string.h>

#include <png.h>

#include <licensefs/likeness.h>

#include "fs/likeness/canvas.h"

#define LINE_MAX_BYTES (32u << 20)
#define CHUNK_MAX (8u << 20)

struct decoding {
	png_structp png;
	png_infop info;
	jmp_buf out;
	struct lic_bytes_in *in;
	struct lic_canvas *canvas;
	struct lic_error *err;
	int result;
	uint8_t *line;	/* as decoded */
	uint8_t *pixel; /* what the canvas wants of it */
	uint8_t *sheet; /* of an interlaced one */
};

/* What went wrong is in `err`. */
_Noreturn static void leave_as(struct decoding *d, int r)
{
	d->result = r;
	longjmp(d->out, 1);
}

_Noreturn static void leave(struct decoding *d, int code, const char *why)
{
	leave_as(d, lic_error_set(d->err, code, "%s", why));
}

_Noreturn static void on_error(png_structp png, png_const_charp why)
{
	leave(png_get_error_ptr(png), EBADMSG, why);
}

static void on_warning(png_structp png _unused_, png_const_charp why _unused_)
{
}

static void on_read(png_structp png, png_bytep buf, size_t n)
{
	struct decoding *d = png_get_io_ptr(png);

	if (lic_bytes_next(d->in, buf, n) == n)
		return;
	if (d->in->error)
		leave(d, EIO, "cannot read the file");
	leave(d, EBADMSG, "a PNG that ends before its picture");
}

/* Texts and profiles inflate to what their writer likes. */
static void ignore_texts(png_structp png)
{
	static const char names[] = "iCCP\0tEXt\0zTXt\0iTXt\0eXIf\0sPLT\0hIST\0pCAL\0sCAL";

	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, (png_const_bytep)names,
				    (int)(sizeof(names) / 5));
}

static void set_up(struct decoding *d)
{
	d->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, d, on_error, on_warning);
	d->info = d->png ? png_create_info_struct(d->png) : NULL;
	if (!d->info)
		leave(d, ENOMEM, "out of memory");
	png_set_read_fn(d->png, d, on_read);
	png_set_user_limits(d->png, LIC_LIKENESS_PIXELS_MAX, LIC_LIKENESS_PIXELS_MAX);
	png_set_chunk_malloc_max(d->png, CHUNK_MAX);
	png_set_benign_errors(d->png, 1);
	ignore_texts(d->png);
}

static void read_pass(struct decoding *d, int pass, uint32_t w, uint32_t h, unsigned channels)
{
	uint32_t cols = PNG_PASS_COLS(w, pass), rows = PNG_PASS_ROWS(h, pass);
	const size_t depth = lic_canvas_depth(d->canvas);

	for (uint32_t y = 0; y < rows && cols; y++) {
		uint8_t *to = d->sheet + (size_t)PNG_ROW_FROM_PASS_ROW(y, pass) * w * depth;

		png_read_row(d->png, d->line, NULL);
		lic_canvas_pixels(d->canvas, d->pixel, d->line, cols, channels);
		for (uint32_t x = 0; x < cols; x++)
			memcpy(to + PNG_COL_FROM_PASS_COL(x, pass) * depth, d->pixel + x * depth,
			       depth);
	}
}

static void read_picture(struct decoding *d, uint32_t w, uint32_t h)
{
	unsigned channels = png_get_channels(d->png, d->info);
	bool is_interlaced = png_get_interlace_type(d->png, d->info) != PNG_INTERLACE_NONE;

	if (is_interlaced) {
		d->sheet = lic_canvas_sheet(d->canvas, w, h);
		if (!d->sheet)
			leave(d, EFBIG, "an interlaced PNG too large to be held in memory");
		for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; pass++)
			read_pass(d, pass, w, h, channels);
		lic_canvas_put(d->canvas, d->sheet);
		return;
	}
	for (uint32_t y = 0; y < h; y++) {
		png_read_row(d->png, d->line, NULL);
		lic_canvas_pixels(d->canvas, d->pixel, d->line, w, channels);
		lic_canvas_row(d->canvas, d->pixel);
	}
}

static void decode(struct decoding *d)
{
	uint32_t w, h;
	size_t bytes;
	int r;

	png_read_info(d->png, d->info);
	w = png_get_image_width(d->png, d->info);
	h = png_get_image_height(d->png, d->info);
	r = lic_canvas_begin(d->canvas, w, h, d->err);
	if (r < 0)
		leave_as(d, r);
	png_set_expand(d->png);
	png_set_scale_16(d->png);
	png_read_update_info(d->png, d->info);
	bytes = png_get_rowbytes(d->png, d->info);
	if (bytes > LINE_MAX_BYTES)
		leave(d, EFBIG, "a PNG that is too wide");
	d->line = malloc(bytes);
	d->pixel = malloc((size_t)w * lic_canvas_depth(d->canvas));
	if (!d->line || !d->pixel)
		leave(d, ENOMEM, "out of memory");
	read_picture(d, w, h);
}

int lic_decode_png(struct lic_bytes_in *in, struct lic_canvas *c, struct lic_error *err)
{
	struct decoding *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return lic_error_set(err, ENOMEM, "out of memory");
	d->in = in;
	d->canvas = c;
	d->err = err;
	if (setjmp(d->out) == 0) {
		set_up(d);
		decode(d);
	}
	png_destroy_read_struct(&d->png, &d->info, NULL);
	free(d->line);
	free(d->pixel);
	free(d->sheet);
	r = d->result;
	free(d);
	return r;
}
