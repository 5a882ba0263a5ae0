/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options as data: parsing, --help, the completion and the check of the manual come from one table.
 *
 * A verb describes its options by an array of struct option_spec that ends with OPTION_END, and
 * receives them in a struct of its own, of which each option sets one member. Options may follow
 * operands; "--" ends them.
 */
#ifndef LICENSEFS_TOOLS_OPTION_H
#define LICENSEFS_TOOLS_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <licensefs/error.h>

enum option_type {
	OPTION_FLAG,  /* bool */
	OPTION_VALUE, /* const char *; the last one counts */
	OPTION_LIST,  /* struct option_list */
};

#define OPTION_LIST_MAX 64

/* Every value that an option was given, in order; not owned. */
struct option_list {
	const char *item[OPTION_LIST_MAX];
	size_t n;
};

struct option_spec {
	const char *name;     /* long name without the dashes; NULL ends the table */
	char letter;	      /* short name, 0 if it has none */
	const char *argument; /* name of the value in --help, NULL for flags */
	const char *help;     /* lower case, no full stop */
	enum option_type type;
	size_t offset; /* of the member in the verb's struct */
};

#define OPTION_END                                                                                 \
	{                                                                                          \
		NULL, 0, NULL, NULL, OPTION_FLAG, 0                                                \
	}

/* Several tables that are parsed as one, each with the struct that it fills. */
struct option_set {
	const struct option_spec *table;
	void *into;
};

#define OPTION_SETS_MAX 4
#define OPTION_BEFORE_MAX 4 /* operands before a command */
#define OPTION_MAX 40 /* options of one verb, common ones included */

/*
 * Parses argv[1..]; afterwards the operands stand at argv[*ret_first] to the end. What follows
 * `before` operands is a command with options of its own, with or without "--"; 0: there is none.
 * -EINVAL with the reason where an option is unknown (naming the nearest), lacks its value or has
 * one too many.
 */
int option_parse(int argc, char **argv, const struct option_set *sets, size_t n_sets,
		 unsigned before, int *ret_first, struct lic_error *err)
	_nonnull_(2, 3, 6, 7) _must_check_;

/* Prints the table for --help, aligned, one option a line. */
void option_print_help(FILE *out, const struct option_spec *table) _nonnull_all_;
/* Prints one line an option for scripts: option, VERB, --name, -letter, ARGUMENT, help, separated
 * by tabs; "-" where there is no letter or argument. */
void option_print_listing(FILE *out, const char *verb,
			  const struct option_spec *table) _nonnull_all_;

/* A decimal number from 0 to `max`; -EINVAL naming the option. */
int option_number(const char *option, const char *value, unsigned long max, unsigned long *ret,
		  struct lic_error *err) _nonnull_all_ _must_check_;

#endif
