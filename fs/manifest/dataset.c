/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptions of whole datasets, and the simple ones among their formats. */
#include <errno.h>
#include <string.h>

#include "fs/manifest/dataset.h"
#include "fs/manifest/readers.h"
#include "fs/manifest/records.h"

bool lic_dataset_path_is(const char *path, const char *pattern)
{
	while (*pattern) {
		if (strncmp(pattern, "[]", 2) == 0 && *path == '[') {
			path += strcspn(path, "]");
			path += *path == ']';
			pattern += 2;
		} else if (strcmp(pattern, "[]") == 0) {
			break;
		} else if (*path++ != *pattern++) {
			return false;
		}
	}
	return !*path;
}

void lic_dataset_begin(struct lic_manifest_reading *m)
{
	lic_row_begin(m);
	lic_row_key(m, LIC_KEY_ALL, NULL, 0);
}

void lic_dataset_claim(struct lic_manifest_reading *m, enum lic_role role, enum lic_context context,
		       const char *field, const char *text)
{
	lic_row_claim(m, LIC_RANK_DATASET, role, context, field, text, strlen(text));
}

void lic_dataset_claims(struct lic_manifest_reading *m, const struct lic_record *d,
			const struct lic_dataset_member *members, size_t n)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *path = (const char *)d->item[i].path.p;

		for (size_t k = 0; k < n; k++)
			if (lic_dataset_path_is(path, members[k].path))
				lic_dataset_claim(m, members[k].role, members[k].context, path,
						  (const char *)d->item[i].value.p);
	}
}

static bool states(const struct lic_claims *c, enum lic_role a, enum lic_role b)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->item[i].role == a || c->item[i].role == b)
			return true;
	return false;
}

void lic_dataset_say(struct lic_manifest_reading *m)
{
	if (!states(&m->claims, LIC_ROLE_LICENSE, LIC_ROLE_WEBSTATEMENT))
		lic_manifest_warn(m, "it states no license for the dataset");
	else if (!m->o->grant)
		lic_manifest_warn(m, "it licenses the dataset as a whole, and the pictures may be "
				     "others' all the same: nothing is granted; with --grant you "
				     "vouch for all of them");
}

int lic_dataset_end(struct lic_manifest_reading *m, struct lic_error *err)
{
	lic_dataset_say(m);
	return lic_row_end(m, 1, err);
}

/* --- formats that are a list of members ----------------------------------------------------- */

static int read_members(struct lic_manifest_reading *m, const struct lic_dataset_member *members,
			size_t n, struct lic_error *err)
{
	_cleanup_(lic_record_release) struct lic_record d = LIC_RECORD_INIT;
	int r = lic_record_read_file(m, &d, err);

	if (r < 0)
		return r;
	lic_dataset_begin(m);
	lic_dataset_claims(m, &d, members, n);
	return lic_dataset_end(m, err);
}

static bool is_object(const struct lic_peek *k)
{
	return k->first == '{' && !k->lines && !lic_peek_key(k, "images") &&
	       !lic_peek_key(k, "@context");
}

/* https://github.com/Kaggle/kaggle-api/wiki/Dataset-Metadata */
static int bid_kaggle(const struct lic_peek *k)
{
	if (!is_object(k) || !lic_peek_key(k, "licenses"))
		return 0;
	if (strcmp(k->name, "dataset-metadata.json") == 0)
		return 70;
	return lic_peek_key(k, "title") && lic_peek_key(k, "id") && !lic_peek_key(k, "name") ? 60
											     : 0;
}

static int read_kaggle(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_dataset_member members[] = {
		{ "licenses[].name", LIC_ROLE_LICENSE, LIC_CONTEXT_ANY },
		{ "title", LIC_ROLE_NONE, LIC_CONTEXT_ANY },
	};

	return read_members(m, members, LIC_ARRAY_SIZE(members), err);
}

const struct lic_manifest_reader lic_manifest_kaggle = {
	.format = { "kaggle", "Kaggle dataset-metadata.json (license of the whole dataset)" },
	.bid = bid_kaggle,
	.read = read_kaggle,
};

