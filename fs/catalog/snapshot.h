/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots from inside: parts, salts and leaves. docs/formats.md has the formats. */
#ifndef LICENSEFS_CATALOG_SNAPSHOT_INTERNAL_H
#define LICENSEFS_CATALOG_SNAPSHOT_INTERNAL_H

#include <licensefs/catalog_snapshot.h>

#include "fs/catalog/txn.h"
#include "fs/util/chunk.h"

/* --- snapshot_part.c ------------------------------------------------------------------------ */

#define LIC_CHUNKS_KEPT 64u

struct lic_chunk {
	int64_t number; /* plus 1; 0: free */
	int64_t first;	/* members before it */
	uint8_t bits[LIC_CHUNK_BYTES];
};

/* The part in which an entry would be; valid until the next call. */
int lic_chunk_get(struct lic_snapshot *s, int64_t id, const struct lic_chunk **ret,
		  struct lic_error *err) _nonnull_(1, 3) _must_check_;

struct lic_snapshot {
	struct lic_catalog *cat;
	struct lic_snapshot_info info; /* strings in the arena */
	struct lic_arena arena;
	struct lic_chunk *chunk; /* LIC_CHUNKS_KEPT of them; NULL: none was asked for */
};

/* --- snapshots.c ---------------------------------------------------------------------------- */

