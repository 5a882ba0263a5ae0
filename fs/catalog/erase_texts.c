/* SPDX-License-Identifier: Apache-2.0 */
/* What else names the images of a revocation that erases: what has ended, and other revocations. */
#include <errno.h>
#include <string.h>

#include "fs/catalog/erase.h"
#include "fs/catalog/seal.h"

static int no_memory(struct lic_error *err)
{
	return lic_error_set(err, ENOMEM, "out of memory to erase");
}

/* Does a revocation that erases match? */
static int is_matched(struct lic_catalog *cat, const struct lic_selector_subject *s, bool *ret,
		      struct lic_error *err)
{
	struct lic_hits hits = { 0 };
	int r = lic_revoked_find(cat, s, NULL, &hits, err);

	*ret = r == 0 && hits.erased;
	lic_hits_release(&hits);
	return r;
}

/* --- images that have ended ------------------------------------------------------------------ */

/* An ended image as it is looked at. */
struct former {
	int64_t id;
	struct lic_hash hash;
	struct lic_buf path;
	struct lic_claims claims;
	struct lic_digests digests;
};

#define FORMER_INIT                                                                                \
	{                                                                                          \
		.path = LIC_BUF_INIT(64u << 20), .claims = LIC_CLAIMS_INIT                         \
	}

static void former_release(struct former *f)
{
	lic_buf_release(&f->path);
	lic_claims_release(&f->claims);
}

static void add_credit(struct lic_claims *c, enum lic_role role, const char *text)
{
	struct lic_claim claim = { .role = role, .source = "", .field = "", .text = text };

	if (text)
		lic_claims_add(c, &claim);
}

/* What it stated at any time, and the credit that it had, which rows of manifests may have given.
 */
static int load_former(struct lic_catalog *cat, struct former *f, struct lic_error *err)
{
	_cleanup_(lic_credit_release) struct lic_credit credit = { 0 };
	int r = lic_claims_load_all(cat, f->id, &f->claims, err);

	if (r == 0)
		r = lic_catalog_credit(cat, f->id, &credit, err);
	if (r == 0)
		r = lic_catalog_digests(cat, f->id, &f->digests, err);
	if (r < 0)
		return r;
	add_credit(&f->claims, LIC_ROLE_CREATOR, credit.creator);
	add_credit(&f->claims, LIC_ROLE_SOURCE_URL, credit.source_url);
	return f->claims.damage ? no_memory(err) : 0;
}

/* The path of a directory that may have ended. */
static int path_of(struct lic_catalog *cat, int64_t dir, struct lic_buf *out, struct lic_error *err)
{
	_cleanup_(lic_buf_release) struct lic_buf rest = LIC_BUF_INIT(64u << 20);

	while (dir != LIC_CATALOG_ROOT) {
		_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
		struct lic_bytes name;
		int r = lic_query(&q, cat, LIC_STMT_ENTRY_PLACE, err, "i", dir);

		if (r == 0)
			r = lic_query_step(&q, err);
		if (r < 0)
			return r;
		if (r == 0 || lic_query_int(&q, 0) >= dir)
			return lic_catalog_damaged(cat, err, "entry %lld lies nowhere",
						   (long long)dir);
		dir = lic_query_int(&q, 0);
		name = lic_query_bytes(&q, 1);
		lic_buf_reset(&rest);
		lic_buf_add(&rest, lic_buf_str(out), out->len);
		lic_buf_reset(out);
		lic_buf_add(out, name.p, name.n);
		lic_buf_addc(out, '/');
		lic_buf_add(out, lic_buf_str(&rest), rest.len);
	}
	return lic_buf_failed(out) || lic_buf_failed(&rest) ? no_memory(err) : 0;
}

/* The next one after number `at`: 1, 0 where there is none, or an error. */
static int next_former(struct lic_catalog *cat, int64_t at, struct former *f, struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int64_t parent;
	struct lic_bytes name, hash;
	int r = lic_query(&q, cat, LIC_STMT_ENTRY_FORMERS, err, "i", at);

	if (r == 0)
		r = lic_query_step(&q, err);
	if (r <= 0)
		return r;
	f->id = lic_query_int(&q, 0);
	parent = lic_query_int(&q, 1);
	hash = lic_query_bytes(&q, 3);
	if (hash.n != sizeof(f->hash.b))
		return lic_catalog_damaged(cat, err, "entry %lld has no hash", (long long)f->id);
	memcpy(f->hash.b, hash.p, hash.n);
	r = path_of(cat, parent, &f->path, err);
	if (r < 0)
		return r;
	name = lic_query_bytes(&q, 2);
	lic_buf_add(&f->path, name.p, name.n);
	return lic_buf_failed(&f->path) ? no_memory(err) : 1;
}

static int erase_formers(struct lic_txn *txn, struct lic_error *err)
{
	int64_t at = 0;

	for (;;) {
		_cleanup_(former_release) struct former f = FORMER_INIT;
		struct lic_selector_subject s;
		bool matched;
		int r = next_former(txn->cat, at, &f, err);

		if (r <= 0)
			return r;
		at = f.id;
		r = load_former(txn->cat, &f, err);
		s = (struct lic_selector_subject){
			.path = { (const uint8_t *)lic_buf_str(&f.path), f.path.len },
			.hash = &f.hash,
			.digests = &f.digests,
			.claim = f.claims.item,
			.n_claims = f.claims.n,
		};
		if (r == 0)
			r = is_matched(txn->cat, &s, &matched, err);
		if (r == 0 && matched)
			r = lic_erase_ended(txn, at, err);
		if (r < 0)
			return r;
	}
}

