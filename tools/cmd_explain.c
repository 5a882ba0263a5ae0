/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs explain: the verdict on a path, and everything behind it. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "explain.h"

static int explain_one(const struct call *call, const struct views *views, const char *given,
		       struct json_line *line, struct lic_error *err)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	struct explanation x;
	int r = store_resolve(&call->store, given, &path, err), status = TOOL_DONE;

	if (r < 0) {
		lic_buf_release(&path);
		return r == -EINVAL ? output_invalid(err) : output_failure(err);
	}
	r = explain_load(&x, &call->store, views, lic_buf_str(&path), path.len, err);
	if (r < 0) {
		status = output_failure(err);
	} else {
		if (call->json)
			explain_json(&x, line);
		else
			explain_print(&x);
		if (!x.image.entry.id) {
			status = TOOL_FINDING;
			if (!x.exists)
				store_hint(&call->store, given);
		}
	}
	explain_release(&x);
	lic_buf_release(&path);
	return status;
}

static int run_explain(const struct call *call)
{
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_error err = LIC_ERROR_INIT;
	struct views views;
	int status = TOOL_DONE;

	if (views_load(&views, call->store.cat, &err) < 0)
		status = output_failure(&err);
	for (size_t i = 0; status < TOOL_USAGE && i < call->n && !output_broken(); i++) {
		int one;

		if (i && !call->json)
			putchar('\n');
		one = explain_one(call, &views, call->operand[i], &line, &err);
		if (one > status)
			status = one;
	}
	views_release(&views);
	return status;
}

const struct command cmd_explain = {
	.name = "explain",
	.group = "Ask",
	.summary = "show the verdict on files, every claim behind it, and why views show them",
	.operands = "STORE PATH...",
	.needs = NEEDS_READ,
	.min = 1,
	.max = COMMAND_MANY,
	.run = run_explain,
};
