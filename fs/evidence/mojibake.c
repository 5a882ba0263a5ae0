/* SPDX-License-Identifier: Apache-2.0 */
/* Mends text that was decoded with the wrong table before it got here. */
#include <string.h>

#include <licensefs/text.h>

#include "fs/evidence/charset.h"

#define PASSES 3
#define NO_BYTE 0x100

/* The byte that a program took for this character: Windows-1252, else Latin-1. */
static unsigned latin_byte(uint32_t cp)
{
	if (cp < 0x100)
		return (unsigned)cp;
	for (unsigned i = 0; i < 32; i++)
		if (lic_cp1252[i] == cp)
			return 0x80 + i;
	return NO_BYTE;
}

static unsigned mac_byte(uint32_t cp)
{
	for (unsigned i = 0; i < 128; i++)
		if (lic_mac_roman[i] == cp)
			return 0x80 + i;
	return NO_BYTE;
}

/* Takes the characters at p for bytes, as far as they are the bytes of one character in UTF-8.
 * Returns how many bytes of p they are, 0 if they are none; *ret_n and `ret` get the character. */
static size_t sequence(const uint8_t *p, size_t n, unsigned (*byte_of)(uint32_t), uint8_t *ret,
		       size_t *ret_n)
{
	size_t at = 0;

	for (*ret_n = 0; *ret_n < 4;) {
		uint32_t cp, ignored;
		size_t k = lic_utf8_decode(p + at, n - at, &cp);
		unsigned b = k > 1 ? byte_of(cp) : NO_BYTE;

		if (b == NO_BYTE)
			return 0;
		ret[(*ret_n)++] = (uint8_t)b;
		at += k;
		if (lic_utf8_decode(ret, *ret_n, &ignored) == *ret_n)
			return at;
	}
	return 0;
}

/* Is a lone pair more likely broken than meant? "Â©" and "Ã©" are; "É”" ends a quotation. */
static bool is_broken_alone(const uint8_t *c, size_t n)
{
	static const uint8_t meant[] = { 0x85, 0x92, 0x94, 0x96, 0x97, 0x99,
					 0xa0, 0xa9, 0xab, 0xae, 0xb7, 0xbb };

	if (n > 2 || c[0] <= 0xc3)
		return true;
	return c[0] <= 0xc5 && !memchr(meant, c[1], sizeof(meant));
}

static bool is_broken(const uint8_t *p, size_t n, const uint8_t *c, size_t c_n)
{
	uint8_t next[4];
	size_t next_n;

	return is_broken_alone(c, c_n) || sequence(p, n, latin_byte, next, &next_n);
}

/* Of Mac Roman only what it makes of Latin-1's upper half: "¬©", "√©". */
static bool is_broken_mac(const uint8_t *c, size_t n)
{
	return n == 2 && c[0] >= 0xc2 && c[0] <= 0xc3;
}

static bool pass(struct lic_buf *text)
{
	uint8_t *p = (uint8_t *)text->data, *to = p;
	const uint8_t *end = p + text->len;
	bool changed = false, in_run = false;

	while (p < end) {
		uint8_t c[4];
		size_t c_n = 0, k = 0;

		if (*p >= 0xc2) {
			k = sequence(p, (size_t)(end - p), latin_byte, c, &c_n);
			if (k && !in_run && !is_broken(p + k, (size_t)(end - p) - k, c, c_n))
				k = 0;
		}
		in_run = k > 0;
		if (!k && *p >= 0xc2) {
			k = sequence(p, (size_t)(end - p), mac_byte, c, &c_n);
			if (k && !is_broken_mac(c, c_n))
				k = 0;
		}
		if (!k) {
			*to++ = *p++;
			continue;
		}
		memcpy(to, c, c_n);
		to += c_n;
		p += k;
		changed = true;
	}
	lic_buf_truncate(text, (size_t)(to - (uint8_t *)text->data));
	return changed;
}

void lic_mojibake_mend(struct lic_buf *text)
{
	bool plain = true;

	for (size_t i = 0; plain && i < text->len; i++)
		plain = (uint8_t)text->data[i] < 0x80;
	for (int i = 0; !plain && i < PASSES; i++)
		if (!pass(text))
			return;
}
