/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists: a line an image, by its path or its stem, perhaps with labels behind or before it. Blank
 * lines and comments are structure, and so is a header. A number in the first line that is the
 * number of the others is put right in a view.
 */
#include <errno.h>
#include <string.h>

#include "fs/document/line.h"
#include "fs/document/readers.h"

static const struct lic_manifest_options no_options;

struct list {
	struct lic_indexing *x;
	const struct lic_line_shape *shape;
	struct lic_source s;
	struct lic_naming naming;
	struct lic_suspects suspects;
	struct lic_bytes line; /* without its end */
	uint64_t from, end;    /* of it in the file, its end included */
	uint64_t number;
	uint64_t total; /* lines that are neither blank nor comments, where that was counted */
	uint64_t seen;
	struct lic_record open; /* record at hand; n is 0 where there is none */
	bool any;
};

/* --- lines -------------------------------------------------------------------------------------
 */

/* 1 and a line, 0 at the end. -EBADMSG where it is too long or no text, with a note. */
static int read_line(struct list *l, struct lic_error *err)
{
	struct lic_source *s = &l->s;
	const uint8_t *end = NULL;
	size_t looked = 0;
	int r = 1;

	while (!(end = memchr(s->p + s->at + looked, '\n', s->end - s->at - looked)) && r > 0) {
		looked = s->end - s->at;
		r = lic_source_more(s, err);
		if (r == -EOVERFLOW) {
			lic_index_refuse(l->x, "line %llu has more than %u MiB",
					 (unsigned long long)l->number + 1, LIC_WINDOW_MAX >> 20);
			return -EBADMSG;
		}
		if (r < 0)
			return r;
	}
	if (s->at == s->end)
		return 0;
	l->from = lic_source_offset(s);
	l->line = (struct lic_bytes){ s->p + s->at,
				      end ? (size_t)(end - s->p) - s->at : s->end - s->at };
	s->at += l->line.n + (end != NULL);
	l->end = lic_source_offset(s);
	l->number++;
	if (!memchr(l->line.p, '\0', l->line.n))
		return 1;
	lic_index_refuse(l->x, "line %llu: a NUL byte, which no text has",
			 (unsigned long long)l->number);
	return -EBADMSG;
}

/* To the first line. */
static int begin(struct list *l, struct lic_error *err)
{
	int r = lic_source_rewind(&l->s, err);

	while (r >= 0 && l->s.end < 3 && (r = lic_source_more(&l->s, err)) > 0)
		;
	if (r >= 0 && l->s.end >= 3 && memcmp(l->s.p, "\xef\xbb\xbf", 3) == 0)
		l->s.at = 3;
	l->number = 0;
	return r < 0 ? r : 0;
}

static bool is_comment(struct lic_bytes line)
{
	return line.n && *line.p == '#';
}

/* How many lines there are, for a file whose first line may say so. */
static int count_lines(struct list *l, struct lic_error *err)
{
	int r = begin(l, err);

	while (r == 0 && (r = read_line(l, err)) > 0) {
		l->total += lic_trimmed(l->line).n && !is_comment(l->line);
		r = 0;
	}
	return r < 0 ? r : begin(l, err);
}

/* --- records -----------------------------------------------------------------------------------
 */

static void close_record(struct list *l)
{
	if (!l->open.n)
		return;
	l->open.subject = lic_naming_subject(&l->naming);
	l->open.list = !l->any;
	lic_index_record(l->x->out, &l->open);
	l->any = true;
	l->open.n = 0;
}

static bool is_within(struct lic_bytes v, const uint8_t *at)
{
	return at >= v.p && at < v.p + v.n;
}

/* Words that look like images and stand in no column that was chosen. */
static void add_others(struct list *l, const struct lic_bytes *value, unsigned n)
{
	const struct lic_bytes line = l->line;

	for (size_t end = 0; (end = lic_image_mention(line.p, line.n, end));) {
		size_t from = end, to = end;
		bool covered = false;

		for (unsigned i = 0; i < n && !covered; i++)
			covered = is_within(value[i], line.p + end - 1);
		if (covered)
			continue;
		while (from && line.p[from - 1] > ' ')
			from--;
		while (to < line.n && line.p[to] > ' ')
			to++;
		lic_naming_add_mentions(&l->naming, (struct lic_bytes){ line.p + from, to - from });
		end = to;
	}
}

/* Words that may be stems: what is like another image. */
static void add_stems(struct list *l, const struct lic_bytes *value, unsigned n)
{
	for (unsigned i = 0; i < LIC_LINE_WORDS; i++) {
		const struct lic_bytes word = lic_line_column(l->line, l->shape->separator, i);
		bool covered = false;

		if (!word.n)
			return;
		for (unsigned k = 0; k < n && !covered; k++)
			covered = is_within(value[k], word.p);
		if (!covered && lic_is_stem(word))
			lic_naming_add(&l->naming, LIC_TAG_OTHER, word);
	}
}

static void add_names(struct list *l)
{
	const struct lic_columns *c = &l->shape->sample.columns;
	struct lic_bytes value[LIC_NAMING_COLUMNS];

	for (unsigned i = 0; i < c->n; i++) {
		value[i] = lic_line_column(l->line, l->shape->separator, c->at[i]);
		if (c->at[i] < LIC_LINE_WORDS || c->at[i] == LIC_LINE_LAST)
			lic_naming_add_value(&l->naming, LIC_TAG_COLUMN + i, value[i]);
		else
			lic_naming_add(&l->naming, LIC_TAG_COLUMN + i, value[i]);
	}
	add_others(l, value, c->n);
	add_stems(l, value, c->n);
}

