/* SPDX-License-Identifier: Apache-2.0 */
/* Scrubbing: what is deleted is in no file any more, and everything else is where it was. */
#include "fs/catalog/scrub.h"
#include "fs/catalog/txn.h"
#include "tests/unit/erase_fixture.h"

#define IMAGES 400
#define ROUNDS 6

static uint32_t seed = 1;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)(seed >> 8) * n >> 24);
}

/* "text-ROUND-NUMBER;" over and over: up to several pages. */
static void fill(char *out, size_t size, int round, int number)
{
	static const size_t sizes[] = { 20, 60, 300, 1500, 4000, 9000, 20000 };
	size_t want = sizes[rnd(LIC_ARRAY_SIZE(sizes))] % size, n = 0;

	do
		n += (size_t)snprintf(out + n, size - n, "text-%02u-%04u;", (unsigned)round % 100,
				      (unsigned)number % 10000);
	while (n + 16 < want);
}

static void put_text(struct lic_txn *txn, int round, int number)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	char name[32], text[32768];
	struct lic_entry e;

	snprintf(name, sizeof(name), "%d-%d.jpg", round, number);
	e = entry_of(1, name, strlen(name), LIC_KIND_IMAGE);
	lic_hash128(name, strlen(name), e.hash.b);
	fill(text, sizeof(text), round, number);
	add_claim(&claims, LIC_ROLE_TITLE, text);
	if (lic_catalog_put(txn, &e, &claims, &fix_err) < 0)
		printf("# put: %s\n", fix_err.msg);
	lic_claims_release(&claims);
}

/* As an erasure does it. */
static void drop_claims(struct lic_catalog *cat, const char *sql)
{
	struct lic_txn *txn = begin(cat);

	txn->dirty = true;
	ok(lic_catalog_exec(cat, sql, &fix_err) == 0 &&
		   lic_meta_set_int(cat, "scrub", 1, &fix_err) == 0,
	   "claims and credit are deleted");
	commit(txn);
}

static int64_t number_of(struct lic_catalog *cat, const char *sql)
{
	int64_t n = -1;

	return lic_catalog_number(cat, sql, -1, &n, &fix_err) < 0 ? -1 : n;
}

/* Notes each "text-ROUND-NUMBER" as 1 + its place. */
static void mark(char seen[ROUNDS][IMAGES], const char *p, size_t n)
{
	const char *end = p + n;

	while (end - p > 12 && (p = memmem(p, (size_t)(end - p), "text-", 5))) {
		int round = 0, number = 0;

		if (end - p > 12 && sscanf(p, "text-%2d-%4d", &round, &number) == 2 &&
		    round < ROUNDS && number < IMAGES)
			seen[round][number] = 1;
		p += 5;
	}
}

static void mark_stored(char seen[ROUNDS][IMAGES], struct lic_catalog *cat)
{
	sqlite3_stmt *q = NULL;

	sqlite3_prepare_v2(cat->db,
			   "SELECT substr(text, 1, 13) FROM statement UNION ALL "
			   "SELECT substr(title, 1, 13) FROM credit",
			   -1, &q, NULL);
	while (sqlite3_step(q) == SQLITE_ROW)
		mark(seen, (const char *)sqlite3_column_text(q, 0), 13);
	sqlite3_finalize(q);
}

/* How many of the texts are in the files, and how many of those should not be. */
static void count_texts(struct lic_catalog *cat, const struct scratch *s, const char *when)
{
	static char raw[ROUNDS][IMAGES], stored[ROUNDS][IMAGES];
	struct raw files = raw_read(s);
	int left = 0, lost = 0;

	memset(raw, 0, sizeof(raw));
	memset(stored, 0, sizeof(stored));
	mark(raw, files.p, files.n);
	mark_stored(stored, cat);
	for (int i = 0; i < ROUNDS * IMAGES; i++) {
		left += raw[i / IMAGES][i % IMAGES] && !stored[i / IMAGES][i % IMAGES];
		lost += !raw[i / IMAGES][i % IMAGES] && stored[i / IMAGES][i % IMAGES];
	}
	is_int(left, 0, "no deleted text is in a file %s", when);
	is_int(lost, 0, "every other is %s", when);
	free(files.p);
}

static void test_rounds(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);

	for (int round = 0; round < ROUNDS; round++) {
		struct lic_txn *txn = begin(cat);
		char sql[256];

		for (int i = 0; i < IMAGES; i++)
			put_text(txn, round, i);
		commit(txn);
		snprintf(sql, sizeof(sql),
			 "DELETE FROM claim WHERE (entry * 7919 + %d) %% 11 < %d; "
			 "DELETE FROM credit WHERE entry NOT IN (SELECT entry FROM claim)",
			 round, round + 1);
		drop_claims(cat, sql);
		is_int(lic_catalog_scrub(cat, &fix_err), 0, "round %d is scrubbed", round);
	}
	checks(cat, "after scrubbing");
	count_texts(cat, &s, "after scrubbing");
	ok(number_of(cat, "SELECT count(*) FROM statement") < ROUNDS * IMAGES / 2,
	   "statements are gone");
	is_int(lic_catalog_scrub(cat, &fix_err), 0, "there is nothing left to do");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* Pages that an SQLite freed which does not overwrite them. */
