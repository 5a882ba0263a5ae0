/* SPDX-License-Identifier: Apache-2.0 */
/* The short-name grammar (grammar.md section 4), for whole strings and in running text. */
#include "fs/license/cc.h"
#include "fs/license/name.h"
#include "fs/license/tables.h"

/* Dedications share the grammar's version and qualifier. */
#define ELEMENT_ZERO 16u
#define ELEMENT_MARK 32u

struct name {
	const struct lic_words *t;
	size_t start; /* first word behind the lead */
	size_t j;     /* next word */
	bool whole;
	bool bad; /* no license can be named like this */
	bool spelled;
	unsigned elements;
	unsigned count;
	size_t by;     /* word "by" alone and apart from the others, else SIZE_MAX */
	bool licensed; /* "license" stood between prefix and elements, or behind them */
	char version[4];
	bool dotted; /* the version was "3.0", not "3" */
	const char *jur;
};

static bool joined(unsigned gap)
{
	return !gap || gap == LIC_GAP_HYPHEN;
}

static bool is_wide(const struct lic_words *t, size_t i)
{
	return i < t->count && (uint8_t)t->s[t->w[i].off] >= 0xe3;
}

static void take_license_word(struct name *p)
{
	size_t j = p->j;

	if (lic_word_code(p->t, j) == LIC_WORD_PUBLIC)
		j++;
	if (lic_word_code(p->t, j) != LIC_WORD_LICENSE ||
	    (lic_word_gap(p->t, j) & (LIC_GAP_STOP | LIC_GAP_QUERY)))
		return;
	p->j = j + 1;
	p->licensed = true;
}

/* "CC", "Creative Commons", "Creative Commons (CC)"; words like "ccby" are left to the elements. */
static bool take_prefix(struct name *p)
{
	const struct lic_words *t = p->t;
	bool prefixed;

	if (lic_word_code(t, p->j) == LIC_WORD_CREATIVE &&
	    lic_word_code(t, p->j + 1) == LIC_WORD_COMMONS &&
	    (joined(lic_word_gap(t, p->j + 1)) || lic_word_gap(t, p->j + 1) == LIC_GAP_SPACE)) {
		p->j += 2;
		p->spelled = true;
	} else if (lic_word_code(t, p->j) == LIC_WORD_CREATIVECOMMONS) {
		p->j++;
		p->spelled = true;
	}
	if (lic_word_code(t, p->j) == LIC_WORD_CC &&
	    (!p->spelled || !(lic_word_gap(t, p->j) & LIC_GAP_STOP))) {
		p->j++;
		p->spelled = false;
	} else if (!p->spelled) {
		if (lic_word_code(t, p->j) != LIC_WORD_OTHER || p->j >= t->count ||
		    !lic_element_split(t->s + t->w[p->j].off, t->w[p->j].len, &prefixed))
			return false;
		return prefixed;
	}
	take_license_word(p);
	return true;
}

static bool first_gap(const struct name *p)
{
	const unsigned allowed = LIC_GAP_SPACE | LIC_GAP_HYPHEN | LIC_GAP_COLON | LIC_GAP_BRACKET |
				 LIC_GAP_SLASH | LIC_GAP_OTHER;

	return p->j == p->start || !(lic_word_gap(p->t, p->j) & ~allowed);
}

/* "CC0", "CC Zero", "Creative Commons 0", "CC PDM", "Public Domain Mark". */
static void take_dedication(struct name *p)
{
	const struct lic_words *t = p->t;
	unsigned gap = lic_word_gap(t, p->j);
	size_t n = lic_words_phrase(t, p->j, "public domain mark");

	if (lic_word_is(t, p->j, "0") && (joined(gap) || p->spelled || p->whole)) {
		p->elements = ELEMENT_ZERO;
		n = 1;
	} else if (lic_word_is(t, p->j, "zero") && first_gap(p)) {
		p->elements = ELEMENT_ZERO;
		n = 1;
	} else if (lic_word_is(t, p->j, "pdm") && first_gap(p)) {
		p->elements = ELEMENT_MARK;
		n = 1;
	} else if (n) {
		p->elements = ELEMENT_MARK;
	}
	p->j += n;
}

