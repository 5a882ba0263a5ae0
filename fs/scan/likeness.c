/* SPDX-License-Identifier: Apache-2.0 */
/* Has images that wait for their likeness decoded, and writes down what they look like. What fails
 * there costs an image its likeness and nothing else. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/catalog_revoke.h>

#include "fs/scan/archive.h"
#include "fs/scan/indexer.h"
#include "fs/util/io.h"

#define TICK_MS 100
#define SLICE 4096 /* images that are looked up together */
#define GROUP 8	   /* images that are asked for together */
/* The catalog is not locked while anybody waits for a helper: what is finished is written when it
 * is so much, or so old. */
#define READY_JOBS 512
#define READY_NS 300000000LL

struct waiting {
	int64_t id, parent;
};

/* The directory or archive of the image that was looked up last. */
struct holder {
	int64_t id; /* 0: none yet */
	bool archive;
	struct lic_index_group *index; /* of the archive; NULL: its members cannot be had */
	struct lic_archived_list list; /* points into that */
};

struct looking {
	const struct lic_scan_phase *p;
	struct lic_error *err;
	struct waiting image[SLICE]; /* n of them */
	size_t n, next;
	struct lic_indexer *indexer; /* NULL until something is to be decoded */
	char *dir;		     /* of the catalog */
	struct holder holder;
	struct lic_index_group *ready; /* not written yet */
	size_t n_ready;
	int64_t ready_since;
	int64_t undecoded[LIC_FORMAT_COUNT];
};

static bool is_stopped(const struct looking *l)
{
	return l->p->o->stop && *l->p->o->stop;
}

static int no_memory(struct looking *l)
{
	return lic_error_set(l->err, ENOMEM, "out of memory for likenesses");
}

/* --- writing ------------------------------------------------------------------------------ */

/* Still the image that was asked for? 1, 0 or an error. */
static int is_there(struct looking *l, const struct lic_index_job *j)
{
	struct lic_entry e;
	int r = lic_catalog_by_id(l->p->cat, j->id, &e, l->err);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return e.kind == LIC_KIND_IMAGE && memcmp(&e.hash, &j->hash, sizeof(e.hash)) == 0;
}

static int write_job(struct looking *l, struct lic_txn *txn, const struct lic_index_job *j)
{
	const bool known = j->outcome == LIC_INDEX_DONE && j->looks.result == 0;
	int r;

	l->p->progress->likenesses++;
	if (j->outcome != LIC_INDEX_DONE && j->outcome != LIC_INDEX_CONDEMNED)
		return 0; /* it waits on */
	r = is_there(l, j);
	if (r <= 0)
		return r;
	if (lic_likeness_reads(j->format))
		l->p->res->likenesses++;
	else
		l->undecoded[j->format]++;
	return lic_catalog_likeness_put(
		txn, j->id, known ? &j->looks.likeness : NULL,
		j->outcome == LIC_INDEX_CONDEMNED ? j->found.note : j->looks.why, l->err);
}

static void drop_ready(struct looking *l)
{
	while (l->ready) {
		struct lic_index_group *g = l->ready;

		l->ready = g->next;
		lic_index_group_free(g);
	}
	l->n_ready = 0;
}

static int write_ready(struct looking *l)
{
	struct lic_txn *txn = NULL;
	int r;

	if (!l->ready)
		return 0;
	r = lic_catalog_begin(l->p->cat, "scan", &txn, l->err);
	for (const struct lic_index_group *g = l->ready; r == 0 && g; g = g->next)
		for (unsigned i = 0; r == 0 && i < g->n; i++)
			r = write_job(l, txn, &g->job[i]);
	drop_ready(l);
	if (r == 0)
		return lic_catalog_commit(txn, l->err);
	lic_catalog_abort(txn);
	return r;
}

