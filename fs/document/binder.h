/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds images for the names that stand in documents. Pure: it sees names, images and the names of
 * directories, and knows neither catalog nor files.
 *
 * A binder serves a group of documents:
 *   lic_binder_new()
 *   lic_binder_want()    every name of every document of the group
 *   lic_binder_image()   every image there is
 *   lic_binder_match()
 *   a struct lic_binding for each document: lic_binding_new(), lic_binding_count() with all of its
 *   names, lic_binding_choose(), then subject by subject lic_binding_subject(),
 *   lic_binding_name() ..., lic_binding_images(); lic_binding_free()
 *   lic_binder_free()
 * Memory: the last components of the names, and 16 bytes for each image that one of them means.
 *
 * The rule
 * - A name is a path, of which the last component counts, and as many of those before it as some
 *   image has, too. Where it does not look like the name of an image it may be one without its
 *   extension. A path below the store's root means that file alone, if it is an image.
 * - *Base*: the directory of an image without the components that the name has. Most names of one
 *   column have one base in common; it takes names that several images have. Of equally common
 *   ones that of the document's own directory wins, then the nearest, then the one that has most
 *   words of the document's name. A base that is nearer or has more of these words than the
 *   winner wins itself where it has nine tenths of its names, for a few may be gone; where it has
 *   half of them it counts beside it: a name means images of both.
 *   What lies in another split than the name says (train, val, test) is not meant by it, nor
 *   anything where a winning base has the directory that the name says, but without the file.
 * - A name that no base decides means all images that have it; if these are many, nobody knows
 *   which. But what the winner lacks is not looked for in its twins, which have most of its names:
 *   train/23.jpg, which is gone, is not val/23.jpg.
 * - The column (LIC_TAG_COLUMN and more) of which most names find images names the images of all
 *   subjects, and all of its names must find one; a subject without such a name falls back on its
 *   best other column. What else finds an image is required in addition. Short numbers in other
 *   columns count only where most of them find one: else they are measures.
 */
#ifndef LICENSEFS_DOCUMENT_BINDER_H
#define LICENSEFS_DOCUMENT_BINDER_H

#include "fs/document/index.h"

#define LIC_CANDIDATES_MAX 64u /* images that one name may mean */

struct lic_binder;
struct lic_binding;

/* Where directories lie: 0 with the parent's id, 0 for the root of all, and its name, valid until
 * the next call; negative errno. An archive is the directory of its members. */
typedef int (*lic_directory_fn)(void *ctx, int64_t id, int64_t *ret_parent,
				struct lic_bytes *ret_name);

/* `root`: n absolute paths of the store, without slashes at their ends. They are copied. */
int lic_binder_new(const struct lic_bytes *root, size_t n, lic_directory_fn fn, void *ctx,
		   struct lic_binder **ret) _nonnull_(3, 5) _must_check_;
void lic_binder_free(struct lic_binder *b); /* NULL is allowed */
/* -ENOMEM */
int lic_binder_want(struct lic_binder *b, unsigned tag,
		    const struct lic_bytes *name) _nonnull_all_ _must_check_;
/* The name of a member of an archive may hold slashes. A negative id is that of a hidden file that
 * is called like an image: a name may mean it, and then no image. -ENOMEM, or what lic_directory_fn
 * said. */
int lic_binder_image(struct lic_binder *b, int64_t id, int64_t dir,
		     const struct lic_bytes *name) _nonnull_all_ _must_check_;
int lic_binder_match(struct lic_binder *b) _nonnull_all_ _must_check_;
/* How many pairs of a wanted name and an image there are. */
size_t lic_binder_matches(const struct lic_binder *b) _nonnull_all_;

/* A document called `name` in a directory. */
int lic_binding_new(struct lic_binder *b, int64_t dir, const struct lic_bytes *name,
		    struct lic_binding **ret) _nonnull_all_ _must_check_;
void lic_binding_free(struct lic_binding *x); /* NULL is allowed */
int lic_binding_count(struct lic_binding *x, unsigned tag,
		      const struct lic_bytes *name) _nonnull_all_ _must_check_;
int lic_binding_choose(struct lic_binding *x) _nonnull_all_ _must_check_;
/* Begins a subject, whose names follow. */
void lic_binding_subject(struct lic_binding *x, bool any) _nonnull_all_;
int lic_binding_name(struct lic_binding *x, unsigned tag,
		     const struct lic_bytes *name) _nonnull_all_ _must_check_;
/* Its images, ascending and distinct, valid until the next subject; none: it has none that is
 * known. */
int lic_binding_images(struct lic_binding *x, const int64_t **ret,
		       size_t *ret_n) _nonnull_all_ _must_check_;
/* An image that a suspect (LIC_TAG_SUSPECT) names, 0: none does; of all that was counted. */
int64_t lic_binding_suspect(const struct lic_binding *x) _nonnull_all_;

#endif
