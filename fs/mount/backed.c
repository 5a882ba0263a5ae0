/* SPDX-License-Identifier: Apache-2.0 */
/* The table of files that the kernel reads by itself. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fs/mount/backed.h"
#include "fs/util/io.h"

#define SHARDS 64u /* power of two */
#define KEPT_MAX (LIC_BACKED_MAX / SHARDS)
#define BUCKETS 1024u
#define PEEK 64
#define TIDY_NS 1000000000

/* linux/fuse.h since 6.9; headers may be older than the kernel */
struct backing_map {
	int32_t fd;
	uint32_t flags;
	uint64_t padding;
};
#define BACKING_OPEN _IOW(229, 1, struct backing_map)
#define BACKING_CLOSE _IOW(229, 2, uint32_t)

struct shard {
	pthread_mutex_t lock; /* protects all of these, and the files in it but who is busy */
	pthread_cond_t ready; /* somebody is no longer busy */
	struct lic_opened *bucket[BUCKETS];
	struct lic_opened *newest, *oldest; /* that nobody has open */
	size_t kept;
};

struct lic_backed {
	_Atomic size_t untold, out;
	int64_t tidy_at; /* the follower's; by lic_monotonic_ns() */
	unsigned tidy;	 /* the shard that is due */
	struct shard shard[SHARDS];
};

bool lic_backed_permitted(const struct lic_session *s)
{
	struct backing_map map = { .fd = -1 };

	/* who may not is told so before the descriptor is looked at */
	return ioctl(fuse_session_fd(s->se), BACKING_OPEN, &map) < 0 && errno == EBADF;
}

int lic_backed_new(struct lic_session *s, struct lic_error *err)
{
	struct lic_backed *t = calloc(1, sizeof(*t));

	if (!t)
		return lic_error_sys(err, ENOMEM, "cannot mount '%s'", s->store);
	for (unsigned i = 0; i < SHARDS; i++) {
		pthread_mutex_init(&t->shard[i].lock, NULL);
		pthread_cond_init(&t->shard[i].ready, NULL);
	}
	s->backed = t;
	return 0;
}

static uint64_t hash(uint64_t ino)
{
	return ino * UINT64_C(0x9e3779b97f4a7c15) >> 32;
}

static struct shard *shard_of(struct lic_backed *t, uint64_t ino)
{
	return &t->shard[hash(ino) & (SHARDS - 1)];
}

static struct lic_opened **bucket_of(struct shard *sh, uint64_t ino)
{
	return &sh->bucket[hash(ino) / SHARDS % BUCKETS];
}

/* The one that openers share. */
static struct lic_opened *find(struct shard *sh, uint64_t ino)
{
	struct lic_opened *o = *bucket_of(sh, ino);

	while (o && (o->ino != ino || o->gone))
		o = o->next;
	return o;
}

static void leave_kept(struct shard *sh, struct lic_opened *o)
{
	*(o->older ? &o->older->newer : &sh->oldest) = o->newer;
	*(o->newer ? &o->newer->older : &sh->newest) = o->older;
	o->newer = o->older = NULL;
	sh->kept--;
}

static void enter_kept(struct shard *sh, struct lic_opened *o)
{
	o->older = sh->newest;
	o->newer = NULL;
	*(sh->newest ? &sh->newest->newer : &sh->oldest) = o;
	sh->newest = o;
	sh->kept++;
}

static void leave_bucket(struct shard *sh, struct lic_opened *o)
{
	struct lic_opened **p = bucket_of(sh, o->ino);

	while (*p != o)
		p = &(*p)->next;
	*p = o->next;
}

/* Nobody else knows it any more, and no lock is held: the last that holds a removed file may take
 * its time. */
static void close_file(struct lic_session *s, struct lic_opened *o)
{
	uint32_t id = (uint32_t)o->id;

	if (o->id)
		ioctl(fuse_session_fd(s->se), BACKING_CLOSE, &id);
	o->id = 0;
}

static void discard(struct lic_session *s, struct lic_opened *o)
{
	if (!o)
		return;
	atomic_fetch_sub(&s->backed->untold, o->gone && !o->told);
	atomic_fetch_sub(&s->backed->out, o->out);
	close_file(s, o);
	free(o);
}

