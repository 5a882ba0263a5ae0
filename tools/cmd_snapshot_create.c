/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs snapshot create. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "interrupt.h"
#include "progress.h"
#include "snapshot.h"
#include "who.h"

struct create_args {
	const char *view, *where, *basis, *classes;
	bool sha256;
};

static const struct option_spec create_options[] = {
	{ "view", 'V', "VIEW", "the view to pin", OPTION_VALUE,
	  offsetof(struct create_args, view) },
	{ "where", 'w', "EXPR", "pin what satisfies EXPR", OPTION_VALUE,
	  offsetof(struct create_args, where) },
	{ "basis", 0, "TEXT", "the legal basis, where EXPR names a reservation or a status",
	  OPTION_VALUE, offsetof(struct create_args, basis) },
	{ "classes", 0, "HOW", "directories without a shown image: drop (default) or keep",
	  OPTION_VALUE, offsetof(struct create_args, classes) },
	{ "sha256", 0, NULL, "read every file, and let the digest cover its SHA-256", OPTION_FLAG,
	  offsetof(struct create_args, sha256) },
	OPTION_END,
};

static void print(const struct lic_snapshot_info *info)
{
	struct lic_buf name = LIC_BUF_INIT(4096);
	char images[32], bytes[32], digest[72];

	lic_text_show(&name, info->name, strlen(info->name));
	snapshot_bytes(info->bytes, bytes);
	snapshot_digest(info->digest, digest);
	printf("%s: %s %s, %s\n%s\n", lic_buf_str(&name), output_count(info->images, images),
	       output_plural(info->images, "image", "images"), bytes, digest);
	if (!info->images)
		output_say("the snapshot has no image: the view shows none");
	lic_buf_release(&name);
}

/* As it is stored, view, policy and all. */
static int print_json(const struct call *call, struct lic_error *err)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_snapshot *s = NULL;
	int r = lic_snapshot_open(call->store.cat, call->operand[0], &s, err);

	if (r < 0)
		return r;
	json_begin(&line);
	snapshot_json(lic_snapshot_info(s), &line.json);
	json_end(&line);
	lic_snapshot_close(s);
	return 0;
}

static int status_of(int r, const struct lic_error *err)
{
	switch (-r) {
	case EINTR:
		output_say("interrupted; nothing was made, and what was read is kept for the next "
			   "time");
		return TOOL_FAILURE;
	case EEXIST:
	case ESTALE:
		output_failure(err);
		return TOOL_FINDING;
	case EINVAL:
	case EPERM:
	case ELOOP:
	case ENOENT:
		return output_invalid(err);
	default:
		return output_failure(err);
	}
}

static int run_create(const struct call *call)
{
	const struct create_args *args = call->args;
	_cleanup_(lic_freep) char *who = who_am_i();
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_snapshot_info info;
	struct lic_snapshot_request q = {
		.name = call->operand[0],
		.view = args->view,
		.where = args->where,
		.basis = args->basis,
		.who = who,
		.classes = LIC_CLASSES_DROP,
		.sha256 = args->sha256,
		.progress = snapshot_progress,
	};
	int r;

	if (!args->view == !args->where)
		return output_usage(args->view
					    ? "--where and --view exclude each other; join them as "
					      "--where 'VIEW & EXPR'"
					    : "say what to pin: --view VIEW or --where EXPR");
	if (args->view && args->basis)
		return output_usage("--basis goes with --where; a view has its own");
	if (args->classes && strcmp(args->classes, "keep") == 0)
		q.classes = LIC_CLASSES_KEEP;
	else if (args->classes && strcmp(args->classes, "drop") != 0)
		return output_usage("--classes is drop or keep");
	interrupt_watch();
	r = lic_snapshot_create(call->store.cat, call->store.path, &q, &info, &err);
	progress_clear();
	if (r < 0)
		return status_of(r, &err);
	output_stands("snapshot '%s' is made", q.name);
	if (!call->json)
		print(&info);
	else if (print_json(call, &err) < 0)
		return output_failure(&err);
	return TOOL_DONE;
}

const struct command cmd_snapshot_create = {
	.name = "create",
	.summary = "pin what a view shows now under a name",
	.operands = "STORE NAME",
	.notes = "licensefs-expressions(7) describes EXPR. A snapshot never changes; what is "
		 "revoked "
		 "later is hidden in it. Mount it with 'licensefs mount -o snapshot=NAME'.",
	.needs = NEEDS_WRITE,
	.min = 1,
	.max = 1,
	.options = create_options,
	.args_size = sizeof(struct create_args),
	.run = run_create,
};
