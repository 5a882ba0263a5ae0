/* SPDX-License-Identifier: Apache-2.0 */
/* From the license that counts to what it leaves permitted, after terms, constraints and dates. */
#include "fs/rights/meaning.h"

static bool is_purpose_allowed(const struct lic_terms *t)
{
	return t->permission[LIC_NONCOMMERCIAL_USE] == LIC_ALLOWED ||
	       t->permission[LIC_COMMERCIAL_USE] == LIC_ALLOWED;
}

static bool any_purpose_allowed(const struct lic_rights *r)
{
	for (unsigned i = 0; i < r->n_alternatives; i++)
		if (is_purpose_allowed(&r->alternative[i]))
			return true;
	return false;
}

/* [I1] What nobody grants is unknown; what is forbidden stays so. */
static void withdraw(struct lic_terms *t)
{
	for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
		if (t->permission[p] == LIC_ALLOWED)
			t->permission[p] = LIC_UNKNOWN;
}

static void forbid_all(struct lic_rights *r)
{
	if (!r->n_alternatives)
		r->n_alternatives = 1;
	for (unsigned i = 0; i < r->n_alternatives; i++)
		memset(r->alternative[i].permission, LIC_FORBIDDEN, LIC_PERMISSION_COUNT);
}

/* Forbidden beats unknown beats allowed. */
static void restrict_to(uint8_t *permission, uint8_t by)
{
	if (by == LIC_FORBIDDEN || (by != LIC_ALLOWED && *permission == LIC_ALLOWED))
		*permission = by;
}

/* An opt-out is one in any words. */
static uint8_t prose_reserves(unsigned forbids)
{
	return (forbids & LIC_FORBIDS_MINING ? LIC_RESERVE_DATA_MINING : 0) |
	       (forbids & LIC_FORBIDS_TRAINING ? LIC_RESERVE_AI_TRAINING : 0) |
	       (forbids & LIC_FORBIDS_GENERATIVE ? LIC_RESERVE_GENERATIVE : 0);
}

/* A sidecar may keep blocks of another file, such as the EXIF of the picture that was scaled. */
static bool stands_beside(const struct lic_claim *c)
{
	return c->rank != LIC_RANK_EMBEDDED ||
	       (c->source && strncmp(c->source, "sidecar ", 8) == 0);
}

unsigned lic_rights_reserved_beside(const struct lic_claims *claims,
				    const struct lic_policy *policy)
{
	unsigned bits = 0;

	for (size_t i = 0; i < claims->n; i++) {
		enum lic_role role = claims->item[i].role;
		struct meaning m;

		if (role == LIC_ROLE_CREATOR || role == LIC_ROLE_TITLE ||
		    role == LIC_ROLE_SOURCE_URL || !stands_beside(&claims->item[i]))
			continue;
		meaning_of(&claims->item[i], policy, &m);
		if (m.kind == MEANS_RESERVE)
			bits |= claims->item[i].reserve & ((1u << LIC_RESERVE_COUNT) - 1);
		bits |= prose_reserves(m.prose);
	}
	return bits;
}

static void collect_facts(const struct resolution *r, struct lic_rights *ret)
{
	for (size_t i = 0; i < r->claims->n; i++) {
		const struct meaning *m = &r->meaning[i];

		if (m->kind == MEANS_RESERVE)
			ret->reservations |=
				r->claims->item[i].reserve & ((1u << LIC_RESERVE_COUNT) - 1);
		ret->reservations |= prose_reserves(m->prose);
		if (m->kind == MEANS_AI)
			ret->ai_origin = true;
		/* of two that differ the one that restricts */
		for (unsigned k = 0; k < LIC_RELEASE_COUNT; k++)
			if (m->release[k] && ret->release[k] != LIC_FORBIDDEN)
				ret->release[k] = m->release[k];
		/* A view asks each alternative for its own ban; a ban in all is the image's. */
		if (expression_prohibits_ml(&m->expression))
			ret->reservations |= LIC_RESERVE_TRAINING;
	}
}

