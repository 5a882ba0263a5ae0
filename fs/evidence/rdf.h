/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RDF/XML as XMP and SVG use it: properties of the image by namespace and local name.
 *
 * Element, attribute, rdf:resource and rdf:value forms, parseType Resource and Literal, and items
 * of rdf:Alt, rdf:Seq and rdf:Bag all count. Only what is said of the image itself becomes a
 * claim: members of structures do where the field table lists them; nodes about another resource
 * may restrict but never grant.
 */
#ifndef LICENSEFS_EVIDENCE_RDF_H
#define LICENSEFS_EVIDENCE_RDF_H

#include "fs/evidence/reader.h"
#include "fs/evidence/xml.h"

#define LIC_RDF_DEPTH_MAX 128

struct lic_rdf_frame;

struct lic_rdf {
	struct lic_reading *r;
	const char *source;
	uint32_t packet;
	bool seen;	      /* an rdf:RDF began */
	bool clean;	      /* and those that ended were well-formed up to there */
	char guid[33];	      /* xmpNote:HasExtendedXMP, "" if none */
	char extension[32];   /* photoshop:SidecarForExtension, "" if none */
	char about[128];      /* of the first node that names its resource */
	struct lic_buf value; /* text of the innermost property */
	unsigned n, max;      /* open frames; 0 again after the last rdf:RDF has ended */
	struct lic_rdf_frame *frame;
};

/* Begins a reading; false when out of memory. Release it either way. */
bool lic_rdf_init(struct lic_rdf *rdf, struct lic_reading *r, const char *source,
		  uint32_t packet) _nonnull_all_ _must_check_;
void lic_rdf_release(struct lic_rdf *rdf) _nonnull_all_;

/* Callbacks for lic_xml_read() with the struct lic_rdf as context. */
extern const struct lic_xml_handler lic_rdf_handler;

#endif
