/* SPDX-License-Identifier: Apache-2.0 */
/* A job to which more comes than is looked up one by one, and one whose ledger cannot be opened. */
#include <licensefs/job_report.h>
#include <licensefs/snapshot.h>

#include "tests/unit/job_fixture.h"

enum { MANY = 5000 };

static int count_image(void *ctx, const struct lic_job_item *i)
{
	*(int *)ctx += i->t->m.e.kind == LIC_KIND_IMAGE;
	return 0;
}

static struct lic_ledger *serve(struct scratch *s, struct lic_catalog *cat)
{
	struct lic_job_request q = { .name = "train",
				     .how = LIC_JOB_MOUNT,
				     .view = "noncommercial",
				     .who = "me",
				     .mountpoint = "/mnt" };
	struct lic_ledger_begin b = {
		.at = 1000000000000, .mode = "checked", .mountpoint = "/mnt", .version = "1"
	};
	struct lic_snapshot *members = NULL;
	struct lic_ledger *l = NULL;
	struct lic_job_begun begun;
	char path[256];

	ok(lic_job_begin(cat, &q, &begun, &fix_err) == 0 &&
		   lic_snapshot_of_job(cat, begun.number, &members, &fix_err) == 0,
	   "a job begins");
	memcpy(b.members, lic_snapshot_info(members)->digest, 32);
	lic_snapshot_close(members);
	b.job = begun.number;
	b.generation = begun.generation;
	snprintf(path, sizeof(path), "%s-jobs/%lld.ledger", s->db, (long long)begun.number);
	ok(lic_ledger_create(path, &l, &fix_err) == 0 && lic_ledger_begin(l, &b, &fix_err) == 0,
	   "with a ledger");
	return l;
}

static void come(struct lic_catalog *cat, int64_t dir, struct lic_idset *ret)
{
	struct lic_txn *txn = begin(cat);

	for (int i = 0; i < MANY; i++) {
		struct lic_entry e = { 0 };
		char name[32], bytes[32];

		snprintf(name, sizeof(name), "m%d.jpg", i);
		snprintf(bytes, sizeof(bytes), "bytes m%d", i);
		put_image(txn, dir, name, bytes, NULL, &e);
		lic_idset_add(ret, e.id);
	}
	commit(txn);
}

static int stop_at(void *ctx, int64_t done)
{
	return done >= *(int64_t *)ctx ? -EINTR : 0;
}

