/* SPDX-License-Identifier: Apache-2.0 */
/* PNG and APNG: text chunks, eXIf, XMP, and ImageMagick's raw profiles. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "fs/evidence/c2pa.h"
#include "fs/evidence/exif.h"
#include "fs/evidence/inflate.h"
#include "fs/evidence/irb.h"
#include "fs/evidence/reader.h"
#include "fs/evidence/xmp.h"
#include "fs/util/cursor.h"

#define SIGNATURE "\x89PNG\r\n\x1a\n"
#define SIGNATURE_LEN 8
#define KEYWORD_MAX 79
#define CHUNK_CHARGE 16
#define XMP_KEYWORD "XML:com.adobe.xmp"
#define PROFILE_KEYWORD "Raw profile type "

static int bid(const uint8_t *p, size_t n)
{
	return n >= SIGNATURE_LEN && memcmp(p, SIGNATURE, SIGNATURE_LEN) == 0 ? 100 : 0;
}

/* What a keyword's text is read as. */
enum content { CONTENT_NONE, CONTENT_FIELD, CONTENT_XMP, CONTENT_PROFILE };

static enum content content_of(const char *keyword, const struct lic_field **ret_field)
{
	static const char *const profiles[] = { "exif", "app1", "iptc", "8bim", "xmp" };
	const size_t prefix = sizeof(PROFILE_KEYWORD) - 1;

	*ret_field = lic_png_field(keyword);
	if (*ret_field)
		return CONTENT_FIELD;
	if (strcmp(keyword, XMP_KEYWORD) == 0)
		return CONTENT_XMP;
	if (strncasecmp(keyword, PROFILE_KEYWORD, prefix) != 0)
		return CONTENT_NONE;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(profiles); i++)
		if (strcasecmp(keyword + prefix, profiles[i]) == 0)
			return CONTENT_PROFILE;
	return CONTENT_NONE;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t skip_space(const uint8_t *p, size_t n, size_t i)
{
	while (i < n && isspace(p[i]))
		i++;
	return i;
}

/* ImageMagick: newline, name, newline, length in bytes, newline, and that many bytes in hex. */
static bool decode_profile(const uint8_t *p, size_t n, struct lic_buf *out)
{
	size_t i = skip_space(p, n, 0), want = 0;
	int high = -1;

	while (i < n && p[i] != '\n')
		i++;
	i = skip_space(p, n, i);
	if (i == n || !isdigit(p[i]))
		return false;
	for (; i < n && isdigit(p[i]) && want < n; i++)
		want = want * 10 + (size_t)(p[i] - '0');
	for (; i < n && out->len < want; i++) {
		int d = hex_digit(p[i]);

		if (d < 0) {
			if (!isspace(p[i]))
				return false;
		} else if (high < 0) {
			high = d;
		} else {
			lic_buf_addc(out, (char)(high << 4 | d));
			high = -1;
		}
	}
	return out->len == want && !lic_buf_failed(out);
}

static void profile(struct lic_reading *r, const uint8_t *p, size_t n)
{
	struct lic_buf bytes = LIC_BUF_INIT(r->limits->block_max);

	if (!decode_profile(p, n, &bytes))
		lic_reading_damage(r, "PNG profile that is not whole");
	else if (bytes.len && !lic_profile_read(r, (const uint8_t *)bytes.data, bytes.len))
		lic_reading_damage(r, "PNG profile that is not what it says");
	lic_buf_release(&bytes);
}

static void text(struct lic_reading *r, enum content content, const struct lic_field *f,
		 const uint8_t *p, size_t n)
{
	if (content == CONTENT_XMP)
		lic_xmp_read(r, "XMP", lic_reading_packet(r), p, n, NULL);
	else if (content == CONTENT_PROFILE)
		profile(r, p, n);
	else
		lic_reading_add(r, "PNG", f, lic_reading_texts(r), LIC_CHARSET_GUESS, p, n);
}

