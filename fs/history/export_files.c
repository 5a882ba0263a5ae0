/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of exports that are files: opening, noting, looking again, finishing. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fs/history/export_files.h"
#include "fs/util/hash.h"
#include "fs/util/io.h"

#define ROUNDS 1000 /* takedowns that come one after the other while it is finished */

static int removed(struct lic_export *x)
{
	return lic_error_set(x->err, ENOENT, "snapshot '%s' was removed while it was exported",
			     x->info->name);
}

/* What makes an export the same one: the snapshot and the options that its files depend on. Links
 * to the store's files are not left behind, so there nothing goes on. */
static void make_key(struct lic_export *x, char key[LIC_SITE_KEY])
{
	const struct lic_snapshot_info *info = x->info;
	struct stat st = { .st_ino = 0 };
	char digest[65];

	*key = 0;
	if (x->q->link == LIC_LINK_HARD || fstat(x->reader.root, &st) != 0)
		return;
	for (size_t i = 0; i < sizeof(info->digest); i++)
		snprintf(digest + 2 * i, 3, "%02x", info->digest[i]);
	snprintf(key, LIC_SITE_KEY,
		 "licensefs export 1 %s link=%d shard=%" PRIu64 " store=%" PRIu64
		 " snapshot=%" PRId64 " at=%" PRId64 " %s\n",
		 x->q->format->name, (int)x->q->link, x->q->shard_size, (uint64_t)st.st_ino,
		 info->number, info->at, digest);
}

int lic_export_files_begin(struct lic_export *x)
{
	struct lic_export_files *f = calloc(1, sizeof(*f));
	char key[LIC_SITE_KEY];
	int r;

	if (!f)
		return lic_export_no_memory(x);
	x->files = f;
	f->site = (struct lic_site)LIC_SITE_INIT;
	f->buf = malloc(LIC_EXPORT_PIECE);
	f->xxh3 = lic_hasher_new();
	if (!f->buf || !f->xxh3)
		return lic_export_no_memory(x);
	make_key(x, key);
	r = lic_site_open(&f->site, x->q->output, x->q->store, key, x->err);
	if (r == 0 && x->q->link == LIC_LINK_HARD)
		r = lic_export_hard_check(x);
	if (r == 0 && x->q->format->maker->begin)
		r = x->q->format->maker->begin(x);
	return r;
}

void lic_export_files_end(struct lic_export *x)
{
	struct lic_export_files *f = x->files;

	if (!f)
		return;
	if (x->q->format->maker->end)
		x->q->format->maker->end(x);
	lic_export_hard_end(x);
	lic_site_release(&f->site);
	lic_hasher_free(f->xxh3);
	free(f->placed);
	free(f->dir);
	free(f->buf);
	free(f);
	x->files = NULL;
}

void lic_export_files_keep(struct lic_export *x)
{
	struct lic_site *site = &x->files->site;

	site->keep = true;
	if (site->goes_on)
		memcpy(x->result->kept, site->own, sizeof(x->result->kept));
}

int lic_export_files_dir(struct lic_export *x, const struct lic_then *t)
{
	struct lic_export_files *f = x->files;
	int r = x->q->format->maker->dir(x, t);

	if (r <= 0)
		return r;
	if (f->n_dirs == f->cap_dirs) {
		size_t cap = f->cap_dirs ? f->cap_dirs * 2 : 64;
		void *p = reallocarray(f->dir, cap, sizeof(*f->dir));

		if (!p)
			return lic_export_no_memory(x);
		f->dir = p;
		f->cap_dirs = cap;
	}
	f->dir[f->n_dirs++] = t->m.e.id;
	return 0;
}

