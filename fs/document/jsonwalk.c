/* SPDX-License-Identifier: Apache-2.0 */
/* JSON token by token: the window, strings, numbers and words. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fs/document/jsonwalk.h"
#include "fs/util/io.h"

#define WINDOW (512u << 10)
#define NUMBER_MAX 4096u

typedef uint8_t vec __attribute__((vector_size(16)));

/* One bit for each byte, its highest. */
static inline unsigned bits_of(vec v)
{
#ifdef __SSE2__
	typedef char bytes __attribute__((vector_size(16)));

	return (unsigned)__builtin_ia32_pmovmskb128((bytes)v);
#else
	unsigned bits = 0;

	for (unsigned i = 0; i < 16; i++)
		bits |= (unsigned)(v[i] >> 7) << i;
	return bits;
#endif
}

static inline vec load(const uint8_t *p)
{
	vec v;

	memcpy(&v, p, sizeof(v));
	return v;
}

int lic_walk_bad(struct lic_walk *w, const char *fmt, ...)
{
	char what[96];
	va_list ap;

	if (w->failed)
		return w->failed;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(w->note, sizeof(w->note), "byte %llu: %s",
		 (unsigned long long)lic_walk_offset(w) + 1, what);
	w->end = w->at; /* sends all that follows to where `failed` is looked at */
	return w->failed = -EBADMSG;
}

int lic_walk_unexpected(struct lic_walk *w, int c, const char *wanted)
{
	if (c == LIC_WALK_END)
		return lic_walk_bad(w, "the file ends where %s should be; it may be cut off",
				    wanted);
	if (c < 0)
		return c;
	if (c > ' ' && c < 0x7f)
		return lic_walk_bad(w, "'%c' where %s should be", c, wanted);
	return lic_walk_bad(w, "byte 0x%02x where %s should be", (unsigned)c, wanted);
}

/* --- the window --------------------------------------------------------------------------- */

int lic_walk_fill(struct lic_walk *w)
{
	uint64_t here = w->offset + w->end, left = w->size - here;
	ssize_t n;

	if (w->failed)
		return w->failed;
	if (w->at) {
		memmove(w->buf, w->buf + w->at, w->end - w->at);
		w->offset += w->at;
		w->end -= w->at;
		w->at = 0;
	}
	n = lic_pread_full(w->fd, w->buf + w->end,
			   left < w->cap - w->end ? (size_t)left : w->cap - w->end, here);
	if (n < 0) {
		w->end = w->at;
		return w->failed = (int)n;
	}
	w->end += (size_t)n;
	memset(w->buf + w->end, 0, LIC_WALK_SLACK);
	w->eof = w->offset + w->end == w->size;
	if (w->eof || w->end == w->cap)
		return 0;
	w->end = w->at;
	return w->failed = -ESTALE;
}

int lic_walk_seek(struct lic_walk *w, uint64_t from, uint64_t to)
{
	size_t cap = to - from < WINDOW ? (size_t)(to - from) : WINDOW;

	if (cap > w->cap || !w->buf) {
		free(w->buf);
		w->buf = malloc(cap + LIC_WALK_SLACK);
		w->cap = w->buf ? cap : 0;
		if (!w->buf)
			return w->failed = -ENOMEM;
	}
	w->at = w->end = 0;
	w->offset = from;
	w->size = to;
	w->eof = false;
	w->failed = 0;
	return lic_walk_fill(w);
}

int lic_walk_init(struct lic_walk *w, int fd, uint64_t from, uint64_t to)
{
	int r;

	*w = (struct lic_walk){ .fd = fd, .text = LIC_BUF_INIT(LIC_WALK_AHEAD + 8) };
	r = lic_walk_seek(w, from, to);
	if (r == 0 && from == 0 && w->end >= 3 && memcmp(w->buf, "\xef\xbb\xbf", 3) == 0)
		w->at = 3;
	return r;
}

void lic_walk_release(struct lic_walk *w)
{
	free(w->buf);
	lic_buf_release(&w->text);
	w->buf = NULL;
}

int lic_walk_blanks(struct lic_walk *w)
{
	for (;;) {
		const uint8_t *p;

		if (w->failed)
			return w->failed;
		if (w->end - w->at < LIC_WALK_AHEAD && !w->eof && lic_walk_fill(w) < 0)
			return w->failed;
		p = w->buf + w->at;
		/* as JSON is indented */
		for (unsigned m; *p == ' ' && (m = bits_of((vec)(load(p) == ' '))) == 0xffff;)
			p += 16;
		w->at = (size_t)(p - w->buf);
		switch (*p) {
		case '\n':
			if (w->lines && w->inside)
				return lic_walk_bad(w, "the line ends within a value");
			__attribute__((fallthrough));
		case ' ':
		case '\r':
		case '\t':
			w->at++;
			continue;
		default:
			return w->at == w->end ? LIC_WALK_END : *p;
		}
	}
}

