/* SPDX-License-Identifier: Apache-2.0 */
/* Making read-only what steers the kernel, and looking whether it is. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <licensefs/buffer.h>

#include "fs/mount/kernel.h"

#define PROC "/proc"

static bool steers(const char *type)
{
	static const char *const types[] = { "proc",	"sysfs",    "binfmt_misc", "debugfs",
					     "tracefs", "configfs", "securityfs",  "cgroup",
					     "cgroup2", "bpf",	    "efivarfs",	   "pstore",
					     "fusectl", "nfsd",	    "xenfs",	   "selinuxfs",
					     "smackfs", "resctrl" };

	for (size_t i = 0; i < LIC_ARRAY_SIZE(types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

/* The one that programs need to write about themselves. */
static bool is_main_proc(const struct lic_table_row *row)
{
	return strcmp(row->type, "proc") == 0 && strcmp(row->mountpoint, PROC) == 0 &&
	       strcmp(row->root, "/") == 0;
}

static int make_readonly(const char *path)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	if (mount_setattr(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_RECURSIVE, &attr,
			  sizeof(attr)) == 0)
		return 0;
	return -errno;
}

/* What lies over a part of proc also keeps the kernel from mounting another one, uncovered. */
static int lock_proc(const char *at, struct lic_error *err)
{
	static const char *const names[] = { "sys",  "sysrq-trigger", "irq",  "bus",   "fs",
					     "acpi", "scsi",	      "mtrr", "driver" };
	int r = 0;

	for (size_t i = 0; r == 0 && i < LIC_ARRAY_SIZE(names); i++) {
		struct lic_buf b = LIC_BUF_INIT(65536);
		const char *path;

		lic_buf_addf(&b, "%s/%s", at, names[i]);
		path = lic_buf_str(&b);
		if (lic_buf_failed(&b))
			r = lic_error_sys(err, ENOMEM, "cannot look through '%s'", at);
		else if (access(path, F_OK) == 0 &&
			 (mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0 ||
			  make_readonly(path) < 0))
			r = lic_error_sys(err, errno, "cannot make '%s' read-only", path);
		lic_buf_release(&b);
	}
	return r;
}

static int lock(const struct lic_table_row *row, struct lic_error *err)
{
	int r = steers(row->type) && !is_main_proc(row) ? make_readonly(row->mountpoint) : 0;

	/* no mount any more, for something lies over it: looked at in the end */
	if (r == 0 || r == -EINVAL || r == -ENOENT || r == -EACCES || r == -ENOTDIR)
		return 0;
	return lic_error_sys(err, -r, "cannot make '%s' read-only", row->mountpoint);
}

/* --- afterwards ------------------------------------------------------------------------------- */

struct check {
	char *path; /* of the last one that is writable */
	uint64_t id;
	struct lic_error *err;
};

static int refuse(const struct check *c)
{
	return lic_error_set(c->err, EPERM,
			     "'%s' steers the kernel and cannot be made read-only for the command; "
			     "unmount it, or what hides it",
			     c->path);
}

/* What lies over all of a mount comes behind it in the table. */
static int check_row(void *ctx, const struct lic_table_row *row)
{
	struct check *c = ctx;

	if (c->path && row->parent == c->id && strcmp(row->mountpoint, c->path) == 0) {
		free(c->path);
		c->path = NULL;
	}
	if (!steers(row->type) || row->readonly || is_main_proc(row))
		return 0;
	if (c->path)
		return refuse(c);
	c->id = row->id;
	c->path = strdup(row->mountpoint);
	return c->path ? 0 : lic_error_sys(c->err, ENOMEM, "cannot look through the mount table");
}

int lic_kernel_lock(const struct lic_aliases *a, struct lic_error *err)
{
	struct check c = { .err = err };
	int r = 0;

	if (geteuid() != 0)
		return 0;
	for (size_t i = 0; r == 0 && i < a->n_rows; i++)
		r = lock(&a->row[i], err);
	/* then only, for what is below goes out of sight */
	for (size_t i = 0; r == 0 && i < a->n_rows; i++)
		if (strcmp(a->row[i].type, "proc") == 0 && strcmp(a->row[i].root, "/") == 0)
			r = lock_proc(a->row[i].mountpoint, err);
	if (r == 0)
		r = lic_table_each(check_row, &c, err);
	if (r == 0 && c.path)
		r = refuse(&c);
	free(c.path);
	return r;
}
