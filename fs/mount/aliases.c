/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the other ways that the mount table has to the store. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "fs/mount/aliases.h"
#include "fs/util/io.h"

#include <licensefs/buffer.h>

#define PARTS_MAX 1024
#define BRANCHES_MAX 65536
#define MERGERFS "fuse.mergerfs"
#define MERGERFS_CONTROL ".mergerfs"
#define LAYERS_MAX 4096
#define TEXT_MAX (64u << 20)

struct part {
	const char *device, *root; /* in the filesystem */
	const char *relative;	   /* in the store */
	bool own;		   /* the store lies in it; else it only shows the store */
	bool nothing;		   /* nothing of it may be shown, not even what the view has */
};

/* What a filesystem shows at its root. */
struct layer {
	size_t row;		   /* of the filesystem that shows it */
	const char *device, *root; /* what it is */
	bool both; /* what is in the filesystem is in the layer too, under the same name */
};

struct search {
	struct lic_aliases *a;
	const char *store;
	struct lic_arena arena;
	struct part part[PARTS_MAX];
	size_t n_parts;
	struct layer *layer;
	size_t n_layers;
	struct lic_error *err;
};

bool lic_path_under(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (n == 1 && *dir == '/')
		return true;
	return strncmp(path, dir, n) == 0 && (!path[n] || path[n] == '/');
}

/* "/a/b" below "/a" is "b", and "/a" below itself "". */
static const char *rest(const char *path, const char *dir)
{
	const char *p = path + (strcmp(dir, "/") == 0 ? 0 : strlen(dir));

	return p + strspn(p, "/");
}

static const char *join(struct search *s, const char *dir, const char *name)
{
	struct lic_buf b = LIC_BUF_INIT(TEXT_MAX);
	const char *ret;

	lic_buf_addf(&b, "%s%s%s", dir, *name && *dir && dir[strlen(dir) - 1] != '/' ? "/" : "",
		     name);
	ret = lic_buf_failed(&b) ? NULL : lic_arena_dup(&s->arena, lic_buf_str(&b), b.len);
	lic_buf_release(&b);
	return ret;
}

static int no_memory(struct search *s)
{
	return lic_error_sys(s->err, ENOMEM, "cannot look through the mount table");
}

static int keep_part(struct search *s, const struct part *p)
{
	if (!p->root || !p->relative)
		return no_memory(s);
	for (size_t i = 0; i < s->n_parts; i++)
		if (strcmp(s->part[i].device, p->device) == 0 &&
		    strcmp(s->part[i].root, p->root) == 0 && s->part[i].own >= p->own &&
		    s->part[i].nothing >= p->nothing)
			return 0;
	if (s->n_parts == PARTS_MAX)
		return lic_error_set(s->err, E2BIG,
				     "the mount table leads to the store in more than %d ways; "
				     "unmount some",
				     PARTS_MAX);
	s->part[s->n_parts++] = *p;
	return 0;
}

static int add_part(struct search *s, const char *device, const char *root, const char *relative,
		    bool own)
{
	return keep_part(s, &(struct part){ device, root, relative, own, false });
}

/* A filesystem that has the store somewhere below its root, and does not notice when a directory
 * between is renamed underneath: then it shows the store where nothing is covered. */
static int add_whole(struct search *s, const char *device)
{
	return keep_part(s, &(struct part){ device, "/", "", false, true });
}

/* --- the table -------------------------------------------------------------------------------- */

static int keep_row(void *ctx, const struct lic_table_row *row)
{
	struct search *s = ctx;
	struct lic_aliases *a = s->a;
	struct lic_table_row *more = reallocarray(a->row, a->n_rows + 1, sizeof(*more));

	if (!more)
		return no_memory(s);
	a->row = more;
	more += a->n_rows++;
	*more = (struct lic_table_row){
		.id = row->id,
		.parent = row->parent,
		.device = strdup(row->device),
		.root = strdup(row->root),
		.mountpoint = strdup(row->mountpoint),
		.type = strdup(row->type),
		.source = strdup(row->source),
		.options = strdup(row->options ? row->options : ""),
	};
	return more->device && more->root && more->mountpoint && more->type && more->source &&
			       more->options
		       ? 0
		       : no_memory(s);
}

