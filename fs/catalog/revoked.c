/* SPDX-License-Identifier: Apache-2.0 */
/* [I12] Revocations in force: reading them, and keeping what was read. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/revoked.h"
#include "fs/catalog/seal.h"

#define REVOKED_MEMORY (256u << 20) /* of patterns and likenesses */
#define FILTER_MIN 1024u	    /* bits */
#define FILTER_MAX (1u << 26)

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory for revocations");
}

void lic_revoked_forget(struct lic_catalog *cat)
{
	struct lic_revoked *rv = cat->revoked;

	cat->revoked = NULL;
	if (cat->txn)
		cat->txn->revoked_read = false;
	if (!rv)
		return;
	lic_arena_release(&rv->arena);
	lic_map_release(&rv->erased);
	free(rv->pattern);
	free(rv->print);
	free(rv->filter);
	free(rv);
}

/* --- reading ------------------------------------------------------------------------------ */

/* Hashes of keys, from which the filter is made. */
struct hashes {
	uint64_t *item;
	size_t n, cap;
};

static void hashes_release(struct hashes *h)
{
	free(h->item);
}

/* Bits of the kind, so that one text is not the same as another kind's. */
uint64_t lic_revoked_hash(enum lic_selector_kind kind, struct lic_bytes key)
{
	return lic_hash64(key.p, key.n) + (uint64_t)kind * 0x9e3779b97f4a7c15u;
}

static int grow(void **p, size_t n, size_t *cap, size_t size, struct lic_error *err)
{
	size_t more = *cap ? *cap * 2 : 16;
	void *q;

	if (n < *cap)
		return 0;
	q = reallocarray(*p, more, size);
	if (!q)
		return no_memory(err);
	*p = q;
	*cap = more;
	return 0;
}

/* Is it a key that this code can have written? */
static bool is_sound(enum lic_selector_kind kind, int64_t form, struct lic_bytes key)
{
	if (kind < LIC_SELECT_PATH || kind >= LIC_SELECT_COUNT || !key.n ||
	    key.n > LIC_SELECTOR_TEXT_MAX)
		return false;
	switch (form) {
	case LIC_REVOKED_PLAIN:
		return kind == LIC_SELECT_SHA256 ? key.n == 32
		       : kind == LIC_SELECT_MD5	 ? key.n == 16
						 : true;
	case LIC_REVOKED_SEALED:
		return key.n == LIC_SEAL_BYTES && kind != LIC_SELECT_LIKENESS;
	case LIC_REVOKED_PATTERN:
		return kind == LIC_SELECT_PATH || kind == LIC_SELECT_CREATOR;
	default:
		return false;
	}
}

static int add_pattern(struct lic_revoked *rv, enum lic_selector_kind kind, struct lic_bytes text,
		       int64_t revocation, struct lic_error *err)
{
	const char *copy = lic_arena_dup(&rv->arena, text.p, text.n);
	int r = copy ? grow((void **)&rv->pattern, rv->n_patterns, &rv->cap_patterns,
			    sizeof(*rv->pattern), err)
		     : no_memory(err);

	if (r == 0)
		rv->pattern[rv->n_patterns++] = (struct lic_revoked_pattern){
			kind, { (const uint8_t *)copy, text.n }, revocation
		};
	return r;
}

static int add_print(struct lic_revoked *rv, struct lic_bytes packed, int64_t revocation,
		     struct lic_error *err)
{
	struct lic_revoked_print p = { .revocation = revocation };
	int r = lic_likeness_unpack(packed.p, packed.n, &p.likeness);

	if (r == 0)
		r = grow((void **)&rv->print, rv->n_prints, &rv->cap_prints, sizeof(*rv->print),
			 err);
	if (r == 0)
		rv->print[rv->n_prints++] = p;
	return r;
}

/* The present row of LIC_STMT_REVOKED_NAMED. */
static int add_row(struct lic_revoked *rv, struct lic_query *q, struct hashes *h,
		   struct lic_error *err)
{
	enum lic_selector_kind kind = (enum lic_selector_kind)lic_query_int(q, 0);
	int64_t form = lic_query_int(q, 1), revocation = lic_query_int(q, 3);
	struct lic_bytes key = lic_query_bytes(q, 2);
	int r = 0;

