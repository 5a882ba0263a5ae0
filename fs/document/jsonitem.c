/* SPDX-License-Identifier: Apache-2.0 */
/* Which items of JSON are records. */
#include <errno.h>
#include <string.h>

#include "fs/document/jsonread.h"

#define BATCH 64u
#define BATCH_NAMES 4096u

static size_t count_names(const struct lic_jsonread *c, size_t from)
{
	size_t n = 0;

	for (; from < c->names.n; from++)
		n += c->names.name[from].kind == LIC_JSON_NAME;
	return n;
}

static bool has_kind(const struct lic_jsonread *c, size_t from, enum lic_json_kind kind,
		     unsigned depth)
{
	for (; from < c->names.n; from++)
		if (c->names.name[from].kind == kind && c->names.name[from].depth == depth)
			return true;
	return false;
}

/* A scalar, or the outermost value of a line. */
static enum lic_json_record_kind decide_range(const struct lic_jsonread *c, size_t from)
{
	bool names = false, refs = false;

	for (; from < c->names.n; from++) {
		names |= c->names.name[from].kind == LIC_JSON_NAME;
		refs |= c->names.name[from].kind == LIC_JSON_REF;
	}
	return names ? LIC_JSON_NAMED : refs ? LIC_JSON_REFERS : LIC_JSON_STRUCTURE;
}

static enum lic_json_record_kind decide_scalar(const struct lic_jsonread *c,
					       const struct lic_json_frame *f)
{
	const struct lic_json_name *k;

	if (f->object || c->names.n == f->names)
		return LIC_JSON_STRUCTURE;
	k = &c->names.name[f->names];
	if (k->kind == LIC_JSON_REF)
		return LIC_JSON_REFERS;
	return k->kind == LIC_JSON_NAME && k->tag != LIC_TAG_OTHER ? LIC_JSON_NAMED
								   : LIC_JSON_STRUCTURE;
}

static enum lic_json_record_kind decide_array(struct lic_jsonread *c, struct lic_json_frame *f,
					      const struct lic_json_frame *g)
{
	if (!f->object)
		return g->own && count_names(c, f->names) <= LIC_SUBJECT_NAMES_MAX
			       ? LIC_JSON_NAMED
			       : LIC_JSON_STRUCTURE;
	if (!f->element)
		return LIC_JSON_STRUCTURE;
	if (g->ids)
		f->refs += g->refs;
	if (g->many && g->own) {
		f->own += g->own;
		f->many_names = true;
	}
	return LIC_JSON_STRUCTURE;
}

/* Are all records in it about the image whose id it has? Visual Genome's regions. */
static bool gathers(const struct lic_jsonread *c, const struct lic_json_frame *f)
{
	const struct lic_json_name *id = NULL;
	size_t refs = 0;

	for (size_t i = f->names; i < c->names.n; i++) {
		const struct lic_json_name *k = &c->names.name[i];

		if (k->kind == LIC_JSON_ID && k->depth == c->depth + 1)
			id = k;
	}
	for (size_t i = f->names; id && i < c->names.n; i++) {
		const struct lic_json_name *k = &c->names.name[i];

		if (k->kind != LIC_JSON_REF)
			continue;
		refs++;
		if (k->n != id->n || memcmp(lic_json_name_text(&c->names, k),
					    lic_json_name_text(&c->names, id), k->n) != 0)
			return false;
	}
	return refs > 0;
}

/* What it says of an image by its id becomes its own. */
static void gather(struct lic_jsonread *c, const struct lic_json_frame *f)
{
	bool first = true;

	for (size_t i = f->names; i < c->names.n; i++) {
		struct lic_json_name *k = &c->names.name[i];

		if (k->kind != LIC_JSON_REF)
			continue;
		k->depth = first ? (uint16_t)(c->depth + 1) : UINT16_MAX;
		first = false;
	}
}

