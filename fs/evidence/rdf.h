/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RDF/XML as XMP and SVG use it: properties of the image by namespace and local name.
 *
 * Element, attribute, rdf:resource and rdf:value forms, parseType Resource and Literal, and items
 * of rdf:Alt, rdf:Seq and rdf:Bag all count. Only what is said of the image itself becomes a
 * claim: members of structures do where the field table lists them; nodes about another resource
 * may restrict but never grant. Names of elements and attributes count in any letter case: HTML
 * tools lower them.
 */
#ifndef LICENSEFS_EVIDENCE_RDF_H
#define LICENSEFS_EVIDENCE_RDF_H

#include "fs/evidence/reader.h"
#include "fs/evidence/xml.h"

#define LIC_RDF_DEPTH_MAX 128
#define LIC_RDF_NAMED_MAX 16

struct lic_rdf_frame;

struct lic_rdf {
	struct lic_reading *r;
	const char *source;
	uint32_t packet;
	bool seen;	    /* an rdf:RDF began */
	bool clean;	    /* and those that ended were well-formed up to there */
	size_t end;	    /* where the last of them ended; not when streaming */
	char guid[33];	    /* xmpNote:HasExtendedXMP, "" if none */
	char extension[32]; /* photoshop:SidecarForExtension, "" if none */
	char about[128];    /* of the first node that names its resource */
	/* Set before an rdf:RDF begins, for the whole of it: */
	bool other;	  /* it is about a part of the image: may restrict, never grant */
	bool document;	  /* it describes the file that it stands in, see lic_rdf_begin() */
	bool has_self;	  /* document: a node without name, or with the empty one, was there */
	unsigned n_named; /* document: nodes that are about `about` */
	struct {
		size_t from, to; /* their claims */
	} named[LIC_RDF_NAMED_MAX];
	struct lic_buf value; /* text of the innermost property */
	unsigned n, max;      /* open frames; 0 again after the last rdf:RDF has ended */
	struct lic_rdf_frame *frame;
};

/* Begins a reading; false when out of memory. Release it either way. */
bool lic_rdf_init(struct lic_rdf *rdf, struct lic_reading *r, const char *source,
		  uint32_t packet) _nonnull_all_ _must_check_;
void lic_rdf_release(struct lic_rdf *rdf) _nonnull_all_;

/*
 * A file may hold several rdf:RDF: called before each of them, with a packet of its own. In XMP
 * every node is about the image, whatever name it gives. In a `document` a node whose rdf:about is
 * empty is about the image; what a node with a name says counts only where there is no such node.
 */
void lic_rdf_begin(struct lic_rdf *rdf, const char *source, uint32_t packet, bool document,
		   bool other) _nonnull_all_;
/* Reads what comes as if it stood in rdf:RDF, or (`node`) in a node about the image. The next
 * element must be followed by lic_rdf_leave() when it has ended and `n` is what it was before.
 * False where the limits forbid. */
bool lic_rdf_enter(struct lic_rdf *rdf, bool node) _nonnull_all_ _must_check_;
void lic_rdf_leave(struct lic_rdf *rdf) _nonnull_all_;
/* Is this the element rdf:RDF? */
bool lic_rdf_is_root(const char *ns, const char *local) _nonnull_all_;
/* Is this the element rdf:Description? */
bool lic_rdf_is_description(const char *ns, const char *local) _nonnull_all_;

/* Callbacks for lic_xml_read() with the struct lic_rdf as context. */
extern const struct lic_xml_handler lic_rdf_handler;

#endif
