/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs: their rows, what they could see when they began, and who may go on in one. */
#include <licensefs/job_report.h>
#include <licensefs/snapshot.h>
#include <sqlite3.h>

#include "tests/unit/job_fixture.h"

struct small {
	struct scratch s;
	struct lic_catalog *cat;
	int64_t dir, one, two, bare;
};

static void small_make(struct small *t)
{
	struct lic_entry e = { 0 };
	struct lic_txn *txn;

	t->cat = scratch_make(&t->s);
	txn = begin(t->cat);
	t->dir = put_dir(txn, 1, "dir");
	t->one = put_by(txn, t->dir, "1.jpg", "bytes one", "Ann", NULL);
	t->two = put_by(txn, t->dir, "2.jpg", "bytes two", "Bob", NULL);
	put_image(txn, t->dir, "3.jpg", "bytes bare", NULL, &e);
	t->bare = e.id;
	commit(txn);
}

static void small_release(struct small *t)
{
	lic_catalog_close(t->cat);
	scratch_release(&t->s);
}

static struct lic_job_request of_view(const char *name, const char *view)
{
	return (struct lic_job_request){
		.name = name, .how = LIC_JOB_MOUNT, .view = view, .who = "me", .mountpoint = "/mnt"
	};
}

static int begin_job(struct small *t, const struct lic_job_request *q, struct lic_job_begun *ret)
{
	fix_err = (struct lic_error)LIC_ERROR_INIT;
	return lic_job_begin(t->cat, q, ret, &fix_err);
}

static char *ledger_of(struct small *t, int64_t number)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s-jobs/%lld.ledger", t->s.db, (long long)number);
	return path;
}

/* As if it were served. */
static struct lic_ledger *serve(struct small *t, int64_t number)
{
	struct lic_ledger_begin b = {
		.at = 1, .job = number, .mode = "checked", .mountpoint = "/mnt", .version = "1"
	};
	struct lic_ledger *l = NULL;

	if (lic_ledger_create(ledger_of(t, number), &l, &fix_err) < 0 ||
	    lic_ledger_begin(l, &b, &fix_err) < 0)
		printf("# %s\n", fix_err.msg);
	return l;
}

