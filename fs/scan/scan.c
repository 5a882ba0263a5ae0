/* SPDX-License-Identifier: Apache-2.0 */
/* Drives a scan: walks directories in key order and keeps the next batches at the readers while one
 * is written. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <licensefs/catalog_revoke.h>

#include "fs/document/index.h"
#include "fs/scan/helper.h"
#include "fs/scan/internal.h"
#include "fs/util/io.h"

#define TICK_MS 100 /* between two calls of progress() */

struct scan {
	const struct lic_scan_options *o;
	struct lic_scan_result *res;
	struct lic_error *err;
	struct lic_catalog *cat;
	struct lic_nursery *nursery;
	struct lic_pool *pool;
	struct lic_scan_counters counters;
	struct lic_scan_progress progress;
	struct lic_ahead *ahead;      /* directories to walk */
	struct lic_scan_dir *current; /* walked, not all of it in batches yet */
	size_t current_at;
	struct lic_batch *queue[LIC_BATCHES]; /* n_queue of them, at the readers; oldest first */
	unsigned n_queue;
	size_t enough; /* files to read, with which the next batch is full */
	int root;
	int lock;
	int64_t last_tick;
	bool checked_sandbox;
	unsigned digests;	      /* LIC_DIGEST_* bits that all images should have */
	bool verify;		      /* every file is read again */
	bool reindex;		      /* and every document indexed anew */
	struct lic_known_rules rules; /* in force before the scan */
	struct lic_known_rules gone;  /* of them those whose files are no more */
	struct lic_buf readers;	      /* of this program, where the catalog knows others */
	bool partly;		      /* of the directories that were named alone */
	struct lic_part part;
};

static void tick(struct scan *s)
{
	int64_t now = lic_now_ns();

	if (!s->o->progress || now - s->last_tick < (int64_t)TICK_MS * 1000000)
		return;
	s->last_tick = now;
	s->progress.read = atomic_load(&s->counters.read);
	s->progress.bytes = atomic_load(&s->counters.bytes);
	s->o->progress(s->o->ctx, &s->progress);
}

static bool stopped(const struct scan *s)
{
	return s->o->stop && *s->o->stop;
}

/* Images that need no reading: they have made their way already. */
static int64_t count_known(const struct lic_scan_dir *d)
{
	int64_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->item[i].kind == LIC_KIND_IMAGE && !d->item[i].read;
	return n;
}

static int walk_next(struct scan *s)
{
	struct lic_scan_dir *d = lic_ahead_pop(s->ahead);
	char *warning = NULL;
	int r;

	s->current = d;
	s->current_at = 0;
	r = lic_walk_dir(s->root, s->cat, d, s->verify, s->digests, &warning, s->err);
	if (r == 0 && s->partly)
		lic_part_walked(&s->part, d);
	if (r == 0) {
		lic_ahead_push(s->ahead, d->child, d->n_child);
		d->descended = true;
	}
	s->progress.entries += (int64_t)d->n;
	s->progress.known += count_known(d);
	if (warning) {
		struct lic_buf line = LIC_BUF_INIT(64 * 1024);

		lic_buf_adds(&line, "cannot list ");
		lic_text_quote(&line, d->path[0] ? d->path : ".",
			       strlen(d->path[0] ? d->path : "."));
		lic_buf_addf(&line, ": %s; nothing below it is shown", warning);
		s->res->unreadable_dirs++;
		if (s->o->warn)
			s->o->warn(s->o->ctx, lic_buf_str(&line));
		lic_buf_release(&line);
		free(warning);
	}
	return r;
}

static size_t count_reads(const struct lic_scan_dir *d)
{
	size_t n = lic_scan_rule_reads(d);

	for (size_t i = 0; i < d->n; i++)
		n += d->item[i].read;
	return n;
}

/* Does the current directory go into the batch whole? */
static bool fits(const struct scan *s, const struct lic_batch *b)
{
	const struct lic_scan_dir *d = s->current;

	return b->n_items + d->n <= LIC_BATCH_ITEMS &&
	       b->n_read + count_reads(d) <= LIC_BATCH_READS;
}

/* Takes the current directory, or of a large one as much as fits; a small one that does not fit
 * waits for the next batch (then *ret_full). */
static int take_slice(struct scan *s, struct lic_batch *b, bool *ret_full)
{
	struct lic_scan_dir *d = s->current;
	size_t i = s->current_at;

	if (i == 0 && b->n && !fits(s, b)) {
		*ret_full = true;
		return 0;
	}
	if (i == 0)
		b->n_read += lic_scan_rule_reads(d);
	for (; i < d->n && b->n_items < LIC_BATCH_ITEMS && b->n_read < LIC_BATCH_READS; i++) {
		b->n_items++;
		b->n_read += d->item[i].read;
	}
	if (lic_batch_add(b, (struct lic_slice){ d, s->current_at, i }) < 0)
		return lic_error_set(s->err, ENOMEM, "out of memory");
	s->current_at = i;
	*ret_full = i < d->n || b->n >= LIC_BATCH_ITEMS || b->n_read >= s->enough;
	if (i == d->n)
		s->current = NULL; /* the batch owns it now */
	return 0;
}

