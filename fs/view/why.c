/* SPDX-License-Identifier: Apache-2.0 */
/* A sentence for people: why an image is in a view or out of it. */
#include <string.h>
#include <time.h>

#include "fs/view/view.h"

#define PHRASES_MAX 6 /* reasons in one sentence */
#define WORDS_MAX 240 /* bytes of a quoted value */

struct sentence {
	struct lic_buf *out;
	unsigned n;	  /* phrases so far */
	size_t last;	  /* where the last one begins */
	bool collecting;  /* a first pass that only gathers `allowed` */
	unsigned allowed; /* permissions that the case allows, as bits: one phrase for all */
};

/* Begins a phrase; false where the sentence is long enough. */
static bool begin(struct sentence *s, size_t *ret_before)
{
	if (s->n >= PHRASES_MAX)
		return false;
	*ret_before = s->out->len;
	if (s->n)
		lic_buf_adds(s->out, ", ");
	return true;
}

/* Ends the phrase that began at `before`, and takes it back where it only repeats the last one. */
static void end(struct sentence *s, size_t before)
{
	size_t start = before + (s->n ? strlen(", ") : 0);

	if (lic_buf_failed(s->out))
		return;
	if (s->n && s->out->len - start == before - s->last &&
	    memcmp(s->out->data + start, s->out->data + s->last, before - s->last) == 0) {
		lic_buf_truncate(s->out, before);
		return;
	}
	s->n++;
	s->last = start;
}

/* The license of the case, as a noun. */
static void add_license(struct lic_buf *out, const struct lic_case *c)
{
	struct lic_expression one = { .n = 1, .alternative = { c->licenses } };

	if (c->licenses_known && c->terms)
		lic_expression_format(&one, out);
	else if (*c->rights->license)
		lic_text_show(out, c->rights->license, strlen(c->rights->license));
	else
		lic_buf_adds(out, "no license");
}

static void add_bits(struct lic_buf *out, unsigned bits)
{
	const char *joint = "";

	for (unsigned i = 0; i < LIC_RESERVE_COUNT; i++) {
		if (!(bits & 1u << i))
			continue;
		lic_buf_addf(out, "%s%s", joint, lic_reserve_name(1u << i));
		joint = ", ";
	}
}

static void say_permission(struct lic_buf *out, const struct lic_case *c, unsigned what)
{
	const char *name = lic_permission_name(what);

	lic_buf_addf(out, "%s is %s ", name,
		     lic_case_permission(c, what) == LIC_FORBIDDEN ? "forbidden by"
								   : "unknown under");
	add_license(out, c);
}

static void say_allowed(struct sentence *s, const struct lic_case *c)
{
	const char *joint = " allows ";
	size_t before;

	if (!s->allowed || !begin(s, &before))
		return;
	add_license(s->out, c);
	for (unsigned i = 0; i < LIC_PERMISSION_COUNT; i++) {
		if (!(s->allowed & 1u << i))
			continue;
		lic_buf_addf(s->out, "%s%s", joint, lic_permission_name(i));
		joint = ", ";
	}
	end(s, before);
}

static void say_obligation(struct lic_buf *out, const struct lic_case *c, unsigned what,
			   enum lic_tri t)
{
	add_license(out, c);
	lic_buf_adds(out, t == LIC_ALLOWED     ? " demands "
			  : t == LIC_FORBIDDEN ? " does not demand "
					       : " is not known to demand or not to demand ");
	lic_buf_adds(out, lic_obligation_name(what));
}

static void say_reserved(struct lic_buf *out, const struct lic_case *c, unsigned scope,
			 enum lic_tri t)
{
	lic_buf_adds(out, t == LIC_ALLOWED ? "reserved for " : "not reserved for ");
	add_bits(out, t == LIC_ALLOWED ? lic_case_reservations(c) : scope);
}

static void say_text(struct lic_buf *out, const char *field, const char *value)
{
	size_t n = value ? strlen(value) : 0;

	if (!n) {
		lic_buf_addf(out, "%s is not stated", field);
		return;
	}
	lic_buf_addf(out, "%s is '", field);
	lic_text_show(out, value, n < WORDS_MAX ? n : WORDS_MAX);
	lic_buf_adds(out, n < WORDS_MAX ? "'" : "...'");
}

