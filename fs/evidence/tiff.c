/* SPDX-License-Identifier: Apache-2.0 */
/* TIFF, BigTIFF and the raw formats built on them: every directory that is not a preview. */
#include <string.h>

#include "fs/evidence/c2pa.h"
#include "fs/evidence/exif.h"
#include "fs/evidence/iptc.h"
#include "fs/evidence/irb.h"
#include "fs/evidence/reader.h"
#include "fs/evidence/xmp.h"
#include "fs/util/cursor.h"

enum tag {
	TAG_NEW_SUBFILE_TYPE = 0x00fe,
	TAG_SUBFILE_TYPE = 0x00ff,
	TAG_SUB_IFDS = 0x014a,
	TAG_XMP = 0x02bc,
	TAG_IPTC = 0x83bb,
	TAG_IRB = 0x8649,
	TAG_C2PA = 0xcd41,
};

#define TYPE_LONG 4
#define DIRECTORIES_MAX 4096
#define BLOCKS_MAX 8 /* XMP, IPTC and image resources of one directory */
/* Directories may overlap, so that a small file holds billions of entries: each takes from the
 * budget of metadata, and one that leads to a directory, which is looked up, takes more. */
#define ENTRY_CHARGE 12
#define LINK_CHARGE 64

struct tiff {
	struct lic_reading *r;
	uint64_t *offset; /* of every directory that was found: a queue, and what loops run into */
	size_t n, cap;
};

struct directory {
	struct tiff *tiff;
	struct lic_exif fields;
	struct lic_ifd_entry block[BLOCKS_MAX];
	unsigned n_blocks;
	uint64_t exif; /* offset of the Exif directory, 0 if none */
	bool is_preview;
	bool broken;
};

static int bid(const uint8_t *p, size_t n)
{
	return lic_tiff_magic(p, n) ? 100 : 0;
}

static void enqueue(struct tiff *t, uint64_t off)
{
	if (!off)
		return;
	for (size_t i = 0; i < t->n; i++)
		if (t->offset[i] == off)
			return;
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 16;
		uint64_t *p = cap > DIRECTORIES_MAX ? NULL : realloc(t->offset, cap * sizeof(*p));

		if (!p) {
			lic_reading_damage(t->r,
					   "TIFF with more directories than the limits allow");
			return;
		}
		t->offset = p;
		t->cap = cap;
	}
	t->offset[t->n++] = off;
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
	case TAG_XMP:
	case TAG_IPTC:
	case TAG_IRB:
	case TAG_C2PA:
		if (d->n_blocks < BLOCKS_MAX)
			d->block[d->n_blocks++] = *e;
		else
			d->broken = true;
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
	return true;
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

static void block(struct lic_reading *r, const struct lic_ifd_entry *e)
{
	struct lic_block b;

	if (!lic_reading_block(r, e->at, e->bytes, &b))
		return;
	switch (e->tag) {
	case TAG_XMP:
		lic_xmp_read(r, "XMP", lic_reading_packet(r), b.p, b.n, NULL);
		break;
	case TAG_IPTC:
		iptc(r, &b, e->type);
		break;
	case TAG_C2PA:
		lic_c2pa_read(r, b.p, b.n);
		break;
	default:
		lic_irb_read(r, b.p, b.n);
	}
	lic_block_release(&b);
}

/* A preview repeats what the picture says, or what an earlier version of it said. The first
 * directory always speaks: raw formats put a preview there together with the metadata. */
static void directory(struct tiff *t, struct lic_tiff *file, uint64_t off, bool is_first)
{
	struct directory d = { .tiff = t };
	uint64_t next, ignored;

	if (!lic_ifd_walk(file, off, on_entry, &d, &next))
		d.broken = true;
	if (is_first || !d.is_preview) {
		if (d.exif && !lic_ifd_walk(file, d.exif, on_exif_entry, &d, &ignored))
			d.broken = true;
		lic_exif_decode(t->r, file, &d.fields);
		for (unsigned i = 0; i < d.n_blocks; i++)
			block(t->r, &d.block[i]);
	}
	if (d.broken)
		lic_reading_damage(t->r, "TIFF directory that is cut off");
	enqueue(t, next);
}

static void read_tiff(struct lic_reading *r)
{
	struct tiff t = { .r = r };
	struct lic_tiff file;

	if (!lic_tiff_open(&file, r->in)) {
		lic_reading_damage(r, "TIFF header that is cut off");
		return;
	}
	if (!file.first)
		lic_reading_damage(r, "TIFF without a directory");
	enqueue(&t, file.first);
	for (size_t i = 0; i < t.n; i++)
		directory(&t, &file, t.offset[i], i == 0);
	free(t.offset);
}

const struct lic_reader lic_reader_tiff = { "tiff", LIC_FORMAT_TIFF, bid, read_tiff };
