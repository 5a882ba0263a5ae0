/* SPDX-License-Identifier: Apache-2.0 */
/* Minolta MRW: blocks in front of the sensor's data, one of which (TTW) is EXIF. */
#include <string.h>

#include "fs/evidence/exif.h"
#include "fs/evidence/reader.h"
#include "fs/util/cursor.h"

#define HEADER 8
#define BLOCK_CHARGE 8

static int bid(const uint8_t *p, size_t n)
{
	return n >= HEADER && memcmp(p, "\0MR", 3) == 0 && (p[3] == 'M' || p[3] == 'I') ? 100 : 0;
}

static void ttw(struct lic_reading *r, uint64_t off, uint32_t n)
{
	struct lic_block b;

	if (!n || !lic_reading_block(r, off, n, &b))
		return;
	lic_exif_read(r, b.p, b.n);
	lic_block_release(&b);
}

static void read_mrw(struct lic_reading *r)
{
	const uint8_t *p = lic_input_peek(r->in, 0, HEADER);
	bool big = p && p[3] == 'M';
	uint64_t off = HEADER, end = p ? HEADER + lic_load(p + 4, 4, big) : 0;

	while (off < end && lic_reading_charge(r, BLOCK_CHARGE)) {
		bool is_ttw;
		uint32_t n;

		p = lic_input_peek(r->in, off, 8);
		n = p ? (uint32_t)lic_load(p + 4, 4, big) : 0;
		off += 8;
		if (!p || off > end || n > end - off)
			break;
		is_ttw = memcmp(p, "\0TTW", 4) == 0;
		if (is_ttw)
			ttw(r, off, n);
		off += n;
	}
	if (off != end || end > r->in->size)
		lic_reading_damage(r, "MRW that ends before its picture begins");
}

const struct lic_reader lic_reader_mrw = { "mrw", LIC_FORMAT_RAW, bid, read_mrw };
