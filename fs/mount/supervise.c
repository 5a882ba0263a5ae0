/* SPDX-License-Identifier: Apache-2.0 */
/* Starting the supervisor, listening to it, and going on without it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/mount/beside.h"
#include "fs/mount/supervisor.h"
#include "fs/util/io.h"

#define END_MS (LIC_BESIDE_END_MS + 2000)

static int died(struct lic_session *s, struct lic_error *err)
{
	atomic_store(&s->supervisor.alone, true);
	return lic_error_set(err, EIO,
			     "the process that watches over the mount has died; try again");
}

/* Waits for the answer. */
static int ask(struct lic_session *s, enum lic_word want, struct lic_message *ret,
	       struct lic_error *err)
{
	if (lic_message_receive(s->supervisor.link, true, ret, NULL) != 1 || ret->word != want)
		return died(s, err);
	return ret->err.code ? lic_error_set(err, ret->err.code, "%s", ret->err.msg) : 0;
}

int lic_supervise_start(struct lic_session *s, struct lic_error *err)
{
	struct lic_supervisor *v = &s->supervisor;
	struct lic_message ready;
	pid_t self = getpid();
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return lic_error_sys(err, errno, "cannot watch over the mount");
	v->pid = fork();
	if (v->pid == 0)
		lic_supervisor_main(s, pair[1], self);
	r = errno;
	close(pair[1]);
	v->link = pair[0];
	if (v->pid < 0) {
		v->pid = 0;
		close(pair[0]);
		return lic_error_sys(
			err, r,
			"cannot start the process that watches over the mount, without "
			"which it is not safe; end other processes, or raise their limit "
			"(ulimit -u)");
	}
	pthread_mutex_init(&v->lock, NULL);
	r = ask(s, LIC_WORD_READY, &ready, err);
	if (r == 0)
		v->stays = ready.stays;
	return r;
}

int lic_supervise_beside(struct lic_session *s, struct lic_error *err)
{
	const struct lic_message start = { .word = LIC_WORD_BESIDE };
	struct lic_message m;

	if (!s->o.beside)
		return 0;
	if (!lic_message_send(s->supervisor.link, &start, -1))
		return died(s, err);
	return ask(s, LIC_WORD_TOLD, &m, err);
}

int lic_supervise_mounted(struct lic_session *s, struct lic_error *err)
{
	struct lic_message m = { .word = LIC_WORD_MOUNTED };
	const bool here = !s->elsewhere;
	int r, root = here ? lic_mount_open_root(s->mountpoint, &m.identity) : s->handover.root;

	if (!here && (r = lic_mount_identify(root, &m.identity)) < 0)
		return lic_error_sys(err, -r, "cannot find the mount");
	if (root < 0)
		return lic_error_sys(err, -root, "cannot find the mount on '%s'", s->mountpoint);
	if (here)
		close(root);
	s->kick.identity = m.identity;
	if (!lic_message_send(s->supervisor.link, &m, fuse_session_fd(s->se)))
		return died(s, err);
	m.word = LIC_WORD_COMMAND;
	return here || lic_message_send(s->supervisor.link, &m, s->handover.command) ? 0
										     : died(s, err);
}

bool lic_supervise_hear(struct lic_session *s)
{
	struct lic_supervisor *v = &s->supervisor;
	struct lic_message m;
	int r;

	if (atomic_load(&v->alone))
		return false;
	while ((r = lic_message_receive(v->link, false, &m, NULL)) == 1) {
		pthread_mutex_lock(&v->lock);
		v->beside = m.err;
		pthread_mutex_unlock(&v->lock);
	}
	if (r == -EAGAIN)
		return false;
	atomic_store(&v->alone, true);
	while (waitpid(v->pid, NULL, 0) < 0 && errno == EINTR)
		;
	v->pid = 0;
	lic_closep(&v->link);
	return true;
}

void lic_supervise_trouble(struct lic_session *s, struct lic_buf *ret)
{
	struct lic_supervisor *v = &s->supervisor;

	if (atomic_load(&v->alone)) {
		lic_buf_addf(ret, "the process that guards it has died%s: mount it again",
			     s->o.beside ? ", and what ran beside it with it" : "");
		return;
	}
	pthread_mutex_lock(&v->lock);
	if (v->beside.code)
		lic_buf_adds(ret, v->beside.msg);
	pthread_mutex_unlock(&v->lock);
}

void lic_supervise_end(struct lic_session *s)
{
	const struct lic_message end = { .word = LIC_WORD_END };
	struct lic_supervisor *v = &s->supervisor;
	struct pollfd p = { v->link, 0, 0 };

	if (!v->pid)
		return;
	if (lic_message_send(v->link, &end, -1))
		while (poll(&p, 1, END_MS) < 0 && errno == EINTR)
			;
	/* it has closed the socket, unless somebody stopped it */
	if (!(p.revents & POLLHUP))
		kill(v->pid, SIGKILL);
	while (waitpid(v->pid, NULL, 0) < 0 && errno == EINTR)
		;
	v->pid = 0;
	lic_closep(&v->link);
	pthread_mutex_destroy(&v->lock);
}
