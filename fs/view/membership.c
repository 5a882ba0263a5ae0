/* SPDX-License-Identifier: Apache-2.0 */
/* The collections that an image is in, for views that ask. */
#include <errno.h>
#include <string.h>

#include <licensefs/view.h>

struct loading {
	struct lic_memberships *list;
	struct lic_error *err;
};

static int add(void *ctx, const char *collection, bool sure)
{
	struct loading *x = ctx;
	struct lic_memberships *l = x->list;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 8;
		void *p = reallocarray(l->item, cap, sizeof(*l->item));

		if (!p)
			return lic_error_set(x->err, ENOMEM, "out of memory for collections");
		l->item = p;
		l->cap = cap;
	}
	l->item[l->n].collection = strdup(collection);
	l->item[l->n].sure = sure;
	if (!l->item[l->n].collection)
		return lic_error_set(x->err, ENOMEM, "out of memory for collections");
	l->n++;
	return 0;
}

int lic_memberships_load(struct lic_catalog *cat, int64_t entry, struct lic_memberships *ret,
			 struct lic_error *err)
{
	struct loading x = { ret, err };

	lic_memberships_release(ret);
	return lic_catalog_collections(cat, entry, add, &x, err);
}

void lic_memberships_release(struct lic_memberships *l)
{
	for (size_t i = 0; i < l->n; i++)
		free((char *)l->item[i].collection);
	free(l->item);
	*l = (struct lic_memberships){ 0 };
}
