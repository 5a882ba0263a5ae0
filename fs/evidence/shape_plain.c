/* SPDX-License-Identifier: Apache-2.0 */
/* A flat object whose keys say what they are: what people and programs write beside an image. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "fs/evidence/shape.h"

#define KEY_MAX 32

/* Keys in lower case without what is no letter or digit, and without a prefix up to a colon. */
static const struct {
	const char *key;
	struct lic_field field;
} keys[] = {
	{ "license", { NULL, LIC_ROLE_LICENSE, 0, 0 } },
	{ "licence", { NULL, LIC_ROLE_LICENSE, 0, 0 } },
	{ "licenses", { NULL, LIC_ROLE_LICENSE, 0, 0 } },
	{ "licences", { NULL, LIC_ROLE_LICENSE, 0, 0 } },
	{ "licenseid", { NULL, LIC_ROLE_LICENSE, 0, 0 } },
	{ "licensename", { NULL, LIC_ROLE_LICENSE, 0, 0 } },
	{ "licencename", { NULL, LIC_ROLE_LICENSE, 0, 0 } },
	{ "licensetype", { NULL, LIC_ROLE_LICENSE, 0, 0 } },
	{ "licensing", { NULL, LIC_ROLE_LICENSE, 0, 0 } },
	{ "usageterms", { NULL, LIC_ROLE_LICENSE, 0, 0 } },
	{ "spdxlicenseidentifier", { NULL, LIC_ROLE_LICENSE, 0, 0 } },
	{ "licenseurl", { NULL, LIC_ROLE_WEBSTATEMENT, 0, 0 } },
	{ "licenceurl", { NULL, LIC_ROLE_WEBSTATEMENT, 0, 0 } },
	{ "licenselink", { NULL, LIC_ROLE_WEBSTATEMENT, 0, 0 } },
	{ "webstatement", { NULL, LIC_ROLE_WEBSTATEMENT, 0, 0 } },
	{ "rights", { NULL, LIC_ROLE_COPYRIGHT, 0, 0 } },
	{ "usagerights", { NULL, LIC_ROLE_COPYRIGHT, 0, 0 } },
	{ "rightsstatement", { NULL, LIC_ROLE_COPYRIGHT, 0, 0 } },
	{ "copyright", { NULL, LIC_ROLE_COPYRIGHT, 0, 0 } },
	{ "copyrightnotice", { NULL, LIC_ROLE_COPYRIGHT, 0, 0 } },
	{ "copyrighttext", { NULL, LIC_ROLE_COPYRIGHT, 0, 0 } },
	{ "attribution", { NULL, LIC_ROLE_CAPTION, 0, 0 } },
	{ "restrictions", { NULL, LIC_ROLE_CAPTION, 0, 0 } },
	{ "description", { NULL, LIC_ROLE_CAPTION, 0, 0 } },
	{ "caption", { NULL, LIC_ROLE_CAPTION, 0, 0 } },
	{ "creator", { NULL, LIC_ROLE_CREATOR, 0, 0 } },
	{ "author", { NULL, LIC_ROLE_CREATOR, 0, 0 } },
	{ "artist", { NULL, LIC_ROLE_CREATOR, 0, 0 } },
	{ "photographer", { NULL, LIC_ROLE_CREATOR, 0, 0 } },
	{ "authorname", { NULL, LIC_ROLE_CREATOR, 0, 0 } },
	{ "creatorname", { NULL, LIC_ROLE_CREATOR, 0, 0 } },
	{ "attributionname", { NULL, LIC_ROLE_CREATOR, 0, 0 } },
	{ "credit", { NULL, LIC_ROLE_CREATOR, 0, 0 } },
	{ "creditline", { NULL, LIC_ROLE_CREATOR, 0, 0 } },
	{ "title", { NULL, LIC_ROLE_TITLE, 0, 0 } },
	{ "source", { NULL, LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0 } },
	{ "sourceurl", { NULL, LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0 } },
	{ "url", { NULL, LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0 } },
	{ "pageurl", { NULL, LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0 } },
	{ "landingurl", { NULL, LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0 } },
	{ "originalurl", { NULL, LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0 } },
	{ "imageurl", { NULL, LIC_ROLE_SOURCE_URL, LIC_FIELD_URL, 0 } },
	{ "datamining", { NULL, LIC_ROLE_RESERVATION, LIC_FIELD_DATA_MINING, 0 } },
	{ "tdmreservation", { NULL, LIC_ROLE_RESERVATION, LIC_FIELD_TDM, 0 } },
};

/* Members of a value that is an object, and of the items of one that is a list. */
static const char *const inner[] = { "name",  "id",   "title",	"label",
				     "value", "text", "@value", "_content" };
