/* SPDX-License-Identifier: Apache-2.0 */
/* Which descriptors may go on. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fs/mount/confine.h"
#include "fs/mount/inherited.h"

#include <licensefs/text.h>

#define DELETED " (deleted)"
#define NAMESPACES 0x6e736673 /* nsfs, of which linux/magic.h knows since 2020 only */
#define PROCESSES 0x9fa0      /* proc: memory, and what was opened by others */
#define OWN "/proc/self/fd"

struct look {
	const struct lic_mount_options *o;
	const struct lic_aliases *a;
	const char *store;
	dev_t dev; /* of the store */
};

/* Pipes, sockets and memory have no path that begins with a slash, or none that is real. */
static bool is_harmless_unnamed(const char *name)
{
	static const char *const names[] = { "anon_inode:[eventfd]",	"anon_inode:[eventpoll]",
					     "anon_inode:[signalfd]",	"anon_inode:[timerfd]",
					     "anon_inode:inotify",	"anon_inode:[perf_event]",
					     "anon_inode:[userfaultfd]" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Does a path lead to the file? Whoever may not look there has nothing but the path. */
static bool leads_elsewhere(const char *name, const struct stat *st)
{
	struct stat there;

	if (stat(name, &there) < 0)
		return errno != EACCES;
	return there.st_ino != st->st_ino || there.st_dev != st->st_dev;
}

/* By its path. One that leads elsewhere is of another mount namespace, and says nothing of what a
 * file on the store's filesystem is; of one that was removed it is the only thing known. */
static bool is_of_store(const struct look *l, const struct stat *st, char *name)
{
	const size_t n = strlen(name), tail = sizeof(DELETED) - 1;

	if (n > tail && strcmp(name + n - tail, DELETED) == 0)
		name[n - tail] = '\0';
	else if (st->st_dev == l->dev && leads_elsewhere(name, st))
		return true;
	return lic_aliases_has(l->a, l->store, name);
}

/* NULL where it may go on, else what it is. */
static const char *leads_to_store(const struct look *l, int fd)
{
	char link[64], name[PATH_MAX];
	const int flags = fcntl(fd, F_GETFL);
	struct statfs fs;
	struct stat st;
	ssize_t n;

	snprintf(link, sizeof(link), OWN "/%d", fd);
	n = readlink(link, name, sizeof(name) - 1);
	if (n < 0 || fstat(fd, &st) < 0)
		return "something unknown";
	name[n] = '\0';
	if (S_ISDIR(st.st_mode))
		return "a directory";
	if (flags >= 0 && flags & O_PATH)
		return "a place without contents (O_PATH)";
	if (S_ISBLK(st.st_mode))
		return "a disk";
	if (S_ISCHR(st.st_mode) && lic_confine_is_raw(&st))
		return "a device that leads to disks or memory";
	if (S_ISREG(st.st_mode) && (fstatfs(fd, &fs) < 0 || fs.f_type == NAMESPACES))
		return "a namespace";
	if (S_ISREG(st.st_mode) && fs.f_type == PROCESSES)
		return "a file of /proc";
	if (S_ISREG(st.st_mode) && is_of_store(l, &st, name))
		return "a file of the store";
	if (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) ||
	    S_ISCHR(st.st_mode) || is_harmless_unnamed(name))
		return NULL;
	return "something that may lead to the store";
}

static int judge(const struct look *l, int fd, struct lic_error *err)
{
	static const char *const std[] = { "input", "output", "error" };
	const char *why = leads_to_store(l, fd);
	char line[256];

	if (!why)
		return 0;
	if (fd < (int)LIC_ARRAY_SIZE(std))
		return lic_error_set(err, EPERM,
				     "standard %s is %s, opened before the view was there; let the "
				     "command open it: -- sh -c '... %c FILE'",
				     std[fd], why, fd ? '>' : '<');
	snprintf(line, sizeof(line), "closed the inherited descriptor %d: %s", fd, why);
	close(fd);
	if (l->o->notice)
		l->o->notice(l->o->ctx, line);
	return 0;
}

int lic_inherited_close(const struct lic_mount_options *o, const struct lic_aliases *a,
			const char *store, struct lic_error *err)
{
	struct look l = { .o = o, .a = a, .store = store };
	struct stat st;
	DIR *d = opendir(OWN);
	const struct dirent *e;
	int r = 0;

	if (!d)
		return lic_error_sys(err, errno, "cannot look through the descriptors in '%s'",
				     OWN);
	if (stat(store, &st) == 0)
		l.dev = st.st_dev;
	while (r == 0 && (e = readdir(d))) {
		int fd = *e->d_name == '.' ? -1 : (int)strtol(e->d_name, NULL, 10);
		int flags = fd >= 0 && fd != dirfd(d) ? fcntl(fd, F_GETFD) : -1;

		/* our own, which end where the command begins */
		if (flags >= 0 && !(flags & FD_CLOEXEC))
			r = judge(&l, fd, err);
	}
	closedir(d);
	return r;
}
