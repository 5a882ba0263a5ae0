/* SPDX-License-Identifier: Apache-2.0 */
/* Checks before mounting. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fs/mount/aside.h"
#include "fs/mount/check.h"
#include "fs/mount/table.h"

#define FUSE_CONF "/etc/fuse.conf"

int lic_check_snapshot(const struct lic_mount_options *o, struct lic_error *err)
{
	if (o->view || o->where)
		return lic_error_set(err, EINVAL,
				     "snapshot= and %s= exclude each other: a snapshot shows what "
				     "its view showed then",
				     o->view ? "view" : "where");
	if (o->basis)
		return lic_error_set(err, EINVAL,
				     "basis= belongs to where=; a snapshot keeps the basis that it "
				     "was made with");
	if (o->classes != LIC_CLASSES_DROP || o->abspaths)
		return lic_error_set(err, EINVAL,
				     "a snapshot shows the directories and settings that it was "
				     "made with; leave out %s",
				     o->abspaths ? "abspaths=" : "classes=");
	if (o->classmap)
		return lic_error_set(err, EINVAL,
				     "classmap= needs a mount of one view, which a snapshot is "
				     "none of");
	return 0;
}

int lic_check_options(const struct lic_mount_options *o, struct lic_error *err)
{
	if (o->view && o->where)
		return lic_error_set(err, EINVAL, "view= and where= exclude each other");
	if (o->job && !o->view && !o->where && !o->snapshot)
		return lic_error_set(err, EINVAL,
				     "job= needs a mount of one view: add view=NAME, where=EXPR or "
				     "snapshot=NAME");
	if (o->job && !o->job_number)
		return lic_error_set(err, EINVAL, "job '%s' was not begun", o->job);
	if (o->snapshot)
		return lic_check_snapshot(o, err);
	if (o->classmap && !o->view && !o->where)
		return lic_error_set(err, EINVAL,
				     "classmap= needs a mount of one view: add view=NAME or "
				     "where=EXPR");
	if (o->basis && !o->where)
		return lic_error_set(err, EINVAL,
				     "basis= belongs to where=; give a saved view its basis with "
				     "licensefs view set --basis");
	return 0;
}

static bool user_allow_other(void)
{
	FILE *f = fopen(FUSE_CONF, "re");
	char *line = NULL;
	size_t cap = 0;
	bool found = false;

	while (f && !found && getline(&line, &cap, f) > 0) {
		const char *word = line + strspn(line, " \t");
		size_t n = strcspn(word, " \t\n#");

		found = n == strlen("user_allow_other") && memcmp(word, "user_allow_other", n) == 0;
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

static bool in_path(const char *name)
{
	const char *path = getenv("PATH");
	struct lic_buf full = LIC_BUF_INIT(64 * 1024);
	bool found = false;

	while (!found && path && *path) {
		size_t n = strcspn(path, ":");

		lic_buf_reset(&full);
		lic_buf_add(&full, path, n);
		lic_buf_addf(&full, "/%s", name);
		found = !lic_buf_failed(&full) && access(full.data, X_OK) == 0;
		path += n + (path[n] == ':');
	}
	lic_buf_release(&full);
	return found || access("/usr/bin/fusermount3", X_OK) == 0;
}

int lic_check_fuse(const struct lic_mount_options *o, struct lic_error *err)
{
	if (access("/dev/fuse", F_OK) < 0)
		return lic_error_set(err, ENODEV,
				     "there is no '/dev/fuse'; load the kernel module with "
				     "\"modprobe fuse\", or give the container --device /dev/fuse");
	if (geteuid() == 0)
		return 0;
	if (!in_path("fusermount3"))
		return lic_error_set(err, ENOENT,
				     "fusermount3 is missing, and only root can mount without it; "
				     "install the package fuse3");
	if (access("/dev/fuse", R_OK | W_OK) < 0)
		return lic_error_set(err, EACCES,
				     "'/dev/fuse' is closed to you; root can open it to users with "
				     "\"chmod 666 /dev/fuse\"");
	if (o->allow_other && !user_allow_other())
		return lic_error_set(err, EPERM,
				     "allow_other is for root only here; root can permit it to "
				     "users by the line user_allow_other in " FUSE_CONF);
	return 0;
}

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (strcmp(dir, "/") == 0)
		return strcmp(path, "/") != 0;
	return strncmp(path, dir, n) == 0 && path[n] == '/';
}

/* A daemon that was killed may leave its mount behind; only one of ours is replaced. */
static int recover(const char *path, struct lic_error *err)
{
	int r;

	if (lic_table_find(path, NULL) != LIC_MOUNTED_LICENSEFS)
		return lic_error_set(err, ENOTCONN,
				     "the mount at '%s' is dead and none of licensefs; unmount it "
				     "first",
				     path);
	r = lic_aside_go(path, err);
	return r == -EPERM ? lic_aside_bury(path, err) : r;
}

int lic_mount_look_below(const char *store, struct lic_error *err)
{
	_cleanup_(lic_freep) char *path = lic_table_canonical(store);
	int r;

	if (!path || !lic_aside_is_dead(path))
		return 0;
	r = lic_aside_go(path, err);
	return r == -EPERM ? lic_error_set(err, EPERM,
					   "a dead mount lies over the store '%s', and only root "
					   "can look below it; unmount it first: licensefs umount",
					   path)
			   : r;
}

static int check_path(const char *path, const char *store, struct lic_error *err)
{
	_cleanup_(lic_freep) char *other = NULL;
	struct stat st;
	int r;

	if ((stat(path, &st) < 0 && errno == ENOTCONN) || lic_aside_is_dead(path)) {
		r = recover(path, err);
		if (r < 0)
			return r;
	}
	if (stat(path, &st) < 0)
		return lic_error_sys(err, errno, "cannot use mount point '%s'", path);
	if (!S_ISDIR(st.st_mode))
		return lic_error_set(err, ENOTDIR, "mount point '%s' is not a directory", path);
	if (lic_table_find(path, &other) == LIC_MOUNTED_LICENSEFS)
		return lic_error_set(err, EBUSY,
				     "'%s' is a mount of '%s' already; unmount it first: licensefs "
				     "umount",
				     path, other ? other : "licensefs");
	if (is_below(path, store))
		return lic_error_set(err, EINVAL,
				     "mount point '%s' lies inside the store '%s'; choose one "
				     "outside, or the store itself",
				     path, store);
	return 0;
}

int lic_check_mountpoint(const char *path, const char *store, char **ret, struct lic_error *err)
{
	_cleanup_(lic_freep) char *real = lic_table_canonical(path);
	int r;

	if (!real && errno == ENOENT)
		return lic_error_set(err, ENOENT,
				     "mount point '%s' does not exist; create it with mkdir", path);
	if (!real)
		return lic_error_sys(err, errno, "cannot use mount point '%s'", path);
	r = check_path(real, store, err);
	if (r == 0)
		*ret = LIC_TAKE(real);
	return r;
}
