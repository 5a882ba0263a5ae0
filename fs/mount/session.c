/* SPDX-License-Identifier: Apache-2.0 */
/* From options to a mount that serves, and down again. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "fs/mount/advise.h"
#include "fs/mount/backed.h"
#include "fs/mount/check.h"
#include "fs/mount/classes.h"
#include "fs/mount/control.h"
#include "fs/mount/daemon.h"
#include "fs/mount/docs.h"
#include "fs/mount/follow.h"
#include "fs/mount/herald.h"
#include "fs/mount/recent.h"
#include "fs/mount/record.h"
#include "fs/mount/serve.h"
#include "fs/mount/sweep.h"
#include "fs/mount/tier.h"
#include "fs/util/io.h"

#define WORKERS_MIN 4
#define WORKERS_MAX 32
#define FDS_OF_WORKER 4 /* database, write-ahead log, and room for what SQLite opens beside */
#define FDS_KEPT 8	/* the last descriptors are the mount's own */
#define LISTED_MAX 64	/* built-in views: their numbers are below */

/* As many descriptors as may be had, and as many threads as they and the processors allow. */
static unsigned plan_workers(struct lic_session *s)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct rlimit limit;
	long n = cpus > 0 ? 2 * cpus : WORKERS_MIN, fds = 1024;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
		fds = limit.rlim_cur < INT_MAX ? (long)limit.rlim_cur : INT_MAX;
	}
	if (n < WORKERS_MIN)
		n = WORKERS_MIN;
	if (n > WORKERS_MAX)
		n = WORKERS_MAX;
	if (n * FDS_OF_WORKER > fds / 2)
		n = fds / 2 / FDS_OF_WORKER;
	s->fd_limit = (int)(fds - FDS_KEPT);
	return n > 2 ? (unsigned)n : 2;
}

static int open_store(struct lic_session *s, struct lic_error *err)
{
	s->store = realpath(s->o.store, NULL);
	if (!s->store && errno == ENOENT)
		return lic_error_set(err, ENOENT, "store '%s' does not exist", s->o.store);
	if (!s->store)
		return lic_error_sys(err, errno, "cannot find store '%s'", s->o.store);
	s->root = open(s->store, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->root < 0)
		return lic_error_sys(err, errno, "cannot open store '%s'", s->store);
	if (lic_is_own_mount(s->root))
		return lic_error_set(err, EINVAL,
				     "'%s' shows a view of licensefs, not the store; unmount the "
				     "view first, or name the store itself",
				     s->store);
	return 0;
}

static int open_all_views(struct lic_session *s, struct lic_worker *w, struct lic_error *err)
{
	const struct lic_known_view *view[LISTED_MAX];
	const struct lic_builtin_view *b;
	size_t n = 0;
	int r = lic_control_new(s, err);

	for (; r == 0 && n < LISTED_MAX && (b = lic_view_builtin(n)); n++)
		r = lic_views_enter(&s->views, w->cat, b->name, &view[n], err);
	return r == 0 ? lic_classes_check(w, view, n, err) : r;
}

static int open_one_view(struct lic_session *s, struct lic_worker *w, struct lic_error *err)
{
	const struct lic_known_view *v;
	int r;

	s->views.alone = true;
	if (s->o.where)
		r = lic_views_enter_expr(&s->views, w->cat, s->o.where, s->o.basis, &v, err);
	else
		r = lic_views_enter(&s->views, w->cat, s->o.view, &v, err);
	if (r < 0)
		return r;
	s->single = v->number;
	r = lic_classes_check(w, &v, 1, err);
	if (r == 0 && s->o.classmap)
		r = lic_classes_write(w, v, s->o.classmap, err);
	return r;
}

static int open_snapshot(struct lic_session *s, struct lic_worker *w, struct lic_error *err)
{
	const struct lic_known_view *v;
	int r;

	s->views.alone = true;
	r = lic_views_enter_snapshot(&s->views, w->cat, s->o.snapshot, &v, err);
	if (r == 0)
		s->single = v->number;
	return r;
}

static int open_views(struct lic_session *s, struct lic_error *err)
{
	struct lic_worker *w = lic_worker_get(s);
	enum lic_views_news news;
	int r;

	if (!w)
		return lic_error_sys(err, EIO, "cannot start threads");
	if (s->o.snapshot)
		r = open_snapshot(s, w, err);
	else
		r = s->o.where || s->o.view ? open_one_view(s, w, err) : open_all_views(s, w, err);
	if (r == 0 && !s->o.snapshot)
		lic_advise(w);
	return r == 0 ? lic_views_refresh(&s->views, w->cat, &news, err) : r;
}

static int open_place(struct lic_session *s, struct lic_error *err)
{
	if (!s->elsewhere)
		return lic_check_mountpoint(s->o.mountpoint, s->store, &s->mountpoint, err);
	s->caller = lic_caller_new(s->elsewhere->writes);
	s->mountpoint = strdup(s->store);
	return s->mountpoint ? 0 : lic_error_sys(err, ENOMEM, "cannot mount '%s'", s->store);
}

