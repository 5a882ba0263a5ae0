/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A census: how many images, and bytes, there are of each license, status, source and so on. What
 * reports have in common, so that all of them count alike.
 *
 * Invariants
 * - An image counts once in a row, however often it is named there; in the tables of reservations
 *   it may count in several rows, elsewhere in one.
 * - The rows of a table, with what is left over, add up to what was counted into it.
 * - Memory is bounded by LIC_CENSUS_ROWS_MAX rows a table, whatever the images state.
 * - The order of rows is that of images (most first), then of keys as bytes: equal input, equal
 *   output. Only which rows are left over depends on the order of the images.
 *
 * Not thread-safe. Keys are bytes that came from files: make them safe before showing them.
 */
#ifndef LICENSEFS_CENSUS_H
#define LICENSEFS_CENSUS_H

#include <licensefs/catalog.h>

enum lic_census_table {
	LIC_CENSUS_STATUS,  /* lic_status_name() */
	LIC_CENSUS_LICENSE, /* SPDX expression, "" where none is stated */
	LIC_CENSUS_DOMAIN,  /* lic_census_domain() of the credit's source, "" where it has none */
	LIC_CENSUS_FORMAT,  /* lic_format_name() */
	LIC_CENSUS_SCOPE,   /* lic_reserve_name() of what is reserved */
	LIC_CENSUS_SIGNAL,  /* what states a reservation: "XMP plus:DataMining"; "" where that is
			     * not known any more */
	LIC_CENSUS_OWN,	    /* for callers: lic_census_count() */
	LIC_CENSUS_OWN_2,
	LIC_CENSUS_OWN_3,
	LIC_CENSUS_TABLES
};

#define LIC_CENSUS_ROWS_MAX 4096u
#define LIC_CENSUS_KEY_MAX 1024u /* bytes; longer keys are cut */

struct lic_census_row {
	const char *key;
	int64_t images, bytes;
	int64_t example; /* the first image that was counted here */
	bool rest;	 /* the last row: images of all keys that did not fit; its key is "" */
};

struct lic_census;

/* NULL where out of memory. */
struct lic_census *lic_census_new(void) _must_check_;
void lic_census_free(struct lic_census *c); /* NULL is allowed */

/*
 * Counts an image with these rights, of now or of then, into all tables but the callers'. Of *e id,
 * format and size are read. Of an image that has ended the last credit counts, and what stated its
 * reservations is not known; an image that was erased has neither. About 3 us; 60 us more where
 * something is reserved.
 */
int lic_census_add(struct lic_census *c, struct lic_catalog *cat, const struct lic_entry *e,
		   const struct lic_rights *rights, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;
/* The same where the credit of the image is at hand. */
int lic_census_add_credited(struct lic_census *c, struct lic_catalog *cat,
			    const struct lic_entry *e, const struct lic_rights *rights,
			    const struct lic_credit *credit, struct lic_error *err)
	_nonnull_(1, 2, 3, 4, 5) _must_check_;
/* Counts an image into one row. */
int lic_census_count(struct lic_census *c, enum lic_census_table table, const char *key,
		     const struct lic_entry *e, struct lic_error *err)
	_nonnull_(1, 3, 4) _must_check_;

/* Images, and their bytes, of which lic_census_add() was told. */
int64_t lic_census_images(const struct lic_census *c) _nonnull_all_;
int64_t lic_census_bytes(const struct lic_census *c) _nonnull_all_;
/* Number of rows, and in *ret the rows; valid until more is counted. */
size_t lic_census_rows(struct lic_census *c, enum lic_census_table table,
		       const struct lic_census_row **ret) _nonnull_all_;

/* Appends the host of an address in lower case, without user, port, a leading "www." and a final
 * dot; nothing where the address has none. Pure. */
void lic_census_domain(const char *url, struct lic_buf *out) _nonnull_(2);

#endif
