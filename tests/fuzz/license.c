/* SPDX-License-Identifier: Apache-2.0 */
/* The normaliser in every context, SPDX expressions, and keys of rights. */
#include <string.h>

#include <licensefs/rights.h>

#include "tests/fuzz/fuzz.h"

#define EXPRESSION_MAX 4096

/* What is printed reads back as itself. */
static void check_expression(const struct lic_expression *e)
{
	struct lic_buf text = LIC_BUF_INIT(EXPRESSION_MAX * 8), again = text;
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_expression back;

	lic_expression_format(e, &text);
	FUZZ_CHECK(lic_expression_parse(text.data, text.len, &back, &err) == 0, "'%s': %s",
		   lic_buf_str(&text), err.msg);
	lic_expression_format(&back, &again);
	FUZZ_CHECK(strcmp(lic_buf_str(&text), lic_buf_str(&again)) == 0, "'%s' reads as '%s'",
		   lic_buf_str(&text), lic_buf_str(&again));
	lic_buf_release(&text);
	lic_buf_release(&again);
}

/* AND permits nothing that one of its licenses alone does not, and strictness only takes away. */
static void check_terms(const struct lic_alternative *a)
{
	struct lic_terms terms, strict, one;

	FUZZ_CHECK(a->n && a->n <= LIC_OPERANDS_MAX, "%u operands", a->n);
	lic_alternative_terms(a, false, &terms);
	lic_alternative_terms(a, true, &strict);
	for (unsigned i = 0; i < a->n; i++) {
		struct lic_alternative single = { 1, { a->license[i] } };

		FUZZ_CHECK(!i || strcmp(a->license[i - 1]->id, a->license[i]->id) < 0, "order");
		lic_alternative_terms(&single, false, &one);
		FUZZ_CHECK(!(one.obligations & ~terms.obligations), "obligations of %s",
			   a->license[i]->id);
		for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
			FUZZ_CHECK(terms.permission[p] != LIC_ALLOWED ||
					   one.permission[p] == LIC_ALLOWED,
				   "%s permits %s", a->license[i]->id, lic_permission_name(p));
	}
	for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
		FUZZ_CHECK(strict.permission[p] != LIC_ALLOWED ||
				   terms.permission[p] == LIC_ALLOWED,
			   "strict permits %s", lic_permission_name(p));
}

void fuzz_spdx(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_expression e;

	(void)t;
	/* the search for what was meant is slow: not for every input */
	if (lic_expression_parse((const char *)p, n, &e, fuzz_choose(p, n, 0, 32) ? NULL : &err) <
	    0) {
		FUZZ_CHECK(fuzz_choose(p, n, 0, 32) ||
				   (err.code && err.msg[0] && fuzz_is_shown(err.msg)),
			   "'%s'", err.msg);
		return;
	}
	FUZZ_CHECK(e.n && e.n <= LIC_ALTERNATIVES_MAX, "%u alternatives", e.n);
	for (unsigned i = 0; i < e.n; i++)
		check_terms(&e.alternative[i]);
	check_expression(&e);
}

static bool is_license(const struct lic_parse *r)
{
	return r->kind == LIC_PARSE_LICENSE;
}

static void check_parse(enum lic_context context, const struct lic_parse *r)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_expression e;
	struct lic_parse again;
	size_t n = strnlen(r->expression, sizeof(r->expression));

	FUZZ_CHECK(r->kind <= LIC_PARSE_RESERVED, "kind %d", (int)r->kind);
	FUZZ_CHECK(n && n < sizeof(r->expression), "the expression ends");
	FUZZ_CHECK(r->rule != NULL, "rule");
	if (!is_license(r))
		return;
	FUZZ_CHECK(lic_expression_parse(r->expression, n, &e, &err) == 0, "%s: '%s': %s",
		   lic_context_name(context), r->expression, err.msg);
	check_expression(&e);
	lic_license_parse(LIC_CONTEXT_ANY, r->expression, n, &again);
	FUZZ_CHECK(again.kind == r->kind && strcmp(again.expression, r->expression) == 0,
		   "%s: '%s' reads as '%s'", lic_context_name(context), r->expression,
		   again.expression);
}

static bool permits_anything(const struct lic_parse *r)
{
	struct lic_expression e;
	struct lic_terms terms;

	if (!is_license(r) ||
	    lic_expression_parse(r->expression, strlen(r->expression), &e, NULL) < 0)
		return false;
	for (unsigned i = 0; i < e.n; i++) {
		lic_alternative_terms(&e.alternative[i], false, &terms);
		for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
			if (terms.permission[p] == LIC_ALLOWED)
				return true;
	}
	return false;
}

/* Whatever was said, "All rights reserved" as a sentence of its own: nothing is permitted. */
static void check_reserved(const uint8_t *p, size_t n)
{
	static const char reserved[] = "\n\nAll rights reserved.\n";
	struct lic_buf b = LIC_BUF_INIT(LIC_PARSE_MAX);
	struct lic_parse r;

	lic_buf_add(&b, p, n);
	lic_buf_adds(&b, reserved);
	if (!lic_buf_failed(&b)) {
		lic_license_parse(LIC_CONTEXT_ANY, b.data, b.len, &r);
		FUZZ_CHECK(!permits_anything(&r), "reserved, and %s", r.expression);
	}
	lic_buf_release(&b);
}

void fuzz_license(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	size_t twice = fuzz_choose(p, n, 0, LIC_CONTEXT_COUNT);

	(void)t;
	for (unsigned i = 0; i < LIC_CONTEXT_COUNT; i++) {
		struct lic_parse r, again;

		lic_license_parse((enum lic_context)i, (const char *)p, n, &r);
		check_parse((enum lic_context)i, &r);
		if (i != twice)
			continue;
		lic_license_parse((enum lic_context)i, (const char *)p, n, &again);
		FUZZ_CHECK(r.kind == again.kind && strcmp(r.expression, again.expression) == 0 &&
				   r.rule == again.rule,
			   "%s is not deterministic", lic_context_name((enum lic_context)i));
	}
	check_reserved(p, n);
}

void fuzz_key(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	struct lic_buf key = LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX);
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_rights r;

	(void)t;
	if (lic_rights_from_key((const char *)p, n, &r, &err) == 0) {
		lic_rights_key(&r, &key);
		FUZZ_CHECK(key.len == n && memcmp(key.data, p, n) == 0, "'%s'", lic_buf_str(&key));
		FUZZ_CHECK(r.status < LIC_STATUS_COUNT, "status");
		for (unsigned i = 0; i < r.n_alternatives; i++)
			for (unsigned k = 0; k < LIC_PERMISSION_COUNT; k++)
				FUZZ_CHECK(r.status == LIC_STATUS_CLEAR ||
						   r.alternative[i].permission[k] != LIC_ALLOWED,
					   "%s permits", lic_status_name(r.status));
	}
	lic_buf_release(&key);
}
