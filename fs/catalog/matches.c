/* SPDX-License-Identifier: Apache-2.0 */
/* [I10] Which rows find which live images, and whose grant hangs on that. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/erase.h"

static int again(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	return lic_map_at(&txn->again, entry, 0)
		       ? 0
		       : lic_error_set(err, ENOMEM, "out of memory for rows of manifests");
}

/* The row has begun or ceased to find `entry`: where it finds just one image beside it, that one
 * is the only one no more, or again. */
static int tell_other(struct lic_txn *txn, int64_t row, int64_t entry, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_MATCH_OTHERS, err, "ii", row, entry);
	int64_t other = 0;
	bool weak = false;
	size_t n = 0;

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0 && n++ == 0) {
		other = lic_query_int(&q, 0);
		weak = lic_query_int(&q, 1) != 0;
	}
	if (r < 0 || n != 1 || !weak)
		return r < 0 ? r : 0;
	return again(txn, other, err);
}

static int drop(struct lic_txn *txn, int64_t row, int64_t entry, struct lic_error *err)
{
	const struct lic_joins *joins = NULL;
	int r = lic_joins_get(txn->cat, &joins, err);

	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_MATCH_DROP, err, "ii", row, entry);
	/* Rows that are no longer in force find nobody */
	if (r < 0 || !lic_joins_source(joins, row))
		return r;
	r = tell_other(txn, row, entry, err);
	return r < 0 ? r : lic_erase_note_row(txn, row, err);
}

static int insert(struct lic_txn *txn, const struct lic_join *x, int64_t entry,
		  struct lic_error *err)
{
	int r = lic_query_run(txn->cat, LIC_STMT_MATCH_ADD, err, "iii", x->row, entry,
			      (int64_t)x->weak);

	return r < 0 ? r : tell_other(txn, x->row, entry, err);
}

struct rows {
	int64_t *item;
	size_t n, cap;
};

static void rows_release(struct rows *l)
{
	free(l->item);
}

static int stored_rows(struct lic_txn *txn, int64_t entry, struct rows *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_MATCHES_OF, err, "i", entry);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		if (ret->n == ret->cap) {
			size_t cap = ret->cap ? ret->cap * 2 : 16;
			void *p = reallocarray(ret->item, cap, sizeof(*ret->item));

			if (!p)
				return lic_error_set(err, ENOMEM, "out of memory for matches");
			ret->item = p;
			ret->cap = cap;
		}
		ret->item[ret->n++] = lic_query_int(&q, 0);
	}
	return r;
}

/* Mounts that ask for collections must look again, whatever the rights are. */
static int tell_mounts(struct lic_txn *txn, const struct lic_entry *e, struct lic_error *err)
{
	int r = lic_feed_add(txn, e->parent, e->id, &e->name, err);

	return r < 0 ? r : lic_feed_companions(txn, e->id, err);
}

static bool in_force(const struct lic_txn *txn, int64_t row)
{
	return txn->cat->joins && lic_joins_source(txn->cat->joins, row);
}

int lic_matches_store(struct lic_txn *txn, const struct lic_joined *j, const struct lic_entry *e,
		      enum lic_matches_mode mode, bool *ret_changed, struct lic_error *err)
{
	_cleanup_(rows_release) struct rows old = { 0 };
	const bool fresh = mode == LIC_MATCHES_FRESH;
	size_t i = 0, k = 0;
	bool changed = false;
	int r = fresh || !txn->joining ? 0 : stored_rows(txn, e->id, &old, err);

	while (r == 0 && (i < old.n || k < j->n)) {
		const struct lic_join *x = k < j->n ? &j->item[k] : NULL;

		if (x && !x->keyed) {
			k++;
		} else if (x && i < old.n && old.item[i] == x->row) {
			i++;
			k++;
		} else if ((!x || (i < old.n && old.item[i] < x->row)) &&
			   mode == LIC_MATCHES_KEEP && in_force(txn, old.item[i])) {
			i++;
		} else if (!x || (i < old.n && old.item[i] < x->row)) {
			r = drop(txn, old.item[i++], e->id, err);
			changed = true;
		} else {
			r = insert(txn, x, e->id, err);
			changed = true;
			k++;
		}
	}
	if (changed)
		txn->changed = txn->dirty = true;
	if (r == 0 && changed && !fresh)
		r = tell_mounts(txn, e, err);
	*ret_changed = changed;
	return r;
}

/* Would another image come into what the row grants because this one ends? 1, 0 or an error. */
static int has_heir(struct lic_txn *txn, int64_t row, const struct lic_entry *e,
		    struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	const struct lic_source *s = lic_joins_source(txn->cat->joins, row);
	int r = s ? lic_query(&q, txn->cat, LIC_STMT_MATCH_HEIR, err, "iibii", row, e->id,
			      (const void *)e->hash.b, sizeof(e->hash.b), e->born, s->number)
		  : 0;

	return r < 0 || !s ? r : lic_query_step(&q, err);
}

int lic_matches_end(struct lic_txn *txn, const struct lic_entry *e, struct lic_error *err)
{
	_cleanup_(rows_release) struct rows old = { 0 };
	const struct lic_joins *joins = NULL;
	int r = lic_joins_get(txn->cat, &joins, err);

	if (r == 0 && txn->joining)
		r = stored_rows(txn, e->id, &old, err);
	for (size_t i = 0; r >= 0 && i < old.n; i++) {
		r = lic_joins_get(txn->cat, &joins, err);
		if (r == 0)
			r = has_heir(txn, old.item[i], e, err);
		/* The match stays, and with it the doubt */
		if (r == 0)
			r = drop(txn, old.item[i], e->id, err);
		else if (r > 0)
			r = lic_erase_note_row(txn, old.item[i], err);
	}
	return r < 0 ? r : 0;
}

static int judge_again(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	uint8_t name[NAME_MAX];
	struct lic_entry e;
	int r = lic_catalog_by_id(txn->cat, entry, &e, err);

	if (r < 0) /* what has ended meanwhile is no image */
		return r == -ENOENT ? 0 : r;
	memcpy(name, e.name.p, e.name.n);
	e.name.p = name;
	r = lic_catalog_rejudge(txn, entry, NULL, err);
	return r < 0 ? r : tell_mounts(txn, &e, err);
}

int lic_matches_flush(struct lic_txn *txn, struct lic_error *err)
{
	int r = 0;

	/* Judging changes no matches, so that none is added on the way */
	for (size_t i = 0; r == 0 && i < txn->again.n; i++)
		r = judge_again(txn, txn->again.item[i].a, err);
	lic_map_clear(&txn->again);
	return r;
}
