/* SPDX-License-Identifier: Apache-2.0 */
/* The directories of a store as training tools number them, and what a view leaves of them. */
#include <errno.h>
#include <string.h>

#include <licensefs/catalog_documents.h>

#include "fs/view/filter.h"

struct dir {
	int64_t id, total, shown; /* images below: all, and those shown */
	size_t parent;		  /* index; of the root its own */
	size_t first, n;	  /* its subdirectories: a run of tree.child */
	int64_t direct;		  /* images in the directory itself */
	const char *name;	  /* without length: names hold no NUL */
	bool visible, split;
	bool apart; /* holds labels, masks or documents, and no image: no class */
};

struct tree {
	struct lic_catalog *cat;
	struct lic_error *err;
	struct lic_arena names;
	struct dir *dir; /* in order of ids: parents before children */
	size_t n, cap;
	struct dir **child; /* all but the root, by parent and then in order of names */
};

#define TREE_INIT(cat, err)                                                                        \
	{                                                                                          \
		(cat), (err), LIC_ARENA_INIT((size_t)1 << 40), NULL, 0, 0, NULL                    \
	}

static void tree_release(struct tree *t)
{
	lic_arena_release(&t->names);
	free(t->dir);
	free(t->child);
}

static int no_memory(struct tree *t)
{
	return lic_error_set(t->err, ENOMEM, "out of memory for the directories of the store");
}

static int compare_ids(const void *key, const void *item)
{
	const int64_t id = *(const int64_t *)key;
	const struct dir *d = item;

	return (id > d->id) - (id < d->id);
}

static int add_dir(void *ctx, const struct lic_entry *e)
{
	struct tree *t = ctx;
	struct dir d = { .id = e->id, .split = lic_split_directory(e->name.p, e->name.n) };
	struct dir *up = NULL;

	if (e->parent) {
		up = bsearch(&e->parent, t->dir, t->n, sizeof(*t->dir), compare_ids);
		/* Its directory has ended between two rows: so has this one */
		if (!up)
			return 0;
		d.parent = (size_t)(up - t->dir);
	}
	d.name = lic_arena_dup(&t->names, e->name.p, e->name.n);
	if (!d.name)
		return no_memory(t);
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 256;
		void *p = reallocarray(t->dir, cap, sizeof(*t->dir));

		if (!p)
			return no_memory(t);
		t->dir = p;
		t->cap = cap;
	}
	t->dir[t->n++] = d;
	return 0;
}

/* The character at s as Python sees it in a name that os.scandir() returned: code points, and for
 * bytes that are no UTF-8 the surrogates U+DC80 to U+DCFF (PEP 383). */
static uint32_t next_character(const char **s, size_t *n)
{
	uint32_t cp;
	size_t k = lic_utf8_decode((const uint8_t *)*s, *n, &cp);

	if (!k) {
		cp = 0xdc00u + (uint8_t)(*s)[0];
		k = 1;
	}
	*s += k;
	*n -= k;
	return cp;
}

int lic_compare_names(const char *a, const char *b)
{
	size_t an = strlen(a), bn = strlen(b);

	while (an && bn) {
		uint32_t ca = next_character(&a, &an), cb = next_character(&b, &bn);

		if (ca != cb)
			return ca < cb ? -1 : 1;
	}
	return (an > 0) - (bn > 0);
}

static int compare_children(const void *pa, const void *pb)
{
	const struct dir *a = *(struct dir *const *)pa, *b = *(struct dir *const *)pb;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	return lic_compare_names(a->name, b->name);
}

static int sort_children(struct tree *t)
{
	t->child = calloc(t->n ? t->n : 1, sizeof(*t->child));
	if (!t->child)
		return no_memory(t);
	for (size_t i = 1; i < t->n; i++)
		t->child[i - 1] = &t->dir[i];
	if (t->n > 1)
		qsort(t->child, t->n - 1, sizeof(*t->child), compare_children);
	for (size_t i = 0; i + 1 < t->n; i++) {
		struct dir *up = &t->dir[t->child[i]->parent];

		if (!up->n++)
			up->first = i;
	}
	return 0;
}

static int add_count(void *ctx, int64_t rights _unused_, int64_t count, int64_t emptied _unused_)
{
	*(int64_t *)ctx += count;
	return 0;
}

/* Images in archives are none of the directory that the archive lies in, as training tools see it.
 */
