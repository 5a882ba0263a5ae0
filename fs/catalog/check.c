/* SPDX-License-Identifier: Apache-2.0 */
/* The full check: SQLite's own, then the invariants I3 to I6 and I10 counted again from the rows.
 */
#include <errno.h>
#include <string.h>

#include "fs/catalog/likeness.h"
#include "fs/catalog/snapshot.h"
#include "fs/catalog/revoked.h"

/* Queries that find what must not be; the first row of each is the finding's subject. */
static const struct lic_check_rule rules[] = {
	{ "[I3] entry %lld has the name of another live one",
	  "SELECT max(id) FROM entry WHERE died IS NULL GROUP BY parent, name HAVING count(*) > "
	  "1" },
	{ "[I3] entry %lld has bytes of a root, or there is another root",
	  "SELECT id FROM entry WHERE (id = 1) <> (parent = 0) OR (id = 1) <> (length(name) = 0) "
	  "OR (id = 1 AND (kind <> 1 OR died IS NOT NULL))" },
	{ "there is no root; %lld rows",
	  "SELECT count(*) FROM entry WHERE id = 1 HAVING count(*) <> 1" },
	{ "entry %lld lies in no live directory",
	  "SELECT e.id FROM entry e LEFT JOIN entry p ON p.id = e.parent "
	  "WHERE e.died IS NULL AND e.id <> 1 AND (p.id IS NULL OR p.died IS NOT NULL OR NOT "
	  "(p.kind = 1 OR (p.kind = 6 AND e.kind = 2)))" },
	{ "entry %lld has a slash in its name",
	  "SELECT e.id FROM entry e JOIN entry p ON p.id = e.parent "
	  "WHERE e.died IS NULL AND p.kind = 1 AND instr(e.name, x'2f')" },
	{ "entry %lld lies in a younger one", "SELECT id FROM entry WHERE parent >= id" },
	{ "[I4] number %lld may be given again",
	  "SELECT m FROM (SELECT 'entry' AS t, max(id) AS m FROM entry "
	  "UNION ALL SELECT 'view', max(id) FROM view "
	  "UNION ALL SELECT 'decision', max(id) FROM decision "
	  "UNION ALL SELECT 'manifest', max(id) FROM manifest "
	  "UNION ALL SELECT 'revocation', max(id) FROM revocation "
	  "UNION ALL SELECT 'rights', max(id) FROM rights "
	  "UNION ALL SELECT 'license_number', max(id) FROM license_number) "
	  "LEFT JOIN sqlite_sequence ON name = t WHERE m > coalesce(seq, 0)" },
	{ "[I5] entry %lld holds in no sound interval",
	  "SELECT id FROM entry WHERE born > since OR died < since OR "
	  "max(since, coalesce(died, 0)) > (SELECT coalesce(max(id), 0) FROM generation)" },
	{ "[I5] the rights of entry %lld have a gap",
	  "SELECT entry FROM (SELECT entry, born, died, "
	  "lag(died) OVER w AS before, lead(born) OVER w AS after FROM past "
	  "WINDOW w AS (PARTITION BY entry ORDER BY born)) p LEFT JOIN entry e ON e.id = entry "
	  "WHERE e.id IS NULL OR p.born >= p.died OR coalesce(before, e.born) <> p.born "
	  "OR coalesce(after, e.since) <> p.died" },
	{ "[I5] the rights of entry %lld have no past",
	  "SELECT id FROM entry WHERE since > born AND NOT EXISTS "
	  "(SELECT 1 FROM past WHERE entry = id AND past.born = entry.born)" },
	{ "[I5] claims of entry %lld hold in no sound interval",
	  "SELECT entry FROM claim GROUP BY entry "
	  "HAVING min(died - born) < 0 OR count(*) > count(died) + 1" },
	{ "entry %lld has rights that do not fit its kind",
	  "SELECT id FROM entry WHERE (kind = 2) <> (rights <> 0) OR (kind = 2 AND hash IS NULL) "
	  "OR (kind <> 2 AND (kind <> 3 OR rule <> 13) AND hash IS NOT NULL) "
	  "OR coalesce(length(hash), 16) <> 16" },
	{ "entry %lld has rights that are not there",
	  "SELECT id FROM entry WHERE rights <> 0 AND rights NOT IN (SELECT id FROM rights)" },
	{ "past rights of entry %lld are not there",
	  "SELECT entry FROM past WHERE rights NOT IN (SELECT id FROM rights)" },
	{ "the claims of entry %lld cannot be read",
	  "SELECT entry FROM claim WHERE NOT json_valid('[' || stated || ']') OR "
	  "json_array_length('[' || stated || ']') % 3 <> 0" },
	{ "a claim of entry %lld has lost its statement or image",
	  "SELECT entry FROM claim CROSS JOIN json_each('[' || stated || ']') j "
	  "LEFT JOIN statement s ON s.id = j.value LEFT JOIN entry e ON e.id = entry "
	  "WHERE (j.key % 3 = 0 AND s.id IS NULL) OR e.kind IS NOT 2" },
	{ "credit of entry %lld, which is no image",
	  "SELECT entry FROM credit LEFT JOIN entry e ON e.id = entry WHERE e.kind IS NOT 2" },
	{ "entry %lld is bound, but no companion",
	  "SELECT entry FROM companion LEFT JOIN entry e ON e.id = entry WHERE e.kind IS NOT 3" },
	{ "a companion is bound to entry %lld, which is no image",
	  "SELECT image FROM companion LEFT JOIN entry e ON e.id = image WHERE e.kind IS NOT 2" },
	{ "[I5] manifest %lld holds in no sound interval",
	  "SELECT id FROM manifest WHERE died < born OR max(born, coalesce(died, 0)) > "
	  "(SELECT coalesce(max(id), 0) FROM generation)" },
	{ "manifest %lld has rows of another one",
	  "SELECT id FROM (SELECT id, first, lag(first + rows) OVER (ORDER BY id) AS free "
	  "FROM manifest) WHERE first < free OR first < 1" },
	{ "[I10] a key of row %lld belongs to no manifest in force",
	  "SELECT row FROM row_key k WHERE row > 0 AND NOT EXISTS (SELECT 1 FROM manifest m "
	  "WHERE died IS NULL AND k.row >= m.first AND k.row < m.first + m.rows)" },
	{ "[I10] a key of manifest %lld, which is not in force",
	  "SELECT -row FROM row_key WHERE row <= 0 AND -row NOT IN "
	  "(SELECT id FROM manifest WHERE died IS NULL)" },
	{ "[I6] directory %lld has counts, but is not live",
	  "SELECT dir FROM dir_rights LEFT JOIN entry e ON e.id = dir "
	  "WHERE coalesce(e.kind NOT IN (1, 6), 1) OR e.died IS NOT NULL" },
};

