/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: what compiles prints, reads back as itself, and answers as Kleene's logic demands.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/view/view.h"
#include "tests/fuzz/fuzz.h"

#define NOW INT64_C(1790000000)
#define TEXT_MAX (1u << 20)

static const char *lookup(void *ctx, const char *name)
{
	static const char *const views[][2] = {
		{ "mine", "commercial | derive & !attribution" },
		{ "outer", "mine & !(augmentable or license=CC-BY-*)" },
		{ "loop", "pool" },
		{ "pool", "not loop" },
	};

	(void)ctx;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(views); i++)
		if (strcmp(views[i][0], name) == 0)
			return views[i][1];
	return NULL;
}

/* --- printing ------------------------------------------------------------------------------- */

static const char *scope_name(unsigned what)
{
	if (what == LIC_RESERVE_ANY)
		return "any";
	return what == LIC_RESERVE_TRAINING ? "training" : lic_reserve_name(what);
}

static void print_value(struct lic_buf *out, const char *field, const struct lic_node *n)
{
	struct lic_bytes text = lic_token_text(&n->value);
	/* a text in quotes holds only the other kind of quote */
	char quote = memchr(text.p, '\'', text.n) ? '"' : '\'';

	lic_buf_addf(out, "%s=%c", field, quote);
	lic_buf_add(out, text.p, text.n);
	lic_buf_addc(out, quote);
}

static void print_atom(struct lic_buf *out, const struct lic_node *n)
{
	static const struct {
		enum lic_node_kind kind;
		const char *field;
	} fields[] = {
		{ LIC_NODE_LICENSE, "license" },       { LIC_NODE_CREATOR, "creator" },
		{ LIC_NODE_SOURCE, "source" },	       { LIC_NODE_PATH, "path" },
		{ LIC_NODE_COLLECTION, "collection" }, { LIC_NODE_TERRITORY, "territory" },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(fields); i++)
		if (fields[i].kind == n->kind)
			print_value(out, fields[i].field, n);
	if (n->kind == LIC_NODE_PERMISSION)
		lic_buf_adds(out, lic_permission_name((enum lic_permission)n->what));
	else if (n->kind == LIC_NODE_OBLIGATION)
		lic_buf_adds(out, lic_obligation_name(n->what));
	else if (n->kind == LIC_NODE_RESERVED)
		lic_buf_addf(out, "reserved(%s)", scope_name(n->what));
	else if (n->kind == LIC_NODE_STATUS)
		lic_buf_addf(out, "status=%s", lic_status_name((enum lic_status)n->what));
	else if (n->kind == LIC_NODE_NO_LICENSE)
		lic_buf_adds(out, "license=none");
	else if (n->kind == LIC_NODE_PUBLIC_DOMAIN)
		lic_buf_adds(out, "public-domain");
	else if (n->kind == LIC_NODE_AI_STATED)
		lic_buf_adds(out, "origin=ai");
	else if (n->kind == LIC_NODE_AI_UNSTATED)
		lic_buf_adds(out, "origin=unstated");
}

static bool is_chain(const struct lic_node *n)
{
	return n->kind == LIC_NODE_AND || n->kind == LIC_NODE_OR;
}

/* Parentheses around every chain but the outermost; a view's name has become its tree, as the one
 * child of a node of its own. */
static void print_node(struct lic_buf *out, const struct lic_node *n, bool outermost)
{
	bool negated = n->negated;

	while (is_chain(n) && !n->child->next) {
		n = n->child;
		negated ^= n->negated;
	}
	if (negated)
		lic_buf_addc(out, '!');
	if (!is_chain(n)) {
		print_atom(out, n);
		return;
	}
	if (!outermost || negated)
		lic_buf_addc(out, '(');
	for (const struct lic_node *i = n->child; i; i = i->next) {
		print_node(out, i, false);
		if (i->next)
			lic_buf_adds(out, n->kind == LIC_NODE_AND ? " & " : " | ");
	}
	if (!outermost || negated)
		lic_buf_addc(out, ')');
}

/* --- answers -------------------------------------------------------------------------------- */

static const char *const licenses[] = { "CC-BY-4.0", "CC0-1.0", "CC-BY-NC-ND-4.0",
					"CC-BY-ND-3.0 OR CC-BY-NC-4.0",
					"LicenseRef-AllRightsReserved" };

static void make_rights(size_t i, struct lic_rights *ret)
{
	struct lic_expression e;

	*ret = (struct lic_rights){ .status = LIC_STATUS_CLEAR, .ai_origin = i & 1 };
	snprintf(ret->license, sizeof(ret->license), "%s", licenses[i]);
	FUZZ_CHECK(lic_expression_parse(licenses[i], strlen(licenses[i]), &e, NULL) == 0, "%s",
		   licenses[i]);
	ret->n_alternatives = e.n;
	for (unsigned k = 0; k < e.n; k++)
		lic_alternative_terms(&e.alternative[k], false, &ret->alternative[k]);
	ret->reservations = i == 1 ? LIC_RESERVE_AI_TRAINING : 0;
	snprintf(ret->territory, sizeof(ret->territory), "%s", i == 2 ? "EU+US" : "");
}

