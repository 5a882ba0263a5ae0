/* SPDX-License-Identifier: Apache-2.0 */
/* Opening catalogs that are missing, foreign, damaged, newer, locked, unwritable or moved: the
 * right error, a remedy in its text, and nothing touched. */
#include <fcntl.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fs/catalog/internal.h"
#include "tests/unit/catalog_fixture.h"

#define TEXT_OF_(x) #x
#define TEXT_OF(x) TEXT_OF_(x)

static bool poke(const char *db, const char *sql)
{
	sqlite3 *p = NULL;
	bool good = sqlite3_open(db, &p) == SQLITE_OK &&
		    sqlite3_exec(p, sql, NULL, NULL, NULL) == SQLITE_OK;

	if (!good)
		printf("# %s: %s\n", sql, sqlite3_errmsg(p));
	sqlite3_close(p);
	return good;
}

/* Opening fails with this code and these words. */
static void fails(const char *store, const char *path, unsigned flags, int code, const char *words,
		  const char *what)
{
	struct lic_catalog *cat = NULL;
	struct lic_error err = LIC_ERROR_INIT;
	int r = lic_catalog_open(store, path, flags, &cat, &err);

	is_int(r, -code, "%s: the error", what);
	ok(strstr(err.msg, words) != NULL, "%s: '%s'", what, words);
	if (!strstr(err.msg, words))
		printf("# got: %s\n", err.msg);
	ok(cat == NULL, "%s: no catalog", what);
	lic_catalog_close(cat);
}

static void write_file(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		printf("# cannot write %s\n", path);
	close(fd);
}

static void overwrite(const char *path, off_t at, size_t n)
{
	_cleanup_(lic_freep) char *junk = malloc(n);
	int fd = open(path, O_WRONLY);

	memset(junk, 0x5a, n);
	if (fd < 0 || pwrite(fd, junk, n, at) != (ssize_t)n)
		printf("# cannot overwrite %s\n", path);
	close(fd);
}

static uint64_t file_hash(const char *path)
{
	static char data[1 << 20];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, data, sizeof(data));

	close(fd);
	return n < 0 ? 0 : lic_hash64(data, (size_t)n);
}

static void test_missing(void)
{
	struct scratch s;
	char path[256];

	scratch_init(&s);
	fails("/no/such/store", NULL, 0, ENOENT, "store", "no store");
	fails("/etc/passwd", NULL, 0, ENOTDIR, "not a directory", "a file for a store");
	fails(s.store, NULL, LIC_CATALOG_READ, ENOENT, "licensefs scan", "no catalog");
	fails(s.store, NULL, LIC_CATALOG_WRITE, ENOENT, "licensefs scan", "none to write");
	fails(s.store, NULL, LIC_CATALOG_CREATE, EINVAL, "writing", "making without writing");
	snprintf(path, sizeof(path), "%s/none/c.db", s.store);
	fails(s.store, path, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, ENOENT, "directory",
	      "no directory");
	snprintf(path, sizeof(path), "%s/" LIC_CATALOG_DIR, s.store);
	ok(access(path, F_OK) < 0, "nothing was made");
	write_file(path, "", 0);
	fails(s.store, NULL, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, ENOTDIR, "--catalog",
	      "a file in place of the directory");
	unlink(path);
	if (symlink("/tmp", path) == 0)
		fails(s.store, NULL, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, ENOTDIR, "--catalog",
		      "a link in place of the directory");
	scratch_release(&s);
}

