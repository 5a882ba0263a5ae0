/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a format of manifests gives: a const reader in the ordered array of readers.c.
 *
 * A reader bids on the beginning of a file; the highest bid reads it. It opens rows, adds keys and
 * claims to them, and closes them; it states what stands there and judges nothing.
 */
#ifndef LICENSEFS_MANIFEST_READER_H
#define LICENSEFS_MANIFEST_READER_H

#include "fs/manifest/delimited.h"
#include "fs/manifest/jsonin.h"

#define LIC_PEEK_MAX (64u << 10)

/* The beginning of a file, decoded, and what all formats want to know of it. */
struct lic_peek {
	const uint8_t *p;
	size_t n;
	bool whole;	  /* that is all of it */
	const char *name; /* file name without directories and ".gz" */
	char separator;	  /* of a table with a header or rows: ',' '\t' ';' '|', or 0 */
	bool quotes;	  /* a field of the first row is quoted */
	size_t n_fields;  /* of the first row */
	struct lic_bytes field[LIC_FIELDS_MAX]; /* of the first row, quotes undone */
	uint8_t first;				/* first byte that is not blank */
	struct lic_bytes key[64]; /* keys of the outermost object, as far as it was peeked into */
	size_t n_keys;
	bool lines;  /* JSON: a second object follows the first */
	bool mapped; /* the operator says what the columns are */
};

/* Is a column of the first row named so, whatever the case? */
bool lic_peek_column(const struct lic_peek *k, const char *name) _nonnull_all_;
/* Does the outermost object of a JSON file have this key, as far as can be seen? */
bool lic_peek_key(const struct lic_peek *k, const char *name) _nonnull_all_;
/* Is `text` somewhere in what was peeked at? */
bool lic_peek_has(const struct lic_peek *k, const char *text) _nonnull_all_;
void lic_peek_fill(struct lic_peek *k, const uint8_t *p, size_t n, bool whole,
		   const char *name) _nonnull_all_;

struct lic_manifest_reading;

struct lic_manifest_reader {
	struct lic_manifest_format format;
	/* How sure it is that the file is of this format: 0 not at all, 1 to 100. Generic formats
	 * stay below 10; NULL: only by --format. */
	int (*bid)(const struct lic_peek *peek);
	int (*read)(struct lic_manifest_reading *m, struct lic_error *err);
	bool maps; /* takes lic_manifest_options.map */
};

/* In the order in which they are listed; of equal bids the first wins. NULL at the end. */
extern const struct lic_manifest_reader *const lic_manifest_readers[];

#define LIC_ROW_CLAIMS 64
/* Longest key or text of a claim. */
#define LIC_ROW_TEXT_MAX (64u << 10)

/* --- one file being read ------------------------------------------------------------------ */

struct lic_manifest_reading {
	struct lic_source source; /* at the start of the file */
	const struct lic_manifest_options *o;
	const char *name; /* of the file, for messages */
	int dir;
	struct lic_peek peek;
	int64_t rows;
	/* the row that is open */
	struct lic_claims claims;
	struct lic_claim item[LIC_ROW_CLAIMS]; /* place for the first claims */
	struct lic_key key[LIC_ROW_KEYS_MAX];
	size_t n_keys;
	struct lic_arena keys; /* texts of the keys */
	struct lic_buf text;   /* for decoding */
	bool failed;	       /* a key or claim of the row did not fit */
	const char *too_long;  /* the field that is, NULL: none */
};

/* Opens a row; the one before is forgotten. */
void lic_row_begin(struct lic_manifest_reading *m) _nonnull_all_;
/* Adds a key; empty text adds none. More than LIC_ROW_KEYS_MAX fail the row. */
void lic_row_key(struct lic_manifest_reading *m, enum lic_key_kind kind, const void *p, size_t n)
	_nonnull_(1);
/* Adds a claim with the bytes as they stand there; empty ones add none. */
void lic_row_claim(struct lic_manifest_reading *m, enum lic_rank rank, enum lic_role role,
		   enum lic_context context, const char *field, const void *p, size_t n)
	_nonnull_(1, 5);
/* The same where the text that is meant differs from the bytes (escapes, HTML, a table of ids). */
void lic_row_claim_as(struct lic_manifest_reading *m, enum lic_rank rank, enum lic_role role,
		      enum lic_context context, const char *field, struct lic_bytes raw,
		      const char *text) _nonnull_(1, 5, 7);
/* Adds what a shape states of the record at `at`; the rank as in lic_row_claim(). */
struct lic_shape;
struct lic_record;
void lic_row_shape(struct lic_manifest_reading *m, enum lic_rank rank, const struct lic_shape *s,
		   const struct lic_record *d, const char *at) _nonnull_all_;
/* lic_row_key() and lic_row_claim() without a copy: for bytes that stay until the row is handed
 * over, with a NUL behind them, as fields of tables do. */
void lic_row_key_held(struct lic_manifest_reading *m, enum lic_key_kind kind, struct lic_bytes text)
	_nonnull_(1);
void lic_row_claim_held(struct lic_manifest_reading *m, enum lic_rank rank, enum lic_role role,
			enum lic_context context, const char *field, struct lic_bytes text)
	_nonnull_(1, 5);
/* An opt-out: LIC_RESERVE_* bits. */
void lic_row_reserve(struct lic_manifest_reading *m, unsigned reserve, const char *field,
		     const void *p, size_t n) _nonnull_(1, 3);
/* Dataset terms that bind the row's images. */
void lic_row_terms(struct lic_manifest_reading *m, const char *id) _nonnull_all_;
/* A dataset that has no other license than its terms: they bind, and grant with --grant. */
void lic_row_dataset(struct lic_manifest_reading *m, const char *id) _nonnull_all_;
/* Hands the row over; without any key it is an error, because nobody would know what it is about.
 */
int lic_row_end(struct lic_manifest_reading *m, uint64_t line, struct lic_error *err)
	_nonnull_(1) _must_check_;

void lic_manifest_warn(struct lic_manifest_reading *m, const char *fmt, ...) _printf_format_(2, 3)
	_nonnull_(1);

#endif
