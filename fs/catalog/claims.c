/* SPDX-License-Identifier: Apache-2.0 */
/* Claims: interned statements, and which of them an image makes now. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/txn.h"

/* Statements remembered between images; beyond, the memory starts anew. */
#define STATEMENTS_CACHED (1u << 17)

/* Of what a digest is made: together where it is short, as most is, and hashed in one go. */
struct message {
	struct lic_hasher *h;
	size_t n;
	uint8_t b[1024];
};

static void add(struct message *m, const void *p, size_t n)
{
	if (n > sizeof(m->b) - m->n) {
		lic_hasher_add(m->h, m->b, m->n);
		m->n = 0;
	}
	if (n > sizeof(m->b)) {
		lic_hasher_add(m->h, p, n);
	} else if (n) {
		memcpy(m->b + m->n, p, n);
		m->n += n;
	}
}

static void add_number(struct message *m, uint64_t v)
{
	uint8_t b[8];

	for (int i = 0; i < 8; i++)
		b[i] = (uint8_t)(v >> (8 * i)); /* the same digest on every machine */
	add(m, b, sizeof(b));
}

static void add_bytes(struct message *m, const void *p, size_t n)
{
	add_number(m, n);
	add(m, p, n);
}

void lic_claim_digest(struct lic_catalog *cat, const struct lic_claim *c, uint8_t ret[16])
{
	struct message m;

	/* The uuid is a salt: XXH3 resists no attacker who knows all of its input, and a claim made
	 * to collide with another image's would speak in its place */
	m.h = cat->hasher;
	m.n = 0;
	lic_hasher_reset(m.h);
	add(&m, cat->uuid, sizeof(cat->uuid));
	add_number(&m, (uint64_t)c->rank);
	add_number(&m, (uint64_t)c->role);
	add_number(&m, (uint64_t)c->context);
	add_number(&m, c->reserve);
	add_number(&m, c->override);
	add_bytes(&m, c->source, strlen(c->source));
	add_bytes(&m, c->field, strlen(c->field));
	add_bytes(&m, c->raw.p, c->raw.n);
	add_bytes(&m, c->text, strlen(c->text));
	lic_hasher_add(m.h, m.b, m.n);
	lic_hasher_get(m.h, ret);
}

static int add_or_find(struct lic_catalog *cat, const struct lic_claim *c, const uint8_t digest[16],
		       int64_t *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query_run(cat, LIC_STMT_STATEMENT_ADD, err, "biiiiittbt", (const void *)digest,
			      (size_t)16, (int64_t)c->rank, (int64_t)c->role, (int64_t)c->context,
			      (int64_t)c->reserve, (int64_t)c->override, c->source, c->field,
			      (const void *)c->raw.p, c->raw.n, c->text);

	if (r < 0)
		return r;
	if (sqlite3_changes(cat->db)) {
		*ret = sqlite3_last_insert_rowid(cat->db);
		return 0;
	}
	r = lic_query(&q, cat, LIC_STMT_STATEMENT_BY_DIGEST, err, "b", (const void *)digest,
		      (size_t)16);
	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	if (r == 0)
		return lic_catalog_damaged(cat, err, "a statement is there and is not");
	*ret = lic_query_int(&q, 0);
	return 0;
}

/* Claims as reader code may leave them, with every pointer usable. */
static struct lic_claim whole(const struct lic_claim *c)
{
	struct lic_claim w = *c;

	w.source = c->source ? c->source : "";
	w.field = c->field ? c->field : "";
	w.text = c->text ? c->text : "";
	if (!c->raw.p)
		w.raw = (struct lic_bytes){ (const uint8_t *)"", 0 };
	return w;
}

int lic_claims_intern(struct lic_txn *txn, const struct lic_claims *claims,
		      struct lic_claim_ref *ret, struct lic_error *err)
{
	struct lic_catalog *cat = txn->cat;

	for (size_t i = 0; i < claims->n; i++) {
		struct lic_claim c = whole(&claims->item[i]);
		int64_t key[2], *place;
		uint8_t digest[16];

		lic_claim_digest(cat, &c, digest);
		memcpy(key, digest, sizeof(key));
		place = lic_map_find(&cat->statements, key[0], key[1]);
		if (place) {
			ret[i].statement = *place;
		} else {
			int r = add_or_find(cat, &c, digest, &ret[i].statement, err);

			if (r < 0)
				return r;
			if (cat->statements.n >= STATEMENTS_CACHED)
				lic_map_clear(&cat->statements);
			place = lic_map_at(&cat->statements, key[0], key[1]);
			if (place)
				*place = ret[i].statement;
		}
		ret[i].packet = c.packet;
		ret[i].ref = c.ref;
	}
	return 0;
}

/* Are exactly these claims live? 1, 0 or an error. */
static int same(struct lic_catalog *cat, int64_t entry, const struct lic_claim_ref *ref, size_t n,
		struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_CLAIM_IDS, err, "i", entry);
	size_t i;

	for (i = 0; r >= 0 && (r = lic_query_step(&q, err)) > 0; i++) {
		if (i >= n || lic_query_int(&q, 0) != ref[i].statement ||
		    lic_query_int(&q, 1) != ref[i].packet || lic_query_int(&q, 2) != ref[i].ref)
			return 0;
	}
	return r < 0 ? r : i == n;
}