int lic_session_begin(struct lic_session *s, unsigned n_workers, struct lic_error *err)
{
	struct lic_worker *w;
	int r = lic_workers_open(s, n_workers, err);

	if (r < 0)
		return r;
	s->workers = true;
	w = lic_worker_get(s);
	s->start = time(NULL);
	s->since = w ? lic_catalog_generation(w->cat) : -EIO;
	if (s->since < 0)
		return lic_error_sys(err, (int)-s->since, "cannot read the catalog of '%s'",
				     s->store);
	return lic_docs_new(s, err);
}

static int open_session(struct lic_session *s, unsigned n_workers, struct lic_error *err)
{
	int r = lic_check_options(&s->o, err);

	if (r == 0 && !s->elsewhere)
		r = lic_check_fuse(&s->o, err);
	if (r == 0)
		r = lic_tier_plan(s, err);
	if (r == 0)
		r = open_store(s, err);
	if (r == 0)
		r = open_place(s, err);
	if (r == 0)
		r = lic_supervise_start(s, err);
	if (r == 0)
		r = lic_session_begin(s, n_workers + lic_tier_extra_threads(s), err);
	if (r == 0)
		r = lic_follower_new(s, err);
	if (r == 0)
		r = lic_sweeper_new(s, err);
	if (r == 0)
		r = lic_recent_new(&s->recent, err);
	if (r == 0)
		r = lic_stale_init(&s->stale, s, err);
	if (r == 0)
		r = open_views(s, err);
	if (r == 0)
		r = lic_recorder_new(s, err);
	if (r == 0)
		r = lic_supervise_beside(s, err);
	return r;
}

static void close_session(struct lic_session *s)
{
	lic_supervise_end(s);
	lic_follower_free(s);
	lic_recorder_free(s);
	lic_sweeper_free(s);
	lic_stale_release(&s->stale);
	if (s->workers)
		lic_workers_close(s);
	lic_backed_free(s);
	lic_docs_free(s->docs);
	lic_recent_free(s->recent);
	lic_control_free(s->control);
	lic_views_release(&s->views);
	lic_listed_release(&s->listed);
	lic_listed_release(&s->looked);
	lic_listed_release(&s->ended);
	lic_kick_release(&s->kick);
	lic_closep(&s->root);
	lic_closep(&s->handover.fuse);
	lic_closep(&s->handover.root);
	lic_closep(&s->handover.command);
	lic_closep(&s->handover.link);
	lic_caller_free(s->caller);
	free(s->store);
	free(s->mountpoint);
	free(s);
}

static int run(const struct lic_mount_options *o, const struct lic_elsewhere *e,
	       struct lic_daemon *d, struct lic_error *err)
{
	struct lic_session *s = calloc(1, sizeof(*s));
	unsigned n;
	int r;

	if (!s)
		return lic_error_sys(err, ENOMEM, "cannot mount '%s'", o->store);
	s->root = -1;
	s->handover = (struct lic_handover)LIC_HANDOVER_INIT;
	s->elsewhere = e;
	s->o = *o;
	s->given = o;
	s->o.notice = lic_daemon_notice;
	s->o.ctx = d;
	r = lic_listed_init(&s->listed);
	if (r == 0)
		r = lic_listed_init(&s->ended);
	if (r == 0)
		r = lic_kick_init(&s->kick);
	if (r == 0)
		r = lic_listed_init(&s->looked);
	if (r == 0)
		r = lic_views_init(&s->views);
	if (r < 0) {
		free(s);
		return lic_error_sys(err, -r, "cannot mount '%s'", o->store);
	}
	/* this thread has a worker too */
	n = plan_workers(s);
	r = open_session(s, n + 1, err);
	if (r == 0)
		r = lic_serve(s, n, d, err);
	close_session(s);
	return r;
}

int lic_mount_elsewhere(const struct lic_mount_options *o, const struct lic_elsewhere *e,
			struct lic_error *err)
{
	struct lic_error own = LIC_ERROR_INIT;
	struct lic_daemon d = LIC_DAEMON_INIT;
	int r = lic_daemon_fork(o, e, &d, err);

	if (r != 0)
		return r < 0 ? r : 0;
	r = run(o, e, &d, &own);
	if (r < 0)
		lic_daemon_fail(&d, &own);
	/* not exit(): what the caller registered and buffered belongs to the parent */
	_exit(r < 0 ? 3 : 0);
}

int lic_mount(const struct lic_mount_options *o, struct lic_error *err)
{
	struct lic_daemon d = LIC_DAEMON_INIT;

	if (!o->foreground && !o->debug)
		return lic_mount_elsewhere(o, NULL, err);
	d.notice = o->notice;
	d.ctx = o->ctx;
	return run(o, NULL, &d, err);
}
