/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mount that its daemon does not make: another process does, in a mount namespace where the
 * daemon is not, and hands over what the daemon needs. The mount lies over the store there, and
 * lasts until a certain process ends.
 */
#ifndef LICENSEFS_MOUNT_ELSEWHERE_H
#define LICENSEFS_MOUNT_ELSEWHERE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <licensefs/mount.h>

struct lic_elsewhere {
	/* Called in the process that waits for the daemon, once all is ready but the mount: makes
	 * it, and sends what lic_handover_send() takes. */
	int (*mount)(void *ctx, int link, struct lic_error *err);
	void *ctx;
	bool writes; /* an overlay will lie above */
};

/* What the daemon gets. */
struct lic_handover {
	int fuse;    /* descriptor of /dev/fuse, opened in the mount's user namespace */
	int root;    /* O_PATH descriptor of the mount's root */
	int command; /* pidfd of the process with which the mount ends */
	pid_t pid;   /* of it */
	/* Socket to whoever made the mount: ends when it has become the command; where that cannot
	 * be an int says why, an errno value, and it waits for the end of the socket. */
	int link;
};
#define LIC_HANDOVER_INIT                                                                          \
	{                                                                                          \
		.fuse = -1, .root = -1, .command = -1, .link = -1                                  \
	}

bool lic_handover_send(int link, const struct lic_handover *h) _nonnull_all_ _must_check_;
/* Waits; *ret has the link, too. -EPIPE where the other side gave up. */
int lic_handover_receive(int link, struct lic_handover *ret) _nonnull_all_ _must_check_;

/* As lic_mount() in the background: returns in the calling process when the mount is served. Where
 * `e` is not NULL the daemon is no child of it, so that it may become another program. */
int lic_mount_elsewhere(const struct lic_mount_options *o, const struct lic_elsewhere *e,
			struct lic_error *err) _nonnull_(1) _must_check_;

/* --- attributes ----------------------------------------------------------------------------- */

/* A user namespace knows one user and one group. What belongs to others, or is open to the user by
 * another group, is shown as the user's own, with what the store's mode gives to that user. */
struct lic_caller {
	uid_t uid;
	gid_t gid;
	bool writes;  /* the owner's write bits are shown: an overlay above asks for them */
	gid_t *group; /* further groups */
	int n;
};
/* NULL where the user is root, or out of memory. */
struct lic_caller *lic_caller_new(bool writes) _must_check_;
void lic_caller_free(struct lic_caller *c);
void lic_caller_attr(const struct lic_caller *c, struct stat *st) _nonnull_all_;

#endif
