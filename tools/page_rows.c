/* SPDX-License-Identifier: Apache-2.0 */
/* Sections that reports of a store and of a job have in common: what a census has counted. */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "output.h"
#include "page_rows.h"

enum page_tone page_freedom_tone(enum freedom f)
{
	static const enum page_tone tone[FREE_COUNT] = {
		[FREE_UNKNOWN] = TONE_OFF,    [FREE_RESERVED] = TONE_BAD,
		[FREE_LIMITED] = TONE_WARN,   [FREE_SHARED] = TONE_SHARED,
		[FREE_CREDITED] = TONE_PLAIN, [FREE_DOMAIN] = TONE_GOOD,
	};

	return (unsigned)f < FREE_COUNT ? tone[f] : TONE_OFF;
}

const char *page_row_name(const struct lic_census_row *row, const char *none)
{
	return row->rest ? "others" : *row->key ? row->key : none;
}

static struct page_bar *bars_of(const struct lic_census_row *row, size_t n, const char *none,
				bool bytes)
{
	struct page_bar *bar = calloc(n + 1, sizeof(*bar));

	if (!bar)
		output_out_of_memory();
	for (size_t i = 0; i < n; i++)
		bar[i] = (struct page_bar){ .label = page_row_name(&row[i], none),
					    .value = bytes ? row[i].bytes : row[i].images };
	return bar;
}

static int by_bytes(const void *a, const void *b)
{
	const struct lic_census_row *x = a, *y = b;

	if (x->rest != y->rest)
		return x->rest - y->rest;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return strcmp(x->key, y->key);
}

/* A copy where they are wanted in another order. */
static const struct lic_census_row *sorted(const struct page_rows *x,
					   struct lic_census_row **ret_copy)
{
	*ret_copy = NULL;
	if (!x->by_bytes || !x->n)
		return x->row;
	*ret_copy = calloc(x->n, sizeof(**ret_copy));
	if (!*ret_copy)
		output_out_of_memory();
	memcpy(*ret_copy, x->row, x->n * sizeof(**ret_copy));
	qsort(*ret_copy, x->n, sizeof(**ret_copy), by_bytes);
	return *ret_copy;
}

void page_rows(struct page *p, const struct page_rows *x)
{
	_cleanup_(lic_freep) struct lic_census_row *copy = NULL;
	const struct lic_census_row *row = sorted(x, &copy);
	const struct page_column columns[] = {
		{ x->key, false },
		{ "Images", true },
		{ "Share", true },
		{ "Size", true },
	};
	size_t shown = x->n > PAGE_ROWS_MAX + 1 ? PAGE_ROWS_MAX : x->n;
	_cleanup_(lic_freep) struct page_bar *bar = bars_of(row, x->n, x->none, x->by_bytes);

	if (!x->n) {
		page_raw(p, "<p class=\"none\">None.</p>\n");
		return;
	}
	page_pair(p);
	page_bars(p, x->title, bar, x->n, x->by_bytes ? x->bytes : x->images, x->by_bytes);
	page_table(p, x->title, columns, LIC_ARRAY_SIZE(columns));
	for (size_t i = 0; i < shown; i++) {
		page_cell(p, page_row_name(&row[i], x->none));
		page_cell_count(p, row[i].images);
		page_cell_share(p, row[i].images, x->images);
		page_cell_bytes(p, row[i].bytes);
	}
	page_table_end(p, x->n - shown, x->where);
	page_pair_end(p);
}

/* --- licenses ----------------------------------------------------------------------------- */

static void obligations(struct page *p, const struct terms *t)
{
	unsigned bits = t->freedom > FREE_RESERVED ? t->obligations : 0;

	page_cell_begin(p);
	for (bool first = true; bits; bits &= bits - 1, first = false) {
		page_raw(p, first ? "" : ", ");
		page_str(p, lic_obligation_name(bits & -bits));
	}
	page_cell_end(p);
}

