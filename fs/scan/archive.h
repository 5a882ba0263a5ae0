/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of an archive, read like the files of directories.
 *
 * The archive's index says which regular members there are and to which subjects they belong; only
 * their bytes say which of them are images. Those have rows below the archive's. A directory within
 * the archive is a struct lic_scan_dir of its own, so that names are compared within it.
 */
#ifndef LICENSEFS_SCAN_ARCHIVE_H
#define LICENSEFS_SCAN_ARCHIVE_H

#include <licensefs/document.h>

#include "fs/scan/internal.h"

/* The file behind all members; shared by the readers. */
struct lic_archive {
	int fd;
	struct lic_stat st;  /* when it was indexed */
	int64_t judged;	     /* and when that was */
	atomic_bool changed; /* somebody has found that it is another file now */
};

/* A regular member, or a directory. */
struct lic_archived {
	const uint8_t *name; /* of the whole path; in the index */
	uint16_t n;	     /* bytes of it */
	uint16_t dir_n;	     /* bytes up to its last slash, that included */
	uint32_t subject;
	uint64_t at, size;
	int64_t image; /* its row; 0: it is none; LIC_ARCHIVED_UNREAD: nobody can tell */
	bool again;    /* its row says nothing that lasts: it is read again */
};
#define LIC_ARCHIVED_UNREAD (-1)

/* What the index says of members; in the order of directories, then of names. */
struct lic_archived_list {
	struct lic_archived *file; /* n of them */
	size_t n, cap;
	struct lic_archived *dir; /* in the order of their subjects */
	size_t n_dirs, cap_dirs;
	uint64_t subjects;
};

/* What it works with: between phases of a scan, nothing else uses the pool. */
struct lic_archive_scan {
	int root; /* of the store */
	struct lic_catalog *cat;
	struct lic_pool *pool;
	unsigned digests; /* LIC_DIGEST_* bits: wanted of images */
	struct lic_scan_result *res;
	void (*tick)(void *ctx); /* often; NULL is allowed */
	void *ctx;
	const volatile sig_atomic_t *stop; /* NULL is allowed */
	bool verify;			   /* read again what has been read */
};

/*
 * Reads the members of an archive whose index is stored and whose entry is a document: writes rows
 * of those that are images, in transactions of their own, ends rows of others, and binds its
 * subjects in the last one, which settles the entry. Where some member could not be read, the entry
 * goes on waiting, and its subject has no image. `st` as it was indexed; `members`: all pieces of
 * LIC_PART_MEMBERS.
 *
 * -ESTALE where the file is another one now, -EBADMSG where the index makes no sense: nothing is
 * bound then and the entry waits (err says what). -EINTR and what the pool says as it is.
 */
int lic_scan_archive(const struct lic_archive_scan *s, int64_t entry, const char *path,
		     const struct lic_stat *st, uint64_t subjects, const struct lic_buf *members,
		     struct lic_error *err) _nonnull_(1, 3, 4, 6) _must_check_;

/* Has archives wait whose members must be read again: all where `verify`, else those of which some
 * image lacks a digest (LIC_DIGEST_* bits) that is wanted now. */
int lic_scan_archives_again(struct lic_catalog *cat, unsigned digests, bool verify,
			    struct lic_error *err) _nonnull_(1) _must_check_;

/* Does `file` speak for the image, whose key it has: "1.json" for "1.left.jpg"? Pure. */
bool lic_is_key_sidecar(const struct lic_bytes *file, const struct lic_bytes *image) _nonnull_all_;

/* --- archive_bind.c: between index and catalog ----------------------------------------------- */

/* Takes what the index says; it must outlive the list. -EBADMSG, -ENOMEM. Release it either way. */
int lic_archived_read(struct lic_archived_list *l, const struct lic_buf *members, uint64_t size,
		      uint64_t subjects) _nonnull_all_ _must_check_;
void lic_archived_release(struct lic_archived_list *l) _nonnull_all_;
/* NULL where there is none. O(log n). */
struct lic_archived *lic_archived_find(const struct lic_archived_list *l, const void *name,
				       size_t n) _nonnull_all_;
/* Binds the archive's subjects to the rows of their members. */
int lic_archived_bind(const struct lic_archived_list *l, struct lic_txn *txn, int64_t entry,
		      struct lic_error *err) _nonnull_(1, 2) _must_check_;

#endif
