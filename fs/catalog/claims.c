/* SPDX-License-Identifier: Apache-2.0 */
/* Claims: interned statements, and which of them an image makes now. */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "fs/catalog/revoked.h"

#define DECISIONS_MEMORY (256u << 20)

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
	v = htole64(v); /* the same digest on every machine */
	add(m, &v, sizeof(v));
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

struct lic_claim lic_claim_whole(const struct lic_claim *c)
{
	struct lic_claim w = *c;

	w.source = c->source ? c->source : "";
	w.field = c->field ? c->field : "";
	w.text = c->text ? c->text : "";
	if (!c->raw.p)
		w.raw = (struct lic_bytes){ (const uint8_t *)"", 0 };
	return w;
}

void lic_claims_digest(struct lic_catalog *cat, const struct lic_claims *claims,
		       struct lic_claim_ref *ret)
{
	for (size_t i = 0; i < claims->n; i++) {
		struct lic_claim c = lic_claim_whole(&claims->item[i]);
		uint8_t digest[16];

		lic_claim_digest(cat, &c, digest);
		memcpy(&ret[i].statement, digest, 8);
		memcpy(&ret[i].ref, digest + 8, 8); /* of claims in files there is no other */
		ret[i].packet = c.packet;
	}
}

/* The number of a statement that the map does not know, which learns it. */
static int intern_new(struct lic_catalog *cat, const struct lic_claim *claim, const int64_t key[2],
		      int64_t *ret, struct lic_error *err)
{
	struct lic_claim c = lic_claim_whole(claim);
	int64_t *place;
	int r = add_or_find(cat, &c, (const uint8_t *)key, ret, err);

	if (r < 0)
		return r;
	if (cat->statements.n >= LIC_STATEMENTS_CACHED)
		lic_map_clear(&cat->statements);
	place = lic_map_at(&cat->statements, key[0], key[1]);
	if (place)
		*place = *ret;
	return 0;
}

int lic_claims_intern(struct lic_txn *txn, const struct lic_claims *claims,
		      struct lic_claim_ref *ret, struct lic_error *err)
{
	struct lic_catalog *cat = txn->cat;

	if (!claims->n || lic_expected_take(txn->expected, claims, ret))
		return 0;
	/* The digests of all first: then the map's lines are on their way */
	lic_claims_digest(cat, claims, ret);
	for (size_t i = 0; i < claims->n; i++)
		lic_map_prefetch(&cat->statements, ret[i].statement, ret[i].ref);
	for (size_t i = 0; i < claims->n; i++) {
		const int64_t key[2] = { ret[i].statement, ret[i].ref };
		const int64_t *known = lic_map_find(&cat->statements, key[0], key[1]);
		int r = 0;

		if (known)
			ret[i].statement = *known;
		else
			r = intern_new(cat, &claims->item[i], key, &ret[i].statement, err);
		if (r < 0)
			return r;
		ret[i].ref = claims->item[i].ref;
	}
	return 0;
}

/* --- the claims of one reading, as a row holds them: "statement,packet,ref,statement,..." --- */

#define STATED_MAX (64u << 20)
#define NUMBER_MAX 21 /* characters of an int64_t and a comma */

