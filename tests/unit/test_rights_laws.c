/* SPDX-License-Identifier: Apache-2.0 */
/* Laws that must hold for every list of claims, tried on many random ones. */
#include "tests/unit/claims_notation.h"
#include "tests/unit/tap.h"

#define ROUNDS 6000
#define CLAIMS_MAX 6

/* May grant where it stands well. */
static const char *const granting[] = {
	"e1 lic CC0-1.0",
	"e1 lic CC-BY-4.0",
	"e1 terms CC-BY-NC-4.0",
	"e2 web https://creativecommons.org/licenses/by/4.0/",
	"e1 copy CC-BY-ND-4.0",
	"e2 copy LicenseRef-CC-BY-ND",
	"e3 com CC-BY-SA-4.0",
	"e1 lic CC-BY-4.0 OR CC-BY-NC-4.0",
	"e1 lic CC-BY-ND-3.0 OR CC-BY-NC-4.0",
	"e2 lic LicenseRef-CC-Unspecified",
	"e1 status CS-PUB",
	"s4 lic CC0-1.0",
	"s4 lic CC-BY-NC-ND-4.0",
	"s5 copy LicenseRef-CC-BY",
	"m:1 lic CC-BY-4.0",
	"m:2 lic CC-BY-NC-4.0",
	"d:3 lic CC-BY-4.0",
	"d:4 lic CC0-1.0",
	"t!:5 lic CC0-1.0",
	"o:6 lic CC-BY-4.0",
	"o:7 lic CC0-1.0",
	"o!:8 lic CC-BY-4.0",
	"e1 lic LicenseRef-ImageNet-Terms",
	"e2 lic CC-PDDC",
};

/* Restrict, or say nothing: none of them may add a permission to any list. */
static const char *const others[] = {
	"e1 copy All rights reserved",
	"e2 copy All rights reserved",
	"e1 copy (c) Jane",
	"e1 com All rights reserved",
	"e1 mark True",
	"e1 mark False",
	"e1 status CS-PRO",
	"e1 status CS-UNK",
	"e1 cap CC0-1.0",
	"e1 cap CC-BY-NC-4.0",
	"e1 cap All rights reserved",
	"e1 cap a cat",
	"e1 copy No AI training. Not for commercial use.",
	"e2 cap noai",
	"m:1 com editorial use only",
	"e1 cap do not use without permission",
	"e1 com no derivatives, no redistribution",
	"e1 web https://example.org/",
	"e1 com hello",
	"e1 copy CC BY 4.0, all rights reserved",
	"e1 res t",
	"m:1 res di",
	"x res g",
	"e1 con AL-CRP",
	"e1 con DP-NOD",
	"e1 con ask me",
	"d:3 con AL-RET",
	"e1 end 20200101",
	"e1 end 20300101",
	"e1 end soon",
	"o:6 end 20200101",
	"e1 trust *",
	"e1 begin 20200101",
	"e1 begin 20300101",
	"o:9 deny",
	"d:9 bind LicenseRef-ImageNet-Terms",
	"d:9 bind CC-BY-ND-4.0",
	"t:5 bind be nice",
	"t:5 lic CC0-1.0",
	"x lic CC0-1.0",
	"x lic CC-BY-NC-4.0",
	"e1 by Jane",
	"e1 rel MR-UMR",
	"e1 type trainedAlgorithmicMedia",
	"e1 none CC0-1.0",
	"e1 lic",
	"e1 new CC0-1.0",
};

/* Fields made for licenses that hold no license. */
static const char *const unreadable[] = {
	"e1 lic be kind",      "e2 lic LicenseRef-Other",      "e2 lic MIT",
	"s4 lic free for all", "m:1 lic LicenseRef-Unknown",   "o:7 lic whatever",
	"o!:8 lic whatever",   "e1 lic LicenseRef-RS-InC-1.0", "e1 terms All rights reserved",
};

static uint32_t seed = 20260615;

#define PICK(array) ((array)[notation_random(&seed) % LIC_ARRAY_SIZE(array)])

static void append(char *line, size_t size, const char *claim)
{
	size_t n = strlen(line);

	snprintf(line + n, size - n, "%s%s", n ? " | " : "", claim);
}