int lic_export_note(struct lic_export *x, const struct lic_then *t, uint64_t state, uint32_t group,
		    bool image)
{
	struct lic_export_files *f = x->files;

	if (f->n == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 1024;
		void *p = reallocarray(f->placed, cap, sizeof(*f->placed));

		if (!p)
			return lic_export_no_memory(x);
		f->placed = p;
		f->cap = cap;
	}
	f->placed[f->n++] = (struct lic_export_placed){
		.id = t->m.e.id,
		.state = state,
		.tally = image ? (uint32_t)x->last_tally + 1 : 0,
		.group = group,
		.inside = t->in_archive,
	};
	return 0;
}

/* --- opening --------------------------------------------------------------------------------- */

/* Not served, though the catalog knows of no reason, or knew of none a moment ago. */
int lic_export_leave_refused(struct lic_export *x, const struct lic_then *t, int r)
{
	struct stat st;

	switch (r) {
	case -ENOENT:
		return lic_export_leave(x, t, LIC_LEFT_ERASED);
	case -ESTALE:
	case -EACCES:
	case -EPERM:
		if (fstatat(x->reader.root, (const char *)t->path.p, &st, AT_SYMLINK_NOFOLLOW) !=
			    0 &&
		    errno == ENOENT)
			return lic_export_leave(x, t, LIC_LEFT_GONE);
		return lic_export_leave(x, t, LIC_LEFT_CHANGED);
	default:
		return lic_error_sys(x->err, -r, "cannot read files of the store");
	}
}

int lic_export_open(struct lic_export *x, const struct lic_then *t, struct lic_served *ret)
{
	int r = x->q->serving->open(x->q->serving, t->m.e.id, ret);

	return r < 0 ? lic_export_leave_refused(x, t, r) : 1;
}

int lic_export_bytes(struct lic_export *x, const struct lic_then *t, struct lic_served *f,
		     int (*put)(struct lic_export *x, void *ctx, const void *p, size_t n),
		     void *ctx)
{
	const bool image = t->m.e.kind == LIC_KIND_IMAGE;
	struct lic_serving *s = x->q->serving;
	uint8_t sum[16];

	lic_hasher_reset(x->files->xxh3);
	for (uint64_t at = 0; at < f->size;) {
		size_t n =
			f->size - at < LIC_EXPORT_PIECE ? (size_t)(f->size - at) : LIC_EXPORT_PIECE;
		int r = s->read(s, f, x->files->buf, n, at);

		if (r == -ENOMEM)
			return lic_export_no_memory(x);
		if (r < 0)
			return 0;
		if (image)
			lic_hasher_add(x->files->xxh3, x->files->buf, n);
		r = put(x, ctx, x->files->buf, n);
		at += n;
		if (r == 0 && x->q->progress && n == LIC_EXPORT_PIECE)
			r = x->q->progress(x->q->ctx, &x->progress);
		if (r != 0)
			return r < 0 ? r : -EINTR;
	}
	if (!image)
		return 1;
	lic_hasher_get(x->files->xxh3, sum);
	return memcmp(sum, t->m.e.hash.b, sizeof(sum)) == 0;
}

bool lic_export_sum(struct lic_export *x, int fd, uint64_t from, uint64_t n, uint8_t ret[16])
{
	struct lic_export_files *f = x->files;

	lic_hasher_reset(f->xxh3);
	for (uint64_t at = 0; at < n;) {
		size_t want = n - at < LIC_EXPORT_PIECE ? (size_t)(n - at) : LIC_EXPORT_PIECE;
		ssize_t got = lic_pread_full(fd, f->buf, want, from + at);

		if (got <= 0)
			return false;
		lic_hasher_add(f->xxh3, f->buf, (size_t)got);
		at += (uint64_t)got;
	}
	lic_hasher_get(f->xxh3, ret);
	return true;
}

/* --- looking again --------------------------------------------------------------------------- */

/* What a member was, from its number; t->path is in *path. */
static int recall(struct lic_export *x, const struct lic_export_placed *p, struct lic_buf *path,
		  struct lic_then *t)
{
	int r = lic_snapshot_by_id(x->s, p->id, &t->m, x->err);

