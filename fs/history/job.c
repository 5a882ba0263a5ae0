/* SPDX-License-Identifier: Apache-2.0 */
/* Beginning jobs, taking them back, and ending them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/job.h>

#include "fs/history/shown.h"

#define BEGINNING 60 /* seconds that a job without a ledger is left to begin */
#define MOMENTS 100  /* of 20 ms */

/* --- ledgers ------------------------------------------------------------------------------ */

static int ledger_path(struct lic_catalog *cat, int64_t number, struct lic_buf *out,
		       struct lic_error *err)
{
	lic_ledger_path(lic_catalog_path(cat), number, out);
	return lic_buf_failed(out) ? lic_error_set(err, ENOMEM, "out of memory for a job") : 0;
}

enum ledger_is { NOT_THERE, AT_REST, RUNNING };

static int look_at_ledger(struct lic_catalog *cat, int64_t number, enum ledger_is *ret,
			  struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(65536);
	int r = ledger_path(cat, number, &path, err);

	if (r < 0)
		return r;
	if (access(lic_buf_str(&path), F_OK) == 0)
		*ret = lic_ledger_runs(lic_buf_str(&path)) ? RUNNING : AT_REST;
	else if (errno == ENOENT)
		*ret = NOT_THERE;
	else
		return lic_error_sys(err, errno, "cannot look at ledger '%s'", lic_buf_str(&path));
	return 0;
}

/* --- what it could see -------------------------------------------------------------------- */

struct start {
	struct lic_shown shown; /* of a view */
	struct lic_filter *of;	/* of a snapshot */
	struct lic_snapshot_info info;
	int64_t pinned;
	struct lic_error *err;
};

static void start_release(struct start *s)
{
	lic_shown_release(&s->shown);
	lic_filter_free(s->of);
}

static int start_init(struct start *s, struct lic_catalog *cat, const struct lic_job_request *q,
		      struct lic_error *err)
{
	int r;

	*s = (struct start){ .err = err };
	if (q->snapshot && !q->view && !q->where) {
		r = lic_filter_of_snapshot(cat, q->snapshot, &s->of, err);
		if (r < 0)
			return r;
		s->info = *lic_snapshot_info(lic_filter_snapshot(s->of));
		s->pinned = s->info.number;
		return 0;
	}
	r = lic_shown_init(&s->shown, cat, q->view, q->where, q->basis, q->classes, err);
	if (r < 0)
		return r;
	s->info = (struct lic_snapshot_info){
		.view = q->view ? lic_view_name(s->shown.view) : "",
		.expr = lic_view_expr(s->shown.view),
		.basis = lic_view_basis(s->shown.view),
		.classes = (int)q->classes,
	};
	return 0;
}

/* Of a snapshot what is there as it was: what can only be listed is not seen. */
static int keep(void *ctx, const struct lic_then *t)
{
	struct start *s = ctx;
	enum lic_sight sight = LIC_SIGHT_NONE;
	bool member;
	int r;

	if (!s->of)
		return lic_shown_keep(&s->shown, t);
	r = lic_snapshot_has(lic_filter_snapshot(s->of), t->m.e.id, &member, s->err);
	if (r == 0 && member)
		r = lic_filter_sight(s->of, &t->m, &sight, s->err);
	return r < 0 ? r : sight == LIC_SIGHT_WHOLE;
}

/* --- going on ----------------------------------------------------------------------------- */

struct present {
	struct lic_job_info info; /* without strings */
	bool any;
};

static int note(void *ctx, const struct lic_job_info *j)
{
	struct present *p = ctx;

	p->info = *j;
	p->info.name = p->info.who = p->info.ended_who = NULL;
	p->info.command = p->info.mountpoint = (struct lic_bytes){ NULL, 0 };
	p->any = true;
	return 0;
}

static int find(struct lic_catalog *cat, const char *name, struct present *ret,
		struct lic_error *err)
{
	struct lic_error own = LIC_ERROR_INIT;
	int r;

	*ret = (struct present){ .any = false };
	r = lic_catalog_job(cat, name, note, ret, &own);
	if (r == -ENOENT)
		return 0;
	return r < 0 ? lic_error_set(err, -r, "%s", own.msg) : 0;
}

