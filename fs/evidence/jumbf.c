/* SPDX-License-Identifier: Apache-2.0 */
/* Walks the boxes of JUMBF within their bounds. */
#include <string.h>

#include "fs/evidence/jumbf.h"
#include "fs/util/cursor.h"

#define TYPE_JUMB LIC_JUMBF_TYPE('j', 'u', 'm', 'b')
#define TYPE_JUMD LIC_JUMBF_TYPE('j', 'u', 'm', 'd')
#define HAS_LABEL 0x02

struct walk {
	const struct lic_jumbf_handler *h;
	void *ctx;
	unsigned depth_max;
};

/* Reads a box header and takes its content. Length 0: to the end of the box around it; 1: the real
 * one follows, as 64 bits. */
static const uint8_t *next_box(struct lic_cursor *c, uint32_t *ret_type, size_t *ret_n)
{
	uint64_t length = lic_cursor_u32(c);
	uint64_t header = 8;

	*ret_type = lic_cursor_u32(c);
	if (length == 1) {
		length = lic_cursor_uint(c, 8);
		header = 16;
	} else if (length == 0) {
		length = header + lic_cursor_left(c);
	}
	if (c->bad || length < header || length - header > lic_cursor_left(c))
		return NULL;
	*ret_n = (size_t)(length - header);
	return lic_cursor_take(c, *ret_n);
}

/* Type, toggles, and a label that ends with NUL; what may follow says nothing to us. */
static bool describe(struct lic_cursor *c, struct lic_jumbf *ret)
{
	uint32_t type;
	size_t n;
	const uint8_t *p = next_box(c, &type, &n);
	struct lic_cursor d = lic_cursor_of(p, p ? n : 0, true);

	if (!p || type != TYPE_JUMD)
		return false;
	ret->uuid = lic_cursor_take(&d, LIC_JUMBF_UUID_LEN);
	ret->label = "";
	if (lic_cursor_u8(&d) & HAS_LABEL) {
		if (!memchr(d.p + d.at, 0, lic_cursor_left(&d)))
			return false;
		ret->label = (const char *)d.p + d.at;
	}
	return !d.bad;
}

static bool is_zero(const struct lic_cursor *c)
{
	for (size_t i = c->at; i < c->n; i++)
		if (c->p[i])
			return false;
	return true;
}

/* Does another superbox follow? Headers are checked when their turn comes. It stops at the first,
 * so that all calls for one parent look at each box once. */
static bool superbox_follows(struct lic_cursor c)
{
	uint32_t type = 0;
	size_t n;

	while (lic_cursor_left(&c) >= 8 && next_box(&c, &type, &n))
		if (type == TYPE_JUMB)
			return true;
	return false;
}

static const char *walk_boxes(struct walk *w, struct lic_cursor *c, const struct lic_jumbf *parent,
			      unsigned depth);

static const char *walk_superbox(struct walk *w, const uint8_t *p, size_t n, struct lic_jumbf *box,
				 unsigned depth)
{
	struct lic_cursor c = lic_cursor_of(p, n, true);
	const char *why;

	if (depth == w->depth_max)
		return "JUMBF nested deeper than the limits allow";
	if (!describe(&c, box))
		return "JUMBF with a box that nothing describes";
	w->h->open(w->ctx, box);
	why = walk_boxes(w, &c, box, depth);
	w->h->close(w->ctx, box);
	return why;
}

static const char *walk_boxes(struct walk *w, struct lic_cursor *c, const struct lic_jumbf *parent,
			      unsigned depth)
{
	while (lic_cursor_left(c)) {
		struct lic_jumbf box = { .parent = parent, .tag = parent ? parent->tag : NULL };
		const char *why = NULL;
		const uint8_t *p;
		uint32_t type;
		size_t n;

		if (!parent && is_zero(c))
			return c->at ? NULL : "JUMBF that was never filled in";
		p = next_box(c, &type, &n);
		if (!p)
			return "JUMBF with a box that leads out of the one around it";
		if (type == TYPE_JUMB) {
			box.is_last = !superbox_follows(*c);
			why = walk_superbox(w, p, n, &box, depth + 1);
		} else {
			w->h->content(w->ctx, parent, type, p, n);
		}
		if (why)
			return why;
	}
	return NULL;
}

const char *lic_jumbf_walk(const uint8_t *p, size_t n, unsigned depth_max,
			   const struct lic_jumbf_handler *h, void *ctx)
{
	struct walk w = { .h = h, .ctx = ctx, .depth_max = depth_max };
	struct lic_cursor c = lic_cursor_of(p, n, true);

	return walk_boxes(&w, &c, NULL, 0);
}
