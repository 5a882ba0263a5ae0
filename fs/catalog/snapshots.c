/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of snapshots: listing, opening, ending; and what is known of contents for them. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/nearest.h"
#include "fs/catalog/snapshot.h"

bool lic_snapshot_name_valid(const char *name)
{
	size_t n = strlen(name);

	if (!n || n > LIC_SNAPSHOT_NAME_MAX || name[0] == '.' || !lic_utf8_valid(name, n))
		return false;
	if (name[0] == ' ' || name[n - 1] == ' ')
		return false;
	for (size_t i = 0; i < n;) {
		uint32_t c = 0;

		i += lic_utf8_decode((const uint8_t *)name + i, n - i, &c);
		/* controls, and what cannot be seen or makes a line look other than it is */
		if (c < 0x20 || (c >= 0x7f && c <= 0xa0) || c == '/' || c == 0xad ||
		    (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
		    (c >= 0x2060 && c <= 0x206f) || c == 0xfeff)
			return false;
	}
	return true;
}

int lic_snapshot_from_row(struct lic_query *q, struct lic_snapshot_info *ret, struct lic_error *err)
{
	struct lic_bytes digest = lic_query_bytes(q, 15);
	struct lic_snapshot_info s = {
		.number = lic_query_int(q, 0),
		.name = lic_query_text(q, 1),
		.view = lic_query_text(q, 2),
		.expr = lic_query_text(q, 3),
		.basis = lic_query_text(q, 4),
		.policy = lic_query_text(q, 5),
		.facts = lic_query_text(q, 6),
		.classes = (int)lic_query_int(q, 7),
		.sha256 = lic_query_int(q, 8) != 0,
		.who = lic_query_text(q, 9),
		.at = lic_query_int(q, 10),
		.images = lic_query_int(q, 11),
		.files = lic_query_int(q, 12),
		.dirs = lic_query_int(q, 13),
		.bytes = lic_query_int(q, 14),
		.born = lic_query_int(q, 16),
		.died = lic_query_int(q, 17),
		.ended_at = lic_query_int(q, 18),
		.ended_who = lic_query_text(q, 19),
	};

	if (!s.name || !s.view || !s.expr || !s.basis || !s.policy || !s.facts || !s.who ||
	    sqlite3_errcode(q->cat->db) == SQLITE_NOMEM)
		return lic_error_set(err, ENOMEM, "out of memory for snapshots");
	if (digest.n != sizeof(s.digest) || !s.number || s.born < 1 || s.died < 0 || s.images < 0 ||
	    s.files < 0 || s.dirs < 0 || s.bytes < 0)
		return lic_catalog_damaged(q->cat, err, "snapshot %lld cannot be read",
					   (long long)s.number);
	memcpy(s.digest, digest.p, sizeof(s.digest));
	*ret = s;
	return 0;
}

int lic_catalog_snapshots(struct lic_catalog *cat,
			  int (*fn)(void *ctx, const struct lic_snapshot_info *s), void *ctx,
			  struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_SNAPSHOTS, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		struct lic_snapshot_info s;

		r = lic_snapshot_from_row(&q, &s, err);
		if (r == 0)
			r = fn(ctx, &s);
		if (r != 0)
			return r;
	}
	return r;
}

/* --- one of them -------------------------------------------------------------------------- */

static int look(void *ctx, const struct lic_snapshot_info *s)
{
	if (!s->died)
		lic_nearest_look(ctx, s->name);
	return 0;
}

static int not_found(struct lic_catalog *cat, const char *name, struct lic_error *err)
{
	struct lic_nearest x = LIC_NEAREST_INIT(name);
	int r = lic_catalog_snapshots(cat, look, &x, err);

	return r < 0 ? r
		     : lic_nearest_error(&x, "snapshot",
					 "'snapshot list' names those that are there",
					 "there is none; 'snapshot create' makes one", err);
}

/* A copy in the arena; NULL stays NULL. */
static bool keep(struct lic_arena *arena, const char **p)
{
	if (*p)
		*p = lic_arena_dup(arena, *p, strlen(*p));
	return *p != NULL;
}

