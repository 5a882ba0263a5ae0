/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasing: what is deleted of images that an erased revocation matches.
 *
 * - A live image whose claims were erased has one row of claims, with an empty text: what it states
 *   is not known. While it is revoked so it gets no others; once it is not it is stale, until a
 *   scan has read it (lic_catalog_rejudge(), lic_catalog_put()).
 * - Judging notes images (lic_erase_note()); the commit erases them, after everything was judged.
 * - What restricts stays: opt-outs, and rows of manifests as rows that cannot be read, found by the
 *   hashes of their keys.
 * - row_match of an erased image only grows while it is erased: that its address is forgotten must
 *   not make a row sure about another image.
 *
 * docs/decisions/0021 has the list of what may name an image, and what becomes of it.
 */
#ifndef LICENSEFS_CATALOG_ERASE_H
#define LICENSEFS_CATALOG_ERASE_H

#include "fs/catalog/revoked.h"

/* --- erase.c ------------------------------------------------------------------------------ */

/* Does a revocation in force erase? Else nothing of this needs to be asked. */
int lic_erase_any(struct lic_catalog *cat, bool *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* The commit erases what is known of this live image. */
int lic_erase_note(struct lic_txn *txn, int64_t entry, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* A row in force finds an image less than before; nothing where no revocation erases. */
int lic_erase_note_row(struct lic_txn *txn, int64_t row, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Erases what was noted, and what rows of manifests that came say of erased images. */
int lic_erase_flush(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;
/* An image that was erased is erased no more: its likeness waits again. */
int lic_erase_wake(struct lic_txn *txn, int64_t entry, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Deletes claims, credit and damage of an image that has ended. */
int lic_erase_ended(struct lic_txn *txn, int64_t entry, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Deletes rows that may be found by bytes: see above. */
int lic_erase_due(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- erase_rows.c ------------------------------------------------------------------------- */

/* Erases rows in force that are about erased images alone: those that find one that was noted, or
 * one less than before, and those of manifests that began in this transaction. */
int lic_erase_rows(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;
/* Erases rows, in force or not, that revocations which erase match by what the rows say, and rows
 * of ended imports about images that were noted. */
int lic_erase_past_rows(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;
/* A row of a rule file that was erased is about an image that is not (txn->joined): the next scan
 * reads the file again. */
int lic_erase_heal(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- erase_texts.c ------------------------------------------------------------------------ */

/* What else names what a revocation of these, just recorded and judged, is about: ended images and
 * claims, rows of manifests about no image, older revocations with one of the selectors. */
int lic_erase_texts(struct lic_txn *txn, const struct lic_selector *selector, size_t n,
		    struct lic_error *err) _nonnull_(1, 2) _must_check_;

#endif
