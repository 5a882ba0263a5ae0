/* SPDX-License-Identifier: Apache-2.0 */
/* Opt-outs that stand beside one file (a sidecar, a manifest) hold for every file with the same
 * bytes; those inside are in all of them anyway. And what the commit judges again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/catalog/txn.h"

#define SHOWN_MAX 16 /* twins that explain names */
/* What a file reserves follows from what stands beside it, whatever its twins say, so three would
 * do. A text that was not understood for want of memory reserves all it may, and that is remembered
 * for as long as the twins say the same. */
#define ROUNDS_MAX 16

/* Rows of one hash are few where their scopes are: thousands of twins cost no more than one. */
int lic_twins_reserve(struct lic_catalog *cat, const struct lic_hash *hash, unsigned *ret,
		      struct lic_error *err)
{
	unsigned bits = 0;
	int64_t last = 0;

	for (;;) {
		_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
		int r = lic_query(&q, cat, LIC_STMT_OPTOUT_NEXT, err, "bi", (const void *)hash->b,
				  sizeof(hash->b), last);

		if (r == 0)
			r = lic_query_step(&q, err);
		if (r < 0)
			return r;
		if (r == 0)
			break;
		last = lic_query_int(&q, 0);
		bits |= (unsigned)last;
	}
	*ret = bits;
	return 0;
}

static void add_claim(struct lic_claims *c, unsigned bits, const char *text)
{
	struct lic_claim claim = {
		.role = LIC_ROLE_RESERVATION,
		.packet = c->next_packet++,
		.reserve = bits,
		.source = "same bytes",
		.field = "opt-out",
		.raw = { (const uint8_t *)text, strlen(text) },
		.text = text,
	};

	lic_claims_add(c, &claim);
}

void lic_twins_claim(struct lic_claims *c, unsigned bits)
{
	if (bits)
		add_claim(c, bits, "beside another file");
}

int lic_twins_claims(struct lic_catalog *cat, const struct lic_entry *e, struct lic_claims *ret,
		     struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_OPTOUT_LIST, err, "bii", (const void *)e->hash.b,
			  sizeof(e->hash.b), e->id, (int64_t)SHOWN_MAX);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(1u << 20);
		_cleanup_(lic_buf_release) struct lic_buf text = LIC_BUF_INIT(4u << 20);

		r = lic_catalog_entry_path(cat, lic_query_int(&q, 0), &path, err);
		if (r < 0)
			return r;
		lic_buf_adds(&text, "beside ");
		lic_text_show(&text, lic_buf_str(&path), path.len);
		add_claim(ret, (unsigned)lic_query_int(&q, 1), lic_buf_str(&text));
	}
	return r;
}

int lic_twins_again(struct lic_txn *txn, const struct lic_hash *hash, struct lic_error *err)
{
	int64_t key[2];

	memcpy(key, hash->b, sizeof(key));
	return lic_map_at(&txn->twins, key[0], key[1])
		       ? 0
		       : lic_error_set(err, ENOMEM, "out of memory for files with the same bytes");
}

int lic_twins_note(struct lic_txn *txn, int64_t id, const struct lic_hash *hash, unsigned bits,
		   struct lic_error *err)
{
	unsigned before, after;
	int r = lic_twins_reserve(txn->cat, hash, &before, err);

	if (r < 0 || (!before && !bits))
		return r;
	r = lic_query_run(txn->cat, LIC_STMT_OPTOUT_DROP, err, "bi", (const void *)hash->b,
			  sizeof(hash->b), id);
	if (r == 0 && bits)
		r = lic_query_run(txn->cat, LIC_STMT_OPTOUT_ADD, err, "bii", (const void *)hash->b,
				  sizeof(hash->b), (int64_t)bits, id);
	if (r == 0)
		r = lic_twins_reserve(txn->cat, hash, &after, err);
	if (r < 0)
		return r;
	txn->dirty = true;
	return before == after ? 0 : lic_twins_again(txn, hash, err);
}

struct ids {
	int64_t *id;
	size_t n, cap;
};

static void ids_release(struct ids *l)
{
	free(l->id);
}

static int add_id(void *ctx, const struct lic_entry *e)
{
	struct ids *l = ctx;

	if (e->kind != LIC_KIND_IMAGE)
		return 0;
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 16;
		void *p = reallocarray(l->id, cap, sizeof(*l->id));

		if (!p)
			return -ENOMEM;
		l->id = p;
		l->cap = cap;
	}
	l->id[l->n++] = e->id;
	return 0;
}

static int judge_twins(struct lic_txn *txn, const struct lic_map_item *key, struct lic_error *err)
{
	_cleanup_(ids_release) struct ids l = { 0 };
	struct lic_hash hash;
	int r;

	memcpy(hash.b, &key->a, 8);
	memcpy(hash.b + 8, &key->b, 8);
	r = lic_catalog_by_hash(txn->cat, &hash, add_id, &l, err);
	if (r == -ENOMEM)
		lic_error_set(err, ENOMEM, "out of memory for opt-outs");
	for (size_t k = 0; r == 0 && k < l.n; k++)
		r = lic_catalog_rejudge(txn, l.id[k], NULL, err);
	return r;
}

int lic_twins_flush(struct lic_txn *txn, struct lic_error *err)
{
	unsigned rounds = 0;
	int r = 0;

	while (r == 0 && txn->twins.n) {
		/* Judging may tell of more, also of the same bytes once more */
		struct lic_map again = txn->twins;

		if (++rounds > ROUNDS_MAX)
			return lic_error_set(err, ENOMEM,
					     "verdicts about files with the same bytes do not "
					     "settle, as where memory is short; try again");
		txn->twins = (struct lic_map){ 0 };
		for (size_t i = 0; r == 0 && i < again.n; i++)
			r = judge_twins(txn, &again.item[i], err);
		lic_map_release(&again);
	}
	return r;
}
