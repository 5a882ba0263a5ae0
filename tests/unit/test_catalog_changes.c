/* SPDX-License-Identifier: Apache-2.0 */
/* The catalog: decisions, companions, views, licenses and the change feed. */
#include <sqlite3.h>

#include "tests/unit/catalog_fixture.h"

/* --- patterns ----------------------------------------------------------------------------- */

static bool matches(const char *pattern, const char *path)
{
	struct lic_decision d = { .pattern = { (const uint8_t *)pattern, strlen(pattern) } };

	return lic_decision_matches(&d, path, strlen(path));
}

static void test_patterns(void)
{
	static const struct {
		const char *pattern, *path;
		bool want;
	} t[] = {
		{ "a.jpg", "a.jpg", true },
		{ "a.jpg", "d/a.jpg", false },
		{ "*.jpg", "a.jpg", true },
		{ "*.jpg", "d/a.jpg", false },
		{ "*/*.jpg", "d/a.jpg", true },
		{ "*/*.jpg", "d/e/a.jpg", false },
		{ "**.jpg", "d/e/a.jpg", true },
		{ "**/a.jpg", "a.jpg", true },
		{ "**/a.jpg", "d/e/a.jpg", true },
		{ "**/a.jpg", "d/e/ba.jpg", false },
		{ "d/**/a.jpg", "d/a.jpg", true },
		{ "d/**/a.jpg", "d/x/y/a.jpg", true },
		{ "d/**/a.jpg", "d/x/y/b.jpg", false },
		{ "d/**", "d/x/y", true },
		{ "d/**", "d", false },
		{ "d/", "d/x/y", true },
		{ "d/", "d", false },
		{ "d/", "dd/x", false },
		{ "*/raw/", "cam/raw/x.jpg", true },
		{ "*/raw/", "cam/cooked/x.jpg", false },
		{ "**/raw/", "a/b/raw/c/x", true },
		{ "/", "anything", true },
		{ "a?c", "abc", true },
		{ "a?c", "a/c", false },
		{ "a?c",
		  "a\xff"
		  "c",
		  true },
		{ "a*b*c", "aXbYbZc", true },
		{ "a*b*c", "aXbYbZ", false },
		{ "*a/**/*b", "xa/1/2/yb", true },
		{ "*a/**/*b", "xa/1/2/yc", false },
		{ "**a**b", "x/a/y/b", true },
		{ "[ab].jpg", "a.jpg", false },
		{ "[ab].jpg", "[ab].jpg", true },
		{ "", "a", false },
		{ "*", "", false },
		{ "***", "a/b", true },
	};
	struct lic_decision d = { .pattern = { (const uint8_t *)"a*", 2 }, .exact = true };
	char deep[4096], bad[256];

	for (size_t i = 0; i < LIC_ARRAY_SIZE(t); i++)
		ok(matches(t[i].pattern, t[i].path) == t[i].want, "'%s' %s '%s'", t[i].pattern,
		   t[i].want ? "matches" : "does not match", t[i].path);
	ok(lic_decision_matches(&d, "a*", 2) && !lic_decision_matches(&d, "ab", 2),
	   "an exact pattern has no stars");
	memset(deep, 'a', sizeof(deep));
	for (size_t i = 0; i < sizeof(bad) - 1; i++)
		bad[i] = i % 2 ? 'a' : '*';
	bad[sizeof(bad) - 1] = 'b';
	d = (struct lic_decision){ .pattern = { (const uint8_t *)bad, sizeof(bad) } };
	ok(!lic_decision_matches(&d, deep, sizeof(deep)), "many stars end in good time");
}

/* --- decisions ---------------------------------------------------------------------------- */

static struct lic_decision decision(enum lic_action action, const char *pattern, bool exact,
				    const char *license)
{
	return (struct lic_decision){
		.action = action,
		.pattern = { (const uint8_t *)pattern, strlen(pattern) },
		.exact = exact,
		.license = license,
		.reason = "because",
		.who = "me",
	};
}

static int decide(struct lic_catalog *cat, struct lic_decision *d, int64_t *matched,
		  int64_t *changed)
{
	struct lic_txn *txn = begin(cat);
	int r = lic_catalog_decide(txn, d, matched, changed, &fix_err);

	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	commit(txn);
	return 0;
}

