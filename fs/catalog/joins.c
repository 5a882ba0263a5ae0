/* SPDX-License-Identifier: Apache-2.0 */
/* The manifests in force and their patterns, held in memory as of one generation. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/catalog/joined.h"
#include "fs/catalog/rowcodec.h"
#include "fs/catalog/txn.h"

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for manifests");
}

void lic_joins_free(struct lic_joins *j)
{
	if (!j)
		return;
	free(j->source);
	free(j->pattern);
	lic_arena_release(&j->arena);
	lic_map_release(&j->roots);
	free(j);
}

void lic_joins_forget(struct lic_catalog *cat)
{
	lic_joins_free(cat->joins);
	cat->joins = NULL;
}

static int64_t hash_root(const uint8_t *root, size_t n)
{
	return (int64_t)lic_hash64(n ? root : (const uint8_t *)"", n);
}

const struct lic_source *lic_joins_at_root(const struct lic_joins *j, const uint8_t *root, size_t n)
{
	int64_t *place = lic_map_find(&j->roots, hash_root(root, n), 0);

	for (size_t i = place ? (size_t)*place : 0; i; i = j->source[i - 1].next) {
		const struct lic_source *s = &j->source[i - 1];

		if (s->root.n == n && (!n || memcmp(s->root.p, root, n) == 0))
			return s;
	}
	return NULL;
}

const struct lic_source *lic_joins_source(const struct lic_joins *j, int64_t row)
{
	size_t low = 0, high = j->n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct lic_source *s = &j->source[middle];

		if (row < s->first)
			high = middle;
		else if (row - s->first >= s->rows)
			low = middle + 1;
		else
			return s;
	}
	return NULL;
}

bool lic_pattern_matches(const struct lic_pattern *p, struct lic_bytes path)
{
	struct lic_decision d = { .pattern = p->text };

	if (p->kind == LIC_KEY_RULE)
		return lic_key_rule_matches(p->text, path);
	return p->kind == LIC_KEY_ALL || lic_decision_matches(&d, path.p, path.n);
}

int64_t lic_row_hash(enum lic_key_kind kind, struct lic_bytes normal, struct lic_buf *scratch)
{
	int64_t h;

	lic_buf_reset(scratch);
	lic_buf_addc(scratch, (char)kind);
	lic_buf_add(scratch, normal.p, normal.n);
	h = (int64_t)lic_hash64(lic_buf_str(scratch), scratch->len);
	return h ? h : 1;
}

/* --- reading ------------------------------------------------------------------------------ */

static bool grow(void **array, size_t n, size_t *cap, size_t size)
{
	size_t wanted = *cap ? *cap * 2 : 16;
	void *p;

	if (n < *cap)
		return true;
	p = reallocarray(*array, wanted, size);
	if (!p)
		return false;
	*array = p;
	*cap = wanted;
	return true;
}

static int add_source(struct lic_joins *j, struct lic_query *q, struct lic_error *err)
{
	const char *collection = lic_query_text(q, 2), *file = lic_query_text(q, 8);
	struct lic_bytes root = lic_query_bytes(q, 3);
	struct lic_source *s;

	if (!collection || !file || !grow((void **)&j->source, j->n, &j->cap, sizeof(*j->source)))
		return no_memory(err);
	s = &j->source[j->n];
	*s = (struct lic_source){
		.number = lic_query_int(q, 0),
		.kind = (enum lic_manifest_kind)lic_query_int(q, 1),
		.collection = lic_arena_dup(&j->arena, collection, strlen(collection)),
		.root = { (uint8_t *)lic_arena_dup(&j->arena, root.p, root.n), root.n },
		.first = lic_query_int(q, 4),
		.rows = lic_query_int(q, 5),
		.kinds = (unsigned)lic_query_int(q, 6),
		.dir = llabs(lic_query_int(q, 7)),
		.coming = lic_query_int(q, 7) < 0,
		.file = lic_arena_dup(&j->arena, file, strlen(file)),
	};
	if (!s->collection || !s->file || !s->root.p)
		return no_memory(err);
	if (j->n && s->first < s[-1].first + s[-1].rows)
		return lic_catalog_damaged(q->cat, err, "manifest %lld has rows of another",
					   (long long)s->number);
	j->kinds |= s->kinds;
	j->n++;
	return 0;
}

/* Sources of one root in number order; of two roots with one hash, too. */
static int link_roots(struct lic_joins *j, size_t first, struct lic_error *err)
{
	for (size_t i = j->n; i > first; i--) {
		struct lic_source *s = &j->source[i - 1];
		int64_t *place = lic_map_at(&j->roots, hash_root(s->root.p, s->root.n), 0);

		if (!place)
			return no_memory(err);
		s->next = (size_t)*place;
		*place = (int64_t)i;
	}
	return 0;
}

