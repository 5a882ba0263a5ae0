/* SPDX-License-Identifier: Apache-2.0 */
/* Images in archives: they have paths for names, and count, follow decisions and join rows of
 * manifests as images in directories do. */
#include "tests/unit/document_fixture.h"
#include "tests/unit/manifest_fixture.h"

struct archive {
	struct scratch s;
	struct lic_catalog *cat;
	int64_t dir, tar, flat, deep;
};

static void archive_make(struct archive *a, const char *license)
{
	struct lic_entry e;
	struct lic_txn *txn;

	a->cat = scratch_make(&a->s);
	txn = begin(a->cat);
	a->dir = put_dir(txn, 1, "d");
	a->tar = put_document(txn, a->dir, "a.tar");
	commit(txn);
	txn = begin(a->cat);
	ok(put_image(txn, a->tar, "1.jpg", "1", license, &e) == 0, "a member");
	a->flat = e.id;
	ok(put_image(txn, a->tar, "x/y/2.jpg", "2", license, &e) == 0, "one in a directory");
	a->deep = e.id;
	commit(txn);
}

static void archive_release(struct archive *a)
{
	lic_catalog_close(a->cat);
	scratch_release(&a->s);
}

static int64_t id_at(struct lic_catalog *cat, const char *path)
{
	struct lic_entry e;

	return lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) == 0 ? e.id : 0;
}

static void path_is(struct lic_catalog *cat, int64_t id, const char *path)
{
	_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(1u << 12);

	ok(lic_catalog_entry_path(cat, id, &out, &fix_err) == 0, "has a path");
	is_str(lic_buf_str(&out), path, "the path");
}

static int add_count(void *ctx, int64_t rights _unused_, int64_t count, int64_t emptied _unused_)
{
	*(int64_t *)ctx += count;
	return 0;
}

static int64_t count_below(struct lic_catalog *cat, int64_t dir)
{
	int64_t n = 0;

	return lic_catalog_dir_rights(cat, dir, add_count, &n, &fix_err) < 0 ? -1 : n;
}

static int add_change(void *ctx, const struct lic_change *c)
{
	lic_buf_addf(ctx, "%lld/%lld:%.*s ", (long long)c->dir, (long long)c->entry, (int)c->name.n,
		     c->name.n ? (const char *)c->name.p : "");
	return 0;
}

static void changes_are(struct lic_catalog *cat, int64_t since, const char *wanted)
{
	_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(1u << 20);

	ok(lic_catalog_changes(cat, since, add_change, &out, &fix_err) == 0, "the feed is read");
	is_str(lic_buf_str(&out), wanted, "mounts hear");
}

static int64_t touched(struct lic_catalog *cat, int64_t id)
{
	struct lic_document d;

	return lic_catalog_document(cat, id, &d, &fix_err) < 0 ? -1 : d.touched;
}

/* --- names -------------------------------------------------------------------------------- */

static void test_paths(void)
{
	struct archive a;

	archive_make(&a, "CC0-1.0");
	checks(a.cat, "with an archive");
	is_int(id_at(a.cat, "d/a.tar/1.jpg"), a.flat, "found by its path");
	is_int(id_at(a.cat, "d/a.tar/x/y/2.jpg"), a.deep, "found by a deep one");
	is_int(id_at(a.cat, "/d//a.tar//x//y/2.jpg/"), a.deep, "with too many slashes");
	is_int(id_at(a.cat, "d/a.tar/"), a.tar, "the archive itself");
	is_int(id_at(a.cat, "d/a.tar/x/y"), 0, "what only leads there has no entry");
	is_int(id_at(a.cat, "d/a.tar/1.jpg/2.jpg"), 0, "nothing lies in an image");
	path_is(a.cat, a.deep, "d/a.tar/x/y/2.jpg");
	{
		char path[400] = "d/a.tar/";

		memset(path + 8, 'n', 300);
		is_int(id_at(a.cat, path), 0, "a name that is too long is nobody's");
	}
	archive_release(&a);
}

