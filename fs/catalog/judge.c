/* SPDX-License-Identifier: Apache-2.0 */
/* [I7] Judging: claims and the decisions in force, resolved to interned rights. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/catalog/txn.h"

/* Answers remembered within one transaction; beyond, the memory starts anew. */
#define MEMO_MAX 8192
/* More than any list of claims may take, so that a copy is damaged only where memory is out. */
#define COPY_MEMORY (256u << 20)

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for decisions");
}

static void forget(struct lic_judge *j)
{
	for (size_t i = 0; i < j->n_answers; i++)
		lic_credit_release(&j->answer[i].credit);
	j->n_answers = 0;
	lic_map_clear(&j->memo);
}

void lic_judge_reset(struct lic_judge *j)
{
	forget(j);
	lic_map_clear(&j->exact);
	lic_arena_release(&j->arena);
	j->n = j->n_globs = 0;
	j->loaded = false;
}

/* --- decisions in force ------------------------------------------------------------------- */

static int add_rule(struct lic_judge *j, const struct lic_decision *d, struct lic_error *err)
{
	struct lic_rule_in_force *rule;

	if (j->n == j->cap) {
		size_t cap = j->cap ? j->cap * 2 : 16;
		void *p = reallocarray(j->rule, cap, sizeof(*j->rule));

		if (!p)
			return no_memory(err);
		j->rule = p;
		j->cap = cap;
	}
	rule = &j->rule[j->n];
	*rule = (struct lic_rule_in_force){ .d = *d };
	rule->d.reason = rule->d.who = NULL;
	rule->d.pattern.p = (uint8_t *)lic_arena_dup(&j->arena, d->pattern.p, d->pattern.n);
	rule->d.license =
		d->license ? lic_arena_dup(&j->arena, d->license, strlen(d->license)) : NULL;
	if (!rule->d.pattern.p || (d->license && !rule->d.license))
		return no_memory(err);
	if (d->exact) {
		int64_t *place =
			lic_map_at(&j->exact, (int64_t)lic_hash64(d->pattern.p, d->pattern.n), 0);

		if (!place)
			return no_memory(err);
		rule->next = (size_t)*place;
		*place = (int64_t)(j->n + 1);
	} else {
		j->n_globs++;
	}
	j->n++;
	return 0;
}

static int load(struct lic_judge *j, struct lic_catalog *cat, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_DECISIONS_LIVE, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_decision d;

		r = lic_decision_from_row(&q, &d, err);
		if (r == 0 && (!d.until || d.until > j->policy.now))
			r = add_rule(j, &d, err);
	}
	if (r == 0)
		j->loaded = true;
	return r;
}

/* Calls `fn` for each decision in force that matches; exact ones by their hash, the others one by
 * one. */
static int each_match(struct lic_judge *j, const void *path, size_t n,
		      int (*fn)(void *ctx, const struct lic_decision *d), void *ctx)
{
	int64_t *place = lic_map_find(&j->exact, (int64_t)lic_hash64(path, n), 0);
	int r = 0;

	for (size_t i = place ? (size_t)*place : 0; r == 0 && i; i = j->rule[i - 1].next) {
		if (lic_decision_matches(&j->rule[i - 1].d, path, n))
			r = fn(ctx, &j->rule[i - 1].d);
	}
	for (size_t i = 0; r == 0 && j->n_globs && i < j->n; i++) {
		if (!j->rule[i].d.exact && lic_decision_matches(&j->rule[i].d, path, n))
			r = fn(ctx, &j->rule[i].d);
	}
	return r;
}

struct collect {
	struct lic_catalog *cat;
	const struct lic_hash *hash;
	const uint8_t *name; /* last part of the path */
	size_t name_n;
	struct lic_claims *claims;
	int64_t until;
	struct lic_error *err;
};

/* Who settled a conflict did so about the bytes that lay there then: 1, 0 or an error. */
static int is_about(const struct collect *c, const struct lic_decision *d)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, c->cat, LIC_STMT_ENTRY_WAS_THERE, c->err, "bbi",
			  (const void *)c->hash->b, sizeof(c->hash->b), (const void *)c->name,
			  c->name_n, d->born);

	return r < 0 ? r : lic_query_step(&q, c->err);
}

