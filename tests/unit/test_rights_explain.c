/* SPDX-License-Identifier: Apache-2.0 */
/* What rights keep beside permissions, and what a curator is told about every claim. */
#include "tests/unit/claims_notation.h"
#include "tests/unit/tap.h"

static struct lic_policy policy = { .now = TEST_NOW };

/* The whole of the rights as their key, from "alt=" on. */
static const struct {
	const char *claims, *key;
} facts[] = {
	{ "e1 lic CC0-1.0", "alt=aaaaa:;res=;ai=0;territory=;until=0" },
	{ "e1 lic CC-BY-SA-4.0", "alt=aaaaa:ans;res=;ai=0;territory=;until=0" },
	{ "e1 lic CC-BY-NC-4.0 OR CC-BY-ND-3.0",
	  "alt=afaaa:an,aaaff:an;res=;ai=0;territory=;until=0" },
	{ "e1 lic CC-BY-4.0 OR MIT", "alt=aaaaa:an,uuuuu:n;res=;ai=0;territory=;until=0" },
	{ "e1 lic CC0-1.0 AND CC-BY-SA-4.0", "alt=aaaaa:ans;res=;ai=0;territory=;until=0" },
	{ "e1 lic CC-BY-4.0 OR LicenseRef-NTDL-1.0",
	  "alt=aaaaa:an,uuuuu:nm;res=;ai=0;territory=;until=0" },
	{ "e1 lic CC-PDDC OR (CC-PDDC AND CC0-1.0) OR (CC-BY-4.0 AND LicenseRef-USGov-PD)",
	  "alt=aaaaa:an,aaaaa:,aaaaa:;res=;ai=0;territory=US+US-law;until=0" },
	{ "e1 lic CC-BY-4.0 OR CC-BY-NC-4.0 | e1 con AL-CRP | d bind LicenseRef-NonCommercial",
	  "alt=affff:an,affff:an;res=;ai=0;territory=;until=0" },
	{ "e1 lic CC0-1.0 | d bind CC-BY-SA-4.0", "alt=aaaaa:ans;res=;ai=0;territory=;until=0" },
	{ "e1 lic CC0-1.0 | e1 con CR-CCA", "alt=aaaaa:a;res=;ai=0;territory=;until=0" },
	{ "e1 lic CC0-1.0 | e1 con CR-NRQ", "alt=aaaaa:;res=;ai=0;territory=;until=0" },
	{ "e1 lic CC-PDDC", "alt=aaaaa:;res=;ai=0;territory=US-law;until=0" },
	{ "e1 lic LicenseRef-USGov-PD", "alt=aaaaa:;res=;ai=0;territory=US;until=0" },
	{ "e1 lic LicenseRef-USGov-PD AND CC-PDDC",
	  "alt=aaaaa:;res=;ai=0;territory=US-law+US;until=0" },
	{ "e1 lic CC0-1.0 OR LicenseRef-USGov-PD",
	  "alt=aaaaa:,aaaaa:;res=;ai=0;territory=US;until=0" },
	{ "e1 lic CC0-1.0 OR LicenseRef-RS-NoC-US-1.0",
	  "alt=aaaaa:,uuuuu:;res=;ai=0;territory=;until=0" },
	{ "e1 lic CC0-1.0 | e1 end 20260616", "alt=aaaaa:;res=;ai=0;territory=;until=1781568000" },
	{ "e1 lic CC0-1.0 | e1 end 20260618 | e2 end 2026-06-16T02:00+02:00 | e3 end 20270101",
	  "alt=aaaaa:;res=;ai=0;territory=;until=1781568000" },
	{ "e1 lic CC0-1.0 | e1 end 2026-07", "alt=aaaaa:;res=;ai=0;territory=;until=1782864000" },
	{ "e1 lic CC0-1.0 | e1 end 2027", "alt=aaaaa:;res=;ai=0;territory=;until=1798761600" },
	{ "e1 lic CC0-1.0 | e1 end 2026:06:16 12:00:00",
	  "alt=aaaaa:;res=;ai=0;territory=;until=1781560800" },
	{ "e1 lic CC0-1.0 | e1 end 20270101 | o! lic CC0-1.0",
	  "alt=aaaaa:;res=;ai=0;territory=;until=0" },
	{ "e1 end 20260616", "alt=;res=;ai=0;territory=;until=0" },
	{ "e1 lic CC0-1.0 | e1 rel http://ns.useplus.org/ldf/vocab/MR-UMR",
	  "alt=aaaaa:;res=;ai=0;territory=;until=0;release=au" },
	{ "e1 lic CC0-1.0 | e1 rel PR-LPR", "alt=aaaaa:;res=;ai=0;territory=;until=0;release=uf" },
	{ "e1 lic CC0-1.0 | e1 rel MR-NAP | e2 rel mr-non | e3 rel PR-NAP",
	  "alt=aaaaa:;res=;ai=0;territory=;until=0;release=fa" },
	{ "e1 lic CC0-1.0 | e1 rel AG-U14", "alt=aaaaa:;res=;ai=0;territory=;until=0" },
	{ "e1 type http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
	  "alt=;res=;ai=1;territory=;until=0" },
	{ "e1 type compositeWithTrainedAlgorithmicMedia", "alt=;res=;ai=1;territory=;until=0" },
	{ "e1 type http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
	  "alt=;res=;ai=0;territory=;until=0" },
	{ "e1 type untrainedAlgorithmicMedia", "alt=;res=;ai=0;territory=;until=0" },
	{ "e1 ai Stable Diffusion", "alt=;res=;ai=1;territory=;until=0" },
	{ "e1 ai", "alt=;res=;ai=0;territory=;until=0" },
};

