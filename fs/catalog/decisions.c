/* SPDX-License-Identifier: Apache-2.0 */
/* Operators' decisions: recording, undoing, ending in time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/catalog/txn.h"

#define PATTERN_MAX 65536
#define SOURCE_MAX 1024

int lic_decision_from_row(struct lic_query *q, struct lic_decision *ret, struct lic_error *err)
{
	struct lic_bytes hash = lic_query_bytes(q, 12);

	*ret = (struct lic_decision){
		.number = lic_query_int(q, 0),
		.action = (enum lic_action)lic_query_int(q, 1),
		.pattern = lic_query_bytes(q, 2),
		.exact = lic_query_int(q, 3) != 0,
		.license = lic_query_text(q, 4),
		.override = lic_query_int(q, 5) != 0,
		.until = lic_query_int(q, 6),
		.reason = lic_query_text(q, 7),
		.who = lic_query_text(q, 8),
		.at = lic_query_int(q, 9),
		.born = lic_query_int(q, 10),
		.died = lic_query_int(q, 11),
		.has_hash = hash.n == sizeof(ret->hash.b),
		.ended_at = lic_query_int(q, 13),
		.ended_who = lic_query_text(q, 14),
		.ended_why = lic_query_text(q, 15),
		.collection = lic_query_text(q, 16),
	};
	if (ret->has_hash)
		memcpy(ret->hash.b, hash.p, sizeof(ret->hash.b));
	if (!ret->reason || !ret->who || sqlite3_errcode(q->cat->db) == SQLITE_NOMEM)
		return lic_error_set(err, ENOMEM, "out of memory for decisions");
	return 0;
}

int lic_catalog_decisions(struct lic_catalog *cat,
			  int (*fn)(void *ctx, const struct lic_decision *d), void *ctx,
			  struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_DECISIONS, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_decision d;

		r = lic_decision_from_row(&q, &d, err);
		if (r == 0)
			r = fn(ctx, &d);
		if (r != 0)
			return r;
	}
	return r;
}

/* --- the images that a decision matches --------------------------------------------------- */

struct ids {
	int64_t *id;
	size_t n, cap;
};

static void ids_release(struct ids *l)
{
	free(l->id);
}

static int ids_add(struct ids *l, int64_t id)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		void *p = reallocarray(l->id, cap, sizeof(*l->id));

		if (!p)
			return -ENOMEM;
		l->id = p;
		l->cap = cap;
	}
	l->id[l->n++] = id;
	return 0;
}

struct walk {
	const struct lic_decision *d;
	struct ids images;   /* that it is about */
	struct ids others;   /* with the same bytes, to which it may have gone */
	struct ids dirs;     /* still to be walked */
	struct lic_buf path; /* of the directory that is listed, and its entries in turn */
	size_t dir_len;
};

static int walk_entry(void *ctx, const struct lic_entry *e)
{
	struct walk *w = ctx;

	if (e->kind == LIC_KIND_DIR || e->kind == LIC_KIND_DOCUMENT)
		return ids_add(&w->dirs, e->id);
	if (e->kind != LIC_KIND_IMAGE)
		return 0;
	lic_buf_truncate(&w->path, w->dir_len);
	lic_buf_add(&w->path, e->name.p, e->name.n);
	if (lic_buf_failed(&w->path))
		return -ENAMETOOLONG;
	if (!lic_decision_matches(w->d, w->path.data, w->path.len))
		return 0;
	return ids_add(&w->images, e->id);
}

static int walk_dir(struct lic_catalog *cat, struct walk *w, int64_t dir, struct lic_error *err)
{
	int r;

	lic_buf_reset(&w->path);
	r = lic_catalog_entry_path(cat, dir, &w->path, err);
	if (r < 0)
		return r;
	if (w->path.len)
		lic_buf_addc(&w->path, '/');
	w->dir_len = w->path.len;
	return lic_catalog_list(cat, dir, 0, walk_entry, w, err);
}

