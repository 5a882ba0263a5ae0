/* SPDX-License-Identifier: Apache-2.0 */
/* Sets the claims about one image against each other: which license counts, or why none does. */
#include "fs/rights/meaning.h"

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

/* Strongest first; total but for claims that are alike in everything that matters here. */
static int compare_claims(const void *pa, const void *pb, void *ctx)
{
	const struct lic_claim *item = ctx;
	const struct lic_claim *a = &item[*(const size_t *)pa], *b = &item[*(const size_t *)pb];
	int c;

	if (a->rank != b->rank)
		return a->rank > b->rank ? -1 : 1;
	if (a->packet != b->packet)
		return a->packet < b->packet ? -1 : 1;
	if (a->role != b->role)
		return a->role < b->role ? -1 : 1;
	c = compare_text(a->source, b->source);
	if (!c)
		c = compare_text(a->field, b->field);
	if (!c)
		c = compare_text(a->text, b->text);
	if (!c && a->ref != b->ref)
		c = a->ref < b->ref ? -1 : 1;
	if (!c)
		c = (int)b->override - (int)a->override;
	return c;
}

bool resolution_init(struct resolution *r, const struct lic_claims *claims,
		     const struct lic_policy *policy)
{
	size_t n = claims->n ? claims->n : 1;

	*r = (struct resolution){
		.claims = claims,
		.policy = policy,
		.verdict = VERDICT_MEMORY,
		.a = NO_CLAIM,
		.b = NO_CLAIM,
	};
	/* large, and each is set as a whole below */
	r->meaning = reallocarray(NULL, n, sizeof(*r->meaning));
	r->order = calloc(n, sizeof(*r->order));
	if (!r->meaning || !r->order)
		return false;
	for (size_t i = 0; i < claims->n; i++) {
		r->order[i] = i;
		meaning_of(&claims->item[i], policy, &r->meaning[i]);
	}
	qsort_r(r->order, claims->n, sizeof(*r->order), compare_claims, claims->item);
	return true;
}

void resolution_release(struct resolution *r)
{
	free(r->meaning);
	free(r->order);
	r->meaning = NULL;
	r->order = NULL;
}

static void conflict(struct resolution *r, enum verdict verdict, size_t a, size_t b)
{
	r->verdict = verdict;
	r->conflicted = true;
	r->licensed = false;
	r->a = a;
	r->b = b;
	if (a != NO_CLAIM)
		r->meaning[a].clashes = true;
	if (b != NO_CLAIM)
		r->meaning[b].clashes = true;
}

/* Takes a conflict back. */
static void agree(struct resolution *r)
{
	r->meaning[r->a].clashes = r->meaning[r->b].clashes = false;
	r->verdict = VERDICT_SILENT;
	r->conflicted = false;
	r->a = r->b = NO_CLAIM;
}

/* Claims without packet number stand together where one manifest row or decision made them. */
static bool same_packet(const struct lic_claim *a, const struct lic_claim *b)
{
	if (a->rank != b->rank || a->packet != b->packet)
		return false;
	return a->packet || (a->ref == b->ref && compare_text(a->source, b->source) == 0);
}

static bool beside_license(const struct resolution *r, const struct lic_claim *notice)
{
	for (size_t i = 0; i < r->claims->n; i++) {
		const struct meaning *m = &r->meaning[i];

		if (m->kind == MEANS_LICENSE && m->states && !m->promoted &&
		    same_packet(&r->claims->item[i], notice) &&
		    expression_grants(&m->expression, r->policy->strict_statements))
			return true;
	}
	return false;
}

/* "not to be used without permission" in a field that states no license */
static bool asks_permission(const struct meaning *m)
{
	return m->prose & LIC_FORBIDS_USE && (m->kind == MEANS_NOTHING || m->kind == MEANS_NOTICE);
}

/* Reserved wording is a notice, but beside a license in one packet it contradicts that license:
 * then it speaks as the license "all rights reserved". */
