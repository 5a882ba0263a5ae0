/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs snapshot export: what a snapshot has, for those who have no licensefs. */
#include <errno.h>
#include <string.h>

#include <licensefs/snapshot_export.h>

#include "interrupt.h"
#include "progress.h"
#include "sink.h"
#include "snapshot.h"
#include "snapshot_files.h"

struct export_args {
	const char *format, *output;
	bool all;
	struct files_args files;
};

static const struct option_spec export_options[] = {
	{ "format", 'f', "FORMAT", "what to write; see below", OPTION_VALUE,
	  offsetof(struct export_args, format) },
	{ "output", 'o', "FILE", "write to FILE, or make that directory; else standard output",
	  OPTION_VALUE, offsetof(struct export_args, output) },
	{ "all", 'a', NULL, "attribution: also of images that oblige to nothing", OPTION_FLAG,
	  offsetof(struct export_args, all) },
	{ "link", 0, "HOW",
	  "tree, reuse: hard, reflink or copy; by default what can be had of the "
	  "last two",
	  OPTION_VALUE, offsetof(struct export_args, files.link) },
	{ "license-texts", 0, "DIR", "reuse: take texts of licenses from DIR, named ID.txt",
	  OPTION_VALUE, offsetof(struct export_args, files.texts) },
	{ "shard-size", 0, "SIZE", "webdataset: bytes of a shard, with K, M or G behind; 1G",
	  OPTION_VALUE, offsetof(struct export_args, files.shard_size) },
	OPTION_END,
};

static void tell_left(_unused_ void *ctx, enum lic_export_left why, const struct lic_bytes *path)
{
	struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_text_quote(&b, path->p, path->n);
	output_say("%s: left out: %s", lic_buf_str(&b), lic_export_left_name(why));
	lic_buf_release(&b);
}

static int draw(_unused_ void *ctx, const struct lic_snapshot_progress *p)
{
	return snapshot_progress(NULL, p);
}

/* --- what became of it ---------------------------------------------------------------------- */

static void tell(const struct call *call, const struct lic_export_request *q,
		 const struct lic_export_result *r)
{
	const struct export_args *args = call->args;
	_cleanup_(json_release) struct json_line line = { 0 };
	char n[32];

	for (int i = 0; i < LIC_LEFT_COUNT; i++)
		if (r->left[i])
			output_say("%s %s left out: %s", output_count(r->left[i], n),
				   output_plural(r->left[i], "file", "files"),
				   lic_export_left_name(i));
	if (q->output)
		files_tell(r);
	if (!call->json)
		return;
	json_begin(&line);
	lic_json_kstr(&line.json, "snapshot", call->operand[0]);
	lic_json_kstr(&line.json, "format", args->format);
	lic_json_kstr(&line.json, "output", args->output);
	lic_json_kint(&line.json, "images", r->images);
	lic_json_kint(&line.json, "files", r->files);
	lic_json_key(&line.json, "left_out");
	lic_json_object(&line.json);
	for (int i = 0; i < LIC_LEFT_COUNT; i++)
		if (i != LIC_LEFT_TAKEN || q->output)
			lic_json_kint(&line.json, lic_export_left_name(i), r->left[i]);
	lic_json_object_end(&line.json);
	if (q->output)
		files_json(r, &line.json);
	json_end(&line);
}

static int export(const struct call *call, struct lic_snapshot *s,
		  const struct lic_export_format *format, const char *path)
{
	const struct export_args *args = call->args;
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_export_result result;
	struct sink sink = { .f = NULL };
	struct lic_export_request q = {
		.store = call->store.path,
		.format = format,
		.all = args->all,
		.write = sink_put,
		.left = tell_left,
		.progress = draw,
		.ctx = &sink,
	};
	int r = path ? lic_export_outside(call->store.path, path, &err) : 0;

	if (r == 0)
		r = sink_open(&sink, path, &err);
	if (r < 0)
		return r == -EINVAL ? output_invalid(&err) : output_failure(&err);
	r = lic_snapshot_export(s, &q, &result, &err);
	progress_clear();
	if (r == -EINTR && interrupt_signal)
		output_say("interrupted; %s", path ? "nothing was made" : "the output is cut off");
	else if (r < 0)
		output_failure(&err);
	if (sink_close(&sink, path, r == 0, &err) < 0)
		return output_failure(&err);
	if (r == 0)
		tell(call, &q, &result);
	return r < 0 ? TOOL_FAILURE : files_status(&result);
}

/* As export(), of a format that makes a directory. */
static int export_files(const struct call *call, struct lic_snapshot *s,
			const struct lic_export_format *format)
{
	const struct export_args *args = call->args;
	struct lic_export_result result;
	struct lic_export_request q = {
		.store = call->store.path,
		.format = format,
		.output = args->output,
		.left = tell_left,
		.progress = draw,
	};
	int status = files_export(call, s, &args->files, &q, &result);

	if (result.finished)
		tell(call, &q, &result);
	return status;
}

static int no_format(const char *name)
{
	const struct lic_export_format *f;
	struct lic_buf all = LIC_BUF_INIT(4096);

	for (size_t i = 0; (f = lic_export_format_at(i)); i++)
		lic_buf_addf(&all, "%s%s", i ? ", " : "", lic_export_format_name(f));
	output_usage("no such format: '%s'; there are %s", name, lic_buf_str(&all));
	lic_buf_release(&all);
	return TOOL_USAGE;
}

static int run_export(const struct call *call)
{
	const struct export_args *args = call->args;
	const struct lic_export_format *format;
	const char *path = args->output && strcmp(args->output, "-") != 0 ? args->output : NULL;
	struct lic_snapshot *s;
	int status = TOOL_DONE;

	if (!args->format)
		return output_usage("say what to write: --format FORMAT");
	format = lic_export_format_find(args->format);
	if (!format)
		return no_format(args->format);
	if (!files_usage(format, &args->files, path))
		return TOOL_USAGE;
	if (call->json && !path)
		return output_usage("--json tells what was written: it goes with --output FILE");
	s = snapshot_open(call->store.cat, call->operand[0], &status);
	if (!s)
		return status;
	interrupt_watch();
	status = lic_export_format_makes_files(format) ? export_files(call, s, format)
						       : export(call, s, format, path);
	lic_snapshot_close(s);
	return status;
}

const struct command cmd_snapshot_export = {
	.name = "export",
	.summary = "write what a snapshot has: manifest, attribution, summary, or its files",
	.operands = "STORE NAME",
	.notes = "FORMAT is manifest (JSON Lines), csv, attribution (Markdown), attribution-html, "
		 "attribution-csv, licenses (JSON Lines), croissant or spdx (JSON-LD); tree, "
		 "reuse and webdataset make a directory of its files. What is revoked since, or "
		 "whose "
		 "file is gone or changed, is left out and told. An export of files that is "
		 "interrupted goes on when the same command is given again.",
	.needs = NEEDS_READ,
	.min = 1,
	.max = 1,
	.options = export_options,
	.args_size = sizeof(struct export_args),
	.run = run_export,
};
