/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of fields with a separator between them. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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
	size_t n = strlen(name);

	for (size_t i = 0; i < d->n; i++)
		if (d->field[i].n == n && strncasecmp((const char *)d->field[i].p, name, n) == 0)
			return (int)i;
	return -1;
}

/* --- splitting ---------------------------------------------------------------------------- */

/* Finds what may end a field: the separator, the end of a line, a NUL. The one behind the window
 * ends every search. */
struct scan {
#ifdef __SSE2__
	__m128i separator;
	unsigned found; /* bits of bytes from `at` on */
#else
	uint8_t separator;
#endif
	uint8_t *at;
};

#ifdef __SSE2__
static inline void scan_block(struct scan *c)
{
	const __m128i b = _mm_loadu_si128((const __m128i *)(const void *)c->at);
	const __m128i line = _mm_cmpeq_epi8(b, _mm_set1_epi8('\n'));
	const __m128i nul = _mm_cmpeq_epi8(b, _mm_setzero_si128());
	const __m128i end = _mm_cmpeq_epi8(b, c->separator);

	c->found = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(line, nul), end));
}

static inline void scan_init(struct scan *c, char separator, uint8_t *p)
{
	c->separator = _mm_set1_epi8(separator);
	c->at = p;
	scan_block(c);
}

static inline void scan_from(struct scan *c, uint8_t *p)
{
	c->at = p;
	scan_block(c);
}

static inline uint8_t *scan_next(struct scan *c)
{
	uint8_t *p;

	while (!c->found) {
		c->at += sizeof(__m128i);
		scan_block(c);
	}
	p = c->at + __builtin_ctz(c->found);
	c->found &= c->found - 1;
	return p;
}
#else
static inline void scan_init(struct scan *c, char separator, uint8_t *p)
{
	c->separator = (uint8_t)separator;
	c->at = p;
}

static inline void scan_from(struct scan *c, uint8_t *p)
{
	c->at = p;
}

static inline uint8_t *scan_next(struct scan *c)
{
	uint8_t *p = c->at;

	while (*p != c->separator && *p != '\n' && *p)
		p++;
	c->at = p + 1;
	return p;
}
#endif

/* What splitting came upon. */
enum outcome { ROW, SHORT, BAD };

/* One row while it is split; nothing of the window is changed meanwhile, so that it may be done
 * again with more bytes. */
struct split {
	uint8_t *end;	/* of the window */
	uint8_t *next;	/* behind the row */
	uint64_t lines; /* that the row takes */
	bool any_doubled;
	bool cut;		      /* nothing says that its last field is whole */
	bool doubled[LIC_FIELDS_MAX]; /* the field has quotes that are doubled */
};

static enum outcome bad(struct lic_delimited *d, const char *what)
{
	(void)lic_delimited_bad(d, "%s", what);
	return BAD;
}

/* The quote that ends a field, from behind the one that begins it; NULL: not in the window. */
static uint8_t *find_quote(struct lic_delimited *d, struct split *t, uint8_t *p)
{
	for (;;) {
		uint8_t *quote = memchr(p, '"', (size_t)(t->end - p));

		if (!quote || (quote + 1 == t->end && !d->s->eof))
			return NULL;
		if (quote + 1 == t->end || quote[1] != '"')
			return quote;
		t->doubled[d->n] = t->any_doubled = true;
		p = quote + 2;
	}
}

/* A field in quotes; *p stands on the first one, and gets what ends the field. */
static enum outcome quoted(struct lic_delimited *d, struct split *t, uint8_t **p)
{
	uint8_t *from = *p + 1, *quote = find_quote(d, t, from), *q;

	if (!quote)
		return d->s->eof ? bad(d, "a quote that never ends") : SHORT;
	d->field[d->n] = (struct lic_bytes){ from, (size_t)(quote - from) };
	if (memchr(from, 0, (size_t)(quote - from)))
		return bad(d, "a NUL byte, which no text has");
	for (q = from; (q = memchr(q, '\n', (size_t)(quote - q))); q++)
		t->lines++;
	q = quote + 1;
	if (*q == '\r' && q + 1 == t->end && !d->s->eof)
		return SHORT;
	if (*q == '\r' && (q[1] == '\n' || q + 1 == t->end))
		q++;
	if (q < t->end && *q != (uint8_t)d->separator && *q != '\n')
		return bad(d, "something behind the end of a quoted field");
	*p = q;
	return ROW;
}

static enum outcome split(struct lic_delimited *d, struct split *t)
{
	uint8_t *p = d->s->p + d->s->at;
	struct scan scan;

