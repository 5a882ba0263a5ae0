/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON files that are a series of records, read one record at a time: one object, an array of them,
 * JSON Lines or objects that follow each other, and lists inside of an answer of an API.
 *
 * Every record becomes a flat list of scalars (fs/evidence/shape.h). A record that says one thing
 * twice is an error.
 */
#ifndef LICENSEFS_MANIFEST_RECORDS_H
#define LICENSEFS_MANIFEST_RECORDS_H

#include "fs/evidence/shape.h"
#include "fs/manifest/reader.h"

/* Where records lie inside of an object: key[0], in it key[1]; what stands there is one record, or
 * an array of them. */
struct lic_place {
	const char *key[3]; /* NULL at the end */
	bool members;	    /* an object that stands there holds records by name */
};

struct lic_records {
	const struct lic_place *place;
	size_t n_places;
	/* Items that are arrays hold a record each ([3, "url", {...}]); those that begin with
	 * another number than this hold none. NULL: items are objects. */
	const char *tuple;
	/* One record, `number` from 1. An object without any of the places is a record itself. */
	int (*record)(void *ctx, const struct lic_record *d, uint64_t number,
		      struct lic_error *err);
	void *ctx;
};

/* Reads the file; what `record` returns other than 0 ends it. -EBADMSG where it is malformed. */
int lic_records_read(struct lic_manifest_reading *m, const struct lic_records *plan,
		     struct lic_error *err) _nonnull_(1, 2) _must_check_;

/* Reads the value that was begun by lic_jsonin_value(), which returned `type`, to its end, and
 * adds its scalars below `path`, which has room for LIC_RECORD_PATH_MAX. */
#define LIC_RECORD_PATH_MAX 1024
int lic_record_read(struct lic_jsonin *j, int type, struct lic_record *d,
		    struct lic_buf *path) _nonnull_all_ _must_check_;
/* The whole file is one object: read into `d`, with the error of one that is something else. */
int lic_record_read_file(struct lic_manifest_reading *m, struct lic_record *d,
			 struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* The path that two members of the record have, NULL where there is none. */
const char *lic_record_twice(const struct lic_record *d) _nonnull_all_;
/* -EBADMSG where there is one. */
int lic_record_check(struct lic_jsonin *j, const struct lic_record *d) _nonnull_all_ _must_check_;

/* Fails with the file, the number of the record and what is wrong with it; returns -EBADMSG. */
int lic_record_bad(const struct lic_manifest_reading *m, uint64_t number, struct lic_error *err,
		   const char *fmt, ...) _printf_format_(4, 5) _nonnull_(1);

/* Adds a key with the text of a member, if there is one. */
void lic_row_key_member(struct lic_manifest_reading *m, enum lic_key_kind kind,
			const struct lic_record *d, const char *at, const char *name) _nonnull_all_;
/* Adds the names that a file of Wikimedia Commons may have: browsers save it with the blanks of its
 * title, other programs with underscores. The second takes the name from the address of the file.
 */
void lic_row_key_title(struct lic_manifest_reading *m, const char *title) _nonnull_all_;
void lic_row_key_address(struct lic_manifest_reading *m, const char *address) _nonnull_all_;

#endif
