/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Likeness, measured: `likeness prints` reads lines "WORDS<TAB>FORMAT<TAB>PATH" and writes
 * "WORDS<TAB>PRINTS<TAB>MICROSECONDS", the prints in hexadecimal, or "-" where there are none.
 * `likeness distances` reads lines "WORDS<TAB>PRINTS<TAB>PRINTS" and writes "WORDS<TAB>DISTANCE".
 * `likeness pairs` reads lines "GROUP<TAB>PRINTS" and counts how far pictures of different groups
 * are from each other: lines "DISTANCE<TAB>PAIRS", then "seconds<TAB>S"; `--show N` adds the lines
 * of pairs at N or nearer.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/likeness.h>

struct picture {
	struct lic_likeness likeness;
	long group;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum lic_format format_of(const char *name)
{
	for (int f = 1; f < LIC_FORMAT_COUNT; f++)
		if (strcmp(lic_format_name((enum lic_format)f), name) == 0)
			return (enum lic_format)f;
	return LIC_FORMAT_NONE;
}

static void write_prints(const struct lic_likeness *l)
{
	uint8_t p[LIC_LIKENESS_PACKED_MAX];
	size_t n = lic_likeness_pack(l, p);

	for (size_t i = 0; i < n; i++)
		printf("%02x", p[i]);
}

static bool read_prints(const char *hex, struct lic_likeness *ret)
{
	uint8_t p[LIC_LIKENESS_PACKED_MAX];
	size_t n = strlen(hex) / 2;

	if (n > sizeof(p))
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned v;

		if (sscanf(hex + 2 * i, "%2x", &v) != 1)
			return false;
		p[i] = (uint8_t)v;
	}
	return lic_likeness_unpack(p, n, ret) == 0;
}

/* Cuts the line at its next tab. */
static char *field(char **line)
{
	return strsep(line, "\t\n");
}

static int prints(void)
{
	char text[8192];

	while (fgets(text, sizeof(text), stdin)) {
		char *line = text, *words = field(&line), *format = field(&line);
		char *path = field(&line);
		int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		struct lic_error err = LIC_ERROR_INIT;
		struct lic_likeness l;
		struct stat st;
		double start;

		if (fd < 0 || fstat(fd, &st) < 0) {
			fprintf(stderr, "cannot read '%s'\n", path ? path : "");
			return 1;
		}
		start = seconds();
		printf("%s\t", words);
		if (lic_likeness_read(fd, 0, (uint64_t)st.st_size, format_of(format), &l, &err) ==
		    0)
			write_prints(&l);
		else
			putchar('-');
		printf("\t%.0f\t%s\n", (seconds() - start) * 1e6, err.msg);
		close(fd);
	}
	return 0;
}

static int distances(void)
{
	struct lic_likeness a, b;
	char text[8192];

	while (fgets(text, sizeof(text), stdin)) {
		char *line = text, *words = field(&line), *p = field(&line), *q = field(&line);

		if (!q || !read_prints(p, &a) || !read_prints(q, &b)) {
			fprintf(stderr, "no prints: '%s'\n", text);
			return 1;
		}
		printf("%s\t%u\n", words, lic_likeness_distance(&a, &b));
	}
	return 0;
}

static int pairs(int show)
{
	static uint64_t count[LIC_LIKENESS_FAR + 1];
	struct picture *all = NULL;
	size_t n = 0;
	char text[8192];
	double start;

	while (fgets(text, sizeof(text), stdin)) {
		char *line = text, *group = field(&line), *p = field(&line);

		all = realloc(all, (n + 1) * sizeof(*all));
		if (!all || !p || !read_prints(p, &all[n].likeness)) {
			fprintf(stderr, "no prints: '%s'\n", text);
			return 1;
		}
		all[n++].group = strtol(group, NULL, 10);
	}
	start = seconds();
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++) {
			unsigned d;

			if (all[i].group == all[k].group)
				continue;
			d = lic_likeness_distance(&all[i].likeness, &all[k].likeness);
			count[d]++;
			if ((int)d <= show)
				printf("near\t%u\t%zu\t%zu\n", d, k, i);
		}
	start = seconds() - start;
	for (unsigned d = 0; d <= LIC_LIKENESS_FAR; d++)
		if (count[d])
			printf("%u\t%llu\n", d, (unsigned long long)count[d]);
	printf("seconds\t%.2f\n", start);
	free(all);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "prints") == 0)
		return prints();
	if (argc == 2 && strcmp(argv[1], "distances") == 0)
		return distances();
	if (argc == 2 && strcmp(argv[1], "pairs") == 0)
		return pairs(-1);
	if (argc == 4 && strcmp(argv[1], "pairs") == 0 && strcmp(argv[2], "--show") == 0)
		return pairs((int)strtol(argv[3], NULL, 10));
	fputs("usage: likeness prints | distances | pairs [--show N]\n", stderr);
	return 2;
}