/* --- what live images stated before ---------------------------------------------------------- */

static int erase_past_claims(struct lic_txn *txn, struct lic_error *err)
{
	int64_t at[2] = { 0, 0 };

	for (;;) {
		_cleanup_(lic_claims_release) struct lic_claims claims = LIC_CLAIMS_INIT;
		_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
		struct lic_selector_subject s = { 0 };
		bool matched = false;
		const char *stated;
		int r = lic_query(&q, txn->cat, LIC_STMT_CLAIMS_PAST, err, "ii", at[0], at[1]);

		if (r == 0)
			r = lic_query_step(&q, err);
		if (r <= 0)
			return r;
		at[0] = lic_query_int(&q, 0);
		at[1] = lic_query_int(&q, 1);
		stated = lic_query_text(&q, 2);
		if (!stated)
			return no_memory(err);
		r = lic_claims_load_stated(txn->cat, stated, &claims, err);
		lic_query_end(&q);
		s.claim = claims.item;
		s.n_claims = claims.n;
		if (r == 0)
			r = is_matched(txn->cat, &s, &matched, err);
		if (r == 0 && matched)
			r = lic_erase_due(txn, err);
		if (r == 0 && matched)
			r = lic_query_run(txn->cat, LIC_STMT_CLAIMS_DROP, err, "ii", at[0], at[1]);
		if (r < 0)
			return r;
	}
}

/* --- other revocations ------------------------------------------------------------------------ */

/* Seals a key that older revocations have in clear, and empties what they say of it. */
static int seal_others(struct lic_txn *txn, const struct lic_selector *sel, struct lic_error *err)
{
	uint8_t seal[LIC_SEAL_BYTES];
	int r = lic_seal(txn->cat, sel->kind, sel->normal, seal, err);

	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_REVOKED_HIDE, err, "ib", (int64_t)sel->kind,
				  (const void *)sel->normal.p, sel->normal.n);
	if (r < 0 || !sqlite3_changes(txn->cat->db))
		return r;
	r = lic_erase_due(txn, err);
	if (r == 0)
		r = lic_query_run(txn->cat, LIC_STMT_REVOKED_SEAL, err, "ibb", (int64_t)sel->kind,
				  (const void *)sel->normal.p, sel->normal.n, (const void *)seal,
				  sizeof(seal));
	lic_revoked_forget(txn->cat);
	return r;
}

/* Is that text the selector, as somebody typed it? */
static int is_text_of(struct lic_bytes text, const struct lic_selector *sel)
{
	_cleanup_(lic_buf_release) struct lic_buf normal = LIC_BUF_INIT(1u << 20);
	bool pattern = false;
	int r = lic_selector_normal(sel->kind, text, &normal, &pattern, NULL);

	if (r == -ENOMEM)
		return r;
	return r == 0 && normal.len == sel->normal.n &&
	       memcmp(lic_buf_str(&normal), sel->normal.p, normal.len) == 0;
}

/* Of those that have ended nothing but the text that was typed is left: the next one after number
 * *at that has the selector's; *at is 0 where there is none. */
static int next_ended(struct lic_txn *txn, const struct lic_selector *sel, int64_t *at,
		      struct lic_error *err)
{
	_cleanup_(lic_query_end) struct lic_query q = LIC_QUERY_INIT;
	int r = lic_query(&q, txn->cat, LIC_STMT_REVOCATIONS_ENDED, err, "ii", (int64_t)sel->kind,
			  *at);

	while (r >= 0 && (r = lic_query_step(&q, err)) > 0) {
		r = is_text_of(lic_query_bytes(&q, 1), sel);
		if (r == 0)
			continue;
		*at = lic_query_int(&q, 0);
		return r < 0 ? no_memory(err) : 0;
	}
	*at = 0;
	return r;
}

static int hide_ended(struct lic_txn *txn, const struct lic_selector *sel, struct lic_error *err)
{
	int64_t at = 0;

	for (;;) {
		int r = next_ended(txn, sel, &at, err);

		if (r < 0 || !at)
			return r;
		r = lic_erase_due(txn, err);
		if (r == 0)
			r = lic_query_run(txn->cat, LIC_STMT_REVOCATION_HIDE, err, "i", at);
		if (r < 0)
			return r;
	}
}

int lic_erase_texts(struct lic_txn *txn, const struct lic_selector *selector, size_t n,
		    struct lic_error *err)
{
	int r = lic_txn_usable(txn, err);

	for (size_t i = 0; r == 0 && i < n; i++) {
		r = seal_others(txn, &selector[i], err);
		if (r == 0)
			r = hide_ended(txn, &selector[i], err);
	}
	if (r == 0)
		r = erase_formers(txn, err);
	if (r == 0)
		r = erase_past_claims(txn, err);
	if (r == 0)
		r = lic_erase_past_rows(txn, err);
	return lic_txn_fail(txn, r);
}