/* `g` NULL: nothing was finished, but what is may be old by now. */
static int keep_ready(struct looking *l, struct lic_index_group *g)
{
	const int64_t now = lic_now_ns();

	if (!l->ready)
		l->ready_since = now;
	if (g) {
		g->next = l->ready;
		l->ready = g;
		l->n_ready += g->n;
	}
	return l->n_ready >= READY_JOBS || now - l->ready_since > READY_NS || now < l->ready_since
		       ? write_ready(l)
		       : 0;
}

/* --- waiting for helpers ------------------------------------------------------------------ */

/* Takes a group that is finished; NULL after a tick. */
static int take(struct looking *l, struct lic_index_group **ret)
{
	struct lic_index_group *g = lic_indexer_take(l->indexer, TICK_MS);
	int r = lic_indexer_failed(l->indexer, l->err);

	l->p->tick(l->p->ctx);
	if (r == 0 && is_stopped(l))
		r = -EINTR;
	if (r < 0 && g && g->what == LIC_ASK_LIKENESS) {
		/* what was decoded is kept, whyever it ends */
		g->next = l->ready;
		l->ready = g;
	} else if (r < 0) {
		lic_index_group_free(g);
	}
	if (r == 0)
		*ret = g;
	return r;
}

/* Until nothing is under way. */
static int drain(struct looking *l)
{
	int r = 0;

	while (r == 0 && l->indexer && lic_indexer_busy(l->indexer)) {
		struct lic_index_group *g = NULL;

		r = take(l, &g);
		if (r == 0)
			r = keep_ready(l, g);
	}
	return r;
}

static int start(struct looking *l)
{
	const struct lic_scan_phase *p = l->p;
	const char *path = lic_catalog_path(p->cat), *slash = strrchr(path, '/');
	struct lic_indexer_options o = { .root = p->root,
					 .threads = p->jobs,
					 .nursery = p->nursery,
					 .first_slot = p->jobs,
					 .counters = p->counters,
					 .patience = &lic_decoding_patience };

	if (l->indexer)
		return 0;
	l->dir = strndup(slash ? path : "./", slash ? (size_t)(slash - path) + 1 : 2);
	if (!l->dir)
		return no_memory(l);
	o.spool_dir = l->dir;
	return lic_indexer_new(&o, &l->indexer, l->err);
}

/* --- where it lies ------------------------------------------------------------------------ */

static void forget_holder(struct holder *h)
{
	lic_archived_release(&h->list);
	lic_index_group_free(h->index);
	*h = (struct holder){ 0 };
}

/* What is at an entry's path. */
static int fill_job(struct looking *l, const struct lic_entry *e, struct lic_index_job *j)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	int r;

	j->id = e->id;
	j->st = e->st;
	j->hash = e->hash;
	j->size = e->st.size;
	j->format = (unsigned)e->format < LIC_FORMAT_COUNT ? e->format : LIC_FORMAT_NONE;
	r = lic_catalog_entry_path(l->p->cat, j->id, &path, l->err);
	free(j->path);
	j->path = r == 0 ? lic_buf_take(&path) : NULL;
	lic_buf_release(&path);
	return r < 0 ? r : j->path ? 0 : no_memory(l);
}

/* Where the members of an archive lie only its bytes tell: its index is made anew. */
static int index_archive(struct looking *l, const struct lic_entry *e)
{
	struct lic_index_group *g = lic_index_group_new(LIC_ASK_INDEX, 1);
	struct holder *h = &l->holder;
	const struct lic_index_job *j;
	int r;

	if (!g)
		return no_memory(l);
	r = fill_job(l, e, &g->job[0]);
	if (r == 0)
		r = start(l);
	if (r == 0)
		r = drain(l);
	if (r < 0) {
		lic_index_group_free(g);
		return r;
	}
	lic_indexer_submit(l->indexer, g);
	for (g = NULL; r == 0 && !g;)
		r = take(l, &g);
	if (r < 0)
		return r;
	h->index = g;
	j = &g->job[0];
	if (j->outcome == LIC_INDEX_DONE && j->found.format == LIC_DOCUMENT_TAR)
		r = lic_archived_read(&h->list, &j->members, j->st.size, j->found.subjects);
	if (r < 0) /* one that makes no sense has no members */
		lic_archived_release(&h->list);
	return r == -ENOMEM ? no_memory(l) : 0;
}