static void add_decimal(struct lic_buf *b, int64_t v)
{
	char text[NUMBER_MAX];
	size_t at = sizeof(text);
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;

	do {
		text[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u);
	if (v < 0)
		text[--at] = '-';
	if (b->len)
		text[--at] = ',';
	lic_buf_add(b, text + at, sizeof(text) - at);
}

static void write_stated(struct lic_buf *b, const struct lic_claim_ref *ref, size_t n)
{
	lic_buf_reserve(b, n * 12); /* about as much as most need */
	for (size_t i = 0; i < n; i++) {
		add_decimal(b, ref[i].statement);
		add_decimal(b, ref[i].packet);
		add_decimal(b, ref[i].ref);
	}
}

/* A number and what follows it: a comma, or the end after the last of three. */
static bool read_number(const char **p, bool last, int64_t *ret)
{
	char *end;

	if (**p != '-' && (**p < '0' || **p > '9'))
		return false;
	errno = 0;
	*ret = strtoll(*p, &end, 10);
	if (errno || (*end != ',' && (*end || !last)))
		return false;
	*p = end + (*end == ',');
	return true;
}

bool lic_claim_ref_read(const char **p, struct lic_claim_ref *ret)
{
	return read_number(p, false, &ret->statement) && read_number(p, false, &ret->packet) &&
	       read_number(p, true, &ret->ref);
}

/* Is exactly this live? 1, 0 or an error. */
static int same(struct lic_catalog *cat, int64_t entry, const struct lic_buf *stated,
		struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_CLAIMS, err, "i", entry);
	struct lic_bytes old;

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	if (r == 0)
		return stated->len == 0;
	old = lic_query_bytes(&q, 0);
	return old.n == stated->len && memcmp(old.p, stated->data, old.n) == 0;
}

/* Claims of this very transaction were never seen by anyone: they make room. */
static int end_claims(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	int r = lic_query_run(txn->cat, LIC_STMT_CLAIMS_DROP, err, "ii", entry, txn->generation);

	return r < 0 ? r
		     : lic_query_run(txn->cat, LIC_STMT_CLAIMS_END, err, "ii", entry,
				     txn->generation);
}

int lic_claims_store(struct lic_txn *txn, int64_t entry, bool fresh,
		     const struct lic_claim_ref *ref, size_t n, bool *ret_changed,
		     struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf stated = LIC_BUF_INIT(STATED_MAX);
	int r;

	write_stated(&stated, ref, n);
	if (lic_buf_failed(&stated))
		return lic_error_set(err, ENOMEM, "out of memory for claims");
	r = fresh ? 0 : same(txn->cat, entry, &stated, err);
	if (r != 0) {
		if (r > 0)
			*ret_changed = false;
		return r < 0 ? r : 0;
	}
	if (!fresh)
		r = end_claims(txn, entry, err);
	if (r == 0 && n)
		r = lic_query_run(txn->cat, LIC_STMT_CLAIMS_ADD, err, "iit", entry, txn->generation,
				  lic_buf_str(&stated));
	if (r == 0)
		*ret_changed = true;
	return r;
}

int lic_claims_forget(struct lic_txn *txn, int64_t entry, bool fresh, bool *ret_changed,
		      struct lic_error *err)
{
	int r = fresh ? 0 : lic_claims_erased(txn->cat, entry, err);

	*ret_changed = r == 0;
	if (r != 0)
		return r < 0 ? r : 0;
	if (!fresh)
		r = lic_query_run(txn->cat, LIC_STMT_CLAIMS_DROP_ALL, err, "i", entry);
	return r < 0 ? r
		     : lic_query_run(txn->cat, LIC_STMT_CLAIMS_ADD, err, "iit", entry,
				     txn->generation, "");
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

/* The present row of LIC_STMT_STATEMENT_BY_ID as a claim that points into the row. */
static int claim_from_row(struct lic_query *q, uint32_t base, const struct lic_claim_ref *ref,
			  struct lic_claim *ret, struct lic_error *err)
{
	struct lic_claim c = {
		.rank = (enum lic_rank)lic_query_int(q, 0),
		.role = (enum lic_role)lic_query_int(q, 1),
		.context = (enum lic_context)lic_query_int(q, 2),
		.packet = ref->packet ? base + (uint32_t)ref->packet : 0,
		.reserve = (uint32_t)lic_query_int(q, 3),
		.override = lic_query_int(q, 4) != 0,
		.source = lic_query_text(q, 5),
		.field = lic_query_text(q, 6),
		.raw = lic_query_bytes(q, 7),
		.text = lic_query_text(q, 8),
		.ref = ref->ref,
	};

