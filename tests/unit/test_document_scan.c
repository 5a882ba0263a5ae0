/* SPDX-License-Identifier: Apache-2.0 */
/* Scans of stores with documents: what becomes of them, what they are about, what happens when they
 * or their images change; and readers that crash, hog and lie, which cost their own file the
 * verdict and nothing else. This program has no other reader than that one. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/scan.h>

#include "fs/document/readers.h"
#include "fs/scan/helper.h"
#include "fs/scan/wire_index.h"
#include "tests/unit/tap.h"

#define HELPER_SOCK 3

/* Shared with all processes of this test. */
static struct shared {
	atomic_uint reads, once;
} * shared;

/* --- the reader --------------------------------------------------------------------------- */

static void end_by(int sig)
{
	signal(sig, SIG_DFL); /* sanitizers catch it */
	raise(sig);
}

static void hog(void)
{
	char *p;

	while ((p = malloc(1 << 20)))
		memset(p, 1, 1 << 20);
	abort();
}

static void say(const void *p, size_t n, uint32_t part, uint32_t serial, uint32_t number)
{
	struct lic_buf out = LIC_BUF_INIT(1 << 20);
	const struct lic_indexed about = { serial, number, part };

	lic_indexed_add(&out, &about, p, n);
	(void)!write(HELPER_SOCK, out.data, out.len);
	lic_buf_release(&out);
}

/* Speaks for files that it was not asked for. */
static void speak_for_others(void)
{
	struct lic_indexed_end end = { .found = { .format = LIC_DOCUMENT_SETTINGS } };

	for (uint32_t serial = 1; serial < 50; serial++)
		say(&end, sizeof(end), LIC_INDEXED_END, serial, 63);
}

static void add_line(struct lic_indexing *x, uint64_t at, const char *line, size_t n, bool record)
{
	struct lic_record r = { .at = at, .n = n + 1 };
	const bool suspect = line[0] == '?';

	if (!n)
		return;
	r.subject = lic_index_subject(x->out, 1, false);
	lic_index_name(x->out, suspect ? LIC_TAG_SUSPECT : LIC_TAG_COLUMN, line + suspect,
		       n - suspect);
	if (!suspect && record)
		lic_index_record(x->out, &r);
}

static bool is(const char *line, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(line, word, n) == 0;
}

/* What the first line asks for: 1, and the result in *ret. */
static int misbehave(struct lic_indexing *x, const char *p, size_t n, int *ret)
{
	struct lic_record r = { .at = x->size, .n = 1 };

	*ret = 0;
	if (is(p, n, "!crash"))
		end_by(SIGSEGV);
	else if (is(p, n, "!exit"))
		_exit(3);
	else if (is(p, n, "!killed"))
		end_by(SIGKILL);
	else if (is(p, n, "!memory"))
		hog();
	else if (is(p, n, "!once") && atomic_fetch_add(&shared->once, 1) == 0)
		end_by(SIGSEGV);
	else if (is(p, n, "!garbage"))
		(void)!write(HELPER_SOCK, "garbage, and more of it than any record has", 43);
	else if (is(p, n, "!others"))
		speak_for_others();
	else if (is(p, n, "!loop"))
		for (volatile unsigned i = 0;; i = i + 1)
			;
	else if (is(p, n, "!refuse"))
		return *ret = lic_index_refuse(x, "line 1 asks for it"), 1;
	else if (is(p, n, "!error"))
		return *ret = -EIO, 1;
	else if (is(p, n, "!unknown"))
		return *ret = lic_index_refuse(x, "nobody knows"),
		       x->ret->flags = LIC_DOCUMENT_UNKNOWN, 1;
	else if (is(p, n, "!count"))
		x->out->n_records += 5;
	else if (is(p, n, "!subjects"))
		x->out->n_subjects += 5;
	else if (is(p, n, "!note"))
		snprintf(x->ret->note, sizeof(x->ret->note), "red \x1b[31m alert");
	else if (is(p, n, "!outside"))
		return lic_index_subject(x->out, 0, false), lic_index_record(x->out, &r), 1;
	else if (is(p, n, "!member"))
		lic_index_member(x->out,
				 &(struct lic_member){ { (const uint8_t *)"../x", 4 }, 0, 1, 0 });
	else if (is(p, n, "!flood"))
		for (;;)
			lic_index_subject(x->out, 0, false);
	return 0;
}

