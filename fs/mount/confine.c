/* SPDX-License-Identifier: Apache-2.0 */
/* Devices, the catalog, and calls that act outside. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <licensefs/buffer.h>

#include "fs/mount/confine.h"
#include "fs/util/io.h"

#define NOTHING "/dev/null"
#define DEV "/dev"
#define DEPTH_MAX 8
#define DRIVERS_MAX 32
#define MISC_MAJOR 10
#define MEMORY_MAJOR 1 /* mem, kmem, port; null and random as well */

/* --- devices ---------------------------------------------------------------------------------- */

/* Character devices that hand on commands to disks, by their names in /proc/devices. */
static const char *const raw_drivers[] = { "sg",	   "bsg",	   "nvme",
					   "nvme-generic", "nvme-fabrics", "raw",
					   "mtd",	   "ubi0",	   "megaraid_sas_ioctl",
					   "aac",	   "mpt3ctl",	   "ctl" };

/* The same of those that share a number, by their names in /proc/misc. */
static const char *const raw_misc[] = { "device-mapper", "loop-control", "btrfs-control",
					"nvme-fabrics",	 "snapshot",	 "mpt3ctl",
					"nvram" };

struct devices {
	unsigned major[DRIVERS_MAX], misc[DRIVERS_MAX];
	size_t n, n_misc;
	dev_t dev; /* of /dev */
	struct lic_error *err;
};

static size_t find_named(const char *path, const char *const *names, size_t n_names, unsigned *ret)
{
	FILE *f = fopen(path, "re");
	char line[256], name[128];
	unsigned number;
	size_t n = 0;

	while (f && fgets(line, sizeof(line), f) && strncmp(line, "Block", 5) != 0) {
		if (sscanf(line, "%u %127s", &number, name) != 2 || n == DRIVERS_MAX)
			continue;
		for (size_t i = 0; i < n_names; i++) {
			if (strcmp(name, names[i]) == 0) {
				ret[n++] = number;
				break;
			}
		}
	}
	if (f)
		fclose(f);
	return n;
}

static void find_drivers(struct devices *d)
{
	d->n = find_named("/proc/devices", raw_drivers, LIC_ARRAY_SIZE(raw_drivers), d->major);
	d->n_misc = find_named("/proc/misc", raw_misc, LIC_ARRAY_SIZE(raw_misc), d->misc);
}

static bool is_raw(const struct devices *d, const struct stat *st)
{
	static const unsigned memory[] = { 1, 2, 4 };
	const unsigned major_ = major(st->st_rdev);

	if (S_ISBLK(st->st_mode))
		return true;
	if (!S_ISCHR(st->st_mode))
		return false;
	for (size_t i = 0; major_ == MEMORY_MAJOR && i < LIC_ARRAY_SIZE(memory); i++)
		if (minor(st->st_rdev) == memory[i])
			return true;
	for (size_t i = 0; major_ == MISC_MAJOR && i < d->n_misc; i++)
		if (minor(st->st_rdev) == d->misc[i])
			return true;
	for (size_t i = 0; i < d->n; i++)
		if (d->major[i] == major_)
			return true;
	return false;
}

bool lic_confine_is_raw(const struct stat *st)
{
	struct devices d = { 0 };

	find_drivers(&d);
	return is_raw(&d, st);
}

static int cover_file(int dir, const char *name, struct lic_error *err)
{
	_cleanup_(lic_closep) int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd >= 0 && mount(NOTHING, path, NULL, MS_BIND, NULL) == 0)
		return 0;
	if (errno == ENOENT)
		return 0;
	return lic_error_sys(err, errno, "cannot cover '%s'", name);
}

static int cover_in(struct devices *d, int dir, int depth);

/* In other filesystems below no device works. */
static int enter(struct devices *d, int dir, const char *name, const struct stat *st, int depth)
{
	int sub;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || st->st_dev != d->dev)
		return 0;
	if (depth == DEPTH_MAX)
		return lic_error_set(d->err, ELOOP,
				     "cannot look for disks in '%s': " DEV
				     " has more than %d levels of directories",
				     name, DEPTH_MAX);
	sub = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (sub >= 0)
		return cover_in(d, sub, depth + 1);
	return errno == EACCES || errno == ENOENT
		       ? 0
		       : lic_error_sys(d->err, errno, "cannot look for disks in '%s'", name);
}

static int cover_in(struct devices *d, int dir, int depth)
{
	DIR *list = fdopendir(dir);
	const struct dirent *e;
	int r = 0;

	if (!list) {
		close(dir);
		return lic_error_sys(d->err, errno, "cannot look through " DEV);
	}
	while (r == 0 && (e = readdir(list))) {
		struct stat st;

		if (fstatat(dirfd(list), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			r = enter(d, dirfd(list), e->d_name, &st, depth);
		} else if (is_raw(d, &st) &&
			   faccessat(dirfd(list), e->d_name, R_OK, AT_EACCESS) == 0) {
			r = cover_file(dirfd(list), e->d_name, d->err);
		}
	}
	closedir(list);
	return r;
}

/* /dev is to be a mount, so that it can be told from the rest. */
static int separate_dev(struct lic_error *err)
{
	struct statx root, dev;

	if (statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &root) < 0 ||
	    statx(AT_FDCWD, DEV, 0, STATX_MNT_ID, &dev) < 0)
		return lic_error_sys(err, errno, "cannot find " DEV);
	if (root.stx_mnt_id == dev.stx_mnt_id && mount(DEV, DEV, NULL, MS_BIND | MS_REC, NULL) < 0)
		return lic_error_sys(err, errno, "cannot bind " DEV);
	return 0;
}

