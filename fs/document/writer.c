/* SPDX-License-Identifier: Apache-2.0 */
/* Writing an index down: records, names of subjects, members, images. */
#include <errno.h>
#include <string.h>

#include "fs/document/index.h"
#include "fs/document/number.h"

#define FLAG_LIST 1u
#define FLAG_COUNT 2u
#define FLAG_NONE 4u
#define FLAG_BITS 3

void lic_index_writer_init(struct lic_index_writer *w, const struct lic_index_sink *sink)
{
	memset(w, 0, sizeof(*w));
	w->sink = sink;
	w->records.max = w->names.max = w->members.max = LIC_INDEX_PIECE_MAX;
	for (unsigned i = 0; i < LIC_TAG_END; i++)
		w->last[i].max = LIC_NAME_BYTES_MAX;
}

static void fail(struct lic_index_writer *w, int code)
{
	if (!w->failed)
		w->failed = -code;
}

static void add(struct lic_index_writer *w, struct lic_buf *b, const void *p, size_t n)
{
	lic_buf_add(b, p, n);
	if (lic_buf_failed(b))
		fail(w, ENOMEM);
}

static void flush(struct lic_index_writer *w, struct lic_buf *b, enum lic_document_part part)
{
	int r;

	if (w->failed || !b->len)
		return;
	r = w->sink->piece(w->sink->ctx, part, (const uint8_t *)b->data, b->len);
	if (r && !w->failed)
		w->failed = r;
	lic_buf_truncate(b, 0);
}

void lic_index_record(struct lic_index_writer *w, const struct lic_record *r)
{
	uint8_t item[4 * LIC_NUMBER_MAX];
	unsigned flags = 0;
	size_t n;

	if (w->failed)
		return;
	if (r->at < w->end || !r->n || r->n > UINT64_MAX / 16 - r->at || r->lead > r->n ||
	    (r->subject < LIC_SUBJECT_ALWAYS && !r->count && r->subject >= w->n_subjects)) {
		fail(w, EINVAL);
		return;
	}
	flags |= r->list ? FLAG_LIST : 0;
	if (r->count)
		flags |= FLAG_COUNT;
	else if (r->subject == LIC_SUBJECT_NONE)
		flags |= FLAG_NONE;
	else if (r->subject == LIC_SUBJECT_ALWAYS)
		flags |= FLAG_COUNT | FLAG_NONE;
	n = lic_number_put(item, (r->at - w->end) << FLAG_BITS | flags);
	n += lic_number_put(item + n, r->n);
	n += lic_number_put(item + n, r->lead);
	if (!(flags & (FLAG_COUNT | FLAG_NONE))) {
		n += lic_number_put(item + n, lic_zigzag(w->subject, r->subject));
		w->subject = r->subject;
	}
	add(w, &w->records, item, n);
	w->end = r->at + r->n;
	w->n_records += !(flags & FLAG_COUNT);
	if (w->records.len >= LIC_INDEX_PIECE)
		flush(w, &w->records, LIC_PART_RECORDS);
}

uint64_t lic_index_subject(struct lic_index_writer *w, unsigned names, bool any)
{
	uint8_t item[LIC_NUMBER_MAX];

	if (w->left || names > LIC_SUBJECT_NAMES_MAX)
		fail(w, EINVAL);
	if (w->failed)
		return 0;
	if (w->names.len >= LIC_INDEX_PIECE) {
		flush(w, &w->names, LIC_PART_NAMES);
		for (unsigned i = 0; i < LIC_TAG_END; i++)
			lic_buf_truncate(&w->last[i], 0);
	}
	add(w, &w->names, item, lic_number_put(item, (uint64_t)names << 1 | any));
	w->left = names;
	return w->n_subjects++;
}

void lic_index_name(struct lic_index_writer *w, unsigned tag, const void *p, size_t n)
{
	uint8_t item[1 + 2 * LIC_NUMBER_MAX];
	const uint8_t *name = p;
	struct lic_buf *last;
	size_t shared = 0, k;

	if (!w->left || tag >= LIC_TAG_END || n > LIC_NAME_BYTES_MAX)
		fail(w, EINVAL);
	if (w->failed)
		return;
	last = &w->last[tag];
	while (shared < n && shared < last->len && (uint8_t)last->data[shared] == name[shared])
		shared++;
	item[0] = (uint8_t)tag;
	k = 1 + lic_number_put(item + 1, shared);
	k += lic_number_put(item + k, n - shared);
	add(w, &w->names, item, k);
	add(w, &w->names, name + shared, n - shared);
	lic_buf_truncate(last, shared);
	add(w, last, name + shared, n - shared);
	w->left--;
}

void lic_index_member(struct lic_index_writer *w, const struct lic_member *m)
{
	uint8_t item[4 * LIC_NUMBER_MAX];
	size_t n;

	if (w->failed)
		return;
	n = lic_number_put(item, m->at);
	n += lic_number_put(item + n, m->n);
	n += lic_number_put(item + n, m->subject);
	n += lic_number_put(item + n, m->name.n);
	add(w, &w->members, item, n);
	add(w, &w->members, m->name.p, m->name.n);
	w->n_members++;
	if (w->members.len >= LIC_INDEX_PIECE)
		flush(w, &w->members, LIC_PART_MEMBERS);
}

int lic_index_writer_finish(struct lic_index_writer *w)
{
	int r;

	if (w->left)
		fail(w, EINVAL);
	flush(w, &w->names, LIC_PART_NAMES);
	flush(w, &w->records, LIC_PART_RECORDS);
	flush(w, &w->members, LIC_PART_MEMBERS);
	r = w->failed;
	lic_index_writer_release(w);
	return r;
}

void lic_index_writer_release(struct lic_index_writer *w)
{
	if (!w)
		return;
	lic_buf_release(&w->records);
	lic_buf_release(&w->names);
	lic_buf_release(&w->members);
	for (unsigned i = 0; i < LIC_TAG_END; i++)
		lic_buf_release(&w->last[i]);
}

/* --- images ------------------------------------------------------------------------------- */

void lic_images_writer_init(struct lic_images_writer *w,
			    int (*fn)(void *ctx, const uint8_t *p, size_t n), void *ctx)
{
	*w = (struct lic_images_writer){ .piece = LIC_BUF_INIT(LIC_INDEX_PIECE_MAX),
					 .fn = fn,
					 .ctx = ctx };
}

static void flush_images(struct lic_images_writer *w)
{
	if (!w->failed && lic_buf_failed(&w->piece))
		w->failed = -ENOMEM;
	if (!w->failed && w->piece.len)
		w->failed = w->fn(w->ctx, (const uint8_t *)w->piece.data, w->piece.len);
	lic_buf_truncate(&w->piece, 0);
	w->last = 0;
}

void lic_images_subject(struct lic_images_writer *w, bool any, const int64_t *id, size_t n)
{
	uint8_t item[LIC_NUMBER_MAX];

	if (w->failed)
		return;
	if (n > LIC_SUBJECT_IMAGES_MAX)
		n = 0; /* about too many to tell: about none that is known [I11] */
	lic_buf_add(&w->piece, item, lic_number_put(item, (uint64_t)n << 1 | any));
	for (size_t i = 0; i < n; i++) {
		lic_buf_add(&w->piece, item,
			    lic_number_put(item, lic_zigzag((uint64_t)w->last, (uint64_t)id[i])));
		w->last = id[i];
	}
	if (w->piece.len >= LIC_INDEX_PIECE)
		flush_images(w);
}

int lic_images_writer_finish(struct lic_images_writer *w)
{
	flush_images(w);
	lic_buf_release(&w->piece);
	return w->failed;
}
