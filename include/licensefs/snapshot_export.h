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

#include <licensefs/serving.h>
#include <licensefs/snapshot.h>

struct lic_export_format;
/* The i-th, in the order of the manual; NULL past the end. */
const struct lic_export_format *lic_export_format_at(size_t i);
/* NULL where there is none of that name. */
const struct lic_export_format *lic_export_format_find(const char *name) _nonnull_all_;
const char *lic_export_format_name(const struct lic_export_format *f) _nonnull_all_;
/* One phrase for people. */
const char *lic_export_format_summary(const struct lic_export_format *f) _nonnull_all_;
/* Does it make a directory of files, rather than write one? */
bool lic_export_format_makes_files(const struct lic_export_format *f) _nonnull_all_;
/* Can its files be links or clones of those of the store? */
bool lic_export_format_links(const struct lic_export_format *f) _nonnull_all_;

/* How files get their bytes. */
enum lic_export_link {
	LIC_LINK_AUTO,	  /* as REFLINK where that can be had, else as COPY */
	LIC_LINK_HARD,	  /* images are further names of the store's files; all else is copied */
	LIC_LINK_REFLINK, /* share blocks until one of them is written to */
	LIC_LINK_COPY,
};
/* By its name on the command line; -EINVAL. */
int lic_export_link_find(const char *name, enum lic_export_link *ret) _nonnull_all_ _must_check_;

/* -EINVAL where what is written to `output` would lie in the store `store`, by whatever way: the
 * next scan would take it for one of the store's files. 0 also where it cannot be written. */
int lic_export_outside(const char *store, const char *output, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

/* Why a member is not exported. */
enum lic_export_left {
	LIC_LEFT_REVOKED,
	LIC_LEFT_ERASED, /* revoked, and erased or no longer in the store: never named */
	LIC_LEFT_OVER,	 /* the rights were limited in time */
	LIC_LEFT_GONE,
	LIC_LEFT_CHANGED, /* or cannot be read */
	LIC_LEFT_TAKEN,	  /* the format itself has a file of that name */
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
	/* A member that is left out, but for LIC_LEFT_ERASED and LIC_LEFT_TAKEN; NULL: nobody
	 * asks. */
	void (*left)(void *ctx, enum lic_export_left why, const struct lic_bytes *path);
	lic_snapshot_progress_fn progress; /* NULL: nobody asks */
	void *ctx;

	/* For formats that make files; the others look at none of these. */
	const char *output;	     /* the directory, which must not exist yet */
	struct lic_serving *serving; /* of this snapshot */
	enum lic_export_link link;
	struct lic_catalog *writer; /* LIC_LINK_HARD: where the store's files get another ctime */
	const char *texts;	    /* directory of texts of licenses, ID.txt; NULL: none */
	uint64_t shard_size;	    /* bytes; 0: 1 GiB */
};
struct lic_export_result {
	bool finished;	       /* all was written */
	int64_t images, files; /* that the snapshot has and the store holds */
	int64_t left[LIC_LEFT_COUNT];
	int64_t shards;
	int64_t linked, cloned, copied; /* files of the store, by how they got their bytes */
	int64_t taken_over;		/* images that an interrupted export has left whole */
	char kept[40]; /* interrupted: the directory beside `output` where the next one goes on, or
			  "" */
	int64_t stuck; /* hard links that a failure has left behind */
	int64_t no_text; /* licenses of which there is no text, but an address */
};

/* Files are compared with what was judged by stat, and images of which that differs by their bytes,
 * as lic_snapshot_verify() does. What was written before an error is incomplete.
 *
 * A format that makes files makes them aside, and gives them their name when all are there and
 * nothing that is among them has been taken down: after an error there is nothing. What an
 * interruption (-EINTR of `progress`) or a kill leaves aside, the next export to that place takes
 * over, image by image as far as each is what it would make itself, if the snapshot and the options
 * are the same; and else clears it away. Hard links are not left but by a kill. Errors then also:
 * -EEXIST, -EINVAL, -EBUSY for the place, -EXDEV, -EOPNOTSUPP, -EPERM for links, -ENOENT where the
 * snapshot was removed meanwhile. */
int lic_snapshot_export(struct lic_snapshot *s, const struct lic_export_request *request,
			struct lic_export_result *ret, struct lic_error *err)
	_nonnull_(1, 2, 3) _must_check_;

#endif
