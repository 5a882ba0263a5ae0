/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the SVG reader share: is it one, and its text as a stream. */
#ifndef LICENSEFS_EVIDENCE_SVG_H
#define LICENSEFS_EVIDENCE_SVG_H

#include "fs/evidence/inflate.h"
#include "fs/evidence/reader.h"

enum lic_svg_kind {
	LIC_SVG_NO = 0,
	LIC_SVG_MAYBE, /* XML whose root is not among these bytes */
	LIC_SVG_YES,
};

/* What the first bytes of a file say, compressed by gzip or not, in any Unicode encoding. Pure. */
enum lic_svg_kind lic_svg_sniff(const uint8_t *head, size_t n) _nonnull_all_;

enum lic_svg_charset {
	LIC_SVG_UTF8, /* what is no UTF-8 is Windows-1252 */
	LIC_SVG_LATIN1,
	LIC_SVG_UTF16,
	LIC_SVG_UTF32,
	LIC_SVG_ASCII, /* an encoding that is not read: any other byte is damage */
};

/*
 * The text of a file as clean UTF-8, piece by piece: unpacked, decoded, its forbidden characters
 * made blanks. Of a value inside a tag (path data, embedded pictures) that runs on for more than
 * LIC_SVG_RUN_MAX bytes the middle is left out, so that drawings of any size fit into little
 * memory.
 */
struct lic_svg_source {
	struct lic_reading *r;
	uint64_t at;		   /* of the file: taken so far */
	uint64_t left;		   /* bytes of text that may still come */
	struct lic_gunzip *gunzip; /* NULL where it is not compressed */
	struct lic_buf raw;	   /* bytes still to be decoded */
	struct lic_buf out;	   /* text still to be handed out, from out_at on */
	size_t out_at;
	enum lic_svg_charset charset;
	bool big;	   /* byte order of UTF-16 and UTF-32 */
	bool begun, ended; /* the charset is known; nothing more comes from the file */
	/* leaving out */
	bool in_tag, in_reference;
	size_t run;	  /* plain bytes since the last quote or angle bracket */
	uint8_t tail[8];  /* of what is being left out, the last bytes */
	unsigned n_tail;  /* 0: nothing is being left out */
	unsigned omitted; /* runs that were shortened */
	const char *damage;
};

#define LIC_SVG_RUN_MAX (1u << 20)
#define LIC_SVG_TEXT_MAX (256u << 20)	 /* bytes of text of one file */
#define LIC_SVG_UNPACKED_MAX (64u << 20) /* where it came compressed */

/* False when out of memory; release it either way. */
bool lic_svg_source_init(struct lic_svg_source *s, struct lic_reading *r) _nonnull_all_;
void lic_svg_source_release(struct lic_svg_source *s) _nonnull_all_;
/* lic_xml_source of a struct lic_svg_source. Ends early, with `damage`, where it cannot go on. */
size_t lic_svg_source_read(void *source, char *to, size_t n) _nonnull_all_;

#endif
