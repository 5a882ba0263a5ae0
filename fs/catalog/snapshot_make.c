/* SPDX-License-Identifier: Apache-2.0 */
/* Making a snapshot in one walk over what is live, and working its digest out again. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include <licensefs/sum.h>

#include "fs/catalog/snapshot.h"

#define PROGRESS 65536 /* members between two calls of `progress` */

bool lic_txn_is_fresh(const struct lic_txn *txn)
{
	return !txn->changed && !txn->dirty;
}

struct make {
	struct lic_txn *txn;
	struct lic_snapshot_info *info;
	lic_then_fn keep;
	void *ctx;
	struct lic_leaf_maker maker;
	struct lic_leaves *leaves;
	int64_t chunk; /* that is gathered, or -1 */
	int64_t first; /* members before it */
	uint8_t bits[LIC_CHUNK_BYTES];
	struct lic_buf packed;
	int64_t missing;
	struct lic_error *err;
};

static void make_release(struct make *m)
{
	lic_leaves_free(m->leaves);
	lic_leaf_maker_release(&m->maker);
	lic_buf_release(&m->packed);
}

static int flush(struct make *m)
{
	if (m->chunk < 0)
		return 0;
	lic_buf_reset(&m->packed);
	lic_chunk_pack(m->bits, &m->packed);
	if (lic_buf_failed(&m->packed))
		return lic_error_set(m->err, ENOMEM, "out of memory for a snapshot");
	return lic_query_run(m->txn->cat, LIC_STMT_SNAPSHOT_ADD_PART, m->err, "iiib",
			     m->info->number, m->chunk, m->first,
			     (const void *)lic_buf_str(&m->packed), m->packed.len);
}

static int add_member(struct make *m, int64_t id)
{
	int64_t chunk = id >> LIC_CHUNK_BITS;
	unsigned bit = (unsigned)id & (LIC_CHUNK - 1);
	int r = 0;

	if (chunk != m->chunk) {
		r = flush(m);
		m->chunk = chunk;
		m->first = lic_leaves_count(m->leaves);
		memset(m->bits, 0, sizeof(m->bits));
	}
	m->bits[bit / 8] |= (uint8_t)(1u << bit % 8);
	return r;
}

static void count(struct lic_snapshot_info *i, const struct lic_then *t)
{
	if (t->m.e.kind == LIC_KIND_DIR)
		i->dirs++;
	else if (t->m.e.kind == LIC_KIND_IMAGE)
		i->images++;
	else
		i->files++;
	if (t->m.e.kind != LIC_KIND_DIR && !t->in_archive)
		lic_sum_size(&i->bytes, t->m.e.st.size);
}

static int take(void *ctx, const struct lic_then *t)
{
	struct make *m = ctx;
	int r = m->keep(m->ctx, t);

	if (r != 1)
		return r;
	if (!lic_leaves_salted(m->leaves))
		return lic_error_set(m->err, E2BIG, "more than %lld members in a snapshot",
				     (long long)lic_leaves_count(m->leaves));
	r = add_member(m, t->m.e.id);
	if (r == 0)
		r = lic_leaf_text(&m->maker, t, lic_leaves_open(m->leaves), m->err);
	if (r == 0)
		r = lic_leaves_close(m->leaves, m->err);
	if (r == -ENODATA)
		m->missing = t->m.e.id;
	if (r < 0)
		return r;
	count(m->info, t);
	return 1;
}

