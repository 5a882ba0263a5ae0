/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of every prepared statement, in one table. */
#include "fs/catalog/likeness.h"
#include "fs/catalog/statements.h"

#define ENTRY "SELECT " LIC_ENTRY_COLUMNS " FROM entry "
#define THEN "SELECT " LIC_ENTRY_COLUMNS ", coalesce(died, 0) FROM entry "
#define SNAPSHOT                                                                                   \
	"SELECT id, name, view, expr, basis, policy, facts, classes, sha256, who, at, images, "    \
	"files, dirs, bytes, digest, born, coalesce(died, 0), coalesce(end_at, 0), end_who "       \
	"FROM snapshot "
#define JOB                                                                                        \
	"SELECT id, name, how, command, mountpoint, pinned, who, at, born, coalesce(died, 0), "    \
	"coalesce(end_at, 0), end_who FROM job "
#define MANIFEST_COLUMNS                                                                           \
	"m.id, m.kind, m.collection, m.file, m.format, m.root, m.vouched, m.who, m.at, m.rows, "   \
	"m.born, m.died"
#define DOCUMENT_COLUMNS "format, flags, records, subjects, bound, first, made, touched, note"
#define REVOCATION                                                                                 \
	"SELECT id, kind, text, reason, requester, who, at, erased, born, coalesce(died, 0), "     \
	"coalesce(end_at, 0), end_who, end_why, "                                                  \
	"EXISTS (SELECT 1 FROM revoked WHERE revocation = revocation.id AND kind = 8) "            \
	"FROM revocation "
#define DECISION                                                                                   \
	"SELECT id, action, pattern, exact, license, override, until, reason, who, at, born, "     \
	"coalesce(died, 0), hash, end_at, end_who, end_why, collection FROM decision "

