/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to wait for is asked by a child, since a daemon that is stopped answers nobody. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/mount.h>

#include "fs/mount/leave.h"
#include "fs/util/io.h"

#define ANSWER_MS 2000 /* a machine may have other things to do */
#define END_MS 5000
#define REAP_TRIES 1000
#define PAUSE_NS 1000000

/* Nothing but system calls. */
static void ask(const char *mountpoint, int fd)
{
	char said[4096]; /* with the troubles of the mount, and in one piece in a pipe */
	ssize_t n;

	/* whoever waits for the end of our output must not wait for a daemon that is stopped */
	if (dup2(fd, STDIN_FILENO) < 0 || close_range(STDOUT_FILENO, ~0u, 0) < 0)
		_exit(1);
	fd = STDIN_FILENO;
	n = getxattr(mountpoint, LIC_MOUNT_XATTR, said, sizeof(said));
	_exit(n > 0 && write(fd, said, (size_t)n) == n ? 0 : 1);
}

/* The number is one of another namespace where the mount is: then that is somebody else. */
static bool is_licensefs(pid_t pid)
{
	char path[64], comm[32] = "";
	FILE *f;
	bool is;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	f = fopen(path, "re");
	/* as mount(8) calls it, too */
	is = f && fgets(comm, sizeof(comm), f) &&
	     (strncmp(comm, "licensefs", 9) == 0 || strncmp(comm, "mount.fuse", 10) == 0);
	if (f)
		fclose(f);
	return is;
}

/* False where it is stuck: it cannot be killed while a daemon has its question. */
static bool reap(pid_t child)
{
	const struct timespec pause = { 0, PAUSE_NS };

	kill(child, SIGKILL);
	for (int i = 0; i < REAP_TRIES; i++) {
		if (waitpid(child, NULL, WNOHANG) != 0)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

int lic_leave_whom(const char *mountpoint, bool *ret_stuck)
{
	_cleanup_(lic_closep) int in = -1, out = -1, daemon = -1;
	char said[257];
	struct pollfd p;
	int pipefd[2], pid = 0, r = -1;
	pid_t child;
	ssize_t n = 0;

	*ret_stuck = false;
	if (pipe2(pipefd, O_CLOEXEC) < 0)
		return -1;
	in = pipefd[0];
	out = pipefd[1];
	child = fork();
	if (child == 0)
		ask(mountpoint, out);
	lic_closep(&out);
	out = -1;
	if (child < 0)
		return -1;
	p = (struct pollfd){ in, POLLIN, 0 };
	if (poll(&p, 1, ANSWER_MS) == 1)
		n = read(in, said, sizeof(said) - 1);
	*ret_stuck = !reap(child);
	said[n > 0 ? n : 0] = '\0';
	if (sscanf(said, "%*d %*s %d", &pid) != 1 || pid <= 1 || pid == getpid())
		return -1;
	daemon = pidfd_open(pid, 0);
	if (daemon >= 0 && is_licensefs(pid)) {
		r = daemon;
		daemon = -1;
	}
	return r;
}

void lic_leave_wait(int daemon)
{
	struct pollfd p = { daemon, POLLIN, 0 };

	if (daemon >= 0)
		(void)poll(&p, 1, END_MS);
}
