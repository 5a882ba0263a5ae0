/* SPDX-License-Identifier: Apache-2.0 */
/* A line as words, and what the first lines of a list tell about all of them. */
#include <string.h>

#include "fs/document/line.h"

/* --- words -------------------------------------------------------------------------------------
 */

static bool is_between(uint8_t c, char separator)
{
	return separator ? c == (uint8_t)separator : c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next word from *at on; false at the end. */
static bool next_word(struct lic_bytes line, char separator, size_t *at, struct lic_bytes *ret)
{
	size_t from;

	while (!separator && *at < line.n && is_between(line.p[*at], 0))
		(*at)++;
	if (*at >= line.n)
		return false;
	from = *at;
	while (*at < line.n && !is_between(line.p[*at], separator))
		(*at)++;
	*ret = lic_trimmed((struct lic_bytes){ line.p + from, *at - from });
	*at += *at < line.n;
	return true;
}

static struct lic_bytes head_of(struct lic_bytes line)
{
	line = lic_trimmed(line);
	line.n = lic_image_mention(line.p, line.n, 0);
	return line;
}

static struct lic_bytes tail_of(struct lic_bytes line)
{
	struct lic_bytes word;
	size_t at = 0;

	line = lic_trimmed(line);
	if (!next_word(line, 0, &at, &word))
		return (struct lic_bytes){ line.p, 0 };
	return lic_trimmed((struct lic_bytes){ line.p + at, line.n - at });
}

struct lic_bytes lic_line_column(struct lic_bytes line, char separator, unsigned column)
{
	struct lic_bytes word = { line.p, 0 };
	size_t at = 0;
	unsigned i = 0;

	if (column == LIC_LINE_WHOLE)
		return lic_trimmed(line);
	if (column == LIC_LINE_HEAD)
		return head_of(line);
	if (column == LIC_LINE_TAIL)
		return tail_of(line);
	while (next_word(line, separator, &at, &word))
		if (i++ == column)
			return word;
	if (column != LIC_LINE_LAST)
		word.n = 0;
	return word;
}

/* --- the first lines ---------------------------------------------------------------------------
 */

static bool is_plain_number(struct lic_bytes line)
{
	line = lic_trimmed(line);
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] < '0' || line.p[i] > '9')
			return false;
	return line.n && line.n <= 9;
}

/* Is the line, or its first word, the name of an image? */
static bool begins_block(struct lic_bytes line, char separator)
{
	struct lic_bytes word = lic_line_column(line, separator, 0);

	line = lic_trimmed(line);
	return lic_looks_like_image(line.p, line.n) || lic_looks_like_image(word.p, word.n);
}

struct looker {
	const struct lic_indexing *x;
	size_t at;
	bool whole;
};

static struct looker look_from(const struct lic_indexing *x)
{
	unsigned lines;

	return (struct looker){ x, lic_head_start(x, &lines), x->head_n == x->size };
}

/* The next line that says something; the last one is left out where the head ends within it. */
static bool next_line(struct looker *l, struct lic_bytes *ret)
{
	while (lic_next_line(l->x->head, l->x->head_n, &l->at, ret)) {
		if (!l->whole && l->at == l->x->head_n)
			return false;
		if (lic_trimmed(*ret).n && *ret->p != '#')
			return true;
	}
	return false;
}

/* Lines that are named, and others below each. */
static bool has_blocks(const struct lic_indexing *x, char separator)
{
	struct looker l = look_from(x);
	unsigned names = 0, others = 0;
	struct lic_bytes line;

	while (names + others < LIC_SAMPLE_ROWS * 8 && next_line(&l, &line)) {
		if (lic_image_mention(line.p, line.n, 0))
			names++;
		else
			others++;
		if (names + others == 1 && !begins_block(line, separator))
			return false;
	}
	return names && others;
}

/* The special columns that are always equal to one and the same word say nothing new. */
struct twins {
	uint64_t same[LIC_LINE_COLUMNS - LIC_LINE_WORDS];
};

static void compare_twins(struct twins *t, const struct lic_bytes *f)
{
	for (unsigned s = 0; s < LIC_ARRAY_SIZE(t->same); s++) {
		const struct lic_bytes *a = &f[LIC_LINE_WORDS + s];

		for (unsigned i = 0; i < LIC_LINE_WORDS; i++)
			if (a->n && (a->n != f[i].n || a->p != f[i].p))
				t->same[s] &= ~(UINT64_C(1) << i);
	}
}

/* Two extensions are two names, and what goes on behind one is more than a name. */
static struct lic_bytes one_name(struct lic_bytes v)
{
	const size_t first = lic_image_mention(v.p, v.n, 0);

	if (first && (!lic_looks_like_image(v.p, v.n) || lic_image_mention(v.p, v.n, first)))
		v.n = 0;
	return v;
}

static void add_line(struct lic_line_shape *t, struct twins *twins, struct lic_bytes line)
{
	struct lic_bytes f[LIC_LINE_COLUMNS];
	struct lic_bytes word = { line.p, 0 };
	unsigned n = 0;

	for (unsigned i = 0; i < LIC_LINE_COLUMNS; i++)
		f[i] = word;
	for (size_t at = 0; next_word(line, t->separator, &at, &word); n++)
		if (n < LIC_LINE_WORDS)
			f[n] = word;
	f[LIC_LINE_LAST] = word;
	if (!t->separator) {
		f[LIC_LINE_WHOLE] = one_name(lic_trimmed(line));
		f[LIC_LINE_HEAD] = head_of(line);
		f[LIC_LINE_TAIL] = one_name(tail_of(line));
	}
	compare_twins(twins, f);
	lic_sample_add(&t->sample, f, LIC_LINE_COLUMNS);
}

