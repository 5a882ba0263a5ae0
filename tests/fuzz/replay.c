/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tries inputs without a fuzzer: `replay` alone runs every file of tests/fuzz/corpus/TARGET in its
 * target and speaks TAP; `replay TARGET FILE...` runs these files; `replay --list` names targets.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "tests/unit/tap.h"

#define FILE_BYTES_MAX (1u << 20)
/* Processor time for one input, all checks of its target included; sanitizers are given more. */
#define SECONDS_MAX 5.0

static uint8_t bytes[FILE_BYTES_MAX];

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* An allocation of just its size, so that ASan sees a read behind the end. */
static void run(const struct fuzz_target *t, const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n + !n);

	if (!copy)
		abort();
	memcpy(copy, p, n);
	t->run(t, copy, n);
	free(copy);
}

/* Runs one file, and both halves of it; false where it cannot be read. */
static bool run_file(const struct fuzz_target *t, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return false;
	fprintf(stderr, "# %s %s\n", t->name, path);
	run(t, bytes, (size_t)n);
	run(t, bytes, (size_t)n / 2);
	run(t, bytes + n / 2, (size_t)(n - n / 2));
	return true;
}

static void run_corpus(const struct fuzz_target *t, const char *top)
{
	char dir[4096], path[4096 + 256];
	double slowest = 0, start;
	unsigned files = 0;
	struct dirent *e;
	DIR *d;

	/* a reader may be newer than its inputs */
	snprintf(dir, sizeof(dir), "%s/tests/fuzz/corpus/%s", top, t->name);
	d = opendir(dir);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		start = seconds();
		files += run_file(t, path);
		if (seconds() - start > slowest)
			slowest = seconds() - start;
	}
	if (d)
		closedir(d);
	run(t, bytes, 0);
	ok(files || !d, "%s: %u inputs keep every property", t->name, files);
	ok(slowest < SECONDS_MAX, "%s: the slowest takes %.2f s", t->name, slowest);
}

int main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	struct fuzz_target t;

	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		for (size_t i = 0; (t = fuzz_target_at(i)).name; i++)
			puts(t.name);
		return 0;
	}
	if (argc > 1) {
		if (!fuzz_target_find(argv[1], &t)) {
			fprintf(stderr, "no target is called '%s', see --list\n", argv[1]);
			return 2;
		}
		for (int i = 2; i < argc; i++)
			if (!run_file(&t, argv[i]))
				fprintf(stderr, "cannot read '%s'\n", argv[i]);
		return 0;
	}
	for (size_t i = 0; (t = fuzz_target_at(i)).name; i++)
		run_corpus(&t, top ? top : ".");
	return done_testing();
}
