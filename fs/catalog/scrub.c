/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After an erasure: nothing of what was deleted stays in the database's files.
 *
 * SQLite overwrites what it deletes (secure_delete) with two exceptions: the write-ahead log, and
 * copies of records in the unused part of pages that they were moved from or to when the tree was
 * balanced. The log is merged and emptied; then, while it is empty and no other can write, the
 * unused bytes of all pages are overwritten in the file itself. No reader looks at these, and no
 * byte that is in use is written, so that a kill on the way damages nothing.
 *
 * `scrub` in meta, set by the transaction that erases, is deleted by the last step: whoever opens
 * the catalog for writing next does what was not done.
 */
#include <errno.h>
#include <string.h>

#include "fs/catalog/scrub.h"

#define SCRUB_BUSY_MS 1000
#define TRIES 8
#define CHUNK (1u << 20)
#define STATEMENTS_MAX (INT64_C(1) << 33) /* a bit each: 1 GiB */

/* --- statements that nobody states any more ------------------------------------------------- */

static int mark_claims(struct lic_catalog *cat, uint8_t *used, int64_t last, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_CLAIMS_ALL, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		const char *p = lic_query_text(&q, 0);
		struct lic_claim_ref ref;

		if (!p)
			return lic_error_set(err, ENOMEM, "out of memory for claims");
		while (*p) {
			if (!lic_claim_ref_read(&p, &ref) || ref.statement < 1 ||
			    ref.statement > last)
				return lic_catalog_damaged(cat, err, "claims cannot be read");
			used[ref.statement / 8] |= (uint8_t)(1u << ref.statement % 8);
		}
	}
	return r;
}

/* Deletes a batch of those that are not used, from number *after on; *after is 0 at the end. */
static int drop_unused(struct lic_catalog *cat, const uint8_t *used, int64_t *after,
		       struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int64_t id[LIC_STATEMENT_BATCH];
	size_t n = 0, all = 0;
	int r = lic_query(&q, cat, LIC_STMT_STATEMENT_IDS, err, "i", *after);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0 && all < LIC_ARRAY_SIZE(id)) {
		*after = lic_query_int(&q, 0);
		all++;
		if (!(used[*after / 8] & 1u << *after % 8))
			id[n++] = *after;
	}
	lic_query_end(&q);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = lic_query_run(cat, LIC_STMT_STATEMENT_DROP, err, "i", id[i]);
	if (all < LIC_ARRAY_SIZE(id))
		*after = 0;
	return r < 0 ? r : 0;
}

static int sweep(struct lic_catalog *cat, struct lic_error *err)
{
	_cleanup_(lic_freep) uint8_t *used = NULL;
	int64_t last = 0, after = 0;
	int r = lic_catalog_number(cat, "SELECT coalesce(max(id), 0) FROM statement", 0, &last,
				   err);

	if (r < 0)
		return r;
	if (last > STATEMENTS_MAX)
		return lic_catalog_damaged(cat, err, "statements have numbers beyond reason");
	used = calloc((size_t)last / 8 + 1, 1);
	if (!used)
		return lic_error_set(err, ENOMEM, "out of memory for statements");
	r = mark_claims(cat, used, last, err);
	do {
		if (r == 0)
			r = drop_unused(cat, used, &after, err);
	} while (r == 0 && after);
	/* Their numbers may be given again */
	lic_map_clear(&cat->statements);
	return r;
}

static int sweep_alone(struct lic_catalog *cat, struct lic_error *err)
{
	int r = lic_catalog_exec(cat, "BEGIN IMMEDIATE", err);

	if (r < 0)
		return r;
	r = sweep(cat, err);
	if (r == 0)
		r = lic_catalog_exec(cat, "COMMIT", err);
	if (r < 0 && !sqlite3_get_autocommit(cat->db))
		sqlite3_exec(cat->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

/* --- unused bytes of pages ------------------------------------------------------------------ */

struct file {
	struct lic_catalog *cat;
	sqlite3_file *f;
	uint32_t page; /* bytes of one */
	uint32_t usable;
	uint32_t pages;
	uint8_t *buf;  /* CHUNK bytes */
	uint8_t *zero; /* a page */
	struct lic_error *err;
};

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) << 16 | get16(p + 2);
}

static int fail(struct file *x, int rc)
{
	return lic_catalog_fail(x->cat, rc, x->err);
}

