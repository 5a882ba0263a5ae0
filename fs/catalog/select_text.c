/* SPDX-License-Identifier: Apache-2.0 */
/* Images by what is said of them: each text that the catalog knows is looked at once, and then
 * those images alone that it is said of. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/catalog/revoked.h"
#include "fs/rights/selector.h"

#define TEXTS (1u << LIC_SELECT_CREATOR | 1u << LIC_SELECT_URL | 1u << LIC_SELECT_ID)
/* As many are compared with one after the other rather than hashed. */
#define SET_MIN 4

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory to find images");
}

/* --- the set ------------------------------------------------------------------------------ */

void lic_wanted_release(struct lic_wanted *w)
{
	lic_map_release(&w->set);
	free(w->pattern);
}

/* Salted: nobody can make one text stand in the place of another. */
static void key_of(struct lic_wanted *w, enum lic_selector_kind kind, struct lic_bytes text,
		   int64_t ret[2])
{
	struct lic_hasher *h = w->cat->hasher;
	uint8_t d[16], k = (uint8_t)kind;

	lic_hasher_reset(h);
	lic_hasher_add(h, w->cat->uuid, sizeof(w->cat->uuid));
	lic_hasher_add(h, &k, 1);
	lic_hasher_add(h, text.p, text.n);
	lic_hasher_get(h, d);
	memcpy(ret, d, sizeof(d));
}

int lic_wanted_init(struct lic_wanted *w, struct lic_catalog *cat,
		    const struct lic_selector *selector, size_t n, struct lic_error *err)
{
	*w = (struct lic_wanted){ .cat = cat, .selector = selector, .n = n };
	w->pattern = calloc(n + 1, sizeof(*w->pattern));
	if (!w->pattern)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		const struct lic_selector *s = &selector[i];
		int64_t key[2], *place;

		if (s->kind > 0 && s->kind < LIC_SELECT_COUNT)
			w->kinds |= 1u << s->kind & TEXTS;
		if (s->pattern && s->kind == LIC_SELECT_CREATOR)
			w->pattern[w->n_patterns++] = i;
		if (s->pattern || n <= SET_MIN)
			continue;
		key_of(w, s->kind, s->normal, key);
		place = lic_map_at(&w->set, key[0], key[1]);
		if (!place)
			return no_memory(err);
		*place = (int64_t)i + 1;
	}
	return 0;
}

static bool same(struct lic_bytes a, struct lic_bytes b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static int is_wanted(void *ctx, enum lic_selector_kind kind, struct lic_bytes normal)
{
	struct lic_wanted *w = ctx;
	int64_t key[2];

	for (size_t i = 0; kind == LIC_SELECT_CREATOR && i < w->n_patterns; i++)
		if (lic_text_glob(w->selector[w->pattern[i]].normal, normal))
			return 1;
	for (size_t i = 0; w->n <= SET_MIN && i < w->n; i++) {
		const struct lic_selector *s = &w->selector[i];

		if (s->kind == kind && !s->pattern && same(s->normal, normal))
			return 1;
	}
	if (w->n <= SET_MIN || normal.n > LIC_SELECTOR_TEXT_MAX)
		return 0;
	key_of(w, kind, normal, key);
	return lic_map_find(&w->set, key[0], key[1]) ? 1 : 0;
}

int lic_wanted_has(struct lic_wanted *w, const struct lic_selector_subject *s)
{
	return lic_selector_candidates(s, w->kinds, is_wanted, w);
}

/* --- what images state themselves --------------------------------------------------------- */

struct texts {
	struct lic_wanted *wanted;
	struct lic_map *ids, *masks;
	struct lic_map statements; /* that are wanted */
	const struct lic_joins *joins;
	const struct lic_pattern **pattern; /* of rows that are wanted */
	size_t n_patterns, cap_patterns;
	struct lic_error *err;
};

static void texts_release(struct texts *t)
{
	lic_map_release(&t->statements);
	free(t->pattern);
}

static int take(struct texts *t, int64_t entry)
{
	return lic_map_at(t->ids, entry, 0) ? 0 : no_memory(t->err);
}

static int find_statements(struct texts *t)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	unsigned kinds = t->wanted->kinds;
	int64_t creator = kinds & 1u << LIC_SELECT_CREATOR ? LIC_ROLE_CREATOR : -1;
	int64_t source = kinds & ~(1u << LIC_SELECT_CREATOR) ? LIC_ROLE_SOURCE_URL : -1;
	int64_t page = kinds & 1u << LIC_SELECT_URL ? LIC_ROLE_WEBSTATEMENT : -1;
	int r = lic_query(&q, t->wanted->cat, LIC_STMT_STATEMENTS_OF, t->err, "iii", creator,
			  source, page);

	while (r >= 0 && (r = lic_query_step(&q, t->err)) > 0) {
		struct lic_claim c = { .role = (enum lic_role)lic_query_int(&q, 1),
				       .text = lic_query_text(&q, 2) };

		if (!c.text)
			return no_memory(t->err);
		r = lic_wanted_has(t->wanted,
				   &(struct lic_selector_subject){ .claim = &c, .n_claims = 1 });
		if (r > 0)
			r = lic_map_at(&t->statements, lic_query_int(&q, 0), 0) ? 0 : -ENOMEM;
		if (r < 0)
			return no_memory(t->err);
	}
	return r;
}

