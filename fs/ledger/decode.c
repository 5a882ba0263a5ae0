/* SPDX-License-Identifier: Apache-2.0 */
/* Records of a ledger, read. */
#include <errno.h>
#include <string.h>

#include <licensefs/sum.h>

#include "fs/ledger/record.h"

static int64_t number(struct lic_cursor *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 63; shift += 7) {
		uint8_t b = lic_cursor_u8(c);

		v |= (uint64_t)(b & 127) << shift;
		if (!(b & 128))
			return (int64_t)v;
	}
	c->bad = true;
	return 0;
}

/* With a NUL behind it in `ret`, which has LIC_LEDGER_TEXT_MAX + 1 bytes. */
static const char *text(struct lic_cursor *c, char *ret)
{
	int64_t n = number(c);
	const uint8_t *p = n <= LIC_LEDGER_TEXT_MAX ? lic_cursor_take(c, (size_t)n) : NULL;

	if (!p || memchr(p, 0, (size_t)n)) {
		c->bad = true;
		n = 0;
	} else {
		memcpy(ret, p, (size_t)n);
	}
	ret[n] = '\0';
	return ret;
}

static int over(const struct lic_cursor *c)
{
	return c->bad || c->at != c->n ? -EBADMSG : 0;
}

static void see_time(struct lic_ledger_summary *s, int64_t at)
{
	if (!s->first)
		s->first = at;
	s->last = at;
}

static int visit_begin(struct lic_cursor *c, const struct lic_ledger_visitor *v, void *ctx,
		       struct lic_ledger_record_sum *sum)
{
	char mode[LIC_LEDGER_TEXT_MAX + 1], place[LIC_LEDGER_TEXT_MAX + 1];
	char version[LIC_LEDGER_TEXT_MAX + 1];
	struct lic_ledger_begin b;
	const uint8_t *members;

	b.at = number(c);
	b.generation = number(c);
	b.job = number(c);
	b.pid = number(c);
	b.command = number(c);
	b.started = number(c);
	b.mode = text(c, mode);
	b.mountpoint = text(c, place);
	b.version = text(c, version);
	members = lic_cursor_take(c, sizeof(b.members));
	if (over(c) < 0)
		return -EBADMSG;
	memcpy(b.members, members, sizeof(b.members));
	see_time(sum->s, b.at);
	sum->s->generation = b.generation;
	sum->s->begins++;
	sum->s->command = (struct lic_ledger_command){ .at = 0 };
	sum->broken_off |= sum->open;
	sum->open = true;
	return v->begin ? v->begin(ctx, &b) : 0;
}

static int visit_process(struct lic_cursor *c, const struct lic_ledger_visitor *v, void *ctx,
			 struct lic_ledger_record_sum *sum)
{
	char comm[LIC_LEDGER_TEXT_MAX + 1], exe[LIC_LEDGER_TEXT_MAX + 1];
	struct lic_ledger_process p;

	p.number = number(c);
	p.pid = number(c);
	p.ppid = number(c);
	p.started = number(c);
	p.uid = number(c);
	p.comm = text(c, comm);
	p.exe = text(c, exe);
	if (over(c) < 0 || p.number != sum->s->processes + 1)
		return -EBADMSG;
	sum->s->processes = p.number;
	return v->process ? v->process(ctx, &p) : 0;
}

/* The next part of a set; 0 where there is none, -EBADMSG. */
static int part(struct lic_cursor *c, int64_t *number_at, uint8_t bits[LIC_CHUNK_BYTES])
{
	int64_t step, n;
	const uint8_t *p;

	if (!lic_cursor_left(c))
		return c->bad ? -EBADMSG : 0;
	step = number(c);
	n = number(c);
	p = n <= LIC_CHUNK_BYTES ? lic_cursor_take(c, (size_t)n) : NULL;
	if (!p || step >= LIC_IDSET_MAX >> LIC_CHUNK_BITS)
		return -EBADMSG;
	*number_at += step + 1;
	if (*number_at >= LIC_IDSET_MAX >> LIC_CHUNK_BITS ||
	    lic_chunk_unpack(p, (size_t)n, bits) < 0 || (*number_at == 0 && bits[0] & 1))
		return -EBADMSG;
	return 1;
}

static int visit_opened(struct lic_cursor *c, const struct lic_ledger_visitor *v, void *ctx,
			struct lic_ledger_record_sum *sum)
{
	uint8_t bits[LIC_CHUNK_BYTES] = { 0 };
	struct lic_ledger_opened o;
	int r;

