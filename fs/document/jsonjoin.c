/* SPDX-License-Identifier: Apache-2.0 */
/* Records of JSON on their way into the index: subjects, and the joining of ids. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/document/jsonread.h"

/* Spaces of ids: images by their id, images by their image_id, films, and ids that are names. */
enum { IMAGES, NAMED, FILMS, NUMBERS };

static uint64_t key_of(uint64_t scope, unsigned space, const void *p, size_t n)
{
	return lic_jsonid_key(scope << 2 | space, p, n);
}

static unsigned find(const struct lic_jsonread *c, uint64_t scope, unsigned space, const void *p,
		     size_t n, const struct lic_jsonid *ret[LIC_JSONIDS_SAME_MAX])
{
	unsigned found = lic_jsonids_find(&c->ids, key_of(scope, space, p, n), ret);

	if (!found && scope)
		found = lic_jsonids_find(&c->ids, key_of(0, space, p, n), ret);
	return found;
}

bool lic_json_is_id(const struct lic_jsonread *c, uint64_t scope, const void *p, size_t n)
{
	const struct lic_jsonid *same[LIC_JSONIDS_SAME_MAX];

	return find(c, scope, IMAGES, p, n, same) || find(c, scope, NAMED, p, n, same);
}

/* --- images that have ids ----------------------------------------------------------------- */

static int define(struct lic_jsonread *c, const struct lic_json_waiting *r, unsigned space,
		  const struct lic_json_name *id)
{
	const char *text = lic_json_name_text(&c->names, id);
	const struct lic_jsonid *same[LIC_JSONIDS_SAME_MAX];
	struct lic_jsonid k = {
		.key = key_of(r->scope, space, text, id->n),
		.at = r->item,
		.n = r->at + r->n - r->item < INT32_MAX ? (uint32_t)(r->at + r->n - r->item) : 0,
		.member = r->member,
		.subject = (uint32_t)r->subject,
	};
	unsigned n = lic_jsonids_find(&c->ids, k.key, same);

	for (unsigned i = 0; i < n && i < LIC_JSONIDS_SAME_MAX; i++)
		if (same[i]->subject == k.subject)
			return 0;
	return lic_jsonids_add(&c->ids, &k);
}

/* Its own id, else its image_id. */
static bool defines(const struct lic_jsonread *c, const struct lic_json_waiting *r, unsigned kind)
{
	for (size_t i = r->from; i < r->to; i++)
		if (c->names.name[i].kind == kind && c->names.name[i].depth == r->depth)
			return true;
	return false;
}

static int define_all(struct lic_jsonread *c, const struct lic_json_waiting *r, unsigned space,
		      unsigned kind)
{
	int e = 0;

	if (r->subject >= UINT32_MAX)
		return 0; /* nothing can be joined to what is unknown */
	for (size_t i = r->from; e == 0 && i < r->to; i++) {
		const struct lic_json_name *id = &c->names.name[i];

		if (id->kind == kind && id->depth == r->depth)
			e = define(c, r, space, id);
	}
	return e;
}

/* The subject of an item that names images; those that were found ahead have theirs. */
static int make_subject(struct lic_jsonread *c, struct lic_json_waiting *r, unsigned way,
			bool defining)
{
	struct lic_json_ahead *a = &c->ahead[way];
	int e;

	lic_json_names_cut(&c->joint, 0);
	e = lic_json_names_settle(&c->names, r, false, &c->joint);
	if (e < 0)
		return e;
	if (defining && a->done && r->item >= a->from) {
		/* as it was counted when it was found */
		r->subject = c->joint.n && c->joint.n <= LIC_SUBJECT_NAMES_MAX ? a->next++
									       : LIC_SUBJECT_NONE;
		return 0;
	}
	r->subject = lic_json_subject(c, &c->joint);
	if (!defining)
		return 0;
	c->defined[way]++;
	if (way)
		return define_all(c, r, NAMED, LIC_JSON_REF);
	e = define_all(c, r, r->film ? FILMS : IMAGES, LIC_JSON_ID);
	return e < 0 || r->film ? e : define_all(c, r, IMAGES, LIC_JSON_REF);
}

