/* SPDX-License-Identifier: Apache-2.0 */
/* What imports that were superseded or undone once stated about a file. */
#ifndef LICENSEFS_TOOLS_PAST_IMPORTS_H
#define LICENSEFS_TOOLS_PAST_IMPORTS_H

#include "output.h"
#include "table.h"

/* The words of a transaction that undoes an import: number, who, why. */
#define PAST_IMPORT_UNDO "import --undo %lld: %s: %s"

/* A claim that says what may be done. */
struct past_statement {
	char *role, *field, *text;
	char license[sizeof(((struct lic_effect *)NULL)->license)]; /* "": it names none */
};

/* An import that has ended. Strings are owned. */
struct past_import {
	int64_t number, born, at, ended_at, superseded, rows;
	char *collection, *format, *who;
	char *ended_who, *ended_why;	      /* of one that was undone; NULL where not known */
	char license[LIC_RIGHTS_LICENSE_MAX]; /* what its rows come to alone, "" for nothing */
	bool clear;
	struct past_statement *stated;
	size_t n_stated;
};

struct past_imports {
	struct past_import *item; /* n of them, oldest first */
	size_t n;
	bool more; /* older ones were not looked at */
};

int past_imports_load(struct past_imports *p, struct lic_catalog *cat, int64_t entry,
		      struct lic_error *err) _nonnull_(1, 2) _must_check_;
void past_imports_release(struct past_imports *p) _nonnull_all_;
/* A row of the table that history_print() makes. */
void past_import_print(const struct past_import *p, struct table *t) _nonnull_all_;
void past_import_json(const struct past_import *p, struct lic_json *j) _nonnull_all_;

#endif
