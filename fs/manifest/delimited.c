/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of fields with a separator between them. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fs/manifest/delimited.h"

int lic_delimited_bad(struct lic_delimited *d, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return lic_error_set(d->err, EBADMSG, "'%s', line %llu: %s", d->s->name,
			     (unsigned long long)d->line, what);
}

int lic_delimited_init(struct lic_delimited *d, struct lic_source *s, char separator, bool quotes,
		       struct lic_error *err)
{
	static const uint8_t bom[] = { 0xef, 0xbb, 0xbf };
	int r = 1;

	*d = (struct lic_delimited){
		.s = s, .separator = separator, .quotes = quotes, .line = 1, .next = 1, .err = err
	};
	while (r > 0 && s->end - s->at < sizeof(bom))
		r = lic_source_more(s, err);
	if (r < 0)
		return r;
	if (s->end - s->at >= sizeof(bom) && memcmp(s->p + s->at, bom, sizeof(bom)) == 0)
		s->at += sizeof(bom);
	else if (s->end - s->at >= 2 && s->p[s->at] >= 0xfe && s->p[s->at + 1] >= 0xfe)
		return lic_delimited_bad(d, "UTF-16, not UTF-8; convert it with iconv");
	return 0;
}

int lic_delimited_find(const struct lic_delimited *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->field[i].n == strlen(name) &&
		    strncasecmp((const char *)d->field[i].p, name, d->field[i].n) == 0)
			return (int)i;
	return -1;
}

/* More bytes behind the row that is being split: 1; 0 at the end of the file. The window may have
 * moved: the row is split again from its start then. */
static int grow(struct lic_delimited *d)
{
	int r = lic_source_more(d->s, d->err);

	if (r == -EOVERFLOW)
		return lic_delimited_bad(d, "a row of more than %u MiB; is a quote missing?",
					 LIC_WINDOW_MAX >> 20);
	return r;
}

/* What splitting came upon. */
enum outcome { ROW, SHORT, BAD };

static enum outcome bad(struct lic_delimited *d, const char *what)
{
	(void)lic_delimited_bad(d, "%s", what);
	return BAD;
}

/* A field in quotes, from behind the first one; *p gets the byte behind the last. */
static enum outcome quoted(struct lic_delimited *d, uint8_t **p, uint8_t *end,
			   struct lic_bytes *ret, uint64_t *lines, bool *ret_doubled)
{
	uint8_t *q = *p;

	ret->p = q;
	for (;;) {
		uint8_t *quote = memchr(q, '"', (size_t)(end - q));

		if (!quote || (quote + 1 == end && !d->s->eof))
			return SHORT;
		for (uint8_t *n = q; (n = memchr(n, '\n', (size_t)(quote - n))); n++)
			++*lines;
		if (quote[1] != '"' || quote + 1 == end) {
			ret->n = (size_t)(quote - ret->p);
			*p = quote + 1;
			return ROW;
		}
		*ret_doubled = true;
		q = quote + 2;
	}
}

/* Halves the doubled quotes of a field. */
static void halve(struct lic_bytes *f)
{
	uint8_t *to = (uint8_t *)f->p;

	for (size_t i = 0; i < f->n; i++) {
		*to++ = f->p[i];
		i += f->p[i] == '"';
	}
	f->n = (size_t)(to - f->p);
}

/* Splits one row at `at`; nothing is changed, so that it may be done again. *ret_end gets the byte
 * behind the row, doubled[i] says which fields have doubled quotes. */
static enum outcome split(struct lic_delimited *d, uint8_t **ret_end, uint64_t *ret_lines,
			  bool *doubled)
{
	uint8_t *p = d->s->p + d->s->at, *end = d->s->p + d->s->end;
	uint64_t lines = 0;

	for (d->n = 0;;) {
		struct lic_bytes *f = &d->field[d->n];
		uint8_t *from = p;

		if (d->n == LIC_FIELDS_MAX)
			return bad(d, "too many fields for a table");
		doubled[d->n] = false;
		if (p == end && !d->s->eof)
			return SHORT;
		if (d->quotes && *p == '"') {
			enum outcome o;

			p++;
			o = quoted(d, &p, end, f, &lines, &doubled[d->n]);
			if (o == SHORT && d->s->eof)
				return bad(d, "a quote that never ends");
			if (o != ROW)
				return o;
			if (*p == '\r' && p + 1 == end && !d->s->eof)
				return SHORT;
			if (*p == '\r' && (p[1] == '\n' || p + 1 == end))
				p++;
			if (p < end && *p != (uint8_t)d->separator && *p != '\n')
				return bad(d, "something behind the end of a quoted field");
			if (f->n && memchr(f->p, 0, f->n))
				return bad(d, "a NUL byte, which no text has");
		} else {
			while (*p != (uint8_t)d->separator && *p != '\n' && *p)
				p++;
			*f = (struct lic_bytes){ from, (size_t)(p - from) };
		}
		if (p == end && !d->s->eof)
			return SHORT;
		if (!*p && p < end)
			return bad(d, "a NUL byte, which no text has");
		d->n++;
		if (p == end || *p == '\n') {
			bool plain = f->p == from;

			if (plain && f->n && f->p[f->n - 1] == '\r')
				f->n--;
			*ret_end = p < end ? p + 1 : p;
			*ret_lines = lines + (p < end);
			return ROW;
		}
		p++;
	}
}

int lic_delimited_next(struct lic_delimited *d)
{
	bool doubled[LIC_FIELDS_MAX];

	for (;;) {
		enum outcome o;
		uint64_t lines;
		uint8_t *end;
		int r;

		d->line = d->next;
		if (d->s->at == d->s->end) {
			r = grow(d);
			if (r <= 0)
				return r;
		}
		o = split(d, &end, &lines, doubled);
		if (o == BAD)
			return -EBADMSG;
		if (o == SHORT) {
			r = grow(d);
			if (r < 0)
				return r;
			continue;
		}
		d->s->at = (size_t)(end - d->s->p);
		d->next += lines;
		if (d->n == 1 && !d->field[0].n)
			continue;
		for (size_t i = 0; i < d->n; i++)
			if (doubled[i])
				halve(&d->field[i]);
		return 1;
	}
}
