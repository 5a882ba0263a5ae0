/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs over other stores that made this one: recording them, and telling of them. */
#ifndef LICENSEFS_TOOLS_MAKERS_H
#define LICENSEFS_TOOLS_MAKERS_H

#include <licensefs/catalog_maker.h>
#include <licensefs/json.h>

#include "option.h"
#include "store.h"
#include "table.h"

struct made_of {
	char *license; /* NULL: of all that had no row of their own */
	int64_t images, bytes, opened;
};

struct told_maker {
	int64_t number, at;
	char *job, *store, *who;
	bool complete; /* else more may have been opened than is told */
	uint8_t members[32], ledger[32];
	struct made_of *of; /* n_of them, most images first */
	size_t n_of;
};

struct makers {
	struct told_maker *item; /* n of them in force, in number order */
	size_t n;
};

int makers_read(struct makers *m, struct lic_catalog *cat, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
void makers_release(struct makers *m) _nonnull_all_;
/* A line for each on stdout, behind an empty one; nothing where there are none. */
void makers_print(const struct makers *m) _nonnull_all_;
/* A row for each of a table of two columns, "made by" and who. */
void makers_rows(const struct makers *m, struct table *t) _nonnull_all_;
/* The key makers. */
void makers_json(const struct makers *m, struct lic_json *j) _nonnull_all_;

/* What `scan` is told about makers. */
struct maker_args {
	struct option_list made_by, not_made_by;
	const char *catalog;
};

/* Reads the jobs that are named, then records them and ends what is no longer so, in one
 * transaction on the store's catalog, which is made where there is none. On failure nothing is
 * recorded. -EINVAL where an argument is wrong. */
int makers_record(const struct store *store, const struct maker_args *args, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

#endif
