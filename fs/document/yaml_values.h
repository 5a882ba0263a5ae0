/* SPDX-License-Identifier: Apache-2.0 */
/* The values of a YAML text, apart from index.h, whose words for records mean other things. */
#ifndef LICENSEFS_DOCUMENT_YAML_VALUES_H
#define LICENSEFS_DOCUMENT_YAML_VALUES_H

#include <licensefs/text.h>

/* Hands out every scalar of the first document, which must be a map. False, with line and reason in
 * `why`, where it cannot be read whole. */
bool lic_yaml_values(struct lic_bytes text, void (*fn)(void *ctx, struct lic_bytes value),
		     void *ctx, char *why, size_t why_size) _nonnull_(2, 4) _must_check_;

#endif
