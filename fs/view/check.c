/* SPDX-License-Identifier: Apache-2.0 */
/* Gives every word of a tree its meaning, or says which word was probably meant. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/view/view.h"

#define FAIL(c, s, at, code, ...) lic_source_error((s), (at), (c)->err, (code), __VA_ARGS__)

/* A token as messages quote it. */
struct shown {
	char s[200];
};

static struct shown show(const struct lic_token *t)
{
	struct lic_bytes text = lic_token_text(t);
	struct lic_buf b = LIC_BUF_INIT(sizeof(struct shown) - 1);
	struct shown r;

	lic_text_show(&b, text.p, text.n < 48 ? text.n : 48);
	snprintf(r.s, sizeof(r.s), "%s", lic_buf_str(&b));
	lic_buf_release(&b);
	return r;
}

static int no_memory(struct lic_check *c)
{
	return lic_error_set(c->err, ENOMEM, "out of memory for the expression");
}

/* Notes what the expression asks, and refuses what lifts a protection without a basis. */
static int asks(struct lic_check *c, const struct lic_source *s, const struct lic_node *n,
		unsigned what)
{
	const unsigned lifting = LIC_ASKS_STATUS | LIC_ASKS_RESERVED;

	c->view->asks |= what;
	if (!(what & lifting) || c->view->flags & (LIC_VIEW_FIND | LIC_VIEW_HAVE_BASIS))
		return 0;
	return FAIL(c, s, &n->word, EPERM,
		    "'%s' lifts the protection of %s images, state the legal basis with "
		    "--basis TEXT (-o basis=TEXT for a mount)",
		    show(&n->word).s, what & LIC_ASKS_STATUS ? "unclear" : "reserved");
}

static int check_scope(struct lic_check *c, const struct lic_source *s, struct lic_node *n)
{
	const char *names[LIC_RESERVE_COUNT + 2] = { "training", "any" };
	struct lic_bytes text = lic_token_text(&n->value);
	const char *meant;

	n->what = 0;
	if (lic_token_is(&n->value, "training"))
		n->what = LIC_RESERVE_TRAINING;
	else if (lic_token_is(&n->value, "any"))
		n->what = LIC_RESERVE_ANY;
	for (unsigned i = 0; i < LIC_RESERVE_COUNT; i++) {
		names[i + 2] = lic_reserve_name(1u << i);
		if (lic_token_is(&n->value, names[i + 2]))
			n->what = 1u << i;
	}
	if (n->what)
		return 0;
	meant = lic_text_nearest((const char *)text.p, text.n, names, LIC_ARRAY_SIZE(names));
	return FAIL(c, s, &n->value, EINVAL, "unknown scope '%s', %s%s%s", show(&n->value).s,
		    meant ? "did you mean '"
			  : "scopes are training, any, data-mining, "
			    "ai-training, generative-training, input",
		    meant ? meant : "", meant ? "'?" : "");
}

static int check_scoped(struct lic_check *c, const struct lic_source *s, struct lic_node *n)
{
	int r;

	if (!lic_token_is(&n->word, "reserved"))
		return FAIL(c, s, &n->word, EINVAL, "'%s' takes no scope, only reserved(...) does",
			    show(&n->word).s);
	r = check_scope(c, s, n);
	if (r < 0)
		return r;
	n->kind = LIC_NODE_RESERVED;
	return asks(c, s, n, LIC_ASKS_RESERVED);
}

/* --- comparisons --- */

static int compile_glob(struct lic_check *c, const struct lic_source *s, struct lic_node *n,
			unsigned flags)
{
	struct lic_bytes text = lic_token_text(&n->value);

	if (!text.n)
		return FAIL(c, s, &n->value, EINVAL, "the value is empty, use * for any");
	if (text.n > LIC_GLOB_MAX)
		return FAIL(c, s, &n->value, EINVAL, "the value is longer than %u bytes",
			    LIC_GLOB_MAX);
	n->glob = lic_glob_new(&c->view->arena, text.p, text.n, flags);
	return n->glob ? 0 : no_memory(c);
}

static void nearer(struct lic_bytes text, const char *id, const char **best, unsigned *least)
{
	unsigned d = lic_text_distance((const char *)text.p, text.n, id, strlen(id));

	if (d < *least) {
		*least = d;
		*best = id;
	}
}

static const char *nearest_license(const struct lic_view_words *words, struct lic_bytes text)
{
	const char *best = NULL;
	unsigned least = (unsigned)(text.n + 2) / 3 + 1;
	const struct lic_license *l;

	for (size_t i = 0; (l = lic_license_at(i)); i++)
		nearer(text, l->id, &best, &least);
	for (size_t i = 0; i < words->n_licenses; i++)
		nearer(text, words->licenses[i], &best, &least);
	return best;
}

