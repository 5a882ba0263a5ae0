/* SPDX-License-Identifier: Apache-2.0 */
/* Following the catalog: from commit to invalidation. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "fs/mount/follow.h"
#include "fs/mount/forget.h"
#include "fs/mount/notify.h"
#include "fs/util/io.h"

#define SETTLE_TRIES 5 /* a write is reported before its commit can be read */
#define IDS_MAX (1u << 21)

struct batch {
	struct lic_arena arena;
	struct lic_changed *first, **last;
	struct lic_ids files; /* every entry that changed */
	struct lic_ids dirs;  /* those of which it is only known that something in them did */
	size_t n;
	int64_t generation; /* of the newest change */
};

struct lic_follower {
	struct lic_worker *w;
	int inotify, stop; /* inotify -1: polling alone */
	pthread_t thread;
	bool running;
	int64_t version, generation;
};

static void watch(struct lic_follower *f)
{
	_cleanup_(lic_freep) char *dir = strdup(lic_catalog_path(f->w->cat));
	char *slash = dir ? strrchr(dir, '/') : NULL;

	if (!slash || lic_catalog_immutable(f->w->cat))
		return;
	*slash = '\0';
	f->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (f->inotify >= 0 &&
	    inotify_add_watch(f->inotify, slash == dir ? "/" : dir, IN_MODIFY | IN_CREATE) < 0)
		lic_closep(&f->inotify);
}

int lic_follower_new(struct lic_session *s, struct lic_error *err)
{
	struct lic_follower *f = calloc(1, sizeof(*f));
	int r;

	if (!f)
		return lic_error_sys(err, ENOMEM, "cannot follow the catalog");
	s->follower = f;
	f->inotify = f->stop = -1;
	r = lic_worker_new(s, &f->w, err);
	if (r < 0)
		return r;
	f->stop = eventfd(0, EFD_CLOEXEC);
	if (f->stop < 0)
		return lic_error_sys(err, errno, "cannot follow the catalog");
	/* from before the mount: nothing that the kernel caches is older */
	f->version = lic_catalog_data_version(f->w->cat);
	f->generation = s->since;
	watch(f);
	return 0;
}

void lic_follower_free(struct lic_session *s)
{
	struct lic_follower *f = s->follower;

	if (!f)
		return;
	lic_worker_free(f->w);
	lic_closep(&f->inotify);
	lic_closep(&f->stop);
	free(f);
	s->follower = NULL;
}

static int collect(void *ctx, const struct lic_change *c)
{
	struct batch *b = ctx;
	struct lic_changed *copy;

	b->generation = c->generation;
	b->n++;
	if (!c->entry || c->name.n > NAME_MAX) {
		b->n = LIC_FORGET_MANY;
		lic_ids_add(&b->dirs, c->dir);
		return 0;
	}
	if (b->files.n < IDS_MAX)
		lic_ids_add(&b->files, c->entry);
	if (b->n >= LIC_FORGET_MANY)
		return 0;
	copy = lic_arena_alloc(&b->arena, sizeof(*copy) + c->name.n + 1);
	if (!copy) {
		b->n = LIC_FORGET_MANY;
		return 0;
	}
	copy->dir = c->dir;
	copy->entry = c->entry;
	copy->n = c->name.n;
	memcpy(copy->name, c->name.p, c->name.n);
	*b->last = copy;
	b->last = &copy->next;
	return 0;
}

static int add_file(void *ctx, const struct lic_entry *e)
{
	if (e->kind != LIC_KIND_DIR)
		lic_ids_add(ctx, e->id);
	return 0;
}

static void forget(struct lic_follower *f, struct batch *b, bool all)
{
	if (!all && b->n < LIC_FORGET_MANY) {
		lic_forget_each(f->w, b->first);
		if (b->n)
			lic_notify_made(f->w->s);
		return;
	}
	lic_forget_all(f->w);
	for (size_t i = 0; i < b->dirs.n; i++) {
		if (lic_catalog_list(f->w->cat, b->dirs.id[i], 0, add_file, &b->files, NULL) < 0)
			break;
	}
	lic_forget_bytes(f->w, &b->files);
}

