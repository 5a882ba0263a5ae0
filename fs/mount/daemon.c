/* SPDX-License-Identifier: Apache-2.0 */
/* The pipe between the daemon and the process that started it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/mount/daemon.h"
#include "fs/util/io.h"

enum kind { NOTICE = 'n', FAIL = 'f', READY = 'r' };

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

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		return lic_error_set(err, EIO, "the mount's daemon was killed by signal %d (%s)",
				     WTERMSIG(status), strsignal(WTERMSIG(status)));
	return lic_error_set(err, EIO, "the mount's daemon ended before it was ready");
}

static int wait_until_ready(const struct lic_mount_options *o, int fd, pid_t pid,
			    struct lic_error *err)
{
	struct message m;

	while (receive_message(fd, &m)) {
		if (m.kind == READY)
			return 1;
		if (m.kind == FAIL) {
			while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
				;
			return lic_error_set(err, m.code, "%s", m.text);
		}
		if (o->notice)
			o->notice(o->ctx, m.text);
	}
	return died(pid, err);
}

int lic_daemon_fork(const struct lic_mount_options *o, struct lic_daemon *ret,
		    struct lic_error *err)
{
	int pipefd[2], r;
	pid_t pid;

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		return lic_error_sys(err, errno, "cannot start the mount's daemon");
	pid = fork();
	if (pid < 0) {
		r = lic_error_sys(err, errno, "cannot start the mount's daemon");
		close(pipefd[0]);
		close(pipefd[1]);
		return r;
	}
	if (pid > 0) {
		close(pipefd[1]);
		r = wait_until_ready(o, pipefd[0], pid, err);
		close(pipefd[0]);
		return r;
	}
	close(pipefd[0]);
	setsid();
	ret->fd = pipefd[1];
	return 0;
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
