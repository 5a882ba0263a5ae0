/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON token by token, checked to the last byte, in a window that moves over the file.
 *
 * Invariants
 * - buf[at .. end) are bytes that nobody has taken, LIC_WALK_AHEAD of them or all that the file
 *   still has wherever a token begins; LIC_WALK_SLACK bytes of 0 stand behind `end`.
 * - Every byte that is passed is checked: commas, numbers, escapes, UTF-8 (RFC 8259; NaN and
 *   Infinity, which Python writes, are allowed). Brackets are the caller's.
 * - After an error every call gives it again.
 */
#ifndef LICENSEFS_DOCUMENT_JSONWALK_H
#define LICENSEFS_DOCUMENT_JSONWALK_H

#include "fs/document/index.h"

#define LIC_WALK_AHEAD (64u << 10) /* longer strings are passed over and not shown */
#define LIC_WALK_SLACK 64u
#define LIC_WALK_END 256 /* no byte */

struct lic_walk {
	int fd;
	uint64_t size; /* of the file, or where to stop */
	uint8_t *buf;  /* owned; of cap bytes and the slack */
	size_t cap;
	size_t at, end;	 /* in buf */
	uint64_t offset; /* of buf[0] in the file */
	bool eof;
	bool lines;	     /* a newline within a value is an error */
	bool inside;	     /* a value is open (for `lines`) */
	struct lic_buf text; /* of a string with escapes */
	int failed;	     /* -EBADMSG: `note` says why */
	char note[128];
};

/* A string; valid until the walk goes on. */
struct lic_walk_string {
	const uint8_t *p;
	size_t n;
	bool cut; /* it is longer than LIC_WALK_AHEAD, and p is its beginning, as it stands */
};

/* Bytes from .. to of a file. A byte order mark is passed over. Release it. */
int lic_walk_init(struct lic_walk *w, int fd, uint64_t from,
		  uint64_t to) _nonnull_all_ _must_check_;
/* The same memory for other bytes. */
int lic_walk_seek(struct lic_walk *w, uint64_t from, uint64_t to) _nonnull_all_ _must_check_;
void lic_walk_release(struct lic_walk *w);

/* -EBADMSG, with where and what. */
int lic_walk_bad(struct lic_walk *w, const char *fmt, ...) _printf_format_(2, 3) _nonnull_(1);
/* -EBADMSG: `c`, as lic_walk_token() gave it, stands where `wanted` should be. */
int lic_walk_unexpected(struct lic_walk *w, int c, const char *wanted) _nonnull_all_;

/* Brings more bytes. */
int lic_walk_fill(struct lic_walk *w) _nonnull_all_ _must_check_;
/* For lic_walk_token(): passes over white space. */
int lic_walk_blanks(struct lic_walk *w) _nonnull_all_ _must_check_;

/* The next byte behind white space, which stays; LIC_WALK_END; negative errno. */
static inline int lic_walk_token(struct lic_walk *w)
{
	if (w->end - w->at <= LIC_WALK_AHEAD)
		return lic_walk_blanks(w);
	w->at += w->buf[w->at] == ' ';
	return w->buf[w->at] > ' ' ? w->buf[w->at] : lic_walk_blanks(w);
}

static inline uint64_t lic_walk_offset(const struct lic_walk *w)
{
	return w->offset + w->at;
}

/* From the opening quote to behind the closing one. */
int lic_walk_string(struct lic_walk *w, struct lic_walk_string *ret) _nonnull_all_ _must_check_;
/* To behind the end of the line, before which only blanks may stand. */
int lic_walk_line(struct lic_walk *w) _nonnull_all_ _must_check_;
/* A number or word, which begins at the next byte: 1 for a number, 0 for a word; its text. */
int lic_walk_word(struct lic_walk *w, struct lic_walk_string *ret) _nonnull_all_ _must_check_;
/*
 * Numbers and the commas between them, from one that begins at the next byte, as far as nothing
 * else stands between. 1: the next byte is where a value should be, behind the comma at *ret_comma;
 * 0: it is behind a number.
 */
int lic_walk_numbers(struct lic_walk *w, uint64_t *ret_comma) _nonnull_all_ _must_check_;

#endif
