/* SPDX-License-Identifier: Apache-2.0 */
/* COCO's annotation files, and what is made like them: LVIS, and the competitions of iNaturalist.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/manifest/readers.h"

#define LICENSES_MAX 1024 /* more are no list of licenses */

struct license {
	char *id, *url, *name; /* owned; url and name NULL where not there */
};

enum dataset {
	DATASET_OTHER, /* third-party tools copy COCO's licenses along: they prove nothing */
	DATASET_COCO,
	DATASET_INATURALIST,
};

struct coco {
	struct lic_manifest_reading *m;
	struct lic_jsonin j;
	struct license *license;
	size_t n;
	enum dataset dataset;
	bool has_images;
	bool said_boilerplate;
	struct lic_error *err;
};

static int bid(const struct lic_peek *k)
{
	static const char *const keys[] = { "images", "annotations", "licenses", "categories",
					    "info" };
	int found = 0;

	if (k->first != '{' || k->lines)
		return 0;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(keys); i++)
		found += lic_peek_key(k, keys[i]);
	if (lic_peek_key(k, "images") && found >= 2)
		return 80;
	/* annotations may fill megabytes before the images come */
	return found >= 2 ? 40 : found && !k->whole ? 20 : 0;
}

static int no_memory(const struct coco *c)
{
	return lic_error_set(c->err, ENOMEM, "out of memory to read '%s'", c->m->name);
}

/* --- first pass: licenses, and whose dataset it is ----------------------------------------- */

static char *take_text(struct lic_jsonin_field *f)
{
	return f->type == LIC_JSONIN_STRING || f->type == LIC_JSONIN_NUMBER ? lic_buf_take(&f->text)
									    : NULL;
}

static int add_license(struct coco *c)
{
	struct lic_jsonin_field f[] = { { .key = "id" }, { .key = "url" }, { .key = "name" } };
	struct license *more;
	int r = lic_jsonin_fields(&c->j, f, LIC_ARRAY_SIZE(f));

	if (r == 0 && f[0].type != LIC_JSONIN_NUMBER && f[0].type != LIC_JSONIN_STRING)
		r = lic_jsonin_bad(&c->j, "a license without an id");
	if (r == 0 && c->n == LICENSES_MAX)
		r = lic_jsonin_bad(&c->j, "more than %d licenses", LICENSES_MAX);
	for (size_t i = 0; r == 0 && i < c->n; i++)
		if (strcmp(c->license[i].id, lic_buf_str(&f[0].text)) == 0)
			r = lic_jsonin_bad(&c->j, "two licenses have the id %s", c->license[i].id);
	if (r == 0) {
		more = reallocarray(c->license, c->n + 1, sizeof(*more));
		if (more) {
			c->license = more;
			more[c->n] = (struct license){ take_text(&f[0]), take_text(&f[1]),
						       take_text(&f[2]) };
		}
		if (!more || !more[c->n].id)
			r = no_memory(c);
		else
			c->n++;
	}
	lic_jsonin_fields_release(f, LIC_ARRAY_SIZE(f));
	return r;
}

static int read_licenses(struct coco *c)
{
	int r;

	if (c->n)
		return lic_jsonin_bad(&c->j, "'licenses' stands twice");
	r = lic_jsonin_value(&c->j);
	if (r == LIC_JSONIN_NULL)
		return 0;
	if (r >= 0 && r != LIC_JSONIN_ARRAY)
		return lic_jsonin_bad(&c->j, "'licenses' is no array");
	while (r >= 0 && (r = lic_jsonin_value(&c->j)) > 0) {
		if (r != LIC_JSONIN_OBJECT)
			return lic_jsonin_bad(&c->j, "a license that is no object");
		r = add_license(c);
	}
	return r;
}

/* Known datasets say who they are. */
static int read_info(struct coco *c)
{
	struct lic_jsonin_field f[] = { { .key = "description" },
					{ .key = "url" },
					{ .key = "contributor" } };
	int r = lic_jsonin_value(&c->j);

	if (r < 0)
		return r;
	if (r == LIC_JSONIN_ARRAY)
		return lic_jsonin_leave(&c->j);
	if (r != LIC_JSONIN_OBJECT)
		return 0;
	r = lic_jsonin_fields(&c->j, f, LIC_ARRAY_SIZE(f));
	for (size_t i = 0; r == 0 && i < LIC_ARRAY_SIZE(f); i++)
		if (strcasestr(lic_buf_str(&f[i].text), "inaturalist"))
			c->dataset = DATASET_INATURALIST;
	lic_jsonin_fields_release(f, LIC_ARRAY_SIZE(f));
	return r;
}

