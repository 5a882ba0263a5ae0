/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the mount table; unmounting. */
#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <licensefs/mount.h>

#include "fs/mount/table.h"

extern char **environ;

struct row {
	char *mountpoint, *type, *source;
};

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Undoes \040 and the like in place. */
static void unescape(char *s)
{
	char *out = s;

	while (*s) {
		if (s[0] == '\\' && is_octal(s[1]) && is_octal(s[2]) && is_octal(s[3])) {
			*out++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
			s += 4;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}

/* Splits a line of mountinfo (proc_pid_mountinfo(5)): the fifth field, and the two behind " - ". */
static bool parse_row(char *line, struct row *ret)
{
	char *save = NULL, *dash = strstr(line, " - ");

	if (!dash)
		return false;
	*dash = '\0';
	ret->mountpoint = strtok_r(line, " ", &save);
	for (int i = 0; ret->mountpoint && i < 4; i++)
		ret->mountpoint = strtok_r(NULL, " ", &save);
	ret->type = strtok_r(dash + 3, " ", &save);
	ret->source = ret->type ? strtok_r(NULL, " \n", &save) : NULL;
	if (!ret->mountpoint || !ret->source)
		return false;
	unescape(ret->mountpoint);
	unescape(ret->source);
	return true;
}

static int each_row(int (*fn)(void *ctx, const struct row *row), void *ctx)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t cap = 0;
	int r = 0;

	if (!f)
		return -errno;
	while (r == 0 && getline(&line, &cap, f) > 0) {
		struct row row;

		if (parse_row(line, &row))
			r = fn(ctx, &row);
	}
	free(line);
	fclose(f);
	return r;
}

struct found {
	const char *path;
	enum lic_mounted what;
	char *store;
};

static int match(void *ctx, const struct row *row)
{
	struct found *f = ctx;

	if (strcmp(row->mountpoint, f->path) != 0)
		return 0;
	/* later rows lie above earlier ones */
	free(f->store);
	f->store = NULL;
	f->what = LIC_MOUNTED_OTHER;
	if (strcmp(row->type, LIC_FSTYPE) == 0) {
		f->what = LIC_MOUNTED_LICENSEFS;
		f->store = strdup(row->source);
	}
	return 0;
}

enum lic_mounted lic_table_find(const char *path, char **ret_store)
{
	struct found f = { path, LIC_MOUNTED_NOTHING, NULL };

	if (each_row(match, &f) < 0)
		f.what = LIC_MOUNTED_NOTHING;
	if (ret_store)
		*ret_store = LIC_TAKE(f.store);
	free(f.store);
	return f.what;
}

char *lic_table_canonical(const char *path)
{
	_cleanup_(lic_freep) char *copy = NULL;
	_cleanup_(lic_freep) char *dir = NULL;
	struct lic_buf full = LIC_BUF_INIT(2 * PATH_MAX);
	char *real = realpath(path, NULL), *slash, *base;
	size_t n = strlen(path);

	if (real || (errno != ENOTCONN && errno != EACCES && errno != EIO))
		return real;
	/* the mount there is dead, or another user's: its name can still be known */
	while (n > 1 && path[n - 1] == '/')
		n--;
	copy = strndup(path, n);
	if (!copy)
		return NULL;
	slash = strrchr(copy, '/');
	base = slash ? slash + 1 : copy;
	if (slash)
		*slash = '\0';
	dir = realpath(!slash ? "." : *copy ? copy : "/", NULL);
	if (!dir)
		return NULL;
	lic_buf_addf(&full, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, base);
	real = lic_buf_take(&full);
	lic_buf_release(&full);
	return real;
}

static int run_fusermount(const char *path, bool lazy)
{
	char *argv[] = { (char *)"fusermount3", (char *)(lazy ? "-uz" : "-u"), (char *)"--",
			 (char *)path, NULL };
	pid_t pid;
	int status, r = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);

	if (r)
		return -r;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	/* it has said why on stderr */
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EBUSY;
}

int lic_table_detach(const char *path, bool lazy)
{
	if (geteuid() != 0)
		return run_fusermount(path, lazy);
	return umount2(path, (lazy ? MNT_DETACH : 0) | UMOUNT_NOFOLLOW) < 0 ? -errno : 0;
}

int lic_umount(const char *mountpoint, bool lazy, struct lic_error *err)
{
	_cleanup_(lic_freep) char *path = lic_table_canonical(mountpoint);
	int r;

	if (!path)
		return lic_error_sys(err, errno, "cannot find mount point '%s'", mountpoint);
	switch (lic_table_find(path, NULL)) {
	case LIC_MOUNTED_NOTHING:
		return lic_error_set(err, EINVAL,
				     "nothing is mounted on '%s'; licensefs status STORE lists the "
				     "mounts of a store",
				     path);
	case LIC_MOUNTED_OTHER:
		return lic_error_set(err, EINVAL, "'%s' is not a mount of licensefs; use umount",
				     path);
	default:
		break;
	}
	r = lic_table_detach(path, lazy);
	if (r == -EBUSY)
		return lic_error_set(err, EBUSY,
				     "'%s' is in use; end the processes that use it (fuser -m), or "
				     "detach it with --lazy",
				     path);
	if (r == -ENOENT && geteuid() != 0)
		return lic_error_set(err, ENOENT,
				     "fusermount3 is missing, and only root can unmount without "
				     "it; install the package fuse3");
	return r < 0 ? lic_error_sys(err, -r, "cannot unmount '%s'", path) : 0;
}

struct listing {
	const char *store;
	int (*fn)(void *ctx, const char *store, const char *mountpoint);
	void *ctx;
};

static int pass(void *ctx, const struct row *row)
{
	struct listing *l = ctx;

	if (strcmp(row->type, LIC_FSTYPE) != 0 || (l->store && strcmp(row->source, l->store) != 0))
		return 0;
	return l->fn(l->ctx, row->source, row->mountpoint);
}

int lic_mount_each(const char *store,
		   int (*fn)(void *ctx, const char *store, const char *mountpoint), void *ctx,
		   struct lic_error *err)
{
	_cleanup_(lic_freep) char *real = store ? lic_table_canonical(store) : NULL;
	struct listing l = { real, fn, ctx };
	int r;

	if (store && !real)
		return lic_error_sys(err, errno, "cannot find store '%s'", store);
	r = each_row(pass, &l);
	return r < 0 && err && !err->code ? lic_error_sys(err, -r, "cannot read the mount table")
					  : r;
}
