/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG 2000: JP2, JPX, JPM and JPH boxes (ISO/IEC 15444-1 annex I, 15444-2 annex M, 15444-6), and
 * the comments of bare codestreams. */
#include <string.h>

#include "fs/evidence/box.h"
#include "fs/util/cursor.h"

#define SIGNATURE_LEN 12
#define JP2C LIC_FOURCC('j', 'p', '2', 'c')
#define CREF LIC_FOURCC('c', 'r', 'e', 'f')
#define BFIL LIC_FOURCC('b', 'f', 'i', 'l')
#define MARKER_CHARGE 64

enum marker {
	MARKER_COM = 0xff64,
	MARKER_SOT = 0xff90,
	MARKER_EOC = 0xffd9,
};

static bool is_boxed(const uint8_t *p, size_t n)
{
	/* the second is of drafts of the standard */
	return n >= SIGNATURE_LEN &&
	       (memcmp(p, "\0\0\0\x0cjP  \r\n\x87\n", SIGNATURE_LEN) == 0 ||
		memcmp(p, "\0\0\0\x0cjP\x1a\x1a\r\n\x87\n", SIGNATURE_LEN) == 0);
}

static int bid(const uint8_t *p, size_t n)
{
	/* Motion JPEG 2000 is a film */
	if (is_boxed(p, n))
		return n >= 24 && memcmp(p + 16, "ftypmjp2", 8) == 0 ? 0 : 100;
	return n >= 5 && memcmp(p, "\xff\x4f\xff\x51", 5) == 0 ? 100 : 0;
}

/* A.9.2: registration, then 1: Latin-1, for which UTF-8 often stands; 0: binary, for which text
 * often stands. */
static void comment(struct lic_reading *r, uint64_t off, size_t n)
{
	struct lic_block b;

	if (n < 2 || !lic_reading_block(r, off, n, &b))
		return;
	if (lic_load(b.p, 2, true) == 1 || lic_utf8_valid(b.p + 2, n - 2))
		lic_reading_add(r, "JPEG 2000", &lic_field_jpeg_comment, lic_reading_texts(r),
				LIC_CHARSET_GUESS, b.p + 2, n - 2);
	lic_block_release(&b);
}

/* The main header, from "start of codestream" to the first tile (A.3). */
static void codestream(struct lic_reading *r)
{
	uint64_t at = 2;

	while (lic_reading_charge(r, MARKER_CHARGE)) {
		const uint8_t *p = lic_input_peek(r->in, at, 4);
		unsigned marker = p ? (unsigned)lic_load(p, 2, true) : 0;
		size_t n = p ? (size_t)lic_load(p + 2, 2, true) : 0;

		if (marker == MARKER_SOT || marker == MARKER_EOC)
			return;
		if (marker < 0xff00 || n < 2 || n > r->in->size - at - 2) {
			lic_reading_damage(r, "JPEG 2000 that ends before its picture begins");
			return;
		}
		if (marker == MARKER_COM)
			comment(r, at + 4, n - 2);
		at += 2 + n;
	}
}

static bool is_superbox(uint32_t type)
{
	static const char types[][5] = {
		"jp2h", "jpch", "jplh", "asoc", "uinf", "page", "pcol", "lobj", "objc",
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(types); i++)
		if (lic_load((const uint8_t *)types[i], 4, true) == type)
			return true;
	return false;
}

/* 15444-2 M.11.9: a box that stands elsewhere, perhaps in another file. Only codestreams of its
 * kind may be anywhere. */
static bool refers_to_picture(struct lic_reading *r, const struct lic_box *box)
{
	return lic_box_begins(r, box, 0, JP2C) ||
	       lic_box_begins(r, box, 0, LIC_FOURCC('c', 'o', 'l', 'r'));
}

static bool boxes(struct lic_reading *r, struct lic_boxes in, unsigned depth)
{
	bool has_picture = false;
	struct lic_box box;

	if (depth > r->limits->depth_max) {
		lic_reading_damage(r, "boxes nested deeper than the limits allow");
		return false;
	}
	while (lic_boxes_next(&in, &box)) {
		if (is_superbox(box.type))
			boxes(r, lic_boxes_in(r, &box, 0), depth + 1);
		else if (box.type == BFIL)
			lic_reading_damage(r, "boxes that are compressed or encrypted");
		else if (box.type == CREF && !refers_to_picture(r, &box))
			lic_reading_damage(r, "metadata that stands elsewhere");
		else
			lic_box_read(r, &box);
		has_picture |= box.type == JP2C || box.type == LIC_FOURCC('f', 't', 'b', 'l') ||
			       box.type == LIC_FOURCC('p', 'a', 'g', 'e');
	}
	return has_picture;
}

static void read_jp2(struct lic_reading *r)
{
	const uint8_t *p = lic_input_peek(r->in, 0, SIGNATURE_LEN);

	if (!p || !is_boxed(p, SIGNATURE_LEN))
		codestream(r);
	else if (!boxes(r, lic_boxes_of(r, 0, r->in->size), 0))
		lic_reading_damage(r, "JPEG 2000 that ends before its picture");
}

const struct lic_reader lic_reader_jp2 = { "jp2", LIC_FORMAT_JP2, bid, read_jp2 };
