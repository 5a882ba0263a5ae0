/* SPDX-License-Identifier: Apache-2.0 */
/* What a scan has still to do after the walk, and how far the names in documents are looked up. */
#include <errno.h>

#include "fs/catalog/txn.h"

int lic_catalog_pend(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	struct lic_entry e;
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = lic_catalog_by_id(txn->cat, entry, &e, err);
	if (r == -ENOENT || (r == 0 && e.kind == LIC_KIND_IMAGE))
		r = lic_error_set(err, EINVAL,
				  "entry %lld has ended or is an image: it cannot wait",
				  (long long)entry);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_PEND, err, "i", entry);
	txn->dirty = true;
	return lic_txn_fail(txn, r);
}

int lic_catalog_settle(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_SETTLE, err, "i", entry);
	txn->dirty = true;
	return lic_txn_fail(txn, r);
}

int lic_catalog_pending(struct lic_catalog *cat, enum lic_kind kind,
			int (*fn)(void *ctx, int64_t entry), void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_PENDING, err, "i", (int64_t)(kind == LIC_KIND_DIR));

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = fn(ctx, lic_query_int(&q, 0));
		if (r != 0)
			return r;
	}
	return r;
}

int lic_catalog_images_since(struct lic_catalog *cat, int64_t *ret_images, int64_t *ret_bound,
			     struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_META_IMAGES, err, "");

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r;
	/* The commit will write it down */
	*ret_images = cat->txn && cat->txn->images ? cat->txn->generation : lic_query_int(&q, 0);
	*ret_bound = lic_query_int(&q, 1);
	return 0;
}

int lic_catalog_set_bound(struct lic_txn *txn, int64_t generation, struct lic_error *err)
{
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = lic_meta_set_int(txn->cat, "bound", generation, err);
	txn->dirty = true;
	return lic_txn_fail(txn, r);
}
