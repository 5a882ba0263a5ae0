/* SPDX-License-Identifier: Apache-2.0 */
/* More kinds of files of a picture. */
#ifndef LICENSEFS_TESTS_PICTURE_FILES_H
#define LICENSEFS_TESTS_PICTURE_FILES_H

#include "tests/unit/pictures.h"

/* What is allocated for n bytes. */
static inline size_t room_for(size_t n)
{
	size_t room = 64;

	while (room < n)
		room *= 2;
	return room;
}

static inline void append(struct file *f, const void *p, size_t n)
{
	if (!f->p || room_for(f->n + n) != room_for(f->n))
		f->p = realloc(f->p, room_for(f->n + n));
	if (!f->p)
		abort();
	memcpy(f->p + f->n, p, n);
	f->n += n;
}

static inline void append_number(struct file *f, uint32_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		append(f, &(uint8_t){ (uint8_t)(v >> 8 * i) }, 1);
}

/* The brightness of a pixel, roughly. */
static inline uint8_t grey_at(const struct picture *p, unsigned x, unsigned y)
{
	const uint8_t *q = p->rgb + 3 * ((size_t)y * p->w + x);

	return (uint8_t)((299 * q[0] + 587 * q[1] + 114 * q[2] + 500) / 1000);
}

/* Of 8 (grey), 16, 24 or 32 bits. */
static inline struct file as_bmp(const struct picture *p, unsigned bits)
{
	size_t line = ((size_t)p->w * bits + 31) / 32 * 4;
	unsigned colours = bits == 8 ? 256 : 0;
	uint32_t head = 14 + 40 + 4 * colours;
	struct file f = { NULL, 0 };

	append(&f, "BM", 2);
	append_number(&f, head + (uint32_t)(line * p->h), 4);
	append_number(&f, 0, 4);
	append_number(&f, head, 4);
	append_number(&f, 40, 4);
	append_number(&f, p->w, 4);
	append_number(&f, p->h, 4);
	append_number(&f, 1, 2);
	append_number(&f, bits, 2);
	for (unsigned i = 0; i < 6; i++)
		append_number(&f, 0, 4);
	for (unsigned i = 0; i < colours; i++)
		append_number(&f, i * 0x10101, 4);
	for (unsigned y = p->h; y--;) {
		size_t from = f.n;

		for (unsigned x = 0; x < p->w; x++) {
			const uint8_t *q = p->rgb + 3 * ((size_t)y * p->w + x);

			if (bits == 8)
				append_number(&f, grey_at(p, x, y), 1);
			else if (bits == 16)
				append_number(&f,
					      (uint32_t)(q[0] >> 3) << 10 |
						      (uint32_t)(q[1] >> 3) << 5 | q[2] >> 3,
					      2);
			else
				append_number(&f, (uint32_t)q[0] << 16 | (uint32_t)q[1] << 8 | q[2],
					      bits / 8);
		}
		while (f.n - from < line)
			append(&f, "", 1);
	}
	return f;
}

/* "P2", "P3", "P5" or "P6"; `most` is the largest value. */
static inline struct file as_pnm(const struct picture *p, const char *kind, unsigned most)
{
	bool is_text = kind[1] < '4', is_grey = kind[1] == '2' || kind[1] == '5';
	struct file f = { NULL, 0 };
	char text[64];

	append(&f, text,
	       (size_t)snprintf(text, sizeof(text), "%s # a comment\n%u\n# another\n%u %u\n", kind,
				p->w, p->h, most));
	for (size_t i = 0; i < (size_t)p->w * p->h * (is_grey ? 1 : 3); i++) {
		unsigned v = is_grey ? grey_at(p, i % p->w, (unsigned)(i / p->w)) : p->rgb[i];

		v = v * most / 255;
		if (is_text)
			append(&f, text, (size_t)snprintf(text, sizeof(text), "%u\n", v));
		else if (most > 255)
			append(&f, (uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2);
		else
			append(&f, &(uint8_t){ (uint8_t)v }, 1);
	}
	return f;
}

#ifdef HAVE_GIF
#include <gif_lib.h>

static inline int gif_append(GifFileType *gif, const GifByteType *p, int n)
{
	append(gif->UserData, p, (size_t)n);
	return n;
}

/* Of greys; `left` columns of the screen lie before it. */
static inline struct file as_gif(const struct picture *p, bool interlaced, unsigned left)
{
	static const int pass[][2] = { { 0, 8 }, { 4, 8 }, { 2, 4 }, { 1, 2 } };
	struct file f = { NULL, 0 };
	GifFileType *gif = EGifOpen(&f, gif_append, NULL);
	ColorMapObject *map = GifMakeMapObject(256, NULL);
	GifByteType *line = malloc(p->w);
	GraphicsControlBlock control = { 0, false, 10, NO_TRANSPARENT_COLOR };
	GifByteType block[4];

	for (int i = 0; i < 256; i++)
		map->Colors[i] = (GifColorType){ (GifByteType)i, (GifByteType)i, (GifByteType)i };
	EGifSetGifVersion(gif, true);
	EGifPutScreenDesc(gif, (int)(p->w + left), (int)p->h, 8, 0, map);
	EGifGCBToExtension(&control, block);
	EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, block);
	EGifPutImageDesc(gif, (int)left, 0, (int)p->w, (int)p->h, interlaced, NULL);
	for (unsigned k = interlaced ? 0 : 4; k < 5; k++)
		for (int y = k < 4 ? pass[k][0] : 0; (unsigned)y < p->h && (k < 4 || !interlaced);
		     y += k < 4 ? pass[k][1] : 1) {
			for (unsigned x = 0; x < p->w; x++)
				line[x] = grey_at(p, x, (unsigned)y);
			EGifPutLine(gif, line, (int)p->w);
		}
	GifFreeMapObject(map);
	EGifCloseFile(gif, NULL);
	free(line);
	return f;
}
#endif