static int index_lines(struct lic_indexing *x, struct lic_error *err)
{
	_cleanup_(lic_freep) char *text = malloc(x->size + 1);
	const bool inert = strstr(x->name, "settings") || strstr(x->name, "classes");
	size_t n = text ? (size_t)pread(x->fd, text, x->size, 0) : 0;
	int r;

	(void)err;
	atomic_fetch_add(&shared->reads, 1);
	if (!text)
		return -ENOMEM;
	text[n] = '\0';
	x->ret->format = LIC_DOCUMENT_LIST;
	if (strstr(x->name, "classes"))
		x->ret->format = LIC_DOCUMENT_CLASSES;
	if (strstr(x->name, "settings"))
		x->ret->format = LIC_DOCUMENT_SETTINGS;
	if (strstr(text, "/abs"))
		x->ret->flags = LIC_DOCUMENT_ABSOLUTE;
	for (size_t at = 0; at < n;) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t len = end ? (size_t)(end - text) - at : n - at;

		if (text[at] == '!' && misbehave(x, text + at, len, &r))
			return r;
		if (text[at] != '!' && !inert)
			add_line(x, at, text + at, len, true);
		at += len + 1;
	}
	return 0;
}

static int bid(const struct lic_indexing *x)
{
	(void)x;
	return 1;
}

static const struct lic_document_reader lines = { "lines", bid, index_lines };

/* Takes the place of the product's readers.c. */
const struct lic_document_reader *const lic_document_readers[] = { &lines, NULL };

/* --- stores ------------------------------------------------------------------------------- */

static char store[64];

static void path_of(char ret[256], const char *name)
{
	snprintf(ret, 256, "%s/%s", store, name);
	for (char *p = ret + strlen(store) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(ret, 0755);
		*p = '/';
	}
}

static void put_file(const char *name, const void *p, size_t n)
{
	char path[256];
	int fd;

	path_of(path, name);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		ok(0, "wrote %s", name);
	close(fd);
}

static void put_text(const char *name, const char *text)
{
	put_file(name, text, strlen(text));
}

/* A PNM of its own for each name. */
static void put_image(const char *name)
{
	char text[512];

	put_file(name, text,
		 (size_t)snprintf(text, sizeof(text), "P3 # %s\n1 1 255 1 2 3\n", name));
}

static void drop(const char *name)
{
	char path[256];

	path_of(path, name);
	is_int(unlink(path), 0, "%s is gone", name);
}

static volatile sig_atomic_t stop;

static struct lic_scan_result scan_as(int want)
{
	struct lic_scan_options o = { .store = store, .jobs = 2, .stop = &stop };
	struct lic_scan_result res = { 0 };
	struct lic_error err = LIC_ERROR_INIT;

	is_int(lic_scan(&o, &res, &err), want, "scanned %s", err.msg);
	ok(waitpid(-1, NULL, WNOHANG) < 0, "no process is left");
	return res;
}

static struct lic_scan_result scan(void)
{
	return scan_as(0);
}

static struct lic_catalog *cat;

static void open_catalog(void)
{
	is_int(lic_catalog_open(store, NULL, LIC_CATALOG_READ, &cat, NULL), 0, "the catalog");
}

/* "document RECORDS": kind and rule of a file. */
static const char *place_of(const char *path)
{
	static char text[64];
	struct lic_entry e;

	if (lic_catalog_by_path(cat, path, strlen(path), &e, NULL) < 0)
		return "nothing";
	snprintf(text, sizeof(text), "%s %s", lic_kind_name(e.kind), lic_rule_name(e.rule));
	return text;
}

