/* SPDX-License-Identifier: Apache-2.0 */
/* The items of a "meta" box: which of them hold metadata, where they lie, and of what they speak.
 */
#include <string.h>
#include <strings.h>

#include "fs/evidence/box.h"
#include "fs/evidence/brotli.h"
#include "fs/evidence/c2pa.h"
#include "fs/evidence/inflate.h"
#include "fs/util/cursor.h"

#define IINF LIC_FOURCC('i', 'i', 'n', 'f')
#define INFE LIC_FOURCC('i', 'n', 'f', 'e')
#define ILOC LIC_FOURCC('i', 'l', 'o', 'c')
#define IREF LIC_FOURCC('i', 'r', 'e', 'f')
#define CDSC LIC_FOURCC('c', 'd', 's', 'c')
#define PITM LIC_FOURCC('p', 'i', 't', 'm')
#define IDAT LIC_FOURCC('i', 'd', 'a', 't')
#define XML LIC_FOURCC('x', 'm', 'l', ' ')
#define BXML LIC_FOURCC('b', 'x', 'm', 'l')
#define HDLR LIC_FOURCC('h', 'd', 'l', 'r')
#define EXIF LIC_FOURCC('E', 'x', 'i', 'f')
#define MIME LIC_FOURCC('m', 'i', 'm', 'e')

#define ITEMS_MAX 1024		  /* that hold metadata: a burst of pictures has one or two each */
#define INFE_MAX LIC_INPUT_WINDOW /* bytes of an entry: a number and three short strings */
/* What an extent of a picture, and a reference, takes from the budget. */
#define ENTRY_CHARGE 4

struct item {
	uint32_t id;
	lic_content_fn read;
	lic_unpack_fn unpack; /* NULL: it is not compressed */
	const char *damage;   /* why it cannot be read, NULL if it can */
	bool found;	      /* "iloc" names it */
	bool linked;	      /* it describes some item ... */
	bool is_ours;	      /* ... and that is the primary one */
};

struct meta {
	struct lic_reading *r;
	struct lic_box iinf, iloc, iref, idat;
	bool has_iinf, has_iloc, has_iref, has_idat, has_primary;
	uint32_t primary;
	struct item *item; /* sorted by id */
	size_t n, cap;
};

/* --- iinf: what items there are ------------------------------------------------------------- */

static void add_item(struct meta *m, const struct item *item)
{
	if (m->n == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 8;
		struct item *p = cap > ITEMS_MAX ? NULL : realloc(m->item, cap * sizeof(*p));

		if (!p) {
			lic_reading_damage(m->r, "more items of metadata than the limits allow");
			return;
		}
		m->item = p;
		m->cap = cap;
	}
	m->item[m->n++] = *item;
}

/* The next string, to its NUL or, where the last one has none, to the end; cut to fit. */
static void string(struct lic_cursor *c, char *ret, size_t size)
{
	size_t left = lic_cursor_left(c), n = 0;
	const uint8_t *p = c->p + c->at;

	while (n < left && p[n])
		n++;
	lic_cursor_skip(c, n + (n < left));
	if (n >= size)
		n = size - 1;
	if (n)
		memcpy(ret, p, n);
	ret[n] = '\0';
}

static bool begins(const char *s, const char *with)
{
	return strncasecmp(s, with, strlen(with)) == 0;
}

static lic_content_fn by_content_type(const char *s)
{
	if (begins(s, "application/rdf+xml"))
		return lic_box_xmp;
	if (begins(s, "application/c2pa") || begins(s, "application/x-c2pa-manifest-store"))
		return lic_c2pa_read;
	return strcasestr(s, "xml") ? lic_box_xml : NULL;
}

static void encoding(struct item *item, const char *s)
{
	if (!*s || strcasecmp(s, "identity") == 0)
		return;
	if (strcasecmp(s, "deflate") == 0)
		item->unpack = lic_inflate;
	else if (strcasecmp(s, "br") == 0)
		item->unpack = lic_unbrotli;
	else
		item->damage = "an item of metadata that is compressed in an unknown way";
}

