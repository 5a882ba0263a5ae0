/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words of denial, reservation and narrowing beside a license.
 *
 * "CC BY 4.0 does not apply", "formerly CC0", "CC BY 4.0 for text only" must never grant. In doubt
 * a text is a conflict.
 */
#include "fs/license/guard.h"
#include "fs/license/name.h"

#define NEAR_FORMER 4 /* words before a name that "formerly" reaches over */
#define NEAR_PAST 2
#define NEAR_SA 4

/* Texts of Creative Commons' own notices and deeds, and statements that take nothing back. */
static const char *const harmless[] = {
	"no known copyright restrictions",
	"no known restrictions",
	"free of known copyright restrictions",
	"free of known restrictions",
	"no attribution required",
	"no attribution needed",
	"no attribution necessary",
	"attribution not required",
	"free for commercial use",
	"free for personal and commercial use",
	"even commercially",
	"even for commercial purposes",
	"including commercial purposes",
	"including for commercial purposes",
	"including commercial use",
	"without asking permission",
	"permissions beyond the scope of this license may be available",
	"indicate if changes were made",
	"but not in any way that suggests the licensor endorses you or your use",
	"if you remix",
	"waived all",
	"all rights waived",
	"all rights released",
};

/* Beside a license that says it, too. */
static const char *const noncommercial[] = {
	"not for commercial use",
	"not for commercial purposes",
	"no commercial use",
	"may not be used commercially",
	"may not be used for commercial purposes",
	"you may not use the material for commercial purposes",
	"keine kommerzielle nutzung",
};
static const char *const underived[] = {
	"no derivatives",
	"no derivative works",
};

/* "all rights ..." as a whole is a reservation, whatever follows. */
static const char *const reserving[] = { "all rights",	       "alle rechte",
					 "tous droits",	       "tous les droits",
					 "todos los derechos", "todos os direitos",
					 "tutti i diritti",    "rights managed",
					 "fair use",	       "opt out" };

/* Asked for beside a license that does not ask for it. */
static const char *const crediting[] = { "attribution required",  "attribution is required",
					 "attribution mandatory", "attribution is mandatory",
					 "credit required",	  "credit is required",
					 "credit mandatory",	  "must credit",
					 "must be credited",	  "must attribute",
					 "must be attributed",	  "namensnennung erforderlich",
					 "nennung erforderlich" };

#define COMMERCIAL_LEAST 5 /* bytes of the shortest of them */

/* Parts of words for commerce, whatever stands before and behind: each has a c, a k or a w, and
 * none of the foreign ones is all ASCII. */
static const char *const commercial[] = {
	"commerc", "kommerz", "kommerc", "kommers",  "comerc", "komerc",      "komers",
	"gewerb",  "noncom",  "nocom",	 "kaupalli", "ticari", "kereskedelm",
};
static const char *const commercial_foreign[] = {
	"коммерч", "комерц", "εμπορικ", "تجار",		  /* letters */
	"商",	   "営利",   "영리",	"상업", "thương", /* syllables and characters */
};

static const char *const derivative[] = { "noderiv*", "nonderiv*" };

static void consume(struct lic_words *t, size_t i, size_t n)
{
	while (n--)
		t->w[i++].consumed = true;
}

static bool any(const struct lic_words *t, size_t i, const char *const *phrases, size_t n)
{
	size_t which;

	return lic_words_phrases(t, i, phrases, n, &which) > 0;
}

/* True where a consumed word lies within `reach` words behind i, in the same sentence. */
static bool leads_to_name(const struct lic_words *t, size_t i, size_t reach)
{
	for (size_t k = i + 1; k < t->count && k <= i + reach; k++) {
		if (t->w[k].gap & (LIC_GAP_STOP | LIC_GAP_QUERY))
			return false;
		if (t->w[k].consumed)
			return true;
	}
	return false;
}

/* True where "SA" at word i belongs to a name and not to a company: behind a name, or right before
 * one. */
