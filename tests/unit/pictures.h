/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures made up from a seed, and files of them, for the tests of likeness. */
#ifndef LICENSEFS_TESTS_PICTURES_H
#define LICENSEFS_TESTS_PICTURES_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

#include <licensefs/likeness.h>

/* Red, green and blue. */
struct picture {
	unsigned w, h;
	uint8_t *rgb; /* owned */
};

struct file {
	uint8_t *p; /* owned */
	size_t n;
};

static inline void release_picture(struct picture *p)
{
	free(p->rgb);
}

static inline void release_file(struct file *f)
{
	free(f->p);
}

static inline struct picture blank(unsigned w, unsigned h)
{
	struct picture p = { w, h, malloc((size_t)w * h * 3) };

	if (!p.rgb)
		abort();
	memset(p.rgb, 255, (size_t)w * h * 3);
	return p;
}

static inline double seeded(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(*seed >> 40) / (double)(1 << 24);
}

#define BLOBS 40
/* Soft blobs of many sizes and colours, from the seed alone, whatever the size. */
static inline struct picture paint(uint64_t seed, unsigned w, unsigned h)
{
	struct picture p = blank(w, h);
	struct {
		double x, y, r, rgb[3];
	} blob[BLOBS];

	for (unsigned i = 0; i < BLOBS; i++) {
		blob[i].x = seeded(&seed);
		blob[i].y = seeded(&seed);
		blob[i].r = 0.02 + 0.3 * pow(seeded(&seed), 3);
		for (unsigned k = 0; k < 3; k++)
			blob[i].rgb[k] = 400 * (seeded(&seed) - 0.5);
	}
	for (unsigned y = 0; y < h; y++)
		for (unsigned x = 0; x < w; x++) {
			double v[3] = { 128, 128, 128 };

			for (unsigned i = 0; i < BLOBS; i++) {
				double dx = ((x + 0.5) / w - blob[i].x) / blob[i].r;
				double dy = ((y + 0.5) / h - blob[i].y) / blob[i].r;
				double e = dx * dx + dy * dy;

				for (unsigned k = 0; e < 9 && k < 3; k++)
					v[k] += blob[i].rgb[k] * exp(-e);
			}
			for (unsigned k = 0; k < 3; k++)
				p.rgb[3 * ((size_t)y * w + x) + k] =
					(uint8_t)fmin(fmax(v[k], 0), 255);
		}
	return p;
}

/* Mirrored (1), upside down (2), turned over the diagonal (4), as bits. */
static inline struct picture turn(const struct picture *p, unsigned how)
{
	struct picture r = how & 4 ? blank(p->h, p->w) : blank(p->w, p->h);

	for (unsigned y = 0; y < r.h; y++)
		for (unsigned x = 0; x < r.w; x++) {
			unsigned sx = how & 4 ? y : x, sy = how & 4 ? x : y;

			sx = how & 1 ? p->w - 1 - sx : sx;
			sy = how & 2 ? p->h - 1 - sy : sy;
			memcpy(r.rgb + 3 * ((size_t)y * r.w + x),
			       p->rgb + 3 * ((size_t)sy * p->w + sx), 3);
		}
	return r;
}

/* The part from (x, y) on; what lies without is of the colour. */
static inline struct picture part(const struct picture *p, int x0, int y0, unsigned w, unsigned h,
				  uint8_t colour)
{
	struct picture r = blank(w, h);

	memset(r.rgb, colour, (size_t)w * h * 3);
	for (unsigned y = 0; y < h; y++)
		for (unsigned x = 0; x < w; x++) {
			int sx = x0 + (int)x, sy = y0 + (int)y;

			if (sx >= 0 && sy >= 0 && sx < (int)p->w && sy < (int)p->h)
				memcpy(r.rgb + 3 * ((size_t)y * w + x),
				       p->rgb + 3 * ((size_t)sy * p->w + (size_t)sx), 3);
		}
	return r;
}

static inline struct file as_jpeg(const struct picture *p, int quality, bool progressive)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr e;
	unsigned char *out = NULL;
	unsigned long n = 0;

	c.err = jpeg_std_error(&e);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &out, &n);
	c.image_width = p->w;
	c.image_height = p->h;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	jpeg_set_quality(&c, quality, TRUE);
	if (progressive)
		jpeg_simple_progression(&c);
	jpeg_start_compress(&c, TRUE);
	while (c.next_scanline < p->h)
		jpeg_write_scanlines(
			&c, (JSAMPROW[]){ p->rgb + (size_t)c.next_scanline * p->w * 3 }, 1);
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	return (struct file){ out, n };
}

static inline void png_append(png_structp png, png_bytep p, size_t n)
{
	struct file *f = png_get_io_ptr(png);

	f->p = realloc(f->p, f->n + n);
	if (!f->p)
		abort();
	memcpy(f->p + f->n, p, n);
	f->n += n;
}

static inline void png_flush_nothing(png_structp png _unused_)
{
}

/* Of rows as libpng takes them. */
static inline struct file as_png_of(unsigned w, unsigned h, const uint8_t *rows, size_t step,
				    int depth, int type, bool interlaced)
{
	struct file f = { NULL, 0 };
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	png_bytep *row = calloc(h, sizeof(*row));

	for (unsigned y = 0; y < h; y++)
		row[y] = (png_bytep)(uintptr_t)(rows + y * step);
	png_set_write_fn(png, &f, png_append, png_flush_nothing);
	png_set_IHDR(png, info, w, h, depth, type,
		     interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
	png_set_rows(png, info, row);
	png_write_png(png, info, 0, NULL);
	png_destroy_write_struct(&png, &info);
	free(row);
	return f;
}

static inline struct file as_png(const struct picture *p, bool interlaced)
{
	return as_png_of(p->w, p->h, p->rgb, (size_t)p->w * 3, 8, PNG_COLOR_TYPE_RGB, interlaced);
}

/* Lossless where the quality is 100. */
static inline struct file as_webp(const struct picture *p, int quality)
{
	uint8_t *out = NULL;
	struct file f = { NULL, 0 };

	if (quality == 100)
		f.n = WebPEncodeLosslessRGB(p->rgb, (int)p->w, (int)p->h, (int)p->w * 3, &out);
	else
		f.n = WebPEncodeRGB(p->rgb, (int)p->w, (int)p->h, (int)p->w * 3, (float)quality,
				    &out);
	f.p = malloc(f.n);
	if (!f.p)
		abort();
	memcpy(f.p, out, f.n);
	WebPFree(out);
	return f;
}

/* Reads it behind `before` bytes of something else. */
static inline int look_at(const void *p, size_t n, uint64_t before, enum lic_format format,
			  struct lic_likeness *ret, struct lic_error *err)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("picture", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) < 0 || (n && pwrite(fd, p, n, (off_t)before) != (ssize_t)n))
		abort();
	return lic_likeness_read(fd, before, n, format, ret, err);
}

#endif
