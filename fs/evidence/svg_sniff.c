/* SPDX-License-Identifier: Apache-2.0 */
/* Is a file an SVG? Walks what may stand before the root element. */
#include <string.h>
#include <strings.h>

#include "fs/evidence/svg.h"

#define UNPACKED (8u * 1024) /* bytes of a compressed file that are looked at */

struct text {
	const char *p;
	size_t n;
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip(struct text *t, size_t n)
{
	t->p += n;
	t->n -= n;
}

static void skip_space(struct text *t)
{
	while (t->n && is_space(*t->p))
		skip(t, 1);
}

static bool begins(const struct text *t, const char *s)
{
	return t->n >= strlen(s) && memcmp(t->p, s, strlen(s)) == 0;
}

/* Moves behind the next `s`; false where there is none. */
static bool skip_past(struct text *t, const char *s)
{
	const char *at = memmem(t->p, t->n, s, strlen(s));

	if (at)
		skip(t, (size_t)(at - t->p) + strlen(s));
	return at != NULL;
}

/* A name, with or without prefix, whose local part is svg. */
static enum lic_svg_kind name_is_svg(const struct text *t)
{
	size_t n = 0, local = 0;

	while (n < t->n && !is_space(t->p[n]) && !strchr("/>[", t->p[n])) {
		n++;
		if (t->p[n - 1] == ':')
			local = n;
	}
	if (n == t->n)
		return n < 64 ? LIC_SVG_MAYBE : LIC_SVG_NO;
	return n - local == 3 && memcmp(t->p + local, "svg", 3) == 0 ? LIC_SVG_YES : LIC_SVG_NO;
}

static enum lic_svg_kind sniff_text(struct text t)
{
	skip_space(&t);
	for (;;) {
		if (begins(&t, "<?")) {
			if (!skip_past(&t, "?>"))
				return LIC_SVG_MAYBE;
		} else if (begins(&t, "<!--")) {
			if (!skip_past(&t, "-->"))
				return LIC_SVG_MAYBE;
		} else if (t.n >= 10 && strncasecmp(t.p, "<!doctype", 9) == 0 && is_space(t.p[9])) {
			skip(&t, 10);
			skip_space(&t);
			return name_is_svg(&t);
		} else if (t.n && t.p[0] == '<') {
			skip(&t, 1);
			return name_is_svg(&t);
		} else {
			return LIC_SVG_NO;
		}
		skip_space(&t);
		if (!t.n)
			return LIC_SVG_MAYBE;
	}
}

/* In UTF-32 every other pair of bytes is an empty UTF-16 unit: dropping what is no character
 * leaves ASCII in any of these encodings. */
static enum lic_svg_kind sniff_bytes(const uint8_t *p, size_t n)
{
	char ascii[UNPACKED];
	size_t k = 0;

	if (n >= 4 && memcmp(p, "\0\0\xfe\xff", 4) == 0) {
		p += 4;
		n -= 4;
	} else if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p += 3;
		n -= 3;
	} else if (n >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff))) {
		p += 2;
		n -= 2;
	}
	/* most files end here */
	while (n && (is_space((char)*p) || !*p)) {
		p++;
		n--;
	}
	if (!n || *p != '<')
		return LIC_SVG_NO;
	for (size_t i = 0; i < n && k < sizeof(ascii); i++)
		if (p[i])
			ascii[k++] = (char)p[i];
	return sniff_text((struct text){ ascii, k });
}

enum lic_svg_kind lic_svg_sniff(const uint8_t *head, size_t n)
{
	struct lic_gunzip *g;
	uint8_t out[UNPACKED];
	size_t taken;
	long got;

	if (n < 3 || head[0] != 0x1f || head[1] != 0x8b || head[2] != 8)
		return sniff_bytes(head, n);
	g = lic_gunzip_new();
	if (!g)
		return LIC_SVG_NO;
	got = lic_gunzip(g, head, n, &taken, out, sizeof(out));
	lic_gunzip_free(g);
	return got > 0 ? sniff_bytes(out, (size_t)got) : LIC_SVG_NO;
}
