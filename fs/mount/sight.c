/* SPDX-License-Identifier: Apache-2.0 */
/* What a mount of one view shows. */
#include <errno.h>
#include <stdlib.h>

#include "fs/mount/forget.h"
#include "fs/mount/sight.h"

#define NEWS_MAX (1u << 20) /* changes: more are found sooner by looking at everything */

static const struct lic_known_view *only_view(struct lic_worker *w)
{
	return lic_views_by_number(&w->s->views, w->s->single);
}

/* What lies in a document is an image in an archive, which no directory has. */
static int shows_entry(struct lic_worker *w, const struct lic_entry *e, bool *ret)
{
	const struct lic_known_view *v = only_view(w);
	struct lic_entry parent;
	int r;

	*ret = false;
	if (!v)
		return 0;
	if (e->kind == LIC_KIND_DIR)
		return lic_worker_dir_shown(w, v, e->id, ret);
	r = lic_catalog_by_id(w->cat, e->parent, &parent, NULL);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (parent.kind != LIC_KIND_DOCUMENT)
		return lic_worker_shown(w, e, ret);
	r = lic_worker_shown(w, &parent, ret);
	return r == 0 && *ret ? lic_worker_child_shown(w, v, e, ret) : r;
}

int lic_sight_shows(struct lic_worker *w, int64_t entry, bool *ret)
{
	struct lic_entry e;
	int r = lic_catalog_by_id(w->cat, entry, &e, NULL);

	*ret = false;
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return shows_entry(w, &e, ret);
}

/* --- everything ------------------------------------------------------------------------------- */

struct below {
	struct lic_worker *w;
	const struct lic_known_view *v;
	struct lic_ids todo; /* directories and documents that are shown */
	struct lic_idset *ret;
};

static int add_child(void *ctx, const struct lic_entry *e)
{
	struct below *b = ctx;
	bool shown;
	int r = lic_worker_child_shown(b->w, b->v, e, &shown);

	if (r < 0 || !shown)
		return r;
	if (e->kind == LIC_KIND_DIR || e->kind == LIC_KIND_DOCUMENT)
		lic_ids_add(&b->todo, e->id);
	r = lic_idset_add(b->ret, e->id);
	return r < 0 ? r : 0;
}

int lic_sight_below(struct lic_worker *w, int64_t top, struct lic_idset *ret)
{
	struct below b = { .w = w, .v = only_view(w), .ret = ret };
	bool shown;
	int r = lic_sight_shows(w, top, &shown);

	if (r == 0 && shown) {
		lic_ids_add(&b.todo, top);
		r = lic_idset_add(ret, top);
	}
	while (r >= 0 && b.todo.n && !b.todo.failed) {
		r = lic_worker_refresh(w);
		if (r == 0)
			r = lic_catalog_list(w->cat, b.todo.id[--b.todo.n], 0, add_child, &b, NULL);
	}
	if (b.todo.failed)
		r = -ENOMEM;
	lic_ids_release(&b.todo);
	return r < 0 ? r : 0;
}

/* --- what has changed ------------------------------------------------------------------------- */

struct mention {
	int64_t entry, generation;
};

struct look {
	struct lic_worker *w;
	const struct lic_idset *seen;
	int64_t since;
	struct lic_sight_news *news;
	struct mention *of; /* entries */
	size_t n, cap;
	struct mention *dir; /* directories in which many changed */
	size_t dirs, dirs_cap;
	int64_t generation; /* of the directory whose children are gathered */
	unsigned views;	    /* changes of user-defined views */
	bool ended;	    /* some in one directory have, which is all that is known of them */
	bool many;
};

static void look_release(struct look *l)
{
	free(l->of);
	free(l->dir);
}

static void mention(struct look *l, struct mention **of, size_t *n, size_t *cap, struct mention m)
{
	if (*n == *cap) {
		size_t wider = *cap ? 2 * *cap : 256;
		struct mention *grown =
			*cap < NEWS_MAX ? reallocarray(*of, wider, sizeof(*grown)) : NULL;

		if (!grown) {
			l->many = true;
			return;
		}
		*of = grown;
		*cap = wider;
	}
	(*of)[(*n)++] = m;
}

