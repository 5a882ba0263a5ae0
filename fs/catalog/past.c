/* SPDX-License-Identifier: Apache-2.0 */
/* What imports that have ended once stated about an image. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/joined.h"
#include "fs/catalog/rowcodec.h"

/* A normal text under which rows about the image would lie. */
struct wanted {
	enum lic_key_kind kind;
	struct lic_bytes normal;
};

struct looking {
	struct lic_catalog *cat;
	const struct lic_image *image;
	struct lic_bytes path; /* relative to the root of the import at hand */
	struct wanted wanted[LIC_KEY_TAILS_MAX + LIC_KEY_URLS_MAX + 8];
	size_t n_wanted;
	struct lic_arena arena; /* of their texts */
	struct lic_buf text;
	struct lic_claims claims;
	int64_t left; /* rows that may yet be looked at */
	struct lic_error *err;
};

static void release(struct looking *l)
{
	lic_arena_release(&l->arena);
	lic_buf_release(&l->text);
	lic_claims_release(&l->claims);
}

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for rows of imports that have ended");
}

/* --- one import --------------------------------------------------------------------------- */

static bool is_below(struct lic_bytes root, struct lic_bytes path, struct lic_bytes *ret)
{
	size_t skip = root.n ? root.n + 1 : 0;

	if (path.n <= skip ||
	    (skip && (memcmp(path.p, root.p, root.n) != 0 || path.p[root.n] != '/')))
		return false;
	*ret = (struct lic_bytes){ path.p + skip, path.n - skip };
	return true;
}

static int want(void *ctx, enum lic_key_kind kind, struct lic_bytes normal)
{
	struct looking *l = ctx;
	struct wanted *w = &l->wanted[l->n_wanted];

	if (l->n_wanted == LIC_ARRAY_SIZE(l->wanted))
		return 0;
	w->kind = kind;
	w->normal.n = normal.n;
	w->normal.p = (uint8_t *)lic_arena_dup(&l->arena, normal.p, normal.n);
	l->n_wanted++;
	return w->normal.p ? 0 : -ENOMEM;
}

static int want_all(struct looking *l, unsigned kinds)
{
	const struct lic_digests *known = l->image->subject.digests;
	const struct lic_key_subject subject = {
		.path = l->path,
		.claims = &l->image->claims,
		.xxh3 = l->image->subject.hash,
		.md5 = known->has & LIC_DIGEST_MD5 ? known->md5 : NULL,
		.sha256 = known->has & LIC_DIGEST_SHA256 ? known->sha256 : NULL,
	};
	int r;

	lic_arena_reset(&l->arena);
	l->n_wanted = 0;
	r = lic_key_candidates(&subject, kinds & ~LIC_PATTERNS, want, l);
	return r < 0 ? no_memory(l->err) : 0;
}

/* 1 where the key finds the image, which stops the walk over keys. */
static int try_key(void *ctx, const struct lic_key *key)
{
	struct looking *l = ctx;
	bool normal = false;

	if (1u << key->kind & LIC_PATTERNS) {
		struct lic_pattern p = { 0, key->kind, key->text };

		return lic_pattern_matches(&p, l->path);
	}
	for (size_t i = 0; i < l->n_wanted; i++) {
		const struct wanted *w = &l->wanted[i];

		if (w->kind != key->kind)
			continue;
		if (!normal) {
			lic_buf_reset(&l->text);
			if (!lic_key_normal(key->kind, key->text, &l->text))
				return lic_buf_failed(&l->text) ? -ENOMEM : 0;
			normal = true;
		}
		if (l->text.len == w->normal.n &&
		    memcmp(lic_buf_str(&l->text), w->normal.p, w->normal.n) == 0)
			return 1;
	}
	return 0;
}

struct keeping {
	struct lic_claims *to;
	uint32_t base;
	int64_t number;
};