static bool touches_name(const struct lic_words *t, size_t i)
{
	for (size_t k = i > NEAR_SA ? i - NEAR_SA : 0; k < i; k++)
		if (t->w[k].consumed)
			return true;
	return i + 1 < t->count && t->w[i + 1].consumed &&
	       !(t->w[i + 1].gap & (LIC_GAP_COMMA | LIC_GAP_STOP));
}

/* "research use", "for private purposes", "use for teaching" */
static bool narrows_purpose(const struct lic_words *t, size_t i)
{
	enum lic_word_code other = LIC_WORD_USE;

	if (lic_word_code(t, i) == LIC_WORD_USE)
		other = LIC_WORD_PURPOSE;
	else if (lic_word_code(t, i) != LIC_WORD_PURPOSE)
		return false;
	for (size_t k = i + 1; k < t->count && k <= i + 2; k++)
		if (!(t->w[k].gap & LIC_GAP_STOP) && lic_word_code(t, k) == other)
			return true;
	return false;
}

/* Letters of two alphabets in one word may hide "NC"; the micro sign does not. */
static bool mixes_alphabets(const struct lic_words *t, size_t i)
{
	const uint8_t *p = (const uint8_t *)t->s + t->w[i].off;
	bool latin = false, other = false;

	if (t->w[i].len > 2 && p[0] == 0xce && p[1] == 0xbc)
		return false;
	for (size_t k = 0; k < t->w[i].len; k++) {
		latin = latin || (p[k] >= 'a' && p[k] <= 'z');
		other = other || (p[k] >= 0xcd && p[k] <= 0xd4);
	}
	return latin && other;
}

/* "N.C.", "N. D." */
static bool is_dotted_element(const struct lic_words *t, size_t i)
{
	return lic_word_is(t, i, "n") &&
	       (lic_word_is(t, i + 1, "c") || lic_word_is(t, i + 1, "d")) &&
	       !(lic_word_gap(t, i + 1) & LIC_GAP_APOSTROPHE);
}

static bool denies(const struct lic_words *t, size_t i)
{
	const struct lic_word *w = &t->w[i];

	switch (w->code) {
	case LIC_WORD_DENIAL:
	case LIC_WORD_ELSEWHERE:
		return true;
	case LIC_WORD_FORMER:
		return leads_to_name(t, i, NEAR_FORMER);
	case LIC_WORD_PAST:
		return leads_to_name(t, i, NEAR_PAST);
	case LIC_WORD_PURPOSE:
	case LIC_WORD_USE:
		return narrows_purpose(t, i);
	default:
		break;
	}
	if (w->gap == LIC_GAP_APOSTROPHE && lic_word_is(t, i, "t"))
		return true; /* isn't */
	if (lic_word_is(t, i, "n") && (lic_word_gap(t, i + 1) & LIC_GAP_APOSTROPHE))
		return true; /* n'est */
	return any(t, i, reserving, LIC_ARRAY_SIZE(reserving)) || mixes_alphabets(t, i) ||
	       is_dotted_element(t, i);
}

static bool contains(const struct lic_words *t, size_t i, const char *const *parts, size_t n)
{
	const struct lic_word *w = &t->w[i];

	for (size_t at = 0; at < w->len; at++) {
		const char *s = t->s + w->off + at;

		for (size_t k = 0; k < n; k++)
			if (*s == *parts[k] && w->len - at >= strlen(parts[k]) &&
			    !memcmp(s, parts[k], strlen(parts[k])))
				return true;
	}
	return false;
}

bool lic_word_is_commercial(const struct lic_words *t, size_t i)
{
	const struct lic_word *w = &t->w[i];

	bool letters = false, foreign = false;

	for (size_t k = 0; k < w->len; k++) {
		char c = t->s[w->off + k];

		letters |= c == 'c' || c == 'k' || c == 'w';
		foreign |= (uint8_t)c >= 0x80;
	}
	return (letters && w->len >= COMMERCIAL_LEAST &&
		contains(t, i, commercial, LIC_ARRAY_SIZE(commercial))) ||
	       (foreign && contains(t, i, commercial_foreign, LIC_ARRAY_SIZE(commercial_foreign)));
}

