/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Malformed tables of every format: each is an error that says where, or comes to the same rows;
 * what is cut grants nothing more than the whole. And bounded memory, whatever a line holds.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <zlib.h>

#include "manifest.h"

static struct rows rows;

static const struct table {
	const char *format, *name, *text;
	char separator;
	bool quotes;
	unsigned first; /* line of the first row */
} tables[] = {
	{ "openimages", "a.csv",
	  "ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title\n"
	  "0a,train,u,https://f/1,https://creativecommons.org/licenses/by/2.0/,p,Jane,T\n"
	  "0b,train,u,https://f/2,https://creativecommons.org/licenses/by/2.0/,p,\"J, D\",T\n",
	  ',', true, 2 },
	{ "yfcc100m", "y.tsv",
	  "1\tu\tn\td\t1\tc\tt\td\t\t\t\t\t\thttp://p/\tx\tAttribution License\t"
	  "http://creativecommons.org/licenses/by/2.0/\t1\t1\ts\to\tjpg\t0\n"
	  "2\tu\tn\td\t1\tc\tt\td\t\t\t\t\t\thttp://p/\tx\tAttribution License\t"
	  "http://creativecommons.org/licenses/by/2.0/\t1\t1\ts\to\tjpg\t0\n",
	  '\t', false, 1 },
	{ "inaturalist-open", "photos.csv",
	  "photo_id\tobserver_id\tlicense\tposition\n1\t2\tCC-BY-NC\t0\n2\t2\tCC0\t0\n", '\t',
	  false, 2 },
	{ "openverse", "o.tsv",
	  "f\thttps://l\thttps://x/sunset-1.jpg\t\\N\tjpg\t1\tby\t2.0\tJ\t\\N\tT\t{}\t[]\t\\N\tf\t"
	  "flickr\tflickr\tp\t1\t1\n"
	  "f\thttps://l\thttps://x/sunset-2.jpg\t\\N\tjpg\t1\tby\t2.0\tJ\t\\N\tT\t{}\t[]\t\\N\tf\t"
	  "flickr\tflickr\tp\t1\t1\n",
	  '\t', false, 1 },
	{ "gbif", "multimedia.txt",
	  "gbifID\tidentifier\tcreator\tlicense\trightsHolder\n"
	  "1\thttp://x/herb-1.jpg\tJ\tCC BY 4.0\tR\n2\thttp://x/herb-2.jpg\tJ\tCC BY-NC 4.0\tR\n",
	  '\t', false, 2 },
	{ "unsplash", "photos.tsv000",
	  "photo_id\tphoto_url\tphotographer_username\tblur_hash\n"
	  "a\thttp://u/a\tj\tL\nb\thttp://u/b\tj\tL\n",
	  '\t', false, 2 },
	{ "hf-imagefolder", "metadata.csv",
	  "file_name,license,author\n1.jpg,cc-by-4.0,J\n2.jpg,cc-by-nc-4.0,\"D, E\"\n", ',', true,
	  2 },
	{ "imagenet", "urls.txt", "n00004475_1\thttp://x/1.jpg\nn00004475_2\thttp://x/2 3.jpg\n",
	  '\t', false, 1 },
	{ "laion", "l.csv",
	  "SAMPLE_ID,URL,TEXT,LICENSE,NSFW\n1,http://x/1.jpg,t,?,U\n2,http://x/2.jpg,\"a, "
	  "b\",?,U\n",
	  ',', true, 2 },
	{ "conceptual-captions", "cc.tsv", "a dog\thttp://x/1.jpg\na cat\thttp://x/2.jpg\n", '\t',
	  false, 1 },
	{ "csv", "list.csv", "path,license,title\na.jpg,CC0-1.0,T\nb.jpg,CC BY 4.0,T\n", ',', true,
	  2 },
	{ "tsv", "list.tsv", "path\tlicense\ttitle\na.jpg\tCC0-1.0\tT\nb.jpg\tCC BY 4.0\tT\n", '\t',
	  false, 2 },
};