static int find_holder(struct looking *l, int64_t id)
{
	struct lic_entry e;
	int r;

	if (l->holder.id == id)
		return 0;
	forget_holder(&l->holder);
	r = lic_catalog_by_id(l->p->cat, id, &e, l->err);
	if (r < 0 && r != -ENOENT)
		return r;
	l->holder.id = id;
	l->holder.archive = r == 0 && e.kind == LIC_KIND_DOCUMENT;
	return l->holder.archive ? index_archive(l, &e) : 0;
}

/* Has `j` read the member of the archive. 1, or 0 where it is not found there. */
static int place_member(struct looking *l, const struct lic_bytes *name, struct lic_index_job *j)
{
	const struct holder *h = &l->holder;
	const struct lic_index_job *archive = &h->index->job[0];
	const struct lic_archived *m = lic_archived_find(&h->list, name->p, name->n);
	char *path;

	if (!m || m->size != j->size)
		return 0;
	path = strdup(archive->path);
	if (!path)
		return no_memory(l);
	free(j->path);
	j->path = path;
	j->st = archive->st;
	j->at = m->at;
	return 1;
}

/* --- groups ------------------------------------------------------------------------------- */

/* No helper need look at it. */
static void refuse(struct lic_index_job *j)
{
	j->done = true;
	j->outcome = LIC_INDEX_CONDEMNED;
	if (j->format == LIC_FORMAT_NONE)
		snprintf(j->found.note, sizeof(j->found.note), "its format is not known");
	else
		snprintf(j->found.note, sizeof(j->found.note), "this build cannot decode %s",
			 lic_format_name(j->format));
}

/* Does it still wait? A twin may have got its likeness meanwhile. */
static int still_waits(struct looking *l, int64_t id)
{
	_cleanup_(lic_freep) char *why = NULL;
	struct lic_likeness known;
	int r = lic_catalog_likeness(l->p->cat, id, &known, &why, l->err);

	return r == -ENOENT ? why && !*why : r;
}

