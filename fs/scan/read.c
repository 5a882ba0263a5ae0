/* SPDX-License-Identifier: Apache-2.0 */
/* The readers: a pool of threads, each with a helper process, that turn files into claims. They
 * share nothing but a queue of batches, take files in groups, and never touch the catalog. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "fs/scan/group.h"

#define GROUPS_EACH 4 /* at least, where there is enough: nobody waits long for the last one */
#define OWN_FDS 64    /* descriptors that the process has beside those of groups */
#define STACK_SIZE (256u * 1024 * (LIC_SANITIZED ? 8 : 1))

struct lic_pool {
	int root;
	struct lic_scan_counters *counters;
	struct lic_nursery *nursery;
	struct lic_patience patience;
	struct reader *reader;
	unsigned n;
	unsigned fds;	      /* descriptors of one group */
	pthread_mutex_t lock; /* protects all below, and `users` of batches */
	pthread_cond_t work, idle;
	struct lic_batch *queue[LIC_BATCHES];
	unsigned n_queue;
	bool quit, started;
	atomic_bool stop;	    /* read without the lock, too */
	struct lic_sandbox sandbox; /* the weakest of any helper, once `started` */
	struct lic_error err;	    /* why reading came to an end */
};

struct reader {
	struct lic_pool *pool;
	pthread_t thread;
	struct lic_flight flight;
	struct lic_group group[LIC_FLIGHT];
	struct lic_group *spare[LIC_FLIGHT];
	unsigned n_spare;
};

/* --- taking files ------------------------------------------------------------------------- */

/* Files [first, first + n) of a batch, taken and not opened yet. */
struct share {
	struct lic_batch *batch;
	size_t first, n;
};

/* A share of the first batch that has any left; its batch has one user more then. */
static bool take_share(struct lic_pool *p, struct share *s)
{
	for (unsigned k = 0; k < p->n_queue && !atomic_load(&p->stop); k++) {
		struct lic_batch *b = p->queue[k];
		size_t n = b->n_read / ((size_t)p->n * GROUPS_EACH) + 1;

		if (b->cursor == b->n_read)
			continue;
		if (n > LIC_GROUP_ITEMS)
			n = LIC_GROUP_ITEMS;
		if (n > b->n_read - b->cursor)
			n = b->n_read - b->cursor;
		*s = (struct share){ b, b->cursor, n };
		b->cursor += n;
		b->users++;
		return true;
	}
	return false;
}

static bool next_share(struct lic_pool *p, struct share *s, bool wait)
{
	bool found;

	pthread_mutex_lock(&p->lock);
	while (!(found = take_share(p, s)) && wait && !p->quit)
		pthread_cond_wait(&p->work, &p->lock);
	pthread_mutex_unlock(&p->lock);
	return found;
}

static void leave(struct lic_pool *p, struct lic_batch *b)
{
	pthread_mutex_lock(&p->lock);
	if (--b->users == 0)
		pthread_cond_broadcast(&p->idle);
	pthread_mutex_unlock(&p->lock);
}

static void enter(struct lic_pool *p, struct lic_batch *b)
{
	pthread_mutex_lock(&p->lock);
	b->users++;
	pthread_mutex_unlock(&p->lock);
}

/* --- a thread ----------------------------------------------------------------------------- */

/* Sends off what is left of the share, as far as it fits into one group. */
static void launch(struct reader *r, struct share *s)
{
	struct lic_pool *p = r->pool;
	struct lic_scan_job_context c = { p->root, p->counters, s->batch };
	struct lic_group *g = r->spare[r->n_spare - 1];
	unsigned n = lic_group_open(g, &c, s->batch->reads + s->first, (unsigned)s->n, p->fds,
				    r->flight.n > 0);

	if (n) {
		enter(p, s->batch);
		r->n_spare--;
		lic_flight_add(&r->flight, g);
		s->first += n;
		s->n -= n;
	}
	if (!s->n)
		leave(p, s->batch);
}

static void note_start(struct lic_pool *p, const struct lic_sandbox *s)
{
	pthread_mutex_lock(&p->lock);
	if (!p->started || s->landlock < p->sandbox.landlock)
		p->sandbox.landlock = s->landlock;
	p->sandbox.seccomp = s->seccomp && (!p->started || p->sandbox.seccomp);
	p->started = true;
	pthread_mutex_unlock(&p->lock);
}

static void note_failure(struct lic_pool *p, const struct lic_error *err)
{
	pthread_mutex_lock(&p->lock);
	if (!p->err.code)
		p->err = *err;
	pthread_mutex_unlock(&p->lock);
}

static void land(struct reader *r)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_group *g;

	if (lic_flight_finish(&r->flight, &g, &err) < 0)
		note_failure(r->pool, &err);
	else if (r->flight.helper.started)
		note_start(r->pool, &r->flight.helper.sandbox);
	r->spare[r->n_spare++] = g;
	leave(r->pool, g->context.batch);
}

