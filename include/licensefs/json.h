/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON writer (RFC 8259) over a struct lic_buf.
 *
 * The writer places commas; the caller pairs begin and end. Bytes that are not UTF-8 are written as
 * lone surrogates \udc80..\udcff, Python's "surrogateescape": json.loads() followed by
 * os.fsencode() gives the bytes of a file name back. Not thread-safe.
 */
#ifndef LICENSEFS_JSON_H
#define LICENSEFS_JSON_H

#include <licensefs/buffer.h>

struct lic_json {
	struct lic_buf *out; /* not owned */
	unsigned depth;
	bool need_comma;
};

#define LIC_JSON_INIT(buf)                                                                         \
	{                                                                                          \
		(buf), 0, false                                                                    \
	}

void lic_json_object(struct lic_json *j) _nonnull_all_;
void lic_json_object_end(struct lic_json *j) _nonnull_all_;
void lic_json_array(struct lic_json *j) _nonnull_all_;
void lic_json_array_end(struct lic_json *j) _nonnull_all_;
void lic_json_key(struct lic_json *j, const char *key) _nonnull_all_;
void lic_json_bytes(struct lic_json *j, const void *p, size_t n) _nonnull_(1);
/* A NULL string is written as null. */
void lic_json_str(struct lic_json *j, const char *s) _nonnull_(1);
void lic_json_int(struct lic_json *j, int64_t v) _nonnull_all_;
void lic_json_bool(struct lic_json *j, bool v) _nonnull_all_;
void lic_json_null(struct lic_json *j) _nonnull_all_;
/* key and value in one call */
void lic_json_kstr(struct lic_json *j, const char *key, const char *s) _nonnull_(1, 2);
void lic_json_kint(struct lic_json *j, const char *key, int64_t v) _nonnull_all_;
void lic_json_kbool(struct lic_json *j, const char *key, bool v) _nonnull_all_;

#endif