/* The unit takes its first word: one element, or several written as one word. */
static bool take_first(struct name *p)
{
	const struct lic_words *t = p->t;
	bool prefixed, spelled;
	unsigned bits;
	size_t n;

	if (p->j >= t->count || t->w[p->j].code == LIC_WORD_URL || !first_gap(p))
		return false;
	bits = lic_element_at(t, p->j, &n, &spelled);
	if (bits) {
		if (!spelled && bits == LIC_ELEMENT_BY && !joined(lic_word_gap(t, p->j)))
			p->by = p->j;
		p->count = 1;
	} else {
		bits = lic_element_split(t->s + t->w[p->j].off, t->w[p->j].len, &prefixed);
		p->count = (unsigned)__builtin_popcount(bits);
		n = 1;
	}
	p->elements = bits;
	p->j += bits ? n : 0;
	return bits != 0;
}

/* True where the element at word k goes on with the unit. A second "by" names the author. */
static bool goes_on(struct name *p, size_t k, unsigned bit, bool spelled)
{
	unsigned gap = lic_word_gap(p->t, k);

	if (gap & (LIC_GAP_STOP | LIC_GAP_QUERY))
		return false;
	if (p->elements & bit) {
		p->bad = p->bad || p->whole || joined(gap);
		return false;
	}
	if (bit == LIC_ELEMENT_BY && !spelled && !joined(gap))
		return p->whole || p->t->w[k].upper;
	return true;
}

static void take_elements(struct name *p)
{
	const struct lic_words *t = p->t;
	bool spelled;
	unsigned bit;

	if (!take_first(p))
		return;
	for (;;) {
		size_t k = p->j, n = 0;

		if (lic_word_is(t, k, "and"))
			k++;
		bit = lic_element_at(t, k, &n, &spelled);
		if (!bit || !goes_on(p, k, bit, spelled))
			break;
		p->elements |= bit;
		p->count++;
		p->by = SIZE_MAX;
		p->j = k + n;
	}
	if ((p->elements & LIC_ELEMENT_ND) && (p->elements & LIC_ELEMENT_SA))
		p->bad = true;
}

static bool known_version(const char *s, size_t n, char *out)
{
	static const char *const versions[] = { "1.0", "2.0", "2.1", "2.5", "3.0", "4.0" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(versions); i++)
		if ((n == 3 && !memcmp(s, versions[i], 3)) ||
		    (n == 1 && *s == versions[i][0] && versions[i][2] == '0')) {
			memcpy(out, versions[i], 4);
			return true;
		}
	return false;
}

/* A bare digit in running text may count something else: "CC BY 4 photos". */
static bool digit_is_version(const struct name *p, size_t k)
{
	enum lic_word_code next = lic_word_code(p->t, k + 1);
	unsigned gap = lic_word_gap(p->t, k + 1);

	if (!gap)
		return false;
	return p->whole || gap != LIC_GAP_SPACE || next == LIC_WORD_LICENSE ||
	       next == LIC_WORD_QUALIFIER;
}

static void take_version(struct name *p)
{
	const struct lic_words *t = p->t;
	unsigned gap = lic_word_gap(t, p->j);
	size_t k = p->j;
	const struct lic_word *w;
	bool announced = lic_word_code(t, k) == LIC_WORD_VERSION;

	if (gap & (LIC_GAP_STOP | LIC_GAP_QUERY))
		return;
	k += announced;
	if (lic_word_code(t, k) != LIC_WORD_NUMBER)
		return;
	if (announced && (lic_word_gap(t, k) & LIC_GAP_QUERY))
		return;
	w = &t->w[k];
	p->dotted = memchr(t->s + w->off, '.', w->len);
	if (!p->dotted && ((gap & LIC_GAP_COMMA) || w->len > 1 || !digit_is_version(p, k))) {
		p->bad = p->bad || announced || p->whole || joined(gap);
		return;
	}
	if (!known_version(t->s + w->off, w->len, p->version))
		p->bad = true;
	p->j = k + 1;
}

/* Longest jurisdiction, by code or English name, at word k. */
static const char *jurisdiction_at(const struct lic_words *t, size_t k, size_t *ret_words)
{
	static const char *const other[][2] = { { "england and wales", "uk" },
						{ "england wales", "uk" },
						{ "uk england and wales", "uk" },
						{ "scotland", "scotland" },
						{ "china", "cn" },
						{ "mainland china", "cn" } };
	const char *found = NULL;
	size_t n, longest = 0;

	for (size_t i = 0; i < lic_jurisdiction_count; i++) {
		const struct lic_jurisdiction *jur = &lic_jurisdiction_table[i];

		n = lic_word_is(t, k, jur->code) ? 1 : 0;
		if (!n)
			n = lic_words_phrase(t, k, jur->name);
		if (n > longest) {
			longest = n;
			found = jur->code;
		}
	}
	for (size_t i = 0; i < LIC_ARRAY_SIZE(other); i++) {
		n = lic_words_phrase(t, k, other[i][0]);
		if (n > longest) {
			longest = n;
			found = other[i][1];
		}
	}
	*ret_words = longest;
	return found;
}

