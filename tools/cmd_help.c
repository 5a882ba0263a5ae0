/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs help: the overview, one verb's help, and the option tables for scripts. */
#include <string.h>

#include "command.h"

struct help_args {
	bool options;
};

static const struct option_spec help_options[] = {
	{ "options", 0, NULL, "list verbs and options for scripts, separated by tabs", OPTION_FLAG,
	  offsetof(struct help_args, options) },
	OPTION_END,
};

/* Calls `fn` for the verb and everything below it, with its full name. */
static void each_verb(const struct command *parent, const struct command *c,
		      void (*fn)(void *ctx, const char *verb, const struct command *c), void *ctx)
{
	char verb[64];

	snprintf(verb, sizeof(verb), "%s%s%s", parent ? parent->name : "", parent ? " " : "",
		 c->name);
	fn(ctx, verb, c);
	for (size_t i = 0; c->sub && c->sub[i]; i++)
		each_verb(c, c->sub[i], fn, ctx);
}

static void list_verb(_unused_ void *ctx, const char *verb, const struct command *c)
{
	printf("verb\t%s\t%s\t%s\n", verb, *c->operands ? c->operands : "-", c->summary);
	if (c->sub)
		return;
	if (c->options)
		option_print_listing(stdout, verb, c->options);
	if (c->needs)
		option_print_listing(stdout, verb, command_store_options);
	option_print_listing(stdout, verb, command_common_of(c));
}

static void json_options(struct lic_json *j, const struct option_spec *table)
{
	for (const struct option_spec *o = table; o && o->name; o++) {
		char letter[2] = { o->letter, 0 };

		lic_json_object(j);
		lic_json_kstr(j, "name", o->name);
		lic_json_kstr(j, "letter", o->letter ? letter : NULL);
		lic_json_kstr(j, "argument", o->argument);
		lic_json_kstr(j, "help", o->help);
		lic_json_object_end(j);
	}
}

static void json_verb(void *ctx, const char *verb, const struct command *c)
{
	struct json_line *line = ctx;

	json_begin(line);
	lic_json_kstr(&line->json, "verb", verb);
	lic_json_kstr(&line->json, "summary", c->summary);
	lic_json_kstr(&line->json, "operands", c->operands);
	lic_json_key(&line->json, "options");
	lic_json_array(&line->json);
	if (!c->sub) {
		json_options(&line->json, c->options);
		json_options(&line->json, c->needs ? command_store_options : NULL);
		json_options(&line->json, command_common_of(c));
	}
	lic_json_array_end(&line->json);
	json_end(line);
}

static int run_help(const struct call *call)
{
	const struct help_args *args = call->args;
	const struct command *c = NULL, *parent = NULL;
	_cleanup_(json_release) struct json_line line = { 0 };
	struct lic_error err = LIC_ERROR_INIT;

	for (size_t i = 0; i < call->n; i++) {
		if (c && !c->sub)
			return output_usage("'%s' has no verbs below it", c->name);
		parent = c;
		c = command_find(c ? c->sub : command_table, call->operand[i], &err);
		if (!c)
			return output_usage("%s", err.msg);
	}
	if (call->json || args->options) {
		for (size_t i = 0; c ? !i : !!command_table[i]; i++)
			each_verb(parent, c ? c : command_table[i],
				  call->json ? json_verb : list_verb, &line);
	} else if (c) {
		help_command(stdout, parent, c);
	} else {
		help_overview(stdout);
	}
	return TOOL_DONE;
}

const struct command cmd_help = {
	.name = "help",
	.group = "Learn",
	.summary = "explain licensefs or one of its verbs",
	.operands = "[VERB [VERB]]",
	.max = 2,
	.options = help_options,
	.args_size = sizeof(struct help_args),
	.run = run_help,
};