int lic_catalog_archive_of(struct lic_catalog *cat, struct lic_bytes path, struct lic_entry *ret,
			   struct lic_error *err)
{
	const uint8_t *slash;
	int r = -ENOENT;

	while (r == -ENOENT && path.n && (slash = memrchr(path.p, '/', path.n))) {
		path.n = (size_t)(slash - path.p);
		r = lic_catalog_by_path(cat, path.p, path.n, ret, err);
	}
	return r == 0 && ret->kind != LIC_KIND_DOCUMENT ? -ENOENT : r;
}

/* The directory or archive that holds all that a pattern can match: its part before the first
 * star. */
static int base_of(struct lic_catalog *cat, const struct lic_decision *d, struct lic_entry *ret,
		   struct lic_error *err)
{
	size_t n = 0;
	int r;

	for (size_t i = 0; i < d->pattern.n; i++) {
		uint8_t c = d->pattern.p[i];

		if (c == '*' || c == '?')
			break;
		if (c == '/')
			n = i;
	}
	r = lic_catalog_by_path(cat, d->pattern.p, n, ret, err);
	if (r == -ENOENT)
		r = lic_catalog_archive_of(cat, (struct lic_bytes){ d->pattern.p, n }, ret, err);
	return r;
}

static int find_pattern(struct lic_catalog *cat, struct walk *w, struct lic_error *err)
{
	struct lic_entry e;
	int r = base_of(cat, w->d, &e, err);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (e.kind != LIC_KIND_DIR && e.kind != LIC_KIND_DOCUMENT)
		return 0;
	r = ids_add(&w->dirs, e.id);
	while (r == 0 && w->dirs.n)
		r = walk_dir(cat, w, w->dirs.id[--w->dirs.n], err);
	return r;
}

static bool restricts(const struct lic_decision *d)
{
	return d->action == LIC_ACTION_DENY || d->action == LIC_ACTION_TERMS;
}

static int add_same(void *ctx, const struct lic_entry *e)
{
	struct walk *w = ctx;

	if (e->kind != LIC_KIND_IMAGE)
		return 0;
	return ids_add(restricts(w->d) ? &w->images : &w->others, e->id);
}

static int find_exact(struct lic_catalog *cat, struct walk *w, struct lic_error *err)
{
	const struct lic_decision *d = w->d;
	const struct lic_hash *hash = d->has_hash ? &d->hash : NULL;
	struct lic_hash there;
	struct lic_entry e;
	int r = lic_catalog_by_path(cat, d->pattern.p, d->pattern.n, &e, err);

	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0 && e.kind == LIC_KIND_IMAGE) {
		there = e.hash;
		if (!hash && !d->number) /* one that is yet to be made */
			hash = &there;
		r = ids_add(&w->images, e.id);
		if (r < 0)
			return r;
	}
	return hash ? lic_catalog_by_hash(cat, hash, add_same, w, err) : 0;
}

struct member {
	struct lic_catalog *cat;
	struct walk *walk;
	struct lic_error *err;
};

static int add_member(void *ctx, int64_t entry, bool sure)
{
	struct member *m = ctx;
	struct walk *w = m->walk;
	int r;

	if (!sure && !restricts(w->d))
		return ids_add(&w->others, entry); /* it may have been sure until now */
	lic_buf_reset(&w->path);
	r = lic_catalog_entry_path(m->cat, entry, &w->path, m->err);
	if (r < 0 || !lic_decision_matches(w->d, lic_buf_str(&w->path), w->path.len))
		return r;
	return ids_add(&w->images, entry);
}

static int find_members(struct lic_catalog *cat, struct walk *w, struct lic_error *err)
{
	struct member m = { cat, w, err };
	int r = lic_catalog_collection_images(cat, w->d->collection, add_member, &m, err);

	return r == -ENOENT ? 0 : r;
}

static int find_matches(struct lic_catalog *cat, struct walk *w, struct lic_error *err)
{
	int r = w->d->collection ? find_members(cat, w, err)
		: w->d->exact	 ? find_exact(cat, w, err)
				 : find_pattern(cat, w, err);

	if (r == -ENOMEM || r == -ENAMETOOLONG)
		lic_error_set(err, -r, "cannot find what the decision matches: %s", strerror(-r));
	return r;
}

