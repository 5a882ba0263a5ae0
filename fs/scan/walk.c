/* SPDX-License-Identifier: Apache-2.0 */
/* Lists one directory and joins it, name by name, with what the catalog knows of it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fs/scan/internal.h"
#include "fs/util/io.h"

struct lic_scan_dir *lic_scan_dir_new(const char *parent, struct lic_bytes name, size_t depth)
{
	struct lic_scan_dir *d = calloc(1, sizeof(*d));
	size_t pn = strlen(parent);

	if (!d)
		return NULL;
	d->path = malloc(pn + name.n + 2);
	if (!d->path) {
		free(d);
		return NULL;
	}
	memcpy(d->path, parent, pn);
	if (pn)
		d->path[pn++] = '/';
	if (name.n)
		memcpy(d->path + pn, name.p, name.n);
	d->path[pn + name.n] = '\0';
	d->depth = depth;
	d->arena = (struct lic_arena)LIC_ARENA_INIT(SIZE_MAX / 4);
	return d;
}

void lic_scan_dir_free(struct lic_scan_dir *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		lic_claims_release(&d->item[i].claims);
	for (size_t i = 0; i < d->n_rules; i++)
		lic_claims_release(&d->rules[i].claims);
	for (size_t i = 0; i < d->n_child && !d->descended; i++)
		lic_scan_dir_free(d->child[i]);
	free(d->child);
	free(d->item);
	free(d->gone);
	free(d->path);
	lic_arena_release(&d->arena);
	free(d);
}

static int compare_names(const struct lic_bytes *a, const struct lic_bytes *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	int c = n ? memcmp(a->p, b->p, n) : 0;

	if (c)
		return c;
	return a->n < b->n ? -1 : a->n > b->n;
}

static int compare_items(const void *a, const void *b)
{
	const struct lic_item *x = a, *y = b;

	return compare_names(&x->name, &y->name);
}

struct lic_item *lic_scan_dir_find(const struct lic_scan_dir *d, const void *name, size_t n)
{
	struct lic_item key = { .name = { name, n } };

	if (!d->n)
		return NULL;
	return bsearch(&key, d->item, d->n, sizeof(*d->item), compare_items);
}

static bool grow(void *array, size_t n, size_t *cap, size_t size)
{
	void **a = array, *p;
	size_t c;

	if (n < *cap)
		return true;
	c = *cap ? *cap * 2 : 64;
	if (c > SIZE_MAX / size)
		return false;
	p = realloc(*a, c * size);
	if (!p)
		return false;
	*a = p;
	*cap = c;
	return true;
}

static void stat_from_statx(const struct statx *x, struct lic_stat *ret)
{
	*ret = (struct lic_stat){
		.size = x->stx_size,
		.mtime = (int64_t)x->stx_mtime.tv_sec * 1000000000 + x->stx_mtime.tv_nsec,
		.ctime = (int64_t)x->stx_ctime.tv_sec * 1000000000 + x->stx_ctime.tv_nsec,
		.ino = x->stx_ino,
		.mode = x->stx_mode,
		.uid = x->stx_uid,
		.gid = x->stx_gid,
	};
}

/* Kind and rule of what is no regular file; regular files stay KIND_NONE until they are read. */
static void classify_type(struct lic_item *it, const struct statx *x)
{
	bool mount = (x->stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) &&
		     (x->stx_attributes & STATX_ATTR_MOUNT_ROOT);

	it->kind = LIC_KIND_HIDDEN;
	if (mount)
		it->rule = LIC_RULE_OTHER_FS;
	else if (S_ISDIR(x->stx_mode))
		it->kind = LIC_KIND_DIR, it->rule = LIC_RULE_NONE;
	else if (S_ISREG(x->stx_mode))
		it->kind = LIC_KIND_NONE, it->rule = LIC_RULE_NONE;
	else if (S_ISLNK(x->stx_mode))
		it->rule = LIC_RULE_SYMLINK;
	else
		it->rule = LIC_RULE_SPECIAL;
}

int lic_walk_stat(int fd, const char *name, struct lic_item *ret)
{
	const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (name[0] ? 0 : AT_EMPTY_PATH);
	struct statx x;

	if (statx(fd, name, flags, STATX_BASIC_STATS, &x) < 0)
		return -errno;
	stat_from_statx(&x, &ret->st);
	ret->judged = lic_now_ns();
	classify_type(ret, &x);
	return 0;
}

