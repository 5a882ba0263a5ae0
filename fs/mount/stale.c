/* SPDX-License-Identifier: Apache-2.0 */
/* The set of stale files and the thread that passes them on. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "fs/mount/backed.h"
#include "fs/mount/docs.h"
#include "fs/mount/notify.h"
#include "fs/mount/session.h"
#include "fs/util/hash.h"

struct lic_stale_item {
	struct lic_stale_item *next;
	int64_t id, parent;
	uint64_t mark;
	enum lic_kind kind;
	size_t n;
	char name[NAME_MAX + 1];
};

int lic_stale_init_alone(struct lic_stale *st, struct lic_session *s, struct lic_error *err)
{
	int r = pthread_rwlock_init(&st->lock, NULL);

	if (r == 0)
		r = pthread_mutex_init(&st->queue_lock, NULL);
	if (r == 0)
		r = pthread_cond_init(&st->wake, NULL);
	if (r)
		return lic_error_sys(err, r, "cannot start threads");
	st->s = s;
	return 0;
}

int lic_stale_init(struct lic_stale *st, struct lic_session *s, struct lic_error *err)
{
	int r = lic_stale_init_alone(st, s, err);

	if (r < 0)
		return r;
	if (lic_catalog_open(s->store, s->o.catalog, LIC_CATALOG_WRITE, &st->writer, NULL) < 0)
		st->writer = NULL;
	return 0;
}

void lic_stale_release(struct lic_stale *st)
{
	while (st->queue) {
		struct lic_stale_item *i = st->queue;

		st->queue = i->next;
		free(i);
	}
	lic_catalog_close(st->writer);
	st->writer = NULL;
	free(st->mark);
	free(st->id);
	st->mark = NULL;
	st->id = NULL;
	if (st->s) {
		pthread_rwlock_destroy(&st->lock);
		pthread_mutex_destroy(&st->queue_lock);
		pthread_cond_destroy(&st->wake);
	}
}

uint64_t lic_stale_mark(const struct lic_entry *e)
{
	const int64_t key[] = { e->id,	     (int64_t)e->st.size, e->st.mtime,
				e->st.ctime, (int64_t)e->st.ino,  e->judged };
	uint64_t h = lic_hash64(key, sizeof(key));

	return h ? h : 1;
}

/* Index of the mark, or of the empty slot where it belongs. */
bool lic_stale_has(struct lic_stale *st, uint64_t mark)
{
	bool has;

	if (!lic_stale_any(st))
		return false;
	pthread_rwlock_rdlock(&st->lock);
	has = st->cap && st->mark[lic_number_slot(st->mark, st->cap, mark)] == mark;
	pthread_rwlock_unlock(&st->lock);
	return has;
}

int lic_stale_since(struct lic_stale *st, size_t from, int64_t **ret, size_t *ret_n)
{
	int64_t *id = NULL;
	size_t n;

	if (lic_stale_count(st) <= from) {
		*ret = NULL;
		*ret_n = 0;
		return 0;
	}
	pthread_rwlock_rdlock(&st->lock);
	n = lic_stale_count(st) - from;
	id = reallocarray(NULL, n, sizeof(*id));
	if (id)
		memcpy(id, st->id + from, n * sizeof(*id));
	pthread_rwlock_unlock(&st->lock);
	if (!id)
		return -ENOMEM;
	*ret = id;
	*ret_n = n;
	return 0;
}

static bool grow(struct lic_stale *st)
{
	size_t cap = st->cap ? st->cap * 2 : 64;
	uint64_t *set = calloc(cap, sizeof(*set));
	int64_t *id = set ? reallocarray(st->id, cap / 2, sizeof(*id)) : NULL;

	if (id)
		st->id = id;
	if (!id) {
		free(set);
		return false;
	}
	for (size_t i = 0; i < st->cap; i++) {
		if (st->mark[i])
			set[lic_number_slot(set, cap, st->mark[i])] = st->mark[i];
	}
	free(st->mark);
	st->mark = set;
	st->cap = cap;
	return true;
}

