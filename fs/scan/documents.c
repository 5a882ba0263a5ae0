/* SPDX-License-Identifier: Apache-2.0 */
/* Looks into the files that wait: has them indexed, and writes down what was found. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/scan/archive.h"
#include "fs/scan/indexer.h"
#include "fs/util/io.h"

#define TICK_MS 100
#define TXN_FILES 1024	      /* of one transaction */
#define TXN_BYTES (16u << 20) /* so many of indexes, or the next file ends it */

/* One that is indexed, and whose members are to be read. */
struct archive {
	int64_t id;
	char *path;
	struct lic_stat st;
	uint64_t subjects;
	struct lic_buf members;
};

struct looking {
	const struct lic_scan_phase *p;
	struct lic_error *err;
	int64_t *id; /* files that wait */
	size_t n, cap, next;
	struct lic_indexer *indexer;
	struct lic_txn *txn;
	size_t files, bytes; /* in it */
	char *dir;	     /* of the catalog */
	struct archive *archive;
	size_t n_archives, archives_cap, members; /* bytes of these */
};

static int collect(void *ctx, int64_t entry)
{
	struct looking *l = ctx;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		int64_t *id = reallocarray(l->id, cap, sizeof(*id));

		if (!id)
			return -ENOMEM;
		l->id = id;
		l->cap = cap;
	}
	l->id[l->n++] = entry;
	return 0;
}

/* --- writing ------------------------------------------------------------------------------ */

static int need_txn(struct looking *l)
{
	return l->txn ? 0 : lic_catalog_begin(l->p->cat, "scan", &l->txn, l->err);
}

static int commit(struct looking *l)
{
	struct lic_txn *txn = LIC_TAKE(l->txn);

	l->files = l->bytes = 0;
	return txn ? lic_catalog_commit(txn, l->err) : 0;
}

struct storing {
	struct looking *l;
	int64_t entry;
};

static int store_piece(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n)
{
	struct storing *s = ctx;

	s->l->bytes += n;
	return lic_catalog_document_piece(s->l->txn, s->entry, part, p, n, s->l->err);
}

static int store(struct looking *l, const struct lic_index_job *j, enum lic_kind kind,
		 enum lic_rule rule)
{
	struct lic_document d = {
		.format = (int)j->found.format,
		.flags = j->found.flags,
		.records = (int64_t)j->found.records,
		.subjects = (int64_t)j->found.subjects,
	};
	struct storing s = { l, j->id };
	int r;

	memcpy(d.note, j->found.note, sizeof(d.note));
	if (d.format == LIC_DOCUMENT_NONE)
		d.flags = 0, d.records = d.subjects = 0;
	r = lic_catalog_document_begin(l->txn, j->id, l->err);
	if (r == 0 && d.format != LIC_DOCUMENT_NONE)
		r = lic_spool_each(&j->spool, store_piece, &s, l->err);
	return r == 0 ? lic_catalog_document_put(l->txn, j->id, &d, kind, rule, l->err) : r;
}

/* Until its images were looked for, a document stays hidden. */
static int write_down(struct looking *l, const struct lic_index_job *j, enum lic_kind was)
{
	const bool archive = j->found.format == LIC_DOCUMENT_TAR;
	enum lic_rule rule = LIC_RULE_MALFORMED;
	int r = need_txn(l);

	if (r < 0)
		return r;
	if (j->outcome == LIC_INDEX_UNREADABLE)
		r = store(l, j, LIC_KIND_HIDDEN, LIC_RULE_UNREADABLE);
	else if (archive)
		r = store(l, j, LIC_KIND_DOCUMENT, LIC_RULE_RECORDS);
	else {
		if (j->found.format != LIC_DOCUMENT_NONE)
			rule = LIC_RULE_WAITING;
		else if (j->found.flags & LIC_DOCUMENT_UNKNOWN)
			rule = LIC_RULE_NOT_IMAGE;
		r = store(l, j, LIC_KIND_HIDDEN, rule);
	}
	if (r == 0 && !archive)
		r = lic_catalog_settle(l->txn, j->id, l->err);
	lic_scan_recount(l->p->res, was, archive ? LIC_KIND_DOCUMENT : LIC_KIND_HIDDEN);
	l->files++;
	l->p->res->indexed++;
	return r;
}

