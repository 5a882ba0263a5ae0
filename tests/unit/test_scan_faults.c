/* SPDX-License-Identifier: Apache-2.0 */
/* Readers that crash, hang, hog, lie and try to break out: each costs its own file the verdict, and
 * nothing else. This program has no other reader than that one. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <licensefs/scan.h>

#include "fs/evidence/reader.h"
#include "fs/scan/helper.h"
#include "fs/scan/internal.h"
#include "tests/unit/tap.h"

#define MAGIC "FAULT "
#define NEIGHBOURS 300
#define HELPER_SOCK 3

/* Shared with all processes of this test. */
static struct shared {
	atomic_uint reads; /* of faulty files */
	atomic_uint once;
} * shared;

/* --- the reader --------------------------------------------------------------------------- */

static void state(struct lic_reading *r, const char *text)
{
	static const struct lic_field license = { .name = "License", .role = LIC_ROLE_LICENSE };

	lic_reading_add(r, "TEST", &license, lic_reading_texts(r), LIC_CHARSET_GUESS, text,
			strlen(text));
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

static int overflow(volatile int *deep)
{
	volatile int more[1024];

	more[0] = *deep + 1;
	if (more[0] < 0)
		return 0;
	return overflow(more) + more[0];
}

static void *nothing(void *arg)
{
	return arg;
}

/* Says what nobody but an operator can say. */
static void lie(struct lic_reading *r)
{
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_buf out = LIC_BUF_INIT(1 << 20);
	const struct lic_claim claim = {
		.rank = LIC_RANK_OPERATOR,
		.role = LIC_ROLE_LICENSE,
		.source = "decision",
		.field = "license",
		.raw = { (const uint8_t *)"CC0-1.0", 7 },
		.text = "CC0-1.0",
	};
	/* files of this test are read in messages of few: the number is found by trying */
	for (uint32_t serial = 1; serial < 400; serial++) {
		for (uint32_t number = 0; number < 64; number++) {
			struct lic_answer a = { .serial = serial, .number = number };

			lic_claims_reset(&c);
			c.format = r->claims->format;
			lic_claims_add(&c, &claim);
			lic_answer_add(&out, &a, &c);
			if (write(HELPER_SOCK, out.data, out.len) < 0)
				return;
			lic_buf_reset(&out);
		}
	}
}

static bool may_connect(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };

	return fd >= 0 || connect(HELPER_SOCK, (struct sockaddr *)&a, sizeof(a)) == 0;
}

static bool may_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static bool may_write(void)
{
	return creat("/tmp/licensefs-sandbox-test", 0600) >= 0 ||
	       syscall(SYS_memfd_create, "x", 0) >= 0 || unlink("/tmp/nothing-there") == 0 ||
	       mkdir("/tmp/licensefs-sandbox-test.d", 0700) == 0;
}

static bool may_change_descriptor(int fd)
{
	return fchmod(fd, 0600) == 0 || futimens(fd, NULL) == 0 || ftruncate(fd, 0) == 0;
}

static bool may_map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0) != MAP_FAILED;
}

/* States whatever it was not kept from. */
static void probe(struct lic_reading *r)
{
	char *const none[] = { NULL };
	pthread_t t;

	if (!LIC_SANITIZED && (open("/etc/passwd", O_RDONLY) >= 0 || open("/", O_RDONLY) >= 0))
		state(r, "opens a file");
	if (!LIC_SANITIZED && syscall(SYS_openat2, AT_FDCWD, "/", NULL, 24) >= 0)
		state(r, "opens by openat2");
	if (!LIC_SANITIZED && access("/etc/passwd", R_OK) == 0)
		state(r, "sees that a file is there");
	if (may_connect())
		state(r, "has a socket");
	if (execve("/bin/true", none, none) == 0)
		state(r, "executes");
	if (may_fork())
		state(r, "forks");
	if (!LIC_SANITIZED && pthread_create(&t, NULL, nothing, NULL) == 0)
		state(r, "starts a thread");
	if (ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0)
		state(r, "traces its parent");
	if (kill(getppid(), 0) == 0 || kill(1, 0) == 0)
		state(r, "signals others");
	if (may_write())
		state(r, "writes");
	if (may_change_descriptor(r->in->fd))
		state(r, "changes the file that it reads");
	if (!LIC_SANITIZED && may_map_code())
		state(r, "maps code");
	if (!r->claims->n)
		state(r, "CC0-1.0");
}

