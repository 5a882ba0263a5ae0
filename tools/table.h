/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables for people: aligned columns on stdout, colours only on a terminal.
 *
 * Cells are copied. Text that came from outside must be made safe by the caller (lic_text_quote,
 * lic_text_show). Long tables are printed in blocks, so that memory stays bounded.
 */
#ifndef LICENSEFS_TOOLS_TABLE_H
#define LICENSEFS_TOOLS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include <licensefs/macros.h>

struct table;

enum table_flags {
	TABLE_PLAIN = 0,
	TABLE_RIGHT = 1, /* numbers */
	TABLE_WRAP = 2,	 /* prose: broken into lines where the terminal is too narrow */
};

struct table_column {
	const char *title;
	unsigned flags; /* enum table_flags */
};

/* `indent` blanks stand before every line; `headings` prints the titles. Ends the program
 * without memory. */
struct table *table_new(const struct table_column *columns, size_t n, unsigned indent,
			bool headings) _nonnull_all_ _must_check_;
/* Adds a row of as many cells as there are columns; NULL is an empty cell. */
void table_row(struct table *t, const char *const *cells) _nonnull_all_;
/* Prints what is left and frees the table; NULL is allowed. */
void table_print(struct table *t);
/* Colour of the last row's cell `i`: "red", "green", "yellow", "brown" or "bold". */
void table_color(struct table *t, size_t i, const char *color) _nonnull_all_;

#endif
