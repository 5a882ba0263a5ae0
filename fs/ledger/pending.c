/* SPDX-License-Identifier: Apache-2.0 */
/* From what was opened to records of it. */
#include <errno.h>
#include <string.h>

#include "fs/ledger/pending.h"

#define SLOTS_MAX (1u << 16)

void lic_ledger_pending_init(struct lic_ledger_pending *p)
{
	*p = (struct lic_ledger_pending){ .records = LIC_BUF_INIT(LIC_LEDGER_MEMORY) };
}

void lic_ledger_pending_release(struct lic_ledger_pending *p)
{
	lic_buf_release(&p->records);
	free(p->first);
	free(p->count);
	lic_ledger_pending_init(p);
}

void lic_ledger_pending_shrink(struct lic_ledger_pending *p)
{
	if (p->cap > LIC_LEDGER_PENDING_MAX / 16 || p->records.cap > LIC_RECORD_MAX)
		lic_ledger_pending_release(p);
}

bool lic_ledger_pending_any(const struct lic_ledger_pending *p)
{
	return p->records.len || p->n || p->counts || p->uncounted || p->lost_code;
}

static struct lic_open_count *slot_of(struct lic_ledger_pending *p, int64_t process)
{
	uint64_t i = (uint64_t)process * UINT64_C(0x9e3779b97f4a7c15) >> 32;

	for (;; i++) {
		struct lic_open_count *c = &p->count[i & (p->slots - 1)];

		if (!c->n || c->process == process)
			return c;
	}
}

static bool grow_slots(struct lic_ledger_pending *p)
{
	struct lic_open_count *old = p->count;
	size_t n = p->slots, wider = n ? n * 2 : 64;

	if (wider > SLOTS_MAX)
		return false;
	p->count = calloc(wider, sizeof(*p->count));
	if (!p->count) {
		p->count = old;
		return false;
	}
	p->slots = wider;
	for (size_t i = 0; i < n; i++) {
		if (old[i].n)
			*slot_of(p, old[i].process) = old[i];
	}
	free(old);
	return true;
}

void lic_ledger_pending_count(struct lic_ledger_pending *p, int64_t process)
{
	struct lic_open_count *c;

	if (2 * p->counts >= p->slots && !grow_slots(p) && p->counts + 1 >= p->slots) {
		p->uncounted++;
		return;
	}
	c = slot_of(p, process);
	c->process = process;
	p->counts += c->n++ == 0;
}

static bool grow_list(struct lic_ledger_pending *p)
{
	size_t cap = p->cap ? p->cap * 2 : 1024;
	struct lic_first_opening *grown;

	if (cap > LIC_LEDGER_PENDING_MAX)
		return false;
	grown = reallocarray(p->first, cap, sizeof(*grown));
	if (!grown)
		return false;
	p->first = grown;
	p->cap = cap;
	return true;
}

void lic_ledger_pending_open(struct lic_ledger_pending *p, int64_t process, int64_t entry)
{
	if (p->n == p->cap && !grow_list(p)) {
		p->lost_opens++;
		if (!p->lost_code)
			p->lost_code = p->cap < LIC_LEDGER_PENDING_MAX ? ENOMEM : ENOBUFS;
		return;
	}
	p->first[p->n++] = (struct lic_first_opening){ process, entry };
}

/* --- records ---------------------------------------------------------------------------------- */

