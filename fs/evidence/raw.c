/* SPDX-License-Identifier: Apache-2.0 */
/* Tells raw files from other TIFFs by what they hold, as ExifTool 13.59 does for most makers. */
#include <string.h>
#include <strings.h>

#include "fs/evidence/raw.h"

enum tag {
	TAG_COMPRESSION = 0x0103,
	TAG_PHOTOMETRIC = 0x0106,
	TAG_MAKE = 0x010f,
	TAG_KODAK_IFD = 0x8290,
	TAG_CFA_REPEAT = 0x828d, /* TIFF/EP */
	TAG_CFA_PATTERN = 0x828e,
	TAG_LEAF_DATA = 0x8606,
	TAG_LEAF_IFD = 0x888a,
	TAG_HASSELBLAD = 0xc51b,
	TAG_DNG_VERSION = 0xc612,
	TAG_PRIVATE = 0xc634, /* Sony's SR2 and SRF */
	TAG_CANON_SLICES = 0xc640,
	TAG_KODAK_KDC = 0xfe00,
};

#define PHOTOMETRIC_CFA 32803
#define PHOTOMETRIC_LINEAR_RAW 34892

static bool is_raw_compression(uint64_t v)
{
	/* Sony, Epson and others, Samsung, Kodak, Nikon, Kodak, Pentax */
	static const unsigned raw[] = { 32767, 32769, 32770, 32772, 32867, 34713, 65000, 65535 };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(raw); i++)
		if (v == raw[i])
			return true;
	return false;
}

void lic_raw_note(struct lic_raw *raw, struct lic_tiff *t, const struct lic_ifd_entry *e)
{
	const uint8_t *p;
	uint64_t v;

	switch (e->tag) {
	case TAG_COMPRESSION:
		raw->has_sensor |= lic_ifd_number(t, e, 0, &v) && is_raw_compression(v);
		break;
	case TAG_PHOTOMETRIC:
		raw->has_sensor |= lic_ifd_number(t, e, 0, &v) &&
				   (v == PHOTOMETRIC_CFA || v == PHOTOMETRIC_LINEAR_RAW);
		break;
	case TAG_MAKE:
		raw->has_make |= e->bytes > 1;
		p = e->bytes >= 4 ? lic_input_peek(t->in, e->at, 4) : NULL;
		raw->is_sony |= p && strncasecmp((const char *)p, "SONY", 4) == 0;
		break;
	case TAG_KODAK_IFD:
	case TAG_CFA_REPEAT:
	case TAG_CFA_PATTERN:
	case TAG_LEAF_DATA:
	case TAG_LEAF_IFD:
	case TAG_HASSELBLAD:
	case TAG_PRIVATE:
	case TAG_CANON_SLICES:
	case TAG_KODAK_KDC:
		raw->has_sensor = true;
		break;
	case TAG_DNG_VERSION:
		raw->has_dng_version = true;
		break;
	default:
		break;
	}
}

bool lic_raw_magic(const uint8_t *p, size_t n)
{
	static const char magic[][5] = { "IIRO", "IIRS", "MMOR", "II\x55\0" };

	for (size_t i = 0; n >= 8 && i < LIC_ARRAY_SIZE(magic); i++)
		if (memcmp(p, magic[i], 4) == 0)
			return true;
	return false;
}

/* What stands between the header and the first directory: Canon, Canon EOS-1D, Phase One. */
static bool has_signature(const uint8_t *p, size_t n)
{
	static const struct {
		uint8_t n;
		char bytes[9];
	} marks[] = {
		{ 4, "CR\2\0" },   { 4, "\xba\xb0\xac\xbb" }, { 8, "IIIITwaR" },
		{ 8, "IIIICwaR" }, { 8, "MMMMRawT" },	      { 8, "MMMMRawC" },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(marks); i++)
		if (n >= 8u + marks[i].n && memcmp(p + 8, marks[i].bytes, marks[i].n) == 0)
			return true;
	return false;
}

enum lic_format lic_raw_format(const struct lic_raw *raw, const uint8_t *head, size_t n)
{
	if (raw->has_dng_version)
		return LIC_FORMAT_DNG;
	if (lic_raw_magic(head, n) || has_signature(head, n))
		return LIC_FORMAT_RAW;
	return raw->has_make && raw->has_sensor ? LIC_FORMAT_RAW : LIC_FORMAT_TIFF;
}
