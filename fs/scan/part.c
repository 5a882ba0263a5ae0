/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scan of some directories: what has to be walked so that the catalog becomes what a scan of
 * everything would make of it. docs/decisions/0023-watch.md says why that is enough.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "fs/evidence/rules.h"
#include "fs/scan/internal.h"
#include "fs/util/io.h"

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for a scan of some directories");
}

/* --- paths -------------------------------------------------------------------------------- */

/* A directory, as it was found there. */
struct link {
	size_t start, end; /* of its name in the path */
	int64_t id, up;	   /* of itself, of the directory above */
	struct lic_stat st;
	int64_t judged;
	bool differs; /* from its row, in what does not make it another directory */
};

struct path {
	char *p;
	bool whole;	  /* with everything below */
	struct link link; /* where it was followed */
};

struct paths {
	struct path *item;
	size_t n, cap;
};

static void paths_release(struct paths *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->item[i].p);
	free(l->item);
}

static int add_path(struct paths *l, const char *p, size_t n, bool whole, struct lic_error *err)
{
	char *copy = strndup(p, n);

	if (copy && l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		void *more = reallocarray(l->item, cap, sizeof(*l->item));

		if (more) {
			l->item = more;
			l->cap = cap;
		}
	}
	if (!copy || l->n == l->cap) {
		free(copy);
		return no_memory(err);
	}
	l->item[l->n++] = (struct path){ .p = copy, .whole = whole };
	return 0;
}

static int rank(char c)
{
	return c == '\0' ? 0 : c == '/' ? 1 : (unsigned char)c + 2;
}

/* A directory comes before what is below it, and all of that before its next sister. */
static int compare_paths(const void *a, const void *b)
{
	const struct path *x = a, *y = b;
	const char *p = x->p, *q = y->p;

	while (*p && *p == *q)
		p++, q++;
	if (*p != *q)
		return rank(*p) - rank(*q);
	return (int)y->whole - (int)x->whole;
}

static void sort_paths(struct paths *l)
{
	if (l->n)
		qsort(l->item, l->n, sizeof(*l->item), compare_paths);
}

