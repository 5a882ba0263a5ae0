/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a tree as a data loader does and prints how long it took: reader hash|read|stat|find DIR.
 * hash is what any scan has to do at least: every byte read and put through XXH3-128. */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <xxhash.h>

static char buffer[1 << 20];
static unsigned long files;
static unsigned long long bytes;
static unsigned long long digests; /* printed, so that none is optimised away */
static XXH3_state_t *hasher;	   /* NULL: only read */

static void read_file(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		err(1, "cannot open '%s'", name);
	if (hasher)
		XXH3_128bits_reset(hasher);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		bytes += (unsigned long long)n;
		if (hasher)
			XXH3_128bits_update(hasher, buffer, (size_t)n);
	}
	if (n < 0)
		err(1, "cannot read '%s'", name);
	if (hasher)
		digests ^= XXH3_128bits_digest(hasher).low64;
	close(fd);
}

static void walk(int parent, const char *name, char what)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	struct stat st;

	if (!d)
		err(1, "cannot list '%s'", name);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		if (e->d_type == DT_DIR) {
			walk(dirfd(d), e->d_name, what);
			continue;
		}
		files++;
		if (what == 'r' || what == 'h')
			read_file(dirfd(d), e->d_name);
		else if (what == 's' && fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW))
			err(1, "cannot stat '%s'", e->d_name);
	}
	closedir(d);
}

int main(int argc, char **argv)
{
	struct timespec a, b;

	if (argc != 3 || !strchr("hrsf", argv[1][0]))
		errx(2, "usage: reader hash|read|stat|find DIR");
	if (argv[1][0] == 'h' && !(hasher = XXH3_createState()))
		errx(1, "out of memory");
	clock_gettime(CLOCK_MONOTONIC, &a);
	walk(AT_FDCWD, argv[2], argv[1][0]);
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("%.6f %lu %llu %llx\n",
	       (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9, files, bytes,
	       digests);
	return 0;
}