static int add_claim(void *ctx, const struct lic_decision *d)
{
	static const enum lic_role role[] = {
		[LIC_ACTION_LICENSE] = LIC_ROLE_LICENSE,
		[LIC_ACTION_DENY] = LIC_ROLE_DENY,
		[LIC_ACTION_TERMS] = LIC_ROLE_TERMS,
		[LIC_ACTION_TRUST] = LIC_ROLE_TRUST,
	};
	struct collect *c = ctx;
	int about = d->override ? is_about(c, d) : 0;
	char source[32];
	struct lic_claim claim = {
		.rank = d->exact ? LIC_RANK_OPERATOR : LIC_RANK_DIRECTORY,
		/* An action from the future is a denial here: unknown never passes */
		.role = (unsigned)d->action < LIC_ARRAY_SIZE(role) && role[d->action]
				? role[d->action]
				: LIC_ROLE_DENY,
		.context = LIC_CONTEXT_ANY,
		.packet = c->claims->next_packet++,
		.source = source,
		.field = "decision",
		.text = d->license ? d->license : "",
		.ref = d->number,
		.override = about > 0,
	};

	if (about < 0)
		return about;
	snprintf(source, sizeof(source), "decision %lld", (long long)d->number);
	claim.raw = (struct lic_bytes){ (const uint8_t *)claim.text, strlen(claim.text) };
	lic_claims_add(c->claims, &claim);
	if (d->until && (!c->until || d->until < c->until))
		c->until = d->until;
	return 0;
}

int lic_judge_decisions(struct lic_judge *j, struct lic_catalog *cat, const void *path, size_t n,
			const struct lic_hash *hash, struct lic_claims *ret, int64_t *ret_until,
			struct lic_error *err)
{
	const uint8_t *p = path, *slash = n ? memrchr(p, '/', n) : NULL;
	struct collect c = { .cat = cat, .hash = hash, .claims = ret, .err = err };
	int r = j->loaded ? 0 : load(j, cat, err);

	c.name = slash ? slash + 1 : p;
	c.name_n = n - (size_t)(c.name - p);
	if (r == 0)
		r = each_match(j, path, n, add_claim, &c);
	if (r == 0)
		*ret_until = c.until;
	return r;
}

void lic_judge_release(struct lic_judge *j)
{
	lic_judge_reset(j);
	free(j->answer);
	free(j->rule);
	lic_map_release(&j->exact);
	lic_map_release(&j->memo);
}

/* --- judging ------------------------------------------------------------------------------ */

/* The path of a file, in txn->path; the directory's part is kept between files of one. */
static int path_of(struct lic_txn *txn, int64_t dir, const struct lic_bytes *name,
		   struct lic_bytes *ret, struct lic_error *err)
{
	if (txn->path_dir != dir) {
		int r;

		lic_buf_reset(&txn->path);
		txn->path_dir = 0;
		r = lic_catalog_entry_path(txn->cat, dir, &txn->path, err);
		if (r < 0)
			return r;
		if (txn->path.len)
			lic_buf_addc(&txn->path, '/');
		txn->path_dir = dir;
		txn->path_len = txn->path.len;
	}
	lic_buf_truncate(&txn->path, txn->path_len);
	lic_buf_add(&txn->path, name->p, name->n);
	if (lic_buf_failed(&txn->path)) {
		txn->path_dir = 0;
		return lic_error_set(err, ENAMETOOLONG, "a path is too long to be judged");
	}
	*ret = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&txn->path), txn->path.len };
	return 0;
}

struct digest {
	struct lic_hasher *hasher;
	const struct lic_hash *hash;
};

static int hash_decision(void *ctx, const struct lic_decision *d)
{
	const struct digest *x = ctx;

	lic_hasher_add(x->hasher, &d->number, sizeof(d->number));
	if (d->override)
		lic_hasher_add(x->hasher, x->hash->b, sizeof(x->hash->b));
	return 0;
}

/* What the answer depends on, beside policy and facts, which are the same for the transaction. */
static void digest_of(struct lic_txn *txn, const struct lic_claims *claims,
		      const struct lic_claim_ref *ref, const struct lic_bytes *path,
		      const struct lic_hash *hash, unsigned twins, int64_t ret[2])
{
	struct lic_hasher *h = txn->cat->hasher;
	struct digest x = { h, hash };
	int64_t head[3] = { (int64_t)claims->n, (int64_t)claims->format, (int64_t)twins };
	uint8_t d[16];

	lic_hasher_reset(h);
	lic_hasher_add(h, head, sizeof(head));
	if (claims->n)
		lic_hasher_add(h, ref, claims->n * sizeof(*ref));
	if (path)
		each_match(&txn->judge, path->p, path->n, hash_decision, &x);
	lic_hasher_add(h, claims->damage ? "damaged" : "", claims->damage ? 7 : 0);
	lic_hasher_get(h, d);
	memcpy(ret, d, sizeof(d));
}