static void random_line(char *line, size_t size, bool may_grant)
{
	unsigned n = notation_random(&seed) % (CLAIMS_MAX + 1);

	line[0] = '\0';
	for (unsigned i = 0; i < n; i++)
		switch (notation_random(&seed) % (may_grant ? 5 : 2)) {
		case 0:
			append(line, size, PICK(others));
			break;
		case 1:
			append(line, size, PICK(unreadable));
			break;
		default:
			append(line, size, PICK(granting));
			break;
		}
}

static void random_policy(struct lic_policy *p)
{
	uint32_t r = notation_random(&seed);

	*p = (struct lic_policy){ .now = TEST_NOW };
	p->strict_statements = r % 5 == 0;
	p->strict_notice = r % 7 == 0;
}

static void resolve(const char *line, const struct lic_policy *policy, struct lic_rights *ret)
{
	struct notation n;

	if (!notation_read(&n, line))
		ok(false, "notation: %s", line);
	lic_rights_resolve(&n.claims, policy, ret, NULL, NULL);
}

static bool permits(const struct lic_terms *t)
{
	for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
		if (t->permission[p] == LIC_ALLOWED)
			return true;
	return false;
}

static bool is_within(const struct lic_terms *narrow, const struct lic_terms *wide)
{
	for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
		if (narrow->permission[p] == LIC_ALLOWED && wide->permission[p] != LIC_ALLOWED)
			return false;
	return (narrow->obligations & wide->obligations) == wide->obligations;
}

/* Everything that `after` permits in one alternative, `before` permitted in one. */
static bool no_wider(const struct lic_rights *after, const struct lic_rights *before)
{
	for (unsigned i = 0; i < after->n_alternatives; i++) {
		bool found = !permits(&after->alternative[i]);

		for (unsigned k = 0; k < before->n_alternatives && !found; k++)
			found = is_within(&after->alternative[i], &before->alternative[k]);
		if (!found)
			return false;
	}
	return true;
}

/* [I1] Clear means that something is permitted, and nothing else permits. */
static void law_status(void)
{
	size_t broken = 0, clear = 0;
	char line[2048];

	for (int i = 0; i < ROUNDS; i++) {
		struct lic_policy policy;
		struct lic_rights r;
		bool any = false;

		random_line(line, sizeof(line), true);
		random_policy(&policy);
		resolve(line, &policy, &r);
		for (unsigned k = 0; k < r.n_alternatives; k++)
			any = any || permits(&r.alternative[k]);
		clear += r.status == LIC_STATUS_CLEAR;
		if (any != (r.status == LIC_STATUS_CLEAR) && !broken++)
			ok(false, "permits without being clear, or the reverse: %s", line);
	}
	is_int(broken, 0, "what is clear permits something, and nothing else does");
	ok(clear > ROUNDS / 10 && clear < ROUNDS, "%zu of %d were clear", clear, ROUNDS);
}

/* [I1] Unknown never passes. */
static void law_unknown(void)
{
	size_t broken = 0;
	char line[2048];

	for (int i = 0; i < ROUNDS; i++) {
		struct lic_policy policy;
		struct lic_rights r;

		random_line(line, sizeof(line), false);
		random_policy(&policy);
		resolve(line, &policy, &r);
		if (r.status == LIC_STATUS_CLEAR && !broken++)
			ok(false, "cleared by nothing: %s", line);
	}
	is_int(broken, 0, "without a license that grants nothing is clear");
}

/* A claim that may not grant adds no permission, and no claim takes a reservation away. */
static void law_restriction(void)
{
	size_t broken = 0, lost = 0;
	char line[2048];

	for (int i = 0; i < ROUNDS; i++) {
		const char *added = notation_random(&seed) % 4 ? PICK(others) : PICK(unreadable);
		struct lic_policy policy;
		struct lic_rights before, after;

		random_line(line, sizeof(line), true);
		random_policy(&policy);
		resolve(line, &policy, &before);
		append(line, sizeof(line), added);
		resolve(line, &policy, &after);
		if (!no_wider(&after, &before) && !broken++)
			ok(false, "the last claim added a permission: %s", line);
		append(line, sizeof(line), PICK(granting));
		resolve(line, &policy, &before);
		if ((before.reservations & after.reservations) != after.reservations && !lost++)
			ok(false, "the last claim took a reservation: %s", line);
	}
	is_int(broken, 0, "a restriction never adds a permission");
	is_int(lost, 0, "no claim takes a reservation away");
}

