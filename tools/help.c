/* SPDX-License-Identifier: Apache-2.0 */
/* Help from the command and option tables. */
#include <string.h>

#include "command.h"

static void print_verb(FILE *out, const struct command *c)
{
	bool color = output_color(out);

	fprintf(out, "  %s%-10s%s %s\n", color ? "\033[1m" : "", c->name, color ? "\033[0m" : "",
		c->summary);
}

void help_overview(FILE *out)
{
	const char *group = "";

	fputs("licensefs shows each use of an image store only the images whose license permits"
	      " it.\n\nusage: licensefs VERB [STORE] ...\n",
	      out);
	for (size_t i = 0; command_table[i]; i++) {
		if (strcmp(group, command_table[i]->group) != 0)
			fprintf(out, "\n%s\n", command_table[i]->group);
		group = command_table[i]->group;
		print_verb(out, command_table[i]);
	}
	fputs("\nA first look\n"
	      "  licensefs scan /data/photos\n"
	      "  licensefs mount /data/photos /mnt/photos && ls /mnt/photos/commercial\n"
	      "\n'licensefs VERB --help' is short, 'man licensefs-VERB' is complete.\n",
	      out);
}

void help_command(FILE *out, const struct command *parent, const struct command *c)
{
	fprintf(out, "licensefs %s%s%s - %s\n\n", parent ? parent->name : "", parent ? " " : "",
		c->name, c->summary);
	if (c->sub) {
		fprintf(out, "usage: licensefs %s %s\n\n", c->name, c->operands);
		for (size_t i = 0; c->sub[i]; i++) {
			fprintf(out, "  licensefs %s %s%s%s\n", c->name, c->sub[i]->name,
				*c->sub[i]->operands ? " " : "", c->sub[i]->operands);
			fprintf(out, "      %s\n", c->sub[i]->summary);
		}
		fprintf(out, "\n'licensefs %s VERB --help' lists the options.\n", c->name);
		return;
	}
	fprintf(out, "usage: licensefs %s%s%s [OPTION]...%s%s\n\n", parent ? parent->name : "",
		parent ? " " : "", c->name, *c->operands ? " " : "", c->operands);
	if (c->options && c->options->name)
		option_print_help(out, c->options);
	if (c->needs)
		option_print_help(out, command_store_options);
	option_print_help(out, command_common_of(c));
	if (c->notes)
		fprintf(out, "\n%s\n", c->notes);
}
