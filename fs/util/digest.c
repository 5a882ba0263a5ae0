/* SPDX-License-Identifier: Apache-2.0 */
/* MD5, SHA-256 and HMAC from the system's nettle, which needs no set-up, no file and no random
 * numbers. */
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/sha2.h>
#include <string.h>

#include "fs/util/digest.h"

struct lic_digester {
	bool has_md5, has_sha256;
	struct md5_ctx md5;
	struct sha256_ctx sha256;
};

struct lic_digester *lic_digester_new(bool md5, bool sha256)
{
	struct lic_digester *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->has_md5 = md5;
	d->has_sha256 = sha256;
	md5_init(&d->md5);
	sha256_init(&d->sha256);
	return d;
}

void lic_digester_free(struct lic_digester *d)
{
	free(d);
}

void lic_digester_add(struct lic_digester *d, const void *p, size_t n)
{
	if (d->has_md5)
		md5_update(&d->md5, n, p);
	if (d->has_sha256)
		sha256_update(&d->sha256, n, p);
}

void lic_digester_get(struct lic_digester *d, uint8_t md5[16], uint8_t sha256[32])
{
	if (d->has_md5)
		md5_digest(&d->md5, 16, md5);
	if (d->has_sha256)
		sha256_digest(&d->sha256, 32, sha256);
}

void lic_sha256(const void *p, size_t n, uint8_t ret[32])
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, n, p);
	sha256_digest(&ctx, 32, ret);
}

struct lic_hmac {
	struct hmac_sha256_ctx ctx;
};

struct lic_hmac *lic_hmac_new(const void *key, size_t n)
{
	struct lic_hmac *h = calloc(1, sizeof(*h));

	if (h)
		hmac_sha256_set_key(&h->ctx, n, key);
	return h;
}

void lic_hmac_free(struct lic_hmac *h)
{
	if (h)
		explicit_bzero(h, sizeof(*h));
	free(h);
}

void lic_hmac_add(struct lic_hmac *h, const void *p, size_t n)
{
	hmac_sha256_update(&h->ctx, n, p);
}

void lic_hmac_get(struct lic_hmac *h, uint8_t ret[32])
{
	hmac_sha256_digest(&h->ctx, 32, ret);
}
