/* SPDX-License-Identifier: Apache-2.0 */
/* Directories as the binder knows them: a tree that grows by what is asked for. */
#include <errno.h>
#include <string.h>

#include "fs/document/matching.h"
#include "fs/util/hash.h"

bool lic_matching_grow(void *array, size_t n, size_t *cap, size_t size)
{
	void **a = array, *p;
	size_t c = *cap ? *cap * 2 : 256;

	if (n < *cap)
		return true;
	p = reallocarray(*a, c, size);
	if (!p)
		return false;
	*a = p;
	*cap = c;
	return true;
}

void lic_places_release(struct lic_places *p)
{
	free(p->item);
	free(p->ids);
	free(p->names);
	free(p->text);
}

struct lic_bytes lic_places_name(const struct lic_places *p, uint32_t place)
{
	const struct lic_place *d = &p->item[place];

	return (struct lic_bytes){ (const uint8_t *)p->text + d->at, d->n };
}

uint32_t lic_places_up(const struct lic_places *p, uint32_t place, unsigned steps)
{
	while (steps-- && place != LIC_PLACE_NONE)
		place = p->item[place].parent;
	return place;
}

/* --- by parent and name ------------------------------------------------------------------- */

static size_t hash_of(uint32_t parent, const struct lic_bytes *name)
{
	return (size_t)(lic_hash64(name->p, name->n) + parent * 0x9e3779b97f4a7c15ull);
}

static size_t slot_of(const struct lic_places *p, uint32_t parent, const struct lic_bytes *name)
{
	size_t i = hash_of(parent, name) & (p->names_cap - 1);

	for (; p->names[i] != LIC_PLACE_NONE; i = (i + 1) & (p->names_cap - 1)) {
		const struct lic_place *d = &p->item[p->names[i]];

		if (d->parent == parent && d->n == name->n &&
		    memcmp(p->text + d->at, name->p, name->n) == 0)
			break;
	}
	return i;
}

uint32_t lic_places_find(const struct lic_places *p, uint32_t parent, const struct lic_bytes *name)
{
	return p->names_cap && name->n ? p->names[slot_of(p, parent, name)] : LIC_PLACE_NONE;
}

static bool grow_names(struct lic_places *p)
{
	size_t cap = p->names_cap ? p->names_cap * 2 : 256;
	uint32_t *old = p->names;

	if (p->n * 2 < p->names_cap)
		return true;
	p->names = malloc(cap * sizeof(*p->names));
	if (!p->names) {
		p->names = old;
		return false;
	}
	memset(p->names, 0xff, cap * sizeof(*p->names));
	p->names_cap = cap;
	for (size_t i = 0; i < p->n; i++) {
		struct lic_bytes name = lic_places_name(p, (uint32_t)i);

		if (name.n)
			p->names[slot_of(p, p->item[i].parent, &name)] = (uint32_t)i;
	}
	free(old);
	return true;
}

static bool keep_text(struct lic_places *p, const struct lic_bytes *name)
{
	while (p->text_cap - p->text_n < name->n)
		if (!lic_matching_grow(&p->text, p->text_cap, &p->text_cap, 1))
			return false;
	if (name->n)
		memcpy(p->text + p->text_n, name->p, name->n);
	return true;
}

static int add_place(struct lic_places *p, uint32_t parent, const struct lic_bytes *name,
		     uint32_t *ret)
{
	if (p->n >= LIC_PLACE_NONE - 1 || !grow_names(p) ||
	    !lic_matching_grow(&p->item, p->n, &p->cap, sizeof(*p->item)) || !keep_text(p, name))
		return -ENOMEM;
	p->item[p->n] = (struct lic_place){
		.parent = parent,
		.depth = parent == LIC_PLACE_NONE ? 0 : p->item[parent].depth + 1,
		.n = (uint32_t)name->n,
		.at = p->text_n,
	};
	p->text_n += name->n;
	if (name->n)
		p->names[slot_of(p, parent, name)] = (uint32_t)p->n;
	*ret = (uint32_t)p->n++;
	return 0;
}

int lic_places_below(struct lic_places *p, uint32_t parent, const struct lic_bytes *name,
		     uint32_t *ret)
{
	uint32_t found = lic_places_find(p, parent, name);

	if (found == LIC_PLACE_NONE)
		return add_place(p, parent, name, ret);
	*ret = found;
	return 0;
}