static void license_table(struct page *p, const struct page_licenses *x, const struct terms *terms)
{
	const struct page_column columns[] = {
		{ "License", false },  { "Images", true },	{ x->extra_title, true },
		{ "Size", true },      { "Commercial", false }, { "Changes", false },
		{ "Asks for", false },
	};
	size_t shown = x->n > PAGE_ROWS_MAX + 1 ? PAGE_ROWS_MAX : x->n;

	page_table(p, "Licenses", columns, LIC_ARRAY_SIZE(columns));
	for (size_t i = 0; i < shown; i++) {
		page_cell_toned(p, page_freedom_tone(terms[i].freedom), terms[i].url,
				page_row_name(&x->row[i], "none stated"));
		page_cell_count(p, x->row[i].images);
		page_cell_count(p, x->extra(x->ctx, &x->row[i]));
		page_cell_bytes(p, x->row[i].bytes);
		page_cell(p, terms_permitted(&terms[i], LIC_COMMERCIAL_USE));
		page_cell(p, terms_permitted(&terms[i], LIC_DERIVE));
		obligations(p, &terms[i]);
	}
	page_table_end(p, x->n - shown, x->where);
}

/* How free, over all of them: one bar, and a line that says the same. */
static void freedom_stack(struct page *p, const struct page_licenses *x, const struct terms *terms)
{
	int64_t images[FREE_COUNT] = { 0 };
	struct page_bar bar[FREE_COUNT];
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++)
		images[terms[i].freedom] += x->row[i].images;
	for (int f = FREE_COUNT - 1; f >= 0; f--)
		if (images[f])
			bar[n++] = (struct page_bar){ terms_freedom((enum freedom)f), images[f],
						      page_freedom_tone((enum freedom)f) };
	page_stack(p, "How free the licenses are", bar, n, x->images);
	page_legend(p, bar, n, x->images);
}

void page_licenses(struct page *p, const struct page_licenses *x)
{
	_cleanup_(lic_freep) struct terms *terms = calloc(x->n + 1, sizeof(*terms));
	_cleanup_(lic_freep) struct page_bar *bar = bars_of(x->row, x->n, "none stated", false);

	if (!terms)
		output_out_of_memory();
	if (!x->n) {
		page_raw(p, "<p class=\"none\">No images.</p>\n");
		return;
	}
	for (size_t i = 0; i < x->n; i++) {
		terms_of(x->row[i].key, x->own, &terms[i]);
		bar[i].tone = page_freedom_tone(terms[i].freedom);
	}
	freedom_stack(p, x, terms);
	page_pair(p);
	page_bars(p, "Licenses by images", bar, x->n, x->images, false);
	license_table(p, x, terms);
	page_pair_end(p);
}

/* --- makers ------------------------------------------------------------------------------- */

static void made_of(struct page *p, const struct told_maker *m)
{
	page_cell_begin(p);
	for (size_t i = 0; i < m->n_of && i < PAGE_ROWS_MAX; i++) {
		const char *license = m->of[i].license;

		page_raw(p, i ? "<br>" : "");
		page_str(p, !license ? "others" : *license ? license : "none stated");
		page_raw(p, ": ");
		page_count(p, m->of[i].images);
		page_raw(p, m->complete ? ", " : ", at least ");
		page_count(p, m->of[i].opened);
		page_raw(p, " opened");
	}
	page_cell_end(p);
}

void page_makers(struct page *p, const struct makers *m)
{
	static const struct page_column columns[] = {
		{ "Job", false },
		{ "Of store", false },
		{ "Recorded", false },
		{ "By", false },
		{ "Images that it could see", false },
	};
	char at[32];

	if (!m->n)
		return;
	page_section(p, "makers", "Made by",
		     "Jobs over other stores that made what is in this one, as somebody has "
		     "recorded. It is a record: no right of an image rests on it.");
	page_table(p, "Made by", columns, LIC_ARRAY_SIZE(columns));
	for (size_t i = 0; i < m->n && i < PAGE_ROWS_MAX; i++) {
		page_cell(p, m->item[i].job);
		page_cell(p, m->item[i].store);
		date_format(m->item[i].at, at);
		page_cell(p, at);
		page_cell(p, m->item[i].who);
		made_of(p, &m->item[i]);
	}
	page_table_end(p, m->n > PAGE_ROWS_MAX ? m->n - PAGE_ROWS_MAX : 0, "--json has all");
	page_section_end(p);
}
