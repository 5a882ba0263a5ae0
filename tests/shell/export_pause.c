/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into an export: stops before the Nth call of a function (PAUSE=utimensat:N, write:N,
 * syncfs:N or renameat2:N) until the file that it makes then (PAUSE_FILE) is removed; and at PAUSE2
 * likewise.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void wait_at(const char *name, const char *want, const char *file, int *calls)
{
	size_t n = strlen(name);
	int fd;

	if (!want || !file || strncmp(want, name, n) != 0 || want[n] != ':' ||
	    ++*calls != atoi(want + n + 1))
		return;
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	close(fd);
	while (access(file, F_OK) == 0)
		usleep(1000);
}

static void pass(const char *name)
{
	static int calls, calls2;

	wait_at(name, getenv("PAUSE"), getenv("PAUSE_FILE"), &calls);
	wait_at(name, getenv("PAUSE2"), getenv("PAUSE_FILE2"), &calls2);
}

int utimensat(int dir, const char *path, const struct timespec t[2], int flags)
{
	int (*next)(int, const char *, const struct timespec[2], int) =
		(int (*)(int, const char *, const struct timespec[2], int))dlsym(RTLD_NEXT,
										 "utimensat");

	pass("utimensat");
	return next(dir, path, t, flags);
}

ssize_t write(int fd, const void *p, size_t n)
{
	ssize_t (*next)(int, const void *, size_t) =
		(ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");

	pass("write");
	return next(fd, p, n);
}

int syncfs(int fd)
{
	int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "syncfs");

	pass("syncfs");
	return next(fd);
}

int renameat2(int from, const char *a, int to, const char *b, unsigned int flags)
{
	int (*next)(int, const char *, int, const char *, unsigned int) =
		(int (*)(int, const char *, int, const char *, unsigned int))dlsym(RTLD_NEXT,
										   "renameat2");

	pass("renameat2");
	return next(from, a, to, b, flags);
}
