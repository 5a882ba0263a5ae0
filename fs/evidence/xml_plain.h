/* SPDX-License-Identifier: Apache-2.0 */
/* Plain XML, as most programs write XMP, read without libxml2. */
#ifndef LICENSEFS_EVIDENCE_XML_PLAIN_H
#define LICENSEFS_EVIDENCE_XML_PLAIN_H

#include "fs/evidence/xml.h"

struct lic_xml_plain;

/*
 * The document, where all of it is of a kind that is beyond doubt: Elements, attributes, text,
 * processing instructions around and between them, the five named entities in text; names of ASCII,
 * each prefix declared, addresses of namespaces without escapes; well-formed from the first byte to
 * the last. Nothing else: no declaration of XML or of a type, comment, CDATA, reference to a
 * character, carriage return, no value with an entity or a line break, nothing large or deep. NULL
 * where it is not, or without memory: then it is for libxml2 to read; what is taken, libxml2 reads
 * the same (tests/unit/test_xml_plain.c). p is UTF-8 without characters that XML forbids, but for
 * U+FFFE and U+FFFF. Cost linear in n.
 */
struct lic_xml_plain *lic_xml_plain_new(const char *p, size_t n) _nonnull_all_ _must_check_;
void lic_xml_plain_free(struct lic_xml_plain *d); /* NULL is allowed */

/* Hands it out; the bytes that it was made of must still be there. *at is where the reading is,
 * counted in bytes, while a callback runs; the reading ends once *stop is true. */
void lic_xml_plain_give(const struct lic_xml_plain *d, const struct lic_xml_handler *h, void *ctx,
			struct lic_xml *x, size_t *at, const bool *stop) _nonnull_(1, 2, 4, 5, 6);

#endif
