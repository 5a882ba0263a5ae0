/* SPDX-License-Identifier: Apache-2.0 */
/* WebP: the EXIF and XMP chunks of a RIFF file, wherever they stand. */
#include <string.h>
#include <strings.h>

#include "fs/evidence/c2pa.h"
#include "fs/evidence/irb.h"
#include "fs/evidence/reader.h"
#include "fs/evidence/xmp.h"
#include "fs/util/cursor.h"

#define VP8X_EXIF 0x08
#define VP8X_XMP 0x04

static int bid(const uint8_t *p, size_t n)
{
	return n >= 12 && memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0 ? 100 : 0;
}

/* What RIFF calls "INFO": chunks of text, which few know in WebP. */
static void info(struct lic_reading *r, const uint8_t *p, size_t n)
{
	struct lic_cursor c = lic_cursor_of(p, n, false);

	if (!lic_cursor_match(&c, "INFO", 4))
		return;
	while (lic_cursor_left(&c) >= 8) {
		const uint8_t *type = lic_cursor_take(&c, 4);
		uint32_t len = lic_cursor_u32(&c);
		const uint8_t *text = lic_cursor_take(&c, len);

		if (!text) {
			lic_reading_damage(r, "WebP with a list that is cut off");
			return;
		}
		if (memcmp(type, "ICOP", 4) == 0)
			lic_reading_add(r, "RIFF", &lic_field_riff_copyright, lic_reading_texts(r),
					LIC_CHARSET_GUESS, text, len);
		else if (memcmp(type, "ICMT", 4) == 0)
			lic_reading_add(r, "RIFF", &lic_field_riff_comment, lic_reading_texts(r),
					LIC_CHARSET_GUESS, text, len);
		if ((len & 1) && lic_cursor_left(&c))
			lic_cursor_skip(&c, 1);
	}
}

/* Returns the VP8X flag that announces this chunk, 0 if none does. */
static uint8_t metadata(struct lic_reading *r, const uint8_t *type, uint64_t off, uint32_t n)
{
	/* broken writers lower the letters, or end the type with NUL */
	bool exif = strncasecmp((const char *)type, "EXIF", 4) == 0;
	bool xmp = strncasecmp((const char *)type, "XMP", 3) == 0 && (type[3] == ' ' || !type[3]);
	bool c2pa = memcmp(type, "C2PA", 4) == 0;
	bool list = memcmp(type, "LIST", 4) == 0;
	struct lic_block b;

	if (!exif && !xmp && !c2pa && !list)
		return 0;
	if (!lic_reading_block(r, off, n, &b))
		return 0;
	if (list)
		info(r, b.p, b.n);
	else if (c2pa)
		lic_c2pa_read(r, b.p, b.n);
	else if (xmp)
		lic_xmp_read(r, "XMP", lic_reading_packet(r), b.p, b.n, NULL);
	else if (!lic_profile_read(r, b.p, b.n))
		lic_reading_damage(r, "EXIF without a TIFF header");
	lic_block_release(&b);
	return exif ? VP8X_EXIF : xmp ? VP8X_XMP : 0;
}

static void read_webp(struct lic_reading *r)
{
	const uint8_t *p = lic_input_peek(r->in, 4, 4);
	uint64_t end = p ? lic_load(p, 4, false) + 8 : 0, off = 12;
	uint8_t announced = 0, found = 0;

	/* some writers count a last padding byte that they do not write */
	if (end > r->in->size + 1)
		lic_reading_damage(r, "WebP that is cut off");
	/* what was appended behind the end that the header gives is read all the same */
	while ((p = lic_input_peek(r->in, off, 8))) {
		uint8_t type[4];
		uint32_t n = (uint32_t)lic_load(p + 4, 4, false);
		uint64_t next = off + 8 + n + (n & 1);

		memcpy(type, p, 4);
		if (off < end && next > r->in->size + 1)
			lic_reading_damage(r, "WebP chunk that is cut off");
		if (memcmp(type, "VP8X", 4) == 0 && n >= 1) {
			p = lic_input_peek(r->in, off + 8, 1);
			announced |= p ? *p : 0;
		}
		found |= metadata(r, type, off + 8, n);
		off = next;
	}
	if (announced & (VP8X_EXIF | VP8X_XMP) & ~found)
		lic_reading_damage(r, "WebP without the metadata that its header announces");
}

const struct lic_reader lic_reader_webp = { "webp", LIC_FORMAT_WEBP, bid, read_webp };
