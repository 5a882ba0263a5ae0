/* SPDX-License-Identifier: Apache-2.0 */
/* Random imports, puts, moves, ends and undos against a naive model, which judges every image from
 * scratch after each commit. LICENSEFS_TEST_SEED repeats a run. */
#include <sqlite3.h>

#include "tests/unit/joins_model.h"

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool agrees(struct lic_catalog *cat, const struct model *m, int d, int n)
{
	struct lic_buf a = LIC_BUF_INIT(4096), b = LIC_BUF_INIT(4096);
	struct lic_credit credit = { 0 }, stored = { 0 };
	struct lic_policy policy;
	struct lic_rights want;
	struct lic_entry e;
	char path[64];
	bool same;

	path_of(d, n, path);
	if (lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) < 0)
		return !m->image[d][n].live;
	if (lic_catalog_policy(cat, &policy, &fix_err) < 0 ||
	    lic_catalog_credit(cat, e.id, &stored, &fix_err) < 0)
		return false;
	judge(m, d, n, &policy, &want, &credit);
	lic_rights_key(&want, &a);
	lic_rights_key(lic_catalog_rights(cat, e.rights, &fix_err), &b);
	same = strcmp(lic_buf_str(&a), lic_buf_str(&b)) == 0;
	/* Two sure rows may credit differently, in an order that is the library's */
	same &= same_text(credit.creator, stored.creator);
	if (!same)
		printf("# %s\n#  is %s (%s)\n# not %s (%s)\n", path, lic_buf_str(&b),
		       stored.creator ? stored.creator : "", lic_buf_str(&a),
		       credit.creator ? credit.creator : "");
	lic_credit_release(&credit);
	lic_credit_release(&stored);
	lic_buf_release(&a);
	lic_buf_release(&b);
	return same && m->image[d][n].live;
}

/* --- changes ------------------------------------------------------------------------------ */

static int64_t id_at(struct lic_catalog *cat, const char *path)
{
	struct lic_entry e;

	return lic_catalog_by_path(cat, path, strlen(path), &e, &fix_err) < 0 ? -1 : e.id;
}

static void end_dir(struct model *m, int d)
{
	m->dir[d] = false;
	for (int n = 0; n < NAMES; n++)
		m->image[d][n].live = false;
	for (int s = 3; s < SOURCES; s++)
		if (d && strcmp(m->source[s].root, dir_path[d]) == 0)
			m->source[s].live = false;
	for (int i = 0; i < DIRS; i++)
		if (dir_parent[i] == d && m->dir[i])
			end_dir(m, i);
}

static int op_dir(struct lic_catalog *cat, struct lic_txn *txn, struct model *m)
{
	int d = 1 + (int)rnd(DIRS - 1);
	const char *slash = strrchr(dir_path[d], '/');

	if (m->dir[d] && rnd(2) == 0) {
		end_dir(m, d);
		return lic_catalog_end(txn, id_at(cat, dir_path[d]), &fix_err);
	}
	if (!m->dir[dir_parent[d]])
		return 0;
	m->dir[d] = true;
	return put_dir(txn, id_at(cat, dir_path[dir_parent[d]]), slash ? slash + 1 : dir_path[d]) >
			       0
		       ? 0
		       : -EIO;
}

static int op_image(struct lic_catalog *cat, struct lic_txn *txn, struct model *m)
{
	int d = (int)rnd(DIRS), n = (int)rnd(NAMES), r;
	struct image *x = &m->image[d][n];
	struct lic_claims claims = LIC_CLAIMS_INIT;
	struct lic_entry e;
	char path[64], bytes[8];

	path_of(d, n, path);
	if (!m->dir[d])
		return 0;
	if (x->live && rnd(2) == 0) {
		x->live = false;
		return lic_catalog_end(txn, id_at(cat, path), &fix_err);
	}
	if (!x->live || rnd(2))
		*x = (struct image){ true, rnd(4), rnd(3) ? 0 : rnd(LIC_ARRAY_SIZE(licenses)),
				     rnd(2) ? 0 : rnd(LIC_ARRAY_SIZE(urls)) };
	e = entry_of(id_at(cat, dir_path[d]), names[n], strlen(names[n]), LIC_KIND_IMAGE);
	snprintf(bytes, sizeof(bytes), "%u", x->bytes);
	lic_hash128(bytes, strlen(bytes), e.hash.b);
	e.format = LIC_FORMAT_JPEG;
	own_claims(x, &claims);
	r = lic_catalog_put(txn, &e, &claims, &fix_err);
	lic_claims_release(&claims);
	return r;
}

