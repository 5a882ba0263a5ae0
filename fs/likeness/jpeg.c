/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG, at an eighth of its size where it is large: the one door to libjpeg. */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include "fs/likeness/canvas.h"

/* A scan goes over all pixels, and a file of a few bytes may hold many. */
#define SCANS_MAX 128
#define WORK_MAX (UINT64_C(1) << 31) /* pixels, times scans */
#define PIECE 65536
#define EXIF_MAX 65533 /* bytes: of any segment */

struct decoding {
	struct jpeg_decompress_struct d; /* first: callbacks are given it */
	struct jpeg_error_mgr errors;
	struct jpeg_source_mgr source;
	struct jpeg_progress_mgr progress;
	jmp_buf out;
	struct lic_bytes_in *in;
	struct lic_canvas *canvas;
	struct lic_error *err;
	int result;
	uint8_t *line;	/* as decoded */
	uint8_t *pixel; /* what the canvas wants of it */
	uint8_t piece[PIECE];
};

static struct decoding *of(j_common_ptr d)
{
	return (struct decoding *)d;
}

/* What went wrong is in `err`. */
_Noreturn static void leave_as(struct decoding *j, int r)
{
	j->result = r;
	longjmp(j->out, 1);
}

_Noreturn static void leave(struct decoding *j, int code, const char *why)
{
	leave_as(j, lic_error_set(j->err, code, "%s", why));
}

_Noreturn static void on_error(j_common_ptr d)
{
	struct decoding *j = of(d);
	char why[JMSG_LENGTH_MAX];

	/* jerror.h has functions that are banned here; nothing else of it sets errno */
	if (errno == ENOMEM)
		leave(j, ENOMEM, "out of memory");
	d->err->format_message(d, why);
	leave(j, EBADMSG, why);
}

static void be_silent(j_common_ptr d _unused_)
{
}

static void on_warning(j_common_ptr d, int level)
{
	if (level < 0)
		d->err->num_warnings++;
}

static void on_progress(j_common_ptr d)
{
	struct decoding *j = of(d);
	uint64_t scans = (uint64_t)j->d.input_scan_number;

	if (scans > SCANS_MAX || scans * j->d.image_width * j->d.image_height > WORK_MAX)
		leave(j, EFBIG, "a JPEG of too many scans");
}

static void source_init(j_decompress_ptr d _unused_)
{
}

/* Files without an end are shown by every viewer. */
static boolean source_fill(j_decompress_ptr d)
{
	struct decoding *j = of((j_common_ptr)d);
	size_t n = lic_bytes_next(j->in, j->piece, sizeof(j->piece));

	if (j->in->error)
		leave(j, EIO, "cannot read the file");
	if (n == 0) {
		j->piece[0] = 0xff;
		j->piece[1] = JPEG_EOI;
		n = 2;
	}
	j->source.next_input_byte = j->piece;
	j->source.bytes_in_buffer = n;
	return TRUE;
}

static void source_skip(j_decompress_ptr d, long n)
{
	struct decoding *j = of((j_common_ptr)d);
	size_t here = j->source.bytes_in_buffer;

	if (n <= 0)
		return;
	if ((size_t)n <= here) {
		j->source.next_input_byte += n;
		j->source.bytes_in_buffer -= (size_t)n;
		return;
	}
	j->source.bytes_in_buffer = 0;
	j->in->at += (uint64_t)n - here;
	if (j->in->at > j->in->size)
		j->in->at = j->in->size;
}

static void source_term(j_decompress_ptr d _unused_)
{
}

static void set_up(struct decoding *j)
{
	j->d.err = jpeg_std_error(&j->errors);
	j->errors.error_exit = on_error;
	j->errors.output_message = be_silent;
	j->errors.emit_message = on_warning;
	jpeg_create_decompress(&j->d);
	j->source.init_source = source_init;
	j->source.fill_input_buffer = source_fill;
	j->source.skip_input_data = source_skip;
	j->source.resync_to_restart = jpeg_resync_to_restart;
	j->source.term_source = source_term;
	j->d.src = &j->source;
	j->progress.progress_monitor = on_progress;
	j->d.progress = &j->progress;
	/* what would need a file fails */
	j->d.mem->max_memory_to_use = LIC_DECODER_MEMORY;
}

