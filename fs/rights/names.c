/* SPDX-License-Identifier: Apache-2.0 */
/* Names of statuses, and what may be read off finished rights. */
#include <licensefs/rights.h>

static const char *const names[LIC_STATUS_COUNT] = {
	[LIC_STATUS_UNREADABLE] = "unreadable", [LIC_STATUS_REVOKED] = "revoked",
	[LIC_STATUS_STALE] = "stale",		[LIC_STATUS_CONFLICT] = "conflict",
	[LIC_STATUS_UNLICENSED] = "unlicensed", [LIC_STATUS_CLEAR] = "clear",
};

const char *lic_status_name(enum lic_status s)
{
	return (unsigned)s < LIC_STATUS_COUNT ? names[s] : "unreadable";
}

int lic_status_find(const char *name, size_t n)
{
	for (int i = 0; i < LIC_STATUS_COUNT; i++)
		if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0)
			return i;
	return -1;
}

void lic_rights_init(struct lic_rights *r, enum lic_status status)
{
	memset(r, 0, sizeof(*r));
	r->status = status;
}

enum lic_tri lic_rights_permission(const struct lic_rights *r, enum lic_permission p)
{
	bool forbidden = r->n_alternatives > 0;

	for (unsigned i = 0; i < r->n_alternatives; i++) {
		uint8_t state = r->alternative[i].permission[p];

		if (state == LIC_ALLOWED && r->status == LIC_STATUS_CLEAR)
			return LIC_ALLOWED;
		if (state != LIC_FORBIDDEN)
			forbidden = false;
	}
	return forbidden ? LIC_FORBIDDEN : LIC_UNKNOWN;
}

static bool permits(const struct lic_terms *t)
{
	for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
		if (t->permission[p] == LIC_ALLOWED)
			return true;
	return false;
}

unsigned lic_rights_obligations(const struct lic_rights *r)
{
	unsigned all = ~0u, granted = ~0u;

	for (unsigned i = 0; i < r->n_alternatives; i++) {
		all &= r->alternative[i].obligations;
		if (permits(&r->alternative[i]))
			granted &= r->alternative[i].obligations;
	}
	if (granted != ~0u)
		return granted;
	return r->n_alternatives ? all : 0;
}

void lic_credit_release(struct lic_credit *c)
{
	if (!c)
		return;
	free(c->creator);
	free(c->title);
	free(c->source_url);
	free(c->license_url);
	*c = (struct lic_credit){ 0 };
}

const char *lic_release_name(enum lic_release r)
{
	static const char *const kinds[] = { "model", "property" };

	return (size_t)r < LIC_ARRAY_SIZE(kinds) ? kinds[r] : "unknown";
}
