/* SPDX-License-Identifier: Apache-2.0 */
/* Makes UTF-8 of what fields are encoded in; mojibake is in mojibake.c. */
#include <string.h>

#include <licensefs/text.h>

#include "fs/evidence/charset.h"
#include "fs/util/cursor.h"

#define NONE 0xfffd
#define ESC 0x1b
#define ZEROS_MIN 3 /* fewer may be separators between texts */

/* A character that stands for itself, a NUL as the blank that it takes the place of. */
static void add(struct lic_buf *out, uint32_t cp)
{
	lic_utf8_encode(out, cp ? cp : ' ');
}

static void add_byte(struct lic_buf *out, uint8_t c)
{
	add(out, c >= 0x80 && c < 0xa0 ? lic_cp1252[c - 0x80] : c);
}

/* --- UTF-16 and UTF-32 ----------------------------------------------------------------------- */

static bool has_mark(const uint8_t *p, size_t n, bool big)
{
	return n >= 2 && p[!big] == 0xfe && p[big] == 0xff;
}

enum lic_charset lic_charset_wide(const uint8_t *p, size_t n)
{
	size_t zero[4] = { 0 }, even, odd, units;

	if (n >= 4 && memcmp(p, "\xff\xfe\0\0", 4) == 0)
		return LIC_CHARSET_UTF32LE;
	if (n >= 4 && memcmp(p, "\0\0\xfe\xff", 4) == 0)
		return LIC_CHARSET_UTF32BE;
	if (has_mark(p, n, false))
		return LIC_CHARSET_UTF16LE;
	if (has_mark(p, n, true))
		return LIC_CHARSET_UTF16BE;
	if (!n || !memchr(p, 0, n))
		return LIC_CHARSET_GUESS;
	while (n >= 4 && memcmp(p + n - 4, "\0\0\0\0", 4) == 0) /* padding tells nothing */
		n -= 4;
	for (size_t i = 0; i < n; i++)
		zero[i & 3] += !p[i];
	units = n / 4;
	if (units >= 2 && zero[2] >= units && zero[3] >= units - 1 && zero[0] * 4 <= units)
		return LIC_CHARSET_UTF32LE;
	if (units >= 2 && zero[0] >= units && zero[1] >= units && zero[3] * 4 <= units)
		return LIC_CHARSET_UTF32BE;
	even = zero[0] + zero[2];
	odd = zero[1] + zero[3];
	units = n / 2;
	if (odd >= ZEROS_MIN && odd * 2 >= units && even * 8 <= units && !p[1])
		return LIC_CHARSET_UTF16LE;
	if (even >= ZEROS_MIN && even * 2 >= units && odd * 8 <= units && !p[0])
		return LIC_CHARSET_UTF16BE;
	return LIC_CHARSET_GUESS;
}

/* ExifTool's way: the byte that takes more values is the low one, else the one that is zero less
 * often, else the order of the file holds. */
static bool utf16_is_big(const uint8_t *p, size_t n, bool big)
{
	bool seen[2][256] = { { false } };
	size_t unique[2] = { 0 }, zero[2] = { 0 };

	if (has_mark(p, n, true) || has_mark(p, n, false))
		return p[0] == 0xfe;
	for (size_t i = 0; i < (n & ~(size_t)1); i++) {
		unique[i & 1] += !seen[i & 1][p[i]];
		seen[i & 1][p[i]] = true;
		zero[i & 1] += !p[i];
	}
	if (unique[0] != unique[1])
		return unique[1] > unique[0];
	return zero[0] != zero[1] ? zero[0] > zero[1] : big;
}

static void decode_utf16(struct lic_buf *out, bool big, const uint8_t *p, size_t n)
{
	struct lic_cursor c = lic_cursor_of(p, n, big);

	while (lic_cursor_left(&c) >= 2) {
		uint32_t cp = lic_cursor_u16(&c);

		if (cp >= 0xd800 && cp < 0xdc00 && lic_cursor_left(&c) >= 2) {
			uint32_t low = (uint32_t)lic_load(c.p + c.at, 2, big);

			if (low >= 0xdc00 && low < 0xe000) {
				cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
				lic_cursor_skip(&c, 2);
			}
		}
		if (cp != 0xfeff)
			add(out, cp);
	}
	/* the zero of the last character was taken for padding */
	if (lic_cursor_left(&c) && !big)
		add_byte(out, lic_cursor_u8(&c));
}

static void decode_utf32(struct lic_buf *out, bool big, const uint8_t *p, size_t n)
{
	struct lic_cursor c = lic_cursor_of(p, n, big);

	while (lic_cursor_left(&c) >= 4) {
		uint32_t cp = lic_cursor_u32(&c);

		if (cp != 0xfeff)
			add(out, cp);
	}
}

/* --- 8-bit sets ------------------------------------------------------------------------------ */

/* One byte that is none makes the whole text Windows-1252; pieces of UTF-8 in it are mojibake then,
 * and mended as such. */
