/* SPDX-License-Identifier: Apache-2.0 */
/* Entering namespaces, and saying what is in the way. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/buffer.h>

#include "fs/mount/namespace.h"
#include "fs/util/io.h"

#define MAP_MAX 65536
#define MOMENTS 100 /* of 1 ms */

static int write_file(const char *path, const char *text)
{
	_cleanup_(lic_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);

	if (fd < 0)
		return -errno;
	return write(fd, text, n) == (ssize_t)n ? 0 : errno ? -errno : -EIO;
}

/* Every id that is known here, as itself: of the lines "INSIDE OUTSIDE COUNT" of this namespace's
 * own map the first and the last number count. */
static int identity(const char *path, struct lic_buf *ret)
{
	FILE *f = fopen(path, "re");
	unsigned long inside, outside, count;

	if (!f)
		return -errno;
	while (fscanf(f, "%lu %lu %lu", &inside, &outside, &count) == 3)
		lic_buf_addf(ret, "%lu %lu %lu\n", inside, inside, count);
	fclose(f);
	return lic_buf_failed(ret) || !ret->len ? -EIO : 0;
}

/* From outside, where it may be: by root of that namespace. */
static int map_all(pid_t pid)
{
	static const char *const name[] = { "uid_map", "gid_map" };
	int r = 0;

	for (size_t i = 0; r == 0 && i < LIC_ARRAY_SIZE(name); i++) {
		struct lic_buf map = LIC_BUF_INIT(MAP_MAX);
		char own[64], path[64];

		snprintf(own, sizeof(own), "/proc/self/%s", name[i]);
		snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name[i]);
		r = identity(own, &map);
		if (r == 0)
			r = write_file(path, lic_buf_str(&map));
		lic_buf_release(&map);
	}
	return r;
}

static int map_one(uid_t uid, gid_t gid)
{
	char text[64];
	int r;

	r = write_file("/proc/self/setgroups", "deny");
	if (r < 0 && r != -ENOENT)
		return r;
	snprintf(text, sizeof(text), "%u %u 1", uid, uid);
	r = write_file("/proc/self/uid_map", text);
	if (r < 0)
		return r;
	snprintf(text, sizeof(text), "%u %u 1", gid, gid);
	return write_file("/proc/self/gid_map", text);
}

/* The process that stays outside until there is a map to write. Its answer is its exit status. */
static pid_t fork_mapper(int *ret_go)
{
	const pid_t self = getpid();
	int pipefd[2];
	pid_t pid;
	char go;

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(pipefd[1]);
		_exit(read(pipefd[0], &go, 1) == 1 && map_all(self) == 0 ? 0 : 1);
	}
	close(pipefd[0]);
	if (pid < 0)
		close(pipefd[1]);
	else
		*ret_go = pipefd[1];
	return pid;
}

static bool have_mapped(pid_t pid, int go, bool want)
{
	int status = 1;

	if (want && write(go, "m", 1) != 1)
		want = false;
	close(go);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return want && status == 0;
}

static int refuse(int code, const char *what, struct lic_error *err)
{
	switch (code) {
	case EPERM:
	case EACCES:
	case ENOSPC:
	case EUSERS:
		return lic_error_set(
			err, code,
			"cannot %s, without which the store cannot be kept from the command: this "
			"machine or container does not let you have user namespaces (%s); root "
			"allows them by sysctl user.max_user_namespaces=15000, and where the "
			"distribution restricts them kernel.unprivileged_userns_clone=1 and "
			"kernel.apparmor_restrict_unprivileged_userns=0; for a container use "
			"--security-opt seccomp=unconfined, or start it with a view mounted",
			what, strerror(code));
	default:
		return lic_error_sys(err, code, "cannot %s", what);
	}
}

/* The kernel counts a thread that was joined for some microseconds more, and refuses meanwhile. */
static int unshare_alone(int flags)
{
	const struct timespec turn = { 0, 1000000 };
	int r = unshare(flags);

	for (int i = 0; r < 0 && errno == EINVAL && i < MOMENTS; i++) {
		nanosleep(&turn, NULL);
		r = unshare(flags);
	}
	return r < 0 ? -errno : 0;
}

int lic_namespace_enter(struct lic_error *err)
{
	const uid_t uid = geteuid();
	const gid_t gid = getegid();
	pid_t mapper = 0;
	int go = -1, r;
	bool mapped = false;

	if (uid == 0) {
		mapper = fork_mapper(&go);
		if (mapper < 0)
			return lic_error_sys(err, errno, "cannot start a process");
	}
	r = unshare_alone(CLONE_NEWUSER | CLONE_NEWNS);
	if (mapper)
		mapped = have_mapped(mapper, go, r == 0);
	if (r < 0)
		return refuse(-r, "make a private user namespace", err);
	/* root without the right to map others is as anybody else */
	if (!mapped)
		r = map_one(uid, gid);
	if (r < 0)
		return refuse(-r, "map the user into a private namespace", err);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return refuse(errno, "make the mounts private", err);
	return 0;
}
