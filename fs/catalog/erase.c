/* SPDX-License-Identifier: Apache-2.0 */
/* Erasing images: claims, credit, damage, likeness, reasons of decisions. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/erase.h"
#include "fs/catalog/likeness.h"
#include "fs/catalog/snapshot.h"

#define ERASED_REASON "erased"

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory to erase");
}

int lic_erase_any(struct lic_catalog *cat, bool *ret, struct lic_error *err)
{
	const struct lic_revoked *rv = NULL;
	int r = lic_revoked_get(cat, &rv, err);

	*ret = r == 0 && rv->sealed;
	return r;
}

int lic_erase_note(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	return lic_map_at(&txn->erase, entry, 0) ? 0 : no_memory(err);
}

int lic_erase_note_row(struct lic_txn *txn, int64_t row, struct lic_error *err)
{
	bool any = false;
	int r = lic_erase_any(txn->cat, &any, err);

	return r < 0 || !any || lic_map_at(&txn->left, row, 0) ? r : no_memory(err);
}

int lic_erase_wake(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	return lic_query_run(txn->cat, LIC_STMT_LIKENESS_WAKE, err, "i", entry);
}

int lic_erase_due(struct lic_txn *txn, struct lic_error *err)
{
	if (txn->erased)
		return 0;
	txn->erased = txn->changed = txn->dirty = txn->durable = true;
	return lic_meta_set_int(txn->cat, "scrub", 1, err);
}

/* --- one image ---------------------------------------------------------------------------- */

int lic_erase_ended(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	int r = lic_erase_due(txn, err);

	if (r == 0)
		r = lic_snapshots_erase(txn, entry, err);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_CLAIMS_DROP_ALL, err, "i", entry);
	lic_credit_changes(txn->cat);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_CREDIT_DROP, err, "i", entry);
	return r < 0 ? r
		     : lic_query_run(txn->cat, LIC_STMT_ENTRY_SET_DAMAGE, err, "it", entry, NULL);
}

/* Images that have ended and had the same bytes. */
static int erase_former(struct lic_txn *txn, const struct lic_hash *hash, struct lic_error *err)
{
	int64_t id = 0;

	for (;;) {
		_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
		int r = lic_query(&q, txn->cat, LIC_STMT_ENTRY_FORMER, err, "bi",
				  (const void *)hash->b, sizeof(hash->b), id);

		if (r == 0)
			r = lic_query_step(&q, err);
		if (r <= 0)
			return r;
		id = lic_query_int(&q, 0);
		lic_query_end(&q);
		r = lic_erase_ended(txn, id, err);
		if (r < 0)
			return r;
	}
}

/* Its hash goes into `bytes`; images that ended since they were noted are ended ones. */
static int erase_image(struct lic_txn *txn, int64_t id, struct lic_map *bytes,
		       struct lic_error *err)
{
	struct lic_entry e;
	int64_t key[2], *place;
	int r = lic_catalog_by_id(txn->cat, id, &e, err);

	if (r < 0)
		return r == -ENOENT ? lic_erase_ended(txn, id, err) : r;
	r = lic_erase_ended(txn, id, err);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_CLAIMS_ADD, err, "iit", id, txn->generation,
				  "");
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_LIKENESS_ERASE, err, "i", id);
	if (r < 0)
		return r;
	memcpy(key, e.hash.b, sizeof(key));
	place = lic_map_at(bytes, key[0], key[1]);
	if (!place)
		return no_memory(err);
	if (*place)
		return 0;
	*place = 1;
	return erase_former(txn, &e.hash, err);
}

/* --- decisions ---------------------------------------------------------------------------- */

struct reasons {
	struct lic_txn *txn;
	const struct lic_map *bytes;
	int64_t *id; /* n of them */
	size_t n, cap;
	struct lic_error *err;
};

/* Is the decision about one of the images, by its path or its bytes? 1, 0 or an error. */
static int is_about(struct reasons *x, const struct lic_decision *d)
{
	struct lic_entry e;
	int64_t key[2];
	int r;

	memcpy(key, d->hash.b, sizeof(key));
	if (d->has_hash && lic_map_find(x->bytes, key[0], key[1]))
		return 1;
	r = lic_catalog_by_path(x->txn->cat, d->pattern.p, d->pattern.n, &e, x->err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return lic_map_find(&x->txn->erase, e.id, 0) != NULL;
}

static int look_at_decision(struct reasons *x, struct lic_query *q)
{
	struct lic_decision d;
	int r = lic_decision_from_row(q, &d, x->err);

	if (r == 0 && d.exact)
		r = is_about(x, &d);
	if (r <= 0 || !d.exact)
		return r < 0 ? r : 0;
	if (x->n == x->cap) {
		size_t cap = x->cap ? x->cap * 2 : 64;
		int64_t *p = reallocarray(x->id, cap, sizeof(*p));

		if (!p)
			return no_memory(x->err);
		x->id = p;
		x->cap = cap;
	}
	x->id[x->n++] = d.number;
	return 0;
}

/* Who decided what, and when, stays; why is free text, which may name people. */
static int erase_reasons(struct lic_txn *txn, const struct lic_map *bytes, struct lic_error *err)
{
	struct reasons x = { .txn = txn, .bytes = bytes, .err = err };
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_DECISIONS, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = look_at_decision(&x, &q);
		if (r < 0)
			break;
	}
	lic_query_end(&q);
	for (size_t i = 0; r == 0 && i < x.n; i++)
		r = lic_query_run(txn->cat, LIC_STMT_DECISION_ERASE, err, "it", x.id[i],
				  ERASED_REASON);
	free(x.id);
	return r;
}

int lic_erase_flush(struct lic_txn *txn, struct lic_error *err)
{
	_cleanup_(lic_map_release) struct lic_map bytes = { 0 };
	bool any = txn->erase.n || txn->left.n;
	int r = 0;

	if (!any && txn->imported)
		r = lic_erase_any(txn->cat, &any, err);
	if (r < 0 || !any)
		return r;
	for (size_t i = 0; r == 0 && i < txn->erase.n; i++)
		r = erase_image(txn, txn->erase.item[i].a, &bytes, err);
	if (r == 0)
		r = lic_erase_rows(txn, err);
	if (r == 0 && txn->erase.n)
		r = erase_reasons(txn, &bytes, err);
	lic_map_clear(&txn->erase);
	lic_map_clear(&txn->left);
	return r;
}