/* The first image tells the dataset where `info` does not. */
static int look_at_images(struct coco *c)
{
	struct lic_jsonin_field f[] = { { .key = "flickr_url" },
					{ .key = "coco_url" },
					{ .key = "rights_holder" } };
	int r = lic_jsonin_value(&c->j);

	if (c->has_images)
		return lic_jsonin_bad(&c->j, "'images' stands twice");
	c->has_images = true;
	if (r >= 0 && r != LIC_JSONIN_ARRAY)
		return lic_jsonin_bad(&c->j, "'images' is no array");
	if (r > 0)
		r = lic_jsonin_value(&c->j);
	if (r <= 0)
		return r;
	if (r != LIC_JSONIN_OBJECT)
		return lic_jsonin_bad(&c->j, "an image that is no object");
	r = lic_jsonin_fields(&c->j, f, LIC_ARRAY_SIZE(f));
	if (f[2].type != LIC_JSONIN_NONE && c->dataset == DATASET_OTHER)
		c->dataset = DATASET_INATURALIST;
	lic_jsonin_fields_release(f, LIC_ARRAY_SIZE(f));
	return r < 0 ? r : lic_jsonin_leave(&c->j);
}

static int open_object(struct coco *c)
{
	int r = lic_jsonin_init(&c->j, &c->m->source, c->err);

	if (r == 0)
		r = lic_jsonin_value(&c->j);
	if (r >= 0 && r != LIC_JSONIN_OBJECT)
		r = lic_jsonin_bad(&c->j, "no JSON object; a file like COCO's should be one");
	return r < 0 ? r : 0;
}

static int first_pass(struct coco *c)
{
	int r = open_object(c);

	while (r >= 0 && (r = lic_jsonin_key(&c->j)) > 0) {
		if (lic_jsonin_is(&c->j, "licenses"))
			r = read_licenses(c);
		else if (lic_jsonin_is(&c->j, "info"))
			r = read_info(c);
		else if (lic_jsonin_is(&c->j, "images"))
			r = look_at_images(c);
		else
			r = lic_jsonin_skip(&c->j);
	}
	if (r == 0)
		r = lic_jsonin_value(&c->j); /* nothing may follow */
	if (r == 0 && !c->has_images)
		r = lic_jsonin_bad(&c->j, "no 'images': these annotations name no image");
	lic_jsonin_release(&c->j);
	return r;
}

/* --- second pass: the images --------------------------------------------------------------- */

enum { LICENSE, FILE_NAME, COCO_URL, FLICKR_URL, RIGHTS_HOLDER, N_FIELDS };

static struct lic_bytes text_of(const struct lic_jsonin_field *f)
{
	bool is_text = f->type == LIC_JSONIN_STRING || f->type == LIC_JSONIN_NUMBER;

	return (struct lic_bytes){ (const uint8_t *)lic_buf_str(&f->text),
				   is_text ? f->text.len : 0 };
}

/* LVIS names no file, but its addresses end in COCO's names, which no two directories share. */
static int add_keys(struct coco *c, const struct lic_jsonin_field *f)
{
	struct lic_bytes name = text_of(&f[FILE_NAME]), url = text_of(&f[COCO_URL]);
	const uint8_t *slash;

	if (name.n) {
		lic_row_key(c->m, LIC_KEY_TAIL, name.p, name.n);
		return 0;
	}
	slash = url.n ? memrchr(url.p, '/', url.n) : NULL;
	if (!slash)
		return lic_jsonin_bad(&c->j, "an image without file_name and coco_url");
	lic_row_key(c->m, LIC_KEY_TAIL, slash + 1, (size_t)(url.p + url.n - slash - 1));
	return 0;
}

static const struct license *find_license(const struct coco *c, struct lic_bytes id)
{
	for (size_t i = 0; i < c->n; i++)
		if (strlen(c->license[i].id) == id.n && memcmp(c->license[i].id, id.p, id.n) == 0)
			return &c->license[i];
	return NULL;
}

/* Is the license this image's, or a list that was copied along with the format? */
static bool is_trusted(struct coco *c, const struct lic_jsonin_field *f)
{
	if (c->dataset != DATASET_OTHER || text_of(&f[FLICKR_URL]).n || text_of(&f[COCO_URL]).n)
		return true;
	if (!c->said_boilerplate)
		lic_manifest_warn(c->m,
				  "the images have neither flickr_url nor coco_url: many tools "
				  "write COCO's licenses into every file, so these grant nothing");
	c->said_boilerplate = true;
	return false;
}