static void test_facts(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(facts); i++) {
		struct lic_buf out = LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX);
		struct notation n;
		struct lic_rights r;
		const char *at;

		ok(notation_read(&n, facts[i].claims), "notation");
		lic_rights_resolve(&n.claims, &policy, &r, NULL, NULL);
		lic_rights_key(&r, &out);
		at = strstr(lic_buf_str(&out), "alt=");
		is_str(at, facts[i].key, "%s", facts[i].claims);
		lic_buf_release(&out);
	}
}

/* Dates: when rights end that CC0-1.0 gives, or -1 where the date cannot be read and nothing is
 * permitted. The clock of the tests stands at 1781481600. */
static const struct {
	const char *date;
	long long until;
} dates[] = {
	{ "20280229", 1835395200 },
	{ "2028-02-29", 1835395200 },
	{ "20270229", -1 },
	{ "21000229", -1 },
	{ "24000229", 13574563200 },
	{ "20281231", 1861833600 },
	{ "99991231", 253402214400 },
	{ "20271301", -1 },
	{ "20270001", -1 },
	{ "20270100", -1 },
	{ "20270431", -1 },
	{ "2027-13", -1 },
	{ "2027-1-1", -1 },
	{ "2027-01-1", -1 },
	{ "2027-01-01-", -1 },
	{ "2027-01-01T", -1 },
	{ "2027-01-01T10", -1 },
	{ "2027-01-01T10:", -1 },
	{ "2027-01-01T24:00Z", -1 },
	{ "2027-01-01T10:60Z", -1 },
	{ "2027-01-01T10:00:61Z", -1 },
	{ "2027-01-01T10:00Zx", -1 },
	{ "2027-01-01T10:00+1", -1 },
	{ "2027-01-01T10:00+15:00", -1 },
	{ "2027-01-01T10:00Z", 1798797600 },
	{ "2027-01-01t10:00:30z", 1798797630 },
	{ "2027-01-01 10:00:30.75Z", 1798797630 },
	{ "2027-01-01T10:00+0130", 1798792200 },
	{ "2027-01-01T10:00-01:30", 1798803000 },
	{ "2027:01:01 10:00:00 +00:00", 1798797600 },
	{ "2027-01-01T10:00", 1798747200 },
	{ "2027", 1798761600 },
	{ "202", -1 },
	{ "0000", -1 },
	{ "2027 or so", -1 },
	{ "202701", -1 },
	{ "1.1.2027", -1 },
};

