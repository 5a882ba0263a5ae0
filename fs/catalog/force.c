/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions in force, and which of them are about an image.
 *
 * A decision on one path holds for what lies there. It also remembers the bytes that lay there when
 * it was made, and follows them: what restricts (deny, terms) holds for every file with these
 * bytes; what grants (license, trust) goes to another file only once its own path no longer holds
 * them, and to one that came after the decision. docs/decisions/0013 has the rules.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs/catalog/txn.h"

/* Decisions that grant, on files with the same bytes: where there are more nobody can tell which
 * file became which, and none follows its bytes. */
#define FOLLOW_MAX 256

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for decisions");
}

/* --- loading ------------------------------------------------------------------------------ */

void lic_force_reset(struct lic_force *f)
{
	lic_map_clear(&f->exact);
	lic_map_clear(&f->bytes);
	lic_arena_release(&f->arena);
	f->n = f->n_globs = f->n_hits = 0;
	f->loaded = false;
}

void lic_force_release(struct lic_force *f)
{
	lic_force_reset(f);
	free(f->rule);
	free(f->hit);
	lic_map_release(&f->exact);
	lic_map_release(&f->bytes);
}

static int64_t path_key(const void *path, size_t n)
{
	return (int64_t)lic_hash64(path, n);
}

static int64_t *bytes_place(const struct lic_force *f, const struct lic_hash *hash)
{
	int64_t key[2];

	memcpy(key, hash->b, sizeof(key));
	return lic_map_find(&f->bytes, key[0], key[1]);
}

/* Puts rule n at the head of the lists of its path and of its bytes. */
static int link_exact(struct lic_force *f, struct lic_rule_in_force *rule, struct lic_error *err)
{
	const struct lic_decision *d = &rule->d;
	int64_t key[2], *place;

	place = lic_map_at(&f->exact, path_key(d->pattern.p, d->pattern.n), 0);
	if (!place)
		return no_memory(err);
	rule->next = (size_t)*place;
	*place = (int64_t)(f->n + 1);
	if (!d->has_hash)
		return 0;
	memcpy(key, d->hash.b, sizeof(key));
	place = lic_map_at(&f->bytes, key[0], key[1]);
	if (!place)
		return no_memory(err);
	rule->next_bytes = (size_t)*place;
	*place = (int64_t)(f->n + 1);
	return 0;
}

static int add_rule(struct lic_force *f, const struct lic_decision *d, struct lic_error *err)
{
	struct lic_rule_in_force *rule;
	int r = 0;

	if (f->n == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 16;
		void *p = reallocarray(f->rule, cap, sizeof(*f->rule));

		if (!p)
			return no_memory(err);
		f->rule = p;
		f->cap = cap;
	}
	rule = &f->rule[f->n];
	*rule = (struct lic_rule_in_force){ .d = *d };
	rule->d.reason = rule->d.who = rule->d.ended_why = rule->d.ended_who = NULL;
	rule->d.pattern.p = (uint8_t *)lic_arena_dup(&f->arena, d->pattern.p, d->pattern.n);
	rule->d.license =
		d->license ? lic_arena_dup(&f->arena, d->license, strlen(d->license)) : NULL;
	rule->d.collection =
		d->collection ? lic_arena_dup(&f->arena, d->collection, strlen(d->collection))
			      : NULL;
	if (!rule->d.pattern.p || (d->license && !rule->d.license) ||
	    (d->collection && !rule->d.collection))
		return no_memory(err);
	if (d->exact)
		r = link_exact(f, rule, err);
	else
		f->n_globs++;
	f->n++;
	return r;
}

int lic_force_load(struct lic_force *f, struct lic_catalog *cat, int64_t now, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r;

	if (f->loaded)
		return 0;
	r = lic_query(&q, cat, LIC_STMT_DECISIONS_LIVE, err, "");
	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_decision d;

		r = lic_decision_from_row(&q, &d, err);
		if (r == 0 && (!d.until || d.until > now))
			r = add_rule(f, &d, err);
	}
	if (r == 0)
		f->loaded = true;
	return r;
}

