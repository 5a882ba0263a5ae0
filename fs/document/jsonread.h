/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records in JSON: which elements and members name images, and which are joined to them by ids.
 *
 *   walk (jsonread.c)     tokens -> items, names, ids; which items are records
 *   flush (jsonjoin.c)    records that nothing around them can swallow any more -> the index
 *
 * An *item* is an element of an array or a member of an object. It is a record where it names an
 * image by itself, in its own fields or in objects in them; the outermost such item counts, and all
 * names in it, at any depth, are its subject's. While an item may still turn out to be a record,
 * what is found in it waits; the wait is bounded (LIC_JSON_WAITING_MAX), and what stands around
 * too many records is structure. Items that name no image but have the id of one (image_id) are
 * about that image.
 *
 * Invariants
 * - Records are written in the order of the file, and each subject before its records.
 * - A name outside of records is a suspect.
 */
#ifndef LICENSEFS_DOCUMENT_JSONREAD_H
#define LICENSEFS_DOCUMENT_JSONREAD_H

#include "fs/document/jsonids.h"
#include "fs/document/jsonkey.h"
#include "fs/document/jsonwalk.h"

#define LIC_JSON_DEPTH_MAX 512
#define LIC_JSON_WAITING_MAX 512u /* records */
#define LIC_JSON_NAMES_MAX 65536u /* in one item */
#define LIC_JSON_SUSPECTS_MAX 4096u
#define LIC_JSON_STEMS_MAX 65536u /* that are suspects; they may be anything */

enum lic_json_kind {
	LIC_JSON_NAME,
	LIC_JSON_FOLDER,
	LIC_JSON_ID,
	LIC_JSON_REF,  /* id of an image */
	LIC_JSON_FILM, /* id of a film */
	LIC_JSON_STEM, /* looks like a name without extension */
	LIC_JSON_DATA, /* pixels, or a text too long to look into */
};

struct lic_json_name {
	uint32_t at, n; /* in the text of its list */
	uint16_t depth; /* of the object that it is a field of */
	uint16_t level; /* arrays around that */
	uint8_t kind, tag;
	bool file; /* a folder may stand in front of it */
};

struct lic_json_names {
	struct lic_json_name *name; /* owned */
	size_t n, cap;
	struct lic_buf text;
};

enum lic_json_record_kind {
	LIC_JSON_STRUCTURE,
	LIC_JSON_NAMED,
	LIC_JSON_REFERS,
	LIC_JSON_BOTH,	  /* names an image, and has the id of one: about that, if there is one */
	LIC_JSON_UNKNOWN, /* about something that nobody can tell */
	LIC_JSON_COMMA,	  /* before an item that is structure */
};

/* What will be a record unless something around it is. */
struct lic_json_waiting {
	uint64_t at, n, lead;
	uint64_t item;	/* where it begins without its comma */
	uint64_t scope; /* of its ids */
	uint64_t subject;
	uint32_t from, to;     /* its names */
	uint16_t depth, level; /* of its value */
	uint8_t kind;
	bool list, member, film, images;
};

/* An open array or object. */
struct lic_json_frame {
	uint64_t open;
	uint64_t item, comma; /* of the present item; the comma is the item where it is the first */
	uint32_t names, waiting; /* what was known when it began */
	uint32_t own, deep, sure,
		refs;	/* names: fields, in objects in fields, by convention; ids */
	uint16_t level; /* arrays up to here */
	bool object;
	bool element;	 /* the value of an element, or of a member whose key looks like an id */
	bool recordable; /* the item that it is the value of may become a record */
	bool plain;	 /* holds no records about images */
	bool ids, by_id, many, films, images; /* as its key says */
	bool begun, records, fixed;	      /* items; records among them; structure among them */
	bool joined;			      /* an element was about an image by its id */
	bool parallel; /* has fields with arrays or objects that are no names */
	bool data, many_names;
	bool item_named, item_ref, item_element; /* by its key */
	uint8_t tag;				 /* of names that are elements */
	struct lic_jsonkey key;
};

struct lic_json_suspects {
	struct lic_json_names names;
	uint64_t *seen; /* hashes; open addressing, twice as many as there may be */
	size_t n_names, n_stems;
};

/* Subjects that were found before the walk came to them. */
struct lic_json_ahead {
	bool done;
	uint64_t from; /* in the file */
	uint64_t next; /* subject of the next one */
};

