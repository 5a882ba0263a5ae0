/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Companions in other directories than their images: binds what named layouts say, after the walk.
 *
 * A directory of labels or masks is bound as a whole where it is pending, or a directory in which
 * its images lie or would lie. Each file is placed and bound in one transaction, so that one that
 * is shown is bound; directories are settled when all is done, so that a scan which ends before is
 * taken up by the next one.
 */
#include <errno.h>
#include <string.h>

#include <licensefs/catalog_revoke.h>

#include "fs/scan/internal.h"
#include "fs/scan/layouts.h"

#define TXN_FILES 4096	 /* of one transaction */
#define PLACES_MAX 64	 /* directories of images of one directory of labels */
#define IMAGES_MAX 65536 /* of one companion; one that has more belongs to none */

/* A file that may be a companion, or is one. */
struct file {
	int64_t id;
	struct lic_bytes name;
	enum lic_kind kind;
	enum lic_rule rule;
};

struct layouts {
	struct lic_catalog *cat;
	const struct lic_scan_options *o;
	struct lic_scan_result *res;
	struct lic_error *err;
	struct lic_policy policy;
	struct lic_txn *txn;
	unsigned in_txn;
	struct lic_layout_tree tree;
	int8_t *holds; /* by directory: images lie in it; -1: not asked yet */
	int64_t *pending;
	size_t n_pending, cap_pending;
	/* where the images of the present directory lie, nearest ones only */
	struct lic_layout_place place[PLACES_MAX];
	size_t n_places, self;
	bool affected, crowded; /* crowded: there are more, and so no image has a companion here */
	/* the images of these places */
	struct lic_layout_images images;
	size_t of[PLACES_MAX], n_of;
	bool of_beside;
	/* files of the present directory */
	struct lic_arena names;
	struct file *file;
	size_t n_files, cap_files;
	int64_t *image; /* those of the present file */
	size_t n_image, cap_image;
};

static int no_memory(struct layouts *x)
{
	return lic_error_set(x->err, ENOMEM, "out of memory for the layouts of the store");
}

static bool grow(void *array, size_t n, size_t *cap, size_t size)
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

/* --- transactions ------------------------------------------------------------------------- */

static int need_txn(struct layouts *x)
{
	return x->txn ? 0 : lic_catalog_begin(x->cat, "scan", &x->txn, x->err);
}

static int commit(struct layouts *x)
{
	struct lic_txn *txn = x->txn;

	x->txn = NULL;
	x->in_txn = 0;
	return txn ? lic_catalog_commit(txn, x->err) : 0;
}

/* After each file: transactions do not grow without limit. */
static int step(struct layouts *x)
{
	if (++x->in_txn < TXN_FILES)
		return 0;
	if (x->o->stop && *x->o->stop) {
		int r = commit(x);

		return r < 0 ? r
			     : lic_error_set(x->err, EINTR,
					     "interrupted; what was written is kept, run it again "
					     "to go on");
	}
	return commit(x);
}

/* --- what is to be done ------------------------------------------------------------------- */

static int add_pending(void *ctx, int64_t entry)
{
	struct layouts *x = ctx;

	if (!grow(&x->pending, x->n_pending, &x->cap_pending, sizeof(*x->pending)))
		return no_memory(x);
	x->pending[x->n_pending++] = entry;
	return 0;
}

static int add_dir(void *ctx, const struct lic_entry *e)
{
	struct layouts *x = ctx;
	int r = lic_layout_tree_add(&x->tree, e->id, e->parent, e->name.p, e->name.n);

	return r < 0 ? no_memory(x) : 0;
}

static int load(struct layouts *x)
{
	int r = lic_catalog_each(x->cat, LIC_KIND_DIR, add_dir, x, x->err);

	if (r < 0)
		return r;
	if (lic_layout_tree_finish(&x->tree) < 0)
		return no_memory(x);
	for (size_t i = 0; i < x->n_pending; i++) {
		struct lic_layout_dir *d = lic_layout_tree_find(&x->tree, x->pending[i]);

		if (d)
			d->pending = true;
	}
	x->holds = malloc(x->tree.n ? x->tree.n : 1);
	if (!x->holds)
		return no_memory(x);
	memset(x->holds, -1, x->tree.n);
	return lic_catalog_policy(x->cat, &x->policy, x->err);
}

static int stop_at_image(void *ctx _unused_, const struct lic_entry *e)
{
	return e->kind == LIC_KIND_IMAGE;
}

static int holds_images(struct layouts *x, size_t dir, bool *ret)
{
	int r = x->holds[dir];

	if (r < 0)
		r = lic_catalog_list(x->cat, x->tree.dir[dir].id, 0, stop_at_image, NULL, x->err);
	if (r < 0)
		return r;
	x->holds[dir] = (int8_t)r;
	*ret = r > 0;
	return 0;
}

