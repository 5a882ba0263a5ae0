/* SPDX-License-Identifier: Apache-2.0 */
/* Putting expressions together. */
#ifndef LICENSEFS_LICENSE_EXPRESSION_H
#define LICENSEFS_LICENSE_EXPRESSION_H

#include <licensefs/license.h>

/* e OR a. False where it has no room; an alternative that is there already needs none. */
bool lic_expression_add(struct lic_expression *e,
			const struct lic_alternative *a) _nonnull_all_ _must_check_;
/* e AND by, in disjunctive form. False where it has no room; e may have changed then. */
bool lic_expression_multiply(struct lic_expression *e,
			     const struct lic_expression *by) _nonnull_all_ _must_check_;

#endif
