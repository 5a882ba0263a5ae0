/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of decisions; docs/formats.md has the rules. */
#include <string.h>

#include <licensefs/catalog.h>

#include "fs/rights/selector.h"

bool lic_decision_matches(const struct lic_decision *d, const void *path, size_t n)
{
	if (d->exact)
		return n == d->pattern.n && (n == 0 || memcmp(path, d->pattern.p, n) == 0);
	return lic_path_glob(d->pattern, (struct lic_bytes){ path, n });
}
