/* SPDX-License-Identifier: Apache-2.0 */
/* A table of ids: open addressing, by hash. */
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>

#include "fs/document/jsonids.h"
#include "fs/util/hash.h"

#define FIRST 1024

/* Differs from process to process, so that nobody can write a file of ids which all meet in one
 * place of the table. */
static uint64_t secret(void)
{
	static uint64_t seed[2];

	if (!seed[1]) {
		const void *random = (const void *)getauxval(AT_RANDOM);

		if (random)
			memcpy(seed, random, 8);
		seed[1] = 1;
	}
	return seed[0];
}

uint64_t lic_jsonid_key(uint64_t space, const void *p, size_t n)
{
	uint64_t mixed[2] = { space, lic_hash64(p, n) }, h;

	if (n <= 8) {
		/* exact, and faster */
		mixed[1] = 0;
		memcpy(&mixed[1], p, n);
		mixed[1] ^= (uint64_t)n << 59;
	}
	h = mixed[0] * UINT64_C(0x9e3779b97f4a7c15) ^ mixed[1];
	return h ? h : 1;
}

/* splitmix64 */
static size_t slot_of(const struct lic_jsonids *s, uint64_t key)
{
	uint64_t z = key + secret();

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (size_t)(z ^ z >> 31) & (s->cap - 1);
}

static void put(struct lic_jsonids *s, const struct lic_jsonid *id)
{
	size_t i = slot_of(s, id->key);

	while (s->slot[i].key)
		i = (i + 1) & (s->cap - 1);
	s->slot[i] = *id;
	s->n++;
}

static int grow(struct lic_jsonids *s)
{
	struct lic_jsonids more = { .cap = s->cap ? s->cap * 2 : FIRST };

	more.slot = calloc(more.cap, sizeof(*more.slot));
	if (!more.slot)
		return -ENOMEM;
	for (size_t i = 0; i < s->cap; i++)
		if (s->slot[i].key)
			put(&more, &s->slot[i]);
	free(s->slot);
	*s = more;
	return 0;
}

int lic_jsonids_add(struct lic_jsonids *s, const struct lic_jsonid *id)
{
	const struct lic_jsonid *same[LIC_JSONIDS_SAME_MAX];

	if (lic_jsonids_find(s, id->key, same) > LIC_JSONIDS_SAME_MAX)
		return 0;
	if (s->n >= s->cap / 4 * 3 && grow(s) < 0)
		return -ENOMEM;
	put(s, id);
	return 0;
}

void lic_jsonids_expect(const struct lic_jsonids *s, uint64_t key)
{
	if (s->cap)
		__builtin_prefetch(&s->slot[slot_of(s, key)]);
}

unsigned lic_jsonids_find(const struct lic_jsonids *s, uint64_t key,
			  const struct lic_jsonid *ret[LIC_JSONIDS_SAME_MAX])
{
	unsigned n = 0;

	if (!s->cap)
		return 0;
	for (size_t i = slot_of(s, key); s->slot[i].key; i = (i + 1) & (s->cap - 1)) {
		if (s->slot[i].key != key)
			continue;
		if (n < LIC_JSONIDS_SAME_MAX)
			ret[n] = &s->slot[i];
		n++;
	}
	return n;
}

void lic_jsonids_release(struct lic_jsonids *s)
{
	free(s->slot);
	*s = (struct lic_jsonids){ NULL, 0, 0 };
}