static int64_t number_in(struct small *t, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t n = -1;
	sqlite3 *db = NULL;

	if (sqlite3_open(t->s.db, &db) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return n;
}

static void later(struct small *t)
{
	sqlite3 *db = NULL;

	ok(sqlite3_open(t->s.db, &db) == SQLITE_OK &&
		   sqlite3_exec(db, "UPDATE job SET at = at - 100", NULL, NULL, NULL) == SQLITE_OK,
	   "a while later");
	sqlite3_close(db);
}

static int count_snapshot(void *ctx, const struct lic_snapshot_info *s _unused_)
{
	++*(int *)ctx;
	return 0;
}

static bool sees(struct small *t, int64_t job, int64_t id)
{
	struct lic_snapshot *s = NULL;
	bool has = false;

	if (lic_snapshot_of_job(t->cat, job, &s, &fix_err) == 0 &&
	    lic_snapshot_has(s, id, &has, &fix_err) < 0)
		has = false;
	lic_snapshot_close(s);
	return has;
}

static void test_names(void)
{
	ok(lic_job_name_valid("train 2.1") && lic_job_name_valid("\xc3\xa4"), "names");
	ok(!lic_job_name_valid("") && !lic_job_name_valid("a:b") && !lic_job_name_valid("a/b") &&
		   !lic_job_name_valid(".a") && !lic_job_name_valid("a\n"),
	   "and what is none");
}

static int same_job(void *ctx, const struct lic_job_info *j)
{
	const struct lic_job_begun *b = ctx;

	is_int(j->number, b->number, "its number");
	is_int(j->born, b->generation, "its generation");
	is_int(j->how, LIC_JOB_RUN, "how");
	is_int((long long)j->command.n, 10, "the command");
	ok(memcmp(j->command.p, "sh\0-c\0a b", 10) == 0, "word by word");
	ok(j->mountpoint.n == 4 && memcmp(j->mountpoint.p, "/mnt", 4) == 0, "where");
	is_str(j->who, "me", "who");
	return 7;
}

static void test_begin(void)
{
	char *const argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char[]){ "a b" }, NULL };
	struct lic_job_request q = of_view("train", "noncommercial");
	struct lic_snapshots_stamp before, after;
	struct lic_snapshot *s = NULL;
	struct lic_job_begun b;
	struct small t;
	int n = 0;

	small_make(&t);
	ok(lic_catalog_snapshots_stamp(t.cat, &before, &fix_err) == 0, "no snapshots");
	q.how = LIC_JOB_RUN;
	q.argv = argv;
	is_int(begin_job(&t, &q, &b), 0, "a job begins");
	is_int(b.images, 2, "it could see two images");
	ok(!b.goes_on && b.number == 1, "it is new");
	ok(sees(&t, 1, t.one) && sees(&t, 1, t.two) && sees(&t, 1, t.dir) && !sees(&t, 1, t.bare),
	   "those of the view");
	is_int(lic_catalog_job(t.cat, "train", same_job, &b, &fix_err), 7, "its row");
	is_int(lic_catalog_job(t.cat, "trian", same_job, &b, &fix_err), -ENOENT, "no other");
	is_str(fix_err.msg, "no job 'trian'; did you mean 'train'?", "with what was meant");
	ok(lic_catalog_snapshots(t.cat, count_snapshot, &n, &fix_err) == 0 && n == 0,
	   "nobody takes it for a snapshot of people");
	is_int(lic_snapshot_open(t.cat, "train", &s, &fix_err), -ENOENT, "not even by name");
	ok(lic_catalog_snapshots_stamp(t.cat, &after, &fix_err) == 0 &&
		   after.newest == before.newest && after.live == before.live,
	   "nor do mounts");
	is_int(begin_job(&t, &q, &b), -EEXIST, "another of the name must wait");
	checks(t.cat, "with a job");
	q.name = "a:b";
	is_int(begin_job(&t, &q, &b), -EINVAL, "names are checked");
	q = of_view("other", "no-such-view");
	is_int(begin_job(&t, &q, &b), -ENOENT, "as are views");
	is_int(number_in(&t, "SELECT count(*) FROM job"), 1, "which leaves nothing");
	small_release(&t);
}

static void test_go_on(void)
{
	struct lic_job_request q = of_view("m", "noncommercial");
	struct lic_job_begun b, again;
	struct small t;
	struct lic_ledger *l;

	small_make(&t);
	is_int(begin_job(&t, &q, &b), 0, "a mount begins");
	l = serve(&t, b.number);
	is_int(begin_job(&t, &q, &again), -EEXIST, "while it runs nobody else may");
	ok(strstr(fix_err.msg, "runs") != NULL, "and is told why");
	is_int(job_rm(t.cat, "m"), -EBUSY, "it is not removed, either");
	lic_ledger_close(l);
	is_int(begin_job(&t, &q, &again), 0, "later it goes on");
	ok(again.goes_on && again.number == b.number && again.generation == b.generation &&
		   again.images == 2,
	   "as the same one");
	is_int(lic_job_cancel(t.cat, &again, &fix_err), 0, "taken back");
	is_int(number_in(&t, "SELECT count(*) FROM job"), 1, "it stays");
	q.view = "commercial";
	is_int(begin_job(&t, &q, &again), -EEXIST, "not with another view");
	q = of_view("m", "noncommercial");
	q.classes = LIC_CLASSES_KEEP;
	is_int(begin_job(&t, &q, &again), -EEXIST, "nor with other directories");
	q = of_view("m", "noncommercial");
	q.how = LIC_JOB_RUN;
	is_int(begin_job(&t, &q, &again), -EEXIST, "nor as a command");
	small_release(&t);
}

