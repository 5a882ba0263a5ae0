/* SPDX-License-Identifier: Apache-2.0 */
/* An image of Openverse's API (api.openverse.org, v1). */
#include <stdio.h>
#include <string.h>

#include "fs/evidence/shape.h"

static bool is_openverse(const struct lic_record *d, const char *at)
{
	return lic_record_find(d, at, "foreign_landing_url") && lic_record_find(d, at, "license") &&
	       (lic_record_find(d, at, "license_version") || lic_record_find(d, at, "provider"));
}

/* The address of "by" and "2.0", as far as all jurisdictions share it. */
static bool is_same_license(const char *url, const char *unit, const char *version)
{
	static const struct {
		const char *unit, *path;
	} special[] = { { "cc0", "/publicdomain/zero/" }, { "pdm", "/publicdomain/mark/" } };
	const char *host = strstr(url, "creativecommons.org/");
	char path[64];

	if (!host || strlen(unit) > 16 || strlen(version) > 8)
		return false;
	snprintf(path, sizeof(path), "/licenses/%s/", unit);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(special); i++)
		if (strcmp(special[i].unit, unit) == 0)
			snprintf(path, sizeof(path), "%s", special[i].path);
	host += strlen("creativecommons.org");
	return strncmp(host, path, strlen(path)) == 0 &&
	       strncmp(host + strlen(path), version, strlen(version)) == 0;
}

/* Only the address knows the jurisdiction, so it alone speaks where it says the same. */
void lic_shape_openverse_license(struct lic_reading *r, uint32_t packet, const char *unit,
				 const char *version, const char *url)
{
	char text[64];

	if (*url)
		lic_shape_add_text(r, "license_url", packet, LIC_ROLE_LICENSE, LIC_CONTEXT_ANY, url,
				   url);
	if (!*unit || is_same_license(url, unit, version))
		return;
	if (snprintf(text, sizeof(text), "%s%s%s", unit, *version ? " " : "", version) >=
	    (int)sizeof(text))
		snprintf(text, sizeof(text), "not a license of Openverse");
	lic_shape_add_text(r, "license", packet, LIC_ROLE_LICENSE, LIC_CONTEXT_OPENVERSE, text,
			   text);
}

static void openverse_claims(struct lic_reading *r, const struct lic_record *d, const char *at)
{
	uint32_t packet = lic_reading_packet(r);

	lic_shape_openverse_license(r, packet, lic_record_text(d, at, "license"),
				    lic_record_text(d, at, "license_version"),
				    lic_record_text(d, at, "license_url"));
	lic_shape_add(r, d, at, "attribution", packet, LIC_ROLE_CAPTION, LIC_CONTEXT_ANY);
	lic_shape_add(r, d, at, "creator", packet, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY);
	lic_shape_add(r, d, at, "title", packet, LIC_ROLE_TITLE, LIC_CONTEXT_ANY);
	lic_shape_add(r, d, at, "foreign_landing_url", packet, LIC_ROLE_SOURCE_URL,
		      LIC_CONTEXT_ANY);
}

const struct lic_shape lic_shape_openverse = { "openverse", is_openverse, openverse_claims };
