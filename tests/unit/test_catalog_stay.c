/* SPDX-License-Identifier: Apache-2.0 */
/* Readers that stay in one state until somebody commits. */
#include <inttypes.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <licensefs/catalog_documents.h>

#include "tests/unit/catalog_fixture.h"

static struct scratch s;

static void add_file(struct lic_catalog *cat, const char *name)
{
	struct lic_txn *txn = begin(cat);

	ok(put_image(txn, 1, name, name, NULL, NULL) == 0, "put %s", name);
	commit(txn);
}

static bool sees(struct lic_catalog *cat, const char *name)
{
	struct lic_entry e;

	return lic_catalog_by_path(cat, name, strlen(name), &e, NULL) == 0;
}

static off_t log_size(void)
{
	char path[160];
	struct stat st;

	snprintf(path, sizeof(path), "%s-wal", s.db);
	return stat(path, &st) == 0 ? st.st_size : -1;
}

/* What any writer does from time to time. */
static void copy_log(void)
{
	sqlite3 *db;

	if (sqlite3_open(s.db, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "SELECT 1 FROM entry", NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) != SQLITE_OK)
		ok(false, "the log is copied");
	sqlite3_close(db);
}

/* Somebody reads all the time, and somebody else writes. */
static void log_begins_anew(struct lic_catalog *writer, struct lic_catalog *reader)
{
	char name[16];
	off_t first = 0, last;

	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "busy%d", i);
		add_file(writer, name);
		if (lic_catalog_stay(reader) != 0 || !sees(reader, name))
			ok(false, "%s is seen", name);
		copy_log();
		if (lic_catalog_stay(reader) != 0 || !sees(reader, name) ||
		    lic_catalog_stay(reader) != 1)
			ok(false, "%s is read from the database", name);
		if (i == 10)
			first = log_size();
	}
	last = log_size();
	ok(first > 0 && last <= 2 * first, "the log does not grow (%jd to %jd)", (intmax_t)first,
	   (intmax_t)last);
	lic_catalog_let_go(reader);
}

int main(void)
{
	struct lic_catalog *writer = scratch_make(&s), *reader, *idle;
	off_t grown;

	add_file(writer, "a");
	reader = scratch_open(&s, LIC_CATALOG_READ);
	idle = scratch_open(&s, LIC_CATALOG_READ);
	is_int(lic_catalog_stay(writer), -EOPNOTSUPP, "who writes does not stay");
	is_int(lic_catalog_stay(reader), 0, "a first state");
	ok(sees(reader, "a") && !sees(reader, "b"), "is the newest");
	is_int(lic_catalog_stay(reader), 1, "and stays the newest");
	ok(!lic_catalog_outdated(reader), "as long as nobody commits");
	for (char name[2] = "b"; *name < 'z'; name[0]++) {
		bool was = sees(reader, name);

		add_file(writer, name);
		if (was || sees(reader, name) || !lic_catalog_outdated(reader) ||
		    lic_catalog_stay(reader) != 0 || !sees(reader, name) ||
		    lic_catalog_stay(reader) != 1)
			break;
		ok(true, "commit %s is noticed at once, and not seen before", name);
	}
	is_int(lic_catalog_stay(idle), 0, "another reader");
	ok(sees(idle, "y"), "sees all");
	lic_catalog_let_go(reader);
	ok(!lic_catalog_outdated(reader), "what is let go is never outdated");
	is_int(lic_catalog_stay(reader), 0, "and begins anew");
	lic_catalog_let_go(reader);
	lic_catalog_let_go(idle);
	is_int(lic_catalog_hold(reader, &fix_err), 0, "who holds a state");
	is_int(lic_catalog_stay(reader), -EOPNOTSUPP, "does not stay in another");
	lic_catalog_let_go(reader);

	/* a rolled-back transaction is no commit */
	is_int(lic_catalog_stay(reader), 0, "a state before one that fails");
	lic_catalog_abort(begin(writer));
	is_int(lic_catalog_stay(reader), 1, "is still the newest");
	lic_catalog_let_go(reader);
	grown = log_size();
	ok(grown > 0, "the log has grown");
	log_begins_anew(writer, reader);
	lic_catalog_close(idle);
	lic_catalog_close(reader);
	checks(writer, "in the end");
	lic_catalog_close(writer);
	scratch_release(&s);
	return done_testing();
}