static int leave_out_members(void *ctx, const struct lic_entry *e)
{
	struct tree *t = ctx;
	struct dir *d = bsearch(&e->parent, t->dir, t->n, sizeof(*t->dir), compare_ids);
	int64_t members = 0;
	int r = d ? lic_catalog_dir_rights(t->cat, e->id, add_count, &members, t->err) : 0;

	if (d)
		d->direct -= members;
	return r;
}

static int stop_at_file(void *ctx _unused_, const struct lic_entry *e)
{
	return e->kind != LIC_KIND_DIR;
}

/* Directories of nothing but labels, masks, lists, and those above them. */
static int find_apart(struct tree *t)
{
	for (size_t i = t->n; i > 1; i--) {
		struct dir *d = &t->dir[i - 1];
		int r = 0;

		if (!d->total && !d->apart)
			r = lic_catalog_list_apart(t->cat, d->id, stop_at_file, NULL, t->err);
		if (r < 0)
			return r;
		d->apart |= r > 0;
		if (d->apart && !t->dir[d->parent].total)
			t->dir[d->parent].apart = true;
	}
	return 0;
}

/* What the store holds in each directory, and what the view shows of it. */
static int measure(struct tree *t, struct lic_filter *f)
{
	for (size_t i = 0; i < t->n; i++) {
		struct dir *d = &t->dir[i];
		struct lic_entry e = { .id = d->id,
				       .kind = LIC_KIND_DIR,
				       .name = { (const uint8_t *)d->name, strlen(d->name) } };
		int r = lic_catalog_dir_rights(t->cat, d->id, add_count, &d->total, t->err);

		if (r == 0)
			r = lic_filter_count(f, d->id, &d->shown, t->err);
		if (r == 0)
			r = lic_filter_shows(f, &e, &d->visible, t->err);
		if (r < 0)
			return r;
		d->visible &= i == 0 || t->dir[d->parent].visible;
		d->direct += d->total;
		if (i)
			t->dir[d->parent].direct -= d->total;
	}
	return 0;
}

static int tree_load(struct tree *t, struct lic_filter *f)
{
	int r = lic_catalog_each(t->cat, LIC_KIND_DIR, add_dir, t, t->err);

	if (r == 0)
		r = sort_children(t);
	if (r == 0)
		r = measure(t, f);
	if (r == 0)
		r = lic_catalog_each(t->cat, LIC_KIND_DOCUMENT, leave_out_members, t, t->err);
	return r < 0 ? r : find_apart(t);
}

/* Appends the path of a directory, "" for the root. */
static int add_path(struct tree *t, const struct dir *d, struct lic_buf *out)
{
	const struct dir **chain;
	size_t n = 0;

	for (const struct dir *i = d; i != t->dir; i = &t->dir[i->parent])
		n++;
	chain = calloc(n ? n : 1, sizeof(*chain));
	if (!chain)
		return no_memory(t);
	for (size_t i = n; i; i--, d = &t->dir[d->parent])
		chain[i - 1] = d;
	lic_buf_reset(out);
	for (size_t i = 0; i < n; i++) {
		lic_buf_adds(out, i ? "/" : "");
		lic_buf_adds(out, chain[i]->name);
	}
	free(chain);
	return lic_buf_failed(out) ? no_memory(t) : 0;
}

/* The next directory after d in order of paths, its subdirectories first; NULL at the end. */
static struct dir *next_dir(struct tree *t, struct dir *d, bool descend)
{
	if (descend && d->n)
		return t->child[d->first];
	while (d != t->dir) {
		struct dir *up = &t->dir[d->parent];
		struct dir **after =
			bsearch(&d, t->child + up->first, up->n, sizeof(d), compare_children);

		if (++after < t->child + up->first + up->n)
			return *after;
		d = up;
	}
	return NULL;
}

/* --- classes --- */

/* One directory of images beside directories of labels is no class either. */
static bool is_class_parent(const struct tree *t, const struct dir *d)
{
	size_t holding = 0;
	bool apart = false;

	for (size_t i = 0; i < d->n; i++) {
		const struct dir *c = t->child[d->first + i];

		holding += c->direct > 0 && !c->split;
		apart |= c->apart;
	}
	return holding > apart;
}

