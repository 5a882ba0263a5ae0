/* SPDX-License-Identifier: Apache-2.0 */
/* Which collections an image is in, and which images a collection has. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/joined.h"
#include "fs/catalog/txn.h"

void lic_image_release(struct lic_image *i)
{
	lic_buf_release(&i->path);
	lic_claims_release(&i->claims);
}

int lic_image_load(struct lic_catalog *cat, int64_t entry, unsigned kinds, struct lic_image *ret,
		   struct lic_error *err)
{
	struct lic_entry *e = &ret->entry;
	int r = lic_catalog_by_id(cat, entry, e, err);

	if (r < 0 || e->kind != LIC_KIND_IMAGE)
		return r == -ENOENT ? 0 : r;
	r = lic_catalog_entry_path(cat, entry, &ret->path, err);
	if (r == 0)
		r = lic_digests_fill(cat, entry, &e->digests, err);
	if (r == 0 && kinds & 1u << LIC_KEY_URL)
		r = lic_claims_load(cat, entry, &ret->claims, NULL, err);
	if (r < 0)
		return r;
	ret->subject = (struct lic_subject){
		.entry = entry,
		.path = { (const uint8_t *)lic_buf_str(&ret->path), ret->path.len },
		.hash = &e->hash,
		.digests = &e->digests,
		.claim = ret->claims.item,
		.n_claims = ret->claims.n,
	};
	return 1;
}

int lic_joined_of(struct lic_catalog *cat, int64_t entry, struct lic_joined *ret,
		  struct lic_error *err)
{
	_cleanup_(lic_image_release) struct lic_image image = LIC_IMAGE_INIT;
	const struct lic_joins *joins = NULL;
	int r = lic_joins_get(cat, &joins, err);

	if (r == 0 && joins->n)
		r = lic_image_load(cat, entry, joins->kinds, &image, err);
	return r > 0 ? lic_joined_find(cat, &image.subject, ret, err) : r;
}

bool lic_joined_collection(const struct lic_joined *j, size_t i, const char **ret, bool *ret_sure)
{
	const struct lic_source *s = j->item[i].source;

	if (s->kind != LIC_MANIFEST_IMPORT || (i && j->item[i - 1].source == s))
		return false;
	*ret = s->collection;
	*ret_sure = false;
	/* Rows of one manifest follow each other */
	for (; i < j->n && j->item[i].source == s; i++)
		*ret_sure |= j->item[i].sure;
	return true;
}

/* Names outlive the manifests in force, which a callback's calls may read anew. */
struct name {
	const char *text;
	bool sure;
};

static int take_names(const struct lic_joined *j, struct lic_arena *arena, struct name **ret,
		      size_t *ret_n)
{
	struct name *list = lic_arena_alloc(arena, (j->n + 1) * sizeof(*list));
	size_t n = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < j->n; i++) {
		struct name *x = &list[n];

		if (!lic_joined_collection(j, i, &x->text, &x->sure))
			continue;
		x->text = lic_arena_dup(arena, x->text, strlen(x->text));
		if (!x->text)
			return -ENOMEM;
		n++;
	}
	*ret = list;
	*ret_n = n;
	return 0;
}

int lic_catalog_collections(struct lic_catalog *cat, int64_t entry,
			    int (*fn)(void *ctx, const char *collection, bool sure), void *ctx,
			    struct lic_error *err)
{
	_cleanup_(lic_arena_release) struct lic_arena arena = LIC_ARENA_INIT(64u << 20);
	_cleanup_(lic_joined_release) struct lic_joined j = LIC_JOINED_INIT;
	struct name *list = NULL;
	size_t n = 0;
	int r = lic_joined_of(cat, entry, &j, err);

	if (r == 0 && take_names(&j, &arena, &list, &n) < 0)
		r = lic_error_set(err, ENOMEM, "out of memory for collections");
	for (size_t i = 0; r == 0 && i < n; i++)
		r = fn(ctx, list[i].text, list[i].sure);
	return r;
}

/* --- the images of a collection ----------------------------------------------------------- */

struct members {
	struct lic_catalog *cat;
	const struct lic_joins *joins;
	const struct lic_source *source;
	struct lic_map ids;
	struct lic_error *err;
};

static int add_member(struct members *m, int64_t entry)
{
	return lic_map_at(&m->ids, entry, 0)
		       ? 0
		       : lic_error_set(m->err, ENOMEM, "out of memory for collections");
}

static int add_matched(struct members *m)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, m->cat, LIC_STMT_MATCHED_IMAGES, m->err, "ii", m->source->first,
			  m->source->first + m->source->rows);

	while (r >= 0 && (r = lic_query_step(&q, m->err)) > 0) {
		r = add_member(m, lic_query_int(&q, 0));
		if (r < 0)
			return r;
	}
	return r;
}

/* Any image may be one of a manifest with patterns; lic_joined_of() says. */
static int add_any(void *ctx, const struct lic_entry *e)
{
	return add_member(ctx, e->id);
}

static int by_id(const void *a, const void *b)
{
	const struct lic_map_item *x = a, *y = b;

	return x->a < y->a ? -1 : x->a > y->a;
}

/* 1 where the image is in the collection. */
static int is_member(struct lic_catalog *cat, int64_t entry, const char *collection, bool *ret_sure,
		     struct lic_error *err)
{
	_cleanup_(lic_joined_release) struct lic_joined j = LIC_JOINED_INIT;
	int r = lic_joined_of(cat, entry, &j, err);

	for (size_t i = 0; r == 0 && i < j.n; i++) {
		const char *name;

		if (lic_joined_collection(&j, i, &name, ret_sure) && strcmp(name, collection) == 0)
			return 1;
	}
	return r;
}

static int find_members(struct members *m, const char *collection)
{
	int r = lic_joins_get(m->cat, &m->joins, m->err);

	for (size_t i = 0; r == 0 && i < m->joins->n; i++) {
		const struct lic_source *s = &m->joins->source[i];

		if (s->kind == LIC_MANIFEST_IMPORT && strcmp(s->collection, collection) == 0)
			m->source = s;
	}
	if (r == 0 && !m->source)
		return -ENOENT;
	if (r == 0 && m->source->n_patterns)
		return lic_catalog_each(m->cat, LIC_KIND_IMAGE, add_any, m, m->err);
	return r < 0 ? r : add_matched(m);
}

int lic_catalog_collection_images(struct lic_catalog *cat, const char *collection,
				  int (*fn)(void *ctx, int64_t entry, bool sure), void *ctx,
				  struct lic_error *err)
{
	struct members m = { .cat = cat, .err = err };
	int r = find_members(&m, collection);

	if (m.ids.n)
		qsort(m.ids.item, m.ids.n, sizeof(*m.ids.item), by_id);
	for (size_t i = 0; r == 0 && i < m.ids.n; i++) {
		bool sure = false;

		r = is_member(cat, m.ids.item[i].a, collection, &sure, err);
		if (r > 0)
			r = fn(ctx, m.ids.item[i].a, sure);
	}
	lic_map_release(&m.ids);
	return r;
}
