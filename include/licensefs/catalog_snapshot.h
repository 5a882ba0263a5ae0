/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Snapshots: what a view showed at one moment, kept as the set of its entries. Part of catalog.h,
 * whose invariants hold here.
 *
 * Rows hold from generation to generation and are never overwritten, so a snapshot needs to keep
 * only which entries were shown, and when. Rights and names of that moment are read from the rows.
 *
 * [I14] A snapshot that was made never changes: no later commit adds or takes away a member, or
 * gives it another name, content, or rights of then. It can be ended, and an erasure takes away the
 * salts of what it erases.
 *
 * - Members are directories, images, companions, inert files, documents and the images in
 *   archives, each as the view showed it. The directory of a member is a member.
 * - Its digest is the root of a Merkle tree (RFC 9162, SHA-256) over all members in the order of
 *   ids; docs/formats.md says what a leaf is made of. Each leaf is salted, so that nobody can test
 *   what he guesses of an image that was erased; the digest stays.
 */
#ifndef LICENSEFS_CATALOG_SNAPSHOT_H
#define LICENSEFS_CATALOG_SNAPSHOT_H

#include <licensefs/catalog_documents.h>

#define LIC_SNAPSHOT_NAME_MAX 255u /* bytes */
/* UTF-8 without slashes, control characters and what cannot be seen, not empty, not beginning with
 * a dot or blank, not ending with a blank. */
bool lic_snapshot_name_valid(const char *name) _nonnull_all_;

struct lic_snapshot_info {
	int64_t number;	       /* never reused; of a job's (catalog_job.h) negative */
	const char *name;      /* of one snapshot in force at most */
	const char *view;      /* name of the view, "" for an expression */
	const char *expr;      /* what was asked for */
	const char *basis;     /* legal basis, "" if none was needed */
	const char *policy;    /* by which was judged, as "statements=open notice=ignore" */
	const char *facts;     /* version of program and tables by which was judged */
	int classes;	       /* enum lic_classes */
	bool sha256;	       /* the digest covers SHA-256 of every file, too */
	const char *who;       /* login name of the one who made it */
	int64_t at;	       /* seconds since the epoch */
	int64_t images, files; /* members: images; other files */
	int64_t dirs;	       /* directories, the root among them */
	int64_t bytes;	       /* of images and other files as they lie in the store; images in
				* archives count with their archive */
	uint8_t digest[32];
	int64_t born;	       /* generation that made it, and whose state it shows */
	int64_t died;	       /* 0 while in force */
	int64_t ended_at;      /* seconds since the epoch, 0 while in force */
	const char *ended_who; /* NULL while in force */
};

/* Snapshots in the order of their names, then those that have ended in the order of their numbers.
 * Strings live during the callback. */
int lic_catalog_snapshots(struct lic_catalog *cat,
			  int (*fn)(void *ctx, const struct lic_snapshot_info *s), void *ctx,
			  struct lic_error *err) _nonnull_(1, 2) _must_check_;

/* --- looking at one ------------------------------------------------------------------------- */

/* A snapshot in force as one connection sees it; belongs to the thread of the connection, which
 * must outlive it. It keeps some 64 KiB of what it has read; after the snapshot has ended it may go
 * on answering from that. */
struct lic_snapshot;

