/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests that are tables: what each column means, said once, and read from CSV, TSV or JSON
 * Lines alike.
 *
 * Invariants
 * - All rows have as many fields as the first; no column stands there twice.
 * - A last row that the end of the file may have cut in a key or in rights grants nothing.
 * - A value of JSON that is no text is never taken for one: in a column of licenses or rights it is
 *   a license that nobody can read, elsewhere it is passed over.
 */
#ifndef LICENSEFS_MANIFEST_TABLE_H
#define LICENSEFS_MANIFEST_TABLE_H

#include "fs/manifest/reader.h"

#define LIC_TABLE_COLUMNS_MAX 64

/* A column that means something. */
struct lic_table_column {
	const char *name;      /* in the header, whatever the case; field of the claims */
	enum lic_key_kind key; /* LIC_KEY_NONE: none */
	enum lic_role role;    /* LIC_ROLE_NONE: none, the format itself asks for the value */
	enum lic_context context;
	bool needed; /* without it the file is not of this format */
};

struct lic_table;

struct lic_table_format {
	const struct lic_table_column *column;
	size_t n;	     /* of columns, at most LIC_TABLE_COLUMNS_MAX */
	enum lic_rank rank;  /* of the claims */
	char separator;	     /* 0: as the first row has it */
	bool quotes;	     /* fields may stand in quotes */
	const size_t *place; /* there is no header: column i is field place[i] */
	size_t n_fields;     /* without a header: of each row; 0: as the first row has them */
	bool may_lack_key;   /* rows without any key are counted and said */
	/* Adds what the columns do not say; NULL: nothing. The row is begun, and handed over
	 * after it. LIC_TABLE_SKIP: the row is about no image, and is not. */
	int (*row)(struct lic_table *t);
};

#define LIC_TABLE_SKIP 1

struct lic_table {
	struct lic_manifest_reading *m;
	const struct lic_table_format *format;
	void *own; /* the format's */
	struct lic_delimited d;
	struct lic_jsonin *j; /* JSON Lines; NULL: a table */
	struct lic_buf *text; /* of the values in JSON */
	int place[LIC_TABLE_COLUMNS_MAX];
	/* of the present row, empty where it has none; with a NUL behind them */
	struct lic_bytes value[LIC_TABLE_COLUMNS_MAX];
	bool odd[LIC_TABLE_COLUMNS_MAX]; /* it speaks of rights, and is no text */
	enum lic_rank rank;		 /* of the present row's claims */
	uint64_t line;			 /* of the present row, or its number in JSON Lines */
	uint64_t keyless;		 /* rows that no image can join */
	struct lic_error *err;
};

/* Reads the whole file and hands its rows over. */
int lic_table_read(struct lic_manifest_reading *m, const struct lic_table_format *format, void *own,
		   struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Fails with file and line; returns -EBADMSG. */
int lic_table_bad(struct lic_table *t, const char *fmt, ...) _printf_format_(2, 3) _nonnull_(1);
/* A claim of the row, at its rank. */
void lic_table_claim(struct lic_table *t, enum lic_role role, enum lic_context context,
		     const char *field, struct lic_bytes text) _nonnull_all_;

/* Is the peeked file a table or JSON Lines, as far as can be seen? */
bool lic_table_is(const struct lic_peek *k) _nonnull_all_;
/* Has it a column of this name, or has a record, whatever the case? */
bool lic_table_has(const struct lic_peek *k, const char *name) _nonnull_all_;

/*
 * The file name at the end of an address, pointing into it, where it may tell an image from others:
 * false for names such as "medium.jpg", "0001.jpg" or "IMG_1234.JPG", which many images have, and
 * for addresses that end in no name.
 */
bool lic_url_file_name(struct lic_bytes url, struct lic_bytes *ret) _nonnull_all_;
/* Adds the keys of an address: the address, its file name as it stands there and decoded, and the
 * photo id in a name of Flickr's. */
void lic_url_keys(struct lic_manifest_reading *m, struct lic_bytes url) _nonnull_all_;

#endif