static void say_path(struct lic_buf *out, const struct lic_node *n, enum lic_tri t)
{
	lic_buf_adds(out, t == LIC_ALLOWED     ? "the path matches '"
			  : t == LIC_FORBIDDEN ? "the path does not match '"
					       : "the path is not known to match '");
	lic_text_show(out, n->glob->pattern, strlen(n->glob->pattern));
	lic_buf_addc(out, '\'');
}

#define COLLECTIONS_SHOWN 4

static void say_collections(struct lic_buf *out, const struct lic_asset *a)
{
	size_t n = a ? a->n_memberships : 0;

	if (!n)
		lic_buf_adds(out, "it is in no collection");
	for (size_t i = 0; i < n && i < COLLECTIONS_SHOWN; i++) {
		const char *name = a->membership[i].collection;
		size_t len = strlen(name);

		lic_buf_adds(out, i ? ", '" : "it is in collection '");
		lic_text_show(out, name, len < WORDS_MAX ? len : WORDS_MAX);
		lic_buf_adds(out, len < WORDS_MAX ? "'" : "...'");
		if (!a->membership[i].sure)
			lic_buf_adds(out, " (in doubt: a row of it finds other images as well)");
	}
	if (n > COLLECTIONS_SHOWN)
		lic_buf_addf(out, " and %zu more", n - COLLECTIONS_SHOWN);
}

static void say_credit(struct lic_buf *out, const struct lic_case *c, const struct lic_node *n)
{
	const struct lic_credit *credit = c->asset ? c->asset->credit : NULL;

	if (n->kind == LIC_NODE_CREATOR)
		say_text(out, "creator", credit ? credit->creator : NULL);
	else if (n->kind == LIC_NODE_SOURCE)
		say_text(out, "source", credit ? credit->source_url : NULL);
	else
		say_collections(out, c->asset);
}

static void say_origin(struct lic_buf *out, const struct lic_case *c, const struct lic_node *n)
{
	if (n->what) {
		lic_buf_adds(out, "the store was made by job '");
		lic_text_show(out, n->maker, strlen(n->maker));
		lic_buf_addc(out, '\'');
		if (n->what > 1)
			lic_buf_addf(out, " and %u more", n->what - 1);
	} else if (n->kind != LIC_NODE_MADE) {
		lic_buf_adds(out, c->rights->ai_origin ? "AI origin is stated"
						       : "AI origin is not stated");
	} else {
		lic_buf_adds(out, n->glob ? "no such job is recorded as having made the store"
					  : "no job is recorded as having made the store");
	}
}

/* Says what is the case about one condition, whose truth before negation is t. */
static void say_atom(struct lic_buf *out, const struct lic_case *c, const struct lic_node *n,
		     enum lic_tri t)
{
	switch (n->kind) {
	case LIC_NODE_PERMISSION:
		say_permission(out, c, n->what);
		break;
	case LIC_NODE_OBLIGATION:
		say_obligation(out, c, n->what, t);
		break;
	case LIC_NODE_RESERVED:
		say_reserved(out, c, n->what, t);
		break;
	case LIC_NODE_STATUS:
		lic_buf_addf(out, "status is %s", lic_status_name(c->rights->status));
		break;
	case LIC_NODE_LICENSE:
	case LIC_NODE_NO_LICENSE:
		lic_buf_adds(out, "the license is ");
		add_license(out, c);
		break;
	case LIC_NODE_PUBLIC_DOMAIN:
		add_license(out, c);
		lic_buf_adds(out, t == LIC_ALLOWED ? " is public domain" : " is not public domain");
		break;
	case LIC_NODE_TERRITORY:
		say_text(out, "territory", *c->rights->territory ? c->rights->territory : "world");
		break;
	case LIC_NODE_AI_STATED:
	case LIC_NODE_AI_UNSTATED:
	case LIC_NODE_MADE:
		say_origin(out, c, n);
		break;
	case LIC_NODE_RELEASE:
		lic_buf_addf(out, "%s release is %s", lic_release_name(n->what),
			     !c->rights->release[n->what]		  ? "not stated"
			     : c->rights->release[n->what] == LIC_ALLOWED ? "given or not needed"
									  : "missing or limited");
		break;
	case LIC_NODE_PATH:
		say_path(out, n, t);
		break;
	default:
		say_credit(out, c, n);
	}
}

