/* SPDX-License-Identifier: Apache-2.0 */
/* One job: its row, what it could see at first, and its ledger; and which jobs touch images. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/catalog_documents.h>

#include "fs/history/export.h"
#include "fs/history/job.h"
#include "fs/util/io.h"

/* --- opening ------------------------------------------------------------------------------ */

static bool keep_text(struct lic_job *job, const char **p)
{
	if (*p)
		*p = lic_arena_dup(&job->arena, *p, strlen(*p));
	return *p != NULL;
}

static bool keep_bytes(struct lic_job *job, struct lic_bytes *b)
{
	char *copy = lic_arena_dup(&job->arena, b->p ? b->p : (const uint8_t *)"", b->n);

	b->p = (const uint8_t *)copy;
	return copy != NULL;
}

static int load(void *ctx, const struct lic_job_info *j)
{
	struct lic_job *job = ctx;

	job->info = *j;
	job->info.ended_who = NULL;
	return keep_text(job, &job->info.name) && keep_text(job, &job->info.who) &&
			       keep_bytes(job, &job->info.command) &&
			       keep_bytes(job, &job->info.mountpoint)
		       ? 0
		       : -ENOMEM;
}

static int add_members(void *ctx, int64_t part, const uint8_t bits[1024])
{
	struct lic_job *job = ctx;

	return part < 0 || part > job->last_part ? 0
						 : lic_idset_add_part(&job->members, part, bits);
}

/* Ids behind the newest entry are nobody's: a forged ledger must not cost memory. */
static int fill(struct lic_job *job, struct lic_error *err)
{
	int64_t newest = 0;
	int r = lic_catalog_newest_entry(job->cat, &newest, err);

	job->last_part = newest / LIC_IDSET_PART;
	if (r == 0)
		r = lic_snapshot_of_job(job->cat, job->info.number, &job->start, err);
	if (r == 0)
		r = lic_snapshot_parts(job->start, add_members, job, err);
	if (r == 0)
		r = lic_job_read(job, err);
	if (r == -ENOMEM || r == -EINVAL)
		return lic_error_set(err, ENOMEM, "out of memory for a job");
	return r;
}

/* Is the generation that the ledger named last another one now, or none? Then the catalog was put
 * back, and ids may be those of other entries. Of what runs its daemon finds that out. */
static bool is_of_another_past(const struct lic_job *job)
{
	const struct lic_ledger_summary *l = &job->ledger;
	int64_t at;
	int r;

	if (!l->begins || l->state == LIC_LEDGER_RUNNING)
		return false;
	r = lic_catalog_generation_time(job->cat, l->generation, &at, NULL);
	return r == -ENOENT || (r == 0 && at > l->last / 1000000000);
}

#define SILENT (3 * LIC_LEDGER_ALIVE) /* seconds: it is not quiet, but stuck */

static void tell_trouble(struct lic_job *job)
{
	const struct lic_ledger_summary *l = &job->ledger;
	const int64_t silent = (lic_now_ns() - l->last) / 1000000000;
	char *t = job->trouble;
	const size_t n = sizeof(job->trouble);
	char at[32];

	lic_export_date(l->last / 1000000000, at);
	if (job->failed.code)
		snprintf(t, n, "the ledger is not known: %s", job->failed.msg);
	else if (l->state == LIC_LEDGER_NEVER_BEGAN)
		snprintf(t, n,
			 "the job was never served, or its ledger is gone: what it saw and "
			 "opened after the start is not known");
	else if (job->another_past)
		snprintf(t, n,
			 "the catalog, or the clock, was put back to an older state since: what "
			 "the ledger names may be something else by now");
	else if (l->state == LIC_LEDGER_DAMAGED)
		snprintf(t, n,
			 "the ledger is damaged: what it said behind its first %lld bytes "
			 "is not known",
			 (long long)l->bytes);
	else if (l->lost)
		snprintf(t, n, "the ledger is incomplete: %lld openings could not be written",
			 (long long)l->lost);
	else if (l->state == LIC_LEDGER_BROKEN_OFF)
		snprintf(t, n,
			 "the ledger broke off: what came after its last record, of %s, is missing",
			 at);
	else if (!l->complete)
		snprintf(t, n, "the ledger is incomplete");
	else if (l->state == LIC_LEDGER_RUNNING && silent > SILENT)
		snprintf(t, n,
			 "nothing was recorded since %s, though something is every minute: the "
			 "mount is stopped or cannot write ('licensefs status' tells)",
			 at);
}

int lic_job_open(struct lic_catalog *cat, const char *name, struct lic_job **ret,
		 struct lic_error *err)
{
	struct lic_job *job = calloc(1, sizeof(*job));
	int r;

	if (!job)
		return lic_error_set(err, ENOMEM, "out of memory for a job");
	job->cat = cat;
	job->arena = (struct lic_arena)LIC_ARENA_INIT(64u << 20);
	r = lic_catalog_job(cat, name, load, job, err);
	if (r == -ENOMEM)
		r = lic_error_set(err, ENOMEM, "out of memory for a job");
	if (r == 0)
		r = fill(job, err);
	if (r < 0) {
		lic_job_close(job);
		return r;
	}
	job->another_past = is_of_another_past(job);
	job->ledger.complete &= !job->another_past;
	tell_trouble(job);
	*ret = job;
	return 0;
}

