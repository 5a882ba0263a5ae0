/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index of a document: how records, subjects and members are written down, and what a reader
 * of one format gives.
 *
 * Numbers are unsigned, seven bits a byte from the lowest, the eighth bit where more follow, at
 * most 64 bits. A piece ends with a whole item, and every piece begins afresh
 * where "before" is said below, but for numbers of subjects and places in the file, which go on.
 *
 * RECORDS, in the order of the file, not overlapping. An item is
 *   number   flags: bit 0 LIST, bit 1 COUNT, bit 2 NONE, and from bit 3 on the structure between
 *            the end of the record before (0 for the first) and this one, in bytes
 *   number   bytes of the record
 *   number   of them, how many are left out where no record of the list that stays stands before it
 *            (a comma and blanks)
 *   number   (not with COUNT or NONE) subject, as the difference to the one before: zigzag
 * LIST: the first of a list. COUNT: no record but a number, which is put in place of its bytes: how
 * many of the records behind it, up to the end, stay; where all do, the bytes stay as they are.
 * NONE: about nothing that is known; never stays. NONE with COUNT: always stays, but for what is
 * left out where nothing of the list stands before it: the comma before an element that is
 * structure.
 *
 * NAMES, one item a subject, in the order of their numbers:
 *   number   flags: bit 0 ANY (stays where any of its images is shown, not all), and from bit 1 on
 *            the number of names
 *   and for each name: byte tag; number of bytes that it shares with the name before with that tag
 *   (0 for the first of a piece); number of the others; these.
 * A subject without names has no image and never stays.
 *
 * IMAGES, which the binder writes, one item a subject:
 *   number   bit 0 ANY, and from bit 1 on the number of images
 *   and for each image its id, as the difference to the one before (0 for the first of a piece):
 *   zigzag
 *
 * MEMBERS, of archives, in the order of the file; handed to the scan and not kept. An item is
 *   number, number, number   place, bytes, subject of struct lic_member
 *   number   bytes of the name; these
 */
#ifndef LICENSEFS_DOCUMENT_INDEX_H
#define LICENSEFS_DOCUMENT_INDEX_H

#include <licensefs/document.h>

#define LIC_NAME_BYTES_MAX 4096u /* of a name; longer ones are no names */
#define LIC_SUBJECT_NAMES_MAX 64u
#define LIC_SUBJECT_IMAGES_MAX 16384u /* about more is about none that is known */
#define LIC_MEMBER_NAME_MAX 255u
#define LIC_SUBJECT_NONE UINT64_MAX
#define LIC_SUBJECT_ALWAYS (UINT64_MAX - 1) /* the record is structure, its lead is not */

/*
 * What is known of a name when it is read. The binder chooses among the tags of COLUMN by how many
 * of their names find images: the best one names the images, and what stands under the other tags
 * counts where it finds an image, too, and means nothing where it does not.
 */
enum lic_name_tag {
	LIC_TAG_OTHER = 0,   /* counts where it finds an image: the URL beside a file name */
	LIC_TAG_MEMBER = 1,  /* path of a member of this archive, exact */
	LIC_TAG_SUSPECT = 2, /* stands in structure, where it cannot be left out: where it finds an
			      * image the document is hidden. Only of the last subject, which has no
			      * records */
	LIC_TAG_COLUMN = 16, /* and more: columns, fields, words of lines */
	LIC_TAG_END = 80,
};

struct lic_record {
	uint64_t at, n;	  /* in the file */
	uint64_t lead;	  /* left out where it comes first */
	uint64_t subject; /* or LIC_SUBJECT_NONE, LIC_SUBJECT_ALWAYS */
	bool list;	  /* the first of its list */
	bool count;
};

/* A file within an archive, which the scan reads like one of the store: the images of a subject are
 * its members that are images by content, and NAMES of archives hold none. Or a directory of it,
 * whose subject is ANY image below it: its name ends with a slash ("/" is that of all), n is 0. */
struct lic_member {
	struct lic_bytes name; /* path in the archive without "./", at most 255 bytes */
	uint64_t at, n;	       /* its bytes */
	uint64_t subject;
};

/* --- writing (confined) ---------------------------------------------------------------------- */

struct lic_index_writer {
	const struct lic_index_sink *sink;
	struct lic_buf records, names, members;
	struct lic_buf last[LIC_TAG_END]; /* names that were written last, by tag */
	uint64_t end;			  /* of the last record */
	uint64_t subject;		  /* of the last record */
	uint64_t n_records, n_subjects, n_members;
	unsigned left; /* names that the open subject still needs */
	int failed;    /* first error; all calls do nothing from then on */
};
void lic_index_writer_init(struct lic_index_writer *w,
			   const struct lic_index_sink *sink) _nonnull_all_;
/* Records must come in the order of the file; -EINVAL (a bug of the reader) where they do not. */
void lic_index_record(struct lic_index_writer *w, const struct lic_record *r) _nonnull_all_;
/* Begins the next subject, of which `names` names follow; returns its number. */
uint64_t lic_index_subject(struct lic_index_writer *w, unsigned names, bool any) _nonnull_all_;
void lic_index_name(struct lic_index_writer *w, unsigned tag, const void *p, size_t n) _nonnull_(1);
void lic_index_member(struct lic_index_writer *w, const struct lic_member *m) _nonnull_all_;
/* Hands out what is left and frees; 0 or the first error. */
int lic_index_writer_finish(struct lic_index_writer *w) _nonnull_all_ _must_check_;
void lic_index_writer_release(struct lic_index_writer *w);

