/* SPDX-License-Identifier: Apache-2.0 */
/* Ledgers [I15]: what is written is read again, what was changed is noticed. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "fs/ledger/record.h"
#include "tests/unit/ledger.h"

static char dir[] = "/tmp/licensefs-ledger.XXXXXX", path[64];

static struct lic_ledger *made(void)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_ledger *l = NULL;

	unlink(path);
	if (lic_ledger_create(path, &l, &err) < 0 || lic_ledger_begin(l, &a_begin, &err) < 0)
		printf("# %s\n", err.msg);
	return l;
}

static struct lic_ledger *continued(void)
{
	struct lic_error err = LIC_ERROR_INIT;
	struct lic_ledger *l = NULL;

	if (lic_ledger_continue(path, &l, &err) < 0 || lic_ledger_begin(l, &a_begin, &err) < 0)
		printf("# %s\n", err.msg);
	return l;
}

static bool flush(struct lic_ledger *l)
{
	return lic_ledger_flush(l, false, NULL) == 0;
}

static bool finish(struct lic_ledger *l)
{
	bool good = lic_ledger_end(l, 9, LIC_LEDGER_COMMAND_ENDED, NULL) == 0;

	lic_ledger_close(l);
	return good;
}

static void test_path(void)
{
	struct lic_buf b = LIC_BUF_INIT(4096);

	lic_ledger_path("/s/.licensefs/catalog.db", 12, &b);
	is_str(lic_buf_str(&b), "/s/.licensefs/catalog.db-jobs/12.ledger",
	       "a ledger lies beside the catalog");
	lic_buf_release(&b);
}

static void test_round_trip(void)
{
	struct lic_idset shown = LIC_IDSET_INIT, hidden = LIC_IDSET_INIT;
	struct lic_ledger_summary sum;
	struct lic_ledger *l = made(), *second = NULL;
	struct heard *h;
	int64_t p, q;

	ok(l && lic_ledger_runs(path), "a ledger that is written runs");
	ok(lic_ledger_create(path, &second, NULL) == -EEXIST, "it is not made twice");
	ok(lic_ledger_continue(path, &second, NULL) == -EBUSY, "nor written by two");
	p = lic_ledger_process(l, &a_process);
	q = lic_ledger_process(l, &a_process);
	ok(p == 1 && q == 2, "processes are numbered");
	for (int64_t id = 1; id <= 20000; id++)
		lic_ledger_opened(l, p, id, false);
	ok(!lic_ledger_opened(l, p, 5, false), "what was opened before is known");
	ok(lic_ledger_opened(l, q, 5, false), "but not of another process");
	ok(flush(l), "it is written");
	lic_ledger_opened(l, p, 6, false);
	lic_ledger_opened(l, p, 6, true);
	lic_ledger_opened(l, 0, INT64_C(1) << 40, false);
	lic_idset_add(&shown, 30000);
	lic_idset_add(&shown, 7);
	lic_ledger_sight(l, 8, &shown, &hidden);
	lic_idset_add(&hidden, 7);
	lic_idset_release(&shown);
	lic_ledger_sight(l, 9, &shown, &hidden);
	ok(flush(l), "and once more");
	h = heard_of(path, &sum);
	ok(sum.state == LIC_LEDGER_RUNNING && sum.complete, "it runs, and is complete up to now");
	heard_free(h);
	ok(finish(l), "it ends");
	h = heard_of(path, &sum);
	ok(!h->failed && sum.state == LIC_LEDGER_ENDED && sum.complete, "it has ended, complete");
	ok(h->begins == 1 && h->ends == 1 && sum.why == LIC_LEDGER_COMMAND_ENDED, "once");
	ok(h->begin.job == 3 && h->begin.pid == 42 && h->begin.members[2] == 7, "of the job");
	is_str(h->mountpoint, "/m", "at its mount point");
	is_str(h->comm[2], "python3", "processes have names");
	is_int(h->by[1].count, 20000, "all that one process opened");
	is_int(h->by[2].count, 1, "and the other");
	ok(lic_idset_has(&h->by[0], INT64_C(1) << 40), "and who is not known");
	is_int(h->opens[1], 20002, "every opening counts");
	is_int(sum.opens, 20004, "in the sum, too");
	ok(lic_idset_has(&h->sight, 30000) && !lic_idset_has(&h->sight, 7), "shown and hidden");
	ok(sum.generation == 9 && sum.processes == 2 && !sum.torn, "numbers are kept");
	heard_free(h);
	lic_idset_release(&shown);
	lic_idset_release(&hidden);
}

static void test_continue(void)
{
	struct lic_ledger_summary sum;
	struct lic_ledger *l;
	struct heard *h;

	l = continued();
	is_int(lic_ledger_process(l, &a_process), 3, "who goes on numbers on");
	lic_ledger_opened(l, 3, 77, false);
	flush(l);
	lic_ledger_close(l);
	h = heard_of(path, &sum);
	ok(sum.state == LIC_LEDGER_BROKEN_OFF && !sum.complete, "without an end it is broken off");
	ok(lic_idset_has(&h->by[3], 77) && h->begins == 2, "what was written is there");
	heard_free(h);
	l = continued();
	ok(finish(l), "it goes on after that");
	h = heard_of(path, &sum);
	ok(sum.state == LIC_LEDGER_ENDED && !sum.complete, "and stays incomplete");
	heard_free(h);
}

/* What a command ended with, and signs of life. */
static void test_command(void)
{
	const struct lic_ledger_command killed = { 5, LIC_OUTCOME_KILLED, 9 };
	struct lic_ledger_summary sum;
	struct lic_ledger *l = made();
	struct heard *h;
	int64_t bytes;

	lic_ledger_alive(l, 8, INT64_C(3600) * 1000000000);
	flush(l);
	h = heard_of(path, &sum);
	heard_free(h);
	ok(sum.last == 1 && sum.generation == 7, "where something was written just now it lives");
	bytes = sum.bytes;
	lic_ledger_opened(l, 0, 5, false);
	lic_ledger_alive(l, 8, 0);
	flush(l);
	h = heard_of(path, &sum);
	heard_free(h);
	ok(sum.generation == 7, "nor is it said beside something else");
	lic_ledger_alive(l, 8, 0);
	flush(l);
	h = heard_of(path, &sum);
	heard_free(h);
	ok(sum.last > 1 && sum.generation == 8, "a sign of life says up to when all is told");
	ok(sum.bytes - bytes < 200, "in a few bytes");
	is_int(sum.command.outcome, LIC_OUTCOME_UNKNOWN, "of a command nothing is known");
	ok(lic_ledger_command(l, &killed, NULL) == 0 && finish(l), "it was killed");
	h = heard_of(path, &sum);
	heard_free(h);
	ok(sum.command.outcome == LIC_OUTCOME_KILLED && sum.command.status == 9 &&
		   sum.command.at == 5 && sum.complete,
	   "which is told");
	l = continued();
	ok(finish(l), "whoever goes on");
	h = heard_of(path, &sum);
	heard_free(h);
	is_int(sum.command.outcome, LIC_OUTCOME_UNKNOWN, "says it for itself");
}