/* A license to show where none counts: reserved wording, then what grants nothing. */
static const struct meaning *shown_license(const struct resolution *r)
{
	const struct meaning *shown = NULL;

	for (size_t k = 0; k < r->claims->n; k++) {
		const struct meaning *m = &r->meaning[r->order[k]];

		if (r->claims->item[r->order[k]].role == LIC_ROLE_CAPTION)
			continue;
		if (m->kind == MEANS_RESERVED)
			return m;
		if (!shown && (m->kind == MEANS_LICENSE || m->kind == MEANS_UNSAID))
			shown = m;
	}
	return shown;
}

static void set_license(const char *text, struct lic_rights *ret)
{
	lic_text_cut(ret->license, sizeof(ret->license), text);
}

/* Writes the expression and what its alternatives permit; false where it does not fit. */
static bool set_expression(const struct lic_expression *e, bool strict, struct lic_rights *ret)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(LIC_RIGHTS_LICENSE_MAX - 1);

	lic_expression_format(e, &b);
	if (lic_buf_failed(&b))
		return false;
	set_license(lic_buf_str(&b), ret);
	ret->n_alternatives = e->n;
	for (unsigned i = 0; i < e->n; i++)
		lic_alternative_terms(&e->alternative[i], strict, &ret->alternative[i]);
	return true;
}

static void state_license(struct resolution *r, struct lic_rights *ret)
{
	static const char arr[] = "LicenseRef-AllRightsReserved";
	bool strict = r->policy->strict_statements;
	struct lic_expression reserved;
	const struct meaning *shown;

	if (r->licensed && set_expression(&r->expression, strict, ret))
		return;
	if (r->licensed && r->verdict == VERDICT_NOTHING)
		r->verdict = VERDICT_CONTRADICTION;
	if (r->licensed || r->conflicted) {
		set_license("LicenseRef-Conflict", ret);
		return;
	}
	shown = shown_license(r);
	if (shown && shown->kind == MEANS_RESERVED) {
		expression_of(lic_license_find(arr, sizeof(arr) - 1), &reserved);
		if (!set_expression(&reserved, strict, ret))
			set_license(arr, ret);
	} else if (r->rank != LIC_RANK_NONE) {
		set_license("LicenseRef-Unrecognised", ret);
	} else if (shown) {
		set_expression(&shown->expression, strict, ret);
	}
	for (unsigned i = 0; i < ret->n_alternatives; i++)
		withdraw(&ret->alternative[i]);
}

/* All alternatives of the terms bind at once: whoever wrote terms meant them. */
static void apply_terms(const struct meaning *m, struct lic_terms *t)
{
	if (!m->expression.n)
		withdraw(t);
	for (unsigned i = 0; i < m->expression.n; i++) {
		const struct lic_alternative *a = &m->expression.alternative[i];

		for (unsigned k = 0; k < a->n; k++) {
			for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
				restrict_to(&t->permission[p], a->license[k]->permission[p]);
			t->obligations |= a->license[k]->obligations;
		}
	}
}

static void apply_restrictions(const struct resolution *r, struct lic_terms *t)
{
	for (size_t i = 0; i < r->claims->n; i++) {
		const struct meaning *m = &r->meaning[i];

		if (m->kind == MEANS_TERMS)
			apply_terms(m, t);
		if (m->kind != MEANS_NARROW || resolution_lifts(r, &r->claims->item[i]))
			continue;
		for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
			if (m->forbids & (1u << p))
				t->permission[p] = LIC_FORBIDDEN;
		t->obligations |= m->obliges;
	}
}

/* The first claim of a kind that takes back what would be granted. */
static bool blocked(struct resolution *r, enum meaning_kind kind, enum verdict verdict)
{
	int64_t now = r->policy->now;

	for (size_t k = 0; k < r->claims->n; k++) {
		size_t i = r->order[k];
		const struct meaning *m = &r->meaning[i];

		if (m->kind != kind || resolution_lifts(r, &r->claims->item[i]))
			continue;
		if ((kind == MEANS_END && m->when > now) || (kind == MEANS_BEGIN && m->when <= now))
			continue;
		r->verdict = verdict;
		r->b = i;
		return true;
	}
	return false;
}

