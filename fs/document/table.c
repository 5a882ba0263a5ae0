/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables: CSV and TSV. A row is a record, the header and comments above it are structure. Which
 * columns name images is decided by the first rows; what looks like an image elsewhere counts, too.
 */
#include <errno.h>
#include <string.h>

#include "fs/document/readers.h"
#include "fs/document/sample.h"

/* What is known of a table before it is read. */
struct shape {
	char separator;
	bool quotes;
	struct lic_sample sample;
};

static const struct lic_manifest_options no_options;

/* --- the first rows ----------------------------------------------------------------------------
 */

#define STRAY_QUOTE (16u << 10) /* bytes behind which a quote that does not end is a mistake */

/* Splits the head; false where it is no table. `copy` takes the bytes, which are changed. */
static bool look_at_head(const struct lic_indexing *x, size_t start, uint8_t *copy, struct shape *t)
{
	struct lic_source s = {
		.fd = -1, .name = x->name, .o = &no_options, .p = copy, .eof = true
	};
	_cleanup_(lic_freep) struct lic_delimited *d = malloc(sizeof(*d));
	const bool whole = x->head_n == x->size;
	int r;

	if (!d)
		return false;
	s.end = s.cap = x->head_n - start;
	memcpy(copy, x->head + start, s.end);
	memset(copy + s.end, 0, LIC_WINDOW_SLACK);
	r = lic_delimited_init(d, &s, t->separator, t->quotes, NULL);
	while (r >= 0 && t->sample.rows < LIC_SAMPLE_ROWS) {
		r = lic_delimited_next(d);
		if (r <= 0 || (!whole && s.at == s.end))
			break;
		lic_sample_add(&t->sample, d->field, d->n);
	}
	return t->sample.rows && (r >= 0 || (!whole && s.end - s.at < STRAY_QUOTE));
}

/* How well a separator fits, and how good the columns are that it makes. */
static unsigned score(const struct lic_indexing *x, const struct shape *t)
{
	const struct lic_sample *s = &t->sample;
	const unsigned rows = s->rows - s->header;
	unsigned whole = rows ? s->columns.whole * 100 / rows : 0;

	if (s->first_n < 2 && !lic_has_extension(x, "csv") && !lic_has_extension(x, "tsv"))
		return 0;
	if (s->first_n < 2 && s->columns.rank <= LIC_COLUMN_WORDS)
		return 50;
	return 1 + s->columns.rank * 1000 + whole * 5 + (s->ragged * 8 <= s->rows ? 200 : 0) +
	       (s->first_n > 1 ? 100 : 0);
}

/* Tries the separators; 0 where none makes a table of it. The best one's shape is in *ret. */
static unsigned guess(const struct lic_indexing *x, struct shape **ret)
{
	static const char separators[] = ",\t;|";
	_cleanup_(lic_freep) uint8_t *copy = malloc(x->head_n + LIC_WINDOW_SLACK);
	unsigned best = 0, lines;
	const size_t start = lic_head_start(x, &lines);

	if (lic_head_kind(x) != LIC_HEAD_TEXT || start == x->head_n || !copy)
		return 0;
	for (const char *s = separators; *s; s++) {
		_cleanup_(lic_freep) struct shape *t = calloc(1, sizeof(*t));
		unsigned n;

		if (!t)
			return 0;
		t->separator = *s;
		t->quotes = true;
		if (!look_at_head(x, start, copy, t)) {
			memset(&t->sample, 0, sizeof(t->sample));
			t->quotes = false;
			if (*s != '\t' || !look_at_head(x, start, copy, t))
				continue;
		}
		lic_sample_end(&t->sample, false);
		n = score(x, t);
		if (n <= best)
			continue;
		best = n;
		free(*ret);
		*ret = LIC_TAKE(t);
	}
	return best;
}

static int bid(const struct lic_indexing *x)
{
	static const int bids[] = { [LIC_COLUMN_NONE] = 0,
				    [LIC_COLUMN_WORDS] = 20,
				    [LIC_COLUMN_STEMS] = 56,
				    [LIC_COLUMN_HEADER] = 58,
				    [LIC_COLUMN_IMAGES] = 70 };
	const bool named = lic_has_extension(x, "csv") || lic_has_extension(x, "tsv");
	_cleanup_(lic_freep) struct shape *t = NULL;
	const struct lic_sample *s;
	int n;

	if (x->head_n && !named && (*x->head == '{' || *x->head == '<'))
		return 0;
	if (!guess(x, &t))
		return named && lic_head_kind(x) == LIC_HEAD_TEXT ? 10 : 0;
	s = &t->sample;
	n = bids[s->columns.rank] + (named ? 2 : 0);
	if (s->columns.rank == LIC_COLUMN_IMAGES)
		return 70 + (int)(s->columns.whole * 5 / (s->rows - s->header ?: 1));
	return n > 20 || named ? n : 0;
}

/* --- all rows ----------------------------------------------------------------------------------
 */

struct table {
	struct lic_indexing *x;
	const struct shape *shape;
	struct lic_delimited d;
	struct lic_naming naming;
	struct lic_suspects suspects;
	bool any; /* a record was written */
};

static bool is_column(const struct lic_columns *c, size_t i)
{
	for (unsigned k = 0; k < c->n; k++)
		if (c->at[k] == i)
			return true;
	return false;
}

/* May a name be one word of several? */
static bool has_words(struct lic_bytes v)
{
	v = lic_trimmed(v);
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] <= ' ')
			return true;
	return false;
}

/* Names of images in other columns, and in texts. The row still stands in the window, with NULs for
 * separators.
 */
