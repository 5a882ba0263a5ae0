/* SPDX-License-Identifier: Apache-2.0 */
/* A small picture as a JPEG. */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include <licensefs/likeness.h>

#define QUALITY 78

struct encoding {
	struct jpeg_compress_struct c; /* first: callbacks are given it */
	struct jpeg_error_mgr errors;
	struct jpeg_destination_mgr destination;
	jmp_buf out;
	bool done;
	struct lic_buf *to;
	uint8_t piece[4096];
};

_Noreturn static void give_up(j_common_ptr c)
{
	longjmp(((struct encoding *)c)->out, 1);
}

static void be_silent(j_common_ptr c _unused_)
{
}

static void begin_piece(j_compress_ptr c)
{
	struct encoding *e = (struct encoding *)c;

	e->destination.next_output_byte = e->piece;
	e->destination.free_in_buffer = sizeof(e->piece);
}

static boolean take_piece(j_compress_ptr c)
{
	struct encoding *e = (struct encoding *)c;

	lic_buf_add(e->to, e->piece, sizeof(e->piece));
	begin_piece(c);
	return TRUE;
}

static void take_last(j_compress_ptr c)
{
	struct encoding *e = (struct encoding *)c;

	lic_buf_add(e->to, e->piece, sizeof(e->piece) - e->destination.free_in_buffer);
}

static void encode(struct encoding *e, const struct lic_thumbnail *t)
{
	e->c.err = jpeg_std_error(&e->errors);
	e->errors.error_exit = give_up;
	e->errors.output_message = be_silent;
	jpeg_create_compress(&e->c);
	e->destination.init_destination = begin_piece;
	e->destination.empty_output_buffer = take_piece;
	e->destination.term_destination = take_last;
	e->c.dest = &e->destination;
	e->c.image_width = t->w;
	e->c.image_height = t->h;
	e->c.input_components = 3;
	e->c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&e->c);
	jpeg_set_quality(&e->c, QUALITY, TRUE);
	e->c.optimize_coding = TRUE;
	jpeg_start_compress(&e->c, TRUE);
	while (e->c.next_scanline < t->h) {
		JSAMPROW row = (JSAMPROW)(t->rgb + (size_t)3 * t->w * e->c.next_scanline);

		(void)jpeg_write_scanlines(&e->c, &row, 1);
	}
	jpeg_finish_compress(&e->c);
	e->done = !lic_buf_failed(e->to);
}

int lic_thumbnail_jpeg(const struct lic_thumbnail *t, struct lic_buf *out, struct lic_error *err)
{
	struct encoding *e;
	bool done;

	if (!t->w || !t->h || t->w > LIC_THUMBNAIL_SIDE || t->h > LIC_THUMBNAIL_SIDE)
		return lic_error_set(err, EINVAL, "a thumbnail of %u x %u pixels", t->w, t->h);
	e = calloc(1, sizeof(*e));
	if (!e)
		return lic_error_set(err, ENOMEM, "out of memory");
	e->to = out;
	if (setjmp(e->out) == 0)
		encode(e, t);
	jpeg_destroy_compress(&e->c);
	done = e->done;
	free(e);
	return done ? 0 : lic_error_set(err, ENOMEM, "out of memory for a thumbnail");
}