	t->in_archive = p->inside;
	lic_buf_reset(path);
	if (r == 0)
		r = lic_snapshot_path(x->s, p->id, path, x->err);
	if (r < 0)
		return r == -ENOENT ? removed(x) : r;
	if (lic_buf_failed(path))
		return lic_export_no_memory(x);
	t->path = (struct lic_bytes){ (const uint8_t *)lic_buf_str(path), path->len };
	/* the name of the row may be taken back by the next question */
	t->m.e.name = (struct lic_bytes){ t->path.p + t->path.n - t->m.e.name.n, t->m.e.name.n };
	return 0;
}

static void uncount(struct lic_export *x, const struct lic_export_placed *p,
		    const struct lic_then *t)
{
	if (p->tally) {
		x->tally[p->tally - 1].images--;
		x->tally[p->tally - 1].bytes -= (int64_t)t->m.e.st.size;
		x->result->images--;
	} else {
		x->result->files--;
	}
}

/* It does not hold any more: 1 where it is in the export all the same, made anew; 0: it is out. */
static int look_closer(struct lic_export *x, struct lic_export_placed *p, struct lic_buf *path)
{
	struct lic_then t = { .rights = 0 };
	int r = recall(x, p, path, &t), in = 0;

	if (r == 0)
		r = lic_export_may(x, &t);
	if (r < 0)
		return r;
	if (r == 1 && !p->inside)
		in = t.m.e.kind == LIC_KIND_DOCUMENT;
	if (r == 1 && p->inside)
		return 1;
	if (r == 1 && !in)
		r = lic_export_leave_refused(x, &t, -ESTALE);
	if (r < 0)
		return r;
	in = x->q->format->maker->drop(x, p, &t, in);
	if (in == 0)
		uncount(x, p, &t);
	return in;
}

/* Of an image in an archive only the catalog is asked: its archive has another state when it goes.
 */
static int holds(struct lic_export *x, const struct lic_export_placed *p)
{
	return p->inside || p->state == UINT64_MAX
		       ? 0
		       : x->q->serving->holds(x->q->serving, p->id, p->state);
}

/* Entries that have changed, or may have. */
struct moved {
	int64_t *id; /* n of them */
	size_t n, cap;
	bool many; /* which they are is not known */
};

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool has_moved(const struct moved *m, int64_t id)
{
	return m->many || (m->n && bsearch(&id, m->id, m->n, sizeof(*m->id), by_number));
}

/* Takes out what is no longer shown. */
static int look_again(struct lic_export *x, const struct moved *m)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	struct lic_export_files *f = x->files;
	size_t kept = 0, i = 0;
	int r = 0;

	for (; r == 0 && i < f->n; i++) {
		struct lic_export_placed p = f->placed[i];
		int in = 1;

		if (p.state == UINT64_MAX || has_moved(m, p.id)) {
			in = holds(x, &p);
			if (in == 0)
				in = look_closer(x, &p, &path);
			else if (in < 0)
				lic_error_sys(x->err, -in, "cannot look at what was exported");
		}
		if (in != 0)
			f->placed[kept++] = p;
		r = in < 0 ? in : 0;
		if (r == 0 && x->q->progress && i % 1024 == 0)
			r = x->q->progress(x->q->ctx, &x->progress);
	}
	if (kept != i)
		memmove(f->placed + kept, f->placed + i, (f->n - i) * sizeof(*f->placed));
	f->n -= i - kept;
	lic_buf_release(&path);
	return r;
}

/* Directories have the times that a mount says. */
static int set_times(struct lic_export *x)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	struct lic_export_files *f = x->files;
	int r = 0;

	for (size_t i = f->n_dirs; r == 0 && i-- > 0;) {
		struct lic_snapshot_entry m;
		struct lic_stat st;

		lic_buf_reset(&path);
		r = lic_snapshot_by_id(x->s, f->dir[i], &m, x->err);
		st = m.e.st;
		if (r == 0)
			r = lic_snapshot_stat(x->s, f->dir[i], &st, x->err);
		if (r == 0)
			r = lic_snapshot_path(x->s, f->dir[i], &path, x->err);
		if (r == -ENOENT)
			r = removed(x);
		if (r == 0)
			r = lic_site_time(&f->site, lic_buf_str(&path), st.mtime, x->err);
	}
	lic_buf_release(&path);
	return r;
}

