/* SPDX-License-Identifier: Apache-2.0 */
/* Packing rows of manifests into blobs and taking them apart again. */
#include <errno.h>
#include <string.h>

#include <licensefs/catalog.h>

#include "fs/catalog/rowcodec.h"

#define ROW_VERSION 1

/* Of the head. */
#define HAS_DAMAGE 1u
#define HAS_URLS 2u
#define ERASED 4u /* what it said was erased; the number of a revocation follows */

/* Of a claim. */
#define OVERRIDE 1u
#define RAW_IS_TEXT 2u
#define SAME_SOURCE 4u /* as the claim before */
#define SAME_FIELD 8u
#define CLAIM_FLAGS 15u

#define PACKET_MAX 0xffffu

/* --- writing ------------------------------------------------------------------------------ */

static void put_number(struct lic_buf *b, uint64_t v)
{
	while (v >= 0x80) {
		lic_buf_addc(b, (char)(v | 0x80));
		v >>= 7;
	}
	lic_buf_addc(b, (char)v);
}

static void put_bytes(struct lic_buf *b, const void *p, size_t n)
{
	put_number(b, n);
	lic_buf_add(b, p, n);
}

/* With its NUL, so that readers need no copy. */
static void put_text(struct lic_buf *b, const char *s)
{
	put_bytes(b, s, strlen(s) + 1);
}

