/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done about a mount whose daemon has died, by a process that still has its connection to
 * the kernel: requests that wait fail, the kernel forgets what it was told, and the mount goes
 * away, unless something would come to light underneath it.
 */
#ifndef LICENSEFS_MOUNT_BURY_H
#define LICENSEFS_MOUNT_BURY_H

#include "fs/mount/underneath.h"

struct lic_grave {
	bool elsewhere;	  /* in a namespace of its own: nothing is to be found at its place */
	int fuse;	  /* duplicate of the daemon's descriptor of /dev/fuse; -1: not mounted */
	int underneath;	  /* lic_underneath_open(); -1: the mount has to stay */
	char *mountpoint; /* canonical */
	struct lic_mount_identity identity;
};

/* Does nothing to a mount that is not the grave's own. Closes the descriptors. */
void lic_bury(struct lic_grave *g) _nonnull_all_;

#endif
