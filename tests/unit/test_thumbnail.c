/* SPDX-License-Identifier: Apache-2.0 */
/* Small pictures: colours and shape are kept, they stand upright, and only pixels are believed. */
#include <errno.h>
#include <unistd.h>

#include "fs/likeness/canvas.h"
#include "fs/scan/wire_thumbnail.h"
#include "tests/unit/tap.h"

static struct lic_thumbnail t;

/* A PPM of w * h pixels: red on the left, blue on the right, green along the top. */
static int ppm(unsigned w, unsigned h)
{
	char name[] = "/tmp/lic-thumbnail-XXXXXX";
	int fd = mkstemp(name);
	FILE *f = fdopen(dup(fd), "w");

	unlink(name);
	fprintf(f, "P6\n%u %u\n255\n", w, h);
	for (unsigned y = 0; y < h; y++)
		for (unsigned x = 0; x < w; x++) {
			uint8_t p[3] = { x < w / 2 ? 200 : 0, y < h / 4 ? 100 : 0,
					 x < w / 2 ? 0 : 200 };

			fwrite(p, 1, 3, f);
		}
	fclose(f);
	return fd;
}

static bool is_colour(uint32_t x, uint32_t y, int r, int g, int b)
{
	const uint8_t *p = t.rgb + 3 * ((size_t)y * t.w + x);
	const int want[3] = { r, g, b };

	for (int k = 0; k < 3; k++)
		if (p[k] - want[k] > 2 || want[k] - p[k] > 2)
			return false;
	return true;
}

static void test_shape(void)
{
	struct lic_error err = LIC_ERROR_INIT;
	int fd = ppm(800, 200);

	is_int(lic_thumbnail_read(fd, 0, (uint64_t)lseek(fd, 0, SEEK_END), LIC_FORMAT_PNM, &t,
				  &err),
	       0, "a wide picture");
	ok(t.w == LIC_THUMBNAIL_SIDE && t.h == LIC_THUMBNAIL_SIDE / 4, "keeps its shape");
	ok(is_colour(2, 2, 200, 100, 0) && is_colour(t.w - 2, 2, 0, 100, 200) &&
		   is_colour(2, t.h - 2, 200, 0, 0) && is_colour(t.w - 2, t.h - 2, 0, 0, 200),
	   "and its colours");
	close(fd);
	fd = ppm(20, 10);
	is_int(lic_thumbnail_read(fd, 0, (uint64_t)lseek(fd, 0, SEEK_END), LIC_FORMAT_PNM, &t,
				  &err),
	       0, "a small one");
	ok(t.w == 20 && t.h == 10 && is_colour(0, 9, 200, 0, 0), "stays as it is");
	is_int(lic_thumbnail_read(fd, 0, 100, LIC_FORMAT_PNM, &t, &err), -EBADMSG,
	       "one that stops is none");
	is_int(lic_thumbnail_read(fd, 0, 100, LIC_FORMAT_SVG, &t, &err), -ENOTSUP,
	       "nor is one without a decoder");
	close(fd);
}

static void test_jpeg(void)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_buf b = LIC_BUF_INIT(1u << 20);
	char name[] = "/tmp/lic-thumbnail-XXXXXX";
	int fd = ppm(400, 400), out = mkstemp(name);

	unlink(name);
	is_int(lic_thumbnail_read(fd, 0, (uint64_t)lseek(fd, 0, SEEK_END), LIC_FORMAT_PNM, &t,
				  &err),
	       0, "a picture");
	is_int(lic_thumbnail_jpeg(&t, &b, &err), 0, "becomes a JPEG");
	ok(write(out, b.data, b.len) == (ssize_t)b.len, "of some bytes");
	is_int(lic_thumbnail_read(out, 0, b.len, LIC_FORMAT_JPEG, &t, &err), 0, "which is one");
	ok(t.w == LIC_THUMBNAIL_SIDE && t.h == LIC_THUMBNAIL_SIDE, "of the same size");
	t.w = 0;
	is_int(lic_thumbnail_jpeg(&t, &b, &err), -EINVAL, "without pixels there is none");
	lic_buf_release(&b);
	close(fd);
	close(out);
}

