/* SPDX-License-Identifier: Apache-2.0 */
/* The root of all views, by-license/ and the control tree. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "fs/mount/control.h"
#include "fs/mount/listing.h"
#include "fs/mount/pinned.h"
#include "fs/mount/text.h"
#include "fs/mount/worker.h"

#define BY_LICENSE_PREFIX LIC_BY_LICENSE_NAME "/"

static bool is_by_license(const struct lic_known_view *v)
{
	return v && strncmp(v->name, BY_LICENSE_PREFIX, strlen(BY_LICENSE_PREFIX)) == 0;
}

uint64_t lic_control_parent(struct lic_session *s, struct lic_inode n)
{
	const struct lic_known_view *v = n.view ? lic_views_by_number(&s->views, n.view) : NULL;

	if (n.type == LIC_INODE_DIR && v && v->snapshot)
		return lic_inode_made(LIC_MADE_SNAPSHOTS, 0, 0);
	if (n.type == LIC_INODE_DIR)
		return is_by_license(v) ? lic_inode_made(LIC_MADE_BY_LICENSE, 0, 0) : LIC_INO_ROOT;
	if (n.type == LIC_INODE_ROOT)
		return LIC_INO_ROOT;
	switch (n.made) {
	case LIC_MADE_VIEWS:
	case LIC_MADE_SNAPSHOTS:
		return lic_inode_made(LIC_MADE_CONTROL, 0, 0);
	case LIC_MADE_BY_LICENSES:
		return lic_inode_made(LIC_MADE_VIEWS, 0, 0);
	case LIC_MADE_VIEW:
		return lic_inode_made(is_by_license(v) ? LIC_MADE_BY_LICENSES : LIC_MADE_VIEWS, 0,
				      0);
	default:
		return LIC_INO_ROOT;
	}
}

/* Directories that the mount makes look like the store's root. */
static int made_attr(struct lic_worker *w, uint64_t ino, struct stat *ret)
{
	struct lic_entry root;
	int r = lic_catalog_by_id(w->cat, LIC_STORE_ROOT, &root, NULL);

	if (r < 0)
		return r;
	lic_attr_entry(w->s, &root, 0, ret);
	ret->st_ino = ino;
	return 0;
}

int lic_control_attr(struct lic_worker *w, struct lic_inode n, struct stat *ret,
		     double *ret_timeout)
{
	uint64_t ino =
		n.type == LIC_INODE_ROOT ? LIC_INO_ROOT : lic_inode_made(n.made, n.view, n.id);
	int r = made_attr(w, ino, ret);

	*ret_timeout = lic_session_timeout(w->s);
	if (r < 0 || n.type == LIC_INODE_ROOT || lic_made_is_dir(n.made))
		return r;
	return lic_text_attr(w->s->control, ino, ret);
}

static int made_param(struct lic_worker *w, uint64_t ino, struct fuse_entry_param *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->ino = ino;
	ret->generation = 1;
	ret->attr_timeout = ret->entry_timeout = lic_session_timeout(w->s);
	return made_attr(w, ino, &ret->attr);
}

/* The root directory of a view. */
static int view_param(struct lic_worker *w, const struct lic_known_view *v,
		      struct fuse_entry_param *ret)
{
	struct lic_entry root;
	int r = lic_catalog_by_id(w->cat, LIC_STORE_ROOT, &root, NULL);

	if (r == 0)
		lic_attr_param(w->s, &root, v->number, ret);
	return r;
}

static int enter(struct lic_worker *w, const char *name, bool by_license,
		 const struct lic_known_view **ret)
{
	struct lic_buf full = LIC_BUF_INIT(1024);
	int r;

	lic_buf_addf(&full, "%s%s", by_license ? BY_LICENSE_PREFIX : "", name);
	r = lic_buf_failed(&full) ? -ENOENT
				  : lic_views_enter(&w->s->views, w->cat, full.data, ret, NULL);
	lic_buf_release(&full);
	/* whatever is wrong with the name: there is no such view */
	return r == -EINVAL || r == -EPERM || r == -ELOOP || r == -EEXIST ? -ENOENT : r;
}