static int stop(void *ctx _unused_, const struct lic_decision *d _unused_)
{
	return 1;
}

static int resolve(struct lic_txn *txn, const struct lic_claims *claims,
		   const struct lic_bytes *path, const struct lic_hash *hash, unsigned twins,
		   struct lic_verdict *ret, struct lic_error *err)
{
	_cleanup_(lic_claims_release) struct lic_claims all = LIC_CLAIMS_INIT;
	_cleanup_(lic_credit_release) struct lic_credit credit = { 0 };
	bool damaged = claims->damage != NULL;
	struct lic_rights rights;
	int64_t until = 0;
	int r = 0;

	all.arena.max = COPY_MEMORY;
	if (twins || (path && each_match(&txn->judge, path->p, path->n, stop, NULL))) {
		for (size_t i = 0; i < claims->n; i++)
			lic_claims_add(&all, &claims->item[i]);
		all.next_packet = claims->next_packet;
		all.format = claims->format;
		if (claims->damage)
			all.damage = claims->damage;
		lic_twins_claim(&all, twins);
		if (path)
			r = lic_judge_decisions(&txn->judge, txn->cat, path->p, path->n, hash, &all,
						&until, err);
		if (r < 0)
			return r;
		claims = &all;
	}
	lic_rights_resolve(claims, &txn->judge.policy, &rights, &credit, NULL);
	/* Resolving cannot fail but says "unreadable" without memory; that is no verdict to keep */
	if (rights.status == LIC_STATUS_UNREADABLE && !damaged)
		return lic_error_set(err, ENOMEM, "out of memory for a verdict");
	/* What rests on a decision that ends is hidden from then on, until it is judged again */
	if (until && (!rights.until || until < rights.until))
		rights.until = until;
	r = lic_rights_intern(txn, &rights, &ret->rights, err);
	if (r == 0) {
		ret->credit = credit;
		credit = (struct lic_credit){ 0 };
	}
	return r;
}

static int remember(struct lic_judge *j, const int64_t key[2], const struct lic_verdict *v,
		    struct lic_error *err)
{
	int64_t *place;

	if (!j->answer) {
		j->answer = calloc(MEMO_MAX, sizeof(*j->answer));
		if (!j->answer)
			return lic_error_set(err, ENOMEM, "out of memory for verdicts");
	}
	place = lic_map_at(&j->memo, key[0], key[1]);
	if (!place)
		return lic_error_set(err, ENOMEM, "out of memory for verdicts");
	*place = (int64_t)j->n_answers;
	j->answer[j->n_answers++] = *v;
	return 0;
}

int lic_judge(struct lic_txn *txn, const struct lic_claims *claims, const struct lic_claim_ref *ref,
	      const struct lic_entry *e, struct lic_verdict *ret, struct lic_error *err)
{
	struct lic_judge *j = &txn->judge;
	struct lic_verdict v = { 0 };
	struct lic_bytes path;
	int64_t key[2], *place;
	unsigned twins = 0;
	int r = j->loaded ? 0 : load(j, txn->cat, err);

	if (r == 0 && j->n)
		r = path_of(txn, e->parent, &e->name, &path, err);
	if (r == 0)
		r = lic_twins_reserve(txn->cat, &e->hash, &twins, err);
	if (r < 0)
		return r;
	digest_of(txn, claims, ref, j->n ? &path : NULL, &e->hash, twins, key);
	place = lic_map_find(&j->memo, key[0], key[1]);
	if (place) {
		*ret = j->answer[*place];
		return 0;
	}
	r = resolve(txn, claims, j->n ? &path : NULL, &e->hash, twins, &v, err);
	if (r < 0)
		return r;
	if (j->n_answers == MEMO_MAX)
		forget(j);
	r = remember(j, key, &v, err);
	if (r < 0) {
		lic_credit_release(&v.credit);
		return r;
	}
	*ret = v;
	return 0;
}