int lic_check_rules(struct lic_catalog *cat, const struct lic_check_rule *rule, size_t n,
		    struct lic_error *err)
{
	for (size_t i = 0; i < n; i++) {
		int64_t subject = INT64_MIN;
		int r = lic_catalog_number(cat, rule[i].sql, INT64_MIN, &subject, err);

		if (r < 0)
			return r;
		if (subject != INT64_MIN)
			return lic_catalog_damaged(cat, err, rule[i].text, (long long)subject);
	}
	return 0;
}

static int check_sqlite(struct lic_catalog *cat, struct lic_error *err)
{
	sqlite3_stmt *s = NULL;
	const char *said = NULL;
	int r = 0, rc;

	rc = sqlite3_prepare_v2(cat->db, "PRAGMA integrity_check(1)", -1, &s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		said = (const char *)sqlite3_column_text(s, 0);
	if (rc != SQLITE_ROW)
		r = lic_catalog_fail(cat, rc, err);
	else if (!said || strcmp(said, "ok") != 0)
		r = lic_catalog_damaged(cat, err, "%.200s", said ? said : "out of memory");
	sqlite3_finalize(s);
	return r;
}

/* Every key must read back as rights, and every statement have the digest of its contents. */
static int check_rights(struct lic_catalog *cat, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_RIGHTS, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_bytes key = lic_query_bytes(&q, 1);
		struct lic_rights rights;

		if (lic_rights_from_key((const char *)key.p, key.n, &rights, NULL) < 0)
			return lic_catalog_damaged(cat, err, "rights %lld have no valid key",
						   (long long)lic_query_int(&q, 0));
	}
	return r;
}

static int check_statement(struct lic_catalog *cat, struct lic_query *q, struct lic_error *err)
{
	struct lic_bytes digest = lic_query_bytes(q, 1);
	struct lic_claim c = {
		.rank = (enum lic_rank)lic_query_int(q, 2),
		.role = (enum lic_role)lic_query_int(q, 3),
		.context = (enum lic_context)lic_query_int(q, 4),
		.reserve = (uint32_t)lic_query_int(q, 5),
		.override = lic_query_int(q, 6) != 0,
		.source = lic_query_text(q, 7),
		.field = lic_query_text(q, 8),
		.raw = lic_query_bytes(q, 9),
		.text = lic_query_text(q, 10),
	};
	uint8_t d[16];

	if (!c.source || !c.field || !c.text)
		return lic_error_set(err, ENOMEM, "out of memory for statements");
	lic_claim_digest(cat, &c, d);
	if (digest.n != sizeof(d) || memcmp(digest.p, d, sizeof(d)) != 0)
		return lic_catalog_damaged(cat, err, "statement %lld is not what was stated",
					   (long long)lic_query_int(q, 0));
	return 0;
}

