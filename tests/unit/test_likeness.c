/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of a picture look like it, others do not, and bytes that are no picture cost nothing. */
#include <errno.h>
#include <fcntl.h>

#include "tests/unit/pictures.h"
#include "tests/unit/tap.h"

static struct lic_likeness look(struct file f, enum lic_format format, const char *name)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_likeness l = { 0 };
	int r = look_at(f.p, f.n, 0, format, &l, &err);

	if (r < 0)
		printf("# %s: %s\n", name, err.msg);
	ok(r == 0 && l.n >= 1 && l.n <= LIC_PRINTS_MAX, "%s has prints", name);
	release_file(&f);
	return l;
}

static struct lic_likeness look_png(struct picture p, const char *name)
{
	struct lic_likeness l = look(as_png(&p, false), LIC_FORMAT_PNG, name);

	release_picture(&p);
	return l;
}

static void near(const struct lic_likeness *a, const struct lic_likeness *b, const char *name)
{
	unsigned d = lic_likeness_distance(a, b);

	ok(d <= LIC_LIKENESS_NEAR, "%s is the same picture: distance %u", name, d);
}

static void test_formats(void)
{
	_cleanup_(release_picture) struct picture p = paint(1, 600, 400);
	struct lic_likeness png = look(as_png(&p, false), LIC_FORMAT_PNG, "a PNG"), l;

	l = look(as_png(&p, true), LIC_FORMAT_PNG, "an interlaced PNG");
	is_int(memcmp(&l, &png, sizeof(l)), 0, "interlacing changes nothing");
	l = look(as_jpeg(&p, 90, false), LIC_FORMAT_JPEG, "a JPEG");
	near(&l, &png, "a JPEG");
	l = look(as_jpeg(&p, 30, true), LIC_FORMAT_JPEG, "a poor progressive JPEG");
	near(&l, &png, "a poor progressive JPEG");
	l = look(as_webp(&p, 60), LIC_FORMAT_WEBP, "a WebP");
	near(&l, &png, "a WebP");
	l = look(as_webp(&p, 100), LIC_FORMAT_WEBP, "a lossless WebP");
	near(&l, &png, "a lossless WebP");
}

/* Every decoder that makes a picture smaller keeps its shape: each print is as without. */
static void test_shape(void)
{
	_cleanup_(release_picture) struct picture p = paint(7, 1300, 600);
	struct lic_likeness png = look(as_png(&p, false), LIC_FORMAT_PNG, "a wide PNG"), l[3];

	l[0] = look(as_jpeg(&p, 90, false), LIC_FORMAT_JPEG, "a wide JPEG");
	l[1] = look(as_webp(&p, 90), LIC_FORMAT_WEBP, "a wide WebP");
	l[2] = look(as_webp(&p, 100), LIC_FORMAT_WEBP, "a wide lossless WebP");
	for (unsigned i = 0; i < LIC_ARRAY_SIZE(l); i++) {
		is_int(l[i].n, 2, "two prints of a wide picture");
		for (uint32_t k = 0; k < l[i].n && k < png.n; k++) {
			struct lic_likeness a = { 1, { png.print[k] } },
					    b = { 1, { l[i].print[k] } };

			near(&a, &b, k ? "its middle" : "the whole");
		}
	}
}

static void test_sizes(void)
{
	_cleanup_(release_picture) struct picture large = paint(2, 1500, 1000);
	struct lic_likeness l = look(as_jpeg(&large, 80, false), LIC_FORMAT_JPEG, "a large one");
	static const unsigned sizes[][2] = {
		{ 900, 600 }, { 300, 200 }, { 100, 67 }, { 224, 224 }
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(sizes); i++) {
		struct lic_likeness s = look_png(paint(2, sizes[i][0], sizes[i][1]), "a small one");

		near(&s, &l, "a small one");
	}
}

static void test_turns(void)
{
	_cleanup_(release_picture) struct picture p = paint(3, 320, 256);
	struct lic_likeness l = look(as_png(&p, false), LIC_FORMAT_PNG, "upright"), t;

	for (unsigned how = 1; how < 8; how++) {
		t = look_png(turn(&p, how), "turned");
		ok(memcmp(&t, &l, sizeof(t)) != 0, "turned by %u it has other prints", how);
		ok(lic_likeness_distance(&t, &l) <= 2 && lic_likeness_distance(&l, &t) <= 2,
		   "turned by %u it is near: %u", how, lic_likeness_distance(&t, &l));
	}
}

static void test_parts(void)
{
	_cleanup_(release_picture) struct picture p = paint(4, 500, 300);
	struct lic_likeness l = look(as_png(&p, false), LIC_FORMAT_PNG, "a wide one"), s;

	is_int(l.n, 2, "a wide one has two prints");
	s = look_png(part(&p, 0, -100, 500, 500, 255), "with bars");
	near(&s, &l, "with white bars");
	is_int(s.n, 3, "with bars it has three prints");
	s = look_png(part(&p, -30, -100, 560, 500, 0), "in a frame");
	near(&s, &l, "in a black frame");
	s = look_png(part(&p, 100, 0, 300, 300, 0), "its square");
	near(&s, &l, "the square in its middle");
	is_int(s.n, 1, "a square has one print");
}

