/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Photos of the Flickr API: photos.getInfo, photos.search with extras, and what gallery-dl keeps of
 * them (flickr.com/services/api; gallery-dl 1.27 extractor/flickr.py).
 */
#include <stdio.h>
#include <string.h>

#include "fs/evidence/shape.h"

#define ADDRESS_MAX 512

static bool is_number(const char *s)
{
	return *s && s[strspn(s, "0123456789")] == '\0';
}

/* "98765432@N00" */
static bool is_nsid(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n && s[n] == '@' && (s[n + 1] == 'N' || s[n + 1] == 'n');
}

static const char *owner_id(const struct lic_record *d, const char *at)
{
	const char *nsid = lic_record_text(d, at, "owner.nsid");

	return *nsid ? nsid : lic_record_text(d, at, "owner");
}

static bool is_flickr(const struct lic_record *d, const char *at)
{
	if (!is_number(lic_record_text(d, at, "id")))
		return false;
	if (strcmp(lic_record_text(d, at, "category"), "flickr") == 0)
		return true;
	return is_nsid(owner_id(d, at)) &&
	       (lic_record_has(d, at, "license") || lic_record_has(d, at, "secret"));
}

/* The API knows titles and descriptions as strings and as objects. */
static void add_prose(struct lic_reading *r, const struct lic_record *d, const char *at,
		      const char *name, uint32_t packet, enum lic_role role)
{
	char inner[64];

	snprintf(inner, sizeof(inner), "%s._content", name);
	lic_shape_add(r, d, at, lic_record_find(d, at, name) ? name : inner, packet, role,
		      LIC_CONTEXT_ANY);
}

static void add_description(struct lic_reading *r, const struct lic_record *d, const char *at,
			    uint32_t packet)
{
	const struct lic_member *m = lic_record_find(d, at, "description");
	_cleanup_(lic_buf_release) struct lic_buf text = LIC_BUF_INIT(LIC_RECORD_VALUE_MAX * 4);

	if (!m)
		m = lic_record_find(d, at, "description._content");
	if (!m)
		return;
	lic_html_text(&text, (const char *)m->value.p, m->value.n, false);
	lic_shape_add_text(r, "description", packet, LIC_ROLE_CAPTION, LIC_CONTEXT_ANY,
			   (const char *)m->value.p, lic_buf_str(&text));
}

/* The name that a person chose to be known by. */
static void add_creator(struct lic_reading *r, const struct lic_record *d, const char *at,
			uint32_t packet)
{
	static const char *const names[] = { "owner.realname", "realname",	 "ownername",
					     "owner_name",     "owner.username", "username" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(names); i++) {
		if (!*lic_record_text(d, at, names[i]))
			continue;
		lic_shape_add(r, d, at, names[i], packet, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY);
		return;
	}
}

static bool add_stated_page(struct lic_reading *r, const struct lic_record *d, const char *at,
			    uint32_t packet)
{
	for (unsigned i = 0; i < 16; i++) {
		char type[32], content[32];

		snprintf(type, sizeof(type), "urls.url[%u].type", i);
		snprintf(content, sizeof(content), "urls.url[%u]._content", i);
		if (strcmp(lic_record_text(d, at, type), "photopage") != 0)
			continue;
		lic_shape_add_text(r, "urls", packet, LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY,
				   lic_record_text(d, at, content),
				   lic_record_text(d, at, content));
		return *lic_record_text(d, at, content);
	}
	return false;
}

static bool is_path_word(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_@.";

	return *s && s[strspn(s, letters)] == '\0';
}

/* Every photo's page is known by its owner and its id. */
static void add_page(struct lic_reading *r, const struct lic_record *d, const char *at,
		     uint32_t packet)
{
	const char *id = lic_record_text(d, at, "id");
	const char *owner = lic_record_text(d, at, "owner.path_alias");
	char address[ADDRESS_MAX];
	int n;

	if (add_stated_page(r, d, at, packet))
		return;
	if (!is_path_word(owner))
		owner = lic_record_text(d, at, "pathalias");
	if (!is_path_word(owner))
		owner = owner_id(d, at);
	n = snprintf(address, sizeof(address), "https://www.flickr.com/photos/%s/%s", owner, id);
	if (is_path_word(owner) && n < (int)sizeof(address))
		lic_shape_add_text(r, "id", packet, LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY, id,
				   address);
	else
		lic_shape_add(r, d, at, "url", packet, LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY);
}

/* gallery-dl has names for ids 0 to 10 alone: the number decides, and a name may only agree. */
static void flickr_claims(struct lic_reading *r, const struct lic_record *d, const char *at)
{
	uint32_t packet = lic_reading_packet(r);

	lic_shape_add(r, d, at, "license", packet, LIC_ROLE_LICENSE, LIC_CONTEXT_FLICKR_ID);
	lic_shape_add(r, d, at, "license_name", packet, LIC_ROLE_LICENSE, LIC_CONTEXT_FLICKR_NAME);
	lic_shape_add(r, d, at, "license_url", packet, LIC_ROLE_WEBSTATEMENT, LIC_CONTEXT_ANY);
	add_creator(r, d, at, packet);
	add_prose(r, d, at, "title", packet, LIC_ROLE_TITLE);
	add_description(r, d, at, packet);
	add_page(r, d, at, packet);
}

const struct lic_shape lic_shape_flickr = { "flickr", is_flickr, flickr_claims };
