/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping the ledger of a job. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <licensefs/catalog_documents.h>
#include <licensefs/catalog_job.h>
#include <licensefs/ledger.h>

#include "fs/mount/outcome.h"
#include "fs/mount/record.h"
#include "fs/mount/sight.h"
#include "fs/mount/whose.h"
#include "fs/util/io.h"

#define TURN_MS 1000
#define SYNC_NS (INT64_C(30) * 1000000000)
#define ALIVE_NS (LIC_LEDGER_ALIVE * INT64_C(1000000000))

struct lic_recorder {
	struct lic_session *s;
	struct lic_ledger *ledger;
	struct lic_whose *whose;
	_Atomic bool all;  /* everything has to be looked at */
	_Atomic bool over; /* the thread is to end */
	pthread_t thread;
	bool begun, running;
	bool served;	   /* requests may have been answered since the last look */
	bool another_past; /* the catalog was put back since the ledger was written last */
	uint8_t members[32];
	int64_t started; /* of the command, as lic_whose_start(); 0: there is none */

	pthread_mutex_t lock;	  /* protects these */
	struct lic_idset opened;  /* since the last turn, for the first time or so */
	struct lic_error trouble; /* code 0: none */

	/* the thread's alone while it runs */
	struct lic_worker *w;
	struct lic_idset seen; /* what is shown, as the ledger says */
	int64_t generation;    /* up to which that is so */
	bool torn;	       /* a commit came while it was looked at */
	int64_t synced;
};

/* --- beginning -------------------------------------------------------------------------------- */

static int hear_sight(void *ctx, const struct lic_ledger_sight *s)
{
	struct lic_recorder *r = ctx;

	if (s->shown)
		return lic_idset_add_part(&r->seen, s->part, s->bits);
	lic_idset_remove_part(&r->seen, s->part, s->bits);
	return 0;
}

/* Is a ledger of this job, or of one of another catalog that had the same number? */
static int check_begin(void *ctx, const struct lic_ledger_begin *b)
{
	struct lic_recorder *r = ctx;

	return b->job == r->s->o.job_number &&
			       memcmp(b->members, r->members, sizeof(r->members)) == 0
		       ? 0
		       : -EXDEV;
}

static int add_member_part(void *ctx, int64_t part, const uint8_t bits[LIC_IDSET_PART_BYTES])
{
	return lic_idset_add_part(ctx, part, bits);
}

static int find_members(struct lic_recorder *r, struct lic_error *err)
{
	struct lic_snapshot *members = NULL;
	int e = lic_snapshot_of_job(r->w->cat, r->s->o.job_number, &members, err);

	if (e == 0) {
		memcpy(r->members, lic_snapshot_info(members)->digest, sizeof(r->members));
		e = lic_snapshot_parts(members, add_member_part, &r->seen, err);
	}
	lic_snapshot_close(members);
	return e;
}

static int check_job(struct lic_recorder *r, struct lic_error *err)
{
	struct lic_snapshot *members = NULL;
	int e = lic_snapshot_of_job(r->w->cat, r->s->o.job_number, &members, err);

	lic_snapshot_close(members);
	return e;
}

/* What the ledger named last must be the catalog's, or that was put back meanwhile. */
static int check_past(struct lic_recorder *r, const struct lic_ledger_summary *sum,
		      struct lic_error *err)
{
	int64_t at = 0;
	int e = sum->begins ? lic_catalog_generation_time(r->w->cat, sum->generation, &at, err) : 0;

	r->another_past = e == -ENOENT || at > sum->last / 1000000000;
	return e == -ENOENT ? 0 : e;
}

