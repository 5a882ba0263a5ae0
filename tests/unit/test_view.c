/* SPDX-License-Identifier: Apache-2.0 */
/* The evaluator: Kleene logic, alternatives, implicit conditions, and the reasons it gives. */
#include "tests/unit/view.h"

static void test_licenses(void)
{
	static const struct {
		const char *expr, *license;
		enum lic_tri want;
	} cases[] = {
		{ "noncommercial", "CC-BY-NC-4.0", T },
		{ "commercial", "CC-BY-NC-4.0", F },
		{ "commercial", "CC-BY-4.0", T },
		{ "!commercial-use", "CC-BY-NC-4.0", T },
		{ "!commercial-use", "CC-BY-4.0", F },
		{ "redistributable", "CC-BY-ND-3.0", T },
		{ "augmentable", "CC-BY-ND-3.0", F },
		{ "augmentable", "CC-BY-ND-4.0", T },
		{ "augmentable", "LicenseRef-CC-BY-ND", F },
		{ "augmentable-shared", "CC-BY-ND-4.0", F },
		{ "augmentable-shared", "CC-BY-SA-4.0", T },
		{ "attribution-free", "CC0-1.0", T },
		{ "attribution-free", "CC-BY-4.0", F },
		{ "public-domain", "CC0-1.0", T },
		{ "public-domain", "CC-PDM-1.0", T },
		{ "public-domain", "CC-BY-4.0", F },
		{ "public-domain", "CC0-1.0 AND CC-BY-4.0", F },
		{ "commercial AND Derive", "CC-BY-4.0", T },
		{ "commercial+augmentable", "CC-BY-4.0", T },
		{ "commercial-use && derive || sharealike", "CC-BY-4.0", T },
		{ "commercial & !sharealike", "CC-BY-SA-4.0", F },
		{ "commercial and not sharealike", "CC-BY-4.0", T },
		{ "!!commercial-use", "CC-BY-4.0", T },
		{ "not not not commercial-use", "CC-BY-4.0", F },
		{ "!(commercial-use | derive)", "CC-BY-NC-ND-3.0", T },
		{ "license=CC-BY-*", "CC-BY-NC-4.0", T },
		{ "license is cc-by-nc-4.0", "CC-BY-NC-4.0", T },
		{ "license != CC-BY-NC-*", "CC-BY-NC-4.0", F },
		{ "license is not CC-BY-NC-*", "CC-BY-4.0", T },
		{ "by-license/CC-BY-4.0", "CC-BY-4.0", T },
		{ "by-license/CC-BY-4.0", "CC-BY-SA-4.0", F },
		{ "license=none", "CC-BY-4.0", F },
		{ "notice", "CC-BY-4.0", T },
		/* licenses that hold together: neither the part nor its negation */
		{ "license=CC0-1.0", "CC0-1.0 AND CC-BY-NC-4.0", U },
		{ "license!=CC-BY-NC-4.0", "CC0-1.0 AND CC-BY-NC-4.0", U },
		{ "license=CC-BY-*", "CC-BY-4.0 AND CC-BY-SA-4.0", T },
		{ "commercial", "CC-BY-4.0 AND CC-BY-NC-4.0", F },
		/* one alternative satisfies everything, negations included */
		{ "commercial", "CC-BY-ND-3.0 OR CC-BY-NC-4.0", T },
		{ "augmentable", "CC-BY-ND-3.0 OR CC-BY-NC-4.0", T },
		{ "commercial+augmentable", "CC-BY-ND-3.0 OR CC-BY-NC-4.0", F },
		{ "commercial & !sharealike", "CC-BY-NC-4.0 OR CC-BY-SA-4.0", F },
		{ "commercial & !sharealike", "CC-BY-4.0 OR CC-BY-SA-4.0", T },
		{ "license=CC-BY-SA-4.0 & commercial", "CC-BY-NC-4.0 OR CC-BY-SA-4.0", T },
		{ "license=CC-BY-NC-4.0 & commercial", "CC-BY-NC-4.0 OR CC-BY-SA-4.0", F },
		/* reserved licenses and strangers */
		{ "noncommercial", "LicenseRef-AllRightsReserved", F },
		{ "noncommercial", "no such license", F },
		{ "!commercial-use", "no such license", F },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++) {
		struct lic_rights r = rights_of(cases[i].license);

		is_int(ask(cases[i].expr, 0, &r, NULL), cases[i].want, "%s of %s", cases[i].expr,
		       cases[i].license);
	}
}