	/* SQLite's columns turn into NULL without memory: a claim cut short must not pass */
	if (!c.source || !c.field || !c.text ||
	    (!c.raw.n && sqlite3_errcode(q->cat->db) == SQLITE_NOMEM))
		return lic_error_set(err, ENOMEM, "out of memory for claims");
	*ret = c;
	return 0;
}

static int load_claim(struct lic_catalog *cat, const struct lic_claim_ref *ref, uint32_t base,
		      struct lic_claims *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_STATEMENT_BY_ID, err, "i", ref->statement);
	struct lic_claim c;

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r == 0)
		return lic_catalog_damaged(cat, err, "a claim has lost its statement");
	if (r > 0)
		r = claim_from_row(&q, base, ref, &c, err);
	if (r < 0)
		return r;
	lic_claims_add(ret, &c);
	if (c.packet >= ret->next_packet)
		ret->next_packet = c.packet + 1;
	return 0;
}

/* What is live now, as text; empty where there are no claims. */
static int live_text(struct lic_catalog *cat, int64_t entry, struct lic_buf *out,
		     struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_CLAIMS, err, "i", entry);
	struct lic_bytes text;

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r;
	text = lic_query_bytes(&q, 0);
	/* Empty where they were erased, or without memory */
	if (!text.n && sqlite3_errcode(cat->db) == SQLITE_NOMEM)
		return lic_error_set(err, ENOMEM, "out of memory for claims");
	lic_buf_add(out, text.p, text.n);
	return lic_buf_failed(out) ? lic_error_set(err, ENOMEM, "out of memory for claims") : 0;
}

struct refs {
	struct lic_claim_ref *item; /* owned */
	size_t n, cap;
};

static int add_ref(struct refs *refs, const struct lic_claim_ref *ref, struct lic_error *err)
{
	if (refs->n == refs->cap) {
		size_t cap = refs->cap ? refs->cap * 2 : 16;
		void *p = reallocarray(refs->item, cap, sizeof(*refs->item));

		if (!p)
			return lic_error_set(err, ENOMEM, "out of memory for claims");
		refs->item = p;
		refs->cap = cap;
	}
	refs->item[refs->n++] = *ref;
	return 0;
}

/* Claims from the text of a row; their references go into `refs` where not NULL. */
static int load_text(struct lic_catalog *cat, const char *p, struct lic_claims *ret,
		     struct refs *refs, struct lic_error *err)
{
	uint32_t base = ret->next_packet - 1;
	int r = 0;

	while (r == 0 && *p) {
		struct lic_claim_ref ref;

		if (!lic_claim_ref_read(&p, &ref))
			r = lic_catalog_damaged(cat, err, "claims cannot be read");
		else
			r = load_claim(cat, &ref, base, ret, err);
		if (r == 0 && refs)
			r = add_ref(refs, &ref, err);
	}
	return r;
}

int lic_claims_load_stated(struct lic_catalog *cat, const char *stated, struct lic_claims *ret,
			   struct lic_error *err)
{
	return load_text(cat, stated, ret, NULL, err);
}

int lic_claims_load_all(struct lic_catalog *cat, int64_t entry, struct lic_claims *ret,
			struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_CLAIMS_OF, err, "i", entry);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		const char *stated = lic_query_text(&q, 0);

		if (!stated)
			return lic_error_set(err, ENOMEM, "out of memory for claims");
		r = load_text(cat, stated, ret, NULL, err);
		if (r < 0)
			return r;
	}
	return r;
}

int lic_claims_erased(struct lic_catalog *cat, int64_t entry, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_CLAIMS_ERASED, err, "i", entry);

	return r < 0 ? r : lic_query_step(&q, err);
}

