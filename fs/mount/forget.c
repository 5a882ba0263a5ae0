/* SPDX-License-Identifier: Apache-2.0 */
/* Turning changes of the catalog into invalidations. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "fs/mount/backed.h"
#include "fs/mount/docs.h"
#include "fs/mount/forget.h"
#include "fs/mount/notify.h"
#include "fs/mount/pinned.h"
#include "fs/mount/sweep.h"
#include "fs/util/io.h"

#define DONE_SLOTS 1024u
#define UNKNOWN (-1) /* what has ended may have been a directory, and be one of a snapshot */

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

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

void lic_ids_sort(struct lic_ids *l)
{
	if (l->n)
		qsort(l->id, l->n, sizeof(*l->id), by_number);
}

bool lic_ids_has(const struct lic_ids *l, int64_t id)
{
	return l->n && bsearch(&id, l->id, l->n, sizeof(id), by_number);
}

void lic_ids_release(struct lic_ids *l)
{
	free(l->id);
	memset(l, 0, sizeof(*l));
}

/* A directory that is still shown is only to be looked up again, so that processes inside keep
 * their place. */
static void forget_name_in(struct lic_worker *w, const struct lic_known_view *v, int64_t parent,
			   const char *name, size_t n, int64_t dir)
{
	bool shown = false;

	if (dir == UNKNOWN)
		shown = v->snapshot && lic_pinned_is_dir(w, v, parent, name, n);
	else if (dir && lic_worker_dir_shown(w, v, dir, &shown) < 0)
		shown = false;
	lic_notify_view_entry(w->s, v, parent, name, n, shown);
}

/* In every view. */
static void forget_name(struct lic_worker *w, int64_t parent, const char *name, size_t n,
			int64_t dir)
{
	struct lic_session *s = w->s;

	for (unsigned i = 0; i < lic_views_count(&s->views); i++) {
		const struct lic_known_view *v = lic_views_at(&s->views, i);

		if (lic_notify_knows(s, v, parent))
			forget_name_in(w, v, parent, name, n, dir);
	}
}

