/* SPDX-License-Identifier: Apache-2.0 */
/* Counts what is reported of a job. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/catalog_revoke.h>
#include <licensefs/job_report.h>
#include <licensefs/sum.h>

#include "fs/history/export.h"
#include "fs/history/job.h"
#include "fs/history/job_takedown.h"

#define STEP 1024 /* files between two calls of `progress` */

struct reporting {
	struct lic_job_report *r;
	struct lic_job *job;
	struct lic_catalog *cat;
	int (*progress)(void *ctx, int64_t done);
	void *ctx;
	int64_t done;
	struct lic_error *err;
};

static int step(struct reporting *x)
{
	return ++x->done % STEP == 0 && x->progress ? x->progress(x->ctx, x->done) : 0;
}

static void add(struct lic_job_sum *s, const struct lic_then *t)
{
	if (t->m.e.kind == LIC_KIND_IMAGE) {
		s->images++;
		lic_sum_size(&s->bytes, t->m.e.st.size);
	} else {
		s->files++;
		lic_sum_size(&s->file_bytes, t->m.e.st.size);
	}
}

static bool has(const struct lic_idset *s, const struct lic_then *t)
{
	return lic_idset_has(s, t->m.e.id) || (t->in_archive && lic_idset_has(s, t->m.e.parent));
}

/* By programs, and by kinds of them: of a kind each file counts once. */
static void add_openers(struct lic_job_report *r, const struct lic_then *t)
{
	bool by[LIC_OPENER_COUNT] = { false };

	for (size_t i = 0; i < r->n_programs; i++) {
		struct lic_job_share *s = &r->program[i];

		if (!has(&s->program->opened, t))
			continue;
		add(&s->opened, t);
		if (!by[s->kind])
			add(&r->kind[s->kind].opened, t);
		by[s->kind] = true;
	}
}

/* --- images ------------------------------------------------------------------------------- */

static int count_credit(struct reporting *x, const struct lic_job_item *i,
			const struct lic_rights *rights, const struct lic_credit *credit)
{
	struct lic_job_report *r = x->r;
	bool due = (lic_export_obliges(rights) & LIC_OBLIGATION_ATTRIBUTION) != 0, known;
	const char *creator = credit->creator && !i->erased ? credit->creator : "";
	int e;

	known = due && *creator;
	r->credit_due += due;
	r->credit_known += known;
	r->opened_credit_due += due && i->opened;
	r->opened_credit_known += known && i->opened;
	e = lic_census_count(r->of_seen, LIC_CENSUS_OWN, creator, &i->t->m.e, x->err);
	if (e == 0 && i->opened)
		e = lic_census_count(r->of_opened, LIC_CENSUS_OWN, creator, &i->t->m.e, x->err);
	return e;
}

static int count_image(struct reporting *x, const struct lic_job_item *i)
{
	const struct lic_rights *rights = lic_catalog_rights(x->cat, i->t->rights, x->err);
	const struct lic_entry *e = &i->t->m.e;
	_cleanup_(lic_credit_release) struct lic_credit credit = { 0 };
	struct lic_job_report *r = x->r;
	int rc;

	if (!rights)
		return x->err && x->err->code ? -x->err->code : -EIO;
	r->state[i->state]++;
	r->state_opened[i->state] += i->opened;
	r->erased += i->erased;
	r->erased_opened += i->erased && i->opened;
	rc = lic_catalog_credit(x->cat, e->id, &credit, x->err);
	if (rc == 0)
		rc = lic_census_add_credited(r->of_seen, x->cat, e, rights, &credit, x->err);
	if (rc == 0 && i->opened)
		rc = lic_census_add_credited(r->of_opened, x->cat, e, rights, &credit, x->err);
	if (rc == 0)
		rc = count_credit(x, i, rights, &credit);
	if (rc == 0 && i->state == LIC_MEMBER_REVOKED)
		rc = lic_job_takedown_add(r, i, x->err);
	return rc;
}

static int count_item(void *ctx, const struct lic_job_item *i)
{
	struct reporting *x = ctx;
	struct lic_job_report *r = x->r;
	int status = step(x);

	if (status)
		return status;
	add(&r->seen, i->t);
	add(i->at_start ? &r->start : &r->later, i->t);
	add(i->opened ? &r->opened : &r->unopened, i->t);
	if (i->withdrawn)
		add(&r->withdrawn, i->t);
	if (i->opened)
		add_openers(r, i->t);
	return i->t->m.e.kind == LIC_KIND_IMAGE ? count_image(x, i) : 0;
}