/* --- strings ------------------------------------------------------------------------------ */

/* From p on, the first byte that ends a plain run of a string, or one behind `end`; sets *high
 * where a byte is not ASCII. */
static inline const uint8_t *plain(const uint8_t *p, const uint8_t *end, bool *high)
{
	for (; p < end; p += 16) {
		vec v = load(p);
		unsigned stop = bits_of((vec)(v == '"') | (vec)(v == '\\') | (vec)(v < ' '));
		unsigned top = bits_of(v);

		if (stop) {
			unsigned i = (unsigned)__builtin_ctz(stop);

			*high |= (top & ((1u << i) - 1)) != 0;
			return p + i;
		}
		*high |= top != 0;
	}
	return end;
}

static int hex4(const uint8_t *p)
{
	int v = 0;

	for (unsigned i = 0; i < 4; i++) {
		int c = p[i];
		int d = c >= '0' && c <= '9'   ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10
					       : -1;

		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

/* The escape at p, a backslash: what it stands for is appended; bytes of it, 0 where it is none.
 * Halves of surrogates that stand alone become U+FFFD, and so does NUL: nothing is lost behind it.
 */
static size_t escape(struct lic_buf *out, const uint8_t *p)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at = p[1] ? strchr(from, p[1]) : NULL;
	int u, low;

	if (at) {
		lic_buf_addc(out, to[at - from]);
		return 2;
	}
	u = p[1] == 'u' ? hex4(p + 2) : -1;
	if (u < 0)
		return 0;
	if (u >= 0xd800 && u < 0xdc00 && p[6] == '\\' && p[7] == 'u') {
		low = hex4(p + 8);
		if (low >= 0xdc00 && low < 0xe000) {
			lic_utf8_encode(out, 0x10000 + ((uint32_t)(u - 0xd800) << 10) +
						     (uint32_t)(low - 0xdc00));
			return 12;
		}
	}
	lic_utf8_encode(out, u ? (uint32_t)u : 0xfffd);
	return 6;
}

static int fail_at(struct lic_walk *w, const uint8_t *p, const char *wanted)
{
	w->at = (size_t)(p - w->buf);
	return lic_walk_unexpected(w, w->at >= w->end ? LIC_WALK_END : *p, wanted);
}

static int not_utf8(struct lic_walk *w)
{
	return lic_walk_bad(w, "a text that is not UTF-8");
}

/* Bytes at the end of a run that may be a character which the window cuts. */
static size_t cut_bytes(const uint8_t *p, size_t n)
{
	size_t k = 0;

	while (k < 3 && k < n && (p[n - 1 - k] & 0xc0) == 0x80)
		k++;
	return k < n && p[n - 1 - k] >= 0xc0 ? k + 1 : 0;
}

/* Passes over a run of a string without its end; where the next byte is that is no part of it. */
static const uint8_t *pass_run(struct lic_walk *w, bool *high)
{
	const uint8_t *end = w->buf + w->end, *p = plain(w->buf + w->at, end, high);
	struct lic_buf one = LIC_BUF_INIT(8);

	while (p < end && *p == '\\' && (w->eof || end - p >= 12)) {
		size_t n = escape(&one, p);

		lic_buf_reset(&one);
		if (!n)
			break;
		p = plain(p + n, end, high);
	}
	lic_buf_release(&one);
	return p < end ? p : end;
}

/* A string that does not end in the window: its beginning is shown, the rest is only checked. */
static int pass_long(struct lic_walk *w, struct lic_walk_string *ret)
{
	lic_buf_reset(&w->text);
	lic_buf_add(&w->text, w->buf + w->at, 64);
	*ret = (struct lic_walk_string){ (const uint8_t *)lic_buf_str(&w->text), w->text.len,
					 true };
	for (;;) {
		const uint8_t *from = w->buf + w->at, *end = w->buf + w->end, *p;
		bool high = false, waits;
		size_t n, cut;

		p = pass_run(w, &high);
		n = (size_t)(p - from);
		waits = !w->eof && (p == end || (*p == '\\' && end - p < 12));
		cut = high && p == end && waits ? cut_bytes(from, n) : 0;
		if (high && !lic_utf8_valid(from, n - cut))
			return not_utf8(w);
		w->at += n - cut;
		if (!waits && p < end && *p == '"') {
			w->at++;
			return 0;
		}
		if (!waits)
			return fail_at(w, p,
				       p < end && *p == '\\' ? "an escape" : "the end of a string");
		if (lic_walk_fill(w) < 0)
			return w->failed;
	}
}

int lic_walk_string(struct lic_walk *w, struct lic_walk_string *ret)
{
	const uint8_t *from = w->buf + w->at + 1, *end = w->buf + w->end;
	const uint8_t *run = from, *p;
	bool high = false, escaped = false;

	while ((p = plain(run, end, &high)) < end && *p == '\\') {
		size_t n;

		if (!w->eof && end - p < 12) {
			p = end;
			break;
		}
		if (!escaped)
			lic_buf_reset(&w->text);
		escaped = true;
		lic_buf_add(&w->text, run, (size_t)(p - run));
		n = escape(&w->text, p);
		if (!n)
			return fail_at(w, p + 1, "an escape");
		run = p + n;
	}
	if (p >= end) {
		if (w->eof)
			return fail_at(w, end, "the end of a string");
		w->at++;
		return pass_long(w, ret);
	}
	if (*p != '"')
		return fail_at(w, p, "the end of a string");
	*ret = (struct lic_walk_string){ from, (size_t)(p - from), false };
	if (high && !lic_utf8_valid(from, ret->n))
		return not_utf8(w);
	if (escaped) {
		lic_buf_add(&w->text, run, (size_t)(p - run));
		ret->p = (const uint8_t *)lic_buf_str(&w->text);
		ret->n = w->text.len;
		if (lic_buf_failed(&w->text))
			return w->failed = -ENOMEM;
	}
	w->at = (size_t)(p - w->buf) + 1;
	return 0;
}

int lic_walk_line(struct lic_walk *w)
{
	for (;;) {
		if (w->end - w->at < LIC_WALK_AHEAD && !w->eof && lic_walk_fill(w) < 0)
			return w->failed;
		switch (w->buf[w->at]) {
		case '\n':
			w->at++;
			return 0;
		case ' ':
		case '\r':
		case '\t':
			w->at++;
			continue;
		default:
			if (w->at == w->end)
				return 0;
			return lic_walk_unexpected(w, w->buf[w->at], "the end of the line");
		}
	}
}

/* --- numbers and words -------------------------------------------------------------------- */

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Behind a number, or NULL. The slack ends it. */
static const uint8_t *pass_number(const uint8_t *p)
{
	p += *p == '-';
	if (!is_digit(*p))
		return NULL;
	if (*p++ != '0')
		while (is_digit(*p))
			p++;
	if (*p == '.') {
		if (!is_digit(*++p))
			return NULL;
		while (is_digit(*p))
			p++;
	}
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '+' || *p == '-';
		if (!is_digit(*p))
			return NULL;
		while (is_digit(*p))
			p++;
	}
	return p;
}