static void test_turn(void)
{
	/* 1 2 3    as the rows of the canvas */
	/* 4 5 6 */
	static const char *const upright[] = { "",	   "123456/3", "321654/3",
					       "654321/3", "456123/3", "142536/2",
					       "415263/2", "635241/2", "362514/2" };
	float cell[18];
	struct lic_canvas c = { .colour = true, .cols = 3, .rows = 2, .cell = cell };

	for (int i = 0; i < 18; i++)
		cell[i] = (float)(i / 3 + 1);
	for (uint8_t turn = 0; turn <= 8; turn++) {
		char got[16];
		size_t n = 0;

		c.turn = turn;
		lic_canvas_thumbnail(&c, &t);
		for (size_t i = 0; i < 6; i++)
			got[n++] = (char)('0' + t.rgb[3 * i]);
		snprintf(got + n, sizeof(got) - n, "/%u", t.w);
		is_str(got, turn ? upright[turn] : upright[1], "turned as %u says", turn);
	}
}

static void test_exif(void)
{
	static const uint8_t le[] = "II*\0\x08\0\0\0\x02\0"
				    "\x0f\x01\x02\0\x04\0\0\0abc\0"
				    "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
	static const uint8_t be[] =
		"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";
	uint8_t bad[sizeof(le)];

	is_int(lic_exif_turn(le, sizeof(le) - 1), 6, "little-endian");
	is_int(lic_exif_turn(be, sizeof(be) - 1), 8, "big-endian");
	for (size_t n = 0; n < 34; n++)
		if (lic_exif_turn(le, n))
			ok(false, "%zu bytes say something", n);
	memcpy(bad, le, sizeof(bad));
	bad[30] = 9;
	is_int(lic_exif_turn(bad, sizeof(bad) - 1), 0, "there is no ninth");
	memcpy(bad + 4, "\xff\xff\xff\xff", 4);
	is_int(lic_exif_turn(bad, sizeof(bad) - 1), 0, "nothing lies beyond the block");
	memcpy(bad + 4, "\x24\0\0\0", 4);
	is_int(lic_exif_turn(bad, sizeof(bad) - 1), 0, "or across its end");
}

static bool takes(struct lic_pictured *said)
{
	static struct lic_pictured heard;
	struct lic_buf b = LIC_BUF_INIT(1u << 20);
	bool good;

	lic_pictured_add(&b, said);
	good = lic_pictured_size((const uint8_t *)b.data, b.len) == (ssize_t)b.len &&
	       lic_pictured_take((const uint8_t *)b.data, b.len, &heard) == 0;
	ok(lic_pictured_take((const uint8_t *)b.data, b.len - 1, &heard) == -EBADMSG,
	   "half a record is none");
	lic_buf_release(&b);
	return good;
}

static void test_wire(void)
{
	static struct lic_pictured said;

	said.thumbnail.w = said.thumbnail.h = LIC_THUMBNAIL_SIDE;
	ok(takes(&said), "a picture is believed");
	said.thumbnail.w++;
	ok(!takes(&said), "but none that is larger than it may be");
	said.thumbnail.w = 0;
	ok(!takes(&said), "or has no pixels");
	said.thumbnail.h = 0;
	said.result = -EBADMSG;
	ok(takes(&said), "nor need there be one");
	said.result = -EPERM;
	ok(!takes(&said), "for any of the reasons that a decoder has");
	said.result = 1;
	ok(!takes(&said), "and no other");
}

int main(void)
{
	test_shape();
	test_jpeg();
	test_turn();
	test_exif();
	test_wire();
	return done_testing();
}
