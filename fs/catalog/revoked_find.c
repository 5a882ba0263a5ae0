/* SPDX-License-Identifier: Apache-2.0 */
/* [I12] Which revocations in force match an image. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/catalog/likeness.h"
#include "fs/catalog/revoked.h"
#include "fs/catalog/rowcodec.h"
#include "fs/catalog/seal.h"
#include "fs/rights/selector.h"

void lic_hits_release(struct lic_hits *h)
{
	free(h->item);
	*h = (struct lic_hits){ 0 };
}

struct finding {
	struct lic_catalog *cat;
	const struct lic_revoked *rv;
	struct lic_hits *out;
	struct lic_error *err;
};

static int add_hit(struct finding *f, int64_t revocation, enum lic_selector_kind by)
{
	struct lic_hits *h = f->out;

	if (h->n == h->cap) {
		size_t cap = h->cap ? h->cap * 2 : 16;
		void *p = reallocarray(h->item, cap, sizeof(*h->item));

		if (!p)
			return lic_error_set(f->err, ENOMEM, "out of memory for revocations");
		h->item = p;
		h->cap = cap;
	}
	h->item[h->n++] = (struct lic_revoked_hit){
		.revocation = revocation,
		.by = by,
		.sealed = lic_map_find(&f->rv->erased, revocation, 0) != NULL,
		.sticks = by == LIC_SELECT_XXH3,
	};
	return 0;
}

/* --- keys --------------------------------------------------------------------------------- */

static bool may_be(const struct lic_revoked *rv, enum lic_selector_kind kind, struct lic_bytes key)
{
	uint64_t bit;

	if (kind == LIC_SELECT_XXH3) /* too many, and new ones come */
		return true;
	bit = lic_revoked_hash(kind, key) & rv->filter_mask;
	return rv->filter[bit / 64] >> bit % 64 & 1;
}

static int look_up(struct finding *f, enum lic_selector_kind kind, bool sealed,
		   struct lic_bytes key)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r;

	if (!may_be(f->rv, kind, key))
		return 0;
	r = lic_query(&q, f->cat, LIC_STMT_REVOKED_BY, f->err, "iib", (int64_t)kind,
		      (int64_t)sealed, (const void *)key.p, key.n);
	while (r >= 0 && (r = lic_query_step(&q, f->err)) > 0) {
		r = add_hit(f, lic_query_int(&q, 0), kind);
		if (r < 0)
			return r;
	}
	return r;
}

static int look_up_sealed(struct finding *f, enum lic_selector_kind kind, struct lic_bytes normal)
{
	uint8_t seal[LIC_SEAL_BYTES];
	int r = lic_seal(f->cat, kind, normal, seal, f->err);

	return r < 0 ? r : look_up(f, kind, true, (struct lic_bytes){ seal, sizeof(seal) });
}

static int ask_patterns(struct finding *f, enum lic_selector_kind kind, struct lic_bytes normal)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->rv->n_patterns; i++) {
		const struct lic_revoked_pattern *p = &f->rv->pattern[i];

		if (p->kind == kind && (kind == LIC_SELECT_PATH ? lic_path_glob(p->text, normal)
								: lic_text_glob(p->text, normal)))
			r = add_hit(f, p->revocation, kind);
	}
	return r;
}

static int try_candidate(void *ctx, enum lic_selector_kind kind, struct lic_bytes normal)
{
	struct finding *f = ctx;
	int r = 0;

	if (kind == LIC_SELECT_CREATOR)
		r = ask_patterns(f, kind, normal);
	if (normal.n > LIC_SELECTOR_TEXT_MAX)
		return r;
	if (r == 0 && f->rv->plain & 1u << kind)
		r = look_up(f, kind, false, normal);
	if (r == 0 && f->rv->sealed & 1u << kind)
		r = look_up_sealed(f, kind, normal);
	return r;
}

/* --- rows of manifests -------------------------------------------------------------------- */

struct rows {
	unsigned kinds;
	int (*fn)(void *ctx, const struct lic_selector_subject *s, unsigned kinds);
	void *ctx;
};

