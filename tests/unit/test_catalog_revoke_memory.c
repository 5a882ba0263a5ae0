/* SPDX-License-Identifier: Apache-2.0 */
/* [I12] Revocations when memory runs out: each allocation fails once. What was committed holds, and
 * nothing shows that a revocation in force matches. */
#include "tests/unit/memory_fixture.h"
#include "tests/unit/revoke_fixture.h"

static int put_one(struct lic_txn *txn, int64_t dir, const char *name, const char *bytes,
		   const char *creator)
{
	int64_t id = put_by(txn, dir, name, bytes, creator, "https://x.org/photos/12");

	return id < 0 ? (int)id : 0;
}

static int fill(struct lic_txn *txn)
{
	static const struct row rows[] = { { .key = { "tail:z" }, .creator = "Jane Doe" } };
	struct lic_import_result res;
	int64_t dir = put_dir(txn, 1, "d");
	int r = dir < 0 ? -ENOMEM : put_one(txn, dir, "x", "X", "John; Jane  Doe");

	if (r == 0)
		r = put_one(txn, 1, "twin", "X", NULL);
	if (r == 0)
		r = put_image(txn, dir, "z", "Z", "CC0-1.0", NULL);
	if (r == 0)
		r = put_one(txn, 1, "other", "O", "Max");
	return r == 0 ? import_rows(txn, "m", "", rows, 1, NULL, &res) : r;
}

static int take_down_all(struct lic_txn *txn)
{
	struct lic_buf buf[3];
	struct lic_selector sel[3] = { selector_of(LIC_SELECT_CREATOR, "jane doe", &buf[0]),
				       selector_of(LIC_SELECT_CREATOR, "j*oe", &buf[1]),
				       selector_of(LIC_SELECT_ID, "w", &buf[2]) };
	int r = -ENOMEM;

	/* A text that memory cut short is no selector */
	if (sel[0].normal.n == 8 && sel[1].normal.n == 4 && sel[2].normal.n == 1)
		r = revoke_in(txn, sel, 2, false).r;
	if (r == 0)
		r = revoke_in(txn, &sel[2], 1, true).r;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(buf); i++)
		lic_buf_release(&buf[i]);
	return r;
}

static int add_later(struct lic_txn *txn)
{
	int r = put_one(txn, 1, "copy", "Z", NULL);

	if (r == 0)
		r = put_one(txn, 1, "late", "L", "JANE DOE");
	return r == 0 ? put_one(txn, 1, "w.jpg", "W", NULL) : r;
}

static int end_one(struct lic_txn *txn)
{
	return lic_catalog_restore(txn, 2, "me", "why", NULL, NULL, NULL, &fix_err);
}

static int count(void *ctx, int64_t entry _unused_)
{
	++*(int *)ctx;
	return 0;
}

static int count_hit(void *ctx, const struct lic_revocation *r _unused_,
		     enum lic_selector_kind by _unused_)
{
	++*(int *)ctx;
	return 0;
}

/* Each step in a transaction of its own; 0 or the first error. */
static int work(struct scratch *s, bool *ret_wrong)
{
	static int (*const steps[])(struct lic_txn * txn) = { fill, take_down_all, add_later,
							      end_one };
	struct lic_catalog *cat = NULL;
	struct lic_txn *txn = NULL;
	struct lic_selector sel = { LIC_SELECT_CREATOR, false, { (const uint8_t *)"jane doe", 8 } };
	struct lic_entry e;
	int n = 0;
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
	}
	if (r == 0)
		r = lic_catalog_select(cat, &sel, 1, count, &n, &fix_err);
	if (r == 0 && n != 3)
		*ret_wrong = true;
	if (r == 0)
		r = lic_catalog_by_path(cat, "copy", 4, &e, &fix_err);
	n = 0;
	if (r == 0)
		r = lic_catalog_revoked_by(cat, e.id, count_hit, &n, &fix_err);
	if (r == 0 && n != 1)
		*ret_wrong = true;
	lic_catalog_close(cat);
	return r;
}

/* Does anything show that must not, by what was committed? */
static bool shows(struct lic_catalog *cat)
{
	static const char *const revoked[] = { "d/x", "twin", "d/z", "copy", "late" };

	if (lic_catalog_generation(cat) < 2)
		return false;
	for (size_t i = 0; i < LIC_ARRAY_SIZE(revoked); i++)
		if (status_of(cat, revoked[i]) != LIC_STATUS_REVOKED &&
		    status_of(cat, revoked[i]) != LIC_STATUS_COUNT)
			return true;
	return lic_catalog_generation(cat) < 4 && status_of(cat, "w.jpg") == LIC_STATUS_CLEAR;
}

int main(void)
{
	bool wrong = false, sound = true;
	struct lic_error err = LIC_ERROR_INIT;
	struct scratch s;
	long all, tried = 0, failed = 0, step = 1;

	memory_init();
	scratch_init(&s);
	ok(work(&s, &wrong) == 0 && !wrong, "with enough memory everything works: %s", fix_err.msg);
	all = calls;
	scratch_release(&s);
	/* Every one takes minutes; a prime step meets all places over the iterations of loops */
	if (!getenv("LICENSEFS_TEST_THOROUGH"))
		step = 97;
	for (long n = 1; n <= all; n += step, tried++) {
		struct lic_catalog *cat;

		scratch_init(&s);
		countdown = n;
		failed += work(&s, &wrong) != 0;
		countdown = 0;
		cat = scratch_open(&s, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE);
		wrong |= shows(cat);
		if (lic_catalog_check(cat, &err) < 0)
			sound = false;
		lic_catalog_close(cat);
		scratch_release(&s);
	}
	ok(failed > tried / 2, "most failed allocations are told: %ld of %ld", failed, tried);
	ok(sound, "the catalog stays sound: %s", err.msg);
	ok(!wrong, "and nothing shows that must not");
	return done_testing();
}
