/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a place lies in a store, under whatever name. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <licensefs/snapshot_export.h>

#include "fs/history/outside.h"
#include "fs/util/io.h"

/* Is one directory the other, or below it? */
static int is_below(int dir, const struct stat *store)
{
	_cleanup_(lic_closep) int at = fcntl(dir, F_DUPFD_CLOEXEC, 0);
	struct stat st, above;

	for (;;) {
		int up;

		if (at < 0 || fstat(at, &st) != 0)
			return -errno;
		if (st.st_dev == store->st_dev && st.st_ino == store->st_ino)
			return 1;
		up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (up < 0 || fstat(up, &above) != 0) {
			int code = errno;

			lic_closep(&up);
			return -code;
		}
		lic_closep(&at);
		at = up;
		if (above.st_dev == st.st_dev && above.st_ino == st.st_ino)
			return 0;
	}
}

/* \040 and the like, as /proc writes them. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		unsigned c;

		if (*s == '\\' && sscanf(s + 1, "%3o", &c) == 1) {
			*to++ = (char)c;
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = 0;
}

/* The path of a directory in its filesystem, after that filesystem's number: a mount of a part of
 * it shows the same directory at another place. */
static int path_in_device(int dir, struct lic_buf *ret)
{
	_cleanup_(lic_freep) char *line = NULL, *device = NULL, *root = NULL, *at = NULL;
	char name[64], path[PATH_MAX];
	int id = -1, r = -ENOENT;
	size_t size = 0;
	ssize_t n;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", dir);
	f = fopen(name, "re");
	while (f && id < 0 && getline(&line, &size, f) > 0)
		(void)sscanf(line, "mnt_id: %d", &id);
	if (f)
		fclose(f);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", dir);
	n = readlink(name, path, sizeof(path) - 1);
	f = n > 0 && id >= 0 ? fopen("/proc/self/mountinfo", "re") : NULL;
	while (f && r < 0 && getline(&line, &size, f) > 0) {
		int this = -1;

		if (sscanf(line, "%d %*d %ms %ms %ms", &this, &device, &root, &at) == 4 &&
		    this == id)
			r = 0;
		if (r < 0) {
			free(device);
			free(root);
			free(at);
			device = root = at = NULL;
		}
	}
	if (f)
		fclose(f);
	if (r < 0)
		return r;
	path[n] = 0;
	unescape(root);
	unescape(at);
	n = (ssize_t)strlen(at);
	lic_buf_addf(ret, "%s %s/%s/", device, strcmp(root, "/") != 0 ? root : "",
		     strncmp(path, at, (size_t)n) == 0 ? path + n : path);
	return lic_buf_failed(ret) ? -ENOMEM : 0;
}

/* Without what is there twice. */
static void join_slashes(struct lic_buf *b)
{
	size_t k = 0;

	for (size_t i = 0; i < b->len; i++)
		if (!(b->data[i] == '/' && k && b->data[k - 1] == '/'))
			b->data[k++] = b->data[i];
	lic_buf_truncate(b, k);
}

/* As is_below(), also where the place is seen through a mount of a part of the store. 0 where that
 * cannot be told. */
static bool is_below_elsewhere(int dir, const char *store)
{
	_cleanup_(lic_closep) int fd = open(store, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct lic_buf a = LIC_BUF_INIT(4u * PATH_MAX), b = LIC_BUF_INIT(4u * PATH_MAX);
	bool below = false;

	if (fd >= 0 && path_in_device(dir, &a) == 0 && path_in_device(fd, &b) == 0) {
		join_slashes(&a);
		join_slashes(&b);
		below = a.len >= b.len && memcmp(a.data, b.data, b.len) == 0;
	}
	lic_buf_release(&a);
	lic_buf_release(&b);
	return below;
}

int lic_outside_check(int dir, const char *store, const char *output, struct lic_error *err)
{
	struct stat st;
	int r;

	if (stat(store, &st) != 0)
		return lic_error_sys(err, errno, "cannot open the store '%s'", store);
	r = is_below(dir, &st);
	/* who may not enter a directory cannot write there; above it, names tell */
	if (r < 0 && r != -EACCES)
		return lic_error_sys(err, -r, "cannot look at the place of '%s'", output);
	if (r > 0 || is_below_elsewhere(dir, store))
		return lic_error_set(
			err, EINVAL,
			"'%s' would lie in the store, whose files are scanned; choose a "
			"place outside of it",
			output);
	return 0;
}

int lic_export_outside(const char *store, const char *output, struct lic_error *err)
{
	_cleanup_(lic_freep) char *parent = strdup(output);
	_cleanup_(lic_closep) int dir = -1;
	char *slash = parent ? strrchr(parent, '/') : NULL;

	if (!parent)
		return lic_error_set(err, ENOMEM, "out of memory");
	if (slash)
		slash[slash == parent] = 0;
	dir = open(slash ? parent : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* whoever writes there says what is wrong with it */
	return dir < 0 ? 0 : lic_outside_check(dir, store, output, err);
}
