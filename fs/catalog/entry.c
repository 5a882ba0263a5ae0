/* SPDX-License-Identifier: Apache-2.0 */
/* Reading entries: by id, name, path, hash, and in order. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/internal.h"

int lic_entry_name_check(struct lic_catalog *cat, const struct lic_entry *e, struct lic_error *err)
{
	if (e->name.n <= NAME_MAX && (e->name.n == 0) == (e->id == LIC_CATALOG_ROOT))
		return 0;
	return lic_catalog_damaged(cat, err, "entry %lld has no proper name", (long long)e->id);
}

int lic_entry_from_row(struct lic_query *q, struct lic_entry *ret, struct lic_error *err)
{
	struct lic_bytes hash = lic_query_bytes(q, 15);
	struct lic_entry e = {
		.id = lic_query_int(q, 0),
		.parent = lic_query_int(q, 1),
		.name = lic_query_bytes(q, 2),
		.kind = (enum lic_kind)lic_query_int(q, 3),
		.rule = (enum lic_rule)lic_query_int(q, 4),
		.format = (enum lic_format)lic_query_int(q, 5),
		.rights = lic_query_int(q, 6),
		.st = { .size = (uint64_t)lic_query_int(q, 7),
			.mtime = lic_query_int(q, 8),
			.ctime = lic_query_int(q, 9),
			.ino = (uint64_t)lic_query_int(q, 10),
			.mode = (uint32_t)lic_query_int(q, 11),
			.uid = (uint32_t)lic_query_int(q, 12),
			.gid = (uint32_t)lic_query_int(q, 13) },
		.judged = lic_query_int(q, 14),
		.born = lic_query_int(q, 16),
		.since = lic_query_int(q, 17),
	};
	int r = lic_entry_name_check(q->cat, &e, err);

	if (r < 0)
		return r;
	if (hash.n == sizeof(e.hash.b))
		memcpy(e.hash.b, hash.p, sizeof(e.hash.b));
	*ret = e;
	return 0;
}

/* Steps a query for one entry; the name is copied into the catalog, since the query ends. */
static int one(struct lic_query *q, struct lic_entry *ret, struct lic_error *err)
{
	struct lic_entry e;
	int r = lic_query_step(q, err);

	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	r = lic_entry_from_row(q, &e, err);
	if (r < 0)
		return r;
	memcpy(q->cat->name, e.name.p, e.name.n);
	e.name.p = q->cat->name;
	*ret = e;
	return 0;
}

int lic_catalog_by_id(struct lic_catalog *cat, int64_t id, struct lic_entry *ret,
		      struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_BY_ID, err, "i", id);

	return r < 0 ? r : one(&q, ret, err);
}

int lic_catalog_by_name(struct lic_catalog *cat, int64_t parent, const void *name, size_t n,
			struct lic_entry *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_BY_NAME, err, "ib", parent, name, n);

	return r < 0 ? r : one(&q, ret, err);
}

/* After an archive the rest of a path is one name; it is written without needless slashes. */
static size_t member_name(const char *p, const char *end, uint8_t name[NAME_MAX])
{
	size_t n = 0;

	for (; p < end; p++) {
		if (*p == '/' && (n == 0 || name[n - 1] == '/'))
			continue;
		if (n == NAME_MAX)
			return 0;
		name[n++] = (uint8_t)*p;
	}
	return n && name[n - 1] == '/' ? n - 1 : n;
}

int lic_catalog_by_path(struct lic_catalog *cat, const void *path, size_t n, struct lic_entry *ret,
			struct lic_error *err)
{
	const char *p = path, *end = n ? p + n : p;
	struct lic_entry e;
	int r = lic_catalog_by_id(cat, LIC_CATALOG_ROOT, &e, err);

	while (r == 0) {
		const char *slash;

		while (p < end && *p == '/')
			p++;
		if (p == end)
			break;
		if (e.kind == LIC_KIND_DOCUMENT) {
			uint8_t name[NAME_MAX];
			size_t len = member_name(p, end, name);

			r = lic_catalog_by_name(cat, e.id, name, len, &e, err);
			break;
		}
		slash = memchr(p, '/', (size_t)(end - p));
		if (!slash)
			slash = end;
		r = lic_catalog_by_name(cat, e.id, p, (size_t)(slash - p), &e, err);
		p = slash;
	}
	if (r == 0)
		*ret = e;
	return r;
}

static int each(struct lic_query *q, lic_entry_fn fn, void *ctx, struct lic_error *err)
{
	struct lic_catalog *cat = q->cat;
	struct lic_entry e;
	int r;

	lic_credit_walk_begin(cat);
	while ((r = lic_query_step(q, err)) > 0) {
		r = lic_entry_from_row(q, &e, err);
		if (r == 0)
			r = fn(ctx, &e);
		if (r != 0)
			break;
	}
	lic_credit_walk_end(cat);
	return r;
}

