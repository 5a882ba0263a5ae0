/* SPDX-License-Identifier: Apache-2.0 */
/* The pipe between the daemon and the process that started it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/mount/daemon.h"
#include "fs/mount/supervisor.h"
#include "fs/util/io.h"

enum kind { NOTICE = 'n', FAIL = 'f', WANT = 'w', READY = 'r' };

struct message {
	char kind;
	int code;
	char text[LIC_ERROR_MAX];
};

static bool send_message(struct lic_daemon *d, enum kind kind, int code, const char *text)
{
	struct message m = { (char)kind, code, { 0 } };
	const char *p = (const char *)&m;
	size_t left = sizeof(m);

	snprintf(m.text, sizeof(m.text), "%s", text);
	while (left) {
		ssize_t r = write(d->fd, p, left);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return false;
		p += r;
		left -= (size_t)r;
	}
	return true;
}

/* False at the end of the pipe. */
static bool receive_message(int fd, struct message *m)
{
	char *p = (char *)m;
	size_t left = sizeof(*m);

	while (left) {
		ssize_t r = read(fd, p, left);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;
		p += r;
		left -= (size_t)r;
	}
	m->text[sizeof(m->text) - 1] = '\0';
	return true;
}

static int died(pid_t pid, struct lic_error *err)
{
	int status = 0;

	while (pid && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		return lic_error_set(err, EIO, "the mount's daemon was killed by signal %d (%s)",
				     WTERMSIG(status), strsignal(WTERMSIG(status)));
	return lic_error_set(err, EIO, "the mount's daemon ended before it was ready");
}

/* What the parent has of its daemon. */
struct waiting {
	const struct lic_mount_options *o;
	const struct lic_elsewhere *e;
	int fd, link; /* link -1: the daemon mounts */
	pid_t pid;    /* 0: it is no child */
};

static int wait_until_ready(const struct waiting *w, struct lic_error *err)
{
	struct message m;
	int r = 0;

	while (r == 0 && receive_message(w->fd, &m)) {
		if (m.kind == READY)
			return 1;
		if (m.kind == FAIL) {
			while (w->pid && waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
				;
			return lic_error_set(err, m.code, "%s", m.text);
		}
		if (m.kind == WANT && w->e)
			r = w->e->mount(w->e->ctx, w->link, err);
		else if (m.kind == NOTICE && w->o->notice)
			w->o->notice(w->o->ctx, m.text);
	}
	return r < 0 ? r : died(w->pid, err);
}

/* The command may send signals to it, and raise soft limits: a dump would have names of what is
 * hidden. Its guard inherits both. */
static void keep_memory(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* which looks for leaks by ptrace */
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

/* Whoever becomes another program must have no child that the program did not start. */
static void leave_parent(struct lic_daemon *d)
{
	int fds[] = { d->fd, d->link };
	pid_t pid = fork();

	if (pid != 0)
		_exit(pid < 0 ? 3 : 0);
	lic_supervisor_keep_only(fds, LIC_ARRAY_SIZE(fds));
	d->fd = fds[0];
	d->link = fds[1];
	keep_memory();
}

static int fork_with(struct waiting *w, int fd, int link, struct lic_daemon *ret,
		     struct lic_error *err)
{
	int r;

	w->pid = fork();
	if (w->pid < 0)
		return lic_error_sys(err, errno, "cannot start the mount's daemon");
	if (w->pid > 0) {
		/* also the parent's: the end of the pipe tells that the daemon is gone */
		close(fd);
		lic_closep(&link);
		while (w->e && waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
			;
		if (w->e)
			w->pid = 0;
		r = wait_until_ready(w, err);
		close(w->fd);
		lic_closep(&w->link);
		return r;
	}
	close(w->fd);
	lic_closep(&w->link);
	setsid();
	ret->fd = fd;
	ret->link = link;
	if (w->e)
		leave_parent(ret);
	return 0;
}

int lic_daemon_fork(const struct lic_mount_options *o, const struct lic_elsewhere *e,
		    struct lic_daemon *ret, struct lic_error *err)
{
	struct waiting w = { .o = o, .e = e };
	int pipefd[2], link[2] = { -1, -1 }, r;

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		return lic_error_sys(err, errno, "cannot start the mount's daemon");
	w.fd = pipefd[0];
	w.pid = -1;
	if (e && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link) < 0) {
		r = lic_error_sys(err, errno, "cannot start the mount's daemon");
	} else {
		w.link = link[0];
		r = fork_with(&w, pipefd[1], link[1], ret, err);
	}
	if (w.pid < 0) {
		close(pipefd[0]);
		close(pipefd[1]);
		lic_closep(&link[0]);
		lic_closep(&link[1]);
	}
	return r;
}

int lic_daemon_take(struct lic_daemon *d, struct lic_handover *ret)
{
	int r = send_message(d, WANT, 0, "") ? lic_handover_receive(d->link, ret) : -EPIPE;

	if (r == 0)
		d->link = -1;
	lic_closep(&d->link);
	return r;
}

void lic_daemon_notice(void *daemon, const char *line)
{
	struct lic_daemon *d = daemon;

	if (d->notice)
		d->notice(d->ctx, line);
	else if (d->fd >= 0)
		(void)send_message(d, NOTICE, 0, line);
}

void lic_daemon_fail(struct lic_daemon *d, const struct lic_error *err)
{
	if (d->fd >= 0)
		(void)send_message(d, FAIL, err->code ? err->code : EIO, err->msg);
	lic_closep(&d->fd);
}

bool lic_daemon_ready(struct lic_daemon *d)
{
	int null;
	bool told;

	if (d->fd < 0)
		return true;
	/* before the parent returns: whoever reads its output must see the end of it */
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; null >= 0 && fd <= 2; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
	if (chdir("/") < 0)
		return false;
	told = send_message(d, READY, 0, "");
	lic_closep(&d->fd);
	return told;
}
