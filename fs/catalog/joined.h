/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rows of manifests are about an image: found when it is judged, by keys.
 *
 * Invariants, in every committed state
 * - [I10] row_match has one row for each live image and row in force that finds it by a key with a
 *   text, and else only those of ended images that leave a row ambiguous (lic_matches_end());
 *   `weak` where only keys that may be mistaken do.
 * - row_key has the hashes of all such keys of all rows in force, and of no others: key 0 stands
 *   for a row with patterns or LIC_KEY_ALL, and a negative row -N for a key that too many rows of
 *   manifest N have.
 * - Which rows find an image depends on its path, bytes and claims and on the manifests in force
 *   alone, never on other images; whether a weak one grants depends on how many others it finds.
 */
#ifndef LICENSEFS_CATALOG_JOINED_H
#define LICENSEFS_CATALOG_JOINED_H

#include "fs/catalog/internal.h"

/* Kinds of keys that find an image by its path alone, without a hash. */
#define LIC_PATTERNS (1u << LIC_KEY_ALL | 1u << LIC_KEY_GLOB | 1u << LIC_KEY_RULE)

/* A manifest in force. */
struct lic_source {
	int64_t number, first, rows; /* its rows are first .. first + rows - 1 */
	enum lic_manifest_kind kind;
	const char *collection;
	const char *file; /* of a rule its name below `root` */
	int64_t dir;	  /* of a rule file; 0 */
	bool coming;	  /* a rule file that is not settled: it restricts and grants nothing */
	struct lic_bytes root;
	unsigned kinds; /* bit set of the keys that its rows have */
	size_t pattern; /* first of its patterns, n_patterns of them */
	size_t n_patterns;
	size_t next; /* of the same root: index plus 1, 0: none */
};

/* A row that is found without a hash. */
struct lic_pattern {
	int64_t row;
	enum lic_key_kind kind; /* one of LIC_PATTERNS */
	struct lic_bytes text;
};

/* All manifests in force as of a generation, with their patterns. */
struct lic_joins {
	int64_t generation;
	struct lic_arena arena;
	struct lic_source *source; /* n of them, in number order, hence in order of their rows */
	size_t n, cap;
	struct lic_pattern *pattern; /* n_patterns of them, in order of rows */
	size_t n_patterns, cap_patterns;
	unsigned kinds;	      /* of all of them */
	struct lic_map roots; /* hash of a root -> index plus 1 of the first source */
};

#define LIC_MUTE_ALL 1u
#define LIC_MUTE_LICENSE 2u
#define LIC_MUTE_COPYRIGHT 4u
#define LIC_MUTE_GRANT 8u /* it restricts, and never grants */

/* A row that is about the image. */
struct lic_join {
	int64_t row;
	const struct lic_source *source;
	bool keyed;		 /* found by a key with a text */
	bool weak;		 /* found by keys alone that may be mistaken */
	bool second;		 /* found by the address that another row states, only */
	bool backed;		 /* second: one of these rows is sure */
	bool lonely;		 /* must never be sure by a weak key: its patterns are about more */
	bool other;		 /* it names a hash that these bytes do not have */
	bool sure;		 /* it may grant */
	bool broken;		 /* it cannot be read */
	bool erased;		 /* it was, and says nothing */
	int64_t revocation;	 /* erased: one that matches what it finds; 0: none */
	uint8_t mute;		 /* LIC_MUTE_*: of a rule what others silence */
	struct lic_bytes claims; /* as stored; in the arena */
};

/* What is known of one image. */
struct lic_joined {
	struct lic_arena arena;
	struct lic_join *item; /* n of them; in row order once found */
	size_t n, cap;
	unsigned reserve;   /* what the rows reserve */
	const char *damage; /* why the image must be hidden; NULL */
	struct lic_buf text;
};

#define LIC_JOINED_INIT                                                                            \
	{                                                                                          \
		.arena = LIC_ARENA_INIT(64u << 20), .text = LIC_BUF_INIT(8 * LIC_KEY_TEXT_MAX)     \
	}

/* --- joins.c ------------------------------------------------------------------------------ */

