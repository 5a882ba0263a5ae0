/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON of any size, value by value (RFC 8259).
 *
 * Invariants
 * - One value is held at a time, of at most LIC_JSONIN_TEXT_MAX bytes; what is skipped costs no
 *   memory.
 * - Whatever is read, its brackets match; numbers, words and commas are checked where values are
 *   read and not where they are skipped.
 * - After an error every call gives the same error.
 */
#ifndef LICENSEFS_MANIFEST_JSONIN_H
#define LICENSEFS_MANIFEST_JSONIN_H

#include "fs/manifest/source.h"

#define LIC_JSONIN_TEXT_MAX ((64u << 10) + 8) /* more than any limit of a field */
#define LIC_JSONIN_DEPTH_MAX 64

enum lic_jsonin_type {
	LIC_JSONIN_NONE = 0, /* the end of an object, an array or the file */
	LIC_JSONIN_OBJECT,
	LIC_JSONIN_ARRAY,
	LIC_JSONIN_STRING,
	LIC_JSONIN_NUMBER,
	LIC_JSONIN_TRUE,
	LIC_JSONIN_FALSE,
	LIC_JSONIN_NULL,
};

struct lic_jsonin {
	struct lic_source *s;
	struct lic_buf text; /* of the string, number or key that was read last, as UTF-8 */
	bool cut;	     /* it was longer than LIC_JSONIN_TEXT_MAX */
	unsigned depth;	     /* open objects and arrays */
	uint8_t open[LIC_JSONIN_DEPTH_MAX]; /* '{' or '[' of each */
	bool first[LIC_JSONIN_DEPTH_MAX];   /* nothing of it was read yet */
	bool lines;			    /* JSON Lines: values follow each other */
	uint64_t value_at;		    /* offset of the value that was read last */
	int failed;
	struct lic_error *err; /* where errors go; not owned, may be NULL */
};

/* From where the source stands; a byte order mark is skipped. Release it. */
int lic_jsonin_init(struct lic_jsonin *j, struct lic_source *s, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* Back to where the source stood behind a key of the outermost object, before its value. */
int lic_jsonin_seek(struct lic_jsonin *j, uint64_t offset) _nonnull_all_ _must_check_;
void lic_jsonin_release(struct lic_jsonin *j);

/*
 * The type of the next value of the array that is open, or of the file; LIC_JSONIN_NONE when there
 * is none left, and then the array is closed. Objects and arrays are open afterwards: read them to
 * their end, or leave them by lic_jsonin_leave(). Negative errno on failure.
 */
int lic_jsonin_value(struct lic_jsonin *j) _nonnull_all_ _must_check_;
/* 1: the next key of the object that is open stands in `text`, and its value comes next; 0: there
 * is none left, and the object is closed. */
int lic_jsonin_key(struct lic_jsonin *j) _nonnull_all_ _must_check_;
/* Passes over the value that comes next. */
int lic_jsonin_skip(struct lic_jsonin *j) _nonnull_all_ _must_check_;
/* Passes over the rest of the object or array that was opened last. */
int lic_jsonin_leave(struct lic_jsonin *j) _nonnull_all_ _must_check_;
/* Appends the text of the value that comes next as it stands in the file, quotes and brackets
 * included; -EMSGSIZE beyond out->max. */
int lic_jsonin_raw(struct lic_jsonin *j, struct lic_buf *out) _nonnull_all_ _must_check_;

/* For jsonin.c: passes over the string, object or array that begins at the next byte (`open` 0), or
 * to the end of one that is open ('{' or '['), and appends it to `out` if that is not NULL. */
int lic_jsonin_pass(struct lic_jsonin *j, uint8_t open, struct lic_buf *out)
	_nonnull_(1) _must_check_;

/* A key that one is looking for in an object, and what was found. */
struct lic_jsonin_field {
	const char *key;
	enum lic_jsonin_type
		type;	     /* LIC_JSONIN_NONE: not there; objects and arrays are passed over */
	struct lic_buf text; /* of a string or number; empty otherwise */
};

/* Reads the object that is open to its end and fills n fields; all are emptied first. A field that
 * stands there twice, or is too long, is an error. Release the fields' texts. */
int lic_jsonin_fields(struct lic_jsonin *j, struct lic_jsonin_field *f,
		      size_t n) _nonnull_all_ _must_check_;
void lic_jsonin_fields_release(struct lic_jsonin_field *f, size_t n);

/* Fails with file, offset and what is wrong; returns -EBADMSG. */
int lic_jsonin_bad(struct lic_jsonin *j, const char *fmt, ...) _printf_format_(2, 3) _nonnull_(1);

static inline bool lic_jsonin_is(const struct lic_jsonin *j, const char *word)
{
	return strcmp(lic_buf_str(&j->text), word) == 0;
}

#endif