/* The page on which the helper says what it reads. */
static struct lic_slot *slot_of(struct lic_reading *r)
{
	return (struct lic_slot *)((char *)r->claims - offsetof(struct lic_slot, claims));
}

/* Never the same for two ticks, so that no clock runs out. */
static void wander(struct lic_reading *r)
{
	for (volatile unsigned i = 0;; i = i + 1)
		if (i % 1024 == 0)
			atomic_fetch_add(&slot_of(r)->progress, 1u << 16);
}

/* A record of many megabytes, byte by byte. */
static void trickle(void)
{
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_buf out = LIC_BUF_INIT(1 << 20);
	struct lic_answer a = { 0 };

	lic_answer_add(&out, &a, &c);
	for (size_t i = 0; i < out.len; i++)
		(void)!write(HELPER_SOCK, out.data + i, 1);
	for (volatile unsigned i = 0;; i = i + 1)
		;
}

static void misbehave(struct lic_reading *r, const char *what)
{
	int word = 0;

	atomic_fetch_add(&shared->reads, 1);
	if (strcmp(what, "nowhere") == 0)
		atomic_store(&slot_of(r)->progress, 0);
	if (strcmp(what, "nonsense") == 0)
		atomic_store(&slot_of(r)->progress, UINT64_MAX);
	if (strcmp(what, "wander") == 0)
		wander(r);
	if (strcmp(what, "trickle") == 0)
		trickle();
	if (strcmp(what, "crash") == 0 || strcmp(what, "nowhere") == 0 ||
	    strcmp(what, "nonsense") == 0)
		end_by(SIGSEGV);
	else if (strcmp(what, "abort") == 0)
		end_by(SIGABRT);
	else if (strcmp(what, "killed") == 0)
		end_by(SIGKILL);
	else if (strcmp(what, "exit") == 0)
		_exit(3);
	else if (strcmp(what, "memory") == 0)
		hog();
	else if (strcmp(what, "stack") == 0)
		overflow(&word);
	else if (strcmp(what, "garbage") == 0)
		(void)!write(HELPER_SOCK,
			     "garbage in great quantity, no record at all: "
			     "garbage in great quantity, no record at all",
			     80);
	else if (strcmp(what, "lie") == 0)
		lie(r);
	else if (strcmp(what, "hide") == 0)
		close(HELPER_SOCK);
	else if (strcmp(what, "once") == 0 && atomic_fetch_add(&shared->once, 1) == 0)
		end_by(SIGSEGV);
	else if (strcmp(what, "idle") == 0)
		for (;;)
			syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
	if (strcmp(what, "loop") == 0 || strcmp(what, "hide") == 0)
		for (volatile unsigned i = 0;; i = i + 1)
			;
}

static void read_fault(struct lic_reading *r)
{
	size_t n = (size_t)r->in->size - strlen(MAGIC);
	const uint8_t *p = lic_input_peek(r->in, strlen(MAGIC), n);
	char what[32];

	if (!p || n >= sizeof(what))
		return;
	memcpy(what, p, n);
	what[n] = '\0';
	if (strncmp(what, "fine", 4) == 0) {
		state(r, "CC0-1.0");
	} else if (strcmp(what, "probe") == 0) {
		probe(r);
	} else {
		misbehave(r, what);
		state(r, "CC0-1.0");
	}
}