	if (!key.n && sqlite3_errcode(q->cat->db) == SQLITE_NOMEM)
		return no_memory(err);
	if (is_sound(kind, form, key) && form == LIC_REVOKED_PATTERN)
		return add_pattern(rv, kind, key, revocation, err);
	if (is_sound(kind, form, key) && kind == LIC_SELECT_LIKENESS)
		r = add_print(rv, key, revocation, err);
	else if (!is_sound(kind, form, key))
		r = -EBADMSG;
	if (r == -EBADMSG)
		return lic_catalog_damaged(q->cat, err,
					   "what revocation %lld matches cannot be read",
					   (long long)revocation);
	if (r < 0 || kind == LIC_SELECT_LIKENESS)
		return r;
	*(form == LIC_REVOKED_SEALED ? &rv->sealed : &rv->plain) |= 1u << kind;
	r = grow((void **)&h->item, h->n, &h->cap, sizeof(*h->item), err);
	if (r == 0)
		h->item[h->n++] = lic_revoked_hash(kind, key);
	return r;
}

static int make_filter(struct lic_revoked *rv, const struct hashes *h, struct lic_error *err)
{
	uint64_t bits = FILTER_MIN;

	while (bits < 16 * h->n && bits < FILTER_MAX)
		bits *= 2;
	rv->filter = calloc(bits / 64, sizeof(*rv->filter));
	if (!rv->filter)
		return no_memory(err);
	rv->filter_mask = bits - 1;
	for (size_t i = 0; i < h->n; i++) {
		uint64_t bit = h->item[i] & rv->filter_mask;

		rv->filter[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	return 0;
}

static int read_all(struct lic_catalog *cat, struct lic_revoked *rv, struct lic_error *err)
{
	_cleanup_(hashes_release) struct hashes h = { 0 };
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, cat, LIC_STMT_REVOKED_NAMED, err, "");

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		rv->any = true;
		r = add_row(rv, &q, &h, err);
		if (r < 0)
			return r;
	}
	if (r == 0)
		r = lic_query(&q, cat, LIC_STMT_REVOKED_BYTES, err, "");
	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		int64_t form = lic_query_int(&q, 0);

		if ((form != LIC_REVOKED_PLAIN && form != LIC_REVOKED_SEALED) ||
		    lic_query_int(&q, 1) != 16 || lic_query_int(&q, 2) != 16)
			return lic_catalog_damaged(cat, err,
						   "the bytes that are revoked cannot be read");
		rv->any = true;
		*(form == LIC_REVOKED_SEALED ? &rv->sealed : &rv->plain) |= 1u << LIC_SELECT_XXH3;
	}
	if (r == 0 && rv->any)
		r = lic_query(&q, cat, LIC_STMT_REVOCATIONS_ERASED, err, "");
	while (r >= 0 && rv->any && (r = lic_query_step(&q, err)) > 0)
		if (!lic_map_at(&rv->erased, lic_query_int(&q, 0), 0))
			return no_memory(err);
	return r < 0 ? r : make_filter(rv, &h, err);
}

int lic_revoked_get(struct lic_catalog *cat, const struct lic_revoked **ret, struct lic_error *err)
{
	int64_t version;
	int r;

	if (cat->txn && cat->txn->revoked_read && cat->revoked) {
		*ret = cat->revoked;
		return 0;
	}
	version = lic_catalog_data_version(cat);
	if (version < 0)
		return lic_error_set(err, (int)-version, "cannot read revocations");
	if (cat->revoked && cat->revoked->version != version)
		lic_revoked_forget(cat);
	if (!cat->revoked) {
		cat->revoked = calloc(1, sizeof(*cat->revoked));
		if (!cat->revoked)
			return no_memory(err);
		cat->revoked->version = version;
		cat->revoked->arena = (struct lic_arena)LIC_ARENA_INIT(REVOKED_MEMORY);
		r = read_all(cat, cat->revoked, err);
		if (r < 0) {
			lic_revoked_forget(cat);
			return r;
		}
	}
	if (cat->txn)
		cat->txn->revoked_read = true;
	*ret = cat->revoked;
	return 0;
}

unsigned lic_revoked_digests(const struct lic_revoked *rv)
{
	unsigned kinds = rv->plain | rv->sealed;

	return (kinds & 1u << LIC_SELECT_MD5 ? LIC_DIGEST_MD5 : 0) |
	       (kinds & 1u << LIC_SELECT_SHA256 ? LIC_DIGEST_SHA256 : 0);
}

/* --- bytes that go on being matched ------------------------------------------------------- */

