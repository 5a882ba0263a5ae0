/* SPDX-License-Identifier: Apache-2.0 */
/* What a job says of itself for the store that it made. */
#include <fcntl.h>

#include <licensefs/lineage.h>

#include "tests/unit/revoke_fixture.h"

struct world {
	struct scratch s;
	struct lic_catalog *cat;
	int64_t a, b, c, bare; /* images */
	struct lic_job_begun job;
};

static void ledger_path(struct world *w, char path[256])
{
	snprintf(path, 256, "%s-jobs/%lld.ledger", w->s.db, (long long)w->job.number);
}

/* Three images that a job can see, and one without a license that it cannot. */
static void make(struct world *w)
{
	const struct lic_job_request q = { .name = "gen",
					   .how = LIC_JOB_MOUNT,
					   .view = "noncommercial",
					   .who = "jane",
					   .mountpoint = "/mnt" };
	struct lic_entry e = { 0 };
	struct lic_txn *txn;

	w->cat = scratch_make(&w->s);
	txn = begin(w->cat);
	w->a = put_by(txn, 1, "a.jpg", "bytes a", "Ann", NULL);
	w->b = put_by(txn, 1, "b.jpg", "bytes b", "Bob", NULL);
	w->c = put_by(txn, 1, "c.jpg", "bytes c", "Cat", NULL);
	put_image(txn, 1, "bare.jpg", "bytes bare", NULL, &e);
	w->bare = e.id;
	commit(txn);
	is_int(lic_job_begin(w->cat, &q, &w->job, &fix_err), 0, "a job begins");
}

static void release(struct world *w)
{
	lic_catalog_close(w->cat);
	scratch_release(&w->s);
}

/* Serves it, and opens these. */
static void serve(struct world *w, const int64_t *opened, size_t n, bool ends)
{
	struct lic_ledger_begin b = { .at = 1000000000LL * 1700000000,
				      .generation = w->job.generation,
				      .job = w->job.number,
				      .pid = 1,
				      .mode = "checked",
				      .mountpoint = "/mnt",
				      .version = "1" };
	const struct lic_ledger_process p = { .pid = 7, .comm = "python3", .exe = "/bin/python3" };
	struct lic_snapshot *members = NULL;
	struct lic_ledger *l = NULL;
	int64_t process;
	char path[256];
	int r;

	ledger_path(w, path);
	is_int(lic_snapshot_of_job(w->cat, w->job.number, &members, &fix_err), 0, "its members");
	memcpy(b.members, lic_snapshot_info(members)->digest, sizeof(b.members));
	lic_snapshot_close(members);
	r = lic_ledger_create(path, &l, &fix_err);
	if (r == -EEXIST)
		r = lic_ledger_continue(path, &l, &fix_err);
	is_int(r, 0, "it is served");
	is_int(lic_ledger_begin(l, &b, &fix_err), 0, "from its beginning");
	process = lic_ledger_process(l, &p);
	for (size_t i = 0; i < n; i++)
		lic_ledger_opened(l, process, opened[i], false);
	is_int(ends ? lic_ledger_end(l, w->job.generation, LIC_LEDGER_UNMOUNTED, &fix_err)
		    : lic_ledger_flush(l, true, &fix_err),
	       0, "and is written down");
	lic_ledger_close(l);
}

static int read_job(struct world *w, const char *name, struct lic_lineage *l)
{
	fix_err = (struct lic_error)LIC_ERROR_INIT;
	return lic_lineage_read(w->cat, "/data/photos", name, l, &fix_err);
}

