/* SPDX-License-Identifier: Apache-2.0 */
/* The likeness of live images: rows that wait, are known, or say why there is none. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/likeness.h"
#include "fs/catalog/revoked.h"

#define IS_KEPT "EXISTS (SELECT 1 FROM meta WHERE key = 'likeness')"

/* --- whether ------------------------------------------------------------------------------ */

/* The version of the likenesses that are kept, 0 where none are. */
static int version_kept(struct lic_catalog *cat, int64_t *ret, struct lic_error *err)
{
	return lic_catalog_number(cat, "SELECT value FROM meta WHERE key = 'likeness'", 0, ret,
				  err);
}

int lic_catalog_keeps_likeness(struct lic_catalog *cat, bool *ret, struct lic_error *err)
{
	int64_t version = 0;
	int r = version_kept(cat, &version, err);

	if (r == 0)
		*ret = version != 0;
	return r;
}

/* Does a revocation in force match by likeness? */
static int revokes(struct lic_catalog *cat, bool *ret, struct lic_error *err)
{
	const struct lic_revoked *rv = NULL;
	int r = lic_revoked_get(cat, &rv, err);

	if (r == 0)
		*ret = rv->n_prints > 0;
	return r;
}

/* The formats that this build can decode, as a bit set. */
static int64_t formats_read(void)
{
	int64_t bits = 0;

	for (int f = 0; f < LIC_FORMAT_COUNT; f++)
		if (lic_likeness_reads((enum lic_format)f))
			bits |= (int64_t)1 << f;
	return bits;
}

/* Makes those wait again that another version has made, or that no build could decode before; true
 * in *ret_again where there may be some. */
static int wait_again(struct lic_catalog *cat, int64_t version, bool *ret_again,
		      struct lic_error *err)
{
	int64_t before = 0, now = formats_read();
	int r = lic_catalog_number(cat, "SELECT value FROM meta WHERE key = 'likeness_formats'", 0,
				   &before, err);

	if (r == 0 && version && version != LIC_LIKENESS_VERSION) {
		*ret_again = true;
		r = lic_catalog_exec(cat,
				     "UPDATE likeness SET state = 0, prints = NULL, note = '' "
				     "WHERE note <> '" LIC_LIKENESS_ERASED "'",
				     err);
	} else if (r == 0 && version && (now & ~before)) {
		*ret_again = true;
		r = lic_query_run(cat, LIC_STMT_LIKENESS_AGAIN, err, "i", now & ~before);
	}
	if (r == 0)
		r = lic_meta_set_int(cat, "likeness", LIC_LIKENESS_VERSION, err);
	return r < 0 ? r : lic_meta_set_int(cat, "likeness_formats", now, err);
}

static int keep(struct lic_txn *txn, int64_t version, struct lic_error *err)
{
	/* all wait but what was erased: its claims are one empty text */
	static const char fill[] =
		"INSERT INTO likeness (entry, state, note) "
		"SELECT id, iif(erased, 2, 0), iif(erased, '" LIC_LIKENESS_ERASED "', '') FROM "
		"(SELECT id, EXISTS (SELECT 1 FROM claim c WHERE c.entry = e.id AND "
		"c.died IS NULL AND stated = '') AS erased FROM entry e "
		"WHERE kind = 2 AND died IS NULL)";
	bool again = false, needed = false;
	int64_t changed = 0;
	int r = version ? 0 : lic_catalog_exec(txn->cat, fill, err);

	if (r == 0)
		r = wait_again(txn->cat, version, &again, err);
	if (r == 0 && again)
		r = revokes(txn->cat, &needed, err);
	return r < 0 || !needed ? r : lic_rejudge_all(txn, &changed, err);
}

static int keep_none(struct lic_txn *txn, struct lic_error *err)
{
	bool needed = false;
	int r = revokes(txn->cat, &needed, err);

	if (r < 0)
		return r;
	if (needed)
		return lic_error_set(err, EBUSY,
				     "likenesses are needed: a revocation in force matches what "
				     "looks the same; restore that first");
	return lic_catalog_exec(txn->cat,
				"DELETE FROM likeness; DELETE FROM meta WHERE key IN "
				"('likeness', 'likeness_formats')",
				err);
}

