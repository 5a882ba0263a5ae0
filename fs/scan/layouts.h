/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Named layouts of datasets: which directory holds the labels or masks of which images, and which
 * file there belongs to which image. Names alone; docs/formats.md has the list.
 *
 *   layouts.c      words and affixes of directories' names; suffixes of files' names
 *   layout_tree.c  the directories of a store, and where the images of one with labels may lie
 *   layout.c       binds what lies there, after the walk of a scan
 *   mask.c         which image file is a mask
 *
 * - Where several directories of images are equally near, a file belongs to the images of its name
 *   in all of them: it is shown where all of them are.
 * - An image file becomes a mask by a layout that says so, in a format without loss, and without
 *   claims of its own; unknown pairs of names stay what they are.
 */
#ifndef LICENSEFS_SCAN_LAYOUTS_H
#define LICENSEFS_SCAN_LAYOUTS_H

#include <licensefs/catalog_documents.h>
#include <licensefs/scan.h>

/* --- names of directories (layouts.c) -------------------------------------------------------- */

/* What a directory's name says it holds, beside images. */
#define LIC_LAYOUT_TEXTS 1u
#define LIC_LAYOUT_MASKS 2u
#define LIC_LAYOUT_SURE 4u     /* masks, whatever the directory of their images is called */
#define LIC_LAYOUT_UMBRELLA 8u /* only above another one: "v2.0/labels" */
#define LIC_LAYOUT_FLAT 16u    /* of a directory of images without subdirectories, by number */
#define LIC_LAYOUT_SOLE 32u    /* each image in a directory of its own, with all of its masks */

struct lic_layout_word {
	const char *name; /* any letter case */
	unsigned flags;
	const char *images; /* words for the directory of images, each behind a blank; NULL: the
			     * usual ones */
};
/* NULL: the name is no word for labels or masks. */
const struct lic_layout_word *lic_layout_word(const void *name, size_t n) _nonnull_(1);
/* The words for directories of images, in order; NULL past the end. */
const char *lic_layout_images_word(const struct lic_layout_word *w, size_t i, size_t *ret_n)
	_nonnull_(3);
/* Is the name one of these and the name of a split or the like: "train_masks", "panoptic_val2017"?
 * Then *ret is the latter. */
bool lic_layout_affix(const void *name, size_t n, struct lic_bytes *ret) _nonnull_(1, 3);

/* --- names of files (layouts.c) -------------------------------------------------------------- */

#define LIC_LAYOUT_KEYS 6

/* Stems of images that a companion's name may mean beside its own stem ("x_mask.png": "x"), the
 * longest first; `beside`: of an image in the same directory, where fewer suffixes are known. */
size_t lic_layout_keys(const void *name, size_t n, bool beside,
		       struct lic_bytes ret[LIC_LAYOUT_KEYS]) _nonnull_(1, 4);
/* The stem of an image without what says that it is one: "x_leftImg8bit.png", "x_rgb.png". False
 * where nothing says so. */
bool lic_layout_image_key(const void *name, size_t n, struct lic_bytes *ret) _nonnull_(1, 3);
/* The number that a name begins with, up to its first "_" and without zeros before it: "7" of
 * "00007_hair.png". */
bool lic_layout_number_key(const void *name, size_t n, struct lic_bytes *ret) _nonnull_(1, 3);
/* May a file of that name, which is no image, be a label? By its extension. */
bool lic_layout_is_text(const void *name, size_t n) _nonnull_(1);

/* --- the directories of a store (layout_tree.c) ---------------------------------------------- */

struct lic_layout_dir {
	int64_t id;
	size_t parent;	       /* index; of the root its own */
	struct lic_bytes name; /* in the tree's arena */
	const struct lic_layout_word *word;
	struct lic_bytes base; /* of an affix; p NULL: none */
	size_t first, n;       /* its subdirectories: a run of `child` */
	bool pending;	       /* the caller's */
};

