/* SPDX-License-Identifier: Apache-2.0 */
/* The change feed: what a mount must look at again. */
#include <errno.h>

#include "fs/catalog/txn.h"

/* Rows that are kept, and how many more may gather before the oldest are dropped. */
#define KEEP 200000
#define SLACK 20000

int lic_feed_add(struct lic_txn *txn, int64_t dir, int64_t entry, const struct lic_bytes *name,
		 struct lic_error *err)
{
	struct lic_txn_dir *d = NULL;
	struct lic_feed_item *item;
	int r;

	txn->changed = txn->dirty = true;
	if (!dir) /* the root has no place in a listing; its attributes are its own row */
		dir = LIC_CATALOG_ROOT;
	r = lic_txn_dir(txn, dir, &d, err);
	if (r < 0)
		return r;
	if (d->archive) {
		r = lic_document_touch(txn, dir, err);
		if (r < 0)
			return r;
	}
	/* Nobody knows a new directory yet: its row in the parent says everything */
	if (d->born == txn->generation || d->n_feed > LIC_FEED_DIR_MAX)
		return 0;
	for (item = d->feed; item; item = item->next) {
		if (item->entry == entry)
			return 0;
	}
	if (d->n_feed++ == LIC_FEED_DIR_MAX)
		return 0;
	item = lic_arena_alloc(&txn->arena, sizeof(*item));
	if (item)
		item->name.p = (uint8_t *)lic_arena_dup(&txn->arena, name->p, name->n);
	if (!item || !item->name.p)
		return lic_error_set(err, ENOMEM, "out of memory for the change feed");
	item->name.n = name->n;
	item->entry = entry;
	item->next = d->feed;
	d->feed = item;
	return 0;
}

int lic_feed_end(struct lic_txn *txn, int64_t dir, int64_t entry, const struct lic_bytes *name,
		 struct lic_error *err)
{
	struct lic_txn_dir *d;
	int r = lic_feed_add(txn, dir, entry, name, err);

	if (r == 0)
		r = lic_txn_dir(txn, dir ? dir : LIC_CATALOG_ROOT, &d, err);
	if (r == 0)
		d->ended = true;
	return r;
}

int lic_feed_companions(struct lic_txn *txn, int64_t image, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_COMPANIONS_OF, err, "i", image);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_bytes name = lic_query_bytes(&q, 2);

		r = lic_feed_add(txn, lic_query_int(&q, 1), lic_query_int(&q, 0), &name, err);
	}
	return r < 0 ? r : lic_documents_touch_of(txn, image, err);
}

static int add_row(struct lic_txn *txn, int64_t dir, int64_t entry, const struct lic_bytes *name,
		   struct lic_error *err)
{
	return lic_query_run(txn->cat, LIC_STMT_CHANGE_ADD, err, "iiib", txn->generation, dir,
			     entry, (const void *)name->p, name->n);
}

/* Drops the oldest rows and says from where on the feed is whole. */
static int trim(struct lic_txn *txn, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int64_t first, last, floor;
	int r = lic_query(&q, txn->cat, LIC_STMT_CHANGE_SPAN, err, "");

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	first = lic_query_int(&q, 0);
	last = lic_query_int(&q, 1);
	if (last - first < KEEP + SLACK)
		return 0;
	r = lic_query(&q, txn->cat, LIC_STMT_CHANGE_FLOOR, err, "i", last - KEEP);
	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r;
	floor = lic_query_int(&q, 0);
	lic_query_end(&q);
	r = lic_query_run(txn->cat, LIC_STMT_CHANGE_TRIM, err, "i", last - KEEP);
	return r < 0 ? r : lic_meta_set_int(txn->cat, "feed_floor", floor, err);
}

int lic_feed_flush(struct lic_txn *txn, struct lic_error *err)
{
	static const struct lic_bytes none = { (const uint8_t *)"", 0 };
	static const struct lic_bytes ended = { (const uint8_t *)"-", 1 };
	int r = 0;

	if (txn->views_changed)
		r = add_row(txn, 0, 0, &none, err);
	for (size_t i = 0; r == 0 && i < txn->n_dirs; i++) {
		const struct lic_txn_dir *d = &txn->dir[i];

		if (d->n_feed > LIC_FEED_DIR_MAX) {
			r = add_row(txn, d->id, 0, d->ended ? &ended : &none, err);
			continue;
		}
		for (const struct lic_feed_item *f = d->feed; r == 0 && f; f = f->next)
			r = add_row(txn, d->id, f->entry, &f->name, err);
	}
	return r < 0 ? r : trim(txn, err);
}

int lic_catalog_changes(struct lic_catalog *cat, int64_t since,
			int (*fn)(void *ctx, const struct lic_change *c), void *ctx,
			struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int64_t newest = lic_catalog_generation(cat);
	int r;

	if (newest < 0)
		return lic_error_set(err, (int)-newest, "cannot read the catalog's generation");
	if (since > newest)
		return lic_error_set(err, ESTALE, "the catalog is younger than generation %lld",
				     (long long)since);
	r = lic_query(&q, cat, LIC_STMT_CHANGES, err, "i", since);
	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_change c = {
			.generation = lic_query_int(&q, 0),
			.dir = lic_query_int(&q, 1),
			.entry = lic_query_int(&q, 2),
			.name = lic_query_bytes(&q, 3),
		};

		if (since < lic_query_int(&q, 4))
			return lic_error_set(err, ESTALE, "the change feed begins after %lld",
					     (long long)since);
		r = fn(ctx, &c);
		if (r != 0)
			return r;
	}
	return r;
}
