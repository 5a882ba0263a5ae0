/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs snapshot verify: does the store still hold it? */
#include <errno.h>
#include <string.h>

#include "interrupt.h"
#include "progress.h"
#include "snapshot.h"

struct verify_args {
	bool content;
};

static const struct option_spec verify_options[] = {
	{ "content", 0, NULL, "read the files and compare their bytes, too", OPTION_FLAG,
	  offsetof(struct verify_args, content) },
	OPTION_END,
};

struct verifying {
	const char *name;
	struct json_line *line; /* NULL: for people */
};

static int take(void *ctx, const struct lic_finding *f)
{
	struct verifying *v = ctx;

	if (output_broken())
		return 0; /* nobody reads any more, but the status is wanted */
	progress_clear();
	if (v->line) {
		json_begin(v->line);
		lic_json_kstr(&v->line->json, "finding", lic_finding_name(f->kind));
		lic_json_kstr(&v->line->json, "snapshot", v->name);
		lic_json_key(&v->line->json, "path");
		if (f->path.n)
			lic_json_bytes(&v->line->json, f->path.p, f->path.n);
		else
			lic_json_null(&v->line->json);
		lic_json_kstr(&v->line->json, "why", f->why);
		json_end(v->line);
		return 0;
	}
	if (f->path.n)
		output_quoted(stdout, f->path.p, f->path.n);
	else
		output_shown(stdout, v->name, strlen(v->name));
	printf(": %s: ", lic_finding_name(f->kind));
	output_shown(stdout, f->why, strlen(f->why));
	putchar('\n');
	return 0;
}

static void tell(const struct verifying *v, const struct lic_verify_result *r)
{
	struct lic_buf name = LIC_BUF_INIT(4096);
	char files[32], findings[32], revoked[32];

	lic_text_show(&name, v->name, strlen(v->name));
	if (r->findings)
		output_say("%s: %s %s among %s %s", lic_buf_str(&name),
			   output_count(r->findings, findings),
			   output_plural(r->findings, "finding", "findings"),
			   output_count(r->files, files), output_plural(r->files, "file", "files"));
	else if (!v->line)
		printf("%s: the digest and %s %s are as they were\n", lic_buf_str(&name),
		       output_count(r->files, files), output_plural(r->files, "file", "files"));
	if (r->revoked)
		output_say("%s: %s %s revoked, and hidden", lic_buf_str(&name),
			   output_count(r->revoked, revoked),
			   output_plural(r->revoked, "image is", "images are"));
	lic_buf_release(&name);
}

static int verify(const struct call *call, const char *name, struct json_line *line)
{
	const struct verify_args *args = call->args;
	struct verifying v = { .name = name, .line = line };
	struct lic_verify_request q = {
		.store = call->store.path,
		.content = args->content,
		.progress = snapshot_progress,
		.finding = take,
		.ctx = &v,
	};
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_verify_result result;
	int status = TOOL_DONE, r;
	struct lic_snapshot *s = snapshot_open(call->store.cat, name, &status);

	if (!s)
		return status;
	r = lic_snapshot_verify(call->store.cat, s, &q, &result, &err);
	progress_clear();
	lic_snapshot_close(s);
	if (r == -EINTR && interrupt_signal) {
		output_say("interrupted");
		return TOOL_FAILURE;
	}
	if (r < 0)
		return output_failure(&err);
	tell(&v, &result);
	return result.findings ? TOOL_FINDING : TOOL_DONE;
}

static int run_verify(const struct call *call)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	int worst = TOOL_DONE;

	interrupt_watch();
	for (size_t i = 0; i < call->n && !interrupt_signal; i++) {
		int status = verify(call, call->operand[i], call->json ? &line : NULL);

		worst = status > worst ? status : worst;
	}
	return worst;
}

const struct command cmd_snapshot_verify = {
	.name = "verify",
	.summary = "check the digest of snapshots, and compare the store's files with them",
	.operands = "STORE NAME...",
	.notes = "Files are compared by size, times and place; images of which these differ, and "
		 "with "
		 "--content all files, are read. Exits with 1 where anything differs.",
	.needs = NEEDS_READ,
	.min = 1,
	.max = COMMAND_MANY,
	.options = verify_options,
	.args_size = sizeof(struct verify_args),
	.run = run_verify,
};
