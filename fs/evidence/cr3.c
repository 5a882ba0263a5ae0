/* SPDX-License-Identifier: Apache-2.0 */
/* Canon CR3: EXIF in boxes of the maker's, XMP in a uuid box (ExifTool 13.59, Canon.pm). */
#include <string.h>

#include "fs/evidence/box.h"
#include "fs/evidence/exif.h"
#include "fs/util/cursor.h"

#define MOOV LIC_FOURCC('m', 'o', 'o', 'v')
#define MDAT LIC_FOURCC('m', 'd', 'a', 't')
#define UUID LIC_FOURCC('u', 'u', 'i', 'd')
#define UUID_LEN 16
#define FTYP_CRX "ftypcrx "
#define CRM "CanonCRM"

static const char canon[] = "\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48";

static int bid(const uint8_t *p, size_t n)
{
	if (n < 12 || memcmp(p + 4, FTYP_CRX, sizeof(FTYP_CRX) - 1) != 0)
		return 0;
	/* a film in the same boxes */
	return memmem(p, n, CRM, sizeof(CRM) - 1) ? 0 : 100;
}

static void exif(struct lic_reading *r, const struct lic_box *box)
{
	struct lic_block b;

	if (!lic_reading_block(r, box->at, box->n, &b))
		return;
	lic_exif_read(r, b.p, b.n);
	lic_block_release(&b);
}

static bool is_canon(struct lic_reading *r, const struct lic_box *box)
{
	const uint8_t *p = NULL;

	if (box->type == UUID && box->n >= UUID_LEN)
		p = lic_input_peek(r->in, box->at, UUID_LEN);
	return p && memcmp(p, canon, UUID_LEN) == 0;
}

/* CMT1 is the first directory, CMT2 the Exif one; CMT3 is the maker's note, CMT4 the position. */
static bool movie(struct lic_reading *r, const struct lic_box *moov)
{
	struct lic_boxes boxes = lic_boxes_in(r, moov, 0);
	struct lic_box box, inner;
	bool found = false;

	while (lic_boxes_next(&boxes, &box)) {
		if (!is_canon(r, &box)) {
			lic_box_read(r, &box);
			continue;
		}
		for (struct lic_boxes in = lic_boxes_in(r, &box, UUID_LEN);
		     lic_boxes_next(&in, &inner);) {
			if (inner.type != LIC_FOURCC('C', 'M', 'T', '1') &&
			    inner.type != LIC_FOURCC('C', 'M', 'T', '2'))
				continue;
			exif(r, &inner);
			found = true;
		}
	}
	return found;
}

static void read_cr3(struct lic_reading *r)
{
	struct lic_boxes boxes = lic_boxes_of(r, 0, r->in->size);
	bool has_exif = false, has_picture = false;
	struct lic_box box;

	while (lic_boxes_next(&boxes, &box)) {
		if (box.type == MOOV)
			has_exif |= movie(r, &box);
		else
			lic_box_read(r, &box);
		has_picture |= box.type == MDAT;
	}
	if (!has_exif || !has_picture)
		lic_reading_damage(r, "CR3 without its metadata or its picture");
}

const struct lic_reader lic_reader_cr3 = { "cr3", LIC_FORMAT_RAW, bid, read_cr3 };
