/* SPDX-License-Identifier: Apache-2.0 */
/* Whom the operator trusts where sources of equal rank state different licenses. */
#include <ctype.h>

#include "fs/rights/meaning.h"

/* Byte after byte, case aside; * stands for any bytes, ? for one. */
static bool glob(struct lic_bytes pattern, struct lic_bytes text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, from = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = ++p;
			from = t;
		} else if (p < pattern.n &&
			   (pattern.p[p] == '?' || tolower(pattern.p[p]) == tolower(text.p[t]))) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

/* "XMP", "manifest coco" and "XMP cc:license" as explain shows them; a single word also means every
 * source that begins with it: "manifest". */
static bool names_source(struct lic_bytes pattern, const struct lic_claim *c)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(64u << 10);
	const char *source = c->source ? c->source : "", *space = strchr(source, ' ');
	size_t n = strlen(source);

	if (!pattern.n)
		return false;
	if (glob(pattern, (struct lic_bytes){ (const uint8_t *)source, n }))
		return true;
	if (space && !memchr(pattern.p, ' ', pattern.n) &&
	    glob(pattern, (struct lic_bytes){ (const uint8_t *)source, (size_t)(space - source) }))
		return true;
	lic_buf_addf(&b, "%s %s", source, c->field ? c->field : "");
	return !lic_buf_failed(&b) &&
	       glob(pattern, (struct lic_bytes){ (const uint8_t *)lic_buf_str(&b), b.len });
}

static bool is_trusted(const struct resolution *r, size_t i, enum lic_rank rank)
{
	bool trusted = false;

	for (size_t k = 0; k < r->claims->n; k++)
		if (r->meaning[k].kind == MEANS_TRUST && r->claims->item[k].rank == rank &&
		    names_source(claim_text(&r->claims->item[k]), &r->claims->item[i]))
			trusted = r->meaning[k].used = true;
	return trusted;
}

static bool trust_by(struct resolution *r, enum lic_rank rank)
{
	bool any = false;

	for (size_t i = 0; i < r->claims->n; i++) {
		struct meaning *m = &r->meaning[i];

		if (m->kind != MEANS_LICENSE || !resolution_counts(r, i))
			continue;
		m->trusted = is_trusted(r, i, rank);
		any = any || m->trusted;
	}
	/* Fields that nobody can read, and texts that contradict themselves, go on counting: trust
	 * says which of several licenses holds, not that there is nothing else. */
	for (size_t i = 0; any && i < r->claims->n; i++) {
		struct meaning *m = &r->meaning[i];

		if (m->kind == MEANS_LICENSE && resolution_counts(r, i) && !m->trusted)
			m->distrusted = true;
	}
	return any;
}

bool resolution_trust(struct resolution *r)
{
	/* Decisions that settle conflicts are the operator's own: one of them must be undone */
	if (r->overridden)
		return false;
	return trust_by(r, LIC_RANK_OPERATOR) || trust_by(r, LIC_RANK_DIRECTORY);
}