static bool names_some_license(const struct lic_view_words *words, const struct lic_glob *g)
{
	const struct lic_license *l;

	for (size_t i = 0; (l = lic_license_at(i)); i++)
		if (lic_glob_match(g, l->id, strlen(l->id)))
			return true;
	for (size_t i = 0; i < words->n_licenses; i++)
		if (lic_glob_match(g, words->licenses[i], strlen(words->licenses[i])))
			return true;
	return false;
}

/* A pattern that no license can match is a slip, and would silently hide or show everything. */
static int check_license(struct lic_check *c, const struct lic_source *s, struct lic_node *n)
{
	struct lic_bytes text = lic_token_text(&n->value);
	const char *meant;
	int r = asks(c, s, n, LIC_ASKS_LICENSE);

	if (r < 0)
		return r;
	n->kind = LIC_NODE_NO_LICENSE;
	if (lic_token_is(&n->value, "none"))
		return 0;
	n->kind = LIC_NODE_LICENSE;
	r = compile_glob(c, s, n, LIC_GLOB_FOLD);
	if (r < 0 || names_some_license(c->words, n->glob))
		return r;
	meant = n->glob->literal ? nearest_license(c->words, text) : NULL;
	return FAIL(c, s, &n->value, EINVAL, "no license is called '%s', %s%s%s", show(&n->value).s,
		    meant ? "did you mean '" : "see 'licensefs license list'", meant ? meant : "",
		    meant ? "'?" : "");
}

static int check_status(struct lic_check *c, const struct lic_source *s, struct lic_node *n)
{
	struct lic_bytes text = lic_token_text(&n->value);
	const char *names[LIC_STATUS_COUNT], *meant;
	int status = lic_status_find((const char *)text.p, text.n);

	if (status >= 0) {
		n->kind = LIC_NODE_STATUS;
		n->what = (unsigned)status;
		return asks(c, s, n, LIC_ASKS_STATUS);
	}
	for (unsigned i = 0; i < LIC_STATUS_COUNT; i++)
		names[i] = lic_status_name(i);
	meant = lic_text_nearest((const char *)text.p, text.n, names, LIC_STATUS_COUNT);
	return FAIL(c, s, &n->value, EINVAL, "unknown status '%s', %s%s%s", show(&n->value).s,
		    meant ? "did you mean '"
			  : "it is clear, unlicensed, conflict, revoked, "
			    "stale or unreadable",
		    meant ? meant : "", meant ? "'?" : "");
}

/* job:GLOB; what stands before is cut off. */
static bool is_job(struct lic_node *n)
{
	const size_t prefix = strlen("job:");
	struct lic_bytes text = lic_token_text(&n->value);

	if (text.n < prefix || strncasecmp((const char *)text.p, "job:", prefix) != 0)
		return false;
	n->value = (struct lic_token){ LIC_TOKEN_WORD, (const char *)text.p + prefix,
				       text.n - prefix };
	return true;
}

/* Who made the store is the same for every image of it, so it is settled here, once. */
static int check_made(struct lic_check *c, const struct lic_source *s, struct lic_node *n)
{
	int r = is_job(n) ? compile_glob(c, s, n, LIC_GLOB_FOLD) : 0;

	c->view->asks |= LIC_ASKS_MAKER;
	for (size_t i = 0; r == 0 && i < c->words->n_makers; i++) {
		const char *job = c->words->makers[i];

		if (n->glob && !lic_glob_match(n->glob, job, strlen(job)))
			continue;
		if (!n->what++)
			n->maker = lic_arena_dup(&c->view->arena, job, strlen(job));
		if (!n->maker)
			return no_memory(c);
	}
	return r;
}

static int check_origin(struct lic_check *c, const struct lic_source *s, struct lic_node *n)
{
	struct lic_node job = *n;

	n->what = 0;
	if (lic_token_is(&n->value, "ai"))
		n->kind = LIC_NODE_AI_STATED;
	else if (lic_token_is(&n->value, "unstated"))
		n->kind = LIC_NODE_AI_UNSTATED;
	else if (lic_token_is(&n->value, "made") || is_job(&job))
		n->kind = LIC_NODE_MADE;
	else
		return FAIL(c, s, &n->value, EINVAL,
			    "unknown origin '%s', it is ai, made, job:NAME, or unstated where "
			    "nothing says so",
			    show(&n->value).s);
	return n->kind == LIC_NODE_AI_STATED ? 0 : check_made(c, s, n);
}

