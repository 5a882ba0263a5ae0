/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the rows of manifests that are about one image, and what they claim about it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/catalog/joined.h"
#include "fs/catalog/rowcodec.h"

#define CLAIMS_MAX (16u << 20) /* bytes of all rows about one image */

struct finding {
	struct lic_catalog *cat;
	const struct lic_joins *joins;
	const struct lic_subject *subject;
	struct lic_joined *out;
	const struct lic_source *root; /* the first source of the root at hand */
	bool second, backed;	       /* looking for an address that a row states, a sure one */
	struct lic_bytes url;	       /* its normal text */
	size_t bytes;		       /* of claims so far */
	struct lic_error *err;
};

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for rows of manifests");
}

void lic_joined_release(struct lic_joined *j)
{
	lic_arena_release(&j->arena);
	lic_buf_release(&j->text);
	free(j->item);
	j->item = NULL;
	j->n = j->cap = 0;
}

static void reset(struct lic_joined *j)
{
	lic_arena_reset(&j->arena);
	lic_buf_reset(&j->text);
	j->n = 0;
	j->reserve = 0;
	j->damage = NULL;
}

/* --- one row ------------------------------------------------------------------------------ */

static bool same_root(const struct lic_source *a, const struct lic_source *b)
{
	return a->root.n == b->root.n &&
	       (!a->root.n || memcmp(a->root.p, b->root.p, a->root.n) == 0);
}

/* Does the row have the key under which it was looked for? A hash proves nothing. */
struct verify {
	enum lic_key_kind kind;
	struct lic_bytes normal;
	struct lic_buf *text;
	const struct lic_subject *subject;
	bool found, lonely, other;
};

