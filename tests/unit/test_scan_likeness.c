/* SPDX-License-Identifier: Apache-2.0 */
/* Decoders that crash, hang, hog and lie: each costs its own image the likeness, never a verdict,
 * and no neighbour anything. What is interrupted goes on. This program has no other decoder. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <licensefs/catalog_revoke.h>
#include <licensefs/scan.h>

#include "fs/evidence/reader.h"
#include "fs/scan/sandbox.h"
#include "fs/scan/wire_likeness.h"
#include "tests/unit/catalog_fixture.h"
#include "tests/unit/tar.h"

#define MAGIC "LOOKS "
#define NEIGHBOURS 200
#define HELPER_SOCK 3
#define WORD_MAX 32

/* Shared with all processes of this test. */
static struct shared {
	atomic_uint decodes;
	atomic_uint once;
	atomic_bool changed;
	atomic_bool slow;
} * shared;

/* --- the reader and the decoder ----------------------------------------------------------- */

static void read_word(struct lic_reading *r)
{
	static const struct lic_field license = { .name = "License", .role = LIC_ROLE_LICENSE };
	size_t n = (size_t)r->in->size - strlen(MAGIC);
	const uint8_t *p = lic_input_peek(r->in, strlen(MAGIC), n);

	if (p && n >= 9 && memcmp(p, "unread", 6) == 0)
		raise(SIGKILL);
	lic_reading_add(r, "TEST", &license, lic_reading_texts(r), LIC_CHARSET_GUESS, "CC0-1.0", 7);
}

static int bid(const uint8_t *head, size_t n)
{
	return n > strlen(MAGIC) && memcmp(head, MAGIC, strlen(MAGIC)) == 0 ? 100 : 0;
}

static int bid_other(const uint8_t *head, size_t n)
{
	return n > 6 && memcmp(head, "OTHER ", 6) == 0 ? 100 : 0;
}

static const struct lic_reader readers[] = {
	{ "word", LIC_FORMAT_PNM, bid, read_word },
	{ "other", LIC_FORMAT_SVG, bid_other, read_word },
};

/* Takes the place of the product's readers.c. */
const struct lic_reader *lic_reader_at(size_t i)
{
	return i < LIC_ARRAY_SIZE(readers) ? &readers[i] : NULL;
}

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

/* Says of all files that they may be asked for what no decoder says. */
static void lie(const char *how)
{
	struct lic_likened a = { .likeness.n = 1 };
	struct lic_buf out = LIC_BUF_INIT(1 << 20);

	if (strcmp(how, "lie many") == 0)
		a.likeness.n = 4;
	if (strcmp(how, "lie none") == 0)
		a.likeness.n = 0;
	if (strcmp(how, "lie why") == 0)
		a = (struct lic_likened){ .result = -EBADMSG };
	if (strcmp(how, "lie code") == 0)
		a = (struct lic_likened){ .result = -EPERM, .why = "permitted" };
	if (strcmp(how, "lie more") == 0)
		a.likeness.print[2].b[5] = 1;
	for (uint32_t serial = 1; serial < 400; serial++) {
		for (a.number = 0; a.number < 16; a.number++) {
			a.serial = serial;
			lic_likened_add(&out, &a);
			if (write(HELPER_SOCK, out.data, out.len) < 0)
				return;
			lic_buf_reset(&out);
		}
	}
}

static void misbehave(const char *what)
{
	if (strcmp(what, "crash") == 0 ||
	    (strcmp(what, "once") == 0 && atomic_fetch_add(&shared->once, 1) == 0))
		end_by(SIGSEGV);
	if (strcmp(what, "abort") == 0)
		end_by(SIGABRT);
	if (strcmp(what, "killed") == 0)
		end_by(SIGKILL);
	if (strcmp(what, "exit") == 0)
		_exit(3);
	if (strcmp(what, "memory") == 0)
		hog();
	if (strcmp(what, "garbage") == 0)
		(void)!write(HELPER_SOCK, "garbage in great quantity, and no record at all", 47);
	if (strncmp(what, "lie", 3) == 0)
		lie(what);
	if (strcmp(what, "late") == 0)
		for (volatile unsigned i = 0; !atomic_load(&shared->changed); i = i + 1)
			;
	if (strcmp(what, "loop") == 0)
		for (volatile unsigned i = 0;; i = i + 1)
			;
}

/* These two take the place of the product's. */
bool lic_likeness_reads(enum lic_format format)
{
	return format == LIC_FORMAT_PNM;
}