static int check_statements(struct lic_catalog *cat, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_STATEMENTS, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = check_statement(cat, &q, err);
		if (r < 0)
			return r;
	}
	return r;
}

/* --- [I6] --------------------------------------------------------------------------------- */

/* Images by the directory that holds them, and the parents of all live directories. */
static int count_again(struct lic_catalog *cat, struct lic_map *held, struct lic_map *parent,
		       struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int64_t *place;
	int r = lic_query(&q, cat, LIC_STMT_COUNT_IMAGES, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		place = lic_map_at(held, lic_query_int(&q, 0), lic_query_int(&q, 1));
		if (!place)
			return lic_error_set(err, ENOMEM, "out of memory for counts");
		*place = lic_query_int(&q, 2);
	}
	if (r == 0)
		r = lic_query(&q, cat, LIC_STMT_DIR_PARENTS, err, "");
	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		place = lic_map_at(parent, lic_query_int(&q, 0), 0);
		if (!place)
			return lic_error_set(err, ENOMEM, "out of memory for counts");
		*place = lic_query_int(&q, 1);
	}
	return r;
}

static int compare_counts(struct lic_catalog *cat, struct lic_map *below, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_DIR_RIGHTS_ALL, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		int64_t dir = lic_query_int(&q, 0), rights = lic_query_int(&q, 1);
		int64_t *place = lic_map_find(below, dir, rights);

		if (lic_query_int(&q, 2) != (place ? *place : 0))
			return lic_catalog_damaged(
				cat, err,
				"[I6] directory %lld counts %lld images of rights %lld, "
				"not %lld",
				(long long)dir, (long long)lic_query_int(&q, 2), (long long)rights,
				(long long)(place ? *place : 0));
		if (place)
			*place = 0;
	}
	for (size_t i = 0; r == 0 && i < below->n; i++) {
		if (below->item[i].value)
			r = lic_catalog_damaged(cat, err,
						"[I6] directory %lld does not count rights "
						"%lld",
						(long long)below->item[i].a,
						(long long)below->item[i].b);
	}
	return r;
}

static int check_counts(struct lic_catalog *cat, struct lic_error *err)
{
	_cleanup_(lic_map_release) struct lic_map held = { 0 };
	_cleanup_(lic_map_release) struct lic_map parent = { 0 };
	_cleanup_(lic_map_release) struct lic_map below = { 0 };
	int r = count_again(cat, &held, &parent, err);

	for (size_t i = 0; r == 0 && i < held.n; i++) {
		int64_t dir = held.item[i].a;

		while (dir) {
			int64_t *count = lic_map_at(&below, dir, held.item[i].b);
			int64_t *up = lic_map_find(&parent, dir, 0);

			if (!count)
				return lic_error_set(err, ENOMEM, "out of memory for counts");
			*count += held.item[i].value;
			dir = up ? *up : 0;
		}
	}
	return r < 0 ? r : compare_counts(cat, &below, err);
}

int lic_catalog_check(struct lic_catalog *cat, struct lic_error *err)
{
	bool own = sqlite3_get_autocommit(cat->db);
	int r = own ? lic_catalog_exec(cat, "BEGIN", err) : 0;

	if (r < 0)
		return r;
	r = check_sqlite(cat, err);
	if (r == 0)
		r = lic_schema_check(cat, err);
	if (r == 0)
		r = lic_check_rules(cat, rules, LIC_ARRAY_SIZE(rules), err);
	if (r == 0)
		r = check_rights(cat, err);
	if (r == 0)
		r = check_statements(cat, err);
	if (r == 0)
		r = check_counts(cat, err);
	if (r == 0)
		r = lic_joined_check(cat, err);
	if (r == 0)
		r = lic_documents_check(cat, err);
	if (r == 0)
		r = lic_revoked_check(cat, err);
	if (r == 0)
		r = lic_likeness_check(cat, err);
	if (r == 0)
		r = lic_snapshots_check(cat, err);
	if (own && !sqlite3_get_autocommit(cat->db))
		sqlite3_exec(cat->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}