static void test_foreign(void)
{
	struct scratch s;
	char path[256], log[300];
	uint64_t before;

	scratch_init(&s);
	snprintf(path, sizeof(path), "%s/other.db", s.store);
	snprintf(log, sizeof(log), "%s-journal", path);
	write_file(path, "hello", 5);
	fails(s.store, path, LIC_CATALOG_WRITE, EMEDIUMTYPE, "not touched", "a text");
	fails(s.store, path, LIC_CATALOG_READ, EMEDIUMTYPE, "not touched", "a text, to read");
	unlink(path);
	ok(poke(path, "CREATE TABLE t (a); INSERT INTO t VALUES (1)"), "somebody's database");
	before = file_hash(path);
	fails(s.store, path, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, EMEDIUMTYPE, "not touched",
	      "somebody's database");
	/* A journal beside it that SQLite would roll back */
	write_file(log, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
	fails(s.store, path, LIC_CATALOG_WRITE, EMEDIUMTYPE, "not touched", "with a journal");
	ok(file_hash(path) == before && access(log, F_OK) == 0, "neither was touched");
	fails(s.store, s.store, LIC_CATALOG_WRITE, EMEDIUMTYPE, "regular file", "a directory");
	snprintf(log, sizeof(log), "%s/link", s.store);
	if (symlink(path, log) == 0)
		fails(s.store, log, LIC_CATALOG_WRITE, EMEDIUMTYPE, "regular file", "a link");
	scratch_release(&s);
}

static void test_half_made(void)
{
	struct scratch s;
	struct lic_catalog *cat;
	static const char zero[8192];
	/* SQLite's file format, 3: magic, records, nonce, pages before, sector size, page size */
	static const uint8_t journal[512] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, 0, 0,
					      0,    0,	  1,	2,    3,    4,	  0,	0,    0, 0,
					      0,    0,	  2,	0,    0,    0,	  32,	0 };
	char log[300];

	scratch_init(&s);
	snprintf(s.db, sizeof(s.db), "%s/c.db", s.store);
	write_file(s.db, "", 0);
	fails(s.store, s.db, LIC_CATALOG_READ, ENOENT, "licensefs scan", "an empty file");
	ok(lic_catalog_open(s.store, s.db, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat,
			    &fix_err) == 0,
	   "an empty file becomes a catalog");
	checks(cat, "when made from an empty file");
	lic_catalog_close(cat);
	/* A killed maker's journal, by its header: 1 record to restore a file of 0 pages */
	write_file(s.db, zero, sizeof(zero));
	snprintf(log, sizeof(log), "%s-journal", s.db);
	write_file(log, journal, sizeof(journal));
	fails(s.store, s.db, LIC_CATALOG_READ, ENOENT, "cut short", "a half-made catalog");
	ok(lic_catalog_open(s.store, s.db, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat,
			    &fix_err) == 0,
	   "which the next writer makes anew");
	lic_catalog_close(cat);
	unlink(log);
	write_file(s.db, zero, sizeof(zero));
	fails(s.store, s.db, LIC_CATALOG_WRITE, EUCLEAN, "damaged", "a file of zeros");
	scratch_release(&s);
}

static void fresh(struct scratch *s)
{
	struct lic_catalog *cat = scratch_make(s);
	struct lic_txn *txn = begin(cat);

	for (int i = 0; i < 400; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d", i);
		put_image(txn, 1, name, name, i % 2 ? "CC-BY-4.0" : NULL, NULL);
	}
	commit(txn);
	lic_catalog_close(cat);
}

static void test_damage(void)
{
	struct scratch s;
	struct lic_catalog *cat;
	struct stat st;
	int found = 0;

	fresh(&s);
	ok(poke(s.db, "PRAGMA user_version = 99"), "a newer schema");
	fails(s.store, NULL, LIC_CATALOG_READ, EPROTO, "update licensefs", "newer");
	fails(s.store, NULL, LIC_CATALOG_WRITE, EPROTO, "update licensefs", "newer, to write");
	ok(poke(s.db, "PRAGMA user_version = " TEXT_OF(LIC_CATALOG_SCHEMA) "; DROP TABLE credit"),
	   "a table goes");
	fails(s.store, NULL, LIC_CATALOG_READ, EUCLEAN, "restore a copy", "a missing table");
	ok(poke(s.db, "CREATE TABLE credit (a); CREATE TRIGGER t AFTER INSERT ON credit BEGIN "
		      "DELETE FROM decision; END"),
	   "a trigger comes");
	fails(s.store, NULL, LIC_CATALOG_WRITE, EUCLEAN, "triggers", "a trigger");
	ok(poke(s.db, "DROP TRIGGER t; DELETE FROM meta WHERE key = 'uuid'"), "a value goes");
	fails(s.store, NULL, LIC_CATALOG_READ, EUCLEAN, "whose", "no uuid");
	scratch_release(&s);

	fresh(&s);
	overwrite(s.db, 100, 4000);
	fails(s.store, NULL, LIC_CATALOG_READ, EUCLEAN, "damaged", "a schema page of junk");
	scratch_release(&s);
	fresh(&s);
	if (stat(s.db, &st) == 0 && truncate(s.db, st.st_size / 2) == 0)
		fails(s.store, NULL, LIC_CATALOG_READ, EUCLEAN, "damaged", "a file cut in half");
	scratch_release(&s);

	/* One byte range of junk anywhere is found by the check, if not before */
	for (int page = 1; page < 12; page++) {
		struct lic_error err = LIC_ERROR_INIT;

		fresh(&s);
		overwrite(s.db, page * 8192, 8192);
		cat = NULL;
		if (lic_catalog_open(s.store, NULL, LIC_CATALOG_READ, &cat, &err) == -EUCLEAN ||
		    (cat && lic_catalog_check(cat, &err) == -EUCLEAN))
			found++;
		else
			printf("# page %d: %s\n", page, err.msg);
		lic_catalog_close(cat);
		scratch_release(&s);
	}
	is_int(found, 11, "junk in any page is found");
}

