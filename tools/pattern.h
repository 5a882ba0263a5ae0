/* SPDX-License-Identifier: Apache-2.0 */
/* From what a person types to the pattern of a decision. */
#ifndef LICENSEFS_TOOLS_PATTERN_H
#define LICENSEFS_TOOLS_PATTERN_H

#include "store.h"

/*
 * Fills in d->pattern (in `text`, which is released by the caller) and d->exact: the path of one
 * file is exact, a directory means all below it, anything with * or ? is a glob. The name of an
 * entry that exists outranks its reading as a glob.
 */
int pattern_make(const struct store *store, const char *given, struct lic_buf *text,
		 struct lic_decision *d, struct lic_error *err) _nonnull_(1, 2, 3, 4) _must_check_;

/* The same for a name in which * and ? mean themselves: a path, or a directory. */
int pattern_literal(const struct store *store, const char *given, struct lic_buf *text,
		    struct lic_decision *d, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;
/* Says so where a path of its own can mean no image: it is a document, a label, ... `about`
 * completes "and ...". */
void pattern_say_no_image(const struct store *store, const struct lic_decision *d,
			  const char *about) _nonnull_all_;

#endif
