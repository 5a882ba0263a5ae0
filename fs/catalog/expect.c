/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of many images, interned at once: in the order of their digests, by one statement of
 * SQL, they cost a third of what they cost one by one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/catalog/erase.h"

#define CLAIMS_MAX (1u << 20) /* of one call: beyond, each image interns its own */
#define NEAR 32		      /* images that may be put out of their order */

struct expected {
	const struct lic_claims *claims;
	const struct lic_claim *item; /* as it was */
	size_t n, first;	      /* of the references */
};

struct lic_expected {
	struct expected *image; /* n of them, in the order in which they are put */
	size_t n, at;
	struct lic_claim_ref *ref;
};

/* What lic_new_statements is made of while it is read. */
struct fresh {
	uint8_t digest[16];
	const struct lic_claim *claim;
};

struct lic_new_statements {
	struct fresh *item;
	size_t n;
};

void lic_expected_free(struct lic_expected *x)
{
	if (!x)
		return;
	free(x->image);
	free(x->ref);
	free(x);
}

bool lic_expected_take(struct lic_expected *x, const struct lic_claims *claims,
		       struct lic_claim_ref *ret)
{
	for (size_t i = x ? x->at : 0; x && i < x->n && i < x->at + NEAR; i++) {
		const struct expected *e = &x->image[i];

		if (e->claims != claims)
			continue;
		x->at = i + 1;
		if (e->item != claims->item || e->n != claims->n)
			return false;
		memcpy(ret, x->ref + e->first, e->n * sizeof(*ret));
		return true;
	}
	return false;
}

/* --- a table for SQLite of what is in memory ------------------------------------------------ */

struct table {
	sqlite3_vtab base;
	struct lic_catalog *cat;
};

struct cursor {
	sqlite3_vtab_cursor base;
	size_t at;
};

static const struct lic_new_statements *rows_of(const sqlite3_vtab_cursor *c)
{
	const struct table *t = (const struct table *)c->pVtab;

	return t->cat->fresh;
}

static int table_connect(sqlite3 *db, void *cat, int n, const char *const *words,
			 sqlite3_vtab **ret, char **ret_error)
{
	struct table *t;
	int rc = sqlite3_declare_vtab(db, "CREATE TABLE x (digest, rank, role, context, reserve, "
					  "override, source, field, raw, text)");

	(void)n;
	(void)words;
	(void)ret_error;
	if (rc != SQLITE_OK)
		return rc;
	t = sqlite3_malloc(sizeof(*t));
	if (!t)
		return SQLITE_NOMEM;
	*t = (struct table){ .cat = cat };
	*ret = &t->base;
	return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *t)
{
	sqlite3_free(t);
	return SQLITE_OK;
}

static int table_plan(sqlite3_vtab *t, sqlite3_index_info *plan)
{
	(void)t;
	plan->estimatedCost = 1000;
	plan->estimatedRows = 1000;
	return SQLITE_OK;
}

static int cursor_open(sqlite3_vtab *t, sqlite3_vtab_cursor **ret)
{
	struct cursor *c = sqlite3_malloc(sizeof(*c));

	(void)t;
	if (!c)
		return SQLITE_NOMEM;
	*c = (struct cursor){ .at = 0 };
	*ret = &c->base;
	return SQLITE_OK;
}

static int cursor_close(sqlite3_vtab_cursor *c)
{
	sqlite3_free(c);
	return SQLITE_OK;
}

static int cursor_filter(sqlite3_vtab_cursor *c, int plan, const char *plan_text, int n,
			 sqlite3_value **value)
{
	(void)plan;
	(void)plan_text;
	(void)n;
	(void)value;
	((struct cursor *)c)->at = 0;
	return SQLITE_OK;
}

static int cursor_next(sqlite3_vtab_cursor *c)
{
	((struct cursor *)c)->at++;
	return SQLITE_OK;
}

static int cursor_eof(sqlite3_vtab_cursor *c)
{
	const struct lic_new_statements *rows = rows_of(c);

	return !rows || ((struct cursor *)c)->at >= rows->n;
}

static int cursor_rowid(sqlite3_vtab_cursor *c, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)((struct cursor *)c)->at;
	return SQLITE_OK;
}

