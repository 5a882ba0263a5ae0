/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watch: keeps the catalog of a store fresh while files come, change, move and go.
 *
 * It listens (fanotify for root, inotify else) before it looks: first a scan of the whole store,
 * then of the directories that the kernel told of, when they have been quiet for a moment or at the
 * latest after LIC_WATCH_LATEST_MS. Where the kernel's queue overflowed, or more directories are to
 * be watched than may be, it scans everything again.
 */
#ifndef LICENSEFS_WATCH_H
#define LICENSEFS_WATCH_H

#include <licensefs/scan.h>

#define LIC_WATCH_QUIET_MS 100
#define LIC_WATCH_LATEST_MS 1000

struct lic_watch_options {
	const char *store, *catalog; /* as lic_scan() */
	unsigned jobs;
	bool existing;	/* the catalog must be there already; else the first scan makes one */
	bool inotify;	/* do not try fanotify */
	unsigned every; /* seconds between scans of everything, beside; 0: none */
	/* It works: everything that comes from now on will be seen. NULL is allowed. */
	void (*ready)(void *ctx);
	/* After each scan: `whole` of the store, else of so many directories. NULL is allowed. */
	void (*scanned)(void *ctx, bool whole, size_t dirs, const struct lic_scan_result *r,
			int64_t ns);
	void (*warn)(void *ctx, const char *line); /* NULL is allowed */
	void *ctx;
	const volatile sig_atomic_t *stop; /* set by a signal handler: end, -EINTR */
};

/* Returns only when it is stopped (-EINTR) or cannot go on: the store is gone or was unmounted, the
 * catalog cannot be written, or it is gone, for a new one would know nothing of what was decided
 * and revoked. A scan that fails for want of space is tried again. The process must have no other
 * thread; signals interrupt it. */
int lic_watch(const struct lic_watch_options *o, struct lic_error *err) _nonnull_(1) _must_check_;

#endif
