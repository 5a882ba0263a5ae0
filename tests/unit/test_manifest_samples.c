/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples of every format: tests/data/manifests/FORMAT/FILE is read without being told what it is,
 * and gives the rows of FILE.rows, or the error that stands there. UPDATE=1 writes these files anew
 * from what is read, as far as they are there: look at what changes.
 */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "fs/manifest/reader.h"
#include "manifest.h"

static struct rows rows;

/* All of a file; a sample is small. */
static char *contents(int dir, const char *name, size_t *ret_n)
{
	char *p = calloc(1, (1u << 20) + 1);
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 || !p ? -1 : read(fd, p, 1u << 20);

	if (fd >= 0)
		close(fd);
	if (n < 0) {
		free(p);
		return NULL;
	}
	*ret_n = (size_t)n;
	return p;
}

static void read_sample(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);

	rows.text.max = rows.warnings.max = 64u << 20;
	lic_buf_reset(&rows.text);
	lic_buf_reset(&rows.warnings);
	rows.err = (struct lic_error)LIC_ERROR_INIT;
	rows.o = (struct lic_manifest_options){
		.row = rows_add, .warn = rows_warn, .ctx = &rows, .label = "manifest sample"
	};
	rows.result = (struct lic_manifest_result){ 0 };
	rows.r = lic_manifest_read(fd, name, dir, &rows.o, &rows.result, &rows.err);
	close(fd);
}

static void write_expected(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

/* What is read of a sample as one text: rows, warnings, the error. */
static void test_sample(int dir, const char *format, const char *name)
{
	_cleanup_(lic_buf_release) struct lic_buf got = LIC_BUF_INIT(64u << 20);
	_cleanup_(lic_freep) char *want = NULL;
	char expected[512];
	size_t n;

	snprintf(expected, sizeof(expected), "%s.rows", name);
	read_sample(dir, name);
	lic_buf_adds(&got, lic_buf_str(&rows.text));
	if (rows.warnings.len)
		lic_buf_addf(&got, "warning: %s", lic_buf_str(&rows.warnings));
	if (rows.r < 0)
		lic_buf_addf(&got, "error: %s\n", rows.err.msg);
	else
		is_str(rows.result.format, format, "%s/%s is of that format", format, name);
	if (getenv("UPDATE"))
		write_expected(dir, expected, lic_buf_str(&got));
	want = contents(dir, expected, &n);
	is_str(lic_buf_str(&got), want ? want : "(no file)", "%s/%s: rows", format, name);
}

/* Of the formats that bid, one bids most. */
static void test_bids(int dir, const char *format, const char *name)
{
	_cleanup_(lic_freep) struct lic_peek *peek = malloc(sizeof(*peek));
	_cleanup_(lic_freep) char *p = NULL;
	int most = 0, second = 0;
	size_t n;

	p = contents(dir, name, &n);
	if (!p || !peek)
		abort();
	if (n >= 2 && memcmp(p, "\x1f\x8b", 2) == 0)
		return; /* the peek is of what is inside */
	lic_peek_fill(peek, (const uint8_t *)p, n < LIC_PEEK_MAX ? n : LIC_PEEK_MAX,
		      n < LIC_PEEK_MAX, name);
	for (size_t i = 0; lic_manifest_readers[i]; i++) {
		int bid = lic_manifest_readers[i]->bid ? lic_manifest_readers[i]->bid(peek) : 0;

		if (bid > most) {
			second = most;
			most = bid;
		} else if (bid > second) {
			second = bid;
		}
	}
	ok(most > second, "%s/%s: one format bids most (%d, then %d)", format, name, most, second);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), e = strlen(end);

	return n >= e && strcmp(s + n - e, end) == 0;
}

static int is_sample(const struct dirent *e)
{
	return e->d_name[0] != '.' && !ends_with(e->d_name, ".rows") &&
	       !ends_with(e->d_name, ".companion") && strcmp(e->d_name, "SOURCES") != 0;
}

static void test_format(int top, const char *format)
{
	struct dirent **list;
	int dir = openat(top, format, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int n = dir < 0 ? -1 : scandirat(top, format, &list, is_sample, alphasort);

	for (int i = 0; i < n; i++) {
		char expected[512];
		struct stat st;

		snprintf(expected, sizeof(expected), "%s.rows", list[i]->d_name);
		/* what has no rows of its own lies there for another */
		if (fstatat(dir, expected, &st, 0) == 0) {
			test_sample(dir, format, list[i]->d_name);
			if (rows.r == 0)
				test_bids(dir, format, list[i]->d_name);
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	if (dir >= 0)
		close(dir);
}

int main(void)
{
	const char *source = getenv("top_srcdir");
	struct dirent **list;
	char path[4096];
	int top, n;

	snprintf(path, sizeof(path), "%s/tests/data/manifests", source ? source : ".");
	top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	n = top < 0 ? -1 : scandirat(top, ".", &list, is_sample, alphasort);
	ok(n > 0, "there are samples");
	for (int i = 0; i < n; i++) {
		if (list[i]->d_type != DT_REG)
			test_format(top, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	if (top >= 0)
		close(top);
	rows_release(&rows);
	return done_testing();
}