	t->end = d->s->p + d->s->end;
	t->lines = 0;
	t->any_doubled = false;
	scan_init(&scan, d->separator, p);
	for (d->n = 0; d->n < LIC_FIELDS_MAX; p++) {
		struct lic_bytes *f = &d->field[d->n];

		t->doubled[d->n] = false;
		t->cut = !d->quotes || *p != '"';
		if (!t->cut) {
			enum outcome o = quoted(d, t, &p);

			if (o != ROW)
				return o;
			scan_from(&scan, p + (p < t->end));
		} else {
			*f = (struct lic_bytes){ p, 0 };
			p = scan_next(&scan);
			f->n = (size_t)(p - f->p);
			if (f->n && *p != (uint8_t)d->separator && p[-1] == '\r')
				f->n--;
		}
		if (p == t->end && !d->s->eof)
			return SHORT;
		if (!*p && p < t->end)
			return bad(d, "a NUL byte, which no text has");
		d->n++;
		if (p == t->end || *p == '\n') {
			t->next = p + (p < t->end);
			t->lines += p < t->end;
			/* gzip vouches for its end */
			t->cut = t->cut && p == t->end && !d->s->gunzip;
			return ROW;
		}
	}
	return bad(d, "too many fields for a table");
}

/* More bytes behind the row that is being split, so many that a row that comes in bits is not
 * split again for each: 1; 0 at the end of the file. The window may have moved. */
static int grow(struct lic_delimited *d)
{
	struct lic_source *s = d->s;
	size_t want = (s->end - s->at) / 2 + 1, had = s->end - s->at;
	int r = 1;

	while (r > 0 && s->end - s->at < had + want)
		r = lic_source_more(s, d->err);
	if (r == -EOVERFLOW && s->end - s->at > had)
		return 1;
	if (r == -EOVERFLOW)
		return lic_delimited_bad(d, "a row of more than %u MiB; is a quote missing?",
					 LIC_WINDOW_MAX >> 20);
	return r < 0 ? r : s->end - s->at > had;
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

/* The row is whole: what stood behind its fields is needed no more. */
static void finish(struct lic_delimited *d, const struct split *t)
{
	d->from = lic_source_offset(d->s);
	d->s->at = (size_t)(t->next - d->s->p);
	d->next += t->lines;
	d->cut = t->cut;
	for (size_t i = 0; t->any_doubled && i < d->n; i++)
		if (t->doubled[i])
			halve(&d->field[i]);
	for (size_t i = 0; i < d->n; i++)
		((uint8_t *)d->field[i].p)[d->field[i].n] = '\0';
}

int lic_delimited_next(struct lic_delimited *d)
{
	struct split t;

	for (;;) {
		enum outcome o;
		int r;

		d->line = d->next;
		if (d->s->at == d->s->end) {
			r = grow(d);
			if (r <= 0)
				return r;
		}
		o = split(d, &t);
		if (o == BAD)
			return -EBADMSG;
		if (o == SHORT) {
			r = grow(d);
			if (r < 0)
				return r;
			continue;
		}
		finish(d, &t);
		if (d->n > 1 || d->field[0].n)
			return 1;
	}
}

/* --- escapes ------------------------------------------------------------------------------ */

void lic_field_unescape(struct lic_bytes *f)
{
	static const char letters[] = "bfnrtv", meant[] = "\b\f\n\r\t\v";
	uint8_t *to = memchr(f->p, '\\', f->n);

	if (!to)
		return;
	for (const uint8_t *p = to, *end = f->p + f->n; p < end; p++) {
		const char *l;

		if (*p != '\\' || p + 1 == end) {
			*to++ = *p;
			continue;
		}
		l = strchr(letters, *++p);
		*to++ = l ? (uint8_t)meant[l - letters] : *p;
	}
	*to = '\0';
	f->n = (size_t)(to - f->p);
}

static int hex(uint8_t c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

static void unpercent(struct lic_bytes *f, bool plus)
{
	uint8_t *to = (uint8_t *)f->p;

	if (!f->n)
		return; /* may be a constant */
	for (const uint8_t *p = to, *end = p + f->n; p < end; p++) {
		int high, low, c = *p == '+' && plus ? ' ' : *p;

		if (*p == '%' && end - p > 2) {
			high = hex(p[1]);
			low = hex(p[2]);
			if (high >= 0 && low >= 0 && (high || low)) {
				c = high << 4 | low;
				p += 2;
			}
		}
		*to++ = (uint8_t)c;
	}
	*to = '\0';
	f->n = (size_t)(to - f->p);
}

void lic_field_unpercent(struct lic_bytes *f)
{
	unpercent(f, false);
}

void lic_field_unquote_plus(struct lic_bytes *f)
{
	unpercent(f, true);
}
