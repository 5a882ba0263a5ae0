/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exports of a snapshot: what it has, by whom it is, and under which terms, for those who have no
 * licensefs.
 *
 * - The same snapshot gives the same bytes, as long as the store and what is known of its images
 *   stay as they are: no time of the export, no place of the store, members in the order of the
 *   snapshot.
 * - Nothing is exported that may not be shown any more, or that is no longer what was judged.
 */
#ifndef LICENSEFS_SNAPSHOT_EXPORT_H
#define LICENSEFS_SNAPSHOT_EXPORT_H

#include <licensefs/snapshot.h>

struct lic_export_format;
/* The i-th, in the order of the manual; NULL past the end. */
const struct lic_export_format *lic_export_format_at(size_t i);
/* NULL where there is none of that name. */
const struct lic_export_format *lic_export_format_find(const char *name) _nonnull_all_;
const char *lic_export_format_name(const struct lic_export_format *f) _nonnull_all_;
/* One phrase for people. */
const char *lic_export_format_summary(const struct lic_export_format *f) _nonnull_all_;

/* Why a member is not exported. */
enum lic_export_left {
	LIC_LEFT_REVOKED,
	LIC_LEFT_ERASED, /* revoked, and erased or no longer in the store: never named */
	LIC_LEFT_OVER,	 /* the rights were limited in time */
	LIC_LEFT_GONE,
	LIC_LEFT_CHANGED, /* or cannot be read */
	LIC_LEFT_COUNT
};
/* A stable word. */
const char *lic_export_left_name(enum lic_export_left l) _const_;

struct lic_export_request {
	const char *store;
	const struct lic_export_format *format;
	bool all; /* attribution: also of images that oblige to nothing */
	/* Gets the bytes, piece by piece; another value than 0 stops and is returned. */
	int (*write)(void *ctx, const void *p, size_t n);
	/* A member that is left out, but for LIC_LEFT_ERASED; NULL: nobody asks. */
	void (*left)(void *ctx, enum lic_export_left why, const struct lic_bytes *path);
	lic_snapshot_progress_fn progress; /* NULL: nobody asks */
	void *ctx;
};
struct lic_export_result {
	int64_t images, files; /* that the snapshot has and the store holds */
	int64_t left[LIC_LEFT_COUNT];
};

/* Files are compared with what was judged by stat, and images of which that differs by their bytes,
 * as lic_snapshot_verify() does. What was written before an error is incomplete. */
int lic_snapshot_export(struct lic_snapshot *s, const struct lic_export_request *request,
			struct lic_export_result *ret, struct lic_error *err)
	_nonnull_(1, 2, 3) _must_check_;

#endif
