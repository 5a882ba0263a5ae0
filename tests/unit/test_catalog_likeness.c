/* SPDX-License-Identifier: Apache-2.0 */
/* [I13] The likeness of images: who waits, who takes it from others, and when it goes. */
#include <sqlite3.h>

#include <licensefs/catalog_revoke.h>

#include "tests/unit/catalog_fixture.h"

static struct lic_likeness looks(uint8_t like)
{
	struct lic_likeness l = { .n = 2 };

	memset(l.print[0].b, like, sizeof(l.print[0].b));
	memset(l.print[1].b, ~like, sizeof(l.print[1].b));
	return l;
}

static int64_t put_one(struct lic_catalog *cat, const char *name, const char *bytes)
{
	struct lic_txn *txn = begin(cat);
	struct lic_entry e = { 0 };

	if (put_image(txn, 1, name, bytes, "CC-BY-4.0", &e) < 0)
		printf("Bail out! cannot put %s: %s\n", name, fix_err.msg);
	commit(txn);
	return e.id;
}

static bool keep(struct lic_catalog *cat, bool keeps)
{
	struct lic_txn *txn = begin(cat);
	int r = lic_catalog_keep_likeness(txn, keeps, &fix_err);

	if (r == 0)
		commit(txn);
	else
		lic_catalog_abort(txn);
	return r == 0;
}

static bool keeps(struct lic_catalog *cat)
{
	bool yes = false;

	return lic_catalog_keeps_likeness(cat, &yes, &fix_err) == 0 && yes;
}

static bool give(struct lic_catalog *cat, int64_t id, const struct lic_likeness *l, const char *why)
{
	struct lic_txn *txn = begin(cat);
	int r = lic_catalog_likeness_put(txn, id, l, why, &fix_err);

	if (r == 0)
		commit(txn);
	else
		lic_catalog_abort(txn);
	return r == 0;
}

static int count_waiting(void *ctx, int64_t entry _unused_)
{
	++*(int64_t *)ctx;
	return 0;
}

static int64_t waiting(struct lic_catalog *cat, int64_t after)
{
	int64_t n = 0;

	return lic_catalog_likeness_waiting(cat, after, count_waiting, &n, &fix_err) == 0 ? n : -1;
}

/* "waits", "known N" by the first byte, "none: why", "nothing" */
static const char *state_of(struct lic_catalog *cat, int64_t id)
{
	static char text[128];
	struct lic_likeness l;
	char *why = NULL;
	int r = lic_catalog_likeness(cat, id, &l, &why, &fix_err);

	if (r == 0)
		snprintf(text, sizeof(text), "known %d", l.print[0].b[0]);
	else
		snprintf(text, sizeof(text), "%s%s",
			 r != -ENOENT ? "error"
			 : *why	      ? "none: "
				      : "",
			 r != -ENOENT ? ""
			 : *why	      ? why
				      : "waits");
	free(why);
	return text;
}

static bool sql(const struct scratch *s, const char *text)
{
	sqlite3 *db = NULL;
	bool good = sqlite3_open(s->db, &db) == SQLITE_OK &&
		    sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;

	sqlite3_close(db);
	return good;
}

