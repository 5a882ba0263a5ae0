/* SPDX-License-Identifier: Apache-2.0 */
/* Beginning, committing and aborting write transactions. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fs/catalog/erase.h"
#include "fs/catalog/seal.h"
#include "fs/catalog/snapshot.h"
#include "fs/util/io.h"

#define TXN_MEMORY (256u << 20) /* names of changed entries: LIC_FEED_DIR_MAX a directory */

static void txn_free(struct lic_txn *txn)
{
	txn->cat->txn = NULL;
	lic_judge_release(&txn->judge);
	lic_map_release(&txn->dirs);
	lic_map_release(&txn->twins);
	lic_map_release(&txn->again);
	lic_map_release(&txn->documents);
	lic_map_release(&txn->erase);
	lic_map_release(&txn->left);
	lic_joined_release(&txn->joined);
	lic_hits_release(&txn->hits);
	lic_map_release(&txn->delta);
	lic_expected_free(txn->expected);
	lic_snapshots_forget(txn);
	free(txn->dir);
	lic_arena_release(&txn->arena);
	lic_buf_release(&txn->path);
	free(txn->verb);
	free(txn);
}

static void rollback(struct lic_catalog *cat)
{
	/* SQLite has rolled back by itself after some errors; then this one fails, rightly */
	if (!sqlite3_get_autocommit(cat->db))
		sqlite3_exec(cat->db, "ROLLBACK", NULL, NULL, NULL);
	/* Numbers given to interned rows will be given again */
	lic_map_clear(&cat->statements);
	lic_credit_changes(cat);
	lic_rights_cache_rollback(cat);
	lic_joins_forget(cat);
	lic_revoked_forget(cat);
	lic_seal_forget(cat);
}

int lic_txn_usable(struct lic_txn *txn, struct lic_error *err)
{
	if (txn->failed)
		return lic_error_set(err, EINVAL, "the transaction has failed before; abort it");
	return 0;
}

struct lic_parses *lic_catalog_parses(struct lic_catalog *cat)
{
	if (!cat->parses)
		cat->parses = lic_parses_new();
	return cat->parses;
}

static int start(struct lic_txn *txn, struct lic_error *err)
{
	int64_t last, version;
	int r = lic_catalog_exec(txn->cat, "BEGIN IMMEDIATE", err);

	if (r < 0)
		return r;
	/* Another connection may have deleted statements, and their numbers are given again */
	version = lic_catalog_data_version(txn->cat);
	if (version < 0 || version != txn->cat->statements_at)
		lic_map_clear(&txn->cat->statements);
	txn->cat->statements_at = version;
	last = lic_catalog_generation(txn->cat);
	if (last < 0)
		return lic_error_set(err, (int)-last, "cannot read the catalog's generation");
	txn->generation = last + 1;
	r = lic_catalog_policy(txn->cat, &txn->judge.policy, err);
	if (r < 0)
		return r;
	txn->judge.policy.parses = lic_catalog_parses(txn->cat);
	txn->at = txn->judge.policy.now;
	return lic_decisions_expire(txn, err);
}

int lic_catalog_begin(struct lic_catalog *cat, const char *verb, struct lic_txn **ret,
		      struct lic_error *err)
{
	struct lic_txn *txn;
	int r;

	if (!cat->writable)
		return lic_error_set(err, EROFS, "catalog '%s' was opened for reading", cat->shown);
	if (cat->txn)
		return lic_error_set(err, EINVAL, "catalog '%s': a transaction is open already",
				     cat->shown);
	txn = calloc(1, sizeof(*txn));
	if (!txn)
		return lic_error_set(err, ENOMEM, "out of memory for a transaction");
	txn->cat = cat;
	txn->arena = (struct lic_arena)LIC_ARENA_INIT(TXN_MEMORY);
	txn->judge.force.arena = (struct lic_arena)LIC_ARENA_INIT(TXN_MEMORY);
	txn->path = (struct lic_buf)LIC_BUF_INIT(64u << 20);
	txn->joined = (struct lic_joined)LIC_JOINED_INIT;
	txn->verb = strdup(verb);
	cat->txn = txn;
	r = txn->verb ? start(txn, err)
		      : lic_error_set(err, ENOMEM, "out of memory for a transaction");
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	*ret = txn;
	return 0;
}