/* --- reading what was written ------------------------------------------------------------------
 */

/* State over pieces; zero it before the first piece. */
struct lic_records_reader {
	const uint8_t *p, *end;
	uint64_t at, subject;
};
void lic_records_piece(struct lic_records_reader *r, const uint8_t *p, size_t n) _nonnull_(1);
/* 1 and a record; 0 at the end of the piece; -EBADMSG. */
int lic_records_next(struct lic_records_reader *r, struct lic_record *ret) _nonnull_all_;

struct lic_names_reader {
	const uint8_t *p, *end;
	uint64_t n_subjects; /* begun */
	unsigned left;	     /* names of the present one to come */
	struct lic_buf last[LIC_TAG_END];
};
void lic_names_piece(struct lic_names_reader *r, const uint8_t *p, size_t n) _nonnull_(1);
/* 1 and the next subject (its names follow), 0 at the end of the piece, -EBADMSG. Names that were
 * not read are passed over. */
int lic_names_subject(struct lic_names_reader *r, unsigned *ret_names, bool *ret_any) _nonnull_all_;
/* 1 and a name, valid until the next call with its tag; 0 where the subject has no more; -EBADMSG,
 * -ENOMEM. */
int lic_names_next(struct lic_names_reader *r, unsigned *ret_tag,
		   struct lic_bytes *ret) _nonnull_all_;
void lic_names_release(struct lic_names_reader *r);

struct lic_members_reader {
	const uint8_t *p, *end; /* of the piece, set by the caller */
};
/* 1 and a member, its name within the piece; 0 at the end; -EBADMSG. */
int lic_members_next(struct lic_members_reader *r, struct lic_member *ret) _nonnull_all_;

/* Images of subjects: packing them (pieces as above) and reading them. */
struct lic_images_writer {
	struct lic_buf piece;
	int64_t last;
	int (*fn)(void *ctx, const uint8_t *p, size_t n);
	void *ctx;
	int failed;
};
void lic_images_writer_init(struct lic_images_writer *w,
			    int (*fn)(void *ctx, const uint8_t *p, size_t n), void *ctx)
	_nonnull_(1, 2);
void lic_images_subject(struct lic_images_writer *w, bool any, const int64_t *id, size_t n)
	_nonnull_(1);
int lic_images_writer_finish(struct lic_images_writer *w) _nonnull_all_ _must_check_;

struct lic_images_reader {
	const uint8_t *p, *end;
	int64_t last;
	uint64_t left; /* images of the present subject to come */
};
void lic_images_piece(struct lic_images_reader *r, const uint8_t *p, size_t n) _nonnull_(1);
/* 1 and the next subject, 0 at the end of the piece, -EBADMSG. */
int lic_images_next(struct lic_images_reader *r, uint64_t *ret_n, bool *ret_any) _nonnull_all_;
/* 1 and an image of it; 0 where it has no more; -EBADMSG. */
int lic_images_id(struct lic_images_reader *r, int64_t *ret) _nonnull_all_;

/* Grows whenever a reader finds more, or other records, in the same bytes: then every document is
 * indexed anew. */
#define LIC_DOCUMENT_READERS 2u

/* --- readers of formats ------------------------------------------------------------------------
 */

/* What a reader works on. */
struct lic_indexing {
	int fd;
	uint64_t size;
	const char *name;    /* of the file, without its directory */
	const uint8_t *head; /* the first bytes of the file */
	size_t head_n;	     /* min(size, LIC_INDEX_HEAD) */
	struct lic_index_writer *out;
	struct lic_index_result *ret; /* format, flags, note are the reader's to set */
};
#define LIC_INDEX_HEAD (64u << 10)

/* Formats bid on the head and the name; the highest bid reads. */
struct lic_document_reader {
	const char *name;
	int (*bid)(const struct lic_indexing *x); /* 0: not this; 100: surely */
	/* 0: format and flags are set (NONE with a note where it is malformed or names nothing);
	 * negative errno where it could not be read. */
	int (*index)(struct lic_indexing *x, struct lic_error *err);
};
extern const struct lic_document_reader *const lic_document_readers[]; /* NULL at the end */

/* Sets NONE with a note, made safe to print; returns 0, so that a reader can return it. */
int lic_index_refuse(struct lic_indexing *x, const char *fmt, ...) _printf_format_(2, 3)
	_nonnull_(1);

/* Flags a document whose usual loader compares a checksum, by its name, and notes which one. */
void lic_checksum_note(const char *name, struct lic_index_result *r) _nonnull_all_;

/* Does a text look like the name, path or URL of an image by its extension? Pure. */
bool lic_looks_like_image(const void *p, size_t n) _nonnull_(1);
/* Does a text look like the stem or id of an image: one word of at least four characters, a digit
 * among them? Pure. */
bool lic_looks_like_stem(const void *p, size_t n) _nonnull_(1);
/* Where the next extension of an image ends within a text, from byte `at` on: ".jpg" with something
 * in front of it and no letter or digit behind; 0: there is none. Pure. */
size_t lic_image_mention(const uint8_t *p, size_t n, size_t at) _nonnull_(1);
/* Bytes of the extension of an image, without its dot, with which a text begins, whatever follows;
 * 0: none. Pure. */
size_t lic_image_extension(const uint8_t *p, size_t n) _nonnull_(1);

#endif