static void test_names(void)
{
	static const char *const bad[] = { "/x",    "x/",   "x//y", ".", "..", "./x",
					   "x/./y", "x/..", "../x", "/", "" };
	char name[257];
	struct archive a;
	struct lic_txn *txn;
	struct lic_entry e;

	archive_make(&a, NULL);
	for (size_t i = 0; i < LIC_ARRAY_SIZE(bad); i++) {
		txn = begin(a.cat);
		ok(put_image(txn, a.tar, bad[i], "3", NULL, NULL) == -EINVAL, "'%s' is no member",
		   bad[i]);
		lic_catalog_abort(txn);
	}
	txn = begin(a.cat);
	memset(name, 'n', 256);
	name[256] = 0;
	name[100] = '/';
	ok(put_image(txn, a.tar, name, "3", NULL, NULL) == -EINVAL, "256 bytes are too many");
	lic_catalog_abort(txn);
	txn = begin(a.cat);
	name[255] = 0;
	ok(put_image(txn, a.tar, name, "3", NULL, NULL) == 0, "255 bytes are not");
	ok(put_image(txn, a.tar, "...", "4", NULL, NULL) == 0, "three dots are a name");
	commit(txn);
	txn = begin(a.cat);
	ok(put_other(txn, a.tar, "x.txt", LIC_KIND_INERT) < 0, "only images lie in an archive");
	lic_catalog_abort(txn);
	txn = begin(a.cat);
	ok(put_dir(txn, a.tar, "x") < 0, "and no directories");
	lic_catalog_abort(txn);
	txn = begin(a.cat);
	ok(put_image(txn, a.dir, "x/y", "3", NULL, NULL) == -EINVAL,
	   "no directory holds names with slashes");
	lic_catalog_abort(txn);
	txn = begin(a.cat);
	e = entry_of(a.flat, "x", 1, LIC_KIND_INERT);
	ok(lic_catalog_put(txn, &e, NULL, &fix_err) < 0, "nothing lies in an image");
	lic_catalog_abort(txn);
	checks(a.cat, "after names");
	archive_release(&a);
}

/* --- [I6] and the feed -------------------------------------------------------------------- */

static void test_counts(void)
{
	struct archive a;
	struct lic_txn *txn;
	char wanted[128];

	archive_make(&a, "CC0-1.0");
	ok(count_below(a.cat, a.tar) == 2 && count_below(a.cat, a.dir) == 2 &&
		   count_below(a.cat, 1) == 2,
	   "[I6] members count up to the root");
	is_int(touched(a.cat, a.tar), 2, "members that came touch the archive");
	snprintf(wanted, sizeof(wanted),
		 "1/%lld:d %lld/%lld:a.tar %lld/%lld:x/y/2.jpg "
		 "%lld/%lld:1.jpg ",
		 (long long)a.dir, (long long)a.dir, (long long)a.tar, (long long)a.tar,
		 (long long)a.deep, (long long)a.tar, (long long)a.flat);
	{
		_cleanup_(lic_buf_release) struct lic_buf out = LIC_BUF_INIT(1u << 20);

		ok(lic_catalog_changes(a.cat, 1, add_change, &out, &fix_err) == 0 &&
			   strlen(wanted) == out.len && strstr(lic_buf_str(&out), ":a.tar "),
		   "and mounts hear of it");
	}

	txn = begin(a.cat);
	ok(lic_catalog_mark_stale(txn, a.deep, &fix_err) == 0, "other rights for a member");
	commit(txn);
	is_int(touched(a.cat, a.tar), 3, "touch the archive");
	snprintf(wanted, sizeof(wanted), "%lld/%lld:x/y/2.jpg %lld/%lld:a.tar 1/%lld:d ",
		 (long long)a.tar, (long long)a.deep, (long long)a.dir, (long long)a.tar,
		 (long long)a.dir);
	changes_are(a.cat, 3 - 1, wanted);
	checks(a.cat, "with other rights");

	txn = begin(a.cat);
	ok(lic_catalog_end(txn, a.flat, &fix_err) == 0, "a member ends");
	commit(txn);
	is_int(touched(a.cat, a.tar), 4, "and touches the archive");
	is_int(count_below(a.cat, 1), 1, "[I6] one is left");
	checks(a.cat, "with a member less");
	archive_release(&a);
}

