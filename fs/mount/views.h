/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The views that a mount knows: those listed at its root and those entered by name since.
 *
 * Invariants
 * - A view once known keeps its place until unmount, so that a number the kernel holds always
 *   names the same view; a view that was removed or no longer compiles has no definition, and
 *   shows nothing [I1]. One that was defined anew has another number, and the former shows nothing;
 *   but the only view of a mount takes the new definition, since nothing else is at its place.
 * - Definitions are replaced whole and freed only at unmount: a thread may still hold a filter
 *   over the former one for the rest of its request.
 *
 * Reading is lock-free; entering and refreshing take the table's lock. At most LIC_VIEWS_MAX.
 */
#ifndef LICENSEFS_MOUNT_VIEWS_H
#define LICENSEFS_MOUNT_VIEWS_H

#include <pthread.h>
#include <stdatomic.h>

#include <licensefs/catalog_snapshot.h>
#include <licensefs/view.h>

#define LIC_VIEWS_MAX 4096u
#define LIC_VIEWS_SLOTS 8192u /* power of two, twice the maximum */

struct lic_definition {
	struct lic_view *view; /* NULL: of a snapshot */
	struct lic_definition *former;
};

struct lic_known_view {
	int64_t number;
	unsigned index;				     /* place in the table, dense */
	int64_t snapshot;			     /* number of the one it is; 0: a view */
	char *name;				     /* as entered; "" for an expression */
	char *expr, *basis;			     /* of an expression (-o where=), else NULL */
	bool fixed;				     /* built in: never changes */
	_Atomic(struct lic_definition *) definition; /* NULL: gone */
	struct lic_definition *all;		     /* every definition there was, to be freed */
};

struct lic_views {
	pthread_mutex_t lock;
	_Atomic(unsigned) n;
	_Atomic(struct lic_known_view *) item[LIC_VIEWS_MAX];
	_Atomic(struct lic_known_view *) slot[LIC_VIEWS_SLOTS]; /* by number */
	_Atomic(unsigned) snapshots;				/* among them */
	_Atomic(int64_t) unpinned; /* INT64_MAX less the generation of the oldest of these */
	struct lic_snapshots_stamp stamp;
	bool alone;    /* the mount shows one view: its number may change its meaning */
	uint64_t *row; /* digests of the n_rows user-defined views at the last refresh, in order */
	size_t n_rows;
	uint64_t makers; /* digest of who made the store, as views are compiled by; 0: nobody */
	bool pending;	 /* a view that is known may be compiled from others than these rows */
};

int lic_views_init(struct lic_views *t) _nonnull_all_ _must_check_;
void lic_views_release(struct lic_views *t);

/* NULL where no such number was entered. */
const struct lic_known_view *lic_views_by_number(struct lic_views *t, int64_t number) _nonnull_all_;
static inline unsigned lic_views_count(struct lic_views *t)
{
	return atomic_load_explicit(&t->n, memory_order_acquire);
}
static inline const struct lic_known_view *lic_views_at(struct lic_views *t, unsigned i)
{
	return atomic_load_explicit(&t->item[i], memory_order_acquire);
}
/* The definition in force, NULL where the view is gone. */
static inline const struct lic_definition *lic_view_definition(const struct lic_known_view *v)
{
	return atomic_load_explicit(&((struct lic_known_view *)v)->definition,
				    memory_order_acquire);
}

static inline bool lic_definition_needs_asset(const struct lic_definition *d)
{
	return d->view && lic_view_needs_asset(d->view);
}
/* Is a snapshot among them? */
static inline bool lic_views_pinned(struct lic_views *t)
{
	return atomic_load_explicit(&t->snapshots, memory_order_acquire) != 0;
}

/* The generation of the oldest of these: rights that hold since then are those of now in all. */
static inline int64_t lic_views_pinned_since(struct lic_views *t)
{
	return INT64_MAX - atomic_load_explicit(&t->unpinned, memory_order_relaxed);
}

/* Is it a snapshot that has ended? It never comes back. */
static inline bool lic_view_is_over(const struct lic_known_view *v)
{
	return v->snapshot && !lic_view_definition(v);
}

/* Finds or makes the view of a name (lic_view_by_name()). -ENOENT where there is none; -EEXIST
 * where another combination has the same number; -ENOSPC for too many. */
int lic_views_enter(struct lic_views *t, struct lic_catalog *cat, const char *name,
		    const struct lic_known_view **ret, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;
/* The same for an expression: -o where=. */
int lic_views_enter_expr(struct lic_views *t, struct lic_catalog *cat, const char *expr,
			 const char *basis, const struct lic_known_view **ret,
			 struct lic_error *err) _nonnull_(1, 2, 3, 5) _must_check_;
/* The same for a snapshot, which is another one when its name is given again. */
int lic_views_enter_snapshot(struct lic_views *t, struct lic_catalog *cat, const char *name,
			     const struct lic_known_view **ret, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;
/* What has become of user-defined views and snapshots. */
enum lic_views_news {
	LIC_VIEWS_SAME,
	LIC_VIEWS_ADDED,   /* new ones alone: what is known means what it did */
	LIC_VIEWS_ENDED,   /* snapshots have ended beside views that mean what they did */
	LIC_VIEWS_CHANGED, /* one is gone or means something else */
};
/* Compiles everything again if user-defined views changed since the last call; snapshots that have
 * ended are gone. */
int lic_views_refresh(struct lic_views *t, struct lic_catalog *cat, enum lic_views_news *ret,
		      struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

#endif
