/* SPDX-License-Identifier: Apache-2.0 */
/* A text as a document: its index as lines to compare, and views of it. */
#ifndef LICENSEFS_TESTS_DOCUMENT_TEXT_H
#define LICENSEFS_TESTS_DOCUMENT_TEXT_H

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fs/document/index.h"
#include "tests/unit/tap.h"

struct document {
	struct lic_index_result result;
	struct lic_error err;
	int r;
	struct lic_buf records, names; /* pieces, each behind its length */
	struct lic_buf view;
	struct lic_buf list; /* of names */
	const char *text;
	size_t n;
};

_unused_ static int document_piece(void *ctx, enum lic_document_part part, const uint8_t *p,
				   size_t n)
{
	struct document *d = ctx;
	struct lic_buf *b = part == LIC_PART_RECORDS ? &d->records : &d->names;
	const uint32_t len = (uint32_t)n;

	lic_buf_add(b, &len, sizeof(len));
	lic_buf_add(b, p, n);
	return 0;
}

_unused_ static void document_index(struct document *d, const char *name, const void *text,
				    size_t n)
{
	const struct lic_index_sink sink = { document_piece, d };
	int fd = memfd_create("document", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text, n) != (ssize_t)n)
		abort();
	d->text = text;
	d->n = n;
	d->records.max = d->names.max = d->view.max = d->list.max = 256u << 20;
	lic_buf_reset(&d->records);
	lic_buf_reset(&d->names);
	memset(&d->result, 0, sizeof(d->result));
	d->err = (struct lic_error)LIC_ERROR_INIT;
	d->r = lic_document_index(fd, n, name, &sink, &d->result, &d->err);
	close(fd);
}

/* The next piece of a part; false at the end. */
_unused_ static bool document_next(const struct lic_buf *b, size_t *at, const uint8_t **p,
				   size_t *n)
{
	uint32_t len;

	if (*at >= b->len)
		return false;
	memcpy(&len, b->data + *at, sizeof(len));
	*p = (const uint8_t *)b->data + *at + sizeof(len);
	*n = len;
	*at += sizeof(len) + len;
	return true;
}

/* "0: 16 a.jpg | 17 b.png\n1: ? c.jpg\n": names of subjects, "?" for suspects, "+" for others. */
_unused_ static const char *document_names(struct document *d)
{
	struct lic_names_reader r = { 0 };
	unsigned long subject = 0;
	const uint8_t *p;
	size_t n, at = 0;

	lic_buf_reset(&d->list);
	while (document_next(&d->names, &at, &p, &n)) {
		struct lic_bytes name;
		unsigned names, tag;
		bool any;

		lic_names_piece(&r, p, n);
		while (lic_names_subject(&r, &names, &any) > 0) {
			lic_buf_addf(&d->list, "%lu:", subject++);
			while (lic_names_next(&r, &tag, &name) > 0) {
				if (tag == LIC_TAG_SUSPECT || tag == LIC_TAG_OTHER)
					lic_buf_adds(&d->list, tag == LIC_TAG_OTHER ? " +" : " ?");
				else
					lic_buf_addf(&d->list, " %u", tag - LIC_TAG_COLUMN);
				lic_buf_addf(&d->list, " %.*s", (int)name.n, (const char *)name.p);
			}
			lic_buf_addc(&d->list, '\n');
		}
	}
	lic_names_release(&r);
	return lic_buf_str(&d->list);
}

/* The view in which the subjects with set bits are shown; NULL where there is none. */
_unused_ static const char *document_view(struct document *d, const uint8_t *shown)
{
	struct lic_ranges_maker *m;
	struct lic_ranges *r;
	size_t at = 0, n;
	const uint8_t *p;
	struct lic_piece piece;

	lic_buf_reset(&d->view);
	if (lic_ranges_begin(d->n, shown, d->result.subjects, &m) < 0)
		return NULL;
	while (document_next(&d->records, &at, &p, &n)) {
		if (lic_ranges_add(m, p, n) < 0) {
			lic_ranges_abandon(m);
			return NULL;
		}
	}
	if (lic_ranges_finish(m, &r) < 0)
		return NULL;
	for (uint64_t off = 0; (piece = lic_ranges_at(r, off)).n; off += piece.n)
		lic_buf_add(&d->view,
			    piece.literal ? (const void *)piece.literal
					  : (const void *)(d->text + piece.at),
			    piece.n);
	if (d->view.len != lic_ranges_size(r))
		abort();
	lic_ranges_free(r);
	return lic_buf_str(&d->view);
}

_unused_ static void document_release(struct document *d)
{
	lic_buf_release(&d->records);
	lic_buf_release(&d->names);
	lic_buf_release(&d->view);
	lic_buf_release(&d->list);
}

#endif