static void *read_files(void *arg)
{
	struct reader *r = arg;
	struct share s = { 0 };

	(void)!nice(LIC_READERS_NICE); /* of this thread alone */
	for (;;) {
		while (r->n_spare && (s.n || next_share(r->pool, &s, !r->flight.n))) {
			unsigned had = r->n_spare;

			launch(r, &s);
			if (r->n_spare == had)
				break; /* no descriptors: first close some */
		}
		if (!r->flight.n)
			break;
		land(r);
	}
	lic_helper_release(&r->flight.helper);
	return NULL;
}

/* --- the pool ----------------------------------------------------------------------------- */

/* How many descriptors a group may have; asks the system for more first. */
static unsigned share_descriptors(unsigned threads)
{
	const rlim_t want = OWN_FDS + (rlim_t)threads * LIC_FLIGHT * LIC_GROUP_FDS;
	struct rlimit r;
	rlim_t each;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return LIC_GROUP_ITEMS;
	if (r.rlim_cur < want && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = want < r.rlim_max ? want : r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
	each = r.rlim_cur > OWN_FDS ? (r.rlim_cur - OWN_FDS) / threads / LIC_FLIGHT : 1;
	return each < 1 ? 1 : each > LIC_GROUP_FDS ? LIC_GROUP_FDS : (unsigned)each;
}

static int start_reader(struct lic_pool *p, unsigned number)
{
	struct reader *r = &p->reader[number];
	pthread_attr_t attr;
	int e;

	r->pool = p;
	r->flight.stop = &p->stop;
	for (unsigned i = 0; i < LIC_FLIGHT; i++)
		r->spare[r->n_spare++] = &r->group[i];
	lic_helper_init(&r->flight.helper, p->nursery, number, &p->patience);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	e = pthread_create(&r->thread, &attr, read_files, r);
	pthread_attr_destroy(&attr);
	return e;
}

int lic_pool_new(int root, unsigned threads, struct lic_nursery *nursery,
		 const struct lic_patience *patience, struct lic_scan_counters *counters,
		 struct lic_pool **ret, struct lic_error *err)
{
	struct lic_pool *p = calloc(1, sizeof(*p));

	if (!p || !(p->reader = calloc(threads, sizeof(*p->reader)))) {
		free(p);
		return lic_error_set(err, ENOMEM, "out of memory");
	}
	p->root = root;
	p->counters = counters;
	p->nursery = nursery;
	p->patience = *patience;
	p->fds = share_descriptors(threads);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->idle, NULL);
	for (unsigned i = 0; i < threads; i++) {
		int r = start_reader(p, i);

		if (r && i)
			break; /* fewer threads do as well */
		if (r) {
			lic_pool_free(p);
			return lic_error_sys(err, r, "cannot start a reading thread");
		}
		pthread_mutex_lock(&p->lock);
		p->n++;
		pthread_mutex_unlock(&p->lock);
	}
	*ret = p;
	return 0;
}

void lic_pool_free(struct lic_pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->quit = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n; i++)
		pthread_join(p->reader[i].thread, NULL);
	pthread_cond_destroy(&p->idle);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p->reader);
	free(p);
}

void lic_pool_submit(struct lic_pool *p, struct lic_batch *b)
{
	if (!b->n_read)
		return;
	pthread_mutex_lock(&p->lock);
	p->queue[p->n_queue++] = b;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
}

static void leave_queue(struct lic_pool *p, const struct lic_batch *b)
{
	for (unsigned i = 0; i < p->n_queue; i++) {
		if (p->queue[i] == b) {
			memmove(&p->queue[i], &p->queue[i + 1],
				(p->n_queue - i - 1) * sizeof(struct lic_batch *));
			p->n_queue--;
			return;
		}
	}
}

/* Nobody uses it and nothing is left to take, or to be taken: every file was read. */
static bool is_read(const struct lic_pool *p, const struct lic_batch *b)
{
	return !b->users && (b->cursor == b->n_read || atomic_load(&p->stop));
}

void lic_pool_stop(struct lic_pool *p)
{
	pthread_mutex_lock(&p->lock);
	if (!p->err.code)
		lic_error_set(&p->err, EINTR,
			      "interrupted; what was written is kept, run it again to go on");
	atomic_store(&p->stop, true);
	pthread_cond_broadcast(&p->work);
	pthread_cond_broadcast(&p->idle);
	pthread_mutex_unlock(&p->lock);
}

bool lic_pool_wait(struct lic_pool *p, struct lic_batch *b, int ms)
{
	struct timespec until;
	bool done;

	if (!b->n_read)
		return true;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)ms * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&p->lock);
	while (!is_read(p, b))
		if (pthread_cond_timedwait(&p->idle, &p->lock, &until) == ETIMEDOUT)
			break;
	done = is_read(p, b);
	if (done)
		leave_queue(p, b);
	pthread_mutex_unlock(&p->lock);
	return done;
}

int lic_pool_failed(struct lic_pool *p, struct lic_error *err)
{
	int code;

	pthread_mutex_lock(&p->lock);
	code = p->err.code;
	if (code && err)
		*err = p->err;
	pthread_mutex_unlock(&p->lock);
	return -code;
}

bool lic_pool_sandbox(struct lic_pool *p, struct lic_sandbox *ret)
{
	bool started;

	pthread_mutex_lock(&p->lock);
	started = p->started;
	if (started)
		*ret = p->sandbox;
	pthread_mutex_unlock(&p->lock);
	return started;
}
