/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people do with snapshots: making one of a view, telling what differs, and comparing one with
 * the files of the store. What a snapshot is: catalog_snapshot.h.
 */
#ifndef LICENSEFS_SNAPSHOT_H
#define LICENSEFS_SNAPSHOT_H

#include <licensefs/catalog_snapshot.h>
#include <licensefs/view.h>

/* Long work tells how far it is; what is not known is 0. Another value than 0 stops it: it returns
 * that, and what it has finished stays. */
struct lic_snapshot_progress {
	int64_t done, all; /* files */
	uint64_t bytes, bytes_all;
};
typedef int (*lic_snapshot_progress_fn)(void *ctx, const struct lic_snapshot_progress *p);

/* --- creating ------------------------------------------------------------------------------- */

struct lic_snapshot_request {
	const char *name;
	const char *view;		   /* as lic_view_by_name() takes it; or NULL */
	const char *where;		   /* an expression; where view is NULL */
	const char *basis;		   /* with `where`; NULL: none */
	const char *who;		   /* login name */
	enum lic_classes classes;	   /* DROP or KEEP */
	bool sha256;			   /* read every file, and let the digest cover SHA-256 */
	lic_snapshot_progress_fn progress; /* while files are read, then while entries are
					    * looked at, which begins anew; NULL: nobody asks */
	void *ctx;
};

/*
 * Makes a snapshot of what a view shows now, in one transaction: whoever else looks sees all of it
 * or nothing, and what is committed meanwhile is not in it. `store` is the store's directory, of
 * which files are read with `sha256` alone, before the transaction; what was read is kept, so that
 * an interrupted call goes on there. Strings of *ret are those of the request, or NULL.
 *
 * Errors as lic_view_by_name(), lic_view_by_expr() and lic_snapshot_make(); -ESTALE where a file
 * that is to be read is not what was judged (`err` names it).
 */
int lic_snapshot_create(struct lic_catalog *cat, const char *store,
			const struct lic_snapshot_request *request, struct lic_snapshot_info *ret,
			struct lic_error *err) _nonnull_(1, 2, 3, 4) _must_check_;

/* --- summary -------------------------------------------------------------------------------- */

struct lic_snapshot_license {
	char *license; /* expression, "" where none is named */
	int64_t images, bytes;
};

/* What is in a snapshot, and what has become of it. */
struct lic_snapshot_summary {
	struct lic_snapshot_license *license; /* n of them, most images first */
	size_t n, cap;
	int64_t state[LIC_MEMBER_STATES]; /* images, by what has become of them; revoked masks */
	int64_t changed;	       /* images that have other rights now, but are not revoked */
	int64_t documents, companions; /* other files, as they are now */
	int64_t inert;
	int64_t archived; /* images in archives */
	int64_t ended;	  /* other files that are gone, changed, or no longer shown */
	int64_t erased;	  /* members of which the salt was erased */
};

/* `now` in seconds since the epoch. About 1.5 us a member. Release it, also after a failure. */
int lic_snapshot_summarize(struct lic_snapshot *s, int64_t now, struct lic_snapshot_summary *ret,
			   struct lic_error *err) _nonnull_(1, 3) _must_check_;
void lic_snapshot_summary_release(struct lic_snapshot_summary *s) _nonnull_all_;

/* --- differences ---------------------------------------------------------------------------- */

enum lic_difference_kind {
	LIC_DIFFERENCE_ADDED,
	LIC_DIFFERENCE_REMOVED,
	LIC_DIFFERENCE_RIGHTS,	 /* the same bytes with other rights */
	LIC_DIFFERENCE_REPLACED, /* other bytes under the same name */
	LIC_DIFFERENCE_RENAMED,	 /* the same bytes under another name */
	LIC_DIFFERENCE_KINDS,
};
/* A stable word. */
const char *lic_difference_name(enum lic_difference_kind k) _const_;

/* One difference; strings and bytes are valid during the callback. */
struct lic_difference {
	enum lic_difference_kind kind;
	enum lic_kind entry;   /* what the file is */
	struct lic_bytes path; /* of the newer state, of what was removed in the older one */
	struct lic_bytes from; /* RENAMED: in the older one; else empty */
	const struct lic_rights *before, *after; /* of images; NULL where it was no member */
	int64_t revocation;			 /* that took it away, 0: none */
	const char *reason;			 /* one phrase for people */
};
typedef int (*lic_difference_fn)(void *ctx, const struct lic_difference *d);

/* Calls `fn` for all that differs from `older` to `newer`; `newer` NULL: to what the same view, as
 * it is defined now, shows now. Removed and changed members come first, in the order of ids, then
 * those that were added. A negative result stops and is returned. Some 3 us a member, 20 us a
 * difference. */
int lic_snapshot_diff(struct lic_catalog *cat, struct lic_snapshot *older,
		      struct lic_snapshot *newer, lic_difference_fn fn, void *ctx,
		      struct lic_error *err) _nonnull_(1, 2, 4) _must_check_;

/* --- verifying ------------------------------------------------------------------------------ */

enum lic_finding_kind {
	LIC_FINDING_DIGEST,  /* the catalog is not what the digest says; no path */
	LIC_FINDING_GONE,    /* no such file any more */
	LIC_FINDING_CHANGED, /* other bytes, or times or a place that may mean other bytes */
	LIC_FINDING_CONTENT, /* the bytes were read, and are others */
	LIC_FINDING_HIDDEN,  /* the file is no longer one that is shown */
	LIC_FINDING_UNREAD,  /* could not be opened or read */
	LIC_FINDING_KINDS,
};
const char *lic_finding_name(enum lic_finding_kind k) _const_;

struct lic_finding {
	enum lic_finding_kind kind;
	enum lic_kind entry;
	struct lic_bytes path;
	const char *why; /* one phrase for people */
};

struct lic_verify_request {
	const char *store;
	bool content;			   /* read the files, too */
	lic_snapshot_progress_fn progress; /* NULL: nobody asks */
	int (*finding)(void *ctx, const struct lic_finding *f);
	void *ctx;
};
struct lic_verify_result {
	int64_t files;	 /* looked at */
	int64_t revoked; /* images that are revoked: hidden, and not looked at */
	int64_t findings;
	uint64_t bytes; /* read */
};

/* Works out the digest again, and compares every file with what was judged: by stat, and with
 * `content` by XXH3, and SHA-256 where the snapshot has it. Images in archives are as good as the
 * archive. Whatever differs is a finding, but for what is revoked. */
int lic_snapshot_verify(struct lic_catalog *cat, struct lic_snapshot *s,
			const struct lic_verify_request *request, struct lic_verify_result *ret,
			struct lic_error *err) _nonnull_(1, 2, 3, 4) _must_check_;

#endif
