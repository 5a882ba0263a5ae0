/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to credit: the strongest source that says so, then a fixed order of fields. */
#include "fs/rights/meaning.h"

/* Longer names and addresses are cut: they end up in attributes and tables. */
#define CREDIT_MAX 4096

/* Fields that were made for the purpose come first; fields not listed come last. */
static const char *const creator_fields[] = {
	"cc:attributionName",
	"dc:creator",
	"creator",
	"plus:ImageCreator/ImageCreatorName",
	"Photographer",
	"exifEX:Photographer",
	"Artist",
	"tiff:Artist",
	"By-line",
	"2:80",
	"Author",
	"xmp:Author",
	"photomech:CreatorIdentity",
	"acdsee:author",
	"XPAuthor",
	"photoshop:Credit",
	"2:110",
};
static const char *const title_fields[] = {
	"dc:title",	      "title",	  "ImageTitle", "ObjectName", "2:05", "2:5",
	"photoshop:Headline", "Headline", "2:105",	"Title",
};
static const char *const source_fields[] = {
	"cc:attributionURL",
	"source_url",
	"dc:source",
	"photoshop:Source",
	"2:115",
	"Source",
	/* of manifests, pages about a picture before the picture itself */
	"OriginalLandingURL",
	"foreign_landing_url",
	"pageurl",
	"photo_url",
	"references",
	"flickr_url",
};

struct slot {
	enum lic_role role;
	const char *const *fields;
	size_t n_fields;
};

static const struct slot creator_slot = { LIC_ROLE_CREATOR, creator_fields,
					  LIC_ARRAY_SIZE(creator_fields) };
static const struct slot title_slot = { LIC_ROLE_TITLE, title_fields,
					LIC_ARRAY_SIZE(title_fields) };
static const struct slot source_slot = { LIC_ROLE_SOURCE_URL, source_fields,
					 LIC_ARRAY_SIZE(source_fields) };

static size_t field_place(const struct slot *s, const struct lic_claim *c)
{
	size_t i = 0;

	while (i < s->n_fields && (!c->field || strcmp(s->fields[i], c->field) != 0))
		i++;
	return i;
}

static bool is_candidate(const struct slot *s, const struct lic_claim *c)
{
	return c->role == s->role && claim_text(c).n;
}

static size_t best_claim(const struct resolution *r, const struct slot *s)
{
	const struct lic_claim *item = r->claims->item;
	size_t best = NO_CLAIM;

	for (size_t k = 0; k < r->claims->n; k++) {
		size_t i = r->order[k];

		if (is_candidate(s, &item[i]) &&
		    (best == NO_CLAIM || (item[i].rank == item[best].rank &&
					  field_place(s, &item[i]) < field_place(s, &item[best]))))
			best = i;
	}
	return best;
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_field(const struct lic_claim *a, const struct lic_claim *b)
{
	return a->role == b->role && a->rank == b->rank && a->packet == b->packet &&
	       same_text(a->source, b->source) && same_text(a->field, b->field);
}

/* Appends at most what fits, whole characters only. */
static void add_cut(struct lic_buf *out, struct lic_bytes t)
{
	size_t room = out->max - out->len;

	if (t.n > room) {
		t.n = room;
		while (t.n && (t.p[t.n] & 0xc0) == 0x80)
			t.n--;
	}
	lic_buf_add(out, t.p, t.n);
}

static bool is_repeated(const struct resolution *r, size_t i)
{
	const struct lic_claim *item = r->claims->item;
	struct lic_bytes t = claim_text(&item[i]);

	for (size_t k = 0; k < i; k++) {
		struct lic_bytes u = claim_text(&item[k]);

		if (r->meaning[k].used && same_field(&item[k], &item[i]) && u.n == t.n &&
		    memcmp(u.p, t.p, t.n) == 0)
			return true;
	}
	return false;
}

/* All values of the best field in the order in which it gives them, or the first alone. */
static char *credit_line(struct resolution *r, const struct slot *s, bool all)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(CREDIT_MAX);
	const struct lic_claim *item = r->claims->item;
	size_t best = best_claim(r, s);

	if (best == NO_CLAIM)
		return NULL;
	for (size_t i = 0; i < r->claims->n; i++) {
		struct lic_bytes t = claim_text(&item[i]);

		if (!same_field(&item[i], &item[best]) || !t.n)
			continue;
		if (b.len && (!all || is_repeated(r, i)))
			continue;
		if (b.len && t.n + 2 > b.max - b.len)
			break;
		if (b.len)
			lic_buf_adds(&b, "; ");
		add_cut(&b, t);
		r->meaning[i].used = true;
	}
	return lic_buf_take(&b);
}

static bool is_url(struct lic_bytes t)
{
	const char *s = (const char *)t.p;

	if (t.n > CREDIT_MAX || ((t.n < 8 || strncasecmp(s, "http://", 7) != 0) &&
				 (t.n < 9 || strncasecmp(s, "https://", 8) != 0)))
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] <= ' ' || t.p[i] == 0x7f)
			return false;
	return true;
}

/* The table's address of the first license that grants something, else of any. */
static const char *canonical_url(const struct resolution *r)
{
	const char *url = NULL;

	for (unsigned i = 0; i < r->expression.n; i++) {
		struct lic_expression one = { .n = 1 };

		one.alternative[0] = r->expression.alternative[i];
		for (unsigned k = 0; k < one.alternative[0].n; k++) {
			const char *this = one.alternative[0].license[k]->url;

			if (this && expression_grants(&one, r->policy->strict_statements))
				return this;
			if (!url)
				url = this;
		}
	}
	return url;
}

static char *license_url(const struct resolution *r)
{
	const char *url = r->licensed ? canonical_url(r) : NULL;

	if (url)
		return strdup(url);
	if (r->conflicted)
		return NULL;
	for (size_t k = 0; k < r->claims->n; k++) {
		const struct lic_claim *c = &r->claims->item[r->order[k]];
		struct lic_bytes t = claim_text(c);

		if ((c->role == LIC_ROLE_LICENSE || c->role == LIC_ROLE_WEBSTATEMENT) &&
		    (!r->licensed || r->meaning[r->order[k]].states) && is_url(t))
			return strndup((const char *)t.p, t.n);
	}
	return NULL;
}

void resolution_credit(struct resolution *r, struct lic_credit *ret)
{
	ret->creator = credit_line(r, &creator_slot, true);
	ret->title = credit_line(r, &title_slot, false);
	ret->source_url = credit_line(r, &source_slot, false);
	ret->license_url = license_url(r);
}
