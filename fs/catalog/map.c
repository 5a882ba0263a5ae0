/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing over a dense array of items. */
#include <string.h>

#include "fs/catalog/map.h"

#define SLOTS_MIN 64
#define ITEMS_MAX (UINT32_MAX / 2)

static size_t hash(int64_t a, int64_t b)
{
	/* Mixing steps of splitmix64; keys are row ids and digests, not chosen by an attacker */
	uint64_t x = (uint64_t)a * 0x9e3779b97f4a7c15u ^ (uint64_t)b;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return (size_t)(x ^ (x >> 31));
}

void lic_map_release(struct lic_map *m)
{
	if (!m)
		return;
	free(m->item);
	free(m->slot);
	*m = (struct lic_map){ 0 };
}

void lic_map_clear(struct lic_map *m)
{
	if (m->slot)
		memset(m->slot, 0, m->n_slots * sizeof(*m->slot));
	m->n = 0;
}

/* The slot of the key, or the free one where it belongs; slots must exist. */
static uint32_t *probe(const struct lic_map *m, int64_t a, int64_t b)
{
	size_t mask = m->n_slots - 1;

	for (size_t i = hash(a, b) & mask;; i = (i + 1) & mask) {
		uint32_t s = m->slot[i];

		if (!s || (m->item[s - 1].a == a && m->item[s - 1].b == b))
			return &m->slot[i];
	}
}

void lic_map_prefetch(const struct lic_map *m, int64_t a, int64_t b)
{
	if (m->n)
		__builtin_prefetch(&m->slot[hash(a, b) & (m->n_slots - 1)]);
}

int64_t *lic_map_find(const struct lic_map *m, int64_t a, int64_t b)
{
	uint32_t s;

	if (!m->n)
		return NULL;
	s = *probe(m, a, b);
	return s ? &m->item[s - 1].value : NULL;
}

static bool grow_slots(struct lic_map *m)
{
	size_t n = m->n_slots ? m->n_slots * 2 : SLOTS_MIN;
	uint32_t *slot = calloc(n, sizeof(*slot));

	if (!slot)
		return false;
	free(m->slot);
	m->slot = slot;
	m->n_slots = n;
	for (size_t i = 0; i < m->n; i++)
		*probe(m, m->item[i].a, m->item[i].b) = (uint32_t)(i + 1);
	return true;
}

int64_t *lic_map_at(struct lic_map *m, int64_t a, int64_t b)
{
	uint32_t *s;

	if (m->n >= m->n_slots / 2 && (m->n >= ITEMS_MAX || !grow_slots(m)))
		return NULL;
	s = probe(m, a, b);
	if (*s)
		return &m->item[*s - 1].value;
	if (m->n == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : SLOTS_MIN;
		void *p = reallocarray(m->item, cap, sizeof(*m->item));

		if (!p)
			return NULL;
		m->item = p;
		m->cap = cap;
	}
	m->item[m->n++] = (struct lic_map_item){ a, b, 0 };
	*s = (uint32_t)m->n;
	return &m->item[m->n - 1].value;
}
