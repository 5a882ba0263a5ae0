/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: the clock that people read is so many seconds ahead as CLOCK_AHEAD, a file, says. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int (*next)(clockid_t, struct timespec *) =
		(int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	const char *path = getenv("CLOCK_AHEAD");
	int fd = clock == CLOCK_REALTIME && path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char text[32] = "";

	if (fd >= 0) {
		if (read(fd, text, sizeof(text) - 1) < 0)
			text[0] = '\0';
		close(fd);
	}
	if (next(clock, t) < 0)
		return -1;
	t->tv_sec += atol(text);
	return 0;
}
