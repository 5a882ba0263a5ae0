/* SPDX-License-Identifier: Apache-2.0 */
/* What one claim means by itself: its role decides what its text may say. */
#include "fs/rights/meaning.h"

#define ARR "LicenseRef-AllRightsReserved"

static bool is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct lic_bytes claim_text(const struct lic_claim *claim)
{
	struct lic_bytes t = { (const uint8_t *)"", 0 };

	if (!claim->text)
		return t;
	t = (struct lic_bytes){ (const uint8_t *)claim->text, strlen(claim->text) };
	while (t.n && is_blank(t.p[0])) {
		t.p++;
		t.n--;
	}
	while (t.n && is_blank(t.p[t.n - 1]))
		t.n--;
	return t;
}

bool text_is(struct lic_bytes text, const char *word)
{
	return text.n == strlen(word) && strncasecmp((const char *)text.p, word, text.n) == 0;
}

bool rank_is_per_image(enum lic_rank rank)
{
	switch (rank) {
	case LIC_RANK_DATASET:
	case LIC_RANK_DIRECTORY:
	case LIC_RANK_OPERATOR:
		return false;
	default: /* what is no rank may restrict like any other claim about the image */
		return true;
	}
}

/* A claim that may state the license of its rank. */
static bool may_state(const struct lic_claim *c)
{
	if (c->role == LIC_ROLE_CAPTION)
		return false;
	if (c->rank == LIC_RANK_DATASET)
		return c->override;
	return c->rank > LIC_RANK_NONE && c->rank <= LIC_RANK_OPERATOR;
}

static void set(struct meaning *m, enum meaning_kind kind, const char *rule)
{
	m->kind = kind;
	m->rule = rule;
}

static void set_text(struct meaning *m, const char *text)
{
	if (lic_text_cut(m->text, sizeof(m->text), text) >= sizeof(m->text))
		memcpy(m->text + sizeof(m->text) - 4, "...", 4);
}

/* All rights reserved, in a field made for licenses. */
static void set_reserved_license(struct meaning *m, const char *rule)
{
	set(m, MEANS_LICENSE, rule);
	set_text(m, ARR);
	expression_of(lic_license_find(ARR, strlen(ARR)), &m->expression);
	if (!m->expression.n)
		set(m, MEANS_CONTRADICTION, rule);
}

/* Ids that stand for an outcome of parsing are that outcome. */
static enum lic_parse_kind parse_kind(const struct lic_parse *p)
{
	static const struct {
		const char *id;
		enum lic_parse_kind kind;
	} outcomes[] = {
		{ "NOASSERTION", LIC_PARSE_NOASSERTION },
		{ "LicenseRef-Conflict", LIC_PARSE_CONFLICT },
		{ "LicenseRef-CopyrightNotice", LIC_PARSE_NOTICE },
		{ "LicenseRef-Unrecognised", LIC_PARSE_UNRECOGNISED },
		{ ARR, LIC_PARSE_RESERVED },
	};

	if (p->kind != LIC_PARSE_LICENSE)
		return p->kind;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(outcomes); i++)
		if (strcmp(p->expression, outcomes[i].id) == 0)
			return outcomes[i].kind;
	return LIC_PARSE_LICENSE;
}

static bool is_field_for_licenses(enum lic_role role)
{
	return role == LIC_ROLE_LICENSE || role == LIC_ROLE_WEBSTATEMENT;
}

static const char *license_rule(enum lic_role role)
{
	switch (role) {
	case LIC_ROLE_LICENSE:
		return "a license field";
	case LIC_ROLE_WEBSTATEMENT:
		return "the address of a license";
	case LIC_ROLE_COPYRIGHT:
		return "a license named in the copyright notice";
	case LIC_ROLE_COMMENT:
		return "a license named in a comment";
	case LIC_ROLE_CAPTION:
		return "a caption never grants";
	default:
		return "a statement of copyright status";
	}
}

/* The text names one license whose terms nobody knows ("other", "unknown"). */
static bool is_unsaid(const struct lic_expression *e, enum lic_role role)
{
	const struct lic_license *l = e->alternative[0].license[0];

	if (e->n != 1 || e->alternative[0].n != 1 || l->status != LIC_LICENSE_UNKNOWN)
		return false;
	return !is_field_for_licenses(role) || strcmp(l->id, "LicenseRef-Unknown") == 0;
}

