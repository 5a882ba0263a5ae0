/* SPDX-License-Identifier: Apache-2.0 */
/* GIF: comment extensions and XMP, before and behind the frames. */
#include <string.h>

#include "fs/evidence/c2pa.h"
#include "fs/evidence/reader.h"
#include "fs/evidence/xmp.h"

#define EXTENSION 0x21
#define IMAGE 0x2c
#define TRAILER 0x3b
#define COMMENT 0xfe
#define APPLICATION 0xff
#define XMP_NAME "XMP DataXMP"
#define C2PA_NAME "C2PA_GIF" /* and a version of three bytes */
/* XMP part 3, 1.1.2: 0x01, 0xff down to 0x00, 0x00. A reader that takes the packet for sub-blocks
 * lands in it wherever it comes from, and is led to its end. */
#define MAGIC_TRAILER 258

static int bid(const uint8_t *p, size_t n)
{
	return n >= 6 && (memcmp(p, "GIF87a", 6) == 0 || memcmp(p, "GIF89a", 6) == 0) ? 100 : 0;
}

/* Offset behind the sub-blocks at `off`, 0 where the file ends first. With `out`, their data. */
static uint64_t sub_blocks(struct lic_reading *r, uint64_t off, struct lic_buf *out)
{
	const uint8_t *p;

	while ((p = lic_input_peek(r->in, off, 1)) && *p) {
		size_t n = *p;

		if (out) {
			p = lic_input_peek(r->in, off + 1, n);
			if (!p)
				return 0;
			lic_buf_add(out, p, n);
		}
		off += 1 + n;
	}
	return p ? off + 1 : 0;
}

static uint64_t comment(struct lic_reading *r, uint64_t off)
{
	struct lic_buf b = LIC_BUF_INIT(r->limits->block_max);

	off = sub_blocks(r, off, &b);
	if (lic_buf_failed(&b))
		lic_reading_damage(r, "GIF comment larger than the limits allow");
	else if (lic_reading_charge(r, b.len))
		lic_reading_add(r, "GIF", &lic_field_gif_comment, lic_reading_texts(r),
				LIC_CHARSET_GUESS, lic_buf_str(&b), b.len);
	lic_buf_release(&b);
	return off;
}

/* Writers that did not read the specification put XMP into sub-blocks. */
static void framed_xmp(struct lic_reading *r, uint64_t off)
{
	struct lic_buf b = LIC_BUF_INIT(r->limits->block_max);

	if (sub_blocks(r, off, &b) && !lic_buf_failed(&b) && lic_reading_charge(r, b.len))
		lic_xmp_read(r, "XMP", lic_reading_packet(r), (const uint8_t *)lic_buf_str(&b),
			     b.len, NULL);
	else
		lic_reading_damage(r, "GIF with XMP that cannot be read");
	lic_buf_release(&b);
}

static uint64_t xmp(struct lic_reading *r, uint64_t off)
{
	uint64_t end = sub_blocks(r, off, NULL);
	const uint8_t *p = lic_input_peek(r->in, off, 2);
	struct lic_block b;

	if (!end || !p)
		return 0;
	if (p[0] != '<' && p[1] == '<') {
		framed_xmp(r, off);
		return end;
	}
	if (end - off < MAGIC_TRAILER) {
		lic_reading_damage(r, "GIF with XMP that cannot be read");
		return end;
	}
	if (lic_reading_block(r, off, end - off - MAGIC_TRAILER, &b)) {
		lic_xmp_read(r, "XMP", lic_reading_packet(r), b.p, b.n, NULL);
		lic_block_release(&b);
	}
	return end;
}

static uint64_t c2pa(struct lic_reading *r, uint64_t off)
{
	struct lic_buf b = LIC_BUF_INIT(r->limits->block_max);

	off = sub_blocks(r, off, &b);
	if (lic_buf_failed(&b) || !lic_reading_charge(r, b.len))
		lic_reading_damage(r, "C2PA manifest larger than the limits allow");
	else
		lic_c2pa_read(r, (const uint8_t *)lic_buf_str(&b), b.len);
	lic_buf_release(&b);
	return off;
}

static uint64_t extension(struct lic_reading *r, uint64_t off)
{
	const uint8_t *p = lic_input_peek(r->in, off, 2);

	if (!p)
		return 0;
	if (p[0] == COMMENT)
		return comment(r, off + 1);
	if (p[0] == APPLICATION && p[1] == sizeof(XMP_NAME) - 1) {
		p = lic_input_peek(r->in, off + 2, sizeof(XMP_NAME) - 1);
		if (p && memcmp(p, XMP_NAME, sizeof(XMP_NAME) - 1) == 0)
			return xmp(r, off + 2 + sizeof(XMP_NAME) - 1);
		if (p && memcmp(p, C2PA_NAME, sizeof(C2PA_NAME) - 1) == 0)
			return c2pa(r, off + 2 + sizeof(XMP_NAME) - 1);
	}
	return sub_blocks(r, off + 1, NULL);
}

static uint64_t color_table(uint8_t flags)
{
	return flags & 0x80 ? 3u << ((flags & 7) + 1) : 0;
}

static uint64_t image(struct lic_reading *r, uint64_t off)
{
	const uint8_t *p = lic_input_peek(r->in, off, 9);

	/* descriptor, colour table, code size, data */
	return p ? sub_blocks(r, off + 9 + color_table(p[8]) + 1, NULL) : 0;
}

static void read_gif(struct lic_reading *r)
{
	const uint8_t *p = lic_input_peek(r->in, 0, 13);
	uint64_t off = p ? 13 + color_table(p[10]) : 0;

	/* metadata may stand behind the last picture: without its trailer a file is not whole */
	while (off && off != r->in->size) {
		p = lic_input_peek(r->in, off, 1);
		if (p && *p == TRAILER)
			return;
		if (p && *p == EXTENSION)
			off = extension(r, off + 1);
		else if (p && *p == IMAGE)
			off = image(r, off + 1);
		else if (p && *p == 0)
			off++; /* an empty block too many; decoders skip it */
		else
			break;
	}
	lic_reading_damage(r, "GIF that is cut off or has an unknown block");
}

const struct lic_reader lic_reader_gif = { "gif", LIC_FORMAT_GIF, bid, read_gif };
