/* SPDX-License-Identifier: Apache-2.0 */
/* Writing what a scan found out about documents, and telling mounts whose views may differ. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/revoked.h"

#define PIECE_MAX (1u << 20) /* more than any writer of indexes makes */

/* --- the file ----------------------------------------------------------------------------- */

static bool is_file(enum lic_kind kind)
{
	return kind == LIC_KIND_COMPANION || kind == LIC_KIND_INERT || kind == LIC_KIND_HIDDEN ||
	       kind == LIC_KIND_DOCUMENT;
}

/* A live file that is no image, with a name of its own, since other calls take the catalog's. */
static int file_by_id(struct lic_txn *txn, int64_t id, uint8_t name[NAME_MAX],
		      struct lic_entry *ret, struct lic_error *err)
{
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = lic_catalog_by_id(txn->cat, id, ret, err);
	if (r == -ENOENT || (r == 0 && !is_file(ret->kind)))
		return lic_error_set(err, EINVAL,
				     "entry %lld is no live file, or an image, and "
				     "cannot be a document",
				     (long long)id);
	if (r < 0)
		return r;
	memcpy(name, ret->name.p, ret->name.n);
	ret->name.p = name;
	return 0;
}

/* 1, 0 or an error. */
static int is_known(struct lic_catalog *cat, int64_t id, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_DOCUMENT, err, "i", id);

	return r < 0 ? r : lic_query_step(&q, err);
}

/* What was of one kind and is of another: its contents and images go with the old one. */
static int leave_kind(struct lic_txn *txn, const struct lic_entry *e, enum lic_kind kind,
		      struct lic_error *err)
{
	if (e->kind == kind)
		return 0;
	if (e->kind == LIC_KIND_DOCUMENT)
		return lic_contents_end(txn, e->id, err);
	if (e->kind == LIC_KIND_COMPANION)
		return lic_query_run(txn->cat, LIC_STMT_COMPANION_DROP, err, "i", e->id);
	return 0;
}

static int set_kind(struct lic_txn *txn, const struct lic_entry *e, enum lic_kind kind,
		    enum lic_rule rule, struct lic_error *err)
{
	struct lic_txn_dir *d = NULL;
	int r;

	if (!is_file(kind))
		return lic_error_set(err, EINVAL, "a file cannot be placed as %s",
				     lic_kind_name(kind));
	if (kind == LIC_KIND_DOCUMENT) {
		r = is_known(txn->cat, e->id, err);
		if (r <= 0)
			return r < 0 ? r
				     : lic_error_set(err, EINVAL,
						     "entry %lld has no index, and is no document",
						     (long long)e->id);
	}
	if (e->kind == kind && e->rule == rule)
		return 0;
	r = rule == LIC_RULE_MASK ? lic_masks_note(txn, err) : 0;
	if (r == 0)
		r = leave_kind(txn, e, kind, err);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_ENTRY_PUT_KIND, err, "iii", e->id,
				  (int64_t)kind, (int64_t)rule);
	if (r < 0)
		return r;
	txn->changed = txn->dirty = true;
	/* It may have been no archive just before */
	if (kind == LIC_KIND_DOCUMENT && lic_map_find(&txn->dirs, e->id, 0)) {
		r = lic_txn_dir(txn, e->id, &d, err);
		if (r < 0)
			return r;
		d->gone = false;
	}
	/* What is never shown is of no interest to mounts */
	if (e->kind == LIC_KIND_HIDDEN && kind == LIC_KIND_HIDDEN)
		return 0;
	return lic_document_touch(txn, e->id, err);
}

int lic_catalog_place(struct lic_txn *txn, int64_t entry, enum lic_kind kind, enum lic_rule rule,
		      struct lic_error *err)
{
	uint8_t name[NAME_MAX];
	struct lic_entry e;
	int r = file_by_id(txn, entry, name, &e, err);

	if (r == 0)
		r = set_kind(txn, &e, kind, rule, err);
	return lic_txn_fail(txn, r);
}

/* --- the index ---------------------------------------------------------------------------- */

static int drop_image(void *ctx, int64_t image)
{
	void **x = ctx;
	struct lic_txn *txn = x[0];
	const int64_t *document = x[1];

	return lic_query_run(txn->cat, LIC_STMT_DOCUMENT_IMAGE_DROP, x[2], "ii", image, *document);
}

