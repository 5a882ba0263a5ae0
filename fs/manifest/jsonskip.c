/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passing over JSON, 64 bytes at a time: most of a manifest is annotations that nobody asks for.
 *
 * A block becomes bit masks, one bit a byte, as simdjson does it (Langdale and Lemire, "Parsing
 * Gigabytes of JSON per Second", 2019): where quotes are that no backslash escapes, hence what is
 * inside of strings, hence which brackets count. Only those are looked at one by one.
 */
#include <errno.h>
#include <string.h>

#include "fs/manifest/jsonin.h"

#define DEPTH_MAX 1024
#define BLOCK 64

struct skip {
	struct lic_jsonin *j;
	struct lic_buf *out; /* NULL: nobody wants it */
	unsigned depth;
	bool in_string, escaped; /* where the next block begins */
	uint8_t open[DEPTH_MAX];
};

/* --- blocks ------------------------------------------------------------------------------- */

typedef uint8_t vec __attribute__((vector_size(16)));

/* One bit for each byte, which is 0 or 0xff. */
static inline uint64_t bits_of(vec v)
{
#ifdef __SSE2__
	typedef char bytes __attribute__((vector_size(16)));

	return (uint64_t)(uint32_t)__builtin_ia32_pmovmskb128((bytes)v);
#else
	uint64_t bits = 0;

	for (unsigned i = 0; i < 16; i++)
		bits |= (uint64_t)(v[i] & 1) << i;
	return bits;
#endif
}

struct masks {
	uint64_t quote, backslash, bracket, nul;
};

static inline struct masks masks_of(const uint8_t *p)
{
	struct masks m = { 0, 0, 0, 0 };

	for (unsigned i = 0; i < BLOCK / 16; i++) {
		vec v, folded;

		memcpy(&v, p + i * 16, 16);
		folded = v | 0x20; /* makes '[' of '{' and ']' of '}' one */
		m.quote |= bits_of((vec)(v == '"')) << (i * 16);
		m.backslash |= bits_of((vec)(v == '\\')) << (i * 16);
		m.bracket |= bits_of((vec)(folded == '{') | (vec)(folded == '}')) << (i * 16);
		m.nul |= bits_of((vec)(v == 0)) << (i * 16);
	}
	return m;
}

/* Which bytes a backslash stands before that is not escaped itself. Bit n is about the first byte
 * behind a block of n < 64; *carry is about the first behind 64. */
static uint64_t escaped_bytes(uint64_t backslash, bool *carry)
{
	uint64_t escaped = *carry ? 1 : 0;
	bool out = false;

	backslash &= ~escaped;
	while (backslash) {
		unsigned i = (unsigned)__builtin_ctzll(backslash);

		backslash &= backslash - 1;
		if (i == BLOCK - 1) {
			out = true;
		} else {
			escaped |= UINT64_C(1) << (i + 1);
			backslash &= ~(UINT64_C(1) << (i + 1));
		}
	}
	*carry = out;
	return escaped;
}

/* Bit i is the exclusive or of bits 0 to i: set from each opening quote to before the closing one.
 */
static uint64_t between(uint64_t quote)
{
	for (unsigned i = 1; i < BLOCK; i *= 2)
		quote ^= quote << i;
	return quote;
}

/* --- passing ------------------------------------------------------------------------------ */

static int keep(struct skip *k, const uint8_t *p, size_t n)
{
	if (!k->out)
		return 0;
	if (n > k->out->max - k->out->len) {
		lic_jsonin_bad(k->j, "a record of more than %zu KiB", k->out->max >> 10);
		return k->j->failed = -EMSGSIZE;
	}
	lic_buf_add(k->out, p, n);
	return lic_buf_failed(k->out) ? lic_jsonin_bad(k->j, "out of memory") : 0;
}

/* Takes the next n bytes of the window. */
static int pass(struct skip *k, size_t n)
{
	struct lic_source *s = k->j->s;
	int r = keep(k, s->p + s->at, n);

	s->at += n;
	return r;
}

/* The bracket at `at`: 0, or negative errno. */
static int bracket(struct skip *k, size_t at)
{
	struct lic_source *s = k->j->s;
	uint8_t c = s->p[s->at + at];
	bool opens = c == '{' || c == '[';

	if (opens && k->depth < DEPTH_MAX) {
		k->open[k->depth++] = c;
		return 0;
	}
	if (!opens && k->open[k->depth - 1] == (c == '}' ? '{' : '[')) {
		k->depth--;
		return 0;
	}
	s->at += at;
	if (opens)
		return lic_jsonin_bad(k->j, "nested deeper than %d levels", DEPTH_MAX);
	return lic_jsonin_bad(k->j, "'%c' where '%c' should be", c, c == '}' ? ']' : '}');
}

/* The next n <= 64 bytes, that masks are about: how many belong to what is passed over, or negative
 * errno. */
static int pass_block(struct skip *k, const struct masks *m, size_t n)
{
	bool carry = k->escaped;
	uint64_t escaped = escaped_bytes(m->backslash, &carry);
	uint64_t inside = between(m->quote & ~escaped) ^ (k->in_string ? ~UINT64_C(0) : 0);
	uint64_t brackets = m->bracket & ~inside;

	/* a string that is passed over by itself */
	if (!k->depth && k->in_string && ~inside) {
		k->in_string = false;
		return __builtin_ctzll(~inside) + 1;
	}
	while (brackets) {
		size_t at = (size_t)__builtin_ctzll(brackets);
		int r = bracket(k, at);

		if (r < 0)
			return r;
		if (!k->depth) {
			k->in_string = false;
			return (int)at + 1;
		}
		brackets &= brackets - 1;
	}
	k->in_string = inside >> (BLOCK - 1);
	k->escaped = n < BLOCK ? escaped >> n & 1 : carry;
	return (int)n;
}

static int ended(struct skip *k)
{
	return lic_jsonin_bad(k->j, "the file ends where %s should be; it may be cut off",
			      k->in_string ? "the end of a string"
					   : "the end of an object or array");
}

/* Brings bytes: how many there are, at most a block. */
static int have(struct skip *k)
{
	struct lic_source *s = k->j->s;
	int r;

	while (s->at == s->end) {
		r = lic_source_more(s, k->j->err);
		if (r == 0)
			return ended(k);
		if (r < 0)
			return k->j->failed = r == -EOVERFLOW
						      ? lic_jsonin_bad(k->j, "too long a value")
						      : r;
	}
	return s->end - s->at < BLOCK ? (int)(s->end - s->at) : BLOCK;
}

static int pass_all(struct skip *k)
{
	struct lic_source *s = k->j->s;

	for (;;) {
		uint8_t tail[BLOCK];
		struct masks m;
		int n = have(k), used;
		bool whole;

		if (n < 0)
			return n;
		if (n == BLOCK) {
			m = masks_of(s->p + s->at);
		} else {
			memset(tail, ' ', sizeof(tail));
			memcpy(tail, s->p + s->at, (size_t)n);
			m = masks_of(tail);
		}
		used = pass_block(k, &m, (size_t)n);
		if (used < 0)
			return used;
		whole = !k->depth && !k->in_string;
		if (m.nul & (used == BLOCK ? ~UINT64_C(0) : (UINT64_C(1) << used) - 1)) {
			s->at += (size_t)__builtin_ctzll(m.nul);
			return lic_jsonin_bad(k->j, "a NUL byte");
		}
		n = pass(k, (size_t)used);
		if (n < 0 || whole)
			return n;
	}
}

int lic_jsonin_pass(struct lic_jsonin *j, uint8_t open, struct lic_buf *out)
{
	struct skip k;
	uint8_t first;
	int r;

	k.j = j;
	k.out = out;
	k.depth = 0;
	k.in_string = k.escaped = false;
	if (open) {
		k.open[k.depth++] = open;
		return pass_all(&k);
	}
	r = have(&k);
	if (r < 0)
		return r;
	first = j->s->p[j->s->at];
	r = pass(&k, 1);
	if (first == '"')
		k.in_string = true;
	else
		k.open[k.depth++] = first;
	return r < 0 ? r : pass_all(&k);
}
