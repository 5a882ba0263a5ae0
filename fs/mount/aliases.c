/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the other ways that the mount table has to the store. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "fs/mount/aliases.h"
#include "fs/mount/underneath.h"
#include "fs/util/io.h"

#include <licensefs/buffer.h>

#define PARTS_MAX 1024
#define LAYERS_MAX 4096
#define TEXT_MAX (64u << 20)

struct part {
	const char *device, *root; /* in the filesystem */
	const char *relative;	   /* in the store */
	bool own;		   /* the store lies in it; else it only shows the store */
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

static int add_part(struct search *s, const char *device, const char *root, const char *relative,
		    bool own)
{
	if (!root || !relative)
		return no_memory(s);
	for (size_t i = 0; i < s->n_parts; i++)
		if (strcmp(s->part[i].device, device) == 0 && strcmp(s->part[i].root, root) == 0 &&
		    s->part[i].own >= own)
			return 0;
	if (s->n_parts == PARTS_MAX)
		return lic_error_set(s->err, E2BIG,
				     "the mount table leads to the store in more than %d ways; "
				     "unmount some",
				     PARTS_MAX);
	s->part[s->n_parts++] = (struct part){ device, root, relative, own };
	return 0;
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

static uint64_t mount_of(int fd)
{
	struct lic_mount_identity id;

	return fd >= 0 && lic_mount_identify(fd, &id) == 0 ? id.id : 0;
}

static int open_exactly(const char *path)
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
	_cleanup_(lic_closep) int fd = open_exactly(path);
	const uint64_t id = mount_of(fd);

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
static int add_source(struct search *s, size_t row, char *text)
{
	char *save = NULL;
	int r = 0;

	for (char *p = strtok_r(text, ":", &save); p && r == 0; p = strtok_r(NULL, ":", &save))
		if (*p == '/')
			r = add_layer(s, row, p, false);
	return r;
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
		else if (stacks(row->type))
			r = add_source(s, i, text);
	}
	return r;
}

/* --- parts ------------------------------------------------------------------------------------ */

static int spread_by_layer(struct search *s, const struct part *p, const struct layer *l)
{
	const char *device = s->a->row[l->row].device;
	int r = 0;

	if (strcmp(p->device, l->device) == 0 && lic_path_under(p->root, l->root))
		r = add_part(s, device, join(s, "/", rest(p->root, l->root)), p->relative, false);
	else if (strcmp(p->device, l->device) == 0 && lic_path_under(l->root, p->root))
		r = add_part(s, device, "/", join(s, p->relative, rest(l->root, p->root)), false);
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

		if (strcmp(row->type, own->type) == 0 && strcmp(row->source, own->source) == 0)
			r = add_part(s, row->device, p->root, p->relative, p->own);
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

static int add_store(struct search *s)
{
	const char *device, *root;
	int r;

	if (!find_path(s, s->store, &device, &root))
		return lic_error_set(s->err, ENOTSUP,
				     "the mount table does not tell on which filesystem '%s' lies",
				     s->store);
	r = add_part(s, device, root, "", true);
	for (size_t i = 0; r == 0 && i < s->a->n_rows; i++) {
		const struct lic_table_row *row = &s->a->row[i];

		if (strcmp(row->mountpoint, s->store) != 0 &&
		    lic_path_under(row->mountpoint, s->store))
			r = add_part(s, row->device, row->root, rest(row->mountpoint, s->store),
				     true);
	}
	return r;
}

/* --- aliases ---------------------------------------------------------------------------------- */

static int add_alias(struct search *s, const char *path, const char *relative, uint64_t mount)
{
	struct lic_aliases *a = s->a;
	struct lic_alias *more;

	if (!path || !relative)
		return no_memory(s);
	if (lic_path_under(path, s->store))
		return 0;
	more = reallocarray(a->item, a->n + 1, sizeof(*more));
	if (!more)
		return no_memory(s);
	a->item = more;
	more += a->n++;
	*more = (struct lic_alias){ strdup(path), strdup(relative), mount };
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
			r = add_alias(s, join(s, row->mountpoint, rest(p->root, row->root)),
				      p->relative, row->id);
		else if (lic_path_under(row->root, p->root))
			r = add_alias(s, row->mountpoint,
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
		r = add_store(s);
	if (r == 0)
		r = add_layers(s);
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

/* --- covering --------------------------------------------------------------------------------- */

static int cover_by(int source, int target)
{
	char from[64], to[64];

	snprintf(from, sizeof(from), "/proc/self/fd/%d", source);
	snprintf(to, sizeof(to), "/proc/self/fd/%d", target);
	return mount(from, to, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

static int cover_by_nothing(int target, bool dir)
{
	char to[64];

	snprintf(to, sizeof(to), "/proc/self/fd/%d", target);
	if (dir)
		return mount("licensefs", to, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
			     "mode=555,size=4k,nr_inodes=2") < 0
			       ? -errno
			       : 0;
	return mount("/dev/null", to, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}

static int cover(const struct lic_alias *alias, int view)
{
	_cleanup_(lic_closep) int target = open_exactly(alias->path);
	_cleanup_(lic_closep) int same = -1, after = -1;
	struct stat st, shown;
	int r;

	/* something else lies over it, or nobody can get there */
	if (target < 0 || mount_of(target) != alias->mount)
		return target == -ENOMEM || target == -EMFILE ? target : 0;
	if (fstat(target, &st) < 0)
		return -errno;
	same = openat(view, *alias->relative ? alias->relative : ".",
		      O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (same >= 0 && fstat(same, &shown) == 0 &&
	    S_ISDIR(st.st_mode) == S_ISDIR(shown.st_mode) && !S_ISLNK(shown.st_mode))
		r = cover_by(same, target);
	else
		r = cover_by_nothing(target, S_ISDIR(st.st_mode));
	if (r < 0)
		return r;
	after = open_exactly(alias->path);
	return after >= 0 && mount_of(after) != alias->mount ? 0 : -EBUSY;
}

int lic_aliases_cover(const struct lic_aliases *a, int view, struct lic_error *err)
{
	for (size_t i = 0; i < a->n; i++) {
		int r = cover(&a->item[i], view);

		if (r < 0)
			return lic_error_sys(err, -r,
					     "the store is at '%s', too, and that cannot be "
					     "covered; unmount it there",
					     a->item[i].path);
	}
	return 0;
}
