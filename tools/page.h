/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of HTML that stand alone: one file, readable without script, network or mouse, on paper and
 * in the dark.
 *
 * Whatever is given as text is escaped, and what could not be shown becomes \xHH: no bytes of files
 * or names reach the page raw. Only page_raw() writes as it is. Every chart is drawn beside a table
 * that says the same.
 *
 * Life cycle: page_begin(), any parts, page_end(). What fails on the way is remembered by the sink.
 */
#ifndef LICENSEFS_TOOLS_PAGE_H
#define LICENSEFS_TOOLS_PAGE_H

#include <licensefs/likeness.h>

#include "sink.h"

struct page {
	struct sink *sink; /* not owned; NULL: what is written stays in `out` */
	struct lic_buf out, text;
	unsigned ids;		/* given to charts so far */
	size_t column, columns; /* of the row that is being written */
	const struct page_column *head;
};

/* Colours with a meaning. */
enum page_tone {
	TONE_PLAIN,
	TONE_GOOD,
	TONE_WARN,
	TONE_BAD,
	TONE_OFF,
	TONE_SHARED, /* share alike */
	TONE_COUNT
};

/* Begins the page: `kind` stands above the title, `lead` below it; NULL: none. */
void page_begin(struct page *p, struct sink *sink, const char *kind, const char *title,
		const char *lead) _nonnull_(1, 2, 3, 4);
/* Ends it and writes what is left. */
void page_end(struct page *p) _nonnull_all_;

void page_raw(struct page *p, const char *html) _nonnull_all_;
void page_bytes(struct page *p, const void *s, size_t n) _nonnull_(1);
void page_str(struct page *p, const char *s) _nonnull_all_;
void page_count(struct page *p, int64_t n) _nonnull_all_;
/* A link where the address is one of http or https, else the text alone; `url` NULL: none. */
void page_link(struct page *p, const char *url, const char *text) _nonnull_(1, 3);

/* Links to sections: pairs of id and text, NULL-terminated. */
void page_contents(struct page *p, const char *const *pairs) _nonnull_all_;
void page_section(struct page *p, const char *id, const char *title, const char *lead)
	_nonnull_(1, 2, 3);
void page_section_end(struct page *p) _nonnull_all_;

/* Large numbers: page_tiles(), page_tile()..., page_tiles_end(). `note` NULL: none. */
void page_tiles(struct page *p) _nonnull_all_;
void page_tile(struct page *p, enum page_tone tone, const char *name, const char *value,
	       const char *note) _nonnull_(1, 3, 4);
void page_tiles_end(struct page *p) _nonnull_all_;

/* Names and values: page_facts(), page_fact()..., page_facts_end(). */
void page_facts(struct page *p) _nonnull_all_;
void page_fact(struct page *p, const char *name, const char *value) _nonnull_all_;
void page_facts_end(struct page *p) _nonnull_all_;

struct page_column {
	const char *title;
	bool number;
};
/* page_table(), then as many cells as there are columns, row by row, page_table_end(). */
void page_table(struct page *p, const char *caption, const struct page_column *columns,
		size_t n) _nonnull_all_;
void page_cell(struct page *p, const char *text) _nonnull_all_;
void page_cell_count(struct page *p, int64_t n) _nonnull_all_;
void page_cell_bytes(struct page *p, int64_t bytes) _nonnull_all_;
void page_cell_share(struct page *p, int64_t part, int64_t whole) _nonnull_all_;
void page_cell_code(struct page *p, const void *s, size_t n) _nonnull_(1);
/* With a square of the colour before it; `url` NULL: no link. */
void page_cell_toned(struct page *p, enum page_tone tone, const char *url, const char *text)
	_nonnull_(1, 4);
/* What stands between them is the cell. */
void page_cell_begin(struct page *p) _nonnull_all_;
void page_cell_end(struct page *p) _nonnull_all_;
/* `more` rows were left out; `where` says where they are. */
void page_table_end(struct page *p, size_t more, const char *where) _nonnull_(1);

/* --- page_chart.c ------------------------------------------------------------------------- */

/* A chart and the table beside it: page_pair(), both, page_pair_end(). */
void page_pair(struct page *p) _nonnull_all_;
void page_pair_end(struct page *p) _nonnull_all_;

struct page_bar {
	const char *label;
	int64_t value;
	enum page_tone tone;
};
/* One bar below the other, the first PAGE_BARS_MAX; `whole` is the full width. */
#define PAGE_BARS_MAX 12u
void page_bars(struct page *p, const char *title, const struct page_bar *bar, size_t n,
	       int64_t whole, bool bytes) _nonnull_(1, 2);
/* Parts of one bar, side by side. */
void page_stack(struct page *p, const char *title, const struct page_bar *bar, size_t n,
		int64_t whole) _nonnull_(1, 2);

/* The same bars as a list in words; `whole` 0: without shares. */
void page_legend(struct page *p, const struct page_bar *bar, size_t n, int64_t whole) _nonnull_(1);

struct page_event {
	int64_t at; /* seconds since the epoch */
	int64_t value;
	enum page_tone tone;
	const char *label;
};
#define PAGE_EVENTS_MAX 200u /* that can be told apart on one line */
/* Events on a line from `from` to `to`, the size of each its value; in order of time. */
void page_timeline(struct page *p, const char *title, int64_t from, int64_t to,
		   const struct page_event *event, size_t n) _nonnull_(1, 2);

/* --- page_picture.c ----------------------------------------------------------------------- */

/* Pictures: page_pictures(), page_picture()..., page_pictures_end(). */
struct page_credit {
	const char *title, *creator, *license, *license_url,
		*source_url; /* NULL: not known, but license */
};
void page_pictures(struct page *p) _nonnull_all_;
int page_picture(struct page *p, const struct lic_thumbnail *t, const void *path, size_t n,
		 const struct page_credit *credit, struct lic_error *err)
	_nonnull_(1, 2, 5) _must_check_;
void page_pictures_end(struct page *p) _nonnull_all_;

/* --- page_style.c ------------------------------------------------------------------------- */

extern const char page_style[];
const char *page_tone_class(enum page_tone t) _const_;

#endif