/* What does not come out whole costs what it might have been: it was inflated all the same, and
 * nothing may be again and again for nothing. */
static int inflate_charged(struct lic_reading *r, const uint8_t *p, size_t n, struct lic_buf *out)
{
	int e;

	if (!r->budget)
		return -ENOBUFS;
	e = lic_inflate(p, n, out);
	if (!lic_reading_charge(r, e < 0 ? out->max : out->len)) {
		r->budget = 0;
		return -ENOBUFS;
	}
	return e;
}

static void compressed_text(struct lic_reading *r, enum content content, const struct lic_field *f,
			    const uint8_t *p, size_t n)
{
	size_t max = content == CONTENT_FIELD ? r->limits->value_max : r->limits->block_max;
	struct lic_buf out = LIC_BUF_INIT(max);
	int e = inflate_charged(r, p, n, &out);

	if (e == -E2BIG && content == CONTENT_FIELD)
		lic_reading_cut(r, f);
	else if (e < 0)
		lic_reading_damage(r, "PNG text that cannot be decompressed within the limits");
	if (e == 0 || e == -E2BIG)
		text(r, content, f, (const uint8_t *)lic_buf_str(&out), out.len);
	lic_buf_release(&out);
}

/* PNG 3rd edition 11.3.3: keyword NUL, then by type: tEXt text; zTXt method and stream; iTXt flag,
 * method, language NUL, translated keyword NUL, and text or stream. */
static void text_chunk(struct lic_reading *r, uint32_t type, const uint8_t *p, size_t n)
{
	const uint8_t *nul = memchr(p, 0, n < KEYWORD_MAX + 1 ? n : KEYWORD_MAX + 1);
	bool compressed = type == 'z';
	const struct lic_field *f;
	enum content content;
	struct lic_cursor c;

	content = nul ? content_of((const char *)p, &f) : CONTENT_NONE;
	if (content == CONTENT_NONE)
		return;
	c = lic_cursor_of(p, n, true);
	lic_cursor_skip(&c, (size_t)(nul - p) + 1);
	if (type == 'z') {
		lic_cursor_skip(&c, 1);
	} else if (type == 'i') {
		compressed = lic_cursor_u8(&c) != 0;
		lic_cursor_skip(&c, 1);
		for (int i = 0; i < 2 && !c.bad; i++) {
			nul = memchr(c.p + c.at, 0, lic_cursor_left(&c));
			lic_cursor_skip(&c, nul ? (size_t)(nul - c.p) - c.at + 1 : SIZE_MAX);
		}
	}
	if (c.bad)
		lic_reading_damage(r, "PNG text that is cut off");
	else if (compressed)
		compressed_text(r, content, f, c.p + c.at, lic_cursor_left(&c));
	else
		text(r, content, f, c.p + c.at, lic_cursor_left(&c));
}

/* Programs keep megabytes of their own in text chunks: what is to be had of a large one? */
static enum content large_content(struct lic_reading *r, uint64_t off, uint32_t n, bool *ret_head)
{
	size_t k = n < KEYWORD_MAX + 6 ? n : KEYWORD_MAX + 6;
	const uint8_t *p = lic_input_peek(r->in, off, k);
	const uint8_t *nul = p && k > 4 ? memchr(p + 4, 0, k - 4) : NULL;
	const struct lic_field *f;
	enum content content;

	*ret_head = false;
	if (!nul)
		return CONTENT_FIELD; /* let it be found out */
	content = content_of((const char *)p + 4, &f);
	/* the head is enough of a fact, and of what is larger than any block */
	if (content == CONTENT_FIELD && !lic_field_must_be_whole(f) &&
	    (f->role == LIC_ROLE_ORIGIN || n > r->limits->block_max))
		*ret_head = *p == 't' || (*p == 'i' && nul + 1 < p + k && !nul[1]);
	return content;
}

