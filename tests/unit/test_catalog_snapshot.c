/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots in the catalog: [I14] members, names and rights of then, whatever comes after. */
#include <licensefs/catalog_snapshot.h>
#include <sqlite3.h>

#include "tests/unit/revoke_fixture.h"

static const char *const ended_rows = "renamed, removed, replaced";

/* Keeps what is clear, and what is no image. */
static int keep_clear(void *ctx, const struct lic_then *t)
{
	struct lic_catalog *cat = ctx;
	const struct lic_rights *r;

	if (t->m.e.kind == LIC_KIND_HIDDEN)
		return 0;
	if (t->m.e.kind != LIC_KIND_IMAGE)
		return 1;
	r = lic_catalog_rights(cat, t->rights, NULL);
	return r && r->status == LIC_STATUS_CLEAR;
}

static int make(struct lic_catalog *cat, const char *name, bool sha256,
		struct lic_snapshot_info *ret)
{
	struct lic_snapshot_info info = { .name = name,
					  .view = "noncommercial",
					  .expr = "noncommercial-use",
					  .basis = "",
					  .who = "me",
					  .sha256 = sha256 };
	struct lic_txn *txn = begin(cat);
	int64_t missing = 0;
	int r;

	fix_err = (struct lic_error)LIC_ERROR_INIT;
	r = lic_snapshot_make(txn, &info, keep_clear, cat, &missing, &fix_err);
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	commit(txn);
	if (ret)
		*ret = info;
	return 0;
}

static struct lic_snapshot *look(struct lic_catalog *cat, const char *name)
{
	struct lic_snapshot *s = NULL;

	fix_err = (struct lic_error)LIC_ERROR_INIT;
	if (lic_snapshot_open(cat, name, &s, &fix_err) < 0)
		printf("# open %s: %s\n", name, fix_err.msg);
	return s;
}

static bool has(struct lic_snapshot *s, int64_t id)
{
	bool ret = false;

	return lic_snapshot_has(s, id, &ret, &fix_err) == 0 && ret;
}

static const char *path_in(struct lic_snapshot *s, int64_t id)
{
	static char text[512];
	struct lic_buf b = LIC_BUF_INIT(511);

	snprintf(text, sizeof(text), "%s",
		 lic_snapshot_path(s, id, &b, &fix_err) == 0 ? lic_buf_str(&b) : "(none)");
	lic_buf_release(&b);
	return text;
}

static const char *license_in(struct lic_snapshot *s, struct lic_catalog *cat, int64_t id)
{
	struct lic_snapshot_entry m;
	int64_t rights = 0;

	if (lic_snapshot_by_id(s, id, &m, &fix_err) < 0 ||
	    lic_snapshot_rights(s, &m, &rights, &fix_err) < 0)
		return "(none)";
	return lic_catalog_rights(cat, rights, NULL)->license;
}

static int state_in(struct lic_snapshot *s, int64_t id, int64_t now)
{
	enum lic_member_state state = LIC_MEMBER_STATES;
	struct lic_snapshot_entry m;

	if (lic_snapshot_by_id(s, id, &m, &fix_err) < 0 ||
	    lic_snapshot_state(s, &m, now, &state, &fix_err) < 0)
		return -1;
	return (int)state;
}

static int note_name(void *ctx, const struct lic_snapshot_entry *m)
{
	struct lic_buf *out = ctx;

	if (out->len)
		lic_buf_addc(out, ' ');
	lic_buf_add(out, m->e.name.p, m->e.name.n);
	if (m->died)
		lic_buf_addc(out, '-');
	return 0;
}

static const char *listing(struct lic_snapshot *s, int64_t dir, int64_t after)
{
	static char text[512];
	struct lic_buf b = LIC_BUF_INIT(511);
	int r = lic_snapshot_list(s, dir, after, note_name, &b, &fix_err);

	snprintf(text, sizeof(text), "%s", r == 0 ? lic_buf_str(&b) : "(failed)");
	lic_buf_release(&b);
	return text;
}

