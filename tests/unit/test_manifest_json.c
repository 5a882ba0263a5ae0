/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Malformed JSON of every format: each is an error that says where, or comes to the same rows. And
 * bounded memory, whatever a value holds.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "manifest.h"

#define RSS_MAX_KB (48 << 10) /* sanitizers apart: without the file, which lies elsewhere */

static struct rows rows;

static const struct sample {
	const char *format, *file;
	const char *key; /* one that decides about rights, and a value of another type for it */
	const char *twice;
	bool stream; /* a second document may follow */
} samples[] = {
	{ "coco", "coco/instances_val2017.json", "\"licenses\": [", "\"licenses\": 3, ", false },
	{ "coco", "coco/inat2021_val.json", "\"license\": 1", "\"license\": 0, ", false },
	{ "coco", "coco/lvis_v1_val.json", "\"license\": 4", "\"license\": 5, ", false },
	{ "flickr", "flickr/photos.getInfo.json", "\"license\": \"4\"", "\"license\": \"9\", ",
	  true },
	{ "flickr", "flickr/photos.search.json", "\"license\": \"11\"", "\"license\": \"9\", ",
	  true },
	{ "flickr", "flickr/1001234567.jpg.json", "\"license\": \"12\"", "\"license\": \"9\", ",
	  true },
	{ "commons", "commons/imageinfo_extmetadata.json", "\"License\": {",
	  "\"License\": {\"value\": \"cc0\"}, ", true },
	{ "openverse-api", "openverse-api/api_image.json", "\"license\": \"by\"",
	  "\"license\": \"cc0\", ", true },
	{ "img2dataset", "img2dataset/000000000.json", "\"LICENSE\": \"?\"",
	  "\"LICENSE\": \"cc0\", ", true },
	{ "takeout", "takeout/IMG_0001.jpg.supplemental-metadata.json", "\"description\": \"\"",
	  "\"description\": \"x\", ", true },
	{ "croissant", "croissant/metadata.json", "\"license\": [", "\"license\": [\"MIT\"], ",
	  false },
	{ "spdx3", "spdx3/dataset.spdx.json", "\"simplelicensing_licenseExpression\": \"CC",
	  "\"simplelicensing_licenseExpression\": \"MIT\", ", true },
	{ "kaggle", "kaggle/dataset-metadata.json", "\"name\": \"CC0-1.0\"", "\"name\": \"MIT\", ",
	  false },
	{ "zenodo", "zenodo/record.json", "\"license\":{", "\"license\":{\"id\":\"MIT\"}, ",
	  false },
};

static char text[1u << 16];
static size_t length;

static void load(const struct sample *s)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/data/manifests/%s", top ? top : ".", s->file);
	f = fopen(path, "re");
	if (!f)
		abort();
	length = fread(text, 1, sizeof(text) - 1, f);
	text[length] = '\0';
	fclose(f);
}

/* Only gallery-dl and Takeout say by a file's name which image it is about. */
static const char *name_of(const struct sample *s)
{
	return strrchr(s->file, '/') + 1;
}

static const char *read_as(const struct sample *s, const void *p, size_t n)
{
	rows.o.format = s->format;
	rows_read(&rows, name_of(s), p, n);
	return lic_buf_str(&rows.text);
}

static void test_same(const struct sample *s, const char *want)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_buf_adds(&b, "\xef\xbb\xbf\r\n");
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\n')
			lic_buf_addc(&b, '\r');
		lic_buf_addc(&b, text[i]);
	}
	is_str(read_as(s, b.data, b.len), want, "%s: a byte order mark and CR LF change nothing",
	       s->file);
	if (!s->stream) {
		lic_buf_adds(&b, "{}");
		read_as(s, b.data, b.len);
		ok(rows.r == -EBADMSG, "%s: nothing may follow (%s)", s->file, rows.err.msg);
	}
}

/* No part of a document is one. */
static void test_cut(const struct sample *s)
{
	size_t end = length, wrong = 0;

	while (end && text[end - 1] != '}')
		end--;
	for (size_t n = 1; n < end; n += 3) {
		read_as(s, text, n);
		wrong += rows.r != -EBADMSG ||
			 (!strstr(rows.err.msg, "byte ") && !strstr(rows.err.msg, "record "));
	}
	is_int(wrong, 0, "%s: cut anywhere is an error with its place", s->file);
}

