/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for the daemon's end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fs/mount/aside.h"
#include "fs/mount/beside.h"
#include "fs/mount/supervisor.h"
#include "fs/util/io.h"
#include "fs/util/title.h"

#define FIRST_FD 3
#define END_MS 5000
#define PARENT_DIED SIGUSR1

struct supervisor {
	int link, signals, command;
	pid_t daemon;
	struct lic_grave grave;
	struct lic_beside beside;
	bool over;
};

/* --- messages ----------------------------------------------------------------------------- */

union control {
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(int))];
};

bool lic_message_send(int link, const struct lic_message *m, int fd)
{
	union control control = { 0 };
	struct iovec iov = { (void *)m, sizeof(*m) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (fd >= 0) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	}
	do
		n = sendmsg(link, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n == sizeof(*m);
}

int lic_message_receive(int link, bool wait, struct lic_message *ret, int *ret_fd)
{
	union control control = { 0 };
	struct lic_message m;
	struct iovec iov = { &m, sizeof(m) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = ret_fd ? &control : NULL,
			      .msg_controllen = ret_fd ? sizeof(control) : 0 };
	const struct cmsghdr *c;
	ssize_t n;

	do
		n = recvmsg(link, &msg, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
	while (n < 0 && errno == EINTR);
	/* a peer that was killed before it read everything */
	if (n < 0 && errno == ECONNRESET)
		return 0;
	if (n < 0)
		return -errno;
	if (ret_fd) {
		c = CMSG_FIRSTHDR(&msg);
		*ret_fd = -1;
		if (c && c->cmsg_type == SCM_RIGHTS)
			memcpy(ret_fd, CMSG_DATA(c), sizeof(*ret_fd));
	}
	if (n != sizeof(m))
		return n ? -EPROTO : 0;
	m.err.msg[sizeof(m.err.msg) - 1] = '\0';
	*ret = m;
	return 1;
}

/* --- becoming it -------------------------------------------------------------------------- */

void lic_supervisor_keep_only(int *fds, int n)
{
	struct rlimit limit = { 1024, 1024 };
	int first = FIRST_FD + n;

	/* out of the way first: none may lie where another is to go */
	for (int i = 0; i < n; i++) {
		int fd = fds[i] >= 0 ? fcntl(fds[i], F_DUPFD_CLOEXEC, first) : -1;

		fds[i] = fd;
	}
	for (int i = 0; i < n; i++)
		fds[i] = fds[i] >= 0 ? dup3(fds[i], FIRST_FD + i, O_CLOEXEC) : -1;
	if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) == 0)
		return;
	getrlimit(RLIMIT_NOFILE, &limit);
	for (int fd = first; (rlim_t)fd < limit.rlim_cur; fd++)
		close(fd);
}

/* Whoever started the mount waits for the end of its pipes. Only what runs beside a mount in the
 * foreground may go on writing messages. */
static void leave_stdio(bool keep_stderr)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= (keep_stderr ? 1 : 2); fd++) {
		if (null >= 0 && null != fd)
			dup2(null, fd);
		else if (null < 0)
			close(fd);
	}
}

/* The daemon decides when it is over; the terminal and the service manager do not. */
static int take_signals(struct lic_error *err)
{
	static const int ignored[] = { SIGHUP,	SIGINT,	 SIGTERM, SIGQUIT, SIGPIPE,
				       SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR2 };
	sigset_t set;
	int fd;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, PARENT_DIED);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_SETMASK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? lic_error_sys(err, errno, "cannot watch over the mount") : fd;
}

static void name_it(const struct lic_session *s)
{
	struct lic_buf title = LIC_BUF_INIT(64 * 1024);

	lic_buf_addf(&title, "licensefs: guards the mount on %s", s->mountpoint);
	lic_title_set("licensefs-guard", lic_buf_str(&title));
	lic_buf_release(&title);
}

static int become(struct supervisor *v, const struct lic_session *s, int link,
		  struct lic_error *err)
{
	int keep[2] = { link, lic_underneath_open(s->mountpoint, s->root) };
	int r = lic_aside_return(err);

