/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the members of one archive in batches, as the scan does with directories of the store. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "fs/document/tar.h"
#include "fs/scan/archive.h"
#include "fs/util/io.h"

#define TICK_MS 100

struct walk {
	const struct lic_archive_scan *s;
	struct lic_error *err;
	const char *path;
	int64_t entry;
	struct lic_archive archive;
	struct lic_archived_list list;
	int64_t *gone; /* rows that are of no member */
	size_t n_gone, cap_gone;
	struct lic_scan_dir *current; /* not all of it in batches yet */
	size_t current_at, next;      /* next: the member behind it */
	bool began, again;	      /* again: some member must be read once more */
};

bool lic_is_key_sidecar(const struct lic_bytes *file, const struct lic_bytes *image)
{
	const size_t n = lic_tar_key(image);

	return n == lic_tar_key(file) && memcmp(file->p, image->p, n) == 0 &&
	       lic_stem_length(file->p, file->n) == n && lic_is_sidecar_name(file->p, file->n) &&
	       !(file->n - n == 8 && strncasecmp((const char *)file->p + n, ".license", 8) == 0);
}

/* --- the file ----------------------------------------------------------------------------- */

static int open_archive(const struct walk *w, int *ret)
{
	struct stat st;
	int fd = lic_open_beneath(w->s->root, w->path, O_RDONLY);
	const struct lic_stat *was = &w->archive.st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != was->size ||
	    st.st_ino != was->ino || lic_timespec_ns(st.st_mtim) != was->mtime ||
	    lic_timespec_ns(st.st_ctim) != was->ctime) {
		lic_closep(&fd);
		return -ESTALE;
	}
	*ret = fd;
	return 0;
}

static int stale(const struct walk *w)
{
	struct lic_buf line = LIC_BUF_INIT(64 * 1024);

	lic_text_quote(&line, w->path, strlen(w->path));
	lic_error_set(w->err, ESTALE, "%s changed while it was read; scan again",
		      lic_buf_str(&line));
	lic_buf_release(&line);
	return -ESTALE;
}

/* Is what lies at its path still what was read? */
static int check_file(struct walk *w)
{
	int fd = -1;
	int r = atomic_load(&w->archive.changed) ? -ESTALE : open_archive(w, &fd);

	lic_closep(&fd);
	return r < 0 ? stale(w) : 0;
}

/* --- what is known ------------------------------------------------------------------------ */

static int must_read(struct walk *w, const struct lic_entry *e)
{
	const struct lic_rights *rights = lic_catalog_rights(w->s->cat, e->rights, w->err);
	struct lic_digests d = { 0 };
	int r = 0;

	if (!rights)
		return w->err && w->err->code ? -w->err->code : -EIO;
	if (w->s->digests)
		r = lic_catalog_digests(w->s->cat, e->id, &d, w->err);
	return r < 0 ? r
		     : w->s->verify || e->kind != LIC_KIND_IMAGE || lic_rights_is_stale(rights) ||
			       e->judged == 0 || (w->s->digests & ~d.has) != 0;
}

static int join_row(void *ctx, const struct lic_entry *e)
{
	struct walk *w = ctx;
	struct lic_archived *m = lic_archived_find(&w->list, e->name.p, e->name.n);
	int r;

	if (!m) {
		if (w->n_gone == w->cap_gone) {
			size_t cap = w->cap_gone ? w->cap_gone * 2 : 64;
			int64_t *p = reallocarray(w->gone, cap, sizeof(*p));

			if (!p)
				return lic_error_set(w->err, ENOMEM, "out of memory");
			w->gone = p;
			w->cap_gone = cap;
		}
		w->gone[w->n_gone++] = e->id;
		return 0;
	}
	r = must_read(w, e);
	m->image = e->id;
	m->again = r > 0;
	return r < 0 ? r : 0;
}

/* --- batches ------------------------------------------------------------------------------ */

