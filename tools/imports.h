/* SPDX-License-Identifier: Apache-2.0 */
/* The imports in force, briefly: for status. */
#ifndef LICENSEFS_TOOLS_IMPORTS_H
#define LICENSEFS_TOOLS_IMPORTS_H

#include <licensefs/catalog.h>
#include <licensefs/json.h>

struct import_brief {
	int64_t number, rows, at;
	char *collection, *format;
};

struct imports {
	struct import_brief *item; /* n of them, in number order */
	size_t n;
	int64_t rule_files; /* REUSE.toml and the like */
};

int imports_read(struct imports *i, struct lic_catalog *cat, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
void imports_release(struct imports *i) _nonnull_all_;
/* A table on stdout; nothing where there are none. */
void imports_print(const struct imports *i) _nonnull_all_;
/* The keys imports and rule_files. */
void imports_json(const struct imports *i, struct lic_json *j) _nonnull_all_;

#endif
