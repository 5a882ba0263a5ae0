/* SPDX-License-Identifier: Apache-2.0 */
/* The readers: a pool of threads that turns files into claims. They share nothing but a queue of
 * batches, take items one by one, and never touch the catalog. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "fs/scan/internal.h"
#include "fs/util/io.h"

#define QUEUE_MAX 2    /* batches that the readers may hold at a time */
#define SETTLE_TRIES 3 /* reads of a file that changes meanwhile */

struct lic_pool {
	int root;
	struct lic_scan_counters *counters;
	pthread_t *thread;
	unsigned n;
	pthread_mutex_t lock; /* protects queue, n_queue, quit */
	pthread_cond_t work, idle;
	struct lic_batch *queue[QUEUE_MAX];
	unsigned n_queue;
	bool quit;
};

static const struct lic_limits limits = LIC_LIMITS_DEFAULT;

static void stat_from(const struct stat *s, struct lic_stat *ret)
{
	*ret = (struct lic_stat){
		.size = (uint64_t)s->st_size,
		.mtime = lic_timespec_ns(s->st_mtim),
		.ctime = lic_timespec_ns(s->st_ctim),
		.ino = s->st_ino,
		.mode = s->st_mode,
		.uid = s->st_uid,
		.gid = s->st_gid,
	};
}

static bool unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_ino == b->st_ino &&
	       lic_timespec_ns(a->st_mtim) == lic_timespec_ns(b->st_mtim) &&
	       lic_timespec_ns(a->st_ctim) == lic_timespec_ns(b->st_ctim);
}

static int open_item(int root, const struct lic_scan_dir *d, const struct lic_item *it)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	int fd;

	if (d->path[0]) {
		lic_buf_adds(&path, d->path);
		lic_buf_addc(&path, '/');
	}
	lic_buf_add(&path, it->name.p, it->name.n);
	fd = lic_buf_failed(&path) ? -ENAMETOOLONG
				   : lic_open_beneath(root, lic_buf_str(&path), O_RDONLY);
	lic_buf_release(&path);
	return fd;
}

struct sidecars {
	const struct lic_pool *pool;
	const struct lic_scan_dir *dir;
	struct lic_item *image;
	bool failed;
};

static const char *copy_name(struct lic_claims *c, const struct lic_bytes *name)
{
	const char *s = lic_arena_dup(&c->arena, name->p, name->n);

	return s ? s : "";
}

/* A sidecar that cannot be read may hold a restriction: the image is unreadable then. [I2] */
static int read_sidecar(void *ctx, struct lic_item *xmp)
{
	struct sidecars *s = ctx;
	struct lic_item *image = s->image;
	_cleanup_(lic_closep) int fd = -1;
	struct lic_error err = LIC_ERROR_INIT;
	size_t stem = lic_stem_length(image->name.p, image->name.n);
	enum lic_rule rule;
	struct stat st, after;
	char ext[32] = "";

	if (!lic_is_xmp_name(xmp->name.p, xmp->name.n) ||
	    !lic_scan_companion(&xmp->name, &image->name, &rule))
		return 0;
	if (stem < image->name.n && image->name.n - stem - 1 < sizeof(ext))
		memcpy(ext, image->name.p + stem + 1, image->name.n - stem - 1);
	fd = open_item(s->pool->root, s->dir, xmp);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    lic_evidence_read_sidecar(fd, (uint64_t)st.st_size,
				      copy_name(&image->claims, &xmp->name), ext, &limits,
				      &image->claims, &err) < 0 ||
	    fstat(fd, &after) < 0) {
		image->claims.damage = "a sidecar cannot be read";
		s->failed = true;
	} else if (!unchanged(&st, &after)) {
		image->claims.damage = "a sidecar changed while it was read";
	}
	return 0;
}

static void read_sidecars(const struct lic_pool *p, const struct lic_scan_dir *d,
			  struct lic_item *it)
{
	struct sidecars s = { p, d, it, false };

	/* "cat." begins both cat.xmp and cat.jpg.xmp */
	lic_scan_dir_family(d, it->name.p, lic_stem_length(it->name.p, it->name.n), read_sidecar,
			    &s);
	if (s.failed)
		it->judged = 0; /* the next scan tries again, whatever the time stamps say */
}

/* One try: 0 when done, 1 when the file changed while it was read, negative errno. */
static int read_once(const struct lic_pool *p, const struct lic_scan_dir *d, struct lic_item *it)
{
	_cleanup_(lic_closep) int fd = -1;
	struct lic_error err = LIC_ERROR_INIT;
	struct stat before, after;
	int r;

	lic_claims_reset(&it->claims);
	fd = open_item(p->root, d, it);
	if (fd < 0)
		return fd;
	it->judged = lic_now_ns();
	if (fstat(fd, &before) < 0)
		return -errno;
	if (!S_ISREG(before.st_mode))
		return -EBADF;
	stat_from(&before, &it->st);
	r = lic_evidence_read(fd, it->st.size, &limits, &it->claims, &it->hash, &err);
	if (r < 0)
		return r;
	if (it->claims.format != LIC_FORMAT_NONE)
		read_sidecars(p, d, it);
	if (fstat(fd, &after) < 0)
		return -errno;
	return unchanged(&before, &after) ? 0 : 1;
}

