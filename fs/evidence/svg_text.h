/* SPDX-License-Identifier: Apache-2.0 */
/* The prose of an SVG: titles, descriptions, comments, text in metadata. */
#ifndef LICENSEFS_EVIDENCE_SVG_TEXT_H
#define LICENSEFS_EVIDENCE_SVG_TEXT_H

#include <licensefs/license.h>

#include "fs/evidence/reader.h"

enum lic_svg_prose {
	LIC_SVG_TITLE,
	LIC_SVG_DESC,
	LIC_SVG_COMMENT,
	LIC_SVG_METADATA,
};

/*
 * What speaks for the drawing becomes a claim each. Drawings also hold thousands of titles and
 * comments on their parts (one an edge of a graph), and programs hide their own data in them: all
 * that is joined, and becomes a claim only where it speaks about rights: it may restrict, never
 * grant. Of what describes parts the tail may be lost, as with any caption; of what speaks for the
 * drawing it may not.
 */
struct lic_svg_text {
	struct lic_reading *r;
	enum lic_svg_prose kind; /* of the open title or desc */
	unsigned depth;		 /* where it stands, 0: none is open */
	unsigned left;		 /* claims that may still be made one by one */
	bool is_long;		 /* too long for a claim: only searched */
	struct lic_buf open;	 /* its text */
	struct lic_buf metadata; /* text of the open metadata element, outside of RDF */
	struct lic_buf aside;	 /* joined */
	size_t searched;	 /* bytes of joined text so far */
	struct lic_parse last;	 /* what the last claim made of it says */
};

void lic_svg_text_init(struct lic_svg_text *t, struct lic_reading *r) _nonnull_all_;
void lic_svg_text_release(struct lic_svg_text *t) _nonnull_all_;
/* A title or desc begins, and ends with the element at its depth. */
void lic_svg_text_open(struct lic_svg_text *t, enum lic_svg_prose kind,
		       unsigned depth) _nonnull_all_;
void lic_svg_text_add(struct lic_svg_text *t, const char *p, size_t n) _nonnull_(1);
void lic_svg_text_close(struct lic_svg_text *t, unsigned depth) _nonnull_all_;
/* Between two elements in metadata. */
void lic_svg_text_break(struct lic_svg_text *t) _nonnull_all_;
/* Takes a whole text; `own`: it speaks for the drawing. */
void lic_svg_text_say(struct lic_svg_text *t, enum lic_svg_prose kind, bool own, const char *p,
		      size_t n) _nonnull_(1);
/* The file has ended. */
void lic_svg_text_end(struct lic_svg_text *t) _nonnull_all_;

/* Decodes base64, blanks and all; false where it is none. */
bool lic_svg_base64(const struct lic_buf *in, struct lic_buf *out) _nonnull_all_ _must_check_;

#endif
