/* SPDX-License-Identifier: Apache-2.0 */
/* Which fields of which standard speak about an image's rights, and in which role. */
#ifndef LICENSEFS_EVIDENCE_FIELDS_H
#define LICENSEFS_EVIDENCE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <licensefs/macros.h>

/* How the value of a field is read. */
enum lic_field_kind {
	LIC_FIELD_TEXT = 0,
	LIC_FIELD_URL,		 /* has its role only where the value looks like a URL */
	LIC_FIELD_FLAG,		 /* has its role unless the value is false */
	LIC_FIELD_PERMIT,	 /* has its role only where the value is false */
	LIC_FIELD_DATA_MINING,	 /* PLUS DMI code */
	LIC_FIELD_TDM,		 /* TDMRep reservation, "0" or "1" */
	LIC_FIELD_RSL_PROHIBITS, /* RSL tokens of uses */
	LIC_FIELD_RSL_PERMITS,
	LIC_FIELD_RSL_PAYMENT, /* its attribute "type" says what is asked for */
	LIC_FIELD_GUID,	       /* no claim: announces Extended XMP */
	LIC_FIELD_EXTENSION,   /* no claim: the extension that a sidecar belongs to */
};

struct lic_field {
	const char *name; /* as claims call it */
	uint8_t role;	  /* enum lic_role */
	uint8_t kind;	  /* enum lic_field_kind */
	uint8_t context;  /* enum lic_context */
};

/* --- XMP: by namespace URI and local name in any letter case, never by prefix ---------------- */

/* Number of a known namespace, -1 for any other. With http for https (or the other way round) and
 * without the last "/" or "#" it is still known: people write both. */
int lic_xmp_namespace(const char *uri) _nonnull_all_;

/* A property of the image (`parent` NULL), or a member of its property `parent`, which is a
 * structure of the same namespace; NULL where it says nothing about rights. */
const struct lic_field *lic_xmp_field(int ns, const char *parent, const char *local) _nonnull_(3);
/* The name that members of this structure give as `parent`; NULL where no member is known. */
const char *lic_xmp_structure(int ns, const char *local) _nonnull_all_;
/* An opt-out that is believed wherever it stands. */
const struct lic_field *lic_xmp_field_anywhere(int ns, const char *local) _nonnull_all_;
/* Structures that describe another work: nothing below them speaks for the image. */
bool lic_xmp_is_foreign(int ns, const char *local) _nonnull_all_;
/* Classes of nodes, in either letter case: minifiers lower them. */
bool lic_xmp_is_work(int ns, const char *local) _nonnull_all_;
bool lic_xmp_is_license_class(int ns, const char *local) _nonnull_all_;

/* --- the others, NULL where the field says nothing ------------------------------------------ */

const struct lic_field *lic_exif_field(unsigned tag) _const_;
/* The same by its name, in any letter case ("copyright"). */
const struct lic_field *lic_exif_field_named(const char *name) _nonnull_all_;
const struct lic_field *lic_iim_field(unsigned dataset) _const_; /* of record 2 */
/* Textual PNG keyword, in any letter case. One that only sounds of rights may restrict. */
const struct lic_field *lic_png_field(const char *keyword) _nonnull_all_;

/* Fields of containers that have but a few. */
extern const struct lic_field lic_field_jpeg_comment, lic_field_gif_comment, lic_field_pnm_comment,
	lic_field_riff_comment, lic_field_riff_copyright, lic_field_ducky_comment,
	lic_field_ducky_copyright, lic_field_irb_copyright_flag, lic_field_irb_copyright_unset,
	lic_field_irb_url;

#endif
