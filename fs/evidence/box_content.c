/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes of metadata, by type and by UUID. */
#include <string.h>

#include "fs/evidence/box.h"
#include "fs/evidence/brotli.h"
#include "fs/evidence/c2pa.h"
#include "fs/evidence/exif.h"
#include "fs/evidence/iptc.h"
#include "fs/evidence/irb.h"
#include "fs/evidence/xmp.h"
#include "fs/util/cursor.h"

#define UUID_LEN 16
#define JUMB LIC_FOURCC('j', 'u', 'm', 'b')
#define BROB LIC_FOURCC('b', 'r', 'o', 'b')

static bool only_zeros(const uint8_t *p, size_t n)
{
	return n && !p[0] && memcmp(p, p + 1, n - 1) == 0;
}

static bool is_exif(const uint8_t *p, size_t n)
{
	return n && (lic_tiff_magic(p, n) || (n >= 6 && memcmp(p, "Exif\0", 5) == 0));
}

void lic_box_xmp(struct lic_reading *r, const uint8_t *p, size_t n)
{
	/* what a crash left of the file, and not an empty packet */
	if (only_zeros(p, n))
		lic_reading_damage(r, "XMP of nothing but zeros");
	/* converters mistake the one for the other */
	else if (is_exif(p, n))
		lic_exif_read(r, p, n);
	else if (n)
		lic_xmp_read(r, "XMP", lic_reading_packet(r), p, n, NULL);
}

void lic_box_exif(struct lic_reading *r, const uint8_t *p, size_t n)
{
	uint64_t skip;

	if (!n)
		return;
	if (is_exif(p, n)) {
		lic_exif_read(r, p, n);
		return;
	}
	skip = n >= 4 ? lic_load(p, 4, true) + 4 : UINT64_MAX;
	if (skip > n)
		lic_reading_damage(r, "EXIF whose offset leads out of it");
	else
		lic_exif_read(r, p + skip, n - (size_t)skip);
}

static bool has(const uint8_t *p, size_t n, const char *s, size_t len)
{
	return n && memmem(p, n, s, len) != NULL;
}

/* The name of the root of all RDF, in 8, 16 or 32 bits a character. */
static bool has_rdf(const uint8_t *p, size_t n)
{
	return has(p, n, "RDF", 3) || has(p, n, "rdf", 3) || has(p, n, "R\0D\0F", 5) ||
	       has(p, n, "R\0\0\0D\0\0\0F", 9);
}

void lic_box_xml(struct lic_reading *r, const uint8_t *p, size_t n)
{
	if (has_rdf(p, n) || only_zeros(p, n))
		lic_box_xmp(r, p, n);
}

/* ISO/IEC 15444-1 I.6: made for rights. XML of another kind there may state anything. */
static void rights_box(struct lic_reading *r, const uint8_t *p, size_t n)
{
	if (has_rdf(p, n))
		lic_box_xmp(r, p, n);
	else if (n)
		lic_reading_damage(r, "a box of intellectual property rights that is no XMP");
}

static bool is_jumbf(const uint8_t *p, size_t n)
{
	return n >= 8 && lic_load(p + 4, 4, true) == JUMB;
}

/* C2PA 2.1 A.5: version and flags, purpose NUL, the offset of the first "merkle" box, JUMBF. */
static void c2pa_box(struct lic_reading *r, const uint8_t *p, size_t n)
{
	const uint8_t *nul = n > 4 ? memchr(p + 4, 0, n - 4) : NULL;
	const uint8_t *end = p + n;

	if (!nul) {
		lic_reading_damage(r, "a C2PA box that is cut off");
		return;
	}
	/* hashes of pieces of the file */
	if (strcmp((const char *)p + 4, "merkle") == 0)
		return;
	p = nul + 1;
	if ((size_t)(end - p) >= 8 && is_jumbf(p + 8, (size_t)(end - p) - 8))
		p += 8;
	if (is_jumbf(p, (size_t)(end - p)))
		lic_c2pa_read(r, p, (size_t)(end - p));
	else
		lic_reading_damage(r, "a C2PA box without a manifest");
}

static void exif_block(struct lic_reading *r, const uint8_t *p, size_t n)
{
	if (n)
		lic_exif_read(r, p, n);
}

