/* SPDX-License-Identifier: Apache-2.0 */
/* License expressions compared: equal, more specific, more narrow. */
#include "fs/rights/meaning.h"

/* Names of families without version: "CC BY-SA" beside "CC BY-SA 4.0" is no contradiction. */
static const char *const families[] = {
	"LicenseRef-CC-BY",    "LicenseRef-CC-BY-SA",	 "LicenseRef-CC-BY-ND",
	"LicenseRef-CC-BY-NC", "LicenseRef-CC-BY-NC-SA", "LicenseRef-CC-BY-NC-ND",
	"LicenseRef-GFDL",     "LicenseRef-LAL",	 "LicenseRef-OGL-UK",
};

static const char *bare(const char *id)
{
	static const char prefix[] = "LicenseRef-";

	return strncmp(id, prefix, sizeof(prefix) - 1) == 0 ? id + sizeof(prefix) - 1 : id;
}

/* The part of `id` behind "family-", NULL if it is not of that family. */
static const char *member(const char *id, const char *family)
{
	size_t n = strlen(family);

	return strncmp(id, family, n) == 0 && id[n] == '-' ? id + n + 1 : NULL;
}

static bool is_cc(const char *id)
{
	return strncmp(bare(id), "CC-", 3) == 0 || strncmp(bare(id), "CC0-", 4) == 0;
}

/* "GFDL-1.2" is the deprecated name of a license that now must say "only" or "or-later". */
static bool refines_deprecated(const char *id, const char *family)
{
	return strncmp(family, "GFDL-1.", 7) == 0 && strlen(family) == 8 && member(id, family);
}

static bool license_refines(const struct lic_license *specific, const struct lic_license *family)
{
	const char *id = specific->id, *f = family->id;
	const char *rest;

	if (strcmp(id, f) == 0)
		return true;
	if (strcmp(f, "LicenseRef-AllRightsReserved") == 0)
		return specific->status == LIC_LICENSE_RESERVED;
	if (strcmp(f, "LicenseRef-CC-Unspecified") == 0)
		return is_cc(id) && strcmp(id, "CC-PDM-1.0") != 0;
	if (strcmp(f, "LicenseRef-SomeRightsReserved") == 0)
		return is_cc(id) && specific->obligations;
	if (strcmp(f, "LicenseRef-PublicDomain-Unspecified") == 0)
		return lic_license_is_public_domain(specific) ||
		       strcmp(id, "LicenseRef-USGov-PD") == 0;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(families); i++) {
		if (strcmp(f, families[i]) != 0)
			continue;
		rest = member(bare(id), bare(f));
		return rest && *rest >= '0' && *rest <= '9';
	}
	return refines_deprecated(id, f);
}

static int compare_alternatives(const void *pa, const void *pb)
{
	const struct lic_alternative *a = pa, *b = pb;

	for (unsigned i = 0; i < a->n && i < b->n; i++) {
		int c = strcmp(a->license[i]->id, b->license[i]->id);

		if (c)
			return c;
	}
	return (int)a->n - (int)b->n;
}

void expression_sort(struct lic_expression *e)
{
	unsigned kept = 0;

	if (!e->n)
		return;
	qsort(e->alternative, e->n, sizeof(e->alternative[0]), compare_alternatives);
	for (unsigned i = 1; i < e->n; i++)
		if (compare_alternatives(&e->alternative[kept], &e->alternative[i]) != 0)
			e->alternative[++kept] = e->alternative[i];
	e->n = (uint8_t)(kept + 1);
}

void expression_of(const struct lic_license *license, struct lic_expression *ret)
{
	*ret = (struct lic_expression){ 0 };
	if (!license)
		return;
	ret->n = 1;
	ret->alternative[0].n = 1;
	ret->alternative[0].license[0] = license;
}

bool expression_equal(const struct lic_expression *a, const struct lic_expression *b)
{
	if (a->n != b->n)
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (compare_alternatives(&a->alternative[i], &b->alternative[i]) != 0)
			return false;
	return true;
}

/* Each license of one has its counterpart in the other. */
static bool alternative_refines(const struct lic_alternative *specific,
				const struct lic_alternative *family)
{
	uint32_t covered = 0;

	for (unsigned i = 0; i < specific->n; i++) {
		bool found = false;

		for (unsigned k = 0; k < family->n; k++)
			if (license_refines(specific->license[i], family->license[k])) {
				found = true;
				covered |= 1u << k;
			}
		if (!found)
			return false;
	}
	return covered == (1u << family->n) - 1;
}

bool expression_refines(const struct lic_expression *specific, const struct lic_expression *family)
{
	uint32_t covered = 0;

	for (unsigned i = 0; i < specific->n; i++) {
		bool found = false;

		for (unsigned k = 0; k < family->n; k++)
			if (alternative_refines(&specific->alternative[i],
						&family->alternative[k])) {
				found = true;
				covered |= 1u << k;
			}
		if (!found)
			return false;
	}
	return specific->n && covered == (1u << family->n) - 1;
}

bool expression_grants(const struct lic_expression *e, bool strict)
{
	struct lic_terms t;

	for (unsigned i = 0; i < e->n; i++) {
		lic_alternative_terms(&e->alternative[i], strict, &t);
		for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
			if (t.permission[p] == LIC_ALLOWED)
				return true;
	}
	return false;
}

/* True where every alternative of `other` forbids something that `granted` permits. */
static bool forbids_part(const struct lic_expression *other, const struct lic_terms *granted,
			 bool strict)
{
	for (unsigned i = 0; i < other->n; i++) {
		struct lic_terms t;
		bool clash = false;

		lic_alternative_terms(&other->alternative[i], strict, &t);
		for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
			if (granted->permission[p] == LIC_ALLOWED &&
			    t.permission[p] == LIC_FORBIDDEN)
				clash = true;
		if (!clash)
			return false;
	}
	return other->n != 0;
}

bool expression_forbids(const struct lic_expression *other, const struct lic_expression *winner,
			bool strict)
{
	for (unsigned i = 0; i < winner->n; i++) {
		struct lic_terms t;

		lic_alternative_terms(&winner->alternative[i], strict, &t);
		if (forbids_part(other, &t, strict))
			return true;
	}
	return false;
}

bool expression_permits(const struct lic_expression *e, unsigned bits, bool strict)
{
	for (unsigned i = 0; i < e->n; i++) {
		struct lic_terms t;

		lic_alternative_terms(&e->alternative[i], strict, &t);
		for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
			if (bits & 1u << p && t.permission[p] == LIC_ALLOWED)
				return true;
	}
	return false;
}

static bool alternative_prohibits_ml(const struct lic_alternative *a)
{
	for (unsigned i = 0; i < a->n; i++)
		if (a->license[i]->ml_clause == LIC_ML_PROHIBITED)
			return true;
	return false;
}

bool expression_prohibits_ml(const struct lic_expression *e)
{
	for (unsigned i = 0; i < e->n; i++)
		if (!alternative_prohibits_ml(&e->alternative[i]))
			return false;
	return e->n != 0;
}