/* --- what is about a file ----------------------------------------------------------------- */

static bool restricts(const struct lic_decision *d)
{
	return d->action != LIC_ACTION_LICENSE && d->action != LIC_ACTION_TRUST;
}

static bool same_hash(const struct lic_decision *d, const struct lic_hash *hash)
{
	return d->has_hash && memcmp(&d->hash, hash, sizeof(*hash)) == 0;
}

/* Who settled a conflict did so about the bytes that lay there then: 1, 0 or an error. */
static int is_about(struct lic_catalog *cat, const struct lic_decision *d,
		    const struct lic_place *file, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r;

	if (!d->override || d->has_hash)
		return d->override && same_hash(d, &file->hash);
	/* One that remembers no bytes: what did the catalog know under that name? */
	r = lic_query(&q, cat, LIC_STMT_ENTRY_WAS_THERE, err, "bbi", (const void *)file->hash.b,
		      sizeof(file->hash.b), (const void *)file->name.p, file->name.n, d->born);
	return r < 0 ? r : lic_query_step(&q, err);
}

static int add_hit(struct lic_force *f, struct lic_catalog *cat, const struct lic_place *file,
		   size_t rule, bool followed, struct lic_error *err)
{
	int about = is_about(cat, &f->rule[rule].d, file, err);

	if (about < 0)
		return about;
	if (f->n_hits == f->cap_hits) {
		size_t cap = f->cap_hits ? f->cap_hits * 2 : 16;
		void *p = reallocarray(f->hit, cap, sizeof(*f->hit));

		if (!p)
			return no_memory(err);
		f->hit = p;
		f->cap_hits = cap;
	}
	f->hit[f->n_hits++] =
		(struct lic_hit){ .rule = rule, .followed = followed, .about = about > 0 };
	return 0;
}

/* Thousands of copies that are denied one by one need one denial each. */
static bool is_said(const struct lic_force *f, const struct lic_decision *d)
{
	for (size_t i = 0; i < f->n_hits; i++) {
		const struct lic_decision *o = &f->rule[f->hit[i].rule].d;

		if (o->action == d->action &&
		    (!d->license || (o->license && strcmp(o->license, d->license) == 0)))
			return true;
	}
	return false;
}

/* The name of what lies in an archive is a path, too. */
static struct lic_bytes last_name(struct lic_bytes path)
{
	const uint8_t *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	const uint8_t *p = slash ? slash + 1 : path.p;

	return (struct lic_bytes){ p, path.n - (size_t)(p - path.p) };
}

