/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens to a tree: recursive descent, bounded in depth and in nodes. Knows no words. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/view/syntax.h"

struct parser {
	struct lic_lexer lexer;
	struct lic_token token; /* the one to be looked at */
	struct lic_arena *arena;
	unsigned depth;
	unsigned *nodes;
};

static int parse_or(struct parser *p, struct lic_node **ret);

#define FAIL(p, at, ...)                                                                           \
	lic_source_error((p)->lexer.source, (at), (p)->lexer.err, EINVAL, __VA_ARGS__)

static int advance(struct parser *p, bool value)
{
	return lic_lexer_next(&p->lexer, value, &p->token);
}

static int new_node(struct parser *p, enum lic_node_kind kind, struct lic_node **ret)
{
	struct lic_node *n;

	if (++*p->nodes > LIC_EXPR_NODES)
		return FAIL(p, &p->token,
			    "the expression has more than %u conditions, "
			    "its views counted in; use fewer",
			    LIC_EXPR_NODES);
	n = lic_arena_alloc(p->arena, sizeof(*n));
	if (!n)
		return lic_error_set(p->lexer.err, ENOMEM, "out of memory for the expression");
	n->kind = kind;
	n->depth = p->lexer.source->depth + p->depth;
	*ret = n;
	return 0;
}

/* A token as messages name it. */
static const char *token_name(const struct lic_token *t, char *buf, size_t size)
{
	struct lic_buf shown = LIC_BUF_INIT(256);

	if (t->kind == LIC_TOKEN_END) {
		snprintf(buf, size, "the end");
		return buf;
	}
	lic_text_show(&shown, t->p, t->n < 48 ? t->n : 48);
	snprintf(buf, size, "'%s'", lic_buf_str(&shown));
	lic_buf_release(&shown);
	return buf;
}

static int parse_group(struct parser *p, struct lic_node **ret)
{
	struct lic_token open = p->token;
	char name[300];
	int r;

	if (p->lexer.source->depth + ++p->depth > LIC_EXPR_DEPTH)
		return FAIL(p, &open, "parentheses nest deeper than %u, use fewer", LIC_EXPR_DEPTH);
	r = advance(p, false);
	if (r == 0)
		r = parse_or(p, ret);
	if (r < 0)
		return r;
	if (p->token.kind == LIC_TOKEN_END)
		return FAIL(p, &open, "this parenthesis is never closed, add ')'");
	if (p->token.kind != LIC_TOKEN_CLOSE)
		return FAIL(p, &p->token, "expected '&', '|' or ')', not %s",
			    token_name(&p->token, name, sizeof(name)));
	p->depth--;
	return advance(p, false);
}

/* word(value), the parenthesis being the token. */
static int parse_scope(struct parser *p, struct lic_node *n)
{
	char name[300];
	int r = advance(p, true);

	if (r < 0)
		return r;
	if (p->token.kind != LIC_TOKEN_WORD)
		return FAIL(p, &p->token, "expected a scope, as in reserved(training), not %s",
			    token_name(&p->token, name, sizeof(name)));
	n->kind = LIC_NODE_SCOPED;
	n->value = p->token;
	r = advance(p, false);
	if (r < 0)
		return r;
	if (p->token.kind != LIC_TOKEN_CLOSE)
		return FAIL(p, &p->token, "expected ')' after the scope, not %s",
			    token_name(&p->token, name, sizeof(name)));
	return advance(p, false);
}

/* word = value, the operator being the token. */
static int parse_comparison(struct parser *p, struct lic_node *n)
{
	struct lic_token op = p->token;
	char name[300];
	int r = advance(p, true);

	if (r < 0)
		return r;
	if (p->token.kind != LIC_TOKEN_WORD && p->token.kind != LIC_TOKEN_STRING)
		return FAIL(p, p->token.kind == LIC_TOKEN_END ? &op : &p->token,
			    "expected a value, not %s; put special characters in quotes",
			    token_name(&p->token, name, sizeof(name)));
	n->kind = LIC_NODE_COMPARE;
	n->negated = op.kind == LIC_TOKEN_DIFFERENT;
	n->value = p->token;
	return advance(p, false);
}

