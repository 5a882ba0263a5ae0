/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prepared statements of one connection.
 *
 * A query is begun by lic_query(), stepped, and always ended: an open read transaction lets the
 * write-ahead log grow. Statements are prepared once and kept; one that is still running (a
 * callback that lists a directory within a listing) is prepared again for the inner query.
 */
#ifndef LICENSEFS_CATALOG_QUERY_H
#define LICENSEFS_CATALOG_QUERY_H

#include <sqlite3.h>
#include <stdbool.h>

#include <licensefs/catalog.h>

enum lic_stmt {
	LIC_STMT_GENERATION,
	LIC_STMT_GENERATION_ADD,
	LIC_STMT_GENERATION_TIME,
	LIC_STMT_ENTRY_LAST_RIGHTS,
	LIC_STMT_DATA_VERSION,
	LIC_STMT_JOURNAL_MODE,
	LIC_STMT_BEGIN,
	LIC_STMT_END,
	LIC_STMT_META,
	LIC_STMT_META_SET,
	LIC_STMT_META_DROP,
	LIC_STMT_ENTRY_BY_ID,
	LIC_STMT_ENTRY_BY_NAME,
	LIC_STMT_ENTRY_LIST,
	LIC_STMT_ENTRY_APART,
	LIC_STMT_ENTRY_EACH,
	LIC_STMT_ENTRY_EACH_DIR,
	LIC_STMT_ENTRY_DIR_PAST,
	LIC_STMT_ENTRY_EACH_BUT,
	LIC_STMT_ENTRY_EACH_KIND,
	LIC_STMT_ENTRY_BY_HASH,
	LIC_STMT_ENTRY_WAS_THERE,
	LIC_STMT_ENTRY_HEIRS,
	LIC_STMT_ENTRY_PLACE,
	LIC_STMT_ENTRY_DAMAGE,
	LIC_STMT_ENTRY_DIR,
	LIC_STMT_ENTRY_IMAGES_AFTER,
	LIC_STMT_ENTRY_ADD,
	LIC_STMT_ENTRY_REFRESH,
	LIC_STMT_ENTRY_RIGHTS,
	LIC_STMT_ENTRY_SET_DAMAGE,
	LIC_STMT_ENTRY_END,
	LIC_STMT_ENTRY_FORMER,
	LIC_STMT_ENTRY_FORMERS,
	LIC_STMT_ENTRY_END_CHILDREN,
	LIC_STMT_ENTRY_ENDED,
	LIC_STMT_PAST_ADD,
	LIC_STMT_PAST_IN,
	LIC_STMT_RIGHTS_AT,
	LIC_STMT_RIGHTS_BY_ID,
	LIC_STMT_RIGHTS_BY_KEY,
	LIC_STMT_RIGHTS_ADD,
	LIC_STMT_DIR_RIGHTS,
	LIC_STMT_DIR_RIGHTS_ADD,
	LIC_STMT_DIR_RIGHTS_CHANGE,
	LIC_STMT_DIR_RIGHTS_END,
	LIC_STMT_STATEMENT_BY_DIGEST,
	LIC_STMT_STATEMENT_ADD,
	LIC_STMT_STATEMENT_ADD_NEW,
	LIC_STMT_STATEMENT_IDS_NEW,
	LIC_STMT_STATEMENT_BY_ID,
	LIC_STMT_STATEMENT_IDS,
	LIC_STMT_STATEMENT_DROP,
	LIC_STMT_CLAIMS,
	LIC_STMT_CLAIMS_ALL,
	LIC_STMT_CLAIMS_ADD,
	LIC_STMT_CLAIMS_DROP,
	LIC_STMT_CLAIMS_END,
	LIC_STMT_CLAIMS_DROP_ALL,
	LIC_STMT_CLAIMS_PAST,
	LIC_STMT_CLAIMS_ERASED,
	LIC_STMT_CLAIMS_OF,
	LIC_STMT_OPTOUT_NEXT,
	LIC_STMT_OPTOUT_LIST,
	LIC_STMT_OPTOUT_ADD,
	LIC_STMT_OPTOUT_DROP,
	LIC_STMT_CREDIT,
	LIC_STMT_CREDIT_FROM,
	LIC_STMT_CREDIT_SET,
	LIC_STMT_CREDIT_DROP,
	LIC_STMT_COMPANION_IMAGES,
	LIC_STMT_COMPANIONS_OF,
	LIC_STMT_COMPANION_ADD,
	LIC_STMT_COMPANION_DROP,
	LIC_STMT_COMPANION_MOVE,
	LIC_STMT_VIEWS,
	LIC_STMT_VIEW,
	LIC_STMT_VIEW_ADD,
	LIC_STMT_VIEW_END,
	LIC_STMT_MAKERS,
	LIC_STMT_MAKER_WHOLE,
	LIC_STMT_MAKER_LICENSES,
	LIC_STMT_MAKER_ADD,
	LIC_STMT_MAKER_END,
	LIC_STMT_LICENSES,
	LIC_STMT_LICENSE_ADD,
	LIC_STMT_OWN,
	LIC_STMT_OWN_ADD,
	LIC_STMT_OWN_END,
	LIC_STMT_DECISIONS,
	LIC_STMT_DECISIONS_LIVE,
	LIC_STMT_DECISION,
	LIC_STMT_DECISION_NEXT,
	LIC_STMT_DECISION_OVER,
	LIC_STMT_DECISION_ADD,
	LIC_STMT_DECISION_END,
	LIC_STMT_DECISION_ERASE,
	LIC_STMT_RIGHTS,
	LIC_STMT_STATEMENTS,
	LIC_STMT_COUNT_IMAGES,
	LIC_STMT_DIR_PARENTS,
	LIC_STMT_DIR_RIGHTS_ALL,
	LIC_STMT_CHANGES,
	LIC_STMT_CHANGE_ADD,
	LIC_STMT_CHANGE_SPAN,
	LIC_STMT_CHANGE_FLOOR,
	LIC_STMT_CHANGE_TRIM,
	LIC_STMT_MANIFESTS,
	LIC_STMT_MANIFESTS_PAST,
	LIC_STMT_MANIFESTS_LIVE,
	LIC_STMT_MANIFEST_IMPORT,
	LIC_STMT_MANIFEST_RULE,
	LIC_STMT_MANIFEST_RULES,
	LIC_STMT_MANIFEST_SETTLE,
	LIC_STMT_MANIFEST_ADD,
	LIC_STMT_MANIFEST_FILL,
	LIC_STMT_MANIFEST_END,
	LIC_STMT_ROW,
	LIC_STMT_ROW_BY_KEY,
	LIC_STMT_ROW_PATTERNS,
	LIC_STMT_ROWS_OF,
	LIC_STMT_ROW_LAST,
	LIC_STMT_ROWS_FROM,
	LIC_STMT_ROW_ERASE,
	LIC_STMT_MANIFESTS_BORN,
	LIC_STMT_MANIFESTS_ENDED,
	LIC_STMT_MANIFEST_UNSETTLE,
	LIC_STMT_ROW_ADD,
	LIC_STMT_ROW_KEY_HAS,
	LIC_STMT_ROW_KEY_ADD,
	LIC_STMT_ROW_KEY_DROP,
	LIC_STMT_ROW_KEY_DROP_ALL,
	LIC_STMT_ROW_KEY_DROP_RANGE,
	LIC_STMT_ROW_KEY_THICK,
	LIC_STMT_ROW_KEY_THIN,
	LIC_STMT_MATCHES_OF,
	LIC_STMT_MATCH_OTHER,
	LIC_STMT_MATCH_OTHERS,
	LIC_STMT_MATCH_HEIR,
	LIC_STMT_MATCH_FORGET,
	LIC_STMT_MATCH_UNERASED,
	LIC_STMT_MATCH_ERASED,
	LIC_STMT_MATCH_ADD,
	LIC_STMT_MATCH_DROP,
	LIC_STMT_MATCHED_ROWS,
	LIC_STMT_MATCHED_IMAGES,
	LIC_STMT_DIGEST,
	LIC_STMT_DIGEST_BY_MD5,
	LIC_STMT_DIGEST_BY_SHA256,
	LIC_STMT_DIGEST_SET,
	LIC_STMT_MATCH_IMAGES,
	LIC_STMT_DOCUMENT,
	LIC_STMT_DOCUMENTS,
	LIC_STMT_DOCUMENT_SET,
	LIC_STMT_DOCUMENT_BOUND,
	LIC_STMT_DOCUMENT_TOUCH,
	LIC_STMT_DOCUMENT_DROP,
	LIC_STMT_PARTS,
	LIC_STMT_PART_ADD,
	LIC_STMT_PARTS_DROP,
	LIC_STMT_PARTS_DROP_ALL,
	LIC_STMT_DOCUMENTS_OF,
	LIC_STMT_DOCUMENTS_WITH,
	LIC_STMT_DOCUMENT_IMAGE_ADD,
	LIC_STMT_DOCUMENT_IMAGE_DROP,
	LIC_STMT_DOCUMENT_IMAGE_HAS,
	LIC_STMT_ENTRY_KIND,
	LIC_STMT_ENTRY_PUT_KIND,
	LIC_STMT_ENTRY_RIGHTS_IN,
	LIC_STMT_PEND,
	LIC_STMT_SETTLE,
	LIC_STMT_PENDING,
	LIC_STMT_META_IMAGES,
	LIC_STMT_REVOCATIONS,
	LIC_STMT_REVOCATION,
	LIC_STMT_REVOCATION_ADD,
	LIC_STMT_REVOCATIONS_ERASED,
	LIC_STMT_REVOCATION_END,
	LIC_STMT_REVOCATIONS_ENDED,
	LIC_STMT_REVOCATION_HIDE,
	LIC_STMT_REVOKED_HIDE,
	LIC_STMT_REVOKED_SEAL,
	LIC_STMT_REVOKED_NAMED,
	LIC_STMT_REVOKED_BYTES,
	LIC_STMT_REVOKED_BY,
	LIC_STMT_REVOKED_OF,
	LIC_STMT_REVOKED_ADD,
	LIC_STMT_REVOKED_DROP,
	LIC_STMT_ENTRY_TWIN,
	LIC_STMT_ENTRY_MASK,
	LIC_STMT_ENTRY_MASKS,
	LIC_STMT_META_HAS,
	LIC_STMT_ENTRY_NAMES,
	LIC_STMT_ENTRY_HASHES,
	LIC_STMT_ENTRY_OF_STATUS,
	LIC_STMT_STATEMENTS_OF,
	LIC_STMT_CLAIMS_LIVE,
	LIC_STMT_MATCH_ALL,
	LIC_STMT_LIKENESS,
	LIC_STMT_LIKENESSES,
	LIC_STMT_LIKENESS_BY_HASH,
	LIC_STMT_LIKENESS_WAITING,
	LIC_STMT_LIKENESS_COUNTS,
	LIC_STMT_LIKENESS_ADD,
	LIC_STMT_LIKENESS_TAKE,
	LIC_STMT_LIKENESS_SET,
	LIC_STMT_LIKENESS_AGAIN,
	LIC_STMT_LIKENESS_DROP,
	LIC_STMT_LIKENESS_ERASE,
	LIC_STMT_LIKENESS_WAKE,
	LIC_STMT_SNAPSHOTS,
	LIC_STMT_SNAPSHOT,
	LIC_STMT_SNAPSHOT_BY_ID,
	LIC_STMT_SNAPSHOT_NEXT,
	LIC_STMT_SNAPSHOT_ADD,
	LIC_STMT_SNAPSHOT_FILL,
	LIC_STMT_SNAPSHOT_END,
	LIC_STMT_SNAPSHOT_PART,
	LIC_STMT_SNAPSHOT_PARTS,
	LIC_STMT_SNAPSHOT_ADD_PART,
	LIC_STMT_SNAPSHOT_DROP_PARTS,
	LIC_STMT_SNAPSHOT_SALTS,
	LIC_STMT_SNAPSHOT_SALT,
	LIC_STMT_SNAPSHOT_ADD_SALT,
	LIC_STMT_SNAPSHOT_DROP_SALT,
	LIC_STMT_SNAPSHOT_DROP_SALTS,
	LIC_STMT_SNAPSHOT_ERASED,
	LIC_STMT_CONTENT,
	LIC_STMT_CONTENT_SET,
	LIC_STMT_CONTENT_DROP_ALL,
	LIC_STMT_ENTRY_EVER,
	LIC_STMT_ENTRY_ENDED_NAME,
	LIC_STMT_ENTRY_ENDED_LIST,
	LIC_STMT_ENTRY_THEN,
	LIC_STMT_ENTRY_THEN_BRIEF,
	LIC_STMT_PAST_AT,
	LIC_STMT_PAST_THEN,
	LIC_STMT_STAT_KEEP,
	LIC_STMT_STAT_AT,
	LIC_STMT_PARTS_DUE,
	LIC_STMT_PARTS_KEEP,
	LIC_STMT_PARTS_AT,
	LIC_STMT_SNAPSHOTS_STAMP,
	LIC_STMT_REVOCATION_NEWEST,
	LIC_STMT_ENTRY_EVER_HASH,
	LIC_STMT_GENERATION_VERB,
	LIC_STMT_JOBS,
	LIC_STMT_JOB,
	LIC_STMT_JOB_ADD,
	LIC_STMT_JOB_END,
	LIC_STMT_JOB_DROP,
	LIC_STMT_SNAPSHOT_DROP,
	LIC_STMT_COUNT
};

