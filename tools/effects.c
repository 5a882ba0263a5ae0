/* SPDX-License-Identifier: Apache-2.0 */
/* What a transaction brings into each view and takes out of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "effects.h"
#include "image.h"
#include "output.h"
#include "table.h"

/* --- views -------------------------------------------------------------------------------- */

static void add(struct effects *e, const char *name)
{
	struct view_effect *more = reallocarray(e->view, e->n + 1, sizeof(*more));

	if (!more)
		output_out_of_memory();
	e->view = more;
	more[e->n] = (struct view_effect){ .name = strdup(name) };
	if (!more[e->n++].name)
		output_out_of_memory();
}

static int add_row(void *ctx, const struct lic_view_row *row)
{
	add(ctx, row->name);
	return 0;
}

/* A view that no longer compiles shows nothing; status says why. */
static int compile(struct effects *e, struct lic_catalog *cat, struct lic_error *err)
{
	for (size_t i = 0; i < e->n; i++) {
		struct view_effect *v = &e->view[i];
		int64_t number;
		int r = lic_view_by_name(cat, v->name, &v->view, &number, err);

		if (r < 0 && r != -EINVAL && r != -EPERM && r != -ELOOP && r != -ENOENT)
			return r;
		if (r < 0)
			continue;
		v->needs_asset = lic_view_needs_asset(v->view);
		e->n_assets += v->needs_asset;
	}
	return 0;
}

/* --- views that ask about more than rights ------------------------------------------------ */

struct asking {
	struct effects *e;
	struct lic_catalog *cat;
	struct image image;
	struct path_cache cache;
	bool again;
	size_t bit;
	struct lic_error *err;
};

static void grow(struct effects *e)
{
	size_t cap = e->cap_shown ? 2 * e->cap_shown : 1u << 16;
	uint8_t *more = realloc(e->shown, cap / 8);

	if (!more)
		output_out_of_memory();
	memset(more + e->cap_shown / 8, 0, (cap - e->cap_shown) / 8);
	e->shown = more;
	e->cap_shown = cap;
}

/* The walk meets the same images in the same order each time: a transaction sees no other. */
static int ask(void *ctx, const struct lic_entry *entry)
{
	struct asking *a = ctx;
	struct effects *e = a->e;
	int r = image_load(&a->image, &a->cache, a->cat, entry, a->err);

	for (size_t i = 0; r == 0 && i < e->n; i++) {
		struct view_effect *v = &e->view[i];
		bool is, was;

		if (!v->needs_asset)
			continue;
		r = image_match(&a->image, a->cat, v->view, e->now, &is, a->err);
		if (r < 0)
			break;
		if (!a->again) {
			if (e->n_shown == e->cap_shown)
				grow(e);
			e->shown[e->n_shown / 8] |= (uint8_t)(is << e->n_shown % 8);
			e->n_shown++;
			continue;
		}
		was = a->bit < e->n_shown && e->shown[a->bit / 8] & 1u << a->bit % 8;
		a->bit++;
		v->in += is && !was;
		v->out += was && !is;
	}
	return r;
}

static int ask_all(struct effects *e, struct lic_catalog *cat, bool again, struct lic_error *err)
{
	struct asking a = { .e = e, .cat = cat, .again = again, .err = err };
	int r = e->n_assets ? lic_catalog_each(cat, LIC_KIND_IMAGE, ask, &a, err) : 0;

	image_release(&a.image);
	path_cache_release(&a.cache);
	return r;
}

/* --- pairs of rights ---------------------------------------------------------------------- */

static struct rights_pair *find_pair(struct effects *e, int64_t before, int64_t after)
{
	uint64_t h = (uint64_t)before * 0x9e3779b97f4a7c15u ^ (uint64_t)after * 0xc2b2ae3d27d4eb4fu;
	size_t i = (size_t)(h >> 32) & (e->cap - 1);

	while (e->pair[i].images && (e->pair[i].before != before || e->pair[i].after != after))
		i = (i + 1) & (e->cap - 1);
	return &e->pair[i];
}