void lic_job_close(struct lic_job *job)
{
	if (!job)
		return;
	lic_snapshot_close(job->start);
	lic_job_forget(job);
	free(job->process);
	free(job->program);
	free(job->later);
	free(job->serving);
	free(job->change);
	lic_idset_release(&job->members);
	lic_arena_release(&job->arena);
	free(job);
}

/* --- what it has -------------------------------------------------------------------------- */

const struct lic_job_info *lic_job_info(const struct lic_job *job)
{
	return &job->info;
}

struct lic_catalog *lic_job_catalog(struct lic_job *job)
{
	return job->cat;
}

struct lic_snapshot *lic_job_snapshot(struct lic_job *job)
{
	return job->start;
}

const struct lic_ledger_summary *lic_job_ledger(const struct lic_job *job)
{
	return &job->ledger;
}

const char *lic_job_trouble(const struct lic_job *job)
{
	return *job->trouble ? job->trouble : NULL;
}

bool lic_job_unreadable(const struct lic_job *job)
{
	return job->failed.code != 0;
}

bool lic_job_knows_processes(const struct lic_job *job)
{
	for (size_t i = 0; i < job->n_servings; i++)
		if (strcmp(job->serving[i].mode, "cached") == 0)
			return false;
	return true;
}

const struct lic_idset *lic_job_opened(const struct lic_job *job)
{
	return &job->opened;
}

const struct lic_idset *lic_job_withdrawn(const struct lic_job *job)
{
	return &job->withdrawn;
}

bool lic_job_has_opened(const struct lic_job *job, int64_t entry, int64_t parent)
{
	/* directories are never opened: a parent that was is an archive */
	return lic_idset_has(&job->opened, entry) ||
	       (parent > 0 && lic_idset_has(&job->opened, parent));
}

size_t lic_job_processes(const struct lic_job *job, const struct lic_job_process **ret)
{
	*ret = job->process;
	return job->n_processes;
}

size_t lic_job_programs(const struct lic_job *job, const struct lic_job_process **ret)
{
	*ret = job->program;
	return job->n_programs;
}

size_t lic_job_servings(const struct lic_job *job, const struct lic_job_serving **ret)
{
	*ret = job->serving;
	return job->n_servings;
}

size_t lic_job_changes(const struct lic_job *job, const struct lic_job_change **ret)
{
	*ret = job->change;
	return job->n_changes;
}

/* --- which jobs touch --------------------------------------------------------------------- */

struct names {
	char **item;
	size_t n, cap;
};

static void names_release(struct names *x)
{
	for (size_t i = 0; i < x->n; i++)
		free(x->item[i]);
	free(x->item);
}

static int note_name(void *ctx, const struct lic_job_info *j)
{
	struct names *x = ctx;

	if (j->died)
		return 0;
	if (x->n == x->cap) {
		size_t cap = x->cap ? x->cap * 2 : 16;
		void *p = reallocarray(x->item, cap, sizeof(*x->item));

		if (!p)
			return -ENOMEM;
		x->item = p;
		x->cap = cap;
	}
	x->item[x->n] = strdup(j->name);
	return x->item[x->n++] ? 0 : -ENOMEM;
}

/* Images in archives lie in what was opened for them. */
static int parent_of(void *ctx, const struct lic_then *t)
{
	int64_t *parent = ctx;

	*parent = t->m.e.parent;
	return 0;
}

static int touch(struct lic_job *job, const int64_t *entry, size_t n, lic_job_touch_fn fn,
		 void *ctx, struct lic_error *err)
{
	const bool partly = lic_job_trouble(job) || job->ledger.state == LIC_LEDGER_RUNNING;

	for (size_t i = 0; i < n; i++) {
		int64_t parent = 0;
		int r = 0;

		if (!lic_idset_has(&job->seen, entry[i]))
			continue;
		if (!lic_idset_has(&job->opened, entry[i]) && lic_idset_count(&job->opened))
			r = lic_catalog_was(job->cat, entry[i], 0, parent_of, &parent, err);
		if (r == 0 || r == -ENOENT)
			r = fn(ctx, &job->info, entry[i], lic_job_has_opened(job, entry[i], parent),
			       partly);
		if (r != 0)
			return r;
	}
	return 0;
}

int lic_job_touches(struct lic_catalog *cat, const int64_t *entry, size_t n, lic_job_touch_fn fn,
		    void *ctx, struct lic_error *err)
{
	_cleanup_(names_release) struct names names = { NULL, 0, 0 };
	int r = lic_catalog_jobs(cat, note_name, &names, err);

	if (r == -ENOMEM)
		return lic_error_set(err, ENOMEM, "out of memory for jobs");
	for (size_t i = 0; r == 0 && i < names.n; i++) {
		struct lic_error own = LIC_ERROR_INIT;
		struct lic_job *job = NULL;

		r = lic_job_open(cat, names.item[i], &job, &own);
		if (r == 0)
			r = touch(job, entry, n, fn, ctx, err);
		else if (r == -ENOENT)
			r = 0; /* removed meanwhile */
		else
			r = lic_error_set(err, -r, "%s", own.msg);
		lic_job_close(job);
	}
	return r;
}
