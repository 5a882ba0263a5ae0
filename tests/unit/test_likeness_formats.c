/* SPDX-License-Identifier: Apache-2.0 */
/* One picture in every kind of file looks the same, and broken files of every kind cost an error at
 * most. */
#include <errno.h>

#include "tests/unit/picture_files.h"
#include "tests/unit/tap.h"

static struct picture sample;
static struct lic_likeness wanted;

/* Looks at the file and lets it go. */
static void same(struct file f, enum lic_format format, const char *name)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_likeness l = { 0 };
	int r = look_at(f.p, f.n, 0, format, &l, &err);
	unsigned d = r < 0 ? LIC_LIKENESS_FAR : lic_likeness_distance(&l, &wanted);

	ok(r == 0 && d <= 8, "%s: distance %u%s%s", name, d, r < 0 ? ", " : "", err.msg);
	release_file(&f);
}

static void test_png(void)
{
	size_t n = (size_t)sample.w * sample.h;
	uint8_t *deep = calloc(n, 8), *grey = calloc(n, 2);

	for (size_t i = 0; i < n; i++) {
		for (unsigned k = 0; k < 3; k++)
			deep[8 * i + 2 * k] = sample.rgb[3 * i + k];
		deep[8 * i + 6] = 255;
		grey[2 * i] = grey_at(&sample, i % sample.w, (unsigned)(i / sample.w));
		grey[2 * i + 1] = 255;
	}
	same(as_png_of(sample.w, sample.h, deep, sample.w * 8, 16, PNG_COLOR_TYPE_RGB_ALPHA, false),
	     LIC_FORMAT_PNG, "a PNG of 16 bits with alpha");
	same(as_png_of(sample.w, sample.h, grey, sample.w * 2, 8, PNG_COLOR_TYPE_GRAY_ALPHA, true),
	     LIC_FORMAT_PNG, "a grey PNG with alpha, interlaced");
	free(deep);
	free(grey);
}

/* What lies under transparent pixels does not show. */
static void test_alpha(void)
{
	size_t n = (size_t)sample.w * sample.h;
	uint8_t *clear = calloc(n, 4);
	struct picture white = part(&sample, 0, 0, sample.w, sample.h, 255);
	struct lic_likeness a, b;
	struct lic_error err;
	struct file f, g;

	for (size_t i = 0; i < n; i++) {
		bool is_clear = i % sample.w > sample.w / 2;

		memcpy(clear + 4 * i, sample.rgb + 3 * i, 3);
		clear[4 * i + 3] = is_clear ? 0 : 255;
		if (is_clear)
			memset(white.rgb + 3 * i, 255, 3);
	}
	f = as_png_of(sample.w, sample.h, clear, sample.w * 4, 8, PNG_COLOR_TYPE_RGB_ALPHA, false);
	g = as_png(&white, false);
	ok(look_at(f.p, f.n, 0, LIC_FORMAT_PNG, &a, &err) == 0 &&
		   look_at(g.p, g.n, 0, LIC_FORMAT_PNG, &b, &err) == 0 &&
		   memcmp(&a, &b, sizeof(a)) == 0,
	   "transparent is as white");
	release_file(&f);
	release_file(&g);
	release_picture(&white);
	free(clear);
}

static void test_bmp(void)
{
	same(as_bmp(&sample, 8), LIC_FORMAT_BMP, "a BMP of 8 bits");
	same(as_bmp(&sample, 16), LIC_FORMAT_BMP, "a BMP of 16 bits");
	same(as_bmp(&sample, 24), LIC_FORMAT_BMP, "a BMP of 24 bits");
	same(as_bmp(&sample, 32), LIC_FORMAT_BMP, "a BMP of 32 bits");
}

static void test_pnm(void)
{
	same(as_pnm(&sample, "P2", 255), LIC_FORMAT_PNM, "greys as text");
	same(as_pnm(&sample, "P3", 1000), LIC_FORMAT_PNM, "colours as text");
	same(as_pnm(&sample, "P5", 65535), LIC_FORMAT_PNM, "greys of 16 bits");
	same(as_pnm(&sample, "P6", 100), LIC_FORMAT_PNM, "colours of few bits");
}

