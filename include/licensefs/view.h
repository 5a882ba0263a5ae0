/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Views: named expressions over rights, in three-valued (Kleene) logic. Only *true* shows.
 *
 *   expr    = or
 *   or      = and { ("|" / "or") and }
 *   and     = not { ("&" / "and" / "+") not }
 *   not     = ("!" / "not") not / atom
 *   atom    = "(" expr ")" / permission / obligation
 *           / "reserved" [ "(" scope ")" ]                  ; training, any, or one scope
 *           / ("status" / "license" / "creator" / "source" / "collection" / "origin"
 *              / "release" / "territory" / "path") op value
 *           / "public-domain" / name of a view / "by-license/" id
 *   op      = "=" / "==" / "!=" / "is" [ "not" ]
 *   value   = word / "'" bytes "'" / '"' bytes '"'          ; with * and ? as globs
 *
 * Words of the language are read in any case; names of views keep theirs. A name stands for the
 * text of its view in parentheses. && and || are read as & and |.
 *
 * - permissions are what the license says; obligations are known where its permissions are;
 * - license: a glob over the ids of the alternative, or `none`. Of licenses that hold together
 *   (AND) all must match; where only some do the answer is unknown (in `find`: true);
 * - public-domain: every license of the alternative is a dedication;
 * - reserved: also true for an alternative whose license prohibits ML training;
 * - creator, source, collection, territory: globs, the case of ASCII letters ignored, unknown where
 *   not stated. An image may be in several collections, of which one must match; it is unknown
 *   where only a row in doubt says so, and for images that are in none. Of several creators one
 * must match. A source is matched as a URL and by its domain with all parent domains. A license
 * that is not limited has the territory `world`;
 * - origin: `ai` is true where it is stated and else unknown; `made` is true of every image of a
 *   store for which a maker is recorded, `job:GLOB` where one is recorded whose job has such a
 *   name, and else unknown: that nothing is recorded proves nothing. `unstated` is false where
 *   either is stated, else true;
 * - release: of `model` or `property`; true where it is stated to be given or not to be needed,
 *   false where it is stated to be missing or limited;
 * - path: a glob in which * and ? stay within a component, ** crosses, a final slash means all
 *   below.
 *
 * Everything but `find` adds `& status=clear & noncommercial-use & !reserved(training)`; naming a
 * reservation or a status in the expression, or in a view that it names, lifts that part and
 * demands a basis. Revoked, stale and unreadable images and rights that have ended never match
 * outside `find`.
 *
 * A view compiled once is immutable and may be used by any number of threads.
 */
#ifndef LICENSEFS_VIEW_H
#define LICENSEFS_VIEW_H

#include <licensefs/catalog_snapshot.h>

struct lic_view;

/* Resolves the name of another view to its expression text; NULL if there is none. The result
 * must live until lic_view_compile() returns. */
typedef const char *(*lic_view_lookup)(void *ctx, const char *name);

#define LIC_VIEW_FIND 1u /* no implicit conditions: the language of `find` */
#define LIC_VIEW_HAVE_BASIS                                                                        \
	2u /* a legal basis was stated: reservations and status may be named                       \
	    */

/*
 * Compiles an expression. `lookup` may be NULL (only built-in views are known then).
 * -EINVAL: `err` points at the column and names the nearest known word; -EPERM: the expression
 * names a reservation or a status and no basis was given; -ELOOP: views that name each other.
 */
int lic_view_compile(const char *expr, size_t n, unsigned flags, lic_view_lookup lookup, void *ctx,
		     struct lic_view **ret, struct lic_error *err) _nonnull_(1, 6) _must_check_;
void lic_view_free(struct lic_view *v);

/* A collection that the image is in; not `sure` where only rows in doubt say so (catalog.h). */
struct lic_membership {
	const char *collection;
	bool sure;
};

/* What a view may ask of one image beside its rights. Strings may be NULL: unknown. */
struct lic_asset {
	struct lic_bytes path; /* relative to the store, no leading slash */
	const struct lic_credit *credit;
	const struct lic_membership *membership; /* n_memberships of them; 0: in none */
	size_t n_memberships;
};

/* The collections of one image; zero it before the first use. */
struct lic_memberships {
	struct lic_membership *item; /* n of them, owned */
	size_t n, cap;
};
/* Replaces what *ret held; errors as lic_catalog_collections(). */
int lic_memberships_load(struct lic_catalog *cat, int64_t entry, struct lic_memberships *ret,
			 struct lic_error *err) _nonnull_(1, 3) _must_check_;
void lic_memberships_release(struct lic_memberships *l) _nonnull_all_;

/* True where the view asks for collections. */
bool lic_view_needs_collections(const struct lic_view *v) _nonnull_all_;
/* True where the view asks who made the store (catalog_maker.h): what is recorded when it is
 * compiled is what it goes by. */
bool lic_view_needs_makers(const struct lic_view *v) _nonnull_all_;
/* True where the view asks about path, creator, source or collection, so that equal rights do not
 * give equal answers. */
bool lic_view_needs_asset(const struct lic_view *v) _nonnull_all_;

