/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers and texts of licenses, as REUSE wants them. */
#ifndef LICENSEFS_HISTORY_EXPORT_REUSE_H
#define LICENSEFS_HISTORY_EXPORT_REUSE_H

#include "fs/history/export.h"

/* Stands where no license is known. */
#define LIC_TEXTS_NOT_STATED "LicenseRef-NotStated"

/* The set of licenses of which texts are needed, and where texts are taken from. */
struct lic_texts {
	int given;   /* directory of the request, or -1 */
	char **need; /* n of them, in byte order */
	size_t n, cap;
	char **made; /* n_made file names, of the last lic_texts_write() */
	size_t n_made;
};

/* `dir` NULL: only what the system has. */
int lic_texts_open(struct lic_texts *t, const char *dir, struct lic_error *err)
	_nonnull_(1) _must_check_;
void lic_texts_close(struct lic_texts *t) _nonnull_all_;
/* Appends the expression, "" where none is known, of identifiers that every version of SPDX's list
 * has, or of LicenseRef-. */
void lic_texts_expression(struct lic_buf *out, const char *license) _nonnull_all_;
/* Adds the identifiers of an expression, as lic_texts_expression() makes them. */
int lic_texts_need(struct lic_texts *t, const char *license, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Makes DIR/ID.txt of each, instead of those of a call before, and forgets what is needed. */
int lic_texts_write(struct lic_texts *t, struct lic_export *x,
		    const char *dir) _nonnull_all_ _must_check_;

#endif