static char *rows_text(const struct table *t, const char *p, size_t n)
{
	rows.o.format = t->format;
	rows_read(&rows, t->name, p, n);
	return strdup(lic_buf_str(&rows.text));
}

/* An error that names the file and a line. */
static void is_bad(const struct table *t, const char *what, unsigned line)
{
	char place[64];

	snprintf(place, sizeof(place), "'%s', line %u: ", t->name, line);
	ok(rows.r == -EBADMSG && strncmp(rows.err.msg, place, strlen(place)) == 0,
	   "%s: %s is an error of line %u (%s)", t->format, what, line, rows.err.msg);
}

static const char *row_at(const struct table *t, unsigned line)
{
	const char *p = t->text;

	while (--line)
		p = strchr(p, '\n') + 1;
	return p;
}

/* Replaces `n` bytes at `at` by `with`. */
static void changed(const struct table *t, const char *at, size_t n, const char *with,
		    size_t with_n)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_buf_add(&b, t->text, (size_t)(at - t->text));
	lic_buf_add(&b, with, with_n);
	lic_buf_adds(&b, at + n);
	free(rows_text(t, lic_buf_str(&b), b.len));
}

static void test_same(const struct table *t, const char *want)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(1u << 20);
	_cleanup_(lic_freep) char *got = NULL;

	lic_buf_adds(&b, "\xef\xbb\xbf");
	for (const char *p = t->text; *p; p++) {
		if (*p == '\n')
			lic_buf_addc(&b, '\r');
		lic_buf_addc(&b, *p);
	}
	got = rows_text(t, lic_buf_str(&b), b.len);
	is_str(got, want, "%s: a byte order mark and CR LF change nothing", t->format);
	rows.o.format = NULL;
	rows_read(&rows, t->name, t->text, strlen(t->text));
	is_str(rows.result.format, t->format, "%s: is detected", t->format);
}

static void test_changed(const struct table *t)
{
	char separator[2] = { t->separator, 0 };
	const char *row = row_at(t, t->first + 1), *at = strchr(row, t->separator);
	_cleanup_(lic_freep) char *wide = NULL;
	size_t n = strlen(t->text);

	changed(t, at, 1, "\0", 1);
	is_bad(t, "a NUL", t->first + 1);
	changed(t, at, 0, separator, 1);
	is_bad(t, "one field more", t->first + 1);
	changed(t, at, 1, "", 0);
	is_bad(t, "one field less", t->first + 1);
	if (t->quotes) {
		changed(t, at + 1, 0, "\"", 1);
		ok(rows.r == -EBADMSG, "%s: a quote that never ends (%s)", t->format, rows.err.msg);
		changed(t, at + 1, 0, "\"x\"y", 4);
		is_bad(t, "something behind a quote", t->first + 1);
	}
	wide = calloc(n * 2 + 2, 1);
	if (!wide)
		abort();
	memcpy(wide, "\xff\xfe", 2);
	for (size_t i = 0; i < n; i++)
		wide[2 + 2 * i] = t->text[i];
	free(rows_text(t, wide, n * 2 + 2));
	ok(rows.r == -EBADMSG, "%s: UTF-16 is an error (%s)", t->format, rows.err.msg);
	rows.o.format = NULL;
	rows_read(&rows, t->name, wide, n * 2 + 2);
	is_str(strchr(rows.err.msg, ' '), " is UTF-16, not UTF-8; convert it with iconv",
	       "%s: and is said where the format is looked for", t->format);
}

