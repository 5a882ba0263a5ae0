/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a job as a page. */
#ifndef LICENSEFS_TOOLS_JOB_PAGE_H
#define LICENSEFS_TOOLS_JOB_PAGE_H

#include "gallery.h"
#include "job.h"
#include "makers.h"

/* Images that are credited one by one. */
#define JOB_PAGE_CREDITS_MAX 500u

struct job_page {
	struct page p;
	struct lic_job_report *r;
	const struct makers *makers; /* of the store */
	struct lic_catalog *cat;
	struct lic_policy policy;
	struct views views;
	struct sample sample;		      /* of what was opened, by licenses of then */
	struct gallery gallery;		      /* pictures NULL: none */
	struct lic_buf credits;		      /* rows of the attribution */
	int64_t credited, more;		      /* rows in it, and those that did not fit */
	int64_t credit[JOB_PAGE_CREDITS_MAX]; /* the images of the rows */
};

/* Writes the report to FILE (NULL: standard output), whole or not at all. `each` pictures of every
 * license, of images that views show now; `pictures` NULL: none. */
int job_page_write(struct lic_job_report *r, const struct makers *makers,
		   struct lic_pictures *pictures, size_t each, const char *file,
		   struct lic_error *err) _nonnull_(1, 2) _must_check_;

/* --- job_page_parts.c: sections that only say what the report has --------------------------- */

void job_page_head(struct job_page *x) _nonnull_all_;
void job_page_opened(struct job_page *x) _nonnull_all_;
void job_page_time(struct job_page *x) _nonnull_all_;
void job_page_states(struct job_page *x) _nonnull_all_;
void job_page_takedowns(struct job_page *x) _nonnull_all_;
void job_page_programs(struct job_page *x) _nonnull_all_;

#endif
