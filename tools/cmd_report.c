/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs report: the rights of a store at a glance, also as a page. */
#include <errno.h>
#include <string.h>

#include <licensefs/snapshot_export.h>

#include "command.h"
#include "report.h"

struct report_args {
	const char *view, *html, *thumbnails;
};

static const struct option_spec report_options[] = {
	{ "view", 'V', "VIEW", "only of the images that this view shows", OPTION_VALUE,
	  offsetof(struct report_args, view) },
	{ "html", 0, "FILE", "write the report to FILE as a page for browsers and paper",
	  OPTION_VALUE, offsetof(struct report_args, html) },
	{ "thumbnails", 'n', "N", "so many pictures of each license in the page (0 to 24)",
	  OPTION_VALUE, offsetof(struct report_args, thumbnails) },
	OPTION_END,
};

/* 1 where a picture in it may not be shown any more: then it was not given its name. */
static int try_page(struct report *r, const char *path, struct lic_error *err)
{
	struct sink sink = { .f = NULL };
	int status = sink_open(&sink, path, err), closed;
	bool stands = true;

	if (status < 0)
		return status;
	status = report_page(r, &sink, err);
	if (status == 0)
		status = sink_sync(&sink, path, err);
	if (status == 0 && path)
		status = gallery_stands(&r->gallery, &stands, err);
	closed = sink_close(&sink, path, status == 0 && stands, status == 0 ? err : NULL);
	return status < 0 ? status : closed < 0 ? closed : !stands;
}

/* A page is there whole, or not at all. */
static int write_page(struct report *r, struct lic_pictures *pictures, const char *path,
		      struct lic_error *err)
{
	int status = 1;

	r->gallery = (struct gallery){ .cat = r->cat,
				       .pictures = pictures,
				       .sample = &r->sample,
				       .views = &r->views,
				       .own = r->policy.own };
	for (int i = 0; i < SINK_TRIES && status == 1; i++)
		status = try_page(r, path, err);
	if (status == 1)
		status = lic_error_set(err, EBUSY,
				       "images are taken down all the time; try again later");
	return status;
}

static int write_report(const struct call *call, struct report *r, struct lic_pictures *pictures,
			struct lic_error *err)
{
	const struct report_args *args = call->args;
	const char *path = args->html && strcmp(args->html, "-") != 0 ? args->html : NULL;
	int status = 0;

	if (args->html)
		status = write_page(r, pictures, path, err);
	if (status == 0 && call->json)
		status = report_json(r, err);
	else if (status == 0 && !args->html)
		report_print(r);
	return status;
}

/* The catalog is opened once the process that makes those that decode is there. */
static int run_report(const struct call *call)
{
	const struct report_args *args = call->args;
	struct call opened = *call;
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_pictures *pictures = NULL;
	struct report r = { 0 };
	unsigned long each;
	int status;

	if (call->json && args->html && strcmp(args->html, "-") == 0)
		return output_usage("--json and --html cannot both write to standard output");
	if (args->thumbnails && !args->html)
		return output_usage("--thumbnails goes with --html");
	if (option_number("thumbnails", args->thumbnails ? args->thumbnails : GALLERY_EACH,
			  GALLERY_EACH_MAX, &each, &err) < 0)
		return output_usage("%s", err.msg);
	status = store_refuse_mount(&call->store, &err);
	if (status == 0 && args->html && strcmp(args->html, "-") != 0)
		status = lic_export_outside(call->store.path, args->html, &err);
	if (status == 0 && args->html && each)
		status = lic_pictures_new(call->store.path, &pictures, &err);
	if (status == 0)
		status = store_open(&opened.store, false, &err);
	if (status == 0)
		status = report_gather(&r, &opened.store, args->view, pictures ? each : 0, &err);
	if (status == 0)
		status = write_report(call, &r, pictures, &err);
	report_release(&r);
	lic_pictures_free(pictures);
	lic_catalog_close(opened.store.cat);
	return status == -EINVAL || (status == -ENOENT && args->view) ? output_invalid(&err)
	       : status < 0					      ? output_failure(&err)
								      : TOOL_DONE;
}

const struct command cmd_report = {
	.name = "report",
	.group = "Ask",
	.summary = "tell the rights of a store: licenses, views, conflicts, opt-outs, sources",
	.operands = "STORE",
	.needs = NEEDS_STORE,
	.options = report_options,
	.args_size = sizeof(struct report_args),
	.run = run_report,
};