/* Whose claims are among the statements? */
static int find_claims(struct texts *t)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_catalog *cat = t->wanted->cat;
	int r = t->statements.n ? lic_query(&q, cat, LIC_STMT_CLAIMS_LIVE, t->err, "") : 0;

	while (r >= 0 && q.stmt && (r = lic_query_step(&q, t->err)) > 0) {
		int64_t entry = lic_query_int(&q, 0);
		const char *p = lic_query_text(&q, 1);
		struct lic_claim_ref ref;
		bool read = p != NULL;

		for (r = 0; read && *p && r == 0;) {
			read = lic_claim_ref_read(&p, &ref);
			if (!read || !lic_map_find(&t->statements, ref.statement, 0))
				continue;
			r = take(t, entry);
			break;
		}
		if (!read)
			return lic_catalog_damaged(cat, t->err,
						   "the claims of entry %lld cannot be read",
						   (long long)entry);
		if (r < 0)
			return r;
	}
	return r;
}

static int find_names(struct texts *t)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, t->wanted->cat, LIC_STMT_ENTRY_NAMES, t->err, "");

	while (r >= 0 && (r = lic_query_step(&q, t->err)) > 0) {
		struct lic_selector_subject s = { .path = lic_query_bytes(&q, 1) };

		r = lic_wanted_has(t->wanted, &s);
		if (r > 0 && lic_query_int(&q, 2) == LIC_KIND_IMAGE)
			r = take(t, lic_query_int(&q, 0));
		else if (r > 0)
			r = !t->masks || lic_map_at(t->masks, lic_query_int(&q, 0), 0) ? 0
										       : -ENOMEM;
		if (r < 0)
			return no_memory(t->err);
	}
	return r;
}

/* --- rows of manifests -------------------------------------------------------------------- */

static int ask_part(void *ctx, const struct lic_selector_subject *s, unsigned kinds _unused_)
{
	return lic_wanted_has(ctx, s);
}

static int take_matched(struct texts *t, int64_t row)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, t->wanted->cat, LIC_STMT_MATCH_ALL, t->err, "i", row);

	while (r >= 0 && (r = lic_query_step(&q, t->err)) > 0) {
		r = take(t, lic_query_int(&q, 0));
		if (r < 0)
			return r;
	}
	return r;
}

/* A row without keys is about what its patterns match. */
static int take_patterns(struct texts *t, const struct lic_source *s, int64_t row)
{
	for (size_t i = s->pattern; i < s->pattern + s->n_patterns; i++) {
		if (t->joins->pattern[i].row != row)
			continue;
		if (t->n_patterns == t->cap_patterns) {
			size_t cap = t->cap_patterns ? t->cap_patterns * 2 : 16;
			void *p = reallocarray(t->pattern, cap, sizeof(*t->pattern));

			if (!p)
				return no_memory(t->err);
			t->pattern = p;
			t->cap_patterns = cap;
		}
		t->pattern[t->n_patterns++] = &t->joins->pattern[i];
	}
	return 0;
}

static int find_rows(struct texts *t, const struct lic_source *s)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, t->wanted->cat, LIC_STMT_ROWS_OF, t->err, "ii", s->first,
			  s->first + s->rows);

	while (r >= 0 && (r = lic_query_step(&q, t->err)) > 0) {
		int64_t row = lic_query_int(&q, 0);

		r = lic_row_subjects(lic_query_bytes(&q, 2), lic_query_bytes(&q, 3),
				     t->wanted->kinds, ask_part, t->wanted);
		if (r < 0)
			return no_memory(t->err);
		if (r == 0)
			continue;
		r = take_matched(t, row);
		if (r == 0)
			r = take_patterns(t, s, row);
		if (r < 0)
			return r;
	}
	return r;
}

/* The path below the root of the pattern's manifest; false where it lies elsewhere. */
static bool is_below(const struct lic_source *s, struct lic_bytes path, struct lic_bytes *ret)
{
	size_t n = s->root.n;

	*ret = path;
	if (!n)
		return true;
	if (path.n <= n || path.p[n] != '/' || memcmp(path.p, s->root.p, n) != 0)
		return false;
	*ret = (struct lic_bytes){ path.p + n + 1, path.n - n - 1 };
	return true;
}

static int try_patterns(void *ctx, const struct lic_entry *e, struct lic_bytes path)
{
	struct texts *t = ctx;

	for (size_t i = 0; e->kind == LIC_KIND_IMAGE && i < t->n_patterns; i++) {
		const struct lic_source *s = lic_joins_source(t->joins, t->pattern[i]->row);
		struct lic_bytes rest;

		if (s && is_below(s, path, &rest) && lic_pattern_matches(t->pattern[i], rest))
			return take(t, e->id);
	}
	return 0;
}

int lic_wanted_find(struct lic_wanted *w, struct lic_map *ids, struct lic_map *masks,
		    struct lic_error *err)
{
	_cleanup_(texts_release) struct texts t = {
		.wanted = w, .ids = ids, .masks = masks, .err = err
	};
	int r = w->kinds ? find_statements(&t) : 0;

	if (r == 0)
		r = find_claims(&t);
	if (r == 0 && w->kinds & 1u << LIC_SELECT_ID)
		r = find_names(&t);
	if (r == 0 && w->kinds)
		r = lic_joins_get(w->cat, &t.joins, err);
	for (size_t i = 0; r == 0 && t.joins && i < t.joins->n; i++)
		r = find_rows(&t, &t.joins->source[i]);
	if (r == 0 && t.n_patterns)
		r = lic_walk_images(w->cat, LIC_CATALOG_ROOT, try_patterns, &t, err);
	return r;
}