/* The first row. */
static int load(struct lic_snapshot *s, struct lic_query *q, struct lic_error *err)
{
	struct lic_snapshot_info *i = &s->info;
	int r = lic_query_step(q, err);

	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	r = lic_snapshot_from_row(q, i, err);
	if (r < 0)
		return r;
	if (!keep(&s->arena, &i->name) || !keep(&s->arena, &i->view) ||
	    !keep(&s->arena, &i->expr) || !keep(&s->arena, &i->basis) ||
	    !keep(&s->arena, &i->policy) || !keep(&s->arena, &i->facts) ||
	    !keep(&s->arena, &i->who) || (i->ended_who && !keep(&s->arena, &i->ended_who)))
		return lic_error_set(err, ENOMEM, "out of memory for a snapshot");
	return 0;
}

static int open_row(struct lic_catalog *cat, struct lic_query *q, struct lic_snapshot **ret,
		    struct lic_error *err)
{
	struct lic_snapshot *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return lic_error_set(err, ENOMEM, "out of memory for a snapshot");
	s->cat = cat;
	s->arena = (struct lic_arena)LIC_ARENA_INIT(64u << 20);
	r = load(s, q, err);
	if (r < 0)
		lic_snapshot_close(s);
	else
		*ret = s;
	return r;
}

int lic_snapshot_open(struct lic_catalog *cat, const char *name, struct lic_snapshot **ret,
		      struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_SNAPSHOT, err, "t", name);

	if (r == 0)
		r = open_row(cat, &q, ret, err);
	return r == -ENOENT ? not_found(cat, name, err) : r;
}

int lic_snapshot_by_number(struct lic_catalog *cat, int64_t number, struct lic_snapshot **ret,
			   struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_SNAPSHOT_BY_ID, err, "i", number);

	return r < 0 ? r : open_row(cat, &q, ret, err);
}

void lic_snapshot_close(struct lic_snapshot *s)
{
	if (!s)
		return;
	free(s->chunk);
	lic_arena_release(&s->arena);
	free(s);
}

const struct lic_snapshot_info *lic_snapshot_info(const struct lic_snapshot *s)
{
	return &s->info;
}

struct lic_catalog *lic_snapshot_catalog(struct lic_snapshot *s)
{
	return s->cat;
}

/* --- ending ------------------------------------------------------------------------------- */

int lic_snapshot_empty(struct lic_txn *txn, int64_t number, struct lic_error *err)
{
	int r = lic_query_run(txn->cat, LIC_STMT_SNAPSHOT_DROP_PARTS, err, "i", number);

	lic_snapshots_forget(txn);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_SNAPSHOT_DROP_SALTS, err, "i", number);
	return r;
}

int lic_snapshot_end(struct lic_txn *txn, int64_t number, const char *who, struct lic_error *err)
{
	int r;

	txn->changed = txn->dirty = txn->durable = true;
	txn->views_changed |= number > 0;
	r = lic_query_run(txn->cat, LIC_STMT_SNAPSHOT_END, err, "iiit", number, txn->generation,
			  txn->at, who);
	if (r == 0)
		r = lic_snapshot_empty(txn, number, err);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_CONTENT_DROP_ALL, err, "");
	return lic_txn_fail(txn, r);
}

int lic_snapshot_rm(struct lic_txn *txn, const char *name, const char *who, struct lic_error *err)
{
	struct lic_snapshot *s = NULL;
	int64_t number;
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = lic_snapshot_open(txn->cat, name, &s, err);
	if (r < 0)
		return r;
	number = s->info.number;
	lic_snapshot_close(s);
	return lic_snapshot_end(txn, number, who, err);
}

/* --- contents ----------------------------------------------------------------------------- */

int lic_catalog_content(struct lic_catalog *cat, int64_t entry, uint8_t ret[32],
			struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_bytes b;
	int r = lic_query(&q, cat, LIC_STMT_CONTENT, err, "i", entry);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	b = lic_query_bytes(&q, 0);
	if (b.n != 32)
		return lic_catalog_damaged(cat, err, "the SHA-256 of entry %lld is none",
					   (long long)entry);
	memcpy(ret, b.p, 32);
	return 0;
}

int lic_catalog_content_put(struct lic_txn *txn, int64_t entry, const uint8_t sha256[32],
			    struct lic_error *err)
{
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	txn->dirty = true;
	return lic_txn_fail(txn, lic_query_run(txn->cat, LIC_STMT_CONTENT_SET, err, "ib", entry,
					       (const void *)sha256, (size_t)32));
}
