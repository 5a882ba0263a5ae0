/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of rights: what is written reads back, and nothing else is accepted. */
#include <errno.h>

#include <licensefs/rights.h>

#include "tests/unit/tap.h"

static const char full[] = "v1;status=clear;license=CC-BY-4.0 OR GFDL-1.2-only;"
			   "alt=aafau:anm,aaaaa:ans;res=dgi;ai=1;territory=EU+US;until=1781481600";

static const char *const good[] = {
	full,
	"v1;status=unlicensed;license=;alt=;res=;ai=0;territory=;until=0",
	"v1;status=unlicensed;license=LicenseRef-AllRightsReserved;alt=fffff:an;res=t;ai=0;"
	"territory=;until=0",
	"v1;status=revoked;license=CC0-1.0;alt=uuuuu:;res=;ai=0;territory=;until=0",
	"v1;status=clear;license=CC0-1.0;alt=aaaaa:;res=;ai=0;territory=US;until=-5",
};

static const char *const bad[] = {
	"",
	"v1",
	"v2;status=unlicensed;license=;alt=;res=;ai=0;territory=;until=0",
	"v1;status=fine;license=;alt=;res=;ai=0;territory=;until=0",
	"v1;status=clear;license=;alt=;res=;ai=0;territory=;until=0",
	"v1;status=clear;license=X;alt=uuuuu:;res=;ai=0;territory=;until=0",
	"v1;status=clear;license=X;alt=uuaaa:;res=;ai=0;territory=;until=0",
	"v1;status=conflict;license=X;alt=aaaaa:;res=;ai=0;territory=;until=0",
	"v1;status=unlicensed;license=X;alt=uuuua:;res=;ai=0;territory=;until=0",
	"v1;status=unlicensed;license=;alt=;res=td;ai=0;territory=;until=0",
	"v1;status=unlicensed;license=;alt=;res=dd;ai=0;territory=;until=0",
	"v1;status=unlicensed;license=;alt=;res=x;ai=0;territory=;until=0",
	"v1;status=unlicensed;license=;alt=;res=;ai=2;territory=;until=0",
	"v1;status=unlicensed;license=;alt=;res=;ai=;territory=;until=0",
	"v1;status=unlicensed;license=;alt=;res=;ai=0;territory=0123456789abcdef;until=0",
	"v1;status=unlicensed;license=;alt=;res=;ai=0;territory=;until=00",
	"v1;status=unlicensed;license=;alt=;res=;ai=0;territory=;until=+1",
	"v1;status=unlicensed;license=;alt=;res=;ai=0;territory=;until= 1",
	"v1;status=unlicensed;license=;alt=;res=;ai=0;territory=;until=",
	"v1;status=unlicensed;license=;alt=;res=;ai=0;territory=;until=99999999999999999999",
	"v1;status=unlicensed;license=;alt=;res=;ai=0;territory=;until=0;",
	"v1;status=unlicensed;license=;alt=;res=;ai=0;territory=;until=0 ",
	"v1;status=unlicensed;license=;alt=,;res=;ai=0;territory=;until=0",
	"v1;status=unlicensed;license=;alt=uuuuu;res=;ai=0;territory=;until=0",
	"v1;status=unlicensed;license=;alt=uuuu:;res=;ai=0;territory=;until=0",
	"v1;status=unlicensed;license=;alt=uuuuu:sa;res=;ai=0;territory=;until=0",
	"v1;status=unlicensed;license=;alt=uuuuu:,;res=;ai=0;territory=;until=0",
	"v1;status=unlicensed;license=a\nb;alt=;res=;ai=0;territory=;until=0",
	"v1;status=unlicensed;license=caf\xc3\xa9;alt=;res=;ai=0;territory=;until=0",
};

static void test_good(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(good); i++) {
		struct lic_buf out = LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX);
		struct lic_error err = LIC_ERROR_INIT;
		struct lic_rights r;

		if (ok(lic_rights_from_key(good[i], strlen(good[i]), &r, &err) == 0, "reads: %s",
		       good[i])) {
			lic_rights_key(&r, &out);
			is_str(lic_buf_str(&out), good[i], "and writes the same");
		}
		lic_buf_release(&out);
	}
}

static void test_bad(void)
{
	struct lic_rights r, untouched;
	struct lic_error err = LIC_ERROR_INIT;
	size_t accepted = 0;

	memset(&r, 0x5a, sizeof(r));
	memset(&untouched, 0x5a, sizeof(untouched));
	for (size_t i = 0; i < LIC_ARRAY_SIZE(bad); i++)
		is_int(lic_rights_from_key(bad[i], strlen(bad[i]), &r, &err), -EBADMSG,
		       "refuses bad key %zu", i);
	for (size_t n = 0; n < sizeof(full) - 1; n++) {
		/* the last number alone may be shorter */
		if (n > sizeof(full) - 11)
			break;
		accepted += lic_rights_from_key(full, n, &r, &err) == 0;
	}
	is_int(accepted, 0, "no prefix of a key is a key");
	ok(memcmp(&r, &untouched, sizeof(r)) == 0, "refused keys leave the result untouched");
	is_int(lic_rights_from_key("v1;status=clear\0", 16, &r, NULL), -EBADMSG, "NUL is refused");
}

