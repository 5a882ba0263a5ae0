/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs job report: what a job could see and opened, by what it may be told apart. */
#include <time.h>

#include "job.h"
#include "makers.h"

struct report_args {
	const char *list;
	bool null;
};

static const struct option_spec report_options[] = {
	{ "list", 'l', "WHAT",
	  "files, one a line: seen, opened, unopened, excluded, withdrawn, or attribution",
	  OPTION_VALUE, offsetof(struct report_args, list) },
	{ "null", '0', NULL, "with --list: print paths only, each ended by a NUL byte", OPTION_FLAG,
	  offsetof(struct report_args, null) },
	OPTION_END,
};

static int report(const struct call *call, struct lic_job *job)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_error err = LIC_ERROR_INIT;
	struct makers makers = { .n = 0 };
	struct lic_job_report r;
	int status = lic_job_report(job, (int64_t)time(NULL), &r, &err);

	if (status == 0)
		status = makers_read(&makers, lic_job_catalog(job), &err);
	if (status == 0 && call->json) {
		json_begin(&line);
		job_report_json(&r, &line.json);
		makers_json(&makers, &line.json);
		json_end(&line);
	} else if (status == 0) {
		job_report_print(&r);
		makers_print(&makers);
	}
	makers_release(&makers);
	lic_job_report_release(&r);
	return status < 0 ? output_failure(&err) : TOOL_DONE;
}

static int refuse(const struct call *call)
{
	const struct report_args *args = call->args;

	if (args->list && job_list_find(args->list) == JOB_LIST_NONE)
		return output_usage("--list is seen, opened, unopened, excluded, withdrawn or "
				    "attribution");
	if (args->null && (!args->list || call->json))
		return output_usage("--null goes with --list, and without --json");
	return TOOL_DONE;
}

static int run_report(const struct call *call)
{
	const struct report_args *args = call->args;
	enum job_list what = args->list ? job_list_find(args->list) : JOB_LIST_NONE;
	int status = refuse(call);
	struct lic_job *job;

	if (status != TOOL_DONE)
		return status;
	job = job_open(call->store.cat, call->operand[0], &status);
	if (!job)
		return status;
	status = what == JOB_LIST_NONE ? report(call, job)
				       : job_list_print(job, what, call->json, args->null);
	lic_job_close(job);
	return status;
}

const struct command cmd_job_report = {
	.name = "report",
	.summary = "tell what a job could see and opened: licenses, sources, takedowns",
	.operands = "STORE NAME",
	.notes = "Opened is not used: nobody knows what a process did with what it read. Licenses "
		 "are those\nof the moment when the job could first see an image.",
	.needs = NEEDS_READ,
	.min = 1,
	.max = 1,
	.options = report_options,
	.args_size = sizeof(struct report_args),
	.run = run_report,
};
