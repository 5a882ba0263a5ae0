/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exports that are files: each byte comes from lic_serving, which serves what a mount shows, and
 * nothing gets its final name that would not be served any more.
 */
#ifndef LICENSEFS_HISTORY_EXPORT_FILES_H
#define LICENSEFS_HISTORY_EXPORT_FILES_H

#include "fs/history/export.h"
#include "fs/history/site.h"

/* A member whose bytes are in the export. */
struct lic_export_placed {
	int64_t id;
	uint64_t state; /* as it was served */
	uint32_t tally; /* of its license, + 1; 0: it has none */
	uint32_t group; /* the maker's: a shard */
	bool inside;	/* an image in an archive */
	bool linked;	/* a hard link */
};

struct lic_export_files {
	struct lic_site site;
	struct lic_export_placed *placed; /* n of them, in the order of ids but for `group` */
	size_t n, cap;
	int64_t *dir; /* n_dirs of them, those above before those below */
	size_t n_dirs, cap_dirs;
	unsigned char *buf; /* LIC_EXPORT_PIECE */
	struct lic_hasher *xxh3;
	bool no_clones;			/* the two filesystems have none */
	struct lic_export_links *links; /* to be made; NULL: none */
	bool done;			/* it has its name */
	void *own;			/* the maker's */
};

#define LIC_EXPORT_PIECE (1u << 20)
#define LIC_EXPORT_ELSEWHERE 2 /* placed, counted and noted with another member */

/* What a format of files does. All return 0 or an error but where it says more. */
struct lic_export_maker {
	bool links;			    /* may link and clone */
	int (*begin)(struct lic_export *x); /* NULL: nothing */
	/* 1: it is made, and gets its times at the end; 0: it is not. NULL: none are made */
	int (*dir)(struct lic_export *x, const struct lic_then *t);
	/* Asked about every file before it is known whether it is left out; NULL: nothing. */
	int (*plan)(struct lic_export *x, const struct lic_then *t);
	/* 1: it is in; 0: it was left out; or LIC_EXPORT_ELSEWHERE */
	int (*file)(struct lic_export *x, const struct lic_export_member *m);
	/* Takes out what is no longer shown; or, `again`, makes it anew: a document of which other
	 * bytes are shown. `t` is what it was. 1, 0 as above. */
	int (*drop)(struct lic_export *x, struct lic_export_placed *p, const struct lic_then *t,
		    bool again);
	/* After all members, and again whenever something was dropped; 1: look again at all, some
	 * have the state UINT64_MAX. */
	int (*finish)(struct lic_export *x);
	void (*end)(struct lic_export *x); /* NULL: nothing */
};

int lic_export_files_begin(struct lic_export *x) _nonnull_all_ _must_check_;
int lic_export_files_dir(struct lic_export *x, const struct lic_then *t) _nonnull_all_ _must_check_;
/* Looks again at all that is placed, and gives the export its name. */
int lic_export_files_finish(struct lic_export *x) _nonnull_all_ _must_check_;
void lic_export_files_end(struct lic_export *x) _nonnull_all_;
/* It was interrupted: what is finished stays for the next one, if it can go on there. */
void lic_export_files_keep(struct lic_export *x) _nonnull_all_;

/* Notes what is in the export; the tally is of the image that was known last. */
int lic_export_note(struct lic_export *x, const struct lic_then *t, uint64_t state, uint32_t group,
		    bool image) _nonnull_all_ _must_check_;
/* Opens a member: 1; 0: it was left out, with the reason. */
int lic_export_open(struct lic_export *x, const struct lic_then *t,
		    struct lic_served *ret) _nonnull_all_ _must_check_;
/* For what serving refused by `r`: 0, or an error where that says nothing of the file. */
int lic_export_leave_refused(struct lic_export *x, const struct lic_then *t,
			     int r) _nonnull_all_ _must_check_;
/* Gives its bytes to `put` (0 or an error), with their hash compared where it is an image. 1; 0:
 * they are not what was judged, or could not be read, and `put` has some of them. Does not close.
 */
int lic_export_bytes(struct lic_export *x, const struct lic_then *t, struct lic_served *f,
		     int (*put)(struct lic_export *x, void *ctx, const void *p, size_t n),
		     void *ctx) _nonnull_(1, 2, 3, 4) _must_check_;
/* -EXDEV where no hard link can lead to the store's files. */
int lic_export_hard_check(struct lic_export *x) _nonnull_all_ _must_check_;
/* Links an open image into the tree, sooner or later, and closes it; 1, 0 as lic_export_place().
 * What turns out not to be what was judged then goes when all is looked at again. */
int lic_export_hard(struct lic_export *x, const struct lic_then *t, struct lic_served *f,
		    const char *path) _nonnull_all_ _must_check_;
/* Makes those links that were put off. */
int lic_export_hard_flush(struct lic_export *x) _nonnull_all_ _must_check_;
/* Takes links away again, with the times that the catalog has of the files: one; and, where the
 * export has not got its name, all. */
int lic_export_hard_unlink(struct lic_export *x, struct lic_export_placed *p,
			   const char *path) _nonnull_all_ _must_check_;
void lic_export_hard_end(struct lic_export *x) _nonnull_all_;
/* Makes a directory of the tree, if its path can be: 1, 0. */
int lic_export_dir(struct lic_export *x, const struct lic_then *t) _nonnull_all_ _must_check_;
int lic_export_unplace(struct lic_export *x, struct lic_export_placed *p,
		       const char *path) _nonnull_all_ _must_check_;
/* XXH3 of n bytes of a file from a place on; false where it does not have them. */
bool lic_export_sum(struct lic_export *x, int fd, uint64_t from, uint64_t n,
		    uint8_t ret[16]) _nonnull_all_;
/* Makes a file of the tree of it: 1 with its state; 0: it was left out. */
int lic_export_place(struct lic_export *x, const struct lic_then *t, const char *path,
		     uint64_t *ret_state) _nonnull_all_ _must_check_;

#endif
