/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seals: keyed hashes of the texts by which an erased revocation goes on matching.
 *
 * The key is made once for a catalog and never changes. It keeps apart the catalogs of different
 * stores and makes guessing need the catalog itself; who has the catalog can still try texts that
 * he knows, as the catalog itself does for each image.
 */
#ifndef LICENSEFS_CATALOG_SEAL_H
#define LICENSEFS_CATALOG_SEAL_H

#include <licensefs/selector.h>

#include "fs/catalog/txn.h"

#define LIC_SEAL_BYTES 16u

/* Makes the key where there is none; before the first lic_seal(). */
int lic_seal_make(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;
/* The seal of a selector's normal text, as docs/formats.md has it. -EUCLEAN where the catalog has
 * no key: what is sealed cannot be told then. About 0.5 us. */
int lic_seal(struct lic_catalog *cat, enum lic_selector_kind kind, struct lic_bytes normal,
	     uint8_t ret[LIC_SEAL_BYTES], struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* Forgets the key that was read: a transaction that made it has been rolled back, or the
 * connection ends. */
void lic_seal_forget(struct lic_catalog *cat) _nonnull_all_;

#endif