static int cursor_column(sqlite3_vtab_cursor *c, sqlite3_context *to, int column)
{
	const struct fresh *f = &rows_of(c)->item[((struct cursor *)c)->at];
	const struct lic_claim w = lic_claim_whole(f->claim);
	const int64_t numbers[] = { (int64_t)w.rank, (int64_t)w.role, (int64_t)w.context,
				    (int64_t)w.reserve, (int64_t)w.override };

	switch (column) {
	case 0:
		sqlite3_result_blob(to, f->digest, sizeof(f->digest), SQLITE_STATIC);
		break;
	case 6:
		sqlite3_result_text(to, w.source, -1, SQLITE_STATIC);
		break;
	case 7:
		sqlite3_result_text(to, w.field, -1, SQLITE_STATIC);
		break;
	case 8:
		sqlite3_result_blob64(to, w.raw.p, w.raw.n, SQLITE_STATIC);
		break;
	case 9:
		sqlite3_result_text(to, w.text, -1, SQLITE_STATIC);
		break;
	default:
		sqlite3_result_int64(to, numbers[column - 1]);
	}
	return SQLITE_OK;
}

static const sqlite3_module module = {
	.xConnect = table_connect,
	.xBestIndex = table_plan,
	.xDisconnect = table_disconnect,
	.xOpen = cursor_open,
	.xClose = cursor_close,
	.xFilter = cursor_filter,
	.xNext = cursor_next,
	.xEof = cursor_eof,
	.xColumn = cursor_column,
	.xRowid = cursor_rowid,
};

/* --- interning ------------------------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
	const struct fresh *x = a, *y = b;

	return memcmp(x->digest, y->digest, sizeof(x->digest));
}

#define BUCKETS 4096 /* by the first 12 bits of the digest */
#define FEW 24	     /* in a bucket: most have less */

static unsigned bucket_of(const struct fresh *f)
{
	return (unsigned)f->digest[0] << 4 | f->digest[1] >> 4;
}

static void sort_few(struct fresh *f, size_t n)
{
	if (n > FEW) { /* the same statement in many images */
		qsort(f, n, sizeof(*f), compare);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		struct fresh x = f[i];
		size_t k = i;

		for (; k && compare(&f[k - 1], &x) > 0; k--)
			f[k] = f[k - 1];
		f[k] = x;
	}
}

/* By digest. Digests are salted: no file decides where its own are put. */
static void sort(struct fresh *f, size_t n)
{
	_cleanup_(lic_freep) struct fresh *to = reallocarray(NULL, n, sizeof(*to));
	uint32_t end[BUCKETS + 1] = { 0 };
	size_t from = 0;

	if (!to) {
		qsort(f, n, sizeof(*f), compare);
		return;
	}
	for (size_t i = 0; i < n; i++)
		end[bucket_of(&f[i]) + 1]++;
	for (size_t b = 0; b < BUCKETS; b++)
		end[b + 1] += end[b];
	for (size_t i = 0; i < n; i++)
		to[end[bucket_of(&f[i])]++] = f[i];
	for (size_t b = 0; b < BUCKETS; from = end[b++])
		sort_few(to + from, end[b] - from);
	memcpy(f, to, n * sizeof(*f));
}

/* Those that the map does not know, each once, in the order of their digests. */
static bool collect(struct lic_catalog *cat, const struct lic_expected *x,
		    struct lic_new_statements *ret)
{
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct expected *e = &x->image[i];
		const struct lic_claim_ref *ref = x->ref + e->first;

		for (size_t k = 0; k < e->n; k++)
			lic_map_prefetch(&cat->statements, ref[k].statement, ref[k].ref);
		for (size_t k = 0; k < e->n; k++) {
			if (lic_map_find(&cat->statements, ref[k].statement, ref[k].ref))
				continue;
			if (n == cap) {
				void *p = reallocarray(ret->item, cap = cap ? cap * 2 : 4096,
						       sizeof(*ret->item));

				if (!p)
					return false;
				ret->item = p;
			}
			memcpy(ret->item[n].digest, &ref[k].statement, 8);
			memcpy(ret->item[n].digest + 8, &ref[k].ref, 8);
			ret->item[n++].claim = &e->item[k];
		}
	}
	ret->n = 0;
	if (n)
		sort(ret->item, n);
	for (size_t i = 0; i < n; i++)
		if (!ret->n || compare(&ret->item[ret->n - 1], &ret->item[i]) != 0)
			ret->item[ret->n++] = ret->item[i];
	return true;
}

static int learn(struct lic_catalog *cat, const struct fresh *f, int64_t id, struct lic_error *err)
{
	int64_t key[2], *place;

	memcpy(key, f->digest, sizeof(key));
	place = lic_map_at(&cat->statements, key[0], key[1]);
	if (!place)
		return lic_error_set(err, ENOMEM, "out of memory for statements");
	*place = id;
	return 0;
}