static void fill_item(const struct walk *w, const struct lic_archived *m, struct lic_item *it)
{
	const struct lic_archive *a = &w->archive;
	const bool known = m->image > 0 && !m->again;

	*it = (struct lic_item){ .name = { m->name + m->dir_n, (size_t)(m->n - m->dir_n) },
				 .st = a->st,
				 .judged = a->judged,
				 .at = m->at,
				 .id = m->image,
				 .kind = known ? LIC_KIND_IMAGE : LIC_KIND_NONE,
				 .rule = known ? LIC_RULE_CONTENT : LIC_RULE_NONE,
				 .read = !known,
				 .dirty = !known,
				 .claims = LIC_CLAIMS_INIT };
	it->st.size = m->size;
	if (m->image > 0)
		it->prior = (struct lic_prior){ .id = m->image,
						.kind = LIC_KIND_IMAGE,
						.rule = LIC_RULE_CONTENT,
						.st = it->st,
						.judged = a->judged };
}

/* The directory that the next member lies in. The first one ends the rows that are of none. */
static int next_dir(struct walk *w)
{
	struct lic_scan_dir *d = lic_scan_dir_new(w->path, (struct lic_bytes){ NULL, 0 }, 0);
	const struct lic_archived *m = w->list.file + w->next;
	const size_t left = w->list.n - w->next;
	size_t n = 0;

	if (!d)
		return -ENOMEM;
	w->current = d;
	w->current_at = 0;
	d->id = w->entry;
	d->archive = &w->archive;
	d->first_member = w->next;
	if (!w->began) {
		d->gone = LIC_TAKE(w->gone);
		d->n_gone = w->n_gone;
	}
	w->began = true;
	while (n < left && m[n].dir_n == m->dir_n && memcmp(m[n].name, m->name, m->dir_n) == 0)
		n++;
	if (!n)
		return 0;
	d->within = (struct lic_bytes){ m->name, m->dir_n };
	d->item = calloc(n, sizeof(*d->item));
	if (!d->item)
		return -ENOMEM;
	for (; d->n < n; d->n++)
		fill_item(w, &m[d->n], &d->item[d->n]);
	w->next += n;
	return 0;
}

static int take_slice(struct walk *w, struct lic_batch *b)
{
	struct lic_scan_dir *d = w->current;
	size_t i = w->current_at;

	for (; i < d->n && b->n_items < LIC_BATCH_ITEMS && b->n_read < LIC_BATCH_READS; i++) {
		b->n_items++;
		b->n_read += d->item[i].read;
	}
	if (lic_batch_add(b, (struct lic_slice){ d, w->current_at, i }) < 0)
		return -ENOMEM;
	w->current_at = i;
	if (i == d->n)
		w->current = NULL; /* the batch owns it now */
	return 0;
}

static int compare_places(const void *a, const void *b)
{
	const struct lic_read *x = a, *y = b;

	return x->item->at < y->item->at ? -1 : x->item->at > y->item->at;
}

static int collect_reads(struct lic_batch *b)
{
	size_t n = 0;

	b->reads = calloc(b->n_read + 1, sizeof(*b->reads));
	if (!b->reads)
		return -ENOMEM;
	for (size_t i = 0; i < b->n; i++)
		for (size_t k = b->slice[i].first; k < b->slice[i].end; k++)
			if (b->slice[i].dir->item[k].read)
				b->reads[n++] = (struct lic_read){ &b->slice[i].dir->item[k],
								   b->slice[i].dir };
	qsort(b->reads, n, sizeof(*b->reads), compare_places);
	return 0;
}

/* *ret is NULL when every member was in one. */
static int next_batch(struct walk *w, struct lic_batch **ret)
{
	struct lic_batch *b = calloc(1, sizeof(*b));
	int r = b ? 0 : -ENOMEM;

	*ret = NULL;
	while (r == 0 && b->n_items < LIC_BATCH_ITEMS && b->n_read < LIC_BATCH_READS &&
	       (w->current || w->next < w->list.n || !w->began)) {
		if (!w->current)
			r = next_dir(w);
		if (r == 0)
			r = take_slice(w, b);
	}
	if (r == 0) {
		b->digests = w->s->digests;
		b->parses = lic_catalog_parses(w->s->cat);
		r = collect_reads(b);
	}
	if (r < 0 || !b->n) {
		lic_batch_free(b);
		return r < 0 ? lic_error_set(w->err, ENOMEM, "out of memory") : 0;
	}
	*ret = b;
	return 0;
}

/* --- reading and writing ------------------------------------------------------------------ */

static bool stopped(const struct walk *w)
{
	return w->s->stop && *w->s->stop;
}

