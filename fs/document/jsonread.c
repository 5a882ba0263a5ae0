/* SPDX-License-Identifier: Apache-2.0 */
/* Walking over JSON: names, ids, and which items are records. */
#include <errno.h>
#include <string.h>

#include "fs/document/jsonread.h"

int lic_jsonread_init(struct lic_jsonread *c, struct lic_indexing *x, struct lic_jsonkeys *keys,
		      uint64_t from, uint64_t to)
{
	*c = (struct lic_jsonread){ .x = x, .keys = keys };
	c->frame = malloc(LIC_JSON_DEPTH_MAX * sizeof(*c->frame));
	if (!c->frame)
		return -ENOMEM;
	return lic_walk_init(&c->w, x->fd, from, to);
}

void lic_jsonread_release(struct lic_jsonread *c)
{
	if (!c)
		return;
	if (c->again)
		lic_jsonread_release(c->again);
	free(c->again);
	lic_walk_release(&c->w);
	free(c->frame);
	lic_json_names_release(&c->names);
	lic_json_names_release(&c->joint);
	lic_json_names_release(&c->suspects.names);
	free(c->suspects.seen);
	free(c->waiting);
	lic_jsonids_release(&c->ids);
}

/* --- what is found ------------------------------------------------------------------------ */

/* A text that stands in the innermost frame. */
static int found(struct lic_jsonread *c, enum lic_json_kind kind, unsigned tag, const void *p,
		 size_t n)
{
	const struct lic_json_frame *f = lic_json_top(c);
	/* elements of `images` and `image_ids` belong to the object that these are fields of */
	unsigned up = !f->object && (f->ids || f->many);
	const struct lic_json_name name = {
		.n = (uint32_t)n,
		.depth = (uint16_t)(c->depth - up),
		.level = (uint16_t)(f->level - up),
		.kind = (uint8_t)kind,
		.tag = (uint8_t)tag,
		.file = f->object && f->key.meaning & LIC_JSONKEY_FILE,
	};
	int e;

	if (c->names.n >= LIC_JSON_NAMES_MAX)
		return lic_walk_bad(&c->w, "names images in too many places");
	e = lic_json_name_add(&c->names, &name, p);
	if (e < 0)
		c->w.failed = e;
	return e;
}

static inline bool parts_words(uint8_t c)
{
	static const bool parts[256] = {
		['"'] = true, ['\''] = true, ['`'] = true, ['('] = true, [')'] = true, ['<'] = true,
		['>'] = true, ['['] = true,  [']'] = true, ['{'] = true, ['}'] = true, [','] = true,
		[';'] = true, ['|'] = true,  ['='] = true, [':'] = true,
	};

	return c <= ' ' || parts[c];
}

/* Names of images within a text. */
static int find_mentions(struct lic_jsonread *c, const uint8_t *p, size_t n)
{
	size_t end = 0;
	int e = 0;

	while (e == 0 && (end = lic_image_mention(p, n, end)) > 0) {
		size_t from = end;

		while (from > 0 && end - from < LIC_NAME_BYTES_MAX && !parts_words(p[from - 1]))
			from--;
		if (end - from > 4)
			e = found(c, LIC_JSON_NAME, LIC_TAG_OTHER, p + from, end - from);
	}
	return e;
}

/* Is a text that looks like a name more than one word, so that a name may be in it? */
static bool has_parts(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (parts_words(p[i]) && !(p[i] == ':' && i + 1 < n && p[i + 1] == '/'))
			return true;
	return false;
}

/* Pixels: as a data URL, or what the base64 of JPEG, PNG, GIF, WebP and TIFF begins with. */
static bool is_data(const struct lic_walk_string *s)
{
	static const char *const magic[] = { "data:image/", "/9j/",   "iVBORw0KGgo", "R0lGOD",
					     "UklGR",	    "SUkqAA", "TU0AK" };

	for (size_t i = 0; s->n >= 64 && i < LIC_ARRAY_SIZE(magic); i++)
		if (memcmp(s->p, magic[i], strlen(magic[i])) == 0)
			return true;
	return s->cut;
}

static bool is_name(const struct lic_jsonread *c, unsigned meaning, const struct lic_walk_string *s)
{
	if (lic_looks_like_image(s->p, s->n))
		return true;
	if (meaning & LIC_JSONKEY_SURELY)
		return s->n && s->n <= LIC_NAME_BYTES_MAX; /* a caption there finds nothing */
	return c->stems && meaning & LIC_JSONKEY_NAME && lic_looks_like_stem(s->p, s->n);
}

