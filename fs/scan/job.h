/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file on its way through a helper: opened and judged by stat in the scanning process, read in
 * the helper, looked at once more, and given its verdict.
 *
 *   lic_scan_job_open()  ->  asked and answered  ->  lic_scan_job_answer()  ->  done, or open again
 *                   ->  its helpers died    ->  lic_scan_job_condemn() ->  done
 */
#ifndef LICENSEFS_SCAN_JOB_H
#define LICENSEFS_SCAN_JOB_H

#include "fs/scan/helper.h"
#include "fs/scan/internal.h"

#define LIC_SIDECARS_MAX 48 /* "cat.xmp", "cat.jpg.c2pa", ..., in any letter case */

struct lic_scan_job_sidecar {
	int fd;
	struct lic_stat st;
	const struct lic_item *item;
};

struct lic_scan_job {
	struct lic_item *item;
	const struct lic_scan_dir *dir;
	struct lic_stat walked; /* the item as the walk left it */
	int64_t walked_at;
	int fd; /* -1: not open; of a member, the archive's */
	unsigned n_sidecars;
	struct lic_scan_job_sidecar sidecar[LIC_SIDECARS_MAX];
	bool sidecar_failed;
	bool done, asked;
	unsigned tries;	 /* reads of a file that changed meanwhile */
	unsigned deaths; /* of helpers that were reading it */
	unsigned kills;	 /* of such helpers by somebody else */
};

/* What all jobs of a thread share. */
struct lic_scan_job_context {
	int root;
	struct lic_scan_counters *counters;
	struct lic_batch *batch;
};

void lic_scan_job_init(struct lic_scan_job *j, const struct lic_read *read) _nonnull_all_;
/* Opens the file and its sidecars and takes their stat; what cannot be read is done at once.
 * -EMFILE or -ENFILE where the process has no descriptor left, and nothing is open then. */
int lic_scan_job_open(const struct lic_scan_job_context *c,
		      struct lic_scan_job *j) _nonnull_all_ _must_check_;
unsigned lic_scan_job_fds(const struct lic_scan_job *j) _nonnull_all_;
/* Takes a record of it: it is done, or has changed meanwhile and is open again. -EBADMSG where that
 * is no record, -ENOMEM where the helper had no memory to read it: nothing was taken. */
int lic_scan_job_answer(const struct lic_scan_job_context *c, struct lic_scan_job *j,
			const uint8_t *p, size_t n) _nonnull_all_ _must_check_;
/* Verdict where it could not be read, and never will be as long as it has these bytes; or, where
 * `again`, will be read by the next scan. */
void lic_scan_job_condemn(const struct lic_scan_job_context *c, struct lic_scan_job *j,
			  enum lic_format format, const char *why, bool again) _nonnull_all_;
/* Verdict where it could not even be tried. */
void lic_scan_job_fail(const struct lic_scan_job_context *c, struct lic_scan_job *j) _nonnull_all_;

#endif
