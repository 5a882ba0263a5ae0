/* SPDX-License-Identifier: Apache-2.0 */
/* Ledgers while memory or the disk fails, at each place in turn: what was opened is in it, or is
 * told to be missing [I15]. */
#include <errno.h>

#include "tests/unit/ledger.h"
#include "tests/unit/memory_fixture.h"

ssize_t __real_pwrite(int fd, const void *p, size_t n, off_t off);
ssize_t __wrap_pwrite(int fd, const void *p, size_t n, off_t off);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

static char dir[] = "/tmp/licensefs-ledger.XXXXXX", path[64];
static long writes, full_from, full_to; /* in calls of pwrite: there is no room */
static bool sync_fails;

ssize_t __wrap_pwrite(int fd, const void *p, size_t n, off_t off)
{
	writes++;
	if (writes >= full_from && writes < full_to) {
		/* some of it fits at first */
		if (writes == full_from && n > 10)
			return __real_pwrite(fd, p, n / 2, off);
		errno = ENOSPC;
		return -1;
	}
	return __real_pwrite(fd, p, n, off);
}

int __wrap_fdatasync(int fd)
{
	if (!sync_fails)
		return __real_fdatasync(fd);
	errno = EIO;
	return -1;
}

#define ROUNDS 6

/* A little life: 0 where all of it was written, negative where something failed to the end. */
static int live(void)
{
	struct lic_ledger *l = NULL;
	int r = lic_ledger_create(path, &l, NULL);

	if (r == 0)
		r = lic_ledger_begin(l, &a_begin, NULL);
	for (int i = 0; r == 0 && i < ROUNDS; i++) {
		struct lic_idset shown = LIC_IDSET_INIT, none = LIC_IDSET_INIT;
		int64_t p = lic_ledger_process(l, &a_process);

		lic_ledger_opened(l, p, 10000 * (i + 1), false);
		lic_ledger_opened(l, p, 10000 * (i + 1), false);
		if (lic_idset_add(&shown, i + 1) >= 0)
			lic_ledger_sight(l, i + 10, &shown, &none);
		lic_idset_release(&shown);
		(void)!lic_ledger_flush(l, i % 2, NULL);
		lic_ledger_alive(l, i + 10, 0);
	}
	if (r == 0)
		r = lic_ledger_end(l, 99, LIC_LEDGER_UNMOUNTED, NULL);
	lic_ledger_close(l);
	return r;
}

/* Is all there, or said not to be? */
static bool honest(void)
{
	long was = countdown;
	struct lic_ledger_summary sum;
	struct heard *h;
	bool good;

	countdown = 0;
	h = heard_of(path, &sum);
	good = !h->failed && sum.state != LIC_LEDGER_DAMAGED;
	if (sum.complete)
		good &= h->opened.count == ROUNDS && sum.opens == ROUNDS * 2;
	heard_free(h);
	countdown = was;
	return good;
}

static void test_memory(void)
{
	bool good = true;
	long n = 1, all = 0;

	do {
		unlink(path);
		calls = 0;
		countdown = n;
		(void)!live();
		all = calls;
		countdown = 0;
		good &= honest();
	} while (good && n++ <= all);
	ok(good && n > 20, "an allocation that fails is survived, or told (%ld)", n);
}

static void test_full(void)
{
	struct lic_ledger_summary sum;
	bool good = true;
	struct heard *h;
	long n = 1;

	full_to = 1000000;
	do {
		unlink(path);
		writes = 0;
		full_from = n;
		good &= live() < 0;
		good &= honest();
		h = heard_of(path, &sum);
		good &= !sum.complete && sum.state != LIC_LEDGER_ENDED;
		heard_free(h);
	} while (good && n++ < 8);
	ok(good, "a disk that gets full leaves a ledger that is broken off (%ld)", n);
	good = true;
	for (n = 3; good && n < 7; n++) {
		unlink(path);
		writes = 0;
		full_from = n;
		full_to = n + 2;
		good &= live() == 0 && honest();
		h = heard_of(path, &sum);
		good &= sum.complete && h->opened.count == ROUNDS;
		heard_free(h);
	}
	ok(good, "one with room again gets what had waited (%ld)", n);
	full_from = full_to = 0;
}

static void test_sync(void)
{
	struct lic_ledger_summary sum;
	struct lic_ledger *l = NULL;
	struct heard *h;

	unlink(path);
	ok(lic_ledger_create(path, &l, NULL) == 0 && lic_ledger_begin(l, &a_begin, NULL) == 0,
	   "a ledger begins");
	lic_ledger_opened(l, 0, 5, false);
	sync_fails = true;
	ok(lic_ledger_flush(l, true, NULL) == -EIO, "the disk fails");
	sync_fails = false;
	ok(lic_ledger_end(l, 9, LIC_LEDGER_UNMOUNTED, NULL) == 0, "and works again");
	lic_ledger_close(l);
	h = heard_of(path, &sum);
	ok(sum.state == LIC_LEDGER_ENDED && !sum.complete && h->losts == 1, "it is told");
	heard_free(h);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/1.ledger", dir);
	memory_init();
	test_memory();
	test_full();
	test_sync();
	unlink(path);
	rmdir(dir);
	return done_testing();
}
