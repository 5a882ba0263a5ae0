/* SPDX-License-Identifier: Apache-2.0 */
/* Hash map from a pair of numbers to a number, in order of insertion: the caches of the catalog. */
#ifndef LICENSEFS_CATALOG_MAP_H
#define LICENSEFS_CATALOG_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <licensefs/macros.h>

struct lic_map_item {
	int64_t a, b; /* key */
	int64_t value;
};

struct lic_map {
	struct lic_map_item *item; /* n of them, oldest first; may be walked and their values set */
	size_t n, cap;
	uint32_t *slot; /* index into item plus 1, 0 where free; n_slots of them, a power of two */
	size_t n_slots;
};

void lic_map_release(struct lic_map *m);
/* Empties the map and keeps its memory. */
void lic_map_clear(struct lic_map *m) _nonnull_all_;
/* The value's place, valid until the next insertion; NULL where there is no such key. */
int64_t *lic_map_find(const struct lic_map *m, int64_t a, int64_t b) _nonnull_all_;
/* Has the processor fetch what lic_map_find() will look at first. */
void lic_map_prefetch(const struct lic_map *m, int64_t a, int64_t b) _nonnull_all_;
/* The value's place, made with value 0 where there was none; NULL when out of memory. */
int64_t *lic_map_at(struct lic_map *m, int64_t a, int64_t b) _nonnull_all_ _must_check_;

#endif
