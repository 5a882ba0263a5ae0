/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX license expressions in disjunctive form: recursive descent over OR, AND and parentheses. */
#include <errno.h>

#include <licensefs/license.h>
#include <licensefs/text.h>

#include "fs/license/expression.h"

#define DEPTH_MAX 16 /* of parentheses: each level keeps two expressions on the stack */

struct parser {
	const char *s;
	size_t n, pos;
	const char *word; /* current token; a parenthesis, a word, or empty at the end */
	size_t len;
	unsigned depth;
	struct lic_error *err;
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-' || c == '+' || c == ':';
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void next(struct parser *p)
{
	while (p->pos < p->n && is_space(p->s[p->pos]))
		p->pos++;
	p->word = p->s + p->pos;
	p->len = 0;
	while (p->pos + p->len < p->n && is_word(p->word[p->len]))
		p->len++;
	if (!p->len && p->pos < p->n)
		p->len = 1; /* a parenthesis, or a character that belongs nowhere */
	p->pos += p->len;
}

static size_t column(const struct parser *p)
{
	return p->pos - p->len + 1;
}

static bool at(const struct parser *p, const char *word)
{
	return p->len == strlen(word) && !strncasecmp(p->word, word, p->len);
}

static int syntax(struct parser *p, const char *expected)
{
	struct lic_buf shown = LIC_BUF_INIT(256);
	int r;

	if (!p->len)
		return lic_error_set(p->err, EINVAL,
				     "the license expression ends at column %zu: expected %s",
				     column(p), expected);
	lic_text_quote(&shown, p->word, p->len);
	r = lic_error_set(p->err, EINVAL,
			  "unexpected %s at column %zu of the license expression: "
			  "expected %s",
			  lic_buf_str(&shown), column(p), expected);
	lic_buf_release(&shown);
	return r;
}

static int too_many(struct parser *p)
{
	return lic_error_set(p->err, EINVAL,
			     "license expression has more than %d alternatives, or more than %d "
			     "licenses in one, at column %zu: state fewer",
			     LIC_ALTERNATIVES_MAX, LIC_OPERANDS_MAX, column(p));
}

static bool alternative_equal(const struct lic_alternative *a, const struct lic_alternative *b)
{
	return a->n == b->n && !memcmp(a->license, b->license, a->n * sizeof(a->license[0]));
}

bool lic_expression_add(struct lic_expression *e, const struct lic_alternative *a)
{
	for (size_t i = 0; i < e->n; i++)
		if (alternative_equal(&e->alternative[i], a))
			return true;
	if (e->n == LIC_ALTERNATIVES_MAX)
		return false;
	e->alternative[e->n++] = *a;
	return true;
}

/* Rows lie in byte order of ids, so pointers into the table order them. */
static bool add_license(struct lic_alternative *a, const struct lic_license *l)
{
	size_t i = 0;

	while (i < a->n && a->license[i] < l)
		i++;
	if (i < a->n && a->license[i] == l)
		return true;
	if (a->n == LIC_OPERANDS_MAX)
		return false;
	memmove(&a->license[i + 1], &a->license[i], (a->n - i) * sizeof(a->license[0]));
	a->license[i] = l;
	a->n++;
	return true;
}

/* (A OR B) AND (C OR D) is A AND C, A AND D, B AND C, B AND D. */
bool lic_expression_multiply(struct lic_expression *e, const struct lic_expression *by)
{
	struct lic_expression product = { 0 };

	for (size_t i = 0; i < e->n; i++)
		for (size_t k = 0; k < by->n; k++) {
			struct lic_alternative a = e->alternative[i];

			for (size_t j = 0; j < by->alternative[k].n; j++)
				if (!add_license(&a, by->alternative[k].license[j]))
					return false;
			if (!lic_expression_add(&product, &a))
				return false;
		}
	*e = product;
	return true;
}

static const char *nearest_license(const char *s, size_t n)
{
	const char *ids[4096];
	const char *nearest;
	size_t k = 0;

	for (const struct lic_license *l; k < LIC_ARRAY_SIZE(ids) && (l = lic_license_at(k)); k++)
		ids[k] = l->id;
	nearest = lic_text_nearest(s, n, ids, k);
	return nearest && lic_license_is_near(s, n, nearest) ? nearest : NULL;
}

static int unknown_license(struct parser *p)
{
	struct lic_buf shown = LIC_BUF_INIT(256);
	const char *nearest;
	int r;

	if (!p->err) /* the search is slow, and nobody reads what it finds */
		return -EINVAL;
	nearest = nearest_license(p->word, p->len);
	lic_text_quote(&shown, p->word, p->len);
	if (nearest)
		r = lic_error_set(p->err, EINVAL,
				  "unknown license %s at column %zu: \"%s\" is near",
				  lic_buf_str(&shown), column(p), nearest);
	else
		r = lic_error_set(p->err, EINVAL,
				  "unknown license %s at column %zu: see 'licensefs license list'",
				  lic_buf_str(&shown), column(p));
	lic_buf_release(&shown);
	return r;
}

static int parse_or(struct parser *p, struct lic_expression *ret);

static int parse_primary(struct parser *p, struct lic_expression *ret)
{
	const struct lic_license *l;
	int r;

	if (at(p, "(")) {
		if (++p->depth > DEPTH_MAX)
			return syntax(p, "less nesting");
		next(p);
		r = parse_or(p, ret);
		if (r < 0)
			return r;
		if (!at(p, ")"))
			return syntax(p, "')'");
		p->depth--;
		next(p);
		return 0;
	}
	if (!p->len || !is_word(*p->word) || at(p, "or") || at(p, "and") || at(p, "with"))
		return syntax(p, "a license id");
	l = lic_license_find(p->word, p->len);
	if (!l)
		return unknown_license(p);
	*ret = (struct lic_expression){ .n = 1, .alternative = { { .n = 1, .license = { l } } } };
	next(p);
	/* No exception is in the table, and what it would change is unknown. */
	if (at(p, "with"))
		return syntax(p, "AND, OR or the end: no license exception is known");
	return 0;
}

static int parse_and(struct parser *p, struct lic_expression *ret)
{
	struct lic_expression operand;
	int r = parse_primary(p, ret);

	while (r >= 0 && at(p, "and")) {
		next(p);
		r = parse_primary(p, &operand);
		if (r >= 0 && !lic_expression_multiply(ret, &operand))
			r = too_many(p);
	}
	return r;
}

static int parse_or(struct parser *p, struct lic_expression *ret)
{
	struct lic_expression operand;
	int r = parse_and(p, ret);

	while (r >= 0 && at(p, "or")) {
		next(p);
		r = parse_and(p, &operand);
		for (size_t i = 0; r >= 0 && i < operand.n; i++)
			if (!lic_expression_add(ret, &operand.alternative[i]))
				r = too_many(p);
	}
	return r;
}

int lic_expression_parse(const char *s, size_t n, struct lic_expression *ret, struct lic_error *err)
{
	struct parser p = { .s = s, .n = n, .err = err };
	struct lic_expression e = { 0 };
	int r;

	next(&p);
	r = parse_or(&p, &e);
	if (r >= 0 && p.len)
		r = syntax(&p, "AND, OR or the end");
	if (r < 0)
		return r;
	*ret = e;
	return 0;
}

void lic_expression_format(const struct lic_expression *e, struct lic_buf *out)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct lic_alternative *a = &e->alternative[i];
		bool enclose = e->n > 1 && a->n > 1;

		if (i)
			lic_buf_adds(out, " OR ");
		if (enclose)
			lic_buf_addc(out, '(');
		for (size_t k = 0; k < a->n; k++) {
			if (k)
				lic_buf_adds(out, " AND ");
			lic_buf_adds(out, a->license[k]->id);
		}
		if (enclose)
			lic_buf_addc(out, ')');
	}
}
