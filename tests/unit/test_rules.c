/* SPDX-License-Identifier: Apache-2.0 */
/* Rule files: what they state, where they are malformed, and which of several rules speaks. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/manifest.h>

#include "fs/evidence/rules.h"
#include "fs/evidence/toml.h"
#include "tests/unit/tap.h"

static const struct lic_limits limits = LIC_LIMITS_DEFAULT;
static struct lic_claims claims = LIC_CLAIMS_INIT;
static struct lic_buf text = LIC_BUF_INIT(1u << 20);

static void read_rules(const char *name, const char *p, size_t n)
{
	struct lic_error err = LIC_ERROR_INIT;
	int fd = memfd_create("rules", MFD_CLOEXEC);

	lic_claims_reset(&claims);
	if (fd < 0 || write(fd, p, n) != (ssize_t)n ||
	    lic_rules_read(fd, n, name, &limits, &claims, &err) < 0)
		printf("Bail out! cannot read %s: %s\n", name, err.msg);
	close(fd);
}

/* All rules in one line: "path[,path] rank field=text[ ...]; ...", or the damage. */
static const char *shown(const char *name, const char *p)
{
	uint32_t packet = 0;

	read_rules(name, p, strlen(p));
	lic_buf_reset(&text);
	if (claims.damage)
		lic_buf_addf(&text, "!%s", claims.damage);
	for (size_t i = 0; i < claims.n; i++) {
		const struct lic_claim *c = &claims.item[i];

		if (text.len)
			lic_buf_adds(&text, c->packet != packet ? "; " : " ");
		packet = c->packet;
		if (strcmp(c->field, LIC_RULE_PATTERN) == 0)
			lic_buf_addf(&text, "<%s>", c->text);
		else if (c->role == LIC_ROLE_RESERVATION)
			lic_buf_addf(&text, "reserve=%u", c->reserve);
		else
			lic_buf_addf(&text, "%s:%s=%s", lic_rank_name(c->rank),
				     lic_role_name(c->role), c->text);
	}
	return lic_buf_str(&text);
}

#define V "version = 1\n"
#define A "[[annotations]]\n"
/* REUSE-IgnoreStart */
#define LICENSE "SPDX-License-Identifier = "
#define HOLDER "SPDX-FileCopyrightText = "

static const struct {
	const char *toml, *rules;
} tomls[] = {
	{ V, "" },
	{ V A "path = \"a.jpg\"\n" LICENSE "\"CC0-1.0\"",
	  "<a.jpg> directory:none=closest directory:license=CC0-1.0" },
	{ V A "path = [\"a/**\", 'b\\*?']\nprecedence = \"override\"\n" LICENSE
	      "[\"CC0-1.0\", \"MIT OR X\"]\n" HOLDER "\"2020 A\" # c\n",
	  "<a/**> <b\\*\\?> directory:none=override sidecar:license=CC0-1.0 AND (MIT OR X) "
	  "sidecar:copyright=2020 A sidecar:creator=A" },
	{ V A "path = \"*\"\nprecedence = \"aggregate\"\n" LICENSE "\"CC0-1.0\"\n" A
	      "path = \"b\"\n" HOLDER "[\"A\", \"B\"]\n",
	  "<*> directory:none=aggregate directory:license=CC0-1.0 none:license=CC0-1.0; "
	  "<b> directory:none=closest directory:copyright=A directory:creator=A "
	  "directory:copyright=B directory:creator=B" },
	{ "annotations = [{path = \"x\", \""
	  "SPDX-License-Identifier\" = \"CC0-1.0\"}]\n" V,
	  "<x> directory:none=closest directory:license=CC0-1.0" },
	{ "\"version\" = 1\r\n# c\r\n" A
	  "\tpath = \"\"\"\nx\\\n  y\"\"\"\r\nother.key = {a = [1, 2.5, "
	  "true, 1979-05-27 07:32:00]}\r\n",
	  "<xy> directory:none=closest" },
	{ V A "path = \"a\\\\*\\\\\\\\\"\n", "<a\\*\\\\> directory:none=closest" },
	{ V A "path = \"a\\u00e9\"\n[x]\ny = 1\n[[z]]\n[[z]]\n",
	  "<a\xc3\xa9> directory:none=closest" },
	{ "", "!no version" },
	{ "version = 2\n", "!line 1: a version that is not 1" },
	{ "version = \"1\"\n", "!line 1: a version that is not 1" },
	{ V V, "!line 2: a second version" },
	{ V A LICENSE "\"CC0-1.0\"\n", "!annotations without a path" },
	{ V A "path = []\n", "!annotations without a path" },
	{ V A "path = \"\"\n", "!line 3: an empty path" },
	{ V A "path = 5\n", "!line 3: a value that is not a string" },
	{ V A "path = [\"a\", 5]\n", "!line 3: a value that is not a string" },
	{ V A "path = \"a\"\npath = \"b\"\n", "!line 4: a key that is given twice" },
	{ V A "path = [\"a\"]\npath = [\"b\"]\n", "!line 4: a key that is given twice" },
	{ V A "path = \"a\"\nprecedence = \"last\"\n",
	  "!line 4: precedence is closest, aggregate or override" },
	{ V A "path = \"a\"\n" LICENSE "\"\"\n", "!line 4: a license without a name" },
	{ V "[annotations]\npath = \"a\"\n", "!line 3: annotations that are no tables" },
	{ V "annotations = 1\n", "!line 2: annotations that are no tables" },
	{ V A "path = \"a\n\"", "!line 3: no TOML" },
	{ V A "path = \"a\" x\n", "!line 3: no TOML" },
	{ V A "path \"a\"\n", "!line 3: no TOML" },
	{ V A "path = [\"a\" \"b\"]\n", "!line 3: no TOML" },
	{ V A "path = \"a\\x\"\n", "!line 3: no TOML" },
	{ V A "path = \"a\\ud800\"\n", "!line 3: no TOML" },
	{ V A "path = \"a", "!line 3: no TOML" },
	{ V A "path =", "!line 3: no TOML" },
	{ V "[[annotations]\n", "!line 2: no TOML" },
	{ V A "x = yes\n", "!line 3: no TOML" },
	{ V A "x = [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]\n", "!line 3: no TOML" },
};