static enum lic_json_record_kind decide_object(struct lic_jsonread *c, struct lic_json_frame *f,
					       const struct lic_json_frame *g)
{
	bool element = g->element, named = element ? g->own || g->deep : g->sure;
	bool own_id = has_kind(c, f->names, LIC_JSON_ID, c->depth + 1);

	if (g->plain)
		return LIC_JSON_STRUCTURE;
	if (named && g->many_names && count_names(c, f->names) > LIC_SUBJECT_NAMES_MAX)
		/* a class with its images, or a film whose other fields go by its frames */
		return g->parallel ? LIC_JSON_UNKNOWN : LIC_JSON_STRUCTURE;
	if (g->refs && !(named && f->images))
		return named ? LIC_JSON_BOTH : LIC_JSON_REFERS;
	if (named)
		return LIC_JSON_NAMED;
	if (!element)
		return LIC_JSON_STRUCTURE;
	if (c->films && has_kind(c, f->names, LIC_JSON_FILM, c->depth + 1))
		return LIC_JSON_REFERS;
	if (c->n_waiting > f->waiting && gathers(c, f)) {
		gather(c, f);
		return LIC_JSON_REFERS;
	}
	if (g->data || (!f->object && f->joined) || (f->images && own_id))
		return LIC_JSON_UNKNOWN;
	return LIC_JSON_STRUCTURE;
}

static enum lic_json_record_kind decide(struct lic_jsonread *c, struct lic_json_frame *f,
					const struct lic_json_frame *g)
{
	if (!c->depth)
		return c->lines ? decide_range(c, f->names) : LIC_JSON_STRUCTURE;
	if (f->item_named)
		return LIC_JSON_NAMED;
	if (f->item_ref && !(g && g->refs))
		return LIC_JSON_REFERS;
	if (f->item_ref)
		/* what its key looked like it was */
		c->names.name[f->names].depth = UINT16_MAX;
	if (!g)
		return decide_scalar(c, f);
	return g->object ? decide_object(c, f, g) : decide_array(c, f, g);
}

static struct lic_json_waiting *wait_more(struct lic_jsonread *c)
{
	if (c->n_waiting == c->cap_waiting) {
		size_t cap = c->cap_waiting ? c->cap_waiting * 2 : 64;
		struct lic_json_waiting *p = reallocarray(c->waiting, cap, sizeof(*p));

		if (!p) {
			c->w.failed = -ENOMEM;
			return NULL;
		}
		c->waiting = p;
		c->cap_waiting = cap;
	}
	return &c->waiting[c->n_waiting++];
}

int lic_json_add_comma(struct lic_jsonread *c, const struct lic_json_frame *f)
{
	struct lic_json_waiting *r = wait_more(c);

	if (!r)
		return c->w.failed;
	*r = (struct lic_json_waiting){ .at = f->comma,
					.n = f->item - f->comma,
					.lead = f->item - f->comma,
					.from = (uint32_t)c->names.n,
					.to = (uint32_t)c->names.n,
					.kind = LIC_JSON_COMMA };
	return 0;
}

static int add_record(struct lic_jsonread *c, struct lic_json_frame *f,
		      const struct lic_json_frame *g, enum lic_json_record_kind kind)
{
	bool follows = f->begun && f->comma != f->item, first = !f->records && !f->fixed;
	struct lic_json_waiting *r;
	uint64_t at = follows && !first ? f->comma : f->item;

	c->n_waiting = f->waiting;
	r = wait_more(c);
	if (!r)
		return c->w.failed;
	*r = (struct lic_json_waiting){
		.at = at,
		.n = lic_walk_offset(&c->w) - at,
		.lead = f->fixed ? 0 : f->item - at,
		.item = f->item,
		.scope = lic_json_scope(c),
		.subject = LIC_SUBJECT_NONE,
		.from = f->names,
		.to = (uint32_t)c->names.n,
		.depth = (uint16_t)(c->depth + (g || f->object)),
		.level = c->lines && !c->depth ? UINT16_MAX
			 : g		       ? g->level
					       : f->level,
		.kind = (uint8_t)kind,
		.list = !f->records || f->fixed,
		.member = f->object,
		.film = f->films || (kind == LIC_JSON_REFERS && g && !g->refs && !f->item_ref &&
				     has_kind(c, f->names, LIC_JSON_FILM, c->depth + 1)),
		.images = f->images,
	};
	if (!g && !f->object) {
		/* what an element is about is its own, and not its array's */
		for (size_t i = f->names; i < c->names.n; i++) {
			if (c->names.name[i].kind == LIC_JSON_REF)
				r->depth = c->names.name[i].depth;
		}
	}
	f->records = true;
	f->joined |= kind == LIC_JSON_REFERS || kind == LIC_JSON_BOTH;
	return 0;
}

