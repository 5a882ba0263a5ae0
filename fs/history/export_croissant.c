/* SPDX-License-Identifier: Apache-2.0 */
/* Croissant 1.0 (MLCommons), in JSON-LD: a FileObject with its checksum for each file, and one set
 * of records that says of each image where it is from and by which license. */
#include <inttypes.h>
#include <string.h>

#include <licensefs/catalog_maker.h>

#include "fs/history/export.h"

/* Names of the vocabulary "cr" without more to say about them. */
static const char *const terms[] = {
	"citeAs",   "column",	   "extract",	"field",	 "fileProperty", "fileObject",
	"fileSet",  "format",	   "includes",	"isLiveDataset", "jsonPath",	 "key",
	"md5",	    "parentField", "path",	"recordSet",	 "references",	 "regex",
	"repeated", "replace",	   "separator", "source",	 "subField",	 "transform",
};

/* Fields of a record, and their types. */
static const struct {
	const char *name, *type, *about;
} fields[] = {
	{ "path", "sc:Text", "Place in the dataset; control characters and bad bytes as \\xHH" },
	{ "license", "sc:Text", "SPDX license expression" },
	{ "license_url", "sc:URL", "Page of the license" },
	{ "creator", "sc:Text", "Who is to be credited" },
	{ "title", "sc:Text", "Title of the image" },
	{ "source_url", "sc:URL", "Where the image is from" },
	{ "obligations", "sc:Text", "What the license obliges to" },
	{ "xxh3", "sc:Text", "XXH3-128 of the bytes" },
	{ "sha256", "sc:Text", "SHA-256 of the bytes" },
};

static void typed(struct lic_json *j, const char *term, const char *id, const char *type)
{
	lic_json_key(j, term);
	lic_json_object(j);
	lic_json_kstr(j, "@id", id);
	lic_json_kstr(j, "@type", type);
	lic_json_object_end(j);
}

static void add_context(struct lic_json *j)
{
	char id[32];

	lic_json_key(j, "@context");
	lic_json_object(j);
	lic_json_kstr(j, "@language", "en");
	lic_json_kstr(j, "@vocab", "https://schema.org/");
	lic_json_kstr(j, "cr", "http://mlcommons.org/croissant/");
	lic_json_kstr(j, "rai", "http://mlcommons.org/croissant/RAI/");
	lic_json_kstr(j, "dct", "http://purl.org/dc/terms/");
	lic_json_kstr(j, "sc", "https://schema.org/");
	lic_json_kstr(j, "conformsTo", "dct:conformsTo");
	typed(j, "data", "cr:data", "@json");
	typed(j, "dataType", "cr:dataType", "@vocab");
	typed(j, "examples", "cr:examples", "@json");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(terms); i++) {
		snprintf(id, sizeof(id), "cr:%s", terms[i]);
		lic_json_kstr(j, terms[i], id);
	}
	lic_json_object_end(j);
}

static void add_digest(struct lic_export *x, const char *key)
{
	lic_buf_reset(&x->text);
	lic_buf_adds(&x->text, "urn:sha256:");
	lic_export_hex(&x->text, x->info->digest, sizeof(x->info->digest));
	lic_json_kstr(&x->json, key, lic_buf_str(&x->text));
}

struct basing {
	struct lic_export *x;
	bool any;
};

static int add_license_of(void *ctx, const struct lic_maker_license *l)
{
	struct lic_export *x = ctx;
	struct lic_json *j = &x->json;

	lic_json_object(j);
	lic_json_kstr(j, "@type", "sc:PropertyValue");
	lic_export_kshown(x, j, "name", l->license, l->license ? strlen(l->license) : 0);
	lic_json_kint(j, "value", l->images);
	lic_json_object_end(j);
	return 0;
}

/* A job is known by its name and the digest of what it could see; where its store lies is the place
 * of the export. */
