/* SPDX-License-Identifier: Apache-2.0 */
/* A job with its ledger, from inside. */
#ifndef LICENSEFS_HISTORY_JOB_H
#define LICENSEFS_HISTORY_JOB_H

#include <licensefs/job.h>

/* Entries that could first be seen in a generation. */
struct lic_job_later {
	int64_t generation;
	struct lic_idset set;
};

struct lic_job {
	struct lic_catalog *cat;
	struct lic_arena arena; /* strings */
	struct lic_job_info info;
	struct lic_snapshot *start;
	struct lic_ledger_summary ledger;
	struct lic_error failed; /* the ledger could not be read */
	bool another_past;	 /* the catalog was put back since */
	char trouble[sizeof(struct lic_error) + 128];
	struct lic_idset members, seen, opened, withdrawn;
	struct lic_idset untold;     /* opened, and not yet told to be shown */
	struct lic_job_later *later; /* n_later of them, by generations */
	size_t n_later, cap_later;
	struct lic_job_process *process, *program;
	size_t n_processes, cap_processes, n_programs, cap_programs;
	struct lic_job_serving *serving;
	size_t n_servings, cap_servings;
	struct lic_job_change *change;
	size_t n_changes, cap_changes;
	int64_t command, started; /* of a command: process id, start time; 0: not told */
	size_t parts;		  /* of sets of single processes */
	int64_t last_part;	  /* of the catalog; what lies behind it is none */
	int64_t generation;	  /* that the ledger named last */
};

/* What its ledger says, added to the job (job_ledger.c). */
int lic_job_read(struct lic_job *job, struct lic_error *err) _nonnull_(1) _must_check_;
/* Takes back what was added. */
void lic_job_forget(struct lic_job *job) _nonnull_all_;

#endif
