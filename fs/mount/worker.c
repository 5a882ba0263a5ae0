/* SPDX-License-Identifier: Apache-2.0 */
/* Per-thread connections and the decision what is visible. */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <string.h>

#include <licensefs/catalog_documents.h>

#include "fs/mount/follow.h"
#include "fs/mount/pinned.h"

#define IDLE_LOOKS (1000 / LIC_FOLLOW_POLL_MS)

int lic_worker_new(struct lic_session *s, struct lic_worker **ret, struct lic_error *err)
{
	struct lic_worker *w = calloc(1, sizeof(*w));
	int64_t generation;
	int r;

	if (!w)
		return lic_error_sys(err, ENOMEM, "cannot start a thread");
	pthread_mutex_init(&w->use, NULL);
	w->file = (struct lic_buf)LIC_BUF_INIT(1u << 20);
	w->s = s;
	w->filter = calloc(LIC_VIEWS_MAX, sizeof(*w->filter));
	if (!w->filter) {
		lic_worker_free(w);
		return lic_error_sys(err, ENOMEM, "cannot start a thread");
	}
	r = lic_catalog_open(s->store, s->o.catalog, LIC_CATALOG_READ, &w->cat, err);
	if (r < 0) {
		lic_worker_free(w);
		return r;
	}
	/* a first read opens every file that the connection will ever need */
	generation = lic_catalog_generation(w->cat);
	if (generation < 0) {
		lic_worker_free(w);
		return lic_error_sys(err, (int)-generation, "cannot read the catalog of '%s'",
				     s->store);
	}
	w->version = lic_catalog_data_version(w->cat);
	*ret = w;
	return 0;
}

void lic_worker_free(struct lic_worker *w)
{
	if (!w)
		return;
	for (unsigned i = 0; w->filter && i < LIC_VIEWS_MAX; i++)
		lic_filter_free(w->filter[i].filter);
	for (unsigned i = 0; i < LIC_PATH_SLOTS; i++)
		free(w->path[i].path);
	lic_catalog_close(w->cat);
	pthread_mutex_destroy(&w->use);
	free(w->filter);
	lic_buf_release(&w->file);
	free(w->buf);
	free(w);
}

/* Thread exit: the worker is free for another one. */
static void give_back(void *p)
{
	struct lic_worker *w = p;

	pthread_mutex_lock(&w->s->worker_lock);
	w->next = w->s->idle;
	w->s->idle = w;
	pthread_mutex_unlock(&w->s->worker_lock);
}

int lic_workers_open(struct lic_session *s, unsigned n, struct lic_error *err)
{
	int r = pthread_key_create(&s->worker_key, give_back);

	if (r)
		return lic_error_sys(err, r, "cannot start threads");
	r = pthread_mutex_init(&s->worker_lock, NULL);
	if (r) {
		pthread_key_delete(s->worker_key);
		return lic_error_sys(err, r, "cannot start threads");
	}
	for (unsigned i = 0; i < n; i++) {
		struct lic_worker *w;

		r = lic_worker_new(s, &w, err);
		if (r < 0) {
			lic_workers_close(s);
			return r;
		}
		w->other = s->all_workers;
		s->all_workers = w;
		give_back(w);
	}
	return 0;
}

void lic_workers_close(struct lic_session *s)
{
	struct lic_worker *w = pthread_getspecific(s->worker_key);

	if (w) {
		pthread_setspecific(s->worker_key, NULL);
		give_back(w);
	}
	while (s->idle) {
		w = s->idle;
		s->idle = w->next;
		lic_worker_free(w);
	}
	pthread_mutex_destroy(&s->worker_lock);
	pthread_key_delete(s->worker_key);
}

/* Its request began without a worker, so it gets none in the middle. */
static _Thread_local bool turned_away;

struct lic_worker *lic_worker_get(struct lic_session *s)
{
	struct lic_worker *w = pthread_getspecific(s->worker_key);

	if (turned_away || atomic_load_explicit(&s->lost, memory_order_acquire) ||
	    atomic_load_explicit(&s->refused, memory_order_relaxed))
		return NULL;
	if (w)
		return w;
	pthread_mutex_lock(&s->worker_lock);
	w = s->idle;
	if (w)
		s->idle = w->next;
	pthread_mutex_unlock(&s->worker_lock);
	if (w && pthread_setspecific(s->worker_key, w) != 0) {
		give_back(w);
		w = NULL;
	}
	return w;
}

