/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of fields with a separator between them: CSV (RFC 4180) and TSV.
 *
 * Invariants
 * - A row is handed over whole or is an error: a NUL byte, a quote that never ends, more than
 *   LIC_FIELDS_MAX fields, a row that does not fit into the window.
 * - Fields point into the window and live until the next call. Behind each stands a NUL, and they
 *   may be changed in place where that makes them no longer.
 */
#ifndef LICENSEFS_MANIFEST_DELIMITED_H
#define LICENSEFS_MANIFEST_DELIMITED_H

#include "fs/manifest/source.h"

#define LIC_FIELDS_MAX 512

struct lic_delimited {
	struct lic_source *s;
	char separator;
	bool quotes; /* fields may stand in double quotes */
	struct lic_bytes field[LIC_FIELDS_MAX];
	size_t n;
	uint64_t line;	       /* where the row begins, from 1 */
	uint64_t next;	       /* line of the next row */
	uint64_t from;	       /* where the row begins in the decoded file; it ends at
				* lic_source_offset() */
	bool cut;	       /* the file ends within the last field, which may have gone on */
	struct lic_error *err; /* where errors go; not owned, may be NULL */
};

/* From where the source stands; a byte order mark is skipped. Nothing to release. */
int lic_delimited_init(struct lic_delimited *d, struct lic_source *s, char separator, bool quotes,
		       struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* 1: a row stands in `field`; 0: the end. Empty lines are passed over. Ends of lines are LF or CR
 * LF. */
int lic_delimited_next(struct lic_delimited *d) _nonnull_all_ _must_check_;
/* Fails with file and line; returns -EBADMSG. */
int lic_delimited_bad(struct lic_delimited *d, const char *fmt, ...) _printf_format_(2, 3)
	_nonnull_(1);

/* Place of the first field of the present row that is named so, the case of ASCII letters ignored;
 * -1 if there is none. */
int lic_delimited_find(const struct lic_delimited *d, const char *name) _nonnull_all_;

static inline bool lic_field_is(const struct lic_bytes *f, const char *word)
{
	return f->n == __builtin_strlen(word) && __builtin_memcmp(f->p, word, f->n) == 0;
}

/* Undoes in place: the backslashes of PostgreSQL's COPY (\t \n \\ ...); percent escapes; these and
 * pluses for blanks. A NUL keeps standing behind the field, and none gets into it. */
void lic_field_unescape(struct lic_bytes *f) _nonnull_all_;
void lic_field_unpercent(struct lic_bytes *f) _nonnull_all_;
void lic_field_unquote_plus(struct lic_bytes *f) _nonnull_all_;

#endif
