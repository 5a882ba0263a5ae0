/* SPDX-License-Identifier: Apache-2.0 */
/* A line as words, and what the first lines of a list tell about all of them. */
#ifndef LICENSEFS_DOCUMENT_LINE_H
#define LICENSEFS_DOCUMENT_LINE_H

#include "fs/document/sample.h"

/* "Columns" of a line: its words, and the ways in which a path with blanks in it may stand there.
 */
#define LIC_LINE_WORDS 60u
#define LIC_LINE_WHOLE 60u
#define LIC_LINE_HEAD 61u /* up to the first extension of an image */
#define LIC_LINE_TAIL 62u /* from the second word on */
#define LIC_LINE_LAST 63u /* word */
#define LIC_LINE_COLUMNS 64u

struct lic_line_shape {
	char separator; /* 0: blanks */
	/* Lines in which nothing looks like an image belong to the one above that names one. */
	bool blocks;
	bool counted; /* the first line is a number, perhaps of the others */
	struct lic_sample sample;
};

/* The text of a column; empty where the line has none. */
struct lic_bytes lic_line_column(struct lic_bytes line, char separator, unsigned column);
/* Looks at the head, with one separator; false where there is no line in it that names anything. */
bool lic_line_look(const struct lic_indexing *x, char separator,
		   struct lic_line_shape *ret) _nonnull_all_ _must_check_;
/* The separator that tells most; *ret is the caller's to free. How much it bids, 0 for nothing. */
int lic_line_guess(const struct lic_indexing *x, struct lic_line_shape **ret) _nonnull_all_;

#endif
