/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests in the catalog: which rows are about which images, and that no doubt ever grants. */
#include "tests/unit/manifest_fixture.h"

/* --- joining ------------------------------------------------------------------------------ */

static void test_join(void)
{
	static const struct row rows[] = {
		{ .key = { "path:d/a.jpg" }, .license = "CC-BY-4.0", .creator = "Jane" },
		{ .key = { "tail:later.jpg" }, .license = "CC0-1.0" },
		{ .key = { "stem:b" }, .license = "CC-BY-NC-4.0" },
		{ .key = { "path:nowhere.jpg" }, .license = "CC0-1.0" },
	};
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t d = make_dir(cat, 1, "d"), id;
	struct lic_import_result res;
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_credit credit = { 0 };
	struct lic_entry e;

	put(cat, d, "a.jpg", "1");
	put(cat, d, "b.png", "2");
	put(cat, 1, "c.jpg", "3");
	res = import(cat, "m", "", rows, LIC_ARRAY_SIZE(rows));
	ok(res.rows == 4 && res.matched == 2 && res.images == 2 && res.changed == 2 &&
		   res.ambiguous == 0 && res.superseded == 0,
	   "four rows, two of which find an image: %lld %lld %lld %lld", (long long)res.rows,
	   (long long)res.matched, (long long)res.images, (long long)res.changed);
	is_str(license_of(cat, "d/a.jpg"), "CC-BY-4.0", "by path");
	is_str(license_of(cat, "d/b.png"), "CC-BY-NC-4.0", "by stem");
	is_str(license_of(cat, "c.jpg"), "unlicensed", "and no other");
	checks(cat, "after an import");
	put(cat, d, "later.jpg", "4");
	is_str(license_of(cat, "d/later.jpg"), "CC0-1.0", "an image that comes later joins");
	put(cat, d, "a.jpg", "other");
	is_str(license_of(cat, "d/a.jpg"), "CC-BY-4.0", "so do other bytes at the same path");
	checks(cat, "after later scans");
	ok(lic_catalog_by_path(cat, "d/a.jpg", 7, &e, &fix_err) == 0 &&
		   lic_catalog_claims(cat, e.id, &claims, &fix_err) == 0 && claims.n == 2,
	   "explain sees the row");
	ok(claims.n == 2 && claims.item[0].ref == 1 && claims.item[1].ref == 1 &&
		   claims.item[0].packet == claims.item[1].packet && claims.item[0].packet &&
		   !strcmp(claims.item[0].source, "manifest m"),
	   "as one packet of its manifest");
	lic_claims_release(&claims);
	ok(lic_catalog_credit(cat, e.id, &credit, &fix_err) == 0 && credit.creator &&
		   !strcmp(credit.creator, "Jane"),
	   "which credits");
	lic_credit_release(&credit);
	end(cat, e.id);
	id = put(cat, d, "moved.jpg", "other");
	is_str(license_of(cat, "d/moved.jpg"), "unlicensed",
	       "an image that moved away joins no more");
	end(cat, id);
	put(cat, 1, "b.webp", "other");
	is_str(license_of(cat, "b.webp"), "unlicensed",
	       "one that moved to where a second joins: no");
	is_str(license_of(cat, "d/b.png"), "unlicensed", "which takes the other's grant");
	checks(cat, "after moves");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_root(void)
{
	static const struct row rows[] = {
		{ .key = { "path:a.jpg" }, .license = "CC-BY-4.0" },
		{ .key = { "tail:x.jpg" }, .license = "CC0-1.0" },
	};
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t d = make_dir(cat, 1, "d"), e = make_dir(cat, d, "e");

	put(cat, 1, "a.jpg", "1");
	put(cat, d, "a.jpg", "2");
	put(cat, 1, "x.jpg", "3");
	put(cat, e, "x.jpg", "4");
	ok(import(cat, "m", "d/", rows, 2).images == 2, "below a root");
	is_str(license_of(cat, "a.jpg"), "unlicensed", "what lies above it does not join");
	is_str(license_of(cat, "d/a.jpg"), "CC-BY-4.0", "what lies in it does");
	is_str(license_of(cat, "d/e/x.jpg"), "CC0-1.0", "one above it makes nothing ambiguous");
	ok(import(cat, "m2", "nowhere", rows, 2).rows == -EINVAL, "a root that is not there");
	ok(import(cat, "", "", rows, 2).rows == -EINVAL, "no name");
	ok(import(cat, "a\nb", "", rows, 2).rows == -EINVAL, "a name of two lines");
	checks(cat, "with a root");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- doubt -------------------------------------------------------------------------------- */

static void test_ambiguous(void)
{
	static const struct row rows[] = {
		{ .key = { "tail:x.jpg" },
		  .license = "CC0-1.0",
		  .creator = "Jane",
		  .release = "MR-UMR" },
		{ .key = { "path:p/y.jpg", "tail:y.jpg" }, .license = "CC0-1.0" },
		{ .key = { "tail:z.jpg" }, .license = "LicenseRef-AllRightsReserved" },
	};
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t p = make_dir(cat, 1, "p"), q = make_dir(cat, 1, "q"), second, y;
	struct lic_txn *txn;
	struct lic_credit credit = { 0 };

	put(cat, p, "x.jpg", "1");
	put(cat, p, "y.jpg", "2");
	ok(import(cat, "m", "", rows, 3).ambiguous == 0, "one of each");
	is_str(license_of(cat, "p/x.jpg"), "CC0-1.0", "is granted");
	is_int(rights_of(cat, "p/x.jpg")->release[LIC_RELEASE_MODEL], LIC_ALLOWED, "and released");
	second = put(cat, q, "x.jpg", "3");
	is_str(license_of(cat, "q/x.jpg"), "unlicensed", "a second of that name is not");
	is_str(license_of(cat, "p/x.jpg"), "unlicensed", "and the first no more, at once");
	is_int(rights_of(cat, "p/x.jpg")->release[LIC_RELEASE_MODEL], LIC_UNKNOWN,
	       "nor is it released");
	ok(lic_catalog_credit(cat, second, &credit, &fix_err) == 0 && !credit.creator,
	   "nobody is credited");
	lic_credit_release(&credit);
	checks(cat, "with a doubt");
	end(cat, second);
	is_str(license_of(cat, "p/x.jpg"), "CC0-1.0", "until the second goes");
	y = put(cat, q, "y.jpg", "4");
	is_str(license_of(cat, "p/y.jpg"), "CC0-1.0", "a path is beyond doubt");
	is_str(license_of(cat, "q/y.jpg"), "unlicensed", "and leaves none to others");
	end(cat, y);
	txn = begin(cat);
	put_image(txn, p, "z.jpg", "5", "CC0-1.0", NULL);
	put_image(txn, q, "z.jpg", "6", "CC0-1.0", NULL);
	commit(txn);
	is_str(license_of(cat, "p/z.jpg"), "conflict", "what is in doubt restricts all the same");
	is_str(license_of(cat, "q/z.jpg"), "conflict", "both");
	txn = begin(cat);
	put_image(txn, q, "x.jpg", "7", NULL, NULL);
	put_image(txn, q, "x.jpg", "8", NULL, NULL);
	commit(txn);
	is_str(license_of(cat, "p/x.jpg"), "unlicensed", "put twice in one transaction");
	is_str(license_of(cat, "q/x.jpg"), "unlicensed", "is still a second one");
	txn = begin(cat);
	ok(lic_catalog_end(txn, q, &fix_err) == 0, "its directory ends");
	commit(txn);
	is_str(license_of(cat, "p/x.jpg"), "CC0-1.0", "and the doubt with it");
	txn = begin(cat);
	q = put_dir(txn, 1, "q");
	put_image(txn, q, "x.jpg", "7", NULL, NULL);
	put_image(txn, q, "x.jpg", "9", NULL, NULL);
	commit(txn);
	is_str(license_of(cat, "p/x.jpg"), "unlicensed", "twice in a new directory");
	put(cat, p, "x.jpg", "changed");
	is_str(license_of(cat, "p/x.jpg"), "unlicensed", "other bytes do not settle it");
	checks(cat, "after doubts");
	lic_catalog_close(cat);
	scratch_release(&s);
}

struct seen {
	struct lic_buf text;
	struct lic_catalog *cat;
};

static void see_ambiguous(void *ctx, uint64_t line, enum lic_key_kind kind, struct lic_bytes key,
			  const char *a, const char *b)
{
	struct seen *x = ctx;

	lic_buf_addf(&x->text, "%llu %s:%.*s %s %s; ", (unsigned long long)line,
		     lic_key_kind_name(kind), (int)key.n, (const char *)key.p, a, b);
}

static void see_changed(void *ctx, int64_t entry, int64_t before, int64_t after)
{
	struct seen *x = ctx;
	const struct lic_rights *was = lic_catalog_rights(x->cat, before, &fix_err);
	const struct lic_rights *is = lic_catalog_rights(x->cat, after, &fix_err);
	struct lic_buf path = LIC_BUF_INIT(4096);

	if (lic_catalog_entry_path(x->cat, entry, &path, &fix_err) == 0)
		lic_buf_addf(&x->text, "%s %s->%s; ", lic_buf_str(&path),
			     lic_status_name(was->status), lic_status_name(is->status));
	lic_buf_release(&path);
}

static void test_hooks(void)
{
	static const struct row one[] = {
		{ .key = { "path:p/a" }, .license = "CC0-1.0" },
		{ .key = { "path:p/b" }, .license = "CC0-1.0" },
	};
	static const struct row two[] = {
		{ .key = { "tail:a" }, .license = "CC0-1.0" },
		{ .key = { "path:p/c" }, .license = "CC0-1.0" },
		{ .key = { "path:p/c" }, .license = "CC-BY-4.0" },
	};
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct seen seen = { LIC_BUF_INIT(4096), cat };
	struct lic_import_hooks hooks = { NULL, see_ambiguous, see_changed, &seen };
	struct lic_import_result res = { 0 };
	struct lic_txn *txn = begin(cat);
	int64_t p = put_dir(txn, 1, "p"), q = put_dir(txn, 1, "q");

	put_image(txn, p, "a", "1", NULL, NULL);
	put_image(txn, p, "b", "2", NULL, NULL);
	put_image(txn, p, "c", "3", NULL, NULL);
	put_image(txn, q, "a", "4", NULL, NULL);
	commit(txn);
	import(cat, "m", "", one, 2);
	is_str(license_of(cat, "p/b"), "CC0-1.0", "an import");
	txn = begin(cat);
	ok(import_rows(txn, "m", "", two, 3, &hooks, &res) == 0, "the same again: %s", fix_err.msg);
	lic_catalog_abort(txn);
	is_str(lic_buf_str(&seen.text),
	       "1 tail:a p/a q/a; p/a clear->unlicensed; p/b clear->unlicensed; "
	       "p/c unlicensed->conflict; q/a unlicensed->unlicensed; ",
	       "a dry run tells what is in doubt and what changes");
	ok(res.superseded == 1 && res.matched == 3 && res.ambiguous == 1 && res.images == 3 &&
		   res.changed == 4,
	   "and counts: %lld %lld %lld %lld", (long long)res.matched, (long long)res.ambiguous,
	   (long long)res.images, (long long)res.changed);
	is_str(license_of(cat, "p/b"), "CC0-1.0", "but changes nothing");
	checks(cat, "after a dry run");
	import(cat, "m", "", two, 3);
	is_str(license_of(cat, "p/b"), "unlicensed", "what the new one does not say is gone");
	is_str(license_of(cat, "p/c"), "conflict", "two rows that disagree");
	checks(cat, "after a second import");
	lic_buf_release(&seen.text);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static int see_manifest(void *ctx, const struct lic_manifest *m)
{
	lic_buf_addf(ctx, "%lld %s %lld %lld-%lld; ", (long long)m->number, m->collection,
		     (long long)m->rows, (long long)m->born, (long long)m->died);
	return 0;
}

static void test_undo(void)
{
	static const struct row rows[] = { { .key = { "tail:a" }, .license = "CC0-1.0" } };
	static const struct row all[] = { { .key = { "all:" },
					    .reserve = LIC_RESERVE_AI_TRAINING } };
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_buf list = LIC_BUF_INIT(4096);
	struct lic_import_result res = { 0 };
	struct lic_txn *txn;

	put(cat, 1, "a", "1");
	put(cat, 1, "b", "2");
	import(cat, "m", "", rows, 1);
	import(cat, "all", "", all, 1);
	is_int(rights_of(cat, "b")->reservations, LIC_RESERVE_AI_TRAINING, "a row about all");
	import(cat, "m", "", rows, 1);
	txn = begin(cat);
	ok(lic_catalog_unimport(txn, 1, NULL, &res, &fix_err) == -ENOENT, "superseded is ended");
	ok(lic_catalog_unimport(txn, 3, NULL, &res, &fix_err) == 0, "an import is undone");
	ok(res.rows == 1 && res.matched == 1 && res.images == 1 && res.changed == 1, "and counted");
	ok(lic_catalog_unimport(txn, 2, NULL, &res, &fix_err) == 0, "another");
	ok(res.images == 2 && res.changed == 2, "about all: %lld %lld", (long long)res.images,
	   (long long)res.changed);
	commit(txn);
	is_str(license_of(cat, "a"), "unlicensed", "nothing of it is left");
	is_int(rights_of(cat, "b")->reservations, 0, "nothing");
	ok(lic_catalog_manifests(cat, see_manifest, &list, &fix_err) == 0, "all are listed");
	is_str(lic_buf_str(&list), "1 m 1 3-5; 2 all 1 4-6; 3 m 1 5-6; ", "in order");
	checks(cat, "after an undo");
	lic_buf_release(&list);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- addresses ---------------------------------------------------------------------------- */

static void test_urls(void)
{
	static const struct row sidecars[] = {
		{ .key = { "tail:1.jpg" }, .url = "https://example.org/one" },
		{ .key = { "tail:2.jpg" }, .url = "https://example.org/two" },
	};
	static const struct row index[] = {
		{ .key = { "url:http://example.org/one" }, .license = "CC-BY-4.0" },
		{ .key = { "url:http://example.org/two" }, .license = "CC0-1.0" },
	};
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t d = make_dir(cat, 1, "d"), id;

	put(cat, d, "1.jpg", "1");
	import(cat, "sidecars", "", sidecars, 2);
	import(cat, "index", "", index, 2);
	is_str(license_of(cat, "d/1.jpg"), "CC-BY-4.0", "by the address that another row states");
	put(cat, d, "2.jpg", "2");
	is_str(license_of(cat, "d/2.jpg"), "CC0-1.0", "later, too");
	id = put(cat, 1, "1.jpg", "3");
	is_str(license_of(cat, "d/1.jpg"), "unlicensed", "not where that row is in doubt");
	is_str(license_of(cat, "1.jpg"), "unlicensed", "on either side");
	checks(cat, "with addresses");
	end(cat, id);
	is_str(license_of(cat, "d/1.jpg"), "CC-BY-4.0", "until that is over");
	import(cat, "index", "d", index, 2);
	put(cat, 1, "1.jpg", "3");
	is_str(license_of(cat, "d/1.jpg"), "unlicensed",
	       "nor where the index is about one of the two alone");
	checks(cat, "with a narrow index");
	import(cat, "sidecars", "", sidecars, 0);
	is_str(license_of(cat, "d/2.jpg"), "unlicensed", "gone with the row that stated it");
	checks(cat, "without addresses");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- twins -------------------------------------------------------------------------------- */

/* --- doubts that stay --------------------------------------------------------------------- */

static void test_heirs(void)
{
	static const struct row rows[] = { { .key = { "tail:x.jpg" }, .license = "CC0-1.0" } };
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t p = make_dir(cat, 1, "p"), q = make_dir(cat, 1, "q"), r = make_dir(cat, 1, "r");
	int64_t first, moved, there;

	first = put(cat, p, "x.jpg", "1");
	there = put(cat, q, "x.jpg", "2");
	import(cat, "m", "", rows, 1);
	end(cat, first);
	is_str(license_of(cat, "q/x.jpg"), "unlicensed",
	       "an image does not inherit what was in doubt");
	checks(cat, "with a doubt that stays");
	moved = put(cat, r, "x.jpg", "1");
	is_str(license_of(cat, "q/x.jpg"), "unlicensed", "nor when the other comes back");
	end(cat, moved);
	is_str(license_of(cat, "q/x.jpg"), "unlicensed", "and goes again");
	import(cat, "m", "", rows, 1);
	is_str(license_of(cat, "q/x.jpg"), "CC0-1.0", "until somebody imports what it says, now");
	checks(cat, "without it");
	moved = put(cat, r, "x.jpg", "2");
	is_str(license_of(cat, "q/x.jpg"), "unlicensed", "a copy is a second image");
	end(cat, there);
	is_str(license_of(cat, "r/x.jpg"), "CC0-1.0",
	       "but a file that moves takes its grant along");
	checks(cat, "after a move");
	put(cat, p, "x.jpg", "3");
	end(cat, moved);
	is_str(license_of(cat, "p/x.jpg"), "unlicensed", "which a later one does not get");
	checks(cat, "with a later one");
	import(cat, "m", "", rows, 0);
	checks(cat, "and when the row ends");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_prose_twins(void)
{
	static const struct row rows[] = { { .key = { "path:a" }, .license = "No AI training" } };
	const unsigned ai = LIC_RESERVE_AI_TRAINING | LIC_RESERVE_GENERATIVE;
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_entry e;
	struct lic_txn *txn;

	put(cat, 1, "a", "same");
	put(cat, 1, "b", "same");
	import(cat, "m", "", rows, 1);
	is_int(rights_of(cat, "b")->reservations, ai,
	       "an opt-out in words holds for the same bytes, too");
	txn = begin(cat);
	ok(lic_catalog_by_path(cat, "a", 1, &e, &fix_err) == 0 &&
		   lic_catalog_mark_stale(txn, e.id, &fix_err) == 0 &&
		   lic_catalog_rejudge(txn, e.id, NULL, &fix_err) == 0,
	   "the file beside which it stands changes");
	commit(txn);
	is_int(rights_of(cat, "b")->reservations, ai, "which takes nothing back");
	import(cat, "m", "", rows, 0);
	is_int(rights_of(cat, "b")->reservations, 0, "without the row nothing is reserved");
	checks(cat, "with twins by words");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_twins(void)
{
	static const struct row rows[] = { { .key = { "path:a" },
					     .reserve = LIC_RESERVE_GENERATIVE } };
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_import_result res = { 0 };
	struct lic_txn *txn;
	int64_t d = make_dir(cat, 1, "d");

	put(cat, 1, "a", "same");
	put(cat, d, "b", "same");
	import(cat, "m", "", rows, 1);
	is_int(rights_of(cat, "d/b")->reservations, LIC_RESERVE_GENERATIVE,
	       "an opt-out in a row holds for the same bytes elsewhere");
	put(cat, d, "c", "same");
	is_int(rights_of(cat, "d/c")->reservations, LIC_RESERVE_GENERATIVE, "later, too");
	put(cat, 1, "a", "same");
	is_int(rights_of(cat, "d/b")->reservations, LIC_RESERVE_GENERATIVE,
	       "a rescan changes nothing");
	checks(cat, "with twins");
	txn = begin(cat);
	ok(lic_catalog_unimport(txn, 1, NULL, &res, &fix_err) == 0 && res.changed == 3,
	   "undone for all of them: %lld", (long long)res.changed);
	commit(txn);
	is_int(rights_of(cat, "d/c")->reservations, 0, "at once");
	checks(cat, "without");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- rules -------------------------------------------------------------------------------- */

static int see_rule(void *ctx, int64_t dir, const char *file)
{
	lic_buf_addf(ctx, "%lld/%s ", (long long)dir, file);
	return 0;
}

static void test_rules(void)
{
	static const struct row rules[] = {
		{ .key = { "glob:*.jpg" }, .license = "CC-BY-4.0", .rank = LIC_RANK_DIRECTORY },
		{ .key = { "path:x.png" }, .license = "CC0-1.0", .rank = LIC_RANK_DIRECTORY },
	};
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_buf list = LIC_BUF_INIT(4096);
	struct lic_txn *txn = begin(cat);
	int64_t d = put_dir(txn, 1, "d"), e = put_dir(txn, d, "e"), gen;

	put_image(txn, d, "1.jpg", "1", NULL, NULL);
	put_image(txn, e, "2.jpg", "2", NULL, NULL);
	put_image(txn, d, "x.png", "3", NULL, NULL);
	put_image(txn, 1, "3.jpg", "4", NULL, NULL);
	ok(put_rule_rows(txn, d, "REUSE.toml", rules, 2) == 0, "rules: %s", fix_err.msg);
	commit(txn);
	is_str(license_of(cat, "d/1.jpg"), "CC-BY-4.0", "a pattern");
	is_str(license_of(cat, "d/x.png"), "CC0-1.0", "a path");
	is_str(license_of(cat, "d/e/2.jpg"), "unlicensed", "a star stays in its directory");
	is_str(license_of(cat, "3.jpg"), "unlicensed", "and rules in theirs");
	ok(lic_catalog_rules(cat, see_rule, &list, &fix_err) == 0, "rules are listed");
	is_str(lic_buf_str(&list), "2/REUSE.toml ", "by directory");
	checks(cat, "with rules");
	gen = lic_catalog_generation(cat);
	txn = begin(cat);
	ok(put_rule_rows(txn, d, "REUSE.toml", rules, 2) == 0, "the same again");
	commit(txn);
	is_int(lic_catalog_generation(cat), gen, "changes nothing");
	put(cat, d, "new.jpg", "5");
	is_str(license_of(cat, "d/new.jpg"), "CC-BY-4.0", "what comes later follows them");
	txn = begin(cat);
	ok(put_rule_rows(txn, d, "REUSE.toml", rules + 1, 1) == 0, "other rules");
	commit(txn);
	is_str(license_of(cat, "d/1.jpg"), "unlicensed", "take the place of the old ones");
	is_str(license_of(cat, "d/x.png"), "CC0-1.0", "and keep what they repeat");
	txn = begin(cat);
	ok(put_rule_rows(txn, d, "REUSE.toml", NULL, 0) == 0, "the file goes");
	ok(put_rule_rows(txn, d, "REUSE.toml", NULL, 0) == 0, "once");
	commit(txn);
	is_str(license_of(cat, "d/x.png"), "unlicensed", "and its rules with it");
	txn = begin(cat);
	ok(put_rule_rows(txn, d, "REUSE.toml", rules, 2) == 0, "it comes back");
	commit(txn);
	txn = begin(cat);
	ok(lic_catalog_end(txn, d, &fix_err) == 0, "the directory ends");
	d = put_dir(txn, 1, "d");
	put_image(txn, d, "1.jpg", "1", NULL, NULL);
	commit(txn);
	is_str(license_of(cat, "d/1.jpg"), "unlicensed", "another of its name has no rules");
	lic_buf_reset(&list);
	ok(lic_catalog_rules(cat, see_rule, &list, &fix_err) == 0 && !list.len, "none are left");
	checks(cat, "after rules");
	lic_buf_release(&list);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static const struct row by[] = {
	{ .key = { "glob:**" }, .license = "CC-BY-4.0", .rank = LIC_RANK_DIRECTORY }
};
static const struct row nc[] = {
	{ .key = { "glob:**" }, .license = "CC-BY-NC-4.0", .rank = LIC_RANK_DIRECTORY }
};

static void find_rules(struct lic_catalog *cat, int64_t dir, const struct row *rows, size_t n)
{
	struct lic_txn *txn = begin(cat);

	ok(find_rule_rows(txn, dir, "REUSE.toml", rows, n) == 0, "rules: %s", fix_err.msg);
	commit(txn);
}

static void settle(struct lic_catalog *cat, int64_t gone)
{
	const struct lic_rule_file file = { gone, "REUSE.toml" };
	struct lic_txn *txn = begin(cat);

	ok(lic_catalog_settle_rules(txn, &file, gone > 0, &fix_err) == 0, "settled: %s",
	   fix_err.msg);
	commit(txn);
	checks(cat, "settled");
}

static bool may(struct lic_catalog *cat, const char *path, enum lic_permission p)
{
	return rights_of(cat, path)->status == LIC_STATUS_CLEAR &&
	       rights_of(cat, path)->alternative[0].permission[p] == LIC_ALLOWED;
}

static int see_one(void *ctx _unused_, int64_t dir _unused_, const char *file _unused_)
{
	return 1;
}

/* What a scan has not come to yet may take back what it has found. */
static void test_coming_rules(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	int64_t d = put_dir(txn, 1, "d"), new;

	put_image(txn, 1, "a.jpg", "1", NULL, NULL);
	put_image(txn, d, "b.jpg", "2", NULL, NULL);
	commit(txn);
	find_rules(cat, 1, by, 1);
	ok(!may(cat, "a.jpg", LIC_COMMERCIAL_USE) && !may(cat, "d/b.jpg", LIC_COMMERCIAL_USE),
	   "new rules grant nothing yet to what was there");
	checks(cat, "with rules that are coming");
	is_int(lic_catalog_rules_coming(cat, see_one, NULL, &fix_err), 1, "they are coming");
	find_rules(cat, d, nc, 1);
	settle(cat, 0);
	is_int(lic_catalog_rules_coming(cat, see_one, NULL, &fix_err), 0, "none are");
	is_str(license_of(cat, "a.jpg"), "CC-BY-4.0", "all are in force");
	is_str(license_of(cat, "d/b.jpg"), "CC-BY-NC-4.0", "the closest one where there are two");

	find_rules(cat, 1, nc, 1);
	ok(!may(cat, "a.jpg", LIC_COMMERCIAL_USE), "what is coming restricts");
	find_rules(cat, 1, by, 1);
	ok(may(cat, "a.jpg", LIC_COMMERCIAL_USE), "and no longer when it is other again");
	settle(cat, 0);
	is_str(license_of(cat, "a.jpg"), "CC-BY-4.0", "it is as before");

	find_rules(cat, d, by, 1);
	ok(!may(cat, "d/b.jpg", LIC_COMMERCIAL_USE), "what was in force holds on");
	settle(cat, 0);
	is_str(license_of(cat, "d/b.jpg"), "CC-BY-4.0", "until it is settled");

	find_rules(cat, d, NULL, 0);
	is_str(license_of(cat, "d/b.jpg"), "CC-BY-4.0", "so does what is gone");
	settle(cat, d);
	find_rules(cat, 1, NULL, 0);
	settle(cat, 1);
	is_str(license_of(cat, "d/b.jpg"), "unlicensed", "until then");

	find_rules(cat, 1, by, 1);
	settle(cat, 1);
	is_str(license_of(cat, "a.jpg"), "unlicensed", "a file that came and went grants nothing");
	txn = begin(cat);
	new = put_dir(txn, 1, "new");
	commit(txn);
	find_rules(cat, new, by, 1);
	put(cat, new, "c.jpg", "3");
	is_str(license_of(cat, "new/c.jpg"), "CC-BY-4.0", "where nothing was it holds at once");
	find_rules(cat, new, nc, 1);
	txn = begin(cat);
	ok(lic_catalog_end(txn, new, &fix_err) == 0, "its directory ends");
	commit(txn);
	is_int(lic_catalog_rules_coming(cat, see_one, NULL, &fix_err), 0,
	       "and what was coming with it");
	checks(cat, "at the end");
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_join();
	test_root();
	test_ambiguous();
	test_heirs();
	test_hooks();
	test_undo();
	test_urls();
	test_twins();
	test_prose_twins();
	test_rules();
	test_coming_rules();
	return done_testing();
}
