/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that a job could see, and the images that it could not, one after another. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/catalog_revoke.h>

#include "fs/catalog/map.h"
#include "fs/history/job.h"

#define FEW 4096 /* entries that are looked up one by one rather than by a walk over all */

struct walking {
	struct lic_job *job;
	int64_t now;
	const struct lic_idset *of;
	struct lic_idset visited; /* of them, by a walk */
	bool at_start;
	lic_job_fn fn;
	void *ctx;
	struct lic_error *err;
};

static int note_erased(void *ctx, const struct lic_revocation *r, _unused_ enum lic_selector_kind k)
{
	bool *erased = ctx;

	*erased = *erased || r->erased;
	return 0;
}

/* Of a row that has ended it is not known by which revocation: nothing is said of it. */
static int find_state(struct lic_job *job, int64_t now, struct lic_job_item *i,
		      struct lic_error *err)
{
	int r = lic_then_state(job->cat, i->t, now, &i->state, err);

	if (r < 0 || i->state != LIC_MEMBER_REVOKED)
		return r;
	i->erased = i->t->m.died != 0;
	if (!i->erased && i->t->m.e.kind == LIC_KIND_IMAGE)
		r = lic_catalog_revoked_by(job->cat, i->t->m.e.id, note_erased, &i->erased, err);
	return r < 0 ? r : 0;
}

static int visit(struct walking *x, const struct lic_then *t)
{
	struct lic_job *job = x->job;
	struct lic_job_item i = {
		.t = t,
		.at_start = x->at_start,
		.opened = lic_job_has_opened(job, t->m.e.id, t->in_archive ? t->m.e.parent : 0),
		.withdrawn = lic_idset_has(&job->withdrawn, t->m.e.id),
	};
	int r;

	if (t->m.e.kind == LIC_KIND_DIR)
		return 0;
	r = find_state(job, x->now, &i, x->err);
	return r < 0 ? r : x->fn(x->ctx, &i);
}

static int visit_member(void *ctx, const struct lic_then *t)
{
	return visit(ctx, t);
}

/* Looks below everything: what was shown may lie below what was not recorded as shown. */
static int visit_some(void *ctx, const struct lic_then *t)
{
	struct walking *x = ctx;
	int r;

	if (!lic_idset_has(x->of, t->m.e.id))
		return 1;
	r = lic_idset_add(&x->visited, t->m.e.id);
	if (r < 0)
		return lic_error_set(x->err, ENOMEM, "out of memory for a job");
	r = visit(x, t);
	return r == 0 ? 1 : r;
}

static int note_end(void *ctx, const struct lic_then *t)
{
	*(int64_t *)ctx = t->m.died;
	return 0;
}

/* What was told may have ended by the generation that the ledger knew of, or have come after it:
 * it is as it was last, for of its first state it is not known that anybody saw it. */
