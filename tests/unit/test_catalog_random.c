/* SPDX-License-Identifier: Apache-2.0 */
/* The catalog under random changes, kills and a full disk: what it holds agrees with a model, and
 * the full check finds nothing. LICENSEFS_TEST_SEED repeats a run. */
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/unit/catalog_fixture.h"

#define DIRS 5
#define NAMES 6

static uint64_t state;

static unsigned rnd(unsigned n)
{
	/* xorshift64* */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)((state * 2685821657736338717u) >> 33) % n;
}

/* --- a model ------------------------------------------------------------------------------ */

static const char *const dir_path[DIRS] = { "", "d", "d/e", "d/e/f", "g" };
static const int dir_parent[DIRS] = { -1, 0, 1, 2, 0 };
static const char *const name[NAMES] = { "a", "b.jpg", "\xff\n", "1", "2", "c d" };
static const char *const license[] = { NULL,  "CC-BY-4.0",   "CC0-1.0", "CC-BY-NC-4.0 OR CC0-1.0",
				       "MIT", "CC-BY-ND-4.0" };

struct model {
	bool live[DIRS];
	struct slot {
		enum lic_kind kind;
		unsigned bytes;
	} slot[DIRS][NAMES];
};

static void end_dir(struct model *m, int d)
{
	m->live[d] = false;
	memset(m->slot[d], 0, sizeof(m->slot[d]));
	for (int i = 0; i < DIRS; i++) {
		if (dir_parent[i] == d && m->live[i])
			end_dir(m, i);
	}
}

static int64_t id_at(struct lic_catalog *cat, int d, int n)
{
	char path[64];
	struct lic_entry e;
	int len = n < 0 ? snprintf(path, sizeof(path), "%s", dir_path[d])
			: snprintf(path, sizeof(path), "%s/%s", dir_path[d], name[n]);

	return lic_catalog_by_path(cat, path, (size_t)len, &e, &fix_err) < 0 ? -1 : e.id;
}

static bool op_dir(struct lic_catalog *cat, struct lic_txn *txn, struct model *m)
{
	int d = 1 + (int)rnd(DIRS - 1);
	const char *slash = strrchr(dir_path[d], '/');

	if (m->live[d] && rnd(3) == 0) {
		end_dir(m, d);
		return lic_catalog_end(txn, id_at(cat, d, -1), &fix_err) == 0;
	}
	if (!m->live[dir_parent[d]])
		return true;
	m->live[d] = true;
	return put_dir(txn, id_at(cat, dir_parent[d], -1), slash ? slash + 1 : dir_path[d]) > 0;
}

static bool op_put(struct lic_catalog *cat, struct lic_txn *txn, struct model *m, int d, int n)
{
	struct slot *s = &m->slot[d][n];
	int64_t dir = id_at(cat, d, -1);
	char bytes[8];

	*s = (struct slot){ rnd(4) ? LIC_KIND_IMAGE : LIC_KIND_COMPANION, rnd(3) };
	snprintf(bytes, sizeof(bytes), "%u", s->bytes);
	if (s->kind == LIC_KIND_COMPANION)
		return put_other(txn, dir, name[n], s->kind) > 0;
	return put_image(txn, dir, name[n], bytes, license[rnd(LIC_ARRAY_SIZE(license))], NULL) ==
	       0;
}

static bool op_entry(struct lic_catalog *cat, struct lic_txn *txn, struct model *m)
{
	int d = (int)rnd(DIRS), n = (int)rnd(NAMES);
	struct slot *s = &m->slot[d][n];
	int64_t id = m->live[d] ? id_at(cat, d, n) : -1;
	bool changed;

	if (!m->live[d])
		return true;
	switch (s->kind == LIC_KIND_NONE ? 0 : rnd(6)) {
	case 0:
	case 1:
		return op_put(cat, txn, m, d, n);
	case 2:
		s->kind = LIC_KIND_NONE;
		return lic_catalog_end(txn, id, &fix_err) == 0;
	case 3:
		return s->kind != LIC_KIND_IMAGE || lic_catalog_mark_stale(txn, id, &fix_err) == 0;
	case 4:
		return s->kind != LIC_KIND_IMAGE ||
		       lic_catalog_rejudge(txn, id, &changed, &fix_err) == 0;
	default:
		if (s->kind != LIC_KIND_COMPANION || m->slot[d][0].kind != LIC_KIND_IMAGE)
			return true;
		return lic_catalog_bind(txn, id, (int64_t[]){ id_at(cat, d, 0) }, 1, &fix_err) == 0;
	}
}