static void test_dates(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(dates); i++) {
		struct notation n;
		struct lic_rights r;
		char line[256];

		snprintf(line, sizeof(line), "e1 lic CC0-1.0 | e1 end %s", dates[i].date);
		ok(notation_read(&n, line), "notation");
		lic_rights_resolve(&n.claims, &policy, &r, NULL, NULL);
		is_int(r.status == LIC_STATUS_CLEAR ? r.until : -1, dates[i].until, "ends at %s",
		       dates[i].date);
	}
}

/* A right begins only when the date has come in every zone. */
static void test_begin(void)
{
	static const struct {
		const char *date;
		long long from;
	} begins[] = {
		{ "2027", 1830297600 },
		{ "2027-01", 1801440000 },
		{ "2027-01-01", 1798848000 },
		{ "20270228", 1803859200 },
		{ "2027-01-01T10:00Z", 1798797601 },
		{ "2027-01-01T10:00", 1798840800 },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(begins); i++) {
		struct lic_policy before = { .now = begins[i].from - 1 };
		struct lic_policy then = { .now = begins[i].from };
		struct notation n;
		struct lic_rights r;
		char line[256];

		snprintf(line, sizeof(line), "e1 lic CC0-1.0 | e1 begin %s", begins[i].date);
		ok(notation_read(&n, line), "notation");
		lic_rights_resolve(&n.claims, &before, &r, NULL, NULL);
		is_int(r.status, LIC_STATUS_UNLICENSED, "not a second before %s", begins[i].date);
		lic_rights_resolve(&n.claims, &then, &r, NULL, NULL);
		is_int(r.status, LIC_STATUS_CLEAR, "and then");
	}
}

