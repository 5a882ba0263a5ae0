/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogs of older schemas: brought to the newest by the first writer, with all that they hold. */
#include <licensefs/catalog_documents.h>
#include <licensefs/catalog_job.h>
#include <sqlite3.h>

#include "tests/unit/catalog_fixture.h"

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

/* What schema 8 brought, but for an index that goes with its table. */
#define no_schema_8 "DROP TABLE job; DROP TABLE maker; "

/* What schemas 7 and 8 brought. */
#define no_schema_7                                                                                \
	no_schema_8 "DROP TABLE snapshot; DROP TABLE snapshot_part; DROP TABLE snapshot_salt; "    \
		    "DROP TABLE stat_past; DROP TABLE content; DROP INDEX entry_ended; "

/* What schemas 6 to 8 brought. */
#define no_schema_6 no_schema_7 "DROP TABLE revocation; DROP TABLE revoked; DROP TABLE likeness; "

/* What schemas 5 to 8 brought, but for the kinds that entries may have. */
#define no_schema_5                                                                                \
	no_schema_6 "DROP INDEX entry_apart; "                                                     \
		    "DROP TABLE document; DROP TABLE document_part; DROP TABLE document_image; "   \
		    "DROP TABLE pending; DELETE FROM meta WHERE key IN ('images', 'bound'); "

/* What schema 3 brought. */
#define no_schema_3                                                                                \
	"DROP TABLE own_license; "                                                                 \
	"ALTER TABLE decision DROP COLUMN hash; ALTER TABLE decision DROP COLUMN collection; "     \
	"ALTER TABLE decision DROP COLUMN end_at; "                                                \
	"ALTER TABLE decision DROP COLUMN end_who; ALTER TABLE decision DROP COLUMN end_why; "

/* What schema 1 had instead of `claim`: a row a claim. */
static const char to_schema_1[] =
	"BEGIN; DROP TABLE manifest; DROP TABLE manifest_row; DROP TABLE row_key; "
	"DROP TABLE row_match; DROP TABLE digest; ALTER TABLE claim RENAME TO claim_2; "
	"CREATE TABLE claim (entry INTEGER NOT NULL, born INTEGER NOT NULL, seq INTEGER NOT NULL, "
	"died INTEGER, statement INTEGER NOT NULL, packet INTEGER NOT NULL, ref INTEGER NOT NULL, "
	"PRIMARY KEY (entry, born, seq)) STRICT, WITHOUT ROWID; "
	"INSERT INTO claim SELECT entry, born, s.key / 3, died, s.value, p.value, r.value "
	"FROM claim_2 CROSS JOIN json_each('[' || stated || ']') s "
	"CROSS JOIN json_each('[' || stated || ']') p CROSS JOIN json_each('[' || stated || ']') r "
	"WHERE s.key % 3 = 0 AND p.key = s.key + 1 AND r.key = s.key + 2 ORDER BY random(); "
	"DROP TABLE claim_2; " no_schema_5 no_schema_3 "PRAGMA user_version = 1; COMMIT";

static void put_said(struct lic_catalog *cat, const char *const *text, size_t n)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(1, "said", 4, LIC_KIND_IMAGE);
	struct lic_txn *txn = begin(cat);

	for (size_t i = 0; i < n; i++)
		add_claim(&claims, i ? LIC_ROLE_CAPTION : LIC_ROLE_LICENSE, text[i]);
	ok(lic_catalog_put(txn, &e, &claims, &fix_err) == 0, "%zu claims are put", n);
	commit(txn);
	lic_claims_release(&claims);
}

static void claims_are(struct lic_catalog *cat, const char *const *text, size_t n)
{
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_entry e;

	ok(lic_catalog_by_name(cat, 1, "said", 4, &e, &fix_err) == 0 &&
		   lic_catalog_claims(cat, e.id, &c, &fix_err) == 0,
	   "the claims are read");
	is_int((long long)c.n, (long long)n, "all of them");
	for (size_t i = 0; i < c.n && i < n; i++)
		is_str(c.item[i].text, text[i], "claim %zu", i);
	lic_claims_release(&c);
}

