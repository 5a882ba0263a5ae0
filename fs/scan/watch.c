/* SPDX-License-Identifier: Apache-2.0 */
/* Listens, waits for a quiet moment, scans what was heard of. docs/decisions/0023-watch.md */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/scan/listen.h"
#include "fs/util/io.h"

#define MS 1000000LL
#define SECOND (1000 * MS)
/* What is written and not closed, or was too young to be known by its time stamps, is looked at
 * when it has been quiet for so long, or at the latest. */
#define LATER_QUIET (LIC_RACY_NS + 200 * MS)
#define LATER_LATEST (10 * SECOND)
#define UNHEARD (60 * SECOND) /* between scans of everything where some of it is not heard of */
#define BINDING_MAX (50 * MS) /* documents that take longer wait for the second look */
#define BUSY_PAUSE (100 * MS) /* another scan is running */
#define PAUSE_MAX (30 * SECOND)

struct watch {
	const struct lic_watch_options *o;
	struct lic_error *err;
	struct lic_listener listener;
	struct lic_heard soon, later; /* to be scanned */
	struct lic_heard now, again;  /* being scanned: what was heard just now, and before */
	struct lic_heard said;	      /* lines that were given to warn() */
	int guard;		      /* inotify: of the store's root alone */
	int mounts;		      /* mountinfo, which tells of every mount that comes or goes */
	struct stat store;
	int64_t whole_at;   /* the next scan of everything; 0: none */
	int64_t not_before; /* after one that has failed */
	int64_t pause;
	int64_t binding; /* ns: documents have taken the last time */
	bool existing;	 /* the catalog is there: no scan makes one */
	bool troubled;	 /* somebody was told why scans fail */
};

static void warn(void *ctx, const char *line)
{
	struct watch *w = ctx;

	if (w->said.all)
		lic_heard_clear(&w->said);
	if (w->o->warn && lic_heard_add(&w->said, line, strlen(line), false))
		w->o->warn(w->o->ctx, line);
}

static bool stopped(const struct watch *w)
{
	return w->o->stop && *w->o->stop;
}

/* --- the store ---------------------------------------------------------------------------- */

/* No descriptor is held that would keep it from being unmounted. */
static int check_store(struct watch *w)
{
	struct stat st;

	if (stat(w->o->store, &st) == 0 && S_ISDIR(st.st_mode) && st.st_dev == w->store.st_dev &&
	    st.st_ino == w->store.st_ino)
		return 0;
	return lic_error_set(w->err, ENOENT,
			     "the store '%s' was moved, removed or unmounted: there is nothing "
			     "left to watch",
			     w->o->store);
}

static void open_guard(struct watch *w)
{
	w->guard = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->guard >= 0 && inotify_add_watch(w->guard, w->o->store,
					       IN_MOVE_SELF | IN_DELETE_SELF | IN_ONLYDIR) < 0)
		lic_closep(&w->guard); /* then it is noticed at the next scan */
	/* where another namespace keeps the filesystem, the kernel says nothing of it to inotify */
	w->mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
}

static int read_guard(struct watch *w)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

	while (w->guard >= 0 && read(w->guard, buffer, sizeof(buffer)) > 0)
		;
	return check_store(w);
}

/* --- listening ---------------------------------------------------------------------------- */

static int listen_by(struct watch *w, const struct lic_listening *how, struct lic_error *err)
{
	int r;

	w->listener = (struct lic_listener){ .how = how,
					     .store = w->o->store,
					     .soon = &w->soon,
					     .later = &w->later,
					     .fd = -1,
					     .warn = warn,
					     .ctx = w };
	r = how->open(&w->listener, err);
	if (r < 0)
		how->close(&w->listener);
	return r;
}

static int start_listening(struct watch *w)
{
	struct lic_error why = LIC_ERROR_INIT;

	if (!w->o->inotify && listen_by(w, &lic_fanotify, &why) == 0)
		return 0;
	return listen_by(w, &lic_inotify, w->err);
}

static int hear(struct watch *w)
{
	return w->listener.how->read(&w->listener, w->err);
}

/* --- when --------------------------------------------------------------------------------- */