static void drop_column(struct lic_line_shape *t, unsigned i)
{
	t->sample.look[i] = (struct lic_column_look){ 0 };
	t->sample.first[i].n = 0;
}

/* Does the column name an image in every line, but for a few? */
static bool is_full(const struct lic_line_shape *t, unsigned i)
{
	const struct lic_column_look *c = &t->sample.look[i];

	return c->n && c->image * 20 >= (t->sample.rows - 1) * 19;
}

/* Where paths have blanks in them, their words are no names of their own. */
static void drop_words(struct lic_line_shape *t, const struct twins *twins)
{
	const struct lic_column_look *first = &t->sample.look[0];
	const bool numbered = first->n && first->number * 10 >= first->n * 9;
	unsigned keep = 0;

	for (unsigned s = 0; s < LIC_ARRAY_SIZE(twins->same); s++)
		if (twins->same[s])
			drop_column(t, LIC_LINE_WORDS + s);
	if (!numbered && is_full(t, LIC_LINE_WHOLE))
		keep = LIC_LINE_WHOLE;
	else if (numbered && is_full(t, LIC_LINE_TAIL))
		keep = LIC_LINE_TAIL;
	else if (!numbered && is_full(t, LIC_LINE_HEAD))
		keep = LIC_LINE_HEAD;
	for (unsigned i = 0; keep && i < LIC_LINE_COLUMNS; i++)
		if (i != keep)
			drop_column(t, i);
	if (numbered) {
		drop_column(t, LIC_LINE_WHOLE);
		drop_column(t, LIC_LINE_HEAD);
	}
}

bool lic_line_look(const struct lic_indexing *x, char separator, struct lic_line_shape *ret)
{
	struct looker l = look_from(x);
	struct twins twins;
	struct lic_bytes line;

	for (unsigned i = 0; i < LIC_ARRAY_SIZE(twins.same); i++)
		twins.same[i] = (UINT64_C(1) << LIC_LINE_WORDS) - 1;
	memset(ret, 0, sizeof(*ret));
	ret->separator = separator;
	ret->blocks = has_blocks(x, separator);
	for (bool first = true; ret->sample.rows < LIC_SAMPLE_ROWS && next_line(&l, &line);
	     first = false) {
		if (first && is_plain_number(line))
			ret->counted = true;
		else if (!ret->blocks || lic_image_mention(line.p, line.n, 0))
			add_line(ret, &twins, line);
	}
	if (!ret->sample.rows)
		return false;
	drop_words(ret, &twins);
	lic_sample_end(&ret->sample, true);
	return true;
}

/* --- bids --------------------------------------------------------------------------------------
 */

/* A list in which nothing but the name of the file says that it may name images: a word or two a
 * line, or whole numbers. */
static bool may_be_list(const struct lic_indexing *x, const struct lic_line_shape *t)
{
	static const char *const extensions[] = { "txt", "lst", "list", "ids" };
	const struct lic_column_look *look = t->sample.look;
	bool named = !strchr(x->name, '.');
	size_t long_lines = 0;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(extensions); i++)
		named |= lic_has_extension(x, extensions[i]);
	if (!named || t->separator || x->size > (8u << 20))
		return false;
	for (unsigned i = 3; i < LIC_LINE_WORDS; i++)
		long_lines = look[i].n > long_lines ? look[i].n : long_lines;
	return long_lines * 10 <= t->sample.rows;
}

static int bid_of(const struct lic_indexing *x, const struct lic_line_shape *t)
{
	const struct lic_columns *c = &t->sample.columns;
	const unsigned rows = t->sample.rows - t->sample.header;
	int bid;

	if (!rows || (t->separator && t->sample.look[1].n * 2 < rows))
		return 0;
	if (c->rank == LIC_COLUMN_IMAGES && c->at[0] == LIC_LINE_HEAD)
		bid = 69; /* where it ends is a guess */
	else if (c->rank == LIC_COLUMN_IMAGES)
		bid = 69 + (int)(c->whole * 5 / rows);
	else if (c->rank == LIC_COLUMN_STEMS)
		bid = 54;
	else if (c->rank == LIC_COLUMN_HEADER)
		bid = 40;
	else
		bid = c->rank && may_be_list(x, t) ? 12 : 0;
	/* a table that is broken is a list of its lines */
	return t->separator && bid ? (c->rank >= LIC_COLUMN_HEADER ? bid - 1 : 0) : bid;
}

int lic_line_guess(const struct lic_indexing *x, struct lic_line_shape **ret)
{
	static const char separators[] = { 0, ',', '\t', '|', ';' };
	int best = 0;

	if (lic_head_kind(x) != LIC_HEAD_TEXT)
		return 0;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(separators); i++) {
		_cleanup_(lic_freep) struct lic_line_shape *t = malloc(sizeof(*t));
		int bid;

		if (!t || (separators[i] && !memchr(x->head, separators[i], x->head_n)) ||
		    !lic_line_look(x, separators[i], t))
			continue;
		bid = bid_of(x, t);
		if (bid <= best)
			continue;
		best = bid;
		free(*ret);
		*ret = LIC_TAKE(t);
	}
	return best;
}