/* Does the row name a hash that the file's bytes do not have? */
static bool is_other(const struct verify *v, const struct lic_key *key)
{
	const struct lic_digests *known = v->subject->digests;
	const uint8_t *has = NULL;
	char hex[2 * 32 + 1];
	size_t n = 0;

	if (key->kind == LIC_KEY_XXH3)
		has = v->subject->hash->b, n = sizeof(v->subject->hash->b);
	else if (key->kind == LIC_KEY_MD5 && known->has & LIC_DIGEST_MD5)
		has = known->md5, n = sizeof(known->md5);
	else if (key->kind == LIC_KEY_SHA256 && known->has & LIC_DIGEST_SHA256)
		has = known->sha256, n = sizeof(known->sha256);
	if (!has)
		return false;
	for (size_t i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", has[i]);
	lic_buf_reset(v->text);
	return lic_key_normal(key->kind, key->text, v->text) &&
	       strcmp(lic_buf_str(v->text), hex) != 0;
}

static int verify_key(void *ctx, const struct lic_key *key)
{
	struct verify *v = ctx;

	if (1u << key->kind & LIC_PATTERNS)
		v->lonely = true;
	if (is_other(v, key))
		v->other = true;
	if (key->kind != v->kind || v->found)
		return 0;
	lic_buf_reset(v->text);
	v->found = lic_key_normal(key->kind, key->text, v->text) && v->text->len == v->normal.n &&
		   memcmp(lic_buf_str(v->text), v->normal.p, v->normal.n) == 0;
	return lic_buf_failed(v->text) ? -ENOMEM : 0;
}

static const char *say_broken(struct lic_joined *j, const struct lic_source *s, int64_t row)
{
	char text[96];
	const char *copy;

	snprintf(text, sizeof(text), "row %lld of manifest %lld cannot be read",
		 (long long)(row - s->first + 1), (long long)s->number);
	copy = lic_arena_dup(&j->arena, text, strlen(text));
	return copy ? copy : "a row of a manifest cannot be read";
}

static int grow(struct lic_joined *j, struct lic_error *err)
{
	size_t cap = j->cap ? j->cap * 2 : 16;
	void *p;

	if (j->n < j->cap)
		return 0;
	p = reallocarray(j->item, cap, sizeof(*j->item));
	if (!p)
		return no_memory(err);
	j->item = p;
	j->cap = cap;
	return 0;
}

static int skip_claim(void *ctx _unused_, const struct lic_claim *c _unused_)
{
	return 0;
}

/* Keeps what the row says; one that is broken, or says that it is, hides the image. */
static int keep_claims(struct finding *f, struct lic_join *item, struct lic_bytes claims)
{
	struct lic_joined *j = f->out;
	struct lic_row_head head = { 0 };

	/* One that was erased has lost its keys as well */
	if (lic_row_head(claims, &head) == 0 && head.erased) {
		item->broken = false;
		item->erased = true;
		item->revocation = head.revocation;
	}
	if (item->broken || lic_row_head(claims, &head) < 0 ||
	    lic_row_claims(claims, skip_claim, NULL) < 0) {
		item->broken = true;
		j->damage = say_broken(j, item->source, item->row);
		return 0;
	}
	f->bytes += claims.n;
	if (j->n >= LIC_JOINED_MAX || f->bytes > CLAIMS_MAX) {
		item->broken = true;
		j->damage = "more rows of manifests are about it than can be read";
		return 0;
	}
	j->reserve |= head.reserve;
	item->claims.n = claims.n;
	item->claims.p = (uint8_t *)lic_arena_dup(&j->arena, claims.p, claims.n);
	if (head.damage && !j->damage)
		j->damage = lic_arena_dup(&j->arena, head.damage, strlen(head.damage));
	return item->claims.p && (!head.damage || j->damage) ? 0 : no_memory(f->err);
}

static int add(struct finding *f, struct lic_join *item, struct lic_bytes claims)
{
	struct lic_joined *j = f->out;
	int r = grow(j, f->err);

	if (r == 0)
		r = keep_claims(f, item, claims);
	if (r == 0)
		j->item[j->n++] = *item;
	return r;
}

/* Only the hash of such a key is left. */
static bool is_erased(struct lic_bytes claims)
{
	struct lic_row_head head;

	return lic_row_head(claims, &head) == 0 && head.erased;
}

/* The present row of LIC_STMT_ROW_BY_KEY or LIC_STMT_ROW: number, keys, claims. */
static int look_at(struct finding *f, struct lic_query *q, const struct lic_source *s,
		   enum lic_key_kind kind, struct lic_bytes normal)
{
	struct verify v = { kind, normal, &f->out->text, f->subject, false, false, false };
	bool pattern = (1u << kind & LIC_PATTERNS) != 0;
	int r = sqlite3_column_type(q->stmt, 1) == SQLITE_NULL
			? -EUCLEAN
			: lic_row_keys(lic_query_bytes(q, 1), verify_key, &v);
	struct lic_join item = {
		.row = lic_query_int(q, 0),
		.source = s,
		.keyed = !pattern,
		.weak = lic_key_is_ambiguous(kind),
		.second = f->second,
		.backed = f->backed,
		.lonely = v.lonely,
		.other = v.other,
		.broken = r == -EUCLEAN,
	};

	if (r < 0 && r != -EUCLEAN)
		return no_memory(f->err);
	if (r == 0 && !pattern && !v.found && !is_erased(lic_query_bytes(q, 2)))
		return 0;
	return add(f, &item, lic_query_bytes(q, 2));
}

/* --- rows by key -------------------------------------------------------------------------- */

/* More rows of that manifest have the key than can be read for an image. */
static void look_at_marker(struct finding *f, int64_t number)
{
	for (size_t i = 0; i < f->joins->n; i++) {
		const struct lic_source *s = &f->joins->source[i];

		if (s->number == number && same_root(s, f->root))
			f->out->damage = "more rows of a manifest are about it than can be read";
	}
}

static int find_key(void *ctx, enum lic_key_kind kind, struct lic_bytes normal)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct finding *f = ctx;
	int64_t hash = lic_row_hash(kind, normal, &f->out->text);
	int r;

	if (lic_buf_failed(&f->out->text))
		return no_memory(f->err);
	r = lic_query(&q, f->cat, LIC_STMT_ROW_BY_KEY, f->err, "i", hash);
	while (r >= 0 && (r = lic_query_step(&q, f->err)) > 0) {
		int64_t row = lic_query_int(&q, 0);
		const struct lic_source *s = row > 0 ? lic_joins_source(f->joins, row) : NULL;

		if (row < 0)
			look_at_marker(f, -row);
		if (!s || !same_root(s, f->root))
			continue;
		r = look_at(f, &q, s, kind, normal);
		if (r < 0)
			return r;
	}
	return r;
}

static int find_pattern(struct finding *f, const struct lic_source *s, const struct lic_pattern *p)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, f->cat, LIC_STMT_ROW, f->err, "i", p->row);

	if (r == 0)
		r = lic_query_step(&q, f->err);
	if (r == 0)
		return lic_catalog_damaged(f->cat, f->err, "row %lld of a manifest is not there",
					   (long long)p->row);
	return r < 0 ? r : look_at(f, &q, s, p->kind, p->text);
}

/* --- roots -------------------------------------------------------------------------------- */

