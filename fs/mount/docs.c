/* SPDX-License-Identifier: Apache-2.0 */
/* The table of states of documents: found by view and document, and by node. */
#include <errno.h>
#include <string.h>

#include "fs/mount/docs.h"
#include "fs/mount/notify.h"

#define BUCKETS 4096u

/* One state. */
struct lic_doc {
	struct lic_doc *next;	       /* of the bucket of nodes */
	struct lic_doc *older, *newer; /* by last use; of those that could be given up */
	struct place *place;	       /* NULL: another state has taken it */
	uint64_t node;
	int64_t view, id;
	struct lic_built b;
	uint64_t lookups; /* of the kernel */
	unsigned uses;	  /* by threads */
	bool listed;	  /* in the list by last use */
};

/* A view of a document. */
struct place {
	struct place *next; /* of the bucket */
	int64_t view, id;
	struct lic_doc *doc; /* the present state; NULL: not made */
	unsigned waiting;
	bool busy; /* a thread is making it or asking whether it holds */
};

struct lic_docs {
	pthread_mutex_t lock; /* protects everything but what busy threads work on */
	pthread_cond_t done;
	struct place *place[BUCKETS];
	struct lic_doc *node[BUCKETS];
	struct lic_doc *oldest, *newest;
	size_t memory;
	int64_t serial;
};

int lic_docs_new(struct lic_session *s, struct lic_error *err)
{
	struct lic_docs *d = calloc(1, sizeof(*d));
	int r = d ? pthread_mutex_init(&d->lock, NULL) : ENOMEM;

	if (r == 0) {
		r = pthread_cond_init(&d->done, NULL);
		if (r)
			pthread_mutex_destroy(&d->lock);
	}
	if (r) {
		free(d);
		return lic_error_sys(err, r, "cannot keep documents");
	}
	s->docs = d;
	return 0;
}