static int see_decision(void *ctx, const struct lic_decision *d)
{
	struct lic_decision *last = ctx;

	last->number = d->number;
	last->born = d->born;
	last->died = d->died;
	last->exact = d->exact && !strcmp(d->reason, "because") && !strcmp(d->who, "me");
	return 0;
}

static void test_decide(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	int64_t dir = put_dir(txn, 1, "d"), matched = -1, changed = -1;
	struct lic_decision d, last = { 0 };
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e;

	put_image(txn, dir, "a", "1", NULL, &e);
	put_image(txn, dir, "b", "2", NULL, NULL);
	put_image(txn, 1, "c", "3", "CC-BY-4.0", NULL);
	commit(txn);
	is_int(status_of(cat, "d/a"), LIC_STATUS_UNLICENSED, "nothing is granted yet");
	d = decision(LIC_ACTION_LICENSE, "d/a", true, "CC-BY-4.0");
	ok(decide(cat, &d, &matched, &changed) == 0, "an operator decides");
	ok(d.number == 1 && matched == 1 && changed == 1, "on one image");
	is_int(status_of(cat, "d/a"), LIC_STATUS_CLEAR, "which is clear");
	is_int(status_of(cat, "d/b"), LIC_STATUS_UNLICENSED, "and no other");
	ok(lic_catalog_claims(cat, e.id, &claims, &fix_err) == 0 && claims.n == 1, "one claim");
	ok(claims.item[0].rank == LIC_RANK_OPERATOR && claims.item[0].ref == 1 &&
		   !strcmp(claims.item[0].source, "decision 1"),
	   "which is the decision");
	lic_claims_release(&claims);
	d = decision(LIC_ACTION_DENY, "**", false, NULL);
	ok(decide(cat, &d, &matched, &changed) == 0 && matched == 3, "a denial of everything");
	ok(status_of(cat, "d/a") != LIC_STATUS_CLEAR && status_of(cat, "c") != LIC_STATUS_CLEAR,
	   "hides everything");
	txn = begin(cat);
	put_image(txn, dir, "new", "4", "CC0-1.0", NULL);
	commit(txn);
	ok(status_of(cat, "d/new") != LIC_STATUS_CLEAR, "and what comes later");
	txn = begin(cat);
	ok(lic_catalog_undecide(txn, 2, "jo", "no", &matched, &changed, &fix_err) == 0 &&
		   matched == 4,
	   "undone");
	ok(lic_catalog_undecide(txn, 2, "jo", "no", &matched, &changed, &fix_err) == -ENOENT,
	   "only once");
	commit(txn);
	ok(status_of(cat, "d/a") == LIC_STATUS_CLEAR && status_of(cat, "c") == LIC_STATUS_CLEAR,
	   "and all is as before");
	ok(lic_catalog_decisions(cat, see_decision, &last, &fix_err) == 0 && last.number == 2 &&
		   last.died > last.born,
	   "the record of it stays");
	checks(cat, "after deciding");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_decide_refusals(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_decision d = decision(LIC_ACTION_LICENSE, "a", true, "No-Such-License");

	ok(decide(cat, &d, NULL, NULL) == -EINVAL, "an unknown license is refused");
	d = decision(LIC_ACTION_LICENSE, "a", true, NULL);
	ok(decide(cat, &d, NULL, NULL) == -EINVAL, "a license decision without one");
	d = decision(LIC_ACTION_DENY, "a", true, "CC0-1.0");
	ok(decide(cat, &d, NULL, NULL) == -EINVAL, "a denial with one");
	d = decision(LIC_ACTION_DENY, "", true, NULL);
	ok(decide(cat, &d, NULL, NULL) == -EINVAL, "no pattern");
	d = decision(LIC_ACTION_LICENSE, "*", false, "CC0-1.0");
	d.override = true;
	ok(decide(cat, &d, NULL, NULL) == -EINVAL, "an override of many");
	d = decision(LIC_ACTION_DENY, "a", true, NULL);
	d.reason = "";
	ok(decide(cat, &d, NULL, NULL) == -EINVAL, "no reason");
	d = decision(LIC_ACTION_DENY, "a", true, NULL);
	d.until = 1;
	ok(decide(cat, &d, NULL, NULL) == -EINVAL, "an end in the past");
	is_int(lic_catalog_generation(cat), 0, "nothing of it is recorded");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_until(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	struct lic_decision d = decision(LIC_ACTION_LICENSE, "x", true, "CC0-1.0"), last = { 0 };
	int64_t now = (int64_t)time(NULL);
	struct lic_entry e;

	put_image(txn, 1, "x", "1", NULL, NULL);
	commit(txn);
	d.until = now + 2;
	ok(decide(cat, &d, NULL, NULL) == 0, "a decision that ends");
	ok(lic_catalog_by_path(cat, "x", 1, &e, &fix_err) == 0 &&
		   lic_catalog_rights(cat, e.rights, &fix_err)->until == d.until,
	   "gives rights that end");
	while (time(NULL) <= now + 2)
		usleep(50000);
	txn = begin(cat);
	commit(txn);
	is_int(status_of(cat, "x"), LIC_STATUS_UNLICENSED, "any writer after the end judges again");
	ok(lic_catalog_decisions(cat, see_decision, &last, &fix_err) == 0 && last.died == 3,
	   "and the decision has died");
	checks(cat, "after the end of a decision");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- companions, views, licenses ---------------------------------------------------------- */

static int add_id(void *ctx, int64_t id)
{
	lic_buf_addf(ctx, "%lld ", (long long)id);
	return 0;
}

static const char *images_of(struct lic_catalog *cat, int64_t companion, struct lic_buf *b)
{
	lic_buf_reset(b);
	return lic_catalog_companion_images(cat, companion, add_id, b, &fix_err) < 0
		       ? "error"
		       : lic_buf_str(b);
}

static void test_companions(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_buf b = LIC_BUF_INIT(4096);
	struct lic_txn *txn = begin(cat);
	struct lic_entry i, k, c = entry_of(1, "x.txt", 5, LIC_KIND_COMPANION);
	int64_t gen;

	put_image(txn, 1, "x.jpg", "1", NULL, &i);
	put_image(txn, 1, "y.jpg", "2", NULL, &k);
	ok(lic_catalog_put(txn, &c, NULL, &fix_err) == 0, "a companion");
	ok(lic_catalog_bind(txn, c.id, (int64_t[]){ k.id, i.id, k.id }, 3, &fix_err) == 0, "bound");
	commit(txn);
	is_str(images_of(cat, c.id, &b), "2 3 ", "to two images");
	gen = lic_catalog_generation(cat);
	txn = begin(cat);
	ok(lic_catalog_bind(txn, c.id, (int64_t[]){ i.id, k.id }, 2, &fix_err) == 0,
	   "the same again");
	commit(txn);
	is_int(lic_catalog_generation(cat), gen, "changes nothing");
	txn = begin(cat);
	c.st.size++;
	ok(lic_catalog_put(txn, &c, NULL, &fix_err) == 0 && c.id == 5, "other bytes, another id");
	commit(txn);
	is_str(images_of(cat, c.id, &b), "2 3 ", "which belongs to the same images");
	txn = begin(cat);
	ok(lic_catalog_bind(txn, c.id, (int64_t[]){ 1 }, 1, &fix_err) == -EINVAL,
	   "a directory is no image");
	lic_catalog_abort(txn);
	txn = begin(cat);
	ok(lic_catalog_bind(txn, i.id, &k.id, 1, &fix_err) == -EINVAL, "an image is no companion");
	lic_catalog_abort(txn);
	checks(cat, "with companions");
	lic_buf_release(&b);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static int see_view(void *ctx, const struct lic_view_row *v)
{
	lic_buf_addf(ctx, "%lld %s=%s (%s); ", (long long)v->number, v->name, v->expr,
		     v->basis ? v->basis : "-");
	return 0;
}

static int see_license(void *ctx, int64_t number, const char *id)
{
	lic_buf_addf(ctx, "%lld %s; ", (long long)number, id);
	return 0;
}

static void test_views(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_buf b = LIC_BUF_INIT(4096);
	struct lic_txn *txn = begin(cat);

	ok(lic_catalog_view_set(txn, "z", "derive", NULL, &fix_err) == 0, "a view");
	ok(lic_catalog_view_set(txn, "a", "reserved", "TDM 3", &fix_err) == 0, "another");
	commit(txn);
	ok(lic_catalog_views(cat, see_view, &b, &fix_err) == 0, "views are listed");
	is_str(lic_buf_str(&b), "65 a=reserved (TDM 3); 64 z=derive (-); ", "in order of names");
	txn = begin(cat);
	ok(lic_catalog_view_set(txn, "z", "derive", NULL, &fix_err) == 0, "the same again");
	commit(txn);
	is_int(lic_catalog_generation(cat), 1, "changes nothing");
	txn = begin(cat);
	ok(lic_catalog_view_set(txn, "z", "!derive", NULL, &fix_err) == 0, "another expression");
	ok(lic_catalog_view_rm(txn, "a", &fix_err) == 0, "a view goes");
	ok(lic_catalog_view_rm(txn, "a", &fix_err) == -ENOENT, "once");
	commit(txn);
	lic_buf_reset(&b);
	ok(lic_catalog_views(cat, see_view, &b, &fix_err) == 0, "views are listed");
	is_str(lic_buf_str(&b), "66 z=!derive (-); ", "[I4] numbers are not given again");
	txn = begin(cat);
	put_image(txn, 1, "x", "1", "CC-BY-4.0 OR CC0-1.0", NULL);
	put_image(txn, 1, "y", "2", "MIT", NULL);
	put_image(txn, 1, "z", "3", "CC0-1.0", NULL);
	commit(txn);
	lic_buf_reset(&b);
	ok(lic_catalog_licenses(cat, see_license, &b, &fix_err) == 0, "licenses are listed");
	ok(strstr(lic_buf_str(&b), " CC-BY-4.0; ") && strstr(lic_buf_str(&b), " CC0-1.0; ") &&
		   !strstr(lic_buf_str(&b), "MIT"),
	   "licenses that may clear an image have numbers: %s", lic_buf_str(&b));
	checks(cat, "with views");
	lic_buf_release(&b);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- feed --------------------------------------------------------------------------------- */

static int see_change(void *ctx, const struct lic_change *c)
{
	lic_buf_addf(ctx, "%lld/%lld:%.*s ", (long long)c->dir, (long long)c->entry, (int)c->name.n,
		     (const char *)c->name.p);
	return 0;
}

static const char *changes(struct lic_catalog *cat, int64_t since, struct lic_buf *b)
{
	int r;

	lic_buf_reset(b);
	r = lic_catalog_changes(cat, since, see_change, b, &fix_err);
	return r == -ESTALE ? "stale" : r < 0 ? "error" : lic_buf_str(b);
}

static void test_feed(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_buf b = LIC_BUF_INIT(1 << 20);
	struct lic_txn *txn = begin(cat);
	int64_t d = put_dir(txn, 1, "d"), c;
	struct lic_entry x;

	put_image(txn, d, "x", "1", "CC-BY-4.0", &x);
	c = put_other(txn, 1, "c", LIC_KIND_COMPANION);
	ok(lic_catalog_bind(txn, c, &x.id, 1, &fix_err) == 0, "bound");
	commit(txn);
	is_str(changes(cat, 0, &b), "1/4:c 1/2:d ",
	       "a new directory says nothing of what is in it");
	txn = begin(cat);
	put_image(txn, d, "x", "1", "CC0-1.0", NULL);
	commit(txn);
	is_str(changes(cat, 1, &b), "2/3:x 1/2:d 1/4:c ",
	       "other rights: the image, its companion, and the directory that may come or go");
	txn = begin(cat);
	for (int i = 0; i < 64; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%02d", i);
		put_other(txn, d, name, LIC_KIND_INERT);
	}
	commit(txn);
	changes(cat, 2, &b);
	ok(strstr(lic_buf_str(&b), "2/5:00 ") && strstr(lic_buf_str(&b), "2/68:63 "),
	   "64 changes in a directory are 64 rows");
	txn = begin(cat);
	for (int i = 0; i < 65; i++) {
		char name[16];

		snprintf(name, sizeof(name), "n%02d", i);
		put_other(txn, d, name, LIC_KIND_INERT);
	}
	commit(txn);
	is_str(changes(cat, 3, &b), "2/0: ", "65 are one");
	txn = begin(cat);
	ok(lic_catalog_view_set(txn, "v", "derive", NULL, &fix_err) == 0, "a view");
	commit(txn);
	is_str(changes(cat, 4, &b), "0/0: ", "views are a row of their own");
	is_str(changes(cat, 5, &b), "", "nothing after the newest");
	is_str(changes(cat, 6, &b), "stale", "a future generation is of another catalog");
	txn = begin(cat);
	ok(lic_catalog_mark_stale(txn, x.id, &fix_err) == 0, "an image turns stale");
	commit(txn);
	is_str(changes(cat, 5, &b), "2/3:x 1/2:d 1/4:c ", "which its companion hears, too");
	checks(cat, "with a feed");
	lic_buf_release(&b);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static bool poke(const char *db, const char *sql)
{
	sqlite3 *p = NULL;
	bool good = sqlite3_open(db, &p) == SQLITE_OK &&
		    sqlite3_exec(p, sql, NULL, NULL, NULL) == SQLITE_OK;

	sqlite3_close(p);
	return good;
}

static void test_feed_trim(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_buf b = LIC_BUF_INIT(64 << 20);
	struct lic_txn *txn = begin(cat);

	put_dir(txn, 1, "a");
	commit(txn);
	txn = begin(cat);
	put_dir(txn, 1, "b");
	commit(txn);
	/* 110,000 more changes in each of these generations */
	ok(poke(s.db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
		      "220000) INSERT INTO change (gen, dir, entry, name) SELECT 1 + (i > 110000), "
		      "1, 2, x'61' FROM n"),
	   "many changes");
	txn = begin(cat);
	put_dir(txn, 1, "c");
	commit(txn);
	is_str(changes(cat, 0, &b), "stale", "a feed that was cut says so");
	ok(lic_catalog_changes(cat, 1, see_change, &b, &fix_err) == 0, "what is whole is given");
	is_str(changes(cat, 2, &b), "1/4:c ", "and the newest");
	checks(cat, "with a trimmed feed");
	lic_buf_release(&b);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_two_connections(void)
{
	struct scratch s;
	struct lic_catalog *w = scratch_make(&s), *r = scratch_open(&s, LIC_CATALOG_READ);
	int64_t before = lic_catalog_data_version(r);
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e;
	struct lic_txn *txn = begin(w);

	put_image(txn, 1, "x", "1", "CC-BY-4.0", NULL);
	ok(lic_catalog_by_path(r, "x", 1, &e, &fix_err) == -ENOENT, "not seen before the commit");
	is_int(lic_catalog_data_version(r), before, "nothing has changed");
	commit(txn);
	ok(lic_catalog_data_version(r) != before, "a commit changes the data version");
	is_int(status_of(r, "x"), LIC_STATUS_CLEAR, "and is seen");
	txn = begin(w);
	put_image(txn, 1, "x", "1", "CC0-1.0", NULL);
	lic_catalog_abort(txn);
	txn = begin(w);
	put_image(txn, 1, "x", "1", NULL, &e);
	commit(txn);
	is_int(status_of(r, "x"), LIC_STATUS_UNLICENSED,
	       "numbers of a transaction that was rolled back mean nothing");
	is_int(status_of(w, "x"), LIC_STATUS_UNLICENSED, "to the writer, too");
	before = lic_catalog_data_version(r);
	txn = begin(w);
	put_image(txn, 1, "x", "1", NULL, &e);
	commit(txn);
	is_int(lic_catalog_data_version(r), before, "what changes nothing wakes nobody");
	txn = begin(w);
	put_image(txn, 1, "y", "2", "CC-BY-SA-4.0", NULL); /* a statement that nobody made before */
	lic_catalog_abort(txn);
	txn = begin(w);
	put_image(txn, 1, "y", "2", "CC-BY-NC-4.0", NULL);
	put_image(txn, 1, "z", "3", "CC-BY-SA-4.0", &e);
	commit(txn);
	ok(lic_catalog_claims(r, e.id, &claims, &fix_err) == 0 && claims.n == 1, "one claim");
	is_str(claims.item[0].text, "CC-BY-SA-4.0", "numbers of rolled-back statements neither");
	lic_claims_release(&claims);
	lic_catalog_close(r);
	lic_catalog_close(w);
	scratch_release(&s);
}

int main(void)
{
	test_patterns();
	test_decide();
	test_decide_refusals();
	test_until();
	test_companions();
	test_views();
	test_feed();
	test_feed_trim();
	test_two_connections();
	return done_testing();
}