/* Takes the nearest places that hold images; those in which there might be some count for what is
 * pending. Stops with 1. */
static int choose(void *ctx, const struct lic_layout_place *p)
{
	struct layouts *x = ctx;
	const struct lic_layout_dir *d = &x->tree.dir[p->dir];
	bool holds;
	int r;

	if (x->n_places && p->level != x->place[0].level)
		return 1;
	x->affected |= d->pending;
	/* Images among labels are masks, or what may be some */
	if (!p->found || p->dir == x->self || d->word || d->base.p)
		return 0;
	r = holds_images(x, p->dir, &holds);
	if (r < 0 || !holds)
		return r;
	for (size_t i = 0; i < x->n_places; i++) {
		if (x->place[i].dir != p->dir)
			continue;
		x->place[i].flags |= p->flags;
		return 0;
	}
	if (x->n_places == PLACES_MAX) {
		x->crowded = true;
		return 0;
	}
	x->place[x->n_places++] = *p;
	return 0;
}

/* --- images ------------------------------------------------------------------------------- */

static int add_image(void *ctx, const struct lic_entry *e)
{
	struct layouts *x = ctx;
	struct lic_bytes key[LIC_LAYOUT_KEYS];

	if (e->kind != LIC_KIND_IMAGE)
		return 0;
	/* What may be a mask of an image beside it has none itself */
	if (x->of_beside && lic_layout_keys(e->name.p, e->name.n, true, key))
		return 0;
	return lic_layout_images_add(&x->images, e->id, e->name.p, e->name.n) < 0 ? no_memory(x)
										  : 0;
}

/* Loads the images of the places, if they are not those of the last directory. */
static int load_images(struct layouts *x, bool beside)
{
	size_t n = beside ? 1 : x->n_places;
	bool same = !beside && !x->of_beside && n == x->n_of;
	int r = 0;

	for (size_t i = 0; i < n && same; i++)
		same = x->of[i] == x->place[i].dir;
	if (same)
		return 0;
	lic_layout_images_release(&x->images);
	x->images = (struct lic_layout_images)LIC_LAYOUT_IMAGES_INIT;
	x->of_beside = beside;
	x->n_of = n;
	for (size_t i = 0; i < n && r == 0; i++) {
		x->of[i] = beside ? x->self : x->place[i].dir;
		r = lic_catalog_list(x->cat, x->tree.dir[x->of[i]].id, 0, add_image, x, x->err);
	}
	lic_layout_images_sort(&x->images);
	return r;
}

static int collect(void *ctx, const struct lic_layout_image *image)
{
	struct layouts *x = ctx;

	if (!grow(&x->image, x->n_image, &x->cap_image, sizeof(*x->image)))
		return no_memory(x);
	x->image[x->n_image++] = image->id;
	return 0;
}

/* --- files -------------------------------------------------------------------------------- */

static bool is_text(const struct lic_entry *e)
{
	switch (e->kind) {
	case LIC_KIND_COMPANION:
		return e->rule == LIC_RULE_LAYOUT;
	case LIC_KIND_DOCUMENT:
		return lic_layout_is_text(e->name.p, e->name.n);
	case LIC_KIND_INERT:
		return e->rule != LIC_RULE_INERT_NAME && lic_layout_is_text(e->name.p, e->name.n);
	case LIC_KIND_HIDDEN:
		return e->rule != LIC_RULE_SYMLINK && e->rule != LIC_RULE_SPECIAL &&
		       e->rule != LIC_RULE_OTHER_FS && e->rule != LIC_RULE_UNREADABLE &&
		       lic_layout_is_text(e->name.p, e->name.n);
	default:
		return false;
	}
}

static bool is_mask(const struct lic_entry *e)
{
	return (e->kind == LIC_KIND_COMPANION && e->rule == LIC_RULE_MASK) ||
	       (e->kind == LIC_KIND_IMAGE && lic_mask_format(e->format));
}

static int add_file(void *ctx, const struct lic_entry *e)
{
	struct layouts *x = ctx;
	struct lic_bytes key[LIC_LAYOUT_KEYS];
	struct file f = { .id = e->id, .kind = e->kind, .rule = e->rule };

	if (!is_text(e) && !is_mask(e))
		return 0;
	if (!x->n_places && e->kind != LIC_KIND_COMPANION &&
	    !lic_layout_keys(e->name.p, e->name.n, true, key))
		return 0;
	f.name.n = e->name.n;
	f.name.p = (const uint8_t *)lic_arena_dup(&x->names, e->name.p, e->name.n);
	if (!f.name.p || !grow(&x->file, x->n_files, &x->cap_files, sizeof(*x->file)))
		return no_memory(x);
	x->file[x->n_files++] = f;
	return 0;
}

