/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG: the marker segments before the first scan (ITU-T T.81 annex B, and what APPn carry). */
#include <string.h>
#include <strings.h>

#include "fs/evidence/exif.h"
#include "fs/evidence/irb.h"
#include "fs/evidence/jpeg.h"
#include "fs/evidence/jumbf.h"
#include "fs/evidence/mpf.h"
#include "fs/evidence/reader.h"
#include "fs/evidence/trailer.h"
#include "fs/evidence/xmp.h"
#include "fs/util/cursor.h"

enum marker {
	MARKER_TEM = 0x01,
	MARKER_RST0 = 0xd0,
	MARKER_SOI = 0xd8,
	MARKER_EOI = 0xd9,
	MARKER_SOS = 0xda,
	MARKER_APP1 = 0xe1,
	MARKER_APP2 = 0xe2,
	MARKER_APP10 = 0xea,
	MARKER_APP11 = 0xeb,
	MARKER_APP12 = 0xec,
	MARKER_APP13 = 0xed,
	MARKER_COM = 0xfe,
};

#define EXIF "Exif"
#define PHOTOSHOP3 "Photoshop 3.0"
#define PHOTOSHOP25 "Adobe_Photoshop2.5"
#define PHOTOSHOP25_LEN 27
#define DUCKY "Ducky"
#define UNICODE "UNICODE"

/* EXIF, Photoshop and JUMBF blocks may continue in the next segment of their kind, so they are
 * joined and read at the end. */
struct jpeg {
	struct lic_reading *r;
	uint64_t end; /* of the JPEG in the file */
	struct lic_buf exif;
	struct lic_buf irb;
	size_t irb_whole; /* of it, bytes that end with a resource */
	struct lic_jumbf_segments jumbf;
	struct lic_xmp_extensions extensions;
	char guid[33];
	uint32_t xmp_packet; /* of the last that announces an extension, which is `guid` */
	struct lic_buf mpf;
	uint64_t mpf_at;
};

bool lic_jpeg_magic(const uint8_t *p, size_t n)
{
	return n >= 3 && p[0] == 0xff && p[1] == MARKER_SOI && p[2] == 0xff;
}

static int bid(const uint8_t *p, size_t n)
{
	return lic_jpeg_magic(p, n) ? 100 : 0;
}

static void flush_exif(struct jpeg *j)
{
	if (lic_buf_failed(&j->exif))
		lic_reading_damage(j->r, "EXIF larger than the limits allow");
	else if (j->exif.len)
		lic_exif_read(j->r, (const uint8_t *)j->exif.data, j->exif.len);
	lic_buf_reset(&j->exif);
}

/* Where the TIFF header follows: behind "Exif" and two bytes, in any letter case, and behind up to
 * four bytes of garbage; 0 where this is no EXIF (ExifTool 13.59 on cameras that write so). */
static size_t exif_header(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i <= 4 && i + sizeof(EXIF) <= n; i++)
		if (strncasecmp((const char *)p + i, EXIF, sizeof(EXIF) - 1) == 0 &&
		    p[i + sizeof(EXIF) - 1] == 0)
			return i + sizeof(EXIF) + 1;
	return 0;
}

static void exif_segment(struct jpeg *j, const uint8_t *p, size_t n, size_t header)
{
	if (n < header) {
		lic_reading_damage(j->r, "EXIF segment without its header");
		return;
	}
	p += header;
	n -= header;
	if (!j->exif.len || lic_tiff_magic(p, n))
		flush_exif(j);
	lic_buf_add(&j->exif, p, n);
}

static void xmp_segment(struct jpeg *j, const uint8_t *p, size_t n)
{
	uint32_t packet = lic_reading_packet(j->r);
	struct lic_xmp_notes notes;

	if (n && !*p) {
		p++;
		n--;
	}
	lic_xmp_read(j->r, "XMP", packet, p, n, &notes);
	if (!notes.guid[0])
		return;
	memcpy(j->guid, notes.guid, sizeof(j->guid));
	j->xmp_packet = packet;
}

/* XMP behind a header of some writer's own. */
static void strange_segment(struct jpeg *j, const uint8_t *p, size_t n)
{
	static const char *const marks[] = { "<?xpacket", "<x:xmpmeta", "<rdf:RDF" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(marks); i++) {
		const uint8_t *at = memmem(p, n, marks[i], strlen(marks[i]));

		if (!at)
			continue;
		xmp_segment(j, at, n - (size_t)(at - p));
		return;
	}
}

