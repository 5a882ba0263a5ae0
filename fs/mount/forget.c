/* SPDX-License-Identifier: Apache-2.0 */
/* Turning changes of the catalog into invalidations. */
#include <errno.h>
#include <string.h>

#include "fs/mount/docs.h"
#include "fs/mount/forget.h"
#include "fs/mount/notify.h"

#define DONE_SLOTS 1024u

void lic_ids_add(struct lic_ids *l, int64_t id)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		int64_t *grown = reallocarray(l->id, cap, sizeof(*grown));

		if (!grown) {
			l->failed = true;
			return;
		}
		l->id = grown;
		l->cap = cap;
	}
	l->id[l->n++] = id;
}

void lic_ids_release(struct lic_ids *l)
{
	free(l->id);
	memset(l, 0, sizeof(*l));
}

/* In every view. A directory that is still shown is only to be looked up again, so that processes
 * inside keep their place. */
static void forget_name(struct lic_worker *w, int64_t parent, const char *name, size_t n,
			int64_t dir)
{
	struct lic_session *s = w->s;

	for (unsigned i = 0; i < lic_views_count(&s->views); i++) {
		const struct lic_known_view *v = lic_views_at(&s->views, i);
		bool shown = false;

		if (dir && lic_worker_dir_shown(w, v, dir, &shown) < 0)
			shown = false;
		lic_notify_view_entry(s, v, parent, name, n, shown);
	}
}

static void forget_listing(struct lic_session *s, int64_t dir)
{
	for (unsigned i = 0; i < lic_views_count(&s->views); i++)
		lic_notify_listing(s, lic_views_at(&s->views, i), dir);
}

/* The listing of a directory, and those above it, which may come or go with what is below. */
static void forget_upwards(struct lic_worker *w, int64_t dir, int64_t done[DONE_SLOTS])
{
	for (;;) {
		struct lic_entry e;
		char name[NAME_MAX + 1];
		size_t n;
		int64_t parent;

		if (done[(uint64_t)dir % DONE_SLOTS] == dir)
			return;
		done[(uint64_t)dir % DONE_SLOTS] = dir;
		forget_listing(w->s, dir);
		if (dir == LIC_STORE_ROOT || lic_catalog_by_id(w->cat, dir, &e, NULL) < 0)
			return;
		n = e.name.n <= NAME_MAX ? e.name.n : 0;
		memcpy(name, e.name.p, n);
		parent = e.parent;
		forget_name(w, parent, name, n, dir);
		dir = parent;
	}
}

void lic_forget_each(struct lic_worker *w, const struct lic_changed *first)
{
	int64_t done[DONE_SLOTS] = { 0 };
	struct lic_ids files = { 0 };

	for (const struct lic_changed *c = first; c; c = c->next) {
		struct lic_entry e;
		bool dir = lic_catalog_by_id(w->cat, c->entry, &e, NULL) == 0 &&
			   e.kind == LIC_KIND_DIR;

		forget_name(w, c->dir, c->name, c->n, dir ? c->entry : 0);
		if (!dir)
			lic_ids_add(&files, c->entry);
	}
	for (const struct lic_changed *c = first; c; c = c->next)
		forget_upwards(w, c->dir, done);
	lic_forget_bytes(w, &files);
	for (const struct lic_changed *c = first; c; c = c->next)
		lic_ids_add(&files, c->dir); /* of a member its archive */
	lic_forget_documents(w, &files);
	lic_ids_release(&files);
}

void lic_forget_bytes(struct lic_worker *w, const struct lic_ids *files)
{
	for (size_t i = 0; i < files->n; i++) {
		struct lic_entry e;
		bool seen = false;

		if (lic_catalog_by_id(w->cat, files->id[i], &e, NULL) == 0 &&
		    lic_worker_shown(w, &e, &seen) < 0)
			seen = false;
		lic_notify_file(w->s, files->id[i], !seen);
	}
}

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