static int add_item(struct lic_scan_dir *d, size_t *cap, int fd, const char *name)
{
	struct lic_item *it;
	int r;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    (!d->path[0] && strcmp(name, LIC_CATALOG_DIR) == 0))
		return 0;
	if (!grow(&d->item, d->n, cap, sizeof(*d->item)))
		return -ENOMEM;
	it = &d->item[d->n];
	memset(it, 0, sizeof(*it));
	it->claims = (struct lic_claims)LIC_CLAIMS_INIT;
	r = lic_walk_stat(fd, name, it);
	if (r < 0)
		return r == -ENOENT ? 0 : r; /* it vanished since it was listed */
	it->name.n = strlen(name);
	it->name.p = (const uint8_t *)lic_arena_dup(&d->arena, name, it->name.n);
	if (!it->name.p)
		return -ENOMEM;
	d->n++;
	return 0;
}

int lic_walk_list(int root, struct lic_scan_dir *d)
{
	int fd = lic_open_beneath(root, d->path[0] ? d->path : ".", O_RDONLY | O_DIRECTORY);
	size_t cap = 0;
	struct dirent *e;
	DIR *dir;
	int r = 0;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		close(fd);
		return r;
	}
	for (;;) {
		errno = 0;
		e = readdir(dir);
		if (!e) {
			r = -errno;
			break;
		}
		r = add_item(d, &cap, fd, e->d_name);
		if (r < 0)
			break;
	}
	closedir(dir);
	if (d->n)
		qsort(d->item, d->n, sizeof(*d->item), compare_items);
	return r;
}

struct join {
	struct lic_scan_dir *d;
	struct lic_catalog *cat;
	struct lic_error *err;
	size_t gone_cap;
	unsigned digests;
};

static int is_stale(struct join *j, const struct lic_entry *e)
{
	const struct lic_rights *r;

	if (e->kind != LIC_KIND_IMAGE)
		return 0;
	r = lic_catalog_rights(j->cat, e->rights, j->err);
	if (!r)
		return j->err && j->err->code ? -j->err->code : -EIO;
	return lic_rights_is_stale(r);
}

static int is_undigested(struct join *j, const struct lic_entry *e)
{
	struct lic_digests d;
	int r;

	if (!j->digests || e->kind != LIC_KIND_IMAGE)
		return 0;
	r = lic_catalog_digests(j->cat, e->id, &d, j->err);
	return r < 0 ? r : (j->digests & ~d.has) != 0;
}

static int join_row(void *ctx, const struct lic_entry *e)
{
	struct join *j = ctx;
	struct lic_item *it = lic_scan_dir_find(j->d, e->name.p, e->name.n);
	int stale, undigested;

	if (!it) {
		if (!grow(&j->d->gone, j->d->n_gone, &j->gone_cap, sizeof(*j->d->gone)))
			return -ENOMEM;
		j->d->gone[j->d->n_gone++] = e->id;
		return 0;
	}
	stale = is_stale(j, e);
	if (stale < 0)
		return stale;
	undigested = is_undigested(j, e);
	if (undigested < 0)
		return undigested;
	it->id = e->id;
	it->prior = (struct lic_prior){ e->id,	   e->kind,   e->rule,	     e->st,
					e->judged, stale > 0, undigested > 0 };
	return 0;
}

static bool same_identity(const struct lic_stat *a, const struct lic_stat *b)
{
	return a->size == b->size && a->mtime == b->mtime && a->ctime == b->ctime &&
	       a->ino == b->ino && (a->mode & S_IFMT) == (b->mode & S_IFMT);
}

bool lic_same_attributes(const struct lic_stat *a, const struct lic_stat *b)
{
	return same_identity(a, b) && a->mode == b->mode && a->uid == b->uid && a->gid == b->gid;
}

bool lic_same_directory(enum lic_kind a_kind, const struct lic_stat *a, enum lic_kind b_kind,
			const struct lic_stat *b)
{
	return a_kind == LIC_KIND_DIR && b_kind == LIC_KIND_DIR && a->ino == b->ino;
}

/* Equal time stamps prove equal bytes only where they are older than the moment of judging by more
 * than the clock's grain: "racy git". */
static bool is_racy(const struct lic_prior *p)
{
	int64_t t = p->st.mtime > p->st.ctime ? p->st.mtime : p->st.ctime;

	return p->judged - t < LIC_RACY_NS;
}

