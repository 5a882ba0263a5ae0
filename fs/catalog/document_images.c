/* SPDX-License-Identifier: Apache-2.0 */
/* The images of a document, both ways: packed with the document, and a row an image. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/txn.h"

#define PIECE_MAX (64u << 10)
#define NUMBER_MAX 10 /* bytes of a packed number */
#define SAME_MAX 16   /* subjects that may all be about one image */

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for the images of a document");
}

/* --- packed ------------------------------------------------------------------------------- */

struct unpacking {
	struct lic_catalog *cat;
	int64_t document;
	int (*fn)(void *ctx, int64_t image);
	void *ctx;
	struct lic_error *err;
};

static int unpack(void *ctx, const uint8_t *p, size_t n)
{
	struct unpacking *u = ctx;
	const uint8_t *end = n ? p + n : p;
	uint64_t id = 0;

	while (p < end) {
		uint64_t step = 0;
		unsigned shift = 0;
		int r;

		do {
			if (p == end || shift > 56)
				goto damaged;
			step |= (uint64_t)(*p & 0x7f) << shift;
			shift += 7;
		} while (*p++ & 0x80);
		if (!step || step > INT64_MAX - id)
			goto damaged;
		id += step;
		r = u->fn(u->ctx, (int64_t)id);
		if (r != 0)
			return r;
	}
	return 0;
damaged:
	return lic_catalog_damaged(u->cat, u->err, "the images of document %lld cannot be read",
				   (long long)u->document);
}

int lic_document_images_each(struct lic_catalog *cat, int64_t document,
			     int (*fn)(void *ctx, int64_t image), void *ctx, struct lic_error *err)
{
	struct unpacking u = { cat, document, fn, ctx, err };

	return lic_catalog_document_parts(cat, document, (enum lic_document_part)LIC_PART_IDS,
					  unpack, &u, err);
}

struct sole {
	int64_t image;
	unsigned n;
};

/* Stops at the second one. */
static int count_image(void *ctx, int64_t image)
{
	struct sole *s = ctx;

	s->image = image;
	return ++s->n > 1;
}

static int count_member(void *ctx, const struct lic_entry *e)
{
	return e->kind == LIC_KIND_IMAGE ? count_image(ctx, e->id) : 0;
}

int lic_catalog_document_image(struct lic_catalog *cat, int64_t document, int64_t *ret,
			       struct lic_error *err)
{
	struct lic_document d;
	struct sole s = { 0 };
	int r = lic_catalog_document(cat, document, &d, err);

	*ret = 0;
	/* so many subjects are never about the same one */
	if (r < 0 || d.bound > SAME_MAX)
		return r == -ENOENT ? 0 : r;
	r = lic_document_images_each(cat, document, count_image, &s, err);
	if (r == 0 && !s.n)
		r = lic_catalog_list(cat, document, 0, count_member, &s, err);
	if (r >= 0 && s.n == 1)
		*ret = s.image;
	return r < 0 ? r : 0;
}

static size_t pack(uint8_t out[NUMBER_MAX], uint64_t v)
{
	size_t n = 0;

	while (v > 0x7f) {
		out[n++] = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	out[n++] = (uint8_t)v;
	return n;
}

static int store_piece(struct lic_txn *txn, int64_t document, struct lic_buf *piece,
		       struct lic_error *err)
{
	int r = 0;

	if (lic_buf_failed(piece))
		return no_memory(err);
	if (piece->len)
		r = lic_query_run(txn->cat, LIC_STMT_PART_ADD, err, "iib", document,
				  (int64_t)LIC_PART_IDS, (const void *)piece->data, piece->len);
	lic_buf_reset(piece);
	return r;
}

static int store_packed(struct lic_txn *txn, int64_t document, const int64_t *image, size_t n,
			struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf piece = LIC_BUF_INIT(PIECE_MAX + 1);
	uint64_t last = 0;
	int r = lic_query_run(txn->cat, LIC_STMT_PARTS_DROP, err, "ii", document,
			      (int64_t)LIC_PART_IDS);

	for (size_t i = 0; r == 0 && i < n; i++) {
		uint8_t number[NUMBER_MAX];

		if (piece.len + NUMBER_MAX > PIECE_MAX) {
			r = store_piece(txn, document, &piece, err);
			last = 0;
		}
		lic_buf_add(&piece, number, pack(number, (uint64_t)image[i] - last));
		last = (uint64_t)image[i];
	}
	return r < 0 ? r : store_piece(txn, document, &piece, err);
}

/* --- rows --------------------------------------------------------------------------------- */

struct ids {
	int64_t *id;
	size_t n, cap;
};

static void ids_release(struct ids *l)
{
	free(l->id);
}

static int add_id(void *ctx, int64_t id)
{
	struct ids *l = ctx;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		void *p = reallocarray(l->id, cap, sizeof(*l->id));

		if (!p)
			return -ENOMEM;
		l->id = p;
		l->cap = cap;
	}
	l->id[l->n++] = id;
	return 0;
}

/* Writes the differences alone: 1 where there were some. */
static int store_rows(struct lic_txn *txn, int64_t document, const struct ids *old,
		      const int64_t *image, size_t n, struct lic_error *err)
{
	size_t i = 0, k = 0;
	bool changed = false;
	int r = 0;

	while (r == 0 && (i < old->n || k < n)) {
		if (i < old->n && k < n && old->id[i] == image[k]) {
			i++;
			k++;
			continue;
		}
		changed = true;
		if (k == n || (i < old->n && old->id[i] < image[k]))
			r = lic_query_run(txn->cat, LIC_STMT_DOCUMENT_IMAGE_DROP, err, "ii",
					  old->id[i++], document);
		else
			r = lic_query_run(txn->cat, LIC_STMT_DOCUMENT_IMAGE_ADD, err, "ii",
					  image[k++], document);
	}
	return r < 0 ? r : changed;
}

int lic_document_images_set(struct lic_txn *txn, int64_t document, const int64_t *image, size_t n,
			    struct lic_error *err)
{
	_cleanup_(ids_release) struct ids old = { 0 };
	int r = lic_document_images_each(txn->cat, document, add_id, &old, err);

	if (r == -ENOMEM)
		return no_memory(err);
	if (r == 0)
		r = store_rows(txn, document, &old, image, n, err);
	if (r <= 0)
		return r;
	r = store_packed(txn, document, image, n, err);
	return r < 0 ? r : 1;
}