/* All but what a scan has still to do. */
static int forget_index(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	void *ctx[3] = { txn, &entry, err };
	int r = is_known(txn->cat, entry, err);

	if (r <= 0)
		return r;
	txn->dirty = true;
	r = lic_document_images_each(txn->cat, entry, drop_image, ctx, err);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_PARTS_DROP_ALL, err, "i", entry);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_DOCUMENT_DROP, err, "i", entry);
	return r;
}

int lic_document_forget(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	int r = forget_index(txn, entry, err);

	return r < 0 ? r : lic_query_run(txn->cat, LIC_STMT_SETTLE, err, "i", entry);
}

int lic_catalog_document_begin(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	uint8_t name[NAME_MAX];
	struct lic_entry e;
	int r = file_by_id(txn, entry, name, &e, err);

	if (r == 0)
		r = forget_index(txn, entry, err);
	/* Pieces that a failed attempt has left behind have no row */
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_PARTS_DROP_ALL, err, "i", entry);
	return lic_txn_fail(txn, r);
}

int lic_catalog_document_piece(struct lic_txn *txn, int64_t entry, enum lic_document_part part,
			       const uint8_t *p, size_t n, struct lic_error *err)
{
	int r = lic_txn_usable(txn, err);

	if (r == 0 && ((part != LIC_PART_RECORDS && part != LIC_PART_NAMES) || n > PIECE_MAX))
		r = lic_error_set(err, EINVAL, "no piece of an index of %zu bytes", n);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_PART_ADD, err, "iib", entry, (int64_t)part,
				  (const void *)p, n);
	txn->dirty = true;
	return lic_txn_fail(txn, r);
}

int lic_catalog_document_put(struct lic_txn *txn, int64_t entry, const struct lic_document *d,
			     enum lic_kind kind, enum lic_rule rule, struct lic_error *err)
{
	uint8_t name[NAME_MAX];
	struct lic_entry e;
	int r = file_by_id(txn, entry, name, &e, err);

	if (r == 0 && (d->records < 0 || d->subjects < 0 || !memchr(d->note, 0, sizeof(d->note))))
		r = lic_error_set(err, EINVAL, "what is said of document %lld makes no sense",
				  (long long)entry);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_DOCUMENT_SET, err, "iiiiiit", entry,
				  (int64_t)d->format, (int64_t)d->flags, d->records, d->subjects,
				  txn->generation, d->note);
	if (r == 0)
		r = set_kind(txn, &e, kind, rule, err);
	/* The same kind with another index is another view */
	if (r == 0 && (e.kind != LIC_KIND_HIDDEN || kind != LIC_KIND_HIDDEN))
		r = lic_document_touch(txn, entry, err);
	txn->changed = txn->dirty = true;
	return lic_txn_fail(txn, r);
}

/* --- its images --------------------------------------------------------------------------- */

struct comparison {
	const struct lic_bytes *piece;
	size_t n, i;
	bool differs;
};

static int compare_piece(void *ctx, const uint8_t *p, size_t n)
{
	struct comparison *c = ctx;
	const struct lic_bytes *b = c->i < c->n ? &c->piece[c->i++] : NULL;

	c->differs = !b || b->n != n || (n && memcmp(b->p, p, n) != 0);
	return c->differs;
}

/* Are these the pieces that are stored? 1, 0 or an error. */
static int same_pieces(struct lic_txn *txn, int64_t entry, const struct lic_bytes *piece, size_t n,
		       struct lic_error *err)
{
	struct comparison c = { .piece = piece, .n = n };
	int r = lic_catalog_document_parts(txn->cat, entry, LIC_PART_IMAGES, compare_piece, &c,
					   err);

	return r < 0 ? r : !c.differs && c.i == n;
}

#define LOOK_AT 1024

/* Ascending, distinct, and all of them live images. */
static int check_images(struct lic_txn *txn, const int64_t *image, size_t n, struct lic_error *err)
{
	int64_t rights[LOOK_AT], since[LOOK_AT];

	for (size_t i = 0; i < n; i++) {
		if (image[i] <= (i ? image[i - 1] : 0))
			return lic_error_set(err, EINVAL,
					     "the images of a document must be in order");
	}
	for (size_t i = 0; i < n; i += LOOK_AT) {
		size_t k = n - i < LOOK_AT ? n - i : LOOK_AT;
		int r = lic_catalog_rights_of(txn->cat, image + i, k, rights, since, err);

		if (r < 0)
			return r;
		for (size_t j = 0; j < k; j++) {
			if (!rights[j])
				return lic_error_set(err, EINVAL,
						     "a document cannot be about entry %lld, which "
						     "is no live image",
						     (long long)image[i + j]);
		}
	}
	return 0;
}