static int enter_dir(struct lic_worker *w, const char *name, bool by_license, bool control,
		     struct fuse_entry_param *ret)
{
	const struct lic_known_view *v;
	int r = enter(w, name, by_license, &v);

	if (r < 0)
		return r;
	if (control)
		return made_param(w, lic_inode_made(LIC_MADE_VIEW, v->number, 0), ret);
	return view_param(w, v, ret);
}

static int enter_snapshot(struct lic_worker *w, const char *name, struct fuse_entry_param *ret)
{
	const struct lic_known_view *v;
	struct lic_pinned p;
	int r = lic_views_enter_snapshot(&w->s->views, w->cat, name, &v, NULL);

	if (r == 0)
		r = lic_pinned_by_id(w, v, LIC_STORE_ROOT, &p);
	if (r == 0)
		lic_pinned_param(w, v, &p, ret);
	return r;
}

static int lookup_text(struct lic_worker *w, enum lic_made made, int64_t view,
		       struct fuse_entry_param *ret)
{
	uint64_t ino;
	int r = lic_text_make(w, made, view, &ino);

	if (r == 0)
		r = made_param(w, ino, ret);
	if (r == 0)
		r = lic_text_attr(w->s->control, ino, &ret->attr);
	ret->entry_timeout = 0; /* the next lookup makes the text again */
	return r;
}

int lic_control_lookup(struct lic_worker *w, struct lic_inode dir, const char *name,
		       struct fuse_entry_param *ret)
{
	const bool root = dir.type == LIC_INODE_ROOT;
	enum lic_made made = dir.made;

	if (root && strcmp(name, LIC_CONTROL_NAME) == 0)
		return made_param(w, lic_inode_made(LIC_MADE_CONTROL, 0, 0), ret);
	if ((root || made == LIC_MADE_VIEWS) && strcmp(name, LIC_BY_LICENSE_NAME) == 0)
		return made_param(
			w, lic_inode_made(root ? LIC_MADE_BY_LICENSE : LIC_MADE_BY_LICENSES, 0, 0),
			ret);
	if (root)
		return enter_dir(w, name, false, false, ret);
	switch (made) {
	case LIC_MADE_BY_LICENSE:
		return enter_dir(w, name, true, false, ret);
	case LIC_MADE_VIEWS:
		return enter_dir(w, name, false, true, ret);
	case LIC_MADE_BY_LICENSES:
		return enter_dir(w, name, true, true, ret);
	case LIC_MADE_CONTROL:
		if (strcmp(name, "README") == 0)
			return lookup_text(w, LIC_MADE_README, 0, ret);
		if (strcmp(name, "views") == 0)
			return made_param(w, lic_inode_made(LIC_MADE_VIEWS, 0, 0), ret);
		if (strcmp(name, "snapshots") == 0)
			return made_param(w, lic_inode_made(LIC_MADE_SNAPSHOTS, 0, 0), ret);
		return -ENOENT;
	case LIC_MADE_SNAPSHOTS:
		return enter_snapshot(w, name, ret);
	case LIC_MADE_VIEW:
		if (strcmp(name, "classes.tsv") == 0)
			return lookup_text(w, LIC_MADE_CLASSES, dir.view, ret);
		if (strcmp(name, "expression") == 0)
			return lookup_text(w, LIC_MADE_EXPRESSION, dir.view, ret);
		return -ENOENT;
	default:
		return -ENOTDIR;
	}
}

/* --- listings ------------------------------------------------------------------------------- */

struct item {
	int64_t key; /* orders the listing and is its offset */
	char name[NAME_MAX + 1];
};

struct items {
	struct lic_worker *w;
	struct item *item;
	size_t n, cap;
};

static int add_item(struct items *l, int64_t key, const char *name)
{
	size_t len = strlen(name);

	if (len > NAME_MAX)
		return 0; /* cannot be a directory's name */
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 32;
		struct item *grown = reallocarray(l->item, cap, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		l->item = grown;
		l->cap = cap;
	}
	l->item[l->n].key = key;
	memcpy(l->item[l->n].name, name, len + 1);
	l->n++;
	return 0;
}