/* https://specs.frictionlessdata.io/data-package/ */
static int bid_datapackage(const struct lic_peek *k)
{
	if (!is_object(k) || !lic_peek_key(k, "resources"))
		return 0;
	if (strcmp(k->name, "datapackage.json") == 0)
		return 65;
	return lic_peek_key(k, "licenses") &&
			       (lic_peek_key(k, "name") || lic_peek_key(k, "profile"))
		       ? 55
		       : 0;
}

static int read_datapackage(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_dataset_member members[] = {
		{ "licenses[].name", LIC_ROLE_LICENSE, LIC_CONTEXT_ANY },
		{ "licenses[].path", LIC_ROLE_WEBSTATEMENT, LIC_CONTEXT_ANY },
		{ "licenses[].title", LIC_ROLE_COPYRIGHT, LIC_CONTEXT_ANY },
		{ "resources[].licenses[].name", LIC_ROLE_LICENSE, LIC_CONTEXT_ANY },
		{ "resources[].licenses[].path", LIC_ROLE_WEBSTATEMENT, LIC_CONTEXT_ANY },
		{ "contributors[].title", LIC_ROLE_CREATOR, LIC_CONTEXT_ANY },
		{ "title", LIC_ROLE_NONE, LIC_CONTEXT_ANY },
		{ "homepage", LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY },
	};

	return read_members(m, members, LIC_ARRAY_SIZE(members), err);
}

const struct lic_manifest_reader lic_manifest_datapackage = {
	.format = { "datapackage", "Frictionless datapackage.json (license of the whole dataset)" },
	.bid = bid_datapackage,
	.read = read_datapackage,
};

/* package_show of CKAN's API, with or without the answer around it */
static int bid_ckan(const struct lic_peek *k)
{
	if (k->first != '{' || !lic_peek_has(k, "\"license_id\""))
		return 0;
	return lic_peek_key(k, "success") && lic_peek_key(k, "result")		   ? 70
	       : lic_peek_key(k, "license_id") && lic_peek_key(k, "license_title") ? 50
										   : 0;
}

static int read_ckan(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_dataset_member members[] = {
		{ "license_id", LIC_ROLE_LICENSE, LIC_CONTEXT_ANY },
		{ "license_url", LIC_ROLE_WEBSTATEMENT, LIC_CONTEXT_ANY },
		{ "license_title", LIC_ROLE_COPYRIGHT, LIC_CONTEXT_ANY },
		{ "author", LIC_ROLE_CREATOR, LIC_CONTEXT_ANY },
		{ "title", LIC_ROLE_NONE, LIC_CONTEXT_ANY },
		{ "url", LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY },
		{ "result.license_id", LIC_ROLE_LICENSE, LIC_CONTEXT_ANY },
		{ "result.license_url", LIC_ROLE_WEBSTATEMENT, LIC_CONTEXT_ANY },
		{ "result.license_title", LIC_ROLE_COPYRIGHT, LIC_CONTEXT_ANY },
		{ "result.author", LIC_ROLE_CREATOR, LIC_CONTEXT_ANY },
		{ "result.title", LIC_ROLE_NONE, LIC_CONTEXT_ANY },
		{ "result.url", LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY },
	};

	return read_members(m, members, LIC_ARRAY_SIZE(members), err);
}

const struct lic_manifest_reader lic_manifest_ckan = {
	.format = { "ckan", "CKAN package JSON (license of the whole dataset)" },
	.bid = bid_ckan,
	.read = read_ckan,
};

/* DataCite 4.x as JSON, with or without JSON:API around it */
static int bid_datacite(const struct lic_peek *k)
{
	return k->first == '{' && !k->lines && lic_peek_has(k, "\"rightsList\"") ? 70 : 0;
}

#define DATACITE(below)                                                                            \
	{ below "rightsList[].rightsIdentifier", LIC_ROLE_LICENSE, LIC_CONTEXT_DATACITE },         \
		{ below "rightsList[].rightsUri", LIC_ROLE_WEBSTATEMENT, LIC_CONTEXT_DATACITE },   \
		{ below "rightsList[].rights", LIC_ROLE_COPYRIGHT, LIC_CONTEXT_DATACITE },         \
		{ below "creators[].name", LIC_ROLE_CREATOR, LIC_CONTEXT_ANY },                    \
		{ below "titles[].title", LIC_ROLE_NONE, LIC_CONTEXT_ANY },                        \
	{                                                                                          \
		below "url", LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY                                  \
	}

