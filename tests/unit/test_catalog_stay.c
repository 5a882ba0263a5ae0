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

/* While the log is long, nobody who goes out between two reads keeps it from being copied. */
static void long_log(struct lic_catalog *reader)
{
	sqlite3 *db = NULL;
	bool lets_go = true;
	off_t most = 0;

	ok(sqlite3_open(s.db, &db) == SQLITE_OK, "another program writes");
	sqlite3_exec(db, "PRAGMA wal_autocheckpoint = 8192", NULL, NULL, NULL);
	for (int i = 0; i < 180; i++) {
		sqlite3_exec(db,
			     "INSERT INTO meta (key, value) VALUES ('much', randomblob(1000000)) "
			     "ON CONFLICT (key) DO UPDATE SET value = randomblob(1000000)",
			     NULL, NULL, NULL);
		if (lic_catalog_stay(reader) < 0 || !sees(reader, "a"))
			ok(false, "the reader reads on");
		if (log_size() > most)
			most = log_size();
		if (lic_catalog_outdated(reader))
			lic_catalog_let_go(reader);
		else
			lets_go = log_size() < (off_t)100 << 20;
	}
	ok(lets_go && most < (off_t)100 << 20, "the log is copied in time: %jd MiB of 180",
	   (intmax_t)most >> 20);
	sqlite3_exec(db, "DELETE FROM meta WHERE key = 'much'", NULL, NULL, NULL);
	sqlite3_close(db);
	lic_catalog_let_go(reader);
}

/* SQLite's memory, of which the `left`th allocation from now fails; 0: none. The next ones do not:
 * SQLite undoes a transaction in which a statement runs out of memory, but not one that could not
 * be ended. */
static sqlite3_mem_methods system_memory;
static int left;

static bool is_out(void)
{
	return left > 0 && --left == 0;
}

static void *take(int n)
{
	return is_out() ? NULL : system_memory.xMalloc(n);
}

static void *take_more(void *p, int n)
{
	return is_out() ? NULL : system_memory.xRealloc(p, n);
}

static void count_memory(void)
{
	sqlite3_mem_methods m;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &system_memory);
	m = system_memory;
	m.xMalloc = take;
	m.xRealloc = take_more;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &m);
	sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
}

/* Whatever fails for want of memory, nobody reads on in a state that is over. */
static void out_of_memory(struct lic_catalog *writer)
{
	char name[16];

	for (int i = 1; i < 60; i++) {
		struct lic_catalog *reader = scratch_open(&s, LIC_CATALOG_READ);
		bool before = lic_catalog_stay(reader) == 0 && sees(reader, "a");
		int r;

		snprintf(name, sizeof(name), "oom%d", i);
		add_file(writer, name);
		left = i;
		r = lic_catalog_stay(reader);
		left = 0;
		if (!before || (r != -EIO && !sees(reader, name)))
			ok(false, "%s: %d, and an old state is read", name, r);
		r = lic_catalog_stay(reader);
		if (r < 0 || !sees(reader, name))
			ok(false, "%s: %d, and it does not recover", name, r);
		lic_catalog_close(reader);
	}
	ok(true, "out of memory");
}

int main(void)
{
	struct lic_catalog *writer, *reader, *idle;
	off_t grown;

	count_memory();
	writer = scratch_make(&s);

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
	long_log(reader);
	out_of_memory(writer);
	lic_catalog_close(idle);
	lic_catalog_close(reader);
	checks(writer, "in the end");
	lic_catalog_close(writer);
	scratch_release(&s);
	return done_testing();
}