/* Each pair of truth values, from permissions that are set by hand. */
static void test_kleene(void)
{
	static const enum lic_tri v[] = { U, F, T };
	static const enum lic_tri and_[3][3] = { { U, F, U }, { F, F, F }, { U, F, T } };
	static const enum lic_tri or_[3][3] = { { U, U, T }, { U, F, T }, { T, T, T } };
	static const enum lic_tri not_[3] = { U, T, F };
	struct lic_rights r = { .status = LIC_STATUS_CLEAR, .n_alternatives = 1 };

	r.alternative[0].permission[LIC_NONCOMMERCIAL_USE] = T;
	for (unsigned a = 0; a < 3; a++) {
		r.alternative[0].permission[LIC_DERIVE] = (uint8_t)v[a];
		is_int(ask("!derive", 0, &r, NULL), not_[a], "not %s", lic_tri_name(v[a]));
		is_int(ask("!derive", LIC_VIEW_FIND, &r, NULL), not_[a], "find: not %s",
		       lic_tri_name(v[a]));
		for (unsigned b = 0; b < 3; b++) {
			r.alternative[0].permission[LIC_REDISTRIBUTE] = (uint8_t)v[b];
			is_int(ask("derive & redistribute", 0, &r, NULL), and_[a][b], "%s and %s",
			       lic_tri_name(v[a]), lic_tri_name(v[b]));
			is_int(ask("derive | redistribute", 0, &r, NULL), or_[a][b], "%s or %s",
			       lic_tri_name(v[a]), lic_tri_name(v[b]));
			is_int(ask("!(!derive | !redistribute)", 0, &r, NULL), and_[a][b],
			       "de Morgan");
			is_int(ask("redistribute | !derive | derive", 0, &r, NULL),
			       v[b] == T || v[a] != U ? T : U, "no excluded middle");
		}
	}
	r.alternative[0].permission[LIC_NONCOMMERCIAL_USE] = U;
	r.alternative[0].permission[LIC_COMMERCIAL_USE] = T;
	is_int(ask("commercial-use", 0, &r, NULL), U, "noncommercial use is always demanded");
	is_int(ask("commercial-use", LIC_VIEW_FIND, &r, NULL), T, "but not by find");
	is_int(ask("!attribution", LIC_VIEW_FIND, &r, NULL), U,
	       "unknown terms have unknown duties");
}

static void test_implicit(void)
{
	struct lic_rights r = rights_of("CC-BY-4.0");
	const unsigned basis = LIC_VIEW_HAVE_BASIS;

	r.reservations = LIC_RESERVE_DATA_MINING;
	is_int(ask("commercial", 0, &r, NULL), F, "reserved for training");
	is_int(ask("commercial", basis, &r, NULL), F, "a basis alone lifts nothing");
	is_int(ask("commercial & (reserved | !reserved)", basis, &r, NULL), T, "lifted by name");
	is_int(ask("commercial & reserved(data-mining)", basis, &r, NULL), T, "its scope");
	is_int(ask("commercial & reserved(Training)", basis, &r, NULL), T, "training");
	is_int(ask("commercial & reserved(input)", basis, &r, NULL), F, "another scope");
	is_int(ask("commercial & !reserved(any)", basis, &r, NULL), F, "any scope");
	is_int(ask("reserved(training)", LIC_VIEW_FIND, &r, NULL), T, "find");
	r.reservations = LIC_RESERVE_GENERATIVE;
	is_int(ask("commercial", 0, &r, NULL), F, "generative training counts as training");
	r.reservations = LIC_RESERVE_INPUT;
	is_int(ask("commercial", 0, &r, NULL), T, "input alone does not count as training");
	is_int(ask("commercial & !reserved", basis, &r, NULL), F, "bare reserved is any scope");
	r.reservations = 0;
	r.alternative[0].ml_prohibited = true;
	is_int(ask("commercial", 0, &r, NULL), F, "a license that prohibits training reserves it");
	is_int(ask("commercial & reserved(ai-training)", basis, &r, NULL), T, "lifted by name");
	r.alternative[0].ml_prohibited = false;

	for (int s = 0; s < LIC_STATUS_COUNT; s++) {
		bool lifts = s == LIC_STATUS_CLEAR || s == LIC_STATUS_CONFLICT ||
			     s == LIC_STATUS_UNLICENSED;
		const char *name = lic_status_name((enum lic_status)s);
		char expr[64];

		snprintf(expr, sizeof(expr), "status=%s", name);
		r.status = (enum lic_status)s;
		is_int(ask("noncommercial", 0, &r, NULL), s == LIC_STATUS_CLEAR ? T : F, "%s",
		       name);
		is_int(ask(expr, basis, &r, NULL), lifts ? T : F, "%s by name", name);
		is_int(ask("status!=clear | status=clear", basis, &r, NULL), lifts ? T : F,
		       "%s whatever the status", name);
		is_int(ask(expr, LIC_VIEW_FIND, &r, NULL), T, "find %s", name);
	}
	r = rights_of("CC-BY-4.0");
	r.status = LIC_STATUS_COUNT;
	is_int(ask("status!=clear", basis, &r, NULL), F, "a status from the future is closed");
	r = rights_of("CC-BY-4.0");
	r.until = NOW + 1;
	is_int(ask("commercial", 0, &r, NULL), T, "rights that end later");
	r.until = NOW;
	is_int(ask("commercial", 0, &r, NULL), F, "rights that have ended");
	is_int(ask("commercial & status!=stale", basis, &r, NULL), F, "whatever is named");
	is_int(ask("commercial", LIC_VIEW_FIND, &r, NULL), U,
	       "find: nothing is permitted any more");
	is_int(ask("license=CC-BY-4.0", LIC_VIEW_FIND, &r, NULL), T, "find: by what was stated");
}

