/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An import under way: import.c stages rows, import_keys.c what finds them, import_judge.c joins
 * them with images.
 *
 * lic_import_begin() ends what it supersedes -> lic_import_row() ... -> lic_keys_flush() ->
 * lic_import_judge().
 */
#ifndef LICENSEFS_CATALOG_IMPORT_H
#define LICENSEFS_CATALOG_IMPORT_H

#include "fs/catalog/txn.h"

/* Patterns of one manifest: each of them is held against each image below the root. */
#define LIC_PATTERNS_MAX 65536

struct lic_key_pair {
	int64_t key, row;
};

/* Keys on their way into row_key. */
struct lic_keys {
	struct lic_txn *txn;
	struct lic_key_pair *pair; /* n of them, not sorted */
	size_t n, cap;
	int64_t first, next; /* rows of the manifest: first .. next - 1 */
	int64_t manifest;
	unsigned kinds;
	size_t patterns;
	bool plain;	  /* nobody asks lic_keys_may_have() */
	uint32_t *filter; /* bits of keys: what is not in it is no key of the manifest */
	struct lic_buf text;
};

struct lic_import {
	struct lic_txn *txn;
	struct lic_arena arena;
	int64_t number, rows; /* 0: nothing new, only an end */
	struct lic_bytes root;
	struct lic_keys keys;
	struct lic_buf key_blob, claim_blob;
	uint8_t digest[16]; /* of a rule's rows; digest_n 0: none */
	size_t digest_n;
	/* What it supersedes, and what was in force before. */
	struct lic_joins *before;
	const struct lic_source *old; /* in `before`; NULL: nothing */
	/* Of the judging. */
	const struct lic_source *source; /* the new one in force; NULL: nothing new */
	struct lic_joined joined;
	struct lic_map watch, found; /* found: rows that patterns have matched */
	int64_t images;
	int64_t settled; /* number of the rules that come in force; 0: none */
};

/* --- import.c ----------------------------------------------------------------------------- */

struct lic_import_plan {
	const struct lic_manifest *m; /* NULL: nothing new */
	int64_t dir;		      /* of a rule file */
	int64_t old;		      /* number of the manifest that ends; 0: none */
};

int lic_import_begin(struct lic_txn *txn, const struct lic_import_plan *plan,
		     struct lic_import **ret, struct lic_error *err)
	_nonnull_(1, 2, 3) _must_check_;

/* Ends a manifest in force; who held the joins must get them again. */
int lic_manifest_end(struct lic_txn *txn, const struct lic_source *s, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/* --- import_keys.c ------------------------------------------------------------------------ */

void lic_keys_release(struct lic_keys *k);
/* Notes the keys of the next row. */
int lic_keys_add(struct lic_keys *k, int64_t row, const struct lic_key *key, size_t n,
		 struct lic_error *err) _nonnull_(1) _must_check_;
/* Writes what is noted, sorted. */
int lic_keys_flush(struct lic_keys *k, struct lic_error *err) _nonnull_(1) _must_check_;
/* Puts markers in the place of keys that too many rows have; after the last flush. */
int lic_keys_thin(struct lic_keys *k, struct lic_error *err) _nonnull_(1) _must_check_;
/* Removes the keys of a manifest's rows. */
int lic_keys_drop(struct lic_txn *txn, const struct lic_source *s, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* May the manifest have this key? */
bool lic_keys_may_have(const struct lic_keys *k, int64_t key) _nonnull_all_;

/* --- import_judge.c ----------------------------------------------------------------------- */

/* Judges every image that the new manifest or the one that it supersedes is about. */
int lic_import_judge(struct lic_import *imp, const struct lic_import_hooks *hooks,
		     struct lic_import_result *ret, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;

#endif
