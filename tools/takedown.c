/* SPDX-License-Identifier: Apache-2.0 */
/* What a revocation does to images, views and documents. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <licensefs/document.h>

#include "takedown.h"

/* Comparisons of likenesses that are made for a warning: some seconds of them. */
#define COMPARED_MAX 20000000

void takedown_image(void *ctx, int64_t entry, int64_t before, int64_t after)
{
	struct takedown *t = ctx;
	const struct lic_rights *rights;
	struct lic_error ignored = LIC_ERROR_INIT;

	if (t->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 64;
		struct taken_image *more = reallocarray(t->image, cap, sizeof(*more));

		if (!more)
			output_out_of_memory();
		t->image = more;
		t->cap = cap;
	}
	t->image[t->n++] = (struct taken_image){ .id = entry, .before = before, .after = after };
	rights = after && !t->undone ? lic_catalog_rights(t->cat, after, &ignored) : NULL;
	t->waiting += rights && rights->status == LIC_STATUS_UNREADABLE;
}

void takedown_release(struct takedown *t)
{
	free(t->image);
	free(t->moved);
	views_release(&t->views);
	entry_ids_release(&t->documents);
	touched_release(&t->touched);
	lic_arena_release(&t->arena);
	memset(t, 0, sizeof(*t));
}

/* --- views -------------------------------------------------------------------------------- */

/* Which views show rights, for those that ask about nothing else. */
struct shown_rights {
	int64_t rights;
	uint8_t *views;
};

struct looking {
	struct takedown *t;
	struct lic_catalog *cat;
	struct shown_rights *known; /* n_known of them, by number of rights */
	size_t n_known;
	bool needs_asset;
	struct image image;
	struct path_cache cache;
	int64_t now;
	struct lic_error *err;
};

static uint8_t *bits(struct looking *l)
{
	uint8_t *b = lic_arena_alloc(&l->t->arena, l->t->stride);

	if (!b)
		output_out_of_memory();
	return b;
}

static const struct lic_view *view_of(const struct looking *l, size_t i, bool asset)
{
	const struct lic_view *v = l->t->views.item[i].view;

	return v && lic_view_needs_asset(v) == asset ? v : NULL;
}

/* Where the rights stand among those known, or would. */
static size_t place(const struct looking *l, int64_t rights)
{
	size_t low = 0, high = l->n_known;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->known[mid].rights < rights)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const uint8_t *views_of_rights(struct looking *l, int64_t number)
{
	size_t at = place(l, number);
	const struct lic_rights *rights;
	struct shown_rights *more;
	uint8_t *b;

	if (at < l->n_known && l->known[at].rights == number)
		return l->known[at].views;
	rights = number ? lic_catalog_rights(l->cat, number, l->err) : NULL;
	if (number && !rights)
		return NULL;
	b = bits(l);
	for (size_t i = 0; rights && i < l->t->views.n; i++) {
		const struct lic_view *v = view_of(l, i, false);

		if (v && lic_view_match(v, rights, NULL, l->now) == LIC_ALLOWED)
			b[i / 8] |= (uint8_t)(1u << i % 8);
	}
	more = reallocarray(l->known, l->n_known + 1, sizeof(*more));
	if (!more)
		output_out_of_memory();
	l->known = more;
	memmove(more + at + 1, more + at, (l->n_known - at) * sizeof(*more));
	more[at] = (struct shown_rights){ number, b };
	l->n_known++;
	return b;
}

