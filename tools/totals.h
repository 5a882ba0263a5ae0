/* SPDX-License-Identifier: Apache-2.0 */
/* How many images have which status and which license: for scan and status. */
#ifndef LICENSEFS_TOOLS_TOTALS_H
#define LICENSEFS_TOOLS_TOTALS_H

#include <licensefs/catalog.h>
#include <licensefs/json.h>

struct license_total {
	char *license; /* expression, "" where none is stated */
	int64_t images, clear;
};

struct totals {
	int64_t images;
	int64_t status[LIC_STATUS_COUNT];
	struct license_total *license; /* most images first */
	size_t n;
};

/* O(distinct rights). */
int totals_read(struct totals *t, struct lic_catalog *cat, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
void totals_release(struct totals *t) _nonnull_all_;
/* Two tables on stdout: statuses, licenses. */
void totals_print(const struct totals *t) _nonnull_all_;
/* The keys images, status and licenses. */
void totals_json(const struct totals *t, struct lic_json *j) _nonnull_all_;

#endif