static int check_release(struct lic_check *c, const struct lic_source *s, struct lic_node *n)
{
	for (unsigned i = 0; i < LIC_RELEASE_COUNT; i++)
		if (lic_token_is(&n->value, lic_release_name(i))) {
			n->kind = LIC_NODE_RELEASE;
			n->what = i;
			return 0;
		}
	return FAIL(c, s, &n->value, EINVAL, "unknown release '%s', it is model or property",
		    show(&n->value).s);
}

/* Fields whose values are globs. */
static const struct field {
	const char *word;
	enum lic_node_kind kind;
	unsigned asks, flags;
} fields[] = {
	{ "creator", LIC_NODE_CREATOR, LIC_ASKS_CREDIT, LIC_GLOB_FOLD },
	{ "source", LIC_NODE_SOURCE, LIC_ASKS_CREDIT, LIC_GLOB_FOLD },
	{ "collection", LIC_NODE_COLLECTION, LIC_ASKS_COLLECTION, LIC_GLOB_FOLD },
	{ "territory", LIC_NODE_TERRITORY, 0, LIC_GLOB_FOLD },
	{ "path", LIC_NODE_PATH, LIC_ASKS_PATH, LIC_GLOB_PATH },
};

static const char *const field_names[] = { "status", "license", "creator", "source",   "collection",
					   "origin", "release", "path",	   "territory" };

static int unknown_field(struct lic_check *c, const struct lic_source *s, struct lic_node *n)
{
	const char *meant;

	if (lic_token_is(&n->word, "reserved"))
		return FAIL(c, s, &n->value, EINVAL,
			    "write the scope in parentheses, as in "
			    "reserved(training)");
	for (size_t i = 0; lic_view_word(i); i++)
		if (lic_token_is(&n->word, lic_view_word(i)))
			return FAIL(c, s, &n->word, EINVAL,
				    "'%s' takes no value, write it alone "
				    "or after '!'",
				    show(&n->word).s);
	meant = lic_text_nearest(n->word.p, n->word.n, field_names, LIC_ARRAY_SIZE(field_names));
	return FAIL(c, s, &n->word, EINVAL, "unknown field '%s', %s%s%s", show(&n->word).s,
		    meant ? "did you mean '"
			  : "fields are status, license, creator, source, "
			    "collection, origin, release, territory, path",
		    meant ? meant : "", meant ? "'?" : "");
}

static int check_comparison(struct lic_check *c, const struct lic_source *s, struct lic_node *n)
{
	if (lic_token_is(&n->word, "license"))
		return check_license(c, s, n);
	if (lic_token_is(&n->word, "status"))
		return check_status(c, s, n);
	if (lic_token_is(&n->word, "origin"))
		return check_origin(c, s, n);
	if (lic_token_is(&n->word, "release"))
		return check_release(c, s, n);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(fields); i++) {
		if (!lic_token_is(&n->word, fields[i].word))
			continue;
		n->kind = fields[i].kind;
		c->view->asks |= fields[i].asks;
		return compile_glob(c, s, n, fields[i].flags);
	}
	return unknown_field(c, s, n);
}

/* --- words --- */

/* Permissions, obligations and the other words that stand alone. */
static bool is_plain_word(struct lic_node *n)
{
	for (unsigned i = 0; i < LIC_PERMISSION_COUNT; i++)
		if (lic_token_is(&n->word, lic_permission_name(i))) {
			n->kind = LIC_NODE_PERMISSION;
			n->what = i;
			return true;
		}
	for (unsigned i = 0; i < LIC_OBLIGATION_COUNT; i++)
		if (lic_token_is(&n->word, lic_obligation_name(1u << i))) {
			n->kind = LIC_NODE_OBLIGATION;
			n->what = 1u << i;
			return true;
		}
	return false;
}

static int unknown_word(struct lic_check *c, const struct lic_source *s, struct lic_node *n)
{
	const char *known[64], *meant = NULL, *other;
	size_t k = 0;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(field_names); i++)
		if (lic_token_is(&n->word, field_names[i]))
			return FAIL(c, s, &n->word, EINVAL, "'%s' needs a value, as in %s=VALUE",
				    field_names[i], field_names[i]);
	for (size_t i = 0; lic_view_word(i); i++)
		known[k++] = lic_view_word(i);
	for (size_t i = 0; lic_view_builtin(i) && k < LIC_ARRAY_SIZE(known); i++)
		known[k++] = lic_view_builtin(i)->name;
	meant = lic_text_nearest(n->word.p, n->word.n, known, k);
	other = lic_text_nearest(n->word.p, n->word.n, c->words->names, c->words->n_names);
	if (other &&
	    (!meant || lic_text_distance(n->word.p, n->word.n, other, strlen(other)) <
			       lic_text_distance(n->word.p, n->word.n, meant, strlen(meant))))
		meant = other;
	return FAIL(c, s, &n->word, EINVAL, "unknown word '%s', %s%s%s", show(&n->word).s,
		    meant ? "did you mean '" : "name a permission, an obligation or a view",
		    meant ? meant : "", meant ? "'?" : "");
}

