/* SPDX-License-Identifier: Apache-2.0 */
/* TIFF, BigTIFF, DNG and the raw formats built on them: every directory that is no preview. */
#include <stdlib.h>
#include <string.h>

#include "fs/evidence/blocks.h"
#include "fs/evidence/exif.h"
#include "fs/evidence/jpeg.h"
#include "fs/evidence/raw.h"
#include "fs/evidence/reader.h"
#include "fs/evidence/trailer.h"

enum tag {
	TAG_JPG_FROM_RAW = 0x002e, /* Panasonic: holds the EXIF of the picture */
	TAG_NEW_SUBFILE_TYPE = 0x00fe,
	TAG_SUBFILE_TYPE = 0x00ff,
	TAG_STRIPS = 0x0111,
	TAG_TILES = 0x0144,
	TAG_SUB_IFDS = 0x014a,
	TAG_THUMBNAIL = 0x0201,
};

#define PANASONIC "II\x55"
#define HEAD 16 /* bytes in which formats sign */
#define DIRECTORIES_MAX 4096
#define SLOTS (2 * DIRECTORIES_MAX)
/* Directories may overlap, so that a small file holds billions of entries: each takes from the
 * budget of metadata, and one that leads to a directory, which is looked up, takes more. */
#define ENTRY_CHARGE 12
#define LINK_CHARGE 64

struct tiff {
	struct lic_reading *r;
	struct lic_raw raw;
	bool is_panasonic;
	uint64_t *offset; /* of every directory that was found, in order */
	uint16_t *slot;	  /* hash table of them: their number from one, 0 where free */
	size_t n;
	uint64_t doubtful; /* one that may be no directory, 0 if none */
};

struct directory {
	struct tiff *tiff;
	struct lic_exif fields;
	struct lic_blocks blocks;
	struct lic_ifd_entry jpeg; /* Panasonic's, bytes 0 if none */
	uint64_t exif;		   /* offset of the Exif directory, 0 if none */
	bool is_preview;
	bool has_thumbnail;
	bool has_pixels;
	bool broken;
};

static int bid(const uint8_t *p, size_t n)
{
	return lic_tiff_magic(p, n) || lic_raw_magic(p, n) ? 100 : 0;
}

static uint16_t *slot_of(struct tiff *t, uint64_t off)
{
	size_t i = (size_t)((off * UINT64_C(0x9e3779b97f4a7c15)) >> 32) % SLOTS;

	while (t->slot[i] && t->offset[t->slot[i] - 1] != off)
		i = (i + 1) % SLOTS;
	return &t->slot[i];
}

static bool tiff_init(struct tiff *t)
{
	t->offset = calloc(DIRECTORIES_MAX, sizeof(*t->offset));
	t->slot = calloc(SLOTS, sizeof(*t->slot));
	return t->offset && t->slot;
}

static void tiff_release(struct tiff *t)
{
	free(t->offset);
	free(t->slot);
}

static void enqueue(struct tiff *t, uint64_t off)
{
	uint16_t *slot;

	if (!off)
		return;
	slot = slot_of(t, off);
	if (*slot)
		return;
	if (t->n == DIRECTORIES_MAX) {
		lic_reading_damage(t->r, "TIFF with more directories than the limits allow");
		return;
	}
	t->offset[t->n++] = off;
	*slot = (uint16_t)t->n;
}

static void sub_ifds(struct directory *d, struct lic_tiff *t, const struct lic_ifd_entry *e)
{
	uint64_t off;

	for (uint64_t i = 0; i < e->count && i < DIRECTORIES_MAX; i++) {
		if (!lic_reading_charge(d->tiff->r, LINK_CHARGE) ||
		    !lic_ifd_number(t, e, i, &off)) {
			d->broken = true;
			return;
		}
		/* of Sony's DSLR-A100, this is where the pixels begin */
		if (e->count == 1 && d->tiff->raw.is_sony)
			d->tiff->doubtful = off;
		enqueue(d->tiff, off);
	}
}