#define FORMAT "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"

static const struct {
	const char *dep5, *rules;
} dep5s[] = {
	{ FORMAT
	  "Upstream-Name: x\n\nFiles: images/*\nCopyright: 2019 Jane Doe\nLicense: CC-BY-4.0\n",
	  "<images/**> directory:license=CC-BY-4.0 directory:copyright=2019 Jane Doe "
	  "directory:creator=Jane Doe" },
	{ FORMAT
	  "\nFiles: *\nCopyright: A\nLicense: CC0-1.0\n\nfiles: a/?.png\n  */b\\*.jpg\n"
	  "# a comment\nCOPYRIGHT:\n 2019 A\n 2020 B\nLicense: CC-BY-4.0\n The text of it,\n .\n"
	  " all rights reserved.\n\nLicense: CC-BY-4.0\n text\n",
	  "<**> directory:license=CC0-1.0 directory:copyright=A directory:creator=A; "
	  "<a/?.png> <**\\/b\\*.jpg> directory:license=CC-BY-4.0 directory:copyright=2019 A "
	  "directory:creator=A directory:copyright=2020 B directory:creator=B" },
	{ FORMAT, "" },
	{ "", "!no Format in the first paragraph" },
	{ "Files: *\nCopyright: A\nLicense: CC0-1.0\n",
	  "!line 3: no Format in the first paragraph" },
	{ FORMAT "\nFiles: *\nLicense: CC0-1.0\n", "!line 4: Files without Copyright and License" },
	{ FORMAT "\nFiles:\nCopyright: A\nLicense: CC0-1.0\n", "!line 5: Files without a pattern" },
	{ FORMAT "\nFiles: a\\b\nCopyright: A\nLicense: CC0-1.0\n",
	  "!line 5: a backslash before what needs none" },
	{ FORMAT "Format: x\n", "!line 2: a field that is given twice" },
	{ FORMAT "\n continues\n", "!line 3: a line that continues nothing" },
	{ FORMAT "\nwords\n", "!line 3: a line that is no field" },
	{ FORMAT "\nComment: x\n", "!line 3: a paragraph without Files or License" },
};
/* REUSE-IgnoreEnd */

static const struct {
	const char *json, *rules;
} tdms[] = {
	{ "[{\"location\":\"/directory-a/\",\"tdm-reservation\":1},"
	  "{\"location\":\"/images/*.jpg\",\"tdm-reservation\":0}]",
	  "<images/**.jpg**> reserve=0; <directory-a/**> reserve=1" },
	{ "[{\"location\":\"/\",\"tdm-reservation\":\"1\",\"tdm-policy\":\"https://x/p.json\"}]",
	  "<**> reserve=1 directory:none=https://x/p.json" },
	{ "[{\"location\":\"https://x.org/a$\",\"tdm-reservation\":1}]", "<a> reserve=1" },
	{ "[{\"location\":\"/a%20b%24?\",\"tdm-reservation\":1}]",
	  "<a b$\\?**> <a%20b%24\\?**> reserve=1" },
	{ "[{\"location\":\"/*/x\",\"tdm-reservation\":2}]", "<**\\/x**> reserve=15" },
	{ "[{\"location\":\"/\"}]", "<**> reserve=15" },
	{ "[]", "" },
	{ "", "!no array of rules with a location; reserve=15" },
	{ "[{\"tdm-reservation\":1}]", "!no array of rules with a location; reserve=15" },
	{ "{\"location\":\"/\",\"tdm-reservation\":1}",
	  "!no array of rules with a location; reserve=15" },
	{ "[{\"location\":\"/\",\"tdm-reservation\":0}",
	  "!no array of rules with a location; reserve=15" },
	{ "[[1]]", "!no array of rules with a location; reserve=15" },
	{ "[{\"location\":\"/\",\"location\":\"/a\"}]",
	  "!no array of rules with a location; reserve=15" },
};

