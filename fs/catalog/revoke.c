/* SPDX-License-Identifier: Apache-2.0 */
/* Recording revocations and ending them, with all images that are concerned. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fs/catalog/erase.h"
#include "fs/catalog/seal.h"

#define TEXT_MAX (16u << 20) /* of what people wrote */
#define PROGRESS_EVERY 1024

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for revocations");
}

/* --- what is concerned -------------------------------------------------------------------- */

/* The images of one revocation: those that it matches, and the rights before of what changes. */
struct concern {
	struct lic_txn *txn;
	const struct lic_revoke_hooks *hooks;
	struct lic_map images;	/* to be judged */
	struct lic_map matched; /* by the revocation */
	struct lic_map masks;	/* that match by their paths */
	struct lic_map before;	/* image -> rights, of those that changed */
	struct lic_error *err;
};

static void concern_release(struct concern *c)
{
	lic_map_release(&c->images);
	lic_map_release(&c->matched);
	lic_map_release(&c->masks);
	lic_map_release(&c->before);
}

static int concern_add(struct concern *c, int64_t entry)
{
	return lic_map_at(&c->images, entry, 0) ? 0 : no_memory(c->err);
}

static int add_waiting(void *ctx, int64_t entry)
{
	return concern_add(ctx, entry);
}

static int add_of_status(struct concern *c, enum lic_status status)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, c->txn->cat, LIC_STMT_ENTRY_OF_STATUS, c->err, "t",
			  lic_status_name(status));

	while (r >= 0 && (r = lic_query_step(&q, c->err)) > 0) {
		r = concern_add(c, lic_query_int(&q, 0));
		if (r < 0)
			return r;
	}
	return r;
}

/* What the transaction has still to judge is no matter of this revocation. */
static int judge_others(struct lic_txn *txn, struct lic_error *err)
{
	int r = lic_matches_flush(txn, err);

	return r < 0 ? r : lic_twins_flush(txn, err);
}

/* Judges the images, and those that have the same bytes. */
static int judge_all(struct concern *c)
{
	struct lic_map *m = &c->images;
	int64_t total = (int64_t)m->n;
	int r = 0;

	lic_map_sort(m);
	for (size_t i = 0; r == 0 && i < m->n; i++) {
		struct lic_entry e;

		r = lic_catalog_by_id(c->txn->cat, m->item[i].a, &e, c->err);
		if (r == 0)
			r = lic_catalog_rejudge(c->txn, e.id, NULL, c->err);
		else if (r == -ENOENT) /* it has ended */
			r = 0;
		if (c->hooks && c->hooks->progress && (i + 1) % PROGRESS_EVERY == 0)
			c->hooks->progress(c->hooks->ctx, (int64_t)i + 1, total);
	}
	if (r == 0)
		r = lic_matches_flush(c->txn, c->err);
	return r < 0 ? r : lic_twins_flush(c->txn, c->err);
}

static int tell_image(struct concern *c, int64_t entry, int64_t *ret_changed)
{
	int64_t *before = lic_map_find(&c->before, entry, 0);
	struct lic_entry e;
	int r = lic_catalog_by_id(c->txn->cat, entry, &e, c->err);

	if (r < 0)
		return r;
	*ret_changed += before && *before != e.rights;
	if (c->hooks && c->hooks->image &&
	    (lic_map_find(&c->matched, entry, 0) || (before && *before != e.rights)))
		c->hooks->image(c->hooks->ctx, entry, before ? *before : e.rights, e.rights);
	return 0;
}

static int tell_all(struct concern *c, int64_t *ret_matched, int64_t *ret_changed)
{
	int64_t changed = 0;
	struct lic_map all = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->matched.n; i++)
		r = lic_map_at(&all, c->matched.item[i].a, 0) ? 0 : no_memory(c->err);
	for (size_t i = 0; r == 0 && i < c->before.n; i++)
		r = lic_map_at(&all, c->before.item[i].a, 0) ? 0 : no_memory(c->err);
	if (r == 0)
		lic_map_sort(&all);
	for (size_t i = 0; r == 0 && i < all.n; i++)
		r = tell_image(c, all.item[i].a, &changed);
	lic_map_release(&all);
	if (r == 0 && ret_matched)
		*ret_matched = (int64_t)c->matched.n;
	if (r == 0 && ret_changed)
		*ret_changed = changed;
	return r;
}

