/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of rule files: which files of a directory one is about. */
#include <string.h>

#include <licensefs/manifest.h>

/* A pattern as a machine whose states are its tokens: time is linear in the path, times the length
 * of the pattern at worst, whatever it says. */
enum token {
	LITERAL,
	ANY_FLAT, /* any bytes but slashes */
	ANY,	  /* any bytes */
	DEEP,	  /* whole components: at the start of one ... */
	DEEP_IN,  /* ... and within one */
	ONE,	  /* one byte, and ... */
	ONE_REST, /* ... what belongs to its character */
	END,
};

struct machine {
	uint8_t token[LIC_KEY_TEXT_MAX * 2 + 1];
	uint8_t byte[LIC_KEY_TEXT_MAX * 2 + 1];
	size_t n;
	bool now[LIC_KEY_TEXT_MAX * 2 + 1], next[LIC_KEY_TEXT_MAX * 2 + 1];
};

static void add(struct machine *m, enum token token, uint8_t byte)
{
	m->token[m->n] = (uint8_t)token;
	m->byte[m->n++] = byte;
}

/* Each byte of a pattern makes two states at most. */
static void compile(struct machine *m, struct lic_bytes p)
{
	m->n = 0;
	for (size_t i = 0; i < p.n; i++) {
		bool head = !i || p.p[i - 1] == '/';

		if (p.p[i] == '\\' && i + 1 < p.n) {
			add(m, LITERAL, p.p[++i]);
		} else if (p.p[i] == '?') {
			add(m, ONE, 0);
			add(m, ONE_REST, 0);
		} else if (p.p[i] != '*') {
			add(m, LITERAL, p.p[i]);
		} else if (i + 1 == p.n || p.p[i + 1] != '*') {
			add(m, ANY_FLAT, 0);
		} else if (head && i + 2 < p.n && p.p[i + 2] == '/') {
			add(m, DEEP, 0);
			add(m, DEEP_IN, 0);
			i += 2;
		} else {
			add(m, ANY, 0);
			i++;
		}
	}
	add(m, END, 0);
}

/* Enters a state and those that it leads to without a byte. */
static void enter(const struct machine *m, bool *set, size_t i)
{
	for (;;) {
		if (set[i])
			return;
		set[i] = true;
		switch (m->token[i]) {
		case ANY_FLAT:
		case ANY:
		case ONE_REST:
			i++;
			break;
		case DEEP:
			i += 2;
			break;
		default:
			return;
		}
	}
}

static void step(struct machine *m, size_t i, uint8_t c)
{
	switch (m->token[i]) {
	case LITERAL:
		if (c == m->byte[i])
			enter(m, m->next, i + 1);
		break;
	case ANY_FLAT:
		if (c != '/')
			enter(m, m->next, i);
		break;
	case ANY:
		enter(m, m->next, i);
		break;
	case DEEP:
		if (c != '/')
			enter(m, m->next, i + 1);
		break;
	case DEEP_IN:
		enter(m, m->next, c == '/' ? i - 1 : i);
		break;
	case ONE:
		enter(m, m->next, i + 1);
		break;
	case ONE_REST:
		if ((c & 0xc0) == 0x80)
			enter(m, m->next, i);
		break;
	default:
		break;
	}
}

/* Most patterns begin with the name of a directory that the path does not begin with. */
static bool begins_otherwise(struct lic_bytes pattern, struct lic_bytes path)
{
	for (size_t i = 0; i < pattern.n; i++) {
		if (memchr("*?\\", pattern.p[i], 3))
			return false;
		if (i == path.n || pattern.p[i] != path.p[i])
			return true;
	}
	return false;
}

bool lic_key_rule_matches(struct lic_bytes pattern, struct lic_bytes path)
{
	struct machine m;

	if (pattern.n > LIC_KEY_TEXT_MAX || begins_otherwise(pattern, path))
		return false;
	compile(&m, pattern);
	memset(m.now, 0, m.n * sizeof(*m.now));
	enter(&m, m.now, 0);
	for (size_t k = 0; k < path.n; k++) {
		memset(m.next, 0, m.n * sizeof(*m.next));
		for (size_t i = 0; i < m.n; i++)
			if (m.now[i])
				step(&m, i, path.p[k]);
		memcpy(m.now, m.next, m.n * sizeof(*m.now));
	}
	return m.now[m.n - 1];
}