int lic_catalog_list(struct lic_catalog *cat, int64_t parent, int64_t after, lic_entry_fn fn,
		     void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query place = LIC_QUERY_INIT;
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	uint8_t name[NAME_MAX];
	struct lic_bytes from = { name, 0 };
	int r;

	if (after) {
		struct lic_bytes b;

		r = lic_query(&place, cat, LIC_STMT_ENTRY_PLACE, err, "i", after);
		if (r == 0)
			r = lic_query_step(&place, err);
		if (r < 0)
			return r;
		if (r == 0 || lic_query_int(&place, 0) != parent)
			return lic_error_set(err, EINVAL, "entry %lld was never in directory %lld",
					     (long long)after, (long long)parent);
		b = lic_query_bytes(&place, 1);
		if (b.n > sizeof(name))
			return lic_catalog_damaged(cat, err, "entry %lld has no proper name",
						   (long long)after);
		memcpy(name, b.p, b.n);
		from.n = b.n;
		lic_query_end(&place);
	}
	/* `name > ""` holds for every name but the root's */
	r = lic_query(&q, cat, LIC_STMT_ENTRY_LIST, err, "ib", parent, from.p, from.n);
	return r < 0 ? r : each(&q, fn, ctx, err);
}

int lic_catalog_list_apart(struct lic_catalog *cat, int64_t dir, lic_entry_fn fn, void *ctx,
			   struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_APART, err, "i", dir);

	return r < 0 ? r : each(&q, fn, ctx, err);
}

int lic_catalog_dirs_exceed(struct lic_catalog *cat, int64_t n, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_DIR_PAST, err, "i", n);

	return r < 0 ? r : lic_query_step(&q, err);
}

int lic_catalog_each_but(struct lic_catalog *cat, const int64_t *rights, size_t n, lic_entry_fn fn,
			 void *ctx, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf list = LIC_BUF_INIT(1u << 28);
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r;

	lic_buf_addc(&list, '[');
	for (size_t i = 0; i < n; i++)
		lic_buf_addf(&list, "%s%lld", i ? "," : "", (long long)rights[i]);
	lic_buf_addc(&list, ']');
	if (lic_buf_failed(&list))
		return lic_error_set(err, ENOMEM, "out of memory for rights");
	r = lic_query(&q, cat, LIC_STMT_ENTRY_EACH_BUT, err, "t", lic_buf_str(&list));
	return r < 0 ? r : each(&q, fn, ctx, err);
}

int lic_catalog_each(struct lic_catalog *cat, enum lic_kind kind, lic_entry_fn fn, void *ctx,
		     struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r;

	if (kind == LIC_KIND_NONE)
		r = lic_query(&q, cat, LIC_STMT_ENTRY_EACH, err, "");
	else if (kind == LIC_KIND_DIR)
		r = lic_query(&q, cat, LIC_STMT_ENTRY_EACH_DIR, err, "");
	else
		r = lic_query(&q, cat, LIC_STMT_ENTRY_EACH_KIND, err, "i", (int64_t)kind);
	return r < 0 ? r : each(&q, fn, ctx, err);
}

int lic_catalog_by_hash(struct lic_catalog *cat, const struct lic_hash *hash, lic_entry_fn fn,
			void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_BY_HASH, err, "b", (const void *)hash->b,
			  sizeof(hash->b));

	return r < 0 ? r : each(&q, fn, ctx, err);
}

struct part {
	struct part *next;
	const char *p;
	size_t n;
};

static int add_parts(struct lic_catalog *cat, int64_t id, struct lic_arena *arena,
		     struct part **ret, struct lic_error *err)
{
	struct part *top = NULL;

	while (id != LIC_CATALOG_ROOT) {
		struct lic_entry e;
		struct part *part;
		int r = lic_catalog_by_id(cat, id, &e, err);

		if (r < 0)
			return r;
		if (e.parent >= id)
			return lic_catalog_damaged(cat, err, "entry %lld lies in a younger one",
						   (long long)id);
		part = lic_arena_alloc(arena, sizeof(*part));
		if (!part)
			return lic_error_set(err, ENOMEM, "out of memory for a path");
		part->next = top;
		part->n = e.name.n;
		part->p = lic_arena_dup(arena, e.name.p, e.name.n);
		if (!part->p)
			return lic_error_set(err, ENOMEM, "out of memory for a path");
		top = part;
		id = e.parent;
	}
	*ret = top;
	return 0;
}

int lic_catalog_entry_path(struct lic_catalog *cat, int64_t id, struct lic_buf *out,
			   struct lic_error *err)
{
	_cleanup_(lic_arena_release) struct lic_arena arena = LIC_ARENA_INIT(64u << 20);
	struct part *part = NULL;
	int r = add_parts(cat, id, &arena, &part, err);

	if (r < 0)
		return r;
	for (; part; part = part->next) {
		lic_buf_add(out, part->p, part->n);
		if (part->next)
			lic_buf_addc(out, '/');
	}
	if (lic_buf_failed(out))
		return lic_error_set(err, ENAMETOOLONG, "the path of entry %lld is too long",
				     (long long)id);
	return 0;
}

int lic_catalog_companion_images(struct lic_catalog *cat, int64_t companion,
				 int (*fn)(void *ctx, int64_t image), void *ctx,
				 struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_COMPANION_IMAGES, err, "i", companion);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = fn(ctx, lic_query_int(&q, 0));
		if (r != 0)
			return r;
	}
	return r;
}

int lic_catalog_rights_at(struct lic_catalog *cat, int64_t entry, int64_t generation, int64_t *ret,
			  struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_RIGHTS_AT, err, "ii", entry, generation);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	*ret = lic_query_int(&q, 0);
	return 0;
}
