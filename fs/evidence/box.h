/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes (ISO/IEC 14496-12 4.2): the structure of HEIF, JPEG XL, JPEG 2000 and CR3. */
#ifndef LICENSEFS_EVIDENCE_BOX_H
#define LICENSEFS_EVIDENCE_BOX_H

#include "fs/evidence/reader.h"

#define LIC_FOURCC(a, b, c, d)                                                                     \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* Invariant: start < at, and at + n lies inside what holds the box, and so inside the file. */
struct lic_box {
	uint32_t type;	/* LIC_FOURCC */
	uint64_t start; /* of its header */
	uint64_t at;	/* of its content */
	uint64_t n;	/* bytes of content */
};

/* The boxes from `at` to `end`, one after the other. */
struct lic_boxes {
	struct lic_reading *r;
	uint64_t at, end;
	bool is_file; /* they make up a file */
};

struct lic_boxes lic_boxes_of(struct lic_reading *r, uint64_t at, uint64_t end) _nonnull_all_;
/* The boxes inside a box, behind the first `skip` bytes of its content. */
struct lic_boxes lic_boxes_in(struct lic_reading *r, const struct lic_box *box,
			      uint64_t skip) _nonnull_all_;

/*
 * Steps to the next box. False at the end, and, with damage, where the bytes are no box or lead
 * out of what holds them: whatever stands behind was not read. A few zeros are padding. Every box
 * takes from the file's budget, so that nesting and number are bounded.
 */
bool lic_boxes_next(struct lic_boxes *b, struct lic_box *ret) _nonnull_all_ _must_check_;

/* Does the box say `want` in its first four bytes? */
bool lic_box_begins(struct lic_reading *r, const struct lic_box *box, uint64_t skip,
		    uint32_t want) _nonnull_all_ _must_check_;

/* --- what boxes hold ------------------------------------------------------------------------ */

/* Reads a box of metadata that means the same in every format: "uuid" (XMP, EXIF, IPTC, Photoshop,
 * C2PA), "Exif", "xml ", "jp2i", "jumb", and "brob" around one of these. False for any other. */
bool lic_box_read(struct lic_reading *r, const struct lic_box *box) _nonnull_all_;

/* EXIF behind the offset of its TIFF header (ISO/IEC 23008-12 A.2.1), or, as some write it, without
 * that offset. What is empty says nothing. */
void lic_box_exif(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_(1);
/* XML that is XMP or is not: only what has the marks of RDF is read. */
void lic_box_xml(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_(1);
void lic_box_xmp(struct lic_reading *r, const uint8_t *p, size_t n) _nonnull_(1);

/* Unpacks n bytes by `unpack`, and reads them. What does not come out whole is damage and ends the
 * budget: nothing may be unpacked again and again for nothing. */
typedef int (*lic_unpack_fn)(const uint8_t *p, size_t n, struct lic_buf *out);
typedef void (*lic_content_fn)(struct lic_reading *r, const uint8_t *p, size_t n);
void lic_box_unpack(struct lic_reading *r, lic_unpack_fn unpack, lic_content_fn read,
		    const uint8_t *p, size_t n) _nonnull_(1, 2, 3, 4);

/* Reads a "meta" box (ISO/IEC 14496-12 8.11): the items that hold EXIF, XMP or C2PA. What such an
 * item says of another picture than the primary one may restrict, and grants nothing. */
void lic_meta_read(struct lic_reading *r, const struct lic_box *box) _nonnull_all_;

#endif