static void walk_release(struct walk *w)
{
	ids_release(&w->images);
	ids_release(&w->others);
	ids_release(&w->dirs);
	lic_buf_release(&w->path);
}

int lic_catalog_decision_images(struct lic_catalog *cat, const struct lic_decision *d,
				int (*fn)(void *ctx, int64_t entry), void *ctx,
				struct lic_error *err)
{
	_cleanup_(walk_release) struct walk w = { .d = d, .path = LIC_BUF_INIT(64u << 20) };
	int r = find_matches(cat, &w, err);

	for (size_t i = 0; r == 0 && i < w.images.n; i++)
		r = fn(ctx, w.images.id[i]);
	for (size_t i = 0; r == 0 && d->number && i < w.others.n; i++)
		r = fn(ctx, w.others.id[i]);
	return r;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void ids_unique(struct ids *l)
{
	size_t n = 0;

	if (l->n)
		qsort(l->id, l->n, sizeof(*l->id), by_number);
	for (size_t i = 0; i < l->n; i++)
		if (!n || l->id[n - 1] != l->id[i])
			l->id[n++] = l->id[i];
	l->n = n;
}

/* Judges the images again; of those that no decision names, the ones that change were concerned. */
static int rejudge(struct lic_txn *txn, struct walk *w, int64_t *ret_matched, int64_t *ret_changed,
		   struct lic_error *err)
{
	int64_t changed = 0, more = 0;
	int r = 0;

	ids_unique(&w->images);
	ids_unique(&w->others);
	lic_judge_reset(&txn->judge);
	for (size_t i = 0; r == 0 && i < w->images.n; i++) {
		bool differs = false;

		r = lic_catalog_rejudge(txn, w->images.id[i], &differs, err);
		changed += differs;
	}
	for (size_t i = 0; r == 0 && i < w->others.n; i++) {
		bool differs = false;

		r = lic_catalog_rejudge(txn, w->others.id[i], &differs, err);
		more += differs;
	}
	if (r == 0 && ret_matched)
		*ret_matched = (int64_t)w->images.n + more;
	if (r == 0 && ret_changed)
		*ret_changed = changed + more;
	return r;
}

/* --- deciding ----------------------------------------------------------------------------- */

static int check_source(const char *source, struct lic_error *err)
{
	size_t n = strlen(source);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)source[i] < ' ' || source[i] == 0x7f)
			n = 0;
	if (!n || n > SOURCE_MAX || source[strspn(source, " ")] == 0)
		return lic_error_set(err, EINVAL,
				     "a source is a name of 1 to %d printable bytes, as explain "
				     "shows it: XMP, 'manifest coco*'",
				     SOURCE_MAX);
	return 0;
}

static int check_text(const struct lic_decision *d, const struct lic_own_licenses *own,
		      struct lic_error *err)
{
	struct lic_expression x;
	int r;

	if ((d->license != NULL) != (d->action != LIC_ACTION_DENY))
		return lic_error_set(err, EINVAL,
				     "a denial names no license, and anything else "
				     "needs one");
	if (!d->license)
		return 0;
	if (d->action == LIC_ACTION_TRUST)
		return check_source(d->license, err);
	if (lic_own_license_find(own, d->license, strlen(d->license)))
		return 0;
	r = lic_expression_parse(d->license, strlen(d->license), &x, err);
	return r < 0 ? lic_error_prefix(err, "the decision's license") : 0;
}