/*
 * Explains the truth t of a node. A conjunction that is true is so by all of its children, one that
 * is not by the first child that is not; for a disjunction it is the other way round. Under a
 * negation the roles change, as do "true" and "false".
 */
static void explain(struct sentence *s, const struct lic_case *c, const struct lic_node *n)
{
	enum lic_tri t = lic_case_eval(c, n);
	enum lic_tri plain = n->negated && t ? (t == LIC_ALLOWED ? LIC_FORBIDDEN : LIC_ALLOWED) : t;
	enum lic_tri decides = n->kind == LIC_NODE_AND ? LIC_FORBIDDEN : LIC_ALLOWED;
	size_t before;

	if (n->kind != LIC_NODE_AND && n->kind != LIC_NODE_OR) {
		if (n->kind == LIC_NODE_PERMISSION && plain == LIC_ALLOWED) {
			s->allowed |= 1u << n->what;
		} else if (!s->collecting && begin(s, &before)) {
			say_atom(s->out, c, n, plain);
			end(s, before);
		}
		return;
	}
	for (const struct lic_node *i = n->child; i; i = i->next) {
		if (lic_case_eval(c, i) != plain)
			continue;
		explain(s, c, i);
		if (plain == decides || plain == LIC_UNKNOWN)
			return;
	}
}

static void say_gate(struct lic_buf *out, const struct lic_rights *r, enum lic_gate gate)
{
	const time_t until = (time_t)r->until;
	char date[32] = "";
	struct tm tm;

	switch (gate) {
	case LIC_GATE_STATUS:
		lic_buf_addf(out, "status is %s", lic_status_name(r->status));
		break;
	case LIC_GATE_ENDED:
		if (gmtime_r(&until, &tm))
			strftime(date, sizeof(date), " on %Y-%m-%d", &tm);
		lic_buf_addf(out, "the rights ended%s", date);
		break;
	case LIC_GATE_RESERVED:
		lic_buf_adds(out, "reserved for ");
		add_bits(out, r->reservations);
		break;
	case LIC_GATE_OPEN:
		break;
	}
}

/* The whole reason, permissions that are allowed first. */
static void explain_all(struct sentence *s, const struct lic_case *c, const struct lic_node *n)
{
	s->allowed = 0;
	s->collecting = true;
	explain(s, c, n);
	s->collecting = false;
	say_allowed(s, c);
	explain(s, c, n);
}

/* Why this case is out: an implicit condition, or the expression. */
static void explain_case(struct sentence *s, const struct lic_case *c, bool in)
{
	const struct lic_node noncommercial = { .kind = LIC_NODE_PERMISSION,
						.what = LIC_NONCOMMERCIAL_USE };
	size_t before;

	if (in || lic_case_implicit(c) == LIC_ALLOWED) {
		explain_all(s, c, c->view->root);
	} else if (!(c->view->asks & LIC_ASKS_RESERVED) && c->terms && c->terms->ml_prohibited) {
		if (begin(s, &before)) {
			add_license(s->out, c);
			lic_buf_adds(s->out, " prohibits ML training");
			end(s, before);
		}
	} else {
		explain_all(s, c, &noncommercial);
	}
}

void lic_view_why(const struct lic_view *v, const struct lic_rights *rights,
		  const struct lic_asset *asset, int64_t now, struct lic_buf *out)
{
	enum lic_gate gate = lic_view_gate(v, rights, now);
	struct sentence s = { .out = out };
	struct lic_expression expression;
	struct lic_case c;
	bool in = lic_view_match(v, rights, asset, now) == LIC_ALLOWED;

	lic_buf_adds(out, in ? "in: " : "out: ");
	if (gate != LIC_GATE_OPEN) {
		say_gate(out, rights, gate);
		return;
	}
	/* Names of licenses are wanted whatever the view asks. */
	if (!*rights->license ||
	    lic_expression_parse(rights->license, strlen(rights->license), &expression, NULL) < 0)
		expression.n = 0;
	for (unsigned i = 0; i < lic_case_count(rights, now); i++) {
		lic_case_init(&c, v, rights, asset, now, i, &expression);
		if (in && (lic_case_implicit(&c) != LIC_ALLOWED ||
			   lic_case_eval(&c, v->root) != LIC_ALLOWED))
			continue;
		explain_case(&s, &c, in);
		if (in)
			return;
	}
}