/* Each of these breaks one invariant, and the check must say which. */
static void test_check(void)
{
	static const struct {
		const char *sql, *word;
	} t[] = {
		{ "UPDATE entry SET died = 1 WHERE id = 5", "I6" },
		{ "UPDATE dir_rights SET count = count + 1", "I6" },
		{ "DELETE FROM dir_rights", "I6" },
		{ "INSERT INTO dir_rights VALUES (5, 1, 0, 0)", "I6" },
		{ "UPDATE entry SET parent = 300 WHERE id = 5", "live directory" },
		{ "UPDATE entry SET parent = 5 WHERE id = 6", "live directory" },
		{ "UPDATE sqlite_sequence SET seq = 9 WHERE name = 'entry'", "I4" },
		{ "UPDATE entry SET born = 9 WHERE id = 5", "I5" },
		{ "UPDATE entry SET since = 99 WHERE id = 5", "I5" },
		{ "INSERT INTO past VALUES (5, 1, 9, 1)", "I5" },
		{ "UPDATE entry SET since = 2 WHERE id = 5; "
		  "INSERT INTO generation VALUES (2, 0, '', 0)",
		  "I5" },
		{ "UPDATE entry SET rights = 77 WHERE id = 5", "rights" },
		{ "UPDATE entry SET rights = 0 WHERE id = 5", "rights" },
		{ "UPDATE rights SET key = 'x' || id", "key" },
		{ "UPDATE statement SET text = 'CC0-1.0'", "statement" },
		{ "DELETE FROM statement", "statement" },
		{ "INSERT INTO companion VALUES (5, 6)", "companion" },
		{ "INSERT INTO credit (entry) VALUES (1)", "credit" },
		{ "UPDATE entry SET parent = 0 WHERE id = 5", "root" },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(t); i++) {
		struct lic_error err = LIC_ERROR_INIT;
		struct lic_catalog *cat;
		struct scratch s;

		fresh(&s);
		ok(poke(s.db, t[i].sql), "%s", t[i].sql);
		cat = scratch_open(&s, LIC_CATALOG_READ);
		ok(lic_catalog_check(cat, &err) == -EUCLEAN && strstr(err.msg, t[i].word),
		   "is found: %s", err.msg);
		lic_catalog_close(cat);
		scratch_release(&s);
	}
}

static void test_store(void)
{
	struct scratch s, other;
	struct lic_catalog *cat = NULL;
	char moved[80], outside[128];

	fresh(&s);
	scratch_init(&other);
	fails(other.store, s.db, LIC_CATALOG_READ, EXDEV, "belongs to the store",
	      "another store's catalog");
	snprintf(outside, sizeof(outside), "%s/c.db", other.store);
	ok(lic_catalog_open(s.store, outside, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat,
			    &fix_err) == 0,
	   "a catalog outside of its store");
	lic_catalog_close(cat);
	snprintf(moved, sizeof(moved), "%s-moved", s.store);
	ok(rename(s.store, moved) == 0, "the store moves");
	fails(moved, outside, LIC_CATALOG_READ, EXDEV, "belongs to the store", "from outside");
	cat = NULL;
	ok(lic_catalog_open(moved, NULL, LIC_CATALOG_WRITE, &cat, &fix_err) == 0,
	   "a catalog in its store moves along");
	lic_catalog_close(cat);
	snprintf(s.store, sizeof(s.store), "%.60s", moved);
	scratch_release(&s);
	scratch_release(&other);
}

