/* SPDX-License-Identifier: Apache-2.0 */
/* Takedowns in the report of a job. */
#ifndef LICENSEFS_HISTORY_JOB_TAKEDOWN_H
#define LICENSEFS_HISTORY_JOB_TAKEDOWN_H

#include <licensefs/job_report.h>

/* Counts an image that is revoked now, by every revocation in force that matches it. */
int lic_job_takedown_add(struct lic_job_report *r, const struct lic_job_item *i,
			 struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Puts them in order, and finds what else has their images. */
int lic_job_takedowns_finish(struct lic_job_report *r, struct lic_error *err)
	_nonnull_(1) _must_check_;
void lic_job_takedowns_release(struct lic_job_report *r) _nonnull_all_;

#endif
