/* SPDX-License-Identifier: Apache-2.0 */
/* The connection and the write transaction, as the files of this room share them. */
#ifndef LICENSEFS_CATALOG_INTERNAL_H
#define LICENSEFS_CATALOG_INTERNAL_H

#include <limits.h>

#include <licensefs/catalog_documents.h>

#include "fs/catalog/map.h"
#include "fs/catalog/query.h"
#include "fs/util/hash.h"

#define LIC_CATALOG_APPLICATION_ID 0x4c694653 /* "LiFS" */
#define LIC_CATALOG_ROOT 1
#define LIC_CATALOG_BUSY_MS 30000

/* Interned rights by number and by key. */
struct lic_rights_cache {
	struct lic_map number;	    /* number -> index into rights */
	struct lic_map key;	    /* digest of the key -> number */
	struct lic_rights **rights; /* owned, n of them; never freed before the catalog */
	size_t n, cap;
};

#define LIC_INDEX_HEADER 96 /* bytes, both copies */

struct lic_catalog {
	sqlite3 *db;
	char *path;  /* absolute, of the database file */
	char *shown; /* path made safe for messages */
	char *store; /* absolute */
	bool writable, immutable;
	uint8_t uuid[16];
	struct lic_stmt_slot slot[LIC_STMT_COUNT];
	struct lic_rights_cache rights;
	struct lic_map statements;		/* digest -> number */
	int64_t statements_at;			/* data version in which they were right */
	const struct lic_new_statements *fresh; /* what SQL sees as lic_new_statements; or NULL */
	bool knows_fresh;			/* SQL knows that name */
	unsigned walks;				/* over many entries, that are going on */
	struct lic_query credits; /* of the entries that come next, while there are walks */
	int64_t credits_at;	  /* entry of the row that it stands at; INT64_MAX: behind all */
	int64_t credits_after;	  /* no entry between this one and that one has a row */
	bool scrub_due;		  /* this connection has erased: lic_catalog_scrub() */
	struct lic_hasher *hasher;
	struct lic_own *own;	 /* licenses as they were read last, and before; NULL: never */
	struct lic_force *force; /* decisions as lic_catalog_claims() read them last; NULL: never */
	int64_t force_at[2];	 /* in which generation, and at what time */
	struct lic_parses *parses;	      /* of the judge; NULL before the first transaction */
	struct lic_txn *txn;		      /* the one that is open, NULL */
	struct lic_hmac *seal;		      /* the key of seals (seal.h); NULL: not read */
	struct lic_joins *joins;	      /* the manifests in force; NULL: not read */
	struct lic_revoked *revoked;	      /* the revocations in force; NULL: not read */
	uint8_t name[NAME_MAX];		      /* of the entry that was last returned */
	const volatile uint8_t *index;	      /* of the log, its header (stay.c); NULL: not asked */
	uint8_t index_seen[LIC_INDEX_HEADER]; /* as it was when the state was taken */
	uint64_t index_hash;		      /* of it; lic_catalog_state() */
	bool index_copied;		      /* the state is read from the database alone */
	bool stays, cannot_stay;
};

/* --- entry.c ------------------------------------------------------------------------------ */

#define LIC_ENTRY_COLUMNS                                                                          \
	"id, parent, name, kind, rule, format, rights, size, mtime, ctime, ino, mode, uid, gid, "  \
	"judged, hash, born, since"