uint64_t lic_mount_number(int fd)
{
	const int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT;
	struct statx st;

	/* asked for nothing else: a FUSE filesystem of another user's would answer nothing */
	return fd >= 0 && statx(fd, "", flags, 0, &st) == 0 && st.stx_mask & STATX_MNT_ID
		       ? st.stx_mnt_id
		       : 0;
}

int lic_open_exactly(const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };
	long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

/* Which filesystem a canonical path lies on, and where in it. False where no mount that is known
 * shows it. */
static bool find_path(struct search *s, const char *path, const char **ret_device,
		      const char **ret_root)
{
	_cleanup_(lic_closep) int fd = lic_open_exactly(path);
	const uint64_t id = lic_mount_number(fd);

	for (size_t i = 0; id && i < s->a->n_rows; i++) {
		const struct lic_table_row *row = &s->a->row[i];

		if (row->id != id || !lic_path_under(path, row->mountpoint))
			continue;
		*ret_device = row->device;
		*ret_root = join(s, row->root, rest(path, row->mountpoint));
		return *ret_root;
	}
	return false;
}

/* --- layers ----------------------------------------------------------------------------------- */

static int add_layer(struct search *s, size_t row, const char *path, bool both)
{
	_cleanup_(lic_freep) char *real = realpath(path, NULL);
	struct layer *more;
	struct layer l = { .row = row, .both = both };

	/* what is not there cannot be reached through it */
	if (!real || !find_path(s, real, &l.device, &l.root))
		return 0;
	if (s->n_layers == LAYERS_MAX)
		return lic_error_set(s->err, E2BIG, "mounts have more than %d layers", LAYERS_MAX);
	more = reallocarray(s->layer, s->n_layers + 1, sizeof(*more));
	if (!more)
		return no_memory(s);
	s->layer = more;
	s->layer[s->n_layers++] = l;
	return 0;
}

static int add_overlay_path(struct search *s, size_t row, const char *path)
{
	const char *at = s->a->row[row].mountpoint;

	if (*path == '/')
		return add_layer(s, row, path, true);
	/* those of the root were named before there was this one */
	if (!*path || strcmp(at, "/") == 0)
		return 0;
	return lic_error_set(s->err, ENOTSUP,
			     "the overlay on '%s' does not tell where its layer '%s' is, which may "
			     "be the store; unmount it, or mount it by absolute paths",
			     at, path);
}

/* `text` are the options of an overlay, taken apart in place: KEY=VALUE,..., values of lowerdir are
 * PATH:PATH::PATH; a backslash escapes. */
static int add_overlay(struct search *s, size_t row, char *text)
{
	static const char *const keys[] = { "lowerdir", "lowerdir+", "datadir+", "upperdir" };
	int r = 0;

	while (r == 0 && *text) {
		char *key = text, *out = text, *value = NULL;
		bool layers = false, more = true;

		for (; r == 0 && more; text++) {
			more = *text && *text != ',';
			if (*text == '\\' && text[1]) {
				*out++ = *++text;
			} else if (*text == '=' && !value) {
				*out++ = '\0';
				value = out;
				for (size_t i = 0; i < LIC_ARRAY_SIZE(keys); i++)
					layers = layers || strcmp(key, keys[i]) == 0;
			} else if (!more || (*text == ':' && layers)) {
				bool last = !*text;

				*out++ = '\0';
				if (layers && value)
					r = add_overlay_path(s, row, value);
				value = value ? out : NULL;
				if (last)
					return r;
			} else {
				*out++ = *text;
			}
		}
	}
	return r;
}

/* A FUSE filesystem may name what it shows; several of them by colons. */
static int add_source(struct search *s, size_t row, char *text, bool by_mode)
{
	char *save = NULL;
	int r = 0;

	/* or it has colons itself */
	if (*text == '/')
		r = add_layer(s, row, text, false);
	for (char *p = strtok_r(text, ":", &save); p && r == 0; p = strtok_r(NULL, ":", &save)) {
		if (by_mode)
			p[strcspn(p, "=")] = '\0';
		if (*p == '/')
			r = add_layer(s, row, p, false);
	}
	return r;
}