static int open_ledger(struct lic_recorder *r, struct lic_error *err)
{
	static const struct lic_ledger_visitor told = { .begin = check_begin, .sight = hear_sight };
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(65536);
	const struct lic_mount_options *o = &r->s->o;
	struct lic_ledger_summary sum;
	struct lic_error own = LIC_ERROR_INIT;
	int e = 0;

	lic_ledger_path(lic_catalog_path(r->w->cat), o->job_number, &path);
	if (lic_buf_failed(&path))
		return lic_error_set(err, ENOMEM, "out of memory for the ledger of a job");
	if (o->job_goes_on) {
		e = lic_ledger_read(path.data, &told, r, &sum, err);
		if (e == -EXDEV)
			return lic_error_set(err, EEXIST,
					     "the ledger '%s' is of another job; take another name",
					     path.data);
		if (e == 0)
			e = check_past(r, &sum, err);
		return e == 0 ? lic_ledger_continue(path.data, &r->ledger, err) : e;
	}
	e = lic_ledger_create(path.data, &r->ledger, &own);
	if (e == -EEXIST) {
		e = lic_ledger_put_aside(path.data, err);
		return e == 0 ? lic_ledger_create(path.data, &r->ledger, err) : e;
	}
	return e < 0 ? lic_error_set(err, own.code, "%s", own.msg) : 0;
}

int lic_recorder_new(struct lic_session *s, struct lic_error *err)
{
	struct lic_recorder *r;
	int e;

	if (!s->o.job)
		return 0;
	r = calloc(1, sizeof(*r));
	if (!r)
		return lic_error_set(err, ENOMEM, "out of memory for the ledger of a job");
	s->recorder = r;
	r->s = s;
	pthread_mutex_init(&r->lock, NULL);
	r->generation = s->o.job_generation;
	/* rights may have ended meanwhile, and views have changed */
	r->all = s->o.job_goes_on;
	r->synced = lic_monotonic_ns();
	r->whose = lic_whose_new();
	if (!r->whose)
		return lic_error_set(err, ENOMEM, "out of memory for the ledger of a job");
	e = lic_worker_new(s, &r->w, err);
	if (e == 0)
		e = find_members(r, err);
	if (e == 0)
		e = open_ledger(r, err);
	/* it may have been removed before the ledger was ours */
	return e == 0 ? check_job(r, err) : e;
}

void lic_recorder_free(struct lic_session *s)
{
	struct lic_recorder *r = s->recorder;

	if (!r)
		return;
	lic_recorder_stop(s);
	lic_ledger_close(r->ledger);
	lic_worker_free(r->w);
	lic_whose_free(r->whose);
	lic_idset_release(&r->opened);
	lic_idset_release(&r->seen);
	pthread_mutex_destroy(&r->lock);
	free(r);
	s->recorder = NULL;
}

/* --- what could be seen ----------------------------------------------------------------------- */

struct turn {
	struct lic_idset opened; /* and was not seen */
	struct lic_idset over;	 /* of them: is hidden by now */
	struct lic_sight_news news;
	struct lic_idset none;
	int64_t generation; /* in which what is shown is told: rows that were found may be newer
			     * than the feed */
};

static void turn_release(struct turn *t)
{
	lic_idset_release(&t->opened);
	lic_idset_release(&t->over);
	lic_sight_news_release(&t->news);
}

static void take_opened(struct lic_recorder *r, struct turn *t)
{
	pthread_mutex_lock(&r->lock);
	t->opened = r->opened;
	r->opened = (struct lic_idset)LIC_IDSET_INIT;
	pthread_mutex_unlock(&r->lock);
	lic_idset_subtract(&t->opened, &r->seen);
}

static int see_everything(struct lic_recorder *r, struct turn *t)
{
	int e;

	lic_idset_release(&t->news.shown);
	lic_idset_release(&t->news.hidden);
	e = lic_sight_below(r->w, LIC_STORE_ROOT, &t->news.shown);
	if (e == 0)
		e = lic_idset_join(&t->news.hidden, &r->seen);
	if (e < 0)
		return e;
	lic_idset_subtract(&t->news.hidden, &t->news.shown);
	lic_idset_subtract(&t->news.passed, &t->news.shown);
	lic_idset_subtract(&t->news.shown, &r->seen);
	return 0;
}

