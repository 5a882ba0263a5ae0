/* SPDX-License-Identifier: Apache-2.0 */
/* The pieces of a file that make up one view of it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fs/document/index.h"

#define LITERAL (UINT64_C(1) << 63) /* `at` is a place in `text` */
#define COUNT_DIGITS 20

struct run {
	uint64_t out; /* where it begins in the view; while it is made: its bytes */
	uint64_t at;
};

struct lic_ranges {
	uint64_t size, records;
	struct run *run; /* n of them, and one more that ends the last; adjacent runs are one */
	size_t n;
	uint8_t *text; /* of literals; NULL if there are none */
	size_t text_n;
	bool whole;
};

/* A number that becomes that of the records which stay behind it. */
struct count {
	size_t run;
	uint64_t kept, seen; /* records before it */
};

struct lic_ranges_maker {
	const uint8_t *shown;
	uint64_t subjects, size;
	uint64_t end;	     /* of the last record */
	uint64_t kept, seen; /* records */
	bool list_kept;	     /* one of the present list stays */
	struct lic_records_reader reader;
	struct run *run;
	size_t n, cap;
	size_t sealed; /* runs that may not grow: a number is a run of its own */
	struct count *count;
	size_t n_count, cap_count;
};

int lic_ranges_begin(uint64_t size, const uint8_t *shown, uint64_t subjects,
		     struct lic_ranges_maker **ret)
{
	struct lic_ranges_maker *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	if (size > INT64_MAX) {
		free(m);
		return -EBADMSG;
	}
	m->size = size;
	m->shown = shown;
	m->subjects = subjects;
	*ret = m;
	return 0;
}

void lic_ranges_abandon(struct lic_ranges_maker *m)
{
	if (!m)
		return;
	free(m->run);
	free(m->count);
	free(m);
}

static int push_run(struct lic_ranges_maker *m, uint64_t at, uint64_t n)
{
	if (m->n == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 64;
		struct run *p = reallocarray(m->run, cap, sizeof(*p));

		if (!p)
			return -ENOMEM;
		m->run = p;
		m->cap = cap;
	}
	m->run[m->n++] = (struct run){ n, at };
	return 0;
}

static int add_run(struct lic_ranges_maker *m, uint64_t at, uint64_t n)
{
	if (!n)
		return 0;
	if (m->n > m->sealed && m->run[m->n - 1].at + m->run[m->n - 1].out == at) {
		m->run[m->n - 1].out += n;
		return 0;
	}
	return push_run(m, at, n);
}

static int add_count(struct lic_ranges_maker *m, const struct lic_record *r)
{
	int e;

	if (r->n > COUNT_DIGITS)
		return -EBADMSG;
	if (m->n_count == m->cap_count) {
		size_t cap = m->cap_count ? m->cap_count * 2 : 4;
		struct count *p = reallocarray(m->count, cap, sizeof(*p));

		if (!p)
			return -ENOMEM;
		m->count = p;
		m->cap_count = cap;
	}
	m->count[m->n_count++] = (struct count){ m->n, m->kept, m->seen };
	e = push_run(m, r->at, r->n);
	m->sealed = m->n;
	m->end = r->at + r->n;
	return e;
}

static bool is_shown(const struct lic_ranges_maker *m, uint64_t subject)
{
	return m->shown[subject / 8] >> (subject % 8) & 1;
}

static int add_record(struct lic_ranges_maker *m, const struct lic_record *r)
{
	bool always = r->subject == LIC_SUBJECT_ALWAYS;
	uint64_t lead;
	int e;

	if (r->at + r->n > m->size ||
	    (r->subject < LIC_SUBJECT_ALWAYS && r->subject >= m->subjects))
		return -EBADMSG;
	e = add_run(m, m->end, r->at - m->end);
	if (e < 0)
		return e;
	if (r->list)
		m->list_kept = false;
	if (r->count)
		return add_count(m, r);
	m->end = r->at + r->n;
	m->seen += !always;
	if (r->subject == LIC_SUBJECT_NONE || (!always && !is_shown(m, r->subject)))
		return 0;
	lead = m->list_kept ? 0 : r->lead;
	m->list_kept = true;
	m->kept += !always;
	return add_run(m, r->at + lead, r->n - lead);
}

