/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls that a reader may make: the one door to libseccomp. */
#include <errno.h>
#include <unistd.h>

#include "fs/scan/sandbox.h"

#ifdef HAVE_SECCOMP
#include <seccomp.h>
#include <sys/mman.h>

/* Memory, time, reading what is open, ending. What may come from a library's housekeeping is here;
 * everything else fails with EPERM, so that a library that tries more goes on without. */
static const int plain[] = {
	SCMP_SYS(pread64),
	SCMP_SYS(preadv),
	SCMP_SYS(preadv2),
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(fadvise64),
	SCMP_SYS(fadvise64_64),
	SCMP_SYS(arm_fadvise64_64),
	SCMP_SYS(readahead),
	SCMP_SYS(fstat),
	SCMP_SYS(fstat64),
	SCMP_SYS(recvmsg),
	SCMP_SYS(close),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(brk),
	SCMP_SYS(futex),
	SCMP_SYS(futex_time64),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_getres),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(getrandom),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(sched_yield),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
#if LIC_SANITIZED
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(stat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(write),
	SCMP_SYS(ioctl),
	SCMP_SYS(nanosleep),
	SCMP_SYS(getrlimit),
	SCMP_SYS(prlimit64),
	SCMP_SYS(sched_getaffinity),
#endif
};

/* Calls that may do one thing of many. */
static int add_narrow(scmp_filter_ctx ctx, int out)
{
	const uint32_t allow = SCMP_ACT_ALLOW;
	const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	int r = seccomp_rule_add(ctx, allow, SCMP_SYS(mmap), 1, no_code);

	if (r == 0)
		r = seccomp_rule_add(ctx, allow, SCMP_SYS(mmap2), 1, no_code);
	if (r == 0)
		r = seccomp_rule_add(ctx, allow, SCMP_SYS(mprotect), 1, no_code);
	/* abort() */
	if (r == 0)
		r = seccomp_rule_add(ctx, allow, SCMP_SYS(tgkill), 1,
				     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	if (r == 0 && !LIC_SANITIZED)
		r = seccomp_rule_add(ctx, allow, SCMP_SYS(write), 1,
				     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)out));
	return r;
}

int lic_seccomp_enter(int out)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r;

	if (!ctx)
		return -ENOMEM;
	r = add_narrow(ctx, out);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(plain) && r == 0; i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, plain[i], 0);
	if (r == 0)
		r = seccomp_load(ctx);
	seccomp_release(ctx);
	return r;
}

#else

int lic_seccomp_enter(int out _unused_)
{
	return -ENOSYS;
}

#endif
