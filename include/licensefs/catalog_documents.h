/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the catalog remembers of documents (document.h): their indexes, which images they are about,
 * and what a scan has still to look into. Part of catalog.h, whose invariants hold here.
 */
#ifndef LICENSEFS_CATALOG_DOCUMENTS_H
#define LICENSEFS_CATALOG_DOCUMENTS_H

#include <licensefs/catalog.h>

/* Live children of a directory that may be shown where no image is: directories, documents, and
 * companions by LAYOUT or MASK; in id order. Other children cost nothing. */
int lic_catalog_list_apart(struct lic_catalog *cat, int64_t dir, lic_entry_fn fn, void *ctx,
			   struct lic_error *err) _nonnull_(1, 3) _must_check_;

#define LIC_NOTE_MAX 512u /* bytes of a note, the NUL included */

/* What is known of a file that a scan has looked into for records, whether it became a document or
 * not. */
struct lic_document {
	int format;		   /* enum lic_document_format */
	uint32_t flags;		   /* LIC_DOCUMENT_* */
	int64_t records, subjects; /* document.h */
	int64_t bound;		   /* subjects that have images */
	int64_t first;	 /* generation in which its images were looked for first; 0: not yet */
	int64_t made;	 /* newest generation in which another result was found */
	int64_t touched; /* newest generation that may have changed a view of it: `made`, or one in
			  * which an image of it got other rights or ended */
	char note[LIC_NOTE_MAX]; /* for people; "" if there is nothing to say */
};

/* Parts of a document's index, as fs/document/index.h writes them. Stored: never renumber. */
enum lic_document_part {
	LIC_PART_FORMER = -1, /* and below: LIC_PART_IMAGES until generation 1, 2, ... */
	LIC_PART_RECORDS = 1,
	LIC_PART_NAMES = 2,
	LIC_PART_IMAGES = 3,  /* of each subject */
	LIC_PART_MEMBERS = 4, /* not stored */
};
typedef int (*lic_part_fn)(void *ctx, const uint8_t *p, size_t n);

