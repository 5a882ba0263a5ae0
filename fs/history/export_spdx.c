/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX 3.0.1 in JSON-LD: a dataset that contains files, and the license of each. */
#include <inttypes.h>
#include <string.h>

#include "fs/history/export.h"

#define NO_LICENSE "expandedlicensing_NoAssertionLicense" /* a term of the context */

/* The identifier of an element of this document: "KIND", or "KIND-NUMBER" from 0 on. */
static void add_id(struct lic_export *x, const char *key, const char *kind, int64_t number)
{
	struct lic_buf id = LIC_BUF_INIT(256);

	lic_buf_adds(&id, "https://spdx.org/spdxdocs/licensefs-");
	lic_export_hex(&id, x->info->digest, sizeof(x->info->digest));
	lic_buf_addf(&id, "#%s", kind);
	if (number >= 0)
		lic_buf_addf(&id, "-%" PRId64, number);
	if (key)
		lic_json_kstr(&x->json, key, lic_buf_str(&id));
	else
		lic_json_str(&x->json, lic_buf_str(&id));
	lic_buf_release(&id);
}

static void element(struct lic_export *x, const char *type, const char *kind, int64_t number)
{
	lic_json_object(&x->json);
	lic_json_kstr(&x->json, "type", type);
	add_id(x, "spdxId", kind, number);
	lic_json_kstr(&x->json, "creationInfo", "_:creation");
}

static void one_of(struct lic_export *x, const char *key, const char *word)
{
	lic_json_key(&x->json, key);
	lic_json_array(&x->json);
	lic_json_str(&x->json, word);
	lic_json_array_end(&x->json);
}

static void one_id(struct lic_export *x, const char *key, const char *kind, int64_t number)
{
	lic_json_key(&x->json, key);
	lic_json_array(&x->json);
	add_id(x, NULL, kind, number);
	lic_json_array_end(&x->json);
}

/* A Relationship from one element to a license, or to none: `license` -1, or to all: -2. */
static void licensed(struct lic_export *x, const char *type, const char *prefix, int64_t number,
		     const char *from, int64_t from_number, int64_t license)
{
	element(x, "Relationship", prefix, number);
	add_id(x, "from", from, from_number);
	lic_json_kstr(&x->json, "relationshipType", type);
	if (license == -1)
		one_of(x, "to", NO_LICENSE);
	else if (license == -2)
		one_id(x, "to", "licenses", -1);
	else
		one_id(x, "to", "license", license);
	lic_json_object_end(&x->json);
}

static void add_document(struct lic_export *x)
{
	static const char *const profile[] = { "core", "software", "simpleLicensing", "dataset" };
	struct lic_json *j = &x->json;

	element(x, "SpdxDocument", "document", -1);
	lic_export_kshown(x, j, "name", x->info->name, strlen(x->info->name));
	lic_json_key(j, "profileConformance");
	lic_json_array(j);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(profile); i++)
		lic_json_str(j, profile[i]);
	lic_json_array_end(j);
	one_id(x, "rootElement", "dataset", -1);
	lic_json_object_end(j);
}

static void add_dataset(struct lic_export *x, const char *at)
{
	const struct lic_snapshot_info *s = x->info;
	struct lic_json *j = &x->json;

	element(x, "dataset_DatasetPackage", "dataset", -1);
	lic_export_kshown(x, j, "name", s->name, strlen(s->name));
	lic_buf_reset(&x->text);
	lic_buf_addf(&x->text, "images whose rights satisfy: %s (%s)", s->expr, s->policy);
	lic_json_kstr(j, "description", lic_buf_str(&x->text));
	lic_json_kstr(j, "builtTime", at);
	lic_json_kstr(j, "releaseTime", at);
	one_id(x, "originatedBy", "maker", -1);
	lic_buf_reset(&x->text);
	lic_export_hex(&x->text, s->digest, sizeof(s->digest));
	lic_json_kstr(j, "software_packageVersion", lic_buf_str(&x->text));
	add_id(x, "software_downloadLocation", "dataset", -1);
	lic_json_kstr(j, "software_primaryPurpose", "data");
	one_of(x, "dataset_datasetType", "image");
	lic_json_object_end(j);
}

static void begin(struct lic_export *x)
{
	struct lic_json *j = &x->json;
	char at[32];

	lic_export_date(x->info->at, at);
	lic_json_object(j);
	lic_json_kstr(j, "@context", "https://spdx.org/rdf/3.0.1/spdx-context.jsonld");
	lic_json_key(j, "@graph");
	lic_json_array(j);
	lic_json_object(j);
	lic_json_kstr(j, "type", "CreationInfo");
	lic_json_kstr(j, "@id", "_:creation");
	lic_json_kstr(j, "specVersion", "3.0.1");
	lic_json_kstr(j, "created", at);
	one_id(x, "createdBy", "maker", -1);
	lic_json_object_end(j);
	element(x, "SoftwareAgent", "maker", -1);
	lic_json_kstr(j, "name", "licensefs");
	lic_json_object_end(j);
	add_document(x);
	add_dataset(x, at);
}

