/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evaluator: Kleene logic over one alternative of an image's rights at a time.
 *
 * [I1] Whatever is not stated, not readable or not resolved is LIC_UNKNOWN, negated or not, and
 * only LIC_ALLOWED shows.
 */
#include <string.h>

#include "fs/view/view.h"

static enum lic_tri tri(bool b)
{
	return b ? LIC_ALLOWED : LIC_FORBIDDEN;
}

static enum lic_tri tri_not(enum lic_tri t)
{
	return t == LIC_UNKNOWN ? t : tri(t == LIC_FORBIDDEN);
}

static enum lic_tri tri_and(enum lic_tri a, enum lic_tri b)
{
	if (a == LIC_FORBIDDEN || b == LIC_FORBIDDEN)
		return LIC_FORBIDDEN;
	return a == LIC_ALLOWED && b == LIC_ALLOWED ? LIC_ALLOWED : LIC_UNKNOWN;
}

static enum lic_tri tri_or(enum lic_tri a, enum lic_tri b)
{
	return tri_not(tri_and(tri_not(a), tri_not(b)));
}

static bool was_read(const struct lic_case *c)
{
	return c->rights->status != LIC_STATUS_UNREADABLE;
}

enum lic_tri lic_case_permission(const struct lic_case *c, enum lic_permission p)
{
	return c->terms ? c->terms->permission[p] : LIC_UNKNOWN;
}

/* A duty that is not listed is absent only where the terms are known at all. */
static enum lic_tri eval_obligation(const struct lic_case *c, unsigned bit)
{
	if (c->terms && c->terms->obligations & bit)
		return LIC_ALLOWED;
	if (lic_case_permission(c, LIC_NONCOMMERCIAL_USE) == LIC_UNKNOWN)
		return LIC_UNKNOWN;
	return LIC_FORBIDDEN;
}

unsigned lic_case_reservations(const struct lic_case *c)
{
	unsigned bits = c->rights->reservations;

	if (c->terms && c->terms->ml_prohibited)
		bits |= LIC_RESERVE_AI_TRAINING;
	return bits;
}

static enum lic_tri eval_reserved(const struct lic_case *c, unsigned scope)
{
	if (lic_case_reservations(c) & scope)
		return LIC_ALLOWED;
	return was_read(c) ? LIC_FORBIDDEN : LIC_UNKNOWN;
}

/*
 * Licenses that hold together (AND): all of them match, true; none, false. Where only some do, the
 * image stands under other terms as well, so that neither the condition nor its negation may show
 * it; `find` asks what is stated, and there one match is enough.
 */
static enum lic_tri eval_license(const struct lic_case *c, const struct lic_glob *g)
{
	unsigned matching = 0;

	if (c->own)
		return lic_glob_match(g, c->own, strlen(c->own)) ? LIC_ALLOWED : LIC_FORBIDDEN;
	if (!c->licenses_known)
		return LIC_UNKNOWN;
	for (unsigned i = 0; i < c->licenses.n; i++) {
		const char *id = c->licenses.license[i]->id;

		matching += lic_glob_match(g, id, strlen(id));
	}
	if (!matching)
		return LIC_FORBIDDEN;
	if (matching == c->licenses.n || c->view->flags & LIC_VIEW_FIND)
		return LIC_ALLOWED;
	return LIC_UNKNOWN;
}

static enum lic_tri eval_public_domain(const struct lic_case *c)
{
	if (c->own)
		return LIC_FORBIDDEN;
	if (!c->licenses_known)
		return LIC_UNKNOWN;
	for (unsigned i = 0; i < c->licenses.n; i++)
		if (!lic_license_is_public_domain(c->licenses.license[i]))
			return LIC_FORBIDDEN;
	return LIC_ALLOWED;
}

static enum lic_tri eval_text(const struct lic_glob *g, const char *s)
{
	return s && *s ? tri(lic_glob_match(g, s, strlen(s))) : LIC_UNKNOWN;
}

/* Several creators stand in one credit, "Jane; Joe": each of them is a creator of the image. */
static enum lic_tri eval_creator(const struct lic_glob *g, const char *s)
{
	enum lic_tri whole = eval_text(g, s);

	if (whole != LIC_FORBIDDEN)
		return whole;
	while (*s) {
		size_t len = strcspn(s, ";"), n = len;

		while (n && s[n - 1] == ' ')
			n--;
		if (lic_glob_match(g, s, n))
			return LIC_ALLOWED;
		s += len;
		s += strspn(s, "; ");
	}
	return LIC_FORBIDDEN;
}

/* The host of a URL, "" if it is none. */
static struct lic_bytes url_host(const char *url)
{
	const char *host = strstr(url, "://"), *at;
	size_t n;

