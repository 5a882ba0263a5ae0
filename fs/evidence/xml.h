/* SPDX-License-Identifier: Apache-2.0 */
/* XML as a stream of elements: the one door to libxml2. */
#ifndef LICENSEFS_EVIDENCE_XML_H
#define LICENSEFS_EVIDENCE_XML_H

#include <stddef.h>

#include <licensefs/buffer.h>

struct lic_xml;

struct lic_xml_attribute {
	const char *ns; /* "" if none */
	const char *local;
	const char *value; /* UTF-8, not NUL-terminated */
	size_t n;
};

/* Strings are UTF-8 and live until the callback returns; `ns` is "" where there is none. A
 * handler that has seen enough calls lic_xml_stop(). */
struct lic_xml_handler {
	void (*start)(void *ctx, struct lic_xml *x, const char *ns, const char *local,
		      const struct lic_xml_attribute *attribute, size_t n);
	void (*end)(void *ctx, struct lic_xml *x);
	void (*text)(void *ctx, struct lic_xml *x, const char *p, size_t n);
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

/* Was everything well-formed up to here? */
bool lic_xml_clean(const struct lic_xml *x) _nonnull_all_;
void lic_xml_stop(struct lic_xml *x) _nonnull_all_;

#endif