void lic_forget_documents(struct lic_worker *w, struct lic_ids *files)
{
	if (!files || files->failed) {
		lic_docs_notify(w->s, w, NULL, 0);
	} else if (files->n) {
		qsort(files->id, files->n, sizeof(*files->id), by_number);
		lic_docs_notify(w->s, w, files->id, files->n);
	}
}

struct hidden {
	struct lic_worker *w;
	struct lic_ids files;
	bool every;
};

static int add_hidden(void *ctx, const struct lic_entry *e)
{
	struct hidden *h = ctx;
	bool seen = false;

	if (e->kind == LIC_KIND_DIR || e->kind == LIC_KIND_HIDDEN)
		return 0;
	if (!h->every && lic_worker_shown(h->w, e, &seen) < 0)
		seen = false;
	if (!seen)
		lic_ids_add(&h->files, e->id);
	return 0;
}

static int add_dir(void *ctx, const struct lic_entry *e)
{
	lic_ids_add(ctx, e->id);
	return 0;
}

static void forget_live_bytes(struct lic_worker *w, bool every, const _Atomic bool *stop)
{
	struct hidden h = { .w = w, .every = every };
	struct lic_ids dirs = { 0 };

	if (lic_catalog_each(w->cat, LIC_KIND_DIR, add_dir, &dirs, NULL) < 0)
		dirs.failed = true;
	for (size_t i = 0; i < dirs.n && !(stop && atomic_load(stop)); i++) {
		if (lic_catalog_list(w->cat, dirs.id[i], 0, add_hidden, &h, NULL) < 0)
			h.files.failed = true;
		for (size_t k = 0; k < h.files.n; k++)
			lic_notify_file(w->s, h.files.id[k], true);
		h.files.n = 0;
	}
	lic_ids_release(&dirs);
	lic_ids_release(&h.files);
}

void lic_forget_hidden_bytes(struct lic_worker *w, const _Atomic bool *stop)
{
	forget_live_bytes(w, false, stop);
}

void lic_forget_all_bytes(struct lic_worker *w)
{
	forget_live_bytes(w, true, NULL);
	lic_docs_notify(w->s, NULL, NULL, 0);
}

/* Where the kernel has no epoch: whatever is below the top-level directories goes with them. */
static void forget_tops(struct lic_worker *w)
{
	struct lic_ids tops = { 0 };

	if (lic_catalog_list(w->cat, LIC_STORE_ROOT, 0, add_dir, &tops, NULL) < 0)
		tops.failed = true;
	for (size_t i = 0; i < tops.n; i++) {
		struct lic_entry e;
		char name[NAME_MAX + 1];
		size_t n;

		if (lic_catalog_by_id(w->cat, tops.id[i], &e, NULL) < 0 || e.name.n > NAME_MAX)
			continue;
		n = e.name.n;
		memcpy(name, e.name.p, n);
		forget_name(w, LIC_STORE_ROOT, name, n, 0);
	}
	lic_ids_release(&tops);
}

static void forget_listings(struct lic_worker *w)
{
	struct lic_session *s = w->s;
	struct lic_ids dirs = { 0 };
	uint64_t *ino;
	size_t n;

	if (lic_listed_take(&s->listed, &ino, &n)) {
		for (size_t i = 0; i < n; i++) {
			if (ino[i])
				lic_notify_listing_at(s, ino[i]);
		}
		free(ino);
		return;
	}
	if (lic_catalog_each(w->cat, LIC_KIND_DIR, add_dir, &dirs, NULL) < 0)
		dirs.failed = true;
	for (size_t i = 0; i < dirs.n; i++)
		forget_listing(s, dirs.id[i]);
	lic_ids_release(&dirs);
}

void lic_forget_all(struct lic_worker *w)
{
	if (!lic_notify_epoch(w->s))
		forget_tops(w);
	forget_listings(w);
	lic_notify_made(w->s);
}