/* Was it, or will it be, found by looking ahead? */
static bool is_ahead(const struct lic_jsonread *c, unsigned way, const struct lic_json_waiting *r)
{
	return r->item >= c->ahead[way].from;
}

static int make_named(struct lic_jsonread *c, struct lic_json_waiting *r)
{
	bool defining = !c->lines && (defines(c, r, LIC_JSON_ID) || defines(c, r, LIC_JSON_REF));

	if (r->kind != LIC_JSON_NAMED ||
	    (c->collecting && (c->collecting != 1 || !defining || !is_ahead(c, 0, r))))
		return 0;
	c->films |= r->film && defining;
	return make_subject(c, r, 0, defining);
}

/* --- looking ahead ------------------------------------------------------------------------ */

/* Walks on to the end of the file for images that define ids in one way, and comes back. */
static int look_ahead(struct lic_jsonread *c, unsigned way)
{
	struct lic_json_frame *frames = malloc((c->depth + 1) * sizeof(*frames));
	struct lic_json_names names = c->names;
	struct lic_json_waiting *waiting = c->waiting;
	size_t n_waiting = c->n_waiting, cap_waiting = c->cap_waiting;
	uint64_t at = lic_walk_offset(&c->w), size = c->w.size, films = c->films;
	unsigned depth = c->depth, recordable = c->recordable;
	int e;

	if (!frames)
		return -ENOMEM;
	memcpy(frames, c->frame, (depth + 1) * sizeof(*frames));
	c->names = (struct lic_json_names){ 0 };
	c->waiting = NULL;
	c->n_waiting = c->cap_waiting = 0;
	c->collecting = (int)way + 1;
	c->ahead[way].from = at;
	c->ahead[way].next = c->x->out->n_subjects;
	for (unsigned i = 0; i <= depth; i++)
		c->frame[i].names = c->frame[i].waiting = 0;
	e = lic_jsonread_rest(c);
	c->ahead[way].done = true;
	c->collecting = 0;
	lic_json_names_release(&c->names);
	free(c->waiting);
	c->names = names;
	c->waiting = waiting;
	c->n_waiting = n_waiting;
	c->cap_waiting = cap_waiting;
	c->depth = depth;
	c->recordable = recordable;
	c->films |= films;
	memcpy(c->frame, frames, (depth + 1) * sizeof(*frames));
	free(frames);
	return e < 0 ? e : lic_walk_seek(&c->w, at, size);
}

/* --- items that are joined ---------------------------------------------------------------- */

/* What the item at a place that was read before calls its image. */
static int read_again(struct lic_jsonread *c, const struct lic_jsonid *id)
{
	struct lic_jsonread *s = c->again;
	int e;

	if (!id->n)
		return -ENOENT;
	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return -ENOMEM;
		c->again = s;
		e = lic_jsonread_init(s, c->x, c->keys, id->at, id->at + id->n);
	} else {
		e = lic_walk_seek(&s->w, id->at, id->at + id->n);
	}
	s->quiet = true;
	s->stems = c->stems;
	s->n_waiting = 0;
	lic_json_names_cut(&s->names, 0);
	if (e == 0)
		e = lic_jsonread_item(s, id->member);
	if (e == 0 && (!s->n_waiting || s->waiting[0].kind == LIC_JSON_COMMA))
		e = -ENOENT;
	return e == 0 ? lic_json_names_settle(&s->names, &s->waiting[0], false, &c->joint) : e;
}

/* Variants of a name that a number may stand for (COCO's file names). */
static int add_variants(struct lic_jsonread *c, const char *p, size_t n)
{
	static const char *const before[] = { "", "COCO_train2014_", "COCO_val2014_",
					      "COCO_test2015_" };
	char text[64];
	int e = 0;

	for (unsigned i = 0; e == 0 && i < LIC_ARRAY_SIZE(before); i++) {
		struct lic_json_name name = { .tag = (uint8_t)(LIC_JSONTAG_ID + i) };

		if (n > 12 || strspn(p, "0123456789") < n)
			break;
		name.n = (uint32_t)snprintf(text, sizeof(text), "%s%.*s%.*s", before[i],
					    (int)(12 - n), "000000000000", (int)n, p);
		e = lic_json_name_add(&c->joint, &name, text);
	}
	if (e == 0 && n <= LIC_NAME_BYTES_MAX) {
		struct lic_json_name name = { .tag = LIC_JSONTAG_ID + LIC_ARRAY_SIZE(before),
					      .n = (uint32_t)n };

		e = lic_json_name_add(&c->joint, &name, p);
	}
	return e;
}