/* Enough for every entry that there is. */
static int plant(struct make *m)
{
	struct lic_seed seed = { .leaf = 0 };
	int64_t last = 0;
	int r = lic_catalog_number(m->txn->cat, "SELECT max(id) FROM entry", 1, &last, m->err);

	if (r < 0)
		return r;
	while (seed.height < LIC_SALT_HEIGHT_MAX && last >> seed.height)
		seed.height++;
	if (getrandom(seed.seed, sizeof(seed.seed), 0) != sizeof(seed.seed))
		return lic_error_sys(m->err, errno, "cannot get random bytes");
	m->leaves = lic_leaves_new();
	if (!m->leaves)
		return lic_error_set(m->err, ENOMEM, "out of memory for a digest");
	r = lic_leaves_seed(m->leaves, seed.seed, seed.height, m->err);
	if (r == 0)
		r = lic_query_run(m->txn->cat, LIC_STMT_SNAPSHOT_ADD_SALT, m->err, "iiib",
				  m->info->number, (int64_t)0, (int64_t)seed.height,
				  (const void *)seed.seed, sizeof(seed.seed));
	explicit_bzero(&seed, sizeof(seed));
	return r;
}

static int check(struct lic_txn *txn, const struct lic_snapshot_info *info, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	_cleanup_(lic_buf_release) struct lic_buf shown = LIC_BUF_INIT(8192);
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	if (!lic_txn_is_fresh(txn))
		return lic_error_set(err, EBUSY, "a snapshot needs a transaction of its own");
	lic_text_show(&shown, info->name, strlen(info->name));
	if (!lic_snapshot_name_valid(info->name))
		return lic_error_set(
			err, EINVAL,
			"'%s' is no name for a snapshot; use up to %u bytes without "
			"slashes and control characters, not beginning with a dot or blank",
			lic_buf_str(&shown), LIC_SNAPSHOT_NAME_MAX);
	r = lic_query(&q, txn->cat, LIC_STMT_SNAPSHOT, err, "t", info->name);
	if (r == 0)
		r = lic_query_step(&q, err);
	if (r > 0)
		return lic_error_set(err, EEXIST,
				     "there is a snapshot '%s' already; snapshots never change: "
				     "take another name, or 'snapshot rm' it",
				     lic_buf_str(&shown));
	return r;
}

static int describe(struct lic_txn *txn, struct lic_snapshot_info *i, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf facts = LIC_BUF_INIT(4096);
	_cleanup_(lic_buf_release) struct lic_buf policy = LIC_BUF_INIT(4096);
	const struct lic_policy *p = &txn->judge.policy;
	int r = lic_meta_get(txn->cat, "facts", &facts, err);

	lic_buf_addf(&policy, "statements=%s notice=%s", p->strict_statements ? "strict" : "open",
		     p->strict_notice ? "conflict" : "ignore");
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_SNAPSHOT_ADD, err,
				  i->number ? "ttttttiitiii" : "ttttttiitiin", i->name, i->view,
				  i->expr, i->basis, lic_buf_str(&policy), lic_buf_str(&facts),
				  (int64_t)i->classes, (int64_t)i->sha256, i->who, txn->at,
				  txn->generation, i->number);
	i->number = sqlite3_last_insert_rowid(txn->cat->db);
	return r;
}

int lic_snapshot_fill(struct lic_txn *txn, struct lic_snapshot_info *info, lic_then_fn keep,
		      void *ctx, int64_t *ret_missing, struct lic_error *err)
{
	_cleanup_(make_release) struct make m = {
		.txn = txn,
		.info = info,
		.keep = keep,
		.ctx = ctx,
		.maker = LIC_LEAF_MAKER_INIT(txn->cat, info->sha256),
		.chunk = -1,
		.packed = LIC_BUF_INIT(LIC_CHUNK_BYTES),
		.err = err,
	};
	int r;

	info->images = info->files = info->dirs = info->bytes = info->died = info->ended_at = 0;
	info->policy = info->facts = info->ended_who = NULL;
	info->born = txn->generation;
	info->at = txn->at;
	txn->changed = txn->dirty = txn->durable = true;
	txn->views_changed |= info->number >= 0;
	r = describe(txn, info, err);
	if (r == 0)
		r = plant(&m);
	if (r == 0)
		r = lic_catalog_then_brief(txn->cat, txn->generation, take, &m, err);
	if (r == 0)
		r = flush(&m);
	if (r == -ENODATA)
		*ret_missing = m.missing;
	if (r < 0)
		return lic_txn_fail(txn, r);
	lic_leaves_root(m.leaves, info->digest);
	return lic_txn_fail(txn, lic_query_run(txn->cat, LIC_STMT_SNAPSHOT_FILL, err, "iiiiib",
					       info->number, info->images, info->files, info->dirs,
					       info->bytes, (const void *)info->digest,
					       sizeof(info->digest)));
}