static void forget_attributes(struct lic_session *s, int64_t dir)
{
	for (unsigned i = 0; i < lic_views_count(&s->views); i++)
		lic_notify_dir(s, lic_views_at(&s->views, i), dir);
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

/* --- the names of a directory ------------------------------------------------------------------
 */

struct names {
	struct lic_arena arena;
	struct lic_changed *first; /* `dir` is the entry itself where it is one */
};

static int add_name(void *ctx, const struct lic_entry *e)
{
	struct names *l = ctx;
	struct lic_changed *c;

	if (e->kind == LIC_KIND_HIDDEN || e->name.n > NAME_MAX)
		return 0;
	c = lic_arena_alloc(&l->arena, sizeof(*c) + e->name.n + 1);
	if (!c)
		return -ENOMEM;
	c->dir = e->kind == LIC_KIND_DIR ? e->id : 0;
	c->entry = e->id;
	c->n = e->name.n;
	memcpy(c->name, e->name.p, e->name.n);
	c->next = l->first;
	l->first = c;
	return 0;
}

/* The statement is over before the kernel is told anything. */
static int list_names(struct lic_worker *w, int64_t dir, struct names *l)
{
	struct lic_entry e;
	int r = lic_catalog_by_id(w->cat, dir, &e, NULL);

	/* of an archive only its documents are known */
	if (r == 0 && e.kind == LIC_KIND_DIR)
		r = lic_catalog_list(w->cat, dir, 0, add_name, l, NULL);
	return r == -ENOENT ? 0 : r;
}

/* View by view: one that does not know the directory now asks the catalog as it is. */
static void forget_names_in(struct lic_worker *w, const struct lic_known_view *v, int64_t dir,
			    const struct names *l)
{
	if (!lic_notify_knows(w->s, v, dir))
		return;
	for (const struct lic_changed *c = l->first; c; c = c->next)
		forget_name_in(w, v, dir, c->name, c->n, c->dir);
}

static int forget_names(struct lic_worker *w, int64_t dir)
{
	struct names l = { .arena = LIC_ARENA_INIT(1u << 30) };
	int r = list_names(w, dir, &l);

	for (unsigned i = 0; r == 0 && i < lic_views_count(&w->s->views); i++)
		forget_names_in(w, lic_views_at(&w->s->views, i), dir, &l);
	for (const struct lic_changed *c = l.first; r == 0 && c; c = c->next)
		if (c->dir)
			forget_attributes(w->s, c->dir);
	lic_arena_release(&l.arena);
	return r;
}

/* --- changes ---------------------------------------------------------------------------------- */

static void forget_entries(struct lic_worker *w, const struct lic_changed *first,
			   struct lic_ids *files)
{
	for (const struct lic_changed *c = first; c; c = c->next) {
		struct lic_entry e;
		bool live = lic_catalog_by_id(w->cat, c->entry, &e, NULL) == 0;
		bool dir = live && e.kind == LIC_KIND_DIR;

		forget_name(w, c->dir, c->name, c->n, dir ? c->entry : live ? 0 : UNKNOWN);
		if (dir)
			forget_attributes(w->s, c->entry);
		else
			lic_ids_add(files, c->entry);
	}
}

/* Many at a time: the sweeper begins with them while names of others are forgotten. */
static void pass_on(struct lic_worker *w, struct lic_ids *files)
{
	if (files->n > LIC_FORGET_AT_ONCE)
		lic_sweeper_add(w->s, files);
}

/* The sweeper forgets the bytes of each while the names of the next are forgotten. */
static bool forget_dirs(struct lic_worker *w, const struct lic_ids *dirs)
{
	const int64_t end = lic_now_ns() + LIC_FORGET_NS;
	bool late = false;

	for (size_t i = 0; i < dirs->n; i++) {
		late = late || (lic_now_ns() > end && !atomic_load(&w->s->overlaid));
		if (!late && forget_names(w, dirs->id[i]) < 0)
			late = true; /* the names go with everything else */
		lic_sweeper_add_dir(w->s, dirs->id[i]);
	}
	return !late;
}

bool lic_forget_changes(struct lic_worker *w, const struct lic_batch *b)
{
	int64_t done[DONE_SLOTS] = { 0 };
	struct lic_ids files = { 0 }, documents = { 0 };
	bool all;

	lic_backed_doom(w, b, &files);
	forget_entries(w, b->first, &files);
	for (size_t i = 0; i < files.n; i++)
		lic_ids_add(&documents, files.id[i]);
	pass_on(w, &files);
	all = !forget_dirs(w, &b->dirs) || b->unknown;
	for (const struct lic_changed *c = b->first; c; c = c->next) {
		forget_upwards(w, c->dir, done);
		lic_ids_add(&documents, c->dir); /* of a member its archive */
	}
	for (size_t i = 0; i < b->dirs.n; i++)
		forget_upwards(w, b->dirs.id[i], done);
	lic_forget_documents(w, b->dirs.n ? NULL : &documents);
	if (files.failed)
		lic_sweeper_add(w->s, &files);
	else
		lic_forget_bytes(w, &files);
	lic_ids_release(&files);
	lic_ids_release(&documents);
	return !all;
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

void lic_forget_ended(struct lic_session *s)
{
	uint64_t *id = NULL;
	size_t n = 0;

	(void)!lic_listed_take(&s->ended, &id, &n);
	for (size_t i = 0; i < n; i++) {
		if (id[i])
			lic_notify_file(s, (int64_t)id[i], true);
	}
	free(id);
}

void lic_forget_documents(struct lic_worker *w, struct lic_ids *files)
{
	if (!files || files->failed) {
		lic_docs_notify(w->s, w, NULL, 0);
	} else if (files->n) {
		lic_ids_sort(files);
		lic_docs_notify(w->s, w, files->id, files->n);
	}
}

#define LIVE_AT_ONCE 1024u
#define AGAIN_MS 100 /* before a catalog that could not be read is asked again */

struct live {
	struct lic_worker *w;
	bool every, attributes;
	size_t n;
	int64_t last; /* entry that was looked at */
	struct {
		int64_t id;
		bool hidden;
	} file[LIVE_AT_ONCE]; /* n of them; no memory is asked for, which may be refused */
};

enum { FULL = 1 };

static int add_live(void *ctx, const struct lic_entry *e)
{
	struct live *l = ctx;
	const int64_t id = e->id;
	bool seen = false;

	if (l->n == LIVE_AT_ONCE)
		return FULL;
	l->last = id;
	if (e->kind == LIC_KIND_DIR || e->kind == LIC_KIND_HIDDEN)
		return 0;
	if (!l->every && lic_worker_shown(l->w, e, &seen) < 0)
		seen = false;
	if (!seen || l->attributes) {
		l->file[l->n].id = id;
		l->file[l->n++].hidden = !seen;
	}
	return 0;
}

static int add_dir(void *ctx, const struct lic_entry *e)
{
	lic_ids_add(ctx, e->id);
	return 0;
}

/* Directories of which the kernel may hold bytes: a file is known only by looking into its own.
 * False where some are missing. */
static bool find_looked(struct lic_worker *w, struct lic_ids *dirs)
{
	uint64_t *id = NULL;
	size_t n = 0;

	if (!lic_listed_copy(&w->s->looked, &id, &n))
		return lic_catalog_each(w->cat, LIC_KIND_DIR, add_dir, dirs, NULL) == 0 &&
		       !dirs->failed;
	for (size_t i = 0; i < n; i++)
		lic_ids_add(dirs, (int64_t)id[i]);
	free(id);
	return !dirs->failed;
}

/* False where the catalog could not be read. */
static bool forget_bytes_of(struct live *l, int64_t dir)
{
	int r;

	l->last = 0;
	do {
		l->n = 0;
		r = lic_catalog_list(l->w->cat, dir, l->last, add_live, l, NULL);
		for (size_t i = 0; i < l->n; i++)
			lic_notify_file(l->w->s, l->file[i].id, l->file[i].hidden);
	} while (r == FULL);
	return r == 0;
}

bool lic_forget_dir_bytes(struct lic_worker *w, int64_t dir)
{
	struct live l = { .w = w, .attributes = true };

	return forget_bytes_of(&l, dir);
}

static bool forget_live_bytes(struct live *l, bool (*go_on)(void *ctx), void *ctx)
{
	const struct timespec pause = { 0, AGAIN_MS * 1000000 };
	struct lic_ids dirs = { 0 };
	bool whole = find_looked(l->w, &dirs), going = true;

	for (size_t i = 0; going && i < dirs.n; i++) {
		whole &= forget_bytes_of(l, dirs.id[i]);
		going = !go_on || go_on(ctx);
	}
	lic_ids_release(&dirs);
	if (going && !whole)
		nanosleep(&pause, NULL);
	return going && whole;
}

bool lic_forget_hidden_bytes(struct lic_worker *w, bool attributes, bool (*go_on)(void *ctx),
			     void *ctx)
{
	struct live l = { .w = w, .attributes = attributes };

	return forget_live_bytes(&l, go_on, ctx);
}

void lic_forget_all_bytes(struct lic_worker *w)
{
	struct live l = { .w = w, .every = true };

	forget_live_bytes(&l, NULL, NULL);
	lic_docs_notify(w->s, NULL, NULL, 0);
}

/* Where there is no epoch: each name of a directory, in the view that its inode number is of. */
static void forget_names_at(struct lic_worker *w, uint64_t ino)
{
	struct lic_inode n = lic_inode_decode(ino, w->s->single);
	const struct lic_known_view *v = lic_views_by_number(&w->s->views, n.view);
	struct names l = { .arena = LIC_ARENA_INIT(1u << 30) };

	if (!v || list_names(w, n.id, &l) < 0)
		l.first = NULL;
	for (const struct lic_changed *c = l.first; c; c = c->next)
		forget_name_in(w, v, n.id, c->name, c->n, c->dir);
	lic_arena_release(&l.arena);
}

/* Any directory may be known. */
static void forget_every_dir(struct lic_worker *w, bool names)
{
	struct lic_ids dirs = { 0 };

	if (lic_catalog_each(w->cat, LIC_KIND_DIR, add_dir, &dirs, NULL) < 0)
		dirs.failed = true;
	for (size_t i = 0; i < dirs.n; i++) {
		if (names && forget_names(w, dirs.id[i]) < 0)
			dirs.failed = true;
		forget_listing(w->s, dirs.id[i]);
	}
	lic_ids_release(&dirs);
}

void lic_forget_all(struct lic_worker *w)
{
	struct lic_session *s = w->s;
	uint64_t *ino = NULL;
	size_t n = 0;
	/* before the kernel forgets: what is looked into from here on is in the next set */
	bool known = lic_listed_take(&s->listed, &ino, &n), epoch = lic_notify_epoch(s);

	if (!known) {
		lic_listed_fill(&s->listed);
		forget_every_dir(w, !epoch);
	}
	for (size_t i = 0; !epoch && i < n; i++) {
		if (ino[i])
			lic_listed_add(&s->listed, ino[i]);
	}
	for (size_t i = 0; i < n; i++) {
		if (ino[i] && !epoch)
			forget_names_at(w, ino[i]);
		if (ino[i])
			lic_notify_listing_at(s, ino[i]);
	}
	free(ino);
	lic_notify_made(s);
}