/* Will the item be a record that `g` is the value of, whatever else comes in it? */
static bool is_sure(const struct lic_json_frame *f, const struct lic_json_frame *g)
{
	if (f->item_named || f->item_ref)
		return true;
	if (!g->object || g->plain)
		return false;
	return g->refs || (g->element ? g->own && !g->many_names : g->sure);
}

/* Writes what is final. Where too much waits, the outermost item that may become a record is made
 * one, or shall never be one. */
static int make_room(struct lic_jsonread *c)
{
	for (;;) {
		struct lic_json_frame *f;
		unsigned i = 1;
		int e;

		while (i <= c->depth && !c->frame[i].recordable)
			i++;
		if (i > c->depth)
			return c->n_waiting || c->names.n
				       ? lic_json_flush(c, c->n_waiting, c->names.n)
				       : 0;
		f = &c->frame[i - 1];
		e = lic_json_flush(c, f->waiting, f->names);
		if (e < 0 || (c->n_waiting < LIC_JSON_WAITING_MAX / 2 &&
			      c->names.n < LIC_JSON_NAMES_MAX / 8))
			return e;
		if (is_sure(f, f + 1)) {
			/* its own record takes the place of those in it */
			c->n_waiting = f->waiting;
			for (; i <= c->depth; i++)
				c->frame[i].waiting = f->waiting;
			return 0;
		}
		f[1].recordable = false;
		c->recordable--;
	}
}

int lic_json_end_item(struct lic_jsonread *c, const struct lic_json_frame *g)
{
	struct lic_json_frame *f = lic_json_top(c);
	enum lic_json_record_kind kind = LIC_JSON_STRUCTURE;
	int e = 0;

	f->begun = true;
	if (c->lines && !c->depth && lic_walk_line(&c->w) < 0)
		return c->w.failed;
	if (g || c->names.n > f->names || f->item_ref || c->lines)
		kind = decide(c, f, g);
	/* what is open around too many records is structure */
	if (kind != LIC_JSON_STRUCTURE && g && !g->recordable && c->depth) {
		if (kind != LIC_JSON_NAMED)
			return lic_walk_bad(&c->w,
					    "more than %u records in one that is about an "
					    "image",
					    LIC_JSON_WAITING_MAX);
		kind = LIC_JSON_STRUCTURE;
	}
	if (kind != LIC_JSON_STRUCTURE)
		e = add_record(c, f, g, kind);
	else
		f->fixed = true;
	if (g && g->object && f->object && !f->item_named)
		f->deep += g->own + g->deep;
	if (e < 0)
		return e;
	if (c->recordable && c->n_waiting < LIC_JSON_WAITING_MAX &&
	    c->names.n < LIC_JSON_NAMES_MAX / 4)
		return 0;
	if (c->quiet || (c->lines && c->depth))
		return 0;
	/* Elements that refer to images, several at once: the table of ids is asked ahead. What
	 * comes behind their array must know all of them. */
	if (!c->recordable && !c->collecting && !f->object && c->depth && kind == LIC_JSON_REFERS &&
	    c->n_waiting < BATCH && c->names.n < BATCH_NAMES)
		return 0;
	return make_room(c);
}
