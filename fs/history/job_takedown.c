/* SPDX-License-Identifier: Apache-2.0 */
/* Takedowns of what a job could see, and what else has the same images. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/catalog_revoke.h>

#include "fs/history/job.h"
#include "fs/history/job_takedown.h"

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for takedowns");
}

struct adding {
	struct lic_job_report *r;
	const struct lic_job_item *item;
	bool any;
	struct lic_error *err;
};

/* Did the ledger say anything of a generation from this one on, before that time? */
static bool saw(const struct lic_job *job, int64_t generation, int64_t before)
{
	for (size_t i = 0; i < job->n_changes; i++)
		if (job->change[i].generation >= generation && job->change[i].at <= before)
			return true;
	return false;
}

/* Was the job served when it was made? By times, since generations go on between two mounts; those
 * tell apart what lies within one second. */
static bool was_served(const struct lic_job *job, const struct lic_revocation *v, bool *ret_unknown)
{
	const struct lic_ledger_summary *l = &job->ledger;
	const int64_t last = l->last / 1000000000;
	bool unknown = job->failed.code || l->state == LIC_LEDGER_NEVER_BEGAN ||
		       (l->state == LIC_LEDGER_DAMAGED && v->at >= last);

	for (size_t i = 0; i < job->n_servings; i++) {
		const struct lic_job_serving *s = &job->serving[i];
		const struct lic_job_serving *next = i + 1 < job->n_servings ? s + 1 : NULL;
		const int64_t to = s->end ? s->end : next ? next->begin : last;
		const int64_t until = s->end || next ? s->until : job->generation;
		const bool told = s->end || !next || saw(job, v->born, to);

		if (v->born <= s->generation || (next && v->born > next->generation))
			continue;
		if (!next && l->state == LIC_LEDGER_RUNNING)
			return true;
		if (told && (v->at < to || (v->at == to && v->born <= until)))
			return true;
		unknown = unknown || !s->end;
	}
	*ret_unknown = unknown;
	return false;
}

static int make(struct adding *x, const struct lic_revocation *v)
{
	struct lic_job_report *r = x->r;
	const struct lic_job *job = r->job;
	struct lic_job_takedown t = {
		.number = v->number,
		.at = v->at,
		.erased = v->erased,
		.before = v->born <= job->info.born,
		.reason = strdup(v->reason),
	};
	void *more = reallocarray(r->takedown, r->n_takedowns + 1, sizeof(*r->takedown));

	t.during = !t.before && was_served(job, v, &t.unknown);
	if (more)
		r->takedown = more;
	if (!more || !t.reason) {
		free(t.reason);
		return no_memory(x->err);
	}
	r->takedown[r->n_takedowns++] = t;
	return 0;
}

static int add_one(void *ctx, const struct lic_revocation *v, _unused_ enum lic_selector_kind by)
{
	struct adding *x = ctx;
	struct lic_job_report *r = x->r;
	size_t i = 0;
	int rc = 0;

	while (i < r->n_takedowns && r->takedown[i].number != v->number)
		i++;
	x->any = true;
	if (i == LIC_JOB_TAKEDOWNS_MAX)
		return lic_idset_add(&r->more_takedowns, v->number) < 0 ? no_memory(x->err) : 0;
	if (i == r->n_takedowns)
		rc = make(x, v);
	if (rc == 0)
		rc = lic_idset_add(&r->takedown[i].ids, x->item->t->m.e.id);
	if (rc < 0)
		return no_memory(x->err);
	r->takedown[i].images++;
	r->takedown[i].opened += x->item->opened;
	return 0;
}

int lic_job_takedown_add(struct lic_job_report *r, const struct lic_job_item *i,
			 struct lic_error *err)
{
	struct adding x = { .r = r, .item = i, .err = err };
	int rc = 0;

	if (!i->t->m.died)
		rc = lic_catalog_revoked_by(r->job->cat, i->t->m.e.id, add_one, &x, err);
	if (rc == 0 && !x.any)
		r->revoked_unknown++;
	return rc;
}