static char *content(size_t *n)
{
	FILE *f = fopen(path, "re");
	char *p = malloc(1u << 20);

	if (!f || !p)
		abort();
	*n = fread(p, 1, 1u << 20, f);
	fclose(f);
	return p;
}

static void put(const char *p, size_t n)
{
	FILE *f = fopen(path, "we");

	if (!f || fwrite(p, 1, n, f) != n)
		abort();
	fclose(f);
}

/* A ledger of several records; where each begins is found by cutting. */
static void sample(void)
{
	struct lic_ledger *l = made();

	for (int i = 0; i < 3; i++) {
		lic_ledger_process(l, &a_process);
		lic_ledger_opened(l, i + 1, 100 + i, false);
		flush(l);
	}
	lic_ledger_alive(l, 9, 0);
	(void)!lic_ledger_command(l, &(struct lic_ledger_command){ 2, LIC_OUTCOME_EXITED, 3 },
				  NULL);
	finish(l);
}

static void test_torn(void)
{
	struct lic_ledger_summary sum, cut;
	struct lic_ledger *l;
	struct heard *h;
	size_t n;
	char *all;
	int bad = 0, resumed = 0;

	sample();
	all = content(&n);
	h = heard_of(path, &sum);
	heard_free(h);
	for (size_t k = 0; k < n; k++) {
		put(all, k);
		h = heard_of(path, &cut);
		bad += cut.state == LIC_LEDGER_DAMAGED || cut.state == LIC_LEDGER_ENDED ||
		       cut.complete || cut.bytes > (int64_t)k ||
		       (h->begins && cut.state != LIC_LEDGER_BROKEN_OFF) || h->failed;
		heard_free(h);
		if (k % 37)
			continue;
		l = continued();
		bad += !l || !finish(l);
		h = heard_of(path, &cut);
		resumed += cut.state == LIC_LEDGER_ENDED && !cut.torn;
		heard_free(h);
	}
	is_int(bad, 0, "cut anywhere, a ledger is broken off, not damaged");
	is_int(resumed, ((int)n + 36) / 37, "and can be gone on with");
	put(all, n);
	truncate(path, (off_t)n + 5000);
	h = heard_of(path, &cut);
	ok(cut.state == LIC_LEDGER_ENDED && cut.torn == 5000, "zeroes behind it are no record");
	heard_free(h);
	free(all);
}

