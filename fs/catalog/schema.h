/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of schema.sql and of what turns it into later ones, made into strings by the build. */
#ifndef LICENSEFS_CATALOG_SCHEMA_H
#define LICENSEFS_CATALOG_SCHEMA_H

extern const char lic_schema_sql[], lic_schema_2_sql[], lic_schema_3_sql[], lic_schema_4_sql[],
	lic_schema_5_sql[], lic_schema_6_sql[], lic_schema_7_sql[], lic_schema_8_sql[];

#endif