/* Is its name one that a file may have? */
int lic_entry_name_check(struct lic_catalog *cat, const struct lic_entry *e, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Reads the present row of a query for LIC_ENTRY_COLUMNS; the name points into the row. */
int lic_entry_from_row(struct lic_query *q, struct lic_entry *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/* --- credit.c ----------------------------------------------------------------------------- */

/* Between them lic_catalog_credit() reads rows in their order, where entries are asked for in
 * theirs: an entry costs a step instead of a search. A walk's own query holds the state. */
void lic_credit_walk_begin(struct lic_catalog *cat) _nonnull_all_;
void lic_credit_walk_end(struct lic_catalog *cat) _nonnull_all_;
/* What was read ahead does not hold any more. */
void lic_credit_changes(struct lic_catalog *cat) _nonnull_all_;

/* --- rights.c ----------------------------------------------------------------------------- */

/* Number of the rights, made where they are new. */
int lic_rights_intern(struct lic_txn *txn, const struct lic_rights *r, int64_t *ret,
		      struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Forgets what a rolled-back transaction has interned; pointers handed out stay valid. */
void lic_rights_cache_rollback(struct lic_catalog *cat) _nonnull_all_;
void lic_rights_cache_release(struct lic_rights_cache *c) _nonnull_all_;

/* --- claims.c ----------------------------------------------------------------------------- */

/* One claim as it is stored. */
struct lic_claim_ref {
	int64_t statement, packet, ref;
};

/* Statements remembered between images; beyond, the memory starts anew. */
#define LIC_STATEMENTS_CACHED (1u << 17)

/* Claims as reader code may leave them, with every pointer usable. */
struct lic_claim lic_claim_whole(const struct lic_claim *c) _nonnull_all_;

/* What lic_catalog_expect() has interned (expect.c). */
struct lic_expected;
void lic_expected_free(struct lic_expected *x); /* NULL is allowed */
/* The references of claims that were expected, and are put now; false: they were not. `x` may be
 * NULL. */
bool lic_expected_take(struct lic_expected *x, const struct lic_claims *claims,
		       struct lic_claim_ref *ret) _nonnull_(2, 3);

/* Interns every claim; `ret` has room for claims->n. */
int lic_claims_intern(struct lic_txn *txn, const struct lic_claims *claims,
		      struct lic_claim_ref *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Makes these the live claims of the entry; *ret_changed where others were live. `fresh`: the
 * entry was born in this transaction and has none. */
int lic_claims_store(struct lic_txn *txn, int64_t entry, bool fresh,
		     const struct lic_claim_ref *ref, size_t n, bool *ret_changed,
		     struct lic_error *err) _nonnull_(1, 6) _must_check_;
/* Deletes all claims of the entry and writes down that they were erased; *ret_changed where they
 * had not been. */
int lic_claims_forget(struct lic_txn *txn, int64_t entry, bool fresh, bool *ret_changed,
		      struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* Were the live claims of the entry erased? 1, 0 or an error. */
int lic_claims_erased(struct lic_catalog *cat, int64_t entry, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Appends the claims that a row's text stands for; those that the entry ever stated. */
int lic_claims_load_stated(struct lic_catalog *cat, const char *stated, struct lic_claims *ret,
			   struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
int lic_claims_load_all(struct lic_catalog *cat, int64_t entry, struct lic_claims *ret,
			struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* References as good as those of lic_claims_intern() to judge by, without writing anything. */
void lic_claims_digest(struct lic_catalog *cat, const struct lic_claims *claims,
		       struct lic_claim_ref *ret) _nonnull_all_;
/* Appends the stored live claims, decisions excluded, and sets format and damage. Their references
 * are put into *ret_refs (malloc'ed, claims added by this call) where not NULL. */
int lic_claims_load(struct lic_catalog *cat, int64_t entry, struct lic_claims *ret,
		    struct lic_claim_ref **ret_refs, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;
/* Takes the next claim from the text of a row of claims; false where what follows is none. */
bool lic_claim_ref_read(const char **p, struct lic_claim_ref *ret) _nonnull_all_ _must_check_;
/* Sets only format and damage. */
int lic_claims_load_file(struct lic_catalog *cat, int64_t entry, struct lic_claims *ret,
			 struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Appends a claim for each opt-out beside another file with the same bytes (twins.c). */
int lic_twins_claims(struct lic_catalog *cat, const struct lic_entry *e, struct lic_claims *ret,
		     struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Salted digest of a statement. */
void lic_claim_digest(struct lic_catalog *cat, const struct lic_claim *c,
		      uint8_t ret[16]) _nonnull_all_;

/* --- documents.c -------------------------------------------------------------------------- */

/* A part that the catalog writes itself: see docs/formats.md. */
#define LIC_PART_IDS 5

/* --- check.c ------------------------------------------------------------------------------ */

/* A query that finds what must not be: the first row is the finding's subject. */
struct lic_check_rule {
	const char *text; /* with %lld for the subject */
	const char *sql;
};
/* -EUCLEAN with the first finding. */
int lic_check_rules(struct lic_catalog *cat, const struct lic_check_rule *rule, size_t n,
		    struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* The part of lic_catalog_check() about documents (check_documents.c). */
int lic_documents_check(struct lic_catalog *cat, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- meta.c ------------------------------------------------------------------------------- */

int lic_meta_set_int(struct lic_catalog *cat, const char *key, int64_t v, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
int lic_meta_set(struct lic_catalog *cat, const char *key, const void *p, size_t n,
		 struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Appends the value; -ENOENT where there is none. */
int lic_meta_get(struct lic_catalog *cat, const char *key, struct lic_buf *out,
		 struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Appends what the rights of a catalog depend on beside claims and policy: program and tables. */
int lic_meta_facts(struct lic_buf *out, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- own.c -------------------------------------------------------------------------------- */

/* The licenses that operators have defined, as they are now; lives as long as the catalog. */
int lic_own_get(struct lic_catalog *cat, const struct lic_own_licenses **ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
void lic_own_free(struct lic_own *own);

/* --- media.c ------------------------------------------------------------------------------ */

/* True for the f_type of filesystems whose locks and shared memory do not reach all hosts. */
bool lic_media_is_network(int64_t f_type) _const_;
/* Can nobody on this machine write the filesystem that holds `dir`? A read-only bind mount of a
 * writable filesystem is not read-only in this sense: its files may change. */
bool lic_media_is_readonly(const char *dir) _nonnull_all_;

/* --- pragmas.c ---------------------------------------------------------------------------- */

int lic_pragmas_set(struct lic_catalog *cat, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- migrate.c ---------------------------------------------------------------------------- */

/* Brings the schema to LIC_CATALOG_SCHEMA: an empty database becomes a catalog. */
int lic_catalog_migrate(struct lic_catalog *cat, struct lic_error *err) _nonnull_(1) _must_check_;
/* Has the database the tables of the newest schema, and nothing that runs by itself? */
int lic_schema_check(struct lic_catalog *cat, struct lic_error *err) _nonnull_(1) _must_check_;

#endif
