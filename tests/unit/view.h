/* SPDX-License-Identifier: Apache-2.0 */
/* Rights made of license expressions, and views asked about them. */
#ifndef LICENSEFS_TESTS_VIEW_H
#define LICENSEFS_TESTS_VIEW_H

#include <licensefs/view.h>

#include "tests/unit/tap.h"

#define NOW 1000000
#define T LIC_ALLOWED
#define F LIC_FORBIDDEN
#define U LIC_UNKNOWN

/* Rights as the resolver makes them of one license expression. */
_unused_ static struct lic_rights rights_of(const char *expression)
{
	struct lic_rights r = { .status = LIC_STATUS_CLEAR };
	struct lic_expression e = { 0 };

	snprintf(r.license, sizeof(r.license), "%s", expression);
	if (lic_expression_parse(expression, strlen(expression), &e, NULL) < 0) {
		r.status = LIC_STATUS_UNLICENSED;
		return r;
	}
	r.n_alternatives = e.n;
	for (unsigned i = 0; i < e.n; i++)
		lic_alternative_terms(&e.alternative[i], false, &r.alternative[i]);
	return r;
}

_unused_ static struct lic_view *compile(const char *expr, unsigned flags)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_view *v = NULL;

	if (lic_view_compile(expr, strlen(expr), flags, NULL, NULL, &v, &err) < 0)
		printf("# %s\n", err.msg);
	return v;
}

_unused_ static enum lic_tri ask(const char *expr, unsigned flags, const struct lic_rights *r,
				 const struct lic_asset *a)
{
	struct lic_view *v = compile(expr, flags);
	enum lic_tri t;

	if (!v)
		return (enum lic_tri) - 1;
	t = lic_view_match(v, r, a, NOW);
	lic_view_free(v);
	return t;
}

#endif
