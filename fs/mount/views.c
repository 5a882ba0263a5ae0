/* SPDX-License-Identifier: Apache-2.0 */
/* The table of views that a mount knows. */
#include <errno.h>
#include <string.h>

#include <licensefs/catalog_maker.h>

#include "fs/mount/inode.h"
#include "fs/mount/views.h"
#include "fs/util/hash.h"

int lic_views_init(struct lic_views *t)
{
	return -pthread_mutex_init(&t->lock, NULL);
}

static void view_free(struct lic_known_view *v)
{
	while (v->all) {
		struct lic_definition *d = v->all;

		v->all = d->former;
		lic_view_free(d->view);
		free(d);
	}
	free(v->name);
	free(v->expr);
	free(v->basis);
	free(v);
}

void lic_views_release(struct lic_views *t)
{
	if (!t)
		return;
	for (unsigned i = 0; i < lic_views_count(t); i++)
		view_free(atomic_load(&t->item[i]));
	free(t->row);
	pthread_mutex_destroy(&t->lock);
}

/* The slot of a number, or the empty slot where it belongs. */
static _Atomic(struct lic_known_view *) *find_slot(struct lic_views *t, int64_t number)
{
	unsigned i = (unsigned)((uint64_t)number * UINT64_C(0x9e3779b97f4a7c15) >> 40);

	for (;; i++) {
		_Atomic(struct lic_known_view *) *s = &t->slot[i % LIC_VIEWS_SLOTS];
		struct lic_known_view *v = atomic_load_explicit(s, memory_order_acquire);

		if (!v || v->number == number)
			return s;
	}
}

const struct lic_known_view *lic_views_by_number(struct lic_views *t, int64_t number)
{
	return atomic_load_explicit(find_slot(t, number), memory_order_acquire);
}

/* Publishes a definition; takes `view` over, also on failure. NULL: the view is gone. */
static int define(struct lic_known_view *v, struct lic_view *view)
{
	struct lic_definition *d = NULL;

	if (view) {
		d = calloc(1, sizeof(*d));
		if (!d) {
			lic_view_free(view);
			atomic_store_explicit(&v->definition, NULL, memory_order_release);
			return -ENOMEM;
		}
		d->view = view;
		d->former = v->all;
		v->all = d;
	}
	atomic_store_explicit(&v->definition, d, memory_order_release);
	return 0;
}

