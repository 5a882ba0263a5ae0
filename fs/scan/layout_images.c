/* SPDX-License-Identifier: Apache-2.0 */
/* The images of a layout, found by the names of what belongs to them. */
#include <errno.h>
#include <string.h>

#include "fs/scan/internal.h"
#include "fs/scan/layouts.h"

void lic_layout_images_release(struct lic_layout_images *l)
{
	lic_arena_release(&l->names);
	free(l->stem);
	free(l->rest);
}

static int append(struct lic_layout_image **list, size_t *n, size_t *cap,
		  const struct lic_layout_image *image)
{
	if (*n == *cap) {
		size_t c = *cap ? *cap * 2 : 256;
		void *p = reallocarray(*list, c, sizeof(**list));

		if (!p)
			return -ENOMEM;
		*list = p;
		*cap = c;
	}
	(*list)[(*n)++] = *image;
	return 0;
}

int lic_layout_images_add(struct lic_layout_images *l, int64_t id, const void *name, size_t n)
{
	struct lic_layout_image i = { .id = id };
	int r;

	i.name.p = (const uint8_t *)lic_arena_dup(&l->names, name, n);
	if (!i.name.p)
		return -ENOMEM;
	i.name.n = n;
	i.key = (struct lic_bytes){ i.name.p, lic_stem_length(i.name.p, n) };
	r = append(&l->stem, &l->n, &l->cap, &i);
	if (r == 0 && lic_layout_image_key(i.name.p, n, &i.key))
		r = append(&l->rest, &l->n_rest, &l->cap_rest, &i);
	return r;
}

static int compare_keys(const struct lic_bytes *a, const struct lic_bytes *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	int c = n ? memcmp(a->p, b->p, n) : 0;

	return c ? c : (a->n > b->n) - (a->n < b->n);
}

static int compare_images(const void *pa, const void *pb)
{
	const struct lic_layout_image *a = pa, *b = pb;

	return compare_keys(&a->key, &b->key);
}

void lic_layout_images_sort(struct lic_layout_images *l)
{
	if (l->n)
		qsort(l->stem, l->n, sizeof(*l->stem), compare_images);
	if (l->n_rest)
		qsort(l->rest, l->n_rest, sizeof(*l->rest), compare_images);
}

struct finding {
	int (*fn)(void *ctx, const struct lic_layout_image *image);
	void *ctx;
	bool any;
};

/* All with that key; `name` not NULL: only those of that name. */
static int find(struct finding *f, const struct lic_layout_image *list, size_t n,
		const struct lic_bytes *key, const struct lic_bytes *name)
{
	size_t lo = 0, hi = n;
	int r = 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare_keys(&list[mid].key, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; r == 0 && lo < n && compare_keys(&list[lo].key, key) == 0; lo++) {
		if (name && compare_keys(&list[lo].name, name) != 0)
			continue;
		f->any = true;
		r = f->fn(f->ctx, &list[lo]);
	}
	return r;
}

int lic_layout_images_of(const struct lic_layout_images *l, const struct lic_bytes *name,
			 bool beside, unsigned flags,
			 int (*fn)(void *ctx, const struct lic_layout_image *image), void *ctx)
{
	const struct lic_bytes stem = { name->p, lic_stem_length(name->p, name->n) };
	const struct lic_bytes inner = { name->p, lic_stem_length(stem.p, stem.n) };
	struct finding f = { fn, ctx, false };
	struct lic_bytes key[LIC_LAYOUT_KEYS];
	size_t n;
	int r = 0;

	if (flags & LIC_LAYOUT_FLAT)
		return lic_layout_number_key(name->p, name->n, &key[0])
			       ? find(&f, l->stem, l->n, &key[0], NULL)
			       : 0;
	if (!beside)
		r = find(&f, l->stem, l->n, &stem, NULL);
	/* "x.jpg.json" */
	if (r == 0 && !beside && !f.any && inner.n < stem.n)
		r = find(&f, l->stem, l->n, &inner, &stem);
	n = lic_layout_keys(name->p, name->n, beside, key);
	for (size_t i = 0; r == 0 && !f.any && i < n; i++)
		r = find(&f, l->stem, l->n, &key[i], NULL);
	if (r == 0 && !beside && !f.any)
		r = find(&f, l->rest, l->n_rest, &stem, NULL);
	for (size_t i = 0; r == 0 && !f.any && i < n; i++)
		r = find(&f, l->rest, l->n_rest, &key[i], NULL);
	return r;
}
