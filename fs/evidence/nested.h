/* SPDX-License-Identifier: Apache-2.0 */
/* Nested data, CBOR or JSON, as a walk over its values: no tree is built. */
#ifndef LICENSEFS_EVIDENCE_NESTED_H
#define LICENSEFS_EVIDENCE_NESTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <licensefs/macros.h>
#include <licensefs/text.h>

/*
 * Invariants
 * - Every value and every end of a map or array is reported once, in the order of the bytes.
 * - A repeated key of CBOR is reported as often as it stands there; JSON with one is broken.
 * - What the walk reported before it found the data broken stays reported: the caller decides.
 */
#define LIC_NESTED_DEPTH_MAX 32

/* Where a value stands: the keys from the outermost map to it. */
struct lic_nested_path {
	unsigned n;
	/* p is NULL for an item of an array; a key that is no text is "" */
	struct lic_bytes key[LIC_NESTED_DEPTH_MAX];
};

struct lic_nested_handler {
	/* A map or an array that stands at `at` begins, ends. */
	void (*open)(void *ctx, const struct lic_nested_path *at);
	void (*close)(void *ctx, const struct lic_nested_path *at);
	/* Numbers, true and false as JSON writes them (of CBOR's, whole ones alone), null as "";
	 * byte strings as they are. The
	 * text is not checked for UTF-8 and lives as long as the call. */
	void (*value)(void *ctx, const struct lic_nested_path *at, const uint8_t *p, size_t n);
};

/*
 * Walks n bytes of CBOR (RFC 8949): definite and indefinite lengths; tags are skipped; several
 * items in a row are walked one after the other. False where they are not well-formed, nested
 * deeper than LIC_NESTED_DEPTH_MAX, have a map or an array as key, or split up more than `text_max`
 * bytes of strings. Time is linear in n, memory bounded by text_max.
 */
bool lic_cbor_walk(const uint8_t *p, size_t n, size_t text_max, const struct lic_nested_handler *h,
		   void *ctx) _nonnull_(4) _must_check_;

/*
 * Walks one JSON text (RFC 8259); a byte order mark before it and NULs behind it are skipped. False
 * where it is not well-formed, repeats a key or is nested deeper than LIC_NESTED_DEPTH_MAX. Takes
 * some hundred bytes of memory for each byte: the caller bounds n.
 */
bool lic_json_walk(const uint8_t *p, size_t n, const struct lic_nested_handler *h, void *ctx)
	_nonnull_(3) _must_check_;

static inline bool lic_key_is(const struct lic_bytes *key, const char *word)
{
	return key->p && key->n == __builtin_strlen(word) &&
	       __builtin_memcmp(key->p, word, key->n) == 0;
}

#endif