struct lic_jsonread {
	struct lic_indexing *x;
	struct lic_walk w;
	struct lic_jsonkeys *keys;    /* not owned */
	struct lic_json_frame *frame; /* owned; frame[0] holds the outermost value */
	unsigned depth;		      /* of the innermost; 0 for frame[0] */
	unsigned recordable;	      /* frames */
	struct lic_json_names names;
	struct lic_json_waiting *waiting; /* owned */
	size_t n_waiting, cap_waiting;
	struct lic_jsonids ids;
	uint64_t defined[2];		/* images with an id; with an image_id alone */
	struct lic_json_ahead ahead[2]; /* the same */
	int collecting; /* 0; 1, 2: only images that define ids in the first, second way */
	bool quiet;	/* nothing is written: names are wanted */
	bool lines, stems;
	bool films;
	bool root_names;	     /* the outermost object names an image by convention, */
	uint64_t root_from, root_to; /* and what stands between its braces */
	struct lic_json_suspects suspects;
	struct lic_jsonread *again;  /* for names that were read before; owned */
	struct lic_json_names joint; /* names of a subject that is being put together */
	uint64_t records, joined;
	uint8_t key[256];
	size_t key_n;
};

/* --- walking ------------------------------------------------------------------------------ */

/* Of bytes from .. to; `keys` stays the caller's. Release it. */
int lic_jsonread_init(struct lic_jsonread *c, struct lic_indexing *x, struct lic_jsonkeys *keys,
		      uint64_t from, uint64_t to) _nonnull_all_ _must_check_;
void lic_jsonread_release(struct lic_jsonread *c);
/* The next value of the file, as the one item of frame[0]. */
int lic_jsonread_value(struct lic_jsonread *c) _nonnull_all_ _must_check_;
/* The rest of the value behind an item that has just ended. */
int lic_jsonread_rest(struct lic_jsonread *c) _nonnull_all_ _must_check_;
/* One item of an array or, with its key, of an object, and nothing else. */
int lic_jsonread_item(struct lic_jsonread *c, bool member) _nonnull_all_ _must_check_;

static inline struct lic_json_frame *lic_json_top(struct lic_jsonread *c)
{
	return &c->frame[c->depth];
}
/* Where ids that stand in the innermost frame's items are defined. */
static inline uint64_t lic_json_scope(const struct lic_jsonread *c)
{
	return c->depth >= 3 && c->frame[c->depth - 1].object ? c->frame[c->depth - 1].open : 0;
}
/* The comma before an item that begins waits, too. */
int lic_json_add_comma(struct lic_jsonread *c,
		       const struct lic_json_frame *f) _nonnull_all_ _must_check_;
/* The present item of the innermost frame has ended: is it a record? `g` is the array or object
 * that is its value, and that was closed; NULL where it has another one. */
int lic_json_end_item(struct lic_jsonread *c, const struct lic_json_frame *g)
	_nonnull_(1) _must_check_;

/* --- names -------------------------------------------------------------------------------- */

int lic_json_name_add(struct lic_json_names *l, const struct lic_json_name *name,
		      const void *text) _nonnull_all_ _must_check_;
/* Forgets all from number n on. */
void lic_json_names_cut(struct lic_json_names *l, size_t n) _nonnull_all_;
/* Forgets the first n. */
void lic_json_names_forget(struct lic_json_names *l, size_t n) _nonnull_all_;
void lic_json_names_release(struct lic_json_names *l);
static inline const char *lic_json_name_text(const struct lic_json_names *l,
					     const struct lic_json_name *name)
{
	return lic_buf_str(&l->text) + name->at;
}
/* Appends the names of a record to `out` as they are to be written: tags are final, each name once,
 * folders joined. `other`: they count as LIC_TAG_OTHER. */
int lic_json_names_settle(const struct lic_json_names *l, const struct lic_json_waiting *r,
			  bool other, struct lic_json_names *out) _nonnull_all_ _must_check_;
/* Writes the subject of settled names: its number, or LIC_SUBJECT_NONE where they are too many or
 * none. */
uint64_t lic_json_subject(struct lic_jsonread *c, const struct lic_json_names *l) _nonnull_all_;
/* A name outside of records. */
int lic_json_suspect(struct lic_jsonread *c, const struct lic_json_names *l,
		     const struct lic_json_name *name) _nonnull_all_ _must_check_;
void lic_json_suspects_write(struct lic_jsonread *c) _nonnull_all_;

/* --- records ------------------------------------------------------------------------------ */

/* Writes so many of the records that wait, and of the names those that stand before the others:
 * nothing that is open may become a record around them. */
int lic_json_flush(struct lic_jsonread *c, size_t records, size_t names) _nonnull_all_ _must_check_;
/* Is this an id that an image has? In the scope given or in the file's. */
bool lic_json_is_id(const struct lic_jsonread *c, uint64_t scope, const void *p, size_t n)
	_nonnull_(1);

#endif