/* It names its branches in short only, and tells them in full where they can be changed as well. */
static int add_mergerfs(struct search *s, size_t row)
{
	const struct lic_table_row *of = &s->a->row[row];
	const char *control = join(s, of->mountpoint, MERGERFS_CONTROL);
	_cleanup_(lic_freep) char *text = calloc(1, BRANCHES_MAX);
	ssize_t n;
	int r;

	if (!control || !text)
		return no_memory(s);
	n = getxattr(control, "user.mergerfs.branches", text, BRANCHES_MAX - 1);
	if (n < 0)
		return add_whole(s, of->device);
	r = add_source(s, row, text, true);
	return r == 0 ? keep_part(s, &(struct part){ of->device, "/" MERGERFS_CONTROL, "", false,
						     true })
		      : r;
}

static bool is_network(const char *type)
{
	static const char *const types[] = {
		"nfs",	    "nfs4", "cifs",	  "smb3",   "9p",	 "ceph",
		"virtiofs", "afs",  "fuse.sshfs", "lustre", "glusterfs", "fuse.glusterfs"
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static bool stacks(const char *type)
{
	if (is_network(type))
		return false;
	return strncmp(type, "fuse", 4) == 0 || strcmp(type, "ecryptfs") == 0 ||
	       strcmp(type, "aufs") == 0;
}

static int add_layers(struct search *s)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->a->n_rows; i++) {
		const struct lic_table_row *row = &s->a->row[i];
		const bool overlay = strcmp(row->type, "overlay") == 0;
		_cleanup_(lic_freep) char *text = strdup(overlay ? row->options : row->source);

		if (!text)
			r = no_memory(s);
		else if (overlay)
			r = add_overlay(s, i, text);
		else if (strcmp(row->type, LIC_FSTYPE) == 0)
			r = add_layer(s, i, row->source, false);
		else if (strcmp(row->type, MERGERFS) == 0)
			r = add_mergerfs(s, i);
		else if (stacks(row->type))
			r = add_source(s, i, text, false);
	}
	return r;
}

/* --- parts ------------------------------------------------------------------------------------ */

static int spread_by_layer(struct search *s, const struct part *p, const struct layer *l)
{
	const char *device = s->a->row[l->row].device;
	struct part more = { .device = device, .nothing = p->nothing };
	int r = 0;

	if (strcmp(p->device, l->device) == 0 && lic_path_under(p->root, l->root)) {
		more.root = join(s, "/", rest(p->root, l->root));
		more.relative = p->relative;
		/* an overlay knows a directory again that was renamed */
		r = l->both || strcmp(p->root, l->root) == 0 ? keep_part(s, &more)
							     : add_whole(s, device);
	} else if (strcmp(p->device, l->device) == 0 && lic_path_under(l->root, p->root)) {
		more.root = "/";
		more.relative = join(s, p->relative, rest(l->root, p->root));
		r = keep_part(s, &more);
	}
	/* what else is in the layers of an overlay that only shows the store is not the store's */
	if (r == 0 && l->both && p->own && strcmp(p->device, device) == 0)
		r = add_part(s, l->device, join(s, l->root, rest(p->root, "/")), p->relative, true);
	return r;
}

/* The same export of the same server, mounted twice. */
static int spread_by_server(struct search *s, const struct part *p)
{
	const struct lic_table_row *own = NULL;
	int r = 0;

	for (size_t i = 0; !own && i < s->a->n_rows; i++)
		if (strcmp(s->a->row[i].device, p->device) == 0 && is_network(s->a->row[i].type))
			own = &s->a->row[i];
	for (size_t i = 0; own && r == 0 && i < s->a->n_rows; i++) {
		const struct lic_table_row *row = &s->a->row[i];

		if (strcmp(row->type, own->type) != 0 || strcmp(row->source, own->source) != 0 ||
		    strcmp(row->device, own->device) == 0)
			continue;
		r = strcmp(p->root, "/") == 0
			    ? add_part(s, row->device, p->root, p->relative, p->own)
			    : add_whole(s, row->device);
	}
	return r;
}

/* The list grows while it is gone through. */
static int spread(struct search *s)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->n_parts; i++) {
		const struct part p = s->part[i];

		for (size_t l = 0; r == 0 && l < s->n_layers; l++)
			r = spread_by_layer(s, &p, &s->layer[l]);
		if (r == 0)
			r = spread_by_server(s, &p);
	}
	return r;
}

/* What is below such a filesystem would be open, and a rename there take the store from under the
 * view. */
