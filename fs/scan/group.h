/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that go to a helper in one message, and what happens when it dies of one of them.
 *
 * A thread drives one helper with up to LIC_FLIGHT groups, asked in order and answered in order:
 * while the helper reads one, the thread opens the next, so that the disk works ahead. When the
 * helper dies, the file that it was reading is the suspect: it is asked for once more, alone, of a
 * fresh helper; every other file without an answer is asked for again as if nothing had happened.
 */
#ifndef LICENSEFS_SCAN_GROUP_H
#define LICENSEFS_SCAN_GROUP_H

#include "fs/scan/job.h"

#define LIC_FLIGHT 2

struct lic_group {
	struct lic_scan_job_context context;
	struct lic_scan_job job[LIC_GROUP_ITEMS];
	unsigned n;	  /* jobs */
	unsigned waiting; /* asked for and not answered */
	bool careful;	  /* one file a message: one of them hides what it is */
	uint32_t serial;  /* of the message that is under way, if any are waiting */
};

/* One thread's helper and groups. */
struct lic_flight {
	struct lic_helper helper;
	struct lic_group *group[LIC_FLIGHT]; /* oldest first; owned by the thread */
	unsigned n;
	uint32_t serial;	 /* of the last message */
	bool broken;		 /* no helper could be had: all fails from here on */
	const atomic_bool *stop; /* becomes true: so does all, at once */
	unsigned lost;		 /* helpers in a row that died before they read anything */
	struct lic_asking asking;
	int fd[LIC_GROUP_FDS];
};

/* Opens the first of `n` files of the batch; returns how many the group took: not more than
 * LIC_GROUP_ITEMS, nor than need `fds` descriptors or so. None where the process has no descriptors
 * left and `may_wait` says that others may be closed first. */
unsigned lic_group_open(struct lic_group *g, const struct lic_scan_job_context *c,
			const struct lic_read *reads, unsigned n, unsigned fds,
			bool may_wait) _nonnull_all_;
/* Adds a group and asks for its files, if the helper can take them now. */
void lic_flight_add(struct lic_flight *f, struct lic_group *g) _nonnull_all_;
/* Brings the oldest group to its end and takes it out: every job is done. Fails where no helper can
 * be started; its jobs are without verdict then. */
int lic_flight_finish(struct lic_flight *f, struct lic_group **ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

#endif
