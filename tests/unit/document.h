/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of readers of documents: a text is indexed as a file, and views of it are made for sets
 * of hidden names. In place of the binder: a subject is shown if it has names and none of them, by
 * its last component with or without the extension, is hidden.
 */
#ifndef LICENSEFS_TESTS_DOCUMENT_H
#define LICENSEFS_TESTS_DOCUMENT_H

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fs/document/index.h"
#include "tests/unit/tap.h"

struct doc {
	struct lic_buf part[5]; /* by enum lic_document_part: pieces, each behind its length */
	struct lic_index_result result;
	struct lic_error err;
	int code;
	const char *text;
	size_t size;
};

static int doc_keep(void *ctx, enum lic_document_part part, const uint8_t *p, size_t n)
{
	struct doc *d = ctx;
	uint32_t len = (uint32_t)n;

	d->part[part].max = 256u << 20;
	lic_buf_add(&d->part[part], &len, sizeof(len));
	lic_buf_add(&d->part[part], p, n);
	return lic_buf_failed(&d->part[part]) ? -ENOMEM : 0;
}

_unused_ static void doc_index(struct doc *d, const char *name, const void *text, size_t n)
{
	struct lic_index_sink sink = { doc_keep, d };
	int fd = memfd_create("document", MFD_CLOEXEC);

	*d = (struct doc){ .text = text, .size = n, .err = LIC_ERROR_INIT };
	if (fd < 0 || pwrite(fd, text, n, 0) != (ssize_t)n)
		abort();
	d->code = lic_document_index(fd, n, name, &sink, &d->result, &d->err);
	close(fd);
}

_unused_ static void doc_release(struct doc *d)
{
	for (unsigned i = 0; i < 5; i++)
		lic_buf_release(&d->part[i]);
}

/* The next piece of a part; false at its end. */
static bool doc_piece(const struct doc *d, enum lic_document_part part, size_t *at,
		      const uint8_t **ret, size_t *ret_n)
{
	const struct lic_buf *b = &d->part[part];
	uint32_t n;

	if (*at >= b->len)
		return false;
	memcpy(&n, b->data + *at, sizeof(n));
	*ret = (const uint8_t *)b->data + *at + sizeof(n);
	*ret_n = n;
	*at += sizeof(n) + n;
	return true;
}

/* Calls back for each name with the number of its subject; how many subjects there are. */
static uint64_t
doc_names(const struct doc *d,
	  void (*fn)(void *ctx, uint64_t subject, unsigned tag, struct lic_bytes name), void *ctx)
{
	struct lic_names_reader r = { 0 };
	struct lic_bytes name;
	const uint8_t *p;
	size_t at = 0, n;
	unsigned names, tag;
	bool any;

	while (doc_piece(d, LIC_PART_NAMES, &at, &p, &n)) {
		lic_names_piece(&r, p, n);
		while (lic_names_subject(&r, &names, &any) > 0)
			while (lic_names_next(&r, &tag, &name) > 0)
				fn(ctx, r.n_subjects - 1, tag, name);
	}
	n = r.n_subjects;
	lic_names_release(&r);
	return n;
}

struct doc_shown {
	const char *const *hidden; /* NULL at the end */
	uint8_t *bits;
	uint8_t *state; /* of each subject: 1 has names, 2 has a hidden one */
};

static bool doc_is(struct lic_bytes name, const char *hidden)
{
	const uint8_t *slash = memrchr(name.p, '/', name.n), *dot;
	size_t n = strlen(hidden);

	if (slash) {
		name.n -= (size_t)(slash + 1 - name.p);
		name.p = slash + 1;
	}
	if (name.n == n && memcmp(name.p, hidden, n) == 0)
		return true;
	dot = memchr(hidden, '.', n);
	return dot && name.n == (size_t)((const char *)dot - hidden) &&
	       memcmp(name.p, hidden, name.n) == 0;
}

static void doc_judge(void *ctx, uint64_t subject, unsigned tag, struct lic_bytes name)
{
	struct doc_shown *s = ctx;

	if (tag == LIC_TAG_SUSPECT)
		return;
	s->state[subject] |= 1;
	for (size_t i = 0; s->hidden[i]; i++)
		if (doc_is(name, s->hidden[i]))
			s->state[subject] |= 2;
}

/* The view of which some names are hidden; false where the index makes no sense. */
_unused_ static bool doc_view(const struct doc *d, const char *const *hidden, struct lic_buf *out,
			      bool *ret_whole)
{
	size_t subjects = d->result.subjects + 1, at = 0, n;
	struct doc_shown s = { hidden, calloc(subjects, 1), calloc(subjects, 1) };
	struct lic_ranges_maker *m;
	struct lic_ranges *r = NULL;
	const uint8_t *p;
	int e = lic_ranges_begin(d->size, s.bits, d->result.subjects, &m);

	doc_names(d, doc_judge, &s);
	for (size_t i = 0; i < d->result.subjects; i++)
		s.bits[i / 8] |= (uint8_t)((s.state[i] == 1) << i % 8);
	while (e == 0 && doc_piece(d, LIC_PART_RECORDS, &at, &p, &n))
		e = lic_ranges_add(m, p, n);
	if (e == 0)
		e = lic_ranges_finish(m, &r);
	lic_buf_reset(out);
	out->max = 256u << 20;
	for (uint64_t off = 0; e == 0 && off < lic_ranges_size(r);) {
		struct lic_piece k = lic_ranges_at(r, off);

		lic_buf_add(out, k.literal ? (const char *)k.literal : d->text + k.at, k.n);
		off += k.n;
	}
	*ret_whole = e == 0 && lic_ranges_whole(r);
	lic_ranges_free(r);
	free(s.bits);
	free(s.state);
	return e == 0;
}

#endif