/* States a license that stands alone and belongs to no family. */
static const char *const plain[] = {
	"e1 lic CC-BY-4.0",	   "e1 lic CC-BY-3.0",	    "e2 copy CC-BY-NC-4.0",
	"e2 copy CC0-1.0",	   "e3 com CC-BY-ND-3.0",   "e3 com CC-BY-SA-4.0",
	"e2 web CC-BY-2.0",	   "m lic CC-BY-NC-SA-2.0", "s4 lic CC-BY-4.0",
	"s5 copy CC-BY-NC-ND-4.0", "x lic CC-BY-NC-3.0",    "e1 cap CC-BY-ND-4.0",
};

static const char *const trusts[] = {
	"d trust *license", "d trust *rights", "o trust *COM", "o trust XMP cc:*",
	"d trust *State*",  "d trust XMP",     "o trust *",
};

static bool allows_forbidden(const struct lic_rights *r, const struct lic_rights *by)
{
	for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
		if (lic_rights_permission(r, p) == LIC_ALLOWED &&
		    lic_rights_permission(by, p) == LIC_FORBIDDEN)
			return true;
	return false;
}

/* Trust adds no permission that a license claim about the image forbids, lifts no restriction, and
 * changes nothing but conflicts. */
static void law_trust(void)
{
	const struct lic_policy policy = { .now = TEST_NOW };
	size_t broken = 0, meddled = 0, settled = 0;
	char line[2048];

	for (int i = 0; i < 4 * ROUNDS; i++) {
		unsigned n = 2 + notation_random(&seed) % 3;
		const char *claim[4];
		struct lic_rights before, after, alone;

		line[0] = '\0';
		for (unsigned k = 0; k < n; k++) {
			claim[k] = PICK(plain);
			append(line, sizeof(line), claim[k]);
		}
		if (notation_random(&seed) % 4 == 0)
			append(line, sizeof(line), PICK(others));
		if (notation_random(&seed) % 8 == 0)
			append(line, sizeof(line), PICK(unreadable));
		resolve(line, &policy, &before);
		append(line, sizeof(line), PICK(trusts));
		resolve(line, &policy, &after);
		if (strcmp(before.license, "LicenseRef-Conflict") != 0 &&
		    memcmp(&before, &after, sizeof(after)) && !meddled++)
			ok(false, "trust changed what was no conflict: %s", line);
		settled += before.status == LIC_STATUS_CONFLICT && after.status == LIC_STATUS_CLEAR;
		for (unsigned k = 0; k < n; k++) {
			char as_embedded[256];

			snprintf(as_embedded, sizeof(as_embedded), "e1 lic %s",
				 strrchr(claim[k], ' ') + 1);
			resolve(as_embedded, &policy, &alone);
			if ((allows_forbidden(&after, &alone) ||
			     (before.reservations & ~after.reservations)) &&
			    !broken++)
				ok(false, "trust lifts a restriction: %s", line);
		}
	}
	is_int(broken, 0, "trust permits nothing that a license claim forbids");
	is_int(meddled, 0, "trust changes nothing but conflicts");
	ok(settled > ROUNDS / 10, "trust settled %zu conflicts", settled);
}

/* A stricter policy permits no more. */
static void law_policy(void)
{
	const struct lic_policy lax = { .now = TEST_NOW };
	size_t broken = 0;
	char line[2048];

	for (int i = 0; i < ROUNDS; i++) {
		struct lic_policy strict = lax;
		struct lic_rights a, b;

		random_line(line, sizeof(line), true);
		strict.strict_notice = true;
		resolve(line, &lax, &a);
		resolve(line, &strict, &b);
		if (!no_wider(&b, &a) && !broken++)
			ok(false, "the strict policy permits more: %s", line);
	}
	is_int(broken, 0, "notice=conflict permits no more than the default");
}