/* --- archives ----------------------------------------------------------------------------- */

#define MEMBERS_MAX (4u << 20) /* bytes that wait */

/* Its members are read when nothing is under way that the pool or the catalog must wait for. */
static int keep_archive(struct looking *l, struct lic_index_job *j)
{
	if (l->n_archives == l->archives_cap) {
		size_t cap = l->archives_cap ? l->archives_cap * 2 : 16;
		void *p = reallocarray(l->archive, cap, sizeof(*l->archive));

		if (!p)
			return lic_error_set(l->err, ENOMEM, "out of memory");
		l->archive = p;
		l->archives_cap = cap;
	}
	l->archive[l->n_archives++] =
		(struct archive){ j->id, LIC_TAKE(j->path), j->st, j->found.subjects, j->members };
	l->members += j->members.len;
	j->members = (struct lic_buf)LIC_BUF_INIT(0);
	return 0;
}

static void archive_release(struct archive *a)
{
	free(a->path);
	lic_buf_release(&a->members);
}

static void warn(const struct looking *l, const struct archive *a, const char *why)
{
	struct lic_buf line = LIC_BUF_INIT(1u << 20);

	lic_text_quote(&line, a->path, strlen(a->path));
	lic_buf_addf(&line, ": %s; it is hidden until the next scan", why);
	if (l->p->o->warn)
		l->p->o->warn(l->p->o->ctx, lic_buf_str(&line));
	lic_buf_release(&line);
}

/* With no transaction open. */
static int read_archives(struct looking *l)
{
	const struct lic_archive_scan s = { l->p->root,	   l->p->cat,	  l->p->pool,
					    l->p->digests, l->p->res,	  l->p->tick,
					    l->p->ctx,	   l->p->o->stop, l->p->verify };
	int r = 0;

	for (size_t i = 0; i < l->n_archives; i++) {
		struct archive *a = &l->archive[i];
		struct lic_error why = LIC_ERROR_INIT;

		if (r == 0)
			r = lic_scan_archive(&s, a->id, a->path, &a->st, a->subjects, &a->members,
					     &why);
		if (r == -ESTALE || r == -EBADMSG) {
			warn(l, a, why.msg);
			r = 0;
		} else if (r < 0 && why.code && l->err) {
			*l->err = why;
		}
		archive_release(a);
	}
	l->n_archives = l->members = 0;
	return r;
}

/* --- groups ------------------------------------------------------------------------------- */

static int write_group(struct looking *l, struct lic_index_group *g)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < g->n; i++) {
		struct lic_index_job *j = &g->job[i];
		struct lic_entry e;

		if (j->outcome == LIC_INDEX_WAITS)
			continue;
		if (l->files >= TXN_FILES || l->bytes >= TXN_BYTES)
			r = commit(l);
		if (r == 0)
			r = lic_catalog_by_id(l->p->cat, j->id, &e, l->err);
		if (r == -ENOENT) {
			r = 0; /* ended meanwhile */
			continue;
		}
		if (r == 0)
			r = write_down(l, j, e.kind);
		if (r == 0 && j->found.format == LIC_DOCUMENT_TAR)
			r = keep_archive(l, j);
	}
	return r;
}

/* --- reading ------------------------------------------------------------------------------ */

static bool is_stopped(const struct looking *l)
{
	return l->p->o->stop && *l->p->o->stop;
}

/* The job of the next file; 0: there is none. */
static int next_job(struct looking *l, struct lic_index_job *ret)
{
	struct lic_buf path = LIC_BUF_INIT(1u << 20);
	struct lic_entry e;
	int r = 0;

	for (; l->next < l->n; l->next++) {
		r = lic_catalog_by_id(l->p->cat, l->id[l->next], &e, l->err);
		if (r == 0 && (e.kind == LIC_KIND_HIDDEN || e.kind == LIC_KIND_DOCUMENT))
			break;
		if (r < 0 && r != -ENOENT)
			return r;
		/* it has found its place otherwise */
		r = r == 0 ? need_txn(l) : 0;
		if (r == 0 && l->txn)
			r = lic_catalog_settle(l->txn, l->id[l->next], l->err);
		if (r < 0)
			return r;
	}
	if (l->next == l->n)
		return 0;
	ret->id = e.id;
	ret->st = e.st;
	r = lic_catalog_entry_path(l->p->cat, e.id, &path, l->err);
	ret->path = r == 0 ? lic_buf_take(&path) : NULL;
	lic_buf_release(&path);
	if (r == 0 && !ret->path)
		r = lic_error_set(l->err, ENOMEM, "out of memory");
	return r < 0 ? r : 1;
}