int lic_claims_load(struct lic_catalog *cat, int64_t entry, struct lic_claims *ret,
		    struct lic_claim_ref **ret_refs, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf stated = LIC_BUF_INIT(STATED_MAX);
	struct refs refs = { 0 };
	int r = lic_claims_load_file(cat, entry, ret, err);

	if (r == 0)
		r = live_text(cat, entry, &stated, err);
	if (r == 0)
		r = load_text(cat, lic_buf_str(&stated), ret, ret_refs ? &refs : NULL, err);
	if (r == 0 && ret_refs)
		*ret_refs = LIC_TAKE(refs.item);
	free(refs.item);
	return r;
}

/* The decisions in force, kept between calls that follow each other at once; `own` is where a
 * transaction is open, which may have changed them. */
static int decisions(struct lic_catalog *cat, struct lic_force *own, struct lic_force **ret,
		     struct lic_error *err)
{
	int64_t at[2] = { lic_catalog_generation(cat), 0 };
	struct lic_policy policy;
	int r = lic_catalog_policy(cat, &policy, err);

	if (r < 0)
		return r;
	*ret = own;
	at[1] = policy.now;
	if (!cat->txn && at[0] >= 0) {
		if (!cat->force)
			cat->force = calloc(1, sizeof(*cat->force));
		if (!cat->force)
			return lic_error_set(err, ENOMEM, "out of memory for decisions");
		*ret = cat->force;
		if (memcmp(at, cat->force_at, sizeof(at)) != 0)
			lic_force_reset(cat->force);
		memcpy(cat->force_at, at, sizeof(at));
	}
	(*ret)->arena.max = DECISIONS_MEMORY;
	r = lic_force_load(*ret, cat, policy.now, err);
	if (r < 0)
		lic_force_reset(*ret);
	return r;
}

static int decision_claims(struct lic_catalog *cat, const struct lic_entry *e,
			   const struct lic_buf *path, const struct lic_joined *joined,
			   struct lic_claims *ret, struct lic_error *err)
{
	_cleanup_(lic_force_release) struct lic_force own = { 0 };
	struct lic_force *force;
	struct lic_place place = {
		.path = { (const uint8_t *)lic_buf_str(path), path->len },
		.name = e->name,
		.parent = e->parent,
		.hash = e->hash,
		.joined = joined,
	};
	int64_t until;
	int r;

	r = decisions(cat, &own, &force, err);
	if (r == 0)
		r = lic_force_find(force, cat, &place, err);
	return r < 0 ? r : lic_force_claims(force, ret, &until, err);
}

/* Why it is hidden although nobody says anything against it. */
static int revocation_damage(struct lic_catalog *cat, int64_t entry, struct lic_claims *ret,
			     struct lic_error *err)
{
	_cleanup_(lic_hits_release) struct lic_hits hits = { 0 };
	int r = ret->damage ? 0 : lic_revoked_of(cat, entry, &hits, err);

	if (r == 0 && hits.damage)
		ret->damage = hits.damage;
	return r;
}

int lic_catalog_claims(struct lic_catalog *cat, int64_t entry, struct lic_claims *ret,
		       struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(64u << 20);
	_cleanup_(lic_joined_release) struct lic_joined joined = LIC_JOINED_INIT;
	uint8_t name[NAME_MAX];
	struct lic_entry e;
	int r = lic_catalog_entry_path(cat, entry, &path, err);

	if (r == 0)
		r = lic_claims_load(cat, entry, ret, NULL, err);
	if (r == 0)
		r = lic_catalog_by_id(cat, entry, &e, err);
	if (r < 0)
		return r;
	memcpy(name, e.name.p, e.name.n);
	e.name.p = name;
	if (e.kind == LIC_KIND_IMAGE)
		r = lic_twins_claims(cat, &e, ret, err);
	if (r == 0)
		r = lic_joined_of(cat, entry, &joined, err);
	if (r == 0)
		r = lic_joined_claims(&joined, ret, err);
	if (r == 0)
		r = decision_claims(cat, &e, &path, &joined, ret, err);
	return r < 0 ? r : revocation_damage(cat, entry, ret, err);
}
