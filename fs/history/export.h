/* SPDX-License-Identifier: Apache-2.0 */
/* What the formats of exports share: each is one const struct lic_export_format in a file. */
#ifndef LICENSEFS_HISTORY_EXPORT_H
#define LICENSEFS_HISTORY_EXPORT_H

#include <licensefs/json.h>
#include <licensefs/snapshot_export.h>
#include <licensefs/view.h>

#include "fs/history/reading.h"

/* A member that is exported. */
struct lic_export_member {
	const struct lic_then *t;
	struct lic_bytes path;
	const struct lic_rights *rights; /* of then; NULL: no image */
	struct lic_credit credit;
	const uint8_t *sha256;	 /* NULL: not known */
	const char *license_url; /* NULL: none is known, or several licenses hold together */
};

/* Images and bytes of one license. */
struct lic_export_tally {
	char *license;
	const char *url;
	unsigned obligations;
	int64_t images, bytes;
};

/* One export. */
struct lic_export {
	struct lic_snapshot *s;
	struct lic_catalog *cat;
	const struct lic_snapshot_info *info;
	const struct lic_export_request *q;
	struct lic_export_result *result;
	struct lic_policy policy;
	struct lic_filter *filter; /* what a mount of the snapshot shows */
	struct lic_view *view;	   /* by which it was made; NULL: is none any more */
	struct lic_file_reader reader;
	struct lic_snapshot_progress progress;
	struct lic_export_tally *tally; /* n_tally of them, of what was exported so far */
	size_t n_tally, cap_tally, last_tally;
	int64_t *bad; /* archives that are not what was judged */
	size_t n_bad, cap_bad;
	int64_t now;
	int failed;			/* set by a format's `begin` */
	struct lic_buf out, text;	/* to be written; for formats to work in */
	struct lic_buf later;		/* to be written at the end: for formats */
	struct lic_json json;		/* over `out` */
	struct lic_json records;	/* over `later` */
	struct lic_export_files *files; /* of a format that makes files; else NULL */
	struct lic_error *err;
};

struct lic_export_format {
	const char *name, *summary;
	bool sums; /* needs SHA-256 of every file: reads those of which it is not known */
	void (*begin)(struct lic_export *x); /* NULL: nothing */
	void (*member)(struct lic_export *x, const struct lic_export_member *m);
	void (*end)(struct lic_export *x);
	const struct lic_export_maker *maker; /* NULL: writes one file */
};

extern const struct lic_export_format lic_export_manifest, lic_export_csv;
extern const struct lic_export_format lic_export_attribution, lic_export_attribution_html,
	lic_export_attribution_csv;
extern const struct lic_export_format lic_export_licenses;
extern const struct lic_export_format lic_export_croissant, lic_export_spdx;
extern const struct lic_export_format lic_export_tree, lic_export_reuse, lic_export_shards;

/* --- export.c -------------------------------------------------------------------------------- */

/* Counts and names a member that is left out; 0, or an error. */
int lic_export_leave(struct lic_export *x, const struct lic_then *t,
		     enum lic_export_left why) _nonnull_all_ _must_check_;
/* Is a member still to be exported, by what the catalog says now? 1; 0: it was left out. */
int lic_export_may(struct lic_export *x, const struct lic_then *t) _nonnull_all_ _must_check_;
/* Finds rights, credit and the address of the license of an image; release the credit. */
int lic_export_know(struct lic_export *x, struct lic_export_member *m) _nonnull_all_ _must_check_;
/* Out of memory. */
int lic_export_no_memory(struct lic_export *x) _nonnull_all_;

/* --- export_text.c -------------------------------------------------------------------------- */

/* "2026-11-22T18:00:00Z" */
void lic_export_date(int64_t seconds, char buf[32]) _nonnull_all_;
/* Appends bytes in hexadecimal. */
void lic_export_hex(struct lic_buf *out, const uint8_t *p, size_t n) _nonnull_all_;
/* Appends one of RFC 4180, in quotes where it needs them. */
void lic_export_field(struct lic_buf *out, const char *p, size_t n) _nonnull_all_;
/* What spreadsheets take for the beginning of a formula. */
#define LIC_EXPORT_FORMULA "=+-@"
/* Appends a path as one: a backslash becomes two, control characters and bytes that are no UTF-8
 * become \xHH; with `guard`, an apostrophe stands before what may be taken for a formula. */
void lic_export_path(struct lic_buf *out, const struct lic_bytes *path, bool guard) _nonnull_all_;
/* Appends a path as a relative reference of RFC 3986. */
void lic_export_reference(struct lic_buf *out, const struct lic_bytes *path) _nonnull_all_;
/* A key with what may be no UTF-8, made safe to show; null where it is NULL. */
void lic_export_kshown(struct lic_export *x, struct lic_json *j, const char *key, const void *p,
		       size_t n) _nonnull_(1, 2, 3);
/* Of an image; else as of any file. */
const char *lic_export_media_type(const struct lic_entry *e) _nonnull_all_;
/* The name of a license among the others so far: its number. */
size_t lic_export_license_number(const struct lic_export *x, const char *license) _nonnull_all_;
/* Words of obligations (`r` of an image), joined by blanks. */
void lic_export_obligations(struct lic_buf *out, unsigned bits) _nonnull_all_;
void lic_export_reservations(struct lic_buf *out, unsigned bits) _nonnull_all_;
/* Obligations that hold in any alternative: whoever meets them all is safe. */
unsigned lic_export_obliges(const struct lic_rights *r) _nonnull_all_;
/* Page of a license id; NULL. */
const char *lic_export_license_url(const struct lic_export *x, const char *id,
				   size_t n) _nonnull_all_;
/* The same of rights: where there is a choice, of the first alternative that the snapshot's view
 * would show alone and that has one; NULL where none has, or several licenses hold together. */
const char *lic_export_rights_url(const struct lic_export *x,
				  const struct lic_rights *r) _nonnull_all_;
/* The keys of the snapshot itself. */
void lic_export_facts(struct lic_export *x) _nonnull_all_;

#endif
