/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the mount table; unmounting. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/mount.h>

#include "fs/mount/leave.h"
#include "fs/mount/table.h"
#include "fs/util/io.h"

extern char **environ;

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

/* Splits a line of mountinfo (proc_pid_mountinfo(5)): its first fields, and those behind " - ". */
static bool parse_row(char *line, struct lic_table_row *ret)
{
	char *save = NULL, *dash = strstr(line, " - "), *id, *parent, *of_mount;

	if (!dash)
		return false;
	*dash = '\0';
	id = strtok_r(line, " ", &save);
	parent = strtok_r(NULL, " ", &save);
	ret->id = id ? strtoull(id, NULL, 10) : 0;
	ret->parent = parent ? strtoull(parent, NULL, 10) : 0;
	ret->device = strtok_r(NULL, " ", &save);
	ret->root = strtok_r(NULL, " ", &save);
	ret->mountpoint = strtok_r(NULL, " ", &save);
	of_mount = strtok_r(NULL, " ", &save);
	ret->readonly =
		of_mount && (strcmp(of_mount, "ro") == 0 || strncmp(of_mount, "ro,", 3) == 0);
	ret->type = strtok_r(dash + 3, " ", &save);
	ret->source = ret->type ? strtok_r(NULL, " \n", &save) : NULL;
	ret->options = ret->source ? strtok_r(NULL, " \n", &save) : NULL;
	if (!ret->mountpoint || !ret->source)
		return false;
	unescape(ret->root);
	unescape(ret->mountpoint);
	unescape(ret->source);
	if (ret->options)
		unescape(ret->options);
	return true;
}

int lic_table_each(int (*fn)(void *ctx, const struct lic_table_row *row), void *ctx,
		   struct lic_error *err)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t cap = 0;
	int r = 0;

	if (!f)
		return lic_error_sys(err, errno, "cannot read the mount table");
	while (r == 0 && getline(&line, &cap, f) > 0) {
		struct lic_table_row row;

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
	bool owned;
};

static int match(void *ctx, const struct lic_table_row *row)
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

static struct found find(const char *path)
{
	struct found f = { .path = path, .what = LIC_MOUNTED_NOTHING };

	if (lic_table_each(match, &f, NULL) < 0)
		f.what = LIC_MOUNTED_NOTHING;
	return f;
}

enum lic_mounted lic_table_find(const char *path, char **ret_store)
{
	struct found f = find(path);

	if (ret_store)
		*ret_store = LIC_TAKE(f.store);
	free(f.store);
	return f.what;
}

struct paths {
	const char *device;
	int (*fn)(void *ctx, const char *path);
	void *ctx;
};

static int match_device(void *ctx, const struct lic_table_row *row)
{
	const struct paths *p = ctx;

	return strcmp(row->device, p->device) == 0 && strcmp(row->root, "/") == 0
		       ? p->fn(p->ctx, row->mountpoint)
		       : 0;
}

int lic_table_paths(unsigned major, unsigned minor, int (*fn)(void *ctx, const char *path),
		    void *ctx)
{
	char device[32];
	struct paths p = { device, fn, ctx };

	snprintf(device, sizeof(device), "%u:%u", major, minor);
	return lic_table_each(match_device, &p, NULL);
}

static int is_on(void *ctx, const struct lic_table_row *row)
{
	return row->parent == *(const uint64_t *)ctx;
}

