/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The likeness of images as the judge and the writers of rows see it.
 *
 * [I13] While a catalog keeps likenesses every live image has one row of `likeness`, and images
 * with the same bytes have equal ones; else there is none. So the likeness of a file is known as
 * soon as any live image has its bytes, before it has a row itself.
 */
#ifndef LICENSEFS_CATALOG_LIKENESS_H
#define LICENSEFS_CATALOG_LIKENESS_H

#include <licensefs/catalog_revoke.h>

#include "fs/catalog/txn.h"

/* As they are stored. */
enum lic_likeness_state {
	LIC_LIKENESS_WAITS = 0,
	LIC_LIKENESS_KNOWN = 1,
	LIC_LIKENESS_NONE = 2, /* it cannot be had */
};

/* The note of one that was erased (erase.c): it does not wait again before the image is restored.
 */
#define LIC_LIKENESS_ERASED "erased"

/* What is known of these bytes; they wait where no live image has them. *ret is set where the state
 * is KNOWN. */
int lic_likeness_of_bytes(struct lic_catalog *cat, const struct lic_hash *hash,
			  enum lic_likeness_state *ret_state, struct lic_likeness *ret,
			  struct lic_error *err) _nonnull_(1, 2, 3, 4) _must_check_;
/* Gives a new image its row, where the catalog keeps likenesses. */
int lic_likeness_begin(struct lic_txn *txn, const struct lic_entry *e, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* The image ends, and its row with it. */
int lic_likeness_end(struct lic_txn *txn, int64_t entry, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* The part of lic_catalog_check() about it. */
int lic_likeness_check(struct lic_catalog *cat, struct lic_error *err) _nonnull_(1) _must_check_;

#endif
