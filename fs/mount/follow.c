/* SPDX-License-Identifier: Apache-2.0 */
/* Following the catalog: from commit to invalidation. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "fs/mount/backed.h"
#include "fs/mount/follow.h"
#include "fs/mount/forget.h"
#include "fs/mount/notify.h"
#include "fs/mount/pinned.h"
#include "fs/mount/place.h"
#include "fs/mount/record.h"
#include "fs/mount/sweep.h"
#include "fs/util/io.h"

/* A write is reported before its commit can be read: how long after one to look again, in ms. */
static const unsigned char settle[] = { 1, 1, 1, 2, 4, 8, 16, 32 };
#define BATCH_MEMORY (64u << 20)

struct lic_follower {
	struct lic_worker *w;
	int inotify, stop; /* inotify -1: polling alone */
	pthread_t thread;
	bool running;
	int64_t version, generation;
	int64_t revocation;  /* the newest that snapshots were looked at for */
	int64_t asked, next; /* seconds: which rights end was asked last; when the next ones do */
	enum lic_sweep due;  /* files may be hidden that no row of the feed names */
	struct lic_place place;
	bool rewound; /* it was put back to an older state: numbers may be given out again */
	bool foreign; /* a newer licensefs has changed its schema */
};

/* Is the catalog still the one that was opened? */
static bool in_place(struct lic_follower *f)
{
	return !f->rewound && !f->foreign && lic_place_is_kept(&f->place, f->w->cat);
}

static void watch(struct lic_follower *f)
{
	_cleanup_(lic_freep) char *dir = strdup(lic_catalog_path(f->w->cat));
	char *slash = dir ? strrchr(dir, '/') : NULL;

	if (!slash || lic_catalog_immutable(f->w->cat))
		return;
	*slash = '\0';
	f->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (f->inotify >= 0 && inotify_add_watch(f->inotify, slash == dir ? "/" : dir,
						 IN_MODIFY | IN_CREATE | IN_MOVE | IN_DELETE) < 0)
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
	f->place = (struct lic_place)LIC_PLACE_INIT;
	r = lic_worker_new(s, &f->w, err);
	if (r == 0)
		r = lic_place_find(&f->place, s, f->w->cat, err);
	if (r < 0)
		return r;
	s->catalog = f->place.file;
	f->stop = eventfd(0, EFD_CLOEXEC);
	if (f->stop < 0)
		return lic_error_sys(err, errno, "cannot follow the catalog");
	/* from before the mount: nothing that the kernel caches is older */
	f->version = lic_catalog_data_version(f->w->cat);
	f->generation = s->since;
	s->followed = s->since;
	f->asked = f->next = s->start;
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
	lic_place_release(&f->place);
	free(f);
	s->follower = NULL;
}