static void test_files(void)
{
	struct lic_buf b = LIC_BUF_INIT(4u << 20);

	for (size_t i = 0; i < LIC_ARRAY_SIZE(tomls); i++)
		is_str(shown("REUSE.toml", tomls[i].toml), tomls[i].rules, "%s", tomls[i].rules);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(dep5s); i++)
		is_str(shown(".reuse/dep5", dep5s[i].dep5), dep5s[i].rules, "%s", dep5s[i].rules);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(tdms); i++)
		is_str(shown(i & 1 ? "tdmrep.json" : ".well-known/tdmrep.json", tdms[i].json),
		       tdms[i].rules, "%s", tdms[i].json);
	read_rules("REUSE.toml", V "\0", sizeof(V));
	is_str(claims.damage, "no UTF-8 text", "NUL");
	read_rules(".reuse/dep5", FORMAT "\xff", sizeof(FORMAT));
	is_str(claims.damage, "no UTF-8 text", "no UTF-8");
	while (b.len <= LIC_RULES_MAX)
		lic_buf_adds(&b, "# version = 1\n");
	read_rules("REUSE.toml", lic_buf_str(&b), b.len);
	is_str(claims.damage, "larger than 1 MiB", "a huge file");
	lic_buf_release(&b);
	lic_rules_unread("tdmrep.json", "gone", &claims);
	ok(claims.n == 1 && claims.item[0].reserve == 15, "an unread tdmrep.json reserves");
	lic_rules_unread("REUSE.toml", "gone", &claims);
	ok(claims.n == 0 && claims.damage, "an unread REUSE.toml is damage");
}

/* Whatever is left of a tdmrep.json reserves as much as the whole one, or all. */
static void test_cuts(void)
{
	static const char json[] = "[{\"location\":\"/a\",\"tdm-reservation\":0},"
				   "{\"location\":\"/\",\"tdm-reservation\":1}]";
	unsigned passing = 0;

	for (size_t n = 0; n < sizeof(json) - 1; n++) {
		read_rules("tdmrep.json", json, n);
		passing += !claims.damage || claims.n != 1 || claims.item[0].reserve != 15;
	}
	is_int(passing, 0, "pieces that do not reserve everything");
}

