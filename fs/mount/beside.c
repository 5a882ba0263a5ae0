/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping the process beside a mount alive. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fs/mount/beside.h"
#include "fs/mount/supervisor.h"
#include "fs/mount/table.h"
#include "fs/util/io.h"
#include "fs/util/title.h"

#define REPORT 3 /* its only descriptor beside 0, 1, 2 */

void lic_beside_init(struct lic_beside *b, const struct lic_mount_options *o, const char *store,
		     const char *mountpoint)
{
	size_t n = strlen(mountpoint);

	*b = (struct lic_beside){ .o = o, .mountpoint = mountpoint, .report = -1 };
	b->over = strncmp(store, mountpoint, n) == 0 && (!store[n] || store[n] == '/');
}

/* --- in the process beside ---------------------------------------------------------------- */

static void say(const struct lic_error *e)
{
	/* one piece: it is shorter than PIPE_BUF */
	while (write(REPORT, e, sizeof(*e)) < 0 && errno == EINTR)
		;
}

static void ready(_unused_ void *arg, const char *failure)
{
	struct lic_error e = LIC_ERROR_INIT;

	if (failure)
		lic_error_set(&e, EIO, "%s", failure);
	say(&e);
}

static void reset_signals(void)
{
	sigset_t none;

	for (int i = 1; i < SIGRTMIN; i++)
		signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Where the mount lies over the store, the store is to be seen only in a mount table of one's own
 * in which that mount is not. */
static int look_underneath(const struct lic_beside *b, struct lic_error *err)
{
	if (unshare(CLONE_NEWNS) < 0)
		return lic_error_sys(err, errno,
				     "the mount lies over the store, below which only root can "
				     "look; mount it elsewhere");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return lic_error_sys(err, errno, "cannot look below the mount");
	while (lic_table_find(b->mountpoint, NULL) == LIC_MOUNTED_LICENSEFS) {
		if (umount2(b->mountpoint, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
			return lic_error_sys(err, errno, "cannot look below the mount");
	}
	return 0;
}

static void __attribute__((noreturn)) live(const struct lic_beside *b, int report, pid_t supervisor)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_buf title = LIC_BUF_INIT(64 * 1024);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != supervisor)
		_exit(0);
	reset_signals();
	lic_supervisor_keep_only(&report, 1);
	lic_buf_addf(&title, "licensefs: beside the mount on %s", b->mountpoint);
	lic_title_set("licensefs-side", lic_buf_str(&title));
	lic_buf_release(&title);
	if (b->over && look_underneath(b, &err) < 0) {
		say(&err);
		_exit(3);
	}
	_exit(b->o->beside(b->o->ctx, ready, NULL));
}

/* --- in the supervisor -------------------------------------------------------------------- */

static void put_off(struct lic_beside *b)
{
	if (!b->ever_ready)
		return;
	b->wait = b->wait && lic_monotonic_ms() - b->begun < LIC_BESIDE_AGAIN_MAX_MS
			  ? 2 * b->wait
			  : LIC_BESIDE_AGAIN_MS;
	if (b->wait > LIC_BESIDE_AGAIN_MAX_MS)
		b->wait = LIC_BESIDE_AGAIN_MAX_MS;
	b->again = lic_monotonic_ms() + b->wait;
}

void lic_beside_begin(struct lic_beside *b)
{
	pid_t self = getpid();
	int pipefd[2];

	b->again = 0;
	b->told = false;
	b->begun = lic_monotonic_ms();
	if (pipe2(pipefd, O_CLOEXEC | O_NONBLOCK) < 0) {
		lic_error_sys(&b->why, errno, "cannot start the process beside the mount");
		put_off(b);
		return;
	}
	b->pid = fork();
	if (b->pid == 0)
		live(b, pipefd[1], self);
	close(pipefd[1]);
	b->report = pipefd[0];
	if (b->pid < 0) {
		b->pid = 0;
		lic_error_sys(&b->why, errno, "cannot start the process beside the mount");
		lic_closep(&b->report);
		put_off(b);
	}
}

bool lic_beside_hear(struct lic_beside *b)
{
	struct lic_error e;
	ssize_t n;

	do
		n = b->report >= 0 ? read(b->report, &e, sizeof(e)) : 0;
	while (n < 0 && errno == EINTR);
	if (n != sizeof(e)) {
		if (n >= 0 || errno != EAGAIN)
			lic_closep(&b->report);
		return false;
	}
	e.msg[sizeof(e.msg) - 1] = '\0';
	b->why = e;
	b->told = true;
	if (!e.code)
		b->ever_ready = true;
	return true;
}

static void describe_end(struct lic_error *err, int status)
{
	if (WIFSIGNALED(status))
		lic_error_set(err, EIO, "the process beside the mount was killed by signal %d (%s)",
			      WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		lic_error_set(err, EIO, "the process beside the mount ended with status %d",
			      WEXITSTATUS(status));
}

bool lic_beside_reap(struct lic_beside *b)
{
	int status;

	if (!b->pid || waitpid(b->pid, &status, WNOHANG) != b->pid)
		return false;
	b->pid = 0;
	while (lic_beside_hear(b))
		;
	/* what it has said last says more */
	if (!b->told || !b->why.code)
		describe_end(&b->why, status);
	lic_closep(&b->report);
	put_off(b);
	return true;
}

int lic_beside_due(struct lic_beside *b)
{
	int64_t left = b->again - lic_monotonic_ms();

	if (!b->again)
		return -1;
	if (left > 0)
		return (int)left;
	lic_beside_begin(b);
	return b->again ? b->wait : -1;
}

void lic_beside_end(struct lic_beside *b)
{
	const struct timespec patience = { LIC_BESIDE_END_MS / 1000, 0 };
	sigset_t child;

	if (!b->pid)
		return;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	kill(b->pid, SIGTERM);
	while (waitpid(b->pid, NULL, WNOHANG) == 0) {
		if (sigtimedwait(&child, NULL, &patience) < 0 && errno == EAGAIN)
			kill(b->pid, SIGKILL);
	}
	b->pid = 0;
}
