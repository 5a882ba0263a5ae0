/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of manifests that are damaged, too many, or not allowed; and the collections they make. */
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "tests/unit/manifest_fixture.h"

/* --- damage ------------------------------------------------------------------------------- */

static bool poke(const char *db, const char *sql)
{
	sqlite3 *p = NULL;
	bool good = sqlite3_open(db, &p) == SQLITE_OK &&
		    sqlite3_exec(p, sql, NULL, NULL, NULL) == SQLITE_OK;

	sqlite3_close(p);
	return good;
}

static void damaged(const char *sql, const char *what)
{
	static const struct row rows[] = {
		{ .key = { "path:a" }, .license = "CC0-1.0" },
		{ .key = { "path:b" }, .license = "CC0-1.0" },
	};
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn;
	struct lic_entry e;

	put(cat, 1, "a", "1");
	put(cat, 1, "b", "2");
	import(cat, "m", "", rows, 2);
	lic_catalog_close(cat);
	ok(poke(s.db, sql), "%s", what);
	cat = scratch_open(&s, LIC_CATALOG_WRITE);
	ok(lic_catalog_check(cat, &fix_err) == -EUCLEAN, "is found by the check: %s", fix_err.msg);
	ok(lic_catalog_by_path(cat, "a", 1, &e, &fix_err) == 0, "the image is there");
	txn = begin(cat);
	ok(lic_catalog_rejudge(txn, e.id, NULL, &fix_err) == 0, "judged again: %s", fix_err.msg);
	commit(txn);
	is_str(license_of(cat, "a"), "unreadable", "it is hidden");
	is_str(license_of(cat, "b"), "CC0-1.0", "others are not");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_damage(void)
{
	static const struct row rows[] = { { .key = { "path:a" }, .license = "CC0-1.0" },
					   { .key = { "path:a" }, .damage = "cut off" } };
	struct scratch s;
	struct lic_catalog *cat;

	damaged("UPDATE manifest_row SET claims = CAST(substr(claims, 1, length(claims) - 1) AS "
		"BLOB) WHERE id = "
		"1",
		"a row cut short");
	damaged("UPDATE manifest_row SET claims = CAST(claims || x'00' AS BLOB) WHERE id = 1",
		"a row too long");
	damaged("UPDATE manifest_row SET claims = CAST(x'02' || substr(claims, 2) AS BLOB) WHERE "
		"id = 1",
		"a row of the future");
	damaged("UPDATE manifest_row SET claims = x'' WHERE id = 1", "an empty row");
	damaged("UPDATE manifest_row SET keys = x'01ff' WHERE id = 1", "keys without end");
	damaged("DELETE FROM manifest_row WHERE id = 1", "a row that is gone");
	cat = scratch_make(&s);
	put(cat, 1, "a", "1");
	put(cat, 1, "b", "2");
	import(cat, "m", "", rows, 2);
	is_str(license_of(cat, "a"), "unreadable", "a row that says it is damaged hides");
	is_str(license_of(cat, "b"), "unlicensed", "only what it is about");
	checks(cat, "with such a row");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* Another version of the program may find other keys in the same rows. */
static void test_rebuild(void)
{
	static const struct row rows[] = { { .key = { "tail:a", "path:d/b" },
					     .license = "CC0-1.0" },
					   { .key = { "glob:c*" }, .license = "CC-BY-4.0" } };
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);

	put(cat, 1, "a", "1");
	put(cat, 1, "c", "2");
	import(cat, "m", "", rows, 2);
	lic_catalog_close(cat);
	ok(poke(s.db, "DELETE FROM row_key; INSERT INTO row_key VALUES (77, 1); "
		      "UPDATE meta SET value = 'of another version' WHERE key = 'facts'"),
	   "keys of another version");
	cat = scratch_open(&s, LIC_CATALOG_WRITE);
	is_str(license_of(cat, "a"), "CC0-1.0", "are made anew from the rows");
	is_str(license_of(cat, "c"), "CC-BY-4.0", "patterns, too");
	checks(cat, "then");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- many --------------------------------------------------------------------------------- */

static int import_many(struct lic_txn *txn, const char *key, int n)
{
	struct lic_manifest m = { .collection = "many", .root = { (const uint8_t *)"", 0 } };
	struct row r = { .key = { key }, .license = "CC0-1.0" };
	struct lic_import_result res;
	struct lic_import *imp = NULL;
	int rc = lic_catalog_import(txn, &m, &imp, &fix_err);

	for (int i = 0; rc == 0 && i < n; i++) {
		struct lic_claims claims = LIC_CLAIMS_INIT;
		struct lic_key keys[3];
		struct lic_row row;

		make_row(&r, (uint64_t)i + 1, keys, &claims, &row);
		rc = lic_import_row(imp, &row, &fix_err);
		lic_claims_release(&claims);
	}
	if (rc == 0)
		rc = lic_import_finish(imp, NULL, &res, &fix_err);
	else
		lic_import_abort(imp);
	return rc;
}

static void test_many(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn;

	put(cat, 1, "image.jpg", "1");
	put(cat, 1, "b", "2");
	txn = begin(cat);
	ok(import_many(txn, "tail:image.jpg", LIC_JOINED_MAX) == 0, "many rows about one image");
	commit(txn);
	is_str(license_of(cat, "image.jpg"), "CC0-1.0", "are all read");
	checks(cat, "with many rows");
	txn = begin(cat);
	ok(import_many(txn, "tail:image.jpg", LIC_JOINED_MAX + 1) == 0, "too many");
	commit(txn);
	is_str(license_of(cat, "image.jpg"), "unreadable", "hide it");
	is_str(license_of(cat, "b"), "unlicensed", "and nothing else");
	checks(cat, "with too many");
	txn = begin(cat);
	ok(import_many(txn, "tail:b", 5000) == 0, "superseded");
	commit(txn);
	is_str(license_of(cat, "image.jpg"), "unlicensed", "they hide no more");
	is_str(license_of(cat, "b"), "unreadable", "but another");
	txn = begin(cat);
	ok(import_many(txn, "tail:c", 1) == 0, "superseded again");
	commit(txn);
	is_str(license_of(cat, "b"), "unlicensed", "nothing is left");
	checks(cat, "in the end");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- collections -------------------------------------------------------------------------- */

static int see_collection(void *ctx, const char *name, bool sure)
{
	lic_buf_addf(ctx, "%s%s ", name, sure ? "" : "?");
	return 0;
}

static int see_member(void *ctx, int64_t entry, bool sure)
{
	lic_buf_addf(ctx, "%lld%s ", (long long)entry, sure ? "" : "?");
	return 0;
}

static int see_change(void *ctx, const struct lic_change *c)
{
	lic_buf_addf(ctx, "%.*s ", (int)c->name.n, (const char *)c->name.p);
	return 0;
}

static void test_collections(void)
{
	static const struct row one[] = { { .key = { "path:a" } }, { .key = { "tail:b" } } };
	static const struct row two[] = { { .key = { "glob:a*" } }, { .key = { "path:a" } } };
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_buf b = LIC_BUF_INIT(4096);
	int64_t d = make_dir(cat, 1, "d"), gen;
	int64_t a = put(cat, 1, "a", "1"), x = put(cat, 1, "b", "2"), y = put(cat, d, "b", "3");

	import(cat, "one", "", one, 2);
	gen = lic_catalog_generation(cat);
	lic_buf_reset(&b);
	ok(lic_catalog_changes(cat, gen - 1, see_change, &b, &fix_err) == 0, "changes");
	ok(strstr(lic_buf_str(&b), "a ") && strstr(lic_buf_str(&b), "b "),
	   "mounts hear of collections where no rights change: %s", lic_buf_str(&b));
	import(cat, "two", "", two, 2);
	lic_buf_reset(&b);
	ok(lic_catalog_collections(cat, a, see_collection, &b, &fix_err) == 0, "collections");
	is_str(lic_buf_str(&b), "one two ", "of an image, once each");
	lic_buf_reset(&b);
	ok(lic_catalog_collections(cat, x, see_collection, &b, &fix_err) == 0, "collections");
	is_str(lic_buf_str(&b), "one? ", "in doubt");
	lic_buf_reset(&b);
	ok(lic_catalog_collections(cat, d, see_collection, &b, &fix_err) == 0 && !b.len,
	   "a directory is in none");
	ok(lic_catalog_collection_images(cat, "one", see_member, &b, &fix_err) == 0, "members");
	{
		char want[64];

		snprintf(want, sizeof(want), "%lld %lld? %lld? ", (long long)a, (long long)x,
			 (long long)y);
		is_str(lic_buf_str(&b), want, "of a collection");
	}
	lic_buf_reset(&b);
	ok(lic_catalog_collection_images(cat, "two", see_member, &b, &fix_err) == 0 && b.len == 2,
	   "members by a pattern: %s", lic_buf_str(&b));
	ok(lic_catalog_collection_images(cat, "none", see_member, &b, &fix_err) == -ENOENT,
	   "no such collection");
	gen = lic_catalog_generation(cat);
	import(cat, "two", "", two, 0);
	lic_buf_reset(&b);
	ok(lic_catalog_changes(cat, gen, see_change, &b, &fix_err) == 0, "changes");
	ok(strstr(lic_buf_str(&b), "a ") != NULL, "mounts hear where a pattern ends: %s",
	   lic_buf_str(&b));
	end(cat, y);
	lic_buf_reset(&b);
	ok(lic_catalog_collections(cat, x, see_collection, &b, &fix_err) == 0, "collections");
	is_str(lic_buf_str(&b), "one? ", "in doubt, for the row may have meant the other");
	import(cat, "one", "", one, LIC_ARRAY_SIZE(one));
	lic_buf_reset(&b);
	ok(lic_catalog_collections(cat, x, see_collection, &b, &fix_err) == 0, "collections");
	is_str(lic_buf_str(&b), "one ", "until it is imported again");
	checks(cat, "with collections");
	lic_buf_release(&b);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- what a manifest may not say ---------------------------------------------------------- */

static void test_refusals(void)
{
	static const struct row boss[] = {
		{ .key = { "path:a" }, .license = "CC0-1.0", .rank = LIC_RANK_OPERATOR }
	};
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	char *big = malloc(5u << 20);
	struct row huge[] = { { .key = { "path:a" }, .license = "CC0-1.0", .creator = big } };

	memset(big, 'x', (5u << 20) - 1);
	big[(5u << 20) - 1] = 0;
	put(cat, 1, "a", "1");
	ok(import(cat, "m", "", boss, 1).rows == -EINVAL, "a row that speaks as the operator");
	ok(import(cat, "m", "", huge, 1).rows == -EFBIG, "a row that is too large");
	is_str(license_of(cat, "a"), "unlicensed", "nothing is left of them");
	checks(cat, "after refusals");
	free(big);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- kills -------------------------------------------------------------------------------- */

#define KILL_IMAGES 40

/* Imports now one license for all images, now another, until it is killed. */
static void import_forever(struct scratch *s)
{
	static char text[KILL_IMAGES][16];
	static struct row rows[KILL_IMAGES];
	struct lic_catalog *cat = scratch_open(s, LIC_CATALOG_WRITE);

	for (unsigned round = 0;; round++) {
		for (int i = 0; i < KILL_IMAGES; i++) {
			snprintf(text[i], sizeof(text[i]), "tail:%d", i);
			rows[i] = (struct row){ .key = { text[i] },
						.license = round % 2 ? "CC0-1.0" : "CC-BY-4.0" };
		}
		import(cat, "m", "", rows, KILL_IMAGES);
	}
}

/* All images have the same license, or none. */
static bool whole(struct lic_catalog *cat)
{
	const char *first = license_of(cat, "0");

	for (int i = 1; i < KILL_IMAGES; i++) {
		char path[16];

		snprintf(path, sizeof(path), "%d", i);
		if (strcmp(license_of(cat, path), first) != 0)
			return false;
	}
	return true;
}

static void test_kills(void)
{
	bool sound = true, same = true, killed = true;
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_catalog *cat;
	struct lic_txn *txn;
	struct scratch s;

	cat = scratch_make(&s);
	txn = begin(cat);
	for (int i = 0; i < KILL_IMAGES; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d", i);
		put_image(txn, 1, name, name, NULL, NULL);
	}
	commit(txn);
	lic_catalog_close(cat);
	fflush(stdout);
	for (int i = 0; i < 30; i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			import_forever(&s);
		usleep((useconds_t)(1000 + i * 1500));
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		killed &= WIFSIGNALED(status);
		cat = scratch_open(&s, LIC_CATALOG_WRITE);
		sound &= lic_catalog_check(cat, &err) == 0;
		same &= whole(cat);
		lic_catalog_close(cat);
	}
	ok(killed, "imports ran until they were killed");
	ok(sound, "the catalog is sound after each: %s", err.msg);
	ok(same, "and holds a whole import");
	scratch_release(&s);
}

int main(void)
{
	test_kills();
	test_damage();
	test_rebuild();
	test_many();
	test_collections();
	test_refusals();
	return done_testing();
}