/* A job whose ledger is not there yet. */
static bool is_beginning(const struct present *p)
{
	return llabs((long long)time(NULL) - (long long)p->info.at) < BEGINNING;
}

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Why a job that is there cannot be gone on with; NULL: it can. */
static const char *obstacle(const struct present *p, const struct lic_snapshot_info *was,
			    const struct start *s, const struct lic_job_request *q)
{
	if (p->info.how != LIC_JOB_MOUNT || q->how != LIC_JOB_MOUNT)
		return "only a mount goes on in the job of a mount";
	if (p->info.pinned != s->pinned)
		return "it was of another snapshot, or of none";
	if (!same(was->view, s->info.view) || !same(was->expr, s->info.expr) ||
	    !same(was->basis, s->info.basis) || was->classes != s->info.classes)
		return "it was of another view";
	return NULL;
}

static int go_on(struct lic_catalog *cat, const struct present *p, const struct lic_job_request *q,
		 struct lic_job_begun *ret, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf shown = LIC_BUF_INIT(8192);
	_cleanup_(start_release) struct start s = { .err = err };
	struct lic_snapshot *was = NULL;
	const char *why = NULL;
	int r = start_init(&s, cat, q, err);

	if (r == 0)
		r = lic_snapshot_of_job(cat, p->info.number, &was, err);
	if (r == 0)
		why = obstacle(p, lic_snapshot_info(was), &s, q);
	if (r == 0 && why) {
		lic_text_show(&shown, q->name, strlen(q->name));
		r = lic_error_set(err, EEXIST,
				  "there is a job '%s' already, and %s; take another name, or "
				  "'job rm' it",
				  lic_buf_str(&shown), why);
	}
	if (r == 0)
		*ret = (struct lic_job_begun){ .number = p->info.number,
					       .generation = p->info.born,
					       .images = lic_snapshot_info(was)->images,
					       .goes_on = true };
	lic_snapshot_close(was);
	return r;
}

/* --- beginning ---------------------------------------------------------------------------- */

static int words(char *const *argv, struct lic_buf *out, struct lic_error *err)
{
	for (size_t i = 0; argv && argv[i]; i++) {
		size_t n = strlen(argv[i]) + 1, left = LIC_JOB_COMMAND_MAX - out->len;

		lic_buf_add(out, argv[i], n < left ? n : left);
		if (n >= left)
			break;
	}
	if (out->len && out->data[out->len - 1])
		out->data[out->len - 1] = 0;
	return lic_buf_failed(out) ? lic_error_set(err, ENOMEM, "out of memory for a job") : 0;
}

/* The ledger of another catalog that lay here, such as one that was made anew: it is put aside, as
 * whoever keeps its digest may want it. */
static int clear_place(struct lic_catalog *cat, int64_t number, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(65536);
	int r = ledger_path(cat, number, &path, err);

	if (r < 0 || access(lic_buf_str(&path), F_OK) < 0)
		return r;
	return lic_ledger_put_aside(lic_buf_str(&path), err);
}

static int make(struct lic_catalog *cat, const struct lic_job_request *q, int64_t replaces,
		struct lic_job_begun *ret, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf command = LIC_BUF_INIT(LIC_JOB_COMMAND_MAX);
	_cleanup_(start_release) struct start s = { .err = err };
	struct lic_job_info job = { .name = q->name, .how = q->how, .who = q->who };
	struct lic_txn *txn = NULL;
	int r = words(q->argv, &command, err);

	if (r == 0)
		r = lic_begin_fresh(cat, "job begin", &txn, err);
	if (r < 0)
		return r;
	r = start_init(&s, cat, q, err);
	job.command = (struct lic_bytes){ command.len ? (const uint8_t *)command.data : NULL,
					  command.len };
	if (q->mountpoint)
		job.mountpoint =
			(struct lic_bytes){ (const uint8_t *)q->mountpoint, strlen(q->mountpoint) };
	job.pinned = s.pinned;
	if (r == 0)
		r = lic_job_make(txn, &job, &s.info, replaces, keep, &s, err);
	if (r == 0)
		r = clear_place(cat, job.number, err);
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	*ret = (struct lic_job_begun){ .number = job.number,
				       .generation = job.born,
				       .images = s.info.images };
	return lic_catalog_commit(txn, err);
}

int lic_job_begin(struct lic_catalog *cat, const struct lic_job_request *q,
		  struct lic_job_begun *ret, struct lic_error *err)
{
	enum ledger_is ledger = NOT_THERE;
	struct present p;
	int r = find(cat, q->name, &p, err);

	if (r == 0 && p.any)
		r = look_at_ledger(cat, p.info.number, &ledger, err);
	if (r < 0)
		return r;
	if (p.any && ledger == RUNNING)
		return lic_error_set(err, EEXIST, "job '%s' runs; take another name", q->name);
	if (p.any && ledger == AT_REST)
		return go_on(cat, &p, q, ret, err);
	if (p.any && is_beginning(&p))
		return lic_error_set(err, EEXIST,
				     "job '%s' is about to begin; take another name, or wait a "
				     "minute",
				     q->name);
	return make(cat, q, p.any ? p.info.number : 0, ret, err);
}

