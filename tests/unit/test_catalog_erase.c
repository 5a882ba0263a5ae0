/* SPDX-License-Identifier: Apache-2.0 */
/* Erasing: what was known of an image is gone from every file, does not come back, and nothing else
 * is different. */
#include <sys/wait.h>

#include <licensefs/catalog_revoke.h>

#include "fs/catalog/txn.h"
#include "tests/unit/erase_fixture.h"
#include "tests/unit/manifest_fixture.h"

#define JANE "Jane Erasable"
#define TITLE "A Title Nobody Else Has"
#define URL "https://photos.example.net/jane/4711-unique"
#define NOTICE "(c) 2019 Jane Erasable, all over the place"

/* --- putting ------------------------------------------------------------------------------- */

struct said {
	const char *creator, *title, *url, *license, *notice, *damage;
	unsigned reserve; /* beside the file */
};

static const struct said by_jane = {
	.creator = JANE, .title = TITLE, .url = URL, .license = "CC-BY-4.0", .notice = NOTICE
};
static const struct said by_bob = { .creator = "Bob Kept",
				    .title = "A Title That Stays",
				    .url = "https://bob.example.org/1",
				    .license = "CC0-1.0" };

static void say_all(struct lic_claims *c, const struct said *s)
{
	if (s->license)
		say(c, LIC_RANK_EMBEDDED, LIC_ROLE_LICENSE, s->license, 0);
	if (s->creator)
		say(c, LIC_RANK_EMBEDDED, LIC_ROLE_CREATOR, s->creator, 0);
	if (s->title)
		say(c, LIC_RANK_EMBEDDED, LIC_ROLE_TITLE, s->title, 0);
	if (s->url)
		say(c, LIC_RANK_EMBEDDED, LIC_ROLE_SOURCE_URL, s->url, 0);
	if (s->notice)
		say(c, LIC_RANK_EMBEDDED, LIC_ROLE_COPYRIGHT, s->notice, 0);
	if (s->reserve)
		say(c, LIC_RANK_SIDECAR, LIC_ROLE_RESERVATION, "no mining", s->reserve);
	c->damage = s->damage;
}

static int64_t put_said(struct lic_catalog *cat, int64_t dir, const char *name, const char *bytes,
			const struct said *s)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(dir, name, strlen(name), LIC_KIND_IMAGE);
	struct lic_txn *txn = begin(cat);

	lic_hash128(bytes, strlen(bytes), e.hash.b);
	e.st.size = strlen(bytes);
	e.format = claims.format = LIC_FORMAT_JPEG;
	say_all(&claims, s);
	if (lic_catalog_put(txn, &e, &claims, &fix_err) < 0)
		printf("# put: %s\n", fix_err.msg);
	commit(txn);
	lic_claims_release(&claims);
	return e.id;
}

/* --- revoking ------------------------------------------------------------------------------ */

static int64_t revoke_by(struct lic_catalog *cat, enum lic_selector_kind kind, const void *text,
			 size_t n, bool erase)
{
	struct lic_buf normal = LIC_BUF_INIT(1 << 16);
	struct lic_revocation r = { .kind = kind,
				    .text = { text, n },
				    .reason = "a request",
				    .requester = "somebody",
				    .who = "me",
				    .erased = erase };
	struct lic_selector sel = { .kind = kind };
	int64_t matched = 0;
	struct lic_txn *txn;
	int rc;

	if (kind == LIC_SELECT_XXH3)
		lic_buf_add(&normal, text, n);
	else if (lic_selector_normal(kind, r.text, &normal, &sel.pattern, &fix_err) < 0)
		printf("# selector: %s\n", fix_err.msg);
	sel.normal = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&normal), normal.len };
	txn = begin(cat);
	rc = lic_catalog_revoke(txn, &r, &sel, 1, NULL, &matched, NULL, &fix_err);
	ok(rc == 0, "revocation %lld matches %lld images (%s)", (long long)r.number,
	   (long long)matched, rc ? fix_err.msg : "ok");
	commit(txn);
	lic_buf_release(&normal);
	return r.number;
}

