/* SPDX-License-Identifier: Apache-2.0 */
/* Preparing, binding, stepping and ending statements; SQLite's errors in our words. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "fs/catalog/internal.h"
#include "fs/catalog/statements.h"

static int errno_of(struct lic_catalog *cat, int rc)
{
	int last = errno; /* a hint where SQLite has lost its own, as after a failed write */
	int sys = cat->db ? sqlite3_system_errno(cat->db) : 0;

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return EBUSY;
	case SQLITE_FULL:
		return ENOSPC;
	case SQLITE_NOMEM:
		return ENOMEM;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return EROFS;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
		return EUCLEAN;
	case SQLITE_CANTOPEN:
		return sys ? sys : EACCES;
	case SQLITE_IOERR:
		if (rc == SQLITE_IOERR_NOMEM)
			return ENOMEM;
		if (!sys)
			sys = last;
		return sys == EDQUOT || sys == EFBIG || sys == ENOSPC ? ENOSPC : EIO;
	default:
		return EIO;
	}
}

static const char *remedy(int code)
{
	switch (code) {
	case EBUSY:
		return "another licensefs is writing; wait for it or end it, then try again";
	case ENOSPC:
		return "nothing was changed; make room and run the command again";
	case EUCLEAN:
		return "the file is damaged; restore a copy, or move it away and run 'licensefs "
		       "scan' (decisions, revocations and views in it are lost then)";
	case EROFS:
		return "it cannot be written; make it and its directory writable, or name another "
		       "with --catalog";
	case ENOMEM:
		return "free some memory and try again";
	default:
		return "check the disk and the permissions of the file and its directory";
	}
}

int lic_catalog_fail(struct lic_catalog *cat, int rc, struct lic_error *err)
{
	int code = errno_of(cat, rc);

	return lic_error_set(err, code, "catalog '%s': %s: %s", cat->shown,
			     cat->db ? sqlite3_errmsg(cat->db) : sqlite3_errstr(rc), remedy(code));
}

int lic_catalog_damaged(struct lic_catalog *cat, struct lic_error *err, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return lic_error_set(err, EUCLEAN, "catalog '%s': %s: %s", cat->shown, what,
			     remedy(EUCLEAN));
}

static int prepare(struct lic_query *q, enum lic_stmt which, struct lic_error *err)
{
	struct lic_stmt_slot *slot = &q->cat->slot[which];
	bool nested = slot->busy;
	int rc;

	if (!slot->stmt || nested) {
		sqlite3_stmt *s = NULL;

		rc = sqlite3_prepare_v3(q->cat->db, lic_stmt_sql[which], -1,
					nested ? 0 : SQLITE_PREPARE_PERSISTENT, &s, NULL);
		if (rc != SQLITE_OK) {
			if ((rc & 0xff) == SQLITE_ERROR) /* no such table or column */
				return lic_catalog_damaged(q->cat, err, "%s",
							   sqlite3_errmsg(q->cat->db));
			return lic_catalog_fail(q->cat, rc, err);
		}
		q->stmt = s;
		if (nested)
			return 0;
		slot->stmt = s;
	}
	q->stmt = slot->stmt;
	q->slot = slot;
	slot->busy = true;
	return 0;
}

static int bind(struct lic_query *q, const char *types, va_list ap)
{
	int rc = SQLITE_OK;

	for (int i = 1; *types && rc == SQLITE_OK; types++, i++) {
		const void *p;
		size_t n;

		switch (*types) {
		case 'i':
			rc = sqlite3_bind_int64(q->stmt, i, va_arg(ap, int64_t));
			break;
		case 'b':
			p = va_arg(ap, const void *);
			n = va_arg(ap, size_t);
			/* SQLite takes a NULL pointer for SQL's NULL, also where n is 0 */
			rc = sqlite3_bind_blob64(q->stmt, i, p ? p : "", n, SQLITE_STATIC);
			break;
		case 't':
			rc = sqlite3_bind_text(q->stmt, i, va_arg(ap, const char *), -1,
					       SQLITE_STATIC);
			break;
		case 'n':
			rc = sqlite3_bind_null(q->stmt, i);
			break;
		default:
			rc = SQLITE_MISUSE;
		}
	}
	return rc;
}

int lic_query(struct lic_query *q, struct lic_catalog *cat, enum lic_stmt which,
	      struct lic_error *err, const char *types, ...)
{
	va_list ap;
	int r, rc;

	lic_query_end(q);
	q->cat = cat;
	r = prepare(q, which, err);
	if (r < 0)
		return r;
	va_start(ap, types);
	rc = bind(q, types, ap);
	va_end(ap);
	return rc == SQLITE_OK ? 0 : lic_catalog_fail(cat, rc, err);
}

int lic_query_step(struct lic_query *q, struct lic_error *err)
{
	int rc = sqlite3_step(q->stmt);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : lic_catalog_fail(q->cat, rc, err);
}

void lic_query_end(struct lic_query *q)
{
	if (!q->stmt)
		return;
	if (q->slot) {
		sqlite3_reset(q->stmt);
		sqlite3_clear_bindings(q->stmt);
		q->slot->busy = false;
	} else {
		sqlite3_finalize(q->stmt);
	}
	q->stmt = NULL;
	q->slot = NULL;
}

struct lic_bytes lic_query_bytes(const struct lic_query *q, int column)
{
	/* The order matters: the pointer first, then the length */
	const void *p = sqlite3_column_blob(q->stmt, column);
	int n = sqlite3_column_bytes(q->stmt, column);

	return (struct lic_bytes){ p && n > 0 ? p : (const void *)"", p && n > 0 ? (size_t)n : 0 };
}

const char *lic_query_text(const struct lic_query *q, int column)
{
	return (const char *)sqlite3_column_text(q->stmt, column);
}

int lic_catalog_exec(struct lic_catalog *cat, const char *sql, struct lic_error *err)
{
	int rc = sqlite3_exec(cat->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : lic_catalog_fail(cat, rc, err);
}

int lic_catalog_number(struct lic_catalog *cat, const char *sql, int64_t fallback, int64_t *ret,
		       struct lic_error *err)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(cat->db, sql, -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		*ret = rc == SQLITE_ROW ? sqlite3_column_int64(s, 0) : fallback;
	else
		lic_catalog_fail(cat, rc, err);
	sqlite3_finalize(s);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : -errno_of(cat, rc);
}

void lic_queries_release(struct lic_catalog *cat)
{
	for (size_t i = 0; i < LIC_STMT_COUNT; i++) {
		sqlite3_finalize(cat->slot[i].stmt);
		cat->slot[i] = (struct lic_stmt_slot){ 0 };
	}
}
