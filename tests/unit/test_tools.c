/* SPDX-License-Identifier: Apache-2.0 */
/* Option tables and dates of the program. */
#include <errno.h>

#include "tests/unit/tap.h"
#include "tools/date.h"
#include "tools/option.h"

struct args {
	bool flag;
	const char *value;
	struct option_list list;
};

static const struct option_spec table[] = {
	{ "flag", 'f', NULL, "a flag", OPTION_FLAG, offsetof(struct args, flag) },
	{ "value", 'v', "V", "a value", OPTION_VALUE, offsetof(struct args, value) },
	{ "list", 0, "L", "a list", OPTION_LIST, offsetof(struct args, list) },
	OPTION_END,
};

static unsigned before; /* operands before a command */

static int parse(struct args *a, int *first, struct lic_error *err, int argc, char **argv)
{
	struct option_set sets[] = { { table, a }, { NULL, NULL } };

	memset(a, 0, sizeof(*a));
	memset(err, 0, sizeof(*err));
	*first = -1;
	return option_parse(argc, argv, sets, LIC_ARRAY_SIZE(sets), before, first, err);
}

#define PARSE(...)                                                                                 \
	({                                                                                         \
		char *argv_[] = { (char *)"verb", __VA_ARGS__, NULL };                             \
		parse(&a, &first, &err, (int)LIC_ARRAY_SIZE(argv_) - 1, argv_);                    \
	})

static void test_good_options(void)
{
	struct args a;
	struct lic_error err;
	int first;

	is_int(PARSE((char *)"x", (char *)"-f", (char *)"y", (char *)"--value=1"), 0,
	       "options may follow operands");
	ok(a.flag, "a flag is set");
	is_str(a.value, "1", "a value is kept");
	is_int(first, 3, "operands stand at the end");
	is_int(PARSE((char *)"--", (char *)"-f"), 0, "-- ends options");
	ok(!a.flag && first == 2, "what follows is an operand");
	is_int(PARSE((char *)"--list", (char *)"a", (char *)"--list", (char *)"b"), 0,
	       "an option may be repeated");
	ok(a.list.n == 2 && strcmp(a.list.item[1], "b") == 0, "a list keeps all values");
	is_int(PARSE((char *)"-v1", (char *)"-v", (char *)"2"), 0, "short options take values");
	is_str(a.value, "2", "the last value counts");
	is_int(PARSE((char *)"-"), 0, "a dash is an operand");
	is_int(first, 1, "and stays one");
}

/* As env(1) and nsenter(1): what follows a command is the command's. */
static void test_commands(void)
{
	char *argv[] = { (char *)"verb", (char *)"-f",	(char *)"STORE", (char *)"--value",
			 (char *)"1",	 (char *)"cmd", (char *)"-x",	 (char *)"--value",
			 (char *)"2",	 NULL };
	struct args a;
	struct lic_error err;
	int first;

	before = 1;
	is_int(parse(&a, &first, &err, 9, argv), 0, "a command may have options of its own");
	ok(a.flag && strcmp(a.value, "1") == 0, "options before it are parsed");
	is_int(first, 4, "operands stand together");
	ok(strcmp(argv[4], "STORE") == 0 && strcmp(argv[5], "cmd") == 0 &&
		   strcmp(argv[6], "-x") == 0 && strcmp(argv[8], "2") == 0,
	   "and the command's words behind them");
	is_int(PARSE((char *)"STORE", (char *)"-f", (char *)"--", (char *)"-x"), 0,
	       "-- ends options");
	ok(a.flag && first == 3, "after the first operand, too");
	is_int(PARSE((char *)"STORE", (char *)"--", (char *)"cmd", (char *)"--"), 0,
	       "the command's --");
	is_int(first, 2, "is its own");
	is_int(PARSE((char *)"-f", (char *)"STORE"), 0, "without a command");
	is_int(first, 2, "there is one operand");
	is_int(PARSE((char *)"STORE", (char *)"-x", (char *)"cmd"), -EINVAL,
	       "a wrong option is one");
	before = 0;
}