/* Calls `fn` for each root in force that the path lies below, with the path relative to it. */
static int each_root(struct finding *f, int (*fn)(struct finding *f, struct lic_bytes path))
{
	struct lic_bytes path = f->subject->path;
	int r = 0;

	f->root = lic_joins_at_root(f->joins, path.p, 0);
	if (f->root)
		r = fn(f, path);
	for (size_t i = 0; r == 0 && i + 1 < path.n; i++) {
		if (path.p[i] != '/')
			continue;
		f->root = lic_joins_at_root(f->joins, path.p, i);
		if (f->root)
			r = fn(f, (struct lic_bytes){ path.p + i + 1, path.n - i - 1 });
	}
	return r;
}

/* The next source of the root at hand. */
static const struct lic_source *next_source(const struct finding *f, const struct lic_source *s)
{
	while (s->next) {
		s = &f->joins->source[s->next - 1];
		if (same_root(s, f->root))
			return s;
	}
	return NULL;
}

static int find_below(struct finding *f, struct lic_bytes path)
{
	struct lic_claims claims = { .item = (struct lic_claim *)f->subject->claim,
				     .n = f->subject->n_claims };
	struct lic_key_subject subject = { .path = path,
					   .claims = &claims,
					   .xxh3 = f->subject->hash };
	const struct lic_digests *known = f->subject->digests;
	unsigned kinds = 0;
	int r = 0;

	for (const struct lic_source *s = f->root; r == 0 && s; s = next_source(f, s)) {
		kinds |= s->kinds;
		for (size_t i = s->pattern; r == 0 && i < s->pattern + s->n_patterns; i++) {
			if (lic_pattern_matches(&f->joins->pattern[i], path))
				r = find_pattern(f, s, &f->joins->pattern[i]);
		}
	}
	if (known->has & LIC_DIGEST_MD5)
		subject.md5 = known->md5;
	if (known->has & LIC_DIGEST_SHA256)
		subject.sha256 = known->sha256;
	/* A row that restricts it may name it by what is not known */
	if (lic_digests_of_kinds(kinds) & ~known->has)
		f->out->damage = "a manifest names files by a hash that is not known of this one: "
				 "scan the store";
	if (r == 0 && kinds & ~LIC_PATTERNS)
		r = lic_key_candidates(&subject, kinds & ~LIC_PATTERNS, find_key, f);
	return r == -ENOMEM ? no_memory(f->err) : r;
}

/* --- all of them -------------------------------------------------------------------------- */

static int by_row(const void *a, const void *b)
{
	const struct lic_join *x = a, *y = b;

	return x->row < y->row ? -1 : x->row > y->row;
}

/* One item a row: what one key proves, another need not. */
static void merge(struct lic_joined *j)
{
	size_t n = 0;

	if (j->n)
		qsort(j->item, j->n, sizeof(*j->item), by_row);
	for (size_t i = 0; i < j->n; i++) {
		struct lic_join *x = n ? &j->item[n - 1] : NULL;
		const struct lic_join *y = &j->item[i];

		if (!x || x->row != y->row) {
			j->item[n++] = *y;
			continue;
		}
		x->keyed |= y->keyed;
		x->weak &= y->weak;
		x->second &= y->second;
		x->backed |= y->backed;
		x->broken |= y->broken;
		x->other |= y->other;
		if (!x->claims.p)
			x->claims = y->claims;
	}
	j->n = n;
}

/* Does the row find another live image? 1, 0 or an error. */
static int finds_another(struct finding *f, int64_t row)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, f->cat, LIC_STMT_MATCH_OTHER, f->err, "ii", row, f->subject->entry);

	return r < 0 ? r : lic_query_step(&q, f->err);
}

static int settle(struct finding *f, bool second)
{
	for (size_t i = 0; i < f->out->n; i++) {
		struct lic_join *x = &f->out->item[i];
		int r;

		if (x->second != second)
			continue;
		x->sure = !x->weak && !x->other;
		if (x->sure || x->other || x->lonely || (second && !x->backed))
			continue;
		r = finds_another(f, x->row);
		if (r < 0)
			return r;
		x->sure = r == 0;
	}
	return 0;
}

/* --- addresses that rows state ------------------------------------------------------------ */

static int find_url_below(struct finding *f, struct lic_bytes path _unused_)
{
	unsigned kinds = 0;

	for (const struct lic_source *s = f->root; s; s = next_source(f, s))
		kinds |= s->kinds;
	return kinds & 1u << LIC_KEY_URL ? find_key(f, LIC_KEY_URL, f->url) : 0;
}

