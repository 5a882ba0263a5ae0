/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a snapshot by id, name and directory, and what has become of them. */
#include <errno.h>
#include <string.h>

#include <licensefs/catalog_revoke.h>

#include "fs/catalog/snapshot.h"

#define DIED 18 /* the column behind LIC_ENTRY_COLUMNS */

/* The present row of a query for LIC_ENTRY_COLUMNS and `died`; the name points into the row. */
static int from_row(struct lic_query *q, struct lic_snapshot_entry *ret, struct lic_error *err)
{
	int r = lic_entry_from_row(q, &ret->e, err);

	if (r == 0)
		ret->died = lic_query_int(q, DIED);
	return r;
}

/* One row; the name is copied into the catalog, since the query ends. */
static int one(struct lic_query *q, struct lic_snapshot_entry *ret, struct lic_error *err)
{
	struct lic_snapshot_entry m;
	int r = lic_query_step(q, err);

	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	r = from_row(q, &m, err);
	if (r < 0)
		return r;
	memcpy(q->cat->name, m.e.name.p, m.e.name.n);
	m.e.name.p = q->cat->name;
	*ret = m;
	return 0;
}

int lic_snapshot_by_id(struct lic_snapshot *s, int64_t id, struct lic_snapshot_entry *ret,
		       struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	bool has = false;
	int r = lic_snapshot_has(s, id, &has, err);

	if (r < 0 || !has)
		return r < 0 ? r : -ENOENT;
	r = lic_query(&q, s->cat, LIC_STMT_ENTRY_EVER, err, "i", id);
	return r < 0 ? r : one(&q, ret, err);
}

int lic_snapshot_by_name(struct lic_snapshot *s, int64_t parent, const void *name, size_t n,
			 struct lic_snapshot_entry *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_snapshot_entry m = { .died = 0 };
	bool has = false;
	int r = lic_catalog_by_name(s->cat, parent, name, n, &m.e, err);

	if (r == 0)
		r = lic_snapshot_has(s, m.e.id, &has, err);
	if (r == 0 && !has) {
		/* something else lies there now, or nothing did then */
		r = -ENOENT;
	}
	if (r == -ENOENT) {
		r = lic_query(&q, s->cat, LIC_STMT_ENTRY_ENDED_NAME, err, "ibi", parent, name, n,
			      s->info.born);
		if (r == 0)
			r = one(&q, &m, err);
		if (r == 0)
			r = lic_snapshot_has(s, m.e.id, &has, err);
		if (r == 0 && !has)
			r = -ENOENT;
	}
	if (r == 0)
		*ret = m;
	return r;
}

/* --- directories -------------------------------------------------------------------------- */

/* Two queries in the order of names: live rows, and those that have ended since. */
struct merge {
	struct lic_query q[2];
	struct lic_snapshot_entry m[2];
	bool has[2]; /* a row is there */
	struct lic_error *err;
};

static void merge_end(struct merge *x)
{
	lic_query_end(&x->q[0]);
	lic_query_end(&x->q[1]);
}

static int advance(struct merge *x, int i)
{
	int r = lic_query_step(&x->q[i], x->err);

	x->has[i] = r > 0;
	if (r > 0)
		r = i ? from_row(&x->q[1], &x->m[1], x->err)
		      : lic_entry_from_row(&x->q[0], &x->m[0].e, x->err);
	return r;
}

static int compare(const struct lic_bytes *a, const struct lic_bytes *b)
{
	int c = memcmp(a->p, b->p, a->n < b->n ? a->n : b->n);

	return c ? c : (a->n > b->n) - (a->n < b->n);
}

static int merge_each(struct lic_snapshot *s, struct merge *x, lic_member_fn fn, void *ctx)
{
	int r = advance(x, 0);

	if (r >= 0)
		r = advance(x, 1);
	while (r >= 0 && (x->has[0] || x->has[1])) {
		int i = !x->has[0] || (x->has[1] && compare(&x->m[1].e.name, &x->m[0].e.name) < 0);
		bool has;

		r = lic_snapshot_has(s, x->m[i].e.id, &has, x->err);
		if (r == 0 && has)
			r = fn(ctx, &x->m[i]);
		if (r != 0)
			return r;
		r = advance(x, i);
	}
	return r;
}

/* Where the listing goes on: behind the name of an entry that was in the directory once. */
static int place_of(struct lic_snapshot *s, int64_t dir, int64_t after, uint8_t name[NAME_MAX],
		    size_t *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_bytes b;
	int r;

	*ret = 0;
	if (!after)
		return 0;
	r = lic_query(&q, s->cat, LIC_STMT_ENTRY_PLACE, err, "i", after);
	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	if (r == 0 || lic_query_int(&q, 0) != dir)
		return lic_error_set(err, EINVAL, "entry %lld was never in directory %lld",
				     (long long)after, (long long)dir);
	b = lic_query_bytes(&q, 1);
	if (b.n > NAME_MAX)
		return lic_catalog_damaged(s->cat, err, "entry %lld has no proper name",
					   (long long)after);
	memcpy(name, b.p, b.n);
	*ret = b.n;
	return 0;
}