static int collect(void *ctx, const struct lic_change *c)
{
	struct lic_batch *b = ctx;
	struct lic_changed *copy = NULL;

	b->generation = c->generation;
	if (!c->entry) {
		if (c->dir)
			lic_ids_add(&b->dirs, c->dir);
		b->unknown |= c->name.n != 0 || b->dirs.failed;
		return 0;
	}
	if (c->name.n <= NAME_MAX)
		copy = lic_arena_alloc(&b->arena, sizeof(*copy) + c->name.n + 1);
	if (!copy) {
		lic_ids_add(&b->dirs, c->dir);
		b->unknown = true;
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

static void forget(struct lic_follower *f, const struct lic_batch *b, bool all)
{
	bool some = b->first || b->dirs.n || b->unknown;

	if (all) {
		lic_forget_all(f->w);
		lic_forget_documents(f->w, NULL);
	}
	if (some && !lic_forget_changes(f->w, b) && !all)
		lic_forget_all(f->w);
	if (some && !all)
		lic_notify_made(f->w->s);
}

/* Names at the root come and go with the definitions of views. */
static void forget_views(struct lic_session *s)
{
	for (unsigned i = 0; !s->single && i < lic_views_count(&s->views); i++) {
		const struct lic_known_view *v = lic_views_at(&s->views, i);

		if (!v->fixed || v->snapshot)
			lic_notify_made_entry(s, v);
	}
}

struct ends {
	struct lic_catalog *cat;
	int64_t from, now;
	bool pinned;  /* a snapshot may show images that have other rights by now */
	int64_t next; /* seconds: when the first rights end after `now`; 0: never */
	bool ended;   /* some have after `from` */
};

static int add_end(void *ctx, int64_t number, int64_t count, int64_t emptied)
{
	struct ends *x = ctx;
	const struct lic_rights *rights = lic_catalog_rights(x->cat, number, NULL);

	(void)emptied;
	if (!rights || !rights->until)
		return 0;
	if (rights->until > x->now && (!x->next || rights->until < x->next))
		x->next = rights->until;
	if (rights->until > x->from && rights->until <= x->now && (count || x->pinned))
		x->ended = true;
	return 0;
}

/* What the catalog has to say since the last time. */
struct news {
	int64_t generation; /* that all of this is as new as; negative where it cannot be read */
	struct lic_batch batch;
	struct ends ends;
	enum lic_views_news views;
	bool lost; /* the feed no longer reaches back */
};

static int read_news(struct lic_follower *f, struct news *n)
{
	struct lic_catalog *cat = f->w->cat;
	int r, failed;

	n->generation = lic_catalog_generation(cat);
	failed = lic_views_refresh(&f->w->s->views, cat, &n->views, NULL);
	r = lic_catalog_changes(cat, f->generation, collect, &n->batch, NULL);
	n->lost = r == -ESTALE;
	if (n->lost)
		n->batch.generation = lic_catalog_generation(cat);
	if (n->lost && n->batch.generation >= 0 && n->batch.generation < f->generation)
		f->rewound = true;
	if (r < 0 && !n->lost)
		failed = r;
	r = lic_catalog_dir_rights(cat, LIC_STORE_ROOT, add_end, &n->ends, NULL);
	if (r < 0)
		failed = r;
	return n->generation < 0 ? (int)n->generation : failed;
}

/* Reads what is new and forgets it. On failure the kernel caches nothing from here on; `blind`
 * says that this is so already. */
static int follow(struct lic_follower *f, bool blind)
{
	struct lic_session *s = f->w->s;
	struct news n = {
		.batch = { .arena = LIC_ARENA_INIT(BATCH_MEMORY), .generation = f->generation },
		.ends = { f->w->cat, f->asked, time(NULL), lic_views_pinned(&s->views), 0, false }
	};
	int failed, pinned;
	bool all, redefined;

	n.batch.last = &n.batch.first;
	failed = read_news(f, &n);
	/* a view that is new hides nothing */
	redefined = n.views == LIC_VIEWS_CHANGED;
	if ((redefined || n.views == LIC_VIEWS_ENDED || n.ends.ended) && f->due < LIC_SWEEP_HIDDEN)
		f->due = LIC_SWEEP_HIDDEN;
	if (n.lost || n.batch.dirs.failed)
		f->due = LIC_SWEEP_ATTRIBUTES;
	all = redefined || n.ends.ended || n.lost || failed;
	if (all || n.views)
		atomic_fetch_add(&s->epoch, 1);
	(void)!lic_worker_refresh(f->w); /* which stays in no state */
	if (!failed || !blind)
		forget(f, &n.batch, all);
	pinned = lic_pinned_follow(f->w, &f->revocation);
	if (pinned < 0)
		failed = pinned;
	if (n.views && !all)
		lic_notify_made(s);
	if (n.views)
		forget_views(s);
	lic_forget_ended(s);
	lic_recorder_follow(s, all || failed || n.views == LIC_VIEWS_ENDED);
	if (!failed) {
		lic_sweeper_pass(s, n.generation, f->due);
		f->due = LIC_SWEEP_NONE;
		f->asked = n.ends.now;
		f->next = n.ends.next;
		if (n.batch.generation >= 0)
			f->generation = n.batch.generation;
	}
	lic_arena_release(&n.batch.arena);
	lic_ids_release(&n.batch.dirs);
	return failed;
}

/* A mount that has lost its catalog answers nothing, and the kernel forgets what it was told. False
 * as long as that is so. */
static bool keep_place(struct lic_follower *f)
{
	struct lic_session *s = f->w->s;
	bool lost = !in_place(f);

	if (lost == atomic_load(&s->lost))
		return !lost;
	atomic_store(&s->lost, lost);
	if (lost) {
		lic_forget_all(f->w);
		lic_backed_sweep(f->w, true);
		lic_forget_all_bytes(f->w);
	}
	return !lost;
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
	int timeout = LIC_FOLLOW_POLL_MS;
	bool written = false;

	for (size_t i = 0; i <= LIC_ARRAY_SIZE(settle); i++) {
		p[0].revents = p[1].revents = 0;
		poll(p, f->inotify >= 0 ? 2 : 1, timeout);
		if (p[0].revents)
			return false;
		written |= p[1].revents != 0;
		drain(f->inotify);
		*ret_version = lic_catalog_data_version(f->w->cat);
		if (*ret_version != f->version || !written || i == LIC_ARRAY_SIZE(settle))
			break;
		timeout = settle[i];
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
		if (lic_backed_retry(s))
			lic_sweeper_publish(s);
		lic_backed_tidy(s);
		lic_workers_let_go(s);
		if (lic_supervise_hear(s))
			lic_forget_all(f->w);
		if (version != f->version && !lic_catalog_is_known(f->w->cat))
			f->foreign = true;
		if (!keep_place(f))
			continue;
		if (version == f->version && version >= 0 && !blind &&
		    (!f->next || f->next > time(NULL)))
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
