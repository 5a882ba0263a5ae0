/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inode numbers without a table.
 *
 *   1                                           root of the mount
 *   id                                          image, companion, inert file: same in every view
 *   view << 44 | id                             directory or document `id` in a view
 *   1 << 63 | made << 60 | view << 40 | serial  what the mount itself makes: by-license, controls
 *   1 << 63 | 1 << 59 | serial                  a state of a view of a document, to the kernel
 * alone
 *
 * The catalog never reuses an id [I4] and gives changed bytes a new one [I3], so a number names the
 * same thing for as long as the catalog lives: nothing to remember, nothing to forget, and pages
 * cached under a number are always those of its bytes. View numbers are 1 to 2^19 - 1, ids are
 * below 2^44; the root of the store is id 1, so no file is numbered 1.
 *
 * Only the bytes of documents change under their number. The kernel knows each of their states by a
 * number of its own, so that it never mixes pages of one with those of another (docs.h); programs
 * see the number that stays.
 *
 * In a mount of a single view the root is that view's directory 1. All functions are pure.
 */
#ifndef LICENSEFS_MOUNT_INODE_H
#define LICENSEFS_MOUNT_INODE_H

#include <stdbool.h>
#include <stdint.h>

#include <licensefs/macros.h>

#define LIC_INO_ROOT 1u
#define LIC_STORE_ROOT 1 /* the catalog's id of the store's root */
#define LIC_VIEW_NUMBER_END (INT64_C(1) << 19)
#define LIC_ID_END (INT64_C(1) << 44)
#define LIC_SERIAL_END (INT64_C(1) << 40)

/* Stored nowhere, but part of inode numbers: below 8. */
enum lic_made {
	LIC_MADE_BY_LICENSE = 0,  /* directory of by-license views */
	LIC_MADE_CONTROL = 1,	  /* MNT/.licensefs */
	LIC_MADE_VIEWS = 2,	  /* MNT/.licensefs/views */
	LIC_MADE_VIEW = 3,	  /* MNT/.licensefs/views/NAME */
	LIC_MADE_README = 4,	  /* MNT/.licensefs/README */
	LIC_MADE_CLASSES = 5,	  /* MNT/.licensefs/views/NAME/classes.tsv */
	LIC_MADE_EXPRESSION = 6,  /* MNT/.licensefs/views/NAME/expression */
	LIC_MADE_BY_LICENSES = 7, /* MNT/.licensefs/views/by-license */
	/* Has no number of its own: that of MADE_CONTROL with the serial 1. */
	LIC_MADE_SNAPSHOTS = 8, /* MNT/.licensefs/snapshots */
};

enum lic_inode_type {
	LIC_INODE_NONE = 0, /* no such number was ever given out */
	LIC_INODE_ROOT,	    /* root of a mount of all views */
	LIC_INODE_DIR,	    /* `id` in `view` */
	LIC_INODE_FILE,	    /* `id` */
	LIC_INODE_MADE,	    /* `made`, `view`, and the serial in `id` */
	LIC_INODE_NODE,	    /* a state of a document: the serial in `id` */
};

struct lic_inode {
	enum lic_inode_type type;
	enum lic_made made;
	int64_t view, id;
};

/* `single`: number of the view of a single-view mount, 0 otherwise. */
struct lic_inode lic_inode_decode(uint64_t ino, int64_t single) _const_;
uint64_t lic_inode_dir(int64_t view, int64_t id, int64_t single) _const_;
uint64_t lic_inode_node(int64_t serial) _const_;
uint64_t lic_inode_made(enum lic_made made, int64_t view, int64_t serial) _const_;
static inline bool lic_made_is_dir(enum lic_made m)
{
	return m != LIC_MADE_README && m != LIC_MADE_CLASSES && m != LIC_MADE_EXPRESSION;
}

#endif