/* The effect of the first claim, and the status's reason. */
static const struct {
	const char *claims, *effect, *rule, *reason;
} effects[] = {
	{ "e1 lic CC0-1.0", "grants", "a license field", "XMP cc:license says CC0-1.0" },
	{ "e1 web https://creativecommons.org/licenses/by/4.0/", "grants",
	  "the address of a license", "XMP xmpRights:WebStatement says CC-BY-4.0" },
	{ "e1 copy LicenseRef-CC-BY | e1 lic CC-BY-4.0", "grants",
	  "a more specific license of the same family is stated", "XMP cc:license says CC-BY-4.0" },
	{ "d lic CC0-1.0", "grants", "a license field", "XMP cc:license says CC0-1.0" },
	{ "o! lic CC0-1.0 | e1 lic CC-BY-NC-4.0", "grants",
	  "the operator's decision, which settles conflicts", "XMP cc:license says CC0-1.0" },
	{ "e1 lic CC-BY-NC-4.0 | o! lic CC0-1.0", "overruled",
	  "the operator's decision settles conflicts", "XMP cc:license says CC0-1.0" },
	{ "m lic CC-BY-4.0 | e1 lic CC0-1.0", "overruled", "a stronger source states the license",
	  "XMP cc:license says CC0-1.0" },
	{ "e1 lic CC0-1.0 | e1 copy All rights reserved", "conflicts",
	  "two licenses of equal rank: nobody can tell which holds",
	  "two licenses of equal rank: XMP cc:license says CC0-1.0, XMP dc:rights reserves all "
	  "rights" },
	{ "e1 copy All rights reserved | e1 lic CC0-1.0", "conflicts",
	  "reserves all rights beside a license in the same packet",
	  "two licenses of equal rank: XMP cc:license says CC0-1.0, XMP dc:rights reserves all "
	  "rights" },
	{ "s1 lic CC0-1.0 | e2 lic CC-BY-NC-4.0", "conflicts",
	  "a stronger source cannot grant what another claim about the image forbids",
	  "another claim about the image forbids what the stronger one grants: XMP cc:license "
	  "says CC0-1.0, XMP cc:license says CC-BY-NC-4.0" },
	{ "e1 lic be kind | e1 terms CC0-1.0", "conflicts",
	  "a license field that nobody can read stands beside a license",
	  "a license field that cannot be read beside a license: XMP cc:license says \"be kind\", "
	  "XMP xmpRights:UsageTerms says CC0-1.0" },
	{ "e1 lic be\x1b[31m kind", "ignored", "a license field that nobody can read",
	  "the license field cannot be read: XMP cc:license says \"be\\x1b[31m kind\"" },
	{ "e1 copy CC BY 4.0, all rights reserved", "conflicts", "a text that contradicts itself",
	  "a text contradicts itself: XMP dc:rights says \"CC BY 4.0, all rights reserved\"" },
	{ "e1 copy (c) Jane", "notice", "a copyright notice grants nothing and contradicts nothing",
	  "no claim grants anything: there is a copyright notice only" },
	{ "e1 copy All rights reserved", "notice", "reserves all rights, as a notice",
	  "no claim grants anything, and one reserves all rights" },
	{ "e1 terms All rights reserved", "forbids", "reserves all rights",
	  "the license that is stated grants nothing: XMP xmpRights:UsageTerms reserves all "
	  "rights" },
	{ "e1 mark True", "notice", "marked as protected: a notice",
	  "no claim grants anything: there is a copyright notice only" },
	{ "e1 mark False", "ignored", "a flag that is not set grants nothing",
	  "no claim grants anything" },
	{ "e1 lic MIT", "ignored", "a license for software clears no image",
	  "the license that is stated grants nothing: XMP cc:license says MIT" },
	{ "e1 lic ODbL-1.0", "ignored", "a license for data or databases clears no image",
	  "the license that is stated grants nothing: XMP cc:license says ODbL-1.0" },
	{ "e1 lic LicenseRef-Other", "ignored", "names a license, but no permission",
	  "the license that is stated grants nothing: XMP cc:license says LicenseRef-Other" },
	{ "e1 lic LicenseRef-NTDL-1.0", "reserves",
	  "a license for data or databases clears no image",
	  "the license that is stated grants nothing: XMP cc:license says LicenseRef-NTDL-1.0" },
	{ "e1 cap CC-BY-4.0", "ignored", "a caption never grants", "no claim grants anything" },
	{ "e1 cap CC-BY-NC-4.0 | e1 lic CC0-1.0", "conflicts",
	  "a stronger source cannot grant what another claim about the image forbids",
	  "another claim about the image forbids what the stronger one grants: XMP cc:license "
	  "says CC0-1.0, XMP dc:description says CC-BY-NC-4.0" },
	{ "t lic CC-BY-4.0", "ignored",
	  "a dataset's license grants only where the operator says so",
	  "no claim grants anything" },
	{ "x lic CC-BY-4.0", "ignored", "doubtful: it may restrict, and never grants",
	  "no claim grants anything" },
	{ "e1 res t", "reserves", "the owner's opt-out of mining or training",
	  "no claim grants anything" },
	{ "e1 res i", "reserves", "the owner's opt-out of use as input",
	  "no claim grants anything" },
	{ "e1 res", "ignored", "states no reservation", "no claim grants anything" },
	{ "e1 con AL-CRP | e1 lic CC0-1.0", "forbids", "an alteration constraint: no adaptations",
	  "XMP cc:license says CC0-1.0" },
	{ "e1 con IF-MMD | e1 lic CC0-1.0", "fact", "a constraint that takes no permission",
	  "XMP cc:license says CC0-1.0" },
	{ "e1 con ask me | e1 lic CC0-1.0", "conflicts",
	  "a constraint in words: only a person can tell what is left",
	  "a constraint in words, which only a person can judge: XMP cc:license says CC0-1.0, "
	  "XMP plus:OtherConstraints says \"ask me\"" },
	{ "e1 lic CC0-1.0 | e1 con ask me", "conflicts", "a constraint in words stands beside it",
	  NULL },
	{ "e1 con ask me | o! lic CC0-1.0", "overruled",
	  "the operator's decision settles conflicts", "XMP cc:license says CC0-1.0" },
	{ "e1 end 20200101 | e1 lic CC0-1.0", "forbids", "not to be used after this date",
	  "the permission has ended: XMP cc:license says CC0-1.0, XMP 2:37 says \"20200101\"" },
	{ "e1 lic CC0-1.0 | e1 end 20200101", "overruled",
	  "a date that limits the use leaves nothing of it", NULL },
	{ "e1 begin 20300101 | e1 lic CC0-1.0", "forbids", "not to be used before this date",
	  "the permission has not begun: XMP cc:license says CC0-1.0, XMP 2:30 says "
	  "\"20300101\"" },
	{ "e1 end never | e1 lic CC0-1.0", "forbids", "a date that cannot be read",
	  "a date that limits the permission cannot be read: XMP cc:license says CC0-1.0, XMP "
	  "2:37 says \"never\"" },
	{ "o deny | e1 lic CC0-1.0", "forbids", "the operator's decision: nobody sees it",
	  "the operator denies it: XMP" },
	{ "e1 lic CC0-1.0 | o deny", "overruled", "the operator's decision denies the image",
	  NULL },
	{ "d bind LicenseRef-ImageNet-Terms | e1 lic CC0-1.0", "forbids",
	  "dataset terms bind the copy, whatever its license grants",
	  "XMP cc:license says CC0-1.0" },
	{ "e1 lic CC0-1.0 | d bind be nice", "overruled",
	  "dataset terms or constraints leave nothing of it",
	  "terms or constraints leave nothing of what is granted: XMP cc:license says CC0-1.0" },
	{ "e2 copy CC-BY-3.0 | e1 lic CC-BY-4.0 | d trust *license", "overruled",
	  "the operator trusts another source of equal rank", "XMP cc:license says CC-BY-4.0" },
	{ "e1 lic CC-BY-4.0 | e2 copy CC-BY-3.0 | d trust *license", "grants",
	  "the operator trusts this source", NULL },
	{ "d trust *license | e1 lic CC-BY-4.0 | e2 copy CC-BY-3.0", "fact",
	  "the operator trusts this source where sources of equal rank differ", NULL },
	{ "d trust EXIF | e1 lic CC-BY-4.0 | e2 copy CC-BY-3.0", "ignored",
	  "no trusted source is among sources that differ", NULL },
	{ "e2 copy CC-BY-NC-3.0 | e1 lic CC-BY-4.0 | d trust *license", "conflicts",
	  "a trusted source cannot grant what another claim about the image forbids",
	  "another claim about the image forbids what the stronger one grants: XMP cc:license "
	  "says CC-BY-4.0, XMP dc:rights says CC-BY-NC-3.0" },
	{ "e1 by Jane", "credit", "whom and what to credit", "no claim grants anything" },
	{ "e1 artist Joe | e1 by Jane", "credit", "another source or field is credited", NULL },
	{ "e1 rel MR-UMR", "fact", "a release of persons or property, which is no license", NULL },
	{ "e1 ai GAN", "fact", "names an AI system or its input", NULL },
	{ "e1 none Acme", "ignored", "kept for the record", NULL },
	{ "e1 new x | e1 lic CC0-1.0", "conflicts",
	  "a claim of a kind that this version does not know", NULL },
};