int lic_ranges_add(struct lic_ranges_maker *m, const uint8_t *p, size_t n)
{
	struct lic_record r;
	int e;

	lic_records_piece(&m->reader, p, n);
	while ((e = lic_records_next(&m->reader, &r)) > 0) {
		e = add_record(m, &r);
		if (e < 0)
			return e;
	}
	return e;
}

/* Numbers of records become literals where some of these went. */
static int write_counts(struct lic_ranges_maker *m, struct lic_ranges *r)
{
	if (!m->n_count || m->kept == m->seen)
		return 0;
	r->text = malloc(m->n_count * (COUNT_DIGITS + 1));
	if (!r->text)
		return -ENOMEM;
	for (size_t i = 0; i < m->n_count; i++) {
		const struct count *c = &m->count[i];
		uint64_t kept = m->kept - c->kept;
		int n;

		if (kept == m->seen - c->seen)
			continue;
		n = snprintf((char *)r->text + r->text_n, COUNT_DIGITS + 1, "%" PRIu64, kept);
		m->run[c->run] = (struct run){ (uint64_t)n, LITERAL | r->text_n };
		r->text_n += (size_t)n;
	}
	return 0;
}

/* Joins adjacent runs, and puts places in the view where their sizes stand. */
static void settle(struct lic_ranges_maker *m, struct lic_ranges *r)
{
	uint64_t out = 0;
	size_t k = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct run x = m->run[i];

		if (!k || m->run[k - 1].at & LITERAL || x.at & LITERAL ||
		    m->run[k - 1].at + (out - m->run[k - 1].out) != x.at)
			m->run[k++] = (struct run){ out, x.at };
		out += x.out;
	}
	m->n = k;
	r->size = out;
	r->whole = out == m->size && (k == 0 || (k == 1 && m->run[0].at == 0));
}

int lic_ranges_finish(struct lic_ranges_maker *m, struct lic_ranges **ret)
{
	struct lic_ranges *r = calloc(1, sizeof(*r));
	struct run *p;
	int e = r ? add_run(m, m->end, m->size - m->end) : -ENOMEM;

	if (e == 0)
		e = write_counts(m, r);
	if (e < 0) {
		lic_ranges_free(r);
		lic_ranges_abandon(m);
		return e;
	}
	settle(m, r);
	r->records = m->kept;
	r->n = m->n;
	p = m->n ? realloc(m->run, m->n * sizeof(*p)) : NULL;
	r->run = p ? p : m->run;
	m->run = NULL;
	lic_ranges_abandon(m);
	*ret = r;
	return 0;
}

void lic_ranges_free(struct lic_ranges *r)
{
	if (!r)
		return;
	free(r->run);
	free(r->text);
	free(r);
}

uint64_t lic_ranges_size(const struct lic_ranges *r)
{
	return r->size;
}

uint64_t lic_ranges_records(const struct lic_ranges *r)
{
	return r->records;
}

size_t lic_ranges_memory(const struct lic_ranges *r)
{
	return sizeof(*r) + r->n * sizeof(*r->run) + r->text_n;
}

bool lic_ranges_whole(const struct lic_ranges *r)
{
	return r->whole;
}

struct lic_piece lic_ranges_at(const struct lic_ranges *r, uint64_t off)
{
	size_t lo = 0, hi = r->n;
	struct lic_piece piece = { NULL, 0, 0 };
	uint64_t end;

	if (off >= r->size)
		return piece;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->run[mid].out <= off)
			lo = mid;
		else
			hi = mid;
	}
	end = lo + 1 < r->n ? r->run[lo + 1].out : r->size;
	piece.n = end - off;
	if (r->run[lo].at & LITERAL)
		piece.literal = r->text + (r->run[lo].at & ~LITERAL) + (off - r->run[lo].out);
	else
		piece.at = r->run[lo].at + (off - r->run[lo].out);
	return piece;
}