const char *const lic_stmt_sql[LIC_STMT_COUNT] = {
	[LIC_STMT_GENERATION] = "SELECT max(id) FROM generation",
	[LIC_STMT_GENERATION_ADD] =
		"INSERT INTO generation (id, at, verb, uid) VALUES (?, ?, ?, ?)",
	[LIC_STMT_GENERATION_TIME] = "SELECT at FROM generation WHERE id = ?",
	[LIC_STMT_ENTRY_LAST_RIGHTS] = "SELECT rights FROM entry WHERE id = ?",
	[LIC_STMT_DATA_VERSION] = "PRAGMA data_version",
	[LIC_STMT_JOURNAL_MODE] = "PRAGMA journal_mode",
	[LIC_STMT_BEGIN] = "BEGIN",
	[LIC_STMT_END] = "END",
	[LIC_STMT_META] = "SELECT value FROM meta WHERE key = ?",
	[LIC_STMT_META_SET] = "INSERT INTO meta (key, value) VALUES (?1, ?2) "
			      "ON CONFLICT (key) DO UPDATE SET value = ?2",

	[LIC_STMT_META_DROP] = "DELETE FROM meta WHERE key = ?",
	[LIC_STMT_ENTRY_BY_ID] = ENTRY "WHERE id = ? AND died IS NULL",
	[LIC_STMT_ENTRY_BY_NAME] = ENTRY "WHERE parent = ? AND name = ? AND died IS NULL",
	[LIC_STMT_ENTRY_LIST] =
		ENTRY "WHERE parent = ? AND name > ? AND died IS NULL ORDER BY name",
	/* the words of the index, so that the planner takes it */
	[LIC_STMT_ENTRY_APART] =
		ENTRY "INDEXED BY entry_apart WHERE parent = ? AND died IS NULL AND "
		      "(kind IN (1, 6) OR rule IN (12, 13)) ORDER BY id",
	[LIC_STMT_ENTRY_EACH] = ENTRY "WHERE died IS NULL ORDER BY id",
	/* the literal kind lets the planner use the index of directories */
	[LIC_STMT_ENTRY_EACH_DIR] = ENTRY "WHERE kind = 1 AND died IS NULL ORDER BY id",
	/* of the index alone: rows of directories lie far apart */
	[LIC_STMT_ENTRY_DIR_PAST] =
		"SELECT id FROM entry INDEXED BY entry_dirs WHERE kind = 1 AND died IS NULL "
		"ORDER BY id LIMIT 1 OFFSET ?",
	[LIC_STMT_ENTRY_EACH_BUT] = ENTRY "WHERE died IS NULL AND (kind <> 2 OR "
					  "rights IN (SELECT value FROM json_each(?))) ORDER BY id",
	[LIC_STMT_ENTRY_EACH_KIND] = ENTRY "WHERE died IS NULL AND kind = ? ORDER BY id",
	[LIC_STMT_ENTRY_BY_HASH] = ENTRY "WHERE hash = ? AND died IS NULL ORDER BY id",
	[LIC_STMT_ENTRY_WAS_THERE] =
		"SELECT 1 FROM entry WHERE hash = ?1 AND name = ?2 AND kind = 2 AND born <= ?3 "
		"AND (died IS NULL OR died > ?3) LIMIT 1",
	[LIC_STMT_ENTRY_HEIRS] =
		"SELECT parent, name, born FROM entry WHERE hash = ?1 AND kind = 2 AND "
		"died IS NULL AND born > ?2 ORDER BY id LIMIT ?3",
	[LIC_STMT_ENTRY_PLACE] = "SELECT parent, name FROM entry WHERE id = ?",
	[LIC_STMT_ENTRY_DAMAGE] = "SELECT format, damage FROM entry WHERE id = ?",
	[LIC_STMT_ENTRY_DIR] = "SELECT parent, name, kind, born, died FROM entry WHERE id = ?",
	[LIC_STMT_ENTRY_IMAGES_AFTER] =
		"SELECT id FROM entry WHERE id > ? AND kind = 2 AND died IS NULL "
		"ORDER BY id LIMIT 4096",
	[LIC_STMT_ENTRY_ADD] =
		"INSERT INTO entry (parent, name, kind, rule, format, rights, born, since, size, "
		"mtime, ctime, ino, mode, uid, gid, judged, hash, damage) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, "
		"?16, ?17) ON CONFLICT DO NOTHING",
	[LIC_STMT_ENTRY_REFRESH] =
		"UPDATE entry SET rule = ?2, format = ?3, size = ?4, mtime = ?5, "
		"ctime = ?6, ino = ?7, mode = ?8, uid = ?9, gid = ?10, "
		"judged = ?11, hash = iif(kind = 3 AND ?2 <> 13, NULL, hash) WHERE id = ?1",
	[LIC_STMT_ENTRY_RIGHTS] = "UPDATE entry SET rights = ?2, since = ?3 WHERE id = ?1",
	[LIC_STMT_ENTRY_SET_DAMAGE] = "UPDATE entry SET damage = ?2 WHERE id = ?1",
	[LIC_STMT_ENTRY_FORMER] = "SELECT id FROM entry WHERE hash = ? AND died IS NOT NULL AND "
				  "id > ? ORDER BY id LIMIT 1",
	[LIC_STMT_ENTRY_FORMERS] =
		"SELECT id, parent, name, hash FROM entry WHERE id > ? AND kind = 2 AND "
		"died IS NOT NULL ORDER BY id LIMIT 1",
	[LIC_STMT_ENTRY_END] = "UPDATE entry SET died = ?2 WHERE id = ?1",
	[LIC_STMT_ENTRY_END_CHILDREN] =
		"UPDATE entry SET died = ?2 WHERE parent = ?1 AND died IS NULL",
	[LIC_STMT_PAST_ADD] = "INSERT INTO past (entry, born, died, rights) VALUES (?, ?, ?, ?)",
	[LIC_STMT_ENTRY_ENDED] =
		"SELECT rights, died FROM entry WHERE id = ? AND kind = 2 AND died IS NOT NULL",
	[LIC_STMT_PAST_IN] = "SELECT entry, died, rights FROM past WHERE entry BETWEEN ?1 AND ?2 "
			     "AND died > ?3 ORDER BY entry, born",
	[LIC_STMT_RIGHTS_AT] = "SELECT rights FROM entry WHERE id = ?1 AND kind = 2 AND "
			       "since <= ?2 AND (died IS NULL OR died > ?2) "
			       "UNION ALL SELECT rights FROM past WHERE entry = ?1 AND "
			       "born <= ?2 AND died > ?2",

	[LIC_STMT_RIGHTS_BY_ID] = "SELECT key FROM rights WHERE id = ?",
	[LIC_STMT_RIGHTS_BY_KEY] = "SELECT id FROM rights WHERE key = ?",
	[LIC_STMT_RIGHTS_ADD] = "INSERT INTO rights (key) VALUES (?)",
	[LIC_STMT_DIR_RIGHTS] = "SELECT rights, count, emptied FROM dir_rights WHERE dir = ?",
	[LIC_STMT_DIR_RIGHTS_ADD] =
		"INSERT INTO dir_rights (dir, rights, count, emptied) VALUES (?, ?, ?, 0)",
	[LIC_STMT_DIR_RIGHTS_CHANGE] =
		"UPDATE dir_rights SET count = count + ?3, "
		"emptied = iif(count + ?3 = 0, ?4, emptied) WHERE dir = ?1 AND rights = ?2 "
		"RETURNING count",
	[LIC_STMT_DIR_RIGHTS_END] = "DELETE FROM dir_rights WHERE dir = ?",

	[LIC_STMT_STATEMENT_BY_DIGEST] = "SELECT id FROM statement WHERE digest = ?",
	[LIC_STMT_STATEMENT_ADD] =
		"INSERT INTO statement (digest, rank, role, context, reserve, override, source, "
		"field, raw, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
	[LIC_STMT_STATEMENT_ADD_NEW] =
		"INSERT INTO statement (digest, rank, role, context, reserve, override, source, "
		"field, raw, text) SELECT * FROM lic_new_statements WHERE true "
		"ON CONFLICT DO NOTHING",
	[LIC_STMT_STATEMENT_IDS_NEW] = "SELECT n.rowid, s.id FROM lic_new_statements n CROSS JOIN "
				       "statement s ON s.digest = n.digest",
	[LIC_STMT_STATEMENT_BY_ID] = "SELECT rank, role, context, reserve, override, source, "
				     "field, raw, text FROM statement WHERE id = ?",
	[LIC_STMT_STATEMENT_IDS] = "SELECT id FROM statement WHERE id > ? ORDER BY id LIMIT 4096",
	[LIC_STMT_STATEMENT_DROP] = "DELETE FROM statement WHERE id = ?",
	[LIC_STMT_CLAIMS_ALL] = "SELECT stated FROM claim",
	[LIC_STMT_CLAIMS] = "SELECT stated FROM claim WHERE entry = ? AND died IS NULL",
	[LIC_STMT_CLAIMS_ADD] = "INSERT INTO claim (entry, born, stated) VALUES (?, ?, ?)",
	[LIC_STMT_CLAIMS_DROP] = "DELETE FROM claim WHERE entry = ? AND born = ?",
	[LIC_STMT_CLAIMS_DROP_ALL] = "DELETE FROM claim WHERE entry = ?",
	[LIC_STMT_CLAIMS_PAST] = "SELECT c.entry, c.born, c.stated FROM claim c CROSS JOIN entry e "
				 "ON e.id = c.entry WHERE c.died IS NOT NULL AND e.died IS NULL "
				 "AND (c.entry, c.born) > (?, ?) ORDER BY c.entry, c.born LIMIT 1",
	[LIC_STMT_CLAIMS_ERASED] = "SELECT 1 FROM claim WHERE entry = ? AND died IS NULL AND "
				   "stated = ''",
	[LIC_STMT_CLAIMS_OF] = "SELECT stated FROM claim WHERE entry = ?",
	[LIC_STMT_CLAIMS_END] = "UPDATE claim SET died = ?2 WHERE entry = ?1 AND died IS NULL",

	[LIC_STMT_OPTOUT_NEXT] = "SELECT reserve FROM optout WHERE hash = ? AND reserve > ? "
				 "ORDER BY reserve LIMIT 1",
	[LIC_STMT_OPTOUT_LIST] = "SELECT entry, reserve FROM optout WHERE hash = ? AND entry <> ? "
				 "LIMIT ?",
	[LIC_STMT_OPTOUT_ADD] = "INSERT INTO optout (hash, reserve, entry) VALUES (?, ?, ?)",
	[LIC_STMT_OPTOUT_DROP] = "DELETE FROM optout WHERE hash = ? AND entry = ?",
	[LIC_STMT_CREDIT] = "SELECT creator, title, source_url, license_url FROM credit "
			    "WHERE entry = ?",
	[LIC_STMT_CREDIT_FROM] = "SELECT creator, title, source_url, license_url, entry "
				 "FROM credit WHERE entry >= ? ORDER BY entry",
	[LIC_STMT_CREDIT_SET] = "INSERT OR REPLACE INTO credit (entry, creator, title, source_url, "
				"license_url) VALUES (?, ?, ?, ?, ?)",
	[LIC_STMT_CREDIT_DROP] = "DELETE FROM credit WHERE entry = ?",

	[LIC_STMT_COMPANION_IMAGES] = "SELECT image FROM companion WHERE entry = ? ORDER BY image",
	[LIC_STMT_COMPANIONS_OF] =
		"SELECT e.id, e.parent, e.name FROM companion c CROSS JOIN entry e "
		"ON e.id = c.entry WHERE c.image = ? AND e.died IS NULL",
	[LIC_STMT_COMPANION_ADD] = "INSERT OR IGNORE INTO companion (entry, image) VALUES (?, ?)",
	[LIC_STMT_COMPANION_DROP] = "DELETE FROM companion WHERE entry = ?",
	[LIC_STMT_COMPANION_MOVE] = "INSERT OR IGNORE INTO companion (entry, image) "
				    "SELECT ?2, image FROM companion WHERE entry = ?1",

	[LIC_STMT_VIEWS] = "SELECT id, name, expr, basis FROM view WHERE died IS NULL "
			   "ORDER BY name",
	[LIC_STMT_VIEW] = "SELECT id, expr, basis FROM view WHERE name = ? AND died IS NULL",
	[LIC_STMT_VIEW_ADD] = "INSERT INTO view (name, expr, basis, born) VALUES (?, ?, ?, ?)",
	[LIC_STMT_VIEW_END] = "UPDATE view SET died = ?2 WHERE id = ?1",
	[LIC_STMT_MAKERS] = "SELECT id, job, store, summary, digest, at, who, born, "
			    "coalesce(died, 0), coalesce(end_at, 0), end_who, "
			    "json_valid(summary) AND json_extract(CASE WHEN "
			    "json_valid(summary) THEN summary ELSE '{}' END, "
			    "'$.complete') IS 1 AND json_extract(CASE WHEN "
			    "json_valid(summary) THEN summary ELSE '{}' END, "
			    "'$.ledger_state') IS NOT 'running' FROM maker ORDER BY id",
	[LIC_STMT_MAKER_WHOLE] = "SELECT json_valid(summary) AND "
				 "json_type(CASE WHEN json_valid(summary) THEN summary ELSE '{}' "
				 "END, '$.licenses') IS 'array' FROM maker WHERE id = ?",
	[LIC_STMT_MAKER_LICENSES] =
		"SELECT l.value ->> '$.license', l.value ->> '$.images', l.value ->> '$.bytes', "
		"l.value ->> '$.opened' FROM maker, json_each(maker.summary, '$.licenses') AS l "
		"WHERE maker.id = ? AND l.type = 'object' ORDER BY l.key",
	[LIC_STMT_MAKER_ADD] = "INSERT INTO maker (job, store, summary, digest, at, who, born) "
			       "VALUES (?, ?, ?, ?, ?, ?, ?)",
	[LIC_STMT_MAKER_END] = "UPDATE maker SET died = ?2, end_at = ?3, end_who = ?4 WHERE id = "
			       "?1",
	[LIC_STMT_LICENSES] = "SELECT id, license FROM license_number ORDER BY license",
	[LIC_STMT_LICENSE_ADD] = "INSERT INTO license_number (license) SELECT ?1 WHERE NOT EXISTS "
				 "(SELECT 1 FROM license_number WHERE license = ?1)",
	[LIC_STMT_OWN] = "SELECT license, name, url, permissions, obligations, who, at, born, "
			 "coalesce(died, 0) FROM own_license ORDER BY license, id",
	[LIC_STMT_OWN_ADD] = "INSERT INTO own_license (license, name, url, permissions, "
			     "obligations, who, at, born) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[LIC_STMT_OWN_END] = "UPDATE own_license SET died = ?2 WHERE license = ?1 AND died IS NULL",
	[LIC_STMT_DECISIONS] = DECISION "ORDER BY id",
	[LIC_STMT_DECISIONS_LIVE] = DECISION "WHERE died IS NULL ORDER BY id",
	[LIC_STMT_DECISION] = DECISION "WHERE id = ? AND died IS NULL",
	[LIC_STMT_DECISION_NEXT] = "SELECT id FROM decision WHERE id >= ? AND died IS NULL "
				   "ORDER BY id LIMIT 1",
	[LIC_STMT_DECISION_OVER] = "SELECT id FROM decision WHERE died IS NULL AND until > 0 "
				   "AND until <= ? ORDER BY id LIMIT 1",
	[LIC_STMT_DECISION_ADD] =
		"INSERT INTO decision (action, pattern, exact, license, override, until, reason, "
		"who, at, born, collection, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[LIC_STMT_DECISION_ERASE] = "UPDATE decision SET reason = ?2, end_why = iif(end_why IS "
				    "NULL, NULL, ?2) WHERE id = ?1",
	[LIC_STMT_DECISION_END] = "UPDATE decision SET died = ?2, end_at = ?3, "
				  "end_who = ?4, end_why = ?5 WHERE id = ?1",

	[LIC_STMT_RIGHTS] = "SELECT id, key FROM rights",
	[LIC_STMT_STATEMENTS] = "SELECT id, digest, rank, role, context, reserve, override, "
				"source, field, raw, text FROM statement",
	[LIC_STMT_COUNT_IMAGES] = "SELECT parent, rights, count(*) FROM entry "
				  "WHERE died IS NULL AND kind = 2 GROUP BY parent, rights",
	[LIC_STMT_DIR_PARENTS] =
		"SELECT id, parent FROM entry WHERE died IS NULL AND kind IN (1, 6)",
	[LIC_STMT_DIR_RIGHTS_ALL] = "SELECT dir, rights, count FROM dir_rights",

	/* The floor comes in the same row, so that a trim between two queries cannot hide a gap */
	[LIC_STMT_CHANGES] = "SELECT gen, dir, entry, name, "
			     "(SELECT value FROM meta WHERE key = 'feed_floor') "
			     "FROM change WHERE gen > ? ORDER BY id",
	[LIC_STMT_CHANGE_ADD] = "INSERT INTO change (gen, dir, entry, name) VALUES (?, ?, ?, ?)",
	[LIC_STMT_CHANGE_SPAN] =
		"SELECT (SELECT min(id) FROM change), (SELECT max(id) FROM change)",
	[LIC_STMT_CHANGE_FLOOR] = "SELECT gen FROM change WHERE id <= ? ORDER BY id DESC LIMIT 1",
	[LIC_STMT_CHANGE_TRIM] = "DELETE FROM change WHERE id <= ?",

	[LIC_STMT_MANIFESTS] = "SELECT " MANIFEST_COLUMNS " FROM manifest m ORDER BY m.id",
	[LIC_STMT_MANIFESTS_PAST] =
		"SELECT " MANIFEST_COLUMNS ", m.first, m.kinds, g.at, g.verb, "
		"(SELECT min(n.id) FROM manifest n WHERE n.id > m.id AND n.kind = 1 "
		"AND n.born = m.died AND n.collection = m.collection) "
		"FROM manifest m LEFT JOIN generation g ON g.id = m.died "
		"WHERE m.kind = 1 AND m.died IS NOT NULL ORDER BY m.id DESC",
	[LIC_STMT_MANIFESTS_LIVE] = "SELECT id, kind, collection, root, first, rows, kinds, dir, "
				    "file "
				    "FROM manifest WHERE died IS NULL AND id >= ? ORDER BY id",
	[LIC_STMT_MANIFEST_IMPORT] =
		"SELECT id, first, rows, kinds, root, digest FROM manifest "
		"WHERE kind = 1 AND died IS NULL AND (collection = ?1 OR id = ?2)",
	[LIC_STMT_MANIFEST_RULE] = "SELECT id, first, rows, kinds, root, digest FROM manifest "
				   "WHERE kind = 2 AND died IS NULL AND dir = ? AND file = ?",
	[LIC_STMT_MANIFEST_RULES] = "SELECT DISTINCT abs(dir), file FROM manifest "
				    "WHERE kind = 2 AND died IS NULL ORDER BY 1, 2",
	[LIC_STMT_MANIFEST_SETTLE] = "UPDATE manifest SET dir = -dir WHERE id = ? AND dir < 0",
	[LIC_STMT_MANIFEST_ADD] = "INSERT INTO manifest (kind, collection, file, format, dir, "
				  "root, vouched, who, at, "
				  "first, rows, kinds, digest, born) "
				  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, x'', ?)",
	[LIC_STMT_MANIFEST_FILL] =
		"UPDATE manifest SET rows = ?2, kinds = ?3, digest = ?4 WHERE id = ?1",
	[LIC_STMT_MANIFEST_END] = "UPDATE manifest SET died = ?2 WHERE id = ?1",
	/* A row that is not there gives NULLs, which hide what it may be about */
	[LIC_STMT_ROW] = "SELECT ?1, keys, claims FROM (SELECT 1) "
			 "LEFT JOIN manifest_row ON id = ?1",
	[LIC_STMT_ROW_BY_KEY] = "SELECT k.row, r.keys, r.claims FROM row_key k "
				"LEFT JOIN manifest_row r ON r.id = k.row WHERE k.key = ?",
	[LIC_STMT_ROW_PATTERNS] =
		"SELECT k.row, r.keys FROM row_key k "
		"LEFT JOIN manifest_row r ON r.id = k.row WHERE k.key = 0 AND k.row >= ? "
		"ORDER BY k.row",
	[LIC_STMT_ROWS_OF] = "SELECT id, line, keys, claims FROM manifest_row "
			     "WHERE id >= ?1 AND id < ?2 ORDER BY id",
	[LIC_STMT_ROWS_FROM] = "SELECT id, keys, claims FROM manifest_row WHERE id >= ?1 AND "
			       "id < ?2 ORDER BY id LIMIT 1024",
	[LIC_STMT_ROW_ERASE] = "UPDATE manifest_row SET keys = ?2, claims = ?3 WHERE id = ?1",
	[LIC_STMT_MANIFESTS_BORN] = "SELECT first, rows FROM manifest WHERE born = ?",
	[LIC_STMT_MANIFESTS_ENDED] = "SELECT id, first, rows, kinds, root FROM manifest WHERE id > "
				     "? AND died IS NOT NULL ORDER BY id LIMIT 1",
	[LIC_STMT_MANIFEST_UNSETTLE] = "UPDATE manifest SET digest = x'' WHERE id = ? AND kind = 2",
	[LIC_STMT_ROW_LAST] =
		"SELECT max(coalesce((SELECT max(id) FROM manifest_row), 0), "
		"coalesce((SELECT first + rows - 1 FROM manifest ORDER BY id DESC LIMIT 1), 0))",
	[LIC_STMT_ROW_ADD] = "INSERT INTO manifest_row (id, line, keys, claims) "
			     "VALUES (?, ?, ?, ?)",
	[LIC_STMT_ROW_KEY_HAS] = "SELECT 1 FROM row_key WHERE key = ? AND row = ?",
	[LIC_STMT_ROW_KEY_ADD] = "INSERT OR IGNORE INTO row_key (key, row) VALUES (?, ?)",
	[LIC_STMT_ROW_KEY_DROP] = "DELETE FROM row_key WHERE key = ? AND row = ?",
	/* Those of rows that were erased cannot be made again */
	[LIC_STMT_ROW_KEY_DROP_ALL] = "DELETE FROM row_key WHERE row <= 0 OR row NOT IN "
				      "(SELECT id FROM manifest_row WHERE "
				      "substr(claims, 2, 1) = x'05')",
	[LIC_STMT_ROW_KEY_DROP_RANGE] =
		"DELETE FROM row_key WHERE (row >= ?1 AND row < ?2) OR row = -?3",
	[LIC_STMT_ROW_KEY_THICK] =
		"SELECT key FROM row_key WHERE row >= ?1 AND row < ?2 AND key <> 0 "
		"GROUP BY key HAVING count(*) > ?3",
	[LIC_STMT_ROW_KEY_THIN] = "DELETE FROM row_key WHERE key = ? AND row >= ? AND row < ?",
	[LIC_STMT_MATCHES_OF] = "SELECT row FROM row_match WHERE entry = ? ORDER BY row",
	[LIC_STMT_MATCH_OTHER] = "SELECT 1 FROM row_match WHERE row = ? AND entry <> ? LIMIT 1",
	[LIC_STMT_MATCH_OTHERS] =
		"SELECT entry, weak FROM row_match WHERE row = ? AND entry <> ? LIMIT 2",
	/* An image with other bytes, that was not the only one until this one came */
	[LIC_STMT_MATCH_HEIR] =
		"SELECT 1 FROM row_match m JOIN entry x ON x.id = m.entry WHERE m.row = ?1 "
		"AND x.id <> ?2 AND x.died IS NULL AND x.hash <> ?3 AND (x.id > ?2 OR ?4 <= "
		"(SELECT born FROM manifest WHERE id = ?5)) LIMIT 1",
	[LIC_STMT_MATCH_UNERASED] =
		"SELECT 1 FROM row_match m CROSS JOIN entry x ON x.id = m.entry WHERE m.row = ? "
		"AND x.died IS NULL AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.entry = m.entry "
		"AND c.died IS NULL AND c.stated = '') LIMIT 1",
	[LIC_STMT_MATCH_ERASED] =
		"SELECT DISTINCT m.row FROM row_match m WHERE m.row >= ? AND m.row < ? AND EXISTS "
		"(SELECT 1 FROM claim c WHERE c.entry = m.entry AND c.died IS NULL AND "
		"c.stated = '') ORDER BY m.row LIMIT 4096",
	[LIC_STMT_MATCH_FORGET] =
		"DELETE FROM row_match WHERE row >= ? AND row < ? AND EXISTS "
		"(SELECT 1 FROM entry WHERE id = row_match.entry AND died IS NOT NULL)",
	[LIC_STMT_MATCH_ADD] = "INSERT INTO row_match (row, entry, weak) VALUES (?, ?, ?)",
	[LIC_STMT_MATCH_DROP] = "DELETE FROM row_match WHERE row = ? AND entry = ?",
	[LIC_STMT_MATCHED_ROWS] = "SELECT row, count(*), max(weak) FROM row_match "
				  "WHERE row >= ? AND row < ? GROUP BY row",
	[LIC_STMT_DIGEST] = "SELECT md5, sha256 FROM digest WHERE entry = ?",
	[LIC_STMT_DIGEST_BY_MD5] = "SELECT entry FROM digest JOIN entry ON entry.id = digest.entry "
				   "WHERE md5 = ? AND died IS NULL ORDER BY entry",
	[LIC_STMT_DIGEST_BY_SHA256] =
		"SELECT entry FROM digest JOIN entry ON entry.id = digest.entry "
		"WHERE sha256 = ? AND died IS NULL ORDER BY entry",
	[LIC_STMT_DIGEST_SET] =
		"INSERT INTO digest (entry, md5, sha256) VALUES (?1, ?2, ?3) ON CONFLICT (entry) "
		"DO UPDATE SET md5 = coalesce(?2, md5), sha256 = coalesce(?3, sha256)",
	[LIC_STMT_MATCHED_IMAGES] =
		"SELECT DISTINCT entry FROM row_match WHERE row >= ? AND row < ?",
	[LIC_STMT_MATCH_IMAGES] =
		"SELECT entry FROM row_match WHERE row = ? ORDER BY entry LIMIT 2",

	[LIC_STMT_DOCUMENT] = "SELECT entry, " DOCUMENT_COLUMNS " FROM document WHERE entry = ?",
	[LIC_STMT_DOCUMENTS] = "SELECT entry, " DOCUMENT_COLUMNS " FROM document ORDER BY entry",
	[LIC_STMT_DOCUMENT_SET] =
		"INSERT INTO document (entry, " DOCUMENT_COLUMNS ") "
		"VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0, ?6, ?7) ON CONFLICT (entry) DO UPDATE SET "
		"format = ?2, flags = ?3, records = ?4, subjects = ?5, touched = ?6, note = ?7",
	[LIC_STMT_DOCUMENT_BOUND] = "UPDATE document SET bound = ?2, made = ?3, touched = ?3, "
				    "first = iif(first = 0, ?3, first) WHERE entry = ?1",
	[LIC_STMT_DOCUMENT_TOUCH] = "UPDATE document SET touched = ?2 WHERE entry = ?1",
	[LIC_STMT_DOCUMENT_DROP] = "DELETE FROM document WHERE entry = ?",
	[LIC_STMT_PARTS] =
		"SELECT piece FROM document_part WHERE document = ? AND part = ? ORDER BY id",
	[LIC_STMT_PART_ADD] = "INSERT INTO document_part (document, part, piece) VALUES (?, ?, ?)",
	[LIC_STMT_PARTS_DROP] = "DELETE FROM document_part WHERE document = ? AND part = ?",
	[LIC_STMT_PARTS_DROP_ALL] = "DELETE FROM document_part WHERE document = ?",
	[LIC_STMT_DOCUMENTS_OF] = "SELECT document FROM document_image WHERE image = ?1 UNION ALL "
				  "SELECT d.id FROM entry e CROSS JOIN entry d ON d.id = e.parent "
				  "WHERE e.id = ?1 AND d.kind = 6 AND d.died IS NULL",
	[LIC_STMT_DOCUMENTS_WITH] = "SELECT document FROM document_image WHERE image = ?",
	[LIC_STMT_DOCUMENT_IMAGE_ADD] =
		"INSERT OR IGNORE INTO document_image (image, document) VALUES (?, ?)",
	[LIC_STMT_DOCUMENT_IMAGE_DROP] =
		"DELETE FROM document_image WHERE image = ? AND document = ?",
	[LIC_STMT_DOCUMENT_IMAGE_HAS] =
		"SELECT 1 FROM document_image WHERE image = ? AND document = ?",
	[LIC_STMT_ENTRY_KIND] = "SELECT kind FROM entry WHERE id = ?",
	[LIC_STMT_ENTRY_PUT_KIND] = "UPDATE entry SET kind = ?2, rule = ?3, hash = "
				    "iif(?2 = 3 AND ?3 = 13, hash, NULL) WHERE id = ?1",
	[LIC_STMT_ENTRY_RIGHTS_IN] = "SELECT id, rights, since FROM entry WHERE id BETWEEN ? AND ? "
				     "AND kind = 2 AND died IS NULL ORDER BY id",
	[LIC_STMT_PEND] = "INSERT OR IGNORE INTO pending (entry) VALUES (?)",
	[LIC_STMT_SETTLE] = "DELETE FROM pending WHERE entry = ?",
	[LIC_STMT_PENDING] = "SELECT p.entry FROM pending p CROSS JOIN entry e ON e.id = p.entry "
			     "WHERE e.died IS NULL AND (e.kind = 1) = ? ORDER BY p.entry",
	[LIC_STMT_META_IMAGES] =
		"SELECT coalesce((SELECT value FROM meta WHERE key = 'images'), 0), "
		"coalesce((SELECT value FROM meta WHERE key = 'bound'), 0)",

	[LIC_STMT_REVOCATIONS] = REVOCATION "ORDER BY id",
	[LIC_STMT_REVOCATION] = REVOCATION "WHERE id = ? AND died IS NULL",
	[LIC_STMT_REVOCATIONS_ERASED] = "SELECT id FROM revocation WHERE erased AND died IS NULL",
	[LIC_STMT_REVOCATION_ADD] = "INSERT INTO revocation (kind, text, reason, requester, who, "
				    "at, erased, born) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[LIC_STMT_REVOCATION_END] = "UPDATE revocation SET died = ?2, end_at = ?3, end_who = ?4, "
				    "end_why = ?5 WHERE id = ?1",
	[LIC_STMT_REVOCATIONS_ENDED] =
		"SELECT id, text FROM revocation WHERE kind = ? AND id > ? AND died IS NOT NULL "
		"AND length(text) > 0 ORDER BY id",
	[LIC_STMT_REVOCATION_HIDE] =
		"UPDATE revocation SET text = CAST('(erased)' AS BLOB), requester = '' "
		"WHERE id = ?",
	[LIC_STMT_REVOKED_HIDE] =
		"UPDATE revocation SET text = CAST('(erased)' AS BLOB), requester = '' "
		"WHERE erased = 0 AND id IN (SELECT revocation FROM revoked WHERE kind = ? AND "
		"form = 0 AND key = ?)",
	[LIC_STMT_REVOKED_SEAL] = "UPDATE OR REPLACE revoked SET form = 1, key = ?3 WHERE "
				  "kind = ?1 AND form = 0 AND key = ?2",
	/* All but hashes of bytes, of which there are many, in the order of the table */
	[LIC_STMT_REVOKED_NAMED] =
		"SELECT kind, form, key, revocation FROM revoked WHERE kind < 2 UNION ALL "
		"SELECT kind, form, key, revocation FROM revoked WHERE kind > 2",
	[LIC_STMT_REVOKED_BYTES] = "SELECT form, min(length(key)), max(length(key)) FROM revoked "
				   "WHERE kind = 2 GROUP BY form",
	[LIC_STMT_REVOKED_BY] =
		"SELECT revocation FROM revoked WHERE kind = ? AND form = ? AND key = ?",
	[LIC_STMT_REVOKED_OF] = "SELECT kind, form, key FROM revoked WHERE revocation = ?",
	[LIC_STMT_REVOKED_ADD] =
		"INSERT OR IGNORE INTO revoked (kind, form, key, revocation) VALUES (?, ?, ?, ?)",
	[LIC_STMT_REVOKED_DROP] = "DELETE FROM revoked WHERE revocation = ?",
	[LIC_STMT_ENTRY_TWIN] = "SELECT 1 FROM entry WHERE hash = ? AND died IS NULL AND "
				"kind = 2 AND id <> ? LIMIT 1",
	[LIC_STMT_ENTRY_MASK] = "SELECT id FROM entry WHERE hash = ? AND died IS NULL AND "
				"kind = 3 AND rule = 13 LIMIT 1",
	/* By the index of what may lie apart, which all directories are in as well */
	[LIC_STMT_ENTRY_MASKS] =
		"SELECT id, hash IS NULL FROM entry INDEXED BY entry_apart WHERE died IS NULL AND "
		"(kind IN (1, 6) OR rule IN (12, 13)) AND kind = 3 AND rule = 13",
	[LIC_STMT_META_HAS] = "SELECT 1 FROM meta WHERE key = ?",
	[LIC_STMT_ENTRY_NAMES] = "SELECT id, name, kind FROM entry WHERE died IS NULL AND "
				 "(kind = 2 OR (kind = 3 AND rule = 13))",
	[LIC_STMT_ENTRY_HASHES] = "SELECT id, hash FROM entry WHERE kind = 2 AND died IS NULL",
	[LIC_STMT_ENTRY_OF_STATUS] =
		"SELECT id FROM entry WHERE kind = 2 AND died IS NULL AND rights IN "
		"(SELECT id FROM rights WHERE key GLOB 'v1;status=' || ? || ';*')",
	[LIC_STMT_STATEMENTS_OF] = "SELECT id, role, text FROM statement WHERE role IN (?, ?, ?)",
	[LIC_STMT_CLAIMS_LIVE] = "SELECT entry, stated FROM claim WHERE died IS NULL",
	[LIC_STMT_MATCH_ALL] = "SELECT entry FROM row_match WHERE row = ?",

	[LIC_STMT_LIKENESS] = "SELECT state, prints, note FROM likeness WHERE entry = ?",
	[LIC_STMT_LIKENESSES] =
		"SELECT state, prints, entry FROM likeness WHERE state = 1 ORDER BY entry",
	/* Images with the same bytes have equal ones: the first will do */
	[LIC_STMT_LIKENESS_BY_HASH] =
		"SELECT state, prints FROM entry e CROSS JOIN likeness l ON l.entry = e.id "
		"WHERE e.hash = ? AND e.died IS NULL LIMIT 1",
	[LIC_STMT_LIKENESS_WAITING] =
		"SELECT entry FROM likeness WHERE state = 0 AND entry > ? ORDER BY entry",
	[LIC_STMT_LIKENESS_COUNTS] = "SELECT state, count(*) FROM likeness GROUP BY state",
	[LIC_STMT_LIKENESS_ADD] = "INSERT INTO likeness (entry, state, note) VALUES (?, 0, '')",
	[LIC_STMT_LIKENESS_TAKE] =
		"INSERT INTO likeness (entry, state, prints, note) "
		"SELECT ?1, state, prints, note FROM entry e "
		"CROSS JOIN likeness l ON l.entry = e.id WHERE e.hash = ?2 AND e.died IS NULL "
		"LIMIT 1",
	[LIC_STMT_LIKENESS_SET] =
		"UPDATE likeness SET state = ?2, prints = ?3, note = ?4 WHERE entry IN "
		"(SELECT id FROM entry WHERE hash = ?1 AND died IS NULL)",
	[LIC_STMT_LIKENESS_AGAIN] =
		"UPDATE likeness SET state = 0, note = '' WHERE state = 2 AND note <> 'erased' AND "
		"EXISTS "
		"(SELECT 1 FROM entry e WHERE e.id = likeness.entry AND (1 << e.format) & ?)",
	[LIC_STMT_LIKENESS_ERASE] = "UPDATE likeness SET state = 2, prints = NULL, note = "
				    "'" LIC_LIKENESS_ERASED "' WHERE entry = ?",
	[LIC_STMT_LIKENESS_WAKE] = "UPDATE likeness SET state = 0, note = '' WHERE entry = ? AND "
				   "note = '" LIC_LIKENESS_ERASED "'",
	[LIC_STMT_LIKENESS_DROP] = "DELETE FROM likeness WHERE entry = ?",

	[LIC_STMT_SNAPSHOTS] = SNAPSHOT
	"WHERE id > 0 ORDER BY died IS NOT NULL, iif(died IS NULL, name, NULL), id",
	[LIC_STMT_SNAPSHOT] = SNAPSHOT "WHERE name = ? AND died IS NULL AND id > 0",
	[LIC_STMT_SNAPSHOT_BY_ID] = SNAPSHOT "WHERE id = ? AND died IS NULL",
	[LIC_STMT_SNAPSHOT_NEXT] = "SELECT id FROM snapshot WHERE id > ? AND died IS NULL "
				   "ORDER BY id LIMIT 1",
	[LIC_STMT_SNAPSHOT_ADD] =
		"INSERT INTO snapshot (name, view, expr, basis, policy, facts, classes, sha256, "
		"who, at, images, files, dirs, bytes, digest, born, id) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, x'', ?, ?)",
	[LIC_STMT_SNAPSHOT_FILL] = "UPDATE snapshot SET images = ?2, files = ?3, dirs = ?4, "
				   "bytes = ?5, digest = ?6 WHERE id = ?1",
	[LIC_STMT_SNAPSHOT_END] =
		"UPDATE snapshot SET died = ?2, end_at = ?3, end_who = ?4 WHERE id = ?1",
	[LIC_STMT_SNAPSHOT_PART] =
		"SELECT chunk, first, members FROM snapshot_part WHERE snapshot = ? AND "
		"chunk <= ? ORDER BY chunk DESC LIMIT 1",
	[LIC_STMT_SNAPSHOT_PARTS] = "SELECT chunk, members FROM snapshot_part WHERE snapshot = ? "
				    "ORDER BY chunk",
	[LIC_STMT_SNAPSHOT_ADD_PART] =
		"INSERT INTO snapshot_part (snapshot, chunk, first, members) VALUES (?, ?, ?, ?)",
	[LIC_STMT_SNAPSHOT_DROP_PARTS] = "DELETE FROM snapshot_part WHERE snapshot = ?",
	[LIC_STMT_SNAPSHOT_SALTS] =
		"SELECT leaf, height, value FROM snapshot_salt WHERE snapshot = ? ORDER BY leaf",
	[LIC_STMT_SNAPSHOT_SALT] = "SELECT leaf, height, value FROM snapshot_salt WHERE "
				   "snapshot = ? AND leaf <= ? ORDER BY leaf DESC LIMIT 1",
	[LIC_STMT_SNAPSHOT_ADD_SALT] =
		"INSERT INTO snapshot_salt (snapshot, leaf, height, value) VALUES (?, ?, ?, ?)",
	[LIC_STMT_SNAPSHOT_DROP_SALT] = "DELETE FROM snapshot_salt WHERE snapshot = ? AND leaf = ?",
	[LIC_STMT_SNAPSHOT_DROP_SALTS] = "DELETE FROM snapshot_salt WHERE snapshot = ?",
	[LIC_STMT_SNAPSHOT_ERASED] = "SELECT count(*) FROM snapshot_salt WHERE snapshot = ? AND "
				     "length(value) = 32",
	[LIC_STMT_CONTENT] = "SELECT sha256 FROM content WHERE entry = ?",
	[LIC_STMT_CONTENT_SET] = "INSERT OR IGNORE INTO content (entry, sha256) VALUES (?, ?)",
	[LIC_STMT_CONTENT_DROP_ALL] = "DELETE FROM content WHERE NOT EXISTS "
				      "(SELECT 1 FROM snapshot WHERE sha256 AND died IS NULL)",
	[LIC_STMT_ENTRY_EVER] = THEN "WHERE id = ?",
	[LIC_STMT_ENTRY_ENDED_NAME] = THEN "INDEXED BY entry_ended WHERE parent = ? AND name = ? "
					   "AND died IS NOT NULL AND died > ?3 AND born <= ?3",
	[LIC_STMT_ENTRY_ENDED_LIST] =
		THEN "INDEXED BY entry_ended WHERE parent = ? AND name > ? AND died IS NOT NULL "
		     "AND died > ?3 AND born <= ?3 ORDER BY name",
	[LIC_STMT_ENTRY_THEN] = THEN "WHERE born <= ?1 AND (died IS NULL OR died > ?1) ORDER BY id",
	[LIC_STMT_ENTRY_THEN_BRIEF] =
		"SELECT id, parent, name, kind, rule, rights, size, mtime, hash, since FROM entry "
		"WHERE born <= ?1 AND (died IS NULL OR died > ?1) ORDER BY id",
	[LIC_STMT_PAST_AT] =
		"SELECT rights FROM past WHERE entry = ?1 AND born <= ?2 AND died > ?2",
	[LIC_STMT_PAST_THEN] = "SELECT entry, rights FROM past WHERE born <= ?1 AND died > ?1 "
			       "ORDER BY entry",
	/* What snapshots may need of what is overwritten */
	[LIC_STMT_STAT_KEEP] =
		"INSERT OR IGNORE INTO stat_past (entry, died, size, mtime, ctime, mode, uid, gid) "
		"SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE EXISTS (SELECT 1 FROM snapshot "
		"WHERE died IS NULL AND born >= coalesce((SELECT max(died) FROM stat_past "
		"WHERE entry = ?1), 0))",
	[LIC_STMT_STAT_AT] = "SELECT size, mtime, ctime, mode, uid, gid FROM stat_past "
			     "WHERE entry = ? AND died > ? ORDER BY died LIMIT 1",
	[LIC_STMT_PARTS_DUE] =
		"SELECT 1 FROM snapshot WHERE died IS NULL AND born >= coalesce((SELECT -min(part) "
		"FROM document_part WHERE document = ?1 AND part < 0), ?2) LIMIT 1",
	[LIC_STMT_PARTS_KEEP] =
		"UPDATE document_part SET part = -?3 WHERE document = ?1 AND part = ?2",
	[LIC_STMT_PARTS_AT] = "SELECT part FROM document_part WHERE document = ? AND part < -? "
			      "ORDER BY part DESC LIMIT 1",
	[LIC_STMT_SNAPSHOTS_STAMP] = "SELECT (SELECT max(id) FROM snapshot WHERE id > 0), "
				     "(SELECT count(*) FROM snapshot WHERE died IS NULL AND "
				     "id > 0)",
	[LIC_STMT_REVOCATION_NEWEST] = "SELECT max(id) FROM revocation",
	[LIC_STMT_ENTRY_EVER_HASH] = "SELECT id FROM entry WHERE hash = ? ORDER BY id",
	[LIC_STMT_GENERATION_VERB] = "SELECT verb FROM generation WHERE id = ?",

	[LIC_STMT_JOBS] = JOB "ORDER BY id",
	[LIC_STMT_JOB] = JOB "WHERE name = ? AND died IS NULL",
	[LIC_STMT_JOB_ADD] = "INSERT INTO job (name, how, command, mountpoint, pinned, who, at, "
			     "born) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[LIC_STMT_JOB_END] = "UPDATE job SET died = ?2, end_at = ?3, end_who = ?4 WHERE id = ?1",
	[LIC_STMT_JOB_DROP] = "DELETE FROM job WHERE id = ?",
	[LIC_STMT_SNAPSHOT_DROP] = "DELETE FROM snapshot WHERE id = ?",
};
