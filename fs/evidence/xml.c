/* SPDX-License-Identifier: Apache-2.0 */
/* libxml2's SAX2 interface behind three callbacks. */
#include <limits.h>
#include <pthread.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "fs/evidence/xml.h"

struct lic_xml {
	xmlParserCtxtPtr parser;
	const struct lic_xml_handler *handler;
	void *ctx;
	const char *damage;
};

static void on_doctype(void *user, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	struct lic_xml *x = user;

	(void)name;
	(void)id;
	(void)system;
	x->damage = "XML with a document type declaration";
	xmlStopParser(x->parser);
}

static const char *uri_of(const xmlChar *uri)
{
	return uri ? (const char *)uri : "";
}

/* libxml2 hands out five pointers an attribute: local name, prefix, URI, begin and end of value. */
static void on_start(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
		     int n_namespaces, const xmlChar **namespaces, int n, int n_defaulted,
		     const xmlChar **attribute)
{
	struct lic_xml *x = user;
	struct lic_xml_attribute a[LIC_XML_ATTRIBUTES_MAX];

	(void)prefix;
	(void)n_namespaces;
	(void)namespaces;
	(void)n_defaulted;
	if (n < 0 || n > LIC_XML_ATTRIBUTES_MAX) {
		x->damage = "XML element with too many attributes";
		xmlStopParser(x->parser);
		return;
	}
	for (int i = 0; i < n; i++, attribute += 5)
		a[i] = (struct lic_xml_attribute){
			.local = (const char *)attribute[0],
			.ns = uri_of(attribute[2]),
			.value = (const char *)attribute[3],
			.n = (size_t)(attribute[4] - attribute[3]),
		};
	x->handler->start(x->ctx, x, uri_of(uri), (const char *)local, a, (size_t)n);
}

static void on_end(void *user, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct lic_xml *x = user;

	(void)local;
	(void)prefix;
	(void)uri;
	x->handler->end(x->ctx, x);
}

static void on_text(void *user, const xmlChar *p, int n)
{
	struct lic_xml *x = user;

	x->handler->text(x->ctx, x, (const char *)p, (size_t)n);
}

static const xmlSAXHandler sax = {
	.initialized = XML_SAX2_MAGIC,
	.internalSubset = on_doctype,
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
};

/* xmlInitParser() may not run in two threads at once. */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* NOENT so that "&amp;" in attributes arrives as "&"; there are no other entities, because there
 * is no document type. The caller has decoded: what the document says of its encoding is void. */
#define OPTIONS                                                                                    \
	(XML_PARSE_RECOVER | XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_NOERROR |               \
	 XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC)

const char *lic_xml_read(const char *p, size_t n, const struct lic_xml_handler *h, void *ctx,
			 bool *ret_clean)
{
	struct lic_xml x = { .handler = h, .ctx = ctx };

	*ret_clean = false;
	if (n > INT_MAX)
		return "XML too large";
	pthread_once(&once, xmlInitParser);
	x.parser = xmlCreateMemoryParserCtxt(p, (int)n);
	if (!x.parser)
		return "XML could not be read";
	*x.parser->sax = sax;
	x.parser->userData = &x;
	xmlCtxtUseOptions(x.parser, OPTIONS);
	xmlSwitchEncoding(x.parser, XML_CHAR_ENCODING_UTF8);
	xmlParseDocument(x.parser);
	*ret_clean = lic_xml_clean(&x);
	if (x.parser->myDoc)
		xmlFreeDoc(x.parser->myDoc);
	xmlFreeParserCtxt(x.parser);
	return x.damage;
}

bool lic_xml_clean(const struct lic_xml *x)
{
	return x->parser->wellFormed && x->parser->nsWellFormed;
}

void lic_xml_stop(struct lic_xml *x)
{
	xmlStopParser(x->parser);
}