/* True where the mark is new. */
static bool insert(struct lic_stale *st, int64_t id, uint64_t mark)
{
	bool fresh = false;
	size_t n;

	pthread_rwlock_wrlock(&st->lock);
	n = atomic_load(&st->n);
	if (n < LIC_STALE_MAX && (n * 2 < st->cap || grow(st))) {
		size_t i = lic_number_slot(st->mark, st->cap, mark);

		fresh = st->mark[i] == 0;
		st->mark[i] = mark;
		if (fresh) {
			st->id[n] = id;
			atomic_store_explicit(&st->n, n + 1, memory_order_release);
		}
	}
	pthread_rwlock_unlock(&st->lock);
	return fresh;
}

/* Caller holds the queue's lock. */
static void enqueue(struct lic_stale *st, const struct lic_entry *e, uint64_t mark)
{
	struct lic_stale_item *item;

	if (st->queued >= LIC_STALE_QUEUE_MAX || !insert(st, e->id, mark))
		return;
	item = calloc(1, sizeof(*item));
	if (!item)
		return; /* hidden here all the same; others find out when they open it */
	item->id = e->id;
	item->parent = e->parent;
	item->mark = mark;
	item->kind = e->kind;
	item->n = e->name.n;
	memcpy(item->name, e->name.p, e->name.n);
	item->next = st->queue;
	st->queue = item;
	st->queued++;
	pthread_cond_signal(&st->wake);
}

void lic_stale_add(struct lic_stale *st, const struct lic_entry *e)
{
	uint64_t mark = lic_stale_mark(e);

	if (e->name.n > NAME_MAX)
		return;
	pthread_mutex_lock(&st->queue_lock);
	enqueue(st, e, mark);
	pthread_mutex_unlock(&st->queue_lock);
}

/* Marks in the catalog what is still as it was found. */
static int mark_batch(struct lic_catalog *cat, const struct lic_stale_item *items)
{
	struct lic_txn *txn;
	int r = lic_catalog_begin(cat, "mount", &txn, NULL);

	if (r < 0)
		return r;
	for (const struct lic_stale_item *i = items; r == 0 && i; i = i->next) {
		struct lic_entry e;

		if (i->kind != LIC_KIND_IMAGE)
			continue;
		r = lic_catalog_by_id(cat, i->id, &e, NULL);
		if (r == 0 && lic_stale_mark(&e) == i->mark)
			r = lic_catalog_mark_stale(txn, i->id, NULL);
		if (r == -ENOENT)
			r = 0;
	}
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	return lic_catalog_commit(txn, NULL);
}

static struct lic_stale_item *wait_for_work(struct lic_stale *st)
{
	struct lic_stale_item *items;

	pthread_mutex_lock(&st->queue_lock);
	while (!st->queue && !st->stop)
		pthread_cond_wait(&st->wake, &st->queue_lock);
	items = st->stop ? NULL : st->queue;
	if (items) {
		st->queue = NULL;
		st->queued = 0;
	}
	pthread_mutex_unlock(&st->queue_lock);
	return items;
}

/* The kernel forgets names; documents that the files are in, and their companions, are looked up
 * again. */
static void forget_here(struct lic_session *s)
{
	(void)!lic_notify_epoch(s);
	lic_docs_notify(s, NULL, NULL, 0);
}

static void *marker(void *p)
{
	struct lic_stale *st = p;
	struct lic_stale_item *items;

	while ((items = wait_for_work(st))) {
		for (const struct lic_stale_item *i = items; i; i = i->next) {
			lic_notify_entry(st->s, i->parent, i->name, i->n);
			lic_backed_forget(st->s, (uint64_t)i->id);
		}
		/* a catalog that is busy or cannot be written leaves the mark to this mount; its
		 * feed would have told of the companions */
		if (!st->writer || mark_batch(st->writer, items) < 0)
			forget_here(st->s);
		while (items) {
			struct lic_stale_item *i = items;

			items = i->next;
			free(i);
		}
	}
	return NULL;
}

int lic_stale_start(struct lic_stale *st, struct lic_error *err)
{
	int r = pthread_create(&st->thread, NULL, marker, st);

	if (r)
		return lic_error_sys(err, r, "cannot start threads");
	st->running = true;
	return 0;
}

void lic_stale_stop(struct lic_stale *st)
{
	if (!st->running)
		return;
	pthread_mutex_lock(&st->queue_lock);
	st->stop = true;
	pthread_cond_signal(&st->wake);
	pthread_mutex_unlock(&st->queue_lock);
	pthread_join(st->thread, NULL);
	st->running = false;
}