static int last_live(void *ctx, const struct lic_decision *d)
{
	if (!d->died)
		*(int64_t *)ctx = d->number;
	return 0;
}

static bool op_decide(struct lic_catalog *cat, struct lic_txn *txn)
{
	static const char *const pattern[] = { "d/",  "**/a", "*",	 "d/*/b.jpg", "g/a",
					       "**", "d/a",  "d/e/b.jpg", "b.jpg" };
	static const enum lic_action action[] = { LIC_ACTION_LICENSE, LIC_ACTION_DENY,
						  LIC_ACTION_TERMS, LIC_ACTION_LICENSE };
	unsigned which = rnd(LIC_ARRAY_SIZE(pattern));
	struct lic_decision d = {
		.action = action[rnd(LIC_ARRAY_SIZE(action))],
		.pattern = { (const uint8_t *)pattern[which], strlen(pattern[which]) },
		.exact = which == 4 || which > 5,
		.reason = "chance",
	};
	int64_t number = 0;

	if (rnd(2)) {
		if (lic_catalog_decisions(cat, last_live, &number, &fix_err) < 0)
			return false;
		return !number ||
		       lic_catalog_undecide(txn, number, "jo", "no", NULL, NULL, &fix_err) == 0;
	}
	if (d.action == LIC_ACTION_LICENSE)
		d.license = rnd(2) ? "CC-BY-4.0" : "CC-BY-NC-4.0";
	if (d.action == LIC_ACTION_TERMS)
		d.license = "CC-BY-ND-4.0";
	return lic_catalog_decide(txn, &d, NULL, NULL, &fix_err) == 0;
}

static bool op(struct lic_catalog *cat, struct lic_txn *txn, struct model *m)
{
	unsigned what = rnd(20);

	if (what == 0)
		return op_decide(cat, txn);
	return what < 5 ? op_dir(cat, txn, m) : op_entry(cat, txn, m);
}

/* --- comparing ---------------------------------------------------------------------------- */

static bool agrees(struct lic_catalog *cat, const struct model *m)
{
	for (int d = 0; d < DIRS; d++) {
		if ((id_at(cat, d, -1) > 0) != m->live[d])
			return false;
		for (int n = 0; m->live[d] && n < NAMES; n++) {
			const struct slot *s = &m->slot[d][n];
			int64_t id = id_at(cat, d, n);
			struct lic_hash want;
			struct lic_entry e;
			char bytes[8];

			if ((id > 0) != (s->kind != LIC_KIND_NONE))
				return false;
			if (id <= 0)
				continue;
			if (lic_catalog_by_id(cat, id, &e, &fix_err) < 0 || e.kind != s->kind)
				return false;
			snprintf(bytes, sizeof(bytes), "%u", s->bytes);
			lic_hash128(bytes, strlen(bytes), want.b);
			if (e.kind == LIC_KIND_IMAGE && memcmp(&e.hash, &want, sizeof(want)) != 0)
				return false;
		}
	}
	return true;
}

static int add_image(void *ctx, const struct lic_entry *e)
{
	int64_t *list = ctx;

	list[++list[0]] = e->id;
	return 0;
}

/* [I7] What is stored is what judging gives now. */
static bool judged(struct lic_catalog *cat)
{
	int64_t list[DIRS * NAMES + 1] = { 0 };
	struct lic_txn *txn = begin(cat);
	bool good = lic_catalog_each(cat, LIC_KIND_IMAGE, add_image, list, &fix_err) == 0;

	for (int64_t i = 1; good && i <= list[0]; i++) {
		bool changed = false;

		good = lic_catalog_rejudge(txn, list[i], &changed, &fix_err) == 0 && !changed;
	}
	lic_catalog_abort(txn);
	return good;
}

