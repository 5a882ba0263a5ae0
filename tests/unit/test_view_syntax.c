/* SPDX-License-Identifier: Apache-2.0 */
/* The expression language: messages, named views, bounds, globs. */
#include <errno.h>

#include "fs/view/glob.h"
#include "tests/unit/view.h"

static const struct {
	const char *expr;
	int code;
	const char *msg;
} mistakes[] = {
	{ "comercial & derive", EINVAL,
	  "column 1: unknown word 'comercial', did you mean 'commercial'?\n"
	  "  comercial & derive\n"
	  "  ^~~~~~~~~" },
	{ "derive & redistrbute", EINVAL,
	  "column 10: unknown word 'redistrbute', did you mean 'redistribute'?\n"
	  "  derive & redistrbute\n"
	  "           ^~~~~~~~~~~" },
	{ "", EINVAL,
	  "column 1: the expression is empty, name a permission such as commercial-use\n"
	  "  \n"
	  "  ^" },
	{ "creator=D\xc3\xb6 & xyzzy", EINVAL,
	  "column 14: unknown word 'xyzzy', name a permission, an obligation or a view\n"
	  "  creator=D\xc3\xb6 & xyzzy\n"
	  "               ^~~~~" },
	{ "derive &", EINVAL,
	  "column 9: expected a permission or another condition, not the end\n"
	  "  derive &\n"
	  "          ^" },
	{ "(derive", EINVAL,
	  "column 1: this parenthesis is never closed, add ')'\n  (derive\n  ^" },
	{ "derive)", EINVAL, "column 7: this ')' closes nothing\n  derive)\n        ^" },
	{ "derive notice", EINVAL,
	  "column 8: expected '&' or '|' before 'notice'\n"
	  "  derive notice\n"
	  "         ^~~~~~" },
	{ "(derive notice)", EINVAL, "column 9: expected '&', '|' or ')', not 'notice'" },
	{ "path='a", EINVAL, "column 6: this quote is never closed, add '" },
	{ "derive ; notice", EINVAL, "column 8: this character means nothing here" },
	{ "derive \x01", EINVAL, "column 8: this character means nothing here" },
	{ "status", EINVAL, "column 1: 'status' needs a value, as in status=VALUE" },
	{ "path", EINVAL, "column 1: 'path' needs a value, as in path=VALUE" },
	{ "status=", EINVAL, "column 7: expected a value, not the end" },
	{ "status=(", EINVAL, "column 8: expected a value, not '('" },
	{ "status=claer", EINVAL, "column 8: unknown status 'claer', did you mean 'clear'?" },
	{ "licence=CC0-1.0", EINVAL, "column 1: unknown field 'licence', did you mean 'license'?" },
	{ "license=CC-BY-40", EINVAL,
	  "column 9: no license is called 'CC-BY-40', did you mean 'CC-BY-4.0'?" },
	{ "license=XX*", EINVAL,
	  "column 9: no license is called 'XX*', see 'licensefs license list'" },
	{ "by-license/CC-BY-40", EINVAL,
	  "column 12: no license is called 'CC-BY-40', did you mean 'CC-BY-4.0'?" },
	{ "creator=''", EINVAL, "column 9: the value is empty, use * for any" },
	{ "commercial-use=yes", EINVAL,
	  "column 1: 'commercial-use' takes no value, write it alone or after '!'" },
	{ "reserved=training", EINVAL,
	  "column 10: write the scope in parentheses, as in reserved(training)" },
	{ "reserved(trianing)", EINVAL,
	  "column 10: unknown scope 'trianing', did you mean 'training'?" },
	{ "reserved()", EINVAL, "column 10: expected a scope, as in reserved(training)" },
	{ "reserved(any", EINVAL, "column 13: expected ')' after the scope" },
	{ "derive(any)", EINVAL, "column 1: 'derive' takes no scope" },
	{ "origin=camera", EINVAL, "column 8: unknown origin 'camera'" },
	{ "release=cat", EINVAL, "column 9: unknown release 'cat', it is model or property" },
	{ "derive & reserved", EPERM,
	  "column 10: 'reserved' lifts the protection of reserved images, state the legal "
	  "basis with --basis TEXT" },
	{ "!reserved(input)", EPERM, "column 2: 'reserved' lifts" },
	{ "status=clear", EPERM, "column 1: 'status' lifts the protection of unclear" },
};