static void test_effects(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(effects); i++) {
		struct lic_buf out = LIC_BUF_INIT(1024);
		struct lic_effect e[NOTATION_MAX];
		struct lic_credit credit;
		struct notation n;
		struct lic_rights r;

		ok(notation_read(&n, effects[i].claims), "notation");
		lic_rights_resolve(&n.claims, &policy, &r, &credit, e);
		is_str(e[0].effect, effects[i].effect, "effect: %s", effects[i].claims);
		is_str(e[0].rule, effects[i].rule, "rule");
		lic_rights_reason(&n.claims, &policy, &r, &out);
		if (effects[i].reason)
			is_str(lic_buf_str(&out), effects[i].reason, "reason");
		for (size_t k = 0; k < n.claims.n; k++)
			if (!e[k].effect || !e[k].effect[0] || !e[k].rule || !e[k].rule[0])
				ok(false, "claim %zu has no effect: %s", k, effects[i].claims);
		lic_credit_release(&credit);
		lic_buf_release(&out);
	}
}

static void reason_is(const struct notation *n, enum lic_status status, const char *want)
{
	struct lic_buf out = LIC_BUF_INIT(1024);
	struct lic_rights r;

	lic_rights_init(&r, status);
	lic_rights_reason(&n->claims, &policy, &r, &out);
	is_str(lic_buf_str(&out), want, "reason of %s", lic_status_name(status));
	lic_buf_release(&out);
}