static const char *const addresses[] = { "url", "href", "uri", "@id", "link", "path" };

/* What collections of many images have at their top. */
static const char *const collections[] = { "images", "categories", "photos", "items", "features" };

/* What labels of one image have: licenses beside them may be the labels', and so only restrict. */
static const char *const labels[] = { "annotations", "shapes" };

static bool is_word_of(const char *s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(s, words[i]) == 0)
			return true;
	return false;
}

/* The first key of a path, made plain; what stands behind it, and a number of an item there. */
static const char *first_key(const char *path, char key[KEY_MAX])
{
	size_t n = 0;

	for (; *path && *path != '.' && *path != '['; path++) {
		if (*path == ':')
			n = 0;
		else if (isalnum((unsigned char)*path) && n < KEY_MAX - 1)
			key[n++] = (char)tolower((unsigned char)*path);
	}
	key[n] = '\0';
	if (*path == '[') {
		path += strcspn(path, "]");
		path += *path == ']';
	}
	return *path == '.' ? path + 1 : path;
}

/* The path of a member below `at`, NULL where it stands elsewhere. */
static const char *below(const struct lic_member *m, const char *at)
{
	const char *path = (const char *)m->path.p;
	size_t n = strlen(at);

	if (strncmp(path, at, n) != 0 || (n && path[n] != '.'))
		return NULL;
	return n ? path + n + 1 : path;
}

static bool field_of(const char *path, struct lic_field *ret)
{
	char key[KEY_MAX];
	const char *rest = first_key(path, key);
	bool is_address = *rest && is_word_of(rest, addresses, LIC_ARRAY_SIZE(addresses));

	if (*rest && !is_address && !is_word_of(rest, inner, LIC_ARRAY_SIZE(inner)))
		return false;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].key, key) != 0)
			continue;
		*ret = keys[i].field;
		ret->name = path;
		if (is_address && ret->role == LIC_ROLE_LICENSE)
			ret->role = LIC_ROLE_WEBSTATEMENT;
		else if (is_address && ret->role != LIC_ROLE_SOURCE_URL)
			return false;
		/* a number in somebody's database */
		return strcasecmp(rest, "id") != 0 || ret->role == LIC_ROLE_LICENSE;
	}
	return false;
}

/* "noai": true */
static bool is_refusal(const char *path, const struct lic_member *m)
{
	static const char *const words[] = { "noai", "noimageai", "notrain", "optout", "aioptout" };
	const char *v = (const char *)m->value.p;
	char key[KEY_MAX];

	return !*first_key(path, key) && is_word_of(key, words, LIC_ARRAY_SIZE(words)) && *v &&
	       strcasecmp(v, "false") != 0 && strcmp(v, "0") != 0 && strcasecmp(v, "no") != 0;
}

static bool has_any(const struct lic_record *d, const char *at, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lic_record_has(d, at, words[i]) && !lic_record_find(d, at, words[i]))
			return true;
	return false;
}

static bool is_plain(const struct lic_record *d, const char *at)
{
	if (has_any(d, at, collections, LIC_ARRAY_SIZE(collections)))
		return false;
	for (size_t i = 0; i < d->n; i++) {
		const char *path = below(&d->item[i], at);
		struct lic_field f;

		if (path && (is_refusal(path, &d->item[i]) || field_of(path, &f)))
			return true;
	}
	return false;
}

void lic_shape_plain_claims(struct lic_reading *r, const struct lic_record *d, const char *at,
			    uint32_t packet)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct lic_member *m = &d->item[i];
		const char *path = below(m, at);
		struct lic_field f;

		if (!path)
			continue;
		if (is_refusal(path, m)) {
			f = (struct lic_field){ path, LIC_ROLE_RESERVATION, 0, 0 };
			lic_reading_add_as(r, "JSON", &f, packet, m->value.p, m->value.n, "opt-out",
					   LIC_RESERVE_TRAINING | LIC_RESERVE_INPUT);
		} else if (field_of(path, &f)) {
			lic_reading_add(r, "JSON", &f, packet, LIC_CHARSET_GUESS, m->value.p,
					m->value.n);
		}
	}
}

static void plain_claims(struct lic_reading *r, const struct lic_record *d, const char *at)
{
	const enum lic_rank rank = r->rank;

	if (has_any(d, at, labels, LIC_ARRAY_SIZE(labels)))
		r->rank = LIC_RANK_NONE;
	lic_shape_plain_claims(r, d, at, lic_reading_packet(r));
	r->rank = rank;
}

const struct lic_shape lic_shape_plain = { "plain", is_plain, plain_claims };