static void decide(struct lic_scan_dir *d, struct lic_item *it, bool verify)
{
	const struct lic_prior *p = &it->prior;

	if (it->kind != LIC_KIND_NONE) {
		it->dirty = !p->id || p->kind != it->kind || p->rule != it->rule ||
			    !lic_same_attributes(&p->st, &it->st);
	} else {
		it->read = verify || !p->id || p->kind == LIC_KIND_DIR ||
			   p->rule == LIC_RULE_UNREADABLE || p->rule == LIC_RULE_WAITING ||
			   p->stale || p->undigested || !lic_same_attributes(&p->st, &it->st) ||
			   (is_racy(p) && !lic_scan_is_indexed(p->rule));
		it->dirty = it->read;
		if (!it->read) {
			it->kind = p->kind;
			it->rule = p->rule;
			it->judged = p->judged;
		}
	}
	if (it->dirty && it->kind != LIC_KIND_DIR)
		d->changed = true;
}

/* First item whose name is not before `stem` followed by a dot. */
static size_t family_start(const struct lic_scan_dir *d, const void *stem, size_t n)
{
	size_t lo = 0, hi = d->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct lic_bytes *name = &d->item[mid].name;
		size_t k = name->n < n ? name->n : n;
		int c = k ? memcmp(name->p, stem, k) : 0;

		if (c < 0 || (c == 0 && (name->n <= n || name->p[n] < '.')))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int lic_scan_dir_family(const struct lic_scan_dir *d, const void *stem, size_t n,
			int (*fn)(void *ctx, struct lic_item *it), void *ctx)
{
	struct lic_item *exact = lic_scan_dir_find(d, stem, n);
	int r = exact ? fn(ctx, exact) : 0;

	for (size_t i = family_start(d, stem, n); r == 0 && i < d->n; i++) {
		struct lic_item *it = &d->item[i];

		if (it->name.n <= n || memcmp(it->name.p, stem, n) != 0 || it->name.p[n] != '.')
			break;
		r = fn(ctx, it);
	}
	return r;
}

int lic_scan_dir_prefix(const struct lic_scan_dir *d, const void *prefix, size_t n,
			int (*fn)(void *ctx, struct lic_item *it), void *ctx)
{
	struct lic_item key = { .name = { prefix, n } };
	size_t lo = 0, hi = d->n;
	int r = 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare_items(&d->item[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; r == 0 && lo < d->n; lo++) {
		struct lic_item *it = &d->item[lo];

		if (it->name.n < n || memcmp(it->name.p, prefix, n) != 0)
			break;
		r = fn(ctx, it);
	}
	return r;
}

static int read_again(void *ctx, struct lic_item *it)
{
	(void)ctx;
	/* a mask is one for as long as it says nothing of its own */
	if (it->kind == LIC_KIND_IMAGE ||
	    (it->kind == LIC_KIND_COMPANION && it->rule == LIC_RULE_MASK)) {
		it->kind = LIC_KIND_NONE;
		it->read = it->dirty = true;
	}
	return 0;
}

/* A sidecar that is new, changed or gone means that its images must be read again; so does whatever
 * takes its name without being a file. */
static void touch_images_of(struct lic_scan_dir *d, struct lic_bytes xmp)
{
	d->changed = true;
	lic_scan_dir_images(d, &xmp, read_again, NULL);
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* A sidecar that is gone: its images must be read again too. */
static int touch_vanished(struct lic_scan_dir *d, struct lic_catalog *cat, struct lic_error *err)
{
	for (size_t g = 0; g < d->n_gone; g++) {
		struct lic_entry e;
		struct lic_bytes name;
		int r = lic_catalog_by_id(cat, d->gone[g], &e, err);

		if (r < 0)
			return r == -ENOENT ? lic_error_set(err, EIO, "row %lld vanished",
							    (long long)d->gone[g])
					    : r;
		d->changed = true;
		if (!lic_is_sidecar_name(e.name.p, e.name.n))
			continue;
		name.n = e.name.n;
		name.p = (const uint8_t *)lic_arena_dup(&d->arena, e.name.p, e.name.n);
		if (!name.p)
			return lic_error_set(err, ENOMEM, "out of memory");
		touch_images_of(d, name);
	}
	return 0;
}

static int make_children(struct lic_scan_dir *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->item[i].kind == LIC_KIND_DIR;
	if (!n)
		return 0;
	d->child = calloc(n, sizeof(struct lic_scan_dir *));
	if (!d->child)
		return -ENOMEM;
	for (size_t i = 0; i < d->n; i++) {
		if (d->item[i].kind != LIC_KIND_DIR)
			continue;
		d->child[d->n_child] = lic_scan_dir_new(d->path, d->item[i].name, d->depth + 1);
		if (!d->child[d->n_child])
			return -ENOMEM;
		d->child[d->n_child++]->id =
			d->item[i].prior.kind == LIC_KIND_DIR ? d->item[i].prior.id : 0;
	}
	return 0;
}

int lic_walk_dir(int root, struct lic_catalog *cat, struct lic_scan_dir *dir, bool verify,
		 unsigned digests, char **ret_warning, struct lic_error *err)
{
	struct join j = { dir, cat, err, 0, digests };
	int r = dir->listing == LIC_LISTED ? dir->list_result : lic_walk_list(root, dir);

	if (r < 0) {
		/* What cannot be listed cannot be judged: its rows end. */
		if (r == -ENOMEM || r == -EMFILE || r == -ENFILE)
			return lic_error_sys(err, -r, "cannot list '%s'", dir->path);
		if (r != -ENOENT && asprintf(ret_warning, "%s", strerror(-r)) < 0)
			*ret_warning = NULL; /* what has vanished meanwhile is no news */
		for (size_t i = 0; i < dir->n; i++)
			lic_claims_release(&dir->item[i].claims);
		dir->n = 0;
	}
	if (dir->id) {
		r = lic_catalog_list(cat, dir->id, 0, join_row, &j, err);
		if (r < 0)
			return lic_error_prefix(err, "'%s'", dir->path);
	}
	for (size_t i = 0; i < dir->n; i++)
		decide(dir, &dir->item[i], verify);
	for (size_t i = 0; i < dir->n; i++)
		if (dir->item[i].dirty &&
		    lic_is_sidecar_name(dir->item[i].name.p, dir->item[i].name.n))
			touch_images_of(dir, dir->item[i].name);
	if (dir->n_gone) {
		qsort(dir->gone, dir->n_gone, sizeof(*dir->gone), compare_ids);
		r = touch_vanished(dir, cat, err);
		if (r < 0)
			return r;
	}
	/* It may have been split over transactions, and the last one lost: bind companions anew. */
	dir->dirty = dir->changed || dir->n > LIC_BATCH_READS;
	lic_scan_find_rules(root, dir);
	if (make_children(dir) < 0)
		return lic_error_set(err, ENOMEM, "out of memory");
	return 0;
}

/* --- batches ------------------------------------------------------------------------------ */

static int compare_inodes(const void *a, const void *b)
{
	const struct lic_read *x = a, *y = b;

	return x->item->st.ino < y->item->st.ino ? -1 : x->item->st.ino > y->item->st.ino;
}

int lic_batch_collect(struct lic_batch *b)
{
	size_t n = 0;

	b->reads = calloc(b->n_read ? b->n_read : 1, sizeof(*b->reads));
	if (!b->reads)
		return -ENOMEM;
	for (size_t i = 0; i < b->n; i++) {
		struct lic_slice *sl = &b->slice[i];

		for (size_t k = 0; sl->first == 0 && k < sl->dir->n_rules; k++)
			if (sl->dir->rules[k].read)
				b->reads[n++] = (struct lic_read){ &sl->dir->rules[k], sl->dir };
		for (size_t k = sl->first; k < sl->end; k++)
			if (sl->dir->item[k].read)
				b->reads[n++] = (struct lic_read){ &sl->dir->item[k], sl->dir };
	}
	qsort(b->reads, n, sizeof(*b->reads), compare_inodes);
	return 0;
}

void lic_batch_free(struct lic_batch *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++)
		if (b->slice[i].end == b->slice[i].dir->n)
			lic_scan_dir_free(b->slice[i].dir);
	free(b->slice);
	free(b->reads);
	free(b);
}

int lic_batch_add(struct lic_batch *b, struct lic_slice slice)
{
	if (b->n == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 16;
		struct lic_slice *p = realloc(b->slice, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		b->slice = p;
		b->cap = cap;
	}
	b->slice[b->n++] = slice;
	return 0;
}