static void test_end(void)
{
	struct archive a;
	struct lic_txn *txn;
	struct lic_entry e;

	archive_make(&a, "CC0-1.0");
	txn = begin(a.cat);
	ok(lic_catalog_end(txn, a.tar, &fix_err) == 0, "the archive ends");
	commit(txn);
	ok(lic_catalog_by_id(a.cat, a.flat, &e, &fix_err) == -ENOENT &&
		   lic_catalog_by_id(a.cat, a.deep, &e, &fix_err) == -ENOENT,
	   "and its members with it");
	is_int(count_below(a.cat, 1), 0, "[I6] nothing is left");
	checks(a.cat, "without the archive");
	archive_release(&a);

	archive_make(&a, "CC0-1.0");
	txn = begin(a.cat);
	ok(lic_catalog_end(txn, a.dir, &fix_err) == 0, "its directory ends");
	commit(txn);
	ok(lic_catalog_by_id(a.cat, a.deep, &e, &fix_err) == -ENOENT, "members end too");
	checks(a.cat, "without the directory");
	archive_release(&a);

	archive_make(&a, "CC0-1.0");
	txn = begin(a.cat);
	ok(lic_catalog_place(txn, a.tar, LIC_KIND_HIDDEN, LIC_RULE_MALFORMED, &fix_err) == 0,
	   "it is no archive any more");
	commit(txn);
	ok(id_at(a.cat, "d/a.tar") == a.tar && !id_at(a.cat, "d/a.tar/1.jpg"), "members end");
	is_int(count_below(a.cat, 1), 0, "[I6] and count no more");
	checks(a.cat, "with what was an archive");
	txn = begin(a.cat);
	ok(put_image(txn, a.tar, "1.jpg", "1", NULL, NULL) == -ENOENT, "nothing lies in it");
	lic_catalog_abort(txn);
	txn = begin(a.cat);
	ok(lic_catalog_place(txn, a.tar, LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, &fix_err) == 0 &&
		   put_image(txn, a.tar, "1.jpg", "1", NULL, NULL) == 0 &&
		   lic_catalog_place(txn, a.tar, LIC_KIND_HIDDEN, LIC_RULE_WAITING, &fix_err) ==
			   0 &&
		   lic_catalog_place(txn, a.tar, LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, &fix_err) ==
			   0 &&
		   put_image(txn, a.tar, "2.jpg", "1", NULL, NULL) == 0,
	   "now it is, is not, and is");
	commit(txn);
	is_int(count_below(a.cat, 1), 1, "[I6] with one member");
	checks(a.cat, "with the archive again");
	archive_release(&a);
}

static void test_indexed_anew(void)
{
	struct archive a;
	struct lic_txn *txn;

	archive_make(&a, "CC0-1.0");
	txn = begin(a.cat);
	ok(index_as(txn, a.tar, LIC_KIND_DOCUMENT, LIC_RULE_RECORDS, "") == 0, "indexed anew");
	ok(bind_document(txn, a.tar, "packed", NULL, 0) == 0, "and bound, without ids");
	commit(txn);
	is_int(id_at(a.cat, "d/a.tar/1.jpg"), a.flat, "members keep their ids");
	checks(a.cat, "after indexing anew");
	archive_release(&a);
}

/* --- what else is said of images ---------------------------------------------------------- */

static int decide(struct lic_catalog *cat, const char *pattern, bool exact, enum lic_action action)
{
	struct lic_decision d = { .action = action,
				  .pattern = { (const uint8_t *)pattern, strlen(pattern) },
				  .exact = exact,
				  .license = action == LIC_ACTION_LICENSE ? "CC0-1.0" : NULL,
				  .reason = "r" };
	struct lic_txn *txn = begin(cat);
	int64_t matched = -1, changed = -1;
	int r = lic_catalog_decide(txn, &d, &matched, &changed, &fix_err);

	if (r < 0) {
		printf("# %s\n", fix_err.msg);
		lic_catalog_abort(txn);
		return r;
	}
	commit(txn);
	return (int)matched;
}

static void test_decisions(void)
{
	struct archive a;

	archive_make(&a, "CC0-1.0");
	is_int(decide(a.cat, "d/a.tar/*", false, LIC_ACTION_DENY), 1, "a star stops at a slash");
	ok(status_of(a.cat, "d/a.tar/1.jpg") != LIC_STATUS_CLEAR &&
		   status_of(a.cat, "d/a.tar/x/y/2.jpg") == LIC_STATUS_CLEAR,
	   "one is hidden");
	is_int(decide(a.cat, "d/**/2.jpg", false, LIC_ACTION_DENY), 1, "two stars do not");
	ok(status_of(a.cat, "d/a.tar/x/y/2.jpg") != LIC_STATUS_CLEAR, "the other one is hidden");
	checks(a.cat, "after patterns");
	archive_release(&a);

	archive_make(&a, "CC0-1.0");
	is_int(decide(a.cat, "d/a.tar/", false, LIC_ACTION_DENY), 2, "all below an archive");
	is_int(decide(a.cat, "d/a.tar/x/", false, LIC_ACTION_DENY), 1, "all below a path in it");
	is_int(decide(a.cat, "d/a.tar/x/y/2.jpg", false, LIC_ACTION_DENY), 1, "a whole path");
	checks(a.cat, "after directories");
	archive_release(&a);

	archive_make(&a, NULL);
	is_int(decide(a.cat, "d/a.tar/x/y/2.jpg", true, LIC_ACTION_LICENSE), 1, "an exact path");
	is_int(status_of(a.cat, "d/a.tar/x/y/2.jpg"), LIC_STATUS_CLEAR, "grants");
	checks(a.cat, "after an exact decision");
	archive_release(&a);
}