/* One changed byte gives another key, or none. */
static void test_mutations(void)
{
	char key[sizeof(full)];
	size_t collisions = 0;

	for (size_t i = 0; i + 1 < sizeof(full); i++)
		for (int c = 1; c < 256; c++) {
			struct lic_buf out = LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX);
			struct lic_error err = LIC_ERROR_INIT;
			struct lic_rights r;

			memcpy(key, full, sizeof(full));
			if (key[i] == (char)c)
				continue;
			key[i] = (char)c;
			if (lic_rights_from_key(key, sizeof(full) - 1, &r, &err) == 0) {
				lic_rights_key(&r, &out);
				collisions += strcmp(lic_buf_str(&out), key) != 0;
			}
			lic_buf_release(&out);
		}
	is_int(collisions, 0, "every key that is accepted is canonical");
}

/* The longest rights that can be held still fit. */
static void test_size(void)
{
	struct lic_buf out = LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX);
	struct lic_rights r, back;

	lic_rights_init(&r, LIC_STATUS_CLEAR);
	memset(r.license, 'x', sizeof(r.license) - 1);
	memset(r.territory, 'T', sizeof(r.territory) - 1);
	r.n_alternatives = LIC_ALTERNATIVES_MAX;
	for (unsigned i = 0; i < LIC_ALTERNATIVES_MAX; i++) {
		memset(r.alternative[i].permission, LIC_ALLOWED, LIC_PERMISSION_COUNT);
		r.alternative[i].obligations = 7;
		r.alternative[i].ml_prohibited = 1;
	}
	r.reservations = 15;
	r.ai_origin = true;
	r.release[LIC_RELEASE_PROPERTY] = LIC_FORBIDDEN;
	r.until = INT64_MIN;
	lic_rights_key(&r, &out);
	ok(!lic_buf_failed(&out), "the longest key fits");
	ok(lic_rights_from_key(lic_buf_str(&out), out.len, &back, NULL) == 0, "and reads back");
	ok(memcmp(&r, &back, sizeof(r)) == 0, "as the same rights");
	lic_buf_release(&out);
}

/* [I1] A status that is not clear takes every permission with it. */
static void test_status(void)
{
	struct lic_buf out = LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX);
	struct lic_rights r;

	is_int(lic_rights_from_key(good[4], strlen(good[4]), &r, NULL), 0, "a clear key");
	is_int(lic_rights_permission(&r, LIC_DERIVE), LIC_ALLOWED, "clear rights permit");
	for (int s = 0; s < LIC_STATUS_CLEAR; s++) {
		const char *name = lic_status_name((enum lic_status)s);

		r.status = (enum lic_status)s;
		lic_buf_reset(&out);
		lic_rights_key(&r, &out);
		ok(strstr(lic_buf_str(&out), "alt=uuuuu:;") != NULL, "%s: the key permits nothing",
		   name);
		is_int(lic_rights_permission(&r, LIC_DERIVE), LIC_UNKNOWN, "%s permits nothing",
		       name);
		is_int(lic_status_find(name, strlen(name)), s, "%s is found by its name", name);
	}
	is_int(lic_status_find("clear ", 6), -1, "no other name is found");
	is_int(lic_status_find("", 0), -1, "nor an empty one");
	is_str(lic_status_name((enum lic_status)77), "unreadable", "no status is the worst");
	lic_buf_release(&out);
}

static void test_many(void)
{
	static const char many[] =
		"v1;status=clear;license=A OR B OR C;alt=aafff:an,afaaf:as,uuuuu:n;res=;ai=0;"
		"territory=;until=0";
	struct lic_rights r;

	lic_rights_init(&r, LIC_STATUS_UNLICENSED);
	is_int(lic_rights_permission(&r, LIC_DERIVE), LIC_UNKNOWN, "without alternatives: unknown");
	is_int(lic_rights_obligations(&r), 0, "and no obligations");
	is_int(lic_rights_from_key(many, strlen(many), &r, NULL), 0, "three alternatives");
	is_int(lic_rights_permission(&r, LIC_COMMERCIAL_USE), LIC_ALLOWED, "one allows: allowed");
	is_int(lic_rights_permission(&r, LIC_SHARE_ADAPTATIONS), LIC_UNKNOWN,
	       "not all forbid: unknown");
	is_int(lic_rights_obligations(&r), LIC_OBLIGATION_ATTRIBUTION,
	       "obligations of every alternative that permits something");
}

int main(void)
{
	test_good();
	test_bad();
	test_mutations();
	test_size();
	test_status();
	test_many();
	return done_testing();
}