/* The header, where there is one, twice over: every column that means something is there twice. */
static void test_header(const struct table *t)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(1u << 20);
	const char *end = strchr(t->text, '\n');

	if (t->first == 1)
		return;
	lic_buf_add(&b, t->text, (size_t)(end - t->text));
	lic_buf_addc(&b, t->separator);
	lic_buf_adds(&b, t->text);
	free(rows_text(t, lic_buf_str(&b), b.len));
	is_bad(t, "columns that stand twice", 1);
	free(rows_text(t, "", 0));
	ok(rows.r < 0, "%s: an empty file is an error (%s)", t->format, rows.err.msg);
	free(rows_text(t, "a,b\n1,2\n", 8));
	ok(rows.r < 0, "%s: other columns are an error (%s)", t->format, rows.err.msg);
}

/* Cut anywhere: the same rows as of the whole as far as it goes, or an error, or a last row that
 * grants nothing. */
static void test_cut(const struct table *t, const char *whole)
{
	unsigned wrong = 0;

	for (size_t n = 0; n < strlen(t->text); n++) {
		_cleanup_(lic_freep) char *got = rows_text(t, t->text, n);
		size_t rest = strlen(got);

		while (rest && strncmp(got, whole, rest) != 0)
			rest--;
		if (strlen(got) != rest &&
		    (strstr(got + rest, "| manifest license") || rows.r < 0)) {
			/* only credit may be cut in a row that grants */
			if (!strstr(got + rest, "title") && !strstr(got + rest, "creator") &&
			    !strstr(got + rest, "source-url"))
				wrong++;
		}
	}
	is_int(wrong, 0, "%s: cut anywhere, it grants nothing else", t->format);
}

static void test_table(const struct table *t)
{
	_cleanup_(lic_freep) char *want = rows_text(t, t->text, strlen(t->text));

	ok(rows.r == 0 && rows.result.rows == 2, "%s: two rows (%s)", t->format, rows.err.msg);
	test_same(t, want);
	test_changed(t);
	test_header(t);
	test_cut(t, want);
}

/* --- lines without an end -------------------------------------------------------------------- */

static size_t gzip_member(uint8_t *out, size_t size, const char *text, size_t n)
{
	z_stream z = { 0 };
	size_t made;

	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = (uInt)n;
	z.next_out = out;
	z.avail_out = (uInt)size;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	made = z.total_out;
	deflateEnd(&z);
	return made;
}

static long peak_kb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

/* `head`, then so many MiB of `fill`, as gzip. */
static void read_mib(const char *name, const char *head, char fill, int mib)
{
	static char block[1u << 20];
	static uint8_t out[1u << 20];
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(16u << 20);
	size_t n = gzip_member(out, sizeof(out), head, strlen(head));

	lic_buf_add(&b, out, n);
	memset(block, fill, sizeof(block));
	n = gzip_member(out, sizeof(out), block, sizeof(block));
	for (int i = 0; i < mib; i++)
		lic_buf_add(&b, out, n);
	rows_read(&rows, name, lic_buf_str(&b), b.len);
}

static void test_gigabyte(void)
{
	long before = peak_kb();

	rows.o.format = NULL;
	read_mib("a.csv.gz", "path,license\na.jpg,CC0\nb.jpg,", 'x', 1024);
	is_str(rows.err.msg, "'a.csv.gz', line 3: a row of more than 8 MiB; is a quote missing?",
	       "a line of a gigabyte");
	read_mib("a.csv.gz", "path,license\na.jpg,CC0\nb.jpg,\"", '\n', 1024);
	is_str(rows.err.msg, "'a.csv.gz', line 3: a row of more than 8 MiB; is a quote missing?",
	       "a quote that never ends");
	read_mib("a.csv.gz", "path,license\na.jpg,CC0\nb.jpg,", ',', 1024);
	is_str(rows.err.msg, "'a.csv.gz', line 3: too many fields for a table",
	       "a thousand million fields");
	read_mib("a.csv.gz", "path,license\na.jpg,CC0\n", '\n', 64);
	is_int(rows.r, 0, "millions of empty lines");
	rows.o.format = "jsonl";
	read_mib("a.jsonl.gz", "{\"path\":\"a\",\"license\":\"", 'x', 64);
	is_str(rows.err.msg,
	       "'a.jsonl.gz', byte 67108888: the file ends where the end of a string should be; it "
	       "may be cut off",
	       "a license of 64 MiB in JSON");
	rows.o.format = NULL;
	ok(peak_kb() - before < 64 << 10, "in %ld KB", peak_kb() - before);
}

