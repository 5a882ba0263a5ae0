/* SPDX-License-Identifier: Apache-2.0 */
/* The door of libcbor: its decoder reads one head at a time, nesting and bounds are kept here. */
#include <string.h>

#include <cbor.h>

#include "fs/evidence/nested.h"

enum token_kind {
	TOKEN_NONE,
	TOKEN_UINT,
	TOKEN_NEGATIVE, /* -1 - number */
	TOKEN_FLOAT,
	TOKEN_BOOL,
	TOKEN_NULL,
	TOKEN_BYTES,
	TOKEN_TEXT,
	TOKEN_BYTES_START,
	TOKEN_TEXT_START,
	TOKEN_ARRAY,
	TOKEN_MAP,
	TOKEN_ARRAY_START,
	TOKEN_MAP_START,
	TOKEN_TAG,
	TOKEN_BREAK,
};

struct token {
	enum token_kind kind;
	uint64_t number;
	double real;
	const uint8_t *p;
	size_t n;
};

struct frame {
	uint64_t left; /* values to come where the length is definite */
	bool is_map, definite;
	bool at_value; /* map: the key was read */
};

struct walk {
	const struct lic_nested_handler *h;
	void *ctx;
	struct frame frame[LIC_NESTED_DEPTH_MAX];
	struct lic_nested_path path; /* its n counts the frames */
	struct lic_arena strings;    /* of keys and values that came in pieces */
	struct lic_buf pieces;
	enum token_kind piece; /* of the string that is being put together, else TOKEN_NONE */
	bool tagged;	       /* a tag was read, its value was not */
};

#define NUMBER_CALLBACK(name, type, token_kind)                                                    \
	static void name(void *t, type v)                                                          \
	{                                                                                          \
		*(struct token *)t = (struct token){ .kind = (token_kind), .number = v };          \
	}
NUMBER_CALLBACK(on_uint8, uint8_t, TOKEN_UINT)
NUMBER_CALLBACK(on_uint16, uint16_t, TOKEN_UINT)
NUMBER_CALLBACK(on_uint32, uint32_t, TOKEN_UINT)
NUMBER_CALLBACK(on_uint64, uint64_t, TOKEN_UINT)
NUMBER_CALLBACK(on_negative8, uint8_t, TOKEN_NEGATIVE)
NUMBER_CALLBACK(on_negative16, uint16_t, TOKEN_NEGATIVE)
NUMBER_CALLBACK(on_negative32, uint32_t, TOKEN_NEGATIVE)
NUMBER_CALLBACK(on_negative64, uint64_t, TOKEN_NEGATIVE)
NUMBER_CALLBACK(on_array, size_t, TOKEN_ARRAY)
NUMBER_CALLBACK(on_map, size_t, TOKEN_MAP)
NUMBER_CALLBACK(on_tag, uint64_t, TOKEN_TAG)
NUMBER_CALLBACK(on_bool, bool, TOKEN_BOOL)

#define PLAIN_CALLBACK(name, token_kind)                                                           \
	static void name(void *t)                                                                  \
	{                                                                                          \
		*(struct token *)t = (struct token){ .kind = (token_kind) };                       \
	}
PLAIN_CALLBACK(on_null, TOKEN_NULL)
PLAIN_CALLBACK(on_break, TOKEN_BREAK)
PLAIN_CALLBACK(on_bytes_start, TOKEN_BYTES_START)
PLAIN_CALLBACK(on_text_start, TOKEN_TEXT_START)
PLAIN_CALLBACK(on_array_start, TOKEN_ARRAY_START)
PLAIN_CALLBACK(on_map_start, TOKEN_MAP_START)

static void on_float(void *t, float v)
{
	*(struct token *)t = (struct token){ .kind = TOKEN_FLOAT, .real = (double)v };
}

static void on_double(void *t, double v)
{
	*(struct token *)t = (struct token){ .kind = TOKEN_FLOAT, .real = v };
}

static void on_bytes(void *t, cbor_data p, size_t n)
{
	*(struct token *)t = (struct token){ .kind = TOKEN_BYTES, .p = p, .n = n };
}

static void on_text(void *t, cbor_data p, size_t n)
{
	*(struct token *)t = (struct token){ .kind = TOKEN_TEXT, .p = p, .n = n };
}

static const struct cbor_callbacks callbacks = {
	.uint8 = on_uint8,
	.uint16 = on_uint16,
	.uint32 = on_uint32,
	.uint64 = on_uint64,
	.negint8 = on_negative8,
	.negint16 = on_negative16,
	.negint32 = on_negative32,
	.negint64 = on_negative64,
	.byte_string_start = on_bytes_start,
	.byte_string = on_bytes,
	.string_start = on_text_start,
	.string = on_text,
	.indef_array_start = on_array_start,
	.array_start = on_array,
	.indef_map_start = on_map_start,
	.map_start = on_map,
	.tag = on_tag,
	.float2 = on_float,
	.float4 = on_float,
	.float8 = on_double,
	.undefined = on_null,
	.null = on_null,
	.boolean = on_bool,
	.indef_break = on_break,
};

static struct frame *top_of(struct walk *w)
{
	return w->path.n ? &w->frame[w->path.n - 1] : NULL;
}

/* A value is complete: counts it, and ends the maps and arrays that it completes. */
static void finish_value(struct walk *w)
{
	struct frame *f = top_of(w);

	for (; f; f = top_of(w)) {
		f->at_value = false;
		if (!f->definite || --f->left)
			return;
		w->path.n--;
		w->h->close(w->ctx, &w->path);
	}
}