/* Two milliseconds of processor time. */
static void dawdle(void)
{
	const clock_t began = clock();

	while (clock() - began < CLOCKS_PER_SEC / 500)
		;
}

static bool may_open(void)
{
	return !LIC_SANITIZED && open("/etc/passwd", O_RDONLY) >= 0;
}

int lic_likeness_read(int fd, uint64_t at, uint64_t size, enum lic_format format,
		      struct lic_likeness *ret, struct lic_error *err)
{
	char word[WORD_MAX] = "";
	const size_t n = (size_t)size - strlen(MAGIC);

	atomic_fetch_add(&shared->decodes, 1);
	if (format != LIC_FORMAT_PNM || n >= sizeof(word) ||
	    pread(fd, word, n, (off_t)(at + strlen(MAGIC))) != (ssize_t)n)
		return lic_error_set(err, EIO, "cannot be read");
	if (atomic_load(&shared->slow))
		dawdle();
	misbehave(word);
	if (strcmp(word, "none") == 0)
		return lic_error_set(err, ENODATA, "nothing to see \xff here\n");
	if (strcmp(word, "broken") == 0)
		return lic_error_set(err, EBADMSG, "broken off");
	if (strcmp(word, "no memory") == 0)
		return -ENOMEM;
	if (strcmp(word, "probe") == 0 && may_open())
		return lic_error_set(err, EBADMSG, "it opens files");
	*ret = (struct lic_likeness){ .n = 1 };
	memcpy(ret->print[0].b, word, n);
	return 0;
}

/* --- scans -------------------------------------------------------------------------------- */

static char store[] = "/tmp/licensefs-likeness.XXXXXX";

static void write_as(const char *name, const char *magic, const char *what)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", store, name);
	f = fopen(path, "w");
	if (!f || fprintf(f, "%s%s", magic, what) < 0 || fclose(f))
		ok(0, "wrote %s", name);
}

static void write_file(const char *name, const char *what)
{
	write_as(name, MAGIC, what);
}

static char warned[1024];

static void warn(void *ctx _unused_, const char *line)
{
	if (!strstr(line, "confined"))
		snprintf(warned, sizeof(warned), "%s", line);
}

static struct lic_scan_result scan_with(const struct lic_scan_options *more, int want)
{
	struct lic_scan_options o = more ? *more : (struct lic_scan_options){ .similar = 0 };
	struct lic_scan_result res = { 0 };
	struct lic_error err = LIC_ERROR_INIT;

	o.store = store;
	o.jobs = o.jobs ? o.jobs : 2;
	o.warn = warn;
	warned[0] = '\0';
	is_int(lic_scan(&o, &res, &err), want, "scanned %s", err.msg);
	ok(waitpid(-1, NULL, WNOHANG) < 0, "no process is left");
	return res;
}

static struct lic_catalog *catalog(void)
{
	struct lic_catalog *cat = NULL;

	ok(lic_catalog_open(store, NULL, LIC_CATALOG_READ, &cat, &fix_err) == 0, "opened");
	return cat;
}

/* "known WORD", "none: WHY", "waits", "no image" */
static const char *looks_of(struct lic_catalog *cat, const char *path)
{
	static char text[256];
	struct lic_likeness l = { 0 };
	struct lic_entry e;
	char *why = NULL;
	int r;

	if (lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) < 0 ||
	    e.kind != LIC_KIND_IMAGE)
		return "no image";
	r = lic_catalog_likeness(cat, e.id, &l, &why, &fix_err);
	if (r == 0)
		snprintf(text, sizeof(text), "known %.32s", (const char *)l.print[0].b);
	else
		snprintf(text, sizeof(text), "%s%s", why && *why ? "none: " : "waits",
			 why && *why ? why : "");
	free(why);
	return text;
}

static bool is_clear(struct lic_catalog *cat, const char *path)
{
	return status_of(cat, path) == LIC_STATUS_CLEAR;
}

struct expected {
	const char *what, *looks;
	bool no_sanitizer; /* they catch it themselves */
};