/* Whoever sends a request sleeps next. To take the processor from him before he does so costs two
 * switches more, and for a RELEASE he does not even wait. Another policy was chosen by somebody. */
static void be_patient(void)
{
	const struct sched_param param = { 0 };

	if (sched_getscheduler(0) == SCHED_OTHER)
		(void)sched_setscheduler(0, SCHED_BATCH, &param);
}

struct lic_worker *lic_worker_enter(struct lic_session *s)
{
	const bool first = !pthread_getspecific(s->worker_key);
	struct lic_worker *w = lic_worker_get(s);

	if (first)
		be_patient();
	turned_away = !w;
	if (!w)
		return NULL;
	pthread_mutex_lock(&w->use);
	w->inside = true;
	w->idle = 0;
	return w;
}

void lic_worker_leave(struct lic_worker *w)
{
	turned_away = false;
	if (!w)
		return;
	w->inside = false;
	if (lic_catalog_outdated(w->cat))
		lic_catalog_let_go(w->cat);
	pthread_mutex_unlock(&w->use);
}

void lic_worker_let_go(struct lic_worker *w)
{
	if (!w->inside)
		return;
	lic_catalog_let_go(w->cat);
	w->when.state = 0;
	w->inside = false;
}

void lic_workers_let_go(struct lic_session *s)
{
	for (struct lic_worker *w = s->all_workers; w; w = w->other) {
		if (pthread_mutex_trylock(&w->use) != 0)
			continue;
		if (lic_catalog_outdated(w->cat) || w->idle++ == IDLE_LOOKS)
			lic_catalog_let_go(w->cat);
		pthread_mutex_unlock(&w->use);
	}
}

/* As lic_catalog_stay(), also for who may not stay. */
static int stay(struct lic_worker *w)
{
	if (w->inside)
		return lic_catalog_stay(w->cat);
	return lic_catalog_leave(w->cat) < 0 ? -EIO : -EOPNOTSUPP;
}

int lic_worker_refresh(struct lic_worker *w)
{
	const uint64_t epoch = atomic_load(&w->s->epoch);
	int64_t version = w->version;
	int stays = stay(w);

	if (stays == -EIO)
		return -EIO;
	if (stays == 1 && epoch == w->epoch)
		return 0;
	if (stays < 0) {
		version = lic_catalog_data_version(w->cat);
		if (version >= 0 && version == w->version && epoch == w->epoch)
			return 0;
	}
	memset(w->shown, 0, sizeof(w->shown));
	w->version = version;
	w->epoch = epoch;
	w->when = (struct lic_recent_when){ stays < 0 ? 0 : lic_catalog_state(w->cat), epoch };
	w->generation = 0;
	return 0;
}

void lic_worker_note(struct lic_worker *w, uint64_t dir)
{
	const uint64_t takes = lic_listed_takes(&w->s->listed);
	uint64_t *slot = &w->noted[(dir ^ dir >> 44) % LIC_NOTED_SLOTS];

	if (takes != w->noted_takes) {
		memset(w->noted, 0, sizeof(w->noted));
		w->noted_takes = takes;
	}
	if (*slot == dir)
		return;
	lic_listed_add(&w->s->looked, (uint64_t)lic_inode_decode(dir, w->s->single).id);
	lic_listed_add(&w->s->listed, dir);
	*slot = dir;
}

int64_t lic_worker_generation(struct lic_worker *w)
{
	if (w->generation <= 0)
		w->generation = lic_catalog_generation(w->cat);
	return w->generation;
}

