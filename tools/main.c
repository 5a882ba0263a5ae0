/* SPDX-License-Identifier: Apache-2.0 */
/* The program's entry: finds the verb in the command table and runs it. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

const struct command *const command_table[] = {
	&cmd_scan,     &cmd_watch,   &cmd_import,  &cmd_decide, &cmd_revoke, &cmd_restore,
	&cmd_status,   &cmd_report,  &cmd_explain, &cmd_find,	&cmd_check,  &cmd_view,
	&cmd_snapshot, &cmd_job,     &cmd_mount,   &cmd_umount, &cmd_run,    &cmd_license,
	&cmd_help,     &cmd_version, NULL,
};

bool command_ignored_sigpipe;

const struct option_spec command_common_options[] = {
	{ "help", 'h', NULL, "show this help", OPTION_FLAG, offsetof(struct command_common, help) },
	{ "json", 0, NULL, "print JSON, one object a line", OPTION_FLAG,
	  offsetof(struct command_common, json) },
	OPTION_END,
};

static const struct option_spec help_alone[] = {
	{ "help", 'h', NULL, "show this help", OPTION_FLAG, offsetof(struct command_common, help) },
	OPTION_END,
};

const struct option_spec *command_common_of(const struct command *c)
{
	return c->no_json ? help_alone : command_common_options;
}

const struct option_spec command_store_options[] = {
	{ "catalog", 0, "FILE", "use this catalog, not STORE/.licensefs/catalog.db", OPTION_VALUE,
	  offsetof(struct command_common, catalog) },
	OPTION_END,
};

#define VERBS_TOLD 10u /* more are looked up in the help */

const struct command *command_find(const struct command *const *table, const char *name,
				   struct lic_error *err)
{
	const char *names[OPTION_MAX] = { NULL }, *near;
	struct lic_buf shown = LIC_BUF_INIT(4096);
	size_t n = 0;

	for (; table[n]; n++) {
		if (strcmp(table[n]->name, name) == 0)
			return table[n];
		names[n] = table[n]->name;
	}
	near = lic_text_nearest(name, strlen(name), names, n);
	lic_text_quote(&shown, name, strlen(name));
	if (near)
		lic_buf_addf(&shown, "; did you mean '%s'?", near);
	for (size_t i = 0; !near && n < VERBS_TOLD && i < n; i++)
		lic_buf_addf(&shown, "%s%s", i ? ", " : "; there are ", names[i]);
	lic_error_set(err, EINVAL, "there is no verb %s", lic_buf_str(&shown));
	lic_buf_release(&shown);
	return NULL;
}

/* Checks the number of operands, opens what the verb needs, and runs it. */
static int run_parsed(const struct command *c, const struct command_common *common,
		      const void *args, char **operand, size_t n)
{
	struct call call = { .command = c, .args = args, .json = common->json };
	struct lic_error err = LIC_ERROR_INIT;
	bool needs = c->needs && !(c->no_store && c->no_store(args));
	size_t stores = needs ? 1 : 0;
	int status;

	if (n < c->min + stores)
		return output_usage("operands are missing: %s", c->operands);
	if (n > c->max + stores && c->max != COMMAND_MANY) {
		struct lic_buf shown = LIC_BUF_INIT(8192);
		const char *extra = operand[c->max + stores];

		lic_text_quote(&shown, extra, strlen(extra));
		status = output_usage("one operand too many: %s", lic_buf_str(&shown));
		lic_buf_release(&shown);
		return status;
	}
	call.operand = operand + stores;
	call.n = n - stores;
	if (needs) {
		int r = c->prepare ? c->prepare(operand[0], &err) : 0;

		if (r == 0)
			r = store_init(&call.store, operand[0], common->catalog, &err);
		if (r == 0 && c->needs >= NEEDS_READ)
			r = store_open(&call.store, c->needs == NEEDS_WRITE, &err);
		if (r < 0) {
			store_release(&call.store);
			return output_failure(&err);
		}
	}
	status = c->run(&call);
	store_release(&call.store);
	return status;
}

static int parse_and_run(const struct command *parent, const struct command *c, int argc,
			 char **argv)
{
	struct command_common common = { 0 };
	_cleanup_(lic_freep) void *args = calloc(1, c->args_size ? c->args_size : 1);
	struct option_set sets[] = {
		{ c->options, args },
		{ command_common_of(c), &common },
		{ c->needs ? command_store_options : NULL, &common },
	};
	struct lic_error err = LIC_ERROR_INIT;
	int first;

	if (!args)
		output_out_of_memory();
	if (option_parse(argc, argv, sets, LIC_ARRAY_SIZE(sets), c->before, &first, &err) < 0)
		return output_usage("%s", err.msg);
	if (common.help) {
		help_command(stdout, parent, c);
		return TOOL_DONE;
	}
	return run_parsed(c, &common, args, argv + first, (size_t)(argc - first));
}

static int run_command(const struct command *parent, const struct command *c, int argc, char **argv)
{
	int status = parse_and_run(parent, c, argc, argv);

	return c->failure && (status == TOOL_USAGE || status == TOOL_FAILURE) ? c->failure : status;
}

/* `licensefs view set ...`: argv[0] is the verb. */
static int run_sub(const struct command *c, int argc, char **argv)
{
	static char verb[64]; /* named by messages until the end */
	struct lic_error err = LIC_ERROR_INIT;
	const struct command *sub;

	if (argc < 2)
		return output_usage("say what to do: %s", c->operands);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		help_command(stdout, NULL, c);
		return TOOL_DONE;
	}
	sub = command_find(c->sub, argv[1], &err);
	if (!sub)
		return output_usage("%s", err.msg);
	snprintf(verb, sizeof(verb), "%s %s", c->name, sub->name);
	output_set_verb(verb);
	return run_command(c, sub, argc - 1, argv + 1);
}

/* mount(8) runs "mount.TYPE STORE MNT -o ...", mount.fuse3(8) "licensefs /STORE MNT -o ...". */
static bool is_mount_helper(int argc, char **argv)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc > 0 ? argv[0] : "";

	return strncmp(name, "mount.", 6) == 0 || (argc > 1 && argv[1][0] == '/');
}

static int dispatch(int argc, char **argv)
{
	struct lic_error err = LIC_ERROR_INIT;
	const struct command *c;
	const char *verb = argc > 1 ? argv[1] : NULL;

	if (is_mount_helper(argc, argv)) {
		output_set_verb(cmd_mount_helper.name);
		return run_command(NULL, &cmd_mount_helper, argc, argv);
	}
	if (!verb) {
		help_overview(stdout);
		return TOOL_USAGE;
	}
	if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0)
		verb = "help";
	if (strcmp(verb, "--version") == 0 || strcmp(verb, "-V") == 0)
		verb = "version";
	c = command_find(command_table, verb, &err);
	if (!c)
		return output_usage("%s", err.msg);
	output_set_verb(c->name);
	if (c->sub)
		return run_sub(c, argc - 1, argv + 1);
	return run_command(NULL, c, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	/* Only what decides how wide a character is; numbers stay as scripts expect them. Without a
	 * UTF-8 locale (cron, containers) names are still UTF-8. */
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	/* A reader that goes away must not kill a scan in the middle of a batch. */
	command_ignored_sigpipe = signal(SIGPIPE, SIG_IGN) == SIG_IGN;
	return output_finish(dispatch(argc, argv));
}
