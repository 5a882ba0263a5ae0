/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a ledger. What is said is gathered in `said`, behind the lock; the thread that flushes
 * swaps it for the emptied `taken`, and makes chained records of that in `out` without the lock. As
 * long as `out` is not written whole nothing more is taken, so that the order of bytes never
 * changes.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fs/ledger/pending.h"
#include "fs/util/io.h"

#define OUT_MAX ((size_t)LIC_LEDGER_MEMORY * 8)
#define MANY (LIC_LEDGER_PENDING_MAX / 4)

struct lic_ledger {
	char *path;
	int fd;
	off_t end;	    /* where `out` goes on in the file */
	struct lic_buf out; /* the chain before it, then what is to be written */
	struct lic_ledger_pending taken;
	bool unsynced;	 /* something was written since the last time */
	int64_t written; /* when that was, in nanoseconds since the epoch */

	pthread_mutex_t lock; /* protects all of these */
	pthread_cond_t wake;
	bool woken;
	struct lic_ledger_pending said;
	struct lic_ledger_known *known;
	int64_t processes;
};

void lic_ledger_close(struct lic_ledger *l)
{
	if (!l)
		return;
	lic_closep(&l->fd);
	lic_buf_release(&l->out);
	lic_ledger_pending_release(&l->taken);
	lic_ledger_pending_release(&l->said);
	lic_ledger_known_free(l->known);
	pthread_cond_destroy(&l->wake);
	pthread_mutex_destroy(&l->lock);
	free(l->path);
	free(l);
}

static void close_p(struct lic_ledger **l)
{
	lic_ledger_close(*l);
}

static struct lic_ledger *new_ledger(const char *path, struct lic_error *err)
{
	struct lic_ledger *l = calloc(1, sizeof(*l));
	pthread_condattr_t attr;

	if (!l) {
		lic_error_set(err, ENOMEM, "out of memory for the ledger '%s'", path);
		return NULL;
	}
	l->fd = -1;
	l->out = (struct lic_buf)LIC_BUF_INIT(OUT_MAX);
	lic_ledger_pending_init(&l->taken);
	lic_ledger_pending_init(&l->said);
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->wake, &attr);
	pthread_condattr_destroy(&attr);
	l->path = strdup(path);
	l->known = lic_ledger_known_new(LIC_LEDGER_MEMORY);
	if (l->path && l->known)
		return l;
	lic_error_set(err, ENOMEM, "out of memory for the ledger '%s'", path);
	lic_ledger_close(l);
	return NULL;
}

/* The directory that the ledger lies in, made where it is not there; never behind a symbolic link,
 * which somebody else may have put there. *ret_name is the name in it. */
