/* SPDX-License-Identifier: Apache-2.0 */
/* JSON as a document: COCO and what is made like it, lists of samples, and lines of them. */
#include <errno.h>
#include <string.h>

#include "fs/document/jsonread.h"
#include "fs/document/readers.h"

/* --- bids --------------------------------------------------------------------------------- */

static size_t pass_blanks(const uint8_t *p, size_t n, size_t at)
{
	while (at < n && (p[at] == ' ' || p[at] == '\t' || p[at] == '\r' || p[at] == '\n'))
		at++;
	return at;
}

static size_t begin_of(const struct lic_indexing *x)
{
	bool bom = x->head_n >= 3 && memcmp(x->head, "\xef\xbb\xbf", 3) == 0;

	return pass_blanks(x->head, x->head_n, bom ? 3 : 0);
}

static bool ends_in(const struct lic_indexing *x, const char *end)
{
	size_t n = strlen(x->name), e = strlen(end);

	return n > e && strcasecmp(x->name + n - e, end) == 0;
}

static bool is_lines_name(const struct lic_indexing *x)
{
	return ends_in(x, ".jsonl") || ends_in(x, ".ndjson") || ends_in(x, ".jsonlines");
}

/* Does the bracket at p close within its line, with another one at the start of the next? */
static bool is_lines_head(const uint8_t *p, size_t n)
{
	uint8_t first = n ? p[0] : 0;
	unsigned depth = 0;
	bool text = false;

	if (first != '{' && first != '[')
		return false;
	for (size_t i = 0; i < n && p[i] != '\n'; i++) {
		if (text) {
			i += p[i] == '\\';
			text = i >= n || p[i] != '"' || p[i - 1] == '\\';
		} else if (p[i] == '"') {
			text = true;
		} else if (p[i] == '{' || p[i] == '[') {
			depth++;
		} else if (p[i] == '}' || p[i] == ']') {
			if (--depth)
				continue;
			i++;
			while (i < n && (p[i] == ' ' || p[i] == '\r'))
				i++;
			if (i >= n || p[i] != '\n')
				return false;
			i = pass_blanks(p, n, i);
			return i < n && p[i] == first;
		}
	}
	return false;
}

static int bid_lines(const struct lic_indexing *x)
{
	size_t at = begin_of(x);

	if (is_lines_name(x))
		return 85;
	return is_lines_head(x->head + at, x->head_n - at) ? 80 : 0;
}

/* JSON in another encoding: nobody else should try it. */
static bool is_utf16(const struct lic_indexing *x)
{
	const uint8_t *p = x->head;

	return x->head_n >= 4 && ((!p[0] && p[1] && !p[2]) || (p[0] && !p[1] && p[2] && !p[3]) ||
				  memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0);
}

static int bid_json(const struct lic_indexing *x)
{
	size_t at = begin_of(x);
	uint8_t first = at < x->head_n ? x->head[at] : 0;

	if (ends_in(x, ".json") || ends_in(x, ".geojson"))
		return 84;
	if (first == '{')
		return 70;
	/* a list may begin with a bracket, too, but not with two kinds of them */
	at = pass_blanks(x->head, x->head_n, at + 1);
	return first == '[' && at < x->head_n && strchr("{[\"]-0123456789", x->head[at]) &&
			       x->head[at]
		       ? 60
		       : 0;
}

/* --- the end ------------------------------------------------------------------------------ */

static int refuse_utf16(struct lic_indexing *x)
{
	return lic_index_refuse(x, "UTF-16, not UTF-8; convert it with iconv");
}

/* Nothing is wrong with it, but it is no document. */
static int refuse_other(struct lic_indexing *x, const char *note)
{
	lic_index_refuse(x, "%s", note);
	x->ret->flags = LIC_DOCUMENT_UNKNOWN;
	return 0;
}

/* What came of a walk that failed. */
static int fail(struct lic_indexing *x, const struct lic_walk *w, uint64_t line, int e,
		struct lic_error *err)
{
	if (e != -EBADMSG)
		return e == -ESTALE
			       ? lic_error_set(err, ESTALE,
					       "'%s' has become shorter while it was read", x->name)
			       : lic_error_sys(err, -e, "cannot read '%s'", x->name);
	if (line)
		return lic_index_refuse(x, "no JSON: line %llu, %s", (unsigned long long)line,
					w->note);
	return lic_index_refuse(x, "no JSON: %s", w->note);
}