/* "Title" by Author, source */
static void add_attribution(struct lic_export *x, const struct lic_export_member *m)
{
	const struct lic_credit *c = &m->credit;

	if (!c->creator && !c->title && !c->source_url)
		return;
	lic_buf_reset(&x->text);
	lic_buf_addc(&x->text, '"');
	lic_text_show(&x->text, c->title ? c->title : "This work",
		      strlen(c->title ? c->title : "This work"));
	lic_buf_addc(&x->text, '"');
	if (c->creator) {
		lic_buf_adds(&x->text, " by ");
		lic_text_show(&x->text, c->creator, strlen(c->creator));
	}
	if (c->source_url) {
		lic_buf_adds(&x->text, ", ");
		lic_text_show(&x->text, c->source_url, strlen(c->source_url));
	}
	one_of(x, "software_attributionText", lic_buf_str(&x->text));
}

static void add_file(struct lic_export *x, const struct lic_export_member *m)
{
	const struct lic_entry *e = &m->t->m.e;
	struct lic_json *j = &x->json;

	element(x, "software_File", "file", e->id);
	lic_export_kshown(x, j, "name", m->path.p, m->path.n);
	lic_json_kstr(j, "software_primaryPurpose", "data");
	lic_json_kstr(j, "contentType", lic_export_media_type(e));
	add_attribution(x, m);
	if (m->sha256) {
		lic_json_key(j, "verifiedUsing");
		lic_json_array(j);
		lic_json_object(j);
		lic_json_kstr(j, "type", "Hash");
		lic_json_kstr(j, "algorithm", "sha256");
		lic_buf_reset(&x->text);
		lic_export_hex(&x->text, m->sha256, 32);
		lic_json_kstr(j, "hashValue", lic_buf_str(&x->text));
		lic_json_object_end(j);
		lic_json_array_end(j);
	}
	lic_json_object_end(j);
}

static void member(struct lic_export *x, const struct lic_export_member *m)
{
	int64_t id = m->t->m.e.id, license = -1;

	add_file(x, m);
	element(x, "Relationship", "contains", id);
	add_id(x, "from", m->t->in_archive ? "file" : "dataset",
	       m->t->in_archive ? m->t->m.e.parent : -1);
	lic_json_kstr(&x->json, "relationshipType", "contains");
	one_id(x, "to", "file", id);
	lic_json_object_end(&x->json);
	if (!m->rights)
		return;
	if (*m->rights->license)
		license = (int64_t)lic_export_license_number(x, m->rights->license);
	licensed(x, "hasDeclaredLicense", "declared", id, "file", id, license);
	licensed(x, "hasConcludedLicense", "concluded", id, "file", id, license);
}

static void add_expression(struct lic_export *x, const char *kind, int64_t number,
			   const char *expression)
{
	element(x, "simplelicensing_LicenseExpression", kind, number);
	lic_json_kstr(&x->json, "simplelicensing_licenseExpression", expression);
	lic_json_object_end(&x->json);
}

/* Each license, and all of them together, which is that of the dataset. */
static void end(struct lic_export *x)
{
	bool any = false;

	lic_buf_reset(&x->text);
	for (size_t i = 0; i < x->n_tally; i++) {
		const char *license = x->tally[i].license;
		bool several = strchr(license, ' ') != NULL;

		if (!*license)
			continue;
		add_expression(x, "license", (int64_t)i, license);
		lic_buf_addf(&x->text, "%s%s%s%s", any ? " AND " : "", several ? "(" : "", license,
			     several ? ")" : "");
		any = true;
	}
	if (any)
		add_expression(x, "licenses", -1, lic_buf_str(&x->text));
	licensed(x, "hasDeclaredLicense", "dataset-declared", -1, "dataset", -1, any ? -2 : -1);
	licensed(x, "hasConcludedLicense", "dataset-concluded", -1, "dataset", -1, any ? -2 : -1);
	lic_json_array_end(&x->json);
	lic_json_object_end(&x->json);
	lic_buf_addc(&x->out, '\n');
}

const struct lic_export_format lic_export_spdx = {
	.name = "spdx",
	.summary = "SPDX 3.0.1 (JSON-LD): a dataset, its files, and the license of each",
	.sums = true,
	.begin = begin,
	.member = member,
	.end = end,
};
