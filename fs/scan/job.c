/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict on one file: what is opened for it, whether it held still, and what becomes of it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "fs/document/tar.h"
#include "fs/evidence/rules.h"
#include "fs/scan/archive.h"
#include "fs/scan/job.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

#define SETTLE_TRIES 3		/* reads of a file that changes meanwhile */
#define PREFETCH_MAX (4u << 20) /* bytes of a file that are asked for ahead */
#define PIECE (256u * 1024)

static const struct lic_limits limits = LIC_LIMITS_DEFAULT, rule_limits = LIC_RULES_LIMITS;

static int stat_of(int fd, struct lic_stat *ret)
{
	struct stat s;

	if (fstat(fd, &s) < 0)
		return -errno;
	if (!S_ISREG(s.st_mode))
		return -EBADF;
	*ret = (struct lic_stat){
		.size = (uint64_t)s.st_size,
		.mtime = lic_timespec_ns(s.st_mtim),
		.ctime = lic_timespec_ns(s.st_ctim),
		.ino = s.st_ino,
		.mode = s.st_mode,
		.uid = s.st_uid,
		.gid = s.st_gid,
	};
	return 0;
}

static bool same_file(int fd, const struct lic_stat *before)
{
	struct lic_stat now = { 0 };

	return stat_of(fd, &now) == 0 && now.size == before->size && now.ino == before->ino &&
	       now.mtime == before->mtime && now.ctime == before->ctime;
}