/* 0; -ENOENT where nobody has looked into that entry (err untouched). O(1). */
int lic_catalog_document(struct lic_catalog *cat, int64_t entry, struct lic_document *ret,
			 struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* All of live entries, in id order. */
int lic_catalog_documents(struct lic_catalog *cat,
			  int (*fn)(void *ctx, int64_t entry, const struct lic_document *d),
			  void *ctx, struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* The pieces of a part in order; bytes are valid during the callback. */
int lic_catalog_document_parts(struct lic_catalog *cat, int64_t entry, enum lic_document_part part,
			       lic_part_fn fn, void *ctx, struct lic_error *err)
	_nonnull_(1, 4) _must_check_;
/* Documents that are about an image, the archive that it lies in included. */
int lic_catalog_documents_of(struct lic_catalog *cat, int64_t image,
			     int (*fn)(void *ctx, int64_t document), void *ctx,
			     struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* The image that a document is about, where it is about one alone, or the only one in an archive;
 * else 0. It may have ended. */
int lic_catalog_document_image(struct lic_catalog *cat, int64_t document, int64_t *ret,
			       struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Of n ascending ids: the numbers of their rights, 0 for what is no live image; and the generation
 * since which they have them. A walk over all of them where they lie close together: 0.2 us each.
 */
int lic_catalog_rights_of(struct lic_catalog *cat, const int64_t *id, size_t n, int64_t *ret_rights,
			  int64_t *ret_since, struct lic_error *err)
	_nonnull_(1, 4, 5) _must_check_;

/* --- what rights were ----------------------------------------------------------------------- */

/* From here to lic_catalog_let_go() all that is read on this connection is of one state; it must
 * not take long, for the write-ahead log grows meanwhile. -EBUSY within a write transaction. */
int lic_catalog_hold(struct lic_catalog *cat, struct lic_error *err) _nonnull_(1) _must_check_;
void lic_catalog_let_go(struct lic_catalog *cat) _nonnull_all_;
/* The same, for those who read on: -EIO where the state could not be left, and what is read is
 * still of it. */
int lic_catalog_leave(struct lic_catalog *cat) _nonnull_all_ _must_check_;
/*
 * For those who read all the time: what is read from here on is of one state, which is the newest.
 * 1 where nobody has committed since the last such call, 0 where it may be another state than then;
 * -EOPNOTSUPP where that cannot be found out (no log), and all is as ever; -EIO where a former
 * state could not be left: nothing may be read. Cheap: some ns where nothing has changed, and
 * reading in the state does without locks and system calls. It keeps the log from beginning anew,
 * so lic_catalog_let_go() it when outdated; no statement may be open. Only for connections that
 * cannot write.
 */
int lic_catalog_stay(struct lic_catalog *cat) _nonnull_all_ _must_check_;
/* Is a state kept that is not the newest, or one that should be let go of between requests? */
bool lic_catalog_outdated(const struct lic_catalog *cat) _nonnull_all_;
/* The name of the state that lic_catalog_stay() keeps: no two have the same. 0 where it keeps none.
 */
uint64_t lic_catalog_state(const struct lic_catalog *cat) _nonnull_all_;
/* When a generation was committed, in seconds since the epoch; -ENOENT where there is none of that
 * number (err untouched). */
int lic_catalog_generation_time(struct lic_catalog *cat, int64_t generation, int64_t *ret,
				struct lic_error *err) _nonnull_(1, 3) _must_check_;

struct lic_rights_change {
	int64_t generation;    /* in which they changed */
	int64_t before, after; /* numbers of rights; `after` 0: the image ended */
};
/* Calls `fn` for every change after generation `since` of the rights of n images; of each in the
 * order of generations. Ids ascend; `rights` are those of lic_catalog_rights_of(). 0.3 us for each
 * change where ids lie close together. */
int lic_catalog_rights_changes(struct lic_catalog *cat, const int64_t *id, const int64_t *rights,
			       size_t n, int64_t since,
			       int (*fn)(void *ctx, size_t i, const struct lic_rights_change *c),
			       void *ctx, struct lic_error *err) _nonnull_(1, 6) _must_check_;

/* Forgets what is known of a live file, so that it can be indexed anew. */
int lic_catalog_document_begin(struct lic_txn *txn, int64_t entry, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Appends a piece to a part (not IMAGES). */
int lic_catalog_document_piece(struct lic_txn *txn, int64_t entry, enum lic_document_part part,
			       const uint8_t *p, size_t n, struct lic_error *err)
	_nonnull_(1, 4) _must_check_;
/* What was found: format, flags, records, subjects and note of `d` are kept, and the entry becomes
 * of that kind and rule; its id stays, for its bytes do. */
int lic_catalog_document_put(struct lic_txn *txn, int64_t entry, const struct lic_document *d,
			     enum lic_kind kind, enum lic_rule rule, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;
/*
 * Replaces the images of a document's subjects: n packed pieces, `bound` subjects that have some,
 * and all of their ids, ascending and distinct (of an archive, whose members' rows are its
 * children, none). Where it differs from what was there, `made` and `touched` become this
 * generation, and mounts hear of it. Kind and rule as in lic_catalog_document_put().
 */
int lic_catalog_document_bind(struct lic_txn *txn, int64_t entry, const struct lic_bytes *piece,
			      size_t n, int64_t bound, const int64_t *image, size_t n_images,
			      enum lic_kind kind, enum lic_rule rule, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Gives a live file that is no image another kind and rule. */
int lic_catalog_place(struct lic_txn *txn, int64_t entry, enum lic_kind kind, enum lic_rule rule,
		      struct lic_error *err) _nonnull_(1) _must_check_;

/* What a scan has still to do when the walk is over, remembered across interruptions: directories
 * of which something changed, and files that wait to be looked into. Ends with the entry. */
int lic_catalog_pend(struct lic_txn *txn, int64_t entry, struct lic_error *err)
	_nonnull_(1) _must_check_;
int lic_catalog_settle(struct lic_txn *txn, int64_t entry, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* Live ones in id order; `kind` DIR, or NONE: files. */
int lic_catalog_pending(struct lic_catalog *cat, enum lic_kind kind,
			int (*fn)(void *ctx, int64_t entry), void *ctx, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;
/* The newest generation in which an image came or went; and the one up to which the names in
 * documents were last looked for. Documents are out of date where the first is newer. */
int lic_catalog_images_since(struct lic_catalog *cat, int64_t *ret_images, int64_t *ret_bound,
			     struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
int lic_catalog_set_bound(struct lic_txn *txn, int64_t generation, struct lic_error *err)
	_nonnull_(1) _must_check_;

#endif