static int add_maker(void *ctx, const struct lic_maker *m)
{
	struct basing *b = ctx;
	struct lic_export *x = b->x;
	struct lic_json *j = &x->json;
	int r;

	if (m->born > x->info->born || (m->died && m->died <= x->info->born))
		return 0;
	if (!b->any) {
		lic_json_key(j, "isBasedOn");
		lic_json_array(j);
	}
	b->any = true;
	lic_json_object(j);
	lic_json_kstr(j, "@type", "sc:Dataset");
	lic_export_kshown(x, j, "name", m->job, strlen(m->job));
	lic_json_kstr(j, "description",
		      "What the job could see that made these images; images of each license");
	lic_buf_reset(&x->text);
	lic_buf_adds(&x->text, "urn:sha256:");
	lic_export_hex(&x->text, m->members, sizeof(m->members));
	lic_json_kstr(j, "identifier", lic_buf_str(&x->text));
	lic_json_key(j, "variableMeasured");
	lic_json_array(j);
	r = lic_catalog_maker_licenses(x->cat, m->number, add_license_of, x, x->err);
	lic_json_array_end(j);
	lic_json_object_end(j);
	return r;
}

/* The makers of the store as they were recorded when the snapshot was made. */
static void add_makers(struct lic_export *x)
{
	struct basing b = { .x = x };
	int r = lic_catalog_makers(x->cat, add_maker, &b, x->err);

	if (b.any)
		lic_json_array_end(&x->json);
	x->failed = r;
}

static void begin(struct lic_export *x)
{
	const struct lic_snapshot_info *s = x->info;
	struct lic_json *j = &x->json;
	char at[32], version[32];

	lic_export_date(s->at, at);
	snprintf(version, sizeof(version), "%" PRId64 ".0.0", s->born);
	lic_json_object(j);
	add_context(j);
	lic_json_kstr(j, "@type", "sc:Dataset");
	lic_json_kstr(j, "conformsTo", "http://mlcommons.org/croissant/1.0");
	lic_export_kshown(x, j, "name", s->name, strlen(s->name));
	lic_buf_reset(&x->text);
	lic_buf_addf(&x->text, "Snapshot of images whose rights satisfy: %s (%s)", s->expr,
		     s->policy);
	lic_json_kstr(j, "description", lic_buf_str(&x->text));
	add_digest(x, "url");
	lic_json_kstr(j, "datePublished", at);
	lic_json_kstr(j, "version", version);
	lic_json_key(j, "creator");
	lic_json_object(j);
	lic_json_kstr(j, "@type", "sc:Person");
	lic_export_kshown(x, j, "name", s->who, strlen(s->who));
	lic_json_object_end(j);
	add_makers(x);
	lic_json_key(j, "distribution");
	lic_json_array(j);
}

static void add_file(struct lic_export *x, const struct lic_export_member *m)
{
	const struct lic_entry *e = &m->t->m.e;
	struct lic_bytes at = m->path;
	struct lic_json *j = &x->json;
	char text[64];

	lic_json_object(j);
	lic_json_kstr(j, "@type", "cr:FileObject");
	snprintf(text, sizeof(text), "file-%" PRId64, e->id);
	lic_json_kstr(j, "@id", text);
	lic_export_kshown(x, j, "name", m->path.p, m->path.n);
	if (m->t->in_archive) /* relative to the archive */
		at = (struct lic_bytes){ at.p + at.n - e->name.n, e->name.n };
	lic_buf_reset(&x->text);
	lic_export_reference(&x->text, &at);
	lic_json_kstr(j, "contentUrl", lic_buf_str(&x->text));
	snprintf(text, sizeof(text), "%" PRIu64 " B", e->st.size);
	lic_json_kstr(j, "contentSize", text);
	lic_json_kstr(j, "encodingFormat", lic_export_media_type(e));
	if (m->sha256) {
		lic_buf_reset(&x->text);
		lic_export_hex(&x->text, m->sha256, 32);
		lic_json_kstr(j, "sha256", lic_buf_str(&x->text));
	}
	if (m->t->in_archive) {
		lic_json_key(j, "containedIn");
		lic_json_object(j);
		snprintf(text, sizeof(text), "file-%" PRId64, e->parent);
		lic_json_kstr(j, "@id", text);
		lic_json_object_end(j);
	}
	lic_json_object_end(j);
}