static bool digest_holds(struct lic_snapshot *s)
{
	uint8_t d[32] = { 0 };

	return lic_snapshot_digest(s, NULL, NULL, d, &fix_err) == 0 &&
	       memcmp(d, lic_snapshot_info(s)->digest, sizeof(d)) == 0;
}

static void end_entry(struct lic_catalog *cat, int64_t id)
{
	struct lic_txn *txn = begin(cat);

	ok(lic_catalog_end(txn, id, &fix_err) == 0, "entry %lld ends", (long long)id);
	commit(txn);
}

/* --- a store ------------------------------------------------------------------------------- */

struct small {
	struct scratch s;
	struct lic_catalog *cat;
	int64_t dir, sub, one, two, three, bare, readme, deep;
};

static void small_make(struct small *t)
{
	struct lic_txn *txn;
	struct lic_entry e = { 0 };

	t->cat = scratch_make(&t->s);
	txn = begin(t->cat);
	t->dir = put_dir(txn, 1, "dir");
	t->sub = put_dir(txn, t->dir, "sub");
	t->one = put_by(txn, t->dir, "1.jpg", "bytes one", "Ann", NULL);
	t->two = put_by(txn, t->dir, "2.jpg", "bytes two", "Bob", NULL);
	t->three = put_by(txn, t->dir, "3.jpg", "bytes three", NULL, NULL);
	put_image(txn, t->dir, "4.jpg", "bytes bare", NULL, &e);
	t->bare = e.id;
	t->readme = put_other(txn, t->dir, "README", LIC_KIND_INERT);
	t->deep = put_by(txn, t->sub, "deep.jpg", "bytes deep", "Ann", NULL);
	commit(txn);
}

static void small_release(struct small *t)
{
	lic_catalog_close(t->cat);
	scratch_release(&t->s);
}

/* --- tests --------------------------------------------------------------------------------- */

static void test_membership(void)
{
	struct lic_snapshot_info info;
	struct lic_snapshot *s;
	struct lic_snapshot_entry m;
	struct small t;
	int64_t rank = -1;

	small_make(&t);
	is_int(make(t.cat, "v1", false, &info), 0, "a snapshot is made");
	is_int(info.images, 4, "of four images");
	is_int(info.files, 1, "another file");
	is_int(info.dirs, 3, "and three directories");
	is_int(info.bytes, 9 + 9 + 11 + 10 + 10, "with their bytes");
	is_int(make(t.cat, "v1", false, NULL), -EEXIST, "a name is used once");
	is_int(make(t.cat, "a/b", false, NULL), -EINVAL, "names are checked");
	s = look(t.cat, "v1");
	ok(has(s, 1) && has(s, t.dir) && has(s, t.sub), "directories are members");
	ok(has(s, t.one) && has(s, t.two) && has(s, t.deep) && has(s, t.readme), "so are files");
	ok(!has(s, t.bare) && !has(s, 0) && !has(s, -1) && !has(s, 1 << 20), "others are not");
	ok(lic_snapshot_rank(s, t.two, &rank, &fix_err) == 0 && rank == 4, "with a place for each");
	ok(lic_snapshot_by_name(s, t.dir, "2.jpg", 5, &m, &fix_err) == 0 && m.e.id == t.two &&
		   m.e.name.n == 5 && !m.died,
	   "found by name");
	is_int(lic_snapshot_by_name(s, t.dir, "4.jpg", 5, &m, &fix_err), -ENOENT,
	       "what is no member is not");
	is_int(lic_snapshot_by_id(s, t.bare, &m, &fix_err), -ENOENT, "nor by its number");
	is_str(listing(s, t.dir, 0), "1.jpg 2.jpg 3.jpg README sub", "listed in order");
	is_str(listing(s, t.dir, t.two), "3.jpg README sub", "from a place on");
	is_str(path_in(s, t.deep), "dir/sub/deep.jpg", "with its path");
	is_str(path_in(s, 1), "", "the root has none");
	ok(digest_holds(s), "the digest holds");
	lic_snapshot_close(s);
	is_int(lic_snapshot_open(t.cat, "v2", &s, &fix_err), -ENOENT, "another name is none");
	is_str(fix_err.msg, "no snapshot 'v2'; did you mean 'v1'?", "with what was meant");
	checks(t.cat, "with a snapshot");
	small_release(&t);
}

