/* SPDX-License-Identifier: Apache-2.0 */
/* What a view shows now. */
#include "fs/history/shown.h"

int lic_shown_init(struct lic_shown *s, struct lic_catalog *cat, const char *view,
		   const char *where, const char *basis, enum lic_classes classes,
		   struct lic_error *err)
{
	int64_t number, generation = lic_catalog_generation(cat);
	int r;

	*s = (struct lic_shown){ .err = err };
	if (generation < 0)
		return lic_error_sys(err, (int)-generation, "cannot read the catalog");
	if (view)
		r = lic_view_by_name(cat, view, &s->view, &number, err);
	else
		r = lic_view_by_expr(cat, where ? where : "", basis, 0, &s->view, &number, err);
	if (r == 0)
		r = lic_filter_new(cat, s->view, classes, generation, &s->filter, err);
	return r;
}

void lic_shown_release(struct lic_shown *s)
{
	lic_filter_free(s->filter);
	lic_view_free(s->view);
	*s = (struct lic_shown){ .err = NULL };
}

int lic_shown_keep(void *ctx, const struct lic_then *t)
{
	struct lic_shown *s = ctx;
	bool shown;
	int r = lic_filter_shows(s->filter, &t->m.e, &shown, s->err);

	return r < 0 ? r : shown;
}