static int bid(const uint8_t *head, size_t n)
{
	return n > strlen(MAGIC) && memcmp(head, MAGIC, strlen(MAGIC)) == 0 ? 100 : 0;
}

static struct lic_reader fault = { "fault", LIC_FORMAT_PNM, bid, read_fault };

/* Takes the place of the product's readers.c. */
const struct lic_reader *lic_reader_at(size_t i)
{
	return i == 0 ? &fault : NULL;
}

/* --- scans -------------------------------------------------------------------------------- */

static void write_file(int dir, const char *name, const char *what)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, MAGIC, strlen(MAGIC)) < 0 || write(fd, what, strlen(what)) < 0)
		ok(0, "wrote %s", name);
	close(fd);
}

struct verdict {
	enum lic_status status;
	char damage[256];
	enum lic_format format;
	int64_t judged;
	struct lic_hash hash;
};

static struct verdict verdict_on(struct lic_catalog *cat, const char *path)
{
	struct verdict v = { .status = LIC_STATUS_STALE };
	struct lic_claims c = LIC_CLAIMS_INIT;
	const struct lic_rights *r = NULL;
	struct lic_entry e;

	if (lic_catalog_by_path(cat, path, strlen(path), &e, NULL) == 0) {
		v.judged = e.judged;
		v.hash = e.hash;
		v.format = e.format;
		r = lic_catalog_rights(cat, e.rights, NULL);
		if (lic_catalog_claims(cat, e.id, &c, NULL) == 0 && c.damage)
			snprintf(v.damage, sizeof(v.damage), "%s", c.damage);
	}
	if (r)
		v.status = r->status;
	lic_claims_release(&c);
	return v;
}

static void scan(const char *store, bool verify)
{
	struct lic_scan_options o = { .store = store, .jobs = 2, .verify = verify };
	struct lic_scan_result res;
	struct lic_error err = LIC_ERROR_INIT;

	is_int(lic_scan(&o, &res, &err), 0, "scanned %s", err.msg);
	ok(waitpid(-1, NULL, WNOHANG) < 0, "no process is left");
}

struct expected {
	const char *what, *damage;
	bool again;	   /* the next scan reads it again */
	bool no_sanitizer; /* they catch it themselves */
};

static const struct expected expected[] = {
	{ "crash", "the reader crashed on it (signal 11)", false, false },
	{ "abort", "the reader crashed on it (signal 6)", false, false },
	{ "exit", "the reader ended on it (status 3)", false, false },
	{ "garbage", "the reader answered what no reader answers", false, false },
	{ "lie", "the reader answered what no reader answers", false, false },
	{ "hide", "the reader answered what no reader answers", false, false },
	{ "loop", "reading it took more than 2 s of processor time", false, false },
	{ "nowhere", "the reader crashed on it (signal 11)", false, false },
	{ "nonsense", "the reader crashed on it (signal 11)", false, false },
	{ "wander", "reading it took more than 2 s of processor time", false, false },
	{ "trickle", "the reader answered what no reader answers", false, false },
	{ "killed", "the reader was killed whenever it read this; scan again", true, false },
	{ "memory", "reading it took more than 256 MB of memory", false, true },
	{ "stack", "the reader crashed on it (signal 11)", false, true },
};

static bool is_tested(const struct expected *x)
{
	return !LIC_SANITIZED || !x->no_sanitizer;
}

static void check_faults(struct lic_catalog *cat)
{
	static const struct lic_hash none;

	for (size_t i = 0; i < LIC_ARRAY_SIZE(expected); i++) {
		const struct expected *x = &expected[i];
		struct verdict v;

		if (!is_tested(x))
			continue;
		v = verdict_on(cat, x->what);
		is_int(v.status, LIC_STATUS_UNREADABLE, "'%s' is unreadable", x->what);
		is_str(v.damage, x->damage, "and says why");
		is_int(v.format, LIC_FORMAT_PNM, "its format is known");
		is_int(v.judged == 0, x->again, "the next scan %s",
		       x->again ? "tries" : "does not");
		ok(memcmp(&v.hash, &none, sizeof(none)) != 0, "its bytes have a hash");
	}
}