/* Some were there before: all are asked for. */
static int look_up(struct lic_catalog *cat, const struct lic_new_statements *rows,
		   struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	size_t n = 0;
	int r = lic_query(&q, cat, LIC_STMT_STATEMENT_IDS_NEW, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		size_t at = (size_t)lic_query_int(&q, 0);

		r = learn(cat, &rows->item[at], lic_query_int(&q, 1), err);
		n++;
	}
	if (r == 0 && n != rows->n)
		return lic_catalog_damaged(cat, err, "a statement is there and is not");
	return r;
}

static int record(struct lic_catalog *cat, const struct lic_new_statements *rows,
		  struct lic_error *err)
{
	int r = 0;

	if (!cat->knows_fresh &&
	    sqlite3_create_module(cat->db, "lic_new_statements", &module, cat) != SQLITE_OK)
		return lic_error_set(err, ENOMEM, "out of memory for statements");
	cat->knows_fresh = true;
	cat->fresh = rows;
	r = lic_query_run(cat, LIC_STMT_STATEMENT_ADD_NEW, err, "");
	if (r == 0 && (size_t)sqlite3_changes(cat->db) == rows->n) {
		/* Rows that SQLite numbers itself follow the last one */
		int64_t id = sqlite3_last_insert_rowid(cat->db) - (int64_t)rows->n;

		for (size_t i = 0; r == 0 && i < rows->n; i++)
			r = learn(cat, &rows->item[i], ++id, err);
	} else if (r == 0) {
		r = look_up(cat, rows, err);
	}
	cat->fresh = NULL;
	return r;
}

/* Digests become numbers; false where the map has lost one. */
static bool settle(const struct lic_catalog *cat, struct lic_expected *x)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct expected *e = &x->image[i];

		for (size_t k = 0; k < e->n; k++) {
			struct lic_claim_ref *ref = &x->ref[e->first + k];
			const int64_t *id =
				lic_map_find(&cat->statements, ref->statement, ref->ref);

			if (!id)
				return false;
			ref->statement = *id;
			ref->ref = e->item[k].ref;
		}
	}
	return true;
}

static int intern(struct lic_catalog *cat, struct lic_expected *x, struct lic_error *err)
{
	struct lic_new_statements rows = { 0 };
	int r = 0;

	if (!collect(cat, x, &rows))
		r = lic_error_set(err, ENOMEM, "out of memory for statements");
	if (r == 0 && rows.n + cat->statements.n > LIC_STATEMENTS_CACHED) {
		lic_map_clear(&cat->statements);
		if (!collect(cat, x, &rows))
			r = lic_error_set(err, ENOMEM, "out of memory for statements");
	}
	if (r == 0 && rows.n)
		r = record(cat, &rows, err);
	free(rows.item);
	return r;
}

/* NULL without memory. */
static struct lic_expected *expected_new(struct lic_catalog *cat,
					 const struct lic_claims *const *claims, size_t n,
					 size_t total)
{
	struct lic_expected *x = calloc(1, sizeof(*x));
	size_t at = 0;

	if (!x)
		return NULL;
	x->image = calloc(n, sizeof(*x->image));
	x->ref = calloc(total, sizeof(*x->ref));
	if (!x->image || !x->ref) {
		lic_expected_free(x);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		const struct lic_claims *c = claims[i];

		if (!c->n)
			continue;
		x->image[x->n++] = (struct expected){ c, c->item, c->n, at };
		lic_claims_digest(cat, c, x->ref + at);
		at += c->n;
	}
	return x;
}

int lic_catalog_expect(struct lic_txn *txn, const struct lic_claims *const *claims, size_t n,
		       struct lic_error *err)
{
	struct lic_expected *x;
	size_t total = 0;
	bool erases = false;
	int r = lic_txn_usable(txn, err);

	/* What is erased must not be written to be judged */
	if (r == 0)
		r = lic_erase_any(txn->cat, &erases, err);
	for (size_t i = 0; i < n && total <= CLAIMS_MAX; i++)
		total += claims[i]->n;
	if (r < 0 || erases || !total || total > CLAIMS_MAX)
		return lic_txn_fail(txn, r);
	x = expected_new(txn->cat, claims, n, total);
	if (!x)
		return lic_txn_fail(txn, lic_error_set(err, ENOMEM, "out of memory for claims"));
	r = intern(txn->cat, x, err);
	lic_expected_free(txn->expected);
	txn->expected = NULL;
	if (r == 0 && settle(txn->cat, x))
		txn->expected = LIC_TAKE(x);
	lic_expected_free(x);
	return lic_txn_fail(txn, r);
}