static int check(const struct lic_decision *d, const struct lic_policy *policy,
		 struct lic_error *err)
{
	if (d->action < LIC_ACTION_LICENSE || d->action > LIC_ACTION_TRUST)
		return lic_error_set(err, EINVAL, "no such action: %d", (int)d->action);
	if (!d->pattern.n || d->pattern.n > PATTERN_MAX || memchr(d->pattern.p, 0, d->pattern.n))
		return lic_error_set(err, EINVAL,
				     "a decision needs a path or pattern of 1 to %d "
				     "bytes, relative to the store",
				     PATTERN_MAX);
	if (d->override && d->action != LIC_ACTION_LICENSE)
		return lic_error_set(err, EINVAL, "an override states a license");
	if (d->collection && (d->exact || !d->collection[0]))
		return lic_error_set(err, EINVAL,
				     "a decision about a collection is narrowed by directories and "
				     "patterns, not by single files");
	if (d->override && !d->exact)
		return lic_error_set(err, EINVAL,
				     "an override settles single files; name them without a "
				     "pattern");
	if (!d->reason || !d->reason[0])
		return lic_error_set(err, EINVAL, "a decision needs a reason; add --reason TEXT");
	if (d->until && d->until <= policy->now)
		return lic_error_set(err, EINVAL,
				     "the decision would end before it begins; give "
				     "a later date");
	return check_text(d, policy->own, err);
}

/* The bytes that the decision is about: those that the catalog knows to lie there, unless they are
 * known to have changed. */
static int remember_bytes(struct lic_catalog *cat, struct lic_decision *d, struct lic_error *err)
{
	const struct lic_rights *rights;
	struct lic_entry e;
	int r;

	d->has_hash = false;
	if (!d->exact)
		return 0;
	r = lic_catalog_by_path(cat, d->pattern.p, d->pattern.n, &e, err);
	if (r < 0 || e.kind != LIC_KIND_IMAGE)
		return r == -ENOENT ? 0 : r;
	rights = lic_catalog_rights(cat, e.rights, err);
	if (!rights)
		return err && err->code ? -err->code : -EIO;
	d->has_hash = !lic_rights_is_stale(rights);
	d->hash = e.hash;
	return 0;
}

static int record(struct lic_txn *txn, struct lic_decision *d, struct lic_error *err)
{
	int r = remember_bytes(txn->cat, d, err);

	if (r < 0)
		return r;
	d->who = d->who ? d->who : "";
	d->at = d->at ? d->at : txn->at;
	d->born = txn->generation;
	d->died = 0;
	r = lic_query_run(txn->cat, LIC_STMT_DECISION_ADD, err,
			  d->has_hash ? "ibitiittiitb" : "ibitiittiitn", (int64_t)d->action,
			  (const void *)d->pattern.p, d->pattern.n, (int64_t)d->exact, d->license,
			  (int64_t)d->override, d->until, d->reason, d->who, d->at, d->born,
			  d->collection, (const void *)d->hash.b, sizeof(d->hash.b));
	if (r == 0)
		d->number = sqlite3_last_insert_rowid(txn->cat->db);
	return r;
}

/* Records one and gathers what it is about. */
static int decide(struct lic_txn *txn, struct lic_decision *d, struct walk *w,
		  struct lic_error *err)
{
	struct lic_decision made = *d;
	int r = record(txn, &made, err);

	w->d = &made;
	if (r == 0)
		r = find_matches(txn->cat, w, err);
	w->d = NULL;
	w->others.n = 0; /* what it grants stays with its path as long as that holds the bytes */
	if (r == 0)
		*d = made;
	return r;
}

int lic_catalog_decide_all(struct lic_txn *txn, struct lic_decision *d, size_t n,
			   int64_t *ret_matched, int64_t *ret_changed, struct lic_error *err)
{
	_cleanup_(walk_release) struct walk w = { .path = LIC_BUF_INIT(64u << 20) };
	int r = lic_txn_usable(txn, err);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = check(&d[i], &txn->judge.policy, err);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = decide(txn, &d[i], &w, err);
	if (n)
		txn->changed = txn->dirty = txn->durable = true;
	if (r == 0)
		r = rejudge(txn, &w, ret_matched, ret_changed, err);
	return lic_txn_fail(txn, r);
}

int lic_catalog_decide(struct lic_txn *txn, struct lic_decision *d, int64_t *ret_matched,
		       int64_t *ret_changed, struct lic_error *err)
{
	return lic_catalog_decide_all(txn, d, 1, ret_matched, ret_changed, err);
}

