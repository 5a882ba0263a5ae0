/* SPDX-License-Identifier: Apache-2.0 */
/* From an empty file, or an older schema, to the newest; docs/formats.md says how to add one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "fs/catalog/revoked.h"
#include "fs/catalog/schema.h"

/* migration[i] turns schema i into i + 1. */
static const char *const migration[LIC_CATALOG_SCHEMA] = { lic_schema_sql,   lic_schema_2_sql,
							   lic_schema_3_sql, lic_schema_4_sql,
							   lic_schema_5_sql, lic_schema_6_sql,
							   lic_schema_7_sql, lic_schema_8_sql };

static int fill_new(struct lic_catalog *cat, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf facts = LIC_BUF_INIT(256);
	uint8_t uuid[16];
	char sql[64];
	int r;

	if (getrandom(uuid, sizeof(uuid), 0) != sizeof(uuid))
		return lic_error_sys(err, errno, "cannot get random bytes");
	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d", LIC_CATALOG_APPLICATION_ID);
	r = lic_catalog_exec(cat, sql, err);
	if (r == 0)
		r = lic_meta_set(cat, "uuid", uuid, sizeof(uuid), err);
	if (r == 0)
		r = lic_meta_set(cat, "store", cat->store, strlen(cat->store), err);
	if (r == 0)
		r = lic_meta_set_int(cat, LIC_META_NO_MASKS, 1, err);
	if (r == 0)
		r = lic_meta_facts(&facts, err);
	if (r == 0)
		r = lic_query_run(cat, LIC_STMT_META_SET, err, "tt", "facts", lic_buf_str(&facts));
	return r;
}

static int migrate(struct lic_catalog *cat, struct lic_error *err)
{
	int64_t version;
	int r = lic_catalog_number(cat, "PRAGMA user_version", 0, &version, err);
	bool is_new = version == 0;

	for (; r == 0 && version < LIC_CATALOG_SCHEMA; version++) {
		char sql[64];

		r = lic_catalog_exec(cat, migration[version], err);
		if (r < 0)
			break;
		snprintf(sql, sizeof(sql), "PRAGMA user_version = %lld", (long long)version + 1);
		r = lic_catalog_exec(cat, sql, err);
	}
	return r == 0 && is_new ? fill_new(cat, err) : r;
}

int lic_catalog_migrate(struct lic_catalog *cat, struct lic_error *err)
{
	/* One transaction: a kill leaves the file as it was. The page size is for new ones only.
	 * Statements against the old schema are prepared anew by SQLite itself. */
	int r = lic_catalog_exec(cat, "PRAGMA page_size = 8192; BEGIN EXCLUSIVE", err);

	if (r < 0)
		return r;
	r = migrate(cat, err);
	if (r == 0)
		r = lic_catalog_exec(cat, "COMMIT", err);
	if (r < 0 && !sqlite3_get_autocommit(cat->db))
		sqlite3_exec(cat->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

int lic_schema_check(struct lic_catalog *cat, struct lic_error *err)
{
	static const char tables[] =
		"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('meta', "
		"'generation', 'rights', 'entry', 'past', 'dir_rights', 'statement', 'claim', "
		"'optout', 'credit', 'companion', 'view', 'license_number', 'decision', "
		"'change', 'manifest', 'manifest_row', 'row_key', 'row_match', 'digest', "
		"'own_license', 'document', 'document_part', 'document_image', 'pending', "
		"'revocation', 'revoked', 'likeness', 'snapshot', 'snapshot_part', "
		"'snapshot_salt', 'content', 'stat_past', 'job', 'maker')";
	int64_t n = 0;
	int r = lic_catalog_number(cat,
				   "SELECT count(*) FROM sqlite_schema WHERE type NOT IN "
				   "('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'",
				   0, &n, err);

	if (r < 0)
		return r;
	if (n)
		return lic_catalog_damaged(cat, err, "it holds triggers or views of SQL");
	r = lic_catalog_number(cat, tables, 0, &n, err);
	if (r == 0 && n != 35)
		return lic_catalog_damaged(cat, err, "tables are missing");
	return r;
}