static int add_license_claims(struct coco *c, const struct lic_jsonin_field *f)
{
	enum lic_rank rank = is_trusted(c, f) ? LIC_RANK_MANIFEST : LIC_RANK_NONE;
	enum lic_context context = c->dataset == DATASET_INATURALIST ? LIC_CONTEXT_INATURALIST
								     : LIC_CONTEXT_FLICKR_NAME;
	const struct lic_jsonin_field *id = &f[LICENSE];
	const struct license *l;
	struct lic_bytes raw = text_of(id);

	if (id->type == LIC_JSONIN_NONE)
		return 0;
	if (id->type == LIC_JSONIN_NULL) {
		/* iNaturalist means that nothing is licensed; elsewhere nothing was said */
		if (c->dataset == DATASET_INATURALIST)
			lic_row_claim_as(c->m, rank, LIC_ROLE_LICENSE, LIC_CONTEXT_ANY, "license",
					 (struct lic_bytes){ (const uint8_t *)"null", 4 },
					 "All rights reserved");
		return 0;
	}
	if (!raw.n)
		return lic_jsonin_bad(&c->j, "'license' is no id");
	l = find_license(c, raw);
	if (!l)
		return lic_jsonin_bad(&c->j,
				      "an image of license %.40s, which is not in 'licenses'",
				      (const char *)raw.p);
	if (l->url && l->url[0])
		lic_row_claim_as(c->m, rank, LIC_ROLE_LICENSE, context, "license url", raw, l->url);
	if (l->name && l->name[0])
		lic_row_claim_as(c->m, rank, LIC_ROLE_COPYRIGHT, context, "license name", raw,
				 l->name);
	return 0;
}

static int read_image(struct coco *c, struct lic_jsonin_field *f, uint64_t number)
{
	int r = lic_jsonin_fields(&c->j, f, N_FIELDS);
	struct lic_bytes t;

	if (r < 0)
		return r;
	lic_row_begin(c->m);
	r = add_keys(c, f);
	if (r == 0)
		r = add_license_claims(c, f);
	if (r < 0)
		return r;
	t = text_of(&f[RIGHTS_HOLDER]);
	lic_row_claim(c->m, LIC_RANK_MANIFEST, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY, "rights_holder",
		      t.p, t.n);
	t = text_of(&f[FLICKR_URL]);
	lic_row_claim(c->m, LIC_RANK_MANIFEST, LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY, "flickr_url",
		      t.p, t.n);
	t = text_of(&f[COCO_URL]);
	lic_row_claim(c->m, LIC_RANK_MANIFEST, LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY, "coco_url",
		      t.p, t.n);
	if (c->dataset == DATASET_INATURALIST)
		lic_row_terms(c->m, "LicenseRef-iNat-Competition");
	return lic_row_end(c->m, number, c->err);
}

static int read_images(struct coco *c)
{
	struct lic_jsonin_field f[N_FIELDS] = { { .key = "license" },
						{ .key = "file_name" },
						{ .key = "coco_url" },
						{ .key = "flickr_url" },
						{ .key = "rights_holder" } };
	uint64_t number = 0;
	int r = lic_jsonin_value(&c->j);

	while (r >= 0 && (r = lic_jsonin_value(&c->j)) > 0) {
		if (r != LIC_JSONIN_OBJECT)
			r = lic_jsonin_bad(&c->j, "an image that is no object");
		else
			r = read_image(c, f, ++number);
	}
	lic_jsonin_fields_release(f, N_FIELDS);
	return r;
}

static int second_pass(struct coco *c)
{
	int r = lic_source_rewind(&c->m->source, c->err);

	if (r == 0)
		r = open_object(c);
	while (r >= 0 && (r = lic_jsonin_key(&c->j)) > 0) {
		if (!lic_jsonin_is(&c->j, "images")) {
			r = lic_jsonin_skip(&c->j);
			continue;
		}
		r = read_images(c);
		break; /* the first pass has seen the rest */
	}
	lic_jsonin_release(&c->j);
	return r;
}

static int read_coco(struct lic_manifest_reading *m, struct lic_error *err)
{
	struct coco c = { .m = m, .err = err };
	int r = first_pass(&c);

	if (r == 0)
		r = second_pass(&c);
	for (size_t i = 0; i < c.n; i++) {
		free(c.license[i].id);
		free(c.license[i].url);
		free(c.license[i].name);
	}
	free(c.license);
	return r;
}

const struct lic_manifest_reader lic_manifest_coco = {
	.format = { "coco", "COCO, LVIS and iNaturalist competition JSON (images, licenses)" },
	.bid = bid,
	.read = read_coco,
};