static void test_find(void)
{
	struct lic_rights r = rights_of("CC0-1.0 AND CC-BY-NC-4.0");

	is_int(ask("license=CC-BY-NC-*", LIC_VIEW_FIND, &r, NULL), T, "one of several licenses");
	is_int(ask("license!=CC-BY-NC-*", LIC_VIEW_FIND, &r, NULL), F, "and its negation");
	r = rights_of("");
	is_int(ask("license=none", LIC_VIEW_FIND, &r, NULL), T, "no license stated");
	is_int(ask("license!=CC-BY-4.0", LIC_VIEW_FIND, &r, NULL), U, "no license is no other one");
	is_int(ask("attribution", LIC_VIEW_FIND, &r, NULL), U, "no license has no known duties");
	is_int(ask("territory=world", LIC_VIEW_FIND, &r, NULL), U, "nor a territory");
	r.status = LIC_STATUS_UNREADABLE;
	is_int(ask("!reserved", LIC_VIEW_FIND, &r, NULL), U, "unread: maybe reserved");
	is_int(ask("license=none", LIC_VIEW_FIND, &r, NULL), U, "unread: maybe licensed");
	is_int(ask("origin=unstated", LIC_VIEW_FIND, &r, NULL), U, "unread: maybe AI");
	r = rights_of("CC-BY-4.0 OR CC-BY-NC-4.0");
	r.n_alternatives = 0;
	r.status = LIC_STATUS_CONFLICT;
	is_int(ask("license=CC-BY-NC-4.0", LIC_VIEW_FIND, &r, NULL), T, "conflict: by license");
	is_int(ask("status=conflict & !commercial-use", LIC_VIEW_FIND, &r, NULL), U,
	       "no permission");
	r.n_alternatives = 1;
	r.status = LIC_STATUS_CLEAR;
	is_int(ask("license=CC-BY-4.0", 0, &r, NULL), U, "alternatives that do not correspond");
}

