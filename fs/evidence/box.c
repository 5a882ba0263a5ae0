/* SPDX-License-Identifier: Apache-2.0 */
/* Walks boxes without ever trusting a size. */
#include "fs/evidence/box.h"
#include "fs/util/cursor.h"

/* What a box takes from the budget: a file may be made of nothing but headers, and each may cost a
 * pread(). */
#define BOX_CHARGE 64
#define PADDING_MAX 4096

struct lic_boxes lic_boxes_of(struct lic_reading *r, uint64_t at, uint64_t end)
{
	return (struct lic_boxes){ .r = r, .at = at, .end = end, .is_file = !at };
}

struct lic_boxes lic_boxes_in(struct lic_reading *r, const struct lic_box *box, uint64_t skip)
{
	uint64_t end = box->at + box->n;

	if (skip > box->n) {
		lic_reading_damage(r, "a box that is shorter than its header");
		skip = box->n;
	}
	return lic_boxes_of(r, box->at + skip, end);
}

/* Zeros to the end: writers pad, but what a crash left of a file is zeros, too, and long. Fewer
 * than make a header may be what a transfer left of one. */
static bool is_padding(struct lic_boxes *b)
{
	size_t n = b->end - b->at <= PADDING_MAX ? (size_t)(b->end - b->at) : 0;
	const uint8_t *p = n ? lic_input_peek(b->r->in, b->at, n) : NULL;

	if (!p || (b->is_file && n < 8))
		return false;
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static bool stop(struct lic_boxes *b, const char *why)
{
	lic_reading_damage(b->r, why);
	b->at = b->end;
	return false;
}

bool lic_boxes_next(struct lic_boxes *b, struct lic_box *ret)
{
	uint64_t left = b->end - b->at, size;
	unsigned header = 8;
	const uint8_t *p;

	if (!left || !lic_reading_charge(b->r, BOX_CHARGE))
		return false;
	p = lic_input_peek(b->r->in, b->at, left < 16 ? (size_t)left : 16);
	if (!p)
		return stop(b, "a box runs past the end of the file");
	if (left < header || lic_load(p, 8, true) == 0)
		return is_padding(b) ? false : stop(b, "bytes that are no box");
	size = lic_load(p, 4, true);
	ret->type = (uint32_t)lic_load(p + 4, 4, true);
	if (size == 0) {
		size = left;
	} else if (size == 1) {
		header = 16;
		size = left < header ? 0 : lic_load(p + 8, 8, true);
	}
	if (size < header || size > left)
		return stop(b, "a box runs past the end of what holds it");
	ret->start = b->at;
	ret->at = b->at + header;
	ret->n = size - header;
	b->at += size;
	return true;
}

bool lic_box_begins(struct lic_reading *r, const struct lic_box *box, uint64_t skip, uint32_t want)
{
	const uint8_t *p = NULL;

	if (box->n >= 4 && skip <= box->n - 4)
		p = lic_input_peek(r->in, box->at + skip, 4);
	return p && lic_load(p, 4, true) == want;
}