struct pattern_row {
	struct lic_joins *j;
	int64_t row;
	struct lic_error *err;
};

static int add_pattern(void *ctx, const struct lic_key *key)
{
	struct pattern_row *x = ctx;
	struct lic_joins *j = x->j;
	struct lic_pattern *p;

	if (!(1u << key->kind & LIC_PATTERNS))
		return 0;
	if (!grow((void **)&j->pattern, j->n_patterns, &j->cap_patterns, sizeof(*j->pattern)))
		return no_memory(x->err);
	p = &j->pattern[j->n_patterns];
	*p = (struct lic_pattern){ x->row, key->kind, { NULL, key->text.n } };
	p->text.p = (uint8_t *)lic_arena_dup(&j->arena, key->text.p, key->text.n);
	if (!p->text.p)
		return no_memory(x->err);
	j->n_patterns++;
	return 0;
}

/* A row whose keys cannot be read may be about any image below its root. */
static int add_unreadable(struct pattern_row *x)
{
	static const struct lic_key all = { LIC_KEY_ALL, { (const uint8_t *)"", 0 } };

	return add_pattern(x, &all);
}

static int load_patterns(struct lic_catalog *cat, struct lic_joins *j, int64_t from,
			 struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_ROW_PATTERNS, err, "i", from);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct pattern_row x = { j, lic_query_int(&q, 0), err };
		struct lic_source *s = (struct lic_source *)lic_joins_source(j, x.row);
		size_t before = j->n_patterns;

		if (!s)
			return lic_catalog_damaged(cat, err, "a pattern belongs to no manifest");
		r = lic_row_keys(lic_query_bytes(&q, 1), add_pattern, &x);
		if (r == -EUCLEAN)
			r = add_unreadable(&x);
		if (r < 0)
			return r;
		if (!s->n_patterns)
			s->pattern = before;
		s->n_patterns += j->n_patterns - before;
	}
	return r;
}

/* Adds those from number `from` on; all others are there. */
static int load(struct lic_catalog *cat, struct lic_joins *j, int64_t from, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	const size_t first = j->n;
	int r = lic_query(&q, cat, LIC_STMT_MANIFESTS_LIVE, err, "i", from);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = add_source(j, &q, err);
		if (r < 0)
			return r;
	}
	if (r == 0)
		r = link_roots(j, first, err);
	if (r == 0 && j->n > first)
		r = load_patterns(cat, j, j->source[first].first, err);
	return r;
}

static int64_t generation_of(struct lic_catalog *cat)
{
	return cat->txn ? cat->txn->generation : lic_catalog_generation(cat);
}

/* In one state of the catalog: between two statements another import may be committed. */
static int load_at_once(struct lic_catalog *cat, struct lic_joins *j, struct lic_error *err)
{
	bool own = sqlite3_get_autocommit(cat->db);
	int r = own ? lic_catalog_exec(cat, "BEGIN", err) : 0;

	if (r < 0)
		return r;
	j->generation = generation_of(cat);
	if (j->generation < 0)
		r = lic_error_set(err, (int)-j->generation, "cannot read the catalog's generation");
	if (r == 0)
		r = load(cat, j, 0, err);
	if (own && !sqlite3_get_autocommit(cat->db) && lic_catalog_exec(cat, "END", NULL) < 0 &&
	    r == 0)
		r = lic_error_set(err, EIO, "cannot end reading the manifests");
	return r;
}

int lic_joins_get(struct lic_catalog *cat, const struct lic_joins **ret, struct lic_error *err)
{
	int64_t now = generation_of(cat);
	struct lic_joins *j = cat->joins;
	int r;

	if (now < 0)
		return lic_error_set(err, (int)-now, "cannot read the catalog's generation");
	if (j && j->generation == now) {
		*ret = j;
		return 0;
	}
	lic_joins_forget(cat);
	j = calloc(1, sizeof(*j));
	if (!j)
		return no_memory(err);
	j->arena = (struct lic_arena)LIC_ARENA_INIT(256u << 20);
	r = load_at_once(cat, j, err);
	if (r < 0) {
		lic_joins_free(j);
		return r;
	}
	cat->joins = j;
	if (cat->txn && j->n)
		cat->txn->joining = true;
	*ret = j;
	return 0;
}

int lic_joins_append(struct lic_catalog *cat, int64_t number, struct lic_error *err)
{
	struct lic_joins *j = cat->joins;
	int r;

	if (!j || j->generation != generation_of(cat))
		return 0; /* they are read when they are needed */
	r = load(cat, j, number, err);
	if (r < 0)
		lic_joins_forget(cat);
	return r;
}
