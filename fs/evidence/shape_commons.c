/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wikimedia Commons' extmetadata (mediawiki CommonsMetadata), the values of which are HTML.
 *
 * LicenseShortName, License and LicenseUrl describe the "best" license of several; they are one
 * statement, so they conflict where they differ.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fs/evidence/shape.h"

#define PLACE_MAX 512

/* The path of extmetadata at `at`, which may be a page, an imageinfo or itself. */
static bool place_of(const struct lic_record *d, const char *at, char place[PLACE_MAX])
{
	static const char *const below[] = { "imageinfo[0].extmetadata", "extmetadata", "" };
	static const char *const sure[] = { "LicenseShortName.value", "UsageTerms.value",
					    "License.value",	      "Copyrighted.value",
					    "ObjectName.value",	      "ImageDescription.value",
					    "Artist.value",	      "NonFree.value",
					    "Restrictions.value" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(below); i++) {
		int n = snprintf(place, PLACE_MAX, "%s%s%s", at, *at && *below[i] ? "." : "",
				 below[i]);

		if (n < 0 || n >= PLACE_MAX)
			return false;
		for (size_t k = 0; k < LIC_ARRAY_SIZE(sure); k++)
			if (lic_record_find(d, place, sure[k]))
				return true;
	}
	return false;
}

static bool is_commons(const struct lic_record *d, const char *at)
{
	char place[PLACE_MAX];

	return place_of(d, at, place);
}

struct page {
	struct lic_reading *r;
	const struct lic_record *d;
	const char *place;
	uint32_t packet;
};

static const struct lic_member *field(const struct page *p, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%s.value", name);
	return lic_record_find(p->d, p->place, path);
}

static void add(struct page *p, const char *name, enum lic_role role)
{
	const struct lic_member *m = field(p, name);
	_cleanup_(lic_buf_release) struct lic_buf text = LIC_BUF_INIT(LIC_RECORD_VALUE_MAX * 4);

	if (!m)
		return;
	/* a value that was cut is longer than any limit: the claim's check must see it so */
	if (m->value.n >= LIC_RECORD_VALUE_MAX)
		lic_buf_add(&text, m->value.p, m->value.n);
	else
		lic_html_text(&text, (const char *)m->value.p, m->value.n,
			      role == LIC_ROLE_CREATOR);
	lic_shape_add_text(p->r, name, p->packet, role, LIC_CONTEXT_COMMONS,
			   (const char *)m->value.p, lic_buf_str(&text));
}

static bool is_true(const struct page *p, const char *name)
{
	const struct lic_member *m = field(p, name);

	return m && m->value.n && strcasecmp((const char *)m->value.p, "false") != 0 &&
	       strcmp((const char *)m->value.p, "0") != 0;
}

/* What takes back or narrows what the license says. */
static void add_limits(struct page *p)
{
	if (is_true(p, "NonFree"))
		lic_shape_add_text(p->r, "NonFree", p->packet, LIC_ROLE_LICENSE,
				   LIC_CONTEXT_COMMONS, (const char *)field(p, "NonFree")->value.p,
				   "non-free");
	if (is_true(p, "AttributionRequired"))
		lic_shape_add_text(p->r, "AttributionRequired", p->packet, LIC_ROLE_CONSTRAINT,
				   LIC_CONTEXT_ANY,
				   (const char *)field(p, "AttributionRequired")->value.p,
				   "CR-COI");
	/* the community doubts that the license holds: nobody can read it until that is settled */
	if (is_true(p, "DeletionReason"))
		lic_shape_add_text(p->r, "DeletionReason", p->packet, LIC_ROLE_LICENSE,
				   LIC_CONTEXT_COMMONS,
				   (const char *)field(p, "DeletionReason")->value.p,
				   "nominated for deletion");
	add(p, "Restrictions", LIC_ROLE_RELEASE);
	add(p, "Permission", LIC_ROLE_CAPTION);
	add(p, "Credit", LIC_ROLE_CAPTION);
}

static void add_address(struct page *p, const char *at)
{
	static const char *const names[] = { "imageinfo[0].descriptionurl", "descriptionurl" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(names); i++) {
		const char *s = lic_record_text(p->d, at, names[i]);

		if (*s)
			lic_shape_add_text(p->r, "descriptionurl", p->packet, LIC_ROLE_SOURCE_URL,
					   LIC_CONTEXT_ANY, s, s);
	}
}

static void commons_claims(struct lic_reading *r, const struct lic_record *d, const char *at)
{
	char place[PLACE_MAX];
	struct page p = { r, d, place, 0 };

	if (!place_of(d, at, place))
		return;
	p.packet = lic_reading_packet(r);
	add(&p, "LicenseShortName", LIC_ROLE_LICENSE);
	add(&p, "License", LIC_ROLE_LICENSE);
	add(&p, "LicenseUrl", LIC_ROLE_WEBSTATEMENT);
	add(&p, "UsageTerms", LIC_ROLE_COPYRIGHT);
	add_limits(&p);
	/* the credit line that the author asks for, else the author */
	add(&p,
	    field(&p, "Attribution") && field(&p, "Attribution")->value.n ? "Attribution"
									  : "Artist",
	    LIC_ROLE_CREATOR);
	add(&p, "ObjectName", LIC_ROLE_TITLE);
	add(&p, "ImageDescription", LIC_ROLE_CAPTION);
	add_address(&p, at);
}

const struct lic_shape lic_shape_commons = { "commons", is_commons, commons_claims };