/* They are told by the generation before them, as what is found by a walk during a scan may be. */
static void test_many(void)
{
	struct lic_idset set = LIC_IDSET_INIT, none = LIC_IDSET_INIT;
	struct lic_catalog *cat;
	struct lic_job *job = NULL;
	struct lic_ledger *l;
	struct scratch s;
	struct lic_txn *txn;
	int64_t dir, before, most;
	struct lic_job_report r;
	int n = 0;

	cat = scratch_make(&s);
	txn = begin(cat);
	dir = put_dir(txn, 1, "dir");
	put_by(txn, dir, "1.jpg", "bytes one", "Ann", NULL);
	commit(txn);
	l = serve(&s, cat);
	before = lic_catalog_generation(cat);
	come(cat, dir, &set);
	lic_ledger_sight(l, before, &set, &none);
	ok(lic_ledger_flush(l, true, &fix_err) == 0, "many are told");
	is_int(lic_job_open(cat, "train", &job, &fix_err), 0, "it is opened");
	is_int(lic_job_each(job, 5000, count_image, &n, &fix_err), 0, "all that it could see");
	is_int(n, 1 + MANY, "has each of them");
	most = MANY / 2;
	is_int(lic_job_report(job, 5000, stop_at, &most, &r, &fix_err), -EINTR,
	       "a report stops where it is told to");
	lic_job_report_release(&r);
	most = 2 * MANY;
	is_int(lic_job_report(job, 5000, stop_at, &most, &r, &fix_err), 0, "else it is made");
	lic_job_report_release(&r);
	lic_idset_release(&set);
	lic_job_close(job);
	lic_ledger_close(l);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static int stop(void *ctx, const struct lic_snapshot_progress *p)
{
	return p->done >= *(int64_t *)ctx ? -EINTR : 0;
}

static void test_stopped(void)
{
	int64_t most = MANY / 2;
	struct lic_snapshot_request q = { .name = "s",
					  .view = "noncommercial",
					  .who = "me",
					  .classes = LIC_CLASSES_KEEP,
					  .progress = stop,
					  .ctx = &most };
	struct lic_idset set = LIC_IDSET_INIT;
	struct lic_snapshot_info info;
	struct lic_snapshot *made = NULL;
	struct scratch s;
	struct lic_catalog *cat = scratch_make(&s);
	struct lic_txn *txn = begin(cat);
	int64_t dir = put_dir(txn, 1, "dir");

	commit(txn);
	come(cat, dir, &set);
	is_int(lic_snapshot_create(cat, s.store, &q, &info, &fix_err), -EINTR,
	       "a snapshot of many is interrupted");
	is_int(lic_snapshot_open(cat, "s", &made, &fix_err), -ENOENT, "and not made");
	checks(cat, "after it");
	most = 2 * MANY;
	is_int(lic_snapshot_create(cat, s.store, &q, &info, &fix_err), 0, "then it is");
	lic_idset_release(&set);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static struct lic_job *reported(struct lic_catalog *cat, struct lic_job_report *ret)
{
	struct lic_job *job = NULL;

	is_int(lic_job_open(cat, "train", &job, &fix_err), 0, "a job is opened");
	is_int(lic_job_report(job, 5000, NULL, NULL, ret, &fix_err), 0, "and reported");
	return job;
}

enum { TAKEDOWNS = LIC_JOB_TAKEDOWNS_MAX + 4 };

/* More takedowns than are told one by one. */
static void test_takedowns(void)
{
	struct lic_catalog *cat;
	struct lic_job *job;
	struct lic_job_report r;
	struct lic_ledger *l;
	struct scratch s;
	struct lic_txn *txn;
	int64_t dir, first;
	bool good = true;

	cat = scratch_make(&s);
	txn = begin(cat);
	dir = put_dir(txn, 1, "dir");
	for (int i = 0; i < TAKEDOWNS; i++) {
		char name[32], by[32];

		snprintf(name, sizeof(name), "t%d.jpg", i);
		snprintf(by, sizeof(by), "Creator %d", i);
		put_by(txn, dir, name, name, by, NULL);
	}
	first = put_by(txn, dir, "stays.jpg", "stays", "Ann", NULL);
	commit(txn);
	l = serve(&s, cat);
	lic_ledger_opened(l, 0, first, false);
	ok(lic_ledger_end(l, lic_catalog_generation(cat), LIC_LEDGER_UNMOUNTED, &fix_err) == 0,
	   "that ends");
	lic_ledger_close(l);
	txn = begin(cat);
	for (int i = 0; i < TAKEDOWNS; i++) {
		char by[32];
		struct lic_buf buf;
		struct lic_selector one;

		snprintf(by, sizeof(by), "Creator %d", i);
		one = selector_of(LIC_SELECT_CREATOR, by, &buf);
		good &= revoke_in(txn, &one, 1, false).matched == 1;
		lic_buf_release(&buf);
	}
	commit(txn);
	ok(good, "many takedowns");
	job = reported(cat, &r);
	is_int((long long)r.n_takedowns, LIC_JOB_TAKEDOWNS_MAX, "so many are told one by one");
	is_int(lic_idset_count(&r.more_takedowns), TAKEDOWNS - LIC_JOB_TAKEDOWNS_MAX,
	       "of the others how many there are");
	for (size_t i = 0; i < r.n_takedowns; i++)
		good &= r.takedown[i].images == 1 &&
			!lic_idset_has(&r.more_takedowns, r.takedown[i].number);
	ok(good, "each is one or the other");
	is_int(r.state[LIC_MEMBER_REVOKED], TAKEDOWNS, "no image is left out");
	lic_job_report_release(&r);
	lic_job_close(job);
	lic_catalog_close(cat);
	scratch_release(&s);
}

static void put_huge(struct lic_txn *txn, int64_t dir, const char *name)
{
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e = entry_of(dir, name, strlen(name), LIC_KIND_IMAGE);

	lic_hash128(name, strlen(name), e.hash.b);
	e.st.size = INT64_MAX - 5;
	e.format = claims.format = LIC_FORMAT_JPEG;
	add_claim(&claims, LIC_ROLE_LICENSE, "CC0-1.0");
	ok(lic_catalog_put(txn, &e, &claims, &fix_err) == 0, "a file as large as can be");
	lic_claims_release(&claims);
}

/* Sparse files cost nothing: their sizes are not to be believed, but neither to overflow. */
static void test_huge(void)
{
	const struct lic_census_row *row;
	struct lic_catalog *cat;
	struct lic_job *job;
	struct lic_job_report r;
	struct lic_ledger *l;
	struct scratch s;
	struct lic_txn *txn;
	int64_t dir;

	cat = scratch_make(&s);
	txn = begin(cat);
	dir = put_dir(txn, 1, "dir");
	put_huge(txn, dir, "1.jpg");
	put_huge(txn, dir, "2.jpg");
	put_huge(txn, dir, "3.jpg");
	commit(txn);
	l = serve(&s, cat);
	job = reported(cat, &r);
	is_int(r.seen.images, 3, "three of them");
	ok(r.seen.bytes == INT64_MAX && r.start.bytes == INT64_MAX &&
		   r.unopened.bytes == INT64_MAX && !r.opened.bytes,
	   "have as many bytes as can be said");
	ok(lic_census_rows(r.of_seen, LIC_CENSUS_LICENSE, &row) == 1 && row[0].bytes == INT64_MAX,
	   "by license, too");
	is_int(lic_snapshot_info(lic_job_snapshot(job))->bytes, INT64_MAX, "and when it began");
	lic_job_report_release(&r);
	lic_job_close(job);
	lic_ledger_close(l);
	lic_catalog_close(cat);
	scratch_release(&s);
}

/* While it is not known whether a job runs it is not ended. */
static void test_unopened(void)
{
	struct lic_catalog *cat;
	struct lic_ledger *l;
	struct scratch s;
	char path[256], aside[256];

	cat = scratch_make(&s);
	l = serve(&s, cat);
	snprintf(path, sizeof(path), "%s-jobs/1.ledger", s.db);
	snprintf(aside, sizeof(aside), "%s-jobs/aside", s.db);
	ok(rename(path, aside) == 0 && symlink("aside", path) == 0,
	   "a ledger that cannot be opened");
	is_int(job_rm(cat, "train"), -ELOOP, "may be of a job that runs");
	ok(rename(aside, path) == 0, "it is there again");
	is_int(job_rm(cat, "train"), -EBUSY, "and runs");
	lic_ledger_close(l);
	is_int(job_rm(cat, "train"), 0, "then it is removed");
	lic_catalog_close(cat);
	scratch_release(&s);
}

int main(void)
{
	test_many();
	test_stopped();
	test_takedowns();
	test_huge();
	test_unopened();
	return done_testing();
}
