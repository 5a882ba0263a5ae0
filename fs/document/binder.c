/* SPDX-License-Identifier: Apache-2.0 */
/* Names of many documents and all images, brought together by the last components. */
#include <errno.h>
#include <string.h>

#include "fs/document/matching.h"
#include "fs/util/hash.h"

int lic_binder_new(const struct lic_bytes *root, size_t n, lic_directory_fn fn, void *ctx,
		   struct lic_binder **ret)
{
	struct lic_binder *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->places.fn = fn;
	b->places.ctx = ctx;
	for (size_t i = 0; i < n && b->n_roots < LIC_ARRAY_SIZE(b->root); i++) {
		uint8_t *p = malloc(root[i].n + 1);

		if (!p) {
			lic_binder_free(b);
			return -ENOMEM;
		}
		memcpy(p, root[i].p, root[i].n);
		b->root[b->n_roots++] = (struct lic_bytes){ p, root[i].n };
	}
	*ret = b;
	return 0;
}

void lic_binder_free(struct lic_binder *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n_roots; i++)
		free((void *)(uintptr_t)b->root[i].p);
	lic_places_release(&b->places);
	free(b->wanted);
	free(b->table);
	free(b->text);
	free(b->match);
	free(b);
}

/* --- wanted ------------------------------------------------------------------------------- */

static size_t slot_of(const struct lic_binder *b, const uint8_t *p, size_t n, uint64_t hash)
{
	size_t i = (size_t)hash & (b->table_cap - 1);

	for (; b->table[i]; i = (i + 1) & (b->table_cap - 1)) {
		const struct lic_wanted *w = &b->wanted[b->table[i] - 1];

		if (w->hash == hash && w->n == n && memcmp(b->text + w->at, p, n) == 0)
			break;
	}
	return i;
}

static struct lic_wanted *find_wanted(const struct lic_binder *b, const uint8_t *p, size_t n)
{
	size_t i = b->table_cap ? slot_of(b, p, n, lic_hash64(p, n)) : 0;

	return b->table_cap && b->table[i] ? &b->wanted[b->table[i] - 1] : NULL;
}

static bool grow_table(struct lic_binder *b)
{
	size_t cap = b->table_cap ? b->table_cap * 2 : 1024;
	uint32_t *t;

	if (b->n * 2 < b->table_cap)
		return true;
	t = calloc(cap, sizeof(*t));
	if (!t)
		return false;
	for (size_t k = 0; k < b->n; k++) {
		size_t i = (size_t)b->wanted[k].hash & (cap - 1);

		while (t[i])
			i = (i + 1) & (cap - 1);
		t[i] = (uint32_t)k + 1;
	}
	free(b->table);
	b->table = t;
	b->table_cap = cap;
	return true;
}

static int add_wanted(struct lic_binder *b, const struct lic_bytes *s, struct lic_wanted **ret)
{
	const uint64_t hash = lic_hash64(s->p, s->n);
	size_t i;

	if (!grow_table(b) || b->n >= UINT32_MAX - 1 ||
	    !lic_matching_grow(&b->wanted, b->n, &b->cap, sizeof(*b->wanted)))
		return -ENOMEM;
	i = slot_of(b, s->p, s->n, hash);
	if (b->table[i]) {
		*ret = &b->wanted[b->table[i] - 1];
		return 0;
	}
	while (b->text_cap - b->text_n < s->n)
		if (!lic_matching_grow(&b->text, b->text_cap, &b->text_cap, 1))
			return -ENOMEM;
	memcpy(b->text + b->text_n, s->p, s->n);
	b->wanted[b->n] = (struct lic_wanted){ .hash = hash, .at = b->text_n, .n = (uint32_t)s->n };
	b->text_n += s->n;
	*ret = &b->wanted[b->n++];
	b->table[i] = (uint32_t)b->n;
	return 0;
}

int lic_binder_want(struct lic_binder *b, unsigned tag, const struct lic_bytes *name)
{
	struct lic_wanted *w;
	int r;

	if (tag == LIC_TAG_MEMBER || !lic_wording_parse(b->root, b->n_roots, name, &b->wording))
		return 0;
	r = add_wanted(b, &b->wording.part[0], &w);
	if (r == 0 && b->wording.by_stem)
		w->by_stem = b->stems = true;
	return r;
}

/* --- images ------------------------------------------------------------------------------- */

static int add_match(struct lic_binder *b, const struct lic_wanted *w, uint32_t place, int64_t id)
{
	if (!lic_matching_grow(&b->match, b->n_match, &b->match_cap, sizeof(*b->match)))
		return -ENOMEM;
	b->match[b->n_match++] = (struct lic_match){ (uint32_t)(w - b->wanted), place, id };
	return 0;
}

/* The directories that the name of a member has. */
static int descend(struct lic_binder *b, const uint8_t *p, size_t n, uint32_t *place)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t *slash = memchr(p + i, '/', n - i);
		struct lic_bytes part = { p + i, (slash ? (size_t)(slash - p) : n) - i };
		int r = part.n ? lic_places_below(&b->places, *place, &part, place) : 0;

		if (r < 0)
			return r;
		i += part.n;
	}
	return 0;
}

int lic_binder_image(struct lic_binder *b, int64_t id, int64_t dir, const struct lic_bytes *name)
{
	const uint8_t *slash = memrchr(name->p, '/', name->n);
	const size_t outer = slash ? (size_t)(slash - name->p) + 1 : 0;
	const struct lic_bytes last = { name->p + outer, name->n - outer };
	const size_t stem = lic_wording_stem(last.p, last.n);
	const struct lic_wanted *whole = find_wanted(b, last.p, last.n), *half = NULL;
	uint32_t place;
	int r;

	if (stem < last.n && b->stems)
		half = find_wanted(b, last.p, stem);
	if (half && !half->by_stem)
		half = NULL;
	if (!whole && !half)
		return 0;
	r = lic_places_of(&b->places, dir, &place);
	if (r == 0 && outer)
		r = descend(b, name->p, outer - 1, &place);
	if (r == 0 && whole)
		r = add_match(b, whole, place, id);
	if (r == 0 && half)
		r = add_match(b, half, place, id);
	return r;
}

