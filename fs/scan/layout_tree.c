/* SPDX-License-Identifier: Apache-2.0 */
/* The directories of a store by their names, and where the images of a directory of labels may lie.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "fs/scan/layouts.h"

void lic_layout_tree_release(struct lic_layout_tree *t)
{
	lic_arena_release(&t->names);
	free(t->dir);
	free(t->child);
}

static int compare_ids(const void *key, const void *item)
{
	const int64_t id = *(const int64_t *)key;
	const struct lic_layout_dir *d = item;

	return (id > d->id) - (id < d->id);
}

struct lic_layout_dir *lic_layout_tree_find(const struct lic_layout_tree *t, int64_t id)
{
	return t->n ? bsearch(&id, t->dir, t->n, sizeof(*t->dir), compare_ids) : NULL;
}

int lic_layout_tree_add(struct lic_layout_tree *t, int64_t id, int64_t parent, const void *name,
			size_t n)
{
	struct lic_layout_dir d = { .id = id };

	if (t->n) {
		const struct lic_layout_dir *up = lic_layout_tree_find(t, parent);

		if (!up)
			return 0;
		d.parent = (size_t)(up - t->dir);
		d.name.p = (const uint8_t *)lic_arena_dup(&t->names, name, n);
		d.name.n = n;
		if (!d.name.p)
			return -ENOMEM;
		d.word = lic_layout_word(name, n);
		if (!d.word)
			lic_layout_affix(d.name.p, n, &d.base);
	}
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 256;
		void *p = reallocarray(t->dir, cap, sizeof(*t->dir));

		if (!p)
			return -ENOMEM;
		t->dir = p;
		t->cap = cap;
	}
	t->dir[t->n++] = d;
	return 0;
}

/* Without letter case, then with it. */
static int compare_names(const struct lic_bytes *a, const struct lic_bytes *b, bool fold)
{
	size_t n = a->n < b->n ? a->n : b->n;
	int c = strncasecmp((const char *)a->p, (const char *)b->p, n);

	if (c || a->n != b->n)
		return c ? c : a->n < b->n ? -1 : 1;
	return fold ? 0 : memcmp(a->p, b->p, n);
}

static int compare_children(const void *pa, const void *pb, void *ctx)
{
	const struct lic_layout_dir *dir = ctx, *a = &dir[*(const size_t *)pa],
				    *b = &dir[*(const size_t *)pb];

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	return compare_names(&a->name, &b->name, false);
}

int lic_layout_tree_finish(struct lic_layout_tree *t)
{
	t->child = calloc(t->n ? t->n : 1, sizeof(*t->child));
	if (!t->child)
		return -ENOMEM;
	for (size_t i = 1; i < t->n; i++)
		t->child[i - 1] = i;
	if (t->n > 1)
		qsort_r(t->child, t->n - 1, sizeof(*t->child), compare_children, t->dir);
	for (size_t i = 0; i + 1 < t->n; i++) {
		struct lic_layout_dir *up = &t->dir[t->dir[t->child[i]].parent];

		if (!up->n++)
			up->first = i;
	}
	return 0;
}

/* --- places ------------------------------------------------------------------------------- */

struct search {
	const struct lic_layout_tree *t;
	const size_t *rest; /* directories from the one that is asked about up to below the part
			     * that is replaced */
	size_t n_rest;
	struct lic_layout_place place; /* dir and found are set anew for each */
	int (*fn)(void *ctx, const struct lic_layout_place *p);
	void *ctx;
};

