/* SPDX-License-Identifier: Apache-2.0 */
/* What became of each claim, in words that teach a curator the rule. */
#include <string.h>

#include "fs/rights/meaning.h"

static void set(struct lic_effect *e, const char *effect, const char *rule)
{
	e->effect = effect;
	e->rule = rule;
}

static const char *conflict_rule(const struct resolution *r, const struct meaning *m)
{
	switch (r->verdict) {
	case VERDICT_CONTRADICTION:
		return m->kind == MEANS_CONTRADICTION
			       ? m->rule
			       : "stands beside a text that contradicts itself";
	case VERDICT_TWO:
		return m->promoted ? m->rule
				   : "two licenses of equal rank: nobody can tell which holds";
	case VERDICT_BESIDE:
		return m->kind == MEANS_UNRECOGNISED
			       ? "a license field that nobody can read stands beside a license"
			       : "stands beside a license field that nobody can read";
	default:
		if (m->trusted || m->distrusted)
			return "a trusted source cannot grant what another claim about the image "
			       "forbids";
		return m->promoted ? m->rule
				   : "a stronger source cannot grant what another claim about the "
				     "image forbids";
	}
}

/* Why a license that counts grants nothing. */
static const char *barren_rule(const struct resolution *r, const struct meaning *m)
{
	const struct lic_license *l =
		m->expression.n ? m->expression.alternative[0].license[0] : NULL;

	if (!l || m->expression.n > 1 || m->expression.alternative[0].n > 1)
		return "an expression that permits nothing";
	if (l->status == LIC_LICENSE_RESERVED)
		return "reserves all rights";
	if (l->status == LIC_LICENSE_UNKNOWN)
		return "names a license, but no permission";
	if (lic_license_clears(l, r->policy->strict_statements))
		return "a license that permits none of the uses";
	if (l->scope & LIC_SCOPE_STATEMENT)
		return r->policy->strict_statements && l->status == LIC_LICENSE_OPEN
			       ? "a statement grants nothing (policy statements=strict)"
			       : "a rights statement, which grants nothing";
	if (l->scope & LIC_SCOPE_SOFTWARE)
		return "a license for software clears no image";
	if (l->scope & (LIC_SCOPE_DATABASE | LIC_SCOPE_DATA))
		return "a license for data or databases clears no image";
	return "a license for models clears no image";
}

/* Files of rules, REUSE.toml for one, have the rank of decisions on directories. */
static bool is_decided_below(const struct lic_claim *c)
{
	return c->rank == LIC_RANK_DIRECTORY && strncmp(c->source, "decision ", 9) == 0;
}

/* A license of the rank that counts. */
static void counting_effect(const struct resolution *r, const struct meaning *m,
			    const struct lic_claim *c, struct lic_effect *e)
{
	switch (r->verdict) {
	case VERDICT_CLEAR:
		if (c->rank == LIC_RANK_OPERATOR && r->overridden)
			set(e, "grants", "the operator's decision, which settles conflicts");
		else if (c->rank == LIC_RANK_OPERATOR || is_decided_below(c))
			set(e, "grants", "the operator's decision");
		else if (m->trusted)
			set(e, "grants", "the operator trusts this source");
		else if (!expression_equal(&m->expression, &r->expression))
			set(e, "grants", "a more specific license of the same family is stated");
		else
			set(e, "grants", m->rule);
		return;
	case VERDICT_DENIED:
		set(e, "overruled", "the operator's decision denies the image");
		return;
	case VERDICT_PRIVATE:
		set(e, "conflicts", "a constraint in words stands beside it");
		return;
	case VERDICT_TERMS:
		set(e, "overruled", "dataset terms or constraints leave nothing of it");
		return;
	case VERDICT_ENDED:
	case VERDICT_NOT_YET:
	case VERDICT_BAD_DATE:
		set(e, "overruled", "a date that limits the use leaves nothing of it");
		return;
	default:
		set(e, expression_prohibits_ml(&m->expression) ? "reserves" : "forbids",
		    barren_rule(r, m));
		if (m->expression.n == 1 &&
		    m->expression.alternative[0].license[0]->status != LIC_LICENSE_RESERVED &&
		    !expression_prohibits_ml(&m->expression))
			e->effect = "ignored";
		return;
	}
}