void lic_backed_free(struct lic_session *s)
{
	struct lic_backed *t = s->backed;

	if (!t)
		return;
	for (unsigned i = 0; i < SHARDS; i++) {
		for (unsigned k = 0; k < BUCKETS; k++) {
			struct lic_opened *o;

			/* the ids have ended with the connection */
			while ((o = t->shard[i].bucket[k])) {
				t->shard[i].bucket[k] = o->next;
				free(o);
			}
		}
		pthread_mutex_destroy(&t->shard[i].lock);
		pthread_cond_destroy(&t->shard[i].ready);
	}
	free(t);
	s->backed = NULL;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* Finds or makes it, and counts the caller in. A new one is busy: the caller's to fill. */
static struct lic_opened *enter(struct shard *sh, uint64_t ino)
{
	struct lic_opened *o;

	pthread_mutex_lock(&sh->lock);
	while ((o = find(sh, ino)) && o->busy)
		pthread_cond_wait(&sh->ready, &sh->lock);
	if (o) {
		if (o->refs++ == 0)
			leave_kept(sh, o);
	} else if ((o = calloc(1, sizeof(*o)))) {
		o->ino = ino;
		o->refs = 1;
		o->busy = true;
		o->next = *bucket_of(sh, ino);
		*bucket_of(sh, ino) = o;
	}
	pthread_mutex_unlock(&sh->lock);
	return o;
}

/* Hands the checked file over: the kernel keeps it open for as long as it has the id. */
static void hand_over(struct lic_session *s, struct lic_opened *o, struct lic_backing *b)
{
	struct backing_map map = { .fd = b->fd };
	int id = ioctl(fuse_session_fd(s->se), BACKING_OPEN, &map);

	o->id = id > 0 ? id : 0;
	o->dev = b->st.st_dev;
	o->node = b->st.st_ino;
	lic_backing_close(b);
}

static void unbusy(struct shard *sh, struct lic_opened *o)
{
	o->busy = false;
	pthread_cond_broadcast(&sh->ready);
}

static int fill(struct lic_worker *w, struct lic_opened *o, const struct lic_entry *e)
{
	struct lic_backing b;
	int r = lic_backing_open(w, e, &b);

	if (r == 0)
		hand_over(w->s, o, &b);
	return r;
}

/* No further opener shares it; its number is answered with another generation from here on. Caller
 * holds the lock. */
static void take_out(struct lic_session *s, struct lic_opened *o)
{
	/* what is read through the mount is checked at every READ */
	if (o->gone || (!o->id && !o->busy))
		return;
	o->gone = o->out = true;
	atomic_fetch_add(&s->backed->out, 1);
	atomic_fetch_add(&s->backed->untold, 1);
	lic_kick_raise(&s->kick, o->ino);
}

/* The file behind the id is not the judged one. Nobody else has it open: another takes its place.
 * Else the kernel, told -ESTALE, looks the name up again and gets another inode. */
static int replace(struct lic_worker *w, struct shard *sh, struct lic_opened *o,
		   struct lic_backing *b)
{
	bool alone;

	pthread_mutex_lock(&sh->lock);
	alone = o->refs == 1 && !o->gone;
	if (alone) {
		o->busy = true;
	} else {
		/* the follower tells the kernel, should the opener not look the name up */
		take_out(w->s, o);
	}
	pthread_mutex_unlock(&sh->lock);
	if (!alone) {
		lic_backing_close(b);
		return -ESTALE;
	}
	close_file(w->s, o);
	hand_over(w->s, o, b);
	return 0;
}

/* Of one that others opened before: is the file still the judged one? */
static int check(struct lic_worker *w, struct shard *sh, struct lic_opened *o,
		 const struct lic_entry *e)
{
	struct lic_backing b;
	int r;

	if (!o->id)
		return 0; /* who reads it checks it */
	if (lic_backing_is(w, e, o->dev, o->node))
		return 0;
	r = lic_backing_open(w, e, &b);
	if (r < 0)
		return r;
	if (b.st.st_dev != o->dev || b.st.st_ino != o->node)
		return replace(w, sh, o, &b);
	lic_backing_close(&b);
	return 0;
}

/* Asks the catalog: the caller is in the table already. */
static int open_entered(struct lic_worker *w, struct shard *sh, struct lic_opened *o, bool fresh)
{
	struct lic_entry e;
	int r;

	if (lic_worker_refresh(w) < 0)
		return -EIO;
	r = lic_worker_load(w, lic_inode_decode(o->ino, w->s->single), &e);
	if (r < 0)
		return r;
	r = fresh ? fill(w, o, &e) : check(w, sh, o, &e);
	if (fresh)
		o->dir = e.parent;
	return r;
}

int lic_backed_open(struct lic_worker *w, uint64_t ino, struct lic_opened **ret)
{
	struct shard *sh = shard_of(w->s->backed, ino);
	struct lic_opened *o = enter(sh, ino);
	int r;

	if (!o)
		return -ENOMEM;
	/* busy: made by this call, as others wait until it is not */
	r = open_entered(w, sh, o, o->busy);
	pthread_mutex_lock(&sh->lock);
	if (r == 0 && o->gone)
		r = -ESTALE;
	if (o->busy) {
		if (r < 0 && !o->gone)
			o->gone = o->told = true;
		unbusy(sh, o);
	}
	pthread_mutex_unlock(&sh->lock);
	if (r == 0)
		*ret = o;
	else
		lic_backed_put(w->s, o);
	return r;
}

void lic_backed_put(struct lic_session *s, struct lic_opened *o)
{
	struct shard *sh = shard_of(s->backed, o->ino);
	const int64_t now = lic_monotonic_ns();
	struct lic_opened *old = NULL;

	pthread_mutex_lock(&sh->lock);
	if (--o->refs == 0) {
		if (o->gone || !o->id) {
			leave_bucket(sh, o);
			old = o;
		} else {
			o->put_at = now;
			enter_kept(sh, o);
			if (sh->kept > KEPT_MAX) {
				old = sh->oldest;
				leave_kept(sh, old);
				leave_bucket(sh, old);
			}
		}
	}
	pthread_mutex_unlock(&sh->lock);
	discard(s, old);
}

/* --- takedowns -------------------------------------------------------------------------------- */

static bool shown(struct lic_worker *w, uint64_t ino)
{
	struct lic_entry e;
	bool seen = false;

	return lic_catalog_by_id(w->cat, (int64_t)ino, &e, NULL) == 0 &&
	       lic_worker_shown(w, &e, &seen) == 0 && seen;
}

/* Is any of the number there, or one that is `out`? Telling the kernel of that again does no harm.
 * Caller holds the lock. */
static bool is_there(struct shard *sh, uint64_t ino, bool out)
{
	struct lic_opened *o = *bucket_of(sh, ino);

	while (o && (o->ino != ino || (out && !o->out)))
		o = o->next;
	return o;
}

/* The numbers of what is open, in these directories (ascending) or in any where NULL; and of what
 * is kept. */
static void collect(struct lic_backed *t, const struct lic_ids *dirs, bool kept,
		    struct lic_ids *ret)
{
	for (unsigned i = 0; i < SHARDS; i++) {
		struct shard *sh = &t->shard[i];

		pthread_mutex_lock(&sh->lock);
		for (unsigned k = 0; k < BUCKETS; k++) {
			for (struct lic_opened *o = sh->bucket[k]; o; o = o->next) {
				if ((o->refs || kept) &&
				    (!dirs || o->busy || lic_ids_has(dirs, o->dir)))
					lic_ids_add(ret, (int64_t)o->ino);
			}
		}
		pthread_mutex_unlock(&sh->lock);
	}
}

static void doom(struct lic_worker *w, uint64_t ino, struct lic_ids *files)
{
	struct shard *sh = shard_of(w->s->backed, ino);
	bool there, hidden;

	pthread_mutex_lock(&sh->lock);
	there = is_there(sh, ino, false);
	pthread_mutex_unlock(&sh->lock);
	hidden = there && !shown(w, ino);
	pthread_mutex_lock(&sh->lock);
	if (hidden && find(sh, ino) && find(sh, ino)->refs)
		take_out(w->s, find(sh, ino));
	pthread_mutex_unlock(&sh->lock);
	if (hidden)
		lic_ids_add(files, (int64_t)ino);
}

void lic_backed_doom(struct lic_worker *w, const struct lic_batch *b, struct lic_ids *files)
{
	struct lic_ids open = { 0 }, dirs = { 0 };

	if (!w->s->backed)
		return;
	for (const struct lic_changed *c = b->first; c; c = c->next)
		doom(w, (uint64_t)c->entry, files);
	for (size_t i = 0; i < b->dirs.n; i++)
		lic_ids_add(&dirs, b->dirs.id[i]);
	lic_ids_sort(&dirs);
	if (dirs.n || b->unknown)
		collect(w->s->backed, b->unknown || dirs.failed ? NULL : &dirs, false, &open);
	for (size_t i = 0; i < open.n; i++)
		doom(w, (uint64_t)open.id[i], files);
	files->failed |= open.failed;
	lic_ids_release(&open);
	lic_ids_release(&dirs);
}

/* The first of the number of which the kernel has to be told, taken to be told. */
static struct lic_opened *to_tell(struct shard *sh, uint64_t ino)
{
	struct lic_opened *first = NULL;

	for (struct lic_opened *o = *bucket_of(sh, ino); o; o = o->next) {
		if (o->ino == ino && o->gone && !o->told)
			first = o;
	}
	return first;
}

static void tell(struct lic_session *s, struct shard *sh, uint64_t ino)
{
	struct lic_opened *o;

	if (!lic_kick_tell(s, ino))
		return;
	pthread_mutex_lock(&sh->lock);
	while ((o = to_tell(sh, ino))) {
		o->told = true;
		atomic_fetch_sub(&s->backed->untold, 1);
	}
	pthread_mutex_unlock(&sh->lock);
}

void lic_backed_forget(struct lic_session *s, uint64_t ino)
{
	struct lic_opened *o, *old = NULL;
	struct shard *sh;
	bool due;

	if (!s->backed)
		return;
	sh = shard_of(s->backed, ino);
	pthread_mutex_lock(&sh->lock);
	o = find(sh, ino);
	if (o && !o->refs) {
		leave_kept(sh, o);
		leave_bucket(sh, o);
		old = o;
	} else if (o) {
		take_out(s, o);
	}
	due = is_there(sh, ino, true);
	pthread_mutex_unlock(&sh->lock);
	discard(s, old);
	if (due)
		tell(s, sh, ino);
}

/* Of a bucket, beginning with the `from`th. */
static size_t peek(struct shard *sh, unsigned bucket, size_t from, uint64_t ino[PEEK])
{
	size_t n = 0;

	pthread_mutex_lock(&sh->lock);
	for (struct lic_opened *o = sh->bucket[bucket]; o && n < PEEK; o = o->next) {
		if (from)
			from--;
		else
			ino[n++] = o->ino;
	}
	pthread_mutex_unlock(&sh->lock);
	return n;
}

void lic_backed_sweep(struct lic_worker *w, bool every)
{
	uint64_t ino[PEEK];

	for (unsigned i = 0; w->s->backed && i < SHARDS * BUCKETS; i++) {
		struct shard *sh = &w->s->backed->shard[i / BUCKETS];
		size_t from = 0, n;

		do {
			n = peek(sh, i % BUCKETS, from, ino);
			for (size_t k = 0; k < n; k++) {
				/* what is told stays until it is closed; what is not open goes */
				if (every || !shown(w, ino[k]))
					lic_backed_forget(w->s, ino[k]);
				pthread_mutex_lock(&sh->lock);
				from += is_there(sh, ino[k], false);
				pthread_mutex_unlock(&sh->lock);
			}
		} while (n == PEEK);
	}
}

bool lic_backed_retry(struct lic_session *s)
{
	struct lic_ids all = { 0 };

	if (!lic_backed_untold(s))
		return false;
	collect(s->backed, NULL, false, &all);
	for (size_t i = 0; i < all.n; i++) {
		struct shard *sh = shard_of(s->backed, (uint64_t)all.id[i]);
		bool due;

		pthread_mutex_lock(&sh->lock);
		due = to_tell(sh, (uint64_t)all.id[i]) != NULL;
		pthread_mutex_unlock(&sh->lock);
		if (due)
			tell(s, sh, (uint64_t)all.id[i]);
	}
	lic_ids_release(&all);
	return !lic_backed_untold(s);
}

/* The one that nobody has had open for longest, if that was before. */
static struct lic_opened *take_old(struct shard *sh, int64_t before)
{
	struct lic_opened *o;

	pthread_mutex_lock(&sh->lock);
	o = sh->oldest;
	if (o && o->put_at >= before)
		o = NULL;
	if (o) {
		leave_kept(sh, o);
		leave_bucket(sh, o);
	}
	pthread_mutex_unlock(&sh->lock);
	return o;
}

void lic_backed_tidy(struct lic_session *s)
{
	const int64_t now = lic_monotonic_ns();
	struct lic_backed *t = s->backed;
	struct lic_opened *o;
	struct shard *sh;

	if (!t || now < t->tidy_at)
		return;
	t->tidy_at = now + TIDY_NS;
	sh = &t->shard[t->tidy++ % SHARDS];
	while ((o = take_old(sh, now - LIC_BACKED_KEEP_NS)))
		discard(s, o);
}

size_t lic_backed_untold(const struct lic_session *s)
{
	return s->backed ? atomic_load(&s->backed->untold) : 0;
}

size_t lic_backed_out(const struct lic_session *s)
{
	return s->backed ? atomic_load(&s->backed->out) : 0;
}
