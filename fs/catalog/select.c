/* SPDX-License-Identifier: Apache-2.0 */
/* Which live images selectors match: found by index, by a walk below a path, or by their texts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/catalog/revoked.h"

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory to find images");
}

static int by_key(const void *a, const void *b)
{
	const struct lic_map_item *x = a, *y = b;

	return x->a < y->a ? -1 : x->a > y->a;
}

void lic_map_sort(struct lic_map *m)
{
	if (m->n)
		qsort(m->item, m->n, sizeof(*m->item), by_key);
}

struct gathering {
	struct lic_catalog *cat;
	struct lic_map *ids, *masks;	     /* masks NULL: nobody asks */
	const struct lic_selector *selector; /* the one at hand */
	struct lic_likeness print;	     /* of a selector by likeness */
	struct lic_error *err;
};

static int take(struct gathering *g, int64_t entry)
{
	return lic_map_at(g->ids, entry, 0) ? 0 : no_memory(g->err);
}

static int take_id(void *ctx, int64_t entry)
{
	return take(ctx, entry);
}

static int take_mask(struct gathering *g, int64_t entry)
{
	return !g->masks || lic_map_at(g->masks, entry, 0) ? 0 : no_memory(g->err);
}

static int take_image(void *ctx, const struct lic_entry *e)
{
	if (e->kind == LIC_KIND_IMAGE)
		return take(ctx, e->id);
	return lic_entry_is_mask(e) ? take_mask(ctx, e->id) : 0;
}

/* --- by path ------------------------------------------------------------------------------ */

static int try_path(void *ctx, const struct lic_entry *e, struct lic_bytes path)
{
	struct lic_selector_subject s = { .path = path };
	struct gathering *g = ctx;
	int r = lic_selector_matches(g->selector, &s);

	if (r <= 0)
		return r;
	return e->kind == LIC_KIND_IMAGE ? take(g, e->id) : take_mask(g, e->id);
}

/* What a pattern can match lies below its part before the first star. */
static size_t base_length(const struct lic_selector *s)
{
	size_t n = 0;

	if (!s->pattern)
		return s->normal.n;
	for (size_t i = 0; i < s->normal.n; i++) {
		uint8_t c = s->normal.p[i];

		if (c == '*' || c == '?')
			break;
		if (c == '/')
			n = i;
	}
	return n;
}