static struct lic_asset asset_of(size_t i, const struct lic_credit *credit)
{
	static const struct lic_membership coco = { "coco", true };
	static const char path[] = "train/cats/0001.jpg";
	struct lic_asset a = { { (const uint8_t *)path, sizeof(path) - 1 }, credit, &coco, 1 };

	if (i == 3)
		a = (struct lic_asset){ 0 };
	return a;
}

static enum lic_tri opposite(enum lic_tri t)
{
	if (t == LIC_UNKNOWN)
		return t;
	return t == LIC_ALLOWED ? LIC_FORBIDDEN : LIC_ALLOWED;
}

/* `same` must answer as `v` does; `negation`, if there is one, the opposite wherever there is one
 * alternative. */
static void check_answers(const struct lic_view *v, const struct lic_view *same,
			  const struct lic_view *negation)
{
	struct lic_credit credit = { .creator = (char *)"Jane Doe; Joe",
				     .source_url = (char *)"https://www.example.org/a?b" };
	struct lic_buf why = LIC_BUF_INIT(TEXT_MAX);

	for (size_t i = 0; i < LIC_ARRAY_SIZE(licenses); i++) {
		struct lic_asset a = asset_of(i, &credit);
		struct lic_rights r;
		enum lic_tri t;

		make_rights(i, &r);
		t = lic_view_match(v, &r, &a, NOW);
		FUZZ_CHECK(t == lic_view_match(same, &r, &a, NOW), "%s: what is printed answers so",
			   licenses[i]);
		FUZZ_CHECK(!negation || r.n_alternatives > 1 ||
				   lic_view_match(negation, &r, &a, NOW) == opposite(t),
			   "%s: the negation answers so", licenses[i]);
		lic_buf_reset(&why);
		lic_view_why(v, &r, &a, NOW, &why);
		FUZZ_CHECK(fuzz_is_shown(lic_buf_str(&why)), "why");
	}
	lic_buf_release(&why);
}

/* --- the target ----------------------------------------------------------------------------- */

static struct lic_view *compile(const char *p, size_t n, unsigned flags, bool must)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_view *v = NULL;

	if (lic_view_compile(p, n, flags, lookup, NULL, &v, &err) < 0) {
		FUZZ_CHECK(!must, "'%.*s': %s", (int)n, p, err.msg);
		FUZZ_CHECK(err.code == EINVAL || err.code == EPERM || err.code == ELOOP, "%d",
			   err.code);
		FUZZ_CHECK(err.msg[0] && fuzz_is_shown(err.msg), "message: %s", err.msg);
		FUZZ_CHECK(!v, "a view in spite of an error");
	}
	return v;
}

/* Only where it is not too deep or too long for one pair of parentheses more. */
static struct lic_view *negate(const uint8_t *p, size_t n, unsigned flags)
{
	struct lic_buf text = LIC_BUF_INIT(LIC_EXPR_MAX);
	struct lic_view *v = NULL;

	lic_buf_adds(&text, "!(");
	lic_buf_add(&text, p, n);
	lic_buf_addc(&text, ')');
	if (flags & LIC_VIEW_FIND && !lic_buf_failed(&text))
		v = compile(text.data, text.len, flags, false);
	lic_buf_release(&text);
	return v;
}

static void check(const uint8_t *p, size_t n, unsigned flags)
{
	struct lic_buf text = LIC_BUF_INIT(TEXT_MAX), again = text;
	struct lic_view *v = compile((const char *)p, n, flags, false);
	struct lic_view *same = NULL, *negation;

	if (!v)
		return;
	print_node(&text, v->root, true);
	if (text.len <= LIC_EXPR_MAX) {
		same = compile(lic_buf_str(&text), text.len, flags, true);
		print_node(&again, same->root, true);
		FUZZ_CHECK(strcmp(lic_buf_str(&text), lic_buf_str(&again)) == 0, "'%s' is '%s'",
			   lic_buf_str(&text), lic_buf_str(&again));
		FUZZ_CHECK(v->asks == same->asks, "asks %x, %x", v->asks, same->asks);
		negation = negate(p, n, flags);
		check_answers(v, same, negation);
		lic_view_free(negation);
	}
	lic_view_free(v);
	lic_view_free(same);
	lic_buf_release(&text);
	lic_buf_release(&again);
}

void fuzz_view(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	(void)t;
	check(p, n, LIC_VIEW_FIND);
	check(p, n, LIC_VIEW_HAVE_BASIS);
	check(p, n, 0);
}