/* The job of one image: 1; 0 where it waits for another scan or not at all. */
static int make_job(struct looking *l, const struct waiting *w, struct lic_index_job *j)
{
	uint8_t bytes[NAME_MAX];
	struct lic_bytes name = { bytes, 0 };
	struct lic_entry e;
	int r = still_waits(l, w->id);

	if (r > 0)
		r = find_holder(l, w->parent);
	else
		return r;
	if (r == 0)
		r = lic_catalog_by_id(l->p->cat, w->id, &e, l->err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (e.parent != w->parent || e.kind != LIC_KIND_IMAGE)
		return 0;
	name.n = e.name.n;
	memcpy(bytes, e.name.p, e.name.n);
	r = fill_job(l, &e, j);
	if (r < 0)
		return r;
	if (!lic_likeness_reads(j->format)) {
		refuse(j);
		return 1;
	}
	return l->holder.archive ? place_member(l, &name, j) : 1;
}

static int next_group(struct looking *l, struct lic_index_group **ret)
{
	struct lic_index_group *g = lic_index_group_new(LIC_ASK_LIKENESS, GROUP);
	int r = 0;

	if (!g)
		return no_memory(l);
	for (g->n = 0; r >= 0 && g->n < GROUP && l->next < l->n; l->next++) {
		r = make_job(l, &l->image[l->next], &g->job[g->n]);
		if (r > 0)
			g->n++;
		else
			l->p->progress->likenesses++;
	}
	if (r < 0 || !g->n) {
		g->n = GROUP; /* what was begun is freed, too */
		lic_index_group_free(g);
		return r < 0 ? r : 0;
	}
	*ret = g;
	return 0;
}

static int look(struct looking *l)
{
	int r = 0;

	while (r == 0 && l->next < l->n) {
		struct lic_index_group *g = NULL;

		r = is_stopped(l) ? -EINTR : next_group(l, &g);
		if (r == 0 && g)
			r = start(l);
		if (r < 0 || !g) {
			lic_index_group_free(g);
			continue;
		}
		lic_indexer_submit(l->indexer, g);
		while (r == 0 && !lic_indexer_room(l->indexer)) {
			g = NULL;
			r = take(l, &g);
			if (r == 0)
				r = keep_ready(l, g);
		}
	}
	return r;
}

/* --- all ---------------------------------------------------------------------------------- */

/* 1 ends the walk: the slice is full. */
static int collect(void *ctx, int64_t entry)
{
	struct looking *l = ctx;

	l->image[l->n++] = (struct waiting){ .id = entry };
	return l->n == SLICE;
}

static int by_place(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* The next images that wait, by directories and archives; none in l->n. */
static int next_slice(struct looking *l, int64_t *after)
{
	int r;

	l->n = l->next = 0;
	r = lic_catalog_likeness_waiting(l->p->cat, *after, collect, l, l->err);
	for (size_t i = 0; r >= 0 && i < l->n; i++) {
		struct lic_entry e = { 0 };

		*after = l->image[i].id;
		r = lic_catalog_by_id(l->p->cat, l->image[i].id, &e, l->err);
		if (r == -ENOENT)
			r = 0;
		l->image[i].parent = e.parent;
	}
	qsort(l->image, l->n, sizeof(l->image[0]), by_place);
	return r < 0 ? r : 0;
}

static void warn_undecoded(const struct looking *l)
{
	struct lic_buf line = LIC_BUF_INIT(4096);
	bool any = false;

	lic_buf_adds(&line, "this build cannot decode ");
	for (int f = 0; f < LIC_FORMAT_COUNT; f++) {
		if (!l->undecoded[f])
			continue;
		lic_buf_addf(&line, "%s%lld %s", any ? ", " : "", (long long)l->undecoded[f],
			     f ? lic_format_name((enum lic_format)f) : "of unknown format");
		any = true;
	}
	lic_buf_adds(&line, ": these images have no likeness, and are found by their bytes alone");
	if (any && l->p->o->warn)
		l->p->o->warn(l->p->o->ctx, lic_buf_str(&line));
	lic_buf_release(&line);
}

static int run(struct looking *l)
{
	int64_t after = 0;
	int r = 0, w;

	do {
		r = next_slice(l, &after);
		if (r == 0)
			r = look(l);
	} while (r == 0 && l->n);
	if (r == 0)
		r = drain(l);
	w = write_ready(l);
	return r < 0 ? r : w;
}

static int count(void *ctx, int64_t entry _unused_)
{
	++*(int64_t *)ctx;
	return 0;
}

int lic_scan_likenesses(const struct lic_scan_phase *p, struct lic_error *err)
{
	struct looking *l;
	bool keeps = false;
	int r = lic_catalog_keeps_likeness(p->cat, &keeps, err);

	if (r < 0 || !keeps)
		return r;
	/* costs what waits, not what there is */
	r = lic_catalog_likeness_waiting(p->cat, 0, count, &p->progress->waiting, err);
	if (r < 0 || !p->progress->waiting)
		return r;
	l = calloc(1, sizeof(*l));
	if (!l)
		return lic_error_set(err, ENOMEM, "out of memory for likenesses");
	l->p = p;
	l->err = err;
	r = run(l);
	if (r == 0)
		warn_undecoded(l);
	lic_indexer_free(l->indexer);
	forget_holder(&l->holder);
	drop_ready(l);
	free(l->dir);
	free(l);
	if (r == -EINTR)
		return lic_error_set(
			err, EINTR, "interrupted; what was written is kept, run it again to go on");
	return r;
}
