/* SPDX-License-Identifier: Apache-2.0 */
/* MIE groups, which ExifTool can append to any image (MIE 1.1): elements of sync byte, format,
 * lengths, tag and value; a group's elements stand in it or behind it. */
#include <string.h>

#include "fs/evidence/exif.h"
#include "fs/evidence/inflate.h"
#include "fs/evidence/iptc.h"
#include "fs/evidence/trailer.h"
#include "fs/evidence/xmp.h"
#include "fs/util/cursor.h"

#define SYNC '~'
#define FORMAT_GROUP_BIG 0x10
#define FORMAT_GROUP_LITTLE 0x18
#define FORMAT_UTF16 0x29
#define FORMAT_COMPRESSED 0x04
#define DEPTH_MAX 8
#define ELEMENT_CHARGE 8

static const struct lic_field texts[] = {
	{ "Copyright", LIC_ROLE_COPYRIGHT, 0, 0 },
	{ "Comment", LIC_ROLE_COMMENT, 0, 0 },
	{ "Author", LIC_ROLE_CREATOR, 0, 0 },
	{ "Title", LIC_ROLE_TITLE, 0, 0 },
	{ "URL", LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0 },
};

struct mie {
	struct lic_reading *r;
	uint32_t packet;
	bool big; /* byte order of the group */
};

struct element {
	unsigned format;
	char tag[256]; /* without units */
	uint64_t n;    /* bytes of the value */
};

static void elements(struct mie *m, const uint8_t *p, size_t n, unsigned depth);

/* False where the element is cut off. */
static bool header(struct lic_cursor *c, struct element *ret)
{
	unsigned tag, n;
	const uint8_t *p;

	if (lic_cursor_u8(c) != SYNC)
		return false;
	ret->format = lic_cursor_u8(c);
	tag = lic_cursor_u8(c);
	n = lic_cursor_u8(c);
	p = lic_cursor_take(c, tag);
	if (p)
		memcpy(ret->tag, p, tag);
	ret->tag[p ? tag : 0] = '\0';
	/* locale of a text, or units */
	ret->tag[strcspn(ret->tag, "-(")] = '\0';
	ret->n = n > 252 ? lic_cursor_uint(c, 1u << (256 - n)) : n;
	return !c->bad;
}

static bool is_group(const struct element *e)
{
	unsigned format = e->format & ~(unsigned)FORMAT_COMPRESSED;

	return format == FORMAT_GROUP_BIG || format == FORMAT_GROUP_LITTLE;
}

static enum lic_charset charset_of(const struct mie *m, unsigned format)
{
	if ((format & ~(unsigned)FORMAT_COMPRESSED) != FORMAT_UTF16)
		return LIC_CHARSET_GUESS;
	return m->big ? LIC_CHARSET_UTF16BE : LIC_CHARSET_UTF16LE;
}

static void value(struct mie *m, const struct element *e, const uint8_t *p, size_t n,
		  unsigned depth)
{
	bool big = m->big;

	if (is_group(e)) {
		m->big = !(e->format & 0x08);
		elements(m, p, n, depth + 1);
		m->big = big;
	} else if (strcmp(e->tag, "EXIF") == 0) {
		lic_exif_read(m->r, p, n);
	} else if (strcmp(e->tag, "IPTC") == 0) {
		lic_iptc_read(m->r, p, n);
	} else if (strcmp(e->tag, "XMP") == 0) {
		lic_xmp_read(m->r, "XMP", lic_reading_packet(m->r), p, n, NULL);
	}
	for (size_t i = 0; !is_group(e) && i < LIC_ARRAY_SIZE(texts); i++)
		if (strcmp(e->tag, texts[i].name) == 0)
			lic_reading_add(m->r, "MIE", &texts[i], m->packet, charset_of(m, e->format),
					p, n);
}

static void compressed(struct mie *m, const struct element *e, const uint8_t *p, size_t n,
		       unsigned depth)
{
	struct lic_buf out = LIC_BUF_INIT(m->r->limits->block_max);

	if (lic_inflate(p, n, &out) < 0 || !lic_reading_charge(m->r, out.len))
		lic_reading_damage(m->r, "MIE value that cannot be decompressed within the limits");
	else
		value(m, e, (const uint8_t *)lic_buf_str(&out), out.len, depth);
	lic_buf_release(&out);
}

static void elements(struct mie *m, const uint8_t *p, size_t n, unsigned depth)
{
	struct lic_cursor c = lic_cursor_of(p, n, m->big);
	bool outer = m->big;

	if (depth > DEPTH_MAX)
		lic_reading_damage(m->r, "MIE nested deeper than the limits allow");
	while (depth <= DEPTH_MAX && lic_cursor_left(&c) &&
	       lic_reading_charge(m->r, ELEMENT_CHARGE)) {
		struct element e;
		const uint8_t *data;

		if (!header(&c, &e) || e.n > lic_cursor_left(&c)) {
			lic_reading_damage(m->r, "MIE element that is cut off");
			break;
		}
		data = lic_cursor_take(&c, (size_t)e.n);
		if (is_group(&e) && !e.n)
			/* what follows is in it; groups that end give back no byte order, but they
			 * are all written alike */
			c.big = m->big = !(e.format & 0x08);
		else if (e.format & FORMAT_COMPRESSED)
			compressed(m, &e, data, (size_t)e.n, depth);
		else if (*e.tag)
			value(m, &e, data, (size_t)e.n, depth);
	}
	m->big = outer;
}

void lic_mie_read(struct lic_reading *r, const uint8_t *p, size_t n)
{
	struct mie m = { .r = r, .packet = lic_reading_packet(r), .big = true };

	elements(&m, p, n, 0);
}
