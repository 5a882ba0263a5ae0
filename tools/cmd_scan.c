/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs scan: creates or refreshes the catalog of a store. */
#include <errno.h>
#include <string.h>

#include <licensefs/catalog_revoke.h>
#include <licensefs/scan.h>

#include "command.h"
#include "interrupt.h"
#include "makers.h"
#include "progress.h"
#include "totals.h"

struct scan_args {
	const char *jobs;
	bool strict, verify, similar, no_similar;
	struct maker_args makers;
};

#define JOBS_MAX 1024

static const struct option_spec scan_options[] = {
	{ "jobs", 'j', "N", "read with N threads, not with one a processor", OPTION_VALUE,
	  offsetof(struct scan_args, jobs) },
	{ "strict", 0, NULL, "exit with 1 if any image is not clear", OPTION_FLAG,
	  offsetof(struct scan_args, strict) },
	{ "similar", 0, NULL, "also keep what images look like, from now on", OPTION_FLAG,
	  offsetof(struct scan_args, similar) },
	{ "no-similar", 0, NULL, "forget it, and keep it no more", OPTION_FLAG,
	  offsetof(struct scan_args, no_similar) },
	{ "verify", 0, NULL, "read every file again, whatever its time stamps say", OPTION_FLAG,
	  offsetof(struct scan_args, verify) },
	{ "made-by", 0, "STORE:JOB", "record that a job over another store made what is here",
	  OPTION_LIST, offsetof(struct scan_args, makers.made_by) },
	{ "made-by-catalog", 0, "FILE", "the catalog of that store, where it is not in it",
	  OPTION_VALUE, offsetof(struct scan_args, makers.catalog) },
	{ "not-made-by", 0, "N", "end the record N, as status lists it", OPTION_LIST,
	  offsetof(struct scan_args, makers.not_made_by) },
	OPTION_END,
};

static void show_progress(_unused_ void *ctx, const struct lic_scan_progress *p)
{
	if (p->waiting)
		progress_draw(&(struct progress){ .what = "images decoded",
						  .done = p->likenesses,
						  .expected = p->waiting,
						  .bytes = p->bytes });
	else if (p->expected)
		progress_draw(&(struct progress){ .what = "images",
						  .done = p->known + p->read,
						  .expected = p->expected,
						  .bytes = p->bytes });
	else
		progress_draw(&(struct progress){
			.what = "files read", .done = p->read, .bytes = p->bytes });
}

static void warn(_unused_ void *ctx, const char *line)
{
	output_say("%s", line);
}

/* How many images of the catalog have a likeness. */
struct looks {
	bool kept;
	int64_t known, none, waiting;
};

static int looks_read(struct looks *l, struct lic_catalog *cat, struct lic_error *err)
{
	int r = lic_catalog_keeps_likeness(cat, &l->kept, err);

	return r < 0 || !l->kept
		       ? r
		       : lic_catalog_likeness_counts(cat, &l->waiting, &l->known, &l->none, err);
}

static void print_looks(const struct looks *l, const struct lic_scan_result *r)
{
	char a[32], b[32];

	if (!l->kept)
		return;
	printf("likeness of %s %s, %s looked at now", output_count(l->known, a),
	       output_plural(l->known, "image", "images"), output_count(r->likenesses, b));
	if (l->none)
		printf("; %s %s none", output_count(l->none, a),
		       output_plural(l->none, "has", "have"));
	if (l->waiting)
		printf("; %s %s for the next scan", output_count(l->waiting, a),
		       output_plural(l->waiting, "waits", "wait"));
	printf("\n");
}

/* null where none are kept. */
static void json_looks(struct lic_json *j, const struct looks *l, const struct lic_scan_result *r)
{
	lic_json_key(j, "likenesses");
	if (!l->kept) {
		lic_json_null(j);
		return;
	}
	lic_json_object(j);
	lic_json_kint(j, "known", l->known);
	lic_json_kint(j, "none", l->none);
	lic_json_kint(j, "waiting", l->waiting);
	lic_json_kint(j, "looked_at", r->likenesses);
	lic_json_object_end(j);
}

static void print_result(const struct store *s, const struct lic_scan_result *r,
			 const struct totals *t, const struct looks *l)
{
	char a[32], b[32], c[32], d[32];

	printf("%s %s in %s %s: %s new, ", output_count(r->images, a),
	       output_plural(r->images, "image", "images"), output_count(r->directories, b),
	       output_plural(r->directories, "directory", "directories"),
	       output_count(r->added, c));
	printf("%s changed, %s removed, ", output_count(r->changed, a),
	       output_count(r->removed, b));
	printf("%s unchanged\n", output_count(r->unchanged, a));
	printf("%s %s, %s %s, %s inert, ", output_count(r->documents, d),
	       output_plural(r->documents, "document", "documents"), output_count(r->companions, a),
	       output_plural(r->companions, "companion", "companions"), output_count(r->inert, b));
	printf("%s hidden %s%s", output_count(r->hidden, c),
	       output_plural(r->hidden, "file", "files"), r->hidden ? " (see status)" : "");
	if (r->unreadable_dirs)
		printf(", %s unreadable %s", output_count(r->unreadable_dirs, d),
		       output_plural(r->unreadable_dirs, "directory", "directories"));
	printf("\n");
	print_looks(l, r);
	printf("catalog ");
	output_quoted(stdout, lic_catalog_path(s->cat), strlen(lic_catalog_path(s->cat)));
	printf(", generation %lld\n\n", (long long)lic_catalog_generation(s->cat));
	totals_print(t);
}