/* What does not fit beside the claims of its neighbours is unreadable, and the next scan, which
 * need not read all of them, tries again. */
static void hold(struct lic_batch *b, struct lic_item *it)
{
	const enum lic_format format = it->claims.format;
	const size_t n = it->claims.arena.used;

	if (atomic_fetch_add(&b->held, n) + n <= LIC_BATCH_CLAIMS)
		return;
	atomic_fetch_sub(&b->held, n);
	lic_claims_release(&it->claims);
	it->claims.format = format;
	it->claims.damage = "its neighbours state more than fits in memory: scan again";
	it->judged = 0;
}

static void read_item(const struct lic_pool *p, struct lic_batch *b, const struct lic_scan_dir *d,
		      struct lic_item *it)
{
	const struct lic_stat walked = it->st;
	const int64_t at = it->judged;
	int r = 1;

	for (int i = 0; r == 1 && i < SETTLE_TRIES; i++)
		r = read_once(p, d, it);
	if (r < 0) {
		it->kind = LIC_KIND_HIDDEN;
		it->rule = LIC_RULE_UNREADABLE;
	} else if (it->claims.format != LIC_FORMAT_NONE) {
		it->kind = LIC_KIND_IMAGE;
		it->rule = LIC_RULE_CONTENT;
		if (r == 1)
			it->claims.damage = "the file changed while it was read";
	} else {
		it->kind = LIC_KIND_HIDDEN; /* the writer looks for its images */
		it->rule = LIC_RULE_NOT_IMAGE;
	}
	if (it->kind == LIC_KIND_IMAGE)
		hold(b, it);
	else
		lic_claims_release(&it->claims);
	/* Its images were read before or after, and it may have changed in between: its row must
	 * not be younger than what they saw, so that the next scan finds the change */
	if (it->kind != LIC_KIND_IMAGE && lic_is_xmp_name(it->name.p, it->name.n)) {
		it->st = walked;
		it->judged = at;
	}
	atomic_fetch_add(&p->counters->read, 1);
	atomic_fetch_add(&p->counters->bytes, it->st.size);
}

static void *reader(void *arg)
{
	struct lic_pool *p = arg;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct lic_batch *b = NULL;
		size_t i;

		for (unsigned k = 0; k < p->n_queue && !b; k++)
			if (atomic_load(&p->queue[k]->cursor) < p->queue[k]->n_read)
				b = p->queue[k];
		if (!b) {
			if (p->quit)
				break;
			pthread_cond_wait(&p->work, &p->lock);
			continue;
		}
		b->users++; /* keeps lic_pool_wait() from giving the batch back */
		pthread_mutex_unlock(&p->lock);
		while ((i = atomic_fetch_add(&b->cursor, 1)) < b->n_read)
			read_item(p, b, b->reads_dir[i], b->reads[i]);
		pthread_mutex_lock(&p->lock);
		if (--b->users == 0)
			pthread_cond_broadcast(&p->idle);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

int lic_pool_new(int root, unsigned threads, struct lic_scan_counters *counters,
		 struct lic_pool **ret, struct lic_error *err)
{
	struct lic_pool *p = calloc(1, sizeof(*p));

	if (!p || !(p->thread = calloc(threads, sizeof(*p->thread)))) {
		free(p);
		return lic_error_set(err, ENOMEM, "out of memory");
	}
	p->root = root;
	p->counters = counters;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->idle, NULL);
	for (; p->n < threads; p->n++) {
		int r = pthread_create(&p->thread[p->n], NULL, reader, p);

		if (r && p->n)
			break; /* fewer threads do as well */
		if (r) {
			lic_pool_free(p);
			return lic_error_sys(err, r, "cannot start a reading thread");
		}
	}
	*ret = p;
	return 0;
}

void lic_pool_free(struct lic_pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->quit = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n; i++)
		pthread_join(p->thread[i], NULL);
	pthread_cond_destroy(&p->idle);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p->thread);
	free(p);
}

void lic_pool_submit(struct lic_pool *p, struct lic_batch *b)
{
	if (!b->n_read)
		return;
	pthread_mutex_lock(&p->lock);
	p->queue[p->n_queue++] = b;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
}

static void leave_queue(struct lic_pool *p, const struct lic_batch *b)
{
	for (unsigned i = 0; i < p->n_queue; i++) {
		if (p->queue[i] == b) {
			memmove(&p->queue[i], &p->queue[i + 1],
				(p->n_queue - i - 1) * sizeof(struct lic_batch *));
			p->n_queue--;
			return;
		}
	}
}

bool lic_pool_wait(struct lic_pool *p, struct lic_batch *b, int ms)
{
	struct timespec until;
	bool done;

	if (!b->n_read)
		return true;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)ms * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&p->lock);
	/* nobody uses it and nothing is left to take: every item was read */
	while (b->users || atomic_load(&b->cursor) < b->n_read)
		if (pthread_cond_timedwait(&p->idle, &p->lock, &until) == ETIMEDOUT)
			break;
	done = !b->users && atomic_load(&b->cursor) >= b->n_read;
	if (done)
		leave_queue(p, b);
	pthread_mutex_unlock(&p->lock);
	return done;
}