static int visit_one(struct walking *x, int64_t id, int64_t generation)
{
	struct lic_catalog *cat = x->job->cat;
	int r = lic_catalog_was(cat, id, generation, visit_member, x, x->err);
	int64_t end = 0, last;

	if (r != -ENOENT || !generation)
		return r == -ENOENT ? 0 : r;
	r = lic_catalog_was(cat, id, 0, note_end, &end, x->err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	last = end ? end - 1 : lic_catalog_generation(cat);
	r = last < 0 ? (int)last : lic_catalog_was(cat, id, last, visit_member, x, x->err);
	return r == -ENOENT ? lic_catalog_was(cat, id, 0, visit_member, x, x->err) : r;
}

/* Of many a walk finds those that lived in the generation. */
static int visit_later(struct walking *x, const struct lic_job_later *l)
{
	int64_t id = 0;
	int r = 0;

	x->of = &l->set;
	lic_idset_release(&x->visited);
	if (lic_idset_count(&l->set) > FEW)
		r = lic_catalog_then(x->job->cat, l->generation, visit_some, x, x->err);
	while (r == 0 && (id = lic_idset_next(&l->set, id)))
		if (!lic_idset_has(&x->visited, id))
			r = visit_one(x, id, l->generation);
	return r;
}

int lic_job_each(struct lic_job *job, int64_t now, lic_job_fn fn, void *ctx, struct lic_error *err)
{
	struct walking x = {
		.job = job, .now = now, .at_start = true, .fn = fn, .ctx = ctx, .err = err
	};
	int r = lic_snapshot_each(job->start, visit_member, &x, err);

	x.at_start = false;
	for (size_t i = 0; r == 0 && i < job->n_later; i++)
		r = visit_later(&x, &job->later[i]);
	lic_idset_release(&x.visited);
	return r;
}

/* --- what it could not see ---------------------------------------------------------------- */

struct excluding {
	struct lic_job *job;
	int64_t now;
	struct lic_view *view; /* of then; NULL: it means nothing any more */
	struct lic_map known;  /* rights -> place in `why`, plus 1 */
	struct known_reason {
		char *text;
		bool but_for;
	} * why;
	size_t n, cap;
	struct lic_buf text;
	bool but_for; /* as `text`: of the image that was asked about last */
	int (*fn)(void *ctx, const struct lic_job_item *i, const char *why);
	void *ctx;
	struct lic_error *err;
};

static void excluding_end(struct excluding *x)
{
	for (size_t i = 0; i < x->n; i++)
		free(x->why[i].text);
	free(x->why);
	lic_map_release(&x->known);
	lic_view_free(x->view);
	lic_buf_release(&x->text);
}

static int no_memory(struct excluding *x)
{
	return lic_error_set(x->err, ENOMEM, "out of memory for reasons");
}

/* Would the view show it if nothing were reserved? */
static bool is_shown_without(const struct excluding *x, const struct lic_rights *rights,
			     const struct lic_asset *asset)
{
	struct lic_rights free_of = *rights;
	bool any = rights->reservations != 0;

	for (unsigned i = 0; i < free_of.n_alternatives; i++) {
		any = any || free_of.alternative[i].ml_prohibited;
		free_of.alternative[i].ml_prohibited = 0;
	}
	free_of.reservations = 0;
	return any && lic_view_match(x->view, &free_of, asset, x->job->info.at) == LIC_ALLOWED;
}

/* What the view of then missed in the rights of then. */
static int ask_view(struct excluding *x, const struct lic_then *t, const struct lic_rights *rights)
{
	_cleanup_(lic_memberships_release) struct lic_memberships in = { 0 };
	_cleanup_(lic_credit_release) struct lic_credit credit = { 0 };
	struct lic_asset asset = { .path = t->path, .credit = &credit };
	const char *s;
	int r = 0;

	if (lic_view_needs_asset(x->view)) {
		r = lic_catalog_credit(x->job->cat, t->m.e.id, &credit, x->err);
		if (r == 0 && !t->m.died)
			r = lic_memberships_load(x->job->cat, t->m.e.id, &in, x->err);
		asset.membership = in.item;
		asset.n_memberships = in.n;
	}
	if (r < 0)
		return r;
	lic_view_why(x->view, rights, &asset, x->job->info.at, &x->text);
	s = lic_buf_str(&x->text);
	if (strncmp(s, "out: ", 5) != 0) {
		lic_buf_reset(&x->text);
		lic_buf_adds(&x->text, x->job->info.pinned
					       ? "not in the snapshot, or no longer as it was there"
					       : "not shown by the view when the job began");
		return 0;
	}
	x->but_for = is_shown_without(x, rights, &asset);
	memmove(x->text.data, x->text.data + 5, x->text.len - 5);
	lic_buf_truncate(&x->text, x->text.len - 5);
	return 0;
}

static int reason(struct excluding *x, const struct lic_then *t, const struct lic_rights *rights)
{
	lic_buf_reset(&x->text);
	x->but_for = false;
	if (x->view)
		return ask_view(x, t, rights);
	if (rights->status != LIC_STATUS_CLEAR)
		lic_buf_addf(&x->text, "status is %s", lic_status_name(rights->status));
	else
		lic_buf_adds(&x->text, "not shown by the view when the job began");
	return 0;
}

/* Where the view looks at rights alone one answer holds for all that have them. */
static int why_not(struct excluding *x, const struct lic_then *t, const char **ret)
{
	const struct lic_rights *rights = lic_catalog_rights(x->job->cat, t->rights, x->err);
	bool once = !x->view || !lic_view_needs_asset(x->view);
	int64_t *place = once ? lic_map_at(&x->known, t->rights, 0) : NULL;
	int r;

	if (!rights)
		return x->err && x->err->code ? -x->err->code : -EIO;
	if (once && !place)
		return no_memory(x);
	if (once && *place) {
		*ret = x->why[*place - 1].text;
		x->but_for = x->why[*place - 1].but_for;
		return 0;
	}
	r = reason(x, t, rights);
	*ret = lic_buf_str(&x->text);
	if (r < 0 || !once)
		return r;
	if (x->n == x->cap) {
		size_t cap = x->cap ? x->cap * 2 : 64;
		void *p = reallocarray(x->why, cap, sizeof(*x->why));

		if (!p)
			return no_memory(x);
		x->why = p;
		x->cap = cap;
	}
	x->why[x->n] = (struct known_reason){ strdup(*ret), x->but_for };
	if (!x->why[x->n].text)
		return no_memory(x);
	*place = (int64_t)++x->n;
	return 0;
}

static int look(void *ctx, const struct lic_then *t)
{
	struct excluding *x = ctx;
	struct lic_job_item i = { .t = t };
	const char *why = NULL;
	int r;

	if (t->m.e.kind != LIC_KIND_IMAGE || lic_idset_has(&x->job->seen, t->m.e.id))
		return 1;
	r = find_state(x->job, x->now, &i, x->err);
	if (r == 0)
		r = why_not(x, t, &why);
	i.but_for = x->but_for;
	if (r == 0)
		r = x->fn(x->ctx, &i, why);
	return r == 0 ? 1 : r;
}

int lic_job_each_excluded(struct lic_job *job, int64_t now,
			  int (*fn)(void *ctx, const struct lic_job_item *i, const char *why),
			  void *ctx, struct lic_error *err)
{
	_cleanup_(excluding_end) struct excluding x = {
		.job = job,
		.now = now,
		.text = LIC_BUF_INIT(65536),
		.fn = fn,
		.ctx = ctx,
		.err = err,
	};
	const struct lic_snapshot_info *s = lic_snapshot_info(job->start);
	int64_t number;

	if (lic_view_by_expr(job->cat, s->expr, s->basis, 0, &x.view, &number, NULL) < 0)
		x.view = NULL;
	return lic_catalog_then(job->cat, job->info.born, look, &x, err);
}
