/* SPDX-License-Identifier: Apache-2.0 */
/* Licenses that operators define themselves. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include <licensefs/license.h>

static const char prefix[] = "LicenseRef-";

const struct lic_license *lic_own_license_find(const struct lic_own_licenses *own, const char *id,
					       size_t n)
{
	for (size_t i = 0; own && i < own->n; i++)
		if (strlen(own->item[i].id) == n && memcmp(own->item[i].id, id, n) == 0)
			return &own->item[i];
	return NULL;
}

bool lic_own_license_is_id(const char *id, size_t n)
{
	size_t start = sizeof(prefix) - 1;

	if (n <= start || n > LIC_OWN_ID_MAX || memcmp(id, prefix, start) != 0)
		return false;
	for (size_t i = start; i < n; i++)
		if (!isalnum((unsigned char)id[i]) && id[i] != '-' && id[i] != '.')
			return false;
	return true;
}

/* Names of which a part stands for a family: an own one must not pass for a member of it. */
static bool looks_like_family(const char *id)
{
	static const char *const families[] = { "CC-", "CC0", "GFDL-", "LAL-", "OGL-UK-" };
	const char *bare = id + sizeof(prefix) - 1;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(families); i++)
		if (strncasecmp(bare, families[i], strlen(families[i])) == 0)
			return true;
	return false;
}

int lic_own_license_check(const char *id, struct lic_error *err)
{
	struct lic_parse parse;

	if (!lic_own_license_is_id(id, strlen(id)))
		return lic_error_set(err, EINVAL,
				     "the id of an own license is LicenseRef- and letters, digits, "
				     "'-' and '.', %d bytes at most",
				     LIC_OWN_ID_MAX);
	if (lic_license_find(id, strlen(id)))
		return lic_error_set(
			err, EINVAL,
			"'%s' is in the license table and cannot be defined otherwise; "
			"choose another id",
			id);
	lic_license_parse(LIC_CONTEXT_ANY, id, strlen(id), &parse);
	if (parse.kind != LIC_PARSE_UNRECOGNISED || looks_like_family(id))
		return lic_error_set(err, EINVAL,
				     "'%s' can be taken for another license; choose another id",
				     id);
	return 0;
}