static void promote_notices(struct resolution *r)
{
	static const char arr[] = "LicenseRef-AllRightsReserved";

	for (size_t i = 0; i < r->claims->n; i++) {
		const struct lic_claim *c = &r->claims->item[i];
		struct meaning *m = &r->meaning[i];
		bool caption = c->role == LIC_ROLE_CAPTION;

		if (m->kind != MEANS_RESERVED && !(caption && m->kind == MEANS_CONTRADICTION) &&
		    !asks_permission(m))
			continue;
		if (!beside_license(r, c)) {
			if (caption && m->kind != MEANS_NOTHING) {
				m->kind = MEANS_NOTHING;
				m->rule = "a caption never grants";
			}
			continue;
		}
		m->promoted = true;
		m->rule = "reserves all rights beside a license in the same packet";
		m->states = !caption;
		m->kind = MEANS_CONTRADICTION;
		expression_of(lic_license_find(arr, sizeof(arr) - 1), &m->expression);
		if (m->expression.n)
			m->kind = MEANS_LICENSE;
	}
}

/* The rank whose statements count: the highest that has any, or the operator's override. */
static void choose_rank(struct resolution *r)
{
	for (size_t k = 0; k < r->claims->n; k++) {
		const struct lic_claim *c = &r->claims->item[r->order[k]];

		if (!r->meaning[r->order[k]].states)
			continue;
		if (r->rank < c->rank)
			r->rank = c->rank;
		if (c->rank == LIC_RANK_OPERATOR && c->override)
			r->overridden = true;
	}
}

bool resolution_counts(const struct resolution *r, size_t i)
{
	const struct lic_claim *c = &r->claims->item[i];

	return r->meaning[i].states && c->rank == r->rank && (!r->overridden || c->override) &&
	       !r->meaning[i].distrusted;
}

static size_t first_counting(const struct resolution *r, enum meaning_kind kind, size_t except)
{
	for (size_t k = 0; k < r->claims->n; k++) {
		size_t i = r->order[k];

		if (i != except && resolution_counts(r, i) && r->meaning[i].kind == kind)
			return i;
	}
	return NO_CLAIM;
}

/* The one license that says what every other of this rank says, at least as exactly. */
static void unite(struct resolution *r)
{
	size_t best = first_counting(r, MEANS_LICENSE, NO_CLAIM);

	if (best == NO_CLAIM)
		return;
	for (size_t k = 0; k < r->claims->n; k++) {
		size_t i = r->order[k];

		if (resolution_counts(r, i) && r->meaning[i].kind == MEANS_LICENSE &&
		    expression_refines(&r->meaning[i].expression, &r->meaning[best].expression) &&
		    !expression_equal(&r->meaning[i].expression, &r->meaning[best].expression))
			best = i;
	}
	for (size_t k = 0; k < r->claims->n; k++) {
		size_t i = r->order[k];

		if (resolution_counts(r, i) && r->meaning[i].kind == MEANS_LICENSE &&
		    !expression_refines(&r->meaning[best].expression, &r->meaning[i].expression))
			return conflict(r, VERDICT_TWO, best, i);
	}
	r->licensed = true;
	r->expression = r->meaning[best].expression;
	r->a = best;
}

/* A license that stands below a field that nobody can read. */
static size_t any_license(const struct resolution *r)
{
	for (size_t k = 0; k < r->claims->n; k++) {
		size_t i = r->order[k];

		if (r->meaning[i].states && r->meaning[i].kind == MEANS_LICENSE)
			return i;
	}
	return NO_CLAIM;
}

