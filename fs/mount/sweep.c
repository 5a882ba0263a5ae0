/* SPDX-License-Identifier: Apache-2.0 */
/* Dropping the cached bytes of hidden files, directory by directory. */
#include <errno.h>
#include <string.h>

#include "fs/mount/backed.h"
#include "fs/mount/sweep.h"

struct task {
	struct task *next;
	struct lic_ids files;
	int64_t dir; /* all of its files; 0: those alone */
};

struct lic_sweeper {
	struct lic_worker *w;
	pthread_t thread;
	pthread_mutex_t lock; /* protects all of these */
	pthread_cond_t wake;
	struct task *first, **last;
	enum lic_sweep due;
	bool over, busy;
	int64_t passed; /* generation that the follower is done with */
	bool running;
};

int lic_sweeper_new(struct lic_session *s, struct lic_error *err)
{
	struct lic_sweeper *sw = calloc(1, sizeof(*sw));
	int r;

	if (!sw)
		return lic_error_sys(err, ENOMEM, "cannot start threads");
	r = pthread_mutex_init(&sw->lock, NULL);
	if (r == 0)
		r = pthread_cond_init(&sw->wake, NULL);
	if (r) {
		free(sw);
		return lic_error_sys(err, r, "cannot start threads");
	}
	s->sweeper = sw;
	sw->last = &sw->first;
	sw->passed = s->since;
	return lic_worker_new(s, &sw->w, err);
}

void lic_sweeper_free(struct lic_session *s)
{
	struct lic_sweeper *sw = s->sweeper;

	if (!sw)
		return;
	lic_worker_free(sw->w);
	while (sw->first) {
		struct task *t = sw->first;

		sw->first = t->next;
		lic_ids_release(&t->files);
		free(t);
	}
	pthread_cond_destroy(&sw->wake);
	pthread_mutex_destroy(&sw->lock);
	free(sw);
	s->sweeper = NULL;
}

/* Caller holds the lock. */
static struct task *take_tasks(struct lic_sweeper *sw)
{
	struct task *t = sw->first;

	sw->first = NULL;
	sw->last = &sw->first;
	return t;
}

static void ask(struct lic_sweeper *sw, enum lic_sweep sweep)
{
	if (sw->due < sweep)
		sw->due = sweep;
	pthread_cond_signal(&sw->wake);
}

/* What could not be read is left to a sweep of all. */
static void forget_dir(struct lic_sweeper *sw, int64_t dir)
{
	if (lic_forget_dir_bytes(sw->w, dir))
		return;
	pthread_mutex_lock(&sw->lock);
	ask(sw, LIC_SWEEP_ATTRIBUTES);
	pthread_mutex_unlock(&sw->lock);
}

static void do_tasks(struct lic_sweeper *sw, struct task *t)
{
	while (t) {
		struct task *next = t->next;

		(void)!lic_worker_refresh(sw->w); /* which stays in no state */
		if (t->dir)
			forget_dir(sw, t->dir);
		else
			lic_forget_bytes(sw->w, &t->files);
		lic_ids_release(&t->files);
		free(t);
		t = next;
	}
}

/* Called in a sweep of all: named files come first, another sweep of all comes instead. */
static bool go_on(void *ctx)
{
	struct lic_sweeper *sw = ctx;
	struct task *t;
	bool on;

	pthread_mutex_lock(&sw->lock);
	on = !sw->over && sw->due == LIC_SWEEP_NONE;
	t = take_tasks(sw);
	pthread_mutex_unlock(&sw->lock);
	do_tasks(sw, t);
	return on;
}

/* Caller holds the lock. */
static void publish(struct lic_sweeper *sw)
{
	struct lic_session *s = sw->w->s;

	if (!sw->first && sw->due == LIC_SWEEP_NONE && !sw->busy && !lic_backed_untold(s))
		atomic_store(&s->followed, sw->passed);
}

void lic_sweeper_publish(struct lic_session *s)
{
	pthread_mutex_lock(&s->sweeper->lock);
	publish(s->sweeper);
	pthread_mutex_unlock(&s->sweeper->lock);
}

/* Waits for something to do; false when the thread is to end. */
static bool wait_until_due(struct lic_sweeper *sw, struct task **ret_tasks, enum lic_sweep *ret_due)
{
	bool over;

	pthread_mutex_lock(&sw->lock);
	sw->busy = false;
	publish(sw);
	while (!sw->first && sw->due == LIC_SWEEP_NONE && !sw->over)
		pthread_cond_wait(&sw->wake, &sw->lock);
	*ret_tasks = take_tasks(sw);
	*ret_due = sw->due;
	sw->due = LIC_SWEEP_NONE;
	sw->busy = true;
	over = sw->over;
	pthread_mutex_unlock(&sw->lock);
	return !over;
}

static void *sweeper(void *p)
{
	struct lic_sweeper *sw = p;
	enum lic_sweep due;
	struct task *tasks;

	while (wait_until_due(sw, &tasks, &due)) {
		do_tasks(sw, tasks);
		if (due == LIC_SWEEP_NONE)
			continue;
		(void)!lic_worker_refresh(sw->w); /* which stays in no state */
		lic_backed_sweep(sw->w, false);
		if (!lic_forget_hidden_bytes(sw->w, due == LIC_SWEEP_ATTRIBUTES, go_on, sw)) {
			/* what the next one has to do includes what this one had */
			pthread_mutex_lock(&sw->lock);
			if (sw->due < due)
				sw->due = due;
			pthread_mutex_unlock(&sw->lock);
		}
	}
	do_tasks(sw, tasks);
	return NULL;
}

int lic_sweeper_start(struct lic_session *s, struct lic_error *err)
{
	struct lic_sweeper *sw = s->sweeper;
	int r = pthread_create(&sw->thread, NULL, sweeper, sw);

	if (r)
		return lic_error_sys(err, r, "cannot start threads");
	sw->running = true;
	return 0;
}

static void add(struct lic_session *s, struct task *t)
{
	struct lic_sweeper *sw = s->sweeper;

	pthread_mutex_lock(&sw->lock);
	if (t) {
		*sw->last = t;
		sw->last = &t->next;
		pthread_cond_signal(&sw->wake);
	} else {
		ask(sw, LIC_SWEEP_ATTRIBUTES);
	}
	pthread_mutex_unlock(&sw->lock);
}

void lic_sweeper_add(struct lic_session *s, struct lic_ids *files)
{
	struct task *t = files->failed ? NULL : calloc(1, sizeof(*t));

	if (t) {
		t->files = *files;
		memset(files, 0, sizeof(*files));
	} else {
		lic_ids_release(files);
	}
	add(s, t);
}

void lic_sweeper_add_dir(struct lic_session *s, int64_t dir)
{
	struct task *t = calloc(1, sizeof(*t));

	if (t)
		t->dir = dir;
	add(s, t);
}

void lic_sweeper_pass(struct lic_session *s, int64_t generation, enum lic_sweep sweep)
{
	struct lic_sweeper *sw = s->sweeper;

	pthread_mutex_lock(&sw->lock);
	sw->passed = generation;
	if (sweep != LIC_SWEEP_NONE)
		ask(sw, sweep);
	else
		publish(sw);
	pthread_mutex_unlock(&sw->lock);
}

void lic_sweeper_stop(struct lic_session *s)
{
	struct lic_sweeper *sw = s->sweeper;

	if (!sw || !sw->running)
		return;
	pthread_mutex_lock(&sw->lock);
	sw->over = true;
	pthread_cond_signal(&sw->wake);
	pthread_mutex_unlock(&sw->lock);
	pthread_join(sw->thread, NULL);
	sw->running = false;
}
