/* SPDX-License-Identifier: Apache-2.0 */
/* [I6] Counts of rights below directories: gathered by directory, added to all ancestors at the
 * end. */
#include <errno.h>

#include "fs/catalog/txn.h"

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for counts");
}

int lic_counts_add(struct lic_txn *txn, int64_t dir, int64_t rights, int64_t by,
		   struct lic_error *err)
{
	int64_t *place = lic_map_at(&txn->delta, dir, rights);

	if (!place)
		return no_memory(err);
	*place += by;
	return 0;
}

/* Adds the change to the directory and all above it. */
static int add_up(struct lic_txn *txn, struct lic_map *total, const struct lic_map_item *delta,
		  struct lic_error *err)
{
	int64_t id = delta->a;

	while (id) {
		struct lic_txn_dir *d = NULL;
		int r = lic_txn_dir(txn, id, &d, err);
		int64_t *place;

		if (r < 0)
			return r;
		/* A directory that has ended keeps no counts; what is above it may */
		if (d->live) {
			place = lic_map_at(total, id, delta->b);
			if (!place)
				return no_memory(err);
			*place += delta->value;
		}
		if (d->parent >= id)
			return lic_catalog_damaged(
				txn->cat, err, "directory %lld lies in a younger", (long long)id);
		id = d->parent;
	}
	return 0;
}

/* Adds to the stored count; *ret is what it is then. A count below 0 fails the schema's check. */
static int change_count(struct lic_txn *txn, const struct lic_map_item *t, int64_t *ret,
			struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_DIR_RIGHTS_CHANGE, err, "iiii", t->a, t->b,
			  t->value, txn->generation);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	if (r > 0) {
		*ret = lic_query_int(&q, 0);
		return lic_query_step(&q, err);
	}
	*ret = t->value;
	return lic_query_run(txn->cat, LIC_STMT_DIR_RIGHTS_ADD, err, "iii", t->a, t->b, t->value);
}

static int write_one(struct lic_txn *txn, const struct lic_map_item *t, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_txn_dir *d = NULL;
	struct lic_bytes name;
	int64_t now;
	int r = change_count(txn, t, &now, err);

	/* From none to some, or back: the directory itself may come or go in its parent */
	if (r < 0 || (now == 0) == (now == t->value) || t->a == LIC_CATALOG_ROOT)
		return r;
	r = lic_txn_dir(txn, t->a, &d, err);
	if (r < 0 || d->born == txn->generation)
		return r;
	r = lic_query(&q, txn->cat, LIC_STMT_ENTRY_PLACE, err, "i", t->a);
	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r;
	name = lic_query_bytes(&q, 1);
	return lic_feed_add(txn, lic_query_int(&q, 0), t->a, &name, err);
}

int lic_counts_flush(struct lic_txn *txn, struct lic_error *err)
{
	_cleanup_(lic_map_release) struct lic_map total = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < txn->delta.n; i++) {
		if (txn->delta.item[i].value)
			r = add_up(txn, &total, &txn->delta.item[i], err);
	}
	for (size_t i = 0; r == 0 && i < total.n; i++) {
		if (total.item[i].value)
			r = write_one(txn, &total.item[i], err);
	}
	for (size_t i = 0; r == 0 && i < txn->n_dirs; i++) {
		if (txn->dir[i].gone)
			r = lic_query_run(txn->cat, LIC_STMT_DIR_RIGHTS_END, err, "i",
					  txn->dir[i].id);
	}
	return r;
}

int lic_catalog_dir_rights(struct lic_catalog *cat, int64_t dir,
			   int (*fn)(void *ctx, int64_t rights, int64_t count, int64_t emptied),
			   void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_DIR_RIGHTS, err, "i", dir);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = fn(ctx, lic_query_int(&q, 0), lic_query_int(&q, 1), lic_query_int(&q, 2));
		if (r != 0)
			return r;
	}
	return r;
}