static void test_later(void)
{
	struct lic_decision d = { .action = LIC_ACTION_DENY,
				  .pattern = { (const uint8_t *)"dir/3.jpg", 9 },
				  .exact = true,
				  .reason = "because",
				  .who = "me" };
	struct lic_snapshot *s;
	struct lic_snapshot_entry m;
	struct lic_txn *txn;
	struct small t;
	int64_t again;

	small_make(&t);
	is_int(make(t.cat, "v1", false, NULL), 0, "a snapshot is made");
	end_entry(t.cat, t.one);
	again = add_by(t.cat, t.dir, "1.jpg", "other bytes", "Ann", NULL);
	add_by(t.cat, t.dir, "0.jpg", "newer bytes", "Ann", NULL);
	end_entry(t.cat, t.sub);
	txn = begin(t.cat);
	ok(lic_catalog_decide(txn, &d, NULL, NULL, &fix_err) == 0, "an image is denied");
	commit(txn);
	s = look(t.cat, "v1");
	is_str(listing(s, t.dir, 0), "1.jpg- 2.jpg 3.jpg README sub-", "%s: listed", ended_rows);
	is_str(listing(s, t.sub, 0), "deep.jpg-", "in a directory that is gone");
	is_str(listing(s, t.dir, t.one), "2.jpg 3.jpg README sub-", "behind a row that has ended");
	ok(lic_snapshot_by_name(s, t.dir, "1.jpg", 5, &m, &fix_err) == 0 && m.e.id == t.one &&
		   m.died,
	   "by name the row of then, not the new one");
	ok(!has(s, again), "which is no member");
	is_str(path_in(s, t.deep), "dir/sub/deep.jpg", "the path of then");
	is_str(license_in(s, t.cat, t.three), "CC0-1.0", "the rights of then");
	is_int(state_in(s, t.three, 0), LIC_MEMBER_AS_WAS, "a decision hides nothing of it");
	is_int(state_in(s, t.one, 0), LIC_MEMBER_ENDED, "what has ended is known to have");
	is_int(state_in(s, t.sub, 0), LIC_MEMBER_ENDED, "a directory, too");
	is_int(state_in(s, t.two, 0), LIC_MEMBER_AS_WAS, "the rest is as it was");
	ok(digest_holds(s), "the digest holds");
	lic_snapshot_close(s);
	checks(t.cat, "after changes");
	small_release(&t);
}

static void test_takedown(void)
{
	struct lic_snapshot *s;
	struct lic_txn *txn;
	struct small t;

	small_make(&t);
	is_int(make(t.cat, "v1", false, NULL), 0, "a snapshot is made");
	end_entry(t.cat, t.deep);
	take_down_as(t.cat, LIC_SELECT_CREATOR, "Ann", false);
	s = look(t.cat, "v1");
	is_int(state_in(s, t.one, 0), LIC_MEMBER_REVOKED, "what is revoked is");
	is_int(state_in(s, t.deep, 0), LIC_MEMBER_ENDED, "a row that had ended was not matched");
	end_entry(t.cat, t.one);
	is_int(state_in(s, t.one, 0), LIC_MEMBER_REVOKED, "its bytes stay revoked");
	txn = begin(t.cat);
	ok(lic_catalog_mark_stale(txn, t.two, &fix_err) == 0, "bytes change");
	commit(txn);
	is_int(state_in(s, t.two, 0), LIC_MEMBER_STALE, "which is known");
	is_str(license_in(s, t.cat, t.one), "CC0-1.0", "with the rights of then");
	ok(digest_holds(s), "the digest holds");
	lic_snapshot_close(s);
	checks(t.cat, "after a takedown");
	small_release(&t);
}