static int collect(void *ctx, const struct lic_change *c)
{
	struct look *l = ctx;

	if (c->entry)
		mention(l, &l->of, &l->n, &l->cap, (struct mention){ c->entry, c->generation });
	else if (c->dir)
		mention(l, &l->dir, &l->dirs, &l->dirs_cap,
			(struct mention){ c->dir, c->generation });
	else
		l->views++;
	l->ended |= !c->entry && c->dir && c->name.n;
	return l->many;
}

static int collect_child(void *ctx, const struct lic_entry *e)
{
	struct look *l = ctx;

	mention(l, &l->of, &l->n, &l->cap, (struct mention){ e->id, l->generation });
	return l->many;
}

static int by_entry(const void *a, const void *b)
{
	const struct mention *x = a, *y = b;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	return x->generation < y->generation ? -1 : x->generation > y->generation;
}

/* All mentions of entries, those of one in the order of generations. */
static int gather(struct look *l)
{
	int r = lic_catalog_changes(l->w->cat, l->since, collect, l, NULL);

	for (size_t i = 0; r == 0 && i < l->dirs; i++) {
		l->generation = l->dir[i].generation;
		r = lic_catalog_list(l->w->cat, l->dir[i].entry, 0, collect_child, l, NULL);
	}
	if (l->many)
		return -ESTALE;
	if (r == 0 && l->n)
		qsort(l->of, l->n, sizeof(*l->of), by_entry);
	return r;
}

struct then {
	struct lic_worker *w;
	bool shown;
};

static int judge_then(void *ctx, const struct lic_then *t)
{
	struct then *x = ctx;
	struct lic_entry e = t->m.e;

	e.rights = t->rights;
	return lic_worker_child_shown(x->w, only_view(x->w), &e, &x->shown);
}

/* As the view is now, an entry as it was. Directories above are taken to have been shown; so are
 * members of a snapshot, of which it shows what depends on more than rights. */
static int was_shown(struct look *l, int64_t id, int64_t generation, bool *ret)
{
	const struct lic_known_view *v = only_view(l->w);
	struct then x = { l->w, false };
	int r = 0;

	if (generation < l->since || (generation == l->since && !l->news->torn) || !v)
		return 0;
	if (v->snapshot)
		x.shown = true;
	else
		r = lic_catalog_was(l->w->cat, id, generation, judge_then, &x, NULL);
	*ret |= x.shown;
	return r == -ENOENT ? 0 : r;
}

static int is_member(struct look *l, int64_t id, bool *ret)
{
	const struct lic_known_view *v = only_view(l->w);
	struct lic_filter *f;
	int r;

	*ret = v != NULL;
	if (!v || !v->snapshot)
		return 0;
	r = lic_worker_filter(l->w, v, &f);
	if (r == 0)
		r = lic_snapshot_has(lic_filter_snapshot(f), id, ret, NULL);
	*ret &= r == 0;
	return r == -ENOENT ? 0 : r;
}

static int note_first(struct lic_sight_news *news, int64_t entry, int64_t generation)
{
	if (news->n_first == news->cap_first) {
		size_t wider = news->cap_first ? 2 * news->cap_first : 64;
		void *grown = reallocarray(news->first, wider, sizeof(*news->first));

		if (!grown)
			return -ENOMEM;
		news->first = grown;
		news->cap_first = wider;
	}
	news->first[news->n_first++] = (struct lic_sight_first){ entry, generation };
	return 0;
}

/* What was not seen: when was it visible first, before now? 0: never, as far as can be said. What
 * is named once has been as it is now since then, and was before as it was seen, unless a commit
 * came while that was looked at; but what was in a directory that came and went is named at its end
 * alone. */