static void test_never_began(void)
{
	struct lic_job_request q = of_view("m", "noncommercial");
	struct lic_job_begun b, again;
	struct small t;

	small_make(&t);
	is_int(begin_job(&t, &q, &b), 0, "a job begins");
	is_int(lic_job_cancel(t.cat, &b, &fix_err), 0, "and is taken back");
	is_int(number_in(&t, "SELECT count(*) FROM job") + number_in(&t, "SELECT count(*) FROM "
									 "snapshot_part"),
	       0, "with all of it");
	is_int(begin_job(&t, &q, &b), 0, "another begins");
	is_int(b.number, 2, "with another number");
	later(&t);
	q.view = "commercial";
	is_int(begin_job(&t, &q, &again), 0, "what never began gives way");
	ok(!again.goes_on && again.number == 3, "to a new one");
	is_int(number_in(&t, "SELECT count(*) FROM job") + number_in(&t, "SELECT count(*) FROM "
									 "snapshot"),
	       2, "and leaves nothing");
	checks(t.cat, "after that");
	small_release(&t);
}

static void test_of_snapshot(void)
{
	struct lic_snapshot_request make = { .name = "v1", .view = "noncommercial", .who = "me" };
	struct lic_job_request q = { .name = "j",
				     .how = LIC_JOB_MOUNT,
				     .snapshot = "v1",
				     .who = "me",
				     .mountpoint = "/mnt" };
	struct lic_snapshot_info info;
	struct lic_job_begun b;
	struct lic_txn *txn;
	struct small t;
	int64_t late;

	small_make(&t);
	is_int(lic_snapshot_create(t.cat, t.s.store, &make, &info, &fix_err), 0, "a snapshot");
	late = add_by(t.cat, t.dir, "4.jpg", "bytes late", "Ann", NULL);
	take_down(t.cat, LIC_SELECT_CREATOR, "Bob");
	txn = begin(t.cat);
	ok(lic_catalog_end(txn, t.one, &fix_err) == 0, "an image goes");
	commit(txn);
	is_int(begin_job(&t, &q, &b), 0, "a job of it");
	ok(!sees(&t, b.number, t.one) && !sees(&t, b.number, t.two) && !sees(&t, b.number, late),
	   "sees nothing that is gone, was taken down or came later");
	is_int(number_in(&t, "SELECT pinned FROM job"), 1, "and tells of what");
	checks(t.cat, "with a job of a snapshot");
	small_release(&t);
}

static void test_erased(void)
{
	struct lic_job_request q = of_view("j", "noncommercial");
	struct lic_job_begun b;
	struct small t;
	struct lic_snapshot *s = NULL;
	int64_t gone = 0;

	small_make(&t);
	is_int(begin_job(&t, &q, &b), 0, "a job");
	take_down_as(t.cat, LIC_SELECT_CREATOR, "Bob", true);
	ok(lic_snapshot_of_job(t.cat, b.number, &s, &fix_err) == 0 &&
		   lic_snapshot_erased(s, &gone, &fix_err) == 0,
	   "is looked at");
	is_int(gone, 1, "an erasure takes the salt");
	lic_snapshot_close(s);
	checks(t.cat, "whose digest holds");
	small_release(&t);
}

static void test_rm(void)
{
	struct lic_job_request q = of_view("j", "noncommercial");
	struct lic_job_begun b;
	struct small t;

	small_make(&t);
	is_int(begin_job(&t, &q, &b), 0, "a job");
	lic_ledger_close(serve(&t, b.number));
	is_int(job_rm(t.cat, "i"), -ENOENT, "another one is not removed");
	is_int(job_rm(t.cat, "j"), 0, "it is removed");
	ok(access(ledger_of(&t, b.number), F_OK) < 0, "with its ledger");
	is_int(number_in(&t, "SELECT count(*) FROM job WHERE died = 3"), 1, "the row stays");
	is_int(number_in(&t, "SELECT count(*) FROM snapshot_part"), 0, "the members do not");
	checks(t.cat, "without it");
	is_int(begin_job(&t, &q, &b), 0, "its name is free");
	is_int(b.number, 2, "for another one");
	small_release(&t);
}

/* A catalog that was made anew beside ledgers of before. */
static void test_other_ledger(void)
{
	struct lic_job_request q = of_view("j", "noncommercial");
	struct lic_ledger *l;
	struct lic_job_begun b;
	struct small t;

	small_make(&t);
	l = serve(&t, 1);
	is_int(begin_job(&t, &q, &b), -EBUSY, "where another one is written no job begins");
	is_int(number_in(&t, "SELECT count(*) FROM job"), 0, "which leaves nothing");
	lic_ledger_close(l);
	is_int(begin_job(&t, &q, &b), 0, "later one begins");
	ok(access(ledger_of(&t, b.number), F_OK) < 0, "and the other is put aside");
	is_int(job_rm(t.cat, "j"), -EBUSY, "what is about to begin stays");
	later(&t);
	is_int(job_rm(t.cat, "j"), 0, "and is removed");
	small_release(&t);
}

