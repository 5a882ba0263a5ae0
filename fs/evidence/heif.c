/* SPDX-License-Identifier: Apache-2.0 */
/* HEIF, HEIC and AVIF (ISO/IEC 23008-12), stills and sequences. */
#include <string.h>

#include "fs/evidence/box.h"
#include "fs/util/cursor.h"

#define FTYP LIC_FOURCC('f', 't', 'y', 'p')
#define META LIC_FOURCC('m', 'e', 't', 'a')
#define MOOV LIC_FOURCC('m', 'o', 'o', 'v')
#define TRAK LIC_FOURCC('t', 'r', 'a', 'k')
#define UDTA LIC_FOURCC('u', 'd', 't', 'a')
#define CPRT LIC_FOURCC('c', 'p', 'r', 't')
#define CPY LIC_FOURCC(0xa9, 'c', 'p', 'y')
#define XMP LIC_FOURCC('X', 'M', 'P', '_')
#define MINI LIC_FOURCC('m', 'i', 'n', 'i')

static const struct lic_field copyright = { "Copyright", LIC_ROLE_COPYRIGHT, 0, 0 };

/* --- brands: what a file says it is --------------------------------------------------------- */

enum kind { KIND_NONE, KIND_HEIF, KIND_AVIF };

/* ISO/IEC 23008-12 10, AV1 Image File Format 6; a film (isom, mp42, qt) names none of them. */
static enum kind kind_of(const uint8_t *brand)
{
	static const char heif[][5] = {
		"mif1", "mif2", "mif3", "msf1", "heic", "heix", "heim", "heis",
		"hevc", "hevx", "hevm", "hevs", "avci", "avcs", "jpeg", "jpgs",
		"vvic", "vvis", "evbi", "evbs", "j2ki", "j2is", "1pic", "unif",
	};

	if (memcmp(brand, "avif", 4) == 0 || memcmp(brand, "avis", 4) == 0)
		return KIND_AVIF;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(heif); i++)
		if (memcmp(brand, heif[i], 4) == 0)
			return KIND_HEIF;
	return KIND_NONE;
}

/* The major brand decides, unless it is one that all of them may have; then the others do. */
static enum kind classify(const uint8_t *p, size_t n)
{
	enum kind best = KIND_NONE;
	uint64_t end;

	if (n < 16 || lic_load(p + 4, 4, true) != FTYP)
		return KIND_NONE;
	end = lic_load(p, 4, true);
	if (end > n)
		end = n;
	for (size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {
		enum kind kind = kind_of(p + at);

		if (at == 8 && kind == KIND_HEIF && p[8] != 'm')
			return kind;
		if (kind > best)
			best = kind;
	}
	return best;
}

static int bid_heif(const uint8_t *p, size_t n)
{
	return classify(p, n) == KIND_HEIF ? 100 : 0;
}

static int bid_avif(const uint8_t *p, size_t n)
{
	return classify(p, n) == KIND_AVIF ? 100 : 0;
}

/* --- boxes ---------------------------------------------------------------------------------- */

/* 3GPP TS 26.244 8.2: version and flags, language, text; QuickTime: length, language, text. */
static void copyright_box(struct lic_reading *r, const struct lic_box *box)
{
	size_t skip = box->type == CPRT ? 6 : 4;
	struct lic_block b;

	if (!lic_reading_block(r, box->at, box->n, &b))
		return;
	if (b.n < skip)
		lic_reading_damage(r, "a copyright box that is cut off");
	else
		lic_reading_add(r, "BMFF", &copyright, lic_reading_texts(r), LIC_CHARSET_GUESS,
				b.p + skip, b.n - skip);
	lic_block_release(&b);
}

static void user_data(struct lic_reading *r, const struct lic_box *udta)
{
	struct lic_boxes boxes = lic_boxes_in(r, udta, 0);
	struct lic_box box;
	struct lic_block b;

	/* QuickTime ends the list with four zeros */
	if (udta->n >= 4 && udta->n < 8)
		return;
	while (lic_boxes_next(&boxes, &box)) {
		if (box.type == CPRT || box.type == CPY) {
			copyright_box(r, &box);
		} else if (box.type == XMP && lic_reading_block(r, box.at, box.n, &b)) {
			lic_box_xmp(r, b.p, b.n);
			lic_block_release(&b);
		}
	}
}

/* Of a sequence: what is said of all of it, and of each track. */
static void movie(struct lic_reading *r, const struct lic_box *moov)
{
	struct lic_boxes boxes = lic_boxes_in(r, moov, 0);
	struct lic_box box, inner;

	while (lic_boxes_next(&boxes, &box)) {
		if (box.type == UDTA)
			user_data(r, &box);
		else if (box.type == META)
			lic_meta_read(r, &box);
		else if (box.type != TRAK)
			lic_box_read(r, &box);
		if (box.type != TRAK)
			continue;
		for (struct lic_boxes in = lic_boxes_in(r, &box, 0); lic_boxes_next(&in, &inner);) {
			if (inner.type == UDTA)
				user_data(r, &inner);
			else if (inner.type == META)
				lic_meta_read(r, &inner);
			else
				lic_box_read(r, &inner);
		}
	}
}

/* ISO/IEC 23008-12 AMD 1, the box that stands for a whole "meta": its tenth and eleventh bit say
 * that EXIF and XMP follow. */
static void mini(struct lic_reading *r, const struct lic_box *box)
{
	const uint8_t *p = box->n < 2 ? NULL : lic_input_peek(r->in, box->at, 2);

	if (!p || (lic_load(p, 2, true) & 0x0060))
		lic_reading_damage(r, "metadata in a \"mini\" box");
}

static void read_heif(struct lic_reading *r)
{
	struct lic_boxes boxes = lic_boxes_of(r, 0, r->in->size);
	bool has_meta = false, has_any = false;
	struct lic_box box;

	while (lic_boxes_next(&boxes, &box)) {
		switch (box.type) {
		case META:
			if (has_meta)
				lic_reading_damage(r, "metadata that is listed twice");
			lic_meta_read(r, &box);
			has_meta = true;
			break;
		case MOOV:
			movie(r, &box);
			break;
		case MINI:
			mini(r, &box);
			break;
		default:
			lic_box_read(r, &box);
			continue;
		}
		has_any = true;
	}
	if (!has_any)
		lic_reading_damage(r, "HEIF that ends before its metadata");
}

const struct lic_reader lic_reader_heif = { "heif", LIC_FORMAT_HEIF, bid_heif, read_heif };
const struct lic_reader lic_reader_avif = { "avif", LIC_FORMAT_AVIF, bid_avif, read_heif };
