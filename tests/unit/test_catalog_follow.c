/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions on a file and the bytes that it was made about: moves, copies, swaps, returns. */
#include "tests/unit/catalog_fixture.h"

static struct lic_catalog *cat;
static struct lic_txn *txn;
static struct scratch s;

static void put(const char *path, const char *bytes)
{
	const char *slash = strrchr(path, '/');
	struct lic_entry dir;

	if (lic_catalog_by_path(cat, path, slash ? (size_t)(slash - path) : 0, &dir, &fix_err) < 0)
		dir.id = -1;
	ok(put_image(txn, dir.id, slash ? slash + 1 : path, bytes, NULL, NULL) == 0, "put %s",
	   path);
}

static void end(const char *path)
{
	struct lic_entry e;

	ok(lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) == 0 &&
		   lic_catalog_end(txn, e.id, &fix_err) == 0,
	   "%s goes", path);
}

static int64_t decide(const char *path, enum lic_action action, const char *license)
{
	struct lic_decision d = {
		.action = action,
		.pattern = { (const uint8_t *)path, strlen(path) },
		.exact = true,
		.license = license,
		.reason = "because",
	};
	int64_t matched = -1;

	txn = begin(cat);
	ok(lic_catalog_decide(txn, &d, &matched, NULL, &fix_err) == 0, "decided on %s", path);
	commit(txn);
	return d.number;
}

/* Paths of the images that are clear, in order, each with its license, for `want`. */
static void clear_are(const char *want, const char *when)
{
	static const char *const path[] = { "a", "b", "c", "d/a", "d/b", "e/a", "e/b", "e/z" };
	struct lic_buf got = LIC_BUF_INIT(1024);

	for (size_t i = 0; i < LIC_ARRAY_SIZE(path); i++) {
		const struct lic_rights *r = NULL;
		struct lic_entry e;

		if (lic_catalog_by_path(cat, path[i], strlen(path[i]), &e, &fix_err) == 0)
			r = lic_catalog_rights(cat, e.rights, &fix_err);
		if (r && r->status == LIC_STATUS_CLEAR)
			lic_buf_addf(&got, "%s%s=%s", got.len ? " " : "", path[i], r->license);
		else if (r && r->status == LIC_STATUS_CONFLICT)
			lic_buf_addf(&got, "%s%s!", got.len ? " " : "", path[i]);
	}
	is_str(lic_buf_str(&got), want, "%s", when);
	lic_buf_release(&got);
}

static void store_begin(void)
{
	cat = scratch_make(&s);
	txn = begin(cat);
	put_dir(txn, 1, "d");
	put_dir(txn, 1, "e");
}

static void store_end(void)
{
	checks(cat, "in the end");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void field_is(const char *path, const char *field)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e;

	ok(lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) == 0 &&
		   lic_catalog_claims(cat, e.id, &claims, &fix_err) == 0 && claims.n == 1,
	   "%s has one claim", path);
	is_str(claims.n ? claims.item[0].field : "", field, "which says for what it was made");
	lic_claims_release(&claims);
}

/* What grants goes along with a move, whichever order the scan sees it in, and never to a copy. */
static void test_grant(void)
{
	store_begin();
	put("b", "1"); /* a copy that was there before */
	put("d/a", "1");
	commit(txn);
	decide("d/a", LIC_ACTION_LICENSE, "CC0-1.0");
	clear_are("d/a=CC0-1.0", "one of two files with the same bytes");
	txn = begin(cat);
	put("c", "1");
	commit(txn);
	clear_are("d/a=CC0-1.0", "and no copy");
	txn = begin(cat);
	end("d/a");
	commit(txn);
	clear_are("c=CC0-1.0", "what came later is where it moved to; what was there is not");
	field_is("c", "made for d/a");
	txn = begin(cat);
	put("e/z", "1");
	commit(txn);
	clear_are("c=CC0-1.0", "and a copy of that is a copy");
	txn = begin(cat);
	end("c");
	commit(txn);
	clear_are("e/z=CC0-1.0", "moved on");
	txn = begin(cat);
	put("d/a", "2");
	commit(txn);
	clear_are("d/a=CC0-1.0 e/z=CC0-1.0", "other bytes at the path fall under it as ever");
	txn = begin(cat);
	put("d/a", "1");
	commit(txn);
	clear_are("d/a=CC0-1.0", "the bytes are back: the other is a copy again");
	txn = begin(cat);
	end("d/a");
	put("e/a", "1");
	commit(txn);
	clear_are("e/z=CC0-1.0", "the first that came is meant");
	txn = begin(cat);
	ok(lic_catalog_undecide(txn, 1, "jo", "no", NULL, NULL, &fix_err) == 0, "undone");
	commit(txn);
	clear_are("", "nothing is left of it");
	store_end();
}