/* --- rows across windows ---------------------------------------------------------------------- */

struct sequence {
	unsigned n, wrong;
	uint64_t line;
};

/* Row i: "i.jpg", "C i" with as many quotes and new lines as i says. */
static void sequence_row(struct lic_buf *b, unsigned i, const char *doubled)
{
	lic_buf_addf(b, "C %u", i);
	for (unsigned k = 0; k < i % 7; k++)
		lic_buf_adds(b, i % 3 ? "," : doubled);
	for (unsigned k = 0; k < i % 4; k++)
		lic_buf_addc(b, '\n');
	for (unsigned k = 0; k < i % 61; k++)
		lic_buf_addc(b, 'x');
}

static int check_sequence(void *ctx, const struct lic_row *row, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(1u << 12);
	struct sequence *s = ctx;
	char name[32];

	(void)err;
	snprintf(name, sizeof(name), "%u.jpg", s->n);
	sequence_row(&b, s->n, "\"");
	s->wrong += row->key[0].text.n != strlen(name) ||
		    memcmp(row->key[0].text.p, name, strlen(name)) != 0 || row->claims->n != 1 ||
		    strcmp(row->claims->item[0].text, lic_buf_str(&b)) != 0 || row->line != s->line;
	s->line += 1 + s->n % 4;
	s->n++;
	return 0;
}

static void test_windows(void)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(64u << 20);
	struct sequence s = { .line = 2 };
	const unsigned rows_n = 100000;
	struct lic_manifest_options o = { .label = "manifest x", .row = check_sequence, .ctx = &s };
	struct lic_manifest_result result;
	struct lic_error err = LIC_ERROR_INIT;
	int fd = memfd_create("manifest", MFD_CLOEXEC);

	lic_buf_adds(&b, "path,license\r\n");
	for (unsigned i = 0; i < rows_n; i++) {
		lic_buf_addf(&b, "%u.jpg,\"", i);
		sequence_row(&b, i, "\"\"");
		lic_buf_adds(&b, i % 2 ? "\"\n" : "\"\r\n");
	}
	if (fd < 0 || write(fd, b.data, b.len) != (ssize_t)b.len)
		abort();
	is_int(lic_manifest_read(fd, "a.csv", -1, &o, &result, &err), 0, "a long table (%s)",
	       err.msg);
	close(fd);
	is_int(s.n, rows_n, "all of its rows");
	is_int(s.wrong, 0, "each as it was written, with its line");
}

static void test_long(void)
{
	_cleanup_(lic_buf_release) struct lic_buf b = LIC_BUF_INIT(1u << 20);

	lic_buf_adds(&b, "path,license\na.jpg,");
	for (int i = 0; i < 70000; i++)
		lic_buf_addc(&b, 'x');
	lic_buf_addc(&b, '\n');
	rows_read(&rows, "a.csv", lic_buf_str(&b), b.len);
	is_str(rows.err.msg, "'a.csv', row 2: 'license' is longer than 64 KiB",
	       "a license of 70 KB");
	rows_of(&rows, "a.csv", "path,license\ra.jpg,CC0\r");
	ok(rows.r < 0, "ends of lines of old Macs are an error (%s)", rows.err.msg);
}

int main(void)
{
	for (size_t i = 0; i < LIC_ARRAY_SIZE(tables); i++)
		test_table(&tables[i]);
	test_gigabyte();
	test_windows();
	test_long();
	rows_release(&rows);
	return done_testing();
}