/* The subject of an id where no image of the file has any: the id is a name. */
static int take_number(struct lic_jsonread *c, struct lic_json_waiting *r,
		       const struct lic_json_name *ref, bool alone)
{
	char text[LIC_NAME_BYTES_MAX + 1];
	const struct lic_jsonid *same[LIC_JSONIDS_SAME_MAX];
	int e;

	if (!ref->n || ref->n > LIC_NAME_BYTES_MAX)
		return -ENOENT;
	memcpy(text, lic_json_name_text(&c->names, ref), ref->n);
	text[ref->n] = '\0';
	if (alone && lic_jsonids_find(&c->ids, key_of(0, NUMBERS, text, ref->n), same)) {
		r->subject = same[0]->subject;
		return 0;
	}
	e = add_variants(c, text, ref->n);
	if (e < 0 || !alone)
		return e;
	r->subject = lic_json_subject(c, &c->joint);
	if (r->subject < UINT32_MAX) {
		const struct lic_jsonid id = { .key = key_of(0, NUMBERS, text, ref->n),
					       .subject = (uint32_t)r->subject };

		e = lic_jsonids_add(&c->ids, &id);
	}
	return e;
}

static bool is_ref(const struct lic_json_waiting *r, const struct lic_json_name *k)
{
	return k->depth == r->depth &&
	       (r->film ? k->kind == LIC_JSON_FILM : k->kind == LIC_JSON_REF);
}

/* Which space of ids counts here; looks ahead where that is not known yet. */
static int find_space(struct lic_jsonread *c, const struct lic_json_waiting *r, unsigned *ret)
{
	int e = 0;

	if (r->film) {
		*ret = FILMS;
		return 0;
	}
	for (unsigned way = 0; way < 2; way++) {
		/* those of another scope say nothing about this one */
		bool known = c->defined[way] && !(r->scope && !c->ahead[way].done);

		if (!known && !c->ahead[way].done && !c->lines && !c->quiet)
			e = look_ahead(c, way);
		if (e < 0)
			return e;
		if (c->defined[way]) {
			*ret = way ? NAMED : IMAGES;
			return 0;
		}
		if (r->kind == LIC_JSON_BOTH && way == 0)
			break; /* it has a name itself */
	}
	*ret = NUMBERS;
	return 0;
}

static bool has_names(const struct lic_jsonread *c, const struct lic_json_waiting *r)
{
	for (size_t i = r->from; i < r->to; i++)
		if (c->names.name[i].kind == LIC_JSON_NAME)
			return true;
	return false;
}

/* The images with one of its ids: 1 where it is one, and nothing else is known about it. */
static int join_one(struct lic_jsonread *c, struct lic_json_waiting *r, unsigned space,
		    const struct lic_json_name *ref, bool alone)
{
	const struct lic_jsonid *same[LIC_JSONIDS_SAME_MAX];
	unsigned n;
	int e = 0;

	if (space == NUMBERS)
		return take_number(c, r, ref, alone);
	n = find(c, r->scope, space, lic_json_name_text(&c->names, ref), ref->n, same);
	if (!n || n > LIC_JSONIDS_SAME_MAX)
		return -ENOENT;
	if (n == 1 && alone) {
		r->subject = same[0]->subject;
		return 0;
	}
	for (unsigned i = 0; e == 0 && i < n; i++)
		e = read_again(c, same[i]);
	return e;
}

static int join(struct lic_jsonread *c, struct lic_json_waiting *r)
{
	unsigned space = NUMBERS, refs = 0;
	bool named = has_names(c, r), alone;
	int e = find_space(c, r, &space);

	if (e < 0)
		return e;
	if (r->kind == LIC_JSON_BOTH && space != IMAGES)
		return make_subject(c, r, 1, true);
	for (size_t i = r->from; i < r->to; i++)
		refs += is_ref(r, &c->names.name[i]);
	alone = refs == 1 && !named;
	lic_json_names_cut(&c->joint, 0);
	r->subject = LIC_SUBJECT_NONE;
	for (size_t i = r->from; e == 0 && i < r->to; i++)
		if (is_ref(r, &c->names.name[i]))
			e = join_one(c, r, space, &c->names.name[i], alone);
	if (e == 0 && c->joint.n && r->subject == LIC_SUBJECT_NONE) {
		e = lic_json_names_settle(&c->names, r, true, &c->joint);
		if (e == 0)
			r->subject = lic_json_subject(c, &c->joint);
	}
	c->joined += space != NUMBERS;
	if (e == -ENOENT) {
		r->subject = LIC_SUBJECT_NONE;
		return 0;
	}
	return e;
}