	if (!host)
		return (struct lic_bytes){ (const uint8_t *)url, 0 };
	host += 3;
	n = strcspn(host, "/?#");
	at = memrchr(host, '@', n);
	if (at) {
		n -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	at = memchr(host, ':', n);
	return (struct lic_bytes){ (const uint8_t *)host, at ? (size_t)(at - host) : n };
}

/* A source is asked for by URL, or by domain, which stands for its subdomains too. */
static enum lic_tri eval_source(const struct lic_glob *g, const char *url)
{
	enum lic_tri whole = eval_text(g, url);
	struct lic_bytes host;
	const uint8_t *dot;

	if (whole != LIC_FORBIDDEN)
		return whole;
	host = url_host(url);
	while (host.n) {
		if (lic_glob_match(g, host.p, host.n))
			return LIC_ALLOWED;
		dot = memchr(host.p, '.', host.n);
		if (!dot)
			break;
		host.n -= (size_t)(dot + 1 - host.p);
		host.p = dot + 1;
	}
	return LIC_FORBIDDEN;
}

/* "EU+US" is limited by both: where only one of them matches, neither the condition nor its
 * negation holds. */
static enum lic_tri eval_territory(const struct lic_case *c, const struct lic_glob *g)
{
	const char *t = *c->rights->territory ? c->rights->territory : "world";
	unsigned n = 0, matching = 0;

	if (!c->terms)
		return LIC_UNKNOWN;
	while (*t) {
		size_t len = strcspn(t, "+");

		matching += lic_glob_match(g, t, len);
		n++;
		t += len + (t[len] == '+');
	}
	if (matching && matching < n)
		return LIC_UNKNOWN;
	return tri(matching);
}

static enum lic_tri eval_collection(const struct lic_asset *a, const struct lic_glob *g)
{
	enum lic_tri t = LIC_UNKNOWN;
	bool doubt = false;

	for (size_t i = 0; i < a->n_memberships; i++) {
		const struct lic_membership *m = &a->membership[i];
		bool matches = lic_glob_match(g, m->collection, strlen(m->collection));

		if (matches && m->sure)
			return LIC_ALLOWED;
		doubt |= matches;
		if (m->sure)
			t = LIC_FORBIDDEN;
	}
	return doubt ? LIC_UNKNOWN : t;
}

static enum lic_tri eval_asset(const struct lic_case *c, const struct lic_node *n)
{
	const struct lic_asset *a = c->asset;

	if (!a)
		return LIC_UNKNOWN;
	switch (n->kind) {
	case LIC_NODE_CREATOR:
		return a->credit ? eval_creator(n->glob, a->credit->creator) : LIC_UNKNOWN;
	case LIC_NODE_SOURCE:
		return a->credit ? eval_source(n->glob, a->credit->source_url) : LIC_UNKNOWN;
	case LIC_NODE_COLLECTION:
		return eval_collection(a, n->glob);
	case LIC_NODE_PATH:
		return a->path.p ? tri(lic_glob_match(n->glob, a->path.p, a->path.n)) : LIC_UNKNOWN;
	default:
		return LIC_UNKNOWN;
	}
}

static enum lic_tri eval_atom(const struct lic_case *c, const struct lic_node *n)
{
	switch (n->kind) {
	case LIC_NODE_PERMISSION:
		return lic_case_permission(c, n->what);
	case LIC_NODE_OBLIGATION:
		return eval_obligation(c, n->what);
	case LIC_NODE_RESERVED:
		return eval_reserved(c, n->what);
	case LIC_NODE_STATUS:
		return tri(c->rights->status == n->what);
	case LIC_NODE_LICENSE:
		return eval_license(c, n->glob);
	case LIC_NODE_NO_LICENSE:
		return was_read(c) ? tri(!*c->rights->license) : LIC_UNKNOWN;
	case LIC_NODE_PUBLIC_DOMAIN:
		return eval_public_domain(c);
	case LIC_NODE_TERRITORY:
		return eval_territory(c, n->glob);
	case LIC_NODE_AI_STATED:
		return c->rights->ai_origin ? LIC_ALLOWED : LIC_UNKNOWN;
	case LIC_NODE_AI_UNSTATED:
		return n->what	     ? LIC_FORBIDDEN
		       : was_read(c) ? tri(!c->rights->ai_origin)
				     : LIC_UNKNOWN;
	case LIC_NODE_MADE:
		return n->what ? LIC_ALLOWED : LIC_UNKNOWN;
	case LIC_NODE_RELEASE:
		return (enum lic_tri)c->rights->release[n->what];
	default:
		return eval_asset(c, n);
	}
}

enum lic_tri lic_case_eval(const struct lic_case *c, const struct lic_node *n)
{
	enum lic_tri t;

