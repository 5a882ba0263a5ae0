/* SPDX-License-Identifier: Apache-2.0 */
/* Canon CRW: a heap of directories (CIFF 1.0), and XMP in a trailer where a program wrote some. */
#include <string.h>

#include "fs/evidence/reader.h"
#include "fs/evidence/trailer.h"
#include "fs/util/cursor.h"

enum tag {
	TAG_COMMENT = 0x0805,
	TAG_OWNER = 0x0810,
	TAG_DESCRIPTION = 0x2804, /* a directory, in which a comment is about the file's kind */
};

#define TAG_MASK 0x3fffu
#define TYPE_MASK 0x3800u
#define IS_INLINE 0x4000u
#define IS_INVALID 0x8000u
#define ENTRY 10
#define DEPTH_MAX 8
#define FOOTER 64 /* of Canon VRD */
#define FOOTER_MARK "CANON OPTIONAL DATA"

static const struct lic_field comment_field = { "UserComment", LIC_ROLE_COMMENT, 0, 0 };
static const struct lic_field owner_field = { "OwnerName", LIC_ROLE_NONE, 0, 0 };

struct crw {
	struct lic_reading *r;
	uint32_t packet;
	bool big;
};

static int bid(const uint8_t *p, size_t n)
{
	return n >= 14 && (memcmp(p, "II", 2) == 0 || memcmp(p, "MM", 2) == 0) &&
			       (memcmp(p + 6, "HEAPCCDR", 8) == 0 ||
				memcmp(p + 6, "HEAPJPGM", 8) == 0)
		       ? 100
		       : 0;
}

static void value(struct crw *c, const struct lic_field *f, uint64_t off, uint64_t n)
{
	const uint8_t *p, *nul;
	struct lic_block b;

	if (!n || !lic_reading_block(c->r, off, n, &b))
		return;
	p = b.p;
	/* what stands behind the NUL is what the memory held before */
	nul = memchr(p, 0, b.n);
	lic_reading_add(c->r, "CIFF", f, c->packet, LIC_CHARSET_GUESS, p,
			nul ? (size_t)(nul - p) : b.n);
	lic_block_release(&b);
}

static void heap(struct crw *c, uint64_t off, uint64_t n, bool is_description, unsigned depth);

static void entry(struct crw *c, const uint8_t *p, uint64_t at, uint64_t off, uint64_t n,
		  bool is_description, unsigned depth)
{
	unsigned tag = (unsigned)lic_load(p, 2, c->big), type = tag & TYPE_MASK;
	bool is_inline = tag & IS_INLINE;
	uint64_t size = is_inline ? 8 : lic_load(p + 2, 4, c->big);
	uint64_t from = is_inline ? at + 2 : lic_load(p + 6, 4, c->big);
	const struct lic_field *f = NULL;

	tag &= TAG_MASK;
	if (tag == TAG_COMMENT && !is_description)
		f = &comment_field;
	else if (tag == TAG_OWNER)
		f = &owner_field;
	if (!is_inline) {
		if ((f || type == 0x2800 || type == 0x3000) && (from > n || size > n - from)) {
			lic_reading_damage(c->r, "CRW with a value outside of its heap");
			return;
		}
		from += off;
	}
	if (f)
		value(c, f, from, size);
	else if (!is_inline && (type == 0x2800 || type == 0x3000))
		heap(c, from, size, tag == TAG_DESCRIPTION, depth + 1);
}

/* A trailer stands between the directory and the last four bytes of the file. */
static bool has_trailer(struct lic_reading *r)
{
	uint64_t size = r->in->size;
	const uint8_t *p = size >= FOOTER ? lic_input_peek(r->in, size - FOOTER, FOOTER) : NULL;

	return p && memcmp(p, FOOTER_MARK, sizeof(FOOTER_MARK)) == 0;
}

/* The last four bytes of a heap lead to its directory, which counts from where the heap begins. */
static void heap(struct crw *c, uint64_t off, uint64_t n, bool is_description, unsigned depth)
{
	const uint8_t *p = n >= 4 ? lic_input_peek(c->r->in, off + n - 4, 4) : NULL;
	uint64_t dir = p ? lic_load(p, 4, c->big) : 0;
	unsigned entries;

	p = p && dir < n && depth <= DEPTH_MAX ? lic_input_peek(c->r->in, off + dir, 2) : NULL;
	if (!p) {
		lic_reading_damage(c->r, "CRW heap without its directory");
		return;
	}
	entries = (unsigned)lic_load(p, 2, c->big);
	/* what ends in a few zeros has an empty directory; of a whole file it never is */
	if (depth == 0 && !entries) {
		lic_reading_damage(c->r, "CRW heap without its directory");
		return;
	}
	if (depth == 0 && dir + 2 + (uint64_t)entries * ENTRY + 4 != n && !has_trailer(c->r)) {
		lic_reading_damage(c->r, "CRW that is cut off");
		return;
	}
	for (uint64_t at = off + dir + 2; entries; entries--, at += ENTRY) {
		uint8_t copy[ENTRY];

		p = lic_input_peek(c->r->in, at, ENTRY);
		if (!p || !lic_reading_charge(c->r, ENTRY) ||
		    (lic_load(p, 2, c->big) & IS_INVALID)) {
			lic_reading_damage(c->r, "CRW directory that is cut off");
			return;
		}
		memcpy(copy, p, sizeof(copy));
		entry(c, copy, at, off, n, is_description, depth);
	}
}

static void read_crw(struct lic_reading *r)
{
	const uint8_t *p = lic_input_peek(r->in, 0, 6);
	struct crw c = { .r = r, .big = p && p[0] == 'M' };
	uint64_t off = p ? lic_load(p + 2, 4, c.big) : 0;

	c.packet = lic_reading_packet(r);
	if (off < r->in->size)
		heap(&c, off, r->in->size - off, false, 0);
	else
		lic_reading_damage(r, "CRW heap without its directory");
	lic_trailers_read(r);
}

const struct lic_reader lic_reader_crw = { "crw", LIC_FORMAT_RAW, bid, read_crw };