/* --- what else has them ------------------------------------------------------------------- */

struct finding {
	struct lic_job_report *r;
	struct lic_error *err;
};

static int touch(struct lic_job_takedown *t, const struct lic_job_touched *by, bool opened,
		 struct lic_error *err)
{
	struct lic_job_touched *last = t->n_touched ? &t->touched[t->n_touched - 1] : NULL;

	if (!last || last->is_job != by->is_job || strcmp(last->name, by->name) != 0) {
		void *more = reallocarray(t->touched, t->n_touched + 1, sizeof(*last));

		if (!more)
			return no_memory(err);
		t->touched = more;
		last = &t->touched[t->n_touched];
		*last = *by;
		last->name = strdup(by->name);
		if (!last->name)
			return no_memory(err);
		t->n_touched++;
	}
	last->images++;
	last->opened += opened;
	return 0;
}

static int by_job(void *ctx, const struct lic_job_info *job, int64_t entry, bool opened,
		  bool partly)
{
	const struct lic_job_touched by = { (char *)job->name, true, partly, 0, 0 };
	struct finding *x = ctx;
	int r = 0;

	if (job->number == x->r->job->info.number)
		return 0;
	for (size_t i = 0; r == 0 && i < x->r->n_takedowns; i++)
		if (lic_idset_has(&x->r->takedown[i].ids, entry))
			r = touch(&x->r->takedown[i], &by, opened, x->err);
	return r;
}

static int by_snapshot(void *ctx, const struct lic_snapshot_info *info)
{
	const struct lic_job_touched by = { (char *)info->name, false, false, 0, 0 };
	struct finding *x = ctx;
	struct lic_snapshot *s = NULL;
	int r;

	if (info->died)
		return 0;
	r = lic_snapshot_open(x->r->job->cat, info->name, &s, x->err);
	for (size_t i = 0; r == 0 && i < x->r->n_takedowns; i++) {
		struct lic_job_takedown *t = &x->r->takedown[i];

		for (int64_t id = 0; r == 0 && (id = lic_idset_next(&t->ids, id));) {
			bool has = false;

			r = lic_snapshot_has(s, id, &has, x->err);
			if (r == 0 && has)
				r = touch(t, &by, false, x->err);
		}
	}
	lic_snapshot_close(s);
	return r;
}

static int by_number(const void *a, const void *b)
{
	const struct lic_job_takedown *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

int lic_job_takedowns_finish(struct lic_job_report *r, struct lic_error *err)
{
	_cleanup_(lic_idset_release) struct lic_idset all = LIC_IDSET_INIT;
	_cleanup_(lic_freep) int64_t *ids = NULL;
	struct finding x = { .r = r, .err = err };
	size_t n = 0;
	int rc = 0;

	if (!r->n_takedowns)
		return 0;
	qsort(r->takedown, r->n_takedowns, sizeof(*r->takedown), by_number);
	for (size_t i = 0; rc == 0 && i < r->n_takedowns; i++)
		rc = lic_idset_join(&all, &r->takedown[i].ids);
	ids = rc == 0 ? calloc((size_t)lic_idset_count(&all) + 1, sizeof(*ids)) : NULL;
	if (!ids)
		return no_memory(err);
	for (int64_t id = 0; (id = lic_idset_next(&all, id));)
		ids[n++] = id;
	rc = lic_job_touches(r->job->cat, ids, n, by_job, &x, err);
	return rc < 0 ? rc : lic_catalog_snapshots(r->job->cat, by_snapshot, &x, err);
}

void lic_job_takedowns_release(struct lic_job_report *r)
{
	for (size_t i = 0; i < r->n_takedowns; i++) {
		struct lic_job_takedown *t = &r->takedown[i];

		for (size_t k = 0; k < t->n_touched; k++)
			free(t->touched[k].name);
		free(t->touched);
		free(t->reason);
		lic_idset_release(&t->ids);
	}
	free(r->takedown);
	r->takedown = NULL;
	lic_idset_release(&r->more_takedowns);
	r->n_takedowns = 0;
}
