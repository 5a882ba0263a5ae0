/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a scan: makes the process that reads an image misbehave where the XMP of the image
 * says so ("FAULT:crash"), or be slow (FAULT_SPIN microseconds an image); or takes from the kernel
 * what it may lack (FAULT_LACKS=landlock or clone3); or kills the nursery between making a helper
 * and saying so, once (FAULT_ORPHAN, a file that it removes). The scanning process itself is left
 * alone. Who decodes a JPEG hangs, dies or dawdles as FAULT_DECODER says: hang, kill, or microseconds. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LANDLOCK_CREATE_RULESET 444
#define CLONE3 435
#define SOCK 3

static int helper; /* set where the process confines itself */

int prctl(int option, ...)
{
	int (*next)(int, unsigned long, unsigned long, unsigned long, unsigned long) =
		(int (*)(int, unsigned long, unsigned long, unsigned long, unsigned long))dlsym(
			RTLD_NEXT, "prctl");
	unsigned long a[4];
	va_list ap;

	va_start(ap, option);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(ap, unsigned long);
	va_end(ap);
	if (option == PR_SET_NO_NEW_PRIVS)
		helper = 1;
	return next(option, a[0], a[1], a[2], a[3]);
}

long syscall(long number, ...)
{
	long (*next)(long, long, long, long, long, long, long) =
		(long (*)(long, long, long, long, long, long, long))dlsym(RTLD_NEXT, "syscall");
	const char *lacks = getenv("FAULT_LACKS");
	const char *orphan = getenv("FAULT_ORPHAN");
	long a[6], r;
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (lacks && ((number == LANDLOCK_CREATE_RULESET && strcmp(lacks, "landlock") == 0) ||
		      (number == CLONE3 && strcmp(lacks, "clone3") == 0))) {
		errno = ENOSYS;
		return -1;
	}
	if (number != CLONE3 || !orphan || unlink(orphan) < 0)
		return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	r = next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (r)
		kill(getpid(), SIGKILL);
	usleep(300000); /* while its successor reads */
	return r;
}

static void spin(const char *us)
{
	long ns = us ? atol(us) * 1000 : 0;
	struct timespec a, b;

	if (!ns)
		return;
	clock_gettime(CLOCK_MONOTONIC, &a);
	do
		clock_gettime(CLOCK_MONOTONIC, &b);
	while ((b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec < ns);
}

static void misbehave(const char *what)
{
	static char junk[4096];
	char *p;

	if (strncmp(what, "crash", 5) == 0)
		*(volatile int *)8 = 1;
	if (strncmp(what, "loop", 4) == 0)
		for (volatile int i = 0;; i = i + 1)
			;
	if (strncmp(what, "hog", 3) == 0) {
		while ((p = malloc(1 << 20)))
			memset(p, 1, 1 << 20);
		abort();
	}
	if (strncmp(what, "garbage", 7) == 0) {
		memset(junk, 0x5a, sizeof(junk));
		if (write(SOCK, junk, sizeof(junk)) < 0)
			_exit(9);
	}
}

void *xmlCreateMemoryParserCtxt(const char *p, int size)
{
	static void *(*next)(const char *, int);
	const char *at = size > 0 ? memmem(p, (size_t)size, "FAULT:", 6) : NULL;

	if (!next)
		next = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "xmlCreateMemoryParserCtxt");
	if (helper)
		spin(getenv("FAULT_SPIN"));
	if (at && helper)
		misbehave(at + 6);
	return next(p, size);
}

int jpeg_start_decompress(void *d)
{
	int (*next)(void *) = (int (*)(void *))dlsym(RTLD_NEXT, "jpeg_start_decompress");
	const char *how = getenv("FAULT_DECODER");
	int word = 0;

	if (how && helper && strcmp(how, "kill") == 0)
		raise(SIGKILL);
	while (how && helper && strcmp(how, "hang") == 0)
		syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
	if (helper)
		spin(how);
	return next(d);
}