static int tell_claim(void *ctx, const struct lic_claim *c)
{
	struct lic_selector_subject s = { .claim = c, .n_claims = 1 };
	struct rows *x = ctx;

	if (c->role != LIC_ROLE_CREATOR && c->role != LIC_ROLE_SOURCE_URL &&
	    c->role != LIC_ROLE_WEBSTATEMENT)
		return 0;
	return x->fn(x->ctx, &s, x->kinds);
}

/* How a row names its image is said of it as well: an id, the name of its file, an address. */
static int tell_key(void *ctx, const struct lic_key *key)
{
	struct lic_claim c = { .role = LIC_ROLE_SOURCE_URL };
	struct lic_selector_subject s = { .path = key->text };
	struct rows *x = ctx;
	char *text;
	int r;

	switch (key->kind) {
	case LIC_KEY_PATH:
	case LIC_KEY_TAIL:
	case LIC_KEY_STEM:
	case LIC_KEY_ID:
	case LIC_KEY_FOLDER_ID:
		return x->kinds & 1u << LIC_SELECT_ID ? x->fn(x->ctx, &s, 1u << LIC_SELECT_ID) : 0;
	case LIC_KEY_URL:
		text = strndup((const char *)key->text.p, key->text.n);
		c.text = text;
		r = text ? x->fn(x->ctx,
				 &(struct lic_selector_subject){ .claim = &c, .n_claims = 1 },
				 x->kinds)
			 : -ENOMEM;
		free(text);
		return r;
	default:
		return 0;
	}
}

int lic_row_subjects(struct lic_bytes keys, struct lic_bytes claims, unsigned kinds,
		     int (*fn)(void *ctx, const struct lic_selector_subject *s, unsigned kinds),
		     void *ctx)
{
	struct rows x = { kinds & (1u << LIC_SELECT_CREATOR | 1u << LIC_SELECT_URL |
				   1u << LIC_SELECT_ID),
			  fn, ctx };
	int r = x.kinds ? lic_row_claims(claims, tell_claim, &x) : 0;

	if (r == 0 && x.kinds & ~(1u << LIC_SELECT_CREATOR))
		r = lic_row_keys(keys, tell_key, &x);
	return r == -EUCLEAN ? 0 : r;
}

static int try_subject(void *ctx, const struct lic_selector_subject *s, unsigned kinds)
{
	return lic_selector_candidates(s, kinds, try_candidate, ctx);
}

static int find_in_row(struct finding *f, const struct lic_join *row, unsigned kinds)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, f->cat, LIC_STMT_ROW, f->err, "i", row->row);

	if (r == 0)
		r = lic_query_step(&q, f->err);
	if (r <= 0)
		return r;
	return lic_row_subjects(lic_query_bytes(&q, 1), lic_query_bytes(&q, 2), kinds, try_subject,
				f);
}

/* What the row said was erased because the revocation matched it. */
static int find_erased(struct finding *f, int64_t revocation)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, f->cat, LIC_STMT_REVOCATION, f->err, "i", revocation);

	if (r == 0)
		r = lic_query_step(&q, f->err);
	if (r <= 0 || lic_query_int(&q, 9))
		return r < 0 ? r : 0;
	return add_hit(f, revocation, (enum lic_selector_kind)lic_query_int(&q, 1));
}

/* --- likeness ----------------------------------------------------------------------------- */

/* What waits may be one of those that are looked for. */
static int find_alike(struct finding *f, const struct lic_hash *hash)
{
	enum lic_likeness_state state;
	struct lic_likeness mine;
	int r;

	if (!f->rv->n_prints || !hash)
		return 0;
	r = lic_likeness_of_bytes(f->cat, hash, &state, &mine, f->err);
	if (r < 0 || state == LIC_LIKENESS_NONE)
		return r;
	if (state != LIC_LIKENESS_KNOWN) {
		f->out->damage = "not yet compared with pictures that were revoked: "
				 "scan the store";
		return 0;
	}
	for (size_t i = 0; r == 0 && i < f->rv->n_prints; i++) {
		const struct lic_revoked_print *p = &f->rv->print[i];

		if (lic_likeness_distance(&mine, &p->likeness) <= LIC_LIKENESS_NEAR)
			r = add_hit(f, p->revocation, LIC_SELECT_LIKENESS);
	}
	return r;
}

/* --- all of it ---------------------------------------------------------------------------- */

