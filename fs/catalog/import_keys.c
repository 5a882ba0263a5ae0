/* SPDX-License-Identifier: Apache-2.0 */
/* What finds the rows of a manifest: hashes of keys, gathered, sorted and written in batches. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/catalog/import.h"
#include "fs/catalog/rowcodec.h"

/* Sorted batches go into the tree in order, which is several times faster than as they come. */
#define BATCH (1u << 20)
/* Bits of the filter: 4 MiB, of which only what is used costs memory. */
#define FILTER_BITS (1u << 25)
/* Manifests with more rows are dropped by a walk over all keys, not row by row. */
#define DROP_ONE_BY_ONE 4096

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for keys of a manifest");
}

void lic_keys_release(struct lic_keys *k)
{
	free(k->pair);
	free(k->filter);
	lic_buf_release(&k->text);
	k->pair = NULL;
	k->filter = NULL;
}

/* --- the filter --------------------------------------------------------------------------- */

static size_t bit_of(int64_t key, unsigned i)
{
	return (size_t)((uint64_t)key >> (i * 29)) & (FILTER_BITS - 1);
}

bool lic_keys_may_have(const struct lic_keys *k, int64_t key)
{
	for (unsigned i = 0; i < 2; i++) {
		size_t bit = bit_of(key, i);

		if (!k->filter || !(k->filter[bit / 32] & 1u << bit % 32))
			return false;
	}
	return true;
}

static bool note(struct lic_keys *k, int64_t key)
{
	if (!k->filter)
		k->filter = calloc(FILTER_BITS / 32, sizeof(*k->filter));
	if (!k->filter)
		return false;
	for (unsigned i = 0; i < 2; i++) {
		size_t bit = bit_of(key, i);

		k->filter[bit / 32] |= 1u << bit % 32;
	}
	return true;
}

/* --- adding ------------------------------------------------------------------------------- */

static int add_pair(struct lic_keys *k, int64_t key, int64_t row, struct lic_error *err)
{
	if (k->n == k->cap) {
		size_t cap = k->cap ? k->cap * 2 : 256;
		void *p = reallocarray(k->pair, cap, sizeof(*k->pair));

		if (!p)
			return no_memory(err);
		k->pair = p;
		k->cap = cap;
	}
	k->pair[k->n++] = (struct lic_key_pair){ key, row };
	return k->n == BATCH ? lic_keys_flush(k, err) : 0;
}

static int add_one(struct lic_keys *k, int64_t row, const struct lic_key *key,
		   struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf normal = LIC_BUF_INIT(8 * LIC_KEY_TEXT_MAX);
	int64_t hash;

	k->kinds |= 1u << key->kind;
	if (1u << key->kind & LIC_PATTERNS) {
		if (k->patterns++ == LIC_PATTERNS_MAX)
			return lic_error_set(err, E2BIG,
					     "a manifest has more than %d patterns; name files by "
					     "path",
					     LIC_PATTERNS_MAX);
		return add_pair(k, 0, row, err);
	}
	if (!lic_key_normal(key->kind, key->text, &normal))
		return lic_buf_failed(&normal) ? no_memory(err) : 0;
	hash = lic_row_hash(key->kind,
			    (struct lic_bytes){ (const uint8_t *)lic_buf_str(&normal), normal.len },
			    &k->text);
	if (lic_buf_failed(&k->text) || (!k->plain && !note(k, hash)))
		return no_memory(err);
	return add_pair(k, hash, row, err);
}

int lic_keys_add(struct lic_keys *k, int64_t row, const struct lic_key *key, size_t n,
		 struct lic_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_one(k, row, &key[i], err);
	k->next = row + 1;
	return r;
}

/* --- writing ------------------------------------------------------------------------------ */

static int by_key(const void *a, const void *b)
{
	const struct lic_key_pair *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

int lic_keys_flush(struct lic_keys *k, struct lic_error *err)
{
	int r = 0;

	if (k->n)
		qsort(k->pair, k->n, sizeof(*k->pair), by_key);
	for (size_t i = 0; r == 0 && i < k->n; i++) {
		const struct lic_key_pair *p = &k->pair[i];

		if (i && by_key(p, p - 1) == 0)
			continue;
		r = lic_query_run(k->txn->cat, LIC_STMT_ROW_KEY_ADD, err, "ii", p->key, p->row);
	}
	k->n = 0;
	return r;
}

/* Keys that more rows have than can be read for one image, into k->pair. */
static int find_thick(struct lic_keys *k, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, k->txn->cat, LIC_STMT_ROW_KEY_THICK, err, "iii", k->first, k->next,
			  (int64_t)LIC_JOINED_MAX);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = add_pair(k, lic_query_int(&q, 0), -k->manifest, err);
		if (r < 0)
			return r;
	}
	return r;
}

