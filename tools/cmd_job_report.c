/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs job report: what a job could see and opened, by what it may be told apart. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <licensefs/snapshot_export.h>

#include "job_page.h"
#include "makers.h"
#include "progress.h"

struct report_args {
	const char *list, *html, *thumbnails;
	bool null;
};

static const struct option_spec report_options[] = {
	{ "list", 'l', "WHAT",
	  "files, one a line: seen, opened, unopened, excluded, withdrawn, or attribution",
	  OPTION_VALUE, offsetof(struct report_args, list) },
	{ "null", '0', NULL, "with --list: print paths only, each ended by a NUL byte", OPTION_FLAG,
	  offsetof(struct report_args, null) },
	{ "html", 0, "FILE", "write the report to FILE as a page for browsers and paper",
	  OPTION_VALUE, offsetof(struct report_args, html) },
	{ "thumbnails", 'n', "N", "so many pictures of each license in the page (0 to 24)",
	  OPTION_VALUE, offsetof(struct report_args, thumbnails) },
	OPTION_END,
};

static int show_progress(_unused_ void *ctx, int64_t done)
{
	progress_draw(&(struct progress){ .what = "files", .done = done });
	return 0;
}

static int report(const struct call *call, struct lic_job *job, struct lic_pictures *pictures,
		  size_t each)
{
	const struct report_args *args = call->args;
	const char *file = args->html && strcmp(args->html, "-") != 0 ? args->html : NULL;
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_error err = LIC_ERROR_INIT;
	struct makers makers = { .n = 0 };
	struct lic_job_report r;
	int status = lic_job_report(job, (int64_t)time(NULL), show_progress, NULL, &r, &err);

	progress_clear();
	if (status == 0)
		status = makers_read(&makers, lic_job_catalog(job), &err);
	if (status == 0 && args->html)
		status = job_page_write(&r, &makers, pictures, each, file, &err);
	if (status == 0 && call->json) {
		json_begin(&line);
		job_report_json(&r, &line.json);
		makers_json(&makers, &line.json);
		json_end(&line);
	} else if (status == 0 && !args->html) {
		job_report_print(&r);
		makers_print(&makers);
	}
	makers_release(&makers);
	lic_job_report_release(&r);
	return status == -EINVAL ? output_invalid(&err)
	       : status < 0	 ? output_failure(&err)
				 : TOOL_DONE;
}

static int report_opened(const struct call *call, struct lic_catalog *cat,
			 struct lic_pictures *pictures, size_t each)
{
	const struct report_args *args = call->args;
	enum job_list what = args->list ? job_list_find(args->list) : JOB_LIST_NONE;
	int status = TOOL_DONE;
	struct lic_job *job = job_open(cat, call->operand[0], &status);

	if (!job)
		return status;
	status = what == JOB_LIST_NONE ? report(call, job, pictures, each)
				       : job_list_print(job, what, call->json, args->null);
	lic_job_close(job);
	return status;
}

static int refuse(const struct call *call)
{
	const struct report_args *args = call->args;

	if (args->list && job_list_find(args->list) == JOB_LIST_NONE)
		return output_usage("--list is seen, opened, unopened, excluded, withdrawn or "
				    "attribution");
	if (args->null && (!args->list || call->json))
		return output_usage("--null goes with --list, and without --json");
	if (args->html && args->list)
		return output_usage("--html writes the report: it goes without --list");
	if (args->html && call->json && strcmp(args->html, "-") == 0)
		return output_usage("--json and --html cannot both write to standard output");
	if (args->thumbnails && !args->html)
		return output_usage("--thumbnails goes with --html");
	return TOOL_DONE;
}

/* The catalog is opened once the process that makes those that decode is there. */
static int run_report(const struct call *call)
{
	const struct report_args *args = call->args;
	struct store store = call->store;
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_pictures *pictures = NULL;
	unsigned long each;
	int status = refuse(call), r;

	if (status != TOOL_DONE)
		return status;
	if (option_number("thumbnails", args->thumbnails ? args->thumbnails : GALLERY_EACH,
			  GALLERY_EACH_MAX, &each, &err) < 0)
		return output_usage("%s", err.msg);
	r = args->html && strcmp(args->html, "-") != 0
		    ? lic_export_outside(store.path, args->html, &err)
		    : 0;
	if (r < 0)
		return output_invalid(&err);
	r = args->html && each ? lic_pictures_new(store.path, &pictures, &err) : 0;
	if (r == 0)
		r = store_open(&store, false, &err);
	status = r < 0 ? output_failure(&err) : report_opened(call, store.cat, pictures, each);
	lic_pictures_free(pictures);
	lic_catalog_close(store.cat);
	return status;
}

const struct command cmd_job_report = {
	.name = "report",
	.summary = "tell what a job could see and opened: licenses, sources, takedowns",
	.operands = "STORE NAME",
	.notes = "Opened is not used: nobody knows what a process did with what it read. Licenses "
		 "are those\nof the moment when the job could first see an image.",
	.needs = NEEDS_STORE,
	.min = 1,
	.max = 1,
	.options = report_options,
	.args_size = sizeof(struct report_args),
	.run = run_report,
};