static void decode_utf8(struct lic_buf *out, const uint8_t *p, size_t n)
{
	bool valid = lic_utf8_valid(p, n);

	if (valid && !memchr(p, 0, n)) {
		lic_buf_add(out, p, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (valid && p[i])
			lic_buf_addc(out, (char)p[i]);
		else
			add_byte(out, p[i]);
	}
}

static void decode_8859(struct lic_buf *out, unsigned part, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] < 0xa0)
			add_byte(out, p[i]);
		else
			add(out, part >= 2 && part <= 16 && lic_iso8859[part - 2][p[i] - 0xa0]
					 ? lic_iso8859[part - 2][p[i] - 0xa0]
					 : p[i]);
	}
}

/* --- Japanese -------------------------------------------------------------------------------- */

static uint32_t jis0208(unsigned row, unsigned cell)
{
	const char16_t *r;

	if (row < 0x21 || row >= 0x21 + LIC_JIS0208_ROWS || cell < 0x21 || cell > 0x7e)
		return NONE;
	r = lic_jis0208[row - 0x21];
	return r && r[cell - 0x21] != ' ' ? r[cell - 0x21] : NONE;
}

/* ISO-2022-JP: ESC $ and @ or B begin characters of two bytes, ESC ( ends them. Without an escape,
 * `wide` from the start. */
static void decode_jis7(struct lic_buf *out, bool wide, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		if (p[i] == ESC && n - i >= 3 && (p[i + 1] == '$' || p[i + 1] == '(')) {
			wide = p[i + 1] == '$';
			i += 3;
		} else if (wide && n - i >= 2 && p[i] > 0x20 && p[i] < 0x7f) {
			add(out, jis0208(p[i], p[i + 1]));
			i += 2;
		} else {
			add_byte(out, p[i++]);
		}
	}
}

static bool is_lead(uint8_t c)
{
	return (c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc);
}

/* Shift_JIS folds two rows into one lead byte. Returns how many bytes were used, 0 for none. */
static size_t shift_jis(const uint8_t *p, size_t n, uint32_t *ret)
{
	unsigned row, cell;

	if (*p >= 0xa1 && *p <= 0xdf) {
		*ret = 0xff61 + (*p - 0xa1u);
		return 1;
	}
	if (!is_lead(*p) || n < 2 || p[1] < 0x40 || p[1] == 0x7f || p[1] > 0xfc)
		return 0;
	row = 0x21 + (*p - (*p < 0xa0 ? 0x81u : 0xc1u)) * 2 + (p[1] >= 0x9f);
	cell = p[1] >= 0x9f ? p[1] - 0x9fu : p[1] - 0x40u - (p[1] > 0x7f);
	*ret = jis0208(row, 0x21 + cell);
	return 2;
}

static bool is_shift_jis(const uint8_t *p, size_t n)
{
	for (size_t i = 0, k; i < n; i += k) {
		uint32_t cp = 0;

		k = p[i] < 0x80 ? 1 : shift_jis(p + i, n - i, &cp);
		if (!k || cp == NONE)
			return false;
	}
	return true;
}

/* Pairs of bytes that are all codes of the set, and no plain English. */
static bool is_bare_jis(const uint8_t *p, size_t n)
{
	size_t kana = 0;

	while (n && !p[n - 1])
		n--;
	if (n < 4 || n & 1)
		return false;
	for (size_t i = 0; i < n; i += 2) {
		if (jis0208(p[i], p[i + 1]) == NONE)
			return false;
		kana += p[i] <= 0x25;
	}
	return kana * 4 >= n / 2;
}

static void decode_jis(struct lic_buf *out, const uint8_t *p, size_t n)
{
	if (memchr(p, ESC, n) || is_bare_jis(p, n)) {
		decode_jis7(out, !memchr(p, ESC, n), p, n);
	} else if (lic_utf8_valid(p, n) || !is_shift_jis(p, n)) {
		decode_utf8(out, p, n);
	} else {
		while (n) {
			uint32_t cp = *p;
			size_t k = *p < 0x80 ? 1 : shift_jis(p, n, &cp);

			add(out, cp);
			p += k;
			n -= k;
		}
	}
}

void lic_decode(struct lic_buf *out, enum lic_charset charset, const uint8_t *p, size_t n)
{
	if (!n)
		return;
	if (charset == LIC_CHARSET_GUESS)
		charset = lic_charset_wide(p, n);
	switch (charset) {
	case LIC_CHARSET_UTF16LE:
	case LIC_CHARSET_UTF16BE:
		/* a mark knows better than whoever wrote down the order */
		decode_utf16(out,
			     has_mark(p, n, charset == LIC_CHARSET_UTF16LE) !=
				     (charset == LIC_CHARSET_UTF16BE),
			     p, n);
		break;
	case LIC_CHARSET_UTF16:
	case LIC_CHARSET_UTF16_BIG:
		decode_utf16(out, utf16_is_big(p, n, charset == LIC_CHARSET_UTF16_BIG), p, n);
		break;
	case LIC_CHARSET_UTF32LE:
	case LIC_CHARSET_UTF32BE:
		decode_utf32(out, charset == LIC_CHARSET_UTF32BE, p, n);
		break;
	case LIC_CHARSET_JIS:
		decode_jis(out, p, n);
		break;
	default:
		if (charset > LIC_CHARSET_8859 && !lic_utf8_valid(p, n))
			decode_8859(out, (unsigned)charset - LIC_CHARSET_8859, p, n);
		else
			decode_utf8(out, p, n);
	}
}