static void test_read(void)
{
	struct lic_lineage l = { 0 };
	struct world w;

	make(&w);
	is_int(read_job(&w, "gen", &l), -ENOENT, "a job that was never served");
	is_int(read_job(&w, "gne", &l), -ENOENT, "no such job");
	ok(strstr(fix_err.msg, "gen") != NULL, "the nearest is named");
	ok(!l.job && !l.summary, "nothing is returned");
	serve(&w, (const int64_t[]){ w.a, w.c }, 2, true);
	is_int(read_job(&w, "gen", &l), 0, "one that was");
	is_str(l.job, "gen", "its name");
	is_str(l.store, "/data/photos", "its store");
	ok(l.complete, "all is told");
	ok(strstr(l.summary, "\"view\":\"noncommercial\"") != NULL, "its view");
	ok(strstr(l.summary, "\"images\":3,") != NULL, "what it could see");
	ok(strstr(l.summary, "\"opened\":2,") != NULL, "what it opened");
	ok(strstr(l.summary, "\"ledger_state\":\"ended\"") != NULL, "that it has ended");
	ok(strstr(l.summary, "bare") == NULL && strstr(l.summary, "a.jpg") == NULL,
	   "no image is named");
	lic_lineage_release(&l);
	release(&w);
}

struct sum {
	int64_t images, opened, rows;
};

static int add(void *ctx, const struct lic_maker_license *l)
{
	struct sum *s = ctx;

	s->images += l->images;
	s->opened += l->opened;
	s->rows++;
	return 0;
}

static int number(void *ctx, const struct lic_maker *m)
{
	if (!m->died)
		*(int64_t *)ctx = m->number;
	return 0;
}

static void test_record(void)
{
	struct lic_lineage l = { 0 };
	struct sum sum = { 0 };
	struct lic_catalog *cat;
	struct lic_txn *txn;
	bool changed = false;
	int64_t maker = 0;
	struct scratch s;
	struct world w;

	make(&w);
	serve(&w, &w.b, 1, false);
	is_int(read_job(&w, "gen", &l), 0, "one that was broken off");
	cat = scratch_make(&s);
	txn = begin(cat);
	is_int(lic_lineage_record(txn, &l, "joe", &changed, &fix_err), 0, "is recorded");
	ok(changed, "as something new");
	is_int(lic_lineage_record(txn, &l, "joe", &changed, &fix_err), 0, "and again");
	ok(!changed, "which is nothing new");
	commit(txn);
	is_int(lic_catalog_makers(cat, number, &maker, &fix_err), 0, "it has a number");
	is_int(lic_catalog_maker_licenses(cat, maker, add, &sum, &fix_err), 0, "and licenses");
	is_int(sum.images, 3, "of three images");
	is_int(sum.opened, 1, "one of them opened");
	lic_lineage_release(&l);
	serve(&w, &w.c, 1, true);
	is_int(read_job(&w, "gen", &l), 0, "it goes on");
	txn = begin(cat);
	is_int(lic_lineage_record(txn, &l, "joe", &changed, &fix_err), 0, "is recorded anew");
	ok(changed, "in the place of the former");
	commit(txn);
	memset(&sum, 0, sizeof(sum));
	is_int(lic_catalog_makers(cat, number, &maker, &fix_err), 0, "one is in force");
	is_int(maker, 2, "the second");
	is_int(lic_catalog_maker_licenses(cat, maker, add, &sum, &fix_err), 0, "with what it says");
	is_int(sum.opened, 2, "by now");
	lic_lineage_release(&l);
	lic_catalog_close(cat);
	scratch_release(&s);
	release(&w);
}

static void test_damage(void)
{
	struct lic_lineage l = { 0 };
	struct world w;
	char path[256];
	int fd;

	make(&w);
	serve(&w, &w.a, 1, true);
	ledger_path(&w, path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	ok(fd >= 0 && lseek(fd, -60, SEEK_END) > 0 && write(fd, "\xff\x00\xff\x55", 4) == 4,
	   "somebody writes into the ledger");
	close(fd);
	is_int(read_job(&w, "gen", &l), -EUCLEAN, "which is told");
	ok(strstr(fix_err.msg, "'gen'") && !l.summary, "and nothing is returned");
	release(&w);
}

int main(void)
{
	test_read();
	test_record();
	test_damage();
	return done_testing();
}