static int64_t id_of(const char *path)
{
	struct lic_entry e;

	return lic_catalog_by_path(cat, path, strlen(path), &e, NULL) == 0 ? e.id : 0;
}

static struct lic_document document(const char *path)
{
	struct lic_document d = { 0 };

	(void)!lic_catalog_document(cat, id_of(path), &d, NULL);
	return d;
}

static int find_document(void *ctx, int64_t document)
{
	int64_t *want = ctx;

	*want = document == *want ? -1 : *want;
	return 0;
}

static bool is_about(const char *path, const char *image)
{
	int64_t id = id_of(path);

	if (!id || lic_catalog_documents_of(cat, id_of(image), find_document, &id, NULL) < 0)
		return false;
	return id == -1;
}

static void settle(void)
{
	struct timespec t = { 0, 30000000 };

	nanosleep(&t, NULL);
}

#define KIND(path, want) is_str(place_of(path), want, "%s", path)

/* --- what becomes of files ---------------------------------------------------------------- */

static void test_kinds(void)
{
	struct lic_scan_result res;
	int64_t generation, id;

	put_image("a/1.jpg");
	put_image("a/2.jpg");
	put_image("b/3.jpg");
	put_image("b/list.jpg");
	put_text("all.txt", "a/1.jpg\na/2.jpg\nb/3.jpg\ngone.jpg\n");
	put_text("none.txt", "x.jpg\ny.jpg\n");
	put_text("suspect.txt", "a/1.jpg\n?b/3.jpg\n");
	put_text("harmless.txt", "a/1.jpg\n?b/4.jpg\n");
	put_text("settings.yaml", "a/1.jpg\n");
	put_text("settings2.yaml", "/abs\n");
	put_text("classes.txt", "cat\n");
	put_text("bad.txt", "!refuse\n");
	put_text("film.mp4", "!unknown\n");
	put_text("unread.txt", "!error\n");
	put_text("b/list.txt", "a/1.jpg\n");
	put_text("README", "a/1.jpg\n");
	put_text("x.npy", "a/1.jpg\n");
	res = scan();
	open_catalog();
	KIND("all.txt", "document records");
	KIND("none.txt", "hidden unbound");
	KIND("suspect.txt", "hidden names-images");
	KIND("harmless.txt", "document records");
	KIND("settings.yaml", "inert inert-content");
	KIND("settings2.yaml", "inert absolute");
	KIND("classes.txt", "inert inert-content");
	KIND("bad.txt", "hidden malformed");
	KIND("film.mp4", "hidden not-image");
	KIND("unread.txt", "hidden unreadable");
	KIND("b/list.txt", "companion stem");
	KIND("README", "inert inert-name");
	KIND("x.npy", "hidden cache");
	is_int(res.documents, 2, "documents are counted");
	is_int(res.inert, 4, "inert files are");
	is_int(res.companions, 1, "companions are");
	is_int(res.hidden, 6, "hidden files are");
	is_int(res.images, 4, "images are");
	is_int(res.indexed, 10, "so is what was looked into");
	is_int(document("all.txt").bound, 3, "subjects with images");
	is_int(document("all.txt").subjects, 4, "subjects");
	ok(is_about("all.txt", "a/1.jpg") && is_about("all.txt", "b/3.jpg"), "it is about images");
	ok(!is_about("harmless.txt", "b/3.jpg"), "and about no other ones");
	is_str(document("bad.txt").note, "line 1 asks for it", "a note of the reader");
	is_str(document("suspect.txt").note,
	       "names the image b/3.jpg, where it could not be left out", "a note of the binder");

	generation = lic_catalog_generation(cat);
	id = id_of("all.txt");
	drop("unread.txt");
	atomic_store(&shared->reads, 0);
	scan();
	is_int(atomic_load(&shared->reads), 0, "nothing is read again");
	is_int(id_of("all.txt"), id, "ids stay");
	generation = lic_catalog_generation(cat);
	res = scan();
	is_int(lic_catalog_generation(cat), generation, "a scan without changes writes nothing");
	is_int(res.documents, 2, "and counts the same");
	is_int(res.unchanged, 4, "images that are as they were");
}