static int by_revocation(const void *a, const void *b)
{
	const struct lic_revoked_hit *x = a, *y = b;

	if (x->revocation != y->revocation)
		return x->revocation < y->revocation ? -1 : 1;
	/* What it is matched by now tells more than that it was before */
	if (x->sticks != y->sticks)
		return x->sticks ? 1 : -1;
	return (int)x->by - (int)y->by;
}

/* One for each revocation. */
static void merge(struct lic_hits *h)
{
	size_t n = 0;

	if (h->n > 1)
		qsort(h->item, h->n, sizeof(*h->item), by_revocation);
	for (size_t i = 0; i < h->n; i++) {
		if (n && h->item[n - 1].revocation == h->item[i].revocation) {
			h->item[n - 1].sticks |= h->item[i].sticks;
			h->item[n - 1].sealed |= h->item[i].sealed;
		} else {
			h->item[n++] = h->item[i];
		}
	}
	h->n = n;
	h->erased = false;
	for (size_t i = 0; i < n; i++)
		h->erased |= h->item[i].sealed;
}

int lic_revoked_find(struct lic_catalog *cat, const struct lic_selector_subject *s,
		     const struct lic_joined *rows, struct lic_hits *ret, struct lic_error *err)
{
	struct finding f = { .cat = cat, .out = ret, .err = err };
	unsigned kinds, has = s->digests ? s->digests->has : 0;
	int r = lic_revoked_get(cat, &f.rv, err);

	ret->n = 0;
	ret->damage = NULL;
	ret->erased = false;
	if (r < 0 || !f.rv->any)
		return r;
	kinds = f.rv->plain | f.rv->sealed;
	if (lic_revoked_digests(f.rv) & ~has)
		ret->damage = "a revocation names files by a hash that is not known of this one: "
			      "scan the store";
	if (f.rv->n_patterns)
		kinds |= 1u << LIC_SELECT_CREATOR;
	r = ask_patterns(&f, LIC_SELECT_PATH, s->path);
	if (r == 0)
		r = lic_selector_candidates(s, kinds, try_candidate, &f);
	for (size_t i = 0; r == 0 && rows && i < rows->n; i++)
		if (rows->item[i].revocation)
			r = find_erased(&f, rows->item[i].revocation);
	for (size_t i = 0; r == 0 && rows && i < rows->n; i++)
		if (kinds & (1u << LIC_SELECT_CREATOR | 1u << LIC_SELECT_URL | 1u << LIC_SELECT_ID))
			r = find_in_row(&f, &rows->item[i], kinds);
	if (r == 0)
		r = find_alike(&f, s->hash);
	if (r == -ENOMEM)
		lic_error_set(err, ENOMEM, "out of memory for revocations");
	merge(ret);
	return r;
}

int lic_revoked_of(struct lic_catalog *cat, int64_t entry, struct lic_hits *ret,
		   struct lic_error *err)
{
	_cleanup_(lic_joined_release) struct lic_joined joined = LIC_JOINED_INIT;
	_cleanup_(lic_image_release) struct lic_image image = LIC_IMAGE_INIT;
	const struct lic_revoked *rv = NULL;
	struct lic_selector_subject s;
	int r = lic_revoked_get(cat, &rv, err);

	ret->n = 0;
	ret->damage = NULL;
	ret->erased = false;
	if (r < 0 || !rv->any)
		return r;
	r = lic_image_load(cat, entry, ~0u, &image, err);
	if (r <= 0)
		return r;
	r = lic_joined_find(cat, &image.subject, &joined, err);
	if (r < 0)
		return r;
	s = (struct lic_selector_subject){
		.path = image.subject.path,
		.hash = image.subject.hash,
		.digests = image.subject.digests,
		.claim = image.subject.claim,
		.n_claims = image.subject.n_claims,
	};
	return lic_revoked_find(cat, &s, &joined, ret, err);
}

int lic_catalog_bytes_revoked(struct lic_catalog *cat, const struct lic_hash *hash, bool *ret,
			      struct lic_error *err)
{
	_cleanup_(lic_hits_release) struct lic_hits hits = { 0 };
	const struct lic_selector_subject s = { .hash = hash };
	int r = lic_revoked_find(cat, &s, NULL, &hits, err);

	*ret = r < 0 || hits.n || hits.damage;
	return r;
}
