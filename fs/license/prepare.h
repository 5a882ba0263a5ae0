/* SPDX-License-Identifier: Apache-2.0 */
/* Text as the rules of grammar.md see it: one form for what looks alike. */
#ifndef LICENSEFS_LICENSE_PREPARE_H
#define LICENSEFS_LICENSE_PREPARE_H

#include <licensefs/buffer.h>

/* What a byte of the prepared text belongs to. */
enum lic_char {
	LIC_CHAR_OTHER = 0, /* punctuation and symbols */
	LIC_CHAR_SPACE,
	LIC_CHAR_LETTER, /* letters, marks, digits of other scripts, and U+FFFD for what was invalid
			  */
	LIC_CHAR_UPPER,	 /* an ASCII letter that was upper case before folding */
	LIC_CHAR_DIGIT,	 /* 0-9 */
	LIC_CHAR_WIDE,	 /* letters of scripts that are written without spaces */
};

/*
 * NFKC, case-folded, dashes as "-", no invisible characters, runs of white space as one space,
 * trimmed, one layer of <> " ' taken off; curly quotes and apostrophes are straight. `kind` holds
 * an enum lic_char for each byte of `text`.
 */
struct lic_prepared {
	struct lic_buf text, kind;
	bool cut; /* the input was longer than LIC_PARSE_MAX; the end is missing */
};

void lic_prepared_release(struct lic_prepared *p);
/* False where memory ran out. Release it either way. */
bool lic_prepare(const char *s, size_t n, struct lic_prepared *ret) _nonnull_(3) _must_check_;

/*
 * Appends a name as others are compared with it: NFKC, case-folded, dashes and quotes straight, no
 * invisible characters, white space as one space, trimmed; invalid bytes become U+FFFD. Folding
 * what was folded changes nothing. `out` has failed where memory ran out; it needs room for 16
 * times as much.
 */
void lic_fold(const void *s, size_t n, struct lic_buf *out) _nonnull_(3);

#endif
