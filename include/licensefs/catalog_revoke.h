/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocations: durable denials that match images by selectors (selector.h), now and in every later
 * scan; and the likeness of images. Part of catalog.h, whose invariants hold here.
 *
 * [I12] What a revocation in force matches is revoked, whatever else is said about it: no decision,
 * override, basis or view shows it. What it has matched once it goes on matching by its bytes: a
 * file that is renamed, copied, or whose claims are gone, stays out. All of it holds in every
 * committed state.
 */
#ifndef LICENSEFS_CATALOG_REVOKE_H
#define LICENSEFS_CATALOG_REVOKE_H

#include <licensefs/catalog.h>
#include <licensefs/likeness.h>
#include <licensefs/selector.h>

struct lic_revocation {
	int64_t number;		     /* never reused; set by lic_catalog_revoke() */
	enum lic_selector_kind kind; /* by what the images were named */
	struct lic_bytes text;	     /* as they were named, for people; empty once erased */
	const char *reason;	     /* not empty */
	const char *requester;	     /* who asked for it, "" if not said; "" once erased */
	const char *who;	     /* login name of the one who entered it */
	int64_t at;		     /* seconds since the epoch; 0: now */
	bool erased;		     /* with what was known of the images: only keyed hashes stay */
	bool by_likeness;	     /* also matches what looks the same */
	int64_t born, died;	     /* generations; died 0 while in force */
	int64_t ended_at;	     /* seconds since the epoch, 0 while in force */
	const char *ended_who, *ended_why; /* NULL while in force */
};

/* An image that was concerned, in id order: rights before and after, numbers for
 * lic_catalog_rights(). */
struct lic_revoke_hooks {
	void (*progress)(void *ctx, int64_t done, int64_t total);
	void (*image)(void *ctx, int64_t entry, int64_t before, int64_t after);
	void *ctx;
};

/*
 * Records a revocation of n selectors, of which any may match, and judges every image that one
 * does; *ret_matched and *ret_changed (NULL is allowed) count. Of *r kind, text, reason, requester,
 * who, at and erased are read; number, at, born are set. `hooks` may be NULL. Images that match
 * later are revoked when they are judged. A mask (LIC_RULE_MASK) that matches by path, id or bytes
 * is no image: it is hidden, until the next scan has judged it as one; of which the bytes are not
 * known, it may match.
 *
 * With r->erased, claims, credit and likeness of the images that match, now or later, are deleted
 * (of those in rows of manifests that are about them alone as well), and of the selectors only
 * keyed hashes are kept; then no selector may be a pattern or a LIKENESS. lic_catalog_scrub()
 * overwrites what was deleted. docs/decisions/0021 says what stays.
 *
 * -EINVAL where the revocation makes no sense; -ENODATA for MD5 and SHA256 where they are not known
 * of every image (err names the scan that computes them); afterwards scans compute them of all new
 * images. LIKENESS needs a catalog that keeps likenesses, else -ENODATA.
 */
