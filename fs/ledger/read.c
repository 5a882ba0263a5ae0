/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a ledger: chains are checked before anything in a record is looked at. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fs/ledger/record.h"
#include "fs/util/digest.h"
#include "fs/util/io.h"

void lic_ledger_path(const char *catalog, int64_t job, struct lic_buf *out)
{
	lic_buf_addf(out, "%s-jobs/%lld.ledger", catalog, (long long)job);
}

const char *lic_ledger_why_name(enum lic_ledger_why why)
{
	static const char *const names[] = { "unknown", "unmounted", "command ended",
					     "catalog lost" };

	return names[(size_t)why < LIC_ARRAY_SIZE(names) ? (size_t)why : 0];
}

const char *lic_ledger_outcome_name(enum lic_ledger_outcome outcome)
{
	static const char *const names[] = { "unknown", "exited", "killed", "never began" };

	return names[(size_t)outcome < LIC_ARRAY_SIZE(names) ? (size_t)outcome : 0];
}

const char *lic_ledger_state_name(enum lic_ledger_state state)
{
	static const char *const names[] = { "never began", "running", "ended", "broken off",
					     "damaged" };

	return names[(size_t)state < LIC_ARRAY_SIZE(names) ? (size_t)state : LIC_LEDGER_DAMAGED];
}

struct scan {
	int fd;
	const char *path;
	const struct lic_ledger_visitor *v;
	void *ctx;
	struct lic_ledger_record_sum sum;
	struct lic_error *err;
	uint8_t *buf; /* of ROOM bytes */
	size_t n, at; /* bytes there; where the next record begins, behind the chain before it */
	int64_t off;  /* of buf in the file */
	bool at_end;  /* of the file: there is no more */
};
#define RECORD_ROOM ((size_t)(LIC_RECORD_HEAD + LIC_RECORD_MAX + LIC_RECORD_CHAIN))
#define ROOM (LIC_RECORD_CHAIN + RECORD_ROOM)

/* Has n bytes ready, or all that is left; negative errno. */
static int more(struct scan *s, size_t n)
{
	size_t used = s->at > LIC_RECORD_CHAIN ? s->at - LIC_RECORD_CHAIN : 0;
	ssize_t got;

	if (s->n - s->at >= n || s->at_end)
		return 0;
	memmove(s->buf, s->buf + used, s->n - used);
	s->off += (int64_t)used;
	s->n -= used;
	s->at -= used;
	got = lic_pread_full(s->fd, s->buf + s->n, ROOM - s->n, (uint64_t)s->off + s->n);
	if (got < 0)
		return lic_error_sys(s->err, (int)-got, "cannot read the ledger '%s'", s->path);
	s->at_end = (size_t)got < ROOM - s->n;
	s->n += (size_t)got;
	return 0;
}

/* 1: a whole record, of *ret payload bytes; 0: there is none. */
static int frame(struct scan *s, size_t *ret)
{
	int r = more(s, LIC_RECORD_HEAD);
	size_t n;

	if (r < 0 || s->n - s->at < LIC_RECORD_HEAD)
		return r;
	n = (size_t)lic_load(s->buf + s->at, 4, false);
	if (n > LIC_RECORD_MAX)
		return -EBADMSG;
	r = more(s, LIC_RECORD_HEAD + n + LIC_RECORD_CHAIN);
	if (r < 0 || s->n - s->at < LIC_RECORD_HEAD + n + LIC_RECORD_CHAIN)
		return r;
	*ret = n;
	return 1;
}

/* Some filesystems give a file its size before its bytes when the machine stops: zeroes up to the
 * end are no record that was changed. */
static int only_zeroes(struct scan *s, bool *ret)
{
	*ret = false;
	for (;;) {
		int r = s->at < s->n ? 0 : more(s, 1);

		if (r < 0)
			return r;
		if (s->at >= s->n)
			break;
		if (s->buf[s->at++])
			return 0;
	}
	*ret = true;
	return 0;
}

