/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of paths and of texts; docs/formats.md has the rules. */
#include <string.h>

#include "fs/rights/selector.h"

struct cursor {
	const uint8_t *p, *end;
};

/* Where to go on when the match fails: the star at `pattern` takes one byte (or, with `whole`, one
 * component) more. */
struct retry {
	const uint8_t *pattern, *path; /* pattern NULL: no such star */
	bool whole;
};

static bool starts_double(const uint8_t *p, const uint8_t *end)
{
	return end - p >= 2 && p[0] == '*' && p[1] == '*';
}

/* Lets the last double star take more; false when it has nothing left to take. */
static bool widen(struct retry *deep, const uint8_t *end, const uint8_t **path)
{
	if (!deep->pattern)
		return false;
	if (deep->whole) {
		const uint8_t *slash = memchr(deep->path, '/', (size_t)(end - deep->path));

		if (!slash)
			return false;
		deep->path = slash + 1;
	} else {
		if (deep->path == end)
			return false;
		deep->path++;
	}
	*path = deep->path;
	return true;
}

static bool glob(struct cursor g, struct cursor s)
{
	struct retry deep = { 0 }, flat = { 0 };
	const uint8_t *start = g.p;

	for (;;) {
		if (starts_double(g.p, g.end)) {
			bool head = g.p == start || g.p[-1] == '/';

			g.p += 2;
			deep.whole = head && g.p < g.end && *g.p == '/';
			if (deep.whole)
				g.p++;
			deep.pattern = g.p;
			deep.path = s.p;
			flat.pattern = NULL;
			continue;
		}
		if (g.p < g.end && *g.p == '*') {
			flat = (struct retry){ ++g.p, s.p, false };
			continue;
		}
		if (g.p == g.end && s.p == s.end)
			return true;
		if (g.p < g.end && s.p < s.end && (*g.p == *s.p || (*g.p == '?' && *s.p != '/'))) {
			g.p++;
			s.p++;
			continue;
		}
		if (flat.pattern && flat.path < s.end && *flat.path != '/') {
			s.p = ++flat.path;
			g.p = flat.pattern;
			continue;
		}
		if (!widen(&deep, s.end, &s.p))
			return false;
		g.p = deep.pattern;
		flat.pattern = NULL;
	}
}

bool lic_path_glob(struct lic_bytes pattern, struct lic_bytes path)
{
	struct cursor g = { pattern.p, pattern.p + pattern.n };
	const uint8_t *p = path.p;
	size_t n = path.n;

	if (pattern.n == 0 || n == 0)
		return false;
	if (g.end[-1] != '/')
		return glob(g, (struct cursor){ p, p + n });
	/* Everything below what the pattern without the slash names; "/" is the store */
	g.end--;
	if (g.p == g.end)
		return true;
	for (size_t i = 1; i + 1 < n; i++) {
		if (p[i] == '/' && glob(g, (struct cursor){ p, p + i }))
			return true;
	}
	return false;
}

/* Bytes of the character at p. */
static size_t character(const uint8_t *p, const uint8_t *end)
{
	uint32_t cp;
	size_t n = lic_utf8_decode(p, (size_t)(end - p), &cp);

	return n ? n : 1;
}

bool lic_text_glob(struct lic_bytes pattern, struct lic_bytes text)
{
	struct cursor g = { pattern.p, pattern.p + pattern.n }, s = { text.p, text.p + text.n };
	struct retry star = { 0 };

	for (;;) {
		if (g.p < g.end && *g.p == '*') {
			star = (struct retry){ ++g.p, s.p, false };
		} else if (g.p < g.end && s.p < s.end && *g.p == '?') {
			g.p++;
			s.p += character(s.p, s.end);
		} else if (g.p < g.end && s.p < s.end && *g.p == *s.p) {
			g.p++;
			s.p++;
		} else if (g.p == g.end && s.p == s.end) {
			return true;
		} else if (star.pattern && star.path < s.end) {
			star.path += character(star.path, s.end);
			s.p = star.path;
			g.p = star.pattern;
		} else {
			return false;
		}
	}
}