static void test_reasons(void)
{
	struct lic_effect e[NOTATION_MAX];
	struct notation n;
	struct lic_rights r;

	notation_read(&n, "e1 lic CC0-1.0 | e1 lic " /* longer than an effect can hold */
			  "LicenseRef-BigScience-OpenRAIL-M AND LicenseRef-BigCode-OpenRAIL-M AND "
			  "LicenseRef-CreativeML-OpenRAIL-M AND LicenseRef-OpenRAIL-PlusPlus-M");
	reason_is(&n, LIC_STATUS_REVOKED, "a revocation matches it");
	reason_is(&n, LIC_STATUS_STALE, "the file changed since it was judged: scan again");
	lic_rights_resolve(&n.claims, &policy, &r, NULL, e);
	is_int(strlen(e[1].license), sizeof(e[1].license) - 1, "a long expression is cut");
	is_str(e[1].license + strlen(e[1].license) - 3, "...", "and says so");
	notation_read(&n, "d bind LicenseRef-ImageNet-Terms");
	lic_rights_resolve(&n.claims, &policy, &r, NULL, e);
	is_str(e[0].license, "LicenseRef-ImageNet-Terms", "terms are named");
	n.claims.damage = "XMP ends \x01 early";
	reason_is(&n, LIC_STATUS_UNREADABLE,
		  "the metadata cannot be read whole: XMP ends \\x01 early");
	lic_rights_resolve(&n.claims, &policy, &r, NULL, e);
	is_str(e[0].effect, "forbids", "terms bind even where the file is damaged");
	notation_read(&n, "e1 lic CC0-1.0");
	n.claims.damage = "XMP ends early";
	lic_rights_resolve(&n.claims, &policy, &r, NULL, e);
	is_str(e[0].effect, "ignored", "nothing is granted by a damaged file");
	notation_read(&n, "");
	reason_is(&n, LIC_STATUS_UNLICENSED, "no claim was found");
	reason_is(&n, LIC_STATUS_UNREADABLE, "no claim was found, and the file could not be read");
}

static const struct {
	const char *claims, *creator, *title, *source_url, *license_url;
} credits[] = {
	{ "", NULL, NULL, NULL, NULL },
	{ "e1 by  Jane  | e1 title Cat | e1 src https://example.org/1", "Jane", "Cat",
	  "https://example.org/1", NULL },
	{ "e1 by | e1 artist Joe", "Joe", NULL, NULL, NULL },
	{ "e1 artist Joe | e1 by Jane", "Jane", NULL, NULL, NULL },
	{ "e1 by Jane | s2 artist Joe", "Joe", NULL, NULL, NULL },
	{ "m by Ann | e1 artist Joe", "Joe", NULL, NULL, NULL },
	{ "e1 by Zoe | e1 by Ann | e1 by Zoe | e2 by Max", "Zoe; Ann", NULL, NULL, NULL },
	{ "e1 title Die Katze | e1 title Cat", NULL, "Die Katze", NULL, NULL },
	{ "e1 src https://b.example/ | e1 src https://a.example/", NULL, NULL, "https://b.example/",
	  NULL },
	{ "e1 lic CC-BY-4.0", NULL, NULL, NULL, "https://creativecommons.org/licenses/by/4.0/" },
	{ "e1 lic MIT OR CC-BY-4.0", NULL, NULL, NULL,
	  "https://creativecommons.org/licenses/by/4.0/" },
	{ "e1 web https://example.org/terms", NULL, NULL, NULL, "https://example.org/terms" },
	{ "e1 web HTTP://example.org/", NULL, NULL, NULL, "HTTP://example.org/" },
	{ "e1 web http://", NULL, NULL, NULL, NULL },
	{ "e1 web https://example.org/terms | e1 lic CC0-1.0", NULL, NULL, NULL,
	  "https://creativecommons.org/publicdomain/zero/1.0/" },
	{ "e1 web https://example.org/terms | e1 lic LicenseRef-Other", NULL, NULL, NULL, NULL },
	{ "e1 web javascript:alert(1)", NULL, NULL, NULL, NULL },
	{ "e1 web https://example.org/a b", NULL, NULL, NULL, NULL },
	{ "e1 lic CC-BY-4.0 | e2 lic CC0-1.0", NULL, NULL, NULL, NULL },
};