/* Has another live image these bytes? 1, 0 or an error. */
static int has_twin(struct lic_txn *txn, const struct lic_hash *hash, int64_t entry,
		    struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_ENTRY_TWIN, err, "bi", (const void *)hash->b,
			  sizeof(hash->b), entry);

	return r < 0 ? r : lic_query_step(&q, err);
}

/* A mask is no image, and shown where its image is: it waits to be read as one, out of sight. */
static int hide_mask(struct lic_txn *txn, int64_t mask, struct lic_error *err)
{
	return lic_catalog_place(txn, mask, LIC_KIND_HIDDEN, LIC_RULE_WAITING, err);
}

/* Those that have the bytes: none has them afterwards. */
static int hide_masks_of(struct lic_txn *txn, const struct lic_hash *hash, struct lic_error *err)
{
	for (;;) {
		_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
		int64_t mask;
		int r = lic_query(&q, txn->cat, LIC_STMT_ENTRY_MASK, err, "b",
				  (const void *)hash->b, sizeof(hash->b));

		if (r == 0)
			r = lic_query_step(&q, err);
		if (r <= 0)
			return r;
		mask = lic_query_int(&q, 0);
		lic_query_end(&q);
		r = hide_mask(txn, mask, err);
		if (r < 0)
			return r;
	}
}

/* Ids of live masks, of all or of those without a hash; *ret_none: there are none at all. */
static int find_masks(struct lic_txn *txn, bool all, struct lic_map *ret, bool *ret_none,
		      struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_ENTRY_MASKS, err, "");

	*ret_none = true;
	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		*ret_none = false;
		if ((all || lic_query_int(&q, 1)) && !lic_map_at(ret, lic_query_int(&q, 0), 0))
			return no_memory(err);
	}
	return r;
}

/* 1 where it is written down that there are no masks. */
static int has_no_masks(struct lic_txn *txn, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_META_HAS, err, "t", LIC_META_NO_MASKS);

	return r < 0 ? r : lic_query_step(&q, err);
}

int lic_masks_note(struct lic_txn *txn, struct lic_error *err)
{
	int r = 0;

	if (!txn->masks_noted)
		r = lic_query_run(txn->cat, LIC_STMT_META_DROP, err, "t", LIC_META_NO_MASKS);
	txn->masks_noted = r == 0;
	return r;
}

int lic_revoked_hide_masks(struct lic_txn *txn, bool all, struct lic_error *err)
{
	struct lic_map masks = { 0 };
	bool none = false;
	int r;

	if (!all && txn->masks_known)
		return 0;
	r = has_no_masks(txn, err);
	if (r > 0)
		txn->masks_known = true;
	if (r != 0)
		return r < 0 ? r : 0;
	r = find_masks(txn, all, &masks, &none, err);
	if (r == 0 && none) {
		txn->masks_noted = false;
		r = lic_meta_set_int(txn->cat, LIC_META_NO_MASKS, 1, err);
	}
	for (size_t i = 0; r == 0 && i < masks.n; i++)
		r = hide_mask(txn, masks.item[i].a, err);
	lic_map_release(&masks);
	txn->masks_known = r == 0;
	return r;
}

int lic_revoked_stick(struct lic_txn *txn, int64_t revocation, bool sealed,
		      const struct lic_hash *hash, int64_t entry, struct lic_error *err)
{
	struct lic_bytes key = { hash->b, sizeof(hash->b) };
	struct lic_catalog *cat = txn->cat;
	uint8_t seal[LIC_SEAL_BYTES];
	int r = 0;

	if (sealed) {
		r = lic_seal(cat, LIC_SELECT_XXH3, key, seal, err);
		key = (struct lic_bytes){ seal, sizeof(seal) };
	}
	if (r == 0)
		r = lic_query_run(cat, LIC_STMT_REVOKED_ADD, err, "iibi", (int64_t)LIC_SELECT_XXH3,
				  (int64_t)sealed, (const void *)key.p, key.n, revocation);
	if (r < 0 || !sqlite3_changes(cat->db))
		return r;
	txn->dirty = true;
	if (cat->revoked) {
		*(sealed ? &cat->revoked->sealed : &cat->revoked->plain) |= 1u << LIC_SELECT_XXH3;
		cat->revoked->any = true;
	}
	r = has_twin(txn, hash, entry, err);
	if (r > 0)
		r = lic_twins_again(txn, hash, err);
	if (r == 0)
		r = hide_masks_of(txn, hash, err);
	return r < 0 ? r : lic_revoked_hide_masks(txn, false, err);
}