static void test_errors(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(mistakes); i++) {
		struct lic_error err = LIC_ERROR_INIT;
		struct lic_view *v = NULL;
		int r = lic_view_compile(mistakes[i].expr, strlen(mistakes[i].expr), 0, NULL, NULL,
					 &v, &err);
		bool same = strncmp(err.msg, mistakes[i].msg, strlen(mistakes[i].msg)) == 0;

		is_int(r, -mistakes[i].code, "code for %s", mistakes[i].expr);
		ok(same && !v, "message for %s", mistakes[i].expr);
		if (!same)
			printf("#  got: %s\n# want: %s\n", err.msg, mistakes[i].msg);
		lic_view_free(v);
	}
}

static void test_long_errors(void)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_view *v = NULL;
	struct lic_buf b = LIC_BUF_INIT(1u << 20);

	for (int i = 0; i < 100; i++)
		lic_buf_adds(&b, "derive &\n\x1b[31m'\xe2\x80\xae' ");
	ok(lic_view_compile(b.data, b.len, 0, NULL, NULL, &v, &err) == -EINVAL && !v,
	   "an unsafe expression is refused");
	ok(!strchr(err.msg, 0x1b) && !strstr(err.msg, "\xe2\x80\xae"),
	   "its message is safe on a terminal");
	lic_buf_reset(&b);
	for (int i = 0; i < 100; i++)
		lic_buf_adds(&b, "derive & ");
	lic_buf_adds(&b, "x & derive");
	is_int(lic_view_compile(b.data, b.len, 0, NULL, NULL, &v, &err), -EINVAL,
	       "far to the right");
	is_str(err.msg,
	       "column 901: unknown word 'x', name a permission, an obligation or a view\n"
	       "  ...erive & derive & derive & derive & derive & x & derive\n"
	       "                                                 ^",
	       "only the place is shown");
	lic_buf_release(&b);
}

/* --- named views --- */

struct named {
	const char *name, *expr;
};

static const char *lookup(void *ctx, const char *name)
{
	for (const struct named *n = ctx; n->name; n++)
		if (strcmp(n->name, name) == 0)
			return n->expr;
	return NULL;
}

static int compile_named(struct named *views, const char *expr, unsigned flags,
			 struct lic_view **ret, struct lic_error *err)
{
	return lic_view_compile(expr, strlen(expr), flags, lookup, views, ret, err);
}

static void test_named(void)
{
	struct named views[] = { { "mine", "commercial & (sharealike | public-domain)" },
				 { "both", "mine+augmentable" },
				 { "a", "derive & b" },
				 { "b", "c | notice" },
				 { "c", "!a" },
				 { "self", "self" },
				 { "broken", "derive & notise" },
				 { "tdm", "reserved(data-mining) | !reserved" },
				 { "deep", "both & tdm" },
				 { NULL, NULL } };
	struct lic_rights r = rights_of("CC-BY-SA-4.0");
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_view *v = NULL;

	is_int(compile_named(views, "both", 0, &v, &err), 0, "views that name views");
	is_int(lic_view_match(v, &r, NULL, NOW), T, "match");
	lic_view_free(v);
	is_int(compile_named(views, "!both | Both", 0, &v, &err), -EINVAL, "names keep their case");
	is_int(compile_named(views, "notice | a", 0, &v, &err), -ELOOP, "a cycle");
	is_str(err.msg,
	       "view 'a' is defined by itself (a -> b -> c -> a), change one of these views",
	       "names the cycle");
	is_int(compile_named(views, "self", 0, &v, &err), -ELOOP, "the shortest cycle");
	is_int(compile_named(views, "broken", 0, &v, &err), -EINVAL, "an error in a named view");
	is_str(err.msg,
	       "view 'broken': column 10: unknown word 'notise', did you mean 'notice'?\n"
	       "  derive & notise\n"
	       "           ^~~~~~",
	       "names the view and the place in it");
	is_int(compile_named(views, "deep", 0, &v, &err), -EPERM, "reserved by way of a view");
	ok(strstr(err.msg, "view 'tdm'") != NULL, "names that view");
	is_int(compile_named(views, "deep", LIC_VIEW_HAVE_BASIS, &v, &err), 0, "with a basis");
	r.reservations = LIC_RESERVE_DATA_MINING;
	is_int(lic_view_match(v, &r, NULL, NOW), T, "lifted by way of a view");
	lic_view_free(v);
}

