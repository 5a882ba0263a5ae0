/* SPDX-License-Identifier: Apache-2.0 */
/* [I10] Manifests, the keys of their rows and their matches, found again and compared. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/import.h"
#include "fs/catalog/rowcodec.h"

/* --- rows and keys ------------------------------------------------------------------------ */

struct key_check {
	struct lic_catalog *cat;
	const struct lic_source *source;
	int64_t row;
	bool told; /* err says what is wrong */
	struct lic_buf normal, scratch;
	struct lic_error *err;
};

/* Is the key there: 1, 0 or an error. */
static int has_key(struct key_check *x, int64_t key, int64_t row)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, x->cat, LIC_STMT_ROW_KEY_HAS, x->err, "ii", key, row);

	return r < 0 ? r : lic_query_step(&q, x->err);
}

static int check_key(void *ctx, const struct lic_key *key)
{
	struct key_check *x = ctx;
	int64_t hash = 0;
	int r;

	if (!(1u << key->kind & LIC_PATTERNS)) {
		lic_buf_reset(&x->normal);
		if (!lic_key_normal(key->kind, key->text, &x->normal))
			return 0;
		hash = lic_row_hash(key->kind,
				    (struct lic_bytes){ (const uint8_t *)lic_buf_str(&x->normal),
							x->normal.len },
				    &x->scratch);
	}
	r = has_key(x, hash, x->row);
	if (r == 0)
		r = has_key(x, hash, -x->source->number);
	if (r > 0 && x->source->kinds & 1u << key->kind)
		return 0;
	x->told = true;
	return r < 0 ? r
		     : lic_catalog_damaged(x->cat, x->err, "[I10] row %lld has lost a key",
					   (long long)x->row);
}

/* Of a row that was erased only patterns are left. */
static int check_keys(struct key_check *x, struct lic_bytes keys, struct lic_bytes claims)
{
	struct lic_row_head head;

	if (!keys.n && lic_row_head(claims, &head) == 0 && head.erased)
		return 0;
	return lic_row_keys(keys, check_key, x);
}

static int skip_claim(void *ctx _unused_, const struct lic_claim *c _unused_)
{
	return 0;
}

static int check_source(struct key_check *x)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	const struct lic_source *s = x->source;
	int64_t n = 0;
	int r = lic_query(&q, x->cat, LIC_STMT_ROWS_OF, x->err, "ii", s->first, s->first + s->rows);

	while (r >= 0 && (r = lic_query_step(&q, x->err)) > 0) {
		x->row = lic_query_int(&q, 0);
		n++;
		r = check_keys(x, lic_query_bytes(&q, 2), lic_query_bytes(&q, 3));
		if (r == 0)
			r = lic_row_claims(lic_query_bytes(&q, 3), skip_claim, NULL);
		if (r == -EUCLEAN && !x->told)
			return lic_catalog_damaged(x->cat, x->err,
						   "row %lld of manifest %lld "
						   "cannot be read",
						   (long long)(x->row - s->first + 1),
						   (long long)s->number);
		if (r < 0)
			return r;
	}
	if (r == 0 && n != s->rows)
		return lic_catalog_damaged(x->cat, x->err, "manifest %lld has lost rows",
					   (long long)s->number);
	return r;
}

/* --- matches ------------------------------------------------------------------------------ */

struct match_check {
	struct lic_catalog *cat;
	struct lic_joined joined;
	int64_t matches;
	struct lic_error *err;
};

/* Those of an image that was erased stay, because what found it then may be forgotten. */
static int count_matches(struct match_check *x, int64_t entry)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, x->cat, LIC_STMT_MATCHES_OF, x->err, "i", entry);

	while (r >= 0 && (r = lic_query_step(&q, x->err)) > 0)
		x->matches++;
	return r;
}

static int check_image(void *ctx, const struct lic_entry *e)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct match_check *x = ctx;
	struct lic_joined *j = &x->joined;
	int64_t id = e->id;
	size_t i = 0;
	int r = lic_claims_erased(x->cat, id, x->err);

	if (r != 0)
		return r < 0 ? r : count_matches(x, id);
	r = lic_joined_of(x->cat, id, j, x->err);
	if (r == 0)
		r = lic_query(&q, x->cat, LIC_STMT_MATCHES_OF, x->err, "i", id);
	while (r >= 0 && (r = lic_query_step(&q, x->err)) > 0) {
		while (i < j->n && !j->item[i].keyed)
			i++;
		if (i == j->n || j->item[i++].row != lic_query_int(&q, 0))
			break;
		x->matches++;
	}
	while (r == 0 && i < j->n && !j->item[i].keyed)
		i++;
	if (r > 0 || (r == 0 && i < j->n))
		return lic_catalog_damaged(x->cat, x->err,
					   "[I10] image %lld is not matched with its rows",
					   (long long)id);
	return r;
}

int lic_joined_check(struct lic_catalog *cat, struct lic_error *err)
{
	struct key_check k = { .cat = cat,
			       .normal = LIC_BUF_INIT(8 * LIC_KEY_TEXT_MAX),
			       .scratch = LIC_BUF_INIT(8 * LIC_KEY_TEXT_MAX),
			       .err = err };
	struct match_check m = { .cat = cat, .joined = LIC_JOINED_INIT, .err = err };
	const struct lic_joins *joins = NULL;
	int64_t stored = 0;
	int r = lic_joins_get(cat, &joins, err);

	for (size_t i = 0; r == 0 && i < joins->n; i++) {
		k.source = &joins->source[i];
		r = check_source(&k);
	}
	if (r == 0 && joins->n)
		r = lic_catalog_each(cat, LIC_KIND_IMAGE, check_image, &m, err);
	if (r == 0)
		r = lic_catalog_number(
			cat,
			"SELECT count(*) FROM row_match WHERE NOT EXISTS (SELECT 1 "
			"FROM entry WHERE id = row_match.entry AND died IS NOT NULL)",
			0, &stored, err);
	if (r == 0 && stored != m.matches)
		r = lic_catalog_damaged(cat, err, "[I10] %lld matches are of no live image or row",
					(long long)(stored - m.matches));
	lic_buf_release(&k.normal);
	lic_buf_release(&k.scratch);
	lic_joined_release(&m.joined);
	return r;
}