static bool same_bytes(struct lic_bytes a, struct lic_bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Decisions whose own path no longer holds the bytes that they were made about. */
struct lapsed {
	size_t rule[FOLLOW_MAX];
	size_t n;
	size_t paths; /* distinct ones among them */
	int64_t born; /* of the oldest */
};

/* Does the path of a decision still hold these bytes? 1, 0 or an error. */
static int holds(struct lic_catalog *cat, const struct lic_decision *d, const struct lic_hash *hash,
		 struct lic_error *err)
{
	struct lic_entry e;
	int r = lic_catalog_by_path(cat, d->pattern.p, d->pattern.n, &e, err);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return e.kind == LIC_KIND_IMAGE && memcmp(&e.hash, hash, sizeof(*hash)) == 0;
}

static void add_lapsed(struct lapsed *l, const struct lic_force *f, size_t rule)
{
	const struct lic_decision *d = &f->rule[rule].d;
	bool known = false;

	for (size_t i = 0; i < l->n && !known; i++)
		known = same_bytes(f->rule[l->rule[i]].d.pattern, d->pattern);
	if (!l->n || d->born < l->born)
		l->born = d->born;
	l->paths += !known;
	l->rule[l->n++] = rule;
}

static int find_lapsed(struct lic_force *f, struct lic_catalog *cat, const struct lic_hash *hash,
		       struct lapsed *ret, struct lic_error *err)
{
	int64_t *place = bytes_place(f, hash);
	size_t seen = 0;

	ret->n = ret->paths = 0;
	for (size_t i = place ? (size_t)*place : 0; i; i = f->rule[i - 1].next_bytes) {
		const struct lic_decision *d = &f->rule[i - 1].d;
		int r;

		if (restricts(d))
			continue;
		if (++seen > FOLLOW_MAX) {
			ret->n = 0;
			return 0;
		}
		r = holds(cat, d, hash, err);
		if (r < 0)
			return r;
		if (r == 0)
			add_lapsed(ret, f, i - 1);
	}
	return 0;
}

/* Is the file one of those that the decisions have gone to: the first that came, one for each path?
 * *ret_born: when it came. 1, 0 or an error. A file that is not in the catalog yet is none of them;
 * the commit asks again. */
static int is_heir(struct lic_catalog *cat, const struct lapsed *l, const struct lic_place *file,
		   int64_t *ret_born, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_HEIRS, err, "bii", (const void *)file->hash.b,
			  sizeof(file->hash.b), l->born, (int64_t)l->paths);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_bytes name = lic_query_bytes(&q, 1);

		if (lic_query_int(&q, 0) == file->parent && same_bytes(name, file->name)) {
			*ret_born = lic_query_int(&q, 2);
			return 1;
		}
	}
	return r;
}

/* Of several decisions on files with these bytes, those on a file of the same name are meant. */
static int follow(struct lic_force *f, struct lic_catalog *cat, const struct lic_place *file,
		  struct lic_error *err)
{
	struct lapsed l;
	struct lic_bytes name = last_name(file->name);
	int64_t born = 0;
	bool named = false;
	int r = find_lapsed(f, cat, &file->hash, &l, err);

	if (r < 0 || !l.n)
		return r;
	r = is_heir(cat, &l, file, &born, err);
	if (r <= 0)
		return r;
	for (size_t i = 0; i < l.n; i++) {
		const struct lic_decision *d = &f->rule[l.rule[i]].d;

		named = named || (d->born < born && same_bytes(last_name(d->pattern), name));
	}
	r = 0;
	for (size_t i = 0; r == 0 && i < l.n; i++) {
		const struct lic_decision *d = &f->rule[l.rule[i]].d;

		if (d->born < born && (!named || same_bytes(last_name(d->pattern), name)))
			r = add_hit(f, cat, file, l.rule[i], true, err);
	}
	return r;
}

/* What was decided about these bytes at other paths. */
static int find_followed(struct lic_force *f, struct lic_catalog *cat, const struct lic_place *file,
			 struct lic_error *err)
{
	int64_t *place = bytes_place(f, &file->hash);
	bool grants = false;
	int r = 0;

	for (size_t i = place ? (size_t)*place : 0; r == 0 && i; i = f->rule[i - 1].next_bytes) {
		const struct lic_decision *d = &f->rule[i - 1].d;

		if (!restricts(d))
			grants = true;
		else if (!same_bytes(d->pattern, file->path) && !is_said(f, d))
			r = add_hit(f, cat, file, i - 1, true, err);
	}
	return r < 0 || !grants ? r : follow(f, cat, file, err);
}

/* Is the file in the collection? What grants is about those that are so for sure. */
static bool is_member(const struct lic_decision *d, const struct lic_joined *joined)
{
	if (!d->collection)
		return true;
	for (size_t i = 0; i < joined->n; i++) {
		const char *name;
		bool sure;

		if (lic_joined_collection(joined, i, &name, &sure) &&
		    strcmp(name, d->collection) == 0)
			return sure || restricts(d);
	}
	return false;
}

int lic_force_find(struct lic_force *f, struct lic_catalog *cat, const struct lic_place *file,
		   struct lic_error *err)
{
	int64_t *place = lic_map_find(&f->exact, path_key(file->path.p, file->path.n), 0);
	int r = 0;