static int find_url(void *ctx, const struct lic_claim *c)
{
	_cleanup_(lic_buf_release) struct lic_buf normal = LIC_BUF_INIT(8 * LIC_KEY_TEXT_MAX);
	struct finding *f = ctx;

	if (c->role != LIC_ROLE_SOURCE_URL)
		return 0;
	if (!lic_key_normal(LIC_KEY_URL,
			    (struct lic_bytes){ (const uint8_t *)c->text, strlen(c->text) },
			    &normal))
		return lic_buf_failed(&normal) ? no_memory(f->err) : 0;
	f->url = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&normal), normal.len };
	return each_root(f, find_url_below);
}

static int find_urls(struct finding *f)
{
	struct lic_joined *j = f->out;
	size_t first = j->n;

	f->second = true;
	for (size_t i = 0; i < first; i++) {
		struct lic_row_head head;
		int r = 0;

		f->backed = j->item[i].sure;
		if (!j->item[i].broken && lic_row_head(j->item[i].claims, &head) == 0 && head.urls)
			r = lic_row_claims(j->item[i].claims, find_url, f);
		if (r < 0)
			return r;
	}
	merge(j);
	return settle(f, true);
}

int lic_joined_find(struct lic_catalog *cat, const struct lic_subject *s, struct lic_joined *ret,
		    struct lic_error *err)
{
	struct finding f = { .cat = cat, .subject = s, .out = ret, .err = err };
	int r = lic_joins_get(cat, &f.joins, err);

	reset(ret);
	if (r < 0 || !f.joins->n)
		return r;
	r = each_root(&f, find_below);
	if (r == 0) {
		merge(ret);
		r = settle(&f, false);
	}
	if (r == 0 && ret->n && f.joins->kinds & 1u << LIC_KEY_URL)
		r = find_urls(&f);
	return r < 0 ? r : lic_joined_choose(ret, err);
}

/* --- what they claim ---------------------------------------------------------------------- */

struct speech {
	const struct lic_join *join;
	struct lic_claims *out;
	struct lic_buf source;
	uint32_t base;
};

/* What may be another image's: it restricts, but neither grants nor credits. */
static void sink(struct speech *x, struct lic_claim *c)
{
	c->rank = LIC_RANK_NONE;
	c->override = false;
	if (c->role == LIC_ROLE_CREATOR || c->role == LIC_ROLE_TITLE ||
	    c->role == LIC_ROLE_SOURCE_URL)
		c->role = LIC_ROLE_NONE;
	lic_buf_reset(&x->source);
	lic_buf_adds(&x->source, c->source);
	lic_buf_adds(&x->source, " (ambiguous)");
	c->source = lic_buf_str(&x->source);
}

static int say(void *ctx, const struct lic_claim *claim)
{
	struct speech *x = ctx;
	struct lic_claim c = *claim;

	c.packet += x->base;
	c.ref = x->join->source->number;
	if (!lic_joined_says(x->join, &c))
		return 0;
	if (!x->join->sure)
		sink(x, &c);
	lic_claims_add(x->out, &c);
	if (c.packet >= x->out->next_packet)
		x->out->next_packet = c.packet + 1;
	return lic_buf_failed(&x->source) ? -ENOMEM : 0;
}

int lic_joined_claims(const struct lic_joined *j, struct lic_claims *ret, struct lic_error *err)
{
	struct speech x = { .out = ret, .source = LIC_BUF_INIT(1u << 20) };
	int r = 0;

	for (size_t i = 0; r == 0 && i < j->n; i++) {
		x.join = &j->item[i];
		x.base = ret->next_packet;
		if (!x.join->broken)
			r = lic_row_claims(x.join->claims, say, &x);
	}
	lic_buf_release(&x.source);
	if (r == 0 && j->damage) {
		ret->damage = lic_arena_dup(&ret->arena, j->damage, strlen(j->damage));
		r = ret->damage ? 0 : -ENOMEM;
	}
	return r < 0 ? no_memory(err) : 0;
}

void lic_joined_digest(const struct lic_joined *j, struct lic_hasher *h)
{
	size_t n = j->damage ? strlen(j->damage) + 1 : 0;
	size_t head[2] = { j->n, n };

	lic_hasher_add(h, head, sizeof(head));
	lic_hasher_add(h, j->damage ? j->damage : "", n);
	for (size_t i = 0; i < j->n; i++) {
		const struct lic_join *x = &j->item[i];
		int64_t fact[3] = { x->source->number, (int64_t)x->claims.n,
				    (x->sure ? 1 : 0) | (x->broken ? 2 : 0) | x->mute << 2 };

		lic_hasher_add(h, fact, sizeof(fact));
		lic_hasher_add(h, x->claims.p ? x->claims.p : (const uint8_t *)"", x->claims.n);
	}
}