/* 8.11.6: version 0 and 1 know only content types, 2 and 3 begin with a type. */
static void item_entry(struct meta *m, struct lic_cursor *c)
{
	unsigned version = lic_cursor_u8(c);
	char name[2], content[64], enc[32];
	struct item item = { 0 };
	uint32_t type = MIME;
	bool is_protected;

	lic_cursor_skip(c, 3);
	item.id = version >= 3 ? lic_cursor_u32(c) : lic_cursor_u16(c);
	is_protected = lic_cursor_u16(c) != 0;
	if (version >= 2)
		type = lic_cursor_u32(c);
	string(c, name, sizeof(name));
	string(c, content, sizeof(content));
	string(c, enc, sizeof(enc));
	if (c->bad || version > 3) {
		lic_reading_damage(m->r, "the list of items is broken");
		return;
	}
	if (type == EXIF)
		item.read = lic_box_exif;
	else if (type == LIC_FOURCC('j', 'u', 'm', 'b'))
		item.read = lic_c2pa_read;
	else if (type == MIME)
		item.read = by_content_type(content);
	if (!item.read)
		return;
	if (type == MIME)
		encoding(&item, enc);
	if (is_protected)
		item.damage = "an item of metadata that is encrypted";
	add_item(m, &item);
}

static int by_id(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static void read_iinf(struct meta *m)
{
	const uint8_t *p = lic_input_peek(m->r->in, m->iinf.at, m->iinf.n < 8 ? 0 : 8);
	unsigned wide = p && m->iinf.n >= 8 && p[0] ? 4 : 2;
	uint64_t count = p && m->iinf.n >= 8 ? lic_load(p + 4, wide, true) : 0;
	struct lic_boxes boxes = lic_boxes_in(m->r, &m->iinf, 4 + wide);
	struct lic_box box;

	while (lic_boxes_next(&boxes, &box)) {
		size_t n = box.n < INFE_MAX ? (size_t)box.n : INFE_MAX;
		struct lic_cursor c;

		if (box.type != INFE)
			continue;
		count -= count > 0;
		p = lic_input_peek(m->r->in, box.at, n);
		if (!p || box.n > INFE_MAX) {
			lic_reading_damage(m->r, "the list of items is broken");
			continue;
		}
		c = lic_cursor_of(p, n, true);
		item_entry(m, &c);
	}
	if (count)
		lic_reading_damage(m->r, "the list of items is shorter than it says");
	for (size_t i = 1; i < m->n; i++)
		if (m->item[i - 1].id > m->item[i].id) {
			qsort(m->item, m->n, sizeof(*m->item), by_id);
			return;
		}
}

/* The first of the items with this number: hostile files give it to several. */
static struct item *find(struct meta *m, uint32_t id)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->item[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->n && m->item[low].id == id ? &m->item[low] : NULL;
}

static struct item *next_of(struct meta *m, struct item *item)
{
	struct item *next = item + 1;

	return next < m->item + m->n && next->id == item->id ? next : NULL;
}

/* --- pitm, iref: of which picture an item speaks -------------------------------------------- */

static void read_pitm(struct meta *m, const struct lic_box *box)
{
	size_t n = box->n < 8 ? (size_t)box->n : 8;
	const uint8_t *p = lic_input_peek(m->r->in, box->at, n);
	unsigned wide = p && n && p[0] ? 4 : 2;

	/* of whom the items speak depends on it */
	if (!p || n < 4 + wide || m->has_primary) {
		lic_reading_damage(m->r, "which picture is the primary one cannot be read");
		return;
	}
	m->primary = (uint32_t)lic_load(p + 4, wide, true);
	m->has_primary = true;
}

static void reference(struct meta *m, const uint8_t *p, size_t size, unsigned wide)
{
	struct lic_cursor c = lic_cursor_of(p, size, true);
	struct item *item = find(m, (uint32_t)lic_cursor_uint(&c, wide));
	size_t n = lic_cursor_u16(&c);
	bool is_ours = false;

	for (size_t i = 0; i < n && !c.bad; i++)
		is_ours |= lic_cursor_uint(&c, wide) == m->primary && !c.bad;
	for (; item; item = next_of(m, item)) {
		item->linked = true;
		item->is_ours |= is_ours;
	}
}

static void read_iref(struct meta *m)
{
	const uint8_t *p = m->iref.n ? lic_input_peek(m->r->in, m->iref.at, 1) : NULL;
	unsigned wide = p && *p ? 4 : 2;
	struct lic_boxes boxes = lic_boxes_in(m->r, &m->iref, 4);
	struct lic_box box;
	struct lic_block b;

	while (lic_boxes_next(&boxes, &box)) {
		if (box.type != CDSC)
			continue;
		if (box.n <= LIC_INPUT_WINDOW) {
			p = lic_input_peek(m->r->in, box.at, (size_t)box.n);
			if (p)
				reference(m, p, (size_t)box.n, wide);
		} else if (lic_reading_block(m->r, box.at, box.n, &b)) {
			reference(m, b.p, b.n, wide);
			lic_block_release(&b);
		}
	}
}

/* --- iloc: where items lie ------------------------------------------------------------------ */

/* One entry of 8.11.3, and the widths of its numbers. */
struct location {
	unsigned offset_w, length_w, index_w;
	unsigned method, source;
	uint64_t base;
	unsigned extents;
};

/* Where the bytes of an item lie in the file; false where that is not in it. */
static bool place(struct meta *m, const struct location *l, uint64_t off, uint64_t n,
		  uint64_t *ret_at)
{
	uint64_t from = l->method ? m->idat.at : 0;
	uint64_t size = l->method ? m->idat.n : m->r->in->size;

	if (__builtin_add_overflow(off, l->base, &off) || off > size || n > size - off)
		return false;
	*ret_at = from + off;
	return true;
}

/* What is said of another picture in the same file may bind this one, too, but not free it. */
static void hush(struct lic_claims *c, size_t from)
{
	for (size_t i = from; i < c->n; i++) {
		switch (c->item[i].role) {
		case LIC_ROLE_LICENSE:
		case LIC_ROLE_WEBSTATEMENT:
		case LIC_ROLE_COPYRIGHT:
		case LIC_ROLE_COMMENT:
			c->item[i].role = LIC_ROLE_CAPTION;
			break;
		default:
			break;
		}
	}
}

static void read_item(struct meta *m, const struct item *item, const uint8_t *p, size_t n)
{
	size_t before = m->r->claims->n;

	if (!n)
		return;
	if (item->unpack)
		lic_box_unpack(m->r, item->unpack, item->read, p, n);
	else
		item->read(m->r, p, n);
	if (m->has_primary && item->linked && !item->is_ours)
		hush(m->r->claims, before);
}

/* Joins the extents. */
static void read_extents(struct meta *m, const struct item *item, const struct location *l,
			 struct lic_cursor c)
{
	struct lic_buf joined = LIC_BUF_INIT(m->r->limits->block_max);
	uint64_t total = 0;

	for (unsigned i = 0; i < l->extents; i++) {
		uint64_t off, n, at;
		struct lic_block b;

		lic_cursor_skip(&c, l->index_w);
		off = lic_cursor_uint(&c, l->offset_w);
		n = lic_cursor_uint(&c, l->length_w);
		if (!place(m, l, off, n, &at)) {
			lic_reading_damage(m->r, "an item of metadata leads out of the file");
			break;
		}
		if (!lic_reading_block(m->r, at, n, &b))
			break;
		total += b.n;
		if (l->extents == 1)
			read_item(m, item, b.p, b.n);
		else
			lic_buf_add(&joined, b.p, b.n);
		lic_block_release(&b);
	}
	if (!total)
		lic_reading_damage(m->r, "an item of metadata without content");
	else if (lic_buf_failed(&joined))
		lic_reading_damage(m->r, "a metadata block is larger than the limits allow");
	else
		read_item(m, item, (const uint8_t *)lic_buf_str(&joined), joined.len);
	lic_buf_release(&joined);
}

static void locate(struct meta *m, struct item *item, const struct location *l,
		   const struct lic_cursor *c)
{
	if (item->found)
		item->damage = "an item of metadata that lies in two places";
	else if (l->source)
		item->damage = "an item of metadata that lies in another file";
	else if (l->method > 1)
		item->damage = "an item of metadata that is made of other items";
	else if (l->method == 1 && !m->has_idat)
		item->damage = "an item of metadata in a box that is not there";
	else if (l->extents && !l->length_w)
		item->damage = "an item of metadata without a length";
	item->found = true;
	if (item->damage)
		lic_reading_damage(m->r, item->damage);
	else
		read_extents(m, item, l, *c);
}

/* Pictures that end behind the end of the file: it was cut off, and perhaps between two boxes. */
static void check_extents(struct meta *m, const struct location *l, struct lic_cursor c)
{
	uint64_t at;

	if (l->source || l->method > 1 || !l->length_w ||
	    !lic_reading_charge(m->r, (uint64_t)l->extents * ENTRY_CHARGE))
		return;
	for (unsigned i = 0; i < l->extents; i++) {
		uint64_t off, n;

		lic_cursor_skip(&c, l->index_w);
		off = lic_cursor_uint(&c, l->offset_w);
		n = lic_cursor_uint(&c, l->length_w);
		if (!place(m, l, off, n, &at)) {
			lic_reading_damage(m->r, "an item leads out of the file");
			return;
		}
	}
}

static void location(struct meta *m, struct lic_cursor *c, unsigned version, struct location *l,
		     unsigned base_w)
{
	size_t each = (size_t)l->index_w + l->offset_w + l->length_w;
	struct lic_cursor at;
	struct item *item;
	uint32_t id;

	id = version < 2 ? lic_cursor_u16(c) : lic_cursor_u32(c);
	l->method = version ? lic_cursor_u16(c) & 15 : 0;
	l->source = lic_cursor_u16(c);
	l->base = lic_cursor_uint(c, base_w);
	l->extents = lic_cursor_u16(c);
	at = *c;
	lic_cursor_skip(c, each * l->extents);
	if (c->bad)
		return;
	item = find(m, id);
	if (!item)
		check_extents(m, l, at);
	for (; item; item = next_of(m, item))
		locate(m, item, l, &at);
}

/* Entries with no width at all would be read for nothing, 65,535 times. */
static bool widths_are_sane(unsigned sizes)
{
	for (; sizes; sizes >>= 4)
		if ((sizes & 15) > 8)
			return false;
	return true;
}

static void read_iloc(struct meta *m)
{
	struct location l = { 0 };
	unsigned version, sizes;
	struct lic_cursor c;
	struct lic_block b;
	uint32_t n;

	if (!lic_reading_block(m->r, m->iloc.at, m->iloc.n, &b))
		return;
	c = lic_cursor_of(b.p, b.n, true);
	version = lic_cursor_u8(&c);
	lic_cursor_skip(&c, 3);
	sizes = lic_cursor_u16(&c);
	l.offset_w = sizes >> 12;
	l.length_w = sizes >> 8 & 15;
	l.index_w = version ? sizes & 15 : 0;
	n = version < 2 ? lic_cursor_u16(&c) : lic_cursor_u32(&c);
	if (version > 2 || !widths_are_sane(version ? sizes : sizes & 0xfff0))
		c.bad = true;
	while (n-- && !c.bad)
		location(m, &c, version, &l, sizes >> 4 & 15);
	if (c.bad)
		lic_reading_damage(m->r, "the places of items are broken");
	lic_block_release(&b);
}

/* --- meta ----------------------------------------------------------------------------------- */

static void keep(struct meta *m, const struct lic_box *box, struct lic_box *ret, bool *has_it)
{
	if (*has_it)
		lic_reading_damage(m->r, "metadata that is listed twice");
	*ret = *box;
	*has_it = true;
}

/* 8.11.2: XML instead of items; ISO writers put a version before it. */
static void xml(struct meta *m, const struct lic_box *box)
{
	struct lic_block b;

	if (!lic_reading_block(m->r, box->at, box->n, &b))
		return;
	if (b.n >= 4 && lic_load(b.p, 4, true) == 0)
		lic_box_xml(m->r, b.p + 4, b.n - 4);
	else
		lic_box_xml(m->r, b.p, b.n);
	lic_block_release(&b);
}

static void child(struct meta *m, const struct lic_box *box)
{
	switch (box->type) {
	case IINF:
		keep(m, box, &m->iinf, &m->has_iinf);
		break;
	case ILOC:
		keep(m, box, &m->iloc, &m->has_iloc);
		break;
	case IREF:
		keep(m, box, &m->iref, &m->has_iref);
		break;
	case IDAT:
		keep(m, box, &m->idat, &m->has_idat);
		break;
	case PITM:
		read_pitm(m, box);
		break;
	case XML:
		xml(m, box);
		break;
	case BXML:
		lic_reading_damage(m->r, "metadata in binary XML");
		break;
	default:
		lic_box_read(m->r, box);
	}
}

void lic_meta_read(struct lic_reading *r, const struct lic_box *box)
{
	/* QuickTime writes it without version and flags */
	uint64_t skip = lic_box_begins(r, box, 4, HDLR) ? 0 : 4;
	struct lic_boxes boxes = lic_boxes_in(r, box, skip);
	struct meta m = { .r = r };
	struct lic_box b;

	while (lic_boxes_next(&boxes, &b))
		child(&m, &b);
	if (m.has_iinf)
		read_iinf(&m);
	if (m.n && m.has_iref)
		read_iref(&m);
	if (m.has_iloc)
		read_iloc(&m);
	for (size_t i = 0; i < m.n; i++)
		if (!m.item[i].found)
			lic_reading_damage(r, "an item of metadata that lies nowhere");
	free(m.item);
}