/* --- revoking ----------------------------------------------------------------------------- */

static bool is_key(const struct lic_selector *s, bool erased)
{
	size_t n = s->normal.n;

	if (!n || n > LIC_SELECTOR_TEXT_MAX || (erased && s->pattern))
		return false;
	switch (s->kind) {
	case LIC_SELECT_PATH:
	case LIC_SELECT_CREATOR:
		return true;
	case LIC_SELECT_XXH3:
	case LIC_SELECT_MD5:
		return n == 16 && !s->pattern;
	case LIC_SELECT_SHA256:
		return n == 32 && !s->pattern;
	case LIC_SELECT_URL:
	case LIC_SELECT_ID:
		return !s->pattern;
	case LIC_SELECT_LIKENESS:
		return !s->pattern && !erased;
	case LIC_SELECT_COUNT:
	default:
		return false;
	}
}

static int check_args(const struct lic_revocation *r, const struct lic_selector *selector, size_t n,
		      struct lic_error *err)
{
	if (!n)
		return lic_error_set(err, EINVAL, "a revocation names something");
	if (r->kind < LIC_SELECT_PATH || r->kind >= LIC_SELECT_COUNT)
		return lic_error_set(err, EINVAL, "no such kind of selector: %d", (int)r->kind);
	if (!r->reason || !r->reason[0])
		return lic_error_set(err, EINVAL, "a revocation needs a reason; add --reason TEXT");
	if (r->text.n > TEXT_MAX)
		return lic_error_set(err, EINVAL, "what is revoked is told in too many words");
	for (size_t i = 0; i < n; i++) {
		if (r->erased && (selector[i].pattern || selector[i].kind == LIC_SELECT_LIKENESS))
			return lic_error_set(
				err, EINVAL, "%s cannot be kept as a hash: name what is erased %s",
				selector[i].pattern ? "a pattern" : "a likeness",
				selector[i].pattern ? "without * and ?" : "by its bytes");
		if (!is_key(&selector[i], r->erased))
			return lic_error_set(err, EINVAL, "selector %zu of %zu is none", i + 1, n);
	}
	return 0;
}

/* -ENODATA where an image may match of which what is asked for is not known. */
static int check_known(struct lic_txn *txn, unsigned kinds, struct lic_error *err)
{
	int64_t n = 0;
	bool keeps = true;
	int r = 0;

	if (kinds & 1u << LIC_SELECT_MD5)
		r = lic_catalog_number(txn->cat,
				       "SELECT EXISTS (SELECT 1 FROM entry e LEFT JOIN digest d "
				       "ON d.entry = e.id WHERE e.kind = 2 AND e.died IS NULL AND "
				       "d.md5 IS NULL)",
				       0, &n, err);
	if (r == 0 && !n && kinds & 1u << LIC_SELECT_SHA256)
		r = lic_catalog_number(txn->cat,
				       "SELECT EXISTS (SELECT 1 FROM entry e LEFT JOIN digest d "
				       "ON d.entry = e.id WHERE e.kind = 2 AND e.died IS NULL AND "
				       "d.sha256 IS NULL)",
				       0, &n, err);
	if (r == 0 && n)
		return lic_error_set(err, ENODATA,
				     "MD5 and SHA-256 are not known of every image; name the "
				     "bytes by xxh3:, or the file itself with --like");
	if (r == 0 && kinds & 1u << LIC_SELECT_LIKENESS)
		r = lic_catalog_keeps_likeness(txn->cat, &keeps, err);
	if (r == 0 && !keeps)
		return lic_error_set(err, ENODATA,
				     "the catalog keeps no likenesses; run 'licensefs scan "
				     "--similar'");
	return r;
}