/* The outermost object is about one image (LabelMe): what is between its braces is one record. */
static int write_root(struct lic_jsonread *c)
{
	struct lic_json_names *l = &c->suspects.names;
	struct lic_json_waiting r = { .to = (uint32_t)l->n, .level = UINT16_MAX };
	struct lic_record record = { .at = c->root_from,
				     .n = c->root_to - c->root_from,
				     .list = true };
	int e;

	if (c->records || !c->root_names || c->x->out->n_subjects)
		return 0;
	lic_json_names_cut(&c->joint, 0);
	e = lic_json_names_settle(l, &r, false, &c->joint);
	if (e < 0)
		return e;
	record.subject = lic_json_subject(c, &c->joint);
	if (record.subject == LIC_SUBJECT_NONE)
		return 0;
	lic_index_record(c->x->out, &record);
	c->records++;
	lic_json_names_cut(l, 0);
	return 0;
}

static int read_value(struct lic_jsonread *c, struct lic_indexing *x)
{
	int ch, e = lic_jsonread_value(c);

	if (e < 0)
		return e;
	ch = lic_walk_token(&c->w);
	if (ch != LIC_WALK_END)
		return lic_walk_unexpected(&c->w, ch, "the end of the file");
	e = write_root(c);
	if (e < 0 || !c->records)
		return e;
	lic_json_suspects_write(c);
	x->ret->format = c->joined ? LIC_DOCUMENT_COCO : LIC_DOCUMENT_JSON;
	return x->out->failed;
}

/* Once for what looks like the name of an image; where nothing does, for stems. */
static int index_json(struct lic_indexing *x, struct lic_error *err)
{
	_cleanup_(lic_freep) struct lic_jsonkeys *keys = calloc(1, sizeof(*keys));
	bool named = false;

	if (!keys)
		return lic_error_set(err, ENOMEM, "out of memory to read '%s'", x->name);
	if (is_utf16(x))
		return refuse_utf16(x);
	for (unsigned stems = 0; stems < 2; stems++) {
		_cleanup_(lic_jsonread_release) struct lic_jsonread c;
		int e = lic_jsonread_init(&c, x, keys, 0, x->size);

		c.stems = stems;
		if (e == 0)
			e = read_value(&c, x);
		if (e < 0)
			return fail(x, &c.w, 0, e, err);
		if (c.records)
			return 0;
		named |= c.suspects.n_names > 0;
	}
	if (named)
		return lic_index_refuse(x, "names images only where they cannot be left out");
	return refuse_other(x, "JSON in which nothing names an image");
}

/* --- lines -------------------------------------------------------------------------------- */

/* Lines up to that of a place, for a message. */
static uint64_t count_lines(struct lic_indexing *x, struct lic_walk *w)
{
	uint64_t until = lic_walk_offset(w), line = 1;
	char note[sizeof(w->note)];

	memcpy(note, w->note, sizeof(note));
	if (lic_walk_seek(w, 0, x->size) < 0)
		return 0;
	while (lic_walk_offset(w) < until) {
		const uint8_t *p = w->buf + w->at, *q;
		size_t n = w->end - w->at;

		if (n > until - lic_walk_offset(w))
			n = (size_t)(until - lic_walk_offset(w));
		for (q = p; (q = memchr(q, '\n', n - (size_t)(q - p))); q++)
			line++;
		w->at += n;
		if (!n || (w->at == w->end && lic_walk_fill(w) < 0))
			break;
	}
	memcpy(w->note, note, sizeof(note));
	return line;
}

static int read_lines(struct lic_jsonread *c)
{
	int e = 0, ch;

	c->lines = c->w.lines = true;
	while (e == 0) {
		c->w.inside = false;
		ch = lic_walk_token(&c->w);
		if (ch == LIC_WALK_END)
			return 0;
		e = ch < 0 ? ch : lic_jsonread_value(c);
	}
	return e;
}

static int index_lines(struct lic_indexing *x, struct lic_error *err)
{
	_cleanup_(lic_freep) struct lic_jsonkeys *keys = calloc(1, sizeof(*keys));

	if (!keys)
		return lic_error_set(err, ENOMEM, "out of memory to read '%s'", x->name);
	if (is_utf16(x))
		return refuse_utf16(x);
	for (unsigned stems = 0; stems < 2; stems++) {
		_cleanup_(lic_jsonread_release) struct lic_jsonread c;
		int e = lic_jsonread_init(&c, x, keys, 0, x->size);

		c.stems = stems;
		if (e == 0)
			e = read_lines(&c);
		if (e == -EBADMSG)
			return fail(x, &c.w, count_lines(x, &c.w), e, err);
		if (e < 0)
			return fail(x, &c.w, 0, e, err);
		if (!c.records)
			continue;
		lic_json_suspects_write(&c);
		x->ret->format = LIC_DOCUMENT_JSONL;
		return 0;
	}
	return refuse_other(x, "lines of JSON in which nothing names an image");
}

const struct lic_document_reader lic_document_json = { "json", bid_json, index_json };
const struct lic_document_reader lic_document_jsonl = { "jsonl", bid_lines, index_lines };