static void add_others(struct table *t)
{
	const struct lic_delimited *d = &t->d;
	const uint8_t *from = d->s->p + (d->from - d->s->offset), *end = d->s->p + d->s->at;
	size_t at = 0, i = 0;

	while ((at = lic_image_mention(from, (size_t)(end - from), at))) {
		while (i < d->n && d->field[i].p + d->field[i].n < from + at)
			i++;
		if (i == d->n)
			return;
		if (!is_column(&t->shape->sample.columns, i) || has_words(d->field[i]))
			lic_naming_add_mentions(&t->naming, d->field[i]);
		at = (size_t)(d->field[i].p + d->field[i].n - from);
		i++;
	}
}

/* A row that is wider or narrower than the first may still hold its names where they belong: the
 * text at its end had a comma in it. */
static bool is_in_place(const struct table *t)
{
	const struct lic_sample *s = &t->shape->sample;
	const unsigned at = s->columns.at[0];
	struct lic_bytes v;

	if (t->d.n == s->first_n || !at)
		return true;
	if (at >= t->d.n)
		return false;
	v = lic_trimmed(t->d.field[at]);
	if (s->columns.rank == LIC_COLUMN_IMAGES)
		return lic_looks_like_image(v.p, v.n);
	return s->columns.rank == LIC_COLUMN_STEMS && lic_is_stem(v);
}

/* Words in other columns that may be stems: what is like another image. */
static void add_stems(struct table *t)
{
	const struct lic_columns *c = &t->shape->sample.columns;
	const struct lic_delimited *d = &t->d;

	for (size_t i = 0; i < d->n; i++) {
		const struct lic_bytes v = lic_trimmed(d->field[i]);

		if (v.n >= 4 && !is_column(c, i) && lic_is_stem(v))
			lic_naming_add(&t->naming, LIC_TAG_OTHER, v);
	}
}

static void add_row(struct table *t)
{
	const struct lic_columns *c = &t->shape->sample.columns;
	const struct lic_delimited *d = &t->d;
	struct lic_record r = { .at = d->from, .list = !t->any };

	for (unsigned i = 0; i < c->n; i++)
		if (c->at[i] < d->n)
			lic_naming_add_value(&t->naming, LIC_TAG_COLUMN + i, d->field[c->at[i]]);
	add_others(t);
	add_stems(t);
	r.n = lic_source_offset(d->s) - r.at;
	r.subject = lic_naming_subject(&t->naming);
	lic_index_record(t->x->out, &r);
	t->any = true;
}

static int read_rows(struct table *t)
{
	bool header = t->shape->sample.header;
	int r;

	while ((r = lic_delimited_next(&t->d)) > 0) {
		if (header)
			lic_sample_suspect(&t->suspects, t->d.field, t->d.n);
		else if (!is_in_place(t))
			return lic_index_refuse(t->x,
						"line %llu has %zu fields where the first row has "
						"%zu, and no image's name where it belongs",
						(unsigned long long)t->d.line, t->d.n,
						t->shape->sample.first_n);
		else
			add_row(t);
		header = false;
		if (t->x->out->failed)
			return 0;
	}
	return r;
}

/* What came of reading the file: a mistake in it is no error. */
static int conclude(struct table *t, struct lic_source *s, int r, struct lic_error *err)
{
	struct lic_indexing *x = t->x;

	if (r == -EBADMSG) {
		const char *what = strstr(err->msg, "', ");

		return lic_index_refuse(x, "%s", what ? what + 3 : err->msg);
	}
	if (r < 0)
		return r;
	if (x->ret->format == LIC_DOCUMENT_NONE)
		return 0;
	if (!x->out->failed && lic_source_offset(s) != x->size)
		return lic_error_set(err, ESTALE, "'%s' has changed while it was read", x->name);
	if (!lic_suspects_write(&t->suspects, x->out))
		return lic_index_refuse(x, "more names of images than may stand outside of rows");
	return 0;
}

static int index_rows(struct table *t, struct lic_source *s, struct lic_error *err)
{
	unsigned lines;
	const size_t start = lic_head_start(t->x, &lines);
	int r = lic_source_open(s, t->x->fd, t->x->name, &no_options, err);

	if (r == 0)
		r = lic_source_seek(s, start, err);
	if (r == 0)
		r = lic_delimited_init(&t->d, s, t->shape->separator, t->shape->quotes, err);
	if (r < 0)
		return r;
	t->d.next = lines + 1;
	lic_suspects_text(&t->suspects, (struct lic_bytes){ t->x->head, start }, true);
	t->x->ret->format = t->shape->separator == '\t' ? LIC_DOCUMENT_TSV : LIC_DOCUMENT_CSV;
	return conclude(t, s, read_rows(t), err);
}

static int index_table(struct lic_indexing *x, struct lic_error *err)
{
	_cleanup_(lic_freep) struct table *t = calloc(1, sizeof(*t));
	_cleanup_(lic_freep) struct shape *shape = NULL;
	struct lic_error own = LIC_ERROR_INIT;
	struct lic_source s = { .fd = -1 };
	int r;

	if (!t)
		return lic_error_set(err, ENOMEM, "out of memory to read '%s'", x->name);
	if (!guess(x, &shape))
		return lic_index_refuse(x, "a table whose rows cannot be told apart; is a quote "
					   "missing?");
	if (shape->sample.columns.rank == LIC_COLUMN_NONE)
		return lic_index_refuse(x, "a table in which no column looks like names of images");
	t->x = x;
	t->shape = shape;
	t->suspects = (struct lic_suspects)LIC_SUSPECTS_INIT;
	lic_naming_init(&t->naming, x->out);
	r = index_rows(t, &s, &own);
	if (r < 0 && err)
		*err = own;
	lic_source_release(&s);
	lic_naming_release(&t->naming);
	lic_suspects_release(&t->suspects);
	return r;
}

const struct lic_document_reader lic_document_table = { "table", bid, index_table };
