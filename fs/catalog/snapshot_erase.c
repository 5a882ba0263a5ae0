/* SPDX-License-Identifier: Apache-2.0 */
/* What an erasure takes away from snapshots, what they keep from being overwritten, and checks. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/snapshot.h"

/* --- erasing ------------------------------------------------------------------------------ */

/* The leaf as it is, of the one member. */
static int leaf_of(struct lic_snapshot *s, int64_t entry, const uint8_t salt[LIC_SALT_BYTES],
		   uint8_t ret[LIC_LEAF_BYTES], struct lic_error *err)
{
	struct lic_leaf_maker maker = LIC_LEAF_MAKER_INIT(s->cat, s->info.sha256);
	_cleanup_(lic_buf_release) struct lic_buf path = LIC_BUF_INIT(16u << 20);
	struct lic_then t = { .rights = 0 };
	int64_t parent = 0;
	struct lic_snapshot_entry dir;
	int r = lic_snapshot_path(s, entry, &path, err);

	if (r == 0)
		r = lic_snapshot_by_id(s, entry, &t.m, err);
	if (r == 0)
		r = lic_snapshot_rights(s, &t.m, &t.rights, err);
	parent = t.m.e.parent;
	if (r == 0)
		r = lic_snapshot_by_id(s, parent, &dir, err);
	if (r == 0) {
		t.path = (struct lic_bytes){ (const uint8_t *)lic_buf_str(&path), path.len };
		t.in_archive = dir.e.kind != LIC_KIND_DIR;
		r = lic_leaf_make(&maker, &t, salt, ret, err);
	}
	lic_leaf_maker_release(&maker);
	if (r == -ENODATA || r == -ENOENT)
		r = lic_catalog_damaged(s->cat, err, "member %lld of a snapshot is not known",
					(long long)entry);
	return r;
}

/* The row that has the salt of a leaf; 0: it has the leaf itself. */
static int find_seed(struct lic_snapshot *s, int64_t leaf, struct lic_seed *ret,
		     struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	struct lic_bytes b;
	int r = lic_query(&q, s->cat, LIC_STMT_SNAPSHOT_SALT, err, "ii", s->info.number, leaf);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	b = r > 0 ? lic_query_bytes(&q, 2) : (struct lic_bytes){ NULL, 0 };
	if (b.n == LIC_SALT_BYTES) {
		*ret = (struct lic_seed){ .leaf = lic_query_int(&q, 0),
					  .height = (int)lic_query_int(&q, 1) };
		memcpy(ret->seed, b.p, b.n);
		if (ret->height >= 0 && ret->height <= LIC_SALT_HEIGHT_MAX &&
		    leaf - ret->leaf < (int64_t)1 << ret->height)
			return 1;
	} else if (b.n == LIC_LEAF_BYTES && lic_query_int(&q, 0) == leaf) {
		return 0;
	}
	return lic_catalog_damaged(s->cat, err, "leaf %lld of a snapshot has no salt",
				   (long long)leaf);
}

static int keep_seed(struct lic_snapshot *s, const struct lic_seed *seed, struct lic_error *err)
{
	return lic_query_run(s->cat, LIC_STMT_SNAPSHOT_ADD_SALT, err, "iiib", s->info.number,
			     seed->leaf, (int64_t)seed->height, (const void *)seed->seed,
			     sizeof(seed->seed));
}

/* In the place of the row: the seeds beside the way to the leaf, and the leaf. */
static int puncture(struct lic_snapshot *s, int64_t entry, int64_t leaf, struct lic_seed seed,
		    struct lic_error *err)
{
	const int64_t members = s->info.images + s->info.files + s->info.dirs;
	uint8_t hash[LIC_LEAF_BYTES];
	int r = lic_query_run(s->cat, LIC_STMT_SNAPSHOT_DROP_SALT, err, "ii", s->info.number,
			      seed.leaf);

	while (r == 0 && seed.height > 0) {
		struct lic_seed left, right;

		lic_seed_split(&seed, &left, &right);
		if (leaf >= right.leaf) {
			r = keep_seed(s, &left, err);
			seed = right;
		} else {
			if (right.leaf < members)
				r = keep_seed(s, &right, err);
			seed = left;
		}
	}
	if (r == 0)
		r = leaf_of(s, entry, seed.seed, hash, err);
	explicit_bzero(&seed, sizeof(seed));
	return r < 0 ? r
		     : lic_query_run(s->cat, LIC_STMT_SNAPSHOT_ADD_SALT, err, "iiib",
				     s->info.number, leaf, (int64_t)0, (const void *)hash,
				     sizeof(hash));
}

static int erase_from(struct lic_snapshot *s, int64_t entry, struct lic_error *err)
{
	struct lic_seed seed;
	int64_t leaf;
	bool has;
	int r = lic_snapshot_has(s, entry, &has, err);

	if (r < 0 || !has)
		return r;
	r = lic_snapshot_rank(s, entry, &leaf, err);
	if (r == 0)
		r = find_seed(s, leaf, &seed, err);
	return r <= 0 ? r : puncture(s, entry, leaf, seed, err);
}

/* The next snapshot in force after *number, those of jobs first; 1, or 0: none. */
static int next_number(struct lic_catalog *cat, int64_t *number, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_SNAPSHOT_NEXT, err, "i", *number);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r;
	*number = lic_query_int(&q, 0);
	return 1;
}

