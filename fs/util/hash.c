/* SPDX-License-Identifier: Apache-2.0 */
/* XXH3 from the system's xxHash library. */
#include <string.h>
#include <xxhash.h>
#ifdef HAVE_XXH3_128BITS_DISPATCH
#include <xxh_x86dispatch.h> /* the widest vectors that the processor has, found at run time */
#endif

#include "fs/util/hash.h"

struct lic_hasher {
	XXH3_state_t *state;
};

struct lic_hasher *lic_hasher_new(void)
{
	struct lic_hasher *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->state = XXH3_createState();
	if (!h->state) {
		free(h);
		return NULL;
	}
	lic_hasher_reset(h);
	return h;
}

void lic_hasher_free(struct lic_hasher *h)
{
	if (!h)
		return;
	XXH3_freeState(h->state);
	free(h);
}

void lic_hasher_reset(struct lic_hasher *h)
{
	XXH3_128bits_reset(h->state);
}

void lic_hasher_add(struct lic_hasher *h, const void *p, size_t n)
{
	if (n)
		XXH3_128bits_update(h->state, p, n);
}

static void store(XXH128_hash_t v, uint8_t ret[16])
{
	XXH128_canonical_t c;

	XXH128_canonicalFromHash(&c, v);
	memcpy(ret, c.digest, 16);
}

void lic_hasher_get(const struct lic_hasher *h, uint8_t ret[16])
{
	store(XXH3_128bits_digest(h->state), ret);
}

void lic_hash128(const void *p, size_t n, uint8_t ret[16])
{
	store(XXH3_128bits(p, n), ret);
}

uint64_t lic_hash64(const void *p, size_t n)
{
	return XXH3_64bits(p, n);
}
