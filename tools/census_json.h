/* SPDX-License-Identifier: Apache-2.0 */
/* What a census has counted, in JSON. */
#ifndef LICENSEFS_TOOLS_CENSUS_JSON_H
#define LICENSEFS_TOOLS_CENSUS_JSON_H

#include <licensefs/census.h>
#include <licensefs/json.h>

/* One table as an array under `name`; `key` has the keys of its rows. */
void census_json(struct lic_json *j, struct lic_census *c, enum lic_census_table which,
		 const char *name, const char *key) _nonnull_all_;

#endif