/* What of `path` comes behind the directory and a slash; NULL where it is not below it. */
static const char *rest_below(const char *dir, const char *path)
{
	size_t n = strlen(dir);

	if (!n)
		return path[0] ? path : NULL;
	return strncmp(dir, path, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

/* Without slashes that mean nothing; nothing of the catalog's own directory. */
static int add_named(struct paths *l, const char *given, struct lic_error *err)
{
	_cleanup_(lic_freep) char *clean = malloc(strlen(given) + 1);
	const bool whole = given[0] && given[strlen(given) - 1] == '/';
	size_t n = 0;

	if (!clean)
		return no_memory(err);
	for (const char *p = given; *p;) {
		size_t k = strcspn(p, "/");

		if ((k == 1 && p[0] == '.') || (k == 2 && p[0] == '.' && p[1] == '.'))
			return lic_error_set(err, EINVAL,
					     "'.' and '..' in the name of a directory to scan");
		if (k && n)
			clean[n++] = '/';
		memcpy(clean + n, p, k);
		n += k;
		p += k + (p[k] == '/');
	}
	clean[n] = '\0';
	if (strcmp(clean, LIC_CATALOG_DIR) == 0 || rest_below(LIC_CATALOG_DIR, clean))
		return 0;
	return add_path(l, clean, n, whole, err);
}

/* ".reuse/dep5" is a matter of the directory above. */
static int add_ruled(struct paths *l, const char *path, struct lic_error *err)
{
	const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path, *name;
	int r = 0;

	for (size_t i = 0; r == 0 && (name = lic_rule_file_at(i)); i++) {
		size_t n = strcspn(name, "/");

		if (name[n] && strlen(last) == n && strncmp(last, name, n) == 0)
			r = add_path(l, path, slash ? (size_t)(slash - path) : 0, false, err);
	}
	return r;
}

/* --- what is there as it is known --------------------------------------------------------- */

/* The way down to the path that was followed last. Others begin with the same. */
struct way {
	const struct lic_part *part;
	struct lic_error *err;
	const char *path;  /* NULL: none yet */
	struct link *link; /* link[0] is the root */
	size_t n, cap;
};

static int way_init(struct way *w)
{
	w->cap = 16;
	w->link = calloc(w->cap, sizeof(*w->link));
	if (!w->link)
		return no_memory(w->err);
	w->link[w->n++] = (struct link){ .id = 1 };
	return 0;
}

static int add_link(struct way *w, const struct link *l)
{
	if (w->n == w->cap) {
		void *p = reallocarray(w->link, w->cap * 2, sizeof(*w->link));

		if (!p)
			return no_memory(w->err);
		w->link = p;
		w->cap *= 2;
	}
	w->link[w->n++] = *l;
	return 1;
}

/* Is the directory at path[0..end) the one that the catalog knows? Then it is the next link. 1, 0
 * or an error. */
static int step(struct way *w, char *path, size_t end)
{
	const struct link *up = &w->link[w->n - 1];
	struct link l = { .start = up->end + (up->end != 0), .end = end, .up = up->id };
	_cleanup_(lic_closep) int fd = -1;
	const char behind = path[end];
	struct lic_item it = { 0 };
	struct lic_entry e;
	int r = lic_catalog_by_name(w->part->cat, l.up, path + l.start, end - l.start, &e, w->err);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	path[end] = '\0';
	fd = lic_open_beneath(w->part->root, path, O_PATH | O_DIRECTORY);
	path[end] = behind;
	if (fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM)
		return lic_error_sys(w->err, -fd, "cannot open a directory of the store");
	if (fd < 0 || lic_walk_stat(fd, "", &it) < 0 ||
	    !lic_same_directory(e.kind, &e.st, it.kind, &it.st))
		return 0;
	l.id = e.id;
	l.st = it.st;
	l.judged = it.judged;
	l.differs = !lic_same_attributes(&e.st, &it.st);
	return add_link(w, &l);
}

/* Up to the last link that both paths have. */
static void go_back(struct way *w, const char *path)
{
	size_t same = 0;

	while (w->path && w->path[same] && w->path[same] == path[same])
		same++;
	while (w->n > 1) {
		size_t end = w->link[w->n - 1].end;

		if (end <= same && (!path[end] || path[end] == '/'))
			break;
		w->n--;
	}
}

/* Goes down as far as the path is there as it is known. */
static int follow(struct way *w, char *path)
{
	int r = 1;

	go_back(w, path);
	while (r > 0) {
		size_t end = w->link[w->n - 1].end;

		if (!path[end])
			break;
		end += path[end] == '/';
		end += strcspn(path + end, "/");
		r = step(w, path, end);
	}
	w->path = path;
	return r < 0 ? r : 0;
}

/* Cuts each path to what is there as it is known: the directory that holds the rest has to be
 * listed, and what is new in it is walked whole. */
static int cut(struct way *w, struct paths *all, struct paths *ret)
{
	int r = way_init(w);

	sort_paths(all);
	for (size_t i = 0; r == 0 && i < all->n; i++) {
		const struct path *given = &all->item[i];
		const struct link *l;

		r = follow(w, given->p);
		l = &w->link[w->n - 1];
		if (r == 0)
			r = add_path(ret, given->p, l->end, given->whole && !given->p[l->end],
				     w->err);
		if (r == 0)
			ret->item[ret->n - 1].link = *l;
	}
	free(w->link);
	sort_paths(ret);
	return r;
}

/* --- what is walked ----------------------------------------------------------------------- */

static struct lic_scan_dir *make_dir(const struct path *path)
{
	const struct link *l = &path->link;
	struct lic_scan_dir *d = lic_scan_dir_new(
		"", (struct lic_bytes){ (const uint8_t *)path->p, strlen(path->p) }, 0);

	if (!d)
		return NULL;
	d->id = l->id;
	d->alone = !path->whole;
	if (!l->differs)
		return d;
	d->own = lic_arena_alloc(&d->arena, sizeof(*d->own));
	if (!d->own) {
		lic_scan_dir_free(d);
		return NULL;
	}
	*d->own = (struct lic_entry){ .parent = l->up,
				      .name = { (const uint8_t *)d->path + l->start,
						l->end - l->start },
				      .kind = LIC_KIND_DIR,
				      .st = l->st,
				      .judged = l->judged };
	return d;
}

/* Each once, and none below one that is walked whole. */
static int make_dirs(struct lic_part *part, const struct paths *l, struct lic_error *err)
{
	const struct path *last = NULL, *whole = NULL;

	free(part->named);
	part->n_named = part->next = 0;
	part->named = calloc(l->n + 1, sizeof(struct lic_scan_dir *));
	if (!part->named)
		return no_memory(err);
	for (size_t i = 0; i < l->n; i++) {
		const struct path *p = &l->item[i];
		struct lic_scan_dir *d;

		if ((last && strcmp(last->p, p->p) == 0) || (whole && rest_below(whole->p, p->p)))
			continue;
		d = make_dir(p);
		if (!d)
			return no_memory(err);
		part->named[part->n_named++] = d;
		last = p;
		if (p->whole)
			whole = p;
	}
	return 0;
}

int lic_part_find(struct lic_part *part, const char *const *dirs, size_t n, struct lic_error *err)
{
	_cleanup_(paths_release) struct paths all = { 0 }, cleared = { 0 };
	struct way w = { .part = part, .err = err };
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		const size_t before = all.n;

		r = add_named(&all, dirs[i], err);
		if (r == 0 && all.n > before)
			r = add_ruled(&all, all.item[before].p, err);
	}
	if (r == 0)
		r = cut(&w, &all, &cleared);
	return r == 0 ? make_dirs(part, &cleared, err) : r;
}

struct lic_scan_dir *lic_part_next(struct lic_part *part)
{
	while (part->next < part->n_named) {
		struct lic_scan_dir *d = LIC_TAKE(part->named[part->next]);

		part->next++;
		if (!d->dropped)
			return d;
		lic_scan_dir_free(d);
	}
	return NULL;
}

/* --- while it is walked ------------------------------------------------------------------- */

/* The first of those that are still to be walked that does not come before the path. */
static size_t place_of(const struct lic_part *part, char *path)
{
	const struct path key = { .p = path };
	size_t low = part->next, high = part->n_named;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct path at = { .p = part->named[middle]->path };

		if (compare_paths(&at, &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The directory that the catalog knows? What is in it may have changed. */
static bool is_same(const struct lic_item *it)
{
	return it && lic_same_directory(it->prior.kind, &it->prior.st, it->kind, &it->st);
}

/* Is nothing new in it, and nothing gone? Then neither can it be another one of the same number. */
static bool is_untouched(const struct lic_item *it)
{
	return is_same(it) && it->prior.st.mtime == it->st.mtime &&
	       it->prior.st.ctime == it->st.ctime;
}

/* Those below it that are no more what they were when they were found. */
static void drop_named(struct lic_part *part, struct lic_scan_dir *d)
{
	const char *rest;

	for (size_t i = place_of(part, d->path); i < part->n_named; i++) {
		struct lic_scan_dir *next = part->named[i];
		const struct lic_item *it;
		size_t n;

		rest = rest_below(d->path, next->path);
		if (!rest)
			break;
		n = strcspn(rest, "/");
		it = lic_scan_dir_find(d, rest, n);
		next->dropped |= !is_same(it);
		if (!rest[n])
			next->own = NULL; /* it is written with this one */
	}
}

/* Will it be walked by its name? */
static bool is_named(const struct lic_part *part, const struct lic_scan_dir *d)
{
	const size_t i = place_of(part, d->path);

	return i < part->n_named && !part->named[i]->dropped &&
	       strcmp(part->named[i]->path, d->path) == 0;
}

void lic_part_walked(struct lic_part *part, struct lic_scan_dir *d)
{
	size_t child = 0;

	if (!d->alone)
		return;
	drop_named(part, d);
	for (size_t i = 0; i < d->n; i++) {
		const struct lic_item *it = &d->item[i];
		struct lic_scan_dir **c = &d->child[child];

		if (it->kind != LIC_KIND_DIR)
			continue;
		child++;
		(*c)->alone = is_same(it);
		if (!is_untouched(it) && !is_named(part, *c))
			continue;
		lic_scan_dir_free(*c);
		*c = NULL;
	}
}

/* --- rules -------------------------------------------------------------------------------- */

void lic_part_release(struct lic_part *p)
{
	for (size_t i = p->next; i < p->n_named; i++)
		lic_scan_dir_free(p->named[i]);
	free(p->named);
	for (size_t i = 0; i < p->n_whole; i++)
		free(p->whole[i]);
	free(p->whole);
}

struct ruled {
	struct lic_part *part;
	struct paths *paths;
	struct lic_error *err;
};

/* Its directories above, each alone. */
static int add_above(struct paths *l, const char *path, struct lic_error *err)
{
	int r = path[0] ? add_path(l, "", 0, false, err) : 0;

	for (const char *p = strchr(path, '/'); r == 0 && p; p = strchr(p + 1, '/'))
		r = add_path(l, path, (size_t)(p - path), false, err);
	return r;
}

static bool was_walked(const struct lic_part *p, const char *path)
{
	for (size_t i = 0; i < p->n_whole; i++)
		if (strcmp(p->whole[i], path) == 0 || rest_below(p->whole[i], path))
			return true;
	return false;
}

static int walk_ruled(void *ctx, int64_t dir, const char *file _unused_)
{
	struct ruled *x = ctx;
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(64u << 20);
	struct lic_part *p = x->part;
	int r = lic_catalog_entry_path(p->cat, dir, &path, x->err);
	const char *s = lic_buf_str(&path);
	char **more;

	if (r == -ENOENT || (r == 0 && was_walked(p, s)))
		return 0; /* rules end with their directory */
	if (r == 0)
		r = add_path(x->paths, s, path.len, true, x->err);
	if (r == 0)
		r = add_above(x->paths, s, x->err);
	if (r < 0)
		return r;
	more = reallocarray(p->whole, p->n_whole + 1, sizeof(*more));
	if (more)
		p->whole = more;
	if (more)
		more[p->n_whole] = strdup(s);
	if (!more || !more[p->n_whole])
		return no_memory(x->err);
	p->n_whole++;
	return 0;
}

int lic_part_find_ruled(struct lic_part *part, const struct lic_known_rules *gone,
			struct lic_error *err)
{
	_cleanup_(paths_release) struct paths all = { 0 }, cleared = { 0 };
	struct ruled x = { part, &all, err };
	struct way w = { .part = part, .err = err };
	int r = lic_catalog_rules_coming(part->cat, walk_ruled, &x, err);

	for (size_t i = 0; r == 0 && i < gone->n; i++)
		r = walk_ruled(&x, gone->item[i].dir, gone->item[i].file);
	if (r < 0 || !all.n)
		return r;
	r = cut(&w, &all, &cleared);
	return r == 0 ? make_dirs(part, &cleared, err) : r;
}
