/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makers: jobs over other stores that made what is in this one, as somebody recorded. Part of
 * catalog.h, whose invariants hold here.
 *
 * - A maker is of the store as a whole: of every image that is in it, and of those that come.
 * - It is a record and grants nothing: no right of an image depends on it. Views may ask for it
 *   (origin=made), and those that do are compiled anew when one is recorded or ends.
 * - That none is recorded proves nothing.
 */
#ifndef LICENSEFS_CATALOG_MAKER_H
#define LICENSEFS_CATALOG_MAKER_H

#include <licensefs/catalog.h>

/* Bytes of the summary of one. */
#define LIC_MAKER_SUMMARY_MAX (1u << 20)

struct lic_maker {
	int64_t number;	       /* never reused */
	const char *job;       /* its name */
	const char *store;     /* absolute path of the store that it saw, when it was recorded */
	const char *summary;   /* a JSON object: docs/formats.md */
	bool complete;	       /* it says all that was opened: it had ended, and nothing was
				* missing; else it may be more. Read from the summary */
	uint8_t members[32];   /* digest of what it could see when it began; tells jobs apart */
	uint8_t ledger[32];    /* digest of its ledger, as it was when it was recorded */
	const char *who;       /* login name of the one who recorded it */
	int64_t at;	       /* seconds since the epoch */
	int64_t born, died;    /* generations; died 0 while in force */
	int64_t ended_at;      /* seconds since the epoch, 0 while in force */
	const char *ended_who; /* NULL while in force */
};

/* Makers in the order of their numbers, ended ones included. Strings live during the callback;
 * non-zero stops and is returned. */
int lic_catalog_makers(struct lic_catalog *cat, int (*fn)(void *ctx, const struct lic_maker *m),
		       void *ctx, struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* What its job could see and opened, of one license. */
struct lic_maker_license {
	const char *license; /* SPDX expression of then; "" where none was stated; NULL: of all for
			      * which there was no row any more */
	int64_t images, bytes, opened;
};
/* As the summary has them, most images first. -EUCLEAN where that is no such object. */
int lic_catalog_maker_licenses(struct lic_catalog *cat, int64_t number,
			       int (*fn)(void *ctx, const struct lic_maker_license *l), void *ctx,
			       struct lic_error *err) _nonnull_(1, 3) _must_check_;
/* Records one, in the place of what is recorded of the same job (equal `members`); of *m job,
 * store, summary, members, ledger and who are read, and number, at and born are set. *ret_changed
 * (NULL is allowed) is false where all of that stands there already. -EINVAL where the name is
 * none of a job or the summary is too long. */
int lic_catalog_maker_set(struct lic_txn *txn, struct lic_maker *m, bool *ret_changed,
			  struct lic_error *err) _nonnull_(1, 2) _must_check_;
/* Ends one. -ENOENT where none of that number is in force (err untouched). */
int lic_catalog_maker_end(struct lic_txn *txn, int64_t number, const char *who,
			  struct lic_error *err) _nonnull_(1, 3) _must_check_;

#endif
