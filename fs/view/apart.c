/* SPDX-License-Identifier: Apache-2.0 */
/* Companions, and what a view shows of directories in which it shows no image: labels and masks of
 * images that lie elsewhere, and documents. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <licensefs/catalog_documents.h>

#include "fs/view/filter.h"

/* --- companions --- */

struct owners {
	struct lic_filter *f;
	struct lic_error *err;
	size_t n;
	bool then; /* asks for the time at which the view was first shown */
};

/* Was an image that has ended shown then? Only the rights say: nothing else of it is kept. */
static int ended_was_shown(struct owners *o, int64_t image, bool *ret)
{
	enum lic_tri t;
	int64_t rights;
	int r = lic_catalog_rights_at(o->f->cat, image, o->f->since, &rights, o->err);

	if (r == 0)
		r = lic_filter_answer(o->f, rights, o->f->start, &t, o->err);
	if (r == 0)
		*ret = t == LIC_ALLOWED;
	return r == -ENOENT ? 0 : r;
}

static int live_was_shown(struct owners *o, const struct lic_entry *e, bool *ret)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(16u << 20);
	const struct lic_entry image = *e; /* its name goes with the next question */
	struct lic_bytes p = { NULL, 0 };
	int r = 0;

	if (o->f->view->asks & LIC_ASKS_PATH)
		r = lic_catalog_entry_path(o->f->cat, image.id, &path, o->err);
	if (path.len)
		p = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&path), path.len };
	return r < 0 ? r : lic_filter_was_shown(o->f, &image, &p, ret, o->err);
}

/* Stops with 1 at the first image that is not shown. */
static int owner_shows(void *ctx, int64_t image)
{
	struct owners *o = ctx;
	struct lic_entry e;
	bool shown = false;
	int r = lic_catalog_by_id(o->f->cat, image, &e, o->err);

	o->n++;
	if (r == -ENOENT)
		r = o->then ? ended_was_shown(o, image, &shown) : 0;
	else if (r == 0 && e.kind == LIC_KIND_IMAGE && o->then)
		r = live_was_shown(o, &e, &shown);
	else if (r == 0 && e.kind == LIC_KIND_IMAGE)
		r = lic_filter_live_image(o->f, e.id, e.rights, &shown, o->err);
	if (r == 0 && !o->then && shown)
		r = lic_memo_until(o->f, e.rights, o->f->now(), o->err);
	if (r < 0)
		return r;
	return shown ? 0 : 1;
}

static int ask_owners(struct lic_filter *f, int64_t id, bool then, bool *ret, struct lic_error *err)
{
	struct owners o = { f, err, 0, then };
	int r = lic_catalog_companion_images(f->cat, id, owner_shows, &o, err);

	if (r < 0)
		return r;
	*ret = r == 0 && o.n;
	return 0;
}

int lic_filter_companion(struct lic_filter *f, int64_t id, bool *ret, struct lic_error *err)
{
	return ask_owners(f, id, false, ret, err);
}

/* --- documents --- */

static size_t stem_of(const uint8_t *p, size_t n)
{
	const uint8_t *dot = n ? memrchr(p + 1, '.', n - 1) : NULL;

	return dot ? (size_t)(dot - p) : n;
}

/* Names that say nothing of an image: of splits, and of archives that are not called like it. */
static bool says_nothing(const struct lic_bytes *document, const struct lic_entry *image,
			 bool archive)
{
	const uint8_t *slash = memrchr(image->name.p, '/', image->name.n);
	const size_t at = slash ? (size_t)(slash - image->name.p) + 1 : 0;
	const size_t n = stem_of(document->p, document->n);

	if (lic_split_directory(document->p, n))
		return true;
	return archive && !memmem(document->p, n, image->name.p + at,
				  stem_of(image->name.p + at, image->name.n - at));
}

int lic_filter_document(struct lic_filter *f, const struct lic_entry *e, bool *ret,
			struct lic_error *err)
{
	uint8_t copy[NAME_MAX];
	const struct lic_bytes name = { copy, e->name.n < NAME_MAX ? e->name.n : NAME_MAX };
	const int64_t document = e->id;
	struct lic_entry image;
	int64_t id;
	int r;

	memcpy(copy, e->name.p, name.n);
	r = lic_catalog_document_image(f->cat, document, &id, err);
	*ret = r == 0;
	if (r < 0 || !id)
		return r;
	*ret = false;
	r = lic_catalog_by_id(f->cat, id, &image, err);
	if (r < 0 || image.kind != LIC_KIND_IMAGE)
		return r == -ENOENT ? 0 : r;
	if (says_nothing(&name, &image, image.parent == document))
		*ret = true;
	else
		r = lic_filter_live_image(f, id, image.rights, ret, err);
	return r == 0 && *ret ? lic_memo_until(f, image.rights, f->now(), err) : r;
}