/* As small as it may become without falling below the canvas. */
static void choose_size(struct decoding *j)
{
	unsigned least =
		j->d.image_width < j->d.image_height ? j->d.image_width : j->d.image_height;

	j->d.scale_num = 1;
	j->d.scale_denom = 8;
	while (j->d.scale_denom > 1 && least / j->d.scale_denom < LIC_CANVAS_SIDE)
		j->d.scale_denom /= 2;
}

/* Adobe's are inverted. */
static void mix_inks(struct decoding *j)
{
	const unsigned invert = j->d.saw_Adobe_marker ? 0 : 255;
	const size_t depth = lic_canvas_depth(j->canvas);

	for (size_t i = 0; i < j->d.output_width; i++) {
		const uint8_t *p = j->line + 4 * i;
		unsigned k = p[3] ^ invert;

		if (j->canvas->colour)
			lic_canvas_pixel(j->canvas, j->pixel + i * depth, (p[0] ^ invert) * k / 255,
					 (p[1] ^ invert) * k / 255, (p[2] ^ invert) * k / 255);
		else
			j->pixel[i] =
				(uint8_t)(lic_bright(p[0] ^ invert, p[1] ^ invert, p[2] ^ invert) *
					  k / 255);
	}
}

/* What comes in several scans is held until the last one, at two bytes for every sample. */
static bool is_too_large(struct decoding *j)
{
	uint64_t need = 0;

	if (!jpeg_has_multiple_scans(&j->d))
		return false;
	for (int i = 0; i < j->d.num_components; i++)
		need += UINT64_C(128) * j->d.comp_info[i].width_in_blocks *
			j->d.comp_info[i].height_in_blocks;
	return need > LIC_DECODER_MEMORY;
}

/* Cameras keep the picture as the sensor lay, and say how. */
static uint8_t find_turn(struct decoding *j)
{
	uint8_t turn = 0;

	for (jpeg_saved_marker_ptr m = j->d.marker_list; m && !turn; m = m->next)
		if (m->data_length > 6 && memcmp(m->data, "Exif\0", 6) == 0)
			turn = lic_exif_turn(m->data + 6, m->data_length - 6);
	return turn;
}

static void decode(struct decoding *j)
{
	bool inks;
	int r;

	if (j->canvas->colour)
		jpeg_save_markers(&j->d, JPEG_APP0 + 1, EXIF_MAX);
	(void)jpeg_read_header(&j->d, TRUE);
	r = lic_canvas_begin(j->canvas, j->d.image_width, j->d.image_height, j->err);
	if (r < 0)
		leave_as(j, r);
	if (is_too_large(j))
		leave(j, EFBIG, "a progressive JPEG too large to be held in memory");
	inks = j->d.jpeg_color_space == JCS_CMYK || j->d.jpeg_color_space == JCS_YCCK;
	if (!inks && j->d.jpeg_color_space == JCS_UNKNOWN)
		leave(j, EBADMSG, "a JPEG of an unknown colour space");
	j->d.out_color_space = inks ? JCS_CMYK : j->canvas->colour ? JCS_RGB : JCS_GRAYSCALE;
	choose_size(j);
	(void)jpeg_start_decompress(&j->d);
	r = lic_canvas_begin(j->canvas, j->d.output_width, j->d.output_height, j->err);
	if (r < 0)
		leave_as(j, r);
	j->canvas->turn = find_turn(j);
	j->line = malloc((size_t)j->d.output_width * (inks ? 4 : lic_canvas_depth(j->canvas)));
	j->pixel = inks ? malloc((size_t)j->d.output_width * lic_canvas_depth(j->canvas)) : j->line;
	if (!j->line || !j->pixel)
		leave(j, ENOMEM, "out of memory");
	while (j->d.output_scanline < j->d.output_height) {
		if (jpeg_read_scanlines(&j->d, &j->line, 1) != 1)
			leave(j, EBADMSG, "a JPEG that stops");
		if (inks)
			mix_inks(j);
		lic_canvas_row(j->canvas, j->pixel);
	}
}

int lic_decode_jpeg(struct lic_bytes_in *in, struct lic_canvas *c, struct lic_error *err)
{
	struct decoding *j = calloc(1, sizeof(*j));
	int r;

	if (!j)
		return lic_error_set(err, ENOMEM, "out of memory");
	j->in = in;
	j->canvas = c;
	j->err = err;
	errno = 0;
	if (setjmp(j->out) == 0) {
		set_up(j);
		decode(j);
	}
	jpeg_destroy_decompress(&j->d);
	if (j->pixel != j->line)
		free(j->pixel);
	free(j->line);
	r = j->result;
	free(j);
	return r;
}