static int see_news(struct lic_recorder *r, struct turn *t)
{
	const int64_t was = r->generation;
	int e = lic_worker_refresh(r->w);

	t->news.all = atomic_exchange(&r->all, false);
	t->news.torn = r->torn;
	if (e == 0)
		e = lic_sight_news(r->w, &r->seen, &r->generation, &t->news);
	if (e == 0 && t->news.all)
		e = see_everything(r, t);
	if (e == 0) {
		t->generation = lic_catalog_generation(r->w->cat);
		e = t->generation < 0 ? (int)t->generation : 0;
	}
	if (e < 0)
		r->generation = was;
	if (e < 0 || r->generation != was || t->news.all)
		r->torn = e < 0 || t->generation != r->generation;
	if (e < 0 && t->news.all)
		atomic_store(&r->all, true);
	/* before it is served nobody saw anything in between */
	if (!r->served) {
		lic_idset_release(&t->news.passed);
		t->news.n_first = 0;
	} else if (e == 0 && t->news.unknown) {
		lic_ledger_miss(r->ledger, ESTALE);
	}
	return e;
}

/* What was opened was visible, whatever is so by now: it may have been taken down since, by a
 * commit that was followed already. */
static int see_opened(struct lic_recorder *r, struct turn *t)
{
	int e = 0;

	lic_idset_subtract(&t->opened, &t->news.shown);
	lic_idset_subtract(&t->opened, &t->news.passed);
	for (int64_t id = 0; e >= 0 && (id = lic_idset_next(&t->opened, id)) > 0;) {
		bool shown;

		e = lic_sight_shows(r->w, id, &shown);
		if (e == 0)
			e = lic_idset_add(shown ? &t->news.shown : &t->over, id);
	}
	return e < 0 ? e : 0;
}

static int by_generation(const void *a, const void *b)
{
	const struct lic_sight_first *x = a, *y = b;

	return (x->generation > y->generation) - (x->generation < y->generation);
}

/* What has other rights by now, or is hidden, by the generation that it could first be seen in.
 * Adds it to *told. */
static int tell_first(struct lic_recorder *r, const struct turn *t, struct lic_idset *told)
{
	struct lic_sight_first *f = t->news.first;
	const size_t n = t->news.n_first;
	int e = 0;

	if (n)
		qsort(f, n, sizeof(*f), by_generation);
	for (size_t i = 0, k; e >= 0 && i < n; i = k) {
		_cleanup_(lic_idset_release) struct lic_idset set = LIC_IDSET_INIT;

		for (k = i; e >= 0 && k < n && f[k].generation == f[i].generation; k++)
			if (lic_idset_has(&t->news.shown, f[k].entry) ||
			    lic_idset_has(&t->news.passed, f[k].entry))
				e = lic_idset_add(&set, f[k].entry);
		lic_ledger_sight(r->ledger, f[i].generation, &set, &t->none);
		if (e >= 0)
			e = lic_idset_join(told, &set);
	}
	return e < 0 ? e : 0;
}

static int tell(struct lic_recorder *r, struct turn *t)
{
	_cleanup_(lic_idset_release) struct lic_idset rest = LIC_IDSET_INIT, told = LIC_IDSET_INIT;
	int e = tell_first(r, t, &told);

	if (e == 0)
		e = lic_idset_join(&rest, &t->news.passed);
	lic_idset_subtract(&rest, &told);
	lic_ledger_sight(r->ledger, r->generation, e < 0 ? &t->news.passed : &rest, &t->none);
	lic_ledger_sight(r->ledger, r->generation, &t->none, &t->news.passed);
	lic_ledger_sight(r->ledger, r->generation, &t->none, &t->over);
	lic_idset_subtract(&r->seen, &t->news.hidden);
	if (e == 0)
		e = lic_idset_join(&r->seen, &t->news.shown);
	lic_idset_subtract(&t->news.shown, &told);
	lic_ledger_sight(r->ledger, t->generation, &t->news.shown, &t->news.hidden);
	return e;
}