int lic_worker_filter(struct lic_worker *w, const struct lic_known_view *v, struct lic_filter **ret)
{
	struct lic_filter_slot *slot = &w->filter[v->index];
	const struct lic_definition *d = lic_view_definition(v);
	int r;

	if (slot->definition != d) {
		lic_filter_free(slot->filter);
		slot->filter = NULL;
		slot->definition = NULL;
	}
	if (!d)
		return -ENOENT;
	if (!slot->filter && v->snapshot) {
		r = lic_worker_pin(w, v, &slot->filter);
		if (r < 0)
			return r;
		slot->definition = d;
	} else if (!slot->filter) {
		r = lic_filter_new(w->cat, d->view, w->s->o.classes, w->s->since, &slot->filter,
				   NULL);
		if (r < 0)
			return r;
		lic_filter_set_start(slot->filter, w->s->start);
		lic_filter_set_abspaths(slot->filter, w->s->o.abspaths);
		slot->definition = d;
	}
	*ret = slot->filter;
	return 0;
}

/* Stops with 1 at an image that is known to be stale, or is no more. */
static int owner_is_stale(void *ctx, int64_t image)
{
	struct lic_worker *w = ctx;
	struct lic_entry e;
	int r = lic_catalog_by_id(w->cat, image, &e, NULL);

	if (r < 0)
		return r == -ENOENT ? 1 : r;
	return lic_stale_has(&w->s->stale, lic_stale_mark(&e));
}

/* Is the file not what was judged, or does it belong to an image that is not? */
static int is_stale(struct lic_worker *w, const struct lic_entry *e, bool *ret)
{
	int r = 0;

	*ret = false;
	if (e->kind == LIC_KIND_DIR || !lic_stale_any(&w->s->stale))
		return 0;
	*ret = lic_stale_has(&w->s->stale, lic_stale_mark(e));
	if (!*ret && e->kind == LIC_KIND_COMPANION)
		r = lic_catalog_companion_images(w->cat, e->id, owner_is_stale, w, NULL);
	if (r > 0)
		*ret = true;
	return r < 0 ? r : 0;
}

int lic_worker_child_shown(struct lic_worker *w, const struct lic_known_view *v,
			   const struct lic_entry *e, bool *ret)
{
	struct lic_filter *f;
	bool shown = false, stale;
	int r;

	*ret = false;
	if (v->snapshot)
		return lic_pinned_reads(w, v, e, ret);
	r = is_stale(w, e, &stale);
	if (r < 0 || stale)
		return r;
	r = lic_worker_filter(w, v, &f);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = lic_filter_shows(f, e, &shown, NULL);
	if (r < 0)
		return r;
	*ret = shown;
	return 0;
}

static int dir_shown_uncached(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
			      bool *ret)
{
	*ret = false;
	while (id != LIC_STORE_ROOT) {
		struct lic_entry e;
		int64_t parent;
		bool shown;
		int r = lic_catalog_by_id(w->cat, id, &e, NULL);

		if (r < 0)
			return r == -ENOENT ? 0 : r;
		if (e.kind != LIC_KIND_DIR)
			return 0;
		parent = e.parent;
		r = lic_worker_child_shown(w, v, &e, &shown);
		if (r < 0 || !shown)
			return r;
		id = parent;
	}
	*ret = lic_view_definition(v) != NULL;
	return 0;
}

int lic_worker_dir_shown(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
			 bool *ret)
{
	unsigned i = ((unsigned)id * 31u + v->index) % LIC_SHOWN_SLOTS;
	int r;

	if (w->shown[i].id == id && w->shown[i].view == v->number && lic_view_definition(v)) {
		*ret = w->shown[i].shown;
		return 0;
	}
	r = v->snapshot ? lic_pinned_dir_shown(w, v, id, ret) : dir_shown_uncached(w, v, id, ret);
	if (r == 0) {
		w->shown[i].id = id;
		w->shown[i].view = v->number;
		w->shown[i].shown = *ret;
	}
	return r;
}

int lic_worker_shown(struct lic_worker *w, const struct lic_entry *e, bool *ret)
{
	unsigned n = lic_views_count(&w->s->views);

	*ret = false;
	for (unsigned i = 0; i < n; i++) {
		const struct lic_known_view *v = lic_views_at(&w->s->views, i);
		int r = lic_view_is_over(v) ? 0 : lic_worker_dir_shown(w, v, e->parent, ret);

		if (r == 0 && *ret)
			r = lic_worker_child_shown(w, v, e, ret);
		if (r < 0) {
			*ret = false;
			return r;
		}
		if (*ret)
			return 0;
	}
	return 0;
}