static int64_t min_time(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t due_soon(const struct watch *w)
{
	if (!lic_heard_any(&w->soon))
		return INT64_MAX;
	return min_time(w->soon.last + LIC_WATCH_QUIET_MS * MS,
			w->soon.first + LIC_WATCH_LATEST_MS * MS);
}

static int64_t due_later(const struct watch *w)
{
	if (!lic_heard_any(&w->later))
		return INT64_MAX;
	return min_time(w->later.last + LATER_QUIET, w->later.first + LATER_LATEST);
}

static int64_t due(const struct watch *w)
{
	int64_t at = min_time(due_soon(w), due_later(w));

	if (w->whole_at)
		at = min_time(at, w->whole_at);
	return at > w->not_before ? at : w->not_before;
}

/* Sleeps until something is heard, a signal comes, or the time. */
static int sleep_until(struct watch *w, int64_t at)
{
	struct pollfd fd[] = { { .fd = w->listener.fd, .events = POLLIN },
			       { .fd = w->guard, .events = POLLIN },
			       { .fd = w->mounts, .events = POLLPRI } };
	const int64_t left = at - lic_monotonic_ns();
	struct timespec t = { .tv_sec = left / SECOND, .tv_nsec = left % SECOND };
	sigset_t block, before;
	int r = 0, n = 0;

	/* A signal between the look at the flag and the call must not be slept through */
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &before);
	if (!stopped(w) && left > 0)
		n = ppoll(fd, LIC_ARRAY_SIZE(fd), at == INT64_MAX ? NULL : &t, &before);
	if (n < 0 && errno != EINTR)
		r = lic_error_sys(w->err, errno, "cannot wait for changes");
	sigprocmask(SIG_SETMASK, &before, NULL);
	return n > 0 && (fd[1].revents || fd[2].revents) ? read_guard(w) : r;
}

static int interrupted(struct watch *w)
{
	return lic_error_set(w->err, EINTR, "interrupted");
}

static int wait_until_due(struct watch *w)
{
	int r = 0;

	while (r == 0 && !stopped(w)) {
		r = hear(w);
		if (r == 0 && lic_monotonic_ns() >= due(w))
			return 0;
		if (r == 0)
			r = sleep_until(w, due(w));
	}
	return r < 0 ? r : interrupted(w);
}

/* --- scanning ----------------------------------------------------------------------------- */

/* The kernel's queue is short: it is emptied while a scan runs, too. What is wrong with it will
 * show afterwards. */
static void progress(void *ctx, const struct lic_scan_progress *p _unused_)
{
	struct watch *w = ctx;
	struct lic_error err = LIC_ERROR_INIT, *before = w->err;

	w->err = &err;
	if (hear(w) < 0)
		lic_heard_all(&w->soon);
	w->err = before;
}

/* Both sets; a directory that is in both counts once. */
static const char **list_dirs(const struct watch *w)
{
	_cleanup_(lic_freep) const char **a = lic_heard_list(&w->now);
	_cleanup_(lic_freep) const char **b = lic_heard_list(&w->again);
	const char **list = calloc(w->now.n + w->again.n + 1, sizeof(*list));

	if (a && b && list) {
		memcpy(list, a, w->now.n * sizeof(*list));
		memcpy(list + w->now.n, b, w->again.n * sizeof(*list));
		return list;
	}
	free(list);
	return NULL;
}

static int scan(struct watch *w, bool whole, struct lic_scan_result *ret, struct lic_error *err)
{
	_cleanup_(lic_freep) const char **dirs = whole ? NULL : list_dirs(w);
	struct lic_scan_options o = { .store = w->o->store,
				      .catalog = w->o->catalog,
				      .jobs = w->o->jobs,
				      .existing = w->existing,
				      .dirs = dirs,
				      .n_dirs = dirs ? w->now.n + w->again.n : 0,
				      .leave_documents = dirs && !lic_heard_any(&w->again) &&
							 w->binding > BINDING_MAX,
				      .progress = progress,
				      .warn = warn,
				      .ctx = w,
				      .stop = w->o->stop };

	return lic_scan(&o, ret, err);
}

static bool may_pass(int r)
{
	switch (-r) {
	case ENOSPC:
	case EDQUOT:
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case EAGAIN:
	case EBUSY:
		return true;
	default:
		return false;
	}
}

