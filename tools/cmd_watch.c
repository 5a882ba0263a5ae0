/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs watch: keeps the catalog of a store fresh while files come, change, move and go. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <licensefs/watch.h>

#include "command.h"
#include "interrupt.h"
#include "totals.h"

struct watch_args {
	const char *jobs, *every;
	bool inotify, verbose;
};

#define JOBS_MAX 1024
#define EVERY_MAX (366ul * 24 * 3600)

static const struct option_spec watch_options[] = {
	{ "every", 0, "SECONDS", "scan everything so often, besides", OPTION_VALUE,
	  offsetof(struct watch_args, every) },
	{ "inotify", 0, NULL, "listen by inotify, though fanotify could be had", OPTION_FLAG,
	  offsetof(struct watch_args, inotify) },
	{ "jobs", 'j', "N", "read with N threads, not with one a processor", OPTION_VALUE,
	  offsetof(struct watch_args, jobs) },
	{ "verbose", 'v', NULL, "say what each scan found, though no terminal is there to read it",
	  OPTION_FLAG, offsetof(struct watch_args, verbose) },
	OPTION_END,
};

struct watching {
	const struct call *call;
	bool lines; /* for people */
};

static void warn(void *ctx _unused_, const char *line)
{
	output_say("%s", line);
}

static void ready(void *ctx)
{
	const struct watching *w = ctx;
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_buf shown = LIC_BUF_INIT(1u << 20);
	const char *store = w->call->store.path;

	lic_text_quote(&shown, store, strlen(store));
	if (w->call->json) {
		json_begin(&line);
		lic_json_kstr(&line.json, "event", "watching");
		lic_json_kstr(&line.json, "store", store);
		json_end(&line);
		fflush(stdout);
	} else {
		output_say("watching %s", lic_buf_str(&shown));
	}
	lic_buf_release(&shown);
}

static void print_json(bool whole, size_t dirs, const struct lic_scan_result *r, int64_t ns)
{
	_cleanup_(json_release) struct json_line line = { 0 };

	json_begin(&line);
	lic_json_kstr(&line.json, "event", "scan");
	lic_json_kbool(&line.json, "whole", whole);
	if (!whole)
		lic_json_kint(&line.json, "directories", (int64_t)dirs);
	lic_json_kint(&line.json, "images", r->images);
	lic_json_kint(&line.json, "added", r->added);
	lic_json_kint(&line.json, "changed", r->changed);
	lic_json_kint(&line.json, "removed", r->removed);
	lic_json_kint(&line.json, "milliseconds", (ns + 500000) / 1000000);
	json_end(&line);
}

static void print_line(bool whole, size_t dirs, const struct lic_scan_result *r, int64_t ns)
{
	char a[32], b[32];

	printf("%s %s: %s new, ", output_count(r->images, a),
	       output_plural(r->images, "image", "images"), output_count(r->added, b));
	printf("%s changed, %s removed; ", output_count(r->changed, a),
	       output_count(r->removed, b));
	if (whole)
		printf("everything scanned");
	else
		printf("%s %s scanned", output_count((int64_t)dirs, a),
		       output_plural((int64_t)dirs, "directory", "directories"));
	printf(" in %lld ms\n", (long long)((ns + 500000) / 1000000));
}

static void scanned(void *ctx, bool whole, size_t dirs, const struct lic_scan_result *r, int64_t ns)
{
	const struct watching *w = ctx;

	if (w->call->json)
		print_json(whole, dirs, r, ns);
	else if (w->lines && (whole || r->added || r->changed || r->removed))
		print_line(whole, dirs, r, ns);
	fflush(stdout);
}

static int run_watch(const struct call *call)
{
	const struct watch_args *args = call->args;
	struct watching w = { call, args->verbose || isatty(STDOUT_FILENO) };
	struct lic_error err = LIC_ERROR_INIT;
	unsigned long jobs = 0, every = 0;
	int r;

	if ((args->jobs && option_number("jobs", args->jobs, JOBS_MAX, &jobs, &err) < 0) ||
	    (args->every && option_number("every", args->every, EVERY_MAX, &every, &err) < 0))
		return output_usage("%s", err.msg);
	interrupt_watch();
	r = lic_watch(
		&(struct lic_watch_options){
			.store = call->store.path,
			.catalog = call->store.catalog,
			.jobs = (unsigned)jobs,
			.inotify = args->inotify,
			.every = (unsigned)every,
			.ready = ready,
			.scanned = scanned,
			.warn = warn,
			.ctx = &w,
			.stop = &interrupt_signal,
		},
		&err);
	/* To end it is how it ends: what was written is kept, and the next one goes on. */
	if (r == -EINTR && interrupt_signal)
		return TOOL_DONE;
	return output_failure(&err);
}

const struct command cmd_watch = {
	.name = "watch",
	.group = "Judge a store",
	.summary = "keep the catalog of a store fresh while files come and go",
	.operands = "STORE",
	.notes = "It goes on until SIGINT or SIGTERM. To watch as long as a mount is there: "
		 "'licensefs mount -o watch'.",
	.needs = NEEDS_STORE,
	.options = watch_options,
	.args_size = sizeof(struct watch_args),
	.run = run_watch,
};