static void license_named(const struct lic_claim *c, const struct lic_parse *p, struct meaning *m)
{

	if (lic_expression_parse(p->expression, strlen(p->expression), &m->expression, NULL) < 0 ||
	    !m->expression.n) {
		m->expression = (struct lic_expression){ 0 };
		set(m, MEANS_CONTRADICTION, "an expression too long to be judged");
		return;
	}
	expression_sort(&m->expression);
	if (is_unsaid(&m->expression, c->role))
		set(m, MEANS_UNSAID, "says that nothing is known");
	else
		set(m, MEANS_LICENSE, license_rule(c->role));
}

static void reserved_words(const struct lic_claim *c, const struct lic_policy *policy,
			   struct meaning *m)
{
	if (is_field_for_licenses(c->role))
		set_reserved_license(m, "a license field that reserves all rights");
	else if (policy->strict_notice && c->role != LIC_ROLE_CAPTION)
		set_reserved_license(m, "reserves all rights (policy notice=conflict)");
	else if (c->role == LIC_ROLE_CAPTION)
		set(m, MEANS_RESERVED, "reserved wording in a caption");
	else
		set(m, MEANS_RESERVED, "reserves all rights, as a notice");
}

/* The bare word is all rights reserved in a column of licenses; in a copyright field it is the name
 * of the field. */
static bool is_bare_word(const struct lic_claim *c)
{
	struct lic_bytes t = claim_text(c);

	return !is_field_for_licenses(c->role) &&
	       (text_is(t, "copyright") || text_is(t, "copyrighted"));
}

static void notice_words(const struct lic_claim *c, const struct lic_policy *policy,
			 struct meaning *m)
{
	if (c->role == LIC_ROLE_CAPTION)
		set(m, MEANS_NOTHING, "a notice in a caption");
	else if (policy->strict_notice)
		set_reserved_license(m, "a copyright notice (policy notice=conflict)");
	else
		set(m, MEANS_NOTICE, "a copyright notice grants nothing and contradicts nothing");
}

/* Exactly the id of a license that the operator has defined. */
static bool own_license(const struct lic_claim *c, const struct lic_policy *policy,
			struct meaning *m)
{
	struct lic_bytes t = claim_text(c);
	const struct lic_license *l = lic_own_license_find(policy->own, (const char *)t.p, t.n);

	if (!l)
		return false;
	expression_of(l, &m->expression);
	set_text(m, l->id);
	return true;
}

static void license_text(const struct lic_claim *c, const struct lic_policy *policy,
			 struct meaning *m)
{
	struct lic_bytes t = claim_text(c);
	struct lic_parse p = { 0 };

	if (own_license(c, policy, m)) {
		set(m, MEANS_LICENSE, license_rule(c->role));
		return;
	}

	lic_license_parse_again(policy->parses, c->context, (const char *)t.p, t.n, &p);
	m->prose = p.forbids;
	switch (parse_kind(&p)) {
	case LIC_PARSE_NOASSERTION:
		set(m, MEANS_NOTHING, "an empty field");
		return;
	case LIC_PARSE_LICENSE:
		license_named(c, &p, m);
		break;
	case LIC_PARSE_CONFLICT:
		set(m, MEANS_CONTRADICTION, "a text that contradicts itself");
		break;
	case LIC_PARSE_NOTICE:
		notice_words(c, policy, m);
		break;
	case LIC_PARSE_RESERVED:
		if (is_bare_word(c))
			notice_words(c, policy, m);
		else
			reserved_words(c, policy, m);
		break;
	default:
		if (c->role == LIC_ROLE_LICENSE)
			set(m, MEANS_UNRECOGNISED, "a license field that nobody can read");
		else
			set(m, MEANS_NOTHING, "names no license");
		return;
	}
	if (m->kind != MEANS_NOTHING)
		set_text(m, p.expression);
}

/* plus:CopyrightStatus: "protected" is a notice, "public domain" a statement. */
static void copyright_status(const struct lic_claim *c, const struct lic_policy *policy,
			     struct meaning *m)
{
	struct lic_bytes t = claim_text(c);
	struct lic_parse p = { 0 };

	lic_license_parse_again(policy->parses, c->context, (const char *)t.p, t.n, &p);
	if (parse_kind(&p) == LIC_PARSE_RESERVED || parse_kind(&p) == LIC_PARSE_NOTICE) {
		set(m, MEANS_NOTICE, "protected by copyright: a notice");
	} else if (parse_kind(&p) == LIC_PARSE_LICENSE) {
		license_named(c, &p, m);
		set_text(m, p.expression);
	} else {
		set(m, MEANS_NOTHING, "states no copyright status");
	}
}