/*
 * Does the image belong to the view? [I1] Only LIC_ALLOWED shows. One alternative of the rights
 * must satisfy the whole expression; `now` ends rights with `until`. `asset` may be NULL only
 * where lic_view_needs_asset() is false; then its atoms are unknown.
 */
enum lic_tri lic_view_match(const struct lic_view *v, const struct lic_rights *rights,
			    const struct lic_asset *asset, int64_t now) _nonnull_(1, 2);

/* Appends why the image is out (or in): the first failing condition, for explain. */
void lic_view_why(const struct lic_view *v, const struct lic_rights *rights,
		  const struct lic_asset *asset, int64_t now, struct lic_buf *out)
	_nonnull_(1, 2, 5);

/* What the view was compiled from; owned by it. The name is "" for an expression, and of a
 * combination its parts in order of their numbers; the basis is "" where none was needed. */
const char *lic_view_name(const struct lic_view *v) _nonnull_all_;
const char *lic_view_expr(const struct lic_view *v) _nonnull_all_;
const char *lic_view_basis(const struct lic_view *v) _nonnull_all_;

/* Built-in views, in order; static. NULL past the end. */
struct lic_builtin_view {
	const char *name, *expr, *summary;
};
const struct lic_builtin_view *lic_view_builtin(size_t i) _const_;
/* True for names that `view set` accepts: letters, digits, '-', '_', '.', not starting with '.' or
 * '-', at most 64 bytes, no built-in's name, no word of the language, not "by-license". */
#define LIC_VIEW_NAME_MAX 64u
bool lic_view_name_valid(const char *name) _nonnull_all_;

/* --- views of a catalog ------------------------------------------------------------------- */

/* Numbers of views are parts of inode numbers (docs/decisions/0003-view-numbers.md). No two of
 * these ranges meet, and a number means the same view for as long as the catalog lives, except that
 * two views of the last range may share one: whoever shows several views at once must refuse the
 * second. Built-in views have their places, from 1. */
#define LIC_VIEW_FIRST_USER 64	       /* user-defined: the numbers of their rows */
#define LIC_VIEW_FIRST_LICENSE 65536   /* by-license/ID: added to the license's number */
#define LIC_VIEW_FIRST_COMBINED 131072 /* built-in views joined by "+": a bit for each */
#define LIC_VIEW_FIRST_SNAPSHOT 196608 /* snapshots: added to the snapshot's number */
#define LIC_VIEW_FIRST_HASHED 262144   /* other combinations and expressions: a hash */
#define LIC_VIEW_LAST 524287

/* A view by name and its number. `name` is a built-in or user-defined view, "by-license/ID", or
 * several of these joined by "+", whose order and repetition do not matter. -ENOENT names the
 * nearest; -EOVERFLOW where the range of numbers is used up. */
