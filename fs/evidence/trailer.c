/* SPDX-License-Identifier: Apache-2.0 */
/* Trailers, from the last to the first: each says at its end where it begins (ExifTool 13.59). */
#include <string.h>

#include "fs/evidence/iptc.h"
#include "fs/evidence/trailer.h"
#include "fs/evidence/xmp.h"
#include "fs/util/cursor.h"

#define TRAILERS_MAX 64

/* --- AFCP: a header and a directory somewhere before, and their place in the last 12 bytes --- */

#define AFCP_END 12
#define AFCP_ENTRY 12
#define AFCP_REACH (1u << 20) /* bytes in which one is looked for that has been moved */

static bool is_afcp(const uint8_t *p)
{
	return memcmp(p, "AXS!", 4) == 0 || memcmp(p, "AXS*", 4) == 0;
}

/* Programs that do not know the trailer move it when they change what stands before. */
static uint64_t find_afcp(struct lic_reading *r, uint64_t end, const uint8_t *mark)
{
	uint64_t from = end > AFCP_REACH ? end - AFCP_REACH : 0;
	const uint8_t *at = NULL;
	struct lic_block b;

	if (!lic_reading_block(r, from, end - AFCP_END - from, &b))
		return end;
	at = memmem(b.p, b.n, mark, 4);
	if (at)
		from += (uint64_t)(at - b.p);
	lic_block_release(&b);
	return at ? from : end;
}

static void afcp_entries(struct lic_reading *r, uint64_t start, uint64_t moved, bool big)
{
	const uint8_t *p = lic_input_peek(r->in, start, AFCP_END);
	unsigned n = p ? (unsigned)lic_load(p + 6, 2, big) : 0;
	uint64_t at = start + AFCP_END;

	for (; n && lic_reading_charge(r, AFCP_ENTRY); n--, at += AFCP_ENTRY) {
		struct lic_block b;

		p = lic_input_peek(r->in, at, AFCP_ENTRY);
		if (!p) {
			lic_reading_damage(r, "AFCP trailer that is cut off");
			return;
		}
		if (memcmp(p, "IPTC", 4) != 0)
			continue;
		if (lic_reading_block(r, lic_load(p + 8, 4, big) + moved, lic_load(p + 4, 4, big),
				      &b)) {
			lic_iptc_read(r, b.p, b.n);
			lic_block_release(&b);
		}
	}
}

static uint64_t afcp(struct lic_reading *r, uint64_t end)
{
	const uint8_t *p = lic_input_peek(r->in, end - AFCP_END, AFCP_END);
	uint64_t said, start;
	uint8_t mark[4];
	bool big;

	if (!p || !is_afcp(p))
		return end;
	memcpy(mark, p, sizeof(mark));
	big = mark[3] == '!';
	said = lic_load(p + 4, 4, big);
	start = said;
	p = start < end - AFCP_END ? lic_input_peek(r->in, start, 4) : NULL;
	if (!p || memcmp(p, mark, sizeof(mark)) != 0)
		start = find_afcp(r, end, mark);
	if (start == end) {
		lic_reading_damage(r, "AFCP trailer that cannot be found");
		return 0;
	}
	afcp_entries(r, start, start - said, big);
	return start;
}

/* --- FotoStation: records of data, u16 tag, u32 size with these ten bytes, u32 mark ---------- */

#define FOTOSTATION_MARK 0xa1b2c3d4
#define FOTOSTATION_END 10
#define FOTOSTATION_IPTC 1

static uint64_t fotostation(struct lic_reading *r, uint64_t end)
{
	const uint8_t *p = lic_input_peek(r->in, end - FOTOSTATION_END, FOTOSTATION_END);
	unsigned tag = p ? (unsigned)lic_load(p, 2, true) : 0;
	uint64_t n = p ? lic_load(p + 2, 4, true) : 0;
	struct lic_block b;

	if (!p || lic_load(p + 6, 4, true) != FOTOSTATION_MARK)
		return end;
	if (n < FOTOSTATION_END || n > end) {
		lic_reading_damage(r, "FotoStation trailer that is cut off");
		return 0;
	}
	if (tag == FOTOSTATION_IPTC && lic_reading_block(r, end - n, n - FOTOSTATION_END, &b)) {
		lic_iptc_read(r, b.p, b.n);
		lic_block_release(&b);
	}
	return end - n;
}

/* --- Canon VRD: a header, blocks of u32 type and u32 length, a footer with their length ------ */