int lic_keys_thin(struct lic_keys *k, struct lic_error *err)
{
	int r;

	if (k->next - k->first <= LIC_JOINED_MAX)
		return 0;
	r = find_thick(k, err);
	for (size_t i = 0; r == 0 && i < k->n; i++)
		r = lic_query_run(k->txn->cat, LIC_STMT_ROW_KEY_THIN, err, "iii", k->pair[i].key,
				  k->first, k->next);
	return r < 0 ? r : lic_keys_flush(k, err);
}

/* --- rows that are stored already --------------------------------------------------------- */

struct stored_row {
	struct lic_keys *k;
	int64_t row;
	struct lic_error *err;
};

static int add_stored(void *ctx, const struct lic_key *key)
{
	struct stored_row *x = ctx;

	return add_one(x->k, x->row, key, x->err);
}

/* The present row of LIC_STMT_ROWS_OF. */
static bool is_erased(const struct lic_query *q)
{
	struct lic_row_head head;

	return lic_row_head(lic_query_bytes(q, 3), &head) == 0 && head.erased;
}

/* Gathers the keys of stored rows; one that cannot be read may be about any image. Only the hashes
 * of keys are left of one that was erased. */
static int gather(struct lic_keys *k, const struct lic_source *s, bool *ret_erased,
		  struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, k->txn->cat, LIC_STMT_ROWS_OF, err, "ii", s->first,
			  s->first + s->rows);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct stored_row x = { k, lic_query_int(&q, 0), err };

		r = lic_row_keys(lic_query_bytes(&q, 2), add_stored, &x);
		if (is_erased(&q)) {
			*ret_erased = true;
			r = r == -EUCLEAN ? 0 : r;
		}
		if (r == -EUCLEAN)
			r = add_pair(k, 0, x.row, err);
		if (r < 0)
			return r;
		k->next = x.row + 1;
	}
	return r;
}

static int drop_range(struct lic_txn *txn, const struct lic_source *s, struct lic_error *err)
{
	return lic_query_run(txn->cat, LIC_STMT_ROW_KEY_DROP_RANGE, err, "iii", s->first,
			     s->first + s->rows, s->number);
}

static int drop_one_by_one(struct lic_txn *txn, const struct lic_source *s, struct lic_error *err)
{
	struct lic_keys k = { .txn = txn,
			      .plain = true,
			      .first = s->first,
			      .next = s->first,
			      .text = LIC_BUF_INIT(8 * LIC_KEY_TEXT_MAX) };
	bool erased = false;
	int r = gather(&k, s, &erased, err);

	if (r == 0 && erased)
		r = drop_range(txn, s, err);
	for (size_t i = 0; r == 0 && i < k.n; i++) {
		r = lic_query_run(txn->cat, LIC_STMT_ROW_KEY_DROP, err, "ii", k.pair[i].key,
				  k.pair[i].row);
		if (r == 0)
			r = lic_query_run(txn->cat, LIC_STMT_ROW_KEY_DROP, err, "ii", k.pair[i].key,
					  -s->number);
	}
	lic_keys_release(&k);
	return r;
}

int lic_keys_drop(struct lic_txn *txn, const struct lic_source *s, struct lic_error *err)
{
	if (s->rows <= DROP_ONE_BY_ONE)
		return drop_one_by_one(txn, s, err);
	return drop_range(txn, s, err);
}

int lic_row_keys_rebuild(struct lic_txn *txn, struct lic_error *err)
{
	const struct lic_joins *joins = NULL;
	bool erased = false;
	int r = lic_joins_get(txn->cat, &joins, err);

	if (r < 0 || !joins->n)
		return r;
	r = lic_query_run(txn->cat, LIC_STMT_ROW_KEY_DROP_ALL, err, "");
	for (size_t i = 0; r == 0 && i < joins->n; i++) {
		const struct lic_source *s = &joins->source[i];
		struct lic_keys k = { .txn = txn,
				      .plain = true,
				      .manifest = s->number,
				      .first = s->first,
				      .next = s->first,
				      .text = LIC_BUF_INIT(8 * LIC_KEY_TEXT_MAX) };

		r = gather(&k, s, &erased, err);
		if (r == 0)
			r = lic_keys_flush(&k, err);
		if (r == 0)
			r = lic_keys_thin(&k, err);
		lic_keys_release(&k);
	}
	lic_joins_forget(txn->cat);
	return r;
}
