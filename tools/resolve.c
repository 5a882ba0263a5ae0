/* SPDX-License-Identifier: Apache-2.0 */
/* From a path as a person names it to a path of the store. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <licensefs/mount.h>

#include "output.h"
#include "store.h"

#define PATH_BYTES_MAX (64u << 10)
#define SNAPSHOTS LIC_CATALOG_DIR "/snapshots/"

/* Appends the components of `p` to `out`, joined by one slash; "." is dropped. -EINVAL for "..",
 * because what stands before it may be a symbolic link. */
static int add_components(struct lic_buf *out, const char *p)
{
	while (*p) {
		size_t n = strcspn(p, "/");

		if (n == 2 && memcmp(p, "..", 2) == 0)
			return -EINVAL;
		if (n && !(n == 1 && *p == '.')) {
			if (out->len && out->data[out->len - 1] != '/')
				lic_buf_addc(out, '/');
			lic_buf_add(out, p, n);
		}
		p += n + (p[n] == '/');
	}
	return lic_buf_failed(out) ? -ENAMETOOLONG : 0;
}

/* Resolves the longest part of an absolute path that exists, but never the last component, which
 * may be a symbolic link of the store or a glob. */
static int real_path(const char *given, struct lic_buf *out)
{
	_cleanup_(lic_freep) char *head = strdup(given);
	size_t n;

	if (!head)
		return -ENOMEM;
	for (n = strlen(head); n > 1 && head[n - 1] == '/'; n--)
		;
	for (;;) {
		_cleanup_(lic_freep) char *real = NULL;

		while (n && head[n - 1] != '/')
			n--;
		head[n] = 0;
		real = realpath(n ? head : "/", NULL);
		if (real) {
			lic_buf_adds(out, real);
			return add_components(out, given + n);
		}
		while (n && head[n - 1] == '/')
			n--;
		if (!n)
			return -ENOENT;
	}
}

/* What of `path` lies below `root`, without leading slash; NULL if nothing does. */
static const char *below(const char *path, const char *root)
{
	size_t n = strlen(root);

	if (n && root[n - 1] == '/')
		n--; /* the root directory */
	if (strncmp(path, root, n) != 0 || (path[n] && path[n] != '/'))
		return NULL;
	return path[n] ? path + n + 1 : path + n;
}

struct host {
	const char *path;
	size_t depth; /* of the mount that holds it; 0: none does */
	struct lic_error *err;
};

static int try_host(void *ctx, const char *store, const char *mountpoint)
{
	struct host *h = ctx;
	struct lic_buf shown = LIC_BUF_INIT(PATH_BYTES_MAX), name = LIC_BUF_INIT(PATH_BYTES_MAX);

	if (!below(h->path, mountpoint) || strlen(mountpoint) < h->depth)
		return 0;
	h->depth = strlen(mountpoint);
	lic_text_quote(&shown, h->path, strlen(h->path));
	lic_text_quote(&name, store, strlen(store));
	if (strcmp(store, mountpoint) == 0)
		lic_error_set(
			h->err, EINVAL,
			"the store '%s' is covered by a mount of its own; unmount it first, or "
			"where \"licensefs run\" has made it, ask outside of that",
			lic_buf_str(&name));
	else
		lic_error_set(h->err, EINVAL, "'%s' is in a mount of the store '%s'; name that one",
			      lic_buf_str(&shown), lic_buf_str(&name));
	lic_buf_release(&shown);
	lic_buf_release(&name);
	return 0;
}

int store_refuse_mount(const struct store *s, struct lic_error *err)
{
	struct host h = { .path = s->path, .err = err };
	struct lic_error ignored = LIC_ERROR_INIT;

	/* Where the mount table cannot be read, opening the catalog says what is wrong. */
	if (lic_mount_each(NULL, try_host, &h, &ignored) < 0 && !h.depth)
		return 0;
	return h.depth ? -EINVAL : 0;
}

struct search {
	const char *path;
	char *found; /* below a mount, its view cut off; owned */
	size_t depth;
};

/* A mount of all views has a control tree, which no other has: there the first component names a
 * view, and below by-license the second one too; of a snapshot it is the third one. */