/* 40 views, each of which names the one before twice: 2^40 conditions if nothing stops it. */
static void test_bombs(void)
{
	struct named views[42] = { { "v0", "derive" } };
	char names[41][8], texts[41][32];
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_view *v = NULL;
	struct lic_buf b = LIC_BUF_INIT(2u << 20);

	for (int i = 1; i < 41; i++) {
		snprintf(names[i], sizeof(names[i]), "v%d", i);
		snprintf(texts[i], sizeof(texts[i]), "v%d & v%d", i - 1, i - 1);
		views[i] = (struct named){ names[i], texts[i] };
	}
	is_int(compile_named(views, "v5", 0, &v, &err), 0, "a tree of views");
	lic_view_free(v);
	is_int(compile_named(views, "v40", 0, &v, &err), -EINVAL, "a bomb of views");
	ok(strstr(err.msg, "more than 8192 conditions") != NULL, "says so");

	for (int i = 0; i < 1 << 20; i++)
		lic_buf_addc(&b, '(');
	is_int(lic_view_compile(b.data, b.len, 0, NULL, NULL, &v, &err), -EINVAL,
	       "a megabyte of parentheses");
	is_int(lic_view_compile(b.data, 60000, 0, NULL, NULL, &v, &err), -EINVAL,
	       "as many as may be read");
	ok(strstr(err.msg, "column 65: parentheses nest deeper than 64") != NULL, "says so");
	memset(b.data, '!', b.len);
	is_int(lic_view_compile(b.data, 60000, 0, NULL, NULL, &v, &err), -EINVAL, "negations only");
	lic_buf_reset(&b);
	for (int i = 0; i < 7000; i++)
		lic_buf_adds(&b, "derive & ");
	lic_buf_adds(&b, "derive");
	is_int(lic_view_compile(b.data, b.len, 0, NULL, NULL, &v, &err), 0, "a long chain is fine");
	lic_view_free(v);
	lic_buf_release(&b);
}

/* --- globs --- */

static bool glob(const char *pattern, const char *text, unsigned flags)
{
	struct lic_arena arena = LIC_ARENA_INIT(1u << 20);
	const struct lic_glob *g = lic_glob_new(&arena, pattern, strlen(pattern), flags);
	bool r = g && lic_glob_match(g, text, strlen(text));

	lic_arena_release(&arena);
	return r;
}