static void unit_text(unsigned elements, char *out, size_t size)
{
	const char *nc = elements & LIC_ELEMENT_NC ? "-nc" : "";

	/* Without BY the order of the two is the other way round. */
	if (elements == (LIC_ELEMENT_NC | LIC_ELEMENT_ND))
		snprintf(out, size, "nd-nc");
	else if (elements & LIC_ELEMENT_BY)
		snprintf(out, size, "by%s%s%s", nc, elements & LIC_ELEMENT_ND ? "-nd" : "",
			 elements & LIC_ELEMENT_SA ? "-sa" : "");
	else
		snprintf(out, size, "%s%s",
			 *nc			     ? nc + 1
			 : elements & LIC_ELEMENT_ND ? "nd"
						     : "sa",
			 *nc && (elements & LIC_ELEMENT_SA) ? "-sa" : "");
}

static const struct lic_license *license_of(const struct name *p, const char *jur)
{
	char unit[16];

	if (p->bad || !p->elements)
		return NULL;
	if (p->elements & (ELEMENT_ZERO | ELEMENT_MARK)) {
		if (*jur || (*p->version && strcmp(p->version, "1.0")))
			return NULL;
		return p->elements & ELEMENT_ZERO ? lic_license_find("CC0-1.0", 7)
						  : lic_license_find("CC-PDM-1.0", 10);
	}
	unit_text(p->elements, unit, sizeof(unit));
	if (!*p->version)
		return *jur ? NULL : lic_cc_find_versionless(unit, strlen(unit));
	return lic_cc_find(unit, strlen(unit), p->version, 3, jur, strlen(jur));
}

/* "3.0 at Flickr" is not Austria, and "3.0 - no" not Norway. */
static bool code_is_port(const struct name *p, const char *code)
{
	const struct lic_words *t = p->t;
	unsigned gap = lic_word_gap(t, p->j), next = lic_word_gap(t, p->j + 1);

	if (joined(gap))
		return true;
	if (!strcmp(code, "no") && (gap != LIC_GAP_SPACE || !p->whole))
		return false;
	if (p->whole)
		return true;
	if ((gap & LIC_GAP_HYPHEN) || ((gap & LIC_GAP_BRACKET) && !(next & LIC_GAP_BRACKET)))
		return false;
	return next != LIC_GAP_SPACE || t->w[p->j].upper ||
	       lic_word_code(t, p->j + 1) == LIC_WORD_LICENSE;
}

/* "3.0 DE" and "3.0 Germany" */
static void take_port(struct name *p)
{
	const struct lic_words *t = p->t;
	unsigned gap = lic_word_gap(t, p->j);
	const char *jur;
	size_t n;

	if (*p->jur || (gap & (LIC_GAP_STOP | LIC_GAP_QUERY | LIC_GAP_COLON)))
		return;
	if (!p->whole && (gap & LIC_GAP_COMMA))
		return;
	jur = jurisdiction_at(t, p->j, &n);
	if (!jur || (n == 1 && lic_word_is(t, p->j, jur) && !code_is_port(p, jur)))
		return;
	if (*p->version && license_of(p, jur)) {
		p->jur = jur;
		p->j += n;
	} else if (joined(gap) || p->whole ||
		   (gap == LIC_GAP_SPACE && (lic_word_gap(t, p->j + n) & LIC_GAP_END))) {
		p->bad = true; /* no such port */
	}
}

static void take_qualifiers(struct name *p)
{
	for (int i = 0; i < 3; i++) {
		take_license_word(p);
		take_port(p);
		if (lic_word_code(p->t, p->j) == LIC_WORD_QUALIFIER &&
		    !(lic_word_gap(p->t, p->j) & (LIC_GAP_STOP | LIC_GAP_QUERY)))
			p->j++;
	}
}

/*
 * "CC by Jane Doe" states no license: "by" is the preposition, unless its case tells otherwise.
 */