static unsigned count_clear(struct lic_catalog *cat)
{
	unsigned clear = 0;

	for (unsigned i = 0; i < NEIGHBOURS; i++) {
		struct verdict v;
		char name[32];

		snprintf(name, sizeof(name), "n%03u", i);
		v = verdict_on(cat, name);
		if (v.status == LIC_STATUS_CLEAR)
			clear++;
		else
			printf("# %s: %s\n", name, v.damage);
	}
	return clear;
}

static void test_faults(const char *store, int root)
{
	const struct timespec racy = { 2, 100000000 };
	struct lic_catalog *cat = NULL;
	unsigned reads;

	for (unsigned i = 0; i < NEIGHBOURS; i++) {
		char name[32], what[32];

		snprintf(name, sizeof(name), "n%03u", i);
		snprintf(what, sizeof(what), "fine %u", i);
		write_file(root, name, what);
		/* between the neighbours, so that inodes mix */
		if (i % 20 == 10 && i / 20 < LIC_ARRAY_SIZE(expected) &&
		    is_tested(&expected[i / 20]))
			write_file(root, expected[i / 20].what, expected[i / 20].what);
	}
	write_file(root, "once", "once");
	write_file(root, "probe", "probe");
	nanosleep(&racy, NULL);
	scan(store, false);
	is_int(lic_catalog_open(store, NULL, LIC_CATALOG_READ, &cat, NULL), 0, "opened");
	check_faults(cat);
	is_int(count_clear(cat), NEIGHBOURS, "all neighbours are clear");
	is_int(verdict_on(cat, "once").status, LIC_STATUS_CLEAR, "who crashes once is read again");
	is_str(verdict_on(cat, "probe").damage, "", "the sandbox was probed");
	is_int(verdict_on(cat, "probe").status, LIC_STATUS_CLEAR, "and holds");
	lic_catalog_close(cat);

	reads = atomic_load(&shared->reads);
	scan(store, false);
	is_int(atomic_load(&shared->reads) - reads, 8, "only who was killed is read again");
}

/* Who changed since may do better, or find what the old one did not. */
static void test_other_reader(const char *store)
{
	unsigned reads;

	fault.name = "better";
	reads = atomic_load(&shared->reads);
	scan(store, false);
	ok(atomic_load(&shared->reads) - reads > 8, "another reader reads all again");
	reads = atomic_load(&shared->reads);
	scan(store, false);
	is_int(atomic_load(&shared->reads) - reads, 8, "once");
}

static void print_probe(const char *store)
{
	struct lic_catalog *cat = NULL;
	struct lic_claims c = LIC_CLAIMS_INIT;
	struct lic_entry e;

	if (lic_catalog_open(store, NULL, LIC_CATALOG_READ, &cat, NULL) < 0)
		return;
	if (lic_catalog_by_path(cat, "probe", 5, &e, NULL) == 0 &&
	    lic_catalog_claims(cat, e.id, &c, NULL) == 0)
		for (size_t i = 0; i < c.n; i++)
			printf("# probe: %s\n", c.item[i].text);
	lic_claims_release(&c);
	lic_catalog_close(cat);
}

