/* SPDX-License-Identifier: Apache-2.0 */
/* Making a snapshot of what a view shows. */
#include <errno.h>

#include "fs/history/shown.h"

#define TRIES 16  /* while files come that were not read */
#define STEP 1024 /* entries between two looks at whether to go on */

int lic_begin_fresh(struct lic_catalog *cat, const char *verb, struct lic_txn **ret,
		    struct lic_error *err)
{
	for (int i = 0; i < TRIES; i++) {
		int r = lic_catalog_begin(cat, verb, ret, err);

		if (r < 0 || lic_txn_is_fresh(*ret))
			return r;
		r = lic_catalog_commit(*ret, err);
		if (r < 0)
			return r;
	}
	return lic_error_set(err, EBUSY, "decisions go on ending; try again");
}

/* Names and text of the view as it was asked for. */
static void describe(struct lic_snapshot_info *info, const struct lic_snapshot_request *q,
		     const struct lic_view *view)
{
	*info = (struct lic_snapshot_info){
		.name = q->name,
		.view = q->view ? lic_view_name(view) : "",
		.expr = lic_view_expr(view),
		.basis = lic_view_basis(view),
		.classes = (int)q->classes,
		.sha256 = q->sha256,
		.who = q->who,
	};
}

struct making {
	struct lic_shown shown;
	const struct lic_snapshot_request *q;
	struct lic_snapshot_progress progress;
	int stopped; /* what it said; 0: go on */
};

static int keep(void *ctx, const struct lic_then *t)
{
	struct making *m = ctx;

	if (++m->progress.done % STEP == 0 && m->q->progress)
		m->stopped = m->q->progress(m->q->ctx, &m->progress);
	return m->stopped ? -ECANCELED : lic_shown_keep(&m->shown, t);
}

static int make(struct lic_catalog *cat, const struct lic_snapshot_request *q,
		struct lic_snapshot_info *info, int64_t *ret_missing, struct lic_error *err)
{
	struct making m = { .q = q };
	struct lic_txn *txn = NULL;
	int r = lic_begin_fresh(cat, "snapshot create", &txn, err);

	if (r < 0)
		return r;
	r = lic_shown_init(&m.shown, cat, q->view, q->where, q->basis, q->classes, err);
	if (r == 0) {
		describe(info, q, m.shown.view);
		r = lic_snapshot_make(txn, info, keep, &m, ret_missing, err);
		/* owned by the view */
		info->view = info->expr = info->basis = NULL;
	}
	lic_shown_release(&m.shown);
	if (r < 0) {
		lic_catalog_abort(txn);
		return m.stopped ? m.stopped : r;
	}
	return lic_catalog_commit(txn, err);
}

int lic_snapshot_create(struct lic_catalog *cat, const char *store,
			const struct lic_snapshot_request *q, struct lic_snapshot_info *ret,
			struct lic_error *err)
{
	struct lic_snapshot_info info;
	int64_t missing = 0;
	int r = -ENODATA;

	for (int i = 0; r == -ENODATA && i < TRIES; i++) {
		r = q->sha256 ? lic_contents_fill(cat, store, q, err) : 0;
		if (r == 0)
			r = make(cat, q, &info, &missing, err);
	}
	if (r == -ENODATA)
		return lic_error_set(err, EBUSY,
				     "files go on coming while they are read (entry %lld); stop "
				     "what writes into the store, and try again",
				     (long long)missing);
	if (r == 0)
		*ret = info;
	return r;
}
