/* SPDX-License-Identifier: Apache-2.0 */
/* The license table, expressions and their terms. */
#include <errno.h>

#include <licensefs/license.h>

#include "tests/unit/tap.h"

static const struct lic_license *find(const char *id)
{
	return lic_license_find(id, strlen(id));
}

static void test_names(void)
{
	is_str(lic_permission_name(LIC_NONCOMMERCIAL_USE), "noncommercial-use", "permission");
	is_str(lic_permission_name(LIC_SHARE_ADAPTATIONS), "share-adaptations", "permission");
	is_str(lic_tri_name(LIC_FORBIDDEN), "forbidden", "tri");
	is_str(lic_tri_name((enum lic_tri)7), "unknown", "tri out of range");
	is_str(lic_obligation_name(LIC_OBLIGATION_SHAREALIKE), "sharealike", "obligation");
	for (int i = 0; i < LIC_CONTEXT_COUNT; i++) {
		const char *name = lic_context_name(i);

		is_int(lic_context_find(name, strlen(name)), i, "context %s", name);
	}
	is_int(lic_context_find("flickr", 6), -1, "unknown context");
	is_int(lic_context_find("", 0), -1, "empty context");
}

/* One letter a permission: a(llowed), f(orbidden), u(nknown). */
static void terms_are(const char *expr, bool strict, const char *want, unsigned obligations)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_expression e;
	struct lic_terms t;
	char got[LIC_PERMISSION_COUNT + 1] = "";

	if (!ok(!lic_expression_parse(expr, strlen(expr), &e, &err), "%s parses", expr))
		return;
	is_int(e.n, 1, "%s is one alternative", expr);
	lic_alternative_terms(&e.alternative[0], strict, &t);
	for (int i = 0; i < LIC_PERMISSION_COUNT; i++)
		got[i] = *lic_tri_name(t.permission[i]);
	is_str(got, want, "permissions of %s", expr);
	is_int(t.obligations, obligations, "obligations of %s", expr);
}

static void test_table(void)
{
	const struct lic_license *l, *last = NULL;
	size_t n = 0;

	for (; (l = lic_license_at(n)); n++) {
		if (last && strcmp(last->id, l->id) >= 0)
			ok(0, "%s is out of order", l->id);
		if (find(l->id) != l)
			ok(0, "%s is not found", l->id);
		if (!l->name || !l->basis || !l->territory || !l->scope)
			ok(0, "%s lacks facts", l->id);
		last = l;
	}
	ok(n > 700, "%zu licenses", n);
	ok(find("cc-by-4.0") == find("CC-BY-4.0") && find("cc-by-4.0"), "case does not matter");
	is_str(find("ODC-BY-1.0")->id, "ODC-By-1.0", "canonical case");
	is_str(find("ETALAB-2.0")->id, "etalab-2.0", "canonical lower case");
	ok(!find("CC-BY-5.0"), "an unknown id");
	ok(!find("CC-BY-4"), "a prefix of an id");
	ok(!find("CC-BY-4.0x"), "an id and more");
	ok(!lic_license_find("", 0), "the empty id");
	ok(!lic_license_find("CC-BY-4.0\0x", 11), "an id with a NUL");
	ok(!find("LicenseRef-CC-PORT-PATTERN"), "the pattern row is no license");

	ok(find("CC-BY-NC-SA-2.0-FR"), "a port that SPDX lists");
	ok(!find("LicenseRef-CC-BY-NC-SA-2.0-FR"), "has no LicenseRef");
	ok(find("CC-BY-NC-3.0-IGO"), "listed since spdx-license-ids 3.0.24");
	ok(find("LicenseRef-CC-BY-2.0-UK"), "a port that SPDX does not list");
	ok(!find("CC-BY-2.0-UK"), "has no SPDX id");
	ok(find("LicenseRef-CC-BY-SA-2.5-SCOTLAND"), "Scotland");
	ok(find("LicenseRef-CC-SamplingPlus-1.0-DE"), "plus is spelled out");
	ok(!find("LicenseRef-CC-BY-4.0-US"), "4.0 was not ported");
}

static void test_terms(void)
{
	const unsigned at = LIC_OBLIGATION_ATTRIBUTION, no = LIC_OBLIGATION_NOTICE,
		       sa = LIC_OBLIGATION_SHAREALIKE;

	terms_are("CC-BY-4.0", false, "aaaaa", at | no);
	terms_are("CC0-1.0", true, "aaaaa", 0);
	terms_are("CC-BY-ND-4.0", false, "aaaaf", at | no);
	terms_are("CC-BY-ND-3.0", false, "aaaff", at | no);
	terms_are("LicenseRef-CC-BY-ND", false, "aaaff", at | no);
	terms_are("LicenseRef-CC-BY-NC-ND-2.1-CA", false, "afaff", at | no);
	terms_are("CC-BY-NC-SA-2.0", false, "afaaa", at | no | sa);
	terms_are("LicenseRef-CC-ND-NC-2.0-JP", false, "afaff", no);
	terms_are("LicenseRef-AllRightsReserved", false, "fffff", at | no);
	terms_are("LicenseRef-Unknown", false, "uuuuu", 0);
	terms_are("NOASSERTION", false, "uuuuu", 0);
	terms_are("NONE", false, "fffff", 0);
	terms_are("MIT", false, "uuuuu", no);
	terms_are("ODbL-1.0", false, "uuuuu", at | no | sa);
	terms_are("CDLA-Permissive-2.0", false, "uuuuu", no);
	terms_are("PDDL-1.0", false, "aaaaa", 0);
	terms_are("CC-PDM-1.0", false, "aaaaa", 0);
	terms_are("CC-PDM-1.0", true, "uuuuu", 0);
	terms_are("LicenseRef-RS-NoC-NC-1.0", false, "ufuuu", 0);
	terms_are("CC-BY-4.0 AND CC-BY-NC-4.0", false, "afaaa", at | no);
	terms_are("CC-BY-SA-4.0 AND LicenseRef-Unknown", false, "uuuuu", at | no | sa);
	terms_are("CC-BY-4.0 AND MIT", false, "uuuuu", at | no);
	terms_are("CC0-1.0 AND LicenseRef-AllRightsReserved", false, "fffff", at | no);
	terms_are("CC-BY-NC-4.0 AND PolyForm-Noncommercial-1.0.0", false, "ufuuu", at | no);

	struct lic_alternative none = { 0 };
	struct lic_terms t;

	lic_alternative_terms(&none, false, &t);
	for (int i = 0; i < LIC_PERMISSION_COUNT; i++)
		is_int(t.permission[i], LIC_UNKNOWN, "no license permits nothing");
	none.n = 1;
	none.license[0] = find("LicenseRef-NTDL-1.0");
	lic_alternative_terms(&none, false, &t);
	ok(t.ml_prohibited, "a license that prohibits training says so");
	none.license[0] = find("CC-BY-4.0");
	lic_alternative_terms(&none, false, &t);
	ok(!t.ml_prohibited, "one that is silent does not");
}