void lic_catalog_abort(struct lic_txn *txn)
{
	if (!txn)
		return;
	rollback(txn->cat);
	txn_free(txn);
}

static int flush(struct lic_txn *txn, struct lic_error *err)
{
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = lic_matches_flush(txn, err);
	if (r == 0)
		r = lic_twins_flush(txn, err);
	if (r == 0)
		r = lic_erase_flush(txn, err);
	if (r == 0)
		r = lic_counts_flush(txn, err);
	if (r == 0)
		r = lic_documents_flush(txn, err);
	if (r == 0)
		r = lic_feed_flush(txn, err);
	if (r == 0 && txn->images)
		r = lic_meta_set_int(txn->cat, "images", txn->generation, err);
	if (r == 0 && txn->changed)
		r = lic_query_run(txn->cat, LIC_STMT_GENERATION_ADD, err, "iiti", txn->generation,
				  txn->at, txn->verb, (int64_t)getuid());
	return r;
}

/* Forces the write-ahead log to the disk: with synchronous=NORMAL a commit alone does not. */
static int sync_log(struct lic_catalog *cat, struct lic_error *err)
{
	sqlite3_file *log = NULL;
	int rc = sqlite3_file_control(cat->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);

	if (rc == SQLITE_OK && log && log->pMethods)
		rc = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
	if (rc != SQLITE_OK)
		return lic_error_set(
			err, EIO,
			"catalog '%s': recorded, but the disk did not confirm it (%s); "
			"check the disk",
			cat->shown, sqlite3_errstr(rc));
	return 0;
}

int lic_catalog_commit(struct lic_txn *txn, struct lic_error *err)
{
	struct lic_catalog *cat = txn->cat;
	bool durable = txn->durable;
	int r = flush(txn, err);

	if (r < 0 || (!txn->changed && !txn->dirty)) {
		lic_catalog_abort(txn);
		return r;
	}
	r = lic_catalog_exec(cat, "COMMIT", err);
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	cat->scrub_due |= txn->erased;
	if (!txn->changed) /* its number is given to the next one */
		lic_joins_forget(cat);
	txn_free(txn);
	return durable ? sync_log(cat, err) : 0;
}

static int load_dir(struct lic_txn *txn, int64_t id, struct lic_txn_dir *d, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_ENTRY_DIR, err, "i", id);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	if (r == 0 ||
	    (lic_query_int(&q, 2) != LIC_KIND_DIR && lic_query_int(&q, 2) != LIC_KIND_DOCUMENT))
		return lic_error_set(err, ENOENT, "entry %lld is no directory of the catalog",
				     (long long)id);
	*d = (struct lic_txn_dir){
		.id = id,
		.parent = lic_query_int(&q, 0),
		.born = lic_query_int(&q, 3),
		.live = sqlite3_column_type(q.stmt, 4) == SQLITE_NULL,
		.archive = lic_query_int(&q, 2) == LIC_KIND_DOCUMENT,
	};
	return 0;
}

int lic_txn_dir(struct lic_txn *txn, int64_t id, struct lic_txn_dir **ret, struct lic_error *err)
{
	int64_t *place = lic_map_find(&txn->dirs, id, 0);
	struct lic_txn_dir d;
	int r;

	if (place) {
		*ret = &txn->dir[*place];
		return 0;
	}
	r = load_dir(txn, id, &d, err);
	if (r < 0)
		return r;
	if (txn->n_dirs == txn->cap_dirs) {
		size_t cap = txn->cap_dirs ? txn->cap_dirs * 2 : 64;
		void *p = reallocarray(txn->dir, cap, sizeof(*txn->dir));

		if (!p)
			return lic_error_set(err, ENOMEM, "out of memory for directories");
		txn->dir = p;
		txn->cap_dirs = cap;
	}
	place = lic_map_at(&txn->dirs, id, 0);
	if (!place)
		return lic_error_set(err, ENOMEM, "out of memory for directories");
	*place = (int64_t)txn->n_dirs;
	txn->dir[txn->n_dirs] = d;
	*ret = &txn->dir[txn->n_dirs++];
	return 0;
}
