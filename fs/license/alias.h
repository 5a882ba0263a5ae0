/* SPDX-License-Identifier: Apache-2.0 */
/* Strings that mean a license by themselves (license_aliases.tsv). */
#ifndef LICENSEFS_LICENSE_ALIAS_H
#define LICENSEFS_LICENSE_ALIAS_H

#include <licensefs/license.h>

/* What a prepared string means in a context, or else in any; NULL if nothing. URLs match whatever
 * their scheme, "www.", query, fragment and trailing slash. */
const struct lic_license *lic_alias_find(enum lic_context context, const char *s, size_t n);
/* The same for a key as it stands in the table, in this context alone. */
const struct lic_license *lic_alias_find_exact(enum lic_context context, const char *key, size_t n);

#endif