static void test_flipped(void)
{
	struct lic_ledger_summary sum, got;
	struct lic_ledger *l = NULL;
	struct heard *h;
	size_t n;
	char *all;
	int noticed = 0;

	sample();
	all = content(&n);
	h = heard_of(path, &sum);
	heard_free(h);
	for (size_t k = 0; k < n; k++) {
		all[k] ^= 0x10;
		put(all, n);
		h = heard_of(path, &got);
		/* a length that leads beyond the end looks cut short */
		noticed += got.state == LIC_LEDGER_DAMAGED || got.state == LIC_LEDGER_BROKEN_OFF ||
			   (got.state == LIC_LEDGER_NEVER_BEGAN && got.torn);
		noticed -= got.complete || got.bytes > (int64_t)k;
		heard_free(h);
		all[k] ^= 0x10;
	}
	is_int(noticed, (int)n, "a byte that was changed is noticed, and nothing behind it counts");
	all[40] ^= 1;
	put(all, n);
	ok(lic_ledger_continue(path, &l, NULL) == -EBADMSG, "nobody goes on with a damaged one");
	free(all);
}

/* Whoever knows the format can write a chain of his own, but not with the same digest. */
static void test_forged(void)
{
	struct lic_buf b = LIC_BUF_INIT(1u << 20);
	struct lic_ledger_summary sum;
	struct heard *h;
	size_t at;

	static const struct {
		const char *name;
		unsigned char type, p[24];
		size_t n;
	} hostile[] = {
		{ "an unknown type", 99, { 1 }, 1 },
		{ "a number without end",
		  LIC_RECORD_END,
		  { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 },
		  12 },
		{ "a text beyond its record", LIC_RECORD_PROCESS, { 1, 1, 1, 1, 1, 255, 1 }, 7 },
		{ "a process that was not told", LIC_RECORD_OPENED, { 1, 9, 1 }, 3 },
		{ "a part beyond all ids",
		  LIC_RECORD_SHOWN,
		  { 1, 1, 255, 255, 255, 255, 255, 127, 1, 0 },
		  10 },
		{ "a part that cannot be unpacked", LIC_RECORD_SHOWN, { 1, 1, 0, 1, 255 }, 5 },
		{ "the id 0", LIC_RECORD_SHOWN, { 1, 1, 0, 1, 0 }, 5 },
		{ "an outcome that is none", LIC_RECORD_COMMAND, { 1, 4, 1 }, 3 },
		{ "a status that is none", LIC_RECORD_COMMAND, { 1, 1, 128, 2 }, 4 },
		{ "a signal that is none", LIC_RECORD_COMMAND, { 1, 2, 128, 1 }, 4 },
		{ "a sign of life with more behind", LIC_RECORD_ALIVE, { 1, 1, 1 }, 3 },
		{ "bytes behind the end", LIC_RECORD_END, { 1, 1, 1, 1 }, 4 },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(hostile); i++) {
		size_t n;
		char *all;

		lic_ledger_close(made());
		all = content(&n);
		lic_buf_reset(&b);
		lic_buf_add(&b, all, n);
		at = lic_ledger_record_open(&b, hostile[i].type);
		lic_buf_add(&b, hostile[i].p, hostile[i].n);
		(void)!lic_ledger_record_close(&b, at);
		lic_ledger_record_chain(&b, at);
		put(lic_buf_str(&b), b.len);
		h = heard_of(path, &sum);
		ok(sum.state == LIC_LEDGER_DAMAGED && sum.bytes == (int64_t)n, "damaged: %s",
		   hostile[i].name);
		heard_free(h);
		free(all);
	}
	lic_buf_release(&b);
	put("something else entirely", 23);
	h = heard_of(path, &sum);
	ok(sum.state == LIC_LEDGER_DAMAGED, "another file is no ledger");
	heard_free(h);
	unlink(path);
	h = heard_of(path, &sum);
	ok(sum.state == LIC_LEDGER_NEVER_BEGAN && !h->failed, "none is one that never began");
	heard_free(h);
}

