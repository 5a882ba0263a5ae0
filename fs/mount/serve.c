/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The FUSE session. The order of an end matters: a follower that waits in the kernel for a lookup
 * in flight needs the request threads, so it is stopped while they still serve; only then do they
 * end, and only then is the connection closed.
 */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "fs/mount/aside.h"
#include "fs/mount/follow.h"
#include "fs/mount/herald.h"
#include "fs/mount/notify.h"
#include "fs/mount/record.h"
#include "fs/mount/serve.h"
#include "fs/mount/sweep.h"
#include "fs/mount/table.h"
#include "fs/mount/tier.h"

#define READ_AHEAD_KIB "1024"
#define MMAP_THRESHOLD (256 * 1024)

static char last_log[LIC_ERROR_MAX]; /* of libfuse while mounting; by then there is one thread */

static void keep_log(enum fuse_log_level level, const char *fmt, va_list ap)
{
	size_t n;

	(void)level;
	vsnprintf(last_log, sizeof(last_log), fmt, ap);
	n = strlen(last_log);
	while (n && last_log[n - 1] == '\n')
		last_log[--n] = '\0';
}

static void add_escaped(struct lic_buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == ',' || *s == '\\')
			lic_buf_addc(out, '\\');
		lic_buf_addc(out, *s);
	}
}

static struct fuse_session *new_session(struct lic_session *s, struct lic_error *err)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct lic_buf list = LIC_BUF_INIT(1u << 20);
	struct fuse_session *se = NULL;

	lic_buf_adds(&list,
		     "ro,nosuid,nodev,noatime,default_permissions,subtype=licensefs,fsname=");
	add_escaped(&list, s->store);
	lic_buf_adds(&list, lic_tier_options(s));
	if (s->o.allow_other)
		lic_buf_adds(&list, ",allow_other");
	if (s->o.debug)
		lic_buf_adds(&list, ",debug");
	if (s->o.kernel_options)
		lic_buf_addf(&list, ",%s", s->o.kernel_options);
	if (lic_buf_failed(&list) || fuse_opt_add_arg(&args, "licensefs") < 0 ||
	    fuse_opt_add_arg(&args, "-o") < 0 || fuse_opt_add_arg(&args, list.data) < 0)
		lic_error_sys(err, ENOMEM, "cannot mount '%s'", s->store);
	else
		se = fuse_session_new(&args, &lic_mount_ops, sizeof(lic_mount_ops), s);
	if (!se && (!err || !err->code))
		lic_error_set(err, EINVAL, "cannot mount '%s': %s", s->store,
			      *last_log ? last_log : "libfuse refuses the options");
	fuse_opt_free_args(&args);
	lic_buf_release(&list);
	return se;
}

/* Another process mounts, over the store. */
static int take_session(struct lic_session *s, struct lic_daemon *d, struct lic_error *err)
{
	char path[32];
	int r = lic_daemon_take(d, &s->handover);

	if (r < 0)
		return lic_error_sys(err, -r, "cannot get the mount");
	snprintf(path, sizeof(path), "/dev/fd/%d", s->handover.fuse);
	if (fuse_session_mount(s->se, path) < 0)
		return lic_error_set(err, EIO, "cannot serve the mount");
	s->handover.fuse = -1; /* libfuse closes it */
	return 0;
}

static int mount_session(struct lic_session *s, struct lic_daemon *d, struct lic_error *err)
{
	const char *said = last_log;
	int r;

	if (s->elsewhere)
		return take_session(s, d, err);

	*last_log = '\0';
	if (fuse_session_mount(s->se, s->mountpoint) == 0)
		return 0;
	r = errno ? errno : EIO;
	if (strncmp(said, "fuse: ", 6) == 0)
		said += 6;
	return lic_error_set(err, r, "cannot mount on '%s': %s", s->mountpoint,
			     *said ? said : "see the message of fusermount3 above");
}

/* The first request is always INIT: answered here, so that readiness can be told. */
static int answer_init(struct lic_session *s, struct lic_error *err)
{
	struct fuse_buf buf = { 0 };
	int r;

	do {
		r = fuse_session_receive_buf(s->se, &buf);
	} while (r == -EINTR);
	if (r > 0)
		fuse_session_process_buf(s->se, &buf);
	free(buf.mem);
	if (r <= 0 || fuse_session_exited(s->se))
		return lic_error_set(err, EPROTO, "the kernel refuses the mount on '%s'%s%s",
				     s->mountpoint, *last_log ? ": " : "", last_log);
	return 0;
}

/* The kernel reads ahead 128 KiB unless root says more; long files stream in half the time then.
 * For short reads its window starts small, whatever the limit. Where it cannot be set nothing is
 * lost. */
static void read_ahead(const struct lic_session *s)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/bdi/%u:%u/read_ahead_kb", s->kick.identity.major,
		 s->kick.identity.minor);
	f = fopen(path, "we");
	if (!f)
		return;
	fputs(READ_AHEAD_KIB, f);
	fclose(f);
}