static int check_own(struct search *s, const char *device)
{
	for (size_t i = 0; i < s->n_layers; i++) {
		const struct layer *l = &s->layer[i];
		const struct lic_table_row *row = &s->a->row[l->row];

		if (!l->both && strcmp(row->device, device) == 0 &&
		    (*row->source == '/' || strcmp(row->type, MERGERFS) == 0) &&
		    strcmp(row->type, LIC_FSTYPE) != 0)
			return lic_error_set(s->err, ENOTSUP,
					     "the store lies on '%s' (%s), which shows '%s', where "
					     "the command would find all of it; name the store by "
					     "its path there",
					     row->mountpoint, row->type, row->source);
	}
	return 0;
}

static int add_store(struct search *s)
{
	const char *device, *root;
	int r;

	if (!find_path(s, s->store, &device, &root))
		return lic_error_set(s->err, ENOTSUP,
				     "the mount table does not tell on which filesystem '%s' lies",
				     s->store);
	r = check_own(s, device);
	if (r == 0)
		r = add_part(s, device, root, "", true);
	for (size_t i = 0; r == 0 && i < s->a->n_rows; i++) {
		const struct lic_table_row *row = &s->a->row[i];

		if (strcmp(row->mountpoint, s->store) != 0 &&
		    lic_path_under(row->mountpoint, s->store)) {
			r = check_own(s, row->device);
			if (r == 0)
				r = add_part(s, row->device, row->root,
					     rest(row->mountpoint, s->store), true);
		}
	}
	return r;
}

/* --- aliases ---------------------------------------------------------------------------------- */

static int add_alias(struct search *s, const struct part *p, const char *path, const char *relative,
		     uint64_t mount)
{
	struct lic_aliases *a = s->a;
	struct lic_alias *more;

	if (!path || !relative)
		return no_memory(s);
	if (lic_path_under(path, s->store))
		return 0;
	if (p->nothing && lic_path_under(s->store, path))
		return lic_error_set(s->err, ENOTSUP,
				     "'%s' shows what is above the store and has the store below "
				     "it, so that it cannot be covered; unmount it",
				     path);
	more = reallocarray(a->item, a->n + 1, sizeof(*more));
	if (!more)
		return no_memory(s);
	a->item = more;
	more += a->n++;
	*more = (struct lic_alias){ strdup(path), strdup(relative), mount, p->nothing };
	return more->path && more->relative ? 0 : no_memory(s);
}

static int add_aliases(struct search *s)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->n_parts * s->a->n_rows; i++) {
		const struct part *p = &s->part[i / s->a->n_rows];
		const struct lic_table_row *row = &s->a->row[i % s->a->n_rows];

		if (strcmp(p->device, row->device) != 0)
			continue;
		if (lic_path_under(p->root, row->root))
			r = add_alias(s, p, join(s, row->mountpoint, rest(p->root, row->root)),
				      p->relative, row->id);
		else if (lic_path_under(row->root, p->root))
			r = add_alias(s, p, row->mountpoint,
				      join(s, p->relative, rest(row->root, p->root)), row->id);
	}
	return r;
}

int lic_aliases_find(struct lic_aliases *a, const char *store, struct lic_error *err)
{
	struct search *s = calloc(1, sizeof(*s));
	int r;

	memset(a, 0, sizeof(*a));
	if (!s)
		return lic_error_sys(err, ENOMEM, "cannot look through the mount table");
	s->a = a;
	s->store = store;
	s->err = err;
	s->arena.max = TEXT_MAX;
	r = lic_table_each(keep_row, s, err);
	if (r == 0)
		r = add_layers(s);
	if (r == 0)
		r = add_store(s);
	if (r == 0)
		r = spread(s);
	if (r == 0)
		r = add_aliases(s);
	lic_arena_release(&s->arena);
	free(s->layer);
	free(s);
	return r;
}

void lic_aliases_release(struct lic_aliases *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->item[i].path);
		free(a->item[i].relative);
	}
	for (size_t i = 0; i < a->n_rows; i++) {
		free(a->row[i].device);
		free(a->row[i].root);
		free(a->row[i].mountpoint);
		free(a->row[i].type);
		free(a->row[i].source);
		free(a->row[i].options);
	}
	free(a->item);
	free(a->row);
	memset(a, 0, sizeof(*a));
}

bool lic_aliases_has(const struct lic_aliases *a, const char *store, const char *path)
{
	bool has = lic_path_under(path, store);

	for (size_t i = 0; !has && i < a->n; i++)
		has = lic_path_under(path, a->item[i].path);
	return has;
}
