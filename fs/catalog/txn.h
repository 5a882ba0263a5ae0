/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The write transaction: what is gathered in memory until the commit.
 *
 * begin -> put, end, bind, ... -> commit (flush counts, feed, generation; COMMIT) | abort.
 * Any failure makes the transaction `failed`, and then it can only roll back.
 */
#ifndef LICENSEFS_CATALOG_TXN_H
#define LICENSEFS_CATALOG_TXN_H

#include "fs/catalog/joined.h"

/* More changes than this in one directory become one row "many". */
#define LIC_FEED_DIR_MAX 64

struct lic_feed_item {
	struct lic_feed_item *next;
	int64_t entry;
	struct lic_bytes name; /* in the arena */
};

/* A directory that the transaction has touched. */
struct lic_txn_dir {
	int64_t id, parent, born;
	bool live;
	bool archive;	 /* a document: what lies in it is no listing */
	bool gone;	 /* an archive that the transaction made into something else */
	bool ended;	 /* an entry in it has ended */
	unsigned n_feed; /* LIC_FEED_DIR_MAX + 1: many */
	struct lic_feed_item *feed;
};

/* A decision in force, prepared for matching. */
struct lic_rule_in_force {
	struct lic_decision d; /* strings in the arena */
	size_t next;	       /* exact ones of one path: index plus 1 of the next, 0: none */
	size_t next_bytes;     /* exact ones made about the same bytes, likewise */
};

/* A decision that is about the file that was asked for. */
struct lic_hit {
	size_t rule;   /* index into struct lic_force */
	bool followed; /* made for another path, about the same bytes */
	bool about;    /* overrides, and was made about these bytes */
};

/* The decisions in force. */
struct lic_force {
	bool loaded;
	struct lic_arena arena;
	struct lic_rule_in_force *rule; /* n of them, in number order; patterns and exact ones */
	size_t n, cap;
	size_t n_globs;
	struct lic_map exact; /* hash of the path -> index plus 1 into rule */
	struct lic_map bytes; /* hash of the bytes -> index plus 1 into rule */
	struct lic_hit *hit;  /* what lic_force_find() found */
	size_t n_hits, cap_hits;
};

/* A file as decisions see it. */
struct lic_place {
	struct lic_bytes path; /* relative to the store */
	struct lic_bytes name; /* its last component */
	int64_t parent;	       /* directory that holds it */
	struct lic_hash hash;
	const struct lic_joined *joined; /* rows of manifests about it */
};

/* A revocation that matches an image. */
struct lic_revoked_hit {
	int64_t revocation;
	uint8_t by;  /* enum lic_selector_kind */
	bool sealed; /* it erases, and keeps seals alone */
	bool sticks; /* it matches these bytes already */
};

struct lic_hits {
	struct lic_revoked_hit *item; /* n of them, in order of revocations */
	size_t n, cap;
	bool erased;	    /* one of them was */
	const char *damage; /* why others may match that cannot be told yet; static; NULL */
};

/* What is judged with: decisions in force, and answers for claims that were seen before. */
struct lic_judge {
	struct lic_policy policy;
	struct lic_force force;
	struct lic_map memo; /* digest of what was judged -> index into answer */
	struct lic_verdict *answer;
	size_t n_answers;
};

/* What judging gives. */
struct lic_verdict {
	int64_t rights;
	struct lic_credit credit; /* owned by the judge */
	unsigned reserve;	  /* by what stands beside the file: for lic_twins_note() */
	bool erased;		  /* a revocation that was erased matches: nothing is kept of it */
};