static void value(struct lic_export *x, size_t field, const void *p, size_t n)
{
	char key[32];

	snprintf(key, sizeof(key), "images/%s", fields[field].name);
	lic_export_kshown(x, &x->records, key, p, n);
}

static void text_value(struct lic_export *x, size_t field, const char *s)
{
	value(x, field, s, s ? strlen(s) : 0);
}

static void sum_value(struct lic_export *x, size_t field, const uint8_t *p, size_t n)
{
	struct lic_buf b = LIC_BUF_INIT(64);

	if (p)
		lic_export_hex(&b, p, n);
	text_value(x, field, p ? lic_buf_str(&b) : NULL);
	lic_buf_release(&b);
}

/* In the order of `fields`. */
static void add_record(struct lic_export *x, const struct lic_export_member *m)
{
	struct lic_buf obligations = LIC_BUF_INIT(256);
	const char *license = m->rights->license;

	lic_json_object(&x->records);
	value(x, 0, m->path.p, m->path.n);
	text_value(x, 1, *license ? license : NULL);
	text_value(x, 2, m->license_url);
	text_value(x, 3, m->credit.creator);
	text_value(x, 4, m->credit.title);
	text_value(x, 5, m->credit.source_url);
	lic_export_obligations(&obligations, lic_export_obliges(m->rights));
	text_value(x, 6, lic_buf_str(&obligations));
	sum_value(x, 7, m->t->m.e.hash.b, sizeof(m->t->m.e.hash.b));
	sum_value(x, 8, m->sha256, 32);
	lic_json_object_end(&x->records);
	lic_buf_release(&obligations);
}

static void member(struct lic_export *x, const struct lic_export_member *m)
{
	add_file(x, m);
	if (m->rights)
		add_record(x, m);
}

static void add_fields(struct lic_json *j)
{
	char id[32];

	lic_json_key(j, "field");
	lic_json_array(j);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(fields); i++) {
		lic_json_object(j);
		lic_json_kstr(j, "@type", "cr:Field");
		snprintf(id, sizeof(id), "images/%s", fields[i].name);
		lic_json_kstr(j, "@id", id);
		lic_json_kstr(j, "name", id);
		lic_json_kstr(j, "description", fields[i].about);
		lic_json_kstr(j, "dataType", fields[i].type);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}

/* Licenses by their pages, where they have one. */
static void add_licenses(struct lic_export *x)
{
	struct lic_json *j = &x->json;

	lic_json_key(j, "license");
	lic_json_array(j);
	for (size_t i = 0; i < x->n_tally; i++) {
		const struct lic_export_tally *t = &x->tally[i];

		if (t->url || *t->license)
			lic_json_str(j, t->url ? t->url : t->license);
	}
	lic_json_array_end(j);
}

static void end(struct lic_export *x)
{
	struct lic_json *j = &x->json;

	lic_json_array_end(j);
	add_licenses(x);
	lic_json_key(j, "recordSet");
	lic_json_array(j);
	if (x->later.len) {
		lic_json_object(j);
		lic_json_kstr(j, "@type", "cr:RecordSet");
		lic_json_kstr(j, "@id", "images");
		lic_json_kstr(j, "name", "images");
		lic_json_kstr(j, "description", "The images, with the license of each.");
		lic_json_key(j, "key");
		lic_json_object(j);
		lic_json_kstr(j, "@id", "images/path");
		lic_json_object_end(j);
		add_fields(j);
		lic_json_key(j, "data");
		lic_json_array(j);
		lic_buf_add(&x->out, x->later.data, x->later.len);
		lic_json_array_end(j);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
	lic_json_object_end(j);
	lic_buf_addc(&x->out, '\n');
}

const struct lic_export_format lic_export_croissant = {
	.name = "croissant",
	.summary = "Croissant 1.0 (JSON-LD): files, and the license of each image",
	.sums = true,
	.begin = begin,
	.member = member,
	.end = end,
};
