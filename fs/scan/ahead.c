/* SPDX-License-Identifier: Apache-2.0 */
/* Directories still to be walked, and threads that list those that come next: most of a scan that
 * finds nothing new is asking the kernel for the attributes of files. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "fs/scan/internal.h"
#include "fs/scan/sandbox.h"

#define LOOK_AHEAD 64	   /* directories from the next one on that may be listed */
#define ITEMS_AHEAD 65536u /* names that wait to be walked, beside those of one directory each */
#define THREADS_MAX 16
#define FDS_MIN 256 /* where there are fewer, readers need them all */
#define STACK_SIZE (128u * 1024 * (LIC_SANITIZED ? 8 : 1))

struct lic_ahead {
	int root;
	pthread_t thread[THREADS_MAX];
	unsigned n;
	pthread_mutex_t lock; /* protects all below, and `next` and `listing` of directories */
	pthread_cond_t work, listed;
	struct lic_scan_dir *top; /* the next one to be walked */
	size_t items;		  /* in directories that were listed ahead */
	bool quit;
};

static struct lic_scan_dir *pick(const struct lic_ahead *a)
{
	struct lic_scan_dir *d = a->items < ITEMS_AHEAD ? a->top : NULL;

	for (unsigned i = 0; d && i < LOOK_AHEAD; i++, d = d->next)
		if (d->listing == LIC_UNLISTED)
			return d;
	return NULL;
}

static void *list_ahead(void *arg)
{
	struct lic_ahead *a = arg;
	bool without = false;

	pthread_mutex_lock(&a->lock);
	while (!a->quit && !without) {
		struct lic_scan_dir *d = pick(a);

		if (!d) {
			pthread_cond_wait(&a->work, &a->lock);
			continue;
		}
		d->listing = LIC_LISTING;
		pthread_mutex_unlock(&a->lock);
		d->list_result = lic_walk_list(a->root, d);
		pthread_mutex_lock(&a->lock);
		/* Without descriptors nothing was listed: whoever walks has one, and lists it */
		without = d->list_result == -EMFILE || d->list_result == -ENFILE;
		d->listing = without ? LIC_UNLISTED : LIC_LISTED;
		a->items += d->n;
		pthread_cond_signal(&a->listed);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

struct lic_ahead *lic_ahead_new(int root, unsigned threads)
{
	struct lic_ahead *a = calloc(1, sizeof(*a));
	struct rlimit fds;
	pthread_attr_t attr;

	if (!a)
		return NULL;
	a->root = root;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->work, NULL);
	pthread_cond_init(&a->listed, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	if (getrlimit(RLIMIT_NOFILE, &fds) < 0 || fds.rlim_cur < FDS_MIN)
		threads = 0;
	/* fewer do as well: what nobody has listed is listed when it is walked */
	while (a->n < threads && a->n < THREADS_MAX &&
	       pthread_create(&a->thread[a->n], &attr, list_ahead, a) == 0)
		a->n++;
	pthread_attr_destroy(&attr);
	return a;
}

void lic_ahead_free(struct lic_ahead *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->quit = true;
	pthread_cond_broadcast(&a->work);
	pthread_mutex_unlock(&a->lock);
	for (unsigned i = 0; i < a->n; i++)
		pthread_join(a->thread[i], NULL);
	while (a->top) {
		struct lic_scan_dir *d = a->top;

		a->top = d->next;
		lic_scan_dir_free(d);
	}
	pthread_cond_destroy(&a->listed);
	pthread_cond_destroy(&a->work);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

void lic_ahead_push(struct lic_ahead *a, struct lic_scan_dir *const *dirs, size_t n)
{
	pthread_mutex_lock(&a->lock);
	while (n--) {
		if (!dirs[n])
			continue;
		dirs[n]->next = a->top;
		a->top = dirs[n];
	}
	pthread_cond_broadcast(&a->work);
	pthread_mutex_unlock(&a->lock);
}

struct lic_scan_dir *lic_ahead_pop(struct lic_ahead *a)
{
	struct lic_scan_dir *d;

	pthread_mutex_lock(&a->lock);
	d = a->top;
	a->top = d->next;
	d->next = NULL;
	while (d->listing == LIC_LISTING)
		pthread_cond_wait(&a->listed, &a->lock);
	if (d->listing == LIC_LISTED) {
		a->items -= d->n;
		pthread_cond_broadcast(&a->work);
	}
	pthread_mutex_unlock(&a->lock);
	return d;
}

bool lic_ahead_is_empty(const struct lic_ahead *a)
{
	return !a->top; /* only the caller pushes and pops */
}