static void grow_pairs(struct effects *e)
{
	struct rights_pair *old = e->pair;
	size_t n = e->cap;

	e->cap = n ? 2 * n : 64;
	e->pair = calloc(e->cap, sizeof(*e->pair));
	if (!e->pair)
		output_out_of_memory();
	for (size_t i = 0; i < n; i++)
		if (old[i].images)
			*find_pair(e, old[i].before, old[i].after) = old[i];
	free(old);
}

void effects_changed(struct effects *e, int64_t before, int64_t after)
{
	struct rights_pair *p;

	if (2 * e->n_pairs >= e->cap)
		grow_pairs(e);
	p = find_pair(e, before, after);
	e->n_pairs += !p->images;
	p->before = before;
	p->after = after;
	p->images++;
}

static int add_pair(struct effects *e, struct lic_catalog *cat, const struct rights_pair *p,
		    struct lic_error *err)
{
	const struct lic_rights *before =
		p->before ? lic_catalog_rights(cat, p->before, err) : NULL;
	const struct lic_rights *after = p->after ? lic_catalog_rights(cat, p->after, err) : NULL;

	if ((p->before && !before) || (p->after && !after))
		return lic_error_prefix(err, "cannot compare views");
	for (size_t i = 0; i < e->n; i++) {
		struct view_effect *v = &e->view[i];
		bool was, is;

		if (!v->view || v->needs_asset)
			continue;
		was = before && lic_view_match(v->view, before, NULL, e->now) == LIC_ALLOWED;
		is = after && lic_view_match(v->view, after, NULL, e->now) == LIC_ALLOWED;
		v->in += is && !was ? p->images : 0;
		v->out += was && !is ? p->images : 0;
	}
	return 0;
}

/* --- the whole ---------------------------------------------------------------------------- */

int effects_begin(struct effects *e, struct lic_catalog *cat, struct lic_error *err)
{
	const struct lic_builtin_view *b;
	struct lic_policy policy;
	int r = lic_catalog_policy(cat, &policy, err);

	memset(e, 0, sizeof(*e));
	if (r < 0)
		return r;
	e->now = policy.now;
	for (size_t i = 0; (b = lic_view_builtin(i)); i++)
		add(e, b->name);
	r = lic_catalog_views(cat, add_row, e, err);
	if (r == 0)
		r = compile(e, cat, err);
	return r < 0 ? r : ask_all(e, cat, false, err);
}

int effects_end(struct effects *e, struct lic_catalog *cat, struct lic_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < e->cap; i++)
		if (e->pair[i].images)
			r = add_pair(e, cat, &e->pair[i], err);
	return r < 0 ? r : ask_all(e, cat, true, err);
}

void effects_release(struct effects *e)
{
	for (size_t i = 0; i < e->n; i++) {
		free(e->view[i].name);
		lic_view_free(e->view[i].view);
	}
	free(e->view);
	free(e->pair);
	free(e->shown);
	memset(e, 0, sizeof(*e));
}

bool effects_print(const struct effects *e)
{
	static const struct table_column columns[] = {
		{ "VIEW", TABLE_PLAIN },
		{ "CAME IN", TABLE_RIGHT },
		{ "WENT OUT", TABLE_RIGHT },
	};
	struct table *t = NULL;
	char in[32], out[32];

	for (size_t i = 0; i < e->n; i++) {
		const struct view_effect *v = &e->view[i];

		if (!v->in && !v->out)
			continue;
		if (!t)
			t = table_new(columns, LIC_ARRAY_SIZE(columns), 0, true);
		table_row(t, (const char *const[]){ v->name, output_count(v->in, in),
						    output_count(v->out, out) });
	}
	table_print(t);
	return t != NULL;
}

void effects_json(const struct effects *e, struct lic_json *j)
{
	lic_json_key(j, "views");
	lic_json_array(j);
	for (size_t i = 0; i < e->n; i++) {
		lic_json_object(j);
		lic_json_kstr(j, "name", e->view[i].name);
		lic_json_kint(j, "in", e->view[i].in);
		lic_json_kint(j, "out", e->view[i].out);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}
