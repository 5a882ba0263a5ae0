/* SPDX-License-Identifier: Apache-2.0 */
/* Licenses that operators define: rows, and the list that judging is given. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/txn.h"

#define OWN_MEMORY (16u << 20)
#define NAME_MAX_BYTES 1024

/* A list as it was read once. Older ones are kept until the catalog closes, since policies that
 * were handed out point to them. */
struct lic_own {
	struct lic_own *older;
	struct lic_arena arena;
	struct lic_own_licenses list;
	uint8_t digest[16];
};

static const char letters[] = { [LIC_UNKNOWN] = 'u', [LIC_FORBIDDEN] = 'f', [LIC_ALLOWED] = 'a' };

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for licenses");
}

void lic_own_free(struct lic_own *own)
{
	while (own) {
		struct lic_own *older = own->older;

		lic_arena_release(&own->arena);
		free(own);
		own = older;
	}
}

/* --- reading ------------------------------------------------------------------------------ */

/* The present row of LIC_STMT_OWN; strings point into it. */
static int from_row(struct lic_query *q, struct lic_own_license *ret, struct lic_error *err)
{
	const char *permissions = lic_query_text(q, 3);
	unsigned allowed = 0;

	*ret = (struct lic_own_license){
		.license = { .id = lic_query_text(q, 0),
			     .name = lic_query_text(q, 1),
			     .url = lic_query_text(q, 2),
			     .territory = "world",
			     .basis = "operator",
			     .obligations = (uint8_t)(lic_query_int(q, 4) &
						      ((1 << LIC_OBLIGATION_COUNT) - 1)),
			     .scope = LIC_SCOPE_WORK,
			     .status = LIC_LICENSE_RESTRICTED },
		.who = lic_query_text(q, 5),
		.at = lic_query_int(q, 6),
		.born = lic_query_int(q, 7),
		.died = lic_query_int(q, 8),
	};
	if (!ret->license.id || !ret->license.name || !permissions || !ret->who ||
	    sqlite3_errcode(q->cat->db) == SQLITE_NOMEM)
		return no_memory(err);
	if (strlen(permissions) != LIC_PERMISSION_COUNT)
		return lic_catalog_damaged(q->cat, err, "license '%s' cannot be read",
					   ret->license.id);
	for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++) {
		const char *at = memchr(letters, permissions[p], sizeof(letters));

		ret->license.permission[p] = at ? (uint8_t)(at - letters) : LIC_UNKNOWN;
		allowed += ret->license.permission[p] == LIC_ALLOWED;
	}
	if (allowed == LIC_PERMISSION_COUNT)
		ret->license.status = LIC_LICENSE_OPEN;
	return 0;
}

int lic_catalog_own_licenses(struct lic_catalog *cat,
			     int (*fn)(void *ctx, const struct lic_own_license *l), void *ctx,
			     struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_OWN, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_own_license l;

		r = from_row(&q, &l, err);
		if (r == 0)
			r = fn(ctx, &l);
		if (r != 0)
			return r;
	}
	return r;
}

struct reading {
	struct lic_own *own;
	struct lic_license *item;
	size_t cap;
	struct lic_hasher *hasher;
	struct lic_error *err;
};

static bool keep_text(struct reading *x, const char **text)
{
	if (*text)
		*text = lic_arena_dup(&x->own->arena, *text, strlen(*text));
	return *text;
}

/* What the table knows by now is no own license any more, whatever was defined before. */
static int add(void *ctx, const struct lic_own_license *l)
{
	struct reading *x = ctx;
	struct lic_license *item;
	bool url = l->license.url != NULL;
	size_t n = x->own->list.n;

	if (l->died || lic_license_find(l->license.id, strlen(l->license.id)))
		return 0;
	if (n == x->cap) {
		size_t cap = x->cap ? 2 * x->cap : 8;
		struct lic_license *more = lic_arena_alloc(&x->own->arena, cap * sizeof(*more));

		if (!more)
			return no_memory(x->err);
		if (n)
			memcpy(more, x->item, n * sizeof(*more));
		x->item = more;
		x->cap = cap;
	}
	item = &x->item[n];
	*item = l->license;
	if (!keep_text(x, &item->id) || !keep_text(x, &item->name) ||
	    (url && !keep_text(x, &item->url)))
		return no_memory(x->err);
	x->own->list.item = x->item;
	x->own->list.n = n + 1;
	lic_hasher_add(x->hasher, item->id, strlen(item->id) + 1);
	lic_hasher_add(x->hasher, item->name, strlen(item->name) + 1);
	lic_hasher_add(x->hasher, url ? item->url : "", url ? strlen(item->url) + 1 : 1);
	lic_hasher_add(x->hasher, item->permission, sizeof(item->permission));
	lic_hasher_add(x->hasher, &item->obligations, sizeof(item->obligations));
	return 0;
}

