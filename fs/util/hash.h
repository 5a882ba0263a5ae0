/* SPDX-License-Identifier: Apache-2.0 */
/* XXH3-128, in one go or piecewise: the one door to xxHash. */
#ifndef LICENSEFS_UTIL_HASH_H
#define LICENSEFS_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>

#include <licensefs/macros.h>

struct lic_hasher;

/* NULL when out of memory. */
struct lic_hasher *lic_hasher_new(void) _must_check_;
void lic_hasher_free(struct lic_hasher *h);
void lic_hasher_reset(struct lic_hasher *h) _nonnull_all_;
void lic_hasher_add(struct lic_hasher *h, const void *p, size_t n) _nonnull_(1);
/* Canonical (big-endian) XXH3-128 of everything added since the last reset. */
void lic_hasher_get(const struct lic_hasher *h, uint8_t ret[16]) _nonnull_all_;

void lic_hash128(const void *p, size_t n, uint8_t ret[16]) _nonnull_(3);
uint64_t lic_hash64(const void *p, size_t n);

#endif