static int first_shown(struct look *l, const struct mention *m, size_t n, bool live, int64_t *ret)
{
	bool shown = false;
	int r = 0;

	*ret = 0;
	for (size_t i = 0; r == 0 && !shown && i < n; i++) {
		*ret = m[i].generation - 1;
		if (!live || i || l->news->torn)
			r = was_shown(l, m->entry, *ret, &shown);
		if (r == 0 && !shown && i + 1 < n)
			r = was_shown(l, m->entry, ++*ret, &shown);
	}
	if (!shown)
		*ret = 0;
	return r;
}

/* What is hidden and was not seen: was it visible between? */
static int judge_between(struct look *l, const struct mention *m, size_t n, bool live)
{
	bool member = true;
	int64_t first = 0;
	int r = is_member(l, m->entry, &member);

	if (r < 0 || !member)
		return r;
	r = first_shown(l, m, n, live, &first);
	if (r == 0 && first)
		r = note_first(l->news, m->entry, first);
	if (r == 0 && (first || l->news->all))
		r = lic_idset_add(&l->news->passed, m->entry);
	return r < 0 ? r : 0;
}

/* A directory that was not seen may be new, and what is in it is in no feed then. */
static int add_shown(struct look *l, const struct lic_entry *e, const struct mention *m, size_t n)
{
	int64_t first = 0;
	int r;

	if (e->kind == LIC_KIND_DIR || e->kind == LIC_KIND_DOCUMENT)
		return lic_sight_below(l->w, e->id, &l->news->shown);
	r = first_shown(l, m, n, true, &first);
	if (r == 0 && first)
		r = note_first(l->news, e->id, first);
	if (r == 0)
		r = lic_idset_add(&l->news->shown, e->id);
	return r < 0 ? r : 0;
}

static int judge(struct look *l, const struct mention *m, size_t n)
{
	const bool was = lic_idset_has(l->seen, m->entry);
	struct lic_entry e;
	bool shown = false;
	int r = lic_catalog_by_id(l->w->cat, m->entry, &e, NULL);
	const bool live = r == 0;

	if (live)
		r = shows_entry(l->w, &e, &shown);
	else if (r == -ENOENT)
		r = 0;
	if (r < 0)
		return r;
	if (!shown && !was)
		return judge_between(l, m, n, live);
	if (shown == was || l->news->all)
		return 0;
	if (shown)
		return add_shown(l, &e, m, n);
	r = lic_idset_add(&l->news->hidden, m->entry);
	return r < 0 ? r : 0;
}

static int judge_all(struct look *l)
{
	int r = 0;

	for (size_t i = 0, n; r == 0 && i < l->n; i += n) {
		for (n = 1; i + n < l->n && l->of[i + n].entry == l->of[i].entry;)
			n++;
		r = judge(l, &l->of[i], n);
	}
	return r;
}

void lic_sight_news_release(struct lic_sight_news *n)
{
	lic_idset_release(&n->shown);
	lic_idset_release(&n->hidden);
	lic_idset_release(&n->passed);
	free(n->first);
	n->first = NULL;
	n->n_first = n->cap_first = 0;
}

int lic_sight_news(struct lic_worker *w, const struct lic_idset *seen, int64_t *generation,
		   struct lic_sight_news *news)
{
	_cleanup_(look_release) struct look l = {
		.w = w, .seen = seen, .since = *generation, .news = news
	};
	const int64_t now = lic_catalog_generation(w->cat);
	int r;

	if (now < 0)
		return (int)now;
	if (now == *generation)
		return 0;
	r = gather(&l);
	news->all |= l.views != 0 || l.ended || r == -ESTALE;
	/* after one commit all is as it is now; after several it is not known how a view was
	 * defined in between, nor what came and went among many; nor anything where the catalog was
	 * put back */
	news->all |= now < *generation;
	news->unknown = (now < *generation || now - *generation > 1 || news->torn) &&
			(now < *generation || l.views > 1 || l.ended || r == -ESTALE);
	if (r == 0)
		r = judge_all(&l);
	if (r < 0 && r != -ESTALE)
		return r;
	lic_idset_subtract(&news->shown, seen);
	*generation = now;
	return 0;
}