static void license_effect(const struct resolution *r, size_t i, struct lic_effect *e)
{
	const struct lic_claim *c = &r->claims->item[i];
	const struct meaning *m = &r->meaning[i];
	bool counts = resolution_counts(r, i);

	if (r->verdict == VERDICT_DAMAGED)
		set(e, "ignored", "the file's metadata cannot be read whole");
	else if (m->clashes && r->verdict != VERDICT_DENIED)
		set(e, "conflicts", conflict_rule(r, m));
	else if (c->role == LIC_ROLE_CAPTION)
		set(e, "ignored", "a caption never grants");
	else if (c->rank == LIC_RANK_DATASET && !c->override)
		set(e, "ignored", "a dataset's license grants only where the operator says so");
	else if (!m->states)
		set(e, "ignored", "doubtful: it may restrict, and never grants");
	else if (counts && r->conflicted && r->verdict != VERDICT_DENIED)
		set(e, "conflicts", conflict_rule(r, m));
	else if (counts && m->kind == MEANS_LICENSE)
		counting_effect(r, m, c, e);
	else if (counts)
		set(e, "ignored", m->rule);
	else if (r->overridden)
		set(e, "overruled", "the operator's decision settles conflicts");
	else if (m->distrusted)
		set(e, "overruled", "the operator trusts another source of equal rank");
	else
		set(e, "overruled", "a stronger source states the license");
}

static void limit_effect(const struct resolution *r, size_t i, struct lic_effect *e)
{
	const struct meaning *m = &r->meaning[i];

	if (resolution_lifts(r, &r->claims->item[i]))
		set(e, "overruled", "the operator's decision settles conflicts");
	else if (m->kind == MEANS_PRIVATE && r->verdict == VERDICT_PRIVATE)
		set(e, "conflicts", m->rule);
	else
		set(e, "forbids", m->rule);
}

static void effect_of(const struct resolution *r, size_t i, struct lic_effect *e)
{
	const struct meaning *m = &r->meaning[i];

	memcpy(e->license, m->text, sizeof(e->license));
	switch (m->kind) {
	case MEANS_LICENSE:
	case MEANS_UNRECOGNISED:
	case MEANS_CONTRADICTION:
		license_effect(r, i, e);
		break;
	case MEANS_RESERVED:
	case MEANS_NOTICE:
		set(e, "notice", m->rule);
		break;
	case MEANS_DENY:
	case MEANS_TERMS:
		set(e, "forbids", m->rule);
		break;
	case MEANS_RESERVE:
		set(e, "reserves", m->rule);
		break;
	case MEANS_NARROW:
	case MEANS_PRIVATE:
	case MEANS_END:
	case MEANS_BEGIN:
	case MEANS_BAD_DATE:
		limit_effect(r, i, e);
		break;
	case MEANS_FACT:
	case MEANS_AI:
		set(e, "fact", m->rule);
		break;
	case MEANS_TRUST:
		set(e, m->used ? "fact" : "ignored",
		    m->used ? m->rule : "no trusted source is among sources that differ");
		break;
	case MEANS_CREDIT:
		set(e, "credit", m->used ? m->rule : "another source or field is credited");
		break;
	default:
		set(e, "ignored", m->rule);
		break;
	}
}

/* What words take away counts in a field that says nothing else, too. */
static void prose_effect(const struct meaning *m, struct lic_effect *e)
{
	if (m->clashes)
		set(e, "conflicts", "words that forbid a use which the license permits");
	else if (m->prose & LIC_FORBIDS_AI)
		set(e, "reserves", "words that opt out of mining or training");
	else if (m->prose & LIC_FORBIDS_PERMISSIONS)
		set(e, "forbids", "words that forbid a use");
}

void resolution_effects(const struct resolution *r, struct lic_effect *ret)
{
	_Static_assert(sizeof(ret->license) == sizeof(r->meaning->text), "copied as they are");

	for (size_t i = 0; i < r->claims->n; i++) {
		effect_of(r, i, &ret[i]);
		if (r->meaning[i].kind == MEANS_NOTHING || r->meaning[i].kind == MEANS_NOTICE)
			prose_effect(&r->meaning[i], &ret[i]);
	}
}
