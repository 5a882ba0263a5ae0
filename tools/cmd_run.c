/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs run. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include <licensefs/run.h>

#include "command.h"
#include "recorded.h"

struct run_args {
	const char *view, *where, *snapshot, *basis, *job, *scratch;
	struct option_list options;
};

static const struct option_spec run_options[] = {
	{ "view", 'V', "VIEW", "what the command sees of the store", OPTION_VALUE,
	  offsetof(struct run_args, view) },
	{ "where", 'w', "EXPR", "the same, as an expression", OPTION_VALUE,
	  offsetof(struct run_args, where) },
	{ "snapshot", 0, "NAME", "what a snapshot has", OPTION_VALUE,
	  offsetof(struct run_args, snapshot) },
	{ "basis", 0, "TEXT", "the legal basis, where EXPR needs one", OPTION_VALUE,
	  offsetof(struct run_args, basis) },
	{ "job", 0, "NAME", "keep a ledger of what the command sees and opens", OPTION_VALUE,
	  offsetof(struct run_args, job) },
	{ "scratch", 0, "DIR", "keep in DIR what the command writes to the store", OPTION_VALUE,
	  offsetof(struct run_args, scratch) },
	{ "options", 'o', "LIST", "options of mount: mode=, classes=, classmap=, abspaths=",
	  OPTION_LIST, offsetof(struct run_args, options) },
	OPTION_END,
};

static void notice(_unused_ void *ctx, const char *line)
{
	output_say("%s", line);
}

/* The command gets what this program got. */
static void restore_signals(void)
{
	if (!command_ignored_sigpipe)
		signal(SIGPIPE, SIG_DFL);
}

/* As the mount would refuse it, by the names that these options have here. */
static int check(const struct lic_mount_options *m, struct lic_error *err)
{
	if (m->snapshot && (m->view || m->where))
		return lic_error_set(err, EINVAL,
				     "--snapshot and --%s exclude each other: a snapshot shows "
				     "what its view showed then",
				     m->view ? "view" : "where");
	if (m->view && m->where)
		return lic_error_set(err, EINVAL,
				     "--view and --where exclude each other; join them as "
				     "--where 'VIEW & EXPR'");
	if (m->basis && m->snapshot)
		return lic_error_set(err, EINVAL,
				     "--basis belongs to --where; a snapshot keeps the basis that "
				     "it was made with");
	if (m->basis && !m->where)
		return lic_error_set(err, EINVAL,
				     "--basis belongs to --where; give a saved view its basis "
				     "with licensefs view set --basis");
	return 0;
}

static int parse(const struct run_args *args, struct lic_mount_options *m, struct lic_arena *arena,
		 struct lic_error *err)
{
	int r = 0;

	/* settings with the store's path lead to the view; a snapshot has its own answer */
	m->abspaths = !args->snapshot;
	for (size_t i = 0; i < args->options.n; i++)
		if (strstr(args->options.item[i], "snapshot="))
			m->abspaths = false;
	for (size_t i = 0; r == 0 && i < args->options.n; i++)
		r = lic_mount_parse_options(m, args->options.item[i], arena, err);
	if (r == 0 && args->view)
		m->view = args->view;
	if (r == 0 && args->where)
		m->where = args->where;
	if (r == 0 && args->snapshot)
		m->snapshot = args->snapshot;
	if (r == 0 && args->basis)
		m->basis = args->basis;
	if (r == 0 && args->job)
		m->job = args->job;
	return r == 0 ? check(m, err) : r;
}

static int run_run(const struct call *call)
{
	struct lic_error err = LIC_ERROR_INIT;
	_cleanup_(lic_arena_release) struct lic_arena arena = LIC_ARENA_INIT(1u << 20);
	const struct run_args *args = call->args;
	struct lic_mount_options m = {
		.store = call->store.path,
		.catalog = call->store.catalog,
		.notice = notice,
	};
	const struct lic_run_options o = { &m, args->scratch, call->operand, restore_signals };
	struct recorded recorded = { 0 };
	int status;

	if (parse(args, &m, &arena, &err) < 0)
		return output_usage("%s", err.msg);
	if (recorded_begin(&recorded, &m, call->operand, &err) < 0)
		return output_failure(&err);
	fflush(NULL); /* what is buffered must not be written by the daemon once more */
	status = lic_run(&o, &err);
	recorded_cancel(&recorded, &m);
	output_failure(&err);
	return status;
}

const struct command cmd_run = {
	.name = "run",
	.group = "Use",
	.summary = "run a command that sees only a view of the store",
	.operands = "STORE [--] COMMAND [ARGUMENT]...",
	.notes = "At the store's own path the command finds the view, and the rest of the store "
		 "nowhere.\nOptions of run stand before it; what follows it is its own.\nIts "
		 "exit status is passed on; 125: licensefs failed, 126: the command "
		 "cannot be run,\n127: there is no such command.",
	.needs = NEEDS_STORE,
	.prepare = lic_mount_look_below,
	.min = 1,
	.max = COMMAND_MANY,
	.options = run_options,
	.args_size = sizeof(struct run_args),
	.before = 1,
	.no_json = true,
	.failure = LIC_RUN_FAILED,
	.run = run_run,
};
