/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the later images of a JPEG: other eyes, other exposures, gain maps. */
#include <string.h>

#include "fs/evidence/ifd.h"
#include "fs/evidence/mpf.h"
#include "fs/util/cursor.h"

#define TAG_ENTRIES 0xb002
#define ENTRY 16
#define TYPE_MASK 0x00ff0000u
#define TYPE_THUMBNAIL 0x00010000u
#define ENTRY_CHARGE 64
#define REACH LIC_INPUT_WINDOW

static bool on_entry(void *ctx, struct lic_tiff *t, const struct lic_ifd_entry *e)
{
	struct lic_ifd_entry *found = ctx;

	(void)t;
	if (e->tag == TAG_ENTRIES)
		*found = *e;
	return true;
}

/* Programs that know nothing of the index shift what it names by what they add before it: the image
 * nearest to `at` behind `base`, where the index stands. */
static bool find(struct lic_reading *r, uint64_t base, uint64_t at, uint64_t *ret)
{
	static const uint8_t mark[] = { 0xff, 0xd8, 0xff };
	uint64_t from = at - base > REACH / 2 ? at - REACH / 2 : base, best = UINT64_MAX;
	uint64_t left = from < r->in->size ? r->in->size - from : 0;
	size_t n = left < REACH ? (size_t)left : REACH;
	const uint8_t *p = n ? lic_input_peek(r->in, from, n) : NULL;

	if (!p || !lic_reading_charge(r, n))
		return false;
	for (const uint8_t *hit = p, *end = p + n;
	     (hit = memmem(hit, (size_t)(end - hit), mark, sizeof(mark))); hit++) {
		uint64_t off = from + (uint64_t)(hit - p), far = off > at ? off - at : at - off;

		if (far < best) {
			best = far;
			*ret = off;
		}
	}
	return best != UINT64_MAX;
}

static void image(struct lic_reading *r, struct lic_cursor *c, uint64_t base,
		  void (*fn)(struct lic_reading *r, uint64_t off, uint64_t n))
{
	uint32_t kind = lic_cursor_u32(c), n = lic_cursor_u32(c), at = lic_cursor_u32(c);
	uint64_t found;

	lic_cursor_skip(c, 4);
	/* of the first image, the offset is 0 */
	if (!n || !at || (kind & TYPE_MASK) == TYPE_THUMBNAIL)
		return;
	if (!find(r, base, base + at, &found))
		lic_reading_damage(r, "MPO without an image that its index names");
	else /* its picture may be cut off */
		fn(r, found, n < r->in->size - found ? n : r->in->size - found);
}

void lic_mpf_read(struct lic_reading *r, const uint8_t *p, size_t n, uint64_t off,
		  void (*fn)(struct lic_reading *r, uint64_t off, uint64_t n))
{
	struct lic_ifd_entry e = { 0 };
	struct lic_block b = { 0 };
	struct lic_input in;
	struct lic_cursor c;
	struct lic_tiff t;
	uint64_t next;

	lic_input_of(&in, p, n);
	if (!lic_tiff_open(&t, &in) || !lic_ifd_walk(&t, t.first, on_entry, &e, &next) ||
	    e.bytes > n || lic_input_block(&in, e.at, (size_t)e.bytes, &b) < 0) {
		lic_reading_damage(r, "MPO with an index that is cut off");
		return;
	}
	c = lic_cursor_of(b.p, b.n, t.big);
	while (lic_cursor_left(&c) >= ENTRY && lic_reading_charge(r, ENTRY_CHARGE))
		image(r, &c, off, fn);
	lic_block_release(&b);
}