int lic_snapshot_from_row(struct lic_query *q, struct lic_snapshot_info *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/* One in force, of a job or made by people; -ENOENT where there is none (err untouched). */
int lic_snapshot_by_number(struct lic_catalog *cat, int64_t number, struct lic_snapshot **ret,
			   struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Ends one in force; the transaction is usable. */
int lic_snapshot_end(struct lic_txn *txn, int64_t number, const char *who, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;
/* Deletes what belongs to one but its row. */
int lic_snapshot_empty(struct lic_txn *txn, int64_t number, struct lic_error *err)
	_nonnull_(1) _must_check_;

/* --- snapshot_walk.c ------------------------------------------------------------------------ */

/* As lic_catalog_then() and lic_snapshot_each(), with id, parent, name, kind, rule, rights, since,
 * hash, size and mtime of each entry alone; the rest is 0. */
int lic_catalog_then_brief(struct lic_catalog *cat, int64_t generation, lic_then_fn fn, void *ctx,
			   struct lic_error *err) _nonnull_(1, 3) _must_check_;
int lic_snapshot_each_brief(struct lic_snapshot *s, lic_then_fn fn, void *ctx,
			    struct lic_error *err) _nonnull_(1, 2) _must_check_;

/* --- snapshot_make.c ------------------------------------------------------------------------ */

/* lic_snapshot_make() without its conditions; info->number is read: 0 takes the next one. */
int lic_snapshot_fill(struct lic_txn *txn, struct lic_snapshot_info *info, lic_then_fn keep,
		      void *ctx, int64_t *ret_missing, struct lic_error *err)
	_nonnull_(1, 2, 3, 5) _must_check_;

/* --- snapshot_salt.c ------------------------------------------------------------------------ */

#define LIC_SALT_BYTES 16
#define LIC_LEAF_BYTES 32
#define LIC_SALT_HEIGHT_MAX 32

/* A seed and what it is for; both children of a node come from its seed, and its seed from neither
 * of them, so that whoever forgets it and keeps the siblings beside the way to one leaf has lost
 * that leaf's salt alone. */
struct lic_seed {
	int64_t leaf; /* the first */
	int height;   /* of 2^height leaves */
	uint8_t seed[LIC_SALT_BYTES];
};
void lic_seed_split(const struct lic_seed *s, struct lic_seed *ret_left,
		    struct lic_seed *ret_right) _nonnull_all_;

/* Salts of leaves in their order. */
struct lic_salts {
	struct lic_seed stack[LIC_SALT_HEIGHT_MAX + 2];
	size_t n;
};
/* The leaves that come next are those of this seed. */
void lic_salts_plant(struct lic_salts *t, const uint8_t seed[LIC_SALT_BYTES],
		     int height) _nonnull_all_;
/* The salt of the next leaf; at most as often as there are leaves. */
void lic_salts_next(struct lic_salts *t, uint8_t ret[LIC_SALT_BYTES]) _nonnull_all_;

/* --- snapshot_leaf.c ------------------------------------------------------------------------ */

/* What is remembered between leaves. */
struct lic_leaf_maker {
	struct lic_catalog *cat;
	bool sha256;
	struct lic_map rights; /* number -> index into `key` */
	uint8_t (*key)[32];    /* SHA-256 of the text of rights */
	size_t n, cap;
};
#define LIC_LEAF_MAKER_INIT(c, with_sha256)                                                        \
	{                                                                                          \
		.cat = (c), .sha256 = (with_sha256)                                                \
	}
void lic_leaf_maker_release(struct lic_leaf_maker *l) _nonnull_all_;
#define LIC_LEAF_TEXT_MAX (1u << 20)
/* Appends what comes behind the salt. -ENODATA (err untouched) where SHA-256 is asked for and not
 * known. */
int lic_leaf_text(struct lic_leaf_maker *l, const struct lic_then *t, struct lic_buf *out,
		  struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* The leaf itself. */
int lic_leaf_make(struct lic_leaf_maker *l, const struct lic_then *t,
		  const uint8_t salt[LIC_SALT_BYTES], uint8_t ret[LIC_LEAF_BYTES],
		  struct lic_error *err) _nonnull_(1, 2, 3, 4) _must_check_;

/* The root of a Merkle tree over leaves that come one by one (RFC 9162, 2.1.1). */
struct lic_merkle {
	int64_t n;
	uint8_t node[LIC_SALT_HEIGHT_MAX + 1][LIC_LEAF_BYTES]; /* one for each bit of n */
};
void lic_merkle_add(struct lic_merkle *m, const uint8_t leaf[LIC_LEAF_BYTES]) _nonnull_all_;
void lic_merkle_root(const struct lic_merkle *m, uint8_t ret[LIC_LEAF_BYTES]) _nonnull_all_;

/* --- snapshot_hash.c ------------------------------------------------------------------------ */

/*
 * The digest of leaves that are added in their order, by one thread; another one hashes.
 *
 * new, then as often as there are leaves: seed where there is no salt for the next one; add, or
 * open and close; then root, free. Where one fails only free may follow.
 */
struct lic_leaves;
struct lic_leaves *lic_leaves_new(void) _must_check_; /* NULL when out of memory */
void lic_leaves_free(struct lic_leaves *l);	      /* NULL is allowed */
int64_t lic_leaves_count(const struct lic_leaves *l) _nonnull_all_;
/* Is there a salt for the next one? */
bool lic_leaves_salted(const struct lic_leaves *l) _nonnull_all_;
int lic_leaves_seed(struct lic_leaves *l, const uint8_t seed[LIC_SALT_BYTES], int height,
		    struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* A leaf that is known. */
int lic_leaves_add(struct lic_leaves *l, const uint8_t leaf[LIC_LEAF_BYTES], struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* A leaf that is not: its text is appended to what is returned, and it is salted. */
struct lic_buf *lic_leaves_open(struct lic_leaves *l) _nonnull_all_;
int lic_leaves_close(struct lic_leaves *l, struct lic_error *err) _nonnull_(1) _must_check_;
void lic_leaves_root(struct lic_leaves *l, uint8_t ret[LIC_LEAF_BYTES]) _nonnull_all_;

/* --- snapshot_erase.c ----------------------------------------------------------------------- */

/* Takes the salt of an image away from every snapshot in force that has it, for good. */
int lic_snapshots_erase(struct lic_txn *txn, int64_t entry, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Forgets which snapshots are in force: the transaction has ended one, or ends. */
void lic_snapshots_forget(struct lic_txn *txn) _nonnull_all_;
/* Is the entry a member of a snapshot in force? Then its size and times must not be overwritten. */
int lic_snapshots_pin(struct lic_catalog *cat, int64_t entry, bool *ret, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;
/* The part of lic_catalog_check() about them. */
int lic_snapshots_check(struct lic_catalog *cat, struct lic_error *err) _nonnull_(1) _must_check_;

#endif
