/* SPDX-License-Identifier: Apache-2.0 */
/* Names of images as people write them: paths, URLs, stems; taken into components. */
#include <string.h>
#include <strings.h>

#include "fs/document/matching.h"

#define NUMBER_MAX 6 /* digits of a short number */

size_t lic_wording_stem(const uint8_t *p, size_t n)
{
	for (size_t i = n; i > 1; i--)
		if (p[i - 1] == '.')
			return i - 1;
	return n;
}

/* 0: it is no split. */
static int split_of(const struct lic_bytes *s)
{
	static const struct {
		const char *name;
		int split;
	} names[] = { { "train", 1 },	   { "training", 1 }, { "val", 2 },    { "valid", 2 },
		      { "validation", 2 }, { "test", 3 },     { "testing", 3 } };
	size_t n = s->n;

	while (n && s->p[n - 1] >= '0' && s->p[n - 1] <= '9')
		n--;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(names); i++)
		if (strlen(names[i].name) == n &&
		    strncasecmp((const char *)s->p, names[i].name, n) == 0)
			return names[i].split;
	return 0;
}

bool lic_wording_other_split(const struct lic_bytes *a, const struct lic_bytes *b)
{
	const int x = split_of(a), y = split_of(b);

	return x && y && x != y;
}

static bool begins(const struct lic_bytes *s, const char *with)
{
	size_t n = strlen(with);

	return s->n >= n && memcmp(s->p, with, n) == 0;
}

static void cut(struct lic_bytes *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

static int digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "%20": what stands there for what is meant. */
static void decode(struct lic_bytes *s, uint8_t *text)
{
	size_t n = 0;

	if (s->n > LIC_NAME_BYTES_MAX || !memchr(s->p, '%', s->n))
		return;
	for (size_t i = 0; i < s->n; i++) {
		int hi = s->p[i] == '%' && s->n - i > 2 ? digit(s->p[i + 1]) : -1;
		int lo = hi >= 0 ? digit(s->p[i + 2]) : -1;

		if (lo >= 0)
			i += 2;
		text[n++] = lo >= 0 ? (uint8_t)(hi << 4 | lo) : s->p[i];
	}
	*s = (struct lic_bytes){ text, n };
}

/* Takes the path out of a URL. */
static void strip_scheme(struct lic_bytes *s, uint8_t *text)
{
	const uint8_t *colon = memchr(s->p, ':', s->n < 12 ? s->n : 12), *end;
	bool web, file;

	if (!colon || (size_t)(s->p + s->n - colon) < 3 || colon[1] != '/' || colon[2] != '/')
		return;
	web = begins(s, "http://") || begins(s, "https://");
	file = begins(s, "file://");
	cut(s, (size_t)(colon + 3 - s->p));
	if (!web && !file)
		return;
	end = memchr(s->p, '/', s->n);
	cut(s, end ? (size_t)(end - s->p) : s->n);
	if (web) {
		end = memchr(s->p, '?', s->n);
		s->n = end ? (size_t)(end - s->p) : s->n;
		end = memchr(s->p, '#', s->n);
		s->n = end ? (size_t)(end - s->p) : s->n;
	}
	decode(s, text);
}

static void strip_root(const struct lic_bytes *root, size_t n, struct lic_bytes *s,
		       struct lic_wording *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (s->n <= root[i].n || s->p[root[i].n] != '/' ||
		    (root[i].n && memcmp(s->p, root[i].p, root[i].n) != 0))
			continue;
		cut(s, root[i].n);
		ret->anchored = true;
		return;
	}
}

static bool is_number(const struct lic_bytes *s)
{
	if (s->n > NUMBER_MAX || s->p[0] == '0')
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
	return true;
}

/* From the last component to the first, so that ".." is known before what it takes away. */
static void split(const struct lic_bytes *s, struct lic_wording *ret)
{
	const uint8_t separator = memchr(s->p, '/', s->n) ? '/' : '\\';
	size_t end = s->n, skip = 0;

	for (size_t i = s->n + 1; i > 0 && ret->n < LIC_COMPONENTS_MAX; i--) {
		struct lic_bytes part;

		if (i > 1 && s->p[i - 2] != separator)
			continue;
		part = (struct lic_bytes){ s->p + i - 1, end - (i - 1) };
		end = i > 1 ? i - 2 : 0;
		if (!part.n || (part.n == 1 && part.p[0] == '.'))
			continue;
		if (part.n == 2 && memcmp(part.p, "..", 2) == 0)
			skip++;
		else if (skip)
			skip--;
		else
			ret->part[ret->n++] = part;
	}
}

bool lic_wording_parse(const struct lic_bytes *root, size_t n_roots, const struct lic_bytes *name,
		       struct lic_wording *ret)
{
	struct lic_bytes s = *name;

	ret->n = 0;
	ret->anchored = false;
	if (!s.n || s.n > LIC_NAME_BYTES_MAX)
		return false;
	strip_scheme(&s, ret->text);
	if (!s.n)
		return false;
	strip_root(root, n_roots, &s, ret);
	split(&s, ret);
	if (!ret->n)
		return false;
	ret->anchored = ret->anchored && ret->n < LIC_COMPONENTS_MAX;
	ret->by_stem = !lic_looks_like_image(ret->part[0].p, ret->part[0].n);
	ret->number = ret->n == 1 && is_number(&ret->part[0]);
	return true;
}