void lic_docs_free(struct lic_docs *d)
{
	if (!d)
		return;
	for (unsigned i = 0; i < BUCKETS; i++) {
		while (d->node[i]) {
			struct lic_doc *doc = d->node[i];

			d->node[i] = doc->next;
			lic_built_release(&doc->b);
			free(doc);
		}
		while (d->place[i]) {
			struct place *p = d->place[i];

			d->place[i] = p->next;
			free(p);
		}
	}
	pthread_cond_destroy(&d->done);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

/* --- buckets and the list; the caller holds the lock --------------------------------------------
 */

static unsigned bucket(int64_t view, int64_t id)
{
	return (unsigned)(((uint64_t)id * 31 + (uint64_t)view) % BUCKETS);
}

static struct lic_doc *find_node(struct lic_docs *d, uint64_t node)
{
	struct lic_doc *doc = d->node[node % BUCKETS];

	while (doc && doc->node != node)
		doc = doc->next;
	return doc;
}

static struct place *find_place(struct lic_docs *d, int64_t view, int64_t id)
{
	struct place **head = &d->place[bucket(view, id)], *p = *head;

	while (p && (p->view != view || p->id != id))
		p = p->next;
	if (!p) {
		p = calloc(1, sizeof(*p));
		if (!p)
			return NULL;
		*p = (struct place){ *head, view, id, NULL, 0, false };
		*head = p;
	}
	return p;
}

static void drop_place(struct lic_docs *d, struct place *place)
{
	struct place **p = &d->place[bucket(place->view, place->id)];

	if (place->doc || place->waiting || place->busy)
		return;
	while (*p != place)
		p = &(*p)->next;
	*p = place->next;
	free(place);
}

static size_t memory_of(const struct lic_doc *doc)
{
	return sizeof(*doc) + sizeof(struct place) +
	       (doc->b.ranges ? lic_ranges_memory(doc->b.ranges) : 0);
}

static void unlist(struct lic_docs *d, struct lic_doc *doc)
{
	if (!doc->listed)
		return;
	*(doc->older ? &doc->older->newer : &d->oldest) = doc->newer;
	*(doc->newer ? &doc->newer->older : &d->newest) = doc->older;
	doc->older = doc->newer = NULL;
	doc->listed = false;
}

/* Makes it the newest, if there is anything that could be given up. */
static void list(struct lic_docs *d, struct lic_doc *doc)
{
	unlist(d, doc);
	if (!doc->b.ranges && doc->lookups)
		return;
	doc->older = d->newest;
	*(d->newest ? &d->newest->newer : &d->oldest) = doc;
	d->newest = doc;
	doc->listed = true;
}

/* Gives up the pieces, and all of it where the kernel knows it no more. */
static void give_up(struct lic_docs *d, struct lic_doc *doc)
{
	struct place *place = doc->place;
	struct lic_doc **p = &d->node[doc->node % BUCKETS];

	unlist(d, doc);
	d->memory -= memory_of(doc);
	lic_built_release(&doc->b);
	if (doc->lookups) {
		d->memory += memory_of(doc);
		return;
	}
	while (*p != doc)
		p = &(*p)->next;
	*p = doc->next;
	free(doc);
	if (place) {
		place->doc = NULL;
		drop_place(d, place);
	}
}

static void trim(struct lic_docs *d)
{
	struct lic_doc *doc = d->oldest;

	while (doc && d->memory > LIC_DOCS_MEMORY) {
		struct lic_doc *next = doc->newer;

		if (!doc->uses)
			give_up(d, doc);
		doc = next;
	}
}

/* After a use has ended, or the state. */
static void settle(struct lic_docs *d, struct lic_doc *doc)
{
	if (doc->uses)
		return;
	if (!doc->place)
		give_up(d, doc);
	else
		trim(d);
}

/* --- making states -------------------------------------------------------------------------- */

/* The state at a place is over. */
static void dismiss(struct lic_docs *d, struct place *place)
{
	struct lic_doc *doc = place->doc;

	place->doc = NULL;
	doc->place = NULL;
	settle(d, doc);
}

/* A new state takes the place; *b is taken over. */
static int install(struct lic_docs *d, struct place *place, struct lic_built *b)
{
	struct lic_doc *doc = calloc(1, sizeof(*doc));

	if (!doc)
		return -ENOMEM;
	if (place->doc)
		dismiss(d, place);
	doc->node = lic_inode_node(++d->serial);
	doc->view = place->view;
	doc->id = place->id;
	doc->b = *b;
	b->ranges = NULL;
	doc->place = place;
	place->doc = doc;
	doc->next = d->node[doc->node % BUCKETS];
	d->node[doc->node % BUCKETS] = doc;
	d->memory += memory_of(doc);
	list(d, doc);
	return 0;
}

/* The same bytes again: what the state rests on is newer, and its pieces may have been given up. */
static void renew(struct lic_docs *d, struct lic_doc *doc, struct lic_built *b)
{
	struct lic_ranges *ranges = doc->b.ranges;

	d->memory -= memory_of(doc);
	if (!ranges) {
		ranges = b->ranges;
		b->ranges = NULL;
	}
	doc->b = *b;
	doc->b.ranges = ranges;
	b->ranges = NULL;
	d->memory += memory_of(doc);
	list(d, doc);
}

/* Called without the lock, by the thread that made the place busy. 1: `b` is the old state, which
 * holds; 0: it was made. Pieces of `b` are those of the table until it is made anew. */
static int confirm_or_make(struct lic_worker *w, const struct lic_known_view *v, int64_t id,
			   bool ranges, int64_t *budget, bool known, struct lic_built *b)
{
	struct lic_built fresh;
	int r = 0;

	if (known)
		r = lic_built_confirm(w, v, id, b);
	if (r < 0 || (r > 0 && (b->ranges || !ranges)))
		return r;
	r = lic_built_make(w, v, id, known ? b : NULL, budget, &fresh);
	if (r == 0)
		*b = fresh;
	return r;
}

/* The caller holds the lock, which is let go meanwhile. */
static int make(struct lic_worker *w, const struct lic_known_view *v, struct place *place,
		bool ranges, int64_t *budget)
{
	struct lic_docs *d = w->s->docs;
	struct lic_doc *old = place->doc;
	struct lic_built b = { 0 };
	int r;

	place->busy = true;
	if (old) {
		old->uses++;
		b = old->b;
	}
	pthread_mutex_unlock(&d->lock);
	r = confirm_or_make(w, v, place->id, ranges, budget, old != NULL, &b);
	pthread_mutex_lock(&d->lock);
	place->busy = false;
	if (old)
		old->uses--;
	if (r > 0) {
		old->b.generation = b.generation;
		old->b.stale = b.stale;
		r = 0;
	} else if (r == 0 && old && memcmp(old->b.digest, b.digest, sizeof(b.digest)) == 0) {
		struct lic_ranges *made = b.ranges;

		renew(d, old, &b);
		if (old->b.ranges != made)
			lic_ranges_free(made);
	} else if (r == 0) {
		r = install(d, place, &b);
		if (r < 0)
			lic_built_release(&b);
	} else if (old && r != -EAGAIN) {
		dismiss(d, place);
	}
	pthread_cond_broadcast(&d->done);
	return r;
}

static void hold(struct lic_docs *d, struct lic_doc *doc, struct lic_doc_ref *ret)
{
	doc->uses++;
	list(d, doc);
	*ret = (struct lic_doc_ref){ doc,	   doc->node,	 doc->b.size,
				     doc->b.mtime, doc->b.ctime, doc->b.ranges };
}

int lic_docs_get(struct lic_worker *w, const struct lic_known_view *v, const struct lic_entry *e,
		 bool ranges, int64_t *budget, struct lic_doc_ref *ret)
{
	struct lic_docs *d = w->s->docs;
	struct place *place;
	bool made = false;
	int r = 0;

	lic_worker_let_go(w);
	pthread_mutex_lock(&d->lock);
	place = find_place(d, v->number, e->id);
	while (place && r == 0) {
		struct lic_doc *doc = place->doc;

		if (place->busy && budget) {
			r = -EAGAIN;
		} else if (place->busy) {
			place->waiting++;
			pthread_cond_wait(&d->done, &d->lock);
			place->waiting--;
		} else if (doc && (doc->b.ranges || !ranges) &&
			   (made || lic_built_is_fresh(w, v, &doc->b))) {
			hold(d, doc, ret);
			break;
		} else {
			r = make(w, v, place, ranges, budget);
			made = r == 0;
		}
	}
	if (place && r < 0)
		drop_place(d, place);
	trim(d);
	pthread_mutex_unlock(&d->lock);
	return place ? r : -ENOMEM;
}

void lic_docs_put(struct lic_session *s, struct lic_doc_ref *ref)
{
	pthread_mutex_lock(&s->docs->lock);
	ref->doc->uses--;
	settle(s->docs, ref->doc);
	pthread_mutex_unlock(&s->docs->lock);
	ref->doc = NULL;
}

void lic_docs_told(struct lic_session *s, const struct lic_doc_ref *ref)
{
	pthread_mutex_lock(&s->docs->lock);
	ref->doc->lookups++;
	pthread_mutex_unlock(&s->docs->lock);
}

void lic_docs_forget(struct lic_session *s, uint64_t node, uint64_t n)
{
	struct lic_doc *doc;

	pthread_mutex_lock(&s->docs->lock);
	doc = find_node(s->docs, node);
	if (doc) {
		doc->lookups -= n < doc->lookups ? n : doc->lookups;
		if (!doc->lookups)
			list(s->docs, doc);
		settle(s->docs, doc);
	}
	pthread_mutex_unlock(&s->docs->lock);
}

/* --- by node --------------------------------------------------------------------------------- */

int lic_docs_load(struct lic_worker *w, uint64_t node, struct lic_entry *ret,
		  const struct lic_known_view **ret_v)
{
	struct lic_docs *d = w->s->docs;
	const struct lic_known_view *v;
	struct lic_doc *doc;
	int64_t view = 0, id = 0;

	pthread_mutex_lock(&d->lock);
	doc = find_node(d, node);
	if (doc) {
		view = doc->view;
		id = doc->id;
	}
	pthread_mutex_unlock(&d->lock);
	v = doc ? lic_views_by_number(&w->s->views, view) : NULL;
	if (!v)
		return -ENOENT;
	*ret_v = v;
	return lic_worker_load_document(w, v, id, ret);
}

int lic_docs_open(struct lic_worker *w, uint64_t node, bool ranges, struct lic_entry *ret,
		  const struct lic_known_view **ret_v, struct lic_doc_ref *ret_ref)
{
	int r = lic_docs_load(w, node, ret, ret_v);

	if (r == 0)
		r = lic_docs_get(w, *ret_v, ret, ranges, NULL, ret_ref);
	if (r == 0 && ret_ref->node != node) {
		lic_docs_put(w->s, ret_ref);
		r = -ESTALE;
	}
	return r;
}

/* --- forgetting --------------------------------------------------------------------------------
 */

struct known {
	uint64_t node;
	int64_t view, id;
	struct lic_built b; /* without its pieces */
	bool over;
};

static bool is_wanted(const int64_t *id, size_t n, int64_t wanted)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (id[mid] < wanted)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && id[lo] == wanted;
}