/* -ENOENT where none of that name is in force; `err` names the nearest. */
int lic_snapshot_open(struct lic_catalog *cat, const char *name, struct lic_snapshot **ret,
		      struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
void lic_snapshot_close(struct lic_snapshot *s); /* NULL is allowed */
/* Owned by the snapshot. */
const struct lic_snapshot_info *lic_snapshot_info(const struct lic_snapshot *s) _nonnull_all_;
/* The connection that it was opened with. */
struct lic_catalog *lic_snapshot_catalog(struct lic_snapshot *s) _nonnull_all_;

/* Is the entry a member? Some 10 ns where it lies near those asked about before, else a query of
 * O(log). */
int lic_snapshot_has(struct lic_snapshot *s, int64_t id, bool *ret, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;
/* Number of members with a smaller id, of a member its place among the leaves. */
int lic_snapshot_rank(struct lic_snapshot *s, int64_t id, int64_t *ret, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;

struct lic_snapshot_entry {
	struct lic_entry e; /* the row as it is now, or was when it ended: rights, since and the
			     * stat fields of unchanged bytes may be newer than the snapshot */
	int64_t died;	    /* generation in which the row ended, 0 while it is live */
};
typedef int (*lic_member_fn)(void *ctx, const struct lic_snapshot_entry *m);

/* Names are valid as those of lic_catalog_by_id(), lic_catalog_list(). -ENOENT where there is no
 * such member (err untouched). */
int lic_snapshot_by_id(struct lic_snapshot *s, int64_t id, struct lic_snapshot_entry *ret,
		       struct lic_error *err) _nonnull_(1, 3) _must_check_;
int lic_snapshot_by_name(struct lic_snapshot *s, int64_t parent, const void *name, size_t n,
			 struct lic_snapshot_entry *ret, struct lic_error *err)
	_nonnull_(1, 3, 5) _must_check_;
/* Members in a directory in byte order of names, those after the entry `after` (0: all). Non-zero
 * stops and is returned. */
int lic_snapshot_list(struct lic_snapshot *s, int64_t dir, int64_t after, lic_member_fn fn,
		      void *ctx, struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* Appends the path of a member, relative to the store. */
int lic_snapshot_path(struct lic_snapshot *s, int64_t id, struct lic_buf *out,
		      struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Number of the rights that an image had then, for lic_catalog_rights(). */
int lic_snapshot_rights(struct lic_snapshot *s, const struct lic_snapshot_entry *m, int64_t *ret,
			struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

/* What has become of a member. */
enum lic_member_state {
	LIC_MEMBER_AS_WAS,  /* its row is live, and its bytes are the judged ones */
	LIC_MEMBER_STALE,   /* live; the bytes are known to differ, or could not be judged again:
			     * listed, but not to be opened */
	LIC_MEMBER_ENDED,   /* the row has ended, or the file is no longer one that is shown:
			     * listed, but not to be opened */
	LIC_MEMBER_REVOKED, /* revoked since, if only its bytes: hidden */
	LIC_MEMBER_OVER,    /* the rights of then were limited in time, and are over: hidden */
	LIC_MEMBER_STATES,
};
/* `now` in seconds since the epoch. What is no image is AS_WAS or ENDED, but for
 * masks that were taken down: REVOKED. The name must be valid. [I12] */
int lic_snapshot_state(struct lic_snapshot *s, const struct lic_snapshot_entry *m, int64_t now,
		       enum lic_member_state *ret, struct lic_error *err)
	_nonnull_(1, 2, 4) _must_check_;

/* --- for mounts ----------------------------------------------------------------------------- */

/* Size, mode, owner and times that a member had then; *ret is taken for those of now. */
int lic_snapshot_stat(struct lic_snapshot *s, int64_t id, struct lic_stat *ret,
		      struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* The part of the index of a document, whose row is live, that has the images of its subjects as
 * they were found then: for lic_catalog_document_parts(). */
int lic_snapshot_images_part(struct lic_snapshot *s, int64_t document, enum lic_document_part *ret,
			     struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Another one once a snapshot was made or has ended; and the number of the newest revocation. */
struct lic_snapshots_stamp {
	int64_t newest, live;
};
int lic_catalog_snapshots_stamp(struct lic_catalog *cat, struct lic_snapshots_stamp *ret,
				struct lic_error *err) _nonnull_(1, 2) _must_check_;
int lic_catalog_newest_revocation(struct lic_catalog *cat, int64_t *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/* --- all of one ----------------------------------------------------------------------------- */

/* An entry as it was in a generation. */
struct lic_then {
	struct lic_snapshot_entry m;
	int64_t rights;	       /* of then; 0 for what is no image */
	struct lic_bytes path; /* relative to the store, valid during the callback */
	bool in_archive;       /* its parent is a document */
};
/* 1: look below it as well, 0: do not; else stops and is returned. */
typedef int (*lic_then_fn)(void *ctx, const struct lic_then *t);

/* Everything that was live in a generation, in the order of ids, so that a directory comes before
 * what is in it; what lies below an entry for which `fn` returned 0 is left out. */
int lic_catalog_then(struct lic_catalog *cat, int64_t generation, lic_then_fn fn, void *ctx,
		     struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* One entry as it was in a generation (0: when it was born); -ENOENT where it was not live then
 * (err untouched). */
int lic_catalog_was(struct lic_catalog *cat, int64_t id, int64_t generation, lic_then_fn fn,
		    void *ctx, struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* What has become of an entry since, as lic_snapshot_state() tells of a member. */
int lic_then_state(struct lic_catalog *cat, const struct lic_then *t, int64_t now,
		   enum lic_member_state *ret, struct lic_error *err)
	_nonnull_(1, 2, 4) _must_check_;
/* The set of members in parts of 8,192 ids in their order, from part * 8192 on: bit i of a part is
 * bit i % 8 of its byte i / 8. */
int lic_snapshot_parts(struct lic_snapshot *s,
		       int (*fn)(void *ctx, int64_t part, const uint8_t bits[1024]), void *ctx,
		       struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* All members in the order of ids. About 1 us each. */
int lic_snapshot_each(struct lic_snapshot *s, lic_then_fn fn, void *ctx, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Works the digest out anew from the rows. `progress` (NULL: nobody asks) is called now and then
 * with the number of members done, and stops by another value than 0, which is returned. */
int lic_snapshot_digest(struct lic_snapshot *s, int (*progress)(void *ctx, int64_t done), void *ctx,
			uint8_t ret[32], struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* Leaves of which an erasure took the salt: their content cannot be checked any more. */
int lic_snapshot_erased(struct lic_snapshot *s, int64_t *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/* Calls `fn` for every image or mask that ever had these bytes, live or not, in the order of ids.
 * Non-zero stops and is returned. */
int lic_catalog_ever_hash(struct lic_catalog *cat, const struct lic_hash *hash,
			  int (*fn)(void *ctx, int64_t entry), void *ctx, struct lic_error *err)
	_nonnull_(1, 2, 3) _must_check_;
/* Appends the verb that a generation was made by; -ENOENT where there is none of that number (err
 * untouched). */
int lic_catalog_generation_verb(struct lic_catalog *cat, int64_t generation, struct lic_buf *ret,
				struct lic_error *err) _nonnull_(1, 3) _must_check_;

/* --- making and ending ---------------------------------------------------------------------- */

/*
 * Makes a snapshot of the state before this transaction, of all that `keep` returns 1 for. Of
 * *info name, view, expr, basis, classes, sha256 and who are read; the rest is set, strings but
 * for policy and facts, which are set to NULL. The transaction must not have written anything
 * before (-EBUSY), and writes nothing else. -EINVAL for a name that is none, -EEXIST where one of
 * that name is in force, -ENODATA where SHA-256 of a file that is kept is not known
 * (lic_catalog_content_put()); nothing is in err then but for *ret_missing, the entry. -E2BIG
 * beyond 2^32 members.
 */
int lic_snapshot_make(struct lic_txn *txn, struct lic_snapshot_info *info, lic_then_fn keep,
		      void *ctx, int64_t *ret_missing, struct lic_error *err)
	_nonnull_(1, 2, 3, 5) _must_check_;
/* Has the transaction written anything yet (such as the end of a decision whose time was over)? */
bool lic_txn_is_fresh(const struct lic_txn *txn) _nonnull_all_;
/* Ends one: its digest and counts stay, its members are deleted. -ENOENT where none of that name is
 * in force; `err` names the nearest. */
int lic_snapshot_rm(struct lic_txn *txn, const char *name, const char *who, struct lic_error *err)
	_nonnull_(1, 2, 3) _must_check_;

/* SHA-256 of the bytes of a file, as they were read for a snapshot; -ENOENT where it is not known
 * (err untouched). Ends with the last snapshot that asks for it. */
int lic_catalog_content(struct lic_catalog *cat, int64_t entry, uint8_t ret[32],
			struct lic_error *err) _nonnull_(1, 3) _must_check_;
int lic_catalog_content_put(struct lic_txn *txn, int64_t entry, const uint8_t sha256[32],
			    struct lic_error *err) _nonnull_(1, 3) _must_check_;

/* --- exports --------------------------------------------------------------------------------- */

/* A live image has another name, mode or owner, and so other times, but the same bytes: the caller
 * has read them. `judged` in nanoseconds, before they were read. -ENOENT where there is no such
 * image, or its file is another one (err untouched). */
int lic_catalog_touch(struct lic_txn *txn, int64_t id, const struct lic_stat *st, int64_t judged,
		      struct lic_error *err) _nonnull_(1, 3) _must_check_;

#endif