int lic_catalog_keep_likeness(struct lic_txn *txn, bool keeps, struct lic_error *err)
{
	int64_t version = 0, formats = 0;
	int r = lic_txn_usable(txn, err);

	if (r == 0)
		r = version_kept(txn->cat, &version, err);
	if (r == 0)
		r = lic_catalog_number(txn->cat,
				       "SELECT value FROM meta WHERE key = 'likeness_formats'", 0,
				       &formats, err);
	if (r < 0 || (!keeps && !version) ||
	    (keeps && version == LIC_LIKENESS_VERSION && formats == formats_read()))
		return lic_txn_fail(txn, r);
	txn->dirty = true;
	txn->likeness = keeps ? 1 : -1;
	return lic_txn_fail(txn, keeps ? keep(txn, version, err) : keep_none(txn, err));
}

/* --- rows --------------------------------------------------------------------------------- */

/* Reads state, prints and note from the columns of a row. */
static int from_row(const struct lic_query *q, enum lic_likeness_state *ret_state,
		    struct lic_likeness *ret, struct lic_error *err)
{
	enum lic_likeness_state state = (enum lic_likeness_state)lic_query_int(q, 0);
	struct lic_bytes prints = lic_query_bytes(q, 1);

	if (state < LIC_LIKENESS_WAITS || state > LIC_LIKENESS_NONE ||
	    (state == LIC_LIKENESS_KNOWN && lic_likeness_unpack(prints.p, prints.n, ret) < 0))
		return lic_catalog_damaged(q->cat, err, "a likeness cannot be read");
	*ret_state = state;
	return 0;
}

int lic_likeness_of_bytes(struct lic_catalog *cat, const struct lic_hash *hash,
			  enum lic_likeness_state *ret_state, struct lic_likeness *ret,
			  struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_LIKENESS_BY_HASH, err, "b", (const void *)hash->b,
			  sizeof(hash->b));

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r > 0)
		return from_row(&q, ret_state, ret, err);
	if (r == 0)
		*ret_state = LIC_LIKENESS_WAITS;
	return r;
}

int lic_likeness_begin(struct lic_txn *txn, const struct lic_entry *e, struct lic_error *err)
{
	int64_t version = 0;
	int r = txn->likeness ? 0 : version_kept(txn->cat, &version, err);

	if (r < 0)
		return r;
	if (!txn->likeness)
		txn->likeness = version ? 1 : -1;
	if (txn->likeness < 0)
		return 0;
	r = lic_query_run(txn->cat, LIC_STMT_LIKENESS_TAKE, err, "ib", e->id,
			  (const void *)e->hash.b, sizeof(e->hash.b));
	if (r < 0 || sqlite3_changes(txn->cat->db))
		return r;
	return lic_query_run(txn->cat, LIC_STMT_LIKENESS_ADD, err, "i", e->id);
}

int lic_likeness_end(struct lic_txn *txn, int64_t entry, struct lic_error *err)
{
	return lic_query_run(txn->cat, LIC_STMT_LIKENESS_DROP, err, "i", entry);
}

/* --- giving and asking -------------------------------------------------------------------- */

/* Does it wait? 1, 0 or an error; -ENOENT where there is no such row. */
static int waits(struct lic_catalog *cat, int64_t entry, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_LIKENESS, err, "i", entry);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r == 0)
		return lic_error_set(err, ENOENT, "entry %lld is no live image with a likeness",
				     (long long)entry);
	return r < 0 ? r : lic_query_int(&q, 0) == LIC_LIKENESS_WAITS;
}

static int put(struct lic_txn *txn, int64_t entry, struct lic_bytes prints, const char *why,
	       struct lic_error *err)
{
	struct lic_hash hash;
	struct lic_entry e;
	bool needed = false;
	int r = waits(txn->cat, entry, err);

	if (r <= 0)
		return r;
	r = lic_catalog_by_id(txn->cat, entry, &e, err);
	if (r == -ENOENT)
		return lic_catalog_damaged(txn->cat, err, "entry %lld has a likeness, but ended",
					   (long long)entry);
	if (r < 0)
		return r;
	hash = e.hash;
	txn->dirty = true;
	r = lic_query_run(txn->cat, LIC_STMT_LIKENESS_SET, err, prints.n ? "bibt" : "bint",
			  (const void *)hash.b, sizeof(hash.b),
			  (int64_t)(prints.n ? LIC_LIKENESS_KNOWN : LIC_LIKENESS_NONE),
			  prints.n ? (const void *)prints.p : (const void *)why, prints.n, why);
	if (r == 0)
		r = revokes(txn->cat, &needed, err);
	return r < 0 || !needed ? r : lic_twins_again(txn, &hash, err);
}

