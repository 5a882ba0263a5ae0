/* SPDX-License-Identifier: Apache-2.0 */
/* The URL grammar of Creative Commons (grammar.md section 3). What it accepts must be published:
 * the table of ports decides. */
#include "fs/license/cc.h"
#include "fs/license/url.h"

#define SEGMENTS_MAX 6

struct segment {
	const char *s;
	size_t n;
};

static bool is(const struct segment *g, const char *word)
{
	return g->n == strlen(word) && !memcmp(g->s, word, g->n);
}

static bool starts(const struct segment *g, const char *word)
{
	return g->n >= strlen(word) && !memcmp(g->s, word, strlen(word));
}

/* Segments of a path; one trailing slash makes none. 0 where there are too many. */
static size_t split(const char *path, struct segment *out)
{
	size_t count = 0;

	if (*path != '/')
		return 0;
	while (*path == '/' && path[1]) {
		struct segment g = { path + 1, strcspn(path + 1, "/") };

		if (count == SEGMENTS_MAX)
			return 0;
		out[count++] = g;
		path = g.s + g.n;
	}
	return count;
}

static bool is_language(const char *s, size_t n)
{
	if (n < 2 || (*s != '.' && *s != '-'))
		return false;
	for (size_t i = 1; i < n; i++)
		if (!(s[i] >= 'a' && s[i] <= 'z') && !(s[i] >= '0' && s[i] <= '9') &&
		    !strchr("_@.-", s[i]))
			return false;
	return true;
}

/* Nothing, "rdf", or "deed" and "legalcode" with or without a language. */
static bool is_tail(const struct segment *g, size_t n)
{
	size_t word = n == 1 && starts(g, "legalcode") ? 9 : 4;

	if (!n)
		return true;
	if (n > 1)
		return false;
	if (is(g, "rdf") || is(g, "deed") || is(g, "legalcode"))
		return true;
	return (starts(g, "deed") || starts(g, "legalcode")) &&
	       is_language(g->s + word, g->n - word);
}

static bool is_jurisdiction(const struct segment *g)
{
	if (is(g, "igo") || is(g, "scotland"))
		return true;
	return g->n == 2 && g->s[0] >= 'a' && g->s[0] <= 'z' && g->s[1] >= 'a' && g->s[1] <= 'z';
}

static const struct lic_license *versioned(const struct segment *g, size_t n)
{
	struct segment jur = { "", 0 };
	size_t tail = 3;

	if (n > 3 && is_jurisdiction(&g[3]))
		jur = g[tail++];
	if (!is_tail(g + tail, n - tail))
		return NULL;
	return lic_cc_find(g[1].s, g[1].n, g[2].s, g[2].n, jur.s, jur.n);
}

static bool is_dedication(const struct segment *unit)
{
	return is(unit, "zero") || is(unit, "mark") || is(unit, "certification");
}

static const struct lic_license *page(const struct segment *g, size_t n)
{
	if (n < 2)
		return NULL;
	if (is(&g[0], "publicdomain"))
		return n > 2 && is_dedication(&g[1]) ? versioned(g, n) : NULL;
	if (!is(&g[0], "licenses"))
		return NULL;
	if (is(&g[1], "publicdomain"))
		return is_tail(g + 2, n - 2) ? lic_license_find("CC-PDDC", 7) : NULL;
	if (is_dedication(&g[1]))
		return NULL;
	if (n == 2)
		return lic_cc_find_versionless(g[1].s, g[1].n);
	return versioned(g, n);
}

/* "88x31.png" */
static bool is_image(const struct segment *g)
{
	size_t i = 0, x;

	while (i < g->n && g->s[i] >= '0' && g->s[i] <= '9')
		i++;
	if (!i || i == g->n || g->s[i] != 'x')
		return false;
	x = ++i;
	while (i < g->n && g->s[i] >= '0' && g->s[i] <= '9')
		i++;
	return i > x && g->n - i == 4 && !memcmp(g->s + i, ".png", 4);
}

static const struct lic_license *badge(const struct segment *g, size_t n)
{
	struct segment jur = { "", 0 };

	if (n < 4 || n > 5 || (!is(&g[0], "l") && !is(&g[0], "p")) || !is_image(&g[n - 1]))
		return NULL;
	if (n == 5)
		jur = g[3];
	return lic_cc_find(g[1].s, g[1].n, g[2].s, g[2].n, jur.s, jur.n);
}

const struct lic_license *lic_cc_url(const struct lic_url *u)
{
	struct segment g[SEGMENTS_MAX];
	size_t n = split(u->path, g);

	if (lic_url_host_is(u, "creativecommons.org"))
		return page(g, n);
	if (lic_url_host_is(u, "i.creativecommons.org") || lic_url_host_is(u, "licensebuttons.net"))
		return badge(g, n);
	return NULL;
}

bool lic_cc_url_names_license(const struct lic_url *u)
{
	struct segment g[SEGMENTS_MAX];
	size_t n = split(u->path, g);

	if (!lic_url_host_is(u, "creativecommons.org"))
		return false;
	/* Too many segments for a license, but below the licenses all the same. */
	if (!n)
		return !strncmp(u->path, "/licenses/", 10) ||
		       !strncmp(u->path, "/publicdomain/", 14);
	return n > 1 && (is(&g[0], "licenses") || is(&g[0], "publicdomain"));
}