int lic_snapshot_make(struct lic_txn *txn, struct lic_snapshot_info *info, lic_then_fn keep,
		      void *ctx, int64_t *ret_missing, struct lic_error *err)
{
	int r = check(txn, info, err);

	if (r < 0)
		return r;
	info->number = 0;
	return lic_snapshot_fill(txn, info, keep, ctx, ret_missing, err);
}

/* --- again -------------------------------------------------------------------------------- */

struct again {
	struct lic_catalog *cat;
	struct lic_query salts;
	struct lic_leaf_maker maker;
	struct lic_leaves *leaves;
	int (*progress)(void *ctx, int64_t done);
	void *ctx;
	struct lic_error *err;
};

static void again_release(struct again *a)
{
	lic_query_end(&a->salts);
	lic_leaves_free(a->leaves);
	lic_leaf_maker_release(&a->maker);
}

/* The next row of salts. 1: there is one for the next leaf; 0: the leaf is known, and added. */
static int next_salts(struct again *a)
{
	int64_t next = lic_leaves_count(a->leaves), height;
	struct lic_bytes b;
	int r = lic_query_step(&a->salts, a->err);

	if (r < 0)
		return r;
	if (r > 0 && lic_query_int(&a->salts, 0) == next) {
		height = lic_query_int(&a->salts, 1);
		b = lic_query_bytes(&a->salts, 2);
		if (b.n == LIC_LEAF_BYTES && height == 0)
			return lic_leaves_add(a->leaves, b.p, a->err);
		if (b.n == LIC_SALT_BYTES && height >= 0 && height <= LIC_SALT_HEIGHT_MAX) {
			r = lic_leaves_seed(a->leaves, b.p, (int)height, a->err);
			return r < 0 ? r : 1;
		}
	}
	return lic_catalog_damaged(a->cat, a->err, "the salts of a snapshot end before leaf %lld",
				   (long long)next);
}

static int add_leaf(struct again *a, const struct lic_then *t)
{
	struct lic_buf *text = lic_leaves_open(a->leaves);
	size_t at = text->len;
	int r = lic_leaf_text(&a->maker, t, text, a->err);

	if (r == -ENODATA) {
		/* what was known is gone: another digest is the answer */
		lic_buf_truncate(text, at);
		r = 0;
	}
	return r < 0 ? r : lic_leaves_close(a->leaves, a->err);
}

static int add_again(void *ctx, const struct lic_then *t)
{
	struct again *a = ctx;
	int64_t n;
	int r = lic_leaves_salted(a->leaves) ? 1 : next_salts(a);

	if (r > 0)
		r = add_leaf(a, t);
	n = lic_leaves_count(a->leaves);
	if (r < 0)
		return r;
	return a->progress && n % PROGRESS == 0 ? a->progress(a->ctx, n) : 0;
}

int lic_snapshot_digest(struct lic_snapshot *s, int (*progress)(void *ctx, int64_t done), void *ctx,
			uint8_t ret[32], struct lic_error *err)
{
	_cleanup_(again_release) struct again a = {
		.cat = s->cat,
		.maker = LIC_LEAF_MAKER_INIT(s->cat, s->info.sha256),
		.leaves = lic_leaves_new(),
		.progress = progress,
		.ctx = ctx,
		.err = err,
	};
	int r;

	if (!a.leaves)
		return lic_error_set(err, ENOMEM, "out of memory for a digest");
	r = lic_query(&a.salts, s->cat, LIC_STMT_SNAPSHOT_SALTS, err, "i", s->info.number);
	if (r == 0)
		r = lic_snapshot_each_brief(s, add_again, &a, err);
	if (r == 0)
		lic_leaves_root(a.leaves, ret);
	return r;
}