/* --- directories --- */

struct frame {
	int64_t dir;
	size_t below; /* its subdirectories: those of the walk from here on */
	struct lic_apart found;
};

struct walk {
	struct lic_filter *f;
	struct lic_error *err;
	struct frame *frame; /* from the directory asked about to the present one */
	size_t n, cap;
	int64_t *dir; /* to be looked into, deepest last */
	size_t n_dirs, cap_dirs;
};

static void walk_release(struct walk *w)
{
	free(w->frame);
	free(w->dir);
}

static int no_memory(struct walk *w)
{
	return lic_error_set(w->err, ENOMEM, "out of memory for a tree");
}

static int push(struct walk *w, int64_t dir)
{
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 32;
		void *p = reallocarray(w->frame, cap, sizeof(*w->frame));

		if (!p)
			return no_memory(w);
		w->frame = p;
		w->cap = cap;
	}
	w->frame[w->n++] = (struct frame){ .dir = dir, .below = w->n_dirs };
	return 0;
}

static int add_dir(struct walk *w, int64_t dir)
{
	if (w->n_dirs == w->cap_dirs) {
		size_t cap = w->cap_dirs ? w->cap_dirs * 2 : 64;
		void *p = reallocarray(w->dir, cap, sizeof(*w->dir));

		if (!p)
			return no_memory(w);
		w->dir = p;
		w->cap_dirs = cap;
	}
	w->dir[w->n_dirs++] = dir;
	return 0;
}

/* Stops with 1 at the first companion that is shown: more need not be known. */
static int visit(void *ctx, const struct lic_entry *e)
{
	struct walk *w = ctx;
	struct lic_apart *found = &w->frame[w->n - 1].found;
	const int64_t id = e->id;
	int r = 0;

	switch (e->kind) {
	case LIC_KIND_DIR:
		return add_dir(w, id);
	case LIC_KIND_DOCUMENT:
		return found->document ? 0 : lic_filter_document(w->f, e, &found->document, w->err);
	case LIC_KIND_COMPANION:
		r = ask_owners(w->f, id, false, &found->companion, w->err);
		if (r == 0 && !found->companion && !found->was)
			r = ask_owners(w->f, id, true, &found->was, w->err);
		return r < 0 ? r : found->companion;
	default:
		return 0;
	}
}

/* Stores what was found out about the top directory, and hands it up. */
static int finish(struct walk *w)
{
	const struct frame top = w->frame[w->n - 1];
	struct lic_dir_memo *m = lic_memo_at(w->f, top.dir);

	if (!m)
		return no_memory(w);
	m->apart = top.found;
	m->apart_epoch = w->f->epoch;
	w->n_dirs = top.below;
	if (--w->n) {
		struct lic_apart *up = &w->frame[w->n - 1].found;

		up->document |= top.found.document;
		up->companion |= top.found.companion;
		up->was |= top.found.was;
	}
	return 0;
}

/* Goes into a directory: what it holds itself is found, its subdirectories are noted. */
static int enter(struct walk *w, int64_t dir)
{
	const struct lic_dir_memo *m = lic_memo_at(w->f, dir);
	int r = m ? push(w, dir) : no_memory(w);

	if (r < 0)
		return r;
	if (m->apart_epoch == w->f->epoch) {
		w->frame[w->n - 1].found = m->apart;
		return 0;
	}
	r = lic_catalog_list_apart(w->f->cat, dir, visit, w, w->err);
	return r < 0 ? r : 0;
}

/* Goes on in the top directory: into the next subdirectory, or up. */
static int proceed(struct walk *w)
{
	const struct frame *top = &w->frame[w->n - 1];

	if (top->found.companion || w->n_dirs == top->below)
		return finish(w);
	return enter(w, w->dir[--w->n_dirs]);
}

int lic_filter_apart(struct lic_filter *f, int64_t dir, struct lic_apart *ret,
		     struct lic_error *err)
{
	struct lic_error own = LIC_ERROR_INIT;
	_cleanup_(walk_release) struct walk w = { .f = f, .err = err ? err : &own };
	const struct lic_dir_memo *m;
	int r = lic_memo_refresh(f, w.err);

	if (r == 0)
		r = enter(&w, dir);
	while (r == 0 && w.n)
		r = proceed(&w);
	if (r < 0)
		return r;
	m = lic_memo_at(f, dir);
	if (!m)
		return no_memory(&w);
	*ret = m->apart;
	return 0;
}
