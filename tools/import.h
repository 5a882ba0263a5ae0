/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One import: FILEs of one format, read into one collection in one transaction.
 *
 *   cmd_import.c     options; what is asked for
 *   import_files.c   the FILEs and where they lie
 *   import_run.c     the transaction: rows in, images joined, views compared
 *   import_digests.c MD5 and SHA-256 of the images, where rows name files by them
 *   import_tally.c   which licenses the rows state
 *   import_print.c   what came of it, for people and as JSON
 *   import_list.c    --list, --formats
 */
#ifndef LICENSEFS_TOOLS_IMPORT_H
#define LICENSEFS_TOOLS_IMPORT_H

#include <licensefs/manifest.h>

#include "command.h"
#include "effects.h"

struct import_args {
	const char *format, *root, *collection, *files_from, *undo, *reason;
	struct option_list map;
	bool grant, dry_run, allow_unmatched, null, list, formats;
};

/* --- FILEs -------------------------------------------------------------------------------- */

struct import_file {
	char *path; /* as it is opened: relative to where the program runs, or below the store */
	char *real; /* its directory, absolute and without symbolic links; NULL: not there */
	char *dir;  /* the same relative to the store, "" for the store; NULL: outside */
};

struct import_files {
	struct import_file *item;
	size_t n;
};

/* Finds the operands, and the names in --files-from; -EINVAL where a name can be no manifest. */
int import_files_find(struct import_files *f, const struct call *call,
		      struct lic_error *err) _nonnull_all_ _must_check_;
void import_files_release(struct import_files *f) _nonnull_all_;
/* The directory that all FILEs lie in or below, malloc'ed; absolute, or relative to the store: then
 * NULL where one lies outside of it. */
char *import_files_common(const struct import_files *f, bool in_store) _nonnull_all_ _must_check_;
/* Base name without ".gz" and extension; of several FILEs the name of their directory. Appended. */
void import_files_name(const struct import_files *f, struct lic_buf *out) _nonnull_all_;

/* --- licenses of rows --------------------------------------------------------------------- */

struct license_rows {
	char *license; /* as rights.h writes it; "" where none is stated */
	bool grants;   /* alone, the rows would clear an image */
	int64_t rows, images;
};

struct tally {
	struct license_rows *item; /* n of them */
	size_t n;
	struct tally_memo *memo; /* what rows with the same statements came to */
	int64_t terms;		 /* rows with dataset terms */
	struct lic_policy policy;
};

/* Counts one row. */
void tally_row(struct tally *t, const struct lic_claims *claims) _nonnull_all_;
/* Counts n images that have come by these rights. */
void tally_images(struct tally *t, const struct lic_rights *rights, int64_t n) _nonnull_all_;
/* Most rows first. */
void tally_sort(struct tally *t) _nonnull_all_;
void tally_release(struct tally *t) _nonnull_all_;

/* --- the transaction ---------------------------------------------------------------------- */

#define IMPORT_EXAMPLES 5	/* printed */
#define IMPORT_EXAMPLES_MAX 100 /* kept, for --json */
#define IMPORT_WARNINGS 20

struct import_example { /* an ambiguous row */
	uint64_t line;
	enum lic_key_kind kind;
	char *key, *a, *b;
};

struct import_warning {
	char *text;
	int64_t times;
};

struct import {
	const struct call *call;
	const struct import_args *args;
	struct store store; /* a copy of the call's, with the catalog open */
	struct import_files files;
	struct lic_manifest_map map[OPTION_LIST_MAX];
	size_t n_map;
	struct lic_buf map_text; /* what `map` points into */

	struct lic_txn *txn; /* NULL until the first row */
	struct lic_import *imp;
	struct lic_manifest manifest;
	struct lic_buf label, collection, root, file;
	char *who;
	const char *format;
	size_t at;		  /* FILE that is being read */
	const char *prefix;	  /* put before its PATH keys; "" */
	bool own_root;		  /* the root follows from where the FILEs lie */
	int64_t rows;		  /* read */
	struct lic_buf first_key; /* text of the first key, for messages */
	enum lic_key_kind first_kind;

	unsigned digests; /* LIC_DIGEST_* bits that are known of the images */
	unsigned missing; /* that rows name files by, and are not */

	struct tally tally;
	struct effects effects;
	struct import_example example[IMPORT_EXAMPLES_MAX];
	size_t n_examples;
	struct import_warning warning[IMPORT_WARNINGS];
	size_t n_warnings;
	int64_t more_warnings;
	struct lic_import_result result;
	struct lic_error err;
};

/* Reads everything, joins, compares the views, and commits unless --dry-run was given or no row
 * matched: then 1 is returned. */
int import_run(struct import *i) _nonnull_all_ _must_check_;
/* Ends import `number`; the reason stays in the catalog's history. */
int import_undo(struct import *i, int64_t number, const char *reason) _nonnull_all_ _must_check_;
void import_release(struct import *i) _nonnull_all_;

/* --- digests ------------------------------------------------------------------------------ */

/* Notes what the row's keys need and nobody knows; true where reading must stop for that. */
bool import_misses_digests(struct import *i, const struct lic_row *row) _nonnull_all_;
/* Scans the store for what is missing; no transaction may be open. The catalog is another one then,
 * or NULL where that failed. */
int import_complete_digests(struct import *i) _nonnull_all_ _must_check_;
void import_warn_digests(struct import *i) _nonnull_all_;

/* --- what is said ------------------------------------------------------------------------- */

/* `done`: it is in the catalog. */
void import_print(const struct import *i, bool done) _nonnull_all_;
void import_print_undo(const struct import *i) _nonnull_all_;
int import_list(const struct call *call) _nonnull_all_ _must_check_;
int import_formats(const struct call *call) _nonnull_all_ _must_check_;

#endif
