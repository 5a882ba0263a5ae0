/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what is known of documents: their rows, the pieces of their indexes, whose they are. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/txn.h"

static int from_row(struct lic_query *q, struct lic_document *ret, struct lic_error *err)
{
	const char *note = lic_query_text(q, 9);

	if (!note)
		return lic_error_set(err, ENOMEM, "out of memory for a document");
	*ret = (struct lic_document){
		.format = (int)lic_query_int(q, 1),
		.flags = (uint32_t)lic_query_int(q, 2),
		.records = lic_query_int(q, 3),
		.subjects = lic_query_int(q, 4),
		.bound = lic_query_int(q, 5),
		.first = lic_query_int(q, 6),
		.made = lic_query_int(q, 7),
		.touched = lic_query_int(q, 8),
	};
	if (strlen(note) >= sizeof(ret->note))
		return lic_catalog_damaged(q->cat, err, "the note on document %lld is too long",
					   (long long)lic_query_int(q, 0));
	memcpy(ret->note, note, strlen(note) + 1);
	return 0;
}

int lic_catalog_document(struct lic_catalog *cat, int64_t entry, struct lic_document *ret,
			 struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_document d;
	int r = lic_query(&q, cat, LIC_STMT_DOCUMENT, err, "i", entry);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	r = from_row(&q, &d, err);
	if (r == 0)
		*ret = d;
	return r;
}

int lic_catalog_documents(struct lic_catalog *cat,
			  int (*fn)(void *ctx, int64_t entry, const struct lic_document *d),
			  void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_DOCUMENTS, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_document d;

		r = from_row(&q, &d, err);
		if (r == 0)
			r = fn(ctx, lic_query_int(&q, 0), &d);
		if (r != 0)
			return r;
	}
	return r;
}

int lic_catalog_document_parts(struct lic_catalog *cat, int64_t entry, enum lic_document_part part,
			       lic_part_fn fn, void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_PARTS, err, "ii", entry, (int64_t)part);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_bytes piece = lic_query_bytes(&q, 0);

		r = fn(ctx, piece.p, piece.n);
		if (r != 0)
			return r;
	}
	return r;
}

int lic_catalog_documents_of(struct lic_catalog *cat, int64_t image,
			     int (*fn)(void *ctx, int64_t document), void *ctx,
			     struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_DOCUMENTS_OF, err, "i", image);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = fn(ctx, lic_query_int(&q, 0));
		if (r != 0)
			return r;
	}
	return r;
}