	if (n->kind == LIC_NODE_AND) {
		t = LIC_ALLOWED;
		for (const struct lic_node *i = n->child; i && t != LIC_FORBIDDEN; i = i->next)
			t = tri_and(t, lic_case_eval(c, i));
	} else if (n->kind == LIC_NODE_OR) {
		t = LIC_FORBIDDEN;
		for (const struct lic_node *i = n->child; i && t != LIC_ALLOWED; i = i->next)
			t = tri_or(t, lic_case_eval(c, i));
	} else {
		t = eval_atom(c, n);
	}
	return n->negated ? tri_not(t) : t;
}

/* --- alternatives and implicit conditions --- */

bool lic_case_ended(const struct lic_rights *rights, int64_t now)
{
	return rights->until && rights->until <= now;
}

unsigned lic_case_count(const struct lic_rights *rights, int64_t now)
{
	if (lic_case_ended(rights, now) || !rights->n_alternatives)
		return 1;
	return rights->n_alternatives < LIC_ALTERNATIVES_MAX ? rights->n_alternatives
							     : LIC_ALTERNATIVES_MAX;
}

/* All licenses that the expression names, for rights that grant nothing. */
static void unite(const struct lic_expression *e, struct lic_alternative *ret)
{
	for (unsigned i = 0; i < e->n; i++)
		for (unsigned k = 0; k < e->alternative[i].n && ret->n < LIC_OPERANDS_MAX; k++)
			ret->license[ret->n++] = e->alternative[i].license[k];
}

/* Alternative i of the rights comes from alternative i of their expression; where the two do not
 * agree, nothing is known about licenses. */
static void find_licenses(struct lic_case *c, unsigned i, const struct lic_expression *e)
{
	const char *id = c->rights->license;

	if (!c->terms)
		unite(e, &c->licenses);
	else if (e->n == c->rights->n_alternatives)
		c->licenses = e->alternative[i];
	c->licenses_known = c->licenses.n > 0;
	/* Rights of a license that is in no table hold its id alone. */
	if (c->terms && c->rights->n_alternatives == 1 && !c->licenses_known &&
	    c->rights->status == LIC_STATUS_CLEAR && !lic_license_find(id, strlen(id)) &&
	    lic_own_license_is_id(id, strlen(id)))
		c->own = id;
}

void lic_case_expression(const struct lic_view *v, const struct lic_rights *rights,
			 struct lic_expression *ret)
{
	if (!(v->asks & LIC_ASKS_LICENSE) || !*rights->license ||
	    lic_expression_parse(rights->license, strlen(rights->license), ret, NULL) < 0)
		ret->n = 0;
}

void lic_case_init(struct lic_case *c, const struct lic_view *v, const struct lic_rights *rights,
		   const struct lic_asset *asset, int64_t now, unsigned i,
		   const struct lic_expression *expression)
{
	memset(c, 0, sizeof(*c));
	c->view = v;
	c->rights = rights;
	c->asset = asset;
	if (rights->n_alternatives && !lic_case_ended(rights, now))
		c->terms = &rights->alternative[i];
	find_licenses(c, i, expression);
}

enum lic_gate lic_view_gate(const struct lic_view *v, const struct lic_rights *rights, int64_t now)
{
	if (v->flags & LIC_VIEW_FIND)
		return LIC_GATE_OPEN;
	/* An open list of what may pass: a status that this code does not know is closed. */
	if (rights->status != LIC_STATUS_CLEAR &&
	    !(v->asks & LIC_ASKS_STATUS &&
	      (rights->status == LIC_STATUS_CONFLICT || rights->status == LIC_STATUS_UNLICENSED)))
		return LIC_GATE_STATUS;
	if (lic_case_ended(rights, now))
		return LIC_GATE_ENDED;
	if (rights->reservations & LIC_RESERVE_TRAINING && !(v->asks & LIC_ASKS_RESERVED))
		return LIC_GATE_RESERVED;
	return LIC_GATE_OPEN;
}

enum lic_tri lic_case_implicit(const struct lic_case *c)
{
	if (c->view->flags & LIC_VIEW_FIND)
		return LIC_ALLOWED;
	if (!(c->view->asks & LIC_ASKS_RESERVED) && lic_case_reservations(c) & LIC_RESERVE_TRAINING)
		return LIC_FORBIDDEN;
	return lic_case_permission(c, LIC_NONCOMMERCIAL_USE);
}

enum lic_tri lic_view_match(const struct lic_view *v, const struct lic_rights *rights,
			    const struct lic_asset *asset, int64_t now)
{
	struct lic_expression expression;
	enum lic_tri t = LIC_FORBIDDEN;
	struct lic_case c;

	if (lic_view_gate(v, rights, now) != LIC_GATE_OPEN)
		return LIC_FORBIDDEN;
	lic_case_expression(v, rights, &expression);
	for (unsigned i = 0; i < lic_case_count(rights, now) && t != LIC_ALLOWED; i++) {
		lic_case_init(&c, v, rights, asset, now, i, &expression);
		t = tri_or(t, tri_and(lic_case_implicit(&c), lic_case_eval(&c, v->root)));
	}
	return t;
}
