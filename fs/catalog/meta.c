/* SPDX-License-Identifier: Apache-2.0 */
/* The meta table, policy, and the two numbers that say how new the catalog is. */
#include <string.h>
#include <errno.h>
#include <time.h>

#include "fs/catalog/txn.h"

int lic_meta_set_int(struct lic_catalog *cat, const char *key, int64_t v, struct lic_error *err)
{
	return lic_query_run(cat, LIC_STMT_META_SET, err, "ti", key, v);
}

int lic_meta_set(struct lic_catalog *cat, const char *key, const void *p, size_t n,
		 struct lic_error *err)
{
	return lic_query_run(cat, LIC_STMT_META_SET, err, "tb", key, p, n);
}

int lic_meta_get(struct lic_catalog *cat, const char *key, struct lic_buf *out,
		 struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_bytes v;
	int r = lic_query(&q, cat, LIC_STMT_META, err, "t", key);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	if (r == 0)
		return -ENOENT;
	v = lic_query_bytes(&q, 0);
	lic_buf_add(out, v.p, v.n);
	if (lic_buf_failed(out))
		return lic_catalog_damaged(cat, err, "'%s' in meta is too long", key);
	return 0;
}

/* One of two words; anything else is refused, since the looser one might be guessed. */
static int choice(struct lic_catalog *cat, const char *key, const char *loose, const char *strict,
		  bool *ret, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf v = LIC_BUF_INIT(64);
	int r = lic_meta_get(cat, key, &v, err);

	if (r < 0 && r != -ENOENT)
		return r;
	if (r == -ENOENT || (strcmp(lic_buf_str(&v), loose) && strcmp(lic_buf_str(&v), strict)))
		return lic_catalog_damaged(cat, err, "policy '%s' is neither %s nor %s", key, loose,
					   strict);
	*ret = strcmp(lic_buf_str(&v), strict) == 0;
	return 0;
}

int lic_catalog_policy(struct lic_catalog *cat, struct lic_policy *ret, struct lic_error *err)
{
	struct lic_policy p = { .now = (int64_t)time(NULL) };
	int r = choice(cat, "statements", "open", "strict", &p.strict_statements, err);

	if (r == 0)
		r = choice(cat, "notice", "ignore", "conflict", &p.strict_notice, err);
	if (r == 0)
		r = lic_own_get(cat, &p.own, err);
	if (r == 0)
		*ret = p;
	return r;
}

int lic_catalog_readers(struct lic_catalog *cat, struct lic_buf *ret, struct lic_error *err)
{
	return lic_meta_get(cat, "readers", ret, err);
}

int lic_catalog_set_readers(struct lic_txn *txn, const char *readers, struct lic_error *err)
{
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	txn->dirty = true;
	return lic_txn_fail(txn, lic_meta_set(txn->cat, "readers", readers, strlen(readers), err));
}

int lic_meta_facts(struct lic_buf *out, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf table = LIC_BUF_INIT(16u << 20);
	const struct lic_license *l;
	uint8_t d[16];

	for (size_t i = 0; (l = lic_license_at(i)); i++) {
		lic_buf_adds(&table, l->id);
		lic_buf_add(&table, l->permission, sizeof(l->permission));
		lic_buf_addf(&table, "%u %u %u %u %s\n", l->obligations, l->scope, l->status,
			     l->ml_clause, l->territory ? l->territory : "");
	}
	lic_hash128(lic_buf_str(&table), table.len, d);
	lic_buf_addf(out, PACKAGE_VERSION " %d ", LIC_RIGHTS_RULES);
	for (size_t i = 0; i < sizeof(d); i++)
		lic_buf_addf(out, "%02x", d[i]);
	if (lic_buf_failed(&table) || lic_buf_failed(out))
		return lic_error_set(err, ENOMEM, "out of memory for the facts' digest");
	return 0;
}

static int64_t number(struct lic_catalog *cat, enum lic_stmt which)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, which, NULL, "");

	if (r == 0)
		r = lic_query_step(&q, NULL);
	return r > 0 ? lic_query_int(&q, 0) : r < 0 ? r : 0;
}

int64_t lic_catalog_generation(struct lic_catalog *cat)
{
	return number(cat, LIC_STMT_GENERATION);
}

bool lic_catalog_is_known(struct lic_catalog *cat)
{
	int64_t version = LIC_CATALOG_SCHEMA;

	return lic_catalog_number(cat, "PRAGMA user_version", 0, &version, NULL) < 0 ||
	       version == LIC_CATALOG_SCHEMA;
}

int64_t lic_catalog_data_version(struct lic_catalog *cat)
{
	return number(cat, LIC_STMT_DATA_VERSION);
}
