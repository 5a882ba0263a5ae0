/* SPDX-License-Identifier: Apache-2.0 */
/* Dropping the cached bytes of hidden files, directory by directory. */
#include <errno.h>

#include "fs/mount/forget.h"
#include "fs/mount/sweep.h"

struct lic_sweeper {
	struct lic_worker *w;
	pthread_t thread;
	pthread_mutex_t lock; /* protects all of these */
	pthread_cond_t wake;
	bool due, over, busy;
	int64_t passed; /* generation that the follower is done with */
	bool running;
	_Atomic bool interrupted; /* the sweep under way is to end: another is due, or none */
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
	sw->passed = s->since;
	return lic_worker_new(s, &sw->w, err);
}

void lic_sweeper_free(struct lic_session *s)
{
	struct lic_sweeper *sw = s->sweeper;

	if (!sw)
		return;
	lic_worker_free(sw->w);
	pthread_cond_destroy(&sw->wake);
	pthread_mutex_destroy(&sw->lock);
	free(sw);
	s->sweeper = NULL;
}

/* False when the thread is to end. */
static bool wait_until_due(struct lic_sweeper *sw)
{
	bool over;

	pthread_mutex_lock(&sw->lock);
	sw->busy = false;
	if (!sw->due)
		atomic_store(&sw->w->s->followed, sw->passed);
	while (!sw->due && !sw->over)
		pthread_cond_wait(&sw->wake, &sw->lock);
	sw->due = false;
	sw->busy = true;
	over = sw->over;
	atomic_store(&sw->interrupted, over);
	pthread_mutex_unlock(&sw->lock);
	return !over;
}

static void *sweeper(void *p)
{
	struct lic_sweeper *sw = p;

	while (wait_until_due(sw)) {
		lic_worker_refresh(sw->w);
		lic_forget_hidden_bytes(sw->w, &sw->interrupted);
	}
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

void lic_sweeper_pass(struct lic_session *s, int64_t generation, bool sweep)
{
	struct lic_sweeper *sw = s->sweeper;

	pthread_mutex_lock(&sw->lock);
	sw->passed = generation;
	if (sweep) {
		sw->due = true;
		atomic_store(&sw->interrupted, true);
		pthread_cond_signal(&sw->wake);
	} else if (!sw->due && !sw->busy) {
		atomic_store(&s->followed, generation);
	}
	pthread_mutex_unlock(&sw->lock);
}

void lic_sweeper_stop(struct lic_session *s)
{
	struct lic_sweeper *sw = s->sweeper;

	if (!sw || !sw->running)
		return;
	pthread_mutex_lock(&sw->lock);
	sw->due = sw->over = true;
	atomic_store(&sw->interrupted, true);
	pthread_cond_signal(&sw->wake);
	pthread_mutex_unlock(&sw->lock);
	pthread_join(sw->thread, NULL);
	sw->running = false;
}