/* The manifests in force, read where that is not done yet; valid until they change. */
int lic_joins_get(struct lic_catalog *cat, const struct lic_joins **ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Manifest `number`, the newest, has come: no other one changed. */
int lic_joins_append(struct lic_catalog *cat, int64_t number, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* They have changed, or may have: read them again when they are next needed. */
void lic_joins_forget(struct lic_catalog *cat) _nonnull_all_;
void lic_joins_free(struct lic_joins *j);
/* The source that a row belongs to; NULL where it is not in force. */
const struct lic_source *lic_joins_source(const struct lic_joins *j, int64_t row) _nonnull_all_;
/* The first source with that root; NULL. The others follow by `next`. */
const struct lic_source *lic_joins_at_root(const struct lic_joins *j, const uint8_t *root, size_t n)
	_nonnull_(1);
/* Is the pattern about the path, which is relative to the root of its source? */
bool lic_pattern_matches(const struct lic_pattern *p, struct lic_bytes path) _nonnull_all_;
/* Hash under which a key lies; never 0. `scratch` is overwritten. */
int64_t lic_row_hash(enum lic_key_kind kind, struct lic_bytes normal, struct lic_buf *scratch)
	_nonnull_(3);

struct lic_txn;

/* --- joined.c ----------------------------------------------------------------------------- */

struct lic_subject {
	int64_t entry; /* number of the live entry at that path, which is not "another"; 0: none */
	struct lic_bytes path; /* relative to the store */
	const struct lic_hash *hash;
	const struct lic_digests *digests; /* what is known of these bytes */
	const struct lic_claim *claim;	   /* of its own files, n_claims of them */
	size_t n_claims;
};

void lic_joined_release(struct lic_joined *j);
/* Finds the rows about an image. Rows that cannot be read are found where their keys can, or may,
 * find it, and set `damage`. */
int lic_joined_find(struct lic_catalog *cat, const struct lic_subject *s, struct lic_joined *ret,
		    struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Appends what the rows claim, a packet for each; sets damage. */
int lic_joined_claims(const struct lic_joined *j, struct lic_claims *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Adds to a digest all that lic_joined_claims() depends on. */
void lic_joined_digest(const struct lic_joined *j, struct lic_hasher *h) _nonnull_all_;

/* --- digests.c ---------------------------------------------------------------------------- */
/* --- rules.c ------------------------------------------------------------------------------ */

/* Settles which rules of those found speak (lic_rules_choose()). */
int lic_joined_choose(struct lic_joined *j, struct lic_error *err) _nonnull_(1) _must_check_;
/* May the claim of that row be said? It may have lost its rank. */
bool lic_joined_says(const struct lic_join *x, struct lic_claim *c) _nonnull_all_;

/* --- matches.c ---------------------------------------------------------------------------- */

/* LIC_DIGEST_* bits that keys of these kinds need. */
unsigned lic_digests_of_kinds(unsigned kinds) _const_;
/* Adds what is known of a live entry and wanted, and *d lacks. */
int lic_digests_fill(struct lic_catalog *cat, int64_t entry, struct lic_digests *d,
		     struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Writes down what is not known yet; `fresh`: nothing is. */
int lic_digests_store(struct lic_txn *txn, int64_t entry, const struct lic_digests *d, bool fresh,
		      struct lic_error *err) _nonnull_(1, 3) _must_check_;

/* --- matches.c ---------------------------------------------------------------------------- */

enum lic_matches_mode {
	LIC_MATCHES_ALL,   /* these, and no others */
	LIC_MATCHES_FRESH, /* it was born just now and has none */
	LIC_MATCHES_KEEP,  /* these, and those that found it before and are in force: it was erased
			    */
};

/* Writes down which rows find the live image `e`; *ret_changed where others did before. Images
 * whose grant depends on it are judged again by lic_matches_flush(). */
int lic_matches_store(struct lic_txn *txn, const struct lic_joined *j, const struct lic_entry *e,
		      enum lic_matches_mode mode, bool *ret_changed, struct lic_error *err)
	_nonnull_(1, 2, 3, 5) _must_check_;
/* The image ends. A row that found others with other bytes may have been about it and not about
 * them: its match stays and keeps the row ambiguous until the manifest is imported again, unless
 * the others were there before and it came after the import. */
int lic_matches_end(struct lic_txn *txn, const struct lic_entry *e, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Judges again whose row found one image more or less than before. */
int lic_matches_flush(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- collections.c ------------------------------------------------------------------------ */

/* A live image as lic_joined_find() wants it. */
struct lic_image {
	struct lic_subject subject; /* points into the others */
	struct lic_entry entry;
	struct lic_buf path;
	struct lic_claims claims; /* of its own files */
};

#define LIC_IMAGE_INIT                                                                             \
	{                                                                                          \
		.path = LIC_BUF_INIT(64u << 20), .claims = LIC_CLAIMS_INIT                         \
	}

void lic_image_release(struct lic_image *i);
/* Loads what keys of these kinds (a bit set) are compared with: 1; 0 for what is no live image. */
int lic_image_load(struct lic_catalog *cat, int64_t entry, unsigned kinds, struct lic_image *ret,
		   struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* Finds the rows about a live image; none about anything else. */
int lic_joined_of(struct lic_catalog *cat, int64_t entry, struct lic_joined *ret,
		  struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Is item i the first one of an import? Then its name, and whether any of its rows is sure. */
bool lic_joined_collection(const struct lic_joined *j, size_t i, const char **ret,
			   bool *ret_sure) _nonnull_all_;

/* --- manifests.c -------------------------------------------------------------------------- */

/* Reads the present row of a query for the columns of LIC_STMT_MANIFESTS; strings point into it. */
int lic_manifest_from_row(struct lic_query *q, struct lic_manifest *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/* --- import.c ----------------------------------------------------------------------------- */

/* Ends the rules of a directory that ends. */
int lic_rules_end(struct lic_txn *txn, int64_t dir, struct lic_error *err)
	_nonnull_(1) _must_check_;

/* --- import_keys.c ------------------------------------------------------------------------ */

/* Builds row_key anew, because another version may find other normal texts. */
int lic_row_keys_rebuild(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- check_joined.c ----------------------------------------------------------------------- */

/* The part of lic_catalog_check() about manifests. */
int lic_joined_check(struct lic_catalog *cat, struct lic_error *err) _nonnull_(1) _must_check_;

#endif
