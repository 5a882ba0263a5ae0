/* SPDX-License-Identifier: Apache-2.0 */
/* From a license expression to what reports say of it. */
#include <string.h>

#include "terms.h"

const char *terms_freedom(enum freedom f)
{
	static const char *const names[] = {
		[FREE_UNKNOWN] = "not known",	 [FREE_RESERVED] = "reserved",
		[FREE_LIMITED] = "limited use",	 [FREE_SHARED] = "share alike",
		[FREE_CREDITED] = "attribution", [FREE_DOMAIN] = "no conditions",
	};

	return (unsigned)f < FREE_COUNT ? names[f] : "not known";
}

const char *terms_permitted(const struct terms *t, enum lic_permission p)
{
	if (t->freedom == FREE_UNKNOWN)
		return "";
	if (t->differ & 1u << p)
		return "either";
	if (p == LIC_DERIVE && t->permission[p] == LIC_ALLOWED &&
	    t->permission[LIC_SHARE_ADAPTATIONS] == LIC_FORBIDDEN)
		return "privately";
	return t->permission[p] == LIC_ALLOWED	   ? "yes"
	       : t->permission[p] == LIC_FORBIDDEN ? "no"
						   : "?";
}

static enum freedom freedom_of(const struct lic_terms *t)
{
	if (t->permission[LIC_NONCOMMERCIAL_USE] != LIC_ALLOWED)
		return t->permission[LIC_NONCOMMERCIAL_USE] == LIC_FORBIDDEN ? FREE_RESERVED
									     : FREE_UNKNOWN;
	for (int p = 0; p < LIC_PERMISSION_COUNT; p++)
		if (t->permission[p] != LIC_ALLOWED)
			return FREE_LIMITED;
	if (t->obligations & LIC_OBLIGATION_SHAREALIKE)
		return FREE_SHARED;
	return t->obligations ? FREE_CREDITED : FREE_DOMAIN;
}

/* One alternative is enough: whoever uses the image chooses. */
static void merge(struct terms *t, const struct lic_terms *one, bool first)
{
	enum freedom f = freedom_of(one);

	for (int p = 0; p < LIC_PERMISSION_COUNT; p++) {
		if (!first && t->permission[p] != one->permission[p])
			t->differ |= 1u << p;
		if (one->permission[p] > t->permission[p])
			t->permission[p] = one->permission[p];
	}
	if (f > FREE_RESERVED)
		t->obligations = t->freedom > FREE_RESERVED ? t->obligations & one->obligations
							    : one->obligations;
	if (f > t->freedom)
		t->freedom = f;
}

void terms_of(const char *expression, const struct lic_own_licenses *own, struct terms *ret)
{
	const size_t n = strlen(expression);
	const struct lic_license *l = lic_license_find(expression, n);
	struct lic_expression e = { 0 };
	struct lic_terms one;

	*ret = (struct terms){ .freedom = FREE_UNKNOWN };
	if (!l)
		l = lic_own_license_find(own, expression, n);
	if (l) {
		ret->name = l->name;
		ret->url = l->url;
		e = (struct lic_expression){ .n = 1, .alternative = { { 1, { l } } } };
	} else if (!n || lic_expression_parse(expression, n, &e, NULL) < 0) {
		return;
	}
	for (unsigned i = 0; i < e.n; i++) {
		lic_alternative_terms(&e.alternative[i], false, &one);
		merge(ret, &one, i == 0);
	}
}