/* Order changes nothing, and every key reads back as the same rights. */
static void law_order(void)
{
	size_t broken = 0, unread = 0, reasons = 0;
	char line[2048];

	for (int i = 0; i < ROUNDS / 2; i++) {
		struct lic_buf key[2] = { LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX),
					  LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX) };
		struct lic_buf why[2] = { LIC_BUF_INIT(4096), LIC_BUF_INIT(4096) };
		struct lic_policy policy;
		struct lic_rights r, back;
		struct notation n;

		random_line(line, sizeof(line), true);
		random_policy(&policy);
		notation_read(&n, line);
		for (int k = 0; k < 2; k++) {
			lic_rights_resolve(&n.claims, &policy, &r, NULL, NULL);
			lic_rights_key(&r, &key[k]);
			lic_rights_reason(&n.claims, &policy, &r, &why[k]);
			notation_shuffle(&n.claims, &seed);
		}
		if (strcmp(lic_buf_str(&key[0]), lic_buf_str(&key[1])) != 0 && !broken++)
			ok(false, "order matters: %s", line);
		if (strcmp(lic_buf_str(&why[0]), lic_buf_str(&why[1])) != 0 && !reasons++)
			ok(false, "order matters for the reason: %s", line);
		if ((lic_rights_from_key(lic_buf_str(&key[0]), key[0].len, &back, NULL) < 0 ||
		     memcmp(&r, &back, sizeof(r)) != 0) &&
		    !unread++)
			ok(false, "the key does not read back: %s", lic_buf_str(&key[0]));
		for (int k = 0; k < 2; k++) {
			lic_buf_release(&key[k]);
			lic_buf_release(&why[k]);
		}
	}
	is_int(broken, 0, "the order of claims does not change the rights");
	is_int(reasons, 0, "nor the reason");
	is_int(unread, 0, "every key reads back as the same rights");
}

/* Many claims cost bounded time and memory. */
static void law_size(void)
{
	enum { MANY = 4096 };
	struct lic_claim *item = calloc(MANY, sizeof(*item));
	struct lic_effect *effects = calloc(MANY, sizeof(*effects));
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_policy policy = { .now = TEST_NOW };
	struct lic_credit credit;
	struct lic_rights r;

	if (!item || !effects)
		abort();
	for (int i = 0; i < MANY; i++) {
		item[i].rank = LIC_RANK_EMBEDDED;
		item[i].role = i % 3 == 0   ? LIC_ROLE_COPYRIGHT
			       : i % 3 == 1 ? LIC_ROLE_CREATOR
					    : LIC_ROLE_LICENSE;
		item[i].packet = i % 3 == 0 ? 1 : 2;
		item[i].source = "XMP";
		item[i].field = "dc:rights";
		item[i].text = i % 3 == 2 ? "CC0-1.0" : "All rights reserved";
	}
	claims.item = item;
	claims.n = MANY;
	lic_rights_resolve(&claims, &policy, &r, &credit, effects);
	is_int(r.status, LIC_STATUS_CLEAR, "thousands of claims are judged");
	is_str(credit.creator, "All rights reserved", "and repeated names credited once");
	lic_credit_release(&credit);
	free(item);
	free(effects);
}

/* Out of memory is no verdict: nothing is permitted. (ASan's calloc() ends the program instead.) */
static void law_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_policy policy = { .now = TEST_NOW };
	struct lic_buf why = LIC_BUF_INIT(256);
	struct lic_credit credit;
	struct lic_rights r;

	claims.n = SIZE_MAX / 4;
	lic_rights_resolve(&claims, &policy, &r, &credit, NULL);
	is_int(r.status, LIC_STATUS_UNREADABLE, "without memory an image is unreadable");
	is_int(r.n_alternatives, 0, "and nothing is permitted");
	ok(!credit.creator && !credit.license_url, "nor credited");
	lic_rights_reason(&claims, &policy, &r, &why);
	is_str(lic_buf_str(&why), "out of memory: nothing was judged", "and says why");
	lic_buf_release(&why);
#endif
}

int main(void)
{
	law_status();
	law_unknown();
	law_restriction();
	law_trust();
	law_policy();
	law_order();
	law_size();
	law_memory();
	return done_testing();
}
