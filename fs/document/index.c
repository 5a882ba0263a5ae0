/* SPDX-License-Identifier: Apache-2.0 */
/* Finding out what a file is, and having it indexed. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <licensefs/text.h>

#include "fs/document/index.h"
#include "fs/util/io.h"

int lic_index_refuse(struct lic_indexing *x, const char *fmt, ...)
{
	struct lic_buf shown = LIC_BUF_INIT(sizeof(x->ret->note) * 8);
	char text[sizeof(x->ret->note)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	lic_text_show(&shown, text, strlen(text));
	snprintf(x->ret->note, sizeof(x->ret->note), "%s", lic_buf_str(&shown));
	lic_buf_release(&shown);
	x->ret->format = LIC_DOCUMENT_NONE;
	x->ret->flags = 0;
	return 0;
}

static const struct lic_document_reader *choose(const struct lic_indexing *x)
{
	const struct lic_document_reader *best = NULL;
	int most = 0;

	for (size_t i = 0; lic_document_readers[i]; i++) {
		int bid = lic_document_readers[i]->bid(x);

		if (bid > most) {
			most = bid;
			best = lic_document_readers[i];
		}
	}
	return best;
}

/* What was written is in the sink; what it comes to. */
static int finish(struct lic_indexing *x)
{
	struct lic_index_writer *w = x->out;
	int r = lic_index_writer_finish(w);

	if (r)
		return r;
	if (x->ret->format == LIC_DOCUMENT_NONE)
		return 0;
	x->ret->records = w->n_records;
	x->ret->subjects = w->n_subjects;
	x->ret->members = w->n_members;
	return 0;
}

static int read_as(const struct lic_document_reader *reader, struct lic_indexing *x,
		   const struct lic_index_sink *sink, struct lic_error *err)
{
	struct lic_index_writer w;
	int r;

	lic_index_writer_init(&w, sink);
	x->out = &w;
	r = reader->index(x, err);
	if (r < 0 || x->ret->format == LIC_DOCUMENT_NONE) {
		lic_index_writer_release(&w);
		return r < 0 ? r : 0;
	}
	r = finish(x);
	lic_index_writer_release(&w);
	return r;
}

int lic_document_index(int fd, uint64_t size, const char *name, const struct lic_index_sink *sink,
		       struct lic_index_result *ret, struct lic_error *err)
{
	_cleanup_(lic_freep) uint8_t *head = malloc(LIC_INDEX_HEAD + 1);
	struct lic_index_result result = { .format = LIC_DOCUMENT_NONE };
	struct lic_indexing x = { .fd = fd, .size = size, .name = name, .ret = &result };
	const struct lic_document_reader *reader;
	ssize_t n;
	int r = 0;

	if (!head)
		return lic_error_set(err, ENOMEM, "out of memory to read '%s'", name);
	x.head_n = size < LIC_INDEX_HEAD ? (size_t)size : LIC_INDEX_HEAD;
	n = lic_pread_full(fd, head, x.head_n, 0);
	if (n < 0)
		return lic_error_sys(err, (int)-n, "cannot read '%s'", name);
	if ((size_t)n < x.head_n)
		return lic_error_set(err, ESTALE, "'%s' has become shorter while it was read",
				     name);
	head[x.head_n] = '\0';
	x.head = head;
	reader = choose(&x);
	if (reader)
		r = read_as(reader, &x, sink, err);
	else
		lic_index_refuse(&x, "nothing that licensefs knows");
	if (!r) {
		lic_checksum_note(name, &result);
		*ret = result;
	}
	return r;
}