int lic_job_cancel(struct lic_catalog *cat, const struct lic_job_begun *begun,
		   struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(65536);
	struct lic_txn *txn = NULL;
	int r;

	if (begun->goes_on)
		return 0;
	r = ledger_path(cat, begun->number, &path, err);
	if (r == 0)
		r = lic_catalog_begin(cat, "job cancel", &txn, err);
	if (r < 0)
		return r;
	r = lic_job_drop(txn, begun->number, err);
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	r = lic_catalog_commit(txn, err);
	if (r == 0)
		unlink(lic_buf_str(&path));
	return r;
}

/* Held until the job is removed, so that no mount goes on in it meanwhile; NULL: there is none that
 * a mount could go on in. */
static int hold_ledger(const char *path, const struct present *p, const char *name,
		       struct lic_ledger **ret, struct lic_error *err)
{
	struct lic_error own = LIC_ERROR_INIT;
	int r = lic_ledger_continue(path, ret, &own);

	if (r == -EBUSY)
		return lic_error_set(err, EBUSY, "job '%s' runs; end it first", name);
	if (r == -ENOENT && is_beginning(p))
		return lic_error_set(err, EBUSY, "job '%s' is about to begin; wait a minute", name);
	if (r == 0 || r == -ENOENT || r == -EBADMSG)
		return 0;
	/* whether it runs is not known */
	return lic_error_set(err, -r, "cannot end job '%s': %s", name, own.msg);
}

/* Of a job that is being removed. */
struct ending {
	int64_t number; /* 0: it is named before */
	struct lic_ledger *ledger;
	struct lic_buf path;
};

static int hold(struct lic_catalog *cat, const char *name, struct ending *e, struct lic_error *err)
{
	struct present p = { .any = false };
	int r = lic_catalog_job(cat, name, note, &p, err);

	if (r == 0)
		r = ledger_path(cat, p.info.number, &e->path, err);
	if (r == 0)
		r = hold_ledger(lic_buf_str(&e->path), &p, name, &e->ledger, err);
	e->number = p.info.number;
	return r;
}

static bool is_repeated(char *const *name, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(name[k], name[i]) == 0)
			return true;
	return false;
}

/* Opening waits for the end of a ledger whose command is gone; the daemon holds it for a moment
 * longer. */
static void await_end(struct lic_catalog *cat, const char *name)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(65536);
	const struct timespec turn = { 0, 20000000 };
	struct lic_job *job = NULL;

	if (lic_job_open(cat, name, &job, NULL) < 0)
		return;
	if (lic_job_ledger(job)->state == LIC_LEDGER_ENDED &&
	    ledger_path(cat, lic_job_info(job)->number, &path, NULL) == 0)
		for (int i = 0; i < MOMENTS && lic_ledger_runs(lic_buf_str(&path)); i++)
			nanosleep(&turn, NULL);
	lic_job_close(job);
}

static int end_all(struct lic_catalog *cat, char *const *name, size_t n, const char *who,
		   struct ending *e, struct lic_error *err)
{
	struct lic_txn *txn = NULL;
	int r;

	for (size_t i = 0; i < n; i++)
		await_end(cat, name[i]);
	r = lic_catalog_begin(cat, "job rm", &txn, err);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (!is_repeated(name, i))
			r = hold(cat, name[i], &e[i], err);
	for (size_t i = 0; r == 0 && i < n; i++)
		if (e[i].number)
			r = lic_job_end(txn, e[i].number, who, err);
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	return lic_catalog_commit(txn, err);
}

int lic_job_rm(struct lic_catalog *cat, char *const *name, size_t n, const char *who,
	       struct lic_error *err)
{
	struct ending *e = calloc(n, sizeof(*e));
	bool removed;
	int r;

	if (!e)
		return lic_error_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		e[i].path = (struct lic_buf)LIC_BUF_INIT(65536);
	r = end_all(cat, name, n, who, e, err);
	removed = r == 0;
	/* numbers are never used again: one that stays for a crash here is nobody's */
	for (size_t i = 0; i < n; i++) {
		if (removed && e[i].number && unlink(lic_buf_str(&e[i].path)) < 0 &&
		    errno != ENOENT && r == 0)
			r = lic_error_sys(err, errno, "the job is removed, but not its ledger '%s'",
					  lic_buf_str(&e[i].path));
		lic_ledger_close(e[i].ledger);
		lic_buf_release(&e[i].path);
	}
	free(e);
	return r;
}
