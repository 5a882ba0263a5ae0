/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories in views that ask about single images: a walk, with every directory remembered until
 * the catalog changes below it.
 */
#include <errno.h>
#include <string.h>

#include "fs/util/hash.h"
#include "fs/view/filter.h"

#define CHANGES_MAX 4096 /* directories looked up one by one before everything is forgotten */

/* --- memory --- */

static struct lic_dir_memo *slot_of(struct lic_dir_memo *memo, size_t cap, int64_t id)
{
	size_t i = (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (cap - 1);

	while (memo[i].id && memo[i].id != id)
		i = (i + 1) & (cap - 1);
	return &memo[i];
}

static bool grow(struct lic_filter *f)
{
	size_t cap = f->cap_memo ? f->cap_memo * 2 : 64;
	struct lic_dir_memo *memo = calloc(cap, sizeof(*memo));

	if (!memo)
		return false;
	for (size_t i = 0; i < f->cap_memo; i++)
		if (f->memo[i].id)
			*slot_of(memo, cap, f->memo[i].id) = f->memo[i];
	free(f->memo);
	f->memo = memo;
	f->cap_memo = cap;
	return true;
}

struct lic_dir_memo *lic_memo_at(struct lic_filter *f, int64_t id)
{
	struct lic_dir_memo *m;

	if (f->n_memo * 2 >= f->cap_memo && !grow(f))
		return NULL;
	m = slot_of(f->memo, f->cap_memo, id);
	if (!m->id) {
		*m = (struct lic_dir_memo){ .id = id,
					    .epoch = f->epoch - 1,
					    .apart_epoch = f->epoch - 1 };
		f->n_memo++;
	}
	return m;
}

static void forget_all(struct lic_filter *f)
{
	f->epoch++;
	f->until = INT64_MAX;
}

struct changes {
	struct lic_filter *f;
	int64_t *dir;
	size_t n;
};

/* Stops with 1 where so much has changed that looking it up is not worth while. */
static int note_change(void *ctx, const struct lic_change *c)
{
	struct changes *l = ctx;

	if (!c->dir || (l->n && l->dir[l->n - 1] == c->dir))
		return 0;
	if (l->n == CHANGES_MAX)
		return 1;
	l->dir[l->n++] = c->dir;
	return 0;
}

/* Forgets a directory and those above it. */
static int forget_up(struct lic_filter *f, int64_t id, struct lic_error *err)
{
	while (id) {
		struct lic_entry e;
		int r = lic_catalog_by_id(f->cat, id, &e, err);

		/* One that has ended was removed from a directory that has changed too */
		if (r < 0)
			return r == -ENOENT ? 0 : r;
		if (f->cap_memo) {
			struct lic_dir_memo *m = slot_of(f->memo, f->cap_memo, id);

			m->epoch = m->apart_epoch = f->epoch - 1;
		}
		id = e.parent;
	}
	return 0;
}

int lic_memo_refresh(struct lic_filter *f, struct lic_error *err)
{
	_cleanup_(lic_freep) int64_t *dir = NULL;
	struct changes l = { .f = f };
	int64_t newest = lic_catalog_generation(f->cat);
	int r;

	if (newest < 0)
		return lic_error_set(err, (int)-newest, "the catalog's generation is unknown");
	if (f->now() >= f->until)
		forget_all(f);
	if (!f->n_memo)
		f->generation = newest;
	if (newest == f->generation)
		return 0;
	l.dir = dir = calloc(CHANGES_MAX, sizeof(*dir));
	if (!dir)
		return lic_error_set(err, ENOMEM, "out of memory for a view");
	r = lic_catalog_changes(f->cat, f->generation, note_change, &l, err);
	if (r < 0 && r != -ESTALE)
		return r;
	if (r != 0)
		forget_all(f);
	for (size_t i = 0; r == 0 && i < l.n; i++) {
		int rc = forget_up(f, l.dir[i], err);

		if (rc < 0)
			return rc;
	}
	f->generation = newest;
	return 0;
}

int lic_memo_until(struct lic_filter *f, int64_t rights, int64_t now, struct lic_error *err)
{
	struct lic_error own = LIC_ERROR_INIT;
	const struct lic_rights *r = lic_catalog_rights(f->cat, rights, err ? err : &own);

	if (!r)
		return lic_failure(err ? err : &own);
	if (r->until > now && r->until < f->until)
		f->until = r->until;
	return 0;
}

/* --- the walk --- */

struct frame {
	int64_t dir, after; /* entry after which to go on */
	size_t path_len;    /* of the directory, in the path */
	int64_t count;
	bool was;
};

struct walk {
	struct lic_filter *f;
	struct lic_error *err;
	struct frame *frame; /* from the directory asked about to the present one */
	size_t n, cap;
	struct lic_buf path; /* of the present directory, with a slash behind it */
	bool full;
	int64_t now, sub; /* sub: the subdirectory at which the listing stopped */
};

enum { STOPPED_AT_DIR = 1, STOPPED_AT_IMAGE = 2 };

static void walk_release(struct walk *w)
{
	free(w->frame);
	lic_buf_release(&w->path);
}

static int push(struct walk *w, int64_t dir)
{
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 32;
		void *p = reallocarray(w->frame, cap, sizeof(*w->frame));

		if (!p)
			return lic_error_set(w->err, ENOMEM, "out of memory for a tree");
		w->frame = p;
		w->cap = cap;
	}
	if (lic_buf_failed(&w->path))
		return lic_error_set(w->err, ENAMETOOLONG, "the path of a directory is too long");
	w->frame[w->n++] = (struct frame){ .dir = dir, .path_len = w->path.len };
	return 0;
}