/* New path first, old path first, both at once. */
static void test_order(void)
{
	for (int order = 0; order < 3; order++) {
		store_begin();
		put("d/a", "1");
		commit(txn);
		decide("d/a", LIC_ACTION_LICENSE, "CC0-1.0");
		txn = begin(cat);
		if (order != 1)
			put("e/z", "1");
		else
			end("d/a");
		if (order < 2) {
			commit(txn);
			clear_are(order ? "" : "d/a=CC0-1.0", "half-way");
			txn = begin(cat);
		}
		if (order != 1)
			end("d/a");
		else
			put("e/z", "1");
		commit(txn);
		clear_are("e/z=CC0-1.0", "moved");
		store_end();
	}
}

/* Two files with the same bytes, each with a decision, in a directory that is renamed. */
static void test_directory(void)
{
	struct lic_entry d;

	store_begin();
	put("d/a", "1");
	put("d/b", "1");
	commit(txn);
	decide("d/a", LIC_ACTION_LICENSE, "CC0-1.0");
	decide("d/b", LIC_ACTION_LICENSE, "CC-BY-4.0");
	clear_are("d/a=CC0-1.0 d/b=CC-BY-4.0", "each its own");
	txn = begin(cat);
	put("e/b", "1");
	put("e/a", "1");
	ok(lic_catalog_by_path(cat, "d", 1, &d, &fix_err) == 0 &&
		   lic_catalog_end(txn, d.id, &fix_err) == 0,
	   "the directory goes");
	commit(txn);
	clear_are("e/a=CC0-1.0 e/b=CC-BY-4.0", "names tell which is which");
	txn = begin(cat);
	put("e/z", "1");
	end("e/b");
	commit(txn);
	clear_are("e/a=CC0-1.0 e/z!", "where they do not, it is a conflict");
	store_end();
}

/* Two decided files that change places. */
static void test_swap(void)
{
	store_begin();
	put("a", "1");
	put("b", "2");
	commit(txn);
	decide("a", LIC_ACTION_LICENSE, "CC-BY-NC-4.0");
	decide("b", LIC_ACTION_LICENSE, "CC0-1.0");
	txn = begin(cat);
	put("a", "2");
	put("b", "1");
	commit(txn);
	clear_are("a! b!", "neither path nor bytes win");
	txn = begin(cat);
	put("a", "1");
	put("b", "2");
	commit(txn);
	clear_are("a=CC-BY-NC-4.0 b=CC0-1.0", "and back");
	store_end();
}

/* What restricts holds for all files with these bytes. */
static void test_restriction(void)
{
	int64_t deny, all, matched = 0;

	store_begin();
	put("a", "1");
	put("b", "1");
	put("c", "2");
	commit(txn);
	{
		struct lic_decision d = { .action = LIC_ACTION_LICENSE,
					  .pattern = { (const uint8_t *)"**", 2 },
					  .license = "CC-BY-4.0",
					  .reason = "x" };
		txn = begin(cat);
		ok(lic_catalog_decide(txn, &d, &matched, NULL, &fix_err) == 0, "all");
		commit(txn);
		all = d.number;
	}
	clear_are("a=CC-BY-4.0 b=CC-BY-4.0 c=CC-BY-4.0", "all are clear");
	deny = decide("a", LIC_ACTION_DENY, NULL);
	clear_are("c=CC-BY-4.0", "a denial hides the copy too");
	txn = begin(cat);
	put("e/z", "1");
	end("a");
	commit(txn);
	clear_are("c=CC-BY-4.0", "and what comes later");
	txn = begin(cat);
	put("a", "3");
	commit(txn);
	clear_are("c=CC-BY-4.0", "and other bytes at its path");
	txn = begin(cat);
	ok(lic_catalog_undecide(txn, deny, "jo", "no", &matched, NULL, &fix_err) == 0, "undone");
	commit(txn);
	is_int(matched, 3, "by path and bytes");
	clear_are("a=CC-BY-4.0 b=CC-BY-4.0 c=CC-BY-4.0 e/z=CC-BY-4.0", "all are back");
	decide("b", LIC_ACTION_TERMS, "LicenseRef-AllRightsReserved");
	clear_are("a=CC-BY-4.0 c=CC-BY-4.0", "terms bind every copy");
	(void)all;
	store_end();
}

/* Time that is over takes followed decisions along. */
static void test_memory_of_ends(void)
{
	struct lic_decision d = { .action = LIC_ACTION_LICENSE,
				  .pattern = { (const uint8_t *)"a", 1 },
				  .exact = true,
				  .license = "CC0-1.0",
				  .reason = "x" };

	store_begin();
	put("a", "1");
	commit(txn);
	txn = begin(cat);
	ok(lic_catalog_mark_stale(txn, 4, &fix_err) == 0, "a file that has changed");
	commit(txn);
	txn = begin(cat);
	ok(lic_catalog_decide(txn, &d, NULL, NULL, &fix_err) == 0 && !d.has_hash,
	   "nobody decided about its old bytes");
	commit(txn);
	txn = begin(cat);
	end("a");
	put("b", "1");
	commit(txn);
	clear_are("", "so they take nothing along");
	store_end();
}

int main(void)
{
	test_grant();
	test_order();
	test_directory();
	test_swap();
	test_restriction();
	test_memory_of_ends();
	return done_testing();
}