static void test_off(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	const struct lic_likeness l = looks(1);
	int64_t a = put_one(cat, "a.jpg", "a");

	ok(!keeps(cat), "a new catalog keeps no likenesses");
	is_int(waiting(cat, 0), 0, "and nothing waits for one");
	ok(!give(cat, a, &l, NULL) && fix_err.code == ENOENT, "none can be given: %s", fix_err.msg);
	ok(keep(cat, false), "to keep none is no change");
	is_int(lic_catalog_generation(cat), 1, "and no generation");
	checks(cat, "without likenesses");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_life(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	const struct lic_likeness l = looks(7);
	int64_t a = put_one(cat, "a.jpg", "a"), b = put_one(cat, "b.jpg", "b"), twin, w, k, n;
	struct lic_txn *txn;

	ok(keep(cat, true) && keeps(cat), "now it keeps them");
	is_int(waiting(cat, 0), 2, "what is there waits");
	is_int(waiting(cat, a), 1, "after one, the others");
	ok(keep(cat, true), "twice is once");
	ok(give(cat, a, &l, NULL), "one gets its likeness");
	is_str(state_of(cat, a), "known 7", "and has it");
	ok(give(cat, a, NULL, "late"), "who comes late");
	is_str(state_of(cat, a), "known 7", "changes nothing");
	ok(keep(cat, true), "to keep them goes on");
	is_str(state_of(cat, a), "known 7", "with what is known");
	twin = put_one(cat, "twin.jpg", "a");
	is_str(state_of(cat, twin), "known 7", "a twin takes it at once");
	put_one(cat, "c.jpg", "b");
	is_int(waiting(cat, 0), 2, "a twin of what waits waits");
	ok(give(cat, b, NULL, "no decoder"), "one cannot have any");
	is_int(waiting(cat, 0), 0, "nor its twin");
	is_str(state_of(cat, b), "none: no decoder", "and it says why");
	ok(lic_catalog_likeness_counts(cat, &w, &k, &n, &fix_err) == 0 && w == 0 && k == 2 &&
		   n == 2,
	   "counted: %lld %lld %lld", (long long)w, (long long)k, (long long)n);
	a = put_one(cat, "a.jpg", "other");
	is_str(state_of(cat, a), "waits", "other bytes wait");
	is_str(state_of(cat, twin), "known 7", "their former twin does not");
	a = put_one(cat, "a.jpg", "a");
	is_str(state_of(cat, a), "known 7", "when they are back they have it");
	txn = begin(cat);
	ok(lic_catalog_likeness_put(txn, 1, &l, NULL, &fix_err) < 0 && fix_err.code == ENOENT,
	   "a directory has none: %s", fix_err.msg);
	lic_catalog_abort(txn);
	ok(!give(cat, a, NULL, "") && fix_err.code == EINVAL, "no likeness and no reason: %s",
	   fix_err.msg);
	checks(cat, "with likenesses");
	txn = begin(cat);
	ok(lic_catalog_end(txn, a, &fix_err) == 0 && lic_catalog_end(txn, twin, &fix_err) == 0,
	   "both end");
	commit(txn);
	a = put_one(cat, "new.jpg", "a");
	is_str(state_of(cat, a), "waits", "nothing is left of them");
	checks(cat, "after they ended");
	ok(keep(cat, false) && !keeps(cat), "it keeps them no longer");
	is_str(state_of(cat, b), "waits", "and knows nothing");
	is_int(waiting(cat, 0), 0, "nor does anything wait");
	checks(cat, "without");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* Programs come and go: with other prints, with more decoders. */
static void test_versions(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	const struct lic_likeness l = looks(9);
	int64_t a, b;

	ok(keep(cat, true), "a catalog keeps likenesses");
	a = put_one(cat, "a.jpg", "a");
	b = put_one(cat, "b.jpg", "b");
	ok(give(cat, a, &l, NULL) && give(cat, b, NULL, "no decoder"), "of two images");
	ok(sql(&s, "UPDATE meta SET value = 0 WHERE key = 'likeness_formats'"),
	   "by a build that could decode nothing");
	ok(keep(cat, true), "this one goes on");
	is_str(state_of(cat, a), "known 9", "what is known stays");
	is_str(state_of(cat, b), lic_likeness_reads(LIC_FORMAT_JPEG) ? "waits" : "none: no decoder",
	       "what could not be decoded waits again");
	ok(give(cat, b, NULL, "broken"), "and is broken");
	ok(sql(&s, "UPDATE meta SET value = 99 WHERE key = 'likeness'"), "another version");
	ok(keep(cat, true), "and this one");
	is_str(state_of(cat, a), "waits", "all wait again");
	is_str(state_of(cat, b), "waits", "all of them");
	checks(cat, "after another version");
	ok(give(cat, a, NULL, "erased"), "one is erased");
	ok(sql(&s, "UPDATE meta SET value = 99 WHERE key = 'likeness'") && keep(cat, true),
	   "and another version again");
	is_str(state_of(cat, a), "none: erased", "what was erased stays so");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* Revokes what looks like `l`; the number, or 0. */
static int64_t revoke_like(struct lic_catalog *cat, const struct lic_likeness *l)
{
	uint8_t packed[LIC_LIKENESS_PACKED_MAX];
	const struct lic_selector like = { .kind = LIC_SELECT_LIKENESS,
					   .normal = { packed, lic_likeness_pack(l, packed) } };
	struct lic_revocation r = { .kind = LIC_SELECT_LIKENESS,
				    .text = { (const uint8_t *)"my photo", 8 },
				    .reason = "asked",
				    .requester = "jo",
				    .who = "me",
				    .by_likeness = true };
	struct lic_txn *txn = begin(cat);
	int e = lic_catalog_revoke(txn, &r, &like, 1, NULL, NULL, NULL, &fix_err);

	if (e == 0)
		commit(txn);
	else
		lic_catalog_abort(txn);
	return e == 0 ? r.number : 0;
}

static void restore(struct lic_catalog *cat, int64_t number)
{
	struct lic_txn *txn = begin(cat);

	ok(lic_catalog_restore(txn, number, "me", "over", NULL, NULL, NULL, &fix_err) == 0,
	   "revocation %lld ends", (long long)number);
	commit(txn);
}

static void test_needed(void)
{
	const struct lic_likeness mine = looks(5), near = looks(4), far = looks(0x5a);
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t a, b, number;

	ok(!revoke_like(cat, &mine), "without likenesses nothing is revoked by them: %s",
	   fix_err.msg);
	ok(keep(cat, true), "a catalog keeps likenesses");
	a = put_one(cat, "a.jpg", "a");
	b = put_one(cat, "b.jpg", "b");
	put_one(cat, "twin.jpg", "b");
	ok(give(cat, a, &mine, NULL), "one is known");
	is_int(status_of(cat, "b.jpg"), LIC_STATUS_CLEAR, "who waits is seen");
	number = revoke_like(cat, &mine);
	ok(number > 0, "a picture is revoked %s", fix_err.msg);
	is_int(status_of(cat, "a.jpg"), LIC_STATUS_REVOKED, "and hidden");
	is_int(status_of(cat, "b.jpg"), LIC_STATUS_UNREADABLE, "and so is who waits");
	is_int(status_of(cat, "twin.jpg"), LIC_STATUS_UNREADABLE, "and its twin");
	ok(!keep(cat, false) && fix_err.code == EBUSY, "likenesses are needed: %s", fix_err.msg);
	ok(keeps(cat), "and kept");
	ok(give(cat, b, &far, NULL), "another picture");
	is_int(status_of(cat, "b.jpg"), LIC_STATUS_CLEAR, "is seen");
	is_int(status_of(cat, "twin.jpg"), LIC_STATUS_CLEAR, "and its twin");
	put_one(cat, "copy.jpg", "b");
	is_int(status_of(cat, "copy.jpg"), LIC_STATUS_CLEAR, "a twin that comes is seen at once");
	b = put_one(cat, "c.jpg", "c");
	is_int(status_of(cat, "c.jpg"), LIC_STATUS_UNREADABLE, "a new picture is not");
	put_one(cat, "b.jpg", "c");
	is_int(status_of(cat, "b.jpg"), LIC_STATUS_UNREADABLE, "nor new bytes of an old one");
	ok(give(cat, b, &near, NULL), "it looks alike");
	is_int(status_of(cat, "c.jpg"), LIC_STATUS_REVOKED, "and is revoked");
	is_int(status_of(cat, "b.jpg"), LIC_STATUS_REVOKED, "and so is its twin");
	b = put_one(cat, "d.svg", "d");
	ok(give(cat, b, NULL, "no decoder"), "another cannot be compared");
	is_int(status_of(cat, "d.svg"), LIC_STATUS_CLEAR, "and is seen");
	ok(sql(&s, "UPDATE meta SET value = 99 WHERE key = 'likeness'") && keep(cat, true),
	   "another version makes all wait");
	is_int(status_of(cat, "d.svg"), LIC_STATUS_UNREADABLE, "and be hidden");
	is_int(status_of(cat, "twin.jpg"), LIC_STATUS_UNREADABLE, "each of them");
	is_int(status_of(cat, "c.jpg"), LIC_STATUS_REVOKED, "but what was matched stays revoked");
	checks(cat, "while they wait");
	restore(cat, number);
	is_int(status_of(cat, "c.jpg"), LIC_STATUS_CLEAR, "and is seen again");
	is_int(status_of(cat, "d.svg"), LIC_STATUS_CLEAR, "and so is who waits");
	ok(keep(cat, false) && !keeps(cat), "nobody needs likenesses any more");
	checks(cat, "in the end");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* What was erased is not looked at again before it is restored. */
static void test_erased(void)
{
	const struct lic_selector path = { .kind = LIC_SELECT_PATH,
					   .normal = { (const uint8_t *)"a.jpg", 5 } };
	struct lic_revocation r = { .kind = LIC_SELECT_PATH,
				    .text = path.normal,
				    .reason = "asked",
				    .requester = "jo",
				    .who = "me",
				    .erased = true };
	const struct lic_likeness l = looks(6);
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	int64_t a = put_one(cat, "a.jpg", "a"), b = put_one(cat, "b.jpg", "b");
	struct lic_txn *txn;

	ok(keep(cat, true) && give(cat, a, &l, NULL), "a catalog keeps likenesses");
	txn = begin(cat);
	ok(lic_catalog_revoke(txn, &r, &path, 1, NULL, NULL, NULL, &fix_err) == 0,
	   "an image is erased %s", fix_err.msg);
	commit(txn);
	is_str(state_of(cat, a), "none: erased", "and what it looks like");
	ok(keep(cat, false) && keep(cat, true), "forgotten, and kept anew");
	is_str(state_of(cat, a), "none: erased", "it does not wait");
	is_str(state_of(cat, b), "waits", "others do");
	a = put_one(cat, "copy.jpg", "a");
	is_str(state_of(cat, a), "none: erased", "nor does a copy");
	checks(cat, "with an erased image");
	restore(cat, r.number);
	is_str(state_of(cat, a), "waits", "restored, it waits");
	checks(cat, "with a restored image");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_damage(void)
{
	static const char *const harm[] = {
		"UPDATE likeness SET prints = x'00'",
		"UPDATE likeness SET state = 3",
		"UPDATE likeness SET state = 0",
		"UPDATE likeness SET note = 'why', prints = NULL, state = 2 WHERE entry = 2",
		"DELETE FROM likeness WHERE entry = 2",
		"INSERT INTO likeness VALUES (77, 0, NULL, '')",
		"DELETE FROM meta WHERE key = 'likeness'",
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(harm); i++) {
		struct scratch s;
		struct lic_catalog *cat = scratch_make(&s);
		const struct lic_likeness l = looks(3);
		int64_t a = put_one(cat, "a.jpg", "a");

		put_one(cat, "b.jpg", "a");
		ok(keep(cat, true) && give(cat, a, &l, NULL), "two twins are known");
		checks(cat, "before");
		ok(sql(&s, harm[i]), "%s", harm[i]);
		ok(lic_catalog_check(cat, &fix_err) == -EUCLEAN, "is found: %s", fix_err.msg);
		lic_catalog_close(cat);
		scratch_release(&s);
	}
}

/* --- at random ---------------------------------------------------------------------------- */

#define NAMES 12
#define BYTES 5

static uint64_t seed = 0x9e3779b97f4a7c15u;

static unsigned rnd(unsigned n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned)((seed * 2685821657736338717u) >> 33) % n;
}

struct model {
	bool keeps;
	int bytes[NAMES]; /* -1: no such file */
	int known[BYTES]; /* 0 waits, -1 none, else by the first byte */
};

static int64_t id_of(struct lic_catalog *cat, int i)
{
	char name[8];
	struct lic_entry e;
	int n = snprintf(name, sizeof(name), "%d", i);

	return lic_catalog_by_path(cat, name, (size_t)n, &e, &fix_err) == 0 ? e.id : 0;
}

static void forget(struct model *m, int bytes)
{
	for (int i = 0; i < NAMES; i++)
		if (m->bytes[i] == bytes)
			return;
	if (bytes >= 0)
		m->known[bytes] = 0;
}

static int op_give(struct lic_catalog *cat, struct lic_txn *txn, struct model *m, int i)
{
	const int as = (int)rnd(200) + 1;
	const struct lic_likeness l = looks((uint8_t)as);

	if (!m->keeps || m->bytes[i] < 0)
		return 0;
	if (!m->known[m->bytes[i]])
		m->known[m->bytes[i]] = as < 50 ? -1 : as;
	return lic_catalog_likeness_put(txn, id_of(cat, i), as < 50 ? NULL : &l, "why", &fix_err);
}

static int op_put(struct lic_txn *txn, struct model *m, int i)
{
	const int before = m->bytes[i];
	char name[8], bytes[8];

	m->bytes[i] = (int)rnd(BYTES);
	snprintf(name, sizeof(name), "%d", i);
	snprintf(bytes, sizeof(bytes), "%d", m->bytes[i]);
	/* the old one ends before the new one begins: of its bytes nothing is left */
	forget(m, before);
	return put_image(txn, 1, name, bytes, "CC-BY-4.0", NULL);
}

static int op(struct lic_catalog *cat, struct lic_txn *txn, struct model *m)
{
	int i = (int)rnd(NAMES), before = m->bytes[i];

	switch (rnd(16)) {
	case 0:
		m->keeps = rnd(4) != 0;
		if (!m->keeps)
			memset(m->known, 0, sizeof(m->known));
		return lic_catalog_keep_likeness(txn, m->keeps, &fix_err);
	case 1:
	case 2:
	case 3:
		if (before < 0)
			return 0;
		m->bytes[i] = -1;
		forget(m, before);
		return lic_catalog_end(txn, id_of(cat, i), &fix_err);
	case 4:
		return before < 0 ? 0 : lic_catalog_mark_stale(txn, id_of(cat, i), &fix_err);
	case 5:
	case 6:
	case 7:
	case 8:
		return op_give(cat, txn, m, i);
	default:
		return op_put(txn, m, i);
	}
}

static bool agrees(struct lic_catalog *cat, const struct model *m)
{
	int64_t n = 0;
	bool same = keeps(cat) == m->keeps;

	for (int i = 0; same && i < NAMES; i++) {
		char want[32];

		if (m->bytes[i] < 0)
			continue;
		snprintf(want, sizeof(want),
			 m->known[m->bytes[i]] > 0   ? "known %d"
			 : m->known[m->bytes[i]] < 0 ? "none: why"
						     : "waits",
			 m->known[m->bytes[i]]);
		same = strcmp(state_of(cat, id_of(cat, i)), want) == 0;
		n += m->keeps && m->known[m->bytes[i]] == 0;
	}
	return same && waiting(cat, 0) == n;
}

static void test_random(void)
{
	struct model m = { false, { 0 }, { 0 } }, saved;
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	bool worked = true, same = true;

	memset(m.bytes, -1, sizeof(m.bytes));
	for (int round = 0; round < 600 && worked && same; round++) {
		struct lic_txn *txn = begin(cat);

		saved = m;
		for (unsigned i = 1 + rnd(12); worked && i; i--)
			worked = op(cat, txn, &m) == 0;
		if (rnd(5) == 0) {
			lic_catalog_abort(txn);
			m = saved;
		} else if (worked) {
			commit(txn);
		}
		same = agrees(cat, &m);
		if (round % 50 == 0)
			worked = worked && lic_catalog_check(cat, &fix_err) == 0;
	}
	ok(worked, "thousands of random changes: %s", fix_err.msg);
	ok(same, "agree with a model");
	checks(cat, "in the end");
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_off();
	test_life();
	test_versions();
	test_needed();
	test_erased();
	test_damage();
	test_random();
	return done_testing();
}
