/* SPDX-License-Identifier: Apache-2.0 */
/* What an export that was interrupted has left in its own directory, for the next one of that key.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/history/site.h"
#include "fs/util/io.h"

int lic_site_begin(struct lic_site *p, const char *key)
{
	const size_t n = strlen(key);

	p->goes_on = n > 0;
	return pwrite(p->lock, key, n, 0) == (ssize_t)n ? 0 : errno ? -errno : -EIO;
}

bool lic_site_is_same(struct lic_site *p, const char *key)
{
	const size_t n = strlen(key);
	char was[LIC_SITE_KEY + 1];
	ssize_t got = lic_pread_full(p->lock, was, sizeof(was), 0);

	return n && n <= LIC_SITE_KEY && got == (ssize_t)n && memcmp(was, key, n) == 0;
}

/* The tree of the last one becomes the newest of those that were left. */
int lic_site_go_on(struct lic_site *p)
{
	_cleanup_(lic_closep) int past = -1;
	char name[16];

	if (mkdirat(p->dir, LIC_SITE_PAST, 0700) != 0 && errno != EEXIST)
		return -errno;
	past = openat(p->dir, LIC_SITE_PAST, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (past < 0)
		return -errno;
	for (unsigned i = 0; i < LIC_SITE_PASTS; i++) {
		int fd;

		snprintf(name, sizeof(name), "%u", i);
		fd = openat(past, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 && errno == ENOENT) {
			if (renameat(p->dir, LIC_SITE_TREE, past, name) != 0)
				return errno == ENOENT ? 0 : -errno;
			fd = openat(past, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		}
		if (fd < 0)
			return -errno;
		p->past[p->n_past++] = fd;
	}
	return -E2BIG;
}

/* Nobody else can have written to it, and it is as this export would make it. */
static bool is_fit(const struct lic_site *p, int fd, mode_t mode)
{
	const mode_t want = ((mode & 0777) | S_IRUSR | S_IWUSR) & ~p->mask;
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	       st.st_nlink == 1 && (st.st_mode & 07777) == want;
}

int lic_site_take(struct lic_site *p, const char *path, mode_t mode)
{
	for (size_t i = p->n_past; i-- > 0;) {
		int fd = lic_open_beneath(p->past[i], path, O_RDWR);
		struct stat a, b;

		if (fd >= 0 && is_fit(p, fd, mode) &&
		    renameat(p->past[i], path, p->tree, path) == 0 && fstat(fd, &a) == 0 &&
		    fstatat(p->tree, path, &b, AT_SYMLINK_NOFOLLOW) == 0 && a.st_ino == b.st_ino &&
		    a.st_dev == b.st_dev)
			return fd;
		lic_closep(&fd);
	}
	return -1;
}

void lic_site_forget(struct lic_site *p, const char *path)
{
	for (size_t i = 0; i < p->n_past; i++) {
		struct stat st;

		/* a further name of the store's file stays, and is told of at the end */
		if (fstatat(p->past[i], path, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_nlink == 1)
			(void)unlinkat(p->past[i], path, 0);
	}
}