static void judge(struct resolution *r, struct lic_rights *ret)
{
	if (r->verdict != VERDICT_NOTHING || !any_purpose_allowed(ret))
		return;
	for (unsigned i = 0; i < ret->n_alternatives; i++)
		apply_restrictions(r, &ret->alternative[i]);
	if (!any_purpose_allowed(ret)) {
		r->verdict = VERDICT_TERMS;
		return;
	}
	if (blocked(r, MEANS_PRIVATE, VERDICT_PRIVATE) ||
	    blocked(r, MEANS_BAD_DATE, VERDICT_BAD_DATE) || blocked(r, MEANS_END, VERDICT_ENDED) ||
	    blocked(r, MEANS_BEGIN, VERDICT_NOT_YET))
		return;
	r->verdict = VERDICT_CLEAR;
}

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; p; p = strchr(p, '+') ? strchr(p, '+') + 1 : NULL)
		if (strncmp(p, word, n) == 0 && (p[n] == '+' || !p[n]))
			return true;
	return false;
}

/* Joins territories by "+"; more than fit become "several". */
static void add_territory(const char *territory, struct lic_rights *ret)
{
	char joined[sizeof(ret->territory)];
	int n;

	if (!territory[0] || strcmp(territory, "world") == 0 || has_word(ret->territory, territory))
		return;
	n = snprintf(joined, sizeof(joined), "%s%s%s", ret->territory, ret->territory[0] ? "+" : "",
		     territory);
	if (n >= (int)sizeof(joined) || strcmp(ret->territory, "several") == 0)
		n = snprintf(joined, sizeof(joined), "several");
	memcpy(ret->territory, joined, (size_t)n + 1);
}

/* A limit of any alternative that grants is shown, because any of them may be the one used. */
static void limit(const struct resolution *r, struct lic_rights *ret)
{
	for (unsigned i = 0; i < ret->n_alternatives; i++) {
		const struct lic_alternative *a = &r->expression.alternative[i];

		if (!is_purpose_allowed(&ret->alternative[i])) {
			withdraw(&ret->alternative[i]);
			continue;
		}
		for (unsigned k = 0; k < a->n; k++)
			add_territory(a->license[k]->territory, ret);
	}
	for (size_t i = 0; i < r->claims->n; i++) {
		const struct meaning *m = &r->meaning[i];

		if (m->kind == MEANS_END && !resolution_lifts(r, &r->claims->item[i]) &&
		    (!ret->until || m->when < ret->until))
			ret->until = m->when;
	}
}

enum lic_status verdict_status(enum verdict v)
{
	switch (v) {
	case VERDICT_CLEAR:
		return LIC_STATUS_CLEAR;
	case VERDICT_MEMORY:
	case VERDICT_DAMAGED:
		return LIC_STATUS_UNREADABLE;
	case VERDICT_CONTRADICTION:
	case VERDICT_TWO:
	case VERDICT_BESIDE:
	case VERDICT_FORBIDDEN:
	case VERDICT_PRIVATE:
		return LIC_STATUS_CONFLICT;
	default:
		return LIC_STATUS_UNLICENSED;
	}
}

static void forget_permissions(struct lic_rights *ret)
{
	ret->n_alternatives = 0;
	memset(ret->alternative, 0, sizeof(ret->alternative));
}

void resolution_permit(struct resolution *r, struct lic_rights *ret)
{
	lic_rights_init(ret, LIC_STATUS_UNREADABLE);
	collect_facts(r, ret);
	state_license(r, ret);
	judge(r, ret);
	ret->status = verdict_status(r->verdict);
	if (ret->status == LIC_STATUS_CLEAR) {
		limit(r, ret);
		return;
	}
	if (ret->status != LIC_STATUS_UNLICENSED)
		forget_permissions(ret);
	else if (r->verdict == VERDICT_DENIED || r->verdict == VERDICT_ENDED ||
		 r->verdict == VERDICT_NOT_YET)
		forbid_all(ret);
	for (unsigned i = 0; i < ret->n_alternatives; i++)
		withdraw(&ret->alternative[i]);
}