static void test_until(void)
{
	struct lic_decision d = { .action = LIC_ACTION_LICENSE,
				  .pattern = { (const uint8_t *)"dir/4.jpg", 9 },
				  .exact = true,
				  .license = "CC-BY-4.0",
				  .until = 4000000000,
				  .reason = "because",
				  .who = "me" };
	struct lic_snapshot *s;
	struct lic_txn *txn;
	struct small t;

	small_make(&t);
	txn = begin(t.cat);
	ok(lic_catalog_decide(txn, &d, NULL, NULL, &fix_err) == 0, "a license for a time");
	commit(txn);
	is_int(make(t.cat, "v1", false, NULL), 0, "a snapshot is made");
	s = look(t.cat, "v1");
	is_int(state_in(s, t.bare, 3999999999), LIC_MEMBER_AS_WAS, "it is there until then");
	is_int(state_in(s, t.bare, 4000000000), LIC_MEMBER_OVER, "and not after");
	lic_snapshot_close(s);
	small_release(&t);
}

/* Runs SQL beside the catalog. */
static bool poke(const char *db, const char *sql)
{
	sqlite3 *p = NULL;
	bool good = sqlite3_open(db, &p) == SQLITE_OK &&
		    sqlite3_exec(p, sql, NULL, NULL, NULL) == SQLITE_OK;

	if (!good)
		printf("# %s: %s\n", sql, sqlite3_errmsg(p));
	sqlite3_close(p);
	return good;
}

static void test_altered(void)
{
	static const char *const change[][2] = {
		{ "UPDATE entry SET name = CAST('5.jpg' AS BLOB) WHERE name = CAST('1.jpg' AS "
		  "BLOB)",
		  "UPDATE entry SET name = CAST('1.jpg' AS BLOB) WHERE name = CAST('5.jpg' AS "
		  "BLOB)" },
		{ "INSERT INTO content SELECT id, hash FROM entry WHERE id = 4; "
		  "UPDATE entry SET hash = zeroblob(16) WHERE id = 4",
		  "UPDATE entry SET hash = (SELECT sha256 FROM content WHERE entry = 4) WHERE id = "
		  "4; DELETE FROM content" },
		{ "UPDATE entry SET size = size + 1 WHERE name = CAST('README' AS BLOB)",
		  "UPDATE entry SET size = size - 1 WHERE name = CAST('README' AS BLOB)" },
		{ "UPDATE rights SET key = key || ' ' WHERE key LIKE '%CC0-1.0%'",
		  "UPDATE rights SET key = rtrim(key)" },
		{ "UPDATE snapshot_salt SET value = zeroblob(16)", NULL },
	};
	struct lic_snapshot *s;
	struct small t;

	small_make(&t);
	is_int(make(t.cat, "v1", false, NULL), 0, "a snapshot is made");
	for (size_t i = 0; i < LIC_ARRAY_SIZE(change); i++) {
		s = look(t.cat, "v1");
		ok(digest_holds(s), "the digest holds");
		ok(poke(t.s.db, change[i][0]), "something is altered: %s", change[i][0]);
		ok(!digest_holds(s), "and it does not");
		lic_snapshot_close(s);
		if (change[i][1])
			ok(poke(t.s.db, change[i][1]), "it is put back");
	}
	ok(lic_catalog_check(t.cat, &fix_err) == -EUCLEAN, "the check finds that: %s", fix_err.msg);
	small_release(&t);
}

static void test_erasure(void)
{
	struct lic_snapshot *s;
	int64_t gone = -1;
	struct small t;

	small_make(&t);
	is_int(make(t.cat, "v1", false, NULL), 0, "a snapshot is made");
	is_int(make(t.cat, "v2", false, NULL), 0, "and another one");
	take_down_as(t.cat, LIC_SELECT_CREATOR, "Ann", true);
	for (int i = 0; i < 2; i++) {
		s = look(t.cat, i ? "v2" : "v1");
		ok(digest_holds(s), "after an erasure the digest holds");
		ok(lic_snapshot_erased(s, &gone, &fix_err) == 0 && gone == 2,
		   "the salts of two leaves are gone: %lld", (long long)gone);
		lic_snapshot_close(s);
	}
	checks(t.cat, "after an erasure");
	take_down_as(t.cat, LIC_SELECT_CREATOR, "Bob", true);
	s = look(t.cat, "v1");
	ok(digest_holds(s), "and after another one");
	ok(poke(t.s.db, "UPDATE snapshot_salt SET value = zeroblob(32) WHERE leaf = "
			"(SELECT max(leaf) FROM snapshot_salt WHERE length(value) = 32)"),
	   "a leaf is altered");
	ok(!digest_holds(s), "and it does not");
	lic_snapshot_close(s);
	small_release(&t);
}

