/* SPDX-License-Identifier: Apache-2.0 */
/* The pool of threads that index files. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fs/scan/indexer.h"
#include "fs/util/io.h"

#define STACK_SIZE (256u * 1024 * (LIC_SANITIZED ? 8 : 1))
#define AHEAD 2 /* groups for each thread, the one under way included */

const struct lic_patience lic_indexing_patience = { 10000000000, LIC_SANITIZED ? 1000 : 50,
						    120000000000 };
/* A photograph of a hundred megapixels takes two or three seconds, and has the bytes for them. */
const struct lic_patience lic_decoding_patience = { LIC_SANITIZED ? 20000000000 : 2000000000,
						    LIC_SANITIZED ? 2000 : 50, 120000000000 };

struct lic_indexer {
	struct lic_indexer_options o;
	struct lic_index_context *context; /* one a thread */
	pthread_t *thread;
	unsigned n;
	pthread_mutex_t lock; /* protects all below */
	pthread_cond_t work, done;
	struct lic_index_group *todo, **todo_end, *finished, **finished_end;
	unsigned busy;
	bool quit;
	atomic_bool stop; /* read without the lock, too */
	struct lic_error err;
};

struct lic_index_group *lic_index_group_new(enum lic_asked what, unsigned n)
{
	struct lic_index_group *g = calloc(1, sizeof(*g) + n * sizeof(g->job[0]));

	for (unsigned i = 0; g && i < n; i++) {
		lic_spool_init(&g->job[i].spool);
		g->job[i].fd = -1;
	}
	if (g) {
		g->what = what;
		g->n = n;
	}
	return g;
}

void lic_index_group_free(struct lic_index_group *g)
{
	for (unsigned i = 0; g && i < g->n; i++) {
		struct lic_index_job *j = &g->job[i];

		lic_closep(&j->fd);
		lic_index_check_release(&j->check);
		lic_spool_release(&j->spool);
		lic_buf_release(&j->members);
		free(j->path);
	}
	free(g);
}

/* --- threads ------------------------------------------------------------------------------ */

struct worker {
	struct lic_indexer *x;
	struct lic_index_context *c;
};

static struct lic_index_group *next_group(struct lic_indexer *x)
{
	struct lic_index_group *g;

	pthread_mutex_lock(&x->lock);
	while (!x->todo && !x->quit)
		pthread_cond_wait(&x->work, &x->lock);
	g = x->quit ? NULL : x->todo;
	if (g) {
		x->todo = g->next;
		if (!x->todo)
			x->todo_end = &x->todo;
		g->next = NULL;
	}
	pthread_mutex_unlock(&x->lock);
	return g;
}

static void hand_over(struct lic_indexer *x, struct lic_index_group *g, const struct lic_error *err)
{
	pthread_mutex_lock(&x->lock);
	if (err && !x->err.code)
		x->err = *err;
	*x->finished_end = g;
	x->finished_end = &g->next;
	pthread_cond_broadcast(&x->done);
	pthread_mutex_unlock(&x->lock);
}

static void *index_files(void *arg)
{
	struct worker w = *(struct worker *)arg;
	struct lic_index_group *g;

	free(arg);
	while ((g = next_group(w.x))) {
		struct lic_error err = LIC_ERROR_INIT;
		int r = lic_index_group_run(w.c, g, &err);

		hand_over(w.x, g, r < 0 ? &err : NULL);
	}
	lic_helper_release(&w.c->helper);
	return NULL;
}

static int start_thread(struct lic_indexer *x, unsigned number)
{
	struct lic_index_context *c = &x->context[number];
	struct worker *w = malloc(sizeof(*w));
	pthread_attr_t attr;
	int e;

	if (!w)
		return ENOMEM;
	*w = (struct worker){ x, c };
	c->root = x->o.root;
	c->spool_dir = x->o.spool_dir;
	c->counters = x->o.counters;
	c->stop = &x->stop;
	lic_helper_init(&c->helper, x->o.nursery, x->o.first_slot + number, x->o.patience);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	e = pthread_create(&x->thread[number], &attr, index_files, w);
	pthread_attr_destroy(&attr);
	if (e)
		free(w);
	return e;
}

int lic_indexer_new(const struct lic_indexer_options *o, struct lic_indexer **ret,
		    struct lic_error *err)
{
	struct lic_indexer *x = calloc(1, sizeof(*x));

	if (!x)
		return lic_error_set(err, ENOMEM, "out of memory");
	x->o = *o;
	x->todo_end = &x->todo;
	x->finished_end = &x->finished;
	pthread_mutex_init(&x->lock, NULL);
	pthread_cond_init(&x->work, NULL);
	pthread_cond_init(&x->done, NULL);
	x->context = calloc(o->threads, sizeof(*x->context));
	x->thread = calloc(o->threads, sizeof(*x->thread));
	for (; x->context && x->thread && x->n < o->threads; x->n++)
		if (start_thread(x, x->n))
			break; /* fewer threads do as well */
	if (!x->n) {
		lic_indexer_free(x);
		return lic_error_set(err, EAGAIN, "cannot start a reading thread");
	}
	*ret = x;
	return 0;
}

static void free_groups(struct lic_index_group *g)
{
	while (g) {
		struct lic_index_group *next = g->next;

		lic_index_group_free(g);
		g = next;
	}
}

void lic_indexer_free(struct lic_indexer *x)
{
	if (!x)
		return;
	pthread_mutex_lock(&x->lock);
	x->quit = true;
	atomic_store(&x->stop, true);
	pthread_cond_broadcast(&x->work);
	pthread_mutex_unlock(&x->lock);
	for (unsigned i = 0; i < x->n; i++)
		pthread_join(x->thread[i], NULL);
	free_groups(x->todo);
	free_groups(x->finished);
	pthread_cond_destroy(&x->work);
	pthread_cond_destroy(&x->done);
	pthread_mutex_destroy(&x->lock);
	free(x->context);
	free(x->thread);
	free(x);
}

/* --- the driver's side -------------------------------------------------------------------- */

bool lic_indexer_room(struct lic_indexer *x)
{
	return lic_indexer_busy(x) < x->n * AHEAD;
}

unsigned lic_indexer_busy(struct lic_indexer *x)
{
	unsigned n;

	pthread_mutex_lock(&x->lock);
	n = x->busy;
	pthread_mutex_unlock(&x->lock);
	return n;
}

void lic_indexer_submit(struct lic_indexer *x, struct lic_index_group *g)
{
	pthread_mutex_lock(&x->lock);
	x->busy++;
	*x->todo_end = g;
	x->todo_end = &g->next;
	pthread_cond_signal(&x->work);
	pthread_mutex_unlock(&x->lock);
}

struct lic_index_group *lic_indexer_take(struct lic_indexer *x, int ms)
{
	struct lic_index_group *g;
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)ms * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&x->lock);
	while (!x->finished && x->busy)
		if (pthread_cond_timedwait(&x->done, &x->lock, &until) == ETIMEDOUT)
			break;
	g = x->finished;
	if (g) {
		x->finished = g->next;
		if (!x->finished)
			x->finished_end = &x->finished;
		g->next = NULL;
		x->busy--;
	}
	pthread_mutex_unlock(&x->lock);
	return g;
}

int lic_indexer_failed(struct lic_indexer *x, struct lic_error *err)
{
	int code;

	pthread_mutex_lock(&x->lock);
	code = x->err.code;
	if (code && err)
		*err = x->err;
	pthread_mutex_unlock(&x->lock);
	return -code;
}
