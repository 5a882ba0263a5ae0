/* SPDX-License-Identifier: Apache-2.0 */
/* Members of snapshots, as a mount shows them. */
#include <errno.h>
#include <string.h>

#include "fs/mount/forget.h"
#include "fs/mount/notify.h"
#include "fs/mount/pinned.h"

int lic_worker_pin(struct lic_worker *w, const struct lic_known_view *v, struct lic_filter **ret)
{
	struct lic_filter *f;
	int r = lic_filter_of_snapshot(w->cat, v->name, &f, NULL);

	if (r < 0)
		return r;
	/* the name may have been given to another one */
	if (lic_snapshot_info(lic_filter_snapshot(f))->number != v->snapshot) {
		lic_filter_free(f);
		return -ENOENT;
	}
	*ret = f;
	return 0;
}

static int snapshot_of(struct lic_worker *w, const struct lic_known_view *v,
		       struct lic_filter **ret_f, struct lic_snapshot **ret)
{
	int r = lic_worker_filter(w, v, ret_f);

	if (r == 0)
		*ret = lic_filter_snapshot(*ret_f);
	return r;
}

/* Directories and documents have numbers of their own here; what a document looks like follows from
 * its records. */
static bool keeps_stat(const struct lic_session *s, enum lic_kind kind)
{
	return kind == LIC_KIND_DIR || (s->single && kind != LIC_KIND_DOCUMENT);
}

/* The name is copied before anything else is asked. */
static int take(struct lic_worker *w, struct lic_filter *f, const struct lic_snapshot_entry *m,
		char name[NAME_MAX + 1], struct lic_pinned *ret)
{
	enum lic_sight sight;
	int r;

	if (m->e.name.n > NAME_MAX)
		return -EIO;
	memcpy(name, m->e.name.p, m->e.name.n);
	name[m->e.name.n] = '\0';
	ret->e = m->e;
	ret->e.name.p = (const uint8_t *)name;
	r = lic_filter_sight(f, m, &sight, NULL);
	if (r < 0)
		return r;
	if (sight == LIC_SIGHT_NONE)
		return -ENOENT;
	ret->whole = sight == LIC_SIGHT_WHOLE;
	ret->live = !m->died;
	ret->now = m->e.st;
	if (keeps_stat(w->s, ret->e.kind))
		return lic_snapshot_stat(lic_filter_snapshot(f), ret->e.id, &ret->e.st, NULL);
	return 0;
}

int lic_pinned_by_id(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
		     struct lic_pinned *ret)
{
	struct lic_snapshot *s;
	struct lic_filter *f;
	struct lic_snapshot_entry m;
	int r = snapshot_of(w, v, &f, &s);

	if (r == 0)
		r = lic_snapshot_by_id(s, id, &m, NULL);
	return r == 0 ? take(w, f, &m, w->name, ret) : r;
}

int lic_pinned_by_name(struct lic_worker *w, const struct lic_known_view *v, int64_t dir,
		       const char *name, struct lic_pinned *ret)
{
	struct lic_snapshot *s;
	struct lic_filter *f;
	struct lic_snapshot_entry m;
	int r = snapshot_of(w, v, &f, &s);

	if (r == 0)
		r = lic_snapshot_by_name(s, dir, name, strlen(name), &m, NULL);
	return r == 0 ? take(w, f, &m, w->name, ret) : r;
}

struct listing {
	struct lic_worker *w;
	struct lic_filter *f;
	lic_pinned_fn fn;
	void *ctx;
};

static int list_member(void *ctx, const struct lic_snapshot_entry *m)
{
	struct listing *l = ctx;
	char name[NAME_MAX + 1];
	struct lic_pinned p;
	int r = take(l->w, l->f, m, name, &p);

	if (r == 0)
		r = l->fn(l->ctx, &p);
	return r == -ENOENT ? 0 : r;
}

int lic_pinned_list(struct lic_worker *w, const struct lic_known_view *v, int64_t dir,
		    int64_t after, lic_pinned_fn fn, void *ctx)
{
	struct listing l = { .w = w, .fn = fn, .ctx = ctx };
	struct lic_snapshot *s;
	int r = snapshot_of(w, v, &l.f, &s);

	return r == 0 ? lic_snapshot_list(s, dir, after, list_member, &l, NULL) : r;
}

void lic_pinned_param(struct lic_worker *w, const struct lic_known_view *v,
		      const struct lic_pinned *p, struct fuse_entry_param *ret)
{
	lic_attr_param(w->s, &p->e, v->number, ret);
	if (!p->whole)
		ret->attr_timeout = ret->entry_timeout = 0;
}

void lic_pinned_remember(struct lic_worker *w, const struct lic_pinned *p)
{
	struct lic_entry e = p->e;

	if (!p->whole || !p->live)
		return;
	e.st = p->now;
	lic_worker_remember(w, &e);
}

/* --- for what shows live rows --------------------------------------------------------------- */