static void test_gif(void)
{
#ifdef HAVE_GIF
	same(as_gif(&sample, false, 0), LIC_FORMAT_GIF, "a GIF");
	same(as_gif(&sample, true, 0), LIC_FORMAT_GIF, "an interlaced GIF");
	same(as_gif(&sample, true, 40), LIC_FORMAT_GIF, "a GIF that does not fill its screen");
#else
	ok(!lic_likeness_reads(LIC_FORMAT_GIF), "no GIF");
#endif
}

#ifdef HAVE_TIFF
static const struct tiff_kind tiffs[] = {
	{ "colours, LZW", PHOTOMETRIC_RGB, 3, 8, COMPRESSION_LZW, 1, false },
	{ "colours, tiles", PHOTOMETRIC_RGB, 3, 8, COMPRESSION_ADOBE_DEFLATE, 1, true },
	{ "colours of 16 bits", PHOTOMETRIC_RGB, 3, 16, COMPRESSION_NONE, 3, false },
	{ "greys", PHOTOMETRIC_MINISBLACK, 1, 8, COMPRESSION_PACKBITS, 6, false },
	{ "greys of 16 bits", PHOTOMETRIC_MINISBLACK, 1, 16, COMPRESSION_NONE, 1, true },
	{ "inverted greys", PHOTOMETRIC_MINISWHITE, 1, 8, COMPRESSION_NONE, 8, false },
	{ "alpha", PHOTOMETRIC_RGB, 4, 8, COMPRESSION_LZW, 4, true },
	{ "inks", PHOTOMETRIC_SEPARATED, 4, 8, COMPRESSION_LZW, 1, false },
};
#endif

static void test_tiff(void)
{
#ifdef HAVE_TIFF
	for (size_t i = 0; i < LIC_ARRAY_SIZE(tiffs); i++)
		same(as_tiff(&sample, &tiffs[i]), LIC_FORMAT_TIFF, tiffs[i].name);
#else
	ok(!lic_likeness_reads(LIC_FORMAT_TIFF), "no TIFF");
#endif
}

/* Adobe's inks are inverted; libjpeg writes the marker with CMYK of its own. */
static void test_inks(void)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr e;
	unsigned char *out = NULL;
	unsigned long n = 0;
	uint8_t *line = malloc((size_t)sample.w * 4);

	c.err = jpeg_std_error(&e);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &out, &n);
	c.image_width = sample.w;
	c.image_height = sample.h;
	c.input_components = 4;
	c.in_color_space = JCS_CMYK;
	jpeg_set_defaults(&c);
	jpeg_set_colorspace(&c, JCS_YCCK);
	jpeg_start_compress(&c, TRUE);
	while (c.next_scanline < sample.h) {
		for (unsigned x = 0; x < sample.w; x++) {
			memcpy(line + 4 * x,
			       sample.rgb + 3 * ((size_t)c.next_scanline * sample.w + x), 3);
			line[4 * x + 3] = 255;
		}
		jpeg_write_scanlines(&c, &line, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	free(line);
	same((struct file){ out, n }, LIC_FORMAT_JPEG, "a JPEG of inks");
}

/* Whatever it says, it says so in time and leaves nothing behind. */
static void look_twice(const uint8_t *p, size_t n, enum lic_format format, unsigned *good,
		       unsigned *bad)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_likeness l = { .n = 9 };
	int r = look_at(p, n, 0, format, &l, &err);

	if (r == 0 && l.n >= 1 && l.n <= LIC_PRINTS_MAX)
		++*good;
	else if ((r == -EBADMSG || r == -EFBIG || r == -ENODATA || r == -ENOMEM) && err.msg[0] &&
		 l.n == 9)
		++*bad;
}

static void hurt(struct file f, enum lic_format format, const char *name)
{
	unsigned good = 0, bad = 0, tries = 0;
	uint64_t seed = f.n;

	for (size_t cut = 0; cut < f.n; cut += 1 + f.n / 60, tries++) {
		uint8_t *copy = malloc(cut + !cut);

		memcpy(copy, f.p, cut);
		look_twice(copy, cut, format, &good, &bad);
		free(copy);
	}
	for (unsigned i = 0; i < 240; i++, tries++) {
		/* heads more often */
		size_t span = i % 2 || f.n < 200 ? f.n : 200;
		size_t at = (size_t)(seeded(&seed) * (double)span);
		uint8_t was = f.p[at];

		f.p[at] ^= (uint8_t)(1u << (unsigned)(seeded(&seed) * 8));
		look_twice(f.p, f.n, format, &good, &bad);
		if (i % 4)
			f.p[at] = was;
	}
	ok(good + bad == tries, "%s, cut and hurt: %u read, %u not", name, good, bad);
	release_file(&f);
}