/* Asks the views that ask about more than rights. */
static int ask(struct looking *l, struct taken_image *taken, int64_t number)
{
	struct lic_entry e;
	int r = lic_catalog_by_id(l->cat, taken->id, &e, l->err);

	if (r == 0)
		r = image_load(&l->image, &l->cache, l->cat, &e, l->err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	l->image.rights = number ? lic_catalog_rights(l->cat, number, l->err) : NULL;
	for (size_t i = 0; r == 0 && i < l->t->views.n; i++) {
		const struct lic_view *v = view_of(l, i, true);
		bool in = false;

		if (!v)
			continue;
		r = image_match(&l->image, l->cat, v, l->now, &in, l->err);
		if (r == 0 && in)
			taken->views[i / 8] |= (uint8_t)(1u << i % 8);
	}
	return r;
}

static enum lic_status status_of(struct looking *l, int64_t number)
{
	const struct lic_rights *rights =
		number ? lic_catalog_rights(l->cat, number, l->err) : NULL;

	return rights ? rights->status : LIC_STATUS_UNREADABLE;
}

static int look_at(struct looking *l, struct taken_image *taken)
{
	struct takedown *t = l->t;
	int64_t number = t->undone ? taken->after : taken->before;
	const uint8_t *known = views_of_rights(l, number);
	int r = 0;

	if (!known)
		return lic_error_prefix(l->err, "cannot tell which views showed an image");
	taken->views = bits(l);
	memcpy(taken->views, known, t->stride);
	if (l->needs_asset)
		r = ask(l, taken, number);
	for (size_t i = 0; i < t->views.n; i++) {
		bool in = taken->views[i / 8] & 1u << i % 8;

		taken->shown = taken->shown || in;
		t->moved[i] += in;
	}
	t->shown += taken->shown;
	t->changed += taken->before != taken->after;
	t->still += status_of(l, number) == LIC_STATUS_REVOKED;
	t->copies += taken->copy;
	return r;
}

/* --- snapshots and jobs ------------------------------------------------------------------- */

static int find_touched(struct looking *l, const struct selectors *by)
{
	const struct takedown *t = l->t;
	int64_t *id = calloc(t->n + 1, sizeof(*id));
	int r;

	if (!id)
		output_out_of_memory();
	for (size_t i = 0; i < t->n; i++)
		id[i] = t->image[i].id;
	r = touched_find(&l->t->touched, l->cat, id, t->n, by, l->err);
	free(id);
	return r;
}

/* --- documents ---------------------------------------------------------------------------- */

static int keep_document(void *ctx, int64_t document)
{
	entry_ids_add(ctx, document);
	return 0;
}

/* The documents about an image, and the archive that it lies in. */
static int find_documents(struct looking *l, const struct taken_image *taken)
{
	struct lic_entry e, parent;
	int r = lic_catalog_documents_of(l->cat, taken->id, keep_document, &l->t->documents,
					 l->err);

	if (r == 0)
		r = lic_catalog_by_id(l->cat, taken->id, &e, l->err);
	if (r == 0)
		r = lic_catalog_by_id(l->cat, e.parent, &parent, l->err);
	if (r == 0 && parent.kind == LIC_KIND_DOCUMENT)
		entry_ids_add(&l->t->documents, parent.id);
	return r == -ENOENT ? 0 : r;
}

int takedown_look(struct takedown *t, struct lic_catalog *cat, const struct selectors *by,
		  struct lic_error *err)
{
	struct looking l = { .t = t, .cat = cat, .err = err };
	struct entry_ids named = { 0 };
	struct lic_policy policy;
	int r = views_load(&t->views, cat, err);

	t->arena.max = SIZE_MAX;
	t->stride = t->views.n / 8 + 1;
	t->moved = calloc(t->views.n + 1, sizeof(*t->moved));
	if (!t->moved)
		output_out_of_memory();
	if (r == 0)
		r = lic_catalog_policy(cat, &policy, err);
	if (r == 0 && by)
		r = selectors_find(cat, by, &named, err);
	for (size_t i = 0; r == 0 && i < t->views.n; i++)
		l.needs_asset = l.needs_asset || view_of(&l, i, true);
	l.now = r == 0 ? policy.now : 0;
	for (size_t i = 0; r == 0 && i < t->n; i++) {
		t->image[i].copy = by && !entry_ids_has(&named, t->image[i].id);
		r = look_at(&l, &t->image[i]);
		if (r == 0 && t->image[i].shown)
			r = find_documents(&l, &t->image[i]);
	}
	if (r == 0)
		r = find_touched(&l, by);
	entry_ids_sort(&t->documents);
	entry_ids_release(&named);
	free(l.known);
	image_release(&l.image);
	path_cache_release(&l.cache);
	return r;
}

/* --- look-alikes -------------------------------------------------------------------------- */

struct alike {
	const struct takedown *t;
	struct look_alikes *l;
	struct lic_likeness *like; /* of the images taken down, n of them */
	int64_t *id;
	size_t n;
};

static bool is_taken(const struct takedown *t, int64_t id)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (t->image[mid].id == id)
			return true;
		if (t->image[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

static int compare(void *ctx, int64_t entry, const struct lic_likeness *l)
{
	struct alike *a = ctx;
	unsigned best = LIC_LIKENESS_FAR;
	size_t which = 0;

	if (is_taken(a->t, entry))
		return 0;
	for (size_t i = 0; i < a->n; i++) {
		unsigned d = lic_likeness_distance(&a->like[i], l);

		if (d < best) {
			best = d;
			which = i;
		}
	}
	if (best > LIC_LIKENESS_NEAR)
		return 0;
	if (!a->l->images || best < a->l->distance) {
		a->l->nearest = entry;
		a->l->nearest_to = a->id[which];
		a->l->distance = best;
	}
	a->l->images++;
	return 0;
}

static int load_likenesses(struct alike *a, struct lic_catalog *cat, size_t max,
			   struct lic_error *err)
{
	a->like = calloc(a->t->n + 1, sizeof(*a->like));
	a->id = calloc(a->t->n + 1, sizeof(*a->id));
	if (!a->like || !a->id)
		output_out_of_memory();
	for (size_t i = 0; i < a->t->n; i++) {
		int r = lic_catalog_likeness(cat, a->t->image[i].id, &a->like[a->n], NULL, err);

		if (r < 0 && r != -ENOENT)
			return r;
		if (r == -ENOENT)
			continue;
		if (a->n == max) {
			a->l->partly = true;
			break;
		}
		a->id[a->n++] = a->t->image[i].id;
	}
	return 0;
}

int look_alikes_find(struct look_alikes *l, const struct takedown *t, struct lic_catalog *cat,
		     struct lic_error *err)
{
	struct alike a = { .t = t, .l = l };
	int64_t waiting, known, none;
	int r = lic_catalog_keeps_likeness(cat, &l->kept, err);

	if (r < 0 || !l->kept || !t->n)
		return r;
	r = lic_catalog_likeness_counts(cat, &waiting, &known, &none, err);
	if (r == 0)
		r = load_likenesses(&a, cat, (size_t)(COMPARED_MAX / (known + 1) + 1), err);
	if (r == 0 && a.n)
		r = lic_catalog_likenesses(cat, compare, &a, err);
	free(a.like);
	free(a.id);
	return r;
}