static void test_free_pages(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	struct lic_entry e;

	for (int i = 0; i < 300; i++) {
		struct lic_claims claims = LIC_CLAIMS_INIT;
		char name[32], text[1500];

		snprintf(name, sizeof(name), "%d.jpg", i);
		memset(text, 'x', sizeof(text));
		text[sizeof(text) - 1] = '\0';
		memcpy(text, "text-00-0000;", 13);
		snprintf(text + 13, 8, "%07d", i);
		text[20] = 'x';
		e = entry_of(1, name, strlen(name), LIC_KIND_IMAGE);
		lic_hash128(name, strlen(name), e.hash.b);
		add_claim(&claims, LIC_ROLE_NONE, text);
		if (lic_catalog_put(txn, &e, &claims, &fix_err) < 0)
			printf("# put: %s\n", fix_err.msg);
		lic_claims_release(&claims);
	}
	commit(txn);
	ok(lic_catalog_exec(cat, "PRAGMA secure_delete = OFF", &fix_err) == 0,
	   "what is deleted stays where it is");
	drop_claims(cat, "DELETE FROM claim");
	is_int(lic_catalog_scrub(cat, &fix_err), 0, "the catalog is scrubbed");
	ok(number_of(cat, "PRAGMA freelist_count") > 10, "pages are free");
	count_texts(cat, &s, "in free pages");
	checks(cat, "with free pages");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static int hold(void *ctx _unused_, const struct lic_entry *e _unused_)
{
	return 1;
}

static void test_busy(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s), *reader, *other;
	struct lic_txn *txn = begin(cat);

	put_text(txn, 0, 1);
	put_text(txn, 0, 2);
	commit(txn);
	reader = scratch_open(&s, 0);
	ok(lic_catalog_hold(reader, &fix_err) == 0 &&
		   lic_catalog_each(reader, LIC_KIND_IMAGE, hold, NULL, &fix_err) == 1,
	   "a reader holds the log");
	drop_claims(cat, "DELETE FROM claim WHERE entry = 2; DELETE FROM credit WHERE entry = 2");
	is_int(lic_catalog_scrub(cat, &fix_err), -EBUSY, "the log cannot be emptied");
	ok(on_disk(&s, "text-00-0001;"), "the text is there");
	lic_catalog_let_go(reader);
	lic_catalog_close(cat); /* as if it had been killed: it has not erased itself */
	ok(on_disk(&s, "text-00-0001;"), "still");
	other = scratch_open(&s, LIC_CATALOG_WRITE);
	ok(!on_disk(&s, "text-00-0001;"), "the next writer overwrites it");
	ok(on_disk(&s, "text-00-0002;"), "and nothing else");
	checks(other, "after a reader");
	is_int(lic_catalog_scrub(reader, &fix_err), -EROFS, "readers do not");
	lic_catalog_close(reader);
	lic_catalog_close(other);
	scratch_release(&s);
}

/* Numbers of statements are given again: another connection must not go on using one. */
static void test_other_writer(void)
{
	struct scratch s;
	struct lic_catalog *one = scratch_make(&s), *two = scratch_open(&s, LIC_CATALOG_WRITE);
	struct lic_txn *txn = begin(one);
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e;
	uint32_t before;

	put_text(txn, 0, 1);
	before = seed;
	put_text(txn, 0, 2);
	commit(txn);
	drop_claims(two, "DELETE FROM claim WHERE entry = 3; DELETE FROM credit WHERE entry = 3");
	is_int(lic_catalog_scrub(two, &fix_err), 0, "another connection scrubs");
	txn = begin(two);
	put_text(txn, 1, 3);
	commit(txn);
	txn = begin(one);
	ok(lic_catalog_exec(one, "UPDATE entry SET name = x'78' WHERE id = 3", &fix_err) == 0,
	   "the first image makes room");
	seed = before;
	put_text(txn, 0, 2);
	commit(txn);
	ok(lic_catalog_by_path(one, "0-2.jpg", 7, &e, &fix_err) == 0 &&
		   lic_catalog_claims(one, e.id, &claims, &fix_err) == 0 && claims.n == 1 &&
		   strncmp(claims.item[0].text, "text-00-0002;", 13) == 0,
	   "a claim is what was stated");
	lic_claims_release(&claims);
	checks(one, "with two writers");
	checks(two, "with two writers, seen by the other");
	lic_catalog_close(one);
	lic_catalog_close(two);
	scratch_release(&s);
}

int main(void)
{
	test_rounds();
	test_free_pages();
	test_busy();
	test_other_writer();
	return done_testing();
}