struct lic_txn {
	struct lic_catalog *cat;
	int64_t generation; /* the one that a commit will make */
	int64_t at;	    /* seconds since the epoch */
	char *verb;
	bool failed;
	bool changed; /* a generation is due */
	bool dirty;   /* something was written, if only a time stamp */
	bool durable; /* the commit must have reached the disk when it returns */
	bool views_changed;
	struct lic_map dirs; /* id -> index into dir */
	struct lic_txn_dir *dir;
	size_t n_dirs, cap_dirs;
	struct lic_map twins; /* hashes whose images the commit judges again */
	struct lic_map delta; /* (directory that holds the images, rights) -> count */
	struct lic_arena arena;
	struct lic_judge judge;
	struct lic_buf path;	  /* of a file of the directory path_dir */
	size_t path_len;	  /* of the directory's part, slash included */
	int64_t path_dir;	  /* 0: none */
	struct lic_joined joined; /* rows about the image that was judged last */
	bool joining;		  /* manifests are or were in force */
	struct lic_map again;	  /* images that the commit judges again: a row's matches changed */
	struct lic_map documents; /* of which a view may differ now */
	bool images;		  /* some began or ended */
	struct lic_map erase;	  /* images that the commit erases */
	struct lic_map left;	  /* rows that find an image less: maybe only erased ones */
	bool imported;		  /* rows of manifests came */
	bool erased;		  /* something was: lic_catalog_scrub() is due */
	int likeness;		  /* 1: likenesses are kept, -1: not, 0: not asked yet */
	struct lic_map *watch;	 /* image -> rights before, of those whose rights change; or NULL */
	bool revoked_read;	 /* cat->revoked is as this transaction has it */
	bool masks_known;	 /* of every live mask the bytes are known */
	bool masks_noted;	 /* nobody may believe that there are none */
	struct lic_hits hits;	 /* revocations that match the image that was judged last */
	int64_t revocation;	 /* whose matches are gathered in */
	struct lic_map *matched; /* NULL: no one's */
	struct lic_expected *expected;	/* claims that are about to be put; or NULL */
	struct lic_snapshot **snapshot; /* those in force, for erasures; n_snapshots of them */
	size_t n_snapshots;
	bool snapshots_read;
};

/* Remembers a failure: the transaction can only be aborted from then on. Returns r. */
static inline int lic_txn_fail(struct lic_txn *txn, int r)
{
	if (r < 0)
		txn->failed = true;
	return r;
}

/* --- txn.c -------------------------------------------------------------------------------- */