static bool reserves(const struct lic_rights *rights)
{
	for (unsigned i = 0; i < rights->n_alternatives; i++)
		if (rights->alternative[i].ml_prohibited)
			return true;
	return rights->reservations != 0;
}

static int count_excluded(void *ctx, const struct lic_job_item *i, const char *why)
{
	struct reporting *x = ctx;
	const struct lic_rights *rights = lic_catalog_rights(x->cat, i->t->rights, x->err);
	struct lic_job_report *r = x->r;
	int rc = step(x);

	if (rc)
		return rc;
	if (!rights)
		return x->err && x->err->code ? -x->err->code : -EIO;
	add(&r->excluded, i->t);
	rc = lic_census_add(r->of_excluded, x->cat, &i->t->m.e, rights, x->err);
	if (rc == 0)
		rc = lic_census_count(r->of_excluded, LIC_CENSUS_OWN, why, &i->t->m.e, x->err);
	if (rc == 0 && reserves(rights)) {
		r->honoured_alone += i->but_for;
		rc = lic_census_add(r->of_honoured, x->cat, &i->t->m.e, rights, x->err);
	}
	return rc;
}

/* --- all of it ---------------------------------------------------------------------------- */

static int prepare(struct reporting *x)
{
	const struct lic_job_process *program;
	struct lic_job_report *r = x->r;

	r->of_seen = lic_census_new();
	r->of_opened = lic_census_new();
	r->of_excluded = lic_census_new();
	r->of_honoured = lic_census_new();
	r->n_programs = lic_job_programs(x->job, &program);
	r->program = calloc(r->n_programs ? r->n_programs : 1, sizeof(*r->program));
	if (!r->of_seen || !r->of_opened || !r->of_excluded || !r->of_honoured || !r->program)
		return lic_error_set(x->err, ENOMEM, "out of memory for a report");
	for (size_t i = 0; i < r->n_programs; i++) {
		r->program[i] = (struct lic_job_share){ .program = &program[i],
							.kind = program[i].kind,
							.processes = program[i].processes,
							.opens = program[i].opens };
		r->kind[program[i].kind].processes += program[i].processes;
		lic_sum_add(&r->kind[program[i].kind].opens, program[i].opens);
	}
	for (int k = 0; k < LIC_OPENER_COUNT; k++)
		r->kind[k].kind = (enum lic_opener)k;
	return 0;
}

static int by_images(const void *a, const void *b)
{
	const struct lic_job_share *x = a, *y = b;

	if (x->opened.images != y->opened.images)
		return x->opened.images < y->opened.images ? 1 : -1;
	if (x->opens != y->opens)
		return x->opens < y->opens ? 1 : -1;
	return (x->program > y->program) - (x->program < y->program);
}

struct pinned {
	int64_t number;
	char **ret;
};

static int name_pinned(void *ctx, const struct lic_snapshot_info *s)
{
	struct pinned *p = ctx;

	if (s->number != p->number)
		return 0;
	*p->ret = strdup(s->name);
	return *p->ret ? 1 : -ENOMEM;
}

int lic_job_report(struct lic_job *job, int64_t now, int (*progress)(void *ctx, int64_t done),
		   void *ctx, struct lic_job_report *ret, struct lic_error *err)
{
	struct reporting x = {
		.r = ret,
		.job = job,
		.cat = lic_job_catalog(job),
		.progress = progress,
		.ctx = ctx,
		.err = err,
	};
	struct pinned pinned = { lic_job_info(job)->pinned, &ret->pinned };
	int r;

	*ret = (struct lic_job_report){ .job = job, .now = now };
	r = prepare(&x);
	if (r == 0 && pinned.number)
		r = lic_catalog_snapshots(x.cat, name_pinned, &pinned, err);
	if (r >= 0)
		r = lic_job_each(job, now, count_item, &x, err);
	if (r == 0)
		r = lic_job_each_excluded(job, now, count_excluded, &x, err);
	if (r == 0)
		r = lic_job_takedowns_finish(ret, err);
	if (r == 0 && ret->n_programs)
		qsort(ret->program, ret->n_programs, sizeof(*ret->program), by_images);
	return r;
}

void lic_job_report_release(struct lic_job_report *r)
{
	lic_census_free(r->of_seen);
	lic_census_free(r->of_opened);
	lic_census_free(r->of_excluded);
	lic_census_free(r->of_honoured);
	free(r->program);
	free(r->pinned);
	lic_job_takedowns_release(r);
	*r = (struct lic_job_report){ .now = 0 };
}
