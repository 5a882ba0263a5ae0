/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 of all files that a snapshot is about to have, before it is made. */
#include <errno.h>
#include <string.h>

#include "fs/history/reading.h"
#include "fs/history/shown.h"
#include "fs/util/io.h"

#define BATCH 512
#define BATCH_NS 500000000LL /* what an interruption may lose */

struct filling {
	struct lic_catalog *cat;
	const struct lic_snapshot_request *q;
	struct lic_shown shown;
	struct lic_file_reader reader;
	int64_t *id; /* n of them, that are not known */
	size_t n, cap;
	struct lic_snapshot_progress progress;
	struct {
		int64_t entry;
		uint8_t sha256[32];
	} batch[BATCH];
	size_t n_batch;
	int64_t begun;
	struct lic_buf path;
	struct lic_error *err;
};

static void filling_release(struct filling *f)
{
	lic_shown_release(&f->shown);
	lic_file_reader_release(&f->reader);
	free(f->id);
	lic_buf_release(&f->path);
}

static int want(struct filling *f, const struct lic_entry *e)
{
	uint8_t sum[32];
	int r = lic_catalog_content(f->cat, e->id, sum, f->err);

	if (r != -ENOENT)
		return r;
	if (f->n == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 1024;
		void *p = reallocarray(f->id, cap, sizeof(*f->id));

		if (!p)
			return lic_error_set(f->err, ENOMEM, "out of memory for files to be read");
		f->id = p;
		f->cap = cap;
	}
	f->id[f->n++] = e->id;
	f->progress.bytes_all += e->st.size;
	return 0;
}

static int gather(void *ctx, const struct lic_then *t)
{
	struct filling *f = ctx;
	int r = lic_shown_keep(&f->shown, t);

	if (r != 1 || t->m.e.kind == LIC_KIND_DIR || t->in_archive)
		return r;
	r = want(f, &t->m.e);
	return r < 0 ? r : 1;
}

static int flush(struct filling *f)
{
	struct lic_txn *txn;
	int r;

	if (!f->n_batch)
		return 0;
	r = lic_catalog_begin(f->cat, "snapshot create", &txn, f->err);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < f->n_batch; i++)
		r = lic_catalog_content_put(txn, f->batch[i].entry, f->batch[i].sha256, f->err);
	f->n_batch = 0;
	if (r < 0) {
		lic_catalog_abort(txn);
		return r;
	}
	return lic_catalog_commit(txn, f->err);
}

static int refuse(struct filling *f, const struct lic_file_look *l)
{
	_cleanup_(lic_buf_release) struct lic_buf shown = LIC_BUF_INIT(1u << 20);

	lic_text_quote(&shown, l->path, strlen(l->path));
	if (l->state == LIC_FILE_UNREAD)
		return lic_error_sys(f->err, l->code, "cannot read %s", lic_buf_str(&shown));
	return lic_error_set(f->err, ESTALE, "%s is not what was judged; 'scan' the store first",
			     lic_buf_str(&shown));
}

static int read_one(struct filling *f, int64_t id)
{
	struct lic_file_look l = { .content = true, .sum = true };
	struct lic_entry e;
	int r = lic_catalog_by_id(f->cat, id, &e, f->err);

	if (r < 0)
		return r == -ENOENT ? 0 : r; /* gone since: no longer to be in it */
	lic_buf_reset(&f->path);
	r = lic_catalog_entry_path(f->cat, id, &f->path, f->err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	l.path = lic_buf_str(&f->path);
	l.e = &e;
	r = lic_file_look(&f->reader, &l);
	if (r != 0)
		return r;
	if (l.state != LIC_FILE_SAME || !l.was_read)
		return refuse(f, &l);
	f->batch[f->n_batch].entry = id;
	memcpy(f->batch[f->n_batch++].sha256, l.sha256, 32);
	if (f->n_batch < BATCH && lic_now_ns() - f->begun < BATCH_NS)
		return 0;
	f->begun = lic_now_ns();
	return flush(f);
}

static int has_read(void *ctx, uint64_t bytes)
{
	struct filling *f = ctx;

	f->progress.bytes += bytes;
	return f->q->progress ? f->q->progress(f->q->ctx, &f->progress) : 0;
}

static int fill(struct filling *f)
{
	int r = 0, end;

	f->progress.all = (int64_t)f->n;
	f->begun = lic_now_ns();
	for (size_t i = 0; r == 0 && i < f->n; i++) {
		r = read_one(f, f->id[i]);
		f->progress.done++;
	}
	end = flush(f);
	return r ? r : end;
}

int lic_contents_fill(struct lic_catalog *cat, const char *store,
		      const struct lic_snapshot_request *q, struct lic_error *err)
{
	struct filling *f = calloc(1, sizeof(*f));
	int64_t generation = lic_catalog_generation(cat);
	int r;

	if (!f)
		return lic_error_set(err, ENOMEM, "out of memory to read files");
	*f = (struct filling){ .cat = cat,
			       .q = q,
			       .reader = { .root = -1 },
			       .path = LIC_BUF_INIT(16u << 20),
			       .err = err };
	r = lic_shown_init(&f->shown, cat, q->view, q->where, q->basis, q->classes, err);
	if (r == 0)
		r = lic_file_reader_init(&f->reader, store, err);
	f->reader.read = has_read;
	f->reader.ctx = f;
	if (r == 0)
		r = lic_catalog_then(cat, generation, gather, f, err);
	if (r == 0)
		r = fill(f);
	filling_release(f);
	free(f);
	return r;
}