/* Is what was open as `fd` what it was? Of a member, its whole archive must be. */
static bool is_unchanged(const struct lic_scan_job *j, int fd, const struct lic_stat *before)
{
	struct lic_archive *a = j->dir->archive;

	if (!a)
		return same_file(fd, before);
	if (!same_file(a->fd, &a->st))
		atomic_store(&a->changed, true);
	return !atomic_load(&a->changed);
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

/* The descriptor of an archive is that of all its members. */
static void close_all(struct lic_scan_job *j)
{
	if (j->dir->archive) {
		j->fd = -1;
		j->n_sidecars = 0;
	}
	lic_closep(&j->fd);
	while (j->n_sidecars)
		lic_closep(&j->sidecar[--j->n_sidecars].fd);
}

void lic_scan_job_init(struct lic_scan_job *j, const struct lic_read *read)
{
	j->item = read->item;
	j->dir = read->dir;
	j->walked = read->item->st;
	j->walked_at = read->item->judged;
	j->fd = -1;
	j->n_sidecars = 0;
	j->sidecar_failed = j->done = j->asked = false;
	j->tries = j->deaths = j->kills = 0;
}

unsigned lic_scan_job_fds(const struct lic_scan_job *j)
{
	return 1 + j->n_sidecars;
}

/* --- opening ------------------------------------------------------------------------------ */

struct opening {
	const struct lic_scan_job_context *context;
	struct lic_scan_job *job;
};

static bool out_of_descriptors(int r)
{
	return r == -EMFILE || r == -ENFILE;
}

static int add_sidecar(const struct opening *o, struct lic_item *it)
{
	struct lic_scan_job *j = o->job;
	struct lic_scan_job_sidecar *s = &j->sidecar[j->n_sidecars];
	int fd;

	if (j->n_sidecars == LIC_SIDECARS_MAX) {
		j->sidecar_failed = true;
		return 0;
	}
	if (j->dir->archive) {
		*s = (struct lic_scan_job_sidecar){ j->fd, it->st, it };
		j->n_sidecars++;
		return 0;
	}
	fd = open_item(o->context->root, j->dir, it);
	if (out_of_descriptors(fd))
		return fd;
	if (fd >= 0 && stat_of(fd, &s->st) == 0) {
		s->fd = fd;
		s->item = it;
		j->n_sidecars++;
		return 0;
	}
	lic_closep(&fd);
	j->sidecar_failed = true;
	return 0;
}

static int open_sidecar(void *ctx, struct lic_item *it)
{
	const struct opening *o = ctx;
	enum lic_rule rule;

	if (!lic_scan_companion(&it->name, &o->job->item->name, &rule) || rule != LIC_RULE_SIDECAR)
		return 0;
	return add_sidecar(o, it);
}

/* "1.json" is about "1.left.jpg", too, where both are members of one archive. */
static int open_of_key(void *ctx, struct lic_item *it)
{
	const struct opening *o = ctx;
	const struct lic_bytes *image = &o->job->item->name;
	enum lic_rule rule;

	if (lic_scan_companion(&it->name, image, &rule) || !lic_is_key_sidecar(&it->name, image))
		return 0;
	return add_sidecar(o, it);
}

/* Asking for pages that are all there costs a walk over each of them: one byte at once tells. */
static void prefetch(const struct lic_scan_job *j)
{
	const uint64_t size = j->item->st.size;
	uint8_t first;
	struct iovec v = { &first, sizeof(first) };

	if (preadv2(j->fd, &v, 1, (off_t)j->item->at, RWF_NOWAIT) < 0)
		posix_fadvise(j->fd, (off_t)j->item->at,
			      size < PREFETCH_MAX ? (off_t)size : PREFETCH_MAX,
			      POSIX_FADV_WILLNEED);
}

/* The file, its stat, its sidecars. */
static int open_once(const struct lic_scan_job_context *c, struct lic_scan_job *j)
{
	struct opening o = { c, j };
	const struct lic_bytes *name = &j->item->name;
	int r;

	j->sidecar_failed = false;
	j->fd = j->dir->archive ? j->dir->archive->fd : open_item(c->root, j->dir, j->item);
	if (j->fd < 0)
		return j->fd;
	if (!j->dir->archive) {
		j->item->judged = lic_now_ns();
		r = stat_of(j->fd, &j->item->st);
		if (r < 0)
			return r;
	}
	prefetch(j);
	if (j->item->is_rules)
		return 0;
	r = lic_scan_dir_companions(j->dir, name, open_sidecar, &o);
	if (r == 0 && j->dir->archive)
		r = lic_scan_dir_family(j->dir, name->p, lic_tar_key(name), open_of_key, &o);
	return r;
}

int lic_scan_job_open(const struct lic_scan_job_context *c, struct lic_scan_job *j)
{
	int r = open_once(c, j);

	if (r == 0)
		return 0;
	close_all(j);
	if (out_of_descriptors(r))
		return r;
	lic_scan_job_fail(c, j);
	return 0;
}

/* --- verdicts ----------------------------------------------------------------------------- */

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

static void finish(const struct lic_scan_job_context *c, struct lic_scan_job *j, enum lic_kind kind,
		   enum lic_rule rule)
{
	struct lic_item *it = j->item;

	close_all(j);
	it->kind = kind;
	it->rule = rule;
	if (kind == LIC_KIND_IMAGE)
		hold(c->batch, it);
	else
		lic_claims_release(&it->claims);
	if (c->batch->parses)
		lic_rights_foresee(&it->claims, c->batch->parses);
	/* Its images were read before or after, and it may have changed in between: its row must
	 * not be younger than what the walk saw, from which the next scan tells that it changed. */
	if (kind != LIC_KIND_IMAGE && lic_is_sidecar_name(it->name.p, it->name.n)) {
		it->st = j->walked;
		it->judged = j->walked_at;
	}
	j->done = true;
	atomic_fetch_add(&c->counters->read, 1);
	atomic_fetch_add(&c->counters->bytes, it->st.size);
}

/* A rule file has no verdict of its own: what it says, or that nobody knows, is put in force. */
static void finish_rules(const struct lic_scan_job_context *c, struct lic_scan_job *j,
			 const char *damage)
{
	struct lic_claims *claims = &j->item->claims;
	const size_t n = claims->arena.used;

	close_all(j);
	if (!damage && atomic_fetch_add(&c->batch->held, n) + n > LIC_BATCH_CLAIMS) {
		atomic_fetch_sub(&c->batch->held, n);
		damage = "its neighbours state more than fits in memory: scan again";
	}
	if (damage)
		lic_rules_unread((const char *)j->item->name.p, damage, claims);
	j->done = true;
}

void lic_scan_job_fail(const struct lic_scan_job_context *c, struct lic_scan_job *j)
{
	if (j->item->is_rules) {
		finish_rules(c, j, "cannot be read");
		return;
	}
	finish(c, j, LIC_KIND_HIDDEN, LIC_RULE_UNREADABLE);
}

/* Bytes that nobody could read are still told from others by their hash. [I3] */
static int hash_file(const struct lic_scan_job *j, struct lic_hash *ret)
{
	_cleanup_(lic_freep) uint8_t *piece = malloc(PIECE);
	struct lic_hasher *h = lic_hasher_new();
	uint64_t at = 0, size = j->item->st.size;
	ssize_t n = piece && h ? 1 : -ENOMEM;

	while (n > 0 && at < size) {
		n = lic_pread_full(j->fd, piece, size - at < PIECE ? (size_t)(size - at) : PIECE,
				   j->item->at + at);
		if (n > 0) {
			lic_hasher_add(h, piece, (size_t)n);
			at += (uint64_t)n;
		}
	}
	if (n >= 0)
		lic_hasher_get(h, ret->b);
	lic_hasher_free(h);
	return n < 0 ? (int)n : 0;
}

void lic_scan_job_condemn(const struct lic_scan_job_context *c, struct lic_scan_job *j,
			  enum lic_format format, const char *why, bool again)
{
	struct lic_item *it = j->item;

	if (it->is_rules) {
		finish_rules(c, j, why);
		return;
	}
	lic_claims_reset(&it->claims);
	it->digests = (struct lic_digests){ 0 };
	if (hash_file(j, &it->hash) < 0 ||
	    (c->batch->digests &&
	     lic_evidence_digest_at(j->fd, it->at, it->st.size, c->batch->digests, &it->digests,
				    NULL) < 0)) {
		lic_scan_job_fail(c, j);
		return;
	}
	it->claims.format =
		format > LIC_FORMAT_NONE && format < LIC_FORMAT_COUNT ? format : LIC_FORMAT_NONE;
	it->claims.damage = lic_arena_dup(&it->claims.arena, why, strlen(why));
	if (!it->claims.damage)
		it->claims.damage = "the reader failed on it";
	if (again)
		it->judged = 0; /* whatever the time stamps say */
	finish(c, j, LIC_KIND_IMAGE, LIC_RULE_CONTENT);
}

/* --- answers ------------------------------------------------------------------------------ */

/* A sidecar that cannot be read may hold a restriction: the image is unreadable then. [I2] */
static void judge_sidecars(struct lic_scan_job *j)
{
	struct lic_item *it = j->item;

	for (unsigned i = 0; i < j->n_sidecars; i++)
		if (!is_unchanged(j, j->sidecar[i].fd, &j->sidecar[i].st))
			it->claims.damage = "a sidecar changed while it was read";
	if (j->sidecar_failed) {
		it->claims.damage = "a sidecar cannot be read";
		it->judged = 0; /* the next scan tries again, whatever the time stamps say */
	}
}

int lic_scan_job_answer(const struct lic_scan_job_context *c, struct lic_scan_job *j,
			const uint8_t *p, size_t n)
{
	struct lic_item *it = j->item;
	struct lic_answer a;
	int r;

	lic_claims_reset(&it->claims);
	r = lic_answer_take(p, n, it->is_rules ? &rule_limits : &limits,
			    it->is_rules ? 0 : lic_scan_job_fds(j), &a, &it->claims);
	if (r == 0 && a.result == -ENOMEM)
		r = -ENOMEM;
	if (r < 0) {
		lic_claims_reset(&it->claims);
		return r;
	}
	if (a.result < 0) {
		lic_scan_job_fail(c, j);
		return 0;
	}
	it->hash = a.hash;
	it->digests = a.digests;
	j->sidecar_failed = j->sidecar_failed || a.sidecar_failed;
	if (it->claims.format != LIC_FORMAT_NONE)
		judge_sidecars(j);
	if (!is_unchanged(j, j->fd, &it->st)) {
		if (!j->dir->archive && ++j->tries < SETTLE_TRIES) {
			close_all(j);
			return lic_scan_job_open(c, j) < 0 ? (lic_scan_job_fail(c, j), 0) : 0;
		}
		it->claims.damage = "the file changed while it was read";
		if (it->is_rules) {
			finish_rules(c, j, it->claims.damage);
			return 0;
		}
	}
	if (it->is_rules) {
		finish_rules(c, j, NULL);
		return 0;
	}
	if (it->claims.format != LIC_FORMAT_NONE)
		finish(c, j, LIC_KIND_IMAGE, LIC_RULE_CONTENT);
	else
		finish(c, j, LIC_KIND_HIDDEN,
		       LIC_RULE_NOT_IMAGE); /* the writer looks for its images */
	return 0;
}