static bool has_more(struct scan *s)
{
	if (!s->current && lic_ahead_is_empty(s->ahead)) {
		struct lic_scan_dir *d = lic_part_next(&s->part);

		lic_ahead_push(s->ahead, &d, 1);
	}
	return s->current || !lic_ahead_is_empty(s->ahead);
}

/* Walks until a batch is full; *ret is NULL when everything was walked. */
static int next_batch(struct scan *s, struct lic_batch **ret)
{
	struct lic_batch *b = calloc(1, sizeof(*b));
	bool full = false;
	int r = 0;

	*ret = NULL;
	if (!b)
		return lic_error_set(s->err, ENOMEM, "out of memory");
	b->digests = s->digests;
	b->parses = lic_catalog_parses(s->cat);
	while (r == 0 && !full && has_more(s) && !stopped(s)) {
		if (!s->current)
			r = walk_next(s);
		if (r == 0)
			r = take_slice(s, b, &full);
		tick(s);
	}
	if (r == 0 && lic_batch_collect(b) < 0)
		r = lic_error_set(s->err, ENOMEM, "out of memory");
	if (r < 0 || !b->n) {
		lic_batch_free(b);
		return r;
	}
	*ret = b;
	return 0;
}

static void await(struct scan *s, struct lic_batch *b)
{
	while (!lic_pool_wait(s->pool, b, TICK_MS)) {
		tick(s);
		if (stopped(s))
			lic_pool_stop(s->pool);
	}
}

static int write_batch(struct scan *s, struct lic_batch *b)
{
	int r = lic_pool_failed(s->pool, s->err);

	if (r == 0)
		r = lic_write_batch(s->cat, b,
				    &(struct lic_rule_writing){ &s->rules, &s->gone, s->o }, s->res,
				    s->err);
	lic_batch_free(b);
	return r;
}

/* Says once what does not hold the helpers that should. */
static void check_sandbox(struct scan *s)
{
	static const char line[] = "the processes that read images are not confined as they should "
				   "be: ";
	struct lic_sandbox held;
	struct lic_buf text = LIC_BUF_INIT(512);

	if (s->checked_sandbox || !lic_pool_sandbox(s->pool, &held))
		return;
	s->checked_sandbox = true;
	s->res->helpers = true;
	s->res->landlock = held.landlock;
	s->res->seccomp = held.seccomp;
	if ((held.landlock && held.seccomp) || !s->o->warn)
		return;
	lic_buf_adds(&text, line);
	if (!held.landlock)
		lic_buf_adds(&text, "this kernel has no Landlock (5.13 and later, switched on)");
	if (!held.landlock && !held.seccomp)
		lic_buf_adds(&text, ", and ");
	if (!held.seccomp)
		lic_buf_adds(&text, "this kernel or this build has no seccomp filters");
	s->o->warn(s->o->ctx, lic_buf_str(&text));
	lic_buf_release(&text);
}

/* A new directory whose parent is not written yet has no row, and so no live children either: it
 * may be walked ahead. */
static int fill_queue(struct scan *s)
{
	int r = 0;

	while (r == 0 && s->n_queue < LIC_BATCHES && !stopped(s)) {
		struct lic_batch *b = NULL;

		r = next_batch(s, &b);
		if (!b)
			break;
		if (stopped(s)) {
			lic_batch_free(b);
			break;
		}
		lic_pool_submit(s->pool, b);
		s->queue[s->n_queue++] = b;
		s->enough = s->enough * 2 < LIC_BATCH_ENOUGH ? s->enough * 2 : LIC_BATCH_ENOUGH;
	}
	return r;
}

static struct lic_batch *take_oldest(struct scan *s)
{
	struct lic_batch *b = s->queue[0];

	memmove(&s->queue[0], &s->queue[1], --s->n_queue * sizeof(struct lic_batch *));
	return b;
}

/* What nobody is going to write. */
static void drop_queue(struct scan *s)
{
	if (s->n_queue)
		lic_pool_stop(s->pool);
	while (s->n_queue) {
		struct lic_batch *b = take_oldest(s);

		while (!lic_pool_wait(s->pool, b, TICK_MS))
			;
		lic_batch_free(b);
	}
}

