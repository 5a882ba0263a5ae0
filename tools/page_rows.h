/* SPDX-License-Identifier: Apache-2.0 */
/* Sections that reports of a store and of a job have in common: what a census has counted. */
#ifndef LICENSEFS_TOOLS_PAGE_ROWS_H
#define LICENSEFS_TOOLS_PAGE_ROWS_H

#include <licensefs/census.h>

#include "makers.h"
#include "page.h"
#include "terms.h"

#define PAGE_ROWS_MAX 40u /* of one table; text and JSON have all */

struct page_rows {
	const char *title, *key;	  /* of the chart; of the first column */
	const char *none;		  /* stands for the empty key */
	const struct lic_census_row *row; /* n of them */
	size_t n;
	int64_t images, bytes; /* of all */
	bool by_bytes;	       /* bars are bytes, not images */
	const char *where;     /* rows that are left out can be found */
};
void page_rows(struct page *p, const struct page_rows *x) _nonnull_all_;

struct page_licenses {
	const struct lic_census_row *row;
	size_t n;
	int64_t images;
	const struct lic_own_licenses *own;
	const char *extra_title; /* a column of images beside all of them */
	int64_t (*extra)(void *ctx, const struct lic_census_row *row);
	void *ctx;
	const char *where;
};
void page_licenses(struct page *p, const struct page_licenses *x) _nonnull_all_;

/* A section about the jobs over other stores that made this one; nothing where there are none. */
void page_makers(struct page *p, const struct makers *m) _nonnull_all_;

const char *page_row_name(const struct lic_census_row *row, const char *none) _nonnull_all_;
enum page_tone page_freedom_tone(enum freedom f) _const_;

#endif
