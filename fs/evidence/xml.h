/* SPDX-License-Identifier: Apache-2.0 */
/* XML as a stream of elements: the one door to libxml2. */
#ifndef LICENSEFS_EVIDENCE_XML_H
#define LICENSEFS_EVIDENCE_XML_H

#include <stddef.h>

#include <licensefs/buffer.h>

struct lic_xml;

/* What stands for the namespace of a name whose prefix was never declared. */
#define LIC_XML_UNBOUND "?"

struct lic_xml_attribute {
	const char *ns; /* "" if none */
	const char *local;
	const char *value; /* UTF-8, not NUL-terminated */
	size_t n;
};

/* Strings are UTF-8 and live until the callback returns; `ns` is "" where there is none. A
 * handler that has seen enough calls lic_xml_stop(). `comment` may be NULL. */
struct lic_xml_handler {
	void (*start)(void *ctx, struct lic_xml *x, const char *ns, const char *local,
		      const struct lic_xml_attribute *attribute, size_t n);
	void (*end)(void *ctx, struct lic_xml *x);
	void (*text)(void *ctx, struct lic_xml *x, const char *p, size_t n);
	void (*comment)(void *ctx, struct lic_xml *x, const char *p, size_t n);
};

#define LIC_XML_ATTRIBUTES_MAX 1024

/*
 * Reads a document, as far as it goes: after an error the rest is still handed out. NULL, or why
 * the reading ended early (static). A document type declaration ends it: metadata needs none, and
 * entities are how small documents become large. `ret_clean`: was all of it well-formed?
 * Thread-safe; cost linear in n.
 */
const char *lic_xml_read(const char *p, size_t n, const struct lic_xml_handler *h, void *ctx,
			 bool *ret_clean) _nonnull_(1, 3, 5) _must_check_;
/* The same by libxml2 alone, also where xml_plain.h can do it. */
const char *lic_xml_read_any(const char *p, size_t n, const struct lic_xml_handler *h, void *ctx,
			     bool *ret_clean) _nonnull_(1, 3, 5) _must_check_;

/* Fills `to` with the next n bytes of a document, UTF-8 without characters that XML forbids; fewer
 * only at its end. */
typedef size_t (*lic_xml_source)(void *source_ctx, char *to, size_t n);

/*
 * Reads a document of any length up to the end of its root element; what follows is handed out as
 * far as it is well-formed. NULL, or why the reading ended early (static): the first place that
 * is not well-formed, and any limit. Not for a handler that stopped it.
 *
 * A document type declaration may stand there: internal entities that are text are expanded, up
 * to LIC_XML_EXPANSION_MAX bytes in all. Nothing outside of the document is ever opened: what
 * cannot be known (external entities, entities with markup) ends the reading where it is used.
 * Names with undeclared prefixes are no error, see lic_xml_unbound().
 * Thread-safe; cost linear in the document; memory about 20 MB at most.
 */
const char *lic_xml_stream(lic_xml_source source, void *source_ctx, const struct lic_xml_handler *h,
			   void *ctx) _nonnull_(1, 3) _must_check_;

#define LIC_XML_PIECES_MAX 4000000u /* elements, attributes, texts and comments of a document */
#define LIC_XML_EXPANSION_MAX (8u << 20) /* bytes that entities and default attributes add */

/* Was everything well-formed up to here? */
bool lic_xml_clean(const struct lic_xml *x) _nonnull_all_;
/* How many bytes were read so far? Not when streaming. */
size_t lic_xml_offset(const struct lic_xml *x) _nonnull_all_;
/* Was a prefix used without being declared since this was last asked? */
bool lic_xml_unbound(struct lic_xml *x) _nonnull_all_;
void lic_xml_stop(struct lic_xml *x) _nonnull_all_;

/* The character that HTML 4 calls by this name ("eacute"), 0 if it knows none. Thread-safe. */
uint32_t lic_html_entity(const char *name, size_t n) _nonnull_all_;

#endif
