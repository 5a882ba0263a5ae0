/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading on in one state until somebody commits.
 *
 * A transaction of its own for each statement costs more than the statement: two locks, a look at
 * the file, and SQLite asking whether anything has changed. All of that is in the header of the
 * index of the write-ahead log, which is shared memory: a commit writes it before it returns
 * (https://sqlite.org/walformat.html, "The WAL-Index Header"). While it is as it was, the
 * transaction that is open reads the newest state.
 *
 * A writer begins the log anew when all of it is in the database and nobody reads in it. So who
 * began to read in the log, and finds that it has been copied meanwhile, begins again: then SQLite
 * reads the database alone, and the log does not grow for as long as somebody reads. While the log
 * is long, states are for one request each, so that those who write find a moment to copy it in.
 */
#include <errno.h>
#include <string.h>

#include <licensefs/catalog_documents.h>

#include "fs/catalog/internal.h"
#include "fs/util/hash.h"

#define INDEX_REGION (32 * 1024)
#define INDEX_FRAMES 16 /* mxFrame, of the header's first copy */
#define INDEX_SALTS 32	/* aSalt */
#define INDEX_COPIED 96 /* nBackfill, behind both copies */
#define LONG_LOG 8192u	/* frames, from which writers try to copy the log: the pragma of pragmas.c \
			 */

/* The header's two copies, NULL where there is no log. Only of a file that is in use as one: asking
 * would make an index. */
static const volatile uint8_t *find_index(struct lic_catalog *cat)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	void volatile *region = NULL;
	sqlite3_file *file = NULL;
	bool wal = false;

	if (cat->immutable || cat->writable)
		return NULL;
	if (lic_query(&q, cat, LIC_STMT_JOURNAL_MODE, NULL, "") == 0 &&
	    lic_query_step(&q, NULL) > 0)
		wal = strcmp(lic_query_text(&q, 0), "wal") == 0;
	lic_query_end(&q);
	if (!wal ||
	    sqlite3_file_control(cat->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
	    !file || !file->pMethods || file->pMethods->iVersion < 2 || !file->pMethods->xShmMap)
		return NULL;
	if (file->pMethods->xShmMap(file, 0, INDEX_REGION, 0, &region) != SQLITE_OK)
		return NULL;
	return region;
}

/* After all that this thread has written: who commits may look for that. */
static void look(const volatile uint8_t *index, uint8_t ret[LIC_INDEX_HEADER])
{
	for (size_t i = 0; i < LIC_INDEX_HEADER; i += sizeof(uint64_t)) {
		const volatile uint64_t *from = (const volatile void *)(index + i);
		const uint64_t word = __atomic_load_n(from, __ATOMIC_SEQ_CST);

		memcpy(ret + i, &word, sizeof(word));
	}
}

/* Has the whole log been copied to the database? */
static bool is_copied(const struct lic_catalog *cat)
{
	const volatile uint32_t *frames = (const volatile void *)(cat->index + INDEX_FRAMES),
				*copied = (const volatile void *)(cat->index + INDEX_COPIED);

	return __atomic_load_n(frames, __ATOMIC_SEQ_CST) ==
	       __atomic_load_n(copied, __ATOMIC_SEQ_CST);
}

static bool is_newest(const struct lic_catalog *cat)
{
	uint8_t now[LIC_INDEX_HEADER];

	look(cat->index, now);
	return memcmp(now, cat->index_seen, sizeof(now)) == 0 &&
	       (cat->index_copied || !is_copied(cat));
}

/* Prepared once: ending a transaction then needs no memory. */
static int run(struct lic_catalog *cat, enum lic_stmt which)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, which, NULL, "");

	return r == 0 ? lic_query_step(&q, NULL) : r;
}

int lic_catalog_leave(struct lic_catalog *cat)
{
	if (!cat->txn && !sqlite3_get_autocommit(cat->db))
		(void)!run(cat, LIC_STMT_END);
	if (!cat->txn && !sqlite3_get_autocommit(cat->db))
		return -EIO; /* whoever reads on reads what was */
	cat->stays = false;
	return 0;
}

int lic_catalog_stay(struct lic_catalog *cat)
{
	if (cat->stays && is_newest(cat))
		return 1;
	if (cat->cannot_stay || (!cat->stays && !sqlite3_get_autocommit(cat->db)))
		return -EOPNOTSUPP;
	if (lic_catalog_leave(cat) < 0)
		return -EIO;
	if (!cat->index)
		cat->index = find_index(cat);
	cat->cannot_stay = !cat->index;
	if (cat->cannot_stay)
		return -EOPNOTSUPP;
	/* before the state is taken, which may be newer than this, and never older */
	cat->index_copied = is_copied(cat);
	look(cat->index, cat->index_seen);
	cat->index_hash = lic_hash64(cat->index_seen, sizeof(cat->index_seen));
	cat->stays = run(cat, LIC_STMT_BEGIN) == 0;
	return cat->stays ? 0 : -EOPNOTSUPP;
}

uint64_t lic_catalog_state(const struct lic_catalog *cat)
{
	static const uint8_t none[8];

	/* a log that was made anew after a crash has no salts yet, and nothing that tells it from
	 * another */
	return cat->stays && memcmp(cat->index_seen + INDEX_SALTS, none, sizeof(none)) != 0
		       ? cat->index_hash | 1
		       : 0;
}

bool lic_catalog_outdated(const struct lic_catalog *cat)
{
	const volatile uint32_t *frames = (const volatile void *)(cat->index + INDEX_FRAMES);

	return cat->stays &&
	       (!is_newest(cat) ||
		(!cat->index_copied && __atomic_load_n(frames, __ATOMIC_SEQ_CST) > LONG_LOG));
}