	f->n_hits = 0;
	for (size_t i = place ? (size_t)*place : 0; r == 0 && i; i = f->rule[i - 1].next)
		if (lic_decision_matches(&f->rule[i - 1].d, file->path.p, file->path.n))
			r = add_hit(f, cat, file, i - 1, false, err);
	for (size_t i = 0; r == 0 && f->n_globs && i < f->n; i++)
		if (!f->rule[i].d.exact && is_member(&f->rule[i].d, file->joined) &&
		    lic_decision_matches(&f->rule[i].d, file->path.p, file->path.n))
			r = add_hit(f, cat, file, i, false, err);
	if (r == 0)
		r = find_followed(f, cat, file, err);
	return r;
}

int lic_force_moves(struct lic_force *f, struct lic_catalog *cat, const struct lic_hash *hash,
		    bool ended, bool *ret, struct lic_error *err)
{
	int64_t *place = bytes_place(f, hash);
	struct lapsed l = { 0 };
	int r = 0;

	*ret = false;
	for (size_t i = place ? (size_t)*place : 0; i && !*ret; i = f->rule[i - 1].next_bytes)
		*ret = !restricts(&f->rule[i - 1].d);
	if (!*ret || ended)
		return 0;
	r = find_lapsed(f, cat, hash, &l, err);
	*ret = l.n != 0;
	return r;
}

/* --- claims ------------------------------------------------------------------------------- */

static int add_claim(struct lic_claims *claims, const struct lic_force *f,
		     const struct lic_hit *hit, struct lic_error *err)
{
	static const enum lic_role role[] = {
		[LIC_ACTION_LICENSE] = LIC_ROLE_LICENSE,
		[LIC_ACTION_DENY] = LIC_ROLE_DENY,
		[LIC_ACTION_TERMS] = LIC_ROLE_TERMS,
		[LIC_ACTION_TRUST] = LIC_ROLE_TRUST,
	};
	_cleanup_(lic_buf_release) struct lic_buf field = LIC_BUF_INIT(1u << 20);
	const struct lic_decision *d = &f->rule[hit->rule].d;
	char source[32];
	struct lic_claim claim = {
		.rank = d->exact ? LIC_RANK_OPERATOR : LIC_RANK_DIRECTORY,
		/* An action from the future is a denial here: unknown never passes */
		.role = (unsigned)d->action < LIC_ARRAY_SIZE(role) && role[d->action]
				? role[d->action]
				: LIC_ROLE_DENY,
		.context = LIC_CONTEXT_ANY,
		.packet = claims->next_packet++,
		.source = source,
		.field = "decision",
		.text = d->license ? d->license : "",
		.ref = d->number,
		.override = hit->about,
	};

	if (hit->followed) {
		lic_buf_adds(&field, "made for ");
		lic_text_quote(&field, d->pattern.p, d->pattern.n);
		if (lic_buf_failed(&field))
			return no_memory(err);
		claim.field = lic_buf_str(&field);
	}
	snprintf(source, sizeof(source), "decision %lld", (long long)d->number);
	claim.raw = (struct lic_bytes){ (const uint8_t *)claim.text, strlen(claim.text) };
	lic_claims_add(claims, &claim);
	return 0;
}

int lic_force_claims(const struct lic_force *f, struct lic_claims *ret, int64_t *ret_until,
		     struct lic_error *err)
{
	int64_t until = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->n_hits; i++) {
		const struct lic_decision *d = &f->rule[f->hit[i].rule].d;

		r = add_claim(ret, f, &f->hit[i], err);
		if (d->until && (!until || d->until < until))
			until = d->until;
	}
	if (r == 0)
		*ret_until = until;
	return r;
}

void lic_force_digest(const struct lic_force *f, struct lic_hasher *h)
{
	for (size_t i = 0; i < f->n_hits; i++) {
		int64_t said[3] = { f->rule[f->hit[i].rule].d.number, f->hit[i].followed,
				    f->hit[i].about };

		lic_hasher_add(h, said, sizeof(said));
	}
}
