/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs of jobs share. */
#ifndef LICENSEFS_TOOLS_JOB_H
#define LICENSEFS_TOOLS_JOB_H

#include <licensefs/job_report.h>

#include "command.h"

extern const struct command cmd_job_report;
extern const struct command cmd_job_show;

/* Opens one by its name, or says why not: then *ret_status is what to return. */
struct lic_job *job_open(struct lic_catalog *cat, const char *name, int *ret_status) _nonnull_all_;
/* "opened", or "read" where serving files does not show when they are opened. */
const char *job_opened(const struct lic_job *job) _nonnull_all_;
/* "never opened", "never read"; less than never while it runs, or its ledger is not complete. */
const char *job_unopened(const struct lic_job *job) _nonnull_all_;
/* "running", "ended", ..., "unreadable" */
const char *job_state(const struct lic_job *job) _nonnull_all_;
/* How the command of `run` ended; false of a mount, and of what runs. */
bool job_outcome(const struct lic_job *job, struct lic_buf *out) _nonnull_all_;
/* The command, each word quoted; nothing of a mount. */
void job_command(const struct lic_job_info *info, struct lic_buf *out) _nonnull_all_;
/* Path of a program, or what it calls itself; made safe to show. */
void job_program(const struct lic_job_process *p, struct lic_buf *out) _nonnull_all_;
/* Name of a snapshot, also of one that was removed; false where there is none of that number. */
bool job_pinned(struct lic_catalog *cat, int64_t number, struct lic_buf *out) _nonnull_all_;
/* "as-was", "stale", "gone", "revoked", "over" */
const char *job_member_state(enum lic_member_state s) _const_;

/* --- job_show.c --------------------------------------------------------------------------- */

/* The keys that tell what it is and when it ran. */
void job_json_head(struct lic_job *job, struct lic_json *j) _nonnull_all_;
void job_json_processes(struct lic_job *job, struct lic_json *j) _nonnull_all_;
void job_json_changes(struct lic_job *job, struct lic_json *j) _nonnull_all_;
/* What is missing, and then a table with what it is and when it ran. */
void job_print_head(struct lic_job *job) _nonnull_all_;

/* --- job_print.c, job_json.c -------------------------------------------------------------- */

void job_report_print(struct lic_job_report *r) _nonnull_all_;
void job_report_json(struct lic_job_report *r, struct lic_json *j) _nonnull_all_;

/* --- job_list.c --------------------------------------------------------------------------- */

enum job_list {
	JOB_LIST_NONE,
	JOB_LIST_SEEN,
	JOB_LIST_OPENED,
	JOB_LIST_UNOPENED,
	JOB_LIST_EXCLUDED,
	JOB_LIST_WITHDRAWN,
	JOB_LIST_ATTRIBUTION,
};
/* "seen", ... as in --list; JOB_LIST_NONE for what is none. */
enum job_list job_list_find(const char *name) _nonnull_all_;
/* Prints one line for each file; the exit status. */
int job_list_print(struct lic_job *job, enum job_list what, bool json, bool null) _nonnull_all_;

#endif
