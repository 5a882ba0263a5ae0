/* SPDX-License-Identifier: Apache-2.0 */
/* A filter from inside: what it remembers, and the walk for views that ask about single images. */
#ifndef LICENSEFS_VIEW_FILTER_H
#define LICENSEFS_VIEW_FILTER_H

#include <errno.h>

#include "fs/view/view.h"

/* What a view shows below a directory beside images. */
struct lic_apart {
	bool document;
	bool companion; /* of images elsewhere; the others are not known where this is true */
	bool was;	/* one was shown when the view was first shown */
};

/* What is known of one directory: of its images in a view that needs assets, and of what else it
 * holds where no image of it is shown. */
struct lic_dir_memo {
	int64_t id;	/* 0: free slot */
	int64_t count;	/* images shown below; -1 while only `some` is known */
	unsigned epoch; /* of the filter, when this was found out; another one: forgotten */
	unsigned apart_epoch;
	bool some; /* an image is shown below */
	bool was;  /* one was, since the view was first shown; never taken back */
	struct lic_apart apart;
};

struct lic_filter {
	struct lic_catalog *cat;
	const struct lic_view *view;
	struct lic_snapshot *pin; /* shows this alone; NULL: a view */
	struct lic_view *own;	  /* of the snapshot, where it still compiles */
	enum lic_classes classes;
	bool abspaths;
	int64_t since, start;
	int64_t (*now)(void); /* seconds since the epoch; tests put theirs here */

	/* Answers by number of rights, where they depend on rights alone. */
	uint8_t *answer;
	size_t n_answers;

	/* Answers by directory: an open-addressing table. */
	struct lic_dir_memo *memo;
	size_t n_memo, cap_memo; /* cap is 0 or a power of two */
	unsigned epoch;
	int64_t generation; /* that the memo is about */
	int64_t until;	    /* seconds since the epoch when it is forgotten */

	/* Path of the directory that was asked about last, with a slash behind it. */
	int64_t path_dir; /* 0: none */
	struct lic_buf path;
	size_t path_len; /* of the directory's part */
};

/* One that shows nothing yet. */
int lic_filter_alloc(struct lic_catalog *cat, struct lic_filter **ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;
/* What the rights alone say at a time; LIC_UNKNOWN also where the asset decides. */
int lic_filter_answer(struct lic_filter *f, int64_t rights, int64_t now, enum lic_tri *ret,
		      struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* Is the image with these rights shown? `path` is its path in the store, read only where the view
 * asks for it. */
int lic_filter_image(struct lic_filter *f, int64_t id, const struct lic_bytes *path, int64_t rights,
		     int64_t now, bool *ret, struct lic_error *err) _nonnull_(1, 3, 6) _must_check_;
/* As lic_filter_image() at the present time, with the path looked up where it is asked for. */
int lic_filter_live_image(struct lic_filter *f, int64_t id, int64_t rights, bool *ret,
			  struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* As lic_filter_image(), for the time at which the view was first shown: did it have other rights
 * then, or some that have ended? */
int lic_filter_was_shown(struct lic_filter *f, const struct lic_entry *e,
			 const struct lic_bytes *path, bool *ret, struct lic_error *err)
	_nonnull_(1, 2, 3, 4) _must_check_;

/* Walks below a directory, where the view needs assets, for what is not remembered. With `full` all
 * images are counted; without, the walk ends at the first one. */
int lic_filter_walk(struct lic_filter *f, int64_t dir, bool full, struct lic_dir_memo *ret,
		    struct lic_error *err) _nonnull_(1, 4) _must_check_;

/* Is a companion shown: has it images, and are they all? */
int lic_filter_companion(struct lic_filter *f, int64_t id, bool *ret, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;
/* May a document be shown? What is about one image alone, and so may tell of it by its name, is
 * shown with it only, but for the lists of splits, whose names tell nothing. */
int lic_filter_document(struct lic_filter *f, const struct lic_entry *e, bool *ret,
			struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* What is shown below a directory beside images: documents, and companions of images that lie
 * elsewhere. O(what lies below) once until something changes there. */
int lic_filter_apart(struct lic_filter *f, int64_t dir, struct lic_apart *ret,
		     struct lic_error *err) _nonnull_(1, 3) _must_check_;

/* Of a snapshot: lic_filter_shows() and lic_filter_images(). */
int lic_pinned_shows(struct lic_filter *f, int64_t id, bool *ret, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;
int lic_pinned_images(struct lic_filter *f, const int64_t *id, size_t n, uint8_t *ret,
		      int64_t *until, struct lic_error *err) _nonnull_(1, 5) _must_check_;

/* The order of Python's sorted() over names from os.scandir(). */
int lic_compare_names(const char *a, const char *b) _nonnull_all_;

/* Forgets what no longer holds, by the catalog's changes and the clock. */
int lic_memo_refresh(struct lic_filter *f, struct lic_error *err) _nonnull_(1) _must_check_;
/* What was remembered is forgotten when these rights end, if they do. */
int lic_memo_until(struct lic_filter *f, int64_t rights, int64_t now, struct lic_error *err)
	_nonnull_(1) _must_check_;
/* The memo of a directory, made where there is none; NULL when out of memory. Valid until the next
 * call. */
struct lic_dir_memo *lic_memo_at(struct lic_filter *f, int64_t id) _nonnull_all_;

/* -code of a failure that a function without errno reported. */
static inline int lic_failure(const struct lic_error *err)
{
	return err->code ? -err->code : -EIO;
}

/* Makes *until (0: never) the time at which these rights end, if that is earlier. */
int lic_filter_note_end(struct lic_filter *f, int64_t rights, int64_t *until, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;

#endif