static const struct {
	const char *pattern, *path;
	int match;
} patterns[] = {
	{ "a.jpg", "a.jpg", 1 },
	{ "a.jpg", "b/a.jpg", 0 },
	{ "*.jpg", "a.jpg", 1 },
	{ "*.jpg", ".jpg", 1 },
	{ "*.jpg", "b/a.jpg", 0 },
	{ "images/*.jpg", "images/a.jpg", 1 },
	{ "images/*.jpg", "images/b/a.jpg", 0 },
	{ "images/**", "images/b/a.jpg", 1 },
	{ "images/**", "images/", 1 },
	{ "images/**", "imagesx/a", 0 },
	{ "images/**", "images", 0 },
	{ "**", "a/b/c", 1 },
	{ "**", "", 1 },
	{ "**.jpg", "a/b/c.jpg", 1 },
	{ "a**b", "a/x/b", 1 },
	{ "**/a.jpg", "a.jpg", 1 },
	{ "**/a.jpg", "x/y/a.jpg", 1 },
	{ "**/a.jpg", "x/ya.jpg", 0 },
	{ "x/**/a", "x/a", 1 },
	{ "x/**/a", "x/y/z/a", 1 },
	{ "x/**/a", "xa", 0 },
	{ "**\\/a", "a", 0 },
	{ "**\\/a", "x/a", 1 },
	{ "a\\*b", "a*b", 1 },
	{ "a\\*b", "axb", 0 },
	{ "a\\?", "a?", 1 },
	{ "a\\?", "ab", 0 },
	{ "a?b", "axb", 1 },
	{ "a?b", "a/b", 1 },
	{ "a?b",
	  "a\xc3\xa9"
	  "b",
	  1 },
	{ "a?b", "ab", 0 },
	{ "a?", "axy", 0 },
	{ "*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0 },
	{ "**a**a**a**b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 1 },
	{ "*b/**c", "axb/x/c", 1 },
	{ "a[b]", "a[b]", 1 },
	{ "", "", 1 },
	{ "", "a", 0 },
};

static void test_patterns(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(patterns); i++)
		is_int(lic_key_rule_matches(
			       (struct lic_bytes){ (const uint8_t *)patterns[i].pattern,
						   strlen(patterns[i].pattern) },
			       (struct lic_bytes){ (const uint8_t *)patterns[i].path,
						   strlen(patterns[i].path) }),
		       patterns[i].match, "'%s' and '%s'", patterns[i].pattern, patterns[i].path);
}

/* "depth order file[!|+] [l][c]" joined by commas: "!" overrides, "+" aggregates. */
static const char *chosen(const char *rules, bool has_toml)
{
	static const char *const files[] = { "REUSE.toml", ".reuse/dep5", "tdmrep.json" };
	struct lic_store_rule rule[8] = { 0 };
	size_t n = 0;

	for (const char *s = rules; *s; s += strcspn(s, ","), s += *s == ',') {
		struct lic_store_rule *r = &rule[n++];

		r->depth = (size_t)(s[0] - '0');
		r->order = s[1] - '0';
		r->file = files[s[2] == 't' ? 0 : s[2] == 'd' ? 1 : 2];
		for (s += 3; *s && *s != ','; s++) {
			if (*s == '!')
				r->precedence = LIC_PRECEDENCE_OVERRIDE;
			if (*s == '+')
				r->precedence = LIC_PRECEDENCE_AGGREGATE;
			r->has_license |= *s == 'l';
			r->has_copyright |= *s == 'c';
		}
	}
	lic_rules_choose(rule, n, has_toml);
	lic_buf_reset(&text);
	for (size_t i = 0; i < n; i++)
		lic_buf_addf(
			&text, "%s%s%s%s%s", i ? "," : "", rule[i].is_silent ? "-" : "",
			!rule[i].is_silent && rule[i].has_license && !rule[i].no_license ? "l" : "",
			!rule[i].is_silent && rule[i].has_copyright && !rule[i].no_copyright ? "c"
											     : "",
			rule[i].is_sunk ? "~" : "");
	return lic_buf_str(&text);
}

static void test_choice(void)
{
	is_str(chosen("01tl", true), "l", "one");
	is_str(chosen("01tl,02tc", true), "-,c", "the last of one file");
	is_str(chosen("02tl,01tl", true), "l,-", "in whatever order they come");
	is_str(chosen("01tlc,31tl", true), "c,l", "the closest license, and the closest copyright");
	is_str(chosen("01tlc,31tlc,51tc", true), ",l,c", "of three");
	is_str(chosen("01t!lc,31tl,51t!l", true), "lc,-,-", "nothing below an override");
	is_str(chosen("01tl,31t!lc,51t!l", true), "l,lc,-", "what stands above it still holds");
	is_str(chosen("01t!l,02tl,31t!l", true), "-,l,l",
	       "an override that is not the last of its file");
	is_str(chosen("01t+lc,31tlc", true), "lc,lc", "what aggregates adds up");
	is_str(chosen("01dl,02dl", false), "-,l", "dep5");
	is_str(chosen("01dl,31tl", true), "l~,l", "dep5 beside REUSE.toml may not grant");
	is_str(chosen("01dl", true), "l~", "whatever that says");
	is_str(chosen("01xl,02xl,31xl", false), "-,l,l", "of several tdmrep.json all hold");
}

/* A megabyte of rules that are all about one image; pairs of them would take minutes. */
static void test_many(void)
{
	enum { N = 100000 };
	struct lic_store_rule *rule = calloc(N, sizeof(*rule));
	struct timespec from, to;
	size_t n = 0;

	for (size_t i = 0; rule && i < N; i++)
		rule[i] = (struct lic_store_rule){ .file = "REUSE.toml",
						   .depth = i % 3,
						   .order = (int64_t)(i % 2 ? i : N - i),
						   .has_license = true };
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	if (rule)
		lic_rules_choose(rule, N, true);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	for (size_t i = 0; rule && i < N; i++)
		n += !rule[i].is_silent && !rule[i].no_license;
	is_int((int64_t)n, 1, "of very many rules one speaks");
	ok(to.tv_sec - from.tv_sec < 10, "and is found soon");
	free(rule);
}

int main(void)
{
	test_files();
	test_cuts();
	test_patterns();
	test_choice();
	test_many();
	lic_buf_release(&text);
	lic_claims_release(&claims);
	return done_testing();
}