static bool on_entry(void *ctx, struct lic_tiff *t, const struct lic_ifd_entry *e)
{
	struct directory *d = ctx;
	uint64_t v;

	if (!lic_reading_charge(d->tiff->r, ENTRY_CHARGE))
		return false;
	lic_exif_collect(&d->fields, e);
	lic_blocks_collect(&d->blocks, e);
	lic_raw_note(&d->tiff->raw, t, e);
	switch (e->tag) {
	case TAG_NEW_SUBFILE_TYPE:
		d->is_preview |= lic_ifd_number(t, e, 0, &v) && (v & 1);
		break;
	case TAG_SUBFILE_TYPE:
		d->is_preview |= lic_ifd_number(t, e, 0, &v) && v == 2;
		break;
	case TAG_SUB_IFDS:
		sub_ifds(d, t, e);
		break;
	case LIC_EXIF_IFD:
		d->broken |= !lic_ifd_number(t, e, 0, &d->exif);
		break;
	case TAG_THUMBNAIL:
		d->has_thumbnail = true;
		break;
	case TAG_STRIPS:
	case TAG_TILES:
		d->has_pixels = true;
		break;
	case TAG_JPG_FROM_RAW:
		if (d->tiff->is_panasonic)
			d->jpeg = *e;
		break;
	default:
		break;
	}
	return true;
}

static bool on_exif_entry(void *ctx, struct lic_tiff *t, const struct lic_ifd_entry *e)
{
	struct directory *d = ctx;

	(void)t;
	if (!lic_reading_charge(d->tiff->r, ENTRY_CHARGE))
		return false;
	lic_exif_collect(&d->fields, e);
	lic_blocks_collect(&d->blocks, e);
	return true;
}

static void speak(struct directory *d, struct lic_tiff *file)
{
	struct lic_reading *r = d->tiff->r;
	uint64_t ignored;

	if (d->exif && !lic_ifd_walk(file, d->exif, on_exif_entry, d, &ignored))
		d->broken = true;
	lic_exif_decode(r, file, &d->fields);
	lic_blocks_read(r, file, &d->blocks);
	if (d->jpeg.bytes)
		lic_jpeg_read_at(r, d->jpeg.at, d->jpeg.bytes);
}

/* A preview repeats what the picture says, or what an earlier version of it said. The first
 * directory always speaks: raw formats put a preview there together with the metadata. */
static void directory(struct tiff *t, struct lic_tiff *file, uint64_t off, bool is_first)
{
	struct directory d = { .tiff = t };
	uint64_t next;

	/* without the link, the file may have ended before another directory */
	if (!lic_ifd_walk(file, off, on_entry, &d, &next) || next == LIC_IFD_NO_LINK)
		d.broken = true;
	if (d.broken && off == t->doubtful)
		return;
	if (is_first || !(d.is_preview || (d.has_thumbnail && !d.has_pixels)))
		speak(&d, file);
	if (d.broken)
		lic_reading_damage(t->r, "TIFF directory that is cut off");
	else
		enqueue(t, next);
}

static void walk(struct tiff *t, struct lic_tiff *file)
{
	if (!file->first)
		lic_reading_damage(t->r, "TIFF without a directory");
	enqueue(t, file->first);
	for (size_t i = 0; i < t->n; i++)
		directory(t, file, t->offset[i], i == 0);
}

static void read_tiff(struct lic_reading *r)
{
	const uint8_t *p = lic_input_peek(r->in, 0, HEAD);
	struct tiff t = { .r = r };
	uint8_t head[HEAD] = { 0 };
	struct lic_tiff file;

	if (p)
		memcpy(head, p, sizeof(head));
	t.is_panasonic = memcmp(head, PANASONIC, sizeof(PANASONIC)) == 0;
	if (!lic_tiff_open(&file, r->in))
		lic_reading_damage(r, "TIFF header that is cut off");
	else if (!tiff_init(&t))
		lic_reading_damage(r, "out of memory while reading a TIFF");
	else
		walk(&t, &file);
	tiff_release(&t);
	r->claims->format = lic_raw_format(&t.raw, head, sizeof(head));
	lic_trailers_read(r);
}

const struct lic_reader lic_reader_tiff = { "tiff", LIC_FORMAT_TIFF, bid, read_tiff };