/* A manifest may name the picture and the page about it; the page is whom to thank. */
static void test_page_before_picture(void)
{
	static const char *const fields[] = { "coco_url", "flickr_url", "url" };
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_credit c;
	struct lic_rights r;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(fields); i++) {
		const struct lic_claim one = { .rank = LIC_RANK_MANIFEST,
					       .role = LIC_ROLE_SOURCE_URL,
					       .packet = 1,
					       .source = "manifest m",
					       .field = fields[i],
					       .raw = { (const uint8_t *)fields[i],
							strlen(fields[i]) },
					       .text = fields[i] };

		lic_claims_add(&claims, &one);
	}
	lic_rights_resolve(&claims, &policy, &r, &c, NULL);
	is_str(c.source_url, "flickr_url", "the page is credited, not the picture");
	lic_credit_release(&c);
	lic_claims_release(&claims);
}

static void test_credits(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(credits); i++) {
		struct lic_credit c;
		struct notation n;
		struct lic_rights r;

		ok(notation_read(&n, credits[i].claims), "notation");
		lic_rights_resolve(&n.claims, &policy, &r, &c, NULL);
		is_str(c.creator, credits[i].creator, "creator: %s", credits[i].claims);
		is_str(c.title, credits[i].title, "title");
		is_str(c.source_url, credits[i].source_url, "source");
		is_str(c.license_url, credits[i].license_url, "license");
		lic_credit_release(&c);
		ok(!c.creator && !c.license_url, "released");
	}
	lic_credit_release(NULL);
}

static void test_strict(void)
{
	const struct lic_policy strict = { .now = TEST_NOW, .strict_statements = true };
	struct lic_effect e[NOTATION_MAX];
	struct notation n;
	struct lic_rights r;

	notation_read(&n, "e1 lic CC-PDM-1.0");
	lic_rights_resolve(&n.claims, &strict, &r, NULL, e);
	is_str(e[0].rule, "a statement grants nothing (policy statements=strict)", "strict");
	notation_read(&n, "e1 lic LicenseRef-RS-NoC-NC-1.0");
	lic_rights_resolve(&n.claims, &strict, &r, NULL, e);
	is_str(e[0].rule, "a rights statement, which grants nothing", "a statement of no license");
}

/* Names of any length are cut between characters. */
static void test_long_credit(void)
{
	static char name[10001];
	struct lic_credit c;
	struct notation n;
	struct lic_rights r;

	for (size_t i = 0; i + 3 <= sizeof(name) - 1; i += 3)
		memcpy(name + i, "\xe2\x82\xac", 3);
	notation_read(&n, "e1 by x | e1 by y");
	n.item[0].text = name;
	lic_rights_resolve(&n.claims, &policy, &r, &c, NULL);
	is_int(strlen(c.creator), 4095, "a long name is cut to whole characters");
	ok(lic_utf8_valid(c.creator, strlen(c.creator)), "and stays valid");
	lic_credit_release(&c);
}

int main(void)
{
	test_facts();
	test_dates();
	test_begin();
	test_effects();
	test_reasons();
	test_credits();
	test_page_before_picture();
	test_strict();
	test_long_credit();
	return done_testing();
}