static void test_assets(void)
{
	char jane[] = "Jane D\xc3\xb6"
		      "e",
	     pair[] = "Jane Doe ; Joe", url[] = "https://u@Live.StaticFlickr.com:80/65535/x.jpg?y";
	struct lic_credit credit = { .creator = jane, .source_url = url };
	struct lic_asset a = { .path = { (const uint8_t *)"train/cats/a b.jpg", 18 },
			       .credit = &credit };
	struct lic_rights r = rights_of("CC-BY-4.0");
	static const struct {
		const char *expr;
		enum lic_tri want;
	} cases[] = {
		{ "creator='jane *'", T },
		{ "creator=\"Jane D?e\"", T },
		{ "creator is jane", F },
		{ "!creator=jane", T },
		{ "source=staticflickr.com", T },
		{ "source=flickr.com", F },
		{ "source=*flickr*", T },
		{ "source='https://*/65535/*'", T },
		{ "source=u", F },
		{ "collection=coco", U },
		{ "!collection=coco", U },
		{ "collection=coco | derive", T },
		{ "path=train/**", T },
		{ "path=train/", T },
		{ "path=/train/", T },
		{ "path=train/*", F },
		{ "path='train/*/a b.jpg'", T },
		{ "path=**/cats/*", T },
		{ "path=Train/**", F },
		{ "path!=train/**", F },
		{ "origin=ai", U },
		{ "!origin=ai", U },
		{ "origin=unstated", T },
		{ "release=model", U },
		{ "!release=property", U },
		{ "territory=world", T },
		{ "territory=US", F },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++)
		is_int(ask(cases[i].expr, 0, &r, &a), cases[i].want, "%s", cases[i].expr);
	r.ai_origin = true;
	r.release[LIC_RELEASE_MODEL] = T;
	r.release[LIC_RELEASE_PROPERTY] = F;
	is_int(ask("release=model", 0, &r, &a), T, "a release that is given");
	is_int(ask("release=property", 0, &r, &a), F, "a release that is missing");
	is_int(ask("release!=property", 0, &r, &a), T, "a release that is missing, negated");
	snprintf(r.territory, sizeof(r.territory), "EU+US");
	is_int(ask("origin=ai", 0, &r, &a), T, "stated AI");
	is_int(ask("!origin=ai", 0, &r, &a), F, "stated AI, negated");
	is_int(ask("territory=us", 0, &r, &a), U, "one of two territories");
	is_int(ask("!territory=us", 0, &r, &a), U, "one of two territories, negated");
	is_int(ask("territory=??", 0, &r, &a), T, "both of them");
	is_int(ask("territory=world", 0, &r, &a), F, "neither of them");
	credit.creator = pair;
	is_int(ask("creator=joe", 0, &r, &a), T, "one of two creators");
	is_int(ask("!creator='jane doe'", 0, &r, &a), F, "the other one, negated");
	is_int(ask("creator='jane*joe'", 0, &r, &a), T, "both in one glob");
	is_int(ask("creator='doe; joe'", 0, &r, &a), F, "not parts of names");
	credit = (struct lic_credit){ 0 };
	is_int(ask("!creator=jane", 0, &r, &a), U, "a missing creator is unknown");
	is_int(ask("source!=flickr.com", 0, &r, &a), U, "a missing source is unknown");
	is_int(ask("!creator=jane", 0, &r, NULL), U, "as is everything without an asset");
}

static void test_collections(void)
{
	static const struct lic_membership in[] = { { "coco val2017", true },
						    { "lvis", true },
						    { "x", false } };
	struct lic_rights r = rights_of("CC-BY-4.0");
	struct lic_asset a = { 0 };

	a.membership = in;
	a.n_memberships = 1;
	is_int(ask("collection=COCO*", 0, &r, &a), T, "a collection");
	is_int(ask("collection=lvis", 0, &r, &a), F, "another");
	is_int(ask("collection!=lvis", 0, &r, &a), T, "another, negated");
	a.n_memberships = 2;
	is_int(ask("collection=lvis", 0, &r, &a), T, "one of two collections");
	is_int(ask("!collection=lvis", 0, &r, &a), F, "one of two, negated");
	a.n_memberships = 3;
	is_int(ask("collection=x", 0, &r, &a), U, "one in doubt");
	is_int(ask("!collection=x", 0, &r, &a), U, "one in doubt, negated");
	is_int(ask("collection=*", 0, &r, &a), T, "one in doubt beside others");
	a.membership = in + 2;
	a.n_memberships = 1;
	is_int(ask("!collection=y", 0, &r, &a), U, "only one in doubt");
}

static void test_needs(void)
{
	static const struct {
		const char *expr;
		bool needs;
	} cases[] = { { "commercial", false },	{ "license=CC-* | origin=ai", false },
		      { "path=a/*", true },	{ "derive & (notice | !creator=x)", true },
		      { "source=x.org", true }, { "collection=x", true } };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++) {
		struct lic_view *v = compile(cases[i].expr, 0);

		ok(v && lic_view_needs_asset(v) == cases[i].needs, "%s", cases[i].expr);
		lic_view_free(v);
	}
}

