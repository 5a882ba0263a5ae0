/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a snapshot to one thread, on the way of a mount but for the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include <licensefs/serving.h>

#include "fs/mount/docs.h"
#include "fs/mount/pinned.h"
#include "fs/util/io.h"

struct serving {
	struct lic_serving ops; /* first */
	struct lic_session s;
	const struct lic_known_view *v;
	bool inited, stale;
};

/* What stands behind an open file. */
struct open_file {
	struct lic_backing backing;
	struct lic_doc_ref ref; /* of a document; `doc` NULL: none */
};

/* --- opening --------------------------------------------------------------------------------- */

/* As lookup and open of a mount do it: the member as it is shown, and the row that is opened. */
static int find(struct serving *g, struct lic_worker *w, int64_t id, struct lic_pinned *p,
		struct lic_entry *e)
{
	struct lic_inode n = { .type = LIC_INODE_FILE, .id = id };
	bool shown;
	int r = lic_worker_refresh(w) < 0 ? -EIO : lic_pinned_by_id(w, g->v, id, p);

	if (r == 0)
		r = lic_worker_dir_shown(w, g->v, p->e.parent, &shown);
	if (r == 0 && !shown)
		r = -ENOENT;
	if (r < 0)
		return r;
	if (!p->whole)
		return -ESTALE;
	p->e.name = (struct lic_bytes){ NULL, 0 };
	if (p->e.kind == LIC_KIND_DOCUMENT)
		r = lic_worker_load_document(w, g->v, id, e);
	else
		r = lic_worker_load(w, n, e);
	/* a member that is shown, and yet not served: its bytes are known to be others */
	return r == -ENOENT ? -ESTALE : r;
}

static int open_file(struct serving *g, struct lic_worker *w, int64_t id, struct open_file *f,
		     struct lic_served *ret)
{
	struct lic_pinned p;
	struct lic_entry e;
	char name[NAME_MAX + 1];
	int r = find(g, w, id, &p, &e);

	if (r < 0)
		return r;
	memcpy(name, e.name.p, e.name.n); /* the worker's, until its next load */
	e.name.p = (const uint8_t *)name;
	*ret = (struct lic_served){
		.size = e.st.size, .mtime = p.e.st.mtime, .mode = p.e.st.mode, .whole = true
	};
	if (e.kind == LIC_KIND_DOCUMENT) {
		r = lic_docs_get(w, g->v, &e, true, NULL, &f->ref);
		if (r < 0)
			return r == -ENOENT ? -ESTALE : r;
		ret->size = f->ref.size;
		ret->mtime = f->ref.mtime;
		ret->state = f->ref.node;
		ret->whole = lic_ranges_whole(f->ref.ranges);
	}
	return lic_backing_open(w, &e, &f->backing);
}

static void free_file(struct serving *g, struct open_file *f)
{
	if (f->ref.doc)
		lic_docs_put(&g->s, &f->ref);
	lic_backing_close(&f->backing);
	free(f);
}

static int serving_open(struct lic_serving *s, int64_t id, struct lic_served *ret)
{
	struct serving *g = (struct serving *)s;
	struct lic_worker *w = lic_worker_get(&g->s);
	struct open_file *f = calloc(1, sizeof(*f));
	int r;

	if (!w || !f) {
		free(f);
		return w ? -ENOMEM : -EIO;
	}
	f->backing.fd = -1;
	r = open_file(g, w, id, f, ret);
	if (r < 0) {
		free_file(g, f);
		return r;
	}
	ret->fd = f->backing.fd;
	ret->own = f;
	return 0;
}

static int serving_read(struct lic_serving *s, struct lic_served *file, void *buf, size_t n,
			uint64_t off)
{
	struct serving *g = (struct serving *)s;
	struct open_file *f = file->own;

	if (off > file->size || n > file->size - off)
		return -ESTALE;
	if (!f->ref.doc)
		return lic_backing_read(&g->s, &f->backing, buf, n, off);
	return n ? lic_docs_read(lic_worker_get(&g->s), &f->backing, f->ref.ranges, buf, n, off)
		 : 0;
}

static int serving_done(struct lic_serving *s, struct lic_served *file)
{
	struct serving *g = (struct serving *)s;
	struct open_file *f = file->own;
	const bool same = lic_backing_unchanged(&f->backing);

	free_file(g, f);
	file->own = NULL;
	file->fd = -1;
	return same ? 0 : -ESTALE;
}

/* --- does it still hold? --------------------------------------------------------------------- */

