/* SPDX-License-Identifier: Apache-2.0 */
/* Recording that a job over another store made this one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/lineage.h>

#include "makers.h"
#include "output.h"
#include "who.h"

struct recording {
	const struct store *store;
	const struct maker_args *args;
	struct lic_lineage *made; /* n of them */
	size_t n;
	int64_t ends[OPTION_LIST_MAX]; /* numbers */
	struct lic_error *err;
};

/* STORE:JOB; a colon may be part of the first, and never of the second. */
static int split(const char *given, char **ret_store, const char **ret_job, struct lic_error *err)
{
	const char *colon = strrchr(given, ':');
	struct lic_buf shown = LIC_BUF_INIT(8192);
	int r = 0;

	if (!colon || colon == given || !colon[1]) {
		lic_text_show(&shown, given, strlen(given));
		r = lic_error_set(err, EINVAL,
				  "'%s' names no job; write STORE:JOB, the store that the job saw "
				  "and its name there ('licensefs job list STORE')",
				  lic_buf_str(&shown));
		lic_buf_release(&shown);
		return r;
	}
	*ret_store = strndup(given, (size_t)(colon - given));
	if (!*ret_store)
		output_out_of_memory();
	*ret_job = colon + 1;
	return 0;
}

static int cannot_use(const char *given, int code, struct lic_error *err)
{
	struct lic_buf shown = LIC_BUF_INIT(8192);

	lic_text_quote(&shown, given, strlen(given));
	lic_error_sys(err, code, "cannot use the store of %s", lic_buf_str(&shown));
	lic_buf_release(&shown);
	return -code;
}

/* What is recorded may be less than there is. */
static void say_missing(const struct lic_lineage *l)
{
	if (l->runs)
		output_say("job '%s' still runs: record it again when it has ended", l->job);
	else if (!l->complete)
		output_say("the ledger of job '%s' is not complete: it may have opened more",
			   l->job);
}

/* Reads what the job says. Its store is only looked at. */
static int read_one(struct recording *x, const char *given)
{
	struct lic_catalog *cat = NULL;
	const char *job = NULL;
	char *named = NULL, *path = NULL;
	int r = split(given, &named, &job, x->err);

	if (r < 0)
		return r;
	path = realpath(named, NULL);
	if (!path)
		r = cannot_use(given, errno, x->err);
	else if (strcmp(path, x->store->path) == 0)
		r = lic_error_set(x->err, EINVAL,
				  "a store cannot be made by a job over itself; put what the job "
				  "makes into a store of its own");
	if (r == 0)
		r = lic_catalog_open(path, x->args->catalog, LIC_CATALOG_READ, &cat, x->err);
	if (r == 0)
		r = lic_lineage_read(cat, path, job, &x->made[x->n], x->err);
	x->n += r == 0;
	lic_catalog_close(cat);
	free(named);
	free(path);
	return r;
}

static int write_all(struct recording *x, struct lic_txn *txn, const char *who)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->n; i++)
		r = lic_lineage_record(txn, &x->made[i], who, NULL, x->err);
	for (size_t i = 0; r == 0 && i < x->args->not_made_by.n; i++) {
		r = lic_catalog_maker_end(txn, x->ends[i], who, x->err);
		if (r == -ENOENT)
			lic_error_set(x->err, EINVAL,
				      "no maker %lld is recorded; 'licensefs status' lists them",
				      (long long)x->ends[i]);
		r = r == -ENOENT ? -EINVAL : r;
	}
	return r;
}

static int record(struct recording *x)
{
	_cleanup_(lic_freep) char *who = who_am_i();
	struct lic_catalog *cat = NULL;
	struct lic_txn *txn = NULL;
	int r = lic_catalog_open(x->store->path, x->store->catalog,
				 LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat, x->err);

	if (r == 0)
		r = lic_catalog_begin(cat, "scan", &txn, x->err);
	if (r == 0) {
		r = write_all(x, txn, who);
		if (r < 0)
			lic_catalog_abort(txn);
		else
			r = lic_catalog_commit(txn, x->err);
	}
	lic_catalog_close(cat);
	return r;
}

int makers_record(const struct store *store, const struct maker_args *args, struct lic_error *err)
{
	struct recording x = { .store = store, .args = args, .err = err };
	unsigned long number;
	int r = 0;

	if (!args->made_by.n && !args->not_made_by.n)
		return 0;
	x.made = calloc(args->made_by.n + 1, sizeof(*x.made));
	if (!x.made)
		output_out_of_memory();
	for (size_t i = 0; r == 0 && i < args->not_made_by.n; i++) {
		r = option_number("not-made-by", args->not_made_by.item[i], 1ul << 62, &number,
				  err);
		x.ends[i] = r == 0 ? (int64_t)number : 0;
	}
	for (size_t i = 0; r == 0 && i < args->made_by.n; i++)
		r = read_one(&x, args->made_by.item[i]);
	if (r == 0)
		r = record(&x);
	for (size_t i = 0; i < x.n; i++) {
		if (r == 0)
			say_missing(&x.made[i]);
		lic_lineage_release(&x.made[i]);
	}
	free(x.made);
	return r;
}