static void test_public_domain(void)
{
	ok(lic_license_is_public_domain(find("CC0-1.0")), "CC0");
	ok(lic_license_is_public_domain(find("CC-PDDC")), "PDDC");
	ok(lic_license_is_public_domain(find("LicenseRef-USGov-PD")), "US Government");
	ok(!lic_license_is_public_domain(find("DL-DE-ZERO-2.0")), "a license is no dedication");
	ok(!lic_license_is_public_domain(find("LicenseRef-RS-NoC-US-1.0")), "US only");
	ok(!lic_license_is_public_domain(find("Unlicense")), "software");
}

static void format_is(const char *expr, const char *want)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_buf b = LIC_BUF_INIT(4096);
	struct lic_expression e;

	if (ok(!lic_expression_parse(expr, strlen(expr), &e, &err), "%s parses", expr)) {
		lic_expression_format(&e, &b);
		is_str(lic_buf_str(&b), want, "canonical form of %s", expr);
	} else {
		printf("# %s\n", err.msg);
	}
	lic_buf_release(&b);
}

static void refuses(const char *expr, const char *message_part)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_expression e = { .n = 77 };
	int r = lic_expression_parse(expr, strlen(expr), &e, &err);

	is_int(r, -EINVAL, "'%.60s' is refused", expr);
	is_int(e.n, 77, "and the result is untouched");
	if (!ok(strstr(err.msg, message_part), "and the message says %s", message_part))
		printf("# %s\n", err.msg);
}

static void test_expressions(void)
{
	char deep[256] = "", *p = deep;

	format_is("cc-by-4.0", "CC-BY-4.0");
	format_is("  ( CC-BY-4.0 )  ", "CC-BY-4.0");
	format_is("CC-BY-4.0 or CC-BY-4.0", "CC-BY-4.0");
	format_is("GFDL-1.2 and CC-BY-SA-3.0", "CC-BY-SA-3.0 AND GFDL-1.2");
	format_is("GFDL-1.2 OR CC-BY-SA-3.0", "GFDL-1.2 OR CC-BY-SA-3.0");
	format_is("CC-BY-4.0 OR (GFDL-1.2 AND CC-BY-SA-3.0)",
		  "CC-BY-4.0 OR (CC-BY-SA-3.0 AND GFDL-1.2)");
	format_is("CC-BY-4.0 OR GFDL-1.2 AND CC-BY-SA-3.0",
		  "CC-BY-4.0 OR (CC-BY-SA-3.0 AND GFDL-1.2)");
	format_is("(MIT OR CC0-1.0) AND (GFDL-1.2 OR CC-BY-4.0)",
		  "(GFDL-1.2 AND MIT) OR (CC-BY-4.0 AND MIT) OR (CC0-1.0 AND GFDL-1.2) OR "
		  "(CC-BY-4.0 AND CC0-1.0)");
	format_is("GPL-2.0 AND GFDL-1.3", "GFDL-1.3 AND GPL-2.0");

	refuses("", "ends at column 1");
	refuses("CC-BY-4.0 OR", "ends at column 13");
	refuses("CC-BY-4.0 CC-BY-3.0", "column 11");
	refuses("OR CC-BY-4.0", "column 1");
	refuses("(CC-BY-4.0", "expected ')'");
	refuses("CC-BY-4.0)", "column 10");
	refuses("CC-BY-4.0 AND CC-BY-9.9", "unknown license CC-BY-9.9 at column 15");
	refuses("CC-BY-SA-4.1", "near");
	refuses("CC-BY-4.0+", "unknown license CC-BY-4.0+");
	refuses("GPL-2.0-only WITH Classpath-exception-2.0", "column 14");
	refuses("CC-BY-4.0 | MIT", "column 11");
	refuses("CC-BY-4.0\xff", "column 10");
	refuses("CC-BY-1.0 AND CC-BY-2.0 AND CC-BY-2.5 AND CC-BY-3.0 AND CC-BY-4.0 AND MIT AND "
		"ISC AND Zlib AND 0BSD",
		"more than");
	for (int i = 0; i < 100; i++)
		*p++ = '(';
	refuses(deep, "nesting");
}

int main(void)
{
	test_names();
	test_table();
	test_terms();
	test_public_domain();
	test_expressions();
	return done_testing();
}
