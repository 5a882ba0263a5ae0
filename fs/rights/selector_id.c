/* SPDX-License-Identifier: Apache-2.0 */
/* Ids of datasets and sites, in names of files and in addresses. */
#include <string.h>

#include "fs/rights/selector.h"

/* Longest extension in letters and digits; ".0005" is none, it numbers something. */
#define EXTENSION_MAX 8u

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Letters of other scripts are bytes from 0x80 on. */
static bool is_part(uint8_t c)
{
	return is_digit(c) || is_letter(c) || c == '@' || c >= 0x80;
}

bool lic_selector_next_part(struct lic_cut *cut, struct lic_bytes *ret)
{
	struct lic_bytes s = cut->rest;
	size_t n = 0;

	while (s.n && !is_part(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (n < s.n && is_part(s.p[n]))
		n++;
	*ret = (struct lic_bytes){ s.p, n };
	cut->rest = (struct lic_bytes){ s.p + n, s.n - n };
	return n > 0;
}

static void add_part(struct lic_bytes s, struct lic_buf *out)
{
	size_t digits = 0, zeros = 0;

	while (digits < s.n && is_digit(s.p[digits]))
		digits++;
	while (digits == s.n && zeros + 1 < s.n && s.p[zeros] == '0')
		zeros++;
	for (size_t i = zeros; i < s.n; i++) {
		uint8_t c = s.p[i];

		lic_buf_addc(out, (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c));
	}
}

void lic_selector_id(struct lic_bytes text, struct lic_buf *out)
{
	struct lic_cut cut = { text };
	const uint8_t *end = text.p;
	struct lic_bytes part;

	while (lic_selector_next_part(&cut, &part)) {
		lic_buf_add(out, end, (size_t)(part.p - end));
		add_part(part, out);
		end = part.p + part.n;
	}
	lic_buf_add(out, end, (size_t)(text.p + text.n - end));
}

struct lic_bytes lic_selector_stem(struct lic_bytes name)
{
	bool letter = false;

	for (size_t i = name.n; i > 0 && name.n - i <= EXTENSION_MAX; i--) {
		uint8_t c = name.p[i - 1];

		if (c == '.')
			return i > 1 && letter ? (struct lic_bytes){ name.p, i - 1 } : name;
		if (is_letter(c))
			letter = true;
		else if (!is_digit(c))
			break;
	}
	return name;
}

bool lic_selector_next_value(struct lic_cut *cut, struct lic_bytes *ret)
{
	struct lic_bytes s = cut->rest;
	size_t n = 0;

	while (s.n && strchr("/?&;=", s.p[0] ? s.p[0] : 1)) {
		s.p++;
		s.n--;
	}
	while (n < s.n && !strchr("/?&;=", s.p[n] ? s.p[n] : 1))
		n++;
	*ret = (struct lic_bytes){ s.p, n };
	cut->rest = (struct lic_bytes){ s.p + n, s.n - n };
	return n > 0;
}
