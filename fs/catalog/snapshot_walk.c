/* SPDX-License-Identifier: Apache-2.0 */
/* All entries of one generation in the order of ids, with their paths and the rights of then. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/snapshot.h"

struct then_walk {
	struct lic_catalog *cat;
	int64_t generation;
	bool brief;
	struct lic_query entries, past;
	bool has_past;	     /* a row of `past` is there */
	struct lic_map kept; /* directory -> index into dir */
	struct then_dir {
		const char *path; /* with a slash behind it, but for the root; in the arena */
		size_t n;
		bool archive;
	} * dir;
	size_t n_dirs, cap;
	struct lic_arena arena;
	struct lic_buf path;
	int64_t path_of; /* directory whose path begins `path`; 0: none */
	size_t path_len;
	struct lic_error *err;
};

static void then_end(struct then_walk *w)
{
	lic_query_end(&w->entries);
	lic_query_end(&w->past);
	lic_map_release(&w->kept);
	free(w->dir);
	lic_arena_release(&w->arena);
	lic_buf_release(&w->path);
}

static int no_memory(struct then_walk *w)
{
	return lic_error_set(w->err, ENOMEM, "out of memory for a snapshot");
}

static int next_past(struct then_walk *w)
{
	int r = lic_query_step(&w->past, w->err);

	w->has_past = r > 0;
	return r < 0 ? r : 0;
}

/* The rights of then: those of now, or the ones that were replaced since. */
static int rights_of(struct then_walk *w, const struct lic_entry *e, int64_t *ret)
{
	int r = 0;

	*ret = e->rights;
	if (e->kind != LIC_KIND_IMAGE || e->since <= w->generation)
		return 0;
	while (r == 0 && w->has_past && lic_query_int(&w->past, 0) < e->id)
		r = next_past(w);
	if (r < 0)
		return r;
	if (!w->has_past || lic_query_int(&w->past, 0) != e->id)
		return lic_catalog_damaged(w->cat, w->err,
					   "image %lld had no rights in generation %lld",
					   (long long)e->id, (long long)w->generation);
	*ret = lic_query_int(&w->past, 1);
	return 0;
}

/* Appends the name to the path of its directory. */
static int path_of(struct then_walk *w, const struct lic_entry *e, const struct then_dir *dir)
{
	if (w->path_of != e->parent) {
		w->path_of = 0;
		lic_buf_reset(&w->path);
		lic_buf_add(&w->path, dir->path, dir->n);
		w->path_of = e->parent;
		w->path_len = dir->n;
	}
	lic_buf_truncate(&w->path, w->path_len);
	lic_buf_add(&w->path, e->name.p, e->name.n);
	if (!lic_buf_failed(&w->path))
		return 0;
	w->path_of = 0;
	return lic_error_set(w->err, ENAMETOOLONG, "the path of entry %lld is too long",
			     (long long)e->id);
}

/* Remembers a directory, and what is an archive or was one: a file may become of another kind
 * while its bytes stay. */
static int keep(struct then_walk *w, const struct lic_entry *e)
{
	int64_t *place;
	char *path;

	if (e->kind == LIC_KIND_IMAGE || e->kind == LIC_KIND_COMPANION)
		return 0;
	if (w->n_dirs == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 256;
		void *p = reallocarray(w->dir, cap, sizeof(*w->dir));

		if (!p)
			return no_memory(w);
		w->dir = p;
		w->cap = cap;
	}
	path = lic_arena_alloc(&w->arena, w->path.len + 2);
	place = path ? lic_map_at(&w->kept, e->id, 0) : NULL;
	if (!place)
		return no_memory(w);
	if (w->path.len)
		memcpy(path, w->path.data, w->path.len);
	if (e->id != LIC_CATALOG_ROOT)
		path[w->path.len] = '/';
	*place = (int64_t)w->n_dirs;
	w->dir[w->n_dirs++] = (struct then_dir){ path, w->path.len + (e->id != LIC_CATALOG_ROOT),
						 e->kind != LIC_KIND_DIR };
	return 0;
}

/* What digests and views ask for; a third of the time goes into the other columns. */
static int read_brief(struct lic_query *q, struct lic_entry *ret, struct lic_error *err)
{
	struct lic_bytes hash = lic_query_bytes(q, 8);
	struct lic_entry e = {
		.id = lic_query_int(q, 0),
		.parent = lic_query_int(q, 1),
		.name = lic_query_bytes(q, 2),
		.kind = (enum lic_kind)lic_query_int(q, 3),
		.rule = (enum lic_rule)lic_query_int(q, 4),
		.rights = lic_query_int(q, 5),
		.st = { .size = (uint64_t)lic_query_int(q, 6), .mtime = lic_query_int(q, 7) },
		.since = lic_query_int(q, 9),
	};
	int r = lic_entry_name_check(q->cat, &e, err);

	if (r == 0 && hash.n == sizeof(e.hash.b))
		memcpy(e.hash.b, hash.p, sizeof(e.hash.b));
	*ret = e;
	return r;
}