int lic_snapshot_list(struct lic_snapshot *s, int64_t dir, int64_t after, lic_member_fn fn,
		      void *ctx, struct lic_error *err)
{
	_cleanup_(merge_end) struct merge x = { .err = err };
	uint8_t name[NAME_MAX];
	size_t n;
	int r = place_of(s, dir, after, name, &n, err);

	if (r == 0)
		r = lic_query(&x.q[0], s->cat, LIC_STMT_ENTRY_LIST, err, "ib", dir,
			      (const void *)name, n);
	if (r == 0)
		r = lic_query(&x.q[1], s->cat, LIC_STMT_ENTRY_ENDED_LIST, err, "ibi", dir,
			      (const void *)name, n, s->info.born);
	return r < 0 ? r : merge_each(s, &x, fn, ctx);
}

/* --- paths -------------------------------------------------------------------------------- */

static int name_of(struct lic_catalog *cat, int64_t id, int64_t *ret_parent, struct lic_buf *out,
		   struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_bytes b;
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_PLACE, err, "i", id);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	if (r == 0 || lic_query_int(&q, 0) >= id)
		return lic_catalog_damaged(cat, err, "entry %lld lies nowhere", (long long)id);
	*ret_parent = lic_query_int(&q, 0);
	b = lic_query_bytes(&q, 1);
	lic_buf_add(out, b.p, b.n);
	return 0;
}

/* Names from the last to the first, each behind its length, to be turned round. */
static int path_of(struct lic_catalog *cat, int64_t id, struct lic_buf *out, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf name = LIC_BUF_INIT(NAME_MAX);
	_cleanup_(lic_buf_release) struct lic_buf back = LIC_BUF_INIT(16u << 20);
	int r = 0;

	while (r == 0 && id != LIC_CATALOG_ROOT) {
		lic_buf_reset(&name);
		r = name_of(cat, id, &id, &name, err);
		if (r < 0)
			return r;
		if (back.len)
			lic_buf_addc(&back, '/');
		for (size_t i = name.len; i--;)
			lic_buf_addc(&back, name.data[i]);
	}
	for (size_t i = back.len; i--;)
		lic_buf_addc(out, back.data[i]);
	if (lic_buf_failed(&name) || lic_buf_failed(&back) || lic_buf_failed(out))
		return lic_error_set(err, ENAMETOOLONG, "the path of entry %lld is too long",
				     (long long)id);
	return r;
}

int lic_snapshot_path(struct lic_snapshot *s, int64_t id, struct lic_buf *out,
		      struct lic_error *err)
{
	bool has = false;
	int r = lic_snapshot_has(s, id, &has, err);

	if (r < 0 || !has)
		return r < 0 ? r : -ENOENT;
	return path_of(s->cat, id, out, err);
}

/* --- rights ------------------------------------------------------------------------------- */

static int rights_in(struct lic_catalog *cat, const struct lic_entry *e, int64_t generation,
		     int64_t *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r;

	if (e->kind != LIC_KIND_IMAGE || e->since <= generation) {
		*ret = e->rights;
		return 0;
	}
	r = lic_query(&q, cat, LIC_STMT_PAST_AT, err, "ii", e->id, generation);
	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	if (r == 0)
		return lic_catalog_damaged(cat, err, "image %lld had no rights in generation %lld",
					   (long long)e->id, (long long)generation);
	*ret = lic_query_int(&q, 0);
	return 0;
}

int lic_snapshot_rights(struct lic_snapshot *s, const struct lic_snapshot_entry *m, int64_t *ret,
			struct lic_error *err)
{
	return rights_in(s->cat, &m->e, s->info.born, ret, err);
}

int lic_catalog_was(struct lic_catalog *cat, int64_t id, int64_t generation, lic_then_fn fn,
		    void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT, above = LIC_QUERY_INIT;
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(16u << 20);
	struct lic_then t = { .rights = 0 };
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_EVER, err, "i", id);

	if (r == 0)
		r = one(&q, &t.m, err);
	if (r == 0 && !generation)
		generation = t.m.e.born;
	if (r == 0 && (t.m.e.born > generation || (t.m.died && t.m.died <= generation)))
		r = -ENOENT;
	if (r == 0)
		r = rights_in(cat, &t.m.e, generation, &t.rights, err);
	if (r == 0)
		r = path_of(cat, id, &path, err);
	if (r == 0)
		r = lic_query(&above, cat, LIC_STMT_ENTRY_DIR, err, "i", t.m.e.parent);
	if (r == 0)
		r = lic_query_step(&above, err);
	if (r < 0)
		return r;
	t.in_archive = r > 0 && lic_query_int(&above, 2) != LIC_KIND_DIR;
	lic_query_end(&above);
	lic_query_end(&q);
	t.path = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&path), path.len };
	return fn(ctx, &t);
}