struct ending {
	struct lic_session *s;
	pthread_t server, thread;
	pthread_mutex_t lock; /* held while the helpers are stopped */
	_Atomic bool over;    /* the loop has ended */
};

static void stop_helpers(struct ending *e)
{
	pthread_mutex_lock(&e->lock);
	lic_follower_stop(e->s);
	lic_sweeper_stop(e->s);
	lic_stale_stop(&e->s->stale);
	pthread_mutex_unlock(&e->lock);
}

static void end_signals(sigset_t *ret)
{
	sigemptyset(ret);
	sigaddset(ret, SIGTERM);
	sigaddset(ret, SIGINT);
	sigaddset(ret, SIGHUP);
}

static void *wait_for_signal(void *p)
{
	const struct timespec pause = { 0, 10000000 };
	struct ending *e = p;
	sigset_t set;
	int sig;

	end_signals(&set);
	while (sigwait(&set, &sig) != 0)
		;
	if (atomic_load(&e->over))
		return NULL;
	stop_helpers(e);
	fuse_session_exit(e->s->se);
	/* the loop sleeps between looking at the flag and waiting: wake it until it has seen it */
	while (!atomic_load(&e->over)) {
		pthread_kill(e->server, SIGUSR1);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

static void wake(int sig)
{
	(void)sig;
}

/* Threads inherit the mask: only the signal thread takes the signals that end the mount. */
static void set_signals(void)
{
	struct sigaction wake_up = { .sa_handler = wake }, ignore = { .sa_handler = SIG_IGN };
	sigset_t set;

	sigaction(SIGUSR1, &wake_up, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	end_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static int loop(struct lic_session *s, unsigned n)
{
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	int r;

	if (!config)
		return -ENOMEM;
	fuse_loop_cfg_set_clone_fd(config, 0);
	fuse_loop_cfg_set_max_threads(config, n);
	fuse_loop_cfg_set_idle_threads(config, n);
	r = fuse_session_loop_mt(s->se, config);
	fuse_loop_cfg_destroy(config);
	return r;
}

static int serve_mounted(struct lic_session *s, unsigned n, struct lic_daemon *d,
			 struct lic_error *err)
{
	struct ending e = { .s = s, .server = pthread_self(), .lock = PTHREAD_MUTEX_INITIALIZER };
	int r = answer_init(s, err);

	if (r == 0)
		r = lic_tier_settle(s, err);
	if (r == 0)
		r = lic_recorder_start(s, err);
	if (r == 0) {
		read_ahead(s);
		s->brief = s->supervisor.stays && !lic_notify_epoch(s);
		if (s->elsewhere && s->elsewhere->writes)
			atomic_store(&s->overlaid, true);
	}
	atomic_store(&s->refused, r < 0);
	atomic_store(&s->settled, true);
	if (r == 0)
		r = lic_sweeper_start(s, err);
	if (r == 0)
		r = lic_follower_start(s, err);
	if (r == 0)
		r = lic_stale_start(&s->stale, err);
	if (r == 0) {
		r = pthread_create(&e.thread, NULL, wait_for_signal, &e);
		if (r)
			r = lic_error_sys(err, r, "cannot start threads");
	}
	if (r < 0) {
		stop_helpers(&e);
		return r;
	}
	r = lic_herald_start(s, err);
	if (r == 0 && lic_daemon_ready(d)) {
		r = loop(s, n);
		if (r)
			r = lic_error_set(err, EIO, "serving '%s' failed: %s", s->mountpoint,
					  strerror(r < 0 ? -r : r));
	} else if (r == 0) {
		r = lic_error_set(err, EPIPE, "whoever wanted the mount is gone");
	}
	lic_herald_stop(s);
	atomic_store(&e.over, true);
	pthread_kill(e.thread, SIGTERM);
	pthread_join(e.thread, NULL);
	stop_helpers(&e);
	return r;
}

int lic_serve(struct lic_session *s, unsigned n, struct lic_daemon *d, struct lic_error *err)
{
	int r;

	/* what a document takes while it is looked into goes back to the system */
	mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
	fuse_set_log_func(s->o.debug ? NULL : keep_log);
	s->se = new_session(s, err);
	if (!s->se)
		return err && err->code ? -err->code : -EINVAL;
	set_signals();
	r = mount_session(s, d, err);
	if (r == 0) {
		r = lic_aside_bring(s->mountpoint, err);
		if (r == 0)
			r = lic_supervise_mounted(s, err);
		if (r == 0)
			r = serve_mounted(s, n, d, err);
		lic_recorder_stop(s);
		fuse_session_unmount(s->se);
	}
	fuse_session_destroy(s->se);
	s->se = NULL;
	lic_supervise_end(s);
	return r;
}
