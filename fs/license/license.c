/* SPDX-License-Identifier: Apache-2.0 */
/* The license table: finding rows, names of its values, which licenses may clear an image. */
#include <licensefs/text.h>

#include "fs/license/tables.h"

const char *lic_permission_name(enum lic_permission p)
{
	static const char *const names[] = { "noncommercial-use", "commercial-use", "redistribute",
					     "derive", "share-adaptations" };

	return (unsigned)p < LIC_ARRAY_SIZE(names) ? names[p] : "unknown";
}

const char *lic_tri_name(enum lic_tri t)
{
	static const char *const names[] = { "unknown", "forbidden", "allowed" };

	return (unsigned)t < LIC_ARRAY_SIZE(names) ? names[t] : "unknown";
}

const char *lic_obligation_name(unsigned bit)
{
	switch (bit) {
	case LIC_OBLIGATION_ATTRIBUTION:
		return "attribution";
	case LIC_OBLIGATION_NOTICE:
		return "notice";
	case LIC_OBLIGATION_SHAREALIKE:
		return "sharealike";
	default:
		return "unknown";
	}
}

static const char *const context_names[LIC_CONTEXT_COUNT] = {
	[LIC_CONTEXT_ANY] = "any",
	[LIC_CONTEXT_FLICKR_NAME] = "flickr-name",
	[LIC_CONTEXT_INATURALIST] = "inaturalist",
	[LIC_CONTEXT_INATURALIST_NUMBER] = "inaturalist-number",
	[LIC_CONTEXT_COMMONS] = "commons",
	[LIC_CONTEXT_OPENVERSE] = "openverse",
	[LIC_CONTEXT_EUROPEANA] = "europeana",
	[LIC_CONTEXT_GBIF] = "gbif",
	[LIC_CONTEXT_ZENODO] = "zenodo",
	[LIC_CONTEXT_DATACITE] = "datacite",
	[LIC_CONTEXT_SMITHSONIAN] = "smithsonian",
	[LIC_CONTEXT_MET] = "met",
	[LIC_CONTEXT_PLUS_COPYRIGHTSTATUS] = "plus-copyrightstatus",
	[LIC_CONTEXT_XMPRIGHTS_MARKED] = "xmprights-marked",
	[LIC_CONTEXT_RIGHTSSTATEMENTS] = "rightsstatements",
	[LIC_CONTEXT_FLICKR_ID] = "flickr-id",
	[LIC_CONTEXT_CCREL] = "ccrel",
};

const char *lic_context_name(enum lic_context c)
{
	return (unsigned)c < LIC_CONTEXT_COUNT ? context_names[c] : "unknown";
}

int lic_context_find(const char *name, size_t n)
{
	for (int i = 0; i < LIC_CONTEXT_COUNT; i++)
		if (strlen(context_names[i]) == n && !memcmp(context_names[i], name, n))
			return i;
	return -1;
}

static int compare_folded(const char *id, size_t n, const char *row)
{
	int c = strncasecmp(id, row, n);

	return c ? c : -(row[n] != '\0');
}

const struct lic_license *lic_license_find(const char *id, size_t n)
{
	size_t lo = 0, hi = lic_license_count;

	if (!n || memchr(id, '\0', n))
		return NULL;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct lic_license *l = &lic_license_table[lic_license_folded[mid]];
		int c = compare_folded(id, n, l->id);

		if (!c)
			return l;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const struct lic_license *lic_license_at(size_t i)
{
	return i < lic_license_count ? &lic_license_table[i] : NULL;
}

bool lic_license_is_near(const char *s, size_t n, const char *id)
{
	size_t len = strlen(id), common = strncasecmp(id, "LicenseRef-", 11) == 0 ? 11 : 0;

	return lic_text_distance(s, n, id, len) <= (len - common + 1) / 3;
}

bool lic_license_clears(const struct lic_license *l, bool strict_statements)
{
	if (l->scope & (LIC_SCOPE_WORK | LIC_SCOPE_CONTENTS))
		return true;
	return !strict_statements && (l->scope & LIC_SCOPE_STATEMENT) &&
	       l->status == LIC_LICENSE_OPEN;
}

/* Dedications, and statements that no copyright stands in the way. Licenses that merely ask for
 * nothing (DL-DE-ZERO-2.0, "copyrighted free use") are not among them: the copyright remains. */
bool lic_license_is_public_domain(const struct lic_license *l)
{
	static const char *const ids[] = { "CC0-1.0",
					   "CC-PDM-1.0",
					   "CC-PDDC",
					   "PDDL-1.0",
					   "LicenseRef-PublicDomain-Unspecified",
					   "LicenseRef-USGov-PD" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(ids); i++)
		if (!strcmp(l->id, ids[i]))
			return true;
	return false;
}

static enum lic_tri intersect(enum lic_tri a, enum lic_tri b)
{
	if (a == LIC_FORBIDDEN || b == LIC_FORBIDDEN)
		return LIC_FORBIDDEN;
	return a == LIC_ALLOWED && b == LIC_ALLOWED ? LIC_ALLOWED : LIC_UNKNOWN;
}

void lic_alternative_terms(const struct lic_alternative *a, bool strict_statements,
			   struct lic_terms *ret)
{
	struct lic_terms t = { 0 };

	for (int p = 0; a->n && p < LIC_PERMISSION_COUNT; p++)
		t.permission[p] = LIC_ALLOWED;
	for (size_t i = 0; i < a->n; i++) {
		const struct lic_license *l = a->license[i];
		bool clears = lic_license_clears(l, strict_statements);

		for (int p = 0; p < LIC_PERMISSION_COUNT; p++) {
			enum lic_tri mine = l->permission[p];

			if (!clears && mine == LIC_ALLOWED)
				mine = LIC_UNKNOWN;
			t.permission[p] = intersect(t.permission[p], mine);
		}
		t.obligations |= l->obligations;
		t.ml_prohibited |= l->ml_clause == LIC_ML_PROHIBITED;
	}
	*ret = t;
}
