/* SPDX-License-Identifier: Apache-2.0 */
/* MD5 and SHA-256 of images, by which manifests name them; known where some manifest asked. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/joined.h"
#include "fs/catalog/revoked.h"

unsigned lic_digests_of_kinds(unsigned kinds)
{
	return (kinds & 1u << LIC_KEY_MD5 ? LIC_DIGEST_MD5 : 0) |
	       (kinds & 1u << LIC_KEY_SHA256 ? LIC_DIGEST_SHA256 : 0);
}

static void take(struct lic_bytes b, uint8_t *to, size_t n, unsigned bit, struct lic_digests *ret)
{
	if (b.n != n)
		return;
	memcpy(to, b.p, n);
	ret->has |= bit;
}

int lic_catalog_digests(struct lic_catalog *cat, int64_t entry, struct lic_digests *ret,
			struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_digests d = { 0 };
	int r = lic_query(&q, cat, LIC_STMT_DIGEST, err, "i", entry);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	if (r > 0) {
		take(lic_query_bytes(&q, 0), d.md5, sizeof(d.md5), LIC_DIGEST_MD5, &d);
		take(lic_query_bytes(&q, 1), d.sha256, sizeof(d.sha256), LIC_DIGEST_SHA256, &d);
	}
	*ret = d;
	return 0;
}

int lic_catalog_digests_wanted(struct lic_catalog *cat, unsigned *ret, struct lic_error *err)
{
	const struct lic_revoked *revoked = NULL;
	const struct lic_joins *joins = NULL;
	int r = lic_joins_get(cat, &joins, err);

	if (r == 0)
		r = lic_revoked_get(cat, &revoked, err);
	if (r == 0)
		*ret = lic_digests_of_kinds(joins->kinds) | lic_revoked_digests(revoked);
	return r;
}

int lic_catalog_by_digest(struct lic_catalog *cat, unsigned which, const uint8_t *digest,
			  int (*fn)(void *ctx, int64_t entry), void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	bool md5 = which == LIC_DIGEST_MD5;
	int r = lic_query(&q, cat, md5 ? LIC_STMT_DIGEST_BY_MD5 : LIC_STMT_DIGEST_BY_SHA256, err,
			  "b", (const void *)digest, (size_t)(md5 ? 16 : 32));

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = fn(ctx, lic_query_int(&q, 0));
		if (r)
			return r;
	}
	return r;
}

int lic_digests_fill(struct lic_catalog *cat, int64_t entry, struct lic_digests *d,
		     struct lic_error *err)
{
	struct lic_digests known;
	unsigned wanted = 0;
	int r = lic_catalog_digests_wanted(cat, &wanted, err);

	if (r < 0 || !(wanted & ~d->has))
		return r;
	r = lic_catalog_digests(cat, entry, &known, err);
	if (r < 0)
		return r;
	if (!(d->has & LIC_DIGEST_MD5))
		memcpy(d->md5, known.md5, sizeof(d->md5));
	if (!(d->has & LIC_DIGEST_SHA256))
		memcpy(d->sha256, known.sha256, sizeof(d->sha256));
	d->has |= known.has;
	return 0;
}

int lic_digests_store(struct lic_txn *txn, int64_t entry, const struct lic_digests *d, bool fresh,
		      struct lic_error *err)
{
	const bool md5 = d->has & LIC_DIGEST_MD5, sha256 = d->has & LIC_DIGEST_SHA256;
	struct lic_digests known = { 0 };
	int r = d->has && !fresh ? lic_catalog_digests(txn->cat, entry, &known, err) : 0;

	if (r < 0 || !(d->has & ~known.has))
		return r;
	txn->dirty = true;
	return lic_query_run(txn->cat, LIC_STMT_DIGEST_SET, err,
			     md5 && sha256 ? "ibb"
			     : md5	   ? "ibn"
					   : "inb",
			     entry, (const void *)(md5 ? d->md5 : d->sha256),
			     md5 ? sizeof(d->md5) : sizeof(d->sha256), (const void *)d->sha256,
			     sizeof(d->sha256));
}
