/* SPDX-License-Identifier: Apache-2.0 */
/*
 * COCO's annotation files, and what is made like them: LVIS, and the competitions of iNaturalist.
 *
 * `licenses` may stand behind `images`: then the images are passed over and read at the end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/manifest/readers.h"

#define LICENSES_MAX 1024 /* more are no list of licenses */
#define SURVEY 16	  /* images that are looked at first */

struct license {
	char *id, *url, *name; /* owned; url and name NULL where not there */
	bool known;	       /* the address is a license's: the name says no more */
};

struct coco {
	struct lic_manifest_reading *m;
	struct lic_jsonin j;
	struct license *license;
	size_t n;
	bool inaturalist;
	bool copied; /* the addresses of photos are copies of one */
	bool has_licenses, has_info, has_images;
	uint64_t images_at; /* where they are, if they were passed over; else 0 */
	bool said_boilerplate, said_dangling;
	uint64_t number; /* of the image */
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

/* --- licenses, and whose dataset it is ----------------------------------------- */

static char *take_text(struct lic_jsonin_field *f)
{
	return f->type == LIC_JSONIN_STRING || f->type == LIC_JSONIN_NUMBER ? lic_buf_take(&f->text)
									    : NULL;
}

static int keep_license(struct coco *c, struct lic_jsonin_field *f)
{
	struct license *more = reallocarray(c->license, c->n + 1, sizeof(*more)), *l;
	struct lic_parse p;

	if (!more)
		return no_memory(c);
	c->license = more;
	l = &more[c->n];
	*l = (struct license){ take_text(&f[0]), take_text(&f[1]), take_text(&f[2]), false };
	c->n++;
	if (!l->id)
		return no_memory(c);
	if (l->url) {
		lic_license_parse(LIC_CONTEXT_ANY, l->url, strlen(l->url), &p);
		l->known = p.kind == LIC_PARSE_LICENSE;
	}
	return 0;
}

/* "1.0" is how a table makes a number of 1. */
static void trim_id(struct lic_buf *id)
{
	if (id->len > 2 && strcmp(id->data + id->len - 2, ".0") == 0)
		lic_buf_truncate(id, id->len - 2);
}

static int add_license(struct coco *c)
{
	struct lic_jsonin_field f[] = { { .key = "id" }, { .key = "url" }, { .key = "name" } };
	int r = lic_jsonin_fields(&c->j, f, LIC_ARRAY_SIZE(f));

	trim_id(&f[0].text);
	if (r == 0 && f[0].type != LIC_JSONIN_NUMBER && f[0].type != LIC_JSONIN_STRING)
		r = lic_jsonin_bad(&c->j, "a license without an id");
	if (r == 0 && !f[0].text.len)
		r = lic_jsonin_bad(&c->j, "a license with an empty id");
	if (r == 0 && c->n == LICENSES_MAX)
		r = lic_jsonin_bad(&c->j, "more than %d licenses", LICENSES_MAX);
	for (size_t i = 0; r == 0 && i < c->n; i++)
		if (strcmp(c->license[i].id, lic_buf_str(&f[0].text)) == 0)
			r = lic_jsonin_bad(&c->j, "two licenses have the id %s", c->license[i].id);
	if (r == 0)
		r = keep_license(c, f);
	lic_jsonin_fields_release(f, LIC_ARRAY_SIZE(f));
	return r;
}

static int read_licenses(struct coco *c)
{
	int r;

	if (c->has_licenses)
		return lic_jsonin_bad(&c->j, "'licenses' stands twice");
	c->has_licenses = true;
	r = lic_jsonin_value(&c->j);
	if (r == LIC_JSONIN_NULL || (r == LIC_JSONIN_STRING && !c->j.text.len))
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

/* Known datasets say who they are, though not always. */
static int read_info(struct coco *c)
{
	struct lic_jsonin_field f[] = { { .key = "description" },
					{ .key = "url" },
					{ .key = "contributor" } };
	int r;

	if (c->has_info)
		return lic_jsonin_bad(&c->j, "'info' stands twice");
	c->has_info = true;
	r = lic_jsonin_value(&c->j);
	if (r == LIC_JSONIN_ARRAY)
		return lic_jsonin_leave(&c->j);
	if (r != LIC_JSONIN_OBJECT)
		return r < 0 ? r : 0;
	r = lic_jsonin_fields(&c->j, f, LIC_ARRAY_SIZE(f));
	for (size_t i = 0; r == 0 && i < LIC_ARRAY_SIZE(f); i++)
		c->inaturalist |= strcasestr(lic_buf_str(&f[i].text), "inaturalist") ||
				  strcasestr(lic_buf_str(&f[i].text), "inat_comp");
	lic_jsonin_fields_release(f, LIC_ARRAY_SIZE(f));
	return r;
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

/* --- images ------------------------------------------------------------------------------- */

enum { LICENSE, FILE_NAME, COCO_URL, FLICKR_URL, RIGHTS_HOLDER, N_FIELDS };

static struct lic_bytes text_of(const struct lic_jsonin_field *f)
{
	bool is_text = f->type == LIC_JSONIN_STRING || f->type == LIC_JSONIN_NUMBER;

	return (struct lic_bytes){ (const uint8_t *)lic_buf_str(&f->text),
				   is_text ? f->text.len : 0 };
}

static bool is_address(struct lic_bytes s)
{
	return (s.n > 7 && memcmp(s.p, "http://", 7) == 0) ||
	       (s.n > 8 && memcmp(s.p, "https://", 8) == 0);
}

/* The name behind the last slash. */
static struct lic_bytes base_of(struct lic_bytes s)
{
	const uint8_t *slash = s.n ? memrchr(s.p, '/', s.n) : NULL;

	return slash ? (struct lic_bytes){ slash + 1, (size_t)(s.p + s.n - slash - 1) } : s;
}

static bool same(struct lic_bytes a, struct lic_bytes b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static size_t stem_length(struct lic_bytes name)
{
	const uint8_t *dot = name.n ? memrchr(name.p, '.', name.n) : NULL;

	return dot ? (size_t)(dot - name.p) : name.n;
}

/* Whatever the extensions are, for pictures are converted; no name ends with any. */
static bool ends_with(struct lic_bytes name, struct lic_bytes end)
{
	size_t n = stem_length(name), e = stem_length(end);

	return !name.n || (e && n >= e && memcmp(name.p + n - e, end.p, e) == 0);
}

/* Is it a real one of these sites? Tools fill the field with file names, too. */
static bool is_at(struct lic_bytes address, const char *const *sites, size_t n)
{
	const uint8_t *host, *end;
	size_t len;

	if (!is_address(address))
		return false;
	host = address.p + (address.p[4] == 's' ? 8 : 7);
	end = memchr(host, '/', (size_t)(address.p + address.n - host));
	len = end ? (size_t)(end - host) : 0;
	for (size_t i = 0; i < n; i++) {
		size_t w = strlen(sites[i]);

		if (len >= w && memcmp(host + len - w, sites[i], w) == 0 &&
		    (len == w || host[len - w - 1] == '.'))
			return true;
	}
	return false;
}

/* The names in iNaturalist's files are made of random bytes: they need no directory. */
static bool is_unique_name(struct lic_bytes base)
{
	size_t digits = 0;

	for (size_t i = 0; i < base.n; i++)
		digits += (base.p[i] >= '0' && base.p[i] <= '9') ||
			  (base.p[i] >= 'a' && base.p[i] <= 'f');
	return digits >= 30;
}

static void add_name(struct coco *c, struct lic_bytes name)
{
	char other[LIC_KEY_TEXT_MAX];
	struct lic_bytes base = base_of(name);

	lic_row_key(c->m, LIC_KEY_TAIL, name.p, name.n);
	if (c->inaturalist && base.n < name.n && is_unique_name(base))
		lic_row_key(c->m, LIC_KEY_TAIL, base.p, base.n);
	/* as Windows writes paths */
	if (!memchr(name.p, '\\', name.n) || base.n < name.n || name.n > sizeof(other))
		return;
	for (size_t i = 0; i < name.n; i++)
		other[i] = name.p[i] == '\\' ? '/' : (char)name.p[i];
	lic_row_key(c->m, LIC_KEY_TAIL, other, name.n);
}

/* LVIS names no file, but its addresses end in COCO's names, which no two directories share. */
static int add_keys(struct coco *c, const struct lic_jsonin_field *f)
{
	struct lic_bytes name = text_of(&f[FILE_NAME]), url = text_of(&f[COCO_URL]);
	struct lic_bytes base = base_of(url);

	if (is_address(name))
		lic_row_key(c->m, LIC_KEY_URL, name.p, name.n);
	else if (name.n)
		add_name(c, name);
	if (base.n < url.n && !same(base, base_of(name)) && ends_with(name, base))
		lic_row_key(c->m, LIC_KEY_TAIL, base.p, base.n);
	if (!c->m->n_keys)
		return lic_jsonin_bad(&c->j, "an image without file_name and coco_url");
	return 0;
}

static const struct license *find_license(const struct coco *c, struct lic_bytes id)
{
	for (size_t i = 0; i < c->n; i++)
		if (strlen(c->license[i].id) == id.n && memcmp(c->license[i].id, id.p, id.n) == 0)
			return &c->license[i];
	return NULL;
}

/* Does an address show where the image is from, and not that of an image whose record was copied?
 */
static bool has_origin(const struct lic_jsonin_field *f)
{
	static const char *const flickr[] = { "staticflickr.com", "flickr.com" };
	static const char *const coco[] = { "cocodataset.org", "mscoco.org" };
	struct lic_bytes name = base_of(text_of(&f[FILE_NAME])), url = text_of(&f[COCO_URL]);

	if (!url.n)
		return is_at(text_of(&f[FLICKR_URL]), flickr, LIC_ARRAY_SIZE(flickr));
	if (!is_at(url, coco, LIC_ARRAY_SIZE(coco)) && !is_at(url, flickr, LIC_ARRAY_SIZE(flickr)))
		return false;
	url = base_of(url);
	/* LVIS 0.5 has "COCO_val2014_000000001001.jpg" beside the address of 2017 */
	return ends_with(name, url);
}

/* Is the license this image's, or a list that was copied along with the format? */
static bool is_trusted(struct coco *c, const struct lic_jsonin_field *f)
{
	if (c->inaturalist || (!c->copied && has_origin(f)))
		return true;
	if (!c->said_boilerplate)
		lic_manifest_warn(c->m,
				  "no flickr_url or coco_url shows where an image is from: many "
				  "tools write COCO's licenses into every file, so there they "
				  "grant nothing");
	c->said_boilerplate = true;
	return false;
}

/* A number that the list does not have. Tools write 0, or any number where there is no list: then
 * it is a license, but nobody knows which. */
static int add_dangling(struct coco *c, enum lic_rank rank, struct lic_bytes id)
{
	if (c->n && strcmp((const char *)id.p, "0") != 0)
		return lic_jsonin_bad(&c->j,
				      "an image of license %.40s, which is not in 'licenses'",
				      (const char *)id.p);
	if (!c->said_dangling)
		lic_manifest_warn(c->m,
				  "image %llu has license %.40s, which is not in 'licenses': "
				  "nobody can tell what it is",
				  (unsigned long long)c->number, (const char *)id.p);
	c->said_dangling = true;
	lic_row_claim_as(c->m, rank, LIC_ROLE_LICENSE, LIC_CONTEXT_ANY, "license", id,
			 "a license that the file does not define");
	return 0;
}

static void add_license_of(struct coco *c, enum lic_rank rank, const struct license *l,
			   struct lic_bytes raw)
{
	enum lic_context context =
		c->inaturalist ? LIC_CONTEXT_INATURALIST : LIC_CONTEXT_FLICKR_NAME;

	if (l->url && l->url[0])
		lic_row_claim_as(c->m, rank, LIC_ROLE_LICENSE, context, "license url", raw, l->url);
	if (l->name && l->name[0])
		lic_row_claim_as(
			c->m, rank, l->url && l->url[0] ? LIC_ROLE_COPYRIGHT : LIC_ROLE_LICENSE,
			l->known ? LIC_CONTEXT_ANY : context, "license name", raw, l->name);
}

static int add_license_claims(struct coco *c, struct lic_jsonin_field *f)
{
	struct lic_jsonin_field *id = &f[LICENSE];
	const struct license *l;
	struct lic_bytes raw;
	enum lic_rank rank;

	if (id->type == LIC_JSONIN_NONE)
		return 0;
	if (id->type == LIC_JSONIN_NULL) {
		/* iNaturalist means that nothing is licensed; elsewhere nothing was said */
		if (c->inaturalist)
			lic_row_claim_as(c->m, LIC_RANK_MANIFEST, LIC_ROLE_LICENSE, LIC_CONTEXT_ANY,
					 "license",
					 (struct lic_bytes){ (const uint8_t *)"null", 4 },
					 "All rights reserved");
		return 0;
	}
	if (id->type != LIC_JSONIN_NUMBER && id->type != LIC_JSONIN_STRING)
		return lic_jsonin_bad(&c->j, "'license' is no id");
	trim_id(&id->text);
	raw = text_of(id);
	if (!raw.n)
		return 0;
	rank = is_trusted(c, f) ? LIC_RANK_MANIFEST : LIC_RANK_NONE;
	l = find_license(c, raw);
	if (!l)
		return add_dangling(c, rank, raw);
	add_license_of(c, rank, l, raw);
	return 0;
}

/* A photo's address as where it is from; what is no address is none. */
static void add_source(struct coco *c, const struct lic_jsonin_field *f, const char *field)
{
	struct lic_bytes t = text_of(f);

	if (is_address(t))
		lic_row_claim(c->m, LIC_RANK_MANIFEST, LIC_ROLE_SOURCE_URL, LIC_CONTEXT_ANY, field,
			      t.p, t.n);
}

static int read_image(struct coco *c, struct lic_jsonin_field *f)
{
	struct lic_bytes t;
	int r;

	c->number++;
	lic_row_begin(c->m);
	r = add_keys(c, f);
	if (r == 0)
		r = add_license_claims(c, f);
	if (r < 0)
		return r;
	t = text_of(&f[RIGHTS_HOLDER]);
	lic_row_claim(c->m, LIC_RANK_MANIFEST, LIC_ROLE_CREATOR, LIC_CONTEXT_ANY, "rights_holder",
		      t.p, t.n);
	add_source(c, &f[FLICKR_URL], "flickr_url");
	add_source(c, &f[COCO_URL], "coco_url");
	if (c->inaturalist)
		lic_row_terms(c->m, "LicenseRef-iNat-Competition");
	return lic_row_end(c->m, c->number, c->err);
}

/* Nobody else names a holder of rights beside the number of a license. */
static bool is_inaturalist(const struct lic_jsonin_field *f)
{
	struct lic_bytes name = text_of(&f[FILE_NAME]);

	return f[LICENSE].type != LIC_JSONIN_NONE &&
	       (f[RIGHTS_HOLDER].type != LIC_JSONIN_NONE ||
		(name.n > 14 && memcmp(name.p, "train_val20", 11) == 0 && name.p[13] == '/'));
}

/* The next image: 1; 0: there is none. */
static int next_image(struct coco *c, struct lic_jsonin_field *f)
{
	int r = lic_jsonin_value(&c->j);

	if (r <= 0)
		return r;
	if (r != LIC_JSONIN_OBJECT)
		return lic_jsonin_bad(&c->j, "an image that is no object");
	r = lic_jsonin_fields(&c->j, f, N_FIELDS);
	return r < 0 ? r : 1;
}

/* Looks at the first images, which tell the dataset where `info` does not. */
static int survey(struct coco *c, struct lic_jsonin_field *f)
{
	_cleanup_(lic_buf_release) struct lic_buf first = LIC_BUF_INIT(LIC_JSONIN_TEXT_MAX);
	uint64_t at = lic_source_offset(c->j.s);
	int r = lic_jsonin_value(&c->j);

	if (r >= 0 && r != LIC_JSONIN_ARRAY)
		return lic_jsonin_bad(&c->j, "'images' is no array");
	for (unsigned i = 0; r >= 0 && i < SURVEY && (r = next_image(c, f)) > 0; i++) {
		struct lic_bytes url = text_of(&f[FLICKR_URL]);

		c->inaturalist |= is_inaturalist(f);
		c->copied |= url.n && url.n == first.len && memcmp(url.p, first.data, url.n) == 0;
		if (i == 0)
			lic_buf_add(&first, url.p, url.n);
	}
	return r < 0 ? r : lic_jsonin_seek(&c->j, at);
}

static int read_images(struct coco *c)
{
	struct lic_jsonin_field f[N_FIELDS] = { { .key = "license" },
						{ .key = "file_name" },
						{ .key = "coco_url" },
						{ .key = "flickr_url" },
						{ .key = "rights_holder" } };
	int r = survey(c, f);

	if (r >= 0)
		r = lic_jsonin_value(&c->j); /* the array, again */
	while (r >= 0 && (r = next_image(c, f)) > 0)
		r = read_image(c, f);
	lic_jsonin_fields_release(f, N_FIELDS);
	return r;
}

/* At once where all is known that their claims depend on. */
static int meet_images(struct coco *c)
{
	if (c->has_images)
		return lic_jsonin_bad(&c->j, "'images' stands twice");
	c->has_images = true;
	if (c->has_licenses && c->has_info)
		return read_images(c);
	c->images_at = lic_source_offset(&c->m->source);
	return lic_jsonin_skip(&c->j);
}

static int read_whole(struct coco *c)
{
	int r = open_object(c);

	while (r >= 0 && (r = lic_jsonin_key(&c->j)) > 0) {
		if (lic_jsonin_is(&c->j, "licenses"))
			r = read_licenses(c);
		else if (lic_jsonin_is(&c->j, "info"))
			r = read_info(c);
		else if (lic_jsonin_is(&c->j, "images"))
			r = meet_images(c);
		else
			r = lic_jsonin_skip(&c->j);
	}
	if (r == 0)
		r = lic_jsonin_value(&c->j); /* nothing may follow */
	if (r == 0 && !c->has_images)
		r = lic_jsonin_bad(&c->j, "no 'images': these annotations name no image");
	return r;
}

static int read_late_images(struct coco *c)
{
	int r = lic_jsonin_seek(&c->j, c->images_at);

	return r < 0 ? r : read_images(c);
}

static int read_coco(struct lic_manifest_reading *m, struct lic_error *err)
{
	struct coco c = { .m = m, .err = err };
	int r = read_whole(&c);

	if (r == 0 && c.images_at)
		r = read_late_images(&c);
	lic_jsonin_release(&c.j);
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
