/* SPDX-License-Identifier: Apache-2.0 */
/* What keys of JSON mean by convention, whatever their letter case and their underscores. */
#ifndef LICENSEFS_DOCUMENT_JSONKEY_H
#define LICENSEFS_DOCUMENT_JSONKEY_H

#include "fs/document/index.h"

#define LIC_JSONKEY_NAME 1u	 /* its text names an image, if it looks like that */
#define LIC_JSONKEY_SURELY 2u	 /* its text names an image, whatever it looks like */
#define LIC_JSONKEY_MANY 4u	 /* its array is images of what the array stands in */
#define LIC_JSONKEY_ID 8u	 /* the id of what it stands in */
#define LIC_JSONKEY_IMAGE_ID 16u /* that of an image; of images where it is an array */
#define LIC_JSONKEY_VIDEO_ID 32u /* that of a film, whose frames are images */
#define LIC_JSONKEY_FOLDER 64u	 /* a directory, for the file name beside it */
#define LIC_JSONKEY_PLAIN 128u	 /* holds no records about images: categories, info */
#define LIC_JSONKEY_BY_ID 256u	 /* keys in its object are ids of images: COCO-Text's imgToAnns */
#define LIC_JSONKEY_FILMS 512u	 /* its elements are films */
#define LIC_JSONKEY_IMAGES 1024u /* its elements are images */
#define LIC_JSONKEY_FILE 2048u	 /* a file name that a folder may stand in front of */

/* What it looks like: */
#define LIC_JSONKEY_LOOKS_IMAGE 4096u
#define LIC_JSONKEY_LOOKS_STEM 8192u
#define LIC_JSONKEY_LOOKS_NUMBER 16384u
#define LIC_JSONKEY_LOOKS                                                                          \
	(LIC_JSONKEY_LOOKS_IMAGE | LIC_JSONKEY_LOOKS_STEM | LIC_JSONKEY_LOOKS_NUMBER)

/* Tags of names in JSON. */
enum {
	LIC_JSONTAG_JOINED = LIC_TAG_COLUMN,	 /* folder and file name */
	LIC_JSONTAG_ITEM,			 /* an element of an array */
	LIC_JSONTAG_KEY,			 /* the key of a member */
	LIC_JSONTAG_FIRST = LIC_TAG_COLUMN + 4,	 /* conventional keys */
	LIC_JSONTAG_OTHER = LIC_TAG_COLUMN + 24, /* other keys, in the order of the file */
	LIC_JSONTAG_ID = LIC_TAG_END - 8,	 /* variants of a numeric id */
};

struct lic_jsonkey {
	unsigned meaning; /* LIC_JSONKEY_* */
	uint8_t tag;	  /* LIC_TAG_OTHER where it is no conventional key of a name */
};

#define LIC_JSONKEY_CACHE 256u

/* Keys that were met; zero it. */
struct lic_jsonkeys {
	struct {
		uint8_t n; /* 0: free */
		uint8_t text[30];
		struct lic_jsonkey key;
	} cache[LIC_JSONKEY_CACHE];
	uint64_t other[LIC_JSONTAG_ID - LIC_JSONTAG_OTHER]; /* hashes of keys */
	unsigned n_other;
};

struct lic_jsonkey lic_jsonkey_find(struct lic_jsonkeys *k, const uint8_t *p, size_t n)
	_nonnull_(1);

/* The tag of an unconventional key under which a name stands. */
uint8_t lic_jsonkey_tag(struct lic_jsonkeys *k, const void *p, size_t n) _nonnull_(1);

#endif
