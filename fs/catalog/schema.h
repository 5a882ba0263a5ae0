/* SPDX-License-Identifier: Apache-2.0 */
/* The text of schema.sql, made into a string by the build. */
#ifndef LICENSEFS_CATALOG_SCHEMA_H
#define LICENSEFS_CATALOG_SCHEMA_H

extern const char lic_schema_sql[];

#endif
