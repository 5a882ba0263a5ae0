/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of the .tsv files, compiled in: tables.awk makes tables.c from them. */
#ifndef LICENSEFS_LICENSE_TABLES_H
#define LICENSEFS_LICENSE_TABLES_H

#include <licensefs/license.h>

/* In byte order of ids; `lic_license_folded` holds their indexes in order of the ids' lower case.
 */
extern const struct lic_license lic_license_table[];
extern const size_t lic_license_count;
extern const uint16_t lic_license_folded[];

/* Every Creative Commons text that was published: "by-sa/2.0/uk", "by/4.0/". In byte order. */
struct lic_port {
	const char *key;
	const struct lic_license *license;
};
extern const struct lic_port lic_port_table[];
extern const size_t lic_port_count;

/* Jurisdictions of ports, in byte order of codes; names as words in lower case. */
struct lic_jurisdiction {
	const char *code, *name;
};
extern const struct lic_jurisdiction lic_jurisdiction_table[];
extern const size_t lic_jurisdiction_count;

/* Strings that mean a license by themselves; in byte order of keys. URLs without scheme, "www.",
 * query, fragment and trailing slash. */
struct lic_alias {
	enum lic_context context;
	const char *key;
	const struct lic_license *license;
};
extern const struct lic_alias lic_alias_table[];
extern const size_t lic_alias_count;

#endif