static void flag(const struct lic_claim *c, struct meaning *m)
{
	struct lic_bytes t = claim_text(c);

	if (!t.n || text_is(t, "false") || text_is(t, "0") || text_is(t, "no"))
		set(m, MEANS_NOTHING, "a flag that is not set grants nothing");
	else
		set(m, MEANS_NOTICE, "marked as protected: a notice");
}

static void rights_text(const struct lic_claim *c, const struct lic_policy *policy,
			struct meaning *m)
{
	if (c->context == LIC_CONTEXT_PLUS_COPYRIGHTSTATUS)
		copyright_status(c, policy, m);
	else if (c->context == LIC_CONTEXT_XMPRIGHTS_MARKED || c->role == LIC_ROLE_NOTICE)
		flag(c, m);
	else
		license_text(c, policy, m);
	m->states = (m->kind == MEANS_LICENSE || m->kind == MEANS_UNRECOGNISED ||
		     m->kind == MEANS_CONTRADICTION) &&
		    may_state(c);
}

static void terms(const struct lic_claim *c, const struct lic_policy *policy, struct meaning *m)
{
	struct lic_bytes t = claim_text(c);
	struct lic_parse p = { 0 };

	set(m, MEANS_TERMS, "dataset terms bind the copy, whatever its license grants");
	if (own_license(c, policy, m))
		return;
	lic_license_parse_again(policy->parses, c->context, (const char *)t.p, t.n, &p);
	if ((p.kind == LIC_PARSE_LICENSE || p.kind == LIC_PARSE_RESERVED) &&
	    lic_expression_parse(p.expression, strlen(p.expression), &m->expression, NULL) == 0 &&
	    m->expression.n) {
		set_text(m, p.expression);
		return;
	}
	m->expression = (struct lic_expression){ 0 };
	m->rule = "dataset terms that nobody can read leave nothing";
}

/* No decision lifts an opt-out, as it may lift the constraint that it is written in. */
static void constraint(const struct lic_claim *c, const struct lic_policy *policy,
		       struct meaning *m)
{
	struct lic_bytes t = claim_text(c);
	struct lic_parse p = { 0 };

	constraint_of(t, m);
	if (m->kind != MEANS_PRIVATE)
		return;
	lic_license_parse_again(policy->parses, c->context, (const char *)t.p, t.n, &p);
	m->prose = p.forbids & LIC_FORBIDS_AI;
}

static void date(const struct lic_claim *c, struct meaning *m)
{
	struct lic_bytes t = claim_text(c);
	int64_t end, begin;

	if (!t.n) {
		set(m, MEANS_NOTHING, "an empty date");
	} else if (!lic_date_parse(t, &end, &begin)) {
		set(m, MEANS_BAD_DATE, "a date that cannot be read");
	} else if (c->role == LIC_ROLE_NOT_AFTER) {
		set(m, MEANS_END, "not to be used after this date");
		m->when = end;
	} else {
		set(m, MEANS_BEGIN, "not to be used before this date");
		m->when = begin;
	}
}

/* Source of the codes: IPTC NewsCodes digitalsourcetype. Every other field of this role belongs to
 * AI tools, and says AI where it is filled. */
static void origin(const struct lic_claim *c, struct meaning *m)
{
	static const char *const codes[] = { "trainedAlgorithmicMedia",
					     "compositeWithTrainedAlgorithmicMedia",
					     "trainedAlgorithmicData" };
	struct lic_bytes t = claim_text(c);
	bool typed = c->field && strstr(c->field, "DigitalSource");

	set(m, MEANS_FACT, "how the picture was made");
	if (!typed && t.n)
		set(m, MEANS_AI, "names an AI system or its input");
	for (size_t i = t.n; i > 0; i--)
		if (t.p[i - 1] == '/' || t.p[i - 1] == ':') {
			t = (struct lic_bytes){ t.p + i, t.n - i };
			break;
		}
	for (size_t i = 0; i < LIC_ARRAY_SIZE(codes); i++)
		if (text_is(t, codes[i]))
			set(m, MEANS_AI, "made or altered by generative AI");
}