bool lic_table_has_mounts_on(uint64_t id)
{
	return lic_table_each(is_on, &id, NULL) != 0;
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

/* Is one of the layers that an overlay's options name the path, below it, or relative to a
 * directory that is not known? */
static bool names_layer(const char *options, const char *path)
{
	const size_t n = strlen(path);

	for (const char *p = options; (p = strpbrk(p, "=:")); p++) {
		const char *value = p + 1;

		if (strncmp(value, path, n) == 0 && strchr("/:,", value[n]))
			return true;
		if (*p == '=' && *value != '/' && p - options >= 3 && strncmp(p - 3, "dir", 3) == 0)
			return true;
	}
	return false;
}

static int find_overlay(void *ctx, const struct lic_table_row *row)
{
	return strcmp(row->type, "overlay") == 0 && row->options && names_layer(row->options, ctx);
}

bool lic_table_under_overlay(const char *path)
{
	return lic_table_each(find_overlay, (void *)path, NULL) != 0;
}

void lic_table_catalog(const struct stat *st, char *ret, size_t n)
{
	snprintf(ret, n, "%llx:%llx", (unsigned long long)st->st_dev,
		 (unsigned long long)st->st_ino);
}

/* What the program says on stderr, its first line without its name; "" if it says nothing. */
static void read_complaint(int fd, char *ret, size_t n)
{
	FILE *f = fdopen(fd, "r");
	char line[512] = "";
	const char *text = line;

	if (!f) {
		close(fd);
	} else {
		if (!fgets(line, sizeof(line), f))
			*line = '\0';
		fclose(f);
	}
	line[strcspn(line, "\n")] = '\0';
	if (strncmp(text, "fusermount3: ", 13) == 0)
		text += 13;
	snprintf(ret, n, "%s", text);
}

static int find_owner(void *ctx, const struct lic_table_row *row)
{
	struct found *f = ctx;
	const char *uid = row->options ? strstr(row->options, "user_id=") : NULL;

	if (strcmp(row->mountpoint, f->path) == 0)
		f->owned = !uid || strtoul(uid + 8, NULL, 10) == getuid();
	return 0;
}

/* Whether the user who asks has mounted what is there. */
static bool is_own(const char *path)
{
	struct found f = { .path = path, .owned = true };

	(void)lic_table_each(find_owner, &f, NULL);
	return f.owned;
}

static int fusermount(const char *path, bool lazy, struct lic_error *err)
{
	char *argv[] = { (char *)"fusermount3", (char *)(lazy ? "-uz" : "-u"), (char *)"--",
			 (char *)path, NULL };
	posix_spawn_file_actions_t actions;
	char complaint[512];
	int pipefd[2], status = 0, r;
	pid_t pid;

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		return lic_error_sys(err, errno, "cannot run fusermount3");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipefd[1], STDERR_FILENO);
	r = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipefd[1]);
	read_complaint(pipefd[0], complaint, sizeof(complaint));
	if (r == ENOENT)
		return lic_error_set(err, ENOENT,
				     "fusermount3 is missing, and only root can unmount without "
				     "it; install the package fuse3");
	if (r)
		return lic_error_sys(err, r, "cannot run fusermount3");
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (strstr(complaint, strerror(EBUSY)))
		return -EBUSY;
	if (!is_own(path))
		return lic_error_set(err, EPERM,
				     "cannot unmount '%s': only root or whoever mounted it may",
				     path);
	return lic_error_set(err, EPERM, "cannot unmount '%s': %s", path,
			     *complaint ? complaint : "fusermount3 failed");
}

static int detach(const char *path, bool lazy, struct lic_error *err)
{
	if (geteuid() != 0)
		return fusermount(path, lazy, err);
	return umount2(path, (lazy ? MNT_DETACH : 0) | UMOUNT_NOFOLLOW) < 0 ? -errno : 0;
}

/* Whoever asks all mounts of the machine whether they follow is in each for a moment. */
#define BUSY_TRIES 10
#define BUSY_NS 20000000

int lic_table_detach(const char *path, bool lazy, struct lic_error *err)
{
	const struct timespec moment = { 0, BUSY_NS };
	int r = detach(path, lazy, err);

	for (int i = 1; r == -EBUSY && i < BUSY_TRIES; i++) {
		nanosleep(&moment, NULL);
		r = detach(path, lazy, err);
	}
	if (r < 0 && r != -EBUSY && geteuid() == 0)
		lic_error_sys(err, -r, "cannot unmount '%s'", path);
	if (r == -EBUSY)
		return lic_error_set(err, EBUSY,
				     "'%s' is in use; end the processes that use it (fuser -m), or "
				     "detach it with --lazy",
				     path);
	return r;
}

int lic_umount(const char *mountpoint, bool lazy, struct lic_error *err)
{
	_cleanup_(lic_freep) char *path = lic_table_canonical(mountpoint);
	_cleanup_(lic_closep) int daemon = -1;
	bool stuck = false;
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
		/* one that is detached may be in use for long */
		daemon = lazy ? -1 : lic_leave_whom(path, &stuck);
		if (stuck)
			return lic_error_set(err, EBUSY,
					     "'%s' does not answer: its daemon is stopped or does "
					     "not get on; detach it with --lazy",
					     path);
		r = lic_table_detach(path, lazy, err);
		if (r == 0)
			lic_leave_wait(daemon);
		return r;
	}
}

struct listing {
	const char *store;
	int (*fn)(void *ctx, const char *store, const char *mountpoint);
	void *ctx;
};

static int pass(void *ctx, const struct lic_table_row *row)
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

	if (store && !real)
		return lic_error_sys(err, errno, "cannot find store '%s'", store);
	return lic_table_each(pass, &l, err);
}
