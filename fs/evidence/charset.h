/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Character sets as found in the wild, made UTF-8.
 *
 * Own tables, because the C library loads its own from files, which a worker cannot open. All
 * functions are pure, and nothing is ever dropped: what is no character becomes U+FFFD, so that a
 * word of restriction beside it stays.
 */
#ifndef LICENSEFS_EVIDENCE_CHARSET_H
#define LICENSEFS_EVIDENCE_CHARSET_H

#include <uchar.h>

#include <licensefs/buffer.h>

enum lic_charset {
	/* UTF-16 or UTF-32 where a byte order mark or zeros say so, else UTF-8, and each byte
	 * that is none as Windows-1252 */
	LIC_CHARSET_GUESS,
	LIC_CHARSET_UTF16LE,
	LIC_CHARSET_UTF16BE,
	LIC_CHARSET_UTF16,     /* by byte order mark, else by how the bytes repeat, else little */
	LIC_CHARSET_UTF16_BIG, /* the same, else big */
	LIC_CHARSET_UTF32LE,
	LIC_CHARSET_UTF32BE,
	LIC_CHARSET_JIS,  /* ISO-2022-JP, Shift_JIS, or bare codes of JIS X 0208 */
	LIC_CHARSET_8859, /* + the part, 2 to 16: UTF-8 where valid, else this part */
	LIC_CHARSET_8859_LAST = LIC_CHARSET_8859 + 16,
};

/* Appends the bytes as UTF-8 without NUL: what is no character becomes U+FFFD, NUL a space. At
 * most three bytes are appended for one. */
void lic_decode(struct lic_buf *out, enum lic_charset charset, const uint8_t *p, size_t n)
	_nonnull_(1);

/* The wide encoding that the bytes of a text are in by themselves, else LIC_CHARSET_GUESS. */
enum lic_charset lic_charset_wide(const uint8_t *p, size_t n);

/* Mends UTF-8 that was taken for Windows-1252, Latin-1 or Mac Roman on its way, up to three times
 * over ("Â©", "ÃƒÂ©", "¬©"), in place: valid UTF-8 stays valid and never grows. */
void lic_mojibake_mend(struct lic_buf *text) _nonnull_all_;

/* --- tables ---------------------------------------------------------------------------------- */

#define LIC_JIS0208_ROWS 84

extern const uint16_t lic_cp1252[32];	   /* 0x80 to 0x9f */
extern const uint16_t lic_mac_roman[128];  /* 0x80 to 0xff */
extern const uint16_t lic_iso8859[15][96]; /* parts 2 to 16, 0xa0 to 0xff */
/* Rows of 94; NULL where a row has nothing, a blank where a place has nothing. */
extern const char16_t *const lic_jis0208[LIC_JIS0208_ROWS];

#endif