/* What confined the processes that read; null where none was needed. */
static void json_sandbox(struct lic_json *j, const struct lic_scan_result *r)
{
	lic_json_key(j, "sandbox");
	if (!r->helpers) {
		lic_json_null(j);
		return;
	}
	lic_json_array(j);
	if (r->landlock)
		lic_json_str(j, "landlock");
	if (r->seccomp)
		lic_json_str(j, "seccomp");
	lic_json_array_end(j);
}

static void print_json(const struct store *s, const struct lic_scan_result *r,
		       const struct totals *t, const struct looks *l)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_json *j = &line.json;

	json_begin(&line);
	lic_json_kstr(j, "store", s->path);
	lic_json_kstr(j, "catalog", lic_catalog_path(s->cat));
	lic_json_kint(j, "generation", lic_catalog_generation(s->cat));
	lic_json_kint(j, "directories", r->directories);
	lic_json_kint(j, "companions", r->companions);
	lic_json_kint(j, "documents", r->documents);
	lic_json_kint(j, "indexed", r->indexed);
	lic_json_kint(j, "inert", r->inert);
	lic_json_kint(j, "hidden", r->hidden);
	lic_json_kint(j, "added", r->added);
	lic_json_kint(j, "changed", r->changed);
	lic_json_kint(j, "removed", r->removed);
	lic_json_kint(j, "unchanged", r->unchanged);
	lic_json_kint(j, "unreadable_directories", r->unreadable_dirs);
	json_looks(j, l, r);
	json_sandbox(j, r);
	totals_json(t, j);
	json_end(&line);
}

static int report(const struct call *call, const struct lic_scan_result *result)
{
	const struct scan_args *args = call->args;
	struct store store = call->store;
	struct lic_error err = LIC_ERROR_INIT;
	struct totals totals = { 0 };
	struct looks looks = { 0 };
	int status = TOOL_DONE, r = store_open(&store, false, &err);

	if (r == 0)
		r = totals_read(&totals, store.cat, &err);
	if (r == 0)
		r = looks_read(&looks, store.cat, &err);
	if (r < 0) {
		status = output_failure(&err);
	} else {
		if (call->json)
			print_json(&store, result, &totals, &looks);
		else
			print_result(&store, result, &totals, &looks);
		if (args->strict && totals.status[LIC_STATUS_CLEAR] < totals.images)
			status = TOOL_FINDING;
	}
	totals_release(&totals);
	lic_catalog_close(store.cat);
	return status;
}

static int run_scan(const struct call *call)
{
	const struct scan_args *args = call->args;
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_scan_result result = { 0 };
	unsigned long jobs = 0;
	int r;

	if (args->jobs && option_number("jobs", args->jobs, JOBS_MAX, &jobs, &err) < 0)
		return output_usage("%s", err.msg);
	if (args->similar && args->no_similar)
		return output_usage("--similar and --no-similar contradict each other");
	/* before any image is judged: a view that asks for it must not show one first */
	r = makers_record(&call->store, &args->makers, &err);
	if (r < 0)
		return r == -EINVAL ? output_invalid(&err) : output_failure(&err);
	interrupt_watch();
	r = lic_scan(
		&(struct lic_scan_options){
			.store = call->store.path,
			.catalog = call->store.catalog,
			.jobs = (unsigned)jobs,
			.verify = args->verify,
			.similar = args->similar      ? 1
				   : args->no_similar ? -1
						      : 0,
			.progress = show_progress,
			.warn = warn,
			.stop = &interrupt_signal,
		},
		&result, &err);
	progress_clear();
	if (r == -EINTR && interrupt_signal) {
		output_say("interrupted; what was judged is kept, and running it again goes on");
		return TOOL_FAILURE;
	}
	if (r < 0)
		return output_failure(&err);
	return report(call, &result);
}

const struct command cmd_scan = {
	.name = "scan",
	.group = "Judge a store",
	.summary = "read the images of a store and judge their rights",
	.operands = "STORE",
	.needs = NEEDS_STORE,
	.options = scan_options,
	.args_size = sizeof(struct scan_args),
	.run = run_scan,
};
