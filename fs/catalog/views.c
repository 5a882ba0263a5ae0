/* SPDX-License-Identifier: Apache-2.0 */
/* User-defined views. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/txn.h"

int lic_catalog_views(struct lic_catalog *cat, int (*fn)(void *ctx, const struct lic_view_row *v),
		      void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_VIEWS, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_view_row v = {
			.number = lic_query_int(&q, 0),
			.name = lic_query_text(&q, 1),
			.expr = lic_query_text(&q, 2),
			.basis = lic_query_text(&q, 3),
		};

		if (!v.name || !v.expr || sqlite3_errcode(cat->db) == SQLITE_NOMEM)
			return lic_error_set(err, ENOMEM, "out of memory for views");
		r = fn(ctx, &v);
		if (r != 0)
			return r;
	}
	return r;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Number of the live view of that name, 0 if none; *ret_same: it reads as given. */
static int find(struct lic_catalog *cat, const char *name, const char *expr, const char *basis,
		int64_t *ret, bool *ret_same, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_VIEW, err, "t", name);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	*ret = r > 0 ? lic_query_int(&q, 0) : 0;
	*ret_same = r > 0 && same_text(lic_query_text(&q, 1), expr) &&
		    same_text(lic_query_text(&q, 2), basis);
	return 0;
}

static int end(struct lic_txn *txn, int64_t number, struct lic_error *err)
{
	txn->changed = txn->dirty = txn->durable = txn->views_changed = true;
	return lic_query_run(txn->cat, LIC_STMT_VIEW_END, err, "ii", number, txn->generation);
}

int lic_catalog_view_set(struct lic_txn *txn, const char *name, const char *expr, const char *basis,
			 struct lic_error *err)
{
	int64_t old = 0;
	bool same = false;
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	r = find(txn->cat, name, expr, basis, &old, &same, err);
	if (r == 0 && same)
		return 0;
	if (r == 0 && old)
		r = end(txn, old, err);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_VIEW_ADD, err, "ttti", name, expr, basis,
				  txn->generation);
	txn->changed = txn->dirty = txn->durable = txn->views_changed = true;
	return lic_txn_fail(txn, r);
}

int lic_catalog_view_rm(struct lic_txn *txn, const char *name, struct lic_error *err)
{
	int64_t old = 0;
	bool same = false;
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	r = find(txn->cat, name, NULL, NULL, &old, &same, err);
	if (r == 0 && !old)
		return lic_error_set(err, ENOENT, "no view '%s'", name);
	return lic_txn_fail(txn, r < 0 ? r : end(txn, old, err));
}