static bool by_is_preposition(const struct name *p)
{
	const struct lic_words *t = p->t;
	enum lic_word_code next = lic_word_code(t, p->j);
	unsigned gap = lic_word_gap(t, p->j);
	bool upper;

	if (p->by == SIZE_MAX || *p->version || p->elements != LIC_ELEMENT_BY)
		return false;
	upper = t->w[p->by].upper;
	if (lic_word_code(t, p->by - 1) == LIC_WORD_LICENSE && !upper)
		return true;
	if (gap != LIC_GAP_SPACE || p->j > p->by + 1)
		return false;
	if (next == LIC_WORD_LICENSE || next == LIC_WORD_URL || next == LIC_WORD_CONNECTIVE)
		return false;
	return !upper || t->w[p->j].upper;
}

/* True where the name is glued to something that it does not understand: "CC BY-XY". */
static bool is_glued(const struct name *p, size_t first)
{
	const struct lic_words *t = p->t;
	unsigned before = lic_word_gap(t, first), after = lic_word_gap(t, p->j);

	if (first && joined(before) && !is_wide(t, first - 1) &&
	    lic_word_code(t, first - 1) != LIC_WORD_NUMBER)
		return true;
	if (after & LIC_GAP_QUERY)
		return true;
	return p->j < t->count && joined(after) && !is_wide(t, p->j) &&
	       lic_word_code(t, p->j) != LIC_WORD_LICENSE;
}

static void take_rest(struct name *p)
{
	if (!p->licensed)
		take_license_word(p);
	take_version(p);
	take_qualifiers(p);
}

bool lic_name_match(const struct lic_words *t, size_t i, struct lic_name *ret)
{
	struct name p = { .t = t, .start = i, .j = i, .by = SIZE_MAX, .jur = "" };
	bool prefixed = take_prefix(&p);

	take_dedication(&p);
	if (!p.elements && !prefixed)
		return false;
	if (!p.elements)
		take_elements(&p);
	if (!p.elements || (!prefixed && p.elements != ELEMENT_MARK))
		return false;
	p.spelled = p.spelled || !prefixed;
	take_rest(&p);
	if (by_is_preposition(&p))
		return false;
	p.bad = p.bad || is_glued(&p, i);
	ret->license = license_of(&p, p.jur);
	ret->end = p.j;
	ret->spelled = p.spelled;
	return true;
}

static size_t lead(const struct lic_words *t)
{
	static const char *const leads[] = { "this work is licensed under",
					     "licensed under",
					     "license under",
					     "licence under",
					     "under",
					     "license",
					     "licence",
					     "lizenz" };
	size_t which, n = lic_words_phrases(t, 0, leads, LIC_ARRAY_SIZE(leads), &which);

	if (lic_word_is(t, n, "a") || lic_word_is(t, n, "an") || lic_word_is(t, n, "the"))
		n++;
	return n;
}

/* Without its prefix a name must say more than one short word could. */
static bool stands_alone(const struct name *p, bool spelled)
{
	if (!(p->elements & LIC_ELEMENT_BY))
		return false;
	if (p->count > 1)
		return true;
	return spelled ? *p->version || p->licensed : p->dotted;
}

const struct lic_license *lic_name_whole(const struct lic_words *t)
{
	const unsigned foreign = LIC_GAP_STOP | LIC_GAP_QUERY | LIC_GAP_APOSTROPHE | LIC_GAP_OTHER;
	struct name p = { .t = t, .whole = true, .by = SIZE_MAX, .jur = "" };
	bool prefixed, spelled;
	size_t first;

	if (t->count > 24 || (t->tail & foreign))
		return NULL;
	for (size_t i = 0; i < t->count; i++)
		if ((t->w[i].gap & foreign) || t->w[i].code == LIC_WORD_URL)
			return NULL;
	p.j = p.start = first = lead(t);
	prefixed = take_prefix(&p);
	if (!prefixed)
		p.j = first;
	first = p.j;
	take_dedication(&p);
	if (p.elements && !prefixed && p.elements == ELEMENT_ZERO)
		return NULL;
	if (!p.elements)
		take_elements(&p);
	spelled = p.j > first && t->w[first].len > 2;
	take_rest(&p);
	if (p.j != t->count ||
	    (!prefixed && p.elements != ELEMENT_MARK && !stands_alone(&p, spelled)) ||
	    (prefixed && by_is_preposition(&p)))
		return NULL;
	return license_of(&p, p.jur);
}