#ifdef HAVE_TIFF
#include <tiffio.h>

struct tiff_memory {
	struct file f;
	uint64_t at;
};

static inline tsize_t tiff_read(thandle_t h, tdata_t buf, tsize_t n)
{
	struct tiff_memory *m = (struct tiff_memory *)h;

	if (m->at >= m->f.n)
		return 0;
	if ((uint64_t)n > m->f.n - m->at)
		n = (tsize_t)(m->f.n - m->at);
	memcpy(buf, m->f.p + m->at, (size_t)n);
	m->at += (uint64_t)n;
	return n;
}

static inline tsize_t tiff_write(thandle_t h, tdata_t buf, tsize_t n)
{
	struct tiff_memory *m = (struct tiff_memory *)h;

	while (m->f.n < m->at + (uint64_t)n)
		append(&m->f, "", 1);
	memcpy(m->f.p + m->at, buf, (size_t)n);
	m->at += (uint64_t)n;
	return n;
}

static inline toff_t tiff_seek(thandle_t h, toff_t to, int whence)
{
	struct tiff_memory *m = (struct tiff_memory *)h;

	m->at = whence == SEEK_SET ? to : whence == SEEK_CUR ? m->at + to : m->f.n + to;
	return m->at;
}

static inline int tiff_close(thandle_t h _unused_)
{
	return 0;
}

static inline toff_t tiff_size(thandle_t h)
{
	return ((struct tiff_memory *)h)->f.n;
}

struct tiff_kind {
	const char *name;
	uint16_t photometric, samples, bits, compression, orientation;
	bool is_tiled;
};

/* One sample of a pixel, as the kind has it. */
static inline unsigned tiff_sample(const struct picture *p, const struct tiff_kind *k, unsigned x,
				   unsigned y, unsigned i)
{
	const uint8_t *q;

	x = x < p->w ? x : p->w - 1;
	y = y < p->h ? y : p->h - 1;
	q = p->rgb + 3 * ((size_t)y * p->w + x);
	if (k->photometric == PHOTOMETRIC_SEPARATED)
		return i < 3 ? 255u - q[i] : 0;
	if (k->samples < 3)
		return k->photometric == PHOTOMETRIC_MINISWHITE ? 255u - grey_at(p, x, y)
								: grey_at(p, x, y);
	return i < 3 ? q[i] : 255;
}

static inline void tiff_fill(const struct picture *p, const struct tiff_kind *k, unsigned x0,
			     unsigned y0, unsigned w, unsigned h, uint8_t *to)
{
	for (unsigned y = 0; y < h; y++)
		for (unsigned x = 0; x < w; x++)
			for (unsigned i = 0; i < k->samples; i++) {
				unsigned v = tiff_sample(p, k, x0 + x, y0 + y, i);

				*to++ = (uint8_t)v;
				if (k->bits == 16)
					*to++ = (uint8_t)v;
			}
}

static inline struct file as_tiff(const struct picture *p, const struct tiff_kind *k)
{
	struct tiff_memory m = { 0 };
	TIFF *t = TIFFClientOpen("", "w", &m, tiff_read, tiff_write, tiff_seek, tiff_close,
				 tiff_size, NULL, NULL);
	uint8_t *rows = malloc((size_t)(p->w + 64) * 64 * k->samples * k->bits / 8);

	TIFFSetField(t, TIFFTAG_IMAGEWIDTH, p->w);
	TIFFSetField(t, TIFFTAG_IMAGELENGTH, p->h);
	TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, k->samples);
	TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, k->bits);
	TIFFSetField(t, TIFFTAG_PHOTOMETRIC, k->photometric);
	TIFFSetField(t, TIFFTAG_COMPRESSION, k->compression);
	TIFFSetField(t, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
	TIFFSetField(t, TIFFTAG_ORIENTATION, k->orientation);
	if (k->photometric == PHOTOMETRIC_RGB && k->samples == 4)
		TIFFSetField(t, TIFFTAG_EXTRASAMPLES, 1, (uint16_t[]){ EXTRASAMPLE_UNASSALPHA });
	if (k->is_tiled) {
		TIFFSetField(t, TIFFTAG_TILEWIDTH, 64);
		TIFFSetField(t, TIFFTAG_TILELENGTH, 64);
		for (unsigned y = 0; y < p->h; y += 64)
			for (unsigned x = 0; x < p->w; x += 64) {
				tiff_fill(p, k, x, y, 64, 64, rows);
				TIFFWriteTile(t, rows, x, y, 0, 0);
			}
	} else {
		TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, 7);
		for (unsigned y = 0; y < p->h; y++) {
			tiff_fill(p, k, 0, y, p->w, 1, rows);
			TIFFWriteScanline(t, rows, y, 0);
		}
	}
	TIFFClose(t);
	free(rows);
	return m.f;
}
#endif

#endif