static int64_t erase_by(struct lic_catalog *cat, enum lic_selector_kind kind, const char *text)
{
	return revoke_by(cat, kind, text, strlen(text), true);
}

static int64_t erase_bytes(struct lic_catalog *cat, const char *bytes)
{
	struct lic_hash h;

	lic_hash128(bytes, strlen(bytes), h.b);
	return revoke_by(cat, LIC_SELECT_XXH3, h.b, sizeof(h.b), true);
}

static void restore(struct lic_catalog *cat, int64_t number)
{
	struct lic_txn *txn = begin(cat);

	ok(lic_catalog_restore(txn, number, "me", "a mistake", NULL, NULL, NULL, &fix_err) == 0,
	   "revocation %lld is restored", (long long)number);
	commit(txn);
}

static void scrub(struct lic_catalog *cat)
{
	ok(lic_catalog_scrub(cat, &fix_err) == 0, "the catalog is scrubbed");
}

/* --- looking -------------------------------------------------------------------------------- */

static void gone(const struct scratch *s, const char *const *text, const char *when)
{
	struct raw raw = raw_read(s);

	for (size_t i = 0; text[i]; i++)
		ok(!raw_has(&raw, text[i]), "no file has '%s' %s", text[i], when);
	free(raw.p);
}

static const char *const janes[] = { JANE, "jane erasable", TITLE, "4711-unique", NOTICE, NULL };

static void kept(const struct scratch *s, const char *when)
{
	struct raw raw = raw_read(s);

	ok(raw_has(&raw, by_bob.creator) && raw_has(&raw, by_bob.title) &&
		   raw_has(&raw, by_bob.url),
	   "what others state is there %s", when);
	free(raw.p);
}

static size_t n_claims(struct lic_catalog *cat, int64_t entry)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	size_t n = lic_catalog_claims(cat, entry, &claims, &fix_err) < 0 ? 99 : claims.n;

	lic_claims_release(&claims);
	return n;
}

static bool has_credit(struct lic_catalog *cat, int64_t entry)
{
	struct lic_credit c = { 0 };
	bool has = lic_catalog_credit(cat, entry, &c, &fix_err) < 0 || c.creator || c.title ||
		   c.source_url || c.license_url;

	lic_credit_release(&c);
	return has;
}

/* --- images --------------------------------------------------------------------------------- */