static int stop_at_two(void *ctx, const struct lic_then *t)
{
	const struct small *x = ctx;

	return t->m.e.id == x->two ? -EIO : t->m.e.kind != LIC_KIND_HIDDEN;
}

static void test_half_way(void)
{
	struct lic_job_info job = { .name = "j", .how = LIC_JOB_RUN, .who = "me" };
	struct lic_snapshot_info info = { .view = "", .expr = "any", .basis = "" };
	struct lic_txn *txn;
	struct small t;

	small_make(&t);
	txn = begin(t.cat);
	is_int(lic_job_make(txn, &job, &info, 0, stop_at_two, &t, &fix_err), -EIO, "half a job");
	ok(lic_catalog_commit(txn, &fix_err) < 0, "cannot be committed");
	is_int(number_in(&t, "SELECT count(*) FROM job") +
		       number_in(&t, "SELECT count(*) FROM snapshot") +
		       number_in(&t, "SELECT count(*) FROM snapshot_part"),
	       0, "and leaves nothing");
	small_release(&t);
}

struct tally {
	int items, images, opened, at_start, withdrawn, erased, excluded;
	char why[128];
};

static int tally_item(void *ctx, const struct lic_job_item *i)
{
	struct tally *t = ctx;

	t->items++;
	t->images += i->t->m.e.kind == LIC_KIND_IMAGE;
	t->opened += i->opened;
	t->at_start += i->at_start;
	t->withdrawn += i->withdrawn;
	t->erased += i->erased;
	return 0;
}

static int tally_excluded(void *ctx, const struct lic_job_item *i _unused_, const char *why)
{
	struct tally *t = ctx;

	t->excluded++;
	snprintf(t->why, sizeof(t->why), "%s", why);
	return 0;
}

static void show(struct lic_ledger *l, int64_t generation, int64_t id, bool shown)
{
	struct lic_idset set = LIC_IDSET_INIT, none = LIC_IDSET_INIT;

	lic_idset_add(&set, id);
	lic_ledger_sight(l, generation, shown ? &set : &none, shown ? &none : &set);
	lic_idset_release(&set);
}

/* A job with a program that opened image one twice, an indexer, an image that came and was opened,
 * and one that was taken down. */
static void play(struct small *t, const char *name, struct lic_ledger **ret)
{
	struct lic_job_request q = of_view(name, "noncommercial");
	struct lic_ledger_process p = {
		.pid = 10, .uid = 7, .comm = "python3", .exe = "/usr/bin/python3"
	};
	struct lic_ledger_begin b = {
		.at = 1000000000000, .mode = "checked", .mountpoint = "/mnt", .version = "1"
	};
	struct lic_snapshot *s = NULL;
	struct lic_job_begun begun;
	int64_t one, two, late;

	is_int(begin_job(t, &q, &begun), 0, "a job begins");
	ok(lic_snapshot_of_job(t->cat, begun.number, &s, &fix_err) == 0, "with its members");
	memcpy(b.members, lic_snapshot_info(s)->digest, 32);
	lic_snapshot_close(s);
	b.job = begun.number;
	b.generation = begun.generation;
	ok(lic_ledger_create(ledger_of(t, begun.number), ret, &fix_err) == 0 &&
		   lic_ledger_begin(*ret, &b, &fix_err) == 0,
	   "its ledger begins");
	one = lic_ledger_process(*ret, &p);
	p = (struct lic_ledger_process){
		.pid = 11, .uid = 7, .comm = "baloo_file", .exe = "/usr/bin/baloo_file"
	};
	two = lic_ledger_process(*ret, &p);
	lic_ledger_opened(*ret, one, t->one, false);
	lic_ledger_opened(*ret, one, t->one, false);
	lic_ledger_opened(*ret, two, t->two, false);
	late = add_by(t->cat, t->dir, "late.jpg", "bytes late", "Ann", NULL);
	show(*ret, lic_catalog_generation(t->cat), late, true);
	lic_ledger_opened(*ret, one, late, false);
	take_down(t->cat, LIC_SELECT_CREATOR, "Bob");
	show(*ret, lic_catalog_generation(t->cat), t->two, false);
	ok(lic_ledger_flush(*ret, true, &fix_err) == 0, "it is written");
}