static int by_process(const void *a, const void *b)
{
	const struct lic_first_opening *x = a, *y = b;

	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static size_t begin(struct lic_buf *out, int64_t at, int64_t process, int64_t opens)
{
	size_t record = lic_ledger_record_open(out, LIC_RECORD_OPENED);

	lic_ledger_record_number(out, at);
	lic_ledger_record_number(out, process);
	lic_ledger_record_number(out, opens);
	return record;
}

/* The part that the first one lies in; returns how many do. */
static size_t one_part(const struct lic_first_opening *f, size_t n, struct lic_buf *out,
		       int64_t *last)
{
	const int64_t number = f->entry >> LIC_CHUNK_BITS;
	uint8_t bits[LIC_CHUNK_BYTES] = { 0 };
	size_t i;

	for (i = 0; i < n && f[i].entry >> LIC_CHUNK_BITS == number; i++) {
		unsigned bit = (unsigned)f[i].entry & (LIC_CHUNK - 1);

		bits[bit / 8] |= (uint8_t)(1u << bit % 8);
	}
	lic_ledger_record_part(out, last, number, bits);
	return i;
}

/* What one process opened. Returns how many were told. */
static size_t one_process(const struct lic_first_opening *f, size_t n, int64_t at, int64_t opens,
			  struct lic_buf *out)
{
	size_t told = 0;

	while (told < n) {
		size_t record = begin(out, at, f->process, opens), i = told;
		int64_t last = -1;

		while (i < n && !out->failed && out->len - record < LIC_RECORD_FULL)
			i += one_part(f + i, n - i, out, &last);
		if (!lic_ledger_record_close(out, record))
			break;
		opens = 0;
		told = i;
	}
	return told;
}

/* Takes the count of a process: its slot keeps a mark, so that others are found behind it. */
static int64_t take_count(struct lic_ledger_pending *p, int64_t process)
{
	struct lic_open_count *c = p->slots ? slot_of(p, process) : NULL;
	int64_t n = c && c->n > 0 ? c->n : 0;

	if (n)
		c->n = -1;
	return n;
}

static bool gather_first(struct lic_ledger_pending *p, int64_t at)
{
	size_t done = 0;

	if (!p->n)
		return true;
	qsort(p->first, p->n, sizeof(*p->first), by_process);
	while (done < p->n) {
		const struct lic_first_opening *f = p->first + done;
		size_t n = 1, told;
		int64_t opens = take_count(p, f->process);

		while (done + n < p->n && f[n].process == f->process)
			n++;
		told = one_process(f, n, at, opens, &p->records);
		if (!told && opens)
			slot_of(p, f->process)->n = opens;
		done += told;
		if (told < n)
			break;
	}
	p->n -= done;
	memmove(p->first, p->first + done, p->n * sizeof(*p->first));
	return !p->n;
}

/* Opens of what was opened before. */
static bool gather_counts(struct lic_ledger_pending *p, int64_t at)
{
	for (size_t i = 0; i <= p->slots; i++) {
		bool extra = i == p->slots;
		int64_t n = extra ? p->uncounted : p->count[i].n;

		if (n > 0 && !lic_ledger_record_close(
				     &p->records,
				     begin(&p->records, at, extra ? 0 : p->count[i].process, n)))
			return false;
		if (extra)
			p->uncounted = 0;
		else if (n > 0)
			p->count[i].n = -1;
	}
	if (p->slots)
		memset(p->count, 0, p->slots * sizeof(*p->count));
	p->counts = 0;
	return true;
}

static bool gather_lost(struct lic_ledger_pending *p, int64_t at)
{
	struct lic_buf *out = &p->records;
	size_t record;

	if (!p->lost_code)
		return true;
	record = lic_ledger_record_open(out, LIC_RECORD_LOST);
	lic_ledger_record_number(out, at);
	lic_ledger_record_number(out, p->lost_code);
	lic_ledger_record_number(out, p->lost_opens);
	lic_ledger_record_number(out, p->lost_processes);
	lic_ledger_record_number(out, p->lost_sights);
	if (!lic_ledger_record_close(out, record))
		return false;
	p->lost_code = 0;
	p->lost_opens = p->lost_processes = p->lost_sights = 0;
	return true;
}

bool lic_ledger_pending_gather(struct lic_ledger_pending *p, int64_t at)
{
	bool all;

	/* a first opening takes some bytes at most: what may wait may be told */
	p->records.max = (size_t)LIC_LEDGER_MEMORY + 64u * LIC_LEDGER_PENDING_MAX;
	all = gather_first(p, at) && gather_counts(p, at) && gather_lost(p, at);
	p->records.max = LIC_LEDGER_MEMORY;
	return all;
}
