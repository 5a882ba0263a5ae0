/* SPDX-License-Identifier: Apache-2.0 */
/* Photoshop image resources (Adobe Photoshop File Formats, "Image Resource Blocks"). */
#include <ctype.h>
#include <string.h>

#include "fs/evidence/exif.h"
#include "fs/evidence/iptc.h"
#include "fs/evidence/irb.h"
#include "fs/evidence/xmp.h"
#include "fs/util/cursor.h"

enum id {
	ID_IPTC = 0x0404,
	ID_COPYRIGHT_FLAG = 0x040a,
	ID_URL = 0x040b,
	ID_EXIF = 0x0422,
	ID_EXIF2 = 0x0423,
	ID_XMP = 0x0424,
};

#define PHOTOSHOP3 "Photoshop 3.0"
/* signature, id, name, length; a list may hold as many as there are bytes, so each costs */
#define RESOURCE_CHARGE 12
#define HEADER_MAX (4 + 2 + 256 + 4)

struct resource {
	unsigned id;
	uint64_t off; /* of the data */
	uint32_t n;
};

static void add_flag(struct lic_reading *r, uint32_t packet, const uint8_t *p, size_t n)
{
	if (n && *p)
		lic_reading_add_as(r, "Photoshop", &lic_field_irb_copyright_flag, packet, p, n,
				   "True", 0);
	else if (n)
		lic_reading_add_as(r, "Photoshop", &lic_field_irb_copyright_unset, packet, p, n,
				   "0", 0);
}

static bool is_wanted(unsigned id)
{
	return id == ID_IPTC || id == ID_COPYRIGHT_FLAG || id == ID_URL || id == ID_EXIF ||
	       id == ID_EXIF2 || id == ID_XMP;
}

static void resource(struct lic_reading *r, uint32_t packet, unsigned id, const uint8_t *p,
		     size_t n)
{
	switch (id) {
	case ID_IPTC:
		lic_iptc_read(r, p, n);
		break;
	case ID_COPYRIGHT_FLAG:
		add_flag(r, packet, p, n);
		break;
	case ID_URL:
		lic_reading_add(r, "Photoshop", &lic_field_irb_url, packet, LIC_CHARSET_GUESS, p,
				n);
		break;
	case ID_EXIF:
		lic_exif_read(r, p, n);
		break;
	case ID_EXIF2:
		/* nobody has described it: believed where it is EXIF */
		if (lic_tiff_magic(p, n))
			lic_exif_read(r, p, n);
		break;
	default:
		lic_xmp_read(r, "XMP", lic_reading_packet(r), p, n, NULL);
	}
}

/* "8BIM" and, from other programs, "MeSa", "PHUT", "AgHg", "DCSR" */
static bool is_signature(const uint8_t *p)
{
	return isalnum(p[0]) && isalnum(p[1]) && isalnum(p[2]) && isalnum(p[3]);
}

/* The resource at *off, which moves behind it; NULL, or what is wrong with it. */
static const char *next(struct lic_input *in, uint64_t *off, uint64_t end, struct resource *ret)
{
	size_t left = end - *off < HEADER_MAX ? (size_t)(end - *off) : HEADER_MAX;
	const uint8_t *p = lic_input_peek(in, *off, left);
	struct lic_cursor c;
	unsigned name;

	if (!p)
		return "a Photoshop resource runs past the end of the file";
	if (left < 4 || !is_signature(p))
		return "Photoshop block with bytes that are no resource";
	c = lic_cursor_of(p, left, true);
	lic_cursor_skip(&c, 4);
	ret->id = lic_cursor_u16(&c);
	name = lic_cursor_u8(&c);
	lic_cursor_skip(&c, name + !(name & 1)); /* padded to an even length with its own */
	ret->n = lic_cursor_u32(&c);
	ret->off = *off + c.at;
	if (c.bad || ret->n > end - ret->off)
		return "a Photoshop resource runs past the end of its block";
	*off = ret->off + ret->n;
	if ((ret->n & 1) && *off < end)
		(*off)++;
	return NULL;
}

static bool only_zeros(struct lic_input *in, uint64_t off, uint64_t end)
{
	const uint8_t *p = NULL;

	while (off < end && (p = lic_input_peek(in, off, 1)) && !*p)
		off++;
	return off >= end;
}

/* Bytes in memory were charged by whoever took them. */
static bool take(struct lic_reading *r, struct lic_input *in, const struct resource *x,
		 struct lic_block *ret)
{
	if (in == r->in)
		return lic_reading_block(r, x->off, x->n, ret);
	return lic_input_block(in, x->off, x->n, ret) == 0;
}

static void walk(struct lic_reading *r, struct lic_input *in, uint64_t off, uint64_t end)
{
	uint32_t packet = lic_reading_packet(r);

	while (off < end && lic_reading_charge(r, RESOURCE_CHARGE)) {
		struct resource x;
		const char *wrong;
		struct lic_block b;

		if (only_zeros(in, off, off + 4 < end ? off + 4 : end) && only_zeros(in, off, end))
			return;
		wrong = next(in, &off, end, &x);
		if (wrong) {
			lic_reading_damage(r, wrong);
			return;
		}
		if (is_wanted(x.id) && x.n && take(r, in, &x, &b)) {
			resource(r, packet, x.id, b.p, b.n);
			lic_block_release(&b);
		}
	}
}

void lic_irb_read(struct lic_reading *r, const uint8_t *p, size_t n)
{
	struct lic_input in;

	lic_input_of(&in, p, n);
	walk(r, &in, 0, n);
}

void lic_irb_read_at(struct lic_reading *r, uint64_t off, uint64_t n)
{
	walk(r, r->in, off, off + n);
}

bool lic_irb_magic(const uint8_t *p, size_t n)
{
	return n >= 4 && is_signature(p);
}

size_t lic_irb_whole(const uint8_t *p, size_t n, size_t at)
{
	struct lic_input in;
	struct resource x;
	uint64_t off = at;

	lic_input_of(&in, p, n);
	while (off < n && !next(&in, &off, n, &x))
		at = (size_t)off;
	return at;
}

bool lic_profile_read(struct lic_reading *r, const uint8_t *p, size_t n)
{
	const size_t xmp = sizeof(LIC_XMP_SIGNATURE), photoshop = sizeof(PHOTOSHOP3);

	if (!n)
		return true;
	if (lic_tiff_magic(p, n) || (n >= 6 && memcmp(p, "Exif", 5) == 0))
		lic_exif_read(r, p, n);
	else if (n >= xmp && memcmp(p, LIC_XMP_SIGNATURE, xmp) == 0)
		lic_xmp_read(r, "XMP", lic_reading_packet(r), p + xmp, n - xmp, NULL);
	else if (n >= photoshop && memcmp(p, PHOTOSHOP3, photoshop) == 0)
		lic_irb_read(r, p + photoshop, n - photoshop);
	else if (n >= 4 && memcmp(p, "8BIM", 4) == 0)
		lic_irb_read(r, p, n);
	else if (n >= 3 && p[0] == 0x1c && p[1] <= 9)
		lic_iptc_read(r, p, n);
	else if (n >= 2 && (p[0] == '<' || memcmp(p, "\xef\xbb", 2) == 0))
		lic_xmp_read(r, "XMP", lic_reading_packet(r), p, n, NULL);
	else
		return false;
	return true;
}
