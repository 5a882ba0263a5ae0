/* SPDX-License-Identifier: Apache-2.0 */
/* licensefs license parse: one line of output for each string. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <licensefs/license.h>

#include "command.h"

struct parse_args {
	const char *context;
};

static const struct option_spec parse_options[] = {
	{ "context", 'c', "CONTEXT", "vocabulary of the strings: any, flickr-name, commons, ...",
	  OPTION_VALUE, offsetof(struct parse_args, context) },
	OPTION_END,
};

/* More than the parser reads of one string; the rest of a longer line is skipped. */
#define LINE_MAX_BYTES (LIC_PARSE_MAX + 4096)

struct parser {
	bool json;
	enum lic_context context; /* where the line names none */
	struct json_line line;
	int64_t number; /* of the input line */
	int status;
};

static const char *const kind_name[] = {
	[LIC_PARSE_UNRECOGNISED] = "unrecognised",
	[LIC_PARSE_NOASSERTION] = "noassertion",
	[LIC_PARSE_LICENSE] = "license",
	[LIC_PARSE_CONFLICT] = "conflict",
	[LIC_PARSE_NOTICE] = "notice",
	[LIC_PARSE_RESERVED] = "reserved",
};

static void print_result(struct parser *p, enum lic_context context, const char *s, size_t n,
			 const struct lic_parse *result)
{
	struct lic_json *j = &p->line.json;

	if (!p->json) {
		puts(result->expression);
		return;
	}
	json_begin(&p->line);
	lic_json_kstr(j, "context", lic_context_name(context));
	lic_json_key(j, "input");
	lic_json_bytes(j, s, n);
	lic_json_kstr(j, "result", result->expression);
	lic_json_kstr(j, "license", result->kind == LIC_PARSE_LICENSE ? result->expression : NULL);
	lic_json_kstr(j, "kind", kind_name[result->kind]);
	lic_json_kstr(j, "rule", result->rule);
	json_end(&p->line);
}

static void parse_one(struct parser *p, enum lic_context context, const char *s, size_t n)
{
	struct lic_parse result;

	lic_license_parse(context, s, n, &result);
	print_result(p, context, s, n, &result);
}

/* `context<TAB>string`, or a string alone. */
static void parse_line(struct parser *p, const char *s, size_t n)
{
	const char *tab = n ? memchr(s, '\t', n) : NULL;
	struct lic_parse nothing = { LIC_PARSE_UNRECOGNISED, "unrecognised", "", 0 };
	struct lic_buf shown = LIC_BUF_INIT(4096);
	int context;

	p->number++;
	if (!tab) {
		parse_one(p, p->context, s, n);
		return;
	}
	context = lic_context_find(s, (size_t)(tab - s));
	if (context >= 0) {
		parse_one(p, (enum lic_context)context, tab + 1, n - (size_t)(tab + 1 - s));
		return;
	}
	/* Unknown never passes: the string is not read in another vocabulary instead. */
	lic_text_quote(&shown, s, tab - s > 200 ? 200 : (size_t)(tab - s));
	output_say("line %lld: no context '%s'", (long long)p->number, lic_buf_str(&shown));
	lic_buf_release(&shown);
	print_result(p, p->context, tab + 1, n - (size_t)(tab + 1 - s), &nothing);
	p->status = TOOL_FINDING;
}

static int parse_stdin(struct parser *p)
{
	struct lic_buf line = LIC_BUF_INIT(LINE_MAX_BYTES);
	bool pending = false;
	int c;

	while ((c = getc_unlocked(stdin)) != EOF && !output_broken()) {
		pending = c != '\n';
		if (pending) {
			lic_buf_addc(&line, (char)c); /* ignored once the line is too long */
			continue;
		}
		parse_line(p, lic_buf_str(&line), line.len);
		lic_buf_reset(&line);
		if (isatty(STDIN_FILENO))
			fflush(stdout);
	}
	if (pending)
		parse_line(p, lic_buf_str(&line), line.len);
	lic_buf_release(&line);
	if (ferror(stdin)) {
		output_say("cannot read standard input: %s", strerror(errno));
		return TOOL_FAILURE;
	}
	return p->status;
}

static int bad_context(const char *name)
{
	const char *names[LIC_CONTEXT_COUNT], *near;
	struct lic_buf shown = LIC_BUF_INIT(4096);
	int status;

	for (int i = 0; i < LIC_CONTEXT_COUNT; i++)
		names[i] = lic_context_name((enum lic_context)i);
	near = lic_text_nearest(name, strlen(name), names, LIC_CONTEXT_COUNT);
	if (!near)
		for (int i = 0; i < LIC_CONTEXT_COUNT; i++)
			lic_buf_addf(&shown, "%s%s", i ? ", " : "", names[i]);
	status = output_usage(near ? "no such context; did you mean '%s'?"
				   : "no such context; there are: %s",
			      near ? near : lic_buf_str(&shown));
	lic_buf_release(&shown);
	return status;
}

static int run_parse(const struct call *call)
{
	const struct parse_args *args = call->args;
	struct parser p = { .json = call->json, .context = LIC_CONTEXT_ANY };
	int status;

	if (args->context) {
		int context = lic_context_find(args->context, strlen(args->context));

		if (context < 0)
			return bad_context(args->context);
		p.context = (enum lic_context)context;
	}
	if (call->n == 1 && strcmp(call->operand[0], "-") == 0) {
		status = parse_stdin(&p);
	} else {
		for (size_t i = 0; i < call->n; i++)
			parse_one(&p, p.context, call->operand[i], strlen(call->operand[i]));
		status = p.status;
	}
	json_release(&p.line);
	return status;
}

const struct command cmd_license_parse = {
	.name = "parse",
	.summary = "say which license a string found in the wild means",
	.operands = "STRING...|-",
	.notes = "With '-' the strings are lines of standard input, 'STRING' or "
		 "'CONTEXT<TAB>STRING'.",
	.min = 1,
	.max = COMMAND_MANY,
	.options = parse_options,
	.args_size = sizeof(struct parse_args),
	.run = run_parse,
};