/* --- by id -------------------------------------------------------------------------------- */

static size_t id_slot(const struct lic_places *p, int64_t id)
{
	size_t i = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15ull >> 20) & (p->ids_cap - 1);

	while (p->ids[i].id && p->ids[i].id != id)
		i = (i + 1) & (p->ids_cap - 1);
	return i;
}

static bool grow_ids(struct lic_places *p)
{
	struct lic_place_id *old = p->ids;
	size_t cap = p->ids_cap;

	if (p->ids_n * 2 < cap)
		return true;
	p->ids = calloc(cap ? cap * 2 : 256, sizeof(*p->ids));
	if (!p->ids) {
		p->ids = old;
		return false;
	}
	p->ids_cap = cap ? cap * 2 : 256;
	for (size_t i = 0; i < cap; i++)
		if (old[i].id)
			p->ids[id_slot(p, old[i].id)] = old[i];
	free(old);
	return true;
}

static bool known(const struct lic_places *p, int64_t id, uint32_t *ret)
{
	size_t i = p->ids_cap ? id_slot(p, id) : 0;

	if (!p->ids_cap || !p->ids[i].id)
		return false;
	*ret = p->ids[i].place;
	return true;
}

/* One directory whose parent is known. */
static int add_id(struct lic_places *p, int64_t id, uint32_t parent, const struct lic_bytes *name,
		  uint32_t *ret)
{
	int r = parent == LIC_PLACE_NONE ? add_place(p, parent, name, ret)
					 : lic_places_below(p, parent, name, ret);

	if (r < 0)
		return r;
	if (!grow_ids(p))
		return -ENOMEM;
	p->ids[id_slot(p, id)] = (struct lic_place_id){ id, *ret };
	p->ids_n++;
	return 0;
}

/* The way up to a directory that is known, then down again. */
static int learn(struct lic_places *p, int64_t id, uint32_t *ret)
{
	_cleanup_(lic_freep) int64_t *way = NULL;
	uint32_t at = LIC_PLACE_NONE;
	size_t n = 0, cap = 0;
	struct lic_bytes name;
	int64_t parent;
	int r = 0;

	for (; id && !known(p, id, &at); id = parent) {
		r = p->fn(p->ctx, id, &parent, &name);
		if (r < 0)
			return r;
		if (!lic_matching_grow(&way, n, &cap, sizeof(*way)))
			return -ENOMEM;
		way[n++] = id;
	}
	while (r == 0 && n > 0) {
		id = way[--n];
		r = p->fn(p->ctx, id, &parent, &name);
		if (r == 0)
			r = add_id(p, id, at, &name, &at);
	}
	*ret = at;
	return r;
}

int lic_places_of(struct lic_places *p, int64_t id, uint32_t *ret)
{
	int r = 0;

	if (id != p->last_id || !id) {
		if (!known(p, id, &p->last))
			r = learn(p, id, &p->last);
		p->last_id = r == 0 ? id : 0;
	}
	*ret = p->last;
	return r;
}

/* --- in the order of names from the last on ----------------------------------------------- */

static int compare_reversed(const void *a, const void *b, void *ctx)
{
	const struct lic_places *p = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	while (x != y) {
		struct lic_bytes s, t;
		size_t n;
		int c;

		/* the root comes before all */
		if (x == LIC_PLACE_NONE || !p->item[x].depth)
			return -1;
		if (y == LIC_PLACE_NONE || !p->item[y].depth)
			return 1;
		s = lic_places_name(p, x);
		t = lic_places_name(p, y);
		n = s.n < t.n ? s.n : t.n;
		c = memcmp(s.p, t.p, n);
		if (c || s.n != t.n)
			return c ? c : s.n < t.n ? -1 : 1;
		x = p->item[x].parent;
		y = p->item[y].parent;
	}
	return 0;
}

int lic_places_rank(struct lic_places *p, uint32_t *place, size_t n)
{
	if (n)
		qsort_r(place, n, sizeof(*place), compare_reversed, p);
	for (size_t i = 0; i < n; i++)
		p->item[place[i]].rank = (uint32_t)i;
	return 0;
}
