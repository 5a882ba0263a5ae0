/* SPDX-License-Identifier: Apache-2.0 */
/* Parses and prints option tables. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/text.h>

#include "option.h"

/* getopt's view of the tables: value i + 1 of a long option means entry i. */
struct flat {
	const struct option_spec *spec[OPTION_MAX];
	void *into[OPTION_MAX];
	struct option longs[OPTION_MAX + 1];
	char shorts[2 * OPTION_MAX + 3];
	size_t n;
};

static void flatten(struct flat *f, const struct option_set *sets, size_t n_sets, bool permuting)
{
	size_t s = 0;

	memset(f, 0, sizeof(*f));
	if (!permuting)
		f->shorts[s++] = '+';
	f->shorts[s++] = ':'; /* tell a missing value from an unknown option */
	for (size_t i = 0; i < n_sets; i++) {
		for (const struct option_spec *o = sets[i].table; o && o->name; o++) {
			if (f->n == OPTION_MAX)
				abort(); /* a verb outgrew the table: raise OPTION_MAX */
			f->spec[f->n] = o;
			f->into[f->n] = sets[i].into;
			f->longs[f->n].name = o->name;
			f->longs[f->n].has_arg = o->argument ? required_argument : no_argument;
			f->longs[f->n].val = 256 + (int)f->n;
			f->n++;
			if (!o->letter)
				continue;
			f->shorts[s++] = o->letter;
			if (o->argument)
				f->shorts[s++] = ':';
		}
	}
}

static int find_entry(const struct flat *f, int value)
{
	if (value >= 256)
		return value - 256;
	for (size_t i = 0; i < f->n; i++)
		if (f->spec[i]->letter == value)
			return (int)i;
	return -1;
}

static int store_value(const struct option_spec *o, void *into, const char *value,
		       struct lic_error *err)
{
	char *member = (char *)into + o->offset;
	struct option_list *list = (struct option_list *)(void *)member;

	switch (o->type) {
	case OPTION_FLAG:
		*(bool *)member = true;
		break;
	case OPTION_VALUE:
		*(const char **)(void *)member = value;
		break;
	case OPTION_LIST:
		if (list->n == OPTION_LIST_MAX)
			return lic_error_set(err, EINVAL, "option --%s is given more than %d times",
					     o->name, OPTION_LIST_MAX);
		list->item[list->n++] = value;
		break;
	}
	return 0;
}

static int report_unknown(const struct flat *f, const char *word, struct lic_error *err)
{
	const char *names[OPTION_MAX], *near = NULL;
	struct lic_buf shown = LIC_BUF_INIT(256);
	size_t n = strcspn(word, "=");

	if (strncmp(word, "--", 2) == 0) {
		for (size_t i = 0; i < f->n; i++)
			names[i] = f->spec[i]->name;
		near = lic_text_nearest(word + 2, n - 2, names, f->n);
		lic_text_quote(&shown, word, n);
	} else {
		char letter[2] = { '-', (char)optopt };

		lic_text_quote(&shown, letter, 2);
	}
	lic_error_set(err, EINVAL, "no option %s%s%s%s", lic_buf_str(&shown),
		      near		  ? "; did you mean --"
		      : strchr(word, '.') ? "; before a name that begins with - put --"
					  : "",
		      near ? near : "", near ? "?" : "");
	lic_buf_release(&shown);
	return -EINVAL;
}

/* getopt reports errors by '?' (unknown, ambiguous, or a flag with a value) and ':'. */
static int report_bad(const struct flat *f, int found, char **argv, struct lic_error *err)
{
	int i = optopt ? find_entry(f, optopt) : -1;
	const char *word = argv[optind - 1];

	if (found == ':' && i >= 0)
		return lic_error_set(err, EINVAL, "option --%s needs a value: %s", f->spec[i]->name,
				     f->spec[i]->argument);
	if (i >= 0)
		return lic_error_set(err, EINVAL, "option --%s takes no value", f->spec[i]->name);
	return report_unknown(f, word, err);
}

/* The options up to an operand or "--", or all of them. */
static int parse_some(const struct flat *f, int argc, char **argv, struct lic_error *err)
{
	int found, i, r = 0;

	while (r == 0 && (found = getopt_long(argc, argv, f->shorts, f->longs, NULL)) != -1) {
		i = found == '?' || found == ':' ? -1 : find_entry(f, found);
		r = i < 0 ? report_bad(f, found, argv, err)
			  : store_value(f->spec[i], f->into[i], optarg, err);
	}
	return r;
}

/* Did getopt stop behind "--"? Then that is what it looked at last. */
static bool at_dashes(char **argv, int from)
{
	return optind > from && strcmp(argv[optind - 1], "--") == 0;
}

int option_parse(int argc, char **argv, const struct option_set *sets, size_t n_sets,
		 unsigned before, int *ret_first, struct lic_error *err)
{
	int operand[OPTION_BEFORE_MAX], n = 0, from = 1, r;
	struct flat f;

	flatten(&f, sets, n_sets, !before);
	opterr = 0;
	optind = 0; /* glibc: start over */
	r = parse_some(&f, argc, argv, err);
	while (r == 0 && (unsigned)n < before && optind < argc && !at_dashes(argv, from)) {
		operand[n++] = optind++;
		from = optind;
		r = parse_some(&f, argc, argv, err);
	}
	*ret_first = optind - n;
	for (int i = n; i-- > 0;)
		argv[optind - n + i] = argv[operand[i]];
	return r;
}

static int label_width(const struct option_spec *o)
{
	size_t n = strlen("  -x, --") + strlen(o->name);

	return (int)(n + (o->argument ? 1 + strlen(o->argument) : 0));
}

void option_print_help(FILE *out, const struct option_spec *table)
{
	int width = 24;

	for (const struct option_spec *o = table; o->name; o++)
		if (label_width(o) > width)
			width = label_width(o);
	for (const struct option_spec *o = table; o->name; o++) {
		if (o->letter)
			fprintf(out, "  -%c, --%s", o->letter, o->name);
		else
			fprintf(out, "      --%s", o->name);
		fprintf(out, "%s%s%*s  %s\n", o->argument ? " " : "",
			o->argument ? o->argument : "", width - label_width(o), "", o->help);
	}
}

void option_print_listing(FILE *out, const char *verb, const struct option_spec *table)
{
	for (const struct option_spec *o = table; o->name; o++) {
		char letter[3] = { '-', o->letter, 0 };

		fprintf(out, "option\t%s\t--%s\t%s\t%s\t%s\n", verb, o->name, letter,
			o->argument ? o->argument : "-", o->help);
	}
}

int option_number(const char *option, const char *value, unsigned long max, unsigned long *ret,
		  struct lic_error *err)
{
	struct lic_buf shown = LIC_BUF_INIT(256);
	unsigned long v;
	char *end;

	errno = 0;
	v = strtoul(value, &end, 10);
	if (isdigit((unsigned char)value[0]) && !*end && !errno && v <= max) {
		*ret = v;
		return 0;
	}
	lic_text_quote(&shown, value, strlen(value));
	if (max > UINT32_MAX) /* nobody meant one near it */
		lic_error_set(err, EINVAL, "option --%s wants a number, not %s", option,
			      lic_buf_str(&shown));
	else
		lic_error_set(err, EINVAL, "option --%s wants a number from 0 to %lu, not %s",
			      option, max, lic_buf_str(&shown));
	lic_buf_release(&shown);
	return -EINVAL;
}