int lic_own_get(struct lic_catalog *cat, const struct lic_own_licenses **ret, struct lic_error *err)
{
	struct lic_own *own = calloc(1, sizeof(*own));
	struct reading x = { .own = own, .hasher = cat->hasher, .err = err };
	int r;

	if (!own)
		return no_memory(err);
	own->arena.max = OWN_MEMORY;
	lic_hasher_reset(cat->hasher);
	r = lic_catalog_own_licenses(cat, add, &x, err);
	lic_hasher_get(cat->hasher, own->digest);
	if (r < 0 ||
	    (cat->own && memcmp(own->digest, cat->own->digest, sizeof(own->digest)) == 0)) {
		lic_own_free(own);
	} else {
		own->older = cat->own;
		cat->own = own;
	}
	if (r == 0)
		*ret = &cat->own->list;
	return r;
}

/* --- writing ------------------------------------------------------------------------------ */

static bool has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return true;
	return false;
}

static int check(const struct lic_license *l, struct lic_error *err)
{
	int r = lic_own_license_check(l->id, err);

	if (r < 0)
		return r;
	if (!l->name || !l->name[0] || strlen(l->name) > NAME_MAX_BYTES || has_control(l->name) ||
	    (l->url && (strlen(l->url) > NAME_MAX_BYTES || has_control(l->url))))
		return lic_error_set(
			err, EINVAL,
			"a license's name and URL are of 1 to %d bytes without control "
			"characters",
			NAME_MAX_BYTES);
	return 0;
}

/* Ends the live row; -ENOENT where there is none. */
static int end(struct lic_txn *txn, const char *id, struct lic_error *err)
{
	int r = lic_query_run(txn->cat, LIC_STMT_OWN_END, err, "ti", id, txn->generation);

	if (r < 0)
		return r;
	return sqlite3_changes(txn->cat->db) ? 0 : -ENOENT;
}

static int judge_again(struct lic_txn *txn, int64_t *ret_changed, struct lic_error *err)
{
	int64_t changed = 0;
	int r = lic_own_get(txn->cat, &txn->judge.policy.own, err);

	txn->changed = txn->dirty = txn->durable = true;
	lic_judge_reset(&txn->judge);
	if (r == 0)
		r = lic_rejudge_all(txn, &changed, err);
	if (r == 0 && ret_changed)
		*ret_changed = changed;
	return r;
}

int lic_catalog_license_set(struct lic_txn *txn, const struct lic_license *l, const char *who,
			    int64_t *ret_changed, struct lic_error *err)
{
	char permissions[LIC_PERMISSION_COUNT + 1] = "";
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = check(l, err);
	if (r < 0)
		return r;
	for (unsigned p = 0; p < LIC_PERMISSION_COUNT; p++)
		permissions[p] =
			letters[l->permission[p] <= LIC_ALLOWED ? l->permission[p] : LIC_UNKNOWN];
	r = end(txn, l->id, err);
	if (r == 0 || r == -ENOENT)
		r = lic_query_run(txn->cat, LIC_STMT_OWN_ADD, err, "ttttitii", l->id, l->name,
				  l->url, permissions, (int64_t)l->obligations, who, txn->at,
				  txn->generation);
	if (r == 0)
		r = judge_again(txn, ret_changed, err);
	return lic_txn_fail(txn, r);
}

int lic_catalog_license_rm(struct lic_txn *txn, const char *id, int64_t *ret_changed,
			   struct lic_error *err)
{
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = end(txn, id, err);
	if (r == -ENOENT)
		return lic_error_set(err, ENOENT, "no own license is called so");
	if (r == 0)
		r = judge_again(txn, ret_changed, err);
	return lic_txn_fail(txn, r);
}