static int restrict_mount(const char *path, uint64_t attributes)
{
	struct mount_attr attr = { .attr_set = attributes };

	return mount_setattr(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &attr, sizeof(attr)) < 0 ? -errno
											   : 0;
}

/* Such as /dev/shm; single files are devices that somebody put there. */
static bool is_other_directory(const struct lic_table_row *row)
{
	struct stat dev, st;

	return strcmp(row->type, "devpts") != 0 && stat(DEV, &dev) == 0 &&
	       lstat(row->mountpoint, &st) == 0 && S_ISDIR(st.st_mode) && st.st_dev != dev.st_dev;
}

static int without_devices(const struct lic_aliases *a, struct lic_error *err)
{
	for (size_t i = 0; i < a->n_rows; i++) {
		const char *path = a->row[i].mountpoint;
		int r;

		if (lic_path_under(path, DEV) && !is_other_directory(&a->row[i]))
			continue;
		r = restrict_mount(path, MOUNT_ATTR_NODEV);
		/* EINVAL: no mount any more, for something lies over it or a part of it */
		if (r < 0 && r != -EINVAL && r != -ENOENT && r != -EACCES && r != -ENOTDIR)
			return lic_error_sys(err, -r, "cannot take the devices from '%s'", path);
	}
	return 0;
}

int lic_confine_devices(const struct lic_aliases *a, struct lic_error *err)
{
	struct devices d = { .err = err };
	struct stat st;
	int r = separate_dev(err), dev;

	if (r == 0)
		r = without_devices(a, err);
	if (r < 0)
		return r;
	dev = open(DEV, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dev < 0)
		return lic_error_sys(err, errno, "cannot look through " DEV);
	if (fstat(dev, &st) == 0)
		d.dev = st.st_dev;
	find_drivers(&d);
	return cover_in(&d, dev, 0);
}

/* --- the catalog ------------------------------------------------------------------------------ */

/* Ledgers of jobs lie in a directory beside the catalog. One that is not there is made, lest the
 * command make it and wait for what comes. */
static int cover_ledgers(const char *path, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf name = LIC_BUF_INIT(65536);
	_cleanup_(lic_closep) int fd = -1;
	struct stat st;
	char to[64];

	lic_buf_addf(&name, "%s-jobs", path);
	/* for another user it would be in the way of that one's own */
	if (stat(path, &st) == 0 && st.st_uid == geteuid())
		(void)mkdir(lic_buf_str(&name), 0777);
	fd = open(lic_buf_str(&name), O_PATH | O_NOFOLLOW | O_CLOEXEC | O_DIRECTORY);
	if (fd < 0 && errno == ENOENT)
		return 0;
	snprintf(to, sizeof(to), "/proc/self/fd/%d", fd);
	if (fd >= 0 && mount("licensefs", to, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
			     "mode=555,size=4k,nr_inodes=2") == 0)
		return 0;
	return lic_error_sys(err, errno, "cannot cover '%s'", lic_buf_str(&name));
}

int lic_confine_catalog(const char *path, struct lic_error *err)
{
	static const char *const suffix[] = { "", "-wal", "-shm" };
	int r = cover_ledgers(path, err);

	for (size_t i = 0; r == 0 && i < LIC_ARRAY_SIZE(suffix); i++) {
		struct lic_buf name = LIC_BUF_INIT(65536);

		lic_buf_addf(&name, "%s%s", path, suffix[i]);
		r = cover_file(AT_FDCWD, lic_buf_str(&name), err);
		lic_buf_release(&name);
	}
	return r;
}

/* --- calls ------------------------------------------------------------------------------------ */

/* _IOW(0x94, 1 and 23, 4096 bytes), and bcachefs' subvolume create, _IOW(0xbc, 16, 32 bytes) */
#define BTRFS_SNAP_CREATE 0x50009401u
#define BTRFS_SNAP_CREATE_V2 0x50009417u
#define BCACHEFS_SUBVOLUME_CREATE 0x4020bc10u
/* TIOCSTI and TIOCLINUX of most architectures, and TIOCSTI of those with numbers of their own */
#define TYPE_INTO 0x5412u
#define CONSOLE 0x541cu
#define TYPE_INTO_BSD 0x80017472u
#define TYPE_INTO_MIPS 0x5472u

/* Of other architectures that the same processor runs. */
#define IOCTL_I386 54
#define IOCTL_X32 0x40000202u

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define COMMAND_WORD (offsetof(struct seccomp_data, args[1]) + 4)
#else
#define COMMAND_WORD offsetof(struct seccomp_data, args[1])
#endif

int lic_confine_calls(struct lic_error *err)
{
	struct sock_filter code[] = {
		LOAD(nr),
		EQUAL(SYS_ioctl, 2, 0),
		EQUAL(IOCTL_I386, 1, 0),
		EQUAL(IOCTL_X32, 0, 9),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, COMMAND_WORD),
		EQUAL(BTRFS_SNAP_CREATE, 6, 0),
		EQUAL(BTRFS_SNAP_CREATE_V2, 5, 0),
		EQUAL(BCACHEFS_SUBVOLUME_CREATE, 4, 0),
		EQUAL(TYPE_INTO, 3, 0),
		EQUAL(CONSOLE, 2, 0),
		EQUAL(TYPE_INTO_BSD, 1, 0),
		EQUAL(TYPE_INTO_MIPS, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog filter = { LIC_ARRAY_SIZE(code), code };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) < 0)
		return lic_error_sys(err, errno,
				     "cannot keep the command from calls that act outside (seccomp "
				     "is missing in this kernel)");
	return 0;
}
