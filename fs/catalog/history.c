/* SPDX-License-Identifier: Apache-2.0 */
/* How rights came to be what they are, and reading several things in one state. */
#include <errno.h>

#include <licensefs/catalog_documents.h>

#include "fs/catalog/internal.h"

/* --- one state ---------------------------------------------------------------------------- */

int lic_catalog_hold(struct lic_catalog *cat, struct lic_error *err)
{
	if (!sqlite3_get_autocommit(cat->db))
		return lic_error_set(err, EBUSY, "the catalog is being read or written already");
	return lic_catalog_exec(cat, "BEGIN", err);
}

void lic_catalog_let_go(struct lic_catalog *cat)
{
	(void)!lic_catalog_leave(cat);
}

int lic_catalog_generation_time(struct lic_catalog *cat, int64_t generation, int64_t *ret,
				struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_GENERATION_TIME, err, "i", generation);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	*ret = lic_query_int(&q, 0);
	return 0;
}

int lic_catalog_last_rights(struct lic_catalog *cat, int64_t entry, int64_t *ret,
			    struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_LAST_RIGHTS, err, "i", entry);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	*ret = lic_query_int(&q, 0);
	return 0;
}

/* --- changes of rights ---------------------------------------------------------------------- */

/* Ids that are read with one statement where so few others lie between them. */
#define BLOCK 4096u
#define SPARSE 32

struct changes {
	struct lic_catalog *cat;
	const int64_t *id, *rights;
	int64_t since;
	int (*fn)(void *ctx, size_t i, const struct lic_rights_change *c);
	void *ctx;
	struct lic_error *err;
	struct lic_rights_change last; /* of image `at`: what it became is not known yet */
	size_t at;
	bool open;
};

static int tell(struct changes *x, int64_t after)
{
	if (!x->open)
		return 0;
	x->open = false;
	x->last.after = after;
	return x->fn(x->ctx, x->at, &x->last);
}

/* The rights of an image that has ended are in its row. */
static int finish_ended(struct changes *x, size_t i)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, x->cat, LIC_STMT_ENTRY_ENDED, x->err, "i", x->id[i]);

	if (r == 0)
		r = lic_query_step(&q, x->err);
	if (r <= 0)
		return r < 0 ? r : tell(x, 0);
	r = tell(x, lic_query_int(&q, 0));
	if (r == 0 && lic_query_int(&q, 1) > x->since) {
		x->last =
			(struct lic_rights_change){ lic_query_int(&q, 1), lic_query_int(&q, 0), 0 };
		x->at = i;
		x->open = true;
		r = tell(x, 0);
	}
	return r;
}

/* Whatever is known of image i has been read. */
static int finish(struct changes *x, size_t i)
{
	return x->rights[i] ? tell(x, x->rights[i]) : finish_ended(x, i);
}

/* Reads what `n` images from `first` on were, which need not be all that lies between them. */
static int read_block(struct changes *x, size_t first, size_t n)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	size_t i = first, end = first + n;
	int r = lic_query(&q, x->cat, LIC_STMT_PAST_IN, x->err, "iii", x->id[first], x->id[end - 1],
			  x->since);

	while (r >= 0 && (r = lic_query_step(&q, x->err)) > 0) {
		int64_t entry = lic_query_int(&q, 0);

		for (; r >= 0 && i < end && x->id[i] < entry; i++) {
			r = finish(x, i);
			if (r != 0)
				return r;
		}
		if (i == end || x->id[i] != entry)
			continue;
		r = tell(x, lic_query_int(&q, 2));
		if (r != 0)
			return r;
		x->last =
			(struct lic_rights_change){ lic_query_int(&q, 1), lic_query_int(&q, 2), 0 };
		x->at = i;
		x->open = true;
	}
	for (; r >= 0 && i < end; i++) {
		r = finish(x, i);
		if (r != 0)
			return r;
	}
	return r;
}

int lic_catalog_rights_changes(struct lic_catalog *cat, const int64_t *id, const int64_t *rights,
			       size_t n, int64_t since,
			       int (*fn)(void *ctx, size_t i, const struct lic_rights_change *c),
			       void *ctx, struct lic_error *err)
{
	struct changes x = { cat, id, rights, since, fn, ctx, err, { 0 }, 0, false };

	for (size_t i = 0, k; i < n; i += k) {
		int r;

		k = n - i < BLOCK ? n - i : BLOCK;
		while (k > 1 && (uint64_t)(id[i + k - 1] - id[i]) > k * SPARSE)
			k /= 2;
		r = read_block(&x, i, k);
		if (r != 0)
			return r;
	}
	return 0;
}