static int read_datacite(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_dataset_member members[] = {
		DATACITE(""),
		DATACITE("attributes."),
		DATACITE("data.attributes."),
	};

	return read_members(m, members, LIC_ARRAY_SIZE(members), err);
}

const struct lic_manifest_reader lic_manifest_datacite = {
	.format = { "datacite", "DataCite JSON (rightsList of the whole dataset)" },
	.bid = bid_datacite,
	.read = read_datacite,
};

/* Dataverse's native API and its export */
static int bid_dataverse(const struct lic_peek *k)
{
	if (k->first != '{' || k->lines || !lic_peek_has(k, "\"license\""))
		return 0;
	return lic_peek_has(k, "\"metadataBlocks\"") ? 75 : 0;
}

#define DATAVERSE(below)                                                                           \
	{ below "license", LIC_ROLE_LICENSE, LIC_CONTEXT_ANY },                                    \
		{ below "license.rightsIdentifier", LIC_ROLE_LICENSE, LIC_CONTEXT_ANY },           \
		{ below "license.uri", LIC_ROLE_LICENSE, LIC_CONTEXT_ANY },                        \
		{ below "license.name", LIC_ROLE_LICENSE, LIC_CONTEXT_ANY },                       \
		{ below "termsOfUse", LIC_ROLE_LICENSE, LIC_CONTEXT_ANY },                         \
	{                                                                                          \
		below "restrictions", LIC_ROLE_LICENSE, LIC_CONTEXT_ANY                            \
	}

static int read_dataverse(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_dataset_member members[] = {
		DATAVERSE(""),
		DATAVERSE("data.latestVersion."),
		DATAVERSE("data."),
		DATAVERSE("datasetVersion."),
	};

	return read_members(m, members, LIC_ARRAY_SIZE(members), err);
}

const struct lic_manifest_reader lic_manifest_dataverse = {
	.format = { "dataverse", "Dataverse dataset JSON (license of the whole dataset)" },
	.bid = bid_dataverse,
	.read = read_dataverse,
};

/* Zenodo's API, before and since InvenioRDM */
static int bid_zenodo(const struct lic_peek *k)
{
	if (k->first != '{' || k->lines || !lic_peek_key(k, "metadata"))
		return 0;
	return (lic_peek_has(k, "\"license\"") || lic_peek_has(k, "\"rights\"")) &&
			       (lic_peek_has(k, "zenodo") || lic_peek_key(k, "conceptrecid"))
		       ? 70
		       : 0;
}

static int read_zenodo(struct lic_manifest_reading *m, struct lic_error *err)
{
	static const struct lic_dataset_member members[] = {
		{ "metadata.license", LIC_ROLE_LICENSE, LIC_CONTEXT_ZENODO },
		{ "metadata.license.id", LIC_ROLE_LICENSE, LIC_CONTEXT_ZENODO },
		{ "metadata.rights[].id", LIC_ROLE_LICENSE, LIC_CONTEXT_ZENODO },
		{ "metadata.rights[].link", LIC_ROLE_WEBSTATEMENT, LIC_CONTEXT_ZENODO },
		{ "metadata.creators[].name", LIC_ROLE_CREATOR, LIC_CONTEXT_ANY },
		{ "metadata.creators[].person_or_org.name", LIC_ROLE_CREATOR, LIC_CONTEXT_ANY },
		{ "metadata.title", LIC_ROLE_NONE, LIC_CONTEXT_ANY },
		{ "links.self_html", LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY },
		{ "doi_url", LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY },
	};

	return read_members(m, members, LIC_ARRAY_SIZE(members), err);
}

const struct lic_manifest_reader lic_manifest_zenodo = {
	.format = { "zenodo", "Zenodo record JSON (license of the whole dataset)" },
	.bid = bid_zenodo,
	.read = read_zenodo,
};