static int encode_keys(const struct lic_row *row, struct lic_buf *out, struct lic_error *err)
{
	if (row->n_keys > LIC_ROW_KEYS_MAX)
		return lic_error_set(err, EINVAL, "a row has %zu keys, more than %d", row->n_keys,
				     LIC_ROW_KEYS_MAX);
	lic_buf_addc(out, ROW_VERSION);
	lic_buf_addc(out, (char)row->n_keys);
	for (size_t i = 0; i < row->n_keys; i++) {
		const struct lic_key *k = &row->key[i];

		if (k->kind <= LIC_KEY_NONE || k->kind >= LIC_KEY_COUNT)
			return lic_error_set(err, EINVAL, "a row has a key of kind %d",
					     (int)k->kind);
		lic_buf_addc(out, (char)k->kind);
		put_bytes(out, k->text.p, k->text.n);
	}
	return 0;
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static bool same_raw(const struct lic_claim *c, const char *text)
{
	size_t n = strlen(text);

	return c->raw.n == n && (!n || memcmp(c->raw.p, text, n) == 0);
}

static void encode_claim(const struct lic_claim *c, const struct lic_claim *before,
			 struct lic_buf *out)
{
	const char *source = or_empty(c->source), *field = or_empty(c->field);
	const char *text = or_empty(c->text);
	unsigned flags = c->override ? OVERRIDE : 0;

	if (same_raw(c, text))
		flags |= RAW_IS_TEXT;
	if (before && strcmp(source, or_empty(before->source)) == 0)
		flags |= SAME_SOURCE;
	if (before && strcmp(field, or_empty(before->field)) == 0)
		flags |= SAME_FIELD;
	lic_buf_addc(out, (char)c->rank);
	lic_buf_addc(out, (char)c->role);
	lic_buf_addc(out, (char)c->context);
	lic_buf_addc(out, (char)flags);
	put_number(out, c->packet);
	put_number(out, c->reserve);
	if (!(flags & SAME_SOURCE))
		put_text(out, source);
	if (!(flags & SAME_FIELD))
		put_text(out, field);
	put_text(out, text);
	if (!(flags & RAW_IS_TEXT))
		put_bytes(out, c->raw.p, c->raw.n);
}

/* Only what a manifest may say: the operator speaks by decisions. */
static bool may_say(const struct lic_claim *c)
{
	return (unsigned)c->rank < LIC_RANK_OPERATOR && (unsigned)c->role < LIC_ROLE_COUNT &&
	       c->role != LIC_ROLE_TRUST && (unsigned)c->context < LIC_CONTEXT_COUNT &&
	       c->packet <= PACKET_MAX && c->reserve < 1u << LIC_RESERVE_COUNT;
}

static int encode_claims(const struct lic_claims *claims, struct lic_buf *out,
			 struct lic_error *err)
{
	unsigned flags = claims->damage ? HAS_DAMAGE : 0, reserve = 0;

	for (size_t i = 0; i < claims->n; i++) {
		const struct lic_claim *c = &claims->item[i];

		if (!may_say(c))
			return lic_error_set(err, EINVAL,
					     "a row has a claim of rank %d and role %d",
					     (int)c->rank, (int)c->role);
		if (c->role == LIC_ROLE_SOURCE_URL)
			flags |= HAS_URLS;
		if (c->role == LIC_ROLE_RESERVATION)
			reserve |= c->reserve;
	}
	lic_buf_addc(out, ROW_VERSION);
	lic_buf_addc(out, (char)flags);
	put_number(out, reserve);
	put_number(out, claims->n);
	if (claims->damage)
		put_text(out, claims->damage);
	for (size_t i = 0; i < claims->n; i++)
		encode_claim(&claims->item[i], i ? &claims->item[i - 1] : NULL, out);
	return 0;
}

int lic_row_encode(const struct lic_row *row, struct lic_buf *keys, struct lic_buf *claims,
		   struct lic_error *err)
{
	static const struct lic_claims none = LIC_CLAIMS_INIT;
	int r = encode_keys(row, keys, err);

	if (r == 0)
		r = encode_claims(row->claims ? row->claims : &none, claims, err);
	if (r < 0)
		return r;
	if (keys->len + claims->len > LIC_ROW_MAX ||
	    (lic_buf_failed(keys) && keys->len + LIC_KEY_TEXT_MAX > keys->max) ||
	    (lic_buf_failed(claims) && claims->len > LIC_ROW_MAX / 2))
		return lic_error_set(err, EFBIG, "a row is larger than %u bytes", LIC_ROW_MAX);
	if (lic_buf_failed(keys) || lic_buf_failed(claims))
		return lic_error_set(err, ENOMEM, "out of memory for a row");
	return 0;
}

/* --- erasing ------------------------------------------------------------------------------ */

struct patterns {
	unsigned n;
	struct lic_buf *out; /* NULL: count alone */
};

/* Patterns are held in memory, and name places; without them the row would be about all. */
static int keep_pattern(void *ctx, const struct lic_key *key)
{
	struct patterns *x = ctx;

	if (key->kind != LIC_KEY_ALL && key->kind != LIC_KEY_GLOB && key->kind != LIC_KEY_RULE)
		return 0;
	x->n++;
	if (x->out) {
		lic_buf_addc(x->out, (char)key->kind);
		put_bytes(x->out, key->text.p, key->text.n);
	}
	return 0;
}

int lic_row_erase(struct lic_bytes keys, struct lic_bytes claims, int64_t revocation,
		  struct lic_buf *ret_keys, struct lic_buf *ret_claims)
{
	struct lic_row_head head = { 0 };
	struct patterns x = { 0 };

	if (lic_row_keys(keys, keep_pattern, &x) == 0 && x.n) {
		lic_buf_addc(ret_keys, ROW_VERSION);
		lic_buf_addc(ret_keys, (char)x.n);
		x.out = ret_keys;
		(void)!lic_row_keys(keys, keep_pattern, &x);
	}
	(void)!lic_row_head(claims, &head);
	lic_buf_addc(ret_claims, ROW_VERSION);
	lic_buf_addc(ret_claims, HAS_DAMAGE | ERASED);
	put_number(ret_claims, head.reserve);
	put_number(ret_claims, 0);
	put_text(ret_claims, "what a manifest said about it was erased: import it again, or scan "
			     "the store");
	put_number(ret_claims, (uint64_t)revocation);
	return lic_buf_failed(ret_keys) || lic_buf_failed(ret_claims) ? -ENOMEM : 0;
}

/* --- reading ------------------------------------------------------------------------------ */

struct reader {
	const uint8_t *p, *end;
	bool bad;
};

static unsigned get_byte(struct reader *r)
{
	if (r->bad || r->p == r->end) {
		r->bad = true;
		return 0;
	}
	return *r->p++;
}

static uint64_t get_number(struct reader *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		unsigned b = get_byte(r);

		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
	r->bad = true;
	return 0;
}

static struct lic_bytes get_bytes(struct reader *r)
{
	uint64_t n = get_number(r);
	struct lic_bytes b = { r->p, (size_t)n };

	if (r->bad || n > (uint64_t)(r->end - r->p)) {
		r->bad = true;
		return (struct lic_bytes){ (const uint8_t *)"", 0 };
	}
	r->p += n;
	return b;
}

static const char *get_text(struct reader *r)
{
	struct lic_bytes b = get_bytes(r);

	/* The only NUL is the last byte */
	if (r->bad || !b.n || memchr(b.p, 0, b.n) != b.p + b.n - 1) {
		r->bad = true;
		return "";
	}
	return (const char *)b.p;
}

int lic_row_keys(struct lic_bytes blob, int (*fn)(void *ctx, const struct lic_key *key), void *ctx)
{
	struct reader r = { blob.p, blob.p + blob.n, false };
	bool known = get_byte(&r) == ROW_VERSION;
	unsigned n = get_byte(&r);

	if (r.bad || !known || n > LIC_ROW_KEYS_MAX)
		return -EUCLEAN;
	for (unsigned i = 0; i < n; i++) {
		struct lic_key k = { .kind = (enum lic_key_kind)get_byte(&r) };
		int stop;

		k.text = get_bytes(&r);
		if (r.bad || k.kind <= LIC_KEY_NONE || k.kind >= LIC_KEY_COUNT)
			return -EUCLEAN;
		stop = fn(ctx, &k);
		if (stop)
			return stop;
	}
	return r.p == r.end ? 0 : -EUCLEAN;
}

static bool get_head(struct reader *r, struct lic_row_head *ret)
{
	bool known = get_byte(r) == ROW_VERSION;
	unsigned flags = get_byte(r);
	uint64_t reserve = get_number(r), n = get_number(r), revocation = 0;

	*ret = (struct lic_row_head){ .urls = flags & HAS_URLS };
	if (flags & HAS_DAMAGE)
		ret->damage = get_text(r);
	if (flags & ERASED) {
		revocation = get_number(r);
		ret->erased = true;
		ret->revocation = (int64_t)revocation;
	}
	ret->reserve = (unsigned)reserve;
	ret->n = (size_t)n;
	return !r->bad && known && !(flags & ~(HAS_DAMAGE | HAS_URLS | ERASED)) &&
	       (!ret->erased || (ret->damage && !n)) && revocation <= INT64_MAX &&
	       reserve < 1u << LIC_RESERVE_COUNT && n <= LIC_ROW_MAX;
}

int lic_row_head(struct lic_bytes blob, struct lic_row_head *ret)
{
	struct reader r = { blob.p, blob.p + blob.n, false };
	struct lic_row_head head;

	if (!get_head(&r, &head))
		return -EUCLEAN;
	*ret = head;
	return 0;
}

/* `c` is the claim before and becomes the next one. */
static bool get_claim(struct reader *r, struct lic_claim *c)
{
	uint64_t packet, reserve;
	unsigned flags;

	c->rank = (enum lic_rank)get_byte(r);
	c->role = (enum lic_role)get_byte(r);
	c->context = (enum lic_context)get_byte(r);
	flags = get_byte(r);
	packet = get_number(r);
	reserve = get_number(r);
	c->override = flags & OVERRIDE;
	c->packet = (uint32_t)packet;
	c->reserve = (uint32_t)reserve;
	if (!(flags & SAME_SOURCE))
		c->source = get_text(r);
	if (!(flags & SAME_FIELD))
		c->field = get_text(r);
	c->text = get_text(r);
	if (flags & RAW_IS_TEXT)
		c->raw = (struct lic_bytes){ (const uint8_t *)c->text, strlen(c->text) };
	else
		c->raw = get_bytes(r);
	return !r->bad && may_say(c) && !(flags & ~CLAIM_FLAGS) && c->source && c->field &&
	       packet <= PACKET_MAX && reserve < 1u << LIC_RESERVE_COUNT;
}

int lic_row_claims(struct lic_bytes blob, int (*fn)(void *ctx, const struct lic_claim *c),
		   void *ctx)
{
	struct reader r = { blob.p, blob.p + blob.n, false };
	struct lic_row_head head;
	struct lic_claim c = { 0 };

	if (!get_head(&r, &head))
		return -EUCLEAN;
	for (size_t i = 0; i < head.n; i++) {
		int stop;

		if (!get_claim(&r, &c))
			return -EUCLEAN;
		stop = fn(ctx, &c);
		if (stop)
			return stop;
	}
	return r.p == r.end ? 0 : -EUCLEAN;
}
