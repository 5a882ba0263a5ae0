/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's side of its supervisor (supervisor.h). */
#ifndef LICENSEFS_MOUNT_SUPERVISE_H
#define LICENSEFS_MOUNT_SUPERVISE_H

#include <pthread.h>
#include <stdatomic.h>

#include <licensefs/mount.h>

struct lic_session;

struct lic_supervisor {
	int link;  /* to it, while pid is set */
	pid_t pid; /* 0: none */
	bool stays;
	_Atomic bool alone;	 /* there is none any more: the daemon's death would not show */
	pthread_mutex_t lock;	 /* protects beside */
	struct lic_error beside; /* code 0: what runs beside works, or nothing does */
};

/* Forks it; the session has its store and its mount point, and nothing else is open yet. */
int lic_supervise_start(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
/* Starts what the options want beside, if anything, and waits until it is ready. Before mounting.
 */
int lic_supervise_beside(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
/* The session is mounted: hands over what is needed to bury it. */
int lic_supervise_mounted(struct lic_session *s, struct lic_error *err) _nonnull_(1) _must_check_;
/* Hears what it has to say; the follower's. True when it has just died: the kernel must forget
 * what it may believe for long, since nobody else will tell it to. */
bool lic_supervise_hear(struct lic_session *s) _nonnull_all_ _must_check_;
/* What does not work beside following, in words; nothing if all does. Thread-safe. */
void lic_supervise_trouble(struct lic_session *s, struct lic_buf *ret) _nonnull_all_;
/* Ends it and what runs beside; the session is unmounted, or never was mounted. */
void lic_supervise_end(struct lic_session *s) _nonnull_all_;

#endif