/* Nodes of one bucket that the kernel knows; the caller holds the lock. */
static size_t count_known(const struct lic_doc *doc)
{
	size_t n = 0;

	for (; doc; doc = doc->next)
		n += doc->lookups != 0;
	return n;
}

static size_t copy_known(const struct lic_doc *doc, const int64_t *id, size_t n, struct known *ret)
{
	size_t k = 0;

	for (; doc; doc = doc->next) {
		if (!doc->lookups || (id && !is_wanted(id, n, doc->id)))
			continue;
		ret[k] = (struct known){ doc->node, doc->view, doc->id, doc->b, !doc->place };
		ret[k++].b.ranges = NULL;
	}
	return k;
}

static bool still_holds(struct lic_worker *w, const struct known *x)
{
	const struct lic_known_view *v = lic_views_by_number(&w->s->views, x->view);
	struct lic_built b = x->b;
	struct lic_entry e;

	return !x->over && v && lic_worker_load_document(w, v, x->id, &e) == 0 &&
	       lic_built_confirm(w, v, x->id, &b) == 1;
}

void lic_docs_notify(struct lic_session *s, struct lic_worker *w, const int64_t *id, size_t n)
{
	struct lic_docs *d = s->docs;

	for (unsigned i = 0; i < BUCKETS; i++) {
		_cleanup_(lic_freep) struct known *known = NULL;
		size_t k, total;

		pthread_mutex_lock(&d->lock);
		total = count_known(d->node[i]);
		known = total ? reallocarray(NULL, total, sizeof(*known)) : NULL;
		k = known ? copy_known(d->node[i], id, n, known) : 0;
		pthread_mutex_unlock(&d->lock);
		for (size_t j = 0; j < k; j++) {
			if (!w || !still_holds(w, &known[j]))
				lic_notify_node(s, known[j].node);
		}
	}
}
