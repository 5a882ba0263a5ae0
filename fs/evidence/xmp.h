/* SPDX-License-Identifier: Apache-2.0 */
/* XMP packets, whole and in pieces. */
#ifndef LICENSEFS_EVIDENCE_XMP_H
#define LICENSEFS_EVIDENCE_XMP_H

#include "fs/evidence/reader.h"

#define LIC_XMP_SIGNATURE "http://ns.adobe.com/xap/1.0/"
#define LIC_XMP_EXTENSION_SIGNATURE "http://ns.adobe.com/xmp/extension/"

/* What a packet says of itself. */
struct lic_xmp_notes {
	bool is_xmp;	    /* it has the marks of XMP, well-formed or not */
	char guid[33];	    /* Extended XMP that belongs to it, "" if none */
	char extension[32]; /* extension that a sidecar belongs to, "" if none */
};

/* Adds the claims of one packet in any Unicode encoding. What is blank is no packet; what is
 * malformed before its RDF ends is damage. `ret_notes` may be NULL. */
void lic_xmp_read(struct lic_reading *r, const char *source, uint32_t packet, const uint8_t *p,
		  size_t n, struct lic_xmp_notes *ret_notes) _nonnull_(1, 2, 4);

/* --- Extended XMP of JPEG (XMP part 3, 1.1.3.1): pieces by GUID and offset ------------------- */

#define LIC_XMP_EXTENSIONS_MAX 8

struct lic_xmp_extension {
	char guid[33];
	uint32_t full;	     /* bytes when complete */
	struct lic_buf data; /* pieces as they came */
	struct lic_xmp_piece *piece;
	size_t n, cap;
};

struct lic_xmp_extensions {
	struct lic_xmp_extension item[LIC_XMP_EXTENSIONS_MAX];
	size_t n;
};

/* Takes one segment, from behind the signature and its NUL. */
void lic_xmp_extension_add(struct lic_reading *r, struct lic_xmp_extensions *x, const uint8_t *p,
			   size_t n) _nonnull_all_;
/* Reads the extension that was announced (`guid`, "" if none) as part of `packet`; the others may
 * restrict and grant nothing. Damage where one has gaps or overlaps, or where the announced one is
 * not there. Releases the extensions. */
void lic_xmp_extensions_read(struct lic_reading *r, struct lic_xmp_extensions *x,
			     const char *source, uint32_t packet, const char *guid) _nonnull_all_;

#endif
