/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The named views of a catalog, built-in ones first, each with a filter over the catalog.
 */
#ifndef LICENSEFS_TOOLS_VIEWS_H
#define LICENSEFS_TOOLS_VIEWS_H

#include <licensefs/view.h>

struct named_view {
	char *name, *expr, *basis; /* basis NULL if none */
	bool builtin;
	struct lic_view *view;	   /* NULL where it no longer compiles: then it shows nothing */
	struct lic_filter *filter; /* NULL with it */
	char *broken;		   /* why, else NULL */
};

struct views {
	struct named_view *item;
	size_t n;
};

int views_load(struct views *v, struct lic_catalog *cat, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
void views_release(struct views *v) _nonnull_all_;

/* Is the entry shown in the view, every directory above it included? Its name must outlive calls on
 * the catalog. */
int views_show(const struct named_view *v, struct lic_catalog *cat, const struct lic_entry *e,
	       bool *ret, struct lic_error *err) _nonnull_(1, 2, 3, 4) _must_check_;

#endif