static int field_text(struct lic_jsonread *c, const struct lic_walk_string *s)
{
	struct lic_json_frame *f = lic_json_top(c);
	unsigned meaning = f->key.meaning, tag = f->key.tag;
	int e = 0;

	if (meaning & LIC_JSONKEY_IMAGE_ID) {
		f->refs++;
		e = found(c, LIC_JSON_REF, 0, s->p, s->n);
	} else if (meaning & LIC_JSONKEY_ID) {
		e = found(c, LIC_JSON_ID, 0, s->p, s->n);
	} else if (meaning & LIC_JSONKEY_VIDEO_ID) {
		e = found(c, LIC_JSON_FILM, 0, s->p, s->n);
	}
	if (e < 0)
		return e;
	if (!is_name(c, meaning, s)) {
		if (meaning & LIC_JSONKEY_FOLDER)
			return found(c, LIC_JSON_FOLDER, 0, s->p, s->n);
		if (lic_looks_like_stem(s->p, s->n))
			return found(c, LIC_JSON_STEM, LIC_TAG_OTHER, s->p, s->n);
		return find_mentions(c, s->p, s->n);
	}
	f->own++;
	f->sure += (meaning & LIC_JSONKEY_NAME) != 0;
	if (tag == LIC_TAG_OTHER)
		tag = lic_jsonkey_tag(c->keys, c->key, c->key_n);
	e = found(c, LIC_JSON_NAME, tag, s->p, s->n);
	return e == 0 && has_parts(s->p, s->n) ? find_mentions(c, s->p, s->n) : e;
}

static int element_text(struct lic_jsonread *c, const struct lic_walk_string *s)
{
	struct lic_json_frame *f = lic_json_top(c);

	if (f->ids) {
		f->refs++;
		if (found(c, LIC_JSON_REF, 0, s->p, s->n) < 0)
			return c->w.failed;
		/* it may be no id but a name */
		return lic_looks_like_image(s->p, s->n)
			       ? found(c, LIC_JSON_NAME, LIC_TAG_OTHER, s->p, s->n)
			       : 0;
	}
	if (lic_looks_like_image(s->p, s->n) ||
	    (c->stems && !f->plain && lic_looks_like_stem(s->p, s->n))) {
		f->own++;
		if (found(c, LIC_JSON_NAME, f->tag, s->p, s->n) < 0)
			return c->w.failed;
		return has_parts(s->p, s->n) ? find_mentions(c, s->p, s->n) : 0;
	}
	if (!f->plain && c->depth && c->ids.n && lic_json_is_id(c, lic_json_scope(c), s->p, s->n))
		return found(c, LIC_JSON_REF, 0, s->p, s->n);
	if (lic_looks_like_stem(s->p, s->n))
		return found(c, LIC_JSON_STEM, LIC_TAG_OTHER, s->p, s->n);
	return find_mentions(c, s->p, s->n);
}

static int read_text(struct lic_jsonread *c)
{
	struct lic_json_frame *f = lic_json_top(c);
	struct lic_walk_string s;

	if (lic_walk_string(&c->w, &s) < 0)
		return c->w.failed;
	if (is_data(&s)) {
		f->data = true;
		return found(c, LIC_JSON_DATA, 0, "", 0);
	}
	return f->object ? field_text(c, &s) : element_text(c, &s);
}

static int read_word(struct lic_jsonread *c)
{
	struct lic_json_frame *f = lic_json_top(c);
	unsigned meaning = f->object ? f->key.meaning : 0;
	struct lic_walk_string s;
	int number = lic_walk_word(&c->w, &s);

	if (number <= 0)
		return number;
	if (meaning & LIC_JSONKEY_IMAGE_ID || (!f->object && f->ids)) {
		f->refs++;
		return found(c, LIC_JSON_REF, 0, s.p, s.n);
	}
	if (meaning & LIC_JSONKEY_ID)
		return found(c, LIC_JSON_ID, 0, s.p, s.n);
	if (meaning & LIC_JSONKEY_VIDEO_ID)
		return found(c, LIC_JSON_FILM, 0, s.p, s.n);
	return 0;
}

/* --- the walk ----------------------------------------------------------------------------- */