static int report_classes(struct tree *t, const struct dir *d, struct lic_buf *path,
			  int (*fn)(void *ctx, const struct lic_class *c), void *ctx)
{
	int shown = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct dir *c = t->child[d->first + i];
		struct lic_class k = { .store_index = (int)i,
				       .view_index = c->visible ? shown++ : -1,
				       .images = c->shown,
				       .split = c->split };
		int r;

		/* Tools that number directories count it, too */
		if (c->apart)
			continue;
		r = add_path(t, c, path);

		k.name = lic_buf_str(path);
		if (r == 0)
			r = fn(ctx, &k);
		if (r != 0)
			return r;
	}
	return 0;
}

int lic_view_classes(struct lic_catalog *cat, struct lic_filter *filter,
		     int (*fn)(void *ctx, const struct lic_class *c), void *ctx,
		     struct lic_error *err)
{
	_cleanup_(tree_release) struct tree t = TREE_INIT(cat, err);
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(16u << 20);
	int r = tree_load(&t, filter);

	for (struct dir *d = t.dir; r == 0 && d; d = next_dir(&t, d, true))
		if (is_class_parent(&t, d))
			r = report_classes(&t, d, &path, fn, ctx);
	return r;
}

/* --- emptied directories --- */

enum { TOO_MANY = 1 };

/* What several views show of each directory, and what there is. */
struct tally {
	size_t max; /* directories to look at, 0: all */
	struct lic_filter *const *filter;
	size_t n;	    /* of filters */
	int64_t *shown;	    /* n of them for each directory */
	int64_t total, *at; /* of the present directory */
	struct lic_error *err;
};

static int tally_rights(void *ctx, int64_t rights, int64_t count, int64_t emptied _unused_)
{
	struct tally *x = ctx;

	if (!count)
		return 0;
	x->total += count;
	for (size_t i = 0; i < x->n; i++) {
		struct lic_filter *f = x->filter[i];
		enum lic_tri answer;
		int r;

		if (lic_view_needs_asset(f->view))
			continue;
		r = lic_filter_answer(f, rights, f->now(), &answer, x->err);
		if (r < 0)
			return r;
		if (answer == LIC_ALLOWED)
			x->at[i] += count;
	}
	return 0;
}

/* Views that ask about single images look at each. */
static int tally_assets(struct tree *t, struct tally *x, const struct dir *d)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->n; i++) {
		if (!lic_view_needs_asset(x->filter[i]->view))
			continue;
		if (x->max && t->dir->total > (int64_t)x->max * LIC_EMPTIED_IMAGES)
			return TOO_MANY;
		r = lic_filter_count(x->filter[i], d->id, &x->at[i], t->err);
	}
	return r;
}

static int tally_dirs(struct tree *t, struct tally *x)
{
	int r = 0;

	x->shown = calloc(t->n * x->n + 1, sizeof(*x->shown));
	if (!x->shown)
		return no_memory(t);
	for (size_t i = 0; r == 0 && i < t->n; i++) {
		x->total = 0;
		x->at = x->shown + i * x->n;
		r = lic_catalog_dir_rights(t->cat, t->dir[i].id, tally_rights, x, t->err);
		t->dir[i].total = x->total;
		if (r == 0)
			r = tally_assets(t, x, &t->dir[i]);
	}
	return r;
}

static int report_emptied(struct tree *t, const struct tally *x, size_t view, struct lic_buf *path,
			  lic_emptied_fn fn, void *ctx)
{
	bool descend;
	int r = 0;

	for (struct dir *d = t->dir; r == 0 && d; d = next_dir(t, d, descend)) {
		descend = d == t->dir || x->shown[(size_t)(d - t->dir) * x->n + view];
		if (descend || !d->total)
			continue;
		r = add_path(t, d, path);
		if (r == 0)
			r = fn(ctx, view, lic_buf_str(path), d->total);
	}
	return r;
}

int lic_view_emptied(struct lic_catalog *cat, struct lic_filter *const *filter, size_t n,
		     size_t max, lic_emptied_fn fn, void *ctx, struct lic_error *err)
{
	_cleanup_(tree_release) struct tree t = TREE_INIT(cat, err);
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(16u << 20);
	struct tally x = { .max = max, .filter = filter, .n = n, .err = err };
	int r = max ? lic_catalog_dirs_exceed(cat, (int64_t)max, err) : 0;

	if (r == 0)
		r = lic_catalog_each(cat, LIC_KIND_DIR, add_dir, &t, err);
	if (r == 0)
		r = sort_children(&t);
	if (r == 0)
		r = tally_dirs(&t, &x);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = report_emptied(&t, &x, i, &path, fn, ctx);
	free(x.shown);
	return r;
}