/* A line that belongs to the one above: whatever in it may be an image must be shown as well. */
static void add_below(struct list *l)
{
	struct lic_bytes word = lic_trimmed(l->line);

	if (!memchr(word.p, ' ', word.n) && !lic_is_number(word))
		lic_naming_add(&l->naming, LIC_TAG_OTHER, word);
	for (unsigned i = 0; (word = lic_line_column(l->line, 0, i)).n && i < LIC_LINE_WORDS; i++)
		if (lic_is_stem(word))
			lic_naming_add(&l->naming, LIC_TAG_OTHER, word);
}

static void add_line(struct list *l)
{
	const bool below =
		l->shape->blocks && l->open.n && !lic_image_mention(l->line.p, l->line.n, 0);

	if (!below) {
		close_record(l);
		l->open = (struct lic_record){ .at = l->from };
		add_names(l);
	} else {
		add_below(l);
	}
	l->open.n = l->end - l->open.at;
	if (!l->shape->blocks)
		close_record(l);
}

/* --- the beginning -----------------------------------------------------------------------------
 */

static void suspect_line(struct list *l)
{
	struct lic_bytes word[LIC_LINE_WORDS];
	size_t n = 0;

	while (n < LIC_LINE_WORDS &&
	       (word[n] = lic_line_column(l->line, l->shape->separator, (unsigned)n)).n)
		n++;
	lic_sample_suspect(&l->suspects, word, n);
	lic_suspects_text(&l->suspects, l->line, true);
}

/* Is the line behind the number a header: does nothing stand in it where the others have images? */
static bool is_header(const struct list *l)
{
	const struct lic_columns *c = &l->shape->sample.columns;

	if (l->shape->sample.header)
		return true;
	return l->shape->counted && c->rank == LIC_COLUMN_IMAGES &&
	       !lic_image_mention(l->line.p, l->line.n, 0);
}

static uint64_t number_of(struct lic_bytes v)
{
	uint64_t n = 0;

	for (size_t i = 0; i < v.n; i++)
		n = n * 10 + (v.p[i] - '0');
	return n;
}

/* The first line is a number: that of the lines behind it, of which one may be a header? */
static bool add_count(struct list *l)
{
	const struct lic_bytes v = lic_trimmed(l->line);
	const uint64_t n = number_of(v);
	const struct lic_record r = { .at = l->from + (uint64_t)(v.p - l->line.p),
				      .n = v.n,
				      .subject = LIC_SUBJECT_NONE,
				      .count = true };

	if (n + 1 != l->total && n + 2 != l->total)
		return false;
	lic_index_record(l->x->out, &r);
	l->x->ret->format = LIC_DOCUMENT_COUNTED;
	return true;
}

/* It is one like the others where these name images by stems, too; else nobody knows what it is. */
static void take_number(struct list *l)
{
	const struct lic_columns *c = &l->shape->sample.columns;

	if (add_count(l))
		return;
	if (c->rank && c->rank != LIC_COLUMN_IMAGES)
		add_line(l);
	else
		suspect_line(l);
}

static void take_line(struct list *l)
{
	if (!lic_trimmed(l->line).n)
		return;
	if (is_comment(l->line)) {
		close_record(l);
		lic_suspects_text(&l->suspects, l->line, true);
		return;
	}
	l->seen++;
	if (l->shape->counted && l->seen == 1)
		take_number(l);
	else if (l->seen == 1u + l->shape->counted && is_header(l))
		suspect_line(l);
	else
		add_line(l);
}

static int read_lines(struct list *l, struct lic_error *err)
{
	int r = lic_source_open(&l->s, l->x->fd, l->x->name, &no_options, err);

	if (r == 0)
		r = l->shape->counted ? count_lines(l, err) : begin(l, err);
	while (r == 0 && !l->x->out->failed && (r = read_line(l, err)) > 0) {
		take_line(l);
		r = 0;
	}
	if (r < 0)
		return r == -EBADMSG ? 0 : r;
	close_record(l);
	if (!l->x->out->failed && lic_source_offset(&l->s) != l->x->size)
		return lic_error_set(err, ESTALE, "'%s' has changed while it was read", l->x->name);
	if (!lic_suspects_write(&l->suspects, l->x->out))
		return lic_index_refuse(l->x, "more names of images than may stand in comments");
	return 0;
}

static enum lic_document_format format_of(char separator)
{
	return separator == '\t' ? LIC_DOCUMENT_TSV
	       : separator	 ? LIC_DOCUMENT_CSV
				 : LIC_DOCUMENT_LIST;
}

static int index_lines(struct lic_indexing *x, struct lic_error *err)
{
	_cleanup_(lic_freep) struct lic_line_shape *shape = NULL;
	struct list l = { .x = x, .s = { .fd = -1 }, .suspects = LIC_SUSPECTS_INIT };
	int r;

	if (!lic_line_guess(x, &shape))
		return lic_index_refuse(x, "text in which nothing looks like the name of an image");
	l.shape = shape;
	x->ret->format = format_of(shape->separator);
	lic_naming_init(&l.naming, x->out);
	r = read_lines(&l, err);
	lic_source_release(&l.s);
	lic_naming_release(&l.naming);
	lic_suspects_release(&l.suspects);
	return r;
}

static int bid(const struct lic_indexing *x)
{
	_cleanup_(lic_freep) struct lic_line_shape *shape = NULL;

	if (x->head_n && (*x->head == '{' || *x->head == '<'))
		return 0;
	return lic_line_guess(x, &shape);
}

const struct lic_document_reader lic_document_lines = { "lines", bid, index_lines };
