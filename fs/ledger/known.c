/* SPDX-License-Identifier: Apache-2.0 */
/* What was opened before, by process and part, in bounded memory. */
#include <string.h>

#include "fs/ledger/record.h"

struct piece {
	struct piece *next; /* in its bucket */
	struct piece *newer, *older;
	int64_t process, part;
	uint8_t bits[LIC_CHUNK_BYTES];
};

struct lic_ledger_known {
	size_t n, max, buckets; /* a power of two */
	struct piece *newest, *oldest;
	struct piece *bucket[];
};

struct lic_ledger_known *lic_ledger_known_new(size_t bytes)
{
	size_t max = bytes / (sizeof(struct piece) + 2 * sizeof(void *)), buckets = 1;
	struct lic_ledger_known *k;

	while (buckets < max)
		buckets *= 2;
	k = calloc(1, sizeof(*k) + buckets * sizeof(*k->bucket));
	if (!k)
		return NULL;
	k->max = max ? max : 1;
	k->buckets = buckets;
	return k;
}

void lic_ledger_known_free(struct lic_ledger_known *k)
{
	while (k && k->newest) {
		struct piece *p = k->newest;

		k->newest = p->older;
		free(p);
	}
	free(k);
}

static struct piece **bucket_of(struct lic_ledger_known *k, int64_t process, int64_t part)
{
	uint64_t h = ((uint64_t)process << 32 ^ (uint64_t)part) * UINT64_C(0x9e3779b97f4a7c15);

	return &k->bucket[(h >> 32) & (k->buckets - 1)];
}

static void leave(struct lic_ledger_known *k, struct piece *p)
{
	*(p->newer ? &p->newer->older : &k->newest) = p->older;
	*(p->older ? &p->older->newer : &k->oldest) = p->newer;
}

static void enter(struct lic_ledger_known *k, struct piece *p)
{
	p->newer = NULL;
	p->older = k->newest;
	*(k->newest ? &k->newest->newer : &k->oldest) = p;
	k->newest = p;
}

static void forget_oldest(struct lic_ledger_known *k)
{
	struct piece *p = k->oldest, **at = bucket_of(k, p->process, p->part);

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	leave(k, p);
	free(p);
	k->n--;
}

/* NULL out of memory: nothing is known of it then. */
static struct piece *make(struct lic_ledger_known *k, int64_t process, int64_t part)
{
	struct piece *p = calloc(1, sizeof(*p)), **at = bucket_of(k, process, part);

	if (!p)
		return NULL;
	p->process = process;
	p->part = part;
	p->next = *at;
	*at = p;
	enter(k, p);
	if (++k->n > k->max)
		forget_oldest(k);
	return p;
}

bool lic_ledger_known_add(struct lic_ledger_known *k, int64_t process, int64_t entry)
{
	const int64_t part = entry >> LIC_CHUNK_BITS;
	const unsigned bit = (unsigned)entry & (LIC_CHUNK - 1);
	struct piece *p = *bucket_of(k, process, part);

	while (p && (p->process != process || p->part != part))
		p = p->next;
	if (!p)
		p = make(k, process, part);
	if (!p)
		return true;
	if (p != k->newest) {
		leave(k, p);
		enter(k, p);
	}
	if (lic_chunk_has(p->bits, entry))
		return false;
	p->bits[bit / 8] |= (uint8_t)(1u << bit % 8);
	return true;
}
