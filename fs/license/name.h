/* SPDX-License-Identifier: Apache-2.0 */
/* Names of Creative Commons licenses in words: "CC BY-SA 3.0 DE", "Attribution 4.0". */
#ifndef LICENSEFS_LICENSE_NAME_H
#define LICENSEFS_LICENSE_NAME_H

#include <licensefs/license.h>

#include "fs/license/words.h"

/* Elements of a license, as bits. */
#define LIC_ELEMENT_BY 1u
#define LIC_ELEMENT_NC 2u
#define LIC_ELEMENT_SA 4u
#define LIC_ELEMENT_ND 8u

/* The element named by the words from i on, 0 if none; *ret_words gets how many they are,
 * *ret_spelled whether it is more than two letters. */
unsigned lic_element_at(const struct lic_words *t, size_t i, size_t *ret_words,
			bool *ret_spelled) _nonnull_all_;
/* Elements of a word such as "bync" or "ccbysa"; 0 if it is not made of them. */
unsigned lic_element_split(const char *s, size_t n, bool *ret_prefixed) _nonnull_all_;
/* Elements that an id states. */
unsigned lic_element_of(const struct lic_license *l) _nonnull_all_;

struct lic_name {
	const struct lic_license *license; /* NULL: begins like a name, and is none */
	size_t end;			   /* word behind it */
	bool spelled;			   /* "Creative Commons ...", not "CC ..." */
};

/* A name with its prefix ("CC", "Creative Commons") from word i on, in running text. False where no
 * name begins there. */
bool lic_name_match(const struct lic_words *t, size_t i,
		    struct lic_name *ret) _nonnull_all_ _must_check_;
/* The license that all words together name, by the short-name grammar; the prefix may be missing.
 * NULL if none. */
const struct lic_license *lic_name_whole(const struct lic_words *t) _nonnull_all_;

#endif