static int is_alive(struct lic_export *x)
{
	int r = x->q->serving->alive(x->q->serving);

	if (r == -ENOENT)
		return removed(x);
	return r < 0 ? lic_error_sys(x->err, -r, "cannot read the catalog") : 0;
}

static int note_moved(void *ctx, const struct lic_change *c)
{
	struct moved *m = ctx;

	if (!c->entry)
		m->many |= c->dir != 0; /* else views were defined */
	if (!c->entry || m->many)
		return 0;
	if (m->n == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 64;
		void *p = reallocarray(m->id, cap, sizeof(*m->id));

		if (!p) {
			m->many = true;
			return 0;
		}
		m->id = p;
		m->cap = cap;
	}
	m->id[m->n++] = c->entry;
	return 0;
}

/* What has moved since the generation that is known, which becomes the newest: 1 where anything of
 * it is in the export. What a revocation in force finds later, by a scan, has no new number. */
static int find_moved(struct lic_export *x, int64_t *known, struct moved *m)
{
	const struct lic_export_files *f = x->files;
	int64_t now = lic_catalog_generation(x->cat);
	bool any = false;
	int r;

	m->n = 0;
	m->many = false;
	if (now < 0)
		return lic_error_sys(x->err, (int)-now, "cannot read the catalog");
	if (is_alive(x) < 0)
		return -x->err->code;
	if (now == *known)
		return 0;
	r = lic_catalog_changes(x->cat, *known, note_moved, m, x->err);
	if (r < 0 && r != -ESTALE)
		return r;
	m->many |= r == -ESTALE;
	*known = now;
	if (m->n)
		qsort(m->id, m->n, sizeof(*m->id), by_number);
	for (size_t i = 0; i < f->n && !any; i++)
		any = has_moved(m, f->placed[i].id);
	return any;
}

/* Until nothing is left to be taken out. */
static int settle_all(struct lic_export *x, const struct moved *m)
{
	const struct lic_export_maker *maker = x->q->format->maker;
	static const struct moved none;
	int r;

	do {
		r = look_again(x, m);
		m = &none;
		if (r == 0)
			r = maker->finish(x);
	} while (r > 0);
	if (r == 0 && maker->dir)
		r = set_times(x);
	return r == 0 ? lic_site_sync(&x->files->site, x->err) : r;
}

/* Twice it is asked what was taken down meanwhile: before it has its name, for the disk may take
 * long; and after, so that it is in no export that anybody has been told of. */
static int give_name(struct lic_export *x, struct moved *m)
{
	struct lic_export_files *f = x->files;
	int64_t known = lic_catalog_generation(x->cat);
	int r;

	if (known < 0)
		return lic_error_sys(x->err, (int)-known, "cannot read the catalog");
	m->many = true;
	for (int i = 0; i < ROUNDS; i++) {
		r = settle_all(x, m);
		if (r == 0)
			r = find_moved(x, &known, m);
		if (r < 0)
			return r;
		if (r > 0)
			continue;
		r = lic_site_finish(&f->site, x->err);
		if (r < 0)
			return r;
		r = find_moved(x, &known, m);
		if (r == 0) {
			f->done = true;
			return 0;
		}
		if (lic_site_back(&f->site, x->err) < 0 || r < 0)
			return -x->err->code;
	}
	return lic_error_set(x->err, EAGAIN,
			     "takedowns do not end while '%s' is exported; try again",
			     x->info->name);
}

int lic_export_files_finish(struct lic_export *x)
{
	struct moved m = { .n = 0 };
	int r = lic_export_hard_flush(x);

	if (r == 0)
		r = give_name(x, &m);
	free(m.id);
	return r;
}
