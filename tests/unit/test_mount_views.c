/* SPDX-License-Identifier: Apache-2.0 */
/* What a mount learns of views that are defined while it runs. */
#include <licensefs/catalog.h>

#include "fs/mount/views.h"
#include "tests/unit/view_catalog.h"

static struct lic_views views;

static enum lic_views_news refresh(struct fixture *x)
{
	enum lic_views_news news = LIC_VIEWS_SAME;

	is_int(lic_views_refresh(&views, x->cat, &news, &err), 0, "the views can be read");
	return news;
}

static void set(struct fixture *x, const char *name, const char *expr)
{
	begin(x);
	is_int(lic_catalog_view_set(x->txn, name, expr, NULL, &err), 0, "view %s", name);
	commit(x);
}

static void drop(struct fixture *x, const char *name)
{
	begin(x);
	is_int(lic_catalog_view_rm(x->txn, name, &err), 0, "no view %s", name);
	commit(x);
}

static const struct lic_known_view *enter(struct fixture *x, const char *name)
{
	const struct lic_known_view *v = NULL;

	is_int(lic_views_enter(&views, x->cat, name, &v, &err), 0, "enters %s", name);
	return v;
}

/* A view can be entered, and so compiled, before a refresh has heard of it. */
static void test_entered_early(struct fixture *x)
{
	const struct lic_known_view *v;

	set(x, "early", "commercial");
	v = enter(x, "early");
	set(x, "early", "noncommercial");
	is_int(refresh(x), LIC_VIEWS_CHANGED, "a view that was entered early means something else");
	ok(!lic_view_definition(v), "and shows nothing more");
	set(x, "brief", "commercial");
	v = enter(x, "brief");
	drop(x, "brief");
	is_int(refresh(x), LIC_VIEWS_CHANGED, "one that was entered early is gone");
	ok(!lic_view_definition(v), "and shows nothing either");
	set(x, "part", "commercial");
	set(x, "whole", "part & license=CC-BY-4.0");
	v = enter(x, "whole");
	set(x, "part", "noncommercial");
	is_int(refresh(x), LIC_VIEWS_CHANGED, "or what it names means something else");
	set(x, "last", "commercial");
	is_int(refresh(x), LIC_VIEWS_ADDED, "then a new one is only that");
	v = enter(x, "last");
	is_int(refresh(x), LIC_VIEWS_SAME, "entered when it was known");
	set(x, "other", "commercial");
	is_int(refresh(x), LIC_VIEWS_ADDED, "another is new");
	ok(lic_view_definition(v) != NULL, "beside it");
}

int main(void)
{
	const struct lic_known_view *a, *c;
	const struct lic_definition *before;
	struct fixture x;

	if (!mkdtemp(store))
		return 99;
	open_catalog(&x, "views");
	is_int(lic_views_init(&views), 0, "a table of views");
	is_int(refresh(&x), LIC_VIEWS_SAME, "none is the same as none");
	set(&x, "a", "commercial");
	is_int(refresh(&x), LIC_VIEWS_ADDED, "one is new");
	is_int(refresh(&x), LIC_VIEWS_SAME, "and then known");
	a = enter(&x, "a");
	before = lic_view_definition(a);
	set(&x, "b", "a & license=CC-BY-4.0");
	is_int(refresh(&x), LIC_VIEWS_ADDED, "another is new");
	ok(lic_view_definition(a) == before, "what was known keeps its filters");
	set(&x, "c", "b & path=train/**");
	is_int(refresh(&x), LIC_VIEWS_ADDED, "and a third");
	c = enter(&x, "c");
	set(&x, "a", "noncommercial");
	is_int(refresh(&x), LIC_VIEWS_CHANGED, "one means something else");
	ok(!lic_view_definition(a), "under another number");
	drop(&x, "b");
	is_int(refresh(&x), LIC_VIEWS_CHANGED, "one is gone");
	ok(!lic_view_definition(c), "and what names it");
	set(&x, "b", "license=CC-BY-4.0");
	is_int(refresh(&x), LIC_VIEWS_CHANGED, "one that was looked for in vain is back");
	ok(lic_view_definition(c) != NULL, "with what names it");
	test_entered_early(&x);
	lic_views_release(&views);
	lic_catalog_close(x.cat);
	remove_tree(store);
	return done_testing();
}
