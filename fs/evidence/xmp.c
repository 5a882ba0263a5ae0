/* SPDX-License-Identifier: Apache-2.0 */
/* Makes clean UTF-8 of a packet and reads its RDF. */
#include <string.h>

#include "fs/evidence/rdf.h"
#include "fs/evidence/xml.h"
#include "fs/evidence/xmp.h"

/* Bytes that XML forbids, and bytes that ask for a look at the encoding. */
enum { PLAIN = 0, HIGH = 1, FORBIDDEN = 2 };

static uint8_t classify_byte(uint8_t c)
{
	if (c >= 0x80)
		return HIGH;
	return c < 0x20 && c != '\t' && c != '\n' && c != '\r' ? FORBIDDEN : PLAIN;
}

static uint8_t classify(const uint8_t *p, size_t n)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
	uint8_t seen = PLAIN;
	size_t i = 0;

	while (i < n) {
		size_t end = n - i < 8 ? n : i + 8;
		uint64_t word;

		if (end - i == 8) {
			/* no byte of 0x80 and over, and none under 0x20 */
			memcpy(&word, p + i, 8);
			if (!((word | (word - ones * 0x20)) & high)) {
				i = end;
				continue;
			}
		}
		for (; i < end; i++)
			seen |= classify_byte(p[i]);
	}
	return seen;
}

/* Writers put Windows-1252 into packets and NULs behind them: each bad byte is mended by itself, so
 * that the rest can be read. */
static void mend(struct lic_buf *out, const uint8_t *p, size_t n)
{
	while (n) {
		uint32_t cp;
		size_t k = lic_utf8_decode(p, n, &cp);

		if (!k)
			lic_utf8_encode(out, p[0] < 0xa0 ? lic_cp1252[p[0] - 0x80] : p[0]);
		else if (cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r')
			lic_buf_addc(out, ' ');
		else
			lic_buf_add(out, p, k);
		p += k ? k : 1;
		n -= k ? k : 1;
	}
}

static bool is_blank(uint8_t c)
{
	return c == 0 || c == ' ' || (c >= '\t' && c <= '\r');
}

/* The encoding of a packet: by byte order mark, else by the zeros around its first '<'. */
static enum lic_charset encoding_of(const uint8_t *p, size_t n)
{
	size_t i = 0;

	if (n >= 2 && (p[0] >= 0xfe || (n >= 4 && !p[0] && p[2] == 0xfe)))
		return lic_charset_wide(p, n);
	while (i < n && is_blank(p[i]))
		i++;
	if (n - i < 4 || p[i] != '<')
		return LIC_CHARSET_GUESS;
	if (i % 4 == 0 && !p[i + 1] && !p[i + 2] && !p[i + 3])
		return LIC_CHARSET_UTF32LE;
	if (i % 4 == 3 && !p[i - 1] && !p[i - 2] && !p[i - 3] && !p[i + 1])
		return LIC_CHARSET_UTF32BE;
	if (p[i + 1])
		return LIC_CHARSET_GUESS;
	return i % 2 ? LIC_CHARSET_UTF16BE : LIC_CHARSET_UTF16LE;
}

static bool transcode(struct lic_buf *out, const uint8_t *p, size_t n)
{
	enum lic_charset charset = encoding_of(p, n);

	if (charset == LIC_CHARSET_GUESS)
		return false;
	lic_decode(out, charset, p, n);
	return true;
}

static void trim(const uint8_t **p, size_t *n)
{
	/* kilobytes of spaces are left for edits in place */
	while (*n && is_blank((*p)[*n - 1]))
		*n -= *n > 8 && memcmp(*p + *n - 9, "        ", 8) == 0 ? 9 : 1;
	while (*n && is_blank(**p)) {
		(*p)++;
		(*n)--;
	}
}

/* Cuts the closing <?xpacket end="w"?> and the padding before it, which is most of many packets. */
static void cut_trailer(const uint8_t **p, size_t *n)
{
	static const char end[] = "<?xpacket end";
	const size_t reach = 64;
	size_t from = *n > reach ? *n - reach : 0;
	const uint8_t *at = memmem(*p + from, *n - from, end, sizeof(end) - 1);

	if (!at)
		return;
	*n = (size_t)(at - *p);
	trim(p, n);
}

static bool has(const char *p, size_t n, const char *word)
{
	return memmem(p, n, word, strlen(word)) != NULL;
}

/* RDF that was not read: behind the root element, or without the rdf:RDF of this namespace around
 * it. Tools that only look for its names show it. */
static bool is_left(const struct lic_rdf *rdf, const char *p, size_t n)
{
	if (rdf->seen)
		return rdf->end < n && has(p + rdf->end, n - rdf->end, "rdf-syntax-ns");
	return has(p, n, "Description") || has(p, n, "description");
}

static void read_document(struct lic_reading *r, const char *source, uint32_t packet, const char *p,
			  size_t n, struct lic_xmp_notes *notes)
{
	struct lic_rdf rdf;
	const char *damage;
	bool clean;

	if (!lic_rdf_init(&rdf, r, source, packet)) {
		lic_reading_damage(r, "out of memory while reading XMP");
		return;
	}
	damage = lic_xml_read(p, n, &lic_rdf_handler, &rdf, &clean);
	if (damage)
		lic_reading_damage(r, damage);
	else if (rdf.n || !rdf.clean || (!rdf.seen && !clean))
		lic_reading_damage(r, "XMP that is not well-formed");
	else if (is_left(&rdf, p, n))
		lic_reading_damage(r, "XMP with statements outside of its RDF");
	if (notes) {
		notes->is_xmp = rdf.seen || has(p, n, "adobe:ns:meta/") ||
				has(p, n, "rdf-syntax-ns#") || has(p, n, "<?xpacket begin");
		memcpy(notes->guid, rdf.guid, sizeof(notes->guid));
		memcpy(notes->extension, rdf.extension, sizeof(notes->extension));
	}
	lic_rdf_release(&rdf);
}

void lic_xmp_read(struct lic_reading *r, const char *source, uint32_t packet, const uint8_t *p,
		  size_t n, struct lic_xmp_notes *ret_notes)
{
	struct lic_buf utf8 = LIC_BUF_INIT(r->limits->block_max * 2 + 16);
	uint8_t seen;

	if (ret_notes)
		*ret_notes = (struct lic_xmp_notes){ 0 };
	if (transcode(&utf8, p, n)) {
		p = (const uint8_t *)lic_buf_str(&utf8);
		n = utf8.len;
	} else if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p += 3;
		n -= 3;
	}
	trim(&p, &n);
	cut_trailer(&p, &n);
	seen = classify(p, n);
	if ((seen & FORBIDDEN) || ((seen & HIGH) && !lic_utf8_valid(p, n))) {
		struct lic_buf mended = LIC_BUF_INIT(utf8.max);

		mend(&mended, p, n);
		lic_buf_release(&utf8);
		utf8 = mended;
		p = (const uint8_t *)lic_buf_str(&utf8);
		n = utf8.len;
	}
	if (lic_buf_failed(&utf8))
		lic_reading_damage(r, "XMP larger than the limits allow");
	else if (n)
		read_document(r, source, packet, (const char *)p, n, ret_notes);
	lic_buf_release(&utf8);
}
