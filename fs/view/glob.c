/* SPDX-License-Identifier: Apache-2.0 */
/* Globs, run as a set of states so that no pattern makes matching more than quadratic. */
#include <string.h>

#include "fs/view/glob.h"

/* Operators lie beyond Unicode; a byte that is no UTF-8 stands for itself at INVALID + byte. */
#define INVALID 0x110000u
#define ANY_ONE 0x80000000u
#define STAR 0x80000001u     /* any run: within a component in paths */
#define GLOBSTAR 0x80000002u /* any run */
#define DIRS 0x80000003u     /* at the start of a component: any number of them; two slots */
#define DIRS_IN 0x80000004u  /* its second slot: inside such a component */

static uint32_t decode(const uint8_t **p, size_t *n)
{
	uint32_t cp;
	size_t k = lic_utf8_decode(*p, *n, &cp);

	if (!k) {
		cp = INVALID + **p;
		k = 1;
	}
	*p += k;
	*n -= k;
	return cp;
}

static uint32_t fold(uint32_t cp, unsigned flags)
{
	return flags & LIC_GLOB_FOLD && cp >= 'A' && cp <= 'Z' ? cp + ('a' - 'A') : cp;
}

/* Emits the operator for the run of stars at *p, which is at the start of a component or not. */
static size_t add_stars(const uint8_t **p, size_t *n, bool start, uint32_t *op)
{
	size_t stars = 0;

	while (*n && **p == '*') {
		(*p)++;
		(*n)--;
		stars++;
	}
	if (stars < 2) {
		op[0] = STAR;
		return 1;
	}
	if (!start || !*n || **p != '/') {
		op[0] = GLOBSTAR;
		return 1;
	}
	(*p)++;
	(*n)--;
	op[0] = DIRS;
	op[1] = DIRS_IN;
	return 2;
}

static size_t compile(const uint8_t *p, size_t n, unsigned flags, uint32_t *op)
{
	const bool path = flags & LIC_GLOB_PATH;
	bool below = path && n && p[n - 1] == '/';
	size_t k = 0;

	if (path && n && *p == '/') { /* the store's root */
		p++;
		n--;
	}
	while (n) {
		bool start = k == 0 || op[k - 1] == '/' || op[k - 1] == DIRS_IN;

		if (*p == '*' && path) {
			k += add_stars(&p, &n, start, op + k);
			continue;
		}
		if (*p == '*' || *p == '?') {
			op[k++] = *p == '*' ? GLOBSTAR : ANY_ONE;
			p++;
			n--;
			continue;
		}
		if (*p == '\\' && n > 1) {
			p++;
			n--;
		}
		op[k++] = fold(decode(&p, &n), flags);
	}
	if (below)
		op[k++] = GLOBSTAR;
	return k;
}

const struct lic_glob *lic_glob_new(struct lic_arena *arena, const void *p, size_t n,
				    unsigned flags)
{
	struct lic_glob *g = lic_arena_alloc(arena, sizeof(*g));
	uint32_t *op = lic_arena_alloc(arena, (n + 2) * sizeof(*op));

	if (!g || !op || n > LIC_GLOB_MAX)
		return NULL;
	g->pattern = lic_arena_dup(arena, p, n);
	if (!g->pattern)
		return NULL;
	g->flags = flags;
	g->n = compile(p, n, flags, op);
	g->op = op;
	g->literal = true;
	for (size_t i = 0; i < g->n; i++)
		if (op[i] >= ANY_ONE)
			g->literal = false;
	return g;
}

/* Marks state i and those that are reached from it without reading anything. */
static void enter(const struct lic_glob *g, uint8_t *set, size_t i)
{
	while (!set[i]) {
		set[i] = 1;
		if (i < g->n && (g->op[i] == STAR || g->op[i] == GLOBSTAR))
			i++;
		else if (i < g->n && g->op[i] == DIRS)
			i += 2;
		else
			break;
	}
}

/* Marks in `next` what state i becomes when it reads `cp`. */
static void step(const struct lic_glob *g, uint8_t *next, size_t i, uint32_t cp)
{
	const bool slash = cp == '/' && g->flags & LIC_GLOB_PATH;

	switch (g->op[i]) {
	case ANY_ONE:
		if (!slash)
			enter(g, next, i + 1);
		break;
	case STAR:
		if (!slash)
			enter(g, next, i);
		break;
	case GLOBSTAR:
		enter(g, next, i);
		break;
	case DIRS:
		if (!slash)
			enter(g, next, i + 1);
		break;
	case DIRS_IN:
		enter(g, next, slash ? i - 1 : i);
		break;
	default:
		if (g->op[i] == cp)
			enter(g, next, i + 1);
	}
}

static bool match_literal(const struct lic_glob *g, const uint8_t *p, size_t n)
{
	size_t i = 0;

	for (; n && i < g->n; i++)
		if (fold(decode(&p, &n), g->flags) != g->op[i])
			return false;
	return !n && i == g->n;
}

bool lic_glob_match(const struct lic_glob *g, const void *text, size_t n)
{
	uint8_t sets[2][LIC_GLOB_MAX + 3], *now = sets[0], *next = sets[1];
	const uint8_t *p = text;

	if (g->literal)
		return match_literal(g, p, n);
	memset(now, 0, g->n + 1);
	enter(g, now, 0);
	while (n) {
		uint32_t cp = fold(decode(&p, &n), g->flags);
		uint8_t *spare = now;
		bool alive = false;

		memset(next, 0, g->n + 1);
		for (size_t i = 0; i < g->n; i++)
			if (now[i])
				step(g, next, i, cp);
		for (size_t i = 0; i <= g->n && !alive; i++)
			alive = next[i];
		if (!alive)
			return false;
		now = next;
		next = spare;
	}
	return now[g->n];
}