static void test_schema_1(void)
{
	static const char *const before[] = { "CC-BY-4.0", "a", "b", "c", "d", "e",
					      "f",	   "g", "h", "i", "j", "k" };
	static const char *const after[] = { "CC-BY-4.0", "k", "a" };
	struct lic_catalog *cat;
	struct scratch s;

	cat = scratch_make(&s);
	put_said(cat, before, LIC_ARRAY_SIZE(before));
	put_said(cat, after, LIC_ARRAY_SIZE(after));
	claims_are(cat, after, LIC_ARRAY_SIZE(after));
	put_said(cat, before, LIC_ARRAY_SIZE(before));
	checks(cat, "in the newest schema");
	lic_catalog_close(cat);
	ok(poke(s.db, to_schema_1), "back to schema 1");
	{
		struct lic_catalog *none = NULL;

		ok(lic_catalog_open(s.store, NULL, LIC_CATALOG_READ, &none, &fix_err) == -EPROTO,
		   "a reader refuses it");
		ok(strstr(fix_err.msg, "run 'licensefs scan'") != NULL, "and says what to do");
	}
	cat = scratch_open(&s, LIC_CATALOG_WRITE);
	checks(cat, "brought to the newest");
	claims_are(cat, before, LIC_ARRAY_SIZE(before));
	put_said(cat, before, LIC_ARRAY_SIZE(before));
	put_said(cat, after, LIC_ARRAY_SIZE(after));
	claims_are(cat, after, LIC_ARRAY_SIZE(after));
	lic_catalog_close(cat);

	ok(poke(s.db, "UPDATE claim SET stated = stated || ',1' WHERE died IS NULL AND entry = "
		      "(SELECT id FROM entry WHERE name = CAST('said' AS BLOB))"),
	   "half a claim more");
	cat = scratch_open(&s, LIC_CATALOG_READ);
	ok(lic_catalog_check(cat, &fix_err) == -EUCLEAN, "is found by the check");
	ok(strstr(fix_err.msg, "cannot be read") != NULL, "and said");
	{
		struct lic_claims c = LIC_CLAIMS_INIT;
		struct lic_entry e;

		ok(lic_catalog_by_name(cat, 1, "said", 4, &e, &fix_err) == 0 &&
			   lic_catalog_claims(cat, e.id, &c, &fix_err) == -EUCLEAN,
		   "and nobody reads over it");
		lic_claims_release(&c);
	}
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* The table of entries as schema 4 had it, where no row may be a document. */
static const char to_schema_4[] =
	"BEGIN; " no_schema_5 "CREATE TABLE entry_4 (id INTEGER PRIMARY KEY AUTOINCREMENT, "
	"parent INTEGER NOT NULL, name BLOB NOT NULL, "
	"kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5), rule INTEGER NOT NULL, "
	"format INTEGER NOT NULL, rights INTEGER NOT NULL, born INTEGER NOT NULL, died INTEGER, "
	"since INTEGER NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL, "
	"ctime INTEGER NOT NULL, ino INTEGER NOT NULL, mode INTEGER NOT NULL, "
	"uid INTEGER NOT NULL, gid INTEGER NOT NULL, judged INTEGER NOT NULL, hash BLOB, "
	"damage TEXT) STRICT; INSERT INTO entry_4 SELECT * FROM entry; DROP TABLE entry; "
	"ALTER TABLE entry_4 RENAME TO entry; "
	"UPDATE sqlite_sequence SET seq = 1000 WHERE name = 'entry'; "
	"CREATE UNIQUE INDEX entry_name ON entry (parent, name) WHERE died IS NULL; "
	"CREATE INDEX entry_dirs ON entry (id) WHERE kind = 1 AND died IS NULL; "
	"CREATE INDEX entry_hash ON entry (hash) WHERE hash IS NOT NULL; "
	"PRAGMA user_version = 4; COMMIT";

static void test_schema_4(void)
{
	struct lic_entry image, ended, e = entry_of(1, "list", 4, LIC_KIND_HIDDEN);
	struct lic_document d = { .format = 6 };
	int64_t images = 0, bound = -1;
	struct lic_catalog *cat;
	struct lic_txn *txn;
	struct scratch s;

	cat = scratch_make(&s);
	txn = begin(cat);
	ok(put_image(txn, 1, "x.jpg", "1", "CC0-1.0", &ended) == 0, "an image");
	commit(txn);
	txn = begin(cat);
	ok(put_image(txn, 1, "x.jpg", "2", "CC0-1.0", &image) == 0, "and one in its place");
	ok(lic_catalog_put(txn, &e, NULL, &fix_err) == 0, "and a file");
	commit(txn);
	lic_catalog_close(cat);
	ok(poke(s.db, to_schema_4), "back to schema 4");
	cat = scratch_open(&s, LIC_CATALOG_WRITE);
	checks(cat, "brought from 4 to the newest");
	ok(lic_catalog_by_name(cat, 1, "x.jpg", 5, &e, &fix_err) == 0 && e.id == image.id &&
		   e.rights == image.rights && memcmp(&e.hash, &image.hash, sizeof(e.hash)) == 0,
	   "entries are what they were");
	ok(lic_catalog_rights_at(cat, ended.id, 1, &images, &fix_err) == 0, "so is the past");
	ok(lic_catalog_images_since(cat, &images, &bound, &fix_err) == 0 && images == 2 &&
		   bound == 0,
	   "images count as new to documents");
	txn = begin(cat);
	ok(lic_catalog_by_name(cat, 1, "list", 4, &e, &fix_err) == 0 &&
		   lic_catalog_document_put(txn, e.id, &d, LIC_KIND_DOCUMENT, LIC_RULE_RECORDS,
					    &fix_err) == 0,
	   "a file becomes a document");
	ok(put_image(txn, e.id, "a/b.jpg", "3", NULL, &image) == 0, "that has a member");
	is_int(image.id, 1001, "[I4] with a number that none had before");
	commit(txn);
	checks(cat, "with what is new in 5");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* Schema 7 had no jobs, and any snapshot took its name. */
static const char to_schema_7[] =
	"BEGIN; DROP INDEX snapshot_name; "
	"CREATE UNIQUE INDEX snapshot_name ON snapshot (name) WHERE died IS NULL; " no_schema_8
	"PRAGMA user_version = 7; COMMIT";

static int keep_all(void *ctx _unused_, const struct lic_then *t)
{
	return t->m.e.kind != LIC_KIND_HIDDEN;
}

static void test_schema_7(void)
{
	struct lic_snapshot_info info = {
		.name = "v1", .view = "", .expr = "any", .basis = "", .who = "me"
	};
	struct lic_job_info job = { .name = "v1", .how = LIC_JOB_RUN, .who = "me" };
	struct lic_snapshot *of = NULL;
	struct lic_catalog *cat;
	struct lic_txn *txn;
	struct scratch s;
	int64_t missing;

	cat = scratch_make(&s);
	txn = begin(cat);
	put_image(txn, 1, "1.jpg", "one", "CC0-1.0", NULL);
	commit(txn);
	txn = begin(cat);
	ok(lic_snapshot_make(txn, &info, keep_all, NULL, &missing, &fix_err) == 0, "a snapshot");
	commit(txn);
	lic_catalog_close(cat);
	ok(poke(s.db, to_schema_7), "back to schema 7");
	cat = scratch_open(&s, LIC_CATALOG_WRITE);
	checks(cat, "brought from schema 7");
	ok(lic_snapshot_open(cat, "v1", &of, &fix_err) == 0, "the snapshot is there");
	lic_snapshot_close(of);
	txn = begin(cat);
	ok(lic_job_make(txn, &job, &info, 0, keep_all, NULL, &fix_err) == 0,
	   "a job may have the name of a snapshot");
	commit(txn);
	checks(cat, "with a job");
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_schema_1();
	test_schema_4();
	test_schema_7();
	return done_testing();
}