static void await(struct walk *w, struct lic_batch *b)
{
	while (!lic_pool_wait(w->s->pool, b, TICK_MS)) {
		if (w->s->tick)
			w->s->tick(w->s->ctx);
		if (stopped(w))
			lic_pool_stop(w->s->pool);
	}
}

/* What has become of the members of a batch. */
static void note_members(struct walk *w, const struct lic_batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct lic_slice *s = &b->slice[i];

		for (size_t k = s->first; k < s->end; k++) {
			const struct lic_item *it = &s->dir->item[k];
			struct lic_archived *m = &w->list.file[s->dir->first_member + k];
			const bool unread = it->rule == LIC_RULE_UNREADABLE;

			m->image = it->kind == LIC_KIND_IMAGE ? it->id
				   : unread		      ? LIC_ARCHIVED_UNREAD
							      : 0;
			w->again = w->again || unread || (m->image > 0 && it->judged == 0);
		}
	}
}

static int write_when_read(struct walk *w, struct lic_batch *b)
{
	static const struct lic_known_rules none;
	const struct lic_rule_writing rules = { .known = &none };
	int r;

	await(w, b);
	r = lic_pool_failed(w->s->pool, w->err);
	if (r == 0 && atomic_load(&w->archive.changed))
		r = stale(w);
	if (r == 0)
		r = lic_write_batch(w->s->cat, b, &rules, w->s->res, w->err);
	if (r == 0)
		note_members(w, b);
	lic_batch_free(b);
	return r;
}

static int read_members(struct walk *w)
{
	struct lic_batch *ahead = NULL, *behind = NULL;
	int r;

	do {
		r = next_batch(w, &ahead);
		if (ahead)
			lic_pool_submit(w->s->pool, ahead);
		if (behind) {
			int e = write_when_read(w, behind);

			r = r < 0 ? r : e;
		}
		behind = ahead;
	} while (r == 0 && behind);
	if (behind) {
		await(w, behind);
		lic_batch_free(behind);
	}
	return r;
}

static int bind(struct walk *w)
{
	struct lic_txn *txn;
	int r = lic_catalog_begin(w->s->cat, "scan", &txn, w->err);

	if (r < 0)
		return r;
	r = lic_archived_bind(&w->list, txn, w->entry, w->err);
	if (r == 0 && !w->again)
		r = lic_catalog_settle(txn, w->entry, w->err);
	if (r == 0)
		return lic_catalog_commit(txn, w->err);
	lic_catalog_abort(txn);
	return r;
}

static int scan(struct walk *w, const struct lic_buf *members, uint64_t subjects)
{
	int r = open_archive(w, &w->archive.fd);

	if (r < 0)
		return stale(w);
	r = lic_archived_read(&w->list, members, w->archive.st.size, subjects);
	if (r == -ENOMEM)
		return lic_error_set(w->err, ENOMEM, "out of memory for members of an archive");
	if (r < 0)
		return lic_error_set(w->err, EBADMSG, "the index of an archive makes no sense");
	r = lic_catalog_list(w->s->cat, w->entry, 0, join_row, w, w->err);
	if (r == 0)
		r = read_members(w);
	if (r == 0 && stopped(w))
		r = lic_error_set(w->err, EINTR,
				  "interrupted; what was written is kept, run it again to go on");
	if (r == 0)
		r = check_file(w);
	return r < 0 ? r : bind(w);
}

int lic_scan_archive(const struct lic_archive_scan *s, int64_t entry, const char *path,
		     const struct lic_stat *st, uint64_t subjects, const struct lic_buf *members,
		     struct lic_error *err)
{
	struct walk w = { .s = s, .err = err, .path = path, .entry = entry };
	struct lic_entry e;
	int r = lic_catalog_by_id(s->cat, entry, &e, err);

	if (r < 0)
		return r == -ENOENT ? lic_error_set(err, ESTALE, "an archive has ended") : r;
	w.archive = (struct lic_archive){ .fd = -1, .st = *st, .judged = e.judged };
	r = scan(&w, members, subjects);
	lic_scan_dir_free(w.current);
	lic_closep(&w.archive.fd);
	lic_archived_release(&w.list);
	free(w.gone);
	return r;
}