static int open_directory(const char *path, const char **ret_name, struct lic_error *err)
{
	_cleanup_(lic_freep) char *dir = strdup(path);
	char *slash = dir ? strrchr(dir, '/') : NULL;
	int fd;

	if (!dir)
		return lic_error_set(err, ENOMEM, "out of memory for the ledger '%s'", path);
	*ret_name = slash ? path + (slash - dir) + 1 : path;
	if (slash)
		slash[slash == dir] = '\0';
	fd = open(slash ? dir : ".", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && (mkdir(dir, 0777) == 0 || errno == EEXIST))
		fd = open(dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return lic_error_sys(err, errno, "cannot open the directory '%s'", dir);
	return fd;
}

/* By the open file, so that it ends with the last descriptor. */
static int take_lock(struct lic_ledger *l, struct lic_error *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(l->fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	if (errno == EAGAIN || errno == EACCES)
		return lic_error_set(err, EBUSY, "the ledger '%s' is being written", l->path);
	return lic_error_sys(err, errno, "cannot lock the ledger '%s'", l->path);
}

/* Its name must survive a power cut; a filesystem that cannot promise that still has a ledger. */
static void sync_directory(int dir)
{
	_cleanup_(lic_closep) int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)fsync(fd);
}

static int open_file(struct lic_ledger *l, int flags, struct lic_error *err)
{
	_cleanup_(lic_closep) int dir = -1;
	const char *name = NULL;
	struct stat st;
	int r;

	dir = open_directory(l->path, &name, err);
	if (dir < 0)
		return dir;
	l->fd = openat(dir, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | flags,
		       0666);
	if (l->fd < 0)
		return lic_error_sys(err, errno, "cannot %s the ledger '%s'",
				     flags ? "make" : "open", l->path);
	r = take_lock(l, err);
	if (flags & O_CREAT)
		sync_directory(dir);
	/* whoever removed it had the lock until now */
	if (r == 0 && (fstat(l->fd, &st) < 0 || !st.st_nlink || !S_ISREG(st.st_mode)))
		return lic_error_set(err, ENOENT, "the ledger '%s' was removed", l->path);
	return r;
}

int lic_ledger_create(const char *path, struct lic_ledger **ret, struct lic_error *err)
{
	_cleanup_(close_p) struct lic_ledger *l = new_ledger(path, err);
	int r;

	if (!l)
		return -ENOMEM;
	r = open_file(l, O_CREAT | O_EXCL, err);
	if (r < 0)
		return r;
	lic_buf_add(&l->out, LIC_LEDGER_MAGIC, LIC_RECORD_CHAIN);
	if (lic_buf_failed(&l->out))
		return lic_error_set(err, ENOMEM, "out of memory for the ledger '%s'", path);
	if (pwrite(l->fd, LIC_LEDGER_MAGIC, LIC_RECORD_CHAIN, 0) != (ssize_t)LIC_RECORD_CHAIN) {
		r = lic_error_sys(err, errno ? errno : ENOSPC, "cannot write the ledger '%s'",
				  path);
		unlink(path);
		return r;
	}
	l->end = LIC_RECORD_CHAIN;
	*ret = LIC_TAKE(l);
	return 0;
}

int lic_ledger_continue(const char *path, struct lic_ledger **ret, struct lic_error *err)
{
	static const struct lic_ledger_visitor nothing;
	_cleanup_(close_p) struct lic_ledger *l = new_ledger(path, err);
	struct lic_ledger_summary sum;
	int r;

	if (!l)
		return -ENOMEM;
	r = open_file(l, 0, err);
	if (r == 0)
		r = lic_ledger_scan(l->fd, path, false, &nothing, NULL, &sum, err);
	if (r < 0)
		return r;
	if (sum.state == LIC_LEDGER_DAMAGED)
		return lic_error_set(err, EBADMSG,
				     "the ledger '%s' was changed by something else, and cannot be "
				     "gone on with",
				     path);
	if (!sum.bytes &&
	    pwrite(l->fd, LIC_LEDGER_MAGIC, LIC_RECORD_CHAIN, 0) != (ssize_t)LIC_RECORD_CHAIN)
		return lic_error_sys(err, errno, "cannot write the ledger '%s'", path);
	l->end = sum.bytes ? sum.bytes : LIC_RECORD_CHAIN;
	if (ftruncate(l->fd, l->end) < 0)
		return lic_error_sys(err, errno, "cannot write the ledger '%s'", path);
	lic_buf_add(&l->out, sum.bytes ? (const void *)sum.digest : LIC_LEDGER_MAGIC,
		    LIC_RECORD_CHAIN);
	if (lic_buf_failed(&l->out))
		return lic_error_set(err, ENOMEM, "out of memory for the ledger '%s'", path);
	l->processes = sum.processes;
	*ret = LIC_TAKE(l);
	return 0;
}

int lic_ledger_put_aside(const char *path, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf aside = LIC_BUF_INIT(65536);

	if (lic_ledger_runs(path))
		return lic_error_set(err, EBUSY,
				     "ledger '%s' is written by a mount of another catalog; end it "
				     "first",
				     path);
	lic_buf_addf(&aside, "%s.of-another-catalog-%lld", path, (long long)lic_now_ns());
	if (lic_buf_failed(&aside))
		return lic_error_set(err, ENOMEM, "out of memory for the ledger '%s'", path);
	if (rename(path, lic_buf_str(&aside)) < 0)
		return lic_error_sys(err, errno, "cannot put ledger '%s' aside", path);
	return 0;
}

/* --- what is said ----------------------------------------------------------------------------- */

int64_t lic_ledger_process(struct lic_ledger *l, const struct lic_ledger_process *p)
{
	struct lic_buf *out = &l->said.records;
	int64_t number = 0;
	size_t at;

	pthread_mutex_lock(&l->lock);
	at = lic_ledger_record_open(out, LIC_RECORD_PROCESS);
	lic_ledger_record_number(out, l->processes + 1);
	lic_ledger_record_number(out, p->pid);
	lic_ledger_record_number(out, p->ppid);
	lic_ledger_record_number(out, p->started);
	lic_ledger_record_number(out, p->uid);
	lic_ledger_record_text(out, p->comm);
	lic_ledger_record_text(out, p->exe);
	if (lic_ledger_record_close(out, at)) {
		number = ++l->processes;
	} else {
		l->said.lost_processes++;
		l->said.lost_code = ENOBUFS;
	}
	pthread_mutex_unlock(&l->lock);
	return number;
}

bool lic_ledger_opened(struct lic_ledger *l, int64_t process, int64_t entry, bool once)
{
	bool fresh;

	if (entry <= 0 || entry >= LIC_IDSET_MAX)
		return false;
	pthread_mutex_lock(&l->lock);
	if (process < 0 || process > l->processes)
		process = 0;
	fresh = lic_ledger_known_add(l->known, process, entry);
	if (fresh || !once)
		lic_ledger_pending_count(&l->said, process);
	if (fresh) {
		lic_ledger_pending_open(&l->said, process, entry);
		if (l->said.n == MANY) {
			l->woken = true;
			pthread_cond_signal(&l->wake);
		}
	}
	pthread_mutex_unlock(&l->lock);
	return fresh;
}

/* As records of bounded length. Caller holds the lock. */
static bool say_set(struct lic_ledger *l, enum lic_ledger_record_type type, int64_t generation,
		    const struct lic_idset *set)
{
	struct lic_buf *out = &l->said.records;
	const int64_t at = lic_now_ns();
	size_t i = 0;

	while (i < set->n && !out->failed) {
		size_t record = lic_ledger_record_open(out, type);
		int64_t last = -1;

		lic_ledger_record_number(out, at);
		lic_ledger_record_number(out, generation);
		for (; i < set->n && !out->failed && out->len - record < LIC_RECORD_FULL; i++) {
			if (lic_chunk_count(set->part[i].bits, LIC_CHUNK))
				lic_ledger_record_part(out, &last, set->part[i].number,
						       set->part[i].bits);
		}
		if (!lic_ledger_record_close(out, record))
			return false;
	}
	return true;
}

void lic_ledger_sight(struct lic_ledger *l, int64_t generation, const struct lic_idset *shown,
		      const struct lic_idset *hidden)
{
	pthread_mutex_lock(&l->lock);
	if (shown->count && !say_set(l, LIC_RECORD_SHOWN, generation, shown)) {
		l->said.lost_sights++;
		l->said.lost_code = ENOBUFS;
	}
	if (hidden->count && !say_set(l, LIC_RECORD_HIDDEN, generation, hidden)) {
		l->said.lost_sights++;
		l->said.lost_code = ENOBUFS;
	}
	pthread_mutex_unlock(&l->lock);
}

void lic_ledger_miss(struct lic_ledger *l, int code)
{
	pthread_mutex_lock(&l->lock);
	l->said.lost_sights++;
	l->said.lost_code = code;
	pthread_mutex_unlock(&l->lock);
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Chains records that were gathered, as far as there is memory: what was is taken out of `from`. */
static void chain(struct lic_buf *from, struct lic_buf *out)
{
	size_t done = 0;

	while (done < from->len) {
		const size_t n = lic_ledger_record_bytes(from->data + done), at = out->len;

		lic_buf_add(out, from->data + done, n);
		lic_ledger_record_chain(out, at);
		if (lic_buf_failed(out)) {
			out->failed = false;
			lic_buf_truncate(out, at);
			break;
		}
		done += n;
	}
	if (done) {
		memmove(from->data, from->data + done, from->len - done);
		lic_buf_truncate(from, from->len - done);
	}
}

/* All of `out`, or as much as the disk takes. */
static int write_out(struct lic_ledger *l, struct lic_error *err)
{
	size_t at = LIC_RECORD_CHAIN;
	int code = 0;

	while (at < l->out.len && !code) {
		ssize_t n = pwrite(l->fd, l->out.data + at, l->out.len - at, l->end);

		if (n > 0) {
			at += (size_t)n;
			l->end += n;
			l->unsynced = true;
		} else if (n == 0 || errno != EINTR) {
			code = n ? errno : ENOSPC;
		}
	}
	if (!code)
		at = l->out.len;
	if (at > LIC_RECORD_CHAIN)
		l->written = lic_now_ns();
	/* of what was written the last bytes stay: the chain before what follows */
	memmove(l->out.data, l->out.data + at - LIC_RECORD_CHAIN,
		l->out.len - at + LIC_RECORD_CHAIN);
	lic_buf_truncate(&l->out, l->out.len - at + LIC_RECORD_CHAIN);
	return code ? lic_error_sys(err, code, "cannot write the ledger '%s'", l->path) : 0;
}

static int sync_out(struct lic_ledger *l, struct lic_error *err)
{
	int code;

	if (!l->unsynced || fdatasync(l->fd) == 0) {
		l->unsynced = false;
		return 0;
	}
	/* the kernel may have dropped what it could not write: no second try tells */
	code = errno;
	l->unsynced = false;
	pthread_mutex_lock(&l->lock);
	l->said.lost_code = code;
	pthread_mutex_unlock(&l->lock);
	return lic_error_sys(err, code, "cannot write the ledger '%s' to the disk", l->path);
}

static void swap(struct lic_ledger *l)
{
	struct lic_ledger_pending said;

	pthread_mutex_lock(&l->lock);
	said = l->said;
	l->said = l->taken;
	l->taken = said;
	pthread_mutex_unlock(&l->lock);
}

/* One turn: what was taken, or is taken now. 1: nothing is left of it. */
static int write_taken(struct lic_ledger *l, struct lic_error *err)
{
	bool all = lic_ledger_pending_gather(&l->taken, lic_now_ns());
	int r;

	chain(&l->taken.records, &l->out);
	all &= !l->taken.records.len;
	if (all)
		lic_ledger_pending_shrink(&l->taken);
	r = write_out(l, err);
	if (r == 0 && !all)
		r = lic_error_set(err, ENOMEM, "out of memory for the ledger '%s'", l->path);
	return r;
}

/* Whoever removes it must not be served behind its back. */
static int still_there(const struct lic_ledger *l, struct lic_error *err)
{
	struct stat st;

	if (fstat(l->fd, &st) == 0 && st.st_nlink)
		return 0;
	return lic_error_set(err, ENOENT, "the ledger '%s' was removed", l->path);
}

int lic_ledger_flush(struct lic_ledger *l, bool sync, struct lic_error *err)
{
	int r = write_out(l, err);

	if (r == 0 && lic_ledger_pending_any(&l->taken))
		r = write_taken(l, err);
	if (r < 0)
		return r;
	swap(l);
	r = write_taken(l, err);
	if (r == 0 && sync)
		r = sync_out(l, err);
	return r == 0 ? still_there(l, err) : r;
}

void lic_ledger_wait(struct lic_ledger *l, int ms)
{
	int64_t at = lic_monotonic_ns() + (int64_t)ms * 1000000;
	struct timespec t = { at / 1000000000, at % 1000000000 };

	pthread_mutex_lock(&l->lock);
	while (!l->woken && pthread_cond_timedwait(&l->wake, &l->lock, &t) != ETIMEDOUT)
		;
	l->woken = false;
	pthread_mutex_unlock(&l->lock);
}

void lic_ledger_wake(struct lic_ledger *l)
{
	pthread_mutex_lock(&l->lock);
	l->woken = true;
	pthread_cond_signal(&l->wake);
	pthread_mutex_unlock(&l->lock);
}

/* A record of the thread that flushes; it stands before whatever is said later. */
static int add(struct lic_ledger *l, enum lic_ledger_record_type type,
	       const struct lic_buf *payload, struct lic_error *err)
{
	struct lic_buf *out = &l->said.records;
	bool there;
	size_t at;

	pthread_mutex_lock(&l->lock);
	at = lic_ledger_record_open(out, type);
	lic_buf_add(out, lic_buf_str(payload), payload->len);
	if (lic_buf_failed(payload))
		out->failed = true;
	there = lic_ledger_record_close(out, at);
	pthread_mutex_unlock(&l->lock);
	return there ? 0 : lic_error_set(err, ENOMEM, "out of memory for the ledger '%s'", l->path);
}

int lic_ledger_begin(struct lic_ledger *l, const struct lic_ledger_begin *b, struct lic_error *err)
{
	struct lic_buf p = LIC_BUF_INIT(LIC_RECORD_FULL);
	int r;

	lic_ledger_record_number(&p, b->at);
	lic_ledger_record_number(&p, b->generation);
	lic_ledger_record_number(&p, b->job);
	lic_ledger_record_number(&p, b->pid);
	lic_ledger_record_number(&p, b->command);
	lic_ledger_record_number(&p, b->started);
	lic_ledger_record_text(&p, b->mode);
	lic_ledger_record_text(&p, b->mountpoint);
	lic_ledger_record_text(&p, b->version);
	lic_buf_add(&p, b->members, sizeof(b->members));
	r = add(l, LIC_RECORD_BEGIN, &p, err);
	lic_buf_release(&p);
	return r < 0 ? r : lic_ledger_flush(l, true, err);
}

int lic_ledger_command(struct lic_ledger *l, const struct lic_ledger_command *c,
		       struct lic_error *err)
{
	struct lic_buf p = LIC_BUF_INIT(LIC_RECORD_FULL);
	int r;

	lic_ledger_record_number(&p, c->at);
	lic_ledger_record_number(&p, c->outcome);
	lic_ledger_record_number(&p, c->status);
	r = add(l, LIC_RECORD_COMMAND, &p, err);
	lic_buf_release(&p);
	return r;
}

/* By the clock that people read, which may be set back. Without memory it is said later. */
void lic_ledger_alive(struct lic_ledger *l, int64_t generation, int64_t quiet)
{
	const int64_t now = lic_now_ns(), since = now - l->written;
	struct lic_buf p = LIC_BUF_INIT(LIC_RECORD_FULL);
	bool silent;

	pthread_mutex_lock(&l->lock);
	silent = !lic_ledger_pending_any(&l->said);
	pthread_mutex_unlock(&l->lock);
	if (!silent || (since >= 0 && since < quiet))
		return;
	lic_ledger_record_number(&p, now);
	lic_ledger_record_number(&p, generation);
	(void)!add(l, LIC_RECORD_ALIVE, &p, NULL);
	lic_buf_release(&p);
}

int lic_ledger_end(struct lic_ledger *l, int64_t generation, enum lic_ledger_why why,
		   struct lic_error *err)
{
	struct lic_buf p = LIC_BUF_INIT(LIC_RECORD_FULL);
	int r = lic_ledger_flush(l, true, err);

	/* what could not be told, or may not be on the disk, is missing: it must not look ended */
	if (r < 0)
		return r;
	lic_ledger_record_number(&p, lic_now_ns());
	lic_ledger_record_number(&p, generation);
	lic_ledger_record_number(&p, why);
	r = add(l, LIC_RECORD_END, &p, err);
	lic_buf_release(&p);
	return r < 0 ? r : lic_ledger_flush(l, true, err);
}