/* Puts `with` for n bytes at `at`. */
static void changed(const struct sample *s, const char *at, size_t n, const void *with,
		    size_t with_n)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_buf_add(&b, text, (size_t)(at - text));
	lic_buf_add(&b, with, with_n);
	lic_buf_adds(&b, at + n);
	read_as(s, b.data, b.len);
}

static void is_bad(const struct sample *s, const char *what)
{
	ok(rows.r == -EBADMSG && strstr(rows.err.msg, "byte "), "%s: %s is an error (%s)", s->file,
	   what, rows.err.msg);
}

static void test_changed(const struct sample *s)
{
	const char *at = strstr(text, s->key), *value;

	if (!at)
		abort();
	changed(s, at, 0, s->twice, strlen(s->twice));
	is_bad(s, "a key that stands twice");
	changed(s, at, 0, "\0", 1);
	is_bad(s, "a NUL");
	changed(s, at, 0, "]", 1);
	is_bad(s, "a bracket that closes nothing");
	changed(s, at, 1, "'", 1);
	is_bad(s, "a quote of another kind");
	value = strchr(at, ':');
	changed(s, value, 1, "", 0);
	is_bad(s, "a key without a colon");
	changed(s, value + 1, 0, "tru,", 4);
	is_bad(s, "half a word");
	changed(s, at + 1, 0, "\xff", 1);
	is_bad(s, "a text that is not UTF-8");
}

static void test_wide(const struct sample *s)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_buf_adds(&b, "\xff\xfe");
	for (size_t i = 0; i < length; i++) {
		lic_buf_addc(&b, text[i]);
		lic_buf_addc(&b, '\0');
	}
	read_as(s, b.data, b.len);
	ok(rows.r == -EBADMSG && strstr(rows.err.msg, "UTF-16"), "%s: UTF-16 is named (%s)",
	   s->file, rows.err.msg);
}

/* A value of `mb` MiB behind the first bracket, and arrays nested 100,000 deep. */
static void read_huge(const struct sample *s, unsigned mb, bool deep)
{
	static char chunk[1u << 20];
	const char *at = strchr(text, '{') + 1;
	int fd = memfd_create("manifest", MFD_CLOEXEC);
	bool good;

	memset(chunk, deep ? '[' : 'x', sizeof(chunk));
	good = fd >= 0 &&
	       dprintf(fd, "%.*s\"filler\":%s", (int)(at - text), text, deep ? "" : "\"") > 0;
	for (unsigned i = 0; good && i < mb; i++)
		good = write(fd, chunk, sizeof(chunk)) == (ssize_t)sizeof(chunk);
	if (!good || dprintf(fd, "%s,%s", deep ? "" : "\"", at) < 0)
		abort();
	lic_buf_reset(&rows.text);
	rows.err = (struct lic_error)LIC_ERROR_INIT;
	rows.r = lic_manifest_read(fd, name_of(s), -1, &rows.o, &rows.result, &rows.err);
	close(fd);
}

/* What nobody asks for is passed over, or is too long; it never grows the process. */
static void test_huge(const struct sample *s, const char *want)
{
	struct rusage u;

	rows.o.format = s->format;
	read_huge(s, 64, false);
	ok(rows.r < 0 || strcmp(lic_buf_str(&rows.text), want) == 0,
	   "%s: a value of 64 MiB changes nothing, or is an error (%s)", s->file, rows.err.msg);
	read_huge(s, 1, true);
	ok(rows.r == -EBADMSG && strstr(rows.err.msg, "nested deeper"),
	   "%s: deep nesting is an error (%s)", s->file, rows.err.msg);
	getrusage(RUSAGE_SELF, &u);
	ok(u.ru_maxrss < RSS_MAX_KB || getenv("ASAN_OPTIONS"), "%s: memory is bounded (%ld KiB)",
	   s->file, u.ru_maxrss);
}

int main(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(samples); i++) {
		const struct sample *s = &samples[i];
		_cleanup_(lic_freep) char *want = NULL;

		load(s);
		want = strdup(read_as(s, text, length));
		ok(rows.r == 0, "%s is read (%s)", s->file, rows.err.msg);
		test_same(s, want);
		test_cut(s);
		test_changed(s);
		test_wide(s);
		test_huge(s, want);
	}
	rows_release(&rows);
	return done_testing();
}
