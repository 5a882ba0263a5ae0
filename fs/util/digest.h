/* SPDX-License-Identifier: Apache-2.0 */
/* MD5 and SHA-256, by which others name files, and HMAC-SHA256: the one door to nettle. Nothing
 * here trusts MD5. */
#ifndef LICENSEFS_UTIL_DIGEST_H
#define LICENSEFS_UTIL_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <licensefs/macros.h>

struct lic_digester;

/* For MD5, SHA-256 or both; NULL when out of memory. */
struct lic_digester *lic_digester_new(bool md5, bool sha256) _must_check_;
void lic_digester_free(struct lic_digester *d);
void lic_digester_add(struct lic_digester *d, const void *p, size_t n) _nonnull_(1);
/* Of everything added, and begins anew; what was not asked for is left alone. */
void lic_digester_get(struct lic_digester *d, uint8_t md5[16], uint8_t sha256[32]) _nonnull_all_;

/* SHA-256 of n bytes; `ret` may lie within them. */
void lic_sha256(const void *p, size_t n, uint8_t ret[32]) _nonnull_(3);

struct lic_hmac;

/* HMAC-SHA256 (RFC 2104) with that key; NULL when out of memory. */
struct lic_hmac *lic_hmac_new(const void *key, size_t n) _must_check_;
void lic_hmac_free(struct lic_hmac *h);
void lic_hmac_add(struct lic_hmac *h, const void *p, size_t n) _nonnull_(1);
/* Of everything added, and begins anew with the same key. */
void lic_hmac_get(struct lic_hmac *h, uint8_t ret[32]) _nonnull_all_;

#endif