static void test_end(void)
{
	struct lic_snapshot *s;
	struct lic_txn *txn;
	struct small t;

	small_make(&t);
	is_int(make(t.cat, "v1", false, NULL), 0, "a snapshot is made");
	txn = begin(t.cat);
	is_int(lic_snapshot_rm(txn, "v1", "me", &fix_err), 0, "and removed");
	commit(txn);
	is_int(lic_snapshot_open(t.cat, "v1", &s, &fix_err), -ENOENT, "then it is gone");
	is_int(make(t.cat, "v1", false, NULL), 0, "its name may be used again");
	checks(t.cat, "after that");
	txn = begin(t.cat);
	is_int(lic_snapshot_rm(txn, "v3", "me", &fix_err), -ENOENT, "one that is not there");
	lic_catalog_abort(txn);
	small_release(&t);
}

static void test_contents(void)
{
	struct lic_snapshot_info info = {
		.name = "v1", .view = "", .expr = "", .basis = "", .who = "me", .sha256 = true
	};
	uint8_t sum[32] = { 1 };
	struct lic_snapshot *s;
	struct lic_txn *txn;
	struct small t;
	int64_t missing = 0, id[] = { 0, 0, 0, 0, 0 };

	small_make(&t);
	id[0] = t.one, id[1] = t.two, id[2] = t.three, id[3] = t.readme, id[4] = t.deep;
	txn = begin(t.cat);
	is_int(lic_snapshot_make(txn, &info, keep_clear, t.cat, &missing, &fix_err), -ENODATA,
	       "SHA-256 is not known");
	ok(missing == t.one, "of the first image");
	lic_catalog_abort(txn);
	txn = begin(t.cat);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(id); i++)
		ok(lic_catalog_content_put(txn, id[i], sum, &fix_err) == 0, "it is put");
	commit(txn);
	is_int(make(t.cat, "v1", true, NULL), 0, "then a snapshot can be made");
	s = look(t.cat, "v1");
	ok(digest_holds(s), "whose digest holds");
	ok(poke(t.s.db, "UPDATE content SET sha256 = zeroblob(32) WHERE entry = 8"), "altered");
	ok(!digest_holds(s), "it does not");
	lic_snapshot_close(s);
	txn = begin(t.cat);
	is_int(lic_snapshot_rm(txn, "v1", "me", &fix_err), 0, "and removed");
	commit(txn);
	is_int(lic_catalog_content(t.cat, t.one, sum, &fix_err), -ENOENT,
	       "with the last one what was known of contents goes");
	small_release(&t);
}

static void test_names(void)
{
	char longest[LIC_SNAPSHOT_NAME_MAX + 2];

	memset(longest, 'x', sizeof(longest));
	longest[LIC_SNAPSHOT_NAME_MAX + 1] = '\0';
	ok(!lic_snapshot_name_valid(longest), "256 bytes are too many");
	longest[LIC_SNAPSHOT_NAME_MAX] = '\0';
	ok(lic_snapshot_name_valid(longest), "255 are not");
	ok(lic_snapshot_name_valid("a b-2026.11 \xc3\xa4"), "a name");
	ok(!lic_snapshot_name_valid("") && !lic_snapshot_name_valid(".x") &&
		   !lic_snapshot_name_valid("a/b") && !lic_snapshot_name_valid("a\nb") &&
		   !lic_snapshot_name_valid("a\x7f") && !lic_snapshot_name_valid("a\xff") &&
		   !lic_snapshot_name_valid("\xe2\x80\xae") && !lic_snapshot_name_valid(" ") &&
		   !lic_snapshot_name_valid("a ") && !lic_snapshot_name_valid("a\xe2\x80\x8b"),
	   "no names");
}

int main(void)
{
	test_names();
	test_membership();
	test_later();
	test_takedown();
	test_until();
	test_altered();
	test_erasure();
	test_end();
	test_contents();
	return done_testing();
}