/* Ends one and gathers what it was about; `who` NULL: its time is over. -ENOENT (err untouched)
 * where it is not in force. */
static int end(struct lic_txn *txn, int64_t number, const char *who, const char *why,
	       struct walk *w, struct lic_error *err)
{
	_cleanup_(lic_arena_release) struct lic_arena arena = LIC_ARENA_INIT(2 * PATTERN_MAX);
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_decision d;
	bool named;
	int r = lic_query(&q, txn->cat, LIC_STMT_DECISION, err, "i", number);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	r = lic_decision_from_row(&q, &d, err);
	if (r < 0)
		return r;
	/* Only the pattern is needed beyond the query */
	d.pattern.p = (uint8_t *)lic_arena_dup(&arena, d.pattern.p, d.pattern.n);
	d.license = d.reason = d.who = d.ended_who = d.ended_why = NULL;
	named = d.collection != NULL;
	if (named)
		d.collection = lic_arena_dup(&arena, d.collection, strlen(d.collection));
	if (!d.pattern.p || (named && !d.collection))
		return lic_error_set(err, ENOMEM, "out of memory for a decision");
	lic_query_end(&q);
	txn->changed = txn->dirty = txn->durable = true;
	r = lic_query_run(txn->cat, LIC_STMT_DECISION_END, err, "iiitt", number, txn->generation,
			  txn->at, who, why);
	w->d = &d;
	if (r == 0)
		r = find_matches(txn->cat, w, err);
	w->d = NULL;
	return r;
}

/* The first decision in force from this number on; 0 where there is none, or an error. */
static int64_t next_in_force(struct lic_catalog *cat, int64_t from, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_DECISION_NEXT, err, "i", from);

	if (r == 0)
		r = lic_query_step(&q, err);
	return r > 0 ? lic_query_int(&q, 0) : r;
}

int lic_catalog_undecide_all(struct lic_txn *txn, int64_t first, int64_t last, const char *who,
			     const char *why, int64_t *ret_ended, int64_t *ret_matched,
			     int64_t *ret_changed, struct lic_error *err)
{
	_cleanup_(walk_release) struct walk w = { .path = LIC_BUF_INIT(64u << 20) };
	int64_t ended = 0, n = first;
	int r = lic_txn_usable(txn, err);

	while (r == 0) {
		n = next_in_force(txn->cat, n, err);
		if (n <= 0 || n > last) {
			r = n < 0 ? (int)n : 0;
			break;
		}
		r = end(txn, n, who, why, &w, err);
		ended++;
		n++;
	}
	if (r == 0)
		r = rejudge(txn, &w, ret_matched, ret_changed, err);
	if (r == 0 && ret_ended)
		*ret_ended = ended;
	return lic_txn_fail(txn, r);
}

int lic_catalog_undecide(struct lic_txn *txn, int64_t number, const char *who, const char *why,
			 int64_t *ret_matched, int64_t *ret_changed, struct lic_error *err)
{
	int64_t ended = 0;
	int r = lic_catalog_undecide_all(txn, number, number, who, why, &ended, ret_matched,
					 ret_changed, err);

	if (r == 0 && !ended)
		return lic_error_set(err, ENOENT, "decision %lld is not in force",
				     (long long)number);
	return r;
}

int lic_decisions_expire(struct lic_txn *txn, struct lic_error *err)
{
	_cleanup_(walk_release) struct walk w = { .path = LIC_BUF_INIT(64u << 20) };

	for (;;) {
		_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
		int r = lic_query(&q, txn->cat, LIC_STMT_DECISION_OVER, err, "i", txn->at);
		int64_t number;

		if (r == 0)
			r = lic_query_step(&q, err);
		if (r < 0)
			return r;
		if (r == 0)
			return w.images.n || w.others.n ? rejudge(txn, &w, NULL, NULL, err) : 0;
		number = lic_query_int(&q, 0);
		lic_query_end(&q);
		r = end(txn, number, NULL, NULL, &w, err);
		if (r < 0)
			return r;
	}
}