	setsid();
	leave_stdio((s->o.foreground || s->o.debug) && s->o.beside);
	lic_supervisor_keep_only(keep, LIC_ARRAY_SIZE(keep));
	v->link = keep[0];
	v->grave = (struct lic_grave){ !!s->elsewhere, -1, keep[1], s->mountpoint, { 0 } };
	if (r < 0)
		return r;
	if (chdir("/") < 0)
		return lic_error_sys(err, errno, "cannot watch over the mount");
	name_it(s);
	v->signals = take_signals(err);
	if (v->signals < 0)
		return -EIO;
	prctl(PR_SET_PDEATHSIG, PARENT_DIED);
	v->over = getppid() != v->daemon;
	return 0;
}

/* --- being it ----------------------------------------------------------------------------- */

static void tell_beside(const struct supervisor *v)
{
	const struct lic_message m = { .word = LIC_WORD_TOLD, .err = v->beside.why };

	/* a daemon that does not listen is told by the end of the socket, if at all */
	if (!lic_message_send(v->link, &m, -1))
		return;
}

static void start_beside(struct supervisor *v)
{
	lic_beside_begin(&v->beside);
	if (!v->beside.pid)
		tell_beside(v);
}

static void take_mount(struct supervisor *v, const struct lic_message *m, int fd)
{
	v->grave.fuse = fd;
	v->grave.identity = m->identity;
}

/* A daemon that died had perhaps just told of its mount, which is to be ended. */
static void hear_last(struct supervisor *v)
{
	struct lic_message m;
	int fd = -1;

	while (lic_message_receive(v->link, false, &m, &fd) == 1)
		if (m.word == LIC_WORD_MOUNTED)
			take_mount(v, &m, fd);
}

static void hear_daemon(struct supervisor *v)
{
	struct lic_message m;
	int fd = -1, r = lic_message_receive(v->link, false, &m, &fd);

	if (r == -EAGAIN)
		return;
	if (r == 1 && m.word == LIC_WORD_MOUNTED) {
		take_mount(v, &m, fd);
	} else if (r == 1 && m.word == LIC_WORD_COMMAND) {
		v->command = fd;
	} else if (r == 1 && m.word == LIC_WORD_BESIDE) {
		start_beside(v);
	} else {
		v->over = true;
	}
}

static void hear_signals(struct supervisor *v)
{
	struct signalfd_siginfo i;

	while (read(v->signals, &i, sizeof(i)) == sizeof(i)) {
		/* anybody can send it, but only the daemon's death has its number */
		if (i.ssi_signo == PARENT_DIED && i.ssi_pid == (uint32_t)v->daemon)
			v->over = true;
		if (i.ssi_signo == SIGCHLD && lic_beside_reap(&v->beside))
			tell_beside(v);
	}
}

static void stand_by(struct supervisor *v)
{
	bool ended = false;

	while (!v->over) {
		int due = lic_beside_due(&v->beside);
		/* after that: it may have begun anew */
		struct pollfd p[] = { { v->link, POLLIN, 0 },
				      { v->signals, POLLIN, 0 },
				      { v->beside.report, POLLIN, 0 },
				      { v->command, POLLIN, 0 } };

		if (ended)
			due = END_MS;
		if (poll(p, LIC_ARRAY_SIZE(p), due) == 0 && ended && getppid() == v->daemon)
			kill(v->daemon, SIGKILL);
		/* the daemon knows as well, unless its command has stopped it */
		if (p[3].revents) {
			ended = true;
			lic_closep(&v->command);
		}
		if (p[2].revents && lic_beside_hear(&v->beside))
			tell_beside(v);
		if (p[1].revents)
			hear_signals(v);
		if (p[0].revents)
			hear_daemon(v);
	}
}

void lic_supervisor_main(const struct lic_session *s, int link, pid_t daemon)
{
	struct supervisor v = { .daemon = daemon, .command = -1 };
	struct lic_message ready = { .word = LIC_WORD_READY };
	int r = become(&v, s, link, &ready.err);

	ready.stays = v.grave.underneath < 0;
	lic_beside_init(&v.beside, s->given, s->store, s->mountpoint);
	if (!lic_message_send(v.link, &ready, -1) || r < 0)
		_exit(r < 0 ? 3 : 0);
	stand_by(&v);
	hear_last(&v);
	/* also after an end that the daemon told of: it may not have been able to unmount */
	lic_bury(&v.grave);
	lic_beside_end(&v.beside);
	_exit(0);
}