static int run(struct scan *s)
{
	int r = 0, w = 0;

	s->enough = LIC_BATCH_FIRST;
	r = fill_queue(s);
	while (w == 0 && s->n_queue) {
		struct lic_batch *b = take_oldest(s);

		await(s, b);
		if (r == 0)
			r = fill_queue(s);
		w = write_batch(s, b);
		check_sandbox(s);
	}
	drop_queue(s);
	if (r == 0)
		r = w;
	if (r == 0 && stopped(s))
		r = lic_error_set(s->err, EINTR,
				  "interrupted; what was written is kept, run it again to go on");
	return r;
}

static int sum_images(void *ctx, int64_t rights, int64_t count, int64_t emptied)
{
	int64_t *sum = ctx;

	(void)rights;
	(void)emptied;
	*sum += count;
	return 0;
}

/* The row of the store's root must exist before anything below it. */
static int put_root(struct scan *s)
{
	struct lic_entry e = { .kind = LIC_KIND_DIR };
	struct lic_txn *txn = NULL;
	struct lic_entry old;
	struct stat st;
	int r;

	if (fstat(s->root, &st) < 0)
		return lic_error_sys(s->err, errno, "cannot stat '%s'", s->o->store);
	e.judged = lic_now_ns();
	e.st = (struct lic_stat){ (uint64_t)st.st_size,
				  lic_timespec_ns(st.st_mtim),
				  lic_timespec_ns(st.st_ctim),
				  st.st_ino,
				  st.st_mode,
				  st.st_uid,
				  st.st_gid };
	r = lic_catalog_by_id(s->cat, 1, &old, s->err);
	if (r == 0 && lic_same_attributes(&old.st, &e.st))
		return lic_catalog_dir_rights(s->cat, 1, sum_images, &s->progress.expected, s->err);
	if (r < 0 && r != -ENOENT)
		return r;
	r = lic_catalog_begin(s->cat, "scan", &txn, s->err);
	if (r == 0)
		r = lic_catalog_put(txn, &e, NULL, s->err);
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	r = lic_catalog_commit(txn, s->err);
	if (r == 0)
		r = lic_catalog_dir_rights(s->cat, 1, sum_images, &s->progress.expected, s->err);
	return r;
}