static int compare_numbers(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

struct binding {
	const struct layouts *x;
	size_t n;
	bool same;
};

static int compare_image(void *ctx, int64_t image)
{
	struct binding *b = ctx;

	b->same = b->n < b->x->n_image && b->x->image[b->n++] == image;
	return !b->same;
}

/* Binds a companion to the images that were collected, if it is not bound to them. */
static int bind_file(struct layouts *x, int64_t id, bool is_new)
{
	struct binding b = { x, 0, true };
	int r = 0;

	qsort(x->image, x->n_image, sizeof(*x->image), compare_numbers);
	if (!is_new) {
		r = lic_catalog_companion_images(x->cat, id, compare_image, &b, x->err);
		if (r < 0 || (b.same && b.n == x->n_image))
			return r;
		r = need_txn(x);
	}
	return r < 0 ? r : lic_catalog_bind(x->txn, id, x->image, x->n_image, x->err);
}

static int bind_text(struct layouts *x, const struct file *f)
{
	bool is_new = f->kind != LIC_KIND_COMPANION;
	int r = 0;

	if (is_new) {
		r = need_txn(x);
		if (r == 0)
			r = lic_catalog_place(x->txn, f->id, LIC_KIND_COMPANION, LIC_RULE_LAYOUT,
					      x->err);
		if (r == 0)
			r = lic_catalog_settle(x->txn, f->id, x->err);
		if (r == 0)
			lic_scan_recount(x->res, f->kind, LIC_KIND_COMPANION);
	}
	return r < 0 ? r : bind_file(x, f->id, is_new);
}

/* A label without an image waits for a look into it, a mask to be read as an image again. */
static int release(struct layouts *x, const struct file *f)
{
	enum lic_rule rule = LIC_RULE_WAITING;
	enum lic_kind kind = LIC_KIND_HIDDEN;
	int r;

	if (f->kind != LIC_KIND_COMPANION)
		return 0;
	if (f->rule == LIC_RULE_LAYOUT) {
		kind = lic_scan_classify(f->name.p, f->name.n, &rule);
		if (kind == LIC_KIND_HIDDEN && rule != LIC_RULE_CACHE)
			rule = LIC_RULE_WAITING;
	}
	r = need_txn(x);
	if (r == 0)
		r = lic_catalog_place(x->txn, f->id, kind, rule, x->err);
	if (r == 0 && rule == LIC_RULE_WAITING && f->rule == LIC_RULE_LAYOUT)
		r = lic_catalog_pend(x->txn, f->id, x->err);
	if (r == 0)
		lic_scan_recount(x->res, LIC_KIND_COMPANION, kind);
	return r < 0 ? r : step(x);
}

/* Does it say anything that one of its images does not? 1, 0 or an error. */
static int speaks(struct layouts *x, int64_t mask)
{
	_cleanup_(lic_claims_release) struct lic_claims own = LIC_CLAIMS_INIT;
	int r = lic_catalog_claims(x->cat, mask, &own, x->err);

	if (r < 0 || (!own.n && !own.damage))
		return r < 0 ? r : 0;
	for (size_t i = 0; i < x->n_image; i++) {
		_cleanup_(lic_claims_release) struct lic_claims of = LIC_CLAIMS_INIT;

		r = lic_catalog_claims(x->cat, x->image[i], &of, x->err);
		if (r < 0)
			return r;
		if (lic_mask_speaks(&own, &of, &x->policy))
			return 1;
	}
	return 0;
}

/* [I12] What is revoked stays an image, or it would be shown where its image is. */
static int is_revoked(struct layouts *x, struct lic_entry *e)
{
	static const struct lic_claims none = LIC_CLAIMS_INIT;
	const struct lic_rights *rights = lic_catalog_rights(x->cat, e->rights, x->err);
	bool revoked = false;
	int r;

	if (!rights)
		return x->err && x->err->code ? -x->err->code : -EIO;
	if (rights->status == LIC_STATUS_REVOKED)
		return 1;
	/* By its bytes it may be since it was judged; its claims were asked then */
	r = lic_catalog_digests(x->cat, e->id, &e->digests, x->err);
	if (r == 0)
		r = lic_catalog_revokes(x->cat, e, &none, &revoked, x->err);
	return r < 0 ? r : revoked;
}

static int bind_mask(struct layouts *x, const struct file *f)
{
	struct lic_entry e;
	int r;

	if (f->kind == LIC_KIND_COMPANION)
		return bind_file(x, f->id, false);
	r = speaks(x, f->id);
	if (r != 0)
		return r < 0 ? r : 0;
	r = need_txn(x);
	if (r == 0)
		r = lic_catalog_by_id(x->cat, f->id, &e, x->err);
	e.name = f->name;
	if (r == 0)
		r = is_revoked(x, &e);
	if (r != 0)
		return r < 0 ? r : 0;
	e.kind = LIC_KIND_COMPANION;
	e.rule = LIC_RULE_MASK;
	e.format = LIC_FORMAT_NONE;
	r = lic_catalog_put(x->txn, &e, NULL, x->err);
	if (r < 0)
		return r;
	lic_scan_recount(x->res, LIC_KIND_IMAGE, LIC_KIND_COMPANION);
	x->res->added -= x->res->added > 0; /* as what it was when the walk saw it */
	for (size_t i = 0; i < x->n_of; i++)
		if (x->of[i] == x->self)
			x->n_of = 0; /* an image less there */
	return bind_file(x, e.id, true);
}

/* The masks of the only image of its directory, which is called like it (Data Science Bowl). */
static int collect_sole(struct layouts *x, unsigned flags)
{
	const struct lic_layout_tree *t = &x->tree;
	const struct lic_bytes *name = &t->dir[t->dir[x->self].parent].name;
	const struct lic_layout_image *i = x->images.stem;

	if (!(flags & LIC_LAYOUT_SOLE) || x->images.n != 1 || i->key.n != name->n ||
	    memcmp(i->key.p, name->p, name->n) != 0)
		return 0;
	return collect(x, i);
}

static int bind_one(struct layouts *x, const struct file *f, unsigned flags)
{
	bool text = f->kind != LIC_KIND_IMAGE && f->rule != LIC_RULE_MASK;
	int r = 0;

	x->n_image = 0;
	if (flags & (text ? LIC_LAYOUT_TEXTS : LIC_LAYOUT_MASKS)) {
		r = lic_layout_images_of(&x->images, &f->name, !x->n_places, flags, collect, x);
		if (r == 0 && !text && !x->n_image)
			r = collect_sole(x, flags);
	}
	if (r < 0)
		return r;
	if (!x->n_image || x->n_image > IMAGES_MAX)
		return release(x, f);
	r = text ? bind_text(x, f) : bind_mask(x, f);
	return r < 0 ? r : step(x);
}

/* All files of the directory that may belong to images at the places, or beside them. */
static int bind_dir(struct layouts *x)
{
	unsigned flags = x->n_places ? 0 : LIC_LAYOUT_TEXTS | LIC_LAYOUT_MASKS;
	int r;

	for (size_t i = 0; i < x->n_places && !x->crowded; i++)
		flags |= x->place[i].flags;
	lic_arena_reset(&x->names);
	x->n_files = 0;
	r = lic_catalog_list(x->cat, x->tree.dir[x->self].id, 0, add_file, x, x->err);
	if (r == 0 && x->n_files)
		r = load_images(x, !x->n_places);
	for (size_t i = 0; i < x->n_files && r == 0; i++)
		r = bind_one(x, &x->file[i], flags);
	return r;
}

/* Masks beside images first: they are no images then whose labels lie elsewhere. */
static int bind_all(struct layouts *x)
{
	int r = 0;

	for (int pass = 0; pass < 2 && r == 0; pass++) {
		const bool beside = pass == 0;

		for (size_t i = 0; i < x->tree.n && r == 0; i++) {
			x->self = i;
			x->n_places = 0;
			x->crowded = false;
			x->affected = x->tree.dir[i].pending;
			r = lic_layout_places(&x->tree, i, choose, x);
			if (r >= 0)
				r = x->affected && (x->n_places == 0) == beside ? bind_dir(x) : 0;
		}
	}
	return r;
}

static int settle(struct layouts *x)
{
	int r = 0;

	for (size_t i = 0; i < x->n_pending && r == 0; i++) {
		r = need_txn(x);
		if (r == 0)
			r = lic_catalog_settle(x->txn, x->pending[i], x->err);
		if (r == 0)
			r = step(x);
	}
	return r < 0 ? r : commit(x);
}

static void layouts_release(struct layouts *x)
{
	lic_catalog_abort(x->txn);
	lic_layout_tree_release(&x->tree);
	lic_layout_images_release(&x->images);
	lic_arena_release(&x->names);
	free(x->holds);
	free(x->pending);
	free(x->file);
	free(x->image);
}

int lic_scan_layouts(struct lic_catalog *cat, const struct lic_scan_options *options,
		     struct lic_scan_result *res, struct lic_error *err)
{
	_cleanup_(layouts_release) struct layouts x = {
		.cat = cat,
		.o = options,
		.res = res,
		.err = err,
		.tree = LIC_LAYOUT_TREE_INIT,
		.images = LIC_LAYOUT_IMAGES_INIT,
		.names = LIC_ARENA_INIT((size_t)1 << 40),
	};
	int r = lic_catalog_pending(cat, LIC_KIND_DIR, add_pending, &x, err);

	if (r < 0 || !x.n_pending)
		return r;
	r = load(&x);
	if (r == 0)
		r = bind_all(&x);
	return r < 0 ? r : settle(&x);
}