static int keep_claim(void *ctx, const struct lic_claim *claim)
{
	struct keeping *k = ctx;
	struct lic_claim c = *claim;

	c.packet += k->base;
	c.ref = k->number;
	lic_claims_add(k->to, &c);
	if (c.packet >= k->to->next_packet)
		k->to->next_packet = c.packet + 1;
	return 0;
}

/* A row that cannot be read finds nothing: here it can hide no restriction that is in force. */
static int look_through(struct looking *l, struct lic_past_rows *p, int64_t first)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, l->cat, LIC_STMT_ROWS_OF, l->err, "ii", first,
			  first + p->manifest.rows);

	while (r >= 0 && (r = lic_query_step(&q, l->err)) > 0) {
		struct keeping k = { &l->claims, l->claims.next_packet, p->manifest.number };

		r = lic_row_keys(lic_query_bytes(&q, 2), try_key, l);
		if (r > 0 && p->rows++ < LIC_PAST_CLAIMED_MAX)
			r = lic_row_claims(lic_query_bytes(&q, 3), keep_claim, &k);
		if (r == -ENOMEM)
			return no_memory(l->err);
		if (r == -EUCLEAN)
			r = 0;
	}
	return r;
}

/* --- all of them -------------------------------------------------------------------------- */

/* The present row of LIC_STMT_MANIFESTS_PAST; 1 where it is about the image. */
static int look_at(struct looking *l, struct lic_query *q, struct lic_past_rows *ret)
{
	const char *verb = lic_query_text(q, 15);
	int r = lic_manifest_from_row(q, &ret->manifest, l->err);

	if (r < 0 || !is_below(ret->manifest.root, l->image->subject.path, &l->path))
		return r;
	ret->ended_at = lic_query_int(q, 14);
	ret->ended_verb = verb ? verb : "";
	ret->superseded = lic_query_int(q, 16);
	ret->rows = 0;
	ret->claims = &l->claims;
	l->left -= ret->manifest.rows;
	if (l->left < 0)
		return 0;
	lic_claims_reset(&l->claims);
	r = want_all(l, (unsigned)lic_query_int(q, 13));
	if (r == 0)
		r = look_through(l, ret, lic_query_int(q, 12));
	return r < 0 ? r : ret->rows > 0;
}

static int look_at_all(struct looking *l, int (*fn)(void *ctx, const struct lic_past_rows *p),
		       void *ctx, bool *ret_more)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, l->cat, LIC_STMT_MANIFESTS_PAST, l->err, "");
	unsigned told = 0;

	while (r >= 0 && (r = lic_query_step(&q, l->err)) > 0) {
		struct lic_past_rows p;
		int about = told < LIC_PAST_MAX ? look_at(l, &q, &p) : 0;

		if (told == LIC_PAST_MAX || l->left < 0) {
			*ret_more = true;
			return 0;
		}
		r = about > 0 ? fn(ctx, &p) : about;
		told += about > 0;
		if (r != 0)
			return r;
	}
	return r;
}

int lic_catalog_past_rows(struct lic_catalog *cat, int64_t entry,
			  int (*fn)(void *ctx, const struct lic_past_rows *p), void *ctx,
			  bool *ret_more, struct lic_error *err)
{
	_cleanup_(lic_image_release) struct lic_image image = LIC_IMAGE_INIT;
	_cleanup_(release) struct looking l = {
		.cat = cat,
		.image = &image,
		.arena = LIC_ARENA_INIT(1u << 20),
		.text = LIC_BUF_INIT(8 * LIC_KEY_TEXT_MAX),
		.claims = LIC_CLAIMS_INIT,
		.left = LIC_PAST_LOOKED_MAX,
		.err = err,
	};
	int r = lic_image_load(cat, entry, 1u << LIC_KEY_URL, &image, err);
	bool more = false;

	if (r > 0)
		r = look_at_all(&l, fn, ctx, &more);
	if (r == 0)
		*ret_more = more;
	return r;
}