static int gather_path(struct gathering *g)
{
	struct lic_bytes base = { g->selector->normal.p, base_length(g->selector) };
	struct lic_entry e;
	int r = lic_catalog_by_path(g->cat, base.p, base.n, &e, g->err);

	if (r == -ENOENT)
		r = lic_catalog_archive_of(g->cat, base, &e, g->err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (e.kind == LIC_KIND_IMAGE && !g->selector->pattern)
		return take(g, e.id);
	if (lic_entry_is_mask(&e) && !g->selector->pattern)
		return take_mask(g, e.id);
	if (e.kind != LIC_KIND_DIR && e.kind != LIC_KIND_DOCUMENT)
		return 0;
	r = lic_walk_images(g->cat, e.id, try_path, g, g->err);
	return r == -ENOMEM ? no_memory(g->err) : r;
}

/* --- by bytes and likeness ---------------------------------------------------------------- */

static int take_alike(void *ctx, int64_t entry, const struct lic_likeness *l)
{
	struct gathering *g = ctx;

	return lic_likeness_distance(&g->print, l) <= LIC_LIKENESS_NEAR ? take(g, entry) : 0;
}

static int gather_alike(struct gathering *g)
{
	const struct lic_selector *s = g->selector;
	int r = lic_likeness_unpack(s->normal.p, s->normal.n, &g->print);

	if (r < 0)
		return lic_error_set(g->err, EINVAL, "not a likeness");
	return lic_catalog_likenesses(g->cat, take_alike, g, g->err);
}

static int gather(struct gathering *g, const struct lic_selector *s)
{
	struct lic_hash hash;

	g->selector = s;
	switch (s->kind) {
	case LIC_SELECT_PATH:
		return gather_path(g);
	case LIC_SELECT_XXH3:
		memcpy(hash.b, s->normal.p, sizeof(hash.b));
		return lic_catalog_by_hash(g->cat, &hash, take_image, g, g->err);
	case LIC_SELECT_MD5:
		return lic_catalog_by_digest(g->cat, LIC_DIGEST_MD5, s->normal.p, take_id, g,
					     g->err);
	case LIC_SELECT_SHA256:
		return lic_catalog_by_digest(g->cat, LIC_DIGEST_SHA256, s->normal.p, take_id, g,
					     g->err);
	case LIC_SELECT_LIKENESS:
		return gather_alike(g);
	case LIC_SELECT_CREATOR:
	case LIC_SELECT_URL:
	case LIC_SELECT_ID:
	case LIC_SELECT_COUNT:
	default:
		return 0; /* together with the others of their kinds */
	}
}

int lic_select_any(struct lic_catalog *cat, const struct lic_selector *selector, size_t n,
		   struct lic_map *ids, struct lic_map *masks, struct lic_error *err)
{
	_cleanup_(lic_wanted_release) struct lic_wanted wanted = { 0 };
	struct gathering g = { .cat = cat, .ids = ids, .masks = masks, .err = err };
	int r = lic_wanted_init(&wanted, cat, selector, n, err);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = gather(&g, &selector[i]);
	return r < 0 ? r : lic_wanted_find(&wanted, ids, masks, err);
}

/* --- all of several ----------------------------------------------------------------------- */

/* How much it costs to begin with: the fewer images, the better. */
static unsigned cost(const struct lic_selector *s)
{
	switch (s->kind) {
	case LIC_SELECT_XXH3:
		return 0;
	case LIC_SELECT_MD5:
	case LIC_SELECT_SHA256:
		return 1;
	case LIC_SELECT_PATH:
		return s->pattern ? 5 : 4;
	case LIC_SELECT_CREATOR:
		return s->pattern ? 3 : 2;
	case LIC_SELECT_URL:
	case LIC_SELECT_ID:
	case LIC_SELECT_LIKENESS:
	case LIC_SELECT_COUNT:
	default:
		return 2;
	}
}

static int check(const struct lic_selector *selector, size_t n, struct lic_error *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct lic_selector *s = &selector[i];
		bool hash = s->kind == LIC_SELECT_XXH3 || s->kind == LIC_SELECT_MD5;

		if (s->kind < LIC_SELECT_PATH || s->kind >= LIC_SELECT_COUNT || !s->normal.n ||
		    (hash && s->normal.n != 16) ||
		    (s->kind == LIC_SELECT_SHA256 && s->normal.n != 32) ||
		    (s->pattern && s->kind != LIC_SELECT_PATH && s->kind != LIC_SELECT_CREATOR))
			return lic_error_set(err, EINVAL, "selector %zu of %zu is none", i + 1, n);
	}
	return 0;
}

/* Keeps in `ids` what is in `others` as well. */
static int intersect(struct lic_map *ids, const struct lic_map *others, struct lic_error *err)
{
	struct lic_map both = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ids->n; i++)
		if (lic_map_find(others, ids->item[i].a, 0) &&
		    !lic_map_at(&both, ids->item[i].a, 0))
			r = no_memory(err);
	lic_map_release(ids);
	*ids = both;
	return r;
}

/* Few images are asked one by one. */
#define FEW 20000

static int narrow(struct lic_catalog *cat, const struct lic_selector *s, struct lic_map *ids,
		  struct lic_error *err);

static int select_all(struct lic_catalog *cat, const struct lic_selector *selector, size_t n,
		      struct lic_map *ids, struct lic_error *err)
{
	struct gathering g = { .cat = cat, .ids = ids, .err = err };
	size_t first = 0;
	int r = check(selector, n, err);

	if (r == 0 && !n)
		return lic_catalog_each(cat, LIC_KIND_IMAGE, take_image, &g, err);
	for (size_t i = 1; i < n; i++)
		if (cost(&selector[i]) < cost(&selector[first]))
			first = i;
	if (r == 0)
		r = lic_select_any(cat, &selector[first], 1, ids, NULL, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (i != first)
			r = narrow(cat, &selector[i], ids, err);
	return r;
}

struct member {
	struct lic_catalog *cat;
	struct lic_wanted *wanted;
	struct lic_likeness print;
	struct lic_error *err;
};

static int ask_part(void *ctx, const struct lic_selector_subject *s, unsigned kinds _unused_)
{
	struct member *m = ctx;

	return lic_wanted_has(m->wanted, s);
}

static int ask_rows(struct member *m, const struct lic_joined *rows)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < rows->n; i++) {
		_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;

		r = lic_query(&q, m->cat, LIC_STMT_ROW, m->err, "i", rows->item[i].row);
		if (r == 0)
			r = lic_query_step(&q, m->err);
		if (r > 0)
			r = lic_row_subjects(lic_query_bytes(&q, 1), lic_query_bytes(&q, 2),
					     m->wanted->kinds, ask_part, m);
	}
	return r;
}