static void test_hurt(void)
{
	struct picture p = paint(77, 90, 70);

	hurt(as_jpeg(&p, 80, false), LIC_FORMAT_JPEG, "JPEG");
	hurt(as_jpeg(&p, 80, true), LIC_FORMAT_JPEG, "progressive JPEG");
	hurt(as_png(&p, false), LIC_FORMAT_PNG, "PNG");
	hurt(as_png(&p, true), LIC_FORMAT_PNG, "interlaced PNG");
	hurt(as_webp(&p, 80), LIC_FORMAT_WEBP, "WebP");
	hurt(as_webp(&p, 100), LIC_FORMAT_WEBP, "lossless WebP");
	hurt(as_bmp(&p, 8), LIC_FORMAT_BMP, "BMP");
	hurt(as_pnm(&p, "P3", 255), LIC_FORMAT_PNM, "PPM as text");
	hurt(as_pnm(&p, "P5", 255), LIC_FORMAT_PNM, "PGM");
#ifdef HAVE_GIF
	hurt(as_gif(&p, false, 3), LIC_FORMAT_GIF, "GIF");
#endif
#ifdef HAVE_TIFF
	for (size_t i = 0; i < 4; i++)
		hurt(as_tiff(&p, &tiffs[i]), LIC_FORMAT_TIFF, tiffs[i].name);
#endif
	release_picture(&p);
}

/* Heads that promise more than any memory holds. */
static void test_giants(void)
{
	static const char ppm[] = "P6 60000 60000 255\n";
	static const char wide[] = "P6 268435456 1 255\n";
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_likeness l;
	struct picture p = blank(1, 1);
	struct file f = as_bmp(&p, 24), j = as_jpeg(&p, 50, true);
	uint8_t *frame = memmem(j.p, j.n, "\xff\xc2", 2);

	is_int(look_at(ppm, sizeof(ppm) - 1, 0, LIC_FORMAT_PNM, &l, &err), -EFBIG, "a giant PPM");
	is_int(look_at(wide, sizeof(wide) - 1, 0, LIC_FORMAT_PNM, &l, &err), -EBADMSG,
	       "a wide one");
	memcpy(frame + 5, "\x75\x30\x1f\x40", 4); /* 30000 times 8000, progressive */
	is_int(look_at(j.p, j.n, 0, LIC_FORMAT_JPEG, &l, &err), -EFBIG, "a giant JPEG");
	frame[1] = 0xc0;
	memcpy(frame + 5, "\xff\xdc\xff\xdc", 4);
	is_int(look_at(j.p, j.n, 0, LIC_FORMAT_JPEG, &l, &err), -EFBIG, "a larger one");
	release_file(&j);
	memcpy(f.p + 18, "\xff\xff\xff\x7f\xff\xff\xff\x7f", 8);
	is_int(look_at(f.p, f.n, 0, LIC_FORMAT_BMP, &l, &err), -EFBIG, "a giant BMP");
	memcpy(f.p + 18, "\0\0\0\0\0\0\0\x80", 8);
	is_int(look_at(f.p, f.n, 0, LIC_FORMAT_BMP, &l, &err), -EBADMSG, "a BMP without width");
	release_file(&f);
	release_picture(&p);
}

int main(void)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct file f;

	sample = paint(42, 300, 200);
	f = as_png(&sample, false);
	ok(look_at(f.p, f.n, 0, LIC_FORMAT_PNG, &wanted, &err) == 0, "a PNG");
	release_file(&f);
	test_png();
	test_alpha();
	test_bmp();
	test_pnm();
	test_gif();
	test_tiff();
	test_inks();
	test_hurt();
	test_giants();
	release_picture(&sample);
	return done_testing();
}