struct lic_stmt_slot {
	sqlite3_stmt *stmt;
	bool busy;
};

struct lic_query {
	struct lic_catalog *cat;
	sqlite3_stmt *stmt;	    /* NULL: not begun */
	struct lic_stmt_slot *slot; /* NULL: prepared for this query alone */
};

#define LIC_QUERY_INIT                                                                             \
	{                                                                                          \
		NULL, NULL, NULL                                                                   \
	}

/*
 * Begins a query with its parameters, one letter each in `types`: i int64_t, b bytes (const void *,
 * size_t), t text (const char *, NULL is SQL's NULL), n SQL's NULL. Bytes and text must live until
 * the query ends.
 */
int lic_query(struct lic_query *q, struct lic_catalog *cat, enum lic_stmt which,
	      struct lic_error *err, const char *types, ...) _nonnull_(1, 2, 5) _must_check_;
/* 1: a row, 0: no more, or a negative errno. */
int lic_query_step(struct lic_query *q, struct lic_error *err) _nonnull_(1) _must_check_;
/* Ends the query; NULL-safe for one that was not begun. */
void lic_query_end(struct lic_query *q);
/* Begins, runs to the end and ends: for what returns no rows. */
#define lic_query_run(cat, which, err, ...)                                                        \
	({                                                                                         \
		_cleanup_(lic_query_end) struct lic_query lic_q_ = LIC_QUERY_INIT;                 \
		int lic_r_ = lic_query(&lic_q_, (cat), (which), (err), __VA_ARGS__);               \
		if (lic_r_ >= 0)                                                                   \
			lic_r_ = lic_query_step(&lic_q_, (err));                                   \
		lic_r_ > 0 ? 0 : lic_r_;                                                           \
	})

