/* SPDX-License-Identifier: Apache-2.0 */
/* SQL texts by number. */
#ifndef LICENSEFS_CATALOG_STATEMENTS_H
#define LICENSEFS_CATALOG_STATEMENTS_H

#include "fs/catalog/query.h"

extern const char *const lic_stmt_sql[LIC_STMT_COUNT];

#endif
