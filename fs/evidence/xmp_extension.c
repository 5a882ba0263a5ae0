/* SPDX-License-Identifier: Apache-2.0 */
/* Puts Extended XMP together from the segments of a JPEG. */
#include <string.h>
#include <strings.h>

#include "fs/evidence/xmp.h"
#include "fs/util/cursor.h"

#define GUID_LEN 32
#define PIECES_MAX 4096

struct lic_xmp_piece {
	uint32_t offset; /* in the whole */
	uint32_t n;
	size_t at; /* in the data as it came */
};

static struct lic_xmp_extension *find(struct lic_reading *r, struct lic_xmp_extensions *x,
				      const uint8_t *guid, uint32_t full)
{
	struct lic_xmp_extension *e;

	for (size_t i = 0; i < x->n; i++)
		if (strncasecmp(x->item[i].guid, (const char *)guid, GUID_LEN) == 0)
			return &x->item[i];
	if (x->n == LIC_XMP_EXTENSIONS_MAX) {
		lic_reading_damage(r, "more kinds of Extended XMP than the limits allow");
		return NULL;
	}
	e = &x->item[x->n++];
	*e = (struct lic_xmp_extension){ .full = full };
	e->data = (struct lic_buf)LIC_BUF_INIT(r->limits->block_max);
	memcpy(e->guid, guid, GUID_LEN);
	return e;
}

static bool grow(struct lic_xmp_extension *e)
{
	size_t cap = e->cap ? e->cap * 2 : 8;
	struct lic_xmp_piece *piece;

	if (e->n < e->cap)
		return true;
	if (cap > PIECES_MAX)
		return false;
	piece = realloc(e->piece, cap * sizeof(*piece));
	if (!piece)
		return false;
	e->piece = piece;
	e->cap = cap;
	return true;
}

void lic_xmp_extension_add(struct lic_reading *r, struct lic_xmp_extensions *x, const uint8_t *p,
			   size_t n)
{
	struct lic_cursor c = lic_cursor_of(p, n, true);
	const uint8_t *guid = lic_cursor_take(&c, GUID_LEN);
	uint32_t full = lic_cursor_u32(&c);
	uint32_t offset = lic_cursor_u32(&c);
	size_t left = lic_cursor_left(&c);
	struct lic_xmp_extension *e;

	if (c.bad) {
		lic_reading_damage(r, "Extended XMP without its header");
		return;
	}
	e = find(r, x, guid, full);
	if (!e)
		return;
	if (e->full != full || !grow(e) || !lic_reading_charge(r, left)) {
		lic_reading_damage(r, "Extended XMP that does not fit together");
		return;
	}
	e->piece[e->n++] = (struct lic_xmp_piece){ offset, (uint32_t)left, e->data.len };
	lic_buf_add(&e->data, p + c.at, left);
}

static int by_offset(const void *a, const void *b)
{
	const struct lic_xmp_piece *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool is_repeated(const struct lic_xmp_extension *e, const struct lic_xmp_piece *a,
			const struct lic_xmp_piece *b)
{
	const char *data = lic_buf_str(&e->data);

	return a->offset == b->offset && a->n == b->n &&
	       memcmp(data + a->at, data + b->at, a->n) == 0;
}

/* The pieces in order, without gaps or overlaps, to the announced length; some writers repeat. */
static bool assemble(struct lic_xmp_extension *e, struct lic_buf *out)
{
	uint64_t at = 0;

	if (e->n)
		qsort(e->piece, e->n, sizeof(*e->piece), by_offset);
	for (size_t i = 0; i < e->n; i++) {
		if (i && is_repeated(e, &e->piece[i - 1], &e->piece[i]))
			continue;
		if (e->piece[i].offset != at)
			return false;
		lic_buf_add(out, lic_buf_str(&e->data) + e->piece[i].at, e->piece[i].n);
		at += e->piece[i].n;
	}
	return at == e->full && !lic_buf_failed(out);
}

static void read_one(struct lic_reading *r, struct lic_xmp_extension *e, const char *source,
		     uint32_t packet)
{
	struct lic_buf whole = LIC_BUF_INIT(r->limits->block_max);

	if (lic_buf_failed(&e->data) || !assemble(e, &whole))
		lic_reading_damage(r, "Extended XMP that does not fit together");
	/* read what is there all the same: it may restrict */
	if (whole.len)
		lic_xmp_read(r, source, packet, (const uint8_t *)whole.data, whole.len, NULL);
	lic_buf_release(&whole);
}

/* What no packet announces is left over from another version of the metadata. */
static void read_stale(struct lic_reading *r, struct lic_xmp_extension *e, const char *source)
{
	bool was_aside = r->is_aside;

	r->is_aside = true;
	read_one(r, e, source, lic_reading_packet(r));
	r->is_aside = was_aside;
}

void lic_xmp_extensions_read(struct lic_reading *r, struct lic_xmp_extensions *x,
			     const char *source, uint32_t packet, const char *guid)
{
	bool found = !*guid;

	for (size_t i = 0; i < x->n; i++) {
		struct lic_xmp_extension *e = &x->item[i];

		if (strcasecmp(e->guid, guid) == 0) {
			found = true;
			read_one(r, e, source, packet);
		} else {
			read_stale(r, e, source);
		}
		lic_buf_release(&e->data);
		free(e->piece);
	}
	x->n = 0;
	if (!found)
		lic_reading_damage(r, "Extended XMP is announced and not there");
}