static void test_ledger(void)
{
	const struct lic_job_process *program;
	struct lic_job *job = NULL;
	struct lic_ledger *l = NULL;
	struct tally n = { 0 };
	struct small t;

	small_make(&t);
	play(&t, "train", &l);
	is_int(lic_job_open(t.cat, "train", &job, &fix_err), 0, "it is opened while it runs");
	is_int(lic_job_ledger(job)->state, LIC_LEDGER_RUNNING, "which it tells");
	ok(!lic_job_trouble(job), "nothing is missing");
	is_int(lic_idset_count(lic_job_opened(job)), 3, "three were opened");
	ok(lic_idset_has(lic_job_withdrawn(job), t.two) &&
		   lic_idset_count(lic_job_withdrawn(job)) == 1,
	   "one was withdrawn");
	is_int((long long)lic_job_programs(job, &program), 2, "by two programs");
	ok(program[0].kind == LIC_OPENER_JOB && program[0].opens == 3 &&
		   lic_idset_count(&program[0].opened) == 2,
	   "the job's own");
	ok(program[1].kind == LIC_OPENER_INDEXER && program[1].opens == 1, "and an indexer");
	is_int(lic_job_each(job, 5000, tally_item, &n, &fix_err), 0, "all that it could see");
	ok(n.images == 3 && n.items == 3 && n.at_start == 2 && n.opened == 3 && n.withdrawn == 1,
	   "%d images, %d at the start, %d opened, %d withdrawn", n.images, n.at_start, n.opened,
	   n.withdrawn);
	is_int(lic_job_each_excluded(job, 5000, tally_excluded, &n, &fix_err), 0, "the others");
	is_int(n.excluded, 1, "one was excluded");
	is_str(n.why, "status is unlicensed", "and why");
	lic_job_close(job);
	lic_ledger_close(l);
	small_release(&t);
}

static void test_report(void)
{
	const struct lic_census_row *row;
	struct lic_job_report r;
	struct lic_ledger *l = NULL;
	struct lic_job *job = NULL;
	struct small t;

	small_make(&t);
	play(&t, "train", &l);
	ok(lic_ledger_end(l, lic_catalog_generation(t.cat), LIC_LEDGER_UNMOUNTED, &fix_err) == 0,
	   "it ends");
	lic_ledger_close(l);
	is_int(lic_job_open(t.cat, "train", &job, &fix_err), 0, "a job");
	is_int(lic_job_report(job, time(NULL), NULL, NULL, &r, &fix_err), 0, "is reported");
	ok(r.start.images == 2 && r.later.images == 1 && r.seen.images == 3 &&
		   r.opened.images == 3 && r.unopened.images == 0 && r.withdrawn.images == 1 &&
		   r.excluded.images == 1,
	   "what it could see and opened");
	is_int(r.seen.bytes, 9 + 9 + 10, "with its bytes");
	is_int(r.state[LIC_MEMBER_REVOKED], 1, "one is revoked");
	ok(r.n_takedowns == 1 && r.takedown[0].during && r.takedown[0].images == 1 &&
		   r.takedown[0].opened == 1,
	   "by a takedown while it ran");
	is_int((long long)r.takedown[0].n_touched, 0, "that touches nothing else");
	ok(r.kind[LIC_OPENER_JOB].opened.images == 2 &&
		   r.kind[LIC_OPENER_INDEXER].opened.images == 1,
	   "opened by the job, and by an indexer");
	ok(lic_census_rows(r.of_seen, LIC_CENSUS_LICENSE, &row) == 1 && row[0].images == 3 &&
		   strcmp(row[0].key, "CC0-1.0") == 0,
	   "licenses are those of then");
	lic_job_report_release(&r);
	lic_job_close(job);
	small_release(&t);
}