static void test_changes(void)
{
	int64_t id = id_of("none.txt"), all = id_of("all.txt"), made = document("all.txt").made;

	put_image("x.jpg");
	scan();
	KIND("none.txt", "document records");
	is_int(id_of("none.txt"), id, "with the same number");
	is_int(document("all.txt").made, made, "others are as they were");
	drop("x.jpg");
	scan();
	KIND("none.txt", "hidden unbound");
	drop("b/3.jpg");
	scan();
	KIND("suspect.txt", "document records");
	is_str(document("suspect.txt").note, "", "whose note is taken back");
	is_int(document("all.txt").bound, 2, "a subject has lost its image");
	ok(document("all.txt").made > made, "which is news");
	drop("b/list.jpg");
	scan();
	KIND("b/list.txt", "document records");
	put_image("all.jpg");
	scan();
	KIND("all.txt", "companion stem");
	drop("all.jpg");
	put_text("none.txt", "a/2.jpg\n");
	scan();
	KIND("all.txt", "document records");
	KIND("none.txt", "document records");
	ok(id_of("none.txt") != id && id_of("all.txt") != all, "other bytes, other numbers");
	ok(is_about("none.txt", "a/2.jpg"), "and other images");
}

/* Names from the store's root on, as the system knows it and as it was named. */
static void test_absolute(void)
{
	char text[512], link[80], *real = strdup(store);

	snprintf(link, sizeof(link), "%s-link", store);
	is_int(symlink(store, link), 0, "another name for the store");
	put_image("1.jpg");
	snprintf(text, sizeof(text), "%s/1.jpg\n%s/a/1.jpg\n", store, link);
	put_text("abs.txt", text);
	snprintf(store, sizeof(store), "%s", link);
	scan();
	snprintf(store, sizeof(store), "%s", real);
	is_int(document("abs.txt").bound, 2, "both names of the store");
	ok(is_about("abs.txt", "1.jpg") && is_about("abs.txt", "a/1.jpg"), "lead to its images");
	unlink(link);
	free(real);
}

/* An index that does not fit into memory, and a document that waits for its helper. */
static void test_large(void)
{
	struct lic_buf text = LIC_BUF_INIT(64u << 20);
	struct lic_document d;

	for (unsigned i = 0; i < 200000; i++)
		lic_buf_addf(&text, "%08x%08x%08x.jpg\n", i * 2654435761u, i * 40503u, i);
	lic_buf_adds(&text, "a/1.jpg\n");
	put_file("large.txt", text.data, text.len);
	scan();
	d = document("large.txt");
	is_int(d.subjects, 200001, "all lines");
	is_int(d.bound, 1, "one image");
	KIND("large.txt", "document records");
	lic_buf_release(&text);
}

/* --- trouble ------------------------------------------------------------------------------ */

struct trouble {
	const char *what, *kind, *note;
};

