/* SPDX-License-Identifier: Apache-2.0 */
/* How SQLite is set up for every connection. */
#include <string.h>
#include <errno.h>

#include "fs/catalog/internal.h"

/* More of the file than this is read through the page cache of SQLite. Debian caps it at 2 GiB
 * (decisions/0026). */
#define MMAP_BYTES "2147418112"

#define SWITCH_MS 20

/* One try; *ret_wal says whether the mode is what was asked for. Returns SQLite's code. */
static int switch_mode(struct lic_catalog *cat, bool *ret_wal, struct lic_error *err)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(cat->db, "PRAGMA journal_mode = WAL", -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		const char *mode = (const char *)sqlite3_column_text(s, 0);

		*ret_wal = mode && strcmp(mode, "wal") == 0;
	} else {
		lic_catalog_fail(cat, rc, err);
	}
	sqlite3_finalize(s);
	return rc;
}

static int use_log(struct lic_catalog *cat, struct lic_error *err)
{
	struct lic_error last = LIC_ERROR_INIT;
	int keep = 1, rc = SQLITE_BUSY;
	bool wal = false;

	/* Where several open a catalog that was just made, SQLite does not wait by itself for the
	 * lock that the switch of modes takes */
	for (int ms = 0; (rc & 0xff) == SQLITE_BUSY && ms < LIC_CATALOG_BUSY_MS; ms += SWITCH_MS) {
		rc = switch_mode(cat, &wal, &last);
		if ((rc & 0xff) == SQLITE_BUSY)
			sqlite3_sleep(SWITCH_MS);
	}
	if (rc != SQLITE_ROW)
		return lic_error_set(err, last.code, "%s", last.msg);
	if (!wal)
		return lic_error_set(err, EOPNOTSUPP,
				     "catalog '%s': its filesystem cannot hold a write-ahead log; "
				     "name a place on a local disk with --catalog",
				     cat->shown);
	/* The log and its index stay at the last close: without them, readers who may not write in
	 * the directory could not open the catalog */
	sqlite3_file_control(cat->db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
	return 0;
}

int lic_pragmas_set(struct lic_catalog *cat, struct lic_error *err)
{
	int r;

	/* The file may come with a store from anywhere: nothing in it may run or reach around */
	sqlite3_db_config(cat->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
	sqlite3_db_config(cat->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
	sqlite3_db_config(cat->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)NULL);
	sqlite3_db_config(cat->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, (int *)NULL);
	r = lic_catalog_exec(cat,
			     "PRAGMA cell_size_check = ON; PRAGMA foreign_keys = OFF; "
			     "PRAGMA mmap_size = " MMAP_BYTES,
			     err);
	if (r < 0 || !cat->writable)
		return r;
	r = use_log(cat, err);
	if (r < 0)
		return r;
	/* Checkpoints are passive and wait for nobody; one each 64 MiB, so that pages that every
	 * commit touches are copied once for many. The log is cut back when it starts anew.
	 * Durability beyond NORMAL is added per transaction, see sync_log(). What is deleted is
	 * overwritten (scrub.c): the page is written anyway */
	return lic_catalog_exec(cat,
				"PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768; "
				"PRAGMA secure_delete = ON; "
				"PRAGMA wal_autocheckpoint = 8192; "
				"PRAGMA journal_size_limit = 67108864",
				err);
}