/* First child of a directory that is not before the name; letter case does not count. */
static size_t lower_bound(const struct lic_layout_tree *t, const struct lic_layout_dir *d,
			  const struct lic_bytes *name)
{
	size_t lo = d->first, hi = d->first + d->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare_names(&t->dir[t->child[mid]].name, name, true) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The child of that very name; 0, which is the root, where there is none. */
static size_t child_of(const struct lic_layout_tree *t, size_t dir, const struct lic_bytes *name)
{
	const struct lic_layout_dir *d = &t->dir[dir];

	for (size_t i = lower_bound(t, d, name); i < d->first + d->n; i++) {
		const struct lic_layout_dir *c = &t->dir[t->child[i]];

		if (compare_names(&c->name, name, true) != 0)
			break;
		if (compare_names(&c->name, name, false) == 0)
			return t->child[i];
	}
	return 0;
}

/* From `dir` on by the names of the rest. */
static int go_down(struct search *s, size_t dir)
{
	bool flat = s->place.flags & LIC_LAYOUT_FLAT;

	s->place.found = true;
	for (size_t i = s->n_rest; i > 0 && !flat; i--) {
		size_t next = child_of(s->t, dir, &s->t->dir[s->rest[i - 1]].name);

		if (!next) {
			s->place.found = false;
			break;
		}
		dir = next;
	}
	s->place.dir = dir;
	return s->fn(s->ctx, &s->place);
}

/* From the children of `dir` with that name in any letter case, by another name below (p NULL:
 * none). */
static int by_name(struct search *s, size_t dir, struct lic_bytes name, struct lic_bytes below)
{
	const struct lic_layout_dir *d = &s->t->dir[dir];
	bool any = false;
	int r = 0;

	for (size_t i = lower_bound(s->t, d, &name); r == 0 && i < d->first + d->n; i++) {
		size_t c = s->t->child[i];

		if (compare_names(&s->t->dir[c].name, &name, true) != 0)
			break;
		any = true;
		if (below.p)
			r = by_name(s, c, below, (struct lic_bytes){ NULL, 0 });
		else
			r = go_down(s, c);
	}
	if (any || r != 0)
		return r;
	s->place.found = false;
	s->place.dir = dir;
	return s->fn(s->ctx, &s->place);
}

/* "images_train", "train-images", ... */
static int by_affixes(struct search *s, size_t dir, struct lic_bytes word, struct lic_bytes base)
{
	static const char separator[] = "_-";
	uint8_t name[512];
	int r = 0;

	if (word.n + base.n + 1 > sizeof(name))
		return 0;
	for (size_t i = 0; r == 0 && i < 2 * (sizeof(separator) - 1); i++) {
		const struct lic_bytes *a = i % 2 ? &word : &base, *b = i % 2 ? &base : &word;

		memcpy(name, a->p, a->n);
		name[a->n] = (uint8_t)separator[i / 2];
		memcpy(name + a->n + 1, b->p, b->n);
		r = by_name(s, dir, (struct lic_bytes){ name, a->n + 1 + b->n },
			    (struct lic_bytes){ NULL, 0 });
	}
	return r;
}

/* The directories that may take the place of those from `top` down to `bottom`, one or more of
 * which all say that they hold labels: with a word for images in the place of them. */
static int replace(struct search *s, size_t top, size_t bottom)
{
	const struct lic_layout_dir *b = &s->t->dir[bottom];
	const size_t up = s->t->dir[top].parent;
	const struct lic_layout_word *w = b->word ? b->word : s->t->dir[top].word;
	static const char *const inputs[] = { "input", "data" }; /* ISIC */
	struct lic_bytes word;
	const char *p;
	int r = 0;

	for (size_t i = 0; r == 0 && (p = lic_layout_images_word(w, i, &word.n)); i++) {
		word.p = (const uint8_t *)p;
		r = by_name(s, up, word, b->base);
		if (r == 0 && b->base.p && top == bottom)
			r = by_affixes(s, up, word, b->base);
	}
	for (size_t i = 0; r == 0 && b->base.p && top == bottom && i < LIC_ARRAY_SIZE(inputs);
	     i++) {
		word = (struct lic_bytes){ (const uint8_t *)inputs[i], strlen(inputs[i]) };
		r = by_affixes(s, up, word, b->base);
	}
	if (r == 0 && b->base.p)
		r = by_name(s, up, b->base, (struct lic_bytes){ NULL, 0 });
	return r;
}

static unsigned flags_of(const struct lic_layout_dir *d)
{
	if (d->word)
		return d->word->flags;
	return d->base.p ? LIC_LAYOUT_TEXTS | LIC_LAYOUT_MASKS : 0;
}

#define DEEP_MAX 128 /* components of a path; a deeper directory holds no labels */

/* All parts that begin with chain[top] and go on downwards, as long as they say labels. */
static int at_level(struct search *s, const size_t *chain, size_t top)
{
	const struct lic_layout_tree *t = s->t;
	size_t i = top;
	int r = 0;

	for (int removed = 0; r == 0 && removed < 2; removed++) {
		s->place.level++;
		for (i = top; r == 0; i--) {
			const struct lic_layout_dir *d = &t->dir[chain[i]];
			unsigned flags = flags_of(d);

			if (!flags)
				break;
			s->rest = chain;
			s->n_rest = i;
			/* Several images in a directory are in no directories of their own */
			s->place.flags = i || top ? flags & ~LIC_LAYOUT_SOLE : flags;
			if (removed && !(flags & LIC_LAYOUT_SURE))
				s->place.flags &= ~LIC_LAYOUT_MASKS;
			if (!(flags & (LIC_LAYOUT_TEXTS | LIC_LAYOUT_MASKS)))
				r = 0; /* means nothing without what is below */
			else if (!removed)
				r = replace(s, chain[top], chain[i]);
			else if (!d->base.p)
				r = go_down(s, t->dir[chain[top]].parent);
			if (!i || !d->word)
				break;
		}
	}
	return r;
}

int lic_layout_places(const struct lic_layout_tree *t, size_t dir,
		      int (*fn)(void *ctx, const struct lic_layout_place *p), void *ctx)
{
	struct search s = { .t = t, .fn = fn, .ctx = ctx };
	size_t chain[DEEP_MAX], n = 0;
	int r = 0;

	for (size_t d = dir; d; d = t->dir[d].parent) {
		if (n == DEEP_MAX)
			return 0;
		chain[n++] = d;
	}
	for (size_t top = 0; r == 0 && top < n; top++)
		if (flags_of(&t->dir[chain[top]]))
			r = at_level(&s, chain, top);
	return r;
}
