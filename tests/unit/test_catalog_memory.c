/* SPDX-License-Identifier: Apache-2.0 */
/* The catalog when memory runs out: each allocation fails once, in our code or in SQLite. Nothing
 * crashes, nothing is half done, and [I1] no image shows that a restriction hides. */
#include <licensefs/catalog_revoke.h>

#include "tests/unit/document_fixture.h"
#include "tests/unit/manifest_fixture.h"
#include "tests/unit/memory_fixture.h"

/* Rows that forbid what an image says, and rows that find two images. */
static int import_doubts(struct lic_txn *txn, int64_t dir)
{
	static const struct row rows[] = {
		{ .key = { "path:y" }, .license = "LicenseRef-AllRightsReserved" },
		{ .key = { "tail:z", "url:http://x.org/z" }, .license = "CC0-1.0" },
	};
	static const struct row rules[] = { { .key = { "glob:z" },
					      .reserve = LIC_RESERVE_AI_TRAINING } };
	struct lic_import_result res;
	int r = put_image(txn, 1, "z", "2", NULL, NULL);

	if (r == 0)
		r = import_rows(txn, "m", "", rows, 2, NULL, &res);
	if (r == 0)
		r = put_image(txn, dir, "z", "3", NULL, NULL);
	if (r == 0)
		r = put_rule_rows(txn, 1, "REUSE.toml", rules, 1);
	return r == 0 ? import_rows(txn, "m", "", rows, 2, NULL, &res) : r;
}

/* Images that wait for their likeness, one with a twin, and get it. */
static int put_likeness(struct lic_txn *txn)
{
	const struct lic_likeness l = { .n = 1 };
	struct lic_entry image = { 0 };
	int r = lic_catalog_keep_likeness(txn, true, &fix_err);

	if (r == 0)
		r = put_image(txn, 1, "like", "6", NULL, &image);
	if (r == 0)
		r = lic_catalog_likeness_put(txn, image.id, &l, NULL, &fix_err);
	return r == 0 ? put_image(txn, 1, "alike", "6", NULL, NULL) : r;
}

/* A document about an image, and an archive with one, which then get other rights. */
static int put_records(struct lic_txn *txn)
{
	struct lic_entry image = { 0 };
	int64_t list = put_document(txn, 1, "list"), tar = put_document(txn, 1, "tar");
	int r = list < 0 || tar < 0 ? -ENOMEM : put_image(txn, 1, "w", "5", NULL, &image);

	if (r == 0)
		r = bind_document(txn, list, "i", &image.id, 1);
	if (r == 0)
		r = put_image(txn, tar, "in/it", "4", "CC0-1.0", NULL);
	if (r == 0)
		r = lic_catalog_mark_stale(txn, image.id, &fix_err);
	if (r == 0)
		r = lic_catalog_place(txn, tar, LIC_KIND_HIDDEN, LIC_RULE_MALFORMED, &fix_err);
	if (r == 0)
		r = lic_catalog_pend(txn, tar, &fix_err);
	return r;
}

/* Does anything show that must not? */
static bool shows(struct lic_catalog *cat)
{
	return status_of(cat, "d/x") == LIC_STATUS_CLEAR ||
	       status_of(cat, "y") == LIC_STATUS_CLEAR || status_of(cat, "z") == LIC_STATUS_CLEAR ||
	       status_of(cat, "d/z") == LIC_STATUS_CLEAR;
}

/* What is done with each allocation failing in turn; 0 or the first error. */
static int work(struct scratch *s, bool *ret_wrong)
{
	struct lic_catalog *cat = NULL;
	struct lic_txn *txn = NULL;
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_decision deny = { .action = LIC_ACTION_DENY,
				     .pattern = { (const uint8_t *)"d/", 2 },
				     .reason = "r" };
	struct lic_entry e;
	int64_t dir, rights = 0, since;
	int r = lic_catalog_open(s->store, NULL, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat,
				 &fix_err);

	if (r == 0)
		r = lic_catalog_begin(cat, "t", &txn, &fix_err);
	if (r == 0) {
		dir = put_dir(txn, 1, "d");
		r = dir < 0 ? -ENOMEM : lic_catalog_decide(txn, &deny, NULL, NULL, &fix_err);
		if (r == 0)
			r = put_image(txn, dir, "x", "1", "CC-BY-4.0", NULL);
		if (r == 0)
			r = put_image(txn, dir, "x", "1", "CC0-1.0", NULL);
		if (r == 0)
			r = put_image(txn, 1, "y", "1", "CC-BY-4.0", &e);
		if (r == 0)
			r = put_records(txn);
		if (r == 0)
			r = put_likeness(txn);
		if (r == 0)
			r = import_doubts(txn, dir);
		if (r == 0)
			r = lic_catalog_commit(txn, &fix_err);
		else
			lic_catalog_abort(txn);
	}
	if (r == 0)
		r = lic_catalog_claims(cat, e.id, &claims, &fix_err);
	/* A list that memory cut short must say so */
	if (r == 0 && (claims.n != 2 || !claims.item[0].text[0]) && !claims.damage)
		*ret_wrong = true;
	if (cat && shows(cat))
		*ret_wrong = true;
	if (r == 0)
		r = lic_catalog_rights_of(cat, &e.id, 1, &rights, &since, &fix_err);
	if (r == 0 && !rights)
		*ret_wrong = true;
	lic_claims_release(&claims);
	lic_catalog_close(cat);
	return r;
}

static bool there(struct lic_catalog *cat, const char *path)
{
	struct lic_entry e;

	return lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) == 0;
}

int main(void)
{
	bool wrong = false, half = false, sound = true;
	struct lic_error err = LIC_ERROR_INIT;
	struct scratch s;
	long all, tried = 0, failed = 0, step = 1;

	memory_init();
	scratch_init(&s);
	ok(work(&s, &wrong) == 0, "with enough memory everything works: %s", fix_err.msg);
	all = calls;
	scratch_release(&s);
	/* Every one takes a minute; a prime step meets all places over the iterations of loops */
	if (!getenv("LICENSEFS_TEST_THOROUGH"))
		step = 23;
	for (long n = 1; n <= all; n += step, tried++) {
		struct lic_catalog *cat;
		int64_t generation;

		scratch_init(&s);
		countdown = n;
		failed += work(&s, &wrong) != 0;
		countdown = 0;
		cat = scratch_open(&s, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE);
		generation = lic_catalog_generation(cat);
		/* All of the transaction or nothing. Without memory the license of an image may
		 * have been judged unreadable: hidden, until it is judged again */
		half |= generation > 1 || (generation == 1) != there(cat, "y") ||
			(generation == 1) != there(cat, "d/x");
		wrong |= shows(cat);
		if (lic_catalog_check(cat, &err) < 0)
			sound = false;
		lic_catalog_close(cat);
		scratch_release(&s);
	}
	ok(failed > tried / 2, "most failed allocations are told: %ld of %ld", failed, tried);
	ok(!half, "nothing is half done");
	ok(sound, "the catalog stays sound: %s", err.msg);
	ok(!wrong, "[I1] and nothing shows that must not");
	return done_testing();
}