/* To the value of the member. */
static int read_key(struct lic_jsonread *c, struct lic_json_frame *f)
{
	struct lic_walk_string s;
	int ch;

	if (lic_walk_string(&c->w, &s) < 0)
		return c->w.failed;
	if (s.cut)
		return lic_walk_bad(&c->w, "a key of more than 64 KiB");
	f->key = lic_jsonkey_find(c->keys, s.p, s.n);
	c->key_n = s.n < sizeof(c->key) ? s.n : sizeof(c->key);
	memcpy(c->key, s.p, c->key_n);
	f->item_named =
		c->depth && (f->key.meaning & LIC_JSONKEY_LOOKS_IMAGE ||
			     (c->stems && !f->plain && f->key.meaning == LIC_JSONKEY_LOOKS_STEM));
	f->item_ref = f->by_id && !f->item_named &&
		      (f->ids || lic_json_is_id(c, lic_json_scope(c), s.p, s.n));
	if (f->item_named && found(c, LIC_JSON_NAME, LIC_JSONTAG_KEY, s.p, s.n) < 0)
		return c->w.failed;
	if (f->item_ref && found(c, LIC_JSON_REF, 0, s.p, s.n) < 0)
		return c->w.failed;
	if (!f->item_named && !f->item_ref && f->key.meaning & LIC_JSONKEY_LOOKS_STEM &&
	    !(f->key.meaning & ~LIC_JSONKEY_LOOKS) &&
	    found(c, LIC_JSON_STEM, LIC_TAG_OTHER, s.p, s.n) < 0)
		return c->w.failed;
	if (f->item_ref)
		c->names.name[c->names.n - 1].depth = (uint16_t)(c->depth + 1);
	ch = lic_walk_token(&c->w);
	if (ch != ':')
		return lic_walk_unexpected(&c->w, ch, "':'");
	c->w.at++;
	return 0;
}

/* 1: its value comes next; 2: numbers were passed, and the last item has ended. */
static int begin_item(struct lic_jsonread *c)
{
	struct lic_json_frame *f = lic_json_top(c);
	int ch = lic_walk_token(&c->w);

	if (ch < 0)
		return ch;
	/* most of a large file: outlines and boxes */
	if (!f->object && !f->ids && c->depth && (f->fixed || !f->records) &&
	    (ch == '-' || (ch >= '0' && ch <= '9'))) {
		ch = lic_walk_numbers(&c->w, &f->comma);
		f->begun = f->fixed = true;
		if (ch <= 0)
			return ch < 0 ? ch : 2;
	}
	f->item = lic_walk_offset(&c->w);
	if (!f->begun)
		f->comma = f->item;
	f->names = (uint32_t)c->names.n;
	f->waiting = (uint32_t)c->n_waiting;
	f->item_named = f->item_ref = false;
	if (f->records && !f->fixed && lic_json_add_comma(c, f) < 0)
		return c->w.failed;
	if (!f->object)
		return 1;
	if (ch != '"')
		return lic_walk_unexpected(&c->w, ch, "a key");
	return read_key(c, f) < 0 ? c->w.failed : 1;
}

static int open_value(struct lic_jsonread *c, uint8_t bracket)
{
	struct lic_json_frame *f = lic_json_top(c), *g = f + 1;
	unsigned meaning = f->object ? f->key.meaning : 0;
	bool like_id = f->object && !f->item_named &&
		       (meaning & LIC_JSONKEY_LOOKS_NUMBER ||
			(meaning & LIC_JSONKEY_LOOKS_STEM && !(meaning & ~LIC_JSONKEY_LOOKS)));

	if (c->depth + 1 == LIC_JSON_DEPTH_MAX)
		return lic_walk_bad(&c->w, "nested deeper than %d levels", LIC_JSON_DEPTH_MAX);
	*g = (struct lic_json_frame){
		.open = lic_walk_offset(&c->w),
		.object = bracket == '{',
		.element = c->depth && (!f->object || like_id || f->item_named),
		.level = f->level,
		.plain = f->plain || meaning & LIC_JSONKEY_PLAIN,
		.many = bracket == '[' && meaning & (LIC_JSONKEY_MANY | LIC_JSONKEY_NAME) &&
			f->element,
		.films = meaning & LIC_JSONKEY_FILMS,
		.images = meaning & LIC_JSONKEY_IMAGES,
		.tag = LIC_JSONTAG_ITEM,
	};
	g->level += bracket == '[';
	g->ids = bracket == '['
			 ? (meaning & LIC_JSONKEY_IMAGE_ID) != 0
			 : c->key_n > 5 && meaning & LIC_JSONKEY_BY_ID && (c->key[0] | 0x20) == 'i';
	g->by_id = bracket == '{' && meaning & LIC_JSONKEY_BY_ID;
	if (g->many)
		g->tag = f->key.tag;
	f->parallel |= f->object && !g->many;
	g->recordable =
		c->depth && (f->item_named || f->item_ref || (g->object ? !g->plain : !f->object));
	if (c->lines && !c->depth)
		g->recordable = true;
	/* what is a record by its key has that for an id, too */
	if ((like_id || f->item_named) && g->object &&
	    found(c, LIC_JSON_ID, 0, c->key, c->key_n) < 0)
		return c->w.failed;
	if ((like_id || f->item_named) && g->object)
		c->names.name[c->names.n - 1].depth = (uint16_t)(c->depth + 1);
	c->recordable += g->recordable;
	c->depth++;
	c->w.at++;
	c->w.inside = true;
	return 0;
}

