/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs of what mounts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <licensefs/ledger.h>

#include "command.h"
#include "recorded.h"
#include "who.h"

#define END_MOMENTS 100 /* of 20 ms */

static void close_catalog(struct lic_catalog **cat)
{
	lic_catalog_close(*cat);
}

static int check(const struct lic_mount_options *o, bool run, struct lic_error *err)
{
	if (o->view || o->where || o->snapshot)
		return 0;
	return lic_error_set(err, EINVAL, "a job is of one view: say which, by %s",
			     run ? "--view NAME, --where EXPR or --snapshot NAME"
				 : "view=NAME, where=EXPR or snapshot=NAME");
}

struct known {
	const char *catalog;
	struct lic_buf ledger;
};

static int take_path(void *ctx, const struct lic_job_info *j)
{
	struct known *k = ctx;

	lic_ledger_path(k->catalog, j->number, &k->ledger);
	return 0;
}

/* The daemon may be about to write the end: who unmounts by umount(8) does not wait for it. */
static void wait_for_end(struct lic_catalog *cat, const char *name)
{
	const struct timespec moment = { 0, 20000000 };
	struct known k = { lic_catalog_path(cat), LIC_BUF_INIT(65536) };

	if (lic_catalog_job(cat, name, take_path, &k, NULL) == 0 && !lic_buf_failed(&k.ledger))
		for (int i = 0; i < END_MOMENTS && lic_ledger_runs(lic_buf_str(&k.ledger)); i++)
			nanosleep(&moment, NULL);
	lic_buf_release(&k.ledger);
}

int recorded_begin(struct recorded *r, struct lic_mount_options *o, char *const *argv,
		   struct lic_error *err)
{
	_cleanup_(close_catalog) struct lic_catalog *cat = NULL;
	_cleanup_(lic_freep) char *who = NULL;
	struct lic_job_request q = {
		.name = o->job,
		.how = argv ? LIC_JOB_RUN : LIC_JOB_MOUNT,
		.view = o->view,
		.where = o->where,
		.snapshot = o->snapshot,
		.basis = o->basis,
		.classes = o->classes,
		.argv = argv,
		.mountpoint = argv ? o->store : o->mountpoint,
	};
	int e;

	if (!o->job)
		return 0;
	e = check(o, argv != NULL, err);
	if (e < 0)
		return e;
	who = who_am_i();
	q.who = who;
	e = lic_catalog_open(o->store, o->catalog, LIC_CATALOG_WRITE, &cat, err);
	if (e == -EACCES || e == -EROFS || e == -EPERM) {
		(void)lic_error_prefix(err, "the ledger of a job lies beside the catalog");
		return e;
	}
	if (e == 0)
		wait_for_end(cat, o->job);
	if (e == 0)
		e = lic_job_begin(cat, &q, &r->begun, err);
	if (e < 0)
		return e;
	o->job_number = r->begun.number;
	o->job_generation = r->begun.generation;
	o->job_goes_on = r->begun.goes_on;
	return 0;
}

void recorded_cancel(const struct recorded *r, const struct lic_mount_options *o)
{
	static const struct lic_ledger_visitor nothing;
	_cleanup_(close_catalog) struct lic_catalog *cat = NULL;
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(65536);
	struct lic_ledger_summary sum;

	/* under a view in the store's place it cannot be reached: something was served then */
	if (!r->begun.number || r->begun.goes_on ||
	    lic_catalog_open(o->store, o->catalog, LIC_CATALOG_WRITE, &cat, NULL) < 0)
		return;
	lic_ledger_path(lic_catalog_path(cat), r->begun.number, &path);
	if (!lic_buf_failed(&path) && lic_ledger_read(path.data, &nothing, NULL, &sum, NULL) == 0 &&
	    !sum.begins)
		(void)!lic_job_cancel(cat, &r->begun, NULL);
}