static const char *skip_view(const char *mountpoint, const char *rest)
{
	struct lic_buf control = LIC_BUF_INIT(PATH_BYTES_MAX);
	bool all_views;
	int n;

	lic_buf_addf(&control, "%s/" LIC_CATALOG_DIR, mountpoint);
	all_views = access(lic_buf_str(&control), F_OK) == 0;
	lic_buf_release(&control);
	if (!all_views)
		return rest;
	n = strncmp(rest, "by-license/", 11) == 0 ? 2 : 1;
	if (strncmp(rest, SNAPSHOTS, strlen(SNAPSHOTS)) == 0)
		n = 3;
	for (; n && *rest; n--) {
		rest += strcspn(rest, "/");
		rest += *rest == '/';
	}
	return rest;
}

static int try_mount(void *ctx, _unused_ const char *store, const char *mountpoint)
{
	struct search *s = ctx;
	const char *rest = below(s->path, mountpoint);
	size_t depth = strlen(mountpoint);

	if (!rest || depth < s->depth)
		return 0;
	free(s->found);
	s->found = strdup(skip_view(mountpoint, rest));
	s->depth = depth;
	return s->found ? 0 : -ENOMEM;
}

static int refuse(const struct store *s, const char *given, const char *why, struct lic_error *err)
{
	struct lic_buf shown = LIC_BUF_INIT(PATH_BYTES_MAX), store = LIC_BUF_INIT(PATH_BYTES_MAX);

	lic_text_quote(&shown, given, strlen(given));
	lic_text_quote(&store, s->path, strlen(s->path));
	lic_error_set(err, EINVAL, "path '%s' %s the store '%s'%s", lic_buf_str(&shown), why,
		      lic_buf_str(&store), *given == '/' ? " nor below a mount of it" : "");
	lic_buf_release(&shown);
	lic_buf_release(&store);
	return -EINVAL;
}

/* The store itself may be named through a symbolic link. */
static bool is_store(const struct store *s, const char *given)
{
	_cleanup_(lic_freep) char *whole = realpath(given, NULL);

	return whole && strcmp(whole, s->path) == 0;
}

int store_resolve(const struct store *s, const char *given, struct lic_buf *out,
		  struct lic_error *err)
{
	struct lic_buf real = LIC_BUF_INIT(PATH_BYTES_MAX);
	struct search search = { 0 };
	const char *rest;
	int r;

	if (*given != '/') {
		r = add_components(out, given);
		return r == -EINVAL ? refuse(s, given, "may lead out of", err)
		       : r < 0	    ? lic_error_sys(err, -r, "cannot use a path")
				    : 0;
	}
	r = real_path(given, &real);
	if (r == 0) {
		search.path = lic_buf_str(&real);
		r = lic_mount_each(s->path, try_mount, &search, err);
	} else if (r == -EINVAL) {
		r = refuse(s, given, "is not plain enough to be found in", err);
	} else {
		lic_error_sys(err, -r, "cannot resolve a path");
	}
	if (r == 0) {
		rest = search.found ? search.found : below(lic_buf_str(&real), s->path);
		if (!rest && is_store(s, given))
			rest = "";
		if (!rest)
			r = refuse(s, given, "is neither below", err);
		else
			lic_buf_adds(out, rest);
	}
	free(search.found);
	lic_buf_release(&real);
	return r;
}

void store_hint(const struct store *s, const char *given)
{
	_cleanup_(lic_freep) char *here = *given != '/' ? realpath(given, NULL) : NULL;
	struct lic_buf path = LIC_BUF_INIT(PATH_BYTES_MAX), same = LIC_BUF_INIT(PATH_BYTES_MAX),
		       shown = LIC_BUF_INIT(PATH_BYTES_MAX);

	if (here && store_resolve(s, here, &path, NULL) == 0 && path.len &&
	    store_resolve(s, given, &same, NULL) == 0 &&
	    strcmp(lic_buf_str(&path), lic_buf_str(&same)) != 0) {
		lic_text_quote(&shown, lic_buf_str(&path), path.len);
		output_say("paths are relative to the store; did you mean %s?",
			   lic_buf_str(&shown));
	}
	lic_buf_release(&path);
	lic_buf_release(&same);
	lic_buf_release(&shown);
}

int store_above(const struct store *s, const char *path, size_t *n, struct lic_entry *ret,
		struct lic_error *err)
{
	int r = -ENOENT;

	while (r == -ENOENT && *n) {
		while (*n && path[*n - 1] != '/')
			--*n;
		*n -= *n > 0;
		r = lic_catalog_by_path(s->cat, path, *n, ret, err);
	}
	return r;
}