static int close_value(struct lic_jsonread *c)
{
	struct lic_json_frame g = *lic_json_top(c);

	if (c->depth == 1 && g.object && g.sure) {
		c->root_names = true;
		c->root_from = g.open + 1;
		c->root_to = lic_walk_offset(&c->w);
	}
	c->w.at++;
	c->depth--;
	c->recordable -= g.recordable;
	c->w.inside = c->depth > 0;
	return lic_json_end_item(c, &g);
}

/* Behind a value: 1: the next item comes; 0: the outermost value has ended. */
static int behind_value(struct lic_jsonread *c)
{
	while (c->depth) {
		struct lic_json_frame *f = lic_json_top(c);
		int close = f->object ? '}' : ']', ch = lic_walk_token(&c->w);

		if (ch == ',') {
			f->comma = lic_walk_offset(&c->w);
			c->w.at++;
			return 1;
		}
		/* the end of what lic_jsonread_item() was given */
		if (ch == LIC_WALK_END && c->quiet && c->depth == 1)
			return 0;
		if (ch != close)
			return lic_walk_unexpected(&c->w, ch,
						   f->object ? "',' or '}'" : "',' or ']'");
		if (close_value(c) < 0)
			return c->w.failed;
	}
	return 0;
}

/* The value that comes next: 1: it has ended; 0: its first item comes next. */
static int begin_value(struct lic_jsonread *c)
{
	int ch = lic_walk_token(&c->w), e;

	if (ch == '{' || ch == '[') {
		if (open_value(c, (uint8_t)ch) < 0)
			return c->w.failed;
		ch = lic_walk_token(&c->w);
		if (ch != (lic_json_top(c)->object ? '}' : ']'))
			return ch < 0 ? ch : 0;
		return close_value(c) < 0 ? c->w.failed : 1;
	}
	if (ch < 0 || ch == LIC_WALK_END)
		return lic_walk_unexpected(&c->w, ch, "a value");
	e = ch == '"' ? read_text(c) : read_word(c);
	if (e < 0 || lic_json_end_item(c, NULL) < 0)
		return c->w.failed ? c->w.failed : e;
	return 1;
}

static int walk(struct lic_jsonread *c)
{
	int r = 1;

	while (r > 0) {
		r = begin_item(c);
		if (r == 1)
			r = begin_value(c);
		if (r == 0) {
			r = 1;
			continue;
		}
		if (r > 0)
			r = behind_value(c);
	}
	return r;
}

int lic_jsonread_rest(struct lic_jsonread *c)
{
	int r = behind_value(c);

	return r > 0 ? walk(c) : r;
}

int lic_jsonread_value(struct lic_jsonread *c)
{
	c->depth = 0;
	c->frame[0] = (struct lic_json_frame){ .recordable = false };
	c->recordable = 0;
	return walk(c);
}

int lic_jsonread_item(struct lic_jsonread *c, bool member)
{
	int r;

	c->depth = 1;
	c->frame[0] = (struct lic_json_frame){ .object = false };
	c->frame[1] = (struct lic_json_frame){ .object = member,
					       .tag = LIC_JSONTAG_ITEM,
					       .level = !member };
	c->recordable = 1; /* nothing is final */
	r = walk(c);
	return r;
}