static int add_user_view(void *ctx, const struct lic_view_row *row)
{
	return add_item(ctx, row->number, row->name);
}

static int add_license(void *ctx, int64_t number, const char *id)
{
	return add_item(ctx, number, id);
}

static int add_snapshot(void *ctx, const struct lic_snapshot_info *s)
{
	return s->died ? 0 : add_item(ctx, s->number, s->name);
}

static int by_key(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static int collect_views(struct items *l)
{
	const struct lic_builtin_view *b;
	int r = 0;

	for (size_t i = 0; r == 0 && (b = lic_view_builtin(i)); i++) {
		const struct lic_known_view *v;

		r = enter(l->w, b->name, false, &v);
		if (r == 0)
			r = add_item(l, v->number, b->name);
	}
	if (r == 0)
		r = lic_catalog_views(l->w->cat, add_user_view, l, NULL);
	if (r == 0)
		r = add_item(l, LIC_VIEW_NUMBER_END, LIC_BY_LICENSE_NAME);
	return r;
}

/* Does the license's view show anything? On any doubt it is not listed. */
static bool license_shows(struct lic_worker *w, const char *id)
{
	const struct lic_known_view *v;
	struct lic_filter *f;
	int64_t n = 0;

	return enter(w, id, true, &v) == 0 && lic_worker_filter(w, v, &f) == 0 &&
	       lic_filter_count(f, LIC_STORE_ROOT, &n, NULL) == 0 && n > 0;
}

static int collect(struct items *l, struct lic_inode dir)
{
	size_t kept = 0;
	int r;

	if (dir.type == LIC_INODE_ROOT || dir.made == LIC_MADE_VIEWS)
		return collect_views(l);
	if (dir.made == LIC_MADE_CONTROL) {
		r = add_item(l, 1, "README");
		if (r == 0)
			r = add_item(l, 2, "views");
		return r < 0 ? r : add_item(l, 3, "snapshots");
	}
	if (dir.made == LIC_MADE_SNAPSHOTS)
		return lic_catalog_snapshots(l->w->cat, add_snapshot, l, NULL);
	if (dir.made == LIC_MADE_VIEW) {
		r = add_item(l, 1, "classes.tsv");
		return r < 0 ? r : add_item(l, 2, "expression");
	}
	if (!lic_made_is_dir(dir.made))
		return -ENOTDIR;
	r = lic_catalog_licenses(l->w->cat, add_license, l, NULL);
	for (size_t i = 0; r == 0 && i < l->n; i++) {
		if (license_shows(l->w, l->item[i].name))
			l->item[kept++] = l->item[i];
	}
	l->n = kept;
	return r;
}

/* Known is a snapshot that was looked up: there may be many. */
static int offer_snapshot(int64_t number, struct fuse_entry_param *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->attr.st_ino = lic_inode_dir(LIC_VIEW_FIRST_SNAPSHOT + number, LIC_STORE_ROOT, 0);
	ret->attr.st_mode = S_IFDIR;
	return 0;
}

int lic_control_list(struct lic_worker *w, struct lic_inode dir, off_t off, struct lic_listing *l)
{
	struct items items = { .w = w };
	int r = collect(&items, dir);

	if (r == 0 && items.n)
		qsort(items.item, items.n, sizeof(*items.item), by_key);
	for (size_t i = 0; r == 0 && i < items.n; i++) {
		off_t here = LIC_OFF_FIRST + items.item[i].key;
		struct fuse_entry_param e;

		if (here <= off)
			continue;
		r = dir.made == LIC_MADE_SNAPSHOTS
			    ? offer_snapshot(items.item[i].key, &e)
			    : lic_control_lookup(w, dir, items.item[i].name, &e);
		if (r == -ENOENT) {
			r = 0; /* gone since it was collected, or it does not compile */
			continue;
		}
		if (r == 0 && !lic_listing_add(l, items.item[i].name, &e, here))
			break;
	}
	free(items.item);
	return r;
}
