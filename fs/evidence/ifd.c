/* SPDX-License-Identifier: Apache-2.0 */
/* Walks TIFF directories without ever trusting an offset. */
#include <string.h>

#include "fs/evidence/ifd.h"
#include "fs/evidence/raw.h"
#include "fs/util/cursor.h"

bool lic_tiff_magic(const uint8_t *p, size_t n)
{
	return n >= 8 && (memcmp(p, "II\x2a\0", 4) == 0 || memcmp(p, "MM\0\x2a", 4) == 0 ||
			  memcmp(p, "II\x2b\0", 4) == 0 || memcmp(p, "MM\0\x2b", 4) == 0);
}

bool lic_tiff_open(struct lic_tiff *t, struct lic_input *in)
{
	const uint8_t *p = lic_input_peek(in, 0, 8);

	if (!p || !(lic_tiff_magic(p, 8) || lic_raw_magic(p, 8)))
		return false;
	*t = (struct lic_tiff){ .in = in, .big = p[0] == 'M' };
	t->wide = lic_load(p + 2, 2, t->big) == 43;
	if (!t->wide) {
		t->first = lic_load(p + 4, 4, t->big);
		return true;
	}
	/* BigTIFF: size of offsets, always 8, and a zero */
	if (lic_load(p + 4, 2, t->big) != 8 || lic_load(p + 6, 2, t->big) != 0)
		return false;
	p = lic_input_peek(in, 8, 8);
	if (!p)
		return false;
	t->first = lic_load(p, 8, t->big);
	return true;
}

/* TIFF 6.0 section 2, BigTIFF; 129 is UTF-8 of Exif 3.0. Of unknown types a unit is one byte. */
static unsigned unit_of(unsigned type)
{
	static const uint8_t size[] = { 1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 1, 1, 8, 8, 8 };

	return type < sizeof(size) ? size[type] : 1;
}

static struct lic_ifd_entry entry_of(const struct lic_tiff *t, const uint8_t *p, uint64_t off)
{
	struct lic_cursor c = lic_cursor_of(p, t->wide ? 20 : 12, t->big);
	unsigned word = t->wide ? 8 : 4;
	struct lic_ifd_entry e = { 0 };

	e.tag = lic_cursor_u16(&c);
	e.type = lic_cursor_u16(&c);
	e.count = lic_cursor_uint(&c, word);
	if (__builtin_mul_overflow(e.count, unit_of(e.type), &e.bytes))
		e.bytes = UINT64_MAX;
	e.at = e.bytes <= word ? off + c.at : lic_cursor_uint(&c, word);
	return e;
}

bool lic_ifd_walk(struct lic_tiff *t, uint64_t off, lic_ifd_fn fn, void *ctx, uint64_t *ret_next)
{
	unsigned word = t->wide ? 8 : 4, size = t->wide ? 20 : 12;
	const uint8_t *p = lic_input_peek(t->in, off, t->wide ? 8 : 2);
	uint64_t n;

	*ret_next = 0;
	if (!p)
		return false;
	n = lic_load(p, t->wide ? 8 : 2, t->big);
	off += t->wide ? 8 : 2;
	for (; n; n--, off += size) {
		struct lic_ifd_entry e;

		p = lic_input_peek(t->in, off, size);
		if (!p)
			return false;
		e = entry_of(t, p, off);
		if (!fn(ctx, t, &e))
			return false;
	}
	p = lic_input_peek(t->in, off, word);
	*ret_next = p ? lic_load(p, word, t->big) : LIC_IFD_NO_LINK;
	return true;
}

bool lic_ifd_number(struct lic_tiff *t, const struct lic_ifd_entry *e, uint64_t i, uint64_t *ret)
{
	unsigned unit = unit_of(e->type);
	const uint8_t *p;

	if (i >= e->count || e->bytes / unit < e->count || e->at > UINT64_MAX - e->bytes)
		return false;
	p = lic_input_peek(t->in, e->at + i * unit, unit);
	if (!p)
		return false;
	*ret = lic_load(p, unit, t->big);
	return true;
}