/* XMP part 3 1.1.4; the others as ExifTool 13.59 knows them, "2" by Photoshop's plug-in of 2002. */
static const struct {
	char id[UUID_LEN + 1];
	lic_content_fn read;
} uuids[] = {
	{ "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac", lic_box_xmp },
	{ "\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81", c2pa_box },
	{ "JpgTiffExif->JP2", exif_block },
	{ "\x05\x37\xcd\xab\x9d\x0c\x44\x31\xa7\x2a\xfa\x56\x1f\x2a\x11\x3e", exif_block },
	{ "\xb1\x4b\xf8\xbd\x08\x3d\x4b\x43\xa5\xae\x8c\xd7\xd5\xa6\xce\x03", exif_block },
	{ "\x33\xc7\xa4\xd2\xb8\x1d\x47\x23\xa0\xba\xf1\xa3\xe0\x97\xad\x38", lic_iptc_read },
	{ "\x09\xa1\x4e\x97\xc0\xb4\x42\xe0\xbe\xbf\x36\xdf\x6f\x0c\xe3\x6f", lic_iptc_read },
	{ "\x2c\x4c\x01\x00\x85\x04\x40\xb9\xa0\x3e\x56\x21\x48\xd6\xdf\xeb", lic_irb_read },
};

static lic_content_fn by_uuid(const uint8_t *id)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(uuids); i++)
		if (memcmp(uuids[i].id, id, UUID_LEN) == 0)
			return uuids[i].read;
	return NULL;
}

static const struct {
	char type[5];
	lic_content_fn read;
} types[] = {
	{ "Exif", lic_box_exif },
	{ "xml ", lic_box_xml },
	{ "jp2i", rights_box },
	{ "jumb", lic_c2pa_read },
};

/* Writers are careless about the letter case inside "brob", so it is not asked for. */
static lic_content_fn by_type(uint32_t type)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(types); i++)
		if ((lic_load((const uint8_t *)types[i].type, 4, true) | 0x20202020) ==
		    (type | 0x20202020))
			return types[i].read;
	return NULL;
}

void lic_box_unpack(struct lic_reading *r, lic_unpack_fn unpack, lic_content_fn read,
		    const uint8_t *p, size_t n)
{
	struct lic_buf out = LIC_BUF_INIT(r->limits->block_max);

	if (unpack(p, n, &out) < 0 || out.len > r->budget) {
		lic_reading_damage(r, "metadata that cannot be decompressed within the limits");
		r->budget = 0;
	} else {
		r->budget -= out.len;
		read(r, (const uint8_t *)lic_buf_str(&out), out.len);
	}
	lic_buf_release(&out);
}

/* The header that a JUMBF box lost when it was compressed. */
static void jumbf_content(struct lic_reading *r, const uint8_t *p, size_t n)
{
	struct lic_buf box = LIC_BUF_INIT(r->limits->block_max + 8);

	for (int shift = 24; shift >= 0; shift -= 8)
		lic_buf_addc(&box, (char)((n + 8) >> shift));
	lic_buf_adds(&box, "jumb");
	lic_buf_add(&box, p, n);
	if (lic_buf_failed(&box))
		lic_reading_damage(r, "C2PA manifest larger than the limits allow");
	else
		lic_c2pa_read(r, (const uint8_t *)box.data, box.len);
	lic_buf_release(&box);
}

/* ISO/IEC 18181-2 9.3: the type of the box that was compressed, then a brotli stream. */
static void compressed_box(struct lic_reading *r, const uint8_t *p, size_t n)
{
	uint32_t type = n >= 4 ? (uint32_t)lic_load(p, 4, true) : BROB;
	lic_content_fn read = by_type(type);

	/* it may not hold itself, and what it then holds nobody reads */
	if (type == BROB)
		lic_reading_damage(r, "a compressed box that does not say of what");
	else if (read)
		lic_box_unpack(r, lic_unbrotli, read == lic_c2pa_read ? jumbf_content : read, p + 4,
			       n - 4);
}

bool lic_box_read(struct lic_reading *r, const struct lic_box *box)
{
	lic_content_fn read = box->type == BROB ? compressed_box : by_type(box->type);
	uint64_t at = box->at, end = box->at + box->n;
	struct lic_block b;

	if (box->type == LIC_FOURCC('u', 'u', 'i', 'd')) {
		const uint8_t *id = box->n < UUID_LEN ? NULL : lic_input_peek(r->in, at, UUID_LEN);

		if (!id)
			lic_reading_damage(r, "a uuid box without its number");
		read = id ? by_uuid(id) : NULL;
		at += UUID_LEN;
	} else if (box->type == JUMB) {
		at = box->start;
	}
	if (!read)
		return false;
	if (lic_reading_block(r, at, end - at, &b)) {
		read(r, b.p, b.n);
		lic_block_release(&b);
	}
	return true;
}