static const struct expected expected[] = {
	{ "crash", "none: the decoder crashed on it (signal 11)", false },
	{ "abort", "none: the decoder crashed on it (signal 6)", false },
	{ "exit", "none: the decoder ended on it (status 3)", false },
	{ "garbage", "none: the decoder answered what no decoder answers", false },
	{ "lie many", "none: the decoder answered what no decoder answers", false },
	{ "lie none", "none: the decoder answered what no decoder answers", false },
	{ "lie why", "none: the decoder answered what no decoder answers", false },
	{ "lie code", "none: the decoder answered what no decoder answers", false },
	{ "lie more", "none: the decoder answered what no decoder answers", false },
	{ "loop", "none: decoding it took more than 2 s of processor time", true },
	{ "killed", "waits", false },
	{ "memory", "none: decoding it took more than 256 MB of memory", true },
	{ "no memory", "none: decoding it took more than 256 MB of memory", false },
	{ "none", "none: nothing to see ? here?", false },
	{ "broken", "none: broken off", false },
	{ "once", "known once", false },
	{ "probe", "known probe", false },
	{ "late", "waits", false },
};

static bool is_tested(const struct expected *x)
{
	return !LIC_SANITIZED || !x->no_sanitizer;
}

/* Writes other bytes into the file that is being decoded. */
static void change_late(void *ctx _unused_, const struct lic_scan_progress *p)
{
	if (!p->waiting || atomic_load(&shared->changed))
		return;
	write_file("late", "LATE");
	atomic_store(&shared->changed, true);
}

static void test_faults(void)
{
	const struct lic_scan_options on = { .similar = 1, .progress = change_late };
	struct lic_scan_result res;
	struct lic_catalog *cat;
	unsigned known = 0, clear = 0, before;
	char name[32], what[32];

	for (unsigned i = 0; i < NEIGHBOURS; i++) {
		snprintf(name, sizeof(name), "n%03u", i);
		snprintf(what, sizeof(what), "fine %u", i);
		write_file(name, what);
		/* between the neighbours, so that they travel together */
		if (i % 10 == 5 && i / 10 < LIC_ARRAY_SIZE(expected) &&
		    is_tested(&expected[i / 10]))
			write_file(expected[i / 10].what, expected[i / 10].what);
	}
	write_file("twin", "fine 7");
	write_as("other", "OTHER ", "format");
	res = scan_with(&on, 0);
	ok(res.likenesses >= NEIGHBOURS, "%lld were looked at", (long long)res.likenesses);
	ok(strstr(warned, "1 svg") != NULL, "what cannot be decoded is told: %s", warned);
	cat = catalog();
	for (size_t i = 0; i < LIC_ARRAY_SIZE(expected); i++) {
		if (!is_tested(&expected[i]))
			continue;
		is_str(looks_of(cat, expected[i].what), expected[i].looks, "'%s'",
		       expected[i].what);
		ok(is_clear(cat, expected[i].what), "and is clear");
	}
	for (unsigned i = 0; i < NEIGHBOURS; i++) {
		snprintf(name, sizeof(name), "n%03u", i);
		snprintf(what, sizeof(what), "known fine %u", i);
		known += strcmp(looks_of(cat, name), what) == 0;
		clear += is_clear(cat, name);
	}
	is_int(known, NEIGHBOURS, "all neighbours are known");
	is_int(clear, NEIGHBOURS, "and clear");
	is_str(looks_of(cat, "twin"), "known fine 7", "so is a twin");
	is_str(looks_of(cat, "other"), "none: this build cannot decode svg", "another format");
	checks(cat, "after faults");
	lic_catalog_close(cat);
	before = atomic_load(&shared->decodes);
	scan_with(NULL, 0);
	is_str(warned, "", "it is told once");
	is_int(atomic_load(&shared->decodes) - before, 10,
	       "who was killed is tried again, and who changed");
	cat = catalog();
	is_str(looks_of(cat, "late"), "known LATE",
	       "who changed has the likeness of the new bytes");
	lic_catalog_close(cat);
}

/* --- on and off, interrupted -------------------------------------------------------------- */

static volatile sig_atomic_t stop_now;

static void stop_soon(void *ctx _unused_, const struct lic_scan_progress *p)
{
	if (p->likenesses >= 20)
		stop_now = 1;
}