static int store_pieces(struct lic_txn *txn, int64_t entry, const struct lic_bytes *piece, size_t n,
			struct lic_error *err)
{
	int r = lic_query_run(txn->cat, LIC_STMT_PARTS_DROP, err, "ii", entry,
			      (int64_t)LIC_PART_IMAGES);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = lic_query_run(txn->cat, LIC_STMT_PART_ADD, err, "iib", entry,
				  (int64_t)LIC_PART_IMAGES, (const void *)piece[i].p, piece[i].n);
	return r;
}

static int bind(struct lic_txn *txn, const struct lic_entry *e, const struct lic_bytes *piece,
		size_t n, int64_t bound, const int64_t *image, size_t n_images,
		struct lic_error *err)
{
	struct lic_document d;
	bool same;
	int r = lic_catalog_document(txn->cat, e->id, &d, err);

	if (r == -ENOENT)
		return lic_error_set(err, EINVAL, "entry %lld has no index", (long long)e->id);
	if (r == 0 && (bound < 0 || bound > d.subjects))
		r = lic_error_set(err, EINVAL, "document %lld has fewer subjects",
				  (long long)e->id);
	if (r == 0)
		r = check_images(txn, image, n_images, err);
	if (r == 0)
		r = same_pieces(txn, e->id, piece, n, err);
	if (r < 0)
		return r;
	same = r > 0 && d.first && d.bound == bound;
	r = lic_document_images_set(txn, e->id, image, n_images, err);
	if (r < 0 || (r == 0 && same))
		return r;
	r = lic_parts_keep(txn, e->id, d.first, err);
	if (r == 0)
		r = store_pieces(txn, e->id, piece, n, err);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_DOCUMENT_BOUND, err, "iii", e->id, bound,
				  txn->generation);
	txn->changed = txn->dirty = true;
	return r < 0 ? r : lic_document_touch(txn, e->id, err);
}

int lic_catalog_document_bind(struct lic_txn *txn, int64_t entry, const struct lic_bytes *piece,
			      size_t n, int64_t bound, const int64_t *image, size_t n_images,
			      enum lic_kind kind, enum lic_rule rule, struct lic_error *err)
{
	uint8_t name[NAME_MAX];
	struct lic_entry e;
	int r = file_by_id(txn, entry, name, &e, err);

	if (r == 0)
		r = bind(txn, &e, piece, n, bound, image, n_images, err);
	if (r == 0)
		r = set_kind(txn, &e, kind, rule, err);
	return lic_txn_fail(txn, r);
}

/* --- the news ----------------------------------------------------------------------------- */

int lic_document_touch(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	return lic_map_at(&txn->documents, entry, 0)
		       ? 0
		       : lic_error_set(err, ENOMEM, "out of memory for documents");
}

int lic_documents_touch_of(struct lic_txn *txn, int64_t image, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_DOCUMENTS_WITH, err, "i", image);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0)
		r = lic_document_touch(txn, lic_query_int(&q, 0), err);
	return r;
}

/* One that has ended meanwhile has a row of the feed already. */
static int tell(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	uint8_t name[NAME_MAX];
	struct lic_bytes own = { name, 0 };
	struct lic_entry e;
	int r = lic_catalog_by_id(txn->cat, entry, &e, err);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	memcpy(name, e.name.p, e.name.n);
	own.n = e.name.n;
	r = lic_query_run(txn->cat, LIC_STMT_DOCUMENT_TOUCH, err, "ii", entry, txn->generation);
	return r < 0 ? r : lic_feed_add(txn, e.parent, entry, &own, err);
}

int lic_documents_flush(struct lic_txn *txn, struct lic_error *err)
{
	int r = 0;

	/* Rows for documents are of their directories, and touch no further ones */
	for (size_t i = 0; r == 0 && i < txn->documents.n; i++)
		r = tell(txn, txn->documents.item[i].a, err);
	lic_map_clear(&txn->documents);
	return r;
}
