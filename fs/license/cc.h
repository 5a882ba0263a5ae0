/* SPDX-License-Identifier: Apache-2.0 */
/* Creative Commons licenses by their parts. */
#ifndef LICENSEFS_LICENSE_CC_H
#define LICENSEFS_LICENSE_CC_H

#include <licensefs/license.h>

/* The license of a published (unit, version, jurisdiction or ""), lower case as in URLs; NULL if it
 * was never published. by-nd-nc and by-nc-nd are the same unit. */
const struct lic_license *lic_cc_find(const char *unit, size_t un, const char *version, size_t vn,
				      const char *jur, size_t jn);
/* The license of a unit whose version is not stated; the six BY units only. */
const struct lic_license *lic_cc_find_versionless(const char *unit, size_t n);

/* True for LicenseRef-CC-BY and the like: the version is not stated. */
bool lic_cc_is_versionless(const struct lic_license *l) _nonnull_all_;
/* True where `versionless` states the same unit as `l`, which states a version. */
bool lic_cc_refines(const struct lic_license *l,
		    const struct lic_license *versionless) _nonnull_all_;

/* The license of l's unit in another version, unported; NULL if there is none. */
const struct lic_license *lic_cc_in_version(const struct lic_license *l, const char *version,
					    size_t n) _nonnull_all_;

#endif
