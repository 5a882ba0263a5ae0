/* SPDX-License-Identifier: Apache-2.0 */
/* What `licensefs report` tells of a store, as text, as JSON and as a page. */
#ifndef LICENSEFS_TOOLS_REPORT_H
#define LICENSEFS_TOOLS_REPORT_H

#include <licensefs/census.h>
#include <licensefs/catalog_snapshot.h>

#include "conflict.h"
#include "documents.h"
#include "gallery.h"
#include "makers.h"
#include "revocation.h"
#include "sink.h"
#include "views.h"

/* Rows of callers in the census. */
#define CENSUS_SHOWN LIC_CENSUS_OWN /* by license: images that some named view shows */

struct report_view {
	int64_t images, bytes; /* of those that are reported on; -1 where the view is broken */
};

struct report_snapshot {
	char *name, *view, digest[72];
	int64_t at, images, bytes;
};

struct report {
	const struct store *store;
	struct lic_catalog *cat;
	int64_t at;	    /* seconds since the epoch */
	int64_t generation; /* of all that is told */
	const char *only;   /* the view that is reported on; NULL: the whole store */
	struct lic_view *view;
	struct lic_filter *filter;
	struct lic_policy policy;
	struct lic_census *census;
	int64_t shown, shown_bytes; /* images that some named view shows */
	int64_t reserved;	    /* images of which something is reserved */
	struct views views;
	struct report_view *seen; /* one for each of them */
	struct conflicts conflicts;
	struct documents documents; /* of the whole store alone */
	struct revocation_totals revocations;
	struct makers makers;
	int64_t imports, rule_files, decisions; /* in force */
	struct report_snapshot *snapshot;
	size_t n_snapshots;
	struct sample sample;
	struct gallery gallery; /* pictures NULL: none */
	struct path_cache cache;
};

/* `only` NULL: the whole store. `each` images of every license are kept for pictures. Release it,
 * also after a failure. */
int report_gather(struct report *r, const struct store *store, const char *only, size_t each,
		  struct lic_error *err) _nonnull_(1, 2) _must_check_;
void report_release(struct report *r) _nonnull_all_;

/* Images of a row of licenses that some named view shows. */
int64_t report_shown(struct report *r, const struct lic_census_row *license) _nonnull_all_;

void report_print(struct report *r) _nonnull_all_;
int report_page(struct report *r, struct sink *sink, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
int report_json(struct report *r, struct lic_error *err) _nonnull_(1) _must_check_;

#endif
