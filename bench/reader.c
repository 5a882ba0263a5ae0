/* SPDX-License-Identifier: Apache-2.0 */
/* Reads as a data loader does and prints seconds, files, bytes and seconds of processors:
 *   reader [-p PROCESSES] hash|read|stat|find DIR [LIST]    files of a tree, or those that LIST
 * names reader order|anywhere FILE                              1 MiB at a time, or 128 KiB at
 * random hash is what any scan has to do at least: every byte read and put through XXH3-128. */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <xxhash.h>

enum { BATCH = 64, PIECE = 128 << 10 };
static char buffer[1 << 20];
struct done {
	unsigned long files;
	unsigned long long bytes, digests; /* digests: so that none is optimised away */
};
static struct done done;
static XXH3_state_t *hasher; /* NULL: only read */
static char what;	     /* first letter of what is to be done */

static void read_file(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		err(1, "cannot open '%s'", name);
	if (hasher)
		XXH3_128bits_reset(hasher);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		done.bytes += (unsigned long long)n;
		if (hasher)
			XXH3_128bits_update(hasher, buffer, (size_t)n);
	}
	if (n < 0)
		err(1, "cannot read '%s'", name);
	if (hasher)
		done.digests ^= XXH3_128bits_digest(hasher).low64;
	close(fd);
}

static void visit(int dir, const char *name)
{
	struct stat st;

	done.files++;
	if (what == 'r' || what == 'h')
		read_file(dir, name);
	else if (what == 's' && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
		err(1, "cannot stat '%s'", name);
}

static void walk(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d)
		err(1, "cannot list '%s'", name);
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		if (e->d_type == DT_DIR)
			walk(dirfd(d), e->d_name);
		else
			visit(dirfd(d), e->d_name);
	}
	closedir(d);
}

/* One of `processes` readers of a list takes every so many-th batch, as workers of a data loader
 * do. */
static void follow(int dir, char *list, int processes, int me)
{
	unsigned long i = 0;

	for (char *name = strtok(list, "\n"); name; name = strtok(NULL, "\n"))
		if (i++ / BATCH % (unsigned long)processes == (unsigned long)me)
			visit(dir, name);
}

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	char *text;

	if (!f || fstat(fileno(f), &st) || !(text = calloc(1, (size_t)st.st_size + 1)) ||
	    fread(text, 1, (size_t)st.st_size, f) != (size_t)st.st_size)
		err(1, "cannot read '%s'", path);
	fclose(f);
	return text;
}

static void follow_all(const char *path, const char *list, int processes)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), status;
	struct done *shared = mmap(NULL, sizeof(*shared) * (size_t)processes,
				   PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *text = slurp(list);

	if (dir < 0 || shared == MAP_FAILED)
		err(1, "cannot open '%s'", path);
	for (int i = 0; i < processes; i++) {
		if (i + 1 < processes && fork() > 0)
			continue; /* the last one is this process itself */
		follow(dir, text, processes, i);
		shared[i] = done;
		if (i + 1 < processes)
			_exit(0);
	}
	while (wait(&status) > 0)
		if (status)
			exit(1);
	for (int i = 0; i + 1 < processes; i++) {
		done.files += shared[i].files;
		done.bytes += shared[i].bytes;
	}
}

static void large(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END), pieces = size / PIECE;
	ssize_t n;

	if (size < 0 || lseek(fd, 0, SEEK_SET))
		err(1, "cannot open '%s'", path);
	done.files = 1;
	if (what == 'o')
		while ((n = read(fd, buffer, sizeof(buffer))) > 0)
			done.bytes += (unsigned long long)n;
	srandom(1);
	for (off_t i = 0; what == 'a' && i < pieces; i++) {
		n = pread(fd, buffer, PIECE, random() % pieces * PIECE);
		if (n != PIECE)
			err(1, "cannot read '%s'", path);
		done.bytes += (unsigned long long)n;
	}
	close(fd);
}

static double processor(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
	struct timespec a, b;
	int processes = 1;

	if (argc > 2 && !strcmp(argv[1], "-p")) {
		processes = atoi(argv[2]);
		argc -= 2, argv += 2;
	}
	if (argc < 3 || argc > 4 || !strchr("hrsfoa", what = argv[1][0]) || processes < 1 ||
	    (processes > 1 && argc < 4))
		errx(2, "usage: reader [-p PROCESSES] hash|read|stat|find DIR [LIST], or "
			"reader order|anywhere FILE");
	if (what == 'h' && !(hasher = XXH3_createState()))
		errx(1, "out of memory");
	clock_gettime(CLOCK_MONOTONIC, &a);
	if (what == 'o' || what == 'a')
		large(argv[2]);
	else if (argc == 4)
		follow_all(argv[2], argv[3], processes);
	else
		walk(AT_FDCWD, argv[2]);
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("%.6f %lu %llu %.6f %llx\n",
	       (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9, done.files,
	       done.bytes, processor(RUSAGE_SELF) + processor(RUSAGE_CHILDREN), done.digests);
	return 0;
}
