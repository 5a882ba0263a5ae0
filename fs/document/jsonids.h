/* SPDX-License-Identifier: Apache-2.0 */
/* Ids of images in a document: which subject is an annotation about that has one of them? */
#ifndef LICENSEFS_DOCUMENT_JSONIDS_H
#define LICENSEFS_DOCUMENT_JSONIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <licensefs/macros.h>

#define LIC_JSONIDS_SAME_MAX 8u /* images with one id; with more of them nobody has it */

/* One that has an id. */
struct lic_jsonid {
	uint64_t key;		     /* 0: free */
	uint64_t at;		     /* its bytes in the file, where its names stand */
	uint32_t n : 31, member : 1; /* a member of an object, key included */
	uint32_t subject;
};

/* Zero it; release it. */
struct lic_jsonids {
	struct lic_jsonid *slot;
	size_t n, cap; /* cap is a power of two */
};

/* What an id is in a space of ids; two ids that come out equal belong to each other's images, which
 * takes more away and gives nothing. Never 0. */
uint64_t lic_jsonid_key(uint64_t space, const void *p, size_t n);
/* 0, or -ENOMEM. The key is that of `id`. */
int lic_jsonids_add(struct lic_jsonids *s, const struct lic_jsonid *id) _nonnull_all_ _must_check_;
/* How many have it, at most LIC_JSONIDS_SAME_MAX of them in `ret`; more than that means too many.
 */
unsigned lic_jsonids_find(const struct lic_jsonids *s, uint64_t key,
			  const struct lic_jsonid *ret[LIC_JSONIDS_SAME_MAX]) _nonnull_all_;
/* It will be looked for soon: the table of a large document is larger than caches. */
void lic_jsonids_expect(const struct lic_jsonids *s, uint64_t key) _nonnull_all_;
void lic_jsonids_release(struct lic_jsonids *s);

#endif