int lic_catalog_likeness_put(struct lic_txn *txn, int64_t entry, const struct lic_likeness *l,
			     const char *why, struct lic_error *err)
{
	uint8_t packed[LIC_LIKENESS_PACKED_MAX];
	struct lic_bytes prints = { packed, 0 };
	int r = lic_txn_usable(txn, err);

	if (r < 0)
		return r;
	if (l)
		prints.n = lic_likeness_pack(l, packed);
	if (l ? !prints.n : !why || !*why)
		r = lic_error_set(err, EINVAL, "neither a likeness nor a reason for none");
	else
		r = put(txn, entry, prints, l ? "" : why, err);
	return lic_txn_fail(txn, r);
}

int lic_catalog_likeness(struct lic_catalog *cat, int64_t entry, struct lic_likeness *ret,
			 char **ret_why, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	enum lic_likeness_state state = LIC_LIKENESS_WAITS;
	struct lic_likeness l;
	const char *note = "";
	int r = lic_query(&q, cat, LIC_STMT_LIKENESS, err, "i", entry);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r < 0)
		return r;
	if (r > 0) {
		r = from_row(&q, &state, &l, err);
		if (r < 0)
			return r;
		note = lic_query_text(&q, 2);
	}
	if (state == LIC_LIKENESS_KNOWN) {
		*ret = l;
		return 0;
	}
	if (ret_why) {
		char *why = note ? strdup(note) : NULL;

		if (!why)
			return lic_error_set(err, ENOMEM, "out of memory for a likeness");
		*ret_why = why;
	}
	return -ENOENT;
}

int lic_catalog_likeness_waiting(struct lic_catalog *cat, int64_t after,
				 int (*fn)(void *ctx, int64_t entry), void *ctx,
				 struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_LIKENESS_WAITING, err, "i", after);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = fn(ctx, lic_query_int(&q, 0));
		if (r)
			return r;
	}
	return r;
}

int lic_catalog_likenesses(struct lic_catalog *cat,
			   int (*fn)(void *ctx, int64_t entry, const struct lic_likeness *l),
			   void *ctx, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_LIKENESSES, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		enum lic_likeness_state state;
		struct lic_likeness l;

		r = from_row(&q, &state, &l, err);
		if (r == 0)
			r = fn(ctx, lic_query_int(&q, 2), &l);
		if (r)
			return r;
	}
	return r;
}

int lic_catalog_likeness_counts(struct lic_catalog *cat, int64_t *ret_waiting, int64_t *ret_known,
				int64_t *ret_none, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int64_t n[3] = { 0 };
	int r = lic_query(&q, cat, LIC_STMT_LIKENESS_COUNTS, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		int64_t state = lic_query_int(&q, 0);

		if (state < 0 || state > 2)
			return lic_catalog_damaged(cat, err, "a likeness cannot be read");
		n[state] = lic_query_int(&q, 1);
	}
	if (r < 0)
		return r;
	*ret_waiting = n[LIC_LIKENESS_WAITS];
	*ret_known = n[LIC_LIKENESS_KNOWN];
	*ret_none = n[LIC_LIKENESS_NONE];
	return 0;
}

/* --- the check ---------------------------------------------------------------------------- */

static const struct lic_check_rule rules[] = {
	{ "[I13] entry %lld has a likeness, but is no live image of a catalog that keeps them",
	  "SELECT entry FROM likeness LEFT JOIN entry e ON e.id = entry "
	  "WHERE e.kind IS NOT 2 OR e.died IS NOT NULL OR NOT " IS_KEPT },
	{ "[I13] image %lld has no likeness, nor waits for one",
	  "SELECT id FROM entry WHERE " IS_KEPT " AND kind = 2 AND died IS NULL AND id NOT IN "
	  "(SELECT entry FROM likeness)" },
	{ "the likeness of entry %lld contradicts itself",
	  "SELECT entry FROM likeness WHERE state NOT IN (0, 1, 2) OR "
	  "(state = 1) <> (prints IS NOT NULL) OR (state = 2) <> (note <> '')" },
	{ "[I13] entry %lld looks other than what has the same bytes",
	  "SELECT max(e.id) FROM entry e JOIN likeness l ON l.entry = e.id WHERE e.died IS NULL "
	  "GROUP BY e.hash HAVING min(state) <> max(state) OR min(prints) <> max(prints) "
	  "OR min(note) <> max(note)" },
};

static int count(void *ctx, int64_t entry _unused_, const struct lic_likeness *l _unused_)
{
	++*(int64_t *)ctx;
	return 0;
}

int lic_likeness_check(struct lic_catalog *cat, struct lic_error *err)
{
	int64_t n = 0;
	int r = lic_check_rules(cat, rules, LIC_ARRAY_SIZE(rules), err);

	/* reads every one */
	return r < 0 ? r : lic_catalog_likenesses(cat, count, &n, err);
}