/* A scalar with its text: a key, or a value. */
static void scalar(struct walk *w, const uint8_t *p, size_t n, bool is_text)
{
	struct frame *f = top_of(w);

	if (f && f->is_map && !f->at_value) {
		w->path.key[w->path.n - 1] = is_text ? (struct lic_bytes){ p, n }
						     : (struct lic_bytes){ (const uint8_t *)"", 0 };
		f->at_value = true;
		return;
	}
	w->h->value(w->ctx, &w->path, p, n);
	finish_value(w);
}

static bool container(struct walk *w, const struct token *t, size_t bytes_left)
{
	bool is_map = t->kind == TOKEN_MAP || t->kind == TOKEN_MAP_START;
	bool definite = t->kind == TOKEN_MAP || t->kind == TOKEN_ARRAY;
	struct frame *f = top_of(w);

	if ((f && f->is_map && !f->at_value) || w->path.n == LIC_NESTED_DEPTH_MAX)
		return false;
	/* no item is shorter than a byte */
	if (definite && t->number > bytes_left / (is_map ? 2 : 1))
		return false;
	w->h->open(w->ctx, &w->path);
	if (definite && !t->number) {
		w->h->close(w->ctx, &w->path);
		finish_value(w);
		return true;
	}
	w->frame[w->path.n] =
		(struct frame){ .left = t->number, .is_map = is_map, .definite = definite };
	w->path.key[w->path.n++] = (struct lic_bytes){ NULL, 0 };
	return true;
}

static bool end_of_indefinite(struct walk *w)
{
	const struct frame *f = top_of(w);

	if (!f || f->definite || f->at_value)
		return false;
	w->path.n--;
	w->h->close(w->ctx, &w->path);
	finish_value(w);
	return true;
}

/* Pieces of an indefinite string must be definite strings of its own kind. */
static bool string_piece(struct walk *w, const struct token *t)
{
	char *whole;

	if (t->kind == w->piece) {
		lic_buf_add(&w->pieces, t->p, t->n);
		return !lic_buf_failed(&w->pieces);
	}
	if (t->kind != TOKEN_BREAK)
		return false;
	whole = lic_arena_dup(&w->strings, lic_buf_str(&w->pieces), w->pieces.len);
	if (!whole)
		return false;
	scalar(w, (const uint8_t *)whole, w->pieces.len, w->piece == TOKEN_TEXT);
	w->piece = TOKEN_NONE;
	lic_buf_reset(&w->pieces);
	return true;
}

/* Written by hand: a file may hold millions of them. */
static void integer(struct walk *w, bool negative, uint64_t v)
{
	uint8_t s[24], *p = s + sizeof(s);

	do {
		*--p = (uint8_t)('0' + v % 10);
		v /= 10;
	} while (v);
	if (negative)
		*--p = '-';
	scalar(w, p, (size_t)(s + sizeof(s) - p), false);
}

/* Whole numbers as such; no field has any other. */
static void real(struct walk *w, double v)
{
	static const uint8_t fraction[] = "a fraction";

	if (v > -0x1p53 && v < 0x1p53 && v == (double)(int64_t)v)
		integer(w, v < 0, (uint64_t)(v < 0 ? -v : v));
	else
		scalar(w, fraction, sizeof(fraction) - 1, false);
}

static bool step(struct walk *w, const struct token *t, size_t bytes_left)
{
	if (w->piece != TOKEN_NONE)
		return string_piece(w, t);
	if (t->kind == TOKEN_TAG) {
		w->tagged = true;
		return true;
	}
	if (w->tagged && t->kind == TOKEN_BREAK)
		return false;
	w->tagged = false;
	switch (t->kind) {
	case TOKEN_UINT:
		integer(w, false, t->number);
		return true;
	case TOKEN_NEGATIVE:
		/* -2^64 has no room for its digits */
		integer(w, true, t->number + (t->number < UINT64_MAX));
		return true;
	case TOKEN_FLOAT:
		real(w, t->real);
		return true;
	case TOKEN_BOOL:
		scalar(w, (const uint8_t *)(t->number ? "true" : "false"), t->number ? 4 : 5,
		       false);
		return true;
	case TOKEN_NULL:
		scalar(w, (const uint8_t *)"", 0, false);
		return true;
	case TOKEN_BYTES:
	case TOKEN_TEXT:
		scalar(w, t->p, t->n, t->kind == TOKEN_TEXT);
		return true;
	case TOKEN_BYTES_START:
		w->piece = TOKEN_BYTES;
		return true;
	case TOKEN_TEXT_START:
		w->piece = TOKEN_TEXT;
		return true;
	case TOKEN_BREAK:
		return end_of_indefinite(w);
	case TOKEN_NONE:
	case TOKEN_TAG:
		return false;
	default:
		return container(w, t, bytes_left);
	}
}

static bool walk_items(struct walk *w, const uint8_t *p, size_t n)
{
	size_t at = 0;

	while (at < n) {
		struct token t = { .kind = TOKEN_NONE };
		struct cbor_decoder_result d = cbor_stream_decode(p + at, n - at, &callbacks, &t);

		if (d.status != CBOR_DECODER_FINISHED || d.read > n - at)
			return false;
		at += d.read;
		if (!step(w, &t, n - at))
			return false;
	}
	return !w->path.n && !w->tagged && w->piece == TOKEN_NONE;
}

bool lic_cbor_walk(const uint8_t *p, size_t n, size_t text_max, const struct lic_nested_handler *h,
		   void *ctx)
{
	struct walk w = {
		.h = h,
		.ctx = ctx,
		.strings = LIC_ARENA_INIT(text_max),
		.pieces = LIC_BUF_INIT(text_max),
	};
	bool whole = n && walk_items(&w, p, n);

	lic_arena_release(&w.strings);
	lic_buf_release(&w.pieces);
	return whole;
}
