/* SPDX-License-Identifier: Apache-2.0 */
/* Overwriting what was deleted (lic_catalog_scrub()), and when it is due. */
#ifndef LICENSEFS_CATALOG_SCRUB_H
#define LICENSEFS_CATALOG_SCRUB_H

#include <licensefs/catalog_revoke.h>

#include "fs/catalog/internal.h"

/* Rows of LIC_STMT_STATEMENT_IDS. */
#define LIC_STATEMENT_BATCH 4096

/* Has something been erased that may lie in the files yet? */
int lic_scrub_is_due(struct lic_catalog *cat, bool *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

#endif