static void app1(struct jpeg *j, const uint8_t *p, size_t n)
{
	struct lic_cursor c = lic_cursor_of(p, n, true);
	size_t header = exif_header(p, n);

	if (header)
		exif_segment(j, p, n, header);
	else if (lic_cursor_match(&c, LIC_XMP_EXTENSION_SIGNATURE,
				  sizeof(LIC_XMP_EXTENSION_SIGNATURE)))
		lic_xmp_extension_add(j->r, &j->extensions, c.p + c.at, lic_cursor_left(&c));
	else if (lic_cursor_match(&c, LIC_XMP_SIGNATURE, sizeof(LIC_XMP_SIGNATURE) - 1))
		xmp_segment(j, c.p + c.at, lic_cursor_left(&c));
	else
		strange_segment(j, p, n);
}

/* The index of later images; offsets in it count from where it begins. */
static bool is_mpf(struct jpeg *j, uint64_t off, size_t n)
{
	const size_t len = sizeof(LIC_MPF_SIGNATURE);
	const uint8_t *p = n > len && !j->mpf.len ? lic_input_peek(j->r->in, off, len) : NULL;

	return p && memcmp(p, LIC_MPF_SIGNATURE, len) == 0;
}

static void app2(struct jpeg *j, const uint8_t *p, size_t n, uint64_t off)
{
	const size_t len = sizeof(LIC_MPF_SIGNATURE);

	lic_buf_add(&j->mpf, p + len, n - len);
	j->mpf_at = off + len;
}

/* ArcSoft PhotoStudio: a comment in UTF-16. */
static void app10(struct jpeg *j, const uint8_t *p, size_t n)
{
	struct lic_cursor c = lic_cursor_of(p, n, true);

	if (lic_cursor_match(&c, UNICODE, sizeof(UNICODE)))
		lic_reading_add(j->r, "JPEG", &lic_field_jpeg_comment, lic_reading_texts(j->r),
				LIC_CHARSET_UTF16BE, c.p + c.at, lic_cursor_left(&c));
}

static void flush_irb(struct jpeg *j)
{
	if (lic_buf_failed(&j->irb))
		lic_reading_damage(j->r, "Photoshop block larger than the limits allow");
	else if (j->irb.len)
		lic_irb_read(j->r, (const uint8_t *)j->irb.data, j->irb.len);
	lic_buf_reset(&j->irb);
	j->irb_whole = 0;
}

/* A list of resources goes on in the next segment of its kind, in the middle of a resource if need
 * be. One that ended where a resource ends may be another's, or lack its padding. */
static void app13(struct jpeg *j, const uint8_t *p, size_t n)
{
	struct lic_cursor c = lic_cursor_of(p, n, true);

	if (lic_cursor_match(&c, PHOTOSHOP25, sizeof(PHOTOSHOP25) - 1)) {
		c.at = 0;
		lic_cursor_skip(&c, PHOTOSHOP25_LEN);
	} else if (!lic_cursor_match(&c, PHOTOSHOP3, sizeof(PHOTOSHOP3))) {
		return;
	}
	if (j->irb_whole == j->irb.len && lic_irb_magic(c.p + c.at, lic_cursor_left(&c)))
		flush_irb(j);
	lic_buf_add(&j->irb, c.p + c.at, lic_cursor_left(&c));
	j->irb_whole =
		lic_irb_whole((const uint8_t *)lic_buf_str(&j->irb), j->irb.len, j->irb_whole);
}

/* Photoshop's Save for Web: blocks of u16 type and u16 length; 2 comment, 3 copyright, each a u32
 * count of characters and UTF-16BE. */
static void app12(struct jpeg *j, const uint8_t *p, size_t n)
{
	struct lic_cursor c = lic_cursor_of(p, n, true);
	uint32_t packet;

	if (!lic_cursor_match(&c, DUCKY, sizeof(DUCKY) - 1))
		return;
	packet = lic_reading_packet(j->r);
	while (lic_cursor_left(&c)) {
		unsigned type = lic_cursor_u16(&c);
		size_t len = type && !c.bad ? lic_cursor_u16(&c) : 0;
		const uint8_t *data = lic_cursor_take(&c, len);

		if (!type && !c.bad)
			return;
		if (!data || ((type == 2 || type == 3) && len < 4)) {
			lic_reading_damage(j->r, "Ducky segment that is cut off");
			return;
		}
		if (type == 2 || type == 3)
			lic_reading_add(j->r, "Ducky",
					type == 2 ? &lic_field_ducky_comment
						  : &lic_field_ducky_copyright,
					packet, LIC_CHARSET_UTF16BE, data + 4, len - 4);
	}
}

static bool is_metadata(unsigned marker)
{
	return marker == MARKER_APP1 || marker == MARKER_APP2 ||
	       (marker >= MARKER_APP10 && marker <= MARKER_APP13) || marker == MARKER_COM;
}

