/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process beside a mount (lic_mount_options.beside), a child of the mount's supervisor: begun
 * by it, begun again when it ends early, and ended with it.
 *
 * It is forked from a process that never opened a catalog, so that it may open one, and has none of
 * its descriptors. Its working directory is "/".
 */
#ifndef LICENSEFS_MOUNT_BESIDE_H
#define LICENSEFS_MOUNT_BESIDE_H

#include <sys/types.h>

#include <licensefs/mount.h>

#define LIC_BESIDE_AGAIN_MS 100 /* after it ended early; twice as long each time, up to */
#define LIC_BESIDE_AGAIN_MAX_MS 60000
#define LIC_BESIDE_END_MS 1000 /* that it has to end in after SIGTERM */

struct lic_beside {
	const struct lic_mount_options *o;
	const char *mountpoint;
	bool over;	      /* the mount lies over the store */
	pid_t pid;	      /* 0: does not run */
	int report;	      /* what it says; -1: nothing more */
	bool ever_ready;      /* it may be begun again */
	bool told;	      /* it has said this time how it is */
	int64_t begun;	      /* ms; when it was begun last */
	int64_t again;	      /* ms; when it is to be begun again; 0: never */
	int wait;	      /* ms; how long that was put off last */
	struct lic_error why; /* code 0: it works */
};

void lic_beside_init(struct lic_beside *b, const struct lic_mount_options *o, const char *store,
		     const char *mountpoint) _nonnull_all_;
void lic_beside_begin(struct lic_beside *b) _nonnull_all_;
/* Reads what it says (`report` is readable), learns that it has ended (SIGCHLD). True where
 * whether it works (`why`) has changed or is known for the first time. */
bool lic_beside_hear(struct lic_beside *b) _nonnull_all_;
bool lic_beside_reap(struct lic_beside *b) _nonnull_all_;
/* Milliseconds until it is to be begun again, which this does when it is time; -1: never. */
int lic_beside_due(struct lic_beside *b) _nonnull_all_;
/* SIGCHLD must be blocked. */
void lic_beside_end(struct lic_beside *b) _nonnull_all_;

#endif