static int add_snapshot(struct lic_txn *txn, int64_t number, struct lic_error *err)
{
	void *p = reallocarray(txn->snapshot, txn->n_snapshots + 1, sizeof(*txn->snapshot));
	int r;

	if (!p)
		return lic_error_set(err, ENOMEM, "out of memory for snapshots");
	txn->snapshot = p;
	r = lic_snapshot_by_number(txn->cat, number, &txn->snapshot[txn->n_snapshots], err);
	if (r == 0)
		txn->n_snapshots++;
	return r;
}

/* Opens them once: an erasure may be of many images. */
static int read_snapshots(struct lic_txn *txn, struct lic_error *err)
{
	int64_t number = INT64_MIN;
	int r;

	if (txn->snapshots_read)
		return 0;
	while ((r = next_number(txn->cat, &number, err)) > 0) {
		r = add_snapshot(txn, number, err);
		if (r < 0)
			return r;
	}
	txn->snapshots_read = r == 0;
	return r;
}

void lic_snapshots_forget(struct lic_txn *txn)
{
	while (txn->n_snapshots)
		lic_snapshot_close(txn->snapshot[--txn->n_snapshots]);
	free(txn->snapshot);
	txn->snapshot = NULL;
	txn->snapshots_read = false;
}

int lic_snapshots_erase(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	int r = read_snapshots(txn, err);

	for (size_t i = 0; r == 0 && i < txn->n_snapshots; i++)
		r = erase_from(txn->snapshot[i], entry, err);
	return r;
}

int lic_snapshot_erased(struct lic_snapshot *s, int64_t *ret, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, s->cat, LIC_STMT_SNAPSHOT_ERASED, err, "i", s->info.number);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r > 0)
		*ret = lic_query_int(&q, 0);
	return r < 0 ? r : 0;
}

/* --- keeping ------------------------------------------------------------------------------ */

int lic_snapshots_pin(struct lic_catalog *cat, int64_t entry, bool *ret, struct lic_error *err)
{
	int64_t number = INT64_MIN;
	int r;

	*ret = false;
	while ((r = next_number(cat, &number, err)) > 0) {
		struct lic_snapshot *s = NULL;

		r = lic_snapshot_by_number(cat, number, &s, err);
		if (r == 0)
			r = lic_snapshot_has(s, entry, ret, err);
		lic_snapshot_close(s);
		if (r < 0 || *ret)
			return r;
	}
	return r;
}

/* --- checking ----------------------------------------------------------------------------- */

static const struct lic_check_rule rules[] = {
	{ "[I5] snapshot %lld holds in no sound interval",
	  "SELECT id FROM snapshot WHERE died < born OR max(born, coalesce(died, 0)) > "
	  "(SELECT coalesce(max(id), 0) FROM generation)" },
	{ "[I14] snapshot %lld has no digest",
	  "SELECT id FROM snapshot WHERE length(digest) <> 32" },
	{ "[I14] a part of snapshot %lld is left over",
	  "SELECT snapshot FROM snapshot_part p LEFT JOIN snapshot s ON s.id = p.snapshot "
	  "WHERE s.id IS NULL OR s.died IS NOT NULL" },
	{ "[I14] a salt of snapshot %lld is left over",
	  "SELECT snapshot FROM snapshot_salt p LEFT JOIN snapshot s ON s.id = p.snapshot "
	  "WHERE s.id IS NULL OR s.died IS NOT NULL" },
	{ "[I14] snapshot %lld is of no job",
	  "SELECT s.id FROM snapshot s LEFT JOIN job j ON j.id = -s.id WHERE s.id < 0 AND "
	  "(j.id IS NULL OR j.born <> s.born OR j.died IS NOT s.died)" },
	{ "[I14] job %lld has no snapshot",
	  "SELECT j.id FROM job j LEFT JOIN snapshot s ON s.id = -j.id WHERE s.id IS NULL" },
	{ "the SHA-256 of entry %lld is none",
	  "SELECT entry FROM content WHERE length(sha256) <> 32" },
};

static int count_then(void *ctx, const struct lic_then *t)
{
	int64_t *n = ctx;

	n[t->m.e.kind == LIC_KIND_DIR ? 2 : t->m.e.kind == LIC_KIND_IMAGE ? 0 : 1]++;
	return 0;
}

static int check_one(struct lic_snapshot *s, struct lic_error *err)
{
	const struct lic_snapshot_info *i = &s->info;
	int64_t n[3] = { 0, 0, 0 };
	uint8_t digest[32];
	int r = lic_snapshot_each(s, count_then, n, err);

	/* an image stays one; what else a file is may be known better later */
	if (r == 0 && (n[0] != i->images || n[1] != i->files || n[2] != i->dirs))
		return lic_catalog_damaged(s->cat, err,
					   "[I14] members of snapshot '%s' are missing", i->name);
	if (r == 0)
		r = lic_snapshot_digest(s, NULL, NULL, digest, err);
	if (r == 0 && memcmp(digest, i->digest, sizeof(digest)) != 0)
		return lic_catalog_damaged(
			s->cat, err, "[I14] snapshot '%s' is not what its digest says", i->name);
	return r;
}

int lic_snapshots_check(struct lic_catalog *cat, struct lic_error *err)
{
	int64_t number = INT64_MIN;
	int r = lic_check_rules(cat, rules, LIC_ARRAY_SIZE(rules), err);

	if (r < 0)
		return r;
	while ((r = next_number(cat, &number, err)) > 0) {
		struct lic_snapshot *s = NULL;

		r = lic_snapshot_by_number(cat, number, &s, err);
		if (r == 0)
			r = check_one(s, err);
		lic_snapshot_close(s);
		if (r < 0)
			break;
	}
	return r;
}
