/* SPDX-License-Identifier: Apache-2.0 */
/* Strings that name one license as a whole, and lists of them. */
#ifndef LICENSEFS_LICENSE_RESOLVE_H
#define LICENSEFS_LICENSE_RESOLVE_H

#include <licensefs/license.h>

/* A piece of prepared text. */
struct lic_span {
	const char *s, *kind;
	size_t n;
};

/* The license that the whole span names: alias, URL, id, short name. NULL if none. *ret_rule gets
 * the rule for struct lic_parse. */
const struct lic_license *lic_resolve(enum lic_context context, struct lic_span span,
				      const char **ret_rule) _nonnull_all_;

/* "A, B", "A and B", "A or B", "CC BY-SA 3.0,2.5". False where some part does not resolve. Parts
 * that reserve beside parts that grant are LicenseRef-Conflict. */
bool lic_resolve_list(enum lic_context context, struct lic_span span,
		      struct lic_expression *ret) _nonnull_all_ _must_check_;

#endif