static void test_why(void)
{
	char jane[] = "Jane\n";
	struct lic_credit credit = { .creator = jane };
	struct lic_asset a = { .path = { (const uint8_t *)"x.jpg", 5 }, .credit = &credit };
	static const struct {
		const char *expr, *license;
		unsigned reservations;
		enum lic_status status;
		int64_t until;
		const char *why;
	} cases[] = {
		{ "commercial", "CC-BY-4.0", 0, LIC_STATUS_CLEAR, 0,
		  "in: CC-BY-4.0 allows commercial-use" },
		{ "commercial", "CC-BY-NC-4.0", 0, LIC_STATUS_CLEAR, 0,
		  "out: commercial-use is forbidden by CC-BY-NC-4.0" },
		{ "commercial+augmentable", "CC-BY-ND-3.0 OR CC-BY-NC-4.0", 0, LIC_STATUS_CLEAR, 0,
		  "out: derive is forbidden by CC-BY-ND-3.0, commercial-use is forbidden by "
		  "CC-BY-NC-4.0" },
		{ "augmentable", "CC-BY-4.0", 0, LIC_STATUS_CONFLICT, 0,
		  "out: status is conflict" },
		{ "augmentable", "CC-BY-4.0", LIC_RESERVE_TRAINING, LIC_STATUS_CLEAR, 0,
		  "out: reserved for data-mining, ai-training, generative-training" },
		{ "augmentable", "CC-BY-4.0", 0, LIC_STATUS_CLEAR, 86400,
		  "out: the rights ended on 1970-01-02" },
		{ "augmentable", "LicenseRef-AllRightsReserved", 0, LIC_STATUS_CLEAR, 0,
		  "out: noncommercial-use is forbidden by LicenseRef-AllRightsReserved" },
		{ "attribution-free", "CC-BY-4.0", 0, LIC_STATUS_CLEAR, 0,
		  "out: CC-BY-4.0 demands attribution" },
		{ "license=CC0-1.0 | license=CC-BY-SA-*", "CC-BY-4.0", 0, LIC_STATUS_CLEAR, 0,
		  "out: the license is CC-BY-4.0" },
		{ "public-domain", "CC-BY-4.0", 0, LIC_STATUS_CLEAR, 0,
		  "out: CC-BY-4.0 is not public domain" },
		{ "public-domain | derive", "CC-BY-NC-4.0 OR CC0-1.0", 0, LIC_STATUS_CLEAR, 0,
		  "in: CC-BY-NC-4.0 allows derive" },
		{ "commercial+redistributable+augmentable", "CC-BY-4.0", 0, LIC_STATUS_CLEAR, 0,
		  "in: CC-BY-4.0 allows noncommercial-use, commercial-use, redistribute, derive" },
		{ "!sharealike & !redistribute", "CC-BY-4.0", 0, LIC_STATUS_CLEAR, 0,
		  "out: CC-BY-4.0 allows redistribute" },
		{ "creator=joe", "CC-BY-4.0", 0, LIC_STATUS_CLEAR, 0, "out: creator is 'Jane\\n'" },
		{ "source=joe.org", "CC-BY-4.0", 0, LIC_STATUS_CLEAR, 0,
		  "out: source is not stated" },
		{ "derive & !path=*.png & !(notice & sharealike)", "CC-BY-4.0", 0, LIC_STATUS_CLEAR,
		  0,
		  "in: CC-BY-4.0 allows derive, the path does not match '*.png', CC-BY-4.0 does "
		  "not demand sharealike" },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(cases); i++) {
		struct lic_rights r = rights_of(cases[i].license);
		struct lic_view *v = compile(cases[i].expr, 0);
		struct lic_buf out = LIC_BUF_INIT(4096);

		r.reservations = (uint8_t)cases[i].reservations;
		r.status = cases[i].status;
		r.until = cases[i].until;
		if (ok(v != NULL, "%s", cases[i].expr))
			lic_view_why(v, &r, &a, NOW, &out);
		is_str(lic_buf_str(&out), cases[i].why, "why %s", cases[i].expr);
		lic_buf_release(&out);
		lic_view_free(v);
	}
}

int main(void)
{
	test_licenses();
	test_kleene();
	test_implicit();
	test_find();
	test_assets();
	test_collections();
	test_needs();
	test_why();
	return done_testing();
}
