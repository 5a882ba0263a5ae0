/* SPDX-License-Identifier: Apache-2.0 */
/* Erasing when memory runs out: each allocation fails once. An erasure is there as a whole or not
 * at all, and what it deletes is gone after the next writer. */
#include "tests/unit/memory_fixture.h"
#include "fs/catalog/internal.h"
#include "tests/unit/revoke_fixture.h"

#define JANE "Jane Erasable"

static int put_one(struct lic_txn *txn, const char *name, const char *bytes, const char *creator)
{
	int64_t id = put_by(txn, 1, name, bytes, creator, "https://x.org/photos/12");

	return id < 0 ? (int)id : 0;
}

static const struct row rows[] = {
	{ .key = { "path:a" }, .creator = JANE },
	{ .key = { "path:other" }, .license = "CC0-1.0", .creator = "Max" },
	{ .key = { "path:nowhere" }, .creator = JANE },
};

static int fill(struct lic_txn *txn)
{
	static const struct row rules[] = { { .key = { "rule:a" }, .creator = JANE } };
	struct lic_import_result res;
	int r = put_one(txn, "a", "A", JANE);

	if (r == 0)
		r = put_one(txn, "twin", "A", NULL);
	if (r == 0)
		r = put_one(txn, "other", "O", "Max");
	if (r == 0)
		r = import_rows(txn, "m", "", &rows[2], 1, NULL, &res);
	if (r == 0)
		r = import_rows(txn, "m", "", rows, 3, NULL, &res);
	return r == 0 ? put_rule_rows(txn, 1, "REUSE.toml", rules, 1) : r;
}

static int replace(struct lic_txn *txn)
{
	return put_one(txn, "twin", "T", JANE);
}

static int erase(struct lic_txn *txn)
{
	struct lic_buf buf;
	struct lic_selector sel = selector_of(LIC_SELECT_CREATOR, JANE, &buf);
	int r = sel.normal.n == strlen(JANE) ? revoke_in(txn, &sel, 1, true).r : -ENOMEM;

	lic_buf_release(&buf);
	return r;
}

static int again(struct lic_txn *txn)
{
	struct lic_import_result res;
	int r = put_one(txn, "a", "A", JANE);

	if (r == 0)
		r = put_one(txn, "new", "N", JANE);
	return r == 0 ? import_rows(txn, "m", "", rows, 3, NULL, &res) : r;
}

static int end_it(struct lic_txn *txn)
{
	return lic_catalog_restore(txn, 1, "me", "why", NULL, NULL, NULL, &fix_err);
}

/* Each step in a transaction of its own, and scrubbing after the erasure; 0 or the first error. */
static int work(struct scratch *s)
{
	static int (*const steps[])(struct lic_txn * txn) = { fill, replace, erase, again, end_it };
	struct lic_catalog *cat = NULL;
	struct lic_txn *txn = NULL;
	int r = lic_catalog_open(s->store, NULL, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat,
				 &fix_err);

	for (size_t i = 0; r == 0 && i < LIC_ARRAY_SIZE(steps); i++) {
		r = lic_catalog_begin(cat, "t", &txn, &fix_err);
		if (r < 0)
			break;
		r = steps[i](txn);
		if (r == 0)
			r = lic_catalog_commit(txn, &fix_err);
		else
			lic_catalog_abort(txn);
		if (r == 0 && i == 2)
			r = lic_catalog_scrub(cat, &fix_err);
	}
	lic_catalog_close(cat);
	return r;
}

static bool has_text(struct lic_catalog *cat)
{
	int64_t n = 0;

	return lic_catalog_number(
		       cat,
		       "SELECT (SELECT count(*) FROM statement WHERE text LIKE '%Jane%') "
		       "+ (SELECT count(*) FROM credit WHERE creator LIKE '%Jane%') + "
		       "(SELECT count(*) FROM manifest_row WHERE instr(claims, "
		       "CAST('Jane' AS BLOB)))",
		       0, &n, &fix_err) < 0 ||
	       n;
}

/* What must not be, by what was committed: the erasure is generation 3. */
static bool is_wrong(struct lic_catalog *cat)
{
	int64_t generation = lic_catalog_generation(cat);

	if (generation < 3)
		return false;
	return has_text(cat) || status_of(cat, "a") == LIC_STATUS_CLEAR ||
	       status_of(cat, "twin") == LIC_STATUS_CLEAR ||
	       status_of(cat, "new") == LIC_STATUS_CLEAR ||
	       status_of(cat, "other") != LIC_STATUS_CLEAR;
}

int main(void)
{
	bool wrong = false, sound = true;
	struct lic_error err = LIC_ERROR_INIT;
	struct scratch s;
	long all, tried = 0, failed = 0, step = 1;

	memory_init();
	scratch_init(&s);
	ok(work(&s) == 0, "with enough memory everything works: %s", fix_err.msg);
	all = calls;
	scratch_release(&s);
	/* Every one takes minutes; a prime step meets all places over the iterations of loops */
	if (!getenv("LICENSEFS_TEST_THOROUGH"))
		step = 257;
	for (long n = 1; n <= all; n += step, tried++) {
		struct lic_catalog *cat;

		scratch_init(&s);
		countdown = n;
		failed += work(&s) != 0;
		countdown = 0;
		cat = scratch_open(&s, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE);
		wrong |= is_wrong(cat);
		if (lic_catalog_check(cat, &err) < 0)
			sound = false;
		lic_catalog_close(cat);
		scratch_release(&s);
	}
	ok(failed > tried / 2, "most failed allocations are told: %ld of %ld", failed, tried);
	ok(sound, "the catalog stays sound: %s", err.msg);
	ok(!wrong, "and an erasure is whole");
	return done_testing();
}
