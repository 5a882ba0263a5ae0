/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocations in force, and which of them match an image.
 *
 * [I12] What an image is matched by depends on its path, bytes, claims, rows of manifests and
 * likeness alone, and on the rows of `revoked`. What cannot be read of these fails the transaction,
 * so that nothing is judged as if it were not revoked.
 */
#ifndef LICENSEFS_CATALOG_REVOKED_H
#define LICENSEFS_CATALOG_REVOKED_H

#include <string.h>

#include <licensefs/catalog_revoke.h>

#include "fs/catalog/txn.h"

/* How a key of `revoked` is kept. Stored: never renumber. */
enum lic_revoked_form {
	LIC_REVOKED_PLAIN = 0,
	LIC_REVOKED_SEALED = 1,
	LIC_REVOKED_PATTERN = 2,
	LIC_REVOKED_FORMS
};

/* One that is asked image by image. */
struct lic_revoked_pattern {
	enum lic_selector_kind kind; /* PATH or CREATOR */
	struct lic_bytes text;
	int64_t revocation;
};

struct lic_revoked_print {
	struct lic_likeness likeness;
	int64_t revocation;
};

/* What is in force, as it was read last. */
struct lic_revoked {
	int64_t version; /* of the database, as lic_catalog_data_version() has it */
	bool any;
	unsigned plain, sealed; /* bit sets of the kinds that have keys of these forms */
	struct lic_map erased;	/* numbers of those that erase; others may have sealed keys, too */
	struct lic_arena arena;
	struct lic_revoked_pattern *pattern; /* n_patterns of them */
	size_t n_patterns, cap_patterns;
	struct lic_revoked_print *print; /* n_prints of them */
	size_t n_prints, cap_prints;
	uint64_t *filter; /* a bit for the hash of each key but those of bytes; none: not there */
	uint64_t filter_mask;
};

/* What the filter has of a key. */
uint64_t lic_revoked_hash(enum lic_selector_kind kind, struct lic_bytes key);
/* Revocations in force now; valid until they change. */
int lic_revoked_get(struct lic_catalog *cat, const struct lic_revoked **ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* They have changed, or may have: read them again when they are next needed. */
void lic_revoked_forget(struct lic_catalog *cat) _nonnull_all_;
/* LIC_DIGEST_* bits of the hashes that some are by. */
unsigned lic_revoked_digests(const struct lic_revoked *rv) _nonnull_all_;

void lic_hits_release(struct lic_hits *h);
/* Finds those that match an image, in *ret, which is overwritten. `rows` are the rows of manifests
 * about it, NULL for none. */
int lic_revoked_find(struct lic_catalog *cat, const struct lic_selector_subject *s,
		     const struct lic_joined *rows, struct lic_hits *ret, struct lic_error *err)
	_nonnull_(1, 2, 4) _must_check_;
/* The same of a live image, as it is recorded; nothing of what is none. */
int lic_revoked_of(struct lic_catalog *cat, int64_t entry, struct lic_hits *ret,
		   struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Lets a revocation match these bytes from now on; where that is new, the commit judges again every
 * other live image that has them (`entry`: the image at hand, 0: not recorded yet), and masks that
 * have them, or may, are hidden until a scan has judged them as images. */
int lic_revoked_stick(struct lic_txn *txn, int64_t revocation, bool sealed,
		      const struct lic_hash *hash, int64_t entry, struct lic_error *err)
	_nonnull_(1, 4) _must_check_;
/* Hides masks of which the bytes are not known, or all, until a scan has judged them. */
int lic_revoked_hide_masks(struct lic_txn *txn, bool all, struct lic_error *err)
	_nonnull_(1) _must_check_;

/* The part of lic_catalog_check() about them (check_revoked.c). */
int lic_revoked_check(struct lic_catalog *cat, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- select.c ----------------------------------------------------------------------------- */

/* Puts into `ids` the live images that any of n selectors matches, some of which may have ended,
 * and into `masks` (NULL: nobody asks) the masks that one does by path, id or XXH3. */
int lic_select_any(struct lic_catalog *cat, const struct lic_selector *selector, size_t n,
		   struct lic_map *ids, struct lic_map *masks, struct lic_error *err)
	_nonnull_(1, 2, 4) _must_check_;
/* Sorts the items of a map by its keys; it is of no further use as a map. */
void lic_map_sort(struct lic_map *m) _nonnull_all_;

/* --- walk.c ------------------------------------------------------------------------------- */

/* An image file without claims of its own, in a layout of masks: no image of the catalog. */
static inline bool lic_entry_is_mask(const struct lic_entry *e)
{
	return e->kind == LIC_KIND_COMPANION && e->rule == LIC_RULE_MASK;
}
/* Are its bytes known? Those of masks are since this is kept of them. */
static inline bool lic_entry_has_hash(const struct lic_entry *e)
{
	static const struct lic_hash none;

	return memcmp(&e->hash, &none, sizeof(none)) != 0;
}
/* Calls `fn` for each live image and mask below a directory or archive, with its path relative to
 * the store. Non-zero stops and is returned. */
int lic_walk_images(struct lic_catalog *cat, int64_t dir,
		    int (*fn)(void *ctx, const struct lic_entry *e, struct lic_bytes path),
		    void *ctx, struct lic_error *err) _nonnull_(1, 3) _must_check_;

/* --- select_text.c ------------------------------------------------------------------------ */

/* What texts are looked for: normal texts of selectors, in a set. */
struct lic_wanted {
	struct lic_catalog *cat;
	const struct lic_selector *selector; /* n of them */
	size_t n;
	unsigned kinds;
	size_t *pattern; /* indexes of those that are patterns of creators, n_patterns of them */
	size_t n_patterns;
	struct lic_map set; /* salted hash of kind and text -> index plus 1; of many */
};

void lic_wanted_release(struct lic_wanted *w);
int lic_wanted_init(struct lic_wanted *w, struct lic_catalog *cat,
		    const struct lic_selector *selector, size_t n, struct lic_error *err)
	_nonnull_(1, 2, 3) _must_check_;
/* Is the image one of those that are wanted? 1, 0 or -ENOMEM. */
int lic_wanted_has(struct lic_wanted *w, const struct lic_selector_subject *s)
	_nonnull_(1, 2) _must_check_;
/* Puts into `ids` the images that are wanted by creator, address or id, into `masks` the masks. */
int lic_wanted_find(struct lic_wanted *w, struct lic_map *ids, struct lic_map *masks,
		    struct lic_error *err) _nonnull_(1, 2) _must_check_;

/* --- rows --------------------------------------------------------------------------------- */

/* Calls `fn` with each part of what a row of a manifest says about an image that selectors ask for:
 * claims, and keys as addresses and names, for the kinds in the bit set. A blob that cannot be read
 * says nothing: it hides the image. Non-zero stops and is returned. */
int lic_row_subjects(struct lic_bytes keys, struct lic_bytes claims, unsigned kinds,
		     int (*fn)(void *ctx, const struct lic_selector_subject *s, unsigned kinds),
		     void *ctx) _nonnull_(4) _must_check_;

/* Key of meta that is there only where no live entry is a mask: else the directories of the store
 * have to be searched for them. Whatever makes one calls lic_masks_note() before. */
#define LIC_META_NO_MASKS "no_masks"
int lic_masks_note(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;

#endif
