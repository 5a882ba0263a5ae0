/* SPDX-License-Identifier: Apache-2.0 */
/* Takes from a process what it needs to open, connect to or start anything. */
#ifndef LICENSEFS_SCAN_SANDBOX_H
#define LICENSEFS_SCAN_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include <licensefs/macros.h>

/* With sanitizers their runtime must be able to map, to look at itself and to report on stderr. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LIC_SANITIZED 1
#elif defined(__has_feature)
#define LIC_SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define LIC_SANITIZED 0
#endif

/* What holds the process. */
struct lic_sandbox {
	unsigned landlock; /* its version, 0: none */
	bool seccomp;
};

/*
 * For a process of one thread: from here on it can read and write the descriptors that it has, use
 * `memory` bytes beside those that it uses now, and nothing else: it opens no file and no socket,
 * starts no process, signals no other one, dumps no core. It writes to descriptor `out` alone.
 * There is no way back. What the kernel or the build lacks is missing from *ret; everything else
 * holds all the same. Needs /proc for the limit of memory, which is left out without it.
 */
void lic_sandbox_enter(int out, size_t memory, struct lic_sandbox *ret) _nonnull_all_;

/* --- seccomp.c --- */

/* The system calls of lic_sandbox_enter(); 0 or a negative errno, -ENOSYS where it was not built
 * in. */
int lic_seccomp_enter(int out) _must_check_;

#endif