static int holds(struct serving *g, struct lic_worker *w, int64_t id, uint64_t state)
{
	struct lic_backing b;
	struct lic_doc_ref ref = { .doc = NULL };
	char name[NAME_MAX + 1];
	struct lic_pinned p;
	struct lic_entry e;
	int r = find(g, w, id, &p, &e);

	if (r < 0)
		return r;
	memcpy(name, e.name.p, e.name.n);
	e.name.p = (const uint8_t *)name;
	if (e.kind == LIC_KIND_DOCUMENT) {
		r = lic_docs_get(w, g->v, &e, false, NULL, &ref);
		if (r < 0)
			return r;
		lic_docs_put(&g->s, &ref);
	}
	if (ref.node != state)
		return -ESTALE;
	r = lic_backing_open(w, &e, &b);
	if (r == 0)
		lic_backing_close(&b);
	return r;
}

static int serving_holds(struct lic_serving *s, int64_t id, uint64_t state)
{
	struct serving *g = (struct serving *)s;
	struct lic_worker *w = lic_worker_get(&g->s);
	int r = w ? holds(g, w, id, state) : -EIO;

	return r == 0 ? 1 : r == -ENOENT || r == -ESTALE ? 0 : r;
}

static int serving_alive(struct lic_serving *s)
{
	struct serving *g = (struct serving *)s;
	struct lic_worker *w = lic_worker_get(&g->s);
	enum lic_views_news news;
	int r;

	if (!w || lic_worker_refresh(w) < 0)
		return -EIO;
	r = lic_views_refresh(&g->s.views, w->cat, &news, NULL);
	return r == 0 && !lic_view_definition(g->v) ? -ENOENT : r;
}

/* --- beginning and end ----------------------------------------------------------------------- */

static void serving_close(struct lic_serving *s)
{
	struct serving *g = (struct serving *)s;

	if (g->s.workers)
		lic_workers_close(&g->s);
	if (g->stale)
		lic_stale_release(&g->s.stale);
	lic_docs_free(g->s.docs);
	if (g->inited) {
		lic_views_release(&g->s.views);
		lic_listed_release(&g->s.listed);
		lic_listed_release(&g->s.looked);
	}
	lic_closep(&g->s.root);
	free(g->s.store);
	free(g);
}

static int open_store(struct lic_session *s, const char *store, struct lic_error *err)
{
	s->store = strdup(store);
	if (!s->store)
		return lic_error_sys(err, ENOMEM, "cannot open store '%s'", store);
	s->root = open(store, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->root < 0)
		return lic_error_sys(err, errno, "cannot open store '%s'", store);
	return 0;
}

static int begin(struct serving *g, const char *snapshot, int64_t number, struct lic_error *err)
{
	struct lic_session *s = &g->s;
	int r = open_store(s, s->o.store, err);

	if (r == 0)
		r = lic_session_begin(s, 1, err);
	if (r == 0)
		r = lic_stale_init_alone(&s->stale, s, err);
	if (r < 0)
		return r;
	g->stale = true;
	s->views.alone = true;
	r = lic_views_enter_snapshot(&s->views, lic_worker_get(s)->cat, snapshot, &g->v, err);
	if (r < 0)
		return r;
	s->single = g->v->number;
	return g->v->snapshot == number
		       ? 0
		       : lic_error_set(err, ENOENT, "snapshot '%s' was removed", snapshot);
}

/* All of it, or nothing. */
static int init(struct serving *g)
{
	struct lic_session *s = &g->s;
	int r = lic_listed_init(&s->listed);

	if (r < 0)
		return r;
	r = lic_listed_init(&s->looked);
	if (r == 0) {
		r = lic_views_init(&s->views);
		if (r < 0)
			lic_listed_release(&s->looked);
	}
	if (r < 0)
		lic_listed_release(&s->listed);
	g->inited = r == 0;
	return r;
}

int lic_serving_new(const char *store, const char *catalog, const char *snapshot, int64_t number,
		    struct lic_serving **ret, struct lic_error *err)
{
	struct serving *g = calloc(1, sizeof(*g));
	int r;

	if (!g)
		return lic_error_sys(err, ENOMEM, "cannot open store '%s'", store);
	g->ops = (struct lic_serving){ serving_open,  serving_read,  serving_done,
				       serving_holds, serving_alive, serving_close };
	g->s.root = -1;
	g->s.fd_limit = INT_MAX;
	g->s.o.store = store;
	g->s.o.catalog = catalog;
	g->s.o.snapshot = snapshot;
	r = init(g);
	if (r < 0) {
		free(g);
		return lic_error_sys(err, -r, "cannot open store '%s'", store);
	}
	r = begin(g, snapshot, number, err);
	if (r < 0) {
		serving_close(&g->ops);
		return r;
	}
	*ret = &g->ops;
	return 0;
}
