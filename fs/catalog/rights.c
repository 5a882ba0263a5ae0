/* SPDX-License-Identifier: Apache-2.0 */
/* Interned rights: numbers for keys, and the numbers of licenses. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/txn.h"

void lic_rights_cache_release(struct lic_rights_cache *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->rights[i]);
	free(c->rights);
	lic_map_release(&c->number);
	lic_map_release(&c->key);
	*c = (struct lic_rights_cache){ 0 };
}

void lic_rights_cache_rollback(struct lic_catalog *cat)
{
	/* Numbers of rolled-back rows will be given to others; the objects stay, for whoever holds
	 * a pointer */
	lic_map_clear(&cat->rights.number);
	lic_map_clear(&cat->rights.key);
}

static int remember(struct lic_catalog *cat, int64_t number, const struct lic_rights *r,
		    const struct lic_rights **ret)
{
	struct lic_rights_cache *c = &cat->rights;
	int64_t *place;

	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 64;
		void *p = reallocarray(c->rights, cap, sizeof(*c->rights));

		if (!p)
			return -ENOMEM;
		c->rights = p;
		c->cap = cap;
	}
	c->rights[c->n] = malloc(sizeof(*r));
	if (!c->rights[c->n])
		return -ENOMEM;
	*c->rights[c->n] = *r;
	place = lic_map_at(&c->number, number, 0);
	if (!place) {
		free(c->rights[c->n]);
		return -ENOMEM;
	}
	*place = (int64_t)c->n;
	*ret = c->rights[c->n++];
	return 0;
}

const struct lic_rights *lic_catalog_rights(struct lic_catalog *cat, int64_t number,
					    struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	const struct lic_rights *known = NULL;
	struct lic_rights r;
	struct lic_bytes key;
	int64_t *place = lic_map_find(&cat->rights.number, number, 0);
	int rc;

	if (place)
		return cat->rights.rights[*place];
	rc = lic_query(&q, cat, LIC_STMT_RIGHTS_BY_ID, err, "i", number);
	if (rc == 0)
		rc = lic_query_step(&q, err);
	if (rc < 0)
		return NULL;
	if (rc == 0) {
		lic_catalog_damaged(cat, err, "there are no rights %lld", (long long)number);
		return NULL;
	}
	key = lic_query_bytes(&q, 0);
	if (lic_rights_from_key((const char *)key.p, key.n, &r, err) < 0) {
		lic_catalog_damaged(cat, err, "rights %lld have no valid key", (long long)number);
		return NULL;
	}
	if (remember(cat, number, &r, &known) < 0)
		lic_error_set(err, ENOMEM, "out of memory for rights");
	return known;
}

/* Numbers the licenses of new rights, for by-license/. */
static int number_licenses(struct lic_txn *txn, const struct lic_rights *r, struct lic_error *err)
{
	const struct lic_license *own =
		lic_own_license_find(txn->judge.policy.own, r->license, strlen(r->license));
	struct lic_expression x;

	if (own && r->status == LIC_STATUS_CLEAR)
		return lic_query_run(txn->cat, LIC_STMT_LICENSE_ADD, err, "t", own->id);
	/* What is no expression (LicenseRef-Conflict and the like) names no license */
	if (!r->license[0] || lic_expression_parse(r->license, strlen(r->license), &x, NULL) < 0)
		return 0;
	for (unsigned i = 0; i < x.n; i++) {
		for (unsigned k = 0; k < x.alternative[i].n; k++) {
			const struct lic_license *l = x.alternative[i].license[k];
			int rc;

			if (!lic_license_clears(l, txn->judge.policy.strict_statements))
				continue;
			rc = lic_query_run(txn->cat, LIC_STMT_LICENSE_ADD, err, "t", l->id);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

static int find_or_add(struct lic_txn *txn, const struct lic_rights *r, const char *key,
		       int64_t *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int rc = lic_query(&q, txn->cat, LIC_STMT_RIGHTS_BY_KEY, err, "t", key);

	if (rc == 0)
		rc = lic_query_step(&q, err);
	if (rc < 0)
		return rc;
	if (rc > 0) {
		*ret = lic_query_int(&q, 0);
		return 0;
	}
	rc = lic_query_run(txn->cat, LIC_STMT_RIGHTS_ADD, err, "t", key);
	if (rc < 0)
		return rc;
	*ret = sqlite3_last_insert_rowid(txn->cat->db);
	return number_licenses(txn, r, err);
}

int lic_rights_intern(struct lic_txn *txn, const struct lic_rights *r, int64_t *ret,
		      struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf key = LIC_BUF_INIT(LIC_RIGHTS_KEY_MAX);
	int64_t digest[2], number, *place;
	uint8_t d[16];
	int rc;

	lic_rights_key(r, &key);
	if (lic_buf_failed(&key))
		return lic_error_set(err, ENOMEM, "out of memory for rights");
	/* Salted, so that no text in an image can be made to collide with another */
	lic_hasher_reset(txn->cat->hasher);
	lic_hasher_add(txn->cat->hasher, txn->cat->uuid, sizeof(txn->cat->uuid));
	lic_hasher_add(txn->cat->hasher, key.data, key.len);
	lic_hasher_get(txn->cat->hasher, d);
	memcpy(digest, d, sizeof(digest));
	place = lic_map_find(&txn->cat->rights.key, digest[0], digest[1]);
	if (place) {
		*ret = *place;
		return 0;
	}
	rc = find_or_add(txn, r, lic_buf_str(&key), &number, err);
	if (rc < 0)
		return rc;
	place = lic_map_at(&txn->cat->rights.key, digest[0], digest[1]);
	if (place) /* only a cache: without memory it just stays empty */
		*place = number;
	*ret = number;
	return 0;
}

int lic_catalog_licenses(struct lic_catalog *cat,
			 int (*fn)(void *ctx, int64_t number, const char *id), void *ctx,
			 struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_LICENSES, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		const char *id = lic_query_text(&q, 1);

		if (!id)
			return lic_error_set(err, ENOMEM, "out of memory for licenses");
		r = fn(ctx, lic_query_int(&q, 0), id);
		if (r != 0)
			return r;
	}
	return r;
}