int lic_pinned_reads(struct lic_worker *w, const struct lic_known_view *v,
		     const struct lic_entry *e, bool *ret)
{
	const uint64_t mark = lic_stale_mark(e);
	struct lic_snapshot *s;
	enum lic_sight sight;
	struct lic_filter *f;
	struct lic_snapshot_entry m;
	int r = snapshot_of(w, v, &f, &s);

	*ret = false;
	if (r == 0)
		r = lic_snapshot_by_id(s, e->id, &m, NULL);
	if (r == 0)
		r = lic_filter_sight(f, &m, &sight, NULL);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	*ret = sight == LIC_SIGHT_WHOLE && !lic_stale_has(&w->s->stale, mark);
	return 0;
}

int lic_pinned_dir_shown(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
			 bool *ret)
{
	struct lic_snapshot *s;
	struct lic_filter *f;
	struct lic_snapshot_entry m;
	int r = snapshot_of(w, v, &f, &s);

	*ret = false;
	if (r == 0)
		r = lic_snapshot_by_id(s, id, &m, NULL);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	*ret = m.e.kind == LIC_KIND_DIR && lic_view_definition(v) != NULL;
	return 0;
}

bool lic_pinned_is_dir(struct lic_worker *w, const struct lic_known_view *v, int64_t parent,
		       const char *name, size_t n)
{
	struct lic_snapshot *s;
	struct lic_filter *f;
	struct lic_snapshot_entry m;

	return snapshot_of(w, v, &f, &s) == 0 &&
	       lic_snapshot_by_name(s, parent, name, n, &m, NULL) == 0 && m.e.kind == LIC_KIND_DIR;
}

static bool is_file(const struct lic_entry *e)
{
	return e->kind == LIC_KIND_IMAGE || e->kind == LIC_KIND_COMPANION ||
	       e->kind == LIC_KIND_INERT || e->kind == LIC_KIND_HIDDEN;
}

int lic_pinned_load(struct lic_worker *w, int64_t id, struct lic_entry *ret)
{
	for (unsigned i = 0; i < lic_views_count(&w->s->views); i++) {
		const struct lic_known_view *v = lic_views_at(&w->s->views, i);
		struct lic_pinned p;
		int r = v->snapshot ? lic_pinned_by_id(w, v, id, &p) : -ENOENT;
		bool shown = false;

		if (r == 0 && is_file(&p.e))
			r = lic_worker_dir_shown(w, v, p.e.parent, &shown);
		if (r < 0 && r != -ENOENT)
			return r;
		if (r == 0 && shown) {
			*ret = p.e;
			return 0;
		}
	}
	return -ENOENT;
}

static const struct lic_known_view *only_one(struct lic_session *s)
{
	const struct lic_known_view *v =
		s->single ? lic_views_by_number(&s->views, s->single) : NULL;

	return v && v->snapshot ? v : NULL;
}

int lic_pinned_attr(struct lic_worker *w, int64_t id, struct lic_stat *ret)
{
	const struct lic_known_view *v = only_one(w->s);
	struct lic_snapshot *s;
	struct lic_filter *f;
	int r;

	if (!v)
		return 0;
	r = snapshot_of(w, v, &f, &s);
	return r == 0 ? lic_snapshot_stat(s, id, ret, NULL) : r;
}

int lic_pinned_rights(struct lic_worker *w, const struct lic_entry *e, int64_t *ret)
{
	const struct lic_known_view *v = only_one(w->s);
	struct lic_snapshot *s;
	struct lic_filter *f;
	struct lic_snapshot_entry m;
	int r;

	*ret = e->rights;
	if (!v)
		return 0;
	r = snapshot_of(w, v, &f, &s);
	if (r == 0)
		r = lic_snapshot_by_id(s, e->id, &m, NULL);
	return r == 0 ? lic_snapshot_rights(s, &m, ret, NULL) : r;
}

/* --- following -------------------------------------------------------------------------------- */

/* Names that may be of rows that have ended are in listings alone: lookups are not remembered. */
static void forget_listings(struct lic_worker *w)
{
	struct lic_session *s = w->s;
	uint64_t *ino = NULL;
	size_t n = 0;

	if (!lic_listed_copy(&s->listed, &ino, &n)) {
		lic_forget_all(w);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct lic_inode dir = lic_inode_decode(ino[i], s->single);
		const struct lic_known_view *v = lic_views_by_number(&s->views, dir.view);

		if (v && v->snapshot)
			lic_notify_listing_at(s, ino[i]);
	}
	free(ino);
}

int lic_pinned_follow(struct lic_worker *w, int64_t *known)
{
	int64_t newest;
	int r;

	if (!lic_views_pinned(&w->s->views))
		return 0;
	r = lic_catalog_newest_revocation(w->cat, &newest, NULL);
	if (r < 0 || newest == *known)
		return r;
	forget_listings(w);
	lic_forget_documents(w, NULL);
	*known = newest;
	return 0;
}