/* Columns of the present row; valid until the next step. */
struct lic_bytes lic_query_bytes(const struct lic_query *q, int column) _nonnull_all_;
/* NULL for SQL's NULL. */
const char *lic_query_text(const struct lic_query *q, int column) _nonnull_all_;
static inline int64_t lic_query_int(const struct lic_query *q, int column)
{
	return sqlite3_column_int64(q->stmt, column);
}

/* Runs SQL without parameters or rows. */
int lic_catalog_exec(struct lic_catalog *cat, const char *sql, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* First column of the first row as a number; `fallback` where there is no row. */
int lic_catalog_number(struct lic_catalog *cat, const char *sql, int64_t fallback, int64_t *ret,
		       struct lic_error *err) _nonnull_(1, 2, 4) _must_check_;
/* Turns a result code of SQLite into an errno and a message with the remedy; returns -errno. */
int lic_catalog_fail(struct lic_catalog *cat, int rc, struct lic_error *err) _nonnull_(1);
/* -EUCLEAN: what the database holds contradicts the schema's rules. */
int lic_catalog_damaged(struct lic_catalog *cat, struct lic_error *err, const char *fmt, ...)
	_nonnull_(1, 3) _printf_format_(3, 4);
/* Finalises all statements. */
void lic_queries_release(struct lic_catalog *cat) _nonnull_all_;

#endif