int lic_claims_store(struct lic_txn *txn, int64_t entry, bool fresh,
		     const struct lic_claim_ref *ref, size_t n, bool *ret_changed,
		     struct lic_error *err)
{
	struct lic_catalog *cat = txn->cat;
	int r = fresh ? 0 : same(cat, entry, ref, n, err);

	if (r != 0) {
		if (r > 0)
			*ret_changed = false;
		return r < 0 ? r : 0;
	}
	if (!fresh) {
		/* Claims of this very transaction were never seen by anyone: they make room */
		r = lic_query_run(cat, LIC_STMT_CLAIMS_DROP, err, "ii", entry, txn->generation);
		if (r == 0)
			r = lic_query_run(cat, LIC_STMT_CLAIMS_END, err, "ii", entry,
					  txn->generation);
	}
	for (size_t i = 0; r == 0 && i < n; i++)
		r = lic_query_run(cat, LIC_STMT_CLAIM_ADD, err, "iiiiii", entry, txn->generation,
				  (int64_t)i, ref[i].statement, ref[i].packet, ref[i].ref);
	if (r == 0)
		*ret_changed = true;
	return r;
}

int lic_claims_load_file(struct lic_catalog *cat, int64_t entry, struct lic_claims *ret,
			 struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_DAMAGE, err, "i", entry);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	ret->format = (enum lic_format)lic_query_int(&q, 0);
	if (sqlite3_column_type(q.stmt, 1) != SQLITE_NULL) {
		const char *damage = lic_query_text(&q, 1);

		if (damage)
			damage = lic_arena_dup(&ret->arena, damage, strlen(damage));
		ret->damage = damage ? damage : "out of memory";
	}
	return 0;
}

/* The present row of LIC_STMT_CLAIMS as a claim that points into the row. */
static int claim_from_row(struct lic_query *q, uint32_t base, struct lic_claim *ret,
			  struct lic_error *err)
{
	int64_t packet = lic_query_int(q, 1);
	struct lic_claim c = {
		.rank = (enum lic_rank)lic_query_int(q, 3),
		.role = (enum lic_role)lic_query_int(q, 4),
		.context = (enum lic_context)lic_query_int(q, 5),
		.packet = packet ? base + (uint32_t)packet : 0,
		.reserve = (uint32_t)lic_query_int(q, 6),
		.override = lic_query_int(q, 7) != 0,
		.source = lic_query_text(q, 8),
		.field = lic_query_text(q, 9),
		.raw = lic_query_bytes(q, 10),
		.text = lic_query_text(q, 11),
		.ref = lic_query_int(q, 2),
	};

	if (sqlite3_column_type(q->stmt, 0) == SQLITE_NULL)
		return lic_catalog_damaged(q->cat, err, "a claim has lost its statement");
	/* SQLite's columns turn into NULL without memory: a claim cut short must not pass */
	if (!c.source || !c.field || !c.text ||
	    (!c.raw.n && sqlite3_errcode(q->cat->db) == SQLITE_NOMEM))
		return lic_error_set(err, ENOMEM, "out of memory for claims");
	*ret = c;
	return 0;
}

int lic_claims_load(struct lic_catalog *cat, int64_t entry, struct lic_claims *ret,
		    struct lic_claim_ref **ret_refs, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	_cleanup_(lic_freep) struct lic_claim_ref *refs = NULL;
	uint32_t base = ret->next_packet - 1, last = ret->next_packet;
	size_t n = 0, cap = 0;
	int r = lic_claims_load_file(cat, entry, ret, err);

	if (r == 0)
		r = lic_query(&q, cat, LIC_STMT_CLAIMS, err, "i", entry);
	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_claim c;

		r = claim_from_row(&q, base, &c, err);
		if (r < 0)
			return r;
		lic_claims_add(ret, &c);
		if (c.packet >= last)
			last = c.packet + 1;
		if (!ret_refs)
			continue;
		if (n == cap) {
			void *p = reallocarray(refs, cap = cap ? cap * 2 : 16, sizeof(*refs));

			if (!p)
				return lic_error_set(err, ENOMEM, "out of memory for claims");
			refs = p;
		}
		refs[n++] =
			(struct lic_claim_ref){ lic_query_int(&q, 0), lic_query_int(&q, 1), c.ref };
	}
	if (r < 0)
		return r;
	if (ret->next_packet < last)
		ret->next_packet = last;
	if (ret_refs)
		*ret_refs = LIC_TAKE(refs);
	return 0;
}

int lic_catalog_claims(struct lic_catalog *cat, int64_t entry, struct lic_claims *ret,
		       struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(64u << 20);
	struct lic_judge judge = { .arena = LIC_ARENA_INIT(256u << 20) };
	struct lic_entry e;
	int64_t until;
	int r = lic_catalog_entry_path(cat, entry, &path, err);

	if (r == 0)
		r = lic_claims_load(cat, entry, ret, NULL, err);
	if (r == 0)
		r = lic_catalog_by_id(cat, entry, &e, err);
	if (r == 0 && e.kind == LIC_KIND_IMAGE)
		r = lic_twins_claims(cat, &e, ret, err);
	if (r == 0)
		r = lic_catalog_policy(cat, &judge.policy, err);
	if (r == 0)
		r = lic_judge_decisions(&judge, cat, lic_buf_str(&path), path.len, &e.hash, ret,
					&until, err);
	lic_judge_release(&judge);
	return r;
}