/* Elements that stand apart from the name: "CC BY 4.0 (NC)", "bync". */
static unsigned stray_elements(const struct lic_words *t, size_t i, size_t *ret_words)
{
	const struct lic_word *w = &t->w[i];
	bool spelled, prefixed;
	unsigned bits = lic_element_at(t, i, ret_words, &spelled);

	if (bits && !spelled) {
		if (!w->gap && i && t->w[i - 1].code == LIC_WORD_NUMBER)
			return 0; /* 2nd */
		if (bits == LIC_ELEMENT_SA && !touches_name(t, i))
			return 0;
	}
	if (!bits && w->len >= 4 && w->len <= 8) {
		*ret_words = 1;
		bits = lic_element_split(t->s + w->off, w->len, &prefixed);
		if (!(bits & (LIC_ELEMENT_BY | LIC_ELEMENT_NC)))
			bits = 0; /* "sand" */
	}
	return bits & ~LIC_ELEMENT_BY;
}

/* "non-commercial use only" repeats what an NC license says. */
static size_t repeated(const struct lic_words *t, size_t i, size_t n)
{
	size_t k = i + n;

	while (k < t->count && k < i + n + 2 && !(t->w[k].gap & LIC_GAP_STOP) &&
	       lic_word_code(t, k) == LIC_WORD_USE)
		k++;
	return lic_word_is(t, k, "only") ? k + 1 - i : n;
}

static size_t repeats(const struct lic_words *t, size_t i, const struct lic_license *l)
{
	size_t which, n = 0;

	if (l->permission[LIC_COMMERCIAL_USE] == LIC_FORBIDDEN)
		n = lic_words_phrases(t, i, noncommercial, LIC_ARRAY_SIZE(noncommercial), &which);
	if (!n && l->permission[LIC_SHARE_ADAPTATIONS] == LIC_FORBIDDEN)
		n = lic_words_phrases(t, i, underived, LIC_ARRAY_SIZE(underived), &which);
	return n;
}

static void consume_harmless(struct lic_words *t, const struct lic_license *l)
{
	for (size_t i = 0; i < t->count; i++) {
		size_t which, n = lic_phrase_concedes(t, i);

		if (!n)
			n = lic_words_phrases(t, i, harmless, LIC_ARRAY_SIZE(harmless), &which);
		if (!n)
			n = repeats(t, i, l);
		if (n && !(i && t->w[i - 1].code == LIC_WORD_DENIAL))
			consume(t, i, n);
	}
}

/* True where word i asks for more than the license does. */
static bool narrows(const struct lic_words *t, size_t i, const struct lic_license *l)
{
	if (l->permission[LIC_COMMERCIAL_USE] == LIC_ALLOWED && lic_word_is_commercial(t, i))
		return true;
	if (l->permission[LIC_SHARE_ADAPTATIONS] == LIC_ALLOWED &&
	    any(t, i, derivative, LIC_ARRAY_SIZE(derivative)))
		return true;
	return !(l->obligations & LIC_OBLIGATION_ATTRIBUTION) &&
	       any(t, i, crediting, LIC_ARRAY_SIZE(crediting));
}

bool lic_guard_objects(struct lic_words *t, const struct lic_license *l)
{
	unsigned elements = lic_element_of(l);
	size_t n = 0;

	consume_harmless(t, l);
	for (size_t i = 0; i < t->count; i += n) {
		unsigned stray;

		n = 1;
		if (t->w[i].consumed || t->w[i].code == LIC_WORD_URL)
			continue;
		stray = stray_elements(t, i, &n);
		if (stray & ~elements)
			return true;
		if (stray) {
			n = repeated(t, i, n);
			continue;
		}
		n = 1;
		if (narrows(t, i, l) || denies(t, i))
			return true;
	}
	return false;
}