#define VRD_MARK "CANON OPTIONAL DATA"
#define VRD_HEADER 0x1c
#define VRD_FOOTER 0x40
#define VRD_XMP 0xffff00f6

static void vrd_blocks(struct lic_reading *r, uint64_t off, uint64_t end)
{
	while (off < end && lic_reading_charge(r, 8)) {
		const uint8_t *p = end - off >= 8 ? lic_input_peek(r->in, off, 8) : NULL;
		uint64_t type = p ? lic_load(p, 4, true) : 0, n = p ? lic_load(p + 4, 4, true) : 0;
		struct lic_block b;

		off += 8;
		if (!p || n > end - off) {
			lic_reading_damage(r, "Canon VRD trailer with a block that is cut off");
			return;
		}
		if (type == VRD_XMP && lic_reading_block(r, off, n, &b)) {
			lic_xmp_read(r, "XMP", lic_reading_packet(r), b.p, b.n, NULL);
			lic_block_release(&b);
		}
		off += n;
	}
}

static uint64_t vrd(struct lic_reading *r, uint64_t end)
{
	const uint8_t *p =
		end >= VRD_FOOTER ? lic_input_peek(r->in, end - VRD_FOOTER, VRD_FOOTER) : NULL;
	uint64_t n;

	if (!p || memcmp(p, VRD_MARK, sizeof(VRD_MARK)) != 0)
		return end;
	n = lic_load(p + sizeof(VRD_MARK), 4, true) + VRD_HEADER + VRD_FOOTER;
	p = n <= end ? lic_input_peek(r->in, end - n, VRD_HEADER) : NULL;
	if (!p || memcmp(p, VRD_MARK, sizeof(VRD_MARK)) != 0) {
		lic_reading_damage(r, "Canon VRD trailer that is cut off");
		return 0;
	}
	vrd_blocks(r, end - n + VRD_HEADER, end - VRD_FOOTER);
	return end - n;
}

/* --- Photo Mechanic (no rights in it) and MIE ------------------------------------------------ */

#define MECHANIC_MARK "cbipcbbl"
#define MECHANIC_END 12

static uint64_t mechanic(struct lic_reading *r, uint64_t end)
{
	const uint8_t *p = lic_input_peek(r->in, end - MECHANIC_END, MECHANIC_END);
	uint64_t n = p ? lic_load(p, 4, true) : 0;

	if (!p || memcmp(p + 4, MECHANIC_MARK, sizeof(MECHANIC_MARK) - 1) != 0)
		return end;
	/* there may be a restriction in what stands before it */
	if (n > end - MECHANIC_END) {
		lic_reading_damage(r, "Photo Mechanic trailer that is cut off");
		return 0;
	}
	return end - MECHANIC_END - n;
}

/* The last element of a MIE group holds its length, byte order (0x10: big) and size of length. */
static uint64_t mie(struct lic_reading *r, uint64_t end)
{
	const uint8_t *p = end >= 14 ? lic_input_peek(r->in, end - 14, 14) : NULL;
	struct lic_block b;
	uint64_t n;

	if (!p || (p[12] != 0x10 && p[12] != 0x18))
		return end;
	if (p[13] == 4 && memcmp(p + 4, "~\0\0\6", 4) == 0)
		n = lic_load(p + 8, 4, p[12] == 0x10);
	else if (p[13] == 8 && memcmp(p, "~\0\0\x0a", 4) == 0)
		n = lic_load(p + 4, 8, p[12] == 0x10);
	else
		return end;
	if (n < 12 || n > end) {
		lic_reading_damage(r, "MIE trailer that is cut off");
		return 0;
	}
	if (lic_reading_block(r, end - n, n, &b)) {
		lic_mie_read(r, b.p, b.n);
		lic_block_release(&b);
	}
	return end - n;
}

void lic_trailers_read(struct lic_reading *r)
{
	static uint64_t (*const kinds[])(struct lic_reading *, uint64_t) = { afcp, fotostation, vrd,
									     mechanic, mie };
	uint64_t end = r->in->size;

	for (unsigned i = 0; i < TRAILERS_MAX && end >= AFCP_END; i++) {
		uint64_t before = end;

		for (size_t k = 0; k < LIC_ARRAY_SIZE(kinds) && end == before; k++)
			end = kinds[k](r, before);
		if (end >= before)
			return;
	}
	if (end >= AFCP_END)
		lic_reading_damage(r, "more trailers than the limits allow");
}