static int visit(void *ctx, const struct lic_entry *e)
{
	struct walk *w = ctx;
	struct frame *top = &w->frame[w->n - 1];
	struct lic_bytes path;
	bool shown = false, was = false;
	int r = 0;

	/* An archive is the directory of the images in it */
	if (e->kind != LIC_KIND_DIR && e->kind != LIC_KIND_IMAGE && e->kind != LIC_KIND_DOCUMENT)
		return 0;
	lic_buf_truncate(&w->path, top->path_len);
	lic_buf_add(&w->path, e->name.p, e->name.n);
	path = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&w->path), w->path.len };
	if (e->kind != LIC_KIND_IMAGE) {
		lic_buf_addc(&w->path, '/');
		w->sub = e->id;
		return STOPPED_AT_DIR;
	}
	if (lic_buf_failed(&w->path))
		return lic_error_set(w->err, ENAMETOOLONG, "the path of an image is too long");
	r = lic_filter_image(w->f, e->id, &path, e->rights, w->now, &shown, w->err);
	if (r == 0)
		r = lic_memo_until(w->f, e->rights, w->now, w->err);
	if (r == 0 && !shown)
		r = lic_filter_was_shown(w->f, e, &path, &was, w->err);
	if (r < 0)
		return r;
	top->count += shown;
	top->was |= shown || was;
	return shown && !w->full ? STOPPED_AT_IMAGE : 0;
}

/* Where the rights alone decide about all images below a directory, it need not be listed. */
struct prospect {
	struct walk *w;
	int64_t count; /* shown whatever the asset is */
	bool open;     /* some may be shown, or may have been */
};

static int add_prospect(void *ctx, int64_t rights, int64_t count, int64_t emptied)
{
	struct prospect *p = ctx;
	enum lic_tri now, then;
	int r = lic_filter_answer(p->w->f, rights, p->w->now, &now, p->w->err);

	if (r == 0)
		r = lic_filter_answer(p->w->f, rights, p->w->f->start, &then, p->w->err);
	if (r == 0)
		r = lic_memo_until(p->w->f, rights, p->w->now, p->w->err);
	if (r < 0)
		return r;
	if (now == LIC_ALLOWED)
		p->count += count;
	if ((now == LIC_UNKNOWN && count) || (then != LIC_FORBIDDEN && then != now && count) ||
	    (then != LIC_FORBIDDEN && emptied > p->w->f->since))
		p->open = true;
	return 0;
}

/* Stores what was found out about the top directory, and hands it up. */
static int finish(struct walk *w, int64_t count, bool some, bool was)
{
	struct lic_dir_memo *m = lic_memo_at(w->f, w->frame[w->n - 1].dir);

	if (!m)
		return lic_error_set(w->err, ENOMEM, "out of memory for a view");
	m->count = count;
	m->some = some;
	m->was |= some || was;
	m->epoch = w->f->epoch;
	if (--w->n) {
		struct frame *up = &w->frame[w->n - 1];

		up->count += count < 0 ? some : count;
		up->was |= m->was;
		lic_buf_truncate(&w->path, up->path_len);
	}
	return 0;
}

/* A directory that was just entered: 1 where it must be listed, 0 where it is finished. */
static int enter(struct walk *w)
{
	int64_t dir = w->frame[w->n - 1].dir;
	const struct lic_dir_memo *m = lic_memo_at(w->f, dir);
	struct prospect p = { .w = w };
	int r;

	if (!m)
		return lic_error_set(w->err, ENOMEM, "out of memory for a view");
	if (m->epoch == w->f->epoch && (m->count >= 0 || !w->full))
		return finish(w, m->count, m->some, m->was);
	r = lic_catalog_dir_rights(w->f->cat, dir, add_prospect, &p, w->err);
	if (r < 0)
		return r;
	if (!p.open)
		return finish(w, p.count, p.count > 0, p.count > 0);
	return 1;
}

/* Goes on in the top directory until it, or the whole walk, is finished. */
static int proceed(struct walk *w)
{
	struct frame *top = &w->frame[w->n - 1];
	bool found = !w->full && top->count > 0;
	int r = 0;

	if (!found && !top->after && (r = enter(w)) <= 0)
		return r;
	if (!found)
		r = lic_catalog_list(w->f->cat, top->dir, top->after, visit, w, w->err);
	if (r == STOPPED_AT_DIR) {
		top->after = w->sub;
		return push(w, w->sub);
	}
	if (r < 0)
		return r;
	found = found || r == STOPPED_AT_IMAGE;
	return finish(w, found ? -1 : top->count, found || top->count > 0, top->was);
}

int lic_filter_walk(struct lic_filter *f, int64_t dir, bool full, struct lic_dir_memo *ret,
		    struct lic_error *err)
{
	struct lic_error own = LIC_ERROR_INIT;
	_cleanup_(walk_release) struct walk w = { .f = f,
						  .err = err ? err : &own,
						  .path = LIC_BUF_INIT(16u << 20),
						  .full = full,
						  .now = f->now() };
	struct lic_dir_memo *m;
	int r = lic_catalog_entry_path(f->cat, dir, &w.path, w.err);

	if (r < 0)
		return r;
	if (w.path.len)
		lic_buf_addc(&w.path, '/');
	r = push(&w, dir);
	while (r == 0 && w.n)
		r = proceed(&w);
	if (r < 0)
		return r;
	m = lic_memo_at(f, dir);
	if (!m)
		return lic_error_set(err, ENOMEM, "out of memory for a view");
	*ret = *m;
	return 0;
}
