/* SPDX-License-Identifier: Apache-2.0 */
/* Landlock, by the kernel's own interface, and the limits that go with it. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fs/scan/sandbox.h"

/* linux/landlock.h of Linux 6.15, where the headers of the system may be older. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif
#define RULESET_VERSION 1u
#define FS_RIGHTS_1 0x1fffu /* execute, read, write, list, make and remove of all types */
#define FS_REFER 0x2000u    /* 2 */
#define FS_TRUNCATE 0x4000u /* 3 */
#define NET_RIGHTS_4 0x3u   /* bind and connect by TCP */
#define FS_IOCTL_DEV 0x8000u
#define SCOPE_6 0x3u /* abstract sockets, signals */

struct ruleset {
	uint64_t fs, net, scoped;
};

#define DESCRIPTORS 300 /* those of a message, and what the process has of its own */

/* Every right that this version of Landlock knows is handled, and none is granted. */
static struct ruleset rules_of(long version)
{
	struct ruleset r = { .fs = FS_RIGHTS_1 };

	if (version >= 2)
		r.fs |= FS_REFER;
	if (version >= 3)
		r.fs |= FS_TRUNCATE;
	if (version >= 4)
		r.net = NET_RIGHTS_4;
	if (version >= 5)
		r.fs |= FS_IOCTL_DEV;
	if (version >= 6)
		r.scoped = SCOPE_6;
#if LIC_SANITIZED
	r.fs &= ~(uint64_t)0xc; /* reports name functions: read files and directories */
#endif
	return r;
}

static unsigned enter_landlock(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, RULESET_VERSION);
	struct ruleset r = rules_of(version);
	/* older kernels take less of it */
	size_t size = version >= 6 ? sizeof(r) : version >= 4 ? 16 : 8;
	long fd;
	bool holds;

	if (version < 1)
		return 0;
	fd = syscall(SYS_landlock_create_ruleset, &r, size, 0);
	if (fd < 0)
		return 0;
	holds = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close((int)fd);
	return holds ? (unsigned)version : 0;
}

static void limit(__rlimit_resource_t what, rlim_t max)
{
	struct rlimit r;

	if (getrlimit(what, &r) < 0 || (r.rlim_max != RLIM_INFINITY && r.rlim_max <= max))
		max = r.rlim_max;
	if (r.rlim_cur != RLIM_INFINITY && r.rlim_cur < max)
		max = r.rlim_cur; /* who set less meant it */
	r = (struct rlimit){ max, max };
	setrlimit(what, &r);
}

/* Address space in use, 0 where /proc does not say. */
static size_t mapped(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (f && fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

#if LIC_SANITIZED
void __sanitizer_set_report_fd(void *fd);

/* It could not open a file for its report any more, and would end as if the image were at fault. */
static void report_on_stderr(void)
{
	__sanitizer_set_report_fd((void *)2);
}
#else
static void report_on_stderr(void)
{
}
#endif

void lic_sandbox_enter(int out, size_t memory, struct lic_sandbox *ret)
{
	size_t used = mapped();

	report_on_stderr();
	/* sanitizers map terabytes */
	if (used && !LIC_SANITIZED)
		limit(RLIMIT_AS, used + memory);
	limit(RLIMIT_NOFILE, DESCRIPTORS);
	if (!LIC_SANITIZED)
		limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NPROC, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	ret->landlock = enter_landlock();
	ret->seccomp = lic_seccomp_enter(out) == 0;
}