/* A large file, or some small ones. */
static int next_group(struct looking *l, struct lic_index_group **ret)
{
	struct lic_index_group *g = lic_index_group_new(LIC_ASK_INDEX, LIC_INDEX_GROUP);
	int r = 1;

	*ret = NULL;
	if (!g)
		return lic_error_set(l->err, ENOMEM, "out of memory");
	for (g->n = 0; g->n < LIC_INDEX_GROUP; l->next++) {
		struct lic_index_job *j = &g->job[g->n];

		r = next_job(l, j);
		if (r <= 0)
			break;
		if (j->st.size > LIC_INDEX_SMALL && g->n) {
			free(LIC_TAKE(j->path));
			break;
		}
		g->n++;
		if (j->st.size > LIC_INDEX_SMALL) {
			l->next++;
			break;
		}
	}
	if (r < 0 || !g->n) {
		lic_index_group_free(g);
		return r < 0 ? r : 0;
	}
	*ret = g;
	return 0;
}

static int feed(struct looking *l)
{
	struct lic_index_group *g;
	int r = 0;

	while (r == 0 && l->next < l->n && lic_indexer_room(l->indexer)) {
		r = next_group(l, &g);
		if (r == 0 && g)
			lic_indexer_submit(l->indexer, g);
	}
	return r;
}

static int look(struct looking *l)
{
	int r = feed(l);

	while (r == 0 && lic_indexer_busy(l->indexer)) {
		struct lic_index_group *g = lic_indexer_take(l->indexer, l->txn ? 0 : TICK_MS);

		l->p->tick(l->p->ctx);
		if (is_stopped(l))
			r = -EINTR;
		else
			r = lic_indexer_failed(l->indexer, l->err);
		if (r == 0 && g)
			r = write_group(l, g);
		else if (r == 0)
			r = commit(l); /* nobody waits for a helper */
		lic_index_group_free(g);
		if (r == 0 && l->members > MEMBERS_MAX)
			r = commit(l);
		if (r == 0 && l->members > MEMBERS_MAX)
			r = read_archives(l);
		if (r == 0)
			r = feed(l);
	}
	if (r == 0)
		r = commit(l);
	return r == 0 ? read_archives(l) : r;
}

/* --- all ---------------------------------------------------------------------------------- */

static int start(struct looking *l)
{
	const struct lic_scan_phase *p = l->p;
	struct lic_indexer_options o = { .root = p->root,
					 .threads = p->jobs < l->n ? p->jobs : (unsigned)l->n,
					 .nursery = p->nursery,
					 .first_slot = p->jobs,
					 .counters = p->counters,
					 .patience = &lic_indexing_patience };
	const char *path = lic_catalog_path(p->cat), *slash = strrchr(path, '/');

	l->dir = strndup(slash ? path : "./", slash ? (size_t)(slash - path) + 1 : 2);
	if (!l->dir)
		return lic_error_set(l->err, ENOMEM, "out of memory");
	o.spool_dir = l->dir;
	return lic_indexer_new(&o, &l->indexer, l->err);
}

int lic_scan_documents(const struct lic_scan_phase *p, struct lic_error *err)
{
	struct looking l = { .p = p, .err = err };
	int r = lic_catalog_pending(p->cat, LIC_KIND_NONE, collect, &l, err);

	if (r == -ENOMEM)
		r = lic_error_set(err, ENOMEM, "out of memory");
	if (r == 0 && l.n)
		r = start(&l);
	if (r == 0 && l.n)
		r = look(&l);
	lic_indexer_free(l.indexer);
	lic_catalog_abort(l.txn);
	for (size_t i = 0; i < l.n_archives; i++)
		archive_release(&l.archive[i]);
	free(l.archive);
	free(l.id);
	free(l.dir);
	if (r == -EINTR)
		return lic_error_set(
			err, EINTR, "interrupted; what was written is kept, run it again to go on");
	return r;
}