static struct row random_row(bool rule)
{
	struct row r;

	memset(&r, 0, sizeof(r)); /* with its padding: rows are compared */
	r.license = licenses[rnd(LIC_ARRAY_SIZE(licenses))];
	for (unsigned i = 0, n = 1 + rnd(3) / 2; i < n; i++)
		r.key[i] = keys[rnd(LIC_ARRAY_SIZE(keys))];
	if (rnd(3) == 0)
		r.url = urls[rnd(LIC_ARRAY_SIZE(urls))];
	if (rnd(8) == 0)
		r.reserve = 1u << rnd(LIC_RESERVE_COUNT);
	if (rnd(60) == 0)
		r.damage = "cut off";
	if (rnd(4) == 0)
		r.creator = "Jane";
	r.rank = rule ? LIC_RANK_DIRECTORY : 0;
	return r;
}

static int op_import(struct lic_catalog *cat, struct lic_txn *txn, struct model *m)
{
	unsigned s = rnd(3), d = rnd(DIRS);
	struct source *x = &m->source[s];
	struct lic_import_result res;

	if (!m->dir[d])
		return 0;
	(void)cat;
	x->live = true;
	x->made = ++m->made;
	snprintf(x->root, sizeof(x->root), "%s", dir_path[d]);
	x->n = rnd(ROWS + 1);
	for (size_t i = 0; i < x->n; i++)
		x->row[i] = random_row(false);
	return import_rows(txn, collections[s], x->root, x->row, x->n, NULL, &res);
}

struct live_import {
	const char *collection;
	int64_t number;
};

static int find_live(void *ctx, const struct lic_manifest *m)
{
	struct live_import *x = ctx;

	if (!m->died && m->kind == LIC_MANIFEST_IMPORT && !strcmp(m->collection, x->collection))
		x->number = m->number;
	return 0;
}

static int op_undo(struct lic_catalog *cat, struct lic_txn *txn, struct model *m)
{
	unsigned s = rnd(3);
	struct live_import live = { collections[s], 0 };
	struct lic_import_result res;
	int r = lic_catalog_manifests(cat, find_live, &live, &fix_err);

	if (r < 0 || !live.number != !m->source[s].live)
		return r < 0 ? r : -EUCLEAN;
	if (!live.number)
		return 0;
	m->source[s].live = false;
	return lic_catalog_unimport(txn, live.number, NULL, &res, &fix_err);
}

static int op_rules(struct lic_catalog *cat, struct lic_txn *txn, struct model *m)
{
	unsigned s = 3 + rnd(SOURCES - 3), d = s == 3 ? 0 : 1;
	struct source *x = &m->source[s], old = *x;
	bool same;

	if (!m->dir[d])
		return 0;
	if (rnd(4)) {
		x->n = rnd(ROWS);
		for (size_t i = 0; i < x->n; i++)
			x->row[i] = random_row(true);
	}
	same = old.live && old.n == x->n && !memcmp(old.row, x->row, x->n * sizeof(*x->row));
	x->live = x->n > 0;
	if (!same)
		x->made = ++m->made;
	snprintf(x->root, sizeof(x->root), "%s", dir_path[d]);
	return put_rule_rows(txn, id_at(cat, dir_path[d]), s == ORDERED ? "tdmrep.json" : "rules",
			     x->row, x->n);
}

static int op(struct lic_catalog *cat, struct lic_txn *txn, struct model *m)
{
	switch (rnd(12)) {
	case 0:
		return op_dir(cat, txn, m);
	case 1:
	case 2:
		return op_import(cat, txn, m);
	case 3:
		return op_undo(cat, txn, m);
	case 4:
		return op_rules(cat, txn, m);
	default:
		return op_image(cat, txn, m);
	}
}

