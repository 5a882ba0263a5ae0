/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the XMP, IPTC and image resources that a TIFF directory points to. */
#include <stdlib.h>

#include "fs/evidence/blocks.h"
#include "fs/evidence/c2pa.h"
#include "fs/evidence/exif.h"
#include "fs/evidence/iptc.h"
#include "fs/evidence/irb.h"
#include "fs/evidence/xmp.h"

enum tag {
	TAG_XMP = 0x02bc,
	TAG_IPTC = 0x83bb,
	TAG_AFCP_IPTC = 0x8568,
	TAG_IRB = 0x8649,
	TAG_HASSELBLAD_EXIF = 0xc51b, /* a whole EXIF block of its own, in 3FR */
	TAG_C2PA = 0xcd41,
};

#define TYPE_LONG 4

void lic_blocks_collect(struct lic_blocks *b, const struct lic_ifd_entry *e)
{
	switch (e->tag) {
	case TAG_XMP:
	case TAG_IPTC:
	case TAG_AFCP_IPTC:
	case TAG_IRB:
	case TAG_HASSELBLAD_EXIF:
	case TAG_C2PA:
		break;
	default:
		return;
	}
	if (b->n < LIC_BLOCKS_MAX)
		b->item[b->n++] = *e;
	else
		b->overflow = true;
}

/* Written as LONGs, IPTC may have been turned round with them. */
static void iptc(struct lic_reading *r, const struct lic_block *b, unsigned type)
{
	uint8_t *turned;

	if (type != TYPE_LONG || b->n < 4 || b->p[0] == 0x1c || b->p[3] != 0x1c) {
		lic_iptc_read(r, b->p, b->n);
		return;
	}
	turned = malloc(b->n);
	if (!turned) {
		lic_reading_damage(r, "out of memory while reading IPTC");
		return;
	}
	for (size_t i = 0; i < b->n; i++)
		turned[i] = b->p[i ^ 3];
	lic_iptc_read(r, turned, b->n);
	free(turned);
}

/* What fits beside its tag is no block: the count is wrong, and the block was not read. */
#define BLOCK_MIN 5

static void read_block(struct lic_reading *r, const struct lic_ifd_entry *e,
		       const struct lic_block *b)
{
	if (b->n < BLOCK_MIN)
		lic_reading_damage(r, "a metadata block without content");
	switch (e->tag) {
	case TAG_XMP:
		lic_xmp_read(r, "XMP", lic_reading_packet(r), b->p, b->n, NULL);
		break;
	case TAG_IPTC:
	case TAG_AFCP_IPTC:
		iptc(r, b, e->type);
		break;
	case TAG_IRB:
		lic_irb_read(r, b->p, b->n);
		break;
	case TAG_C2PA:
		lic_c2pa_read(r, b->p, b->n);
		break;
	default:
		if (!lic_profile_read(r, b->p, b->n))
			lic_reading_damage(r, "EXIF of a raw file that cannot be read");
	}
}

/* Bytes in memory were charged by whoever took them, but directories may point to them again and
 * again. */
static bool take(struct lic_reading *r, struct lic_tiff *t, const struct lic_ifd_entry *e,
		 struct lic_block *ret)
{
	if (t->in == r->in)
		return lic_reading_block(r, e->at, e->bytes, ret);
	if (e->bytes > r->limits->block_max || !lic_reading_charge(r, e->bytes) ||
	    lic_input_block(t->in, e->at, (size_t)e->bytes, ret) < 0) {
		lic_reading_damage(r, "a metadata block runs past the end of its EXIF");
		return false;
	}
	return true;
}

void lic_blocks_read(struct lic_reading *r, struct lic_tiff *t, const struct lic_blocks *b)
{
	if (b->overflow)
		lic_reading_damage(r, "more metadata blocks in a directory than the limits allow");
	for (unsigned i = 0; i < b->n; i++) {
		struct lic_block block;

		if (!take(r, t, &b->item[i], &block))
			continue;
		read_block(r, &b->item[i], &block);
		lic_block_release(&block);
	}
}
