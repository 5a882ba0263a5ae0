/* SPDX-License-Identifier: Apache-2.0 */
/* Columns whose names alone say what they hold, as in tables that follow no format. */
#ifndef LICENSEFS_MANIFEST_GUESS_H
#define LICENSEFS_MANIFEST_GUESS_H

#include "fs/manifest/table.h"

/* Columns of a table that are found while it is peeked at. */
struct lic_table_columns {
	struct lic_table_column c[LIC_TABLE_COLUMNS_MAX];
	size_t n;
};

/* False where there are too many. */
bool lic_table_columns_add(struct lic_table_columns *t,
			   struct lic_table_column c) _nonnull_all_ _must_check_;
/* Adds every column that names rights or credit by a well-known name: license, rights, author...
 * And those of the peeked file whose names speak of rights in other words ("image_license",
 * "noai"): these restrict and never grant. Their names go into `texts`. */
bool lic_table_columns_add_rights(struct lic_table_columns *t, const struct lic_peek *k,
				  struct lic_arena *texts) _nonnull_all_ _must_check_;
/* Does the table have a column of licenses or rights by such a name? */
bool lic_table_has_rights(const struct lic_peek *k) _nonnull_all_;
/* Reads by these columns; what is credited to somebody may hold a notice, too. */
int lic_table_read_columns(struct lic_manifest_reading *m, const struct lic_table_columns *columns,
			   const struct lic_table_format *like, struct lic_error *err)
	_nonnull_(1, 2, 3) _must_check_;

#endif