/* Source of the codes: PLUS LDF 2.0.1, model and property release status. */
static void release(const struct lic_claim *c, struct meaning *m)
{
	static const struct {
		const char *code;
		enum lic_release of;
		enum lic_tri released;
	} codes[] = {
		{ "MR-NON", LIC_RELEASE_MODEL, LIC_FORBIDDEN },
		{ "MR-NAP", LIC_RELEASE_MODEL, LIC_ALLOWED },
		{ "MR-UMR", LIC_RELEASE_MODEL, LIC_ALLOWED },
		{ "MR-LMR", LIC_RELEASE_MODEL, LIC_FORBIDDEN },
		{ "PR-NON", LIC_RELEASE_PROPERTY, LIC_FORBIDDEN },
		{ "PR-NAP", LIC_RELEASE_PROPERTY, LIC_ALLOWED },
		{ "PR-UPR", LIC_RELEASE_PROPERTY, LIC_ALLOWED },
		{ "PR-LPR", LIC_RELEASE_PROPERTY, LIC_FORBIDDEN },
	};
	struct lic_bytes t = claim_text(c);

	set(m, MEANS_FACT, "a release of persons or property, which is no license");
	for (size_t i = t.n; i > 0; i--)
		if (t.p[i - 1] == '/') {
			t = (struct lic_bytes){ t.p + i, t.n - i };
			break;
		}
	/* What has no rank may be about another image: it can only take away */
	for (size_t i = 0; i < LIC_ARRAY_SIZE(codes); i++)
		if (text_is(t, codes[i].code) &&
		    (c->rank != LIC_RANK_NONE || codes[i].released != LIC_ALLOWED))
			m->release[codes[i].of] = codes[i].released;
}

static void reservation(const struct lic_claim *c, struct meaning *m)
{
	if (!c->reserve)
		set(m, MEANS_NOTHING, "states no reservation");
	else if (c->reserve & LIC_RESERVE_TRAINING)
		set(m, MEANS_RESERVE, "the owner's opt-out of mining or training");
	else
		set(m, MEANS_RESERVE, "the owner's opt-out of use as input");
}

void meaning_of(const struct lic_claim *claim, const struct lic_policy *policy, struct meaning *ret)
{
	*ret = (struct meaning){ .kind = MEANS_NOTHING, .rule = "kept for the record" };
	switch (claim->role) {
	case LIC_ROLE_NONE:
		break;
	case LIC_ROLE_LICENSE:
	case LIC_ROLE_WEBSTATEMENT:
	case LIC_ROLE_COPYRIGHT:
	case LIC_ROLE_COMMENT:
	case LIC_ROLE_CAPTION:
	case LIC_ROLE_NOTICE:
		rights_text(claim, policy, ret);
		break;
	case LIC_ROLE_RESERVATION:
		reservation(claim, ret);
		break;
	case LIC_ROLE_CONSTRAINT:
		constraint(claim, policy, ret);
		break;
	case LIC_ROLE_NOT_AFTER:
	case LIC_ROLE_NOT_BEFORE:
		date(claim, ret);
		break;
	case LIC_ROLE_CREATOR:
	case LIC_ROLE_TITLE:
	case LIC_ROLE_SOURCE_URL:
		set(ret, MEANS_CREDIT, "whom and what to credit");
		break;
	case LIC_ROLE_ORIGIN:
		origin(claim, ret);
		break;
	case LIC_ROLE_RELEASE:
		release(claim, ret);
		break;
	case LIC_ROLE_DENY:
		set(ret, MEANS_DENY, "the operator's decision: nobody sees it");
		break;
	case LIC_ROLE_TERMS:
		terms(claim, policy, ret);
		break;
	case LIC_ROLE_TRUST:
		if (claim->rank == LIC_RANK_OPERATOR || claim->rank == LIC_RANK_DIRECTORY)
			set(ret, MEANS_TRUST,
			    "the operator trusts this source where sources of equal rank differ");
		break;
	default: /* a role of a newer version may restrict in a way that this one cannot tell */
		set(ret, MEANS_PRIVATE, "a claim of a kind that this version does not know");
		break;
	}
}

void lic_rights_foresee(const struct lic_claims *claims, struct lic_parses *memory)
{
	for (size_t i = 0; i < claims->n; i++) {
		const struct lic_claim *c = &claims->item[i];
		struct lic_bytes t;

		switch (c->role) {
		case LIC_ROLE_LICENSE:
		case LIC_ROLE_WEBSTATEMENT:
		case LIC_ROLE_COPYRIGHT:
		case LIC_ROLE_COMMENT:
		case LIC_ROLE_CAPTION:
			t = claim_text(c);
			if (c->context != LIC_CONTEXT_XMPRIGHTS_MARKED)
				lic_license_foresee(memory, c->context, (const char *)t.p, t.n);
			break;
		default:
			break; /* rare, or never parsed */
		}
	}
}