/* What was opened is told by the generation that it was first found to be visible in, for the
 * rights of that generation are those that it was seen with; where it is hidden by now, by the last
 * one before. */
static int see(struct lic_recorder *r)
{
	_cleanup_(turn_release) struct turn t = { .none = LIC_IDSET_INIT };
	const int64_t was = r->generation;
	const bool lost = atomic_load(&r->s->lost);
	int e, told;

	take_opened(r, &t);
	e = lost ? 0 : see_news(r, &t);
	if (e == 0 && !lost)
		e = see_opened(r, &t);
	if (lost || e < 0) {
		lic_ledger_sight(r->ledger, was, &t.opened, &t.none);
		told = lic_idset_join(&r->seen, &t.opened);
		return e < 0 ? e : told;
	}
	lic_ledger_sight(r->ledger, was, &t.over, &t.none);
	return tell(r, &t);
}

/* --- writing ---------------------------------------------------------------------------------- */

static int turn(struct lic_recorder *r)
{
	const int64_t now = lic_monotonic_ns();
	const bool sync = now - r->synced > SYNC_NS;
	struct lic_error err = LIC_ERROR_INIT;
	int e = see(r);

	/* what was lost on the way is found by looking at everything */
	if (e < 0)
		atomic_store(&r->all, true);
	else if (!atomic_load(&r->s->lost))
		lic_ledger_alive(r->ledger, r->generation, ALIVE_NS);
	if (sync)
		r->synced = now;
	if (lic_ledger_flush(r->ledger, sync, &err) == 0 && e < 0)
		lic_error_sys(&err, -e, "cannot find out what became visible or hidden");
	pthread_mutex_lock(&r->lock);
	r->trouble = err;
	pthread_mutex_unlock(&r->lock);
	return e;
}

static void *recorder(void *p)
{
	struct lic_recorder *r = p;

	while (!atomic_load(&r->over)) {
		lic_ledger_wait(r->ledger, TURN_MS);
		(void)turn(r);
	}
	return NULL;
}

int lic_recorder_start(struct lic_session *s, struct lic_error *err)
{
	struct lic_recorder *r = s->recorder;
	const int64_t started = s->handover.pid ? lic_whose_start(s->handover.pid) : 0;
	struct lic_ledger_begin b = {
		.at = lic_now_ns(),
		.generation = s->since,
		.job = s->o.job_number,
		.pid = getpid(),
		.command = s->handover.pid,
		.started = started,
		.mode = lic_mount_mode_name(s->mode),
		.mountpoint = s->mountpoint,
		.version = PACKAGE_VERSION,
	};
	int e;

	if (!r)
		return 0;
	r->started = started;
	memcpy(b.members, r->members, sizeof(b.members));
	e = lic_ledger_begin(r->ledger, &b, err);
	if (e < 0)
		return e;
	r->begun = true;
	if (r->another_past)
		lic_ledger_miss(r->ledger, ESTALE);
	/* what is visible when it begins may be hidden before the first turn */
	e = see(r);
	if (e < 0)
		return lic_error_sys(err, -e, "cannot find out what job '%s' can see", s->o.job);
	r->served = true;
	e = pthread_create(&r->thread, NULL, recorder, r);
	if (e)
		return lic_error_sys(err, e, "cannot start the thread that keeps a ledger");
	r->running = true;
	return 0;
}

/* A command of which no process ever ran saw nothing: its job is taken back, so that the name is
 * free. The ledger is ours until its row is gone. */
static int take_back(struct lic_recorder *r)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(65536);
	const struct lic_mount_options *o = &r->s->o;
	struct lic_catalog *cat = NULL;
	struct lic_txn *txn = NULL;
	int e;

	lic_ledger_path(lic_catalog_path(r->w->cat), o->job_number, &path);
	if (lic_buf_failed(&path))
		return -ENOMEM;
	e = lic_catalog_open(r->s->store, o->catalog, LIC_CATALOG_WRITE, &cat, NULL);
	if (e == 0)
		e = lic_catalog_begin(cat, "job cancel", &txn, NULL);
	if (e == 0) {
		e = lic_job_drop(txn, o->job_number, NULL);
		if (e == 0)
			e = lic_catalog_commit(txn, NULL);
		else
			lic_catalog_abort(txn);
	}
	lic_catalog_close(cat);
	/* without a row it is nobody's */
	if (e == 0)
		(void)!unlink(path.data);
	return e;
}