static int compare_matches(const void *a, const void *b, void *ctx)
{
	const struct lic_place *place = ctx;
	const struct lic_match *x = a, *y = b;
	uint32_t p = place[x->place].rank, q = place[y->place].rank;

	if (p != q)
		return p < q ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* The places of images, each once, in the order of their names' ends. */
static int rank_places(struct lic_binder *b)
{
	_cleanup_(lic_freep) uint32_t *list = malloc((b->places.n + 1) * sizeof(*list));
	_cleanup_(lic_freep) bool *seen = calloc(b->places.n + 1, sizeof(*seen));
	size_t n = 0;

	if (!list || !seen)
		return -ENOMEM;
	for (size_t i = 0; i < b->n_match; i++) {
		uint32_t p = b->match[i].place;

		if (!seen[p])
			list[n++] = p;
		seen[p] = true;
	}
	return lic_places_rank(&b->places, list, n);
}

int lic_binder_match(struct lic_binder *b)
{
	struct lic_match *sorted = malloc((b->n_match + 1) * sizeof(*sorted));
	size_t at = 0;

	if (!sorted || rank_places(b) < 0) {
		free(sorted);
		return -ENOMEM;
	}
	for (size_t i = 0; i < b->n_match; i++)
		b->wanted[b->match[i].wanted].matches++;
	for (size_t i = 0; i < b->n; i++) {
		b->wanted[i].first = at;
		at += b->wanted[i].matches;
		b->wanted[i].matches = 0;
	}
	for (size_t i = 0; i < b->n_match; i++) {
		struct lic_wanted *w = &b->wanted[b->match[i].wanted];

		sorted[w->first + w->matches++] = b->match[i];
	}
	for (size_t i = 0; i < b->n; i++)
		if (b->wanted[i].matches > 1)
			qsort_r(sorted + b->wanted[i].first, b->wanted[i].matches, sizeof(*sorted),
				compare_matches, b->places.item);
	free(b->match);
	b->match = sorted;
	b->match_cap = b->n_match + 1;
	return 0;
}

size_t lic_binder_matches(const struct lic_binder *b)
{
	return b->n_match;
}

/* --- finding ------------------------------------------------------------------------------ */

/* The directory `up` steps above an image's own, beside a name: matches of which all nearer ones
 * are equal are in the order of it. */
static int compare_part(const struct lic_binder *b, size_t i, unsigned up,
			const struct lic_bytes *part)
{
	uint32_t place = lic_places_up(&b->places, b->match[i].place, up);
	struct lic_bytes name;
	size_t n;
	int c;

	if (place == LIC_PLACE_NONE || !b->places.item[place].depth)
		return -1;
	name = lic_places_name(&b->places, place);
	n = name.n < part->n ? name.n : part->n;
	c = memcmp(name.p, part->p, n);
	if (c)
		return c;
	return name.n < part->n ? -1 : name.n > part->n;
}

/* First match of [first, end) that is not before the part, or is behind it. */
static size_t bound(const struct lic_binder *b, size_t first, size_t end, unsigned up,
		    const struct lic_bytes *part, bool behind)
{
	while (first < end) {
		size_t mid = first + (end - first) / 2;
		int c = compare_part(b, mid, up, part);

		if (c < 0 || (behind && c == 0))
			first = mid + 1;
		else
			end = mid;
	}
	return first;
}

/* Of a path from the store's root on, the image that has exactly that one. */
static void anchor(const struct lic_binder *b, const struct lic_wording *w,
		   struct lic_candidates *c)
{
	size_t end = c->first;

	if (c->shared + 1 != w->n)
		return;
	/* those that end at the root are the first */
	while (end < c->end && b->places.item[b->match[end].place].depth == c->shared)
		end++;
	if (end > c->first)
		c->end = end;
}

void lic_binder_find(const struct lic_binder *b, const struct lic_wording *w,
		     struct lic_candidates *ret)
{
	const struct lic_wanted *wanted = find_wanted(b, w->part[0].p, w->part[0].n);

	*ret = (struct lic_candidates){ 0 };
	if (!wanted || !wanted->matches)
		return;
	ret->first = wanted->first;
	ret->end = wanted->first + wanted->matches;
	for (unsigned k = 1; k < w->n; k++) {
		size_t first = bound(b, ret->first, ret->end, k - 1, &w->part[k], false);
		size_t end = bound(b, first, ret->end, k - 1, &w->part[k], true);

		if (first == end)
			break;
		ret->first = first;
		ret->end = end;
		ret->shared = k;
	}
	if (w->anchored)
		anchor(b, w, ret);
}

void lic_binder_narrow(const struct lic_binder *b, const struct lic_wording *w,
		       const struct lic_candidates *all, uint32_t base, struct lic_candidates *ret)
{
	uint32_t place = base, rank;
	size_t lo = all->first, hi = all->end;

	*ret = (struct lic_candidates){ 0 };
	for (unsigned k = all->shared; k > 0 && place != LIC_PLACE_NONE; k--)
		place = lic_places_find(&b->places, place, &w->part[k]);
	if (place == LIC_PLACE_NONE)
		return;
	rank = b->places.item[place].rank;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (b->places.item[b->match[mid].place].rank < rank)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < all->end && b->match[hi].place == place; hi++)
		;
	*ret = (struct lic_candidates){ lo, hi, all->shared };
}
