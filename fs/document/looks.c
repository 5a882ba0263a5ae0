/* SPDX-License-Identifier: Apache-2.0 */
/* What texts look like: the name of an image, or what such a name has in front of its extension. */
#include <string.h>

#include "fs/document/index.h"

#define EXTENSION_MAX 5

/* Letters in one number, so that the table is compared without a branch a letter. */
#define E(a, b, c, d, e)                                                                           \
	((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 |          \
	 (uint64_t)(e) << 32)

static const uint64_t extensions[] = {
	E('j', 'p', 'g', 0, 0),	  E('j', 'p', 'e', 'g', 0), E('p', 'n', 'g', 0, 0),
	E('w', 'e', 'b', 'p', 0), E('t', 'i', 'f', 0, 0),   E('t', 'i', 'f', 'f', 0),
	E('g', 'i', 'f', 0, 0),	  E('b', 'm', 'p', 0, 0),   E('h', 'e', 'i', 'c', 0),
	E('h', 'e', 'i', 'f', 0), E('a', 'v', 'i', 'f', 0), E('j', 'p', 'e', 0, 0),
	E('j', 'f', 'i', 'f', 0), E('j', 'i', 'f', 0, 0),   E('a', 'p', 'n', 'g', 0),
	E('d', 'i', 'b', 0, 0),	  E('p', 'p', 'm', 0, 0),   E('p', 'g', 'm', 0, 0),
	E('p', 'b', 'm', 0, 0),	  E('p', 'n', 'm', 0, 0),   E('p', 'f', 'm', 0, 0),
	E('p', 'a', 'm', 0, 0),	  E('h', 'i', 'f', 0, 0),   E('j', 'x', 'l', 0, 0),
	E('j', 'p', '2', 0, 0),	  E('j', '2', 'k', 0, 0),   E('j', 'p', 'f', 0, 0),
	E('j', 'p', 'x', 0, 0),	  E('j', 'p', 'm', 0, 0),   E('s', 'v', 'g', 0, 0),
	E('s', 'v', 'g', 'z', 0), E('p', 's', 'd', 0, 0),   E('p', 's', 'b', 0, 0),
	E('d', 'n', 'g', 0, 0),	  E('c', 'r', '2', 0, 0),   E('c', 'r', '3', 0, 0),
	E('c', 'r', 'w', 0, 0),	  E('n', 'e', 'f', 0, 0),   E('n', 'r', 'w', 0, 0),
	E('a', 'r', 'w', 0, 0),	  E('s', 'r', 'f', 0, 0),   E('s', 'r', '2', 0, 0),
	E('r', 'a', 'f', 0, 0),	  E('o', 'r', 'f', 0, 0),   E('r', 'w', '2', 0, 0),
	E('p', 'e', 'f', 0, 0),	  E('s', 'r', 'w', 0, 0),   E('x', '3', 'f', 0, 0),
	E('m', 'r', 'w', 0, 0),	  E('d', 'c', 'r', 0, 0),   E('k', 'd', 'c', 0, 0),
	E('3', 'f', 'r', 0, 0),	  E('i', 'i', 'q', 0, 0),   E('r', 'w', 'l', 0, 0),
	E('r', 'a', 'w', 0, 0),	  E('e', 'x', 'r', 0, 0),   E('h', 'd', 'r', 0, 0),
	E('t', 'g', 'a', 0, 0),	  E('i', 'c', 'o', 0, 0),   E('m', 'p', 'o', 0, 0),
};

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool is_extension(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	if (n < 3 || n > EXTENSION_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] | 0x20 : p[i]) << 8 * i;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(extensions); i++)
		if (v == extensions[i])
			return true;
	return false;
}

size_t lic_image_extension(const uint8_t *p, size_t n)
{
	for (size_t e = n < EXTENSION_MAX ? n : EXTENSION_MAX; e >= 3; e--)
		if (is_extension(p, e))
			return e;
	return 0;
}

size_t lic_image_mention(const uint8_t *p, size_t n, size_t at)
{
	while (at < n) {
		const uint8_t *dot = memchr(p + at, '.', n - at);
		size_t from, end;

		if (!dot)
			return 0;
		from = end = (size_t)(dot - p) + 1;
		while (end < n && end - from <= EXTENSION_MAX && is_alnum(p[end]))
			end++;
		if (from > 1 && is_extension(p + from, end - from))
			return end;
		at = from;
	}
	return 0;
}

static bool has_scheme(const uint8_t *p, size_t n)
{
	const uint8_t *colon = memchr(p, ':', n < 8 ? n : 8);

	return colon && n - (size_t)(colon - p) > 2 && colon[1] == '/' && colon[2] == '/';
}

bool lic_looks_like_image(const void *text, size_t n)
{
	const uint8_t *p = text, *q;
	size_t dot;

	if (n < 5 || n > LIC_NAME_BYTES_MAX)
		return false;
	if (has_scheme(p, n)) {
		q = memchr(p, '?', n);
		n = q ? (size_t)(q - p) : n;
		q = memchr(p, '#', n);
		n = q ? (size_t)(q - p) : n;
	}
	for (dot = n; dot > 0 && n - dot <= EXTENSION_MAX && p[dot - 1] != '.';)
		dot--;
	return dot > 1 && p[dot - 1] == '.' && p[dot - 2] != '/' && is_extension(p + dot, n - dot);
}

/* Numbers with a point in them: coordinates, not names. */
static bool is_decimal(const uint8_t *p, size_t n)
{
	bool point = false;

	for (size_t i = 0; i < n; i++) {
		bool sign = (p[i] == '-' || p[i] == '+') &&
			    (i == 0 || p[i - 1] == 'e' || p[i - 1] == 'E');

		point |= p[i] == '.' || sign;
		if (!(p[i] >= '0' && p[i] <= '9') && p[i] != '.' && p[i] != 'e' && p[i] != 'E' &&
		    !sign)
			return false;
	}
	return point;
}

/* "/m/01g317", "/g/11bc": topics of Freebase, which label images. */
static bool is_topic(const uint8_t *p, size_t n)
{
	return n > 3 && n < 16 && p[0] == '/' && (p[1] == 'm' || p[1] == 'g') && p[2] == '/' &&
	       !memchr(p + 3, '/', n - 3);
}

bool lic_looks_like_stem(const void *text, size_t n)
{
	const uint8_t *p = text;
	bool digit = false;

	if (n < 4 || n > LIC_NAME_BYTES_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_alnum(p[i]) && p[i] < 0x80 && (!p[i] || !strchr("_-./\\()+@=~", p[i])))
			return false;
		digit |= p[i] >= '0' && p[i] <= '9';
	}
	return digit && (is_alnum(p[n - 1]) || p[n - 1] >= 0x80 || p[n - 1] == ')') &&
	       !is_decimal(p, n) && !is_topic(p, n) && !has_scheme(p, n);
}