/* Overwrites bytes from..to of the page where one of them is not 0. */
static int clear(struct file *x, uint32_t number, const uint8_t *page, uint32_t from, uint32_t to)
{
	int rc;

	if (from >= to || memcmp(page + from, x->zero, to - from) == 0)
		return 0;
	rc = x->f->pMethods->xWrite(x->f, x->zero, (int)(to - from),
				    (sqlite3_int64)(number - 1) * x->page + from);
	return rc == SQLITE_OK ? 0 : fail(x, rc);
}

/*
 * A page of a tree (SQLite file format, 1.6): header, cell pointers, unused, cells and freeblocks.
 * What does not look like one is left alone: it is a page of an overflow chain, whose first byte is
 * that of a page number.
 */
static int clear_page(struct file *x, uint32_t number, const uint8_t *page)
{
	uint32_t head = number == 1 ? 100 : 0;
	const uint8_t *h = page + head;
	bool inner = h[0] == 2 || h[0] == 5, leaf = h[0] == 10 || h[0] == 13;
	uint32_t cells = head + (inner ? 12 : 8) + 2 * get16(h + 3);
	uint32_t content = get16(h + 5), last = 0;
	int r;

	content = content ? content : 65536;
	if ((!inner && !leaf) || cells > content || content > x->usable)
		return 0;
	r = clear(x, number, page, cells, content);
	for (uint32_t b = get16(h + 1); r == 0 && b > last && b + 4 <= x->usable;) {
		uint32_t size = get16(page + b + 2);

		if (b < content || size < 4 || b + size > x->usable)
			break;
		r = clear(x, number, page, b + 4, b + size);
		last = b + size - 1;
		b = get16(page + b);
	}
	return r;
}

