/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shapes of JSON documents that state the rights of one image: read beside the image by scan, and
 * as records of a manifest by import.
 *
 * A document, or one record of a larger one, is first made a flat list of its scalars
 * (struct lic_record); a shape recognises the record that begins at a path of it and turns it into
 * claims of one packet. Which image the record is about is the caller's business.
 *
 *   struct lic_record d = LIC_RECORD_INIT;
 *   if (lic_record_parse(&d, p, n) && (s = lic_shape_find(&d, ""))) {
 *           lic_shape_begin(&r, &claims, LIC_RANK_MANIFEST, "manifest photos", &limits);
 *           s->claims(&r, &d, "");
 *           lic_shape_end(&r);
 *   }
 */
#ifndef LICENSEFS_EVIDENCE_SHAPE_H
#define LICENSEFS_EVIDENCE_SHAPE_H

#include "fs/evidence/nested.h"
#include "fs/evidence/reader.h"

/* --- records -------------------------------------------------------------------------------- */

/* One scalar. Its path joins keys with dots and numbers items from 0: "urls.url[0]._content". */
struct lic_member {
	struct lic_bytes path;
	struct lic_bytes value; /* UTF-8 with a NUL behind it; numbers, true and false as JSON
				 * writes them, null and what is empty as "" */
};

/*
 * Invariants
 * - Members stand in the order of the document; all memory is in the arena.
 * - A value is kept up to LIC_RECORD_VALUE_MAX bytes, which is more than any limit of a field: what
 *   was cut is noticed where a claim is made of it.
 * - Items of arrays beyond LIC_RECORD_ITEMS_MAX are left out: no shape asks for them.
 */
struct lic_record {
	struct lic_arena arena;
	struct lic_member *item;
	size_t n, cap;
	bool failed;				  /* something did not fit */
	unsigned index[LIC_NESTED_DEPTH_MAX + 1]; /* next item of each array that is open */
	size_t before[LIC_NESTED_DEPTH_MAX + 1];  /* members before each that is open */
};

#define LIC_RECORD_VALUE_MAX (64u * 1024 + 1)
#define LIC_RECORD_ITEMS_MAX 64
#define LIC_RECORD_INIT                                                                            \
	{                                                                                          \
		.arena = LIC_ARENA_INIT(32u << 20)                                                 \
	}

/* Bytes of a document that lic_record_parse() takes. */
#define LIC_RECORD_DOCUMENT_MAX (16u << 20)

void lic_record_release(struct lic_record *d);
/* Empties it and keeps the memory. */
void lic_record_reset(struct lic_record *d) _nonnull_all_;
/* Adds a member, the value in valid UTF-8; for records that come out of a stream. Copies both. */
void lic_record_add(struct lic_record *d, const char *path, const void *value, size_t n)
	_nonnull_(1, 2);
/* Adds what a walk (nested.h) reports; its context is the record. */
extern const struct lic_nested_handler lic_record_handler;
/* Empties the record and fills it from a JSON text; NaN and Infinity, which Python writes, count
 * as 0. False where the text is not well-formed or does not fit. */
bool lic_record_parse(struct lic_record *d, const uint8_t *p, size_t n) _nonnull_(1) _must_check_;

/* The member `name` of the record that begins at the path `at` ("" for the whole), NULL if there is
 * none. O(members). */
const struct lic_member *lic_record_find(const struct lic_record *d, const char *at,
					 const char *name) _nonnull_all_;
/* Its value, "" if there is none or it is null. */
const char *lic_record_text(const struct lic_record *d, const char *at,
			    const char *name) _nonnull_all_;
/* Does anything stand at this path or below it? */
bool lic_record_has(const struct lic_record *d, const char *at, const char *name) _nonnull_all_;

/* --- shapes --------------------------------------------------------------------------------- */

struct lic_shape {
	const char *name; /* "flickr" */
	bool (*is)(const struct lic_record *d, const char *at);
	void (*claims)(struct lic_reading *r, const struct lic_record *d, const char *at);
};

/* A photo of the Flickr API, as photos.getInfo ("photo" of the answer), photos.search (an item of
 * "photos.photo") or gallery-dl write it. */
extern const struct lic_shape lic_shape_flickr;
/* A page of Wikimedia Commons' API with imageinfo, an item of its imageinfo, or bare extmetadata.
 */
extern const struct lic_shape lic_shape_commons;
/* An image of Openverse's API. */
extern const struct lic_shape lic_shape_openverse;
/* A sample of img2dataset: additional columns, LAION's guessed ones among them, and EXIF as text.
 */
extern const struct lic_shape lic_shape_img2dataset;
/* Google Takeout's metadata of one picture. */
extern const struct lic_shape lic_shape_takeout;
/* Any flat object with keys like "license", "creator", "url". */
extern const struct lic_shape lic_shape_plain;

/* The shape of the record at `at`, the most telling one first; NULL: none that states rights. */
const struct lic_shape *lic_shape_find(const struct lic_record *d, const char *at) _nonnull_all_;

/* Prepares a reading whose claims go to `claims` with this rank and source. Both outlive it. */
void lic_shape_begin(struct lic_reading *r, struct lic_claims *claims, enum lic_rank rank,
		     const char *source, const struct lic_limits *limits) _nonnull_all_;
void lic_shape_end(struct lic_reading *r) _nonnull_all_;

/* Adds a claim of the member `name`, if there is one with a text. */
void lic_shape_add(struct lic_reading *r, const struct lic_record *d, const char *at,
		   const char *name, uint32_t packet, enum lic_role role,
		   enum lic_context context) _nonnull_all_;
/* The same of a text that was made of several members; `raw` is what it was made of. */
void lic_shape_add_text(struct lic_reading *r, const char *name, uint32_t packet,
			enum lic_role role, enum lic_context context, const char *raw,
			const char *text) _nonnull_all_;

/* The claims of an Openverse license: unit ("by", "cc0"), version and address, "" where there is
 * none; for every format of theirs. */
void lic_shape_openverse_license(struct lic_reading *r, uint32_t packet, const char *unit,
				 const char *version, const char *url) _nonnull_all_;
/* Adds what lic_shape_plain finds at `at` to a packet. */
void lic_shape_plain_claims(struct lic_reading *r, const struct lic_record *d, const char *at,
			    uint32_t packet) _nonnull_all_;

/* --- HTML ----------------------------------------------------------------------------------- */

/* Appends the text of an HTML fragment: no tags, comments, scripts; entities decoded; one blank for
 * every run of blanks and for every tag that begins a line. `visible_only`: nothing of elements
 * with the style display:none. A "<" that begins no tag is a text. */
void lic_html_text(struct lic_buf *out, const char *p, size_t n, bool visible_only) _nonnull_(1, 2);

#endif
