/* SPDX-License-Identifier: Apache-2.0 */
/* From the texts of records to names and subjects: what readers of tables and lists share. */
#ifndef LICENSEFS_DOCUMENT_NAMING_H
#define LICENSEFS_DOCUMENT_NAMING_H

#include "fs/document/index.h"

/* --- names of a record ------------------------------------------------------------------------ */

#define LIC_NAMING_PAST 8

/*
 * The names of the record at hand. Records that follow each other closely and have the same names
 * share a subject; more of the past is not remembered, so that memory does not grow with the file.
 */
struct lic_naming {
	struct lic_index_writer *w;
	struct lic_buf packed; /* tag, length, bytes of each name */
	unsigned n;
	bool over; /* more than a subject may have */
	struct lic_buf past[LIC_NAMING_PAST];
	uint64_t subject[LIC_NAMING_PAST];
	unsigned turn;
};
void lic_naming_init(struct lic_naming *m, struct lic_index_writer *w) _nonnull_all_;
void lic_naming_release(struct lic_naming *m);
/* Adds a name as it is; one that is empty or too long is none, and one given twice is one. */
void lic_naming_add(struct lic_naming *m, unsigned tag, struct lic_bytes name) _nonnull_all_;
/* Adds the names that a value is made of: the value itself; what stands before "#0" or "_1" behind
 * an extension; or each of a list of them ("['a.jpg', 'b.jpg']", "a.jpg|b.jpg"). */
void lic_naming_add_value(struct lic_naming *m, unsigned tag, struct lic_bytes value) _nonnull_all_;
/* Adds as OTHER the words of a text that end like images. */
void lic_naming_add_mentions(struct lic_naming *m, struct lic_bytes text) _nonnull_all_;
/* Ends the record: its subject, or LIC_SUBJECT_NONE where it has no names, or too many. */
uint64_t lic_naming_subject(struct lic_naming *m) _nonnull_all_;

/* --- suspects --------------------------------------------------------------------------------- */

/* Names in structure, kept until the end: they come behind all subjects that have records. */
struct lic_suspects {
	struct lic_buf packed;
	unsigned n;
};
#define LIC_SUSPECTS_INIT                                                                          \
	{                                                                                          \
		.packed = LIC_BUF_INIT(4u << 20)                                                   \
	}
void lic_suspects_release(struct lic_suspects *s);
void lic_suspects_name(struct lic_suspects *s, struct lic_bytes name) _nonnull_all_;
/* Free text: everything in it that could be the name of an image, however far it begins; with
 * `stems` also words that look like stems. */
void lic_suspects_text(struct lic_suspects *s, struct lic_bytes text, bool stems) _nonnull_all_;
/* Writes them; false where there were more than is kept. */
bool lic_suspects_write(const struct lic_suspects *s,
			struct lic_index_writer *w) _nonnull_all_ _must_check_;

/* --- which columns name images ---------------------------------------------------------------- */

#define LIC_NAMING_COLUMNS 8 /* chosen at most */

#define LIC_LOOK_FEW 32

/* What the values of a column look like. */
struct lic_column_look {
	unsigned n;	  /* values that are not empty */
	unsigned image;	  /* names, paths, URLs of images */
	unsigned url;	  /* of them */
	unsigned mention; /* have such a name within */
	unsigned stem;	  /* look like stems, and like nothing else */
	unsigned number;
	unsigned word; /* one word, no number */
	unsigned n_few;
	uint64_t few[LIC_LOOK_FEW]; /* hashes of the first different values */
};
void lic_column_look(struct lic_column_look *c, struct lic_bytes value) _nonnull_all_;

/* Is it one of the values that were seen first? */
bool lic_column_saw(const struct lic_column_look *c, struct lic_bytes value) _nonnull_all_;

enum lic_header_word { LIC_HEADER_UNKNOWN, LIC_HEADER_OTHER, LIC_HEADER_NAME };
/* What a word says at the head of a column. Pure. */
enum lic_header_word lic_header_word(struct lic_bytes word);

/* How sure it is that columns name images. */
enum lic_column_rank {
	LIC_COLUMN_NONE,
	LIC_COLUMN_WORDS, /* nothing speaks against it */
	LIC_COLUMN_STEMS,
	LIC_COLUMN_HEADER,
	LIC_COLUMN_IMAGES,
};
struct lic_columns {
	unsigned at[LIC_NAMING_COLUMNS]; /* the best one first: its tag is LIC_TAG_COLUMN */
	unsigned n;
	enum lic_column_rank rank; /* of the best one */
	unsigned whole;		   /* values of the best one that are names and nothing else */
};
/* `header`: as many fields as columns, or NULL. */
void lic_columns_choose(const struct lic_column_look *look, size_t n,
			const struct lic_bytes *header, struct lic_columns *ret) _nonnull_(1, 4);

/* Does a text look like a stem, and like nothing else: no plain number, no synset? Pure. */
bool lic_is_stem(struct lic_bytes v);
bool lic_is_number(struct lic_bytes v);
struct lic_bytes lic_trimmed(struct lic_bytes v); /* no blanks around */

#endif