static void test_globs(void)
{
	static const struct {
		const char *pattern, *text;
		unsigned flags;
		bool want;
	} cases[] = {
		{ "abc", "abc", 0, true },
		{ "abc", "ABC", 0, false },
		{ "abc", "ABC", LIC_GLOB_FOLD, true },
		{ "abc", "ab", 0, false },
		{ "ab", "abc", 0, false },
		{ "*", "", 0, true },
		{ "?", "", 0, false },
		{ "?", "\xe2\x82\xac", 0, true },
		{ "?", "\xff", 0, true },
		{ "\xff*", "\xffx", 0, true },
		{ "a*b*c", "aXbXbc", 0, true },
		{ "a*b*c", "aXbXbcd", 0, false },
		{ "a\\*b", "a*b", 0, true },
		{ "a\\*b", "axb", 0, false },
		{ "a\\", "a\\", 0, true },
		{ "*/*", "a/b/c", 0, true },
		{ "*", "a/b", LIC_GLOB_PATH, false },
		{ "?/b", "a/b", LIC_GLOB_PATH, true },
		{ "a?b", "a/b", LIC_GLOB_PATH, false },
		{ "**", "a/b", LIC_GLOB_PATH, true },
		{ "a/**/b", "a/b", LIC_GLOB_PATH, true },
		{ "a/**/b", "a/x/y/b", LIC_GLOB_PATH, true },
		{ "a/**/b", "a/xb", LIC_GLOB_PATH, false },
		{ "**/b", "b", LIC_GLOB_PATH, true },
		{ "**/b", "x/b", LIC_GLOB_PATH, true },
		{ "**/b", "xb", LIC_GLOB_PATH, false },
		{ "**/*.jpg", "a/b.jpg", LIC_GLOB_PATH, true },
		{ "a**b", "a/x/b", LIC_GLOB_PATH, true },
		{ "a/", "a/b/c", LIC_GLOB_PATH, true },
		{ "a/", "ab/c", LIC_GLOB_PATH, false },
		{ "/", "a", LIC_GLOB_PATH, true },
		{ "/*", "a", LIC_GLOB_PATH, true },
		{ "*/", "a/b", LIC_GLOB_PATH, true },
	};
	struct lic_buf pattern = LIC_BUF_INIT(4096), text = LIC_BUF_INIT(1u << 20);

	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++)
		is_int(glob(cases[i].pattern, cases[i].text, cases[i].flags), cases[i].want,
		       "'%s' on '%s'", cases[i].pattern, cases[i].text);
	for (int i = 0; i < 300; i++)
		lic_buf_adds(&pattern, i % 2 ? "*" : "a");
	lic_buf_adds(&pattern, "**/a*b");
	for (int i = 0; i < 20000; i++)
		lic_buf_addc(&text, 'a');
	ok(!glob(pattern.data, text.data, LIC_GLOB_PATH), "a pattern made to backtrack");
	lic_buf_release(&pattern);
	lic_buf_release(&text);
}

static void test_names(void)
{
	char longest[LIC_VIEW_NAME_MAX + 2];

	memset(longest, 'x', sizeof(longest));
	longest[LIC_VIEW_NAME_MAX] = '\0';
	ok(lic_view_name_valid("my-view_1.x"), "a name");
	ok(lic_view_name_valid(longest), "the longest name");
	longest[LIC_VIEW_NAME_MAX] = 'x';
	longest[LIC_VIEW_NAME_MAX + 1] = '\0';
	ok(!lic_view_name_valid(longest), "one byte more");
	ok(!lic_view_name_valid(""), "no name");
	ok(!lic_view_name_valid(".hidden"), "a dot first");
	ok(!lic_view_name_valid("-x"), "a dash first");
	ok(!lic_view_name_valid("a/b") && !lic_view_name_valid("a+b") &&
		   !lic_view_name_valid("a b"),
	   "separators and operators");
	ok(!lic_view_name_valid("Commercial"), "a built-in view in another case");
	ok(!lic_view_name_valid("AND") && !lic_view_name_valid("license"), "words of the language");
	ok(!lic_view_name_valid("by-license"), "by-license");
	for (size_t i = 0; lic_view_builtin(i); i++) {
		struct lic_view *v = compile(lic_view_builtin(i)->expr, 0);

		ok(v != NULL, "%s compiles", lic_view_builtin(i)->name);
		lic_view_free(v);
	}
}

int main(void)
{
	test_errors();
	test_long_errors();
	test_named();
	test_bombs();
	test_globs();
	test_names();
	return done_testing();
}