struct lic_layout_tree {
	struct lic_arena names;
	struct lic_layout_dir *dir; /* in the order of ids: parents before children */
	size_t n, cap;
	size_t *child; /* by parent, then by name without letter case, then by name */
};
#define LIC_LAYOUT_TREE_INIT                                                                       \
	{                                                                                          \
		LIC_ARENA_INIT((size_t)1 << 40), NULL, 0, 0, NULL                                  \
	}
void lic_layout_tree_release(struct lic_layout_tree *t);
/* Directories in ascending order of ids, the root first with parent 0; one whose parent is not
 * there is left out. -ENOMEM. */
int lic_layout_tree_add(struct lic_layout_tree *t, int64_t id, int64_t parent, const void *name,
			size_t n) _nonnull_(1) _must_check_;
/* After the last one. */
int lic_layout_tree_finish(struct lic_layout_tree *t) _nonnull_all_ _must_check_;
/* NULL: no directory of the tree. */
struct lic_layout_dir *lic_layout_tree_find(const struct lic_layout_tree *t,
					    int64_t id) _nonnull_all_;

/* Where images of a directory's companions may lie. */
struct lic_layout_place {
	size_t dir; /* where `found`; else the deepest directory on the way there */
	bool found;
	unsigned level; /* equally near ones have the same; farther ones a larger one */
	unsigned flags; /* LIC_LAYOUT_*: what may belong to images there */
};
/* Calls `fn` for all of them, the nearest first; non-zero stops and is returned. A place may come
 * twice. */
int lic_layout_places(const struct lic_layout_tree *t, size_t dir,
		      int (*fn)(void *ctx, const struct lic_layout_place *p), void *ctx)
	_nonnull_(1, 3);

/* --- images of places (layout_images.c) ------------------------------------------------------- */

struct lic_layout_image {
	struct lic_bytes key; /* the stem, or what it is without lic_layout_image_key()'s */
	struct lic_bytes name;
	int64_t id;
};

/* The images of one or more directories, by stem. */
struct lic_layout_images {
	struct lic_arena names;
	struct lic_layout_image *stem, *rest; /* sorted by key; `rest` of those that have another */
	size_t n, n_rest, cap, cap_rest;
};
#define LIC_LAYOUT_IMAGES_INIT                                                                     \
	{                                                                                          \
		LIC_ARENA_INIT((size_t)1 << 40), NULL, NULL, 0, 0, 0, 0                            \
	}
void lic_layout_images_release(struct lic_layout_images *l);
/* -ENOMEM. */
int lic_layout_images_add(struct lic_layout_images *l, int64_t id, const void *name, size_t n)
	_nonnull_(1, 3) _must_check_;
/* After the last one. */
void lic_layout_images_sort(struct lic_layout_images *l) _nonnull_all_;
/*
 * Calls `fn` for each image that a companion of that name belongs to: those of its own stem, else
 * those of its stem without what says that it is one. Flags: LIC_LAYOUT_FLAT goes by numbers.
 * Non-zero stops and is returned.
 */
int lic_layout_images_of(const struct lic_layout_images *l, const struct lic_bytes *name,
			 bool beside, unsigned flags,
			 int (*fn)(void *ctx, const struct lic_layout_image *image), void *ctx)
	_nonnull_(1, 2, 5);

/* --- masks (mask.c) -------------------------------------------------------------------------- */

/* May an image file of that format be a mask? Those without loss. */
bool lic_mask_format(enum lic_format f) _const_;
/* Does an image file say something about its rights for itself? What stands in it and beside it
 * does, and a decision, row or rule that is not about its image, too. */
bool lic_mask_speaks(const struct lic_claims *mask, const struct lic_claims *image,
		     const struct lic_policy *policy) _nonnull_all_;

/* --- a scan (layout.c) ----------------------------------------------------------------------- */

/*
 * Binds the files of all named layouts in which a directory is pending, and settles these: after
 * the walk of a scan, with no transaction open. `res` is corrected where kinds differ now. -EINTR
 * where options->stop was set: what was done is kept.
 */
int lic_scan_layouts(struct lic_catalog *cat, const struct lic_scan_options *options,
		     struct lic_scan_result *res, struct lic_error *err)
	_nonnull_(1, 2, 3) _must_check_;

#endif