/* Checks the chain, then looks into it. */
static int record(struct scan *s, size_t n)
{
	const uint8_t *p = s->buf + s->at;
	uint8_t chain[LIC_RECORD_CHAIN];
	int r;

	lic_sha256(p - LIC_RECORD_CHAIN, LIC_RECORD_CHAIN + LIC_RECORD_HEAD + n, chain);
	if (memcmp(chain, p + LIC_RECORD_HEAD + n, sizeof(chain)) != 0)
		return -EBADMSG;
	r = lic_ledger_record_visit(p[4], p + LIC_RECORD_HEAD, n, s->v, s->ctx, &s->sum);
	if (r)
		return r;
	memcpy(s->sum.s->digest, chain, sizeof(chain));
	s->at += LIC_RECORD_HEAD + n + LIC_RECORD_CHAIN;
	s->sum.s->bytes = s->off + (int64_t)s->at;
	return 0;
}

static int records(struct scan *s)
{
	size_t n = 0;
	int r = more(s, LIC_RECORD_CHAIN);

	if (r < 0)
		return r;
	/* it may have been cut short while it was made */
	if (memcmp(s->buf, LIC_LEDGER_MAGIC, s->n < LIC_RECORD_CHAIN ? s->n : LIC_RECORD_CHAIN))
		return -EBADMSG;
	memcpy(s->sum.s->digest, LIC_LEDGER_MAGIC, LIC_RECORD_CHAIN);
	if (s->n < LIC_RECORD_CHAIN)
		return 0;
	s->at = LIC_RECORD_CHAIN;
	s->sum.s->bytes = LIC_RECORD_CHAIN;
	for (;;) {
		r = frame(s, &n);
		if (r <= 0)
			return r;
		r = record(s, n);
		if (r)
			return r;
	}
}

int lic_ledger_scan(int fd, const char *path, bool running, const struct lic_ledger_visitor *v,
		    void *ctx, struct lic_ledger_summary *ret, struct lic_error *err)
{
	_cleanup_(lic_freep) uint8_t *buf = malloc(ROOM);
	struct lic_ledger_summary sum = { .complete = true };
	struct scan s = { .fd = fd, .path = path, .v = v, .ctx = ctx, .err = err, .buf = buf };
	bool zeroes;
	off_t size;
	int r;

	if (!buf)
		return lic_error_set(err, ENOMEM, "out of memory for the ledger '%s'", path);
	s.sum.s = &sum;
	r = records(&s);
	if (r && r != -EBADMSG)
		return r;
	zeroes = true;
	if (r == -EBADMSG) {
		r = only_zeroes(&s, &zeroes);
		if (r < 0)
			return r;
	}
	if (!zeroes)
		sum.state = LIC_LEDGER_DAMAGED;
	else if (s.sum.open)
		sum.state = running ? LIC_LEDGER_RUNNING : LIC_LEDGER_BROKEN_OFF;
	else if (sum.begins)
		sum.state = LIC_LEDGER_ENDED;
	sum.complete &= !s.sum.broken_off &&
			(sum.state == LIC_LEDGER_ENDED || sum.state == LIC_LEDGER_RUNNING);
	size = lseek(fd, 0, SEEK_END);
	sum.torn = size > sum.bytes ? size - sum.bytes : 0;
	*ret = sum;
	return 0;
}

/* What the writer holds is asked for, not taken: nobody who begins to write is turned away by it.
 */
static bool is_locked(int fd)
{
	struct flock l = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	/* a lock of a process rather than of an open file is somebody else's */
	return fcntl(fd, F_OFD_GETLK, &l) == 0 && l.l_type != F_UNLCK && l.l_pid == -1;
}

static int open_ledger(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
}

bool lic_ledger_runs(const char *path)
{
	_cleanup_(lic_closep) int fd = open_ledger(path);

	return fd >= 0 && is_locked(fd);
}

int lic_ledger_read(const char *path, const struct lic_ledger_visitor *v, void *ctx,
		    struct lic_ledger_summary *ret, struct lic_error *err)
{
	_cleanup_(lic_closep) int fd = open_ledger(path);

	if (fd < 0 && errno == ENOENT) {
		*ret = (struct lic_ledger_summary){ .state = LIC_LEDGER_NEVER_BEGAN };
		return 0;
	}
	if (fd < 0)
		return lic_error_sys(err, errno, "cannot open the ledger '%s'", path);
	return lic_ledger_scan(fd, path, is_locked(fd), v, ctx, ret, err);
}