static int parse_atom(struct parser *p, struct lic_node **ret)
{
	struct lic_node *n;
	char name[300];
	int r;

	if (p->token.kind == LIC_TOKEN_OPEN)
		return parse_group(p, ret);
	if (p->token.kind != LIC_TOKEN_WORD)
		return FAIL(p, &p->token, "expected a permission or another condition, not %s",
			    token_name(&p->token, name, sizeof(name)));
	r = new_node(p, LIC_NODE_WORD, &n);
	if (r < 0)
		return r;
	n->word = p->token;
	r = advance(p, false);
	if (r == 0 && p->token.kind == LIC_TOKEN_OPEN)
		r = parse_scope(p, n);
	else if (r == 0 &&
		 (p->token.kind == LIC_TOKEN_EQUAL || p->token.kind == LIC_TOKEN_DIFFERENT))
		r = parse_comparison(p, n);
	if (r == 0)
		*ret = n;
	return r;
}

static int parse_not(struct parser *p, struct lic_node **ret)
{
	bool negated = false;
	int r = 0;

	while (r == 0 && p->token.kind == LIC_TOKEN_NOT) {
		negated = !negated;
		r = advance(p, false);
	}
	if (r == 0)
		r = parse_atom(p, ret);
	if (r == 0 && negated)
		(*ret)->negated = !(*ret)->negated;
	return r;
}

static int parse_and(struct parser *p, struct lic_node **ret);

/* A chain of operands of `kind`; one operand alone stands for itself. */
static int parse_chain(struct parser *p, enum lic_node_kind kind, struct lic_node **ret)
{
	const enum lic_token_kind op = kind == LIC_NODE_AND ? LIC_TOKEN_AND : LIC_TOKEN_OR;
	struct lic_node *first, *last, *chain;
	int r = kind == LIC_NODE_AND ? parse_not(p, &first) : parse_and(p, &first);

	if (r < 0)
		return r;
	if (p->token.kind != op) {
		*ret = first;
		return 0;
	}
	r = new_node(p, kind, &chain);
	if (r < 0)
		return r;
	chain->child = last = first;
	while (p->token.kind == op) {
		r = advance(p, false);
		if (r == 0)
			r = kind == LIC_NODE_AND ? parse_not(p, &last->next)
						 : parse_and(p, &last->next);
		if (r < 0)
			return r;
		last = last->next;
	}
	*ret = chain;
	return 0;
}

static int parse_and(struct parser *p, struct lic_node **ret)
{
	return parse_chain(p, LIC_NODE_AND, ret);
}

static int parse_or(struct parser *p, struct lic_node **ret)
{
	return parse_chain(p, LIC_NODE_OR, ret);
}

int lic_source_parse(const struct lic_source *s, struct lic_arena *arena, unsigned *nodes,
		     struct lic_node **ret, struct lic_error *err)
{
	struct parser p = { .lexer = { s, 0, err }, .arena = arena, .nodes = nodes };
	struct lic_node *root;
	char name[300];
	int r;

	r = advance(&p, false);
	if (r < 0)
		return r;
	if (p.token.kind == LIC_TOKEN_END)
		return FAIL(&p, &p.token,
			    "the expression is empty, name a permission such as "
			    "commercial-use");
	r = parse_or(&p, &root);
	if (r < 0)
		return r;
	if (p.token.kind == LIC_TOKEN_CLOSE)
		return FAIL(&p, &p.token, "this ')' closes nothing");
	if (p.token.kind != LIC_TOKEN_END)
		return FAIL(&p, &p.token, "expected '&' or '|' before %s",
			    token_name(&p.token, name, sizeof(name)));
	*ret = root;
	return 0;
}