static void test_random(void)
{
	struct model m = { .live = { true } }, saved;
	struct lic_error err = LIC_ERROR_INIT;
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_catalog *reader = scratch_open(&s, LIC_CATALOG_READ);
	bool worked = true, same = true, sound = true, fresh = true;
	int64_t highest = 1;

	for (int round = 0; round < 400 && worked && same && sound && fresh; round++) {
		struct lic_txn *txn = begin(cat);

		saved = m;
		for (unsigned i = 1 + rnd(20); worked && i; i--)
			worked = op(cat, txn, &m);
		if (rnd(5) == 0) {
			lic_catalog_abort(txn);
			m = saved;
		} else if (worked) {
			commit(txn);
		}
		same = agrees(reader, &m);
		if (round % 8 == 0) {
			sound = lic_catalog_check(reader, &err) == 0;
			fresh = judged(cat);
		}
		for (int n = 0; n < NAMES; n++) {
			int64_t id = id_at(cat, 0, n);

			highest = id > highest ? id : highest;
		}
	}
	ok(worked, "thousands of random changes: %s", fix_err.msg);
	ok(same, "agree with a model");
	ok(sound, "keep the invariants: %s", err.msg);
	ok(fresh, "[I7] and rights are what judging gives");
	ok(highest > NAMES, "[I4] ids go up");
	checks(cat, "in the end");
	lic_catalog_close(reader);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* --- kills -------------------------------------------------------------------------------- */

/* Writes until it is killed; tells each committed generation. */
static void write_forever(struct scratch *s, int out)
{
	struct model m = { .live = { true } };
	struct lic_catalog *cat = NULL;

	if (lic_catalog_open(s->store, NULL, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat,
			     &fix_err) < 0)
		_exit(1);
	for (int d = 1; d < DIRS; d++)
		m.live[d] = id_at(cat, d, -1) > 0;
	for (int d = 0; d < DIRS; d++) {
		for (int n = 0; n < NAMES; n++) {
			struct lic_entry e;
			int64_t id = m.live[d] ? id_at(cat, d, n) : -1;

			if (id > 0 && lic_catalog_by_id(cat, id, &e, &fix_err) == 0)
				m.slot[d][n].kind = e.kind;
		}
	}
	for (;;) {
		struct lic_txn *txn = begin(cat);
		int64_t generation;

		for (int i = 0; i < 10; i++) {
			if (!op(cat, txn, &m))
				_exit(2);
		}
		commit(txn);
		generation = lic_catalog_generation(cat);
		if (write(out, &generation, sizeof(generation)) != sizeof(generation))
			_exit(3);
	}
}

/* Kills a writer after a while; the newest generation that it told of, or -1 where it failed. */
static int64_t kill_writer(struct scratch *s, unsigned after_us)
{
	int64_t generation, last = 0;
	int fd[2], status;
	pid_t pid;

	fflush(stdout);
	if (pipe(fd) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(fd[0]);
		state += after_us;
		write_forever(s, fd[1]);
	}
	close(fd[1]);
	usleep(after_us);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	while (read(fd[0], &generation, sizeof(generation)) == sizeof(generation))
		last = generation;
	close(fd[0]);
	return WIFSIGNALED(status) ? last : -1;
}

static void test_kills(void)
{
	bool opened = true, kept = true, sound = true, whole = true;
	struct lic_error err = LIC_ERROR_INIT;

	for (int i = 0; i < 40; i++) {
		struct lic_catalog *cat = NULL;
		struct scratch s;
		unsigned kills = 1 + rnd(3);

		scratch_init(&s);
		while (kills--) {
			/* The first ones strike while the catalog is being made */
			int64_t told = kill_writer(&s, rnd(2) ? rnd(4000) : rnd(30000));
			int r = lic_catalog_open(
				s.store, NULL, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat, &err);

			whole &= told >= 0;
			opened &= r == 0;
			if (r < 0)
				break;
			kept &= lic_catalog_generation(cat) >= told;
			sound &= lic_catalog_check(cat, &err) == 0;
			lic_catalog_close(cat);
		}
		scratch_release(&s);
	}
	ok(whole, "writers ran until they were killed");
	ok(opened, "a catalog opens after kill -9 at any moment: %s", err.msg);
	ok(kept, "and has every commit that was reported");
	ok(sound, "and is sound: %s", err.msg);
}

/* --- races -------------------------------------------------------------------------------- */

/* Makes or opens the catalog and writes a few images, as others do at the same moment. */
static int write_beside(struct scratch *s, int who)
{
	struct lic_catalog *cat = NULL;

	if (lic_catalog_open(s->store, NULL, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE, &cat,
			     &fix_err) < 0)
		return 1;
	for (int i = 0; i < 5; i++) {
		struct lic_txn *txn = NULL;
		char n[32];

		if (lic_catalog_begin(cat, "race", &txn, &fix_err) < 0)
			return 2;
		snprintf(n, sizeof(n), "%d-%d", who, i);
		if (put_image(txn, 1, n, n, "CC-BY-4.0", NULL) < 0)
			return 3;
		if (lic_catalog_commit(txn, &fix_err) < 0)
			return 4;
	}
	lic_catalog_close(cat);
	return 0;
}

static void test_races(void)
{
	bool good = true, whole = true;
	struct lic_error err = LIC_ERROR_INIT;

	for (int round = 0; round < 10; round++) {
		struct lic_catalog *cat;
		struct scratch s;
		int status;

		scratch_init(&s);
		fflush(stdout);
		for (int who = 0; who < 6; who++) {
			if (fork() == 0) {
				int r = write_beside(&s, who);

				if (r)
					fprintf(stderr, "# step %d: %s\n", r, fix_err.msg);
				_exit(r);
			}
		}
		while (wait(&status) > 0)
			good &= status == 0;
		cat = scratch_open(&s, LIC_CATALOG_READ);
		whole &= lic_catalog_generation(cat) == 30 && lic_catalog_check(cat, &err) == 0;
		lic_catalog_close(cat);
		scratch_release(&s);
	}
	ok(good, "six writers that make one catalog at once all succeed");
	ok(whole, "and nothing of theirs is lost: %s", err.msg);
}

/* --- no space ----------------------------------------------------------------------------- */

static int fill(struct lic_catalog *cat, int64_t first)
{
	struct lic_txn *txn = begin(cat);
	int r = 0;

	for (int64_t i = first; r == 0 && i < first + 2000; i++) {
		char n[64];

		snprintf(n, sizeof(n), "a rather long name of an image %lld", (long long)i);
		r = put_image(txn, 1, n, n, "CC-BY-4.0", NULL);
	}
	if (r == 0)
		return lic_catalog_commit(txn, &fix_err);
	lic_catalog_abort(txn);
	return r;
}

/* Fills until it fails; `limit`: files cannot grow beyond so many bytes. */
static void fill_up(struct scratch *s, rlim_t limit)
{
	struct rlimit before, tight;
	struct lic_catalog *cat = scratch_open(s, LIC_CATALOG_WRITE | LIC_CATALOG_CREATE);
	struct lic_entry e;
	int r = 0, rounds = 0;

	ok(fill(cat, 0) == 0, "images fit");
	getrlimit(RLIMIT_FSIZE, &before);
	tight = before;
	tight.rlim_cur = limit;
	setrlimit(RLIMIT_FSIZE, &tight);
	for (; r == 0 && rounds < 50; rounds++)
		r = fill(cat, 2000 * (rounds + 1));
	setrlimit(RLIMIT_FSIZE, &before);
	is_int(r, -ENOSPC, "a full disk is told");
	ok(strstr(fix_err.msg, "make room") != NULL, "with the remedy: %s", fix_err.msg);
	is_int(lic_catalog_generation(cat), rounds, "and leaves the generation before");
	ok(lic_catalog_by_path(cat, "a rather long name of an image 7", 32, &e, &fix_err) == 0,
	   "which can be read");
	checks(cat, "after a full disk");
	if (limit != RLIM_INFINITY) {
		ok(fill(cat, 2000 * 60) == 0, "and written when there is room again");
		checks(cat, "again");
	}
	lic_catalog_close(cat);
}

static void test_limit(void)
{
	struct scratch s;

	scratch_init(&s);
	signal(SIGXFSZ, SIG_IGN);
	fill_up(&s, 3 << 20);
	scratch_release(&s);
}

/* The same on a filesystem of 4 MiB, in a mount namespace of its own. */
static void test_full(void)
{
	struct scratch s;
	int status = 0;
	pid_t pid;

	scratch_init(&s);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWNS) < 0 ||
		    mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount("tmpfs", s.store, "tmpfs", 0, "size=4m") < 0)
			_exit(77);
		if (!freopen("/dev/null", "w", stdout))
			_exit(78);
		tap_failed = 0;
		fill_up(&s, RLIM_INFINITY);
		_exit(tap_failed);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		ok(true, "a full filesystem # SKIP mounts are not permitted here");
	else
		ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a full filesystem is survived");
	scratch_release(&s);
}

int main(void)
{
	const char *seed = getenv("LICENSEFS_TEST_SEED");

	state = seed ? strtoull(seed, NULL, 10) : (uint64_t)getpid() * 2654435761u + 1;
	printf("# LICENSEFS_TEST_SEED=%llu\n", (unsigned long long)state);
	test_random();
	test_kills();
	test_races();
	test_limit();
	test_full();
	return done_testing();
}