static void large_text(struct lic_reading *r, uint64_t off)
{
	size_t n = r->limits->value_max;
	struct lic_block b;

	if (!lic_reading_block(r, off, n, &b))
		return;
	text_chunk(r, b.p[0], b.p + 4, n - 4);
	lic_block_release(&b);
}

/* zxIf, a draft that some program wrote: a zero, the length, and a zlib stream. */
static void compressed_exif(struct lic_reading *r, const uint8_t *p, size_t n)
{
	struct lic_buf out = LIC_BUF_INIT(r->limits->block_max);
	const size_t header = 5;

	if (n < header || inflate_charged(r, p + header, n - header, &out) < 0)
		lic_reading_damage(r, "PNG EXIF that cannot be decompressed within the limits");
	else
		lic_exif_read(r, (const uint8_t *)lic_buf_str(&out), out.len);
	lic_buf_release(&out);
}

/* `off` is that of the type; the checksum covers type and data. */
static void metadata_chunk(struct lic_reading *r, uint64_t off, uint32_t n, bool is_text)
{
	struct lic_block b;
	bool head;

	if (is_text && n > r->limits->value_max) {
		if (large_content(r, off, n, &head) == CONTENT_NONE)
			return;
		if (head) {
			large_text(r, off);
			return;
		}
	}
	if (!lic_reading_block(r, off, (uint64_t)n + 8, &b))
		return;
	if (lic_crc32(b.p, (size_t)n + 4) != lic_load(b.p + 4 + n, 4, true))
		lic_reading_damage(r, "PNG metadata with a wrong checksum");
	if (is_text)
		text_chunk(r, b.p[0], b.p + 4, n);
	else if (b.p[0] == 'c')
		lic_c2pa_read(r, b.p + 4, n);
	else if (n && !b.p[4])
		compressed_exif(r, b.p + 4, n);
	else
		lic_exif_read(r, b.p + 4, n);
	lic_block_release(&b);
}

static bool is_text(const uint8_t *type)
{
	return memcmp(type, "tEXt", 4) == 0 || memcmp(type, "zTXt", 4) == 0 ||
	       memcmp(type, "iTXt", 4) == 0;
}

static bool is_block(const uint8_t *type)
{
	static const char types[][5] = { "eXIf", "zxIf", "zXIf", "caBX" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(types); i++)
		if (memcmp(type, types[i], 4) == 0)
			return true;
	return false;
}

/* Chunks behind the last one, which some tools show: they may restrict, and grant nothing. */
static void read_behind(struct lic_reading *r, uint64_t off)
{
	const uint8_t *p;

	r->is_aside = true;
	while ((p = lic_input_peek(r->in, off, 8)) && lic_reading_charge(r, CHUNK_CHARGE)) {
		uint32_t n = (uint32_t)lic_load(p, 4, true);

		if ((!is_text(p + 4) && !is_block(p + 4)) || off + 12 + n > r->in->size)
			break;
		metadata_chunk(r, off + 4, n, is_text(p + 4));
		off += 12 + (uint64_t)n;
	}
	r->is_aside = false;
}

static void read_png(struct lic_reading *r)
{
	uint64_t off = SIGNATURE_LEN;

	for (;;) {
		const uint8_t *p = lic_input_peek(r->in, off, 8);
		uint32_t n;

		if (!p) {
			lic_reading_damage(r, "PNG that ends before its last chunk");
			return;
		}
		n = (uint32_t)lic_load(p, 4, true);
		if (memcmp(p + 4, "IEND", 4) == 0) {
			read_behind(r, off + 12 + n);
			return;
		}
		if (n > INT32_MAX) {
			lic_reading_damage(r, "PNG chunk with an impossible length");
			return;
		}
		if (is_text(p + 4))
			metadata_chunk(r, off + 4, n, true);
		else if (is_block(p + 4))
			metadata_chunk(r, off + 4, n, false);
		off += 12 + (uint64_t)n;
	}
}

const struct lic_reader lic_reader_png = { "png", LIC_FORMAT_PNG, bid, read_png };
