/* SPDX-License-Identifier: Apache-2.0 */
/* All images and masks below a directory, with their paths. */
#include <errno.h>
#include <stdlib.h>

#include "fs/catalog/revoked.h"

struct walk {
	int (*fn)(void *ctx, const struct lic_entry *e, struct lic_bytes path);
	void *ctx;
	int64_t *dir; /* still to be walked, n of them */
	size_t n, cap;
	struct lic_buf path; /* of the directory that is listed, and its entries in turn */
	size_t dir_len;
	struct lic_error *err;
};

static void walk_release(struct walk *w)
{
	free(w->dir);
	lic_buf_release(&w->path);
}

static int push(struct walk *w, int64_t dir)
{
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 256;
		void *p = reallocarray(w->dir, cap, sizeof(*w->dir));

		if (!p)
			return lic_error_set(w->err, ENOMEM, "out of memory for a tree");
		w->dir = p;
		w->cap = cap;
	}
	w->dir[w->n++] = dir;
	return 0;
}

static int walk_entry(void *ctx, const struct lic_entry *e)
{
	struct walk *w = ctx;

	if (e->kind == LIC_KIND_DIR || e->kind == LIC_KIND_DOCUMENT)
		return push(w, e->id);
	if (e->kind != LIC_KIND_IMAGE && !lic_entry_is_mask(e))
		return 0;
	lic_buf_truncate(&w->path, w->dir_len);
	lic_buf_add(&w->path, e->name.p, e->name.n);
	if (lic_buf_failed(&w->path))
		return lic_error_set(w->err, ENAMETOOLONG, "a path is too long to be looked at");
	return w->fn(w->ctx, e, (struct lic_bytes){ (const uint8_t *)w->path.data, w->path.len });
}

int lic_walk_images(struct lic_catalog *cat, int64_t dir,
		    int (*fn)(void *ctx, const struct lic_entry *e, struct lic_bytes path),
		    void *ctx, struct lic_error *err)
{
	_cleanup_(walk_release) struct walk w = {
		.fn = fn, .ctx = ctx, .path = LIC_BUF_INIT(64u << 20), .err = err
	};
	int r = push(&w, dir);

	while (r == 0 && w.n) {
		lic_buf_reset(&w.path);
		r = lic_catalog_entry_path(cat, w.dir[--w.n], &w.path, err);
		if (r < 0)
			break;
		if (w.path.len)
			lic_buf_addc(&w.path, '/');
		w.dir_len = w.path.len;
		r = lic_catalog_list(cat, w.dir[w.n], 0, walk_entry, &w, err);
	}
	return r;
}