int lic_catalog_revoke(struct lic_txn *txn, struct lic_revocation *r,
		       const struct lic_selector *selector, size_t n,
		       const struct lic_revoke_hooks *hooks, int64_t *ret_matched,
		       int64_t *ret_changed, struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Ends revocation `number` and judges again what it matched; `who` and `why` are kept with it.
 * Images whose claims were erased are stale until the next scan, which reads them again; where rows
 * of an import were, they are unreadable until it is imported again.
 * -ENOENT (err set) where none of that number is in force. */
int lic_catalog_restore(struct lic_txn *txn, int64_t number, const char *who, const char *why,
			const struct lic_revoke_hooks *hooks, int64_t *ret_matched,
			int64_t *ret_changed, struct lic_error *err)
	_nonnull_(1, 3, 4) _must_check_;
/* After the commit of an erasure: deletes statements that nobody states any more, merges and
 * empties the write-ahead log and overwrites unused bytes, so that nothing of what was deleted is
 * left in the catalog's files. 0 where nothing is due. -EBUSY where a reader holds the log for
 * longer than a second. Closing the connection that has erased, and opening the catalog for
 * writing, do it as well: what a kill or a reader has prevented is made up for. Reads the whole
 * file. */
int lic_catalog_scrub(struct lic_catalog *cat, struct lic_error *err) _nonnull_(1) _must_check_;

/* Revocations in number order, ended ones included; strings live during the callback. */
int lic_catalog_revocations(struct lic_catalog *cat,
			    int (*fn)(void *ctx, const struct lic_revocation *r), void *ctx,
			    struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Those in force that match a live image, each once, and by what: the kind of a selector; XXH3
 * where it is by bytes that it matched before. In number order. */
int lic_catalog_revoked_by(struct lic_catalog *cat, int64_t entry,
			   int (*fn)(void *ctx, const struct lic_revocation *r,
				     enum lic_selector_kind by),
			   void *ctx, struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Does one in force match a file that is not recorded as an image, or can that not be told? Of *e
 * parent, name, hash and digests are read. Such a file must not become a mask. */
int lic_catalog_revokes(struct lic_catalog *cat, const struct lic_entry *e,
			const struct lic_claims *claims, bool *ret, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;
/* Does one in force match these bytes, or may it, though no live image has them any more? */
int lic_catalog_bytes_revoked(struct lic_catalog *cat, const struct lic_hash *hash, bool *ret,
			      struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Live images that every one of n selectors matches now, in id order, as `revoke` would match them
 * (of LIKENESS: nearer than LIC_LIKENESS_NEAR). Patterns and creators cost a walk over what the
 * catalog knows of them; the rest is found by index where one is there. */
int lic_catalog_select(struct lic_catalog *cat, const struct lic_selector *selector, size_t n,
		       int (*fn)(void *ctx, int64_t entry), void *ctx, struct lic_error *err)
	_nonnull_(1, 2, 4) _must_check_;

/* --- likeness ------------------------------------------------------------------------------- */

/* Does the catalog keep likenesses (scan --similar)? */
int lic_catalog_keeps_likeness(struct lic_catalog *cat, bool *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* From now on it does, and every live image that has none waits for one; or it does not, and all
 * are deleted: -EBUSY while a revocation in force matches by likeness. With another
 * LIC_LIKENESS_VERSION than before all wait again. */
int lic_catalog_keep_likeness(struct lic_txn *txn, bool keep, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Live images after `after` that wait for their likeness, in id order. As long as a revocation in
 * force matches by likeness an image that waits is unreadable: it may be one of those. */
int lic_catalog_likeness_waiting(struct lic_catalog *cat, int64_t after,
				 int (*fn)(void *ctx, int64_t entry), void *ctx,
				 struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Records the likeness of a live image that waits, and of all with the same bytes, or why there is
 * none (l NULL, `why` a phrase), and judges them again where a revocation matches by likeness. One
 * that does not wait stays as it is. */
int lic_catalog_likeness_put(struct lic_txn *txn, int64_t entry, const struct lic_likeness *l,
			     const char *why, struct lic_error *err) _nonnull_(1) _must_check_;
/* 0; -ENOENT where it has none: *ret_why (NULL is allowed, malloc'ed) says why, "" while it
 * waits. */
int lic_catalog_likeness(struct lic_catalog *cat, int64_t entry, struct lic_likeness *ret,
			 char **ret_why, struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* All of live images, in id order; about 0.3 us each. */
int lic_catalog_likenesses(struct lic_catalog *cat,
			   int (*fn)(void *ctx, int64_t entry, const struct lic_likeness *l),
			   void *ctx, struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* How many live images wait, have one, have none. */
int lic_catalog_likeness_counts(struct lic_catalog *cat, int64_t *ret_waiting, int64_t *ret_known,
				int64_t *ret_none, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;

#endif
