/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is reported of a job, worked out once: text, JSON and HTML say the same numbers.
 *
 * Invariants
 * - Numbers say what is known: what could be seen, what was opened; nobody knows what was used.
 * - Licenses, statuses and the like are those of the moment when an image could first be seen (of
 *   what is excluded: when the job began), credits those that are known now.
 * - Bytes of images are their own sizes, in archives too; an archive is another file. An image in
 *   an archive counts as opened where the archive was.
 * - Images that were erased are counted and never named.
 */
#ifndef LICENSEFS_JOB_REPORT_H
#define LICENSEFS_JOB_REPORT_H

#include <licensefs/census.h>
#include <licensefs/job.h>

struct lic_job_sum {
	int64_t images, bytes;
	int64_t files, file_bytes; /* other files: documents, archives, companions, ... */
};

/* What was opened by processes of one kind, or of one program. */
struct lic_job_share {
	const struct lic_job_process *program; /* NULL: of a kind */
	enum lic_opener kind;
	int64_t processes, opens;
	struct lic_job_sum opened;
};

/* Another job, or a snapshot, that has some of the images of a takedown. */
struct lic_job_touched {
	char *name;
	bool is_job;
	bool partly;		/* of a job: more may have been opened than is known */
	int64_t images, opened; /* opened: of jobs */
};

/* A revocation in force that concerns images which the job could see. */
struct lic_job_takedown {
	int64_t number;
	int64_t at; /* seconds since the epoch */
	char *reason;
	bool erased;
	bool before;  /* in force when the job began: the images came later, or by other bytes */
	bool during;  /* made while the job was served; else not: between two times, or since */
	bool unknown; /* the ledger does not tell whether it was served then */
	int64_t images, opened;
	struct lic_job_touched *touched; /* n_touched of them: jobs by numbers, then snapshots */
	size_t n_touched;
	struct lic_idset ids;
};
#define LIC_JOB_TAKEDOWNS_MAX 4096u /* told one by one */

struct lic_job_report {
	struct lic_job *job;		 /* not owned */
	int64_t now;			 /* seconds since the epoch: states are those of then */
	struct lic_job_sum start, later; /* could see from the start on; since */
	struct lic_job_sum seen;	 /* both */
	struct lic_job_sum opened, unopened;
	struct lic_job_sum withdrawn; /* hidden while it ran, also if only for a while */
	struct lic_job_sum excluded;  /* images of the store when it began that it never saw */
	/* Images that it could see, by what has become of them; and those of them opened. */
	int64_t state[LIC_MEMBER_STATES], state_opened[LIC_MEMBER_STATES];
	int64_t erased, erased_opened; /* images */
	/* Images whose license asks for attribution, and those of them of which the creator is
	 * known. */
	int64_t credit_due, credit_known, opened_credit_due, opened_credit_known;
	/* Tables; LIC_CENSUS_OWN of `of_seen` and `of_opened`: creators, "" where not stated; of
	 * `of_excluded`: why. Of what is excluded those are in `of_honoured`, too, that reserve
	 * something, whatever else keeps them out: its LIC_CENSUS_SIGNAL is what states that. */
	struct lic_census *of_seen, *of_opened, *of_excluded, *of_honoured;
	int64_t honoured_alone; /* images of `of_honoured` that nothing else kept out */
	struct lic_job_share kind[LIC_OPENER_COUNT];
	struct lic_job_share *program; /* n_programs of them, most images first */
	size_t n_programs;
	struct lic_job_takedown *takedown; /* n_takedowns of them, by numbers */
	size_t n_takedowns;
	struct lic_idset more_takedowns; /* numbers of those that are too many */
	int64_t revoked_unknown; /* images that are revoked by it is not known what: their rows
				  * have ended */
	char *pinned;		 /* name of the snapshot it was run on, NULL: of none */
};

/*
 * Works it out, as of `now`. About 2 us an image that it could see, more where images reserve
 * something. `progress` (NULL: nobody asks) is called now and then with the number of files that
 * were looked at, and stops by a negative errno value, which is returned. Release it, also after a
 * failure.
 */
int lic_job_report(struct lic_job *job, int64_t now, int (*progress)(void *ctx, int64_t done),
		   void *ctx, struct lic_job_report *ret, struct lic_error *err)
	_nonnull_(1, 5) _must_check_;
void lic_job_report_release(struct lic_job_report *r) _nonnull_all_;

#endif