static int clear_trees(struct file *x)
{
	uint32_t batch = CHUNK / x->page;

	for (uint32_t first = 1; first <= x->pages; first += batch) {
		uint32_t n = x->pages - first + 1 < batch ? x->pages - first + 1 : batch;
		int rc = x->f->pMethods->xRead(x->f, x->buf, (int)(n * x->page),
					       (sqlite3_int64)(first - 1) * x->page);
		int r = rc == SQLITE_OK ? 0 : fail(x, rc);

		for (uint32_t i = 0; r == 0 && i < n; i++)
			r = clear_page(x, first + i, x->buf + (size_t)i * x->page);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_page(struct file *x, uint32_t number, uint8_t *to)
{
	int rc = x->f->pMethods->xRead(x->f, to, (int)x->page,
				       (sqlite3_int64)(number - 1) * x->page);

	return rc == SQLITE_OK ? 0 : fail(x, rc);
}

/* Free pages (1.5): trunks, each with the numbers of leaves. Older catalogs may have been written
 * by an SQLite that does not overwrite them by itself. */
static int clear_free(struct file *x, uint32_t trunk, uint32_t count)
{
	uint8_t *page = x->buf, *leaf = x->buf + x->page;
	int r = 0;

	if (count > x->pages)
		return lic_catalog_damaged(x->cat, x->err, "its free pages cannot be read");
	while (r == 0 && trunk && trunk <= x->pages && count) {
		uint32_t n;

		r = read_page(x, trunk, page);
		if (r < 0)
			return r;
		n = get32(page + 4);
		if (n > x->usable / 4 - 2 || n >= count)
			return lic_catalog_damaged(x->cat, x->err, "its free pages cannot be read");
		r = clear(x, trunk, page, 8 + 4 * n, x->usable);
		for (uint32_t i = 0; r == 0 && i < n; i++) {
			uint32_t number = get32(page + 8 + 4 * (size_t)i);

			if (number < 2 || number > x->pages)
				continue;
			r = read_page(x, number, leaf);
			if (r == 0)
				r = clear(x, number, leaf, 0, x->page);
		}
		count -= n + 1;
		trunk = get32(page);
	}
	return r;
}

static int clear_file(struct file *x)
{
	sqlite3_int64 size = 0;
	uint8_t h[100];
	int rc = x->f->pMethods->xRead(x->f, h, sizeof(h), 0), r;

	if (rc == SQLITE_OK)
		rc = x->f->pMethods->xFileSize(x->f, &size);
	if (rc != SQLITE_OK)
		return fail(x, rc);
	/* 1.3: page size at 16, reserved bytes at 20, free pages at 32 and 36, vacuuming at 52 */
	x->page = get16(h + 16) == 1 ? 65536 : get16(h + 16);
	if (x->page < 512 || x->page & (x->page - 1) || h[20] > x->page - 480 || get32(h + 52) ||
	    size / x->page > UINT32_MAX - CHUNK)
		return lic_catalog_damaged(x->cat, x->err, "its pages cannot be read");
	x->usable = x->page - h[20];
	x->pages = (uint32_t)(size / x->page);
	x->buf = malloc(CHUNK);
	x->zero = calloc(x->page, 1);
	if (!x->buf || !x->zero)
		return lic_error_set(x->err, ENOMEM, "out of memory for pages");
	r = clear_free(x, get32(h + 32), get32(h + 36));
	if (r == 0)
		r = clear_trees(x);
	if (r < 0)
		return r;
	rc = x->f->pMethods->xSync(x->f, SQLITE_SYNC_NORMAL);
	return rc == SQLITE_OK ? 0 : fail(x, rc);
}

/* --- the log -------------------------------------------------------------------------------- */

/* Merges and empties it: 0, or -EBUSY. */
static int empty_log(struct lic_catalog *cat, struct lic_error *err)
{
	int rc = sqlite3_wal_checkpoint_v2(cat->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

	if ((rc & 0xff) == SQLITE_BUSY)
		return lic_error_set(err, EBUSY,
				     "catalog '%s' is being read; what was deleted is overwritten "
				     "when it is next written",
				     cat->shown);
	return rc == SQLITE_OK ? 0 : lic_catalog_fail(cat, rc, err);
}

static int log_size(struct lic_catalog *cat, sqlite3_int64 *ret, struct lic_error *err)
{
	sqlite3_file *log = NULL;
	int rc = sqlite3_file_control(cat->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);

	*ret = 0;
	if (rc == SQLITE_OK && log && log->pMethods)
		rc = log->pMethods->xFileSize(log, ret);
	return rc == SQLITE_OK ? 0 : lic_catalog_fail(cat, rc, err);
}

/* Alone with an empty log: the file has all pages, and nobody changes it. */
static int clear_pages(struct lic_catalog *cat, struct lic_error *err)
{
	struct file x = { .cat = cat, .err = err };
	int rc = sqlite3_file_control(cat->db, "main", SQLITE_FCNTL_FILE_POINTER, &x.f);
	int r = rc == SQLITE_OK ? clear_file(&x) : lic_catalog_fail(cat, rc, err);

	free(x.buf);
	free(x.zero);
	/* A page in memory still has the bytes, and would be written with them; the memory of other
	 * connections goes by what is written now */
	if (r == 0)
		sqlite3_db_release_memory(cat->db);
	return r < 0 ? r : lic_query_run(cat, LIC_STMT_META_DROP, err, "t", "scrub");
}

/* 1 where somebody wrote before us; 0; or an error. */
static int try_pages(struct lic_catalog *cat, struct lic_error *err)
{
	sqlite3_int64 size = 0;
	int r = empty_log(cat, err);

	if (r == 0)
		r = lic_catalog_exec(cat, "BEGIN IMMEDIATE", err);
	if (r < 0)
		return r;
	r = log_size(cat, &size, err);
	if (r == 0 && size == 0)
		r = clear_pages(cat, err);
	if (r == 0)
		r = lic_catalog_exec(cat, "COMMIT", err);
	if (r < 0 && !sqlite3_get_autocommit(cat->db))
		sqlite3_exec(cat->db, "ROLLBACK", NULL, NULL, NULL);
	return r < 0 ? r : size != 0;
}

int lic_scrub_is_due(struct lic_catalog *cat, bool *ret, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf flag = LIC_BUF_INIT(64);
	int r = lic_meta_get(cat, "scrub", &flag, err);

	*ret = r == 0;
	return r == -ENOENT ? 0 : r;
}

int lic_catalog_scrub(struct lic_catalog *cat, struct lic_error *err)
{
	bool due = false;
	int r;

	if (!cat->writable)
		return lic_error_set(err, EROFS, "catalog '%s' was opened for reading", cat->shown);
	if (cat->txn)
		return lic_error_set(err, EINVAL, "catalog '%s': a transaction is open",
				     cat->shown);
	r = lic_scrub_is_due(cat, &due, err);
	if (r < 0 || !due)
		return r;
	r = sweep_alone(cat, err);
	sqlite3_busy_timeout(cat->db, SCRUB_BUSY_MS);
	for (int i = 0; r == 0 && i < TRIES; i++) {
		r = try_pages(cat, err);
		if (r == 0)
			break;
		if (r > 0)
			r = i + 1 < TRIES ? 0
					  : lic_error_set(err, EBUSY,
							  "catalog '%s' is being written; what was "
							  "deleted is overwritten afterwards",
							  cat->shown);
	}
	/* The little that the last step wrote is not worth a failure */
	if (r == 0)
		(void)!empty_log(cat, NULL);
	sqlite3_busy_timeout(cat->db, LIC_CATALOG_BUSY_MS);
	if (r == 0)
		cat->scrub_due = false;
	return r;
}