/* Reads one file of a directory, by a pool of its own; returns whether a helper was confined. */
static bool read_one(int root, const struct lic_patience *patience, struct lic_item *item)
{
	struct lic_scan_counters counters = { 0 };
	struct lic_scan_dir d = { .path = (char[]){ "" }, .item = item, .n = 1 };
	struct lic_read read = { item, &d };
	struct lic_batch b = { .n_read = 1, .reads = &read };
	struct lic_nursery *nursery = NULL;
	struct lic_sandbox sandbox = { 0 };
	struct lic_pool *pool = NULL;
	bool any;

	is_int(lic_nursery_new(1, &nursery, NULL), 0, "a nursery starts");
	is_int(lic_pool_new(root, 1, nursery, patience, &counters, &pool, NULL), 0,
	       "a pool starts");
	lic_pool_submit(pool, &b);
	while (!lic_pool_wait(pool, &b, 1000))
		;
	any = lic_pool_sandbox(pool, &sandbox);
	lic_pool_free(pool);
	lic_nursery_free(nursery);
	return any;
}

/* A reader that waits for ever uses no processor time. */
static void test_idle(int root)
{
	static const struct lic_patience patience = { 2000000000, 10, 300000000 };
	struct lic_item item = { .name = { (const uint8_t *)"idle", 4 },
				 .claims = LIC_CLAIMS_INIT };

	write_file(root, "idle", "idle");
	ok(read_one(root, &patience, &item), "a helper was confined");
	is_int(item.kind, LIC_KIND_IMAGE, "an image");
	is_str(item.claims.damage, "the reader did nothing for 0.3 s; scan again",
	       "whose reader waits for ever");
	is_int(item.judged, 0, "the next scan tries again");
	lic_claims_release(&item.claims);
	unlinkat(root, "idle", 0);
}

static struct timespec stopped_at;
static volatile sig_atomic_t stop_now;

static void stop_soon(void *ctx _unused_, const struct lic_scan_progress *p)
{
	if (p->read < 3 || stop_now)
		return;
	clock_gettime(CLOCK_MONOTONIC, &stopped_at);
	stop_now = 1;
}

/* Who is asked to stop does not wait for what is being read. */
static void test_stop(void)
{
	int root;
	char store[] = "/tmp/licensefs-stop.XXXXXX", command[64];
	struct lic_scan_options o = { .jobs = 2, .progress = stop_soon, .stop = &stop_now };
	struct lic_scan_result res;
	struct lic_error err = LIC_ERROR_INIT;
	struct timespec now;

	o.store = mkdtemp(store);
	root = open(store, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (unsigned i = 0; i < 8; i++) {
		char name[32];

		snprintf(name, sizeof(name), "n%u", i);
		write_file(root, name, "fine");
	}
	write_file(root, "idle", "idle");
	write_file(root, "idle2", "idle");
	is_int(lic_scan(&o, &res, &err), -EINTR, "a scan is stopped: %s", err.msg);
	clock_gettime(CLOCK_MONOTONIC, &now);
	ok(now.tv_sec - stopped_at.tv_sec < 10, "at once");
	ok(waitpid(-1, NULL, WNOHANG) < 0, "no process is left");
	close(root);
	snprintf(command, sizeof(command), "rm -rf %s", store);
	ok(system(command) == 0, "removed");
}

/* Where no file can be opened no helper is needed, and none lacks its sandbox. */
static void test_nothing_opens(int root)
{
	static const struct lic_patience patience = LIC_PATIENCE_DEFAULT;
	struct lic_item item = { .name = { (const uint8_t *)"gone", 4 },
				 .claims = LIC_CLAIMS_INIT };

	ok(!read_one(root, &patience, &item), "no helper was started");
	is_int(item.kind, LIC_KIND_HIDDEN, "what cannot be opened is hidden");
	lic_claims_release(&item.claims);
}

int main(void)
{
	char store[] = "/tmp/licensefs-faults.XXXXXX";
	char command[64];
	int root = -1;

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ok(shared != MAP_FAILED && mkdtemp(store) &&
		   (root = open(store, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0,
	   "a store");
	test_idle(root);
	test_nothing_opens(root);
	test_stop();
	test_faults(store, root);
	print_probe(store);
	test_other_reader(store);
	close(root);
	snprintf(command, sizeof(command), "rm -rf %s", store);
	ok(system(command) == 0, "removed");
	return done_testing();
}