static void settle_rank(struct resolution *r)
{
	size_t bad = first_counting(r, MEANS_CONTRADICTION, NO_CLAIM);
	size_t license;

	if (bad != NO_CLAIM)
		return conflict(r, VERDICT_CONTRADICTION, bad, NO_CLAIM);
	unite(r);
	if (r->conflicted && resolution_trust(r)) {
		agree(r);
		unite(r);
	}
	if (r->conflicted)
		return;
	bad = first_counting(r, MEANS_UNRECOGNISED, NO_CLAIM);
	if (bad == NO_CLAIM)
		return;
	license = r->overridden ? first_counting(r, MEANS_LICENSE, NO_CLAIM) : any_license(r);
	if (license != NO_CLAIM)
		return conflict(r, VERDICT_BESIDE, bad, license);
	r->verdict = VERDICT_UNREADABLE;
	r->a = bad;
}

/* A stronger or trusted source cannot grant what another claim about the image forbids. */
static void check_others(struct resolution *r)
{
	bool strict = r->policy->strict_statements;

	if (r->overridden || !expression_grants(&r->expression, strict))
		return;
	for (size_t k = 0; k < r->claims->n; k++) {
		size_t i = r->order[k];
		const struct meaning *m = &r->meaning[i];

		if (resolution_counts(r, i) ||
		    (!m->distrusted && !rank_is_per_image(r->claims->item[i].rank)))
			continue;
		if (m->kind == MEANS_CONTRADICTION ||
		    (m->kind == MEANS_LICENSE &&
		     !expression_refines(&r->expression, &m->expression) &&
		     expression_forbids(&m->expression, &r->expression, strict)))
			return conflict(r, VERDICT_FORBIDDEN, r->a, i);
	}
}

/* Nor what words about the image forbid, whatever field they stand in: "not for commercial use". */
static void check_prose(struct resolution *r)
{
	bool strict = r->policy->strict_statements;

	for (size_t k = 0; k < r->claims->n && !r->overridden; k++) {
		size_t i = r->order[k];
		unsigned bits = r->meaning[i].prose & LIC_FORBIDS_PERMISSIONS;

		if (!bits || !rank_is_per_image(r->claims->item[i].rank) ||
		    !expression_permits(&r->expression, bits, strict))
			continue;
		return i == r->a ? conflict(r, VERDICT_CONTRADICTION, i, NO_CLAIM)
				 : conflict(r, VERDICT_FORBIDDEN, r->a, i);
	}
}

void resolution_settle(struct resolution *r)
{
	r->verdict = VERDICT_SILENT;
	promote_notices(r);
	choose_rank(r);
	if (r->rank != LIC_RANK_NONE)
		settle_rank(r);
	if (r->licensed) {
		r->verdict = VERDICT_NOTHING; /* until permissions are found */
		check_others(r);
		if (!r->conflicted)
			check_prose(r);
	}
	/* A damaged file and a denial decide whatever else was found. */
	for (size_t k = 0; k < r->claims->n; k++)
		if (r->meaning[r->order[k]].kind == MEANS_DENY) {
			r->verdict = VERDICT_DENIED;
			r->a = r->order[k];
			r->b = NO_CLAIM;
			break;
		}
	if (r->claims->damage) {
		r->verdict = VERDICT_DAMAGED;
		r->a = r->b = NO_CLAIM;
	}
}

bool resolution_lifts(const struct resolution *r, const struct lic_claim *claim)
{
	return r->overridden && rank_is_per_image(claim->rank);
}

void lic_rights_resolve(const struct lic_claims *claims, const struct lic_policy *policy,
			struct lic_rights *ret_rights, struct lic_credit *ret_credit,
			struct lic_effect *ret_effects)
{
	_cleanup_(resolution_release) struct resolution r = { 0 };

	if (ret_credit)
		*ret_credit = (struct lic_credit){ 0 };
	if (!resolution_init(&r, claims, policy)) {
		lic_rights_init(ret_rights, LIC_STATUS_UNREADABLE);
		for (size_t i = 0; ret_effects && i < claims->n; i++)
			ret_effects[i] = (struct lic_effect){ "ignored", "out of memory", "" };
		return;
	}
	resolution_settle(&r);
	resolution_permit(&r, ret_rights);
	if (ret_credit)
		resolution_credit(&r, ret_credit);
	if (ret_effects)
		resolution_effects(&r, ret_effects);
}
