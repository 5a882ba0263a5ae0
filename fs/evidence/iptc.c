/* SPDX-License-Identifier: Apache-2.0 */
/* The one door to libiptcdata. */
#include <limits.h>
#include <string.h>

#include <libiptcdata/iptc-data.h>

#include "fs/evidence/iptc.h"
#include "fs/util/cursor.h"

#define TAG_MARKER 0x1c
#define RECORD_ENVELOPE 1
#define RECORD_APPLICATION 2
#define TAG_CHARACTER_SET 90
#define HEAD 5		 /* bytes before a data set in the short form */
#define PLAIN_MAX 16384u /* bytes of data sets that libiptcdata need not be asked about */

/* IIM 4.2 1.6: marker, record, data set, length; bit 15 of it means that the low bits give the
 * number of bytes of the real length. */
static const uint8_t *data_set(struct lic_cursor *c, unsigned *ret_record, unsigned *ret_tag,
			       size_t *ret_n)
{
	uint64_t n;

	lic_cursor_skip(c, 1);
	*ret_record = lic_cursor_u8(c);
	*ret_tag = lic_cursor_u8(c);
	n = lic_cursor_u16(c);
	if (n & 0x8000)
		n = (n & 0x7fff) <= 4 ? lic_cursor_uint(c, n & 0x7fff) : UINT64_MAX;
	if (c->bad || n > SIZE_MAX) {
		c->bad = true;
		return NULL;
	}
	*ret_n = (size_t)n;
	return lic_cursor_take(c, (size_t)n);
}

/* IIM 4.2 1:90 (ISO 2022): what ESC - . or / and a letter designate as a set of 96 characters.
 * UTF-8 is recognised by itself, and is in practice what most writers mean whatever they say. */
static void character_set(const uint8_t *p, size_t n, enum lic_charset *ret)
{
	static const char finals[] = "ABCDLGFHMVT Y_bf"; /* ISO 8859-1 to -16 */

	for (size_t i = 0; i + 2 < n; i++) {
		const char *part = NULL;

		if (p[i] == 0x1b && p[i + 1] >= '-' && p[i + 1] <= '/' && p[i + 2] > ' ')
			part = strchr(finals, p[i + 2]);
		else if (p[i] == 0x1b && p[i + 1] == '$')
			*ret = LIC_CHARSET_JIS;
		if (part && *part && part > finals)
			*ret = LIC_CHARSET_8859 + 1 + (int)(part - finals);
	}
}

/* Copies the data sets that are asked for, in the short form: libiptcdata stops without a word at
 * what it cannot read, so that is found out here. */
static void collect(struct lic_reading *r, struct lic_cursor *c, struct lic_buf *out,
		    enum lic_charset *ret_charset)
{
	while (lic_cursor_left(c) && c->p[c->at] == TAG_MARKER) {
		unsigned record, tag;
		size_t n;
		const uint8_t *p = data_set(c, &record, &tag, &n);
		const struct lic_field *f;
		uint8_t head[HEAD] = { TAG_MARKER, RECORD_APPLICATION };

		if (!p)
			break;
		if (record == RECORD_ENVELOPE && tag == TAG_CHARACTER_SET)
			character_set(p, n, ret_charset);
		f = record == RECORD_APPLICATION && n ? lic_iim_field(tag) : NULL;
		if (!f)
			continue;
		if (n > 0x7fff) {
			lic_reading_cut(r, f);
			n = 0x7fff;
		}
		head[2] = (uint8_t)tag;
		head[3] = (uint8_t)(n >> 8);
		head[4] = (uint8_t)n;
		lic_buf_add(out, head, sizeof(head));
		lic_buf_add(out, p, n);
	}
	if (c->bad)
		lic_reading_damage(r, "an IPTC data set runs past the end of its block");
	while (lic_cursor_left(c))
		if (lic_cursor_u8(c) != 0) {
			lic_reading_damage(r, "IPTC with bytes that are no data set");
			break;
		}
}

static void decode(struct lic_reading *r, enum lic_charset charset, const struct lic_buf *block)
{
	uint32_t packet = lic_reading_packet(r);
	IptcData *d = iptc_data_new();

	if (!d || block->len > UINT_MAX ||
	    iptc_data_load(d, (const unsigned char *)block->data, (unsigned)block->len) < 0)
		lic_reading_damage(r, "IPTC that cannot be read");
	for (unsigned i = 0; d && i < d->count; i++) {
		const IptcDataSet *s = d->datasets[i];
		const struct lic_field *f = lic_iim_field((unsigned)s->tag);

		if (f && s->data && s->size)
			lic_reading_add(r, "IPTC", f, packet, charset, s->data, s->size);
	}
	if (d)
		iptc_data_unref(d);
}

/* libiptcdata takes such data sets apart as collect() has put them together: it need not be asked
 * (decisions/0027). */
static void decode_plain(struct lic_reading *r, enum lic_charset charset,
			 const struct lic_buf *block)
{
	const uint8_t *p = (const uint8_t *)block->data, *end = p + block->len;
	uint32_t packet = lic_reading_packet(r);

	while (end - p >= HEAD) {
		size_t n = (size_t)p[3] << 8 | p[4];

		if (n > (size_t)(end - p) - HEAD)
			break; /* cannot be */
		lic_reading_add(r, "IPTC", lic_iim_field(p[2]), packet, charset, p + HEAD, n);
		p += HEAD + n;
	}
}

static void read_block(struct lic_reading *r, const uint8_t *p, size_t n, bool any)
{
	struct lic_cursor c = lic_cursor_of(p, n, true);
	struct lic_buf block = LIC_BUF_INIT(r->limits->block_max * 2);
	enum lic_charset charset = LIC_CHARSET_GUESS;

	collect(r, &c, &block, &charset);
	if (lic_buf_failed(&block))
		lic_reading_damage(r, "IPTC larger than the limits allow");
	else if (block.len && block.len <= PLAIN_MAX && !any)
		decode_plain(r, charset, &block);
	else if (block.len)
		decode(r, charset, &block);
	lic_buf_release(&block);
}

void lic_iptc_read(struct lic_reading *r, const uint8_t *p, size_t n)
{
	read_block(r, p, n, false);
}

void lic_iptc_read_any(struct lic_reading *r, const uint8_t *p, size_t n)
{
	read_block(r, p, n, true);
}