/* A decision follows the bytes into an archive, and out of it to one of the same name. */
static void test_follow(void)
{
	struct archive a;
	struct lic_txn *txn;

	archive_make(&a, NULL);
	txn = begin(a.cat);
	ok(put_image(txn, 1, "2.jpg", "7", NULL, NULL) == 0, "an image beside it");
	commit(txn);
	is_int(decide(a.cat, "2.jpg", true, LIC_ACTION_LICENSE), 1, "is licensed");
	is_int(decide(a.cat, "d/a.tar/1.jpg", true, LIC_ACTION_DENY), 1, "a member is denied");
	txn = begin(a.cat);
	ok(lic_catalog_end(txn, id_at(a.cat, "2.jpg"), &fix_err) == 0 &&
		   put_image(txn, a.tar, "z/2.jpg", "7", NULL, NULL) == 0,
	   "it moves into the archive");
	ok(put_image(txn, 1, "copy.jpg", "1", "CC0-1.0", NULL) == 0, "a copy of the member");
	commit(txn);
	is_int(status_of(a.cat, "d/a.tar/z/2.jpg"), LIC_STATUS_CLEAR, "the license follows");
	ok(status_of(a.cat, "copy.jpg") != LIC_STATUS_CLEAR, "and so does the denial");
	checks(a.cat, "after moves");
	archive_release(&a);
}

static void test_manifests(void)
{
	static const struct row rows[] = {
		{ .key = { "path:d/a.tar/1.jpg" }, .license = "CC-BY-4.0" },
		{ .key = { "stem:2" }, .license = "CC-BY-SA-4.0" },
	};
	static const struct row tail[] = {
		{ .key = { "tail:y/2.jpg" }, .license = "CC-BY-4.0" },
		{ .key = { "glob:a.tar/*.jpg" }, .license = "CC0-1.0" },
	};
	struct archive a;

	archive_make(&a, NULL);
	is_int(import(a.cat, "m", "", rows, 2).matched, 2, "rows find members");
	is_str(license_of(a.cat, "d/a.tar/1.jpg"), "CC-BY-4.0", "by path");
	is_str(license_of(a.cat, "d/a.tar/x/y/2.jpg"), "CC-BY-SA-4.0", "by stem");
	checks(a.cat, "with rows about members");
	is_int(import(a.cat, "m", "d", tail, 2).matched, 2, "and other ones");
	is_str(license_of(a.cat, "d/a.tar/1.jpg"), "CC0-1.0", "by pattern");
	is_str(license_of(a.cat, "d/a.tar/x/y/2.jpg"), "CC-BY-4.0", "by the end of the path");
	checks(a.cat, "with rows below a directory");
	archive_release(&a);
}

static void test_rules(void)
{
	static const struct row rules[] = { { .key = { "rule:**" }, .license = "CC-BY-4.0" } };
	struct archive a;
	struct lic_txn *txn;

	archive_make(&a, NULL);
	txn = begin(a.cat);
	ok(put_rule_rows(txn, a.dir, "REUSE.toml", rules, 1) == 0, "a rule file");
	commit(txn);
	is_str(license_of(a.cat, "d/a.tar/x/y/2.jpg"), "CC-BY-4.0", "is about members");
	checks(a.cat, "with rules");
	txn = begin(a.cat);
	ok(put_rule_rows(txn, a.tar, "REUSE.toml", rules, 1) < 0, "an archive has none of its own");
	lic_catalog_abort(txn);
	archive_release(&a);
}

/* What reserves beside one file holds for the same bytes in an archive. */
static void test_twins(void)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_claim optout = { .rank = LIC_RANK_SIDECAR,
				    .role = LIC_ROLE_RESERVATION,
				    .packet = 1,
				    .reserve = LIC_RESERVE_AI_TRAINING,
				    .source = "sidecar",
				    .field = "noai",
				    .raw = { (const uint8_t *)"no", 2 },
				    .text = "no" };
	struct archive a;
	struct lic_entry e = entry_of(1, "copy.jpg", 8, LIC_KIND_IMAGE);
	struct lic_txn *txn;

	archive_make(&a, "CC0-1.0");
	lic_hash128("2", 1, e.hash.b);
	e.st.size = 1;
	lic_claims_add(&claims, &optout);
	txn = begin(a.cat);
	ok(lic_catalog_put(txn, &e, &claims, &fix_err) == 0, "a copy with an opt-out beside it");
	commit(txn);
	lic_claims_release(&claims);
	ok(rights_of(a.cat, "d/a.tar/x/y/2.jpg")->reservations != 0, "reserves the member");
	ok(rights_of(a.cat, "d/a.tar/1.jpg")->reservations == 0, "and no other");
	is_int(touched(a.cat, a.tar), 3, "and touches the archive");
	checks(a.cat, "with twins");
	archive_release(&a);
}

int main(void)
{
	test_paths();
	test_names();
	test_counts();
	test_end();
	test_indexed_anew();
	test_decisions();
	test_follow();
	test_manifests();
	test_rules();
	test_twins();
	return done_testing();
}