static inline bool ends_word(uint8_t c)
{
	static const bool ends[256] = { [0] = true,   ['\t'] = true, ['\n'] = true, ['\r'] = true,
					[' '] = true, [','] = true,  [']'] = true,  ['}'] = true };

	return ends[c];
}

/* Bytes of a number of at most 15 bytes without exponent that a comma, bracket or blank follows; 0:
 * it is none of these, or no number. */
static inline unsigned short_number(const uint8_t *p)
{
	vec v = load(p);
	unsigned digit = bits_of((vec)(v - '0' < 10)), dot = bits_of((vec)(v == '.'));
	unsigned sign = *p == '-', n = (unsigned)__builtin_ctz(~(digit | dot | sign));
	unsigned all = (1u << n) - 1, point = dot & all;

	if (n > 15 || !(digit >> sign & 1) || !ends_word(p[n]))
		return 0;
	if (p[sign] == '0' && digit >> (sign + 1) & 1)
		return 0;
	if (point & (point - 1) || (point && !(digit >> (__builtin_ctz(point) + 1) & 1)))
		return 0;
	return n;
}

int lic_walk_word(struct lic_walk *w, struct lic_walk_string *ret)
{
	static const char *const words[] = {
		"true", "false", "null", "NaN", "Infinity", "-Infinity"
	};
	const uint8_t *from = w->buf + w->at, *p = NULL;
	unsigned n = short_number(from);

	if (n) {
		*ret = (struct lic_walk_string){ from, n, false };
		w->at += n;
		return 1;
	}
	p = pass_number(from);
	if (p && ends_word(*p) && (size_t)(p - from) <= NUMBER_MAX) {
		*ret = (struct lic_walk_string){ from, (size_t)(p - from), false };
		w->at += ret->n;
		return 1;
	}
	for (size_t i = 0; !p && i < LIC_ARRAY_SIZE(words); i++) {
		n = (unsigned)strlen(words[i]);
		if (memcmp(from, words[i], n) != 0 || !ends_word(from[n]))
			continue;
		*ret = (struct lic_walk_string){ from, n, false };
		w->at += n;
		return 0;
	}
	return lic_walk_unexpected(w, w->at == w->end ? LIC_WALK_END : *from, "a value");
}

