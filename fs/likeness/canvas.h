/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decoder sees of the file, and where it puts the picture: rows of brightness, or of
 * colours, that are averaged into few cells as they come, so that no picture need ever stand in
 * memory whole.
 */
#ifndef LICENSEFS_LIKENESS_CANVAS_H
#define LICENSEFS_LIKENESS_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <licensefs/likeness.h>

/* Bytes of a file. After the first failed pread() `error` stays set and nothing more is read. */
struct lic_bytes_in {
	int fd; /* not owned */
	uint64_t base, size;
	uint64_t at; /* where a decoder that reads in sequence stands */
	int error;   /* negative errno */
};

/* Up to n bytes from `at` on, which moves; fewer at the end. */
size_t lic_bytes_next(struct lic_bytes_in *in, void *buf, size_t n) _nonnull_all_ _must_check_;
/* All of them in memory (free() it), at most `max`: -EFBIG where there are more, -EBADMSG where
 * some are missing, -EIO, -ENOMEM. */
int lic_bytes_all(struct lic_bytes_in *in, size_t max, uint8_t **ret, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;

/* Cells on a side. Four for the finest wave that a print looks at would do; more leave detail to a
 * part of the picture. */
#define LIC_CANVAS_SIDE 256u
/* What a decoder may hold of a picture that does not come row by row. */
#define LIC_DECODER_MEMORY (160u << 20)

/* Invariants: cells are the mean brightness, 0 to 255, of what they cover once all `h` rows are
 * there; there are as many as pixels where the picture is small. With `colour` a cell is three such
 * numbers, red, green and blue, and the cells keep the shape of the picture. */
struct lic_canvas {
	bool colour;   /* set before anything else; else all zero */
	uint32_t w, h; /* pixels, as they come; may be fewer than the picture has */
	uint32_t cols, rows;
	float *cell;  /* rows of cells */
	float *row;   /* the cells of one row of pixels */
	uint32_t y;   /* rows of pixels that came */
	uint8_t turn; /* orientation, as EXIF numbers them; 0: not stated */
};

/* Bytes of a pixel, and numbers of a cell. */
static inline size_t lic_canvas_depth(const struct lic_canvas *c)
{
	return c->colour ? 3 : 1;
}

/* Makes room for a picture; may be called again. -EBADMSG where a side is 0, -EFBIG, -ENOMEM. */
int lic_canvas_begin(struct lic_canvas *c, uint64_t w, uint64_t h, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* The next row of `w` pixels; one too many is ignored. */
void lic_canvas_row(struct lic_canvas *c, const uint8_t *pixels) _nonnull_all_;
/* A picture of w * h pixels, for what does not come row by row: white; NULL where it is too large
 * for LIC_DECODER_MEMORY or memory. free() it. */
uint8_t *lic_canvas_sheet(const struct lic_canvas *c, uint64_t w, uint64_t h)
	_nonnull_(1) _must_check_;
/* A whole sheet. */
void lic_canvas_put(struct lic_canvas *c, const uint8_t *sheet) _nonnull_all_;
void lic_canvas_release(struct lic_canvas *c) _nonnull_all_;
/* What is on a canvas with colours, turned as it says. */
void lic_canvas_thumbnail(const struct lic_canvas *c, struct lic_thumbnail *ret) _nonnull_all_;
/* The orientation in an EXIF block of n bytes, from its TIFF header on; 0 where none is stated. */
uint8_t lic_exif_turn(const uint8_t *p, size_t n) _nonnull_(1);

/* ITU-R BT.601 7, as JPEG has it. */
static inline uint8_t lic_bright(unsigned r, unsigned g, unsigned b)
{
	return (uint8_t)((r * 19595 + g * 38470 + b * 7471 + 32768) >> 16);
}

/* Over white. */
static inline uint8_t lic_over_white(unsigned bright, unsigned alpha)
{
	return (uint8_t)((bright * alpha + 255 * (255 - alpha) + 127) / 255);
}

/* One pixel, as the canvas wants it. */
static inline void lic_canvas_pixel(const struct lic_canvas *c, uint8_t *ret, unsigned r,
				    unsigned g, unsigned b)
{
	if (!c->colour) {
		*ret = lic_bright(r, g, b);
		return;
	}
	ret[0] = (uint8_t)r;
	ret[1] = (uint8_t)g;
	ret[2] = (uint8_t)b;
}
/* n pixels of 1 (grey), 2 (grey, alpha), 3 (red, green, blue) or 4 (with alpha) bytes. */
void lic_canvas_pixels(const struct lic_canvas *c, uint8_t *ret, const uint8_t *p, size_t n,
		       unsigned channels) _nonnull_all_;

/* The decoders, one for a library; not all are built in. 0 with the picture on the canvas;
 * otherwise as lic_likeness_read(). */
typedef int (*lic_decoder)(struct lic_bytes_in *in, struct lic_canvas *c, struct lic_error *err);
int lic_decode_jpeg(struct lic_bytes_in *in, struct lic_canvas *c,
		    struct lic_error *err) _nonnull_all_ _must_check_;
int lic_decode_png(struct lic_bytes_in *in, struct lic_canvas *c,
		   struct lic_error *err) _nonnull_all_ _must_check_;
int lic_decode_webp(struct lic_bytes_in *in, struct lic_canvas *c,
		    struct lic_error *err) _nonnull_all_ _must_check_;
int lic_decode_tiff(struct lic_bytes_in *in, struct lic_canvas *c,
		    struct lic_error *err) _nonnull_all_ _must_check_;
int lic_decode_gif(struct lic_bytes_in *in, struct lic_canvas *c,
		   struct lic_error *err) _nonnull_all_ _must_check_;
int lic_decode_bmp(struct lic_bytes_in *in, struct lic_canvas *c,
		   struct lic_error *err) _nonnull_all_ _must_check_;
int lic_decode_pnm(struct lic_bytes_in *in, struct lic_canvas *c,
		   struct lic_error *err) _nonnull_all_ _must_check_;

/* Decodes by the decoder of the format: errors as lic_likeness_read(). */
int lic_picture_decode(struct lic_bytes_in *in, enum lic_format format, struct lic_canvas *c,
	       struct lic_error *err) _nonnull_(1, 3) _must_check_;
bool lic_picture_decodes(enum lic_format format) _const_;

#endif