	o.at = number(c);
	o.process = number(c);
	o.bits = bits;
	o.opens = number(c);
	o.part = -1;
	if (c->bad || o.process > sum->s->processes)
		return -EBADMSG;
	see_time(sum->s, o.at);
	lic_sum_add(&sum->s->opens, o.opens);
	/* one call at least: it may have opened nothing new */
	r = part(c, &o.part, bits);
	if (r == 0)
		o.part = 0;
	do {
		if (r < 0)
			return r;
		if (v->opened) {
			int stop = v->opened(ctx, &o);

			if (stop)
				return stop;
		}
		o.opens = 0;
	} while (r && (r = part(c, &o.part, bits)));
	return r;
}

static int visit_sight(struct lic_cursor *c, bool shown, const struct lic_ledger_visitor *v,
		       void *ctx, struct lic_ledger_record_sum *sum)
{
	uint8_t bits[LIC_CHUNK_BYTES];
	struct lic_ledger_sight s;
	int r;

	s.at = number(c);
	s.generation = number(c);
	s.bits = bits;
	s.shown = shown;
	s.part = -1;
	if (c->bad)
		return -EBADMSG;
	see_time(sum->s, s.at);
	sum->s->generation = s.generation;
	while ((r = part(c, &s.part, bits)) > 0) {
		int stop = v->sight ? v->sight(ctx, &s) : 0;

		if (stop)
			return stop;
	}
	return r;
}

static int visit_lost(struct lic_cursor *c, const struct lic_ledger_visitor *v, void *ctx,
		      struct lic_ledger_record_sum *sum)
{
	struct lic_ledger_lost l;

	l.at = number(c);
	l.code = (int)(number(c) & 0xffff);
	l.opens = number(c);
	l.processes = number(c);
	l.sights = number(c);
	if (over(c) < 0)
		return -EBADMSG;
	see_time(sum->s, l.at);
	lic_sum_add(&sum->s->lost, l.opens);
	sum->s->complete = false;
	return v->lost ? v->lost(ctx, &l) : 0;
}

static int visit_end(struct lic_cursor *c, const struct lic_ledger_visitor *v, void *ctx,
		     struct lic_ledger_record_sum *sum)
{
	struct lic_ledger_end e;

	e.at = number(c);
	e.generation = number(c);
	e.why = (enum lic_ledger_why)number(c);
	if (over(c) < 0 || !sum->open || e.why < LIC_LEDGER_UNMOUNTED ||
	    e.why > LIC_LEDGER_CATALOG_LOST)
		return -EBADMSG;
	see_time(sum->s, e.at);
	sum->s->generation = e.generation;
	sum->s->why = e.why;
	sum->open = false;
	return v->end ? v->end(ctx, &e) : 0;
}

static int visit_command(struct lic_cursor *c, struct lic_ledger_record_sum *sum)
{
	static const int64_t max[] = { -1, 255, 127, INT16_MAX };
	const int64_t at = number(c), outcome = number(c), status = number(c);

	if (over(c) < 0 || outcome < 0 || outcome >= (int64_t)LIC_ARRAY_SIZE(max) ||
	    status > max[outcome])
		return -EBADMSG;
	see_time(sum->s, at);
	sum->s->command =
		(struct lic_ledger_command){ at, (enum lic_ledger_outcome)outcome, (int)status };
	return 0;
}

static int visit_alive(struct lic_cursor *c, struct lic_ledger_record_sum *sum)
{
	const int64_t at = number(c), generation = number(c);

	if (over(c) < 0)
		return -EBADMSG;
	see_time(sum->s, at);
	sum->s->generation = generation;
	return 0;
}

int lic_ledger_record_visit(enum lic_ledger_record_type type, const void *p, size_t n,
			    const struct lic_ledger_visitor *v, void *ctx,
			    struct lic_ledger_record_sum *sum)
{
	struct lic_cursor c = lic_cursor_of(p, n, false);

	if (type != LIC_RECORD_BEGIN && !sum->open)
		return -EBADMSG;
	switch (type) {
	case LIC_RECORD_BEGIN:
		return visit_begin(&c, v, ctx, sum);
	case LIC_RECORD_PROCESS:
		return visit_process(&c, v, ctx, sum);
	case LIC_RECORD_OPENED:
		return visit_opened(&c, v, ctx, sum);
	case LIC_RECORD_SHOWN:
	case LIC_RECORD_HIDDEN:
		return visit_sight(&c, type == LIC_RECORD_SHOWN, v, ctx, sum);
	case LIC_RECORD_LOST:
		return visit_lost(&c, v, ctx, sum);
	case LIC_RECORD_END:
		return visit_end(&c, v, ctx, sum);
	case LIC_RECORD_COMMAND:
		return visit_command(&c, sum);
	case LIC_RECORD_ALIVE:
		return visit_alive(&c, sum);
	}
	return -EBADMSG;
}