static void end(struct lic_recorder *r)
{
	struct lic_session *s = r->s;
	struct pollfd over = { s->handover.command, POLLIN, 0 };
	struct lic_ledger_command c = { .at = atomic_load(&s->command_over) };
	enum lic_ledger_why why = LIC_LEDGER_UNMOUNTED;

	if (s->elsewhere && atomic_load(&s->unbegun)) {
		c.outcome = LIC_OUTCOME_NOT_BEGUN;
		c.status = atomic_load(&s->unbegun);
	} else if (s->elsewhere && poll(&over, 1, 0) > 0) {
		c.outcome = lic_outcome_of(over.fd, s->handover.pid, r->started, &c.status);
	} else {
		over.revents = 0;
	}
	if (over.revents || c.outcome)
		why = LIC_LEDGER_COMMAND_ENDED;
	if (!c.at)
		c.at = lic_now_ns();
	if (c.outcome && lic_ledger_command(r->ledger, &c, NULL) < 0)
		why = 0;
	if (atomic_load(&s->lost))
		why = LIC_LEDGER_CATALOG_LOST;
	/* without an end it is broken off, which says enough */
	if (why)
		(void)!lic_ledger_end(r->ledger, r->generation, why, NULL);
}

void lic_recorder_stop(struct lic_session *s)
{
	struct lic_recorder *r = s->recorder;
	int e;

	if (!r || !r->begun)
		return;
	r->begun = false;
	atomic_store(&r->over, true);
	if (r->running) {
		lic_ledger_wake(r->ledger);
		pthread_join(r->thread, NULL);
		r->running = false;
	}
	if (atomic_load(&s->unbegun) && !s->o.job_goes_on && take_back(r) == 0)
		return;
	e = turn(r);
	if (e < 0)
		lic_ledger_miss(r->ledger, -e);
	end(r);
}

/* --- requests --------------------------------------------------------------------------------- */

static void note(struct lic_recorder *r, int64_t process, int64_t entry, bool once)
{
	if (!lic_ledger_opened(r->ledger, process, entry, once))
		return;
	pthread_mutex_lock(&r->lock);
	/* where memory fails the ledger says that it was opened, which is enough */
	(void)lic_idset_add(&r->opened, entry);
	pthread_mutex_unlock(&r->lock);
}

void lic_recorder_open(struct lic_session *s, fuse_req_t req, int64_t entry)
{
	struct lic_recorder *r = s->recorder;
	struct lic_worker *w = r ? lic_worker_get(s) : NULL;
	int64_t process = 0;

	if (!r)
		return;
	if (w)
		/* by the clock: the thread that writes may be late */
		process = lic_whose_process(r->whose, r->ledger, w, fuse_req_ctx(req)->pid,
					    fuse_req_ctx(req)->uid,
					    (unsigned)(lic_monotonic_ms() / 1000));
	note(r, process, entry, false);
}

void lic_recorder_read(struct lic_session *s, int64_t entry)
{
	if (s->recorder)
		note(s->recorder, 0, entry, true);
}

void lic_recorder_follow(struct lic_session *s, bool all)
{
	if (!s->recorder)
		return;
	if (all)
		atomic_store(&s->recorder->all, true);
	lic_ledger_wake(s->recorder->ledger);
}

void lic_recorder_trouble(struct lic_session *s, struct lic_buf *ret)
{
	struct lic_recorder *r = s->recorder;

	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	if (r->trouble.code)
		lic_buf_addf(ret, "%sjob '%s': %s", ret->len ? "; " : "", s->o.job, r->trouble.msg);
	pthread_mutex_unlock(&r->lock);
}
