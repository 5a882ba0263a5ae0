/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Globs over text and over paths.
 *
 * Text: `*` is any run of characters, `?` any one character, `\` takes the next one literally.
 * Paths: `*` and `?` stay within a component, `**` crosses, a leading or inner `**` component also
 * stands for none, a trailing slash means all below.
 */
#ifndef LICENSEFS_VIEW_GLOB_H
#define LICENSEFS_VIEW_GLOB_H

#include <licensefs/text.h>

#define LIC_GLOB_MAX 1024u /* bytes of a pattern */

#define LIC_GLOB_PATH 1u /* components, as above */
#define LIC_GLOB_FOLD 2u /* the case of ASCII letters is ignored */

struct lic_glob {
	const char *pattern; /* as written, NUL-terminated, for people */
	unsigned flags;
	size_t n;	    /* of op */
	const uint32_t *op; /* code points and LIC_GLOB operators */
	bool literal;	    /* no operator at all */
};

/* Compiles a pattern of at most LIC_GLOB_MAX bytes; NULL when out of memory. */
const struct lic_glob *lic_glob_new(struct lic_arena *arena, const void *p, size_t n,
				    unsigned flags) _nonnull_(1) _must_check_;
/* Does the whole text match? Cost at most n times the length of the pattern. */
bool lic_glob_match(const struct lic_glob *g, const void *p, size_t n) _nonnull_(1);

#endif
