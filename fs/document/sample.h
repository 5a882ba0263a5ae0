/* SPDX-License-Identifier: Apache-2.0 */
/* The first rows of a text: what they tell about all of it. */
#ifndef LICENSEFS_DOCUMENT_SAMPLE_H
#define LICENSEFS_DOCUMENT_SAMPLE_H

#include "fs/document/naming.h"
#include "fs/manifest/delimited.h"

/* --- the head as text ------------------------------------------------------------------------- */

enum lic_head_kind { LIC_HEAD_EMPTY, LIC_HEAD_TEXT, LIC_HEAD_UTF16, LIC_HEAD_BINARY };
enum lic_head_kind lic_head_kind(const struct lic_indexing *x) _nonnull_all_;
/* Does the name end so ("csv", without the dot), the case of letters ignored? */
bool lic_has_extension(const struct lic_indexing *x, const char *extension) _nonnull_all_;
/* Behind the byte order mark and the lines that begin with '#'; their number. */
size_t lic_head_start(const struct lic_indexing *x, unsigned *ret_lines) _nonnull_all_;
/* The next line of n bytes from *at on, without its end; false at the end. */
bool lic_next_line(const uint8_t *p, size_t n, size_t *at, struct lic_bytes *ret) _nonnull_all_;

/* --- rows ------------------------------------------------------------------------------------- */

#define LIC_SAMPLE_ROWS 256

/* Zero it, but for `look_max`. */
struct lic_sample {
	unsigned rows;
	size_t n; /* columns that were seen */
	struct lic_bytes first[LIC_FIELDS_MAX];
	size_t first_n;
	struct lic_column_look look[LIC_FIELDS_MAX]; /* of the rows behind the first */
	unsigned ragged;			     /* rows of other widths than the first */
	bool header;
	struct lic_columns columns;
};
/* One more row; the texts of the first one must outlive the sample. */
void lic_sample_add(struct lic_sample *s, const struct lic_bytes *field, size_t n) _nonnull_all_;
/* Decides on header and columns. `plain`: a list, whose first line is a header only where a word of
 * it is a known one. */
void lic_sample_end(struct lic_sample *s, bool plain) _nonnull_all_;
/* The words of a header that could be names of images: those that are not known, and all of a
 * single column. */
void lic_sample_suspect(struct lic_suspects *s, const struct lic_bytes *field,
			size_t n) _nonnull_all_;

#endif