static void segment(struct jpeg *j, unsigned marker, uint64_t off, size_t n)
{
	struct lic_block b;

	if (!is_metadata(marker) || (marker == MARKER_APP2 && !is_mpf(j, off, n)) ||
	    !lic_reading_block(j->r, off, n, &b))
		return;
	switch (marker) {
	case MARKER_APP1:
		app1(j, b.p, b.n);
		break;
	case MARKER_APP2:
		app2(j, b.p, b.n, off);
		break;
	case MARKER_APP10:
		app10(j, b.p, b.n);
		break;
	case MARKER_APP11:
		lic_jumbf_segment_add(j->r, &j->jumbf, b.p, b.n);
		break;
	case MARKER_APP12:
		app12(j, b.p, b.n);
		break;
	case MARKER_APP13:
		app13(j, b.p, b.n);
		break;
	default:
		lic_reading_add(j->r, "JPEG", &lic_field_jpeg_comment, lic_reading_texts(j->r),
				LIC_CHARSET_GUESS, b.p, b.n);
	}
	lic_block_release(&b);
}

/* The next marker at or behind `*off`, which moves behind it; 0 at the end of the file. */
static unsigned next_marker(struct jpeg *j, uint64_t *off)
{
	const uint8_t *p;
	bool first = true;

	for (; *off + 2 <= j->end && (p = lic_input_peek(j->r->in, *off, 2)); (*off)++) {
		if (!lic_reading_charge(j->r, 1))
			return 0;
		if (p[0] == 0xff && p[1] != 0xff && p[1] != 0) {
			*off += 2;
			return p[1];
		}
		/* decoders skip what stands between segments; a wrong length may have put it there,
		 * and then a segment was not read */
		if (first && p[0] != 0xff)
			lic_reading_damage(j->r, "JPEG with bytes between its segments");
		first = false;
	}
	return 0;
}

static void walk(struct jpeg *j, uint64_t off)
{
	for (;;) {
		unsigned marker = next_marker(j, &off);
		const uint8_t *p;
		size_t n;

		if (marker == MARKER_SOS || marker == MARKER_EOI)
			return;
		if (marker == MARKER_TEM || (marker >= MARKER_RST0 && marker <= MARKER_SOI))
			continue;
		p = marker ? lic_input_peek(j->r->in, off, 2) : NULL;
		n = p ? (size_t)lic_load(p, 2, true) : 0;
		if (n < 2 || off > j->end || n > j->end - off) {
			lic_reading_damage(j->r, "JPEG that ends before its picture begins");
			return;
		}
		segment(j, marker, off + 2, n - 2);
		off += n;
	}
}

/* A later image of the same file. */
static void read_aside(struct lic_reading *r, uint64_t off, uint64_t n)
{
	const char *source = r->source;
	uint32_t texts = r->texts;

	r->is_aside = true;
	r->source = "later image";
	r->texts = 0;
	lic_jpeg_read_at(r, off, n);
	r->is_aside = false;
	r->source = source;
	r->texts = texts;
}

void lic_jpeg_read_at(struct lic_reading *r, uint64_t off, uint64_t n)
{
	const uint8_t *p = lic_input_peek(r->in, off, 3);
	struct jpeg j = { .r = r };

	if (!p || n < 3 || n > r->in->size - off || !lic_jpeg_magic(p, 3)) {
		lic_reading_damage(r, "JPEG that is cut off or none");
		return;
	}
	j.end = off + n;
	j.mpf = (struct lic_buf)LIC_BUF_INIT(r->limits->block_max);
	j.exif = (struct lic_buf)LIC_BUF_INIT(r->limits->block_max);
	j.irb = (struct lic_buf)LIC_BUF_INIT(r->limits->block_max);
	walk(&j, off + 2);
	flush_exif(&j);
	flush_irb(&j);
	lic_jumbf_segments_read(r, &j.jumbf);
	lic_xmp_extensions_read(r, &j.extensions, "XMP", j.xmp_packet, j.guid);
	if (j.mpf.len && !r->is_aside)
		lic_mpf_read(r, (const uint8_t *)j.mpf.data, j.mpf.len, j.mpf_at, read_aside);
	lic_buf_release(&j.exif);
	lic_buf_release(&j.irb);
	lic_buf_release(&j.mpf);
}

static void read_jpeg(struct lic_reading *r)
{
	lic_jpeg_read_at(r, 0, r->in->size);
	lic_trailers_read(r);
}

const struct lic_reader lic_reader_jpeg = { "jpeg", LIC_FORMAT_JPEG, bid, read_jpeg };