static int add_key(struct lic_txn *txn, const struct lic_revocation *r,
		   const struct lic_selector *s, struct lic_error *err)
{
	int64_t form = s->pattern  ? LIC_REVOKED_PATTERN
		       : r->erased ? LIC_REVOKED_SEALED
				   : LIC_REVOKED_PLAIN;
	struct lic_bytes key = s->normal;
	uint8_t seal[LIC_SEAL_BYTES];
	int rc = 0;

	if (r->erased) {
		rc = lic_seal(txn->cat, s->kind, key, seal, err);
		key = (struct lic_bytes){ seal, sizeof(seal) };
	}
	return rc < 0 ? rc
		      : lic_query_run(txn->cat, LIC_STMT_REVOKED_ADD, err, "iibi", (int64_t)s->kind,
				      form, (const void *)key.p, key.n, r->number);
}

static int record(struct lic_txn *txn, struct lic_revocation *r,
		  const struct lic_selector *selector, size_t n, struct lic_error *err)
{
	const char *requester = r->requester && !r->erased ? r->requester : "";
	struct lic_bytes text = r->erased ? (struct lic_bytes){ NULL, 0 } : r->text;
	int rc = r->erased ? lic_seal_make(txn, err) : 0;

	r->at = r->at ? r->at : txn->at;
	r->born = txn->generation;
	r->died = 0;
	if (rc == 0)
		rc = lic_query_run(txn->cat, LIC_STMT_REVOCATION_ADD, err, "ibtttiii",
				   (int64_t)r->kind, (const void *)text.p, text.n, r->reason,
				   requester, r->who ? r->who : "", r->at, (int64_t)r->erased,
				   r->born);
	r->number = sqlite3_last_insert_rowid(txn->cat->db);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = add_key(txn, r, &selector[i], err);
	txn->changed = txn->dirty = txn->durable = true;
	lic_revoked_forget(txn->cat);
	return rc;
}

/* [I12] The quick way where thousands match: what is left of the rights that an image has is what
 * judging would leave of them. */
static int revoke_image(struct concern *c, int64_t entry, int64_t number)
{
	const struct lic_rights *old;
	uint8_t name[NAME_MAX];
	struct lic_entry e;
	int64_t rights;
	int r = lic_catalog_by_id(c->txn->cat, entry, &e, c->err);

	if (r < 0) /* it has ended */
		return r == -ENOENT ? 0 : r;
	memcpy(name, e.name.p, e.name.n);
	e.name.p = name;
	r = lic_revoked_stick(c->txn, number, false, &e.hash, entry, c->err);
	if (r == 0 && !lic_map_at(&c->matched, entry, 0))
		r = no_memory(c->err);
	if (r < 0)
		return r;
	old = lic_catalog_rights(c->txn->cat, e.rights, c->err);
	if (!old)
		return c->err && c->err->code ? -c->err->code : -EIO;
	if (old->status == LIC_STATUS_REVOKED)
		return 0;
	r = lic_judge_withhold(c->txn, e.rights, LIC_STATUS_REVOKED, lic_rights_is_stale(old),
			       &rights, c->err);
	return r < 0 ? r : lic_entry_set_rights(c->txn, &e, rights, c->err);
}

static int revoke_all(struct concern *c, int64_t number)
{
	struct lic_map *m = &c->images;
	int r = 0;

	lic_map_sort(m);
	for (size_t i = 0; r == 0 && i < m->n; i++) {
		r = revoke_image(c, m->item[i].a, number);
		if (c->hooks && c->hooks->progress && (i + 1) % PROGRESS_EVERY == 0)
			c->hooks->progress(c->hooks->ctx, (int64_t)i + 1, (int64_t)m->n);
	}
	return r < 0 ? r : lic_twins_flush(c->txn, c->err);
}