static void dump(const struct model *m)
{
	for (int s = 0; s < SOURCES; s++)
		for (size_t i = 0; m->source[s].live && i < m->source[s].n; i++) {
			const struct row *r = &m->source[s].row[i];

			printf("# source %d root '%s': %s %s %s: %s %s %u\n", s, m->source[s].root,
			       r->key[0] ? r->key[0] : "", r->key[1] ? r->key[1] : "",
			       r->key[2] ? r->key[2] : "", r->license ? r->license : "-",
			       r->url ? r->url : "-", r->reserve);
		}
	for (int d = 0; d < DIRS; d++)
		for (int n = 0; n < NAMES; n++)
			if (m->image[d][n].live)
				printf("# %s/%s bytes %u %s %s\n", dir_path[d], names[n],
				       m->image[d][n].bytes,
				       licenses[m->image[d][n].license]
					       ? licenses[m->image[d][n].license]
					       : "-",
				       urls[m->image[d][n].url] ? urls[m->image[d][n].url] : "-");
}

static int source_of(int kind, const char *collection, const char *file)
{
	for (int s = 0; kind == LIC_MANIFEST_IMPORT && s < 3; s++)
		if (strcmp(collection, collections[s]) == 0)
			return s;
	return strcmp(file, "rules") == 0 ? 3 : ORDERED;
}

static void load_haunted(struct lic_catalog *cat, struct model *m)
{
	static const char sql[] =
		"SELECT f.kind, f.collection, f.file, x.row - f.first FROM row_match x "
		"JOIN entry e ON e.id = x.entry "
		"JOIN manifest f ON x.row >= f.first AND x.row < f.first + f.rows "
		"WHERE e.died IS NOT NULL AND f.died IS NULL";
	sqlite3_stmt *q = NULL;
	sqlite3 *db = NULL;

	memset(m->haunted, 0, sizeof(m->haunted));
	if (sqlite3_open_v2(lic_catalog_path(cat), &db, SQLITE_OPEN_READONLY, NULL) ||
	    sqlite3_prepare_v2(db, sql, -1, &q, NULL))
		abort();
	while (sqlite3_step(q) == SQLITE_ROW) {
		int s = source_of(sqlite3_column_int(q, 0), (const char *)sqlite3_column_text(q, 1),
				  (const char *)sqlite3_column_text(q, 2));

		m->haunted[s][sqlite3_column_int(q, 3)] = true;
	}
	sqlite3_finalize(q);
	sqlite3_close(db);
}

static bool compare(struct lic_catalog *cat, struct model *m)
{
	bool same = true;

	load_haunted(cat, m);
	find_all(m);
	for (int d = 0; d < DIRS; d++)
		for (int n = 0; m->dir[d] && n < NAMES; n++)
			same &= agrees(cat, m, d, n);
	if (!same)
		dump(m);
	return same;
}

int main(void)
{
	const char *seed = getenv("LICENSEFS_TEST_SEED"), *rounds = getenv("LICENSEFS_TEST_ROUNDS");
	struct model m = { .dir = { true } }, saved;
	bool worked = true, same = true, sound = true;
	struct lic_error err = LIC_ERROR_INIT;
	int n = rounds ? (int)strtol(rounds, NULL, 10) : 1500;
	struct lic_catalog *cat;
	struct scratch s;

	state = seed ? strtoull(seed, NULL, 10) : (uint64_t)getpid() * 2654435761u + 1;
	printf("# LICENSEFS_TEST_SEED=%llu\n", (unsigned long long)state);
	model_init();
	cat = scratch_make(&s);
	for (int i = 0; i < n && worked && same && sound; i++) {
		struct lic_txn *txn = begin(cat);
		int r = 0;

		saved = m;
		for (unsigned k = 1 + rnd(8); r == 0 && k; k--)
			r = op(cat, txn, &m);
		worked = r == 0;
		if (r < 0 || rnd(6) == 0) {
			lic_catalog_abort(txn);
			m = saved;
		} else {
			commit(txn);
		}
		same = compare(cat, &m);
		if (i % 4 == 0 || i + 1 == n)
			sound = lic_catalog_check(cat, &err) == 0;
	}
	ok(worked, "random changes: %s", fix_err.msg);
	ok(same, "leave every image with the rights that a model gives it");
	ok(sound, "[I10] and the invariants: %s", err.msg);
	lic_catalog_close(cat);
	scratch_release(&s);
	return done_testing();
}