static void test_trouble(void)
{
	static const struct trouble all[] = {
		{ "crash", "hidden malformed", "the reader crashed on it (signal 11)" },
		{ "exit", "hidden malformed", "the reader ended on it (status 3)" },
		{ "killed", "hidden waiting", "" },
		{ "memory", "hidden malformed", "reading it took more than 256 MB of memory" },
		{ "once", "document records", "" },
		{ "garbage", "hidden malformed", "the reader answered what no reader answers" },
		{ "others", "hidden malformed", "the reader answered what no reader answers" },
		{ "count", "hidden malformed", "the reader answered what no reader answers" },
		{ "subjects", "hidden malformed", "the reader answered what no reader answers" },
		{ "note", "hidden malformed", "the reader answered what no reader answers" },
		{ "outside", "hidden malformed", "the reader answered what no reader answers" },
		{ "member", "hidden malformed", "the reader answered what no reader answers" },
		{ "flood", "hidden malformed", "the reader answered what no reader answers" },
	};
	char name[64], text[64];
	unsigned fine = 0;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(all); i++) {
		snprintf(name, sizeof(name), "t/%zu.txt", i);
		snprintf(text, sizeof(text), "!%s\na/1.jpg\n", all[i].what);
		if (LIC_SANITIZED && (strcmp(all[i].what, "memory") == 0))
			snprintf(text, sizeof(text), "!crash\n");
		put_text(name, text);
		snprintf(name, sizeof(name), "t/n%zu.txt", i);
		put_text(name, "a/1.jpg\n");
	}
	scan();
	for (size_t i = 0; i < LIC_ARRAY_SIZE(all); i++) {
		snprintf(name, sizeof(name), "t/%zu.txt", i);
		is_str(place_of(name), all[i].kind, "%s", all[i].what);
		if (!LIC_SANITIZED)
			is_str(document(name).note, all[i].note, "note of %s", all[i].what);
		snprintf(name, sizeof(name), "t/n%zu.txt", i);
		fine += strcmp(place_of(name), "document records") == 0;
	}
	is_int(fine, LIC_ARRAY_SIZE(all), "their neighbours are fine");
}

static void interrupt(int sig)
{
	stop = sig;
}

/* A helper that would never end does not keep a person from ending the scan. */
static void test_interrupt(void)
{
	struct timespec began, ended;

	put_text("i/loop.txt", "!loop\n");
	put_text("i/fine.txt", "a/1.jpg\n");
	signal(SIGALRM, interrupt);
	alarm(1);
	clock_gettime(CLOCK_MONOTONIC, &began);
	scan_as(-EINTR);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	ok(ended.tv_sec - began.tv_sec < 6, "it ends soon");
	stop = 0;
	KIND("i/loop.txt", "hidden waiting");
	put_text("i/loop.txt", "a/2.jpg\n");
	scan();
	KIND("i/loop.txt", "document records");
	KIND("i/fine.txt", "document records");
}

/* Other readers may find more in the same bytes. */
static void test_readers(void)
{
	int64_t id = id_of("all.txt");
	struct lic_catalog *own = NULL;
	struct lic_txn *txn = NULL;

	is_int(lic_catalog_open(store, NULL, LIC_CATALOG_WRITE, &own, NULL), 0, "opened");
	is_int(lic_catalog_begin(own, "test", &txn, NULL), 0, "begun");
	is_int(lic_catalog_set_readers(txn, "older ones", NULL), 0, "set");
	is_int(lic_catalog_commit(txn, NULL), 0, "written");
	lic_catalog_close(own);
	atomic_store(&shared->reads, 0);
	scan();
	ok(atomic_load(&shared->reads) > 10, "all documents are read again");
	is_int(id_of("all.txt"), id, "and stay what they are");
	KIND("all.txt", "document records");
	ok(is_about("all.txt", "a/1.jpg"), "about the same images");
	is_int(lic_catalog_check(cat, NULL), 0, "the catalog is sound");
}

int main(void)
{
	const char *base = getenv("TMPDIR");
	char clean[128];

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	snprintf(store, sizeof(store), "%s/licensefs-XXXXXX",
		 base && strlen(base) < 32 ? base : "/tmp");
	if (shared == MAP_FAILED || !mkdtemp(store))
		return 1;
	test_kinds();
	settle();
	test_changes();
	test_absolute();
	test_large();
	test_trouble();
	test_interrupt();
	test_readers();
	lic_catalog_close(cat);
	snprintf(clean, sizeof(clean), "rm -rf %s", store);
	is_int(system(clean), 0, "cleaned up");
	return done_testing();
}
