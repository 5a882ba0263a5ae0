/* SPDX-License-Identifier: Apache-2.0 */
/* The named views of a catalog. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "views.h"

static void add(struct views *v, const char *name, const char *expr, const char *basis,
		bool builtin)
{
	struct named_view *item = reallocarray(v->item, v->n + 1, sizeof(*item));

	if (!item)
		output_out_of_memory();
	v->item = item;
	item = &v->item[v->n++];
	memset(item, 0, sizeof(*item));
	item->name = strdup(name);
	item->expr = strdup(expr);
	item->basis = basis ? strdup(basis) : NULL;
	item->builtin = builtin;
	if (!item->name || !item->expr || (basis && !item->basis))
		output_out_of_memory();
}

static int add_row(void *ctx, const struct lic_view_row *row)
{
	add(ctx, row->name, row->expr, row->basis, false);
	return 0;
}

/* A user-defined view that no longer compiles shows nothing, and says why. */
static int compile(struct named_view *v, struct lic_catalog *cat, int64_t generation,
		   struct lic_error *err)
{
	int64_t number;
	int r = lic_view_by_name(cat, v->name, &v->view, &number, err);

	if (r < 0 && !v->builtin && (r == -EINVAL || r == -EPERM || r == -ELOOP || r == -ENOENT)) {
		v->broken = strdup(err->msg);
		if (!v->broken)
			output_out_of_memory();
		return 0;
	}
	if (r < 0)
		return r;
	return lic_filter_new(cat, v->view, LIC_CLASSES_DROP, generation, &v->filter, err);
}

int views_load(struct views *v, struct lic_catalog *cat, struct lic_error *err)
{
	int64_t generation = lic_catalog_generation(cat);
	const struct lic_builtin_view *b;
	int r;

	memset(v, 0, sizeof(*v));
	if (generation < 0)
		return lic_error_sys(err, (int)-generation, "cannot read the catalog");
	for (size_t i = 0; (b = lic_view_builtin(i)); i++)
		add(v, b->name, b->expr, NULL, true);
	r = lic_catalog_views(cat, add_row, v, err);
	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = compile(&v->item[i], cat, generation, err);
	return r;
}

void views_release(struct views *v)
{
	for (size_t i = 0; i < v->n; i++) {
		struct named_view *item = &v->item[i];

		lic_filter_free(item->filter);
		lic_view_free(item->view);
		free(item->name);
		free(item->expr);
		free(item->basis);
		free(item->broken);
	}
	free(v->item);
	memset(v, 0, sizeof(*v));
}

int views_show(const struct named_view *v, struct lic_catalog *cat, const struct lic_entry *e,
	       bool *ret, struct lic_error *err)
{
	struct lic_entry at = *e;
	bool shown = v->filter;
	int r = 0;

	while (shown && at.id != 1) {
		r = lic_filter_shows(v->filter, &at, &shown, err);
		/* An image keeps every directory above it. */
		if (r < 0 || !shown || at.kind == LIC_KIND_IMAGE)
			break;
		r = lic_catalog_by_id(cat, at.parent, &at, err);
		if (r < 0)
			break;
	}
	*ret = r == 0 && shown;
	return r;
}