/* A mask is no image, and shown where its image is: it waits to be read as one, out of sight. */
static int hide_masks(struct concern *c, unsigned kinds)
{
	bool digests = kinds & (1u << LIC_SELECT_MD5 | 1u << LIC_SELECT_SHA256);
	int r = 0;

	/* Nobody knows these of masks */
	if (digests || kinds & 1u << LIC_SELECT_XXH3)
		r = lic_revoked_hide_masks(c->txn, digests, c->err);

	for (size_t i = 0; r == 0 && i < c->masks.n; i++)
		r = lic_catalog_place(c->txn, c->masks.item[i].a, LIC_KIND_HIDDEN, LIC_RULE_WAITING,
				      c->err);
	return r;
}

static int revoke(struct concern *c, struct lic_revocation *r, const struct lic_selector *selector,
		  size_t n, unsigned kinds)
{
	int rc = judge_others(c->txn, c->err);

	if (rc == 0)
		rc = record(c->txn, r, selector, n, c->err);
	if (rc == 0)
		rc = lic_select_any(c->txn->cat, selector, n, &c->images, &c->masks, c->err);
	if (rc == 0)
		rc = hide_masks(c, kinds);
	/* What waits to be compared is hidden from now on */
	if (rc == 0 && kinds & 1u << LIC_SELECT_LIKENESS)
		rc = lic_catalog_likeness_waiting(c->txn->cat, 0, add_waiting, c, c->err);
	if (rc < 0)
		return rc;
	c->txn->watch = &c->before;
	c->txn->matched = &c->matched;
	c->txn->revocation = r->number;
	if (r->erased || kinds & 1u << LIC_SELECT_LIKENESS)
		rc = judge_all(c);
	else
		rc = revoke_all(c, r->number);
	c->txn->watch = NULL;
	c->txn->matched = NULL;
	if (rc == 0 && r->erased)
		rc = lic_erase_texts(c->txn, selector, n, c->err);
	return rc;
}

int lic_catalog_revoke(struct lic_txn *txn, struct lic_revocation *r,
		       const struct lic_selector *selector, size_t n,
		       const struct lic_revoke_hooks *hooks, int64_t *ret_matched,
		       int64_t *ret_changed, struct lic_error *err)
{
	_cleanup_(concern_release) struct concern c = { .txn = txn, .hooks = hooks, .err = err };
	unsigned kinds = 0;
	int rc = lic_txn_usable(txn, err);

	if (rc == 0)
		rc = check_args(r, selector, n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		kinds |= 1u << selector[i].kind;
	if (rc == 0)
		rc = check_known(txn, kinds, err);
	if (rc < 0)
		return rc;
	rc = revoke(&c, r, selector, n, kinds);
	if (rc == 0)
		rc = tell_all(&c, ret_matched, ret_changed);
	return lic_txn_fail(txn, rc);
}

/* --- restoring ---------------------------------------------------------------------------- */

struct keys {
	struct lic_map plain, sealed; /* of bytes */
	unsigned kinds;
	bool broken; /* some cannot be read */
};

static void keys_release(struct keys *k)
{
	lic_map_release(&k->plain);
	lic_map_release(&k->sealed);
}

static int load_keys(struct concern *c, int64_t number, struct keys *ret)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, c->txn->cat, LIC_STMT_REVOKED_OF, c->err, "i", number);

	while (r >= 0 && (r = lic_query_step(&q, c->err)) > 0) {
		int64_t kind = lic_query_int(&q, 0), form = lic_query_int(&q, 1), k[2];
		struct lic_bytes key = lic_query_bytes(&q, 2);

		if (kind > 0 && kind < LIC_SELECT_COUNT)
			ret->kinds |= 1u << kind;
		else
			ret->broken = true;
		if (kind != LIC_SELECT_XXH3)
			continue;
		if (key.n != sizeof(k) || form > LIC_REVOKED_SEALED || form < 0) {
			ret->broken = true;
			continue;
		}
		memcpy(k, key.p, sizeof(k));
		if (!lic_map_at(form == LIC_REVOKED_SEALED ? &ret->sealed : &ret->plain, k[0],
				k[1]))
			return no_memory(c->err);
	}
	return r;
}

