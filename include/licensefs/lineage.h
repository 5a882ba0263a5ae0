/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lineage: what a job over one store says of itself, recorded in the store that it made
 * (catalog_maker.h). It records who made what from what; it says nothing about law.
 */
#ifndef LICENSEFS_LINEAGE_H
#define LICENSEFS_LINEAGE_H

#include <licensefs/catalog_maker.h>
#include <licensefs/job.h>

struct lic_lineage {
	char *job, *store, *summary; /* owned; the summary as docs/formats.md has it */
	uint8_t members[32], ledger[32];
	bool complete; /* its ledger says all that was opened */
	bool runs;     /* it may open more */
};

/*
 * Reads a job of `store`, an absolute path, whose catalog is `cat`; nothing is written. -ENOENT
 * where no such job is in force or it never began, -EUCLEAN where its ledger is damaged, each with
 * the remedy in `err`. A job that runs says what it has opened so far. Release what it returns.
 */
int lic_lineage_read(struct lic_catalog *cat, const char *store, const char *job,
		     struct lic_lineage *ret, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;
/* As lic_catalog_maker_set(). */
int lic_lineage_record(struct lic_txn *txn, const struct lic_lineage *l, const char *who,
		       bool *ret_changed, struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
void lic_lineage_release(struct lic_lineage *l) _nonnull_all_;

#endif