#define AHEAD 8 /* records, while the memory answers */

static void expect(const struct lic_jsonread *c, const struct lic_json_waiting *r)
{
	if (r->kind != LIC_JSON_REFERS)
		return;
	for (size_t i = r->from; i < r->to; i++) {
		const struct lic_json_name *k = &c->names.name[i];

		if (is_ref(r, k)) {
			lic_jsonids_expect(
				&c->ids, key_of(0, IMAGES, lic_json_name_text(&c->names, k), k->n));
			return;
		}
	}
}

/* --- writing ------------------------------------------------------------------------------ */

static void write_record(struct lic_jsonread *c, const struct lic_json_waiting *r)
{
	const struct lic_record record = {
		.at = r->at,
		.n = r->n,
		.lead = r->lead,
		.list = r->list,
		.subject = r->kind == LIC_JSON_COMMA ? LIC_SUBJECT_ALWAYS : r->subject,
	};

	lic_index_record(c->x->out, &record);
	c->records += r->kind != LIC_JSON_COMMA;
}

/* Names before number `names` that are in no record. */
static int suspect_rest(struct lic_jsonread *c, size_t records, size_t names)
{
	size_t at = 0;
	int e = 0;

	for (size_t i = 0; e == 0 && i <= records; i++) {
		const struct lic_json_waiting *r = i < records ? &c->waiting[i] : NULL;

		if (r && r->kind == LIC_JSON_COMMA)
			continue;
		for (; e == 0 && at < (r ? r->from : names); at++)
			e = lic_json_suspect(c, &c->names, &c->names.name[at]);
		at = r ? r->to : at;
	}
	return e;
}

static uint32_t less(uint32_t mark, size_t n)
{
	return mark > n ? mark - (uint32_t)n : 0;
}

/* Forgets what was written. */
static void shift(struct lic_jsonread *c, size_t records, size_t names)
{
	c->n_waiting -= records;
	if (c->n_waiting)
		memmove(c->waiting, c->waiting + records, c->n_waiting * sizeof(*c->waiting));
	for (size_t i = 0; i < c->n_waiting; i++) {
		c->waiting[i].from = less(c->waiting[i].from, names);
		c->waiting[i].to = less(c->waiting[i].to, names);
	}
	for (unsigned i = 0; i <= c->depth; i++) {
		c->frame[i].waiting = less(c->frame[i].waiting, records);
		c->frame[i].names = less(c->frame[i].names, names);
	}
	lic_json_names_forget(&c->names, names);
}

int lic_json_flush(struct lic_jsonread *c, size_t records, size_t names)
{
	int e = c->collecting ? 0 : suspect_rest(c, records, names);

	for (size_t i = 0; e == 0 && i < records; i++)
		e = make_named(c, &c->waiting[i]);
	for (size_t i = 0; e == 0 && i < records; i++) {
		struct lic_json_waiting *r = &c->waiting[i];

		if (records - i > AHEAD)
			expect(c, &c->waiting[i + AHEAD]);
		if (r->kind != LIC_JSON_REFERS && r->kind != LIC_JSON_BOTH)
			continue;
		if (!c->collecting)
			e = join(c, r);
		else if (c->collecting == 2 && r->kind == LIC_JSON_BOTH && is_ahead(c, 1, r))
			e = make_subject(c, r, 1, true);
	}
	for (size_t i = 0; e == 0 && !c->collecting && i < records; i++)
		write_record(c, &c->waiting[i]);
	shift(c, records, names);
	if (e == 0 && c->x->out->failed)
		e = c->x->out->failed;
	if (e < 0 && !c->w.failed)
		c->w.failed = e;
	return e;
}
