/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Licenses in running text (grammar.md section 2, rule 9).
 *
 * URLs speak before short names, and those before spelled-out names. What speaks later must not be
 * stricter than what was chosen: nothing that the text asks for may get lost.
 */
#include "fs/license/cc.h"
#include "fs/license/guard.h"
#include "fs/license/name.h"
#include "fs/license/prose.h"
#include "fs/license/url.h"

#define FOUND_MAX 16
#define CUT_MARGIN 256 /* bytes before a cut end in which a name may have lost its rest */

enum voice {
	VOICE_URL,
	VOICE_SHORT,
	VOICE_SPELLED,
	VOICE_WITNESS, /* other licenses' URLs: heard, but they do not choose */
};

struct findings {
	struct {
		const struct lic_license *license;
		enum voice voice;
	} item[FOUND_MAX];
	size_t n;
	bool doubtful; /* something began like a license and is none, or there were too many */
};

static void found(struct findings *f, const struct lic_license *l, enum voice voice)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->item[i].license == l && f->item[i].voice == voice)
			return;
	if (f->n == FOUND_MAX) {
		f->doubtful = true;
		return;
	}
	f->item[f->n].license = l;
	f->item[f->n++].voice = voice;
}

static bool speaks(const struct lic_url *u)
{
	return lic_url_host_is(u, "creativecommons.org") ||
	       lic_url_host_is(u, "i.creativecommons.org") ||
	       lic_url_host_is(u, "licensebuttons.net") ||
	       lic_url_host_is(u, "rightsstatements.org");
}

static void read_url(struct findings *f, struct lic_words *t, size_t i)
{
	const char *s = t->s + t->w[i].off;
	const struct lic_license *l = lic_url_license(LIC_CONTEXT_ANY, s, t->w[i].len);
	struct lic_url u;

	if (!lic_url_split(s, t->w[i].len, &u)) {
		/* Escapes or a length that no license's URL has, yet perhaps on the right host. */
		f->doubtful = f->doubtful || memmem(s, t->w[i].len, "creativecommons.org/", 20);
		return;
	}
	if (!l) {
		f->doubtful = f->doubtful || lic_cc_url_names_license(&u);
		return;
	}
	t->w[i].consumed = true;
	found(f, l, speaks(&u) ? VOICE_URL : VOICE_WITNESS);
}

static void read_words(struct lic_words *t, bool cut, struct findings *f)
{
	for (size_t i = 0; i < t->count; i++) {
		struct lic_name name = { .end = i + 1 };
		const struct lic_word *last;

		if (t->w[i].code == LIC_WORD_URL)
			read_url(f, t, i);
		else if (!lic_name_match(t, i, &name))
			continue;
		else if (name.license)
			found(f, name.license, name.spelled ? VOICE_SPELLED : VOICE_SHORT);
		else
			f->doubtful = true;
		last = &t->w[name.end - 1];
		if (cut && t->n - (last->off + last->len) < CUT_MARGIN)
			f->doubtful = true;
		if (!name.license)
			continue;
		for (; i + 1 < name.end; i++)
			t->w[i].consumed = true;
		t->w[i].consumed = true;
	}
}

static bool forbids_more(const struct lic_license *l, const struct lic_license *than)
{
	for (int p = 0; p < LIC_PERMISSION_COUNT; p++)
		if (than->permission[p] == LIC_ALLOWED && l->permission[p] != LIC_ALLOWED)
			return true;
	return l->obligations & ~than->obligations;
}

/* The one license that states the same unit as `l` and its version; NULL if none or several. */
static const struct lic_license *refined(const struct findings *f, const struct lic_license *l,
					 enum voice last)
{
	const struct lic_license *by = NULL;

	for (size_t i = 0; i < f->n; i++) {
		const struct lic_license *other = f->item[i].license;

		if (f->item[i].voice > last || !lic_cc_refines(other, l))
			continue;
		if (by && by != other)
			return NULL;
		by = other;
	}
	return by;
}

/* The one license that the first voice names; NULL where it names several. A name without version
 * yields to one of the same unit with it. */
static const struct lic_license *choose(const struct findings *f, enum voice voice)
{
	const struct lic_license *chosen = NULL, *better;

	for (size_t i = 0; i < f->n; i++) {
		const struct lic_license *l = f->item[i].license;

		if (f->item[i].voice != voice || refined(f, l, voice))
			continue;
		if (chosen && chosen != l)
			return NULL;
		chosen = l;
	}
	better = chosen ? refined(f, chosen, VOICE_SPELLED) : NULL;
	return better ? better : chosen;
}

static bool contradicted(const struct findings *f, const struct lic_license *chosen)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct lic_license *l = f->item[i].license;

		if (l != chosen && !lic_cc_refines(chosen, l) && forbids_more(l, chosen))
			return true;
	}
	return false;
}

static bool grants(const struct lic_license *l)
{
	return lic_license_clears(l, false) && l->permission[LIC_NONCOMMERCIAL_USE] == LIC_ALLOWED;
}

const struct lic_license *lic_prose_license(struct lic_words *t, bool cut)
{
	const struct lic_license *conflict = lic_license_find("LicenseRef-Conflict", 19), *chosen;
	struct findings f = { 0 };
	enum voice voice = VOICE_WITNESS;

	read_words(t, cut, &f);
	for (size_t i = 0; i < f.n; i++)
		if (f.item[i].voice < voice)
			voice = f.item[i].voice;
	if (voice == VOICE_WITNESS)
		return NULL;
	chosen = choose(&f, voice);
	if (!chosen || contradicted(&f, chosen))
		return conflict;
	if (grants(chosen) && (f.doubtful || lic_guard_objects(t, chosen)))
		return conflict;
	return chosen;
}
