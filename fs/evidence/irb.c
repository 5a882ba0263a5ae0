/* SPDX-License-Identifier: Apache-2.0 */
/* Photoshop image resources (Adobe Photoshop File Formats, "Image Resource Blocks"). */
#include <ctype.h>
#include <string.h>

#include "fs/evidence/exif.h"
#include "fs/evidence/iptc.h"
#include "fs/evidence/irb.h"
#include "fs/evidence/xmp.h"
#include "fs/util/cursor.h"

enum resource {
	RESOURCE_IPTC = 0x0404,
	RESOURCE_COPYRIGHT_FLAG = 0x040a,
	RESOURCE_URL = 0x040b,
	RESOURCE_EXIF = 0x0422,
	RESOURCE_XMP = 0x0424,
};

#define PHOTOSHOP3 "Photoshop 3.0"

static void add_flag(struct lic_reading *r, uint32_t packet, const uint8_t *p, size_t n)
{
	if (n && *p)
		lic_reading_add_as(r, "Photoshop", &lic_field_irb_copyright_flag, packet, p, n,
				   "True", 0);
	else if (n)
		lic_reading_add_as(r, "Photoshop", &lic_field_irb_copyright_unset, packet, p, n,
				   "0", 0);
}

static void resource(struct lic_reading *r, uint32_t packet, unsigned id, const uint8_t *p,
		     size_t n)
{
	switch (id) {
	case RESOURCE_IPTC:
		lic_iptc_read(r, p, n);
		break;
	case RESOURCE_COPYRIGHT_FLAG:
		add_flag(r, packet, p, n);
		break;
	case RESOURCE_URL:
		lic_reading_add(r, "Photoshop", &lic_field_irb_url, packet, LIC_CHARSET_GUESS, p,
				n);
		break;
	case RESOURCE_EXIF:
		lic_exif_read(r, p, n);
		break;
	case RESOURCE_XMP:
		lic_xmp_read(r, "XMP", lic_reading_packet(r), p, n, NULL);
		break;
	default:
		break;
	}
}

/* "8BIM" and, from other programs, "MeSa", "PHUT", "AgHg", "DCSR" */
static bool is_signature(const uint8_t *p)
{
	return p && isalnum(p[0]) && isalnum(p[1]) && isalnum(p[2]) && isalnum(p[3]);
}

static bool only_zeros(struct lic_cursor *c)
{
	while (lic_cursor_left(c))
		if (lic_cursor_u8(c) != 0)
			return false;
	return true;
}

void lic_irb_read(struct lic_reading *r, const uint8_t *p, size_t n)
{
	struct lic_cursor c = lic_cursor_of(p, n, true);
	uint32_t packet = lic_reading_packet(r);

	while (lic_cursor_left(&c)) {
		struct lic_cursor start = c;
		const uint8_t *data;
		unsigned id, name;
		uint32_t size;

		if (!is_signature(lic_cursor_take(&c, 4))) {
			if (!only_zeros(&start))
				lic_reading_damage(
					r, "Photoshop block with bytes that are no resource");
			return;
		}
		id = lic_cursor_u16(&c);
		name = lic_cursor_u8(&c);
		lic_cursor_skip(&c, name + !(name & 1)); /* padded to an even length with its own */
		size = lic_cursor_u32(&c);
		data = lic_cursor_take(&c, size);
		if (!data) {
			lic_reading_damage(r,
					   "a Photoshop resource runs past the end of its block");
			return;
		}
		resource(r, packet, id, data, size);
		if ((size & 1) && lic_cursor_left(&c))
			lic_cursor_skip(&c, 1);
	}
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
