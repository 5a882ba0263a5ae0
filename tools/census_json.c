/* SPDX-License-Identifier: Apache-2.0 */
/* What a census has counted, in JSON. */
#include "census_json.h"

void census_json(struct lic_json *j, struct lic_census *c, enum lic_census_table which,
		 const char *name, const char *key)
{
	const struct lic_census_row *row;
	size_t n = lic_census_rows(c, which, &row);

	lic_json_key(j, name);
	lic_json_array(j);
	for (size_t i = 0; i < n; i++) {
		lic_json_object(j);
		lic_json_kstr(j, key, *row[i].key ? row[i].key : NULL);
		lic_json_kint(j, "images", row[i].images);
		lic_json_kint(j, "bytes", row[i].bytes);
		if (row[i].rest)
			lic_json_kbool(j, "others", true);
		lic_json_object_end(j);
	}
	lic_json_array_end(j);
}