/* One scan of a catalog at a time; the file is empty and stays. */
static int take_lock(struct scan *s)
{
	struct lic_buf path = LIC_BUF_INIT(64 * 1024);
	int r = 0;

	lic_buf_addf(&path, "%s-scan", lic_catalog_path(s->cat));
	s->lock = open(lic_buf_str(&path), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (s->lock < 0)
		r = lic_error_sys(s->err, errno, "cannot create '%s'", lic_buf_str(&path));
	else if (flock(s->lock, LOCK_EX | LOCK_NB) < 0)
		r = lic_error_set(s->err, EBUSY,
				  "another scan of this store is running; wait for it to end");
	lic_buf_release(&path);
	return r;
}

static unsigned default_jobs(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

static void scan_release(struct scan *s)
{
	lic_pool_free(s->pool);
	lic_nursery_free(s->nursery);
	lic_ahead_free(s->ahead);
	lic_scan_dir_free(s->current);
	lic_catalog_close(s->cat);
	lic_part_release(&s->part);
	free(s->rules.item);
	free(s->gone.item);
	lic_buf_release(&s->readers);
	lic_closep(&s->lock);
	lic_closep(&s->root);
}

/* Other readers may find more in the same bytes, restrictions among it, or survive what the old
 * ones crashed on. */
static int compare_readers(struct scan *s)
{
	_cleanup_(lic_buf_release) struct lic_buf known = LIC_BUF_INIT(4096);
	int r = lic_catalog_readers(s->cat, &known, s->err);

	if (r < 0 && r != -ENOENT)
		return r;
	lic_evidence_readers(&s->readers);
	lic_buf_addf(&s->readers, "; documents %u", LIC_DOCUMENT_READERS);
	if (lic_buf_failed(&s->readers))
		return lic_error_set(s->err, ENOMEM, "out of memory");
	s->verify = s->o->verify;
	if (strcmp(lic_buf_str(&known), lic_buf_str(&s->readers)) == 0)
		lic_buf_release(&s->readers);
	else
		s->verify = s->reindex = true;
	/* Where no scan by these readers has come to its end, some directories are not enough */
	s->partly = s->o->n_dirs && !s->reindex;
	return 0;
}

/* The whole store was read by the readers of this program. */
static int remember_readers(struct scan *s)
{
	struct lic_txn *txn = NULL;
	int r;

	if (!s->readers.len)
		return 0;
	r = lic_catalog_begin(s->cat, "scan", &txn, s->err);
	if (r < 0)
		return r;
	r = lic_catalog_set_readers(txn, lic_buf_str(&s->readers), s->err);
	if (r == 0)
		return lic_catalog_commit(txn, s->err);
	lic_catalog_abort(txn);
	return r;
}

/* What is new in this scan waits for its likeness from the first moment. */
static int keep_likeness(struct scan *s)
{
	struct lic_txn *txn = NULL;
	bool keeps = false;
	int r = lic_catalog_keeps_likeness(s->cat, &keeps, s->err);

	if (r < 0 || (s->o->similar <= 0 && !keeps))
		return r;
	r = lic_catalog_begin(s->cat, "scan", &txn, s->err);
	if (r < 0)
		return r;
	r = lic_catalog_keep_likeness(txn, s->o->similar >= 0, s->err);
	if (r == 0)
		return lic_catalog_commit(txn, s->err);
	lic_catalog_abort(txn);
	return r;
}

/* After the nursery, which must know nothing of the catalog. */
static int open_all(struct scan *s, unsigned jobs)
{
	static const struct lic_patience patience = LIC_PATIENCE_DEFAULT;
	unsigned flags = LIC_CATALOG_WRITE | (s->o->existing ? 0 : LIC_CATALOG_CREATE);
	int r = lic_catalog_open(s->o->store, s->o->catalog, flags, &s->cat, s->err);

	if (r == 0)
		r = take_lock(s);
	if (r == 0)
		r = put_root(s);
	if (r == 0)
		r = compare_readers(s);
	if (r == 0)
		r = keep_likeness(s);
	if (r == 0)
		r = lic_catalog_digests_wanted(s->cat, &s->digests, s->err);
	s->digests |= s->o->digests;
	if (r == 0)
		r = lic_scan_know_rules(s->cat, &s->rules, s->err);
	if (r == 0)
		r = lic_pool_new(s->root, jobs, s->nursery, &patience, &s->counters, &s->pool,
				 s->err);
	if (r == 0 && !(s->ahead = lic_ahead_new(s->root, jobs)))
		r = lic_error_set(s->err, ENOMEM, "out of memory");
	return r;
}

static int walk(struct scan *s)
{
	int r = 0;

	s->part.root = s->root;
	s->part.cat = s->cat;
	if (s->partly) {
		r = lic_part_find(&s->part, s->o->dirs, s->o->n_dirs, s->err);
	} else {
		struct lic_scan_dir *top = lic_scan_dir_new("", (struct lic_bytes){ NULL, 0 }, 0);

		if (!top)
			return lic_error_set(s->err, ENOMEM, "out of memory");
		top->id = 1;
		lic_ahead_push(s->ahead, &top, 1);
	}
	while (r == 0 && has_more(s)) {
		r = run(s);
		if (r == 0 && s->partly)
			r = lic_part_find_ruled(&s->part, &s->gone, s->err);
	}
	return r;
}

static void tick_phase(void *ctx)
{
	tick(ctx);
}

static int after_walk(struct scan *s, unsigned jobs)
{
	const struct lic_scan_phase p = { .o = s->o,
					  .res = s->res,
					  .cat = s->cat,
					  .nursery = s->nursery,
					  .jobs = jobs,
					  .pool = s->pool,
					  .root = s->root,
					  .digests = s->digests,
					  .partly = s->partly,
					  .verify = s->verify,
					  .reindex = s->reindex,
					  .counters = &s->counters,
					  .progress = &s->progress,
					  .tick = tick_phase,
					  .ctx = s };
	int r = lic_scan_after(&p, s->err);

	if (r == 0)
		r = remember_readers(s);
	return r == 0 ? lic_scan_likenesses(&p, s->err) : r;
}

int lic_scan(const struct lic_scan_options *options, struct lic_scan_result *ret,
	     struct lic_error *err)
{
	const unsigned jobs = options->jobs ? options->jobs : default_jobs();
	struct scan s = { .o = options,
			  .res = ret,
			  .err = err,
			  .root = -1,
			  .lock = -1,
			  .readers = LIC_BUF_INIT(4096) };
	int r;

	memset(ret, 0, sizeof(*ret));
	s.root = open(options->store, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s.root < 0)
		return lic_error_sys(err, errno, "cannot open the store '%s'", options->store);
	if (lic_is_own_mount(s.root)) {
		lic_closep(&s.root);
		return lic_error_set(err, EINVAL,
				     "'%s' shows a view of licensefs, not the store; unmount the "
				     "view first, or name the store itself",
				     options->store);
	}
	r = lic_nursery_new(2 * jobs, &s.nursery, err);
	if (r == 0)
		r = open_all(&s, jobs);
	if (r == 0) {
		ret->whole = !s.partly;
		r = walk(&s);
		if (r == 0)
			r = lic_scan_settle_rules(s.cat, &s.gone, s.err);
		if (r == 0)
			r = after_walk(&s, jobs);
		ret->directories++; /* the root */
		s.last_tick = 0;
		tick(&s);
	}
	scan_release(&s);
	return r;
}