static void test_openers(void)
{
	static const struct {
		const char *exe, *comm;
		enum lic_opener kind;
	} each[] = {
		{ "/usr/bin/python3.13", "python3", LIC_OPENER_JOB },
		{ "/usr/lib/tumbler-1/tumblerd", "tumblerd", LIC_OPENER_THUMBNAILER },
		{ "/usr/libexec/tracker-extract-3", "x", LIC_OPENER_INDEXER },
		{ "", "tracker-miner-f", LIC_OPENER_INDEXER },
		{ "/usr/bin/gdk-pixbuf-thumbnailer", "", LIC_OPENER_THUMBNAILER },
		{ "/usr/bin/python3", "borg", LIC_OPENER_BACKUP },
		{ "/usr/bin/clamscan", "clamscan", LIC_OPENER_SCANNER },
		{ "", "", LIC_OPENER_UNKNOWN },
		{ "/opt/clamscanner", "clamscanner", LIC_OPENER_JOB },
	};

	for (size_t i = 0; i < LIC_ARRAY_SIZE(each); i++)
		is_str(lic_opener_name(lic_opener_of(each[i].exe, each[i].comm)),
		       lic_opener_name(each[i].kind), "%s %s", each[i].exe, each[i].comm);
}

struct pairs {
	int n, opened, partly;
};

static int tally_pair(void *ctx, const struct lic_job_info *job _unused_, int64_t entry _unused_,
		      bool opened, bool partly)
{
	struct pairs *p = ctx;

	p->n++;
	p->opened += opened;
	p->partly += partly;
	return 0;
}

static void test_touches(void)
{
	struct lic_ledger *l = NULL;
	struct pairs p = { 0 };
	struct small t;
	int64_t ids[2];

	small_make(&t);
	play(&t, "train", &l);
	ids[0] = t.two;
	ids[1] = t.bare;
	is_int(lic_job_touches(t.cat, ids, 2, tally_pair, &p, &fix_err), 0, "jobs are asked");
	ok(p.n == 1 && p.opened == 1 && p.partly == 1, "one runs, could see one, and opened it");
	ok(lic_ledger_end(l, lic_catalog_generation(t.cat), LIC_LEDGER_UNMOUNTED, &fix_err) == 0,
	   "it ends");
	lic_ledger_close(l);
	ok(!lic_job_touches(t.cat, ids, 2, tally_pair, &p, &fix_err) && p.partly == 1, "whole");
	small_release(&t);
}

static void test_damaged(void)
{
	struct lic_ledger *l = NULL;
	struct lic_job *job = NULL;
	struct small t;
	FILE *f;

	small_make(&t);
	play(&t, "train", &l);
	lic_ledger_close(l);
	is_int(lic_job_open(t.cat, "train", &job, &fix_err), 0, "a ledger that broke off");
	ok(lic_job_trouble(job) && strstr(lic_job_trouble(job), "broke off"), "is told so");
	is_int(lic_idset_count(lic_job_opened(job)), 3, "with what it has");
	lic_job_close(job);
	f = fopen(ledger_of(&t, 1), "r+");
	if (f) {
		fseek(f, -100, SEEK_END);
		fputc('x', f);
		fclose(f);
	}
	is_int(lic_job_open(t.cat, "train", &job, &fix_err), 0, "a damaged one");
	ok(lic_job_trouble(job) && strstr(lic_job_trouble(job), "damaged"), "is told so, too");
	lic_job_close(job);
	unlink(ledger_of(&t, 1));
	is_int(lic_job_open(t.cat, "train", &job, &fix_err), 0, "one that is gone");
	ok(lic_job_trouble(job) && strstr(lic_job_trouble(job), "never served"), "likewise");
	lic_job_close(job);
	small_release(&t);
}

int main(void)
{
	test_openers();
	test_ledger();
	test_report();
	test_touches();
	test_damaged();
	test_names();
	test_begin();
	test_go_on();
	test_never_began();
	test_of_snapshot();
	test_erased();
	test_rm();
	test_half_way();
	test_other_ledger();
	return done_testing();
}
