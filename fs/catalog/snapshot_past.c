/* SPDX-License-Identifier: Apache-2.0 */
/* What is overwritten in place though a snapshot shows it, and how a mount gets at it. */
#include <errno.h>

#include <licensefs/catalog_snapshot.h>

#include "fs/catalog/snapshot.h"

int lic_stat_keep(struct lic_txn *txn, const struct lic_entry *old, struct lic_error *err)
{
	const struct lic_stat *st = &old->st;

	return lic_query_run(txn->cat, LIC_STMT_STAT_KEEP, err, "iiiiiiii", old->id,
			     txn->generation, (int64_t)st->size, st->mtime, st->ctime,
			     (int64_t)st->mode, (int64_t)st->uid, (int64_t)st->gid);
}

int lic_snapshot_stat(struct lic_snapshot *s, int64_t id, struct lic_stat *ret,
		      struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, s->cat, LIC_STMT_STAT_AT, err, "ii", id, s->info.born);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r;
	ret->size = (uint64_t)lic_query_int(&q, 0);
	ret->mtime = lic_query_int(&q, 1);
	ret->ctime = lic_query_int(&q, 2);
	ret->mode = (uint32_t)lic_query_int(&q, 3);
	ret->uid = (uint32_t)lic_query_int(&q, 4);
	ret->gid = (uint32_t)lic_query_int(&q, 5);
	return 0;
}

/* Former parts have negative numbers, of the generations in which they ended. */
int lic_parts_keep(struct lic_txn *txn, int64_t document, int64_t first, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_PARTS_DUE, err, "ii", document, first);

	if (r == 0)
		r = lic_query_step(&q, err);
	lic_query_end(&q);
	if (r <= 0)
		return r;
	return lic_query_run(txn->cat, LIC_STMT_PARTS_KEEP, err, "iii", document,
			     (int64_t)LIC_PART_IMAGES, txn->generation);
}

int lic_snapshot_images_part(struct lic_snapshot *s, int64_t document, enum lic_document_part *ret,
			     struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, s->cat, LIC_STMT_PARTS_AT, err, "ii", document, s->info.born);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	*ret = r > 0 ? (enum lic_document_part)lic_query_int(&q, 0) : LIC_PART_IMAGES;
	return 0;
}

int lic_catalog_snapshots_stamp(struct lic_catalog *cat, struct lic_snapshots_stamp *ret,
				struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_SNAPSHOTS_STAMP, err, "");

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	*ret = (struct lic_snapshots_stamp){ lic_query_int(&q, 0), lic_query_int(&q, 1) };
	return 0;
}

int lic_catalog_newest_revocation(struct lic_catalog *cat, int64_t *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_REVOCATION_NEWEST, err, "");

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	*ret = lic_query_int(&q, 0);
	return 0;
}