/* -EINVAL for a transaction that has failed before. */
int lic_txn_usable(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;
/* The directory's state, cached; -ENOENT where there never was such a directory. Valid until the
 * next call. */
int lic_txn_dir(struct lic_txn *txn, int64_t id, struct lic_txn_dir **ret, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;

/* --- counts.c ----------------------------------------------------------------------------- */

/* `by` more images of these rights directly in the directory. */
int lic_counts_add(struct lic_txn *txn, int64_t dir, int64_t rights, int64_t by,
		   struct lic_error *err) _nonnull_(1) _must_check_;
/* Writes the gathered changes to the directories and all of their ancestors [I6]. */
int lic_counts_flush(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- feed.c ------------------------------------------------------------------------------- */

int lic_feed_add(struct lic_txn *txn, int64_t dir, int64_t entry, const struct lic_bytes *name,
		 struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* The same for an entry that ends. */
int lic_feed_end(struct lic_txn *txn, int64_t dir, int64_t entry, const struct lic_bytes *name,
		 struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* One row for each live companion of the image; its documents are touched. */
int lic_feed_companions(struct lic_txn *txn, int64_t image, struct lic_error *err)
	_nonnull_(1) _must_check_;
int lic_feed_flush(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- judge.c ------------------------------------------------------------------------------ */

/* [I7] Judges claims (with the refs of lic_claims_intern()) about the file `e`, of which id (of the
 * live entry at its path, 0: none), parent, name and hash are read. The credit of *ret lives until
 * the next call, and so do the rows about it in txn->joined. */
int lic_judge(struct lic_txn *txn, const struct lic_claims *claims, const struct lic_claim_ref *ref,
	      const struct lic_entry *e, struct lic_verdict *ret, struct lic_error *err)
	_nonnull_(1, 2, 4, 5) _must_check_;
/* Rights that permit nothing, with what is shown of the rights `of`; `stale`: of bytes that are no
 * longer there. */
int lic_judge_withhold(struct lic_txn *txn, int64_t of, enum lic_status status, bool stale,
		       int64_t *ret, struct lic_error *err) _nonnull_(1, 5) _must_check_;
void lic_judge_release(struct lic_judge *j) _nonnull_all_;
/* Decisions have changed: read them again when they are next needed. */
void lic_judge_reset(struct lic_judge *j) _nonnull_all_;

/* --- force.c ------------------------------------------------------------------------------ */

/* Reads the decisions in force once; `now` ends those whose time is over. */
int lic_force_load(struct lic_force *f, struct lic_catalog *cat, int64_t now, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Forgets them, to be loaded again. */
void lic_force_reset(struct lic_force *f) _nonnull_all_;
void lic_force_release(struct lic_force *f) _nonnull_all_;
/* Finds (f->hit) the loaded decisions that are about a file: by its path, by patterns, and those
 * made about its bytes at another path. */
int lic_force_find(struct lic_force *f, struct lic_catalog *cat, const struct lic_place *file,
		   struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Appends what was found to a digest, on which a verdict depends. */
void lic_force_digest(const struct lic_force *f, struct lic_hasher *h) _nonnull_all_;
/* Appends what was found as claims: an override settles nothing about bytes that came later.
 * *ret_until gets the earliest end among them, 0 if none ends. */
int lic_force_claims(const struct lic_force *f, struct lic_claims *ret, int64_t *ret_until,
		     struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* An image with these bytes has ended, or is about to come: may other images with the same bytes
 * fall under other decisions then? */
int lic_force_moves(struct lic_force *f, struct lic_catalog *cat, const struct lic_hash *hash,
		    bool ended, bool *ret, struct lic_error *err)
	_nonnull_(1, 2, 3, 5) _must_check_;

/* --- twins.c ------------------------------------------------------------------------------ */

/* What is reserved beside any live file with these bytes. */
int lic_twins_reserve(struct lic_catalog *cat, const struct lic_hash *hash, unsigned *ret,
		      struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Appends a claim that reserves these scopes; nothing where there are none. */
void lic_twins_claim(struct lic_claims *c, unsigned bits) _nonnull_all_;
/* Records what the image reserves from outside now (0: nothing, or it ends); where that changes
 * what holds for the hash, the commit judges all of its images again. */
int lic_twins_note(struct lic_txn *txn, int64_t id, const struct lic_hash *hash, unsigned bits,
		   struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* The commit judges all live images with these bytes again. */
int lic_twins_again(struct lic_txn *txn, const struct lic_hash *hash, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
int lic_twins_flush(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- put.c -------------------------------------------------------------------------------- */

/* Gives a live image other rights: past, counts, feed. */
int lic_entry_set_rights(struct lic_txn *txn, const struct lic_entry *e, int64_t rights,
			 struct lic_error *err) _nonnull_(1, 2) _must_check_;
int lic_credit_store(struct lic_txn *txn, const struct lic_entry *e, bool fresh,
		     const struct lic_credit *c, struct lic_error *err)
	_nonnull_(1, 4) _must_check_;

/* --- document_write.c --------------------------------------------------------------------- */

/* A view of the document may differ now: at the commit it gets this generation, and a row. */
int lic_document_touch(struct lic_txn *txn, int64_t entry, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* The same for all documents of an image. */
int lic_documents_touch_of(struct lic_txn *txn, int64_t image, struct lic_error *err)
	_nonnull_(1) _must_check_;
int lic_documents_flush(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;
/* Deletes all that is known of a file beside its row. */
int lic_document_forget(struct lic_txn *txn, int64_t entry, struct lic_error *err)
	_nonnull_(1) _must_check_;

/* --- document_images.c -------------------------------------------------------------------- */

/* Makes these (ascending, distinct) the images of a document; 1 where others were before. */
int lic_document_images_set(struct lic_txn *txn, int64_t document, const int64_t *image, size_t n,
			    struct lic_error *err) _nonnull_(1) _must_check_;
/* Calls `fn` for the ids that are stored, ascending. */
int lic_document_images_each(struct lic_catalog *cat, int64_t document,
			     int (*fn)(void *ctx, int64_t image), void *ctx, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;

/* --- change.c ----------------------------------------------------------------------------- */

/* Ends what lies in an archive that is none any more. */
int lic_contents_end(struct lic_txn *txn, int64_t archive, struct lic_error *err)
	_nonnull_(1) _must_check_;

/* --- rejudge.c ---------------------------------------------------------------------------- */

/* Judges every live image again; counts in *ret_changed those whose rights differ. */
int lic_rejudge_all(struct lic_txn *txn, int64_t *ret_changed, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/* --- decisions.c -------------------------------------------------------------------------- */

/* The archive that holds what lies at a path where no entry does: directories in it have none.
 * -ENOENT (err untouched). */
int lic_catalog_archive_of(struct lic_catalog *cat, struct lic_bytes path, struct lic_entry *ret,
			   struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* The present row of a query for decisions; strings point into the row. */
int lic_decision_from_row(struct lic_query *q, struct lic_decision *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Ends the decisions whose time is over and judges what they matched. */
int lic_decisions_expire(struct lic_txn *txn, struct lic_error *err) _nonnull_(1) _must_check_;

/* --- snapshot_past.c: what a snapshot in force may need, before it is overwritten ------------ */

/* The stat fields of a row. */
int lic_stat_keep(struct lic_txn *txn, const struct lic_entry *old, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* The images of a document's subjects, which were looked for first in generation `first`. Those
 * that are not needed stay where they are. */
int lic_parts_keep(struct lic_txn *txn, int64_t document, int64_t first, struct lic_error *err)
	_nonnull_(1) _must_check_;

#endif
