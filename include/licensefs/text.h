/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that came from outside, made safe to show.
 *
 * File names and metadata are bytes: any byte but NUL and '/' in names, anything at all in fields.
 * All functions are pure and thread-safe.
 */
#ifndef LICENSEFS_TEXT_H
#define LICENSEFS_TEXT_H

#include <licensefs/buffer.h>

/* Length in bytes of the valid UTF-8 sequence at p (n bytes readable), 0 if there is none;
 * *ret_cp gets the code point. Surrogates, overlong forms and values over U+10FFFF are invalid. */
size_t lic_utf8_decode(const uint8_t *p, size_t n, uint32_t *ret_cp) _nonnull_(3);
bool lic_utf8_valid(const void *p, size_t n);
/* Appends one code point as UTF-8; an invalid one becomes U+FFFD. */
void lic_utf8_encode(struct lic_buf *out, uint32_t cp) _nonnull_all_;

/* Appends a name for a terminal: as it is where that is safe, else in the shell's $'...' form, so
 * that no control character, bidi override or invalid byte reaches the terminal and the result can
 * be pasted into a shell. */
void lic_text_quote(struct lic_buf *out, const void *p, size_t n) _nonnull_(1);
/* As lic_text_quote(), for prose: control characters and invalid bytes become \xHH, no quotes. */
void lic_text_show(struct lic_buf *out, const void *p, size_t n) _nonnull_(1);

/* Appends an address so that it may stand in a link, what no address may have as %HH. False, and
 * nothing appended, where it is none of http or https with a host, or names a user. */
bool lic_text_address(struct lic_buf *out, const char *url) _nonnull_all_;

/* Typing errors between two words: insertions, deletions, replacements and swapped neighbours,
 * the case of ASCII letters ignored. Words beyond 64 bytes are infinitely far (UINT_MAX). */
unsigned lic_text_distance(const char *a, size_t an, const char *b, size_t bn) _pure_;
/* The word of `words` (n_words of them, NULL ones skipped) that s was probably meant to be, the
 * first of equally near ones; NULL where none is within a third of its length. */
const char *lic_text_nearest(const char *s, size_t n, const char *const *words,
			     size_t n_words) _pure_;

/* Copies s with its NUL, cut where it does not fit into `size` bytes; returns the length of s. */
size_t lic_text_cut(char *to, size_t size, const char *s) _nonnull_all_;

/* Bytes with length; not owned. */
struct lic_bytes {
	const uint8_t *p;
	size_t n;
};

#endif