static void test_bad_options(void)
{
	struct args a;
	struct lic_error err;
	char *many[2 * OPTION_LIST_MAX + 3] = { (char *)"verb" };
	int first;

	is_int(PARSE((char *)"--valeu=1"), -EINVAL, "an unknown option is refused");
	ok(strstr(err.msg, "did you mean --value?"), "the nearest is named: %s", err.msg);
	is_int(PARSE((char *)"-x"), -EINVAL, "an unknown letter is refused");
	is_str(err.msg, "no option -x", "and named");
	is_int(PARSE((char *)"-f\033"), -EINVAL, "a control character is refused");
	ok(!strchr(err.msg, '\033'), "and not repeated raw: %s", err.msg);
	is_int(PARSE((char *)"--value"), -EINVAL, "a missing value is refused");
	is_str(err.msg, "option --value needs a value: V", "and said");
	is_int(PARSE((char *)"--flag=1"), -EINVAL, "a value too many is refused");
	is_str(err.msg, "option --flag takes no value", "and said");
	for (int i = 0; i <= OPTION_LIST_MAX; i++) {
		many[1 + 2 * i] = (char *)"--list";
		many[2 + 2 * i] = (char *)"x";
	}
	is_int(parse(&a, &first, &err, 2 * OPTION_LIST_MAX + 3, many), -EINVAL,
	       "a list has an end");
}

static void test_numbers(void)
{
	struct lic_error err = LIC_ERROR_INIT;
	unsigned long n = 7;

	is_int(option_number("jobs", "16", 1024, &n, &err), 0, "a number");
	is_int(n, 16, "is read");
	is_int(option_number("jobs", "-1", 1024, &n, &err), -EINVAL, "negative");
	is_int(option_number("jobs", " 1", 1024, &n, &err), -EINVAL, "blank before");
	is_int(option_number("jobs", "1x", 1024, &n, &err), -EINVAL, "trailing text");
	is_int(option_number("jobs", "1025", 1024, &n, &err), -EINVAL, "too large");
	is_int(option_number("jobs", "99999999999999999999", 1024, &n, &err), -EINVAL, "overflow");
	is_int(n, 16, "the result is untouched on failure");
}

static const struct {
	const char *text;
	int64_t seconds; /* -1: refused */
} dates[] = {
	{ "1970-01-01", 86400 },
	{ "1970-01-01T00:00Z", 0 },
	{ "1970-01-01T00:00:07", 7 },
	{ "1970-01-01 01:00:00+01:00", 0 },
	{ "1969-12-31T23:00:00-0100", 0 },
	{ "2027-12-31", 1830297600 },
	{ "2024-02-29T12:00:00Z", 1709208000 },
	{ "2023-02-29", -1 },
	{ "2023-13-01", -1 },
	{ "2023-00-10", -1 },
	{ "2023-1-01", -1 },
	{ "tomorrow", -1 },
	{ "", -1 },
	{ "2023-01-01T", -1 },
	{ "2023-01-01T24:00", -1 },
	{ "2023-01-01T12:00:00+99:00", -1 },
	{ "2023-01-01T12:00:00Zx", -1 },
	{ "2023-01-01x", -1 },
};

static void test_dates(void)
{
	char buf[32];

	for (size_t i = 0; i < LIC_ARRAY_SIZE(dates); i++) {
		struct lic_error err = LIC_ERROR_INIT;
		int64_t t = -1;
		int r = date_parse(dates[i].text, &t, &err);

		ok(t == dates[i].seconds && (r == 0) == (dates[i].seconds >= 0),
		   "date '%s' is %lld", dates[i].text, (long long)t);
	}
	date_format(1709208000, buf);
	is_str(buf, "2024-02-29T12:00:00Z", "a moment is written");
}

int main(void)
{
	test_good_options();
	test_commands();
	test_bad_options();
	test_numbers();
	test_dates();
	return done_testing();
}