static void test_odd_path(void)
{
	struct lic_catalog *cat = NULL;
	struct scratch s;
	char odd[128];

	scratch_init(&s);
	snprintf(odd, sizeof(odd), "%s/a%%3f?b=#c d\n\xff'", s.store);
	mkdir(odd, 0755);
	ok(lic_catalog_open(odd, NULL, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat, &fix_err) == 0,
	   "a store whose path is no tame URI");
	lic_catalog_close(cat);
	ok(lic_catalog_open(odd, NULL, LIC_CATALOG_READ, &cat, &fix_err) == 0, "opens again");
	is_int(access(lic_catalog_path(cat), F_OK), 0, "where it should be");
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void test_locked(void)
{
	struct scratch s;
	struct lic_catalog *a = scratch_make(&s), *b = scratch_open(&s, LIC_CATALOG_WRITE);
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_txn *txn = begin(a), *other = NULL;

	sqlite3_busy_timeout(b->db, 20); /* not the 30 s of real life */
	ok(lic_catalog_begin(b, "x", &other, &err) == -EBUSY && strstr(err.msg, "writing"),
	   "a second writer is told: %s", err.msg);
	lic_catalog_abort(txn);
	ok(lic_catalog_begin(b, "x", &other, &err) == 0, "and can begin when the first is done");
	lic_catalog_abort(other);
	lic_catalog_close(a);
	lic_catalog_close(b);
	scratch_release(&s);
}

static void test_facts(void)
{
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);

	put_image(txn, 1, "x", "x", "CC-PDM-1.0", NULL);
	commit(txn);
	is_int(status_of(cat, "x"), LIC_STATUS_CLEAR, "a statement is believed");
	lic_catalog_close(cat);
	ok(poke(s.db, "UPDATE meta SET value = 'strict' WHERE key = 'statements'; "
		      "UPDATE meta SET value = 'old' WHERE key = 'facts'"),
	   "facts and policy change");
	cat = scratch_open(&s, LIC_CATALOG_READ);
	is_int(status_of(cat, "x"), LIC_STATUS_CLEAR, "a reader changes nothing");
	lic_catalog_close(cat);
	cat = scratch_open(&s, LIC_CATALOG_WRITE);
	ok(status_of(cat, "x") != LIC_STATUS_CLEAR, "a writer judges everything again");
	is_int(lic_catalog_generation(cat), 2, "in a generation of its own");
	checks(cat, "judged by other facts");
	lic_catalog_close(cat);
	cat = scratch_open(&s, LIC_CATALOG_WRITE);
	is_int(lic_catalog_generation(cat), 2, "once");
	lic_catalog_close(cat);
	ok(poke(s.db, "UPDATE meta SET value = 'lax' WHERE key = 'notice'"), "a policy of no name");
	cat = scratch_open(&s, LIC_CATALOG_READ);
	ok(lic_catalog_policy(cat, &(struct lic_policy){ 0 }, &fix_err) == -EUCLEAN,
	   "is not guessed");
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* Runs `fn` in a child, which reports by its exit status. */
static int in_child(int (*fn)(void *), void *arg)
{
	pid_t pid;
	int status = 0;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(fn(arg));
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
									       : -1;
}

#define SKIPPED 77

static int read_as_nobody(void *arg)
{
	struct scratch *s = arg;
	struct lic_catalog *cat = NULL;
	struct lic_error err = LIC_ERROR_INIT;
	int r;

	if (setgid(65534) < 0 || setuid(65534) < 0)
		return SKIPPED;
	r = lic_catalog_open(s->store, NULL, LIC_CATALOG_READ, &cat, &err);
	if (r == 0)
		r = status_of(cat, "1") == LIC_STATUS_CLEAR ? 0 : 1;
	else
		r = r == -EACCES && strstr(err.msg, "owner") ? 2 : 3;
	lic_catalog_close(cat);
	return r;
}

static int write_as_nobody(void *arg)
{
	struct scratch *s = arg;
	struct lic_catalog *cat = NULL;
	struct lic_error err = LIC_ERROR_INIT;

	if (setgid(65534) < 0 || setuid(65534) < 0)
		return SKIPPED;
	return lic_catalog_open(s->store, NULL, LIC_CATALOG_WRITE, &cat, &err) == -EACCES &&
			       strstr(err.msg, "run as their owner")
		       ? 0
		       : 1;
}

static void test_unprivileged(void)
{
	struct lic_catalog *cat;
	struct scratch s;
	char shm[300];

	if (getuid() != 0) {
		ok(true, "unprivileged readers # SKIP only root can become another");
		return;
	}
	fresh(&s);
	chmod(s.store, 0755);
	is_int(in_child(read_as_nobody, &s), 0, "an unprivileged reader after the last writer");
	is_int(in_child(write_as_nobody, &s), 0, "but no unprivileged writer");
	cat = scratch_open(&s, LIC_CATALOG_WRITE);
	is_int(in_child(read_as_nobody, &s), 0, "and beside a writer");
	lic_catalog_close(cat);
	snprintf(shm, sizeof(shm), "%s-shm", s.db);
	unlink(shm);
	is_int(in_child(read_as_nobody, &s), 2, "without the log's index there is a clear message");
	chmod(s.db, 0600);
	is_int(in_child(read_as_nobody, &s), 2, "a private catalog");
	scratch_release(&s);
}

static bool private_tmpfs(const char *at)
{
	return unshare(CLONE_NEWNS) == 0 && mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", at, "tmpfs", 0, "size=16m") == 0;
}

static int on_readonly_media(void *arg)
{
	struct scratch *s = arg;
	struct lic_catalog *cat;
	char log[300];

	if (!private_tmpfs(s->store))
		return SKIPPED;
	cat = scratch_open(s, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE);
	lic_catalog_close(cat);
	if (mount(NULL, s->store, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return SKIPPED;
	cat = scratch_open(s, LIC_CATALOG_READ);
	ok(lic_catalog_immutable(cat), "a catalog on read-only media follows no changes");
	checks(cat, "on read-only media");
	lic_catalog_close(cat);
	fails(s->store, NULL, LIC_CATALOG_WRITE, EROFS, "copy it", "read-only media");
	mount(NULL, s->store, NULL, MS_REMOUNT, NULL);
	snprintf(log, sizeof(log), "%s-wal", s->db);
	write_file(log, "something", 9);
	mount(NULL, s->store, NULL, MS_REMOUNT | MS_RDONLY, NULL);
	fails(s->store, NULL, LIC_CATALOG_READ, EBUSY, "was not merged",
	      "a log on read-only media");
	/* A read-only mount of what others can write is no read-only media */
	mount(NULL, s->store, NULL, MS_REMOUNT, NULL);
	unlink(log);
	mount(s->store, s->store, NULL, MS_BIND, NULL);
	mount(NULL, s->store, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
	ok(!lic_media_is_readonly(s->store), "a read-only bind mount is not read-only media");
	cat = NULL;
	if (lic_catalog_open(s->store, NULL, LIC_CATALOG_READ, &cat, &fix_err) == 0)
		ok(!lic_catalog_immutable(cat), "a catalog there follows changes");
	else
		ok(strstr(fix_err.msg, "owner") != NULL, "or is refused: %s", fix_err.msg);
	lic_catalog_close(cat);
	fflush(stdout);
	return tap_count - *(int *)(s + 1) + (tap_failed ? 100 : 0);
}

static void test_media(void)
{
	struct {
		struct scratch s;
		int before;
	} a;
	int r;

	ok(lic_media_is_network(0x6969) && lic_media_is_network(0xff534d42u) &&
		   lic_media_is_network(0x01021997),
	   "NFS, CIFS and 9p are network filesystems");
	ok(!lic_media_is_network(0xef53) && !lic_media_is_network(0x01021994),
	   "ext4 and tmpfs are not");
	scratch_init(&a.s);
	a.before = tap_count;
	r = in_child(on_readonly_media, &a);
	if (r == SKIPPED || r < 0) {
		ok(r == SKIPPED, "read-only media # SKIP mounts are not permitted here");
	} else {
		tap_count += r % 100; /* those that the child has printed */
		tap_failed += r >= 100;
	}
	scratch_release(&a.s);
}

int main(void)
{
	test_missing();
	test_foreign();
	test_half_made();
	test_damage();
	test_check();
	test_store();
	test_odd_path();
	test_locked();
	test_facts();
	test_unprivileged();
	test_media();
	return done_testing();
}