/* It is tried again with all that it was about. */
static int failed(struct watch *w, int r, const struct lic_error *why)
{
	struct lic_buf line = LIC_BUF_INIT(2 * LIC_ERROR_MAX);

	if (stopped(w))
		return interrupted(w);
	if (check_store(w) < 0)
		return -ENOENT;
	if (r == -ENOENT && w->existing)
		return lic_error_set(
			w->err, ENOENT,
			"the catalog is gone, and with it what was decided and revoked; "
			"put it back before anything is scanned or mounted");
	if (!may_pass(r)) {
		if (w->err)
			*w->err = *why;
		return r;
	}
	w->pause = r == -EBUSY ? BUSY_PAUSE : min_time(w->pause ? 2 * w->pause : SECOND, PAUSE_MAX);
	w->not_before = lic_monotonic_ns() + w->pause;
	if (r != -EBUSY && !w->troubled) {
		lic_buf_addf(&line, "%s; it is tried again until it succeeds", why->msg);
		if (w->o->warn)
			w->o->warn(w->o->ctx, lic_buf_str(&line));
		w->troubled = true;
	}
	lic_buf_release(&line);
	lic_heard_merge(&w->soon, &w->now);
	lic_heard_merge(&w->soon, &w->again);
	return 0;
}

static void set_whole_at(struct watch *w)
{
	int64_t every = w->o->every ? w->o->every * SECOND : INT64_MAX;

	if (w->listener.lost)
		every = min_time(every, UNHEARD);
	w->whole_at = every == INT64_MAX ? 0 : lic_monotonic_ns() + every;
}

static void swap(struct lic_heard *a, struct lic_heard *b)
{
	struct lic_heard c = *a;

	*a = *b;
	*b = c;
}

/* What was heard of just now is looked at once more: it may have been so young that its time stamps
 * do not prove yet that it stays what it was. */
static void look_again_later(struct watch *w)
{
	const bool any = lic_heard_any(&w->later);
	const int64_t now = lic_monotonic_ns();

	if (!w->now.n || w->now.all)
		return;
	lic_heard_merge(&w->later, &w->now);
	w->later.last = now;
	if (!any)
		w->later.first = now;
}

static void succeeded(struct watch *w, const struct lic_scan_result *res, int64_t start)
{
	const size_t dirs = res->whole ? 0 : w->now.n + w->again.n;

	if (w->troubled && w->o->warn)
		w->o->warn(w->o->ctx, "scans succeed again");
	w->troubled = false;
	w->existing = true;
	w->pause = w->not_before = 0;
	if (res->binding_ns)
		w->binding = res->binding_ns;
	if (res->whole)
		set_whole_at(w);
	look_again_later(w);
	if (w->o->scanned)
		w->o->scanned(w->o->ctx, res->whole, dirs, res, lic_monotonic_ns() - start);
}

static int scan_due(struct watch *w)
{
	const int64_t start = lic_monotonic_ns();
	struct lic_error why = LIC_ERROR_INIT;
	struct lic_scan_result res;
	bool whole;
	int r = check_store(w);

	if (r < 0)
		return r;
	swap(&w->soon, &w->now);
	if (start >= due_later(w))
		swap(&w->later, &w->again);
	whole = w->now.all || w->again.all || (w->whole_at && start >= w->whole_at);
	r = scan(w, whole, &res, &why);
	if (r == 0)
		succeeded(w, &res, start);
	else
		r = failed(w, r, &why);
	lic_heard_clear(&w->now);
	lic_heard_clear(&w->again);
	return r;
}

int lic_watch(const struct lic_watch_options *o, struct lic_error *err)
{
	struct watch w = { .o = o,
			   .err = err,
			   .soon = LIC_HEARD_INIT,
			   .later = LIC_HEARD_INIT,
			   .now = LIC_HEARD_INIT,
			   .again = LIC_HEARD_INIT,
			   .said = LIC_HEARD_INIT,
			   .guard = -1,
			   .mounts = -1,
			   .existing = o->existing };
	int r = 0;

	if (stat(o->store, &w.store) < 0)
		return lic_error_sys(err, errno, "cannot open the store '%s'", o->store);
	open_guard(&w);
	r = start_listening(&w);
	if (r == 0) {
		if (o->ready)
			o->ready(o->ctx);
		lic_heard_all(&w.soon);
		while (r == 0) {
			r = wait_until_due(&w);
			if (r == 0)
				r = scan_due(&w);
		}
		w.listener.how->close(&w.listener);
	}
	lic_closep(&w.guard);
	lic_closep(&w.mounts);
	lic_heard_release(&w.soon);
	lic_heard_release(&w.later);
	lic_heard_release(&w.now);
	lic_heard_release(&w.again);
	lic_heard_release(&w.said);
	return r;
}