static void test_others(void)
{
	struct lic_likeness l[40];
	unsigned least = LIC_LIKENESS_FAR, d;

	for (unsigned i = 0; i < LIC_ARRAY_SIZE(l); i++)
		l[i] = look_png(paint(100 + i, 120, 90), "one of many");
	for (unsigned i = 0; i < LIC_ARRAY_SIZE(l); i++) {
		is_int(lic_likeness_distance(&l[i], &l[i]), 0, "nothing is between it and itself");
		for (unsigned k = 0; k < i; k++) {
			d = lic_likeness_distance(&l[i], &l[k]);
			least = d < least ? d : least;
			if (d != lic_likeness_distance(&l[k], &l[i]))
				ok(false, "distances are symmetric");
		}
	}
	ok(least > LIC_LIKENESS_NEAR, "others are far: the nearest at %u", least);
}

/* One dark corner on white: its waves are strong, and those of any corner. */
static struct file corner(void)
{
	struct picture p = blank(300, 200);
	struct file f;

	for (unsigned y = 0; y < 20; y++)
		memset(p.rgb + (size_t)y * p.w * 3, 0, (20 - y) * 3);
	f = as_png(&p, false);
	release_picture(&p);
	return f;
}

static void test_nothing(void)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_likeness l = { .n = 77 };
	_cleanup_(release_picture) struct picture white = blank(300, 200), few = paint(5, 20, 20);
	_cleanup_(release_file) struct file f = as_png(&white, false), g = as_png(&few, false),
					    edge = corner();

	is_int(look_at(f.p, f.n, 0, LIC_FORMAT_PNG, &l, &err), -ENODATA, "white tells nothing");
	is_int(look_at(g.p, g.n, 0, LIC_FORMAT_PNG, &l, &err), -ENODATA, "few pixels neither");
	is_int(look_at(edge.p, edge.n, 0, LIC_FORMAT_PNG, &l, &err), -ENODATA, "nor a corner");
	is_int(look_at(f.p, f.n, 0, LIC_FORMAT_SVG, &l, &err), -ENOTSUP, "drawings are not read");
	is_int(look_at(f.p, f.n, 0, LIC_FORMAT_NONE, &l, &err), -ENOTSUP, "nor what is none");
	is_int(look_at(f.p, f.n, 0, LIC_FORMAT_JPEG, &l, &err), -EBADMSG, "a PNG is no JPEG");
	is_int(look_at(f.p, f.n, 0, LIC_FORMAT_WEBP, &l, &err), -EBADMSG, "a PNG is no WebP");
	is_int(look_at(f.p, 0, 0, LIC_FORMAT_JPEG, &l, &err), -EBADMSG, "no bytes are no JPEG");
	is_int(lic_likeness_read(-1, 0, 100, LIC_FORMAT_PNG, &l, &err), -EIO, "no file, no PNG");
	is_int(lic_likeness_read(-1, 0, 100, LIC_FORMAT_JPEG, &l, &err), -EIO, "no file, no JPEG");
	is_int(lic_likeness_read(-1, 0, 100, LIC_FORMAT_WEBP, &l, NULL), -EIO, "no file, no WebP");
	is_int(l.n, 77, "what fails leaves the result alone");
	ok(lic_likeness_reads(LIC_FORMAT_JPEG) && lic_likeness_reads(LIC_FORMAT_PNG) &&
		   !lic_likeness_reads(LIC_FORMAT_SVG) && !lic_likeness_reads(LIC_FORMAT_COUNT),
	   "says what it reads");
}

static void test_member(void)
{
	_cleanup_(release_picture) struct picture p = paint(6, 200, 200);
	_cleanup_(release_file) struct file f = as_jpeg(&p, 90, false);
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_likeness a, b;

	ok(look_at(f.p, f.n, 0, LIC_FORMAT_JPEG, &a, &err) == 0 &&
		   look_at(f.p, f.n, 512, LIC_FORMAT_JPEG, &b, &err) == 0 &&
		   memcmp(&a, &b, sizeof(a)) == 0,
	   "a member of an archive is read as a file");
}

static void test_pack(void)
{
	uint8_t p[LIC_LIKENESS_PACKED_MAX + 1] = { 0 };
	struct lic_likeness l = { .n = 3 }, back;

	for (size_t i = 0; i < sizeof(l.print); i++)
		((uint8_t *)l.print)[i] = (uint8_t)i;
	is_int(lic_likeness_pack(&l, p), 96, "three prints are 96 bytes");
	ok(lic_likeness_unpack(p, 96, &back) == 0 && memcmp(&l, &back, sizeof(l)) == 0,
	   "what is packed can be unpacked");
	ok(lic_likeness_unpack(p, 64, &back) == 0 && back.n == 2, "two prints");
	for (size_t n = 0; n <= sizeof(p); n++)
		if (n != 32 && n != 64 && n != 96 && lic_likeness_unpack(p, n, &back) != -EBADMSG)
			ok(false, "%zu bytes are no likeness", n);
	is_int(lic_likeness_unpack(NULL, 0, &back), -EBADMSG, "nothing is no likeness");
}

int main(void)
{
	test_formats();
	test_shape();
	test_sizes();
	test_turns();
	test_parts();
	test_others();
	test_nothing();
	test_member();
	test_pack();
	return done_testing();
}
