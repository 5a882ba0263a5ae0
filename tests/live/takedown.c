/* SPDX-License-Identifier: Apache-2.0 */
/*
 * takedown STORE MOUNTPOINT READERS
 *
 * Takes down all images below STORE/take at once, in one transaction, and brings them back, while
 * readers look at those below STORE/keep: how long it takes until nothing is to be had of them, by
 * name, by listing, by descriptors and mappings, and what the readers notice. All are looked up and
 * read before. Exits with 1 where a reader failed, or something stayed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <licensefs/catalog_revoke.h>

#include "tests/live/live.h"

#define VIEW "commercial"
#define SAMPLE 1000 /* names that are looked at again and again */
#define HELD 200
#define LOOKS (1 << 20) /* of one reader, that are kept */
#define LATEST (60000 * MS)

struct look {
	int64_t start, took;
};

struct reader {
	_Atomic uint64_t n, failures;
	char failure[256];
	struct look look[LOOKS];
};

struct held {
	int fd;
	unsigned char *map;
};

struct takedown {
	struct lic_catalog *cat;
	char root[512]; /* of the view */
	const char *mountpoint;
	char **path; /* of all that goes, below the root */
	size_t n, dirs;
	struct held held[HELD];
	struct reader *reader;
	int readers;
	_Atomic bool *over;
	bool passes;
	int wrong;
};

/* --- what goes ------------------------------------------------------------------------------- */

static void add_names(struct takedown *t, const char *dir)
{
	char path[1024];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", t->root, dir);
	d = opendir(path);
	if (!d)
		die("%s: %s", path, strerror(errno));
	t->dirs++;
	while ((e = readdir(d))) {
		if (*e->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_type == DT_DIR) {
			add_names(t, path);
			continue;
		}
		t->path = reallocarray(t->path, t->n + 1, sizeof(*t->path));
		t->path[t->n] = t->path ? strdup(path) : NULL;
		if (!t->path || !t->path[t->n++])
			die("out of memory");
	}
	closedir(d);
}

/* Names and bytes are in the kernel's caches then. */
static void warm(struct takedown *t)
{
	for (size_t i = 0; i < t->n; i++) {
		char path[1024], c[4096];
		int fd;

		snprintf(path, sizeof(path), "%s/%s", t->root, t->path[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || read(fd, c, sizeof(c)) <= 0)
			die("%s: %s", path, strerror(errno));
		if (i % (t->n / HELD + 1) == 0 && i / (t->n / HELD + 1) < HELD) {
			struct held *h = &t->held[i / (t->n / HELD + 1)];

			h->fd = fd;
			h->map = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
		} else {
			close(fd);
		}
	}
}

static size_t names_there(const struct takedown *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i += t->n / SAMPLE + 1) {
		char path[1024];
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", t->root, t->path[i]);
		n += stat(path, &st) == 0;
	}
	return n;
}

/* In the directories of some of them. */
static size_t listed(const struct takedown *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i += t->n / 20 + 1) {
		char path[1024];
		struct dirent *e;
		DIR *d;

		snprintf(path, sizeof(path), "%s/%s", t->root, t->path[i]);
		*strrchr(path, '/') = '\0';
		d = opendir(path);
		while (d && (e = readdir(d)))
			n += *e->d_name != '.';
		if (d)
			closedir(d);
	}
	return n;
}

static sigjmp_buf bus;

static void on_bus(int sig)
{
	(void)sig;
	siglongjmp(bus, 1);
}

static bool mapped(const struct held *h)
{
	char c;

	if (sigsetjmp(bus, 1))
		return false;
	c = *(const volatile char *)h->map;
	(void)c;
	return true;
}

/* Where mappings are out of reach, they all stay: a limit that people are told of. */
static bool readable(struct takedown *t, const struct held *h)
{
	char c;

	if (t->passes && !mapped(h)) {
		printf("# WRONG: a mapping is gone\n");
		t->wrong = 1;
	}
	return pread(h->fd, &c, 1, 0) == 1 || (!t->passes && mapped(h));
}

static size_t held_readable(struct takedown *t)
{
	size_t n = 0;

	for (int i = 0; i < HELD; i++)
		n += t->held[i].map && readable(t, &t->held[i]);
	return n;
}

/* --- readers ---------------------------------------------------------------------------------- */

static void fail(struct reader *r, const char *what, const char *path)
{
	if (atomic_fetch_add(&r->failures, 1) == 0)
		snprintf(r->failure, sizeof(r->failure), "%s %s: %s", what, path, strerror(errno));
}