static int load_dir(struct lic_worker *w, struct lic_inode n, struct lic_entry *ret)
{
	const struct lic_known_view *v = lic_views_by_number(&w->s->views, n.view);
	struct lic_pinned p;
	bool shown;
	int r;

	if (!v)
		return -ENOENT;
	r = lic_worker_dir_shown(w, v, n.id, &shown);
	if (r < 0)
		return r;
	if (!shown)
		return -ENOENT;
	if (v->snapshot) {
		r = lic_pinned_by_id(w, v, n.id, &p);
		*ret = p.e;
		return r;
	}
	r = lic_catalog_by_id(w->cat, n.id, ret, NULL);
	return r == 0 && ret->kind != LIC_KIND_DIR ? -ENOENT : r;
}

/* A file's row, its name kept. */
static int load_row(struct lic_worker *w, int64_t id, struct lic_entry *ret)
{
	int r = lic_catalog_by_id(w->cat, id, ret, NULL);

	if (r < 0)
		return r;
	if (ret->name.n > NAME_MAX)
		return -EIO;
	memcpy(w->name, ret->name.p, ret->name.n);
	w->name[ret->name.n] = '\0';
	ret->name.p = (const uint8_t *)w->name;
	return 0;
}

int lic_worker_load_document(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
			     struct lic_entry *ret)
{
	bool shown = false;
	int r = load_row(w, id, ret);

	if (r == 0 && ret->kind == LIC_KIND_DOCUMENT)
		r = lic_worker_dir_shown(w, v, ret->parent, &shown);
	if (r == 0 && shown)
		r = lic_worker_child_shown(w, v, ret, &shown);
	if (r < 0)
		return r;
	return shown ? 0 : -ENOENT;
}

void lic_worker_remember(struct lic_worker *w, const struct lic_entry *e)
{
	const struct lic_rights *rights;

	if (!w->when.state || e->kind != LIC_KIND_IMAGE || lic_stale_any(&w->s->stale) ||
	    e->since > lic_views_pinned_since(&w->s->views))
		return;
	rights = lic_catalog_rights(w->cat, e->rights, NULL);
	if (rights && !rights->until)
		lic_recent_put(w->s->recent, &w->when, e);
}

int lic_worker_load(struct lic_worker *w, struct lic_inode n, struct lic_entry *ret)
{
	struct lic_entry e;
	bool shown;
	int r;

	if (n.type == LIC_INODE_DIR)
		return load_dir(w, n, ret);
	if (n.type != LIC_INODE_FILE)
		return -ENOENT;
	if (w->when.state && !lic_stale_any(&w->s->stale) &&
	    lic_recent_get(w->s->recent, &w->when, n.id, ret, w->name))
		return 0;
	r = load_row(w, n.id, &e);
	if (r < 0)
		return r;
	if (e.kind != LIC_KIND_IMAGE && e.kind != LIC_KIND_COMPANION && e.kind != LIC_KIND_INERT)
		return -ENOENT;
	r = lic_worker_shown(w, &e, &shown);
	if (r < 0)
		return r;
	if (!shown)
		return -ENOENT;
	lic_worker_remember(w, &e);
	*ret = e;
	return 0;
}

int lic_worker_dir_path(struct lic_worker *w, int64_t id, const char **ret)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	unsigned i = (unsigned)id % LIC_PATH_SLOTS;
	int r;

	if (w->path[i].path && w->path[i].id == id) {
		*ret = w->path[i].path;
		return 0;
	}
	r = lic_catalog_entry_path(w->cat, id, &path, NULL);
	if (r == 0)
		lic_buf_add(&path, "", 0);
	if (r == 0 && lic_buf_failed(&path))
		r = -ENOMEM;
	if (r < 0) {
		lic_buf_release(&path);
		return r;
	}
	free(w->path[i].path);
	w->path[i].id = id;
	w->path[i].path = path.data ? lic_buf_take(&path) : strdup("");
	lic_buf_release(&path);
	if (!w->path[i].path)
		return -ENOMEM;
	*ret = w->path[i].path;
	return 0;
}

unsigned char *lic_worker_buffer(struct lic_worker *w, size_t n)
{
	if (n > w->buf_size) {
		free(w->buf);
		w->buf = malloc(n);
		w->buf_size = w->buf ? n : 0;
	}
	return w->buf;
}