static int cmp_part(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "b+a+b" and "a+b" are the same view: same parts, order and repetition aside. */
static bool same_parts(const char *a, const char *b)
{
	const char *names[2] = { a, b };
	char text[2][1024], *part[2][512];
	size_t n[2] = { 0, 0 };

	for (int i = 0; i < 2; i++) {
		size_t len = strlen(names[i]), out = 0;
		char *save = NULL;

		if (len >= sizeof(text[i]))
			return false;
		memcpy(text[i], names[i], len + 1);
		for (char *p = strtok_r(text[i], "+", &save); p && n[i] < 512;
		     p = strtok_r(NULL, "+", &save))
			part[i][n[i]++] = p;
		qsort(part[i], n[i], sizeof(part[i][0]), cmp_part);
		for (size_t k = 0; k < n[i]; k++) {
			if (!out || strcmp(part[i][out - 1], part[i][k]) != 0)
				part[i][out++] = part[i][k];
		}
		n[i] = out;
	}
	for (size_t k = 0; n[0] == n[1] && k < n[0]; k++) {
		if (strcmp(part[0][k], part[1][k]) != 0)
			return false;
	}
	return n[0] == n[1];
}

static bool is_fixed(const char *name)
{
	const struct lic_builtin_view *b;

	for (size_t i = 0; (b = lic_view_builtin(i)); i++) {
		if (strcmp(b->name, name) == 0)
			return true;
	}
	return false;
}

static struct lic_known_view *view_new(const char *name, const char *expr, const char *basis,
				       int64_t number)
{
	struct lic_known_view *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->number = number;
	v->name = strdup(name);
	v->expr = expr ? strdup(expr) : NULL;
	v->basis = basis ? strdup(basis) : NULL;
	v->fixed = !expr && is_fixed(name);
	if (!v->name || (expr && !v->expr) || (basis && !v->basis)) {
		view_free(v);
		return NULL;
	}
	return v;
}

struct rows {
	struct lic_hasher *h;
	uint64_t *row;
	size_t n, cap;
	uint64_t makers; /* digest of who made the store; 0: nobody */
};

static int add_row(void *ctx, const struct lic_view_row *v)
{
	const char *text[] = { v->name, v->expr, v->basis ? v->basis : "" };
	struct rows *x = ctx;
	uint8_t sum[16];

	if (x->n == x->cap) {
		size_t cap = x->cap ? 2 * x->cap : 64;
		uint64_t *grown = reallocarray(x->row, cap, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		x->row = grown;
		x->cap = cap;
	}
	lic_hasher_reset(x->h);
	lic_hasher_add(x->h, &v->number, sizeof(v->number));
	for (size_t i = 0; i < LIC_ARRAY_SIZE(text); i++)
		lic_hasher_add(x->h, text[i], strlen(text[i]) + 1);
	lic_hasher_get(x->h, sum);
	memcpy(&x->row[x->n++], sum, sizeof(*x->row));
	return 0;
}

static int add_maker(void *ctx, const struct lic_maker *m)
{
	struct rows *x = ctx;

	uint8_t sum[16];

	if (m->died)
		return 0;
	lic_hasher_reset(x->h);
	lic_hasher_add(x->h, &x->makers, sizeof(x->makers));
	lic_hasher_add(x->h, m->job, strlen(m->job));
	lic_hasher_get(x->h, sum);
	memcpy(&x->makers, sum, sizeof(x->makers));
	return 0;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int read_rows(struct lic_catalog *cat, struct rows *x, struct lic_error *err)
{
	int r;

	x->h = lic_hasher_new();
	if (!x->h)
		return lic_error_sys(err, ENOMEM, "cannot read the views");
	r = lic_catalog_views(cat, add_row, x, err);
	if (r == -ENOMEM)
		lic_error_sys(err, ENOMEM, "cannot read the views");
	if (r == 0)
		r = lic_catalog_makers(cat, add_maker, x, err);
	lic_hasher_free(x->h);
	if (x->n)
		qsort(x->row, x->n, sizeof(*x->row), by_value);
	return r;
}

/* What the rows say beside those of before. A view can name others, so that one which is unchanged
 * itself means the same only where all are. */
static enum lic_views_news compare_rows(const struct lic_views *t, const struct rows *x)
{
	size_t k = 0;

	for (size_t i = 0; i < x->n && k < t->n_rows; i++)
		k += x->row[i] == t->row[k];
	if (k < t->n_rows || x->makers != t->makers)
		return LIC_VIEWS_CHANGED;
	return x->n == t->n_rows ? LIC_VIEWS_SAME : LIC_VIEWS_ADDED;
}

/* Caller holds the lock and has just compiled a view. Where the rows are still those of the last
 * refresh it was compiled from these: a number is never given twice. */
static void note_compiled(struct lic_views *t, struct lic_catalog *cat)
{
	struct rows now = { 0 };

	if (read_rows(cat, &now, NULL) < 0 || now.n != t->n_rows || now.makers != t->makers ||
	    (now.n && memcmp(now.row, t->row, now.n * sizeof(*now.row)) != 0))
		t->pending = true;
	free(now.row);
}

/* Caller holds the lock; there is room, and nothing of that number. */
static void publish(struct lic_views *t, struct lic_known_view *v)
{
	unsigned n = lic_views_count(t);

	v->index = n;
	atomic_store_explicit(&t->item[n], v, memory_order_release);
	atomic_store_explicit(find_slot(t, v->number), v, memory_order_release);
	atomic_store_explicit(&t->n, n + 1, memory_order_release);
}

/* Caller holds the lock and has found no live view of that name. Takes `view` over. */
static int insert(struct lic_views *t, struct lic_known_view *fresh, struct lic_view *view,
		  const struct lic_known_view **ret, struct lic_error *err)
{
	unsigned n = lic_views_count(t);
	_Atomic(struct lic_known_view *) *slot;
	int r;

	if (fresh->number <= 0 || fresh->number >= LIC_VIEW_NUMBER_END || n >= LIC_VIEWS_MAX) {
		lic_view_free(view);
		return lic_error_set(err, ENOSPC, "this mount knows %u views already; unmount it",
				     n);
	}
	slot = find_slot(t, fresh->number);
	if (atomic_load(slot)) {
		lic_view_free(view);
		return lic_error_set(err, EEXIST,
				     "view '%s' has the inode number of '%s'; save it under a name "
				     "of its own: licensefs view set",
				     fresh->name, atomic_load(slot)->name);
	}
	r = define(fresh, view);
	if (r < 0)
		return lic_error_sys(err, -r, "cannot keep view '%s'", fresh->name);
	publish(t, fresh);
	*ret = fresh;
	return 0;
}

static const struct lic_known_view *find_name(struct lic_views *t, const char *name)
{
	for (unsigned i = 0; i < lic_views_count(t); i++) {
		const struct lic_known_view *v = lic_views_at(t, i);

		if (!v->expr && !v->snapshot && lic_view_definition(v) &&
		    strcmp(v->name, name) == 0)
			return v;
	}
	return NULL;
}

/* Caller holds the lock. A number that is known may come back under another order of its parts,
 * or, where the view had been gone, as itself. Takes `view` over. */
static int reenter(struct lic_known_view *known, const char *name, struct lic_view *view,
		   const struct lic_known_view **ret, struct lic_error *err)
{
	if (known->expr || known->snapshot || !same_parts(known->name, name)) {
		lic_view_free(view);
		return lic_error_set(err, EEXIST, "view '%s' has the inode number of '%s'", name,
				     known->name);
	}
	if (!lic_view_definition(known)) {
		int r = define(known, view);

		if (r < 0)
			return lic_error_sys(err, -r, "cannot keep view '%s'", name);
	} else {
		lic_view_free(view);
	}
	*ret = known;
	return 0;
}

static int enter_locked(struct lic_views *t, struct lic_catalog *cat, const char *name,
			const struct lic_known_view **ret, struct lic_error *err)
{
	const struct lic_known_view *v = find_name(t, name);
	struct lic_known_view *fresh;
	struct lic_view *view;
	int64_t number;
	int r;

	if (v) {
		*ret = v;
		return 0;
	}
	r = lic_view_by_name(cat, name, &view, &number, err);
	if (r < 0)
		return r;
	note_compiled(t, cat);
	if (atomic_load(find_slot(t, number)))
		return reenter(atomic_load(find_slot(t, number)), name, view, ret, err);
	fresh = view_new(name, NULL, NULL, number);
	if (!fresh) {
		lic_view_free(view);
		return lic_error_sys(err, ENOMEM, "cannot keep view '%s'", name);
	}
	r = insert(t, fresh, view, ret, err);
	if (r < 0)
		view_free(fresh);
	return r;
}

int lic_views_enter(struct lic_views *t, struct lic_catalog *cat, const char *name,
		    const struct lic_known_view **ret, struct lic_error *err)
{
	int r;

	pthread_mutex_lock(&t->lock);
	r = enter_locked(t, cat, name, ret, err);
	pthread_mutex_unlock(&t->lock);
	return r;
}

static int enter_expr_locked(struct lic_views *t, struct lic_catalog *cat, const char *expr,
			     const char *basis, const struct lic_known_view **ret,
			     struct lic_error *err)
{
	struct lic_known_view *fresh;
	struct lic_view *view;
	int64_t number;
	int r = lic_view_by_expr(cat, expr, basis, 0, &view, &number, err);

	if (r < 0)
		return r;
	note_compiled(t, cat);
	fresh = view_new("", expr, basis, number);
	if (!fresh) {
		lic_view_free(view);
		return lic_error_sys(err, ENOMEM, "cannot keep the view");
	}
	r = insert(t, fresh, view, ret, err);
	if (r < 0)
		view_free(fresh);
	return r;
}

int lic_views_enter_expr(struct lic_views *t, struct lic_catalog *cat, const char *expr,
			 const char *basis, const struct lic_known_view **ret,
			 struct lic_error *err)
{
	int r;

	pthread_mutex_lock(&t->lock);
	r = enter_expr_locked(t, cat, expr, basis, ret, err);
	pthread_mutex_unlock(&t->lock);
	return r;
}

/* A view that cannot be compiled any more, or whose name now means another number, is gone. */
static void redefine(struct lic_views *t, struct lic_known_view *v, struct lic_catalog *cat)
{
	struct lic_view *view = NULL;
	int64_t number = 0;
	int r;

	if (v->expr)
		r = lic_view_by_expr(cat, v->expr, v->basis, 0, &view, &number, NULL);
	else
		r = lic_view_by_name(cat, v->name, &view, &number, NULL);
	if (r == 0 && number != v->number && !t->alone) {
		lic_view_free(view);
		view = NULL;
	}
	/* on -ENOMEM the view shows nothing until the next change */
	(void)!define(v, r == 0 ? view : NULL);
}

/* Where it cannot be read who made the store, what asks for it shows nothing until it can. */
static void close_origins(struct lic_views *t)
{
	for (unsigned i = 0; i < lic_views_count(t); i++) {
		struct lic_known_view *v = atomic_load(&t->item[i]);
		const struct lic_definition *d = lic_view_definition(v);

		if (!d || !d->view || !lic_view_needs_makers(d->view))
			continue;
		(void)!define(v, NULL);
		t->pending = true;
	}
}

static int refresh_locked(struct lic_views *t, struct lic_catalog *cat, enum lic_views_news *ret,
			  struct lic_error *err)
{
	struct rows now = { 0 };
	int r = read_rows(cat, &now, err);

	if (r < 0) {
		free(now.row);
		close_origins(t);
		return r;
	}
	*ret = t->pending ? LIC_VIEWS_CHANGED : compare_rows(t, &now);
	if (*ret == LIC_VIEWS_SAME) {
		free(now.row);
		return 0;
	}
	free(t->row);
	t->row = now.row;
	t->n_rows = now.n;
	t->makers = now.makers;
	for (unsigned i = 0; i < lic_views_count(t); i++) {
		struct lic_known_view *v = atomic_load(&t->item[i]);
		const bool gone = !lic_view_definition(v);

		if (v->fixed || (*ret == LIC_VIEWS_ADDED && !gone))
			continue;
		redefine(t, v, cat);
		/* What was looked for in vain in a view that is back is remembered */
		if (gone && lic_view_definition(v))
			*ret = LIC_VIEWS_CHANGED;
	}
	t->pending = false;
	note_compiled(t, cat);
	return 0;
}

/* --- snapshots --- */

/* Number and generation of the one in force that has the name. */
static int find_snapshot(struct lic_catalog *cat, const char *name, int64_t *ret, int64_t *ret_born,
			 struct lic_error *err)
{
	struct lic_snapshot *s;
	int r = lic_snapshot_open(cat, name, &s, err);

	if (r < 0)
		return r;
	*ret = lic_snapshot_info(s)->number;
	*ret_born = lic_snapshot_info(s)->born;
	lic_snapshot_close(s);
	return 0;
}

/* Publishes that a snapshot is there; what shows it is each thread's own. */
static int define_snapshot(struct lic_known_view *v)
{
	struct lic_definition *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	v->all = d;
	atomic_store_explicit(&v->definition, d, memory_order_release);
	return 0;
}

/* The caller holds the lock. */
static int enter_snapshot_locked(struct lic_views *t, struct lic_catalog *cat, const char *name,
				 const struct lic_known_view **ret, struct lic_error *err)
{
	struct lic_known_view *v;
	int64_t number, born;
	int r = find_snapshot(cat, name, &number, &born, err);

	if (r < 0)
		return r;
	if (number < 1 || born < 0)
		return lic_error_set(err, EUCLEAN, "the catalog contradicts itself about '%s'",
				     name);
	if (number >= LIC_VIEW_FIRST_HASHED - LIC_VIEW_FIRST_SNAPSHOT)
		return lic_error_set(err, EOVERFLOW,
				     "there are no numbers left for snapshot '%s', scan into a new "
				     "catalog",
				     name);
	v = atomic_load(find_slot(t, LIC_VIEW_FIRST_SNAPSHOT + number));
	if (v) {
		*ret = v;
		return lic_view_definition(v) ? 0 : -ENOENT;
	}
	if (lic_views_count(t) >= LIC_VIEWS_MAX)
		return lic_error_set(err, ENOSPC, "this mount knows %u views already; unmount it",
				     lic_views_count(t));
	v = view_new(name, NULL, NULL, LIC_VIEW_FIRST_SNAPSHOT + number);
	if (!v)
		return lic_error_sys(err, ENOMEM, "cannot keep snapshot '%s'", name);
	v->snapshot = number;
	v->fixed = true;
	r = define_snapshot(v);
	if (r < 0) {
		view_free(v);
		return lic_error_sys(err, -r, "cannot keep snapshot '%s'", name);
	}
	/* before anything is shown of it */
	if (born < lic_views_pinned_since(t))
		atomic_store(&t->unpinned, INT64_MAX - born);
	publish(t, v);
	atomic_fetch_add_explicit(&t->snapshots, 1, memory_order_release);
	*ret = v;
	return 0;
}

int lic_views_enter_snapshot(struct lic_views *t, struct lic_catalog *cat, const char *name,
			     const struct lic_known_view **ret, struct lic_error *err)
{
	int r;

	pthread_mutex_lock(&t->lock);
	r = enter_snapshot_locked(t, cat, name, ret, err);
	pthread_mutex_unlock(&t->lock);
	return r;
}

/* The caller holds the lock. One that has ended never comes back. */
static int refresh_snapshots(struct lic_views *t, struct lic_catalog *cat, enum lic_views_news *ret,
			     struct lic_error *err)
{
	struct lic_snapshots_stamp now;
	bool over = false;
	int r = lic_catalog_snapshots_stamp(cat, &now, err);

	if (r < 0)
		return r;
	if (now.newest == t->stamp.newest && now.live == t->stamp.live)
		return 0;
	if (*ret == LIC_VIEWS_SAME)
		*ret = LIC_VIEWS_ADDED;
	for (unsigned i = 0; i < lic_views_count(t); i++) {
		struct lic_known_view *v = atomic_load(&t->item[i]);
		int64_t number = 0, born;

		if (!v->snapshot || !lic_view_definition(v))
			continue;
		r = find_snapshot(cat, v->name, &number, &born, NULL);
		if (r < 0 && r != -ENOENT)
			return r;
		if (number != v->snapshot) {
			atomic_store_explicit(&v->definition, NULL, memory_order_release);
			over = true;
		}
	}
	if (over && *ret != LIC_VIEWS_CHANGED)
		*ret = t->alone ? LIC_VIEWS_CHANGED : LIC_VIEWS_ENDED;
	t->stamp = now;
	return 0;
}

int lic_views_refresh(struct lic_views *t, struct lic_catalog *cat, enum lic_views_news *ret,
		      struct lic_error *err)
{
	int r;

	pthread_mutex_lock(&t->lock);
	r = refresh_locked(t, cat, ret, err);
	if (r == 0)
		r = refresh_snapshots(t, cat, ret, err);
	pthread_mutex_unlock(&t->lock);
	return r;
}
