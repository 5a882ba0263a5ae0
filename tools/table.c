/* SPDX-License-Identifier: Apache-2.0 */
/* The one door to libsmartcols. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include <libsmartcols/libsmartcols.h>

#include "output.h"
#include "table.h"

#define WRAP_MIN 20 /* columns; where less is left the terminal breaks lines better */
#define BLOCK_ROWS 1000 /* printed and forgotten when so many rows have come together */

struct table {
	struct libscols_table *scols;
	struct libscols_line *line;   /* the last row */
	struct libscols_column *wrap; /* the last column, if it holds prose */
	size_t columns, rows;
	unsigned indent;
};

struct table *table_new(const struct table_column *columns, size_t n, unsigned indent,
			bool headings)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		output_out_of_memory();
	t->scols = scols_new_table();
	if (!t->scols)
		output_out_of_memory();
	t->columns = n;
	t->indent = indent;
	scols_table_enable_noencoding(t->scols, 1);
	scols_table_enable_noheadings(t->scols, !headings);
	scols_table_enable_colors(t->scols, output_color(stdout));
	scols_table_set_column_separator(t->scols, "  ");
	scols_table_reduce_termwidth(t->scols, indent);
	for (size_t i = 0; i < n; i++) {
		bool wrap = columns[i].flags & TABLE_WRAP;
		int flags = (columns[i].flags & TABLE_RIGHT ? SCOLS_FL_RIGHT : 0) |
			    (wrap ? SCOLS_FL_WRAP : 0);
		struct libscols_column *c =
			scols_table_new_column(t->scols, columns[i].title, 0, flags);

		if (!c)
			output_out_of_memory();
		if (!wrap)
			continue;
		scols_column_set_wrapfunc(c, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
		t->wrap = c;
	}
	return t;
}

/* Columns of the terminal that stdout is; 0 if it is none: then nothing is wrapped. */
static size_t terminal_columns(void)
{
	struct winsize w;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

static const char *line_text(struct libscols_line *line, size_t i)
{
	const char *text = scols_cell_get_data(scols_line_get_cell(line, i));

	return text ? text : "";
}

/* Cells of a terminal that one character takes; *ret_n is its bytes. */
static int char_width(const char *p, size_t *ret_n)
{
	wchar_t wc;
	int n = mbtowc(&wc, p, MB_CUR_MAX), w;

	*ret_n = n > 0 ? (size_t)n : 1;
	w = n > 0 ? wcwidth(wc) : 1;
	return w < 0 ? 1 : w;
}

static size_t text_width_to(const char *s, const char *end)
{
	size_t width = 0, n;

	for (; s < end; s += n)
		width += (size_t)char_width(s, &n);
	return width;
}

static size_t text_width(const char *s)
{
	return text_width_to(s, s + strlen(s));
}

/* Breaks prose into lines of `width` at blanks; words that are longer stay whole. */
static char *break_lines(const char *s, size_t width)
{
	char *out = strdup(s), *blank = NULL;
	size_t used = 0, n;

	if (!out)
		output_out_of_memory();
	for (char *p = out; *p; p += n) {
		if (*p == ' ')
			blank = p;
		used += (size_t)char_width(p, &n);
		if (used <= width || !blank)
			continue;
		*blank = '\n';
		used = text_width_to(blank + 1, p + n);
		blank = NULL;
	}
	return out;
}

/* On a terminal, prose wraps at words in what the other columns leave. */
static void wrap_prose(struct table *t)
{
	size_t left = terminal_columns(), others = t->indent;
	struct libscols_line *line;
	const char *text;

	if (!left)
		return;
	for (size_t i = 0; i + 1 < t->columns; i++) {
		size_t widest = scols_table_is_noheadings(t->scols)
					? 0
					: text_width(scols_column_get_name(
						  scols_table_get_column(t->scols, i)));

		for (size_t r = 0; r < t->rows; r++) {
			line = scols_table_get_line(t->scols, r);
			text = line_text(line, i);
			if (text_width(text) > widest)
				widest = text_width(text);
		}
		others += widest + 2;
	}
	if (left < others + WRAP_MIN)
		return;
	left -= others;
	for (size_t r = 0; r < t->rows; r++) {
		line = scols_table_get_line(t->scols, r);
		if (scols_line_refer_data(line, t->columns - 1,
					  break_lines(line_text(line, t->columns - 1), left)))
			output_out_of_memory();
	}
}

/* libsmartcols fills an empty last column with blanks: cut them, and indent. */
static void print_block(struct table *t)
{
	char *text = NULL, *line, *next;

	if (!t->rows)
		return;
	if (t->wrap)
		wrap_prose(t);
	if (scols_print_table_to_string(t->scols, &text) || !text)
		output_out_of_memory();
	for (line = text; *line; line = next) {
		size_t n = strcspn(line, "\n");

		next = line + n + (line[n] == '\n');
		while (n && line[n - 1] == ' ')
			n--;
		if (n)
			printf("%*s", (int)t->indent, "");
		fwrite(line, 1, n, stdout);
		putchar('\n');
	}
	free(text);
	scols_table_remove_lines(t->scols);
	scols_table_enable_noheadings(t->scols, 1);
	t->rows = 0;
	t->line = NULL;
}

void table_row(struct table *t, const char *const *cells)
{
	if (t->rows == BLOCK_ROWS)
		print_block(t);
	t->line = scols_table_new_line(t->scols, NULL);
	if (!t->line)
		output_out_of_memory();
	for (size_t i = 0; i < t->columns; i++)
		if (scols_line_set_data(t->line, i, cells[i] ? cells[i] : ""))
			output_out_of_memory();
	t->rows++;
}

void table_color(struct table *t, size_t i, const char *color)
{
	struct libscols_cell *cell = t->line ? scols_line_get_cell(t->line, i) : NULL;

	if (cell)
		scols_cell_set_color(cell, color);
}

void table_print(struct table *t)
{
	if (!t)
		return;
	print_block(t);
	scols_unref_table(t->scols);
	free(t);
}
