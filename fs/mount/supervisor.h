/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervisor: the process that outlives the daemon of a mount, and the messages between both.
 *
 * Forked before the daemon opens the catalog or starts a thread. It has a session of its own, none
 * of the caller's descriptors, and waits; it knows that the daemon is dead by the end of the
 * socket, and by the parent-death signal of the thread that forked it, which comes even if another
 * thread cannot end. It is no process id that it looks at, so none can be taken for another.
 */
#ifndef LICENSEFS_MOUNT_SUPERVISOR_H
#define LICENSEFS_MOUNT_SUPERVISOR_H

#include "fs/mount/bury.h"
#include "fs/mount/session.h"

enum lic_word {
	/* the daemon's */
	LIC_WORD_BESIDE = 'b',	/* start what runs beside */
	LIC_WORD_MOUNTED = 'm', /* with the descriptor of /dev/fuse */
	LIC_WORD_COMMAND = 'c', /* the same, with the one of the command that it is for */
	LIC_WORD_END = 'e',	/* unmounted, or never mounted */
	/* the supervisor's */
	LIC_WORD_READY = 'r', /* it waits; `stays` */
	LIC_WORD_TOLD = 't',  /* whether what runs beside works */
};

/* One datagram. */
struct lic_message {
	enum lic_word word;
	bool stays;	      /* the mount may not be taken away: something would come to light */
	struct lic_error err; /* code 0: all is well */
	struct lic_mount_identity identity;
};

/* `fd` -1: none goes with it. Never blocks, never raises SIGPIPE. False if nobody listens. */
bool lic_message_send(int link, const struct lic_message *m, int fd) _nonnull_all_ _must_check_;
/* 1, 0 at the end, -EAGAIN if nothing is there and not `wait`, or another negative errno. *ret_fd
 * is -1 where none came; it may be NULL where none is expected. */
int lic_message_receive(int link, bool wait, struct lic_message *ret, int *ret_fd)
	_nonnull_(3) _must_check_;

/* Moves the descriptors to 3 and up, and closes every other but 0, 1 and 2. */
void lic_supervisor_keep_only(int *fds, int n) _nonnull_all_;
/* Is the process; `daemon` forked it. */
void lic_supervisor_main(const struct lic_session *s, int link, pid_t daemon) _nonnull_all_
	__attribute__((noreturn));

#endif