static int match_entry(void *ctx, const struct lic_entry *e)
{
	struct concern *c = ctx;

	if (e->kind != LIC_KIND_IMAGE)
		return 0;
	return lic_map_at(&c->matched, e->id, 0) ? concern_add(c, e->id) : no_memory(c->err);
}

/* Of a seal nobody knows the bytes: those of all images are sealed and compared. */
static int find_sealed(struct concern *c, const struct keys *k)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, c->txn->cat, LIC_STMT_ENTRY_HASHES, c->err, "");

	while (r >= 0 && (r = lic_query_step(&q, c->err)) > 0) {
		struct lic_entry e = { .id = lic_query_int(&q, 0), .kind = LIC_KIND_IMAGE };
		uint8_t seal[LIC_SEAL_BYTES];
		int64_t key[2];

		r = lic_seal(c->txn->cat, LIC_SELECT_XXH3, lic_query_bytes(&q, 1), seal, c->err);
		memcpy(key, seal, sizeof(key));
		if (r == 0 && lic_map_find(&k->sealed, key[0], key[1]))
			r = match_entry(c, &e);
		if (r < 0)
			return r;
	}
	return r;
}

/* All that it matches has its bytes in its keys. */
static int find_matched(struct concern *c, const struct keys *k)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < k->plain.n; i++) {
		struct lic_hash hash;

		memcpy(hash.b, &k->plain.item[i].a, 8);
		memcpy(hash.b + 8, &k->plain.item[i].b, 8);
		r = lic_catalog_by_hash(c->txn->cat, &hash, match_entry, c, c->err);
	}
	if (r == 0 && k->sealed.n)
		r = find_sealed(c, k);
	return r;
}

static int end(struct concern *c, int64_t number, const char *who, const char *why)
{
	struct lic_txn *txn = c->txn;
	int r = lic_query_run(txn->cat, LIC_STMT_REVOCATION_END, c->err, "iiitt", number,
			      txn->generation, txn->at, who, why);

	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_REVOKED_DROP, c->err, "i", number);
	txn->changed = txn->dirty = txn->durable = true;
	lic_revoked_forget(txn->cat);
	return r;
}

/* 1 where it is in force. */
static int in_force(struct lic_catalog *cat, int64_t number, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_REVOCATION, err, "i", number);

	return r < 0 ? r : lic_query_step(&q, err);
}

int lic_catalog_restore(struct lic_txn *txn, int64_t number, const char *who, const char *why,
			const struct lic_revoke_hooks *hooks, int64_t *ret_matched,
			int64_t *ret_changed, struct lic_error *err)
{
	_cleanup_(concern_release) struct concern c = { .txn = txn, .hooks = hooks, .err = err };
	_cleanup_(keys_release) struct keys k = { 0 };
	int r = lic_txn_usable(txn, err);

	if (r == 0 && !why[0])
		return lic_error_set(err, EINVAL, "restoring needs a reason; add --reason TEXT");
	if (r == 0)
		r = in_force(txn->cat, number, err);
	if (r < 0)
		return r;
	if (r == 0)
		return lic_error_set(err, ENOENT, "revocation %lld is not in force",
				     (long long)number);
	r = judge_others(txn, err);
	if (r == 0)
		r = load_keys(&c, number, &k);
	if (r == 0)
		r = find_matched(&c, &k);
	/* Others were hidden because it could not be told whether it matches them */
	if (r == 0 &&
	    k.kinds & (1u << LIC_SELECT_MD5 | 1u << LIC_SELECT_SHA256 | 1u << LIC_SELECT_LIKENESS))
		r = add_of_status(&c, LIC_STATUS_UNREADABLE);
	if (r == 0 && k.broken)
		r = add_of_status(&c, LIC_STATUS_REVOKED);
	if (r == 0)
		r = end(&c, number, who, why);
	txn->watch = &c.before;
	if (r == 0)
		r = judge_all(&c);
	txn->watch = NULL;
	if (r == 0)
		r = tell_all(&c, ret_matched, ret_changed);
	return lic_txn_fail(txn, r);
}