/* Names at the root come and go with the definitions of views. */
static void forget_views(struct lic_session *s)
{
	for (unsigned i = 0; !s->single && i < lic_views_count(&s->views); i++) {
		const struct lic_known_view *v = lic_views_at(&s->views, i);

		if (!v->fixed)
			lic_notify_made_entry(s, v);
	}
}

/* Reads what is new and forgets it. On failure the kernel caches nothing from here on; `blind`
 * says that this is so already. */
static int follow(struct lic_follower *f, bool blind)
{
	struct lic_session *s = f->w->s;
	struct batch b = { .arena = LIC_ARENA_INIT(8u << 20), .last = &b.first };
	bool views = false, all;
	int64_t expiry = atomic_load(&s->expiry);
	int r, failed;

	all = expiry && expiry <= time(NULL);
	if (all)
		atomic_store(&s->expiry, 0);
	b.generation = f->generation;
	failed = lic_views_refresh(&s->views, f->w->cat, &views, NULL);
	r = lic_catalog_changes(f->w->cat, f->generation, collect, &b, NULL);
	if (r < 0 && r != -ESTALE)
		failed = r;
	if (r == -ESTALE)
		b.generation = lic_catalog_generation(f->w->cat);
	all |= views || failed || r == -ESTALE;
	if (all)
		atomic_fetch_add(&s->epoch, 1);
	lic_worker_refresh(f->w);
	if (!failed || !blind)
		forget(f, &b, all);
	if (views)
		forget_views(s);
	if (!failed && b.generation >= 0)
		f->generation = b.generation;
	lic_arena_release(&b.arena);
	lic_ids_release(&b.files);
	lic_ids_release(&b.dirs);
	return failed;
}

static void drain(int fd)
{
	char events[4096];

	while (fd >= 0 && read(fd, events, sizeof(events)) > 0)
		;
}

/* Waits for a sign of change and reads the catalog's version. False when the thread is to end. */
static bool wait_for_change(struct lic_follower *f, int64_t *ret_version)
{
	struct pollfd p[2] = { { f->stop, POLLIN, 0 }, { f->inotify, POLLIN, 0 } };
	struct timespec ms = { 0, 1000000 };
	int tries = 1;

	poll(p, f->inotify >= 0 ? 2 : 1, LIC_FOLLOW_POLL_MS);
	if (p[0].revents)
		return false;
	if (p[1].revents)
		tries = SETTLE_TRIES;
	drain(f->inotify);
	for (int i = 0; i < tries; i++) {
		if (i)
			nanosleep(&ms, NULL);
		*ret_version = lic_catalog_data_version(f->w->cat);
		if (*ret_version != f->version)
			break;
	}
	return true;
}

static void *follower(void *p)
{
	struct lic_follower *f = p;
	struct lic_session *s = f->w->s;
	bool blind = false;
	int64_t version;

	while (wait_for_change(f, &version)) {
		int64_t expiry = atomic_load(&s->expiry);

		if (version == f->version && version >= 0 && !blind &&
		    (!expiry || expiry > time(NULL)))
			continue;
		blind = version < 0 || follow(f, blind) < 0;
		if (blind != atomic_load(&s->blind)) {
			atomic_store(&s->blind, blind);
			lic_forget_all(f->w);
		}
		f->version = version;
	}
	return NULL;
}

int lic_follower_start(struct lic_session *s, struct lic_error *err)
{
	struct lic_follower *f = s->follower;
	int r = pthread_create(&f->thread, NULL, follower, f);

	if (r)
		return lic_error_sys(err, r, "cannot follow the catalog");
	f->running = true;
	return 0;
}

void lic_follower_stop(struct lic_session *s)
{
	const uint64_t one = 1;
	struct lic_follower *f = s->follower;

	if (!f || !f->running)
		return;
	while (write(f->stop, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	pthread_join(f->thread, NULL);
	f->running = false;
}