int lic_view_by_name(struct lic_catalog *cat, const char *name, struct lic_view **ret,
		     int64_t *ret_number, struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* As lic_view_compile(), with the catalog's user-defined views as names. `basis`: NULL or "" if no
 * legal basis was stated. */
int lic_view_by_expr(struct lic_catalog *cat, const char *expr, const char *basis, unsigned flags,
		     struct lic_view **ret, int64_t *ret_number, struct lic_error *err)
	_nonnull_(1, 2, 5) _must_check_;
/* What `view set` asks before it stores a view: is the name valid, does the expression compile, and
 * do the views that name it go on working? Errors as lic_view_compile(). */
int lic_view_check(struct lic_catalog *cat, const char *name, const char *expr, const char *basis,
		   struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

enum lic_classes { LIC_CLASSES_DROP = 0, LIC_CLASSES_KEEP, LIC_CLASSES_FAIL };

/*
 * A view over one catalog connection, with the answer for each interned rights remembered.
 * Belongs to the thread of its connection; not to be asked while a transaction is open there, whose
 * numbers may yet be taken back. `view` and `cat` must outlive it. `since` is the generation in
 * which the view was first shown: directories that were visible then, or have been since, stay.
 */
struct lic_filter;
int lic_filter_new(struct lic_catalog *cat, const struct lic_view *view, enum lic_classes classes,
		   int64_t since, struct lic_filter **ret, struct lic_error *err)
	_nonnull_(1, 2, 5) _must_check_;
void lic_filter_free(struct lic_filter *f);
/* The time, in seconds since the epoch, that goes with `since`: directories of rights that end
 * later stay too. Without this call it is the time of lic_filter_new(). */
void lic_filter_set_start(struct lic_filter *f, int64_t start) _nonnull_all_;
/* Are settings with absolute paths (LIC_RULE_ABSOLUTE) shown? They are not without this call. */
void lic_filter_set_abspaths(struct lic_filter *f, bool keep) _nonnull_all_;
/*
 * Is the live entry shown in the view? Images by their rights, companions by all of their images,
 * inert files and documents by their directory, directories by what is below them: DROP and FAIL
 * show a directory with a shown image below, a split directory (train, val, ...), one that lost its
 * last shown image after `since`, one in which companions of images elsewhere are shown or were at
 * `since`, and of those without images one with a document below; KEEP shows every one. The root is
 * always shown. Ancestors are the caller's business. Of the entry its id, kind, rule, rights and
 * parent are read, and of directories the name; the catalog is asked, so that a name which it lent
 * may not survive the call. [I1] Any error is reported as *ret_shown = false and a negative errno.
 */
int lic_filter_shows(struct lic_filter *f, const struct lic_entry *e, bool *ret_shown,
		     struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/*
 * Many images at once: are those with these ids and rights (0: no live image) shown? ret[i] is 1 or
 * 0. *until (in and out, seconds since the epoch, 0: never) becomes the time at which the rights of
 * one of those shown end, if that is earlier. Where the view needs no assets it asks the catalog
 * for nothing that it knows already; else each image costs some 20 us. [I1] as above: after an
 * error nothing is shown.
 */
int lic_filter_images(struct lic_filter *f, const int64_t *id, const int64_t *rights, size_t n,
		      uint8_t *ret, int64_t *until, struct lic_error *err)
	_nonnull_(1, 6) _must_check_;
/* Does the view show an image with these rights at a time, in seconds since the epoch? Only for
 * views that need no assets. */
int lic_filter_rights(struct lic_filter *f, int64_t rights, int64_t at, bool *ret,
		      struct lic_error *err) _nonnull_(1, 4) _must_check_;
/* As lic_filter_rights(), in a generation at that time; of a snapshot, after it was made, whether
 * rights would have been taken down. */
int lic_filter_rights_in(struct lic_filter *f, int64_t rights, int64_t generation, int64_t at,
			 bool *ret, struct lic_error *err) _nonnull_(1, 5) _must_check_;
/* Number of images shown below a directory (0: none). O(rights) unless the view needs assets: then
 * it is counted once a generation. */
int lic_filter_count(struct lic_filter *f, int64_t dir, int64_t *ret, struct lic_error *err)
	_nonnull_(1, 3) _must_check_;
/* True for names of split directories: train, val, test, validation, with or without a year. */
bool lic_split_directory(const void *name, size_t n) _nonnull_(1);

/*
 * A snapshot in the place of a view: what is shown are its members, directories and all, but for
 * what was revoked since and what had rights that were limited in time. -ENOENT as
 * lic_snapshot_open(). Of the functions above it may be given to lic_filter_shows(),
 * lic_filter_images(), lic_filter_rights_in() and lic_filter_free(); after the snapshot has ended
 * it is to be freed.
 */
int lic_filter_of_snapshot(struct lic_catalog *cat, const char *name, struct lic_filter **ret,
			   struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* The snapshot, NULL of a view; owned by the filter. */
struct lic_snapshot *lic_filter_snapshot(struct lic_filter *f) _nonnull_all_;
/* How much of a member is shown. */
enum lic_sight {
	LIC_SIGHT_NONE,	 /* nothing */
	LIC_SIGHT_NAME,	 /* name and attributes: the file is not what it was, and not to be opened
			  */
	LIC_SIGHT_WHOLE, /* what is there is what was there */
};
/* Names do not survive. [I1] After an error nothing is shown. */
int lic_filter_sight(struct lic_filter *f, const struct lic_snapshot_entry *m, enum lic_sight *ret,
		     struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;

/* One line of the class map of a view. */
struct lic_class {
	const char *name; /* path of the class directory, relative to the store */
	int store_index;  /* index among the store's classes */
	int view_index;	  /* index among those this view shows; -1: not shown */
	int64_t images;	  /* shown */
	bool split;	  /* a split directory (train, val, ...), which is never dropped */
};
/* Calls `fn` for each class in order: the subdirectories of every directory that has one which
 * holds images directly (split directories do not count for that, nor does a single one beside
 * directories of labels; images in archives are in no directory), in the order of Python's
 * sorted(). The store's indices count all of them, as an ImageFolder over the store would, and the
 * view's those that it shows. Directories of labels, masks and documents without images are no
 * classes; both count them. Names are valid during the callback. */
int lic_view_classes(struct lic_catalog *cat, struct lic_filter *filter,
		     int (*fn)(void *ctx, const struct lic_class *c), void *ctx,
		     struct lic_error *err) _nonnull_(1, 2, 3) _must_check_;
/* Calls `fn` for the topmost directories below the root that hold images of which a view, one of n,
 * shows none: what classes=drop and keep warn of and classes=fail refuses. `path` is relative to
 * the store, `images` the number of hidden ones; view by view, in order of paths. Where the store
 * has more than `max` directories (0: no bound), or more than `max` * LIC_EMPTIED_IMAGES images and
 * a view asks about single ones, 1 is returned, and `fn` was not called. O(directories), up to
 * `max`. */
#define LIC_EMPTIED_IMAGES 16
typedef int (*lic_emptied_fn)(void *ctx, size_t view, const char *path, int64_t images);
int lic_view_emptied(struct lic_catalog *cat, struct lic_filter *const *filter, size_t n,
		     size_t max, lic_emptied_fn fn, void *ctx, struct lic_error *err)
	_nonnull_(1, 2, 5) _must_check_;

#endif