static void look_once(struct takedown *t, struct reader *r, int i)
{
	char path[1024], c[4096];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/keep/%d.pnm", t->root, i);
	if (stat(path, &st) < 0)
		fail(r, "stat", path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail(r, "open", path);
	else if (read(fd, c, sizeof(c)) <= 0)
		fail(r, "read", path);
	if (fd >= 0)
		close(fd);
}

static void read_on(struct takedown *t, struct reader *r, unsigned seed)
{
	const struct timespec pause = { 0, 200000 };

	while (!atomic_load(t->over)) {
		int64_t start = now_ns();
		uint64_t n = atomic_load(&r->n);

		look_once(t, r, (int)((unsigned)rand_r(&seed) % 1000));
		if (n < LOOKS) {
			r->look[n] = (struct look){ start, now_ns() - start };
			atomic_store(&r->n, n + 1);
		}
		nanosleep(&pause, NULL);
	}
}

static void start_readers(struct takedown *t)
{
	const size_t size = (size_t)t->readers * sizeof(*t->reader) + sizeof(*t->over);
	unsigned char *p =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	t->reader = (struct reader *)p;
	t->over = (_Atomic bool *)(p + (size_t)t->readers * sizeof(*t->reader));
	for (int i = 0; i < t->readers; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork: %s", strerror(errno));
		if (pid == 0) {
			read_on(t, &t->reader[i], (unsigned)i);
			_exit(0);
		}
	}
}

/* What readers have noticed of a time: one stat, open and read each. */
static void print_looks(const struct takedown *t, const char *name, int64_t from, int64_t to)
{
	struct samples s = { .name = name };

	for (int i = 0; i < t->readers; i++) {
		for (uint64_t k = 0; k < atomic_load(&t->reader[i].n); k++) {
			const struct look *l = &t->reader[i].look[k];

			if (l->start + l->took >= from && l->start < to)
				samples_add(&s, l->took);
		}
	}
	samples_print(&s);
	free(s.v);
}

/* --- down, and up again ------------------------------------------------------------------------
 */

static void print_time(const char *name, int64_t ns)
{
	printf("# %-44s %10.1f ms\n", name, (double)ns / 1e6);
}

static void change(struct takedown *t, int64_t *number)
{
	static const struct lic_selector take = {
		.kind = LIC_SELECT_PATH,
		.normal = { (const uint8_t *)"take", 4 },
	};
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_revocation rev = {
		.kind = take.kind,
		.text = take.normal,
		.reason = "test",
		.requester = "",
		.who = "test",
	};
	int64_t changed = 0, start = now_ns();
	struct lic_txn *txn;
	int r = lic_catalog_begin(t->cat, "takedown", &txn, &err);

	if (r == 0 && *number)
		r = lic_catalog_restore(txn, *number, "test", "test", NULL, NULL, &changed, &err);
	else if (r == 0)
		r = lic_catalog_revoke(txn, &rev, &take, 1, NULL, NULL, &changed, &err);
	if (r == 0)
		r = lic_catalog_commit(txn, &err);
	if (r < 0)
		die("%s", err.msg);
	*number = rev.number;
	printf("# %-44s %10lld\n", *number ? "images taken down" : "images brought back",
	       (long long)changed);
	print_time("the transaction", now_ns() - start);
}

/* Waits until all is as it must be; prints when what was. */
static void wait_for_it(struct takedown *t, bool there, int64_t start)
{
	const int64_t generation = lic_catalog_generation(t->cat);
	const char *name[] = { there ? "all names are there" : "no name is there",
			       there ? "all are listed" : "none is listed",
			       there ? "" : "no open or mapped file can be read",
			       "the mount has followed completely" };
	bool done[4] = { false, false, there, false };

	while (!(done[0] && done[1] && done[2] && done[3]) && now_ns() < start + LATEST) {
		bool now[4] = { true, true, true, true };

		now[3] = followed(t->mountpoint) >= generation;
		if (!done[0])
			now[0] = there ? names_there(t) >= t->n / (t->n / SAMPLE + 1)
				       : names_there(t) == 0;
		if (!done[1])
			now[1] = (listed(t) != 0) == there;
		if (!done[2])
			now[2] = held_readable(t) == 0;
		for (int i = 0; i < 4; i++) {
			if (now[i] && !done[i])
				print_time(name[i], now_ns() - start);
			done[i] |= now[i];
		}
	}
	for (int i = 0; i < 4; i++) {
		if (!done[i]) {
			printf("# WRONG: not within a minute: %s\n", name[i]);
			t->wrong = 1;
		}
	}
}

static void turn(struct takedown *t, int64_t *number)
{
	const struct timespec moment = { 0, 300 * MS };
	int64_t start = now_ns(), committed, end;

	change(t, number);
	committed = now_ns();
	wait_for_it(t, !*number, committed);
	end = now_ns();
	print_looks(t, "readers: while it is written", start, committed);
	print_looks(t, "readers: while it is followed", committed, end);
	nanosleep(&moment, NULL);
	print_looks(t, "readers: just after", end, now_ns());
}

static void find_wrong(struct takedown *t)
{
	for (int i = 0; i < t->readers; i++) {
		wait(NULL);
		if (atomic_load(&t->reader[i].failures)) {
			printf("# WRONG: %llu failures of a reader: %s\n",
			       (unsigned long long)t->reader[i].failures, t->reader[i].failure);
			t->wrong = 1;
		}
	}
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = on_bus };
	struct lic_error err = LIC_ERROR_INIT;
	struct takedown *t = must_calloc(1, sizeof(*t));
	const struct timespec moment = { 0, 300 * MS };
	int64_t number = 0, start;

	if (argc != 4)
		die("usage: takedown STORE MOUNTPOINT READERS");
	t->mountpoint = argv[2];
	t->passes = passes(argv[2]);
	t->readers = (int)strtol(argv[3], NULL, 10);
	snprintf(t->root, sizeof(t->root), "%s/" VIEW, t->mountpoint);
	sigaction(SIGBUS, &act, NULL);
	add_names(t, "take");
	warm(t);
	start_readers(t);
	start = now_ns();
	nanosleep(&moment, NULL);
	print_looks(t, "readers: before", start, now_ns());
	if (lic_catalog_open(argv[1], NULL, LIC_CATALOG_WRITE, &t->cat, &err) < 0)
		die("%s", err.msg);
	turn(t, &number);
	turn(t, &number);
	atomic_store(t->over, true);
	find_wrong(t);
	lic_catalog_close(t->cat);
	for (size_t i = 0; i < t->n; i++)
		free(t->path[i]);
	free(t->path);
	start = t->wrong;
	free(t);
	return (int)start;
}