static void test_image(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t a = put_said(cat, 1, "a.jpg", "jane's", &by_jane), b, c, number;

	b = put_said(cat, 1, "b.jpg", "bob's", &by_bob);
	c = put_said(cat, 1, "copy.jpg", "jane's", &by_jane);
	is_str(license_of(cat, "a.jpg"), "CC-BY-4.0", "the image is clear");
	ok(on_disk(&s, JANE) && on_disk(&s, NOTICE), "its texts are in the files");
	number = erase_bytes(cat, "jane's");
	is_str(license_of(cat, "a.jpg"), "revoked", "it is revoked");
	is_str(license_of(cat, "copy.jpg"), "revoked", "so is its copy");
	is_int((int64_t)n_claims(cat, a), 0, "it has no claims");
	is_int((int64_t)n_claims(cat, c), 0, "nor has its copy");
	ok(!has_credit(cat, a) && !has_credit(cat, c), "nor credit");
	checks(cat, "after an erasure");
	scrub(cat);
	gone(&s, janes, "after an erasure");
	kept(&s, "after an erasure");
	is_int((int64_t)n_claims(cat, b), 4, "other claims stay");

	put_said(cat, 1, "a.jpg", "jane's", &by_jane);
	put_said(cat, 1, "new name.jpg", "jane's", &by_jane);
	is_str(license_of(cat, "new name.jpg"), "revoked", "a new copy is revoked");
	checks(cat, "after another scan");
	gone(&s, janes, "after another scan");
	lic_catalog_close(cat);
	cat = scratch_open(&s, LIC_CATALOG_WRITE);
	gone(&s, janes, "after another scan and its end");

	restore(cat, number);
	is_str(license_of(cat, "a.jpg"), "stale", "nothing is known of what was restored");
	is_str(license_of(cat, "new name.jpg"), "stale", "nor of what came since");
	checks(cat, "after the restoration");
	put_said(cat, 1, "a.jpg", "jane's", &by_jane);
	is_str(license_of(cat, "a.jpg"), "CC-BY-4.0", "until it is read again");
	is_int((int64_t)n_claims(cat, a), 5, "with all of its claims");
	ok(has_credit(cat, a), "and its credit");
	is_str(license_of(cat, "copy.jpg"), "stale", "each by itself");
	checks(cat, "at the end");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* What stood in a file before, and in files that are gone. */
static void test_past(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct said later = by_bob;
	int64_t id = put_said(cat, 1, "a.jpg", "one", &by_jane);

	later.damage = "Broken By Something";
	put_said(cat, 1, "a.jpg", "one", &by_bob); /* the same bytes: a sidecar says otherwise */
	id = put_said(cat, 1, "gone.jpg", "two", &by_jane);
	end(cat, id);
	id = put_said(cat, 1, "was.jpg", "three", &by_jane);
	end(cat, id);
	put_said(cat, 1, "was.jpg", "three", &later);
	put_said(cat, 1, "bob.jpg", "four", &by_bob);
	erase_by(cat, LIC_SELECT_CREATOR, JANE);
	scrub(cat);
	gone(&s, janes, "after erasing what was");
	kept(&s, "after erasing what was");
	is_str(license_of(cat, "a.jpg"), "CC0-1.0", "what states another creator now is not hers");
	checks(cat, "after erasing what was");
	erase_by(cat, LIC_SELECT_PATH, "was.jpg");
	scrub(cat);
	gone(&s, (const char *const[]){ "Broken By", NULL }, "with its damage");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* What is matched only later is erased then, with what had the same bytes before. */
static void test_later(void)
{
	struct said unnamed = by_jane;
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t id;

	unnamed.creator = unnamed.notice = unnamed.url = NULL;
	id = put_said(cat, 1, "former.jpg", "one", &unnamed);
	end(cat, id);
	put_said(cat, 1, "a.jpg", "two", &unnamed);
	erase_by(cat, LIC_SELECT_CREATOR, JANE);
	ok(on_disk(&s, TITLE), "nobody knows whose it is");
	put_said(cat, 1, "new.jpg", "one", &by_jane);
	put_said(cat, 1, "a.jpg", "two", &by_jane);
	is_str(license_of(cat, "a.jpg"), "revoked", "a sidecar has told");
	checks(cat, "after something was told");
	scrub(cat);
	gone(&s, janes, "once it is known");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static int note_texts(void *ctx, const struct lic_revocation *r)
{
	lic_buf_addf(ctx, "%lld:%.*s:%s:%d;", (long long)r->number, (int)r->text.n,
		     (const char *)r->text.p, r->requester, (int)r->erased);
	return 0;
}

/* Revocations that were made before, in clear, and name the same. */
static void test_older_revocations(void)
{
	struct lic_buf texts = LIC_BUF_INIT(4096);
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t old, ended;

	put_said(cat, 1, "a.jpg", "one", &by_jane);
	old = revoke_by(cat, LIC_SELECT_CREATOR, JANE, strlen(JANE), false);
	revoke_by(cat, LIC_SELECT_CREATOR, "Bob Kept", 8, false);
	ended = revoke_by(cat, LIC_SELECT_CREATOR, "JANE  Erasable", 14, false);
	restore(cat, ended);
	restore(cat, erase_by(cat, LIC_SELECT_CREATOR, JANE));
	scrub(cat);
	gone(&s, (const char *const[]){ JANE, "jane erasable", "JANE  Erasable", NULL },
	     "in older revocations");
	ok(lic_catalog_revocations(cat, note_texts, &texts, &fix_err) == 0, "all are told");
	is_str(lic_buf_str(&texts), "1:(erased)::0;2:Bob Kept:somebody:0;3:(erased)::0;4:::1;",
	       "without the texts");
	is_str(license_of(cat, "a.jpg"), "revoked", "what was sealed goes on matching");
	put_said(cat, 1, "late.jpg", "late", &by_jane);
	is_str(license_of(cat, "late.jpg"), "revoked", "by its hash");
	checks(cat, "with sealed revocations");
	restore(cat, old);
	put_said(cat, 1, "a.jpg", "one", &by_jane);
	is_str(license_of(cat, "a.jpg"), "CC-BY-4.0", "until it is restored");
	lic_buf_release(&texts);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_decisions(void)
{
	struct lic_decision d = { .action = LIC_ACTION_DENY,
				  .pattern = { (const uint8_t *)"a.jpg", 5 },
				  .exact = true,
				  .reason = "letter of Jane Erasable",
				  .who = "me" };
	struct lic_decision o = d;
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn;

	put_said(cat, 1, "a.jpg", "one", &by_jane);
	put_said(cat, 1, "b.jpg", "two", &by_bob);
	o.pattern = (struct lic_bytes){ (const uint8_t *)"b.jpg", 5 };
	o.reason = "letter of Bob Kept";
	txn = begin(cat);
	ok(lic_catalog_decide(txn, &d, NULL, NULL, &fix_err) == 0 &&
		   lic_catalog_decide(txn, &o, NULL, NULL, &fix_err) == 0,
	   "decisions are made");
	commit(txn);
	erase_by(cat, LIC_SELECT_PATH, "a.jpg");
	scrub(cat);
	gone(&s, janes, "in decisions");
	ok(on_disk(&s, o.reason), "other reasons stay");
	checks(cat, "after a decision lost its reason");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- rows of manifests ----------------------------------------------------------------------- */

static const struct row rows[] = {
	{ .key = { "path:a.jpg" }, .license = "CC-BY-4.0", .creator = JANE, .url = URL },
	{ .key = { "stem:both" }, .license = "CC0-1.0", .creator = "Bob Kept" },
	{ .key = { "path:not-here.jpg" }, .license = "CC-BY-4.0", .creator = JANE },
	{ .key = { "url:" URL "/2" }, .license = "CC-BY-4.0", .creator = JANE },
	{ .key = { "path:bob.jpg" },
	  .license = "CC0-1.0",
	  .creator = "Bob Kept",
	  .url = "https://bob.example.org/1" },
};

static void test_rows(void)
{
	static const struct said silent = { 0 };
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t number;

	put_said(cat, 1, "a.jpg", "one", &silent);
	put_said(cat, 1, "bob.jpg", "two", &by_bob);
	import(cat, "other", "", rows, 4);
	import(cat, "other", "", &rows[4], 1);
	import(cat, "m", "", rows, LIC_ARRAY_SIZE(rows));
	is_str(license_of(cat, "a.jpg"), "CC-BY-4.0", "a row clears it");
	number = erase_by(cat, LIC_SELECT_CREATOR, JANE);
	is_str(license_of(cat, "a.jpg"), "revoked", "a row says whose it is");
	scrub(cat);
	gone(&s, janes, "in rows");
	kept(&s, "in rows");
	is_str(license_of(cat, "bob.jpg"), "CC0-1.0", "other rows speak");
	checks(cat, "with erased rows");

	import(cat, "m", "", rows, LIC_ARRAY_SIZE(rows));
	is_str(license_of(cat, "a.jpg"), "revoked", "another import changes nothing");
	scrub(cat);
	gone(&s, janes, "after another import");
	kept(&s, "after another import");
	checks(cat, "after another import");

	put_said(cat, 1, "not-here.jpg", "late", &by_bob);
	is_str(license_of(cat, "not-here.jpg"), "revoked", "an erased row matches what comes late");
	put_said(cat, 1, "renamed.jpg", "late", &by_bob);
	is_str(license_of(cat, "renamed.jpg"), "revoked", "by its bytes as well");
	checks(cat, "with an image that came late");

	restore(cat, number);
	put_said(cat, 1, "a.jpg", "one", &silent);
	is_str(license_of(cat, "a.jpg"), "unreadable", "what a row said is not known");
	import(cat, "m", "", rows, LIC_ARRAY_SIZE(rows));
	is_str(license_of(cat, "a.jpg"), "CC-BY-4.0", "until it is imported again");
	checks(cat, "after the restoration");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static int count_past(void *ctx, const struct lic_past_rows *p _unused_)
{
	++*(int *)ctx;
	return 0;
}

/* Rows that are not in force any more, and were about the image by a name. */
static void test_former_rows(void)
{
	static const struct said silent = { 0 };
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	bool more = false;
	int64_t b;
	int n = 0;

	put_said(cat, 1, "a.jpg", "one", &silent);
	b = put_said(cat, 1, "bob.jpg", "two", &by_bob);
	import(cat, "m", "", rows, 1);
	import(cat, "m", "", &rows[4], 1);
	import(cat, "m", "", &rows[1], 1);
	erase_bytes(cat, "one");
	scrub(cat);
	gone(&s, janes, "in imports that have ended");
	ok(on_disk(&s, "https://bob.example.org/1"), "other rows of them stay");
	is_int(lic_catalog_past_rows(cat, b, count_past, &n, &more, &fix_err), 0,
	       "what ended imports said can be told");
	is_int(n, 1, "of others");
	checks(cat, "with erased rows of ended imports");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* A row about two images is not about the erased one alone, and must not become sure. */
static void test_shared_row(void)
{
	static const struct row shared[] = {
		{ .key = { "stem:both" }, .license = "CC0-1.0", .creator = "Bob Kept" },
		{ .key = { "url:" URL }, .license = "CC0-1.0" },
		{ .key = { "url:https://elsewhere.example/1" }, .license = "CC0-1.0" },
		{ .key = { "stem:both" }, .license = "CC0-1.0", .creator = "Row Of Two" },
	};
	static const struct said from_url = { .url = URL };
	static const struct said elsewhere = { .url = "https://elsewhere.example/1" };
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t d = make_dir(cat, 1, "d"), a, b;
	struct lic_txn *txn;

	put_said(cat, 1, "both.jpg", "one", &from_url);
	b = put_said(cat, d, "both.jpg", "two", &from_url);
	import(cat, "m", "", shared, 2);
	is_str(license_of(cat, "d/both.jpg"), "unlicensed", "rows about two grant to none");
	erase_bytes(cat, "one");
	is_str(license_of(cat, "both.jpg"), "revoked", "one is erased");
	is_str(license_of(cat, "d/both.jpg"), "unlicensed", "the other gains nothing");
	scrub(cat);
	ok(on_disk(&s, "4711-unique"), "what the other states stays");
	checks(cat, "with a row about two");
	import(cat, "m", "", &shared[3], 1);
	is_str(license_of(cat, "d/both.jpg"), "unlicensed", "nor by another import");
	checks(cat, "after another import of it");
	ok(on_disk(&s, "Row Of Two"), "a row about two says what it said");
	end(cat, b);
	scrub(cat);
	ok(!on_disk(&s, "Row Of Two"), "until it is about the erased one alone");
	checks(cat, "with a row about one that is left");

	a = put_said(cat, 1, "x.jpg", "three", &elsewhere);
	put_said(cat, d, "y.jpg", "four", &elsewhere);
	import(cat, "urls", "", &shared[2], 1);
	is_str(license_of(cat, "d/y.jpg"), "unlicensed", "an address of several grants to none");
	erase_bytes(cat, "three");
	txn = begin(cat);
	ok(lic_catalog_rejudge(txn, a, NULL, &fix_err) == 0, "the erased one is judged again");
	commit(txn);
	is_str(license_of(cat, "d/y.jpg"), "unlicensed",
	       "that its address is forgotten is no grant");
	checks(cat, "with an address of two");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* Rules name places: what comes there must find them, what was erased must not. */
static void test_rules(void)
{
	static const struct row rules[] = {
		{ .key = { "rule:a.jpg" }, .license = "CC-BY-4.0", .creator = JANE },
		{ .key = { "rule:*.png" }, .license = "CC0-1.0", .creator = "Bob Kept" },
	};
	static const struct said silent = { 0 };
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t number, id = put_said(cat, 1, "a.jpg", "one", &silent);
	struct lic_txn *txn;

	put_said(cat, 1, "b.png", "two", &by_bob);
	txn = begin(cat);
	ok(put_rule_rows(txn, 1, "REUSE.toml", rules, 2) == 0, "rules are put");
	commit(txn);
	is_str(license_of(cat, "a.jpg"), "CC-BY-4.0", "a rule clears it");
	number = erase_bytes(cat, "one");
	scrub(cat);
	gone(&s, janes, "in rules");
	checks(cat, "with an erased rule");
	txn = begin(cat);
	ok(put_rule_rows(txn, 1, "REUSE.toml", rules, 2) == 0, "rules are found again");
	commit(txn);
	lic_catalog_close(cat);
	cat = scratch_open(&s, LIC_CATALOG_WRITE);
	gone(&s, janes, "after the rules were found again");

	end(cat, id);
	put_said(cat, 1, "a.jpg", "another", &silent);
	is_str(license_of(cat, "a.jpg"), "unreadable", "what a rule said is not known");
	txn = begin(cat);
	ok(put_rule_rows(txn, 1, "REUSE.toml", rules, 2) == 0, "rules are found once more");
	commit(txn);
	is_str(license_of(cat, "a.jpg"), "CC-BY-4.0", "other bytes there are licensed");
	checks(cat, "with other bytes");
	restore(cat, number);
	checks(cat, "at the end of rules");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- what restricts --------------------------------------------------------------------------- */

static void test_optout(void)
{
	struct said reserved = by_jane;
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	const struct lic_rights *r;
	int64_t number;

	reserved.reserve = 1;
	put_said(cat, 1, "a.jpg", "one", &reserved);
	put_said(cat, 1, "copy.jpg", "one", &by_jane);
	number = erase_bytes(cat, "one");
	put_said(cat, 1, "copy.jpg", "one", &by_jane);
	restore(cat, number);
	put_said(cat, 1, "copy.jpg", "one", &by_jane);
	r = rights_of(cat, "copy.jpg");
	ok(r && r->reservations, "an opt-out beside other bytes holds before it is read again");
	checks(cat, "with an opt-out");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- a kill before the scrubbing -------------------------------------------------------------- */

static void test_kill(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	pid_t pid;
	int status = -1;

	put_said(cat, 1, "a.jpg", "one", &by_jane);
	put_said(cat, 1, "b.jpg", "two", &by_bob);
	lic_catalog_close(cat);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		cat = scratch_open(&s, LIC_CATALOG_WRITE);
		erase_bytes(cat, "one");
		_exit(0);
	}
	ok(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0, "killed after the commit");
	ok(on_disk(&s, JANE), "the log has it");
	cat = scratch_open(&s, LIC_CATALOG_WRITE);
	gone(&s, janes, "once the catalog is opened for writing");
	kept(&s, "then");
	is_str(license_of(cat, "a.jpg"), "revoked", "it is revoked");
	checks(cat, "after a kill");
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_image();
	test_past();
	test_later();
	test_older_revocations();
	test_decisions();
	test_rows();
	test_former_rows();
	test_shared_row();
	test_rules();
	test_optout();
	test_kill();
	return done_testing();
}