/* Is the image one? 1, 0 or an error. */
static int ask_image(struct member *m, int64_t entry)
{
	_cleanup_(lic_joined_release) struct lic_joined joined = LIC_JOINED_INIT;
	_cleanup_(lic_image_release) struct lic_image image = LIC_IMAGE_INIT;
	const struct lic_selector *sel = m->wanted->selector;
	struct lic_likeness l;
	int r = lic_image_load(m->cat, entry, ~0u, &image, m->err);

	if (r <= 0)
		return r;
	if (sel->kind == LIC_SELECT_LIKENESS) {
		r = lic_catalog_likeness(m->cat, entry, &l, NULL, m->err);
		if (r == -ENOENT)
			return 0;
		return r < 0 ? r : lic_likeness_distance(&m->print, &l) <= LIC_LIKENESS_NEAR;
	}
	r = lic_selector_matches(
		sel, &(struct lic_selector_subject){ .path = image.subject.path,
						     .hash = image.subject.hash,
						     .digests = image.subject.digests,
						     .claim = image.subject.claim,
						     .n_claims = image.subject.n_claims });
	if (r == 0)
		r = lic_joined_find(m->cat, &image.subject, &joined, m->err);
	return r == 0 ? ask_rows(m, &joined) : r;
}

static int ask_all(struct member *m, struct lic_map *ids)
{
	struct lic_map left = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ids->n; i++) {
		r = ask_image(m, ids->item[i].a);
		if (r > 0)
			r = lic_map_at(&left, ids->item[i].a, 0) ? 0 : no_memory(m->err);
	}
	lic_map_release(ids);
	*ids = left;
	return r;
}

/* Leaves in `ids` what the selector matches as well. */
static int narrow(struct lic_catalog *cat, const struct lic_selector *s, struct lic_map *ids,
		  struct lic_error *err)
{
	_cleanup_(lic_wanted_release) struct lic_wanted wanted = { 0 };
	_cleanup_(lic_map_release) struct lic_map others = { 0 };
	struct member m = { .cat = cat, .wanted = &wanted, .err = err };
	int r;

	if (!ids->n)
		return 0;
	if (ids->n > FEW) {
		r = lic_select_any(cat, s, 1, &others, NULL, err);
		return r < 0 ? r : intersect(ids, &others, err);
	}
	r = lic_wanted_init(&wanted, cat, s, 1, err);
	if (r == 0 && s->kind == LIC_SELECT_LIKENESS &&
	    lic_likeness_unpack(s->normal.p, s->normal.n, &m.print) < 0)
		r = lic_error_set(err, EINVAL, "not a likeness");
	return r < 0 ? r : ask_all(&m, ids);
}

static int is_live_image(struct lic_catalog *cat, int64_t entry, struct lic_error *err)
{
	struct lic_entry e;
	int r = lic_catalog_by_id(cat, entry, &e, err);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return e.kind == LIC_KIND_IMAGE;
}

int lic_catalog_select(struct lic_catalog *cat, const struct lic_selector *selector, size_t n,
		       int (*fn)(void *ctx, int64_t entry), void *ctx, struct lic_error *err)
{
	_cleanup_(lic_map_release) struct lic_map ids = { 0 };
	/* In one state of the catalog: between two queries another writer may commit */
	bool own = sqlite3_get_autocommit(cat->db);
	int r = own ? lic_catalog_exec(cat, "BEGIN", err) : 0;
	size_t k = 0;

	if (r < 0)
		return r;
	r = select_all(cat, selector, n, &ids, err);
	lic_map_sort(&ids);
	for (size_t i = 0; r == 0 && i < ids.n; i++) {
		r = is_live_image(cat, ids.item[i].a, err);
		if (r > 0)
			ids.item[k++].a = ids.item[i].a;
		r = r < 0 ? r : 0;
	}
	if (own && !sqlite3_get_autocommit(cat->db) && lic_catalog_exec(cat, "END", NULL) < 0 &&
	    r == 0)
		r = lic_error_set(err, EIO, "cannot end looking for images");
	for (size_t i = 0; r == 0 && i < k; i++)
		r = fn(ctx, ids.item[i].a);
	return r;
}