static void empty_store(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s/* %s/.licensefs", store, store);
	ok(system(command) == 0, "an empty store");
}

static void counts(struct lic_catalog *cat, int64_t ret[3])
{
	if (lic_catalog_likeness_counts(cat, &ret[0], &ret[1], &ret[2], &fix_err) < 0)
		ok(0, "counted");
}

static void test_resume(void)
{
	const struct lic_scan_options plain = { .jobs = 1 }, none = { .similar = -1 };
	const struct lic_scan_options on = {
		.similar = 1, .jobs = 1, .progress = stop_soon, .stop = &stop_now
	};
	int64_t n[3];
	struct lic_catalog *cat;
	bool keeps = true;
	unsigned before;

	empty_store();
	for (unsigned i = 0; i < 600; i++) {
		char name[32], what[32];

		snprintf(name, sizeof(name), "n%04u", i);
		snprintf(what, sizeof(what), "fine %u", i);
		write_file(name, what);
	}
	before = atomic_load(&shared->decodes);
	scan_with(&plain, 0);
	is_int(atomic_load(&shared->decodes) - before, 0, "nobody decodes unasked");
	cat = catalog();
	ok(lic_catalog_keeps_likeness(cat, &keeps, &fix_err) == 0 && !keeps, "nothing is kept");
	lic_catalog_close(cat);
	atomic_store(&shared->slow, true);
	scan_with(&on, -EINTR);
	atomic_store(&shared->slow, false);
	cat = catalog();
	counts(cat, n);
	ok(n[0] > 0 && n[1] > 0 && n[0] + n[1] == 600, "some are known, %lld wait",
	   (long long)n[0]);
	checks(cat, "after an interruption");
	lic_catalog_close(cat);
	before = atomic_load(&shared->decodes);
	is_int(scan_with(&plain, 0).likenesses, n[0], "the next scan goes on");
	is_int(atomic_load(&shared->decodes) - before, n[0], "with those that wait");
	cat = catalog();
	counts(cat, n);
	ok(n[0] == 0 && n[1] == 600, "all are known");
	lic_catalog_close(cat);
	scan_with(&none, 0);
	cat = catalog();
	counts(cat, n);
	ok(n[0] == 0 && n[1] == 0, "forgotten");
	ok(lic_catalog_keeps_likeness(cat, &keeps, &fix_err) == 0 && !keeps, "and kept no more");
	checks(cat, "without likenesses");
	lic_catalog_close(cat);
}

/* --- members of archives ------------------------------------------------------------------ */

static void write_tar(const char *path, const char *third)
{
	static const char *const word[] = { "first", "second", "crash" };
	FILE *f;

	lic_buf_reset(&tar);
	for (unsigned i = 0; i < 4; i++) {
		char name[128] = "", bytes[64];
		int n = snprintf(bytes, sizeof(bytes), MAGIC "%s", i < 3 ? word[i] : third);

		snprintf(name, sizeof(name), "d/%u.pnm", i);
		tar_header(&(struct header){ .name = name, .n = (uint64_t)n });
		lic_buf_add(&tar, bytes, (size_t)n);
		while (tar.len % 512)
			lic_buf_addc(&tar, '\0');
	}
	for (unsigned i = 0; i < 1024; i++)
		lic_buf_addc(&tar, '\0');
	f = fopen(path, "w");
	ok(f && fwrite(tar.data, 1, tar.len, f) == tar.len && fclose(f) == 0, "an archive");
}

static void test_archive(void)
{
	const struct lic_scan_options on = { .similar = 1 };
	struct lic_catalog *cat;
	char path[64];

	empty_store();
	snprintf(path, sizeof(path), "%s/a.tar", store);
	write_tar(path, "third");
	write_file("twin", "second");
	scan_with(NULL, 0);
	scan_with(&on, 0);
	cat = catalog();
	is_str(looks_of(cat, "a.tar/d/0.pnm"), "known first", "a member of an archive");
	is_str(looks_of(cat, "a.tar/d/1.pnm"), "known second", "another");
	is_str(looks_of(cat, "a.tar/d/2.pnm"), "none: the decoder crashed on it (signal 11)",
	       "one that crashes");
	is_str(looks_of(cat, "a.tar/d/3.pnm"), "known third", "the one behind it");
	is_str(looks_of(cat, "twin"), "known second", "a file");
	checks(cat, "with an archive");
	lic_catalog_close(cat);
	write_tar(path, "other");
	scan_with(NULL, 0);
	cat = catalog();
	is_str(looks_of(cat, "a.tar/d/3.pnm"), "known other", "in a new archive, other bytes");
	is_str(looks_of(cat, "a.tar/d/0.pnm"), "known first", "and the same");
	lic_catalog_close(cat);
}

/* --- examples ----------------------------------------------------------------------------- */

static int example(const char *name, struct lic_example *ret)
{
	char path[256];
	int r;

	fix_err = (struct lic_error)LIC_ERROR_INIT;
	snprintf(path, sizeof(path), "%s/%s", store, name);
	r = lic_scan_example(path, ret, &fix_err);
	ok(waitpid(-1, NULL, WNOHANG) < 0, "no process is left of %s", name);
	return r;
}

static void test_example(void)
{
	struct lic_example e = { 0 };
	struct lic_hash hash;
	char path[64];

	empty_store();
	write_file("fine", "fine");
	write_file("crash", "crash");
	write_file("lie", "lie why");
	write_file("none", "none");
	write_file("unread", "unreadable");
	write_as("other", "OTHER ", "format");
	write_as("text", "no ", "image");
	write_as("empty", "", "");
	snprintf(path, sizeof(path), "%s/fifo", store);
	ok(mkfifo(path, 0600) == 0, "a FIFO");
	snprintf(path, sizeof(path), "%s/link", store);
	ok(symlink("fine", path) == 0, "a link");

	ok(example("fine", &e) == 0 && e.has_likeness && !e.why[0], "an example %s", fix_err.msg);
	is_str((const char *)e.likeness.print[0].b, "fine", "has a likeness");
	lic_hash128("LOOKS fine", 10, hash.b);
	ok(memcmp(&hash, &e.hash, sizeof(hash)) == 0 && e.digests.has == LIC_DIGEST_ALL,
	   "hash and digests");
	ok(example("link", &e) == 0 && e.has_likeness, "by a link, too");
	ok(example("crash", &e) == 0 && !e.has_likeness, "a decoder crashes");
	is_str(e.why, "the decoder crashed on it (signal 11)", "and it says so");
	ok(memcmp(&hash, &e.hash, sizeof(hash)) != 0 && e.digests.has == LIC_DIGEST_ALL,
	   "the bytes are known all the same");
	ok(example("lie", &e) == 0 && !e.has_likeness, "a decoder lies");
	is_str(e.why, "the decoder answered what no decoder answers", "and it says so");
	ok(example("none", &e) == 0 && !e.has_likeness, "nothing to see");
	is_str(e.why, "nothing to see ? here?", "and it says so");
	ok(example("other", &e) == 0 && !e.has_likeness && e.format == LIC_FORMAT_SVG,
	   "no decoder");
	is_str(e.why, "this build cannot decode svg", "and it says so");
	ok(example("text", &e) == 0 && e.format == LIC_FORMAT_NONE, "no image");
	ok(example("empty", &e) == 0 && e.format == LIC_FORMAT_NONE, "nothing at all");
	ok(example("unread", &e) == -EBADMSG, "a reader dies: %s", fix_err.msg);
	ok(example("fifo", &e) == -EINVAL, "a FIFO: %s", fix_err.msg);
	ok(example(".", &e) == -EISDIR, "a directory: %s", fix_err.msg);
	ok(example("gone", &e) == -ENOENT, "nothing there: %s", fix_err.msg);
}

/* --- records ------------------------------------------------------------------------------ */

/* Whatever the bytes are, they are refused or make sense. */
static void test_wire(void)
{
	const struct lic_likened good = { 1, 2, 0, { { 3 } }, { 2, { { { 4 } }, { { 5 } } } }, "" };
	struct lic_buf b = LIC_BUF_INIT(4096);
	struct lic_likened got;
	bool sound = true;
	unsigned taken = 0;

	lic_likened_add(&b, &good);
	ok(lic_likened_size((uint8_t *)b.data, 7) == 0, "too little to tell");
	ok(lic_likened_size((uint8_t *)b.data, 8) == (ssize_t)b.len, "enough");
	ok(lic_likened_take((uint8_t *)b.data, b.len, &got) == 0 &&
		   memcmp(&got, &good, sizeof(got)) == 0,
	   "what is sent arrives");
	ok(lic_likened_take((uint8_t *)b.data, b.len - 1, &got) == -EBADMSG, "not a part of it");
	for (size_t i = 0; i < b.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			b.data[i] ^= (char)(1 << bit);
			if (lic_likened_take((uint8_t *)b.data, b.len, &got) == 0) {
				taken++;
				sound &= got.result == 0 ? got.likeness.n >= 1 &&
								   got.likeness.n <= LIC_PRINTS_MAX
							 : got.likeness.n == 0;
			}
			b.data[i] ^= (char)(1 << bit);
		}
	}
	ok(sound && taken > 256, "with one bit changed it makes sense, or is refused");
	lic_buf_release(&b);
}

int main(void)
{
	char command[64];

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ok(shared != MAP_FAILED && mkdtemp(store), "a store");
	test_wire();
	test_faults();
	test_resume();
	test_archive();
	test_example();
	lic_buf_release(&tar);
	snprintf(command, sizeof(command), "rm -rf %s", store);
	ok(system(command) == 0, "removed");
	return done_testing();
}
