/* SPDX-License-Identifier: Apache-2.0 */
/* Exports of snapshots that make a directory: what they need beside a request, and what they say.
 */
#include "snapshot_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/mount.h>

#include "interrupt.h"
#include "progress.h"

#define SHARD_MAX (UINT64_C(1) << 50)

/* "512M"; 0 where it is none. */
static uint64_t read_size(const char *s)
{
	static const char unit[] = "KMGT";
	const char *at;
	uint64_t n;
	char *end;

	if (*s < '1' || *s > '9')
		return 0;
	errno = 0;
	n = strtoull(s, &end, 10);
	if (errno || n > SHARD_MAX)
		return 0;
	at = *end ? strchr(unit, *end) : NULL;
	if (*end && (!at || end[1]))
		return 0;
	for (int i = 0; at && i <= at - unit; i++)
		n = n > SHARD_MAX ? n : n * 1024;
	return n > SHARD_MAX ? 0 : n;
}

bool files_usage(const struct lic_export_format *format, const struct files_args *args,
		 const char *output)
{
	const char *name = lic_export_format_name(format);
	enum lic_export_link link;

	if (lic_export_format_makes_files(format) && !output)
		output_usage("%s makes a directory: say which, with --output DIR", name);
	else if (args->link && !lic_export_format_links(format))
		output_usage("--link goes with --format tree or reuse");
	else if (args->link && lic_export_link_find(args->link, &link) < 0)
		output_usage("--link is hard, reflink or copy");
	else if (args->texts && strcmp(name, "reuse") != 0)
		output_usage("--license-texts goes with --format reuse");
	else if (args->shard_size && strcmp(name, "webdataset") != 0)
		output_usage("--shard-size goes with --format webdataset");
	else if (args->shard_size && !read_size(args->shard_size))
		output_usage("--shard-size is a number of bytes, such as 512M or 2G");
	else
		return true;
	return false;
}

static int status_of(int r, const struct lic_export_request *q,
		     const struct lic_export_result *result, const struct lic_error *err)
{
	if (result->stuck)
		output_say(
			"hard links to files of the store are left in .licensefs-export-* beside "
			"'%s': remove them, and scan the store",
			q->output);
	switch (-r) {
	case EINTR:
		if (*result->kept)
			output_say("interrupted; what is finished is kept in '%s' beside '%s', and "
				   "the "
				   "same command goes on there; else remove that directory",
				   result->kept, q->output);
		else
			output_say("interrupted; nothing was made");
		return TOOL_FAILURE;
	case EEXIST:
	case EMLINK:
		output_failure(err);
		return TOOL_FINDING;
	case EINVAL:
	case EXDEV:
	case EOPNOTSUPP:
		return output_invalid(err);
	default:
		return output_failure(err);
	}
}

int files_export(const struct call *call, struct lic_snapshot *s, const struct files_args *args,
		 struct lic_export_request *q, struct lic_export_result *ret)
{
	const struct lic_snapshot_info *info = lic_snapshot_info(s);
	struct store writing = call->store;
	struct lic_error err = LIC_ERROR_INIT;
	int r = 0;

	*ret = (struct lic_export_result){ .images = 0 };
	q->texts = args->texts;
	q->shard_size = args->shard_size ? read_size(args->shard_size) : 0;
	if (args->link)
		r = lic_export_link_find(args->link, &q->link);
	if (q->link == LIC_LINK_HARD && store_open(&writing, true, &err) < 0)
		return output_failure(&err);
	if (q->link == LIC_LINK_HARD)
		q->writer = writing.cat;
	if (r == 0)
		r = lic_serving_new(call->store.path, call->store.catalog, info->name, info->number,
				    &q->serving, &err);
	if (r == 0) {
		r = lic_snapshot_export(s, q, ret, &err);
		progress_clear();
		q->serving->close(q->serving);
	}
	lic_catalog_close(q->writer);
	if (r < 0)
		return status_of(r, q, ret, &err);
	return files_status(ret);
}

int files_status(const struct lic_export_result *r)
{
	return r->left[LIC_LEFT_GONE] || r->left[LIC_LEFT_CHANGED] ? TOOL_FINDING : TOOL_DONE;
}

void files_tell(const struct lic_export_result *r)
{
	char n[32];

	if (r->taken_over)
		output_say("%s %s taken over from the export that was interrupted",
			   output_count(r->taken_over, n),
			   output_plural(r->taken_over, "image was", "images were"));
	if (r->no_text)
		output_say("of %s %s there is no text here: the files in LICENSES have the address "
			   "instead; --license-texts names a directory that has them",
			   output_count(r->no_text, n),
			   output_plural(r->no_text, "license", "licenses"));
}

void files_json(const struct lic_export_result *r, struct lic_json *j)
{
	lic_json_kint(j, "linked", r->linked);
	lic_json_kint(j, "cloned", r->cloned);
	lic_json_kint(j, "copied", r->copied);
	lic_json_kint(j, "taken_over", r->taken_over);
	if (r->shards)
		lic_json_kint(j, "shards", r->shards);
}