static void test_known(void)
{
	struct lic_ledger_known *k = lic_ledger_known_new(100 * 1200);
	bool again = true;

	for (int64_t i = 0; i < 90; i++)
		(void)lic_ledger_known_add(k, 3, 1 + i * LIC_CHUNK);
	for (int64_t i = 0; i < 90; i++)
		again &= !lic_ledger_known_add(k, 3, 1 + i * LIC_CHUNK);
	ok(again, "what there is room for is known");
	for (int64_t i = 0; i < 100000; i++)
		(void)lic_ledger_known_add(k, i % 50, 1 + i * 977);
	ok(lic_ledger_known_add(k, 3, 1),
	   "and forgotten for what came since: it takes bounded memory");
	for (int64_t i = 0; i < 20; i++)
		(void)lic_ledger_known_add(k, 7, 5 + i);
	for (int64_t i = 0; i < 20; i++)
		again &= !lic_ledger_known_add(k, 7, 5 + i);
	ok(again, "and what was asked for last is known");
	lic_ledger_known_free(k);
}

/* More than can wait: it is counted, and told. */
static void test_overflow(void)
{
	struct lic_ledger *l = made();
	struct lic_ledger_summary sum;
	struct heard *h;
	int64_t want = LIC_LEDGER_PENDING_MAX;

	for (int i = 0; i < 300; i++)
		lic_ledger_process(l, &a_process);
	for (int64_t i = 1; i <= want + 1000; i++)
		lic_ledger_opened(l, i % 300, i, false);
	ok(flush(l), "what could wait is written");
	ok(finish(l), "with its end");
	h = heard_of(path, &sum);
	is_int(h->opened.count, want, "all that could wait is there");
	is_int(h->lost_opens, 1000, "the rest is told as lost");
	is_int(sum.opens, want + 1000, "but not from the count");
	ok(sum.state == LIC_LEDGER_ENDED && !sum.complete, "so it is not complete");
	heard_free(h);
}

/* More processes than the counts have slots for. */
static void test_processes(void)
{
	struct lic_ledger *l = made();
	struct lic_ledger_summary sum;
	struct heard *h;
	const int64_t n = 100000;

	for (int64_t i = 1; i <= n; i++) {
		int64_t p = lic_ledger_process(l, &a_process);

		lic_ledger_opened(l, p, 1 + i % 100, false);
		lic_ledger_opened(l, p, 1 + i % 100, false);
	}
	ok(finish(l), "many processes are written");
	h = heard_of(path, &sum);
	ok(!h->failed && sum.complete && sum.processes == n, "each of them");
	is_int(sum.opens, 2 * n, "and all that they opened");
	heard_free(h);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/catalog-jobs/1.ledger", dir);
	test_path();
	test_round_trip();
	test_continue();
	test_command();
	test_torn();
	test_flipped();
	test_forged();
	test_known();
	test_overflow();
	test_processes();
	unlink(path);
	snprintf(path, sizeof(path), "%s/catalog-jobs", dir);
	rmdir(path);
	rmdir(dir);
	return done_testing();
}