/* A block of 64 bytes, a bit each. */
struct block {
	uint64_t digit, zero, dot, comma, blank, minus;
};

static inline struct block block_of(const uint8_t *p)
{
	struct block b = { 0, 0, 0, 0, 0, 0 };

	for (unsigned i = 0; i < 64; i += 16) {
		vec v = load(p + i);

		b.digit |= (uint64_t)bits_of((vec)(v - '0' < 10)) << i;
		b.zero |= (uint64_t)bits_of((vec)(v == '0')) << i;
		b.dot |= (uint64_t)bits_of((vec)(v == '.')) << i;
		b.comma |= (uint64_t)bits_of((vec)(v == ',')) << i;
		b.blank |= (uint64_t)bits_of((vec)(v == ' ')) << i;
		b.minus |= (uint64_t)bits_of((vec)(v == '-')) << i;
	}
	return b;
}

/*
 * Bytes of the numbers at p, each with its comma and the blanks behind that, that lie within 64
 * bytes; 0 where there are none, or where one is not plain (an exponent, a blank before a comma) or
 * is no number: one by one they will show. *ret_last: what comes next is seen to be the last one.
 */
static inline unsigned block_of_numbers(const uint8_t *p, bool *ret_last)
{
	struct block b = block_of(p);
	uint64_t other = ~(b.digit | b.dot | b.comma | b.blank | b.minus), all, start, first, x;

	all = other ? (other & -other) - 1 : ~UINT64_C(0);
	*ret_last = other;
	if (!(b.comma & all))
		return 0;
	all = ~UINT64_C(0) >> __builtin_clzll(b.comma & all); /* up to the last comma */
	b.digit &= all;
	b.dot &= all;
	b.comma &= all;
	b.blank &= all;
	b.minus &= all;
	/* blanks stand behind commas; a number begins behind them, or where there are none */
	x = b.comma << 1 | 1;
	start = ((x & ~b.blank) | (((x & b.blank) + b.blank) & ~b.blank)) & all;
	first = (start & b.digit) | b.minus << 1;
	x = b.dot | b.comma;
	/* from a dot, the next dot or comma is a comma */
	x = ((b.dot << 1) + ~x) & x & b.dot;
	x |= b.blank & ~(b.blank << 1) & ~(b.comma << 1);
	x |= start & ~(b.digit | b.minus);
	x |= b.minus & ~start;
	x |= ((b.minus | b.dot) << 1) & ~b.digit;
	x |= (b.dot | b.comma) & ~(b.digit << 1);
	x |= ((first & b.zero) << 1) & b.digit;
	return x & all ? 0 : 64 - (unsigned)__builtin_clzll(all);
}

/* As lic_walk_numbers(), as far as all is as programs write it; where it stops, and how: 1 at a
 * value behind a comma, 0 behind a number, -1 before a number. */
static int pass_short(struct lic_walk *w, const uint8_t **at, const uint8_t **comma)
{
	const uint8_t *p = *at, *safe = w->buf + w->end - (w->end < 80 ? w->end : 80);
	bool last = false;
	unsigned n;
	int r = -1;

	while (p < safe) {
		n = last ? 0 : block_of_numbers(p, &last);
		if (!n) {
			n = short_number(p);
			if (!n)
				break;
			p += n;
			r = 0;
			if (*p != ',')
				break;
			n = 1;
		}
		p += n;
		*comma = p - 1;
		p += *p == ' ';
		r = *p == '-' || is_digit(*p) ? -1 : 1;
		if (r > 0)
			break;
	}
	*at = p;
	return r;
}

int lic_walk_numbers(struct lic_walk *w, uint64_t *ret_comma)
{
	for (;;) {
		const uint8_t *p = w->buf + w->at, *comma = NULL;
		struct lic_walk_string s;
		int r = pass_short(w, &p, &comma), c;

		if (comma)
			*ret_comma = w->offset + (uint64_t)(comma - w->buf);
		w->at = (size_t)(p - w->buf);
		c = lic_walk_token(w);
		if (r < 0 && c >= 0) {
			c = lic_walk_word(w, &s);
			c = c < 0 ? c : lic_walk_token(w);
		}
		if (r <= 0 && c == ',') {
			*ret_comma = lic_walk_offset(w);
			w->at++;
			r = 1;
			c = lic_walk_token(w);
		}
		if (c < 0)
			return c;
		if (r <= 0)
			return 0;
		if (c != '-' && (c > '9' || !is_digit((uint8_t)c)))
			return 1;
	}
}