/* by-license/ID names the license ID. */
static bool is_by_license(struct lic_node *n)
{
	const size_t prefix = strlen("by-license/");

	if (n->word.n <= prefix || strncasecmp(n->word.p, "by-license/", prefix) != 0)
		return false;
	n->value = n->word;
	n->value.p += prefix;
	n->value.n -= prefix;
	return true;
}

/* Shows the cycle from the outside in, for one that ends in `name`: "a -> b -> a". */
static int report_cycle(struct lic_check *c, const struct lic_source *s, const char *name)
{
	const char *chain[LIC_EXPR_DEPTH + 1];
	struct lic_buf out = LIC_BUF_INIT(512);
	size_t n = 0;
	int r;

	for (; s && n < LIC_ARRAY_SIZE(chain); s = s->outer) {
		chain[n++] = s->name;
		if (s->name && strcmp(s->name, name) == 0)
			break;
	}
	while (n)
		lic_buf_addf(&out, "%s -> ", chain[--n]);
	r = lic_error_set(c->err, ELOOP,
			  "view '%s' is defined by itself (%s%s), change one of these views", name,
			  lic_buf_str(&out), name);
	lic_buf_release(&out);
	return r;
}

/* Parses the text of a named view and hangs its tree below the node. */
static int expand_view(struct lic_check *c, const struct lic_source *s, struct lic_node *n,
		       const char *name, const char *text)
{
	struct lic_source inner = { name, text, strlen(text), n->depth + 1, s };
	int r;

	for (const struct lic_source *o = s; o; o = o->outer)
		if (o->name && strcmp(o->name, name) == 0)
			return report_cycle(c, s, name);
	if (inner.n > LIC_EXPR_MAX)
		return lic_error_set(c->err, EINVAL, "view '%s' is longer than %u bytes", name,
				     LIC_EXPR_MAX);
	if (inner.depth >= LIC_EXPR_DEPTH)
		return FAIL(c, s, &n->word, EINVAL, "views nest deeper than %u, use fewer",
			    LIC_EXPR_DEPTH);
	r = lic_source_parse(&inner, &c->view->arena, &c->nodes, &n->child, c->err);
	if (r < 0)
		return r;
	n->kind = LIC_NODE_AND;
	return lic_check_node(c, &inner, n->child);
}

static int check_word(struct lic_check *c, const struct lic_source *s, struct lic_node *n)
{
	unsigned number = lic_view_builtin_number(n->word.p, n->word.n);
	const char *text;
	char *name;

	if (is_plain_word(n))
		return 0;
	if (lic_token_is(&n->word, "public-domain")) {
		n->kind = LIC_NODE_PUBLIC_DOMAIN;
		return asks(c, s, n, LIC_ASKS_LICENSE);
	}
	if (lic_token_is(&n->word, "reserved")) {
		n->kind = LIC_NODE_RESERVED;
		n->what = LIC_RESERVE_ANY;
		return asks(c, s, n, LIC_ASKS_RESERVED);
	}
	if (is_by_license(n))
		return check_license(c, s, n);
	if (number)
		return expand_view(c, s, n, lic_view_builtin(number - 1)->name,
				   lic_view_builtin(number - 1)->expr);
	name = lic_arena_dup(&c->view->arena, n->word.p, n->word.n);
	if (!name)
		return no_memory(c);
	text = c->words->lookup ? c->words->lookup(c->words->ctx, name) : NULL;
	return text ? expand_view(c, s, n, name, text) : unknown_word(c, s, n);
}

int lic_check_node(struct lic_check *c, const struct lic_source *s, struct lic_node *n)
{
	int r = 0;

	switch (n->kind) {
	case LIC_NODE_WORD:
		return check_word(c, s, n);
	case LIC_NODE_SCOPED:
		return check_scoped(c, s, n);
	case LIC_NODE_COMPARE:
		return check_comparison(c, s, n);
	default:
		for (struct lic_node *child = n->child; child && r == 0; child = child->next)
			r = lic_check_node(c, s, child);
		return r;
	}
}