/* What the rights of now, or the bytes alone, say of an image. */
static int state_now(struct lic_catalog *cat, const struct lic_snapshot_entry *m,
		     enum lic_member_state *ret, struct lic_error *err)
{
	const struct lic_rights *rights;
	bool revoked = false;
	int r;

	if (m->died) {
		r = lic_catalog_bytes_revoked(cat, &m->e.hash, &revoked, err);
		*ret = revoked ? LIC_MEMBER_REVOKED : LIC_MEMBER_ENDED;
		return r;
	}
	rights = lic_catalog_rights(cat, m->e.rights, err);
	if (!rights)
		return err && err->code ? -err->code : -EIO;
	if (rights->status == LIC_STATUS_REVOKED)
		*ret = LIC_MEMBER_REVOKED;
	else if (rights->status == LIC_STATUS_STALE || rights->status == LIC_STATUS_UNREADABLE)
		*ret = LIC_MEMBER_STALE;
	else
		*ret = LIC_MEMBER_AS_WAS;
	return 0;
}

/* Of what is no image: of masks the bytes may be known, and revoked; and what was one is judged as
 * an image once it was taken down, in a row of its own. */
static int file_state(struct lic_catalog *cat, const struct lic_snapshot_entry *m,
		      enum lic_member_state *ret, struct lic_error *err)
{
	static const struct lic_hash none;
	bool ended = m->died || m->e.kind == LIC_KIND_HIDDEN, revoked = false;
	size_t n = m->e.name.n < NAME_MAX ? m->e.name.n : NAME_MAX;
	const struct lic_rights *rights;
	uint8_t own[NAME_MAX];
	struct lic_entry now;
	int r = 0;

	*ret = ended ? LIC_MEMBER_ENDED : LIC_MEMBER_AS_WAS;
	if (m->e.kind == LIC_KIND_DIR || (!ended && memcmp(&m->e.hash, &none, sizeof(none)) == 0))
		return 0;
	if (n)
		memcpy(own, m->e.name.p, n);
	if (memcmp(&m->e.hash, &none, sizeof(none)) != 0)
		r = lic_catalog_bytes_revoked(cat, &m->e.hash, &revoked, err);
	if (r == 0 && !revoked && m->died) {
		r = lic_catalog_by_name(cat, m->e.parent, own, n, &now, err);
		rights = r == 0 && now.kind == LIC_KIND_IMAGE
				 ? lic_catalog_rights(cat, now.rights, err)
				 : NULL;
		revoked = rights && rights->status == LIC_STATUS_REVOKED;
	}
	if (revoked)
		*ret = LIC_MEMBER_REVOKED;
	return r == -ENOENT ? 0 : r;
}

/* Are the rights over that an image had? */
static int look_over(struct lic_catalog *cat, int64_t rights, int64_t now,
		     enum lic_member_state *state, struct lic_error *err)
{
	const struct lic_rights *then = lic_catalog_rights(cat, rights, err);

	if (!then)
		return err && err->code ? -err->code : -EIO;
	if (then->until && then->until <= now)
		*state = LIC_MEMBER_OVER;
	return 0;
}

int lic_snapshot_state(struct lic_snapshot *s, const struct lic_snapshot_entry *m, int64_t now,
		       enum lic_member_state *ret, struct lic_error *err)
{
	enum lic_member_state state = LIC_MEMBER_AS_WAS;
	int64_t rights;
	int r;

	if (m->e.kind != LIC_KIND_IMAGE)
		return file_state(s->cat, m, ret, err);
	r = state_now(s->cat, m, &state, err);
	if (r == 0 && state != LIC_MEMBER_REVOKED) {
		r = lic_snapshot_rights(s, m, &rights, err);
		if (r == 0)
			r = look_over(s->cat, rights, now, &state, err);
	}
	if (r == 0)
		*ret = state;
	return r;
}

int lic_then_state(struct lic_catalog *cat, const struct lic_then *t, int64_t now,
		   enum lic_member_state *ret, struct lic_error *err)
{
	enum lic_member_state state = LIC_MEMBER_AS_WAS;
	int r;

	if (t->m.e.kind != LIC_KIND_IMAGE)
		return file_state(cat, &t->m, ret, err);
	r = state_now(cat, &t->m, &state, err);
	if (r == 0 && state != LIC_MEMBER_REVOKED)
		r = look_over(cat, t->rights, now, &state, err);
	if (r == 0)
		*ret = state;
	return r;
}