static int read_row(struct then_walk *w, struct lic_snapshot_entry *ret)
{
	int r;

	if (w->brief)
		return read_brief(&w->entries, &ret->e, w->err);
	r = lic_entry_from_row(&w->entries, &ret->e, w->err);
	ret->died = r == 0 ? lic_query_int(&w->entries, 18) : 0;
	return r;
}

static int take(struct then_walk *w, lic_then_fn fn, void *ctx)
{
	static const struct then_dir above = { "", 0, false };
	const struct then_dir *dir = &above;
	struct lic_then t = { .rights = 0 };
	int64_t *place;
	int r = read_row(w, &t.m);

	if (r < 0)
		return r;
	if (t.m.e.id != LIC_CATALOG_ROOT) {
		place = lic_map_find(&w->kept, t.m.e.parent, 0);
		if (!place)
			return 0;
		dir = &w->dir[*place];
	}
	t.in_archive = dir->archive;
	r = rights_of(w, &t.m.e, &t.rights);
	if (r == 0)
		r = path_of(w, &t.m.e, dir);
	if (r < 0)
		return r;
	t.path = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&w->path), w->path.len };
	r = fn(ctx, &t);
	return r == 1 ? keep(w, &t.m.e) : r;
}

static int walk(struct lic_catalog *cat, int64_t generation, bool brief, lic_then_fn fn, void *ctx,
		struct lic_error *err)
{
	_cleanup_(then_end) struct then_walk w = {
		.cat = cat,
		.generation = generation,
		.brief = brief,
		.entries = LIC_QUERY_INIT,
		.past = LIC_QUERY_INIT,
		.arena = LIC_ARENA_INIT((size_t)16 << 30),
		.path = LIC_BUF_INIT(16u << 20),
		.err = err,
	};
	int r = lic_query(&w.entries, cat, brief ? LIC_STMT_ENTRY_THEN_BRIEF : LIC_STMT_ENTRY_THEN,
			  err, "i", generation);

	if (r == 0)
		r = lic_query(&w.past, cat, LIC_STMT_PAST_THEN, err, "i", generation);
	if (r == 0)
		r = next_past(&w);
	lic_credit_walk_begin(cat);
	while (r == 0 && (r = lic_query_step(&w.entries, err)) > 0)
		r = take(&w, fn, ctx);
	lic_credit_walk_end(cat);
	return r;
}

int lic_catalog_then(struct lic_catalog *cat, int64_t generation, lic_then_fn fn, void *ctx,
		     struct lic_error *err)
{
	return walk(cat, generation, false, fn, ctx, err);
}

int lic_catalog_then_brief(struct lic_catalog *cat, int64_t generation, lic_then_fn fn, void *ctx,
			   struct lic_error *err)
{
	return walk(cat, generation, true, fn, ctx, err);
}

/* --- members ------------------------------------------------------------------------------ */

struct members {
	struct lic_snapshot *s;
	lic_then_fn fn;
	void *ctx;
	struct lic_error *err;
};

static int member(void *ctx, const struct lic_then *t)
{
	struct members *x = ctx;
	bool has;
	int r = lic_snapshot_has(x->s, t->m.e.id, &has, x->err);

	if (r < 0 || !has)
		return r;
	r = x->fn(x->ctx, t);
	return r == 0 ? 1 : r;
}

int lic_snapshot_each(struct lic_snapshot *s, lic_then_fn fn, void *ctx, struct lic_error *err)
{
	struct members x = { s, fn, ctx, err };

	return lic_catalog_then(s->cat, s->info.born, member, &x, err);
}

int lic_snapshot_each_brief(struct lic_snapshot *s, lic_then_fn fn, void *ctx,
			    struct lic_error *err)
{
	struct members x = { s, fn, ctx, err };

	return lic_catalog_then_brief(s->cat, s->info.born, member, &x, err);
}

/* --- beside -------------------------------------------------------------------------------- */

int lic_catalog_ever_hash(struct lic_catalog *cat, const struct lic_hash *hash,
			  int (*fn)(void *ctx, int64_t entry), void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_EVER_HASH, err, "b", (const void *)hash->b,
			  sizeof(hash->b));

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = fn(ctx, lic_query_int(&q, 0));
		if (r != 0)
			return r;
	}
	return r;
}

int lic_catalog_generation_verb(struct lic_catalog *cat, int64_t generation, struct lic_buf *ret,
				struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	const char *verb;
	int r = lic_query(&q, cat, LIC_STMT_GENERATION_VERB, err, "i", generation);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	verb = lic_query_text(&q, 0);
	lic_text_show(ret, verb ? verb : "", verb ? strlen(verb) : 0);
	return lic_buf_failed(ret) ? lic_error_set(err, ENOMEM, "out of memory for a verb") : 0;
}
