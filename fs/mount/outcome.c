/* SPDX-License-Identifier: Apache-2.0 */
/* How a process ended that is no child of this one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/mount/outcome.h"
#include "fs/util/io.h"

#define TRIES 3
#define INFO_EXIT (1u << 3)

/* linux/pidfd.h, PIDFD_GET_INFO, version 0 of it: headers may be older than the kernel. */
struct info {
	uint64_t mask, cgroup;
	uint32_t pid, tgid, ppid, uid[8];
	int32_t status;
};
#define GET_INFO _IOWR(0xff, 11, struct info)
_Static_assert(sizeof(struct info) == 64, "the number of the call has its size");

static bool told_by_pidfd(int pidfd, int *ret)
{
	struct info i = { .mask = INFO_EXIT };

	if (ioctl(pidfd, GET_INFO, &i) < 0 || !(i.mask & INFO_EXIT))
		return false;
	*ret = i.status;
	return true;
}

/* Who may not look at a process reads 0 in the place of its status, which must not be taken for
 * success. */
static bool may_look(pid_t pid)
{
	char path[64], none[1];

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	return readlink(path, none, sizeof(none)) >= 0 || errno == ENOENT;
}

/* Fields by their numbers in proc(5): 3, 22 and 52. The name, the second, may hold anything. */
static bool told_by_proc(pid_t pid, int64_t started, int *ret)
{
	char path[64], line[4096], *p;
	_cleanup_(lic_closep) int fd = -1;
	int64_t start = 0;
	ssize_t n;
	char state;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = may_look(pid) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
	line[n > 0 ? n : 0] = '\0';
	p = strrchr(line, ')');
	if (!p || !p[1])
		return false;
	state = p[2];
	for (int field = 2; p && field < 52; field++) {
		p = strchr(p + 1, ' ');
		if (p && field + 1 == 22)
			start = strtoll(p, NULL, 10);
	}
	if (!p || state != 'Z' || start != started)
		return false;
	*ret = (int)strtol(p, NULL, 10);
	return true;
}

enum lic_ledger_outcome lic_outcome_of(int pidfd, pid_t pid, int64_t started, int *ret_status)
{
	int status = 0;

	/* its parent may ask for it between the two */
	for (int i = 0; i < TRIES; i++) {
		if (!told_by_pidfd(pidfd, &status) && !told_by_proc(pid, started, &status))
			continue;
		if (WIFEXITED(status)) {
			*ret_status = WEXITSTATUS(status);
			return LIC_OUTCOME_EXITED;
		}
		if (WIFSIGNALED(status)) {
			*ret_status = WTERMSIG(status);
			return LIC_OUTCOME_KILLED;
		}
	}
	return LIC_OUTCOME_UNKNOWN;
}
